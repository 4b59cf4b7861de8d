/* SPDX-License-Identifier: MIT */
/* model_arm.h - the Arm manuals' translation table walks by hand: AArch64 both stages, ARMv7 both formats */
#ifndef UNIT_MODEL_ARM_H
#define UNIT_MODEL_ARM_H

#include "tests/unit/model.h"

#define ARM_NO_DEPTH 99u

/* What an access may do, by the six single ones. */
static inline bool model_allowed(unsigned rights, unsigned access)
{
	unsigned three = access & PTG_USER ? rights & 7 : rights >> 3;

	return !((access & 7) & ~three);
}

/* --- AArch64 ---------------------------------------------------------------------------- */

struct model_a64 {
	unsigned granule, pa_bits;   /* log2; 52 or fewer */
	bool ds, lpa, stage2;
	bool pan, epan, wxn, ttst, xnx;
	uint64_t tcr, ttbr[2], vtcr;
};

struct a64_walk {
	unsigned size, level, width; /* of the address; level counts from 0 = last */
	uint64_t base;
	bool upper;
	unsigned table;              /* attributes of the tables passed, bits 63:59 */
};

static inline unsigned a64_shift(const struct model_a64 *m, unsigned level)
{
	return m->granule + (m->granule - 3) * level;
}

/*
 * The table register against the output size.  The pseudocode looks at the address first; to a
 * description all that registers alone decide comes before the address.
 */
static bool a64_base(const struct model_a64 *m, uint64_t reg, struct a64_walk *w, enum ptg_fault *fault)
{
	w->base = m->ds || m->lpa ? (reg & 0xffffffffffc0u) | model_bits(reg, 5, 2) << 48 : reg & 0xfffffffffffeu;
	if (!(w->base >> m->pa_bits))
		return true;
	*fault = PTG_F_ADDRESS_SIZE;
	return false;
}

/* Region, size and first level of stage 1: false with *fault. */
static bool a64_start1(const struct model_a64 *m, uint64_t va, struct a64_walk *w, enum ptg_fault *fault)
{
	unsigned stride = m->granule - 3, least = m->ds || m->lpa ? 12 : 16, tsz, top;

	w->upper = va >> 55 & 1;
	tsz = (unsigned)(w->upper ? m->tcr >> 16 : m->tcr) & 63;
	*fault = PTG_F_NOT_PRESENT;
	if (tsz < least || tsz > (m->ttst ? 48u : 39u) || (m->tcr >> (w->upper ? 23 : 7) & 1))
		return false;
	w->size = 64 - tsz;
	if (!a64_base(m, m->ttbr[w->upper], w, fault))
		return false;
	top = m->tcr >> (w->upper ? 38 : 37) & 1 ? 56 : 64;
	*fault = PTG_F_NONCANONICAL;
	if (model_bits(va, top - 1, w->size) != (w->upper ? model_low(top - w->size) : 0))
		return false;
	w->level = (w->size - 4) / stride - 1;
	w->width = w->size - a64_shift(m, w->level);
	return true;
}

/* First level and width of stage 2, which SL0 (and SL2) name. */
static bool a64_start2(const struct model_a64 *m, uint64_t va, struct a64_walk *w, enum ptg_fault *fault)
{
	unsigned sl0 = (unsigned)m->vtcr >> 6 & 3, sl2 = (unsigned)(m->vtcr >> 33 & 1), shift;

	w->size = 64 - ((unsigned)m->vtcr & 63);
	*fault = PTG_F_NOT_PRESENT;
	if (m->granule == 12) {
		w->level = sl0 == 3 ? 0 : sl0 + 1;
		if (m->ds && sl2) {
			if (sl0)
				return false;
			w->level = 4;
		}
	} else {
		if (sl0 == 3 && !(m->granule == 14 && m->ds))
			return false;
		w->level = sl0;
	}
	shift = a64_shift(m, w->level);
	if (w->size <= shift || w->size > shift + m->granule - 3 + 4)
		return false;
	if (!a64_base(m, m->ttbr[0], w, fault))
		return false;
	*fault = PTG_F_NONCANONICAL;
	if (va >> w->size)
		return false;
	w->width = w->size - shift;
	return true;
}

