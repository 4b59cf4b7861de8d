/* SPDX-License-Identifier: MIT */
/*
 * cursor_same.c - a cursor's next run where it says the same as one before
 *
 * A page whose entry differs from the last one in its address only is the same in
 * all else (digested levels, see quick.c), and so is a hole whose entry is the same.
 * At the end of a table what is known of its entries goes on into the next one,
 * where that is reached alike.
 */
#include "ptg_cursor.h"

typedef uint64_t __attribute__((may_alias, aligned(4))) run_word; /* several members of a run at once */

/* --- learning -------------------------------------------------------------------- */

/* Is the page what the digest takes it for? */
static bool page_is_plain(const struct ptg_quick_level *l, const struct ptg_run *run)
{
	return ptg_quick_is_page_(l, run->entry) && l->page_rule == run->rule && l->page_lg2 == run->page_lg2 &&
	       ptg_quick_varies_(l, run->entry, run->page_lg2);
}

/* Is it a hole by its own entry's kind, whatever the address? */
static bool hole_is_plain(const struct ptg_space *s, const struct ptg_run *run, unsigned shift)
{
	const uint64_t e[2] = { run->entry, 0 };
	const struct ptg_kind *k = ptg_kind_(s, run->level, e);

	return k && k->role == PTG_ROLE_INVALID && k->rule == run->rule && run->page_lg2 == shift &&
	       !s->format->extern_count;
}

/* How many bytes from c->next on are whole entries of the table it is in, the last byte of all apart. */
static uint64_t whole(const struct ptg_cursor *c, const struct ptg_seat_ *at, unsigned shift)
{
	uint64_t last = at->end < c->last ? at->end : c->last, end = last + 1;

	if (c->next > last || end == 0)
		return 0;
	end &= ~ptg_mask_(shift);
	return end > c->next ? end - c->next : 0;
}

static void copy_variant(struct ptg_variant_ *to, const struct ptg_variant_ *v)
{
	to->fixed = v->fixed;
	to->varies = v->varies;
	to->times = v->times;
	to->rights = v->rights;
	to->shape = v->shape;
}

/* Before another variant takes the place of `now`. */
static void keep_other(struct ptg_seat_ *at, uint64_t fixed)
{
	if (at->other_table != at->table || at->other_end != at->end) {
		at->other_table = at->table;
		at->other_end = at->end;
		at->other_count = 0;
	} else if ((at->flags & PTG_SEAT_HAVE) && at->now.fixed != fixed) {
		copy_variant(&at->other[at->other_count++ % PTG_SEAT_OTHERS], &at->now);
	}
	at->flags |= PTG_SEAT_HAVE;
}

static void learn(struct ptg_seat_ *at, const struct ptg_quick_level *l, const struct ptg_run *run)
{
	uint64_t varies = run->mapped ? ptg_quick_varies_(l, run->entry, run->page_lg2) : 0;

	keep_other(at, run->entry & ~varies);
	at->now.fixed = run->entry & ~varies;
	at->now.varies = varies;
	at->now.times = run->mapped ? ptg_shl_(1, l->page_shl) : 0;
	at->now.rights = *(const run_word *)&run->rights;
	at->now.shape = *(const ptg_word32_ *)&run->mapped;
}

