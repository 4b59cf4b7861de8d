/* SPDX-License-Identifier: MIT */
/* m4.h - templates are expanded by m4, run as a child */
#ifndef GEN_M4_H
#define GEN_M4_H

#include "dsl/arena.h"

/*
 * lib.m4, the facts and one template of `dir`.  Return: the text; NULL with
 * *why (arena text), what m4 wrote on its standard error included.
 */
const char *m4_run(struct arena *a, const char *dir, const char *template, const char *facts, const char **why);

/* The same in two steps: between them m4 works beside us.  Every one started must be ended; NULL there is NULL. */
struct m4_job;
struct m4_job *m4_start(struct arena *a, const char *dir, const char *template, const char *facts, const char **why);
const char *m4_end(struct m4_job *job, const char **why);

/*
 * Texts of the user's must not be expanded: what looks like a macro or a quote is
 * broken by a mark that m4_run() takes out again.
 */
const char *m4_safe(struct arena *a, const char *text);

#endif /* GEN_M4_H */
