/* SPDX-License-Identifier: MIT */
/*
 * test_space_threads.c - mappers in parallel, readers without locks, hardware that marks
 *
 * Each mapper owns every fourth page of a region, so that all of them race for
 * the same tables.  Readers must see an entry of a mapper, whole, or nothing.
 * A simulated walker writes to pages all the time: no dirty mark may get lost
 * while rights change and large pages are split under it.  By the generic and the
 * generated walkers.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "tests/unit/space.h"

#define K4 UINT64_C(0x1000)
#define M2 UINT64_C(0x200000)
#define MAPPERS 3
#define REGION UINT64_C(0x40000000)
#define PAGES 2048u              /* of the region, over four last tables */
#define POOL (1u << 22)

struct machine {
	struct ptg_space s;
	struct ptg_mapper m;
	struct ptg_mapper_ops ops;
	uint8_t *mem;
	_Atomic uint64_t next;
	_Atomic unsigned freed, allocated;
	_Atomic bool stop;
	struct arena *arena;
	_Atomic uint8_t wrote[512];
	_Atomic unsigned rest, rests, go; /* hardware rests when asked, until told to go on */
	_Atomic unsigned meet, met; /* so many calls of sync() wait, each for another one */
};

/* Tables come zeroed and are never used twice. */
static int alloc_table(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct machine *m = priv;
	uint64_t at = atomic_fetch_add(&m->next, 4096);

	(void)align, (void)level;
	if (bytes > 4096 || at + 4096 > RIG_BASE + POOL)
		return -1;
	atomic_fetch_add(&m->allocated, 1);
	*pa = at;
	return 0;
}

static void free_table(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	struct machine *m = priv;

	(void)pa, (void)bytes, (void)level;
	atomic_fetch_add(&m->freed, 1);
}

static int flush(void *priv, struct ptg_flush *f)
{
	(void)priv, (void)f;
	return 0;
}

static const struct { const char *format; bool generated, marks; } ways[] = {
	{ "x86_64", false, true }, { "x86_64", true, true }, { "sv48", false, true }, { "sv48", true, true },
	{ "aarch64_4k", false, false }, { "aarch64_4k", true, false }, /* a page that may be written is dirty there */
};
#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

static struct machine *machine_new(int way)
{
	static const struct load_options none;
	const char *name = ways[way].format;
	const struct ptg_walker *walker = &ptg_generic_walker;
	struct machine *m = calloc(1, sizeof(*m));
	struct load load;

	m->arena = arena_new();
	m->mem = aligned_alloc(POOL, POOL);
	memset(m->mem, 0, POOL);
	atomic_store(&m->next, RIG_BASE + 4096);
	m->ops = (struct ptg_mapper_ops){ .alloc_table = alloc_table, .free_table = free_table, .flush = flush };
	m->m = (struct ptg_mapper){ .ops = &m->ops, .priv = m, .window = m->mem, .window_pa = RIG_BASE, .window_size = POOL,
				    .flags = PTG_ZEROED };
	ck_assert_int_eq(load_file(&load, m->arena, arena_printf(m->arena, "formats/%s.pt", name), name, &none), 0);
	if (ways[way].generated)
		walker = dlsym(NULL, arena_printf(m->arena, "%s_walker", name));
	ck_assert_ptr_nonnull(walker);
	ck_assert_int_eq(ptg_space_init(&m->s, &load.plan[0]->format, walker, &m->m, RIG_BASE), PTG_OK);
	return m;
}

static void machine_end(struct machine *m)
{
	arena_free(m->arena);
	free(m->mem);
	free(m);
}

/* --- mappers and readers ------------------------------------------------------------- */

struct mapper { struct machine *m; unsigned id; int err; };

static void *run_mapper(void *arg)
{
	struct mapper *t = arg;
	unsigned round, i;

	for (round = 0; round < 4 && !t->err; round++) {
		for (i = t->id; i < PAGES && !t->err; i += MAPPERS) {
			struct ptg_flush f = { .count = 0 };

			t->err = ptg_map(&t->m->s, REGION + i * K4, UINT64_C(0x80000000) + i * K4, K4, &rig_rw, 0, &f);
		}
		for (i = t->id; i < PAGES && !t->err && round < 3; i += MAPPERS) {
			struct ptg_flush f = { .count = 0 };

			t->err = ptg_unmap(&t->m->s, REGION + i * K4, K4, PTG_KEEP_TABLES, &f);
		}
	}
	return NULL;
}

