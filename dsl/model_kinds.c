/* SPDX-License-Identifier: MIT */
/*
 * model_kinds.c - kinds with their layouts and levels, attributes, and the
 * statements that keep the order of the text
 */
#include <string.h>

#include "dsl/model_impl.h"

/* --- kinds -------------------------------------------------------------------- */

static struct model_layout *find_layout(const struct model_format *f, const char *name)
{
	for (struct model_layout *l = f->layouts; l; l = l->next)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

static bool has_body(const struct model_kind *k)
{
	return k->role == ROLE_TABLE || k->role == ROLE_PAGE;
}

static struct model_layout *kind_layout(struct model_build *b, const struct model_kind *k)
{
	const struct ast_clause *of = model_clause(k, CL_OF);
	const char *names[64];
	struct model_layout *l;
	size_t count = 0;

	if (!of) {
		l = b->f->layouts;
		if (l && !l->next)
			return l;
		if (has_body(k) && l) {
			model_error(b, DIAG_MISSING_OF, k->ast->name.span, "kind '%s' must say which fields its entries have", k->name);
			diag_help(b->d, "add 'of %s', or another of the blocks", l->name);
		}
		return NULL;
	}
	l = find_layout(b->f, of->name.text);
	if (l)
		return l;
	for (l = b->f->layouts; l && count < 64; l = l->next)
		names[count++] = l->name;
	model_unknown(b, of->name.span, "fields", of->name.text, names, count);
	return NULL;
}

/* The frame of a block is the widest entry that uses it. */
static void widen_layout(const struct model_format *f, struct model_layout *l, uint32_t at)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < f->level_count; i++)
		if (at >> i & 1 && f->levels[i].entry_bits > bits)
			bits = f->levels[i].entry_bits;
	if (bits > l->entry_bits)
		l->entry_bits = bits;
}

/* Of constants alone: nothing that a space may choose. */
static bool constant(const struct model_format *f, const struct ast_expr *e)
{
	if (!e)
		return true;
	if (e->op == EX_NAME)
		return model_find_const(f, e->name) >= 0;
	for (const struct ast_set *s = e->set; s; s = s->next)
		if (!constant(f, s->lo) || !constant(f, s->hi))
			return false;
	return !e->list && constant(f, e->a) && constant(f, e->b) && constant(f, e->c);
}

/* Constants decide that this format has no such kind, as they do of levels. */
static bool kind_off(struct model_build *b, const struct model_kind *k, const struct ast_clause *at)
{
	unsigned before;

	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next)
		if (c->kind == CL_IF && constant(b->f, c->expr) && !model_number(b, c->expr, "the condition of a kind", 1))
			return true;
	for (const struct ast_levels *l = at && !k->at ? at->levels : NULL; l; l = l->next)
		if (model_level_off(b->f, l->first.text, &before) || (l->last.text && model_level_off(b->f, l->last.text, &before)))
			return true;
	return false;
}

static void add_kind(struct model_build *b, const struct model_merged *m, struct model_kind **tail)
{
	struct model_kind *k = *tail = arena_alloc(b->arena, sizeof(*k));
	const struct ast_clause *at;
	struct model_layout *l;

	k->ast = m->ast;
	k->name = m->ast->name.text;
	k->role = m->ast->role;
	k->group = m->group;
	at = model_clause(k, CL_AT);
	if (b->f->concrete)
		k->at = at ? model_at(b, at->levels) : (1u << b->f->level_count) - 1;
	k->off = b->f->concrete && kind_off(b, k, at);
	if (k->off)
		k->at = 0;
	l = kind_layout(b, k);
	if (l)
		widen_layout(b->f, l, k->at);
	k->layout = l;
}

static void twice(struct model_build *b, const struct model_kind *k, const struct model_kind *first)
{
	model_error(b, DIAG_DUPLICATE_NAME, k->ast->name.span, "kind '%s' is declared twice; only 'invalid' kinds may share a name", k->name);
	diag_note(b->d, first->ast->name.span, "the first is here");
}

void model_kinds(struct model_build *b)
{
	struct model_kind **tail = &b->f->kinds;

	for (const struct model_merged *m = b->f->merged; m; m = m->next) {
		if (m->ast->kind != ST_KIND)
			continue;
		add_kind(b, m, tail);
		for (const struct model_kind *k = b->f->kinds; k != *tail; k = k->next) {
			if (strcmp(k->name, (*tail)->name) == 0 && (k->role != ROLE_INVALID || (*tail)->role != ROLE_INVALID)) {
				twice(b, *tail, k);
				break;
			}
		}
		tail = &(*tail)->next;
	}
	for (struct model_layout *l = b->f->layouts; l; l = l->next)
		if (!l->entry_bits)     /* no kind has these fields */
			l->entry_bits = b->f->entry_bits;
}

/* --- attributes ------------------------------------------------------------------ */

static void add_attr(struct model_build *b, const struct model_merged *m, const struct ast_name *name, unsigned value)
{
	struct model_attr *a, **tail = &b->f->attrs;

	for (; *tail; tail = &(*tail)->next)
		if (strcmp((*tail)->name, name->text) == 0)
			break;
	a = *tail;
	if (a) {
		const struct model_merged *old = b->f->merged;

		while (old && old->ast != a->ast)
			old = old->next;
		if (old && old->owner == m->owner) {
			model_error(b, DIAG_DUPLICATE_NAME, name->span, "attribute '%s' is declared twice", name->text);
			diag_note(b->d, a->ast->span, "the first is here");
			return;
		}
	} else {
		a = *tail = arena_alloc(b->arena, sizeof(*a));
	}
	a->name = name->text;
	a->ast = m->ast;
	a->map_value = value;
}

static void add_map(struct model_build *b, const struct model_merged *m)
{
	unsigned value = 0;

	for (const struct ast_names *n = m->ast->names; n; n = n->next)
		add_attr(b, m, &n->name, value++);
}

static struct model_stmts **list_of(struct model_format *f, enum ast_stmt_kind kind)
{
	switch (kind) {
	case ST_MAP: return &f->maps;
	case ST_DENY: return &f->denies;
	case ST_MARK: return &f->marks;
	case ST_ROOT: return &f->roots;
	case ST_EXAMPLE: return &f->examples;
	case ST_SELECT: return &f->selects;
	case ST_FAULT: return &f->faults;
	case ST_FLUSH: return &f->flushes;
	case ST_EXTERN: return &f->externs;
	case ST_VA_IGNORE: return &f->ignores;
	default: return NULL;
	}
}

void model_attrs(struct model_build *b)
{
	for (const struct model_merged *m = b->f->merged; m; m = m->next) {
		struct model_stmts **list = list_of(b->f, m->ast->kind);

		if (m->ast->kind == ST_ATTR)
			add_attr(b, m, &m->ast->name, 0);
		if (m->ast->kind == ST_MAP)
			add_map(b, m);
		if (!list)
			continue;
		while (*list)
			list = &(*list)->next;
		*list = arena_alloc(b->arena, sizeof(**list));
		(*list)->ast = m->ast;
	}
}