/* The run just made, once c->next is behind it: do entries of the same table go on in the same way? */
static void remember(struct ptg_cursor *c, const struct ptg_run *run)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick_level *l = &s->quick.level[run->level & 7];
	struct ptg_seat_ *at = ptg_seat_(c);
	unsigned lg2 = s->quick.entry_lg2, shift = at->how >> 16 & 0xff, index_lg2 = at->how >> 8 & 0xff;
	uint64_t table = at->table;

	at->bytes = 0;
	if (!(at->how & PTG_SEAT_VALID) || (at->how >> 24 & 1) || run->level != (at->how & 0xff) || !ptg_quick_holds_(s))
		return;
	if ((c->next & ptg_mask_(shift)) || shift + index_lg2 > 63 || (table & ptg_mask_(index_lg2 + lg2)) ||
	    !PTG_IN_WINDOW(s, table) || !PTG_IN_WINDOW(s, table + ptg_mask_(index_lg2 + lg2)))
		return;
	if (run->mapped ? !page_is_plain(l, run) : !hole_is_plain(s, run, shift))
		return;
	learn(at, l, run);
	at->at = table | ptg_shl_(ptg_shr_(c->next, shift) & ptg_mask_(index_lg2), lg2);
	at->span = ptg_shl_(1, shift);
	at->form = l->page_shl | (uint64_t)l->page_shr << 8 | (uint64_t)l->page_lg2 << 16 | (uint64_t)lg2 << 24 |
		   (lg2 == 3 && !s->quick.big && !l->page_shr && l->page_lg2 == shift ? PTG_SEAT_PLAIN : 0);
	at->from = c->next;
	at->bytes = whole(c, at, shift);
}

/* --- the same again ------------------------------------------------------------------ */

/* The members that runs of one kind share: a run's tail, by the two stores that it is. */
PTG_INLINE void say_again(struct ptg_cursor *c, struct ptg_seat_ *at, struct ptg_run *run, uint64_t e, uint64_t pa)
{
	uint64_t va = c->next, next = va + at->span;

	c->next = next;
	run->va = va;
	run->last = next - 1;
	run->pa = pa;
	run->entry = e;
	*(run_word *)&run->rights = at->now.rights;
	*(ptg_word32_ *)&run->mapped = (uint32_t)at->now.shape;
}

/* Entries of other widths and orders, pages of several entries. */
static bool same_as_before(struct ptg_cursor *c, struct ptg_seat_ *at, struct ptg_run *run)
{
	uint64_t e = ptg_quick_load_(c->space, at->at), form = at->form, pa = 0;

	if ((e & ~at->now.varies) != at->now.fixed)
		return false;
	if (at->now.times)
		pa = ptg_shr_(ptg_shl_(e & at->now.varies, form & 63), form >> 8 & 63) |
		     (c->next & ptg_mask_(form >> 16 & 63));
	say_again(c, at, run, e, pa);
	at->at += ptg_shl_(1, form >> 24 & 63);
	return true;
}

/* c->next is the first address of an entry here, and on the way. */
PTG_INLINE bool same_again(struct ptg_cursor *c, struct ptg_seat_ *at, struct ptg_run *run)
{
	uint64_t e, varies = at->now.varies;

	if (PTG_UNLIKELY(!(at->form & PTG_SEAT_PLAIN)))
		return same_as_before(c, at, run);
	e = PTG_LOAD64(c->space, at->at);
	if ((e & ~varies) != at->now.fixed)
		return false;
	say_again(c, at, run, e, (e & varies) * at->now.times);
	at->at += 8;
	return true;
}

/* The entry is none like the last one; is it like one of the others? */
static bool same_as_other(struct ptg_cursor *c, struct ptg_seat_ *at, struct ptg_run *run)
{
	unsigned i, n = at->other_count < PTG_SEAT_OTHERS ? (unsigned)at->other_count : PTG_SEAT_OTHERS;
	struct ptg_variant_ was;
	uint64_t e;

	if (c->next - at->from >= at->bytes)
		return false;
	e = ptg_quick_load_(c->space, at->at);
	for (i = 0; i < n; i++) {
		if ((e & ~at->other[i].varies) != at->other[i].fixed)
			continue;
		copy_variant(&was, &at->now);
		copy_variant(&at->now, &at->other[i]);
		copy_variant(&at->other[i], &was);
		return same_again(c, at, run);
	}
	return false;
}

/* --- the next table --------------------------------------------------------------------- */

