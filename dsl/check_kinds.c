/* SPDX-License-Identifier: MIT */
/*
 * check_kinds.c - the kinds of a level split all entry values
 *
 * For each level that a walk can come to and each choice of the features that
 * kinds name: no entry that two unordered kinds match, none that no kind matches.
 * What the search finds is printed as an example.
 */
#include <string.h>

#include "dsl/check.h"

#define CONDS_MAX 128u

struct levels_case {                 /* one level under one choice */
	const struct model_config *config;
	int level;
};

static const char *witness(struct check *c, const struct check_env *env, const struct model_layout *layout)
{
	const char *fields = check_entry_text(c, env, layout), *hex = check_hex(c->arena, env->e);

	if (fields[0])
		return arena_printf(c->arena, "an entry with %s (for example %s)", fields, hex);
	return arena_printf(c->arena, "an entry like %s", hex);
}

/* Fields to show the witness with: those of a table or page kind of the level. */
static const struct model_layout *shown_layout(const struct check *c, int level)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		if (k->layout && k->at >> level & 1)
			return k->layout;
	return NULL;
}

/* --- two kinds for one entry --------------------------------------------------------- */

static bool ordered(const struct model_kind *a, const struct model_kind *b)
{
	return (a->group && a->group == b->group) || check_otherwise(a) || check_otherwise(b);
}

static bool both_match(struct check *c, const struct levels_case *l, const struct model_kind *a, const struct model_kind *b)
{
	const struct model_format *f = c->f;
	struct check_cond conds[2 * CONDS_MAX];
	struct check_env env;
	unsigned n;

	check_env_init(&env, f, l->config, NULL, l->level);
	n = check_kind_conds(f, a, l->level, l->config, conds, CONDS_MAX);
	n += check_kind_conds(f, b, l->level, l->config, conds + n, CONDS_MAX);
	if (!check_search(&env, conds, n))
		return false;
	check_report(c, DIAG_AMBIGUOUS_KINDS, b->ast->name.span, "at level %s kinds '%s' and '%s' both match %s", f->levels[l->level].name,
		     a->name, b->name, witness(c, &env, b->layout ? b->layout : a->layout));
	diag_note(c->d, a->ast->name.span, "kind '%s' is here", a->name);
	diag_help(c->d, "put both in 'first { }' if their order decides");
	return true;
}

/* One report for each pair of kinds, at the first level where it shows. */
static bool reported(const struct model_kind **pairs, unsigned count, const struct model_kind *a, const struct model_kind *b)
{
	for (unsigned i = 0; i < count; i++)
		if (pairs[2 * i] == a && pairs[2 * i + 1] == b)
			return true;
	return false;
}

#define PAIRS_MAX 32u

struct found {
	const struct model_kind *pairs[2 * PAIRS_MAX];
	unsigned pair_count;
	const char *holes[MODEL_LEVELS]; /* witness, by level */
};

static void pairs_of(struct check *c, const struct levels_case *l, struct found *found)
{
	for (const struct model_kind *a = c->f->kinds; a; a = a->next) {
		if (!check_kind_here(c->f, a, l->level, l->config))
			continue;
		for (const struct model_kind *b = a->next; b; b = b->next) {
			if (ordered(a, b) || !check_kind_here(c->f, b, l->level, l->config) || found->pair_count == PAIRS_MAX ||
			    reported(found->pairs, found->pair_count, a, b) || !both_match(c, l, a, b))
				continue;
			found->pairs[2 * found->pair_count] = a;
			found->pairs[2 * found->pair_count++ + 1] = b;
		}
	}
}

/* --- an entry without a kind ------------------------------------------------------------- */

static void hole_of(struct check *c, const struct levels_case *l, struct found *found, const char *when)
{
	const struct model_format *f = c->f;
	struct check_cond conds[CONDS_MAX];
	struct check_env env;
	unsigned n = 0;

	for (const struct model_kind *k = f->kinds; k && n < CONDS_MAX; k = k->next) {
		if (!check_kind_here(f, k, l->level, l->config))
			continue;
		if (check_otherwise(k))
			return;
		conds[n++] = (struct check_cond){ .e = check_kind_when(k), .layout = k->layout, .want = false };
	}
	check_env_init(&env, f, l->config, NULL, l->level);
	if (found->holes[l->level] || !check_search(&env, conds, n))
		return;
	found->holes[l->level] = arena_printf(c->arena, "%s%s", witness(c, &env, shown_layout(c, l->level)), when);
}

/* Levels with the same hole are told together. */
static void report_holes(struct check *c, const struct found *found)
{
	bool done[MODEL_LEVELS] = { false };

	for (unsigned i = 0; i < c->f->level_count; i++) {
		const char *list = c->f->levels[i].name;
		bool several = false;

		if (!found->holes[i] || done[i])
			continue;
		for (unsigned j = i + 1; j < c->f->level_count; j++) {
			if (!found->holes[j] || strcmp(found->holes[i], found->holes[j]))
				continue;
			list = arena_printf(c->arena, "%s, %s", list, c->f->levels[j].name);
			done[j] = several = true;
		}
		check_report(c, DIAG_MISSING_KIND, c->f->levels[i].ast->name.span, "at level%s %s no kind matches %s", several ? "s" : "", list,
			     found->holes[i]);
		diag_help(c->d, "add 'invalid NAME when ...' or 'invalid NAME otherwise'");
	}
}

void rule_kinds(struct check *c)
{
	struct found found = { .pair_count = 0 };

	for (unsigned i = 0; i < c->f->level_count; i++) {
		struct check_uses u = { 0, 0 };
		struct check_variant v;

		check_uses_level(c->f, (int)i, &u);
		check_variants(&v, c->f, &u);
		while (check_variant_next(&v)) {
			struct levels_case l = { &v.config, (int)i };

			if (!(check_reached(c, &v.config) >> i & 1))
				continue;
			pairs_of(c, &l, &found);
			hole_of(c, &l, &found, check_variant_text(c, &v));
		}
	}
	report_holes(c, &found);
}
