/* SPDX-License-Identifier: MIT */
/*
 * text.h - numbers, sizes and names as people write and read them
 */
#ifndef GEN_TEXT_H
#define GEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/ptg.h"

/* 0x.., 0b.., decimal; `_` between digits; a suffix K M G T P.  The whole word must be one. */
bool text_number(const char *word, uint64_t *value);
/* The same with at most 128 bits; a suffix is not taken. */
bool text_wide(const char *word, uint64_t value[2]);

/* A-B (both taken in), A..B (B left out), A+LENGTH, or A alone.  last is inclusive. */
bool text_range(const char *word, uint64_t *first, uint64_t *last);

/* "0x1f", at least `digits` digits, and "31"; both by hand: large dumps are made of them. */
#define TEXT_DIGITS 24
const char *text_hex(uint64_t value, unsigned digits, char buffer[TEXT_DIGITS]);
const char *text_decimal(uint64_t value, char buffer[TEXT_DIGITS]);

/* "4K", "2M", "1G", "4096 bytes" where no unit fits; log2 variant. */
const char *text_size(uint64_t bytes, char buffer[24]);
/* "1.5G": at most one digit behind the point; 0 stands for 2^64. */
const char *text_length(uint64_t bytes, char buffer[24]);
const char *text_lg2(unsigned lg2, char buffer[24]);

/* "rw-" from the three bits of enum ptg_right that begin at PTG_UR (user) or PTG_SR. */
const char *text_rights(uint32_t rights, bool user, char buffer[4]);
/* "u:rw- s:rw-" bits of enum ptg_right from "rw-", "r", ...; false: not such a word. */
bool text_parse_rights(const char *word, unsigned *bits);

/* The description's name of a memory type, else the general one, else "raw:N". NULL: the format has none. */
const char *text_memtype(const struct ptg_format *f, unsigned memtype, char buffer[16]);
/* Does the word name this type, in the description's or the general words? */
bool text_is_memtype(const struct ptg_format *f, unsigned memtype, const char *word);

/* Words of enum ptg_fault and enum ptg_error. */
const char *text_fault_class(unsigned fault);
const char *text_error(int error);

/* Does the format tell accessed (what 1) or dirty (2)? */
bool text_has_mark(const struct ptg_format *f, unsigned what);

/* ur,uw,.. | r w x u s.. | "-": enum ptg_access from the words of --access; PTG_LOOK for "-". */
bool text_access(const char *word, unsigned *access);

#endif /* GEN_TEXT_H */
