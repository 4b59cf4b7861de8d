/* SPDX-License-Identifier: MIT */
/*
 * ast_expr.c - make names and expressions
 *
 * No expression is higher than PARSE_DEPTH_MAX, whatever the text says: what
 * walks one may recurse.
 */
#include "dsl/ast_make.h"

#include <stdio.h>

#include "dsl/arena.h"
#include "dsl/parser.h"

struct ast_name ast_no_name(void)
{
	return (struct ast_name){ 0 };
}

struct ast_name ast_number_name(struct parser *p, const struct ast_expr *number)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number->value);

	return (struct ast_name){ names_intern(p->run->names, digits, (size_t)n), number->span };
}

struct ast_names *ast_names(struct parser *p, struct ast_name name)
{
	struct ast_names *n = arena_alloc(p->arena, sizeof(*n));

	n->name = name;
	return n;
}

static unsigned higher(unsigned height, const struct ast_expr *e)
{
	return e && e->height > height ? e->height : height;
}

/* Account for one more child of e, which loses all of them when it gets too high. */
static void settle(struct parser *p, struct ast_expr *e, unsigned children)
{
	e->height = children + 1;
	if (e->height <= PARSE_DEPTH_MAX)
		return;
	if (!p->deep)
		syntax_report(p, e->span, "this expression is nested more than %d deep", PARSE_DEPTH_MAX);
	p->deep = true;
	*e = (struct ast_expr){ .op = EX_NUM, .span = e->span, .height = 1 };
}

struct ast_expr *ast_new_expr(struct parser *p, enum ast_expr_op op, struct span at,
			      struct ast_expr *a, struct ast_expr *b)
{
	struct ast_expr *e = arena_alloc(p->arena, sizeof(*e));

	e->op = op;
	e->span = at;
	e->a = a;
	e->b = b;
	settle(p, e, higher(higher(0, a), b));
	return e;
}

struct ast_expr *ast_name_expr(struct parser *p, struct ast_name name)
{
	struct ast_expr *e = ast_new_expr(p, EX_NAME, name.span, NULL, NULL);

	e->name = name.text;
	return e;
}

struct ast_expr *ast_dot(struct parser *p, struct span at, struct ast_name name, struct ast_name member)
{
	struct ast_expr *e = ast_new_expr(p, EX_DOT, at, NULL, NULL);

	e->name = name.text;
	e->member = member.text;
	return e;
}

struct ast_expr *ast_slice_expr(struct parser *p, struct span at, struct ast_expr *of,
				struct ast_expr *first, struct ast_expr *second)
{
	struct ast_expr *e = ast_new_expr(p, EX_SLICE, at, of, first);

	if (e->op == EX_SLICE)
		e->c = second;
	settle(p, e, higher(e->height - 1, e->c));
	return e;
}

struct ast_expr *ast_except(struct parser *p, struct span at, struct ast_expr *a,
			    struct ast_expr *b, struct ast_expr *mask)
{
	struct ast_expr *e = ast_new_expr(p, EX_EQ, at, a, b);

	if (e->op == EX_EQ)
		e->c = mask;
	settle(p, e, higher(e->height - 1, e->c));
	return e;
}

struct ast_expr *ast_in(struct parser *p, struct span at, struct ast_expr *a, struct ast_set *turned)
{
	struct ast_expr *e = ast_new_expr(p, EX_IN, at, a, NULL);
	const struct ast_set *s;
	unsigned height = e->height - 1;

	if (e->op == EX_IN)
		e->set = ast_reverse_set(turned);
	for (s = e->set; s; s = s->next)
		height = higher(higher(height, s->lo), s->hi);
	settle(p, e, height);
	return e;
}

struct ast_expr *ast_cat(struct parser *p, struct span at, struct ast_expr *turned)
{
	struct ast_expr *e = ast_new_expr(p, EX_CAT, at, NULL, NULL), *part;
	unsigned height = 0;

	e->list = ast_reverse_expr(turned);
	for (part = e->list; part; part = part->next)
		height = higher(height, part);
	settle(p, e, height);
	return e;
}

struct ast_expr *ast_parens(struct ast_expr *inside, struct span at)
{
	inside->span = at;
	return inside;
}

struct ast_set *ast_set(struct parser *p, struct ast_expr *lo, struct ast_expr *hi)
{
	struct ast_set *s = arena_alloc(p->arena, sizeof(*s));

	s->lo = lo;
	s->hi = hi;
	return s;
}
