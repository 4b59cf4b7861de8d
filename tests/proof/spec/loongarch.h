/* SPDX-License-Identifier: MIT */
/*
 * loongarch.h - LoongArch page walking, reference manual volume 1, 5.4.5 and 5.4.4
 *
 * Included with VALEN, LEVELS and GEOMETRY (base and width of each level, the
 * root's first) and the registers that say the same defined.  User is PLV3, supervisor PLV0.  A directory entry whose
 * address is 0 is taken to be empty, which the manual leaves to software.
 */
#include "spec.h"

static const unsigned geometry[LEVELS][2] = { GEOMETRY };

#define PALEN PARAM(0)
#define DWPL0 CONTEXT(0)
#define SMALL geometry[LEVELS - 1][0] /* log2 of the base page: tables are pages */

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= below(8) << 24;
	__CPROVER_assume(PALEN <= 48 && PALEN > geometry[0][0] - 1 && PALEN >= 36);
}

static unsigned allowed(const struct ptg_space *s, uint64_t e, unsigned user, unsigned kind)
{
	unsigned plv = (unsigned)bits(e, 3, 2), now = user ? 3 : 0;

	if (kind == PTG_EXEC && bit(e, 62)) /* NX */
		return 0;
	if (bit(e, 63) ? plv != now : now > plv) /* RPLV */
		return 0;
	if (kind == PTG_READ && bit(e, 61)) /* NR */
		return 0;
	return kind != PTG_WRITE || bit(e, 1) || (!user && DWPL0);
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = spec_reg[bit(va, VALEN - 1) ? 3 : 2] & ones(PALEN - 1, SMALL), e = 0, low;
	unsigned huge = 0, lg2 = 0, n;
	struct spec out = { 0 };

	if (bits(spec_reg[0], 31, 30)) /* PWCL.PTEWidth: only 64 bits here */
		return stop(PTG_F_CONFIG);
	if (bits(spec_reg[0], 4, 0) && (((spec_reg[0] ^ PWCL) & PWCL_COUNTS) || ((spec_reg[1] ^ PWCH) & 0xfc0fff)))
		return stop(PTG_F_CONFIG);          /* registers of another geometry */
	if (!sign_extended(va, VALEN))
		return stop(PTG_F_NONCANONICAL);
	for (n = 0; n < LEVELS; n++) {
		uint64_t at;

		lg2 = geometry[n][0];
		at = table + (va >> lg2 & below(geometry[n][1])) * 8;
		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		huge = n < LEVELS - 1 && bit(e, 6);
		if (n == LEVELS - 1 || huge)
			break;
		if (bits(e, 47, 12) == 0)
			return stop(PTG_F_NOT_PRESENT);
		table = e & ones(PALEN - 1, SMALL);
	}
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	EACH_KIND(k)
		if ((access & k) && !allowed(s, e, (access & PTG_USER) != 0, k))
			return stop(PTG_F_PERMISSION);
	low = below(lg2);
	out.pa = (e & ones(PALEN - 1, 12) & ~low) | (va & low);
	out.level = LEVELS - 1 - n;
	out.page_lg2 = lg2;
	out.entry = e;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= allowed(s, e, k < 3, 1u << k % 3) << k;
	out.rights |= bit(e, huge ? 12 : 6) << 6;
	return out;
}
