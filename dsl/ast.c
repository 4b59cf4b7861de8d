/* SPDX-License-Identifier: MIT */
/*
 * ast.c - make fields, kinds, statements and formats
 */
#include "dsl/ast_make.h"

#include <string.h>

#include "dsl/arena.h"
#include "dsl/parser.h"

struct ast_stmt *ast_push_stmts(struct ast_stmt *list, struct ast_stmt *more)
{
	struct ast_stmt *last;

	if (!more)
		return list;
	for (last = more; last->next; last = last->next)
		;
	last->next = list;
	return more;
}

struct ast_clause *ast_concat_clause(struct ast_clause *more, struct ast_clause *list)
{
	struct ast_clause *last;

	if (!more)
		return list;
	for (last = more; last->next; last = last->next)
		;
	last->next = list;
	return more;
}

struct ast_clause *ast_append_clause(struct ast_clause *list, struct ast_clause *first)
{
	first->next = NULL;
	return ast_concat_clause(list, first);
}

struct ast_stmt *ast_new_stmt(struct parser *p, enum ast_stmt_kind kind, struct span at)
{
	struct ast_stmt *s = arena_alloc(p->arena, sizeof(*s));

	s->kind = kind;
	s->span = at;
	return s;
}

struct ast_clause *ast_new_clause(struct parser *p, enum ast_clause_kind kind, struct span at)
{
	struct ast_clause *c = arena_alloc(p->arena, sizeof(*c));

	c->kind = kind;
	c->span = at;
	return c;
}

struct ast_item *ast_item(struct parser *p, struct ast_name name, struct ast_expr *expr)
{
	struct ast_item *i = arena_alloc(p->arena, sizeof(*i));

	i->name = name;
	i->expr = expr;
	return i;
}

struct ast_item *ast_context(struct parser *p, struct ast_name name, struct ast_expr *count,
			     struct ast_expr *width, struct ast_expr *value)
{
	struct ast_item *i = ast_item(p, name, value);

	i->count = count;
	i->width = width;
	return i;
}

/* --- fields --- */

struct ast_field *ast_field(struct parser *p, struct span at, struct ast_name name,
			    struct ast_piece *turned, enum ast_duty duty, struct ast_expr *if_,
			    enum ast_duty else_duty, struct ast_expr *when)
{
	struct ast_field *f = arena_alloc(p->arena, sizeof(*f));

	f->name = name;
	f->span = at;
	f->pieces = ast_reverse_piece(turned);
	f->duty = duty;
	f->if_ = if_;
	f->else_duty = else_duty;
	f->when = when;
	return f;
}

struct ast_field *ast_zero(struct parser *p, struct span at, struct ast_dest *dest,
			   struct ast_expr *if_, struct ast_expr *when)
{
	struct ast_slice none = { NULL, NULL, at };

	return ast_field(p, at, ast_no_name(), ast_piece(p, none, dest), DUTY_NONE, if_, DUTY_ZERO,
			 when);
}

struct ast_piece *ast_piece(struct parser *p, struct ast_slice at, struct ast_dest *dest)
{
	struct ast_piece *piece = arena_alloc(p->arena, sizeof(*piece));

	piece->at = at;
	piece->dest = dest;
	return piece;
}

struct ast_dest *ast_dest(struct parser *p, struct span at, const char *level,
			  struct ast_name space, struct ast_slice slice)
{
	struct ast_dest *d = arena_alloc(p->arena, sizeof(*d));

	d->level = level;
	d->space = space.text;
	d->at = slice;
	d->span = at;
	return d;
}

/* --- kinds --- */

struct ast_stmt *ast_kind(struct parser *p, struct span at, enum ast_role role,
			  struct ast_name name, struct ast_clause *clauses, struct ast_clause *body)
{
	struct ast_stmt *s = ast_new_stmt(p, ST_KIND, at);

