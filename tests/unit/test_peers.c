/* SPDX-License-Identifier: MIT */
/*
 * test_peers.c - bugs that others shipped, each as a test of ours
 *
 * Named after what went wrong.  Where the bug was one of reading, the tables are
 * made here and read by the generic walker.
 */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)
#define GONE (~UINT64_C(0))

/* --- a crate of visitors (B1 to B17) ------------------------------------------------- */

/* B1: the parent's entry was stored into the child's table. */
START_TEST(entry_goes_into_its_own_table)
{
	struct rig *r = rig_format("x86_64");
	uint64_t va = UINT64_C(1) << 39 | UINT64_C(1) << 30 | UINT64_C(1) << 21 | UINT64_C(1) << 12, e[2];
	unsigned level;

	ck_assert_int_eq(ptg_map(&r->s, va, 0x80000000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_get_entry(&r->s, va, e, &level), PTG_OK);
	ck_assert_uint_eq(e[0] & 0xfffffffff000, 0x80000000);
	ck_assert_uint_eq(rig_pa(r, va), 0x80000000);
	rig_end(r);
}
END_TEST

/* B2: a range's end was taken for its last byte. */
START_TEST(one_page_is_one_page)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, K4, 0x100000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 2 * K4), GONE);
	ck_assert_int_eq(ptg_map(&r->s, 2 * K4, 0x200000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 2 * K4 - 1), 0x100fff); /* the last byte is the page's, not the next one's */
	ck_assert_int_eq(ptg_unmap(&r->s, K4, K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 2 * K4), 0x200000);
	ck_assert_int_eq(ptg_protect(&r->s, K4, 2 * K4, &rig_ro, 0, &r->f), PTG_E_HOLE);
	rig_end(r);
}
END_TEST

/* B3, B12, B16: a hole was descended into, as a table at address 0. */
START_TEST(a_hole_ends_the_walk)
{
	struct rig *r = rig_format("x86_64");
	uint64_t e[2] = { 0x1234567, 0 }, first[2];
	unsigned level;

	r->m.window_pa = 0; /* physical 0 is readable, and holds what looks like a mapping */
	r->s.root[0].table = RIG_BASE / 2;
	memset(r->mem, 0x41, 4096);
	memset(r->mem + RIG_BASE / 2, 0, 4096);
	ck_assert_int_eq(ptg_get_entry(&r->s, K4, e, &level), PTG_E_HOLE);
	ck_assert_int_eq(ptg_unmap(&r->s, 5 * K4, K4, 0, &r->f), PTG_OK);
	e[0] = 0x1234567;
	ck_assert_int_eq(ptg_set_entry(&r->s, 7 * K4, e, &r->f), PTG_E_HOLE);
	ck_assert_int_eq(ptg_load_(&r->s, 0x28, 3, first), PTG_OK);
	ck_assert_uint_eq(first[0], UINT64_C(0x4141414141414141));
	ck_assert_int_eq(ptg_load_(&r->s, 0x38, 3, first), PTG_OK);
	ck_assert_uint_eq(first[0], UINT64_C(0x4141414141414141));
	ck_assert_int_eq(ptg_free(&r->s, 5 * K4, K4, 0, &r->f), PTG_OK); /* frees no frame 0 */
	rig_end(r);
}
END_TEST

/* B5: what was mapped already shifted everything after it. */
START_TEST(what_is_kept_shifts_nothing)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, 2 * K4, 0x500000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, K4, 0x80000000, 4 * K4, &rig_rw, PTG_MAP_KEEP, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 2 * K4), 0x500000);
	ck_assert_uint_eq(rig_pa(r, 3 * K4), 0x80002000);
	rig_end(r);
}
END_TEST

/* #5: emptiness was judged by the number of the parent's entries (PAE: 4 against 512). */
START_TEST(a_table_in_use_is_not_freed)
{
	struct rig *r = rig_format("x86_pae");

	ck_assert_int_eq(ptg_map(&r->s, K4, 0x80000000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0x30000000, 0x90000000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, K4, K4, 0, &r->f), PTG_OK);
	rig_flush_f(r);
	ck_assert_uint_eq(rig_pa(r, 0x30000000), 0x90000000);
	ck_assert_uint_eq(r->tables, 2);
	rig_end(r);
}
END_TEST

