/* SPDX-License-Identifier: MIT */
/* test_flush.c - what the flush object says, and when a table comes back */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)

static void map_some(struct rig *r, unsigned n, uint64_t every)
{
	unsigned i;

	for (i = 0; i < n; i++)
		ck_assert_int_eq(ptg_map(&r->s, i * every, i * every, K4, &rig_rw, 0, &r->f), PTG_OK);
	rig_flush_f(r);
}

START_TEST(ranges_merge)
{
	struct rig *r = rig_format("x86_64");

	map_some(r, 8, K4);
	ck_assert_int_eq(ptg_unmap(&r->s, 2 * K4, K4, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 4 * K4, K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.count, 2);
	ck_assert_int_eq(ptg_unmap(&r->s, 3 * K4, K4, 0, &r->f), PTG_OK); /* joins both */
	ck_assert_uint_eq(r->f.count, 1);
	ck_assert_uint_eq(r->f.range[0].va, 2 * K4);
	ck_assert_uint_eq(r->f.range[0].last, 5 * K4 - 1);
	ck_assert_uint_eq(r->f.range[0].page_lg2, 12);
	ck_assert_uint_eq(r->f.levels, 1);
	ck_assert_uint_eq(r->f.walk_cache, 0);
	rig_end(r);
}
END_TEST

START_TEST(beyond_eight_all)
{
	struct rig *r = rig_format("x86_64");
	unsigned i;

	map_some(r, 24, K4);
	for (i = 0; i < 9; i++)
		ck_assert_int_eq(ptg_unmap(&r->s, 2 * i * K4, K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.all, 1);
	ck_assert_uint_eq(r->f.count, 0);
	rig_flush_f(r);
	ck_assert_uint_eq(r->f.all, 0);
	rig_end(r);
}
END_TEST

START_TEST(the_top_of_all_merges)
{
	struct ptg_flush f;

	memset(&f, 0, sizeof(f));
	ptg_flush_range_(&f, 0 - K4, ~UINT64_C(0), 12, 0, PTG_FLUSH_DOWN);
	ptg_flush_range_(&f, 0, K4 - 1, 12, 0, PTG_FLUSH_DOWN);
	ck_assert_uint_eq(f.count, 2);
	ptg_flush_range_(&f, 0 - 2 * K4, 0 - K4 - 1, 13, 1, PTG_FLUSH_UP);
	ck_assert_uint_eq(f.count, 2);
	ck_assert_uint_eq(f.range[0].va, 0 - 2 * K4);
	ck_assert_uint_eq(f.range[0].page_lg2, 12);
	ck_assert_uint_eq(f.reasons, PTG_FLUSH_UP | PTG_FLUSH_DOWN);
	ck_assert_uint_eq(f.levels, 3);
}
END_TEST

START_TEST(new_mappings_count_where_invalid_is_cached)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.count, 0);
	rig_end(r);
	r = rig_format("sv39");
	ck_assert_uint_ne(r->format->flags & PTG_FORMAT_CACHES_INVALID, 0);
	ck_assert_int_eq(ptg_map(&r->s, 0x5000, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.count, 1);
	ck_assert_uint_eq(r->f.range[0].va, 0x5000);
	ck_assert_uint_eq(r->f.range[0].last, 0x5fff);
	ck_assert_uint_eq(r->f.reasons, PTG_FLUSH_NEW);
	rig_end(r);
}
END_TEST

START_TEST(tables_sorted_by_depth)
{
	struct rig *r = rig_format("x86_64");
	unsigned i, deep = 0;

	map_some(r, 4, G1);
	ck_assert_uint_eq(r->tables, 9); /* 4 last ones, 4 above, 1 above those */
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 4 * G1, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.table_count, 9);
	for (i = 0; i < 8; i++)
		deep += r->f.table_at[i];
	ck_assert_uint_eq(deep, 9);
	ck_assert_uint_eq(r->f.table_at[0], 4);
	ck_assert_uint_eq(r->f.table_at[1], 4);
	ck_assert_uint_eq(r->f.table_at[2], 1);
	ck_assert_uint_eq(r->tables, 9); /* not before the flush */
	ptg_flush_done(&r->s, &r->f);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

START_TEST(no_room_for_tables)
{
	struct rig *r = rig_format("x86_64");

	map_some(r, 4, G1);
	r->ops.flush = NULL;
	r->f.table_cap = 1;
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 4 * G1, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->f.table_count, 1);
	ck_assert_uint_gt(r->f.left, 0);
	ck_assert_uint_eq(rig_pa(r, G1), ~UINT64_C(0));
	ptg_flush_done(&r->s, &r->f);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 4 * G1, PTG_TABLES_ONLY, &r->f), PTG_OK); /* what stayed is empty and valid */
	ck_assert_uint_eq(r->f.left, 0);
	ptg_flush_done(&r->s, &r->f);
	ck_assert_uint_eq(r->tables, 0);
	/* with the operation it goes on by itself */
	map_some(r, 4, G1);
	r->ops.flush = rig_flush;
	rig_fresh_flush(r);
	r->f.table_cap = 2;
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 4 * G1, 0, &r->f), PTG_OK);
	ck_assert_uint_gt(r->flushes, 0);
	ck_assert_uint_eq(r->f.left, 0);
	ptg_flush_done(&r->s, &r->f);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

