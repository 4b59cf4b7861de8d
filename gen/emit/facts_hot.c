/* SPDX-License-Identifier: MIT */
/*
 * facts_hot.c - the hot path as text: its parts, and the answer
 *
 * Words of the generated function: e, the entry with some bits inverted so that
 * a plain one has none of the tested bits; `lost`, what the entries on the way
 * take away; w, the window; at, where the entry is.
 */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot_text.h"

const char *hot_number(const struct facts *f, uint64_t v)
{
	return cexpr_number(f->arena, v);
}

/* --- the answer -------------------------------------------------------------------------------------- */

/* The output space, where the pieces of the address do not all go to one; NULL: the kind's. */
static const char *space_text(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_kind *k = t->k;
	const char *text = arena_printf(f->arena, "%u", k->space);
	bool other = false;
	struct cexpr x = f->x;

	hot_about_entry(&x, t->f, t->page);
	for (unsigned i = 0; i < k->piece_count && !k->addr_simple; i++) {
		const struct ptg_piece *p = &f->format->pieces[k->piece_first + i];
		const char *when = p->if_ != PTG_NONE ? cexpr_term(&x, p->if_) : NULL;

		if (p->when != PTG_NONE)
			when = when ? arena_printf(f->arena, "%s && %s", when, cexpr_term(&x, p->when)) : cexpr_term(&x, p->when);
		other = other || p->space != k->space;
		text = when ? arena_printf(f->arena, "(%s ? %u : %s)", when, p->space, text)
			    : arena_printf(f->arena, "%u", p->space);
	}
	return other ? text : NULL;
}

/* One bit of the page says that it is of a group, and the group's size is a power of two: that bit is the size. */
static void contig_bit(struct text_of_hot *t, const struct cexpr *x)
{
	unsigned lg2 = (unsigned)t->k->page_lg2 + t->k->contig_lg2, to = 24, bit;
	bool negated;

	if (t->k->contig_when == PTG_NONE || (lg2 & (lg2 - 1)) || !cexpr_bit(x, t->k->contig_when, &bit, &negated) ||
	    ((t->page->flip >> bit & 1) != 0) != negated)
		return;
	while (lg2 >> (to - 24) != 1)
		to++;
	if (bit > to)
		fact(t->f, arena_printf(t->f->arena, "(e & %s) >> %u", cexpr_mask(x, UINT64_C(1) << bit), bit - to), "hot.contig_bits");
}

static void answer(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_kind *k = t->k;
	uint64_t in = (UINT64_C(1) << k->page_lg2) - 1, always;
	const char *more, *when, *space;
	struct cexpr x = f->x;

	hot_about_entry(&x, t->f, t->page);
	fact(f, in ? arena_printf(f->arena, "%s | (va & %s)", hot_address(f, t->page, in), hot_number(f, in))
		   : hot_address(f, t->page, 0), "hot.pa");
	if (p->rights_bits <= 6)
		fact(f, hot_index_of_rights(t), "hot.rights_index");
	more = hot_more_rights(t);
	if (more)
		fact(f, more, "hot.more_rights");
	fact(f, hot_number(f, (uint64_t)k->rule << 16), "hot.info_high");
	space = space_text(t);
	fact(f, hot_number(f, (uint64_t)k->page_lg2 << 8 | (uint64_t)k->level << 16 |
			  (space ? 0 : (uint64_t)(k->space & 3) << 20)), "hot.info_low");
	if (space)
		fact(f, space, "hot.space_expr");
	if (k->contig_lg2) {
		bool fixed = k->contig_when == PTG_NONE || (cexpr_constant(&x, k->contig_when, &always) && always);

		when = fixed ? "1" : cexpr_truth(&x, k->contig_when);
		fact(f, when, "hot.contig_when");
		contig_bit(t, &x);
		fact_number(f, (unsigned)k->page_lg2 + k->contig_lg2, "hot.contig");
	}
	fact_number(f, k->rule, "hot.rule");
	fact_number(f, k->page_lg2, "hot.page_lg2");
	fact_number(f, k->level, "hot.page_level");
	fact(f, space ? space : arena_printf(f->arena, "%u", k->space), "hot.space");
	if (p->memtype_attr != 0xff)
		fact(f, t->attr[p->memtype_attr], "hot.memtype");
	if (p->key_attr != 0xff)
		fact(f, t->attr[p->key_attr], "hot.key");
}

/* The condition under which no table has a say in an attribute; NULL: there is none for all. */
static const char *off_in_all(struct facts *f, const struct hot_attr *a)
{
	unsigned first = 0;

	if (!a->alike)
		return NULL;
	while (first + 1 < PTG_LEVELS && !a->say[first].speaks)
		first++;
	return hot_off(f, &a->say[first]);
}

/* Bits of tables that do not count, in all of the space or in one half of it; false: all count. */
static bool tables_unheard(struct facts *f, const struct hot *h)
{
	const char *list = NULL, *when[PTG_ATTRS];
	uint64_t bits[PTG_ATTRS];
	unsigned n = 0, half = 0;

	for (unsigned i = 0; i < f->format->attr_count; i++) {
		const char *text = off_in_all(f, &h->attr[i]);
		unsigned same = 0;

		if (!text)
			continue;
		while (same < n && strcmp(when[same], text) != 0)
			same++;
		if (same == n) {
			list = facts_join(f->arena, list, arena_printf(f->arena, "%u", n));
			when[n] = text;
			bits[n++] = 0;
		}
		bits[same] |= UINT64_C(1) << h->attr[i].bit;
	}
	for (unsigned i = 0; i < n; i++) {
		fact(f, when[i], "hot.off.%u.when", i);
		fact(f, hot_number(f, bits[i]), "hot.off.%u.bits", i);
	}
	fact_list(f, list, "hot.offs");
	if (!h->off_va)
		return n > 0;
	while (!(h->off_va >> half & 1))
		half++;
	fact_number(f, half, "hot.off_bit");
	fact(f, arena_printf(f->arena, half ? "va >> %u & 1" : "va & 1", half), "hot.off_half");
	return n > 0;
}

void facts_hot(struct facts *f)
{
	struct text_of_hot t = { .f = f };

	if (!hot_find(f, &t.h))
		return;
	facts_about_none(f);
	t.page = &t.h.level[t.h.count - 1];
	t.k = &f->format->kinds[t.page->kind];
	t.raw = t.page->flip ? arena_printf(f->arena, "(e ^ %s)", hot_number(f, t.page->flip)) : "e";
	fact(f, "1", "hot");
	fact_number(f, t.h.count - 1, "hot.last");
	if (t.h.any_lost)
		fact(f, "1", "hot.lost");
	if (t.h.page_lost)
		fact(f, "1", "hot.page_lost");
	t.unheard = tables_unheard(f, &t.h);
	f->x.once = facts_keep;
	f->x.once_arg = f;
	hot_start(&t);
	hot_tests(&t);
	for (unsigned i = 0; i < t.h.count; i++)
		hot_level(&t, i);
	facts_about(f, t.page->kind, true);
	hot_attribute_values(&t);
	hot_needs(&t);
	hot_untabled(&t);
	answer(&t);
	hot_granted(&t);
	facts_about_none(f);
	f->x.once = NULL;
}
