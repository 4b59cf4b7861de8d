/* SPDX-License-Identifier: MIT */
/*
 * eval.c - the value of an expression of the plan
 *
 * Operands have lower numbers than their node, so that evaluation ends;
 * ptg_format_check() bounds the depth.  What stands where a node cannot be
 * known (no registers, no attributes) reads as 0.
 */
#include "ptg_core.h"

/* Bits [lo + width - 1 : lo] of an array of words. */
static uint64_t bits_of(const uint64_t *word, unsigned words, unsigned lo, unsigned width)
{
	unsigned i = lo / 64, at = lo % 64;
	uint64_t v;

	if (i >= words)
		return 0;
	v = ptg_shr_(word[i], at);
	if (at && i + 1 < words)
		v |= ptg_shl_(word[i + 1], 64 - at);
	return v & ptg_mask_(width);
}

static uint64_t shifted_left(uint64_t v, uint64_t by)
{
	return by < 64 ? ptg_shl_(v, (unsigned)by) : 0;
}

static uint64_t shifted_right(uint64_t v, uint64_t by)
{
	return by < 64 ? ptg_shr_(v, (unsigned)by) : 0;
}

/* The `width` bits that follow the first `lo` of an index; a narrower index has zeros to its right. */
static uint64_t index_top(const struct ptg_env *env, unsigned lo, unsigned width)
{
	unsigned end = lo + width;
	uint64_t v = env->index_lg2 >= end ? shifted_right(env->index, env->index_lg2 - end)
					   : shifted_left(env->index, end - env->index_lg2);

	return v & ptg_mask_(width);
}

static uint64_t dynamic_slice(uint64_t v, uint64_t hi, uint64_t lo)
{
	if (hi < lo || lo > 63)
		return 0;
	return ptg_shr_(v, (unsigned)lo) & ptg_mask_(hi - lo >= 63 ? 64 : (unsigned)(hi - lo) + 1);
}

static uint64_t eval(const struct ptg_env *env, unsigned node, unsigned access);

static uint64_t ctx_at(const struct ptg_env *env, const struct ptg_node *n, unsigned access)
{
	uint64_t i = n->imm ? eval(env, n->b, access) & (n->imm - 1) : 0;

	return bits_of(env->space->ctx, 4, n->lo + n->width * (unsigned)(i & 0xff), n->width);
}

static uint64_t extern_value(const struct ptg_env *env, const struct ptg_node *n, unsigned access)
{
	const struct ptg_format *f = env->space->format;

	if (!f->extern_fn || n->a >= f->extern_count || !f->extern_fn[n->a])
		return 0;
	return f->extern_fn[n->a](env->space, eval(env, n->b, access));
}

/* Nodes without operands that are nodes. */
static uint64_t leaf(const struct ptg_env *env, const struct ptg_node *n, unsigned access)
{
	const struct ptg_space *s = env->space;

	switch (n->op) {
	case PTG_OP_ENTRY:
		return bits_of(env->e, 2, n->lo, n->width);
	case PTG_OP_VA:
		return bits_of(&env->va, 1, n->lo, n->width);
	case PTG_OP_INDEX:
		return bits_of(&env->index, 1, n->lo, n->width);
	case PTG_OP_INDEX_TOP:
		return index_top(env, n->lo, n->width);
	case PTG_OP_ACCESS:
		return (access & n->imm) != 0;
	case PTG_OP_ATTR:
		return env->attr ? env->attr[n->a] : 0;
	case PTG_OP_FEATURE:
		return (uint32_t)s->config[0] >> (n->a & 31) & 1;
	case PTG_OP_PARAM:
		return ptg_shr_(s->config[0], s->format->params[n->a].shift & 63) & 0xff;
	case PTG_OP_CTX:
		return bits_of(s->ctx, 4, n->lo, n->width);
	case PTG_OP_REG:
		return env->regs ? bits_of(&env->regs[n->a], 1, n->lo, n->width) : 0;
	case PTG_OP_SIZE:
		return env->size_lg2;
	default:
		return n->imm; /* PTG_OP_CONST */
	}
}

