/* SPDX-License-Identifier: MIT */
/* walk_entry.c - one entry of the whole walk: what is checked of it, which address it holds */

#include <string.h>

#include "gen/emit/facts_walk.h"

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

/* --- checks --------------------------------------------------------------------------- */

/* Bits that a word of the configuration can have, over all kinds. */
static uint64_t config_extent(const struct ptg_format *f, unsigned word, bool high)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < f->kind_count; i++)
		all |= high ? f->kinds[i].zero_cfg_hi[word] : f->kinds[i].zero_cfg[word];
	return all;
}

/* `0x80 | s->config[1]`: bits that must be zero; NULL: none. */
const char *walk_zero_mask(const struct cexpr *x, const struct ptg_kind *k, bool high)
{
	uint64_t fixed = high ? k->zero_hi : k->zero;
	const char *text = NULL;

	if (fixed)
		text = high ? cexpr_number(x->arena, fixed) : cexpr_mask(x, fixed);
	for (unsigned w = 0; w < 3; w++) {
		uint64_t mask = high ? k->zero_cfg_hi[w] : k->zero_cfg[w];
		const char *one = arena_printf(x->arena, "s->config[%u]", w + 1);

		if (!mask)
			continue;
		if (config_extent(x->format, w, false) & ~(mask | fixed) ||
		    config_extent(x->format, w, true) & ~(mask | fixed))
			one = arena_printf(x->arena, "(%s & %s)", one, cexpr_number(x->arena, mask));
		text = text ? arena_printf(x->arena, "%s | %s", text, one) : one;
	}
	return text;
}

static const char *anded(struct arena *a, const char *word, const char *mask)
{
	return arena_printf(a, strstr(mask, " | ") && *mask != '(' ? "(%s & (%s))" : strstr(mask, ") | ") ?
			    "(%s & (%s))" : "(%s & %s)", word, mask);
}

/* True when a zero bit is set or a one bit is clear. */
static const char *zero_condition(const struct cexpr *x, const struct ptg_kind *k)
{
	const char *low = walk_zero_mask(x, k, false), *high = walk_zero_mask(x, k, true), *text = NULL;
	const char *part[4] = { NULL, NULL, NULL, NULL };

	if (low)
		part[0] = anded(x->arena, x->entry, low);
	if (high)
		part[1] = anded(x->arena, x->entry_hi, high);
	if (k->one)
		part[2] = arena_printf(x->arena, "(~%s & %s)", x->entry, cexpr_mask(x, k->one));
	if (k->one_hi)
		part[3] = arena_printf(x->arena, "(~%s & %s)", x->entry_hi, cexpr_number(x->arena, k->one_hi));
	for (unsigned i = 0; i < 4; i++)
		if (part[i])
			text = text ? arena_printf(x->arena, "%s || %s", text, part[i]) : part[i];
	if (text && !strstr(text, " || ")) { /* alone: without the outer parentheses */
		char *bare = arena_copy(x->arena, text + 1, strlen(text) - 2);

		return bare;
	}
	return text;
}

static void add_check(struct facts *f, struct buffer *b, const char *condition, unsigned rule)
{
	buffer_printf(b, "\t\t/* %s */\n\t\tif (%s)\n\t\t\t%s\n", facts_rule_text(f, rule), condition, walk_stop(f, rule));
}

const char *walk_napot(struct facts *f, const struct ptg_kind *k)
{
	const char *v = cexpr_bits(&f->x, k->napot_src, k->napot_width);

	if (k->napot == 2)
		v = arena_printf(f->arena, "~(%s) & %s", v, cexpr_number(f->arena, low_bits(k->napot_width)));
	return v;
}

const char *walk_checks(struct facts *f, const struct ptg_kind *k)
{
	const char *zero = zero_condition(&f->x, k);
	struct buffer b;

	buffer_init(&b, f->arena);
	if (zero)
		add_check(f, &b, zero, k->zero_rule);
	for (unsigned i = 0; i < k->check_count; i++) {
		const struct ptg_check *c = &f->format->checks[k->check_first + i];

		add_check(f, &b, cexpr_untruth(&f->x, c->node), c->rule);
	}
	if (k->role == PTG_ROLE_PAGE && k->napot && k->napot_rule != PTG_NONE)
		add_check(f, &b, arena_printf(f->arena, "!(%s)", walk_napot(f, k)), k->napot_rule);
	return buffer_text(&b);
}

/* --- addresses --------------------------------------------------------------------------- */

