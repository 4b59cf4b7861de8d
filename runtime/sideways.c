/* SPDX-License-Identifier: MIT */
/*
 * sideways.c - two tables below one entry (NVIDIA's big and small pages)
 *
 * A page of the first table hides what the second has for the same addresses;
 * an empty entry there passes the walk on.  So a page of the first is split into
 * the second while hidden, and then taken away: one store, no hole.
 */
#include "ptg_change.h"

/* The next table of the entry above, as it is or would be. */
static int side_open(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t va, struct ptg_frame_ *side)
{
	struct ptg_seen_ above;
	int err = ptg_see_(op, fr->up, fr->up_index, va, &above);

	return err ? err : ptg_open_(op, fr->up, fr->up_index, va, &above, fr->alternative + 1u, side);
}

int ptg_beneath_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last, bool clear)
{
	struct ptg_frame_ side;
	uint64_t i, to, e[2];
	int err, found = 0;

	if (!fr->passes || !ptg_sibling_(fr))
		return 0;
	err = side_open(op, fr, first, &side);
	if (err)
		return err;
	to = ptg_at_(op, &side, last);
	for (i = ptg_at_(op, &side, first); i <= to && side.source == PTG_REAL_ && !err; i++) {
		err = ptg_peek_(op, &side, i, e);
		if (err || ptg_same_(e, side.empty))
			continue;
		found = 1;
		if (clear)
			err = ptg_poke_(op, &side, i, side.empty);
	}
	ptg_detach_(op, &side);
	return err ? err : found;
}

/* The pages that the page becomes, in the other table. */
static int side_entry(struct ptg_op_ *op, const struct ptg_frame_ *side, const struct ptg_unit_ *u, uint64_t index,
		      uint64_t e[2])
{
	const struct ptg_kind *to = ptg_single_(op->s, &side->t);
	uint64_t pa = u->pa + (ptg_va_(side, index) - u->first);
	int err = to ? ptg_convert_(op->s, u->k, u->e, to, e) : PTG_E_SPLIT;

	if (err)
		return err;
	if (pa & ~ptg_pa_mask_(op->s, to, e))
		return PTG_E_SPLIT;
	ptg_put_addr_(op->s, to, pa, e);
	return PTG_OK;
}

static int side_fill(struct ptg_op_ *op, struct ptg_frame_ *side, const struct ptg_unit_ *u)
{
	uint64_t i, to = ptg_at_(op, side, u->last), e[2];
	int err = ptg_need_(op, side);

	for (i = ptg_at_(op, side, u->first); i <= to && !err; i++) {
		err = side_entry(op, side, u, i, e);
		if (!err && op->commit)
			err = ptg_poke_(op, side, i, e);
	}
	return err;
}

int ptg_sideways_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u)
{
	struct ptg_frame_ side;
	uint64_t old[2] = { u->e[0], u->e[1] };
	int err = ptg_sibling_(fr) && u->slots == 1 ? PTG_OK : PTG_E_SPLIT;

	if (!err)
		err = side_open(op, fr, u->first, &side);
	if (err)
		return err;
	err = ptg_close_(op, &side, side_fill(op, &side, u));
	if (err || !op->commit)
		return err;
	err = ptg_take_(op, fr, u->index, old);
	ptg_flush_add_(op, u->first, u->last, u->lg2, fr->t.level, PTG_FLUSH_REPLACED);
	return err;
}

/* What the act does with part of a page of the first table. */
int ptg_side_tour_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, uint64_t first, uint64_t last)
{
	struct ptg_frame_ side;
	int err = ptg_sideways_(op, fr, u);

	fr->up->kept = true;
	if (!err)
		err = side_open(op, fr, first, &side);
	if (err)
		return err;
	if (!op->commit) { /* it reads as if the pages were there */
		side.page = ptg_single_(op->s, &side.t);
		err = ptg_convert_(op->s, u->k, u->e, side.page, side.page_e);
		side.page_pa = u->pa - (u->first - side.base);
		ptg_detach_(op, &side);
		side.source = PTG_SPLIT_;
		side.there = false;
		side.fresh = true;
		return err ? err : ptg_tour_(op, &side, first, last);
	}
	return ptg_close_(op, &side, ptg_tour_(op, &side, first, last));
}
