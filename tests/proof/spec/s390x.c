/* SPDX-License-Identifier: MIT */
/*
 * s390x.c - dynamic address translation, Principles of Operation (SA22-7832), chapter 3
 *
 * Bits are numbered from the right here.  A window that an index misses is the
 * exception of the level that is missing; all of them are of class length.
 */
#include "spec.h"

#define EDAT1 FEATURE(0)
#define EDAT2 FEATURE(1)
#define IEP FEATURE(2)
#define ASCE spec_reg[0]
#define PRIVATE bit(ASCE, 8)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 15;
	__CPROVER_assume(!EDAT2 || EDAT1); /* the second facility comes with the first */
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned dt = (unsigned)bits(ASCE, 3, 2), protect = 0, no_fetch, lg2 = 12;
	uint64_t origin = ASCE & ones(63, 12), e = 0;
	unsigned first = 0, last = (unsigned)bits(ASCE, 1, 0); /* of the first two index bits */
	struct spec out = { 0 };
	int level;

	if (bit(ASCE, 5)) { /* real-space designation */
		out.pa = va;
		out.rights = 0x3f;
		return out;
	}
	/* ASCE-type exception */
	if (dt < 3 && va >> (31 + 11 * dt))
		return stop(PTG_F_NONCANONICAL);
	for (level = 4; level >= 1; level--) { /* region first to segment */
		unsigned shift = 20 + 11 * (unsigned)(level - 1), index = (unsigned)(va >> shift & 2047);

		if (level > (int)dt + 1)
			continue;
		if (index >> 9 < first || index >> 9 > last)
			return stop(PTG_F_LENGTH);
		if (!__CPROVER_uninterpreted_readable(origin + index * 8))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(origin + index * 8);
		if (bit(e, 5))
			return stop(PTG_F_NOT_PRESENT);
		if (bits(e, 3, 2) != (uint64_t)(level - 1)) /* TT */
			return stop(PTG_F_RESERVED);
		if (PRIVATE && bit(e, 4) && (level == 1 || (level == 2 && EDAT2)))
			return stop(PTG_F_RESERVED);
		protect |= bit(e, 9) && (level == 1 || EDAT1);
		lg2 = shift;
		if (bit(e, 10) && ((level == 2 && EDAT2) || (level == 1 && EDAT1)))
			goto leaf;
		origin = e & ones(63, level == 1 ? 11 : 12);
		first = (unsigned)bits(e, 7, 6);
		last = (unsigned)bits(e, 1, 0);
	}
	origin += bits(va, 19, 12) * 8;
	if (!__CPROVER_uninterpreted_readable(origin))
		return stop(PTG_F_UNREADABLE);
	e = __CPROVER_uninterpreted_memory(origin);
	if (bit(e, 10))
		return stop(PTG_F_NOT_PRESENT);
	if (bit(e, 11))
		return stop(PTG_F_RESERVED);
	protect |= bit(e, 9);
	lg2 = 12;
leaf:
	no_fetch = IEP && bit(e, 8);
	if (((access & PTG_WRITE) && protect) || ((access & PTG_EXEC) && no_fetch))
		return stop(PTG_F_PERMISSION);
	out.pa = (e & ~below(lg2)) | (va & below(lg2));
	out.level = (unsigned)level;
	out.page_lg2 = lg2;
	out.entry = e;
	out.rights = 9 | (protect ? 0 : 18) | (no_fetch ? 0 : 36);
	return out;
}
