/* SPDX-License-Identifier: MIT */
/*
 * armv7_lpae.c - ARMv7 long descriptors, DDI 0406C.d, B3.6 and B3.7
 *
 * Which TTBR: B3.6.4.  Bits of TTBR below the alignment of the table are zero
 * (otherwise unpredictable).
 */
#include "spec.h"

#define V8 FEATURE(0)
#define TTBCR spec_reg[0]
#define WXN CONTEXT(0)
#define UWXN CONTEXT(1)
#define PAN CONTEXT(2)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 1;
#ifdef CASE /* the register: sizes of both halves, EPD0, EPD1; A1, the ASID's, and what caches do, do not matter here */
	TTBCR = CASE;
#endif
}

struct path {
	unsigned no_w, no_u, xn, pxn;
};

static unsigned allowed(const struct ptg_space *s, struct path p, uint64_t d, unsigned user, unsigned kind)
{
	unsigned u = bit(d, 6) && !p.no_u, w = !bit(d, 7) && !p.no_w;
	unsigned xn = bit(d, 54) || p.xn, pxn = bit(d, 53) || p.pxn;

	if (user) {
		if (!u)
			return 0;
		return kind == PTG_READ || (kind == PTG_WRITE ? w : !xn && !(WXN && w));
	}
	if (kind == PTG_EXEC)
		return !xn && !pxn && !(WXN && w) && !(UWXN && u && w);
	if (PAN && u)
		return 0;
	return kind == PTG_READ || w;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned t0 = (unsigned)bits(TTBCR, 2, 0), t1 = (unsigned)bits(TTBCR, 18, 16), second, size, page = 0;
	uint64_t va32 = va & 0xffffffff, table, d = 0, low;
	struct path p = { 0 };
	struct spec out = { 0 };
	int level, first;

	if (t1)
		second = va32 >= (0xffffffff & ~(UINT64_C(0xffffffff) >> t1));
	else
		second = va32 > UINT64_C(0xffffffff) >> t0;
	if (bit(TTBCR, second ? 23 : 7)) /* EPD */
		return stop(PTG_F_NOT_PRESENT);
	size = 32 - (second ? t1 : t0);
	if (va >> 32 || (!second && va32 >> size)) /* outside, or in the gap */
		return stop(PTG_F_NONCANONICAL);
	first = size > 30 ? 1 : 2;
	table = spec_reg[second ? 2 : 1] & ones(39, 3);
	for (level = 1; level <= 3; level++) {
		unsigned width;
		uint64_t at;

		if (level < first)
			continue;
		page = 12 + 9 * (unsigned)(3 - level);
		width = level == first ? size - page : 9;
		if (level == first)
			__CPROVER_assume((table & below(width + 3)) == 0);
		at = table + (va >> page & below(width)) * 8;
		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		d = __CPROVER_uninterpreted_memory(at);
		if (!bit(d, 0) || (level == 3 && !bit(d, 1)))
			return stop(PTG_F_NOT_PRESENT);
		if (V8 && bits(d, 47, 40))
			return stop(PTG_F_ADDRESS_SIZE);
		if (level == 3 || !bit(d, 1))
			break;
		p.no_w |= bit(d, 62);
		p.no_u |= bit(d, 61);
		p.xn |= bit(d, 60);
		p.pxn |= bit(d, 59);
		table = d & ones(39, 12);
	}
	if ((access & 7) && !bit(d, 10))
		return stop(PTG_F_ACCESS_FLAG);
	EACH_KIND(k)
		if ((access & k) && !allowed(s, p, d, (access & PTG_USER) != 0, k))
			return stop(PTG_F_PERMISSION);
	low = below(page);
	out.pa = (d & ones(39, 12) & ~low) | (va & low);
	out.level = (unsigned)(3 - level);
	out.page_lg2 = page;
	out.contig_lg2 = bit(d, 52) ? page + 4 : 0;
	out.entry = d;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= allowed(s, p, d, k < 3, 1u << k % 3) << k;
	out.rights |= !bit(d, 11) << 6 | bit(d, 10) << 7;
	return out;
}
