/* SPDX-License-Identifier: MIT */
/*
 * arm64.h - VMSAv8-64 translation, stage 1 of EL1&0 and stage 2 (DDI 0487, chapter D8)
 *
 * Included with GRANULE (log2: 12, 14, 16), OA (48; 52 with FEAT_LPA or FEAT_LPA2)
 * and, for stage 2, STAGE2 defined.  Table walk, start levels, sizes of tables:
 * D8.2; descriptors: D8.3; rights: D8.4; access flag and dirty state: D8.5.
 *
 * Taken as given by the choice of the format: granule and DS.  Bits of TTBR below the
 * alignment of the table are zero (RES0; otherwise constrained unpredictable).
 * A root whose address size is above the parameter va_bits is a bad configuration.
 */
#include "spec.h"

#define STRIDE (GRANULE - 3)
#define VA_BITS PARAM(0)
#if GRANULE == 16 && OA == 52
#define PA_BITS 52u
#else
#define PA_BITS PARAM(1)
#endif
#define HA bit(TCR, HA_BIT)
#define HD (HA && bit(TCR, HA_BIT + 1)) /* "only if the HA bit is also set" */
#define TCR spec_reg[0]

#ifdef STAGE2
#define HA_BIT 21
#define XNX FEATURE(2)
#define N_FEATURES 3
#else
#define HA_BIT 39
#define TTST FEATURE(4)
#define N_FEATURES 5
#define PAN CONTEXT(0)
#define EPAN CONTEXT(1)
#define WXN CONTEXT(2)
#endif

unsigned nondet_pa(void);

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(N_FEATURES) | below(8) << 24;
#if !(GRANULE == 16 && OA == 52)
	unsigned pa = nondet_pa();

	__CPROVER_assume(pa == 40 || pa == 42 || pa == 44 || pa == 48 || (OA == 48 && (pa == 32 || pa == 36)) ||
			 (OA == 52 && pa == 52));
	s->config[0] |= (uint64_t)pa << 32;
#elif !defined STAGE2
	s->config[0] |= UINT64_C(52) << 32;
#endif
	__CPROVER_assume(VA_BITS >= 16 && VA_BITS <= OA);
}

/* Address bits of a descriptor, from bit n up. */
static uint64_t address_of(uint64_t d, unsigned n)
{
#if OA == 48
	return d & ones(47, n);
#elif GRANULE == 16
	return (d & ones(47, n)) | bits(d, 15, 12) << 48;
#else
	return (d & ones(49, n)) | bits(d, 9, 8) << 50;
#endif
}

static uint64_t address_of_root(uint64_t ttbr)
{
#if OA == 48
	return ttbr & ones(47, 1);
#else
	return (ttbr & ones(47, 6)) | bits(ttbr, 5, 2) << 48;
#endif
}

/* Is there a block descriptor at this lookup level? */
static unsigned has_blocks(int level)
{
	if (level == 2)
		return 1;
	if (level == 1)
		return GRANULE == 12 || OA == 52;
	return level == 0 && GRANULE == 12 && OA == 52;
}

/* log2 of the bytes that the contiguous hint joins, D8.7.1; 0: no hint there. */
static unsigned contiguous(int level, unsigned page)
{
	if (GRANULE == 12)
		return level >= 1 ? page + 4 : 0;
	if (GRANULE == 14)
		return level == 3 ? page + 7 : level == 2 ? page + 5 : 0;
	return level >= 2 ? page + 5 : 0;
}

struct path {
	unsigned no_w, no_u, pxn, uxn; /* what tables forbid */
};

/* --- what differs between the stages ------------------------------------------------ */

#ifdef STAGE2

struct start {
	enum ptg_fault fault;
	unsigned size;
	int level;
	uint64_t table;
};

static struct start start_of(const struct ptg_space *s, uint64_t va)
{
	unsigned t0sz = (unsigned)bits(TCR, 5, 0), sl0 = (unsigned)bits(TCR, 7, 6), lowest;
	struct start r = { 0 };

	(void)va;
	r.size = 64 - t0sz;
	r.table = address_of_root(spec_reg[1]);
	r.fault = PTG_F_NOT_PRESENT;
	if (t0sz < (OA == 52 ? 12 : 16) || t0sz > (GRANULE == 16 ? 47 : 48))
		return r;
#if GRANULE == 12
	r.level = sl0 == 3 ? 3 : 2 - (int)sl0;
#if OA == 52
	if (bit(TCR, 33)) { /* SL2 */
		if (sl0)
			return r;
		r.level = -1;
	}
#endif
#else
	if (sl0 == 3 && !(GRANULE == 14 && OA == 52))
		return r;
	r.level = 3 - (int)sl0;
#endif
	/* one bit to resolve at least, sixteen tables joined at most */
	lowest = (unsigned)(3 - r.level) * STRIDE + GRANULE;
	if (r.size < lowest + 1 || r.size > lowest + STRIDE + 4)
		return r;
	r.fault = PTG_F_NONE;
	return r;
}

static unsigned outside(uint64_t va, unsigned size)
{
	return va >> size != 0;
}

static unsigned allowed(const struct ptg_space *s, struct path p, uint64_t d, unsigned user, unsigned kind)
{
	unsigned xn = (unsigned)bits(d, 54, 53);

	(void)p;
	if (kind == PTG_READ)
		return bit(d, 6);
	if (kind == PTG_WRITE)
		return bit(d, 7) || (HD && bit(d, 51));
	if (!XNX)
		return !(xn & 2);
	return xn == 0 || (xn == 1 && user) || (xn == 3 && !user);
}

