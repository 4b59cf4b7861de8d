/* SPDX-License-Identifier: MIT */
/*
 * subtree.c - what a large page is split into
 *
 * A table of pages of the next size; or, where the space has none of that size, a
 * whole tree: every entry leads to a table of smaller pages, all of them made
 * before the first is linked.  A page that is not present, but keeps its address,
 * becomes pages of the same sort.
 */
#include "ptg_change.h"

/* --- opening ---------------------------------------------------------------------- */

/* Whether the table cannot hold the pages itself, but tables of them. */
static bool split_deep(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	const struct ptg_kind *k = fr->t.level ? ptg_table_kind_(op->s, fr->t.level) : NULL;
	uint64_t sizes = op->s->page_sizes;

	if (!k || k->next_count > 1 || fr->one || fr->lo || fr->hi != ptg_mask_(fr->t.index_lg2) || fr->t.shift > 63)
		return false;
	return !fr->page || (sizes && !(ptg_shr_(sizes, fr->t.shift) & 1));
}

/* The entry of a page of this table, of those the large page becomes. */
static void split_page(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2])
{
	e[0] = fr->page_e[0];
	e[1] = fr->page_e[1];
	ptg_put_addr_(op->s, fr->page, fr->page_pa + ptg_shl_(index, fr->t.shift), e);
	if (fr->hidden)
		(void)ptg_hide_(op->s, fr->t.level, fr->page, e);
}

/* Can pages of this table be what the large one is? */
static int split_pages(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	uint64_t e[2];
	int err;

	if (!fr->page)
		return PTG_E_SPLIT;
	err = ptg_convert_(op->s, fr->from, fr->from_e, fr->page, fr->page_e);
	if (err)
		return err;
	if (fr->page_pa & ~ptg_pa_mask_(op->s, fr->page, fr->page_e) & ~ptg_mask_(fr->t.shift))
		return PTG_E_SPLIT;
	if (!fr->hidden)
		return PTG_OK;
	e[0] = fr->page_e[0];
	e[1] = fr->page_e[1];
	return ptg_hide_(op->s, fr->t.level, fr->page, e) ? PTG_E_SPLIT : PTG_OK;
}

/* What the entries that lead to tables look like until those are there: at an address that is not "none". */
static int split_tables(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	struct ptg_env env;
	struct ptg_table t;
	unsigned alternative = 0, rule;
	int err = ptg_link_value_(op, fr, fr->empty, 0, ~(uint64_t)0, fr->page_e);

	if (err)
		return err;
	ptg_env_of_(op, &env, fr->page_e, fr->va);
	t.pa = 0;
	(void)ptg_descend_(&env, ptg_table_kind_(op->s, fr->t.level), &fr->t, &alternative, &t, &rule);
	return ptg_link_value_(op, fr, fr->empty, 0, t.pa & (0 - t.pa), fr->page_e);
}

int ptg_split_open_(struct ptg_op_ *op, const struct ptg_seen_ *seen, struct ptg_frame_ *fr)
{
	const struct ptg_frame_ *up = fr->up;
	struct ptg_env env;
	unsigned space;

	fr->old[0] = fr->from_e[0] = seen->e[0];
	fr->old[1] = fr->from_e[1] = seen->e[1];
	fr->from = seen->k;
	fr->hidden = up->deep ? up->hidden : seen->what == PTG_IS_SOFT_;
	if (seen->what == PTG_IS_SOFT_)
		fr->from = ptg_unhide_(op->s, &up->t, fr->from_e);
	if (!fr->from)
		return PTG_E_SPLIT;
	if (up->deep) {
		fr->page_pa = up->page_pa + ptg_shl_(fr->up_index, up->t.shift);
	} else {
		ptg_env_of_(op, &env, fr->from_e, fr->va);
		fr->page_pa = ptg_addr_(&env, fr->from, &space);
		if (!fr->from->low_added)
			fr->page_pa &= ~ptg_mask_(fr->t.shift + fr->t.index_lg2);
	}
	fr->page = ptg_single_(op->s, &fr->t);
	fr->deep = split_deep(op, fr);
	return fr->deep ? split_tables(op, fr) : split_pages(op, fr);
}

/* What the entries of a tree that is not there yet are split from. */
const struct ptg_seen_ *ptg_split_seen_(const struct ptg_frame_ *up, struct ptg_seen_ *page)
{
	page->e[0] = up->from_e[0];
	page->e[1] = up->from_e[1];
	page->k = up->from;
	page->what = PTG_IS_PAGE_;
	page->pass = false;
	return page;
}

/* An entry of a table that is not there yet. */
void ptg_split_entry_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2])
{
	e[0] = fr->page_e[0];
	e[1] = fr->page_e[1];
	if (!fr->deep)
		split_page(op, fr, index, e);
}

/* --- counting ------------------------------------------------------------------------ */

static int subtree_open(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, struct ptg_frame_ *child)
{
	struct ptg_seen_ page;

	return ptg_open_(op, fr, index, ptg_va_(fr, index), ptg_split_seen_(fr, &page), 0, child);
}

/* The tables below each of n such tables. */
int ptg_subtree_count_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t n)
{
	struct ptg_frame_ child;
	uint64_t more = n << fr->t.index_lg2;
	struct ptg_pool_ *p;
	int err = subtree_open(op, fr, 0, &child);

	if (err)
		return err;
	p = &op->pool[child.t.level];
	if (more >> fr->t.index_lg2 != n)
		return PTG_E_NOMEM;
	p->any = false;
	err = ptg_table_count_(op, &child);
	if (!err)
		err = ptg_pool_more_(op, child.t.level, more - 1);
	return err || !child.deep ? err : ptg_subtree_count_(op, &child, more);
}

/* --- building --------------------------------------------------------------------------- */

static int subtree_child(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index)
{
	struct ptg_frame_ child;
	uint64_t e[2];
	int err = subtree_open(op, fr, index, &child);

	if (!err)
		err = ptg_table_make_(op, &child);
	if (err)
		return err;
	ptg_sync_(op, child.t.pa, ptg_bytes_(&child));
	ptg_detach_(op, &child);
	err = ptg_link_value_(op, fr, fr->empty, child.alternative, child.t.pa, e);
	if (!err)
		err = ptg_poke_(op, fr, index, e);
	if (err)
		ptg_recycle_(op, &child.t);
	return err;
}

/* Into a table that nobody has seen: its entries are empty or good at any moment. */
int ptg_split_fill_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	uint64_t n = ptg_shl_(1, fr->t.index_lg2), i, e[2];
	int err = fr->deep ? ptg_fill_(op, fr, 0, n, fr->empty, 0) : PTG_OK;

	for (i = 0; i < n && !err; i++) {
		if (fr->deep) {
			err = subtree_child(op, fr, i);
			continue;
		}
		split_page(op, fr, i, e);
		err = ptg_poke_(op, fr, i, e);
	}
	return err;
}

/* A table of the tree that was built: opened before that, it is found in it now. */
int ptg_adopt_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	struct ptg_seen_ seen;
	int err;

	fr->fresh = fr->adopted = true;
	if (!op->commit)
		return PTG_OK;
	err = ptg_see_(op, fr->up, fr->up_index, fr->va, &seen);
	if (err)
		return err;
	if (seen.what != PTG_IS_TABLE_)
		return PTG_E_IO;
	fr->t.pa = seen.below.pa;
	fr->there = true;
	ptg_view_(op, fr);
	return PTG_OK;
}
