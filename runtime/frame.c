/* SPDX-License-Identifier: MIT */
/*
 * frame.c - the tables on the way down, those that are there and those that will be
 */
#include "ptg_change.h"

void ptg_env_of_(const struct ptg_op_ *op, struct ptg_env *env, const uint64_t e[2], uint64_t va)
{
	env->space = op->s;
	env->regs = NULL;
	env->attr = NULL;
	env->e[0] = e[0];
	env->e[1] = e[1];
	env->va = va;
	env->index = 0;
	env->index_lg2 = env->size_lg2 = env->access = 0;
}

/* --- geometry ------------------------------------------------------------------- */

uint64_t ptg_bytes_(const struct ptg_frame_ *fr)
{
	return ptg_shl_(1, (unsigned)(fr->t.index_lg2 + fr->entry_lg2 + fr->stride_lg2));
}

uint64_t ptg_at_(const struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va)
{
	if (fr->one)
		return ptg_index_(op->s, &fr->t, va);
	return fr->t.shift < 64 ? ptg_shr_(va, fr->t.shift) & ptg_mask_(fr->t.index_lg2) : 0;
}

uint64_t ptg_va_(const struct ptg_frame_ *fr, uint64_t index)
{
	if (fr->one || fr->t.shift > 63)
		return fr->va;
	return fr->base + ptg_shl_(index, fr->t.shift);
}

/* What an entry without anything holds: zero where that does, `pass` included, for a second table may count then. */
static void frame_empty(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	uint64_t *e = op->empty[fr->t.level & 7];
	unsigned bit = 1u << (fr->t.level & 7);

	if (!(op->empty_known & bit)) {
		const struct ptg_kind *k;

		e[0] = e[1] = 0;
		k = ptg_kind_(op->s, fr->t.level, e);
		if (k && k->role == PTG_ROLE_PASS)
			op->passes = (uint8_t)(op->passes | bit);
		else
			ptg_empty_(op->s, fr->t.level, e);
		op->empty_known = (uint8_t)(op->empty_known | bit);
	}
	fr->empty[0] = e[0];
	fr->empty[1] = e[1];
	fr->passes = op->passes & bit;
}

static void frame_level(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	const struct ptg_level *l = &op->fmt->levels[fr->t.level];
	unsigned span = fr->t.shift + fr->t.index_lg2;

	fr->entry_lg2 = l->entry_lg2;
	fr->stride_lg2 = l->stride_lg2;
	fr->one = l->by != PTG_NONE;
	fr->base = span < 64 ? fr->va & ~ptg_mask_(span) : 0;
	fr->fresh = fr->kept = fr->full = fr->broken = fr->narrow = fr->hidden = fr->deep = fr->adopted = false;
	fr->there = fr->source == PTG_REAL_;
	fr->word = NULL;
	frame_empty(op, fr);
}

/*
 * The host's view is asked for once a table, and only where a table is plain
 * words: everything else goes entry by entry through mem.c.
 */
void ptg_view_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	bool host = (bool)(op->fmt->flags & PTG_FORMAT_BIG) == (bool)PTG_HOST_BIG;
	bool joined = fr->t.added ? !(fr->t.pa & 7) : !(fr->t.pa & (ptg_bytes_(fr) - 1));

	if (!PTG_ATOMIC64 || fr->entry_lg2 != 3 || fr->stride_lg2 || !host || !joined)
		return;
	if (fr->lo != 0 || fr->hi != ptg_mask_(fr->t.index_lg2))
		return;
	fr->word = ptg_table_map_(op->s, fr->t.pa, (size_t)ptg_bytes_(fr));
}

void ptg_attach_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	frame_level(op, fr);
	if (fr->there)
		ptg_view_(op, fr);
}

void ptg_detach_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	if (fr->word)
		ptg_table_unmap_(op->s, fr->t.pa, fr->word, (size_t)ptg_bytes_(fr));
	fr->word = NULL;
}

/* --- opening ---------------------------------------------------------------------- */

