/* SPDX-License-Identifier: MIT */
/*
 * check_text.c - expressions for messages, and names in them
 */
#include <string.h>

#include "dsl/check.h"

static int strength(const struct ast_expr *e)
{
	switch (e->op) {
	case EX_OR: return 1;
	case EX_AND: return 2;
	case EX_EQ:
	case EX_NE:
	case EX_IN: return 3;
	case EX_ADD:
	case EX_SUB: return 4;
	case EX_MUL: return 5;
	default: return 6;
	}
}

static const char *inner(struct arena *a, const struct ast_expr *e, int outer)
{
	const char *text = check_expr_text(a, e);

	return strength(e) < outer ? arena_printf(a, "(%s)", text) : text;
}

static const char *two(struct arena *a, const struct ast_expr *e, const char *op)
{
	int s = strength(e);

	return arena_printf(a, "%s%s%s", inner(a, e->a, s), op, inner(a, e->b, s == 4 || s == 3 ? s + 1 : s));
}

static const char *number(struct arena *a, const struct ast_expr *e)
{
	char text[72] = "0b";

	if (e->high)
		return arena_printf(a, "0x%llx%016llx", (unsigned long long)e->high, (unsigned long long)e->value);
	if (!e->width)
		return arena_printf(a, e->value > 99999 ? "0x%llx" : "%llu", (unsigned long long)e->value);
	for (unsigned i = 0; i < e->width && i < 64; i++) {
		uint64_t bit = UINT64_C(1) << (e->width - 1 - i);

		text[2 + i] = e->op == EX_PATTERN && !(e->mask & bit) ? 'x' : e->value & bit ? '1' : '0';
	}
	return arena_copy(a, text, strlen(text));
}

static const char *set(struct arena *a, const struct ast_expr *e)
{
	const char *text = arena_printf(a, "%s in ", inner(a, e->a, 4));

	for (const struct ast_set *s = e->set; s; s = s->next) {
		text = arena_printf(a, "%s%s%s", text, s == e->set ? "" : ", ", check_expr_text(a, s->lo));
		if (s->hi)
			text = arena_printf(a, "%s..%s", text, check_expr_text(a, s->hi));
	}
	return text;
}

static const char *cat(struct arena *a, const struct ast_expr *e)
{
	const char *text = "{";

	for (const struct ast_expr *x = e->list; x; x = x->next)
		text = arena_printf(a, "%s%s%s", text, x == e->list ? "" : ",", check_expr_text(a, x));
	return arena_printf(a, "%s}", text);
}

static const char *equals(struct arena *a, const struct ast_expr *e)
{
	const char *text = two(a, e, e->op == EX_EQ ? "=" : "!=");

	return e->c ? arena_printf(a, "%s except %s", text, check_expr_text(a, e->c)) : text;
}

const char *check_expr_text(struct arena *a, const struct ast_expr *e)
{
	switch (e->op) {
	case EX_NUM:
	case EX_PATTERN: return number(a, e);
	case EX_NAME: return e->name;
	case EX_DOT: return arena_printf(a, "%s.%s", e->name, e->member);
	case EX_INDEX: return arena_printf(a, "%s[%s]", inner(a, e->a, 6), check_expr_text(a, e->b));
	case EX_SLICE: return arena_printf(a, "%s[%s:%s]", inner(a, e->a, 6), check_expr_text(a, e->b), check_expr_text(a, e->c));
	case EX_CAT: return cat(a, e);
	case EX_ELSE: return arena_printf(a, "(%s else %s)", check_expr_text(a, e->a), check_expr_text(a, e->b));
	case EX_NOT: return arena_printf(a, "!%s", inner(a, e->a, 6));
	case EX_OR: return two(a, e, " | ");
	case EX_AND: return two(a, e, " & ");
	case EX_EQ:
	case EX_NE: return equals(a, e);
	case EX_IN: return set(a, e);
	case EX_ADD: return two(a, e, "+");
	case EX_SUB: return two(a, e, "-");
	default: return two(a, e, "*");
	}
}

bool check_names_in(const struct ast_expr *e, const char *name)
{
	if (!e)
		return false;
	if (e->op == EX_NAME)
		return strcmp(e->name, name) == 0;
	for (const struct ast_expr *x = e->list; x; x = x->next)
		if (check_names_in(x, name))
			return true;
	for (const struct ast_set *s = e->set; s; s = s->next)
		if (check_names_in(s->lo, name) || check_names_in(s->hi, name))
			return true;
	return check_names_in(e->a, name) || check_names_in(e->b, name) || check_names_in(e->c, name);
}
