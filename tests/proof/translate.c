/* SPDX-License-Identifier: MIT */
/*
 * translate.c - for every root register, address, access, setting and memory
 * content the generated walk gives what the specification says
 *
 * The registers go through runtime/root.c, so that this is proved as well.
 *
 * Compiled with -DFORMAT=F and -DFORMAT_FILE="F.c"; with -DMUTANT one bit of
 * what the walk reads is wrong, and the proof must fail.  -DAGAIN: the space was
 * set up with other settings before.
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);
_Bool __CPROVER_uninterpreted_readable(uint64_t pa);

#ifdef MUTANT
#define PROOF_MEMORY(pa) (__CPROVER_uninterpreted_memory(pa) ^ ((pa) & 8 ? UINT64_C(0x8000000000000021) : 0))
#else
#define PROOF_MEMORY(pa) __CPROVER_uninterpreted_memory(pa)
#endif

#define PTG_IN_WINDOW(space, pa) __CPROVER_uninterpreted_readable(pa)
#define PTG_LOAD64(space, pa) PROOF_MEMORY(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)PROOF_MEMORY(pa))
#define PTG_LOAD64BE(space, pa) PROOF_MEMORY(pa)
#define PTG_LOAD32BE(space, pa) ((uint32_t)PROOF_MEMORY(pa))

#include "spec.h"
#include "ptg_core.h"

#include FORMAT_FILE
#include "elsewhere.h"

uint64_t spec_reg[SPEC_REGS];

/* What runtime/translate.c has, written again: packing is part of the contract of ptg.h. */
struct ptg_hit ptg_hit_of_(const struct ptg_translation *t)
{
	struct ptg_hit hit = { t->pa, (uint64_t)t->fault | (uint64_t)t->level << 16 | (uint64_t)t->space << 20 |
					      (uint64_t)t->stage << 22 | (uint64_t)t->rule << 48 };

	if (!t->fault)
		hit.info |= (uint64_t)t->page_lg2 << 8 | (uint64_t)t->contig_lg2 << 24 | (uint64_t)t->rights << 32;
	return hit;
}

static void any_settings(struct ptg_space *s)
{
	for (unsigned i = 0; i < 4; i++)
		s->ctx[i] = nondet_u64();
	s->config[0] = nondet_u64();
	spec_assume(s);
}

int main(void)
{
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker) };
	uint64_t va = nondet_u64();
	unsigned access = nondet_unsigned() & 15;
	struct ptg_translation t;
	struct ptg_hit hit, packed;
	struct spec want;
	enum ptg_fault fault;
	int err;

#ifdef AGAIN
	any_settings(&s);
	JOIN(FORMAT, update)(&s);
#endif
	for (unsigned i = 0; i < SPEC_REGS; i++)
		spec_reg[i] = nondet_u64();
	any_settings(&s);
	err = ptg_set_root(&s, spec_reg, walk_registers(s.format));
	__CPROVER_assert(err == PTG_OK, "the registers are taken");
	want = spec_translate(&s, va, access);
	fault = JOIN(FORMAT, translate)(&s, va, access, &t);
	__CPROVER_assert(fault == want.fault, "fault");
	__CPROVER_assert(t.fault == want.fault, "fault in the answer");
	__CPROVER_assert(t.pa == (want.fault ? 0 : want.pa), "pa");
	if (!want.fault) {
		__CPROVER_assert(t.page_lg2 == want.page_lg2, "page size");
		__CPROVER_assert(t.level == want.level, "level");
		__CPROVER_assert(t.rights == want.rights, "rights");
		__CPROVER_assert(t.entry == want.entry, "entry");
		__CPROVER_assert(t.contig_lg2 == want.contig_lg2, "group");
	}
	hit = JOIN(FORMAT, lookup)(&s, va, access);
	packed = ptg_hit_of_(&t);
	__CPROVER_assert(hit.pa == packed.pa, "lookup: pa");
	__CPROVER_assert(hit.info == packed.info, "lookup: info");
#ifdef REACH
	__CPROVER_assert(want.fault != PTG_F_NONE, "reach: some address translates");
#endif
}
