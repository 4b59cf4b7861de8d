/* SPDX-License-Identifier: MIT */
/*
 * check_unused.c - what is described and never read; what a format costs
 *
 * A field without a duty means something, so something must read it: a condition,
 * an attribute, a mark, an arrow.  Registers are exempt: their fields are there for
 * whoever fills them in.
 */
#include <string.h>

#include "dsl/check.h"

/* --- is a name read? ------------------------------------------------------------ */

static bool in_slice(const struct ast_slice *s, const char *name)
{
	return check_names_in(s->first, name) || check_names_in(s->second, name);
}

static bool in_field(const struct ast_field *f, const char *name)
{
	if (check_names_in(f->if_, name) || check_names_in(f->when, name))
		return true;
	for (const struct ast_piece *p = f->pieces; p; p = p->next)
		if (in_slice(&p->at, name) || (p->dest && in_slice(&p->dest->at, name)))
			return true;
	return false;
}

static bool in_sets(const struct ast_set *s, const char *name)
{
	for (; s; s = s->next)
		if (check_names_in(s->lo, name) || check_names_in(s->hi, name))
			return true;
	return false;
}

static bool in_kind(const struct model_kind *k, const char *name)
{
	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next) {
		if (check_names_in(c->expr, name) || check_names_in(c->unless, name) || in_slice(&c->slice, name) || in_sets(c->set, name))
			return true;
		if (c->kind == CL_NAPOT && strcmp(c->name.text, name) == 0)
			return true;
	}
	return false;
}

static bool in_stmt(const struct ast_stmt *s, const char *name)
{
	if (check_names_in(s->expr, name) || check_names_in(s->cond, name) || check_names_in(s->value, name) || check_names_in(s->on, name) ||
	    check_names_in(s->by, name) || check_names_in(s->entry, name) || check_names_in(s->tables, name) || in_slice(&s->slice, name) ||
	    in_sets(s->set, name))
		return true;
	for (const struct ast_field *f = s->fields; f; f = f->next)
		if (in_field(f, name))
			return true;
	for (const struct ast_if *i = s->ifs; i; i = i->next)
		if (strcmp(i->feature.text, name) == 0)
			return true;
	for (const struct ast_stmt *b = s->body; b; b = b->next)
		if (in_stmt(b, name))
			return true;
	return false;
}

static bool in_stmts(const struct model_stmts *s, const char *name)
{
	for (; s; s = s->next)
		if (in_stmt(s->ast, name))
			return true;
	return false;
}

static bool is_read(const struct model_format *f, const char *name)
{
	for (const struct model_kind *k = f->kinds; k; k = k->next)
		if (in_kind(k, name))
			return true;
	for (const struct model_layout *l = f->layouts; l; l = l->next)
		for (const struct model_field *x = l->fields; x; x = x->next)
			if (in_field(x->ast, name))
				return true;
	for (const struct model_attr *a = f->attrs; a; a = a->next)
		if (in_stmt(a->ast, name))
			return true;
	for (unsigned i = 0; i < f->level_count; i++)
		if (in_stmt(f->levels[i].ast, name))
			return true;
	for (unsigned i = 0; i < f->const_count; i++)
		if (in_stmt(f->consts[i].ast, name))
			return true;
	for (unsigned i = 0; i < f->param_count; i++)
		if (in_sets(f->params[i].set, name))
			return true;
	return in_stmts(f->denies, name) || in_stmts(f->marks, name) || in_stmts(f->roots, name) || in_stmts(f->ignores, name) ||
	       check_names_in(f->va, name) || check_names_in(f->pa, name);
}

/* --- fields -------------------------------------------------------------------------- */

static bool has_arrow(const struct ast_field *f)
{
	for (const struct ast_piece *p = f->pieces; p; p = p->next)
		if (p->dest)
			return true;
	return false;
}

static bool body_duty(const struct model_format *f, const struct model_layout *l, const char *name)
{
	bool all = true, any = false;

	for (const struct model_kind *k = f->kinds; k; k = k->next) {
		bool said = false;

		if (k->layout != l || !k->at)
			continue;
		any = true;
		for (const struct ast_clause *c = k->ast->clauses; c; c = c->next)
			for (const struct ast_names *n = c->kind == CL_DUTY ? c->names : NULL; n; n = n->next)
				said |= strcmp(n->name.text, name) == 0;
		all &= said;
	}
	return any && all;
}

