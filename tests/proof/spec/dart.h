/* SPDX-License-Identifier: MIT */
/*
 * dart.h - Apple DART with pages of 16 KiB, as io-pgtable-dart.c walks it
 *
 * Included with NO_READ, NO_WRITE (bits) and FRAME(e) defined.  Four tables of the
 * first level, chosen by the two highest address bits.
 */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t e;

	(void)s;
	if (va >> 38)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at((spec_reg[bits(va, 37, 36)] & ones(PA - 1, 14)) + bits(va, 35, 25) * 8, 8, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	if (!entry_at(FRAME(e) + bits(va, 24, 14) * 8, 8, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	return page(va, access, e, FRAME(e), 0, 14, everybody(!bit(e, NO_READ), !bit(e, NO_WRITE), 1));
}
