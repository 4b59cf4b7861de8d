/* SPDX-License-Identifier: MIT */
/*
 * protect.c - other attributes for what is mapped
 *
 * Only what care names changes; the rest of an entry, marks that hardware sets
 * meanwhile included, stays.
 */
#include "ptg_change.h"
#include "ptg_gen.h"

#define PROTECT_SIX (PTG_UR | PTG_UW | PTG_UX | PTG_SR | PTG_SW | PTG_SX)

struct protect {
	uint64_t first, last;
};

/* --- one entry ------------------------------------------------------------------- */

/* No right at all, in a format that cannot say it: not present, but the address stays. */
static int protect_none(struct ptg_op_ *op, unsigned level, const struct ptg_kind *k, uint64_t e[2])
{
	struct ptg_attrs rest = { 0, op->a->care & ~(uint32_t)PROTECT_SIX, op->a->memtype, op->a->key, op->a->soft };
	unsigned why;

	if ((op->a->care & PROTECT_SIX) != PROTECT_SIX || (op->a->rights & PROTECT_SIX))
		return PTG_E_ATTR;
	rest.rights = op->a->rights;
	if (ptg_change_(op->s, k, &rest, e, &why))
		return PTG_E_ATTR;
	return ptg_hide_(op->s, level, k, e);
}

/* PTG_OK, or PTG_AGAIN_: e is no longer present. */
static int protect_value(struct ptg_op_ *op, unsigned level, const struct ptg_kind *k, uint64_t e[2])
{
	unsigned why;
	int err = ptg_change_(op->s, k, op->a, e, &why);

	if (err != PTG_E_ATTR)
		return err;
	err = protect_none(op, level, k, e);
	return err ? err : PTG_AGAIN_;
}

/* Of such pages only rights have changed. */
static bool protect_plain(const struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_kind *k, uint64_t changed)
{
	const struct ptg_quick *q = &op->s->quick;

	return !fr->t.level && (q->one & PTG_ONE_RIGHTS_) && k == &op->fmt->kinds[q->level[0].page_kind] &&
	       !(changed & ~k->rights_mask);
}

/* What the change does to rights the hardware may have cached; looking, nobody asks. */
static unsigned protect_reason(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_kind *k,
			       const uint64_t old[2], const uint64_t new[2], bool gone)
{
	struct ptg_decoded a, b;
	uint64_t soft = k->soft;

	if (!op->commit || (!((old[0] ^ new[0]) & ~soft) && old[1] == new[1]))
		return 0;
	if (!gone && protect_plain(op, fr, k, old[0] ^ new[0]))
		return ptg_rights_reason_(op->s, 0, old[0], new[0]);
	if (ptg_decode_(op->s, fr->t.level, old, &a) || ptg_decode_(op->s, fr->t.level, new, &b))
		return PTG_FLUSH_REPLACED;
	if (b.fault != PTG_F_NONE)
		return PTG_FLUSH_DOWN;
	return ptg_reason_of_(a.rights, b.rights) | (a.memtype != b.memtype || a.key != b.key ? (unsigned)PTG_FLUSH_REPLACED : 0);
}

/* Break-before-make is for changes of more than rights and marks. */
static bool protect_hard(const struct ptg_kind *k, const uint64_t old[2], const uint64_t new[2])
{
	uint64_t easy = k->rights_mask | k->accessed_mask | k->dirty_mask | k->soft;

	return ((old[0] ^ new[0]) & ~easy) || ((old[1] ^ new[1]) & ~k->rights_mask_hi);
}

/* --- pages and groups ---------------------------------------------------------------- */

