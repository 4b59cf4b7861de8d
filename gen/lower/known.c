/* SPDX-License-Identifier: MIT */
/*
 * known.c - what a node is certain to be worth while some of its inputs are unknown
 *
 * It may know less than could be known, never more; with all inputs known it is exact,
 * but for what is not known before run time.
 */

#include "gen/lower/lower.h"

static const struct known unknown = { 0, 0 };

static struct known certain(uint64_t value)
{
	return (struct known){ ~UINT64_C(0), value };
}

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static struct known known_entry(const struct known_inputs *in, unsigned lo, unsigned width)
{
	struct known k = { ~low_bits(width), 0 };

	for (unsigned i = 0; i < width && lo + i < 128; i++) {
		unsigned at = lo + i;

		k.mask |= (in->mask[at / 64] >> at % 64 & 1) << i;
		k.value |= (in->value[at / 64] >> at % 64 & 1) << i;
	}
	return k;
}

struct known known_truth(struct known a)
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

struct known lower_known(const struct lower *lo, const struct known_inputs *in, uint16_t node)
{
	const struct ptg_node *n = node_at(lo, node);
	struct known a, b;

	switch (n->op) {
	case PTG_OP_CONST:
		return certain(n->imm);
	case PTG_OP_ENTRY:
		return known_entry(in, n->lo, n->width);
	case PTG_OP_FEATURE:
		return in->fmask >> n->a & 1 ? certain(in->fvalue >> n->a & 1) : (struct known){ ~UINT64_C(1), 0 };
	case PTG_OP_NOT:
		a = known_truth(lower_known(lo, in, n->a));
		return ~a.mask ? a : certain(!a.value);
	case PTG_OP_AND: case PTG_OP_OR:
		a = known_truth(lower_known(lo, in, n->a));
		b = known_truth(lower_known(lo, in, n->b));
		if ((!~a.mask && a.value == (n->op == PTG_OP_OR)) || (!~b.mask && b.value == (n->op == PTG_OP_OR)))
			return certain(n->op == PTG_OP_OR);
		return ~a.mask || ~b.mask ? unknown : certain(n->op == PTG_OP_AND);
	case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE:
		return known_compare(n->op, lower_known(lo, in, n->a), lower_known(lo, in, n->b));
	case PTG_OP_ADD: case PTG_OP_SUB: case PTG_OP_MUL:
		return known_arith(n->op, lower_known(lo, in, n->a), lower_known(lo, in, n->b));
	case PTG_OP_CAT:
		a = lower_known(lo, in, n->a);
		b = lower_known(lo, in, n->b);
		return (struct known){ a.mask << n->width | (b.mask & low_bits(n->width)),
				       a.value << n->width | (b.value & low_bits(n->width)) };
	case PTG_OP_SLICE:
		a = lower_known(lo, in, n->a);
		return (struct known){ (a.mask >> n->lo) | ~low_bits(n->width), a.value >> n->lo & low_bits(n->width) };
	case PTG_OP_BITAND:
		a = lower_known(lo, in, n->a);
		b = lower_known(lo, in, n->b);
		return (struct known){ (a.mask & b.mask) | (a.mask & ~a.value) | (b.mask & ~b.value), a.value & b.value };
	default:
		return unknown;      /* hooks and what is not known before run time */
	}
}
