/* SPDX-License-Identifier: MIT */
/*
 * check_search.c - find an entry for which given conditions hold
 *
 * A condition that is not decided yet names bits; the highest of them that is
 * unknown is tried with 0 and then with 1.  Since conditions are evaluated with
 * unknown bits, a comparison of a whole address is decided by its first wrong
 * bit and the search stays short.  The answer is exact: no limit on the bits that
 * the conditions of a level mention, only one on the steps.
 */
#include <string.h>

#include "dsl/check.h"

#define STEPS_MAX 100000u

/* --- the inputs that an expression reads ------------------------------------- */

struct mentions {
	uint64_t e[2], ctx[TRI_CONTEXT_WORDS], path;
};

static void mention_range(uint64_t *words, unsigned count, int hi, int lo)
{
	for (int i = lo; i <= hi; i++)
		if (i >= 0 && (unsigned)i / 64 < count)
			words[i / 64] |= UINT64_C(1) << i % 64;
}

static void mention_field(const struct check_env *env, const struct ast_field *f, struct mentions *m)
{
	struct model_where w = check_where(env);

	if (!env->raw && !check_field_on(env, f))
		return;
	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		int hi, lo;

		if (p->at.first && model_range(&w, &p->at, check_frame(env), &hi, &lo))
			mention_range(m->e, 2, hi, lo);
	}
}

static void mention(const struct check_env *env, const struct ast_expr *e, struct mentions *m);

static void mention_attr(const struct check_env *env, const struct model_attr *a, struct mentions *m)
{
	struct check_env inner = *env;
	unsigned n = 0;

	if (env->depth > 8)
		return;
	inner.depth++;
	inner.raw = false;
	mention(&inner, a->ast->expr, m);
	for (const struct model_attr *x = env->f->attrs; x && x != a; x = x->next)
		n++;
	if (env->above && n < 64 && (a->ast->tables_op == '&' || a->ast->tables_op == '|'))
		m->path |= UINT64_C(1) << n;
}

static void mention_name(const struct check_env *env, const char *name, struct mentions *m)
{
	const struct model_field *f = env->reg ? NULL : model_layout_field(env->layout, name);
	const struct ast_field *field = env->reg ? model_register_field(env->reg, name) : f ? f->ast : NULL;
	const struct model_attr *a = model_find_attr(env->f, name);
	int n = model_find_context(env->f, name);

	if (field)
		mention_field(env, field, m);
	else if (name_is(name, "e"))
		mention_range(m->e, 2, (int)env->entry_bits - 1, 0);
	else if (a && !env->reg)
		mention_attr(env, a, m);
	else if (n >= 0)
		mention_range(m->ctx, TRI_CONTEXT_WORDS,
			      (int)(env->f->contexts[n].lo + env->f->contexts[n].count * env->f->contexts[n].width) - 1,
			      (int)env->f->contexts[n].lo);
}

/* e[hi:lo], or part of a field: only these bits. */
static bool mention_part(const struct check_env *env, const struct ast_expr *e, struct mentions *m)
{
	const struct ast_slice s = { .first = e->b, .second = e->op == EX_SLICE ? e->c : NULL };
	struct model_where w = check_where(env);
	int hi, lo;

	if (e->a->op != EX_NAME || !name_is(e->a->name, "e"))
		return false;
	if (!model_range(&w, &s, env->entry_bits, &hi, &lo))
		return false;
	mention_range(m->e, 2, hi, lo);
	return true;
}

static void mention(const struct check_env *env, const struct ast_expr *e, struct mentions *m)
{
	if (!e)
		return;
	if (e->op == EX_NAME) {
		mention_name(env, e->name, m);
		return;
	}
	if ((e->op == EX_SLICE || e->op == EX_INDEX) && mention_part(env, e, m))
		return;
	for (const struct ast_expr *x = e->list; x; x = x->next)
		mention(env, x, m);
	mention(env, e->a, m);
	mention(env, e->b, m);
	mention(env, e->c, m);
	for (const struct ast_set *s = e->set; s; s = s->next) {
		mention(env, s->lo, m);
		mention(env, s->hi, m);
	}
}

void check_mentions(const struct check_env *env, const struct ast_expr *e, uint64_t bits[2])
{
	struct mentions m = { .path = 0 };

	mention(env, e, &m);
	bits[0] |= m.e[0];
	bits[1] |= m.e[1];
}

/* --- the search ------------------------------------------------------------------ */

struct variable {
	uint64_t *value, *known;
	uint64_t bit;
};

static bool highest(uint64_t wanted, uint64_t *value, uint64_t *known, struct variable *v)
{
	wanted &= ~*known;
	if (!wanted)
		return false;
	while (wanted & (wanted - 1))
		wanted &= wanted - 1;
	*v = (struct variable){ value, known, wanted };
	return true;
}

static unsigned unknown_bits(const struct check_env *env, const struct mentions *m)
{
	uint64_t words[2] = { m->e[0] & ~env->known[0], m->e[1] & ~env->known[1] };
	unsigned n = 0;

	for (unsigned i = 0; i < 2; i++)
		for (; words[i]; words[i] &= words[i] - 1)
			n++;
	return n;
}

