/* SPDX-License-Identifier: MIT */
/*
 * model_decl.c - the declarations of a format: widths, spaces, parameters,
 * features, contexts, registers
 *
 * In the order in which they may use each other: registers, constants (model_const.c),
 * parameters, then the rest, since any width may name one.  A derived format's item of the same name replaces the base's.
 */
#include <string.h>

#include "dsl/model_impl.h"

#define CONTEXT_BITS 256u


/* A second declaration in one format is an error; one in a derived format takes the place of the first. */
static bool declared_twice(struct model_build *b, const struct model_merged *m, const struct model_format *first_owner,
			   const struct ast_name *name, const char *what, struct span first)
{
	if (m->owner != first_owner)
		return false;
	model_error(b, DIAG_DUPLICATE_NAME, name->span, "%s '%s' is declared twice", what, name->text);
	diag_note(b->d, first, "the first is here");
	return true;
}

/* --- parameters ------------------------------------------------------------ */

static void param_extremes(struct model_build *b, struct model_param *p)
{
	p->min = p->max = p->value;
	for (const struct ast_set *s = p->set; s; s = s->next) {
		int64_t lo = model_number(b, s->lo, "a value of a parameter", p->value);
		int64_t hi = s->hi ? model_number(b, s->hi, "a value of a parameter", p->value) : lo;

		if (hi < lo)
			model_error(b, DIAG_REVERSED_RANGE, s->hi->span, "the values of '%s' end below their beginning", p->name);
		p->min = lo < p->min ? lo : p->min;
		p->max = hi > p->max ? hi : p->max;
	}
	if (p->min < 0 || p->max > 255)
		model_error(b, DIAG_BAD_NUMBER, p->span, "the values of parameter '%s' must lie in 0..255", p->name);
}

static bool in_set(struct model_build *b, const struct model_param *p)
{
	for (const struct ast_set *s = p->set; s; s = s->next) {
		int64_t lo = model_number(b, s->lo, "a value of a parameter", p->value);

		if (p->value >= lo && p->value <= (s->hi ? model_number(b, s->hi, "a value of a parameter", p->value) : lo))
			return true;
	}
	return !p->set;
}

static void add_param(struct model_build *b, const struct model_merged *m)
{
	struct model_format *f = b->f;
	struct model_param *p;

	if (model_find_param(f, m->ast->name.text) >= 0) {
		model_error(b, DIAG_DUPLICATE_NAME, m->ast->name.span, "parameter '%s' is declared twice", m->ast->name.text);
		return;
	}
	if (f->param_count == MODEL_PARAMS) {
		if (!b->told_many)
			model_error(b, DIAG_TOO_MANY, m->ast->name.span, "a format has at most %d parameters", MODEL_PARAMS);
		b->told_many = true;
		return;
	}
	p = &f->params[f->param_count];
	p->name = m->ast->name.text;
	p->span = m->ast->name.span;
	p->set = m->ast->set;
	if (m->ast->from) {
		p->reg = m->ast->from->registers;
		p->limit = p->reg->next;
		p->codes = m->ast->from->codes;
	}
	if (m->ast->expr && m->ast->expr->op == EX_DOT)
		p->reg = m->ast->expr;
	else
		p->value = model_number(b, m->ast->expr, "the default of a parameter", 0);
	param_extremes(b, p);
	if (p->reg && p->reg == m->ast->expr)
		p->value = p->max;
	else if (m->ast->expr && !in_set(b, p))
		model_error(b, DIAG_BAD_NUMBER, m->ast->expr->span, "the default of parameter '%s', %lld, is none of its values", p->name,
			    (long long)p->value);
	f->param_count++;
}

/* --- widths ------------------------------------------------------------------ */

static void set_width(struct model_build *b, const struct ast_stmt *s, const struct ast_expr **expr, int64_t *bits)
{
	*expr = s->expr;
	*bits = 0;
	if (!model_largest(b->f, s->expr, bits)) {
		model_number(b, s->expr, "a width", 0);
	} else if (*bits < 1 || *bits > 64) {
		model_error(b, DIAG_BAD_NUMBER, s->expr->span, "%s is %lld bits wide: 1 to 64 can be described",
			    s->kind == ST_VA ? "va" : "pa", (long long)*bits);
		*bits = 64;
	}
}

