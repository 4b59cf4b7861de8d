/* SPDX-License-Identifier: MIT */
/*
 * cursor.c - every address of a range, one run a step
 *
 * A run is what one entry says: a page (of a page that takes several entries, the
 * part of one of them), or a hole as wide as the entry.  The cursor remembers
 * the table it was in last, so that a step there costs one load:
 *
 *   state[0]  address of the table       state[2]  level, index width, shift, added,
 *   state[1]  last va it is good for               root; bit 63: there is one,
 *                                                  bit 62: what tables say is more than a word
 *   state[3]  what the tables above have said     state[4]  ENDED
 *
 * A page whose entry differs from the last one in its address only is the same in
 * all else (digested levels, see quick.c).  From state[13] on, state[14] bytes far, the
 * entries are in the same table, inside the window and the range, and the next is
 * compared with that one; nothing else is looked at:
 *
 *   state[5]  that entry without its address      state[9]  bits of the address, those that are 0 left out
 *   state[6]  the run's rights, memtype, rule     state[10] PLAIN: what they are multiplied with
 *   state[7]  and the rest, as they stand there   state[11] what an entry spans
 *   state[8]  where the entry for `next` is       state[12] shifts, entry width, page size; PLAIN
 *
 * Pages of one table mostly come in a few variants, accessed and written or not: up to
 * OTHERS more of state[5..7] stand from state[18] on, good in the table at
 * state[15] up to state[16]; state[17] counts them.
 */
#include "ptg_core.h"
#include "ptg_quick.h"

#define VALID ((uint64_t)1 << 63)
#define SLOW ((uint64_t)1 << 62) /* from the root each time, but for the same again */
#define ENDED 1u   /* the last byte was the last of all */
#define HAVE 2u    /* state[5..7] are of the table that the others are of */
#define OTHERS 4u
#define PLAIN ((uint64_t)1 << 63) /* state[12]: little-endian words, an entry a page, addresses by a product */

typedef uint64_t __attribute__((may_alias, aligned(4))) run_word; /* several members of a run at once */

int ptg_cursor_init(struct ptg_cursor *c, const struct ptg_space *s, uint64_t va, uint64_t len)
{
	uint64_t last;
	unsigned i;

	if (!c || ptg_visit_range_(s, va, len, &last))
		return PTG_E_ARG;
	c->space = s;
	c->next = va;
	c->last = last;
	for (i = 0; i < sizeof(c->state) / sizeof(c->state[0]); i++)
		*(volatile uint64_t *)&c->state[i] = 0; /* volatile: not to become a call */
	return PTG_OK;
}

/* --- the table it was in --------------------------------------------------------- */

static void keep(struct ptg_cursor *c, const struct ptg_found *w, const struct ptg_table *t)
{
	uint64_t root = (uint64_t)(w->root - c->space->root);

	c->state[2] = 0;
	if (!w->seen)
		return;
	c->state[0] = t->pa;
	c->state[1] = w->env.va | ptg_mask_(w->scope_lg2);
	c->state[2] = VALID | t->level | (uint64_t)t->index_lg2 << 8 | (uint64_t)t->shift << 16 |
		      (uint64_t)t->added << 24 | root << 32;
	c->state[2] |= w->slow ? SLOW : 0;
	c->state[3] = w->spoken;
}

static enum ptg_fault step(struct ptg_cursor *c, struct ptg_found *w)
{
	const struct ptg_space *s = c->space;
	uint64_t st = c->state[2];
	enum ptg_fault fault;

	if ((st & (VALID | SLOW)) == VALID && c->next <= c->state[1]) {
		struct ptg_table t;

		t.pa = c->state[0];
		t.level = (uint8_t)st;
		t.index_lg2 = (uint8_t)(st >> 8);
		t.shift = (uint8_t)(st >> 16);
		t.added = (uint8_t)(st >> 24);
		w->via = NULL;
		fault = ptg_find_in_(s, c->next, &s->root[st >> 32 & 3], &t, (uint32_t)c->state[3], w);
		if (!w->kind || w->kind->role != PTG_ROLE_PASS) {
			if (w->scope_lg2 < 64)
				keep(c, w, &w->table);
			return fault;
		}
	}
	fault = ptg_find_(s, c->next, PTG_LOOK, w);
	if (w->scope_lg2 < 64)
		keep(c, w, &w->table);
	else
		c->state[2] = 0;
	return fault;
}

/* --- one stage ------------------------------------------------------------------------ */

static void say_page(struct ptg_found *w, struct ptg_run *run)
{
	struct ptg_translation t;

	ptg_answer_(w, PTG_F_NONE, PTG_LOOK, &t);
	run->pa = t.pa;
	run->rights = t.rights;
	run->memtype = t.memtype;
	run->mapped = 1;
	run->page_lg2 = t.page_lg2;
	run->contig_lg2 = t.contig_lg2;
}

