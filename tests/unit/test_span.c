/* SPDX-License-Identifier: MIT */
/*
 * test_span.c - ptg_next_extent() and ptg_next_pages() against ptg_translate()
 *
 * Runs have to tile the range; every page of one has to translate as the run says; and a run ends
 * only where the next page says something else.  Spaces: pages of many rights with holes between, of
 * all sizes and groups, tables of random bytes, mappers without a window, two halves, two stages.
 */
#define RAM (UINT64_C(1) << 21)

#include "runtime/ptg_core.h"
#include "tests/unit/formats_ram.h"

#define MARKS ((uint32_t)(PTG_ACCESSED | PTG_DIRTY))
#define ROOM 600u

static int get(void *priv, uint64_t pa, void *dst, size_t n)
{
	(void)priv;
	if (pa > RAM || RAM - pa < n)
		return -1;
	memcpy(dst, ram + pa, n);
	return 0;
}

static int put(void *priv, uint64_t pa, const void *src, size_t n)
{
	(void)priv;
	if (pa > RAM || RAM - pa < n)
		return -1;
	memcpy(ram + pa, src, n);
	return 0;
}

static const struct ptg_mapper_ops ops = { .alloc_table = take, .read_bytes = get, .write_bytes = put };
static const struct ptg_mapper windowed = { .ops = &ops, .window = ram, .window_size = RAM };
static const struct ptg_mapper far = { .ops = &ops };

/* --- what has to hold ------------------------------------------------------------------ */

/* Two addresses, the second right behind the first: do they belong to one run?  step: what the first one's page has left. */
static bool together(const struct ptg_translation *a, const struct ptg_translation *b, uint64_t step, uint32_t ignore,
		     bool contiguous)
{
	if (a->fault || b->fault)
		return a->fault && b->fault && a->rule == b->rule;
	return !((a->rights ^ b->rights) & ~ignore) && a->memtype == b->memtype && a->rule == b->rule &&
	       a->level == b->level && a->page_lg2 == b->page_lg2 && a->contig_lg2 == b->contig_lg2 &&
	       (!contiguous || a->pa + step == b->pa);
}

static void says(const struct ptg_run *run, const struct ptg_translation *t, uint64_t pa, uint32_t ignore)
{
	MUST(run->mapped == !t->fault && run->rule == t->rule, "%#llx: mapped %d by rule %u", (unsigned long long)run->va, run->mapped, run->rule);
	if (t->fault)
		return;
	MUST(pa == t->pa && !((run->rights ^ t->rights) & ~ignore) && !(run->rights & ~t->rights) && run->memtype == t->memtype &&
		     run->level == t->level && run->page_lg2 == t->page_lg2 && run->contig_lg2 == t->contig_lg2,
	     "%#llx: pa %#llx, not %#llx, rights %#x, level %u, size %u", (unsigned long long)run->va, (unsigned long long)pa,
	     (unsigned long long)t->pa, run->rights, run->level, run->page_lg2);
}

struct tiling {
	const struct ptg_space *s;
	struct ptg_cursor c;
	struct ptg_run run;
	uint64_t page, expect, pa[ROOM];
	size_t room;
	uint32_t ignore;
	int way, count;
};

/* way 0: entry by entry; 1: extents; 2: pages, `room` of them at most. */
static bool step(struct tiling *t, int way)
{
	t->way = way;
	if (way == 0)
		t->count = ptg_next(&t->c, &t->run);
	else if (way == 1)
		t->count = ptg_next_extent(&t->c, &t->run, t->ignore);
	else
		t->count = ptg_next_pages(&t->c, &t->run, t->pa, t->room, t->ignore);
	ck_assert_int_ge(t->count, 0);
	return t->count > 0;
}

