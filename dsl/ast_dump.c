/* SPDX-License-Identifier: MIT */
/*
 * ast_dump.c - the golden form of a parse: one statement a line, every
 *              expression fully bracketed
 */
#include "dsl/ast.h"

#include <inttypes.h>

/* ORDER AST_EXPR */
static const char *const op_text[] = {
	"", "", "", ".", "[]", "[:]", "{}", " else ", " | ", " & ", "!", " = ", " != ", " in ",
	" + ", " - ", " * ",
};

/* ORDER as in ast.h */
static const char *const duty_text[] = {
	"", "zero", "one", "res0", "res1", "ignored", "soft", "overlay",
};
static const char *const role_text[] = { "table", "page", "invalid", "pass" };
static const char *const clause_text[] = {
	"of", "at", "when", "otherwise", "if", "low zero", "low ignored", "low added", "size napot",
	"size", "next", "skip zero", "skip ignored", "bits", "repeat", "contig", "limit", "require",
	"encode", "table added", "nowhere", "duty",
};
static const char *const stmt_text[] = {
	"va", "va ignore", "pa", "space", "entry", "bits", "table added", "param", "const", "feature",
	"context", "level", "levels", "fields", "register", "kind", "attr", "map", "deny", "mark",
	"select", "root", "example", "fault", "flush", "extern", "trim", "bits", "start", "bypass",
	"limit", "require", "nest tables",
};

static void dump_expr(const struct ast_expr *e, FILE *out);

static void dump_set(const struct ast_set *s, FILE *out)
{
	for (; s; s = s->next) {
		dump_expr(s->lo, out);
		if (s->hi) {
			fputs("..", out);
			dump_expr(s->hi, out);
		}
		if (s->next)
			fputs(", ", out);
	}
}

static void dump_bits(const struct ast_expr *e, FILE *out)
{
	unsigned bit;

	fputs("0b", out);
	for (bit = e->width; bit-- > 0;)
		putc(!(e->mask >> bit & 1) ? 'x' : e->value >> bit & 1 ? '1' : '0', out);
}

static void dump_two(const struct ast_expr *e, FILE *out)
{
	putc('(', out);
	dump_expr(e->a, out);
	fputs(op_text[e->op], out);
	if (e->op == EX_IN)
		dump_set(e->set, out);
	else
		dump_expr(e->b, out);
	if (e->op == EX_EQ && e->c) {
		fputs(" except ", out);
		dump_expr(e->c, out);
	}
	putc(')', out);
}

static void dump_slice(const struct ast_expr *first, const struct ast_expr *second, FILE *out)
{
	putc('[', out);
	dump_expr(first, out);
	if (second) {
		putc(':', out);
		dump_expr(second, out);
	}
	putc(']', out);
}

static void dump_list(const struct ast_expr *list, FILE *out)
{
	for (; list; list = list->next) {
		dump_expr(list, out);
		if (list->next)
			putc(',', out);
	}
}

static void dump_expr(const struct ast_expr *e, FILE *out)
{
	switch (e->op) {
	case EX_NUM:
		if (e->width)
			dump_bits(e, out);
		else if (e->high)
			fprintf(out, "0x%" PRIx64 "%016" PRIx64, e->high, e->value);
		else
			fprintf(out, "0x%" PRIx64, e->value);
		break;
	case EX_PATTERN:
		dump_bits(e, out);
		break;
	case EX_NAME:
		fputs(e->name, out);
		break;
	case EX_DOT:
		fprintf(out, "%s.%s", e->name, e->member);
		break;
	case EX_INDEX:
	case EX_SLICE:
		dump_expr(e->a, out);
		dump_slice(e->b, e->c, out);
		break;
	case EX_CAT:
		putc('{', out);
		dump_list(e->list, out);
		putc('}', out);
		break;
	case EX_NOT:
		fputs("(!", out);
		dump_expr(e->a, out);
		putc(')', out);
		break;
	default:
		dump_two(e, out);
		break;
	}
}

