/* SPDX-License-Identifier: MIT */
/*
 * options.h - the words of a command line
 *
 * Options and other words may stand in any order.  A long option takes one or
 * two dashes, its value follows `=` or is the next word; a long option with two
 * dashes may be shortened while it stays unique.  `--` ends the options, `-` is
 * an ordinary word.
 */
#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct option_spec {
	const char *name;    /* NULL ends the table */
	char letter;         /* -x; 0: none */
	unsigned char args;  /* words that follow: 0, 1 or 2 */
	unsigned char hidden;/* 1: works, the help does not list it */
	int id;              /* above 0, unique in the command */
	const char *value;   /* what the help calls the words */
	const char *help;
};

struct option_group {        /* of the help, and of commands that share options */
	const char *title;
	const struct option_spec *specs;
};

struct options {
	int argc, index;
	char **argv;
	const struct option_group *const *groups;
	bool ended;
	const char *given;       /* the option as it was written, for messages */
	const char *value, *value2;
	const char *why;         /* OPTION_BAD: what is wrong */
	char text[160];
};

#define OPTION_WORD 0            /* value is a word that is no option */
#define OPTION_END (-1)
#define OPTION_BAD (-2)

/* argv[0] is the command's name and is passed over. */
void options_start(struct options *o, int argc, char **argv, const struct option_group *const *groups);

/* The id of the next option, or OPTION_*. */
int options_next(struct options *o);

/* The word that would come next, NULL at the end; options_take() passes over it. */
const char *options_peek(const struct options *o);
void options_take(struct options *o);

/* A list that grows by one word. */
struct arena;
struct word_list {
	const char **word;
	unsigned count, room;
};
void word_add(struct arena *a, struct word_list *l, const char *word);
/* The parts of `word` between commas. */
void word_add_split(struct arena *a, struct word_list *l, const char *word);

#endif /* GEN_OPTIONS_H */
