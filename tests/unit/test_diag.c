/* SPDX-License-Identifier: MIT */
/*
 * test_diag.c - places, carets, order, repetition, -W; and the closest name
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/diag.h"

static struct arena *arena;
static struct sources sources;
static struct diag *d;
static uint32_t file;

static void start(const char *text)
{
	arena = arena_new();
	sources_init(&sources, arena);
	d = diag_new(&sources, arena);
	file = source_add(&sources, "t.pt", text, strlen(text));
}

/* The place of the n-th letter `c`, `length` bytes long. */
static struct span at(char c, uint32_t length)
{
	uint32_t start_at = (uint32_t)strcspn(sources.files[file].text, (char[]){ c, '\0' });

	return (struct span){ file, start_at, start_at + length };
}

static void expect(const char *want)
{
	char *got = NULL;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	diag_flush(d, out, false);
	fclose(out);
	ck_assert_str_eq(got, want);
	free(got);
	arena_free(arena);
}

START_TEST(anatomy)
{
	start("one\n\t\tTwo three\n");
	diag_report(d, DIAG_SYNTAX, at('T', 3), "wrong %d", 7);
	diag_note(d, at('o', 3), "see here");
	diag_help(d, "write '%s'", "two");
	diag_help(d, "not this too");
	expect("t.pt:2:3: error: wrong 7 [syntax]\n"
	       "    2 | \t\tTwo three\n"
	       "      | \t\t^~~\n"
	       "t.pt:1:1: note: see here\n"
	       "    1 | one\n"
	       "      | ^~~\n"
	       "      = help: write 'two'\n");
}
END_TEST

START_TEST(order_and_repetition)
{
	start("a b\nc\n");
	diag_report(d, DIAG_SYNTAX, at('c', 1), "last");
	diag_report(d, DIAG_SYNTAX, at('b', 1), "same");
	diag_report(d, DIAG_SYNTAX, at('a', 1), "first");
	diag_report(d, DIAG_SYNTAX, at('a', 1), "same");
	diag_note(d, at('c', 1), "of a report that was dropped");
	diag_report(d, DIAG_FILE, (struct span){ 0, 0, 0 }, "nowhere");
	ck_assert_uint_eq(diag_errors(d), 4);
	expect("ptgen: error: nowhere [file]\n"
	       "t.pt:1:1: error: first [syntax]\n    1 | a b\n      | ^\n"
	       "t.pt:1:3: error: same [syntax]\n    1 | a b\n      |   ^\n"
	       "t.pt:2:1: error: last [syntax]\n    2 | c\n      | ^\n");
}
END_TEST

START_TEST(formats)
{
	start("a\nb\n");
	diag_in_format(d, "sv39");
	diag_report(d, DIAG_SYNTAX, at('a', 1), "in all");
	diag_report(d, DIAG_SYNTAX, at('b', 1), "in one");
	diag_in_format(d, "sv48");
	diag_report(d, DIAG_SYNTAX, at('a', 1), "in all");
	diag_in_format(d, "sv57");
	diag_report(d, DIAG_SYNTAX, at('a', 1), "in all");
	diag_report(d, DIAG_SYNTAX, at('a', 1), "in all");
	ck_assert_uint_eq(diag_errors(d), 2);
	expect("t.pt:1:1: error: in all (in sv39, sv48, sv57) [syntax]\n    1 | a\n      | ^\n"
	       "t.pt:2:1: error: in one [syntax]\n    2 | b\n      | ^\n");
}
END_TEST

/* Nothing that a terminal would obey; of a long line only what is near. */
START_TEST(strange_lines)
{
	char text[1000];

	start("x\033[2J\200y\r\nz");
	diag_report(d, DIAG_SYNTAX, at('y', 1), "y");
	diag_report(d, DIAG_SYNTAX, (struct span){ file, 9, 9 }, "at the end");
	expect("t.pt:1:7: error: y [syntax]\n    1 | x?[2J?y\n      |       ^\n"
	       "t.pt:2:1: error: at the end [syntax]\n    2 | z\n      | ^\n");
	memset(text, '.', sizeof(text));
	text[500] = 'q';
	text[999] = '\0';
	start(text);
	diag_report(d, DIAG_SYNTAX, at('q', 400), "q");
	expect("t.pt:1:501: error: q [syntax]\n"
	       "    1 | ...................................................................................................."
	       "q...........................................................\n"
	       "      |                                                                                                     "
	       "^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n");
}
END_TEST