/* B6, B17: PAT of a large page (bit 12) was part of its address; part of a large page took all of it. */
START_TEST(bit_12_of_a_large_page)
{
	struct rig *r = rig_format("x86_64");
	uint64_t e[2];
	unsigned level;

	ck_assert_int_eq(ptg_map(&r->s, G1, M2, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_get_entry(&r->s, G1 + 0x12340, e, &level), PTG_OK);
	ck_assert_uint_eq(level, 1);
	e[0] |= 1 << 12;
	ck_assert_int_eq(ptg_set_entry(&r->s, G1, e, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, G1 + 0x10), M2 + 0x10);
	ck_assert_int_eq(ptg_unmap(&r->s, G1 + K4, K4, 0, &r->f), PTG_E_SPLIT);
	ck_assert_uint_eq(rig_pa(r, G1 + 0x12340), M2 + 0x12340);
	/* split: the bit goes where small pages have it, and into no address */
	ck_assert_int_eq(ptg_split(&r->s, G1, M2, 12, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_get_entry(&r->s, G1 + 5 * K4, e, &level), PTG_OK);
	ck_assert_uint_eq(e[0] & 0xffffffffff000, M2 + 5 * K4);
	ck_assert_uint_eq(e[0] >> 7 & 1, 1);
	rig_end(r);
}
END_TEST

/* B7 to B9: levels, shifts and entry sizes of Arm tables. */
START_TEST(geometry_of_arm_tables)
{
	static const struct { const char *name; unsigned levels, page_lg2, entry_lg2; } want[] = {
		{ "aarch64_4k", 4, 12, 3 }, { "aarch64_16k", 4, 14, 3 }, { "aarch64_64k", 3, 16, 3 }, { "armv7_short", 2, 12, 2 },
	};
	unsigned i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct rig *r = rig_format(want[i].name);

		ck_assert_uint_eq(r->format->level_count, want[i].levels);
		ck_assert_uint_eq(ptg_lowest_bit_(r->s.page_sizes), want[i].page_lg2);
		ck_assert_uint_eq(r->format->levels[0].entry_lg2, want[i].entry_lg2);
		rig_end(r);
	}
}
END_TEST

/* B9b: bit 0 of a small page is XN; "valid" is bit 1. */
START_TEST(small_page_without_bit_0)
{
	struct rig *r = rig_format("armv7_short");
	uint64_t e[2] = { 0, 0 };
	struct ptg_decoded d;

	e[0] = 0x80000012;
	ck_assert_int_eq(ptg_decode(&r->s, 0, e, &d), PTG_OK);
	ck_assert_uint_eq(d.role, PTG_ROLE_PAGE);
	ck_assert_uint_eq(d.pa, 0x80000000);
	rig_end(r);
}
END_TEST

/* B10: rights were written into a PDPTE, where those bits are reserved. */
START_TEST(no_rights_in_a_pdpte)
{
	struct rig *r = rig_format("x86_pae");
	uint64_t e[2];

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE, 3, e), PTG_OK);
	ck_assert_uint_eq(e[0] & 0x1e7, 1);
	rig_end(r);
}
END_TEST

/* B11, B13, B15, x86_64#611, #469: the canonical hole and the last page of all. */
START_TEST(the_hole_and_the_last_page)
{
	struct rig *r = rig_format("x86_64");
	uint64_t e[2];
	unsigned level;

	ck_assert_int_eq(ptg_get_entry(&r->s, UINT64_C(1) << 50, e, &level), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, UINT64_C(0x7ffffffff000), 0, 2 * K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, UINT64_C(0x800000000000), 0, K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, UINT64_C(0xff8000000000), 0, G1, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_uint_eq(r->tables, 0);
	ck_assert_int_eq(ptg_map(&r->s, 0 - K4, 0x100000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0 - K4), 0x100000);
	ck_assert_uint_eq(rig_pa(r, ~UINT64_C(0)), 0x100fff);
	ck_assert_int_eq(ptg_unmap(&r->s, 0 - K4, K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 0 - K4), GONE);
	rig_end(r);
}
END_TEST

/* B14: the entry kept pointing at the freed table. */
START_TEST(a_freed_table_is_not_linked)
{
	struct rig *r = rig_format("x86_64");
	uint64_t e[2];

	ck_assert_int_eq(ptg_map(&r->s, 0, 0x100000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE, 3, e), PTG_OK);
	ck_assert_uint_eq(e[0], 0);
	ck_assert_uint_eq(r->tables, 3);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

/* --- Linux generic_pt ------------------------------------------------------------------------- */

/* 7.7: the check of the prefix left one bit out: 0xffff000000001000 was 0x1000 again. */
START_TEST(sign_bit_counts)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_translation t;

	ck_assert_int_eq(ptg_map(&r->s, K4, 0x100000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, UINT64_C(0xffff000000001000), PTG_LOOK, &t), PTG_F_NONCANONICAL);
	ck_assert_uint_eq(t.pa, 0);
	ck_assert_int_eq(ptg_map(&r->s, UINT64_C(0xffff000000002000), 0, K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_uint_eq(rig_pa(r, 2 * K4), GONE);
	rig_end(r);
}
END_TEST

/* 7.7: the place in a group was the index in the table, not in the group. */
START_TEST(napot_at_index_16)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 16 * K4, 0x12340000, 16 * K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 16 * K4), 16);
	ck_assert_uint_eq(rig_pa(r, 16 * K4), 0x12340000);
	ck_assert_uint_eq(rig_pa(r, 31 * K4 + 5), 0x1234f005);
	rig_end(r);
}
END_TEST

