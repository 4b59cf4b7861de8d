/* SPDX-License-Identifier: MIT */
/* main.c - `ptgen COMMAND ...`; `ptgen FILE.pt` is `ptgen generate FILE.pt` */
#include <stdio.h>
#include <string.h>

#include "dsl/diag.h"
#include "gen/commands/command.h"

#define PTGEN_VERSION "0.1.0"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{"generate", cmd_generate, "write the C (or facts, JSON, docs) of a format"},
	{"check", cmd_check, "say what is wrong with a description"},
	{"fmt", cmd_fmt, "lay a description out"},
	{"doc", cmd_doc, "write Markdown and pictures of a format"},
	{"formats", cmd_formats, "list the known formats"},
	{NULL, NULL, "one entry or address"},
	{"explain", cmd_explain, "split an address, or name every bit of an entry"},
	{"encode", cmd_encode, "make an entry from a physical address and attributes"},
	{NULL, NULL, "memory images"},
	{"roots", cmd_roots, "find root tables, with the evidence"},
	{"translate", cmd_translate, "walk the tables for some addresses"},
	{"dump", cmd_dump, "show a whole address space"},
	{"lint", cmd_lint, "find what should worry you in an address space"},
	{"diff", cmd_diff, "compare two address spaces"},
	{"read", cmd_read, "read bytes through the tables"},
	{"p2v", cmd_p2v, "find the addresses that map a physical address"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void overview(FILE *out)
{
	fprintf(out, "usage: ptgen COMMAND ...\n"
		     "       ptgen FILE.pt...        the same as: ptgen generate FILE.pt...\n"
		     "\n"
		     "Page-table formats from descriptions: code, checks, answers about memory.\n"
		     "\n"
		     "descriptions:\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		if (commands[i].name)
			fprintf(out, "  %-11s%s\n", commands[i].name, commands[i].summary);
		else
			fprintf(out, "\n%s:\n", commands[i].summary);
	}
	fprintf(out, "\nptgen COMMAND --help tells more.  Exit status: 0 done, 1 the answer is no or\n"
		     "the description has errors, 2 wrong usage, 3 a source cannot be read.\n");
}

static bool is_description(const char *word)
{
	size_t n = strlen(word);

	return (n > 3 && strcmp(word + n - 3, ".pt") == 0) || (n > 4 && strcmp(word + n - 4, ".pti") == 0);
}

static int (*find(const char *word))(int, char **)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].name && strcmp(commands[i].name, word) == 0)
			return commands[i].run;
	return NULL;
}

static bool is_word(const char *arg, const char *a, const char *b, const char *c)
{
	return strcmp(arg, a) == 0 || strcmp(arg, b) == 0 || strcmp(arg, c) == 0;
}

static int start(int (*run)(int, char **), int argc, char **argv)
{
	int code = run(argc, argv);

	return code == EXIT_HELPED ? EXIT_DONE : code;
}

static int unknown(const char *word)
{
	const char *names[COMMANDS], *near;
	size_t n = 0;

	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].name)
			names[n++] = commands[i].name;
	near = diag_did_you_mean(word, names, n);
	if (near)
		fprintf(stderr, "ptgen: no command '%s'; did you mean '%s'?\n", word, near);
	else
		fprintf(stderr, "ptgen: no command '%s' (ptgen --help lists them)\n", word);
	return EXIT_USAGE;
}

/* `ptgen help NAME` is `ptgen NAME --help`. */
static int help(int argc, char **argv)
{
	int (*run)(int, char **) = argc > 2 ? find(argv[2]) : NULL;
	char flag[] = "--help";
	char *words[] = {argc > 2 ? argv[2] : NULL, flag, NULL};

	if (run)
		return start(run, 2, words);
	if (argc > 2)
		return unknown(argv[2]);
	overview(stdout);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	int (*run)(int, char **);

	if (argc < 2) {
		overview(stderr);
		return EXIT_USAGE;
	}
	if (is_word(argv[1], "help", "--help", "-h"))
		return help(argc, argv);
	if (is_word(argv[1], "version", "--version", "-V")) {
		printf("ptgen %s\n", PTGEN_VERSION);
		return EXIT_DONE;
	}
	run = find(argv[1]);
	if (run)
		return start(run, argc - 1, argv + 1);

	/* `ptgen [options of generate] FILE.pt`: argv[0] takes the place of the command. */
	for (int i = 1; i < argc; i++)
		if (is_description(argv[i]))
			return start(cmd_generate, argc, argv);
	return unknown(argv[1]);
}
