/* SPDX-License-Identifier: MIT */
/* finder_rank.c - which candidates are roots of their own, how good, and what to write after --root */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gen/inspect/finder.h"
#include "runtime/ptg_core.h"

/* --- rank ----------------------------------------------------------------------------- */

static int by_hash(const void *x, const void *y)
{
	const struct root_found *a = *(struct root_found *const *)x, *b = *(struct root_found *const *)y;

	if (a->plan != b->plan)
		return (uintptr_t)a->plan < (uintptr_t)b->plan ? -1 : 1;
	return a->hash[1] < b->hash[1] ? -1 : a->hash[1] > b->hash[1];
}

/* Roots with the same upper half: kernels share theirs among processes. */
static void count_sharers(struct finder *f)
{
	struct root_found **order = arena_array(f->arena, f->count + 1, sizeof(struct root_found *));

	for (size_t i = 0; i < f->count; i++)
		order[i] = &f->found[i];
	qsort(order, f->count, sizeof(*order), by_hash);
	for (size_t i = 0, j; i < f->count; i = j) {
		for (j = i + 1; j < f->count && by_hash(&order[i], &order[j]) == 0;)
			j++;
		for (size_t k = i; k < j && order[i]->hash[1]; k++)
			order[k]->sharers = (unsigned)(j - i - 1);
	}
}

static double score_of(const struct root_found *r)
{
	double ram = r->pages ? (double)r->pages_in_ram / (double)r->pages : 0, score = (double)r->tables;

	score += r->self >= 0 ? 20 : 0;
	score += r->sharers > 20 ? 40 : 2 * r->sharers;
	score *= 0.2 + 0.8 * ram;
	return r->reserved ? score / 2 : score;
}

static int by_score(const void *x, const void *y)
{
	const struct root_found *a = x, *b = y;

	if (a->inside != b->inside)
		return a->inside ? 1 : -1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->table < b->table ? -1 : a->table > b->table;
}

/* Bytes of the first table. */
static uint64_t extent(const struct root_found *r)
{
	const struct ptg_level *l = &r->plan->format.levels[r->level];

	return (uint64_t)1 << (r->index_lg2 + l->entry_lg2 + l->stride_lg2);
}

static bool larger(const struct root_found *a, const struct root_found *b)
{
	return a->tables != b->tables ? a->tables > b->tables : a->pages > b->pages;
}

static int by_table(const void *x, const void *y)
{
	const struct root_found *a = x, *b = y;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	return larger(a, b) ? -1 : larger(b, a);
}

/*
 * Tables that share bytes cannot both be roots: the one with the larger tree is
 * it; of equal ones the later, whose entries begin where it begins.
 */
static void drop_overlaps(struct finder *f)
{
	for (size_t i = 0; i < f->count; i++)
		for (size_t j = i + 1; j < f->count && f->found[j].table - f->found[i].table < extent(&f->found[i]); j++) {
			struct root_found *a = &f->found[i], *b = &f->found[j];

			if (larger(a, b))
				b->inside = true;
			else if (larger(b, a) || a->table != b->table)
				a->inside = true;
		}
}

void finder_rank(struct finder *f)
{
	if (f->count)
		qsort(f->found, f->count, sizeof(*f->found), by_table);
	for (size_t i = 0; i < f->count; i++) {
		const struct seen_table *t = seen_find(&f->inside, f->found[i].table & ~(uint64_t)0xfff, 0, 0);

		f->found[i].inside = t && t->va > f->found[i].tables;
	}
	drop_overlaps(f);
	count_sharers(f);
	for (size_t i = 0; i < f->count; i++) {
		struct root_found *r = &f->found[i];

		r->score = score_of(r);
		r->reg = finder_register(f->arena, r->plan, r->table, r->level, r->index_lg2);
	}
	if (f->count)
		qsort(f->found, f->count, sizeof(*f->found), by_score);
}

/* --- --root ------------------------------------------------------------------------------ */

