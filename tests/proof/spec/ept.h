/* SPDX-License-Identifier: MIT */
/*
 * ept.h - the EPT translation mechanism, SDM volume 3C, 29.3.2 and 29.3.3
 *
 * Included with LEVELS defined.  Misconfigurations: 29.3.3.1; violations:
 * 29.3.3.2.  EPTP: table 25-9; what VM entry refuses (26.2.1.1) no walk starts from.
 */
#include "spec.h"

#define EXECUTE_ONLY FEATURE(0)
#define PAGES_2M FEATURE(1)
#define PAGES_1G FEATURE(2)
#define MODE_BASED FEATURE(3)
#define MAXPHYADDR PARAM(0)
#define EPTP spec_reg[0]
#define AD_ENABLED bit(EPTP, 6)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(5) | ones(31, 24);
	__CPROVER_assume(MAXPHYADDR >= 36 && MAXPHYADDR <= 52);
}

static unsigned present(const struct ptg_space *s, uint64_t e)
{
	return bits(e, 2, 0) != 0 || (MODE_BASED && bit(e, 10));
}

/* 29.3.3.1, of a present entry. */
static unsigned misconfigured(const struct ptg_space *s, uint64_t e, int level, unsigned leaf)
{
	unsigned type = (unsigned)bits(e, 5, 3);

	if (!bit(e, 0) && bit(e, 1))
		return 1;
	if (!bit(e, 0) && !EXECUTE_ONLY && (bit(e, 2) || (MODE_BASED && bit(e, 10))))
		return 1;
	if (e & ones(51, MAXPHYADDR))
		return 1;
	if (level > 2)
		return bits(e, 7, 3) != 0;
	if (!leaf)
		return bits(e, 6, 3) != 0;
	if (level == 2 && (!PAGES_1G || bits(e, 29, 12)))
		return 1;
	if (level == 1 && (!PAGES_2M || bits(e, 20, 12)))
		return 1;
	return type == 2 || type == 3 || type == 7;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = EPTP & ones(MAXPHYADDR - 1, 12), e = 0, low;
	unsigned user = (access & PTG_USER) != 0, r = 1, w = 1, x = 1, xu = 1;
	struct spec out = { 0 };
	int level;

	if ((EPTP & ones(63, MAXPHYADDR)) || bits(EPTP, 11, 8) || (bits(EPTP, 2, 0) != 0 && bits(EPTP, 2, 0) != 6))
		return stop(PTG_F_CONFIG);
	if (va >> (12 + 9 * LEVELS))
		return stop(PTG_F_NONCANONICAL);
	for (level = LEVELS - 1;; level--) {
		uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
		unsigned leaf;

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!present(s, e))
			return stop(PTG_F_NOT_PRESENT);
		leaf = level == 0 || (level <= 2 && bit(e, 7));
		if (misconfigured(s, e, level, leaf))
			return stop(PTG_F_RESERVED);
		r &= bit(e, 0);
		w &= bit(e, 1);
		x &= bit(e, 2);
		xu &= bit(e, 10);
		if (leaf)
			break;
		table = e & ones(51, 12);
	}
	if (!MODE_BASED)
		xu = x;
	if (((access & PTG_READ) && !r) || ((access & PTG_WRITE) && !w) || ((access & PTG_EXEC) && !(user ? xu : x)))
		return stop(PTG_F_PERMISSION);
	out.level = (unsigned)level;
	out.page_lg2 = 12 + 9 * out.level;
	low = below(out.page_lg2);
	out.pa = (e & ones(51, 12) & ~low) | (va & low);
	out.entry = e;
	out.rights = r | w << 1 | xu << 2 | r << 3 | w << 4 | x << 5;
	if (AD_ENABLED)
		out.rights |= bit(e, 8) << 7 | bit(e, 9) << 8;
	return out;
}
