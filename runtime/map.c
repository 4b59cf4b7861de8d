/* SPDX-License-Identifier: MIT */
/*
 * map.c - pages into a range, the largest that fit
 *
 * The address of a page and its place in the range move together: what is
 * kept, refused or replaced never shifts what comes after it.
 */
#include "ptg_change.h"

struct map {
	const struct ptg_sg *sg;
	size_t n;
	uint64_t va;
	uint64_t first, pa;      /* of the piece under way */
};

static uint64_t map_pa(const struct ptg_op_ *op, uint64_t va)
{
	const struct map *m = op->arg;

	return m->pa + (va - m->first);
}

static int map_table(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last, unsigned max_lg2);

/* --- leaves ---------------------------------------------------------------------- */

/* `units` pages of 2^lg2 bytes from index on, over what is empty or given up. */
static int map_store(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va,
		     uint64_t units)
{
	uint64_t slots = ptg_shl_(1, lg2 - fr->t.shift), index = ptg_at_(op, fr, va), i, e[2];
	bool own = c->group == PTG_SINGLE_ || c->group == PTG_HINT_;
	int err = ptg_need_(op, fr);

	if (err || !op->commit || (op->flags & PTG_TABLES_ONLY))
		return err;
	ptg_flush_add_(op, va, va + ptg_shl_(units, lg2) - 1, own ? fr->t.shift : lg2, fr->t.level, PTG_FLUSH_NEW);
	if (own && c->step && !op->nonpresent) {
		ptg_choice_entry_(op, c, map_pa(op, va), lg2, e);
		return ptg_fill_(op, fr, index, units * slots, e, c->step);
	}
	for (i = 0; i < (own ? units * slots : units) && !err; i++) {
		uint64_t at = ptg_shl_(i, own ? fr->t.shift : lg2);

		ptg_choice_entry_(op, c, map_pa(op, va + at), lg2, e);
		err = ptg_fill_(op, fr, index + ptg_shr_(at, fr->t.shift), own ? 1 : slots, e, 0);
	}
	return err;
}

/* --- what stands in the way --------------------------------------------------------- */

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

/* A table, empty or to be replaced, is taken out and freed with all below it. */
static int map_drop(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t va, const struct ptg_seen_ *seen)
{
	struct ptg_frame_ child;
	uint64_t tables;
	unsigned n;
	bool flushed;
	int err = map_count(op, fr, index, va, seen, &tables);

	err = err < 0 ? err : ptg_poke_(op, fr, index, fr->empty);
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

/* One slot that a page of this table will take, or share, and that is not empty. */
static int map_clear_slot(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last)
{
	struct ptg_seen_ seen;
	uint64_t va = ptg_va_(fr, index);
	int err = ptg_see_(op, fr, index, va, &seen);

	if (err || seen.what == PTG_IS_EMPTY_)
		return err;
	if (seen.what == PTG_IS_TABLE_)
		return op->commit ? map_drop(op, fr, index, va, &seen) : PTG_OK;
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

/* What the page at these slots may do about what is there: 1 take the place, 0 not, or refuse. */
static int map_judge(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t slots)
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
		case PTG_IS_BAD_:
			return PTG_E_CORRUPT;
		default:
			if (!(op->flags & PTG_MAP_REPLACE))
				return op->flags & PTG_MAP_KEEP ? 0 : PTG_E_EXISTS;
		}
	}
	return 1;
}

/* BBM: the old entries are gone from the tables; and from hardware before the new ones come. */
static int map_break(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	if (!op->commit || !op->bbm || fr->fresh)
		return PTG_OK;
	return ptg_flush_now_(op, first, last, fr->t.shift, fr->t.level);
}

static int map_below(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last);