/* Entries of the table below that the entry allows: a `limit` counts in the top two bits of the index. */
static void frame_limit(struct ptg_op_ *op, struct ptg_env *env, const struct ptg_kind *k, struct ptg_frame_ *fr)
{
	const struct ptg_check *c = op->fmt->checks + k->check_first, *end = c + k->check_count;
	unsigned below = fr->t.index_lg2 > 2 ? fr->t.index_lg2 - 2u : 0;
	uint64_t n, top = ptg_shr_(ptg_mask_(fr->t.index_lg2), below);

	fr->lo = 0;
	fr->hi = ptg_mask_(fr->t.index_lg2);
	env->index_lg2 = fr->t.index_lg2;
	for (; c < end; c++) {
		if (op->fmt->rules[c->rule].fault_class != PTG_F_LENGTH)
			continue;
		fr->lo = 1;
		fr->hi = 0;
		for (n = 0; n <= top; n++) {
			env->index = ptg_shl_(n, below);
			if (!ptg_eval_(env, c->node))
				continue;
			if (fr->lo > fr->hi)
				fr->lo = ptg_shl_(n, below);
			fr->hi = ptg_shl_(n, below) | ptg_mask_(below);
		}
	}
}

int ptg_open_(struct ptg_op_ *op, struct ptg_frame_ *up, uint64_t index, uint64_t va, const struct ptg_seen_ *seen,
	      unsigned alternative, struct ptg_frame_ *fr)
{
	const struct ptg_kind *k = seen->k;
	struct ptg_env env;
	struct ptg_seen_ page;
	uint64_t e[2] = { seen->e[0], seen->e[1] };
	unsigned rule, taken = alternative;
	enum ptg_fault fault;
	int err;

	if (up->deep && !up->there)
		seen = ptg_split_seen_(up, &page);
	fr->up = up;
	fr->up_index = index;
	fr->va = va;
	fr->alternative = (uint8_t)alternative;
	fr->source = PTG_REAL_;
	if (seen->what == PTG_IS_TABLE_ && k->next_count > 1) {
		ptg_env_of_(op, &env, e, va);
		if (ptg_descend_(&env, k, &up->t, &taken, &fr->t, &rule) != PTG_F_NONE || taken != alternative)
			fr->source = PTG_NEW_;
		taken = alternative;
	} else if (seen->what != PTG_IS_TABLE_) {
		fr->source = seen->what == PTG_IS_EMPTY_ ? PTG_NEW_ : PTG_SPLIT_;
	}
	if (fr->source == PTG_REAL_ && k->next_count <= 1) { /* known since it was seen */
		ptg_table_set_(&fr->t, &seen->below);
		fault = PTG_F_NONE;
		ptg_env_of_(op, &env, e, va);
	} else if (fr->source != PTG_REAL_) {
		err = ptg_link_value_(op, up, seen->what == PTG_IS_TABLE_ ? seen->e : up->empty, alternative, ~(uint64_t)0, e);
		if (err)
			return err;
		k = ptg_kind_(op->s, up->t.level, e);
		if (!k || k->role != PTG_ROLE_TABLE)
			return PTG_E_UNSUPPORTED;
	}
	if (fr->source != PTG_REAL_ || k->next_count > 1) {
		ptg_env_of_(op, &env, e, va);
		fault = ptg_descend_(&env, k, &up->t, &taken, &fr->t, &rule);
	}
	if (fault == PTG_F_NOT_PRESENT || (fault == PTG_F_NONE && taken != alternative && fr->source != PTG_REAL_))
		return PTG_E_UNSUPPORTED;
	if (fault != PTG_F_NONE || (fr->source == PTG_REAL_ && ptg_above_(up, fr->t.pa)))
		return PTG_E_CORRUPT;
	fr->alternative = (uint8_t)taken;
	fr->children = up->one ? 0 : (uint8_t)k->next_count;
	frame_limit(op, &env, k, fr);
	ptg_attach_(op, fr);
	fr->narrow = up->narrow || (fr->source == PTG_REAL_ && ptg_speaks_(op->fmt, k, seen->e));
	if (fr->source == PTG_SPLIT_)
		return ptg_split_open_(op, seen, fr);
	fr->fresh = fr->adopted = fr->source == PTG_REAL_ && up->deep && up->fresh;
	return PTG_OK;
}

/* Of several children the last one has the smallest pages. */
unsigned ptg_last_child_(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	const struct ptg_kind *k = ptg_table_kind_(op->s, fr->t.level);

	return k && k->next_count > 1 ? k->next_count - 1u : 0;
}

