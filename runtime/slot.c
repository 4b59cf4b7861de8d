/* SPDX-License-Identifier: MIT */
/*
 * slot.c - reading, judging and changing the entries of a frame
 */
#include "ptg_change.h"
#include "ptg_quick.h"

/* --- reading --------------------------------------------------------------------- */

/* An entry of a group that is to become single pages. */
static int peek_broken(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2])
{
	if (fr->broken_group == PTG_HINT_) {
		const struct ptg_kind *k = ptg_kind_(op->s, fr->t.level, e);

		if (k && k->role == PTG_ROLE_PAGE)
			e[0] = (e[0] & ~k->contig_mask) | k->contig_clear;
		return PTG_OK;
	}
	e[0] = fr->page_e[0];
	e[1] = fr->page_e[1];
	ptg_put_addr_(op->s, fr->page, fr->page_pa + ptg_shl_(index - fr->broken_first, fr->t.shift), e);
	return PTG_OK;
}

int ptg_peek_slow_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t e[2])
{
	int err;

	e[0] = fr->empty[0];
	e[1] = fr->empty[1];
	if (fr->there) {
		err = ptg_load_(op->s, ptg_entry_pa_(op->s, &fr->t, index), fr->entry_lg2, e);
		if (err)
			return err;
	} else if (fr->source == PTG_SPLIT_) {
		ptg_split_entry_(op, fr, index, e);
		return PTG_OK;
	}
	if (fr->broken && index >= fr->broken_first && index <= fr->broken_last)
		return peek_broken(op, fr, index, e);
	return PTG_OK;
}

/* --- judging ---------------------------------------------------------------------- */

static uint8_t see_page(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, struct ptg_seen_ *seen)
{
	struct ptg_env env;

	ptg_env_of_(op, &env, seen->e, va);
	env.size_lg2 = ptg_page_lg2_(&env, seen->k, &fr->t);
	if (ptg_check_(&env, seen->k) || env.size_lg2 < fr->t.shift || env.size_lg2 > fr->t.shift + fr->t.index_lg2)
		return PTG_IS_BAD_;
	return PTG_IS_PAGE_;
}

static uint8_t see_table(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, struct ptg_seen_ *seen)
{
	struct ptg_env env;
	struct ptg_table *t = &seen->below;
	unsigned alternative = 0, rule;

	ptg_env_of_(op, &env, seen->e, va);
	if (ptg_descend_(&env, seen->k, &fr->t, &alternative, t, &rule) != PTG_F_NONE)
		return seen->k->skip == PTG_SKIP_ZERO && rule == seen->k->skip_rule ? PTG_IS_GAP_ : PTG_IS_BAD_;
	seen->alternative = (uint8_t)alternative;
	env.index = ptg_index_(op->s, t, va);
	env.index_lg2 = t->index_lg2;
	rule = ptg_check_(&env, seen->k);
	/* A `limit` concerns one address; ptg_open_() finds out which. */
	if (rule && op->fmt->rules[rule].fault_class != PTG_F_LENGTH)
		return PTG_IS_BAD_;
	return PTG_IS_TABLE_;
}

/* A plain table or page that the digest knows; all else, and what is wrong, is looked at bit by bit. */
static bool see_quickly(const struct ptg_op_ *op, const struct ptg_frame_ *fr, struct ptg_seen_ *seen)
{
	const struct ptg_quick_level *l = &op->s->quick.level[fr->t.level & 7];
	struct ptg_table *t = &seen->below;
	uint64_t e = seen->e[0];

	if (ptg_quick_leads_(l, e, &t->pa)) {
		seen->k = &op->fmt->kinds[l->table_kind];
		seen->what = PTG_IS_TABLE_;
		seen->alternative = 0;
		t->level = l->next;
		t->index_lg2 = op->s->quick.level[l->next & 7].width;
		t->shift = op->s->quick.level[l->next & 7].shift;
		t->added = 0;
		return true;
	}
	if (!ptg_quick_is_page_(l, e) || l->page_lg2 < fr->t.shift || l->page_lg2 > fr->t.shift + fr->t.index_lg2)
		return false;
	seen->k = &op->fmt->kinds[l->page_kind];
	seen->what = PTG_IS_PAGE_;
	return true;
}

