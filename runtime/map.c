/* SPDX-License-Identifier: MIT */
/*
 * map.c - pages into a range, the largest that fit
 *
 * The address of a page and its place in the range move together: what is
 * kept, refused or replaced never shifts what comes after it.
 */
#include "ptg_change.h"

static uint64_t map_pa(const struct ptg_op_ *op, uint64_t va)
{
	const struct ptg_pieces_ *m = op->arg;

	return m->pa + (va - m->first);
}

static int map_table(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last, unsigned max_lg2);

/* --- leaves ---------------------------------------------------------------------- */

/* Looking: a page that says what is asked for must be able to have it, below tables that somebody else may have made. */
static int map_granted(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_choice_ *c)
{
	if (!fr->narrow || op->nonpresent || (op->flags & PTG_TABLES_ONLY))
		return PTG_OK;
	return ptg_grants_(op, fr, c->k, c->e);
}

static bool map_single(const struct ptg_choice_ *c)
{
	return c->group == PTG_SINGLE_ || c->group == PTG_HINT_;
}

/* Pages of several equal entries, whose address is a plain sum: `units` times `slots` words. */
static bool map_put_groups(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
			   uint64_t units, uint64_t slots)
{
	uint64_t index = ptg_at_(op, fr, va), e[2], next[2], last[2], step;

	if (!fr->word || !c->k->addr_simple || op->nonpresent)
		return false;
	ptg_choice_entry_(op, c, map_pa(op, va), lg2, e);
	ptg_choice_entry_(op, c, map_pa(op, va + ptg_shl_(1, lg2)), lg2, next);
	ptg_choice_entry_(op, c, map_pa(op, va + ptg_shl_(units - 1, lg2)), lg2, last);
	step = next[0] - e[0];
	if (last[0] != e[0] + (units - 1) * step)
		return false;
	ptg_words_groups_(fr->word + index, units, slots, e[0], step, fr->fresh && (op->flags & PTG_STREAM));
	if (!fr->fresh)
		ptg_sync_(op, ptg_entry_pa_(op->s, &fr->t, index), 8 * units * slots);
	return true;
}

/* `units` pages of 2^lg2 bytes from va on. */
static int map_put(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
		   uint64_t units)
{
	uint64_t slots = ptg_shl_(1, lg2 - fr->t.shift), index = ptg_at_(op, fr, va), i, e[2];
	bool own = map_single(c);
	int err = PTG_OK;

	if (own && c->step && !op->nonpresent) {
		ptg_choice_entry_(op, c, map_pa(op, va), lg2, e);
		return ptg_fill_(op, fr, index, units * slots, e, c->step);
	}
	if (!own && units > 1 && map_put_groups(op, fr, c, lg2, va, units, slots))
		return PTG_OK;
	for (i = 0; i < (own ? units * slots : units) && !err; i++) {
		uint64_t at = ptg_shl_(i, own ? fr->t.shift : lg2);

		ptg_choice_entry_(op, c, map_pa(op, va + at), lg2, e);
		err = ptg_fill_(op, fr, index + ptg_shr_(at, fr->t.shift), own ? 1 : slots, e, 0);
	}
	return err;
}

/* Entry i of the page or group at va. */
static void map_member(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
		       uint64_t i, uint64_t e[2])
{
	bool own = c->group == PTG_HINT_;

	ptg_choice_entry_(op, c, map_pa(op, va + (own ? ptg_shl_(i, fr->t.shift) : 0)), lg2, e);
}

/* How many entries of the group at va have been written. */
static uint64_t map_written(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va)
{
	uint64_t slots = ptg_shl_(1, lg2 - fr->t.shift), index = ptg_at_(op, fr, va), i, e[2], want[2];

	for (i = 0; i < slots; i++) {
		map_member(op, fr, c, lg2, va, i, want);
		if (ptg_peek_(op, fr, index + i, e) && ptg_peek_(op, fr, index + i, e))
			break;
		if (((e[0] ^ want[0]) & ~(c->k->accessed_mask | c->k->dirty_mask)) || e[1] != want[1])
			break;
	}
	return i;
}

