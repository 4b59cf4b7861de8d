/* SPDX-License-Identifier: MIT */
/* node.c - nodes of the plan's expressions: made once each, simplified as they are made */

#include "gen/lower/lower.h"

const struct ptg_node *node_at(const struct lower *lo, uint16_t node)
{
	return (const struct ptg_node *)lo->nodes.data + node;
}

bool node_is_const(const struct lower *lo, uint16_t node, uint64_t *value)
{
	const struct ptg_node *n = node_at(lo, node);

	if (n->op != PTG_OP_CONST)
		return false;
	*value = n->imm;
	return true;
}

/* Equal nodes are one node: operands compare by number. */
uint16_t node_add(struct lower *lo, struct ptg_node n)
{
	const struct ptg_node *all = lo->nodes.data;

	for (size_t i = 0; i < lo->nodes.count; i++)
		if (all[i].op == n.op && all[i].imm == n.imm && all[i].a == n.a && all[i].b == n.b &&
		    all[i].c == n.c && all[i].lo == n.lo && all[i].width == n.width)
			return (uint16_t)i;
	if (lo->nodes.count >= PTG_NONE - 1) {
		lower_fail(lo, "the conditions of this format are too many to lower");
		return 0;
	}
	*(struct ptg_node *)vec_add(lo, &lo->nodes, sizeof(n)) = n;
	return (uint16_t)(lo->nodes.count - 1);
}

uint16_t node_const(struct lower *lo, uint64_t value)
{
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_CONST, .imm = value });
}

uint16_t node_entry(struct lower *lo, unsigned at, unsigned width)
{
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_ENTRY, .lo = (uint8_t)at, .width = (uint8_t)width });
}

static uint16_t fold_constants(struct lower *lo, unsigned op, uint64_t x, uint64_t y)
{
	switch (op) {
	case PTG_OP_AND:    return node_const(lo, x && y);
	case PTG_OP_OR:     return node_const(lo, x || y);
	case PTG_OP_EQ:     return node_const(lo, x == y);
	case PTG_OP_NE:     return node_const(lo, x != y);
	case PTG_OP_LE:     return node_const(lo, x <= y);
	case PTG_OP_ADD:    return node_const(lo, x + y);
	case PTG_OP_SUB:    return node_const(lo, x - y);
	case PTG_OP_MUL:    return node_const(lo, x * y);
	case PTG_OP_BITAND: return node_const(lo, x & y);
	default:            return node_const(lo, 0);
	}
}

/* One side is the constant x; PTG_NONE: nothing to simplify. */
static uint16_t fold_one(struct lower *lo, unsigned op, uint16_t other, uint64_t x)
{
	switch (op) {
	case PTG_OP_AND:    return x ? other : node_const(lo, 0);
	case PTG_OP_OR:     return x ? node_const(lo, 1) : other;
	case PTG_OP_ADD:    return x == 0 ? other : PTG_NONE;
	case PTG_OP_MUL:    return x == 1 ? other : x == 0 ? node_const(lo, 0) : PTG_NONE;
	case PTG_OP_BITAND: return x == 0 ? node_const(lo, 0) : PTG_NONE;
	default:            return PTG_NONE;
	}
}

/* `a` adds nothing to `b`: it is b, or one side of it under the same operator, or !x where b is !(x & y). */
static bool node_repeats(const struct lower *lo, unsigned op, uint16_t a, uint16_t b)
{
	const struct ptg_node *m = node_at(lo, a), *n = node_at(lo, b);

	if (op != PTG_OP_AND && op != PTG_OP_OR)
		return false;
	if (op == PTG_OP_OR && m->op == PTG_OP_NOT && n->op == PTG_OP_NOT)
		return node_repeats(lo, PTG_OP_AND, m->a, n->a);
	return a == b || (n->op == op && (n->a == a || n->b == a));
}

