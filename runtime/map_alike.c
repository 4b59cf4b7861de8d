/* SPDX-License-Identifier: MIT */
/*
 * map_alike.c - looking at the tables that a large page would become, without looking at each
 *
 * Their entries differ in their addresses alone.  Where pages go below them, one entry
 * speaks for the others; the last one has the largest addresses and speaks for itself.
 */
#include "ptg_change.h"

bool ptg_map_alike_(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	return !op->commit && fr->source == PTG_SPLIT_ && !fr->there && !fr->one && !fr->broken;
}

/* Whole entries from va on, up to last or the table's end; and where those end. */
static uint64_t alike_entries(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t last, uint64_t *end)
{
	uint64_t in = ptg_mask_(fr->t.shift), index = ptg_at_(op, fr, va), n;

	if ((va & in) || last - va < in)
		return 0;
	n = ptg_shr_(last - va, fr->t.shift) + (((last - va) & in) == in);
	if (n > fr->hi - index + 1)
		n = fr->hi - index + 1;
	*end = va + ptg_shl_(n - 1, fr->t.shift) + in;
	return n;
}

bool ptg_map_none_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t pa, uint64_t last, unsigned max_lg2,
		   uint64_t *end)
{
	uint64_t before, stop;

	if (!ptg_map_alike_(op, fr) || !fr->t.level || fr->t.shift > 63)
		return false;
	before = max_lg2 <= fr->t.shift ? ~(uint64_t)0 : ptg_larger_(op, fr, va, pa, fr->t.shift - 1u);
	if (alike_entries(op, fr, va, last < before ? last : before, &stop) < 3)
		return false;
	*end = stop;
	return true;
}

int ptg_map_below_alike_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last,
			 int (*below)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last))
{
	uint64_t in = ptg_mask_(fr->t.shift), end, n = alike_entries(op, fr, first, last, &end);
	uint32_t before[PTG_LEVELS];
	unsigned i;
	int err;

	for (i = 0; i < PTG_LEVELS; i++)
		before[i] = op->pool[i].want;
	err = below(op, fr, first, first | in);
	if (!err && n > 2)
		err = ptg_pool_again_(op, fr->t.level, before, n - 2);
	if (!err && n > 1)
		err = below(op, fr, end - in, end);
	return err;
}
