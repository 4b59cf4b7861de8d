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
	uint64_t fixed, fixed_value, fixed_hi, fixed_value_hi; /* one, res1, encode */
	uint64_t address, rights, memory, key, marks, global, contig;
	uint64_t attrs_used;         /* by the deny lines */
};

/* encode.c */
bool invert_sound(const struct inverse *v, const uint64_t e[2], uint64_t config0); /* of the kind, passing its checks */
uint64_t invert_some_mark(const struct inverse *v, const uint64_t base[2]);        /* an encoded size that is legal */
/* More bits decide `what` than can be tabulated: said aloud, never left out in silence. */
bool invert_too_many(const struct inverse *v, const char *what, uint64_t bits, uint32_t features, unsigned most_bits, unsigned most_features);
uint64_t invert_zero(const struct inverse *v);                                     /* bits of the low word that must be 0 */
uint16_t invert_attr_node(const struct inverse *v, unsigned attr);                 /* PTG_NONE: the kind lacks it */

/*
 * seek.c: into v->k->base, the smallest choice of `open` for which some choice of `tried` is a sound entry of the kind;
 * `marks` are the bits that size marks may take.
 */
bool seek_base(struct inverse *v, const uint64_t open[2], uint64_t tried, uint64_t marks);
/*
 * Into v->k->neutral, the fewest of the inherited bits with which a table takes no right away: under the features
 * of v->config0, and with the others of `features` on as well if the same bits can do both.
 */
bool seek_neutral(struct inverse *v, uint64_t inherited, uint32_t features);

/* invert_rights.c, invert_memory.c */
void invert_rights(struct inverse *v, uint32_t features);
void invert_memory(struct inverse *v);

#endif /* GEN_LOWER_INVERT_H */
