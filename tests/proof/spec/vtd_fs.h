/* SPDX-License-Identifier: MIT */
/*
 * vtd_fs.h - VT-d first-stage translation, specification 4.1, 3.6 and 9.7
 *
 * Included with LEVELS defined.  The entries are those of 4-level and 5-level paging.
 */
#include "spec.h"

#define PAGES_1G FEATURE(0)
#define NXE FEATURE(1)
#define HAW PARAM(0)
#define WPE CONTEXT(0)
#define FSPTPTR spec_reg[1]

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(3) | ones(31, 24);
	__CPROVER_assume(HAW >= 36 && HAW <= 52);
}

static unsigned allowed(const struct ptg_space *s, unsigned rw, unsigned us, unsigned xd, unsigned user, unsigned kind)
{
	if (user && !us)
		return 0;
	if (kind == PTG_WRITE)
		return rw || (!user && !WPE);
	return kind == PTG_READ || !xd;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = FSPTPTR & ones(HAW - 1, 12), e = 0, low;
	unsigned rw = 1, us = 1, xd = 0;
	struct spec out = { 0 };
	int level;

	if (FSPTPTR & ones(63, HAW))
		return stop(PTG_F_CONFIG);
	if (!sign_extended(va, 12 + 9 * LEVELS))
		return stop(PTG_F_NONCANONICAL);
	for (level = LEVELS - 1;; level--) {
		uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
		unsigned large;

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bit(e, 0))
			return stop(PTG_F_NOT_PRESENT);
		if ((e & ones(51, HAW)) || (bit(e, 63) && !NXE))
			return stop(PTG_F_RESERVED);
		large = level > 0 && bit(e, 7);
		if (large && (level > 2 || (level == 2 && (!PAGES_1G || bits(e, 29, 13))) ||
			      (level == 1 && bits(e, 20, 13))))
			return stop(PTG_F_RESERVED);
		rw &= bit(e, 1);
		us &= bit(e, 2);
		xd |= bit(e, 63);
		if (large || level == 0)
			break;
		table = e & ones(51, 12);
	}
	EACH_KIND(k)
		if ((access & k) && !allowed(s, rw, us, xd, (access & PTG_USER) != 0, k))
			return stop(PTG_F_PERMISSION);
	out.level = (unsigned)level;
	out.page_lg2 = 12 + 9 * out.level;
	low = below(out.page_lg2);
	out.pa = (e & ones(51, 12) & ~low) | (va & low);
	out.entry = e;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= allowed(s, rw, us, xd, k < 3, 1u << k % 3) << k;
	out.rights |= bit(e, 5) << 7 | bit(e, 6) << 8;
	return out;
}
