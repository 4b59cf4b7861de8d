/* SPDX-License-Identifier: MIT */
/* cexpr.c - nodes of the plan as values */

#include <string.h>

#include "gen/emit/cexpr_text.h"

void cexpr_init(struct cexpr *x, struct arena *arena, const struct ptg_format *f, const char *lower, const char *upper)
{
	*x = (struct cexpr){ .arena = arena, .format = f, .lower = lower, .upper = upper, .entry = "e",
			     .entry_hi = "e_hi", .va = "va", .access = "access", .index = "index",
			     .index_lg2 = "index_lg2", .size = "size_lg2" };
}

static struct text number_of_truth(const struct cexpr *x, struct text t)
{
	if (t.bind == BIND_UNARY && (!strcmp(t.s, "0") || !strcmp(t.s, "1")))
		return t;
	return text_primary(arena_printf(x->arena, "(uint64_t)(%s%s)", t.s, t.bind == BIND_AND ? " ? 1 : 0" : ""));
}

static struct text context(const struct cexpr *x, unsigned lo, unsigned width)
{
	static const char *const words[] = { "s->ctx[0]", "s->ctx[1]", "s->ctx[2]", "s->ctx[3]" };

	return text_field(x, words, 4, lo, width);
}

/* Element of a context array; inside one word a shift, else the runtime's function. */
static struct text context_element(const struct cexpr *x, const struct ptg_node *n)
{
	unsigned from = n->lo % 64u, bits = n->width * (unsigned)n->imm;
	struct text i = text_of_value(x, n->b), by;
	bool fits = n->imm && expr_most(x, n->b) <= n->imm - 1;

	if (!n->imm)
		return context(x, n->lo, n->width);
	if (!fits)
		i = text_binary(x, i, "&", text_primary(cexpr_number(x->arena, (n->imm - 1) & 0xff)), BIND_AND);
	if (from + bits > 64)
		return text_primary(arena_printf(x->arena, "ptg_ctx_(s, %u + %u * (unsigned)(%s), %u)", n->lo, n->width, i.s,
						 n->width));
	by = n->width == 1 ? i : text_binary(x, text_primary(arena_printf(x->arena, "%u", n->width)), "*", i, BIND_MUL);
	if (from)
		by = text_binary(x, text_primary(arena_printf(x->arena, "%u", from)), "+", by, BIND_ADD);
	return text_masked(x, text_primary(arena_printf(x->arena, "ptg_shr_(s->ctx[%u], (unsigned)(%s))", n->lo / 64u, by.s)),
			   n->width, 0);
}

/* Entry bits that keep their distance when they are put together: `mask` of the result comes from `up` below. */
struct gathering {
	unsigned count;
	struct { int up; uint64_t mask; } part[8];
};

/* Is the node nothing but entry bits put together?  Those of the first word only. */
static bool gather(const struct cexpr *x, unsigned node, unsigned to, struct gathering *g)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));
	int up = (int)to - n->lo;
	unsigned i = 0;

	if (n->op == PTG_OP_CAT)
		return gather(x, n->b, to, g) && gather(x, n->a, to + n->width, g);
	if (n->op == PTG_OP_CONST)
		return n->imm == 0;
	if (n->op != PTG_OP_ENTRY || n->lo + n->width > 64 || to + n->width > 64)
		return false;
	while (i < g->count && g->part[i].up != up)
		i++;
	if (i == sizeof(g->part) / sizeof(g->part[0]))
		return false;
	if (i == g->count) {
		g->part[g->count].up = up;
		g->part[g->count++].mask = 0;
	}
	g->part[i].mask |= low_bits(n->width) << to;
	return true;
}

/* (e >> 3 & 3) | (e >> 5 & 4) */
static struct text gathered(const struct cexpr *x, const struct gathering *g)
{
	struct text all = text_primary("0"), one;

	for (unsigned i = 0; i < g->count; i++) {
		int up = g->part[i].up;

		one = text_primary(cexpr_entry(x, up > 0 ? g->part[i].mask >> up : g->part[i].mask << -up));
		if (up)
			one = text_binary(x, one, up > 0 ? "<<" : ">>", text_primary(arena_printf(x->arena, "%d", up > 0 ? up : -up)),
					  BIND_SHIFT);
		one = text_binary(x, one, "&", text_primary(cexpr_number(x->arena, g->part[i].mask)), BIND_AND);
		all = i ? text_binary(x, all, "|", one, BIND_OR) : one;
	}
	return all;
}

