/* SPDX-License-Identifier: MIT */
/*
 * space.h - simulated memory, mapper and hardware for the tests of changing spaces
 *
 * The mapper counts, checks and can fail: freed tables are poisoned, a double
 * free or a free of something in use by the simulated caches ends the test.
 */
#ifndef TESTS_UNIT_SPACE_H
#define TESTS_UNIT_SPACE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/load.h"
#include "runtime/ptg.h"
#include "runtime/ptg_core.h"
#include "tests/unit/suite.h"

#define RIG_BASE   UINT64_C(0x400000)
#define RIG_UNIT   64u
#define RIG_UNITS  (1u << 18)            /* 16 MiB */
#define RIG_ROOT   0x400000u             /* bytes kept for the first table */
#define RIG_FRAMES UINT64_C(0x2000000)   /* where frames come from: not memory, only numbers */
#define RIG_CAP    64

enum rig_call { RIG_ALLOC = 1, RIG_FLUSH = 2, RIG_MEMORY = 4, RIG_PAGE = 8 };

struct rig {
	struct ptg_space s;
	struct ptg_mapper m;
	struct ptg_mapper_ops ops;
	struct arena *arena;
	const struct ptg_format *format;
	uint8_t *mem;
	uint8_t used[RIG_UNITS];         /* 0 free, 1 first unit of a block, 2 the rest of it */
	uint32_t units[RIG_UNITS];
	uint32_t rover, first;           /* units below `first` are the first table's */
	unsigned tables, pages;          /* not given back */
	unsigned most;                   /* tables there may be; 0: as many as memory holds */
	uint64_t frame;                  /* next frame */
	uint64_t page_lg2_ok;            /* alloc_page refuses larger ones */
	unsigned calls, fail_at, fails;  /* which call fails, of the kinds in fails ... */
	unsigned fail_for;               /* ... and how many after it */
	unsigned syncs, flushes, mapped;
	void (*on_flush)(struct rig *r, const struct ptg_flush *f);
	void (*on_free)(struct rig *r, uint64_t pa);
	void *more;
	struct ptg_flush f;
	uint64_t table[RIG_CAP];
	uint64_t seed;
};

