/* SPDX-License-Identifier: MIT */
/*
 * check_layout.c - every bit of an entry is described exactly once
 *
 * A layout is looked at as each kind sees it: at its levels, under the choices of
 * features and parameters it names, and once for every way its `when` fields can
 * come out.
 */
#include <string.h>

#include "dsl/check.h"

#define FIELDS_MAX 128u

/* --- ways in which conditional fields come out -------------------------------- */

static bool decided(const struct check_env *env, const struct check_cond *conds, unsigned count, const struct ast_expr **open)
{
	for (unsigned i = 0; i < count; i++) {
		struct tri t = check_eval(env, conds[i].e);

		if (tri_true(t) || tri_exact(t))
			continue;
		*open = conds[i].e;
		return false;
	}
	return true;
}

static bool highest_open(const struct check_env *env, const struct ast_expr *e, unsigned *bit)
{
	uint64_t m[2] = { 0, 0 };

	check_mentions(env, e, m);
	for (int i = 127; i >= 0; i--)
		if (m[i / 64] & ~env->known[i / 64] & UINT64_C(1) << i % 64) {
			*bit = (unsigned)i;
			return true;
		}
	return false;
}

static void split(struct check *c, struct check_env *env, const struct check_cond *conds, unsigned count,
		  void (*each)(struct check *c, const struct check_env *env, void *arg), void *arg, unsigned *budget)
{
	const struct ast_expr *open = NULL;
	unsigned bit;

	if (!*budget)
		return;
	if (decided(env, conds, count, &open) || !highest_open(env, open, &bit)) {
		--*budget;
		each(c, env, arg);
		return;
	}
	env->known[bit / 64] |= UINT64_C(1) << bit % 64;
	for (int v = 0; v < 2; v++) {
		env->e[bit / 64] &= ~(UINT64_C(1) << bit % 64);
		env->e[bit / 64] |= (uint64_t)v << bit % 64;
		split(c, env, conds, count, each, arg, budget);
	}
	env->e[bit / 64] &= ~(UINT64_C(1) << bit % 64);
	env->known[bit / 64] &= ~(UINT64_C(1) << bit % 64);
}

void check_split(struct check *c, struct check_env *env, const struct ast_expr *const *exprs, unsigned count,
		 void (*each)(struct check *c, const struct check_env *env, void *arg), void *arg)
{
	struct check_cond conds[FIELDS_MAX];
	unsigned n = 0, budget = 4096;

	for (unsigned i = 0; i < count && n < FIELDS_MAX; i++)
		if (exprs[i])
			conds[n++] = (struct check_cond){ .e = exprs[i], .want = true };
	split(c, env, conds, n, each, arg, &budget);
}

unsigned check_field_conditions(const struct check_env *env, const struct model_layout *l, const struct ast_expr **exprs, unsigned room)
{
	unsigned n = 0;

	for (const struct model_field *f = l->fields; f && n < room; f = f->next)
		if (f->ast->when && check_field_on(env, f->ast))
			exprs[n++] = f->ast->when;
	return n;
}

static bool names(const struct ast_expr *e, const char *name)
{
	if (!e)
		return false;
	if (e->op == EX_NAME)
		return strcmp(e->name, name) == 0;
	return names(e->a, name) || names(e->b, name);
}

/* --- one field: ranges and arrows ------------------------------------------------- */

static const char *reversed_text(const struct check *c, const struct ast_slice *s, int hi, int lo, unsigned frame)
{
	return arena_printf(c->arena, "range %s is reversed: the format counts from bit 0 = %s",
			    model_bit_text(c->arena, c->f, frame, hi, lo),
			    c->f->msb0 ? "most significant" : s->second ? "least significant (see 'bits msb0')" : "");
}

bool check_range_fits(struct check *c, const struct ast_slice *s, int hi, int lo, unsigned frame, unsigned bits, const char *what,
		      const char *when)
{
	int bad = hi >= (int)bits ? hi : lo;

	/* [pa_bits-1:page] of a page larger than the whole of a small pa: nothing is left of it. */
	if (hi < lo - 1 && names(s->second, "page") && model_uses_param(c->f, s->first))
		return false;
	/* Only a range whose ends are computed can come out empty. */
	if (hi < lo - 1 || (hi < lo && s->first->op == EX_NUM && s->second && s->second->op == EX_NUM)) {
		check_report(c, DIAG_REVERSED_RANGE, s->span, "%s%s", reversed_text(c, s, hi, lo, frame), when);
		return false;
	}
	if (hi < lo || (hi < (int)bits && lo >= 0))
		return hi >= lo;
	if (bad >= 1000 || bad <= -1000)        /* cut short by model_range() */
		check_report(c, DIAG_OUTSIDE, s->span, "these bits are outside %s%s", what, when);
	else
		check_report(c, DIAG_OUTSIDE, s->span, "bit %d is outside %s%s", c->f->msb0 ? (int)frame - 1 - bad : bad, what, when);
	return false;
}

