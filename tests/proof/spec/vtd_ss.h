/* SPDX-License-Identifier: MIT */
/*
 * vtd_ss.h - VT-d second-stage translation, specification 4.1, 3.7 and 9.8
 *
 * Included with LEVELS defined.
 */
#include "spec.h"

#define PAGES_2M FEATURE(0)
#define PAGES_1G FEATURE(1)
#define SNP FEATURE(2)
#define TM FEATURE(3)
#define AD FEATURE(4)
#define HAW PARAM(0)
#define SSPTPTR spec_reg[1]

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(5) | ones(31, 24);
	__CPROVER_assume(HAW >= 36 && HAW <= 52);
}

static unsigned reserved(const struct ptg_space *s, uint64_t e, int level, unsigned leaf)
{
	if (e & ones(51, HAW))
		return 1;
	if (!leaf)
		return bit(e, 11) || bit(e, 62) || (level > 2 && bit(e, 7));
	if ((bit(e, 11) && !SNP) || (bit(e, 62) && !TM))
		return 1;
	if (level == 2)
		return !PAGES_1G || bits(e, 29, 12);
	return level == 1 && (!PAGES_2M || bits(e, 20, 12));
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = SSPTPTR & ones(HAW - 1, 12), e = 0, low;
	unsigned r = 1, w = 1;
	struct spec out = { 0 };
	int level;

	if (SSPTPTR & ones(63, HAW))
		return stop(PTG_F_CONFIG);
	if (va >> (12 + 9 * LEVELS))
		return stop(PTG_F_NONCANONICAL);
	for (level = LEVELS - 1;; level--) {
		uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
		unsigned leaf;

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bits(e, 1, 0))
			return stop(PTG_F_NOT_PRESENT);
		leaf = level == 0 || (level <= 2 && bit(e, 7));
		if (reserved(s, e, level, leaf))
			return stop(PTG_F_RESERVED);
		r &= bit(e, 0);
		w &= bit(e, 1);
		if (leaf)
			break;
		table = e & ones(51, 12);
	}
	if (((access & PTG_READ) && !r) || ((access & PTG_WRITE) && !w))
		return stop(PTG_F_PERMISSION);
	out.level = (unsigned)level;
	out.page_lg2 = 12 + 9 * out.level;
	low = below(out.page_lg2);
	out.pa = (e & ones(51, 12) & ~low) | (va & low);
	out.entry = e;
	out.rights = r * 9 | w * 18 | 36;
	if (AD)
		out.rights |= bit(e, 8) << 7 | bit(e, 9) << 8;
	return out;
}
