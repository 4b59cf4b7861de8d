/* SPDX-License-Identifier: MIT */
/*
 * invert.h - what the parts of the encoder's lowering share
 *
 * Found by asking the decoder: the bits an attribute reads are tried in all
 * combinations, and what decodes back to the kind and passes its checks is a row.
 * So the encoder cannot disagree with the decoder.
 */
#ifndef GEN_LOWER_INVERT_H
#define GEN_LOWER_INVERT_H

#include "gen/lower/map.h"

#define TRIED_MAX 12u                /* bits tried in all combinations */

struct inverse {
	struct lower *lo;
	struct ptg_kind *k;
	uint16_t index;
	uint64_t config0;            /* features under which the kind exists */
	uint64_t fixed, fixed_value; /* low word: one, res1, encode */
	uint64_t address, rights, memory, key, marks, global, contig;
	uint64_t attrs_used;         /* by the deny lines */
};

unsigned bits_in(uint64_t x);
/* The n-th combination of the bits of a mask. */
uint64_t spread(uint64_t mask, uint64_t n);

/* encode.c */
bool invert_sound(const struct inverse *v, const uint64_t e[2], uint64_t config0); /* of the kind, passing its checks */
uint64_t invert_some_mark(const struct inverse *v, uint64_t base);                 /* an encoded size that is legal */
uint16_t invert_attr_node(const struct inverse *v, unsigned attr);                 /* PTG_NONE: the kind lacks it */

/* invert_rights.c, invert_memory.c */
void invert_rights(struct inverse *v, uint32_t features);
void invert_memory(struct inverse *v);

#endif /* GEN_LOWER_INVERT_H */
