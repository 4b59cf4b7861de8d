/* SPDX-License-Identifier: MIT */
/*
 * alloc.c - pages of memory together with their mappings
 *
 * A frame goes back to the mapper only when no hardware can reach it: entries
 * first, then a flush, then free_page.  A page that was split later is given
 * back in the pieces that are mapped.
 */
#include "ptg_change.h"

#define FREE_BATCH 32

struct freeing {
	uint64_t first, last;
	uint64_t from, to;       /* addresses whose entries are gone, not flushed yet */
	uint64_t pa[FREE_BATCH];
	uint8_t lg2[FREE_BATCH];
	unsigned n;
	bool dry;                /* the first pass */
};

/* --- free ------------------------------------------------------------------------ */

static int free_batch(struct ptg_op_ *op, struct freeing *r)
{
	const struct ptg_mapper *m = op->s->mapper;
	unsigned i;
	int err = PTG_OK;

	if (!r->n)
		return PTG_OK;
	if (op->live || m->ops->flush) {
		err = ptg_flush_now_(op, r->from, r->to, op->smallest_lg2, 0);
		if (err && ptg_flush_now_(op, r->from, r->to, op->smallest_lg2, 0))
			return err; /* frames that hardware may still use are lost */
	}
	for (i = 0; i < r->n; i++)
		m->ops->free_page(m->priv, r->pa[i], (size_t)1 << r->lg2[i]);
	r->n = 0;
	return err;
}

static int free_page(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered)
{
	struct freeing *r = op->arg;
	uint64_t i, e[2];
	bool one = u->group == PTG_HINT_; /* its members are pages of their own */
	struct ptg_env env;
	unsigned space;
	int err;

	if (!covered)
		return op->flags & PTG_SPLIT_OK ? PTG_CUT_ : PTG_E_SPLIT;
	err = ptg_need_(op, fr);
	if (err || !op->commit)
		return err;
	if (!r->n)
		r->from = u->first;
	r->to = u->last;
	for (i = 0; i < u->slots && !err; i++) {
		err = ptg_peek_(op, fr, u->index + i, e);
		if (!err)
			err = ptg_bring_(op, fr, u->index + i, fr->empty);
		if (err || (i + 1 < u->slots && !one)) /* one page: only when no entry has it any more */
			continue;
		ptg_env_of_(op, &env, e, u->first);
		r->pa[r->n] = one ? ptg_addr_(&env, u->k, &space) : u->pa;
		r->lg2[r->n++] = one ? fr->t.shift : u->lg2;
		if (r->n == FREE_BATCH)
			err = free_batch(op, r);
		if (!r->n)
			r->from = u->first;
	}
	ptg_flush_add_(op, u->first, u->last, one ? fr->t.shift : u->lg2, fr->t.level, PTG_FLUSH_DOWN);
	return err;
}

static const struct ptg_act_ free_act = { .page = free_page, .all = true };

static int free_pass(struct ptg_op_ *op)
{
	struct freeing *r = op->arg;
	int err = ptg_tour_pass_(op, r->first, r->last), last;

	if (!op->commit)
		return err;
	last = free_batch(op, r);
	return err ? err : last;
}

static int free_range(struct ptg_space *s, uint64_t first, uint64_t last, unsigned flags, struct ptg_flush *f)
{
	struct freeing r;
	struct ptg_op_ op;
	int err = ptg_op_begin_(&op, s, flags, f);

	if (err)
		return err;
	r.first = first;
	r.last = last;
	r.from = r.to = first;
	r.n = 0;
	op.act = &free_act;
	op.arg = &r;
	err = ptg_op_run_(&op, free_pass);
	if (err)
		return err;
	return ptg_unmap_(s, first, last - first + 1, flags & ~(unsigned)PTG_SPLIT_OK, f); /* tables */
}

/* Frames can be given back only behind a flush, so the mapper must have one, or PTG_QUIET say that none is needed. */
static int free_able(const struct ptg_space *s, unsigned flags)
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;

	if (!ops || !ops->free_page)
		return PTG_E_UNSUPPORTED;
	return ops->flush || ((flags | s->options) & PTG_QUIET) ? PTG_OK : PTG_E_UNSUPPORTED;
}

