/* SPDX-License-Identifier: MIT */
/*
 * sv48.c - RISC-V Sv48 as the privileged manual's address translation process
 *
 * Steps are those of "Virtual Address Translation Process"; extensions Svnapot,
 * Svpbmt, Svadu, Svrsw60t59b as their chapters say.
 */
#include "spec.h"

#define LEVELS 4
#define FEATURE(n) (s->config[0] >> (n) & 1)
#define SVNAPOT FEATURE(0)
#define SVPBMT FEATURE(1)
#define SVADU FEATURE(2)
#define SVRSW60T59B FEATURE(3)
#define SUM (s->ctx[0] & 1)
#define MXR (s->ctx[0] >> 1 & 1)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 15;
	__CPROVER_assume((s->root[0].table & 0xfff) == 0 && s->root[0].table >> 56 == 0);
	s->root[0] = (struct ptg_root){ .table = s->root[0].table, .level = LEVELS - 1, .index_lg2 = 9,
					.va_lg2 = 12 + 9 * LEVELS, .flags = PTG_ROOT_VALID, .index_last = 511 };
}

static struct spec stop(enum ptg_fault fault)
{
	return (struct spec){ .fault = fault };
}

static unsigned bit(uint64_t x, unsigned n)
{
	return (unsigned)(x >> n & 1);
}

/* One of the six: is this single access allowed by the leaf? */
static unsigned allowed(const struct ptg_space *s, uint64_t pte, unsigned user, unsigned kind)
{
	unsigned r = bit(pte, 1), w = bit(pte, 2), x = bit(pte, 3), u = bit(pte, 4);

	if (user && !u)
		return 0;
	if (!user && u && (kind == PTG_EXEC || !SUM))
		return 0;
	if (kind == PTG_READ)
		return r || (MXR && x);
	return kind == PTG_WRITE ? w : x;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	int64_t sign = (int64_t)(va << (64 - 12 - 9 * LEVELS)) >> (64 - 12 - 9 * LEVELS);
	uint64_t a = s->root[0].table, pte = 0, ppn, low;
	unsigned g = 0, user = (access & PTG_USER) != 0, lg2;
	struct spec out = { 0 };
	int i;

	/* bits 63:48 must all equal bit 47 */
	if ((uint64_t)sign != va)
		return stop(PTG_F_NONCANONICAL);
	for (i = LEVELS - 1;; i--) {
		uint64_t vpn = va >> (12 + 9 * i) & 511;

		if (!__CPROVER_uninterpreted_readable(a + vpn * 8))
			return stop(PTG_F_UNREADABLE);
		pte = __CPROVER_uninterpreted_memory(a + vpn * 8);
		/* step 3 */
		if (!bit(pte, 0))
			return stop(PTG_F_NOT_PRESENT);
		if (!bit(pte, 1) && bit(pte, 2))
			return stop(PTG_F_RESERVED);
		g |= bit(pte, 5);
		ppn = pte >> 10 & ((UINT64_C(1) << 44) - 1);
		/* step 4 */
		if (bit(pte, 1) || bit(pte, 3))
			break;
		if (i == 0)
			return stop(PTG_F_RESERVED);
		/* a pointer: A, D, U, N, PBMT and the reserved bits must be clear */
		if (bit(pte, 4) || bit(pte, 6) || bit(pte, 7) || bit(pte, 63) || (pte >> 61 & 3) || (pte >> 54 & 31) ||
		    (!SVRSW60T59B && (pte >> 59 & 3)))
			return stop(PTG_F_RESERVED);
		a = ppn << 12;
	}
	if (pte >> 54 & 31)
		return stop(PTG_F_RESERVED);
	if (!SVRSW60T59B && (pte >> 59 & 3))
		return stop(PTG_F_RESERVED);
	if (!SVPBMT && (pte >> 61 & 3))
		return stop(PTG_F_RESERVED);
	if ((pte >> 61 & 3) == 3)
		return stop(PTG_F_RESERVED);
	lg2 = 12 + 9 * (unsigned)i;
	if (bit(pte, 63)) {
		if (!SVNAPOT || i != 0 || (ppn & 15) != 8)
			return stop(PTG_F_RESERVED);
		lg2 = 16;
		ppn &= ~UINT64_C(15);
	}
	low = (UINT64_C(1) << lg2) - 1;
	/* step 6: misaligned superpage */
	if (ppn << 12 & low)
		return stop(PTG_F_RESERVED);
	/* steps 7 and 8: rights; each single access of a mask must be allowed */
	for (unsigned k = 1; k <= 4; k <<= 1)
		if ((access & k) && !allowed(s, pte, user, k))
			return stop(PTG_F_PERMISSION);
	/* step 9 */
	if (!SVADU && (access & 7) && !bit(pte, 6))
		return stop(PTG_F_ACCESS_FLAG);
	if (!SVADU && (access & PTG_WRITE) && !bit(pte, 7))
		return stop(PTG_F_DIRTY);
	out.pa = ppn << 12 | (va & low);
	out.level = (unsigned)i;
	out.page_lg2 = lg2;
	out.entry = pte;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= allowed(s, pte, k < 3, 1u << k % 3) << k;
	out.rights |= g << 6 | bit(pte, 6) << 7 | bit(pte, 7) << 8;
	return out;
}
