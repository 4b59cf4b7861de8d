/* SPDX-License-Identifier: MIT */
/*
 * test_cexpr.c - nodes as C: what is tested in place, where parentheses stand
 *
 * That the text means what the evaluator computes is shown by tests/diff.
 */

#include <check.h>

#include "gen/emit/cexpr.h"

#define N(...) { __VA_ARGS__ }

static const struct ptg_node nodes[] = {
	/* 0 */ N(.op = PTG_OP_ENTRY, .lo = 0, .width = 1),
	/* 1 */ N(.op = PTG_OP_ENTRY, .lo = 1, .width = 3),
	/* 2 */ N(.op = PTG_OP_CONST, .imm = 5),
	/* 3 */ N(.op = PTG_OP_EQ, .a = 1, .b = 2),
	/* 4 */ N(.op = PTG_OP_NOT, .a = 0),
	/* 5 */ N(.op = PTG_OP_AND, .a = 0, .b = 3),
	/* 6 */ N(.op = PTG_OP_ATTR, .a = 0),
	/* 7 */ N(.op = PTG_OP_ACCESS, .imm = PTG_WRITE),
	/* 8 */ N(.op = PTG_OP_NOT, .a = 6),
	/* 9 */ N(.op = PTG_OP_AND, .a = 7, .b = 8),
	/* 10 */ N(.op = PTG_OP_ACCESS, .imm = PTG_USER),
	/* 11 */ N(.op = PTG_OP_OR, .a = 9, .b = 10),
	/* 12 */ N(.op = PTG_OP_FEATURE, .a = 0),
	/* 13 */ N(.op = PTG_OP_ENTRY, .lo = 61, .width = 2),
	/* 14 */ N(.op = PTG_OP_MUL, .a = 12, .b = 13),
	/* 15 */ N(.op = PTG_OP_CONST, .imm = 3),
	/* 16 */ N(.op = PTG_OP_EQ, .a = 14, .b = 15),
	/* 17 */ N(.op = PTG_OP_CTX, .lo = 64, .width = 32),
	/* 18 */ N(.op = PTG_OP_CTX_AT, .lo = 64, .width = 8, .b = 1, .imm = 8),
	/* 19 */ N(.op = PTG_OP_PARAM, .a = 0),
	/* 20 */ N(.op = PTG_OP_SUB, .a = 19, .b = 2),
	/* 21 */ N(.op = PTG_OP_CAT, .a = 13, .b = 1, .width = 3),
	/* 22 */ N(.op = PTG_OP_LE, .a = 2, .b = 20),
	/* 23 */ N(.op = PTG_OP_CONST, .imm = 0x28),
	/* 24 */ N(.op = PTG_OP_DSLICE, .a = 23, .b = 1, .c = 1),
	/* 25 */ N(.op = PTG_OP_CONST, .imm = 0x8),
	/* 26 */ N(.op = PTG_OP_DSLICE, .a = 25, .b = 13, .c = 13),
	/* 27 */ N(.op = PTG_OP_NE, .a = 21, .b = 2),
	/* 28 */ N(.op = PTG_OP_ENTRY, .lo = 62, .width = 6),
	/* 29 */ N(.op = PTG_OP_AND, .a = 12, .b = 0),
	/* 30 */ N(.op = PTG_OP_AND, .a = 6, .b = 11),
	/* 31 */ N(.op = PTG_OP_BITAND, .a = 1, .b = 15),
	/* 32 */ N(.op = PTG_OP_CONST, .imm = 2),
	/* 33 */ N(.op = PTG_OP_EQ, .a = 31, .b = 32),
	/* 34 */ N(.op = PTG_OP_OR, .a = 3, .b = 29),
	/* 35 */ N(.op = PTG_OP_ADD, .a = 20, .b = 1),
};

static const struct ptg_attr attrs[] = { { .name = "w", .width = 1 } };
static const struct ptg_feature_def features[] = { { .name = "pbmt" } };
static const struct ptg_param_def params[] = { { .name = "bits", .shift = 24 } };
static const struct mask_name names[] = { { 0x1, "F_V" }, { 0xe, "F_XWR" }, { UINT64_C(3) << 61, "F_PBMT" } };
static const char *const attr_names[] = { "w" };

