/* SPDX-License-Identifier: MIT */
/*
 * test_parse.c - texts become the trees that they say
 *
 * tests/golden/parse holds whole descriptions and their trees; BLESS=1 rewrites
 * the trees.  Short texts are compared here.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/ast.h"
#include "dsl/diag.h"
#include "dsl/model.h"

#define GOLDEN "tests/golden/parse/"

struct run {
	struct arena *arena;
	struct sources sources;
	struct diag *diag;
};

static void run_start(struct run *r)
{
	r->arena = arena_new();
	sources_init(&r->sources, r->arena);
	r->diag = diag_new(&r->sources, r->arena);
}

/* The dump of a parse; the caller frees it. */
static char *dump(const struct ast *ast)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ast_dump(ast, out);
	fclose(out);
	return text;
}

static char *dump_text(const char *text)
{
	struct run r;
	char *dumped;

	run_start(&r);
	dumped = dump(ast_parse(&r.sources, r.diag, source_add(&r.sources, "t.pt", text, strlen(text))));
	if (diag_errors(r.diag)) {
		diag_flush(r.diag, stderr, false);
		ck_abort_msg("errors in: %s", text);
	}
	arena_free(r.arena);
	return dumped;
}

/* --- whole descriptions --- */

static const char *const goldens[] = {
	"riscv", "x86_64", "x86_32", "armv7_short", "aarch64", "amdv1", "nvidia_v2", "s390x",
	"power9_radix", "constructs",
};

START_TEST(golden)
{
	struct run r;
	const char *why = "";
	char *path, *got;
	uint32_t file, want;
	FILE *out;

	run_start(&r);
	file = source_load(&r.sources, arena_printf(r.arena, GOLDEN "%s.pt", goldens[_i]), &why);
	ck_assert_msg(file, "%s: %s", goldens[_i], why);
	got = dump(ast_parse(&r.sources, r.diag, file));
	ck_assert_uint_eq(diag_errors(r.diag), 0);
	path = arena_printf(r.arena, GOLDEN "%s.out", goldens[_i]);
	if (getenv("BLESS")) {
		out = fopen(path, "w");
		ck_assert_ptr_nonnull(out);
		fputs(got, out);
		fclose(out);
	}
	want = source_load(&r.sources, path, &why);
	ck_assert_msg(want, "%s: %s", path, why);
	ck_assert_str_eq(got, r.sources.files[want].text);
	free(got);
	arena_free(r.arena);
}
END_TEST

/* --- expressions: what binds tighter, in brackets --- */

static const struct {
	const char *text, *tree;
} expressions[] = {
	{ "a | b & c", "(a | (b & c))" },
	{ "a & b | c", "((a & b) | c)" },
	{ "a | b | c", "((a | b) | c)" },
	{ "!a & b", "((!a) & b)" },
	{ "!a=1", "(!(a = 0x1))" },
	{ "!!a", "(!(!a))" },
	{ "a=1 & b!=2", "((a = 0x1) & (b != 0x2))" },
	{ "a+b*c-d", "((a + (b * c)) - d)" },
	{ "a-b-c", "((a - b) - c)" },
	{ "a+1=b-1", "((a + 0x1) = (b - 0x1))" },
	{ "a in 1, 3..b-1 & c", "((a in 0x1, 0x3..(b - 0x1)) & c)" },
	{ "a=b except 0xf", "(a = b except 0xf)" },
	{ "{a,b[3:0],0b10}=0b1x0x", "({a,b[0x3:0x0],0b10} = 0b1x0x)" },
	{ "(A else 0)", "(A else 0x0)" },
	{ "(A | B else 0)", "((A | B) else 0x0)" },
	{ "pkru[2*PK+1]", "pkru[((0x2 * PK) + 0x1)]" },
	{ "pat[{A,B}][3:0]", "pat[{A,B}][0x3:0x0]" },
	{ "tcr.TG0[1]", "tcr.TG0[0x1]" },
	{ "s1.satp", "s1.satp" },
	{ "va[31:32-ttbcr.N]=0", "(va[0x1f:(0x20 - ttbcr.N)] = 0x0)" },
	{ "(a &\n b |\n\n c)", "((a & b) | c)" },
	{ "a &\n b", "(a & b)" },
	{ "(a\n & b)", "(a & b)" },
	{ "(\n a\n - b\n)", "(a - b)" },
	{ "(\n a\n else b\n)", "(a else b)" },
	{ "a[\n 3\n :\n 0\n]", "a[0x3:0x0]" },
	{ "{\n a,\n b}", "{a,b}" },
	{ "(a\n in 3,\n 4)", "(a in 0x3, 0x4)" },
	{ "level-1", "(level - 0x1)" },
	{ "page + size + index + big + zero", "((((page + size) + index) + big) + zero)" },
	{ "0x_ff_ff + 1_000", "(0xffff + 0x3e8)" },
	{ "4K + 2M + 1G + 3T", "(((0x1000 + 0x200000) + 0x40000000) + 0x30000000000)" },
	{ "0b1010", "0b1010" },
	{ "0xffffffffffffffff", "0xffffffffffffffff" },
};