static void dump_opt(const char *word, const struct ast_expr *e, FILE *out)
{
	if (!e)
		return;
	fprintf(out, " %s ", word);
	dump_expr(e, out);
}

static void dump_name(const char *word, struct ast_name name, FILE *out)
{
	if (name.text)
		fprintf(out, " %s%s%s", word, *word ? " " : "", name.text);
}

static void dump_names(const struct ast_names *n, FILE *out)
{
	for (; n; n = n->next)
		fprintf(out, " %s%s", n->name.text, n->next ? "," : "");
}

static void dump_field(const struct ast_field *f, FILE *out)
{
	const struct ast_piece *p;

	fprintf(out, "    %s", f->name.text ? f->name.text : "-");
	for (p = f->pieces; p; p = p->next) {
		putc(' ', out);
		if (p->at.first)
			dump_slice(p->at.first, p->at.second, out);
		if (!p->dest)
			continue;
		fprintf(out, "->%s%s%s", p->dest->level ? p->dest->level : "",
			p->dest->level ? "." : "", p->dest->space);
		dump_slice(p->dest->at.first, p->dest->at.second, out);
	}
	fprintf(out, "%s%s", f->duty ? " " : "", duty_text[f->duty]);
	dump_opt("if", f->if_, out);
	if (f->if_)
		fprintf(out, " else %s", f->else_duty ? duty_text[f->else_duty] : "?");
	dump_opt("when", f->when, out);
	putc('\n', out);
}

static void dump_clause(const struct ast_clause *c, FILE *out)
{
	const struct ast_levels *l;
	const struct ast_encode *e;

	fprintf(out, "    %s", clause_text[c->kind]);
	if (c->kind == CL_NAPOT)
		fprintf(out, " %u", c->value);
	if (c->kind == CL_DUTY)
		fprintf(out, " %s", duty_text[c->duty]);
	dump_name("", c->name, out);
	for (l = c->levels; l; l = l->next)
		fprintf(out, " %s%s%s", l->first.text, l->last.text ? ".." : "",
			l->last.text ? l->last.text : "");
	if (c->slice.first) {
		fputs(" index", out);
		dump_slice(c->slice.first, c->slice.second, out);
	}
	dump_opt("", c->expr, out);
	dump_opt(c->kind == CL_CONTIG ? "when" : "unless", c->unless, out);
	if (c->set)
		fputs(" in ", out);
	dump_set(c->set, out);
	for (e = c->encodes; e; e = e->next) {
		fprintf(out, " %s=", e->field.text);
		dump_expr(e->value, out);
	}
	dump_names(c->names, out);
	dump_name("else", c->fault, out);
	putc('\n', out);
}

static void dump_row(const struct ast_map_row *r, FILE *out)
{
	const struct ast_map_value *v;

	fputs("    ", out);
	dump_expr(r->code, out);
	fputs(" =", out);
	if (r->reserved)
		fputs(" reserved", out);
	for (v = r->values; v; v = v->next) {
		putc(' ', out);
		if (v->kind == MV_NONE)
			putc('-', out);
		else if (v->kind == MV_COPY)
			dump_slice(v->copy.first, v->copy.second, out);
		else
			dump_expr(v->expr, out);
	}
	fputs(r->alias ? " alias\n" : "\n", out);
}

static void dump_items(const struct ast_item *i, FILE *out)
{
	for (; i; i = i->next) {
		fprintf(out, " %s", i->name.text);
		if (i->count)
			dump_slice(i->count, NULL, out);
		dump_opt(":", i->width, out);
		dump_opt("=", i->expr, out);
		dump_opt("from", i->from, out);
		fputs(i->flag ? " off" : "", out);
		fputs(i->next ? "," : "", out);
	}
}

static void dump_example(const struct ast_stmt *s, FILE *out)
{
	const struct ast_if *i;
	const struct ast_assert *a;

	for (i = s->ifs; i; i = i->next) {
		fprintf(out, " if %s%s", i->negated ? "!" : "", i->feature.text);
		dump_opt("", i->value, out);
	}
	for (a = s->asserts; a; a = a->next) {
		fprintf(out, " %s%s%s=", a->name.text, a->member.text ? "." : "",
			a->member.text ? a->member.text : "");
		dump_expr(a->value, out);
	}
}

