/* SPDX-License-Identifier: MIT */
/*
 * harvest.c - which pages were used or written since last time
 */
#include "ptg_change.h"

struct harvest {
	uint64_t first, last;
	uint8_t *bitmap;
	unsigned what, unit_lg2;
	bool clear;
	bool kept;               /* of the pages that the memo knows */
};

/* The mark as this entry has it, mask 0: none.  *kept: somebody sets it again, so that it may be cleared. */
static void harvest_mark(struct ptg_op_ *op, const struct ptg_unit_ *u, uint64_t *mask, uint64_t *value, bool *kept)
{
	const struct harvest *h = op->arg;
	const struct ptg_mark *m = op->fmt->marks + u->k->mark_first, *end = m + u->k->mark_count;
	unsigned what = h->what == PTG_ACCESSED ? 1 : 2;
	struct ptg_env env;

	*mask = *value = 0;
	*kept = false;
	ptg_env_of_(op, &env, u->e, u->first);
	for (; m < end; m++) {
		if (m->what != what || (m->enabled != PTG_NONE && !ptg_eval_(&env, m->enabled)))
			continue;
		/* Hardware does; or software, where the format faults for it. */
		*kept = m->if_ == PTG_NONE || ptg_eval_(&env, m->if_) || m->rule != PTG_NONE;
		*mask = m->mask;
		*value = m->value;
		return;
	}
}

/* Whether what decides about the kind's marks is none of the bits that vary. */
static bool harvest_plain(struct ptg_op_ *op, const struct ptg_kind *k, uint64_t vary)
{
	const struct ptg_mark *m = op->fmt->marks + k->mark_first, *end = m + k->mark_count;

	for (; m < end; m++)
		if ((m->if_ != PTG_NONE && (ptg_reads_(op->fmt, m->if_) & vary)) ||
		    (m->enabled != PTG_NONE && (ptg_reads_(op->fmt, m->enabled) & vary)))
			return false;
	return true;
}

static void harvest_note(const struct harvest *h, uint64_t first, uint64_t last)
{
	uint64_t i, from, to;

	if (!h->bitmap)
		return;
	if (first < h->first)
		first = h->first;
	if (last > h->last)
		last = h->last;
	from = ptg_shr_(first - h->first, h->unit_lg2);
	to = ptg_shr_(last - h->first, h->unit_lg2);
	for (i = from; i <= to; i++) {
		for (; !(i % 8) && to - i >= 7; i += 8) {
			h->bitmap[i / 8] = 0xff;
			if (to - i == 7)
				return;
		}
		h->bitmap[i / 8] = (uint8_t)(h->bitmap[i / 8] | 1u << (i % 8));
	}
}

static int harvest_clear(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t mask, uint64_t value,
			 uint64_t e[2])
{
	uint64_t new[2];
	int done;

	do {
		if ((e[0] & mask) != value)
			return PTG_OK;
		new[0] = (e[0] & ~mask) | (~value & mask);
		new[1] = e[1];
		done = ptg_trade_(op, fr, index, e, new);
	} while (done == 0);
	return done < 0 ? done : PTG_OK;
}

/* Hardware marks whichever entry of a group it happened to read: one speaks for all. */
static int harvest_page(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered)
{
	const struct harvest *h = op->arg;
	unsigned own = u->group == PTG_HINT_ ? fr->t.shift : u->lg2;
	uint64_t mask, value, i, e[2];
	bool marked = false, kept;
	int err;

	harvest_mark(op, u, &mask, &value, &kept);
	if (!op->commit)
		return mask && kept && h->clear && !op->swaps ? PTG_E_UNSUPPORTED : PTG_OK;
	if (!mask)
		return PTG_OK;
	for (i = u->index; i < u->index + u->slots; i++) {
		err = ptg_peek_(op, fr, i, e);
		if (err)
			return err;
		if (ptg_kind_(op->s, fr->t.level, e) != u->k || (e[0] & mask) != value)
			continue;
		marked = true;
		/* Part of a page cannot be cleared: the rest would be forgotten. */
		if (!h->clear || !covered || !kept)
			continue;
		err = harvest_clear(op, fr, i, mask, value, e);
		if (err)
			return err;
	}
	if (!marked)
		return PTG_OK;
	harvest_note(h, u->first, u->last);
	if (h->clear && covered && kept)
		ptg_flush_add_(op, u->first, u->last, own, fr->t.level, PTG_FLUSH_DOWN);
	return PTG_OK;
}

