/* SPDX-License-Identifier: MIT */
/*
 * tour.c - over everything that a range holds, as the act wishes: pages, groups, holes, tables
 */
#include "ptg_change.h"

static int tour_below(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen,
		      unsigned alternative, uint64_t first, uint64_t last)
{
	struct ptg_frame_ child;
	int err = ptg_open_(op, fr, index, first, seen, alternative, &child);

	if (err)
		return err;
	if (child.source == PTG_NEW_) {  /* that child does not exist */
		err = op->act->hole ? op->act->hole(op, fr, first, last) : PTG_OK;
		return ptg_close_(op, &child, err);
	}
	err = ptg_tour_(op, &child, first, last);
	if (!err && op->act->leave && child.source == PTG_REAL_)
		err = op->act->leave(op, &child, ptg_at_(op, &child, first), ptg_at_(op, &child, last));
	fr->kept |= child.kept || child.source == PTG_SPLIT_;
	return ptg_close_(op, &child, err);
}

/* One of several children, if it is there still: visited, or left. */
static int tour_child(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, unsigned alternative, uint64_t first,
		      uint64_t last, bool leave)
{
	struct ptg_seen_ now;
	struct ptg_frame_ child;
	struct ptg_env env;
	struct ptg_table t;
	unsigned taken = alternative, rule;
	int err = ptg_see_(op, fr, index, first, &now);

	if (err || now.what != PTG_IS_TABLE_)
		return err;
	ptg_env_of_(op, &env, now.e, first);
	if (ptg_descend_(&env, now.k, &fr->t, &taken, &t, &rule) != PTG_F_NONE || taken != alternative)
		return PTG_OK;
	err = ptg_open_(op, fr, index, first, &now, alternative, &child);
	if (err)
		return err;
	if (!leave)
		return ptg_close_(op, &child, ptg_tour_(op, &child, first, last));
	child.kept = true;
	err = op->act->leave(op, &child, ptg_at_(op, &child, first), ptg_at_(op, &child, last));
	fr->kept |= child.kept;
	return ptg_close_(op, &child, err);
}

/*
 * A table with two children: the first decides, what it passes on is in the
 * second.  An act that wants all of them goes from the last to the first, so that
 * nothing hidden comes to light meanwhile.
 */
static int tour_table(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen,
		      uint64_t first, uint64_t last)
{
	unsigned n, taken = 0, rule;
	struct ptg_env env;
	struct ptg_table t;
	int err = PTG_OK;

	if (seen->k->next_count <= 1)
		return tour_below(op, fr, index, seen, 0, first, last);
	if (!op->act->all) {
		ptg_env_of_(op, &env, seen->e, first);
		if (ptg_descend_(&env, seen->k, &fr->t, &taken, &t, &rule) != PTG_F_NONE)
			return PTG_E_CORRUPT;
		return tour_below(op, fr, index, seen, taken, first, last);
	}
	for (n = seen->k->next_count; n-- > 0 && !err;)
		err = tour_child(op, fr, index, n, first, last, false);
	/* Only now tables go: splitting sideways may have filled one that was empty. */
	for (n = seen->k->next_count; n-- > 0 && !err && op->act->leave;)
		err = tour_child(op, fr, index, n, first, last, true);
	return err;
}

static int tour_hole(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_seen_ *seen, uint64_t first,
		     uint64_t last)
{
	struct ptg_seen_ above;
	int err;

	if (seen->pass && !op->act->all && ptg_sibling_(fr)) {
		err = ptg_see_(op, fr->up, fr->up_index, first, &above);
		if (err)
			return err;
		if (above.what == PTG_IS_TABLE_)
			return tour_below(op, fr->up, fr->up_index, &above, fr->alternative + 1u, first, last);
	}
	return op->act->hole ? op->act->hole(op, fr, first, last) : PTG_OK;
}

/* One page or group; *end is where to go on.  PTG_AGAIN_: it was made smaller, look again. */
static int tour_page(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen,
		     uint64_t first, uint64_t last, uint64_t *end)
{
	struct ptg_unit_ u;
	int r;

	ptg_unit_of_(op, fr, index, seen, &u);
	*end = u.last < last ? u.last : last;
	r = op->act->page(op, fr, &u, first == u.first && *end == u.last);
	if (r != PTG_CUT_)
		return r;
	if (u.slots > 1) {
		r = ptg_break_(op, fr, &u);
		return r ? r : PTG_AGAIN_;
	}
	if (fr->passes && !ptg_table_kind_(op->s, fr->t.level))
		return ptg_side_tour_(op, fr, &u, first, *end);
	return tour_below(op, fr, index, seen, ptg_last_child_(op, fr), first, *end);
}