int ptg_see_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, uint64_t va, struct ptg_seen_ *seen)
{
	int err = ptg_peek_(op, fr, index, seen->e);

	if (err)
		return err;
	seen->k = NULL;
	seen->pass = false;
	seen->what = PTG_IS_EMPTY_;
	if (ptg_same_(seen->e, fr->empty)) {
		seen->pass = fr->passes;
		return PTG_OK;
	}
	if (op->quick && see_quickly(op, fr, seen))
		return PTG_OK;
	seen->k = ptg_kind_(op->s, fr->t.level, seen->e);
	if (!seen->k) {
		seen->what = PTG_IS_BAD_;
		return PTG_OK;
	}
	switch (seen->k->role) {
	case PTG_ROLE_TABLE:
		seen->what = see_table(op, fr, va, seen);
		break;
	case PTG_ROLE_PAGE:
		seen->what = see_page(op, fr, va, seen);
		break;
	case PTG_ROLE_PASS:
		seen->pass = true;
		break;
	default:
		if (op->fmt->rules[seen->k->rule].fault_class == PTG_F_RESERVED)
			seen->what = PTG_IS_BAD_;
		else if (!ptg_same_(seen->e, fr->empty))
			seen->what = PTG_IS_SOFT_;
		break;
	}
	return PTG_OK;
}

void ptg_unit_of_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index, const struct ptg_seen_ *seen,
		  struct ptg_unit_ *u)
{
	const struct ptg_kind *k = seen->k;
	uint64_t va = ptg_va_(fr, index), in;
	struct ptg_env env;
	unsigned space, contig;

	ptg_env_of_(op, &env, seen->e, va);
	u->k = k;
	u->e[0] = seen->e[0];
	u->e[1] = seen->e[1];
	u->lg2 = (uint8_t)ptg_page_lg2_(&env, k, &fr->t);
	u->group = k->napot ? PTG_NAPOT_ : k->repeat_lg2 ? PTG_REPEAT_ : PTG_SINGLE_;
	contig = ptg_contig_lg2_(&env, k);
	if (contig && u->lg2 == fr->t.shift && contig > fr->t.shift && contig - fr->t.shift <= fr->t.index_lg2) {
		u->group = PTG_HINT_;
		u->lg2 = (uint8_t)contig;
	}
	if (u->lg2 == fr->t.shift)
		u->group = PTG_SINGLE_;
	in = ptg_mask_(u->lg2);
	u->first = va & ~in;
	u->last = va | in;
	u->slots = ptg_shl_(1, u->lg2 - fr->t.shift);
	u->index = index & ~(u->slots - 1);
	u->pa = ptg_addr_(&env, k, &space);
	if (u->group == PTG_HINT_)
		u->pa -= va - u->first;
	else if (!k->low_added)
		u->pa &= ~in;
}

/* --- recognising quickly ------------------------------------------------------------ */

uint64_t ptg_variable_(const struct ptg_kind *k)
{
	uint64_t v = k->accessed_mask | k->dirty_mask;

	return k->addr_simple ? v | k->addr_mask : v;
}

/* Bits of the low word of the entry that an expression reads; all of them where that is not plain. */
uint64_t ptg_reads_(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];

	switch (n->op) {
	case PTG_OP_ENTRY:
		return n->lo < 64 ? ptg_shl_(ptg_mask_(n->width), n->lo) : 0;
	case PTG_OP_CONST: case PTG_OP_FEATURE: case PTG_OP_PARAM: case PTG_OP_CTX: case PTG_OP_SIZE:
		return 0;
	case PTG_OP_NOT: case PTG_OP_SLICE:
		return ptg_reads_(f, n->a);
	case PTG_OP_CTX_AT:
		return ptg_reads_(f, n->b);
	case PTG_OP_DSLICE:
		return ptg_reads_(f, n->a) | ptg_reads_(f, n->b) | ptg_reads_(f, n->c);
	case PTG_OP_AND: case PTG_OP_OR: case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE: case PTG_OP_ADD:
	case PTG_OP_SUB: case PTG_OP_MUL: case PTG_OP_CAT: case PTG_OP_BITAND:
		return ptg_reads_(f, n->a) | ptg_reads_(f, n->b);
	default:
		return ~(uint64_t)0;
	}
}