static void *run_reader(void *arg)
{
	struct mapper *t = arg;
	struct ptg_translation tr;
	unsigned i = 0;

	while (!atomic_load(&t->m->stop) && !t->err) {
		enum ptg_fault f = ptg_translate(&t->m->s, REGION + i * K4, PTG_LOOK, &tr);

		if (f == PTG_F_NONE ? tr.pa != UINT64_C(0x80000000) + i * K4 : f != PTG_F_NOT_PRESENT)
			t->err = 1;
		i = (i + 7) % PAGES;
	}
	return NULL;
}

START_TEST(disjoint_mappers)
{
	struct machine *m = machine_new(_i);
	struct mapper t[MAPPERS + 1];
	pthread_t thread[MAPPERS + 1];
	unsigned i;
	struct ptg_flush f = { .count = 0 };
	uint64_t table[16];

	for (i = 0; i <= MAPPERS; i++) {
		t[i] = (struct mapper){ m, i, 0 };
		ck_assert_int_eq(pthread_create(&thread[i], NULL, i < MAPPERS ? run_mapper : run_reader, &t[i]), 0);
	}
	for (i = 0; i < MAPPERS; i++)
		pthread_join(thread[i], NULL);
	atomic_store(&m->stop, true);
	pthread_join(thread[MAPPERS], NULL);
	for (i = 0; i <= MAPPERS; i++)
		ck_assert_int_eq(t[i].err, 0);
	for (i = 0; i < PAGES; i++) {
		struct ptg_translation tr;

		ck_assert_int_eq(ptg_translate(&m->s, REGION + i * K4, PTG_LOOK, &tr), PTG_F_NONE);
		ck_assert_uint_eq(tr.pa, UINT64_C(0x80000000) + i * K4);
	}
	/* who lost a race gave the table back */
	ck_assert_uint_eq(m->allocated - m->freed, 6);
	f.table = table;
	f.table_cap = 16;
	ck_assert_int_eq(ptg_unmap(&m->s, REGION, PAGES * K4, 0, &f), PTG_OK);
	ptg_flush_done(&m->s, &f);
	ck_assert_uint_eq(m->allocated, m->freed);
	machine_end(m);
}
END_TEST

/* The last thing before a table is linked: two mappers go on from here at the same moment. */
static void meet_sync(void *priv, uint64_t pa, size_t n)
{
	struct machine *m = priv;
	unsigned meet = atomic_load(&m->meet), met, spins = 0;

	(void)pa, (void)n;
	while (meet && !atomic_compare_exchange_weak(&m->meet, &meet, meet - 1))
		;
	if (!meet)
		return;
	for (met = (atomic_fetch_add(&m->met, 1) | 1) + 1; (int)(met - atomic_load(&m->met)) > 0;)
		if (++spins > 20000)
			sched_yield();
}

/* Two mappers have both found the table missing before either has one: the second sees that of the first, and goes into it. */
static void *run_single(void *arg)
{
	struct mapper *t = arg;
	struct ptg_flush f = { .count = 0 };

	t->err = ptg_map(&t->m->s, REGION + t->id * K4, UINT64_C(0x80000000) + t->id * K4, K4, &rig_rw, 0, &f);
	return NULL;
}

START_TEST(both_bring_a_table)
{
	struct machine *m = machine_new(_i);
	struct mapper t[2] = { { m, 0, 0 }, { m, 1, 0 } };
	struct ptg_translation tr;
	struct ptg_flush f;
	uint64_t table[16];
	pthread_t other;
	unsigned round, i;

	m->ops.sync = meet_sync;
	for (round = 0; round < 150; round++) {
		atomic_store(&m->meet, 6); /* three tables each */
		ck_assert_int_eq(pthread_create(&other, NULL, run_single, &t[1]), 0);
		run_single(&t[0]);
		pthread_join(other, NULL);
		for (i = 0; i < 2; i++) {
			MUST(!t[i].err, "mapper %u: %d", i, t[i].err);
			MUST(ptg_translate(&m->s, REGION + i * K4, PTG_LOOK, &tr) == PTG_F_NONE && tr.pa == UINT64_C(0x80000000) + i * K4,
			     "round %u: the page of mapper %u is gone", round, i);
		}
		ck_assert_uint_eq(m->allocated - m->freed, 3);
		f = (struct ptg_flush){ .table = table, .table_cap = 16 };
		ck_assert_int_eq(ptg_unmap(&m->s, REGION, 2 * K4, 0, &f), PTG_OK);
		ptg_flush_done(&m->s, &f);
		ck_assert_uint_eq(m->allocated, m->freed);
	}
	machine_end(m);
}
END_TEST