static int tour_entry(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last,
		      uint64_t *end)
{
	struct ptg_seen_ seen;
	int err;

	if (index < fr->lo || index > fr->hi)
		return op->act->hole ? op->act->hole(op, fr, first, *end) : PTG_OK;
	err = ptg_see_(op, fr, index, first, &seen);
	if (err)
		return err;
	switch (seen.what) {
	case PTG_IS_TABLE_:
		if (seen.k->next_count <= 1 && !fr->one)
			*end = ptg_covered_(&seen.below, first, *end);
		return tour_table(op, fr, index, &seen, first, *end);
	case PTG_IS_GAP_:
		return op->act->hole ? op->act->hole(op, fr, first, *end) : PTG_OK;
	case PTG_IS_PAGE_:
		return tour_page(op, fr, index, &seen, first, last, end);
	case PTG_IS_SOFT_:
		if (!op->act->soft)
			return op->act->hole ? op->act->hole(op, fr, first, *end) : PTG_OK;
		err = op->act->soft(op, fr, index, seen.e, *end - first == ptg_mask_(fr->t.shift));
		return err == PTG_CUT_ ? tour_below(op, fr, index, &seen, ptg_last_child_(op, fr), first, *end) : err;
	case PTG_IS_EMPTY_:
		return tour_hole(op, fr, &seen, first, *end);
	default:
		return PTG_E_CORRUPT;
	}
}

/* Entries that the act can take many at a time: *done of them. */
static int tour_run(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last,
		    uint64_t *done)
{
	uint64_t in = ptg_mask_(fr->t.shift), end;
	int err = PTG_OK;

	*done = 0;
	if ((!op->act->run && !op->act->tables) || fr->one || fr->broken || (first & in))
		return PTG_OK;
	if (last - first > ptg_mask_(fr->t.shift + fr->t.index_lg2) - (first - fr->base))
		last = fr->base | ptg_mask_(fr->t.shift + fr->t.index_lg2);
	if ((last & in) != in) {
		if (last - first < in)
			return PTG_OK;
		last = (last & ~in) - 1;
	}
	end = ptg_at_(op, fr, last);
	if (index < fr->lo || end > fr->hi || end < index)
		return PTG_OK;
	if (fr->t.level && op->act->tables)
		err = op->act->tables(op, fr, index, end, done);
	if (!err && !*done && op->act->run)
		err = op->act->run(op, fr, index, end, done);
	return err;
}

/*
 * Looking into a table that a large page would become: its entries differ in their addresses alone, so one that was
 * looked at whole speaks for all that are whole, of which there are more up to `last`.  How many they are.
 */
static uint64_t tour_alike(const struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t first, uint64_t end, uint64_t last)
{
	uint64_t in = ptg_mask_(fr->t.shift), whole = (last & in) == in ? last : (last & ~in) - 1;

	if (op->commit || fr->source != PTG_SPLIT_ || fr->one || end == last || (first & in) || end != (first | in) ||
	    ptg_at_(op, fr, whole) > fr->hi)
		return 0;
	return ptg_shr_(whole - end, fr->t.shift);
}

static int tour_one(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last, uint64_t *end)
{
	uint32_t before[PTG_LEVELS];
	unsigned i;
	uint64_t n;
	int err;

	*end = fr->one || fr->t.shift > 63 ? last : first | ptg_mask_(fr->t.shift);
	if (*end > last)
		*end = last;
	if (op->commit || fr->source != PTG_SPLIT_)
		return tour_entry(op, fr, index, first, last, end);
	for (i = 0; i < PTG_LEVELS; i++)
		before[i] = op->pool[i].want;
	err = tour_entry(op, fr, index, first, last, end);
	n = err ? 0 : tour_alike(op, fr, first, *end, last);
	*end += ptg_shl_(n, fr->t.shift);
	return n ? ptg_pool_again_(op, fr->t.level, before, n) : err;
}

int ptg_tour_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	uint64_t index, done, end;
	int err;

	for (;;) {
		index = ptg_at_(op, fr, first);
		err = tour_run(op, fr, index, first, last, &done);
		if (err)
			return err;
		if (done)
			end = first + ptg_shl_(done - 1, fr->t.shift) + ptg_mask_(fr->t.shift);
		else
			err = tour_one(op, fr, index, first, last, &end);
		if (err == PTG_AGAIN_)
			continue;
		if (err)
			return err;
		if (end >= last)
			return PTG_OK;
		first = end + 1;
	}
}

int ptg_tour_pass_(struct ptg_op_ *op, uint64_t first, uint64_t last)
{
	return ptg_op_roots_(op, first, last, ptg_tour_);
}
