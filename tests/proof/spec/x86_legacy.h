/* SPDX-License-Identifier: MIT */
/*
 * x86_legacy.h - who may do what in 32-bit and PAE paging, SDM volume 3A, 5.6.1
 */
#include "spec.h"

#define CR0_WP CONTEXT(0)
#define CR4_SMEP CONTEXT(1)
#define CR4_SMAP CONTEXT(2)
#define EFLAGS_AC CONTEXT(3)
#define CR3 spec_reg[1]

static unsigned allowed(const struct ptg_space *s, unsigned rw, unsigned us, unsigned xd, unsigned user, unsigned kind)
{
	if (user) /* user-mode accesses */
		return us && !(kind == PTG_WRITE && !rw) && !(kind == PTG_EXEC && xd);
	if (kind == PTG_EXEC)
		return !xd && !(us && CR4_SMEP);
	if (us && CR4_SMAP && !EFLAGS_AC)
		return 0;
	return kind == PTG_READ || rw || !CR0_WP;
}

/* The answer for a leaf whose address bits above the page are `frame`. */
static struct spec leaf_answer(const struct ptg_space *s, uint64_t va, unsigned access, unsigned path, uint64_t e,
			       uint64_t frame, unsigned level, unsigned lg2)
{
	unsigned rw = path & 1, us = path >> 1 & 1, xd = path >> 2 & 1;
	struct spec out = { 0 };

	EACH_KIND(k)
		if ((access & k) && !allowed(s, rw, us, xd, (access & PTG_USER) != 0, k))
			return stop(PTG_F_PERMISSION);
	out.pa = frame | (va & below(lg2));
	out.level = level;
	out.page_lg2 = lg2;
	out.entry = e;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= allowed(s, rw, us, xd, k < 3, 1u << k % 3) << k;
	out.rights |= bit(e, 8) << 6 | bit(e, 5) << 7 | bit(e, 6) << 8;
	return out;
}
