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
 *   state[5]  that entry without its address      state[10] bits of the address that are to be 0
 *   state[6]  rights, memory type, rule           state[11] what an entry spans, less 1
 *   state[7]  sizes, level, shifts, entry width   state[12] what a page spans, less 1
 *   state[8]  where the entry for `next` is       state[9]  bits of the address
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
#define PLAIN ((uint64_t)1 << 63) /* state[7]: entries are 64-bit words, little-endian */

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
	uint64_t table = c->state[0];

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
	keep_other(c, run->entry & ~l->page_addr);
	c->state[5] = run->entry & ~l->page_addr;
	c->state[6] = run->rights | (uint64_t)run->memtype << 32 | (uint64_t)run->rule << 48;
	c->state[7] = run->page_lg2 | (uint64_t)run->contig_lg2 << 8 | (uint64_t)run->level << 16 |
		      (uint64_t)l->page_shl << 24 | (uint64_t)l->page_shr << 32 | (uint64_t)(lg2 == 3 ? 8 : 4) << 40 |
		      (lg2 == 3 && !s->quick.big ? PLAIN : 0);
	c->state[8] = table | ptg_shl_(ptg_shr_(c->next, shift) & ptg_mask_(index_lg2), lg2);
	c->state[9] = l->page_addr;
	c->state[10] = l->page_zero & l->page_addr;
	c->state[11] = ptg_mask_(shift);
	c->state[12] = ptg_mask_(run->page_lg2);
	c->state[13] = c->next;
	c->state[14] = whole(c, shift);
}

/* c->next is the first address of an entry here, and on the way. */
PTG_INLINE bool same_again(struct ptg_cursor *c, struct ptg_run *run)
{
	const struct ptg_space *s = c->space;
	uint64_t va = c->next, at = c->state[8], sizes = c->state[7], e, pa;

	e = PTG_LIKELY(sizes & PLAIN) ? PTG_LOAD64(s, at) : ptg_quick_load_(s, at);
	if (((e & ~c->state[9]) ^ c->state[5]) | (e & c->state[10]))
		return false;
	pa = ptg_shr_(ptg_shl_(e & c->state[9], sizes >> 24 & 63), sizes >> 32 & 63);
	run->va = va;
	run->last = va | c->state[11];
	run->pa = (pa & ~c->state[12]) | (va & c->state[12]);
	run->entry = e;
	run->rights = (uint32_t)c->state[6];
	run->memtype = (uint16_t)(c->state[6] >> 32);
	run->rule = (uint16_t)(c->state[6] >> 48);
	run->mapped = 1;
	run->level = (uint8_t)(sizes >> 16);
	run->page_lg2 = (uint8_t)sizes;
	run->contig_lg2 = (uint8_t)(sizes >> 8);
	c->state[8] = at + (sizes >> 40 & 0xff);
	c->next = run->last + 1;
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

static __attribute__((noinline)) int next_slowly(struct ptg_cursor *c, struct ptg_run *run)
{
	if (!c || !c->space || !run)
		return PTG_E_ARG;
	if ((c->state[4] & ENDED) || c->next > c->last)
		return 0;
	if (same_as_other(c, run))
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
