/* SPDX-License-Identifier: MIT */
/*
 * bulk.c - last tables by the dozen, where the space's digest says what leads to them
 *
 * A range of gigabytes is mostly tables that are covered whole and hold one kind of
 * page.  For those an act need not be told of every table by the tour: it gets
 * the words.
 */
#include "ptg_change.h"
#include "ptg_quick.h"

/* Tables of plain words that hold single pages only, below tables that the digest knows. */
static bool bulk_is(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	const struct ptg_quick_level *q = &op->s->quick.level[fr->t.level & 7];
	const struct ptg_level *l;

	if (!fr->word || fr->passes || fr->broken || (op->fmt->flags & PTG_FORMAT_DYNAMIC) || !ptg_quick_holds_(op->s) ||
	    !q->table_mask || q->next >= fr->t.level)
		return false;
	l = &op->fmt->levels[q->next];
	return l->entry_lg2 == 3 && !l->stride_lg2 && l->by == PTG_NONE && l->shift + l->width == fr->t.shift &&
	       op->memo.valid && op->memo.level == q->next;
}

static bool bulk_speaks(const struct ptg_op_ *op, const struct ptg_quick_level *q, uint64_t e)
{
	const uint64_t both[2] = { e, 0 };

	return ptg_speaks_(op->fmt, &op->fmt->kinds[q->table_kind], both);
}

int ptg_bulk_(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t last, uint64_t *done,
	      int (*each)(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_bulk_ *t))
{
	const struct ptg_quick_level *q = &op->s->quick.level[fr->t.level & 7];
	struct ptg_bulk_ t;
	int r = PTG_OK;
	bool leads;

	if (!bulk_is(op, fr))
		return PTG_OK;
	t.level = q->next;
	t.n = ptg_shl_(1, op->fmt->levels[t.level].width);
	t.bytes = 8 * t.n;
	for (t.index = index; t.index <= last; t.index++) {
		t.e = ptg_word_get_(&fr->word[t.index]);
		leads = ptg_quick_leads_(q, t.e, &t.pa);
		t.word = NULL;
		if (t.e != fr->empty[0]) {
			if (!leads || (t.pa & (t.bytes - 1)) || ptg_above_(fr, t.pa))
				break;
			t.word = ptg_table_map_(op->s, t.pa, (size_t)t.bytes);
			if (!t.word)
				break;
		}
		t.narrow = fr->narrow || (t.word && bulk_speaks(op, q, t.e));
		r = each(op, fr, &t);
		if (t.word)
			ptg_table_unmap_(op->s, t.pa, t.word, (size_t)t.bytes);
		if (r)
			break;
	}
	*done = t.index - index;
	return r < 0 ? r : PTG_OK;
}
