/* SPDX-License-Identifier: MIT */
/*
 * op.c - an operation: look, allocate, do, flush
 */
#include "ptg_change.h"
#include "ptg_quick.h"

static void op_pools(struct ptg_op_ *op)
{
	unsigned i;

	for (i = 0; i < PTG_LEVELS; i++) {
		struct ptg_pool_ *p = &op->pool[i];

		p->head = p->taken = p->tail = p->held = p->counted = p->bytes = p->align = p->pa_mask = 0;
		p->want = p->have = 0;
		p->any = false;
	}
}

static void op_own_flush(struct ptg_op_ *op)
{
	struct ptg_flush *f = &op->own;
	unsigned i;

	f->count = f->table_count = f->left = 0;
	f->reasons = f->levels = f->all = f->walk_cache = 0;
	f->table = op->own_table;
	f->table_cap = sizeof(op->own_table) / sizeof(op->own_table[0]);
	for (i = 0; i < 8; i++)
		f->table_at[i] = 0;
	op->f = f;
}

/*
 * Whether live entries can be changed without losing a mark; nothing marks, nothing is lost.  A change of both
 * words of a 128-bit entry would be two steps, between which hardware may mark.
 */
static bool op_swaps(const struct ptg_op_ *op)
{
	const struct ptg_mapper *m = op->s->mapper;
	bool pointer = m->window_size || (m->ops && m->ops->map_table);
	bool host = PTG_ATOMIC64 || op->fmt->levels[0].entry_lg2 < 3;
	unsigned i;

	if (!op->live || !op->fmt->mark_count)
		return true;
	for (i = 0; i < op->fmt->level_count; i++)
		if (op->fmt->levels[i].entry_lg2 > 3)
			return false;
	return (m->ops && m->ops->cas) || (pointer && host);
}

int ptg_op_begin_(struct ptg_op_ *op, const struct ptg_space *s, unsigned flags, struct ptg_flush *f)
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;

	op->s = s;
	op->fmt = s->format;
	op->flags = flags | s->options;
	op->live = !(op->flags & PTG_QUIET);
	op->bbm = op->live && (s->format->flags & PTG_FORMAT_BBM);
	op->commit = op->dirty_pool = op->nonpresent = false;
	op->clean = true;
	op->freeing = 0;
	op->empty_known = op->passes = op->link_known = 0;
	op->choice_count = 0;
	op->smallest_lg2 = (uint8_t)ptg_smallest_lg2_(s);
	op->act = NULL;
	op->a = NULL;
	op->arg = NULL;
	op->memo.valid = false;
	op->quick = ptg_quick_holds_(s);
	op->swaps = op_swaps(op);
	op_pools(op);
	op->f = f;
	if (f)
		return PTG_OK;
	if (op->live && !(ops && ops->flush))
		return PTG_E_ARG;
	op_own_flush(op);
	return PTG_OK;
}

int ptg_op_run_(struct ptg_op_ *op, int (*pass)(struct ptg_op_ *op))
{
	int err = pass(op);

	if (!err)
		err = ptg_pool_fill_(op);
	if (!err) {
		op->commit = true;
		op->freeing = 0;
		op->memo.valid = false;
		err = pass(op);
	}
	return ptg_op_end_(op, err);
}

/* Nobody else will flush: tables are given back only when that worked. */
static int op_flush_own(struct ptg_op_ *op)
{
	const struct ptg_mapper *m = op->s->mapper;
	struct ptg_flush *f = op->f;

	if (!f->count && !f->all && !f->table_count)
		return PTG_OK;
	if (m->ops && m->ops->flush && m->ops->flush(m->priv, f) && m->ops->flush(m->priv, f))
		return PTG_E_IO;
	ptg_flush_free_(op->s, f);
	return PTG_OK;
}

int ptg_op_end_(struct ptg_op_ *op, int err)
{
	int flushed = PTG_OK;

	ptg_pool_drain_(op);
	if (op->f == &op->own)
		flushed = op_flush_own(op);
	return err ? err : flushed;
}

static int op_root_frame(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t va)
{
	const struct ptg_root *r;
	unsigned rule;

	if (ptg_start_(op->s, va, &r, &fr->t, &rule) != PTG_F_NONE)
		return PTG_E_RANGE;
	fr->up = NULL;
	fr->up_index = 0;
	fr->va = va;
	fr->source = PTG_REAL_;
	fr->alternative = fr->children = 0;
	fr->lo = r->index_first;
	fr->hi = r->index_last;
	ptg_attach_(op, fr);
	fr->narrow = r->flags >> PTG_ROOT_DENY_SHIFT & 0x3f;
	return PTG_OK;
}

int ptg_op_roots_(struct ptg_op_ *op, uint64_t first, uint64_t last,
		  int (*each)(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last))
{
	struct ptg_frame_ fr;
	uint64_t end;
	int err;

	for (;;) {
		err = op_root_frame(op, &fr, first);
		if (err)
			return err;
		end = fr.one ? last : fr.base | ptg_mask_(fr.t.shift + fr.t.index_lg2);
		if (end > last)
			end = last;
		err = each(op, &fr, first, end);
		ptg_detach_(op, &fr);
		if (err || end == last)
			return err;
		first = end + 1;
	}
}
