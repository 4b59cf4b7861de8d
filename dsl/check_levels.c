/* SPDX-License-Identifier: MIT */
/*
 * check_levels.c - every bit of the address selects something, once, and walks end
 */
#include <string.h>

#include "dsl/check.h"

/* --- the address ----------------------------------------------------------------- */

static void va_bits_of(const struct check *c, const struct ast_expr *e, uint64_t *bits)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	int hi, lo;

	if (!e)
		return;
	model_default_config(c->f, &config);
	if ((e->op == EX_SLICE || e->op == EX_INDEX) && e->a->op == EX_NAME && strcmp(e->a->name, "va") == 0) {
		const struct ast_slice s = { .first = e->b, .second = e->op == EX_SLICE ? e->c : NULL };

		/* A range that a register decides may be empty. */
		if (!model_range(&w, &s, 64, &hi, &lo))
			return;
		for (int i = lo; i <= hi && i >= 0 && i < 64; i++)
			*bits |= UINT64_C(1) << i;
		return;
	}
	va_bits_of(c, e->a, bits);
	va_bits_of(c, e->b, bits);
	for (const struct ast_expr *x = e->list; x; x = x->next)
		va_bits_of(c, x, bits);
}

/* Bits that choose the root, or do not count. */
static uint64_t other_bits(const struct check *c)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	uint64_t bits = 0;
	int hi, lo;

	model_default_config(c->f, &config);
	for (const struct model_stmts *r = c->f->roots; r; r = r->next)
		va_bits_of(c, r->ast->cond, &bits);
	for (const struct model_stmts *s = c->f->ignores; s; s = s->next)
		if (model_range(&w, &s->ast->slice, 64, &hi, &lo))
			for (int i = lo; i <= hi && i >= 0 && i < 64; i++)
				bits |= UINT64_C(1) << i;
	return bits;
}

/* The level above that takes address bits, -1: none. */
static int above(const struct model_format *f, int level)
{
	for (level = f->levels[level].after; level >= 0 && f->levels[level].by; level = f->levels[level].after)
		;
	return level;
}

static const char *va_text(const struct check *c, int hi, int lo)
{
	return arena_printf(c->arena, "va%s", model_bit_text(c->arena, c->f, 64, hi, lo));
}

static int shown(const struct check *c, int bit)
{
	return c->f->msb0 ? 63 - bit : bit;
}

static void first_level(struct check *c, const struct model_level *l)
{
	uint64_t other = other_bits(c);
	int top = (int)c->f->va_bits, hi = top - 1;

	if (l->hi >= top) {
		check_report(c, DIAG_INDEXED_TWICE, l->ast->slice.span, "level %s uses %s, but va has %d bits", l->name,
			     va_text(c, l->hi, l->hi), top);
		diag_note(c->d, c->f->va_span, "va is here");
		return;
	}
	while (hi > l->hi && other >> hi & 1)
		hi--;
	if (hi > l->hi) {
		check_report(c, DIAG_UNINDEXED_ADDRESS, l->ast->slice.span, "%s selects nothing: va has %d bits and level %s starts at %d",
			     va_text(c, hi, l->hi + 1), top, l->name, shown(c, l->hi));
		diag_note(c->d, c->f->va_span, "va is here");
	}
}

static void one_level(struct check *c, int i)
{
	const struct model_level *l = &c->f->levels[i];
	int p = above(c->f, i);
	const struct model_level *up = p < 0 ? NULL : &c->f->levels[p];

	if (!up) {
		first_level(c, l);
	} else if (l->hi >= up->lo) {
		check_report(c, DIAG_INDEXED_TWICE, l->ast->slice.span, "level %s uses %s, which level %s already uses", l->name,
			     va_text(c, l->hi < up->hi ? l->hi : up->hi, up->lo), up->name);
		diag_note(c->d, up->ast->slice.span, "level %s is here", up->name);
	} else if (l->hi + 1 < up->lo) {
		check_report(c, DIAG_UNINDEXED_ADDRESS, l->ast->slice.span, "%s selects nothing: level %s ends at %d and level %s starts at %d",
			     va_text(c, up->lo - 1, l->hi + 1), up->name, shown(c, up->lo), l->name, shown(c, l->hi));
		diag_note(c->d, up->ast->slice.span, "level %s is here", up->name);
	}
}

void rule_levels(struct check *c)
{
	if (c->f->dynamic) {
		const struct model_level *l = &c->f->levels[0];

		if (l->hi >= (int)c->f->va_bits)
			first_level(c, l);
		return;
	}
	for (unsigned i = 0; i < c->f->level_count; i++)
		if (!c->f->levels[i].by)
			one_level(c, (int)i);
}

