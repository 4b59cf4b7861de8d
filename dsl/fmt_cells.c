/* SPDX-License-Identifier: MIT */
/*
 * fmt_cells.c - what sort of line it is, and where its columns begin
 */
#include "dsl/fmt_lines.h"

#include <string.h>

#include "dsl/arena.h"
#include "dsl/words.h"

#include "dsl/ast.h"
#include "dsl/parse.h"

static int token_at(const struct fmt_line *l, unsigned i)
{
	return i < l->count ? l->words[i].token : TOK_NL;
}

/* The first word from `i` on, outside of brackets, that is one of two; else the end. */
static unsigned find(const struct fmt_line *l, unsigned i, int one, int other)
{
	while (i < l->count && (l->words[i].inside || (l->words[i].token != one && l->words[i].token != other)))
		i++;
	return i;
}

static void set_cell(struct arena *arena, struct fmt_line *l, unsigned cell, unsigned from, unsigned to)
{
	l->cells[cell].text = fmt_join(arena, l, from, to);
	l->cells[cell].width = (unsigned)strlen(l->cells[cell].text);
}

/* Cells that begin at the given words; the last one goes to the end. */
static void set_cells(struct arena *arena, struct fmt_line *l, const unsigned *at, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		set_cell(arena, l, i, at[i], i + 1 < count ? at[i + 1] : l->count);
}

/* --- fields: name, bits, where they go or what they are, when ----------------------- */

static void cut_field(struct arena *arena, struct fmt_line *l)
{
	unsigned i = 1, at[4];

	while (i < l->count && (l->words[i].inside || token_at(l, i) == TOK_LBRACKET ||
				token_at(l, i) == TOK_RBRACKET || token_at(l, i) == TOK_COMMA))
		i++;
	at[0] = 0;
	at[1] = 1;
	at[2] = i;
	at[3] = find(l, i, TOK_WHEN, TOK_WHEN);
	set_cells(arena, l, at, 4);
}

static void cut_two(struct arena *arena, struct fmt_line *l, unsigned second)
{
	unsigned at[2] = { 0, second };

	set_cells(arena, l, at, 2);
}

/* --- kinds: role, name, of, at, when, the rest ----------------------------------------- */

static bool begins_clause(int token)
{
	switch (token) {
	case TOK_OF:
	case TOK_AT:
	case TOK_WHEN:
	case TOK_OTHERWISE:
	case TOK_IF:
	case TOK_LOW:
	case TOK_SIZE:
	case TOK_NEXT:
	case TOK_SKIP:
	case TOK_BITS:
	case TOK_REPEAT:
	case TOK_CONTIG:
	case TOK_LIMIT:
	case TOK_REQUIRE:
	case TOK_ENCODE:
	case TOK_TABLE:
	case TOK_NOWHERE:
	case TOK_LBRACE:
		return true;
	default:
		return false;
	}
}

static bool waits_for_value(int token)
{
	return token == TOK_UNLESS || token == TOK_ELSE || token == TOK_IN || token == TOK_EXCEPT ||
	       (begins_clause(token) && token != TOK_OTHERWISE && token != TOK_NOWHERE);
}

/* The end of the clause that begins at word i. */
static unsigned clause_end(const struct fmt_line *l, unsigned i)
{
	int head = token_at(l, i);
	bool named = head == TOK_OF || head == TOK_AT || head == TOK_NEXT;
	unsigned name = named ? i + 1 : i; /* that word is a name, whatever it is */

	for (i = name + 1; i < l->count; i++) {
		int token = l->words[i].token, last = l->words[i - 1].token;

		if (l->words[i].inside || !begins_clause(token))
			continue;
		if ((!named || i > name + 1) && (waits_for_value(last) || (!word_ends_operand(last) && last != TOK_RBRACE)))
			continue;
		if ((head == TOK_CONTIG && token == TOK_WHEN) || (head == TOK_SIZE && token == TOK_OF))
			continue;
		break;
	}
	return i < l->count ? i : l->count;
}

/* What follows the columns: clauses two spaces apart; a `{` that ends the line one space. */
static void cut_rest(struct arena *arena, struct fmt_line *l, unsigned i)
{
	const char *text = "";
	unsigned end;

	for (; i < l->count; i = end) {
		bool opens = token_at(l, i) == TOK_LBRACE;

		end = opens ? l->count : clause_end(l, i);
		text = arena_printf(arena, "%s%s%s", text, !*text ? "" : opens && end == i + 1 ? " " : "  ",
				    fmt_join(arena, l, i, end));
	}
	l->cells[5].text = text;
	l->cells[5].width = (unsigned)strlen(text);
}

static void cut_kind(struct arena *arena, struct fmt_line *l)
{
	static const int order[] = { TOK_OF, TOK_AT, TOK_WHEN };
	unsigned i = 2, cell, end;

	set_cell(arena, l, 0, 0, 1);
	set_cell(arena, l, 1, 1, 2);
	for (cell = 0; cell < 3; cell++) {
		end = i;
		if (i < l->count && (token_at(l, i) == order[cell] || (cell == 2 && token_at(l, i) == TOK_OTHERWISE)))
			end = clause_end(l, i);
		set_cell(arena, l, cell + 2, i, end);
		i = end;
	}
	cut_rest(arena, l, i);
}

