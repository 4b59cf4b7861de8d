/* SPDX-License-Identifier: MIT */
/* cexpr_cube.c - conditions that say no more than which values entry bits have: tests in place */

#include "gen/emit/cexpr_text.h"

static void cube_bits(struct cube *c, unsigned lo, unsigned width, uint64_t mask, uint64_t value)
{
	for (unsigned i = 0; i < width; i++) {
		unsigned bit = lo + i;

		if (!(mask >> i & 1) || bit > 127)
			continue;
		c->mask[bit / 64] |= UINT64_C(1) << bit % 64;
		c->value[bit / 64] |= (value >> i & 1) << bit % 64;
	}
}

/* Can "value = want" of the node be said by entry bits?  Bits of `care` count. */
bool cube_of_value(const struct cexpr *x, unsigned node, uint64_t care, uint64_t want, struct cube *c)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));

	switch (n->op) {
	case PTG_OP_ENTRY:
		if (want & care & ~low_bits(n->width))
			return false;
		cube_bits(c, n->lo, n->width, care, want);
		return true;
	case PTG_OP_CONST:
		return ((n->imm ^ want) & care) == 0;
	case PTG_OP_BITAND:
		if (expr_at(x, n->b)->op != PTG_OP_CONST || (want & care & ~expr_at(x, n->b)->imm))
			return false;
		return cube_of_value(x, n->a, care & expr_at(x, n->b)->imm, want, c);
	case PTG_OP_CAT:
		return n->width < 64 && cube_of_value(x, n->a, care >> n->width, want >> n->width, c) &&
		       cube_of_value(x, n->b, care & low_bits(n->width), want & low_bits(n->width), c);
	default:
		return false;
	}
}

/* A condition that is a cube; of AND only when both sides are. */
bool cube_of_truth(const struct cexpr *x, unsigned node, struct cube *c)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node)), *not;
	struct cube a = { { 0, 0 }, { 0, 0 } }, b = a;

	switch (n->op) {
	case PTG_OP_ENTRY:
		return n->width == 1 && cube_of_value(x, node, 1, 1, c);
	case PTG_OP_NOT:
		not = expr_at(x, expr_plain(x, n->a));
		return not->op == PTG_OP_ENTRY && not->width == 1 && cube_of_value(x, n->a, 1, 0, c);
	case PTG_OP_EQ:
		return expr_at(x, n->b)->op == PTG_OP_CONST && cube_of_value(x, n->a, ~UINT64_C(0), expr_at(x, n->b)->imm, c);
	case PTG_OP_AND:
		if (!cube_of_truth(x, n->a, &a) || !cube_of_truth(x, n->b, &b))
			return false;
		for (unsigned i = 0; i < 2; i++) {
			if ((a.value[i] ^ b.value[i]) & a.mask[i] & b.mask[i])
				return false;
			c->mask[i] |= a.mask[i] | b.mask[i];
			c->value[i] |= a.value[i] | b.value[i];
		}
		return true;
	default:
		return false;
	}
}

static struct text cube_match(const struct cexpr *x, const char *word, uint64_t mask, uint64_t value, bool want)
{
	bool single = (mask & (mask - 1)) == 0;
	struct text field;

	if (word == x->entry && x->looked) {
		word = x->looked;
		value ^= x->flipped & mask;
	}
	field = text_binary(x, text_primary(word), "&", text_primary(cexpr_mask(x, mask)), BIND_AND);
	if (!value || (single && value == mask)) {
		if (want == (value != 0))
			return field;
		return text_primary(arena_printf(x->arena, "!(%s)", field.s));
	}
	return text_binary(x, field, want ? "==" : "!=", text_primary(cexpr_mask(x, value)), BIND_COMPARE);
}

struct text cube_text(const struct cexpr *x, const struct cube *c, bool want)
{
	struct text low, high;

	if (!c->mask[0] && !c->mask[1])
		return text_primary(want ? "1" : "0");
	if (!c->mask[1])
		return cube_match(x, x->entry, c->mask[0], c->value[0], want);
	high = cube_match(x, x->entry_hi, c->mask[1], c->value[1], want);
	if (!c->mask[0])
		return high;
	low = cube_match(x, x->entry, c->mask[0], c->value[0], want);
	return want ? text_binary(x, low, "&&", high, BIND_LAND) : text_binary(x, low, "||", high, BIND_LOR);
}

const char *cexpr_match(const struct cexpr *x, const char *word, uint64_t mask, uint64_t value)
{
	return text_put(x, cube_match(x, word, mask, value, true), BIND_LAND);
}

bool cexpr_cube(const struct cexpr *x, unsigned node, uint64_t mask[2], uint64_t value[2])
{
	struct cube c = { { 0, 0 }, { 0, 0 } };

	if (!cube_of_truth(x, node, &c))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		if ((value[i] ^ c.value[i]) & mask[i] & c.mask[i])
			return false;
		mask[i] |= c.mask[i];
		value[i] |= c.value[i];
	}
	return true;
}

/* NOT of a cube, of a set with one member among the values of a field, of a field that a feature brings. */
bool cexpr_forbids(const struct cexpr *x, unsigned node, uint64_t mask[2], uint64_t value[2])
{
	const struct ptg_node *n = expr_at(x, node);
	struct cube c = { { 0, 0 }, { 0, 0 } };
	uint64_t set;
	unsigned k = 0;

	if (n->op != PTG_OP_NOT)
		return false;
	n = expr_at(x, n->a);
	if (expr_is_member(x, n) && single_bit(set = expr_at(x, n->a)->imm)) {
		while (!(set >> k & 1))
			k++;
		if (!cube_of_value(x, n->b, ~UINT64_C(0), k, &c))
			return false;
	} else if (!cube_of_truth(x, expr_at(x, node)->a, &c)) {
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		mask[i] = c.mask[i];
		value[i] = c.value[i];
	}
	return true;
}

bool cexpr_bit(const struct cexpr *x, unsigned node, unsigned *bit, bool *negated)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));

	*negated = n->op == PTG_OP_NOT;
	if (*negated)
		n = expr_at(x, expr_plain(x, n->a));
	*bit = n->lo;
	return n->op == PTG_OP_ENTRY && n->width == 1 && n->lo < 64;
}
