/* SPDX-License-Identifier: MIT */
/*
 * collapse.c - small pages that say the same become one large page, or a group
 *
 * Translations do not change, so nothing has to be undone: each place is
 * done or left.  No memory is needed.
 */
#include "ptg_change.h"

struct collapse {
	uint64_t first, last;
	bool edges;
};

struct fold {                    /* what the pages of a table or a window have in common */
	uint64_t e[2];           /* as an entry of the kind they become, without an address */
	uint64_t pa;
};

/* Marks that may differ; where "dirty" is a right, it is none of them. */
static uint64_t fold_marks(const struct ptg_kind *k)
{
	return (k->accessed_mask | k->dirty_mask) & ~k->rights_mask;
}

/* Takes one more page in; false: it does not go with the others. */
static bool fold_add(struct ptg_op_ *op, struct fold *f, const struct ptg_unit_ *u, const struct ptg_kind *to,
		     uint64_t offset)
{
	uint64_t e[2], marks = fold_marks(to);

	if (ptg_convert_(op->s, u->k, u->e, to, e))
		return false;
	if (!offset) {
		f->e[0] = e[0];
		f->e[1] = e[1];
		f->pa = u->pa;
		return true;
	}
	if (((e[0] ^ f->e[0]) & ~marks) | (e[1] ^ f->e[1]))
		return false;
	if (to->accessed_mask && (e[0] & to->accessed_mask) == to->accessed_value)
		f->e[0] = (f->e[0] & ~to->accessed_mask) | to->accessed_value;
	if (to->dirty_mask && (e[0] & to->dirty_mask) == to->dirty_value)
		f->e[0] = (f->e[0] & ~to->dirty_mask) | to->dirty_value;
	return u->pa == f->pa + offset;
}

static bool fold_fits(struct ptg_op_ *op, const struct fold *f, const struct ptg_kind *to, unsigned lg2)
{
	uint64_t in = ptg_mask_(lg2);

	if (f->pa & in)
		return false;
	return !(f->pa & ~ptg_pa_mask_(op->s, to, f->e));
}

/* --- a table becomes a page --------------------------------------------------------- */

static int fold_table(struct ptg_op_ *op, struct ptg_frame_ *child, const struct ptg_kind *to, struct fold *f)
{
	struct ptg_seen_ seen;
	struct ptg_unit_ u;
	uint64_t i;
	int err;

	for (i = 0; i <= child->hi; i += u.slots) {
		err = ptg_see_(op, child, i, ptg_va_(child, i), &seen);
		if (err)
			return err;
		if (seen.what != PTG_IS_PAGE_)
			return 0;
		ptg_unit_of_(op, child, i, &seen, &u);
		if (u.group == PTG_HINT_) { /* each has an address, and marks, of its own */
			u.pa += ptg_shl_(i - u.index, child->t.shift);
			u.slots = 1;
		}
		if (u.slots > 1 && u.index != i)
			return 0;
		if (!fold_add(op, f, &u, to, ptg_shl_(i, child->t.shift)))
			return 0;
	}
	return fold_fits(op, f, to, child->t.shift + child->t.index_lg2);
}

/*
 * Until the flush hardware may still mark the small pages: where it does so by
 * itself, the large one is taken as used, and as written if it can be.
 */
static void fold_hardware(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_kind *to, uint64_t e[2])
{
	const struct ptg_mark *m = op->fmt->marks + to->mark_first, *end = m + to->mark_count;
	struct ptg_decoded d;
	struct ptg_env env;

	if (!op->live || ptg_decode_(op->s, fr->t.level, e, &d))
		return;
	ptg_env_of_(op, &env, e, 0);
	for (; m < end; m++) {
		if (m->enabled != PTG_NONE && !ptg_eval_(&env, m->enabled))
			continue;
		if (m->if_ != PTG_NONE && !ptg_eval_(&env, m->if_))
			continue;
		if (m->what == 1 || (m->what == 2 && (d.rights & (PTG_UW | PTG_SW))))
			e[0] = (e[0] & ~m->mask) | m->value;
	}
}

