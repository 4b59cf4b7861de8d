/* SPDX-License-Identifier: MIT */
/*
 * check_reserved.c - kinds do not need bits that their own fields forbid
 */
#include "dsl/check.h"

#define CONDS_MAX 128u

/* The field that forbids what the witness has. */
static const struct model_field *culprit(const struct check_env *env, const struct model_kind *k)
{
	for (const struct model_field *f = k->layout->fields; f; f = f->next) {
		enum ast_duty duty = check_duty(env, k, f->ast);
		struct tri t = check_field_bits(env, f->ast, k->layout->entry_bits);

		if ((duty == DUTY_ZERO && tri_true(t)) || (duty == DUTY_ONE && ~t.value & t.known))
			return f;
	}
	return NULL;
}

static void report(struct check *c, const struct check_env *env, const struct model_kind *k, const struct check_variant *v)
{
	const struct model_field *f = culprit(env, k);
	enum ast_duty duty = f ? check_duty(env, k, f->ast) : DUTY_ZERO;
	const char *what = arena_printf(c->arena, "kind '%s'", k->name), *help = "";
	const char *when = check_variant_text(c, v), *name = f && f->name ? f->name : "-";

	if (!check_first(c, k, DIAG_RESERVED_BIT_USED))
		return;
	if (check_kind_when(k))
		what = arena_printf(c->arena, "'when %s'", check_expr_text(c->arena, check_kind_when(k)));
	if (f && f->ast->if_)
		help = arena_printf(c->arena, "; kind '%s' should say 'if %s'", k->name, check_expr_text(c->arena, f->ast->if_));
	check_report(c, DIAG_RESERVED_BIT_USED, k->ast->name.span, "%s needs a bit that 'fields %s' calls %s%s%s", what, k->layout->name,
		     check_duty_text(duty), when, help);
	if (f)
		diag_note(c->d, f->ast->span, "'%s' is here (an entry like %s)", name, check_hex(c->arena, env->e));
}

static void one_kind(struct check *c, const struct model_kind *k, int level)
{
	struct check_uses u = { 0, 0 };
	struct check_variant v;

	check_uses_layout(c->f, k->layout, &u);
	check_uses_kind(c->f, k, &u);
	check_variants(&v, c->f, &u);
	while (check_variant_next(&v)) {
		struct check_cond conds[CONDS_MAX];
		struct check_env env, strict;
		uint64_t zero[2], one[2];
		unsigned n;

		if (!check_kind_here(c->f, k, level, &v.config) || !(check_reached(c, &v.config) >> level & 1))
			continue;
		check_env_init(&env, c->f, &v.config, k->layout, level);
		n = check_kind_conds(c->f, k, level, &v.config, conds, CONDS_MAX);
		strict = env;
		check_fixed_bits(&env, k, zero, one);
		for (int i = 0; i < 2; i++) {
			strict.known[i] |= zero[i] | one[i];
			strict.e[i] |= one[i];
		}
		if (check_search(&env, conds, n) && !check_search(&strict, conds, n) && !strict.gave_up)
			report(c, &env, k, &v);
	}
}

/* An entry with the values of `encode` must be of the kind, and good. */
static void encode(struct check *c, const struct model_kind *k, int level, const struct ast_clause *cl)
{
	struct model_config config;
	struct check_cond conds[CONDS_MAX + 8];
	struct ast_expr names[8], equals[8];
	struct check_env env;
	uint64_t zero[2], one[2];
	unsigned n, i = 0;

	model_default_config(c->f, &config);
	if (!check_kind_here(c->f, k, level, &config))
		return;
	check_env_init(&env, c->f, &config, k->layout, level);
	n = check_kind_conds(c->f, k, level, &config, conds, CONDS_MAX);
	check_fixed_bits(&env, k, zero, one);
	for (int w = 0; w < 2; w++) {
		env.known[w] |= zero[w] | one[w];
		env.e[w] |= one[w];
	}
	if (!check_possible(&env, k))
		return;
	for (const struct ast_encode *x = cl->encodes; x && i < 8; x = x->next, i++) {
		names[i] = (struct ast_expr){ .op = EX_NAME, .name = x->field.text };
		equals[i] = (struct ast_expr){ .op = EX_EQ, .a = &names[i], .b = x->value };
		conds[n++] = (struct check_cond){ .e = &equals[i], .layout = k->layout, .want = true };
	}
	if (check_search(&env, conds, n) || env.gave_up || !check_first(c, cl, DIAG_BAD_ENCODE))
		return;
	check_report(c, DIAG_BAD_ENCODE, cl->span, "no '%s' at level %s has %s=%s", k->name, c->f->levels[level].name, cl->encodes->field.text,
		     check_expr_text(c->arena, cl->encodes->value));
}

void rule_reserved_used(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next)
			for (unsigned i = 0; i < c->f->level_count; i++)
				if (cl->kind == CL_ENCODE && k->layout && k->at >> i & 1)
					encode(c, k, (int)i, cl);
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (unsigned i = 0; i < c->f->level_count; i++)
			if (k->layout && k->at >> i & 1 && (k->role == ROLE_TABLE || k->role == ROLE_PAGE))
				one_kind(c, k, (int)i);
	for (const struct model_stmts *s = c->f->marks; s; s = s->next) {
		const struct ast_expr *e = s->ast->expr;

		while (e->op == EX_INDEX || e->op == EX_SLICE)
			e = e->a;
		for (const struct model_kind *k = c->f->kinds; k && e->op == EX_NAME; k = k->next) {
			const struct model_field *f = model_layout_field(k->layout, e->name);

			if (!f || !k->at || k->role != (s->ast->flag ? ROLE_TABLE : ROLE_PAGE) || f->ast->if_ || f->ast->duty != DUTY_ZERO)
				continue;
			check_report(c, DIAG_RESERVED_BIT_USED, e->span, "hardware sets '%s', which 'fields %s' calls zero", e->name, k->layout->name);
			diag_note(c->d, f->ast->span, "'%s' is here", e->name);
		}
	}
}
