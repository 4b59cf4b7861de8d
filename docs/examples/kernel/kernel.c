/* SPDX-License-Identifier: MIT */
/*
 * kernel.c - a kernel of one page of C that lives on tables made by ptgen's code
 *
 * Boots on QEMU's riscv64 `virt` machine, builds an Sv48 address space with the
 * emitted sv48.h and sv48.c, turns the MMU on, touches an address that is not
 * mapped, takes the page fault, maps a page there with sv48_map() and goes on.
 *
 * Build and run: see Makefile beside this file.
 */
#include "sv48.h"

#define UART ((volatile uint8_t *)0x10000000)
#define POWER ((volatile uint32_t *)0x100000)
#define RAM UINT64_C(0x80000000)
#define RAM_BYTES (UINT64_C(64) << 20)
#define HEAP UINT64_C(0x4000000000) /* nothing is there until somebody touches it */

extern uint8_t free_memory[]; /* from the linker script */
void enter_supervisor(uint64_t satp, void (*entry)(void));

static struct ptg_space space;
static uint64_t next_frame;

static void print(const char *text)
{
	while (*text)
		*UART = (uint8_t)*text++;
}

static void print_hex(uint64_t n)
{
	print("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		if (n >> shift || shift == 0)
			*UART = (uint8_t)"0123456789abcdef"[n >> shift & 15];
}

/* --- what ptgen asks for: pages for tables --------------------------------------- */

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv;
	(void)level;
	next_frame = (next_frame + align - 1) & ~(uint64_t)(align - 1);
	*pa = next_frame;
	next_frame += bytes;
	return next_frame <= RAM + RAM_BYTES ? 0 : -1;
}

static void give_back(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	(void)priv; /* this kernel never frees */
	(void)pa;
	(void)bytes;
	(void)level;
}

static int flush(void *priv, struct ptg_flush *f)
{
	(void)priv;
	(void)f;
	__asm__ volatile("sfence.vma" ::: "memory");
	return 0;
}

static const struct ptg_mapper_ops ops = { .alloc_table = take, .free_table = give_back, .flush = flush };
static const struct ptg_mapper mapper = {
	.ops = &ops, .window = (void *)RAM, .window_pa = RAM, .window_size = RAM_BYTES, /* RAM is mapped one to one */
};

/* --- the address space ---------------------------------------------------------------- */

static void must(int error)
{
	if (!error)
		return;
	print("ptgen says no\n");
	*POWER = 0x13333;
}

static uint64_t make_space(void)
{
	const struct ptg_attrs code = { .rights = PTG_SR | PTG_SW | PTG_SX, .care = PTG_SR | PTG_SW | PTG_SX | PTG_UR | PTG_UW | PTG_UX };
	const struct ptg_attrs device = { .rights = PTG_SR | PTG_SW, .care = code.care };
	struct sv48_regs regs = { 0 };
	uint64_t root;

	next_frame = (uint64_t)(uintptr_t)free_memory;
	space.mapper = &mapper;
	must(sv48_setup(&space, &sv48_config_default));
	must(take(0, 4096, 4096, 3, &root));
	regs.satp = sv48_satp_make(0, root);
	must(sv48_set_root(&space, &regs));
	/* the largest pages that fit: RAM takes 2 MiB ones, the devices 4 KiB ones */
	must(ptg_map(&space, RAM, RAM, RAM_BYTES, &code, 0, 0));
	must(ptg_map(&space, (uint64_t)(uintptr_t)UART, (uint64_t)(uintptr_t)UART, 4096, &device, 0, 0));
	must(ptg_map(&space, (uint64_t)(uintptr_t)POWER, (uint64_t)(uintptr_t)POWER, 4096, &device, 0, 0));
	return regs.satp;
}

/* --- in supervisor mode, on our own tables ----------------------------------------------- */

void page_fault(uint64_t cause, uint64_t va);

void page_fault(uint64_t cause, uint64_t va)
{
	const struct ptg_attrs data = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_SX | PTG_UR | PTG_UW | PTG_UX };
	struct ptg_translation t;
	uint64_t frame;

	sv48_translate(&space, va, cause == 15 ? PTG_WRITE : PTG_READ, &t);
	print("page fault at ");
	print_hex(va);
	print(": ");
	print(sv48_format.rules[t.rule].fault ? sv48_format.rules[t.rule].fault : "none");
	must(t.fault != PTG_F_NOT_PRESENT);
	must(take(0, 4096, 4096, 0, &frame));
	must(ptg_map(&space, va & ~UINT64_C(0xfff), frame, 4096, &data, 0, 0));
	print(", now a page of ");
	print_hex(frame);
	print("\n");
}

static void kernel(void)
{
	volatile uint64_t *p = (volatile uint64_t *)(HEAP + 0x123000);

	print("on Sv48, ");
	print_hex(next_frame - (uint64_t)(uintptr_t)free_memory);
	print(" bytes of tables\n");
	*p = 42;
	print(*p == 42 ? "the page holds what was written\n" : "the page is wrong\n");
	*POWER = *p == 42 ? 0x5555 : 0x13333;
}

void boot(void);

void boot(void)
{
	enter_supervisor(make_space(), kernel);
}
