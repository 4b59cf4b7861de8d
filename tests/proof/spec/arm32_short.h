/* SPDX-License-Identifier: MIT */
/*
 * arm32_short.h - ARMv7 short descriptors, DDI 0406C.d, B3.5 (tables, descriptors) and B3.7 (access control)
 *
 * Order of the checks: TranslationTableWalkSD (access flag at its end), CheckDomain, CheckPermission.
 */
#include "spec.h"

#define PXN_THERE FEATURE(0)
#define SCTLR spec_reg[0]
#define TTBCR spec_reg[1]
#define AFE bit(SCTLR, 29)
#define HA bit(SCTLR, 17)
#define DOMAIN_BITS(d) ((unsigned)(s->ctx[0] >> (2 * (d)) & 3))
#define WXN CONTEXT(32)
#define UWXN CONTEXT(33)
#define PAN CONTEXT(34)

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 7;
}

struct page {
	unsigned ap, domain, xn, pxn;
};

/* Table B3-8 and, with the access flag, B3-6: priv_r, priv_w, user_r, user_w as bits 0 to 3. */
static unsigned base(unsigned ap, unsigned afe)
{
	static const uint8_t plain[8] = { 0, 3, 7, 15, 0, 1, 5, 5 }, simplified[4] = { 3, 15, 1, 5 };

	return afe ? simplified[ap >> 1] : plain[ap];
}

static unsigned allowed(const struct ptg_space *s, struct page p, unsigned user, unsigned kind)
{
	unsigned b = base(p.ap, AFE), pr = b & 1, pw = b >> 1 & 1, ur = b >> 2 & 1, uw = b >> 3;

	if (DOMAIN_BITS(p.domain) == 3) /* manager */
		return 1;
	if (kind == PTG_EXEC && user)
		return ur && !p.xn && !(WXN && uw);
	if (kind == PTG_EXEC)
		return pr && !p.xn && !p.pxn && !(WXN && pw) && !(UWXN && uw);
	if (user)
		return kind == PTG_READ ? ur : uw;
	if (PAN && ur)
		return 0;
	return kind == PTG_READ ? pr : pw;
}

static struct spec answer(const struct ptg_space *s, uint64_t va, unsigned access, struct page p, uint64_t e,
			  uint64_t frame, unsigned level, unsigned lg2, unsigned ng)
{
	unsigned closed = DOMAIN_BITS(p.domain) == 0 || DOMAIN_BITS(p.domain) == 2;
	struct spec out = { 0 };

	if ((access & 7) && AFE && !(p.ap & 1) && !HA)
		return stop(PTG_F_ACCESS_FLAG);
	if ((access & 7) && closed)
		return stop(PTG_F_KEY);
	EACH_KIND(k)
		if ((access & k) && !allowed(s, p, (access & PTG_USER) != 0, k))
			return stop(PTG_F_PERMISSION);
	out.pa = frame | (va & below(lg2));
	out.level = level;
	out.page_lg2 = lg2;
	out.entry = e;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= (!closed && allowed(s, p, k < 3, 1u << k % 3)) << k;
	out.rights |= !ng << 6 | (AFE && (p.ap & 1)) << 7;
	return out;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned n = (unsigned)bits(TTBCR, 2, 0), second = n && (va & ones(31, 32 - n)), pxn;
	uint64_t table, at, e;
	struct page p = { 0 };

	if (bit(TTBCR, second ? 5 : 4)) /* PD1, PD0 */
		return stop(PTG_F_NOT_PRESENT);
	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	table = second ? spec_reg[3] & ones(31, 14) : spec_reg[2] & ones(31, 14 - n);
	at = table | bits(va, 31, 20) * 4;
	if (!__CPROVER_uninterpreted_readable(at))
		return stop(PTG_F_UNREADABLE);
	e = __CPROVER_uninterpreted_memory(at) & 0xffffffff;
	if (bits(e, 1, 0) == 0 || (bits(e, 1, 0) == 3 && !PXN_THERE))
		return stop(PTG_F_NOT_PRESENT);
	p.domain = (unsigned)bits(e, 8, 5);
	if (bit(e, 1)) { /* section, supersection */
		p.ap = bit(e, 15) << 2 | (unsigned)bits(e, 11, 10);
		p.xn = bit(e, 4);
		p.pxn = PXN_THERE && bit(e, 0);
		if (!bit(e, 18))
			return answer(s, va, access, p, e, e & ones(31, 20), 1, 20, bit(e, 17));
		p.domain = 0;
		return answer(s, va, access, p, e,
			      (e & ones(31, 24)) | bits(e, 23, 20) << 32 | bits(e, 8, 5) << 36, 1, 24, bit(e, 17));
	}
	pxn = PXN_THERE && bit(e, 2);
	at = (e & ones(31, 10)) | bits(va, 19, 12) * 4;
	if (!__CPROVER_uninterpreted_readable(at))
		return stop(PTG_F_UNREADABLE);
	e = __CPROVER_uninterpreted_memory(at) & 0xffffffff;
	if (bits(e, 1, 0) == 0)
		return stop(PTG_F_NOT_PRESENT);
	p.ap = bit(e, 9) << 2 | (unsigned)bits(e, 5, 4);
	p.pxn = pxn;
	if (bit(e, 1)) {
		p.xn = bit(e, 0);
		return answer(s, va, access, p, e, e & ones(31, 12), 0, 12, bit(e, 11));
	}
	p.xn = bit(e, 15);
	return answer(s, va, access, p, e, e & ones(31, 16), 0, 16, bit(e, 11));
}
