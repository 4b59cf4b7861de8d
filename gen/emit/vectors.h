/* SPDX-License-Identifier: MIT */
/*
 * vectors.h - what the emitters of vectors share: a little memory that knows what was read of it, and the lines
 */
#ifndef GEN_EMIT_VECTORS_H
#define GEN_EMIT_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "gen/buffer.h"
#include "runtime/ptg.h"

#define VECTORS_PAGES 256u
#define VECTORS_PAGE 4096u
#define VECTORS_READS 64u
#define VECTORS_TABLES UINT64_C(0x10000) /* the first table; a multiple of the largest there is */

struct vectors {
	struct buffer out;
	const struct ptg_format *f;
	struct ptg_space s;
	struct ptg_mapper mapper;
	uint64_t next, end;                    /* free for tables */
	uint64_t page_at[VECTORS_PAGES];       /* physical page + 1 */
	unsigned char page[VECTORS_PAGES][VECTORS_PAGE];
	uint64_t read[VECTORS_READS];          /* addresses read since it was emptied */
	unsigned char read_bytes[VECTORS_READS]; /* and how much there */
	unsigned reads;
};

/* NULL: no room. */
unsigned char *vectors_byte(struct vectors *v, uint64_t pa);
void vectors_empty(struct vectors *v);
void vectors_pool(struct vectors *v, uint64_t first);

/* An address of so many bits with a pattern in it, aligned to 2^lg2. */
uint64_t vectors_some_pa(unsigned bits, unsigned lg2);
uint64_t vectors_va(const struct ptg_space *s, unsigned page_lg2);
/* A space of this format whose first table lies there, empty. */
bool vectors_start(struct vectors *v, struct ptg_space *s, const struct ptg_format *f, uint64_t first);
bool vectors_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t bytes);
/* A page at an address of so many bits, or fewer where entries hold fewer. */
bool vectors_map_page(struct ptg_space *s, uint64_t va, unsigned bits, unsigned lg2, uint64_t *pa);

#define VECTORS_AS_READ 0 /* for lg2 below: each entry as it was read, by `memN` lines */

/* Lines: `mem` of what was read, entries of 2^lg2 bytes; one look; all accesses. */
void vectors_memory(struct vectors *v, const struct ptg_space *s, unsigned lg2);
void vectors_look(struct vectors *v, uint64_t va);
void vectors_accesses(struct vectors *v, uint64_t va);

/* emit_vectors_pair.c: walks of a two-stage pair */
void vectors_pair(struct vectors *v);

#endif /* GEN_EMIT_VECTORS_H */
