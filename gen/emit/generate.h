/* SPDX-License-Identifier: MIT */
/*
 * generate.h - from a plan to the texts of its files
 */
#ifndef GEN_EMIT_GENERATE_H
#define GEN_EMIT_GENERATE_H

#include <stdbool.h>

#include "dsl/arena.h"
#include "gen/plan.h"

enum generate_part { GENERATE_H = 1, GENERATE_C = 2, GENERATE_FACTS = 4, GENERATE_PROOF = 8, GENERATE_JSON = 16,
		     GENERATE_VECTORS = 32, GENERATE_MD = 64, GENERATE_SVG = 128 };

/* ORDER GENERATE_OP: names in generate.c, facts `op.NAME` */
enum generate_op {
	GENERATE_LOOKUP = 1, GENERATE_LOOKUP_MANY = 2, GENERATE_TRANSLATE = 4, GENERATE_ACCESS_MEM = 8,
	GENERATE_WALK = 16, GENERATE_MAP = 32, GENERATE_UNMAP = 64, GENERATE_PROTECT = 128, GENERATE_HARVEST = 256,
	GENERATE_CODEC = 512, GENERATE_ALL_OPS = 1023
};

struct generate_options {
	unsigned parts, ops;
	const char *prefix;          /* NULL: the format's name */
	const char *template_dir;    /* NULL: the installed one */
	bool single_file;
	const char *const *templates; /* the user's: x/y.EXT.m4 writes NAME.EXT */
	unsigned template_count;
};

struct generate_file {
	const char *name, *text;
	bool to_stdout;              /* unless a directory is named */
};

struct generate_result {
	struct generate_file *file;
	unsigned count;
};

/* Words to bits.  Return: NULL, or the word that is none. */
const char *generate_parts(const char *words, unsigned *parts);
const char *generate_ops(const char *words, unsigned *ops);
bool generate_name_fits(const char *prefix);
/* The ending that a user's template gives its output; NULL: its name says none. */
const char *generate_template_ending(struct arena *a, const char *path);

/* Appends the files of one plan.  false: *why (arena text). */
bool generate_plan(struct arena *a, const struct plan *p, const struct generate_options *o, struct generate_result *out,
		   const char **why);

/* generate_single.c: one header with the runtime inside; NULL with *why. */
const char *generate_single(struct arena *a, const char *lower, const char *upper, const char *h, const char *c,
			    const char **why);
/* emit_json.c, emit_vectors.c: the whole text */
const char *emit_json(struct arena *a, const struct plan *p);
const char *emit_vectors(struct arena *a, const struct plan *p);

#endif /* GEN_EMIT_GENERATE_H */
