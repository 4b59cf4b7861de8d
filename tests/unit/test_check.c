/* SPDX-License-Identifier: MIT */
/*
 * test_check.c - the evaluator and the search of the checks, against trying everything
 *
 * Random conditions over a small entry: what the evaluator says with unknown bits
 * must hold for every way to fill them in, and the search must find an entry
 * exactly when there is one.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/check.h"

#define BITS 8u                      /* of the entry that conditions look at */
#define ROUNDS 4000

static struct arena *arena;
static struct sources sources;
static struct diag *diag;
static struct model *model;
static uint64_t seed = 1;

static unsigned pick(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void setup(void)
{
	static const char text[] =
		"format f { va 30 unsigned; pa 32; entry 32 little; feature x, y off\n"
		"level 0 va[29:12]\n"
		"fields pte { A [0]; B [3:1]; C [7:4]; D [5:4]; _X [1] if y; - [31:8] ignored }\n"
		"page k when A=1 }";
	struct ast *ast;

	arena = arena_new();
	sources_init(&sources, arena);
	diag = diag_new(&sources, arena);
	ast = ast_parse(&sources, diag, source_add(&sources, "t.pt", text, strlen(text)));
	model = model_build(ast, diag);
	ck_assert_uint_eq(diag_errors(diag), 0);
}

static void teardown(void)
{
	arena_free(arena);
}

/* --- random conditions, and what they mean ------------------------------------- */

static struct ast_expr *node(enum ast_expr_op op)
{
	struct ast_expr *e = arena_alloc(arena, sizeof(*e));

	e->op = op;
	return e;
}

static struct ast_expr *number(uint64_t v)
{
	struct ast_expr *e = node(EX_NUM);

	e->value = v;
	return e;
}

static const struct { const char *name; unsigned lo, width; } fields[] = { { "A", 0, 1 }, { "B", 1, 3 }, { "C", 4, 4 }, { "D", 4, 2 } };

static struct ast_expr *field(unsigned n)
{
	struct ast_expr *e = node(EX_NAME);

	e->name = fields[n].name;
	return e;
}

static struct ast_expr *comparison(void)
{
	static const enum ast_expr_op ops[] = { EX_EQ, EX_NE, EX_IN };
	struct ast_expr *e = node(ops[pick(3)]);
	unsigned n = pick(4);

	e->a = field(n);
	if (pick(3) == 0) {             /* {F,A} */
		struct ast_expr *cat = node(EX_CAT);

		cat->list = e->a;
		cat->list->next = field(0);
		e->a = cat;
	}
	if (e->op == EX_IN) {
		e->set = arena_alloc(arena, sizeof(*e->set));
		e->set->lo = number(pick(16));
		e->set->hi = number(e->set->lo->value + pick(4));
	} else {
		e->b = number(pick(16));
		if (pick(4) == 0)
			e->c = number(pick(16));
	}
	return e;
}

static struct ast_expr *condition(unsigned depth)
{
	struct ast_expr *e;

	switch (depth ? pick(4) : 3) {
	case 0:
	case 1:
		e = node(pick(2) ? EX_AND : EX_OR);
		e->a = condition(depth - 1);
		e->b = condition(depth - 1);
		return e;
	case 2:
		e = node(EX_NOT);
		e->a = condition(depth - 1);
		return e;
	default:
		return comparison();
	}
}

/* The meaning, written down a second time. */
static uint64_t value(const struct ast_expr *e, unsigned entry)
{
	uint64_t a, b;

	switch (e->op) {
	case EX_NUM:
		return e->value;
	case EX_NAME:
		for (unsigned i = 0; i < 4; i++)
			if (strcmp(fields[i].name, e->name) == 0)
				return entry >> fields[i].lo & ((1u << fields[i].width) - 1);
		return 0;
	case EX_CAT:
		return value(e->list, entry) << 1 | value(e->list->next, entry);
	case EX_IN:
		a = value(e->a, entry);
		return e->set->lo->value <= a && a <= e->set->hi->value;
	case EX_EQ:
	case EX_NE:
		a = value(e->a, entry) ^ value(e->b, entry);
		b = e->c ? value(e->c, entry) : 0;
		return (e->op == EX_EQ) == ((a & ~b) == 0);
	case EX_NOT:
		return !value(e->a, entry);
	case EX_AND:
		return value(e->a, entry) && value(e->b, entry);
	default:
		return value(e->a, entry) || value(e->b, entry);
	}
}

static void start(struct check_env *env, struct model_config *config)
{
	const struct model_format *f = model->formats;

	model_default_config(f, config);
	check_env_init(env, f, config, f->layouts, 0);
}

START_TEST(test_unknown_bits_never_promise_too_much)
{
	struct model_config config;
	struct check_env env;
	unsigned certain = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct ast_expr *e = condition(3);
		unsigned known = pick(1u << BITS), bits = pick(1u << BITS) & known;
		struct tri t;

		start(&env, &config);
		env.known[0] |= known | ~UINT64_C(0) << BITS;
		env.e[0] = bits;
		t = check_eval(&env, e);
		certain += tri_exact(t);
		for (unsigned rest = 0; rest < 1u << BITS; rest++) {
			uint64_t want = value(e, bits | (rest & ~known));

			ck_assert_msg(((t.value ^ want) & t.known) == 0, "%s with %x/%x", check_expr_text(arena, e), bits, known);
		}
	}
	ck_assert_uint_gt(certain, ROUNDS / 4);
}
END_TEST

