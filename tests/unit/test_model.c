/* SPDX-License-Identifier: MIT */
/*
 * test_model.c - inheritance, levels, `at`, numbers and places of a description
 *
 * What is expected is read off the text of each description by the rules of the
 * language; nothing here is computed by the code under test.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/model.h"
#include "runtime/ptg.h"

static struct arena *arena;
static struct sources sources;
static struct diag *diag;
static struct model *model;

static void build(const char *text)
{
	struct ast *ast;

	sources_init(&sources, arena);
	diag = diag_new(&sources, arena);
	ast = ast_parse(&sources, diag, source_add(&sources, "t.pt", text, strlen(text)));
	model = model_build(ast, diag);
}

static const struct model_format *format(const char *name)
{
	const struct model_format *f = model_find(model, name);

	if (diag_errors(diag))
		diag_flush(diag, stderr, false);
	ck_assert_uint_eq(diag_errors(diag), 0);
	ck_assert_msg(f != NULL, "no format %s", name);
	return f;
}

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

static const struct model_kind *kind(const struct model_format *f, const char *name)
{
	for (const struct model_kind *k = f->kinds; k; k = k->next)
		if (strcmp(k->name, name) == 0)
			return k;
	ck_abort_msg("no kind %s", name);
	return NULL;
}

/* The names of a format's kinds, in order. */
static const char *kinds_text(const struct model_format *f)
{
	const char *text = "";

	for (const struct model_kind *k = f->kinds; k; k = k->next)
		text = arena_printf(arena, "%s%s%s", text, text[0] ? " " : "", k->name);
	return text;
}

/* --- inheritance --------------------------------------------------------------- */

static const char family[] =
	"format base {\n"
	"    va 39 signed\n    pa 56\n    entry 64 little\n"
	"    feature one, two off\n    context sum\n"
	"    fields any { V [0]; L [1] }\n"
	"    fields pte : any { - [11:2] ignored; ADDR [63:12] -> pa[63:12] }\n"
	"    first {\n"
	"        invalid empty when V=0\n"
	"        invalid odd at 2 when L=1\n"
	"        invalid odd at 1 when L=1\n"
	"        table dir of pte at 4..1 when L=0\n"
	"        page leaf of pte otherwise\n"
	"    }\n"
	"    attr w = V\n    deny permission when write & !w\n"
	"    select satp.MODE = 8\n"
	"}\n"
	"format small : base {\n"
	"    feature two, three\n    context sum = 1, more\n"
	"    level 2 va[38:30]\n    level 1 va[29:21]\n    level 0 va[20:12]\n"
	"    fields any { V [1]; L [0] }\n"
	"    invalid odd at 0 when L=1\n"
	"    invalid extra when e[5]=1\n"
	"    attr w = L\n    attr x = V\n    deny permission when fetch & !x\n"
	"    select satp.MODE = 9\n"
	"}\n"
	"format large : small {\n"
	"    va 48 signed\n    level 3 va[47:39]\n"
	"}\n";

START_TEST(test_replaced_in_place)
{
	const struct model_format *f;

	build(family);
	f = format("small");
	/* Both `odd` give way to the new one where the first stood; what is new comes before `otherwise`. */
	ck_assert_str_eq(kinds_text(f), "empty odd dir extra leaf");
	ck_assert_uint_eq(kind(f, "odd")->at, 1u << 2);
	ck_assert_uint_eq(kind(f, "extra")->group, kind(f, "leaf")->group);
	ck_assert_str_eq(kinds_text(format("base")), "empty odd odd dir leaf");
}
END_TEST

START_TEST(test_base_of_a_layout_is_looked_up_in_the_derived_format)
{
	const struct model_field *v;

	build(family);
	v = model_layout_field(kind(format("small"), "leaf")->layout, "V");
	ck_assert_ptr_nonnull(v);
	ck_assert_uint_eq(v->ast->pieces->at.first->value, 1);
	v = model_layout_field(kind(format("base"), "leaf")->layout, "V");
	ck_assert_uint_eq(v->ast->pieces->at.first->value, 0);
}
END_TEST

START_TEST(test_lists_are_merged)
{
	const struct model_format *f;

	build(family);
	f = format("small");
	ck_assert_uint_eq(f->feature_count, 3);
	ck_assert(!f->features[model_find_feature(f, "two")].off);
	ck_assert(format("base")->features[model_find_feature(f, "two")].off);
	ck_assert_uint_eq(f->context_count, 2);
	ck_assert_uint_eq(f->contexts[model_find_context(f, "sum")].value, 1);
	ck_assert_str_eq(f->attrs->name, "w");
	ck_assert_str_eq(f->attrs->ast->expr->name, "L");
	ck_assert_str_eq(f->attrs->next->name, "x");
	ck_assert_ptr_nonnull(f->denies->next);
	ck_assert_ptr_null(f->denies->next->next);
	ck_assert_uint_eq(f->selects->ast->value->value, 9);
	ck_assert_ptr_null(f->selects->next);
}
END_TEST