START_TEST(options)
{
	int warning = -1, i;
	char word[100];

	start("a\n");
	for (i = 0; i < DIAG_COUNT_ && warning < 0; i++)
		if (diag_id_severity((enum diag_id)i) == SEVERITY_WARNING)
			warning = i;
	ck_assert(!diag_option(d, "no-such-thing"));
	ck_assert(!diag_option(d, "error=such-thing"));
	/* What is an error by nature stays one. */
	ck_assert(diag_option(d, "no-syntax"));
	diag_report(d, DIAG_SYNTAX, at('a', 1), "x");
	ck_assert_uint_eq(diag_errors(d), 1);
	if (warning >= 0) {
		diag_report(d, (enum diag_id)warning, at('a', 1), "1");
		ck_assert_uint_eq(diag_warnings(d), 1);
		snprintf(word, sizeof(word), "no-%s", diag_id_text((enum diag_id)warning));
		ck_assert(diag_option(d, word));
		diag_report(d, (enum diag_id)warning, at('a', 1), "2");
		ck_assert_uint_eq(diag_warnings(d), 1);
		snprintf(word, sizeof(word), "error=%s", diag_id_text((enum diag_id)warning));
		ck_assert(diag_option(d, word));
		diag_report(d, (enum diag_id)warning, at('a', 1), "3");
		ck_assert_uint_eq(diag_errors(d), 2);
		ck_assert(diag_option(d, diag_id_text((enum diag_id)warning)));
		ck_assert(diag_option(d, "error"));
		diag_report(d, (enum diag_id)warning, at('a', 1), "4");
		ck_assert_uint_eq(diag_errors(d), 3);
	}
	arena_free(arena);
}
END_TEST

/* Every id has its line for docs/diagnostics.md, and is in kebab case. */
START_TEST(ids)
{
	int i;

	for (i = 0; i < DIAG_COUNT_; i++) {
		const char *id = diag_id_text((enum diag_id)i);

		ck_assert_uint_eq(strspn(id, "abcdefghijklmnopqrstuvwxyz-"), strlen(id));
		ck_assert_uint_gt(strlen(diag_id_doc((enum diag_id)i)), 20);
	}
}
END_TEST

static const struct {
	const char *word, *meant;
} closest[] = {
	{ "PNN", "PPN" }, { "ppn", "PPN" }, { "pdt", "pdpt" }, { "fileds", "fields" }, { "xyz", NULL },
	{ "feilds", "fields" }, { "fields", NULL }, { "", NULL }, { "Q", NULL }, { "field", "fields" },
	{ "memtyp", "memtype" }, { "reserved", NULL },
};

START_TEST(did_you_mean)
{
	static const char *const names[] = { "PPN", "R", "pdpt", "fields", "memtype", NULL, "" };
	const char *got = diag_did_you_mean(closest[_i].word, names, 7);

	if (closest[_i].meant)
		ck_assert_str_eq(got, closest[_i].meant);
	else
		ck_assert_ptr_null(got);
}
END_TEST

START_TEST(arenas)
{
	struct arena *a = arena_new();
	size_t n;
	char *p, *q;

	for (n = 1; n < (1u << 20); n = n * 3 + 1) {
		p = arena_array(a, n, 1);
		q = arena_copy(a, "text", 4);
		ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		ck_assert(p[0] == 0 && p[n - 1] == 0);
		memset(p, 1, n);
		ck_assert_str_eq(q, "text");
	}
	p = arena_grow(a, "abc", 3, 100, 1);
	ck_assert_str_eq(p, "abc");
	ck_assert_str_eq(arena_printf(a, "%s-%d", p, 5), "abc-5");
	arena_free(a);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("diag");
	TCase *t = tcase_create("diag");
	SRunner *sr;
	int failed;

	tcase_add_test(t, anatomy);
	tcase_add_test(t, order_and_repetition);
	tcase_add_test(t, formats);
	tcase_add_test(t, strange_lines);
	tcase_add_test(t, options);
	tcase_add_test(t, ids);
	tcase_add_loop_test(t, did_you_mean, 0, COUNT(closest));
	tcase_add_test(t, arenas);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
