/* SPDX-License-Identifier: MIT */
/*
 * arch_smmuv3.c - Arm's SMMUv3, AArch64 stage 1: the edu device's DMA is what is asked
 *
 * Each round has a random size of the lower half; this machine's bus has 48 bits, so
 * the upper one is out of reach.  own_page is reached while the unit is off, which
 * lets transfers by.  GRANULE is log2 of the page.  Faults are 0x100 and the number
 * of the event.
 */
#include "aarch64_virt.h"
#include "edu.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define SMMU UINT64_C(0x09050000)
#define ECAM UINT64_C(0x3f000000)            /* highmem=off: run.sh */
#define BAR 0x10000000u
#define QUEUE_LG2 5u                         /* entries of both queues */
#define MAIR UINT64_C(0x000000040044ffff)    /* the descriptions' default */

enum { CR0 = 0x20, CR0ACK = 0x24, STRTAB_BASE = 0x80, STRTAB_CFG = 0x88, CMDQ_BASE = 0x90, CMDQ_PROD = 0x98,
       CMDQ_CONS = 0x9c, EVENTQ_BASE = 0xa0, EVENTQ_PROD = 0x100a8, EVENTQ_CONS = 0x100ac };
enum { BYPASS = 0xc, ON = 0xd };             /* of CR0: EVENTQEN, CMDQEN; SMMUEN */
enum { CFGI_ALL = 0x04, TLBI_NH_ALL = 0x10, TLBI_NH_VAA = 0x13, SYNC = 0x46 };
enum { F_TRANSLATION = 0x110, F_ADDR_SIZE, F_ACCESS, F_PERMISSION };

const uint32_t machine_return;
unsigned machine_kinds = PTG_READ | PTG_WRITE;
int machine_live = 1;

static uint64_t streams[256][8] __attribute__((aligned(16384))), context[8] __attribute__((aligned(64)));
static uint64_t commands[1 << QUEUE_LG2][2] __attribute__((aligned(4096)));
static uint64_t events[1 << QUEUE_LG2][4] __attribute__((aligned(4096)));
static uint32_t issued;

enum { TCR, TTBR0, TTBR1 };
static uint64_t regs[3], first_va;
static unsigned area_bits, half_bits;

static uint32_t config_read(unsigned devfn, unsigned at)
{
	return *(volatile uint32_t *)(ECAM + (devfn << 12) + at);
}

static void config_write(unsigned devfn, unsigned at, uint32_t value)
{
	*(volatile uint32_t *)(ECAM + (devfn << 12) + at) = value;
}

static volatile uint32_t *reg32(unsigned at)
{
	return (volatile uint32_t *)(SMMU + at);
}

static void put64(unsigned at, uint64_t value)
{
	*(volatile uint64_t *)(SMMU + at) = value;
}

/* --- queues --------------------------------------------------------------------------- */

static void command(uint64_t low, uint64_t high)
{
	commands[issued & ((1u << QUEUE_LG2) - 1)][0] = low;
	commands[issued & ((1u << QUEUE_LG2) - 1)][1] = high;
	issued++;
	__asm__ volatile("dsb sy" ::: "memory");
	*reg32(CMDQ_PROD) = issued & ((2u << QUEUE_LG2) - 1);
	while ((*reg32(CMDQ_CONS) & ((2u << QUEUE_LG2) - 1)) != *reg32(CMDQ_PROD))
		if (*reg32(CMDQ_CONS) >> 24 & 0x7f)
			guest_end("a command is refused");
}

void machine_flush(void)
{
	command(CFGI_ALL, 31);
	command(TLBI_NH_ALL, 0);
	command(SYNC, 0);
}

void machine_flush_page(uint64_t va)
{
	command(TLBI_NH_VAA, va & ~UINT64_C(0xfff));
	command(SYNC, 0);
}

/* The last event since the last question. */
static unsigned event(void)
{
	uint32_t mask = (1u << QUEUE_LG2) - 1, at = *reg32(EVENTQ_PROD), type;

	if (at == *reg32(EVENTQ_CONS))
		return 0;
	type = (uint32_t)((volatile uint64_t *)events[(at - 1) & mask])[0] & 0xff;
	*reg32(EVENTQ_CONS) = at;
	return 0x100 | type;
}

/* --- the unit ----------------------------------------------------------------------------- */

static void unit_switch(uint32_t cr0)
{
	*reg32(CR0) = cr0;
	while (*reg32(CR0ACK) != cr0)
		;
}

static void unit_start(void)
{
	unit_switch(0);
	put64(STRTAB_BASE, (uintptr_t)streams);
	*reg32(STRTAB_CFG) = 8;
	put64(CMDQ_BASE, (uintptr_t)commands | QUEUE_LG2);
	put64(EVENTQ_BASE, (uintptr_t)events | QUEUE_LG2);
	*reg32(CMDQ_PROD) = *reg32(CMDQ_CONS) = 0;
	*reg32(EVENTQ_PROD) = *reg32(EVENTQ_CONS) = 0;
	issued = 0;
	unit_switch(ON);
}

