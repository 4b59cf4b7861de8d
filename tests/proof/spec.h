/* SPDX-License-Identifier: MIT */
/*
 * spec.h - what a specification of a walk says
 *
 * Each spec/F.c is written from the architecture manual alone: no mask of it
 * comes from the description, the plan or the generated code.  Memory is an
 * uninterpreted function of the physical address.
 */
#ifndef PROOF_SPEC_H
#define PROOF_SPEC_H

#include "ptg.h"

/* The entry at an address, host order; wider entries: two words. */
uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);
/* Can the mapper reach it? */
_Bool __CPROVER_uninterpreted_readable(uint64_t pa);

struct spec {
	enum ptg_fault fault;
	uint64_t pa;
	unsigned level, page_lg2, rights; /* rights: the six and GLOBAL, ACCESSED, DIRTY */
	uint64_t entry;
};

/* What the manual says of an address.  access may be 0. */
struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access);

/* Settings a proof may assume of the space (features, contexts) beyond what F_setup gives. */
void spec_assume(struct ptg_space *s);

#endif /* PROOF_SPEC_H */
