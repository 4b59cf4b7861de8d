/* SPDX-License-Identifier: MIT */
/*
 * map_way.c - what is there already, where a page is to be mapped
 */
#include "ptg_change.h"

/*
 * How many tables hang on an entry: *tables; 1, or 0 when they hold something that
 * may not go, or an error.
 */
static int map_count(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t va, const struct ptg_seen_ *seen,
		     uint64_t *tables)
{
	struct ptg_frame_ child;
	unsigned n;
	int r;

	*tables = 0;
	for (n = 0; n == 0 || n < seen->k->next_count; n++) {
		r = ptg_open_(op, fr, index, va, seen, n, &child);
		if (r)
			return r;
		if (child.source != PTG_REAL_)
			continue;
		n = child.alternative;
		++*tables;
		r = ptg_barren_(op, &child, op->flags & PTG_MAP_REPLACE, tables);
		ptg_detach_(op, &child);
		if (r != 1)
			return r;
	}
	return 1;
}

/*
 * A table, empty or to be replaced, is freed with all below it; its entry becomes e, which is empty or leads to
 * the page that takes its place.
 */
static int map_drop(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t va, const struct ptg_seen_ *seen,
		    const uint64_t e[2])
{
	struct ptg_frame_ child;
	uint64_t tables;
	unsigned n;
	bool flushed;
	int err = map_count(op, fr, index, va, seen, &tables);

	err = err < 0 ? err : ptg_poke_(op, fr, index, e);
	if (err)
		return err;
	ptg_flush_add_(op, va, va | ptg_mask_(fr->t.shift), op->smallest_lg2, fr->t.level,
		       PTG_FLUSH_TABLE | PTG_FLUSH_REPLACED);
	err = ptg_flush_before_(op, tables, &flushed);
	if (err)
		(void)ptg_bring_(op, fr, index, seen->e);
	for (n = 0; !err && (n == 0 || n < seen->k->next_count); n++) {
		err = ptg_open_(op, fr, index, va, seen, n, &child);
		if (!err && child.source == PTG_REAL_) {
			n = child.alternative;
			err = ptg_discard_(op, &child, flushed);
		}
	}
	return err;
}

/*
 * Whether a table may give way to a page: 1; 0: the pages go into it instead.
 * It must be empty, or its contents replaced, and the flush object hold its tables.
 */
static int map_gives_way(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t va,
			 const struct ptg_seen_ *seen)
{
	uint64_t tables;
	int r;

	if ((op->flags & (PTG_KEEP_TABLES | PTG_TABLES_ONLY)) || !fr->there || fr->fresh)
		return 0;
	if (op->bbm && !(op->s->mapper->ops && op->s->mapper->ops->flush))
		return 0;
	r = map_count(op, fr, index, va, seen, &tables);
	if (r != 1)
		return r;
	if (!ptg_flush_room_(op, tables))
		return 0;
	if (!op->commit)
		op->freeing += tables;
	return 1;
}

/* A page, or part of a group, that new pages replace. */
static int map_over_page(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen,
			 uint64_t first, uint64_t last)
{
	struct ptg_unit_ u;

	ptg_unit_of_(op, fr, index, seen, &u);
	if (u.slots > 1 && (u.first < first || u.last > last)) {
		if (!(op->flags & PTG_SPLIT_OK))
			return PTG_E_SPLIT;
		return ptg_break_(op, fr, &u);
	}
	return PTG_OK;
}

/* Whether an entry goes from one value to another by a store that no walker sees half of. */
static bool map_at_once(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	return !op->bbm && (fr->entry_lg2 < 3 || (fr->entry_lg2 == 3 && PTG_ATOMIC64));
}

/* One slot that a page of this table will take, or share, and that is not empty. */
int ptg_map_clear_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last, bool *tables)
{
	struct ptg_seen_ seen;
	uint64_t va = ptg_va_(fr, index);
	int err = ptg_see_(op, fr, index, va, &seen);

	if (err || seen.what == PTG_IS_EMPTY_)
		return err;
	if (seen.what == PTG_IS_TABLE_) {
		if (op->commit && !map_at_once(op, fr))
			return map_drop(op, fr, index, va, &seen, fr->empty);
		*tables = *tables || op->commit;
		return PTG_OK;
	}
	if (seen.what == PTG_IS_PAGE_) {
		err = map_over_page(op, fr, index, &seen, first, last);
		if (err)
			return err;
	}
	if (!op->commit && fr->there && op->bbm && seen.what == PTG_IS_PAGE_ &&
	    !(op->s->mapper->ops && op->s->mapper->ops->flush))
		return PTG_E_UNSUPPORTED;
	err = ptg_need_(op, fr);
	if (err || !op->commit)
		return err;
	if (seen.what == PTG_IS_PAGE_)
		ptg_flush_add_(op, va, va | ptg_mask_(fr->t.shift), fr->t.shift, fr->t.level, PTG_FLUSH_REPLACED);
	if (!op->bbm || fr->fresh)
		return PTG_OK;
	err = ptg_peek_(op, fr, index, seen.e);
	if (!err)
		err = ptg_take_(op, fr, index, seen.e);
	return err;
}