#define DIRTY(d) bit(d, 7)
#define GLOBAL(d) 0u
#define WITHHELD 0u

#else

struct start {
	enum ptg_fault fault;
	unsigned size;
	int level;
	uint64_t table;
};

static struct start start_of(const struct ptg_space *s, uint64_t va)
{
	unsigned high = bit(va, 55), tsz = (unsigned)(high ? bits(TCR, 21, 16) : bits(TCR, 5, 0));
	struct start r = { 0 };

	/* the granule is the format's: TG1, TG0 */
	if (high)
		__CPROVER_assume(bits(TCR, 31, 30) == (GRANULE == 12 ? 2 : GRANULE == 14 ? 1 : 3));
	else
		__CPROVER_assume(bits(TCR, 15, 14) == (GRANULE == 12 ? 0 : GRANULE == 14 ? 2 : 1));
	r.fault = PTG_F_NOT_PRESENT;
	if (bit(TCR, high ? 23 : 7)) /* EPD */
		return r;
	if (tsz < (OA == 52 ? 12 : 16) || tsz > (!TTST ? 39 : GRANULE == 16 ? 47 : 48))
		return r;
	r.size = 64 - tsz;
	r.table = address_of_root(spec_reg[1 + high]);
	r.level = 4 - (int)(r.size - 4) / STRIDE;
	r.fault = PTG_F_NONE;
	return r;
}

static unsigned outside(uint64_t va, unsigned size)
{
	unsigned tbi = bit(TCR, bit(va, 55) ? 38 : 37), top = tbi ? 55 : 63;

	return bits(va, top, size) != (bit(va, 55) ? below(top + 1 - size) : 0);
}

/* D8.4.1: base permissions, EL1&0. */
static unsigned allowed(const struct ptg_space *s, struct path p, uint64_t d, unsigned user, unsigned kind)
{
	unsigned u = bit(d, 6) && !p.no_u;
	unsigned w = (!bit(d, 7) || (HD && bit(d, 51))) && !p.no_w;
	unsigned ux = !bit(d, 54) && !p.uxn, px = !bit(d, 53) && !p.pxn;

	if (user) {
		if (kind == PTG_EXEC)
			return ux && !(WXN && u && w);
		return u && (kind == PTG_READ || w);
	}
	if (kind == PTG_EXEC)
		return px && !(u && w) && !(WXN && w);
	if (PAN && (u || (EPAN && ux)))
		return 0;
	return kind == PTG_READ || w;
}

#define DIRTY(d) (!bit(d, 7))
#define GLOBAL(d) (!bit(d, 11))
#define WITHHELD bit(TCR, bit(va, 55) ? 56 : 55) /* E0PD: nothing for EL0; told when the walk is done */

#endif

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct start first = start_of(s, va);
	uint64_t table = first.table, d = 0, low;
	unsigned user = (access & PTG_USER) != 0, page = 0, width, six = 0;
	struct spec out = { 0 };
	struct path p = { 0 };
	int level;

	if (first.fault)
		return stop(first.fault);
	/* the table's own address is too large */
	if (table & ~below(PA_BITS))
		return stop(PTG_F_ADDRESS_SIZE);
	if (first.size > VA_BITS)
		return stop(PTG_F_CONFIG);
	if (outside(va, first.size))
		return stop(PTG_F_NONCANONICAL);
	for (level = -1; level <= 3; level++) {
		uint64_t at;

		page = GRANULE + STRIDE * (unsigned)(3 - level);
		if (level < first.level || page > 52)
			continue;
		width = level == first.level ? first.size - page : STRIDE;
		if (level == first.level)
			__CPROVER_assume((table & below(width + 3)) == 0);
		at = table + (va >> page & below(width)) * 8;
		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		d = __CPROVER_uninterpreted_memory(at);
		if (!bit(d, 0))
			return stop(PTG_F_NOT_PRESENT);
		if (level == 3 ? !bit(d, 1) : !bit(d, 1) && !has_blocks(level))
			return stop(PTG_F_NOT_PRESENT);
		if (address_of(d, GRANULE) & ~below(PA_BITS))
			return stop(PTG_F_ADDRESS_SIZE);
		if (level == 3 || !bit(d, 1))
			break;
#ifndef STAGE2
		if (!bit(TCR, bit(va, 55) ? 42 : 41)) { /* HPD */
			p.no_w |= bit(d, 62);
			p.no_u |= bit(d, 61);
			p.uxn |= bit(d, 60);
			p.pxn |= bit(d, 59);
		}
#endif
		table = address_of(d, GRANULE);
	}
	for (unsigned k = 0; k < 6; k++)
		six |= allowed(s, p, d, k < 3, 1u << k % 3) << k;
	if (WITHHELD) {
		if (user && (access & 7))
			return stop(PTG_F_NOT_PRESENT);
		six &= 0x38;
	}
	if ((access & 7) && !HA && !bit(d, 10))
		return stop(PTG_F_ACCESS_FLAG);
	EACH_KIND(k)
		if ((access & k) && !allowed(s, p, d, user, k))
			return stop(PTG_F_PERMISSION);
	low = below(page);
	out.pa = (address_of(d, GRANULE) & ~low) | (va & low);
	out.level = (unsigned)(3 - level);
	out.page_lg2 = page;
	out.entry = d;
	out.contig_lg2 = bit(d, 52) ? contiguous(level, page) : 0;
	out.rights = six | GLOBAL(d) << 6 | bit(d, 10) << 7 | DIRTY(d) << 8;
	return out;
}
