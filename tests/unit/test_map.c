/* SPDX-License-Identifier: MIT */
/* test_map.c - mapping: sizes, groups, what stands in the way, arguments */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)

START_TEST(one_page)
{
	struct rig *r = rig_format("sv48");

	ck_assert_int_eq(ptg_map(&r->s, 0x5000, 0x80000000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x5678), 0x80000678);
	ck_assert_uint_eq(rig_pa(r, 0x4fff), ~UINT64_C(0));
	ck_assert_uint_eq(rig_pa(r, 0x6000), ~UINT64_C(0));
	ck_assert_uint_eq(r->tables, 3);
	rig_end(r);
}
END_TEST

START_TEST(largest_pages)
{
	struct rig *r = rig_format("x86_64");

	/* 4K pages up to 2M, 2M pages up to 1G, a 1G page, and down again */
	ck_assert_int_eq(ptg_map(&r->s, G1 - M2 - K4, 2 * G1 - M2 - K4, 2 * G1 + M2 + 2 * K4 - 4 * K4, &rig_rw, 0, &r->f),
			 PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, G1 - M2 - K4), 12);
	ck_assert_uint_eq(rig_lg2(r, G1 - M2), 21);
	ck_assert_uint_eq(rig_lg2(r, G1), 30);
	ck_assert_uint_eq(rig_lg2(r, 2 * G1), 21);
	ck_assert_uint_eq(rig_pa(r, 2 * G1 + 5), 3 * G1 + 5);
	rig_end(r);
}
END_TEST

START_TEST(misaligned_pa_forbids_large_pages)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, M2, M2 + K4, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, M2), 12);
	ck_assert_uint_eq(rig_pa(r, 2 * M2 - 1), 2 * M2 + K4 - 1);
	rig_end(r);
}
END_TEST

START_TEST(sizes_are_restricted)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, G1, &rig_rw, PTG_NO_LARGE, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, M2), 12);
	r->s.page_sizes = 1 << 12 | 1 << 21;
	ck_assert_int_eq(ptg_map(&r->s, G1, G1, G1, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, G1), 21);
	rig_end(r);
}
END_TEST

START_TEST(contiguous_groups)
{
	struct rig *r = rig_format("aarch64_4k");
	struct ptg_translation t;

	ck_assert_int_eq(ptg_map(&r->s, 0xf000, 0x8000f000, 0x12000, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, 0xf000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 0);
	ck_assert_int_eq(ptg_translate(&r->s, 0x10000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 16);
	ck_assert_uint_eq(t.page_lg2, 12);
	ck_assert_int_eq(ptg_translate(&r->s, 0x1f123, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 16);
	ck_assert_uint_eq(t.pa, 0x8001f123);
	ck_assert_int_eq(ptg_translate(&r->s, 0x20000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 0);
	ck_assert_int_eq(ptg_map(&r->s, 0x40000, 0x40000, 0x10000, &rig_rw, PTG_NO_CONTIG, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, 0x40000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 0);
	rig_end(r);
}
END_TEST

START_TEST(napot_and_repeated)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0x10000, 0x80010000, 0x10000, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0x1f000), 16);
	ck_assert_uint_eq(rig_pa(r, 0x1f123), 0x8001f123);
	rig_end(r);
	r = rig_format("armv7_short");
	ck_assert_int_eq(ptg_map(&r->s, 0x10000, 0x80010000, 0x10000, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0x1f000), 16);
	ck_assert_uint_eq(rig_pa(r, 0x1f123), 0x8001f123);
	ck_assert_int_eq(ptg_map(&r->s, 0x1000000, 0x81000000, 0x1000000, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0x1f00000), 24);
	ck_assert_uint_eq(rig_pa(r, 0x1f12345), 0x81f12345);
	rig_end(r);
}
END_TEST

START_TEST(existing_is_refused_kept_or_replaced)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0x2000, 0x80002000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0x1000, 0x90001000, 3 * K4, &rig_rw, 0, &r->f), PTG_E_EXISTS);
	ck_assert_uint_eq(rig_pa(r, 0x1000), ~UINT64_C(0));
	ck_assert_int_eq(ptg_map(&r->s, 0x1000, 0x90001000, 3 * K4, &rig_rw, PTG_MAP_KEEP, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x1000), 0x90001000);
	ck_assert_uint_eq(rig_pa(r, 0x2000), 0x80002000);
	ck_assert_uint_eq(rig_pa(r, 0x3000), 0x90003000);
	ck_assert_int_eq(ptg_map(&r->s, 0x1000, 0xa0001000, 3 * K4, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x2000), 0xa0002000);
	ck_assert_uint_eq(r->f.count, 1);
	ck_assert_uint_eq(r->f.range[0].va, 0x1000); /* sv39 caches invalid entries: the new ones count as well */
	ck_assert_uint_eq(r->f.range[0].last, 0x3fff);
	ck_assert_uint_eq(r->f.reasons & PTG_FLUSH_REPLACED, PTG_FLUSH_REPLACED);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, PTG_MAP_REPLACE | PTG_MAP_KEEP, &r->f), PTG_E_ARG);
	rig_end(r);
}
END_TEST