START_TEST(without_an_object_the_runtime_flushes)
{
	struct rig *r = rig_format("x86_64");

	map_some(r, 4, G1);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 4 * G1, 0, NULL), PTG_OK);
	ck_assert_uint_gt(r->flushes, 0);
	ck_assert_uint_eq(r->tables, 0);
	r->ops.flush = NULL;
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 4 * G1, 0, NULL), PTG_E_ARG);
	/* nobody walks: nothing to flush */
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, PTG_QUIET, NULL), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, PTG_QUIET, NULL), PTG_OK);
	ck_assert_uint_eq(r->tables, 0);
	rig_end(r);
}
END_TEST

/* Break-before-make: at the flush the entry is not there. */
static uint64_t broken_at;
static void sees_hole(struct rig *r, const struct ptg_flush *f)
{
	if (f != &r->f)
		ck_assert_uint_eq(rig_pa(r, broken_at), ~UINT64_C(0));
}

START_TEST(break_before_make)
{
	struct rig *r = rig_format("aarch64_4k");

	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &rig_rw, 0, &r->f), PTG_OK);
	broken_at = M2;
	r->on_flush = sees_hole;
	ck_assert_int_eq(ptg_map(&r->s, M2, 2 * M2, M2, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_OK);
	ck_assert_uint_eq(r->flushes, 1);
	ck_assert_int_eq(ptg_split(&r->s, M2, K4, 12, &r->f), PTG_OK);
	ck_assert_uint_eq(r->flushes, 2);
	ck_assert_uint_eq(rig_pa(r, M2 + 5), 2 * M2 + 5);
	/* rights alone need no break */
	ck_assert_int_eq(ptg_protect(&r->s, M2, M2, &rig_ro, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->flushes, 2);
	r->ops.flush = NULL;
	ck_assert_int_eq(ptg_map(&r->s, M2, 2 * M2, M2, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_uint_eq(rig_pa(r, M2 + 5), 2 * M2 + 5);
	/* nobody walks: no break either */
	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &rig_rw, PTG_MAP_REPLACE | PTG_QUIET, &r->f), PTG_OK);
	rig_end(r);
}
END_TEST

/* Elsewhere a large page is split without a moment's absence: the old entry, then the table, complete. */
START_TEST(hitless_split)
{
	struct rig *r = rig_format("x86_64");

	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_split(&r->s, M2, K4, 12, &r->f), PTG_OK);
	ck_assert_uint_eq(r->flushes, 0);
	ck_assert_uint_eq(r->f.range[0].va, M2);
	ck_assert_uint_eq(r->f.range[0].last, 2 * M2 - 1);
	ck_assert_uint_eq(r->f.reasons & PTG_FLUSH_REPLACED, PTG_FLUSH_REPLACED);
	rig_end(r);
}
END_TEST

/* --- walkers that do not snoop ------------------------------------------------------------------- */

struct order { uint64_t pa[64]; size_t bytes[64]; unsigned n; };

static void note_sync(void *priv, uint64_t pa, size_t n)
{
	struct rig *r = priv;
	struct order *o = r->more;

	if (o->n < 64) {
		o->pa[o->n] = pa;
		o->bytes[o->n++] = n;
	}
}

START_TEST(child_before_parent)
{
	struct rig *r = rig_format("x86_64");
	struct order o = { .n = 0 };
	uint64_t e[2];

	r->more = &o;
	r->ops.sync = note_sync;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
	/* three whole tables, from the last one up, and then the entry that makes them visible */
	ck_assert_uint_eq(o.n, 4);
	ck_assert_uint_eq(o.bytes[0], 4096);
	ck_assert_uint_eq(o.bytes[1], 4096);
	ck_assert_uint_eq(o.bytes[2], 4096);
	ck_assert_uint_eq(o.bytes[3], 8);
	ck_assert_uint_eq(o.pa[3], RIG_BASE);
	ck_assert_int_eq(ptg_load_(&r->s, o.pa[2], 3, e), PTG_OK);
	ck_assert_uint_eq(e[0] & 0xfffffffff000, o.pa[1]);
	ck_assert_int_eq(ptg_load_(&r->s, o.pa[1], 3, e), PTG_OK);
	ck_assert_uint_eq(e[0] & 0xfffffffff000, o.pa[0]);
	rig_end(r);
}
END_TEST

