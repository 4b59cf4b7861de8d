/* SPDX-License-Identifier: MIT */
/*
 * nest.c - two stages: what the first one yields is an address of the second
 *
 * Every table of the first stage is read through the second (and written through
 * it, when marking; some hardware calls every such access a write); so is the final
 * address.  The answer carries the stage that
 * decided (1 or 2), `rule` counts in that stage's format, entries are read at
 * physical addresses.  Page size is the smaller, the six rights are ANDed.
 */
#include "ptg_core.h"

/* The second stage refused: its answer is the answer. */
static enum ptg_fault second_stage(const struct ptg_translation *inner, struct ptg_translation *t)
{
	t->pa = 0;
	t->entry = inner->entry;
	t->entry_hi = inner->entry_hi;
	t->entry_pa = inner->entry_pa;
	t->level = inner->level;
	t->rule = inner->rule;
	t->fault = inner->fault;
	t->stage = 2;
	return (enum ptg_fault)inner->fault;
}

static void combine(const struct ptg_translation *inner, struct ptg_translation *t)
{
	t->pa = inner->pa;
	t->space = inner->space;
	t->rights &= inner->rights | ~(uint32_t)0x3f;
	if (inner->page_lg2 && (!t->page_lg2 || inner->page_lg2 < t->page_lg2)) {
		t->page_lg2 = inner->page_lg2;
		t->contig_lg2 = 0;
	}
}

/* As what the second stage sees the reading of a first-stage table. */
static unsigned table_access(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;

	return f->flags & PTG_FORMAT_TABLES_WRITE && (s->stage[1]->config[0] & f->tables_mask) == f->tables_value ? PTG_WRITE
														   : PTG_READ;
}

/* One attempt: the fault, or *again when an entry changed under the marks. */
static enum ptg_fault attempt(const struct ptg_space *s, uint64_t va, unsigned access, bool mark,
			      struct ptg_translation *t, bool *again)
{
	struct ptg_translation inner;
	struct ptg_found w;
	struct ptg_path path;
	enum ptg_fault fault;
	uint64_t leaf[2];
	int done;

	w.via = s->stage[1];
	w.via_access = ptg_wanted_(access) ? table_access(s) : PTG_LOOK;
	w.via_mark = mark && ptg_wanted_(access);
	w.via_fault = PTG_F_NONE;
	w.via_result = &inner;
	fault = ptg_find_path_(s->stage[0], va, access, &w, &path);
	fault = ptg_answer_(&w, fault, access, t);
	t->stage = 1;
	if (w.via_fault)
		return second_stage(&inner, t);
	if (fault)
		return fault;
	if (mark && w.kind && ptg_wanted_(access)) {
		done = ptg_mark_path_(&w, &path, access, leaf);
		*again = done == 0;
		if (done == PTG_E_FAULT)
			return second_stage(&inner, t);
		if (done < 0)
			return PTG_F_UNREADABLE;
		if (done)
			ptg_marked_(&w, leaf, t);
	}
	fault = mark ? ptg_access_mem(s->stage[1], t->pa, access, &inner)
		     : ptg_translate(s->stage[1], t->pa, access, &inner);
	if (fault)
		return second_stage(&inner, t);
	combine(&inner, t);
	return PTG_F_NONE;
}

enum ptg_fault ptg_nest_translate_(const struct ptg_space *s, uint64_t va, unsigned access, bool mark,
				   struct ptg_translation *t)
{
	enum ptg_fault fault = PTG_F_UNREADABLE;
	unsigned tries;

	for (tries = 0; tries < PTG_RESTARTS_; tries++) {
		bool again = false;

		fault = attempt(s, va, access, mark, t, &again);
		if (!again)
			break;
		fault = PTG_F_UNREADABLE;
	}
	t->fault = (uint8_t)fault;
	if (fault)
		t->pa = 0;
	return fault;
}

int ptg_space_pair(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		   const struct ptg_space *first, const struct ptg_space *second)
{
	volatile unsigned char *p = (volatile unsigned char *)s; /* volatile: not to become a call */
	size_t i;

	if (!s || !format || !first || !second || !first->format || !second->format)
		return PTG_E_ARG;
	if (format->stage[0] != first->format || format->stage[1] != second->format)
		return PTG_E_ARG;
	if (first->stage[0] || second->stage[0] || s == first || s == second)
		return PTG_E_ARG;
	for (i = 0; i < sizeof(*s); i++)
		p[i] = 0;
	s->format = format;
	s->walker = walker ? walker : &ptg_generic_walker;
	s->mapper = second->mapper;
	s->stage[0] = first;
	s->stage[1] = second;
	return PTG_OK;
}
