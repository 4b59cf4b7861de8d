/* SPDX-License-Identifier: MIT */
/*
 * test_user_calls.c - what ptg.h says of the calls, tried sentence by sentence by somebody who knows no more
 */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)

/* --- tables that the allocator finds where no entry can lead -------------------------------- */

static const struct reach {
	const char *format, *param;
	unsigned bits;
	uint64_t ok, beyond;             /* addresses of tables */
} reach[] = {
	{ "x86_64", "maxphyaddr", 40, UINT64_C(0xfffffff000), UINT64_C(0x10000000000) },
	{ "x86_64_la57", "maxphyaddr", 46, UINT64_C(0x3ffffffff000), UINT64_C(0x400000000000) },
	{ "ept4", "maxphyaddr", 39, UINT64_C(0x7ffffff000), UINT64_C(0x8000000000) },
	{ "npt", "maxphyaddr", 48, UINT64_C(0xfffffffff000), UINT64_C(0x8000000000000) },
	{ "vtd_ss4", "maxphyaddr", 39, UINT64_C(0x7ffffff000), UINT64_C(0x8000000000) },
	{ "aarch64_4k", "pa_bits", 40, UINT64_C(0xfffffff000), UINT64_C(0x10000000000) },
	{ "aarch64_64k", "pa_bits", 36, UINT64_C(0xfffff0000), UINT64_C(0x1000000000) },
	{ "sv48", NULL, 0, UINT64_C(0xfffffffffff000), UINT64_C(0x100000000000000) },
	{ "sv39", NULL, 0, UINT64_C(0xfffffffffff000), UINT64_C(0x8000000000000000) },
	{ "amdv1", NULL, 0, UINT64_C(0xffffffffff000), UINT64_C(0x10000000000000) },
	{ "x86_32", NULL, 0, UINT64_C(0xfffff000), UINT64_C(0x100000000) },
};

static uint64_t next_table;
static unsigned given, taken_back;

static int alloc_there(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv, (void)bytes, (void)align, (void)level;
	given++;
	*pa = next_table;
	return 0;
}

static void free_there(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	(void)priv, (void)bytes, (void)level;
	MUST(pa == next_table, "another table is freed, %#llx", (unsigned long long)pa);
	taken_back++;
}

/* Anything but the first table is memory that takes every store and reads as zero. */
static int read_there(void *priv, uint64_t pa, void *dst, size_t n)
{
	uint8_t *p = rig_at(priv, pa, n);

	if (p)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
	return 0;
}

static int write_there(void *priv, uint64_t pa, const void *src, size_t n)
{
	uint8_t *p = rig_at(priv, pa, n);

	if (p)
		memcpy(p, src, n);
	return 0;
}

static int map_with(const struct reach *c, uint64_t table, unsigned flags)
{
	struct rig *r = rig_format(c->format);
	uint64_t page, root[512], now[512];
	int err;

	if (c->param)
		ck_assert_int_eq(ptg_space_param(&r->s, c->param, c->bits), PTG_OK);
	page = UINT64_C(1) << ptg_lowest_bit_(r->s.page_sizes);
	r->m.window = NULL;
	r->m.window_size = 0;
	r->ops = (struct ptg_mapper_ops){
		.alloc_table = alloc_there, .free_table = free_there, .read_bytes = read_there, .write_bytes = write_there,
	};
	next_table = table;
	given = taken_back = 0;
	memcpy(root, r->mem, sizeof(root));
	err = ptg_map(&r->s, 3 * page, page, page, &rig_rw, flags | PTG_QUIET, &r->f);
	memcpy(now, r->mem, sizeof(now));
	MUST(err == PTG_OK || !memcmp(root, now, sizeof(root)), "%s: refused, but stored", c->format);
	MUST(err == PTG_OK || given == taken_back, "%s: %u tables given, %u back", c->format, given, taken_back);
	rig_end(r);
	return err;
}

