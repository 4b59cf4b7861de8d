/* SPDX-License-Identifier: MIT */
/*
 * rows.h - the rows of a level's table of kinds, as conditions
 */
#ifndef GEN_EMIT_ROWS_H
#define GEN_EMIT_ROWS_H

#include "gen/emit/cexpr.h"

/* Kinds of a level in the order of their first row, each once. Return: how many. */
unsigned rows_kinds(const struct ptg_format *f, unsigned level, uint16_t *kinds, unsigned room);

/*
 * The condition under which an entry for which no kind before it matched is of
 * this one: as few comparisons as merging rows gives.  NULL: no condition is
 * left, whatever comes here is of this kind.
 */
const char *rows_condition(const struct cexpr *x, unsigned level, unsigned kind);

#endif /* GEN_EMIT_ROWS_H */
