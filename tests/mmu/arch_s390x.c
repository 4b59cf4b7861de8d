/* SPDX-License-Identifier: MIT */
/*
 * arch_s390x.c - dynamic address translation, primary space, storage key 0
 *
 * Each round has another designation type, with another table length, and a
 * private space or not.
 */
#include "guest.h"

extern const struct ptg_format JOIN(FORMAT, _format);
extern const struct ptg_walker JOIN(FORMAT, _walker);

#define PSW_DAT (UINT64_C(1) << 58)
#define PSW_PROBLEM (UINT64_C(1) << 48)
#define PSW_64 UINT64_C(0x180000000)
#define CR0_EDAT (UINT64_C(1) << 23)
#define CR0_IEP (UINT64_C(1) << 43)

extern const unsigned char stub[], stub_load[], stub_store[];
extern volatile uint64_t probe_result[2];
void probe(uint64_t va, uint64_t store, uint64_t pc, uint64_t mask);
void machine_end(void) __attribute__((noreturn));

const uint32_t machine_return = 0x0a000a00;  /* svc 0 */
const unsigned machine_bytes = 8;

static uint64_t asce, first_va;
static unsigned area_bits, va_bits;

/* --- console: the service processor's, line by line ------------------------------ */

static struct {
	uint16_t length;
	uint8_t function, control[3];
	uint16_t response;
	union {
		struct { uint16_t reserved, mask_length; uint32_t receive, send, their_receive, their_send; } mask;
		struct { uint16_t length; uint8_t type, flags; uint16_t reserved; char text[256]; } event;
	} u;
} sccb __attribute__((aligned(4096)));
static unsigned line;
static char text[256];

static void service_call(uint32_t command)
{
	__asm__ volatile(".insn rre,0xb2200000,%0,%1" ::"d"(command), "a"(&sccb) : "cc", "memory");
}

static void clear_sccb(unsigned length)
{
	for (unsigned i = 0; i < sizeof(sccb); i++)
		((volatile unsigned char *)&sccb)[i] = 0;
	sccb.length = (uint16_t)length;
}

static void flush_line(void)
{
	static int asked_for_events;

	if (!asked_for_events) {
		clear_sccb(8 + sizeof(sccb.u.mask));
		sccb.u.mask.mask_length = 4;
		sccb.u.mask.receive = sccb.u.mask.send = 0x40; /* ASCII console data */
		service_call(0x00780005);
		asked_for_events = 1;
	}
	clear_sccb(8 + 6 + line);
	sccb.u.event.length = (uint16_t)(6 + line);
	sccb.u.event.type = 0x1a;
	for (unsigned i = 0; i < line; i++)
		sccb.u.event.text[i] = text[i];
	service_call(0x00760005);
	line = 0;
}

void machine_write(char c)
{
	text[line++] = c;
	if (c == '\n' || line == sizeof(text))
		flush_line();
}

void machine_off(int failed)
{
	(void)failed;
	machine_end();
}

/* --- machine ------------------------------------------------------------------------- */

void machine_flush(void)
{
	__asm__ volatile("ptlb" ::: "memory");
}

void machine_start(const struct ptg_space *s)
{
	uint64_t control0;

	(void)s;
	__asm__ volatile("stctg 0, 0, %0" : "=Q"(control0));
	control0 &= ~(CR0_EDAT | CR0_IEP);   /* README.md: this machine has neither */
	__asm__ volatile("lctlg 0, 0, %0" ::"Q"(control0) : "memory");
	__asm__ volatile("lctlg 1, 1, %0" ::"Q"(asce) : "memory");
	machine_flush();
}

struct answer machine_access(uint64_t va, unsigned access, uint64_t store)
{
	const unsigned char *at = access & PTG_READ ? stub_load : stub_store;
	struct answer a = { 0, 0 };

	probe(va, store, access & PTG_EXEC ? va : (uint64_t)(uintptr_t)at,
	      PSW_64 | PSW_DAT | (access & PTG_USER ? PSW_PROBLEM : 0));
	a.value = probe_result[0];
	a.fault = (unsigned)probe_result[1] & 0x7f;
	return a;
}

struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round)
{
	static struct ptg_space s;
	static const uint8_t bits[] = { 31, 42, 53, 64 };
	uint64_t root = guest_table(16384, 4096), r = guest_random();
	unsigned type = (unsigned)(r >> 8) & 3;

	for (unsigned i = 0; i < 16384; i += 8)
		*(volatile uint64_t *)(uintptr_t)(root + i) = 0x20; /* invalid: zero is not */
	asce = root | (uint64_t)type << 2 | (r & 0x1000 ? r >> 16 & 3 : 3) | (r >> 20 & 1) << 8;
	va_bits = bits[type];
	area_bits = va_bits < 34 ? 30 : 34;
	ptg_space_setup(&s, &JOIN(FORMAT, _format), &JOIN(FORMAT, _walker), m);
	ptg_space_feature(&s, "edat1", false);
	ptg_space_feature(&s, "edat2", false);
	ptg_space_feature(&s, "iep", false);
	ptg_set_root(&s, &asce, 1);
	first_va = guest_random() & ~UINT64_C(0) >> (64 - va_bits) & ~UINT64_C(0) << area_bits;
	guest_fill(&s, first_va, area_bits, guest_data());
	guest_map(&s, (uint64_t)(uintptr_t)stub, (uint64_t)(uintptr_t)stub, 4096, PTG_SR | PTG_SX | PTG_UR | PTG_UX);
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
	uint64_t mask = (UINT64_C(1) << area_bits) - 1;
	uint64_t va = first_va + (random & mask & (random >> 40 & 1 ? ~UINT64_C(0) : 0x7fffff));

	if ((random >> 50 & 15) == 0)
		va ^= UINT64_C(1) << (30 + (random >> 56) % 34);
	return va;
}

uint64_t format_spoil(uint64_t random)
{
	return UINT64_C(1) << (random & 63);
}

int format_alive(const struct ptg_space *s)
{
	uint64_t at = (uint64_t)(uintptr_t)stub;
	struct ptg_hit h = ptg_lookup(s, at, PTG_EXEC);

	return !PTG_HIT_FAULT(h) && h.pa == at;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Program-interruption codes. */
unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t)
{
	static const struct { const char *name; unsigned code; } codes[] = {
		{ "segment_translation", 0x10 }, { "page_translation", 0x11 }, { "translation_spec", 0x12 },
		{ "region_first_translation", 0x39 }, { "region_second_translation", 0x3a },
		{ "region_third_translation", 0x3b }, { "protection", 4 }
	};
	const char *name = s->format->rules[t->rule].fault;

	(void)access;
	if (t->fault == PTG_F_NONCANONICAL)
		return 0x38;
	for (unsigned i = 0; name && i < sizeof(codes) / sizeof(codes[0]); i++)
		if (same(name, codes[i].name))
			return codes[i].code;
	if (name && same(name, "table_length"))
		return (asce >> 2 & 3) == 0 ? 0x10 : 0x3c - (unsigned)(asce >> 2 & 3);
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