/* The table of that depth for c->next, by the digest, and what is gathered on the way.  false: no such, or not so simply. */
static bool find_table(const struct ptg_cursor *c, const struct ptg_seat_ *seat, unsigned depth, uint64_t *table,
		       uint32_t *said, struct ptg_up_ *up)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick *q = &s->quick;
	const struct ptg_root *r;
	uint64_t index, pa, e, low = ptg_mask_(q->entry_lg2);
	unsigned at;

	if (!ptg_quick_start_(s, c->next, &r, &index) || r != &s->root[seat->how >> 32 & 3] || r->level <= depth)
		return false;
	*table = r->table;
	*said = 0;
	for (at = r->level; at > depth;) {
		const struct ptg_quick_level *l = &q->level[at];

		pa = (*table & ~low) | ptg_shl_(index, q->entry_lg2);
		if (!PTG_IN_WINDOW(s, pa))
			return false;
		e = ptg_quick_load_(s, pa);
		*said |= ptg_quick_said_(s->format, &s->format->kinds[l->table_kind], e);
		if (!ptg_quick_leads_(l, e, table))
			return false;
		up->level = at == r->level ? 0 : at; /* the first table may have an index of its own */
		up->pa = pa;
		up->bits = e & ~l->table_addr;
		at = l->next;
		index = ptg_shr_(c->next, q->level[at].shift) & ptg_mask_(q->level[at].width);
	}
	return at == depth;
}

/* The table for c->next, by the entry after the one that led to the last one, if it says the same. */
static bool find_neighbour(const struct ptg_cursor *c, const struct ptg_seat_ *at, uint64_t *table, struct ptg_up_ *up)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick_level *l = &s->quick.level[up->level & 7];
	uint64_t bytes = ptg_shl_(1, s->quick.entry_lg2), pa = up->pa + bytes, e;

	if (!up->level || up->end != at->end || !(ptg_shr_(c->next, l->shift) & ptg_mask_(l->width)) ||
	    !PTG_IN_WINDOW(s, pa))
		return false;
	e = ptg_quick_load_(s, pa);
	if ((e & ~l->table_addr) != up->bits || !ptg_quick_leads_(l, e, table))
		return false;
	up->pa = pa;
	return true;
}

/* Which table comes after the one just entered, by the entry after up->pa; 0: not known.  Its bytes are wanted soon. */
static uint64_t next_table(const struct ptg_cursor *c, const struct ptg_seat_ *at, const struct ptg_up_ *up)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick_level *l = &s->quick.level[up->level & 7];
	uint64_t pa = up->pa + ptg_shl_(1, s->quick.entry_lg2), table, last;

	if (!up->level || !(ptg_shr_(at->end + 1, l->shift) & ptg_mask_(l->width)) || !PTG_IN_WINDOW(s, pa))
		return 0;
	last = ptg_mask_((at->how >> 8 & 0x3f) + s->quick.entry_lg2);
	if (!ptg_quick_leads_(l, ptg_quick_load_(s, pa), &table) || !PTG_IN_WINDOW(s, table) || !PTG_IN_WINDOW(s, table + last))
		return 0;
	return table;
}

/*
 * Do the tables on the way leave the same rights?  They have said the same; or, where what they say
 * is not gathered, this page has them, and what is known of others is forgotten.
 */
static bool same_rights(struct ptg_cursor *c, struct ptg_seat_ *at, uint32_t said)
{
	const struct ptg_space *s = c->space;
	const struct ptg_format *f = s->format;
	struct ptg_run was;
	struct ptg_hit hit;

	if ((s->quick.usable & 1) && !(at->how & PTG_SEAT_SLOW))
		return said == (uint32_t)at->said;
	if (!(s->quick.usable & 2) || (f->memtype_attr != 0xff && f->attrs[f->memtype_attr].op))
		return false;
	at->other_count = 0;
	at->flags &= ~(uint64_t)PTG_SEAT_HAVE;
	*(run_word *)&was.rights = at->now.rights;
	hit.info = ptg_lookup_(s, c->next, PTG_LOOK).info;
	return !PTG_HIT_FAULT(hit) && PTG_HIT_RIGHTS(hit) == was.rights && PTG_HIT_RULE(hit) == was.rule;
}