int ptg_free(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	const unsigned known = PTG_SPLIT_OK | PTG_SKIP_HOLES | PTG_KEEP_TABLES | PTG_QUIET | PTG_NO_LARGE | PTG_NO_CONTIG;
	uint64_t last;
	int err = flags & ~known ? PTG_E_ARG : ptg_args_(s, va, len, &last);

	if (!err)
		err = free_able(s, flags);
	return err ? err : free_range(s, va, last, flags, f);
}

/* --- alloc ---------------------------------------------------------------------------- */

/* A frame of the largest size that fits at va and that the mapper still has. */
static int alloc_frame(const struct ptg_space *s, uint64_t va, uint64_t last, uint64_t sizes, uint64_t *pa, unsigned *lg2)
{
	const struct ptg_mapper *m = s->mapper;
	uint64_t rest = last - va;

	for (; sizes; sizes &= ~ptg_shl_(1, *lg2)) {
		*lg2 = ptg_highest_bit_(sizes);
		if ((va & ptg_mask_(*lg2)) || rest < ptg_mask_(*lg2))
			continue;
		if (m->ops->alloc_page(m->priv, (size_t)1 << *lg2, pa))
			continue;
		if (!(*pa & ptg_mask_(*lg2)))
			return PTG_OK;
		if (m->ops->free_page)
			m->ops->free_page(m->priv, *pa, (size_t)1 << *lg2);
		return PTG_E_ALIGN;
	}
	return PTG_E_NOMEM;
}

static uint64_t alloc_sizes(const struct ptg_space *s, unsigned flags)
{
	const struct ptg_format *f = s->format;
	uint64_t sizes = s->page_sizes ? s->page_sizes : f->page_sizes, out = 0;
	unsigned i;

	if (flags & PTG_NO_LARGE)
		return ptg_shl_(1, ptg_smallest_lg2_(s));
	for (i = 0; i < f->kind_count; i++) {
		const struct ptg_kind *k = &f->kinds[i];

		if (k->role == PTG_ROLE_PAGE && k->encodable && !k->nowhere && !k->napot && !k->repeat_lg2)
			out |= ptg_shl_(1, k->page_lg2 & 63);
	}
	return f->flags & PTG_FORMAT_DYNAMIC ? sizes : sizes & out;
}

/* Whatever can refuse, before the first frame: as a mapping of the same sizes would. */
static int alloc_check(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags)
{
	struct ptg_need need;
	unsigned bad;

	bad = (unsigned)ptg_attr_check(s, a, ptg_smallest_lg2_(s));
	if (bad)
		return PTG_E_ATTR;
	return ptg_plan_map(s, va, len, 0, flags & ~(unsigned)PTG_TABLES_ONLY, &need);
}

int ptg_alloc(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f)
{
	const unsigned known = PTG_NO_LARGE | PTG_NO_CONTIG | PTG_STREAM | PTG_KEEP_TABLES | PTG_QUIET;
	const struct ptg_mapper_ops *ops;
	uint64_t last, at, pa, sizes;
	unsigned lg2;
	int err = !a || (a->care & ~PTG_CARE_) || (flags & ~known) ? PTG_E_ARG : ptg_args_(s, va, len, &last);

	if (err)
		return err;
	ops = s->mapper->ops;
	if (!ops || !ops->alloc_page)
		return PTG_E_UNSUPPORTED;
	err = free_able(s, flags);
	if (!err && !f && !ops->flush && !((flags | s->options) & PTG_QUIET))
		err = PTG_E_ARG;
	if (!err)
		err = alloc_check(s, va, len, a, flags);
	sizes = err ? 0 : alloc_sizes(s, flags);
	for (at = va; !err; at += ptg_shl_(1, lg2)) {
		err = alloc_frame(s, at, last, sizes, &pa, &lg2);
		if (err)
			break;
		err = ptg_map_(s, at, pa, ptg_shl_(1, lg2), a, flags | PTG_NO_CONTIG, f);
		if (err)
			ops->free_page(s->mapper->priv, pa, (size_t)1 << lg2);
		else if (last - at == ptg_mask_(lg2))
			return PTG_OK;
		if (err)
			break;
	}
	if (err && sizes && at > va)
		(void)free_range(s, va, at - 1, flags & (PTG_QUIET | PTG_KEEP_TABLES), f);
	return err;
}
