/* SPDX-License-Identifier: MIT */
/*
 * arch_loongarch.c - LoongArch, any geometry: PWCL and PWCH say which
 *
 * Misses are software's there: machine_refill() walks with LDDIR and LDPTE, reads each
 * entry itself too, and notes where the two differ.  What counts then is the TLB's
 * check of the entry.  Faults are 0x100, the code and its subcode << 6.
 */
#include "guest.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define UART ((volatile unsigned char *)0x1fe001e0)
#define SLEEP ((volatile unsigned char *)0x100e001c)
#define PHYSICAL ((UINT64_C(1) << 48) - 1)
#define HUGE 0x40u
#define TABLE (PHYSICAL & ~UINT64_C(0) << (PWCL & 31)) /* the tables of these geometries fill pages */

#define CSRRD(n) __extension__({ uint64_t v_; __asm__ volatile("csrrd %0, " #n : "=r"(v_)); v_; })
#define CSRWR(n, v) __extension__({ uint64_t v_ = (v); __asm__ volatile("csrwr %0, " #n : "+r"(v_) : : "memory"); })
#define LDDIR(base, n) __extension__({ uint64_t v_; __asm__ volatile("lddir %0, %1, " #n : "=r"(v_) : "r"(base)); v_; })

struct probed {
	uint64_t value, status;
};
struct probed probe(uint64_t va, uint64_t store, uint64_t pc, uint64_t level);
void machine_refill(void);
extern const unsigned char probe_load[], probe_store[];

const uint32_t machine_return = 0x002a0000;  /* break 0 */
const unsigned machine_bytes = 8;

static const struct { uint8_t base, width; } dirs[5] = {
	{ PWCL & 31, PWCL >> 5 & 31 }, { PWCL >> 10 & 31, PWCL >> 15 & 31 }, { PWCL >> 20 & 31, PWCL >> 25 & 31 },
	{ PWCH & 63, PWCH >> 6 & 63 }, { PWCH >> 12 & 63, PWCH >> 18 & 63 }
};
static uint64_t roots[2], first_va;
static unsigned walks_differ, upper;

void machine_write(char c)
{
	*UART = (unsigned char)c;
}

void machine_off(int failed)
{
	(void)failed;
	*SLEEP = 0x34;
	for (;;)
		;
}

void machine_flush(void)
{
	__asm__ volatile("dbar 0; invtlb 0, $zero, $zero" ::: "memory");
}

void machine_start(const struct ptg_space *s)
{
	(void)s;
	CSRWR(0x18, 0);                      /* ASID */
	CSRWR(0x19, roots[0]);
	CSRWR(0x1a, roots[1]);
	CSRWR(0x1c, PWCL);
	CSRWR(0x1d, PWCH);
	CSRWR(0x1e, PWCL & 31);              /* STLBPS */
	machine_flush();
}

/* --- a miss ---------------------------------------------------------------------- */

static uint64_t by_instruction(uint64_t base, unsigned n)
{
	switch (n) {
	case 1:
		return LDDIR(base, 1);
	case 2:
		return LDDIR(base, 2);
	case 3:
		return LDDIR(base, 3);
	default:
		return LDDIR(base, 4);
	}
}

static uint64_t entry_at(uint64_t base, uint64_t va, unsigned n, unsigned flip)
{
	uint64_t index = (va >> dirs[n].base & ((UINT64_C(1) << dirs[n].width) - 1)) ^ flip;

	return *(volatile uint64_t *)((base & TABLE) | index << 3);
}

static void fill(uint64_t low, uint64_t high, unsigned lg2)
{
	CSRWR(0x8c, low);
	CSRWR(0x8d, high);
	CSRWR(0x8e, (CSRRD(0x8e) & ~UINT64_C(0x3f)) | lg2);
	__asm__ volatile("tlbfill" ::: "memory");
}

/* A page of a directory becomes two halves; its G stands elsewhere. */
static void fill_huge(uint64_t entry, unsigned n)
{
	unsigned half = dirs[n].base - 1;

	entry = (entry & ~(uint64_t)(HUGE | 0x1000)) | (entry >> 12 & 1) << 6;
	entry &= ~(PHYSICAL & ((UINT64_C(2) << half) - 1) & ~UINT64_C(0xfff));
	fill(entry, entry | UINT64_C(1) << half, half);
}

static void fill_pages(uint64_t table, uint64_t va)
{
	unsigned odd = va >> dirs[0].base & 1;
	uint64_t low = entry_at(table, va, 0, odd), high = entry_at(table, va, 0, !odd);

	__asm__ volatile("ldpte %0, 0; ldpte %0, 1" ::"r"(table & TABLE) : "memory");
	if (((CSRRD(0x8c) ^ low) | (CSRRD(0x8d) ^ high)) & PHYSICAL || (CSRRD(0x8e) & 0x3f) != dirs[0].base)
		walks_differ++;
	fill(low, high, dirs[0].base);
}

