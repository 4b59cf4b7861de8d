/* SPDX-License-Identifier: MIT */
/*
 * check_variant.c - the choices of features and parameters under which a thing is looked at
 *
 * Only features and parameters that the thing names are varied; parameters take
 * their two extremes.  Beyond nine of them together not every combination is
 * tried, but the defaults, all on, all off, and each alone on or off.
 */
#include <string.h>

#include "dsl/check.h"

#define ALL_COMBINATIONS 9u

/* --- what is named ------------------------------------------------------------ */

void check_uses_expr(const struct model_format *f, const struct ast_expr *e, struct check_uses *u)
{
	int n;

	if (!e)
		return;
	if (e->op == EX_NAME) {
		n = model_find_feature(f, e->name);
		if (n >= 0)
			u->features |= 1u << n;
		n = model_find_param(f, e->name);
		if (n >= 0)
			u->params |= 1u << n;
	}
	for (const struct ast_expr *x = e->list; x; x = x->next)
		check_uses_expr(f, x, u);
	for (const struct ast_set *s = e->set; s; s = s->next) {
		check_uses_expr(f, s->lo, u);
		check_uses_expr(f, s->hi, u);
	}
	check_uses_expr(f, e->a, u);
	check_uses_expr(f, e->b, u);
	check_uses_expr(f, e->c, u);
}

static void uses_field(const struct model_format *f, const struct ast_field *a, struct check_uses *u)
{
	check_uses_expr(f, a->if_, u);
	check_uses_expr(f, a->when, u);
	for (const struct ast_piece *p = a->pieces; p; p = p->next) {
		check_uses_expr(f, p->at.first, u);
		check_uses_expr(f, p->at.second, u);
		if (!p->dest)
			continue;
		check_uses_expr(f, p->dest->at.first, u);
		check_uses_expr(f, p->dest->at.second, u);
	}
}

void check_uses_layout(const struct model_format *f, const struct model_layout *l, struct check_uses *u)
{
	for (const struct model_field *x = l ? l->fields : NULL; x; x = x->next)
		uses_field(f, x->ast, u);
}

void check_uses_kind(const struct model_format *f, const struct model_kind *k, struct check_uses *u)
{
	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next) {
		check_uses_expr(f, c->expr, u);
		check_uses_expr(f, c->unless, u);
	}
}

void check_uses_level(const struct model_format *f, int level, struct check_uses *u)
{
	for (const struct model_kind *k = f->kinds; k; k = k->next) {
		if (!(k->at >> level & 1))
			continue;
		for (const struct ast_clause *c = k->ast->clauses; c; c = c->next)
			if (c->kind == CL_WHEN || c->kind == CL_IF)
				check_uses_expr(f, c->expr, u);
	}
}

/* --- the choices ------------------------------------------------------------------ */

static unsigned bits_in(uint32_t mask)
{
	unsigned n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

void check_variants(struct check_variant *v, const struct model_format *f, const struct check_uses *u)
{
	unsigned n = bits_in(u->features) + bits_in(u->params);

	memset(v, 0, sizeof(*v));
	v->f = f;
	v->features = u->features;
	v->params = u->params;
	v->count = n <= ALL_COMBINATIONS ? 1u << n : 3 + 2 * n;
}

/* Combination `code`, counted from the defaults: bit i of it flips the i-th of the varied. */
static void flip(struct check_variant *v, uint32_t code)
{
	unsigned i = 0;

	model_default_config(v->f, &v->config);
	v->largest = true;
	for (unsigned n = 0; n < v->f->param_count; n++) {
		const struct model_param *p = &v->f->params[n];

		if (v->params >> n & 1)
			v->config.params[n] = code >> i++ & 1 ? p->min : p->max;
		v->largest &= v->config.params[n] == p->max;
	}
	for (unsigned n = 0; n < v->f->feature_count; n++)
		if (v->features >> n & 1 && code >> i++ & 1)
			v->config.features ^= 1u << n;
}

/* The code that makes every varied feature `on`. */
static uint32_t all_features(const struct check_variant *v, bool on)
{
	uint32_t code = 0;
	unsigned i = bits_in(v->params);

	for (unsigned n = 0; n < v->f->feature_count; n++)
		if (v->features >> n & 1) {
			code |= (uint32_t)(v->f->features[n].off == on) << i;
			i++;
		}
	return code;
}

bool check_variant_next(struct check_variant *v)
{
	unsigned n = bits_in(v->features) + bits_in(v->params);
	uint32_t i = v->next, code = i;

	if (i == v->count)
		return false;
	v->next++;
	if (n > ALL_COMBINATIONS) {
		code = i == 0 ? 0 : all_features(v, i & 1);
		if (i >= 3)     /* one of them differs from all on, or from all off */
			code ^= 1u << (i - 3) / 2;
	}
	flip(v, code);
	return true;
}

const char *check_variant_text(struct check *c, const struct check_variant *v)
{
	const char *text = "";

	for (unsigned n = 0; n < v->f->feature_count; n++) {
		bool on = v->config.features >> n & 1;

		if (!(v->features >> n & 1) || on != v->f->features[n].off)
			continue;
		text = arena_printf(c->arena, "%s%s%s %s", text, text[0] ? ", " : " when ", v->f->features[n].name,
				    on ? "is on" : "is off");
	}
	for (unsigned n = 0; n < v->f->param_count; n++) {
		if (!(v->params >> n & 1) || v->config.params[n] == v->f->params[n].value)
			continue;
		text = arena_printf(c->arena, "%s%s%s is %lld", text, text[0] ? ", " : " when ", v->f->params[n].name,
				    (long long)v->config.params[n]);
	}
	c->when = text;
	return text;
}
