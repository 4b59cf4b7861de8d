/* SPDX-License-Identifier: MIT */
/* cexpr_truth.c - nodes of the plan as conditions */

#include <string.h>

#include "gen/emit/cexpr_text.h"

static struct text bit_of(const struct cexpr *x, const char *word, unsigned bit, bool want)
{
	struct text t = text_binary(x, text_primary(word), "&", text_primary(cexpr_number(x->arena, UINT64_C(1) << bit)), BIND_AND);

	return text_negated(x, t, want);
}

static struct text feature(const struct cexpr *x, unsigned i, bool want)
{
	const char *name = arena_printf(x->arena, "%s_HAS_%s", x->upper, x->format->features[i].name);
	char *upper = arena_copy(x->arena, name, strlen(name));

	for (char *c = upper; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return text_negated(x, text_binary(x, text_primary("s->config[0]"), "&", text_primary(upper), BIND_AND), want);
}

const char *cexpr_once(const struct cexpr *x, const char *text)
{
	return x->once ? x->once(x->once_arg, text) : NULL;
}

struct switched {                    /* terms of an AND (of an OR, all negated): one bit of the entry, the rest settled */
	struct text when;
	uint64_t bit;
};

static bool switched_terms(const struct cexpr *x, unsigned node, unsigned op, struct switched *w)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));
	struct cube c = { { 0, 0 }, { 0, 0 } };
	bool positive = op == PTG_OP_AND;
	struct text one;

	if (n->op == op)
		return switched_terms(x, n->a, op, w) && switched_terms(x, n->b, op, w);
	if (cexpr_settled(x->format, node)) {
		one = text_of_truth(x, node, positive);
		w->when = w->when.s ? text_binary(x, w->when, "&&", one, BIND_LAND) : one;
		return true;
	}
	if (w->bit || !cube_of_truth(x, node, &c) || c.mask[1] || !single_bit(c.mask[0]) || (c.value[0] != 0) != positive)
		return false;
	w->bit = c.mask[0];
	return true;
}

/* `feature && (e & BIT)`: a mask that is BIT or 0 is computed once. */
static bool switched_bit(const struct cexpr *x, unsigned node, bool want, struct text *out)
{
	struct switched w = { { NULL, BIND_LAND }, 0 };
	unsigned op = expr_at(x, node)->op;
	const char *word;
	struct text bit;

	if (!x->once || !switched_terms(x, node, op, &w) || !w.bit || !w.when.s)
		return false;
	word = cexpr_once(x, arena_printf(x->arena, "%s ? %s : 0", text_put(x, w.when, BIND_COMPARE), cexpr_mask(x, w.bit)));
	if (!word)
		return false;
	bit = text_binary(x, text_primary(cexpr_entry(x, w.bit)), "&", text_primary(word), BIND_AND);
	*out = text_negated(x, bit, (op == PTG_OP_AND) == want);
	return true;
}

const char *cexpr_switched(const struct cexpr *x, unsigned node, uint64_t *bit)
{
	struct switched w = { { NULL, BIND_LAND }, 0 };
	struct text text;

	if (expr_at(x, node)->op != PTG_OP_AND || !switched_bit(x, node, true, &text) || !switched_terms(x, node, PTG_OP_AND, &w))
		return NULL;
	*bit = w.bit;
	return text.s;
}

static struct text junction(const struct cexpr *x, unsigned node, bool want)
{
	const struct ptg_node *n = expr_at(x, node);
	bool and = (n->op == PTG_OP_AND) == want;
	struct text whole;
	uint64_t v;

	if (switched_bit(x, node, want, &whole))
		return whole;
	/* the side that is known to be neutral goes */
	if (cexpr_constant(x, n->a, &v) && !v == (n->op == PTG_OP_OR))
		return text_of_truth(x, n->b, want);
	if (cexpr_constant(x, n->b, &v) && !v == (n->op == PTG_OP_OR))
		return text_of_truth(x, n->a, want);
	return text_binary(x, text_of_truth(x, n->a, want), and ? "&&" : "||", text_of_truth(x, n->b, want),
			   and ? BIND_LAND : BIND_LOR);
}

static struct text text_equals(const struct cexpr *x, unsigned node, uint64_t k, bool want);

static struct text comparison(const struct cexpr *x, const struct ptg_node *n, bool want)
{
	const struct ptg_node *b = expr_at(x, n->b);
	bool equal = (n->op == PTG_OP_EQ) == want;

