/* SPDX-License-Identifier: MIT */
/* hot_attrs.c - attributes on the hot path: which are bits of `lost`, which are had from the page or by expressions */

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot.h"

static uint64_t config_bits(const struct ptg_kind *k)
{
	return k->zero_cfg[0] | k->zero_cfg[1] | k->zero_cfg[2];
}

/* May bit b of that level be looked at with this inversion?  Then it is. */
static bool flips(struct facts *f, struct hot_level *l, unsigned b, bool flip)
{
	const struct ptg_kind *k = &f->format->kinds[l->kind];
	uint64_t bit = UINT64_C(1) << b;

	if (((l->flip & bit) != 0) == flip)
		return true;
	if ((l->test & bit) || (config_bits(k) & bit) || (k->addr_simple && (k->addr_mask & bit)))
		return false;
	l->flip ^= bit;
	return true;
}

/* The page's own value as one bit of the entry. */
static bool own_bit(struct facts *f, unsigned kind, unsigned i, unsigned *bit, bool *negated)
{
	const struct ptg_kind *k = &f->format->kinds[kind];
	unsigned node = k->attr_first == PTG_NONE ? PTG_NONE : f->format->attr_node[k->attr_first + i];
	bool is;

	if (node == PTG_NONE)
		return false;
	facts_about(f, kind, true);
	is = cexpr_bit(&f->x, node, bit, negated);
	facts_about_none(f);
	return is;
}

/* One bit of a table that takes away ('&') or gives ('|'), unless a condition that no entry changes is true. */
struct say {
	unsigned bit;
	bool invert;                 /* it speaks when the bit is 0 */
	struct hot_say when;
};

/* Is it the opposite of a condition met before? */
static bool opposite_of_off(const struct ptg_format *p, const struct say *s, unsigned node, bool want)
{
	for (unsigned i = 0; i < s->when.off_count; i++)
		for (unsigned down = 0; down < 2; down++) { /* as it is, or below a NOT */
			unsigned n = s->when.off[i].node;

			if (down && p->nodes[n].op != PTG_OP_NOT)
				continue;
			if (cexpr_equal(p, down ? p->nodes[n].a : n, node) && (s->when.off[i].want != want) == !down)
				return true;
		}
	return false;
}

/*
 * !bit | off | off ... of an '&' attribute; `node` stands for its opposite when `want` is false.
 * In !on | on & bit the second `on` says nothing new.
 */
static bool collect_say(struct facts *f, unsigned node, bool want, struct say *s, unsigned *bits)
{
	const struct ptg_node *n = &f->format->nodes[node];
	unsigned bit;
	bool negated;

	if (cexpr_bit(&f->x, node, &bit, &negated)) {
		s->bit = bit;
		s->invert = want != negated;
		return ++*bits == 1;
	}
	if (n->op == PTG_OP_NOT)
		return collect_say(f, n->a, !want, s, bits);
	if (n->op == (want ? PTG_OP_OR : PTG_OP_AND))
		return collect_say(f, n->a, want, s, bits) && collect_say(f, n->b, want, s, bits);
	if (n->op == (want ? PTG_OP_AND : PTG_OP_OR) && opposite_of_off(f->format, s, n->a, want))
		return collect_say(f, n->b, want, s, bits);
	if (hot_asks_entry(f->format, node) || s->when.off_count == 4)
		return false;
	s->when.off[s->when.off_count++] = (struct hot_off){ (uint16_t)node, want };
	return true;
}

static bool table_says(struct facts *f, const struct hot_level *l, unsigned attr, struct say *s)
{
	const struct ptg_format *p = f->format;
	const struct ptg_kind *k = &p->kinds[l->kind];
	unsigned bits = 0, node;
	bool is;

	*s = (struct say){ .bit = 0 };
	for (unsigned i = 0; i < k->gather_count; i++) {
		const struct ptg_gather *g = &p->gathers[k->gather_first + i];

		if (g->acc != attr)
			continue;
		s->bit = g->bit;
		s->invert = g->invert;
		return g->bit < 64;
	}
	node = k->gather_count || k->attr_first == PTG_NONE ? PTG_NONE : p->attr_node[k->attr_first + attr];
	if (node == PTG_NONE || p->attrs[attr].op != '&')
		return false;
	facts_about(f, l->kind, true);
	is = collect_say(f, node, true, s, &bits) && bits == 1;
	facts_about_none(f);
	return is;
}

bool hot_neutral(const struct ptg_format *p, unsigned attr, unsigned node)
{
	const struct ptg_attr *a = &p->attrs[attr];
	uint64_t all = a->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << a->width) - 1;

	return p->nodes[node].op == PTG_OP_CONST && (p->nodes[node].imm & all) == (a->op == '&' ? all : 0);
}

static bool tables_say(const struct ptg_format *p, const struct ptg_kind *k, unsigned attr)
{
	unsigned node;

	for (unsigned i = 0; i < k->gather_count; i++)
		if (p->gathers[k->gather_first + i].acc == attr)
			return true;
	if (k->gather_count || k->attr_first == PTG_NONE || !p->attrs[attr].op)
		return false;
	node = p->attr_node[k->attr_first + attr];
	return node != PTG_NONE && !hot_neutral(p, attr, node);
}

static bool same_off(const struct ptg_format *p, const struct hot_off *a, unsigned n, const struct hot_off *b, unsigned m)
{
	if (n != m)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (a[i].want != b[i].want || !cexpr_equal(p, a[i].node, b[i].node))
			return false;
	return true;
}

