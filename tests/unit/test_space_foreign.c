/* SPDX-License-Identifier: MIT */
/*
 * test_space_foreign.c - tables made by somebody else, whose entries take rights away
 *
 * After map and protect an address has what was asked for, or the call is refused and
 * nothing has changed.  The bits are those of the manuals: RW, US and XD of an x86
 * table, APTable, PXNTable and UXNTable of Arm, R, W, X of VT-d and EPT, P of z/Architecture.
 */
#include <dlfcn.h>

#include "tests/unit/space.h"

#define SIX 0x3fu
#define WRITES (PTG_UW | PTG_SW)
#define READS (PTG_UR | PTG_SR)
#define FETCHES (PTG_UX | PTG_SX)
#define USERS (PTG_UR | PTG_UW | PTG_UX)

static const struct row {
	const char *format;
	unsigned clear, set;     /* numbers of bits; 64: none */
	unsigned taken;          /* the rights that are gone below */
	bool last_only;          /* only entries that lead to last tables have the bit */
} rows[] = {
	{ "x86_64", 1, 64, WRITES, false },
	{ "x86_64", 2, 64, USERS, false },
	{ "x86_64", 64, 63, FETCHES, false },
	{ "x86_64_la57", 1, 64, WRITES, false },
	{ "x86_32", 1, 64, WRITES, false },
	{ "x86_32", 2, 64, USERS, false },
	{ "aarch64_4k", 64, 62, WRITES, false },
	{ "aarch64_4k", 64, 61, PTG_UR | PTG_UW, false },
	{ "aarch64_4k", 64, 60, PTG_UX, false },
	{ "aarch64_4k", 64, 59, PTG_SX, false },
	{ "aarch64_64k", 64, 62, WRITES, false },
	{ "armv7_lpae", 64, 62, WRITES, false },
	{ "ept4", 1, 64, WRITES, false },
	{ "ept4", 2, 64, FETCHES, false },
	{ "vtd_ss3", 1, 64, WRITES, false },
	{ "vtd_ss4", 0, 64, READS, false },
	{ "vtd_fs4", 1, 64, PTG_UW, false }, /* supervisors may, while WPE is 0 */
	{ "amdv1", 62, 64, WRITES, false },
	{ "s390x", 64, 9, WRITES, true },
};
#define COUNT ((int)(2 * sizeof(rows) / sizeof(rows[0]))) /* each by both walkers */

struct made { uint64_t pa[8]; unsigned n, lg2; };

static enum ptg_verdict note(void *arg, struct ptg_visit *v)
{
	struct made *m = arg;

	if (v->is_table)
		m->pa[m->n++] = v->entry_pa;
	return PTG_GO;
}

static struct rig *begin(const struct row *row, bool generated)
{
	struct rig *r = rig_format(row->format);

	if (generated) {
		r->ops.sync = NULL; /* with it the quick ways of generated code are not taken */
		r->s.walker = dlsym(NULL, arena_printf(r->arena, "%s_walker", row->format));
		ck_assert_ptr_nonnull(r->s.walker);
		ptg_space_update(&r->s);
	}
	return r;
}

/* Entries are stored as the format's own bytes; of these formats only s390x is big-endian. */
static void restrict_table(struct rig *r, const struct row *row, uint64_t pa)
{
	unsigned lg2 = r->format->levels[0].entry_lg2;
	uint64_t e[2] = { 0, 0 };

	ck_assert_int_eq(ptg_load_(&r->s, pa, lg2, e), PTG_OK);
	if (row->clear < 64)
		e[0] &= ~(UINT64_C(1) << row->clear);
	if (row->set < 64)
		e[0] |= UINT64_C(1) << row->set;
	ptg_store_(&r->s, pa, lg2, e);
}

static const struct ptg_attrs any_rights = { .care = 0 };

static uint64_t small_of(const struct rig *r)
{
	return UINT64_C(1) << ptg_lowest_bit_(r->s.page_sizes);
}

/* Of the tables on the way to va that at `depth`, counted from the first, says no from now on. */
static bool restrict_above(struct rig *r, const struct row *row, uint64_t va, unsigned depth)
{
	static const struct ptg_visitor v = { .entry = note };
	struct made m = { .n = 0 };

	ptg_walk(&r->s, va, small_of(r), &v, &m);
	if (depth >= m.n || (row->last_only && depth + 1 != m.n))
		return false;
	restrict_table(r, row, m.pa[depth]);
	return true;
}