/* The slot gets its entry of the page; a table there goes once nothing leads to it. */
int ptg_map_over_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2])
{
	struct ptg_seen_ seen;
	uint64_t va = ptg_va_(fr, index);
	int err = ptg_see_(op, fr, index, va, &seen);

	if (err)
		return err;
	return seen.what == PTG_IS_TABLE_ ? map_drop(op, fr, index, va, &seen, e) : ptg_poke_(op, fr, index, e);
}

/* What the page at these slots may do about what is there: 1 take the place, 0 not, or refuse. */
int ptg_map_judge_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t slots)
{
	struct ptg_seen_ seen;
	uint64_t i, va;
	int r;

	for (i = index; i < index + slots; i++) {
		va = ptg_va_(fr, i);
		r = ptg_see_(op, fr, i, va, &seen);
		if (r)
			return r;
		switch (seen.what) {
		case PTG_IS_EMPTY_:
			break;
		case PTG_IS_TABLE_:
			r = map_gives_way(op, fr, i, va, &seen);
			if (r != 1)
				return r;
			break;
		case PTG_IS_GAP_:
			return PTG_E_RANGE;
		case PTG_IS_BAD_:
			return PTG_E_CORRUPT;
		default:
			if (!(op->flags & PTG_MAP_REPLACE))
				return op->flags & PTG_MAP_KEEP ? 0 : PTG_E_EXISTS;
		}
	}
	return 1;
}

/* --- many alike ------------------------------------------------------------------------ */

#define MAP_TAKEN 128u           /* entries that go through invalid together */

/* What the entry at index is, and whether others can be told to be the same by a look at their bits. */
static bool map_learn(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index)
{
	struct ptg_seen_ seen;
	struct ptg_unit_ u;

	if (ptg_see_(op, fr, index, ptg_va_(fr, index), &seen) || seen.what != PTG_IS_PAGE_)
		return false;
	ptg_unit_of_(op, fr, index, &seen, &u);
	return u.slots > 1 ? ptg_memo_group_(op, fr, &u) : ptg_memo_learn_(op, fr, seen.e, seen.k);
}

/* Entries from index on, up to n, that are pages, or whole groups of at most so many slots, like the first one. */
static uint64_t map_like(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t n, uint64_t slots)
{
	const struct ptg_memo_ *m = &op->memo;

	if ((!m->valid || m->level != fr->t.level || !ptg_memo_hit_(m, ptg_word_get_(&fr->word[index]))) &&
	    !map_learn(op, fr, index))
		return 0;
	if (m->slots > slots || (index & (m->slots - 1))) /* a page that takes part of a group splits it */
		return 0;
	return ptg_words_like_(&fr->word[index], n, m->fixed, m->value, m->zero) & ~(uint64_t)(m->slots - 1);
}

/* BBM: they go, and hardware forgets them; where it cannot they come back. */
static int map_take(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t n)
{
	uint64_t was[MAP_TAKEN], first = ptg_va_(fr, index), last = ptg_va_(fr, index + n - 1) | ptg_mask_(fr->t.shift), i, e[2];
	int err = PTG_OK;

	for (i = 0; i < n && !err; i++) {
		err = ptg_peek_(op, fr, index + i, e);
		if (!err)
			err = ptg_take_(op, fr, index + i, e);
		was[i] = e[0];
	}
	i -= err != PTG_OK;
	if (!err)
		err = ptg_map_break_(op, fr, first, last);
	while (err && i-- > 0) {
		e[0] = was[i];
		e[1] = 0;
		(void)ptg_bring_(op, fr, index + i, e);
	}
	return err;
}

/*
 * Of `units` pages from va on, of 2^slots_lg2 entries each, as many as replace pages or whole groups that are all alike:
 * made ready for them at once, or 0.
 */
int ptg_map_replaces_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t va, uint64_t units, unsigned slots_lg2, uint64_t *done)
{
	uint64_t index = ptg_at_(op, fr, va), n = ptg_shl_(units, slots_lg2);
	bool breaks = op->bbm && !fr->fresh;

	*done = 0;
	if (n < 2 || !fr->word || fr->broken || fr->passes || !(op->flags & PTG_MAP_REPLACE) || (op->flags & PTG_TABLES_ONLY) ||
	    (breaks && !(op->s->mapper->ops && op->s->mapper->ops->flush)))
		return PTG_OK;
	if (breaks && op->commit && n > MAP_TAKEN)
		n = MAP_TAKEN;
	n = map_like(op, fr, index, n, ptg_shl_(1, slots_lg2));
	*done = ptg_shr_(n, slots_lg2);
	n = ptg_shl_(*done, slots_lg2);
	if (!n || !op->commit)
		return PTG_OK;
	ptg_flush_add_(op, va, va + (ptg_shl_(n, fr->t.shift) - 1), fr->t.shift, fr->t.level, PTG_FLUSH_REPLACED);
	return breaks ? map_take(op, fr, index, n) : PTG_OK;
}

/* BBM: the old entries are gone from the tables; and from hardware before the new ones come. */
int ptg_map_break_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	if (!op->commit || !op->bbm || fr->fresh)
		return PTG_OK;
	return ptg_flush_now_(op, first, last, fr->t.shift, fr->t.level);
}