/* --- hardware ------------------------------------------------------------------------------ */

static void *run_hardware(void *arg)
{
	struct machine *m = arg;
	struct ptg_translation t;
	unsigned i = 0;

	while (!atomic_load(&m->stop)) {
		unsigned rest = atomic_load(&m->rest);

		for (atomic_store(&m->rests, rest); atomic_load(&m->go) != rest && !atomic_load(&m->stop);)
			sched_yield();
		if (ptg_access_mem(&m->s, REGION + i * K4, PTG_WRITE, &t) == PTG_F_NONE)
			atomic_store(&m->wrote[i], 1);
		i = (i + 5) % 512;
	}
	return NULL;
}

/* Pages written to, by the hardware's own account, and not marked. */
static unsigned lost(struct machine *m)
{
	struct ptg_translation t;
	unsigned i, n = 0;

	for (i = 0; i < 512; i++)
		if (atomic_load(&m->wrote[i])) {
			MUST(ptg_translate(&m->s, REGION + i * K4, PTG_LOOK, &t) == PTG_F_NONE, "page %u is gone", i);
			n += !(t.rights & PTG_DIRTY);
		}
	return n;
}

START_TEST(no_dirty_mark_is_lost)
{
	static const struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_ACCESSED | PTG_DIRTY };
	struct machine *m = machine_new(_i);
	pthread_t hardware;
	unsigned round, i;

	if (!ways[_i].marks) {
		machine_end(m);
		return;
	}
	ck_assert_int_eq(ptg_map(&m->s, REGION, UINT64_C(0x80000000), M2, &clean, 0, NULL), PTG_OK);
	ck_assert_int_eq(pthread_create(&hardware, NULL, run_hardware, m), 0);
	for (round = 0; round < 40; round++) {
		/* split by a change of rights, changed to and fro, collapsed again */
		ck_assert_int_eq(ptg_protect(&m->s, REGION + (round % 512) * K4, K4, &rig_ro, PTG_SPLIT_OK, NULL), PTG_OK);
		for (i = 0; i < 8; i++)
			ck_assert_int_eq(ptg_protect(&m->s, REGION, M2, i & 1 ? &rig_rw : &rig_ro, PTG_SPLIT_OK, NULL), PTG_OK);
		ck_assert_uint_eq(lost(m), 0);
		ck_assert_int_eq(ptg_collapse(&m->s, REGION, M2, NULL), PTG_OK);
		ck_assert_uint_eq(lost(m), 0);
	}
	atomic_store(&m->stop, true);
	pthread_join(hardware, NULL);
	ck_assert_uint_eq(lost(m), 0);
	machine_end(m);
}
END_TEST

/*
 * Rights of small pages go to and fro, writable all the time, while hardware marks them one after the other; then the marks
 * are taken away, with the hardware at rest, and all begins again.  Neither side undoes what the other did.
 */
START_TEST(marks_come_while_rights_change)
{
	static const struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_ACCESSED | PTG_DIRTY };
	static const struct ptg_attrs code = { .rights = PTG_SR | PTG_SW | PTG_SX, .care = PTG_SR | PTG_SW | PTG_SX };
	static const struct ptg_attrs data = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_SX };
	struct machine *m = machine_new(_i);
	struct ptg_translation t;
	pthread_t hardware;
	unsigned round, i, last;

	if (!ways[_i].marks) {
		machine_end(m);
		return;
	}
	ck_assert_int_eq(ptg_map(&m->s, REGION, UINT64_C(0x80000000), M2, &clean, PTG_NO_LARGE, NULL), PTG_OK);
	ck_assert_int_eq(pthread_create(&hardware, NULL, run_hardware, m), 0);
	for (round = 0; round < 200; round++) {
		for (i = 0; i < 24 || (i < 4000 && !atomic_load(&m->wrote[511])); i++) /* until it has been everywhere */
			MUST(ptg_protect(&m->s, REGION, M2, i & 1 ? &data : &code, 0, NULL) == PTG_OK, "protect");
		MUST(lost(m) == 0, "round %u: %u marks lost", round, lost(m));
		for (atomic_store(&m->rest, round + 1); atomic_load(&m->rests) != round + 1;)
			sched_yield();
		last = i - 1;
		for (i = 0; i < 512; i++) {
			MUST(ptg_translate(&m->s, REGION + i * K4, PTG_LOOK, &t) == PTG_F_NONE && ((t.rights & PTG_SX) != 0) == !(last & 1),
			     "round %u: rights of page %u are those of before", round, i);
			atomic_store(&m->wrote[i], 0);
		}
		MUST(ptg_protect(&m->s, REGION, M2, &clean, 0, NULL) == PTG_OK, "protect");
		atomic_store(&m->go, round + 1);
	}
	atomic_store(&m->stop, true);
	pthread_join(hardware, NULL);
	machine_end(m);
}
END_TEST

