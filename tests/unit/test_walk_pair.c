/* SPDX-License-Identifier: MIT */
/*
 * test_walk_pair.c - ptg_walk over two stages against a walk of both by hand
 *
 * Sv39 over Sv39x4 from the privileged manual: random trees of both stages, every call of the visitor in its order.
 * All pairs: the leaves cover the range, and are pages where a translation finds one.
 */
#include <glob.h>

#include "tests/unit/space.h"

#define PAGES 64u
#define WORDS (PAGES * 512u)

struct pair {
	struct ptg_space s, first, second;
	struct ptg_mapper m;
	struct arena *arena;
	uint64_t mem[WORDS];
	uint64_t seed;
	struct ptg_visit *want;
	uint8_t *call;           /* 'e', 'h' or 'p', for want[] */
	size_t n, cap, at;
	size_t stop;             /* the call at which the visitor stops; 0: none */
	enum ptg_verdict page;   /* what it says to a page of the first stage */
};

static uint64_t number(struct pair *p, uint64_t n)
{
	uint64_t x = p->seed += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (x ^ (x >> 31)) % n;
}

/* --- by hand -------------------------------------------------------------------------------- */

static void expect(struct pair *p, char call, const struct ptg_visit *v)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 1024;
		p->want = realloc(p->want, p->cap * sizeof(*p->want));
		p->call = realloc(p->call, p->cap);
	}
	p->want[p->n] = *v;
	p->call[p->n++] = (uint8_t)call;
}

enum { NOTHING, POINTER, LEAF };

/* Table 4.4 of the manual and steps 2 to 5: V, R, W, X in bits 0 to 3; a pointer has D, A and U clear; superpages are aligned. */
static int kind(uint64_t pte, unsigned level)
{
	uint64_t ppn = pte >> 10 & ((UINT64_C(1) << 44) - 1);

	if (!(pte & 1) || (pte & 6) == 4 || pte >> 54)
		return NOTHING;
	if (pte & 0xe)
		return ppn & ((UINT64_C(1) << (9 * level)) - 1) ? NOTHING : LEAF;
	return level && !(pte & 0xd0) ? POINTER : NOTHING;
}

static uint64_t word(const struct pair *p, uint64_t pa)
{
	return pa / 8 < WORDS ? p->mem[pa / 8] : 0;
}

/* The second stage for one address: the physical one; or false, and the entry that has none. */
static bool second_of(const struct pair *p, uint64_t ipa, uint64_t *pa, struct ptg_visit *v)
{
	uint64_t table = p->second.root[0].table, pte, size;
	unsigned level, index;

	for (level = 2;; level--) {
		index = (unsigned)(ipa >> (12 + 9 * level) & (level == 2 ? 2047 : 511));
		pte = word(p, table + 8 * index);
		v->entry = pte;
		v->entry_pa = table + 8 * index;
		v->level = (uint8_t)level;
		if (kind(pte, level) == NOTHING)
			return false;
		if (kind(pte, level) == LEAF) {
			size = UINT64_C(1) << (12 + 9 * level);
			*pa = (pte >> 10 << 12) | (ipa & (size - 1));
			return true;
		}
		table = pte >> 10 << 12;
	}
}

static void second_tree(struct pair *p, uint64_t table, unsigned level, uint64_t ipa, uint64_t end, uint64_t away)
{
	for (;;) {
		uint64_t span = UINT64_C(1) << (12 + 9 * level), last = ipa | (span - 1);
		uint64_t at = table + 8 * (ipa >> (12 + 9 * level) & (level == 2 ? 2047 : 511)), pte = word(p, at);
		struct ptg_visit v = { .entry = pte, .entry_pa = at, .level = (uint8_t)level, .stage = 2, .ipa = ipa };

		last = last < end ? last : end;
		v.va = ipa + away;
		v.last = last + away;
		v.is_table = kind(pte, level) == POINTER;
		expect(p, kind(pte, level) == NOTHING ? 'h' : 'e', &v);
		if (v.is_table) {
			second_tree(p, pte >> 10 << 12, level - 1, ipa, last, away);
			expect(p, 'p', &v);
		}
		if (last == end)
			return;
		ipa = last + 1;
	}
}

