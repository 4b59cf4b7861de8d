/* SPDX-License-Identifier: MIT */
/*
 * group.c - groups of entries become single pages
 *
 * Hinted groups lose the hint on all members before one of them changes;
 * napot and repeated ones are written as pages of one slot.  A format that wants
 * break-before-make has the whole group taken away, flushed, and written anew.
 */
#include "ptg_change.h"

#define GROUP_BUFFER 128

/* Whether a slot belongs to the group: marks apart, the entry the unit was made of. */
static bool group_member(const struct ptg_op_ *op, const struct ptg_unit_ *u, const struct ptg_frame_ *fr,
			 const uint64_t e[2])
{
	uint64_t marks = u->k->accessed_mask | u->k->dirty_mask;
	struct ptg_env env;

	if (u->group != PTG_HINT_)
		return !(((e[0] ^ u->e[0]) & ~marks) | (e[1] ^ u->e[1]));
	if (ptg_kind_(op->s, fr->t.level, e) != u->k)
		return false;
	ptg_env_of_(op, &env, e, u->first);
	return ptg_contig_lg2_(&env, u->k) != 0;
}

/* What a slot is to hold, given the entry that is there. */
static void group_single(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_unit_ *u, uint64_t index,
			 const uint64_t e[2], const struct ptg_kind *to, uint64_t out[2])
{
	out[0] = e[0];
	out[1] = e[1];
	if (u->group == PTG_HINT_) {
		out[0] = (e[0] & ~u->k->contig_mask) | u->k->contig_clear;
		return;
	}
	if (ptg_convert_(op->s, u->k, e, to, out) == PTG_OK)
		ptg_put_addr_(op->s, to, u->pa + ptg_shl_(index - u->index, fr->t.shift), out);
}

/* A member becomes a single page.  Half a group is worse than a second try. */
static int group_release(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, uint64_t index,
			 const struct ptg_kind *to)
{
	uint64_t e[2], new[2];
	int r = ptg_peek_(op, fr, index, e);

	if (r)
		r = ptg_peek_(op, fr, index, e);
	while (!r && group_member(op, u, fr, e)) {
		group_single(op, fr, u, index, e, to, new);
		r = ptg_trade_(op, fr, index, e, new);
		if (r == PTG_E_IO)
			r = ptg_trade_(op, fr, index, e, new);
	}
	return r < 0 ? r : PTG_OK;
}

int ptg_ungroup_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, const struct ptg_kind *to)
{
	uint64_t i;
	int err = PTG_OK, r;

	for (i = u->index; i < u->index + u->slots; i++) {
		r = group_release(op, fr, u, i, to);
		err = err ? err : r;
	}
	return err;
}

/* What a slot that was released held, with the marks that have been set since. */
static void group_whole(const struct ptg_unit_ *u, const uint64_t e[2], const struct ptg_kind *to, uint64_t out[2])
{
	out[0] = u->group == PTG_HINT_ ? (e[0] & ~u->k->contig_mask) | (u->e[0] & u->k->contig_mask) : u->e[0];
	out[1] = u->group == PTG_HINT_ ? e[1] : u->e[1];
	if (to->accessed_mask && (e[0] & to->accessed_mask) == to->accessed_value)
		out[0] = (out[0] & ~u->k->accessed_mask) | u->k->accessed_value;
	if (to->dirty_mask && !(to->dirty_mask & to->rights_mask) && (e[0] & to->dirty_mask) == to->dirty_value)
		out[0] = (out[0] & ~u->k->dirty_mask) | u->k->dirty_value;
}

/* The members up to `end` were released, and the next could not be: they join the others again. */
static void group_rejoin(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, uint64_t end,
			 const struct ptg_kind *to)
{
	uint64_t i, e[2], whole[2];
	int r;

	for (i = u->index; i < end; i++) {
		r = ptg_peek_(op, fr, i, e);
		if (r)
			r = ptg_peek_(op, fr, i, e);
		while (!r && ptg_kind_(op->s, fr->t.level, e) == to && !group_member(op, u, fr, e)) {
			group_whole(u, e, to, whole);
			r = ptg_trade_(op, fr, i, e, whole);
			if (r == PTG_E_IO)
				r = ptg_trade_(op, fr, i, e, whole);
		}
	}
}

static int group_live(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, const struct ptg_kind *to)
{
	uint64_t i;
	int r;

	for (i = u->index; i < u->index + u->slots; i++) {
		r = group_release(op, fr, u, i, to);
		if (!r)
			continue;
		group_rejoin(op, fr, u, i, to);
		return r;
	}
	return PTG_OK;
}

/* Through invalid: what was there waits on the stack. */
static int group_broken(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, const struct ptg_kind *to)
{
	uint64_t was[GROUP_BUFFER], i, e[2], new[2];
	int err = PTG_OK, failed;
	bool undo;

	for (i = 0; i < u->slots; i++) {
		err = ptg_peek_(op, fr, u->index + i, e);
		was[i] = fr->empty[0];
		if (!err && group_member(op, u, fr, e)) {
			err = ptg_take_(op, fr, u->index + i, e);
			was[i] = e[0];
		}
		if (err)
			break;
	}
	if (!err)
		err = ptg_flush_now_(op, u->first, u->last, fr->t.shift, fr->t.level);
	undo = err != PTG_OK;
	while (i-- > 0) {
		e[0] = was[i];
		e[1] = 0;
		if (was[i] == fr->empty[0])
			continue;
		group_single(op, fr, u, u->index + i, e, to, new);
		failed = ptg_bring_(op, fr, u->index + i, undo ? e : new);
		if (failed)
			failed = ptg_bring_(op, fr, u->index + i, undo ? e : new);
		err = failed ? failed : err;
	}
	return err;
}

/* Looking: the entries read as single pages from here on. */
static int group_pretend(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, const struct ptg_kind *to)
{
	int err;

	if (fr->there && !op->swaps)
		return PTG_E_UNSUPPORTED;
	if (op->bbm && fr->there) {
		const struct ptg_mapper_ops *ops = op->s->mapper->ops;

		if (!ops || !ops->flush || u->slots > GROUP_BUFFER || fr->entry_lg2 > 3)
			return PTG_E_UNSUPPORTED;
	}
	if (u->group != PTG_HINT_) {
		err = ptg_convert_(op->s, u->k, u->e, to, fr->page_e);
		if (err)
			return err;
		if ((u->pa | (u->pa + (u->last - u->first))) & ~ptg_pa_mask_(op->s, to, fr->page_e) &
		    ~ptg_mask_(fr->t.shift))
			return PTG_E_SPLIT;
		fr->page = to;
		fr->page_pa = u->pa;
	}
	fr->broken = true;
	fr->broken_group = u->group;
	fr->broken_first = u->index;
	fr->broken_last = u->index + u->slots - 1;
	return ptg_need_(op, fr);
}

int ptg_break_(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u)
{
	const struct ptg_kind *to = u->group == PTG_HINT_ ? u->k : ptg_single_(op->s, &fr->t);
	int err;

	if (!to)
		return PTG_E_SPLIT;
	if (!op->commit)
		return group_pretend(op, fr, u, to);
	err = ptg_need_(op, fr);
	if (!err)
		err = op->bbm && !fr->fresh ? group_broken(op, fr, u, to) : group_live(op, fr, u, to);
	/* Where it failed half way hardware may have seen both. */
	if (err || !(op->bbm && !fr->fresh))
		ptg_flush_add_(op, u->first, u->last, fr->t.shift, fr->t.level, PTG_FLUSH_REPLACED);
	return err;
}