static const struct {
	unsigned node;
	const char *truth, *value;
} texts[] = {
	{ 0, "e & F_V", "e & 1" },
	{ 1, "e >> 1 & 7", "e >> 1 & 7" },
	{ 3, "(e & F_XWR) == 0xa", "(uint64_t)((e & F_XWR) == 0xa)" },
	{ 4, "!(e & F_V)", "(uint64_t)(!(e & F_V))" },
	{ 5, "(e & (F_V | F_XWR)) == 0xb", NULL }, /* two tests of one word are one */
	{ 9, "(access & 2) && !w", NULL },
	{ 11, "((access & 2) && !w) || (access & 8)", NULL },
	{ 16, "(s->config[0] & F_HAS_PBMT) && (e & F_PBMT) == F_PBMT", NULL },
	{ 17, NULL, "s->ctx[1] & 0xffffffff" },
	{ 18, NULL, "ptg_shr_(s->ctx[1], (unsigned)(8 * (e >> 1 & 7))) & 0xff" },
	{ 20, NULL, "(s->config[0] >> 24 & 0xff) - 5" },
	{ 21, NULL, "(e >> 1 & 7) | (e >> 58 & 0x18)" },
	{ 22, "5 <= (s->config[0] >> 24 & 0xff) - 5", NULL },
	{ 24, "(0x28u >> (unsigned)(e >> 1 & 7)) & 1", NULL },
	{ 26, "(e & F_PBMT) == F_PBMT", NULL }, /* a set of one value */
	{ 27, "(e & (F_XWR | F_PBMT)) != 0xa", NULL },
	{ 28, NULL, "(e >> 62 | e_hi << 2) & 0x3f" },
	{ 33, "(e & 6) == 4", NULL },
	{ 34, "(e & F_XWR) == 0xa || ((s->config[0] & F_HAS_PBMT) && (e & F_V))", NULL },
	{ 35, NULL, "(s->config[0] >> 24 & 0xff) - 5 + (e >> 1 & 7)" },
};

static const struct {
	unsigned node;
	const char *six;
} rights[] = {
	{ 7, "0x12u" },
	{ 9, "!w ? 0x12u : 0" },
	{ 11, "(!w ? 0x12u : 0) | 0x07u" },
	{ 30, "w ? ((!w ? 0x12u : 0) | 0x07u) : 0" },
};

static struct ptg_format format;
static struct arena *arena;
static struct cexpr x;

static void set_up(void)
{
	format = (struct ptg_format){ .nodes = nodes, .attrs = attrs, .attr_count = 1, .features = features,
				      .feature_count = 1, .params = params, .param_count = 1 };
	arena = arena_new();
	cexpr_init(&x, arena, &format, "f", "F");
	x.names = names;
	x.name_count = 3;
	x.attr = attr_names;
}

static void tear_down(void)
{
	arena_free(arena);
}

START_TEST(text)
{
	if (texts[_i].truth)
		ck_assert_str_eq(cexpr_truth(&x, texts[_i].node), texts[_i].truth);
	if (texts[_i].value)
		ck_assert_str_eq(cexpr_value(&x, texts[_i].node), texts[_i].value);
}
END_TEST

START_TEST(six)
{
	ck_assert_str_eq(cexpr_rights(&x, rights[_i].node), rights[_i].six);
}
END_TEST

START_TEST(known_access)
{
	x.access_known = true;
	x.access_value = PTG_READ;
	ck_assert_str_eq(cexpr_truth(&x, 11), "0");
	x.access_value = PTG_WRITE;
	ck_assert_str_eq(cexpr_truth(&x, 11), "!w");
	x.access_value = PTG_USER | PTG_READ;
	ck_assert_str_eq(cexpr_truth(&x, 11), "1");
}
END_TEST