/* A store failed: the groups before are there, of the one under way nothing stays. */
static int map_torn(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
		    uint64_t units, int err)
{
	uint64_t slots = ptg_shl_(1, lg2 - fr->t.shift), n;

	if (fr->fresh)
		return err;
	for (; units; units--, va += ptg_shl_(1, lg2)) {
		n = map_written(op, fr, c, lg2, va);
		if (n == slots)
			continue;
		if (n)
			ptg_flush_add_(op, va, va | ptg_mask_(lg2), fr->t.shift, fr->t.level, PTG_FLUSH_DOWN);
		while (n-- > 0)
			(void)ptg_bring_(op, fr, ptg_at_(op, fr, va) + n, fr->empty);
		break;
	}
	return err;
}

/* The same over what is empty or given up. */
static int map_store(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
		     uint64_t units)
{
	int err = ptg_need_(op, fr);

	if (!err && !op->commit)
		err = map_granted(op, fr, c);
	if (err || !op->commit || (op->flags & PTG_TABLES_ONLY))
		return err;
	ptg_flush_add_(op, va, va + ptg_shl_(units, lg2) - 1, map_single(c) ? fr->t.shift : lg2, fr->t.level, PTG_FLUSH_NEW);
	err = map_put(op, fr, c, lg2, va, units);
	return err && lg2 > fr->t.shift ? map_torn(op, fr, c, lg2, va, units, err) : err;
}

/* One page where tables are: each of its entries takes its place in one store, and nothing is unmapped meanwhile. */
static int map_over(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va)
{
	uint64_t slots = ptg_shl_(1, lg2 - fr->t.shift), index = ptg_at_(op, fr, va), i, e[2];
	int err = PTG_OK;

	ptg_flush_add_(op, va, va | ptg_mask_(lg2), map_single(c) ? fr->t.shift : lg2, fr->t.level, PTG_FLUSH_NEW);
	for (i = 0; i < slots && !err; i++) {
		map_member(op, fr, c, lg2, va, i, e);
		err = ptg_map_over_(op, fr, index + i, e);
	}
	return err && slots > 1 ? map_torn(op, fr, c, lg2, va, 1, err) : err;
}

/* --- runs ----------------------------------------------------------------------- */

static int map_below(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t *last);

/* Into the table that is there, however often another mapper is faster. */
static int map_all_below(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	uint64_t end;
	int err;

	for (;;) {
		end = last;
		err = map_below(op, fr, first, &end);
		if (err == PTG_AGAIN_)
			continue;
		if (err || end >= last)
			return err;
		first = end + 1;
	}
}

/* One page's place that is not empty. */
static int map_taken(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va)
{
	uint64_t index = ptg_at_(op, fr, va), slots = ptg_shl_(1, lg2 - fr->t.shift), i;
	uint64_t last = va | ptg_mask_(lg2);
	struct ptg_seen_ seen;
	bool tables = false;
	int r = ptg_map_judge_(op, fr, index, slots);

	if (r < 0)
		return r;
	if (r == 0) {
		if (slots > 1) /* a group of which something stays */
			return map_table(op, fr, va, last, lg2 - 1);
		r = ptg_see_(op, fr, index, va, &seen);
		if (r)
			return r;
		if (seen.what != PTG_IS_TABLE_)
			return PTG_OK;
		return map_all_below(op, fr, va, last);
	}
	for (i = index; i < index + slots; i++) {
		r = ptg_map_clear_(op, fr, i, va, last, &tables);
		if (r)
			return r;
	}
	if (tables)
		return map_over(op, fr, c, lg2, va);
	r = ptg_map_break_(op, fr, va, last);
	return r ? r : map_store(op, fr, c, lg2, va, 1);
}

/* A page that hides what another table has for the same addresses. */
static int map_hiding(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va)
{
	uint64_t last = va | ptg_mask_(lg2);
	int err = PTG_OK;

	op->clean = false;
	if (!(op->flags & PTG_MAP_REPLACE)) {
		if (!(op->flags & PTG_MAP_KEEP))
			return PTG_E_EXISTS;
		return map_table(op, fr, va, last, lg2 - 1);
	}
	err = map_taken(op, fr, c, lg2, va);
	if (err || !op->commit || (op->flags & PTG_TABLES_ONLY))
		return err;
	ptg_flush_add_(op, va, last, op->smallest_lg2, fr->t.level, PTG_FLUSH_REPLACED);
	err = ptg_beneath_(op, fr, va, last, true);
	return err < 0 ? err : PTG_OK;
}

