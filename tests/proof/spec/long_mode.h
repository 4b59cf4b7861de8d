/* SPDX-License-Identifier: MIT */
/*
 * long_mode.h - 4-level and 5-level paging as the SDM has it (volume 3A, chapter 5)
 *
 * Included with LEVELS defined.  Reserved bits: section 5.5.4 and figure 5-11;
 * rights: 5.6.1; protection keys: 5.6.2; canonical addresses: volume 1, 3.3.7.1.
 * Settings stand in the space in the order the description lists them.
 */
#include "spec.h"

#define PDPE1GB FEATURE(0)
#define NXE FEATURE(1)
#define PKE FEATURE(2)
#define PKS FEATURE(3)
#define AMD FEATURE(4)
#define MAXPHYADDR PARAM(0)
#define CR0_WP CONTEXT(0)
#define CR4_SMEP CONTEXT(1)
#define CR4_SMAP CONTEXT(2)
#define EFLAGS_AC CONTEXT(3)
#define CR3 spec_reg[1]
#define PKRU ((uint32_t)s->ctx[2])
#define PKRS ((uint32_t)(s->ctx[2] >> 32))

struct path {
	unsigned rw, us, xd; /* over all levels: writable, user, execute-disable anywhere */
	unsigned key;
};

/* 5.6.1: 0 allowed, 1 forbidden, 2 forbidden by the key alone. */
static unsigned forbidden(const struct ptg_space *s, struct path p, unsigned user, unsigned kind)
{
	unsigned ad, wd;

	if (user && !p.us)
		return 1;
	if (kind == PTG_WRITE && !p.rw && (user || CR0_WP))
		return 1;
	if (kind == PTG_EXEC && p.xd)
		return 1;
	if (!user && p.us && kind == PTG_EXEC && CR4_SMEP)
		return 1;
	if (!user && p.us && kind != PTG_EXEC && CR4_SMAP && !EFLAGS_AC)
		return 1;
	if (kind == PTG_EXEC)
		return 0;
	if (p.us && PKE) {
		ad = PKRU >> (2 * p.key) & 1;
		wd = PKRU >> (2 * p.key + 1) & 1;
		if (ad || (wd && kind == PTG_WRITE && (user || CR0_WP)))
			return 2;
	}
	if (!p.us && PKS) {
		ad = PKRS >> (2 * p.key) & 1;
		wd = PKRS >> (2 * p.key + 1) & 1;
		if (ad || (wd && kind == PTG_WRITE && CR0_WP))
			return 2;
	}
	return 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = CR3 & ones(MAXPHYADDR - 1, 12), e = 0, low;
	unsigned user = (access & PTG_USER) != 0, lg2 = 12, by_key = 0;
	struct path p = { 1, 1, 0, 0 };
	struct spec out = { 0 };
	int level;

	/* a move to CR3 that sets bits MAXPHYADDR and up, the controls 63:61 aside, is #GP */
	if (CR3 & ones(60, MAXPHYADDR))
		return stop(PTG_F_CONFIG);
	if (!sign_extended(va, 12 + 9 * LEVELS))
		return stop(PTG_F_NONCANONICAL);
	for (level = LEVELS - 1;; level--) {
		uint64_t at = table + (va >> (12 + 9 * level) & 511) * 8;
		unsigned leaf;

		if (!__CPROVER_uninterpreted_readable(at))
			return stop(PTG_F_UNREADABLE);
		e = __CPROVER_uninterpreted_memory(at);
		if (!bit(e, 0))
			return stop(PTG_F_NOT_PRESENT);
		leaf = level == 0 || (level <= 2 && bit(e, 7));
		/* reserved: PS above the PDPT, address bits beyond MAXPHYADDR, XD without EFER.NXE */
		if (level > 2 && (bit(e, 7) || (AMD && bit(e, 8))))
			return stop(PTG_F_RESERVED);
		if (level == 2 && leaf && !PDPE1GB)
			return stop(PTG_F_RESERVED);
		if (e & ones(51, MAXPHYADDR))
			return stop(PTG_F_RESERVED);
		if (bit(e, 63) && !NXE)
			return stop(PTG_F_RESERVED);
		/* bit 12 of a large page is PAT; the rest below the page is reserved */
		if (leaf && level == 2 && (e & ones(29, 13)))
			return stop(PTG_F_RESERVED);
		if (leaf && level == 1 && (e & ones(20, 13)))
			return stop(PTG_F_RESERVED);
		p.rw &= bit(e, 1);
		p.us &= bit(e, 2);
		p.xd |= bit(e, 63);
		if (leaf)
			break;
		table = e & ones(51, 12);
	}
	lg2 = 12 + 9 * (unsigned)level;
	low = ones(lg2 - 1, 0);
	p.key = (unsigned)(e >> 59 & 15);
	EACH_KIND(k) {
		unsigned no = access & k ? forbidden(s, p, user, k) : 0;

		if (no == 1)
			return stop(PTG_F_PERMISSION);
		by_key |= no;
	}
	if (by_key)
		return stop(PTG_F_KEY);
	out.pa = (e & ones(51, 12) & ~low) | (va & low);
	out.level = (unsigned)level;
	out.page_lg2 = lg2;
	out.entry = e;
	for (unsigned k = 0; k < 6; k++)
		out.rights |= (forbidden(s, p, k < 3, 1u << k % 3) == 0) << k;
	out.rights |= bit(e, 8) << 6 | bit(e, 5) << 7 | bit(e, 6) << 8;
	return out;
}

void spec_assume(struct ptg_space *s)
{
	s->config[0] &= 31 | 0xff000000u;
	__CPROVER_assume(MAXPHYADDR >= 36 && MAXPHYADDR <= 52);
}