/* Every page of the run, and the address behind it. */
static void check_run(struct tiling *t, uint64_t last)
{
	const struct ptg_run *run = &t->run;
	uint64_t piece = t->way == 2 ? (run->last - run->va + 1) / (uint64_t)t->count : 0, va = run->va, next;
	struct ptg_translation now, after;
	uint32_t ignore = t->way ? t->ignore : 0, all = ~0u;
	const struct ptg_format *f = t->s->format->stage[0] ? t->s->format->stage[0] : t->s->format;

	ck_assert_uint_eq(va, t->expect);
	ck_assert_uint_ge(run->last, va);
	ck_assert_uint_le(run->last, last);
	if (t->way == 2 && run->mapped)
		ck_assert_uint_eq(piece * (uint64_t)t->count, run->last - va + 1);
	for (;; va = next) {
		uint64_t i = piece ? (va - run->va) / piece : 0;

		ptg_translate(t->s, va, PTG_LOOK, &now);
		if (va == run->va && run->mapped)
			ck_assert_uint_eq(run->entry, now.entry);
		says(run, &now, t->way == 2 && run->mapped ? t->pa[i] + (va - run->va - i * piece) : run->pa + (va - run->va), ignore);
		all &= now.rights;
		next = (va | (t->page - 1)) + 1;
		if (next == 0 || next > run->last)
			break;
	}
	if (run->mapped)
		ck_assert_uint_eq(run->rights & ignore, all & ignore);
	t->expect = run->last + 1;
	if (t->way == 0 || t->expect == 0 || run->last == last || (t->way == 2 && (size_t)t->count == t->room))
		return;
	ptg_translate(t->s, t->expect, PTG_LOOK, &after);
	if (t->way == 2 && run->mapped && piece != UINT64_C(1) << f->levels[run->level].shift)
		return; /* cut, which stands alone */
	if (t->way == 2 && last - t->expect < piece - 1)
		return; /* the next is cut */
	ck_assert(!together(&now, &after, t->expect - va, ignore, t->way == 1));
}

static void tile(const struct ptg_space *s, uint64_t page, uint64_t first, uint64_t len, uint32_t ignore, int way, size_t room)
{
	struct tiling t = { .s = s, .page = page, .expect = first, .ignore = ignore, .room = room };
	uint64_t random = first + len;

	ck_assert_int_eq(ptg_cursor_init(&t.c, s, first, len), 0);
	while (step(&t, way < 3 ? way : (int)((random = model_mix(random)) % 3)))
		check_run(&t, first + (len - 1));
	ck_assert_uint_eq(t.expect, first + len);
	ck_assert_int_eq(ptg_next_extent(&t.c, &t.run, 0), 0);
	ck_assert_int_eq(ptg_next_pages(&t.c, &t.run, t.pa, 1, 0), 0);
}

static void tile_all_ways(const struct ptg_space *s, uint64_t page, uint64_t first, uint64_t len)
{
	tile(s, page, first, len, 0, 1, 0);
	tile(s, page, first, len, MARKS, 1, 0);
	tile(s, page, first, len, 0, 2, ROOM);
	tile(s, page, first, len, MARKS, 2, ROOM);
	tile(s, page, first, len, 0, 2, 7);
	tile(s, page, first, len, MARKS, 3, 1 + len / page % 50);
}

/* --- spaces -------------------------------------------------------------------------------- */

/* Stretches of pages with the same rights, side by side or anywhere, with holes between. */
static void map_stretches(struct ptg_space *s, uint64_t page, unsigned pages, uint64_t random)
{
	uint64_t va = 0, pa = 0;

	while (va < pages * page) {
		struct ptg_attrs a = { .rights = (uint32_t)(random = model_mix(random)) & 0x1ff, .care = 0x1ff };
		struct ptg_flush f = { .count = 0 };
		uint64_t n = (random >> 20) % 40 ? (random >> 30) % 3 + 1 : (random >> 30) % 300;

		if (random >> 40 & 1)
			pa = (random >> 44) % 1000 * page;
		for (; n && va < pages * page; n--, va += page, pa += page) {
			if (random >> 60 == 3)
				continue; /* a hole */
			if (ptg_map(s, va, pa % (1000 * page), page, &a, PTG_NO_LARGE | PTG_NO_CONTIG | PTG_QUIET, &f)) {
				a.care = 0;
				ptg_map(s, va, pa % (1000 * page), page, &a, PTG_NO_LARGE | PTG_NO_CONTIG | PTG_QUIET, &f);
			}
		}
	}
}

