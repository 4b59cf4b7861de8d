/* SPDX-License-Identifier: MIT */
/*
 * lex.h - the words of a text, comments and line ends among them
 *
 * The scanner knows no context: feed.c drops the line ends that mean nothing,
 * fmt.c wants them all.
 */
#ifndef DSL_LEX_H
#define DSL_LEX_H

#include <stddef.h>

/* Beside the TOK_ numbers of parse.y, which are positive. */
enum lex_special {
	LEX_COMMENT = -1,  /* # to the end of the line */
	LEX_TITLE = -2,    /* ## to the end of the line */
	LEX_NEWLINE = -3,
	LEX_NUL = -4,      /* a zero byte */
	LEX_BAD = -5       /* any other byte or word that has no meaning */
};

struct lexeme {
	int token;
	size_t start, end; /* offsets into the text */
};

struct lexer {
	const char *text;
	size_t size;       /* text[size] is 0 */
	const char *cursor;
};

void lex_start(struct lexer *lex, const char *text, size_t size);

/* The next word; TOK_YYEOF at the end, again and again. */
struct lexeme lex_next(struct lexer *lex);


#endif /* DSL_LEX_H */