/* --- becoming real ------------------------------------------------------------------- */

static int frame_fill(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	uint64_t n = ptg_shl_(1, fr->t.index_lg2);
	bool zeroed = (op->s->mapper->flags & PTG_ZEROED) && !op->dirty_pool;

	if (fr->source == PTG_SPLIT_)
		return ptg_split_fill_(op, fr);
	if (fr->full || (zeroed && !(fr->empty[0] | fr->empty[1])))
		return PTG_OK;
	return ptg_fill_(op, fr, 0, n, fr->empty, 0);
}

int ptg_table_count_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	uint64_t now[2], e[2];
	struct ptg_env env;
	struct ptg_table t;
	unsigned alternative = fr->alternative, rule;
	const struct ptg_kind *k;
	int err = ptg_peek_(op, fr->up, fr->up_index, now);

	if (!err)
		err = ptg_link_value_(op, fr->up, fr->source == PTG_SPLIT_ ? fr->up->empty : now,
				      fr->alternative, ~(uint64_t)0, e);
	if (err)
		return err;
	k = ptg_kind_(op->s, fr->up->t.level, e);
	t.pa = 0;
	if (k && k->role == PTG_ROLE_TABLE) {
		ptg_zero_out_(op->s, k, e);
		ptg_env_of_(op, &env, e, fr->va);
		(void)ptg_descend_(&env, k, &fr->up->t, &alternative, &t, &rule);
		if (op->fmt->space_count < 2)
			t.pa = ptg_pa_there_(&env, t.pa);
	}
	return ptg_pool_count_(op, fr, t.pa);
}

/* Looking: the table, and with it those of a whole tree. */
static int frame_count(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	uint32_t want = op->pool[fr->t.level].want;
	const struct ptg_mapper_ops *ops = op->s->mapper->ops;
	int err;

	fr->fresh = true;
	if (fr->source == PTG_SPLIT_ && !fr->hidden && fr->up->there && (!op->swaps || (op->bbm && !(ops && ops->flush))))
		return PTG_E_UNSUPPORTED;
	err = ptg_table_count_(op, fr);
	return err || !fr->deep || op->pool[fr->t.level].want == want ? err : ptg_subtree_count_(op, fr, 1);
}

int ptg_table_make_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	int err = ptg_pool_take_(op, fr->t.level, &fr->t.pa);

	if (err)
		return err;
	fr->there = fr->fresh = true;
	ptg_view_(op, fr);
	err = frame_fill(op, fr);
	if (!err)
		return PTG_OK;
	ptg_detach_(op, fr);
	op->dirty_pool = true;
	if (fr->deep)
		ptg_recycle_(op, &fr->t);
	else /* what it holds is nothing that could be taken apart */
		ptg_pool_give_(op, fr->t.level, fr->t.pa);
	fr->there = fr->fresh = false;
	return err;
}

int ptg_need_(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	int err;

	if (fr->there || fr->fresh)
		return PTG_OK;
	err = ptg_need_(op, fr->up);
	if (err)
		return err;
	if (fr->source == PTG_SPLIT_ && fr->up->deep)
		return ptg_adopt_(op, fr);
	return op->commit ? ptg_table_make_(op, fr) : frame_count(op, fr);
}

/* --- closing --------------------------------------------------------------------------- */

/* A page that is not present: no hardware holds it, and none marks it. */
static int link_hidden(struct ptg_op_ *op, struct ptg_frame_ *fr, const uint64_t new[2])
{
	uint64_t now[2];
	int err = ptg_peek_(op, fr->up, fr->up_index, now);

	if (err)
		return err;
	if (!ptg_same_(now, fr->old))
		return PTG_E_BUSY;
	err = ptg_poke_(op, fr->up, fr->up_index, new);
	if (!err)
		ptg_flush_link_(op, fr->up->t.level);
	return err;
}

