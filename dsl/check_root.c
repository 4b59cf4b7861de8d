/* SPDX-License-Identifier: MIT */
/*
 * check_root.c - roots say where the first table is, which one is meant, and where a walk begins
 *
 * A range that a register decides (`[31:14-ttbcr.N]`) is tried for every value of
 * that field; ranges over several registers are left to the walker's own checks.
 */
#include <string.h>

#include "dsl/check.h"

#define FIELDS_MAX 64u

/* --- registers that decide ranges --------------------------------------------- */

struct dots {
	const struct ast_expr *dot;
	bool several;
};

static void find_dots(struct dots *d, const struct ast_expr *e)
{
	if (!e)
		return;
	if (e->op == EX_DOT) {
		if (!d->dot)
			d->dot = e;
		else if (strcmp(d->dot->name, e->name) || strcmp(d->dot->member, e->member))
			d->several = true;
		return;
	}
	find_dots(d, e->a);
	find_dots(d, e->b);
	find_dots(d, e->c);
}

static void dots_of_root(struct dots *d, const struct ast_stmt *root)
{
	for (const struct ast_field *f = root->fields; f; f = f->next)
		for (const struct ast_piece *p = f->pieces; p; p = p->next) {
			find_dots(d, p->at.first);
			find_dots(d, p->at.second);
			if (p->dest) {
				find_dots(d, p->dest->at.first);
				find_dots(d, p->dest->at.second);
			}
		}
	for (const struct ast_stmt *b = root->body; b; b = b->next)
		if (b->kind == ST_TRIM)
			find_dots(d, b->expr);
}

/* --- the address of the first table ---------------------------------------------- */

struct root_case {
	const struct ast_stmt *root;
	const char *when;
	bool largest;
};

static void hole(struct check *c, const struct root_case *r, int space, int hi, int lo)
{
	const char *bits = arena_printf(c->arena, "table%s%s", space ? arena_printf(c->arena, ".%s", c->f->spaces[space].name) : "",
					model_bit_text(c->arena, c->f, 64, hi, lo));

	check_report(c, DIAG_BAD_ROOT, r->root->name.span, "root '%s' gives no source for %s%s; write 'zero -> %s' if these are always 0",
		     r->root->name.text, bits, r->when, bits);
}

/* Does the arrow end inside the address?  Said where no register decides it; else this choice is left out. */
static bool inside(struct check *c, const struct check_env *env, const struct ast_dest *d, int space, int hi, int lo)
{
	int bits = space == 0 && model_uses_param(c->f, c->f->pa) ? 64 : (int)c->f->spaces[space].bits;

	if (hi >= lo - 1 && lo >= 0 && hi < 64 && hi < bits)
		return true;
	if (env->dot)
		return hi >= lo - 1 && lo >= 0 && hi < 64;
	if (hi < lo - 1)
		check_range_fits(c, &d->at, hi, lo, 64, 64, "", "");
	else
		check_report(c, DIAG_OUTSIDE, d->span, "%s%s is outside the %d bits of %s", d->space, model_bit_text(c->arena, c->f, 64, hi, lo), bits,
			     d->space);
	return false;
}

/* Fill who feeds what.  Return: false when a range is not known or makes no sense here. */
static bool arrows(struct check *c, const struct check_env *env, const struct root_case *r, const struct ast_piece *src[4][64])
{
	for (const struct ast_field *f = r->root->fields; f; f = f->next) {
		if (!check_field_on(env, f) || (f->when && tri_false(check_eval(env, f->when))))
			continue;
		for (const struct ast_piece *p = f->pieces; p; p = p->next) {
			int hi = 0, lo = 0, to_hi, to_lo, space = p->dest ? model_find_space(c->f, p->dest->space) : -1;

			if (space < 0)
				continue;
			if (!check_range(env, &p->dest->at, 64, &to_hi, &to_lo) || !inside(c, env, p->dest, space, to_hi, to_lo))
				return false;
			if (p->at.first && (!check_range(env, &p->at, env->reg->bits, &hi, &lo) || hi < lo - 1))
				return false;
			if (p->at.first && hi - lo != to_hi - to_lo) {
				check_report(c, DIAG_WIDTH_MISMATCH, span_join(p->at.span, p->dest->span), "%d bits go into %d bits of %s%s", hi - lo + 1,
					     to_hi - to_lo + 1, p->dest->space, r->when);
				return false;
			}
			for (int i = to_lo; i <= to_hi; i++) {
				if (src[space][i]) {
					check_report(c, DIAG_TWO_SOURCES, p->dest->span, "%s%s has two sources in root '%s'%s", p->dest->space,
						     model_bit_text(c->arena, c->f, 64, i, i), r->root->name.text, r->when);
					diag_note(c->d, src[space][i]->dest->span, "the first is here");
					return false;
				}
				src[space][i] = p;
			}
		}
	}
	return true;
}