/* A space with one page at va and its tables, one of which says no. */
static bool foreign(struct rig *r, const struct row *row, uint64_t va, unsigned depth)
{
	ck_assert_int_eq(ptg_map(&r->s, va, RIG_FRAMES, small_of(r), &any_rights, PTG_NO_LARGE | PTG_NO_CONTIG, &r->f), PTG_OK);
	rig_fresh_flush(r);
	return restrict_above(r, row, va, depth);
}

/* A sum over all tables. */
static uint64_t tables_sum(const struct rig *r)
{
	uint64_t sum = 0, i, w;

	for (i = 0; i < (uint64_t)r->rover * RIG_UNIT; i += 8) {
		if (i == 0x20000)
			i = RIG_ROOT;
		memcpy(&w, r->mem + i, 8);
		sum = (sum ^ w) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return sum;
}

/* A mapping of these rights does what was asked, or is refused and nothing changes. */
static void try_map(struct rig *r, const struct row *row, const struct ptg_attrs *a, unsigned way)
{
	uint64_t small = small_of(r), va = 8 * small;
	const struct ptg_sg sg[2] = { { RIG_FRAMES + 16 * small, small }, { RIG_FRAMES + 64 * small, small } };
	unsigned tables = r->tables, fault;
	struct ptg_translation t;
	uint64_t before = tables_sum(r);
	bool bad = a->rights & a->care & row->taken;
	int err;

	rig_fresh_flush(r);
	if (way == 0)
		err = ptg_map(&r->s, va, sg[0].pa, small, a, PTG_NO_CONTIG, &r->f);
	else if (way == 1)
		err = ptg_map(&r->s, va, sg[0].pa, 6 * small, a, PTG_NO_LARGE, &r->f);
	else
		err = ptg_map_sg(&r->s, va, sg, 2, a, 0, &r->f);
	if (a->care != SIX && err == PTG_E_ATTR) /* a right that its absence would bring (Arm: writable by users, not executable) */
		bad = true;
	MUST(err == (bad ? PTG_E_ATTR : PTG_OK), "%s: rights %#x, way %u: %d", row->format, a->rights, way, err);
	if (bad) {
		MUST(before == tables_sum(r), "%s: refused, and changed", row->format);
		MUST(r->tables == tables && !r->f.count && !r->f.all, "%s: refused, not without a trace", row->format);
		return;
	}
	fault = (unsigned)ptg_translate(&r->s, va, PTG_LOOK, &t);
	MUST(fault == PTG_F_NONE && !((t.rights ^ a->rights) & a->care & SIX), "%s: rights %#x, not %#x", row->format,
	     t.rights & SIX, a->rights);
	MUST(ptg_unmap(&r->s, va, 6 * small, PTG_SPLIT_OK, &r->f) == PTG_OK, "unmap");
	rig_flush_f(r);
	rig_fresh_flush(r);
}

/* All rights that the format can say, all tables on the way, all calls that map. */
START_TEST(map_gives_what_was_asked_below_foreign_tables)
{
	const struct row *row = &rows[_i / 2];
	unsigned depth, rights, refused = 0, way;

	for (depth = 0; depth < 8; depth++) {
		struct rig *r = begin(row, _i & 1);
		bool there = foreign(r, row, 0, depth);

		for (rights = 1; there && rights < 64; rights++) {
			struct ptg_attrs a = { .rights = rights, .care = SIX };

			if (ptg_attr_check(&r->s, &a, ptg_lowest_bit_(r->s.page_sizes)))
				continue;
			refused += (rights & row->taken) != 0;
			for (way = 0; way < 3; way++)
				try_map(r, row, &a, way);
		}
		for (rights = 1; there && rights < 64; rights <<= 1) { /* what nobody asks for may be missing */
			struct ptg_attrs a = { .rights = 0, .care = rights };

			if (!ptg_attr_check(&r->s, &a, ptg_lowest_bit_(r->s.page_sizes)))
				try_map(r, row, &a, 0);
		}
		rig_end(r);
	}
	ck_assert_uint_gt(refused, 0);
}
END_TEST

START_TEST(protect_gives_what_was_asked_below_foreign_tables)
{
	const struct row *row = &rows[_i / 2];
	unsigned depth, rights, n;

	for (depth = 0; depth < 8; depth++) {
		struct rig *r = begin(row, _i & 1);
		bool there = foreign(r, row, 0, depth);
		uint64_t small = small_of(r);

		MUST(ptg_map(&r->s, small, RIG_FRAMES + small, 7 * small, &any_rights, PTG_NO_LARGE | PTG_NO_CONTIG, &r->f) ==
			     PTG_OK, "%s", row->format);
		for (rights = 1; there && rights < 64; rights++)
			for (n = 1; n <= 8; n += 7) {
				struct ptg_attrs a = { .rights = rights, .care = SIX };
				bool bad = rights & row->taken;
				struct ptg_translation was, t;
				int err;

				if (ptg_attr_check(&r->s, &a, ptg_lowest_bit_(r->s.page_sizes)))
					continue;
				ptg_translate(&r->s, 0, PTG_LOOK, &was);
				rig_fresh_flush(r);
				err = ptg_protect(&r->s, 0, n * small, &a, 0, &r->f);
				MUST(err == (bad ? PTG_E_ATTR : PTG_OK), "%s: protect to %#x: %d", row->format, rights, err);
				ptg_translate(&r->s, 0, PTG_LOOK, &t);
				if (bad)
					MUST(t.entry == was.entry && !r->f.count && !r->f.all, "%s: refused, and changed",
					     row->format);
				else
					MUST((t.rights & SIX) == rights, "%s: rights %#x, not %#x", row->format, t.rights & SIX,
					     rights);
			}
		rig_end(r);
	}
}
END_TEST

/* Taking away what is there works under any table, as long as nothing else is asked for. */
START_TEST(protect_takes_rights_away_below_foreign_tables)
{
	const struct row row = { "x86_64", 2, 64, USERS, false };
	const struct ptg_attrs a = { .rights = 0, .care = WRITES };
	struct rig *r = begin(&row, _i & 1);
	struct ptg_translation t;

	ck_assert(foreign(r, &row, 0, 1));
	ck_assert_int_eq(ptg_map(&r->s, 0x10000, RIG_FRAMES, 0x4000, &rig_rw, PTG_NO_LARGE, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, 0x10000, 0x4000, &a, 0, &r->f), PTG_OK);
	ptg_translate(&r->s, 0x10000, PTG_LOOK, &t);
	ck_assert_uint_eq(t.rights & (USERS | READS | WRITES), PTG_SR);
	rig_end(r);
}
END_TEST

/* What stays as it is asks for nothing; a page in the table's place is not below it. */
START_TEST(what_is_kept_or_replaces_the_table_is_not_refused)
{
	const struct row row = { "x86_64", 1, 64, WRITES, false };
	const struct ptg_attrs a = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW };
	struct rig *r = begin(&row, _i & 1);
	struct ptg_translation t;

	ck_assert(foreign(r, &row, 0, 2)); /* the entry of the last table */
	ck_assert_int_eq(ptg_map(&r->s, 0, RIG_FRAMES, 0x1000, &a, PTG_MAP_KEEP, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0, RIG_FRAMES, 0x2000, &a, PTG_MAP_KEEP, &r->f), PTG_E_ATTR);
	ck_assert_int_eq(ptg_map(&r->s, 0, RIG_FRAMES, 0x1000, &a, PTG_MAP_REPLACE, &r->f), PTG_E_ATTR);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0x2000000, 0x1000, &a, PTG_MAP_REPLACE | PTG_TABLES_ONLY, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0x2000000, 0x200000, &a, PTG_MAP_REPLACE, &r->f), PTG_OK);
	ptg_translate(&r->s, 0x1234, PTG_LOOK, &t);
	ck_assert_uint_eq(t.page_lg2, 21);
	ck_assert_uint_eq(t.rights & PTG_SW, PTG_SW);
	rig_end(r);
}
END_TEST