static inline uint64_t rig_random(struct rig *r)
{
	uint64_t x = r->seed += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline bool rig_fail(struct rig *r, enum rig_call kind)
{
	if (!(r->fails & kind))
		return false;
	r->calls++;
	return r->calls >= r->fail_at && r->calls <= r->fail_at + r->fail_for;
}

/* --- tables -------------------------------------------------------------------- */

static inline int rig_alloc(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct rig *r = priv;
	uint32_t n = (uint32_t)((bytes + RIG_UNIT - 1) / RIG_UNIT), step = (uint32_t)(align / RIG_UNIT), i, j;

	MUST(level < 8, "level %u", level);
	if (rig_fail(r, RIG_ALLOC) || (r->most && r->tables >= r->most))
		return -1;
	if (!step)
		step = 1;
	for (i = (r->rover + step - 1) / step * step; i + n <= RIG_UNITS; i += step) {
		for (j = 0; j < n && !r->used[i + j]; j++)
			;
		if (j < n)
			continue;
		memset(r->used + i, 2, n);
		r->used[i] = 1;
		r->units[i] = (uint32_t)bytes;
		r->rover = i + n;
		r->tables++;
		*pa = RIG_BASE + (uint64_t)i * RIG_UNIT;
		memset(r->mem + (size_t)i * RIG_UNIT, r->m.flags & PTG_ZEROED ? 0 : 0x5a, (size_t)n * RIG_UNIT);
		return 0;
	}
	if (r->rover > r->first) {
		r->rover = r->first;
		return rig_alloc(priv, bytes, align, level, pa);
	}
	return -1;
}

static inline void rig_free(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	struct rig *r = priv;
	uint64_t i = (pa - RIG_BASE) / RIG_UNIT;

	MUST(level < 8, "level %u", level);
	MUST(pa >= RIG_BASE && i < RIG_UNITS && r->used[i] == 1, "free of %#llx, which is no table",
		      (unsigned long long)pa);
	MUST(r->units[i] == bytes, "free of %zu bytes, not %u", bytes, r->units[i]);
	if (r->on_free)
		r->on_free(r, pa);
	memset(r->used + i, 0, (bytes + RIG_UNIT - 1) / RIG_UNIT);
	memset(r->mem + i * RIG_UNIT, 0xa5, bytes);
	r->tables--;
}

/* --- frames --------------------------------------------------------------------- */

static inline int rig_alloc_page(void *priv, size_t bytes, uint64_t *pa)
{
	struct rig *r = priv;

	if (rig_fail(r, RIG_PAGE) || bytes > r->page_lg2_ok)
		return -1;
	r->frame = (r->frame + bytes - 1) / bytes * bytes;
	*pa = r->frame;
	r->frame += bytes;
	r->pages += (unsigned)(bytes >> 12);
	return 0;
}

static inline void rig_free_page(void *priv, uint64_t pa, size_t bytes)
{
	struct rig *r = priv;

	MUST(pa >= RIG_FRAMES && !(pa & (bytes - 1)), "free of frame %#llx", (unsigned long long)pa);
	MUST(r->pages >= bytes >> 12, "more frames freed than allocated");
	r->pages -= (unsigned)(bytes >> 12);
}

/* --- contents and the rest --------------------------------------------------------- */

static inline uint8_t *rig_at(struct rig *r, uint64_t pa, size_t n)
{
	if (pa < RIG_BASE || pa + n > RIG_BASE + (uint64_t)RIG_UNITS * RIG_UNIT)
		return NULL;
	return r->mem + (pa - RIG_BASE);
}

static inline void *rig_map(void *priv, uint64_t pa, size_t n)
{
	struct rig *r = priv;

	if (rig_fail(r, RIG_MEMORY))
		return NULL;
	r->mapped += rig_at(r, pa, n) != NULL;
	return rig_at(r, pa, n);
}

static inline void rig_unmap(void *priv, uint64_t pa, void *p, size_t n)
{
	struct rig *r = priv;

	MUST(p == rig_at(r, pa, n) && r->mapped, "unmap_table of what was not mapped");
	r->mapped--;
}

static inline int rig_read(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct rig *r = priv;
	uint8_t *p = rig_at(r, pa, n);

	if (rig_fail(r, RIG_MEMORY) || !p)
		return -1;
	memcpy(dst, p, n);
	return 0;
}

static inline int rig_write(void *priv, uint64_t pa, const void *src, size_t n)
{
	struct rig *r = priv;
	uint8_t *p = rig_at(r, pa, n);

	if (rig_fail(r, RIG_MEMORY) || !p)
		return -1;
	memcpy(p, src, n);
	return 0;
}

static inline int rig_cas(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	struct rig *r = priv;
	uint8_t *p = rig_at(r, pa, bytes);
	uint64_t now = 0;

	if (rig_fail(r, RIG_MEMORY) || !p)
		return -1;
	memcpy(&now, p, bytes);
	if (now != *expected) {
		*expected = now;
		return 0;
	}
	memcpy(p, &desired, bytes);
	return 1;
}

static inline void rig_sync(void *priv, uint64_t pa, size_t n)
{
	struct rig *r = priv;

	MUST(rig_at(r, pa, n), "sync of no memory");
	r->syncs++;
}

static inline int rig_flush(void *priv, struct ptg_flush *f)
{
	struct rig *r = priv;

	if (rig_fail(r, RIG_FLUSH))
		return -1;
	r->flushes++;
	if (r->on_flush)
		r->on_flush(r, f);
	return 0;
}

/* --- set up ------------------------------------------------------------------------------ */

static inline void rig_fresh_flush(struct rig *r)
{
	memset(&r->f, 0, sizeof(r->f));
	r->f.table = r->table;
	r->f.table_cap = RIG_CAP;
}

static inline uint64_t rig_root_bytes(const struct rig *r, unsigned i)
{
	const struct ptg_level *l = &r->s.format->levels[r->s.root[i].level];

	return UINT64_C(1) << (r->s.root[i].index_lg2 + l->entry_lg2 + l->stride_lg2);
}

/* A first table without anything in it, of at most so many bytes. */
static inline void rig_empty_root(struct rig *r, unsigned n, uint64_t most)
{
	uint64_t empty[2], bytes = rig_root_bytes(r, n), i;
	unsigned lg2 = r->s.format->levels[r->s.root[n].level].entry_lg2;

	ck_assert_uint_le(bytes, most);
	ptg_empty_(&r->s, r->s.root[n].level, empty);
	for (i = 0; i < bytes; i += UINT64_C(1) << lg2)
		ptg_store_(&r->s, r->s.root[n].table + i, lg2, empty);
}

/* An empty space of that format; the mapper has a window and everything. */
static inline void rig_space(struct rig *r, const struct ptg_format *format)
{
	uint64_t bytes;

	r->format = format;
	memset(r->used, 0, sizeof(r->used));
	r->tables = r->pages = r->calls = r->fail_at = r->fails = r->fail_for = r->syncs = r->flushes = 0;
	r->frame = RIG_FRAMES;
	r->page_lg2_ok = UINT64_C(1) << 40;
	r->ops = (struct ptg_mapper_ops){
		.map_table = rig_map, .unmap_table = rig_unmap, .read_bytes = rig_read, .write_bytes = rig_write,
		.cas = rig_cas, .alloc_table = rig_alloc, .free_table = rig_free, .alloc_page = rig_alloc_page,
		.free_page = rig_free_page, .sync = rig_sync, .flush = rig_flush,
	};
	r->m = (struct ptg_mapper){
		.ops = &r->ops, .priv = r, .window = r->mem, .window_pa = RIG_BASE,
		.window_size = (uint64_t)RIG_UNITS * RIG_UNIT,
	};
	ck_assert_int_eq(ptg_space_init(&r->s, format, &ptg_generic_walker, &r->m, RIG_BASE), PTG_OK);
	bytes = rig_root_bytes(r, 0);
	if (bytes > RIG_ROOT) /* it is aligned to its size */
		r->s.root[0].table = (RIG_BASE + bytes - 1) / bytes * bytes;
	r->first = r->rover = bytes > RIG_ROOT ? (uint32_t)((r->s.root[0].table - RIG_BASE + bytes) / RIG_UNIT) : RIG_ROOT / RIG_UNIT;
	rig_empty_root(r, 0, RIG_UNITS / 2 * RIG_UNIT);
	rig_fresh_flush(r);
}

static inline struct rig *rig_new(void)
{
	struct rig *r = calloc(1, sizeof(*r));

	ck_assert_ptr_nonnull(r);
	r->mem = aligned_alloc(1 << 22, (size_t)RIG_UNITS * RIG_UNIT);
	ck_assert_ptr_nonnull(r->mem);
	memset(r->mem, 0xa5, (size_t)RIG_UNITS * RIG_UNIT);
	r->arena = arena_new();
	r->seed = 1;
	return r;
}

/* A rig for a shipped format. */
static inline struct rig *rig_format(const char *name)
{
	static const struct load_options none;
	struct rig *r = rig_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, r->arena, arena_printf(r->arena, "formats/%s.pt", name), name, &none), 0);
	rig_space(r, &load.plan[0]->format);
	return r;
}