/* Lines of a root that decide which table is the first, and how many bits index it. */
static bool says_size(const struct ast_stmt *root)
{
	for (const struct ast_stmt *s = root->body; s; s = s->next)
		if (s->kind == ST_TRIM || s->kind == ST_START || s->kind == ST_ROOT_BITS)
			return true;
	return false;
}

static bool is_limited(const struct ast_stmt *root)
{
	for (const struct ast_stmt *s = root->body; s; s = s->next)
		if (s->kind == ST_LIMIT)
			return true;
	return false;
}

static void alignment(struct check *c, const struct root_case *r, const struct ast_piece *const *src)
{
	int size = c->f->dynamic ? -1 : check_table_lg2(c->f, 0), lo = 0;

	while (lo < 64 && (!src[lo] || !src[lo]->at.first))
		lo++;
	if (lo >= size || c->f->table_added || says_size(r->root) || is_limited(r->root) || c->f->levels[0].by)
		return;
	check_report(c, DIAG_TABLE_ALIGNMENT, src[lo]->dest->span,
		     "the level %s table has 2^%d bytes, but the root can name a 2^%d-byte boundary; say 'table added' if base and index are added, not joined",
		     c->f->levels[0].name, size, lo);
}

static void cover(struct check *c, const struct check_env *env, void *arg)
{
	const struct ast_piece *src[4][64];
	const struct root_case *r = arg;

	memset(src, 0, sizeof(src));
	if (!arrows(c, env, r, src))
		return;
	for (int space = 0; space < 4; space++) {
		int lo = 0, bits = (int)c->f->spaces[space].bits;

		while (lo < 64 && !src[space][lo])
			lo++;
		if (lo < 64)
			alignment(c, r, src[space]);
		for (int i = lo; i < bits && i < 64; i++) {
			int from = i;

			if (src[space][i])
				continue;
			while (i + 1 < bits && !src[space][i + 1])
				i++;
			if (i < bits - 1 || r->largest)
				hole(c, r, space, i, from);
		}
	}
}

static void one_choice(struct check *c, const struct check_variant *v, const struct model_register *reg, struct root_case *r, const struct dots *d,
		       uint64_t value)
{
	const struct ast_expr *exprs[3 * FIELDS_MAX];
	struct check_env env;
	unsigned n = 0;

	check_env_init(&env, c->f, &v->config, NULL, -1);
	env.reg = reg;
	env.entry_bits = reg->bits;
	env.known[0] = reg->bits < 64 ? ~UINT64_C(0) << reg->bits : 0;
	env.known[1] = ~UINT64_C(0);
	env.dot = d->dot;
	env.dot_value = value;
	for (const struct ast_field *f = r->root->fields; f && n < FIELDS_MAX; f = f->next)
		if (f->when)
			exprs[n++] = f->when;
	check_split(c, &env, exprs, n, cover, r);
}

static void address(struct check *c, const struct model_register *reg)
{
	const struct ast_stmt *root = reg->ast;
	struct dots d = { NULL, false };
	struct check_uses u = { 0, 0 };
	struct check_variant v;
	bool any = false;

	for (const struct ast_field *f = root->fields; f; f = f->next)
		for (const struct ast_piece *p = f->pieces; p; p = p->next) {
			any |= p->dest != NULL;
			check_uses_expr(c->f, p->at.first, &u);
			check_uses_expr(c->f, p->at.second, &u);
			check_uses_expr(c->f, f->if_, &u);
		}
	if (!any) {
		check_report(c, DIAG_BAD_ROOT, root->name.span, "root '%s' does not say where the first table is: no field has an arrow to 'table'",
			     root->name.text);
		return;
	}
	dots_of_root(&d, root);
	check_uses_expr(c->f, c->f->pa, &u);
	check_variants(&v, c->f, &u);
	while (!d.several && check_variant_next(&v)) {
		struct root_case r = { root, check_variant_text(c, &v), v.largest };
		struct check_env env;
		int width = 0;

		if (d.dot) {
			check_env_init(&env, c->f, &v.config, NULL, -1);
			width = check_width(&env, d.dot);
		}
		for (uint64_t value = 0; width >= 0 && width <= 8 && value >> width == 0; value++) {
			if (d.dot)
				r.when = arena_printf(c->arena, " when %s.%s is %llu", d.dot->name, d.dot->member, (unsigned long long)value);
			one_choice(c, &v, reg, &r, &d, value);
			if (c->failed)
				return;
		}
	}
}