/* *zero: bits among those that vary that checks want to be 0. */
static bool memo_checks(const struct ptg_format *f, const struct ptg_kind *k, uint64_t vary, uint64_t *zero)
{
	const struct ptg_check *c = f->checks + k->check_first, *end = c + k->check_count;
	uint64_t bits;

	*zero = 0;
	for (; c < end; c++) {
		if (ptg_zero_bits_(f, c->node, &bits))
			*zero |= bits;
		else if (ptg_reads_(f, c->node) & vary)
			return false;
	}
	return true;
}

/*
 * Entries like e, whatever their bits of `vary`: allowed where nothing that decides their kind or their checks looks
 * at those bits, given the others.
 */
static bool memo_vary(struct ptg_op_ *op, const struct ptg_frame_ *fr, const uint64_t e[2], const struct ptg_kind *k, uint64_t vary)
{
	const struct ptg_level *l = &op->fmt->levels[fr->t.level];
	const struct ptg_row *r = op->fmt->rows + l->row_first, *end = r + l->row_count;
	const uint64_t *c = op->s->config + 1;
	struct ptg_memo_ *m = &op->memo;
	uint64_t zero;

	if (k->size != PTG_NONE || fr->entry_lg2 > 3 || !k->addr_simple || !memo_checks(op->fmt, k, vary, &zero))
		return false;
	for (; r < end; r++) {
		if (!(((e[0] & r->mask) ^ r->value) & ~vary) && ((r->mask & vary) || r->extra != PTG_NONE))
			return false;
		if (&op->fmt->kinds[r->kind] == k && !((e[0] & r->mask) ^ r->value))
			break;
	}
	m->k = k;
	m->level = fr->t.level;
	m->slots = 1;
	m->fixed = ~vary;
	m->value = e[0] & ~vary;
	m->zero = (zero | k->zero | (k->zero_cfg[0] & c[0]) | (k->zero_cfg[1] & c[1]) | (k->zero_cfg[2] & c[2])) & vary;
	m->valid = true;
	return true;
}

/* Whatever their address and marks.  Groups are left out. */
bool ptg_memo_learn_(struct ptg_op_ *op, const struct ptg_frame_ *fr, const uint64_t e[2], const struct ptg_kind *k)
{
	uint64_t vary = ptg_variable_(k);
	struct ptg_env env;

	op->memo.valid = false;
	if (k->napot || k->repeat_lg2)
		return false;
	if (k->contig_lg2) {
		ptg_env_of_(op, &env, e, 0);
		if (k->contig_when == PTG_NONE || (ptg_reads_(op->fmt, k->contig_when) & vary) ||
		    ptg_contig_lg2_(&env, k))
			return false;
	}
	return memo_vary(op, fr, e, k, vary);
}

/* The members of groups of that size: what tells the size from the address is as it is here. */
bool ptg_memo_group_(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_unit_ *u)
{
	const struct ptg_kind *k = u->k;
	uint64_t above = ~ptg_mask_(u->group == PTG_HINT_ ? fr->t.shift : u->lg2), vary;

	op->memo.valid = false;
	vary = k->accessed_mask | k->dirty_mask | (ptg_shr_(ptg_shl_(above, k->addr_shr), k->addr_shl) & k->addr_mask);
	if ((u->group == PTG_HINT_ && k->contig_when != PTG_NONE && (ptg_reads_(op->fmt, k->contig_when) & vary)) ||
	    !memo_vary(op, fr, u->e, k, vary))
		return false;
	op->memo.slots = (uint32_t)u->slots;
	return true;
}

/* --- changing ------------------------------------------------------------------------- */

static uint64_t entry_place(const struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t index)
{
	return ptg_entry_pa_(op->s, &fr->t, index);
}

int ptg_poke_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2])
{
	uint64_t pa = entry_place(op, fr, index);
	int err = PTG_OK;

	if (fr->word)
		ptg_put64_(&fr->word[index], e[0], 0); /* releases what was stored before */
	else
		err = ptg_store_(op->s, pa, fr->entry_lg2, e);
	if (!err && !fr->fresh)
		ptg_sync_(op, pa, ptg_shl_(1, fr->entry_lg2));
	return err;
}

int ptg_fill_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t count, const uint64_t e[2],
	      uint64_t step)
{
	uint64_t v[2] = { e[0], e[1] }, i;
	int err = PTG_OK;

	if (fr->word) {
		ptg_words_fill_(fr->word + index, count, e[0], step,
				fr->fresh && (op->flags & PTG_STREAM));
	} else {
		for (i = 0; i < count && !err; i++, v[0] += step)
			err = ptg_store_(op->s, entry_place(op, fr, index + i), fr->entry_lg2, v);
		count = err ? i - 1 : i; /* that were stored */
	}
	if (!fr->fresh && count)
		ptg_sync_(op, entry_place(op, fr, index), ptg_shl_(count, fr->entry_lg2 + fr->stride_lg2));
	return err;
}

