/* SPDX-License-Identifier: MIT */
/*
 * test_decode.c - one entry of every shipped format, decoded twice
 *
 * Once by the plan and the runtime, once by the decoder of the checks, which reads
 * the description itself and shares nothing with the lowering.  Kind, fault,
 * address, size and rights must agree, for entries and features at random.
 */
#include <check.h>
#include <glob.h>
#include <string.h>

#include "dsl/check.h"
#include "gen/load.h"
#include "runtime/ptg.h"

#define ENTRIES 4000

struct trial {
	struct arena *arena;
	const struct plan *plan;
	const struct model_format *f;
	struct ptg_space space;
	struct model_config config;
	uint64_t random;
	unsigned good, faults;
};

static uint64_t draw(struct trial *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	return t->random;
}

/* Few bits, many bits, or an example of the description with a bit or two changed. */
static void draw_entry(struct trial *t, unsigned bits, uint64_t e[2])
{
	const struct model_stmts *x = t->f->examples;
	unsigned n = 0;

	e[0] = draw(t) & draw(t) & draw(t);
	e[1] = draw(t) & draw(t) & draw(t);
	if (draw(t) & 1)
		e[0] &= draw(t) & draw(t);
	for (const struct model_stmts *y = x; y; y = y->next)
		n++;
	if (n && draw(t) % 3) {
		for (n = (unsigned)(draw(t) % n); n; n--)
			x = x->next;
		e[0] = x->ast->expr ? x->ast->expr->value : 0;
		e[1] = x->ast->expr ? x->ast->expr->high : 0;
		while (draw(t) & 1)
			e[draw(t) % 8 == 0] ^= UINT64_C(1) << draw(t) % 64;
	}
	if (bits < 128)
		e[1] = 0;
	if (bits < 64)
		e[0] &= (UINT64_C(1) << bits) - 1;
}

static void draw_config(struct trial *t)
{
	model_default_config(t->f, &t->config);
	for (unsigned i = 0; i < t->f->feature_count; i++) {
		if (draw(t) & 1)
			t->config.features ^= 1u << i;
		ck_assert_int_eq(ptg_space_feature(&t->space, t->f->features[i].name, t->config.features >> i & 1), PTG_OK);
	}
	for (unsigned i = 0; i < t->f->param_count; i++) {
		const struct model_param *p = &t->f->params[i];

		t->config.params[i] = draw(t) & 1 ? p->max : p->min;
		ck_assert_int_eq(ptg_space_param(&t->space, p->name, (unsigned)t->config.params[i]), PTG_OK);
	}
}

static const char *kind_name(const struct ptg_format *f, unsigned rule)
{
	const char *colon = strchr(f->rules[rule].name, ':');

	return colon ? colon + 1 : f->rules[rule].name;
}

static void compare(struct trial *t, int level, const uint64_t e[2], const struct check_decoded *want, const struct ptg_decoded *got)
{
	const struct ptg_format *f = &t->plan->format;
	const char *where = arena_printf(t->arena, "%s at %s: %s, features %x", f->name, t->f->levels[level].name, check_hex(t->arena, e),
					 t->config.features);

	ck_assert_msg(want->kind != NULL, "%s: no kind", where);
	if (want->fault) {
		ck_assert_msg(got->fault != PTG_F_NONE, "%s: %s, not a good %s", where, want->fault, kind_name(f, got->rule));
		ck_assert_msg(f->rules[got->rule].fault && strcmp(f->rules[got->rule].fault, want->fault) == 0, "%s: %s, not %s (rule %s)", where,
			      want->fault, f->rules[got->rule].fault, f->rules[got->rule].name);
		t->faults++;
		return;
	}
	ck_assert_msg(got->fault == PTG_F_NONE, "%s: a good %s, not %s", where, want->kind->name, f->rules[got->rule].name);
	ck_assert_msg(strcmp(kind_name(f, got->rule), want->kind->name) == 0, "%s: kind %s, not %s", where, want->kind->name,
		      f->rules[got->rule].name);
	t->good++;
	if (want->kind->role != ROLE_PAGE) {
		if (!model_clause(want->kind, CL_NEXT))
			ck_assert_msg(got->pa == want->pa[want->space], "%s: table at %llx, not %llx", where,
				      (unsigned long long)want->pa[want->space], (unsigned long long)got->pa);
		return;
	}
	ck_assert_msg(got->page_lg2 == want->size, "%s: size 2^%d, not 2^%u", where, want->size, got->page_lg2);
	if (!model_clause(want->kind, CL_NOWHERE)) {
		ck_assert_msg(got->space == want->space, "%s: space %u, not %u", where, want->space, got->space);
		ck_assert_msg(got->pa == want->pa[want->space], "%s: pa %llx, not %llx", where, (unsigned long long)want->pa[want->space],
			      (unsigned long long)got->pa);
	}
}

static void one_entry(struct trial *t)
{
	int level = (int)(draw(t) % t->f->level_count);
	struct check c = { .arena = t->arena, .f = t->f };
	struct check_decoded want;
	struct ptg_decoded got;
	struct check_env env;
	uint64_t e[2];

	check_env_init(&env, t->f, &t->config, NULL, level);
	draw_entry(t, env.entry_bits, e);
	check_env_entry(&env, e[0], e[1]);
	check_env_contexts(&env);
	env.alone = true;
	check_decode(&c, &env, &want);
	ck_assert_int_eq(ptg_decode(&t->space, t->f->levels[level].depth, e, &got), PTG_OK);
	compare(t, level, e, &want, &got);
	if (!want.fault && want.kind->role == ROLE_PAGE)
		ck_assert_msg((got.rights & 63) == check_rights(&env), "%s at %s: %s: rights %x, not %x", t->f->name, t->f->levels[level].name,
			      check_hex(t->arena, e), check_rights(&env), got.rights & 63);
}

static void one_format(const struct plan *plan, struct arena *arena)
{
	struct trial t = { .arena = arena, .plan = plan, .f = plan->model, .random = UINT64_C(0x9e3779b97f4a7c15) };
	static const struct ptg_mapper_ops ops;
	struct ptg_mapper mapper = { .ops = &ops };

	/* Sizes of dynamic formats are known on a walk only. */
	if (!plan->model || plan->model->dynamic)
		return;
	ck_assert_int_eq(ptg_space_setup(&t.space, &plan->format, &ptg_generic_walker, &mapper), PTG_OK);
	for (unsigned i = 0; i < ENTRIES; i++) {
		if (i % 100 == 0)
			draw_config(&t);
		one_entry(&t);
	}
	ck_assert_msg(t.good > ENTRIES / 50 && t.faults > ENTRIES / 50, "%s: %u good, %u faults", plan->format.name, t.good, t.faults);
}

START_TEST(test_every_format)
{
	struct load_options options = { .quiet = true };
	glob_t files;

	ck_assert_int_eq(glob("formats/*.pt", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct arena *arena = arena_new();
		struct load l;

		ck_assert_int_eq(load_file(&l, arena, files.gl_pathv[i], NULL, &options), 0);
		for (unsigned p = 0; p < l.plan_count; p++)
			one_format(l.plan[p], arena);
		arena_free(arena);
	}
	globfree(&files);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("decode");
	TCase *t = tcase_create("decode");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_every_format);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
