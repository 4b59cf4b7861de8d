/* SPDX-License-Identifier: MIT */
/*
 * test_space_tiny.c - every pair of operations on a format of sixteen pages
 *
 * Whatever the first one left, each second one with each range and flag does
 * exactly what a flat map of sixteen entries says, and leaks nothing.
 */
#include "tests/unit/space.h"

#define PAGES 16

struct flat { uint32_t pa[PAGES]; uint8_t w[PAGES]; }; /* pa 0: a hole */

enum { MAP, REPLACE, KEEP, UNMAP, READ_ONLY, SPLIT, COLLAPSE, OPS };

static const struct ptg_attrs rw = { .rights = 0x3f, .care = 0x3f };
static const struct ptg_attrs ro = { .rights = 0x3f & ~(PTG_UW | PTG_SW), .care = 0x3f };

struct step { uint8_t op, first, last, odd; };

/* What should happen; PTG_E_SPLIT counts as allowed only where the format must split and may not. */
static int expect(struct flat *m, const struct step *s)
{
	unsigned i;

	for (i = s->first; i <= s->last; i++) {
		if (s->op == MAP && m->pa[i])
			return PTG_E_EXISTS;
		if (s->op == READ_ONLY && !m->pa[i])
			return PTG_E_HOLE;
	}
	for (i = s->first; i <= s->last; i++)
		switch (s->op) {
		case MAP:
		case REPLACE:
		case KEEP:
			if (s->op == KEEP && m->pa[i])
				break;
			m->pa[i] = 0x10000u + (s->odd ? 4u : 0u) + 4 * i;
			m->w[i] = 1;
			break;
		case UNMAP:
			m->pa[i] = 0;
			break;
		case READ_ONLY:
			m->w[i] = 0;
			break;
		}
	return PTG_OK;
}

static int act(struct rig *r, const struct step *s)
{
	uint64_t va = 4u * s->first, len = 4u * (s->last - s->first + 1u), pa = 0x10000 + va + (s->odd ? 4 : 0);

	switch (s->op) {
	case MAP:
		return ptg_map(&r->s, va, pa, len, &rw, 0, &r->f);
	case REPLACE:
		return ptg_map(&r->s, va, pa, len, &rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f);
	case KEEP:
		return ptg_map(&r->s, va, pa, len, &rw, PTG_MAP_KEEP, &r->f);
	case UNMAP:
		return ptg_unmap(&r->s, va, len, PTG_SPLIT_OK, &r->f);
	case READ_ONLY:
		return ptg_protect(&r->s, va, len, &ro, PTG_SPLIT_OK, &r->f);
	case SPLIT:
		return ptg_split(&r->s, va, len, 2, &r->f);
	default:
		return ptg_collapse(&r->s, va, len, &r->f);
	}
}

static void check(struct rig *r, const struct flat *m, const struct step *a, const struct step *b)
{
	struct ptg_translation t;
	unsigned i, lg2 = 0;

	for (i = 0; i < PAGES; i++) {
		enum ptg_fault f = ptg_translate(&r->s, 4 * i + 3, PTG_LOOK, &t);
		bool good = m->pa[i] ? f == PTG_F_NONE && t.pa == m->pa[i] + 3 && !!(t.rights & PTG_SW) == m->w[i] : f == PTG_F_NOT_PRESENT;

		MUST(good, "op %u %u..%u/%u then op %u %u..%u/%u: page %u is fault %d at %#llx", a->op, a->first, a->last, a->odd,
		     b->op, b->first, b->last, b->odd, i, (int)f, (unsigned long long)t.pa);
		/* law 5: a map of an empty space uses the largest pages */
		if (m->pa[i] && a == b && a->op == MAP) {
			lg2 = !a->odd && (i & ~3u) >= a->first && (i | 3u) <= a->last ? 4 : 2;
			MUST(t.page_lg2 == lg2, "map %u..%u/%u: page %u has size %u", a->first, a->last, a->odd, i, t.page_lg2);
		}
	}
}

static void reset(struct rig *r)
{
	rig_fresh_flush(r);
	MUST(ptg_unmap(&r->s, 0, 64, 0, &r->f) == PTG_OK, "clearing");
	rig_flush_f(r);
	MUST(r->tables == 0, "%u tables leak", r->tables);
}

static bool next(struct step *s)
{
	if (s->op <= KEEP && !s->odd) {
		s->odd = 1;
		return true;
	}
	s->odd = 0;
	if (++s->last < PAGES)
		return true;
	s->last = ++s->first;
	if (s->first < PAGES)
		return true;
	s->first = s->last = 0;
	return ++s->op < OPS;
}

START_TEST(every_pair)
{
	static const struct load_options none;
	struct rig *r = rig_new();
	struct load load;
	struct step a = { (uint8_t)_i, 0, 0, 0 }, b;
	int err, want;

	ck_assert_int_eq(load_file(&load, r->arena, "tests/unit/tiny.pt", "tiny", &none), 0);
	rig_space(r, &load.plan[0]->format);
	do {
		b = (struct step){ 0 };
		do {
			struct flat m = { .pa = { 0 } };

			/* each from the same start: a large page, small ones, and holes */
			MUST(ptg_map(&r->s, 16, 0x10010, 24, &rw, 0, &r->f) == PTG_OK, "start");
			(void)expect(&m, &(struct step){ MAP, 4, 9, 0 });
			want = expect(&m, &a);
			err = act(r, &a);
			MUST(err == want, "op %u %u..%u/%u: %d, not %d", a.op, a.first, a.last, a.odd, err, want);
			want = expect(&m, &b);
			err = act(r, &b);
			MUST(err == want, "op %u %u..%u/%u then op %u %u..%u/%u: %d, not %d", a.op, a.first, a.last, a.odd, b.op,
			     b.first, b.last, b.odd, err, want);
			check(r, &m, &a, &b);
			rig_flush_f(r);
			reset(r);
		} while (next(&b));
	} while (next(&a) && a.op == _i);
	rig_end(r);
}
END_TEST

START_TEST(every_map)
{
	static const struct load_options none;
	struct rig *r = rig_new();
	struct load load;
	struct step a = { 0 };

	ck_assert_int_eq(load_file(&load, r->arena, "tests/unit/tiny.pt", "tiny", &none), 0);
	rig_space(r, &load.plan[0]->format);
	do {
		struct flat m = { .pa = { 0 } };

		ck_assert_int_eq(expect(&m, &a), act(r, &a));
		check(r, &m, &a, &a);
		rig_flush_f(r);
		reset(r);
	} while (next(&a) && a.op == MAP);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_tiny");
	TCase *tc = tcase_create("tiny");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, every_pair, 0, OPS);
	tcase_add_test(tc, every_map);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