void machine_refill(void)
{
	uint64_t va = CSRRD(0x89), entry = CSRRD(0x1b);

	for (unsigned n = 4; n > 0; n--) {
		uint64_t base = entry;

		if (!dirs[n].width)
			continue;
		entry = entry_at(base, va, n, 0);
		if ((by_instruction(base & TABLE, n) ^ entry) & PHYSICAL)
			walks_differ++;
		if (entry & HUGE) {
			fill_huge(entry, n);
			return;
		}
		if (!(entry & PHYSICAL & ~UINT64_C(0xfff))) { /* empty: pages that are not valid */
			fill(0, 0, dirs[0].base);
			return;
		}
	}
	fill_pages(entry, va);
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	uint64_t level = access & PTG_USER ? 3 : 0, window = access & PTG_USER ? UINT64_C(8) << 60 : UINT64_C(9) << 60;
	uint64_t pc = (uint64_t)(uintptr_t)(access & PTG_READ ? probe_load : probe_store);
	struct answer a = { 0, 0 };
	struct probed p;

	machine_flush();
	p = probe(va, store, access & PTG_EXEC ? va : (pc & PHYSICAL) | window, level);
	a.value = p.value;
	if ((p.status >> 16 & 0x3f) != 0xc)  /* break */
		a.fault = 0x100 | (unsigned)(p.status >> 16 & 0x7fff);
	if (walks_differ)
		a.fault = 0x80000000u | walks_differ;
	return a;
}

/* --- tables ------------------------------------------------------------------------ */

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	uint64_t since = guest_table(65536, 65536), regs[4] = { PWCL, PWCH, since, guest_table(65536, 65536) };
	unsigned bits = JOIN(FORMAT, _format).va_bits < 48 ? JOIN(FORMAT, _format).va_bits : 48;

	upper = round >> 1 & 1;
	roots[0] = regs[2];
	roots[1] = regs[3];
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	if (ptg_set_root(&s, regs, 15))
		guest_end("no root");
	first_va = guest_random() & ((UINT64_C(1) << (bits - 1)) - 1) & ~UINT64_C(0x3ffffffff);
	if (upper)
		first_va |= ~UINT64_C(0) << (bits - 1);
	guest_fill(&s, first_va, 34, guest_data());
	if (round & 1)
		guest_spoil(&s, since);
	return &s;
}

void format_context(struct ptg_space *s, uint64_t choice)
{
	(void)s;
	(void)choice;                        /* this machine does not know DWPL0 */
}

uint64_t format_address(uint64_t random)
{
	uint64_t va = first_va + (random & 0x3ffffffff & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if ((random >> 50 & 15) == 0 && JOIN(FORMAT, _format).va_bits <= 48) /* not canonical, or nowhere */
		va ^= UINT64_C(1) << (36 + (random >> 56) % 28);
	if ((va >> 48 == 0 && (va >> 47 & 1)) || (va >> 48 == 0xffff && !(va >> 47 & 1)))
		va ^= UINT64_C(1) << 62;     /* README.md: bit 47 is not looked at */
	return va >> 60 == 8 || va >> 60 == 9 ? first_va : va; /* the windows */
}

/* The user's rights are the supervisor's, or none. */
uint32_t format_rights(uint32_t rights)
{
	uint32_t supervisor = rights >> 3 & 7;

	return (rights & ~(uint32_t)0x3f) | supervisor << 3 | (rights & 1 ? supervisor : 0);
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

/* The rule is "deny:NAME#..". */
static int rule_is(const struct ptg_space *s, const struct ptg_translation *t, const char *name)
{
	const char *at = s->format->rules[t->rule].name + 5;

	while (*name && *at == *name)
		at++, name++;
	return !*name;
}

unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	if (t->fault == PTG_F_NONCANONICAL)
		return 0x100 | 8 | (access & PTG_EXEC ? 0 : 1 << 6);
	if (t->fault != PTG_F_PERMISSION)
		return 0x100 | (access & PTG_EXEC ? 3 : access & PTG_READ ? 1 : 2);
	if (rule_is(s, t, "no_execute"))
		return 0x106;
	if (rule_is(s, t, "no_read"))
		return 0x105;
	return rule_is(s, t, "privilege") ? 0x107 : 0x104;
}

/*
 * README.md: this machine hangs when a fetch meets a page without the right, and takes
 * the bits of an entry below its page's size for part of the address.
 */
int format_skip(unsigned access, const struct ptg_translation *t)
{
	if (t->fault == PTG_F_PERMISSION && (access & PTG_EXEC))
		return 1;
	return t->level == 0 && (t->entry & ~TABLE & 0xf000) != 0;
}

/* README.md: no-read is tested before the privilege level. */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a)
{
	(void)va;
	return t->fault == PTG_F_PERMISSION && rule_is(s, t, "privilege") && (access & PTG_READ) && a->fault == 0x105;
}
