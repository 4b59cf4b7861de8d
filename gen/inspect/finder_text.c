/* SPDX-License-Identifier: MIT */
/* finder_text.c - what to write after --root, so that a walk starts at a table that was found */
#include <inttypes.h>
#include <string.h>

#include "gen/inspect/finder.h"
#include "runtime/ptg_core.h"

#define START_BITS 14                /* so many register bits are tried */

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

/* Do these registers start a walk there? */
static bool starts(struct ptg_space *s, const uint64_t *regs, uint32_t given, const struct root_found *want)
{
	const struct ptg_root *r = &s->root[0];

	return ptg_set_root(s, regs, given) == PTG_OK && (r->flags & PTG_ROOT_VALID) &&
	       !(r->flags & PTG_ROOT_BYPASS) && r->table == want->table && r->level == want->level &&
	       r->index_lg2 == want->index_lg2 && r->index_first == 0 && r->index_last == ptg_mask_(want->index_lg2);
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

/* Bits of a register that a node reads. */
static uint64_t bits_read(const struct ptg_format *f, uint16_t node, unsigned reg)
{
	const struct ptg_node *n;

	if (node == PTG_NONE)
		return 0;
	n = &f->nodes[node];
	if (n->op == PTG_OP_REG)
		return n->a == reg ? ptg_mask_(n->width) << n->lo : 0;
	return (n->a < node ? bits_read(f, n->a, reg) : 0) | (n->b < node ? bits_read(f, n->b, reg) : 0) |
	       (n->c < node ? bits_read(f, n->c, reg) : 0);
}

static uint64_t starting_bits(const struct ptg_format *f, const struct ptg_root_def *d, unsigned reg)
{
	return bits_read(f, d->trim, reg) | bits_read(f, d->start, reg) | bits_read(f, d->bits, reg);
}

/*
 * The bits that say how the walk starts are few: of those that start it at this table,
 * the ones under which most address bits count, and of these the smallest.  regs holds
 * the other bits, and these at the end.
 */
static bool find_start(struct ptg_space *s, uint64_t *regs, uint32_t given, unsigned reg, uint64_t free_bits,
		       const struct root_found *r)
{
	uint64_t best = 0, base = regs[reg];
	unsigned widest = 0;

	while (__builtin_popcountll(free_bits) > START_BITS)
		free_bits &= ~((uint64_t)1 << (63 - __builtin_clzll(free_bits)));
	for (uint64_t low = 0;; low = (low - free_bits) & free_bits) {
		regs[reg] = base | low;
		if (starts(s, regs, given, r) && s->root[0].va_lg2 > widest) {
			widest = s->root[0].va_lg2;
			best = low;
		}
		if (low == free_bits)
			break;
	}
	regs[reg] = base | best;
	return widest > 0;
}

/* The root's own register alone, else with one more register that says how the walk starts. */
static bool search(struct ptg_space *s, const struct ptg_root_def *d, uint64_t value, uint64_t mask, const struct root_found *r,
		   struct finder_start *memo)
{
	const struct ptg_format *f = s->format;
	uint64_t regs[32] = {0};

	memo->other = d->reg;
	regs[d->reg] = value;
	if (find_start(s, regs, (uint32_t)1 << d->reg, d->reg, (0xfff | starting_bits(f, d, d->reg)) & ~mask, r)) {
		memo->bits = regs[d->reg] ^ value;
		return true;
	}
	regs[d->reg] = value;
	memo->bits = 0;
	for (unsigned g = 0; g < f->reg_count; g++) {
		uint64_t set = 0, fixed = 0, read = starting_bits(f, d, g);

		if (g == d->reg || !read)
			continue;
		place_selected(f, f->regs[g].name, &set, &fixed);
		regs[g] = set;
		memo->other = (uint8_t)g;
		if (find_start(s, regs, (uint32_t)1 << d->reg | (uint32_t)1 << g, g, read & ~fixed, r)) {
			memo->other_value = regs[g];
			return true;
		}
		regs[g] = 0;
	}
	return false;
}

const char *finder_root_text(struct arena *a, const struct root_found *r, struct finder_start *memo)
{
	const struct ptg_format *f = &r->plan->format;
	const struct ptg_root_def *d = f->roots;
	uint64_t value, mask, regs[32] = {0};
	struct ptg_space s;
	bool known;

	if (!f->root_count || d->reg >= f->reg_count || ptg_space_setup(&s, f, &ptg_generic_walker, &view_no_memory) ||
	    !place_address(&s, d, r->table, &value, &mask))
		return arena_printf(a, "0x%" PRIx64, r->table);
	place_selected(f, f->regs[d->reg].name, &value, &mask);
	known = memo->plan == r->plan && memo->level == r->level && memo->index_lg2 == r->index_lg2;
	if (known && !memo->none) {
		regs[memo->other] = memo->other_value;
		regs[d->reg] = value | memo->bits;
		known = starts(&s, regs, (uint32_t)1 << d->reg | (uint32_t)1 << memo->other, r);
	}
	if (!known) {
		*memo = (struct finder_start){.plan = r->plan, .level = r->level, .index_lg2 = r->index_lg2};
		memo->none = !search(&s, d, value, mask, r, memo);
	}
	if (memo->none)
		return arena_printf(a, "0x%" PRIx64, r->table);
	if (memo->other == d->reg)
		return arena_printf(a, "%s=0x%" PRIx64, f->regs[d->reg].name, value | memo->bits);
	return arena_printf(a, "%s=0x%" PRIx64 ",%s=0x%" PRIx64, f->regs[d->reg].name, value | memo->bits,
			    f->regs[memo->other].name, memo->other_value);
}
