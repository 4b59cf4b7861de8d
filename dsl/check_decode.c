/* SPDX-License-Identifier: MIT */
/*
 * check_decode.c - decode one entry on the level of the description itself
 *
 * Kind, duties, clauses, arrows, attributes, deny lines, as the text says them.
 * It shares nothing with the lowering and is slow, so what both say is worth
 * something.
 */
#include <string.h>

#include "dsl/check.h"

/* --- address --------------------------------------------------------------------- */

void check_arrows(const struct check_env *env, struct check_decoded *d, const char *level)
{
	struct model_where w = check_where(env);

	for (const struct model_field *f = env->layout->fields; f; f = f->next) {
		if (!check_field_on(env, f->ast) || (f->ast->when && !tri_true(check_eval(env, f->ast->when))))
			continue;
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
			int hi, lo, to_hi, to_lo, space;

			if (!p->dest || (p->dest->level && level && strcmp(p->dest->level, level)))
				continue;
			space = model_find_space(env->f, p->dest->space);
			if (space < 0 || !model_range(&w, &p->dest->at, 64, &to_hi, &to_lo))
				continue;
			d->has_pa[space] = true;
			d->space = (unsigned)space;
			if (!p->at.first || !model_range(&w, &p->at, env->layout->entry_bits, &hi, &lo))
				continue;
			for (int i = lo; i <= hi && i < 128 && to_lo + i - lo < 64; i++)
				if (env->e[i / 64] >> i % 64 & 1)
					d->pa[space] |= UINT64_C(1) << (to_lo + i - lo);
		}
	}
}

/* Lowest arrow of a field: where in the entry and in the address. */
static bool lowest_piece(const struct check_env *env, const char *field, int *hi, int *lo, int *to)
{
	const struct model_field *f = model_layout_field(env->layout, field);
	struct model_where w = check_where(env);
	const struct ast_piece *last = NULL;
	int to_hi;

	for (const struct ast_piece *p = f ? f->ast->pieces : NULL; p; p = p->next)
		if (p->dest && p->at.first)
			last = p;
	return last && model_range(&w, &last->at, env->layout->entry_bits, hi, lo) && model_range(&w, &last->dest->at, 64, &to_hi, to);
}

static bool requires_size(const struct model_kind *k)
{
	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next)
		if (c->kind == CL_REQUIRE && check_names_in(c->expr, "size"))
			return true;
	return false;
}

/* The mark of `size napot`: log2 of the size, or -1 when there is none.  The table bounds it where no `require` does. */
static int napot_size(const struct check_env *env, const struct model_kind *kind, const struct ast_clause *c)
{
	const struct model_level *l = &env->f->levels[env->level];
	int hi, lo, to, bound = env->f->dynamic || requires_size(kind) ? 64 : l->hi + 1;

	if (!lowest_piece(env, c->name.text, &hi, &lo, &to))
		return -1;
	for (int k = 0; lo + k <= hi && lo + k < 128; k++) {
		if ((env->e[(lo + k) / 64] >> (lo + k) % 64 & 1) != c->value)
			continue;
		return to + k + 1 <= bound ? to + k + 1 : -1;
	}
	return -1;
}

static void page_size(const struct check_env *env, struct check_decoded *d)
{
	const struct ast_clause *c;

	d->size = model_page_lg2(env->f, env->level);
	if ((c = model_clause(d->kind, CL_REPEAT)) != NULL)
		d->size += (int)check_log2(check_eval(env, c->expr).value);
	if ((c = model_clause(d->kind, CL_SIZE)) != NULL)
		d->size = (int)check_eval(env, c->expr).value;
	if ((c = model_clause(d->kind, CL_NAPOT)) != NULL)
		d->size = napot_size(env, d->kind, c);
	d->contig = 1;
	if ((c = model_clause(d->kind, CL_CONTIG)) != NULL) {
		struct check_env data = *env;

		data.raw = false;
		if (tri_true(check_eval(&data, c->unless)))
			d->contig = (unsigned)check_eval(env, c->expr).value;
	}
}

/* --- checks of the entry ---------------------------------------------------------------- */

static const char *fault_or(const char *fault, const char *otherwise)
{
	return fault ? fault : otherwise;
}

static bool reserved_row(const struct check_env *env, const struct ast_stmt *map)
{
	struct check_env data = *env;
	const struct ast_map_row *row;
	struct tri code;

	data.raw = false;
	if (check_missing(&data, map->expr))
		return false;
	code = check_eval(&data, map->expr);
	row = tri_exact(code) ? check_map_row(map, code.value) : NULL;
	return row && row->reserved;
}