static void open_space(struct ptg_space *s, const struct ptg_format *f, const struct ptg_mapper *m)
{
	memset(ram, 0, sizeof(ram));
	next_table = 1 << 20;
	ck_assert_int_eq(ptg_space_init(s, f, &ptg_generic_walker, m, 0), 0);
}

static void stretches_of(const struct ptg_format *f, unsigned seed)
{
	struct ptg_space s;
	uint64_t page;

	open_space(&s, f, &windowed);
	page = s.page_sizes & (0 - s.page_sizes);
	map_stretches(&s, page, 1700, seed + 1);
	tile_all_ways(&s, page, 0, 1700 * page);
	tile_all_ways(&s, page, page / 2, 1696 * page + page / 4);
	s.mapper = &far;
	tile_all_ways(&s, page, 3 * page, 300 * page);
}

/* As few entries as can be: large pages, groups. */
static void sizes_of(const struct ptg_format *f)
{
	struct ptg_attrs a = { .care = 0 };
	struct ptg_flush flush = { .count = 0 };
	struct ptg_space s;
	uint64_t page, len;

	open_space(&s, f, &windowed);
	page = s.page_sizes & (0 - s.page_sizes);
	len = UINT64_C(3) << (f->levels[0].shift + f->levels[0].width);
	if ((f->flags & PTG_FORMAT_DYNAMIC) || len / page > 8000 || len / page < 8)
		return;
	if (ptg_map(&s, 0, 0, len, &a, PTG_QUIET, &flush))
		return; /* more than this memory holds */
	tile_all_ways(&s, page, 0, len);
	ck_assert_int_eq(ptg_unmap(&s, len / 3 + page, len / 3, PTG_SPLIT_OK | PTG_QUIET, &flush), 0);
	tile_all_ways(&s, page, 0, len);
	tile_all_ways(&s, page, page + page / 2, len - 3 * page);
}

/* Any bytes: entries of all kinds, faults, tables that are tables of themselves. */
static void noise_of(const struct ptg_format *f, uint64_t random)
{
	struct ptg_space s;
	uint64_t page, first;

	open_space(&s, f, &windowed);
	page = s.page_sizes & (0 - s.page_sizes);
	for (unsigned round = 0; round < 3; round++) {
		for (uint64_t i = 0; i < RAM; i += 8) {
			random = model_mix(random);
			*(uint64_t *)(void *)(ram + i) = round == 2 ? random : (random & ~UINT64_C(0xfff0000000000000)) % RAM;
		}
		for (unsigned i = 0; i < 8; i++) {
			first = (random = model_mix(random)) & ptg_mask_(f->va_bits < 64 ? f->va_bits : 63) & ~(page - 1);
			if (first + 600 * page > first)
				tile(&s, page, first, 600 * page, i & 1 ? MARKS : 0, 1 + (int)(i % 3), ROOM);
		}
	}
}

START_TEST(formats)
{
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, arena, files.gl_pathv[_i], NULL, &none), 0);
	for (unsigned i = 0; i < load.plan_count; i++) {
		const struct ptg_format *f = &load.plan[i]->format;

		if (f->stage[0])
			continue;
		stretches_of(f, (unsigned)_i);
		sizes_of(f);
		noise_of(f, 77 + (uint64_t)_i);
	}
	arena_free(arena);
}
END_TEST

/* --- values by hand ------------------------------------------------------------------------ */

static const struct ptg_format *load_named(struct arena *arena, const char *path)
{
	static const struct load_options none;
	static struct load load;

	ck_assert_int_eq(load_file(&load, arena, path, NULL, &none), 0);
	return &load.plan[0]->format;
}

static void entry(uint64_t table, unsigned index, uint64_t e)
{
	memcpy(ram + table + 8 * index, &e, 8); /* the host is little endian, or the test is left out */
}

struct expected {
	uint64_t va, last, pa;
	int mapped;
	uint32_t rights;
	unsigned page_lg2;
};

#define NX (UINT64_C(1) << 63)
#define KERNEL (PTG_SR | PTG_SW | PTG_SX)
#define HOLE(va, last) { va, last, 0, 0, 0, 0 }