START_TEST(test_all_bits_known_is_an_answer)
{
	struct model_config config;
	struct check_env env;

	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct ast_expr *e = condition(3);
		unsigned entry = pick(1u << BITS);

		start(&env, &config);
		check_env_entry(&env, entry, 0);
		ck_assert(tri_exact(check_eval(&env, e)));
		ck_assert_uint_eq(check_eval(&env, e).value, value(e, entry));
	}
}
END_TEST

START_TEST(test_search_finds_what_there_is)
{
	struct model_config config;
	struct check_env env;
	unsigned found = 0;

	for (unsigned round = 0; round < ROUNDS / 4; round++) {
		struct check_cond conds[4];
		unsigned n = 1 + pick(4), any = 0;

		for (unsigned i = 0; i < n; i++)
			conds[i] = (struct check_cond){ .e = condition(2), .layout = model->formats->layouts, .want = pick(2) };
		for (unsigned entry = 0; entry < 1u << BITS && !any; entry++) {
			any = 1;
			for (unsigned i = 0; i < n; i++)
				any &= value(conds[i].e, entry) == conds[i].want;
		}
		start(&env, &config);
		ck_assert_int_eq(check_search(&env, conds, n), any);
		found += any;
		for (unsigned i = 0; i < n && any; i++)
			ck_assert_uint_eq(value(conds[i].e, (unsigned)env.e[0]), conds[i].want);
	}
	ck_assert_uint_gt(found, ROUNDS / 16);
}
END_TEST

START_TEST(test_a_field_that_is_off)
{
	struct ast_expr x = { .op = EX_NAME, .name = "_X" };
	struct model_config config;
	struct check_env env;

	start(&env, &config);
	check_env_entry(&env, 2, 0);
	ck_assert_uint_eq(check_eval(&env, &x).value, 1); /* `when`: raw */
	env.raw = false;
	ck_assert_uint_eq(check_eval(&env, &x).value, 0); /* `attr`, `deny` */
	config.features |= 2;
	ck_assert_uint_eq(check_eval(&env, &x).value, 1);
}
END_TEST

START_TEST(test_a_whole_word_needs_no_enumeration)
{
	struct ast_expr e = { .op = EX_NAME, .name = "e" }, zero = { .op = EX_NUM }, all = { .op = EX_NE, .a = &e, .b = &zero };
	struct check_cond conds[2] = { { .e = &all, .want = true }, { .e = &all, .want = false } };
	struct model_config config;
	struct check_env env;

	start(&env, &config);
	ck_assert(check_search(&env, conds, 1));
	ck_assert_uint_eq(env.e[0], 1);                 /* the smallest */
	start(&env, &config);
	ck_assert(!check_search(&env, conds, 2));
	ck_assert(!env.gave_up);
}
END_TEST

START_TEST(test_variants)
{
	struct check_uses all = { 3, 0 }, none = { 0, 0 };
	struct check_variant v;
	unsigned seen = 0;

	check_variants(&v, model->formats, &none);
	ck_assert(check_variant_next(&v));
	ck_assert_uint_eq(v.config.features, 1);        /* the defaults */
	ck_assert(!check_variant_next(&v));
	check_variants(&v, model->formats, &all);
	while (check_variant_next(&v))
		seen |= 1u << v.config.features;
	ck_assert_uint_eq(seen, 15);
}
END_TEST

Suite *check_suite(void);
Suite *check_suite(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("check");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_unknown_bits_never_promise_too_much);
	tcase_add_test(t, test_all_bits_known_is_an_answer);
	tcase_add_test(t, test_search_finds_what_there_is);
	tcase_add_test(t, test_a_field_that_is_off);
	tcase_add_test(t, test_a_whole_word_needs_no_enumeration);
	tcase_add_test(t, test_variants);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(check_suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
