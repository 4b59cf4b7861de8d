/* SPDX-License-Identifier: MIT */
/* guest.c - build tables, spoil them, ask the machine; the same for every architecture */

#include "guest.h"

#define ROUNDS 48
#ifndef QUESTIONS
#define QUESTIONS 1000u                      /* a round */
#endif
#define RECORDS 256u

#ifndef SEED                                 /* run.sh: other random numbers */
#define SEED 0
#endif

static uint64_t state = 88172645463325252u ^ (uint64_t)SEED << 32;
static uint64_t next_table, tables_end, data, tables_first, target;
static uint32_t asked, passed_faults, passed_values, known, failures, changes;
static struct ptg_space *space;

/* Where the frames are seen: addresses at which frame 0 is, or would be, in one mapping. */
static struct record { uint64_t va, offset, len; } records[RECORDS];
static unsigned record_count;

uint64_t guest_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

uint64_t guest_data(void)
{
	return data;
}

uint64_t guest_target(void)
{
	return target;
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

#ifdef __arm__
void __aeabi_memset(void *p, size_t n, int c);
void __aeabi_memclr(void *p, size_t n);
void __aeabi_memclr4(void *p, size_t n);
void __aeabi_memclr8(void *p, size_t n);
void __aeabi_memcpy(void *to, const void *from, size_t n);
void __aeabi_memcpy4(void *to, const void *from, size_t n);
void __aeabi_memcpy8(void *to, const void *from, size_t n);

void __aeabi_memset(void *p, size_t n, int c) { memset(p, c, n); }
void __aeabi_memclr(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memclr4(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memclr8(void *p, size_t n) { memset(p, 0, n); }
void __aeabi_memcpy(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy4(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy8(void *to, const void *from, size_t n) { memcpy(to, from, n); }
#endif

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

static void say_number(uint32_t n)
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

void guest_end(const char *why)
{
	say("stopped: ");
	say(why);
	say("\n");
	machine_off(1);
}

static uint64_t load_entry(uint64_t pa, unsigned lg2)
{
	if (lg2 == 2)
		return *(volatile uint32_t *)(uintptr_t)pa;
	return *(volatile uint64_t *)(uintptr_t)pa;
}

static void store_entry(uint64_t pa, unsigned lg2, uint64_t value)
{
	if (lg2 == 2)
		*(volatile uint32_t *)(uintptr_t)pa = (uint32_t)value;
	else
		*(volatile uint64_t *)(uintptr_t)pa = value;
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

__attribute__((weak)) int machine_live;
__attribute__((weak)) unsigned machine_kinds = PTG_READ | PTG_WRITE | PTG_EXEC | PTG_USER;

__attribute__((weak)) void machine_flush_page(uint64_t va)
{
	(void)va;
	machine_flush();
}

__attribute__((weak)) uint32_t format_rights(uint32_t rights)
{
	return rights;
}

__attribute__((weak)) int format_skip(unsigned access, const struct ptg_translation *t)
{
	(void)access;
	(void)t;
	return 0;
}

/* What is listed and no more: a change that lists too little is seen by the questions after it. */
static int flush_listed(void *priv, struct ptg_flush *f)
{
	(void)priv;
	if (f->all || !machine_live) {
		machine_flush();
		return 0;
	}
	for (uint32_t i = 0; i < f->count; i++)
		if ((f->range[i].last - f->range[i].va) >> f->range[i].page_lg2 > 1024) {
			machine_flush();
			return 0;
		}
	for (uint32_t i = 0; i < f->count; i++)
		for (uint64_t va = f->range[i].va, last = f->range[i].last; va <= last && va >= f->range[i].va;
		     va += (uint64_t)1 << f->range[i].page_lg2)
			machine_flush_page(va);
	return 0;
}

/* For hosts whose compiler has no atomics this wide; nobody else is here. */
static int swap_entry(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	uint64_t now = load_entry(pa, bytes == 4 ? 2 : 3);

	(void)priv;
	if (now != *expected) {
		*expected = now;
		return 0;
	}
	store_entry(pa, bytes == 4 ? 2 : 3, desired);
	return 1;
}

static const struct ptg_mapper_ops ops = {
	.alloc_table = take_table, .free_table = drop_table, .flush = flush_listed, .cas = swap_entry
};

uint64_t guest_table(size_t bytes, size_t align)
{
	uint64_t pa;

	if (take_table((void *)0, bytes, align, 0, &pa))
		guest_end("no memory for tables");
	return pa;
}

/* --- tables -------------------------------------------------------------------------------- */

/* Words say where they are; the second half of each 4 KiB is instructions that return. */
static void fill_data(void)
{
	for (uint64_t pa = data; pa < data + GUEST_DATA_BYTES; pa += 8) {
		if (pa & 0x800) {
			((volatile uint32_t *)(uintptr_t)pa)[0] = machine_return;
			((volatile uint32_t *)(uintptr_t)pa)[1] = machine_return;
		} else if (machine_bytes == 8) {
			*(volatile uint64_t *)(uintptr_t)pa = pa;
		} else {
			((volatile uint32_t *)(uintptr_t)pa)[0] = (uint32_t)pa;
			((volatile uint32_t *)(uintptr_t)pa)[1] = (uint32_t)pa + 4;
		}
	}
}

/* The nth (at random) of the page sizes that the space has, up to 2^30. */
static unsigned some_size(const struct ptg_space *s)
{
	unsigned lg2[32], count = 0;

	for (unsigned i = 0; i <= 30; i++)
		if (s->page_sizes >> i & 1)
			lg2[count++] = i;
	return lg2[(uint32_t)guest_random() % count];
}

static unsigned smallest(const struct ptg_space *s)
{
	unsigned i = 0;

	while (!(s->page_sizes >> i & 1))
		i++;
	return i;
}

static void map_one(struct ptg_space *s, uint64_t first, unsigned bits, uint64_t frames)
{
	uint64_t r = guest_random(), mask = ((uint64_t)1 << bits) - 1, va, pa, len;
	struct ptg_attrs a = { .rights = format_rights((uint32_t)(guest_random() & 0x1ff)), .care = 0 };
	struct ptg_flush f = { 0 };
	unsigned lg2 = (r & 0x300) == 0 ? some_size(s) : smallest(s);

	len = (uint64_t)1 << lg2;
	if ((r & 0x300) != 0)
		len <<= r & 3;
	va = first + (guest_random() & mask & (r & 64 ? ~(uint64_t)0 : 0x7fffff));
	pa = frames + (guest_random() & (GUEST_DATA_BYTES - 1));
	va &= ~(uint64_t)0 << lg2;
	pa &= ~(uint64_t)0 << lg2;
	a.care = r & 8 ? 0x3f : 0x3f & (uint32_t)(r >> 16);
	if (r & 16)
		a.care |= PTG_ACCESSED | PTG_DIRTY;
	if (lg2 != smallest(s) && !(a.rights & a.care & 0x3f)) {
		a.rights |= PTG_SR | PTG_UR;         /* large pages without any right cannot be cut */
		a.care |= PTG_SR | PTG_UR;
	}
	if (ptg_map(s, va, pa, len, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK | PTG_QUIET, &f) || record_count >= RECORDS)
		return;
	records[record_count].va = va;
	records[record_count].offset = pa < frames ? frames - pa : 0;
	records[record_count++].len = len < GUEST_DATA_BYTES ? len : GUEST_DATA_BYTES;
}

void guest_fill(struct ptg_space *s, uint64_t first, unsigned bits, uint64_t frames)
{
	record_count = 0;
	for (unsigned i = 0; i < 160; i++)
		map_one(s, first, bits, frames);
}

void guest_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t bytes, uint32_t rights)
{
	static const uint32_t marks[] = { PTG_ACCESSED | PTG_DIRTY, PTG_ACCESSED, 0 }; /* not every format has both */
	struct ptg_flush f = { 0 };
	int error = 0;

	for (unsigned i = 0; i < 3; i++) {
		struct ptg_attrs a = { .rights = rights | marks[i], .care = 0x3f | marks[i] };

		error = ptg_map(s, va, pa, bytes, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK | PTG_QUIET, &f);
		if (!error)
			return;
	}
	say_hex((uint64_t)-(int64_t)error);
	say(": ");
	guest_end("the guest's own pages cannot be mapped");
}

void guest_spoil(const struct ptg_space *s, uint64_t since)
{
	uint32_t words = (uint32_t)(next_table - since) / 8;

	for (unsigned i = 0; i < 200; i++) {
		volatile uint64_t *e = (volatile uint64_t *)(uintptr_t)(since + (uint32_t)guest_random() % words * 8u);
		uint64_t mask = format_spoil(guest_random());

		/* nearly all words are zero: look for one that is not */
		for (unsigned n = 0; n < 512 && !*e && (uint64_t)(uintptr_t)(e + 1) < next_table; n++)
			e++;
		if (!*e && (guest_random() & 7) != 0)
			continue;
		*e ^= mask;
		if (!format_alive(s))
			*e ^= mask;
	}
}

/* --- questions -------------------------------------------------------------------------------- */

static void report(const char *what, uint64_t va, unsigned access, const struct ptg_translation *t,
		   const struct answer *a)
{
	const struct ptg_format *f = space->format;

	if (f->stage[0] && t->stage)
		f = f->stage[t->stage - 1];
	say("difference (");
	say(what);
	say("): va ");
	say_hex(va);
	say(" access ");
	say_hex(access);
	say(" ctx ");
	say_hex((space->stage[0] ? space->stage[0] : space)->ctx[0]);
	say(": walker ");
	say(f->rules[t->rule].name);
	say(" ");
	say_hex(t->pa);
	say(" entry ");
	say_hex(t->entry);
	say(" at ");
	say_hex(t->entry_pa);
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
	return pa >= data && pa < data + GUEST_DATA_BYTES;
}

/* The machine went through: it must have left the entry as access_mem() would. */
static void check_marks(uint64_t va, unsigned access, const struct ptg_translation *t, const struct answer *a)
{
	unsigned lg2 = space->format->levels ? space->format->levels[0].entry_lg2 : 0;
	struct ptg_translation again;
	uint64_t machine;

	if ((lg2 != 2 && lg2 != 3) || t->entry_pa < tables_first || t->entry_pa >= next_table)
		return;
	machine = load_entry(t->entry_pa, lg2);
	store_entry(t->entry_pa, lg2, t->entry);
	ptg_access_mem(space, va, access, &again);
	if (load_entry(t->entry_pa, lg2) == machine)
		return;
	report("marks", va, access, t, a);
	say("  entry after the walker's access ");
	say_hex(load_entry(t->entry_pa, lg2));
	say(", after the machine's ");
	say_hex(machine);
	say("\n");
}

/* Word at pa, as a machine of its width sees it. */
static uint64_t word(uint64_t value)
{
	return machine_bytes == 8 ? value : (uint32_t)value;
}

static void compare(uint64_t va, unsigned access, const struct ptg_translation *t, const struct answer *a)
{
	unsigned want = t->fault ? format_fault(space, access, t) : 0;
	const char *what = (const char *)0;

	if ((t->fault != 0) != (a->fault != 0))
		what = "outcome";
	else if (t->fault && want && want != a->fault)
		what = "kind of fault";
	else if (!t->fault && (access & PTG_READ) && a->value != word(t->pa))
		what = "value";
	if (what) {
		if (format_known(space, va, access, t, a)) {
			known++;
			return;
		}
		report(what, va, access, t, a);
		if (want) {
			say("  expected fault ");
			say_hex(want);
			say("\n");
		}
		return;
	}
	if (t->fault) {
		passed_faults++;
		return;
	}
	passed_values++;
	if ((access & PTG_WRITE) &&
	    (machine_bytes == 8 ? *(volatile uint64_t *)(uintptr_t)t->pa != ~t->pa
				: *(volatile uint32_t *)(uintptr_t)t->pa != ~(uint32_t)t->pa))
		report("stored value", va, access, t, a);
	check_marks(va, access, t, a);
}

/* Both walkers must say the same in every field. */
static int walkers_agree(uint64_t va, unsigned access, struct ptg_translation *t)
{
	struct ptg_translation g;
	struct ptg_space generic = *space;

	generic.walker = &ptg_generic_walker;
	ptg_translate(space, va, access, t);
	ptg_translate(&generic, va, access, &g);
	if (g.fault == t->fault && g.pa == t->pa && g.rule == t->rule && g.rights == t->rights &&
	    g.entry == t->entry && g.entry_pa == t->entry_pa && g.level == t->level && g.page_lg2 == t->page_lg2)
		return 1;
	say("the walkers differ at ");
	say_hex(va);
	say("\n");
	failures++;
	return 0;
}

static uint64_t some_address(void)
{
	uint64_t va = format_address(guest_random()), r = guest_random();

	if (record_count && (r & 3)) {
		const struct record *at = &records[(uint32_t)(r >> 8) % record_count];

		va = at->va + at->offset + (guest_random() & (at->len - 1));
	}
	return va & ~(uint64_t)0xfff;
}

static void ask(uint64_t va, unsigned access)
{
	struct ptg_translation t, look;
	struct answer a;

	access &= machine_kinds;
	if (!(access & ~(unsigned)PTG_USER))
		return;
	va |= access & PTG_EXEC ? 0x800 | (guest_random() & 0x7fc) : guest_random() & 0x7f8;
	if (!walkers_agree(va, access, &t) || t.fault == PTG_F_UNREADABLE || format_skip(access, &t))
		return;
	/* what lies outside the data would touch the guest itself, or nothing; rights that fail to protect it too */
	ptg_translate(space, va, PTG_LOOK, &look);
	if ((!t.fault && !inside(t.pa)) || (!look.fault && !inside(look.pa)))
		return;
	asked++;
	target = look.fault ? 0 : look.pa;
	a = machine_access(va, access, ~t.pa);
	compare(va, access, &t, &a);
	if (!look.fault && (access & PTG_WRITE)) {
		if (machine_bytes == 8)
			*(volatile uint64_t *)(uintptr_t)look.pa = look.pa;
		else
			*(volatile uint32_t *)(uintptr_t)look.pa = (uint32_t)look.pa;
	}
}

static unsigned some_access(void)
{
	static const unsigned kinds[] = { PTG_READ, PTG_WRITE, PTG_EXEC };

	return kinds[(uint32_t)(guest_random() >> 7) % 3] | (guest_random() & 0x10 ? PTG_USER : 0);
}

/* Each page of a range, by every kind of access. */
static void ask_range(uint64_t va, uint64_t len, uint64_t page)
{
	for (uint64_t at = 0; at < len; at += page)
		for (unsigned kind = 0; kind < 6; kind++)
			ask(va + at, 1u << (kind >> 1) | (kind & 1 ? PTG_USER : 0));
}

/* Fill the TLB, change, flush what is listed, ask again. */
static void change_live(void)
{
	const struct record *at = &records[(uint32_t)guest_random() % (record_count ? record_count : 1)];
	struct ptg_attrs a = { .rights = format_rights((uint32_t)guest_random() & 0x3f), .care = 0x3f };
	uint64_t r = guest_random(), page = (uint64_t)1 << smallest(space);
	uint64_t va = (at->va + at->offset + (guest_random() & (at->len - 1))) & ~(page - 1), len = page << (r & 3);
	uint64_t pa = (data + (guest_random() & (GUEST_DATA_BYTES - 1))) & ~(page * 8 - 1);
	struct ptg_translation t;
	struct ptg_flush f = { 0 };

	if (!record_count)
		return;
	for (uint64_t at = va; at < va + len; at += page)
		if (!ptg_translate(space, at, PTG_LOOK, &t) && !inside(t.pa))
			return;              /* perhaps the guest's own */
	ask_range(va, len, page);
	switch (r >> 8 & 3) {
	case 0:
		ptg_unmap(space, va, len, PTG_SPLIT_OK, &f);
		break;
	case 1:
		ptg_map(space, va, pa, len, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK, &f);
		break;
	default:
		ptg_protect(space, va, len, &a, PTG_SPLIT_OK | PTG_SKIP_HOLES, &f);
		break;
	}
	flush_listed((void *)0, &f);
	ptg_flush_done(space, &f);
	ask_range(va, len, page);
	changes++;
}

static void conclude(void)
{
	say("result: ");
	say_number(asked);
	say(" asked, ");
	say_number(passed_values);
	say(" values, ");
	say_number(passed_faults);
	say(" faults, ");
	say_number(known);
	say(" known deviations, ");
	if (changes) {
		say_number(changes);
		say(" changes, ");
	}
	say_number(failures);
	say(" differences\n");
}

int guest_main(void)
{
	static struct ptg_mapper m = { .ops = &ops, .flags = PTG_ZEROED };

	data = (PHYSICAL_OF(guest_pool) + GUEST_DATA_BYTES - 1) & ~(uint64_t)(GUEST_DATA_BYTES - 1);
	tables_first = data + GUEST_DATA_BYTES;
	tables_end = PHYSICAL_OF(guest_pool_end);
	m.window = (void *)(uintptr_t)tables_first;
	m.window_pa = tables_first;
	m.window_size = tables_end - tables_first;
	fill_data();
	for (unsigned round = 0; round < ROUNDS && failures < 20; round++) {
		next_table = tables_first;
		space = format_setup(&m, round);
		machine_start(space);
		for (unsigned q = 0; q < QUESTIONS && failures < 20; q++) {
			if (q % 50 == 0) {
				format_context(space, guest_random());
				machine_start(space);
			}
			if (machine_live && !(round & 1) && q % 40 == 0)
				change_live();
			ask(some_address(), some_access());
		}
	}
	conclude();
	return failures != 0 || passed_values < 500 || passed_faults < 500;
}