	if (b->op == PTG_OP_CONST && expr_is_truth(x, n->a))
		return b->imm > 1 ? text_primary(equal ? "0" : "1") : text_of_truth(x, n->a, equal == (b->imm == 1));
	if (b->op == PTG_OP_CONST)
		return text_equals(x, n->a, b->imm, equal);
	return text_binary(x, text_of_value(x, n->a), equal ? "==" : "!=", text_of_value(x, n->b), BIND_COMPARE);
}

/* value = k, where the value is perhaps a field that a feature switches off. */
static struct text text_equals(const struct cexpr *x, unsigned node, uint64_t k, bool want)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));
	struct cube c = { { 0, 0 }, { 0, 0 } };

	if (cube_of_value(x, node, ~UINT64_C(0), k, &c))
		return cube_text(x, &c, want);
	if (n->op == PTG_OP_MUL && k && expr_is_truth(x, n->a) && cube_of_value(x, n->b, ~UINT64_C(0), k, &c))
		return text_binary(x, text_of_truth(x, n->a, want), want ? "&&" : "||", cube_text(x, &c, want),
				   want ? BIND_LAND : BIND_LOR);
	return text_binary(x, text_of_value(x, node), want ? "==" : "!=", text_primary(cexpr_number(x->arena, k)), BIND_COMPARE);
}

struct text text_set_bit(const struct cexpr *x, const struct ptg_node *n)
{
	unsigned long long set = expr_at(x, n->a)->imm;
	const char *code = text_of_value(x, n->b).s;

	/* 64-bit distances are a call on some 32-bit hosts; most sets fit into 32 bits */
	if (expr_most(x, n->b) < 32 && set >> 32 == 0)
		return text_masked(x, text_primary(arena_printf(x->arena, "(0x%llxu >> (unsigned)(%s))", set, code)), 1, 0);
	return text_masked(x, text_primary(arena_printf(x->arena, "ptg_shr_(0x%llxull, (unsigned)(%s))", set, code)), 1, 0);
}

static struct text member(const struct cexpr *x, const struct ptg_node *n, bool want)
{
	uint64_t set = expr_at(x, n->a)->imm;
	unsigned k = 0;

	if (!single_bit(set))
		return text_negated(x, text_set_bit(x, n), want);
	while (!(set >> k & 1))
		k++;
	return text_equals(x, n->b, k, want);
}

/* a <= b */
static struct text at_most(const struct cexpr *x, const struct ptg_node *n, bool want)
{
	if (expr_at(x, n->a)->op == PTG_OP_CONST && expr_at(x, n->a)->imm == 0)
		return text_primary(want ? "1" : "0");
	return text_binary(x, text_of_value(x, n->a), want ? "<=" : ">", text_of_value(x, n->b), BIND_COMPARE);
}

struct text text_of_truth(const struct cexpr *x, unsigned node, bool want)
{
	const struct ptg_node *n = expr_at(x, node = expr_plain(x, node));
	struct cube c = { { 0, 0 }, { 0, 0 } };
	uint64_t v;

	if (cexpr_constant(x, node, &v))
		return text_primary(!v != want ? "1" : "0");
	if (cube_of_truth(x, node, &c))
		return cube_text(x, &c, want);
	switch (n->op) {
	case PTG_OP_NOT:
		return text_of_truth(x, n->a, !want);
	case PTG_OP_AND: case PTG_OP_OR:
		return junction(x, node, want);
	case PTG_OP_EQ: case PTG_OP_NE:
		return comparison(x, n, want);
	case PTG_OP_LE:
		return at_most(x, n, want);
	case PTG_OP_DSLICE:
		if (expr_is_member(x, n))
			return member(x, n, want);
		break;
	case PTG_OP_FEATURE:
		return feature(x, n->a, want);
	case PTG_OP_ACCESS:
		return text_negated(x, text_binary(x, text_primary(x->access), "&",
						   text_primary(cexpr_number(x->arena, n->imm)), BIND_AND), want);
	case PTG_OP_CTX:
		if (n->width == 1)
			return bit_of(x, arena_printf(x->arena, "s->ctx[%u]", n->lo / 64u), n->lo % 64u, want);
		break;
	default:
		break;
	}
	return text_negated(x, text_of_value(x, node), want);
}
