/* SPDX-License-Identifier: MIT */
/*
 * model_const.c - constants: numbers that are fixed while the description is read
 *
 *   const pt_width = 11 in 1..16 from pwcl.PTWIDTH
 *   const top      = pt_base+pt_width
 *
 * One with a set may be given on the command line, or by a register that is known
 * there; all others follow from those before them.  Everything may use them, the
 * bits of levels too, so a generated walker has them as literals.
 */
#include <string.h>

#include "dsl/model_impl.h"

static const struct model_setting *setting(const struct model_build *b, const char *name)
{
	for (unsigned i = 0; i < b->setting_count; i++)
		if (strcmp(b->settings[i].name, name) == 0)
			return &b->settings[i];
	return NULL;
}

/* The field of a register that was given; a register's setting is its name and a dot. */
static bool register_value(struct model_build *b, const struct ast_expr *e, int64_t *value)
{
	const struct model_register *r = e->op == EX_DOT ? model_find_register(b->f, e->name) : NULL;
	const struct ast_field *field = r ? model_register_field(r, e->member) : NULL;
	const struct model_setting *given = setting(b, arena_printf(b->arena, "%s.", e->op == EX_DOT ? e->name : ""));
	struct model_config config;
	struct model_where w = { b->f, &config, -1, -1 };
	uint64_t sum = 0;

	if (!field) {
		model_error(b, e->op == EX_DOT ? DIAG_UNKNOWN_NAME : DIAG_NOT_A_NUMBER, e->span,
			    e->op == EX_DOT ? "no register field '%s.%s'" : "a constant comes from a field of a register: REG.FIELD",
			    e->name ? e->name : "", e->member ? e->member : "");
		return false;
	}
	if (!given)
		return false;
	model_default_config(b->f, &config);
	for (const struct ast_piece *p = field->pieces; p; p = p->next) {
		int hi, lo;

		if (!p->at.first || !model_range(&w, &p->at, r->bits, &hi, &lo) || hi < lo || lo < 0 || hi > 63)
			continue;
		sum = (hi - lo < 63 ? sum << (hi - lo + 1) : 0) |
		      (given->value >> lo & (~UINT64_C(0) >> (63 - (hi - lo))));
	}
	*value = (int64_t)sum;
	return true;
}

static bool in_set(struct model_build *b, const struct ast_set *set, int64_t value)
{
	for (const struct ast_set *s = set; s; s = s->next) {
		int64_t lo = model_number(b, s->lo, "a value of a constant", value);
		int64_t hi = s->hi ? model_number(b, s->hi, "a value of a constant", value) : lo;

		if (lo <= value && value <= hi)
			return true;
	}
	return false;
}

/* What one code of the field stands for. */
static bool decode(const struct ast_from *from, int64_t *value)
{
	if (!from->codes)
		return true;
	for (const struct ast_code *c = from->codes; c; c = c->next)
		if (((uint64_t)*value & (c->code->op == EX_PATTERN ? c->code->mask : ~UINT64_C(0))) == c->code->value) {
			*value = (int64_t)c->value->value;
			return true;
		}
	return false;
}

static void choose(struct model_build *b, struct model_const *k, const struct ast_from *from)
{
	const struct model_setting *given = setting(b, k->name);
	const char *of = "";

	if (from && from->registers->next)
		model_error(b, DIAG_TOO_MANY, from->registers->next->span, "a constant comes from one register");
	if (from && register_value(b, from->registers, &k->value)) {
		of = arena_printf(b->arena, " (from %s.%s)", from->registers->name, from->registers->member);
		if (!decode(from, &k->value)) {
			model_error(b, DIAG_BAD_NUMBER, k->ast->name.span, "nothing says what %s = %lld%s is", k->name, (long long)k->value, of);
			return;
		}
	}
	if (given) {
		k->value = (int64_t)given->value;
		of = "";
	}
	if (!in_set(b, k->ast->set, k->value))
		model_error(b, DIAG_BAD_NUMBER, k->ast->name.span, "%s = %lld%s is not among the values its line allows", k->name,
			    (long long)k->value, of);
}

static void add_const(struct model_build *b, const struct ast_stmt *s)
{
	struct model_format *f = b->f;
	struct model_const *k;
	int first = model_find_const(f, s->name.text);

	if (first >= 0) {
		model_error(b, DIAG_DUPLICATE_NAME, s->name.span, "constant '%s' is declared twice", s->name.text);
		diag_note(b->d, f->consts[first].ast->name.span, "the first is here");
		return;
	}
	if (f->const_count == MODEL_CONSTS) {
		model_error(b, DIAG_TOO_MANY, s->name.span, "a format has at most %d constants", MODEL_CONSTS);
		return;
	}
	k = &f->consts[f->const_count];
	k->name = s->name.text;
	k->ast = s;
	k->value = k->usual = model_number(b, s->expr, "a constant", 0);
	if (s->set)
		choose(b, k, s->from);
	f->unusual |= k->value != k->usual;
	f->const_count++;
}

void model_consts(struct model_build *b)
{
	for (const struct model_merged *m = b->f->merged; m; m = m->next)
		if (m->ast->kind == ST_CONST)
			add_const(b, m->ast);
}