START_TEST(a_table_out_of_reach_is_refused)
{
	const struct reach *c = &reach[_i];

	MUST(map_with(c, c->beyond, 0) == PTG_E_RANGE, "%s: a table at %#llx", c->format, (unsigned long long)c->beyond);
	MUST(map_with(c, c->beyond, PTG_TABLES_ONLY) == PTG_E_RANGE, "%s: tables only", c->format);
	MUST(given == 1, "%s: %u tables asked for", c->format, given);
	MUST(map_with(c, c->ok + 8, 0) == PTG_E_ALIGN, "%s: a table that is not aligned", c->format);
	if (ptg_highest_bit_(c->ok) < 36)
		return;
	MUST(map_with(c, c->ok, PTG_TABLES_ONLY) == PTG_OK, "%s: a table at %#llx", c->format, (unsigned long long)c->ok);
}
END_TEST

/* --- a two-stage pair can only be read ------------------------------------------------------ */

static const char *const pairs[] = { "sv39_sv39x4", "x86_64_ept4", "aarch64_4k_s1s2", "x86_pae_ept4", "power9_radix_nested" };

START_TEST(a_pair_is_not_changed)
{
	static const struct load_options none;
	static const uint64_t entry[2];
	struct rig *r = rig_new(), *r2 = rig_new();
	struct ptg_space pair;
	struct ptg_need need;
	struct load load;
	uint64_t e[2];
	unsigned level;
	uint8_t bits[8];

	ck_assert_int_eq(load_file(&load, r->arena, arena_printf(r->arena, "formats/%s.pt", pairs[_i]), pairs[_i], &none), 0);
	rig_space(r, load.plan[0]->format.stage[0]);
	rig_space(r2, load.plan[0]->format.stage[1]);
	ck_assert_int_eq(ptg_space_pair(&pair, &load.plan[0]->format, NULL, &r->s, &r2->s), PTG_OK);
	pair.mapper = &r->m; /* a pair has none of its own: with one, too, it is the stages that can be changed */
	for (unsigned i = 0; i < 2; i++, pair.mapper = NULL) {
		int want = i ? PTG_E_ARG : PTG_E_UNSUPPORTED;

		ck_assert_int_eq(ptg_map(&pair, 0, 0, K4, &rig_rw, 0, &r->f), want);
		ck_assert_int_eq(ptg_map(&pair, M2, M2, M2, &rig_rw, PTG_QUIET, NULL), want);
		ck_assert_int_eq(ptg_map_sg(&pair, 0, &(struct ptg_sg){ K4, K4 }, 1, &rig_rw, 0, &r->f), want);
		ck_assert_int_eq(ptg_plan_map(&pair, 0, K4, 0, 0, &need), want);
		ck_assert_int_ne(ptg_alloc(&pair, 0, K4, &rig_rw, 0, &r->f), PTG_OK);
		ck_assert_int_eq(ptg_unmap(&pair, 0, K4, 0, &r->f), want);
		ck_assert_int_eq(ptg_free(&pair, 0, K4, 0, &r->f), want);
		ck_assert_int_eq(ptg_protect(&pair, 0, K4, &rig_rw, 0, &r->f), want);
		ck_assert_int_eq(ptg_split(&pair, 0, K4, 12, &r->f), want);
		ck_assert_int_eq(ptg_collapse(&pair, 0, K4, &r->f), want);
		ck_assert_int_eq(ptg_get_entry(&pair, 0, e, &level), want);
		ck_assert_int_eq(ptg_set_entry(&pair, 0, entry, &r->f), want);
		ck_assert_int_eq(ptg_harvest(&pair, 0, K4, PTG_DIRTY, true, 12, bits, &r->f), want);
	}
	ck_assert_int_eq(ptg_attr_check(&pair, &rig_rw, 12), PTG_E_ARG);
	ck_assert_int_eq(ptg_encode(&pair, 0, 0, &rig_rw, e), PTG_E_ARG);
	ck_assert_int_eq(ptg_encode_table(&pair, 0, 0, e), PTG_E_ARG);
	ck_assert_uint_eq(r->tables + r2->tables + r->f.count, 0);
	rig_end(r2);
	rig_end(r);
}
END_TEST