/* --- the others -------------------------------------------------------------------------- */

static void cut_level(struct arena *arena, struct fmt_line *l)
{
	unsigned by = find(l, 2, TOK_VA, TOK_BY);
	unsigned after = find(l, by, TOK_AFTER, TOK_STRIDE), entry = find(l, by, TOK_ENTRY, TOK_ENTRY);
	unsigned at[3] = { 0, by, after < entry ? after : entry };

	set_cells(arena, l, at, 3);
}

static void cut_attr(struct arena *arena, struct fmt_line *l)
{
	unsigned at[3] = { 0, find(l, 2, TOK_EQ, TOK_EQ), find(l, 2, TOK_TABLES, TOK_DECODED) };

	set_cells(arena, l, at, 3);
}

static void cut_mark(struct arena *arena, struct fmt_line *l)
{
	unsigned on = find(l, 2, TOK_ON, TOK_ON);
	unsigned at[3] = { 0, on, find(l, on, TOK_IF, TOK_ELSE) };

	set_cells(arena, l, at, 3);
}

static void cut_row(struct arena *arena, struct fmt_line *l)
{
	unsigned at[3] = { 0, 1, find(l, 2, TOK_ALIAS, TOK_ALIAS) };

	set_cells(arena, l, at, 3);
}

static void cut_example(struct arena *arena, struct fmt_line *l)
{
	unsigned equal = find(l, 2, TOK_EQ, TOK_EQ);
	unsigned rest = equal + (token_at(l, equal + 1) == TOK_INVALID ? 3 : 2);
	unsigned at[4] = { 0, token_at(l, 1) == TOK_NUM ? 2 : equal, equal, rest < l->count ? rest : l->count };

	set_cells(arena, l, at, 4);
}

static bool is_setting(int token)
{
	switch (token) {
	case TOK_VA:
	case TOK_PA:
	case TOK_SPACE:
	case TOK_ENTRY:
	case TOK_BITS:
	case TOK_PARAM:
	case TOK_CONST:
	case TOK_FEATURE:
	case TOK_CONTEXT:
	case TOK_SELECT:
	case TOK_LEVELS:
	case TOK_FAULT:
	case TOK_FLUSH:
	case TOK_EXTERN:
		return true;
	default:
		return false;
	}
}

static enum fmt_class in_format(const struct fmt_line *l)
{
	int head = token_at(l, 0);

	switch (head) {
	case TOK_LEVEL:
		return FMT_LEVEL;
	case TOK_TABLE:
		return l->count == 2 && token_at(l, 1) == TOK_ADDED ? FMT_SETTING : FMT_KIND;
	case TOK_PAGE:
	case TOK_INVALID:
	case TOK_PASS:
		return FMT_KIND;
	case TOK_ATTR:
		return FMT_ATTR;
	case TOK_DENY:
		return FMT_DENY;
	case TOK_MARK:
		return FMT_MARK;
	case TOK_EXAMPLE:
		return FMT_EXAMPLE;
	default:
		return is_setting(head) ? FMT_SETTING : FMT_PLAIN;
	}
}

static enum fmt_class in_root(int head)
{
	switch (head) {
	case TOK_NAME:
	case TOK_MINUS:
	case TOK_ZERO:
		return FMT_FIELD;
	case TOK_DENY:
		return FMT_DENY;
	default: /* trim, bits, start ... */
		return FMT_SETTING;
	}
}

static enum fmt_class classify(const struct fmt_line *l)
{
	if (l->continued || l->count < 2 || token_at(l, 0) == TOK_RBRACE)
		return FMT_PLAIN;
	if (find(l, 0, TOK_NL, TOK_NL) < l->count)
		return FMT_PLAIN; /* several statements */
	switch (l->head) {
	case TOK_FORMAT:
	case TOK_FIRST:
		return in_format(l);
	case TOK_FIELDS:
	case TOK_REGISTER:
		return FMT_FIELD;
	case TOK_ROOT:
		return in_root(token_at(l, 0));
	case TOK_MAP:
	case TOK_START:
	case TOK_PARAM:
	case TOK_CONST:
		return FMT_ROW;
	default:
		return FMT_PLAIN;
	}
}

void fmt_cut(struct arena *arena, struct fmt_line *l)
{
	unsigned i;

	for (i = 0; i < FMT_CELLS; i++)
		l->cells[i] = (struct fmt_cell){ "", 0 };
	l->class = classify(l);
	switch (l->class) {
	case FMT_PLAIN:
		set_cell(arena, l, 0, 0, l->count);
		break;
	case FMT_SETTING:
		cut_two(arena, l, 1);
		break;
	case FMT_LEVEL:
		cut_level(arena, l);
		break;
	case FMT_FIELD:
		cut_field(arena, l);
		break;
	case FMT_KIND:
		cut_kind(arena, l);
		break;
	case FMT_ATTR:
		cut_attr(arena, l);
		break;
	case FMT_DENY:
		cut_two(arena, l, 2);
		break;
	case FMT_MARK:
		cut_mark(arena, l);
		break;
	case FMT_ROW:
		cut_row(arena, l);
		break;
	case FMT_EXAMPLE:
		cut_example(arena, l);
		break;
	}
}
