/* SPDX-License-Identifier: MIT */
/*
 * fmt.h - the canonical layout of a description
 *
 * Works on the words, not on the tree: comments stay, nothing is added or
 * dropped but spaces, blank lines and a `;` at the end of a line.  Lines are
 * neither joined nor broken.  Laying out twice changes nothing.
 */
#ifndef DSL_FMT_H
#define DSL_FMT_H

#include <stddef.h>

struct arena;

/* `text` ends with a NUL and has no syntax errors.  Return: the new text, with a NUL. */
char *fmt_text(struct arena *arena, const char *text, size_t size);

#endif /* DSL_FMT_H */
