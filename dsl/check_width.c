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
		if (name_is(one_bit[i], name))
			return 1;
	if (name_is(name, "e"))
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
		return check_width(env, check_missing(env, e->a) ? e->b : e->a);
	case EX_ADD:
	case EX_SUB:
	case EX_MUL:
		return -1;
	default:
		return 1;
	}
}

/* --- what is compared with what ------------------------------------------------- */

static const char *what_text(const struct check *c, const struct ast_expr *e, int width)
{
	const char *bits = width == 1 ? "1 bit" : arena_printf(c->arena, "%d bits", width);
	const char *list = "";

	if (e->op == EX_NAME)
		return arena_printf(c->arena, "%s of '%s'", bits, e->name);
	if (e->op == EX_SLICE && e->a->op == EX_NAME)
		return arena_printf(c->arena, "%s of '%s'", bits, e->a->name);
	if (e->op != EX_CAT)
		return bits;
	for (const struct ast_expr *x = e->list; x; x = x->next)
		list = arena_printf(c->arena, "%s%s%s", list, list[0] ? "," : "", x->op == EX_NAME ? x->name : "..");
	return arena_printf(c->arena, "%s {%s}", bits, list);
}

static void constant(struct check *c, const struct ast_expr *what, int width, const struct ast_expr *value)
{
	if (width <= 0 || width >= 64)
		return;
	if (value->width && (int)value->width != width)
		check_report(c, DIAG_PATTERN_WIDTH, value->span, "a %u-bit pattern is compared with %s", value->width, what_text(c, what, width));
	else if (value->op == EX_NUM && value->value >> width)
		check_report(c, DIAG_IMPOSSIBLE_VALUE, value->span, "%s is %d bit%s wide and can never be %llu",
			     what->op == EX_NAME ? what->name : "this", width, width == 1 ? "" : "s", (unsigned long long)value->value);
}

/* A value of a map that has names stands for one of several things. */
static bool is_named(const struct check_env *env, const struct ast_expr *e)
{
	const struct model_attr *a = e->op == EX_NAME && !field_of(env, e->name) ? model_find_attr(env->f, e->name) : NULL;

	for (const struct ast_map_row *r = a && a->ast->kind == ST_MAP ? a->ast->rows : NULL; r; r = r->next) {
		const struct ast_map_value *v = r->values;

		for (unsigned i = 0; v && i < a->map_value; i++)
			v = v->next;
		if (v && v->kind == MV_EXPR && v->expr && v->expr->op == EX_NAME)
			return true;
	}
	return false;
}

static void one_bit(struct check *c, const struct check_env *env, const struct ast_expr *e, const char *op)
{
	int width = check_width(env, e);

	if (is_named(env, e))
		check_report(c, DIAG_ONE_BIT, e->span, "'%s' is one of several values, no bit: compare it", e->name);
	if (width > 1)
		check_report(c, DIAG_ONE_BIT, e->span, "'%s' takes a value of one bit, not of %d", op, width);
}

/* The largest value that an index can have; a width that is not known is no reason for an error. */
static uint64_t largest(const struct check_env *env, const struct ast_expr *e)
{
	int width = check_width(env, e);

	if (e->op == EX_NUM)
		return e->value;
	if (e->op == EX_ADD)
		return largest(env, e->a) + largest(env, e->b);
	if (e->op == EX_MUL)
		return largest(env, e->a) * largest(env, e->b);
	return width <= 0 || width > 16 ? 0 : (UINT64_C(1) << width) - 1;
}

/* NAME[i], NAME[hi:lo]: inside what it is taken from. */
static void part(struct check *c, const struct check_env *env, const struct ast_expr *e)
{
	const struct ast_slice s = { .first = e->b, .second = e->op == EX_SLICE ? e->c : NULL, .span = e->span };
	struct model_where w = check_where(env);
	const char *name = e->a->op == EX_NAME ? e->a->name : e->a->op == EX_DOT ? e->a->member : NULL;
	bool entry = name && name_is(name, "e");
	int width, hi, lo, n;
	int64_t i;

	if (!name || name_is(name, "va") || name_is(name, "index") || name_is(name, "pa"))
		return;
	n = e->a->op == EX_NAME && !field_of(env, name) ? model_find_context(env->f, name) : -1;
	if (n >= 0 && e->op == EX_INDEX && (env->f->contexts[n].count > 1 || !model_fold(&w, e->b, &i))) {
		unsigned count = env->f->contexts[n].count;

		if (model_fold(&w, e->b, &i) && (i < 0 || i >= count))
			check_report(c, DIAG_OUTSIDE, e->span, "'%s' has %u elements", name, count);
		else if (largest(env, e->b) >= count)
			check_report(c, DIAG_OUTSIDE, e->span, "'%s' has %u element%s, but %s can be %llu", name, count, count == 1 ? "" : "s",
				     check_expr_text(c->arena, e->b), (unsigned long long)largest(env, e->b));
		return;
	}
	width = entry ? (int)env->entry_bits : check_width(env, e->a);
	if (width <= 0 || !model_range(&w, &s, (unsigned)width, &hi, &lo))
		return;
	if (hi < lo - 1 || (hi >= lo && (lo < 0 || hi >= width)))
		check_range_fits(c, &s, hi, lo, (unsigned)width, (unsigned)width,
				 entry ? arena_printf(c->arena, "the %d-bit entry", width) :
				 arena_printf(c->arena, "'%s', which has %d bit%s", name, width, width == 1 ? "" : "s"), "");
}