/* --- arguments ------------------------------------------------------------------------------ */

START_TEST(what_is_needed_is_nothing_on_an_error)
{
	struct rig *r = rig_format("x86_64");
	const struct { uint64_t va, len, pa; unsigned flags; int err; } bad[] = {
		{ 0, 0, 0, 0, PTG_E_ARG }, { 2 * K4, 0 - K4, 0, 0, PTG_E_ARG }, { 0, K4, 0, 1u << 20, PTG_E_ARG },
		{ 1, K4, 0, 0, PTG_E_ALIGN }, { 0, K4, 1, 0, PTG_E_ALIGN }, { UINT64_C(1) << 47, K4, 0, 0, PTG_E_RANGE },
		{ 0, K4, UINT64_C(1) << 52, 0, PTG_E_RANGE }, { 0, 2 * K4, 0, 0, PTG_E_EXISTS },
		{ 0, K4, 0, PTG_MAP_KEEP | PTG_MAP_REPLACE, PTG_E_ARG },
	};

	ck_assert_int_eq(ptg_map(&r->s, K4, K4, K4, &rig_rw, 0, &r->f), PTG_OK);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ptg_need need;

		memset(&need, 0x77, sizeof(need));
		ck_assert_int_eq(ptg_plan_map(&r->s, bad[i].va, bad[i].len, bad[i].pa, bad[i].flags, &need), bad[i].err);
		for (unsigned k = 0; k < 8; k++)
			MUST(need.tables[k] == 0, "case %u wants %u tables of depth %u", i, need.tables[k], k);
	}
	ck_assert_int_eq(ptg_plan_map(&r->s, 0, K4, 0, 0, NULL), PTG_E_ARG);
	rig_end(r);
}
END_TEST

START_TEST(attributes_nobody_knows_are_refused)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_attrs a = rig_rw;

	ck_assert_int_eq(ptg_map(&r->s, 0, M2, 2 * M2, &rig_rw, 0, &r->f), PTG_OK);
	a.care |= UINT32_C(1) << (_i < 7 ? 9 + _i : 12 + _i);
	ck_assert_int_eq(ptg_map(&r->s, 8 * M2, 0, K4, &a, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, 8 * M2, 0, M2, &a, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &a, PTG_MAP_REPLACE, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_map_sg(&r->s, 8 * M2, &(struct ptg_sg){ K4, K4 }, 1, &a, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_alloc(&r->s, 8 * M2, K4, &a, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_protect(&r->s, 0, M2, &a, 0, &r->f), PTG_E_ARG);
	ck_assert_int_eq(ptg_attr_check(&r->s, &a, 12), PTG_E_ARG);
	ck_assert_uint_eq(r->pages, 0);
	rig_end(r);
}
END_TEST

START_TEST(a_space_to_walk_needs_a_mapper)
{
	struct rig *r = rig_format("x86_64");
	struct ptg_space s;

	ck_assert_int_eq(ptg_space_init(&s, r->format, NULL, NULL, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_init(NULL, r->format, NULL, &r->m, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_init(&s, NULL, NULL, &r->m, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_setup(&s, r->format, NULL, NULL), PTG_OK); /* this one only decodes */
	ck_assert_int_eq(ptg_map(&s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_E_ARG);
	ck_assert_uint_eq(PTG_HIT_FAULT(ptg_lookup(&s, 0, PTG_LOOK)), PTG_F_CONFIG);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("user_calls");
	TCase *tc = tcase_create("calls");

	tcase_add_loop_test(tc, a_table_out_of_reach_is_refused, 0, (int)(sizeof(reach) / sizeof(reach[0])));
	tcase_add_loop_test(tc, a_pair_is_not_changed, 0, (int)(sizeof(pairs) / sizeof(pairs[0])));
	tcase_add_test(tc, what_is_needed_is_nothing_on_an_error);
	tcase_add_loop_test(tc, attributes_nobody_knows_are_refused, 0, 7 + 13);
	tcase_add_test(tc, a_space_to_walk_needs_a_mapper);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