static void set_entry(struct model_build *b, const struct ast_stmt *s)
{
	int64_t bits = model_number(b, s->expr, "the width of an entry", 64);

	if (bits != 16 && bits != 32 && bits != 64 && bits != 128)
		model_error(b, DIAG_BAD_NUMBER, s->expr->span, "an entry has 16, 32, 64 or 128 bits, not %lld", (long long)bits);
	else
		b->f->entry_bits = (unsigned)bits;
	b->f->big = s->flag;
	b->f->entry_given = true;
}

static void add_spaces(struct model_build *b, const struct model_merged *m)
{
	struct model_format *f = b->f;

	for (const struct ast_item *i = m->ast->items; i; i = i->next) {
		int64_t bits = 0;
		int n = model_find_space(f, i->name.text);

		if (n < 0) {
			if (f->space_count == 4) {
				model_error(b, DIAG_TOO_MANY, i->name.span, "a format has at most three output spaces beside pa");
				return;
			}
			n = (int)f->space_count++;
		}
		if (!model_largest(f, i->expr, &bits) || bits < 1 || bits > 64)
			model_error(b, DIAG_BAD_NUMBER, i->name.span, "space '%s' needs a width of 1 to 64 bits", i->name.text);
		f->spaces[n].name = i->name.text;
		f->spaces[n].bits = (unsigned)bits;
		f->spaces[n].span = i->name.span;
	}
}

/* --- features and contexts ----------------------------------------------------- */

static void add_features(struct model_build *b, const struct model_merged *m, const struct model_format **owner)
{
	struct model_format *f = b->f;

	for (const struct ast_item *i = m->ast->items; i; i = i->next) {
		int n = model_find_feature(f, i->name.text);

		if (n >= 0 && declared_twice(b, m, owner[n], &i->name, "feature", f->features[n].span))
			continue;
		if (n < 0 && f->feature_count == MODEL_FEATURES) {
			if (!b->told_many)
				model_error(b, DIAG_TOO_MANY, i->name.span, "a format has at most %d features", MODEL_FEATURES);
			b->told_many = true;
			return;
		}
		if (n < 0)
			n = (int)f->feature_count++;
		owner[n] = m->owner;
		f->features[n].name = i->name.text;
		f->features[n].off = i->flag;
		f->features[n].reg = i->expr;
		f->features[n].span = i->name.span;
	}
}

/* The lowest place with no word border inside, where the whole fits into a word. */
static unsigned context_place(unsigned next, unsigned bits)
{
	if (bits <= 64 && next / 64 != (next + bits - 1) / 64)
		return (next + 63) / 64 * 64;
	return bits > 64 ? (next + 63) / 64 * 64 : next;
}

static void context_source(struct model_build *b, struct model_context *c, const struct ast_expr *e)
{
	uint64_t value;

	if (!e)
		return;
	if (e->op == EX_NAME && !model_enum_value(b->f, e->name, &value)) {
		c->source = e;
		c->reg = e->name;
	} else if (e->op == EX_DOT || e->op == EX_SLICE || e->op == EX_INDEX || e->op == EX_CAT) {
		c->source = e;
	} else {
		c->value = (uint64_t)model_number(b, e, "the value of a context", 0);
	}
}

static void add_context(struct model_build *b, const struct model_merged *m, const struct ast_item *i,
			const struct model_format **owner)
{
	struct model_format *f = b->f;
	int n = model_find_context(f, i->name.text);
	int64_t count = i->count ? model_number(b, i->count, "the elements of a context", 1) : 1;
	int64_t width = i->width ? model_number(b, i->width, "the width of a context", 1) : 1;

	if (n >= 0 && declared_twice(b, m, owner[n], &i->name, "context", f->contexts[n].span))
		return;
	if (count < 1 || width < 1 || width > 64 || count * width > CONTEXT_BITS) {
		model_error(b, DIAG_BAD_NUMBER, i->name.span, "context '%s' does not fit: elements of 1 to 64 bits, %u bits in all",
			    i->name.text, CONTEXT_BITS);
		return;
	}
	if (n < 0 && f->context_count == sizeof(f->contexts) / sizeof(f->contexts[0])) {
		if (!b->told_many)
			model_error(b, DIAG_TOO_MANY, i->name.span, "a format has at most 32 contexts");
		b->told_many = true;
		return;
	}
	if (n < 0)
		n = (int)f->context_count++;
	owner[n] = m->owner;
	f->contexts[n] = (struct model_context){ .name = i->name.text, .span = i->name.span,
						 .count = (unsigned)count, .width = (unsigned)width };
	context_source(b, &f->contexts[n], i->expr);
	if (i->from)
		context_source(b, &f->contexts[n], i->from);
}