/* --- harvest ---------------------------------------------------------------------------------------- */

START_TEST(harvest)
{
	struct rig *r = rig_format("x86_64");
	const struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_ACCESSED | PTG_DIRTY };
	struct ptg_translation t;
	uint8_t map[64] = { 0 };

	ck_assert_int_eq(ptg_map(&r->s, 0, 0, 16 * K4, &clean, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_access_mem(&r->s, 3 * K4, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_access_mem(&r->s, 9 * K4, PTG_READ, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_harvest(&r->s, 0, 16 * K4, PTG_DIRTY, false, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0], 1 << 3);
	ck_assert_uint_eq(map[1], 0);
	ck_assert_uint_eq(r->f.count, 0);
	map[0] = 0;
	ck_assert_int_eq(ptg_harvest(&r->s, 0, 16 * K4, PTG_ACCESSED, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0], 1 << 3);
	ck_assert_uint_eq(map[1], 1 << 1);
	ck_assert_uint_eq(r->f.reasons, PTG_FLUSH_DOWN);
	map[0] = map[1] = 0;
	ck_assert_int_eq(ptg_harvest(&r->s, 0, 16 * K4, PTG_ACCESSED, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0] | map[1], 0); /* aged */
	ck_assert_int_eq(ptg_harvest(&r->s, 0, 16 * K4, PTG_DIRTY, true, 13, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0], 1 << 1); /* two pages a bit */
	ck_assert_int_eq(ptg_harvest(&r->s, 0, 16 * K4, PTG_GLOBAL, true, 12, map, &r->f), PTG_E_ARG);
	/* a large page dirties all its bits, and is not cleared by half */
	rig_fresh_flush(r);
	memset(map, 0, sizeof(map));
	ck_assert_int_eq(ptg_map(&r->s, M2, M2, M2, &clean, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_access_mem(&r->s, M2, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_harvest(&r->s, M2, M2 / 2, PTG_DIRTY, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0], 0xff);
	ck_assert_uint_eq(map[31], 0xff);
	ck_assert_uint_eq(map[32], 0);
	memset(map, 0, sizeof(map));
	ck_assert_int_eq(ptg_harvest(&r->s, M2, M2, PTG_DIRTY, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[63], 0xff);
	memset(map, 0, sizeof(map));
	ck_assert_int_eq(ptg_harvest(&r->s, M2, M2, PTG_DIRTY, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0], 0);
	rig_end(r);
}
END_TEST

START_TEST(groups_are_harvested_as_one)
{
	struct rig *r = rig_format("sv39");
	struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_ACCESSED | PTG_DIRTY };
	struct ptg_translation t;
	uint8_t map[2] = { 0 };

	(void)ptg_space_feature(&r->s, "svadu", true);
	ck_assert_int_eq(ptg_map(&r->s, 0x10000, 0x80010000, 0x10000, &clean, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, 0x10000), 16);
	ck_assert_int_eq(ptg_access_mem(&r->s, 0x15000, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_int_eq(ptg_harvest(&r->s, 0x10000, 0x10000, PTG_DIRTY, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0] & map[1], 0xff);
	map[0] = map[1] = 0;
	ck_assert_int_eq(ptg_harvest(&r->s, 0x10000, 0x10000, PTG_DIRTY, true, 12, map, &r->f), PTG_OK);
	ck_assert_uint_eq(map[0] | map[1], 0);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("flush");
	TCase *tc = tcase_create("flush");

	tcase_add_test(tc, ranges_merge);
	tcase_add_test(tc, beyond_eight_all);
	tcase_add_test(tc, the_top_of_all_merges);
	tcase_add_test(tc, new_mappings_count_where_invalid_is_cached);
	tcase_add_test(tc, tables_sorted_by_depth);
	tcase_add_test(tc, no_room_for_tables);
	tcase_add_test(tc, without_an_object_the_runtime_flushes);
	tcase_add_test(tc, break_before_make);
	tcase_add_test(tc, hitless_split);
	tcase_add_test(tc, child_before_parent);
	tcase_add_test(tc, harvest);
	tcase_add_test(tc, groups_are_harvested_as_one);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