/* --- many alike ---------------------------------------------------------------------- */

/*
 * The memo for harvesting: set is the bit of the mark, reason its value in a
 * marked page; harvest.kept goes with it.
 */
static void harvest_learn(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index)
{
	struct harvest *h = op->arg;
	struct ptg_memo_ *m = &op->memo;
	struct ptg_seen_ seen;
	struct ptg_unit_ u;
	uint64_t mask, value;

	if (ptg_see_(op, fr, index, ptg_va_(fr, index), &seen) || seen.what != PTG_IS_PAGE_ || /* else the memo stays */
	    !ptg_memo_learn_(op, fr, seen.e, seen.k))
		return;
	ptg_unit_of_(op, fr, index, &seen, &u);
	harvest_mark(op, &u, &mask, &value, &h->kept);
	m->set = mask; /* a single bit, which is set or clear when marked */
	m->reason = value != 0;
	m->valid = mask && !(mask & (mask - 1)) && !(mask & m->fixed) && harvest_plain(op, seen.k, ~m->fixed);
}

struct words {                   /* entries side by side in a plain table of the memo's level */
	ptg_word64_ *w;
	uint64_t n, va, pa;      /* addresses: of the first page, of the first entry */
	uint64_t empty;
	unsigned shift;
};

/* The mark is taken off one page. false: something else is there by now; *marked: it had the mark. */
static bool harvest_take(const struct ptg_op_ *op, ptg_word64_ *w, bool *marked)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t value = m->reason ? m->set : 0, e = ptg_word_get_(w);

	do {
		*marked = ptg_memo_hit_(m, e) && (e & m->set) == value;
		if (!*marked)
			return ptg_memo_hit_(m, e);
		if (!op->live)
			ptg_word_put_(w, e ^ m->set);
	} while (op->live && !ptg_word_swap_(w, &e, e ^ m->set));
	return true;
}

/* Pages side by side with the mark, from entry i on: how many were dealt with. */
static uint64_t harvest_marked(struct ptg_op_ *op, const struct words *r, uint64_t i)
{
	const struct harvest *h = op->arg;
	const struct ptg_memo_ *m = &op->memo;
	uint64_t first = r->va + ptg_shl_(i, r->shift), n;
	bool marked = true;

	if (h->clear && h->kept) {
		n = harvest_take(op, r->w + i, &marked);
		if (n && marked) {
			ptg_sync_(op, r->pa + 8 * i, 8);
			ptg_flush_add_(op, first, first | ptg_mask_(r->shift), r->shift, m->level, PTG_FLUSH_DOWN);
		}
	} else {
		n = ptg_words_like_(r->w + i, r->n - i, m->fixed | m->set, m->value | (m->reason ? m->set : 0), m->zero);
	}
	if (n && marked)
		harvest_note(h, first, first + (ptg_shl_(n, r->shift) - 1));
	return n;
}

/* Nothing is cleared and the bitmap has a bit a page: pages that the memo knows go there a byte at a time. */
static uint64_t harvest_bytes(struct ptg_op_ *op, const struct words *r, uint64_t i)
{
	const struct harvest *h = op->arg;
	const struct ptg_memo_ *m = &op->memo;
	uint64_t page = ptg_shr_(r->va - h->first, r->shift) + i;

	if (!op->commit || !h->bitmap || (h->clear && h->kept) || h->unit_lg2 != r->shift || page % 8)
		return 0;
	return ptg_words_marks_(r->w + i, r->n - i, m->fixed | m->zero, (m->value & ~m->zero) | (m->reason ? 0 : m->set),
				ptg_lowest_bit_(m->set), h->bitmap + page / 8);
}

