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

/* A page with the mark.  false: something else is there by now. */
static bool harvest_one(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index)
{
	const struct harvest *h = op->arg;
	const struct ptg_memo_ *m = &op->memo;
	uint64_t va = ptg_va_(fr, index), marked = m->reason ? m->set : 0, e = ptg_word_get_(&fr->word[index]), old[2], new[2];

	if (!ptg_memo_hit_(m, e))
		return false;
	if ((e & m->set) != marked)
		return true;
	if (h->clear && h->kept) {
		old[0] = e;
		new[0] = e ^ m->set;
		old[1] = new[1] = 0;
		while (ptg_trade_(op, fr, index, old, new) == 0) { /* words: never an error */
			if (!ptg_memo_hit_(m, old[0]))
				return false;
			if ((old[0] & m->set) != marked)
				return true;
			new[0] = old[0] ^ m->set;
		}
		ptg_flush_add_(op, va, va | ptg_mask_(fr->t.shift), fr->t.shift, fr->t.level, PTG_FLUSH_DOWN);
	}
	harvest_note(h, va, va | ptg_mask_(fr->t.shift));
	return true;
}

/* Pages side by side with the mark, from index on: how many were dealt with. */
static uint64_t harvest_marked(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last)
{
	const struct harvest *h = op->arg;
	const struct ptg_memo_ *m = &op->memo;
	uint64_t n;

	if (h->clear && h->kept)
		return harvest_one(op, fr, index);
	n = ptg_words_like_(fr->word + index, last - index + 1, m->fixed | m->set, m->value | (m->reason ? m->set : 0), m->zero);
	if (n)
		harvest_note(h, ptg_va_(fr, index), ptg_va_(fr, index + n - 1) | ptg_mask_(fr->t.shift));
	return n;
}

/* Pages of a kind already known, and empty entries, in a plain table; most without the mark. */
static int harvest_run(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done)
{
	const struct ptg_memo_ *m = &op->memo;
	uint64_t i = index, n, fixed, value;

	if (!fr->word || fr->passes)
		return PTG_OK;
	if (!m->valid || m->level != fr->t.level) {
		i += ptg_words_like_(fr->word + i, last - i + 1, ~(uint64_t)0, fr->empty[0], 0);
		*done = i - index;
		if (i <= last)
			harvest_learn(op, fr, i);
		return PTG_OK;
	}
	fixed = m->fixed | (op->commit ? m->set : 0); /* looking, the mark does not matter */
	value = m->value | (op->commit && !m->reason ? m->set : 0);
	while (i <= last) {
		n = ptg_words_like_(fr->word + i, last - i + 1, fixed, value, m->zero);
		if (!n && op->commit)
			n = harvest_marked(op, fr, i, last);
		if (!n)
			n = ptg_words_like_(fr->word + i, last - i + 1, ~(uint64_t)0, fr->empty[0], 0);
		if (!n)
			break;
		i += n;
	}
	*done = i - index;
	if (i <= last)
		harvest_learn(op, fr, i);
	return PTG_OK;
}

static const struct ptg_act_ harvest_act = { .page = harvest_page, .run = harvest_run };

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
	return ptg_op_run_(&op, harvest_pass);
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
