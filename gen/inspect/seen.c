/* SPDX-License-Identifier: MIT */
/* seen.c - tables that a scan has met */
#include <sys/mman.h>

#include "gen/inspect/seen.h"

#define LARGE (UINT64_C(1) << 20)

uint64_t seen_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdu;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53u;
	return x ^ x >> 33;
}

static struct seen_table *place(struct seen_table *slot, size_t size, uint64_t pa, unsigned level, uint64_t attrs)
{
	size_t i = (size_t)seen_mix(pa ^ attrs * 3 ^ (uint64_t)level << 56) & (size - 1);

	while (slot[i].used && (slot[i].pa != pa || slot[i].level != level || slot[i].attrs != attrs))
		i = (i + 1) & (size - 1);
	return &slot[i];
}

/* All of it will be touched, in no order: at once is cheaper than a fault a page.  Where that is not to be had, no harm. */
static void populate(const void *at, size_t bytes)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t first = ((uintptr_t)at + 4095) & ~(uintptr_t)4095, end = ((uintptr_t)at + bytes) & ~(uintptr_t)4095;

	if (bytes >= LARGE)
		madvise((void *)first, end - first, MADV_POPULATE_WRITE);
#else
	(void)at, (void)bytes;
#endif
}

static void grow(struct scan_seen *s)
{
	size_t size = s->size ? 4 * s->size : 1024;
	struct seen_table *slot = arena_array(s->arena, size, sizeof(*slot));

	populate(slot, size * sizeof(*slot));
	for (size_t i = 0; i < s->size; i++)
		if (s->slot[i].used)
			*place(slot, size, s->slot[i].pa, s->slot[i].level, s->slot[i].attrs) = s->slot[i];
	s->slot = slot;
	s->size = size;
}

struct seen_table *seen_get(struct scan_seen *s, uint64_t pa, unsigned level, uint64_t attrs, bool *fresh)
{
	struct seen_table *t;

	if (4 * s->count >= 3 * s->size)
		grow(s);
	t = place(s->slot, s->size, pa, level, attrs);
	*fresh = !t->used;
	if (*fresh) {
		t->used = true;
		t->pa = pa;
		t->level = (uint8_t)level;
		t->attrs = attrs;
		s->count++;
	}
	return t;
}

struct seen_table *seen_find(struct scan_seen *s, uint64_t pa, unsigned level, uint64_t attrs)
{
	struct seen_table *t = s->size ? place(s->slot, s->size, pa, level, attrs) : NULL;

	return t && t->used ? t : NULL;
}