static void first_tree(struct pair *p, uint64_t table, unsigned level, uint64_t va, uint64_t end)
{
	for (;;) {
		uint64_t span = UINT64_C(1) << (12 + 9 * level), last = va | (span - 1), pa = 0, ipa;
		struct ptg_visit v = { .va = va, .stage = 1, .ipa = table + 8 * (va >> (12 + 9 * level) & 511) };
		bool there = second_of(p, v.ipa, &pa, &v);

		v.last = last = last < end ? last : end;
		if (!there) {
			v.stage = 2;
			expect(p, 'h', &v);
		} else {
			v.entry = word(p, pa);
			v.entry_pa = pa;
			v.level = (uint8_t)level;
			v.is_table = kind(v.entry, level) == POINTER;
			expect(p, kind(v.entry, level) == NOTHING ? 'h' : 'e', &v);
			if (v.is_table) {
				first_tree(p, v.entry >> 10 << 12, level - 1, va, last);
				expect(p, 'p', &v);
			} else if (kind(v.entry, level) == LEAF && p->page != PTG_SKIP) {
				ipa = (v.entry >> 10 << 12) | (va & (span - 1));
				second_tree(p, p->second.root[0].table, 2, ipa, ipa + (last - va), va - ipa);
			}
		}
		if (last == end)
			return;
		va = last + 1;
	}
}

/* --- random trees ---------------------------------------------------------------------------------- */

/* Pages 0 to 15 hold tables of the first stage, 16 to 19 the root of the second, 20 to 31 its other tables. */
static uint64_t random_entry(struct pair *p, bool second)
{
	uint64_t page = second ? 20 + number(p, 12) : number(p, 20), ppn = number(p, 4) ? page : number(p, 1 << 20);

	if (number(p, 30))
		return 0;
	switch (number(p, 8)) {
	case 0: case 1: case 2:
		return page << 10 | 1;
	case 3: case 4:
		return ppn << 10 | 0xdf;
	case 5:
		return (ppn & ~UINT64_C(511)) << 10 | 0xdf; /* aligned as 2 MiB are, and 1 GiB */
	case 6:
		return ppn << 10 | 0xd5; /* W without R */
	default:
		return (ppn & ~UINT64_C(0x3ffff)) << 10 | 0xcf | number(p, 2) << 4;
	}
}

static struct pair *pair_new(uint64_t seed)
{
	static const struct load_options none;
	struct pair *p = calloc(1, sizeof(*p));
	const struct ptg_format *f;
	struct load load;
	unsigned i;

	p->seed = seed;
	p->arena = arena_new();
	ck_assert_int_eq(load_file(&load, p->arena, "formats/sv39_sv39x4.pt", "sv39_sv39x4", &none), 0);
	f = &load.plan[0]->format;
	p->m = (struct ptg_mapper){ .window = p->mem, .window_pa = 0, .window_size = sizeof(p->mem) };
	ck_assert_int_eq(ptg_space_init(&p->first, f->stage[0], NULL, &p->m, 0x3000), PTG_OK);
	ck_assert_int_eq(ptg_space_init(&p->second, f->stage[1], NULL, &p->m, 16 * 4096), PTG_OK);
	ck_assert_int_eq(ptg_space_pair(&p->s, f, NULL, &p->first, &p->second), PTG_OK);
	for (i = 0; i < 32 * 512; i++)
		p->mem[i] = random_entry(p, i >= 16 * 512);
	for (i = 0; i < 20; i++) /* where the first stage's tables are */
		p->mem[22 * 512 + i] = number(p, 10) ? number(p, 16) << 10 | 0xdf : 0;
	p->mem[16 * 512] = 21 << 10 | 1;
	p->mem[21 * 512] = 22 << 10 | 1;
	p->mem[22 * 512 + 3] = 3 << 10 | 0xdf;
	return p;
}

static void pair_end(struct pair *p)
{
	arena_free(p->arena);
	free(p->want);
	free(p->call);
	free(p);
}

/* --- what the visitor is told ---------------------------------------------------------------------------- */

static enum ptg_verdict next_call(struct pair *p, char call, const struct ptg_visit *v)
{
	const struct ptg_visit *w = &p->want[p->at];

	MUST(p->at < p->n, "more calls than %zu", p->n);
	MUST(p->call[p->at] == call, "call %zu is %c, not %c: va %#llx stage %u level %u", p->at, call, p->call[p->at],
	     (unsigned long long)v->va, v->stage, v->level);
	MUST(v->va == w->va && v->last == w->last, "call %zu: %#llx..%#llx, not %#llx..%#llx", p->at, (unsigned long long)v->va,
	     (unsigned long long)v->last, (unsigned long long)w->va, (unsigned long long)w->last);
	MUST(v->stage == w->stage && v->level == w->level && v->ipa == w->ipa, "call %zu: stage %u level %u ipa %#llx", p->at, v->stage,
	     v->level, (unsigned long long)v->ipa);
	MUST(v->entry == w->entry && v->entry_pa == w->entry_pa && v->is_table == w->is_table, "call %zu: entry %#llx at %#llx", p->at,
	     (unsigned long long)v->entry, (unsigned long long)v->entry_pa);
	p->at++;
	if (p->at == p->stop)
		return PTG_STOP;
	return call == 'e' && v->stage == 1 && !v->is_table ? p->page : PTG_GO;
}

