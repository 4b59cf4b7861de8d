/* SPDX-License-Identifier: MIT */
/*
 * test_faults_inject.c - every call of the mapper fails once
 *
 * Each scenario is run with the first call failing, then the second, and so on
 * until it succeeds.  Lack of memory changes nothing at all; any other failure
 * leaves what is outside the range alone; nothing ever leaks.
 */
#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define G1 UINT64_C(0x40000000)

struct scenario {
	const char *name;
	void (*before)(struct rig *r);
	int (*act)(struct rig *r, struct ptg_flush *f);
	uint64_t first, last;    /* addresses it may change */
};

static void nothing(struct rig *r)
{
	(void)r;
}

static int map_deep(struct rig *r, struct ptg_flush *f)
{
	return ptg_map(&r->s, G1 - K4, 2 * G1 - K4, 3 * K4, &rig_rw, 0, f);
}

static void large(struct rig *r)
{
	ck_assert_int_eq(ptg_map(&r->s, G1, G1, M2, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_map(&r->s, G1 + M2, M2, 16 * K4, &rig_rw, 0, &r->f), PTG_OK);
	rig_flush_f(r);
}

static int unmap_part(struct rig *r, struct ptg_flush *f)
{
	return ptg_unmap(&r->s, G1 + K4, M2 + K4, PTG_SPLIT_OK, f);
}

static int protect_part(struct rig *r, struct ptg_flush *f)
{
	const struct ptg_attrs both = { .rights = PTG_UR | PTG_SR, .care = PTG_UR | PTG_SR | PTG_UW | PTG_SW };

	int err = ptg_protect(&r->s, G1 + K4, M2 + K4, &rig_ro, PTG_SPLIT_OK, f);

	/* some formats know no users */
	return err != PTG_E_ATTR ? err : ptg_protect(&r->s, G1 + K4, M2 + K4, &both, PTG_SPLIT_OK, f);
}

static int replace_part(struct rig *r, struct ptg_flush *f)
{
	return ptg_map(&r->s, G1 + K4, 4 * M2, M2 + K4, &rig_rw, PTG_SPLIT_OK | PTG_MAP_REPLACE, f);
}

static void small(struct rig *r)
{
	ck_assert_int_eq(ptg_map(&r->s, G1, G1, M2, &rig_rw, PTG_NO_LARGE, &r->f), PTG_OK);
	rig_flush_f(r);
}

static int replace_table(struct rig *r, struct ptg_flush *f)
{
	return ptg_map(&r->s, G1, 4 * M2, M2, &rig_rw, PTG_MAP_REPLACE, f);
}

static void barren(struct rig *r)
{
	ck_assert_int_eq(ptg_map(&r->s, G1, G1, K4, &rig_rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_unmap(&r->s, G1, K4, PTG_KEEP_TABLES, &r->f), PTG_OK);
	rig_flush_f(r);
}

static int map_large(struct rig *r, struct ptg_flush *f)
{
	return ptg_map(&r->s, G1, 4 * M2, M2, &rig_rw, 0, f);
}

static int unmap_table(struct rig *r, struct ptg_flush *f)
{
	return ptg_unmap(&r->s, G1, M2, 0, f);
}

static int collapse(struct rig *r, struct ptg_flush *f)
{
	return ptg_collapse(&r->s, G1, M2, f);
}

static int split(struct rig *r, struct ptg_flush *f)
{
	return ptg_split(&r->s, G1, 2 * K4, 12, f);
}

static int scatter(struct rig *r, struct ptg_flush *f)
{
	const struct ptg_sg sg[] = { { 0x80000000, K4 }, { 0x90000000, 2 * K4 }, { 0x70000000, K4 } };

	return ptg_map_sg(&r->s, G1 - 2 * K4, sg, 3, &rig_rw, 0, f);
}

static int alloc(struct rig *r, struct ptg_flush *f)
{
	return ptg_alloc(&r->s, G1 - 2 * K4, 4 * K4, &rig_rw, 0, f);
}

static const struct scenario scenarios[] = {
	{ "map", nothing, map_deep, G1 - K4, G1 + 2 * K4 - 1 },
	{ "map over an empty table", barren, map_large, G1, G1 + M2 - 1 },
	{ "scatter", nothing, scatter, G1 - 2 * K4, G1 + 2 * K4 - 1 },
	{ "unmap part", large, unmap_part, G1 + K4, G1 + M2 + 2 * K4 - 1 },
	{ "protect part", large, protect_part, G1 + K4, G1 + M2 + 2 * K4 - 1 },
	{ "replace part", large, replace_part, G1 + K4, G1 + M2 + 2 * K4 - 1 },
	{ "replace table", small, replace_table, G1, G1 + M2 - 1 },
	{ "unmap table", small, unmap_table, G1, G1 + M2 - 1 },
	{ "collapse", small, collapse, G1, G1 + M2 - 1 },
	{ "split", large, split, G1, G1 + M2 - 1 },
	{ "alloc", nothing, alloc, G1 - 2 * K4, G1 + 2 * K4 - 1 },
};

static const char *const names[] = { "x86_64", "sv39", "aarch64_4k", "armv7_short", "s390x", "amdv1", "nvidia_v2" };

#define PROBES 40

static void probe(struct rig *r, uint64_t pa[PROBES])
{
	unsigned i;

	for (i = 0; i < PROBES; i++)
		pa[i] = rig_pa(r, G1 - 4 * K4 + (i < 30 ? i * K4 : (i - 20) * (M2 / 16 + K4)));
}

static bool outside(const struct scenario *sc, unsigned i)
{
	uint64_t va = G1 - 4 * K4 + (i < 30 ? i * K4 : (i - 20) * (M2 / 16 + K4));

	return va < sc->first || va > sc->last;
}

static void set_mode(struct rig *r, unsigned mode)
{
	if (mode)
		r->m.window_size = 0;
	if (mode == 2)
		r->ops.map_table = NULL, r->ops.unmap_table = NULL;
}

/* true: it went through, and no later call can fail. */
static bool attempt(struct rig *r, const struct scenario *sc, unsigned mode, enum rig_call kind, unsigned at, bool own)
{
	uint64_t pa[PROBES], now[PROBES];
	unsigned tables, i;
	int err;

	rig_space(r, r->format);
	sc->before(r);
	rig_fresh_flush(r);
	probe(r, pa);
	tables = r->tables;
	set_mode(r, mode);
	r->fails = kind;
	r->fail_at = at;
	r->calls = 0;
	err = sc->act(r, own ? NULL : &r->f);
	r->fails = 0;
	MUST(r->mapped == 0, "%s: a table stays mapped", sc->name);
	if (r->calls < at) {
		MUST(err == PTG_OK, "%s of %s: %d", sc->name, r->format->name, err);
	} else {
		MUST(err == PTG_OK || err == PTG_E_NOMEM || err == PTG_E_IO || err == PTG_E_UNSUPPORTED,
		     "%s of %s, call %u of kind %u: %d", sc->name, r->format->name, at, kind, err);
	}
	probe(r, now);
	for (i = 0; i < PROBES; i++)
		if (outside(sc, i) || err == PTG_E_NOMEM)
			MUST(pa[i] == now[i], "%s of %s, call %u of kind %u, error %d: probe %u was %#llx, is %#llx", sc->name,
			     r->format->name, at, kind, err, i, (unsigned long long)pa[i], (unsigned long long)now[i]);
	rig_flush_f(r);
	if (err == PTG_E_NOMEM) {
		MUST(r->tables == tables, "%s of %s, call %u: %u tables, not %u", sc->name, r->format->name, at, r->tables, tables);
		MUST(r->pages == 0, "%s of %s, call %u: frames leak", sc->name, r->format->name, at);
	}
	err = ptg_unmap(&r->s, 0, 4 * G1 < ptg_mask_(r->s.root[0].va_lg2) ? 2 * G1 : UINT64_C(0x80000000), PTG_SPLIT_OK, &r->f);
	MUST(err == PTG_OK, "%s of %s: clearing gives %d", sc->name, r->format->name, err);
	rig_flush_f(r);
	MUST(r->tables == 0, "%s of %s, mode %u, call %u of kind %u: %u tables leak", sc->name, r->format->name, mode, at, kind,
	     r->tables);
	return r->calls < at;
}

START_TEST(every_call_fails_once)
{
	static const enum rig_call kinds[] = { RIG_ALLOC, RIG_FLUSH, RIG_MEMORY, RIG_PAGE };
	struct rig *r = rig_format(names[_i]);
	unsigned s, k, mode, at, own;

	for (s = 0; s < sizeof(scenarios) / sizeof(scenarios[0]); s++)
		for (k = 0; k < 4; k++)
			for (mode = kinds[k] == RIG_MEMORY; mode < 3; mode++)
				for (own = 0; own < 2; own++)
					for (at = 1; !attempt(r, &scenarios[s], mode, kinds[k], at, own); at += at > 200 ? 37 : 1)
						;
	rig_end(r);
}
END_TEST

/* What hardware marks needs a compare-and-swap; without one the refusal comes first. */
START_TEST(without_operations)
{
	struct rig *r = rig_format("x86_64");

	r->ops.alloc_table = NULL;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_int_eq(ptg_alloc(&r->s, 0, K4, &rig_rw, 0, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_uint_eq(r->pages, 0);
	r->ops.alloc_table = rig_alloc;
	r->ops.alloc_page = NULL;
	ck_assert_int_eq(ptg_alloc(&r->s, 0, K4, &rig_rw, 0, &r->f), PTG_E_UNSUPPORTED);
	r->ops.free_page = NULL;
	ck_assert_int_eq(ptg_free(&r->s, 0, K4, 0, &r->f), PTG_E_UNSUPPORTED);
	/* a live entry that hardware marks, and nothing to swap it with */
	r->ops.alloc_table = rig_alloc;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, M2, &rig_rw, 0, &r->f), PTG_OK);
	r->m.window_size = 0;
	r->ops.map_table = NULL;
	r->ops.cas = NULL;
	ck_assert_int_eq(ptg_protect(&r->s, 0, M2, &rig_ro, 0, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, PTG_SPLIT_OK, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_int_eq(ptg_harvest(&r->s, 0, M2, PTG_DIRTY, true, 12, NULL, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_uint_eq(r->tables, 2);
	ck_assert_int_eq(ptg_protect(&r->s, 0, M2, &rig_ro, PTG_QUIET, &r->f), PTG_OK);
	r->m.window_size = (uint64_t)RIG_UNITS * RIG_UNIT;
	ck_assert_int_eq(ptg_unmap(&r->s, 0, M2, 0, &r->f), PTG_OK);
	rig_flush_f(r);
	r->m.ops = NULL;
	ck_assert_int_eq(ptg_map(&r->s, 0, 0, K4, &rig_rw, 0, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_int_eq(ptg_unmap(&r->s, 0, K4, 0, &r->f), PTG_OK);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("faults_inject");
	TCase *tc = tcase_create("inject");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, every_call_fails_once, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(tc, without_operations);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
