/* SPDX-License-Identifier: MIT */
/*
 * check_width.c - how many bits an expression has, and what is compared with what
 */
#include <string.h>

#include "dsl/check.h"

/* --- the width of an expression ---------------------------------------------- */

int check_field_width(const struct check_env *env, const struct ast_field *f, unsigned frame)
{
	struct model_where w = check_where(env);
	int width = 0;

	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		int hi, lo;

		if (!p->at.first)
			continue;
		if (!model_range(&w, &p->at, frame, &hi, &lo))
			return -1;
		width += hi - lo + 1;
	}
	return width;
}

static const struct ast_field *field_of(const struct check_env *env, const char *name)
{
	const struct model_field *f;

	if (env->reg)
		return model_register_field(env->reg, name);
	f = model_layout_field(env->layout, name);
	return f ? f->ast : NULL;
}

static int name_width(const struct check_env *env, const char *name)
{
	static const char *const one_bit[] = { "read", "write", "fetch", "any", "in_user" };
	const struct ast_field *f = field_of(env, name);
	const struct model_attr *a;
	struct check_env inner;
	int n;

	if (f)
		return check_field_width(env, f, check_frame(env));
	for (size_t i = 0; i < sizeof(one_bit) / sizeof(one_bit[0]); i++)
		if (strcmp(one_bit[i], name) == 0)
			return 1;
	if (strcmp(name, "e") == 0)
		return (int)env->entry_bits;
	if (model_find_feature(env->f, name) >= 0)
		return 1;
	n = model_find_context(env->f, name);
	if (n >= 0)
		return (int)(env->f->contexts[n].count * env->f->contexts[n].width);
	a = model_find_attr(env->f, name);
	if (!a || a->ast->kind == ST_MAP || env->depth > 8)
		return -1;
	inner = *env;
	inner.depth++;
	return check_width(&inner, a->ast->expr);
}

static int dot_width(const struct check_env *env, const struct ast_expr *e)
{
	const struct model_register *r = model_find_register(env->f, e->name);
	const struct ast_field *f = model_register_field(r, e->member);

	return f ? check_field_width(env, f, r->bits) : -1;
}

static int index_width(const struct check_env *env, const struct ast_expr *e)
{
	int n = e->a->op == EX_NAME && !field_of(env, e->a->name) ? model_find_context(env->f, e->a->name) : -1;

	return n >= 0 && env->f->contexts[n].count > 1 ? (int)env->f->contexts[n].width : 1;
}

static int slice_width(const struct check_env *env, const struct ast_expr *e)
{
	const struct ast_slice s = { .first = e->b, .second = e->c };
	struct model_where w = check_where(env);
	int hi, lo;

	return model_range(&w, &s, 64, &hi, &lo) && hi >= lo ? hi - lo + 1 : -1;
}

static int cat_width(const struct check_env *env, const struct ast_expr *e)
{
	int sum = 0;

	for (const struct ast_expr *x = e->list; x; x = x->next) {
		int w = check_width(env, x);

		if (w < 0)
			return -1;
		sum += w;
	}
	return sum;
}

int check_width(const struct check_env *env, const struct ast_expr *e)
{
	switch (e->op) {
	case EX_PATTERN:
	case EX_NUM:
		return e->width ? (int)e->width : -1;
	case EX_NAME:
		return name_width(env, e->name);
	case EX_DOT:
		return dot_width(env, e);
	case EX_INDEX:
		return index_width(env, e);
	case EX_SLICE:
		return slice_width(env, e);
	case EX_CAT:
		return cat_width(env, e);
	case EX_ELSE:
		return e->a->op == EX_NAME && !field_of(env, e->a->name) ? check_width(env, e->b) : check_width(env, e->a);
	case EX_ADD:
	case EX_SUB:
	case EX_MUL:
		return -1;
	default:
		return 1;
	}
}
