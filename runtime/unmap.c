/* SPDX-License-Identifier: MIT */
/*
 * unmap.c - taking pages away, and the tables that become empty
 */
#include "ptg_change.h"

struct unmap {
	uint64_t first, last;    /* the range */
};

/* --- pages --------------------------------------------------------------------- */

static int unmap_page(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered)
{
	unsigned own = u->group == PTG_HINT_ ? fr->t.shift : u->lg2;
	uint64_t i;
	int err;

	if (op->flags & PTG_TABLES_ONLY) {
		fr->kept = true;
		return PTG_OK;
	}
	if (!covered)
		return op->flags & PTG_SPLIT_OK ? PTG_CUT_ : PTG_E_SPLIT;
	err = ptg_need_(op, fr);
	if (err || !op->commit)
		return err;
	ptg_flush_add_(op, u->first, u->last, own, fr->t.level, PTG_FLUSH_DOWN);
	if (op->fmt->levels[fr->t.level].entry_lg2 == 4)
		return ptg_poke_(op, fr, u->index, fr->empty);
	err = ptg_fill_(op, fr, u->index, u->slots, fr->empty, 0);
	for (i = 0; err && i < u->slots && u->slots > 1; i++) /* half a group is worse than a second try */
		(void)ptg_bring_(op, fr, u->index + i, fr->empty);
	return err;
}

static int unmap_soft(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2], bool covered)
{
	int err;

	(void)e;
	if (op->flags & PTG_TABLES_ONLY) {
		fr->kept = true;
		return PTG_OK;
	}
	if (!covered)
		return op->flags & PTG_SPLIT_OK ? PTG_CUT_ : PTG_E_SPLIT;
	err = ptg_need_(op, fr);
	return err || !op->commit ? err : ptg_poke_(op, fr, index, fr->empty);
}

/* The entry at which a run stopped may be the first of many. */
static void unmap_learn(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index)
{
	struct ptg_seen_ seen;

	if (!ptg_see_(op, fr, index, ptg_va_(fr, index), &seen) && seen.what == PTG_IS_PAGE_)
		(void)ptg_memo_learn_(op, fr, seen.e, seen.k);
}

/* What hardware may see of these entries, and what it should. */
static void unmap_clear(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t n)
{
	ptg_flush_add_(op, ptg_va_(fr, index), ptg_va_(fr, index + n - 1) | ptg_mask_(fr->t.shift), fr->t.shift,
		       fr->t.level, PTG_FLUSH_DOWN);
	(void)ptg_fill_(op, fr, index, n, fr->empty, 0); /* words: cannot fail */
}

/* Nothing but pages can be at this level; `single`: of one entry each. */
static bool unmap_pages_only(const struct ptg_op_ *op, unsigned level, bool single)
{
	const struct ptg_level *l = &op->fmt->levels[level];
	unsigned i;

	for (i = 0; i < l->row_count; i++) {
		const struct ptg_kind *k = &op->fmt->kinds[op->fmt->rows[l->row_first + i].kind];

		if (k->role == PTG_ROLE_TABLE || (single && k->role == PTG_ROLE_PAGE && (k->napot || k->repeat_lg2 || k->contig_lg2)))
			return false;
	}
	return true;
}

/* Pages of a kind already known, and empty entries, in a plain table. */
static int unmap_run(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t i = index, n;
	bool known = m->valid && m->level == fr->t.level;

	if (!fr->word || fr->passes || (op->flags & PTG_TABLES_ONLY))
		return PTG_OK;
	if (op->commit && known && unmap_pages_only(op, fr->t.level, true)) { /* the first pass has seen that they are good */
		i += ptg_words_like_(fr->word + i, last - i + 1, ~(uint64_t)0, fr->empty[0], 0);
		if (i <= last)
			unmap_clear(op, fr, i, last - i + 1);
		*done = last - index + 1;
		return PTG_OK;
	}
	while (i <= last) {
		n = ptg_words_like_(fr->word + i, last - i + 1, ~(uint64_t)0, fr->empty[0], 0);
		i += n;
		if (i > last || !known)
			break;
		n = ptg_words_like_(fr->word + i, last - i + 1, m->fixed, m->value, m->zero);
		if (!n)
			break;
		if (op->commit)
			unmap_clear(op, fr, i, n);
		i += n;
	}
	*done = i - index;
	if (i <= last)
		unmap_learn(op, fr, i);
	return PTG_OK;
}