static enum ptg_verdict on_entry(void *arg, struct ptg_visit *v)
{
	return next_call(arg, 'e', v);
}

static enum ptg_verdict on_hole(void *arg, struct ptg_visit *v)
{
	return next_call(arg, 'h', v);
}

static enum ptg_verdict on_post(void *arg, struct ptg_visit *v)
{
	return next_call(arg, 'p', v);
}

static const struct ptg_visitor visitor = { on_entry, on_hole, on_post };

START_TEST(both_stages_entry_by_entry)
{
	struct pair *p = pair_new((uint64_t)_i + 1);
	uint64_t va = _i % 2 ? 0 : number(p, UINT64_C(1) << 38), last = va + number(p, UINT64_C(1) << 38);

	if (last >> 38)
		last = (UINT64_C(1) << 38) - 1;
	if (_i % 4 == 2) /* it begins in the middle of a large page */
		p->mem[3 * 512 + (va >> 30)] = 0xdf;
	p->page = _i % 5 == 4 ? PTG_SKIP : PTG_GO;
	first_tree(p, 0x3000, 2, va, last);
	ck_assert_int_eq(ptg_walk(&p->s, va, last - va + 1, &visitor, p), PTG_OK);
	ck_assert_uint_eq(p->at, p->n);
	p->at = 0;
	p->stop = 1 + number(p, p->n);
	ck_assert_int_eq(ptg_walk(&p->s, va, last - va + 1, &visitor, p), PTG_E_STOPPED);
	ck_assert_uint_eq(p->at, p->stop);
	ck_assert_int_eq(ptg_walk_mut(&p->s, va, last - va + 1, &visitor, p, NULL), PTG_E_UNSUPPORTED);
	pair_end(p);
}
END_TEST

/* vsatp.MODE is Bare: addresses go to the second stage as they are. */
START_TEST(no_first_stage)
{
	struct pair *p = pair_new((uint64_t)_i + 100);
	const uint64_t last = (UINT64_C(1) << 41) - 1;

	p->first.root[0].flags |= PTG_ROOT_BYPASS;
	second_tree(p, 16 * 4096, 2, 0x1000, last, 0);
	ck_assert_int_eq(ptg_walk(&p->s, 0x1000, last - 0xfff, &visitor, p), PTG_OK);
	ck_assert_uint_eq(p->at, p->n);
	pair_end(p);
}
END_TEST

/* hgatp.MODE is Bare: what the first stage gives is physical, and nothing comes below its pages. */
START_TEST(no_second_stage)
{
	struct pair *p = pair_new((uint64_t)_i + 200);
	struct ptg_space one = p->first;
	struct ptg_visit *v;
	size_t i;

	p->second.root[0].flags |= PTG_ROOT_BYPASS;
	for (i = 0; i < 512; i++) {
		struct ptg_visit e = { .va = i << 30, .last = (i << 30) | 0x3fffffff, .stage = 1, .level = 2,
				       .entry = p->mem[3 * 512 + i], .entry_pa = 0x3000 + 8 * i, .ipa = 0x3000 + 8 * i };

		if (kind(e.entry, 2) == POINTER)
			p->mem[3 * 512 + i] = e.entry = 0;
		expect(p, kind(e.entry, 2) == NOTHING ? 'h' : 'e', &e);
		if (i == 255)
			break;
	}
	ck_assert_int_eq(ptg_walk(&p->s, 0, UINT64_C(1) << 38, &visitor, p), PTG_OK);
	ck_assert_uint_eq(p->at, p->n);
	for (v = p->want; v < p->want + p->n; v++) /* and as one stage alone has it */
		v->stage = 0, v->ipa = 0;
	p->at = 0;
	ck_assert_int_eq(ptg_walk(&one, 0, UINT64_C(1) << 38, &visitor, p), PTG_OK);
	pair_end(p);
}
END_TEST

/* --- all pairs --------------------------------------------------------------------------------------------- */

struct leaves { const struct ptg_space *s; uint64_t next; unsigned pages, holes, depth; };

static enum ptg_verdict leaf(void *arg, struct ptg_visit *v)
{
	struct leaves *l = arg;
	struct ptg_translation t;
	bool page;
	uint64_t at;

