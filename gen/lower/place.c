/* SPDX-License-Identifier: MIT */
/*
 * place.c - which attribute is which bit of the index into the table of rights
 *
 * Any order would do.  This one follows the bits of the smallest page, turned
 * so that the widest gap is outside and with the gaps inside kept while they fit:
 * then the index is a shift (or a rotation) and a mask of the entry.
 */

#include "gen/lower/lower.h"

#define TABLE_BITS 6u

struct placed {
	unsigned attr, bit;          /* bit of the entry; 64: it is none */
};

static const struct ptg_kind *smallest_page(const struct lower *lo)
{
	const struct ptg_kind *all = lo->kinds.data, *best = NULL;

	for (size_t i = 0; i < lo->kinds.count; i++)
		if (all[i].role == PTG_ROLE_PAGE && all[i].attr_first != PTG_NONE && !all[i].napot &&
		    (!best || all[i].level < best->level))
			best = &all[i];
	return best;
}

/* The bit an attribute is, or the complement of; a feature may have to bring it. */
static unsigned bit_of(const struct lower *lo, const struct ptg_kind *k, unsigned attr)
{
	uint16_t node = ((const uint16_t *)lo->attr_nodes.data)[k->attr_first + attr];
	const struct ptg_node *n;

	if (node == PTG_NONE)
		return 64;
	n = node_at(lo, node);
	if (n->op == PTG_OP_NOT)
		n = node_at(lo, n->a);
	if (n->op == PTG_OP_AND && node_at(lo, n->a)->op == PTG_OP_FEATURE)
		n = node_at(lo, n->b);
	return n->op == PTG_OP_ENTRY && n->width == 1 && n->lo < 64 ? n->lo : 64;
}

/* By bit, those without one at the end. */
static unsigned collect(const struct lower *lo, const struct ptg_kind *k, struct placed *p)
{
	const struct ptg_attr *all = lo->attrs.data;
	unsigned n = 0;

	for (size_t i = 0; i < lo->attrs.count && n < TABLE_BITS; i++) {
		struct placed one = { (unsigned)i, 64 };
		unsigned at = n;

		if (all[i].table_index == 0xff)
			continue;
		one.bit = bit_of(lo, k, (unsigned)i);
		for (; at > 0 && p[at - 1].bit > one.bit; at--)
			p[at] = p[at - 1];
		p[at] = one;
		n++;
	}
	return n;
}

/* Distance from one bit to the next on the circle of 64; two attributes may be one bit. */
static unsigned distance(unsigned from, unsigned to)
{
	unsigned d = (to - from) & 63;

	return d ? d : 1;
}

void lower_place_rights(struct lower *lo)
{
	const struct ptg_kind *k = smallest_page(lo);
	struct ptg_attr *all = lo->attrs.data;
	struct placed p[TABLE_BITS];
	unsigned gap[TABLE_BITS], n, bits, first = 0, span = 1, index = 0;

	n = k ? collect(lo, k, p) : 0;
	for (bits = 0; bits < n && p[bits].bit < 64;)
		bits++;
	if (bits < 2)
		return;
	for (unsigned i = 0; i < bits; i++)
		gap[i] = distance(p[i].bit, p[(i + 1) % bits].bit);
	for (unsigned i = 0; i < bits; i++) /* start after the widest gap */
		if (gap[i] > gap[(first + bits - 1) % bits])
			first = (i + 1) % bits;
	for (unsigned i = 0; i + 1 < bits; i++)
		span += gap[(first + i) % bits];
	while (span + (n - bits) > TABLE_BITS) { /* close the widest inside */
		unsigned widest = first;

		for (unsigned i = 0; i + 1 < bits; i++)
			if (gap[(first + i) % bits] > gap[widest])
				widest = (first + i) % bits;
		span -= gap[widest] - 1;
		gap[widest] = 1;
	}
	for (unsigned i = 0; i < bits; i++) {
		all[p[(first + i) % bits].attr].table_index = (uint8_t)index;
		index += i + 1 < bits ? gap[(first + i) % bits] : 1;
	}
	for (unsigned i = bits; i < n; i++)
		all[p[i].attr].table_index = (uint8_t)index++;
	lo->out->rights_bits = (uint8_t)index;
}
