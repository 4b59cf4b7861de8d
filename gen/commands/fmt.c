/* SPDX-License-Identifier: MIT */
/* fmt.c - lay descriptions out, in place, or show what would change */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dsl/arena.h"
#include "dsl/ast.h"
#include "dsl/diag.h"
#include "dsl/fmt.h"
#include "dsl/fmt_diff.h"
#include "gen/commands/command.h"

enum { FMT_DIFF = 1, FMT_HELP };

static const struct option_spec specs[] = {
	{"diff", 0, 0, 0, FMT_DIFF, NULL, "show what would change, change nothing; exit status 1 when there is something"},
	{"help", 'h', 0, 0, FMT_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"fmt", specs};
static const struct option_group *const groups[] = {&own, NULL};

static const struct command command = {
	"fmt", "[--diff] FILE...", "Lay descriptions out: columns, indentation, spaces.",
	"The files are changed in place.  Lines are neither joined nor broken, comments stay.\n"
	"A file with syntax errors is left as it is.",
	groups,
	"  ptgen fmt formats/sv48.pt\n"
	"  ptgen fmt --diff formats/*.pt formats/*.pti",
};

static int write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "wb");
	bool done = out && fputs(text, out) >= 0;

	if (out && fclose(out) != 0)
		done = false;
	return done ? EXIT_DONE : command_fail(EXIT_SOURCE, "cannot write '%s': %s", path, strerror(errno));
}

static int format_file(const char *path, bool diff)
{
	struct arena *a = arena_new();
	struct sources sources;
	struct diag *d;
	const char *why = NULL, *text, *new_text;
	uint32_t file;
	int code = EXIT_DONE;

	sources_init(&sources, a);
	d = diag_new(&sources, a);
	file = source_load(&sources, path, &why);
	if (!file) {
		code = command_fail(EXIT_SOURCE, "cannot read '%s': %s", path, why);
		arena_free(a);
		return code;
	}
	ast_parse_alone(&sources, d, file);
	diag_flush(d, stderr, isatty(STDERR_FILENO));
	text = sources.files[file].text;
	new_text = fmt_text(a, text, sources.files[file].size);
	if (diag_errors(d))
		code = EXIT_NO;
	else if (strcmp(text, new_text) && diff)
		code = EXIT_NO;
	else if (strcmp(text, new_text))
		code = write_file(path, new_text);
	if (diff && !diag_errors(d))
		fmt_diff(a, path, text, new_text, stdout);
	arena_free(a);
	return code;
}

int cmd_fmt(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct word_list files = {0};
	struct options o;
	bool diff = false;
	int id, code = EXIT_DONE;

	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, FMT_HELP, &id, &code)) {
		if (id == FMT_DIFF)
			diff = true;
		else
			word_add(a, &files, o.value);
	}
	if (!code && !files.count)
		code = command_usage(&command, "no file given");
	for (unsigned i = 0; i < files.count && code != EXIT_USAGE && code != EXIT_HELPED; i++) {
		int one = format_file(files.word[i], diff);

		code = one > code ? one : code;
	}
	arena_free(a);
	return code;
}