START_TEST(empty_table_gives_way)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, PTG_KEEP_TABLES, &r->f), PTG_OK);
	ck_assert_uint_eq(r->tables, 2);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0), 21);
	ck_assert_uint_eq(r->f.table_count, 1);
	ck_assert_uint_eq(r->f.walk_cache, 1);
	ptg_flush_done(&r->s, &r->f);
	ck_assert_uint_eq(r->tables, 1);
	rig_end(r);
}
END_TEST

START_TEST(replacing_a_whole_table)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, PTG_NO_LARGE, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0, M2, M2, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0), 21);
	ck_assert_uint_eq(rig_pa(r, 5), M2 + 5);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 1);
	rig_end(r);
}
END_TEST

START_TEST(replacing_part_of_a_large_page)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, K4, M2, K4, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_map(&r->s, K4, M2, K4, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 5), 5);
	ck_assert_uint_eq(rig_pa(r, K4 + 5), M2 + 5);
	ck_assert_uint_eq(rig_pa(r, 2 * K4 + 5), 2 * K4 + 5);
	ck_assert_uint_eq(rig_pa(r, M2 - 1), M2 - 1);
	rig_end(r);
}
END_TEST

START_TEST(scattered)
{
	struct rig *r = rig_format("sv39");
	const struct ptg_sg sg[] = {
		{ 0x80000000, K4 }, { 0x80001000, 2 * K4 }, { 0x90000000, K4 }, { 0xa0004000, 4 * K4 },
	};

	ck_assert_int_eq(ptg_map_sg(&r->s, 0x7000, sg, 4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x7000), 0x80000000);
	ck_assert_uint_eq(rig_pa(r, 0x9000), 0x80002000);
	ck_assert_uint_eq(rig_pa(r, 0xa000), 0x90000000);
	ck_assert_uint_eq(rig_pa(r, 0xe000), 0xa0007000);
	ck_assert_uint_eq(rig_pa(r, 0xf000), ~UINT64_C(0));
	ck_assert_uint_eq(r->tables, 2);
	ck_assert_int_eq(ptg_map_sg(&r->s, 0x3000, sg, 4, &rig_rw, 0, &r->f), PTG_E_EXISTS);
	ck_assert_uint_eq(rig_pa(r, 0x3000), ~UINT64_C(0));
	rig_end(r);
}
END_TEST

START_TEST(plan_is_exact)
{
	struct rig *r = rig_format("sv48");
	struct ptg_need need;

	ck_assert_int_eq(ptg_plan_map(&r->s, G1 - K4, 2 * K4, 0x1000, 0, &need), PTG_OK);
	ck_assert_uint_eq(need.tables[0], 2);
	ck_assert_uint_eq(need.tables[1], 2);
	ck_assert_uint_eq(need.tables[2], 1);
	ck_assert_uint_eq(need.tables[3], 0);
	ck_assert_uint_eq(r->tables, 0);
	ck_assert_int_eq(ptg_map(&r->s, G1 - K4, 0x1000, 2 * K4, &rig_rw, PTG_TABLES_ONLY, &r->f), PTG_OK);
	ck_assert_uint_eq(r->tables, 5);
	ck_assert_uint_eq(rig_pa(r, G1), ~UINT64_C(0));
	ck_assert_int_eq(ptg_plan_map(&r->s, G1 - K4, 2 * K4, 0x1000, 0, &need), PTG_OK);
	ck_assert_uint_eq(need.tables[0] + need.tables[1] + need.tables[2], 0);
	r->ops.alloc_table = NULL;
	ck_assert_int_eq(ptg_map(&r->s, G1 - K4, 0x1000, 2 * K4, &rig_rw, 0, &r->f), PTG_OK);
	rig_end(r);
}
END_TEST

