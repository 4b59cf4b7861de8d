/* SPDX-License-Identifier: MIT */
/* rockchip.h - Rockchip IOMMU, as rockchip-iommu.c has it; included with FRAME(e) defined */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t e;

	(void)s;
	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at(FRAME(spec_reg[0]) + bits(va, 31, 22) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	if (!entry_at(FRAME(e) + bits(va, 21, 12) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	return page(va, access, e, FRAME(e), 0, 12, everybody(bit(e, 1), bit(e, 2), 1));
}