/* --- trim and start -------------------------------------------------------------------- */

/* `limit index[..]` looks at the index into the first table. */
static void limit(struct check *c, const struct ast_stmt *s, int64_t bit)
{
	const struct model_level *l = &c->f->levels[0];
	int width = l->hi - l->lo + 1;

	if (bit < width)
		return;
	check_report(c, DIAG_OUTSIDE, s->slice.span, "bit %lld is outside the index of level %s, which has %d bit%s", (long long)bit, l->name, width,
		     width == 1 ? "" : "s");
	diag_note(c->d, l->ast->name.span, "level %s is here", l->name);
}

static void body(struct check *c, const struct model_register *reg)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	struct check_env env;
	int64_t bits;
	int width;

	model_default_config(c->f, &config);
	check_env_init(&env, c->f, &config, NULL, -1);
	env.reg = reg;
	for (const struct ast_stmt *s = reg->ast->body; s; s = s->next) {
		if (s->kind == ST_TRIM && model_fold(&w, s->expr, &bits) && (bits < 1 || bits > c->f->va_bits)) {
			check_report(c, DIAG_BAD_ROOT, s->expr->span, "'trim va %lld' is more than the %lld bits of va", (long long)bits,
				     (long long)c->f->va_bits);
			diag_note(c->d, c->f->va_span, "va is here");
		}
		if (s->kind == ST_LIMIT && !says_size(reg->ast) && !c->f->dynamic && model_fold(&w, s->slice.first, &bits))
			limit(c, s, bits);
		if (s->kind != ST_START)
			continue;
		width = check_width(&env, s->expr);
		for (const struct ast_start *x = s->starts; x; x = x->next) {
			if (width > 0 && width < 64 && x->code->value >> width)
				check_report(c, DIAG_IMPOSSIBLE_VALUE, x->code->span, "'%s' is %d bit%s wide and can never be %llu",
					     check_expr_text(c->arena, s->expr), width, width == 1 ? "" : "s", (unsigned long long)x->code->value);
			for (const struct ast_start *y = s->starts; y != x; y = y->next)
				if (y->code->value == x->code->value) {
					check_report(c, DIAG_BAD_ROOT, x->code->span, "'start' has two rows for %llu", (unsigned long long)x->code->value);
					diag_note(c->d, y->code->span, "the first is here");
				}
		}
	}
}

/* --- which root --------------------------------------------------------------------------- */

static void selecting_bits(const struct check_env *env, const struct ast_expr *e, uint64_t *bits, bool *known)
{
	const struct ast_slice s = { .first = e ? e->b : NULL, .second = e && e->op == EX_SLICE ? e->c : NULL };
	struct model_where w = check_where(env);
	int hi, lo;

	if (!e)
		return;
	if ((e->op == EX_SLICE || e->op == EX_INDEX) && e->a->op == EX_NAME && strcmp(e->a->name, "va") == 0) {
		if (!model_range(&w, &s, 64, &hi, &lo) || hi < lo || lo < 0 || hi > 63)
			*known = false;
		else
			*bits |= (hi - lo == 63 ? ~UINT64_C(0) : (UINT64_C(1) << (hi - lo + 1)) - 1) << lo;
		return;
	}
	if (e->op == EX_DOT)
		*known = false;
	selecting_bits(env, e->a, bits, known);
	selecting_bits(env, e->b, bits, known);
	for (const struct ast_expr *x = e->list; x; x = x->next)
		selecting_bits(env, x, bits, known);
}

static const char *va_value(struct check *c, uint64_t bits, uint64_t value)
{
	int lo = 0, hi = 63;

	while (!(bits >> lo & 1))
		lo++;
	while (!(bits >> hi & 1))
		hi--;
	return arena_printf(c->arena, "va%s=%llu", model_bit_text(c->arena, c->f, 64, hi, lo), (unsigned long long)(value >> lo));
}