START_TEST(arguments)
{
	struct rig *r = rig_format("sv39");
	const struct ptg_attrs odd = { .rights = PTG_UW, .care = PTG_UR | PTG_UW };

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, 0, &rig_rw, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, NULL, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(NULL, 0, 0, K4, &rig_rw, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 1u << 30, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, ~UINT64_C(0) - 0xfff, 0, 2 * K4, &rig_rw, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, 0, ~UINT64_C(0) - 0xfff, 2 * K4, &rig_rw, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, 0x800, 0, K4, &rig_rw, 0, &r->f), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0x800, K4, &rig_rw, 0, &r->f), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4 + 1, &rig_rw, 0, &r->f), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_map(&r->s, 0, UINT64_C(1) << 56, K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, UINT64_C(1) << 40, 0, K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, (UINT64_C(1) << 38) - K4, 0, 2 * K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, (UINT64_C(1) << 38) - K4, 0, 0 - (UINT64_C(1) << 38), &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &odd, 0, &r->f), PTG_E_ATTR);
	r->ops.flush = NULL;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, NULL), PTG_E_ARG);
	ck_assert_uint_eq(r->tables, 0);
	/* the last page of all */
	ck_assert_int_eq(ptg_map(&r->s, 0 - K4, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, ~UINT64_C(0)), 0xfff);
	rig_end(r);
}
END_TEST

START_TEST(present_or_not)
{
	static const char *const names[] = { "sv39", "x86_64", "aarch64_4k", "s390x" };
	const struct ptg_attrs none = { .rights = 0, .care = 0x3f };
	unsigned i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rig *r = rig_format(names[i]);
		struct ptg_attrs some = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW };
		uint64_t e[2];
		unsigned level;

		ck_assert_int_eq(ptg_map(&r->s, 0x3000, 0x80003000, K4, &none, 0, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_pa(r, 0x3000), ~UINT64_C(0));
		ck_assert_int_eq(ptg_get_entry(&r->s, 0x3000, e, &level), PTG_E_HOLE);
		ck_assert_uint_ne(e[0], 0);
		ck_assert_uint_eq(level, 0);
		ck_assert_int_eq(ptg_map(&r->s, 0x3000, 0, K4, &rig_rw, 0, &r->f), PTG_E_EXISTS);
		ck_assert_int_eq(ptg_protect(&r->s, 0x3000, K4, &some, 0, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_pa(r, 0x3456), 0x80003456);
		ck_assert_int_eq(ptg_protect(&r->s, 0x3000, K4, &none, 0, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_pa(r, 0x3000), ~UINT64_C(0));
		ck_assert_int_eq(ptg_unmap(&r->s, 0x3000, K4, 0, &r->f), PTG_OK);
		ptg_flush_done(&r->s, &r->f);
		ck_assert_uint_eq(r->tables, 0);
		rig_end(r);
	}
}
END_TEST

START_TEST(frames_too)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_alloc(&r->s, M2 - K4, M2 + 2 * K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->pages, 514);
	ck_assert_uint_eq(rig_lg2(r, M2), 21);
	ck_assert_int_eq(ptg_alloc(&r->s, M2, K4, &rig_rw, 0, &r->f), PTG_E_EXISTS);
	ck_assert_uint_eq(r->pages, 514);
	ck_assert_int_eq(ptg_free(&r->s, M2, K4, 0, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_free(&r->s, M2 - K4, M2 + 2 * K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->pages, 0);
	ptg_flush_done(&r->s, &r->f);
	ck_assert_uint_eq(r->tables, 0);
	/* no large frames: small ones */
	r->page_lg2_ok = K4;
	ck_assert_int_eq(ptg_alloc(&r->s, M2, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, M2), 12);
	ck_assert_int_eq(ptg_free(&r->s, M2, M2, 0, &r->f), PTG_OK);
	ptg_flush_done(&r->s, &r->f);
	ck_assert_uint_eq(r->tables + r->pages, 0);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("map");
	TCase *tc = tcase_create("map");

	tcase_add_test(tc, one_page);
	tcase_add_test(tc, largest_pages);
	tcase_add_test(tc, misaligned_pa_forbids_large_pages);
	tcase_add_test(tc, sizes_are_restricted);
	tcase_add_test(tc, contiguous_groups);
	tcase_add_test(tc, napot_and_repeated);
	tcase_add_test(tc, existing_is_refused_kept_or_replaced);
	tcase_add_test(tc, empty_table_gives_way);
	tcase_add_test(tc, replacing_a_whole_table);
	tcase_add_test(tc, replacing_part_of_a_large_page);
	tcase_add_test(tc, scattered);
	tcase_add_test(tc, plan_is_exact);
	tcase_add_test(tc, arguments);
	tcase_add_test(tc, present_or_not);
	tcase_add_test(tc, frames_too);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
