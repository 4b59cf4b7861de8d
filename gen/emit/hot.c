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

	for (unsigned i = l->row_first; i < before; i++) { /* those that the address alone tells apart: by comparison */
		const struct ptg_row *r = &f->rows[i];

		if (r->kind == kind || ((r->value ^ *value) & r->mask & *mask) || !r->mask ||
		    !(r->mask & address & ~*mask) || (r->value & ~address & ~*mask))
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

bool hot_asks_entry(const struct ptg_format *p, unsigned node)
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

	if (!hot_asks_entry(p, node))
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

bool hot_find(struct facts *f, struct hot *h)
{
	const struct ptg_format *p = f->format;

	memset(h, 0, sizeof(*h));
	if ((p->flags & PTG_FORMAT_DYNAMIC) || p->stage[0] || !find_path(f, h))
		return false;
	hot_place_attributes(f, h);
	return true;
}