static void one_address(struct check *c, struct check_env *env, uint64_t bits)
{
	const struct ast_stmt *taken = NULL;

	for (const struct model_stmts *r = c->f->roots; r; r = r->next) {
		if (!tri_true(check_eval(env, r->ast->cond)))
			continue;
		if (taken) {
			if (check_first(c, r->ast, DIAG_BAD_ROOT)) {
				check_report(c, DIAG_BAD_ROOT, r->ast->name.span, "roots '%s' and '%s' both take addresses with %s", taken->name.text,
					     r->ast->name.text, va_value(c, bits, env->va & bits));
				diag_note(c->d, taken->name.span, "root '%s' is here", taken->name.text);
			}
			return;
		}
		taken = r->ast;
	}
	if (!taken && check_first(c, c->f, DIAG_BAD_ROOT))
		check_report(c, DIAG_BAD_ROOT, c->f->roots->ast->name.span, "no root takes addresses with %s", va_value(c, bits, env->va & bits));
}

/* Without a condition a root takes every address: there is nothing left for another. */
static void unconditional(struct check *c)
{
	const struct ast_stmt *all = NULL;

	for (const struct model_stmts *r = c->f->roots; r; r = r->next)
		all = !all && !r->ast->cond ? r->ast : all;
	for (const struct model_stmts *r = c->f->roots; all && r; r = r->next) {
		if (r->ast == all)
			continue;
		check_report(c, DIAG_BAD_ROOT, r->ast->name.span, "roots '%s' and '%s' both take every address: say 'root NAME when va[N]=...' of each",
			     all->name.text, r->ast->name.text);
		diag_note(c->d, all->name.span, "root '%s' is here", all->name.text);
		return;
	}
}

/* Roots that address bits choose split all values of these bits. */
static void choice(struct check *c)
{
	struct model_config config;
	struct check_env env;
	uint64_t bits = 0, value = 0;
	bool known = true;
	unsigned count = 0;

	model_default_config(c->f, &config);
	check_env_init(&env, c->f, &config, NULL, -1);
	for (const struct model_stmts *r = c->f->roots; r; r = r->next) {
		selecting_bits(&env, r->ast->cond, &bits, &known);
		known &= r->ast->cond != NULL;
	}
	for (uint64_t b = bits; b; b &= b - 1)
		count++;
	if (!known || !bits || count > 10)
		return;
	env.va_known = ~UINT64_C(0);
	do {
		env.va = value;
		one_address(c, &env, bits);
		value = (value - bits) & bits;
	} while (value);
}

void rule_roots(struct check *c)
{
	for (const struct model_register *r = c->f->registers; r; r = r->next) {
		if (r->ast->kind != ST_ROOT)
			continue;
		address(c, r);
		body(c, r);
	}
	unconditional(c);
	choice(c);
}

/* --- two formats for one value --------------------------------------------------------------- */

static bool has_select(const struct model_format *f, const struct ast_stmt *s)
{
	struct model_config config;
	struct model_where w = { f, &config, -1, -1 };
	int64_t a, b;

	model_default_config(f, &config);
	for (const struct model_stmts *x = f->selects; x; x = x->next)
		if (x->ast->expr && s->expr && x->ast->expr->op == s->expr->op && x->ast->expr->name && s->expr->name &&
		    !strcmp(x->ast->expr->name, s->expr->name) && x->ast->expr->member && s->expr->member &&
		    !strcmp(x->ast->expr->member, s->expr->member) && x->ast->value && s->value &&
		    model_fold(&w, x->ast->value, &a) && model_fold(&w, s->value, &b) && a == b)
			return true;
	return false;
}

static bool same_selects(const struct model_format *f, const struct model_format *g)
{
	for (const struct model_stmts *s = f->selects; s; s = s->next)
		if (!has_select(g, s->ast))
			return false;
	for (const struct model_stmts *s = g->selects; s; s = s->next)
		if (!has_select(f, s->ast))
			return false;
	return f->selects != NULL;
}

static bool same_roots(const struct model_format *f, const struct model_format *g)
{
	const struct model_stmts *a = f->roots, *b = g->roots;

	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->ast->name.text, b->ast->name.text))
			return false;
	return !a && !b;
}

/* Relatives that no register tells apart: -f BASE could not choose. */
void rule_selects(struct check *c)
{
	const struct model_format *f = c->f;

	for (const struct model_format *g = c->m->formats; g != f; g = g->next) {
		if (!g->concrete || g->base != f->base || !f->base || !same_selects(f, g) || !same_roots(f, g))
			continue;
		check_report(c, DIAG_SAME_SELECT, f->selects->ast->span, "%s and %s both 'select %s = %s'", g->name, f->name,
			     check_expr_text(c->arena, f->selects->ast->expr), check_expr_text(c->arena, f->selects->ast->value));
		diag_note(c->d, g->selects->ast->span, "%s is here", g->name);
		return;
	}
}
