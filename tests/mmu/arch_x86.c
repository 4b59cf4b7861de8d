/* SPDX-License-Identifier: MIT */
/*
 * arch_x86.c - 4 and 5 levels, PAE, and 32-bit paging with (VARIANT 0) and without PSE
 *
 * Loads, stores and fetches at CPL 0 and 3; the error code of a page fault is
 * compared.  Faults are vector << 8 | error code.
 */
#include "guest.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define X86_32 0                             /* values of MODE */
#define X86_PAE 1
#define X86_64 2
#define X86_LA57 3
#define LONG_MODE (MODE == X86_64 || MODE == X86_LA57)
#define WIDE (MODE != X86_32)                /* entries of 8 bytes */

extern unsigned char stub[], stub_user[], stub_end[];
extern volatile unsigned long test_cr3, probe_result[4];
#if MODE == X86_32 || MODE == X86_PAE
extern volatile unsigned long test_cr0;
#endif
void probe(unsigned long va, unsigned long store, unsigned how, unsigned long flags);

const uint32_t machine_return = 0xcccccccc;  /* int3 */
const unsigned machine_bytes = sizeof(long);

static uint64_t root, first_va, wide_bits;
static unsigned area_bits, nxe, pke, pks;
static struct { unsigned wp, smep, smap, ac; uint32_t pkru, pkrs; } now;

static void out_byte(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

void machine_write(char c)
{
	out_byte(0x3f8, (uint8_t)c);
}

void machine_off(int failed)
{
	out_byte(0xf4, (uint8_t)failed);
	for (;;)
		;
}

void machine_flush(void)
{
	/* CR3 is written before each access */
}

static void write_msr(uint32_t msr, uint32_t low)
{
	uint32_t a, d;

	__asm__ volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(msr));
	if (msr == 0xc0000080)
		low |= a & ~0x800u;
	__asm__ volatile("wrmsr" ::"c"(msr), "a"(low), "d"(d));
}

void machine_start(const struct ptg_space *s)
{
	unsigned long cr0, cr4 = 0;

	(void)s;
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	cr0 = (cr0 & ~(1ul << 16)) | (unsigned long)now.wp << 16;
	__asm__ volatile("mov %0, %%cr0" ::"r"(cr0));
	if (MODE != X86_32)
		cr4 |= 1u << 5;
	else if (VARIANT == 0)
		cr4 |= 1u << 4;
	if (MODE == X86_LA57)
		cr4 |= 1u << 12;
	cr4 |= (unsigned long)now.smep << 20 | (unsigned long)now.smap << 21 | (unsigned long)pke << 22 |
	       (unsigned long)pks << 24;
	__asm__ volatile("mov %0, %%cr4" ::"r"(cr4));
	write_msr(0xc0000080, nxe << 11);
	if (pke)
		__asm__ volatile("wrpkru" ::"a"(now.pkru), "c"(0), "d"(0));
	if (pks)
		write_msr(0x6e1, now.pkrs);
	test_cr3 = (unsigned long)root;
#if MODE == X86_32 || MODE == X86_PAE
	test_cr0 = cr0 | 1ul << 31;
#endif
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	unsigned how = (access & PTG_EXEC ? 2u : access & PTG_WRITE ? 1u : 0u) | (access & PTG_USER ? 4u : 0u);
	struct answer a = { 0, 0 };

	probe((unsigned long)va, (unsigned long)store, how, 2u | (unsigned long)now.ac << 18);
	a.value = probe_result[0];
	if (probe_result[1] != 3)
		a.fault = (unsigned)(probe_result[1] << 8 | probe_result[2]);
	return a;
}