static bool a64_block_here(const struct model_a64 *m, unsigned level)
{
	switch (m->granule) {
	case 12:
		return level == 1 || level == 2 || (m->ds && level == 3);
	case 14:
		return level == 1 || (m->ds && level == 2);
	default:
		return level == 1 || (m->lpa && level == 2);
	}
}

static uint64_t a64_address(const struct model_a64 *m, uint64_t d, unsigned low)
{
	uint64_t a = d & model_low(m->ds ? 50 : 48) & ~model_low(low);

	if (m->ds)
		a |= model_bits(d, 9, 8) << 50;
	if (m->lpa)
		a |= model_bits(d, 15, 12) << 48;
	return a;
}

/* HD counts only where HA is set (DDI 0487, TCR_EL1.HD, VTCR_EL2.HD). */
static unsigned a64_rights1(const struct model_a64 *m, const struct a64_walk *w, uint64_t d)
{
	bool off = m->tcr >> (w->upper ? 42 : 41) & 1;
	unsigned t = off ? 0 : w->table;
	bool read_only = (d >> 7 & 1) && !((m->tcr >> 39 & 3) == 3 && (d >> 51 & 1));
	bool user = (d >> 6 & 1) && !(t >> 2 & 1), uxn = (d >> 54 & 1) || (t >> 1 & 1), pxn = (d >> 53 & 1) || (t & 1);
	bool write = !(read_only || (t >> 3 & 1)), data = true;
	unsigned rights = 0;

	if (m->pan && (user || (m->epan && !uxn)))
		data = false;
	rights |= user ? PTG_UR : 0;
	rights |= user && write ? PTG_UW : 0;
	rights |= !uxn && !(m->wxn && user && write) ? PTG_UX : 0;
	rights |= data ? PTG_SR : 0;
	rights |= data && write ? PTG_SW : 0;
	rights |= !pxn && !(user && write) && !(m->wxn && write) ? PTG_SX : 0;
	return rights;
}

static unsigned a64_rights2(const struct model_a64 *m, uint64_t d)
{
	unsigned xn = (unsigned)model_bits(d, 54, 53), rights = 0;
	bool write = (d >> 7 & 1) || ((m->vtcr >> 21 & 3) == 3 && (d >> 51 & 1));

	if (!m->xnx)
		xn &= 2;
	rights |= d >> 6 & 1 ? PTG_UR | PTG_SR : 0;
	rights |= write ? PTG_UW | PTG_SW : 0;
	rights |= xn == 0 || xn == 1 ? PTG_UX : 0;
	rights |= xn == 0 || xn == 3 ? PTG_SX : 0;
	return rights;
}

static struct model_answer model_a64(const struct model_a64 *m, const struct model_memory *mem, uint64_t va,
				     unsigned access)
{
	struct a64_walk w = { .table = 0 };
	struct model_answer a = { .depth = ARM_NO_DEPTH };
	bool ha = m->stage2 ? m->vtcr >> 21 & 1 : m->tcr >> 39 & 1, table;
	uint64_t d, oa;

	if (!(m->stage2 ? a64_start2(m, va, &w, &a.fault) : a64_start1(m, va, &w, &a.fault)))
		return a;
	a.fault = PTG_F_NONE;
	for (;; w.level--, w.width = m->granule - 3) {
		unsigned shift = a64_shift(m, w.level);

		d = model_entry(mem, (w.base & ~(uint64_t)7) | (va >> shift & model_low(w.width)) << 3);
		if (!(d & 1) || (w.level == 0 && !(d & 2)))
			return model_fault(PTG_F_NOT_PRESENT, w.level);
		table = w.level && (d & 2);
		if (w.level && !table && !a64_block_here(m, w.level))
			return model_fault(PTG_F_NOT_PRESENT, w.level);
		oa = a64_address(m, d, table ? m->granule : shift);
		if (oa >> m->pa_bits)
			return model_fault(PTG_F_ADDRESS_SIZE, w.level);
		if (!table)
			break;
		w.table |= (unsigned)(d >> 59);
		w.base = oa;
	}
	if (access && !ha && !(d >> 10 & 1))
		return model_fault(PTG_F_ACCESS_FLAG, w.level);
	a.rights = m->stage2 ? a64_rights2(m, d) : a64_rights1(m, &w, d);
	if (!model_allowed(a.rights, access))
		return model_fault(PTG_F_PERMISSION, w.level);
	a.depth = w.level;
	a.lg2 = a64_shift(m, w.level);
	a.pa = oa | (va & model_low(a.lg2));
	return a;
}

