/* SPDX-License-Identifier: MIT */
/*
 * spec.h - what a specification of a walk says
 *
 * Each spec/F.c is written from the architecture manual alone: no mask of it
 * comes from the description, the plan or the generated code.  Memory is an
 * uninterpreted function of the physical address; the root registers, the
 * features, parameters and contexts are free.
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
	unsigned contig_lg2;              /* of the group that a hint names, 0: none */
};

/* The registers, free, in the order of struct F_regs: those of the walk come first. */
#define SPEC_REGS 16
extern uint64_t spec_reg[SPEC_REGS];

/* Those of the walk as ptg_set_root() is told what it is given; features and contexts are free without the others. */
static inline uint32_t walk_registers(const struct ptg_format *f)
{
	unsigned count = 0;

	for (unsigned i = 0; i < f->root_count; i++)
		count = f->roots[i].reg >= count ? f->roots[i].reg + 1u : count;
	return ((uint32_t)1 << count) - 1;
}

/* What the manual says of an address.  access may be 0. */
struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access);

/* Settings a proof may assume of the space (features, parameters: config[0]). */
void spec_assume(struct ptg_space *s);

/* --- for writing them ------------------------------------------------------------ */

#define FEATURE(n) ((unsigned)(s->config[0] >> (n) & 1))
#define PARAM(n) ((unsigned)(s->config[0] >> (24 + 8 * (n)) & 0xff))
#define CONTEXT(n) ((unsigned)(s->ctx[(n) / 64] >> (n) % 64 & 1))

static inline struct spec stop(enum ptg_fault fault)
{
	return (struct spec){ .fault = fault };
}

static inline unsigned bit(uint64_t x, unsigned n)
{
	return (unsigned)(x >> n & 1);
}

static inline uint64_t bits(uint64_t x, unsigned hi, unsigned lo) /* x[hi:lo] */
{
	return x >> lo & (~UINT64_C(0) >> (63 - (hi - lo)));
}

static inline uint64_t ones(unsigned hi, unsigned lo) /* bits hi:lo set, none when hi + 1 = lo */
{
	return hi + 1 == lo ? 0 : (~UINT64_C(0) >> (63 - hi)) & (~UINT64_C(0) << lo);
}

static inline uint64_t below(unsigned n) /* bits n-1:0 set */
{
	return n == 0 ? 0 : ~UINT64_C(0) >> (64 - n);
}

static inline int sign_extended(uint64_t va, unsigned width)
{
	return (uint64_t)((int64_t)(va << (64 - width)) >> (64 - width)) == va;
}

/* READ, WRITE and EXEC of a mask, one after the other: is `kind` among them? */
#define EACH_KIND(k) for (unsigned k = 1; k <= 4; k <<= 1)

#endif /* PROOF_SPEC_H */
