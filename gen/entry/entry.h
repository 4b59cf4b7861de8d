/* SPDX-License-Identifier: MIT */
/*
 * entry.h - one entry by itself: what explain and encode share
 */
#ifndef GEN_ENTRY_ENTRY_H
#define GEN_ENTRY_ENTRY_H

#include "gen/out.h"
#include "gen/plan.h"

/* A level by its name, its written number or (when neither fits) its depth. -1: none. */
int entry_level(const struct ptg_format *f, const char *word);
/* "pml4, pdpt, pd, pt" */
const char *entry_levels(struct arena *a, const struct ptg_format *f);

/* Everything an entry says; e is explained at one level. */
void entry_explain(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s, unsigned level,
		   const uint64_t e[2]);
void entry_record(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s, unsigned level,
		  const uint64_t e[2]);

/* The bits of an entry as boxes, at most `columns` wide. */
void entry_draw(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s, unsigned kind,
		const uint64_t e[2], unsigned columns);

/* "w=1": the description's value of one attribute, its name where it has one. */
const char *entry_value(struct arena *a, const struct ptg_format *f, unsigned attr, uint64_t value);

#endif /* GEN_ENTRY_ENTRY_H */