/* One page's place that is not empty. */
static int map_taken(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_choice_ *c, unsigned lg2, uint64_t va)
{
	uint64_t index = ptg_at_(op, fr, va), slots = ptg_shl_(1, lg2 - fr->t.shift), i;
	uint64_t last = va | ptg_mask_(lg2);
	struct ptg_seen_ seen;
	int r = map_judge(op, fr, index, slots);

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
		do {
			r = map_below(op, fr, va, last);
		} while (r == PTG_AGAIN_);
		return r;
	}
	for (i = index; i < index + slots; i++) {
		r = map_clear_slot(op, fr, i, va, last);
		if (r)
			return r;
	}
	r = map_break(op, fr, va, last);
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
		err = map_taken(op, fr, c, lg2, va);
		va += ptg_shl_(1, lg2);
		units--;
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

/* Part of an entry's span, or all of it where no page of that size may be: one level down. */
static int map_below(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	uint64_t index = ptg_at_(op, fr, first);
	struct ptg_seen_ seen;
	struct ptg_unit_ u;
	int err = ptg_see_(op, fr, index, first, &seen);

	if (err)
		return err;
	if (seen.what == PTG_IS_BAD_)
		return PTG_E_CORRUPT;
	if (seen.what != PTG_IS_TABLE_ && ptg_sibling_(fr))
		return map_sideways(op, fr, &seen, first, last);
	if (seen.what == PTG_IS_TABLE_ || seen.what == PTG_IS_EMPTY_) {
		err = map_into(op, fr, index, &seen, 0, first, last);
		return err == PTG_E_SPLIT && seen.what == PTG_IS_EMPTY_ ? PTG_E_RANGE : err;
	}
	if (!(op->flags & PTG_MAP_REPLACE))
		return op->flags & PTG_MAP_KEEP ? PTG_OK : PTG_E_EXISTS;
	if (!(op->flags & PTG_SPLIT_OK) || seen.what == PTG_IS_SOFT_)
		return PTG_E_SPLIT;
	op->clean = false;
	ptg_unit_of_(op, fr, index, &seen, &u);
	if (u.slots > 1) {
		err = ptg_break_(op, fr, &u);
		return err ? err : PTG_AGAIN_;
	}
	return map_into(op, fr, index, &seen, ptg_last_child_(op, fr), first, last);
}

/* Why nothing can be placed: attributes, an address too large, or a place no page begins at. */
static int map_nowhere(const struct ptg_op_ *op, uint64_t va)
{
	if (op->no_attr)
		return PTG_E_ATTR;
	return (va | map_pa(op, va)) & ptg_mask_(op->smallest_lg2) ? PTG_E_ALIGN : PTG_E_RANGE;
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
			return map_nowhere(op, va);
		err = map_below(op, fr, va, *end);
		return err == PTG_E_UNSUPPORTED && fr->t.level == 0 ? map_nowhere(op, va) : err;
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
static size_t map_piece(const struct map *m, size_t i, uint64_t *len)
{
	uint64_t pa = m->sg[i].pa;

	*len = m->sg[i].len;
	for (i++; i < m->n && m->sg[i].pa == pa + *len && pa + *len + m->sg[i].len > pa; i++)
		*len += m->sg[i].len;
	return i;
}

static int map_pass(struct ptg_op_ *op)
{
	struct map *m = op->arg;
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

/* Without any right the leaves are not present, where the format cannot say "no right" otherwise. */
static int map_rights(struct ptg_op_ *op, const struct ptg_attrs *a, struct ptg_attrs *some)
{
	const uint32_t six = PTG_UR | PTG_UW | PTG_UX | PTG_SR | PTG_SW | PTG_SX;
	const struct ptg_kind *k = ptg_page_kind_(op->s, op->smallest_lg2);
	uint64_t e[2];
	unsigned why;

	op->a = a;
	if (!k || (a->rights & a->care & six) || (a->care & six) != six || !ptg_template_(op->s, k, a, e, &why))
		return PTG_OK;
	some->rights = a->rights;
	some->care = a->care & ~six;
	some->memtype = a->memtype;
	some->key = a->key;
	some->soft = a->soft;
	if (ptg_template_(op->s, k, some, e, &why))
		return PTG_OK; /* the refusal will name the reason */
	if (ptg_hide_(op->s, k->level, k, e))
		return PTG_E_ATTR;
	op->a = some;
	op->nonpresent = true;
	return PTG_OK;
}

static int map_pieces(struct ptg_space *s, struct map *m, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		      struct ptg_flush *f)
{
	struct ptg_attrs some;
	struct ptg_op_ op;
	int err = ptg_op_begin_(&op, s, flags, f);

	if (err)
		return err;
	op.arg = m;
	err = map_rights(&op, a, &some);
	if (err)
		return err;
	ptg_choices_(&op);
	err = ptg_op_run_(&op, map_pass);
	if (!err && (op.flags & PTG_COLLAPSE_OK))
		(void)ptg_collapse_(s, m->va, m->va + (len - 1), true, flags, f);
	return err;
}

int ptg_map_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	     struct ptg_flush *f)
{
	struct ptg_sg sg = { pa, len };
	struct map m = { &sg, 1, va, va, pa };

	return map_pieces(s, &m, len, a, flags, f);
}

/* --- public ----------------------------------------------------------------------------------- */

#define MAP_FLAGS (PTG_MAP_REPLACE | PTG_MAP_KEEP | PTG_SPLIT_OK | PTG_COLLAPSE_OK | PTG_NO_LARGE | PTG_NO_CONTIG | \
		   PTG_STREAM | PTG_KEEP_TABLES | PTG_TABLES_ONLY | PTG_QUIET)

