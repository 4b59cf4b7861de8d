/* SPDX-License-Identifier: MIT */
/* v3d.c - Broadcom V3D: one flat table, as v3d_mmu.c fills it */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct spec out;
	uint64_t e;

	(void)s;
	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	if (!entry_at((bits(spec_reg[0], 23, 0) << 12) + bits(va, 31, 12) * 4, 4, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 28)) /* valid */
		return stop(PTG_F_NOT_PRESENT);
	out = page(va, access, e, bits(e, 23, 0) << 12, 0, 12, everybody(1, bit(e, 29), 1));
	if (!out.fault && bit(e, 31)) /* superpage: one of 256 that map a megabyte */
		out.contig_lg2 = 20;
	return out;
}
