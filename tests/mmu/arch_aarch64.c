/* SPDX-License-Identifier: MIT */
/*
 * arch_aarch64.c - AArch64 stage 1, EL1&0
 *
 * Each round asks one half of the addresses, with a random size of it; the other
 * half holds the stub page and is left alone.  GRANULE is log2 of the page; WIDE
 * is 1 for 52-bit addresses.
 */
#include "aarch64.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

enum { TCR, TTBR0, TTBR1 };
static uint64_t regs[3], first_va, half_first, half_bits, tbi;
static unsigned area_bits, upper;

void machine_start(const struct ptg_space *s)
{
	uint64_t sctlr = SCTLR_RES1 | 1u << 2 | 1u << 12 | 1;

	pstate_pan = s->ctx[0] & 1;
	if (s->ctx[0] >> 2 & 1)
		sctlr |= 1u << 19;           /* WXN */
	WRITE_REG(tcr_el1, regs[TCR]);
	WRITE_REG(ttbr0_el1, regs[TTBR0]);
	WRITE_REG(ttbr1_el1, regs[TTBR1]);
	WRITE_REG(mair_el1, MAIR);
	WRITE_REG(vbar_el1, stub_el1);
	WRITE_REG(sctlr_el1, sctlr);
	__asm__ volatile("isb");
	machine_flush();
}

/* A size of the half under test: 16 to 39, 40 to 48 with small tables, 12 to 15 with wide addresses. */
static unsigned some_tsz(void)
{
	unsigned low = WIDE ? 12 : 16, r = (unsigned)guest_random();

	return r & 0x10000 ? low : low + (r & 0xffff) % ((GRANULE == 16 ? 47 : 48) - low + 1);
}

int machine_live = 1;

void machine_flush_page(uint64_t va)
{
	__asm__ volatile("dsb ishst; tlbi vaae1, %0; dsb ish; isb" ::"r"(va >> 12 & ((UINT64_C(1) << 44) - 1)) : "memory");
}

static void choose_registers(struct ptg_space *s)
{
	static const uint8_t sizes[] = { 32, 36, 40, 42, 44, 48, 52 };
	unsigned tsz = some_tsz(), other = 25, r = (unsigned)guest_random();
	unsigned ips = WIDE ? (GRANULE == 16 || r & 1 ? 6 : 2 + (r >> 1) % 4) : (r & 1 ? 5 : (r >> 1) % 6);
	uint64_t tg0 = GRANULE == 12 ? 0 : GRANULE == 14 ? 2 : 1, tg1 = GRANULE == 12 ? 2 : GRANULE == 14 ? 1 : 3;

	tbi = r >> 8 & 1;
	regs[TCR] = (uint64_t)(upper ? other : tsz) | (uint64_t)(upper ? tsz : other) << 16 | tg0 << 14 | tg1 << 30 |
		    (uint64_t)ips << 32 | tbi << (upper ? 38 : 37) | (uint64_t)(r >> 9 & 1) << (upper ? 42 : 41) |
		    (uint64_t)(WIDE && GRANULE != 16) << 59;
	ptg_space_param(s, "pa_bits", sizes[ips]);
	half_bits = 64 - tsz;
	area_bits = half_bits < 34 ? (unsigned)half_bits : 34;
	half_first = upper ? ~UINT64_C(0) << half_bits : 0;
	first_va = half_first + (guest_random() & ((UINT64_C(1) << half_bits) - 1) & ~UINT64_C(0) << area_bits);
	stub_el1 = upper ? 0x10000 : ~UINT64_C(0) - 0xfffff;
	stub_el0 = stub_el1 + 0x10000;
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t since, other = guest_table(65536, 65536);

	upper = round >> 1 & 1;
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	ptg_space_feature(&s, "ttst", true);
	choose_registers(&s);
	regs[upper ? TTBR0 : TTBR1] = other;
	regs[upper ? TTBR1 : TTBR0] = 0;
	ptg_set_root(&s, regs, 7);
	guest_map(&s, stub_el1, (uint64_t)(uintptr_t)stub, 65536, PTG_SR | PTG_SX);
	guest_map(&s, stub_el0, (uint64_t)(uintptr_t)stub, 65536, PTG_UR | PTG_UX | PTG_SR);
	since = guest_table(65536, 65536);
	regs[upper ? TTBR1 : TTBR0] = since;
	ptg_set_root(&s, regs, 7);
	guest_fill(&s, first_va, area_bits, guest_data());
	if (round & 1)
		guest_spoil(&s, since);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	ptg_space_ctx(s, "pan", choice & 1);
	ptg_space_ctx(s, "wxn", choice >> 1 & 1);
}

uint64_t format_address(uint64_t random)
{
	uint64_t mask = (UINT64_C(1) << area_bits) - 1, va;

	va = first_va + (random & mask & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));
	if ((random >> 50 & 15) == 0)        /* outside the half, or with a top byte */
		va ^= UINT64_C(1) << (half_bits + (random >> 56) % (64 - half_bits));
	else if ((random >> 50 & 15) == 1)   /* elsewhere in it */
		va = half_first + (guest_random() & ((UINT64_C(1) << half_bits) - 1));
	/* the other half holds only the stub */
	if ((va >> 55 & 1) != upper)
		va ^= UINT64_C(1) << 55;
	return va;
}

int format_alive(const struct ptg_space *s)
{
	(void)s;
	return 1;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	(void)access;
	/* what no table has decided is reported at level 0 */
	if (!t->entry_pa)
		return 0x100 | status(PTG_F_NOT_PRESENT, 0);
	return 0x100 | status(t->fault, 3 - (int)t->level);
}

/* README.md: bits 9:8 (address bits 51:50) are not looked at when TCR.IPS is below 52 bits. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	(void)va;
	(void)access;
	(void)a;
	return WIDE && GRANULE != 16 && (regs[TCR] >> 32 & 7) != 6 && t->fault == PTG_F_ADDRESS_SIZE &&
	       (t->entry >> 8 & 3) != 0;
}