/* The bits a piece takes, those at run time as the default configuration and registers of 0 have them. */
static bool piece_bits(const struct ptg_space *s, const struct ptg_piece *p, unsigned *src, unsigned *width, unsigned *dst)
{
	const uint64_t regs[32] = {0};
	struct ptg_env env;
	uint64_t hi = 0, lo = p->src_lo;

	memset(&env, 0, sizeof(env));
	env.space = s;
	env.regs = regs;
	if (p->lo != PTG_NONE)
		lo = ptg_eval_(&env, p->lo);
	hi = p->hi != PTG_NONE ? ptg_eval_(&env, p->hi) : (uint64_t)p->src_lo + p->width - 1;
	*src = (unsigned)lo;
	*width = (unsigned)(hi - lo + 1);
	*dst = p->dst_lo + (unsigned)lo - p->src_lo;
	return lo <= 63 && hi <= 63 && hi >= lo && *dst <= 63;
}

/* Bits of the register that hold the address, and their value for this table. */
static bool place_address(const struct ptg_space *s, const struct ptg_root_def *d, uint64_t table, uint64_t *value,
			  uint64_t *mask)
{
	const struct ptg_format *f = s->format;
	uint64_t left = table;

	*value = *mask = 0;
	for (unsigned i = 0; i < d->piece_count; i++) {
		const struct ptg_piece *p = &f->pieces[d->piece_first + i];
		unsigned src, width, dst;

		if (p->when != PTG_NONE || p->space || !piece_bits(s, p, &src, &width, &dst))
			continue;
		*value |= (table >> dst & ptg_mask_(width)) << src;
		*mask |= ptg_mask_(width) << src;
		left &= ~(ptg_mask_(width) << dst);
	}
	return left == 0;
}

/* Does this register value start a walk there? */
static bool starts(struct ptg_space *s, unsigned reg, uint64_t value, uint64_t table, unsigned level, unsigned index_lg2)
{
	uint64_t regs[32] = {0};
	const struct ptg_root *r = &s->root[0];

	regs[reg] = value;
	return ptg_set_root(s, regs, (uint32_t)1 << reg) == PTG_OK && (r->flags & PTG_ROOT_VALID) &&
	       !(r->flags & PTG_ROOT_BYPASS) && r->table == table && r->level == level && r->index_lg2 == index_lg2 &&
	       r->index_first == 0 && r->index_last == ptg_mask_(index_lg2);
}

/* The bits that `select` wants in this register. */
static void place_selected(const struct ptg_format *f, const char *reg, uint64_t *value, uint64_t *mask)
{
	for (unsigned i = 0; i < f->select_count; i++) {
		const struct ptg_select *s = &f->selects[i];
		const struct ptg_node *n = s->node != PTG_NONE ? &f->nodes[s->node] : NULL;

		if (!n || strcmp(s->reg, reg) != 0 || n->op != PTG_OP_REG)
			continue;
		*value |= s->value << n->lo;
		*mask |= ptg_mask_(n->width) << n->lo;
	}
}

const char *finder_register(struct arena *a, const struct plan *plan, uint64_t table, unsigned level, unsigned index_lg2)
{
	const struct ptg_format *f = &plan->format;
	const struct ptg_root_def *d = f->roots;
	uint64_t value, mask, free_bits;
	struct ptg_space s;

	if (!f->root_count || d->reg >= f->reg_count || ptg_space_setup(&s, f, &ptg_generic_walker, &view_no_memory) ||
	    !place_address(&s, d, table, &value, &mask))
		return arena_printf(a, "0x%" PRIx64, table);
	place_selected(f, f->regs[d->reg].name, &value, &mask);
	/* The bits that say how the walk starts are few and low: the smallest that do are taken. */
	free_bits = ~mask & 0xfff;
	for (uint64_t low = 0;; low = (low - free_bits) & free_bits) {
		if (starts(&s, d->reg, value | low, table, level, index_lg2))
			return arena_printf(a, "%s=0x%" PRIx64, f->regs[d->reg].name, value | low);
		if (low == free_bits)
			break;
	}
	return arena_printf(a, "0x%" PRIx64, table);
}
