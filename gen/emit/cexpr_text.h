/* SPDX-License-Identifier: MIT */
/*
 * cexpr_text.h - what the files of cexpr share
 *
 * A piece of text carries how tightly it binds; text_put() adds parentheses where
 * an operand binds too loosely, or where compilers ask for them.
 */
#ifndef GEN_EMIT_CEXPR_TEXT_H
#define GEN_EMIT_CEXPR_TEXT_H

#include "gen/emit/cexpr.h"

enum bind {                          /* C's levels, loosest first */
	BIND_COND,
	BIND_LOR,
	BIND_LAND,
	BIND_OR,
	BIND_AND,
	BIND_COMPARE,
	BIND_SHIFT,
	BIND_ADD,
	BIND_MUL,
	BIND_UNARY
};

struct text {
	const char *s;
	enum bind bind;
};

struct cube {                        /* entry bits that must have a value */
	uint64_t mask[2], value[2];
};

static inline uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static inline bool single_bit(uint64_t x)
{
	return x && !(x & (x - 1));
}

/* cexpr_text.c */
struct text text_primary(const char *s);
/* An operand of an operator of level `of`. */
const char *text_put(const struct cexpr *x, struct text t, enum bind of);
struct text text_binary(const struct cexpr *x, struct text a, const char *op, struct text b, enum bind bind);
struct text text_negated(const struct cexpr *x, struct text t, bool want);
/* `v & mask`; nothing to do when the value has no other bits. */
struct text text_masked(const struct cexpr *x, struct text v, unsigned width, unsigned from);
struct text text_shifted(const struct cexpr *x, const char *v, unsigned by);
/* Bits [lo + width - 1 : lo] of words that are called word[0], word[1] ... */
struct text text_field(const struct cexpr *x, const char *const *word, unsigned words, unsigned lo, unsigned width);

/* cexpr_ask.c */
const struct ptg_node *expr_at(const struct cexpr *x, unsigned node);
/* A field that a feature may switch off, where its bits are 0 then: the bits say it all. */
unsigned expr_plain(const struct cexpr *x, unsigned node);
/* Values that are 0 or 1 by themselves. */
bool expr_is_truth(const struct cexpr *x, unsigned node);
/* Largest value a node can have, as far as its shape says. */
uint64_t expr_most(const struct cexpr *x, unsigned node);
bool expr_is_member(const struct cexpr *x, const struct ptg_node *n);

/* cexpr_cube.c */
/* Can "value = want" of the node be said by entry bits?  Bits of `care` count. */
bool cube_of_value(const struct cexpr *x, unsigned node, uint64_t care, uint64_t want, struct cube *c);
/* A condition that is a cube; of AND only when both sides are. */
bool cube_of_truth(const struct cexpr *x, unsigned node, struct cube *c);
struct text cube_text(const struct cexpr *x, const struct cube *c, bool want);

/* cexpr_truth.c */
struct text text_of_truth(const struct cexpr *x, unsigned node, bool want);
/* `set >> value & 1` */
struct text text_set_bit(const struct cexpr *x, const struct ptg_node *n);
/* cexpr.c */
struct text text_of_value(const struct cexpr *x, unsigned node);

#endif /* GEN_EMIT_CEXPR_TEXT_H */
