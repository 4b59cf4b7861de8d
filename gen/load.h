/* SPDX-License-Identifier: MIT */
/*
 * load.h - from the name of a format to its plan
 *
 * FORMAT is a path (`x/sv48.pt`, `x/riscv.pt:sv48`), the name of a format on the
 * search path, or the name of a base there (`riscv64`), of which all derived
 * formats are loaded and the root registers choose.
 *
 * Parse, resolve, check, lower, ptg_format_check(); everything that is wrong is
 * printed here.
 */
#ifndef GEN_LOAD_H
#define GEN_LOAD_H

#include "dsl/arena.h"
#include "dsl/diag.h"
#include "dsl/source.h"
#include "gen/commands/options.h"
#include "gen/plan.h"

struct load_options {
	struct word_list set, enable, disable, warn;
	struct word_list registers; /* NAME=VALUE: what constants of a description may come from */
	bool deny_warnings;
	bool quiet;          /* warnings are not printed */
};

/* The options -f's neighbours share: --set --enable --disable -W.  ids 900..909. */
extern const struct option_group load_option_group;
/* Return: true when the option was one of them. */
bool load_option(struct arena *a, struct load_options *o, int id, const char *value);

struct load {
	struct arena *arena;
	struct sources sources;
	struct diag *diag;
	const struct ast *ast;
	struct model *model;
	struct plan **plan;      /* in the order of the file */
	unsigned plan_count;
};

/*
 * All concrete formats and nests of one file (not those it imports), or only
 * the one called `name`.  Diagnostics go to standard error.
 * Return: EXIT_DONE, EXIT_NO (errors in it), EXIT_USAGE (no such name or
 * option), EXIT_SOURCE (cannot be read).
 */
int load_file(struct load *l, struct arena *a, const char *path, const char *name, const struct load_options *o);

/* The same without lowering: what `check` needs before it counts. */
int load_check(struct load *l, struct arena *a, const char *path, const struct load_options *o);

/* What -f names: one plan, or with a base every format derived from it. */
int load_format(struct arena *a, const char *format, const struct load_options *o, struct plan ***plans,
		unsigned *count);

/* --- the search path (search.c) --------------------------------------------- */

/* Directories, in the order searched; ends with NULL. */
const char *const *search_path(struct arena *a);
/* All .pt files on it, sorted by name within a directory; the first of two with the same name counts. */
const char *const *search_files(struct arena *a, unsigned *count);
/* The file that defines the format or nest, NULL: none. */
const char *search_format(struct arena *a, const char *name);
/* Files of formats derived from the base; count 0: it is no base. */
const char *const *search_base(struct arena *a, const char *base, unsigned *count);
/* DIR/NAME where `installed` data lies: beside the program or under datadir; NULL: not there. */
const char *search_data(struct arena *a, const char *name);

#endif /* GEN_LOAD_H */
