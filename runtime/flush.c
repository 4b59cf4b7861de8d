/* SPDX-License-Identifier: MIT */
/*
 * flush.c - what hardware may still hold: ranges, levels, and tables to free afterwards
 */
#include "ptg_change.h"

/* --- ranges ------------------------------------------------------------------- */

static void flush_widen(struct ptg_range *r, uint64_t first, uint64_t last, unsigned page_lg2, unsigned reason)
{
	if (first < r->va)
		r->va = first;
	if (last > r->last)
		r->last = last;
	if (page_lg2 < r->page_lg2)
		r->page_lg2 = (uint8_t)page_lg2;
	r->reason = (uint8_t)(r->reason | reason);
}

static bool flush_touch(const struct ptg_range *r, uint64_t first, uint64_t last)
{
	bool after = r->last != ~(uint64_t)0 && first > r->last + 1;
	bool before = last != ~(uint64_t)0 && last + 1 < r->va;

	return !after && !before;
}

/* A range that grew may reach another one now. */
static void flush_join(struct ptg_flush *f, uint32_t n)
{
	uint32_t i = 0;

	while (i < f->count) {
		struct ptg_range *r = &f->range[i];

		if (i == n || !flush_touch(&f->range[n], r->va, r->last)) {
			i++;
			continue;
		}
		flush_widen(&f->range[n], r->va, r->last, r->page_lg2, r->reason);
		f->count--;
		r->va = f->range[f->count].va;
		r->last = f->range[f->count].last;
		r->page_lg2 = f->range[f->count].page_lg2;
		r->reason = f->range[f->count].reason;
		if (n == f->count)
			n = i;
		i = 0;
	}
}

static void flush_put(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2, unsigned reason)
{
	struct ptg_range *r = &f->range[f->count++];

	r->va = first;
	r->last = last;
	r->page_lg2 = (uint8_t)page_lg2;
	r->reason = (uint8_t)reason;
}

/* Into a list that is not empty. */
static __attribute__((noinline)) void flush_more(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2,
						 unsigned reason)
{
	uint32_t i;

	for (i = 0; i < f->count; i++)
		if (flush_touch(&f->range[i], first, last)) {
			flush_widen(&f->range[i], first, last, page_lg2, reason);
			flush_join(f, i);
			return;
		}
	if (f->count == PTG_FLUSH_RANGES) {
		f->all = 1;
		f->count = 0;
		return;
	}
	flush_put(f, first, last, page_lg2, reason);
}

void ptg_flush_range_(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level,
		      unsigned reason)
{
	if (!f)
		return;
	f->reasons = (uint8_t)(f->reasons | reason);
	f->levels = (uint8_t)(f->levels | 1u << (level & 7));
	if (reason & PTG_FLUSH_TABLE)
		f->walk_cache = 1;
	if (f->all)
		return;
	if (f->count)
		flush_more(f, first, last, page_lg2, reason);
	else
		flush_put(f, first, last, page_lg2, reason);
}

int ptg_flush_more_(struct ptg_flush *f, uint64_t va, unsigned page_lg2, unsigned reason)
{
	ptg_flush_range_(f, va, va + ptg_mask_(page_lg2), page_lg2, 0, reason);
	return PTG_OK;
}

void ptg_flush_add_(struct ptg_op_ *op, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level, unsigned reason)
{
	if (!(op->fmt->flags & PTG_FORMAT_CACHES_INVALID))
		reason &= ~(unsigned)PTG_FLUSH_NEW;
	if (op->commit && reason)
		ptg_flush_range_(op->f, first, last, page_lg2, level, reason);
}

/* A table was linked: the addresses come with the pages in it. */
void ptg_flush_link_(struct ptg_op_ *op, unsigned level)
{
	if (!(op->fmt->flags & PTG_FORMAT_CACHES_INVALID))
		return;
	op->f->levels = (uint8_t)(op->f->levels | 1u << (level & 7));
	op->f->walk_cache = 1;
}

/* --- the flush itself ------------------------------------------------------------ */

static void flush_reset(struct ptg_flush *f)
{
	unsigned i;

	f->count = f->table_count = 0;
	f->reasons = f->levels = f->all = f->walk_cache = 0;
	for (i = 0; i < 8; i++)
		((volatile uint32_t *)f->table_at)[i] = 0; /* volatile: not to become a call */
}