/* 7.6: the flush covered the part asked for, not the large entry that was taken away or changed. */
START_TEST(flush_covers_the_large_entry)
{
	struct rig *r = rig_format("vtd_ss4");
	const struct ptg_attrs rw = { .rights = PTG_UR | PTG_UW | PTG_SR | PTG_SW, .care = PTG_UR | PTG_UW | PTG_SR | PTG_SW };
	unsigned i;
	uint64_t first = GONE, last = 0;

	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &rw, 0, &r->f), PTG_OK);
	rig_flush_f(r);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, M2 + K4, PTG_SPLIT_OK, &r->f), PTG_OK);
	for (i = 0; i < r->f.count; i++) {
		first = r->f.range[i].va < first ? r->f.range[i].va : first;
		last = r->f.range[i].last > last ? r->f.range[i].last : last;
	}
	ck_assert(r->f.all || (first <= M2 && last >= 2 * M2 - 1));
	ck_assert_uint_eq(rig_pa(r, M2 + K4), M2 + K4);
	rig_end(r);
}
END_TEST

/* 7.6: the fast path mapped 4K pages into a space that allows none. */
START_TEST(no_page_smaller_than_allowed)
{
	struct rig *r = rig_format("x86_64");

	r->s.page_sizes = 1 << 21;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_map(&r->s, M2, K4, M2, &rig_rw, 0, &r->f), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, M2, K4, PTG_SPLIT_OK, &r->f), PTG_E_ALIGN);
	ck_assert_uint_eq(rig_lg2(r, M2), 21);
	rig_end(r);
}
END_TEST

/* 7.6: an invalid range translated to something. */
START_TEST(a_fault_has_no_address)
{
	struct rig *r = rig_format("vtd_ss4");
	struct ptg_translation t;
	struct ptg_hit h;

	ck_assert_int_eq(ptg_translate(&r->s, UINT64_C(1) << 60, PTG_LOOK, &t), PTG_F_NONCANONICAL);
	ck_assert_uint_eq(t.pa, 0);
	h = ptg_lookup(&r->s, K4, PTG_LOOK);
	ck_assert_uint_eq(h.pa, 0);
	ck_assert_uint_eq(PTG_HIT_FAULT(h), PTG_F_NOT_PRESENT);
	rig_end(r);
}
END_TEST

/* 7.6: the end of a run was counted in items here and in groups there. */
START_TEST(runs_of_groups_end_where_they_should)
{
	struct rig *r = rig_format("aarch64_4k");
	struct ptg_translation t;
	uint64_t va;

	ck_assert_int_eq(ptg_map(&r->s, 0x20000, 0x80020000, 3 * 0x10000 + 2 * K4, &rig_rw, 0, &r->f), PTG_OK);
	for (va = 0x20000; va < 0x52000; va += K4) {
		ck_assert_int_eq(ptg_translate(&r->s, va, PTG_LOOK, &t), PTG_F_NONE);
		ck_assert_uint_eq(t.contig_lg2, va < 0x50000 ? 16 : 0);
		ck_assert_uint_eq(t.pa, 0x80000000 + va);
	}
	ck_assert_uint_eq(rig_pa(r, 0x52000), GONE);
	rig_end(r);
}
END_TEST

