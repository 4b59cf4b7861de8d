/* SPDX-License-Identifier: MIT */
/* tegra_smmu.c - NVIDIA Tegra SMMU: attributes on top of an entry, those of the way count too */
#include "spec/plain.h"

#define PA_BITS PARAM(0)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= ones(31, 24);
	__CPROVER_assume(PA_BITS >= 32 && PA_BITS <= 34);
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t e, frames = below(PA_BITS - 12);
	unsigned r = bit(spec_reg[0], 31), w = bit(spec_reg[0], 30);

	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at(((spec_reg[0] & frames) << 12) + bits(va, 31, 22) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (bits(e, 31, 28) == 0)
		return stop(PTG_F_NOT_PRESENT);
	r &= bit(e, 31);
	w &= bit(e, 30);
	if (!bit(e, 28))
		return page(va, access, e, (e & frames) << 12, 1, 22, everybody(r, w, 1));
	if (!entry_at(((e & frames) << 12) + bits(va, 21, 12) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (bits(e, 31, 29) == 0)
		return stop(PTG_F_NOT_PRESENT);
	return page(va, access, e, (e & frames) << 12, 0, 12, everybody(r & bit(e, 31), w & bit(e, 30), 1));
}
