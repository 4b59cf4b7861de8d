/* SPDX-License-Identifier: MIT */
/* guest_tables.c - memory for tables, the mapper, random mappings, spoilt entries */

#include "guest_inside.h"

uint64_t guest_load_entry(uint64_t pa, unsigned lg2)
{
	if (lg2 == 2)
		return *(volatile uint32_t *)(uintptr_t)pa;
	return *(volatile uint64_t *)(uintptr_t)pa;
}

void guest_store_entry(uint64_t pa, unsigned lg2, uint64_t value)
{
	if (lg2 == 2)
		*(volatile uint32_t *)(uintptr_t)pa = (uint32_t)value;
	else
		*(volatile uint64_t *)(uintptr_t)pa = value;
}

/* --- mapper --------------------------------------------------------------------------- */

static int take_table(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	uint64_t at = (run.next_table + align - 1) & ~(uint64_t)(align - 1);

	(void)priv;
	(void)level;
	if (at + bytes > run.tables_end)
		return -1;
	for (size_t i = 0; i < bytes; i += 8)
		*(volatile uint64_t *)(uintptr_t)(at + i) = 0;
	*pa = at;
	run.next_table = at + bytes;
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

int guest_flush_listed(void *priv, struct ptg_flush *f)
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
	uint64_t now = guest_load_entry(pa, bytes == 4 ? 2 : 3);

	(void)priv;
	if (now != *expected) {
		*expected = now;
		return 0;
	}
	guest_store_entry(pa, bytes == 4 ? 2 : 3, desired);
	return 1;
}

const struct ptg_mapper_ops guest_mapper_ops = {
	.alloc_table = take_table, .free_table = drop_table, .flush = guest_flush_listed, .cas = swap_entry
};

uint64_t guest_table(size_t bytes, size_t align)
{
	uint64_t pa;

	if (take_table((void *)0, bytes, align, 0, &pa))
		guest_end("no memory for tables");
	return pa;
}

/* --- tables -------------------------------------------------------------------------------- */

void guest_fill_data(void)
{
	for (uint64_t pa = run.data; pa < run.data + GUEST_DATA_BYTES; pa += 8) {
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

unsigned guest_smallest(const struct ptg_space *s)
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
	unsigned lg2 = (r & 0x300) == 0 ? some_size(s) : guest_smallest(s);

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
	if (lg2 != guest_smallest(s) && !(a.rights & a.care & 0x3f)) {
		a.rights |= PTG_SR | PTG_UR;         /* large pages without any right cannot be cut */
		a.care |= PTG_SR | PTG_UR;
	}
	if (ptg_map(s, va, pa, len, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK | PTG_QUIET, &f) || run.record_count >= RECORDS)
		return;
	run.record[run.record_count].va = va;
	run.record[run.record_count].offset = pa < frames ? frames - pa : 0;
	run.record[run.record_count++].len = len < GUEST_DATA_BYTES ? len : GUEST_DATA_BYTES;
}

void guest_fill(struct ptg_space *s, uint64_t first, unsigned bits, uint64_t frames)
{
	run.record_count = 0;
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
	uint32_t words = (uint32_t)(run.next_table - since) / 8;

	for (unsigned i = 0; i < 200; i++) {
		volatile uint64_t *e = (volatile uint64_t *)(uintptr_t)(since + (uint32_t)guest_random() % words * 8u);
		uint64_t mask = format_spoil(guest_random());

		/* nearly all words are zero: look for one that is not */
		for (unsigned n = 0; n < 512 && !*e && (uint64_t)(uintptr_t)(e + 1) < run.next_table; n++)
			e++;
		if (!*e && (guest_random() & 7) != 0)
			continue;
		*e ^= mask;
		if (!format_alive(s))
			*e ^= mask;
	}
}