/* 7.5: piecewise unmaps never freed a table; a hole ended an unmap. */
START_TEST(unmap_goes_over_holes)
{
	struct rig *r = rig_format("amdv1");
	const struct ptg_attrs rw = { .rights = PTG_UR | PTG_UW | PTG_SR | PTG_SW, .care = PTG_UR | PTG_UW | PTG_SR | PTG_SW };

	ck_assert_int_eq(ptg_map(&r->s, K4, K4, K4, &rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, G1, K4, K4, &rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 2 * G1, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, K4), GONE);
	ck_assert_uint_eq(rig_pa(r, G1), GONE);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

/* 7.7: entries that skip levels, which the AMD manual allows, were not decoded. */
START_TEST(amd_entries_that_skip_levels)
{
	struct rig *r = rig_format("amdv1");
	uint64_t table = RIG_BASE + 0x600000, e[2] = { 0, 0 };

	/* first table, next level 1: the levels between are skipped, their address bits 0 */
	e[0] = table | 1 | 1 << 9 | UINT64_C(3) << 61;
	ck_assert_int_eq(ptg_store_(&r->s, RIG_BASE, 3, e), PTG_OK);
	memset(r->mem + 0x600000, 0, 4096);
	e[0] = 0x80000000 | 1 | UINT64_C(3) << 61;
	ck_assert_int_eq(ptg_store_(&r->s, table + 5 * 8, 3, e), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 5 * K4 + 7), 0x80000007);
	ck_assert_uint_eq(rig_pa(r, G1 + 5 * K4), GONE);
	/* and what is there is changed where it is */
	ck_assert_int_eq(ptg_map(&r->s, 6 * K4, 0x90000000, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 6 * K4), 0x90000000);
	ck_assert_uint_eq(r->tables, 0);
	/* the table covers 2M of what its entry spans: beyond there is nothing, and nothing can be */
	ck_assert_int_eq(ptg_map(&r->s, M2, 0, K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_int_eq(ptg_map(&r->s, M2 - K4, 0, 2 * K4, &rig_rw, 0, &r->f), PTG_E_RANGE);
	ck_assert_uint_eq(rig_pa(r, M2 - K4), GONE);
	ck_assert_int_eq(ptg_protect(&r->s, 6 * K4, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, M2 + 6 * K4, K4, &rig_rw, 0, &r->f), PTG_E_HOLE);
	ck_assert_int_eq(ptg_unmap(&r->s, M2, G1, PTG_KEEP_TABLES, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 6 * K4), 0x90000000);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 2 * G1, PTG_KEEP_TABLES, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 6 * K4), GONE);
	ck_assert_uint_eq(rig_pa(r, 5 * K4), GONE);
	rig_end(r);
}
END_TEST

/* 7.7: reserved bits were not looked at, PS of the upper levels made a table of it. */
START_TEST(reserved_entries_are_named_and_kept)
{
	struct rig *r = rig_format("x86_64");
	uint64_t e[2], was;

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE, 3, e), PTG_OK);
	e[0] |= 1 << 7;
	was = e[0];
	ck_assert_int_eq(ptg_store_(&r->s, RIG_BASE, 3, e), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, K4, 0, K4, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_E_CORRUPT);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, 0, &r->f), PTG_E_CORRUPT);
	ck_assert_int_eq(ptg_protect(&r->s, 0, K4, &rig_ro, 0, &r->f), PTG_E_CORRUPT);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE, 3, e), PTG_OK);
	ck_assert_uint_eq(e[0], was);
	rig_end(r);
}
END_TEST

/* --- others ----------------------------------------------------------------------------------------- */

/* zephyr#39182: the largest page was chosen by the virtual address alone. */
START_TEST(pa_alignment_counts)
{
	struct rig *r = rig_format("aarch64_4k");

	ck_assert_int_eq(ptg_map(&r->s, G1, G1 + 0x10000, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, G1), 12);
	ck_assert_uint_eq(rig_pa(r, G1 + M2 - 1), G1 + 0x10000 + M2 - 1);
	rig_end(r);
}
END_TEST

/* asterinas#3731: a range that is exactly one huge entry. */
START_TEST(range_of_one_huge_entry)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, G1, G1, G1, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, G1, G1, &rig_ro, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, G1), 30);
	ck_assert_int_eq(ptg_unmap(&r->s, G1, G1, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, G1), GONE);
	ck_assert_uint_eq(rig_pa(r, 2 * G1 - 1), GONE);
	rig_end(r);
}
END_TEST

/* memflow: write permission was ORed over the levels. */
START_TEST(a_table_takes_write_away)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_translation t;
	uint64_t e[2];

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_load_(&r->s, RIG_BASE, 3, e), PTG_OK);
	e[0] &= ~UINT64_C(2);
	ck_assert_int_eq(ptg_store_(&r->s, RIG_BASE, 3, e), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, 0, PTG_WRITE, &t), PTG_F_PERMISSION);
	rig_end(r);
}
END_TEST