/* At the end of a table: what is known of its entries holds for the next one, where that is reached alike. */
static bool same_in_next_table(struct ptg_cursor *c, struct ptg_seat_ *at, struct ptg_run *run, struct ptg_up_ *up)
{
	const struct ptg_space *s = c->space;
	unsigned depth = at->how & 0xff, index_lg2 = at->how >> 8 & 0xff, shift = at->how >> 16 & 0xff;
	uint64_t table, bytes;
	uint32_t said;

	if (!at->bytes || c->next - at->from != at->bytes || c->next != at->end + 1 || !(at->how & PTG_SEAT_VALID) ||
	    depth >= s->format->level_count || s->quick.level[depth].width != index_lg2 || !ptg_quick_holds_(s))
		return false;
	if (!find_neighbour(c, at, &table, up) &&
	    (!find_table(c, at, depth, &table, &said, up) || !same_rights(c, at, said)))
		return false;
	bytes = ptg_mask_(index_lg2 + s->quick.entry_lg2);
	if ((table & bytes) || !PTG_IN_WINDOW(s, table) || !PTG_IN_WINDOW(s, table + bytes))
		return false;
	at->table = at->other_table = at->at = table;
	at->end = at->other_end = up->end = c->next | ptg_mask_(shift + index_lg2);
	at->from = c->next;
	at->bytes = whole(c, at, shift);
	if (!at->bytes)
		return false;
	up->after = next_table(c, at, up);
	if (!same_again(c, at, run))
		return same_as_other(c, at, run);
	at->flags |= PTG_SEAT_HAVE;
	return true;
}

/* --- a step -------------------------------------------------------------------------------- */

static __attribute__((noinline)) int next_slowly(struct ptg_cursor *c, struct ptg_run *run, struct ptg_up_ *up)
{
	struct ptg_seat_ *at;
	struct ptg_up_ none;

	if (!c || !c->space || !run)
		return PTG_E_ARG;
	at = ptg_seat_(c);
	if ((at->flags & PTG_SEAT_ENDED) || c->next > c->last)
		return 0;
	none.level = 0;
	if (same_as_other(c, at, run) || same_in_next_table(c, at, run, up ? up : &none))
		return 1;
	ptg_cursor_read_(c, run);
	remember(c, run);
	return 1;
}

int ptg_cursor_next_(struct ptg_cursor *c, struct ptg_run *run, struct ptg_up_ *up)
{
	struct ptg_seat_ *at = ptg_seat_(c);

	if (PTG_LIKELY(c->next - at->from < at->bytes) && same_again(c, at, run))
		return 1;
	return next_slowly(c, run, up);
}

int ptg_next(struct ptg_cursor *c, struct ptg_run *run)
{
	if (PTG_LIKELY(c && run && c->next - ptg_seat_(c)->from < ptg_seat_(c)->bytes) &&
	    same_again(c, ptg_seat_(c), run))
		return 1;
	return next_slowly(c, run, NULL);
}

/* `now` is what run was, if anything is known here; so the entry may be looked at once more. */
void ptg_cursor_back_(struct ptg_cursor *c, const struct ptg_run *run)
{
	struct ptg_seat_ *at = ptg_seat_(c);

	if (at->bytes && run->last - run->va == at->span - 1 && c->next - at->from <= at->bytes) {
		at->at -= ptg_shl_(1, at->form >> 24 & 63);
		if (run->va < at->from) {
			at->from = run->va;
			at->bytes += at->span;
		}
	} else {
		at->bytes = 0;
	}
	at->flags &= ~(uint64_t)PTG_SEAT_ENDED;
	c->next = run->va;
}