/* Are bits of the field read as e[..], or through another field, where entries are told apart? */
static bool bits_read(const struct model_format *f, const struct model_layout *l, const struct ast_field *field)
{
	struct ast_expr name = { .op = EX_NAME, .name = field->name.text };
	struct model_config config;
	struct check_env env;

	model_default_config(f, &config);
	for (unsigned i = 0; i < f->level_count; i++) {
		uint64_t own[2] = { 0, 0 }, read[2] = { 0, 0 };
		bool here = false;

		for (const struct model_kind *k = f->kinds; k; k = k->next)
			here |= k->layout == l && k->at >> i & 1;
		if (!here)
			continue;
		for (const struct model_kind *k = f->kinds; k; k = k->next)
			for (const struct ast_clause *c = k->at >> i & 1 ? k->ast->clauses : NULL; c; c = c->next) {
				check_env_init(&env, f, &config, k->layout, (int)i);
				check_mentions(&env, c->expr, read);
				check_mentions(&env, c->unless, read);
			}
		check_env_init(&env, f, &config, l, (int)i);
		check_mentions(&env, &name, own);
		if (own[0] & read[0] || own[1] & read[1])
			return true;
	}
	return false;
}

static bool in_use(const struct model_format *f, const struct model_layout *l)
{
	for (const struct model_kind *k = f->kinds; k; k = k->next)
		if (k->layout == l && k->at)
			return true;
	return false;
}

static void fields(struct check *c, const struct model_layout *l)
{
	for (const struct model_field *f = l->fields; f; f = f->next) {
		if (!f->name || f->name[0] == '_' || f->ast->duty != DUTY_NONE || has_arrow(f->ast) || is_read(c->f, f->name) ||
		    body_duty(c->f, l, f->name) || bits_read(c->f, l, f->ast) || !check_first(c, f->ast, DIAG_UNUSED_FIELD))
			continue;
		check_report(c, DIAG_UNUSED_FIELD, f->ast->span, "'%s' has no reader; say 'soft' or 'ignored', or call it '_%s'", f->name, f->name);
	}
}

/* --- the rest --------------------------------------------------------------------------- */

static bool is_base(const struct model_format *f, const struct model_layout *l)
{
	for (const struct model_layout *x = f->layouts; x; x = x->next)
		if (x->ast->base.text && strcmp(x->ast->base.text, l->name) == 0)
			return true;
	return false;
}

static bool is_inherited(const struct check *c, struct span s)
{
	const struct span *f = &c->f->ast->span;

	return s.file != f->file || s.start < f->start || s.end > f->end;
}

void rule_unused(struct check *c)
{
	const struct model_format *f = c->f;

	if (f->unusual) /* other constants than those written may leave anything out */
		return;
	for (const struct model_layout *l = f->layouts; l; l = l->next) {
		if (in_use(f, l))
			fields(c, l);
		else if (!is_base(f, l) && !is_inherited(c, l->ast->span))
			check_report(c, DIAG_UNUSED_FEATURE, l->ast->name.span, "no kind has the fields '%s'", l->name);
	}
	for (unsigned i = 0; i < f->feature_count; i++)
		if (!is_read(f, f->features[i].name))
			check_report(c, DIAG_UNUSED_FEATURE, f->features[i].span, "feature '%s' changes nothing", f->features[i].name);
	for (unsigned i = 0; i < f->const_count; i++)
		if (!is_read(f, f->consts[i].name))
			check_report(c, DIAG_UNUSED_FEATURE, f->consts[i].ast->name.span, "constant '%s' changes nothing", f->consts[i].name);
	for (unsigned i = 0; i < f->param_count; i++)
		if (!is_read(f, f->params[i].name))
			check_report(c, DIAG_UNUSED_FEATURE, f->params[i].span, "parameter '%s' changes nothing", f->params[i].name);
	for (unsigned i = 0; i < f->context_count; i++)
		if (!is_read(f, f->contexts[i].name))
			check_report(c, DIAG_UNUSED_FEATURE, f->contexts[i].span, "nothing reads context '%s'", f->contexts[i].name);
}

/* Bytes of text a kind at a level takes in the generated walker and mapper: measured, rounded. */
#define BYTES_A_KIND 450u

void rule_cost(struct check *c)
{
	unsigned most = 0, all = 0;

	for (unsigned i = 0; i < c->f->level_count; i++) {
		unsigned here = 0;

		for (const struct model_kind *k = c->f->kinds; k; k = k->next)
			here += k->at >> i & 1;
		most = here > most ? here : most;
		all += here;
	}
	check_report(c, DIAG_COST, c->f->ast->name.span, "format '%s' generates %u levels with up to %u kinds each, about %u KiB", c->f->name,
		     c->f->level_count, most, (all * BYTES_A_KIND + 1023) / 1024);
}