/* The mask of a piece whose ends move is known: the entry shifted to its place, and that. */
static const char *moved_piece(struct facts *f, const struct ptg_piece *p, const char *mask)
{
	int up = (int)p->dst_lo - (int)p->src_lo;
	uint64_t lowest = p->src_lo;
	const char *e;

	if (p->lo != PTG_NONE && !cexpr_constant(&f->x, p->lo, &lowest))
		lowest = 0;
	e = cexpr_entry(&f->x, ~UINT64_C(0) << (lowest & 63));
	if (!up)
		return arena_printf(f->arena, "(%s & %s)", e, mask);
	return arena_printf(f->arena, "(%s %s %d & %s)", e, up > 0 ? "<<" : ">>", up > 0 ? up : -up, mask);
}

static const char *piece_text(struct facts *f, const struct ptg_piece *p)
{
	const struct cexpr *x = &f->x;
	const char *value, *when = NULL, *hi, *lo, *word;

	if (p->hi == PTG_NONE && p->lo == PTG_NONE) {
		value = cexpr_moved(x, p->src_lo, p->width, p->dst_lo);
	} else {
		hi = p->hi != PTG_NONE ? cexpr_value(x, p->hi)
				       : arena_printf(f->arena, "%u", p->src_lo + p->width - 1u);
		lo = p->lo != PTG_NONE ? cexpr_value(x, p->lo) : arena_printf(f->arena, "%u", p->src_lo);
		value = arena_printf(f->arena, "ptg_piece_(%s, %s, %u, %u, %s, %s)", x->entry, x->entry_hi, p->src_lo,
				     p->dst_lo, hi, lo);
		word = cexpr_once(x, arena_printf(f->arena, "ptg_piece_(~(uint64_t)0, 0, %u, %u, %s, %s)", p->src_lo,
						  p->dst_lo, hi, lo));
		if (word)
			value = moved_piece(f, p, word);
	}
	if (p->if_ != PTG_NONE)
		when = cexpr_term(x, p->if_);
	if (p->when != PTG_NONE)
		when = when ? arena_printf(f->arena, "%s && %s", when, cexpr_term(x, p->when)) : cexpr_truth(x, p->when);
	return when ? arena_printf(f->arena, "((%s) ? %s : 0)", when, value) : value;
}

/* Does any arrow of the entry need its high word? */
static const char *pieces_text(struct facts *f, unsigned first, unsigned count)
{
	const char *text = NULL;

	for (unsigned i = 0; i < count; i++) {
		const struct ptg_piece *p = &f->format->pieces[first + i];
		const char *one;

		if (p->src_lo + p->width <= 64 && p->hi == PTG_NONE && p->lo == PTG_NONE &&
		    !(low_bits(p->width) << p->src_lo & ~f->known_zero))
			continue;
		one = piece_text(f, p);

		text = text ? arena_printf(f->arena, "%s |\n\t\t\t%s", text, one) : one;
	}
	return text ? text : "0";
}

/* (entry & mask) << shl >> shr, of bits `keep` of the result only. */
static const char *simple_address(struct facts *f, const struct ptg_kind *k, uint64_t drop)
{
	uint64_t mask = k->addr_mask, low = drop;

	for (unsigned i = 0; i < 64; i++) { /* bits whose destination is dropped */
		uint64_t to = (UINT64_C(1) << i) << k->addr_shl >> k->addr_shr;

		if ((mask >> i & 1) && !(to & ~low))
			mask &= ~(UINT64_C(1) << i);
	}
	if (!mask)
		return "0";
	if (k->addr_shl && k->addr_shr)
		return arena_printf(f->arena, "((%s & %s) << %u >> %u)", f->x.entry, cexpr_mask(&f->x, mask), k->addr_shl,
				    k->addr_shr);
	if (k->addr_shl || k->addr_shr)
		return arena_printf(f->arena, "(%s & %s) %s %u", f->x.entry, cexpr_mask(&f->x, mask),
				    k->addr_shl ? "<<" : ">>", (unsigned)(k->addr_shl | k->addr_shr));
	return arena_printf(f->arena, "(%s & %s)", f->x.entry, cexpr_mask(&f->x, mask));
}

/* Address of the entry (page or table) without the bits of `drop`. */
const char *walk_address(struct facts *f, const struct ptg_kind *k, uint64_t drop)
{
	unsigned low = 63;

	if (k->addr_simple)
		return simple_address(f, k, drop | k->low_mask);
	for (unsigned i = 0; i < k->piece_count; i++) {
		unsigned to = f->format->pieces[k->piece_first + i].dst_lo;

		low = to < low ? to : low;
	}
	if (!((drop | k->low_mask) >> low))
		return pieces_text(f, k->piece_first, k->piece_count);
	return arena_printf(f->arena, "((%s) & ~%s)", pieces_text(f, k->piece_first, k->piece_count),
			    arena_printf(f->arena, "0x%llxull", (unsigned long long)(drop | k->low_mask)));
}