	MUST(v->va == l->next, "%#llx after %#llx", (unsigned long long)v->va, (unsigned long long)l->next);
	l->next = v->last + 1;
	for (at = v->va;; at = v->last) {
		page = ptg_translate(l->s, at, PTG_LOOK, &t) == PTG_F_NONE;
		MUST(page == v->is_table, "%#llx: fault %u", (unsigned long long)at, t.fault);
		if (at == v->last)
			break;
	}
	l->pages += page;
	l->holes += !page;
	return PTG_GO;
}

static enum ptg_verdict leaf_entry(void *arg, struct ptg_visit *v)
{
	struct leaves *l = arg;

	l->depth += v->is_table;
	if (v->is_table || v->stage == 1)
		return PTG_GO;
	v->is_table = 1; /* here: a page */
	return leaf(arg, v);
}

static enum ptg_verdict leaf_post(void *arg, struct ptg_visit *v)
{
	struct leaves *l = arg;

	MUST(v->is_table, "post");
	l->depth--;
	return PTG_GO;
}

static glob_t formats;

/* Tables of the first stage are where the second maps them to: at the same address. */
START_TEST(leaves_cover_the_range)
{
	static const struct load_options none;
	static const struct ptg_visitor leaves = { leaf_entry, leaf, leaf_post };
	const char *path = formats.gl_pathv[_i], *name = strrchr(path, '/') + 1;
	struct rig *r = rig_new(), *r2 = rig_new();
	struct leaves l = { .depth = 0 };
	struct ptg_space pair;
	const struct ptg_format *f;
	uint64_t k, va, len;
	struct load load;
	unsigned i;

	ck_assert_int_eq(load_file(&load, r->arena, path, arena_printf(r->arena, "%.*s", (int)(strlen(name) - 3), name), &none), 0);
	f = &load.plan[0]->format;
	if (f->stage[0]) {
		rig_space(r, f->stage[0]);
		rig_space(r2, f->stage[1]);
		r2->s.mapper = &r->m; /* one memory; the second root above everything that the rig gives out */
		r2->s.root[0].table = RIG_BASE + (uint64_t)RIG_UNITS * RIG_UNIT - RIG_ROOT;
		memcpy(rig_at(r, r2->s.root[0].table, RIG_ROOT / 2), rig_at(r2, RIG_BASE, RIG_ROOT / 2), RIG_ROOT / 2);
		memset(r->used + (RIG_UNITS - RIG_ROOT / RIG_UNIT), 2, RIG_ROOT / RIG_UNIT);
		k = UINT64_C(1) << ptg_lowest_bit_(r->s.page_sizes);
		len = 64 * k;
		va = 3 * k;
		ck_assert_int_eq(ptg_map(&r2->s, 0, 0, UINT64_C(0x2000000), &rig_rw, 0, NULL), PTG_OK);
		for (i = 0; i < 64; i += 1 + (unsigned)(rig_random(r) % 3))
			ck_assert_int_eq(ptg_map(&r->s, va + i * k, (rig_random(r) % 512) * UINT64_C(0x10000), k, &rig_rw, PTG_MAP_REPLACE, NULL), PTG_OK);
		for (i = 0; i < 40; i++) /* holes, but not where the first tables may be */
			ck_assert_int_eq(ptg_unmap(&r2->s, (rig_random(r) % 64) * UINT64_C(0x10000), 0x10000, PTG_SPLIT_OK, NULL), PTG_OK);
		ck_assert_int_eq(ptg_space_pair(&pair, f, NULL, &r->s, &r2->s), PTG_OK);
		l.s = &pair;
		l.next = va;
		ck_assert_int_eq(ptg_walk(&pair, va, len, &leaves, &l), PTG_OK);
		ck_assert_uint_eq(l.next, va + len);
		ck_assert_uint_eq(l.depth, 0);
		ck_assert_uint_gt(l.pages, 4);
		ck_assert_uint_gt(l.holes, 4);
	}
	rig_end(r2);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("walk_pair");
	TCase *tc = tcase_create("pair");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (glob("formats/*_*.pt", 0, NULL, &formats) != 0)
		return 1;
	tcase_add_loop_test(tc, both_stages_entry_by_entry, 0, 40);
	tcase_add_loop_test(tc, no_first_stage, 0, 4);
	tcase_add_loop_test(tc, no_second_stage, 0, 4);
	tcase_add_loop_test(tc, leaves_cover_the_range, 0, (int)formats.gl_pathc);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	globfree(&formats);
	return failed != 0;
}
