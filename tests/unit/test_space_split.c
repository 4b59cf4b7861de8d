/* SPDX-License-Identifier: MIT */
/*
 * test_space_split.c - large pages in parts: those without any right, and where a size in between is not to be had
 */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)
#define PA UINT64_C(0x2000000000)

static const struct ptg_attrs none = { .rights = 0, .care = 0x3f };

static void rights_are(struct rig *r, uint64_t va, uint64_t pa, unsigned lg2)
{
	struct ptg_translation t;
	enum ptg_fault f = ptg_translate(&r->s, va, PTG_LOOK, &t);

	MUST(f == PTG_F_NONE && t.pa == pa && t.page_lg2 == lg2, "%#llx: fault %d, pa %#llx, lg2 %u", (unsigned long long)va, (int)f,
	     (unsigned long long)t.pa, t.page_lg2);
	MUST((t.rights & (PTG_SR | PTG_SW)) == (PTG_SR | PTG_SW), "%#llx: rights %#x", (unsigned long long)va, t.rights);
}

static void absent(struct rig *r, uint64_t va)
{
	struct ptg_translation t;

	MUST(ptg_translate(&r->s, va, PTG_LOOK, &t) == PTG_F_NOT_PRESENT, "%#llx is there", (unsigned long long)va);
}

/* --- without any right: not present, and the address stays --------------------------------- */

static const char *const hiding[] = { "x86_64", "sv48", "aarch64_4k", "x86_pae" };

static struct rig *hidden(const char *name)
{
	struct rig *r = rig_format(name);

	MUST(ptg_map(&r->s, 0, M2, M2, &none, 0, &r->f) == PTG_OK, "%s", name);
	absent(r, 0);
	rig_fresh_flush(r);
	return r;
}

static void give_rights(struct rig *r, uint64_t va, uint64_t len)
{
	MUST(ptg_protect(&r->s, va, len, &rig_rw, PTG_SPLIT_OK, &r->f) == PTG_OK, "%s: protect", r->format->name);
	rig_fresh_flush(r);
}

