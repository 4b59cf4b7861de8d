/* SPDX-License-Identifier: MIT */
/* model_x86.h - the SDM's paging modes and EPT, by hand */
#ifndef UNIT_MODEL_X86_H
#define UNIT_MODEL_X86_H

#include "tests/unit/model.h"

enum model_x86_mode { X86_32, X86_PAE, X86_LONG, X86_NPT, X86_FIRST_STAGE };

struct model_x86 {
	enum model_x86_mode mode;
	unsigned levels, maxphyaddr;
	uint64_t root, pkru, pkrs;
	bool wp, smep, smap, ac;
};

struct model_x86_path { bool w, u, x; };

/* SDM 5.6 and 5.6.2; keys apart. */
static enum ptg_fault model_x86_access(const struct model_x86 *m, const struct ptg_space *s,
				       const struct model_x86_path *p, unsigned key, unsigned access)
{
	bool user = access & PTG_USER, keyed = m->mode == X86_LONG;
	bool protected = m->mode == X86_NPT || user || m->wp;
	uint64_t pk = m->pkru >> 2 * key;

	if (m->mode == X86_NPT ? !p->u : user && !p->u)
		return PTG_F_PERMISSION;
	if ((access & PTG_WRITE) && !p->w && protected)
		return PTG_F_PERMISSION;
	if ((access & PTG_EXEC) && !p->x)
		return PTG_F_PERMISSION;
	if (m->mode == X86_32 || m->mode == X86_PAE || keyed) {
		if ((access & PTG_EXEC) && !user && p->u && m->smep)
			return PTG_F_PERMISSION;
		if (!(access & PTG_EXEC) && !user && p->u && m->smap && !m->ac)
			return PTG_F_PERMISSION;
	}
	if (!keyed || (access & PTG_EXEC))
		return PTG_F_NONE;
	if (p->u ? !model_on(s, "pke") : !model_on(s, "pks"))
		return PTG_F_NONE;
	if (!p->u)
		pk = m->pkrs >> 2 * key;
	if ((pk & 1) || ((access & PTG_WRITE) && (pk & 2) && protected))
		return PTG_F_KEY;
	return PTG_F_NONE;
}

/* Reserved bits of a present entry: KVM's masks, in words. */
static bool model_x86_reserved(const struct ptg_space *s, const struct model_x86 *m, uint64_t e, unsigned level, bool leaf)
{
	unsigned page = m->mode == X86_32 ? 12 + 10 * level : 12 + 9 * level;

	if (m->mode == X86_32) {
		if (!leaf || level == 0)
			return false;
		if (model_on(s, "pse36"))
			return (e >> 21 & 1) || model_bits(e, 20, 13) >> (m->maxphyaddr - 32);
		return model_bits(e, 21, 13) != 0;
	}
	if (m->mode == X86_PAE && level == 2)
		return (e & 0x1e6) || e >> m->maxphyaddr;
	if (m->mode == X86_PAE ? model_bits(e, 62, m->maxphyaddr) != 0
			       : m->maxphyaddr < 52 && model_bits(e, 51, m->maxphyaddr) != 0)
		return true;
	if (e >> 63 && !model_on(s, "nxe"))
		return true;
	if (level >= 3)
		return (e >> 7 & 1) || ((e >> 8 & 1) && (m->mode == X86_NPT || model_on(s, "amd")));
	if (level == 2 && leaf && !model_on(s, "pdpe1gb"))
		return true;
	return leaf && level && model_bits(e, page - 1, 13) != 0;
}

static uint64_t model_x86_address(const struct ptg_space *s, const struct model_x86 *m, uint64_t e, unsigned level, bool leaf)
{
	if (m->mode == X86_32) {
		if (leaf && level)
			return (e & 0xffc00000u) | (model_on(s, "pse36") ? model_bits(e, 20, 13) << 32 : 0);
		return e & 0xfffff000u;
	}
	return e & model_low(m->maxphyaddr) & ~model_low(leaf ? 12 + 9 * level : 12);
}