/* --- ARMv7, short descriptors ------------------------------------------------------------- */

struct model_v7s {
	uint32_t ttbcr, ttbr[2], dacr;
	bool wxn, uwxn, pan, pxn, afe, ha;
};

struct v7s_page { unsigned ap, domain, level, lg2; bool xn, pxn; uint64_t pa; };

static unsigned v7s_rights(const struct model_v7s *m, const struct v7s_page *p)
{
	/* privileged read, write; user read, write */
	static const uint8_t full[8] = { 0, 3, 3 | 4, 15, 0, 1, 1 | 4, 1 | 4 };
	static const uint8_t simple[4] = { 3, 15, 1, 1 | 4 };
	unsigned b = m->afe ? simple[p->ap >> 1] : full[p->ap], domain = m->dacr >> 2 * p->domain & 3, rights = 0;
	bool pr = b & 1, pw = b >> 1 & 1, ur = b >> 2 & 1, uw = b >> 3 & 1;

	if (domain != 1)
		return domain == 3 ? 63 : 0;
	rights |= ur ? PTG_UR : 0;
	rights |= uw ? PTG_UW : 0;
	rights |= ur && !p->xn && !(m->wxn && uw) ? PTG_UX : 0;
	rights |= pr && !(m->pan && ur) ? PTG_SR : 0;
	rights |= pw && !(m->pan && ur) ? PTG_SW : 0;
	rights |= pr && !p->xn && !p->pxn && !(m->wxn && pw) && !(m->uwxn && uw) ? PTG_SX : 0;
	return rights;
}

static bool v7s_find(const struct model_v7s *m, const struct model_memory *mem, uint32_t va, struct v7s_page *p)
{
	unsigned n = m->ttbcr & 7;
	bool first = n == 0 || va >> (32 - n) == 0;
	uint64_t base = first ? m->ttbr[0] & ~model_low(14 - n) & 0xffffffffu : m->ttbr[1] & ~0x3fffu;
	uint64_t d = model_entry(mem, base | (first ? model_bits(va, 31 - n, 20) : va >> 20) << 2);

	p->level = 1;
	if (!(d & 3) || (!m->pxn && (d & 3) == 3))
		return false;
	if (d & 2) {
		p->ap = (unsigned)(model_bits(d, 15, 15) << 2 | model_bits(d, 11, 10));
		p->xn = d >> 4 & 1;
		p->pxn = m->pxn && (d & 1);
		p->lg2 = d >> 18 & 1 ? 24 : 20;
		p->domain = d >> 18 & 1 ? 0 : (unsigned)model_bits(d, 8, 5);
		p->pa = d & ~model_low(p->lg2);
		if (d >> 18 & 1)
			p->pa |= model_bits(d, 23, 20) << 32 | model_bits(d, 8, 5) << 36;
	} else {
		p->domain = (unsigned)model_bits(d, 8, 5);
		p->pxn = m->pxn && (d >> 2 & 1);
		p->level = 0;
		d = model_entry(mem, (d & ~(uint64_t)0x3ff) | model_bits(va, 19, 12) << 2);
		if (!(d & 3))
			return false;
		p->ap = (unsigned)(model_bits(d, 9, 9) << 2 | model_bits(d, 5, 4));
		p->lg2 = d & 2 ? 12 : 16;
		p->xn = d & 2 ? d & 1 : d >> 15 & 1;
		p->pa = d & ~model_low(p->lg2);
	}
	p->pa |= va & model_low(p->lg2);
	return true;
}