/* libvmi: execute-only entries of EPT looked absent. */
START_TEST(execute_only_is_present)
{
	struct rig *r = rig_format("ept4");
	const struct ptg_attrs x = { .rights = PTG_UX | PTG_SX, .care = 0x3f };
	struct ptg_translation t;

	(void)ptg_space_feature(&r->s, "exec_only", true);
	if (ptg_map(&r->s, K4, 0x80000000, K4, &x, 0, &r->f) == PTG_E_ATTR) {
		rig_end(r);
		return;
	}
	ck_assert_int_eq(ptg_translate(&r->s, K4, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.pa, 0x80000000);
	ck_assert_int_eq(ptg_translate(&r->s, K4, PTG_READ, &t), PTG_F_PERMISSION);
	ck_assert_int_eq(ptg_map(&r->s, K4, 0, K4, &x, 0, &r->f), PTG_E_EXISTS);
	rig_end(r);
}
END_TEST

/* edk2#10461: an accessed bit that hardware sets between looking and doing. */
static void *mark_on_alloc_priv;
static int alloc_and_mark(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct rig *r = priv;
	struct ptg_translation t;

	(void)ptg_access_mem(&r->s, M2 + 3 * K4, PTG_WRITE, &t); /* after the first pass, before the second */
	return rig_alloc(mark_on_alloc_priv, bytes, align, level, pa);
}

START_TEST(marks_between_plan_and_commit)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_ACCESSED | PTG_DIRTY };
	struct ptg_translation t;

	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &clean, 0, &r->f), PTG_OK);
	mark_on_alloc_priv = r;
	r->ops.alloc_table = alloc_and_mark;
	ck_assert_int_eq(ptg_protect(&r->s, M2 + K4, K4, &rig_ro, PTG_SPLIT_OK, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_translate(&r->s, M2 + 3 * K4, PTG_LOOK, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.rights & (PTG_DIRTY | PTG_ACCESSED), PTG_DIRTY | PTG_ACCESSED);
	ck_assert_uint_eq(t.page_lg2, 12);
	rig_end(r);
}
END_TEST

/* nanos#1966: invalid entries are cached too, so a new mapping wants a flush. */
START_TEST(cached_invalid_entries)
{
	struct rig *r = rig_format("sv39");

	ck_assert_int_eq(ptg_map(&r->s, 0x7000, 0, 2 * K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.reasons, PTG_FLUSH_NEW);
	ck_assert_uint_eq(r->f.range[0].va, 0x7000);
	ck_assert_uint_eq(r->f.range[0].last, 0x8fff);
	rig_end(r);
}
END_TEST

/* patina#1238: to skip must be to advance. */
START_TEST(skipping_advances)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, 2 * M2 + 5 * K4, &rig_rw, PTG_MAP_KEEP, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_pa(r, 2 * M2 + 4 * K4), 2 * M2 + 4 * K4);
	ck_assert_int_eq(ptg_protect(&r->s, 0, G1, &rig_ro, PTG_SKIP_HOLES, &r->f), PTG_OK);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("peers");
	TCase *tc = tcase_create("peers");

	tcase_add_test(tc, entry_goes_into_its_own_table);
	tcase_add_test(tc, one_page_is_one_page);
	tcase_add_test(tc, a_hole_ends_the_walk);
	tcase_add_test(tc, what_is_kept_shifts_nothing);
	tcase_add_test(tc, a_table_in_use_is_not_freed);
	tcase_add_test(tc, bit_12_of_a_large_page);
	tcase_add_test(tc, geometry_of_arm_tables);
	tcase_add_test(tc, small_page_without_bit_0);
	tcase_add_test(tc, no_rights_in_a_pdpte);
	tcase_add_test(tc, the_hole_and_the_last_page);
	tcase_add_test(tc, a_freed_table_is_not_linked);
	tcase_add_test(tc, sign_bit_counts);
	tcase_add_test(tc, napot_at_index_16);
	tcase_add_test(tc, flush_covers_the_large_entry);
	tcase_add_test(tc, no_page_smaller_than_allowed);
	tcase_add_test(tc, a_fault_has_no_address);
	tcase_add_test(tc, runs_of_groups_end_where_they_should);
	tcase_add_test(tc, unmap_goes_over_holes);
	tcase_add_test(tc, amd_entries_that_skip_levels);
	tcase_add_test(tc, reserved_entries_are_named_and_kept);
	tcase_add_test(tc, pa_alignment_counts);
	tcase_add_test(tc, range_of_one_huge_entry);
	tcase_add_test(tc, a_table_takes_write_away);
	tcase_add_test(tc, execute_only_is_present);
	tcase_add_test(tc, marks_between_plan_and_commit);
	tcase_add_test(tc, cached_invalid_entries);
	tcase_add_test(tc, skipping_advances);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