/* Pages of one size, where each may hide something. */
static int map_run_hiding(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2,
			  uint64_t va, uint64_t units)
{
	int r = PTG_OK;

	for (; units && r >= 0; units--, va += ptg_shl_(1, lg2)) {
		r = ptg_beneath_(op, fr, va, va | ptg_mask_(lg2), false);
		if (r >= 0)
			r = r ? map_hiding(op, fr, c, lg2, va) : map_taken(op, fr, c, lg2, va);
	}
	return r < 0 ? r : PTG_OK;
}

/* Pages of one size, one after the other. */
static int map_run(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
		   uint64_t units)
{
	uint64_t index, slots = ptg_shl_(1, lg2 - fr->t.shift), n, e[2];
	int err = PTG_OK;

	if (fr->passes)
		return map_run_hiding(op, fr, c, lg2, va, units);
	if (fr->deep && ptg_map_alike_(op, fr)) /* tables, all of them, which stay: those below are not of this size */
		return ptg_map_below_alike_(op, fr, va, va + ptg_shl_(units, lg2) - 1, map_all_below);
	if (fr->source == PTG_NEW_ || (op->commit && op->clean))
		return map_store(op, fr, c, lg2, va, units);
	while (units && !err) {
		index = ptg_at_(op, fr, va);
		n = 0;
		if (fr->word && !fr->broken)
			n = ptg_words_like_(fr->word + index, units * slots, ~(uint64_t)0, fr->empty[0], 0);
		for (; n < units * slots; n++) {
			err = ptg_peek_(op, fr, index + n, e);
			if (err || !ptg_same_(e, fr->empty))
				break;
		}
		n = ptg_shr_(n, lg2 - fr->t.shift);
		if (n && !err)
			err = map_store(op, fr, c, lg2, va, n);
		va += ptg_shl_(n, lg2);
		units -= n;
		if (!units || err)
			break;
		op->clean = false;
		err = ptg_map_replaces_(op, fr, va, units, lg2 - fr->t.shift, &n);
		if (!err)
			err = n ? map_store(op, fr, c, lg2, va, n) : map_taken(op, fr, c, lg2, va);
		n += !n;
		va += ptg_shl_(n, lg2);
		units -= n;
	}
	return err;
}

/* --- tables ------------------------------------------------------------------------------ */

static int map_into(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen,
		    unsigned alternative, uint64_t first, uint64_t last)
{
	struct ptg_frame_ child;
	int err = ptg_open_(op, fr, index, first, seen, alternative, &child);

	if (err)
		return err;
	/* Another mapper may have linked the table, and not told the walker yet. */
	if (op->commit && op->live && child.source == PTG_REAL_ && fr->there)
		ptg_sync_(op, ptg_entry_pa_(op->s, &fr->t, index), ptg_shl_(1, fr->entry_lg2));
	err = map_table(op, &child, first, last, 64);
	return ptg_close_(op, &child, err);
}

/* No page here, no table below: the next alternative of the entry above. */
static int map_sideways(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_seen_ *seen, uint64_t first,
			uint64_t last)
{
	struct ptg_seen_ above;
	int err = ptg_see_(op, fr->up, fr->up_index, first, &above);

	if (err)
		return err;
	if (seen->what == PTG_IS_PAGE_ || seen->what == PTG_IS_SOFT_) {
		struct ptg_unit_ u;

		if (!(op->flags & PTG_MAP_REPLACE))
			return op->flags & PTG_MAP_KEEP ? PTG_OK : PTG_E_EXISTS;
		if (!(op->flags & PTG_SPLIT_OK) || seen->what == PTG_IS_SOFT_)
			return PTG_E_SPLIT;
		op->clean = false;
		ptg_unit_of_(op, fr, ptg_at_(op, fr, first), seen, &u);
		err = ptg_sideways_(op, fr, &u);
		if (!err)
			err = ptg_see_(op, fr->up, fr->up_index, first, &above);
		if (err)
			return err;
	}
	return map_into(op, fr->up, fr->up_index, &above, fr->alternative + 1u, first, last);
}

/* Why nothing can be placed in this table: attributes, an address too large, or a place no page begins at. */
static int map_nowhere(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va)
{
	if (ptg_refused_(op, fr->t.level))
		return PTG_E_ATTR;
	return (va | map_pa(op, va)) & ptg_mask_(op->smallest_lg2) ? PTG_E_ALIGN : PTG_E_RANGE;
}

