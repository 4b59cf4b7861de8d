/* SPDX-License-Identifier: MIT */
/*
 * fuzz_parse.c - any bytes as a description: parse, lay out, resolve, check
 *
 * Imports are not followed, so that no input reads the disk.  A layout must
 * not change the tree, and must be stable.  Run by tests/fuzz/run.sh.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/ast.h"
#include "dsl/diag.h"
#include "dsl/fmt.h"
#include "dsl/model.h"

#define SIZE_MOST (64u << 10)
#define SYNTAX_ERRORS_MOST 51

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_parse: %s\n", what);
	abort();
}

static char *dump(const struct ast *ast)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ast_dump(ast, out);
	fclose(out);
	return text;
}

static void check_layout(struct sources *sources, struct diag *d, const struct ast *ast, const char *text,
			 size_t size)
{
	char *once = fmt_text(sources->arena, text, size);
	char *twice = fmt_text(sources->arena, once, strlen(once));
	char *before = dump(ast), *after;

	after = dump(ast_parse_alone(sources, d, source_add(sources, "again.pt", once, strlen(once))));
	demand(!diag_errors(d), "a layout has syntax errors");
	demand(!strcmp(before, after), "a layout means something else");
	demand(!strcmp(once, twice), "a layout is not stable");
	free(before);
	free(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	struct arena *arena;
	struct sources sources;
	struct diag *d;
	struct ast *ast;
	struct model *m;
	uint32_t file;

	if (size > SIZE_MOST)
		return 0;
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	arena = arena_new();
	sources_init(&sources, arena);
	d = diag_new(&sources, arena);
	file = source_add(&sources, "fuzz.pt", (const char *)data, size);
	ast = ast_parse_alone(&sources, d, file);
	demand(diag_errors(d) <= SYNTAX_ERRORS_MOST, "too many syntax errors");
	if (!diag_errors(d)) {
		check_layout(&sources, d, ast, sources.files[file].text, size);
		m = model_build(ast, d);
		if (m)
			model_check(m, d);
	}
	diag_flush(d, nowhere, 1);
	arena_free(arena);
	return 0;
}
