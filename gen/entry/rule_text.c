/* SPDX-License-Identifier: MIT */
/*
 * rule_text.c - what decided, in the description's words
 *
 * For comments of generated code, for `explain` and the documents: the clause
 * or line a rule stands for, laid out anew.
 */

#include "gen/buffer.h"
#include "gen/lower/lower.h"

enum bind { BIND_OR = 1, BIND_AND, BIND_NOT, BIND_COMPARE, BIND_ADD, BIND_MUL, BIND_ALL };

/* --- expressions ------------------------------------------------------------- */

static void put_expr(struct buffer *b, const struct ast_expr *e, enum bind outer);

static void put_bits(struct buffer *b, const struct ast_expr *e)
{
	buffer_puts(b, "0b");
	for (unsigned i = e->width; i-- > 0;)
		buffer_puts(b, e->op == EX_PATTERN && !(e->mask >> i & 1) ? "x" : e->value >> i & 1 ? "1" : "0");
}

static void put_number(struct buffer *b, const struct ast_expr *e)
{
	if (e->op == EX_PATTERN || e->width)
		put_bits(b, e);
	else if (e->high)
		buffer_printf(b, "0x%llx%016llx", (unsigned long long)e->high, (unsigned long long)e->value);
	else if (e->value < 4096)
		buffer_printf(b, "%llu", (unsigned long long)e->value);
	else
		buffer_printf(b, "0x%llx", (unsigned long long)e->value);
}

static void put_slice(struct buffer *b, const struct ast_expr *first, const struct ast_expr *second)
{
	buffer_puts(b, "[");
	put_expr(b, first, BIND_OR);
	if (second) {
		buffer_puts(b, ":");
		put_expr(b, second, BIND_OR);
	}
	buffer_puts(b, "]");
}

static void put_set(struct buffer *b, const struct ast_set *set)
{
	for (; set; set = set->next) {
		put_expr(b, set->lo, BIND_ADD);
		if (set->hi) {
			buffer_puts(b, "..");
			put_expr(b, set->hi, BIND_ADD);
		}
		if (set->next)
			buffer_puts(b, ", ");
	}
}

static enum bind bind_of(enum ast_expr_op op)
{
	switch (op) {
	case EX_OR:
		return BIND_OR;
	case EX_AND:
		return BIND_AND;
	case EX_NOT:
		return BIND_NOT;
	case EX_EQ: case EX_NE: case EX_IN:
		return BIND_COMPARE;
	case EX_ADD: case EX_SUB:
		return BIND_ADD;
	case EX_MUL:
		return BIND_MUL;
	default:
		return BIND_ALL;
	}
}

static const char *operator_of(enum ast_expr_op op)
{
	switch (op) {
	case EX_OR:
		return " | ";
	case EX_AND:
		return " & ";
	case EX_EQ:
		return "=";
	case EX_NE:
		return "!=";
	case EX_ADD:
		return "+";
	case EX_SUB:
		return "-";
	default:
		return "*";
	}
}

static void put_two(struct buffer *b, const struct ast_expr *e)
{
	enum bind bind = bind_of(e->op);

	put_expr(b, e->a, e->op == EX_SUB || bind == BIND_COMPARE ? (enum bind)(bind + (bind == BIND_COMPARE)) : bind);
	if (e->op == EX_IN) {
		buffer_puts(b, " in ");
		put_set(b, e->set);
		return;
	}
	buffer_puts(b, operator_of(e->op));
	put_expr(b, e->b, (enum bind)(bind + (e->op == EX_SUB || bind == BIND_COMPARE)));
	if (e->c) {
		buffer_puts(b, " except ");
		put_expr(b, e->c, BIND_ADD);
	}
}

static void put_plain(struct buffer *b, const struct ast_expr *e)
{
	switch (e->op) {
	case EX_NUM: case EX_PATTERN:
		put_number(b, e);
		break;
	case EX_NAME:
		buffer_puts(b, e->name);
		break;
	case EX_DOT:
		buffer_printf(b, "%s.%s", e->name, e->member);
		break;
	case EX_INDEX: case EX_SLICE:
		put_expr(b, e->a, BIND_ALL);
		put_slice(b, e->b, e->op == EX_SLICE ? e->c : NULL);
		break;
	case EX_CAT:
		buffer_puts(b, "{");
		for (const struct ast_expr *part = e->list; part; part = part->next) {
			put_expr(b, part, BIND_ADD);
			buffer_puts(b, part->next ? "," : "");
		}
		buffer_puts(b, "}");
		break;
	case EX_ELSE:
		buffer_puts(b, "(");
		put_expr(b, e->a, BIND_ADD);
		buffer_puts(b, " else ");
		put_expr(b, e->b, BIND_ADD);
		buffer_puts(b, ")");
		break;
	case EX_NOT:
		buffer_puts(b, "!");
		put_expr(b, e->a, BIND_NOT);
		break;
	default:
		put_two(b, e);
		break;
	}
}

static void put_expr(struct buffer *b, const struct ast_expr *e, enum bind outer)
{
	bool close = e && bind_of(e->op) < outer;

	if (!e)
		return;
	buffer_puts(b, close ? "(" : "");
	put_plain(b, e);
	buffer_puts(b, close ? ")" : "");
}

