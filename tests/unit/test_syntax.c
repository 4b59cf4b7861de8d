/* SPDX-License-Identifier: MIT */
/*
 * test_syntax.c - any bytes whatever: a bounded number of messages, no crash
 *
 * What the messages say is in tests/golden/err.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/ast.h"
#include "dsl/diag.h"
#include "dsl/fmt.h"

#define MESSAGES_MOST 51

/* Parse; print the messages into the void.  Return: how many errors. */
static unsigned errors_of(const char *text, size_t size)
{
	struct arena *arena = arena_new();
	struct sources sources;
	struct diag *d;
	FILE *nowhere = fopen("/dev/null", "w");
	unsigned n;

	sources_init(&sources, arena);
	d = diag_new(&sources, arena);
	ast_dump(ast_parse_alone(&sources, d, source_add(&sources, "t.pt", text, size)), nowhere);
	n = diag_errors(d);
	diag_flush(d, nowhere, true);
	fmt_text(arena, sources.files[1].text, size);
	fclose(nowhere);
	arena_free(arena);
	return n;
}

static unsigned count(const char *text)
{
	return errors_of(text, strlen(text));
}

static char *read_all(const char *path, size_t *size)
{
	FILE *in = fopen(path, "rb");
	char *text = malloc(1 << 16);

	ck_assert_msg(in != NULL, "%s", path);
	ck_assert_ptr_nonnull(text);
	*size = fread(text, 1, 1 << 16, in);
	fclose(in);
	return text;
}

/* --- one mistake, one message --- */

static const struct {
	const char *text;
	unsigned errors;
} mistakes[] = {
	{ "", 0 },
	{ "\n\n;\n", 0 },
	{ "# only a comment", 0 },
	{ "format f {", 1 },
	{ "format f { pa 4 } }", 1 },
	{ "format f { pa 4\nformat g { pa 4 }", 1 },
	{ "format f {\n fields p {\n V [0]\n attr r = 1\n va 3 signed\n}", 1 },
	{ "format f {\n fields p {\n V [0\n W [1]\n X [2]\n}\n attr r = 1\n}", 1 },
	{ "format f {\n attr r = (a & b\n attr w = (1)\n}", 1 },
	{ "format f {\n attr r = {A,B\n attr w = 1\n}", 1 },
	{ "format f {\n attr r = A[3\n level 2 va[3:0]\n}", 1 },
	{ "format f {\n attr r =\n attr w = 1\n}", 1 },
	{ "format f {\n filds p {\n V [0]\n W [1]\n }\n attr r = 1\n}", 1 },
	{ "format f {\n page p q of x {\n zero A\n }\n attr r = 1\n}", 1 },
	{ "format f {\n fields p { V [0\n W [1 }\n attr r = 1\n}", 2 },
	{ "format f {\n map A -> b { 0 = ; 1 = x; 2 }\n attr r = 1\n}", 2 },
	{ "format f {\n root r { A [1:0]; start A { 0 = ; 1 }\n }\n attr r = 1\n}", 2 },
	{ "format f {\n first {\n page\n pass\n page x\n }\n attr r = 1\n}", 2 },
	{ "level 3 va[2:1]\nlevel 2 va[1]\npa 4\nformat f { pa }\n", 2 },
	{ "enum e { a=, b, =c }\nformat f { pa 4 }", 1 },
	{ "enum e { a b\n c }\nformat f { pa 4 }", 1 },
	{ "import x\nnest a = b\nformat f { pa 4 }", 2 },
	{ "format f {\n attr a = 0xg\n attr b = $\n attr c = \"x\n attr d = 3\n}", 3 },
	{ "format f {\n attr a = b )\n attr c = d ]\n attr e = f\n}", 2 },
	{ "format f : {\n pa 4\n}\nformat g { pa }\n", 2 },
};

START_TEST(mistake)
{
	ck_assert_msg(count(mistakes[_i].text) == mistakes[_i].errors, "%u messages, expected %u, for:\n%s",
		      count(mistakes[_i].text), mistakes[_i].errors, mistakes[_i].text);
}
END_TEST

/* --- texts cut and bent --- */

static const char *const samples[] = {
	"tests/golden/parse/constructs.pt", "tests/golden/parse/riscv.pt", "tests/golden/parse/nvidia_v2.pt",
};