uint16_t node_op(struct lower *lo, unsigned op, uint16_t a, uint16_t b)
{
	uint64_t x, y;
	uint16_t folded = PTG_NONE;

	if (op == PTG_OP_NOT) {
		if (node_is_const(lo, a, &x))
			return node_const(lo, !x);
		if (node_at(lo, a)->op == PTG_OP_NOT)
			return node_at(lo, a)->a;
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_NOT, .a = a });
	}
	if (node_is_const(lo, a, &x) && node_is_const(lo, b, &y))
		return fold_constants(lo, op, x, y);
	if (node_is_const(lo, a, &x))
		folded = fold_one(lo, op, b, x);
	else if (node_is_const(lo, b, &y) && op != PTG_OP_SUB)
		folded = fold_one(lo, op, a, y);
	if (folded != PTG_NONE)
		return folded;
	if (op == PTG_OP_SUB && node_is_const(lo, b, &y) && y == 0)
		return a;
	if (node_repeats(lo, op, a, b))
		return b;
	if (node_repeats(lo, op, b, a))
		return a;
	return node_add(lo, (struct ptg_node){ .op = (uint8_t)op, .a = a, .b = b });
}

uint16_t node_slice(struct lower *lo, uint16_t a, unsigned at, unsigned width)
{
	struct ptg_node n = *node_at(lo, a);

	switch (n.op) {
	case PTG_OP_CAT:
		if (at + width <= n.width)
			return node_slice(lo, n.b, at, width);
		if (at >= n.width)
			return node_slice(lo, n.a, at - n.width, width);
		break;
	case PTG_OP_CONST:
		return node_const(lo, at > 63 ? 0 : n.imm >> at & (width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1));
	case PTG_OP_ENTRY: case PTG_OP_VA: case PTG_OP_CTX: case PTG_OP_REG:
		if (at + width <= n.width) {
			n.lo = (uint8_t)(n.lo + at);
			n.width = (uint8_t)width;
			return node_add(lo, n);
		}
		break;
	default:
		break;
	}
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_SLICE, .a = a, .lo = (uint8_t)at, .width = (uint8_t)width });
}

uint16_t node_cat(struct lower *lo, uint16_t high, uint16_t low, unsigned low_width)
{
	const struct ptg_node *h = node_at(lo, high), *l = node_at(lo, low);
	struct ptg_node n = *l;
	uint64_t x, y;

	if (h->op == PTG_OP_ENTRY && l->op == PTG_OP_ENTRY && h->lo == l->lo + l->width && l->width == low_width &&
	    h->width + l->width <= 64) {
		n.width = (uint8_t)(l->width + h->width);
		return node_add(lo, n);
	}
	if (node_is_const(lo, high, &x) && node_is_const(lo, low, &y) && low_width < 64)
		return node_const(lo, x << low_width | y);
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_CAT, .a = high, .b = low, .width = (uint8_t)low_width });
}

void node_support(const struct lower *lo, uint16_t node, uint64_t bits[2], uint32_t *features, uint32_t *ops)
{
	const struct ptg_node *n = node_at(lo, node);

	*ops |= 1u << n->op;
	switch (n->op) {
	case PTG_OP_ENTRY:
		for (unsigned i = n->lo; i < (unsigned)n->lo + n->width && i < 128; i++)
			bits[i / 64] |= UINT64_C(1) << i % 64;
		break;
	case PTG_OP_FEATURE:
		*features |= 1u << n->a;
		break;
	case PTG_OP_CTX_AT:
		node_support(lo, n->b, bits, features, ops);
		break;
	case PTG_OP_EXTERN:
		node_support(lo, n->b, bits, features, ops);
		break;
	case PTG_OP_NOT: case PTG_OP_SLICE:
		node_support(lo, n->a, bits, features, ops);
		break;
	case PTG_OP_DSLICE:
		node_support(lo, n->c, bits, features, ops);
		/* fall through */
	case PTG_OP_AND: case PTG_OP_OR: case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE: case PTG_OP_ADD:
	case PTG_OP_SUB: case PTG_OP_MUL: case PTG_OP_CAT: case PTG_OP_BITAND:
		node_support(lo, n->a, bits, features, ops);
		node_support(lo, n->b, bits, features, ops);
		break;
	default:
		break;
	}
}