static void put_after(struct buffer *b, const char *word, const struct ast_expr *e)
{
	if (!e)
		return;
	buffer_printf(b, " %s ", word);
	put_expr(b, e, BIND_OR);
}

static void put_else(struct buffer *b, struct ast_name fault)
{
	if (fault.text)
		buffer_printf(b, " else %s", fault.text);
}

/* --- clauses and lines ------------------------------------------------------------ */

static void put_kind(struct buffer *b, const struct model_kind *m)
{
	static const char *const roles[] = { [ROLE_TABLE] = "table", [ROLE_PAGE] = "page", [ROLE_INVALID] = "invalid",
					     [ROLE_PASS] = "pass" };

	buffer_printf(b, "%s %s", roles[m->role], m->name);
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next) {
		if (c->kind == CL_WHEN)
			put_after(b, "when", c->expr);
		else if (c->kind == CL_IF)
			put_after(b, "if", c->expr);
		else if (c->kind == CL_OTHERWISE)
			buffer_puts(b, " otherwise");
	}
}

static void put_clause(struct buffer *b, const struct model_kind *m, const struct ast_clause *c)
{
	buffer_printf(b, "%s: ", m->name);
	switch (c->kind) {
	case CL_LOW_ZERO:
		buffer_puts(b, "low zero");
		break;
	case CL_NAPOT:
		buffer_printf(b, "size napot %u of %s", c->value, c->name.text);
		break;
	case CL_REQUIRE:
		buffer_puts(b, "require ");
		put_expr(b, c->expr, BIND_OR);
		break;
	case CL_LIMIT:
		buffer_puts(b, "limit index");
		put_slice(b, c->slice.first, c->slice.second);
		buffer_puts(b, " in ");
		put_set(b, c->set);
		break;
	case CL_BITS:
		buffer_puts(b, "bits ");
		put_expr(b, c->expr, BIND_OR);
		break;
	case CL_SKIP_ZERO:
		buffer_puts(b, "skip zero");
		break;
	default:
		break;
	}
	put_else(b, c->fault);
}

static void put_stmt(struct buffer *b, const struct ast_stmt *s)
{
	switch (s->kind) {
	case ST_DENY:
		buffer_printf(b, "deny %s", s->fault.text);
		put_after(b, "when", s->cond);
		return;
	case ST_MARK:
		buffer_puts(b, "mark ");
		put_expr(b, s->expr, BIND_ALL);
		if (s->value) {
			buffer_puts(b, "=");
			put_expr(b, s->value, BIND_ADD);
		}
		buffer_puts(b, s->flag ? " in tables" : "");
		put_after(b, "on", s->on);
		put_after(b, "if", s->cond);
		break;
	case ST_ROOT:
		buffer_printf(b, "root %s", s->name.text);
		return;
	case ST_ROOT_BITS:
		buffer_puts(b, "bits ");
		put_expr(b, s->expr, BIND_OR);
		break;
	case ST_LIMIT:
		buffer_puts(b, "limit index");
		put_slice(b, s->slice.first, s->slice.second);
		buffer_puts(b, " in ");
		put_set(b, s->set);
		break;
	default:
		if (s->cond) {
			buffer_puts(b, "require ");
			put_expr(b, s->cond, BIND_OR);
		}
		break;
	}
	put_else(b, s->fault);
}

static void put_map(struct buffer *b, const struct model_kind *m, const struct ast_stmt *map)
{
	buffer_printf(b, "%s: no reserved code of ", m->name);
	put_expr(b, map->expr, BIND_ALL);
	put_else(b, map->fault);
}

/* --- which it is ---------------------------------------------------------------------- */

static const struct ast_clause *clause_of(const struct model_kind *m, const void *what)
{
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next)
		if (c == what)
			return c;
	return NULL;
}

static const struct ast_stmt *in_list(const struct model_stmts *list, const void *what)
{
	for (; list; list = list->next) {
		if (list->ast == what)
			return list->ast;
		for (const struct ast_stmt *s = list->ast->body; s; s = s->next)
			if (s == what)
				return s;
	}
	return NULL;
}

static const char *text_of(struct lower *lo, const struct rule_key *key)
{
	const struct model_kind *m = key->kind;
	const struct ast_stmt *s;
	struct buffer b;

	buffer_init(&b, lo->arena);
	if (m && key->what == m)
		put_kind(&b, m);
	else if (m && key->what == lower_zero_key)
		buffer_printf(&b, "%s: bits that must be zero", m->name);
	else if (m && clause_of(m, key->what))
		put_clause(&b, m, clause_of(m, key->what));
	else if (m && (s = in_list(lo->f->maps, key->what)))
		put_map(&b, m, s);
	else if (!m && ((s = in_list(lo->f->denies, key->what)) || (s = in_list(lo->f->marks, key->what)) ||
			(s = in_list(lo->f->roots, key->what))))
		put_stmt(&b, s);
	return b.length ? buffer_text(&b) : NULL;
}

void lower_rule_texts(struct lower *lo)
{
	const struct rule_key *key = lo->rule_keys.data;
	const char **text = arena_array(lo->arena, lo->rules.count + 1, sizeof(*text));

	for (size_t i = 0; i < lo->rule_keys.count; i++)
		if (key[i].rule < lo->rules.count && key[i].what)
			text[key[i].rule] = text_of(lo, &key[i]);
	lo->plan->names.rule_text = text;
}