static struct text catenation(const struct cexpr *x, const struct ptg_node *n)
{
	struct text a = text_of_value(x, n->a), b = text_of_value(x, n->b);
	struct gathering g = { .count = 0 };

	if (gather(x, n->b, 0, &g) && n->width < 64 && gather(x, n->a, n->width, &g) && g.count)
		return gathered(x, &g);
	if (n->width >= 64)
		return b;
	if (expr_at(x, n->a)->op == PTG_OP_CONST && expr_at(x, n->a)->imm == 0)
		return b;
	a = text_binary(x, a, "<<", text_primary(arena_printf(x->arena, "%u", n->width)), BIND_SHIFT);
	return text_binary(x, a, "|", b, BIND_OR);
}

/* (truth) * value: the value or nothing. */
static struct text product(const struct cexpr *x, const struct ptg_node *n)
{
	const struct ptg_node *b = expr_at(x, n->b);
	const char *when, *word;

	if (!expr_is_truth(x, n->a))
		return text_binary(x, text_of_value(x, n->a), "*", text_of_value(x, n->b), BIND_MUL);
	if (x->once && cexpr_settled(x->format, n->a) && b->op == PTG_OP_ENTRY && b->lo + b->width <= 64) {
		when = text_put(x, text_of_truth(x, n->a, true), BIND_COMPARE);
		word = cexpr_once(x, arena_printf(x->arena, "%s ? %s : 0", when, cexpr_number(x->arena, low_bits(b->width))));
		if (word)
			return text_binary(x, text_shifted(x, cexpr_entry(x, low_bits(b->width) << b->lo), b->lo), "&",
					   text_primary(word), BIND_AND);
	}
	return (struct text){ arena_printf(x->arena, "%s ? %s : 0", text_put(x, text_of_truth(x, n->a, true), BIND_COMPARE),
					   text_put(x, text_of_value(x, n->b), BIND_LOR)), BIND_COND };
}

/* Entry bits by the names "e" and "e_hi". */
static struct text text_entry_bits(const struct cexpr *x, unsigned lo, unsigned width)
{
	const char *const words[] = { lo < 64 ? cexpr_entry(x, low_bits(width) << lo) : x->entry, x->entry_hi };

	return text_field(x, words, 2, lo, width);
}

static struct text word_bits(const struct cexpr *x, const char *word, unsigned lo, unsigned width)
{
	return text_field(x, &word, 1, lo, width);
}

static struct text sliced(const struct cexpr *x, const struct ptg_node *n)
{
	struct text a = text_of_value(x, n->a);

	if (n->lo > 63)
		return text_primary("0");
	if (n->lo)
		a = text_binary(x, a, ">>", text_primary(arena_printf(x->arena, "%u", n->lo)), BIND_SHIFT);
	return text_masked(x, a, n->width, n->lo);
}

static const char *register_text(const struct cexpr *x, unsigned i)
{
	return x->reg ? x->reg[i] : arena_printf(x->arena, "regs->%s", x->format->regs[i].name);
}

static const char *attr_text(const struct cexpr *x, unsigned i)
{
	return x->attr && x->attr[i] ? x->attr[i] : arena_printf(x->arena, "attr[%u]", i);
}

static struct text call(const struct cexpr *x, const char *name, const char *args)
{
	return text_primary(arena_printf(x->arena, "%s(%s)", name, args));
}

static struct text input_of(const struct cexpr *x, const struct ptg_node *n)
{
	switch (n->op) {
	case PTG_OP_ENTRY:
		return text_entry_bits(x, n->lo, n->width);
	case PTG_OP_VA:
		return word_bits(x, x->va, n->lo, n->width);
	case PTG_OP_INDEX:
		return word_bits(x, x->index, n->lo, n->width);
	case PTG_OP_INDEX_TOP:
		return call(x, "ptg_index_top_", arena_printf(x->arena, "%s, %s, %u, %u", x->index, x->index_lg2, n->lo,
							      n->width));
	case PTG_OP_ATTR:
		return text_primary(attr_text(x, n->a));
	case PTG_OP_PARAM:
		return text_masked(x, text_shifted(x, "s->config[0]", x->format->params[n->a].shift), 8, 0);
	case PTG_OP_CTX:
		return context(x, n->lo, n->width);
	case PTG_OP_CTX_AT:
		return context_element(x, n);
	case PTG_OP_REG:
		return word_bits(x, register_text(x, n->a), n->lo, n->width);
	case PTG_OP_SIZE:
		return text_primary(x->size);
	default:
		return call(x, arena_printf(x->arena, "%s_%s", x->lower, x->format->externs[n->a]),
			    arena_printf(x->arena, "s, %s", text_of_value(x, n->b).s));
	}
}

