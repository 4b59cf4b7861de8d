/* SPDX-License-Identifier: MIT */
/*
 * fmt_lines.h - a text as lines of words; private to fmt*.c
 */
#ifndef DSL_FMT_LINES_H
#define DSL_FMT_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "dsl/fmt.h"

#define FMT_CELLS 6

struct fmt_word {
	int token;           /* TOK_LCAT and TOK_RCAT told from TOK_LBRACE and TOK_RBRACE */
	const char *text;
	unsigned length;
	char inside;         /* of the innermost bracket: 0, ( [ c, or { of a block in this line */
};

/* Lines of one class in a paragraph share their columns. */
enum fmt_class {
	FMT_PLAIN,     /* no columns */
	FMT_SETTING,   /* va, pa, entry, feature ... */
	FMT_LEVEL,
	FMT_FIELD,     /* and the lines of a root */
	FMT_KIND,
	FMT_ATTR,
	FMT_DENY,
	FMT_MARK,
	FMT_ROW,       /* of a map or start */
	FMT_EXAMPLE
};

struct fmt_cell {
	const char *text;    /* "" where the line has nothing in this column */
	unsigned width;
};

struct fmt_line {
	struct fmt_word *words;
	unsigned count;
	const char *comment; /* NULL: none */
	unsigned comment_length;
	bool blank_before;   /* at least one empty line */
	bool title;          /* the comment is a ## line */
	bool continued;      /* from the line above */
	int head;            /* of the block that the line stands in, 0: none */
	unsigned depth;      /* blocks around it */
	enum fmt_class class;
	struct fmt_cell cells[FMT_CELLS];
	const char *code;    /* laid out, without indentation and comment */
	unsigned code_width; /* with indentation */
};

struct fmt_lines {
	struct fmt_line *line;
	unsigned count;
};

/* fmt_lines.c */
void fmt_read(struct arena *arena, const char *text, size_t size, struct fmt_lines *all);
/* fmt_cells.c: class and cells of a line. */
void fmt_cut(struct arena *arena, struct fmt_line *l);
/* fmt_space.c: words [from, to) of a line with the spaces between them. */
const char *fmt_join(struct arena *arena, const struct fmt_line *l, unsigned from, unsigned to);

#endif /* DSL_FMT_LINES_H */
