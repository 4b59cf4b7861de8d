/* SPDX-License-Identifier: MIT */
/*
 * arch_x86_svm.c - AMD's nested paging: a guest of the guest makes one access, then exits
 *
 * The first stage's tables and the page with the loads and stores stand at
 * addresses that the second maps to themselves; the frames are seen through
 * FRAMES, whose pages have random rights.  An int3 ends the access: intercepted,
 * or a #GP, as the guest's interrupt table is empty.  Faults of the second stage are 0x40000
 * and the low bits of the error code.
 */
#include "guest.h"

extern const struct ptg_format JOIN(FORMAT, _format), JOIN(FIRST, _format), JOIN(SECOND, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker), JOIN(FIRST, _walker), JOIN(SECOND, _walker);

#define FRAMES UINT64_C(0x240000000)
#define FIRST_VA UINT64_C(0x7f0000000000)
#define STUB_SUPERVISOR UINT64_C(0x10000)    /* where the page is seen */
#define STUB_USER UINT64_C(0x11000)
#define EFER 0xc0000080u
#define VM_HSAVE 0xc0010117u

extern unsigned char stub_user[], user_load[], user_store[];

const uint32_t machine_return = 0xcccccccc;  /* int3 */
const unsigned machine_bytes = 8;

static struct ptg_space first, second, both;
static uint64_t vmcb[512] __attribute__((aligned(4096))), save_area[512] __attribute__((aligned(4096)));
static uint64_t root1, root2, exit_info;
static unsigned nxe;
static struct { unsigned wp, smep, smap, ac; } now;

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
	/* each run begins with an empty TLB */
}

static void write_msr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

/* --- the control block, by offset ------------------------------------------------ */

static void put16(unsigned at, unsigned value)
{
	*(volatile uint16_t *)((unsigned char *)vmcb + at) = (uint16_t)value;
}

static void put32(unsigned at, uint32_t value)
{
	*(volatile uint32_t *)((unsigned char *)vmcb + at) = value;
}

static void put64(unsigned at, uint64_t value)
{
	*(volatile uint64_t *)((unsigned char *)vmcb + at) = value;
}

static uint64_t get64(unsigned at)
{
	return *(volatile uint64_t *)((unsigned char *)vmcb + at);
}

static void put_segment(unsigned at, unsigned selector, unsigned attributes)
{
	put16(at, selector);
	put16(at + 2, attributes);
	put32(at + 4, 0xffffffff);
	put64(at + 8, 0);
}

void machine_start(const struct ptg_space *s)
{
	(void)s;
	write_msr(EFER, 0x1d00);             /* SVME, NXE, LMA, LME: the nested tables have NXE always */
	write_msr(VM_HSAVE, (uintptr_t)save_area);
	put32(0x08, 0xffffffff);             /* all exceptions exit */
	put32(0x10, 1);                      /* VMRUN must */
	put32(0x58, 1);                      /* ASID */
	put32(0x5c, 1);                      /* flush the TLB */
	put64(0x90, 1);                      /* nested paging */
	put64(0xb0, root2);
	put64(0x4d0, 0x1500 | (uint64_t)nxe << 11);
	put64(0x548, 0x20 | now.smep << 20 | now.smap << 21);
	put64(0x550, root1);
	put64(0x558, 0x80000011 | now.wp << 16);
	put64(0x668, UINT64_C(0x0007040600070406));
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	unsigned user = access & PTG_USER ? 1 : 0;
	uint64_t base = user ? STUB_USER : STUB_SUPERVISOR, code;
	struct answer a = { 0, 0 };
	const unsigned char *at = access & PTG_READ ? user_load : user_store;

	put_segment(0x400, user ? 0x1b : 0x10, user ? 0xcf3 : 0xc93);
	put_segment(0x410, user ? 0x23 : 0x08, user ? 0xafb : 0xa9b);
	put_segment(0x420, user ? 0x1b : 0x10, user ? 0xcf3 : 0xc93);
	put_segment(0x430, user ? 0x1b : 0x10, user ? 0xcf3 : 0xc93);
	*((volatile unsigned char *)vmcb + 0x4cb) = user ? 3 : 0;
	put64(0x570, 2 | now.ac << 18);
	put64(0x578, access & PTG_EXEC ? va : base + (uint64_t)(at - stub_user));
	put64(0x5d8, 0);
	put64(0x5f8, 0);
	__asm__ volatile("vmrun" : "+D"(va), "+S"(store) : "a"(vmcb) : "memory", "cc", "rcx", "rdx");
	code = get64(0x70);
	exit_info = get64(0x78);
	a.value = get64(0x5f8);
	if (code == 0x400)
		a.fault = 0x40000u | (unsigned)(exit_info & 0x1f);
	else if (code != 0x43 && !(code == 0x4d && (exit_info == 0x1a || exit_info == 0x32))) /* other than int3 */
		a.fault = (unsigned)(code - 0x40) << 8 | (unsigned)(exit_info & 0xff);
	return a;
}

