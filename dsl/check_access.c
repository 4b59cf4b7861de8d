/* SPDX-License-Identifier: MIT */
/*
 * check_access.c - what examples say of accesses, on the level of the description itself
 *
 *   user rw              the accesses that no deny line refuses; also `supervisor`; `none`
 *   user_write FAULT     the fault of one access, deny and mark lines in their order; `none`
 *   accessed 1, dirty 0  the bits that hardware sets on any access, and on writes only
 */
#include <string.h>

#include "dsl/check_trial.h"

/* --- marks ------------------------------------------------------------------------ */

static const char *base_name(const struct ast_expr *e)
{
	while (e->op == EX_INDEX || e->op == EX_SLICE)
		e = e->a;
	return e->op == EX_NAME ? e->name : NULL;
}

/* Does the page have that field, and is it on? */
static bool has_mark(const struct check_env *env, const struct ast_stmt *mark)
{
	const char *name = base_name(mark->expr);
	const struct model_field *f = name ? model_layout_field(env->layout, name) : NULL;

	return f && !mark->flag && check_field_on(env, f->ast);
}

static bool is_set(const struct check_env *env, const struct ast_stmt *mark)
{
	int width = check_width(env, mark->expr);
	uint64_t ones = width > 0 && width < 64 ? (UINT64_C(1) << width) - 1 : ~UINT64_C(0);

	return check_eval(env, mark->expr).value == (mark->value ? check_eval(env, mark->value).value : ones);
}

static bool marks_on(const struct check_env *env, const struct ast_stmt *mark, int access)
{
	struct check_env one = *env;

	one.access = access;
	return tri_true(check_eval(&one, mark->on));
}

/* The fault of a bit that software must set. */
static const char *mark_fault(const struct check_env *env, const struct ast_stmt *mark)
{
	if (!mark->fault.text || !has_mark(env, mark) || is_set(env, mark) || !tri_true(check_eval(env, mark->on)))
		return NULL;
	return mark->cond && !tri_true(check_eval(env, mark->cond)) ? mark->fault.text : NULL;
}

/* Marks above all deny lines come before them. */
static bool is_early(const struct model_format *f, const struct ast_stmt *mark)
{
	for (const struct model_stmts *d = f->denies; d; d = d->next)
		if (d->ast->span.file != mark->span.file || d->ast->span.start < mark->span.start)
			return false;
	return true;
}

static const char *refusal(const struct check_env *env, int access)
{
	struct check_env one = *env;
	const char *fault;

	one.raw = false;
	one.access = access;
	for (const struct model_stmts *m = env->f->marks; m; m = m->next)
		if (is_early(env->f, m->ast) && (fault = mark_fault(&one, m->ast)) != NULL)
			return fault;
	for (const struct model_stmts *d = env->f->denies; d; d = d->next)
		if (tri_true(check_eval(&one, d->ast->cond)))
			return d->ast->fault.text;
	for (const struct model_stmts *m = env->f->marks; m; m = m->next)
		if (!is_early(env->f, m->ast) && (fault = mark_fault(&one, m->ast)) != NULL)
			return fault;
	return "none";
}

/* --- assertions ----------------------------------------------------------------------- */

void trial_rights(struct trial *t, const struct ast_assert *a, unsigned got)
{
	const char *wanted = a->value->op == EX_NAME ? a->value->name : "";
	char text[4] = "";
	size_t n = 0;

	for (unsigned i = 0; i < 3; i++)
		if (got >> i & 1)
			text[n++] = "rwx"[i];
	text[n] = 0;
	if (strcmp(wanted, n ? text : "none"))
		trial_fail(t, a->name.span, arena_printf(t->c->arena, "%s may '%s', not '%s'", a->name.text, n ? text : "none", wanted));
}

static bool assert_fault(struct trial *t, const struct ast_assert *a)
{
	static const struct { const char *name; int access; } known[] = {
		{ "read", CHECK_READ }, { "write", CHECK_WRITE }, { "fetch", CHECK_FETCH }, { "read_write", CHECK_READ | CHECK_WRITE },
	};
	bool user = strncmp(a->name.text, "user_", 5) == 0;
	const char *word = a->name.text + (user ? 5 : 0), *wanted = a->value->op == EX_NAME ? a->value->name : "", *got;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, word))
			continue;
		got = refusal(&t->env, known[i].access | (user ? CHECK_USER : 0));
		if (strcmp(got, wanted))
			trial_fail(t, a->name.span, arena_printf(t->c->arena, "the fault of %s is %s, not %s", a->name.text, got, wanted));
		return true;
	}
	return false;
}

static void assert_mark(struct trial *t, const struct ast_assert *a, bool dirty)
{
	struct check_env env = t->env;

	env.raw = false;
	for (const struct model_stmts *m = env.f->marks; m; m = m->next) {
		bool reads = marks_on(&env, m->ast, CHECK_READ), writes = marks_on(&env, m->ast, CHECK_WRITE);

		if (!has_mark(&env, m->ast) || !writes || reads != !dirty || marks_on(&env, m->ast, CHECK_FETCH) != !dirty)
			continue;
		if (is_set(&env, m->ast) != (a->value->value != 0) || a->value->op != EX_NUM)
			trial_wrong_number(t, a, is_set(&env, m->ast));
		return;
	}
	trial_fail(t, a->name.span, arena_printf(t->c->arena, "no bit says whether the page was %s", dirty ? "written" : "accessed"));
}

bool trial_access(struct trial *t, const struct ast_assert *a)
{
	if (strcmp(a->name.text, "user") == 0)
		trial_rights(t, a, check_rights(&t->env) & 7);
	else if (strcmp(a->name.text, "supervisor") == 0)
		trial_rights(t, a, check_rights(&t->env) >> 3);
	else if (strcmp(a->name.text, "accessed") == 0)
		assert_mark(t, a, false);
	else if (strcmp(a->name.text, "dirty") == 0)
		assert_mark(t, a, true);
	else
		return assert_fault(t, a);
	return true;
}
