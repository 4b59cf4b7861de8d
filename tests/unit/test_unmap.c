/* SPDX-License-Identifier: MIT */
/* test_unmap.c - unmapping, freeing tables, changing rights, splitting and collapsing */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)
#define GONE (~UINT64_C(0))

/* --- unmap ------------------------------------------------------------------------ */

START_TEST(holes_are_fine)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_unmap(&r->s, 0, G1, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.count, 0);
	ck_assert_int_eq(ptg_map(&r->s, 0x3000, 0x3000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, G1, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x3000), GONE);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

START_TEST(piecewise_unmaps_free_the_table)
{
	struct rig *r = rig_format("sv39");
	unsigned i;

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, PTG_NO_LARGE | PTG_NO_CONTIG, &r->f), PTG_OK);
	ck_assert_uint_eq(r->tables, 2);
	for (i = 0; i < 512; i++) { /* in an order that is neither up nor down */
		rig_flush_f(r);
		ck_assert_uint_eq(r->tables, 2);
		ck_assert_int_eq(ptg_unmap(&r->s, (uint64_t)(i * 167 % 512) << 12, K4, 0, &r->f), PTG_OK);
	}
	ck_assert_uint_eq(r->f.table_count, 2);
	ck_assert_uint_eq(r->f.table_at[0], 1);
	ck_assert_uint_eq(r->f.table_at[1], 1);
	ck_assert_uint_eq(r->f.walk_cache, 1);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

START_TEST(kept_tables_are_freed_later)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, PTG_KEEP_TABLES, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.table_count, 0);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, PTG_TABLES_ONLY, &r->f), PTG_OK);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	/* that flag takes no page away */
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, M2, PTG_TABLES_ONLY, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0), 0);
	rig_end(r);
}
END_TEST

START_TEST(part_of_a_large_page)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, G1, G1, G1, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, G1 + M2, K4, 0, &r->f), PTG_E_SPLIT);
	ck_assert_uint_eq(rig_lg2(r, G1), 30);
	ck_assert_int_eq(ptg_unmap(&r->s, G1 + M2, K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, G1 + M2), GONE);
	ck_assert_uint_eq(rig_pa(r, G1 + M2 - 1), G1 + M2 - 1);
	ck_assert_uint_eq(rig_pa(r, G1 + M2 + K4), G1 + M2 + K4);
	ck_assert_uint_eq(rig_lg2(r, G1), 21);
	ck_assert_uint_eq(rig_lg2(r, G1 + M2 + K4), 12);
	/* hardware may hold the large page: all of it is to be flushed */
	ck_assert_uint_eq(r->f.range[0].va, G1);
	ck_assert_uint_eq(r->f.range[0].last, 2 * G1 - 1);
	rig_end(r);
}
END_TEST

