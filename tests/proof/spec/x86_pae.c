/* SPDX-License-Identifier: MIT */
/*
 * x86_pae.c - PAE paging, SDM volume 3A, 5.4; reserved bits: tables 5-8 to 5-11
 *
 * The PDPTEs are read like other entries; lenient_pdpte takes their low reserved
 * bits for ignored.
 */
#include "spec/x86_legacy.h"

#define NXE FEATURE(0)
#define LENIENT_PDPTE FEATURE(1)
#define MAXPHYADDR PARAM(0)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(2) | ones(31, 24);
	__CPROVER_assume(MAXPHYADDR >= 32 && MAXPHYADDR <= 52);
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = CR3 & ones(31, 5), e = 0, low;
	unsigned rw = 1, us = 1, xd = 0, large = 0, lg2;
	int level;

	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	for (level = 2;; level--) {
		uint64_t at = table + (va >> (12 + 9 * level) & (level == 2 ? 3 : 511)) * 8;

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bit(e, 0))
			return stop(PTG_F_NOT_PRESENT);
		if (level == 2) {
			if ((e & ones(63, MAXPHYADDR)) || (!LENIENT_PDPTE && (bits(e, 2, 1) || bits(e, 8, 5))))
				return stop(PTG_F_RESERVED);
		} else {
			if ((e & ones(62, MAXPHYADDR)) || (bit(e, 63) && !NXE))
				return stop(PTG_F_RESERVED);
			large = level == 1 && bit(e, 7);
			if (large && bits(e, 20, 13))
				return stop(PTG_F_RESERVED);
			rw &= bit(e, 1);
			us &= bit(e, 2);
			xd |= bit(e, 63);
			if (large || level == 0)
				break;
		}
		table = e & ones(51, 12);
	}
	lg2 = large ? 21 : 12;
	low = below(lg2);
	return leaf_answer(s, va, access, rw | us << 1 | xd << 2, e, e & ones(51, 12) & ~low, (unsigned)level, lg2);
}
