/* SPDX-License-Identifier: MIT */
/*
 * amdgpu_gfx9.c - AMD GPUVM of GFX9, as amdgpu_vm.h and gmc_v9_0.c have it
 *
 * A PDE with P is a page; tables below the first are aligned to 64 bytes only, so that
 * their entries are found by adding; the first is taken to be aligned to 4 KiB.  Which
 * memory an address is in (S) is not asked here.
 */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = spec_reg[1] & ones(47, 6), e;
	unsigned depth = (unsigned)bits(spec_reg[0], 2, 1);

	(void)s;
	/* fewer levels: fewer address bits; of these the lower half, what becomes of the hole is not known */
	__CPROVER_assume(depth == 3 || va >> (20 + 9 * depth) == 0);
	__CPROVER_assume((table & below(12)) == 0);
	if (!bit(spec_reg[0], 0) || !bit(spec_reg[1], 0)) /* the context is off, the directory not valid */
		return stop(PTG_F_CONFIG);
	if (!sign_extended(va, 48))
		return stop(PTG_F_NONCANONICAL);
	for (unsigned level = 3;; level--) {
		unsigned lg2 = 12 + 9 * level;

		if (level > depth)
			continue;
		if (!entry_at(table + (va >> lg2 & 511) * 8, 8, &e))
			return stop(PTG_F_UNREADABLE);
		if (!bit(e, 0))
			return stop(PTG_F_NOT_PRESENT);
		if (level == 3 && bit(e, 54))
			return stop(PTG_F_NOT_PRESENT); /* no driver makes one */
		if (level == 0 || bit(e, 54))
			return page(va, access, e, e & ones(47, 12), level, lg2, everybody(bit(e, 5), bit(e, 6), bit(e, 4)));
		table = e & ones(47, 6);
	}
}