static struct model_answer model_v7s(const struct model_v7s *m, const struct model_memory *mem, uint64_t va,
				     unsigned access)
{
	struct model_answer a = { .pa = 0 };
	struct v7s_page p = { .ap = 0 };
	unsigned n = m->ttbcr & 7;
	bool first = n == 0 || (uint32_t)va >> (32 - n) == 0;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 0);
	if (m->ttbcr >> (first ? 4 : 5) & 1)
		return model_fault(PTG_F_NOT_PRESENT, ARM_NO_DEPTH);
	if (!v7s_find(m, mem, (uint32_t)va, &p))
		return model_fault(PTG_F_NOT_PRESENT, p.level);
	if (access && m->afe && !m->ha && !(p.ap & 1))
		return model_fault(PTG_F_ACCESS_FLAG, p.level);
	a.rights = v7s_rights(m, &p);
	if (access && !(m->dacr >> 2 * p.domain & 1))
		return model_fault(PTG_F_KEY, p.level);
	if (!model_allowed(a.rights, access))
		return model_fault(PTG_F_PERMISSION, p.level);
	a.depth = p.level;
	a.lg2 = p.lg2;
	a.pa = p.pa;
	return a;
}

/* --- ARMv7, long descriptors ----------------------------------------------------------------- */

struct model_v7l {
	uint64_t ttbcr, ttbr[2];
	bool wxn, uwxn, pan, v8;
};

static unsigned v7l_rights(const struct model_v7l *m, unsigned table, uint64_t d)
{
	bool write = !((d >> 7 & 1) || (table >> 3 & 1)), user = (d >> 6 & 1) && !(table >> 2 & 1);
	bool xn = (d >> 54 & 1) || (table >> 1 & 1), pxn = (d >> 53 & 1) || (table & 1), data = !(m->pan && user);
	unsigned rights = 0;

	rights |= user ? PTG_UR : 0;
	rights |= user && write ? PTG_UW : 0;
	rights |= user && !xn && !(m->wxn && write) ? PTG_UX : 0;
	rights |= data ? PTG_SR : 0;
	rights |= data && write ? PTG_SW : 0;
	rights |= !xn && !pxn && !(m->wxn && write) && !(m->uwxn && user && write) ? PTG_SX : 0;
	return rights;
}

static struct model_answer model_v7l(const struct model_v7l *m, const struct model_memory *mem, uint64_t va,
				     unsigned access)
{
	unsigned size0 = (unsigned)m->ttbcr & 7, size1 = (unsigned)m->ttbcr >> 16 & 7, size, level, width, table = 0;
	struct model_answer a = { .pa = 0 };
	uint64_t base, d;
	bool upper;

	if (va >> 32)
		return model_fault(PTG_F_NONCANONICAL, 0);
	upper = size1 ? va >> (32 - size1) == model_low(size1) : size0 && va >> (32 - size0);
	if (m->ttbcr >> (upper ? 23 : 7) & 1)
		return model_fault(PTG_F_NOT_PRESENT, ARM_NO_DEPTH);
	size = 32 - (upper ? size1 : size0);
	if (!upper && va >> size)
		return model_fault(PTG_F_NONCANONICAL, 0);
	level = (size - 4) / 9 - 1;
	width = size - 12 - 9 * level;
	base = m->ttbr[upper] & 0xfffffffff8u;
	for (;; level--, width = 9) {
		d = model_entry(mem, base | (va >> (12 + 9 * level) & model_low(width)) << 3);
		if (!(d & 1) || (level == 0 && !(d & 2)))
			return model_fault(PTG_F_NOT_PRESENT, level);
		if (m->v8 && model_bits(d, 47, 40))
			return model_fault(PTG_F_ADDRESS_SIZE, level);
		if (level == 0 || !(d & 2))
			break;
		table |= (unsigned)(d >> 59);
		base = d & 0xfffffff000u;
	}
	if (access && !(d >> 10 & 1))
		return model_fault(PTG_F_ACCESS_FLAG, level);
	a.rights = v7l_rights(m, table, d);
	if (!model_allowed(a.rights, access))
		return model_fault(PTG_F_PERMISSION, level);
	a.depth = level;
	a.lg2 = 12 + 9 * level;
	a.pa = (d & 0xffffffffffu & ~model_low(a.lg2)) | (va & model_low(a.lg2));
	return a;
}

#endif /* UNIT_MODEL_ARM_H */
