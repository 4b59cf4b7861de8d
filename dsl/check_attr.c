/* SPDX-License-Identifier: MIT */
/*
 * check_attr.c - attributes can be read from every page, written to it, and say how tables take part
 */
#include <string.h>

#include "dsl/check.h"

/* --- can it be turned round? ------------------------------------------------------ */

static bool is_layout_field(const struct model_format *f, const char *name)
{
	for (const struct model_layout *l = f->layouts; l; l = l->next)
		if (model_layout_field(l, name))
			return true;
	return false;
}

bool check_no_fields(const struct model_format *f, const struct ast_expr *e)
{
	if (!e)
		return true;
	if (e->op == EX_NAME)
		return strcmp(e->name, "e") && !is_layout_field(f, e->name) && !model_find_attr(f, e->name);
	for (const struct ast_expr *x = e->list; x; x = x->next)
		if (!check_no_fields(f, x))
			return false;
	return check_no_fields(f, e->a) && check_no_fields(f, e->b) && check_no_fields(f, e->c);
}

/* A field, part of one, its negation, several side by side, or a table of the machine indexed by these. */
static bool invertible(const struct model_format *f, const struct ast_expr *e)
{
	if (check_no_fields(f, e))
		return true;
	switch (e->op) {
	case EX_NAME:
		return is_layout_field(f, e->name);
	case EX_NOT:
		return invertible(f, e->a);
	case EX_ELSE:
		return invertible(f, e->a) && invertible(f, e->b);
	case EX_CAT:
		for (const struct ast_expr *x = e->list; x; x = x->next)
			if (!invertible(f, x))
				return false;
		return true;
	case EX_SLICE:
		return invertible(f, e->a) && check_no_fields(f, e->b) && check_no_fields(f, e->c);
	case EX_INDEX:
		if (e->a->op == EX_NAME && model_find_context(f, e->a->name) >= 0)
			return invertible(f, e->b);
		return (invertible(f, e->a) || (e->a->op == EX_NAME && strcmp(e->a->name, "e") == 0)) && check_no_fields(f, e->b);
	default:
		return false;
	}
}

void rule_attributes(struct check *c)
{
	for (const struct model_attr *a = c->f->attrs; a; a = a->next) {
		const struct ast_expr *e = a->ast->expr;

		if (a->map_value || a->ast->flag)
			continue;
		if (a->ast->kind == ST_ATTR && !invertible(c->f, e)) {
			check_report(c, DIAG_NOT_INVERTIBLE, e->span, "attribute '%s' cannot be turned round: it is no field, part of a field, or table indexed by one",
				     a->name);
			diag_help(c->d, "add 'decoded' if it is only to be read");
		} else if (a->ast->kind == ST_MAP && !invertible(c->f, e)) {
			check_report(c, DIAG_NOT_INVERTIBLE, e->span, "a map looks at fields, parts of fields, or several side by side: {A,B}");
		}
	}
}

/* --- fields that some kind lacks ------------------------------------------------------ */

bool check_attr_denied(const struct model_format *f, const struct model_attr *a, const struct ast_stmt **deny)
{
	for (const struct model_stmts *s = f->denies; s; s = s->next) {
		if (!check_names_in(s->ast->cond, a->name))
			continue;
		*deny = s->ast;
		return true;
	}
	/* Through another attribute. */
	for (const struct model_attr *x = f->attrs; x; x = x->next)
		if (x != a && check_names_in(x->ast->expr, a->name) && !check_names_in(a->ast->expr, x->name) && check_attr_denied(f, x, deny))
			return true;
	return false;
}

static struct span attr_span(const struct model_attr *a)
{
	return a->ast->kind == ST_ATTR ? a->ast->name.span : a->ast->expr->span;
}

static bool takes_part(const struct ast_expr *e, const struct model_layout *l)
{
	for (const struct model_field *f = l->fields; f; f = f->next)
		if (f->name && check_names_in(e, f->name))
			return true;
	return false;
}

static void lacking(struct check *c, const struct model_attr *a, const struct model_kind *k, const struct ast_expr *field)
{
	const struct ast_stmt *deny;

	if (check_attr_denied(c->f, a, &deny))
		check_report(c, DIAG_MISSING_FIELD, attr_span(a), "'%s' is used by 'deny %s', but '%s' has no field %s; write '(%s else 0)'", a->name,
			     deny->fault.text, k->layout->name, field->name, field->name);
	else if (a->ast->kind == ST_MAP && !takes_part(a->ast->expr, k->layout))
		check_report(c, DIAG_UNWRITABLE_ATTRIBUTE, attr_span(a), "attribute '%s' cannot be written to '%s': no field of it takes part in 'map %s'; write '(%s else 0)'",
			     a->name, k->layout->name, check_expr_text(c->arena, a->ast->expr), field->name);
	else if (a->ast->kind == ST_MAP)
		check_report(c, DIAG_UNWRITABLE_ATTRIBUTE, attr_span(a), "attribute '%s' cannot be written to '%s': it has no field %s, which 'map %s' looks at; write '(%s else 0)'",
			     a->name, k->layout->name, field->name, check_expr_text(c->arena, a->ast->expr), field->name);
	else
		check_report(c, DIAG_UNWRITABLE_ATTRIBUTE, attr_span(a), "attribute '%s' cannot be written to '%s', which has no field %s; write '(%s else 0)'",
			     a->name, k->layout->name, field->name, field->name);
	diag_note(c->d, k->ast->name.span, "kind '%s' is here", k->name);
}

