/* SPDX-License-Identifier: MIT */
/*
 * model.c - resolve a description: formats after their bases, then the nests
 *
 * Two rounds: statements, declarations and levels of all formats first, since
 * `at A..B` may name levels that only a sibling has; then the rest.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dsl/model_impl.h"

#define BASES_MOST 16u

void model_error(struct model_build *b, enum diag_id id, struct span at, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	diag_report(b->d, id, at, "%s", text);
	if (b->f)
		b->f->broken = true;
}

void model_unknown(struct model_build *b, struct span at, const char *what, const char *word,
		   const char *const *names, size_t count)
{
	const char *close = diag_did_you_mean(word, names, count);
	const struct span *f = &b->f->ast->span;
	const char *where = "";

	/* What stands in a base is said once, with the list of formats it is wrong in. */
	if (at.file == f->file && f->start <= at.start && at.end <= f->end)
		where = arena_printf(b->arena, " in format '%s'", b->f->name);
	if (close)
		model_error(b, DIAG_UNKNOWN_NAME, at, "no %s '%s'%s; did you mean '%s'?", what, word, where, close);
	else
		model_error(b, DIAG_UNKNOWN_NAME, at, "no %s '%s'%s", what, word, where);
}

int64_t model_number(struct model_build *b, const struct ast_expr *e, const char *what, int64_t otherwise)
{
	struct model_config c;
	struct model_where w = { b->f, &c, -1, -1 };
	const struct ast_expr *large;
	int64_t value;

	model_default_config(b->f, &c);
	if (model_fold(&w, e, &value))
		return value;
	large = model_overflow(&w, e);
	if (large)
		model_error(b, DIAG_BAD_NUMBER, large->span, "%s", model_overflow_text(large));
	else
		model_error(b, DIAG_NOT_A_NUMBER, e ? e->span : b->f->ast->name.span, "%s must be a number that is known here", what);
	return otherwise;
}

/* --- the formats and their bases --------------------------------------------- */

static const struct ast_format *find_ast(const struct ast *ast, const char *name)
{
	for (const struct ast_format *f = ast->formats; f; f = f->next)
		if (strcmp(f->name.text, name) == 0)
			return f;
	return NULL;
}

/* Do its bases lead back to it? */
static bool is_own_base(const struct ast *ast, const struct ast_format *a)
{
	const struct ast_format *f = a;

	for (unsigned n = 0; n < 1000 && f && f->base.text; n++) {
		f = find_ast(ast, f->base.text);
		if (f == a)
			return true;
	}
	return false;
}

/* A circle of several formats is told of the first of them. */
static bool cycle_told(const struct ast *ast, const struct ast_format *a)
{
	for (const struct ast_format *f = ast->formats; f && f != a; f = f->next) {
		const struct ast_format *x = find_ast(ast, a->base.text);

		while (x && x != a && x != f && x->base.text)
			x = find_ast(ast, x->base.text);
		if (x == f)
			return true;
	}
	return false;
}

static void add_format(struct model_build *b, const struct ast_format *a, unsigned depth);

static struct model_format *base_of(struct model_build *b, const struct ast_format *a, unsigned depth)
{
	const struct ast_format *base = find_ast(b->m->ast, a->base.text);
	const char *names[128];
	const char *close;
	size_t count = 0;

	if (base && depth < BASES_MOST && !is_own_base(b->m->ast, a)) {
		add_format(b, base, depth + 1);
		return model_find(b->m, base->name.text);
	}
	if (base) {
		if (is_own_base(b->m->ast, a) && !cycle_told(b->m->ast, a))
			diag_report(b->d, DIAG_BASE_CYCLE, a->base.span, "format '%s' is its own base", a->name.text);
		else if (!is_own_base(b->m->ast, a))
			diag_report(b->d, DIAG_TOO_MANY, a->base.span, "formats are built on each other more than %u deep", BASES_MOST);
		return NULL;
	}
	for (const struct ast_format *f = b->m->ast->formats; f && count < 128; f = f->next)
		if (f != a)
			names[count++] = f->name.text;
	close = diag_did_you_mean(a->base.text, names, count);
	if (close)
		diag_report(b->d, DIAG_UNKNOWN_NAME, a->base.span, "no format '%s'; did you mean '%s'?", a->base.text, close);
	else
		diag_report(b->d, DIAG_UNKNOWN_NAME, a->base.span, "no format '%s' here; is an import missing?", a->base.text);
	return NULL;
}

/* Append a format, its base before it. */
static void add_format(struct model_build *b, const struct ast_format *a, unsigned depth)
{
	struct model_format *f, **tail;
	struct model_format *base = NULL;

	if (model_find(b->m, a->name.text))
		return;
	if (a->base.text)
		base = base_of(b, a, depth);
	if (model_find(b->m, a->name.text))
		return;
	f = arena_alloc(b->arena, sizeof(*f));
	f->name = a->name.text;
	f->title = a->title;
	f->ast = a;
	f->base = base;
	f->broken = a->base.text && !base;
	f->file = b->m->ast;
	f->arena = b->arena;
	for (tail = &b->m->formats; *tail; tail = &(*tail)->next)
		;
	*tail = f;
}

static void duplicate_formats(struct model_build *b)
{
	for (const struct ast_format *f = b->m->ast->formats; f; f = f->next) {
		const struct ast_format *first = find_ast(b->m->ast, f->name.text);

		if (first == f)
			continue;
		diag_report(b->d, DIAG_DUPLICATE_NAME, f->name.span, "format '%s' is declared twice", f->name.text);
		diag_note(b->d, first->name.span, "the first is here");
	}
}

