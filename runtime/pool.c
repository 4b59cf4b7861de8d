/* SPDX-License-Identifier: MIT */
/*
 * pool.c - the tables an operation needs, allocated before its first store
 *
 * The pool takes no memory of its own: some of its tables hold the addresses of the others, so that
 * the most are not touched before they are used, which is in the order they came in.  The first word of a holder
 * is the next holder's address, the others are those of the tables it holds; all holders but the last are full.
 */
#include "ptg_change.h"

static unsigned pool_word_lg2(const struct ptg_pool_ *p)
{
	return p->bytes >= 8 ? 3 : 2;
}

/* How many others a table can hold. */
static uint64_t pool_room(const struct ptg_pool_ *p)
{
	return ptg_shr_(p->bytes, pool_word_lg2(p)) - 1;
}

static uint64_t pool_place(const struct ptg_pool_ *p, uint64_t holder, uint64_t word)
{
	return holder + ptg_shl_(word, pool_word_lg2(p));
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
	bool held = p->have && p->held < pool_room(p);
	const uint64_t word[2] = { pa, 0 };

	if (p->have && ptg_store_(op->s, pool_place(p, p->tail, held ? p->held + 1 : 0), pool_word_lg2(p), word)) {
		pool_release(op, level, pa);
		return;
	}
	if (!p->have) {
		p->head = pa;
		p->taken = 0;
	}
	if (!held)
		p->tail = pa;
	p->held = held ? p->held + 1 : 0;
	p->have++;
}

/* The next one, and the word that says where it is, or which holder comes after it; that of the last of all is not read. */
static int pool_next(struct ptg_op_ *op, struct ptg_pool_ *p, uint64_t *pa, uint64_t *place)
{
	bool held = p->taken < (p->head == p->tail ? p->held : pool_room(p));
	uint64_t word[2];
	int err;

	*place = pool_place(p, p->head, held ? p->taken + 1 : 0);
	err = p->have > 1 ? ptg_load_(op->s, *place, pool_word_lg2(p), word) : PTG_OK;
	if (err)
		return err;
	*pa = held ? word[0] : p->head;
	if (!held && p->have > 1)
		p->head = word[0];
	p->taken = held ? p->taken + 1 : 0;
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
	bool alone = p->have == 1;
	uint64_t place;
	int err;

	if (!p->have)
		return PTG_E_NOMEM;
	err = pool_next(op, p, pa, &place);
	if (err || alone)
		return err;
	err = ptg_store_(op->s, place, pool_word_lg2(p), nothing);
	if (err) {
		op->dirty_pool = true; /* a holder, which will be a table itself, may not be zeroed */
		pool_release(op, level, *pa);
	}
	return err;
}

void ptg_pool_drain_(struct ptg_op_ *op)
{
	unsigned level;
	uint64_t pa, place;

	for (level = 0; level < PTG_LEVELS; level++) {
		struct ptg_pool_ *p = &op->pool[level];

		while (p->have) {
			if (pool_next(op, p, &pa, &place) && pool_next(op, p, &pa, &place))
				break; /* unreadable: nobody knows where the rest is */
			pool_release(op, level, pa);
		}
	}
}