/* The attribute that has been computed by this very expression; NULL: none. */
static const char *computed(const struct cexpr *x, unsigned node)
{
	if (!x->computed || !x->attr || expr_at(x, node)->op < PTG_OP_NOT)
		return NULL;
	for (unsigned i = 0; i < x->format->attr_count; i++)
		if (x->computed[i] != PTG_NONE && cexpr_equal(x->format, x->computed[i], node))
			return x->attr[i];
	return NULL;
}

struct text text_of_value(const struct cexpr *x, unsigned node)
{
	const char *name = computed(x, node);
	const struct ptg_node *n = expr_at(x, node = expr_plain(x, node));
	uint64_t v;

	if (name)
		return text_primary(name);
	if (cexpr_constant(x, node, &v))
		return text_primary(cexpr_number(x->arena, v));
	switch (n->op) {
	case PTG_OP_ACCESS: case PTG_OP_FEATURE: case PTG_OP_NOT: case PTG_OP_AND: case PTG_OP_OR:
	case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE:
		return number_of_truth(x, text_of_truth(x, node, true));
	case PTG_OP_ADD:
		return text_binary(x, text_of_value(x, n->a), "+", text_of_value(x, n->b), BIND_ADD);
	case PTG_OP_SUB:
		return text_binary(x, text_of_value(x, n->a), "-", text_of_value(x, n->b), BIND_ADD);
	case PTG_OP_MUL:
		return product(x, n);
	case PTG_OP_CAT:
		return catenation(x, n);
	case PTG_OP_SLICE:
		return sliced(x, n);
	case PTG_OP_DSLICE:
		if (expr_is_member(x, n))
			return text_set_bit(x, n);
		return call(x, "ptg_slice_", arena_printf(x->arena, "%s, %s, %s", text_of_value(x, n->a).s,
							  text_of_value(x, n->b).s, text_of_value(x, n->c).s));
	case PTG_OP_BITAND:
		return text_binary(x, text_of_value(x, n->a), "&", text_of_value(x, n->b), BIND_AND);
	default:
		return input_of(x, n);
	}
}

const char *cexpr_bits(const struct cexpr *x, unsigned lo, unsigned width)
{
	return text_entry_bits(x, lo, width).s;
}

const char *cexpr_moved(const struct cexpr *x, unsigned lo, unsigned width, unsigned to)
{
	struct text t;
	uint64_t bits;

	if (lo + width > 64 && lo < 64) { /* across the words */
		t = text_entry_bits(x, lo, width);
		if (to)
			t = text_binary(x, t, "<<", text_primary(arena_printf(x->arena, "%u", to)), BIND_SHIFT);
		return text_put(x, t, BIND_OR);
	}
	bits = low_bits(width) << lo % 64;
	t = text_primary(lo < 64 ? cexpr_entry(x, bits) : x->entry_hi);
	if (width < 64)
		t = text_binary(x, t, "&", text_primary(lo < 64 ? cexpr_mask(x, bits) : cexpr_number(x->arena, bits)), BIND_AND);
	lo %= 64;
	if (to > lo)
		t = text_binary(x, t, "<<", text_primary(arena_printf(x->arena, "%u", to - lo)), BIND_SHIFT);
	else if (to < lo)
		t = text_binary(x, t, ">>", text_primary(arena_printf(x->arena, "%u", lo - to)), BIND_SHIFT);
	return text_put(x, t, BIND_OR);
}

const char *cexpr_value(const struct cexpr *x, unsigned node)
{
	return text_of_value(x, node).s;
}

const char *cexpr_operand(const struct cexpr *x, unsigned node)
{
	return text_put(x, text_of_value(x, node), BIND_UNARY);
}

const char *cexpr_truth(const struct cexpr *x, unsigned node)
{
	return text_of_truth(x, node, true).s;
}

const char *cexpr_untruth(const struct cexpr *x, unsigned node)
{
	return text_of_truth(x, node, false).s;
}

const char *cexpr_term(const struct cexpr *x, unsigned node)
{
	return text_put(x, text_of_truth(x, node, true), BIND_LAND);
}
