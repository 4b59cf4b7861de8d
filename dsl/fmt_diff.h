/* SPDX-License-Identifier: MIT */
/* fmt_diff.h - what a new layout changes, as a unified diff */
#ifndef DSL_FMT_DIFF_H
#define DSL_FMT_DIFF_H

#include <stdio.h>

struct arena;

/* Both texts have the same words in the same order; nothing is printed when they are equal. */
void fmt_diff(struct arena *arena, const char *path, const char *before, const char *after, FILE *out);

#endif /* DSL_FMT_DIFF_H */