/* What harvest takes it reports: a mark is in the bitmap or still in the table. */
START_TEST(harvest_misses_nothing)
{
	static const struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = PTG_SR | PTG_SW | PTG_ACCESSED | PTG_DIRTY };
	struct machine *m = machine_new(_i);
	uint8_t seen[64] = { 0 };
	struct ptg_translation t;
	pthread_t hardware;
	unsigned i;

	if (!ways[_i].marks) {
		machine_end(m);
		return;
	}
	ck_assert_int_eq(ptg_map(&m->s, REGION, UINT64_C(0x80000000), M2, &clean, PTG_NO_LARGE, NULL), PTG_OK);
	ck_assert_int_eq(pthread_create(&hardware, NULL, run_hardware, m), 0);
	for (i = 0; i < 200; i++)
		ck_assert_int_eq(ptg_harvest(&m->s, REGION, M2, PTG_DIRTY, true, 12, seen, NULL), PTG_OK);
	atomic_store(&m->stop, true);
	pthread_join(hardware, NULL);
	for (i = 0; i < 512; i++)
		if (atomic_load(&m->wrote[i])) {
			ck_assert_int_eq(ptg_translate(&m->s, REGION + i * K4, PTG_LOOK, &t), PTG_F_NONE);
			ck_assert((seen[i / 8] >> (i % 8) & 1) || (t.rights & PTG_DIRTY));
		}
	machine_end(m);
}
END_TEST

/* --- entries of 128 bits ------------------------------------------------------------ */

static uint64_t meanwhile;       /* what somebody else sets in the other word, between the look and the store */

static int cas_meanwhile(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	struct rig *r = priv;
	uint64_t other = pa ^ 8, v;

	memcpy(&v, rig_at(r, other, 8), 8);
	v |= meanwhile;
	memcpy(rig_at(r, other, 8), &v, 8);
	return rig_cas(priv, pa, bytes, expected, desired);
}

/* One word is swapped; the other keeps what came into it. */
START_TEST(words_of_a_wide_entry)
{
	struct rig *r = rig_format("nvidia_v2");
	const uint64_t pa = RIG_BASE + 0x800;
	unsigned way, word;

	for (way = 0; way < 3; way++)
		for (word = 0; word < 2; word++) {
			uint64_t there[2] = { 0x10, 0x30 }, e[2] = { 0x10, 0x30 }, to[2] = { 0x10, 0x30 };

			r->ops.cas = way == 2 ? cas_meanwhile : rig_cas;
			r->m.window_size = way ? 0 : (uint64_t)RIG_UNITS * RIG_UNIT;
			if (way == 2)
				r->ops.map_table = NULL, r->ops.unmap_table = NULL;
			meanwhile = UINT64_C(1) << 60;
			to[word] |= 0x400;
			ck_assert_int_eq(ptg_store_(&r->s, pa, 4, there), PTG_OK);
			ck_assert_int_eq(ptg_cas_(&r->s, pa, 4, e, to), 1);
			ck_assert_int_eq(ptg_load_(&r->s, pa, 4, there), PTG_OK);
			ck_assert_uint_eq(there[word], to[word]);
			ck_assert_uint_eq(there[!word], to[!word] | (way == 2 ? meanwhile : 0));
			/* the word that stays is looked at too */
			there[!word] ^= 0x1000;
			ck_assert_int_eq(ptg_store_(&r->s, pa, 4, there), PTG_OK);
			e[0] = to[0];
			e[1] = to[1];
			to[word] |= 0x800;
			ck_assert_int_eq(ptg_cas_(&r->s, pa, 4, e, to), 0);
			ck_assert_uint_eq(e[0], there[0]);
			ck_assert_uint_eq(e[1], there[1]);
			/* both at once: no */
			to[0] = e[0] ^ 1;
			to[1] = e[1] ^ 1;
			ck_assert_int_eq(ptg_cas_(&r->s, pa, 4, e, to), PTG_E_UNSUPPORTED);
		}
	rig_end(r);
}
END_TEST

