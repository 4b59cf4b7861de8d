/* SPDX-License-Identifier: MIT */
/*
 * fmt_space.c - where a space stands between two words of a line
 *
 * Close together: V=1, {X,W,R}, va[38:30], 32-ttbcr.N, 1..level-1, !x.
 * Apart: a & b, attr w = RW, -> pa[55:12], [15] [11:10], format a : b.
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

/* The first word of the statement that word i belongs to. */
static unsigned statement_start(const struct fmt_line *l, unsigned i)
{
	while (i > 0) {
		int before = l->words[i - 1].token;

		if (before == TOK_NL || before == TOK_LBRACE)
			break;
		i--;
	}
	return i;
}

static bool is_field(const struct fmt_line *l, unsigned start)
{
	int head = token_at(l, start), next = token_at(l, start + 1);

	return (head == TOK_NAME || head == TOK_MINUS) && next == TOK_LBRACKET;
}

/* In a field, before its conditions: `] [` and `NAME [` are pieces, not an index of an index. */
static bool is_piece(const struct fmt_line *l, unsigned i)
{
	unsigned start = statement_start(l, i), j;

	if (!is_field(l, start))
		return false;
	for (j = start; j < i; j++)
		if (l->words[j].token == TOK_IF || l->words[j].token == TOK_WHEN)
			return false;
	return i == start + 1 || l->words[i - 1].token == TOK_RBRACKET;
}

/* The `=` of a statement stands apart, the one of a condition does not. */
static bool is_wide_equal(const struct fmt_line *l, unsigned i)
{
	unsigned start = statement_start(l, i), j;
	int head = token_at(l, start);

	if (l->words[i].token != TOK_EQ || (l->words[i].inside && l->words[i].inside != '{'))
		return false;
	if (head == TOK_CONTEXT || head == TOK_FEATURE)
		return true;
	for (j = start; j < i; j++)
		if (l->words[j].token == TOK_EQ)
			return false; /* only the first */
	return head == TOK_ATTR || head == TOK_SELECT || head == TOK_PARAM || head == TOK_CONST || head == TOK_EXAMPLE ||
	       head == TOK_NUM || head == TOK_NEST;
}

static bool is_wide_colon(const struct fmt_line *l, unsigned i)
{
	int head = token_at(l, statement_start(l, i));

	return !l->words[i].inside && (head == TOK_FORMAT || head == TOK_FIELDS);
}

/* A minus between two values. */
static bool is_difference(const struct fmt_line *l, unsigned i)
{
	return i > 0 && word_ends_operand(l->words[i - 1].token);
}

static bool space_before_bracket(const struct fmt_line *l, unsigned i)
{
	int last = l->words[i - 1].token;

	if (is_piece(l, i))
		return true;
	if (last == TOK_IGNORE && i >= 2 && l->words[i - 2].token == TOK_VA)
		return true;
	return !word_ends_operand(last);
}

static bool space_before_paren(const struct fmt_line *l, unsigned i)
{
	return token_at(l, statement_start(l, i)) != TOK_EXTERN;
}

/* What the word on the left asks for: -1 no space, 1 a space, 0 whatever the right one wants. */
static int after(const struct fmt_line *l, unsigned i)
{
	switch (l->words[i].token) {
	case TOK_LPAREN:
	case TOK_LBRACKET:
	case TOK_LCAT:
	case TOK_DOT:
	case TOK_DOTDOT:
	case TOK_NOT:
	case TOK_PLUS:
	case TOK_TIMES:
	case TOK_NE:
		return -1;
	case TOK_COMMA:
		return l->words[i].inside == 'c' ? -1 : 1;
	case TOK_COLON:
		return is_wide_colon(l, i) ? 1 : -1;
	case TOK_EQ:
		return is_wide_equal(l, i) ? 1 : -1;
	case TOK_MINUS:
		return is_difference(l, i) ? -1 : 1;
	default:
		return 0;
	}
}

static bool space_between(const struct fmt_line *l, unsigned i)
{
	int left = after(l, i - 1);

	switch (l->words[i].token) {
	case TOK_COMMA:
	case TOK_NL:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_RCAT:
	case TOK_DOT:
	case TOK_DOTDOT:
	case TOK_PLUS:
	case TOK_TIMES:
	case TOK_NE:
		return false;
	case TOK_COLON:
		return is_wide_colon(l, i);
	case TOK_EQ:
		return is_wide_equal(l, i);
	case TOK_MINUS:
		return left > 0 || (left == 0 && !is_difference(l, i));
	case TOK_LBRACKET:
		return left > 0 || (left == 0 && space_before_bracket(l, i));
	case TOK_LPAREN:
		return left > 0 || (left == 0 && space_before_paren(l, i));
	default:
		return left >= 0;
	}
}

const char *fmt_join(struct arena *arena, const struct fmt_line *l, unsigned from, unsigned to)
{
	size_t size = 0;
	unsigned i;
	char *text, *end;

	for (i = from; i < to; i++)
		size += l->words[i].length + 1;
	text = end = arena_array(arena, size + 1, 1);
	for (i = from; i < to; i++) {
		if (i > from && space_between(l, i))
			*end++ = ' ';
		memcpy(end, l->words[i].text, l->words[i].length);
		end += l->words[i].length;
	}
	return text;
}