/* A field whose bits are 0 while its feature is off needs no look at the feature. */
START_TEST(switched_off)
{
	const uint64_t zero[32] = { UINT64_C(3) << 61 };

	x.off_zero = zero;
	ck_assert_str_eq(cexpr_value(&x, 14), "e >> 61 & 3");
	ck_assert_str_eq(cexpr_truth(&x, 16), "(e & F_PBMT) == F_PBMT");
	ck_assert_str_eq(cexpr_truth(&x, 29), "(s->config[0] & F_HAS_PBMT) && (e & F_V)"); /* bit 0 is not known to be */
}
END_TEST

START_TEST(cubes)
{
	uint64_t mask[2] = { 0, 0 }, value[2] = { 0, 0 };
	unsigned bit;
	bool negated;

	ck_assert(cexpr_cube(&x, 5, mask, value));
	ck_assert_uint_eq(mask[0], 0xf);
	ck_assert_uint_eq(value[0], 0xb);
	ck_assert(!cexpr_cube(&x, 4, mask, value)); /* contradicts what is there */
	ck_assert(!cexpr_cube(&x, 9, mask, value)); /* not about the entry */
	ck_assert(cexpr_bit(&x, 4, &bit, &negated) && bit == 0 && negated);
	ck_assert(!cexpr_bit(&x, 1, &bit, &negated));
}
END_TEST

/* An entry of which two bits were inverted when it was looked at. */
START_TEST(looked_at)
{
	x.entry = "(e ^ 3)";
	x.looked = "e";
	x.flipped = 3;
	ck_assert_str_eq(cexpr_truth(&x, 0), "!(e & F_V)");
	ck_assert_str_eq(cexpr_truth(&x, 4), "e & F_V");
	ck_assert_str_eq(cexpr_truth(&x, 3), "(e & F_XWR) == 8");
	ck_assert_str_eq(cexpr_value(&x, 13), "e >> 61 & 3");
	ck_assert_str_eq(cexpr_value(&x, 1), "(e ^ 3) >> 1 & 7"); /* one of the bits is inverted */
}
END_TEST

static const char *kept;

static const char *keep(void *arg, const char *said)
{
	kept = said;
	return *(const bool *)arg ? "word" : NULL;
}

/* What no entry changes is kept in a word, where there is room. */
START_TEST(kept_once)
{
	bool room = true;

	x.once = keep;
	x.once_arg = &room;
	ck_assert_str_eq(cexpr_truth(&x, 29), "e & word");
	ck_assert_str_eq(kept, "(s->config[0] & F_HAS_PBMT) ? F_V : 0");
	ck_assert_str_eq(cexpr_untruth(&x, 29), "!(e & word)");
	ck_assert_str_eq(cexpr_value(&x, 14), "e >> 61 & word");
	ck_assert_str_eq(kept, "(s->config[0] & F_HAS_PBMT) ? 3 : 0");
	ck_assert_str_eq(cexpr_truth(&x, 9), "(access & 2) && !w");
	room = false;
	ck_assert_str_eq(cexpr_truth(&x, 29), "(s->config[0] & F_HAS_PBMT) && (e & F_V)");
}
END_TEST

START_TEST(computed_before)
{
	static const uint16_t node[] = { 14 };

	x.computed = node;
	ck_assert_str_eq(cexpr_value(&x, 14), "w");
	ck_assert_str_eq(cexpr_value(&x, 13), "e >> 61 & 3");
}
END_TEST

START_TEST(questions)
{
	ck_assert(cexpr_settled(&format, 20));
	ck_assert(!cexpr_settled(&format, 29));
	ck_assert_uint_eq(cexpr_va_bits(&format, 11), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cexpr");
	TCase *t = tcase_create("text");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, text, 0, sizeof(texts) / sizeof(*texts));
	tcase_add_loop_test(t, six, 0, sizeof(rights) / sizeof(*rights));
	tcase_add_test(t, known_access);
	tcase_add_test(t, switched_off);
	tcase_add_test(t, cubes);
	tcase_add_test(t, looked_at);
	tcase_add_test(t, kept_once);
	tcase_add_test(t, computed_before);
	tcase_add_test(t, questions);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
