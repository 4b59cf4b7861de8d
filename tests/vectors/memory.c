/* SPDX-License-Identifier: MIT */
/* memory.c - the sparse memory that vectors write and walkers read */
#include "tests/vectors/memory.h"

#include <string.h>

void memory_clear(struct memory *m)
{
	m->count = 0;
}

static uint8_t *find(const struct memory *m, uint64_t pa)
{
	for (unsigned i = 0; i < m->count; i++)
		if (m->page[i].pa == (pa & ~(uint64_t)0xfff))
			return (uint8_t *)(uintptr_t)m->page[i].bytes + (pa & 0xfff);
	return NULL;
}

static uint8_t *make(struct memory *m, uint64_t pa)
{
	uint8_t *p = find(m, pa);

	if (p || m->count == MEMORY_PAGES)
		return p;
	m->page[m->count].pa = pa & ~(uint64_t)0xfff;
	memset(m->page[m->count].bytes, 0, sizeof(m->page[m->count].bytes));
	m->count++;
	return find(m, pa);
}

bool memory_put(struct memory *m, uint64_t pa, unsigned bytes, bool big, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++) {
		uint8_t *p = make(m, pa + i);

		if (!p)
			return false;
		*p = (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i));
	}
	return true;
}

bool memory_get(const struct memory *m, uint64_t pa, unsigned bytes, bool big, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < bytes; i++) {
		const uint8_t *p = find(m, pa + i);

		if (!p)
			return false;
		*value |= (uint64_t)*p << 8 * (big ? bytes - 1 - i : i);
	}
	return true;
}

/* --- as a mapper --------------------------------------------------------------- */

static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	const struct memory *m = priv;

	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = find(m, pa + i);

		if (!p)
			return -1;
		((uint8_t *)dst)[i] = *p;
	}
	return 0;
}

static int write_bytes(void *priv, uint64_t pa, const void *src, size_t n)
{
	struct memory *m = priv;

	for (size_t i = 0; i < n; i++)
		if (!find(m, pa + i))
			return -1;
	for (size_t i = 0; i < n; i++)
		*find(m, pa + i) = ((const uint8_t *)src)[i];
	return 0;
}

/* A word as this host reads it there. */
static int host_word(const struct memory *m, uint64_t pa, unsigned bytes, uint64_t *value)
{
	uint32_t half;

	if (bytes == 8)
		return read_bytes((void *)(uintptr_t)m, pa, value, 8);
	if (bytes != 4 || read_bytes((void *)(uintptr_t)m, pa, &half, 4))
		return -1;
	*value = half;
	return 0;
}

static int cas(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	uint32_t half = (uint32_t)desired;
	uint64_t now;

	if (host_word(priv, pa, bytes, &now))
		return -1;
	if (now != *expected) {
		*expected = now;
		return 0;
	}
	return write_bytes(priv, pa, bytes == 8 ? (const void *)&desired : &half, bytes) ? -1 : 1;
}

const struct ptg_mapper_ops memory_ops = {
	.read_bytes = read_bytes, .write_bytes = write_bytes, .cas = cas,
};
