/* SPDX-License-Identifier: MIT */
/*
 * emit_data.h - the plan as C source
 *
 * `const struct ptg_format PREFIX_format` and the arrays it points to, static;
 * members that are 0 are left out.
 */
#ifndef GEN_EMIT_EMIT_DATA_H
#define GEN_EMIT_EMIT_DATA_H

#include "dsl/arena.h"
#include "gen/plan.h"

/* stage: names of the stages' formats of a two-stage pair, else NULL. */
const char *emit_data(struct arena *arena, const struct plan *p, const char *prefix, const char *const stage[2]);

#endif /* GEN_EMIT_EMIT_DATA_H */
