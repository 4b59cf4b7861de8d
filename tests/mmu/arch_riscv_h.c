/* SPDX-License-Identifier: MIT */
/*
 * arch_riscv_h.c - the hypervisor extension: HLV and HSV, and fetches in VS and VU mode
 *
 * PAIR 1: FORMAT is FIRST over SECOND.  The first stage's tables stand at guest
 * addresses that the second maps to themselves; the frames are seen through
 * FRAMES, whose pages have random rights.  PAIR 0: the second stage alone (vsatp
 * is 0).
 */
#include "riscv.h"

extern const struct ptg_format JOIN(FORMAT, _format), JOIN(SECOND, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker), JOIN(SECOND, _walker);
#if PAIR
extern const struct ptg_format JOIN(FIRST, _format);
extern const struct ptg_walker JOIN(FIRST, _walker);
#endif

#define VA_BITS 34
#define FRAMES UINT64_C(0x240000000)
#define MPV (1ul << 39)
#define SPVP (1ul << 8)                      /* of hstatus: HLV and HSV are VS mode's, else VU's */

unsigned long probe_guest_load(unsigned long va);
void probe_guest_store(unsigned long va, unsigned long value);

static uint64_t vsatp, hgatp;
static unsigned sum, mxr;

static uint64_t first_va(void)
{
	return PAIR ? UINT64_C(0x2000000000) : UINT64_C(0x8000000000);
}

void machine_start(const struct ptg_space *s)
{
	(void)s;
	/* this machine reports access faults in the place of the guest's page faults while satp is bare */
	__asm__ volatile("csrw satp, %0" ::"r"(vsatp) : "memory");
	/* by number: the assembler may not know the extension */
	__asm__ volatile("csrw 0x280, %0" ::"r"(vsatp) : "memory");
	__asm__ volatile("csrw 0x680, %0" ::"r"(hgatp) : "memory");
	__asm__ volatile("csrc mstatus, %0; csrc 0x200, %0" ::"r"(3ul << 18) : "memory");
	__asm__ volatile("csrs mstatus, %0; csrs 0x200, %0" ::"r"((unsigned long)sum << 18 | (unsigned long)mxr << 19)
			 : "memory");
	__asm__ volatile(".word 0x62000073; .word 0x22000073; sfence.vma" ::: "memory"); /* hfence.gvma, hfence.vvma */
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	struct answer a = { 0, 0 };

	if (access & PTG_EXEC)
		return access_as(MPV, va, access, store);
	/* this machine's TLB does not tell VS from VU: nothing is kept */
	machine_flush();
	if (access & PTG_USER)
		__asm__ volatile("csrc 0x600, %0" ::"r"(SPVP) : "memory");
	else
		__asm__ volatile("csrs 0x600, %0" ::"r"(SPVP) : "memory");
	if (access & PTG_READ)
		a.value = probe_guest_load((unsigned long)va);
	else
		probe_guest_store((unsigned long)va, (unsigned long)store);
	a.fault = (unsigned)machine_cause[0];
	return a;
}

static uint64_t mode_of(unsigned va_bits)
{
	return (uint64_t)(va_bits < 48 ? 8 : va_bits < 57 ? 9 : 10) << 60;
}

static void features(struct ptg_space *s)
{
	ptg_space_feature(s, "svadu", true);
	ptg_space_feature(s, "svnapot", true);
	ptg_space_feature(s, "svpbmt", true);
}

static void second_stage(struct ptg_space *s, const struct ptg_mapper *m)
{
	uint64_t root = guest_table(16384, 16384);

	hgatp = mode_of(JOIN(SECOND, _format).va_bits) | root >> 12;
	ptg_space_setup(s, &JOIN(SECOND, _format), &JOIN(SECOND, _walker), m);
	features(s);
	ptg_set_root(s, &hgatp, 1);
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space second;
	uint64_t since;

	second_stage(&second, m);
	since = (hgatp & ((UINT64_C(1) << 44) - 1)) << 12;
#if PAIR
	static struct ptg_space s, first;
	uint64_t root = guest_table(4096, 4096);

	vsatp = mode_of(JOIN(FIRST, _format).va_bits) | root >> 12;
	ptg_space_setup(&first, &JOIN(FIRST, _format), &JOIN(FIRST, _walker), m);
	features(&first);
	ptg_set_root(&first, &vsatp, 1);
	guest_map(&second, m->window_pa, m->window_pa, m->window_size, 0x3f);
	for (unsigned i = 0; i < 6; i++)
		guest_fill(&second, FRAMES, 22, guest_data());
	guest_fill(&first, first_va(), VA_BITS, FRAMES);
	ptg_space_pair(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), &first, &second);
	if (round & 1)
		guest_spoil(&s, since);
	return &s;
#else
	vsatp = 0;
	guest_fill(&second, first_va(), VA_BITS, guest_data());
	if (round & 1)
		guest_spoil(&second, since);
	return &second;
#endif
}

/* sstatus.MXR and vsstatus.MXR are the same here. */
void format_context(struct ptg_space *s, uint64_t choice)
{
	sum = (choice & 15) != 0;                   /* mostly: see format_known */
	mxr = choice >> 4 & 1;
	if (PAIR) {
		struct ptg_space *first = (struct ptg_space *)(uintptr_t)s->stage[0];

		ptg_space_ctx(first, "sum", sum);
		ptg_space_ctx(first, "mxr", mxr);
		s = (struct ptg_space *)(uintptr_t)s->stage[1];
	}
	ptg_space_ctx(s, "mxr", mxr);
}

uint64_t format_address(uint64_t random)
{
	uint64_t mask = random >> 40 & 1 ? (UINT64_C(1) << VA_BITS) - 1 : 0x7fffff;
	uint64_t va = first_va() + (random & mask);

	if ((random >> 50 & 15) == 0)
		va ^= UINT64_C(1) << (37 + (random >> 56 & 15));
	return va;
}

int format_alive(const struct ptg_space *s)
{
	(void)s;
	return 1;
}

/* Page faults, or guest page faults, kept plus one. */
unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	unsigned base = access & PTG_EXEC ? 13 : access & PTG_READ ? 14 : 16;

	(void)s;
	return PAIR && t->stage != 2 ? base : base + 8;
}

/*
 * README.md: the highest bit of a guest physical address is taken for a sign; HLV
 * and HSV do not look at vsstatus.SUM; a table that the second stage refuses is
 * reported as a load.
 */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	if (PAIR && !sum && !(access & (PTG_USER | PTG_EXEC)) && t->fault == PTG_F_PERMISSION && t->stage == 1 &&
	    (t->entry & 16))
		return 1;
	if (PAIR && t->fault && t->stage == 2 && a->fault == 22)
		return 1;
	return !PAIR && va >> (JOIN(SECOND, _format).va_bits - 1);
}
