/* SPDX-License-Identifier: MIT */
/*
 * arch_aarch64_nest.c - AArch64 stage 1 over stage 2, both with 4 KiB pages
 *
 * The first stage's tables and the stub stand at addresses that the second stage
 * maps to themselves; the frames are seen through FRAMES, whose pages have random
 * rights.  The upper half holds the stub.
 */
#include "aarch64.h"

extern const struct ptg_format JOIN(FORMAT, _format), JOIN(FIRST, _format), JOIN(SECOND, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker), JOIN(FIRST, _walker), JOIN(SECOND, _walker);

#define FRAMES UINT64_C(0x240000000)
#define FIRST_VA UINT64_C(0x1000000000)
#define TSZ 25u                              /* halves of 39 bits */

enum { TCR, TTBR0, TTBR1 };
enum { VTCR, VTTBR };
static uint64_t regs[3], regs2[2];
static unsigned wxn;

void machine_start(const struct ptg_space *s)
{
	(void)s;
	WRITE_REG(vtcr_el2, regs2[VTCR]);
	WRITE_REG(vttbr_el2, regs2[VTTBR]);
	WRITE_REG(hcr_el2, UINT64_C(1) << 31 | 1);
	WRITE_REG(tcr_el1, regs[TCR]);
	WRITE_REG(ttbr0_el1, regs[TTBR0]);
	WRITE_REG(ttbr1_el1, regs[TTBR1]);
	WRITE_REG(mair_el1, MAIR);
	WRITE_REG(vbar_el1, stub_el1);
	WRITE_REG(sctlr_el1, SCTLR_RES1 | 1u << 2 | 1u << 12 | 1 | wxn << 19);
	__asm__ volatile("isb");
	machine_flush();
}

static void second_stage(struct ptg_space *s, const struct ptg_mapper *m)
{
	uint64_t at = (uint64_t)(uintptr_t)stub;

	/* 40 bits of input from level 1 on, two tables of it; 48 bits of output */
	regs2[VTCR] = 24u | 1u << 6 | 5u << 16 | UINT64_C(1) << 31;
	regs2[VTTBR] = guest_table(8192, 8192);
	ptg_space_setup(s, &JOIN(SECOND, _format), &JOIN(SECOND, _walker), m);
	ptg_set_root(s, regs2, 3);
	guest_map(s, m->window_pa, m->window_pa, m->window_size, 0x3f);
	guest_map(s, at, at, 65536, PTG_SR | PTG_SX | PTG_UR | PTG_UX);
	for (unsigned i = 0; i < 6; i++)
		guest_fill(s, FRAMES, 22, guest_data());
}

static struct ptg_space first, second, both;

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	uint64_t at = (uint64_t)(uintptr_t)stub, since;

	stub_el1 = ~UINT64_C(0) - 0xfffff;
	stub_el0 = stub_el1 + 0x10000;
	since = guest_table(8, 8);
	second_stage(&second, m);
	regs[TCR] = TSZ | TSZ << 16 | UINT64_C(2) << 30 | UINT64_C(5) << 32;
	regs[TTBR0] = guest_table(4096, 4096);
	regs[TTBR1] = guest_table(4096, 4096);
	ptg_space_setup(&first, &JOIN(FIRST, _format), &JOIN(FIRST, _walker), m);
	ptg_set_root(&first, regs, 7);
	guest_map(&first, stub_el1, at, 65536, PTG_SR | PTG_SX);
	guest_map(&first, stub_el0, at, 65536, PTG_UR | PTG_UX | PTG_SR);
	guest_fill(&first, FIRST_VA, 34, FRAMES);
	ptg_space_pair(&both, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), &first, &second);
	if (round & 1)
		guest_spoil(&both, since);
	return &both;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	(void)s;
	pstate_pan = choice & 1;
	wxn = (choice & 14) == 0;
	ptg_space_ctx(&first, "pan", pstate_pan);
	ptg_space_ctx(&first, "wxn", wxn);
}

uint64_t format_address(uint64_t random)
{
	uint64_t va = FIRST_VA + (random & 0x3ffffffff & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if ((random >> 50 & 15) == 0)
		va ^= UINT64_C(1) << (34 + (random >> 56 & 15));
	return va;
}

int format_alive(const struct ptg_space *s)
{
	uint64_t at = (uint64_t)(uintptr_t)stub;
	struct ptg_translation t;

	for (uint64_t page = 0; page < 0x2000; page += 0x1000) {
		if (ptg_translate(s, stub_el1 + page, PTG_EXEC, &t) || t.pa != at + page || (t.rights & (PTG_SW | PTG_UW)))
			return 0;
		if (ptg_translate(s, stub_el0 + page, PTG_EXEC | PTG_USER, &t) || t.pa != at + page ||
		    (t.rights & (PTG_SW | PTG_UW)))
			return 0;
	}
	return 1;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	unsigned stage = t->stage == 2 ? 0x200 : 0x100;

	(void)s;
	(void)access;
	if (!t->entry_pa)
		return stage | status(PTG_F_NOT_PRESENT, 0);
	return stage | status(t->fault, 3 - (int)t->level);
}

/* README.md: a table that the second stage refuses is reported with the level of the first stage. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)va;
	return t->fault && for_table && t->stage == 2 && (a->fault & ~3u) == (format_fault(s, access, t) & ~3u);
}