/* The members of a group whose change is hard go and come together. */
static int protect_group(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u)
{
	uint64_t was[128], i, e[2];
	int err = PTG_OK, failed;
	bool undo;

	if (u->slots > 128 || fr->entry_lg2 > 3)
		return PTG_E_UNSUPPORTED;
	if (!op->commit)
		return op->s->mapper->ops && op->s->mapper->ops->flush ? PTG_OK : PTG_E_UNSUPPORTED;
	for (i = 0; i < u->slots; i++) {
		err = ptg_peek_(op, fr, u->index + i, e);
		if (!err)
			err = ptg_take_(op, fr, u->index + i, e);
		if (err)
			break;
		was[i] = e[0];
	}
	if (!err)
		err = ptg_flush_now_(op, u->first, u->last, fr->t.shift, fr->t.level);
	undo = err != PTG_OK;
	while (i-- > 0) {
		e[0] = was[i];
		e[1] = 0;
		if (!undo && e[0] != fr->empty[0])
			(void)protect_value(op, fr->t.level, u->k, e);
		failed = ptg_bring_(op, fr, u->index + i, e);
		if (failed)
			failed = ptg_bring_(op, fr, u->index + i, e);
		err = err ? err : failed;
	}
	if (err) /* hardware may have seen both */
		ptg_flush_add_(op, u->first, u->last, fr->t.shift, fr->t.level, PTG_FLUSH_REPLACED);
	return err;
}

/* The first n members of a group get back what was theirs, but for the marks that have come since. */
static void protect_back(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, uint64_t n)
{
	uint64_t marks = (u->k->accessed_mask | u->k->dirty_mask) & ~u->k->rights_mask, i, e[2], was[2];
	int r;

	for (i = u->index; i < u->index + n; i++) {
		r = ptg_peek_(op, fr, i, e);
		if (r)
			r = ptg_peek_(op, fr, i, e);
		while (!r && ptg_kind_(op->s, fr->t.level, e) == u->k) {
			was[0] = u->e[0];
			was[1] = u->e[1];
			if (u->group == PTG_HINT_)
				ptg_put_addr_(op->s, u->k, u->pa + ptg_shl_(i - u->index, fr->t.shift), was);
			was[0] = (was[0] & ~marks) | (e[0] & marks);
			r = ptg_trade_(op, fr, i, e, was);
			if (r == PTG_E_IO)
				r = ptg_trade_(op, fr, i, e, was);
		}
	}
}

static int protect_slot(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_unit_ *u, bool hard)
{
	uint64_t old[2], new[2];
	int err;

	do {
		err = ptg_peek_(op, fr, index, old);
		new[0] = old[0];
		new[1] = old[1];
		if (!err && ptg_kind_(op->s, fr->t.level, old) != u->k)
			return PTG_OK; /* a group whose members disagree */
		if (!err)
			err = protect_value(op, fr->t.level, u->k, new);
		if (err < 0 || ptg_same_(old, new))
			return err < 0 ? err : PTG_OK;
		err = ptg_change_entry_(op, fr, index, u->k, old, new, hard);
	} while (err == PTG_AGAIN_);
	return err;
}

/* Whether any slot of the group would change. */
static int protect_changes(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u)
{
	uint64_t i, old[2], new[2];
	int err;

	for (i = u->index; i < u->index + u->slots; i++) {
		err = ptg_peek_(op, fr, i, old);
		new[0] = old[0];
		new[1] = old[1];
		if (!err && ptg_kind_(op->s, fr->t.level, old) == u->k)
			err = protect_value(op, fr->t.level, u->k, new);
		if (err < 0)
			return err;
		if (!ptg_same_(old, new))
			return 1;
	}
	return 0;
}

static int protect_page(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered)
{
	uint64_t new[2] = { u->e[0], u->e[1] }, i;
	unsigned reason, own = u->group == PTG_HINT_ ? fr->t.shift : u->lg2;
	bool gone, hard;
	int err = protect_value(op, fr->t.level, u->k, new);

	if (err < 0)
		return err;
	gone = err == PTG_AGAIN_;
	err = gone || op->commit ? PTG_OK : ptg_grants_(op, fr, u->k, new);
	if (err)
		return err;
	err = u->slots > 1 ? protect_changes(op, fr, u) : !ptg_same_(new, u->e);
	if (err <= 0)
		return err;
	if (!covered)
		return op->flags & PTG_SPLIT_OK ? PTG_CUT_ : PTG_E_SPLIT;
	if (gone && u->slots > 1)
		return PTG_CUT_;
	hard = protect_hard(u->k, u->e, new) && !gone;
	reason = protect_reason(op, fr, u->k, u->e, new, gone);
	if (hard && op->bbm && fr->there && !fr->fresh && u->slots > 1)
		return protect_group(op, fr, u);
	for (i = u->index; i < u->index + u->slots; i++) {
		err = protect_slot(op, fr, i, u, hard);
		if (err && u->slots > 1 && op->commit) {
			protect_back(op, fr, u, i - u->index);
			ptg_flush_add_(op, u->first, u->last, own, fr->t.level, reason | PTG_FLUSH_REPLACED);
		}
		if (err)
			return err;
		if (i == u->index)
			ptg_flush_add_(op, u->first, u->last, own, fr->t.level, reason);
	}
	return PTG_OK;
}