static void arrow(struct check *c, const struct model_where *w, const struct ast_piece *p, int hi, int lo, const char *when)
{
	int space = model_find_space(c->f, p->dest->space), dest_hi, dest_lo;
	const char *name = p->dest->space;
	int64_t bits;

	if (!model_range(w, &p->dest->at, 64, &dest_hi, &dest_lo)) {
		check_report(c, DIAG_NOT_A_NUMBER, p->dest->span, "the bits of an entry's arrow must be known before the walk");
		return;
	}
	bits = c->f->spaces[space].bits;
	if (space == 0 && c->f->pa && !model_fold(w, c->f->pa, &bits))
		bits = c->f->pa_bits;
	if (space == 0 && !c->f->pa) {
		check_report(c, DIAG_MISSING_STATEMENT, p->dest->span, "format '%s' has no '%s': it says neither 'pa BITS' nor a space of that name",
			     c->f->name, name);
		return;
	}
	if (dest_hi < dest_lo - 1) {
		check_range_fits(c, &p->dest->at, dest_hi, dest_lo, 64, 64, "", when);
		return;
	}
	/* A narrower pa is a smaller machine: its entries have the bits, and they fail elsewhere. */
	if (dest_hi >= dest_lo && (dest_lo < 0 || dest_hi >= (c->f->pa && model_uses_param(c->f, c->f->pa) ? 64 : bits)))
		check_report(c, DIAG_OUTSIDE, p->dest->span, "%s%s is outside the %lld bits of %s%s", name,
			     model_bit_text(c->arena, c->f, 64, dest_hi, dest_lo), (long long)bits, name, when);
	else if (p->at.first && hi - lo != dest_hi - dest_lo)
		check_report(c, DIAG_WIDTH_MISMATCH, span_join(p->at.span, p->dest->span), "%d bits go into %d bits of %s%s",
			     hi - lo + 1, dest_hi - dest_lo + 1, name, when);
}

static const char *entry_words(unsigned bits)
{
	return bits == 16 ? "the 16-bit entry" : bits == 32 ? "the 32-bit entry" : bits == 64 ? "the 64-bit entry" : "the 128-bit entry";
}

static void field_ranges(struct check *c, const struct check_env *env, const struct ast_field *f, const char *when)
{
	struct model_where w = check_where(env);
	unsigned frame = check_frame(env), bits = env->entry_bits < frame ? frame : env->entry_bits;

	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		int hi = 0, lo = 0;

		if (p->at.first && !model_range(&w, &p->at, frame, &hi, &lo)) {
			check_report(c, DIAG_NOT_A_NUMBER, p->at.span, "the bits of a field must be known before the entry is read");
			continue;
		}
		if (p->at.first && !check_range_fits(c, &p->at, hi, lo, frame, bits, entry_words(bits), when) &&
		    hi != lo - 1)
			continue;
		if (p->dest)
			arrow(c, &w, p, hi, lo, when);
	}
}

/* --- all fields of one case ---------------------------------------------------------- */

struct coverage {
	const struct model_kind *k;
	const char *when;
};

static const char *field_label(const struct model_field *f)
{
	return f->name ? f->name : "-";
}

static void overlap(struct check *c, const struct check_env *env, const struct model_field *a, const struct model_field *b, int bit)
{
	const struct model_layout *l = env->layout;
	bool earlier = a->ast->span.file == b->ast->span.file && a->ast->span.start < b->ast->span.start;
	const struct model_field *first = earlier ? a : b, *second = earlier ? b : a;

	check_report(c, DIAG_OVERLAPPING_FIELDS, second->ast->span, "'%s' and '%s' both claim bit %d of '%s'", field_label(second),
		     field_label(first), c->f->msb0 ? (int)l->entry_bits - 1 - bit : bit, l->name);
	diag_note(c->d, first->ast->span, "'%s' is here", field_label(first));
	diag_help(c->d, "mark one 'overlay' if the hardware really shares the bit");
}

static bool conditional(const struct model_layout *l)
{
	for (const struct model_field *f = l->fields; f; f = f->next)
		if (f->ast->when)
			return true;
	return false;
}

