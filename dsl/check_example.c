/* SPDX-License-Identifier: MIT */
/*
 * check_example.c - the golden examples of a description hold
 */
#include <string.h>

#include "dsl/check_trial.h"

/* --- what the example says ---------------------------------------------------------------- */

void trial_fail(struct trial *t, struct span at, const char *text)
{
	struct check *c = t->c;
	const char *values = check_set_text(c, &t->env, t->d.kind ? t->d.kind->layout : NULL);

	check_report(c, DIAG_EXAMPLE, at, "example does not hold: %s", text);
	if (t->d.kind)
		diag_note(c->d, t->d.kind->ast->name.span, "kind '%s'%s%s", t->d.kind->name, values[0] ? ", " : "", values);
}

void trial_wrong_number(struct trial *t, const struct ast_assert *a, uint64_t got)
{
	const char *name = a->member.text ? arena_printf(t->c->arena, "%s.%s", a->name.text, a->member.text) : a->name.text;
	bool hex = got > 9 || a->value->value > 9;

	trial_fail(t, a->name.span, arena_printf(t->c->arena, hex ? "%s is 0x%llx, not 0x%llx" : "%s is %llu, not %llu", name,
					   (unsigned long long)got, (unsigned long long)a->value->value));
}

static void assert_space(struct trial *t, const struct ast_assert *a, int space, const char *level)
{
	struct check_decoded d = t->d;

	if (level) {
		memset(d.pa, 0, sizeof(d.pa));
		memset(d.has_pa, 0, sizeof(d.has_pa));
		check_arrows(&t->env, &d, level);
	}
	if (!d.has_pa[space])
		trial_fail(t, a->name.span, arena_printf(t->c->arena, "the entry gives no address in %s", t->c->f->spaces[space].name));
	else if (d.pa[space] != a->value->value)
		trial_wrong_number(t, a, d.pa[space]);
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
			trial_fail(t, a->name.span, arena_printf(t->c->arena, "%s is %s, not %s", a->name.text, word->name, wanted));
		return;
	}
	got = check_attr_value(&t->env, attr);
	if (wanted && !model_enum_value(t->c->f, wanted, &number)) {
		check_report(t->c, DIAG_UNKNOWN_NAME, a->value->span, "no value '%s' of attribute '%s'", wanted, attr->name);
		return;
	}
	if (!tri_exact(got)) {
		trial_fail(t, a->name.span, word ? arena_printf(t->c->arena, "%s is %s", a->name.text, word->name) :
			   arena_printf(t->c->arena, "nothing gives %s a value", a->name.text));
		return;
	}
	if (got.value == number)
		return;
	if (wanted)
		trial_fail(t, a->name.span, arena_printf(t->c->arena, "%s is %llu, not %s (%llu)", a->name.text, (unsigned long long)got.value, wanted,
						   (unsigned long long)number));
	else
		trial_wrong_number(t, a, got.value);
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
			trial_fail(t, a->name.span, t->d.size < 0 ? "the entry has no size" :
			     arena_printf(t->c->arena, "size is %s, not %s", size_text(t->c->arena, UINT64_C(1) << (t->d.size & 63)),
					  size_text(t->c->arena, a->value->value)));
	} else if (strcmp(a->name.text, "contig") == 0) {
		if (t->d.contig != a->value->value)
			trial_wrong_number(t, a, t->d.contig);
	} else if (attr && space >= 0 && t->d.has_pa[space] && a->value->op == EX_NUM && t->d.pa[space] == a->value->value) {
		return;         /* the name of both: either may be meant */
	} else if (attr) {
		assert_attr(t, a, attr);
	} else if (space >= 0) {
		assert_space(t, a, space, NULL);
	} else if (!trial_access(t, a)) {
		unknown_attr(t, a);
	}
}

/* --- one example -------------------------------------------------------------------------- */