static int protect_soft(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2], bool covered)
{
	uint64_t new[2] = { e[0], e[1] };
	const struct ptg_kind *k = ptg_unhide_(op->s, &fr->t, new);
	uint64_t va = ptg_va_(fr, index);
	int err;

	if (!k)
		return op->flags & PTG_SKIP_HOLES ? PTG_OK : PTG_E_HOLE;
	err = protect_value(op, fr->t.level, k, new);
	if (err == PTG_OK && !(op->a->care & PROTECT_SIX)) /* nobody asked for it to come back */
		err = ptg_hide_(op->s, fr->t.level, k, new);
	if (!err && !op->commit)
		err = ptg_grants_(op, fr, k, new);
	if (err < 0)
		return err;
	if (ptg_same_(new, e))
		return PTG_OK;
	if (!covered)
		return op->flags & PTG_SPLIT_OK ? PTG_CUT_ : PTG_E_SPLIT;
	err = ptg_need_(op, fr);
	if (err || !op->commit)
		return err;
	ptg_flush_add_(op, va, va | ptg_mask_(fr->t.shift), fr->t.shift, fr->t.level, PTG_FLUSH_NEW);
	return ptg_poke_(op, fr, index, new);
}

static int protect_hole(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	(void)fr, (void)first, (void)last;
	return op->flags & PTG_SKIP_HOLES ? PTG_OK : PTG_E_HOLE;
}

/* --- many alike -------------------------------------------------------------------------- */

static void protect_learn(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index)
{
	struct ptg_memo_ *m = &op->memo;
	struct ptg_seen_ seen;
	uint64_t new[2];

	if (ptg_see_(op, fr, index, ptg_va_(fr, index), &seen) || seen.what != PTG_IS_PAGE_)
		return; /* what is known of pages elsewhere stays */
	if (!ptg_memo_learn_(op, fr, seen.e, seen.k))
		return;
	new[0] = seen.e[0];
	new[1] = 0;
	m->valid = false;
	/* Marks: those that care does not name vary, the others are decided by value. */
	m->fixed |= (op->a->care & PTG_ACCESSED ? seen.k->accessed_mask : 0) |
		    (op->a->care & PTG_DIRTY ? seen.k->dirty_mask : seen.k->dirty_mask & seen.k->rights_mask);
	m->value = seen.e[0] & m->fixed;
	if (protect_value(op, fr->t.level, seen.k, new) || (op->bbm && protect_hard(seen.k, seen.e, new)))
		return;
	m->set = new[0] & m->fixed;
	m->reason = (uint8_t)protect_reason(op, fr, seen.k, seen.e, new, false);
	m->valid = true;
}

/* Hardware may mark these meanwhile. */
static bool protect_races(const struct ptg_op_ *op)
{
	return op->live && (op->memo.k->accessed_mask | op->memo.k->dirty_mask);
}

/* One entry of a run, while it is what the memo knows. false: something else is there now. */
static bool protect_one(const struct ptg_op_ *op, ptg_word64_ *w, uint64_t e)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t new = (e & ~m->fixed) | m->set;

	if (e == new)
		return true;
	while (!ptg_word_swap_(w, &e, new)) {
		if (!ptg_memo_hit_(m, e))
			return false;
		new = (e & ~m->fixed) | m->set;
	}
	return true;
}