static inline void rig_end(struct rig *r)
{
	ck_assert_uint_eq(r->mapped, 0);
	arena_free(r->arena);
	free(r->mem);
	free(r);
}

/* The caller's part after an operation with r->f. */
static inline void rig_flush_f(struct rig *r)
{
	if (r->on_flush)
		r->on_flush(r, &r->f);
	ptg_flush_done(&r->s, &r->f);
	MUST(!r->f.count && !r->f.table_count, "ptg_flush_done leaves something");
	r->f.left = 0;
}

/* --- looking -------------------------------------------------------------------------------- */

static inline uint64_t rig_pa(struct rig *r, uint64_t va) /* ~0: not mapped */
{
	struct ptg_translation t;

	return ptg_translate(&r->s, va, PTG_LOOK, &t) == PTG_F_NONE ? t.pa : ~UINT64_C(0);
}

static inline unsigned rig_lg2(struct rig *r, uint64_t va)
{
	struct ptg_translation t;

	return ptg_translate(&r->s, va, PTG_LOOK, &t) == PTG_F_NONE ? t.page_lg2 : 0;
}

static const struct ptg_attrs rig_rw = {
	.rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW,
};
static const struct ptg_attrs rig_ro = {
	.rights = PTG_SR, .care = PTG_SR | PTG_SW,
};

#endif /* TESTS_UNIT_SPACE_H */