/* Hardware that marks entries of two words: a live change is refused, a quiet one is done. */
START_TEST(wide_entries_that_hardware_marks)
{
	struct rig *r = rig_format("nvidia_v2");
	struct ptg_format marked = *r->format;
	struct ptg_attrs rw = { .rights = 0x3f, .care = 0x3f }, ro;

	while (ptg_attr_check(&r->s, &rw, 21))
		rw.rights--;
	for (ro = rw, ro.rights--; ptg_attr_check(&r->s, &ro, 21);)
		ro.rights--;
	marked.mark_count = 1;
	r->s.format = &marked;
	ck_assert_int_eq(ptg_map(&r->s, 0, M2, M2, &rw, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_protect(&r->s, 0, M2, &ro, 0, &r->f), PTG_E_UNSUPPORTED);
	ck_assert_int_eq(ptg_protect(&r->s, 0, M2, &ro, PTG_QUIET, &r->f), PTG_OK);
	r->s.format = r->format;
	rig_end(r);
}
END_TEST

/* Hardware marks the page between the look and the swap, once: DBM with AP[2] set is writable, and clean. */
static int marks_before_swap(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	struct rig *r = priv;
	uint64_t *e = (uint64_t *)(void *)rig_at(r, pa, bytes);

	if ((*e & (UINT64_C(1) << 51 | 0x80)) == (UINT64_C(1) << 51 | 0x80))
		*e &= ~UINT64_C(0x80);
	return rig_cas(priv, pa, bytes, expected, desired);
}

/* AArch64's dirty mark is a bit of the rights: that it came meanwhile leaves no right that was taken away. */
START_TEST(a_mark_gives_no_right_back)
{
	static const struct ptg_attrs clean = { .rights = PTG_SR | PTG_SW, .care = 0x3f | PTG_ACCESSED | PTG_DIRTY };
	static const struct ptg_attrs ro = { .rights = PTG_SR, .care = 0x3f };
	struct rig *r = rig_format("aarch64_4k");
	struct ptg_translation t;
	unsigned pages;

	ck_assert_int_eq(ptg_space_feature(&r->s, "ha", true), PTG_OK);
	ck_assert_int_eq(ptg_space_feature(&r->s, "hd", true), PTG_OK);
	r->m.window_size = 0;
	r->ops.map_table = NULL;
	r->ops.cas = marks_before_swap;
	for (pages = 1; pages <= 3; pages++) {
		rig_fresh_flush(r);
		ck_assert_int_eq(ptg_map(&r->s, M2, M2, pages * K4, &clean, PTG_MAP_REPLACE, &r->f), PTG_OK);
		(void)ptg_translate(&r->s, M2, PTG_LOOK, &t);
		ck_assert_uint_eq(t.rights & (PTG_SW | PTG_DIRTY), PTG_SW);
		ck_assert_int_eq(ptg_protect(&r->s, M2, pages * K4, &ro, 0, &r->f), PTG_OK);
		(void)ptg_translate(&r->s, M2, PTG_LOOK, &t);
		ck_assert_uint_eq(t.rights & 0x3f, PTG_SR);
	}
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_threads");
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, disjoint_mappers, 0, WAYS);
	tcase_add_loop_test(tc, no_dirty_mark_is_lost, 0, WAYS);
	tcase_add_loop_test(tc, both_bring_a_table, 0, WAYS);
	tcase_add_loop_test(tc, marks_come_while_rights_change, 0, WAYS);
	tcase_add_loop_test(tc, harvest_misses_nothing, 0, WAYS);
	tcase_add_test(tc, words_of_a_wide_entry);
	tcase_add_test(tc, wide_entries_that_hardware_marks);
	tcase_add_test(tc, a_mark_gives_no_right_back);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
