/* SPDX-License-Identifier: MIT */
/*
 * arch_power.c - POWER9 radix trees of a process, as the hypervisor's own (LPID 0), or of a partition
 *
 * Process 1 is asked, in quadrant 0; quadrant 3 is process 0, whose tree holds the
 * stub page, for the privileged state and for the other.  All real addresses go
 * through partition 0's tree, which maps them to themselves.  With PARTITION the tree of
 * partition 1 is asked, through quadrant 1, where process 1's maps everything to
 * itself.  Faults are 1 and the bits that the interrupt gives.
 */
#include "guest.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);
extern const struct ptg_format power9_radix_format;
extern const struct ptg_walker power9_radix_walker;

#define UART ((volatile unsigned char *)0x00060300d00103f8)
#define QUADRANT3 (UINT64_C(3) << 62)
#define STUB_PRIVILEGED UINT64_C(0x10000)
#define STUB_PROBLEM UINT64_C(0x20000)
#define RADIX ((UINT64_C(1) << 20) | (UINT64_C(1) << 22)) /* LPCR.HR, UPRT */
#define MSR (UINT64_C(0x9000000000001030))   /* SF, HV, ME, IR, DR */
#define MSR_PR (UINT64_C(1) << 14)

enum { NO_PTE = 0x40000000, PROTECTION = 0x08000000, GUARDED = 0x10000000, BAD_CONFIG = 0x00080000, HYPERVISOR = 2 };

#define MTSPR(n, v) __asm__ volatile("mtspr " #n ", %0" ::"r"((uint64_t)(v)) : "memory")
#define MFSPR(n) __extension__({ uint64_t v_; __asm__ volatile("mfspr %0, " #n : "=r"(v_)); v_; })

void probe(uint64_t va, uint64_t store, uint64_t pc, uint64_t msr);
extern volatile uint64_t probe_result[6];    /* value, vector, DSISR, SRR1, HDSISR, HSRR1 */
extern const unsigned char stub[], stub_load[], stub_store[];

const uint32_t machine_return = 0x44000002;  /* sc */
const unsigned machine_bytes = 8;

static uint64_t partitions[512] __attribute__((aligned(4096))), processes[512] __attribute__((aligned(4096)));
static uint64_t prtb, host_tree, asked_tree, first_va;
static struct ptg_space kernel, host, process;
unsigned machine_kinds = PARTITION ? PTG_READ | PTG_WRITE : PTG_READ | PTG_WRITE | PTG_EXEC | PTG_USER;

void machine_write(char c)
{
	*UART = (unsigned char)c;
}

/* Nothing turns this machine off: run.sh does, once it has read the result. */
void machine_off(int failed)
{
	(void)failed;
	for (;;)
		;
}

/* Radix, RIC 2: everything of process, then of partition. */
void machine_flush(void)
{
	__asm__ volatile("ptesync" ::: "memory");
	MTSPR(48, 0);
	MTSPR(48, 1);
	__asm__ volatile("isync" ::: "memory");
}

void machine_start(const struct ptg_space *s)
{
	partitions[0] = UINT64_C(1) << 63 | host_tree;
	partitions[1] = (uintptr_t)processes;
	partitions[2] = asked_tree;
	partitions[3] = (uintptr_t)processes;
	processes[2] = prtb;
	MTSPR(464, (uintptr_t)partitions);   /* PTCR */
	MTSPR(319, PARTITION);               /* LPIDR */
	MTSPR(318, MFSPR(318) | RADIX);      /* LPCR */
	MTSPR(29, PARTITION ? 0 : (s->ctx[0] & 1) << 62 | (s->ctx[0] >> 1 & 1) << 63); /* AMR */
	MTSPR(61, PARTITION ? 0 : (s->ctx[0] >> 2 & 1) << 62); /* IAMR */
	machine_flush();
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	uint64_t base = QUADRANT3 | (access & PTG_USER ? STUB_PROBLEM : STUB_PRIVILEGED), bits;
	uint64_t pc = base + (uint64_t)((access & PTG_READ ? stub_load : stub_store) - stub);
	struct answer a = { 0, 0 };

	machine_flush();
	probe(va | (uint64_t)PARTITION << 62, store, access & PTG_EXEC ? va : pc, MSR | (access & PTG_USER ? MSR_PR : 0));
	a.value = probe_result[0];
	if (probe_result[1] == 0xc00)
		return a;
	switch (probe_result[1]) {
	case 0x300:
	case 0x400:
		bits = probe_result[probe_result[1] == 0x300 ? 2 : 3];
		break;
	case 0xe00:
	case 0xe20:
		bits = probe_result[probe_result[1] == 0xe00 ? 4 : 5] | HYPERVISOR;
		break;
	default:
		a.fault = 0x10000u | (unsigned)probe_result[1];
		return a;
	}
	a.fault = 1 | (unsigned)(bits & (NO_PTE | PROTECTION | GUARDED | BAD_CONFIG | HYPERVISOR));
	return a;
}

