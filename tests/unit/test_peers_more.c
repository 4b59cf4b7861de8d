/* SPDX-License-Identifier: MIT */
/*
 * test_peers_more.c - the rest of test_peers.c: copying, discarding, PAE, marks that are no rights, features together
 */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)

/* Frames of these tests are in the rig's memory, where copies can reach them. */
static uint64_t frame(struct rig *r, uint8_t fill)
{
	uint64_t pa;

	ck_assert_int_eq(rig_alloc(r, K4, K4, 0, &pa), 0);
	memset(rig_at(r, pa, K4), fill, K4);
	return pa;
}

/* B4: a copy took no notice of the offset in the first page, and ran into the frame that follows in memory. */
START_TEST(a_copy_stays_in_its_frame)
{
	struct rig *r = rig_format("x86_64");
	uint64_t a = frame(r, 0x11), beside = frame(r, 0x5e), b = frame(r, 0x22);
	uint8_t got[16];
	size_t done;

	ck_assert_uint_eq(beside, a + K4);
	ck_assert_int_eq(ptg_map(&r->s, G1, a, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, G1 + K4, b, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_read(&r->s, G1 + 0xff8, got, sizeof(got), PTG_READ, &done), PTG_OK);
	ck_assert_uint_eq(done, 16);
	ck_assert_uint_eq(got[7], 0x11);
	ck_assert_uint_eq(got[8], 0x22);
	ck_assert_uint_eq(got[15], 0x22);
	memset(got, 0x33, sizeof(got));
	ck_assert_int_eq(ptg_write(&r->s, G1 + 0xff8, got, sizeof(got), PTG_WRITE, &done), PTG_OK);
	ck_assert_uint_eq(*rig_at(r, a + 0xfff, 1), 0x33);
	ck_assert_uint_eq(*rig_at(r, beside, 1), 0x5e);
	ck_assert_uint_eq(*rig_at(r, b, 1), 0x33);
	ck_assert_uint_eq(*rig_at(r, b + 8, 1), 0x22);
	rig_end(r);
}
END_TEST

/* B2c: a copy that ended with the page wanted the next one too. */
START_TEST(a_copy_to_the_end_of_a_page)
{
	struct rig *r = rig_format("x86_64");
	uint8_t got[K4];
	size_t done;

	ck_assert_int_eq(ptg_map(&r->s, G1, frame(r, 0x11), K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_read(&r->s, G1, got, K4, PTG_READ, &done), PTG_OK);
	ck_assert_uint_eq(done, K4);
	ck_assert_int_eq(ptg_read(&r->s, G1 + 1, got, K4, PTG_READ, &done), PTG_E_FAULT);
	ck_assert_uint_eq(done, K4 - 1);
	rig_end(r);
}
END_TEST

/* Zephyr: discarding a table went on behind its last entry. */
START_TEST(a_table_is_discarded_to_its_end)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_translation t;
	uint64_t table;

	r->m.window_size = 0; /* the mapper sees every access */
	ck_assert_int_eq(ptg_map(&r->s, 0, 0x10000000, M2, &rig_rw, PTG_NO_LARGE, &r->f), PTG_OK);
	ptg_translate(&r->s, 0, PTG_LOOK, &t);
	table = t.entry_pa; /* behind it in memory is the table above, whose entry 0 leads to it */
	ck_assert_uint_eq(r->used[(table + K4 - RIG_BASE) / RIG_UNIT], 1);
	ck_assert_int_eq(ptg_map(&r->s, 0, 4 * M2, M2, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0), 21);
	ck_assert_uint_eq(r->f.table_count, 1);
	ck_assert_uint_eq(r->f.table[0], table);
	ck_assert_uint_eq(r->tables, 3);
	rig_flush_f(r);
	rig_end(r);
}
END_TEST

/* gdb-pt-dump: PAE was read as if it were the tables without it: two levels, pages of 4 MiB, 32-bit entries. */
START_TEST(pae_has_three_levels_and_2m_pages)
{
	struct rig *r = rig_format("x86_pae");
	uint64_t base = RIG_BASE, pd = RIG_BASE + 0x1000, pt = RIG_BASE + 0x2000, e[2] = { 0, 0 };
	struct ptg_translation t;
	unsigned i;

	for (i = 0; i < 3 * 512; i++)
		ptg_store_(&r->s, base + 8 * i, 3, e);
	e[0] = pd | 1;
	ptg_store_(&r->s, base + 8 * 3, 3, e);              /* PDPTE 3: va[31:30] */
	e[0] = (UINT64_C(0x8) << 32) | 0x40000083;          /* an address above 4 GiB */
	ptg_store_(&r->s, pd + 8 * 5, 3, e);
	e[0] = pt | 3;
	ptg_store_(&r->s, pd + 8 * 6, 3, e);
	e[0] = UINT64_C(1) << 63 | 0x1234000 | 3;
	ptg_store_(&r->s, pt + 8 * 7, 3, e);
	ck_assert_int_eq(ptg_translate(&r->s, 0xc0000000 + 5 * M2 + 0x123456, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.pa, UINT64_C(0x840000000) + 0x123456);
	ck_assert_uint_eq(t.page_lg2, 21);
	ck_assert_int_eq(ptg_translate(&r->s, 0xc0000000 + 6 * M2 + 7 * K4 + 5, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.pa, 0x1234005);
	ck_assert_uint_eq(t.level, 0);
	rig_end(r);
}
END_TEST

/* memflow: AArch64's access flag (bit 10) was taken for the right to write, which is AP[2] (bit 7) clear. */
START_TEST(the_access_flag_is_no_right_to_write)
{
	struct rig *r = rig_format("aarch64_4k");
	struct ptg_translation t;
	uint64_t e[2];
	unsigned level, i;

	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(ptg_map(&r->s, i * K4, 0x10000000, K4, &rig_rw, 0, &r->f), PTG_OK);
		ck_assert_int_eq(ptg_get_entry(&r->s, i * K4, e, &level), PTG_OK);
		e[0] &= ~(UINT64_C(1) << 51 | 1u << 10 | 1u << 7); /* DBM, AF, AP[2] */
		e[0] |= (i & 1 ? 1u << 10 : 0) | (i & 2 ? 1u << 7 : 0);
		ck_assert_int_eq(ptg_set_entry(&r->s, i * K4, e, &r->f), PTG_OK);
		ck_assert_int_eq(ptg_translate(&r->s, i * K4, PTG_LOOK, &t), PTG_F_NONE);
		ck_assert_uint_eq(t.rights & PTG_SW, i & 2 ? 0 : PTG_SW);
		ck_assert_uint_eq(t.rights & PTG_ACCESSED, i & 1 ? PTG_ACCESSED : 0);
	}
	rig_end(r);
}
END_TEST

/* 7.6: sizes were offered that a small address space has no room for. */
START_TEST(a_small_space_has_small_pages)
{
	struct rig *r = rig_format("sv48");

	r->s.root[0].level = 1; /* 1 GiB: one table of 2 MiB entries */
	r->s.root[0].va_lg2 = 30;
	ck_assert_int_eq(ptg_map(&r->s, 0, G1, G1 / 2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0), 21);
	ck_assert_uint_eq(rig_pa(r, G1 / 2 - 1), G1 + G1 / 2 - 1);
	ck_assert_int_eq(ptg_map(&r->s, G1, G1, G1, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

/* 7.7: a feature that the hardware had made the set-up of a space fail, for nobody had listed it. */
START_TEST(features_one_by_one_and_together)
{
	static const char *const names[] = { "sv39", "sv48", "sv57", "x86_64", "ept4", "vtd_ss4", "aarch64_4k", "amdv1", "s390x" };
	struct rig *r = rig_format(names[_i]);
	const struct ptg_format *f = r->format;
	unsigned i, way;

	for (way = 0; way < 3; way++)
		for (i = 0; i <= f->feature_count; i++) {
			const char *name = i < f->feature_count ? f->features[i].name : NULL;
			unsigned j;

			rig_space(r, f);
			for (j = 0; way == 2 && j < f->feature_count; j++)
				ck_assert_int_eq(ptg_space_feature(&r->s, f->features[j].name, j <= i), PTG_OK);
			if (way < 2 && name)
				ck_assert_int_eq(ptg_space_feature(&r->s, name, way), PTG_OK);
			rig_fresh_flush(r);
			MUST(ptg_map(&r->s, M2, M2, K4, &rig_rw, 0, &r->f) == PTG_OK, "%s: feature %s, way %u", names[_i],
			     name ? name : "none", way);
			MUST(rig_pa(r, M2 + 5) == M2 + 5, "%s: feature %s, way %u", names[_i], name ? name : "none", way);
		}
	rig_end(r);
}
END_TEST

/* A directory entry says whether its table has pages of 64K, 16K or 4K: those of the smallest size that is allowed. */
START_TEST(a_directory_that_says_which_pages_its_tables_have)
{
	struct rig *r = rig_format("nvidia_nv50");
	const struct ptg_attrs rw = { .rights = 0x3f, .care = 0x3f };
	const uint64_t k64 = 0x10000, m512 = 0x20000000;
	uint64_t e[2];

	ck_assert_int_eq(ptg_map(&r->s, m512 + K4, 7 * K4, K4, &rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, m512 + K4), 7 * K4);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE + 8, 3, e), PTG_OK);
	ck_assert_uint_eq(e[0] & 0x63, 3); /* TYPE 3, SIZE 0 */
	r->s.page_sizes &= ~(k64 - 1);
	ck_assert_int_eq(ptg_map(&r->s, 2 * m512 + k64, 7 * k64, k64, &rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 2 * m512 + k64), 16);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE + 16, 3, e), PTG_OK);
	ck_assert_uint_eq(e[0] & 3, 1);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("peers_more");
	TCase *tc = tcase_create("peers");

	tcase_add_test(tc, a_copy_stays_in_its_frame);
	tcase_add_test(tc, a_copy_to_the_end_of_a_page);
	tcase_add_test(tc, a_table_is_discarded_to_its_end);
	tcase_add_test(tc, pae_has_three_levels_and_2m_pages);
	tcase_add_test(tc, the_access_flag_is_no_right_to_write);
	tcase_add_test(tc, a_small_space_has_small_pages);
	tcase_add_test(tc, a_directory_that_says_which_pages_its_tables_have);
	tcase_add_loop_test(tc, features_one_by_one_and_together, 0, 9);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