static void map_stub(struct ptg_space *s)
{
	uint64_t from = (uint64_t)(uintptr_t)stub, user = (uint64_t)(uintptr_t)stub_user;

	guest_map(s, from, from, user - from, PTG_SR | PTG_SW | PTG_SX);
	guest_map(s, user, user, 4096, PTG_UR | PTG_UX | PTG_SR | PTG_SX);
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t regs[2];

	root = guest_table(4096, 4096);
	regs[0] = MODE == X86_LA57 ? 1u << 12 | 1u << 5 : MODE == X86_32 ? (VARIANT == 0 ? 1u << 4 : 0) : 1u << 5;
	regs[1] = root;
	nxe = WIDE ? (round >> 1 & 3) != 3 : 0;
	pke = LONG_MODE ? round >> 3 & 1 : 0;
	pks = LONG_MODE ? round >> 4 & 1 : 0;
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	ptg_space_param(&s, "maxphyaddr", 40);
	regs[0] |= (uint64_t)pke << 22 | (uint64_t)pks << 24;
	ptg_space_feature(&s, "nxe", nxe);
	ptg_space_feature(&s, "pse", VARIANT == 0);
	ptg_space_feature(&s, "lenient_pdpte", true);
	ptg_set_root(&s, regs, 3);
	wide_bits = JOIN(FORMAT, _format).va_bits;
	area_bits = LONG_MODE ? 34 : 30;
	if (LONG_MODE) {
		first_va = guest_random() & ((UINT64_C(1) << (wide_bits - 1)) - 1) & ~UINT64_C(0) << area_bits;
		if (guest_random() & 16)
			first_va |= ~UINT64_C(0) << (wide_bits - 1);
	} else {
		first_va = 0x40000000;
	}
	guest_fill(&s, first_va, area_bits, guest_data());
	map_stub(&s);
	if (round & 1)
		guest_spoil(&s, root);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	now.wp = choice & 1;
	now.smep = choice >> 1 & 1;
	now.smap = choice >> 2 & 1;
	now.ac = choice >> 3 & 1;
	now.pkru = (uint32_t)guest_random() & (uint32_t)guest_random() & ~3u;
	now.pkrs = (uint32_t)guest_random() & (uint32_t)guest_random() & ~3u;
	ptg_space_ctx(s, "wp", now.wp);
	ptg_space_ctx(s, "smep", now.smep);
	ptg_space_ctx(s, "smap", now.smap);
	ptg_space_ctx(s, "ac", now.ac);
	ptg_space_ctx(s, "pkru", now.pkru);
	ptg_space_ctx(s, "pkrs", now.pkrs);
}

uint64_t format_address(uint64_t random)
{
	uint64_t mask = (UINT64_C(1) << area_bits) - 1;
	uint64_t va = first_va + (random & mask & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if (LONG_MODE && (random >> 50 & 15) == 0)   /* not canonical, or nowhere */
		va ^= UINT64_C(1) << (40 + (random >> 56) % 24);
	else if (!LONG_MODE && (random >> 50 & 15) == 0)
		va = (uint32_t)(va + (random >> 20 & 0xc0000000));
	return va;
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

/* The stub must stay where it is, with key 0. */
int format_alive(const struct ptg_space *s)
{
	struct ptg_translation t;

	for (uint64_t at = (uint64_t)(uintptr_t)stub; at < (uint64_t)(uintptr_t)stub_end; at += 4096) {
		uint32_t need = at == (uint64_t)(uintptr_t)stub_user ? PTG_UX : PTG_SR | PTG_SW | PTG_SX;

		if (ptg_translate(s, at, PTG_LOOK, &t) || t.pa != at || (t.rights & need) != need || t.key)
			return 0;
		if (need != PTG_UX && (t.rights & PTG_UR))
			return 0;
	}
	return 1;
}

/* Does the key of the page forbid this?  Volume 3A, section 5.7: told apart from other reasons. */
static unsigned key_forbids(const struct ptg_translation *t, unsigned access)
{
	unsigned key = (unsigned)(t->entry >> 59) & 15;

	if (!pke || (access & PTG_EXEC) || !(t->rights & (PTG_UR | PTG_UW | PTG_UX)))
		return 0;
	return (now.pkru >> (2 * key) & 1) |
	       (now.pkru >> (2 * key + 1) & 1 & (access >> 1 & 1) & (access & PTG_USER ? 1 : now.wp));
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	unsigned code = 0;

	(void)s;
	if (t->fault == PTG_F_NONCANONICAL)
		return 13u << 8;
	code |= t->fault != PTG_F_NOT_PRESENT;
	code |= access & PTG_WRITE ? 2 : 0;
	code |= access & PTG_USER ? 4 : 0;
	code |= t->fault == PTG_F_RESERVED ? 8 : 0;
	code |= (access & PTG_EXEC) && (nxe || now.smep) ? 16 : 0;
	code |= t->fault == PTG_F_KEY || (t->fault == PTG_F_PERMISSION && key_forbids(t, access)) ? 32 : 0;
	return 14u << 8 | code;
}

/* README.md: P is clear in the error code of reserved bits. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)va;
	return t->fault == PTG_F_RESERVED && a->fault == (format_fault(s, access, t) & ~1u);
}