/*
 * The comparison that is not decided and reads the fewest unknown entry bits: what
 * is told apart by a bit or two is settled before addresses are looked at.
 */
static void narrowest(const struct check_env *env, const struct ast_expr *e, const struct ast_expr **best, unsigned *bits)
{
	struct tri t = check_eval(env, e);
	struct mentions m = { .path = 0 };
	unsigned n;

	if (tri_true(t) || tri_exact(t))
		return;
	if (e->op == EX_AND || e->op == EX_OR || e->op == EX_NOT) {
		narrowest(env, e->a, best, bits);
		if (e->b)
			narrowest(env, e->b, best, bits);
		return;
	}
	mention(env, e, &m);
	n = unknown_bits(env, &m);
	n = n ? n : 200;        /* contexts come last */
	if (*best && n >= *bits)
		return;
	*best = e;
	*bits = n;
}

/* Entry bits before contexts: an index into a context is known before its elements are. */
static bool choose(struct check_env *env, const struct check_cond *c, struct variable *v)
{
	const struct ast_expr *atom = NULL;
	struct mentions m = { .path = 0 };
	unsigned bits = 0;

	narrowest(env, c->e, &atom, &bits);
	mention(env, atom ? atom : c->e, &m);
	if (highest(m.e[1], &env->e[1], &env->known[1], v) || highest(m.e[0], &env->e[0], &env->known[0], v))
		return true;
	if (highest(m.path, &env->path, &env->path_known, v))
		return true;
	for (unsigned i = 0; i < TRI_CONTEXT_WORDS; i++)
		if (highest(m.ctx[i], &env->ctx[i], &env->ctx_known[i], v))
			return true;
	return false;
}

static bool descend(struct check_env *env, const struct check_cond *conds, unsigned count, unsigned *steps)
{
	const struct check_cond *open = NULL;
	struct variable v;

	if (++*steps > STEPS_MAX) {
		env->gave_up = true;
		return false;
	}
	for (unsigned i = 0; i < count; i++) {
		const struct model_layout *layout = env->layout;
		struct tri t;

		env->layout = conds[i].layout;
		env->raw = !conds[i].data;
		t = check_eval(env, conds[i].e);
		if (!tri_true(t) && !tri_exact(t) && !open && choose(env, &conds[i], &v))
			open = &conds[i];
		env->layout = layout;
		if (conds[i].want ? tri_false(t) : tri_true(t))
			return false;
	}
	if (!open)
		return true;
	*v.known |= v.bit;
	for (int bit = 0; bit < 2; bit++) {
		*v.value = bit ? *v.value | v.bit : *v.value & ~v.bit;
		if (descend(env, conds, count, steps))
			return true;
	}
	*v.value &= ~v.bit;
	*v.known &= ~v.bit;
	return false;
}

bool check_search(struct check_env *env, const struct check_cond *conds, unsigned count)
{
	unsigned steps = 0;
	bool raw = env->raw, found = descend(env, conds, count, &steps);

	env->raw = raw;
	return found;
}

/* --- a witness as text -------------------------------------------------------------- */

const char *check_hex(struct arena *a, const uint64_t e[2])
{
	if (e[1])
		return arena_printf(a, "0x%llx%016llx", (unsigned long long)e[1], (unsigned long long)e[0]);
	return arena_printf(a, "0x%llx", (unsigned long long)e[0]);
}

static const char *field_text(const struct check *c, const struct check_env *env, const struct model_field *f, const char *so_far)
{
	struct tri t = check_field_bits(env, f->ast, check_frame(env));
	int width = check_field_width(env, f->ast, check_frame(env));
	const char *gap = so_far[0] ? " " : "";

	if (width < 1 || width > 64)
		return so_far;
	if (tri_exact(t))
		return arena_printf(c->arena, t.value > 9 ? "%s%s%s=0x%llx" : "%s%s%s=%llu", so_far, gap, f->name,
				    (unsigned long long)t.value);
	/* Partly known, as the low bits of an address: shown as a pattern when that is short. */
	if (t.known & (width == 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1) && width <= 8) {
		const char *text = arena_printf(c->arena, "%s%s%s=0b", so_far, gap, f->name);

		for (int i = width - 1; i >= 0; i--)
			text = arena_printf(c->arena, "%s%c", text, !(t.known >> i & 1) ? 'x' : t.value >> i & 1 ? '1' : '0');
		return text;
	}
	return so_far;
}

static const char *fields_text(const struct check *c, const struct check_env *env, const struct model_layout *layout, bool zeros)
{
	struct check_env inner = *env;
	const char *text = "";

	inner.layout = layout;
	for (const struct model_field *f = layout ? layout->fields : NULL; f; f = f->next)
		if (f->name && f->ast->pieces && f->ast->pieces->at.first &&
		    (zeros || tri_true(check_field_bits(&inner, f->ast, check_frame(&inner)))))
			text = field_text(c, &inner, f, text);
	return text;
}

const char *check_entry_text(const struct check *c, const struct check_env *env, const struct model_layout *layout)
{
	return fields_text(c, env, layout, true);
}

const char *check_set_text(const struct check *c, const struct check_env *env, const struct model_layout *layout)
{
	return fields_text(c, env, layout, false);
}
