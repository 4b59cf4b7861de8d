/* SPDX-License-Identifier: MIT */
/* command.c - help and messages of the commands, in one shape */
#include "gen/commands/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTION_COLUMN 26

/* "ptgen NAME " before each line of the synopsis. */
static void print_synopsis(const struct command *c)
{
	const char *line = c->synopsis, *lead = "usage: ";

	while (*line) {
		size_t n = strcspn(line, "\n");

		printf("%sptgen %s %.*s\n", lead, c->name, (int)n, line);
		lead = "       ";
		line += n + (line[n] == '\n');
	}
}

static void print_option(const struct option_spec *s)
{
	char left[80];
	const char *help = s->help;
	int n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", s->letter ? '-' : ' ',
			 s->letter ? s->letter : ' ', s->letter ? ", " : "  ", s->name,
			 s->args ? " " : "", s->args ? s->value : "");

	printf("%s", left);
	if (n >= OPTION_COLUMN)
		n = printf("\n") - 1;
	for (;;) {
		size_t length = strcspn(help, "\n");

		printf("%*s%.*s\n", OPTION_COLUMN - n, "", (int)length, help);
		if (!help[length])
			return;
		help += length + 1;
		n = 0;
	}
}

bool command_next(const struct command *c, struct options *o, int help, int *id, int *code)
{
	if (*code)
		return false;
	*id = options_next(o);
	if (*id == OPTION_BAD) {
		*code = command_usage(c, "%s", o->why);
	} else if (*id == help) {
		command_help(c);
		*code = EXIT_HELPED;
	}
	return !*code && *id != OPTION_END;
}

int command_help(const struct command *c)
{
	print_synopsis(c);
	printf("\n%s\n", c->summary);
	if (c->text)
		printf("\n%s\n", c->text);
	for (const struct option_group *const *g = c->groups; *g; g++) {
		printf("\n%s:\n", (*g)->title);
		for (const struct option_spec *s = (*g)->specs; s->name; s++)
			if (!s->hidden)
				print_option(s);
	}
	if (c->examples)
		printf("\nexamples:\n%s\n", c->examples);
	return EXIT_DONE;
}

int command_usage(const struct command *c, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "ptgen %s: ", c->name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n(ptgen %s --help tells what there is)\n", c->name);
	return EXIT_USAGE;
}

int command_fail(int code, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "ptgen: ");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	return code;
}