START_TEST(expression)
{
	char text[256], want[256], *got;

	snprintf(text, sizeof(text), "format f { attr a = %s }", expressions[_i].text);
	snprintf(want, sizeof(want), "format f\n  attr a  %s\n", expressions[_i].tree);
	got = dump_text(text);
	ck_assert_str_eq(got, want);
	free(got);
}
END_TEST

/* --- words --- */

static const char *const words[] = {
	"table", "page", "invalid", "pass", "level", "when", "if", "at", "of", "attr", "first",
	"reserved", "added", "ignore", "napot", "none", "otherwise", "in", "else", "zero", "format",
};

/* After these words any word is a name. */
START_TEST(word_as_name)
{
	const char *w = words[_i];
	char text[512], *got;

	snprintf(text, sizeof(text),
		 "format f { attr %s = 1\n level %s va[3:0]\n page %s at %s\n pass %s of x\n"
		 "table %s of x next %s\n invalid %s when e[0]=0 }",
		 w, w, w, w, w, w, w, w);
	got = dump_text(text);
	ck_assert_ptr_nonnull(strstr(got, "kind page "));
	free(got);
}
END_TEST

START_TEST(line_ends)
{
	char *one = dump_text("format f { pa 4; pa 5\npa 6;\n\n;; pa 7 }");
	char *two = dump_text("\n\n# x\nformat f {\r\n\tpa 4 # y\r\n pa 5\n\n pa 6\n pa 7\n}\n");

	ck_assert_str_eq(one, two);
	free(one);
	free(two);
	/* The `-` of a map that ends its line is a value, not an operator. */
	one = dump_text("format f { map A -> x, y {\n 0 = 1, -\n 1 = -, -\n} }");
	ck_assert_ptr_nonnull(strstr(one, "0x1 = - -\n"));
	free(one);
}
END_TEST

/* --- titles and files --- */

START_TEST(titles)
{
	char *got = dump_text("## head\n## two\nenum e { a }\nformat f { pa 1 }\n## own\nformat g { pa 1 }\n"
			      "### no title\n#no title\nformat h { ## inside\n pa 1 }\nformat i { pa 1 }\n");

	ck_assert_str_eq(got, "enum e a\n"
			      "## head\n## two\nformat f\n  pa  0x1\n"
			      "## own\nformat g\n  pa  0x1\n"
			      "## head\n## two\nformat h\n  pa  0x1\n"
			      "## head\n## two\nformat i\n  pa  0x1\n");
	free(got);
}
END_TEST

