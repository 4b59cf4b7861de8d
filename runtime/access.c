/* SPDX-License-Identifier: MIT */
/*
 * access.c - an access as hardware makes it: accessed and dirty marks are set
 *
 * Entries are changed by compare-and-swap against what the walk read; one that
 * differs sends the walk back to the root, at most PTG_RESTARTS_ times.
 */
#include "ptg_core.h"

/* The entry with the marks that hardware sets for that access. */
static uint64_t marked(const struct ptg_env *env, const struct ptg_kind *k, unsigned access)
{
	const struct ptg_format *f = env->space->format;
	const struct ptg_mark *m = f->marks + k->mark_first, *end = m + k->mark_count;
	uint64_t e = env->e[0];

	for (; m < end; m++)
		if ((m->access & access) && (e & m->mask) != m->value &&
		    (m->if_ == PTG_NONE || ptg_eval_(env, m->if_)) &&
		    (m->enabled == PTG_NONE || ptg_eval_(env, m->enabled)))
			e = (e & ~m->mask) | m->value;
	return e;
}

/* Where to store: under two stages the table is a page of the second, to be written there. */
static int store_address(const struct ptg_found *w, uint64_t *pa)
{
	if (!w->via)
		return PTG_OK;
	if (ptg_access_mem(w->via, *pa, PTG_WRITE, w->via_result))
		return PTG_E_FAULT;
	*pa = w->via_result->pa;
	return PTG_OK;
}

int ptg_mark_path_(const struct ptg_found *w, const struct ptg_path *path, unsigned access, uint64_t leaf[2])
{
	const struct ptg_space *s = w->via ? w->via : w->env.space;
	const struct ptg_format *f = w->env.space->format;
	struct ptg_env env;
	unsigned i;

	ptg_env_init_(&env, w->env.space, NULL, w->env.va);
	env.attr = w->attr;
	for (i = 0; i < path->count; i++) {
		const struct ptg_kind *k = path->kind[i];
		uint64_t old[2] = { path->entry[i], path->entry_hi[i] }, new[2], pa = path->pa[i];
		int done;

		env.e[0] = old[0];
		env.e[1] = old[1];
		new[0] = marked(&env, k, access);
		new[1] = old[1];
		leaf[0] = new[0];
		leaf[1] = new[1];
		if (new[0] == old[0])
			continue;
		done = store_address(w, &pa);
		if (!done)
			done = ptg_cas_(s, pa, f->levels[k->level].entry_lg2, old, new);
		if (done != 1)
			return done;
	}
	return 1;
}

/* The walk held, the marks could not be stored. */
static enum ptg_fault unmarked(struct ptg_translation *t)
{
	t->pa = 0;
	t->rule = 0;
	t->fault = PTG_F_UNREADABLE;
	return PTG_F_UNREADABLE;
}

enum ptg_fault ptg_access_mem_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t)
{
	struct ptg_found w;
	struct ptg_path path;
	enum ptg_fault fault;
	uint64_t leaf[2];
	unsigned tries;
	int done;

	if (s->stage[0])
		return ptg_nest_translate_(s, va, access, true, t);
	w.via = NULL;
	for (tries = 0; tries < PTG_RESTARTS_; tries++) {
		fault = ptg_find_path_(s, va, access, &w, &path);
		fault = ptg_answer_(&w, fault, access, t);
		if (fault || !w.kind || !ptg_wanted_(access))
			return fault;
		done = ptg_mark_path_(&w, &path, access, leaf);
		if (done < 0)
			return unmarked(t);
		if (done) {
			ptg_marked_(&w, leaf, t);
			return PTG_F_NONE;
		}
	}
	return unmarked(t);
}

/* The answer after marking: the page's entry and its marks as they stand now. */
void ptg_marked_(const struct ptg_found *w, const uint64_t leaf[2], struct ptg_translation *t)
{
	struct ptg_env env;

	ptg_env_init_(&env, w->env.space, leaf, w->env.va);
	t->entry = leaf[0];
	t->entry_hi = leaf[1];
	t->rights |= ptg_marks_set_(&env, w->kind);
}