static int map_args(const struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
		    unsigned flags)
{
	uint64_t last;

	if (!s || !s->format || !s->mapper || !a || (flags & ~(unsigned)MAP_FLAGS))
		return PTG_E_ARG;
	if ((flags & PTG_MAP_REPLACE) && (flags & PTG_MAP_KEEP))
		return PTG_E_ARG;
	if (len && pa + (len - 1) < pa)
		return PTG_E_ARG;
	if (pa & ptg_mask_(ptg_smallest_lg2_(s)))
		return len && va + (len - 1) >= va ? PTG_E_ALIGN : PTG_E_ARG;
	return ptg_args_(s, va, len, &last);
}

int ptg_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	    struct ptg_flush *f)
{
	int err = map_args(s, va, pa, len, a, flags);

	if (err)
		return err;
	if (s->walker && s->walker->map)
		return s->walker->map(s, va, pa, len, a, flags, f);
	return ptg_map_(s, va, pa, len, a, flags, f);
}

int ptg_map_sg(struct ptg_space *s, uint64_t va, const struct ptg_sg *sg, size_t n, const struct ptg_attrs *a,
	       unsigned flags, struct ptg_flush *f)
{
	struct map m = { sg, n, va, va, 0 };
	uint64_t len = 0, at;
	size_t i;
	int err;

	if (!sg || !n)
		return PTG_E_ARG;
	for (i = 0; i < n; i++) {
		at = va + len;
		err = at < va ? PTG_E_ARG : map_args(s, at, sg[i].pa, sg[i].len, a, flags);
		if (err)
			return err;
		len += sg[i].len;
	}
	err = map_args(s, va, 0, len, a, flags);
	return err ? err : map_pieces(s, &m, len, a, flags, f);
}

int ptg_plan_map(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t pa, unsigned flags, struct ptg_need *need)
{
	static const struct ptg_attrs any = { 0, 0, 0, 0, 0 };
	struct ptg_flush f;
	struct ptg_sg sg = { pa, len };
	struct map m = { &sg, 1, va, va, pa };
	struct ptg_op_ op;
	unsigned i;
	int err = need ? map_args(s, va, pa, len, &any, flags) : PTG_E_ARG;

	if (err)
		return err;
	f.table = NULL;
	f.table_cap = f.table_count = f.left = 0;
	err = ptg_op_begin_(&op, s, flags, &f);
	if (err)
		return err;
	op.arg = &m;
	ptg_choices_(&op);
	err = map_pass(&op);
	for (i = 0; i < 8; i++)
		((volatile uint32_t *)need->tables)[i] = err ? 0 : op.pool[i].want;
	return err;
}