/* --- where tables lead ------------------------------------------------------------- */

static unsigned children(const struct model_format *f, int level)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->level_count; i++)
		n += f->levels[i].after == level;
	return n;
}

static bool below(const struct model_format *f, int level, int upper)
{
	for (level = f->levels[level].after; level >= 0; level = f->levels[level].after)
		if (level == upper)
			return true;
	return false;
}

static bool says_skip(const struct model_kind *k)
{
	return model_clause(k, CL_SKIP_ZERO) || model_clause(k, CL_SKIP_IGNORED);
}

static const char *next_text(const struct check *c, const struct ast_clause *cl)
{
	return arena_printf(c->arena, "'next %s'", check_expr_text(c->arena, cl->expr));
}

static void to_level(struct check *c, const struct model_kind *k, const struct ast_clause *cl, int from, int to)
{
	const struct model_format *f = c->f;

	if (!below(f, to, from)) {
		check_report(c, DIAG_CLIMBING_NEXT, cl->expr->span, "%s can reach level %s from level %s", next_text(c, cl), f->levels[to].name,
			     f->levels[from].name);
		diag_note(c->d, f->levels[to].ast->name.span, "level %s is not below level %s", f->levels[to].name, f->levels[from].name);
	} else if (f->levels[to].after != from && !says_skip(k)) {
		check_report(c, DIAG_SKIPPED_LEVELS, cl->expr->span, "%s can pass over levels; say 'skip zero' or 'skip ignored'", next_text(c, cl));
		diag_help(c->d, "add 'skip zero' if the skipped address bits must be 0, else 'skip ignored'");
	}
}

struct next_case {
	const struct model_kind *k;
	const struct ast_clause *cl;
	int from;
};

static void by_number(struct check *c, const struct check_env *env, void *arg)
{
	const struct next_case *n = arg;
	struct tri t = check_eval(env, n->cl->expr);

	if (!tri_exact(t) || !check_possible(env, n->k))
		return;
	for (unsigned i = 0; i < c->f->level_count; i++)
		if (c->f->levels[i].number == t.value && (c->f->levels[i].after < 0 || below(c->f, (int)i, 0))) {
			to_level(c, n->k, n->cl, n->from, (int)i);
			return;
		}
	check_report(c, DIAG_CLIMBING_NEXT, n->cl->expr->span, "%s can be %llu, which is no level", next_text(c, n->cl),
		     (unsigned long long)t.value);
}

static void one_next(struct check *c, const struct model_kind *k, const struct ast_clause *cl, int from, const struct model_config *config)
{
	struct next_case n = { k, cl, from };
	struct check_env env;
	int to;

	if (check_next_level(c->f, cl->expr, k->layout, &to)) {
		to_level(c, k, cl, from, to);
		return;
	}
	check_env_init(&env, c->f, config, k->layout, from);
	check_split(c, &env, (const struct ast_expr *const[]){ cl->expr }, 1, by_number, &n);
}

/* `limit index[..]` looks at the index of the table below. */
static void limit(struct check *c, const struct model_kind *k, const struct ast_clause *cl, int level, const struct model_config *config)
{
	struct model_where w = { c->f, config, model_page_lg2(c->f, level), level };
	int64_t first, second;
	int child = model_next_level(c->f, level), width;

	if (child < 0 || c->f->dynamic || model_clause(k, CL_BITS) || model_clause(k, CL_NEXT) || !model_fold(&w, cl->slice.first, &first))
		return;
	second = first;
	if (cl->slice.second && !model_fold(&w, cl->slice.second, &second))
		return;
	first = first > second ? first : second;
	width = c->f->levels[child].hi - c->f->levels[child].lo + 1;
	if (first < width || !check_first(c, cl, DIAG_OUTSIDE))
		return;
	check_report(c, DIAG_OUTSIDE, cl->slice.span, "bit %lld is outside the index of level %s, which has %d bit%s", (long long)first,
		     c->f->levels[child].name, width, width == 1 ? "" : "s");
	diag_note(c->d, c->f->levels[child].ast->name.span, "level %s is here", c->f->levels[child].name);
}