/* --- tables ------------------------------------------------------------------------ */

/* A tree of 52 bits: 13 bits in its first table, as this machine wants it. */
static uint64_t tree(struct ptg_space *s, const struct ptg_format *f, const struct ptg_walker *w,
		     const struct ptg_mapper *m, uint64_t radix)
{
	uint64_t value = radix | UINT64_C(2) << 61 | 5 << 5 | guest_table(65536, 65536) | 13;

	ptg_space_setup(s, f, w, m);
	if (ptg_set_root(s, &value, 1))
		guest_end("no root");
	return value;
}

static uint64_t power_tree(struct ptg_space *s, const struct ptg_mapper *m)
{
	return tree(s, &power9_radix_format, &power9_radix_walker, m, 0);
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space asked;
	uint64_t since;

	host_tree = power_tree(&host, m);
	guest_map(&host, 0, 0, UINT64_C(1) << 30, 0x3f);
	processes[0] = power_tree(&kernel, m);
	guest_map(&kernel, STUB_PRIVILEGED, (uintptr_t)stub, 65536, PTG_SR | PTG_SX);
	guest_map(&kernel, STUB_PROBLEM, (uintptr_t)stub, 65536, PTG_SR | PTG_SX | PTG_UR | PTG_UX);
	first_va = (guest_random() & ((UINT64_C(1) << 52) - 1) & ~UINT64_C(0x3ffffffff)) | UINT64_C(1) << 40;
	if (PARTITION) {
		prtb = power_tree(&process, m);
		guest_map(&process, first_va, first_va, UINT64_C(1) << 34, 0x3f);
	}
	asked_tree = tree(&asked, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m, (uint64_t)PARTITION << 63);
	if (PARTITION)
		guest_map(&asked, 0, 0, UINT64_C(1) << 30, 0x3f);
	else
		prtb = asked_tree;
	since = guest_table(65536, 65536);
	guest_fill(&asked, first_va, 34, guest_data());
	if (round & 1)
		guest_spoil(&asked, since);
	return &asked;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	if (PARTITION)
		return;
	ptg_space_ctx(s, "key0_r", choice & 1);
	ptg_space_ctx(s, "key0_w", choice >> 1 & 1);
	ptg_space_ctx(s, "key0_x", choice >> 2 & 1);
}

uint64_t format_address(uint64_t random)
{
	if ((random >> 50 & 15) == 1 && !PARTITION) /* elsewhere */
		return guest_random() & ((UINT64_C(1) << 52) - 1);
	return first_va + (random & 0x3ffffffff & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));
}

/* Writing includes reading; the user's rights are the supervisor's, or none. */
uint32_t format_rights(uint32_t rights)
{
	uint32_t supervisor = rights >> 3 & 7;

	supervisor |= supervisor >> 1 & 1;
	return (rights & ~(uint32_t)0x3f) | supervisor << 3 | (rights & 1 ? supervisor : 0);
}

/* README.md: the low bits of a next table's address are dropped; in a page, bit 8 is R and bits 9 to 11 are software's. */
uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63) & ~UINT64_C(0xf00);
}

int format_alive(const struct ptg_space *s)
{
	(void)s;
	return 1;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	unsigned base = PARTITION ? 1 | HYPERVISOR : 1;

	(void)s;
	if (t->fault == PTG_F_NOT_PRESENT)
		return base | NO_PTE;
	if (t->fault == PTG_F_CONFIG)
		return base | BAD_CONFIG;
	return access & PTG_EXEC ? base | GUARDED : base | PROTECTION;
}

/* README.md: a leaf of any size is taken. */
int format_skip(unsigned access, const struct ptg_translation *t)
{
	(void)access;
	return t->fault == PTG_F_CONFIG && (t->entry >> 62 & 1);
}

/* README.md: each level has the widths of this processor. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)s;
	(void)va;
	(void)access;
	(void)t;
	return (a->fault & ~(unsigned)HYPERVISOR) == (1 | BAD_CONFIG);
}
