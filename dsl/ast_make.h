/* SPDX-License-Identifier: MIT */
/*
 * ast_make.h - how parse.y builds the tree
 *
 * ast_push_X(list, new) puts in front, ast_reverse_X() turns a finished list
 * round: both without looking for an end.
 */
#ifndef DSL_AST_MAKE_H
#define DSL_AST_MAKE_H

#include "dsl/ast.h"

struct parser;

struct ast_import {
	const char *path;
	struct span span;
	struct ast_import *next;
};

#define AST_LISTS(X) \
	X(field) X(piece) X(clause) X(levels) X(encode) X(item) X(map_row) X(map_value) \
	X(start) X(code) X(if) X(assert) X(names) X(set) X(expr) X(stmt) X(format) X(enum) X(nest) X(import)

#define X(tag) \
	static inline struct ast_##tag *ast_push_##tag(struct ast_##tag *list, struct ast_##tag *n) \
	{ \
		n->next = list; \
		return n; \
	} \
	static inline struct ast_##tag *ast_reverse_##tag(struct ast_##tag *list) \
	{ \
		struct ast_##tag *turned = NULL, *next; \
\
		for (; list; list = next) { \
			next = list->next; \
			list->next = turned; \
			turned = list; \
		} \
		return turned; \
	}
AST_LISTS(X)
#undef X

/* `list` grew at the front; `more`, grown the same way, comes after it in the text. */
struct ast_stmt *ast_push_stmts(struct ast_stmt *list, struct ast_stmt *more);
struct ast_clause *ast_concat_clause(struct ast_clause *more, struct ast_clause *list);
/* `first` comes before all of `list` in the text. */
struct ast_clause *ast_append_clause(struct ast_clause *list, struct ast_clause *first);

/* --- names and expressions (ast_expr.c) --- */
struct ast_name ast_no_name(void);
struct ast_name ast_number_name(struct parser *p, const struct ast_expr *number);
struct ast_names *ast_names(struct parser *p, struct ast_name name);
struct ast_expr *ast_new_expr(struct parser *p, enum ast_expr_op op, struct span at,
			      struct ast_expr *a, struct ast_expr *b);
struct ast_expr *ast_name_expr(struct parser *p, struct ast_name name);
struct ast_expr *ast_dot(struct parser *p, struct span at, struct ast_name name, struct ast_name member);
struct ast_expr *ast_slice_expr(struct parser *p, struct span at, struct ast_expr *of,
				struct ast_expr *first, struct ast_expr *second);
struct ast_expr *ast_except(struct parser *p, struct span at, struct ast_expr *a,
			    struct ast_expr *b, struct ast_expr *mask);
struct ast_expr *ast_in(struct parser *p, struct span at, struct ast_expr *a, struct ast_set *turned);
struct ast_expr *ast_cat(struct parser *p, struct span at, struct ast_expr *turned);
struct ast_expr *ast_parens(struct ast_expr *inside, struct span at);
struct ast_set *ast_set(struct parser *p, struct ast_expr *lo, struct ast_expr *hi);

/* --- fields, kinds, statements (ast.c) --- */
struct ast_stmt *ast_new_stmt(struct parser *p, enum ast_stmt_kind kind, struct span at);
struct ast_clause *ast_new_clause(struct parser *p, enum ast_clause_kind kind, struct span at);
struct ast_item *ast_item(struct parser *p, struct ast_name name, struct ast_expr *expr);
struct ast_item *ast_context(struct parser *p, struct ast_name name, struct ast_expr *count,
			     struct ast_expr *width, struct ast_expr *value);
struct ast_field *ast_field(struct parser *p, struct span at, struct ast_name name,
			    struct ast_piece *turned, enum ast_duty duty, struct ast_expr *if_,
			    enum ast_duty else_duty, struct ast_expr *when);
struct ast_field *ast_zero(struct parser *p, struct span at, struct ast_dest *dest,
			   struct ast_expr *if_, struct ast_expr *when);
struct ast_piece *ast_piece(struct parser *p, struct ast_slice at, struct ast_dest *dest);
struct ast_dest *ast_dest(struct parser *p, struct span at, const char *level,
			  struct ast_name space, struct ast_slice slice);
struct ast_stmt *ast_kind(struct parser *p, struct span at, enum ast_role role,
			  struct ast_name name, struct ast_clause *clauses, struct ast_clause *body);
struct ast_stmt *ast_first(struct parser *p, struct ast_stmt *kinds);
struct ast_clause *ast_napot(struct parser *p, struct span at, struct ast_expr *value,
			     struct ast_name field);
struct ast_levels *ast_level_range(struct parser *p, struct ast_name first, struct ast_name last);
struct ast_encode *ast_encode(struct parser *p, struct ast_name field, struct ast_expr *value);
struct ast_stmt *ast_level_by(struct parser *p, struct span at, struct ast_name name,
			      struct ast_expr *by);
struct ast_stmt *ast_mark(struct parser *p, struct span at, struct ast_expr *field,
			  struct ast_expr *value, bool tables, struct ast_expr *on,
			  struct ast_expr *if_, struct ast_name fault);
struct ast_map_row *ast_row(struct parser *p, struct span at, struct ast_expr *code,
			    struct ast_map_value *turned);
struct ast_map_value *ast_map_value(struct parser *p, struct span at, int kind, struct ast_expr *expr);
struct ast_stmt *ast_root(struct parser *p, struct span at, struct ast_name name,
			  struct ast_expr *bits, struct ast_expr *when, struct ast_stmt *body);
struct ast_stmt *ast_root_field(struct parser *p, struct ast_field *field);
struct ast_start *ast_start(struct parser *p, struct ast_expr *code, struct ast_name level);
struct ast_code *ast_code(struct parser *p, struct ast_expr *code, struct ast_expr *value);
struct ast_from *ast_from(struct parser *p, struct span at, struct ast_expr *registers, struct ast_code *codes);
struct ast_stmt *ast_nest_tables(struct parser *p, struct span at, struct ast_name access, struct ast_expr *if_);
struct ast_stmt *ast_example(struct ast_stmt *s, struct ast_if *ifs, bool invalid, struct ast_name name, struct ast_assert *turned);
struct ast_if *ast_if(struct parser *p, struct ast_name feature, bool negated, struct ast_expr *value);
struct ast_assert *ast_assert(struct parser *p, struct ast_name name, struct ast_name member,
			      struct ast_expr *value);

/* --- files (ast.c) --- */
void ast_import(struct parser *p, const char *path, struct span at);
void ast_enum(struct parser *p, struct ast_name name, struct ast_item *values);
const char *ast_title(struct parser *p);
void ast_nest(struct parser *p, const char *title, struct ast_name name, struct ast_name first,
	      struct ast_name second, struct ast_stmt *turned);
struct ast_format *ast_format_head(struct parser *p, struct ast_name name, struct ast_name base);
void ast_format(struct parser *p, struct ast_format *format, struct span at, struct ast_stmt *turned);

#endif /* DSL_AST_MAKE_H */