static void table_kind(struct check *c, const struct model_kind *k, int level, const struct model_config *config)
{
	const struct model_format *f = c->f;
	struct check_env env;
	unsigned n = children(f, level);

	check_env_init(&env, f, config, k->layout, level);
	if (!check_possible(&env, k))
		return;
	for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next)
		if (cl->kind == CL_LIMIT)
			limit(c, k, cl, level, config);
	if (!model_clause(k, CL_NEXT)) {
		if (!n && !f->dynamic) {
			check_report(c, DIAG_NO_LEVEL_BELOW, k->ast->name.span, "'%s' can match at level %s, which has no level below it", k->name,
				     f->levels[level].name);
			if (!model_clause(k, CL_AT) && level)
				diag_help(c->d, "add 'at %s..%s'", f->levels[0].name, f->levels[f->levels[level].after].name);
		} else if (n > 1) {
			check_report(c, DIAG_AMBIGUOUS_NEXT, k->ast->name.span, "'%s' does not say which of the %u levels below level %s follows",
				     k->name, n, f->levels[level].name);
			diag_help(c->d, "add 'next %s'", f->levels[model_next_level(f, level)].name);
		}
		return;
	}
	for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next)
		if (cl->kind == CL_NEXT)
			one_next(c, k, cl, level, config);
}

static bool has_page(const struct check *c, int level)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		if (k->role == ROLE_PAGE && k->at >> level & 1)
			return true;
	return false;
}

/* --- index widths that entries and roots give ---------------------------------------- */

static void width_set(struct check *c, const struct ast_expr *e)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	int most = c->f->levels[0].hi - c->f->levels[0].lo + 1;

	model_default_config(c->f, &config);
	for (const struct ast_set *s = e->op == EX_IN ? e->set : NULL; s; s = s->next) {
		int64_t lo, hi;

		if (!model_fold(&w, s->lo, &lo) || !model_fold(&w, s->hi ? s->hi : s->lo, &hi) || (lo >= 1 && hi <= most))
			continue;
		check_report(c, DIAG_DYNAMIC_WIDTH, e->span, "an index has 1 to %d bits here, not %lld", most, (long long)(lo < 1 ? lo : hi));
		diag_note(c->d, c->f->levels[0].ast->slice.span, "these are the bits of all levels");
		return;
	}
}

static const struct ast_expr *root_bits(const struct ast_stmt *root)
{
	for (const struct ast_stmt *s = root->body; s; s = s->next)
		if (s->kind == ST_ROOT_BITS)
			return s->expr;
	return NULL;
}

static void widths_given(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		const struct ast_clause *bits = model_clause(k, CL_BITS);

		if (k->role != ROLE_TABLE)
			continue;
		if (bits)
			width_set(c, bits->expr);
		else
			check_report(c, DIAG_DYNAMIC_WIDTH, k->ast->name.span, "'%s' does not say how many bits index the table below; add 'bits FIELD in A..B'", k->name);
	}
	for (const struct model_stmts *r = c->f->roots; r; r = r->next) {
		const struct ast_expr *bits = root_bits(r->ast);

		if (bits)
			width_set(c, bits);
		else
			check_report(c, DIAG_DYNAMIC_WIDTH, r->ast->name.span, "root '%s' does not say how many bits index the first table; add 'bits FIELD in A..B'",
				     r->ast->name.text);
	}
}

void rule_geometry(struct check *c)
{
	const struct model_format *f = c->f;
	struct check_uses u = { 0, 0 };
	struct check_variant v;
	uint32_t reached = 0;

	for (const struct model_kind *k = f->kinds; k; k = k->next)
		check_uses_kind(f, k, &u);
	check_variants(&v, f, &u);
	while (check_variant_next(&v)) {
		uint32_t here = check_reached(c, &v.config);

		reached |= here;
		for (const struct model_kind *k = f->kinds; k; k = k->next)
			for (unsigned i = 0; i < f->level_count; i++)
				if (k->role == ROLE_TABLE && here >> i & 1 && check_kind_here(f, k, (int)i, &v.config))
					table_kind(c, k, (int)i, &v.config);
	}
	if (f->dynamic)
		widths_given(c);
	if (c->failed)
		return;
	for (unsigned i = 0; i < f->level_count; i++) {
		if (!(reached >> i & 1))
			check_report(c, DIAG_UNREACHED_LEVEL, f->levels[i].ast->name.span, "no table kind leads to level %s", f->levels[i].name);
		else if (!children(f, (int)i) && !has_page(c, (int)i))
			check_report(c, DIAG_NO_LEAF, f->levels[i].ast->name.span, "level %s is the last of its path, but has no page kind: no walk ends there",
				     f->levels[i].name);
	}
}
