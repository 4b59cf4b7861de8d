/* SPDX-License-Identifier: MIT */
/*
 * amdv1.c - AMD IOMMU host tables, specification 48882, 2.2.3 and figures 7 to 9
 *
 * The register is quadword 0 of the device table entry.  What it forbids (TV, IR,
 * IW) is told when the walk is done.  Skipped address bits that are not zero: the
 * address is outside what the entry covers.
 */
#include "spec.h"

#define DTE spec_reg[0]
#define HA bit(DTE, 7)
#define HD bit(DTE, 8)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 3;
}

/* log2 of the size that NextLevel 7 encodes: lowest clear bit of 51:12 at k: k + 1; 0: none. */
static unsigned encoded_size(uint64_t e)
{
	for (unsigned k = 12; k <= 51; k++)
		if (!bit(e, k))
			return k + 1;
	return 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned mode = (unsigned)bits(DTE, 11, 9), lg2 = 0, r = 1, w = 1, at_level = mode, six;
	uint64_t table = DTE & ones(51, 12), e = 0;
	struct spec out = { 0 };
	unsigned level;

	(void)s;
	if (!bit(DTE, 0) || mode == 0) {
		out.pa = va;
		out.rights = 0x3f;
		return out;
	}
	if (mode == 7)
		return stop(PTG_F_CONFIG);
	if (mode < 6 && va >> (12 + 9 * mode))
		return stop(PTG_F_NONCANONICAL);
	for (level = 6; level >= 1; level--) {
		unsigned shift = 12 + 9 * (level - 1), next;
		uint64_t at = table + (va >> shift & (level == 6 ? 127 : 511)) * 8;

		if (level != at_level)
			continue;
		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bit(e, 0))
			return stop(PTG_F_NOT_PRESENT);
		next = (unsigned)bits(e, 11, 9);
		r &= bit(e, 61);
		w &= bit(e, 62);
		if (next == 0 || next == 7) { /* a page */
			if (level == 6 || bits(e, 58, 52))
				return stop(PTG_F_RESERVED);
			lg2 = next == 0 ? shift : encoded_size(e);
			/* larger than the level's own page, smaller than the next level's */
			if (next == 7 && (lg2 <= shift || lg2 >= shift + 9))
				return stop(PTG_F_RESERVED);
			break;
		}
		if (next >= level || bits(e, 60, 52))
			return stop(PTG_F_RESERVED);
		/* levels in between are skipped: their address bits are zero */
		if (va & below(shift) & ~below(12 + 9 * next))
			return stop(PTG_F_NONCANONICAL);
		table = e & ones(51, 12);
		at_level = next;
	}
	r &= bit(DTE, 61);
	w &= bit(DTE, 62);
	six = bit(DTE, 1) ? r * 9 | w * 18 | 36 : 0;
	EACH_KIND(k)
		if ((access & k) && !(six & k))
			return stop(PTG_F_PERMISSION);
	out.pa = (e & ones(51, 12) & ~below(lg2)) | (va & below(lg2));
	out.level = level - 1;
	out.page_lg2 = lg2;
	out.entry = e;
	out.rights = six | (HA && bit(e, 5)) << 7 | (HD && bit(e, 6)) << 8;
	return out;
}
