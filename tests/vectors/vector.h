/* SPDX-License-Identifier: MIT */
/*
 * vector.h - a file of vectors, run against one set of walkers
 *
 * The file's language is described in README.md beside this.
 */
#ifndef VECTORS_VECTOR_H
#define VECTORS_VECTOR_H

#include <stdio.h>

#include "runtime/ptg.h"

struct subject {                     /* what a format's name stands for */
	const struct ptg_format *format;
	const struct ptg_walker *walker;
	struct subject *stage[2];    /* a two-stage pair */
};

struct suite {
	const char *name;            /* of the walkers: "generic", "generated" */
	/*
	 * The words after `format`: a name, then `set NAME=V,..` or `reg NAME=V,..` for its constants.
	 * NULL: not there, which was said; with format NULL: these walkers have no such format, its cases are passed over.
	 */
	struct subject *(*find)(void *arg, char **word, unsigned n);
	void *arg;
	unsigned checks, failures;
};

/* Run a file. Return: 0, or -1 when it cannot be read or is not a file of vectors. */
int vector_run(struct suite *suite, const char *path);

#endif /* VECTORS_VECTOR_H */
