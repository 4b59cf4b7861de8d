/* SPDX-License-Identifier: MIT */
/* model_iommu.h - VT-d second stage and AMD IOMMU version 1, by hand */
#ifndef UNIT_MODEL_IOMMU_H
#define UNIT_MODEL_IOMMU_H

#include "tests/unit/model.h"

struct model_vtd { unsigned levels, maxphyaddr; uint64_t root; };

static bool model_rw_allowed(bool r, bool w, unsigned access)
{
	return !((access & PTG_READ) && !r) && !((access & PTG_WRITE) && !w);
}

/* QEMU's masks with the features' switches. */
static bool model_vtd_reserved(const struct ptg_space *s, const struct model_vtd *m, uint64_t e, unsigned level, bool leaf)
{
	if (m->maxphyaddr < 52 && model_bits(e, 51, m->maxphyaddr))
		return true;
	if ((e >> 62 & 1) && !(leaf && model_on(s, "tm")))
		return true;
	if ((e >> 11 & 1) && !(leaf && model_on(s, "snp")))
		return true;
	if (level >= 3)
		return e >> 7 & 1;
	if (level && leaf && !model_on(s, level == 2 ? "page1g" : "page2m"))
		return true;
	return leaf && level && model_bits(e, 11 + 9 * level, 12);
}

static struct model_answer model_vtd(const struct ptg_space *s, const struct model_vtd *m,
				     const struct model_memory *mem, uint64_t va, unsigned access)
{
	uint64_t a = m->root, all = 3;
	struct model_answer out = { 0 };

	if (va >> (12 + 9 * m->levels))
		return model_fault(PTG_F_NONCANONICAL, m->levels - 1);
	for (unsigned level = m->levels - 1;; level--) {
		unsigned shift = 12 + 9 * level;
		uint64_t e = model_entry(mem, a + (va >> shift & 511) * 8);
		bool leaf = level == 0 || (level < 3 && (e >> 7 & 1));

		if (!(e & 3))
			return model_fault(PTG_F_NOT_PRESENT, level);
		if (model_vtd_reserved(s, m, e, level, leaf))
			return model_fault(PTG_F_RESERVED, level);
		all &= e;
		a = e & model_low(m->maxphyaddr) & ~model_low(leaf ? shift : 12);
		if (!leaf)
			continue;
		for (unsigned i = 0; i < 6; i++)
			out.rights |= (unsigned)model_rw_allowed(all & 1, all & 2, model_access[i]) << i;
		if (access && !model_rw_allowed(all & 1, all & 2, access))
			return model_fault(PTG_F_PERMISSION, level);
		out.pa = a | (va & model_low(shift));
		out.depth = level;
		out.lg2 = shift;
		return out;
	}
}

/* --- AMD: levels count from 1 ------------------------------------------------------------ */

struct model_amd { unsigned mode; uint64_t root; };

/* NextLevel 7: the lowest 0 from bit 12 up says the size.  0: no such size at that level. */
static unsigned model_amd_size(uint64_t e, unsigned level)
{
	unsigned k = 12, lg2 = 3 + 9 * level;

	while (k < 52 && (e >> k & 1))
		k++;
	return k < 52 && k + 1 > lg2 && k + 1 < lg2 + 9 ? k + 1 : 0;
}

static struct model_answer model_amd(const struct model_amd *m, const struct model_memory *mem, uint64_t va, unsigned access)
{
	uint64_t a = m->root, all = ~(uint64_t)0;
	struct model_answer out = { 0 };
	unsigned level = m->mode;

	if (level < 6 && va >> (12 + 9 * level))
		return model_fault(PTG_F_NONCANONICAL, level - 1);
	for (;;) {
		unsigned shift = 3 + 9 * level, next, lg2;
		uint64_t e = model_entry(mem, a + (va >> shift & 511) * 8);

		next = (unsigned)model_bits(e, 11, 9);
		if (!(e & 1))
			return model_fault(PTG_F_NOT_PRESENT, level - 1);
		if (next >= 1 && next <= 6 ? next >= level : level == 6)
			return model_fault(PTG_F_RESERVED, level - 1);
		if (next >= 1 && next <= 6) {
			if (model_bits(e, 60, 52))
				return model_fault(PTG_F_RESERVED, level - 1);
			if (next + 1 < level && model_bits(va, shift - 1, 12 + 9 * next))
				return model_fault(PTG_F_NONCANONICAL, level - 1);
			all &= e;
			a = e & 0xffffffffff000u;
			level = next;
			continue;
		}
		if (model_bits(e, 58, 52))
			return model_fault(PTG_F_RESERVED, level - 1);
		lg2 = next ? model_amd_size(e, level) : shift;
		if (!lg2)
			return model_fault(PTG_F_RESERVED, level - 1);
		all &= e;
		for (unsigned i = 0; i < 6; i++)
			out.rights |= (unsigned)model_rw_allowed(all >> 61 & 1, all >> 62 & 1, model_access[i]) << i;
		if (access && !model_rw_allowed(all >> 61 & 1, all >> 62 & 1, access))
			return model_fault(PTG_F_PERMISSION, level - 1);
		out.pa = (e & 0xffffffffff000u & ~model_low(lg2)) | (va & model_low(lg2));
		out.depth = level - 1;
		out.lg2 = lg2;
		return out;
	}
}

#endif /* UNIT_MODEL_IOMMU_H */