static bool unknown_setting(struct check *c, const struct ast_if *i)
{
	const char *names[MODEL_FEATURES + MODEL_PARAMS + 33];
	const char *close;
	size_t n = 0;

	for (unsigned k = 0; k < c->f->feature_count; k++)
		names[n++] = c->f->features[k].name;
	for (unsigned k = 0; k < c->f->param_count; k++)
		names[n++] = c->f->params[k].name;
	for (unsigned k = 0; k < c->f->context_count; k++)
		names[n++] = c->f->contexts[k].name;
	names[n++] = "va";
	close = diag_did_you_mean(i->feature.text, names, n);
	check_report(c, DIAG_UNKNOWN_NAME, i->feature.span, close ? "no feature, parameter or context '%s'; did you mean '%s'?" :
		     "no feature, parameter or context '%s'", i->feature.text, close);
	return false;
}

/* Was the example written in a base?  It then speaks of those formats that have what it names. */
static bool of_base(const struct check *c, const struct ast_stmt *s)
{
	const struct span *f = &c->f->ast->span;

	return s->span.file != f->file || s->span.start < f->start || s->span.end > f->end;
}

static bool is_value(const struct check *c, const struct model_param *p, int64_t value)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	int64_t lo, hi;

	model_default_config(c->f, &config);
	for (const struct ast_set *s = p->set; s; s = s->next)
		if (model_fold(&w, s->lo, &lo) && (s->hi ? model_fold(&w, s->hi, &hi) : (hi = lo, true)) && value >= lo && value <= hi)
			return true;
	return false;
}

static bool set_param(struct trial *t, const struct ast_if *i, const struct model_param *p, int64_t *value)
{
	if (i->value)
		*value = (int64_t)i->value->value;
	if (i->value && is_value(t->c, p, *value))
		return true;
	if (!of_base(t->c, t->s))
		check_report(t->c, DIAG_BAD_NUMBER, i->feature.span, "parameter '%s' needs a value from %lld to %lld that its line allows", p->name,
			     (long long)p->min, (long long)p->max);
	return false;
}

static bool set_context(struct check *c, struct check_env *env, const struct ast_if *i, const struct model_context *x)
{
	uint64_t value = i->value ? i->value->value : !i->negated;
	unsigned bits = x->count * x->width;

	if (bits < 64 && value >> bits) {
		check_report(c, DIAG_OUTSIDE, i->feature.span, "context '%s' has %u bit%s", x->name, bits, bits == 1 ? "" : "s");
		return false;
	}
	for (unsigned b = 0; b < bits && b < 64; b++) {
		uint64_t bit = UINT64_C(1) << (x->lo + b) % 64;

		env->ctx[(x->lo + b) / 64] = value >> b & 1 ? env->ctx[(x->lo + b) / 64] | bit : env->ctx[(x->lo + b) / 64] & ~bit;
	}
	return true;
}

bool trial_settings(struct trial *t, struct model_config *config)
{
	struct check *c = t->c;

	trial_if_registers(t, config); /* what is said of a setting itself is stronger */
	for (const struct ast_if *i = t->s->ifs; i; i = i->next) {
		int feature = model_find_feature(c->f, i->feature.text), param = model_find_param(c->f, i->feature.text);
		int context = model_find_context(c->f, i->feature.text);

		if (feature >= 0 && !i->value)
			config->features = i->negated ? config->features & ~(1u << feature) : config->features | 1u << feature;
		else if (param >= 0 && !i->negated && !set_param(t, i, &c->f->params[param], &config->params[param]))
			return false;
		else if (context >= 0 && !set_context(c, &t->env, i, &c->f->contexts[context]))
			return false;
		else if (strcmp(i->feature.text, "va") == 0 && i->value)
			t->env.va = i->value->value;
		else if ((feature < 0 || i->value) && param < 0 && context < 0 && !trial_if_register(t, i))
			return unknown_setting(c, i);
	}
	return true;
}

