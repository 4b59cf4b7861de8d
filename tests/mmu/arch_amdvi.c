/* SPDX-License-Identifier: MIT */
/*
 * arch_amdvi.c - AMD's IOMMU, host tables of version 1: the edu device's DMA is what is asked
 *
 * Each round begins at a random level.  own_page is reached while the unit is off,
 * which lets transfers by.  This machine logs few faults (README.md), so what counts
 * is whether data moved: a fault is 1.
 */
#include "edu.h"
#include "x86_pci.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define UNIT UINT64_C(0xfed80000)
#define QUEUE_LG2 8u                         /* entries of the queue: the least */
#define ON 0x1001u                           /* of CONTROL: commands, the unit itself */

enum { DEVICES = 0, COMMANDS = 8, CONTROL = 24, COMMAND_HEAD = 0x2000, COMMAND_TAIL = 0x2008 };

static uint64_t devices[256][4] __attribute__((aligned(8192)));
static uint64_t commands[1 << QUEUE_LG2][2] __attribute__((aligned(4096)));
static uint64_t dte, first_va;
static unsigned mode, area_bits;

static volatile uint64_t *reg(unsigned at)
{
	return (volatile uint64_t *)(uintptr_t)(UNIT + at);
}

static void command(uint64_t low, uint64_t high)
{
	uint64_t at = *reg(COMMAND_TAIL) >> 4 & ((1u << QUEUE_LG2) - 1);

	((volatile uint64_t *)commands[at])[0] = low;
	((volatile uint64_t *)commands[at])[1] = high;
	*reg(COMMAND_TAIL) = ((at + 1) & ((1u << QUEUE_LG2) - 1)) << 4;
	while ((*reg(COMMAND_HEAD) ^ *reg(COMMAND_TAIL)) & (((1u << QUEUE_LG2) - 1) << 4))
		;
}

void machine_flush(void)
{
	command(UINT64_C(2) << 60 | EDU_DEVFN, 0);                    /* the device's entry */
	command(UINT64_C(3) << 60 | UINT64_C(1) << 32, UINT64_C(0x7ffffffffffff003)); /* all pages of domain 1 */
}

void machine_start(const struct ptg_space *s)
{
	(void)s;
	devices[EDU_DEVFN][0] = dte;
	devices[EDU_DEVFN][1] = 1;           /* domain */
	machine_flush();
}

static uint64_t load_once(uint64_t va)
{
	machine_flush();                     /* README.md: the rights of tables are forgotten */
	edu_fill(va);
	*reg(CONTROL) = 0;
	edu_empty((uintptr_t)own_page);
	*reg(CONTROL) = ON;
	return *(volatile uint64_t *)own_page;
}

/* What is refused reads as 0, which no frame holds. */
struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	volatile uint64_t *target = (volatile uint64_t *)(uintptr_t)guest_target();
	struct answer a = { 0, 0 };

	if (access & PTG_READ) {
		a.value = load_once(va);
		a.fault = !a.value;
		return a;
	}
	own_page[0] = store;
	*reg(CONTROL) = 0;
	edu_fill((uintptr_t)own_page);
	*reg(CONTROL) = ON;
	machine_flush();
	edu_empty(va);
	a.fault = target ? *target != store : !load_once(va);
	return a;
}

/* --- tables ------------------------------------------------------------------------ */

static void unit_start(void)
{
	map_registers();
	edu_find(0xc0000000);
	*reg(CONTROL) = 0;
	*reg(DEVICES) = (uintptr_t)devices | 1;
	*reg(COMMANDS) = (uintptr_t)commands | (uint64_t)QUEUE_LG2 << 56;
	*reg(CONTROL) = ON;
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t r = guest_random(), root = guest_table(4096, 4096);
	unsigned bits;

	if (!edu)
		unit_start();
	mode = 2 + (unsigned)(uint32_t)r % 5;
	bits = mode == 6 ? 64 : 12 + 9 * mode;
	area_bits = bits < 34 ? bits : 34;
	first_va = guest_random() & ~UINT64_C(0) >> (64 - bits) & ~UINT64_C(0) << area_bits;
	dte = 3 | (uint64_t)mode << 9 | root | ((r >> 40 & 7) ? UINT64_C(3) : r >> 43 & 3) << 61;
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	if (ptg_set_root(&s, &dte, 1))
		guest_end("no root");
	guest_fill(&s, first_va, area_bits, guest_data());
	if (round & 1)
		guest_spoil(&s, root);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	(void)s;
	(void)choice;
}

/* Not above what the first level indexes (README.md), and no interrupts. */
uint64_t format_address(uint64_t random)
{
	uint64_t mask = (UINT64_C(1) << area_bits) - 1, va;

	va = first_va + (random & mask & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));
	if ((random >> 50 & 15) == 1)        /* elsewhere */
		va = guest_random() & ~UINT64_C(0) >> (mode == 6 ? 0 : 52 - 9 * mode);
	return va >> 20 == 0xfee ? first_va : va;
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
	(void)s;
	return 1;
}

/* README.md: of a present entry this machine looks at nothing but the rights, and takes all pages for present. */
int format_skip(unsigned access, const struct ptg_translation *t)
{
	unsigned next = t->entry >> 9 & 7;

	(void)access;
	if (!t->fault || t->fault == PTG_F_PERMISSION || !t->entry)
		return 0;
	return (t->entry & 1) || next == 0 || next == 7;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	(void)s;
	(void)access;
	(void)t;
	return 0;
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
