/* SPDX-License-Identifier: MIT */
/* hot.c - the straight way through the tables: which kinds, which bits */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot.h"

/* --- the path --------------------------------------------------------------------- */

static bool plain_page(const struct ptg_kind *k)
{
	return k->role == PTG_ROLE_PAGE && !k->napot && !k->repeat_lg2 && k->size == PTG_NONE && !k->nowhere &&
	       !k->low_added;
}

static bool plain_table(const struct ptg_format *f, const struct ptg_kind *k)
{
	const struct ptg_next *n = k->next_count ? &f->nexts[k->next_first] : NULL;

	if (k->role != PTG_ROLE_TABLE || k->bits != PTG_NONE)
		return false;
	return !n || !n->piece_count || (n->piece_first == k->piece_first && n->piece_count == k->piece_count);
}

/* Entry bits that become address. */
static uint64_t address_bits(const struct ptg_format *p, const struct ptg_kind *k)
{
	uint64_t all = k->addr_simple ? k->addr_mask : 0;

	for (unsigned i = 0; i < k->piece_count && !k->addr_simple; i++) {
		const struct ptg_piece *piece = &p->pieces[k->piece_first + i];

		for (unsigned b = piece->src_lo; b < 64 && (piece->hi != PTG_NONE || b < (unsigned)piece->src_lo + piece->width); b++)
			all |= UINT64_C(1) << b;
	}
	return all;
}

/* The nth row of a plain kind of that role; rows that no feature has to bring come first. */
static unsigned plain_row(const struct ptg_format *f, unsigned level, bool table, unsigned nth)
{
	const struct ptg_level *l = &f->levels[level];

	for (unsigned featured = 0; featured < 2; featured++)
		for (unsigned i = 0; i < l->row_count; i++) {
			const struct ptg_row *r = &f->rows[l->row_first + i];
			const struct ptg_kind *k = &f->kinds[r->kind];

			if ((table ? !plain_table(f, k) : !plain_page(k)) || r->extra != PTG_NONE || r->mask_hi ||
			    (r->feature_mask != 0) != featured)
				continue;
			if (nth-- == 0)
				return l->row_first + i;
		}
	return PTG_NONE;
}

/* The level below, and for one that the entry names, what the entry must say. */
static unsigned next_level(struct facts *f, const struct ptg_kind *k, struct hot_level *h, uint64_t mask[2],
			   uint64_t value[2], bool *fits)
{
	const struct ptg_format *p = f->format;
	const struct ptg_next *n = k->next_count ? &p->nexts[k->next_first] : NULL;
	unsigned to = p->levels[k->level].next;
	uint64_t want[2], care[2] = { 0, 0 };

	*fits = true;
	if (!n)
		return to;
	if (n->unless != PTG_NONE)
		*fits = false;
	if (n->level != PTG_NO_LEVEL)
		return n->level;
	if (to >= k->level) {
		*fits = false;
		return to;
	}
	want[0] = p->levels[to].number;
	want[1] = 0;
	if (p->nodes[n->by].op != PTG_OP_ENTRY || p->nodes[n->by].lo + p->nodes[n->by].width > 64) {
		*fits = false;
		return to;
	}
	care[0] = ((p->nodes[n->by].width >= 64 ? 0 : UINT64_C(1) << p->nodes[n->by].width) - 1) << p->nodes[n->by].lo;
	want[0] <<= p->nodes[n->by].lo;
	if ((want[0] & ~care[0]) || ((want[0] ^ value[0]) & mask[0] & care[0]))
		*fits = false;
	mask[0] |= care[0];
	value[0] |= want[0];
	(void)h;
	return to;
}

/* --- telling the kind ---------------------------------------------------------------- */

/* Rows before ours that could still match, given these bits. */
static unsigned open_rows(const struct ptg_format *f, const struct ptg_level *l, unsigned before,
			  const struct hot_level *h, uint64_t mask, uint64_t value)
{
	unsigned n = 0;

	for (unsigned i = l->row_first; i < before; i++) {
		const struct ptg_row *r = &f->rows[i];
		bool compared = false;

		for (unsigned j = 0; j < h->not_count; j++)
			compared = compared || h->not_row[j] == i;
		if (!compared && r->kind != h->kind && !((r->value ^ value) & r->mask & mask))
			n++;
	}
	return n;
}

/*
 * Bits are fixed one after the other so that no earlier row can match; each
 * time the one that shuts out most.  An entry that has them otherwise is left
 * to the whole walk.
 */
