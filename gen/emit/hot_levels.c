/* SPDX-License-Identifier: MIT */
/* hot_levels.c - the hot path's way: where it starts, each table, the address below */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot_text.h"

/* --- levels ------------------------------------------------------------------------------- */

static const char *index_text(struct facts *f, unsigned level)
{
	const struct ptg_level *l = &f->format->levels[level];
	unsigned lg2 = (unsigned)l->entry_lg2 + l->stride_lg2;
	uint64_t mask = ((l->width >= 64 ? 0 : UINT64_C(1) << l->width) - 1) << lg2;

	if (!l->width)
		return "0";
	if (l->shift >= lg2)
		return arena_printf(f->arena, l->shift > lg2 ? "(va >> %u & %s)" : "(va >> %u & %s)", l->shift - lg2,
				    hot_number(f, mask));
	return arena_printf(f->arena, "(va << %u & %s)", lg2 - l->shift, hot_number(f, mask));
}

/* The entry as it is stored. */
const char *hot_raw_entry(const struct facts *f, const struct hot_level *l)
{
	return l->flip ? arena_printf(f->arena, "(e ^ %s)", hot_number(f, l->flip)) : "e";
}

void hot_about_entry(struct cexpr *x, const struct facts *f, const struct hot_level *l)
{
	x->entry = hot_raw_entry(f, l);
	x->looked = l->flip ? "e" : NULL;
	x->flipped = l->flip;
}

const char *hot_either(struct facts *f, const char *a, const char *b)
{
	return a ? arena_printf(f->arena, "%s || %s", a, b) : b;
}

/* The address in an entry; where it is in pieces, of the entry as it is stored. */
const char *hot_address(struct facts *f, const struct hot_level *l, uint64_t drop)
{
	const struct ptg_kind *k = &f->format->kinds[l->kind];
	const struct cexpr saved = f->x;
	const char *text;

	if (!k->addr_simple)
		hot_about_entry(&f->x, f, l);
	f->known_zero = l->test & ~l->flip;
	text = walk_address(f, k, drop);
	f->known_zero = 0;
	f->x = saved;
	return k->addr_simple ? text : arena_printf(f->arena, "(%s)", text);
}

static const char *extra_text(struct text_of_hot *t, const struct hot_level *l)
{
	struct facts *f = t->f;
	const char *text = NULL;
	struct cexpr x = f->x;

	if (l->features)
		text = arena_printf(f->arena, "((uint32_t)s->config[0] & 0x%x) != 0x%x", l->feature_mask, l->feature_value);
	hot_about_entry(&x, f, l);
	x.once = NULL; /* the text is for changes as well */
	for (unsigned i = 0; i < l->not_count; i++) {
		const struct ptg_row *r = &f->format->rows[l->not_row[i]];

		text = hot_either(f, text, cexpr_match(&x, x.entry, r->mask, r->value));
	}
	if (l + 1 < &t->h.level[t->h.count]) { /* `limit` speaks of the index in the table below */
		const struct ptg_level *below = &f->format->levels[l[1].level];

		x.index = arena_printf(f->arena, "(va >> %u & %s)", below->shift,
				       hot_number(f, (UINT64_C(1) << below->width) - 1));
		x.index_lg2 = arena_printf(f->arena, "%u", below->width);
	}
	for (unsigned i = 0; i < l->extra_count; i++) {
		const char *one = cexpr_untruth(&x, l->extra[i]);

		if (strcmp(one, "0") == 0)
			continue; /* it always holds */
		one = strstr(one, " && ") ? arena_printf(f->arena, "(%s)", one) : one; /* others stand before and after it */
		text = text ? arena_printf(f->arena, "%s || %s", text, one) : one;
	}
	return text;
}

/* Inherited attributes that are not bits of `lost`. */
static const char *gather_text(struct text_of_hot *t, const struct hot_level *l)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_kind *k = &p->kinds[l->kind];
	struct cexpr x = f->x;
	struct buffer b;

	buffer_init(&b, f->arena);
	hot_about_entry(&x, f, l);
	for (unsigned i = 0; i < p->attr_count; i++) {
		unsigned node = k->attr_first == PTG_NONE ? PTG_NONE : p->attr_node[k->attr_first + i];

		if (t->h.attr[i].source == HOT_VALUE && p->attrs[i].op && node != PTG_NONE && !hot_neutral(p, i, node))
			buffer_printf(&b, "\t%s %s %s;\n", f->attr_name[i], p->attrs[i].op == '&' ? "&=" : "|=",
				      cexpr_value(&x, node));
	}
	return buffer_text(&b);
}

