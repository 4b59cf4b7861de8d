/* SPDX-License-Identifier: MIT */
/* cexpr_ask.c - what is asked of a node: the inputs it reads, its shape, its bounds */

#include "gen/emit/cexpr_text.h"

const struct ptg_node *expr_at(const struct cexpr *x, unsigned node)
{
	return &x->format->nodes[node];
}

const char *cexpr_entry(const struct cexpr *x, uint64_t bits)
{
	return x->looked && !(bits & x->flipped) ? x->looked : x->entry;
}

/* A field that a feature may switch off, where its bits are 0 then: the bits say it all. */
unsigned expr_plain(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = expr_at(x, node), *feature, *entry;

	if (!x->off_zero || (n->op != PTG_OP_AND && n->op != PTG_OP_MUL))
		return node;
	feature = expr_at(x, n->a);
	entry = expr_at(x, n->b);
	if (feature->op != PTG_OP_FEATURE || entry->op != PTG_OP_ENTRY || entry->lo + entry->width > 64)
		return node;
	return low_bits(entry->width) << entry->lo & ~x->off_zero[feature->a] ? node : n->b;
}

static unsigned operands(const struct ptg_node *n, uint16_t of[3])
{
	switch (n->op) {
	case PTG_OP_CTX_AT: case PTG_OP_EXTERN:
		of[0] = n->b;
		return 1;
	case PTG_OP_NOT: case PTG_OP_SLICE:
		of[0] = n->a;
		return 1;
	case PTG_OP_DSLICE:
		of[2] = n->c;
		of[1] = n->b;
		of[0] = n->a;
		return 3;
	default:
		of[1] = n->b;
		of[0] = n->a;
		return n->op >= PTG_OP_AND ? 2 : 0;
	}
}

bool cexpr_uses(const struct ptg_format *f, unsigned node, unsigned op)
{
	const struct ptg_node *n = &f->nodes[node];
	uint16_t of[3];
	unsigned count = operands(n, of);

	if (n->op == op)
		return true;
	while (count)
		if (cexpr_uses(f, of[--count], op))
			return true;
	return false;
}

bool cexpr_settled(const struct ptg_format *f, unsigned node)
{
	static const uint8_t ops[] = { PTG_OP_ENTRY, PTG_OP_VA, PTG_OP_INDEX, PTG_OP_INDEX_TOP, PTG_OP_ACCESS, PTG_OP_ATTR,
				       PTG_OP_REG, PTG_OP_SIZE, PTG_OP_EXTERN };

	for (unsigned i = 0; i < sizeof(ops); i++)
		if (cexpr_uses(f, node, ops[i]))
			return false;
	return true;
}

uint64_t cexpr_va_bits(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];
	uint16_t of[3];
	unsigned count = operands(n, of);
	uint64_t bits = n->op == PTG_OP_VA ? low_bits(n->width) << n->lo : 0;

	while (count)
		bits |= cexpr_va_bits(f, of[--count]);
	return bits;
}

bool cexpr_equal(const struct ptg_format *f, unsigned a, unsigned b)
{
	const struct ptg_node *n = &f->nodes[a], *m = &f->nodes[b];
	uint16_t left[3], right[3];
	unsigned count = operands(n, left);

	if (a == b)
		return true;
	if (n->op != m->op || n->lo != m->lo || n->width != m->width || n->imm != m->imm)
		return false;
	operands(m, right);
	for (unsigned i = 0; i < count; i++)
		if (!cexpr_equal(f, left[i], right[i]))
			return false;
	if (n->op == PTG_OP_ATTR || n->op == PTG_OP_FEATURE || n->op == PTG_OP_PARAM || n->op == PTG_OP_REG ||
	    n->op == PTG_OP_EXTERN)
		return n->a == m->a;
	return true;
}

bool cexpr_constant(const struct cexpr *x, unsigned node, uint64_t *value)
{
	const struct ptg_node *n = expr_at(x, node);
	uint64_t a, b;

	switch (n->op) {
	case PTG_OP_CONST:
		*value = n->imm;
		return true;
	case PTG_OP_ACCESS:
		*value = (x->access_value & n->imm) != 0;
		return x->access_known;
	case PTG_OP_NOT:
		if (!cexpr_constant(x, n->a, &a))
			return false;
		*value = !a;
		return true;
	case PTG_OP_AND: case PTG_OP_OR:
		if (cexpr_constant(x, n->a, &a) && !a == (n->op == PTG_OP_AND)) {
			*value = n->op == PTG_OP_OR;
			return true;
		}
		if (cexpr_constant(x, n->b, &b) && !b == (n->op == PTG_OP_AND)) {
			*value = n->op == PTG_OP_OR;
			return true;
		}
		if (!cexpr_constant(x, n->a, &a) || !cexpr_constant(x, n->b, &b))
			return false;
		*value = n->op == PTG_OP_AND ? a && b : a || b;
		return true;
	default:
		return false;
	}
}

/* Values that are 0 or 1 by themselves. */
bool expr_is_truth(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));

	switch (n->op) {
	case PTG_OP_ACCESS: case PTG_OP_FEATURE: case PTG_OP_NOT: case PTG_OP_AND: case PTG_OP_OR:
	case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE:
		return true;
	case PTG_OP_ENTRY: case PTG_OP_CTX: case PTG_OP_REG: case PTG_OP_VA:
		return n->width == 1;
	case PTG_OP_ATTR:
		return x->format->attrs[n->a].width == 1;
	case PTG_OP_CONST:
		return n->imm <= 1;
	default:
		return false;
	}
}

/* Largest value a node can have, as far as its shape says. */
uint64_t expr_most(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = expr_at(x, expr_plain(x, node));

	switch (n->op) {
	case PTG_OP_CONST:
		return n->imm;
	case PTG_OP_ENTRY: case PTG_OP_CTX: case PTG_OP_REG: case PTG_OP_VA: case PTG_OP_CTX_AT: case PTG_OP_SLICE:
		return low_bits(n->width);
	case PTG_OP_ATTR:
		return low_bits(x->format->attrs[n->a].width);
	case PTG_OP_MUL:
		return expr_is_truth(x, n->a) ? expr_most(x, n->b) : ~UINT64_C(0);
	case PTG_OP_CAT:
		if (n->width > 16 || expr_most(x, n->a) > 0xffff)
			return ~UINT64_C(0);
		return expr_most(x, n->a) << n->width | low_bits(n->width);
	default:
		return expr_is_truth(x, node) ? 1 : ~UINT64_C(0);
	}
}

/* Bit v of a constant: is the value one of a set? */
bool expr_is_member(const struct cexpr *x, const struct ptg_node *n)
{
	return n->op == PTG_OP_DSLICE && n->b == n->c && expr_at(x, n->a)->op == PTG_OP_CONST && expr_most(x, n->b) < 64;
}
