/* SPDX-License-Identifier: MIT */
/*
 * steps.h - a walk shown level by level
 */
#ifndef GEN_INSPECT_STEPS_H
#define GEN_INSPECT_STEPS_H

#include "gen/inspect/view.h"
#include "gen/out.h"

/* One line a level: index, where the entry is, its value, what it is, its named bits. */
void steps_print(struct arena *a, struct out *o, const struct view *v, uint64_t va);

/* The key "steps": in JSON an array of objects, in CSV one text. */
void steps_record(struct arena *a, struct out *o, const struct view *v, uint64_t va);

#endif /* GEN_INSPECT_STEPS_H */
