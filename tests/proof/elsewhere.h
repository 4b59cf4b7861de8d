/* SPDX-License-Identifier: MIT */
/*
 * elsewhere.h - what a proof of walks and changes needs and does not look at
 *
 * Names of the format's parts, free values, and those functions of the runtime that
 * the part under proof calls but is not about.  Included once, after the format.
 */
#ifndef PROOF_ELSEWHERE_H
#define PROOF_ELSEWHERE_H

#include "ptg_core.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

uint64_t nondet_u64(void);
unsigned nondet_unsigned(void);

/* No space here has it. */
const struct ptg_walker ptg_generic_walker;

/* Of the generic walker, which looks nothing up by its digest here. */
void ptg_quick_build_(struct ptg_space *s)
{
	(void)s;
}

/* runtime/root.c clears its roots, member by member here. */
void ptg_zero_(void *at, size_t bytes)
{
	__CPROVER_assert(bytes == sizeof(struct ptg_root), "a root is cleared");
	*(struct ptg_root *)at = (struct ptg_root){ 0 };
}

/* Memory outside the window. */
int ptg_cold_load_(const struct ptg_space *s, uint64_t pa, unsigned lg2, uint64_t e[2])
{
	(void)s, (void)pa, (void)lg2, (void)e;
	return PTG_E_IO;
}

#endif /* PROOF_ELSEWHERE_H */