/* A large page stands beside the table entry that took a right away, not below it. */
START_TEST(collapse_keeps_what_the_table_took_away)
{
	const struct row row = { "x86_64", 1, 64, WRITES, false };
	const struct ptg_attrs a = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW };
	unsigned depth;

	for (depth = 0; depth < 3; depth++) {
		struct rig *r = begin(&row, _i & 1);
		struct ptg_translation t;

		ck_assert_int_eq(ptg_map(&r->s, 0, 0x2000000, 0x200000, &a, PTG_NO_LARGE, &r->f), PTG_OK);
		ck_assert(restrict_above(r, &row, 0, depth));
		ck_assert_int_eq(ptg_collapse(&r->s, 0, 0x200000, &r->f), PTG_OK);
		ptg_translate(&r->s, 0x1234, PTG_LOOK, &t);
		ck_assert_uint_eq(t.rights & (PTG_SR | PTG_SW), PTG_SR);
		ck_assert_uint_eq(t.page_lg2, depth < 2 ? 21 : 12);
		rig_flush_f(r);
		rig_end(r);
	}
}
END_TEST

/*
 * A table that is below itself, as kernels that reach their tables by them have it: what is above may not be taken
 * away, changed or freed from below.
 */
static const struct { const char *format; unsigned shift; } selves[] = { { "x86_64", 39 }, { "x86_32", 22 }, { "sv39", 30 } };