static int collapse_swap(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, struct ptg_frame_ *child,
			 const struct ptg_kind *to, struct fold *f)
{
	uint64_t old[2], first = child->base, last = first | ptg_mask_(fr->t.shift);
	int err = ptg_peek_(op, fr, index, old);

	if (!err && op->bbm) {
		err = ptg_take_(op, fr, index, old);
		if (!err)
			err = ptg_flush_now_(op, first, last, child->t.shift, fr->t.level);
		if (!err)
			err = fold_table(op, child, to, f); /* marks that came until now */
		err = err == 1 ? PTG_OK : err ? err : PTG_E_BUSY;
		if (err) {
			(void)ptg_bring_(op, fr, index, old);
			return err;
		}
	} else {
		fold_hardware(op, fr, to, f->e);
	}
	if (!err) {
		ptg_put_addr_(op->s, to, f->pa, f->e);
		err = ptg_bring_(op, fr, index, f->e);
	}
	if (err)
		return err;
	ptg_flush_add_(op, first, last, child->t.shift, fr->t.level, PTG_FLUSH_TABLE | PTG_FLUSH_REPLACED);
	ptg_detach_(op, child);
	err = ptg_flush_table_(op, child->t.pa, ptg_bytes_(child), child->t.level, false);
	if (err)
		(void)ptg_bring_(op, fr, index, old);
	return err;
}

/* The kind of a page as large as the table, among those allowed. */
static const struct ptg_kind *collapse_kind(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	unsigned i;

	for (i = 0; i < op->choice_count; i++) {
		const struct ptg_choice_ *c = &op->choice[i];

		if (c->group == PTG_SINGLE_ && c->level == fr->t.level && fr->t.shift < 64 &&
		    (ptg_shr_(c->sizes, fr->t.shift) & 1))
			return c->k;
	}
	return NULL;
}

static int collapse_child(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, struct ptg_frame_ *child)
{
	const struct ptg_kind *to = collapse_kind(op, fr);
	struct fold f;
	int r;

	f.e[0] = f.e[1] = f.pa = 0;
	if (!to || child->t.shift + child->t.index_lg2 != fr->t.shift || child->lo ||
	    child->hi != ptg_mask_(child->t.index_lg2) || child->t.index_lg2 != op->fmt->levels[child->t.level].width)
		return PTG_OK;
	if ((op->flags & PTG_KEEP_TABLES) || !ptg_flush_room_(op, 1))
		return PTG_OK;
	if (op->bbm && !(op->s->mapper->ops && op->s->mapper->ops->flush))
		return PTG_OK;
	r = fold_table(op, child, to, &f);
	if (r == 1) /* the page stands beside the entry that leads to the table, not below it */
		r = ptg_grants_alike_(op, child, to, f.e);
	return r == 1 ? collapse_swap(op, fr, index, child, to, &f) : r;
}

/* --- single pages become a group ------------------------------------------------------- */

static int window_fold(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t slots,
		       const struct ptg_choice_ *c, struct fold *f)
{
	struct ptg_seen_ seen;
	struct ptg_unit_ u;
	uint64_t i;
	int err;

	for (i = 0; i < slots; i++) {
		err = ptg_see_(op, fr, index + i, ptg_va_(fr, index + i), &seen);
		if (err)
			return err;
		if (seen.what != PTG_IS_PAGE_)
			return 0;
		ptg_unit_of_(op, fr, index + i, &seen, &u);
		if (u.group != PTG_SINGLE_ || (c->group == PTG_HINT_ && u.k != c->k))
			return 0;
		if (!fold_add(op, f, &u, c->k, ptg_shl_(i, fr->t.shift)))
			return 0;
	}
	return 1;
}

/* The entry that a member of the group becomes. */
static void window_value(struct ptg_op_ *op, const struct ptg_choice_ *c, unsigned lg2, const struct fold *f,
			 const uint64_t e[2], uint64_t out[2])
{
	out[0] = e[0];
	out[1] = e[1];
	if (c->group == PTG_HINT_) {
		out[0] = (e[0] & ~c->k->contig_mask) | c->k->contig_value;
		return;
	}
	out[0] = f->e[0];
	out[1] = f->e[1];
	ptg_put_page_(op->s, c->k, lg2, f->pa, out);
}

