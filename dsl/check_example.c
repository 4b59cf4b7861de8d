/* SPDX-License-Identifier: MIT */
/*
 * check_example.c - the golden examples of a description hold
 *
 * A decoder of one entry on the level of the description itself: kind, duties,
 * clauses, arrows, attributes.  It shares nothing with the lowering and is slow,
 * so what both say is worth something.
 */
#include <string.h>

#include "dsl/check.h"

/* --- address --------------------------------------------------------------------- */

static void arrows(const struct check_env *env, struct check_decoded *d, const char *level)
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
	arrows(env, d, NULL);
	if (d->kind->role == ROLE_PAGE)
		page_size(env, d);
	d->fault = entry_fault(c, env, d);
	if (d->kind->role == ROLE_PAGE && d->size > 0 && !model_clause(d->kind, CL_LOW_ADDED))
		for (int i = 0; i < 4; i++)
			d->pa[i] &= d->size < 64 ? ~UINT64_C(0) << d->size : 0;
}

/* --- what the example says ---------------------------------------------------------------- */

struct trial {
	struct check *c;
	const struct ast_stmt *s;
	struct check_env env;
	struct check_decoded d;
};

static void fail(struct trial *t, struct span at, const char *text)
{
	struct check *c = t->c;
	const char *values = check_set_text(c, &t->env, t->d.kind ? t->d.kind->layout : NULL);

	check_report(c, DIAG_EXAMPLE, at, "example does not hold: %s", text);
	if (t->d.kind)
		diag_note(c->d, t->d.kind->ast->name.span, "kind '%s'%s%s", t->d.kind->name, values[0] ? ", " : "", values);
}

static void wrong_number(struct trial *t, const struct ast_assert *a, uint64_t got)
{
	const char *name = a->member.text ? arena_printf(t->c->arena, "%s.%s", a->name.text, a->member.text) : a->name.text;
	bool hex = got > 9 || a->value->value > 9;

	fail(t, a->name.span, arena_printf(t->c->arena, hex ? "%s is 0x%llx, not 0x%llx" : "%s is %llu, not %llu", name,
					   (unsigned long long)got, (unsigned long long)a->value->value));
}

static void assert_space(struct trial *t, const struct ast_assert *a, int space, const char *level)
{
	struct check_decoded d = t->d;

	if (level) {
		memset(d.pa, 0, sizeof(d.pa));
		memset(d.has_pa, 0, sizeof(d.has_pa));
		arrows(&t->env, &d, level);
	}
	if (!d.has_pa[space])
		fail(t, a->name.span, arena_printf(t->c->arena, "the entry gives no address in %s", t->c->f->spaces[space].name));
	else if (d.pa[space] != a->value->value)
		wrong_number(t, a, d.pa[space]);
}

/* The word that a map's row has for the entry, NULL: a number or none. */
static const struct ast_expr *map_word(const struct trial *t, const struct model_attr *attr)
{
	struct check_env data = t->env;
	const struct ast_map_row *row;
	const struct ast_map_value *v;
	unsigned which = attr->map_value;

	if (attr->ast->kind != ST_MAP)
		return NULL;
	data.raw = false;
	row = check_map_row(attr->ast, check_eval(&data, attr->ast->expr).value);
	for (v = row ? row->values : NULL; v && which; v = v->next)
		which--;
	return v && v->kind == MV_EXPR && v->expr->op == EX_NAME ? v->expr : NULL;
}

