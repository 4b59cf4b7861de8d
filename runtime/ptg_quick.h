/* SPDX-License-Identifier: MIT */
/*
 * ptg_quick.h - reading the digest of a space (quick.c makes it)
 *
 * Private: for translate.c, the cursor, bulk.c, one.c, slot.c, rights.c, and the scan of `ptgen`.
 */
#ifndef PTG_QUICK_H
#define PTG_QUICK_H

#include "ptg_core.h"
#include "ptg_mem.h"

/* The digest is of the features, parameters and contexts as they are now. */
static inline bool ptg_quick_holds_(const struct ptg_space *s)
{
	const struct ptg_quick *q = &s->quick;

	return q->usable && !((q->config0 ^ s->config[0]) | (q->ctx[0] ^ s->ctx[0]) | (q->ctx[1] ^ s->ctx[1]) |
			      (q->ctx[2] ^ s->ctx[2]) | (q->ctx[3] ^ s->ctx[3]));
}

/* The root for va and the index into its table.  false: the digest says nothing about it. */
PTG_INLINE bool ptg_quick_start_(const struct ptg_space *s, uint64_t va, const struct ptg_root **root, uint64_t *index)
{
	const struct ptg_root *r = ptg_choose_root_(s, va);

	*root = r;
	if (PTG_UNLIKELY(!ptg_quick_holds_(s) || (r->flags & (PTG_ROOT_VALID | PTG_ROOT_BYPASS)) != PTG_ROOT_VALID ||
			 r->level >= s->format->level_count || !ptg_address_fits_(s, r, va) ||
			 (s->format->levels[r->level].flags & PTG_LEVEL_ADDED)))
		return false;
	*index = ptg_shr_(va, s->quick.level[r->level].shift) & ptg_mask_(r->index_lg2);
	return PTG_LIKELY(*index >= r->index_first && *index <= r->index_last);
}

/* The entry at pa, inside the window. */
static inline uint64_t ptg_quick_load_(const struct ptg_space *s, uint64_t pa)
{
	if (s->quick.entry_lg2 == 3)
		return PTG_UNLIKELY(s->quick.big) ? PTG_LOAD64BE(s, pa) : PTG_LOAD64(s, pa);
	return PTG_UNLIKELY(s->quick.big) ? PTG_LOAD32BE(s, pa) : PTG_LOAD32(s, pa);
}

/* What a table entry says of all pages below: bit n of attribute n. */
PTG_INLINE uint32_t ptg_quick_said_(const struct ptg_format *f, const struct ptg_kind *k, uint64_t e)
{
	const struct ptg_gather *g = f->gathers + k->gather_first, *end = g + k->gather_count;
	uint32_t said = 0;

	for (; g < end; g++)
		if (g->bit < 64)
			said |= (((uint32_t)ptg_shr_(e, g->bit) ^ g->invert) & 1) << g->acc;
	return said;
}

/* The table that a table entry leads to.  false: the digest does not know such an entry. */
PTG_INLINE bool ptg_quick_leads_(const struct ptg_quick_level *l, uint64_t e, uint64_t *table)
{
	*table = ptg_shr_(ptg_shl_(e & l->table_addr, l->table_shl), l->table_shr);
	return (e & l->table_mask) == l->table_value && !(e & l->table_zero);
}

/* One of the things that an entry of the page kind is not. */
static inline bool ptg_quick_not_(const struct ptg_quick_level *l, uint64_t e)
{
	unsigned i;

	for (i = 0; i < l->not_count; i++)
		if ((e & l->not_mask[i]) == l->not_value[i])
			return true;
	return false;
}

/* A page of the kind that the digest knows, whatever tables above it say. */
static inline bool ptg_quick_is_page_(const struct ptg_quick_level *l, uint64_t e)
{
	return (e & l->page_mask) == l->page_value && !(e & l->page_zero) && !ptg_quick_not_(l, e);
}

/*
 * Bits in which a page entry may differ from this plain one, of 2^page_lg2 bytes, and say the same but for its
 * address; 0: it depends on the address.
 */
static inline uint64_t ptg_quick_varies_(const struct ptg_quick_level *l, uint64_t e, unsigned page_lg2)
{
	unsigned i;

	for (i = 0; i < l->not_count; i++)
		if ((l->not_mask[i] & l->page_addr) && !((e ^ l->not_value[i]) & l->not_mask[i] & ~l->page_addr))
			return 0;
	return l->page_addr & ~l->page_zero & ~ptg_shr_(ptg_shl_(ptg_mask_(page_lg2), l->page_shr), l->page_shl);
}

#endif /* PTG_QUICK_H */
