/* SPDX-License-Identifier: MIT */
/*
 * words.c - what the words of the language are good for
 */
#include "dsl/words.h"

#include <stddef.h>

#include "dsl/ast.h"
#include "dsl/parse.h"

static bool among(const int *list, size_t count, int token)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == token)
			return true;
	return false;
}
#define AMONG(list, token) among(list, sizeof(list) / sizeof((list)[0]), token)

static const int tops[] = { TOK_FORMAT, TOK_IMPORT, TOK_ENUM, TOK_NEST };
static const int heads[] = {
	TOK_FORMAT, TOK_IMPORT, TOK_ENUM, TOK_NEST, TOK_LEVELS, TOK_FIELDS, TOK_REGISTER, TOK_FIRST,
	TOK_ATTR, TOK_MAP, TOK_DENY, TOK_MARK, TOK_SELECT, TOK_ROOT, TOK_EXAMPLE,
};
static const int roles[] = { TOK_TABLE, TOK_PAGE, TOK_INVALID, TOK_PASS };
static const int soft_heads[] = {
	TOK_PARAM, TOK_FEATURE, TOK_CONTEXT, TOK_LEVEL, TOK_FAULT, TOK_FLUSH, TOK_EXTERN,
	TOK_SPACE, TOK_ENTRY, TOK_PA, TOK_VA, TOK_BITS, TOK_CONST,
};
static const int joins[] = {
	TOK_OVER, TOK_OF, TOK_AT, TOK_WHEN, TOK_OTHERWISE, TOK_IF, TOK_UNLESS, TOK_ELSE, TOK_EXCEPT,
	TOK_IN, TOK_ON, TOK_TABLES, TOK_IS,
};
static const int name_follows[] = {
	TOK_LEVEL, TOK_TABLE, TOK_PAGE, TOK_INVALID, TOK_PASS, TOK_ATTR, TOK_AT, TOK_OF, TOK_FIELDS,
	TOK_REGISTER, TOK_ROOT, TOK_FORMAT, TOK_ENUM, TOK_NEST, TOK_FEATURE, TOK_CONTEXT, TOK_PARAM, TOK_CONST,
	TOK_DENY, TOK_FAULT, TOK_ELSE, TOK_IS, TOK_AFTER, TOK_EXTERN, TOK_FLUSH, TOK_OVER,
};

enum word_class word_class(int token)
{
	if (token == TOK_NAME)
		return WORD_NAME;
	if (token < TOK_FORMAT || token > TOK_INDEX)
		return WORD_NONE;
	if (AMONG(heads, token))
		return WORD_HEAD;
	if (AMONG(soft_heads, token) || AMONG(roles, token))
		return WORD_SOFT_HEAD;
	return AMONG(joins, token) ? WORD_JOIN : WORD_SOFT;
}

bool word_begins_top(int token)
{
	return AMONG(tops, token);
}

bool word_begins_statement(int token)
{
	enum word_class class = word_class(token);

	return (class == WORD_HEAD || class == WORD_SOFT_HEAD) && !word_begins_top(token);
}

bool word_ends_operand(int token)
{
	return token == TOK_NUM || token == TOK_PATTERN || token == TOK_RPAREN ||
	       token == TOK_RBRACKET || token == TOK_RCAT || word_class(token) != WORD_NONE;
}

bool word_wants_more(int before, int last)
{
	switch (last) {
	case TOK_LPAREN:
	case TOK_LBRACKET:
	case TOK_ARROW:
	case TOK_DOTDOT:
	case TOK_DOT:
	case TOK_NE:
	case TOK_EQ:
	case TOK_NOT:
	case TOK_AND:
	case TOK_OR:
	case TOK_PLUS:
	case TOK_TIMES:
	case TOK_COMMA:
	case TOK_COLON:
	case TOK_LBRACE:
	case TOK_LCAT:
		return true;
	case TOK_MINUS: /* else it is the `-` of a map: no value */
		return word_ends_operand(before);
	default:
		return false;
	}
}

bool word_opens_cat(int before, int last, bool in_parens)
{
	switch (last) {
	case TOK_LBRACE:
	case TOK_NL:
	case TOK_RPAREN:
	case TOK_RBRACKET:
	case TOK_RCAT:
	case TOK_NUM:
	case TOK_PATTERN:
	case TOK_NAME:
	case TOK_RBRACE:
	case TOK_STRING:
		return false;
	case TOK_COLON: /* `: BASE` otherwise */
		return in_parens;
	case TOK_WHEN:
	case TOK_IF:
	case TOK_UNLESS:
	case TOK_ON:
	case TOK_MAP:
	case TOK_IN:
	case TOK_ELSE:
	case TOK_EXCEPT:
	case TOK_FROM:
		return !AMONG(name_follows, before);
	case TOK_BITS: /* clauses that take a value; but they may be names */
	case TOK_REQUIRE:
	case TOK_SIZE:
	case TOK_START:
	case TOK_NEXT:
	case TOK_BY:
		return (word_ends_operand(before) && !AMONG(name_follows, before)) ||
		       before == TOK_NL || before == TOK_LBRACE;
	default:
		return word_class(last) == WORD_NONE;
	}
}

bool word_leaves_block(int head, int token)
{
	if (head == TOK_ENUM)
		return false; /* any word is a value */
	if (word_begins_top(token))
		return true;
	if (head == TOK_FORMAT || !word_begins_statement(token))
		return false;
	switch (head) {
	case TOK_FIRST:
		return !AMONG(roles, token);
	case TOK_TABLE:
	case TOK_PAGE:
	case TOK_INVALID:
	case TOK_PASS: /* `table added` and `bits` are clauses */
		return token != TOK_TABLE && token != TOK_BITS;
	case TOK_ROOT:
		return token != TOK_VA && token != TOK_BITS && token != TOK_DENY;
	case TOK_FIELDS:
	case TOK_REGISTER:
	case TOK_MAP:
	case TOK_START:
		return true;
	default: /* a misspelt word: who knows */
		return false;
	}
}