/*
 * x86_64, supervisor pages, accessed and dirty (0x63) but where said.  Table at 0x4000: entries 0..2 go
 * on in pa, 3 is elsewhere, 4 goes on from there not executable, 5 goes on and has not been written, 6 is
 * empty, 7 is swapped out, 8..511 go on as one; table 0x5000 goes on from there to its entry 9, whose page
 * is the last that entries can hold; 10 is that one's entry plus a step, which carries into bit 52 and means
 * the page at 0.  Then a hole of 2 MiB, a page of 2 MiB, and another that goes on from it.
 */
static void x86_by_hand(struct ptg_space *s, const struct ptg_format *f)
{
	const uint64_t top = (UINT64_C(1) << 52) - 4096 * (504 + 10);

	open_space(s, f, &windowed);
	entry(0x0, 0, 0x1027);
	entry(0x1000, 0, 0x2027);
	entry(0x2000, 0, 0x4027);
	entry(0x2000, 1, 0x5027);
	entry(0x2000, 3, 0x4000e3);
	entry(0x2000, 4, 0x6000e3);
	for (unsigned i = 0; i < 3; i++)
		entry(0x4000, i, 0x100063 + 0x1000 * i);
	entry(0x4000, 3, 0x200063);
	entry(0x4000, 4, 0x201063 | NX);
	entry(0x4000, 5, 0x202023 | NX);
	entry(0x4000, 7, 0xabcd00);
	for (unsigned i = 8; i < 512; i++)
		entry(0x4000, i, (top + 0x1000 * (i - 8)) | 0x63);
	for (unsigned i = 0; i < 10; i++)
		entry(0x5000, i, (top + 0x1000 * (504 + i)) | 0x63);
	entry(0x5000, 10, UINT64_C(1) << 52 | 0x63);
}

#define AD (PTG_ACCESSED | PTG_DIRTY)
static const struct expected x86_runs[] = {
	{ 0x0, 0x2fff, 0x100000, 1, KERNEL | AD, 12 },
	{ 0x3000, 0x3fff, 0x200000, 1, KERNEL | AD, 12 },
	{ 0x4000, 0x4fff, 0x201000, 1, PTG_SR | PTG_SW | AD, 12 },
	{ 0x5000, 0x5fff, 0x202000, 1, PTG_SR | PTG_SW | PTG_ACCESSED, 12 },
	HOLE(0x6000, 0x7fff),
	{ 0x8000, 0x209fff, (UINT64_C(1) << 52) - 0x202000, 1, KERNEL | AD, 12 },
	{ 0x20a000, 0x20afff, 0, 1, KERNEL | AD, 12 },
	HOLE(0x20b000, 0x5fffff),
	{ 0x600000, 0x9fffff, 0x400000, 1, KERNEL | AD, 21 },
	HOLE(0xa00000, UINT64_C(0x7fffffffffff)),
};

static void expect_run(const struct ptg_run *run, const struct expected *e)
{
	ck_assert_uint_eq(run->va, e->va);
	ck_assert_uint_eq(run->last, e->last);
	ck_assert_int_eq(run->mapped, e->mapped);
	ck_assert_uint_eq(run->pa, e->pa);
	ck_assert_uint_eq(run->rights, e->rights);
	if (e->mapped)
		ck_assert_uint_eq(run->page_lg2, e->page_lg2);
}

START_TEST(extents_by_hand)
{
	struct arena *arena = arena_new();
	struct ptg_cursor c;
	struct ptg_space s;
	struct ptg_run run;

	x86_by_hand(&s, load_named(arena, "formats/x86_64.pt"));
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, UINT64_C(1) << 47), 0);
	for (unsigned i = 0; i < sizeof(x86_runs) / sizeof(*x86_runs); i++) {
		ck_assert_int_eq(ptg_next_extent(&c, &run, 0), 1);
		expect_run(&run, &x86_runs[i]);
	}
	ck_assert_int_eq(ptg_next_extent(&c, &run, 0), 0);
	/* Not executable alike, one of them not written: one run that is not dirty as a whole. */
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0x4000, 0x2000), 0);
	ck_assert_int_eq(ptg_next_extent(&c, &run, AD), 1);
	expect_run(&run, &(struct expected){ 0x4000, 0x5fff, 0x201000, 1, PTG_SR | PTG_SW | PTG_ACCESSED, 12 });
	arena_free(arena);
}
END_TEST