static void assert_attr(struct trial *t, const struct ast_assert *a, const struct model_attr *attr)
{
	const struct ast_expr *word = map_word(t, attr);
	const char *wanted = a->value->op == EX_NAME ? a->value->name : NULL;
	uint64_t number = a->value->value;
	struct tri got;

	if (wanted && word) {
		if (strcmp(wanted, word->name))
			fail(t, a->name.span, arena_printf(t->c->arena, "%s is %s, not %s", a->name.text, word->name, wanted));
		return;
	}
	got = check_attr_value(&t->env, attr);
	if (wanted && !model_enum_value(t->c->f, wanted, &number)) {
		check_report(t->c, DIAG_UNKNOWN_NAME, a->value->span, "no value '%s' of attribute '%s'", wanted, attr->name);
		return;
	}
	if (!tri_exact(got)) {
		if (word)
			fail(t, a->name.span, arena_printf(t->c->arena, "%s is %s", a->name.text, word->name));
		return;
	}
	if (got.value == number)
		return;
	if (wanted)
		fail(t, a->name.span, arena_printf(t->c->arena, "%s is %llu, not %s (%llu)", a->name.text, (unsigned long long)got.value, wanted,
						   (unsigned long long)number));
	else
		wrong_number(t, a, got.value);
}

static void unknown_attr(struct trial *t, const struct ast_assert *a)
{
	const char *names[128] = { "size", "contig" };
	const char *close;
	size_t n = 2;

	for (const struct model_attr *x = t->c->f->attrs; x && n < 120; x = x->next)
		names[n++] = x->name;
	for (unsigned i = 0; i < t->c->f->space_count; i++)
		names[n++] = t->c->f->spaces[i].name;
	close = diag_did_you_mean(a->name.text, names, n);
	check_report(t->c, DIAG_UNKNOWN_NAME, a->name.span, close ? "no attribute '%s'; did you mean '%s'?" : "no attribute or space '%s'",
		     a->name.text, close);
}

static const char *size_text(struct arena *a, uint64_t bytes)
{
	static const char unit[] = "KMGTP";
	int n = -1;

	while (bytes >= 1024 && bytes % 1024 == 0 && n < 4) {
		bytes /= 1024;
		n++;
	}
	return n < 0 ? arena_printf(a, "%llu", (unsigned long long)bytes) : arena_printf(a, "%llu%c", (unsigned long long)bytes, unit[n]);
}

