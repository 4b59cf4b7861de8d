/* SPDX-License-Identifier: MIT */
/*
 * cursor.c - every address of a range, one run a step
 *
 * A run is what one entry says: a page (of a page that takes several entries, the
 * part of one of them), or a hole as wide as the entry.  The cursor remembers
 * the table it was in last, so that a step there costs one load; entries that say
 * the same as those before them are cursor_same.c's.
 */
#include "ptg_cursor.h"

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
	struct ptg_seat_ *at = ptg_seat_(c);

	at->how = 0;
	if (!w->seen)
		return;
	at->table = t->pa;
	at->end = w->env.va | ptg_mask_(w->scope_lg2);
	at->how = PTG_SEAT_VALID | t->level | (uint64_t)t->index_lg2 << 8 | (uint64_t)t->shift << 16 |
		  (uint64_t)t->added << 24 | root << 32 | (w->slow ? PTG_SEAT_SLOW : 0);
	at->said = w->spoken;
}

static enum ptg_fault step(struct ptg_cursor *c, struct ptg_found *w)
{
	const struct ptg_space *s = c->space;
	struct ptg_seat_ *at = ptg_seat_(c);
	uint64_t st = at->how;
	enum ptg_fault fault;

	if ((st & (PTG_SEAT_VALID | PTG_SEAT_SLOW)) == PTG_SEAT_VALID && c->next <= at->end) {
		struct ptg_table t;

		t.pa = at->table;
		t.level = (uint8_t)st;
		t.index_lg2 = (uint8_t)(st >> 8);
		t.shift = (uint8_t)(st >> 16);
		t.added = (uint8_t)(st >> 24);
		w->via = NULL;
		fault = ptg_find_in_(s, c->next, &s->root[st >> 32 & 3], &t, (uint32_t)at->said, w);
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
		at->how = 0;
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

/* --- a run -------------------------------------------------------------------------------- */

void ptg_cursor_read_(struct ptg_cursor *c, struct ptg_run *run)
{
	run->va = c->next;
	run->pa = run->entry = 0;
	run->rights = 0;
	run->memtype = run->rule = 0;
	run->mapped = run->level = run->page_lg2 = run->contig_lg2 = 0;
	if (c->space->stage[0])
		nested_run(c, run);
	else
		run_here(c, run);
	if (run->last > c->last)
		run->last = c->last;
	if (run->last == UINT64_MAX)
		ptg_seat_(c)->flags |= PTG_SEAT_ENDED;
	c->next = run->last + 1;
}