START_TEST(imports)
{
	static const char a[] = "import \"b.pti\"\nimport \"sub/c.pti\"\nformat a { pa 1 }\n";
	static const char b[] = "import \"./sub/c.pti\"\nformat b { pa 1 }\n";
	static const char c[] = "import \"d.pti\"\nformat c { pa 1 }\n";
	static const char d[] = "## of d\nformat d { pa 1 }\n";
	struct run r;
	uint32_t file;
	char *got;

	run_start(&r);
	file = source_add(&r.sources, "x/a.pt", a, strlen(a));
	source_add(&r.sources, "x/b.pti", b, strlen(b));
	source_add(&r.sources, "x/sub/c.pti", c, strlen(c));
	source_add(&r.sources, "x/sub/d.pti", d, strlen(d));
	got = dump(ast_parse(&r.sources, r.diag, file));
	ck_assert_uint_eq(diag_errors(r.diag), 0);
	/* Each once, what is imported before what imports. */
	ck_assert_str_eq(got, "## of d\nformat d\n  pa  0x1\nformat c\n  pa  0x1\nformat b\n  pa  0x1\n"
			      "format a\n  pa  0x1\n");
	free(got);
	got = dump(ast_parse_alone(&r.sources, r.diag, file));
	ck_assert_str_eq(got, "format a\n  pa  0x1\n");
	free(got);
	arena_free(r.arena);
}
END_TEST

/* A name and the bits of a field know where they stand. */
START_TEST(spans)
{
	static const char text[] = "format f {\n    fields p {\n        AB  [9:8]  soft\n    }\n}\n";
	struct run r;
	const struct ast_field *field;
	const struct ast *ast;

	run_start(&r);
	ast = ast_parse(&r.sources, r.diag, source_add(&r.sources, "t", text, strlen(text)));
	field = ast->formats->stmts->fields;
	ck_assert_uint_eq(field->name.span.start, 34);
	ck_assert_uint_eq(field->name.span.end, 36);
	ck_assert_uint_eq(field->pieces->at.span.start, 38);
	ck_assert_uint_eq(field->pieces->at.span.end, 43);
	ck_assert_uint_eq(field->span.start, 34);
	ck_assert_uint_eq(field->span.end, 49);
	arena_free(r.arena);
}
END_TEST

/* --- the descriptions in the documents --- */

/* A whole description passes the checks, where it stands alone. */
static void checked_text(const char *text)
{
	struct run r;
	struct model *m;

	free(dump_text(text));
	if (strstr(text, "import ") || strstr(text, " : "))
		return;
	run_start(&r);
	m = model_build(ast_parse(&r.sources, r.diag, source_add(&r.sources, "t.pt", text, strlen(text))), r.diag);
	if (m)
		model_check(m, r.diag);
	if (diag_errors(r.diag)) {
		diag_flush(r.diag, stderr, false);
		ck_abort_msg("errors in: %s", text);
	}
	arena_free(r.arena);
}

START_TEST(documents)
{
	static const char *const paths[] = { "docs/language.md", "docs/tutorial.md", "README.md" };
	struct run r;
	const char *why, *text, *end;
	uint32_t file;

	run_start(&r);
	file = source_load(&r.sources, paths[_i], &why);
	if (!file)
		return;
	text = r.sources.files[file].text;
	for (text = strstr(text, "\n```"); text; text = strstr(end + 4, "\n```")) {
		const char *word = text + 4, *block = strchr(word, '\n');

		end = block ? strstr(block, "\n```") : NULL;
		ck_assert_msg(end != NULL, "%s: a block does not end", paths[_i]);
		block = arena_copy(r.arena, block + 1, (size_t)(end - block));
		if (strncmp(word, "pt\n", 3) == 0)
			checked_text(block);
		else if (strncmp(word, "format\n", 7) == 0) /* statements of a format */
			free(dump_text(arena_printf(r.arena, "format t {\n%s}\n", block)));
	}
	arena_free(r.arena);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("parse");
	TCase *t = tcase_create("parse");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, golden, 0, COUNT(goldens));
	tcase_add_loop_test(t, expression, 0, COUNT(expressions));
	tcase_add_loop_test(t, word_as_name, 0, COUNT(words));
	tcase_add_test(t, line_ends);
	tcase_add_test(t, titles);
	tcase_add_test(t, imports);
	tcase_add_test(t, spans);
	tcase_add_loop_test(t, documents, 0, 3);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
