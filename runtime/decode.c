/* SPDX-License-Identifier: MIT */
/*
 * decode.c - what one entry says: its kind, the checks it fails, its address, its size
 *
 * Each function looks at the words it is given, never at memory: an entry is
 * loaded once and decided once.
 */
#include "ptg_core.h"

unsigned ptg_lowest_bit_(uint64_t x)
{
	return ptg_highest_bit_(x & (0 - x));
}

unsigned ptg_highest_bit_(uint64_t x)
{
	unsigned n = 0, by;

	for (by = 32; by; by >>= 1)
		if (ptg_shr_(x, by)) {
			x = ptg_shr_(x, by);
			n += by;
		}
	return n;
}

static uint64_t field(const uint64_t e[2], unsigned lo, unsigned width)
{
	uint64_t v = ptg_shr_(e[lo / 64 & 1], lo & 63);

	if (lo && lo < 64)
		v |= ptg_shl_(e[1], 64 - lo);
	return v & ptg_mask_(width);
}

/* --- kind ---------------------------------------------------------------------- */

const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	const struct ptg_format *f = s->format;
	const struct ptg_level *l = &f->levels[level];
	const struct ptg_row *r = f->rows + l->row_first, *end = r + l->row_count;
	uint32_t features = (uint32_t)s->config[0];

	for (; r < end; r++) {
		if (((e[0] & r->mask) ^ r->value) | ((e[1] & r->mask_hi) ^ r->value_hi))
			continue;
		if ((features & r->feature_mask) != r->feature_value)
			continue;
		if (r->extra != PTG_NONE) {
			struct ptg_env env;

			ptg_env_init_(&env, s, e, 0);
			if (!ptg_eval_(&env, r->extra))
				continue;
		}
		return &f->kinds[r->kind];
	}
	return NULL;
}

/* --- checks --------------------------------------------------------------------- */

static bool zero_bits_set(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2])
{
	const uint64_t *c = s->config + 1;
	uint64_t low = k->zero | (k->zero_cfg[0] & c[0]) | (k->zero_cfg[1] & c[1]) | (k->zero_cfg[2] & c[2]);
	uint64_t high = k->zero_hi | (k->zero_cfg_hi[0] & c[0]) | (k->zero_cfg_hi[1] & c[1]) |
			(k->zero_cfg_hi[2] & c[2]);

	return (e[0] & low) | (e[1] & high) | (~e[0] & k->one) | (~e[1] & k->one_hi);
}

/* Lowest 1 (or lowest 0) of the size field, as the field with that bit alone set; 0: there is none. */
static uint64_t napot_mark(const struct ptg_kind *k, const uint64_t e[2])
{
	uint64_t v = field(e, k->napot_src, k->napot_width);

	if (k->napot == 2)
		v = ~v & ptg_mask_(k->napot_width);
	return v & (0 - v);
}

unsigned ptg_check_(const struct ptg_env *env, const struct ptg_kind *k)
{
	const struct ptg_check *c = env->space->format->checks + k->check_first;
	const struct ptg_check *end = c + k->check_count;

	if (zero_bits_set(env->space, k, env->e))
		return k->zero_rule;
	for (; c < end; c++)
		if (!ptg_eval_(env, c->node))
			return c->rule;
	if (k->napot && k->napot_rule != PTG_NONE && !napot_mark(k, env->e))
		return k->napot_rule;
	return 0;
}

/* --- size and address ------------------------------------------------------------ */

unsigned ptg_page_lg2_(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t)
{
	uint64_t v;

	if (k->napot) {
		v = napot_mark(k, env->e);
		return v ? k->napot_dst + ptg_highest_bit_(v) + 1 : k->page_lg2;
	}
	if (k->size != PTG_NONE) {
		v = ptg_eval_(env, k->size);
		return v < 64 ? (unsigned)v : 63;
	}
	if (env->space->format->flags & PTG_FORMAT_DYNAMIC)
		return t->shift;
	return k->page_lg2;
}

static uint64_t piece_value(const struct ptg_env *env, const struct ptg_piece *p)
{
	unsigned lo = p->src_lo, width = p->width, at = p->dst_lo;

	if (p->lo != PTG_NONE) { /* dst_lo belongs to src_lo: what starts higher ends up higher */
		uint64_t v = ptg_eval_(env, p->lo);

		lo = v < 128 ? (unsigned)v : 127;
		at = p->dst_lo + lo - p->src_lo;
		width = p->src_lo + p->width > lo ? p->src_lo + p->width - lo : 0;
	}
	if (p->hi != PTG_NONE) {
		uint64_t v = ptg_eval_(env, p->hi) + 1;

		width = v > lo && v <= 128 ? (unsigned)v - lo : 0;
	}
	return at < 64 ? ptg_shl_(field(env->e, lo, width), at) : 0;
}

uint64_t ptg_pieces_(const struct ptg_env *env, unsigned first, unsigned count, unsigned *space)
{
	const struct ptg_piece *p = env->space->format->pieces + first;
	uint64_t addr = 0;

	for (; count; count--, p++) {
		if (p->if_ != PTG_NONE && !ptg_eval_(env, p->if_))
			continue;
		if (p->when != PTG_NONE && !ptg_eval_(env, p->when))
			continue;
		*space = p->space;
		addr |= piece_value(env, p);
	}
	return addr;
}

uint64_t ptg_addr_(const struct ptg_env *env, const struct ptg_kind *k, unsigned *space)
{
	uint64_t addr;

	*space = k->space;
	if (k->addr_simple)
		addr = ptg_shr_(ptg_shl_(env->e[0] & k->addr_mask, k->addr_shl), k->addr_shr);
	else
		addr = ptg_pieces_(env, k->piece_first, k->piece_count, space);
	return addr & ~k->low_mask;
}

uint64_t ptg_page_pa_(const struct ptg_kind *k, uint64_t addr, unsigned page_lg2, uint64_t va)
{
	uint64_t in = ptg_mask_(page_lg2);

	if (k->nowhere)
		return 0;
	return k->low_added ? addr + (va & in) : (addr & ~in) | (va & in);
}

unsigned ptg_contig_lg2_(const struct ptg_env *env, const struct ptg_kind *k)
{
	if (!k->contig_lg2 || (k->contig_when != PTG_NONE && !ptg_eval_(env, k->contig_when)))
		return 0;
	return k->page_lg2 + k->contig_lg2;
}
