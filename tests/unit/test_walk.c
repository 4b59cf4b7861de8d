/* SPDX-License-Identifier: MIT */
/*
 * test_walk.c - the generic walker on formats filled by hand, against walks
 * written out in this file, on random memory
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hand_formats.h"

/* --- memory: a window, or behind read_bytes, or map_table --------------------- */

static uint8_t ram[1 << 16] __attribute__((aligned(4096)));

#include "tests/unit/byte_ram.h"

static void *map_ram(void *priv, uint64_t pa, size_t bytes)
{
	(void)priv;
	return pa < sizeof(ram) && bytes <= sizeof(ram) - pa ? ram + pa : NULL;
}

static const struct ptg_mapper_ops byte_ops = { .read_bytes = read_ram, .write_bytes = write_ram };
static const struct ptg_mapper_ops map_ops = { .map_table = map_ram };
static const struct ptg_mapper window = { .window = ram, .window_size = sizeof(ram) };
static const struct ptg_mapper bytes = { .ops = &byte_ops };
static const struct ptg_mapper maps = { .ops = &map_ops };
static const struct ptg_mapper *const mappers[] = { &window, &bytes, &maps };

static uint64_t seed;
static uint64_t next_random(void)
{
	seed += 0x9e3779b97f4a7c15u;
	uint64_t z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint64_t ram64(uint64_t pa)
{
	uint64_t v = 0;
	for (unsigned i = 8; i-- > 0;)
		v = v << 8 | ram[pa + i];
	return v;
}

static void put64(uint64_t pa, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		ram[pa + i] = (uint8_t)(v >> 8 * i);
}

#include "tests/unit/hand_walks.h"

/* --- Sv48 ---------------------------------------------------------------------------- */

/* Tables that point at each other, and entries of all sorts. */
static void fill_sv48(void)
{
	for (unsigned i = 0; i < sizeof(ram) / 8; i++) {
		uint64_t r = next_random(), e = r & 0x3ff;

		e |= (r >> 20 & 15) << 10;
		if (r >> 30 & 3)
			e |= 1;
		if (r >> 32 & 1)
			e &= ~(uint64_t)0xde;
		if (!(r >> 34 & 15))
			e |= (next_random() & 0x3ffffffffff) << 10;
		if (!(r >> 38 & 31))
			e |= (uint64_t)1 << (54 + (r >> 50) % 10);
		if (r >> 44 & 1 && e & 14)
			e &= ~(uint64_t)0xffc00;
		put64(i * 8, e);
	}
}

static uint64_t sv_address(void)
{
	uint64_t va = next_random();

	if (va & 15)
		va = (uint64_t)((int64_t)(va << 16) >> 16);
	return va;
}

static void compare(const struct ptg_space *s, const struct answer *a, uint64_t va, unsigned access)
{
	struct ptg_translation t;
	struct ptg_hit h = ptg_lookup(s, va, access);

	ck_assert_uint_eq(ptg_translate(s, va, access, &t), a->fault);
	ck_assert_uint_eq(t.fault, a->fault);
	ck_assert_uint_eq(t.pa, a->pa);
	ck_assert_uint_eq(t.rule, a->rule);
	ck_assert_uint_eq(t.entry, a->entry);
	ck_assert_uint_eq(t.entry_pa, a->entry_pa);
	ck_assert_uint_eq(t.level, a->level);
	ck_assert_uint_eq(t.page_lg2, a->lg2);
	ck_assert_uint_eq(t.rights, a->rights);
	ck_assert_uint_eq(h.pa, a->pa);
	ck_assert_uint_eq(PTG_HIT_FAULT(h), a->fault);
	ck_assert_uint_eq(PTG_HIT_RULE(h), a->rule);
	ck_assert_uint_eq(PTG_HIT_LEVEL(h), a->level);
	if (!a->fault) {
		ck_assert_uint_eq(PTG_HIT_LG2(h), a->lg2);
		ck_assert_uint_eq(PTG_HIT_RIGHTS(h), a->rights);
	}
}

START_TEST(sv48_random_memory)
{
	struct ptg_space s;

	seed = (uint64_t)_i + 1;
	fill_sv48();
	ck_assert_int_eq(ptg_space_init(&s, &hand_sv48, NULL, mappers[_i % 3], 0x3000), 0);
	for (unsigned n = 0; n < 20000; n++) {
		bool sum = n & 1, mxr = n & 2, adu = n & 4;
		unsigned access = (unsigned)next_random() & 15;
		uint64_t va = sv_address();
		struct answer a = sv_walk(0x3000, va, access, sum, mxr, adu);

		if (!(n & 255)) {
			ck_assert_int_eq(ptg_space_ctx(&s, "sum", sum), 0);
			ck_assert_int_eq(ptg_space_ctx(&s, "mxr", mxr), 0);
			ck_assert_int_eq(ptg_space_feature(&s, "svadu", adu), 0);
		} else {
			sum = s.ctx[0] & 1;
			mxr = s.ctx[0] & 2;
			adu = s.config[0] & 1;
			a = sv_walk(0x3000, va, access, sum, mxr, adu);
		}
		compare(&s, &a, va, access);
	}
}
END_TEST

/* What it returned is what stands: the marks are set, where hardware sets them, and nothing else changed. */
START_TEST(sv48_marks)
{
	struct ptg_space s;
	static uint8_t before[sizeof(ram)];

	seed = (uint64_t)_i + 100;
	fill_sv48();
	ck_assert_int_eq(ptg_space_init(&s, &hand_sv48, NULL, mappers[_i % 3], 0), 0);
	for (unsigned n = 0; n < 5000; n++) {
		unsigned access = (unsigned)next_random() & 15;
		uint64_t va = sv_address();
		struct answer a = sv_walk(0, va, access, false, false, true);
		struct ptg_translation t;

		memcpy(before, ram, sizeof(ram));
		if ((mappers[_i % 3] == &bytes || !PTG_ATOMIC64) && !a.fault && (access & 7) &&
		    ((a.entry & 64) == 0 || ((access & PTG_WRITE) && (a.entry & 128) == 0))) {
			/* no way to swap: the access does not happen */
			ck_assert_uint_eq(ptg_access_mem(&s, va, access, &t), PTG_F_UNREADABLE);
			ck_assert_mem_eq(before, ram, sizeof(ram));
			continue;
		}
		ck_assert_uint_eq(ptg_access_mem(&s, va, access, &t), a.fault);
		ck_assert_uint_eq(t.pa, a.pa);
		ck_assert_uint_eq(t.rule, a.rule);
		if (!a.fault && (access & 7)) {
			a.entry |= access & PTG_WRITE ? 192 : 64;
			for (unsigned i = 0; i < 8; i++)
				before[a.entry_pa + i] = (uint8_t)(a.entry >> 8 * i);
			ck_assert_uint_eq(t.entry, a.entry);
			ck_assert_uint_eq(t.rights & (PTG_ACCESSED | PTG_DIRTY),
					  (a.entry & 64 ? PTG_ACCESSED : 0u) | (a.entry & 128 ? PTG_DIRTY : 0u));
		}
		ck_assert_mem_eq(before, ram, sizeof(ram));
	}
}
END_TEST

START_TEST(many)
{
	struct ptg_space s;
	uint64_t va[100];
	struct ptg_hit hit[100];
	size_t good = 0;

	seed = 77;
	fill_sv48();
	ptg_space_init(&s, &hand_sv48, NULL, &window, 0);
	for (unsigned i = 0; i < 100; i++) {
		va[i] = sv_address();
		good += !PTG_HIT_FAULT(ptg_lookup(&s, va[i], PTG_READ));
	}
	ck_assert_uint_eq(ptg_lookup_many(&s, va, 100, PTG_READ, hit), good);
	for (unsigned i = 0; i < 100; i++) {
		ck_assert_uint_eq(hit[i].pa, ptg_lookup(&s, va[i], PTG_READ).pa);
		ck_assert_uint_eq(hit[i].info, ptg_lookup(&s, va[i], PTG_READ).info);
	}
}
END_TEST

/* --- tiny: two children, pass, big endian, 16 bits --------------------------------- */

static void fill_tiny(void)
{
	for (unsigned i = 0; i < 4096; i += 2) {
		unsigned e = (unsigned)next_random() & 0xffff;

		if (next_random() & 1)
			e = (e & 0x3fff) | 0x4000;
		ram[i] = (uint8_t)(e >> 8);
		ram[i + 1] = (uint8_t)e;
	}
}

START_TEST(tiny_random_memory)
{
	struct ptg_space s;

	seed = (uint64_t)_i + 500;
	fill_tiny();
	ck_assert_int_eq(ptg_space_init(&s, &hand_tiny, NULL, mappers[_i % 3], 0x100), 0);
	for (unsigned va = 0; va < 4200; va++)
		for (unsigned access = 0; access < 16; access++) {
			struct answer a = tiny_walk(0x100, va, access);

			compare(&s, &a, va, access);
		}
}
END_TEST

/* --- cursor: runs cover the range without gaps, each says what translate says ---------- */

static void check_run(const struct ptg_space *s, const struct ptg_run *r)
{
	uint64_t at[3] = { r->va, r->last, r->va + (r->last - r->va) / 2 };

	for (unsigned i = 0; i < 3; i++) {
		struct ptg_translation t;
		enum ptg_fault fault = ptg_translate(s, at[i], PTG_LOOK, &t);

		ck_assert_int_eq(r->mapped, !fault);
		ck_assert_uint_eq(r->rule, t.rule);
		if (fault)
			continue;
		ck_assert_uint_eq(r->pa + (at[i] - r->va), t.pa);
		ck_assert_uint_eq(r->rights, t.rights);
		ck_assert_uint_eq(r->level, t.level);
		ck_assert_uint_eq(r->page_lg2, t.page_lg2);
	}
}

START_TEST(tiny_cursor)
{
	struct ptg_space s;
	struct ptg_cursor c, copy;
	struct ptg_run r, again;
	uint64_t va = (unsigned)_i % 7 * 5, end;

	seed = (uint64_t)_i + 900;
	fill_tiny();
	ptg_space_init(&s, &hand_tiny, NULL, mappers[_i % 3], 0x40);
	ck_assert_int_eq(ptg_cursor_init(&c, &s, va, _i % 2 ? UINT64_MAX : 4096 - va), 0);
	end = _i % 2 ? UINT64_MAX : 4095;
	copy = c;
	while (ptg_next(&c, &r) == 1) {
		ck_assert_uint_eq(r.va, va);
		ck_assert_uint_ge(r.last, r.va);
		check_run(&s, &r);
		ck_assert_int_eq(ptg_next(&copy, &again), 1); /* a copy goes the same way */
		ck_assert_uint_eq(again.last, r.last);
		copy = c;
		va = r.last + 1;
	}
	ck_assert_uint_eq(r.last, end);
	ck_assert_int_eq(ptg_next(&c, &r), 0);
}
END_TEST

START_TEST(sv48_cursor)
{
	struct ptg_space s;
	struct ptg_cursor c;
	struct ptg_run r;
	uint64_t va, last = 0;
	unsigned n = 0;

	seed = (uint64_t)_i + 1300;
	fill_sv48();
	va = sv_address() & ~(uint64_t)0xfff;
	ptg_space_init(&s, &hand_sv48, NULL, mappers[_i % 3], 0x1000);
	ck_assert_int_eq(ptg_cursor_init(&c, &s, va, UINT64_MAX), 0);
	last = va - 1;
	while (n++ < 3000 && ptg_next(&c, &r) == 1) {
		ck_assert_uint_eq(r.va, last + 1);
		check_run(&s, &r);
		last = r.last;
	}
	/* the hole between the halves is one run */
	ck_assert_int_eq(ptg_cursor_init(&c, &s, (uint64_t)1 << 47, UINT64_MAX), 0);
	ck_assert_int_eq(ptg_next(&c, &r), 1);
	ck_assert_int_eq(r.mapped, 0);
	ck_assert_uint_eq(r.rule, 1);
	ck_assert_uint_eq(r.last, 0xffff7fffffffffffu);
}
END_TEST

/* --- many entries a call: what the cursor says one by one, put together ------------------ */

static bool follows(const struct ptg_run *a, const struct ptg_run *b, bool contiguous)
{
	if (!a->mapped || !b->mapped)
		return a->mapped == b->mapped && a->rule == b->rule;
	return a->rights == b->rights && a->memtype == b->memtype && a->rule == b->rule && a->level == b->level &&
	       a->page_lg2 == b->page_lg2 && a->contig_lg2 == b->contig_lg2 && (!contiguous || a->pa + (b->va - a->va) == b->pa);
}

static void check_spans(const struct ptg_space *s, uint64_t va, uint64_t len, unsigned runs)
{
	struct ptg_cursor c, e, p;
	struct ptg_run r, extent, group;
	uint64_t pa[5];
	int n = 0, at = 0;

	ptg_cursor_init(&c, s, va, len);
	ptg_cursor_init(&e, s, va, len);
	ptg_cursor_init(&p, s, va, len);
	for (unsigned i = 0; i < runs && ptg_next(&c, &r) == 1; i++) {
		if (i == 0 || r.va > extent.last) {
			ck_assert(i == 0 || !follows(&extent, &r, true));
			ck_assert_int_eq(ptg_next_extent(&e, &extent, 0), 1);
			ck_assert_uint_eq(extent.va, r.va);
			ck_assert_uint_eq(extent.entry, r.entry);
		}
		ck_assert(follows(&extent, &r, true));
		ck_assert_uint_ge(extent.last, r.last);
		if (i == 0 || r.va > group.last) {
			ck_assert(i == 0 || n == 5 || !group.mapped || at == n);
			n = ptg_next_pages(&p, &group, pa, 5, 0);
			at = 0;
			ck_assert(n >= 1);
			ck_assert_uint_eq(group.va, r.va);
		}
		ck_assert(follows(&group, &r, false));
		ck_assert_uint_eq(r.mapped ? pa[at++] : 0, r.pa);
		ck_assert_uint_eq(group.mapped && at == n ? group.last : r.last, r.last);
	}
}

START_TEST(tiny_spans)
{
	struct ptg_space s;

	seed = (uint64_t)_i + 900;
	fill_tiny();
	ptg_space_init(&s, &hand_tiny, NULL, mappers[_i % 3], 0x40);
	check_spans(&s, (unsigned)_i % 7 * 5, 4000, 4096);
}
END_TEST

/* A table of pages that go on, but for some that do not. */
START_TEST(sv48_spans)
{
	struct ptg_space s;

	seed = (uint64_t)_i + 1300;
	fill_sv48();
	ptg_space_init(&s, &hand_sv48, NULL, mappers[_i % 3], 0x1000);
	check_spans(&s, sv_address() & ~(uint64_t)0xfff, UINT64_MAX, 2000);
	put64(0x1000, 2 << 10 | 1);
	put64(0x2000, 3 << 10 | 1);
	put64(0x3000, 4 << 10 | 1);
	put64(0x3008, 5 << 10 | 1);
	for (unsigned i = 0; i < 1024; i++) {
		uint64_t r = next_random();

		put64(0x4000 + i * 8, r % 61 ? (uint64_t)(0x80000 + i) << 10 | 0xc7 : r & 64 ? 0 : (r & 0xfff) << 10 | 0x47);
	}
	check_spans(&s, 0, 1024 << 12, 1024);
}
END_TEST

/* --- walk: entries, holes and posts are what the cursor sees --------------------------- */

struct seen {
	uint64_t next;
	unsigned entries, holes, posts, open, stop_after, max_open;
};

static enum ptg_verdict on_entry(void *arg, struct ptg_visit *v)
{
	struct seen *n = arg;

	n->entries++;
	if (v->is_table) {
		n->open++;
		if (n->open > n->max_open)
			n->max_open = n->open;
	} else {
		ck_assert_uint_eq(v->va, n->next);
		n->next = v->last + 1;
	}
	return n->stop_after && n->entries == n->stop_after ? PTG_STOP : PTG_GO;
}

static enum ptg_verdict on_hole(void *arg, struct ptg_visit *v)
{
	struct seen *n = arg;

	n->holes++;
	ck_assert_uint_eq(v->va, n->next);
	n->next = v->last + 1;
	return PTG_GO;
}

static enum ptg_verdict on_post(void *arg, struct ptg_visit *v)
{
	struct seen *n = arg;

	ck_assert_int_eq(v->is_table, 1);
	n->posts++;
	n->open--;
	return PTG_GO;
}

static enum ptg_verdict skip_tables(void *arg, struct ptg_visit *v)
{
	struct seen *n = arg;

	n->entries++;
	ck_assert_uint_eq(v->level, 3);
	return PTG_SKIP;
}

static const struct ptg_visitor visitor = { on_entry, on_hole, on_post };

START_TEST(tiny_walk_all)
{
	struct ptg_space s;
	struct ptg_cursor c;
	struct ptg_run r;
	struct seen seen = { .next = 0 };
	unsigned pages = 0, holes = 0;

	seed = (uint64_t)_i + 2000;
	fill_tiny();
	ptg_space_init(&s, &hand_tiny, NULL, mappers[_i % 3], 0x80);
	ck_assert_int_eq(ptg_walk(&s, 0, 4096, &visitor, &seen), 0);
	ck_assert_uint_eq(seen.next, 4096);
	ck_assert_uint_eq(seen.open, 0);
	ck_assert_uint_le(seen.max_open, 3);
	ptg_cursor_init(&c, &s, 0, 4096);
	while (ptg_next(&c, &r) == 1) {
		pages += r.mapped;
		holes += !r.mapped;
	}
	ck_assert_uint_eq(seen.holes, holes);
	ck_assert_uint_eq(seen.entries - seen.posts, pages);
	if (seen.entries > 1) {
		struct seen few = { .next = 0, .stop_after = seen.entries / 2 };

		ck_assert_int_eq(ptg_walk(&s, 0, 4096, &visitor, &few), few.stop_after ? PTG_E_STOPPED : 0);
	}
	{
		struct ptg_visitor top = { skip_tables, NULL, NULL };
		struct seen few = { .next = 0 };

		ck_assert_int_eq(ptg_walk(&s, 0, UINT64_MAX, &top, &few), 0);
		ck_assert_uint_le(few.entries, 4);
	}
}
END_TEST

START_TEST(arguments)
{
	struct ptg_space s;
	struct ptg_cursor c;
	struct ptg_mapper odd = { .window = ram, .window_size = 100 };
	struct ptg_decoded d;
	uint64_t e[2] = { 0, 0 };

	ck_assert_int_eq(ptg_space_setup(&s, &hand_sv48, NULL, &odd), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_setup(NULL, &hand_sv48, NULL, &window), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_setup(&s, NULL, NULL, &window), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_init(&s, &hand_sv48, NULL, &window, 0x1004), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_space_setup(&s, &hand_sv48, NULL, &window), 0);
	ck_assert_uint_eq(PTG_HIT_FAULT(ptg_lookup(&s, 0, 0)), PTG_F_CONFIG); /* no root yet */
	ck_assert_int_eq(ptg_space_feature(&s, "svnapot", true), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_ctx(&s, "wp", 1), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_config(&s, 2), PTG_E_ARG);
	ck_assert_int_eq(ptg_space_param(&s, "pa_bits", 1), PTG_E_ARG);
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, 0), PTG_E_ARG);
	ck_assert_int_eq(ptg_cursor_init(&c, &s, UINT64_MAX, 2), PTG_E_ARG);
	ck_assert_int_eq(ptg_cursor_init(NULL, &s, 0, 1), PTG_E_ARG);
	ck_assert_int_eq(ptg_walk(&s, 0, 4096, NULL, NULL), PTG_E_ARG);
	ck_assert_int_eq(ptg_decode(&s, 4, e, &d), PTG_E_ARG);
	ck_assert_int_eq(ptg_decode(&s, 3, e, NULL), PTG_E_ARG);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("walk");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, sv48_random_memory, 0, 9);
	tcase_add_loop_test(t, sv48_marks, 0, 6);
	tcase_add_test(t, many);
	tcase_add_loop_test(t, tiny_random_memory, 0, 12);
	tcase_add_loop_test(t, tiny_cursor, 0, 42);
	tcase_add_loop_test(t, sv48_cursor, 0, 9);
	tcase_add_loop_test(t, tiny_spans, 0, 42);
	tcase_add_loop_test(t, sv48_spans, 0, 9);
	tcase_add_loop_test(t, tiny_walk_all, 0, 12);
	tcase_add_test(t, arguments);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