static bool exclude_rows(const struct ptg_format *f, const struct ptg_level *l, unsigned before, struct hot_level *h,
			 uint64_t *mask, uint64_t *value)
{
	unsigned open, kind = h->kind;
	uint64_t address = address_bits(f, &f->kinds[kind]);

	for (unsigned i = l->row_first; i < before; i++) { /* those about the address itself: by comparison */
		const struct ptg_row *r = &f->rows[i];

		if (r->kind == kind || ((r->value ^ *value) & r->mask & *mask) || !r->mask ||
		    !(r->mask & address & ~*mask))
			continue;
		if (h->not_count == 4)
			return false;
		h->not_row[h->not_count++] = (uint16_t)i;
	}
	while ((open = open_rows(f, l, before, h, *mask, *value)) > 0) {
		unsigned best = open;
		uint64_t best_bit = 0, best_value = 0;

		for (unsigned bit = 0; bit < 64; bit++)
			for (unsigned v = 2; v-- > 0;) {
				uint64_t b = UINT64_C(1) << bit;
				unsigned left;

				if ((*mask & b) || (v && (address & b)))
					continue;
				left = open_rows(f, l, before, h, *mask | b, *value | (v ? b : 0));
				if (left >= best)
					continue;
				best = left;
				best_bit = b;
				best_value = v ? b : 0;
			}
		if (!best_bit)
			return false;
		*mask |= best_bit;
		*value |= best_value;
	}
	return true;
}

static bool asks_the_entry(const struct ptg_format *p, unsigned node)
{
	static const uint8_t ops[] = { PTG_OP_ENTRY, PTG_OP_INDEX, PTG_OP_INDEX_TOP, PTG_OP_ACCESS, PTG_OP_ATTR,
				       PTG_OP_SIZE, PTG_OP_REG, PTG_OP_EXTERN };

	for (unsigned i = 0; i < sizeof(ops); i++)
		if (cexpr_uses(p, node, ops[i]))
			return true;
	return false;
}

/*
 * "Not these bits with these values": one bit of them is asked to be otherwise,
 * the highest that would be 1.  Entries that have it are left to the whole walk.
 */
static bool add_forbidden(struct facts *f, unsigned node, uint64_t *mask, uint64_t *value)
{
	const struct ptg_node *n = &f->format->nodes[node];
	uint64_t m[2] = { 0, 0 }, v[2] = { 0, 0 };

	if (n->op != PTG_OP_NOT || !cexpr_forbids(&f->x, node, m, v) || m[1])
		return false;
	for (unsigned bit = 64; bit-- > 0;) {
		uint64_t b = UINT64_C(1) << bit;

		if (!(v[0] & b))
			continue;
		if (*mask & *value & b)
			continue; /* it is known to be 1 */
		*mask |= b;
		return true;
	}
	return false;
}

/* Parts of an OR that no entry changes, and one that is about the entry. */
static unsigned entry_part(const struct ptg_format *p, unsigned node)
{
	const struct ptg_node *n = &p->nodes[node];
	unsigned a, b;

	if (!asks_the_entry(p, node))
		return PTG_NONE;
	if (n->op != PTG_OP_OR)
		return node;
	a = entry_part(p, n->a);
	b = entry_part(p, n->b);
	return a == PTG_NONE ? b : b == PTG_NONE ? a : node;
}

static bool add_check(struct facts *f, struct hot_level *h, unsigned node, uint64_t mask[2], uint64_t value[2])
{
	const struct ptg_node *n = &f->format->nodes[node];
	unsigned part;

	if (cexpr_cube(&f->x, node, mask, value))
		return !mask[1];
	if (n->op == PTG_OP_AND)
		return add_check(f, h, n->a, mask, value) && add_check(f, h, n->b, mask, value);
	part = entry_part(f->format, node);
	if (part != PTG_NONE && part != node) /* asked for even where it does not count */
		return add_check(f, h, part, mask, value);
	if (add_forbidden(f, node, &mask[0], &value[0]))
		return true;
	if (h->extra_count == 16)
		return false;
	h->extra[h->extra_count++] = (uint16_t)node;
	return true;
}

static bool add_checks(struct facts *f, const struct ptg_kind *k, struct hot_level *h, uint64_t mask[2], uint64_t value[2])
{
	facts_about(f, h->kind, true);
	for (unsigned i = 0; i < k->check_count; i++)
		if (!add_check(f, h, f->format->checks[k->check_first + i].node, mask, value))
			return false;
	return true;
}

/* Marks of tables that may fault: only entries that have them go this way. */
static bool add_table_marks(const struct ptg_format *f, const struct ptg_kind *k, uint64_t *mask, uint64_t *value)
{
	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &f->marks[k->mark_first + i];

		if (m->rule == PTG_NONE || m->if_ == PTG_NONE)
			continue;
		if ((m->value ^ *value) & m->mask & *mask)
			return false;
		*mask |= m->mask;
		*value |= m->value;
	}
	return true;
}