static uint64_t eval(const struct ptg_env *env, unsigned node, unsigned access)
{
	const struct ptg_node *n = &env->space->format->nodes[node];
	uint64_t a;

	if (n->op <= PTG_OP_SIZE && n->op != PTG_OP_CTX_AT)
		return leaf(env, n, access);
	if (n->op == PTG_OP_CTX_AT)
		return ctx_at(env, n, access);
	if (n->op == PTG_OP_EXTERN)
		return extern_value(env, n, access);
	a = eval(env, n->a, access);
	switch (n->op) {
	case PTG_OP_NOT:
		return !a;
	case PTG_OP_AND:
		return a && eval(env, n->b, access);
	case PTG_OP_OR:
		return a || eval(env, n->b, access);
	case PTG_OP_EQ:
		return a == eval(env, n->b, access);
	case PTG_OP_NE:
		return a != eval(env, n->b, access);
	case PTG_OP_LE:
		return a <= eval(env, n->b, access);
	case PTG_OP_ADD:
		return a + eval(env, n->b, access);
	case PTG_OP_SUB:
		return a - eval(env, n->b, access);
	case PTG_OP_MUL:
		return a * eval(env, n->b, access);
	case PTG_OP_CAT:
		return shifted_left(a, n->width) | eval(env, n->b, access);
	case PTG_OP_SLICE:
		return shifted_right(a, n->lo) & ptg_mask_(n->width);
	case PTG_OP_DSLICE:
		return dynamic_slice(a, eval(env, n->b, access), eval(env, n->c, access));
	case PTG_OP_BITAND:
		return a & eval(env, n->b, access);
	default:
		return 0;
	}
}

uint64_t ptg_eval_(const struct ptg_env *env, unsigned node)
{
	return eval(env, node, env->access);
}

/* --- the six accesses at once ---------------------------------------------------- */

#define SIX 0x3fu

/* enum ptg_access of the right 1 << n. */
static const uint8_t access_of[6] = {
	PTG_READ | PTG_USER, PTG_WRITE | PTG_USER, PTG_EXEC | PTG_USER, PTG_READ, PTG_WRITE, PTG_EXEC,
};

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

static bool asks_access(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];

	if (n->op == PTG_OP_ACCESS)
		return true;
	if (n->op == PTG_OP_CTX_AT || n->op == PTG_OP_EXTERN)
		return asks_access(f, n->b);
	if (n->op < PTG_OP_NOT)
		return false;
	if (asks_access(f, n->a))
		return true;
	if (n->op == PTG_OP_NOT || n->op == PTG_OP_SLICE)
		return false;
	return asks_access(f, n->b) || (n->op == PTG_OP_DSLICE && asks_access(f, n->c));
}

unsigned ptg_eval_rights_(const struct ptg_env *env, unsigned node)
{
	const struct ptg_node *n = &env->space->format->nodes[node];
	unsigned a, i;

	switch (n->op) {
	case PTG_OP_ACCESS:
		return accesses_that(n->imm);
	case PTG_OP_NOT:
		return ~ptg_eval_rights_(env, n->a) & SIX;
	case PTG_OP_AND:
		a = ptg_eval_rights_(env, n->a);
		return a ? a & ptg_eval_rights_(env, n->b) : 0;
	case PTG_OP_OR:
		a = ptg_eval_rights_(env, n->a);
		return a == SIX ? a : a | ptg_eval_rights_(env, n->b);
	}
	if (n->op < PTG_OP_NOT || !asks_access(env->space->format, node))
		return eval(env, node, 0) ? SIX : 0;
	for (a = 0, i = 0; i < 6; i++)
		if (eval(env, node, access_of[i]))
			a |= 1u << i;
	return a;
}

/* A check that wants bits of the low word to be 0, however many: (ENTRY & CONST) == 0, or a field == 0. */
bool ptg_zero_bits_(const struct ptg_format *f, unsigned node, uint64_t *bits)
{
	const struct ptg_node *n = &f->nodes[node], *a = &f->nodes[n->a], *b = &f->nodes[n->b];
	uint64_t mask = ~(uint64_t)0;

	if (n->op != PTG_OP_EQ || b->op != PTG_OP_CONST || b->imm)
		return false;
	if (a->op == PTG_OP_BITAND && f->nodes[a->b].op == PTG_OP_CONST) {
		mask = f->nodes[a->b].imm;
		a = &f->nodes[a->a];
	}
	if (a->op != PTG_OP_ENTRY || a->lo + a->width > 64)
		return false;
	*bits = ptg_shl_(ptg_mask_(a->width) & mask, a->lo);
	return true;
}