static void compare(struct check *c, const struct check_env *env, const struct ast_expr *e)
{
	int width;

	if (!e)
		return;
	for (const struct ast_expr *x = e->list; x; x = x->next)
		compare(c, env, x);
	compare(c, env, e->a);
	compare(c, env, e->b);
	switch (e->op) {
	case EX_EQ:
	case EX_NE:
		constant(c, e->a, check_width(env, e->a), e->b);
		break;
	case EX_IN:
		width = check_width(env, e->a);
		for (const struct ast_set *s = e->set; s; s = s->next) {
			constant(c, e->a, width, s->lo);
			if (!s->hi)
				continue;
			constant(c, e->a, width, s->hi);
			if (s->lo->op == EX_NUM && s->hi->op == EX_NUM && s->lo->value > s->hi->value)
				check_report(c, DIAG_REVERSED_RANGE, span_join(s->lo->span, s->hi->span), "nothing is in %llu..%llu: the smaller number comes first",
					     (unsigned long long)s->lo->value, (unsigned long long)s->hi->value);
		}
		break;
	case EX_AND:
	case EX_OR:
		one_bit(c, env, e->a, e->op == EX_AND ? "&" : "|");
		one_bit(c, env, e->b, e->op == EX_AND ? "&" : "|");
		break;
	case EX_NOT:
		one_bit(c, env, e->a, "!");
		break;
	case EX_INDEX:
	case EX_SLICE:
		part(c, env, e);
		break;
	default:
		break;
	}
}

static void truth(struct check *c, const struct check_env *env, const struct ast_expr *e)
{
	int width = e ? check_width(env, e) : 1;

	if (width > 1)
		check_report(c, DIAG_ONE_BIT, e->span, "a condition is one bit, not %d", width);
	else
		compare(c, env, e);
}

static void kind_widths(struct check *c, const struct model_kind *k, const struct check_env *env)
{
	for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next) {
		if (cl->kind == CL_WHEN || cl->kind == CL_REQUIRE)
			truth(c, env, cl->expr);
		else
			compare(c, env, cl->expr);
		if (cl->unless)
			truth(c, env, cl->unless);
		for (const struct ast_encode *x = cl->encodes; x; x = x->next) {
			const struct ast_field *f = field_of(env, x->field.text);
			const struct ast_expr name = { .op = EX_NAME, .name = x->field.text };

			if (f)
				constant(c, &name, check_field_width(env, f, check_frame(env)), x->value);
		}
	}
	for (const struct model_field *f = k->layout ? k->layout->fields : NULL; f; f = f->next)
		if (f->ast->when)
			truth(c, env, f->ast->when);
}

/* Lines of the whole format, as the fields of this kind of page give them a meaning. */
static void line_widths(struct check *c, const struct check_env *env)
{
	for (const struct model_attr *a = c->f->attrs; a; a = a->next) {
		compare(c, env, a->ast->expr);
		compare(c, env, a->ast->tables);
	}
	for (const struct model_stmts *s = c->f->denies; s; s = s->next)
		truth(c, env, s->ast->cond);
	for (const struct model_stmts *s = c->f->marks; s; s = s->next) {
		compare(c, env, s->ast->expr);
		truth(c, env, s->ast->on);
		truth(c, env, s->ast->cond);
	}
}

static void root_widths(struct check *c, const struct model_register *r, const struct model_config *config)
{
	struct check_env env;

	check_env_init(&env, c->f, config, NULL, -1);
	if (r->ast->cond)
		truth(c, &env, r->ast->cond);
	env.reg = r;
	for (const struct ast_stmt *b = r->ast->body; b; b = b->next) {
		compare(c, &env, b->expr);
		if (b->cond)
			truth(c, &env, b->cond);
	}
	for (const struct ast_field *f = r->ast->fields; f; f = f->next)
		if (f->when)
			truth(c, &env, f->when);
}

static void select_widths(struct check *c, const struct model_config *config)
{
	struct check_env env;

	check_env_init(&env, c->f, config, NULL, -1);
	for (const struct model_stmts *s = c->f->selects; s; s = s->next)
		if (s->ast->value && s->ast->expr)
			constant(c, &(struct ast_expr){ .op = EX_NAME, .name = s->ast->expr->member }, check_width(&env, s->ast->expr), s->ast->value);
}

void rule_widths(struct check *c)
{
	struct model_config config;

	model_default_config(c->f, &config);
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (unsigned i = 0; i < c->f->level_count; i++) {
			struct check_env env;

			if (!(k->at >> i & 1))
				continue;
			check_env_init(&env, c->f, &config, k->layout, (int)i);
			kind_widths(c, k, &env);
			if (k->role == ROLE_PAGE)
				line_widths(c, &env);
		}
	for (const struct model_register *r = c->f->registers; r; r = r->next)
		root_widths(c, r, &config);
	select_widths(c, &config);
}