static void page_kind(struct check *c, const struct model_kind *k, const struct check_env *env)
{
	const struct ast_expr *m;

	for (const struct model_attr *a = c->f->attrs; a; a = a->next)
		if (!a->map_value && (m = check_missing(env, a->ast->expr)) != NULL)
			lacking(c, a, k, m);
	for (const struct model_stmts *s = c->f->denies; s; s = s->next) {
		m = check_missing(env, s->ast->cond);
		if (!m)
			continue;
		check_report(c, DIAG_MISSING_FIELD, m->span, "'deny %s' reads %s, which '%s' does not have; write '(%s else 0)'", s->ast->fault.text,
			     m->name, k->layout->name, m->name);
		diag_note(c->d, k->ast->name.span, "kind '%s' is here", k->name);
	}
}

static void table_kind(struct check *c, const struct model_kind *k, const struct check_env *env)
{
	for (const struct model_attr *a = c->f->attrs; a; a = a->next) {
		const struct ast_expr *m = a->ast->tables ? check_missing(env, a->ast->tables) : NULL;

		if (!m)
			continue;
		check_report(c, DIAG_MISSING_FIELD, m->span, "'attr %s' takes %s from tables, but '%s' has no field %s; write '(%s else %d)'", a->name,
			     m->name, k->layout->name, m->name, m->name, a->ast->tables_op == '&' && a->ast->tables->op == EX_NAME);
		diag_note(c->d, k->ast->name.span, "kind '%s' is here", k->name);
	}
}

static bool mark_has_field(const struct check *c, const struct ast_stmt *mark, const char *name)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		if (k->role == (mark->flag ? ROLE_TABLE : ROLE_PAGE) && k->at && model_layout_field(k->layout, name))
			return true;
	return false;
}

static void marks(struct check *c)
{
	for (const struct model_stmts *s = c->f->marks; s; s = s->next) {
		const struct ast_expr *e = s->ast->expr;

		while (e->op == EX_INDEX || e->op == EX_SLICE)
			e = e->a;
		if (e->op == EX_NAME && !mark_has_field(c, s->ast, e->name))
			check_report(c, DIAG_UNKNOWN_NAME, e->span, "no %s kind has a field '%s' to mark", s->ast->flag ? "table" : "page", e->name);
	}
}

void rule_missing(struct check *c)
{
	struct model_config config;

	model_default_config(c->f, &config);
	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		struct check_env env;

		if (!k->at || !k->layout)
			continue;
		check_env_init(&env, c->f, &config, k->layout, -1);
		if (k->role == ROLE_PAGE)
			page_kind(c, k, &env);
		if (k->role == ROLE_TABLE)
			table_kind(c, k, &env);
	}
	marks(c);
}

/* --- a permission that tables have too --------------------------------------------------- */

/* Can the field of such a table entry be 0, and can it be something else? */
static bool free_field(struct check *c, const struct model_kind *k, int level, const struct model_config *config, const struct ast_field *f)
{
	struct ast_expr zero = { .op = EX_NUM }, name = { .op = EX_NAME, .name = f->name.text };
	struct ast_expr is_zero = { .op = EX_EQ, .a = &name, .b = &zero };

	for (int want = 0; want < 2; want++) {
		struct check_cond conds[128];
		struct check_env env;
		unsigned n;

		check_env_init(&env, c->f, config, k->layout, level);
		n = check_kind_conds(c->f, k, level, config, conds, 127);
		conds[n++] = (struct check_cond){ .e = &is_zero, .layout = k->layout, .want = want };
		if (!check_search(&env, conds, n))
			return false;
	}
	return true;
}

static void permission(struct check *c, const struct model_attr *a, const struct model_kind *k, int level, const struct model_config *config)
{
	for (const struct model_field *f = k->layout->fields; f; f = f->next) {
		struct check_env env;
		enum ast_duty duty;

		if (!f->name || !check_names_in(a->ast->expr, f->name))
			continue;
		check_env_init(&env, c->f, config, k->layout, level);
		duty = check_duty(&env, k, f->ast);
		if ((duty != DUTY_NONE && duty != DUTY_OVERLAY) || !free_field(c, k, level, config, f->ast) ||
		    !check_first(c, a, DIAG_INHERITED_PERMISSION))
			continue;
		check_report(c, DIAG_INHERITED_PERMISSION, a->ast->name.span,
			     "tables have a field '%s' too, but 'attr %s' does not say how it combines; add 'tables & %s', 'tables | %s' or 'tables none'", f->name,
			     a->name, check_expr_text(c->arena, a->ast->expr), check_expr_text(c->arena, a->ast->expr));
		diag_note(c->d, f->ast->span, "'%s' of '%s' is here", f->name, k->layout->name);
	}
}

void rule_inherited(struct check *c)
{
	struct model_config config;
	const struct ast_stmt *deny;

	model_default_config(c->f, &config);
	for (const struct model_attr *a = c->f->attrs; a; a = a->next) {
		if (a->ast->kind != ST_ATTR || a->ast->tables_op || !check_attr_denied(c->f, a, &deny))
			continue;
		for (const struct model_kind *k = c->f->kinds; k; k = k->next)
			for (unsigned i = 0; i < c->f->level_count; i++)
				if (k->role == ROLE_TABLE && k->layout && check_kind_here(c->f, k, (int)i, &config))
					permission(c, a, k, (int)i, &config);
	}
}
