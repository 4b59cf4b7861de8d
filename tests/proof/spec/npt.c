/* SPDX-License-Identifier: MIT */
/*
 * npt.c - AMD nested paging, APM volume 2, 15.25
 *
 * The host's 4-level format (chapter 5) with every access a user's (15.25.5);
 * write protection of the supervisor, SMEP, SMAP and keys do not apply.
 */
#include "spec.h"

#define PDPE1GB FEATURE(0)
#define NXE FEATURE(1)
#define MAXPHYADDR PARAM(0)
#define NCR3 spec_reg[0]

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(2) | ones(31, 24);
	__CPROVER_assume(MAXPHYADDR >= 36 && MAXPHYADDR <= 52);
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = NCR3 & ones(MAXPHYADDR - 1, 12), e = 0, low;
	unsigned w = 1, u = 1, nx = 0;
	struct spec out = { 0 };
	int level;

	if (NCR3 & ones(63, MAXPHYADDR))
		return stop(PTG_F_CONFIG);
	if (va >> 48)
		return stop(PTG_F_NONCANONICAL);
	for (level = 3;; level--) {
		uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
		unsigned large;

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bit(e, 0))
			return stop(PTG_F_NOT_PRESENT);
		large = level > 0 && bit(e, 7);
		if ((e & ones(51, MAXPHYADDR)) || (bit(e, 63) && !NXE))
			return stop(PTG_F_RESERVED);
		if (level == 3 && bits(e, 8, 7)) /* figure 5-20: MBZ */
			return stop(PTG_F_RESERVED);
		if (level == 2 && large && (!PDPE1GB || bits(e, 29, 13)))
			return stop(PTG_F_RESERVED);
		if (level == 1 && large && bits(e, 20, 13))
			return stop(PTG_F_RESERVED);
		w &= bit(e, 1);
		u &= bit(e, 2);
		nx |= bit(e, 63);
		if (large || level == 0)
			break;
		table = e & ones(51, 12);
	}
	if ((access & 7) && !u)
		return stop(PTG_F_PERMISSION);
	if (((access & PTG_WRITE) && !w) || ((access & PTG_EXEC) && nx))
		return stop(PTG_F_PERMISSION);
	out.level = (unsigned)level;
	out.page_lg2 = 12 + 9 * out.level;
	low = below(out.page_lg2);
	out.pa = (e & ones(51, 12) & ~low) | (va & low);
	out.entry = e;
	out.rights = u * 9 | (u & w) * 18 | (u & !nx) * 36 | bit(e, 5) << 7 | bit(e, 6) << 8;
	return out;
}
