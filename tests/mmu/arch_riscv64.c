/* SPDX-License-Identifier: MIT */
/*
 * arch_riscv64.c - QEMU's virt machine: loads and stores by MPRV, fetches by mret
 *
 * FORMAT is sv39, sv48 or sv57; the guest runs in machine mode, which no table
 * concerns, so every mapping may be anything.
 */
#include "guest.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)
#include FORMAT_HEADER

#define UART ((volatile unsigned char *)0x10000000)
#define TEST ((volatile uint32_t *)0x100000)

extern volatile uint64_t machine_cause[4];
uint64_t probe_load(uint64_t va);
uint64_t probe_store(uint64_t va, uint64_t value);
void probe_fetch(uint64_t va);

const uint64_t format_first = UINT64_C(0x40000000);
const uint32_t machine_return = 0x00100073; /* ebreak */

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

static uint64_t satp;

void machine_start(const struct ptg_space *s)
{
	uint64_t sum = s->ctx[0] & 1, mxr = s->ctx[0] >> 1 & 1;

	__asm__ volatile("csrw satp, %0; sfence.vma" ::"r"(satp) : "memory");
	__asm__ volatile("csrc mstatus, %0" ::"r"(UINT64_C(3) << 18) : "memory");
	__asm__ volatile("csrs mstatus, %0" ::"r"(sum << 18 | mxr << 19) : "memory");
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	struct answer a = { 0, 0 };
	uint64_t mpp = access & PTG_USER ? 0 : UINT64_C(1) << 11;

	__asm__ volatile("csrc mstatus, %0" ::"r"(UINT64_C(3) << 11) : "memory");
	__asm__ volatile("csrs mstatus, %0" ::"r"(mpp) : "memory");
	if (access & PTG_READ)
		a.value = probe_load(va);
	else if (access & PTG_WRITE)
		probe_store(va, store);
	else
		probe_fetch(va);
	/* causes are kept plus one; 4 is the breakpoint of a fetch that went through */
	a.fault = machine_cause[0] == 4 ? 0 : (unsigned)machine_cause[0];
	return a;
}

const char *format_setup(struct ptg_space *s, const struct ptg_mapper *m, uint64_t root)
{
	struct JOIN(FORMAT, config) config = JOIN(FORMAT, config_default);
	struct JOIN(FORMAT, regs) regs = { .satp = JOIN(FORMAT, satp_make)(0, root) };

	config.svadu = true;         /* this machine sets A and D itself */
	config.svrsw60t59b = false;
	s->mapper = m;
	JOIN(FORMAT, setup)(s, &config);
	JOIN(FORMAT, set_root)(s, &regs);
	satp = regs.satp;
	return STRING(FORMAT);
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	JOIN(FORMAT, ctx_set_sum)(s, choice & 1);
	JOIN(FORMAT, ctx_set_mxr)(s, choice >> 1 & 1);
}

uint64_t format_address(uint64_t random)
{
	uint64_t va = format_first + (random & 0x3fffff000u & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7ff000));

	if ((random >> 50 & 15) == 0)
		va |= UINT64_C(1) << (38 + (random >> 56 & 15)); /* not canonical, or nowhere */
	return va;
}

/*
 * Bits 60:54 stay as they are: this emulator ignores them once svpbmt is on
 * (the manual: reserved, must be zero).
 */
uint64_t format_spoil(uint64_t random)
{
	uint64_t bit = UINT64_C(1) << (random & 63);

	return bit & UINT64_C(0x1fc0000000000000) ? 0 : bit;
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