static void one_assert(struct trial *t, const struct ast_assert *a)
{
	const struct model_attr *attr = model_find_attr(t->c->f, a->name.text);
	int space = model_find_space(t->c->f, a->member.text ? a->member.text : a->name.text);

	if (a->member.text) {
		if (space < 0 || !model_find_level(t->c->f, a->name.text, NULL))
			unknown_attr(t, a);
		else
			assert_space(t, a, space, a->name.text);
	} else if (strcmp(a->name.text, "size") == 0) {
		if (t->d.size < 0 || t->d.size > 63 || a->value->value != UINT64_C(1) << t->d.size)
			fail(t, a->name.span, t->d.size < 0 ? "the entry has no size" :
			     arena_printf(t->c->arena, "size is %s, not %s", size_text(t->c->arena, UINT64_C(1) << (t->d.size & 63)),
					  size_text(t->c->arena, a->value->value)));
	} else if (strcmp(a->name.text, "contig") == 0) {
		if (t->d.contig != a->value->value)
			wrong_number(t, a, t->d.contig);
	} else if (attr && space >= 0 && t->d.has_pa[space] && a->value->op == EX_NUM && t->d.pa[space] == a->value->value) {
		return;         /* the name of both: either may be meant */
	} else if (attr) {
		assert_attr(t, a, attr);
	} else if (space >= 0) {
		assert_space(t, a, space, NULL);
	} else {
		unknown_attr(t, a);
	}
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

/* --- one example -------------------------------------------------------------------------- */

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

static bool features(struct check *c, const struct ast_stmt *s, struct model_config *config)
{
	for (const struct ast_if *i = s->ifs; i; i = i->next) {
		const char *names[MODEL_FEATURES];
		const char *close;
		int n = model_find_feature(c->f, i->feature.text);

		if (n >= 0) {
			config->features = i->negated ? config->features & ~(1u << n) : config->features | 1u << n;
			continue;
		}
		for (unsigned k = 0; k < c->f->feature_count; k++)
			names[k] = c->f->features[k].name;
		close = diag_did_you_mean(i->feature.text, names, c->f->feature_count);
		check_report(c, DIAG_UNKNOWN_NAME, i->feature.span, close ? "no feature '%s'; did you mean '%s'?" : "no feature '%s'", i->feature.text,
			     close);
		return false;
	}
	return true;
}

static const struct model_kind *kind_named(struct check *c, const struct ast_stmt *s)
{
	const char *names[128];
	const char *close;
	size_t n = 0;

	for (const struct model_kind *k = c->f->kinds; k; k = k->next) {
		if (k->role == ROLE_INVALID || k->role == ROLE_PASS)
			continue;
		if (strcmp(k->name, s->name.text) == 0)
			return k;
		if (n < 128)
			names[n++] = k->name;
	}
	close = diag_did_you_mean(s->name.text, names, n);
	check_report(c, DIAG_UNKNOWN_NAME, s->name.span, close ? "no kind '%s'; did you mean '%s'?" : "no table or page kind '%s'", s->name.text, close);
	return NULL;
}

/* `at LEVEL`, else the first level of the kind, else the last of the format. */
static bool level_of(struct check *c, const struct ast_stmt *s, const struct model_kind *k, int *level)
{
	if (s->after.text) {
		if (model_find_level(c->f, s->after.text, level))
			return true;
		/* An example of a base speaks of those formats that have the level. */
		if (s->span.file == c->f->ast->span.file && s->span.start >= c->f->ast->span.start && s->span.end <= c->f->ast->span.end)
			check_report(c, DIAG_UNKNOWN_NAME, s->after.span, "no level '%s' in format '%s'", s->after.text, c->f->name);
		return false;
	}
	*level = (int)c->f->level_count - 1;
	for (unsigned i = 0; k && i < c->f->level_count; i++)
		if (k->at >> i & 1) {
			*level = (int)i;
			break;
		}
	return true;
}

static void verdict(struct trial *t, const struct model_kind *wanted)
{
	struct check *c = t->c;
	const struct ast_name *name = &t->s->name;

	if (!t->d.kind) {
		fail(t, name->span, "no kind matches the entry");
	} else if (wanted && t->d.fault) {
		fail(t, name->span, arena_printf(c->arena, "the entry is invalid: %s", t->d.fault));
	} else if (wanted && t->d.kind != wanted) {
		fail(t, name->span, arena_printf(c->arena, "the entry is of kind '%s', not '%s'", t->d.kind->name, wanted->name));
	} else if (!wanted && !t->d.fault) {
		fail(t, name->span, arena_printf(c->arena, "the entry is a good '%s', not %s", t->d.kind->name, name->text));
	} else if (!wanted && strcmp(t->d.fault, name->text)) {
		fail(t, name->span, arena_printf(c->arena, "the fault is %s, not %s", t->d.fault, name->text));
	} else {
		for (const struct ast_assert *a = t->s->asserts; a; a = a->next)
			one_assert(t, a);
	}
}

static void one_example(struct check *c, const struct ast_stmt *s)
{
	struct trial t = { .c = c, .s = s };
	const struct model_kind *wanted = s->flag ? NULL : kind_named(c, s);
	struct model_config config;
	int level;

	model_default_config(c->f, &config);
	if ((!s->flag && !wanted) || !features(c, s, &config) || !level_of(c, s, wanted, &level))
		return;
	check_env_init(&t.env, c->f, &config, NULL, level);
	if (t.env.entry_bits < 64 && s->expr->value >> t.env.entry_bits) {
		check_report(c, DIAG_OUTSIDE, s->expr->span, "%s does not fit into the %u-bit entry", check_expr_text(c->arena, s->expr),
			     t.env.entry_bits);
		return;
	}
	check_env_entry(&t.env, s->expr->value, 0);
	check_env_contexts(&t.env);
	t.env.alone = true;
	check_decode(c, &t.env, &t.d);
	verdict(&t, wanted);
}

void rule_examples(struct check *c)
{
	for (const struct model_stmts *s = c->f->examples; s; s = s->next)
		one_example(c, s->ast);
}
