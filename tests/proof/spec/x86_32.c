/* SPDX-License-Identifier: MIT */
/*
 * x86_32.c - 32-bit paging, SDM volume 3A, 5.3; reserved bits of 4-MByte pages: 5.3, table 5-4
 */
#include "spec/x86_legacy.h"

#define PSE FEATURE(0)
#define PSE36 FEATURE(1)
#define MAXPHYADDR PARAM(0)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(2) | ones(31, 24);
	__CPROVER_assume(MAXPHYADDR >= 32 && MAXPHYADDR <= 40);
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t at = (CR3 & ones(31, 12)) + bits(va, 31, 22) * 4, e;
	unsigned path;

	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	if (!__CPROVER_uninterpreted_readable(at))
		return stop(PTG_F_UNREADABLE);
	e = __CPROVER_uninterpreted_memory(at) & 0xffffffff;
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	path = bit(e, 1) | bit(e, 2) << 1;
	if (PSE && bit(e, 7)) {
		uint64_t high = PSE36 ? bits(e, 20, 13) : 0;

		if (bit(e, 21) || (!PSE36 && bits(e, 20, 13)) || high << 32 >> MAXPHYADDR)
			return stop(PTG_F_RESERVED);
		return leaf_answer(s, va, access, path, e, high << 32 | (e & ones(31, 22)), 1, 22);
	}
	at = (e & ones(31, 12)) + bits(va, 21, 12) * 4;
	if (!__CPROVER_uninterpreted_readable(at))
		return stop(PTG_F_UNREADABLE);
	e = __CPROVER_uninterpreted_memory(at) & 0xffffffff;
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	path &= bit(e, 1) | bit(e, 2) << 1;
	return leaf_answer(s, va, access, path, e, e & ones(31, 12), 0, 12);
}