	s->role = role;
	s->name = name;
	s->clauses = ast_reverse_clause(ast_concat_clause(body, clauses));
	return s;
}

struct ast_stmt *ast_first(struct parser *p, struct ast_stmt *kinds)
{
	struct ast_stmt *s;

	p->groups++;
	for (s = kinds; s; s = s->next)
		s->group = p->groups;
	return kinds;
}

struct ast_clause *ast_napot(struct parser *p, struct span at, struct ast_expr *value,
			     struct ast_name field)
{
	struct ast_clause *c = ast_new_clause(p, CL_NAPOT, at);

	if (value->value > 1)
		syntax_report(p, value->span, "'size napot' marks the size by the lowest 0 or by the lowest 1");
	c->value = value->value == 1;
	c->name = field;
	return c;
}

struct ast_levels *ast_level_range(struct parser *p, struct ast_name first, struct ast_name last)
{
	struct ast_levels *l = arena_alloc(p->arena, sizeof(*l));

	l->first = first;
	l->last = last;
	return l;
}

struct ast_encode *ast_encode(struct parser *p, struct ast_name field, struct ast_expr *value)
{
	struct ast_encode *e = arena_alloc(p->arena, sizeof(*e));

	e->field = field;
	e->value = value;
	return e;
}

/* --- statements --- */

/* `by did[12:9]` arrives as one expression: its outermost range belongs to the level. */
struct ast_stmt *ast_level_by(struct parser *p, struct span at, struct ast_name name,
			      struct ast_expr *by)
{
	struct ast_stmt *s = ast_new_stmt(p, ST_LEVEL, at);

	s->name = name;
	s->by = by;
	if (by->op == EX_INDEX || by->op == EX_SLICE) {
		s->by = by->a;
		s->slice = (struct ast_slice){ by->b, by->op == EX_SLICE ? by->c : NULL, by->span };
	} else {
		syntax_report(p, by->span, "the bits that index the level are missing: write [hi:lo] after this");
	}
	return s;
}

struct ast_stmt *ast_mark(struct parser *p, struct span at, struct ast_expr *field,
			  struct ast_expr *value, bool tables, struct ast_expr *on,
			  struct ast_expr *if_, struct ast_name fault)
{
	struct ast_stmt *s = ast_new_stmt(p, ST_MARK, at);

	s->expr = field;
	s->value = value;
	s->flag = tables;
	s->on = on;
	s->cond = if_;
	s->fault = fault;
	return s;
}

struct ast_map_row *ast_row(struct parser *p, struct span at, struct ast_expr *code,
			    struct ast_map_value *turned)
{
	struct ast_map_row *r = arena_alloc(p->arena, sizeof(*r));

	r->code = code;
	r->values = ast_reverse_map_value(turned);
	r->span = at;
	return r;
}

struct ast_map_value *ast_map_value(struct parser *p, struct span at, int kind, struct ast_expr *expr)
{
	struct ast_map_value *v = arena_alloc(p->arena, sizeof(*v));

	v->kind = kind == MV_NONE ? MV_NONE : kind == MV_EXPR ? MV_EXPR : MV_COPY;
	v->expr = expr;
	v->span = at;
	return v;
}

/* A field among the other lines of a root: carried in a statement until ast_root(). */
struct ast_stmt *ast_root_field(struct parser *p, struct ast_field *field)
{
	struct ast_stmt *s = ast_new_stmt(p, ST_FIELDS, field->span);

	s->fields = field;
	return s;
}

struct ast_stmt *ast_root(struct parser *p, struct span at, struct ast_name name,
			  struct ast_expr *bits, struct ast_expr *when, struct ast_stmt *body)
{
	struct ast_stmt *s = ast_new_stmt(p, ST_ROOT, at), *line, *next;

	s->name = name;
	s->expr = bits;
	s->cond = when;
	for (line = body; line; line = next) { /* last line first */
		next = line->next;
		if (line->kind == ST_FIELDS)
			s->fields = ast_push_field(s->fields, line->fields);
		else
			s->body = ast_push_stmt(s->body, line);
	}
	return s;
}

