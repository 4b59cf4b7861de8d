/* SPDX-License-Identifier: MIT */
/* model_riscv.h - the privileged manual's address translation, both stages, by hand */
#ifndef UNIT_MODEL_RISCV_H
#define UNIT_MODEL_RISCV_H

#include "tests/unit/model.h"

struct model_riscv {
	unsigned levels, va_bits;
	bool rv32, gstage;
	uint64_t root;
	bool sum, mxr;
};

/* Step 5 to 8 for one access; in G-stage each access is a user's. */
static bool model_riscv_allowed(const struct model_riscv *m, uint64_t pte, unsigned access)
{
	bool r = pte >> 1 & 1, w = pte >> 2 & 1, x = pte >> 3 & 1, u = pte >> 4 & 1;
	bool user = m->gstage || (access & PTG_USER);

	if (user ? !u : u && ((access & PTG_EXEC) || !m->sum))
		return false;
	if ((access & PTG_READ) && !(r || (m->mxr && x)))
		return false;
	if ((access & PTG_WRITE) && !w)
		return false;
	return !(access & PTG_EXEC) || x;
}

static bool model_riscv_va(const struct model_riscv *m, uint64_t va)
{
	uint64_t above = va >> m->va_bits;

	if (m->rv32 || m->gstage)
		return above == 0;
	return above == (va >> (m->va_bits - 1) & 1 ? model_low(64 - m->va_bits) : 0);
}

/* Bits 63:54, by extension. */
static bool model_riscv_reserved(const struct ptg_space *s, const struct model_riscv *m, uint64_t pte, bool pointer)
{
	uint64_t pbmt = model_bits(pte, 62, 61);

	if (m->rv32)
		return false;
	if (model_bits(pte, 58, 54) || (model_bits(pte, 60, 59) && !model_on(s, "svrsw60t59b")))
		return true;
	if (pte >> 63 && (pointer || !model_on(s, "svnapot")))
		return true;
	return pointer || !model_on(s, "svpbmt") ? pbmt != 0 : pbmt == 3;
}

static struct model_answer model_riscv_leaf(const struct ptg_space *s, const struct model_riscv *m, uint64_t va,
					    unsigned access, uint64_t pte, unsigned level)
{
	unsigned page = m->rv32 ? 12 + 10 * level : 12 + 9 * level;
	uint64_t ppn = m->rv32 ? model_bits(pte, 31, 10) : model_bits(pte, 53, 10);
	struct model_answer a = { .depth = level, .lg2 = page };

	if (!m->rv32 && pte >> 63) {
		if (level || (ppn & 15) != 8)
			return model_fault(PTG_F_RESERVED, level);
		a.lg2 = 16;
		ppn &= ~(uint64_t)15;
	}
	if (ppn & model_low(page - 12))
		return model_fault(PTG_F_RESERVED, level);
	for (unsigned i = 0; i < 6; i++)
		a.rights |= (unsigned)model_riscv_allowed(m, pte, model_access[i]) << i;
	if (access && !model_riscv_allowed(m, pte, access))
		return model_fault(PTG_F_PERMISSION, level);
	if (access && !model_on(s, "svadu")) {
		if (!(pte >> 6 & 1))
			return model_fault(PTG_F_ACCESS_FLAG, level);
		if ((access & PTG_WRITE) && !(pte >> 7 & 1))
			return model_fault(PTG_F_DIRTY, level);
	}
	a.pa = ppn << 12 | (va & model_low(a.lg2));
	return a;
}

static struct model_answer model_riscv(const struct ptg_space *s, const struct model_riscv *m,
				       const struct model_memory *mem, uint64_t va, unsigned access)
{
	uint64_t a = m->root;

	if (!model_riscv_va(m, va))
		return model_fault(PTG_F_NONCANONICAL, m->levels - 1);
	for (unsigned level = m->levels - 1;; level--) {
		unsigned width = (m->rv32 ? 10u : 9u) + (m->gstage && level == m->levels - 1 ? 2u : 0u);
		unsigned shift = m->rv32 ? 12 + 10 * level : 12 + 9 * level;
		uint64_t pte = model_entry(mem, a + (va >> shift & model_low(width)) * mem->bytes);

		if (!(pte & 1))
			return model_fault(PTG_F_NOT_PRESENT, level);
		if ((pte & 6) == 4)
			return model_fault(PTG_F_RESERVED, level);
		if (pte & 14) {
			if (model_riscv_reserved(s, m, pte, false))
				return model_fault(PTG_F_RESERVED, level);
			return model_riscv_leaf(s, m, va, access, pte, level);
		}
		if (level == 0 || (pte & 0xd0) || model_riscv_reserved(s, m, pte, true))
			return model_fault(PTG_F_RESERVED, level);
		a = (m->rv32 ? model_bits(pte, 31, 10) : model_bits(pte, 53, 10)) << 12;
	}
}

#endif /* UNIT_MODEL_RISCV_H */
