/* SPDX-License-Identifier: MIT */
/*
 * test_cursor.c - the cursor in tables whose pages come in several variants
 *
 * Two tables' worth of the smallest pages of each format, with whatever rights and
 * marks it can say, holes between them; then tables of pages that are all alike, below
 * entries that take different rights away.  Each run has to say what ptg_translate() does.
 */
#define RAM (UINT64_C(1) << 22)

#include "runtime/ptg_core.h"
#include "tests/unit/formats_ram.h"

#define PAGES 1100u

static const struct ptg_mapper_ops ops = { .alloc_table = take };
static const struct ptg_mapper mapper = { .ops = &ops, .window = ram, .window_size = RAM };

static unsigned map_some(struct ptg_space *s, uint64_t page, uint64_t random)
{
	unsigned mapped = 0;

	for (unsigned i = 0; i < PAGES; i++) {
		int err = i % 23 == 7 ? PTG_OK : PTG_E_ATTR; /* some stay empty */

		for (unsigned tries = 0; err && tries < 9; tries++) {
			struct ptg_attrs a = { .rights = (uint32_t)(random = model_mix(random)) & 0x1ff };
			struct ptg_flush f = { .count = 0 };

			a.care = tries < 4 ? 0x1ff : tries < 8 ? (uint32_t)(random >> 20) & 0x1ff : 0;
			a.rights |= (uint32_t)(random >> 32) & 0x3f;
			err = ptg_map(s, i * page, (random >> 40) % 256 * page, page, &a,
				      PTG_NO_LARGE | PTG_NO_CONTIG | PTG_QUIET, &f);
			mapped += !err;
		}
	}
	return mapped;
}

/* --- tables that say something of their pages ------------------------------------- */

#define ENTRIES 64u

struct above {                   /* the entries that lead to tables */
	uint64_t pa[ENTRIES], va[ENTRIES];
	unsigned count;
};

static enum ptg_verdict note_table(void *arg, struct ptg_visit *v)
{
	struct above *up = arg;

	if (v->is_table && up->count < ENTRIES) {
		up->pa[up->count] = v->entry_pa;
		up->va[up->count++] = v->va;
	}
	return PTG_GO;
}

/* One bit of an entry that leads to a table, chosen so that the pages below stay where they are. */
static void flip(const struct ptg_space *s, const struct above *up, uint64_t *random)
{
	for (unsigned tries = 0; up->count && tries < 9; tries++) {
		unsigned i = (unsigned)((*random = model_mix(*random)) % up->count);
		unsigned bit = (unsigned)(*random >> 32) % (8u << s->format->levels[s->format->top].entry_lg2);
		struct ptg_translation before, after;

		ptg_translate(s, up->va[i], PTG_LOOK, &before);
		ram[up->pa[i] + bit / 8] ^= (uint8_t)(1u << bit % 8);
		ptg_translate(s, up->va[i], PTG_LOOK, &after);
		if (after.fault == PTG_F_NONE && before.pa == after.pa && before.entry_pa == after.entry_pa &&
		    before.page_lg2 == after.page_lg2)
			return;
		ram[up->pa[i] + bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* --- comparing ---------------------------------------------------------------------- */

/* With `up` tables change whenever a run ends with one. */
static void compare(const struct ptg_space *s, uint64_t first, uint64_t len, const struct above *up)
{
	uint64_t expect = first, random = len, span = UINT64_C(1) << (s->format->levels[0].shift + s->format->levels[0].width);
	struct ptg_cursor c;
	struct ptg_run run;

	ck_assert_int_eq(ptg_cursor_init(&c, s, first, len), 0);
	for (;;) {
		if (up && !(c.next & (span - 1)))
			flip(s, up, &random);
		if (ptg_next(&c, &run) != 1)
			break;
		struct ptg_translation t;
		enum ptg_fault fault = ptg_translate(s, run.va, PTG_LOOK, &t);

		MUST(run.va == expect && run.mapped == (fault == PTG_F_NONE), "%s: a run at %#llx, after %#llx", s->format->name,
		     (unsigned long long)run.va, (unsigned long long)expect);
		expect = run.last + 1;
		MUST(fault || (run.pa == t.pa && run.entry == t.entry && run.rights == t.rights && run.memtype == t.memtype &&
			       run.rule == t.rule && run.level == t.level && run.page_lg2 == t.page_lg2 && run.contig_lg2 == t.contig_lg2),
		     "%s: at %#llx the run says pa %#llx rights %#x level %u size %u", s->format->name, (unsigned long long)run.va,
		     (unsigned long long)run.pa, run.rights, run.level, run.page_lg2);
	}
	ck_assert_uint_eq(expect, first + len);
}

START_TEST(variants)
{
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, arena, files.gl_pathv[_i], NULL, &none), 0);
	for (unsigned i = 0; i < load.plan_count; i++) {
		const struct ptg_format *f = &load.plan[i]->format;
		struct ptg_space s;
		uint64_t page;

		if (f->stage[0])
			continue;
		memset(ram, 0, sizeof(ram));
		next_table = 1 << 20;
		if (ptg_space_init(&s, f, &ptg_generic_walker, &mapper, 0))
			continue;
		page = s.page_sizes & (0 - s.page_sizes);
		if (map_some(&s, page, 1 + (uint64_t)_i) < PAGES / 4)
			continue; /* rights it cannot say */
		compare(&s, 0, PAGES * page, NULL);
		compare(&s, page / 2, (PAGES - 3) * page + page / 4, NULL);
	}
	arena_free(arena);
}
END_TEST

START_TEST(tables)
{
	static const struct ptg_visitor visitor = { .entry = note_table };
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, arena, files.gl_pathv[_i], NULL, &none), 0);
	for (unsigned i = 0; i < load.plan_count; i++) {
		const struct ptg_format *f = &load.plan[i]->format;
		uint64_t len, random = 1 + (uint64_t)_i;
		struct above up = { .count = 0 };
		struct ptg_attrs a = { 0 };
		struct ptg_flush flush = { .count = 0 };
		struct ptg_space s;

		if (f->stage[0] || (f->flags & PTG_FORMAT_DYNAMIC) || f->levels[0].width > 10)
			continue;
		memset(ram, 0, sizeof(ram));
		next_table = 1 << 20;
		if (ptg_space_init(&s, f, &ptg_generic_walker, &mapper, 0))
			continue;
		len = UINT64_C(4) << (f->levels[0].shift + f->levels[0].width);
		if (ptg_map(&s, 0, 0, len, &a, PTG_NO_LARGE | PTG_NO_CONTIG | PTG_QUIET, &flush))
			continue; /* too large for this memory */
		ptg_walk(&s, 0, len, &visitor, &up);
		for (unsigned n = 0; n < 4; n++) {
			flip(&s, &up, &random);
			compare(&s, 0, len, NULL);
			compare(&s, 0, len, &up);
		}
	}
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cursor");
	int n = find_formats();
	TCase *tc = tcase_create("cursor");

	tcase_add_loop_test(tc, variants, 0, n);
	tcase_add_loop_test(tc, tables, 0, n);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