/* Pages that the memo knows, and empty entries: how many; most without the mark. */
static uint64_t harvest_words(struct ptg_op_ *op, const struct words *r)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t fixed = m->fixed | (op->commit ? m->set : 0); /* looking, the mark does not matter */
	uint64_t value = m->value | (op->commit && !m->reason ? m->set : 0), i = 0, n;

	while (i < r->n) {
		n = harvest_bytes(op, r, i);
		if (!n)
			n = ptg_words_like_(r->w + i, r->n - i, fixed, value, m->zero);
		if (!n && op->commit)
			n = harvest_marked(op, r, i);
		if (!n)
			n = ptg_words_like_(r->w + i, r->n - i, ~(uint64_t)0, r->empty, 0);
		if (!n)
			break;
		i += n;
	}
	return i;
}

/* Part of a table. */
static int harvest_run(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	const struct ptg_memo_ *m = &op->memo;
	struct words r;

	if (!fr->word || fr->passes)
		return PTG_OK;
	r.w = fr->word + index;
	r.n = last - index + 1;
	r.va = ptg_va_(fr, index);
	r.pa = ptg_entry_pa_(op->s, &fr->t, index);
	r.empty = fr->empty[0];
	r.shift = fr->t.shift;
	if (m->valid && m->level == fr->t.level)
		*done = harvest_words(op, &r);
	else
		*done = ptg_words_like_(r.w, r.n, ~(uint64_t)0, r.empty, 0);
	if (*done < r.n)
		harvest_learn(op, fr, index + *done);
	return PTG_OK;
}

/* All of a last table. */
static int harvest_table(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_bulk_ *t)
{
	struct words r;

	if (!t->word)
		return PTG_OK;
	if (!(op->empty_known >> t->level & 1))
		return 1;
	r.w = t->word;
	r.n = t->n;
	r.va = ptg_va_(fr, t->index);
	r.pa = t->pa;
	r.empty = op->empty[t->level][0];
	r.shift = op->fmt->levels[t->level].shift;
	return harvest_words(op, &r) != r.n;
}

static int harvest_tables(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	return ptg_bulk_(op, fr, index, last, done, harvest_table);
}

static const struct ptg_act_ harvest_act = { .page = harvest_page, .run = harvest_run, .tables = harvest_tables };

static int harvest_pass(struct ptg_op_ *op)
{
	const struct harvest *h = op->arg;

	return ptg_tour_pass_(op, h->first, h->last);
}

int ptg_harvest_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear, unsigned page_lg2,
		 uint8_t *bitmap, struct ptg_flush *f)
{
	struct harvest h = { va, va + (len - 1), bitmap, what, page_lg2, clear, false };
	struct ptg_flush none;
	struct ptg_op_ op;
	int err;

	none.table = NULL;
	none.table_cap = none.table_count = none.left = none.count = 0;
	err = ptg_op_begin_(&op, s, 0, f || clear ? f : &none);
	if (err)
		return err;
	op.act = &harvest_act;
	op.arg = &h;
	if (clear)
		return ptg_op_run_(&op, harvest_pass);
	op.commit = true; /* nothing that is stored: once is enough */
	return ptg_op_end_(&op, harvest_pass(&op));
}

/* Bits of the bitmap are only ever set.  A page that the range covers in part is reported and not cleared. */
int ptg_harvest(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear, unsigned page_lg2,
		uint8_t *bitmap, struct ptg_flush *f)
{
	uint64_t last;
	int err = ptg_args_(s, va, len, &last);

	if (err)
		return err;
	if ((what != PTG_ACCESSED && what != PTG_DIRTY) || page_lg2 > 63)
		return PTG_E_ARG;
	if (s->walker && s->walker->harvest)
		return s->walker->harvest(s, va, len, what, clear, page_lg2, bitmap, f);
	return ptg_harvest_(s, va, len, what, clear, page_lg2, bitmap, f);
}