START_TEST(pages_by_hand)
{
	static const uint64_t first[4] = { 0x100000, 0x101000, 0x102000, 0x200000 };
	struct arena *arena = arena_new();
	uint64_t pa[600];
	struct ptg_cursor c;
	struct ptg_space s;
	struct ptg_run run;

	x86_by_hand(&s, load_named(arena, "formats/x86_64.pt"));
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, UINT64_C(1) << 47), 0);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 3, 0), 3); /* no room for the fourth */
	ck_assert_mem_eq(pa, first, 3 * sizeof(*pa));
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 1);
	expect_run(&run, &x86_runs[1]);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, AD), 2);
	ck_assert_uint_eq(pa[1], 0x202000);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 1);
	expect_run(&run, &x86_runs[4]);
	ck_assert_uint_eq(pa[0], 0);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 504 + 11);
	ck_assert_uint_eq(run.last, 0x20afff);
	ck_assert_uint_eq(pa[513], (UINT64_C(1) << 52) - 0x1000);
	ck_assert_uint_eq(pa[514], 0);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 1);
	expect_run(&run, &x86_runs[7]);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 2);
	ck_assert_uint_eq(pa[1], 0x600000);
	/* Cut in the middle of a page at both ends. */
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0x1800, 0x1000), 0);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 2);
	ck_assert_uint_eq(run.last, 0x27ff);
	ck_assert_uint_eq(pa[0], 0x101800);
	ck_assert_uint_eq(pa[1], 0x102000);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 600, 0), 0);
	arena_free(arena);
}
END_TEST

/* Five tables whose pages go on as one; what leads to the third takes the right to execute away. */
START_TEST(tables_by_hand)
{
	static const struct expected runs[] = {
		{ 0x0, 0x3fffff, 0x1000000, 1, KERNEL | AD, 12 },
		{ 0x400000, 0x5fffff, 0x1400000, 1, PTG_SR | PTG_SW | AD, 12 },
		{ 0x600000, 0x9fffff, 0x1600000, 1, KERNEL | AD, 12 },
	};
	struct arena *arena = arena_new();
	uint64_t pa[4096];
	struct ptg_cursor c;
	struct ptg_space s;
	struct ptg_run run;

	open_space(&s, load_named(arena, "formats/x86_64.pt"), &windowed);
	entry(0x0, 0, 0x1027);
	entry(0x1000, 0, 0x2027);
	for (unsigned t = 0; t < 5; t++) {
		entry(0x2000, t, (0x10027 + 0x1000 * t) | (t == 2 ? NX : 0));
		for (unsigned i = 0; i < 512; i++)
			entry(0x10000 + 0x1000 * t, i, 0x1000063 + 0x200000 * (uint64_t)t + 0x1000 * i);
	}
	for (int way = 0; way < 2; way++) {
		ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, 0xa00000), 0);
		for (unsigned i = 0; i < 3; i++) {
			ck_assert_int_ge(way ? ptg_next_pages(&c, &run, pa, 4096, 0) : ptg_next_extent(&c, &run, 0), 1);
			expect_run(&run, &runs[i]);
		}
		ck_assert_int_eq(ptg_next_extent(&c, &run, 0), 0);
	}
	arena_free(arena);
}
END_TEST