/* What the table entry of `after NUM` says for the page below it. */
static bool above(struct trial *t, const struct ast_expr *entry)
{
	struct check *c = t->c;
	struct check_env table = t->env;
	uint64_t *tables = arena_array(c->arena, 32, sizeof(*tables));
	struct check_decoded d;
	unsigned n = 0;
	int level = t->env.level >= 0 ? c->f->levels[t->env.level].after : -1;

	check_env_init(&table, c->f, t->env.config, NULL, level);
	check_env_contexts(&table);
	memcpy(table.ctx, t->env.ctx, sizeof(table.ctx));
	table.va = t->env.va;
	table.va_known = t->env.va_known;
	table.alone = true;
	check_env_entry(&table, entry->value, entry->high);
	if (level >= 0)
		check_decode(c, &table, &d);
	if (level < 0 || !d.kind || d.kind->role != ROLE_TABLE || d.fault) {
		check_report(c, DIAG_EXAMPLE, entry->span, level < 0 ? "no table stands above the first level" : "the entry above is no good table entry");
		return false;
	}
	t->env.alone = false;
	t->env.tables = tables;
	table.raw = false;
	for (const struct model_attr *a = c->f->attrs; a && n < 32; a = a->next, n++) {
		const struct ast_expr *e = a->ast->kind == ST_ATTR ? a->ast->tables : NULL;

		tables[n] = a->ast->tables_op == '&' ? ~UINT64_C(0) : 0;
		if (e && !check_missing(&table, e))
			tables[n] = check_eval(&table, e).value;
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
		unsigned before;

		if (model_find_level(c->f, s->after.text, level))
			return true;
		if (!of_base(c, s) && !model_level_off(c->f, s->after.text, &before))
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

void trial_class(struct trial *t, const char *otherwise)
{
	const struct ast_name *wanted = &t->s->base;
	int class = model_fault_class(t->c->f, t->s->name.text, model_class_of_name(otherwise));
	size_t count;
	const char *const *names = model_class_names(&count);

	if (!wanted->text || model_class_of_name(wanted->text) == class)
		return;
	for (size_t i = 0; i < count; i++)
		if (model_class_of_name(names[i]) == class)
			trial_fail(t, wanted->span, arena_printf(t->c->arena, "%s is of class %s, not %s", t->s->name.text, names[i], wanted->text));
}

/* The class of a fault that an entry alone can have, where no `fault NAME is CLASS` says it. */
static const char *usual_class(const struct check_decoded *d)
{
	bool invalid = d->kind->role == ROLE_INVALID || d->kind->role == ROLE_PASS;

	return invalid && strncmp(d->fault, "reserved", 8) ? "not_present" : "reserved";
}

static void verdict(struct trial *t, const struct model_kind *wanted)
{
	struct check *c = t->c;
	const struct ast_name *name = &t->s->name;

	if (!t->d.kind) {
		trial_fail(t, name->span, "no kind matches the entry");
	} else if (wanted && t->d.fault) {
		trial_fail(t, name->span, arena_printf(c->arena, "the entry is invalid: %s", t->d.fault));
	} else if (wanted && t->d.kind != wanted) {
		trial_fail(t, name->span, arena_printf(c->arena, "the entry is of kind '%s', not '%s'", t->d.kind->name, wanted->name));
	} else if (!wanted && !t->d.fault) {
		trial_fail(t, name->span, arena_printf(c->arena, "the entry is a good '%s', not %s", t->d.kind->name, name->text));
	} else if (!wanted && strcmp(t->d.fault, name->text)) {
		trial_fail(t, name->span, arena_printf(c->arena, "the fault is %s, not %s", t->d.fault, name->text));
	} else if (!wanted) {
		trial_class(t, usual_class(&t->d));
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
	if ((!s->flag && !wanted) || !level_of(c, s, wanted, &level))
		return;
	check_env_init(&t.env, c->f, &config, NULL, level);
	check_env_contexts(&t.env);
	t.env.va_known = ~UINT64_C(0);
	if (!trial_settings(&t, &config))
		return;
	if ((t.env.entry_bits < 64 && s->expr->value >> t.env.entry_bits) || (t.env.entry_bits < 128 && s->expr->high)) {
		check_report(c, DIAG_OUTSIDE, s->expr->span, "%s does not fit into the %u-bit entry", check_expr_text(c->arena, s->expr),
			     t.env.entry_bits);
		return;
	}
	check_env_entry(&t.env, s->expr->value, s->expr->high);
	t.env.alone = true;
	if (s->entry && !above(&t, s->entry))
		return;
	check_decode(c, &t.env, &t.d);
	verdict(&t, wanted);
}

/* Examples speak of the constants as they are written; under others they say nothing. */
void rule_examples(struct check *c)
{
	if (c->f->unusual)
		return;
	for (const struct model_stmts *s = c->f->examples; s; s = s->next) {
		if (s->ast->expr)
			one_example(c, s->ast);
		else
			trial_start(c, s->ast);
	}
}