const char *hot_off(struct facts *f, const struct hot_say *s)
{
	const char *text = NULL;

	for (unsigned i = 0; i < s->off_count; i++) {
		const char *one = s->off[i].want ? cexpr_truth(&f->x, s->off[i].node) : cexpr_untruth(&f->x, s->off[i].node);

		text = hot_either(f, text, s->off_count > 1 ? arena_printf(f->arena, "(%s)", one) : one);
	}
	return text;
}

/* What a table adds to `lost`: itself, or the bits in which it has a say; NULL: nothing. */
static const char *heard_text(struct text_of_hot *t, unsigned level)
{
	struct facts *f = t->f;
	const char *mask = NULL, *word;
	uint64_t in = 0, out = 0;

	for (unsigned i = 0; i < f->format->attr_count; i++) {
		const struct hot_attr *a = &t->h.attr[i];
		const struct hot_say *s = &a->say[level];
		uint64_t bit = UINT64_C(1) << a->bit;

		if (a->source != HOT_LOST && a->source != HOT_BOTH)
			continue;
		if (!s->speaks)
			out |= bit;
		else if (a->alike || !s->off_count)
			in |= bit;
		else
			mask = arena_printf(f->arena, "%s%s(%s ? 0 : %s)", mask ? mask : "", mask ? " | " : "", hot_off(f, s),
					    hot_number(f, bit));
	}
	if (!mask && !out)
		return "e";
	if (!mask)
		return in ? arena_printf(f->arena, "e & %s", hot_number(f, in)) : NULL;
	if (in)
		mask = arena_printf(f->arena, "%s | %s", hot_number(f, in), mask);
	word = cexpr_once(&f->x, mask);
	return arena_printf(f->arena, word ? "e & %s" : "e & (%s)", word ? word : mask);
}

/* The lowest address bit an entry can set. */
static unsigned lowest_bit(const struct ptg_format *p, const struct ptg_kind *k)
{
	uint64_t mask = k->addr_mask << k->addr_shl >> k->addr_shr;
	unsigned low = 64;

	for (unsigned i = 0; k->addr_simple && i < 64; i++)
		if (mask >> i & 1)
			return i;
	for (unsigned i = 0; i < k->piece_count; i++)
		if (p->pieces[k->piece_first + i].dst_lo < low)
			low = p->pieces[k->piece_first + i].dst_lo;
	return low;
}

/* Where the entry of the next level is. */
static const char *below_text(struct facts *f, const struct hot_level *l)
{
	const struct ptg_kind *k = &f->format->kinds[l->kind];
	const struct ptg_level *below = &f->format->levels[l[1].level];
	bool added = k->table_added || (below->flags & PTG_LEVEL_ADDED);
	const char *index = index_text(f, l[1].level), *base = hot_address(f, l, 0);

	if (lowest_bit(f->format, k) < below->entry_lg2)
		base = arena_printf(f->arena, "(%s & ~(uint64_t)%u)", base, (1u << below->entry_lg2) - 1);
	return below->width ? arena_printf(f->arena, "%s %s %s", base, added ? "+" : "|", index) : base;
}

void hot_level(struct text_of_hot *t, unsigned i)
{
	struct facts *f = t->f;
	const struct hot_level *l = &t->h.level[i];
	const struct ptg_level *v = &f->format->levels[l->level];
	const struct ptg_kind *k = &f->format->kinds[l->kind];
	const char *extra, *gather, *big = f->format->flags & PTG_FORMAT_BIG ? "BE" : "";

	facts_about(f, l->kind, true);
	fact_number(f, l->level, "hot.%u.level", i);
	fact(f, v->width ? arena_printf(f->arena, "va[%u:%u]", v->shift + v->width - 1u, v->shift) : "one entry",
	     "hot.%u.bits", i);
	fact(f, facts_comment(f->arena, v->name ? v->name : ""), "hot.%u.name", i);
	fact(f, facts_comment(f->arena, k->name), "hot.%u.kind", i);
	fact(f, arena_printf(f->arena, "PTG_HELD%u%s", 8u << v->entry_lg2, big), "hot.%u.load", i);
	if (l->flip)
		fact(f, arena_printf(f->arena, " ^ %s", cexpr_mask(&f->x, l->flip)), "hot.%u.flip", i);
	else
		fact(f, "", "hot.%u.flip", i);
	if (l->flip)
		fact(f, cexpr_mask(&f->x, l->flip), "hot.%u.flips", i);
	extra = extra_text(t, l);
	if (extra)
		fact(f, extra, "hot.%u.extra", i);
	gather = gather_text(t, l);
	if (*gather && i + 1 < t->h.count)
		fact(f, gather, "hot.%u.gather", i);
	if (i + 1 < t->h.count) {
		struct cexpr saved = f->x;

		fact(f, "1", "hot.%u.table", i);
		if (t->h.any_lost && heard_text(t, i))
			fact(f, heard_text(t, i), "hot.%u.heard", i);
		fact(f, below_text(f, l), "hot.%u.next", i);
		f->x.once = NULL; /* and for changes */
		fact(f, below_text(f, l), "hot.%u.below", i);
		f->x = saved;
	}
	facts_about_none(f);
}

