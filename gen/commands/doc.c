/* SPDX-License-Identifier: MIT */
/* doc.c - write Markdown and pictures of a format */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gen/commands/command.h"
#include "gen/doc/doc.h"
#include "gen/load.h"

enum { DOC_DIR = 1, DOC_HELP };

static const struct option_spec specs[] = {
	{"output", 'o', 1, 0, DOC_DIR, "DIR", "where the files go (default: here)"},
	{"help", 'h', 0, 0, DOC_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"doc", specs};
static const struct option_group *const groups[] = {&own, &load_option_group, NULL};

static const struct command command = {
	"doc", "[-o DIR] [options] FORMAT...", "Write Markdown and pictures (SVG) of formats.",
	"FORMAT is a file, or the name of a format.  For each: NAME.md with how an address is split, the\n"
	"tree of tables, every kind of entry with its bits, attributes, rights, registers, rules and faults.",
	groups, "  ptgen doc -o docs/formats formats/sv48.pt",
};

static int write_one(struct arena *a, const char *name, const char *dir, const struct load_options *l)
{
	struct plan **plans;
	unsigned n;
	int code = load_format(a, name, l, &plans, &n);

	for (unsigned i = 0; i < n && !code; i++)
		if (!doc_write(a, plans[i], dir))
			code = command_fail(EXIT_SOURCE, "%s: cannot be written to %s", plans[i]->format.name, dir);
	return code;
}

int cmd_doc(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct load_options l = {.quiet = true};
	struct word_list names = {0};
	const char *dir = ".";
	struct options o;
	int id, code = EXIT_DONE;

	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, DOC_HELP, &id, &code)) {
		if (id == DOC_DIR)
			dir = o.value;
		else if (id == OPTION_WORD)
			word_add(a, &names, o.value);
		else
			load_option(a, &l, id, o.value);
	}
	if (!code && !names.count)
		code = command_usage(&command, "no format given");
	if (!code && mkdir(dir, 0777) && errno != EEXIST)
		code = command_fail(EXIT_SOURCE, "%s: %s", dir, strerror(errno));
	for (unsigned i = 0; i < names.count && !code; i++)
		code = write_one(a, names.word[i], dir, &l);
	arena_free(a);
	return code;
}