/* Part of an entry's span, or all of it where no page of that size may be: one level down, up to *last or less. */
static int map_below(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t *last)
{
	uint64_t index = ptg_at_(op, fr, first);
	struct ptg_seen_ seen;
	struct ptg_unit_ u;
	int err = ptg_see_(op, fr, index, first, &seen);

	if (err)
		return err;
	if (seen.what == PTG_IS_BAD_)
		return PTG_E_CORRUPT;
	if (seen.what == PTG_IS_GAP_)
		return PTG_E_RANGE;
	if (seen.what == PTG_IS_TABLE_ && seen.k->next_count <= 1 && !fr->one)
		*last = ptg_covered_(&seen.below, first, *last);
	if (seen.what != PTG_IS_TABLE_ && ptg_sibling_(fr))
		return map_sideways(op, fr, &seen, first, *last);
	if (seen.what == PTG_IS_TABLE_ || seen.what == PTG_IS_EMPTY_) {
		err = map_into(op, fr, index, &seen, 0, first, *last);
		return err == PTG_E_SPLIT && seen.what == PTG_IS_EMPTY_ ? map_nowhere(op, fr, first) : err;
	}
	if (!(op->flags & PTG_MAP_REPLACE))
		return op->flags & PTG_MAP_KEEP ? PTG_OK : PTG_E_EXISTS;
	if (!(op->flags & PTG_SPLIT_OK))
		return PTG_E_SPLIT;
	op->clean = false;
	u.slots = 1;
	if (seen.what == PTG_IS_PAGE_)
		ptg_unit_of_(op, fr, index, &seen, &u);
	if (u.slots > 1) {
		err = ptg_break_(op, fr, &u);
		return err ? err : PTG_AGAIN_;
	}
	return map_into(op, fr, index, &seen, ptg_last_child_(op, fr), first, *last);
}

/* --- many tables alike ------------------------------------------------------------------ */

/* Entries from index on, at most `most`, that are empty. */
static uint64_t map_empties(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t most)
{
	uint64_t n = 0, e[2];

	if (fr->source == PTG_NEW_)
		return most;
	if (fr->word && !fr->broken)
		return ptg_words_like_(fr->word + index, most, ~(uint64_t)0, fr->empty[0], 0);
	while (n < most && !ptg_peek_(op, fr, index + n, e) && ptg_same_(e, fr->empty))
		n++;
	return n;
}

/* New tables, each filled from end to end with pages of one size; *done of them. */
static int map_full_tables(struct ptg_op_ *op, struct ptg_frame_ *child, const struct ptg_choice_ *c, unsigned lg2,
			   uint64_t n, uint64_t *done)
{
	uint64_t units = ptg_shl_(1, child->t.shift + child->t.index_lg2 - lg2);
	int err;

	for (*done = 0; *done < n; ++*done) {
		if (*done)
			ptg_next_(child);
		child->full = true;
		err = ptg_need_(op, child);
		if (!err)
			err = map_put(op, child, c, lg2, child->va, units);
		err = ptg_close_(op, child, err);
		if (err)
			return err;
	}
	return PTG_OK;
}

/*
 * A run of entries whose spans are to be mapped whole by pages of the table below,
 * and which have none yet.  PTG_CUT_: not that case; else *end is where it got to.
 */
static int map_bulk(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t va, uint64_t last, uint64_t *end)
{
	uint64_t in = ptg_mask_(fr->t.shift), index = ptg_at_(op, fr, va), n, done, run;
	const struct ptg_choice_ *c;
	struct ptg_frame_ child;
	struct ptg_seen_ seen;
	unsigned lg2;
	int err;

	if (fr->one || fr->source == PTG_SPLIT_ || fr->passes || fr->t.shift > 63 || (va & in) || last - va < in ||
	    op->nonpresent || (op->flags & PTG_TABLES_ONLY))
		return PTG_CUT_;
	n = ptg_shr_(last - va, fr->t.shift) + (((last - va) & in) == in);
	if (n > fr->hi - index + 1)
		n = fr->hi - index + 1;
	if (!map_empties(op, fr, index, 1)) /* all that are, only when it is sure that they will be used */
		return PTG_CUT_;
	seen.e[0] = fr->empty[0];
	seen.e[1] = fr->empty[1];
	seen.k = NULL;
	seen.what = PTG_IS_EMPTY_;
	seen.pass = false;
	err = ptg_open_(op, fr, index, va, &seen, 0, &child);
	if (err || child.children > 1 || child.one || child.t.shift + child.t.index_lg2 != fr->t.shift || child.lo ||
	    child.hi != ptg_mask_(child.t.index_lg2))
		return PTG_CUT_;
	c = ptg_pick_(op, &child, va, va + in, map_pa(op, va), fr->t.shift, &lg2);
	if (!c || (map_single(c) ? !c->step : !c->k->addr_simple))
		return PTG_CUT_;
	n = map_empties(op, fr, index, n);
	run = va + ptg_shl_(n - 1, fr->t.shift) + in;
	c = ptg_pick_(op, &child, va, run, map_pa(op, va), fr->t.shift, &lg2);
	if (!c)
		return PTG_CUT_;
	*end = run;
	if (!op->commit) {
		err = ptg_need_(op, &child);
		if (!err)
			err = map_granted(op, &child, c);
		if (!err)
			err = ptg_pool_more_(op, child.t.level, n - 1);
		op->pool[child.t.level].counted = child.base + ptg_shl_(n - 1, fr->t.shift);
		return err;
	}
	err = map_full_tables(op, &child, c, lg2, n, &done);
	if (done) {
		*end = va + ptg_shl_(done - 1, fr->t.shift) + in;
		ptg_flush_add_(op, va, *end, map_single(c) ? child.t.shift : lg2, child.t.level, PTG_FLUSH_NEW);
	}
	return err == PTG_AGAIN_ && done ? PTG_OK : err;
}