/* Large ones first would waste less; the order of the text is easier to find again. */
static void place_contexts(struct model_build *b)
{
	unsigned next = 0;

	for (unsigned i = 0; i < b->f->context_count; i++) {
		struct model_context *c = &b->f->contexts[i];

		c->lo = context_place(next, c->count * c->width);
		next = c->lo + c->count * c->width;
		if (next > CONTEXT_BITS) {
			model_error(b, DIAG_TOO_MANY, c->span, "the contexts of '%s' need more than %u bits", b->f->name, CONTEXT_BITS);
			return;
		}
	}
}

/* --- registers ---------------------------------------------------------------- */

static void add_register(struct model_build *b, const struct ast_stmt *s)
{
	struct model_register *r, **tail = &b->f->registers;
	int64_t bits = b->f->entry_bits > 64 ? 64 : b->f->entry_bits;

	if (s->expr)
		bits = model_number(b, s->expr, "the width of a register", 64);
	if (bits < 1 || bits > 64) {
		model_error(b, DIAG_BAD_NUMBER, s->name.span, "register '%s' has %lld bits: 1 to 64 can be described",
			    s->name.text, (long long)bits);
		bits = 64;
	}
	for (; *tail; tail = &(*tail)->next) {
		if (strcmp((*tail)->name, s->name.text))
			continue;
		if ((*tail)->ast->kind != s->kind && s->kind == ST_REGISTER)
			break; /* a register of a root's name stands before it: its fields are those that are meant */
		if ((*tail)->ast->kind != s->kind)
			continue;
		model_error(b, DIAG_DUPLICATE_NAME, s->name.span, "%s '%s' is declared twice",
			    s->kind == ST_ROOT ? "root" : "register", s->name.text);
		diag_note(b->d, (*tail)->ast->name.span, "the first is here");
		return;
	}
	r = arena_alloc(b->arena, sizeof(*r));
	r->next = *tail;
	*tail = r;
	r->name = s->name.text;
	r->ast = s;
	r->bits = (unsigned)bits;
}

/* A root is a register too: they are numbered in the order of the text. */
static void add_registers(struct model_build *b)
{
	for (const struct model_merged *m = b->f->merged; m; m = m->next)
		if (m->ast->kind == ST_REGISTER || m->ast->kind == ST_ROOT)
			add_register(b, m->ast);
}

/* --- all of it ------------------------------------------------------------------- */

static void one_declaration(struct model_build *b, const struct model_merged *m,
			    const struct model_format **features, const struct model_format **contexts)
{
	struct model_format *f = b->f;

	switch (m->ast->kind) {
	case ST_VA:
		set_width(b, m->ast, &f->va, &f->va_bits);
		f->va_span = m->ast->span;
		f->va_signed = m->ast->flag;
		break;
	case ST_PA:
		set_width(b, m->ast, &f->pa, &f->pa_bits);
		f->spaces[0].bits = (unsigned)f->pa_bits;
		f->spaces[0].span = m->ast->span;
		break;
	case ST_SPACE:
		add_spaces(b, m);
		break;
	case ST_BITS:
		f->msb0 = m->ast->flag;
		break;
	case ST_TABLE_ADDED:
		f->table_added = true;
		break;
	case ST_FEATURE:
		add_features(b, m, features);
		break;
	case ST_CONTEXT:
		for (const struct ast_item *i = m->ast->items; i; i = i->next)
			add_context(b, m, i, contexts);
		break;
	default:
		break;
	}
}

void model_declarations(struct model_build *b)
{
	struct model_format *f = b->f;
	const struct model_format *features[MODEL_FEATURES] = { NULL };
	const struct model_format *contexts[32] = { NULL };

	f->entry_bits = 64;
	f->spaces[0].name = "pa";
	f->space_count = 1;
	for (const struct model_merged *m = f->merged; m; m = m->next)
		if (m->ast->kind == ST_ENTRY)
			set_entry(b, m->ast);
	add_registers(b);
	model_consts(b);
	for (const struct model_merged *m = f->merged; m; m = m->next)
		if (m->ast->kind == ST_PARAM)
			add_param(b, m);
	for (const struct model_merged *m = f->merged; m; m = m->next)
		one_declaration(b, m, features, contexts);
	place_contexts(b);
}
