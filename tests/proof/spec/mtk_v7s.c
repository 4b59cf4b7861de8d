/* SPDX-License-Identifier: MIT */
/*
 * mtk_v7s.c - MediaTek M4U: short descriptors of ARMv7 without rights, PA[34:32] in
 * bits 5, 4 and 9; the first table grows with the address
 */
#include "spec/plain.h"

#define VA_BITS PARAM(0)
#define HIGH(e) ((uint64_t)(bit(e, 5) << 2 | bit(e, 4) << 1 | bit(e, 9)) << 32)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= ones(31, 24);
	__CPROVER_assume(VA_BITS >= 32 && VA_BITS <= 34);
}

static struct spec answer(uint64_t va, unsigned access, uint64_t e, unsigned level, unsigned lg2, unsigned ng)
{
	struct spec out = page(va, access, e, HIGH(e) | (e & ones(31, 12)), level, lg2, everybody(1, 1, 1));

	out.rights |= !ng << 6;
	return out;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = bits(spec_reg[0], 2, 0) << 32 | (spec_reg[0] & ones(31, 14)), e;

	__CPROVER_assume((table & below(VA_BITS - 18)) == 0); /* aligned to its size */
	if (va >> VA_BITS)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at(table + (va >> 20) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (bit(e, 1)) /* sections; bit 0 would be PXN */
		return answer(va, access, e, 1, bit(e, 18) ? 24 : 20, bit(e, 17));
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	if (!entry_at((HIGH(e) | (e & ones(31, 10))) + bits(va, 19, 12) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bits(e, 1, 0))
		return stop(PTG_F_NOT_PRESENT);
	return answer(va, access, e, 0, bit(e, 1) ? 12 : 16, bit(e, 11));
}