/* --- the start ------------------------------------------------------------------------------- */

static bool fixed_root(const struct ptg_format *p)
{
	if (p->root_count > 1 || p->va_node != PTG_NONE || p->va_check == PTG_VA_ROOT)
		return false;
	for (unsigned i = 0; i < p->root_count; i++) {
		const struct ptg_root_def *r = &p->roots[i];

		if (r->trim != PTG_NONE || r->bits != PTG_NONE || r->start != PTG_NONE || r->limit_hi != PTG_NONE)
			return false;
	}
	return true;
}

/* The address does not fit; NULL: every address does. */
static const char *address_test(struct facts *f)
{
	unsigned bits = f->format->va_bits;

	if (bits >= 64)
		return NULL;
	if (f->format->va_check == PTG_VA_SIGN)
		return arena_printf(f->arena, "(va + %s) >> %u", hot_number(f, UINT64_C(1) << (bits - 1)), bits);
	return arena_printf(f->arena, "va >> %u", bits);
}

static bool limited(const struct ptg_format *p)
{
	for (unsigned i = 0; i < p->root_count; i++)
		if (p->roots[i].limit_hi != PTG_NONE)
			return true;
	return false;
}

/* Two roots that one address bit tells apart, always the same one: its place, else 64. */
static unsigned half_bit(const struct facts *f)
{
	const struct ptg_format *p = f->format;
	uint64_t hi, lo, bit = 64;

	for (unsigned i = 0; i < 2 && p->root_count == 2; i++) {
		const struct ptg_root_def *r = &p->roots[i];

		if (!r->sel_known || r->sel_value > 1 || !cexpr_constant(&f->x, r->sel_hi, &hi) ||
		    !cexpr_constant(&f->x, r->sel_lo, &lo) || hi != lo || lo > 63 || (i && lo != bit))
			return 64;
		bit = lo;
	}
	return (unsigned)bit;
}

/*
 * Where walks can start in many ways, the one of all the format's address bits; `unfit`: the address has others.
 * A root's shape says nothing of a limit on its index.
 */
static void usual_start(struct text_of_hot *t, const char *unfit)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	unsigned first = t->h.level[0].level;
	const struct ptg_level *l = &p->levels[first];

	if (l->by != PTG_NONE || !l->width || l->width > 32 || l->shift + l->width != p->va_bits)
		return;
	if (limited(p)) /* all entries of the first table exist */
		unfit = arena_printf(f->arena, "(%s) || r->index_first || r->index_last != %s", unfit,
				     hot_number(f, (UINT64_C(1) << l->width) - 1));
	fact(f, arena_printf(f->arena, "PTG_SHAPE_(%u, %u, %u, PTG_ROOT_VALID)", first, l->width, p->va_bits), "hot.usual");
	fact(f, unfit, "hot.usual_unfit");
	fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) %s %s", (1u << l->entry_lg2) - 1,
			     l->flags & PTG_LEVEL_ADDED ? "+" : "|", index_text(f, first)), "hot.usual_start");
}

/* `value` has bits above the address bits, but for those that are ignored. */
static const char *above_differ(struct facts *f, const char *value, unsigned bit)
{
	const struct ptg_format *p = f->format;

	if (!p->ignore_count)
		return arena_printf(f->arena, "%s >> %u", value, p->va_bits);
	if (p->va_check == PTG_VA_ROOT) /* inverted: what is ignored is set, as is what agrees */
		return arena_printf(f->arena, "((va ^ ((va >> %u & 1) - 1)) | r->va_ignore) >> %u != %s", bit, p->va_bits,
				    hot_number(f, (UINT64_C(1) << (64 - p->va_bits)) - 1));
	return arena_printf(f->arena, "(%s & ~r->va_ignore) >> %u", value, p->va_bits);
}