START_TEST(nothing_is_changed_through_a_table_below_itself)
{
	struct rig *r = rig_format(selves[_i / 2].format);
	unsigned shift = selves[_i / 2].shift, lg2 = r->format->levels[0].entry_lg2;
	uint64_t slot = UINT64_C(5) << shift, root = r->s.root[0].table, e[2], was[2];
	const struct ptg_attrs ro = { .rights = PTG_SR, .care = WRITES };
	unsigned tables;

	if (_i & 1) {
		r->ops.sync = NULL;
		r->s.walker = dlsym(NULL, arena_printf(r->arena, "%s_walker", selves[_i / 2].format));
		ptg_space_update(&r->s);
	}
	ck_assert_int_eq(ptg_map(&r->s, 0, RIG_FRAMES, 0x3000, &rig_rw, 0, &r->f), PTG_OK);
	tables = r->tables;
	ck_assert_int_eq(ptg_encode_table(&r->s, r->s.root[0].level, root, e), PTG_OK);
	ck_assert_int_eq(ptg_store_(&r->s, root + (UINT64_C(5) << lg2), lg2, e), PTG_OK);
	rig_fresh_flush(r);
	ck_assert_int_eq(ptg_unmap(&r->s, slot, UINT64_C(1) << shift, 0, &r->f), PTG_E_CORRUPT);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, UINT64_C(8) << shift, 0, &r->f), PTG_E_CORRUPT);
	ck_assert_int_eq(ptg_protect(&r->s, slot, UINT64_C(1) << shift, &ro, PTG_SKIP_HOLES, &r->f), PTG_E_CORRUPT);
	ck_assert_int_eq(ptg_map(&r->s, slot + 0x7000, RIG_FRAMES, 0x2000, &rig_rw, PTG_MAP_REPLACE, &r->f), PTG_E_CORRUPT);
	ck_assert_uint_eq(r->f.count | r->f.all | r->f.table_count, 0);
	ck_assert_uint_eq(r->tables, tables);
	ck_assert_int_eq(ptg_load_(&r->s, root + (UINT64_C(5) << lg2), lg2, was), PTG_OK);
	ck_assert_uint_eq(was[0], e[0]);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, 0x3000, 0, &r->f), PTG_OK); /* beside it all is as ever */
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_foreign");
	TCase *tc = tcase_create("foreign");

	tcase_add_loop_test(tc, map_gives_what_was_asked_below_foreign_tables, 0, COUNT);
	tcase_add_loop_test(tc, protect_gives_what_was_asked_below_foreign_tables, 0, COUNT);
	tcase_add_loop_test(tc, protect_takes_rights_away_below_foreign_tables, 0, 2);
	tcase_add_loop_test(tc, what_is_kept_or_replaces_the_table_is_not_refused, 0, 2);
	tcase_add_loop_test(tc, collapse_keeps_what_the_table_took_away, 0, 2);
	tcase_add_loop_test(tc, nothing_is_changed_through_a_table_below_itself, 0, 2 * (int)(sizeof(selves) / sizeof(selves[0])));
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