/* --- tables -------------------------------------------------------------------------- */

/* Whether the table holds nothing, when from..to are known to be empty: neighbours first. */
static int unmap_emptied(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t from, uint64_t to)
{
	uint64_t e[2], i;
	int err;

	for (i = to + 1; i <= fr->hi; i++) {
		err = ptg_peek_(op, fr, i, e);
		if (err)
			return err;
		if (!ptg_same_(e, fr->empty))
			return 0;
	}
	for (i = from; i-- > fr->lo;) {
		err = ptg_peek_(op, fr, i, e);
		if (err)
			return err;
		if (!ptg_same_(e, fr->empty))
			return 0;
	}
	return 1;
}

static bool unmap_neighbour(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t from)
{
	uint64_t e[2];

	return from > fr->lo && !ptg_peek_(op, fr, from - 1, e) && !ptg_same_(e, fr->empty);
}

/* Only tables of the size that ptg_flush_done() will give back. */
static bool unmap_plain_size(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	const struct ptg_level *l = &op->fmt->levels[fr->t.level];

	return fr->t.index_lg2 == l->width && fr->lo == 0 && fr->hi == ptg_mask_(fr->t.index_lg2);
}

static int unmap_unlink(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	struct ptg_frame_ *up = fr->up;
	uint64_t now[2], without[2], first = fr->base, bytes = ptg_bytes_(fr);
	int err = ptg_peek_(op, up, fr->up_index, now);

	if (err)
		return err;
	ptg_unlink_value_(op, up, now, fr->alternative, without);
	err = ptg_poke_(op, up, fr->up_index, without);
	if (err)
		return err;
	ptg_flush_add_(op, first, first | ptg_mask_(fr->t.shift + fr->t.index_lg2), fr->t.shift, up->t.level,
		       PTG_FLUSH_TABLE);
	ptg_detach_(op, fr);
	err = ptg_flush_table_(op, fr->t.pa, bytes, fr->t.level, false);
	if (err)
		(void)ptg_bring_(op, up, fr->up_index, now);
	return err;
}

static int unmap_leave(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t from, uint64_t to)
{
	int r;

	if (!op->commit || !unmap_plain_size(op, fr)) {
		fr->kept = true;
		return PTG_OK;
	}
	if (op->flags & PTG_KEEP_TABLES) {
		fr->kept = true;
		return PTG_OK;
	}
	if (fr->kept) {
		/* Something in the range stayed: the whole table has to be looked at. */
		from = fr->lo;
		r = unmap_emptied(op, fr, from, from - 1);
	} else {
		r = unmap_neighbour(op, fr, from) ? 0 : unmap_emptied(op, fr, from, to);
	}
	if (r < 0)
		return r;
	fr->kept = true;
	if (!r)
		return PTG_OK;
	if (!ptg_flush_room_(op, 1)) {
		op->f->left++;
		return PTG_OK;
	}
	fr->kept = false;
	return unmap_unlink(op, fr);
}

/* --- many tables alike ----------------------------------------------------------------- */

/* Nothing but pages that the memo knows, and empty entries. */
static bool unmap_plain(struct ptg_op_ *op, const ptg_word64_ *w, uint64_t n, uint64_t empty)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t i = 0, from;

	do {
		from = i;
		i += ptg_words_like_(w + i, n - i, m->fixed, m->value, m->zero);
		i += ptg_words_like_(w + i, n - i, ~(uint64_t)0, empty, 0);
	} while (i < n && i > from);
	return i == n;
}

