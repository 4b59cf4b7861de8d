/* SPDX-License-Identifier: MIT */
/*
 * pool.c - the tables an operation needs, allocated before its first store
 *
 * A table in the pool holds the address of the next one in its first word, so
 * that the pool takes no memory of its own.
 */
#include "ptg_change.h"

static unsigned pool_word_lg2(const struct ptg_pool_ *p)
{
	return p->bytes >= 8 ? 3 : 2;
}

/* n more tables, of a depth that has been counted. */
int ptg_pool_more_(struct ptg_op_ *op, unsigned level, uint64_t n)
{
	struct ptg_pool_ *p = &op->pool[level];

	if (n > ~(uint32_t)0 - p->want)
		return PTG_E_NOMEM;
	p->want += (uint32_t)n;
	return PTG_OK;
}

int ptg_pool_again_(struct ptg_op_ *op, unsigned level, const uint32_t *before, uint64_t n)
{
	unsigned i;

	for (i = 0; i < level; i++) {
		uint64_t more = op->pool[i].want - before[i];

		if (!more)
			continue;
		if (n > ~(uint32_t)0 || ptg_pool_more_(op, i, more * n))
			return PTG_E_NOMEM;
		op->pool[i].any = false;
	}
	return PTG_OK;
}

/* A table that will be there once, however often it is counted one after the other. */
int ptg_pool_count_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t pa_mask)
{
	struct ptg_pool_ *p = &op->pool[fr->t.level];
	uint64_t bytes = ptg_bytes_(fr), unit = pa_mask ? pa_mask & (0 - pa_mask) : 1;

	if (p->bytes && p->bytes != bytes)
		return PTG_E_UNSUPPORTED;
	if (p->any && p->counted == fr->base)
		return PTG_OK;
	p->any = true;
	p->counted = fr->base;
	p->bytes = bytes;
	p->pa_mask = pa_mask;
	p->align = fr->t.added || unit > bytes ? unit : bytes;
	return ptg_pool_more_(op, fr->t.level, 1);
}

static void pool_release(struct ptg_op_ *op, unsigned level, uint64_t pa)
{
	const struct ptg_mapper *m = op->s->mapper;

	if (m->ops && m->ops->free_table)
		m->ops->free_table(m->priv, pa, (size_t)op->pool[level].bytes, level);
}

void ptg_pool_give_(struct ptg_op_ *op, unsigned level, uint64_t pa)
{
	struct ptg_pool_ *p = &op->pool[level];
	uint64_t link[2] = { p->head, 0 };

	if (ptg_store_(op->s, pa, pool_word_lg2(p), link)) {
		pool_release(op, level, pa);
		return;
	}
	p->head = pa;
	p->have++;
}

static int pool_next(struct ptg_op_ *op, struct ptg_pool_ *p, uint64_t *pa)
{
	uint64_t link[2];
	int err = ptg_load_(op->s, p->head, pool_word_lg2(p), link);

	if (err)
		return err;
	*pa = p->head;
	p->head = link[0];
	p->have--;
	return PTG_OK;
}

static int pool_alloc(struct ptg_op_ *op, unsigned level)
{
	const struct ptg_mapper *m = op->s->mapper;
	struct ptg_pool_ *p = &op->pool[level];
	uint64_t pa = 0;

	if (!m->ops || !m->ops->alloc_table)
		return PTG_E_UNSUPPORTED;
	if (m->ops->alloc_table(m->priv, (size_t)p->bytes, (size_t)p->align, level, &pa))
		return PTG_E_NOMEM;
	if (pa & ~p->pa_mask) {
		pool_release(op, level, pa);
		return pa & (p->align - 1) ? PTG_E_ALIGN : PTG_E_RANGE;
	}
	ptg_pool_give_(op, level, pa);
	return PTG_OK;
}

int ptg_pool_fill_(struct ptg_op_ *op)
{
	unsigned level;
	int err;

	for (level = 0; level < PTG_LEVELS; level++)
		while (op->pool[level].have < op->pool[level].want) {
			uint32_t have = op->pool[level].have;

			err = pool_alloc(op, level);
			if (err)
				return err;
			if (op->pool[level].have == have)
				return PTG_E_IO;
		}
	return PTG_OK;
}

int ptg_pool_take_(struct ptg_op_ *op, unsigned level, uint64_t *pa)
{
	struct ptg_pool_ *p = &op->pool[level];
	static const uint64_t nothing[2];
	int err;

	if (!p->have)
		return PTG_E_NOMEM;
	err = pool_next(op, p, pa);
	if (err)
		return err;
	err = ptg_store_(op->s, *pa, pool_word_lg2(p), nothing);
	if (err)
		pool_release(op, level, *pa);
	return err;
}

void ptg_pool_drain_(struct ptg_op_ *op)
{
	unsigned level;
	uint64_t pa;

	for (level = 0; level < PTG_LEVELS; level++) {
		struct ptg_pool_ *p = &op->pool[level];

		while (p->have) {
			if (pool_next(op, p, &pa) && pool_next(op, p, &pa))
				break; /* unreadable: nobody knows where the rest is */
			pool_release(op, level, pa);
		}
	}
}