START_TEST(part_of_a_group)
{
	struct rig *r = rig_format("aarch64_4k");
	struct ptg_translation t;
	uint64_t va;

	ck_assert_int_eq(ptg_map(&r->s, 0x10000, 0x80010000, 0x20000, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0x13000, K4, 0, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_unmap(&r->s, 0x13000, K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	for (va = 0x10000; va < 0x20000; va += K4) {
		bool there = va != 0x13000;

		ck_assert_int_eq(ptg_translate(&r->s, va, PTG_LOOK, &t), there ? PTG_F_NONE : PTG_F_NOT_PRESENT);
		if (there)
			ck_assert_uint_eq(t.contig_lg2, 0); /* the hint is gone everywhere */
	}
	ck_assert_int_eq(ptg_translate(&r->s, 0x20000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 16);
	ck_assert_uint_ge(r->flushes, 1); /* break-before-make */
	rig_end(r);
}
END_TEST

START_TEST(part_of_napot_and_repeated)
{
	static const char *const names[] = { "sv39", "armv7_short", "amdv1" };
	unsigned i;

	for (i = 0; i < 3; i++) {
		struct rig *r = rig_format(names[i]);
		const struct ptg_attrs both = { .rights = PTG_UR | PTG_SR, .care = PTG_UR | PTG_SR | PTG_UW | PTG_SW };
		const struct ptg_attrs *ro = i == 2 ? &both : &rig_ro; /* an IOMMU knows no users */
		uint64_t va;

		ck_assert_int_eq(ptg_map(&r->s, 0x10000, 0x80010000, 0x10000, &rig_rw, 0, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_lg2(r, 0x10000), 16);
		ck_assert_int_eq(ptg_protect(&r->s, 0x14000, K4, ro, 0, &r->f), PTG_E_SPLIT);
		ck_assert_int_eq(ptg_unmap(&r->s, 0x1f000, K4, PTG_SPLIT_OK, &r->f), PTG_OK);
		for (va = 0x10000; va < 0x1f000; va += K4) {
			ck_assert_uint_eq(rig_pa(r, va + 7), 0x80000000 + va + 7);
			ck_assert_uint_eq(rig_lg2(r, va), 12);
		}
		ck_assert_uint_eq(rig_pa(r, 0x1f000), GONE);
		rig_end(r);
	}
}
END_TEST

/* --- protect ------------------------------------------------------------------------- */

START_TEST(rights_change_and_nothing_else)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_attrs soft = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_HAS_SOFT, .soft = 0x600 };
	struct ptg_translation t;
	uint64_t e[2];
	unsigned level;

	ck_assert_int_eq(ptg_map(&r->s, 0x4000, 0x80004000, 3 * K4, &soft, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_access_mem(&r->s, 0x5000, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_protect(&r->s, 0x5000, K4, &rig_ro, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, 0x5000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.rights & (PTG_SR | PTG_SW | PTG_DIRTY), PTG_SR | PTG_DIRTY);
	ck_assert_uint_eq(t.pa, 0x80005000);
	ck_assert_int_eq(ptg_get_entry(&r->s, 0x5000, e, &level), PTG_OK);
	ck_assert_uint_eq(e[0] & 0xe00, 0x600);
	ck_assert_uint_eq(r->f.reasons, PTG_FLUSH_DOWN);
	ck_assert_uint_eq(r->f.range[0].va, 0x5000);
	ck_assert_uint_eq(r->f.range[0].last, 0x5fff);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_protect(&r->s, 0x5000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.reasons, PTG_FLUSH_UP);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_protect(&r->s, 0x5000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.count, 0); /* nothing changed */
	rig_end(r);
}
END_TEST

START_TEST(protect_and_holes)
{
	struct rig *r = rig_format("sv39");
	struct ptg_translation t;

	ck_assert_int_eq(ptg_map(&r->s, 0x1000, 0x1000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0x3000, 0x3000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, 0x1000, 3 * K4, &rig_ro, 0, &r->f), PTG_E_HOLE);
	ck_assert_int_eq(ptg_translate(&r->s, 0x1000, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_protect(&r->s, 0x1000, 3 * K4, &rig_ro, PTG_SKIP_HOLES, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, 0x1000, PTG_WRITE, &t), PTG_F_PERMISSION);
	ck_assert_int_eq(ptg_translate(&r->s, 0x3000, PTG_WRITE, &t), PTG_F_PERMISSION);
	ck_assert_int_eq(ptg_protect(&r->s, 0x5000, K4, &rig_ro, PTG_MAP_KEEP, &r->f), PTG_E_ARG);
	rig_end(r);
}
END_TEST

START_TEST(groups_change_as_wholes)
{
	struct rig *r = rig_format("aarch64_4k");
	struct ptg_translation t;

	ck_assert_int_eq(ptg_map(&r->s, 0x10000, 0x80010000, 0x10000, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, 0x10000, 0x10000, &rig_ro, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, 0x13000, PTG_WRITE, &t), PTG_F_PERMISSION);
	ck_assert_int_eq(ptg_translate(&r->s, 0x13000, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.contig_lg2, 16);
	rig_end(r);
}
END_TEST

/* --- split and collapse ----------------------------------------------------------------- */

START_TEST(split_and_back)
{
	static const char *const names[] = { "x86_64", "sv39", "aarch64_4k", "power9_radix" };
	unsigned i;

	for (i = 0; i < 4; i++) {
		struct rig *r = rig_format(names[i]);
		struct ptg_translation t;
		uint64_t va;

		ck_assert_int_eq(ptg_map(&r->s, G1, 2 * G1, G1, &rig_rw, 0, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_lg2(r, G1), 30);
		ck_assert_int_eq(ptg_split(&r->s, G1 + M2, M2, 12, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_lg2(r, G1), 21);
		ck_assert_uint_eq(rig_lg2(r, G1 + M2), 12);
		for (va = G1; va < 2 * G1; va += M2 - K4)
			ck_assert_uint_eq(rig_pa(r, va), va + G1);
		ck_assert_int_eq(ptg_translate(&r->s, G1 + M2 + K4, PTG_WRITE, &t), PTG_F_NONE);
		rig_flush_f(r);
		ck_assert_int_eq(ptg_collapse(&r->s, G1, M2, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_lg2(r, G1 + M2), 12);
		ck_assert_int_eq(ptg_collapse(&r->s, G1, G1, &r->f), PTG_OK);
		ck_assert_uint_eq(rig_lg2(r, G1 + M2), 30);
		ck_assert_uint_eq(rig_pa(r, G1 + M2 + 5), 2 * G1 + M2 + 5);
		rig_flush_f(r);
		ck_assert_uint_eq(r->tables, strcmp(names[i], "sv39") ? 1 : 0);
		rig_end(r);
	}
}
END_TEST

START_TEST(collapse_wants_all_alike)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, PTG_NO_LARGE | PTG_NO_CONTIG, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, 0x7000, K4, &rig_ro, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_collapse(&r->s, 0, M2, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0x7000), 12);
	ck_assert_uint_eq(rig_lg2(r, 0x10000), 16); /* napot groups, where they are alike */
	ck_assert_int_eq(ptg_protect(&r->s, 0x7000, K4, &rig_rw, PTG_COLLAPSE_OK, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0x7000), 21);
	rig_end(r);
}
END_TEST

START_TEST(map_next_to_what_is_there_and_collapse)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2 / 2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, M2 + M2 / 2, M2 + M2 / 2, M2 / 2, &rig_rw, PTG_COLLAPSE_OK, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, M2), 21);
	rig_end(r);
}
END_TEST

/* --- raw entries -------------------------------------------------------------------------- */

START_TEST(payloads)
{
	struct rig *r = rig_format("x86_64");
	uint64_t e[2] = { 0xabcd0000, 0 }, back[2];
	unsigned level;

	ck_assert_int_eq(ptg_set_entry(&r->s, 0x5000, e, &r->f), PTG_E_HOLE);
	ck_assert_int_eq(ptg_map(&r->s, 0x5000, 0x5000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_set_entry(&r->s, 0x5000, e, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_get_entry(&r->s, 0x5000, back, &level), PTG_E_HOLE);
	ck_assert_uint_eq(back[0], 0xabcd0000);
	/* it is in the way of a mapping, and keeps its table, until unmapped */
	ck_assert_int_eq(ptg_map(&r->s, 0x5000, 0x5000, K4, &rig_rw, 0, &r->f), PTG_E_EXISTS);
	ck_assert_int_eq(ptg_protect(&r->s, 0x5000, K4, &rig_rw, PTG_SKIP_HOLES, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x5000), GONE);
	ck_assert_int_eq(ptg_unmap(&r->s, 0x6000, K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.table_count, 0);
	e[0] = 0x9000 | 7;
	ck_assert_int_eq(ptg_set_entry(&r->s, 0x5000, e, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0x5000), 0x9000);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unmap");
	TCase *tc = tcase_create("unmap");

	tcase_add_test(tc, holes_are_fine);
	tcase_add_test(tc, piecewise_unmaps_free_the_table);
	tcase_add_test(tc, kept_tables_are_freed_later);
	tcase_add_test(tc, part_of_a_large_page);
	tcase_add_test(tc, part_of_a_group);
	tcase_add_test(tc, part_of_napot_and_repeated);
	tcase_add_test(tc, rights_change_and_nothing_else);
	tcase_add_test(tc, protect_and_holes);
	tcase_add_test(tc, groups_change_as_wholes);
	tcase_add_test(tc, split_and_back);
	tcase_add_test(tc, collapse_wants_all_alike);
	tcase_add_test(tc, map_next_to_what_is_there_and_collapse);
	tcase_add_test(tc, payloads);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
