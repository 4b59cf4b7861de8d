/* SPDX-License-Identifier: MIT */
/*
 * check_reached.c - every kind gets an entry, at each level where it stands
 *
 * Under some choice of the features that the kinds of a level name.  A table or page
 * kind that the kinds before it leave nothing at one level only could not be
 * encoded there: its `at` says more than is so.  An invalid kind that is hidden at
 * a level does no harm.
 */
#include <string.h>

#include "dsl/check.h"

#define CONDS_MAX 128u

struct place {                       /* one level under one choice */
	const struct model_config *config;
	int level;
};

struct reach {
	uint32_t levels;             /* bit n: it gets an entry at levels[n] */
	uint32_t hidden;             /* bit n: a walk comes to levels[n], but other kinds take every entry */
	bool possible;               /* the `when` alone can hold at a hidden level */
	const struct model_kind *taker; /* then: who takes such an entry */
};

static bool reached_at(struct check *c, const struct place *p, const struct model_kind *k, struct reach *r)
{
	struct check_cond conds[CONDS_MAX];
	struct check_env env;
	unsigned n = check_kind_conds(c->f, k, p->level, p->config, conds, CONDS_MAX);

	check_env_init(&env, c->f, p->config, k->layout, p->level);
	if (check_search(&env, conds, n) || env.gave_up)
		return true;
	if (r->possible)
		return false;
	check_env_init(&env, c->f, p->config, k->layout, p->level);
	if (check_otherwise(k) || check_search(&env, conds, 1)) {
		r->possible = true;
		r->taker = check_kind_of(&env);
	}
	return false;
}

/* Is the kind at that level under some choice?  Why not is kept of the first level where it could be. */
static void look_at(struct check *c, const struct model_kind *k, int level, struct reach *r)
{
	struct reach here = { .levels = 0 };
	struct check_uses u = { 0, 0 };
	struct check_variant v;

	check_uses_level(c->f, level, &u);
	check_variants(&v, c->f, &u);
	while (check_variant_next(&v)) {
		struct place p = { &v.config, level };

		if (!check_kind_here(c->f, k, level, &v.config) || !(check_reached(c, &v.config) >> level & 1))
			continue;
		if (reached_at(c, &p, k, &here)) {
			r->levels |= 1u << level;
			return;
		}
		here.hidden = 1u << level;
	}
	r->hidden |= here.hidden;
	if (!r->possible) {
		r->possible = here.possible;
		r->taker = here.taker;
	}
}

/* Kinds that the encoder writes at each of their levels. */
static bool must_be_reached(const struct model_kind *k)
{
	return (k->role == ROLE_TABLE || k->role == ROLE_PAGE) && k->layout;
}

/* "pml5..pd", or the names with commas. */
static const char *levels_text(const struct check *c, uint32_t levels)
{
	const struct model_level *all = c->f->levels;
	const char *text = "";

	for (unsigned i = 0; i < c->f->level_count; i++) {
		unsigned last = i;

		if (!(levels >> i & 1))
			continue;
		while (last + 1 < c->f->level_count && levels >> (last + 1) & 1)
			last++;
		text = arena_printf(c->arena, last > i ? "%s%s%s..%s" : "%s%s%s", text, text[0] ? ", " : "", all[i].name, all[last].name);
		i = last;
	}
	return text;
}

/* An inherited kind whose levels this format lacks, or that a feature of another format needs, is no slip. */
static bool inherited(const struct check *c, const struct model_kind *k)
{
	const struct span *f = &c->f->ast->span, *s = &k->ast->span;

	return s->file != f->file || s->start < f->start || s->end > f->end;
}

/* Why: who takes its entries.  With `where`: only at those levels. */
static void report(struct check *c, const struct model_kind *k, const struct reach *r, const char *where)
{
	const char *name = k->name;

	if (!r->possible) {
		check_report(c, DIAG_UNREACHABLE_KIND, k->ast->name.span, "kind '%s' can never match%s: its condition contradicts itself", name, where);
	} else if (r->taker && r->taker != k && (where[0] || !check_otherwise(k))) {
		check_report(c, DIAG_UNREACHABLE_KIND, k->ast->name.span, "kind '%s' can never match%s: '%s' takes every entry it could", name, where,
			     r->taker->name);
		diag_note(c->d, r->taker->ast->name.span, "'%s' is here", r->taker->name);
	} else {
		check_report(c, DIAG_UNREACHABLE_KIND, k->ast->name.span, "kind '%s' can never match%s: the kinds before it take every entry", name, where);
	}
}

static void one_kind(struct check *c, const struct model_kind *k)
{
	struct reach r = { .levels = 0 };

	for (unsigned i = 0; i < c->f->level_count; i++)
		if (k->at >> i & 1 && (!r.levels || must_be_reached(k)))
			look_at(c, k, (int)i, &r);
	if (!r.levels) {
		report(c, k, &r, "");
	} else if (r.hidden && must_be_reached(k)) {
		report(c, k, &r, arena_printf(c->arena, r.hidden & (r.hidden - 1) ? " at levels %s" : " at level %s", levels_text(c, r.hidden)));
		diag_help(c->d, "say where it can: 'at %s'", levels_text(c, r.levels));
	}
}

void rule_reached(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		if (k->at)
			one_kind(c, k);
		else if (!k->off && !inherited(c, k))
			check_report(c, DIAG_UNREACHABLE_KIND, k->ast->name.span, "kind '%s' is at no level of this format", k->name);
	}
}