struct ast_start *ast_start(struct parser *p, struct ast_expr *code, struct ast_name level)
{
	struct ast_start *s = arena_alloc(p->arena, sizeof(*s));

	s->code = code;
	s->level = level;
	return s;
}

struct ast_code *ast_code(struct parser *p, struct ast_expr *code, struct ast_expr *value)
{
	struct ast_code *c = arena_alloc(p->arena, sizeof(*c));

	c->code = code;
	c->value = value;
	return c;
}

struct ast_from *ast_from(struct parser *p, struct span at, struct ast_expr *registers, struct ast_code *codes)
{
	struct ast_from *f = arena_alloc(p->arena, sizeof(*f));

	if (registers->next && registers->next->next)
		syntax_report(p, registers->next->next->span, "two registers at most: the value, and what bounds it");
	f->registers = registers;
	f->codes = codes;
	f->span = at;
	return f;
}

struct ast_stmt *ast_nest_tables(struct parser *p, struct span at, struct ast_name access, struct ast_expr *if_)
{
	struct ast_stmt *s = ast_new_stmt(p, ST_NEST_TABLES, at);

	if (strcmp(access.text, "write") != 0)
		syntax_report(p, access.span, "tables are read, or with 'tables write' written, by the second stage");
	s->name = access;
	s->cond = if_;
	return s;
}

struct ast_stmt *ast_example(struct ast_stmt *s, struct ast_if *ifs, bool invalid, struct ast_name name, struct ast_assert *turned)
{
	s->ifs = ifs;
	s->flag = invalid;
	s->name = name;
	s->asserts = ast_reverse_assert(turned);
	return s;
}

struct ast_if *ast_if(struct parser *p, struct ast_name feature, bool negated, struct ast_expr *value)
{
	struct ast_if *i = arena_alloc(p->arena, sizeof(*i));

	i->feature = feature;
	i->negated = negated;
	i->value = value;
	return i;
}

struct ast_assert *ast_assert(struct parser *p, struct ast_name name, struct ast_name member,
			      struct ast_expr *value)
{
	struct ast_assert *a = arena_alloc(p->arena, sizeof(*a));

	a->name = name;
	a->member = member;
	a->value = value;
	return a;
}

/* --- files --- */

void ast_import(struct parser *p, const char *path, struct span at)
{
	struct ast_import *i = arena_alloc(p->arena, sizeof(*i));

	i->path = path;
	i->span = at;
	p->imports = ast_push_import(p->imports, i);
}

void ast_enum(struct parser *p, struct ast_name name, struct ast_item *values)
{
	struct ast_enum *e = arena_alloc(p->arena, sizeof(*e));

	e->name = name;
	e->values = values;
	p->enums = ast_push_enum(p->enums, e);
}

const char *ast_title(struct parser *p)
{
	return p->format_title;
}

void ast_nest(struct parser *p, const char *title, struct ast_name name, struct ast_name first,
	      struct ast_name second, struct ast_stmt *turned)
{
	struct ast_nest *n = arena_alloc(p->arena, sizeof(*n));

	n->title = title;
	n->name = name;
	n->first = first;
	n->second = second;
	n->body = ast_reverse_stmt(turned);
	p->nests = ast_push_nest(p->nests, n);
}

struct ast_format *ast_format_head(struct parser *p, struct ast_name name, struct ast_name base)
{
	struct ast_format *f = arena_alloc(p->arena, sizeof(*f));

	f->name = name;
	f->base = base;
	f->title = ast_title(p);
	p->groups = 0;
	return f;
}

void ast_format(struct parser *p, struct ast_format *format, struct span at, struct ast_stmt *turned)
{
	format->span = at;
	format->stmts = ast_reverse_stmt(turned);
	p->formats = ast_push_format(p->formats, format);
}