/* The root of an address, and where it does not reach; what this refuses is cold. */
static void loose_root(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const char *check = p->va_check == PTG_VA_SIGN ? "SIGN" : p->va_check == PTG_VA_ROOT ? "ROOT" : "ZERO";
	const char *ignored = p->ignore_count ? " & ~r->va_ignore" : "", *value = NULL;
	unsigned bit = half_bit(f);

	fact(f, "1", "hot.loose");
	if (bit < 64) {
		fact(f, arena_printf(f->arena, "&s->root[va >> %u & 1]", bit), "hot.root");
		fact(f, arena_printf(f->arena, "ptg_choice_(s) != PTG_CHOICE_(%u, 1, 1)", bit), "hot.choice");
	} else if (p->root_count > 1) {
		fact(f, arena_printf(f->arena, "ptg_root_for_(s, va, %s)", p->root_count > 2 ? "true" : "false"), "hot.root");
	} else {
		fact(f, "&s->root[0]", "hot.root");
	}
	if (p->va_bits < 64 && p->va_check == PTG_VA_ROOT && bit < 64)
		value = arena_printf(f->arena, "(va ^ (0 - (va >> %u & 1)))", bit);
	else if (p->va_bits < 64 && p->va_check == PTG_VA_ZERO && p->root_count < 2)
		value = "va";
	if (value)
		usual_start(t, above_differ(f, value, bit));
	fact(f, value ? arena_printf(f->arena, "ptg_shr_(%s%s, r->va_lg2 & 63)", value, ignored)
		      : arena_printf(f->arena, "!ptg_va_fits_(s, r, va, PTG_VA_%s)", check), "hot.va_test");
}

/* Where a walk may begin at several levels that are alike, one text does for all. */
static void loose_start(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_level *top = &p->levels[p->top];
	const char *shifts = NULL;

	if (limited(p))
		fact(f, "1", "hot.limited");
	for (unsigned i = 0; i < p->level_count; i++) {
		const struct ptg_level *l = &p->levels[i];

		shifts = facts_join(f->arena, shifts, arena_printf(f->arena, "%u", l->shift));
		if (l->entry_lg2 != top->entry_lg2 || l->stride_lg2 != top->stride_lg2 || l->flags != top->flags ||
		    l->by != PTG_NONE || l->shift > 63)
			return;
	}
	fact(f, shifts, "hot.shifts");
	fact_number(f, p->level_count, "hot.level_count");
	fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) %s (index << %u)", (1u << top->entry_lg2) - 1,
			     top->flags & PTG_LEVEL_ADDED ? "+" : "|", top->entry_lg2 + top->stride_lg2), "hot.enter_any");
}

void hot_start(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_level *top = &p->levels[p->top];
	unsigned align = (1u << top->entry_lg2) - 1;
	const char *list = NULL, *test = address_test(f);

	for (unsigned i = 0; i < t->h.count; i++) {
		unsigned n = t->h.level[i].level;
		const struct ptg_level *l = &p->levels[n];
		unsigned lg2 = (unsigned)l->entry_lg2 + l->stride_lg2;

		fact(f, arena_printf(f->arena, "va >> %u & ptg_low_(r->index_lg2)", l->shift), "hot.%u.index", i);
		fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) %s (index << %u)", (1u << l->entry_lg2) - 1,
				     l->flags & PTG_LEVEL_ADDED ? "+" : "|", lg2), "hot.%u.enter", i);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
	}
	fact_list(f, list, "hot.levels");
	loose_start(t);
	if (!fixed_root(p) || (top->flags & PTG_LEVEL_ADDED)) {
		loose_root(t);
		return;
	}
	fact(f, "&s->root[0]", "hot.root");
	fact(f, arena_printf(f->arena, "PTG_SHAPE_(%u, %u, %u, PTG_ROOT_VALID)", p->top, top->width, p->va_bits),
	     "hot.shape");
	if (test)
		fact(f, test, "hot.va_test");
	fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) | %s", align, index_text(f, p->top)), "hot.start");
}
