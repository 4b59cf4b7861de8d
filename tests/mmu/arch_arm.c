/* SPDX-License-Identifier: MIT */
/*
 * arch_arm.c - AArch32: short descriptors, TEX remapped or not (LPAE 0), and long ones (LPAE 1; V8 1: an ARMv8 core)
 *
 * Each round splits the addresses between TTBR0 and TTBR1 in its own way.  The
 * stub page is seen twice, for PL1 and for PL0, in the middle of the addresses.
 */
#include "guest.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define UART ((volatile uint32_t *)0x09000000)
#define STUB_PL1 0x7ff00000u
#define STUB_PL0 0x7ff01000u
#define SCTLR_BASE 0x00c5007du               /* RES1, the caches, M */

#define CP_WRITE(op1, n, m, op2, v) \
	__asm__ volatile("mcr p15, " #op1 ", %0, " #n ", " #m ", " #op2 ::"r"((uint32_t)(v)) : "memory")
#define CP_WRITE64(op1, m, v) \
	__asm__ volatile("mcrr p15, " #op1 ", %Q0, %R0, " #m ::"r"((uint64_t)(v)) : "memory")

extern const unsigned char stub[], stub_load[], stub_store[];
extern volatile uint32_t probe_result[4];
void probe(uint32_t va, uint32_t store, uint32_t pc, uint32_t mode);
void machine_unexpected(void);

const uint32_t machine_return = 0xef000001;  /* svc #1 */
const unsigned machine_bytes = 4;

#if LPAE
enum { TTBCR, TTBR0, TTBR1, REGS };
#else
enum { SCTLR, TTBCR, TTBR0, TTBR1, REGS };
#endif
static uint64_t regs[REGS];
static uint32_t first_va, dacr, afe, wxn, uwxn;

void machine_write(char c)
{
	*UART = (unsigned char)c;
}

void machine_off(int failed)
{
	register uint32_t call __asm__("r0") = 0x84000008; /* PSCI: system off */

	(void)failed;
	__asm__ volatile(".word 0xe1600070" ::"r"(call) : "memory"); /* smc #0 */
	for (;;)
		;
}

void machine_unexpected(void)
{
	uint32_t hsr;

	__asm__ volatile("mrc p15, 4, %0, c5, c2, 0" : "=r"(hsr));
	say_hex(hsr);
	guest_end(": an exception in Hyp mode");
}

void machine_flush(void)
{
	__asm__ volatile("dsb");
	CP_WRITE(4, c8, c7, 4, 0);           /* TLBIALLNSNH */
	__asm__ volatile("dsb; isb");
}

int machine_live = 1;

void machine_flush_page(uint64_t va)
{
	__asm__ volatile("dsb");
	CP_WRITE(0, c8, c7, 3, va);          /* TLBIMVAA */
	__asm__ volatile("dsb; isb");
}

void machine_start(const struct ptg_space *s)
{
	(void)s;
	CP_WRITE(0, c2, c0, 2, regs[TTBCR]);
#if LPAE
	CP_WRITE64(0, c2, regs[TTBR0]);
	CP_WRITE64(1, c2, regs[TTBR1]);
	CP_WRITE(0, c10, c2, 0, 0xeeaa4400);
	CP_WRITE(0, c10, c2, 1, 0xff000004);
#else
	CP_WRITE(0, c2, c0, 0, regs[TTBR0]);
	CP_WRITE(0, c2, c0, 1, regs[TTBR1]);
	CP_WRITE(0, c10, c2, 0, 0xff0a81a8); /* PRRR, NMRR */
	CP_WRITE(0, c10, c2, 1, 0x40e040e0);
#endif
	CP_WRITE(0, c3, c0, 0, dacr);
	CP_WRITE(0, c12, c0, 0, STUB_PL1);
	CP_WRITE(0, c1, c0, 0, SCTLR_BASE | wxn << 19 | uwxn << 20 | afe << 29 | (uint32_t)TRE << 28);
	__asm__ volatile("isb");
	machine_flush();
}

/* Faults: 0x100 and the fault status. */
struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	uint32_t base = access & PTG_USER ? STUB_PL0 : STUB_PL1, pc, status;
	struct answer a = { 0, 0 };

	pc = access & PTG_EXEC ? (uint32_t)va : base + (uint32_t)((access & PTG_READ ? stub_load : stub_store) - stub);
	probe((uint32_t)va, (uint32_t)store, pc, access & PTG_USER ? 0x1d0 : 0x1d3);
	a.value = probe_result[0];
	if ((probe_result[1] & 7) == 2)
		return a;
	status = probe_result[1] & 1 ? probe_result[3] : probe_result[2];
	a.fault = 0x100 | (LPAE ? status & 0x3f : (status & 15) | (status >> 6 & 16));
	if ((probe_result[1] & 7) != 3 && (probe_result[1] & 7) != 4)
		a.fault = 0x1000 | (probe_result[1] & 7);
	return a;
}

static void choose_registers(void)
{
	uint32_t r = (uint32_t)guest_random();

#if LPAE
	uint32_t t0 = r & 7, t1 = r >> 3 & 7;

	if (r & 0x40)
		t1 = 0;
	regs[TTBCR] = 1u << 31 | t0 | t1 << 16;
	regs[TTBR0] = guest_table(4096, 4096);
	regs[TTBR1] = guest_table(4096, 4096);
#else
	afe = r >> 3 & 1;
	regs[TTBCR] = r & 0x40 ? r & 7 : 0;
	regs[TTBR0] = guest_table(16384, 16384);
	regs[TTBR1] = guest_table(16384, 16384);
	regs[SCTLR] = SCTLR_BASE | afe << 29 | (uint32_t)TRE << 28;
#endif
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t since = guest_table(8, 8), at = (uint64_t)(uintptr_t)stub;
	struct ptg_translation t;

	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	ptg_space_feature(&s, "v8", V8);
	do {
		choose_registers();
		ptg_set_root(&s, regs, (1u << REGS) - 1);
		ptg_translate(&s, STUB_PL1, PTG_LOOK, &t);
	} while (t.fault == PTG_F_NONCANONICAL);     /* in the gap between the two */
	first_va = (uint32_t)guest_random() & 0xc0000000;
	guest_fill(&s, first_va, 30, guest_data());
	guest_map(&s, STUB_PL1, at, 4096, PTG_SR | PTG_SX);
	guest_map(&s, STUB_PL0, at, 4096, PTG_UR | PTG_UX | PTG_SR | PTG_SX);
	if (round & 1)
		guest_spoil(&s, since);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	wxn = (choice & 7) == (LPAE ? choice & 6 : 0); /* rarely: see format_known */
	uwxn = (choice >> 3 & 7) == (LPAE ? choice >> 3 & 6 : 0);
	dacr = (uint32_t)(choice >> 16) & (uint32_t)guest_random();
	dacr = (dacr & ~3u) | 1;             /* the stub's domain */
	if (choice & 64)
		dacr |= 0x55555555;
	ptg_space_ctx(s, "wxn", wxn);
	ptg_space_ctx(s, "uwxn", uwxn);
	ptg_space_ctx(s, "dacr", dacr);
}

uint64_t format_address(uint64_t random)
{
	uint32_t va = first_va + (uint32_t)(random & 0x3fffffff & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if ((random >> 50 & 15) == 0)
		va = (uint32_t)(random >> 20);
	return va;
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

int format_alive(const struct ptg_space *s)
{
	uint64_t at = (uint64_t)(uintptr_t)stub;
	struct ptg_translation t;

	if (ptg_translate(s, STUB_PL1, PTG_EXEC, &t) || t.pa != at || t.key || (t.rights & PTG_SW))
		return 0;
	ptg_translate(s, STUB_PL0, PTG_EXEC | PTG_USER, &t);
	return !t.fault && t.pa == at && !t.key && !(t.rights & (PTG_UW | PTG_SW));
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	(void)access;
#if LPAE
	unsigned level = t->entry_pa ? 3u - t->level : 1;
	unsigned base = t->fault == PTG_F_ACCESS_FLAG ? 8 : t->fault == PTG_F_PERMISSION ? 12 :
			t->fault == PTG_F_ADDRESS_SIZE ? 0 : 4;

	return 0x100 | base | level;
#else
	unsigned second = t->entry_pa && t->level == 0;

	if (t->fault == PTG_F_ACCESS_FLAG)
		return second ? 0x106 : 0x103;
	if (t->fault == PTG_F_KEY)
		return second ? 0x10b : 0x109;
	if (t->fault == PTG_F_PERMISSION)
		return second ? 0x10f : 0x10d;
	return second ? 0x107 : 0x105;
#endif
}

/*
 * README.md: WXN and UWXN are not looked at with short descriptors; the order of
 * domain, access flag and XN is another; managers' pages need no access flag.
 */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	(void)va;
	if (LPAE)
		return 0;
	if ((access & PTG_EXEC) && (wxn | uwxn) && t->fault == PTG_F_PERMISSION && !a->fault)
		return 1;
	if (t->fault == PTG_F_NOT_PRESENT)
		return t->level == 0 && a->fault == 0x10b;
	if (t->fault != PTG_F_ACCESS_FLAG)
		return 0;
	if (access & PTG_EXEC && (a->fault == 0x10d || a->fault == 0x10f))
		return 1;
	return a->fault == (t->level == 0 ? 0x10b : 0x109) || (!a->fault && (dacr >> (2 * t->key) & 3) == 3);
}