/*
 * All of one table: out of the tree, whatever it holds, or cleared where it is to stay.  The first
 * pass has seen that all of it is good; groups are within a table.
 */
static int unmap_whole(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_bulk_ *t)
{
	uint64_t first = ptg_va_(fr, t->index), last = first | ptg_mask_(fr->t.shift), old[2] = { t->e, 0 };
	unsigned lg2 = op->fmt->levels[t->level].shift;
	int err;

	if (op->flags & PTG_KEEP_TABLES) {
		fr->kept = true;
		if (ptg_words_like_(t->word, t->n, ~(uint64_t)0, op->empty[t->level][0], 0) == t->n)
			return PTG_OK;
		ptg_words_fill_(t->word, t->n, op->empty[t->level][0], 0, false);
		ptg_sync_(op, t->pa, t->bytes);
		ptg_flush_add_(op, first, last, lg2, t->level, PTG_FLUSH_DOWN);
		return PTG_OK;
	}
	err = ptg_poke_(op, fr, t->index, fr->empty);
	if (err)
		return err;
	ptg_flush_add_(op, first, last, lg2, fr->t.level, PTG_FLUSH_TABLE);
	ptg_flush_add_(op, first, last, lg2, t->level, PTG_FLUSH_DOWN);
	err = ptg_flush_table_(op, t->pa, t->bytes, t->level, false);
	if (err)
		(void)ptg_bring_(op, fr, t->index, old);
	return err;
}

static int unmap_table(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_bulk_ *t)
{
	if (!t->word)
		return PTG_OK;
	if (!op->commit)
		return !unmap_plain(op, t->word, t->n, op->empty[t->level][0]);
	if (!(op->flags & PTG_KEEP_TABLES) && !ptg_flush_room_(op, 1))
		return 1;
	return unmap_whole(op, fr, t);
}

static int unmap_tables(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	if ((op->flags & PTG_TABLES_ONLY) || !op->memo.valid || !unmap_pages_only(op, op->memo.level, false))
		return PTG_OK;
	return ptg_bulk_(op, fr, index, last, done, unmap_table);
}

/* --- the operation ----------------------------------------------------------------------- */

static const struct ptg_act_ unmap_act = {
	.page = unmap_page,
	.soft = unmap_soft,
	.run = unmap_run,
	.tables = unmap_tables,
	.leave = unmap_leave,
	.all = true,
};

static int unmap_pass(struct ptg_op_ *op)
{
	const struct unmap *u = op->arg;

	return ptg_tour_pass_(op, u->first, u->last);
}

int ptg_unmap_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	struct unmap u = { va, va + (len - 1) };
	struct ptg_op_ op;
	int err = ptg_op_begin_(&op, s, flags, f);

	if (err)
		return err;
	op.act = &unmap_act;
	op.arg = &u;
	return ptg_op_run_(&op, unmap_pass);
}

static int unmap_args(const struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags)
{
	const unsigned known = PTG_SPLIT_OK | PTG_SKIP_HOLES | PTG_KEEP_TABLES | PTG_TABLES_ONLY | PTG_QUIET |
			       PTG_NO_LARGE | PTG_NO_CONTIG;
	uint64_t last;

	return flags & ~known ? PTG_E_ARG : ptg_args_(s, va, len, &last);
}

/* One page straight, or by the walker as a range, which one page that is not so simple is not taken for. */
int ptg_unmap_any_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	int err;

	if (ptg_unmap_straight_(s, va, len, flags, f))
		return PTG_OK;
	err = unmap_args(s, va, len, flags);
	if (err)
		return err;
	if (s->walker && s->walker->unmap && !ptg_is_one_(s, len))
		return s->walker->unmap(s, va, len, flags, f);
	return ptg_unmap_(s, va, len, flags, f);
}

int ptg_unmap(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	if (PTG_LIKELY(s && s->walker && s->walker->unmap_one))
		return s->walker->unmap_one(s, va, len, flags, f);
	return s ? ptg_unmap_any_(s, va, len, flags, f) : PTG_E_ARG;
}
