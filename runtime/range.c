/* SPDX-License-Identifier: MIT */
/*
 * range.c - ranges of addresses for those who visit them all
 */
#include "ptg_core.h"

int ptg_visit_range_(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t *last)
{
	if (!s || !s->format || !len)
		return PTG_E_ARG;
	if (len == UINT64_MAX) {
		*last = UINT64_MAX;
		return PTG_OK;
	}
	if (va + (len - 1) < va)
		return PTG_E_ARG;
	*last = va + (len - 1);
	return PTG_OK;
}

/*
 * Two halves: the run ends where the upper half begins.  Where some bits are
 * ignored every combination of them has its own halves, and a run ends with it.
 */
static uint64_t halves_end(const struct ptg_space *s, uint64_t va, const struct ptg_root *r)
{
	const struct ptg_root *up = r;
	uint64_t ignore = r->va_ignore, start = ~ptg_mask_(r->va_lg2 ? r->va_lg2 - 1u : 0);

	if (s->format->va_check == PTG_VA_ROOT) {
		up = s->root[0].sel_width ? &s->root[1] : &s->root[0];
		if (up->va_ignore != s->root[0].va_ignore || !(up->flags & PTG_ROOT_VALID))
			return va | ptg_mask_(s->root[0].sel_lo);
		start = ~ptg_mask_(up->va_lg2) | ptg_shl_(1, s->root[0].sel_lo & 63);
	}
	start = (va & ignore) | (start & ~ignore); /* of the upper half; what is ignored is as in va */
	if (va < start)
		return start - 1;
	return ignore ? va | ptg_mask_(ptg_lowest_bit_(ignore)) : UINT64_MAX;
}

/* Then addresses that are too large fault for that reason or for this one, as the choosing bits have it. */
static bool one_cannot_start(const struct ptg_space *s)
{
	unsigned i;

	for (i = 0; i < s->format->root_count && i < 4; i++)
		if (!(s->root[i].flags & PTG_ROOT_VALID))
			return true;
	return false;
}

uint64_t ptg_barren_end_(const struct ptg_space *s, uint64_t va, const struct ptg_root *r, enum ptg_fault fault)
{
	const struct ptg_root *first = &s->root[0];
	unsigned shift;

	if (fault == PTG_F_CONFIG)
		return first->sel_width ? va | ptg_mask_(first->sel_lo) : UINT64_MAX;
	if (fault != PTG_F_NONCANONICAL) { /* an index outside its limits: one entry of the first table */
		shift = s->format->levels[r->level].shift;
		if (s->format->flags & PTG_FORMAT_DYNAMIC)
			shift = r->va_lg2 > r->index_lg2 ? (unsigned)(r->va_lg2 - r->index_lg2) : 0;
		return va | ptg_mask_(shift);
	}
	if (s->format->va_check != PTG_VA_ZERO)
		return halves_end(s, va, r);
	if (first->sel_width && ((uint64_t)first->sel_lo + first->sel_width > r->va_lg2 || one_cannot_start(s)))
		return va | ptg_mask_(r->va_lg2 < first->sel_lo ? r->va_lg2 : first->sel_lo);
	return r->va_ignore ? va | ptg_mask_(ptg_lowest_bit_(r->va_ignore)) : UINT64_MAX;
}
