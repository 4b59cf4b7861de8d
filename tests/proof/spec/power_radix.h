/* SPDX-License-Identifier: MIT */
/*
 * power_radix.h - radix tree translation, Power ISA 3.0B, book III, 5.7.10 and 5.7.12
 *
 * Included with PARTITION defined for the partition-scoped tree.  Bits are
 * numbered from the right here.  Tables are aligned to their size, as the
 * architecture demands; the address is of 40 to 52 bits (POWER9 has 52).
 */
#include "spec.h"

#define VA_BITS PARAM(0)
#define ROOT spec_reg[0]
#define KEY0_R CONTEXT(0)
#define KEY0_W CONTEXT(1)
#define KEY0_X CONTEXT(2)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(8) << 24;
	__CPROVER_assume(VA_BITS >= 40 && VA_BITS <= 52);
}

static unsigned allowed(const struct ptg_space *s, uint64_t e, unsigned user, unsigned kind)
{
#ifdef PARTITION
	unsigned kernels = 1; /* privilege and keys do not count */

	(void)s;
	(void)user;
#else
	unsigned kernels = bit(e, 3), limited = !user && !kernels;

	if (user && kernels)
		return 0;
	if (limited && (kind == PTG_READ ? KEY0_R : kind == PTG_WRITE ? KEY0_W : KEY0_X))
		return 0;
#endif
	if (kind == PTG_READ)
		return bit(e, 2) || bit(e, 1);
	if (kind == PTG_WRITE)
		return bit(e, 1);
	return bit(e, 0) && bits(e, 5, 4) != 2; /* no fetch from guarded storage */
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned size = 31 + (unsigned)(bits(ROOT, 62, 61) << 3 | bits(ROOT, 7, 5)), width = (unsigned)bits(ROOT, 4, 0);
	uint64_t table = ROOT & ones(59, 8), e = 0, ea = va & below(62), low;
	unsigned rest = size;
	struct spec out = { 0 };
	int level;

#ifdef PARTITION
	if (!bit(ROOT, 63)) /* HR: a hashed page table */
		return stop(PTG_F_CONFIG);
#endif
	if (width < 5 || width > 16 || size > VA_BITS)
		return stop(PTG_F_CONFIG);
	__CPROVER_assume(size >= 40);
	if (ea >> size)
		return stop(PTG_F_NONCANONICAL);
	for (level = 3;; level--) {
		uint64_t at;

		__CPROVER_assume((table & below(width + 3)) == 0);
		rest -= width;
		at = table + (ea >> rest & below(width)) * 8;
		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bit(e, 63))
			return stop(PTG_F_NOT_PRESENT);
		if (bit(e, 62))
			break;
		/* the next table: sizes the tree cannot have are an unsupported configuration */
		width = (unsigned)bits(e, 4, 0);
		if (level == 0 || width < 5 || width > 16 || width > rest)
			return stop(PTG_F_CONFIG);
		table = e & ones(59, 8);
	}
	if (rest != 12 && rest != 16 && rest != 21 && rest != 30)
		return stop(PTG_F_CONFIG);
	EACH_KIND(k)
		if ((access & k) && !allowed(s, e, (access & PTG_USER) != 0, k))
			return stop(PTG_F_PERMISSION);
	low = below(rest);
	out.pa = (e & ones(56, 12) & ~low) | (va & low);
	out.level = (unsigned)level;
	out.page_lg2 = rest;
	out.entry = e;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= allowed(s, e, k < 3, 1u << k % 3) << k;
	out.rights |= bit(e, 8) << 7 | bit(e, 7) << 8;
	return out;
}
