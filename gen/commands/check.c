/* SPDX-License-Identifier: MIT */
/* check.c - say what is wrong with a description */
#include <stdio.h>
#include <string.h>

#include "gen/commands/command.h"
#include "gen/load.h"

enum { CHECK_DENY = 1, CHECK_HELP };

static const struct option_spec specs[] = {
	{"deny", 0, 1, 0, CHECK_DENY, "warnings", "warnings count as errors"},
	{"help", 'h', 0, 0, CHECK_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"check", specs};
static const struct option_group *const groups[] = {&own, &load_option_group, NULL};

static const struct command command = {
	"check", "[options] FILE...", "Say all that is wrong with a description; write nothing.",
	"Each finding is FILE:LINE:COLUMN: error: TEXT [id], with the line and a caret.\n"
	"Exit status 1 when there are errors.",
	groups,
	"  ptgen check formats/sv48.pt\n"
	"  ptgen check --deny warnings -W no-unused-field formats/*.pt",
};

static int option(struct arena *a, struct load_options *l, struct word_list *files, const struct options *o, int id)
{
	if (load_option(a, l, id, o->value))
		return EXIT_DONE;
	if (id == OPTION_WORD) {
		word_add(a, files, o->value);
		return EXIT_DONE;
	}
	if (id == CHECK_DENY) {
		if (strcmp(o->value, "warnings") != 0)
			return command_usage(&command, "--deny: only 'warnings' can be denied");
		l->deny_warnings = true;
	}
	return EXIT_DONE;
}

/* The worst of all files; a file that cannot be read does not hide the others. */
static int check_all(struct arena *a, const struct word_list *files, const struct load_options *l)
{
	int worst = EXIT_DONE;

	for (unsigned i = 0; i < files->count; i++) {
		struct load *one = arena_alloc(a, sizeof(*one));
		int code = load_file(one, a, files->word[i], NULL, l);

		worst = code > worst ? code : worst;
	}
	return worst;
}

int cmd_check(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct load_options l = {.deny_warnings = false};
	struct word_list files = {0};
	struct options o;
	int id, code = EXIT_DONE;

	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, CHECK_HELP, &id, &code))
		code = option(a, &l, &files, &o, id);
	if (!code && files.count == 0)
		code = command_usage(&command, "no file given");
	if (!code)
		code = check_all(a, &files, &l);
	arena_free(a);
	return code;
}
