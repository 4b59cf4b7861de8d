/* SPDX-License-Identifier: MIT */
/* differ.h - do two plans of one format mean the same? */
#ifndef MUTANTS_DIFFER_H
#define MUTANTS_DIFFER_H

#include "gen/plan.h"

#define DIFFER_INPUTS 100000u

/* NULL: translate, decode and encode agree on DIFFER_INPUTS structured random inputs; else which of them differs. */
const char *differ(const struct plan *a, const struct plan *b);

#endif /* MUTANTS_DIFFER_H */