/* --- tables ------------------------------------------------------------------------ */

static void setup_one(struct ptg_space *s, const struct ptg_format *f, const struct ptg_walker *w,
		      const struct ptg_mapper *m, unsigned has_nxe)
{
	ptg_space_setup(s, f, w, m);
	ptg_space_param(s, "maxphyaddr", 40);
	ptg_space_feature(s, "nxe", has_nxe);
	ptg_space_feature(s, "pke", false);
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	uint64_t at = (uint64_t)(uintptr_t)stub_user, regs[2] = { 1u << 5, 0 };

	nxe = (round >> 1 & 3) != 3;
	root2 = guest_table(4096, 4096);
	setup_one(&second, &JOIN(SECOND, _format), &JOIN(SECOND, _walker), m, 1);
	ptg_set_root(&second, &root2, 1);
	guest_map(&second, m->window_pa, m->window_pa, m->window_size, 0x3f);
	guest_map(&second, at, at, 4096, 0x3f);
	for (unsigned i = 0; i < 6; i++)
		guest_fill(&second, FRAMES, 22, guest_data());
	root1 = guest_table(4096, 4096);
	regs[1] = root1;
	setup_one(&first, &JOIN(FIRST, _format), &JOIN(FIRST, _walker), m, nxe);
	ptg_set_root(&first, regs, 3);
	guest_fill(&first, FIRST_VA, 34, FRAMES);
	guest_map(&first, STUB_SUPERVISOR, at, 4096, PTG_SR | PTG_SX);
	guest_map(&first, STUB_USER, at, 4096, PTG_UR | PTG_UX | PTG_SR | PTG_SX);
	ptg_space_pair(&both, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), &first, &second);
	if (round & 1)
		guest_spoil(&both, root2);
	return &both;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	(void)s;
	now.wp = choice & 1;
	now.smep = choice >> 1 & 1;
	now.smap = choice >> 2 & 1;
	now.ac = choice >> 3 & 1;
	ptg_space_ctx(&first, "wp", now.wp);
	ptg_space_ctx(&first, "smep", now.smep);
	ptg_space_ctx(&first, "smap", now.smap);
	ptg_space_ctx(&first, "ac", now.ac);
}

uint64_t format_address(uint64_t random)
{
	uint64_t va = FIRST_VA + (random & 0x3ffffffff & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if ((random >> 50 & 15) == 0)        /* not canonical, or nowhere */
		va ^= UINT64_C(1) << (40 + (random >> 56) % 24);
	return va;
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

/*
 * The stub must stay, and the first stage's tables writable: hardware's walks of
 * them count as a user's writes (APM volume 2, 15.25.6), a pair's as reads.
 */
int format_alive(const struct ptg_space *s)
{
	uint64_t at = (uint64_t)(uintptr_t)stub_user;
	struct ptg_translation t;

	if (ptg_translate(s, STUB_SUPERVISOR, PTG_EXEC, &t) || t.pa != at || (t.rights & PTG_UR))
		return 0;
	if (ptg_translate(s, STUB_USER, PTG_EXEC | PTG_USER, &t) || t.pa != at)
		return 0;
	return !ptg_translate(&second, root1, PTG_WRITE | PTG_USER, &t);
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	unsigned code = t->fault != PTG_F_NOT_PRESENT;

	(void)s;
	if (t->fault == PTG_F_NONCANONICAL && t->stage != 2)
		return 13u << 8;
	code |= t->fault == PTG_F_RESERVED ? 8 : 0;
	if (t->stage == 2) {
		/* walks of the guest's tables are user's writes (APM volume 2, 15.25.6) */
		if (exit_info >> 33 & 1)
			return 0x40000u | code | 2 | 4;
		return 0x40000u | code | 4 | (access & PTG_WRITE ? 2 : 0) | (access & PTG_EXEC ? 16 : 0);
	}
	code |= access & PTG_WRITE ? 2 : 0;
	code |= access & PTG_USER ? 4 : 0;
	code |= (access & PTG_EXEC) && (nxe || now.smep) ? 16 : 0;
	return 14u << 8 | code;
}

/* README.md: P is clear in the error code of reserved bits. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)va;
	return t->fault == PTG_F_RESERVED && a->fault == (format_fault(s, access, t) & ~1u);
}