static void gaps(struct check *c, const struct check_env *env, const struct model_field *const *owner, const char *when)
{
	const struct model_layout *l = env->layout;
	const char *text = "", *values;
	unsigned bits = 0;

	for (int i = (int)env->entry_bits - 1; i >= 0; i--) {
		int hi = i;

		if (owner[i])
			continue;
		while (i > 0 && !owner[i - 1])
			i--;
		bits += (unsigned)(hi - i) + 1;
		text = arena_printf(c->arena, "%s%s%s", text, text[0] ? ", " : "", model_bit_text(c->arena, c->f, l->entry_bits, hi, i));
	}
	if (!bits)
		return;
	values = conditional(l) ? check_entry_text(c, env, l) : "";
	check_report(c, DIAG_UNDESCRIBED_BITS, l->ast->name.span, "fields '%s' say nothing about bit%s %s of the %u-bit entry%s%s%s", l->name,
		     bits > 1 ? "s" : "", text, env->entry_bits, values[0] ? " with " : "", values, when);
	diag_help(c->d, "add '- %s zero' (checked), 'res0', 'ignored' or 'soft'", text);
}

static void cover(struct check *c, const struct check_env *env, void *arg)
{
	const struct model_field *owner[128] = { NULL };
	struct model_where w = check_where(env);
	const struct coverage *v = arg;
	bool failed = false;

	if (!check_possible(env, v->k))
		return;
	for (const struct model_field *f = env->layout->fields; f; f = f->next) {
		if (f->ast->when && tri_false(check_eval(env, f->ast->when)) && check_field_on(env, f->ast))
			continue;
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
			int hi, lo;

			if (!p->at.first || !model_range(&w, &p->at, env->layout->entry_bits, &hi, &lo))
				continue;
			for (int i = hi; i >= lo && i >= 0 && i < 128; i--) {
				if (!owner[i])
					owner[i] = f;
				else if (owner[i] == f || (f->ast->duty != DUTY_OVERLAY && owner[i]->ast->duty != DUTY_OVERLAY)) {
					overlap(c, env, f, owner[i], i);
					failed = true;
					break;
				}
			}
		}
	}
	if (!failed)
		gaps(c, env, owner, v->when);
}

static void one_kind(struct check *c, const struct model_kind *k, int level)
{
	struct check_uses u = { 0, 0 };
	struct check_variant v;

	check_uses_layout(c->f, k->layout, &u);
	check_uses_kind(c->f, k, &u);
	check_variants(&v, c->f, &u);
	while (check_variant_next(&v)) {
		struct check_env env;
		const struct ast_expr *exprs[FIELDS_MAX];
		struct coverage cover_arg = { k, "" };
		bool before = c->failed;

		check_env_init(&env, c->f, &v.config, k->layout, level);
		if (!check_kind_here(c->f, k, level, &v.config))
			continue;
		cover_arg.when = check_variant_text(c, &v);
		c->failed = false;
		for (const struct model_field *f = k->layout->fields; f; f = f->next)
			field_ranges(c, &env, f->ast, cover_arg.when);
		if (!c->failed)
			check_split(c, &env, exprs, check_field_conditions(&env, k->layout, exprs, FIELDS_MAX), cover, &cover_arg);
		c->failed |= before;
	}
}

/* --- registers: ranges and overlaps; what is not named there is ignored ---------------- */

static void one_register(struct check *c, const struct model_register *r)
{
	const struct ast_field *owner[64] = { NULL };
	struct model_config config;
	struct check_env env;

	model_default_config(c->f, &config);
	check_env_init(&env, c->f, &config, NULL, -1);
	env.reg = r;
	for (const struct ast_field *f = r->ast->fields; f; f = f->next) {
		struct model_where w = check_where(&env);

		for (const struct ast_piece *p = f->pieces; p; p = p->next) {
			int hi, lo;

			if (!p->at.first || !model_range(&w, &p->at, r->bits, &hi, &lo) ||
			    !check_range_fits(c, &p->at, hi, lo, r->bits, r->bits, arena_printf(c->arena, "the %u-bit register", r->bits), ""))
				continue;
			for (int i = lo; i <= hi && f->duty != DUTY_OVERLAY && !f->when; i++) {
				if (owner[i] && owner[i] != f) {
					check_report(c, DIAG_OVERLAPPING_FIELDS, f->span, "'%s' and '%s' both claim bit %d of '%s'",
						     f->name.text ? f->name.text : "-", owner[i]->name.text ? owner[i]->name.text : "-",
						     c->f->msb0 ? (int)r->bits - 1 - i : i, r->name);
					diag_note(c->d, owner[i]->span, "the other is here");
					diag_help(c->d, "mark one 'overlay' if the hardware really shares the bit");
					break;
				}
				owner[i] = f;
			}
		}
	}
}

void rule_layouts(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (unsigned i = 0; i < c->f->level_count; i++)
			if (k->layout && k->at >> i & 1 && (k->role == ROLE_TABLE || k->role == ROLE_PAGE))
				one_kind(c, k, (int)i);
	for (const struct model_register *r = c->f->registers; r; r = r->next)
		one_register(c, r);
}