static void dump_parts(const struct ast_stmt *s, FILE *out);

static void dump_stmt(const struct ast_stmt *s, FILE *out)
{
	fprintf(out, "  %s", stmt_text[s->kind]);
	if (s->kind == ST_KIND)
		fprintf(out, " %s", role_text[s->role]);
	if (s->group)
		fprintf(out, " first:%u", s->group);
	dump_name("", s->name, out);
	dump_name(":", s->base, out);
	dump_opt("", s->expr, out);
	dump_opt("by", s->by, out);
	if (s->slice.first)
		dump_slice(s->slice.first, s->slice.second, out);
	dump_opt("value", s->value, out);
	if (s->flag)
		fputs(" flag", out);
	dump_opt("entry", s->entry, out);
	dump_name("after", s->after, out);
	dump_opt("stride", s->stride, out);
	if (s->tables_op)
		fprintf(out, " tables %c", s->tables_op);
	dump_opt("", s->tables, out);
	dump_opt("on", s->on, out);
	dump_opt("cond", s->cond, out);
	if (s->set)
		fputs(" in ", out);
	dump_set(s->set, out);
	dump_items(s->items, out);
	dump_names(s->names, out);
	dump_example(s, out);
	dump_name("fault", s->fault, out);
	putc('\n', out);
	dump_parts(s, out);
}

static void dump_parts(const struct ast_stmt *s, FILE *out)
{
	const struct ast_field *f;
	const struct ast_clause *c;
	const struct ast_map_row *r;
	const struct ast_start *t;
	const struct ast_code *k;
	const struct ast_expr *e;
	const struct ast_stmt *b;

	for (f = s->fields; f; f = f->next)
		dump_field(f, out);
	for (c = s->clauses; c; c = c->next)
		dump_clause(c, out);
	for (r = s->rows; r; r = r->next)
		dump_row(r, out);
	for (t = s->starts; t; t = t->next) {
		fputs("    ", out);
		dump_expr(t->code, out);
		fprintf(out, " = %s\n", t->level.text);
	}
	for (e = s->from ? s->from->registers : NULL; e; e = e->next) {
		fputs("    from ", out);
		dump_expr(e, out);
		putc('\n', out);
	}
	for (k = s->from ? s->from->codes : NULL; k; k = k->next) {
		fputs("    ", out);
		dump_expr(k->code, out);
		dump_opt("=", k->value, out);
		putc('\n', out);
	}
	for (b = s->body; b; b = b->next) {
		fputs("  ", out);
		dump_stmt(b, out);
	}
}

static void dump_title(const char *title, FILE *out)
{
	if (!title)
		return;
	fputs("## ", out);
	for (; *title; title++) {
		putc(*title, out);
		if (*title == '\n')
			fputs("## ", out);
	}
	putc('\n', out);
}

void ast_dump(const struct ast *ast, FILE *out)
{
	const struct ast_enum *e;
	const struct ast_format *f;
	const struct ast_nest *n;
	const struct ast_stmt *s;

	for (e = ast->enums; e; e = e->next) {
		fprintf(out, "enum %s", e->name.text);
		dump_items(e->values, out);
		putc('\n', out);
	}
	for (f = ast->formats; f; f = f->next) {
		dump_title(f->title, out);
		fprintf(out, "format %s", f->name.text);
		dump_name(":", f->base, out);
		putc('\n', out);
		for (s = f->stmts; s; s = s->next)
			dump_stmt(s, out);
	}
	for (n = ast->nests; n; n = n->next) {
		dump_title(n->title, out);
		fprintf(out, "nest %s = %s over %s\n", n->name.text, n->first.text, n->second.text);
		for (s = n->body; s; s = s->next)
			dump_stmt(s, out);
	}
}
