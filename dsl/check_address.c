/* SPDX-License-Identifier: MIT */
/*
 * check_address.c - every bit of the address that an entry gives comes from somewhere, once
 *
 * Per kind, level, choice of features and parameters, and way in which conditional
 * fields come out: an array of sources for each output space, filled by the arrows.
 * A page takes the bits below its size from the address that is translated.
 */
#include <string.h>

#include "dsl/check.h"

#define FIELDS_MAX 128u

struct source {
	const struct model_field *field;
	const struct ast_piece *piece;
};

struct sources_of {                  /* one kind at one level */
	const struct model_kind *k;
	const struct check_variant *v;
	const char *when;
	int bottom;                  /* log2 of the page, or of the table below; -1: not known */
	const char *target;          /* level that this alternative leads to; NULL: any */
	const struct ast_expr *unless;
};

static const char *space_name(const struct check *c, int space)
{
	return c->f->spaces[space].name;
}

static const char *bits_text(const struct check *c, int space, int hi, int lo)
{
	return arena_printf(c->arena, "%s%s", space_name(c, space), model_bit_text(c->arena, c->f, 64, hi, lo));
}

static void twice(struct check *c, const struct sources_of *s, const struct source *a, const struct source *b, int space, int bit)
{
	check_report(c, DIAG_TWO_SOURCES, b->piece->dest->span, "%s has two sources in '%s'%s", bits_text(c, space, bit, bit),
		     s->k->layout->name, s->when);
	diag_note(c->d, a->piece->dest->span, "the first is here");
}

/* Arrows of the fields that hold here. */
static void fill(struct check *c, const struct check_env *env, const struct sources_of *s, struct source src[4][64], bool any[4])
{
	struct model_where w = check_where(env);

	for (const struct model_field *f = env->layout->fields; f; f = f->next) {
		if (!check_field_on(env, f->ast) || (f->ast->when && tri_false(check_eval(env, f->ast->when))))
			continue;
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
			struct source here = { f, p };
			int hi, lo, space;

			if (!p->dest || (p->dest->level && s->target && strcmp(p->dest->level, s->target)))
				continue;
			space = model_find_space(c->f, p->dest->space);
			if (space < 0 || !model_range(&w, &p->dest->at, 64, &hi, &lo))
				continue;
			any[space] = true;
			for (int i = hi; i >= lo && i >= 0 && i < 64; i--) {
				if (!src[space][i].field)
					src[space][i] = here;
				else if (check_first(c, p, DIAG_TWO_SOURCES))
					twice(c, s, &src[space][i], &here, space, i);
			}
		}
	}
}

static bool is_constant(const struct source *s)
{
	return !s->piece->at.first;
}

/* What becomes of address bits inside the page. */
static bool says_low(const struct model_kind *k)
{
	return model_clause(k, CL_LOW_ZERO) || model_clause(k, CL_LOW_IGNORED) || model_clause(k, CL_LOW_ADDED) ||
	       model_clause(k, CL_NAPOT) || model_clause(k, CL_SIZE);
}

static void low_bits(struct check *c, const struct check_env *env, const struct sources_of *s, struct source *src, int space)
{
	const char *level = c->f->levels[env->level].name;
	int lo = -1, hi = -1;

	for (int i = 0; i < s->bottom && i < 64; i++)
		if (src[i].field && !is_constant(&src[i])) {
			lo = lo < 0 ? i : lo;
			hi = i;
		}
	if (lo < 0 || says_low(s->k))
		return;
	check_report(c, DIAG_LOW_BITS, src[lo].piece->dest->span, "at level %s a page has 2^%d bytes, but the entry also sets %s%s",
		     level, s->bottom, bits_text(c, space, hi, lo), s->when);
	diag_note(c->d, s->k->ast->name.span, "kind '%s' is here", s->k->name);
	diag_help(c->d, model_clause(s->k, CL_REPEAT) ?
		  "'page' is the size of one of the entries: say 'low ignored', 'low zero else FAULT', or give the kind fields of its own" :
		  "say 'low zero else FAULT', 'low ignored', or end the field at 'page'");
}

static void alignment(struct check *c, const struct sources_of *s, struct source *src)
{
	int lo = 0;

	while (lo < 64 && (!src[lo].field || is_constant(&src[lo])))
		lo++;
	if (lo >= s->bottom || s->bottom < 0 || !s->target || c->f->table_added || model_clause(s->k, CL_TABLE_ADDED) ||
	    model_clause(s->k, CL_BITS) || !check_first(c, src[lo].piece, DIAG_TABLE_ALIGNMENT))
		return;
	check_report(c, DIAG_TABLE_ALIGNMENT, src[lo].piece->dest->span,
		     "the level %s table has 2^%d bytes, but the pointer can name a 2^%d-byte boundary; say 'table added' if base and index are added, not joined",
		     s->target, s->bottom, lo);
	diag_note(c->d, s->k->ast->name.span, "kind '%s' is here", s->k->name);
}