/* The context descriptor has TCR's fields in places of its own. */
void machine_start(const struct ptg_space *s)
{
	uint64_t tcr = regs[TCR];

	(void)s;
	streams[EDU_DEVFN][0] = (uintptr_t)context | 0xb; /* valid, stage 1 */
	context[0] = (tcr & 0x3f) | (tcr >> 14 & 3) << 6 | (tcr >> 16 & 0x3f) << 16 | (tcr >> 30 & 3) << 22 |
		     UINT64_C(1) << 31 | (tcr >> 32 & 7) << 32 | UINT64_C(1) << 35 /* AFFD */ |
		     UINT64_C(1) << 41 /* AA64 */ | UINT64_C(7) << 45; /* R, A, ASET */
	context[1] = regs[TTBR0] | (tcr >> 41 & 1) << 1; /* HAD0 */
	context[2] = regs[TTBR1];
	context[3] = MAIR;
	machine_flush();
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	struct answer a = { 0, 0 };

	if (access & PTG_WRITE) {
		own_page[0] = store;
		unit_switch(BYPASS);
		edu_fill((uintptr_t)own_page);
		unit_switch(ON);
		edu_empty(va);
		a.fault = event();
	} else {
		edu_fill(va);
		a.fault = event();
		unit_switch(BYPASS);
		edu_empty((uintptr_t)own_page);
		unit_switch(ON);
		a.value = *(volatile uint64_t *)own_page;
	}
	return a;
}

/* --- tables ------------------------------------------------------------------------ */

static void choose_registers(struct ptg_space *s)
{
	static const uint8_t sizes[] = { 32, 36, 40, 42, 44 };
	unsigned tsz = 16 + (unsigned)guest_random() % 24, r = (unsigned)guest_random(), ips = r & 1 ? 4 : (r >> 1) % 5;

	regs[TCR] = tsz | 25u << 16 | (GRANULE == 12 ? 0u : GRANULE == 14 ? 2u : 1u) << 14 |
		    (GRANULE == 12 ? 2u : GRANULE == 14 ? 1u : 3u) << 30 | (uint64_t)ips << 32 | (uint64_t)(r >> 8 & 1) << 41;
	ptg_space_param(s, "pa_bits", sizes[ips]);
	half_bits = 64 - tsz;
	area_bits = half_bits < 34 ? half_bits : 34;
	first_va = guest_random() & ((UINT64_C(1) << half_bits) - 1) & ~UINT64_C(0) << area_bits;
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t since = guest_table(65536, 65536);

	if (!edu)
		edu_find(BAR);
	unit_start();
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	choose_registers(&s);
	regs[TTBR0] = since;
	regs[TTBR1] = guest_table(65536, 65536);
	ptg_set_root(&s, regs, 7);
	guest_fill(&s, first_va, area_bits, guest_data());
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
	if ((random >> 50 & 15) == 0 && half_bits < 48) /* outside the half */
		va ^= UINT64_C(1) << (half_bits + (random >> 56) % (48 - half_bits));
	else if ((random >> 50 & 15) == 1)   /* elsewhere in it */
		va = guest_random() & ((UINT64_C(1) << half_bits) - 1);
	return va;
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

int format_alive(const struct ptg_space *s)
{
	(void)s;
	return 1;
}

/* Blocks at levels that have none are taken; the access flag is not looked at. */
int format_skip(unsigned access, const struct ptg_translation *t)
{
	(void)access;
	return t->fault == PTG_F_ACCESS_FLAG || (t->fault == PTG_F_NOT_PRESENT && t->level > 0 && (t->entry & 3) == 1);
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	(void)access;
	switch (t->fault) {
	case PTG_F_ADDRESS_SIZE:
		return F_ADDR_SIZE;
	case PTG_F_PERMISSION:
		return F_PERMISSION;
	default:
		return F_TRANSLATION;
	}
}

/* Does a table descriptor on the way of va take writing away? */
static int read_only_path(uint64_t va)
{
	unsigned stride = GRANULE - 3, levels = (half_bits - 4) / stride, shift = GRANULE + (levels - 1) * stride;
	uint64_t table = regs[TTBR0], entry;

	for (; shift > GRANULE && table >= (UINT64_C(1) << 30) && table < UINT64_C(0x48000000); shift -= stride) {
		entry = ((volatile uint64_t *)table)[va >> shift & ((1u << stride) - 1)];
		if ((entry & 3) != 3)
			return 0;
		if (entry >> 62 & 1)
			return 1;
		table = entry & UINT64_C(0xffffffffffff) & ~UINT64_C(0) << GRANULE;
	}
	return 0;
}

/* README.md: output addresses are not compared with CD.IPS; APTable is looked at on the way down. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	if (t->fault == PTG_F_NOT_PRESENT && (access & PTG_WRITE) && a->fault == F_PERMISSION)
		return read_only_path(va);
	return t->fault == PTG_F_ADDRESS_SIZE;
}