static const char *clause_fault(const struct check_env *env, const struct check_decoded *d, const struct ast_clause *c)
{
	struct check_env sized = *env;
	uint64_t low;

	switch (c->kind) {
	case CL_REQUIRE:
		if (d->size >= 0)
			sized.size = tri_number((uint64_t)d->size);
		else if (model_clause(d->kind, CL_NAPOT) && check_names_in(c->expr, "size"))
			return fault_or(c->fault.text, "reserved_bits");
		return tri_false(check_eval(&sized, c->expr)) ? fault_or(c->fault.text, "reserved_bits") : NULL;
	case CL_LOW_ZERO:
		low = d->size > 0 && d->size < 64 ? (UINT64_C(1) << d->size) - 1 : 0;
		return d->pa[d->space] & low ? c->fault.text : NULL;
	case CL_NAPOT:
		return d->size < 0 ? "misaligned" : NULL;
	case CL_BITS:
		return c->expr->op == EX_IN && tri_false(check_eval(env, c->expr)) ? fault_or(c->fault.text, "reserved_bits") : NULL;
	default:
		return NULL;
	}
}

static bool is_used(const struct model_format *f, const struct ast_stmt *map)
{
	for (const struct model_attr *a = f->attrs; a; a = a->next)
		if (a->ast == map)
			return true;
	return false;
}

static const char *entry_fault(struct check *c, const struct check_env *env, const struct check_decoded *d)
{
	static const enum ast_clause_kind order[] = { CL_REQUIRE, CL_NAPOT, CL_LOW_ZERO, CL_BITS };
	uint64_t zero[2], one[2];
	const char *fault;

	check_fixed_bits(env, d->kind, zero, one);
	for (int i = 0; i < 2; i++)
		if (env->e[i] & zero[i] || ~env->e[i] & one[i])
			return fault_or(d->kind->layout ? d->kind->layout->fault : NULL, "reserved_bits");
	for (const struct model_stmts *m = c->f->maps; m && d->kind->role == ROLE_PAGE; m = m->next)
		if (is_used(c->f, m->ast) && reserved_row(env, m->ast))
			return m->ast->fault.text ? m->ast->fault.text : arena_printf(c->arena, "reserved_%s", m->ast->names->name.text);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (const struct ast_clause *cl = d->kind->ast->clauses; cl; cl = cl->next)
			if (cl->kind == order[i] && (fault = clause_fault(env, d, cl)) != NULL)
				return fault;
	return NULL;
}

void check_decode(struct check *c, struct check_env *env, struct check_decoded *d)
{
	memset(d, 0, sizeof(*d));
	d->size = -1;
	d->kind = check_kind_of(env);
	if (!d->kind)
		return;
	if (d->kind->role == ROLE_INVALID || d->kind->role == ROLE_PASS) {
		d->fault = d->kind->name;
		return;
	}
	env->layout = d->kind->layout;
	if (!env->layout)
		return;
	check_arrows(env, d, NULL);
	if (d->kind->role == ROLE_PAGE)
		page_size(env, d);
	d->fault = entry_fault(c, env, d);
	if (d->kind->role == ROLE_PAGE && d->size > 0 && !model_clause(d->kind, CL_LOW_ADDED))
		for (int i = 0; i < 4; i++)
			d->pa[i] &= d->size < 64 ? ~UINT64_C(0) << d->size : 0;
}

/* --- contexts and rights ---------------------------------------------------------- */

void check_env_contexts(struct check_env *env)
{
	for (unsigned i = 0; i < env->f->context_count; i++) {
		const struct model_context *c = &env->f->contexts[i];

		for (unsigned b = 0; b < c->count * c->width && c->lo + b < 256; b++)
			if (b < 64 && c->value >> b & 1)
				env->ctx[(c->lo + b) / 64] |= UINT64_C(1) << (c->lo + b) % 64;
	}
	memset(env->ctx_known, 0xff, sizeof(env->ctx_known));
}

unsigned check_rights(const struct check_env *env)
{
	static const int access[6] = { CHECK_USER | CHECK_READ, CHECK_USER | CHECK_WRITE, CHECK_USER | CHECK_FETCH,
				       CHECK_READ, CHECK_WRITE, CHECK_FETCH };
	struct check_env data = *env;
	unsigned rights = 0;

	data.raw = false;
	for (unsigned i = 0; i < 6; i++) {
		bool denied = false;

		data.access = access[i];
		for (const struct model_stmts *s = env->f->denies; s; s = s->next)
			denied |= tri_true(check_eval(&data, s->ast->cond));
		if (!denied)
			rights |= 1u << i;
	}
	return rights;
}
