/* SPDX-License-Identifier: MIT */
/*
 * test_fmt.c - the layout changes nothing but the layout, and is stable
 */
#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/ast.h"
#include "dsl/diag.h"
#include "dsl/fmt.h"
#include "dsl/fmt_diff.h"

static char *dump_text(struct arena *arena, const char *text, unsigned *errors)
{
	struct sources sources;
	struct diag *d;
	char *dumped = NULL;
	size_t size;
	FILE *out = open_memstream(&dumped, &size);

	sources_init(&sources, arena);
	d = diag_new(&sources, arena);
	ast_dump(ast_parse_alone(&sources, d, source_add(&sources, "t.pt", text, strlen(text))), out);
	fclose(out);
	*errors = diag_errors(d);
	return dumped;
}

/* --- every description there is --- */

static const char *const patterns[] = {
	"tests/golden/parse/*.pt", "tests/golden/ok/*.pt", "formats/*.pt", "formats/*.pti",
};

static void check_file(const char *path)
{
	struct arena *arena = arena_new();
	struct sources sources;
	const char *why = NULL, *text, *once, *twice;
	unsigned errors;
	char *before, *after;
	uint32_t file;

	sources_init(&sources, arena);
	file = source_load(&sources, path, &why);
	ck_assert_msg(file, "%s: %s", path, why);
	text = sources.files[file].text;
	before = dump_text(arena, text, &errors);
	ck_assert_msg(!errors, "%s has errors", path);
	once = fmt_text(arena, text, strlen(text));
	twice = fmt_text(arena, once, strlen(once));
	after = dump_text(arena, once, &errors);
	ck_assert_msg(!errors, "%s has errors when it is laid out", path);
	ck_assert_msg(!strcmp(before, after), "%s means something else when it is laid out", path);
	ck_assert_msg(!strcmp(once, twice), "%s changes when it is laid out again", path);
	free(before);
	free(after);
	arena_free(arena);
}

START_TEST(all_files)
{
	glob_t found;
	size_t i;

	if (glob(patterns[_i], 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		check_file(found.gl_pathv[i]);
	globfree(&found);
}
END_TEST

/* --- layouts, letter by letter --- */

static const struct {
	const char *before, *after;
} layouts[] = {
	{ "", "" },
	{ "\n\n\n# x\n\n\n", "# x\n" },
	{ ";\nformat f {\n;;\npa 4;;\n\n;\npa 5\n}", "format f {\n    pa  4\n\n    pa  5\n}\n" },
	{ "format a{\npa 4;\n\n\n}\n\n\n\nformat b:a{}",
	  "format a {\n    pa  4\n}\n\nformat b : a { }\n" },
	{ "format f {\nfields p {\nV[0]\nPPN [53 : 10]->pa [ 55:12 ] # x\n-[9 : 8] soft\n}\n}",
	  "format f {\n    fields p {\n        V    [0]\n        PPN  [53:10]  -> pa[55:12]        # x\n"
	  "        -    [9:8]    soft\n    }\n}\n" },
	{ "format f {\nfields p {\nAP [15][11:10] if a&b else res0\nzero->pa[11 : 0] when X = 1\n}\n}",
	  "format f {\n    fields p {\n        AP    [15] [11:10]  if a & b else res0\n"
	  "        zero                -> pa[11:0]  when X=1\n    }\n}\n" },
	{ "format f {\nfirst {\ninvalid a when V = 0\npage long_name of p at 1 .. 0 otherwise low zero else m\n}\n}",
	  "format f {\n    first {\n        invalid a                        when V=0\n"
	  "        page    long_name of p  at 1..0  otherwise  low zero else m\n    }\n}\n" },
	{ "format f {\nattr w=RW tables&RW\nattr memtype=pat[ {A , B} ]\nattr g = ! ( X else 0 )\n}",
	  "format f {\n    attr w       = RW  tables & RW\n    attr memtype = pat[{A,B}]\n"
	  "    attr g       = !(X else 0)\n}\n" },
	{ "format f {\nmap A->x,y{\n0b01=1,- # one\n10=[1:0],wb alias\n}\n}",
	  "format f {\n    map A -> x, y {\n        0b01 = 1, -                       # one\n"
	  "        10   = [1:0], wb  alias\n    }\n}\n" },
	{ "format f {\ndeny a when x|\ny\n    deny longer when z\n# between\n}",
	  "format f {\n    deny a      when x |\n            y\n    deny longer when z\n    # between\n}\n" },
	{ "enum e{a = 1,b}\nnest n=a over b\n",
	  "enum e { a=1, b }\nnest n = a over b\n" },
	{ "format f {\r\n\tva 3  signed\t# t \r\n\tva ignore[3:2]if x\n}",
	  "format f {\n    va  3 signed                          # t\n    va  ignore [3:2] if x\n}\n" },
};

START_TEST(layout)
{
	struct arena *arena = arena_new();

	ck_assert_str_eq(fmt_text(arena, layouts[_i].before, strlen(layouts[_i].before)), layouts[_i].after);
	ck_assert_str_eq(fmt_text(arena, layouts[_i].after, strlen(layouts[_i].after)), layouts[_i].after);
	arena_free(arena);
}
END_TEST

/* --- the diff --- */

static const struct {
	const char *before, *after, *diff;
} diffs[] = {
	{ "a\nb\n", "a\nb\n", "" },
	{ "a\n", " a\n", "--- p\n+++ p\n@@ -1,1 +1,1 @@\n-a\n+ a\n" },
	{ "1\n2\n3\n4\n5\nx\n7\n8\n9\n10\n", "1\n2\n3\n4\n5\ny\n7\n8\n9\n10\n",
	  "--- p\n+++ p\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-x\n+y\n 7\n 8\n 9\n" },
	{ "a\n\n\nb\n", "a\n\nb\n", "--- p\n+++ p\n@@ -1,4 +1,3 @@\n a\n \n-\n b\n" },
	{ "x\n1\n2\n3\n4\n5\n6\n7\nx\n", "y\n1\n2\n3\n4\n5\n6\n7\ny\n",
	  "--- p\n+++ p\n@@ -1,4 +1,4 @@\n-x\n+y\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-x\n+y\n" },
	{ "x\n1\n2\n3\n4\nx\n", "y\n1\n2\n3\n4\ny\n",
	  "--- p\n+++ p\n@@ -1,6 +1,6 @@\n-x\n+y\n 1\n 2\n 3\n 4\n-x\n+y\n" },
	{ "", "a\n", "--- p\n+++ p\n@@ -0,0 +1,1 @@\n+a\n" },
};

START_TEST(diff)
{
	struct arena *arena = arena_new();
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	fmt_diff(arena, "p", diffs[_i].before, diffs[_i].after, out);
	fclose(out);
	ck_assert_str_eq(got, diffs[_i].diff);
	free(got);
	arena_free(arena);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("fmt");
	TCase *t = tcase_create("fmt");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, all_files, 0, COUNT(patterns));
	tcase_add_loop_test(t, layout, 0, COUNT(layouts));
	tcase_add_loop_test(t, diff, 0, COUNT(diffs));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