static int window_broken(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t slots,
			 const struct ptg_choice_ *c, unsigned lg2, const struct fold *f)
{
	uint64_t was[128], i, e[2], out[2], first = ptg_va_(fr, index);
	int err = PTG_OK, failed;
	bool undo;

	for (i = 0; i < slots; i++) {
		err = ptg_peek_(op, fr, index + i, e);
		if (!err)
			err = ptg_take_(op, fr, index + i, e);
		if (err)
			break;
		was[i] = e[0];
	}
	if (!err)
		err = ptg_flush_now_(op, first, first | ptg_mask_(lg2), fr->t.shift, fr->t.level);
	undo = err != PTG_OK;
	while (i-- > 0) {
		e[0] = was[i];
		e[1] = 0;
		out[0] = e[0];
		out[1] = 0;
		if (!undo)
			window_value(op, c, lg2, f, e, out);
		failed = ptg_bring_(op, fr, index + i, out);
		if (failed)
			failed = ptg_bring_(op, fr, index + i, out);
		err = err ? err : failed;
	}
	if (err) /* hardware may have seen both */
		ptg_flush_add_(op, first, first | ptg_mask_(lg2), fr->t.shift, fr->t.level, PTG_FLUSH_REPLACED);
	return err;
}

/* Half a group is none: its n members become single pages again. */
static void window_apart(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t n,
			 const struct ptg_choice_ *c, unsigned lg2, const struct fold *f)
{
	const struct ptg_kind *to = c->group == PTG_HINT_ ? c->k : ptg_single_(op->s, &fr->t);
	struct ptg_unit_ u;

	u.k = c->k;
	window_value(op, c, lg2, f, f->e, u.e);
	u.index = index;
	u.slots = n;
	u.first = ptg_va_(fr, index);
	u.last = u.first | ptg_mask_(lg2);
	u.pa = f->pa;
	u.group = c->group;
	u.lg2 = (uint8_t)lg2;
	if (to)
		(void)ptg_ungroup_(op, fr, &u, to);
}

static int window_live(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t slots,
		       const struct ptg_choice_ *c, unsigned lg2, const struct fold *f)
{
	uint64_t i, e[2], out[2], first = ptg_va_(fr, index);
	int r = PTG_OK;

	for (i = 0; i < slots; i++) {
		r = ptg_peek_(op, fr, index + i, e);
		if (r)
			r = ptg_peek_(op, fr, index + i, e);
		while (!r) {
			window_value(op, c, lg2, f, e, out);
			if (c->k->accessed_mask && (e[0] & c->k->accessed_mask) == c->k->accessed_value)
				out[0] = (out[0] & ~c->k->accessed_mask) | c->k->accessed_value;
			if (c->k->dirty_mask && (e[0] & c->k->dirty_mask) == c->k->dirty_value)
				out[0] = (out[0] & ~c->k->dirty_mask) | c->k->dirty_value;
			r = ptg_trade_(op, fr, index + i, e, out);
			if (r == PTG_E_IO)
				r = ptg_trade_(op, fr, index + i, e, out);
		}
		if (r < 0) {
			window_apart(op, fr, index, i, c, lg2, f);
			break;
		}
	}
	ptg_flush_add_(op, first, first | ptg_mask_(lg2), fr->t.shift, fr->t.level, PTG_FLUSH_REPLACED);
	return i < slots ? r : PTG_OK;
}

static int collapse_window(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const struct ptg_choice_ *c,
			   unsigned lg2)
{
	uint64_t slots = ptg_shl_(1, lg2 - fr->t.shift);
	struct fold f;
	int r;

	f.e[0] = f.e[1] = f.pa = 0;
	if (slots > 128 || fr->entry_lg2 > 3)
		return PTG_OK;
	r = window_fold(op, fr, index, slots, c, &f);
	if (r != 1 || !fold_fits(op, &f, c->k, lg2))
		return r < 0 ? r : PTG_OK;
	if (!op->bbm)
		return window_live(op, fr, index, slots, c, lg2, &f);
	if (!(op->s->mapper->ops && op->s->mapper->ops->flush))
		return PTG_OK;
	return window_broken(op, fr, index, slots, c, lg2, &f);
}