START_TEST(a_large_page_without_rights_is_replaced_in_part)
{
	struct rig *r = hidden(hiding[_i]);

	ck_assert_int_eq(ptg_map(&r->s, 3 * K4, PA & 0xfffff000, K4, &rig_rw, 0, &r->f), PTG_E_EXISTS);
	ck_assert_int_eq(ptg_map(&r->s, 3 * K4, PA & 0xfffff000, K4, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_map(&r->s, 3 * K4, 7 * M2, K4, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_OK);
	rights_are(r, 3 * K4, 7 * M2, 12);
	absent(r, 2 * K4);
	absent(r, 4 * K4);
	give_rights(r, 0, M2); /* the rest has kept its address */
	rights_are(r, 2 * K4, M2 + 2 * K4, 12);
	rights_are(r, 3 * K4, 7 * M2, 12);
	rights_are(r, M2 - 1, M2 + M2 - 1, 12);
	rig_end(r);
}
END_TEST

START_TEST(a_large_page_without_rights_is_unmapped_in_part)
{
	struct rig *r = hidden(hiding[_i]);
	struct ptg_attrs rw = rig_rw;

	ck_assert_int_eq(ptg_unmap(&r->s, 0, M2 - K4, 0, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, M2 - K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, 0, M2, &rw, PTG_SPLIT_OK, &r->f), PTG_E_HOLE);
	give_rights(r, M2 - K4, K4);
	absent(r, M2 - K4 - 1);
	rights_are(r, M2 - K4, M2 + M2 - K4, 12);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, M2, 0, &r->f), PTG_OK);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

START_TEST(a_large_page_without_rights_gets_some_in_part)
{
	struct rig *r = hidden(hiding[_i]);

	ck_assert_int_eq(ptg_protect(&r->s, K4, K4, &rig_rw, 0, &r->f), PTG_E_SPLIT);
	give_rights(r, K4, K4);
	absent(r, 0);
	rights_are(r, K4, M2 + K4, 12);
	absent(r, 2 * K4);
	give_rights(r, 0, M2);
	rights_are(r, 0, M2, 12);
	rig_end(r);
}
END_TEST

/* What somebody else keeps in the place of a large page is no address that could be cut. */
START_TEST(a_payload_is_not_cut)
{
	struct rig *r = rig_format("x86_64");
	const uint64_t payload[2] = { 0xabc0000000000, 0 };
	uint64_t e[2];
	unsigned level;

	ck_assert_int_eq(ptg_map(&r->s, 0, M2, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_set_entry(&r->s, 0, payload, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0, 7 * M2, K4, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, PTG_SPLIT_OK, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_get_entry(&r->s, 0, e, &level), PTG_E_HOLE);
	ck_assert_uint_eq(e[0], payload[0]);
	rig_end(r);
}
END_TEST

/* --- a size in between that is not to be had ------------------------------------------------ */

static const char *const skipping[] = { "x86_64", "sv48", "aarch64_4k", "ept4", "vtd_ss4", "x86_64_la57", "loongarch64_4k" };

static struct rig *giant(unsigned i)
{
	struct rig *r = rig_format(skipping[i]);

	MUST(ptg_map(&r->s, G1, PA, G1, &rig_rw, 0, &r->f) == PTG_OK && rig_lg2(r, G1) == 30, "%s: no page of 1 GiB",
	     skipping[i]);
	r->s.page_sizes = K4 | G1;
	rig_fresh_flush(r);
	return r;
}

static void all_but(struct rig *r, uint64_t first, uint64_t last)
{
	uint64_t va;

	for (va = G1; va < 2 * G1; va += va < G1 + 4 * M2 ? K4 : M2 - K4)
		if (va < first || va > last)
			rights_are(r, va, PA + (va - G1), 12);
	rights_are(r, 2 * G1 - 1, PA + G1 - 1, 12);
}

/* 512 tables of small pages and the one above them: no more, and no page of 2 MiB. */
START_TEST(splits_go_through_a_missing_size)
{
	struct rig *r = giant((unsigned)_i);
	unsigned before = r->tables;
	struct ptg_need need;

	ck_assert_int_eq(ptg_unmap(&r->s, G1 + M2 + K4, K4, 0, &r->f), PTG_E_SPLIT);
	ck_assert_int_eq(ptg_plan_map(&r->s, G1 + M2 + K4, K4, 9 * M2, PTG_MAP_REPLACE | PTG_SPLIT_OK, &need), PTG_OK);
	ck_assert_uint_eq(need.tables[0], 512);
	ck_assert_uint_eq(need.tables[1], 1);
	ck_assert_int_eq(ptg_unmap(&r->s, G1 + M2 + K4, K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	ck_assert_uint_eq(r->tables - before, 513);
	absent(r, G1 + M2 + K4);
	all_but(r, G1 + M2 + K4, G1 + M2 + 2 * K4 - 1);
	rig_flush_f(r);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_unmap(&r->s, G1, G1, 0, &r->f), PTG_OK);
	rig_end(r);
}
END_TEST

START_TEST(parts_are_replaced_and_protected_through_a_missing_size)
{
	struct rig *r = giant((unsigned)_i);
	const struct ptg_attrs ro = { .rights = PTG_SR, .care = PTG_SR | PTG_SW };
	const struct ptg_attrs ro_both = { .rights = PTG_UR | PTG_SR, .care = PTG_UR | PTG_UW | PTG_SR | PTG_SW };
	struct ptg_translation t;

	ck_assert_int_eq(ptg_map(&r->s, G1 + M2, 9 * M2, 2 * M2, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_OK);
	all_but(r, G1 + M2, G1 + 3 * M2 - 1);
	rights_are(r, G1 + M2, 9 * M2, 12);
	rights_are(r, G1 + 3 * M2 - K4, 11 * M2 - K4, 12);
	rig_end(r);
	r = giant((unsigned)_i);
	if (ptg_protect(&r->s, G1 + M2 - K4, 2 * K4, &ro, PTG_SPLIT_OK, &r->f)) /* the stage has no users of its own */
		ck_assert_int_eq(ptg_protect(&r->s, G1 + M2 - K4, 2 * K4, &ro_both, PTG_SPLIT_OK, &r->f), PTG_OK);
	all_but(r, G1 + M2 - K4, G1 + M2 + K4 - 1);
	ptg_translate(&r->s, G1 + M2 - 1, PTG_LOOK, &t);
	ck_assert_uint_eq(t.rights & (PTG_SR | PTG_SW), PTG_SR);
	ck_assert_uint_eq(t.pa, PA + M2 - 1);
	rig_end(r);
	r = giant((unsigned)_i);
	ck_assert_int_eq(ptg_split(&r->s, G1, M2, 12, &r->f), PTG_OK);
	all_but(r, 1, 0);
	rig_end(r);
}
END_TEST

/* Two pieces of one list in the same page: its tables are counted once. */
START_TEST(pieces_share_a_split)
{
	struct rig *r = giant((unsigned)_i);
	const struct ptg_sg sg[] = { { 9 * M2, K4 }, { 3 * M2, K4 } };
	unsigned before = r->tables;

	ck_assert_int_eq(ptg_map_sg(&r->s, G1 + M2, sg, 2, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_OK);
	ck_assert_uint_eq(r->tables - before, 513);
	rights_are(r, G1 + M2, 9 * M2, 12);
	rights_are(r, G1 + M2 + K4, 3 * M2, 12);
	all_but(r, G1 + M2, G1 + M2 + 2 * K4 - 1);
	rig_end(r);
}
END_TEST

/* Each allocation, each flush and calls of the memory fail once: all as before, nothing leaks. */
START_TEST(a_tree_that_fails_leaves_the_page)
{
	static const unsigned kinds[] = { RIG_ALLOC, RIG_FLUSH, RIG_MEMORY };
	unsigned kind, at, tables;
	int err;

	for (kind = 0; kind < 3; kind++)
		for (at = 1; at < 4000; at += at < 20 ? 1 : 97) {
			struct rig *r = giant(_i & 1 ? 2 : 0); /* with and without break-before-make */

			r->m.window_size = 0;
			r->fails = kinds[kind];
			r->fail_at = at;
			tables = r->tables;
			err = ptg_unmap(&r->s, G1 + M2, K4, PTG_SPLIT_OK, &r->f);
			r->fails = 0;
			MUST(r->mapped == 0, "tables stay mapped");
			if (err == PTG_OK) {
				rig_end(r);
				break;
			}
			MUST(err == (kind == 0 ? PTG_E_NOMEM : PTG_E_IO) || (kind == 2 && err == PTG_E_UNSUPPORTED), "error %d", err);
			if (rig_lg2(r, G1) == 30)
				MUST(r->tables == tables, "call %u of kind %u failed: %u tables leak", at, kinds[kind], r->tables - tables);
			rights_are(r, 2 * G1 - 1, PA + G1 - 1, rig_lg2(r, G1));
			rig_end(r);
		}
}
END_TEST

/* The size in between is not in the format as it is: EPT without pages of 2 MiB. */
START_TEST(a_size_the_hardware_lacks_is_not_written)
{
	struct rig *r = rig_format("ept4");

	ck_assert_int_eq(ptg_space_feature(&r->s, "page2m", false), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, G1, PA, G1, &rig_rw, 0, &r->f), PTG_OK);
	rights_are(r, G1, PA, 30);
	ck_assert_int_eq(ptg_unmap(&r->s, G1, K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	all_but(r, G1, G1 + K4 - 1);
	rig_end(r);
}
END_TEST

/* Marks that hardware makes on the large page go into the tree that replaces it. */
START_TEST(marks_go_into_the_tree)
{
	struct rig *r = giant(0);
	const struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_DIRTY | PTG_ACCESSED };
	struct ptg_translation t;

	ck_assert_int_eq(ptg_protect(&r->s, G1, G1, &clean, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_access_mem(&r->s, G1 + 5, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_unmap(&r->s, G1, K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	ptg_translate(&r->s, 2 * G1 - 1, PTG_LOOK, &t);
	ck_assert_uint_eq(t.rights & PTG_DIRTY, PTG_DIRTY);
	rig_end(r);
}
END_TEST

/*
 * 256 TiB into pages of 4 KiB: 2^27 tables of them.  That there is no memory for these is found without looking
 * at each of 2^36 pages that are not there yet.
 */
START_TEST(too_large_a_tree_is_refused_at_once)
{
	const uint64_t t256 = UINT64_C(1) << 48;
	struct rig *r = rig_format("sv57");
	unsigned before;

	ck_assert_int_eq(ptg_map(&r->s, 2 * t256, t256, t256, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 2 * t256), 48);
	before = r->tables;
	r->most = before + 100;
	ck_assert_int_eq(ptg_split(&r->s, 2 * t256, t256, 12, &r->f), PTG_E_NOMEM);
	r->s.page_sizes = K4 | t256;
	ck_assert_int_eq(ptg_protect(&r->s, 2 * t256 + K4, t256 / 2, &rig_ro, PTG_SPLIT_OK, &r->f), PTG_E_NOMEM);
	ck_assert_int_eq(ptg_unmap(&r->s, 2 * t256, t256 - K4, PTG_SPLIT_OK, &r->f), PTG_E_NOMEM);
	ck_assert_int_eq(ptg_split(&r->s, 2 * t256, t256, 12, &r->f), PTG_E_NOMEM);
	ck_assert_int_eq(ptg_map(&r->s, 2 * t256 + K4, 0, t256 / 2, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_E_NOMEM);
	ck_assert_int_eq(ptg_map(&r->s, 2 * t256 + t256 / 4, 0, t256 / 2, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_E_NOMEM);
	ck_assert_uint_eq(r->tables, before);
	rights_are(r, 2 * t256 + 5, t256 + 5, 48);
	rig_end(r);
}
END_TEST

/* The same where pages of several entries may be, which none of the tables there could give way to. */
START_TEST(too_large_a_tree_below_a_group_is_refused_at_once)
{
	const uint64_t t256 = UINT64_C(1) << 48, groups = UINT64_C(1) << 47 | UINT64_C(1) << 43 | UINT64_C(1) << 34;
	struct rig *r = rig_format("amdv1");
	unsigned before;

	ck_assert_int_eq(ptg_map(&r->s, 2 * t256, t256, t256, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 2 * t256), 48);
	before = r->tables;
	r->most = before + 100;
	r->s.page_sizes = K4 | groups;
	ck_assert_int_eq(ptg_map(&r->s, 2 * t256 + t256 / 2, t256 / 2, t256 / 2, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f),
			 PTG_E_NOMEM);
	ck_assert_int_eq(ptg_map(&r->s, 2 * t256 + G1 * 16, 0, t256 / 2, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_E_NOMEM);
	ck_assert_uint_eq(r->tables, before);
	rights_are(r, 2 * t256 + 5, t256 + 5, 48);
	rig_end(r);
}
END_TEST

/* 2^32 tables and a few more are not those few. */
START_TEST(more_tables_than_can_be_counted_are_refused)
{
	struct rig *r = rig_format("sv57");
	unsigned before = r->tables;
	struct ptg_need need;

	r->s.page_sizes = K4;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, (UINT64_C(1) << 53) + 2 * M2, &rig_rw, 0, &r->f), PTG_E_NOMEM);
	absent(r, 0);
	absent(r, UINT64_C(1) << 53);
	ck_assert_uint_eq(r->tables, before);
	ck_assert_int_eq(ptg_plan_map(&r->s, 0, (UINT64_C(1) << 53) + 2 * M2, 0, 0, &need), PTG_E_NOMEM);
	ck_assert_uint_eq(need.tables[0] | need.tables[1], 0);
	rig_end(r);
}
END_TEST

/* 1 GiB through tables of 2 MiB: each of those needs one, and exactly as many as that are enough. */
START_TEST(a_split_counts_every_table)
{
	struct rig *r = rig_format("sv57");
	unsigned before;

	ck_assert_int_eq(ptg_map(&r->s, G1, PA, G1, &rig_rw, 0, &r->f), PTG_OK);
	before = r->tables;
	r->most = before + 512;
	ck_assert_int_eq(ptg_split(&r->s, G1, G1, 12, &r->f), PTG_E_NOMEM);
	ck_assert_uint_eq(r->tables, before);
	ck_assert_int_eq(ptg_split(&r->s, G1 + K4, 3 * M2, 12, &r->f), PTG_OK); /* one of 2 MiB, four of 4 KiB */
	ck_assert_uint_eq(r->tables, before + 5);
	r->most = before + 513;
	ck_assert_int_eq(ptg_split(&r->s, G1, G1, 12, &r->f), PTG_OK);
	ck_assert_uint_eq(r->tables, before + 513);
	all_but(r, 1, 0);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_split");
	TCase *tc = tcase_create("split");
	int n = (int)(sizeof(hiding) / sizeof(hiding[0])), m = (int)(sizeof(skipping) / sizeof(skipping[0]));

	tcase_add_loop_test(tc, a_large_page_without_rights_is_replaced_in_part, 0, n);
	tcase_add_loop_test(tc, a_large_page_without_rights_is_unmapped_in_part, 0, n);
	tcase_add_loop_test(tc, a_large_page_without_rights_gets_some_in_part, 0, n);
	tcase_add_test(tc, a_payload_is_not_cut);
	tcase_add_loop_test(tc, splits_go_through_a_missing_size, 0, m);
	tcase_add_loop_test(tc, parts_are_replaced_and_protected_through_a_missing_size, 0, m);
	tcase_add_loop_test(tc, pieces_share_a_split, 0, m);
	tcase_add_loop_test(tc, a_tree_that_fails_leaves_the_page, 0, 2);
	tcase_add_test(tc, a_size_the_hardware_lacks_is_not_written);
	tcase_add_test(tc, marks_go_into_the_tree);
	tcase_add_test(tc, too_large_a_tree_is_refused_at_once);
	tcase_add_test(tc, too_large_a_tree_below_a_group_is_refused_at_once);
	tcase_add_test(tc, a_split_counts_every_table);
	tcase_add_test(tc, more_tables_than_can_be_counted_are_refused);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
