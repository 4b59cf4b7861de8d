/* SPDX-License-Identifier: MIT */
/*
 * filter.h - which mappings to show: one expression language for all commands
 *
 *   w and not x and user        words: r w x u|user s|supervisor ur uw ux sr sw sx ro
 *   size=2M  size>=1G           huge contig g|global a|accessed d|dirty
 *   memtype=uc  wb  _wb         `_` before a word negates it, as gdb-pt-dump does
 *   pa=0x1000-0x2fff  va=..     overlap
 *   level=pd  key=3  len>=1M  kind=leaf
 *   soft  soft=0x200  soft=0/0x600   bits for software: any, these and no other, these of a mask
 *   and or not ! & | ( )        words beside each other: and
 */
#ifndef GEN_INSPECT_FILTER_H
#define GEN_INSPECT_FILTER_H

#include "gen/inspect/scan.h"

struct filter; /* NULL: everything passes */

/* NULL with *why. */
const struct filter *filter_parse(struct arena *a, const char *text, const char **why);
bool filter_pass(const struct filter *f, const struct ptg_format *format, const struct mapping *m);

/* A kind, level or memory type in it that this format does not have: what to say; NULL: all are known. */
const char *filter_unknown(struct arena *a, const struct filter *f, const struct ptg_format *format);

/* Both have to pass. */
const struct filter *filter_both(struct arena *a, const struct filter *x, const struct filter *y);

/* What counts for pages, and what only the merged mapping has, its length, cut at `and`; both NULL at first. */
void filter_split(struct arena *a, const struct filter *f, const struct filter **before, const struct filter **after);

/* Is this one word of the language (so that gdb-pt-dump's `-filter w _x` can be told from a file name)? */
bool filter_word(const char *word);

#endif /* GEN_INSPECT_FILTER_H */