START_TEST(test_a_new_level_stands_on_top)
{
	const struct model_format *f;

	build(family);
	f = format("large");
	ck_assert_uint_eq(f->level_count, 4);
	ck_assert_str_eq(f->levels[0].name, "3");
	ck_assert_uint_eq(f->levels[0].depth, 3);
	ck_assert_int_eq(f->levels[1].after, 0);
	ck_assert_int_eq(f->va_bits, 48);
	ck_assert_uint_eq(kind(f, "dir")->at, 7);       /* 4..1: from the first level to level 1 */
	ck_assert_uint_eq(kind(format("small"), "dir")->at, 3);
}
END_TEST

START_TEST(test_a_block_may_extend_the_one_it_replaces)
{
	const struct model_layout *l;

	build("format base { pa 32; entry 32 little; fields pte { V [0]; A [1] } }\n"
	      "format f : base { va 12 unsigned; level 0 va[11:2]; fields pte : pte { A [2]; D [3] }; page p when V=1 }\n");
	l = format("f")->layouts;
	ck_assert_ptr_nonnull(model_layout_field(l, "V"));
	ck_assert_uint_eq(model_layout_field(l, "A")->ast->pieces->at.first->value, 2);
	ck_assert_ptr_nonnull(model_layout_field(l, "D"));
}
END_TEST

/* --- levels ------------------------------------------------------------------------ */

#define REST "pa 48\n entry 64 little\n fields pte { V [0]; - [63:1] ignored }\n"

START_TEST(test_tree_of_levels)
{
	const struct model_format *f;

	build("format f { va 49 unsigned\n" REST
	      "level pd1 va[48:29]\n level pd0 va[28:21] entry 128\n level big va[20:16] after pd0\n level small va[20:12] after pd0\n"
	      "page a at pd1..big when V=1\n page b at pd1..small when V=1\n page c at big, small when V=0\n}");
	f = format("f");
	ck_assert_uint_eq(kind(f, "a")->at, 7);
	ck_assert_uint_eq(kind(f, "b")->at, 11);
	ck_assert_uint_eq(kind(f, "c")->at, 12);
	ck_assert_int_eq(f->levels[3].after, 1);
	ck_assert_int_eq(model_next_level(f, 1), 2);
	ck_assert_int_eq(model_next_level(f, 2), -1);
	ck_assert_uint_eq(f->levels[0].number, 1);      /* pd1 */
	ck_assert_uint_eq(f->levels[2].number, 1);      /* big: its depth */
	ck_assert_int_eq(model_page_lg2(f, 2), 16);
	ck_assert_uint_eq(f->layouts->entry_bits, 128);
}
END_TEST

START_TEST(test_names_of_levels)
{
	const struct model_format *f;

	build("format f { va 52 unsigned\n" REST "level m1 va[51:48]\n level 0 va[47:39]\n level pml4 va[38:30]\n level pd va[29:12]\n page p when V=1 }");
	f = format("f");
	ck_assert_uint_eq(f->levels[0].number, 3);      /* level -1: its depth */
	ck_assert_uint_eq(f->levels[1].number, 0);
	ck_assert_uint_eq(f->levels[2].number, 4);
	ck_assert_uint_eq(f->levels[3].number, 0);
}
END_TEST

START_TEST(test_most_significant_first)
{
	const struct model_format *f;
	struct model_config c;
	struct model_where w;
	int hi, lo;

	build("format f { bits msb0; va 64 unsigned; pa 64; entry 32 big\n"
	      "level pt va[44:51]\n fields pte { A [0:19] -> pa[32:51]; V [31] }\n page p when V=1 }");
	f = format("f");
	ck_assert_int_eq(f->levels[0].hi, 19);
	ck_assert_int_eq(f->levels[0].lo, 12);
	model_default_config(f, &c);
	w = (struct model_where){ f, &c, -1, -1 };
	ck_assert(model_range(&w, &model_layout_field(f->layouts, "A")->ast->pieces->at, 32, &hi, &lo));
	ck_assert_int_eq(hi, 31);
	ck_assert_int_eq(lo, 12);
	ck_assert_str_eq(model_bit_text(arena, f, 32, 9, 8), "[22:23]");
	ck_assert_str_eq(model_bit_text(arena, f, 64, 0, 0), "[63]");
}
END_TEST