void ptg_flush_free_(const struct ptg_space *s, struct ptg_flush *f)
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;
	uint32_t i = 0;
	unsigned level;

	for (level = 0; level < s->format->level_count && level < 8; level++) {
		const struct ptg_level *l = &s->format->levels[level];
		size_t bytes = (size_t)1 << (l->width + l->entry_lg2 + l->stride_lg2);
		uint32_t n = f->table_at[level];

		for (; n && i < f->table_count; n--, i++)
			if (ops && ops->free_table)
				ops->free_table(s->mapper->priv, f->table[i], bytes, level);
	}
	flush_reset(f);
}

void ptg_flush_done(struct ptg_space *s, struct ptg_flush *f)
{
	if (s && s->format && s->mapper && f)
		ptg_flush_free_(s, f);
}

static int flush_call(struct ptg_op_ *op, struct ptg_flush *f)
{
	const struct ptg_mapper *m = op->s->mapper;

	if (!m->ops || !m->ops->flush)
		return PTG_E_UNSUPPORTED;
	return m->ops->flush(m->priv, f) ? PTG_E_IO : PTG_OK;
}

int ptg_flush_now_(struct ptg_op_ *op, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level)
{
	struct ptg_flush f;

	f.left = f.table_cap = 0;
	f.table = NULL;
	flush_reset(&f);
	ptg_flush_range_(&f, first, last, page_lg2, level, PTG_FLUSH_REPLACED);
	return flush_call(op, &f);
}

/* --- freed tables ------------------------------------------------------------------- */

static bool flush_can_call(const struct ptg_op_ *op)
{
	const struct ptg_mapper_ops *ops = op->s->mapper->ops;

	return ops && ops->flush;
}

/* Whether so many more tables can be taken out of the tree. */
bool ptg_flush_room_(const struct ptg_op_ *op, uint64_t tables)
{
	const struct ptg_flush *f = op->f;
	uint64_t room = f->table ? f->table_cap - f->table_count : 0;

	if (flush_can_call(op))
		return true;
	return op->f == &op->own || room >= tables + op->freeing;
}

/* table[] is sorted by depth: the first of each deeper group makes room at its end. */
static void flush_push(struct ptg_flush *f, uint64_t pa, unsigned level)
{
	uint32_t at = f->table_count++;
	unsigned g;

	for (g = 7; g > level; g--) {
		uint32_t first = at - f->table_at[g];

		f->table[at] = f->table[first];
		at = first;
	}
	f->table[at] = pa;
	f->table_at[level]++;
}

static void flush_give(struct ptg_op_ *op, uint64_t pa, uint64_t bytes, unsigned level)
{
	const struct ptg_mapper *m = op->s->mapper;

	if (m->ops && m->ops->free_table)
		m->ops->free_table(m->priv, pa, (size_t)bytes, level);
}

/*
 * Before a whole tree is freed, which is out of the tables and in the flush
 * object: when it has no room for so many, the flush is done now.  *done: it was.
 */
int ptg_flush_before_(struct ptg_op_ *op, uint64_t tables, bool *done)
{
	struct ptg_flush *f = op->f;
	int err;

	*done = false;
	if (!flush_can_call(op) || (f->table && f->table_cap - f->table_count >= tables))
		return PTG_OK;
	err = flush_call(op, f);
	if (err)
		return err;
	ptg_flush_free_(op->s, f);
	*done = true;
	return PTG_OK;
}

/* The table is out of the tree already, and its range in the flush object or, with `flushed`, gone from hardware. */
int ptg_flush_table_(struct ptg_op_ *op, uint64_t pa, uint64_t bytes, unsigned level, bool flushed)
{
	struct ptg_flush *f = op->f;
	int err = PTG_OK;

	if (flushed) {
		flush_give(op, pa, bytes, level);
		return PTG_OK;
	}
	if (f->table && f->table_count < f->table_cap) {
		flush_push(f, pa, level & 7);
		return PTG_OK;
	}
	if (flush_can_call(op))
		err = flush_call(op, f);
	if (err)
		return err; /* hardware may still hold it: the caller puts it back, or it is lost */
	ptg_flush_free_(op->s, f);
	flush_give(op, pa, bytes, level);
	return PTG_OK;
}

/* --- walkers that do not snoop -------------------------------------------------------- */

void ptg_sync_(const struct ptg_op_ *op, uint64_t pa, uint64_t bytes)
{
	const struct ptg_mapper *m = op->s->mapper;

	if (m->ops && m->ops->sync)
		m->ops->sync(m->priv, pa, (size_t)bytes);
}
