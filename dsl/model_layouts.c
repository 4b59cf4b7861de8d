/* SPDX-License-Identifier: MIT */
/*
 * model_layouts.c - `fields` blocks, with the fields of their bases in front
 *
 * The base of a block is looked up by name among the blocks of the format that
 * is being resolved, so that a derived format which replaces `fields any` changes
 * every block that is built on it.  A block whose base has its own name extends
 * the one that it replaced.
 */
#include <string.h>

#include "dsl/model_impl.h"

static const struct model_merged *find_block(const struct model_format *f, const char *name)
{
	for (const struct model_merged *m = f->merged; m; m = m->next)
		if (m->ast->kind == ST_FIELDS && strcmp(m->ast->name.text, name) == 0)
			return m;
	return NULL;
}

static void unknown_block(struct model_build *b, const struct ast_name *n)
{
	const char *names[64];
	size_t count = 0;

	for (const struct model_merged *m = b->f->merged; m && count < 64; m = m->next)
		if (m->ast->kind == ST_FIELDS)
			names[count++] = m->ast->name.text;
	model_unknown(b, n->span, "fields", n->text, names, count);
}

/* Same name as an inherited field: replaced where it stands.  Twice in one block: an error. */
static void add_field(struct model_build *b, struct model_layout *l, const struct ast_field *a, const struct ast_stmt *block)
{
	struct model_field *f, **tail = &l->fields;

	for (; *tail; tail = &(*tail)->next) {
		if (!a->name.text || !(*tail)->name || strcmp((*tail)->name, a->name.text))
			continue;
		if ((*tail)->block == block) {
			model_error(b, DIAG_DUPLICATE_NAME, a->name.span, "'%s' already has a field '%s'", block->name.text, a->name.text);
			diag_note(b->d, (*tail)->ast->name.span, "the first is here");
		}
		(*tail)->ast = a;
		(*tail)->layout = block->name.text;
		(*tail)->block = block;
		return;
	}
	f = *tail = arena_alloc(b->arena, sizeof(*f));
	f->ast = a;
	f->name = a->name.text;
	f->layout = block->name.text;
	f->block = block;
}

struct chain {                       /* blocks that are being added */
	const struct ast_stmt *ast;
	const struct chain *up;
};

static void add_block(struct model_build *b, struct model_layout *l, const struct ast_stmt *s, const struct ast_stmt *over,
		      const struct chain *up);

/* A circle of several blocks is told of the first of them. */
static bool cycle_told(const struct model_build *b, const struct model_layout *l, const struct chain *chain)
{
	for (const struct model_layout *other = b->f->layouts; other; other = other->next)
		for (const struct chain *x = chain; x && other != l; x = x->up)
			if (x->ast == other->ast)
				return true;
	return false;
}

static void add_base(struct model_build *b, struct model_layout *l, const struct ast_stmt *s, const struct ast_stmt *over,
		     const struct chain *chain)
{
	const struct model_merged *base;

	if (strcmp(s->base.text, s->name.text) == 0 && over) {
		add_block(b, l, over, NULL, chain);
		return;
	}
	base = find_block(b->f, s->base.text);
	if (!base) {
		unknown_block(b, &s->base);
		l->broken = true;
		return;
	}
	for (const struct chain *x = chain; x; x = x->up)
		if (x->ast == base->ast) {
			l->broken = true;
			if (base->ast == l->ast && !cycle_told(b, l, chain))
				model_error(b, DIAG_BASE_CYCLE, l->ast->base.span, "fields '%s' is its own base", l->name);
			return;
		}
	add_block(b, l, base->ast, base->over, chain);
}

static void add_block(struct model_build *b, struct model_layout *l, const struct ast_stmt *s, const struct ast_stmt *over,
		      const struct chain *up)
{
	const struct chain chain = { s, up };

	if (s->base.text)
		add_base(b, l, s, over, &chain);
	if (s->fault.text)
		l->fault = s->fault.text;
	for (const struct ast_field *f = s->fields; f; f = f->next)
		add_field(b, l, f, s);
}

void model_layouts(struct model_build *b)
{
	struct model_layout **tail = &b->f->layouts;

	for (const struct model_merged *m = b->f->merged; m; m = m->next) {
		struct model_layout *l;

		if (m->ast->kind != ST_FIELDS)
			continue;
		for (l = b->f->layouts; l; l = l->next)
			if (strcmp(l->name, m->ast->name.text) == 0)
				break;
		if (l) {
			model_error(b, DIAG_DUPLICATE_NAME, m->ast->name.span, "fields '%s' is declared twice", l->name);
			diag_note(b->d, l->ast->name.span, "the first is here");
			continue;
		}
		l = *tail = arena_alloc(b->arena, sizeof(*l));
		tail = &l->next;
		l->name = m->ast->name.text;
		l->ast = m->ast;
		add_block(b, l, m->ast, m->over, NULL);
	}
}
