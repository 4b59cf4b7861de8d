/* SPDX-License-Identifier: MIT */
/* riscv.h - QEMU's virt machine in machine mode: loads and stores by MPRV, fetches by mret */
#ifndef MMU_RISCV_H
#define MMU_RISCV_H

#include "guest.h"

#define UART ((volatile unsigned char *)0x10000000)
#define TEST ((volatile uint32_t *)0x100000)

extern volatile unsigned long machine_cause[4];
unsigned long probe_load(unsigned long va);
void probe_store(unsigned long va, unsigned long value);
void probe_fetch(unsigned long va);

const uint32_t machine_return = 0x00100073; /* ebreak */
const unsigned machine_bytes = sizeof(long);

void machine_write(char c)
{
	*UART = (unsigned char)c;
}

void machine_off(int failed)
{
	*TEST = failed ? 0x13333 : 0x5555;
	for (;;)
		;
}

void machine_flush(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}

/* An access in the mode that MPP, and `virtual` (MPV) where there is one, say. */
static struct answer access_as(unsigned long virtual, uint64_t va, unsigned access, uint64_t store)
{
	struct answer a = { 0, 0 };
	unsigned long mpp = access & PTG_USER ? 0 : 1ul << 11;

	__asm__ volatile("csrc mstatus, %0" ::"r"(3ul << 11) : "memory");
	__asm__ volatile("csrs mstatus, %0" ::"r"(mpp | virtual) : "memory");
	if (access & PTG_READ)
		a.value = probe_load((unsigned long)va);
	else if (access & PTG_WRITE)
		probe_store((unsigned long)va, (unsigned long)store);
	else
		probe_fetch((unsigned long)va);
	__asm__ volatile("csrc mstatus, %0" ::"r"(virtual) : "memory");
	/* causes are kept plus one; 4 is the breakpoint of a fetch that went through */
	a.fault = machine_cause[0] == 4 ? 0 : (unsigned)machine_cause[0];
	return a;
}

/*
 * Bits 60:54 stay as they are: this emulator ignores them once svpbmt is on
 * (the manual: reserved, must be zero).
 */
uint64_t format_spoil(uint64_t random)
{
	uint64_t bit = UINT64_C(1) << (random & 63);

	if (sizeof(long) == 4)
		return bit;
	return bit & UINT64_C(0x1fc0000000000000) ? 0 : bit;
}

/* PBMT = 3 is not refused by this machine. */
int format_skip(unsigned access, const struct ptg_translation *t)
{
	(void)access;
	return sizeof(long) == 8 && t->fault == PTG_F_RESERVED && t->entry >> 61 == 3;
}

#endif /* MMU_RISCV_H */