/* The run at c->next; its end is that of the entry, not yet of the range. */
static void run_here(struct ptg_cursor *c, struct ptg_run *run)
{
	struct ptg_found w;
	enum ptg_fault fault = step(c, &w);

	run->entry = w.env.e[0];
	run->rule = (uint16_t)w.rule;
	if (!w.seen) {
		if (!fault) { /* bypass */
			run->mapped = 1;
			run->pa = c->next;
			run->rights = 0x3f;
			fault = PTG_F_CONFIG; /* as far as this root reaches */
		}
		run->last = ptg_barren_end_(c->space, c->next, w.root, fault);
		return;
	}
	run->level = w.table.level;
	run->page_lg2 = w.hole_lg2 < 64 ? w.hole_lg2 : w.table.shift;
	run->last = c->next | ptg_mask_(run->page_lg2);
	if (!fault)
		say_page(&w, run);
}

/* --- two stages -------------------------------------------------------------------------- */

static uint64_t span_of(const struct ptg_format *f, const struct ptg_translation *t)
{
	return t->page_lg2 ? t->page_lg2 : f->levels[t->level].shift;
}

/* As far as both stages go with one entry each; where the second faults, its entry's span. */
static void nested_run(struct ptg_cursor *c, struct ptg_run *run)
{
	const struct ptg_space *s = c->space;
	struct ptg_translation t, inner;
	struct ptg_found w;
	struct ptg_path path;
	enum ptg_fault fault;
	unsigned lg2;

	w.via = s->stage[1];
	w.via_access = PTG_LOOK;
	w.via_mark = false;
	w.via_fault = PTG_F_NONE;
	w.via_result = &inner;
	fault = ptg_find_path_(s->stage[0], c->next, PTG_LOOK, &w, &path);
	if (!w.seen && fault) {
		run->rule = (uint16_t)w.rule;
		run->last = ptg_barren_end_(s->stage[0], c->next, w.root, fault);
		return;
	}
	lg2 = w.hole_lg2 < 64 ? w.hole_lg2 : w.seen ? w.table.shift : 63;
	if (!fault) {
		ptg_answer_(&w, fault, PTG_LOOK, &t);
		fault = ptg_translate(s->stage[1], t.pa, PTG_LOOK, &inner);
		if (inner.page_lg2 || inner.level || inner.entry_pa)
			lg2 = span_of(s->stage[1]->format, &inner) < lg2
				      ? (unsigned)span_of(s->stage[1]->format, &inner) : lg2;
	}
	ptg_translate(s, c->next, PTG_LOOK, &t);
	run->entry = t.entry;
	run->rule = t.rule;
	run->level = t.level;
	run->page_lg2 = (uint8_t)lg2;
	run->last = c->next | ptg_mask_(lg2);
	if (fault || t.fault)
		return;
	run->mapped = 1;
	run->pa = t.pa;
	run->rights = t.rights;
	run->memtype = t.memtype;
	run->page_lg2 = t.page_lg2;
}

/* --- the same again ------------------------------------------------------------------------ */

PTG_INLINE void advance(struct ptg_cursor *c, struct ptg_run *run)
{
	if (run->last > c->last)
		run->last = c->last;
	if (run->last == UINT64_MAX)
		c->state[4] |= ENDED;
	c->next = run->last + 1;
}

/* Entries of the page's kind that say so with bits that the address has none of. */
static bool never_not(const struct ptg_quick_level *l, uint64_t fixed)
{
	unsigned i;

	for (i = 0; i < l->not_count; i++)
		if ((l->not_mask[i] & l->page_addr) &&
		    !((fixed ^ l->not_value[i]) & l->not_mask[i] & ~l->page_addr))
			return false;
	return true;
}

/* How many bytes from c->next on are whole entries of the table it is in, the last byte of all apart. */
static uint64_t whole(const struct ptg_cursor *c, unsigned shift)
{
	uint64_t last = c->state[1] < c->last ? c->state[1] : c->last, end = last + 1;

	if (c->next > last || end == 0)
		return 0;
	end &= ~ptg_mask_(shift);
	return end > c->next ? end - c->next : 0;
}

/* Before another variant takes the place of state[5..7]. */
static void keep_other(struct ptg_cursor *c, uint64_t fixed)
{
	uint64_t *other = &c->state[18 + 3 * (c->state[17] % OTHERS)];

	if (c->state[15] != c->state[0] || c->state[16] != c->state[1]) {
		c->state[15] = c->state[0];
		c->state[16] = c->state[1];
		c->state[17] = 0;
	} else if ((c->state[4] & HAVE) && c->state[5] != fixed) {
		other[0] = c->state[5];
		other[1] = c->state[6];
		other[2] = c->state[7];
		c->state[17]++;
	}
	c->state[4] |= HAVE;
}

