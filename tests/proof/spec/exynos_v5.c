/* SPDX-License-Identifier: MIT */
/* exynos_v5.c - Samsung SysMMU, version 5: an entry is the address shifted right by four, and what it is for */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t e;

	(void)s;
	__CPROVER_assume((spec_reg[0] & 3) == 0); /* the first table is aligned to its size */
	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at((bits(spec_reg[0], 23, 0) << 12) + bits(va, 31, 20) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (bits(e, 1, 0) == 0 || bits(e, 1, 0) == 3)
		return stop(PTG_F_NOT_PRESENT);
	if (bits(e, 1, 0) == 2)
		return page(va, access, e, (e & ones(31, 16)) << 4, 1, 20, everybody(bit(e, 4), bit(e, 5), 1));
	if (!entry_at(((e & ones(31, 6)) << 4) + bits(va, 19, 12) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (bits(e, 1, 0) == 0)
		return stop(PTG_F_NOT_PRESENT);
	if (bits(e, 1, 0) == 1)
		return page(va, access, e, (e & ones(31, 12)) << 4, 0, 16, everybody(bit(e, 2), bit(e, 3), 1));
	return page(va, access, e, (e & ones(31, 8)) << 4, 0, 12, everybody(bit(e, 2), bit(e, 3), 1));
}