START_TEST(test_dynamic_levels)
{
	const struct model_format *f;

	build("format f { bits msb0; va 52 unsigned; " REST " levels 4 dynamic va[12:51]\n page p when V=1 }");
	f = format("f");
	ck_assert(f->dynamic && f->concrete);
	ck_assert_uint_eq(f->level_count, 4);
	ck_assert_uint_eq(f->levels[0].depth, 3);
	ck_assert_int_eq(f->levels[0].hi, 51);
	ck_assert_int_eq(f->levels[3].lo, 12);
	ck_assert_int_eq(model_page_lg2(f, 0), -1);
}
END_TEST

/* --- numbers, contexts, faults ------------------------------------------------------- */

START_TEST(test_folding)
{
	const struct model_format *f;
	struct model_config c;
	struct model_where w;
	int64_t v;

	build("enum e { a, b = 5, c }\n"
	      "format f { va 30 unsigned; " REST " param p = 40 in 36..52; feature x, y off\n"
	      "level 1 va[29:21]\n level 0 va[20:12]\n page k when V=1\n"
	      "attr t1 = p-page+1\n attr t2 = c*level\n attr t3 = y\n attr t4 = V\n attr t5 = (x & !y)\n attr t6 = p in 30..39, 40\n }");
	f = format("f");
	model_default_config(f, &c);
	w = (struct model_where){ f, &c, model_page_lg2(f, 0), 0 };
#define VALUE(name, want) do { ck_assert(model_fold(&w, model_find_attr(f, name)->ast->expr, &v)); ck_assert_int_eq(v, want); } while (0)
	VALUE("t1", 40 - 21 + 1);
	VALUE("t2", 6 * 1);
	VALUE("t3", 0);
	VALUE("t5", 1);
	VALUE("t6", 1);
#undef VALUE
	ck_assert(!model_fold(&w, model_find_attr(f, "t4")->ast->expr, &v));
	ck_assert(model_uses_param(f, model_find_attr(f, "t1")->ast->expr));
	ck_assert(!model_uses_param(f, model_find_attr(f, "t2")->ast->expr));
	ck_assert_int_eq(f->params[0].min, 36);
	ck_assert_int_eq(f->params[0].max, 52);
}
END_TEST

START_TEST(test_contexts_do_not_straddle_words)
{
	const struct model_format *f;

	build("format f { va 30 unsigned; " REST " context wp = 1, pat[8]:8 = 0x0007_0406_0007_0406, pkru[32], sum, dacr[16]:2\n"
	      "level 0 va[29:12]\n page k when V=1 }");
	f = format("f");
	ck_assert_uint_eq(f->contexts[0].lo, 0);
	ck_assert_uint_eq(f->contexts[1].lo, 64);
	ck_assert_uint_eq(f->contexts[1].width, 8);
	ck_assert_uint_eq(f->contexts[2].lo, 128);
	ck_assert_uint_eq(f->contexts[3].lo, 160);
	ck_assert_uint_eq(f->contexts[4].lo, 192);    /* 32 bits from 161 on would cross a word */
}
END_TEST

START_TEST(test_classes_of_faults)
{
	const struct model_format *f;

	build("format f { va 30 unsigned; " REST " fault gone is length\n level 0 va[29:12]\n"
	      "invalid gone when V=0\n page k when V=1 }");
	f = format("f");
	ck_assert_int_eq(model_fault_class(f, "gone", PTG_F_NOT_PRESENT), PTG_F_LENGTH);
	ck_assert_int_eq(model_fault_class(f, "other", PTG_F_PERMISSION), PTG_F_PERMISSION);
	ck_assert_int_eq(model_fault_class(f, "reserved_row", PTG_F_PERMISSION), PTG_F_RESERVED);
}
END_TEST

Suite *model_suite(void);
Suite *model_suite(void)
{
	Suite *s = suite_create("model");
	TCase *t = tcase_create("model");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_replaced_in_place);
	tcase_add_test(t, test_base_of_a_layout_is_looked_up_in_the_derived_format);
	tcase_add_test(t, test_lists_are_merged);
	tcase_add_test(t, test_a_new_level_stands_on_top);
	tcase_add_test(t, test_a_block_may_extend_the_one_it_replaces);
	tcase_add_test(t, test_tree_of_levels);
	tcase_add_test(t, test_names_of_levels);
	tcase_add_test(t, test_most_significant_first);
	tcase_add_test(t, test_dynamic_levels);
	tcase_add_test(t, test_folding);
	tcase_add_test(t, test_contexts_do_not_straddle_words);
	tcase_add_test(t, test_classes_of_faults);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(model_suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
