/* SPDX-License-Identifier: MIT */
/*
 * fmt.c - the canonical layout: columns, indentation, comments
 *
 * A paragraph is a run of lines at one depth without an empty line in it.  In
 * it the lines of one class share their columns.  A cell counts for the width
 * of its column only where something follows it in its line.
 */
#include "dsl/fmt.h"

#include <string.h>

#include "dsl/arena.h"
#include "dsl/fmt_lines.h"

#include "dsl/ast.h"
#include "dsl/parse.h"

#define INDENT 4
#define COMMENT_COLUMN 42 /* where the comments behind code stand, unless the code reaches there */
#define CODE_WIDE 64 /* lines that are wider do not move the comments of the others */

/* ORDER enum fmt_class: spaces before the cells 1, 2, ... */
static const unsigned char gap[][FMT_CELLS] = {
	{ 0 },
	{ 0, 2 },
	{ 0, 2, 2 },
	{ 0, 2, 2, 2 },
	{ 0, 1, 1, 2, 2, 2 },
	{ 0, 1, 2 },
	{ 0, 1 },
	{ 0, 1, 2 },
	{ 0, 1, 2 },
	{ 0, 1, 1, 2 },
};

struct widths {
	unsigned of[FMT_EXAMPLE + 1][FMT_CELLS];
};

/* The cell that ends a line widens nothing. */
static void widen(struct widths *w, const struct fmt_line *l)
{
	unsigned last = FMT_CELLS, i;

	while (last > 0 && !l->cells[last - 1].width)
		last--;
	if (l->class == FMT_KIND && last == FMT_CELLS)
		last--; /* what stands in no column does not push one */
	for (i = 0; i + 1 < last; i++)
		if (w->of[l->class][i] < l->cells[i].width)
			w->of[l->class][i] = l->cells[i].width;
}

static unsigned indent_of(const struct fmt_line *l)
{
	return INDENT * (l->depth + (l->continued ? 2 : 0));
}

static void lay_out(struct arena *arena, struct fmt_line *l, const struct widths *w)
{
	size_t room = 1;
	unsigned i, column = 0;
	char *code, *end;

	for (i = 0; i < FMT_CELLS; i++)
		room += l->cells[i].width + w->of[l->class][i] + gap[l->class][i];
	code = end = arena_array(arena, room, 1);
	for (i = 0; i < FMT_CELLS; i++) {
		/* A column that no line of the paragraph fills takes no room. */
		if (i && (w->of[l->class][i] || l->cells[i].width))
			column += gap[l->class][i];
		if (l->cells[i].width) {
			if (l->class == FMT_KIND && i == FMT_CELLS - 1) {
				bool opens = l->cells[i].text[0] == '{' && !l->cells[i].text[1];

				column = (unsigned)(end - code) + (opens ? 1 : 2);
			}
			while ((unsigned)(end - code) < column)
				*end++ = ' ';
			memcpy(end, l->cells[i].text, l->cells[i].width);
			end += l->cells[i].width;
		}
		column += w->of[l->class][i];
	}
	l->code = code;
	l->code_width = (unsigned)(end - code) + indent_of(l);
}

/* One paragraph: lines [from, to). */
static void align(struct arena *arena, struct fmt_lines *all, unsigned from, unsigned to)
{
	struct widths w = { { { 0 } } };
	unsigned i;

	for (i = from; i < to; i++) {
		fmt_cut(arena, &all->line[i]);
		widen(&w, &all->line[i]);
	}
	for (i = from; i < to; i++)
		lay_out(arena, &all->line[i], &w);
}

static void align_all(struct arena *arena, struct fmt_lines *all)
{
	unsigned from = 0, i;

	for (i = 1; i <= all->count; i++)
		if (i == all->count || all->line[i].blank_before ||
		    (all->line[i].depth != all->line[i - 1].depth && !all->line[i].continued)) {
			align(arena, all, from, i);
			from = i;
		}
}

/* --- comments and output ------------------------------------------------------------- */

/* The column of the comments behind the code of lines [from, to). */
static unsigned comment_column(const struct fmt_lines *all, unsigned from, unsigned to)
{
	unsigned column = COMMENT_COLUMN, i;

	for (i = from; i < to; i++)
		if (all->line[i].comment && all->line[i].count && all->line[i].code_width <= CODE_WIDE &&
		    all->line[i].code_width + 2 > column)
			column = all->line[i].code_width + 2;
	return column;
}

struct output {
	struct arena *arena;
	char *text;
	size_t used, room;
};

static void put(struct output *o, const char *text, size_t length)
{
	if (o->room - o->used <= length) {
		size_t room = (o->room + length + 1) * 2;

		o->text = arena_grow(o->arena, o->text, o->used, room, 1);
		o->room = room;
	}
	memcpy(o->text + o->used, text, length);
	o->used += length;
	o->text[o->used] = '\0';
}

static void pad(struct output *o, unsigned count)
{
	while (count-- > 0)
		put(o, " ", 1);
}

static void put_line(struct output *o, const struct fmt_line *l, unsigned column)
{
	if (!l->count) {
		pad(o, l->title && !l->depth ? 0 : indent_of(l));
	} else {
		pad(o, indent_of(l));
		put(o, l->code, strlen(l->code));
	}
	if (l->comment) {
		if (l->count)
			pad(o, l->code_width + 2 > column ? 2 : column - l->code_width);
		put(o, l->comment, l->comment_length);
	}
	put(o, "\n", 1);
}

static bool opens_block(const struct fmt_line *l)
{
	return l->count && l->words[l->count - 1].token == TOK_LBRACE;
}

static bool closes_block(const struct fmt_line *l)
{
	return l->count && l->words[0].token == TOK_RBRACE;
}

char *fmt_text(struct arena *arena, const char *text, size_t size)
{
	struct output o = { arena, arena_copy(arena, "", 0), 0, 0 };
	struct fmt_lines all = { NULL, 0 };
	unsigned i, next = 0, column = 0;

	fmt_read(arena, text, size, &all);
	align_all(arena, &all);
	for (i = 0; i < all.count; i++) {
		struct fmt_line *l = &all.line[i];

		if (i == next) {
			for (next = i + 1; next < all.count && !all.line[next].blank_before; next++)
				;
			column = comment_column(&all, i, next);
		}
		/* No empty line at the ends of a block or of the file. */
		if (l->blank_before && i && !opens_block(&all.line[i - 1]) && !closes_block(l))
			put(&o, "\n", 1);
		put_line(&o, l, column);
	}
	return o.text;
}
