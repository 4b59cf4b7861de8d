/* SPDX-License-Identifier: MIT */
/*
 * doc.h - a format as a page with pictures
 */
#ifndef GEN_DOC_DOC_H
#define GEN_DOC_DOC_H

#include <stdio.h>

#include "gen/entry/fields.h"
#include "gen/plan.h"

/* The page (Markdown).  Pictures are named PREFIX-va.svg, PREFIX-tree.svg, PREFIX-KIND.svg, PREFIX-root-NAME.svg. */
void doc_markdown(struct arena *a, FILE *out, const struct plan *plan, const char *prefix);

/* How a virtual address is split. */
void doc_svg_va(FILE *out, const struct plan *plan);
/* The tables and what leads where. */
void doc_svg_tree(FILE *out, const struct plan *plan);
/* The bits of one kind of entry. */
void doc_svg_kind(FILE *out, const struct plan *plan, unsigned kind);
/* The bits of a register. */
void doc_svg_register(FILE *out, const struct plan *plan, const struct model_register *reg);

/* Kinds with the same name and the same picture are shown once: is this the first? */
bool doc_kind_shown(const struct plan *plan, unsigned kind);

/* Everything into a directory: NAME.md and its pictures.  false: a file could not be written (said). */
bool doc_write(struct arena *a, const struct plan *plan, const char *dir);

#endif /* GEN_DOC_DOC_H */