/* --- what every format with levels needs ---------------------------------------- */

static void required(struct model_build *b)
{
	struct model_format *f = b->f;
	struct span at = f->ast->name.span;

	if (!f->concrete)
		return;
	if (!f->va)
		model_error(b, DIAG_MISSING_STATEMENT, at, "format '%s' has levels, but does not say how wide its addresses are: add 'va BITS signed' or 'va BITS unsigned'", f->name);
	if (!f->pa && f->space_count == 1)
		model_error(b, DIAG_MISSING_STATEMENT, at, "format '%s' does not say how wide the addresses it gives are: add 'pa BITS'", f->name);
	if (!f->entry_given)
		model_error(b, DIAG_MISSING_STATEMENT, at, "format '%s' does not say how its entries are stored: add 'entry 64 little' or the like", f->name);
	if (!f->kinds)
		model_error(b, DIAG_MISSING_STATEMENT, at, "format '%s' has levels, but no kinds of entries", f->name);
}

/* --- nests -------------------------------------------------------------------------- */

static const struct model_format *stage(struct model_build *b, const struct ast_name *n)
{
	const struct model_format *f = model_find(b->m, n->text);
	const char *names[128];
	const char *close;
	size_t count = 0;

	if (f)
		return f;
	for (f = b->m->formats; f && count < 128; f = f->next)
		names[count++] = f->name;
	close = diag_did_you_mean(n->text, names, count);
	diag_report(b->d, DIAG_UNKNOWN_NAME, n->span, close ? "no format '%s'; did you mean '%s'?" : "no format '%s'", n->text, close);
	return NULL;
}

static bool can_be_stage(struct model_build *b, const struct ast_name *n, const struct model_format *f)
{
	if (!f || f->concrete)
		return f != NULL;
	diag_report(b->d, DIAG_MISSING_STATEMENT, n->span, "format '%s' has no levels: it cannot be a stage", f->name);
	diag_note(b->d, f->ast->name.span, "'%s' is here", f->name);
	return false;
}

/* `tables write if a & !b`: features of the second stage, all of them. */
static void tables_if(struct model_build *b, const struct model_format *second, const struct ast_expr *e)
{
	if (!e || !second)
		return;
	if (e->op == EX_AND) {
		tables_if(b, second, e->a);
		tables_if(b, second, e->b);
		return;
	}
	if (e->op == EX_NOT)
		e = e->a;
	if (e->op != EX_NAME)
		diag_report(b->d, DIAG_WRONG_PLACE, e->span, "features of the second stage decide this: F, !F, and & between them");
	else if (model_find_feature(second, e->name) < 0)
		diag_report(b->d, DIAG_UNKNOWN_NAME, e->span, "no feature '%s' in format '%s', the second stage", e->name, second->name);
}

static void add_nest(struct model_build *b, const struct ast_nest *a)
{
	struct model_nest *n, **tail = &b->m->nests;

	if (model_find(b->m, a->name.text)) {
		diag_report(b->d, DIAG_DUPLICATE_NAME, a->name.span, "'%s' is the name of a format already", a->name.text);
		return;
	}
	for (; *tail; tail = &(*tail)->next)
		if (strcmp((*tail)->name, a->name.text) == 0) {
			diag_report(b->d, DIAG_DUPLICATE_NAME, a->name.span, "nest '%s' is declared twice", a->name.text);
			return;
		}
	n = arena_alloc(b->arena, sizeof(*n));
	n->name = a->name.text;
	n->title = a->title;
	n->ast = a;
	n->first = stage(b, &a->first);
	n->second = stage(b, &a->second);
	n->tables = a->body;
	tables_if(b, n->second, a->body ? a->body->cond : NULL);
	for (const struct ast_stmt *s = a->body ? a->body->next : NULL; s; s = s->next) {
		diag_report(b->d, DIAG_DUPLICATE_NAME, s->span, "how tables are read is said twice");
		diag_note(b->d, a->body->span, "the first is here");
	}
	if (can_be_stage(b, &a->first, n->first) & can_be_stage(b, &a->second, n->second))
		*tail = n;
}

struct model *model_build(const struct ast *ast, struct diag *d)
{
	return model_build_set(ast, NULL, 0, d);
}

struct model *model_build_set(const struct ast *ast, const struct model_setting *settings, unsigned count, struct diag *d)
{
	struct model *m = arena_alloc(ast->arena, sizeof(*m));
	struct model_build b = { .arena = ast->arena, .d = d, .m = m, .settings = settings, .setting_count = count };

	m->arena = ast->arena;
	m->ast = ast;
	duplicate_formats(&b);
	for (const struct ast_format *a = ast->formats; a; a = a->next)
		add_format(&b, a, 0);
	for (b.f = m->formats; b.f; b.f = b.f->next) {
		diag_in_format(d, b.f->name);
		diag_format_text(d, b.f->ast->span);
		b.f->broken |= b.f->base && b.f->base->broken && !b.f->base->merged;
		model_inherit(&b);
		model_declarations(&b);
		model_levels(&b);
	}
	for (b.f = m->formats; b.f; b.f = b.f->next) {
		diag_in_format(d, b.f->name);
		diag_format_text(d, b.f->ast->span);
		model_layouts(&b);
		model_kinds(&b);
		model_attrs(&b);
		required(&b);
	}
	diag_in_format(d, NULL);
	for (const struct ast_nest *n = ast->nests; n; n = n->next)
		add_nest(&b, n);
	return m;
}
