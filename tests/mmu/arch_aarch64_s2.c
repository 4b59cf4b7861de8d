/* SPDX-License-Identifier: MIT */
/*
 * arch_aarch64_s2.c - AArch64 stage 2 alone: EL1's own translation is off
 *
 * The stub page is mapped at its own address, which is the second GiB's; tests ask
 * for what is below and above.
 */
#include "aarch64.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

enum { VTCR, VTTBR };
static uint64_t regs[2], first_va;
static unsigned ipa_bits, area_bits;

#define HCR_EL2_VM 1u
#define HCR_EL2_RW (UINT64_C(1) << 31)

void machine_start(const struct ptg_space *s)
{
	(void)s;
	WRITE_REG(vtcr_el2, regs[VTCR]);
	WRITE_REG(vttbr_el2, regs[VTTBR]);
	WRITE_REG(hcr_el2, HCR_EL2_RW | HCR_EL2_VM);
	WRITE_REG(vbar_el1, stub_el1);
	WRITE_REG(sctlr_el1, SCTLR_RES1);
	__asm__ volatile("isb");
	machine_flush();
}

/* The first level (by its number) and SL0, SL2 for a size that one index of at most `width` + 4 bits can begin. */
static uint64_t first_level(unsigned bits, int number)
{
	if (GRANULE == 12)
		return number == -1 ? UINT64_C(1) << 33 : (uint64_t)(number == 3 ? 3 : 2 - number) << 6;
	return bits ? (uint64_t)(3 - number) << 6 : 0;
}

static int some_registers(void)
{
	static const uint8_t sizes[] = { 32, 36, 40, 42, 44, 48, 52 };
	unsigned r = (unsigned)guest_random(), width = GRANULE - 3, most;
	unsigned ips = WIDE ? (GRANULE == 16 || r & 1 ? 6 : 2 + (r >> 1) % 4) : (r & 1 ? 5 : (r >> 1) % 6);
	int number;

	most = WIDE ? 52 : 48;
	ipa_bits = 31 + (r >> 8 & 0xff) % (most - 30);
	if (ipa_bits > sizes[ips])
		ipa_bits = sizes[ips];       /* no more than the output size */
	if (GRANULE == 14 && ipa_bits > 51)
		ipa_bits = 51;               /* README.md: no level 0 */
	/* the deepest level that can begin, or with concatenated tables one below */
	for (number = 3; number > -2; number--) {
		unsigned below = GRANULE + (unsigned)(3 - number) * width;

		if (ipa_bits <= below + width || (r & 0x10000 && ipa_bits <= below + width + 4))
			break;
	}
	if (GRANULE == 14 && number == 0)
		number = 1;
	if (number == -1)
		ipa_bits = 52;               /* README.md: no level -1 for less */
	/* this machine takes PS for the size of the implementation, of which these first levels depend */
	if (number < (GRANULE == 12 ? 1 : 2) && ips < 5)
		ips = WIDE ? 6 : 5;
	regs[VTCR] = (uint64_t)(64 - ipa_bits) | first_level(ipa_bits, number) |
		     (uint64_t)(GRANULE == 12 ? 0 : GRANULE == 14 ? 2 : 1) << 14 | (uint64_t)ips << 16 | UINT64_C(1) << 31 |
		     (uint64_t)(WIDE && GRANULE != 16) << 32;
	return sizes[ips];
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t since = guest_table((size_t)16 << GRANULE, (size_t)16 << GRANULE), at = (uint64_t)(uintptr_t)stub;
	unsigned pa_bits;

	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	do {
		pa_bits = (unsigned)some_registers();
		regs[VTTBR] = since;
		ptg_space_param(&s, "pa_bits", pa_bits);
		ptg_set_root(&s, regs, 3);
	} while (!(s.root[0].flags & PTG_ROOT_VALID));
	area_bits = ipa_bits < 34 ? ipa_bits : 34;
	first_va = guest_random() & ((UINT64_C(1) << ipa_bits) - 1) & ~UINT64_C(0) << area_bits;
	stub_el1 = stub_el0 = at;
	guest_fill(&s, first_va, area_bits, guest_data());
	guest_map(&s, at, at, 65536, PTG_SR | PTG_SX | PTG_UR | PTG_UX);
	if (round & 1)
		guest_spoil(&s, since);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	(void)s;
	(void)choice;
}

uint64_t format_address(uint64_t random)
{
	uint64_t mask = (UINT64_C(1) << area_bits) - 1, va;

	va = first_va + (random & mask & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));
	if ((random >> 50 & 15) == 0 && ipa_bits < 48)
		va ^= UINT64_C(1) << (ipa_bits + (random >> 56) % (48 - ipa_bits));
	else if ((random >> 50 & 15) == 1)
		va = guest_random() & ((UINT64_C(1) << ipa_bits) - 1);
	return va;
}

int format_alive(const struct ptg_space *s)
{
	uint64_t at = (uint64_t)(uintptr_t)stub;

	for (unsigned i = 0; i < 4; i++) {
		struct ptg_hit h = ptg_lookup(s, at + (i & 1 ? 0x8000 : 0), (i & 2 ? PTG_USER : 0) | PTG_EXEC);

		if (PTG_HIT_FAULT(h) || h.pa != at + (i & 1 ? 0x8000 : 0))
			return 0;
	}
	return 1;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	(void)access;
	if (!t->entry_pa)
		return 0x200 | status(PTG_F_NOT_PRESENT, 0);
	return 0x200 | status(t->fault, 3 - (int)t->level);
}

/* README.md: bits 9:8 (address bits 51:50) are not looked at when VTCR.PS is below 52 bits. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	(void)va;
	(void)access;
	(void)a;
	return WIDE && GRANULE != 16 && (regs[VTCR] >> 16 & 7) != 6 && t->fault == PTG_F_ADDRESS_SIZE &&
	       (t->entry >> 8 & 3) != 0;
}