static int link_split(struct ptg_op_ *op, struct ptg_frame_ *fr, const uint64_t new[2])
{
	struct ptg_frame_ *up = fr->up;
	uint64_t first = ptg_va_(up, fr->up_index), last = first | ptg_mask_(up->t.shift);
	const struct ptg_kind *k = ptg_kind_(op->s, up->t.level, fr->old);
	uint64_t old[2] = { fr->old[0], fr->old[1] };
	uint64_t marks = k->accessed_mask | k->dirty_mask;
	int err;

	if (op->bbm && !up->fresh) {
		err = ptg_take_(op, up, fr->up_index, old);
		if (err)
			return err;
		err = ptg_flush_now_(op, first, last, up->t.shift, up->t.level);
		if (err) {
			(void)ptg_bring_(op, up, fr->up_index, old);
			return err;
		}
		if (!ptg_same_(old, fr->old)) {
			ptg_remark_(op, &fr->t, k, old);
			ptg_sync_(op, fr->t.pa, ptg_bytes_(fr));
		}
		return ptg_bring_(op, up, fr->up_index, new);
	}
	while ((err = ptg_trade_(op, up, fr->up_index, old, new)) == 0) {
		if ((old[0] ^ fr->old[0]) & ~marks)
			return PTG_E_BUSY;
		ptg_remark_(op, &fr->t, k, old);
		ptg_sync_(op, fr->t.pa, ptg_bytes_(fr));
	}
	if (err < 0)
		return err;
	ptg_flush_add_(op, first, last, up->t.shift, up->t.level, PTG_FLUSH_REPLACED);
	return PTG_OK;
}

static int link_new(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t now[2], const uint64_t new[2])
{
	int err = ptg_trade_(op, fr->up, fr->up_index, now, new);

	if (err < 0)
		return err;
	if (!err)
		return PTG_AGAIN_;
	ptg_flush_link_(op, fr->up->t.level);
	return PTG_OK;
}

static int frame_link(struct ptg_op_ *op, struct ptg_frame_ *fr)
{
	const struct ptg_mapper_ops *ops = op->s->mapper->ops;
	uint64_t now[2], new[2];
	int err = ptg_need_(op, fr->up);

	/* Below a table that nobody looks at yet the fence is that table's, when it is linked. */
	if ((op->flags & PTG_STREAM) && (!fr->up->fresh || (ops && ops->sync)))
		ptg_words_fence_();
	ptg_sync_(op, fr->t.pa, ptg_bytes_(fr));
	if (!err)
		err = ptg_peek_(op, fr->up, fr->up_index, now);
	if (err)
		return err;
	if (fr->source == PTG_SPLIT_) {
		err = ptg_link_value_(op, fr->up, fr->up->empty, fr->alternative, fr->t.pa, new);
		if (err)
			return err;
		return fr->hidden ? link_hidden(op, fr, new) : link_split(op, fr, new);
	}
	if (op->live && !fr->up->fresh && !ptg_same_(now, fr->up->empty)) {
		const struct ptg_kind *k = ptg_kind_(op->s, fr->up->t.level, now);

		if (k && k->role == PTG_ROLE_TABLE && k->next_count <= 1)
			return PTG_AGAIN_; /* somebody else linked one here */
	}
	err = ptg_link_value_(op, fr->up, now, fr->alternative, fr->t.pa, new);
	return err ? err : link_new(op, fr, now, new);
}

/* The frame of the new table that the next entry above leads to, opened anew. */
void ptg_next_(struct ptg_frame_ *fr)
{
	fr->up_index++;
	fr->va += ptg_shl_(1, fr->up->t.shift);
	fr->base += ptg_shl_(1, fr->up->t.shift);
	fr->there = fr->fresh = false;
	fr->word = NULL;
}

/* Leaves the table.  What was built is linked, or with an error taken apart again. */
int ptg_close_(struct ptg_op_ *op, struct ptg_frame_ *fr, int err)
{
	if (!op->commit || !fr->fresh) {
		ptg_detach_(op, fr);
		return err;
	}
	ptg_detach_(op, fr);
	if (fr->adopted) {
		ptg_sync_(op, fr->t.pa, ptg_bytes_(fr));
		return err;
	}
	if (!err)
		err = frame_link(op, fr);
	if (err && fr->full) { /* nothing but pages, and what its memory held before */
		op->dirty_pool = true;
		ptg_pool_give_(op, fr->t.level, fr->t.pa);
	} else if (err) {
		ptg_recycle_(op, &fr->t);
	}
	fr->fresh = fr->there = false;
	return err;
}