static int map_step(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t va, uint64_t last, unsigned max_lg2,
		    uint64_t *end)
{
	uint64_t run_last, limit = fr->base | ptg_mask_(fr->t.shift + fr->t.index_lg2);
	const struct ptg_choice_ *c = NULL;
	unsigned lg2;
	int err;

	*end = fr->one || fr->t.shift > 63 ? last : va | ptg_mask_(fr->t.shift);
	if (*end > last)
		*end = last;
	if (ptg_at_(op, fr, va) < fr->lo || ptg_at_(op, fr, va) > fr->hi)
		return PTG_E_RANGE;
	if (!fr->one)
		c = ptg_pick_(op, fr, va, last, map_pa(op, va), max_lg2, &lg2);
	if (!c) {
		if (fr->t.level == 0 && !ptg_sibling_(fr))
			return map_nowhere(op, fr, va);
		err = map_bulk(op, fr, va, last, end);
		if (err != PTG_CUT_)
			return err;
		if (ptg_map_none_(op, fr, va, map_pa(op, va), last, max_lg2, end))
			return ptg_map_below_alike_(op, fr, va, *end, map_all_below);
		err = map_below(op, fr, va, end);
		return err == PTG_E_UNSUPPORTED && fr->t.level == 0 ? map_nowhere(op, fr, va) : err;
	}
	run_last = ptg_larger_(op, fr, va, map_pa(op, va), lg2);
	if (run_last > last)
		run_last = last;
	if (run_last > limit)
		run_last = limit;
	*end = va + ptg_shl_(ptg_shr_(run_last - va, lg2) + (((run_last - va) & ptg_mask_(lg2)) == ptg_mask_(lg2)), lg2) - 1;
	if (ptg_at_(op, fr, *end) > fr->hi)
		return PTG_E_RANGE;
	return map_run(op, fr, c, lg2, va, ptg_shr_(*end - va, lg2) + 1);
}

static int map_table(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last, unsigned max_lg2)
{
	uint64_t end;
	int err;

	for (;;) {
		err = map_step(op, fr, first, last, max_lg2, &end);
		if (err == PTG_AGAIN_)
			continue;
		if (err || end >= last)
			return err;
		first = end + 1;
	}
}

static int map_root(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	return map_table(op, fr, first, last, 64);
}

/* --- the operation --------------------------------------------------------------------------- */

/* Pieces that follow each other in memory are one. */
static size_t map_piece(const struct ptg_pieces_ *m, size_t i, uint64_t *len)
{
	uint64_t pa = m->sg[i].pa;

	*len = m->sg[i].len;
	for (i++; i < m->n && m->sg[i].pa == pa + *len && pa + *len + m->sg[i].len > pa; i++)
		*len += m->sg[i].len;
	return i;
}

int ptg_map_pass_(struct ptg_op_ *op)
{
	struct ptg_pieces_ *m = op->arg;
	uint64_t va = m->va, len;
	size_t i, next;
	int err = PTG_OK;

	for (i = 0; i < m->n && !err; i = next, va += len) {
		next = map_piece(m, i, &len);
		m->first = va;
		m->pa = m->sg[i].pa;
		err = ptg_op_roots_(op, va, va + (len - 1), map_root);
	}
	return err;
}
