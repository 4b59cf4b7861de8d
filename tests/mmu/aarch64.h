/* SPDX-License-Identifier: MIT */
/* aarch64.h - accesses from EL1 and EL0, as the AArch64 guests of both stages make them */
#ifndef MMU_AARCH64_H
#define MMU_AARCH64_H

#include "aarch64_virt.h"

#define REGION ((uint64_t)1 << GRANULE)
#define SCTLR_RES1 UINT64_C(0x30d00800)
#define MAIR UINT64_C(0x000000040044ffff)    /* the descriptions' default */

struct probed {
	uint64_t value, syndrome;    /* ESR_EL1; with bit 32: ESR_EL2 */
};
struct probed probe(uint64_t va, uint64_t store, uint64_t pc, uint64_t spsr);
extern const unsigned char stub[], stub_load[], stub_store[];

const uint32_t machine_return = 0xd4000021;  /* svc #1 */
static uint64_t stub_el1, stub_el0;          /* where the stub page is seen */
static unsigned pstate_pan, for_table;        /* for_table: ESR_EL2.S1PTW, of the last fault */

void machine_flush(void)
{
	__asm__ volatile("dsb sy; tlbi alle1; dsb sy; isb" ::: "memory");
}

/* Faults: 0x100 and the fault status code; 0x200 in the place of 0x100 is the second stage. */
struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	uint64_t base = access & PTG_USER ? stub_el0 : stub_el1, pc;
	uint64_t spsr = (access & PTG_USER ? 0x3c0u : 0x3c5u) | (uint64_t)pstate_pan << 22;
	struct answer a = { 0, 0 };
	struct probed p;
	unsigned class;

	pc = access & PTG_EXEC ? va : base + (uint64_t)((access & PTG_READ ? stub_load : stub_store) - stub);
	p = probe(va, store, pc, spsr);
	class = (unsigned)(p.syndrome >> 26) & 0x3f;
	a.value = p.value;
	for_table = p.syndrome >> 32 & p.syndrome >> 7 & 1;
	if (class == 0x20 || class == 0x21 || class == 0x24 || class == 0x25)
		a.fault = (p.syndrome >> 32 & 1 ? 0x200 : 0x100) | (unsigned)(p.syndrome & 0x3f);
	else if (class != 0x15)
		a.fault = 0x80000000u | class;
	return a;
}

/* Fault status code of a level (-1 to 3). */
static unsigned status(unsigned fault, int level)
{
	unsigned base = fault == PTG_F_ADDRESS_SIZE ? 0 : fault == PTG_F_ACCESS_FLAG ? 8 : fault == PTG_F_PERMISSION ? 12 : 4;

	if (level < 0)
		return fault == PTG_F_ADDRESS_SIZE ? 0x29 : 0x2b;
	return base | (unsigned)level;
}

/* Blocks at levels that have none: this machine takes them. */
int format_skip(unsigned access, const struct ptg_translation *t)
{
	(void)access;
	return t->fault == PTG_F_NOT_PRESENT && t->level > 0 && (t->entry & 3) == 1;
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

#endif /* MMU_AARCH64_H */
