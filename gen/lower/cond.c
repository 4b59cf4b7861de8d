/* SPDX-License-Identifier: MIT */
/*
 * cond.c - a condition on an entry becomes rows of masks and values
 *
 * The bits and features a condition mentions are tried one after the other,
 * the rest unknown; as soon as the outcome is certain, what is known so far is
 * a row.  Rows of one kind never overlap.
 */

#include "gen/lower/lower.h"

#define ROWS_MAX 1024u               /* of one kind at one level */

struct known {                       /* bits of a value that are certain */
	uint64_t mask, value;
};

struct search {
	struct lower *lo;
	uint16_t node, kind, extra;
	uint64_t bits[2];            /* variables */
	uint32_t features;
	uint64_t mask[2], value[2];  /* chosen so far */
	uint32_t fmask, fvalue;
	unsigned rows;
};

static const struct known unknown = { 0, 0 };

static struct known certain(uint64_t value)
{
	return (struct known){ ~UINT64_C(0), value };
}

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static struct known known_entry(const struct search *s, unsigned lo, unsigned width)
{
	struct known k = { ~low_bits(width), 0 };

	for (unsigned i = 0; i < width && lo + i < 128; i++) {
		unsigned at = lo + i;

		k.mask |= (s->mask[at / 64] >> at % 64 & 1) << i;
		k.value |= (s->value[at / 64] >> at % 64 & 1) << i;
	}
	return k;
}

static struct known known_truth(struct known a)
{
	if (a.value & a.mask)
		return certain(1);
	return ~a.mask ? unknown : certain(0);
}

static struct known known_compare(unsigned op, struct known a, struct known b)
{
	uint64_t both = a.mask & b.mask;
	uint64_t a_min = a.value & a.mask, a_max = a_min | ~a.mask;
	uint64_t b_min = b.value & b.mask, b_max = b_min | ~b.mask;

	if (op == PTG_OP_LE) {
		if (a_max <= b_min)
			return certain(1);
		return a_min > b_max ? certain(0) : unknown;
	}
	if ((a.value ^ b.value) & both)
		return certain(op == PTG_OP_NE);
	return ~both ? unknown : certain(op == PTG_OP_EQ);
}

static struct known known_arith(unsigned op, struct known a, struct known b)
{
	if (~a.mask || ~b.mask)
		return unknown;
	switch (op) {
	case PTG_OP_ADD: return certain(a.value + b.value);
	case PTG_OP_SUB: return certain(a.value - b.value);
	default:         return certain(a.value * b.value);
	}
}

static struct known known_node(const struct search *s, uint16_t node)
{
	const struct ptg_node *n = node_at(s->lo, node);
	struct known a, b;

	switch (n->op) {
	case PTG_OP_CONST:
		return certain(n->imm);
	case PTG_OP_ENTRY:
		return known_entry(s, n->lo, n->width);
	case PTG_OP_FEATURE:
		return s->fmask >> n->a & 1 ? certain(s->fvalue >> n->a & 1) : (struct known){ ~UINT64_C(1), 0 };
	case PTG_OP_NOT:
		a = known_truth(known_node(s, n->a));
		return ~a.mask ? a : certain(!a.value);
	case PTG_OP_AND: case PTG_OP_OR:
		a = known_truth(known_node(s, n->a));
		b = known_truth(known_node(s, n->b));
		if ((!~a.mask && a.value == (n->op == PTG_OP_OR)) || (!~b.mask && b.value == (n->op == PTG_OP_OR)))
			return certain(n->op == PTG_OP_OR);
		return ~a.mask || ~b.mask ? unknown : certain(n->op == PTG_OP_AND);
	case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE:
		return known_compare(n->op, known_node(s, n->a), known_node(s, n->b));
	case PTG_OP_ADD: case PTG_OP_SUB: case PTG_OP_MUL:
		return known_arith(n->op, known_node(s, n->a), known_node(s, n->b));
	case PTG_OP_CAT:
		a = known_node(s, n->a);
		b = known_node(s, n->b);
		return (struct known){ a.mask << n->width | (b.mask & low_bits(n->width)),
				       a.value << n->width | (b.value & low_bits(n->width)) };
	case PTG_OP_SLICE:
		a = known_node(s, n->a);
		return (struct known){ (a.mask >> n->lo) | ~low_bits(n->width), a.value >> n->lo & low_bits(n->width) };
	case PTG_OP_BITAND:
		a = known_node(s, n->a);
		b = known_node(s, n->b);
		return (struct known){ (a.mask & b.mask) | (a.mask & ~a.value) | (b.mask & ~b.value), a.value & b.value };
	default:
		return unknown;      /* hooks and what is not known before run time */
	}
}

static void emit_row(struct search *s, uint16_t extra)
{
	struct ptg_row *row = vec_add(s->lo, &s->lo->rows, sizeof(*row));

	*row = (struct ptg_row){ .mask = s->mask[0], .value = s->value[0], .mask_hi = s->mask[1],
				 .value_hi = s->value[1], .feature_mask = s->fmask, .feature_value = s->fvalue,
				 .kind = s->kind, .extra = extra };
	if (++s->rows == ROWS_MAX)
		lower_fail(s->lo, "a condition needs more than %u rows", ROWS_MAX);
}

static void try(struct search *s);

static void try_feature(struct search *s, uint32_t bit)
{
	s->fmask |= bit;
	for (uint32_t v = 0; v < 2; v++) {
		s->fvalue = (s->fvalue & ~bit) | (v ? bit : 0);
		try(s);
	}
	s->fmask &= ~bit;
	s->fvalue &= ~bit;
}

static void try_bit(struct search *s, unsigned word, uint64_t bit)
{
	s->mask[word] |= bit;
	for (unsigned v = 0; v < 2; v++) {
		s->value[word] = (s->value[word] & ~bit) | (v ? bit : 0);
		try(s);
	}
	s->mask[word] &= ~bit;
	s->value[word] &= ~bit;
}

static void try(struct search *s)
{
	struct known k = known_truth(known_node(s, s->node));
	uint32_t features = s->features & ~s->fmask;

	if (s->rows >= ROWS_MAX)
		return;
	if (!~k.mask) {
		if (k.value)
			emit_row(s, PTG_NONE);
		return;
	}
	for (unsigned word = 0; word < 2; word++) {
		uint64_t left = s->bits[word] & ~s->mask[word];

		if (left) {
			try_bit(s, word, left & (0 - left));
			return;
		}
	}
	if (features)
		try_feature(s, features & (0 - features));
	else
		emit_row(s, s->node);
}

void lower_rows(struct lower *lo, uint16_t node, uint16_t kind)
{
	struct search s = { .lo = lo, .node = node, .kind = kind };
	uint32_t ops = 0;

	node_support(lo, node, s.bits, &s.features, &ops);
	try(&s);
}