static bool add_level(struct facts *f, struct hot *h, unsigned level, unsigned row, unsigned *below)
{
	const struct ptg_format *p = f->format;
	const struct ptg_row *r = &p->rows[row];
	const struct ptg_kind *k = &p->kinds[r->kind];
	struct hot_level *out = &h->level[h->count];
	uint64_t mask[2] = { r->mask, 0 }, value[2] = { r->value, 0 };
	bool fits = true;

	if (p->levels[level].entry_lg2 > 3 || p->levels[level].by != PTG_NONE || k->one_hi || k->zero_hi)
		return false;
	*out = (struct hot_level){ .level = level, .kind = r->kind, .features = r->feature_mask != 0,
				   .feature_mask = r->feature_mask, .feature_value = r->feature_value };
	if (!exclude_rows(p, &p->levels[level], row, out, &mask[0], &value[0]) || (k->zero & value[0]))
		return false;
	mask[0] |= k->zero | k->one;
	if (k->one & ~value[0] & r->mask)
		return false;
	value[0] |= k->one;
	if (k->role == PTG_ROLE_TABLE)
		*below = next_level(f, k, out, mask, value, &fits);
	if (!fits || !add_checks(f, k, out, mask, value))
		return false;
	if (k->role == PTG_ROLE_TABLE && !add_table_marks(p, k, &mask[0], &value[0]))
		return false;
	if (k->addr_simple && (value[0] & k->addr_mask))
		return false; /* a flipped bit inside the address */
	out->flip = value[0];
	out->test = mask[0];
	h->count++;
	return true;
}

/* The first plain row of that role that can be told from all others. */
static bool add_plain(struct facts *f, struct hot *h, unsigned level, bool table, unsigned *below)
{
	unsigned row;

	for (unsigned n = 0; (row = plain_row(f->format, level, table, n)) != PTG_NONE; n++)
		if (add_level(f, h, level, row, below) && (!table || *below < level))
			return true;
		else
			h->level[h->count].level = 0;
	return false;
}

static bool find_path(struct facts *f, struct hot *h)
{
	unsigned level = f->format->top, below = 0;

	while (h->count < PTG_LEVELS - 1 && add_plain(f, h, level, true, &below))
		level = below;
	if (plain_row(f->format, level, true, 0) != PTG_NONE)
		return false; /* tables that cannot be told apart */
	return add_plain(f, h, level, false, &below);
}

/* --- attributes ------------------------------------------------------------------------ */

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
	struct hot_off off[4];
	unsigned off_count;
};

/* Is it the opposite of a condition met before? */
static bool opposite_of_off(const struct ptg_format *p, const struct say *s, unsigned node, bool want)
{
	for (unsigned i = 0; i < s->off_count; i++)
		for (unsigned down = 0; down < 2; down++) { /* as it is, or below a NOT */
			unsigned n = s->off[i].node;

			if (down && p->nodes[n].op != PTG_OP_NOT)
				continue;
			if (cexpr_equal(p, down ? p->nodes[n].a : n, node) && (s->off[i].want != want) == !down)
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
	if (asks_the_entry(f->format, node) || s->off_count == 4)
		return false;
	s->off[s->off_count++] = (struct hot_off){ (uint16_t)node, want };
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

static bool tables_say(const struct ptg_format *p, const struct ptg_kind *k, unsigned attr)
{
	for (unsigned i = 0; i < k->gather_count; i++)
		if (p->gathers[k->gather_first + i].acc == attr)
			return true;
	return !k->gather_count && k->attr_first != PTG_NONE && p->attrs[attr].op &&
	       p->attr_node[k->attr_first + attr] != PTG_NONE;
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

/* All tables of the path say it in one place, with the same polarity after flipping, unless the same is off. */
static bool tables_in_place(struct facts *f, struct hot *h, unsigned attr, unsigned *bit)
{
	struct say say[PTG_LEVELS] = { { .bit = 0 } };
	struct hot_attr *a = &h->attr[attr];
	uint64_t va = h->off_va;

	for (unsigned i = 0; i + 1 < h->count; i++) {
		if (!table_says(f, &h->level[i], attr, &say[i]) || say[i].bit != say[0].bit)
			return false;
		if (!same_off(f->format, say[i].off, say[i].off_count, say[0].off, say[0].off_count))
			return false;
	}
	for (unsigned i = 0; i < say[0].off_count; i++)
		va |= cexpr_va_bits(f->format, say[0].off[i].node);
	if (va & (va - 1))
		return false; /* not the same in all of a half */
	for (unsigned i = 0; i + 1 < h->count; i++)
		if (!flips(f, &h->level[i], say[i].bit, say[i].invert))
			return false;
	if (h->count < 2)
		return false;
	*bit = say[0].bit;
	memcpy(a->off, say[0].off, sizeof(a->off));
	a->off_count = say[0].off_count;
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

bool hot_find(struct facts *f, struct hot *h)
{
	const struct ptg_format *p = f->format;

	memset(h, 0, sizeof(*h));
	if ((p->flags & PTG_FORMAT_DYNAMIC) || p->stage[0] || !find_path(f, h))
		return false;
	h->set = walk_attributes(p);
	for (unsigned i = 0; i < p->attr_count; i++)
		if (h->set >> i & 1)
			place_attribute(f, h, i);
	turn_answer_bits(f, h);
	settle_page_bits(f, h);
	return true;
}
