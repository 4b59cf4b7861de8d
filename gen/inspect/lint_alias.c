/* SPDX-License-Identifier: MIT */
/*
 * lint_alias.c - one frame with two meanings
 *
 * Mappings are sorted by physical address; of those passed, the one of each sort
 * that reaches furthest is kept.  So every mapping meets a partner if there is
 * one, in one sweep.  What meets the same partner is told once, with a count.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gen/inspect/lint.h"
#include "gen/text.h"

#define USER (PTG_UR | PTG_UW | PTG_UX)
#define WRITE (PTG_UW | PTG_SW)
#define EXEC (PTG_UX | PTG_SX)

static uint64_t pa_last(const struct mapping *m)
{
	return m->pa + (m->last - m->va);
}

static int by_pa(const void *x, const void *y)
{
	const struct mapping *a = x, *b = y;

	if (a->pa != b->pa)
		return a->pa < b->pa ? -1 : 1;
	return a->va < b->va ? -1 : a->va > b->va;
}

/* --- findings with the same partner, gathered -------------------------------------------------- */

struct gather {
	struct lint *l;
	enum lint_id id;
	const char *what;            /* "is executable at" */
	const struct mapping *partner;
	struct lint_finding f;
};

static void gather_end(struct gather *g)
{
	const struct mapping *p = g->partner;
	char user[4], super[4];

	if (!p)
		return;
	g->f.text = arena_printf(g->l->arena, "%s (user %s, supervisor %s)%s", g->what, text_rights(p->rights, true, user),
				 text_rights(p->rights, false, super), g->f.count > 1 ? "; the first of them is shown" : "");
	lint_say(g->l, &g->f);
	g->partner = NULL;
}

/* m and partner share memory. */
static void gather_add(struct gather *g, const struct mapping *m, const struct mapping *partner)
{
	uint64_t first = m->pa > partner->pa ? m->pa : partner->pa;
	uint64_t last = pa_last(m) < pa_last(partner) ? pa_last(m) : pa_last(partner);
	uint64_t pages = last - first < ((uint64_t)1 << m->page_lg2) ? 1 : (last - first + 1) >> m->page_lg2;

	if (g->partner == partner) {
		g->f.count += pages;
		return;
	}
	gather_end(g);
	g->partner = partner;
	memset(&g->f, 0, sizeof(g->f));
	g->f.id = g->id;
	g->f.va = m->va + (first - m->pa);
	g->f.last = m->va + (last - m->pa);
	g->f.pa = first;
	g->f.has_pa = g->f.has_other = true;
	g->f.other = partner->va + (first - partner->pa);
	g->f.count = pages;
}

/* --- aliases ---------------------------------------------------------------------------------------- */

static bool meets(const struct mapping *m, const struct mapping *r)
{
	return r && pa_last(r) >= m->pa && r->va != m->va;
}

static void reach(const struct mapping **r, const struct mapping *m)
{
	if (!*r || pa_last(m) > pa_last(*r))
		*r = m;
}

void lint_aliases(struct lint *l)
{
	struct gather write = {.l = l, .id = LINT_EXEC_ALIAS, .what = "executable here, writable at the other address"};
	struct gather exec = {.l = l, .id = LINT_EXEC_ALIAS, .what = "writable here, executable at the other address"};
	struct gather super = {.l = l, .id = LINT_USER_ALIAS, .what = "the user's here, the supervisor's at the other address"};
	struct gather user = {.l = l, .id = LINT_USER_ALIAS, .what = "the supervisor's here, the user's at the other address"};
	struct gather any = {.l = l, .id = LINT_ALIAS, .what = "there"};
	const struct mapping *w = NULL, *x = NULL, *u = NULL, *s = NULL, *far = NULL;

	if (l->count)
		qsort(l->m, l->count, sizeof(*l->m), by_pa);
	for (size_t i = 0; i < l->count; i++) {
		const struct mapping *m = &l->m[i];
		bool is_w = m->rights & WRITE, is_x = m->rights & EXEC, is_u = m->rights & USER;

		if (is_x && !is_w && meets(m, w))
			gather_add(&write, m, w);
		else if (is_w && !is_x && meets(m, x))
			gather_add(&exec, m, x);
		if (is_u && meets(m, s))
			gather_add(&super, m, s);
		else if (!is_u && meets(m, u))
			gather_add(&user, m, u);
		if (meets(m, far))
			gather_add(&any, m, far);
		reach(&far, m);
		if (is_w && !is_x)
			reach(&w, m);
		if (is_x && !is_w)
			reach(&x, m);
		reach(is_u ? &u : &s, m);
	}
	gather_end(&write);
	gather_end(&exec);
	gather_end(&super);
	gather_end(&user);
	gather_end(&any);
}

/* --- tables ------------------------------------------------------------------------------------------ */

static int by_table(const void *x, const void *y)
{
	const struct scan_table *a = x, *b = y;

	return a->pa < b->pa ? -1 : a->pa > b->pa;
}

static uint64_t table_last(const struct lint *l, const struct scan_table *t)
{
	const struct ptg_format *f = l->view->plan->stage[0] ? l->view->stage[0].format : l->view->space.format;
	const struct ptg_level *v = &f->levels[t->level];

	return t->pa + ((uint64_t)1 << (v->width + v->entry_lg2 + v->stride_lg2)) - 1;
}

/* Tables that mappings with one of `rights` show, each table once.  Mappings are sorted already. */
static void tables_under(struct lint *l, const struct scan_table *t, size_t count, uint32_t rights, struct gather *g)
{
	const struct mapping *far = NULL;
	size_t k = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t last = table_last(l, &t[i]);
		struct mapping as = {.pa = t[i].pa, .va = 0, .last = last - t[i].pa, .page_lg2 = 63};

		if (i && t[i].pa == t[i - 1].pa)
			continue;
		for (; k < l->count && l->m[k].pa <= last; k++)
			if (l->m[k].rights & rights)
				reach(&far, &l->m[k]);
		if (!far || pa_last(far) < t[i].pa)
			continue;
		gather_add(g, &as, far);
		if (g->f.count == 1) {
			g->f.va = far->va + (g->f.pa - far->pa);
			g->f.last = g->f.va + (last - t[i].pa);
			g->f.other = t[i].va;
		}
	}
	gather_end(g);
}

void lint_tables(struct lint *l)
{
	struct gather user = {.l = l, .id = LINT_TABLE_USER, .what = "a table that the user may write"};
	struct gather super = {.l = l, .id = LINT_TABLE_WRITABLE, .what = "a table that the supervisor may write"};
	const struct ptg_space *s = l->view->plan->stage[0] ? &l->view->stage[0] : &l->view->space;
	struct scan_table *t = arena_array(l->arena, l->table_count + 4, sizeof(*t));
	size_t n = l->table_count;

	if (n)
		memcpy(t, l->table, n * sizeof(*t));
	for (unsigned i = 0; i < 4; i++)
		if ((s->root[i].flags & PTG_ROOT_VALID) && !(s->root[i].flags & PTG_ROOT_BYPASS)) {
			t[n].pa = s->root[i].table;
			t[n++].level = s->root[i].level;
		}
	qsort(t, n, sizeof(*t), by_table);
	tables_under(l, t, n, PTG_UW, &user);
	tables_under(l, t, n, PTG_SW, &super);
}
