/* SPDX-License-Identifier: MIT */
/* sun50i.c - Allwinner H6 IOMMU: rights by the authority an entry names, in two bits each of a register */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned authority;
	uint64_t e;

	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at((spec_reg[0] & ones(31, 14)) + bits(va, 31, 20) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (bits(e, 1, 0) != 1)
		return stop(PTG_F_NOT_PRESENT);
	if (!entry_at((e & ones(31, 10)) + bits(va, 19, 12) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 1))
		return stop(PTG_F_NOT_PRESENT);
	authority = (unsigned)bits(e, 7, 4);
	return page(va, access, e, e & ones(31, 12), 0, 12,
		    everybody(CONTEXT(2 * authority), CONTEXT(2 * authority + 1), 1));
}
