/* SPDX-License-Identifier: MIT */
/*
 * arch_riscv.c - QEMU's virt machine, one stage: loads and stores by MPRV, fetches by mret
 *
 * FORMAT is sv32, sv39, sv48 or sv57; VARIANT 1 is without Svnapot and Svpbmt.  The
 * guest runs in machine mode, which no table concerns, so every mapping may be
 * anything.
 */
#include "riscv.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define FIRST_VA UINT64_C(0x40000000)
#define VA_BITS (sizeof(long) == 8 ? 34 : 30)

static uint64_t satp;

void machine_start(const struct ptg_space *s)
{
	unsigned long sum = (unsigned long)s->ctx[0] & 1, mxr = (unsigned long)s->ctx[0] >> 1 & 1;

	__asm__ volatile("csrw satp, %0; sfence.vma" ::"r"((unsigned long)satp) : "memory");
	__asm__ volatile("csrc mstatus, %0" ::"r"(3ul << 18) : "memory");
	__asm__ volatile("csrs mstatus, %0" ::"r"(sum << 18 | mxr << 19) : "memory");
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	return access_as(0, va, access, store);
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t root = guest_table(4096, 4096);
	unsigned mode = JOIN(FORMAT, _format).va_bits == 39 ? 8 : JOIN(FORMAT, _format).va_bits == 48 ? 9 : 10;

	satp = sizeof(long) == 8 ? (uint64_t)mode << 60 | root >> 12 : UINT64_C(1) << 31 | root >> 12;
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	ptg_space_feature(&s, "svadu", true);        /* this machine sets A and D itself */
	ptg_space_feature(&s, "svnapot", VARIANT == 0);
	ptg_space_feature(&s, "svpbmt", VARIANT == 0);
	ptg_set_root(&s, &satp, 1);
	guest_fill(&s, FIRST_VA, VA_BITS, guest_data());
	if (round & 1)
		guest_spoil(&s, root);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	ptg_space_ctx(s, "sum", choice & 1);
	ptg_space_ctx(s, "mxr", choice >> 1 & 1);
}

uint64_t format_address(uint64_t random)
{
	uint64_t mask = random >> 40 & 1 ? (UINT64_C(1) << VA_BITS) - 1 : 0x7fffff;
	uint64_t va = FIRST_VA + (random & mask);

	if ((random >> 50 & 15) == 0)        /* not canonical, or nowhere */
		va ^= sizeof(long) == 8 ? UINT64_C(1) << (38 + (random >> 56 & 15)) : UINT64_C(1) << 31;
	return va;
}

int format_alive(const struct ptg_space *s)
{
	(void)s;
	return 1;
}

/* Page faults (causes 12, 13 and 15), kept plus one. */
unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	(void)t;
	return access & PTG_EXEC ? 13 : access & PTG_READ ? 14 : 16;
}

int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	(void)va;
	(void)access;
	(void)t;
	(void)a;
	return 0;
}