START_TEST(cut)
{
	size_t size, n;
	char *text = read_all(samples[_i], &size);

	for (n = 0; n < size; n += 3)
		ck_assert_uint_le(errors_of(text, n), MESSAGES_MOST);
	free(text);
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static const char bends[] = "{}[]()\n;,=-&|!#\"x0.:\0\377 ";

START_TEST(bent)
{
	uint32_t state = 1;
	size_t size, n;
	char *text = read_all(samples[_i], &size), *copy = malloc(size);
	unsigned i, change;

	ck_assert_ptr_nonnull(copy);
	for (i = 0; i < 600; i++) {
		memcpy(copy, text, size);
		for (change = 0; change < 1 + i % 7; change++) {
			n = next_random(&state) % size;
			copy[n] = bends[next_random(&state) % sizeof(bends)];
		}
		ck_assert_uint_le(errors_of(copy, size), MESSAGES_MOST);
	}
	free(copy);
	free(text);
}
END_TEST

/* Each line twice, or not at all: what a slip of an editor does. */
START_TEST(lines_lost)
{
	size_t size, from, to;
	char *text = read_all(samples[_i], &size), *copy = malloc(2 * size);

	ck_assert_ptr_nonnull(copy);
	for (from = 0; from < size; from = to) {
		for (to = from; to < size && text[to] != '\n'; to++)
			;
		to += to < size;
		memcpy(copy, text, from);
		memcpy(copy + from, text + to, size - to);
		ck_assert_uint_le(errors_of(copy, size - (to - from)), MESSAGES_MOST);
		memcpy(copy, text, to);
		memcpy(copy + to, text + from, size - from);
		ck_assert_uint_le(errors_of(copy, size + (to - from)), MESSAGES_MOST);
	}
	free(copy);
	free(text);
}
END_TEST

START_TEST(noise)
{
	uint32_t state = 7;
	char text[2048];
	unsigned i, n;

	for (i = 0; i < 300; i++) {
		for (n = 0; n < sizeof(text); n++)
			text[n] = i % 2 ? bends[next_random(&state) % sizeof(bends)] : (char)next_random(&state);
		ck_assert_uint_le(errors_of(text, sizeof(text)), MESSAGES_MOST);
	}
}
END_TEST

/* --- large and deep --- */

static const struct {
	const char *before, *repeated, *after;
	unsigned times;
	bool fine; /* no error */
} large[] = {
	{ "format f { attr a = ", "(", "", 100000, false },
	{ "format f { attr a = ", "!", "x }", 100000, false },
	{ "format f { attr a = x", " | x", " }", 100000, false },
	{ "format f { attr a = x", " + x", " }", 180, true },
	{ "format f { attr a = x", "[0]", " }", 100000, false },
	{ "format f { attr a = ", "{x,", "", 100000, false },
	{ "format f { attr a = {x", ",x", "} }", 100000, true },
	{ "format f { attr a = x in 1", ", 2..3", " }", 100000, true },
	{ "", "{", "", 100000, false },
	{ "", "}", "", 100000, false },
	{ "", "[\n", "", 100000, false },
	{ "", "format f {\n", "", 10000, false },
	{ "format f {\n", "root r {\n", "", 10000, false },
	{ "format f {\n", "pa 4\n", "}", 100000, true },
	{ "", "format f { pa 4 }\n", "", 20000, true },
	{ "", "## title\n", "format f { pa 4 }", 100000, true },
	{ "format f { attr a = ", "x", " }", 100000, true },
	{ "format f { attr a = 0b", "_", "1 }", 100000, true },
	{ "", "import \"\"\n", "", 20000, true },
	{ "", "\n", "", 100000, true },
	{ "", " ", "x", 100000, false },
	{ "# ", "\t", "", 100000, true },
};

START_TEST(size)
{
	size_t n = strlen(large[_i].repeated), before = strlen(large[_i].before);
	size_t bytes = before + n * large[_i].times + strlen(large[_i].after);
	char *text = malloc(bytes + 1), *end;
	unsigned i, errors;

	ck_assert_ptr_nonnull(text);
	memcpy(text, large[_i].before, before);
	for (end = text + before, i = 0; i < large[_i].times; i++, end += n)
		memcpy(end, large[_i].repeated, n);
	memcpy(end, large[_i].after, strlen(large[_i].after) + 1);
	errors = errors_of(text, bytes);
	ck_assert_uint_le(errors, MESSAGES_MOST);
	ck_assert_msg(large[_i].fine ? !errors : errors > 0, "%u errors", errors);
	free(text);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("syntax");
	TCase *t = tcase_create("syntax");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, mistake, 0, COUNT(mistakes));
	tcase_add_loop_test(t, cut, 0, COUNT(samples));
	tcase_add_loop_test(t, bent, 0, COUNT(samples));
	tcase_add_loop_test(t, lines_lost, 0, COUNT(samples));
	tcase_add_test(t, noise);
	tcase_add_loop_test(t, size, 0, COUNT(large));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
