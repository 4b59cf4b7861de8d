/* SPDX-License-Identifier: MIT */
/*
 * riscv.h - the address translation process of the RISC-V privileged manual
 *
 * Included with XLEN (of an entry), LEVELS and, for the second stage, GSTAGE
 * defined.  Steps are those of "Virtual Address Translation Process"; extensions
 * Svnapot, Svpbmt, Svadu, Svrsw60t59b as their chapters say; the second stage:
 * "Guest Physical Address Translation".  satp.MODE is taken to be the format's.
 */
#include "spec.h"

#if XLEN == 32
#define VPN 10
#define SVADU FEATURE(0)
#define N_FEATURES 1
#else
#define VPN 9
#define SVNAPOT FEATURE(0)
#define SVPBMT FEATURE(1)
#define SVADU FEATURE(2)
#define SVRSW60T59B FEATURE(3)
#define N_FEATURES 4
#endif

#ifdef GSTAGE
#define MXR CONTEXT(0)
#define WIDER 2 /* the root table has four times the entries */
#else
#define SUM CONTEXT(0)
#define MXR CONTEXT(1)
#define WIDER 0
#endif
#define VA_BITS (12 + VPN * LEVELS + WIDER)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(N_FEATURES);
}

static uint64_t root_table(void)
{
#if XLEN == 32
	uint64_t ppn = bits(spec_reg[0], 21, 0);
#else
	uint64_t ppn = bits(spec_reg[0], 43, 0);
#endif

#ifdef GSTAGE
	ppn &= ~UINT64_C(3); /* PPN[1:0] of hgatp always read as zeros */
#endif
	return ppn << 12;
}

/* Addresses outside the mode's. */
static int outside(uint64_t va)
{
#if defined GSTAGE || XLEN == 32
	return va >> VA_BITS != 0;
#else
	return !sign_extended(va, VA_BITS);
#endif
}

/* One of the six: is this single access allowed by the leaf? */
static unsigned allowed(const struct ptg_space *s, uint64_t pte, unsigned user, unsigned kind)
{
	unsigned r = bit(pte, 1), w = bit(pte, 2), x = bit(pte, 3), u = bit(pte, 4);

#ifdef GSTAGE
	(void)user; /* all accesses are user-level accesses */
	if (!u)
		return 0;
#else
	if (user && !u)
		return 0;
	if (!user && u && (kind == PTG_EXEC || !SUM))
		return 0;
#endif
	if (kind == PTG_READ)
		return r || (MXR && x);
	return kind == PTG_WRITE ? w : x;
}

#if XLEN == 64
/* Bits above the PPN: those of a pointer, those of a leaf. */
static int reserved_high(const struct ptg_space *s, uint64_t pte, int leaf)
{
	if (bits(pte, 58, 54) || (!SVRSW60T59B && bits(pte, 60, 59)))
		return 1;
	if (!leaf)
		return bit(pte, 63) || bits(pte, 62, 61);
	if (!SVPBMT && bits(pte, 62, 61))
		return 1;
	return bits(pte, 62, 61) == 3;
}
#endif

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t a = root_table(), pte = 0, ppn, low;
	unsigned g = 0, user = (access & PTG_USER) != 0, lg2;
	struct spec out = { 0 };
	int i;

	if (outside(va))
		return stop(PTG_F_NONCANONICAL);
	for (i = LEVELS - 1;; i--) {
		uint64_t vpn = va >> (12 + VPN * i) & below(i == LEVELS - 1 ? VPN + WIDER : VPN);
		uint64_t at = a + vpn * (XLEN / 8);

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		pte = __CPROVER_uninterpreted_memory(at);
#if XLEN == 32
		pte &= 0xffffffff;
		ppn = bits(pte, 31, 10);
#else
		ppn = bits(pte, 53, 10);
#endif
		/* step 3 */
		if (!bit(pte, 0))
			return stop(PTG_F_NOT_PRESENT);
		if (!bit(pte, 1) && bit(pte, 2))
			return stop(PTG_F_RESERVED);
#ifndef GSTAGE
		g |= bit(pte, 5);
#endif
		/* step 4 */
		if (bit(pte, 1) || bit(pte, 3))
			break;
		if (i == 0)
			return stop(PTG_F_RESERVED);
		/* a pointer: A, D, U and what is reserved must be clear */
		if (bit(pte, 4) || bit(pte, 6) || bit(pte, 7))
			return stop(PTG_F_RESERVED);
#if XLEN == 64
		if (reserved_high(s, pte, 0))
			return stop(PTG_F_RESERVED);
#endif
		a = ppn << 12;
	}
	lg2 = 12 + VPN * (unsigned)i;
#if XLEN == 64
	if (reserved_high(s, pte, 1))
		return stop(PTG_F_RESERVED);
	if (bit(pte, 63)) {
		if (!SVNAPOT || i != 0 || (ppn & 15) != 8)
			return stop(PTG_F_RESERVED);
		lg2 = 16;
		ppn &= ~UINT64_C(15);
	}
#endif
	low = below(lg2);
	/* step 6: misaligned superpage */
	if (ppn << 12 & low)
		return stop(PTG_F_RESERVED);
	/* steps 7 and 8: rights; each single access of a mask must be allowed */
	EACH_KIND(k)
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