static void hole(struct check *c, const struct check_env *env, const struct sources_of *s, int space, int hi, int lo)
{
	const char *values = check_entry_text(c, env, s->k->layout);
	bool needs_values = false;

	for (const struct model_field *f = s->k->layout->fields; f; f = f->next)
		needs_values |= f->ast->when != NULL;
	values = needs_values && values[0] ? arena_printf(c->arena, " with %s", values) : "";
	if (!check_first(c, s->k->role == ROLE_PAGE && lo == s->bottom ? (const void *)s->k : s->k->layout, DIAG_MISSING_SOURCE))
		return;
	if (s->k->role == ROLE_PAGE && lo == s->bottom) {
		check_report(c, DIAG_PAGE_TOO_SMALL, s->k->ast->name.span, "at level %s a page has 2^%d bytes, but %s has no source%s%s",
			     c->f->levels[env->level].name, s->bottom, bits_text(c, space, hi, lo), values, s->when);
	} else {
		const char *bits = bits_text(c, space, hi, lo);

		check_report(c, DIAG_MISSING_SOURCE, s->k->ast->name.span,
			     "'%s' gives no source for %s%s%s; write 'zero -> %s' if these are always 0", s->k->layout->name, bits, values, s->when,
			     bits);
	}
	if (s->k->layout->ast)
		diag_note(c->d, s->k->layout->ast->name.span, "'%s' is here", s->k->layout->name);
}

static int space_bits(const struct check *c, const struct check_env *env, int space)
{
	struct model_where w = check_where(env);
	int64_t bits;

	if (space == 0 && c->f->pa && model_fold(&w, c->f->pa, &bits))
		return (int)bits;
	return (int)c->f->spaces[space].bits;
}

/* Runs without a source from `bottom` up. */
static void holes(struct check *c, const struct check_env *env, const struct sources_of *s, struct source *src, int space, int bottom)
{
	int bits = space_bits(c, env, space);

	for (int i = bottom; i < bits && i < 64; i++) {
		int lo = i;

		if (src[i].field)
			continue;
		while (i + 1 < bits && i + 1 < 64 && !src[i + 1].field)
			i++;
		/* A field that ends at a parameter covers all only where that is largest. */
		if (i == bits - 1 && !s->v->largest)
			continue;
		hole(c, env, s, space, i, lo);
	}
}

/* `size EXPR` is the log2 of the size, and reaches down to the lowest address bit that the entry gives. */
static void size_said(struct check *c, const struct check_env *env, const struct sources_of *s, const struct source *src)
{
	const struct ast_clause *cl = model_clause(s->k, CL_SIZE);
	struct tri t = check_eval(env, cl->expr);
	int lowest = 0;

	while (lowest < 64 && !src[lowest].field)
		lowest++;
	if (!tri_exact(t))
		return;
	if (t.value > 63) {
		check_report(c, DIAG_BAD_NUMBER, cl->expr->span, "'size' is the log2 of the size: a page of 2^%llu bytes is none", (unsigned long long)t.value);
		if (!(t.value & (t.value - 1)))
			diag_help(c->d, "size %u", check_log2(t.value));
	} else if (lowest < 64 && (int)t.value < lowest) {
		check_report(c, DIAG_PAGE_TOO_SMALL, cl->expr->span, "a page of '%s' has 2^%llu bytes, but pa[%d:%llu] has no source", s->k->name,
			     (unsigned long long)t.value, lowest - 1, (unsigned long long)t.value);
	}
}

static void cover(struct check *c, const struct check_env *env, void *arg)
{
	struct source src[4][64];
	bool any[4] = { false, false, false, false };
	const struct sources_of *s = arg;
	int spaces = 0, space = 0, bottom = s->bottom;

	if (!check_possible(env, s->k) || (s->unless && tri_true(check_eval(env, s->unless))))
		return;
	memset(src, 0, sizeof(src));
	fill(c, env, s, src, any);
	for (int i = 0; i < 4; i++)
		if (any[i]) {
			spaces++;
			space = i;
		}
	if (spaces > 1) {
		check_report(c, DIAG_TWO_SOURCES, s->k->layout->ast->name.span, "'%s' gives an address in two spaces at once%s%s%s", s->k->layout->name,
			     check_entry_text(c, env, s->k->layout)[0] ? " for " : "", check_entry_text(c, env, s->k->layout), s->when);
		return;
	}
	if (s->k->role == ROLE_PAGE) {
		if (model_clause(s->k, CL_NOWHERE))
			return;
		low_bits(c, env, s, src[space], space);
		if (model_clause(s->k, CL_SIZE)) {
			size_said(c, env, s, src[space]);
			bottom = -1;
		}
	} else {
		alignment(c, s, src[space]);
		bottom = -1;            /* a table may be aligned better than it has to be */
	}
	if (bottom < 0)
		for (bottom = 0; bottom < 64 && !src[space][bottom].field;)
			bottom++;
	if (bottom == 64)
		bottom = 0;
	holes(c, env, s, src[space], space, bottom);
}