/* Each table's say; false: some speak of other bits, or not of a bit. */
static bool all_say(struct facts *f, const struct hot *h, unsigned attr, struct say *say, unsigned *first)
{
	*first = PTG_NONE;
	for (unsigned i = 0; i + 1 < h->count; i++) {
		say[i] = (struct say){ .bit = 0 };
		if (!tables_say(f->format, &f->format->kinds[h->level[i].kind], attr))
			continue;
		if (!table_says(f, &h->level[i], attr, &say[i]))
			return false;
		say[i].when.speaks = true;
		if (*first == PTG_NONE)
			*first = i;
		if (say[i].bit != say[*first].bit)
			return false;
	}
	return *first != PTG_NONE;
}

/* All tables that speak of it do so in one place, with the same polarity after flipping. */
static bool tables_in_place(struct facts *f, struct hot *h, unsigned attr, unsigned *bit)
{
	struct say say[PTG_LEVELS];
	struct hot_attr *a = &h->attr[attr];
	uint64_t va = h->off_va;
	unsigned first;

	if (!all_say(f, h, attr, say, &first))
		return false;
	a->alike = true;
	for (unsigned i = first; i + 1 < h->count; i++) {
		const struct hot_say *s = &say[i].when;

		if (!s->speaks)
			continue;
		a->alike = a->alike && same_off(f->format, s->off, s->off_count, say[first].when.off, say[first].when.off_count);
		for (unsigned j = 0; j < s->off_count; j++)
			va |= cexpr_va_bits(f->format, s->off[j].node);
	}
	if ((va & (va - 1)) || (va && !a->alike))
		return false; /* not the same in all of a half */
	for (unsigned i = first; i + 1 < h->count; i++)
		if (say[i].when.speaks && !flips(f, &h->level[i], say[i].bit, say[i].invert))
			return false;
	*bit = say[first].bit;
	for (unsigned i = 0; i + 1 < h->count; i++)
		a->say[i] = say[i].when;
	h->off_va = va;
	return true;
}

static void place_attribute(struct facts *f, struct hot *h, unsigned i)
{
	const struct ptg_format *p = f->format;
	struct hot_level *page = &h->level[h->count - 1];
	bool all = p->attrs[i].op == '&', negated, inherited = false, own;
	struct hot_attr *a = &h->attr[i];
	unsigned bit = 0, own_at = 0;

	for (unsigned n = 0; n + 1 < h->count; n++)
		inherited = inherited || tables_say(p, &p->kinds[h->level[n].kind], i);
	own = p->attrs[i].width == 1 && own_bit(f, page->kind, i, &own_at, &negated);
	if (!inherited) {
		a->source = own ? HOT_PAGE : HOT_VALUE;
		a->bit = own_at;
		return;
	}
	if (!tables_in_place(f, h, i, &bit)) {
		a->source = HOT_VALUE;
		return;
	}
	a->bit = bit;
	a->inverted = all;
	h->any_lost = true;
	/* in `lost` of the page, 1 takes away ('&') or gives ('|') */
	if (own && own_at == bit && flips(f, page, bit, all != negated)) {
		a->source = HOT_LOST;
		h->page_lost = true;
	} else {
		a->source = HOT_BOTH;
	}
}

/* Does a bit of the page already have its polarity, for what tables say of it as well? */
static bool settled_bit(const struct ptg_format *p, const struct hot *h, unsigned bit)
{
	for (unsigned i = 0; i < p->attr_count; i++)
		if (h->attr[i].source == HOT_LOST && h->attr[i].bit == bit)
			return true;
	return false;
}

/* Bits of the page that are bits of the answer are looked at so that 1 stands for yes. */
static void turn_answer_bits(struct facts *f, struct hot *h)
{
	const struct ptg_format *p = f->format;
	struct hot_level *page = &h->level[h->count - 1];
	const struct ptg_kind *k = &p->kinds[page->kind];
	unsigned bit;
	bool negated;

	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &p->marks[k->mark_first + i];

		for (bit = 0; bit < 31; bit++)
			if ((m->what == 1 || m->what == 2) && m->mask == UINT64_C(1) << bit && !settled_bit(p, h, bit))
				(void)flips(f, page, bit, !m->value);
	}
	if (p->global_attr != 0xff && h->attr[p->global_attr].source == HOT_PAGE &&
	    own_bit(f, page->kind, p->global_attr, &bit, &negated) && bit < 31 && !settled_bit(p, h, bit))
		(void)flips(f, page, bit, negated);
}

/* Bits of the page alone keep the polarity they have once everything else is placed. */
static void settle_page_bits(struct facts *f, struct hot *h)
{
	const struct hot_level *page = &h->level[h->count - 1];

	for (unsigned i = 0; i < f->format->attr_count; i++) {
		unsigned bit;
		bool negated;

		if (h->attr[i].source == HOT_PAGE && own_bit(f, page->kind, i, &bit, &negated))
			h->attr[i].inverted = ((page->flip >> bit & 1) != 0) != negated;
	}
}

void hot_place_attributes(struct facts *f, struct hot *h)
{
	h->set = walk_attributes(f->format);
	for (unsigned i = 0; i < f->format->attr_count; i++)
		if (h->set >> i & 1)
			place_attribute(f, h, i);
	turn_answer_bits(f, h);
	settle_page_bits(f, h);
}