static int collapse_groups(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t from, uint64_t to)
{
	uint64_t sizes, i, slots;
	unsigned n, lg2;
	int err = PTG_OK;

	for (n = 0; n < op->choice_count && !fr->one; n++) {
		const struct ptg_choice_ *c = &op->choice[n];

		if (c->group == PTG_SINGLE_ || c->level != fr->t.level || (op->fmt->flags & PTG_FORMAT_DYNAMIC))
			continue;
		for (sizes = c->sizes & ~ptg_mask_(fr->t.shift + 1u); sizes; sizes &= ~(ptg_shl_(1, lg2))) {
			lg2 = ptg_highest_bit_(sizes);
			slots = ptg_shl_(1, lg2 - fr->t.shift);
			for (i = (from + slots - 1) & ~(slots - 1); i + slots - 1 <= to && !err; i += slots)
				err = collapse_window(op, fr, i, c, lg2);
			if (err)
				return err;
		}
	}
	return PTG_OK;
}

/* --- the way down and up ------------------------------------------------------------------ */

static int collapse_table(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last);

static int collapse_entry(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t first, uint64_t last)
{
	const struct collapse *c = op->arg;
	struct ptg_seen_ seen;
	struct ptg_frame_ child;
	uint64_t span;
	unsigned n;
	int err = ptg_see_(op, fr, index, first, &seen);

	if (err || seen.what != PTG_IS_TABLE_)
		return err;
	for (n = 0; !err && (n == 0 || n < seen.k->next_count); n++) {
		err = ptg_open_(op, fr, index, first, &seen, n, &child);
		if (err || child.source != PTG_REAL_)
			continue;
		n = child.alternative;
		span = ptg_mask_(child.t.shift + child.t.index_lg2);
		if (c->edges && !fr->one && !child.one)
			first = child.base;
		if (!child.one && (c->edges || last > (child.base | span)))
			last = child.base | span;
		err = collapse_table(op, &child, first, last);
		if (!err && first == child.base && last == (child.base | span) && seen.k->next_count <= 1)
			err = collapse_child(op, fr, index, &child);
		ptg_detach_(op, &child);
	}
	return err;
}

static int collapse_table(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	uint64_t from = ptg_at_(op, fr, first), to = ptg_at_(op, fr, last), in = ptg_mask_(fr->t.shift), end;
	uint64_t start = first;
	int err;

	for (;;) {
		uint64_t index = ptg_at_(op, fr, first);

		end = fr->one || fr->t.shift > 63 || (first | in) > last ? last : first | in;
		if (index >= fr->lo && index <= fr->hi) {
			err = collapse_entry(op, fr, index, first, end);
			if (err)
				return err;
		}
		if (end >= last)
			break;
		first = end + 1;
	}
	if (start & in)
		from++;
	if ((last & in) != in && to-- == 0)
		return PTG_OK;
	return from <= to && to <= fr->hi ? collapse_groups(op, fr, from, to) : PTG_OK;
}

int ptg_collapse_(const struct ptg_space *s, uint64_t first, uint64_t last, bool edges, unsigned flags,
		  struct ptg_flush *f)
{
	struct collapse c = { first, last, edges };
	struct ptg_op_ op;
	int err = ptg_op_begin_(&op, s, flags, f);

	if (err)
		return err;
	op.arg = &c;
	op.commit = true;
	ptg_choices_(&op);
	return ptg_op_end_(&op, ptg_op_roots_(&op, first, last, collapse_table));
}

int ptg_collapse(struct ptg_space *s, uint64_t va, uint64_t len, struct ptg_flush *f)
{
	uint64_t last;
	int err = ptg_args_(s, va, len, &last);

	return err ? err : ptg_collapse_(s, va, last, false, 0, f);
}