/*
 * Without compare-and-swap an entry that hardware does not mark is compared and
 * stored: the caller excludes other writers then.
 */
static int trade_plainly(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t old[2],
			 const uint64_t new[2])
{
	uint64_t now[2];
	int err = ptg_peek_(op, fr, index, now);

	if (err)
		return err;
	if (!ptg_same_(now, old)) {
		old[0] = now[0];
		old[1] = now[1];
		return 0;
	}
	err = ptg_poke_(op, fr, index, new);
	return err ? err : 1;
}

int ptg_trade_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t old[2], const uint64_t new[2])
{
	uint64_t pa = entry_place(op, fr, index);
	int done;

	if (fr->fresh || !op->live) {
		done = ptg_poke_(op, fr, index, new);
		return done ? done : 1;
	}
	if (fr->word)
		done = ptg_word_swap_(&fr->word[index], &old[0], new[0]);
	else
		done = ptg_cas_(op->s, pa, fr->entry_lg2, old, new);
	if (done == PTG_E_UNSUPPORTED && (!op->fmt->mark_count || ptg_same_(old, fr->empty)))
		return trade_plainly(op, fr, index, old, new);
	if (done == 1)
		ptg_sync_(op, pa, ptg_shl_(1, fr->entry_lg2));
	return done;
}

/* What was taken away comes back, or its successor: the mapper gets a second chance. */
int ptg_bring_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2])
{
	int err = ptg_poke_(op, fr, index, e);

	return err ? ptg_poke_(op, fr, index, e) : PTG_OK;
}

int ptg_take_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t old[2])
{
	int done;

	do {
		done = ptg_trade_(op, fr, index, old, fr->empty);
	} while (done == 0);
	return done < 0 ? done : PTG_OK;
}

/* A mark has come that is a bit of the rights, too, while these change: what they become has to be found anew. */
static bool change_stale(const struct ptg_kind *k, uint64_t was, uint64_t now, uint64_t new)
{
	return ((was ^ now) & (k->accessed_mask | k->dirty_mask) & k->rights_mask) && ((was ^ new) & k->rights_mask);
}

static int change_hard(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_kind *k, uint64_t old[2],
		       uint64_t new[2])
{
	uint64_t was = old[0], first = ptg_va_(fr, index);
	int err = ptg_take_(op, fr, index, old);

	if (err)
		return err;
	if (change_stale(k, was, old[0], new[0])) {
		err = ptg_bring_(op, fr, index, old);
		return err ? err : PTG_AGAIN_;
	}
	err = ptg_flush_now_(op, first, first | ptg_mask_(fr->t.shift), fr->t.shift, fr->t.level);
	if (err) {
		(void)ptg_bring_(op, fr, index, old);
		return err;
	}
	was ^= old[0];
	new[0] = (new[0] & ~was) | (old[0] & was);
	return ptg_bring_(op, fr, index, new);
}

int ptg_change_entry_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_kind *k,
		      uint64_t old[2], const uint64_t new[2], bool hard)
{
	uint64_t marks = k->accessed_mask | k->dirty_mask;
	uint64_t v[2] = { new[0], new[1] }, was;
	int done;

	if (!op->commit) {
		const struct ptg_mapper_ops *ops = op->s->mapper->ops;

		if (fr->there && (!op->swaps || (hard && op->bbm && !(ops && ops->flush))))
			return PTG_E_UNSUPPORTED;
		return ptg_need_(op, fr);
	}
	done = ptg_need_(op, fr);
	if (done)
		return done;
	if (hard && op->bbm && !fr->fresh)
		return change_hard(op, fr, index, k, old, v);
	for (;;) {
		was = old[0];
		done = ptg_trade_(op, fr, index, old, v);
		if (done)
			return done < 0 ? done : PTG_OK;
		if (change_stale(k, was, old[0], new[0]))
			return PTG_AGAIN_;
		was ^= old[0];
		if (was & ~marks)
			return PTG_E_BUSY;
		v[0] = (v[0] & ~was) | (old[0] & was);
	}
}
