/* SPDX-License-Identifier: MIT */
/* cexpr_six.c - a condition on accesses, for all six of them at once */

#include "gen/emit/cexpr_text.h"

#define SIX 0x3fu

static unsigned accesses_that(uint64_t mask)
{
	unsigned six = 0;

	if (mask & PTG_READ)
		six |= PTG_UR | PTG_SR;
	if (mask & PTG_WRITE)
		six |= PTG_UW | PTG_SW;
	if (mask & PTG_EXEC)
		six |= PTG_UX | PTG_SX;
	if (mask & PTG_USER)
		six |= PTG_UR | PTG_UW | PTG_UX;
	return six;
}

/* A node that only asks for the access: its six truths are a constant. */
static bool six_constant(const struct ptg_format *f, unsigned node, unsigned *six)
{
	const struct ptg_node *n = &f->nodes[node];
	unsigned a, b;

	switch (n->op) {
	case PTG_OP_CONST:
		*six = n->imm ? SIX : 0;
		return true;
	case PTG_OP_ACCESS:
		*six = accesses_that(n->imm);
		return true;
	case PTG_OP_NOT:
		if (!six_constant(f, n->a, &a))
			return false;
		*six = ~a & SIX;
		return true;
	case PTG_OP_AND: case PTG_OP_OR:
		if (!six_constant(f, n->a, &a) || !six_constant(f, n->b, &b))
			return false;
		*six = n->op == PTG_OP_AND ? a & b : a | b;
		return true;
	default:
		return false;
	}
}

static struct text six_of(const struct cexpr *x, unsigned node, unsigned among);

static struct text six_number(const struct cexpr *x, unsigned six)
{
	return text_primary(arena_printf(x->arena, "0x%02xu", six));
}

/* `among` when the condition holds. */
static struct text six_if(const struct cexpr *x, unsigned node, bool want, unsigned among)
{
	struct text t = text_of_truth(x, node, want);

	return (struct text){ arena_printf(x->arena, "%s ? 0x%02xu : 0", text_put(x, t, BIND_COMPARE), among), BIND_COND };
}

struct six_terms {                   /* what an AND is made of */
	unsigned among;
	struct text cond, mixed;     /* s NULL: none; mixed is of the accesses */
	uint16_t node[16];
	unsigned count;
};

static void six_collect(const struct cexpr *x, unsigned node, struct six_terms *t)
{
	const struct ptg_node *n = expr_at(x, node);
	unsigned six;

	if (six_constant(x->format, node, &six)) {
		t->among &= six;
	} else if (!cexpr_uses(x->format, node, PTG_OP_ACCESS)) {
		struct text one = text_of_truth(x, node, true);

		t->cond = t->cond.s ? text_binary(x, t->cond, "&&", one, BIND_LAND) : one;
	} else if (n->op == PTG_OP_AND) {
		six_collect(x, n->a, t);
		six_collect(x, n->b, t);
	} else if (t->count < 16) {
		t->node[t->count++] = (uint16_t)node;
	}
}

/* Conditions first: `cond ? accesses : 0`. */
static struct text six_and(const struct cexpr *x, unsigned node, unsigned among)
{
	struct six_terms t = { .among = among };
	struct text all;

	six_collect(x, node, &t);
	all = six_number(x, t.among);
	for (unsigned i = 0; i < t.count; i++) {
		struct text one = six_of(x, t.node[i], t.among);

		all = i ? text_binary(x, all, "&", one, BIND_AND) : one;
	}
	if (!t.cond.s)
		return all;
	return (struct text){ arena_printf(x->arena, "%s ? %s : 0", text_put(x, t.cond, BIND_COMPARE), text_put(x, all, BIND_LOR)),
			      BIND_COND };
}

static struct text six_of(const struct cexpr *x, unsigned node, unsigned among)
{
	const struct ptg_node *n = expr_at(x, node);
	unsigned six;

	if (six_constant(x->format, node, &six))
		return six_number(x, six & among);
	if (!cexpr_uses(x->format, node, PTG_OP_ACCESS))
		return six_if(x, node, true, among);
	switch (n->op) {
	case PTG_OP_AND:
		return six_and(x, node, among);
	case PTG_OP_OR:
		return text_binary(x, six_of(x, n->a, among), "|", six_of(x, n->b, among), BIND_OR);
	case PTG_OP_NOT:
		return text_binary(x, text_primary(arena_printf(x->arena, "~(%s)", six_of(x, n->a, SIX).s)), "&",
				   six_number(x, among), BIND_AND);
	default:
		break;
	}
	/* a comparison of something that asks for the access: one by one */
	struct cexpr each = *x;
	struct text all = { NULL, BIND_OR };

	each.access_known = true;
	for (unsigned i = 0; i < 6; i++) {
		struct text one;

		if (!(among >> i & 1))
			continue;
		each.access_value = (i < 3 ? PTG_USER : 0u) | 1u << i % 3;
		one = (struct text){ arena_printf(x->arena, "%s ? 0x%02xu : 0",
						  text_put(x, text_of_truth(&each, node, true), BIND_COMPARE), 1u << i), BIND_COND };
		all = all.s ? text_binary(x, all, "|", one, BIND_OR) : one;
	}
	return all.s ? all : text_primary("0u");
}

const char *cexpr_rights(const struct cexpr *x, unsigned node)
{
	return six_of(x, node, SIX).s;
}
