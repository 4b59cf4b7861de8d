/* SPDX-License-Identifier: MIT */
/*
 * view.h - an address space to look at: a plan, its registers, an image
 *
 * root.c turns --root into registers and lets them choose among plans; view.c
 * builds the spaces that the generic walker works on.
 */
#ifndef GEN_INSPECT_VIEW_H
#define GEN_INSPECT_VIEW_H

#include "gen/inspect/image.h"
#include "gen/plan.h"

#define ROOT_REGS 24

struct root_reg {
	const char *name;            /* lower case, without _el1 */
	uint64_t value;
	unsigned stage;              /* 0: not said, 1, 2 */
};

struct root_spec {                   /* what --root says */
	const char *text;
	bool plain;                  /* a number alone */
	uint64_t number;
	struct root_reg reg[ROOT_REGS];
	unsigned count;
};

struct view {
	const struct plan *plan;
	const struct root_spec *root;
	struct image *image;
	struct ptg_space space;
	struct ptg_space stage[2];   /* of a two-stage pair */
};

/* A mapper without memory: for spaces that only decode. */
extern const struct ptg_mapper view_no_memory;

/* Read the words of --root.  false with *why. */
bool root_parse(struct arena *a, const char *text, struct root_spec *spec, const char **why);
/* Add NAME=VALUE to it (gdb-pt-dump's -cr3 and its kin). */
bool root_add(struct root_spec *spec, const char *name, uint64_t value);

/*
 * Of several plans the one that the registers select; of one, whether they
 * select it.  NULL with *why.
 */
struct plan *root_choose(struct arena *a, struct plan *const *plans, unsigned count, const struct root_spec *spec,
			 const char **why);
/* The name of the format derived from the same base that the registers do select, NULL: none or not unique. */
const char *root_selects(struct arena *a, const struct plan *plan, const struct root_spec *spec);

/* Set up v->space (and the stages) for v->plan, v->image, v->root; root NULL: none.  false with *why. */
bool view_start(struct arena *a, struct view *v, const char **why);
/* Load the registers into one space.  false with *why. */
bool root_apply(struct arena *a, struct ptg_space *s, const struct root_spec *spec, unsigned stage, const char **why);

/* NAME=VALUE, with s1. or s2. before the name of a two-stage pair's.  false with *why. */
bool view_ctx(struct arena *a, struct view *v, const char *word, const char **why);

/*
 * Reserved bits that this reader does not mind: the mask at the level called
 * `level`, at every level when that is NULL.  To be called before view_start().
 */
bool view_ignore(struct arena *a, struct plan *plan, uint64_t mask, const char *level, const char **why);

/* All addresses the format has, as ranges: one, or two halves.  Return: how many. */
unsigned view_ranges(const struct view *v, uint64_t first[2], uint64_t last[2]);

#endif /* GEN_INSPECT_VIEW_H */