/* --- what to look at ------------------------------------------------------------ */

static int page_lg2(const struct model_format *f, const struct model_kind *k, int level, const struct model_where *w)
{
	const struct ast_clause *r = model_clause(k, CL_REPEAT);
	int lg2 = model_page_lg2(f, level);
	int64_t n;

	if (lg2 >= 0 && r && model_fold(w, r->expr, &n) && n > 0)
		lg2 += (int)check_log2((uint64_t)n);
	return lg2;
}

static void one_alternative(struct check *c, struct check_env *env, struct sources_of *s)
{
	const struct ast_expr *exprs[FIELDS_MAX + 1];
	unsigned n = check_field_conditions(env, s->k->layout, exprs, FIELDS_MAX);

	exprs[n++] = s->unless;
	check_split(c, env, exprs, n, cover, s);
}

static void table_kind(struct check *c, struct check_env *env, struct sources_of *s)
{
	const struct model_format *f = c->f;
	bool said = false;

	for (const struct ast_clause *cl = s->k->ast->clauses; cl; cl = cl->next) {
		int to;

		if (cl->kind != CL_NEXT)
			continue;
		said = true;
		s->unless = cl->unless;
		s->target = NULL;
		s->bottom = -1;
		if (check_next_level(f, cl->expr, s->k->layout, &to)) {
			s->target = f->levels[to].name;
			s->bottom = check_table_lg2(f, to);
		}
		one_alternative(c, env, s);
	}
	if (said)
		return;
	s->unless = NULL;
	for (unsigned i = 0; i < f->level_count; i++) {
		if (f->levels[i].after != env->level)
			continue;
		s->target = f->levels[i].name;
		s->bottom = f->dynamic ? -1 : check_table_lg2(f, (int)i);
		one_alternative(c, env, s);
	}
}

static void one_kind(struct check *c, const struct model_kind *k, int level)
{
	struct check_uses u = { 0, 0 };
	struct check_variant v;

	check_uses_layout(c->f, k->layout, &u);
	check_uses_kind(c->f, k, &u);
	check_uses_expr(c->f, c->f->pa, &u);
	check_variants(&v, c->f, &u);
	while (check_variant_next(&v)) {
		struct sources_of s = { k, &v, check_variant_text(c, &v), -1, NULL, NULL };
		struct check_env env;
		struct model_where w;

		check_env_init(&env, c->f, &v.config, k->layout, level);
		w = check_where(&env);
		if (!check_kind_here(c->f, k, level, &v.config))
			continue;
		if (k->role == ROLE_TABLE) {
			table_kind(c, &env, &s);
			continue;
		}
		s.bottom = page_lg2(c->f, k, level, &w);
		one_alternative(c, &env, &s);
	}
}

void rule_sources(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (unsigned i = 0; i < c->f->level_count; i++)
			if (k->layout && k->at >> i & 1 && (k->role == ROLE_TABLE || k->role == ROLE_PAGE))
				one_kind(c, k, (int)i);
}

/* --- repeat and contig ------------------------------------------------------------- */

/* The largest table among the levels of a kind. */
static int widest_level(const struct check *c, const struct model_kind *k)
{
	int widest = -1, width = -1;

	for (unsigned i = 0; i < c->f->level_count; i++) {
		const struct model_level *l = &c->f->levels[i];

		if (k->at >> i & 1 && l->hi - l->lo + 1 > width) {
			width = l->hi - l->lo + 1;
			widest = (int)i;
		}
	}
	return widest;
}

static void one_count(struct check *c, const struct model_kind *k, const struct ast_clause *cl)
{
	int level = widest_level(c, k);
	const struct model_level *l = level < 0 ? NULL : &c->f->levels[level];
	struct model_config config;
	struct model_where w = { c->f, &config, model_page_lg2(c->f, level), level };
	const char *what = cl->kind == CL_REPEAT ? "repeat" : "contig";
	int64_t n;

	model_default_config(c->f, &config);
	if (!model_fold(&w, cl->expr, &n)) {
		check_report(c, DIAG_NOT_A_NUMBER, cl->expr->span, "'%s' takes a number", what);
	} else if (n < 2 || (n & (n - 1))) {
		check_report(c, DIAG_BAD_COUNT, cl->expr->span, "'%s %lld' of kind '%s': groups have a power of two of entries", what,
			     (long long)n, k->name);
	} else if (l && !c->f->dynamic && n > INT64_C(1) << (l->hi - l->lo + 1)) {
		check_report(c, DIAG_BAD_COUNT, cl->expr->span, "'%s %lld' of kind '%s' is larger than the table of level %s, which has %lld entries",
			     what, (long long)n, k->name, l->name, (long long)(INT64_C(1) << (l->hi - l->lo + 1)));
		diag_note(c->d, l->ast->name.span, "level %s is here", l->name);
	}
}

void rule_counts(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next)
			if (cl->kind == CL_REPEAT || cl->kind == CL_CONTIG)
				one_count(c, k, cl);
}