/* All 2^64 addresses: the lower half, what lies between, the upper half with its last page mapped. */
START_TEST(to_the_last_byte)
{
	struct arena *arena = arena_new();
	struct ptg_cursor c;
	struct ptg_space s;
	struct ptg_run run;
	uint64_t pa[8];

	open_space(&s, load_named(arena, "formats/x86_64.pt"), &windowed);
	entry(0x0, 511, 0x1003);
	entry(0x1000, 511, 0x2003);
	entry(0x2000, 511, 0x3003);
	entry(0x3000, 510, 0x8063);
	entry(0x3000, 511, 0x9063);
	for (int way = 0; way < 2; way++) {
		ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, UINT64_MAX), 0);
		ck_assert_int_eq(way ? ptg_next_pages(&c, &run, pa, 8, 0) : ptg_next_extent(&c, &run, 0), 1);
		ck_assert_uint_eq(run.last, UINT64_C(0x7fffffffffff));
		ck_assert_int_eq(way ? ptg_next_pages(&c, &run, pa, 8, 0) : ptg_next_extent(&c, &run, 0), 1);
		ck_assert_uint_eq(run.last, UINT64_C(0xffff7fffffffffff));
		ck_assert_uint_eq(run.rule, 1);
		ck_assert_int_eq(way ? ptg_next_pages(&c, &run, pa, 8, 0) : ptg_next_extent(&c, &run, 0), 1);
		ck_assert_uint_eq(run.last, UINT64_MAX - 0x2000);
		ck_assert_int_eq(way ? ptg_next_pages(&c, &run, pa, 8, 0) : ptg_next_extent(&c, &run, 0), way + 1);
		ck_assert_uint_eq(run.pa, 0x8000);
		ck_assert_uint_eq(run.last, UINT64_MAX);
		ck_assert_int_eq(way ? ptg_next_pages(&c, &run, pa, 8, 0) : ptg_next_extent(&c, &run, 0), 0);
	}
	arena_free(arena);
}
END_TEST

/* Two stages of Sv39: the first one's pages lead where the second one has them go. */
START_TEST(two_stages)
{
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct ptg_space first, second, pair;
	struct ptg_flush f = { .count = 0 };
	struct ptg_attrs a = { .care = 0 }, user = { .care = 0x3f, .rights = PTG_UR | PTG_UW };
	struct load load;
	const struct ptg_format *format;

	ck_assert_int_eq(load_file(&load, arena, "formats/sv39_sv39x4.pt", NULL, &none), 0);
	format = &load.plan[load.plan_count - 1]->format;
	ck_assert(format->stage[0] != NULL);
	memset(ram, 0, sizeof(ram));
	next_table = 1 << 20;
	ck_assert_int_eq(ptg_space_init(&second, format->stage[1], &ptg_generic_walker, &windowed, 0x10000), 0);
	ck_assert_int_eq(ptg_space_init(&first, format->stage[0], &ptg_generic_walker, &windowed, 0x8000), 0);
	/* The guest's tables are at their own addresses, its pages from 16 MiB on at 32 MiB, with a gap. */
	ck_assert_int_eq(ptg_map(&second, 0, 0, RAM, &a, PTG_QUIET | PTG_NO_LARGE, &f), 0);
	ck_assert_int_eq(ptg_map(&second, 0x1000000, 0x2000000, 0x40000, &a, PTG_QUIET, &f), 0);
	ck_assert_int_eq(ptg_map(&second, 0x1048000, 0x3000000, 0x20000, &a, PTG_QUIET, &f), 0);
	ck_assert_int_eq(ptg_map(&first, 0x400000, 0x1000000, 0x70000, &user, PTG_QUIET, &f), 0);
	ck_assert_int_eq(ptg_space_pair(&pair, format, &ptg_generic_walker, &first, &second), 0);
	tile_all_ways(&pair, 4096, 0x3f0000, 0x90000);
	arena_free(arena);
}
END_TEST

START_TEST(arguments)
{
	struct arena *arena = arena_new();
	struct ptg_cursor c;
	struct ptg_space s;
	struct ptg_run run;
	uint64_t pa[1];

	open_space(&s, load_named(arena, "formats/sv39.pt"), &windowed);
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, 4096), 0);
	ck_assert_int_eq(ptg_next_extent(NULL, &run, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_next_extent(&c, NULL, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_next_pages(NULL, &run, pa, 1, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_next_pages(&c, NULL, pa, 1, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_next_pages(&c, &run, NULL, 1, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 0, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_next_pages(&c, &run, pa, 1, 0), 1); /* nothing was lost */
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("span");
	int n = find_formats();
	TCase *tc = tcase_create("span");

	tcase_add_loop_test(tc, formats, 0, n);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	tc = tcase_create("by hand");
	tcase_add_test(tc, extents_by_hand);
	tcase_add_test(tc, tables_by_hand);
	tcase_add_test(tc, pages_by_hand);
	tcase_add_test(tc, to_the_last_byte);
	tcase_add_test(tc, two_stages);
	tcase_add_test(tc, arguments);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
