/* SPDX-License-Identifier: MIT */
/*
 * command.h - the commands of ptgen, and what they share on the command line
 *
 * Each cmd_*.c has one `struct command` with its usage and one function.
 */
#ifndef GEN_COMMANDS_COMMAND_H
#define GEN_COMMANDS_COMMAND_H

#include "gen/commands/options.h"

enum exit_code {
	EXIT_HELPED = -1, /* the help was asked for and printed; main makes EXIT_DONE of it */
	EXIT_DONE = 0,
	EXIT_NO = 1,     /* an address faulted, something was found, the description has errors */
	EXIT_USAGE = 2,
	EXIT_SOURCE = 3  /* an image or a description cannot be read */
};

struct command {
	const char *name;
	const char *synopsis; /* after "ptgen NAME "; further lines are further forms */
	const char *summary;  /* one line */
	const char *text;     /* paragraphs of the help, may be NULL */
	const struct option_group *const *groups; /* ends with NULL */
	const char *examples; /* lines, may be NULL */
};

int cmd_generate(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_fmt(int argc, char **argv);
int cmd_doc(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_encode(int argc, char **argv);
int cmd_translate(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_roots(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_p2v(int argc, char **argv);
int cmd_formats(int argc, char **argv);

/* The help of one command, on standard output. Return: EXIT_DONE. */
int command_help(const struct command *c);

/*
 * The next option or word, its id in *id.  false at the end, and with *code at what is no
 * option (EXIT_USAGE, told), at the option `help` (EXIT_HELPED, printed), and when *code was set before.
 */
bool command_next(const struct command *c, struct options *o, int help, int *id, int *code);

/* "ptgen NAME: TEXT" and where the help is, on standard error. Return: EXIT_USAGE. */
int command_usage(const struct command *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "ptgen: TEXT" on standard error. Return: code. */
int command_fail(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* GEN_COMMANDS_COMMAND_H */
