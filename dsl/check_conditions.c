/* SPDX-License-Identifier: MIT */
/*
 * check_conditions.c - conditions that nothing can make true
 *
 * A `deny` is tried against every page kind, level, feature choice and access, with the entry, the tables above and the contexts free.
 */
#include <string.h>

#include "dsl/check.h"

#define CONDS_MAX 128u

static const int accesses[] = {
	CHECK_READ, CHECK_WRITE, CHECK_FETCH,
	CHECK_READ | CHECK_USER, CHECK_WRITE | CHECK_USER, CHECK_FETCH | CHECK_USER,
	CHECK_READ | CHECK_WRITE, CHECK_READ | CHECK_WRITE | CHECK_USER, /* atomic */
};

/* Can `e` come out as wanted for a page of that kind? */
static bool possible(struct check *c, const struct model_kind *k, int level, const struct model_config *config, const struct ast_expr *e,
		     bool want)
{
	struct check_cond conds[CONDS_MAX + 1];
	struct check_env start;
	uint64_t zero[2], one[2];
	unsigned n = check_kind_conds(c->f, k, level, config, conds, CONDS_MAX);

	conds[n++] = (struct check_cond){ .e = e, .layout = k->layout, .want = want, .data = true };
	check_env_init(&start, c->f, config, k->layout, level);
	check_fixed_bits(&start, k, zero, one);
	for (int i = 0; i < 2; i++) {
		start.known[i] |= zero[i] | one[i];
		start.e[i] |= one[i];
	}
	start.above = true;
	for (size_t i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		struct check_env env = start;

		env.access = accesses[i];
		if (check_search(&env, conds, n) || env.gave_up)
			return true;
	}
	return false;
}

static bool possible_anywhere(struct check *c, const struct ast_expr *e, bool want)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		struct check_uses u = { 0, 0 };
		struct check_variant v;

		if (k->role != ROLE_PAGE || !k->layout)
			continue;
		check_uses_layout(c->f, k->layout, &u);
		check_uses_kind(c->f, k, &u);
		check_uses_expr(c->f, e, &u);
		for (const struct model_attr *a = c->f->attrs; a; a = a->next)
			if (check_names_in(e, a->name))
				check_uses_expr(c->f, a->ast->expr, &u);
		check_variants(&v, c->f, &u);
		while (check_variant_next(&v))
			for (unsigned i = 0; i < c->f->level_count; i++)
				if (check_kind_here(c->f, k, (int)i, &v.config) && possible(c, k, (int)i, &v.config, e, want))
					return true;
	}
	return false;
}

/* "every leaf of this format has w=1": an attribute in the condition that is the same everywhere. */
static const char *reason(struct check *c, const struct ast_expr *e)
{
	for (const struct model_attr *a = c->f->attrs; a; a = a->next) {
		struct ast_expr name = { .op = EX_NAME, .name = a->name };

		if (a->ast->kind != ST_ATTR || !check_names_in(e, a->name))
			continue;
		if (!possible_anywhere(c, &name, true))
			return arena_printf(c->arena, ": every leaf of this format has %s=0", a->name);
		if (!possible_anywhere(c, &name, false))
			return arena_printf(c->arena, ": every leaf of this format has %s=1", a->name);
	}
	return "";
}

static bool has_pages(const struct model_format *f)
{
	for (const struct model_kind *k = f->kinds; k; k = k->next)
		if (k->role == ROLE_PAGE && k->at)
			return true;
	return false;
}

static bool has_layout(const struct model_kind *k)
{
	return k->role == ROLE_PAGE && k->at && k->layout;
}

/* Does any arrow give bits inside the page, at any level of the kind? */
static bool low_can_fail(struct check *c, const struct model_kind *k)
{
	struct model_config config;

	model_default_config(c->f, &config);
	for (unsigned i = 0; i < c->f->level_count; i++) {
		struct model_where w = { c->f, &config, model_page_lg2(c->f, (int)i), (int)i };

		if (!(k->at >> i & 1) || w.page < 0)
			continue;
		for (const struct model_field *f = k->layout->fields; f; f = f->next)
			for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
				int hi, lo;

				if (p->dest && p->at.first && (!model_range(&w, &p->dest->at, 64, &hi, &lo) || (hi >= lo && lo < w.page)))
					return true;
			}
	}
	return c->f->dynamic || model_clause(k, CL_REPEAT) || model_clause(k, CL_SIZE) || model_clause(k, CL_NAPOT);
}

void rule_conditions(struct check *c)
{
	if (!has_pages(c->f))
		return;
	for (const struct model_stmts *s = c->f->denies; s; s = s->next) {
		const char *text = check_expr_text(c->arena, s->ast->cond);

		if (!possible_anywhere(c, s->ast->cond, true))
			check_report(c, DIAG_CONSTANT_CONDITION, s->ast->span, "'deny %s when %s' can never apply%s", s->ast->fault.text, text,
				     reason(c, s->ast->cond));
		else if (!possible_anywhere(c, s->ast->cond, false))
			check_report(c, DIAG_CONSTANT_CONDITION, s->ast->span, "'deny %s when %s' always applies: no page could be used", s->ast->fault.text,
				     text);
	}
	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		const struct ast_clause *low = model_clause(k, CL_LOW_ZERO);

		if (low && has_layout(k) && !low_can_fail(c, k))
			check_report(c, DIAG_CONSTANT_CONDITION, low->span, "'low zero' of kind '%s' can never fail: no field gives address bits inside its pages",
				     k->name);
	}
}