static struct model_answer model_x86(const struct ptg_space *s, const struct model_x86 *m,
				     const struct model_memory *mem, uint64_t va, unsigned access)
{
	struct model_x86_path p = { true, true, true };
	unsigned bits = m->mode == X86_32 ? 10 : 9, va_bits = m->levels == 5 ? 57 : m->levels == 4 ? 48 : 32;
	uint64_t a = m->root, above = va >> va_bits;
	struct model_answer out = { 0 };

	if (m->levels >= 4 && m->mode != X86_NPT) {
		if (above != (va >> (va_bits - 1) & 1 ? model_low(64 - va_bits) : 0))
			return model_fault(PTG_F_NONCANONICAL, m->levels - 1);
	} else if (above) {
		return model_fault(PTG_F_NONCANONICAL, m->levels - 1);
	}
	for (unsigned level = m->levels - 1;; level--) {
		unsigned shift = 12 + bits * level;
		unsigned width = m->mode == X86_PAE && level == 2 ? 2 : bits;
		uint64_t e = model_entry(mem, a + (va >> shift & model_low(width)) * mem->bytes);
		bool leaf = level == 0 || (level < 3 && (e >> 7 & 1) && !(m->mode == X86_PAE && level == 2) &&
					   !(m->mode == X86_32 && !model_on(s, "pse")));
		enum ptg_fault f;

		if (!(e & 1))
			return model_fault(PTG_F_NOT_PRESENT, level);
		if (model_x86_reserved(s, m, e, level, leaf))
			return model_fault(PTG_F_RESERVED, level);
		if (!(m->mode == X86_PAE && level == 2)) {
			p.w &= e >> 1 & 1;
			p.u &= e >> 2 & 1;
			p.x &= m->mode == X86_32 || !(e >> 63);
		}
		a = model_x86_address(s, m, e, level, leaf);
		if (!leaf)
			continue;
		for (unsigned i = 0; i < 6; i++)
			out.rights |= (unsigned)(model_x86_access(m, s, &p, (unsigned)model_bits(e, 62, 59), model_access[i]) == PTG_F_NONE) << i;
		f = access ? model_x86_access(m, s, &p, (unsigned)model_bits(e, 62, 59), access) : PTG_F_NONE;
		if (f)
			return model_fault(f, level);
		out.pa = a | (va & model_low(shift));
		out.depth = level;
		out.lg2 = shift;
		return out;
	}
}

/* --- EPT ----------------------------------------------------------------------------- */

struct model_ept { unsigned levels, maxphyaddr; uint64_t root; };

/* SDM 29.3.3.1: misconfiguration of a present entry. */
static bool model_ept_bad(const struct ptg_space *s, const struct model_ept *m, uint64_t e, unsigned level, bool leaf)
{
	unsigned type = (unsigned)model_bits(e, 5, 3);

	if (!(e & 1) && ((e & 2) || (!model_on(s, "xo") && ((e & 4) || (model_on(s, "mbe") && (e >> 10 & 1))))))
		return true;
	if (m->maxphyaddr < 52 && model_bits(e, 51, m->maxphyaddr))
		return true;
	if (level >= 3)
		return (e & 0xf8) != 0;
	if (level && (e >> 7 & 1) && !model_on(s, level == 2 ? "page1g" : "page2m"))
		return true;
	if (!leaf)
		return (e & 0x78) != 0;
	return type == 2 || type == 3 || type == 7 || (level && model_bits(e, 11 + 9 * level, 12));
}

static bool model_ept_allowed(const struct ptg_space *s, uint64_t all, unsigned access)
{
	bool by_mode = model_on(s, "mbe") && (access & PTG_USER);

	return !((access & PTG_READ) && !(all & 1)) && !((access & PTG_WRITE) && !(all & 2)) &&
	       !((access & PTG_EXEC) && !(by_mode ? all >> 10 & 1 : all >> 2 & 1));
}

static struct model_answer model_ept(const struct ptg_space *s, const struct model_ept *m,
				     const struct model_memory *mem, uint64_t va, unsigned access)
{
	uint64_t a = m->root, all = ~(uint64_t)0;
	struct model_answer out = { 0 };

	if (va >> (m->levels == 5 ? 57 : 48))
		return model_fault(PTG_F_NONCANONICAL, m->levels - 1);
	for (unsigned level = m->levels - 1;; level--) {
		unsigned shift = 12 + 9 * level;
		uint64_t e = model_entry(mem, a + (va >> shift & 511) * 8);
		bool leaf = level == 0 || (level < 3 && (e >> 7 & 1));

		if (!(e & 7) && !(model_on(s, "mbe") && (e >> 10 & 1)))
			return model_fault(PTG_F_NOT_PRESENT, level);
		if (model_ept_bad(s, m, e, level, leaf))
			return model_fault(PTG_F_RESERVED, level);
		all &= e;
		a = e & model_low(m->maxphyaddr) & ~model_low(leaf ? shift : 12);
		if (!leaf)
			continue;
		for (unsigned i = 0; i < 6; i++)
			out.rights |= (unsigned)model_ept_allowed(s, all, model_access[i]) << i;
		if (access && !model_ept_allowed(s, all, access))
			return model_fault(PTG_F_PERMISSION, level);
		out.pa = a | (va & model_low(shift));
		out.depth = level;
		out.lg2 = shift;
		return out;
	}
}

#endif /* UNIT_MODEL_X86_H */