/* Pages that the memo knows, up to n of them: how many were looked at, or changed. */
static uint64_t protect_words(struct ptg_op_ *op, ptg_word64_ *w, uint64_t n)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t i, e;

	if (!op->commit || m->set == m->value)
		return ptg_words_like_(w, n, m->fixed, m->value, m->zero);
	if (!protect_races(op))
		return ptg_words_turn_(w, n, m->fixed, m->value, m->zero, m->set);
	for (i = 0; i < n; i++) {
		e = ptg_word_get_(w + i);
		if (!ptg_memo_hit_(m, e) || !protect_one(op, w + i, e))
			break;
	}
	return i;
}

/* Looking: may the memo speak for the entries of this table, or has each to be looked at? */
static bool protect_granted(struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	const struct ptg_memo_ *m = &op->memo;
	const uint64_t e[2] = { m->set, 0 };

	return op->commit || !fr->narrow || !m->valid || m->level != fr->t.level || !ptg_grants_(op, fr, m->k, e);
}

static int protect_run(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t i;

	if (!fr->word || fr->passes || !protect_granted(op, fr))
		return PTG_OK;
	*done = m->valid && m->level == fr->t.level ? protect_words(op, fr->word + index, last - index + 1) : 0;
	i = index + *done;
	if (*done && m->set != m->value) {
		ptg_flush_add_(op, ptg_va_(fr, index), ptg_va_(fr, i - 1) | ptg_mask_(fr->t.shift), fr->t.shift,
			       fr->t.level, m->reason);
		if (op->commit)
			ptg_sync_(op, ptg_entry_pa_(op->s, &fr->t, index), ptg_shl_(*done, fr->entry_lg2));
	}
	if (i < last) /* one alone is not worth it */
		protect_learn(op, fr, i);
	return PTG_OK;
}

/* All of a table: pages that the memo knows. */
static int protect_table(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_bulk_ *t)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t first = ptg_va_(fr, t->index), n;
	unsigned lg2 = op->fmt->levels[t->level].shift;

	if (!t->word || (!op->commit && t->narrow))
		return 1;
	n = protect_words(op, t->word, t->n);

	if (op->commit && n && m->set != m->value) {
		ptg_flush_add_(op, first, first + (ptg_shl_(n, lg2) - 1), lg2, t->level, m->reason);
		ptg_sync_(op, t->pa, 8 * n);
	}
	return n != t->n;
}

static int protect_tables(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	return ptg_bulk_(op, fr, index, last, done, protect_table);
}

/* --- the operation --------------------------------------------------------------------------- */

static const struct ptg_act_ protect_act = {
	.page = protect_page,
	.hole = protect_hole,
	.soft = protect_soft,
	.run = protect_run,
	.tables = protect_tables,
};

static int protect_pass(struct ptg_op_ *op)
{
	const struct protect *p = op->arg;

	return ptg_tour_pass_(op, p->first, p->last);
}

int ptg_protect_(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		 struct ptg_flush *f)
{
	struct protect p = { va, va + (len - 1) };
	struct ptg_op_ op;
	int err;

	if (ptg_protect_straight_(s, va, len, a, flags, f))
		return PTG_OK;
	err = ptg_op_begin_(&op, s, flags, f);
	if (err)
		return err;
	op.act = &protect_act;
	op.arg = &p;
	op.a = a;
	err = ptg_op_run_(&op, protect_pass);
	if (!err && (op.flags & PTG_COLLAPSE_OK))
		(void)ptg_collapse_(s, p.first, p.last, true, flags, f);
	return err;
}

int ptg_protect(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		struct ptg_flush *f)
{
	const unsigned known = PTG_SPLIT_OK | PTG_COLLAPSE_OK | PTG_SKIP_HOLES | PTG_KEEP_TABLES | PTG_QUIET |
			       PTG_NO_LARGE | PTG_NO_CONTIG;
	uint64_t last;
	int err = !a || (a->care & ~PTG_CARE_) || (flags & ~known) ? PTG_E_ARG : ptg_args_(s, va, len, &last);

	if (err)
		return err;
	if (s->walker && s->walker->protect)
		return s->walker->protect(s, va, len, a, flags, f);
	return ptg_protect_(s, va, len, a, flags, f);
}
