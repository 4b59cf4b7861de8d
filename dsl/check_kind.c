/* SPDX-License-Identifier: MIT */
/*
 * check_kind.c - which kinds exist where, when an entry is of one, what its fields demand
 */
#include "dsl/check.h"

#define CONDS_MAX 128u

const struct ast_expr *check_kind_when(const struct model_kind *k)
{
	const struct ast_clause *c = model_clause(k, CL_WHEN);

	return c ? c->expr : NULL;
}

bool check_otherwise(const struct model_kind *k)
{
	return model_clause(k, CL_OTHERWISE) != NULL;
}

bool check_kind_here(const struct model_format *f, const struct model_kind *k, int level, const struct model_config *config)
{
	struct model_where w = { f, config, model_page_lg2(f, level), level };

	if (!(k->at >> level & 1))
		return false;
	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next)
		if (c->kind == CL_IF && !model_feature_true(&w, c->expr))
			return false;
	return true;
}

/* Kinds that are asked before k: those before it in its `first`; before an `otherwise`, all others. */
static bool asked_before(const struct model_kind *x, const struct model_kind *k)
{
	if (x == k)
		return false;
	if (check_otherwise(k)) {
		if (!check_otherwise(x))
			return true;
	} else if (!k->group || x->group != k->group || check_otherwise(x)) {
		return false;
	}
	for (; x; x = x->next)
		if (x == k)
			return true;
	return false;
}

unsigned check_kind_conds(const struct model_format *f, const struct model_kind *k, int level,
			  const struct model_config *config, struct check_cond *conds, unsigned room)
{
	unsigned n = 0;

	if (!check_otherwise(k))
		conds[n++] = (struct check_cond){ .e = check_kind_when(k), .layout = k->layout, .want = true };
	for (const struct model_kind *x = f->kinds; x && n < room; x = x->next)
		if (asked_before(x, k) && check_kind_here(f, x, level, config))
			conds[n++] = (struct check_cond){ .e = check_kind_when(x), .layout = x->layout, .want = false };
	return n;
}

bool check_possible(const struct check_env *env, const struct model_kind *k)
{
	struct check_env trial = *env;
	struct check_cond conds[CONDS_MAX];
	unsigned n = check_kind_conds(env->f, k, env->level, env->config, conds, CONDS_MAX);

	trial.raw = true;
	return check_search(&trial, conds, n);
}

const struct model_kind *check_kind_of(const struct check_env *env)
{
	struct check_env inner = *env;
	const struct model_kind *otherwise = NULL;

	inner.raw = true;
	for (const struct model_kind *k = env->f->kinds; k; k = k->next) {
		if (!check_kind_here(env->f, k, env->level, env->config))
			continue;
		if (check_otherwise(k)) {
			otherwise = otherwise ? otherwise : k;
			continue;
		}
		inner.layout = k->layout;
		if (tri_true(check_eval(&inner, check_kind_when(k))))
			return k;
	}
	return otherwise;
}

/* --- levels ---------------------------------------------------------------------- */

bool check_next_level(const struct model_format *f, const struct ast_expr *e, const struct model_layout *l, int *level)
{
	if (e->op == EX_NUM)            /* the level written with that number */
		return model_find_level(f, arena_printf(f->arena, "%llu", (unsigned long long)e->value), level) != NULL;
	return e->op == EX_NAME && !model_layout_field(l, e->name) && model_find_level(f, e->name, level);
}

/* Where a table kind at `level` may lead. */
static uint32_t leads_to(const struct model_format *f, const struct model_kind *k, int level)
{
	uint32_t mask = 0;
	bool said = false;

	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next) {
		int to;

		if (c->kind != CL_NEXT)
			continue;
		said = true;
		if (check_next_level(f, c->expr, k->layout, &to)) {
			mask |= 1u << to;
			continue;
		}
		for (unsigned i = (unsigned)level + 1; i < f->level_count; i++)
			mask |= 1u << i;
	}
	for (unsigned i = 0; i < f->level_count && !said; i++)
		if (f->levels[i].after == level)
			mask |= 1u << i;
	return mask;
}

/* Levels that a root can begin at: the first, and what `start` and `trim` may choose. */
static uint32_t first_levels(const struct model_format *f)
{
	uint32_t mask = 1;

	for (const struct model_stmts *r = f->roots; r; r = r->next)
		for (const struct ast_stmt *s = r->ast->body; s; s = s->next)
			if (s->kind == ST_START || s->kind == ST_TRIM)
				return (1u << f->level_count) - 1;
	return mask;
}

uint32_t check_reached(const struct check *c, const struct model_config *config)
{
	const struct model_format *f = c->f;
	uint32_t reached = f->dynamic ? (1u << f->level_count) - 1 : first_levels(f), before;

	do {
		before = reached;
		for (const struct model_kind *k = f->kinds; k; k = k->next) {
			if (k->role != ROLE_TABLE)
				continue;
			for (unsigned i = 0; i < f->level_count; i++)
				if (reached >> i & 1 && check_kind_here(f, k, (int)i, config))
					reached |= leads_to(f, k, (int)i);
		}
	} while (reached != before);
	return reached;
}

unsigned check_log2(uint64_t value)
{
	unsigned n = 0;

	while (n < 63 && UINT64_C(1) << n < value)
		n++;
	return n;
}

int check_table_lg2(const struct model_format *f, int level)
{
	const struct model_level *l = &f->levels[level];

	return l->hi - l->lo + 1 + (int)check_log2(l->entry_bits / 8) + (int)check_log2(l->stride);
}

/* --- duties ------------------------------------------------------------------------- */

const char *check_duty_text(enum ast_duty duty)
{
	static const char *const text[] = {
		[DUTY_NONE] = "meaningful", [DUTY_ZERO] = "zero", [DUTY_ONE] = "one", [DUTY_RES0] = "res0",
		[DUTY_RES1] = "res1", [DUTY_IGNORED] = "ignored", [DUTY_SOFT] = "soft", [DUTY_OVERLAY] = "overlay",
	};

	return text[duty];
}

enum ast_duty check_duty(const struct check_env *env, const struct model_kind *k, const struct ast_field *f)
{
	enum ast_duty duty = check_field_on(env, f) ? f->duty : f->else_duty;

	for (const struct ast_clause *c = k ? k->ast->clauses : NULL; c; c = c->next) {
		if (c->kind != CL_DUTY || !f->name.text)
			continue;
		for (const struct ast_names *n = c->names; n; n = n->next)
			if (n->name.text == f->name.text)
				duty = c->duty;
	}
	return duty;
}

void check_fixed_bits(const struct check_env *env, const struct model_kind *k, uint64_t zero[2], uint64_t one[2])
{
	struct model_where w = check_where(env);

	zero[0] = zero[1] = one[0] = one[1] = 0;
	for (const struct model_field *f = k->layout ? k->layout->fields : NULL; f; f = f->next) {
		enum ast_duty duty = check_duty(env, k, f->ast);
		uint64_t *mask = duty == DUTY_ZERO ? zero : duty == DUTY_ONE ? one : NULL;

		if (!mask || (f->ast->when && !tri_true(check_eval(env, f->ast->when))))
			continue;
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
			int hi, lo;

			if (!p->at.first || !model_range(&w, &p->at, k->layout->entry_bits, &hi, &lo))
				continue;
			for (int i = lo; i <= hi && i >= 0 && i < 128; i++)
				mask[i / 64] |= UINT64_C(1) << i % 64;
		}
	}
}
