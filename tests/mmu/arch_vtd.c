/* SPDX-License-Identifier: MIT */
/*
 * arch_vtd.c - Intel VT-d, second stage, legacy mode: the edu device's DMA is what is asked
 *
 * Faults are 0x100 and the fault reason of the fault recording register.
 */
#include "edu.h"
#include "x86_pci.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define UNIT UINT64_C(0xfed90000)
#define CAP 0x08
#define ECAP 0x10
#define GCMD 0x18
#define GSTS 0x1c
#define RTADDR 0x20
#define CCMD 0x28
#define FSTS 0x34

static uint64_t root_table[512] __attribute__((aligned(4096))), context_table[512] __attribute__((aligned(4096)));
static uint64_t root, first_va;
static unsigned area_bits;
int machine_live = 1;

static volatile uint32_t *reg32(unsigned at)
{
	return (volatile uint32_t *)(uintptr_t)(UNIT + at);
}

static volatile uint64_t *reg64(unsigned at)
{
	return (volatile uint64_t *)(uintptr_t)(UNIT + at);
}

/* Invalidate through the registers: a global one, or one page and the 2^0 around it. */
static void invalidate(uint64_t address, unsigned kind)
{
	unsigned at = (unsigned)(*reg64(ECAP) >> 8 & 0x3ff) * 16;

	*reg64(at) = address;
	*reg64(at + 8) = UINT64_C(1) << 63 | (uint64_t)kind << 60 | UINT64_C(1) << 32; /* domain 1 */
	while (*reg64(at + 8) >> 63)
		;
}

void machine_flush(void)
{
	*reg64(CCMD) = UINT64_C(5) << 61;    /* all contexts */
	while (*reg64(CCMD) >> 63)
		;
	invalidate(0, 1);
}

void machine_flush_page(uint64_t va)
{
	invalidate(va, 3);
}

void machine_start(const struct ptg_space *s)
{
	(void)s;
	root_table[0] = (uintptr_t)context_table | 1;
	context_table[EDU_DEVFN * 2] = root | 1;
	context_table[EDU_DEVFN * 2 + 1] = 1 << 8 | AW;
	*reg64(RTADDR) = (uintptr_t)root_table;
	*reg32(GCMD) = (*reg32(GSTS) & 0x96ffffff) | 1u << 30;
	while (!(*reg32(GSTS) >> 30 & 1))
		;
	machine_flush();
	*reg32(GCMD) = (*reg32(GSTS) & 0x96ffffff) | 1u << 31;
	while (!(*reg32(GSTS) >> 31))
		;
}

/* The one record that this unit has; reading it makes it free. */
static unsigned fault_reason(void)
{
	unsigned at = (unsigned)(*reg64(CAP) >> 24 & 0x3ff) * 16;
	uint64_t high = *reg64(at + 8);

	if (!(high >> 63))
		return 0;
	*reg32(at + 12) = 1u << 31;
	*reg32(FSTS) = *reg32(FSTS);
	return 0x100 | (unsigned)(high >> 32 & 0xff);
}

static unsigned store_once(uint64_t va, uint64_t value)
{
	own_page[0] = value;
	edu_fill((uintptr_t)own_page);
	edu_empty(va);
	return fault_reason();
}

static unsigned load_once(uint64_t va, uint64_t *value)
{
	unsigned fault;

	edu_fill(va);
	fault = fault_reason();
	if (!fault) {
		edu_empty((uintptr_t)own_page);
		*value = *(volatile uint64_t *)own_page;
	}
	return fault;
}

/* What the IOTLB of this machine refuses is not recorded, and reads as 0 (README.md): a second time without it. */
struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	struct answer a = { 0, 0 };

	if (access & PTG_WRITE) {
		a.fault = store_once(va, store);
		if (!a.fault) {
			machine_flush();
			a.fault = store_once(va, store);
		}
	} else {
		a.fault = load_once(va, &a.value);
		if (!a.fault && !a.value) {
			machine_flush();
			a.fault = load_once(va, &a.value);
		}
	}
	return a;
}

/* --- tables ------------------------------------------------------------------------ */

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t regs[2], at = (uintptr_t)own_page;

	if (!edu) {
		map_registers();
		edu_find(0xc0000000);
	}
	root = guest_table(4096, 4096);
	regs[0] = AW;
	regs[1] = root;
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	ptg_space_param(&s, "maxphyaddr", HAW);
	ptg_space_feature(&s, "snp", SNOOP);
	if (ptg_set_root(&s, regs, 3))
		guest_end("no root");
	area_bits = 34;
	first_va = (guest_random() & ((UINT64_C(1) << (AW == 1 ? 39 : 48)) - 1) & ~UINT64_C(0) << area_bits) | UINT64_C(1) << 35;
	guest_fill(&s, first_va, area_bits, guest_data());
	guest_map(&s, at, at, 4096, 0x3f);
	if (round & 1)
		guest_spoil(&s, root);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	(void)s;
	(void)choice;
}

uint64_t format_address(uint64_t random)
{
	uint64_t va = first_va + (random & 0x3ffffffff & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if ((random >> 50 & 15) == 0)        /* too wide, or nowhere */
		va ^= UINT64_C(1) << (36 + (random >> 56) % 28);
	return va >> 20 == 0xfee ? first_va : va; /* interrupts */
}

/* Whoever asks is the same, and nothing forbids a fetch. */
uint32_t format_rights(uint32_t rights)
{
	return (rights & ~(uint32_t)0x3f) | PTG_UX | PTG_SX | (rights & PTG_SR ? PTG_SR | PTG_UR : 0) |
	       (rights & PTG_SW ? PTG_SW | PTG_UW : 0);
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

int format_alive(const struct ptg_space *s)
{
	uint64_t at = (uintptr_t)own_page;
	struct ptg_translation t;

	return !ptg_translate(s, at, PTG_READ | PTG_WRITE, &t) && t.pa == at;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	switch (t->fault) {
	case PTG_F_NONCANONICAL:
		return 0x104;
	case PTG_F_RESERVED:
		return 0x10c;
	default:
		return access & PTG_WRITE ? 0x105 : 0x106;
	}
}

/* Does any entry down to where the walk ends lack the right? */
static int path_denies(uint64_t va, unsigned access)
{
	uint64_t table = root, entry;

	for (unsigned shift = AW == 1 ? 30 : 39; table < (UINT64_C(128) << 20); shift -= 9) {
		entry = ((volatile uint64_t *)(uintptr_t)table)[va >> shift & 511];
		if (!(entry & (access & PTG_WRITE ? 2 : 1)))
			return 1;
		if (shift == 12 || (entry & 0x80))
			return 0;
		table = entry & UINT64_C(0xffffffffff000);
	}
	return 0;
}

/* README.md: entry by entry, rights are checked before reserved bits. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	return t->fault == PTG_F_RESERVED && a->fault == (access & PTG_WRITE ? 0x105 : 0x106) && path_denies(va, access);
}
