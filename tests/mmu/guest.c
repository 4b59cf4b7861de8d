/* SPDX-License-Identifier: MIT */
/* guest.c - build tables, spoil them, ask the machine; the same for every architecture */

#include "guest.h"

#define ROUNDS 40
#define QUESTIONS 2000u
#define DATA_BYTES (4u << 20)        /* frames that tests map: each word holds its own address */

static uint64_t state = 88172645463325252u;
static uint64_t next_table, tables_end, data, tables_first;
static uint64_t asked, passed_faults, passed_values, known;
static int failures;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* The compiler may ask for these in this file; the runtime does not (make freestanding). */
void *memset(void *p, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);

void *memset(void *p, int c, size_t n)
{
	volatile unsigned char *b = p;

	while (n--)
		*b++ = (unsigned char)c;
	return p;
}

void *memcpy(void *to, const void *from, size_t n)
{
	volatile unsigned char *a = to;
	const unsigned char *b = from;

	while (n--)
		*a++ = *b++;
	return to;
}

/* --- console ---------------------------------------------------------------------- */

void say(const char *text)
{
	while (*text)
		machine_write(*text++);
}

void say_hex(uint64_t value)
{
	say("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		if (shift == 0 || value >> shift)
			machine_write("0123456789abcdef"[value >> shift & 15]);
}

static void say_number(uint64_t n)
{
	char text[24];
	int i = 23;

	text[i] = 0;
	do {
		text[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	say(text + i);
}

/* --- mapper --------------------------------------------------------------------------- */

static int take_table(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	uint64_t at = (next_table + align - 1) & ~(uint64_t)(align - 1);

	(void)priv;
	(void)level;
	if (at + bytes > tables_end)
		return -1;
	for (size_t i = 0; i < bytes; i += 8)
		*(volatile uint64_t *)(uintptr_t)(at + i) = 0;
	*pa = at;
	next_table = at + bytes;
	return 0;
}

static void drop_table(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	(void)priv;
	(void)pa;
	(void)bytes;
	(void)level;
}

static int flush_all(void *priv, struct ptg_flush *f)
{
	(void)priv;
	(void)f;
	machine_flush();
	return 0;
}

static const struct ptg_mapper_ops ops = { .alloc_table = take_table, .free_table = drop_table, .flush = flush_all };

/* --- tables -------------------------------------------------------------------------------- */

/* Words say where they are; the second half of each 4 KiB is instructions that return. */
static void fill_data(void)
{
	for (uint64_t pa = data; pa < data + DATA_BYTES; pa += 8) {
		if (pa & 0x800) {
			((volatile uint32_t *)(uintptr_t)pa)[0] = machine_return;
			((volatile uint32_t *)(uintptr_t)pa)[1] = machine_return;
		} else {
			*(volatile uint64_t *)(uintptr_t)pa = pa;
		}
	}
}

static void map_some(struct ptg_space *s)
{
	for (unsigned i = 0; i < 160; i++) {
		uint64_t r = random64(), len = (uint64_t)4096 << (r & 3), n;
		uint64_t va = format_first + (random64() & 0x3fffff000u & (r & 64 ? ~(uint64_t)0 : 0x7ff000)), pa;
		struct ptg_attrs a = { .rights = (uint32_t)(random64() & 0x1ff), .care = 0 };
		struct ptg_flush f = { 0 };

		n = random64() % (DATA_BYTES / 4096 - 16);
		pa = data + n * 4096;
		if ((r & 0x700) == 0) {      /* a large page over the data */
			va &= ~(uint64_t)0x1fffff;
			pa = data & ~(uint64_t)0x1fffff;
			len = 0x200000;
		} else if ((r & 0x700) == 0x100) {
			va &= ~(uint64_t)0xffff;
			pa &= ~(uint64_t)0xffff;
			len = 0x10000;
		}
		a.care = r & 8 ? 0x3f : 0x3f & (uint32_t)(r >> 16);
		if (r & 16)
			a.care |= PTG_ACCESSED | PTG_DIRTY;
		ptg_map(s, va, pa, len, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK | PTG_QUIET, &f);
	}
}

static void spoil_some(void)
{
	uint64_t words = (next_table - tables_first) / 8;

	for (unsigned i = 0; i < 200; i++) {
		volatile uint64_t *e = (volatile uint64_t *)(uintptr_t)(tables_first + random64() % words * 8);
		uint64_t mask = format_spoil(random64());

		if (*e || (random64() & 7) == 0)
			*e ^= mask;
	}
}

/* --- questions -------------------------------------------------------------------------------- */

static void report(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		   const struct answer *a)
{
	say("difference: va ");
	say_hex(va);
	say(" access ");
	say_hex(access);
	say(" ctx ");
	say_hex(s->ctx[0]);
	say(": walker ");
	say(t->fault ? s->format->rules[t->rule].name : "pa");
	say(" ");
	say_hex(t->fault ? t->entry : t->pa);
	say(" level ");
	say_number(t->level);
	say(", machine ");
	say(a->fault ? "fault " : "value ");
	say_hex(a->fault ? a->fault : a->value);
	say("\n");
	failures++;
}

static int inside(uint64_t pa)
{
	return pa >= data && pa < data + DATA_BYTES;
}

static void question(struct ptg_space *s)
{
	static const unsigned kinds[] = { PTG_READ, PTG_WRITE, PTG_EXEC };
	unsigned access = kinds[random64() % 3] | (random64() & 1 ? PTG_USER : 0);
	uint64_t va = format_address(random64()) & ~(uint64_t)0xfff;
	struct ptg_translation t, g;
	struct ptg_space generic = *s;
	struct answer a;

	va |= access & PTG_EXEC ? 0x800 | (random64() & 0x7fc) : random64() & 0x7f8;
	generic.walker = &ptg_generic_walker;
	ptg_translate(s, va, access, &t);
	ptg_translate(&generic, va, access, &g);
	if (g.fault != t.fault || g.pa != t.pa || g.rule != t.rule || g.rights != t.rights) {
		say("the walkers differ at ");
		say_hex(va);
		say("\n");
		failures++;
		return;
	}
	/* what lies outside the data would touch the guest itself, or nothing */
	if (!t.fault && !inside(t.pa))
		return;
	asked++;
	a = machine_access(va, access, t.pa);
	if ((t.fault != 0) != (a.fault != 0) || (!t.fault && (access & PTG_READ) && a.value != t.pa)) {
		if (format_known(s, va, access, &t, &a))
			known++;
		else
			report(s, va, access, &t, &a);
	} else if (t.fault) {
		passed_faults++;
	} else {
		passed_values++;
	}
}

int guest_main(void)
{
	struct ptg_mapper m = { .ops = &ops, .window = (void *)0, .window_pa = 0, .flags = PTG_ZEROED };
	static struct ptg_space s;
	const char *name = "";

	data = ((uint64_t)(uintptr_t)guest_pool + 0x1fffff) & ~(uint64_t)0x1fffff;
	tables_first = data + DATA_BYTES;
	tables_end = (uint64_t)(uintptr_t)guest_pool_end;
	m.window = (void *)(uintptr_t)tables_first;
	m.window_pa = tables_first;
	m.window_size = tables_end - tables_first;
	fill_data();
	for (unsigned round = 0; round < ROUNDS && failures < 20; round++) {
		uint64_t root;

		next_table = tables_first;
		take_table((void *)0, 16384, 16384, 0, &root);
		name = format_setup(&s, &m, root);
		map_some(&s);
		if (round & 1)
			spoil_some();
		machine_start(&s);
		for (unsigned q = 0; q < QUESTIONS && failures < 20; q++) {
			if (q % 50 == 0) {
				format_context(&s, random64());
				machine_start(&s);
			}
			question(&s);
		}
	}
	say(name);
	say(": ");
	say_number(asked);
	say(" asked, ");
	say_number(passed_values);
	say(" values, ");
	say_number(passed_faults);
	say(" faults, ");
	say_number(known);
	say(" known deviations, ");
	say_number((uint64_t)failures);
	say(" differences\n");
	return failures != 0 || passed_values < 1000 || passed_faults < 1000;
}
