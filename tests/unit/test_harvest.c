/* SPDX-License-Identifier: MIT */
/*
 * test_harvest.c - the bitmap of ptg_harvest() against ptg_translate(), page by page
 *
 * Every format: pages with and without marks, side by side and with holes between, ranges that begin
 * anywhere, bits of one page and of several.
 */
#define RAM (UINT64_C(1) << 21)

#include "tests/unit/formats_ram.h"

#define PAGES 1500u

static const struct ptg_mapper_ops ops = { .alloc_table = take };
static const struct ptg_mapper mapper = { .ops = &ops, .window = ram, .window_size = RAM };

/* density: how many pages of 256 are marked.  Marks that cannot be had are left. */
static unsigned map_marked(struct ptg_space *s, uint64_t page, unsigned density, uint64_t random, bool holes)
{
	struct ptg_flush f = { .count = 0 };
	unsigned mapped = 0;

	for (unsigned i = 0; i < PAGES; i++) {
		struct ptg_attrs a = { .care = PTG_ACCESSED | PTG_DIRTY };

		random = model_mix(random);
		if (holes && random % 40 == 0)
			continue;
		a.rights = (random >> 8 & 0xff) < density ? PTG_ACCESSED | PTG_DIRTY : (random >> 20 & 3) ? 0 : PTG_ACCESSED;
		for (unsigned tries = 0; tries < 2; tries++, a.care = 0)
			if (!ptg_map(s, i * page, (random >> 40) % 512 * page, page, &a, PTG_NO_LARGE | PTG_NO_CONTIG | PTG_QUIET, &f)) {
				mapped++;
				break;
			}
	}
	return mapped;
}

static void harvest(struct ptg_space *s, uint64_t page, unsigned first, unsigned count, unsigned what, unsigned unit_lg2)
{
	uint8_t bitmap[PAGES / 8 + 8], expect[PAGES / 8 + 8];
	struct ptg_flush f = { .count = 0 };

	for (unsigned i = 0; i < sizeof(bitmap); i++) /* what is set already stays */
		expect[i] = bitmap[i] = i % 5 ? 0 : 0x08;
	bitmap[sizeof(bitmap) - 1] = 0x5a; /* nobody's */
	expect[sizeof(expect) - 1] = 0x5a;
	for (unsigned i = 0; i < count; i++) {
		struct ptg_translation t;
		uint64_t bit = i * page >> unit_lg2;

		if (!ptg_translate(s, (first + i) * page, PTG_LOOK, &t) && (t.rights & what))
			expect[bit / 8] = (uint8_t)(expect[bit / 8] | 1u << bit % 8);
	}
	ck_assert_int_eq(ptg_harvest(s, first * page, count * page, what, false, unit_lg2, bitmap, &f), PTG_OK);
	ck_assert_mem_eq(bitmap, expect, sizeof(expect));
}

static void harvest_format(const struct ptg_format *f, uint64_t random)
{
	static const unsigned density[4] = { 3, 40, 200, 256 };

	for (unsigned n = 0; n < 8; n++) {
		unsigned lg2 = 0, first = (unsigned)(random = model_mix(random)) % 70, what = n & 1 ? PTG_DIRTY : PTG_ACCESSED;
		struct ptg_space s;
		uint64_t page;

		memset(ram, 0, sizeof(ram));
		next_table = 1 << 20;
		ck_assert_int_eq(ptg_space_init(&s, f, &ptg_generic_walker, &mapper, 0), 0);
		page = s.page_sizes & (0 - s.page_sizes);
		while (UINT64_C(1) << lg2 < page)
			lg2++;
		if (!map_marked(&s, page, density[n / 2], random, n % 3 == 0))
			return; /* a root of zeros is none of this format */
		harvest(&s, page, 0, PAGES, what, lg2);
		harvest(&s, page, first, PAGES - 2 * first, what, lg2);
		harvest(&s, page, first, PAGES - 100, what, lg2 + 1);
	}
}

START_TEST(formats)
{
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, arena, files.gl_pathv[_i], NULL, &none), 0);
	for (unsigned i = 0; i < load.plan_count; i++)
		if (!load.plan[i]->format.stage[0])
			harvest_format(&load.plan[i]->format, 5 + (uint64_t)_i);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("harvest");
	int n = find_formats();
	TCase *tc = tcase_create("harvest");

	tcase_add_loop_test(tc, formats, 0, n);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