/* The run just made, once c->next is behind it: do entries of the same table go on in the same way? */
static void remember(struct ptg_cursor *c, const struct ptg_run *run)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick_level *l = &s->quick.level[run->level & 7];
	unsigned lg2 = s->quick.entry_lg2, shift = c->state[2] >> 16 & 0xff, index_lg2 = c->state[2] >> 8 & 0xff;
	uint64_t table = c->state[0], varies;

	c->state[14] = 0;
	if (!run->mapped || !(c->state[2] & VALID) || (c->state[2] >> 24 & 1) || !ptg_quick_holds_(s))
		return;
	if ((c->next & ptg_mask_(shift)) || shift + index_lg2 > 63 || (table & ptg_mask_(index_lg2 + lg2)) ||
	    !PTG_IN_WINDOW(s, table) || !PTG_IN_WINDOW(s, table + ptg_mask_(index_lg2 + lg2)))
		return;
	if ((run->entry & l->page_mask) != l->page_value || (run->entry & l->page_zero) ||
	    ptg_quick_not_(l, run->entry) || l->page_rule != run->rule || l->page_lg2 != run->page_lg2)
		return;
	if (!never_not(l, run->entry & ~l->page_addr))
		return;
	varies = l->page_addr & ~l->page_zero &
		 ~ptg_shr_(ptg_shl_(ptg_mask_(run->page_lg2), l->page_shr), l->page_shl);
	keep_other(c, run->entry & ~varies);
	c->state[5] = run->entry & ~varies;
	c->state[6] = *(const run_word *)&run->rights;
	c->state[7] = *(const ptg_word32_ *)&run->mapped;
	c->state[8] = table | ptg_shl_(ptg_shr_(c->next, shift) & ptg_mask_(index_lg2), lg2);
	c->state[9] = varies;
	c->state[10] = ptg_shl_(1, l->page_shl);
	c->state[11] = ptg_shl_(1, shift);
	c->state[12] = l->page_shl | (uint64_t)l->page_shr << 8 | (uint64_t)run->page_lg2 << 16 | (uint64_t)lg2 << 24 |
		       (lg2 == 3 && !s->quick.big && !l->page_shr && run->page_lg2 == shift ? PLAIN : 0);
	c->state[13] = c->next;
	c->state[14] = whole(c, shift);
}

/* The members that runs of one kind share: a run's tail, by the two stores that it is. */
PTG_INLINE void say_again(struct ptg_cursor *c, struct ptg_run *run, uint64_t e, uint64_t pa)
{
	uint64_t va = c->next, next = va + c->state[11];

	c->next = next;
	run->va = va;
	run->last = next - 1;
	run->pa = pa;
	run->entry = e;
	*(run_word *)&run->rights = c->state[6];
	*(ptg_word32_ *)&run->mapped = (uint32_t)c->state[7];
}

/* Entries of other widths and orders, pages of several entries. */
static bool same_as_before(struct ptg_cursor *c, struct ptg_run *run)
{
	uint64_t e = ptg_quick_load_(c->space, c->state[8]), how = c->state[12], pa;

	if ((e & ~c->state[9]) != c->state[5])
		return false;
	pa = ptg_shr_(ptg_shl_(e & c->state[9], how & 63), how >> 8 & 63) | (c->next & ptg_mask_(how >> 16 & 63));
	say_again(c, run, e, pa);
	c->state[8] += ptg_shl_(1, how >> 24 & 63);
	return true;
}

/* c->next is the first address of an entry here, and on the way. */
PTG_INLINE bool same_again(struct ptg_cursor *c, struct ptg_run *run)
{
	uint64_t e, varies = c->state[9];

	if (PTG_UNLIKELY(!(c->state[12] & PLAIN)))
		return same_as_before(c, run);
	e = PTG_LOAD64(c->space, c->state[8]);
	if ((e & ~varies) != c->state[5])
		return false;
	say_again(c, run, e, (e & varies) * c->state[10]);
	c->state[8] += 8;
	return true;
}

/* The entry is none like the last one; is it like one of the others? */
static bool same_as_other(struct ptg_cursor *c, struct ptg_run *run)
{
	unsigned i, k, n = c->state[17] < OTHERS ? (unsigned)c->state[17] : OTHERS;
	uint64_t e, swap;

	if (c->next - c->state[13] >= c->state[14])
		return false;
	e = ptg_quick_load_(c->space, c->state[8]) & ~c->state[9];
	for (i = 0; i < n; i++) {
		uint64_t *other = &c->state[18 + 3 * i];

		if (other[0] != e)
			continue;
		for (k = 0; k < 3; k++) {
			swap = other[k];
			other[k] = c->state[5 + k];
			c->state[5 + k] = swap;
		}
		return same_again(c, run);
	}
	return false;
}

