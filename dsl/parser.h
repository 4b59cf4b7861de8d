/* SPDX-License-Identifier: MIT */
/*
 * parser.h - the state of parsing one file; private to feed.c, syntax.c,
 *            parse.y, ast.c and import.c
 */
#ifndef DSL_PARSER_H
#define DSL_PARSER_H

#include "dsl/ast.h"
#include "dsl/diag.h"
#include "dsl/lex.h"

#define PARSE_DEPTH_MAX 200  /* brackets in brackets, operators in operators */
#define PARSE_ERRORS_MAX 50  /* in all files of a run */

/* An open bracket. */
struct open {
	char bracket;        /* ( [ { for a block, c for a concatenation { } */
	int head;            /* of a block: the word its statement begins with */
	struct span span;
};

/* What the files of a run share. */
struct parse_run {
	struct arena *arena;
	struct sources *sources;
	struct diag *diag;
	struct names *names;
	unsigned errors;
};

struct parser {
	struct parse_run *run;
	struct arena *arena;
	uint32_t file;

	/* feed.c */
	struct lexer lex;
	struct open open[PARSE_DEPTH_MAX];
	unsigned depth;
	int last, before;            /* the last two tokens handed out */
	struct span last_span, before_span; /* of the last two that are no line ends */
	int head;                    /* first word of this statement */
	struct lexeme held;          /* read, not yet handed out */
	bool holding, held_first;    /* held_first: a line end stands before it */
	struct span newline;
	bool line_head;              /* that line end was handed out, held comes next */
	unsigned missing;            /* `}` to hand out before `held` */
	bool supply_newline;         /* and a line end after each of them */
	bool stray;                  /* a `}` closed nothing */
	const char *bad;             /* what is wrong with the last TOK_BAD */
	bool stop;                   /* hand out the end of the file only */

	/* after a syntax error: up to where tokens are thrown away */
	bool skipping, skip_top;
	unsigned skip_depth;

	/* ## lines */
	const char *title, *file_title, *format_title;
	bool seen_token;

	unsigned groups;             /* `first` blocks of this format so far */
	bool deep;                   /* reported */

	/* results, last one first until import.c turns them round */
	struct ast_import *imports;
	struct ast_format *formats;
	struct ast_enum *enums;
	struct ast_nest *nests;
};

/* --- names (intern.c) --- */
struct names *names_new(struct arena *arena);
const char *names_intern(struct names *names, const char *text, size_t length);

/* --- feed.c --- */
union DSL_STYPE;
void feed_start(struct parser *p);
int feed_next(struct parser *p, union DSL_STYPE *value, struct span *span);
/* A syntax error at `token`: throw away the rest of the statement. */
void feed_recover(struct parser *p, int token);

/* --- syntax.c --- */
void syntax_report(struct parser *p, struct span at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* `expected` are the names that parse.y gives its tokens. */
void syntax_unexpected(struct parser *p, int token, struct span at, const char *const *expected,
		       int count);

#endif /* DSL_PARSER_H */