/* The table of that depth for c->next, by the digest, and what is gathered on the way.  false: no such, or not so simply. */
static bool find_table(const struct ptg_cursor *c, unsigned depth, uint64_t *table, uint32_t *said)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick *q = &s->quick;
	const struct ptg_root *r;
	uint64_t index, pa, e, low = ptg_mask_(q->entry_lg2);
	unsigned at;

	if (!ptg_quick_start_(s, c->next, &r, &index) || r != &s->root[c->state[2] >> 32 & 3] || r->level <= depth)
		return false;
	*table = r->table;
	*said = 0;
	for (at = r->level; at > depth;) {
		const struct ptg_quick_level *l = &q->level[at];

		pa = (*table & ~low) | ptg_shl_(index, q->entry_lg2);
		if (!PTG_IN_WINDOW(s, pa))
			return false;
		e = ptg_quick_load_(s, pa);
		if ((e & l->table_mask) != l->table_value || (e & l->table_zero))
			return false;
		*said |= ptg_quick_said_(s->format, &s->format->kinds[l->table_kind], e);
		*table = ptg_shr_(ptg_shl_(e & l->table_addr, l->table_shl), l->table_shr);
		at = l->next;
		index = ptg_shr_(c->next, q->level[at].shift) & ptg_mask_(q->level[at].width);
	}
	return at == depth;
}

/*
 * Do the tables on the way leave the same rights?  They have said the same; or, where what they say
 * is not gathered, this page has them, and what is known of others is forgotten.
 */
static bool same_rights(struct ptg_cursor *c, uint32_t said)
{
	const struct ptg_space *s = c->space;
	const struct ptg_format *f = s->format;
	struct ptg_run was;
	struct ptg_hit hit;

	if ((s->quick.usable & 1) && !(c->state[2] & SLOW))
		return said == (uint32_t)c->state[3];
	if (!(s->quick.usable & 2) || (f->memtype_attr != 0xff && f->attrs[f->memtype_attr].op))
		return false;
	c->state[17] = 0;
	c->state[4] &= ~(uint64_t)HAVE;
	*(run_word *)&was.rights = c->state[6];
	hit.info = ptg_lookup_(s, c->next, PTG_LOOK).info;
	return !PTG_HIT_FAULT(hit) && PTG_HIT_RIGHTS(hit) == was.rights && PTG_HIT_RULE(hit) == was.rule;
}

/* At the end of a table: what is known of its pages holds for the next one, where that is reached alike. */
static bool same_in_next_table(struct ptg_cursor *c, struct ptg_run *run)
{
	const struct ptg_space *s = c->space;
	unsigned depth = c->state[2] & 0xff, index_lg2 = c->state[2] >> 8 & 0xff, shift = c->state[2] >> 16 & 0xff;
	uint64_t table, bytes;
	uint32_t said;

	if (!c->state[14] || c->next - c->state[13] != c->state[14] || c->next != c->state[1] + 1 || !(c->state[2] & VALID) ||
	    depth >= s->format->level_count || s->quick.level[depth].width != index_lg2 ||
	    !find_table(c, depth, &table, &said) || !same_rights(c, said))
		return false;
	bytes = ptg_mask_(index_lg2 + s->quick.entry_lg2);
	if ((table & bytes) || !PTG_IN_WINDOW(s, table) || !PTG_IN_WINDOW(s, table + bytes))
		return false;
	c->state[0] = c->state[15] = c->state[8] = table;
	c->state[1] = c->state[16] = c->next | ptg_mask_(shift + index_lg2);
	c->state[13] = c->next;
	c->state[14] = whole(c, shift);
	if (!c->state[14])
		return false;
	if (!same_again(c, run))
		return same_as_other(c, run);
	c->state[4] |= HAVE;
	return true;
}

static __attribute__((noinline)) int next_slowly(struct ptg_cursor *c, struct ptg_run *run)
{
	if (!c || !c->space || !run)
		return PTG_E_ARG;
	if ((c->state[4] & ENDED) || c->next > c->last)
		return 0;
	if (same_as_other(c, run) || same_in_next_table(c, run))
		return 1;
	run->va = c->next;
	run->pa = run->entry = 0;
	run->rights = 0;
	run->memtype = run->rule = 0;
	run->mapped = run->level = run->page_lg2 = run->contig_lg2 = 0;
	if (c->space->stage[0])
		nested_run(c, run);
	else
		run_here(c, run);
	advance(c, run);
	remember(c, run);
	return 1;
}

int ptg_next(struct ptg_cursor *c, struct ptg_run *run)
{
	if (PTG_LIKELY(c && run && c->next - c->state[13] < c->state[14]) && same_again(c, run))
		return 1;
	return next_slowly(c, run);
}
