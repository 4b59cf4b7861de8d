/* SPDX-License-Identifier: MIT */
/*
 * space_flat.h - what should be mapped, as a plain list of ranges, and whether it is
 */
#ifndef TESTS_UNIT_SPACE_FLAT_H
#define TESTS_UNIT_SPACE_FLAT_H

#include "tests/unit/space_play.h"

#define FLAT_SPOTS 4
#define FLAT_CACHE 48
#define FLAT_PLACES 24           /* pages whose dirty mark must not get lost */

enum { HOLE, PAGE, HIDDEN, OUTSIDE }; /* OUTSIDE: no address of any part */

struct seg { uint64_t first, last, pa; uint8_t what, attr; };
struct cached { uint64_t first, last, pa; uint32_t rights; bool used, absent; };
struct pointer { uint64_t first, last, table; bool used; };

struct flat {
	struct play p;
	struct seg *seg;         /* side by side, of all addresses */
	size_t n, cap;
	struct cached tlb[FLAT_CACHE]; /* what hardware may hold (space_caches.h) */
	struct pointer walk[FLAT_CACHE];
	uint64_t dirty[FLAT_PLACES];
	bool dirty_used[FLAT_PLACES];
	/* of the one that plays (test_space_model.c) */
	uint64_t spot[PLAY_PARTS][FLAT_SPOTS];
	bool hides;              /* "no right" is "not present" */
	bool lost;               /* nothing is known of the space any more */
	unsigned slow;           /* one unmap in so many goes to the end of the part; a round is 25 times as long */
	unsigned failed;
};

/* --- the flat map --------------------------------------------------------------------- */

static inline size_t flat_find(const struct flat *m, uint64_t va)
{
	size_t lo = 0, hi = m->n - 1;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (m->seg[mid].last < va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static inline void flat_cut(struct flat *m, uint64_t va) /* a segment begins at va */
{
	size_t i = flat_find(m, va);
	struct seg *s = &m->seg[i];

	if (s->first == va)
		return;
	if (m->n == m->cap)
		m->seg = realloc(m->seg, (m->cap *= 2) * sizeof(*m->seg));
	s = &m->seg[i];
	memmove(s + 1, s, (m->n - i) * sizeof(*s));
	m->n++;
	s[0].last = va - 1;
	s[1].pa += va - s[1].first;
	s[1].first = va;
}

static inline void flat_set(struct flat *m, uint64_t first, uint64_t last, unsigned what, uint64_t pa, unsigned attr)
{
	size_t i, j;

	flat_cut(m, first);
	if (last != ~UINT64_C(0))
		flat_cut(m, last + 1);
	i = flat_find(m, first);
	j = flat_find(m, last);
	m->seg[i] = (struct seg){ first, last, pa, (uint8_t)what, (uint8_t)attr };
	memmove(&m->seg[i + 1], &m->seg[j + 1], (m->n - j - 1) * sizeof(*m->seg));
	m->n -= j - i;
}

/* Nothing is mapped in any part. */
static inline void flat_begin(struct flat *m)
{
	unsigned i;

	if (!m->seg)
		m->seg = malloc((m->cap = 64) * sizeof(*m->seg));
	m->n = 1;
	m->seg[0] = (struct seg){ 0, ~UINT64_C(0), 0, OUTSIDE, 0 };
	for (i = 0; i < m->p.parts; i++)
		flat_set(m, m->p.part[i].base, m->p.part[i].top, HOLE, 0, 0);
}

/* Whether some of it is a hole, or is not. */
static inline bool flat_any(const struct flat *m, uint64_t first, uint64_t last, bool hole)
{
	size_t i;

	for (i = flat_find(m, first); i < m->n && m->seg[i].first <= last; i++)
		if ((m->seg[i].what == HOLE) == hole)
			return true;
	return false;
}

/* --- what is there ------------------------------------------------------------------------ */

static inline void flat_same(struct flat *m, const struct seg *s, uint64_t va)
{
	struct ptg_translation t;
	enum ptg_fault f = ptg_translate(&m->p.r->s, va, PTG_LOOK, &t);

	if (s->what != PAGE) {
		SAY(&m->p, f == PTG_F_NOT_PRESENT, "%#llx is fault %d, pa %#llx, not a hole", (unsigned long long)va, (int)f,
		    (unsigned long long)t.pa);
		return;
	}
	SAY(&m->p, f == PTG_F_NONE, "%#llx is fault %d, not mapped", (unsigned long long)va, (int)f);
	SAY(&m->p, t.pa == s->pa + (va - s->first), "%#llx is at %#llx, not %#llx", (unsigned long long)va,
	    (unsigned long long)t.pa, (unsigned long long)(s->pa + (va - s->first)));
	SAY(&m->p, (t.rights & 0x3f) == m->p.attr[s->attr].rights, "%#llx has rights %#x, not %#x", (unsigned long long)va,
	    t.rights & 0x3f, m->p.attr[s->attr].rights);
}

static inline void flat_same_all(struct flat *m, const struct seg *s)
{
	uint64_t a = s->first, b = s->last, n;

	if (s->what == OUTSIDE)
		return;
	flat_same(m, s, a);
	flat_same(m, s, b);
	for (n = 0; n < 3; n++)
		flat_same(m, s, a + (b - a == ~UINT64_C(0) ? rig_random(m->p.r) : pick(&m->p, b - a + 1)));
}

/* The range, what is beside it, and a place anywhere, be it of another part. */
static inline void verify(struct flat *m, uint64_t first, uint64_t last)
{
	size_t i = flat_find(m, first), end = flat_find(m, last);

	if (i)
		i--;
	for (; i <= end + 1 && i < m->n; i++)
		flat_same_all(m, &m->seg[i]);
	flat_same_all(m, &m->seg[pick(&m->p, m->n)]);
}

/* The same place in every other part: a change in one half concerns no other. */
static inline void verify_others(struct flat *m, uint64_t va)
{
	unsigned i, own = play_part_of(&m->p, va);

	for (i = 0; i < m->p.parts; i++) {
		const struct play_part *t = &m->p.part[i];
		uint64_t at = play_within(t, t->base + (va - m->p.part[own].base));

		if (i != own)
			flat_same(m, &m->seg[flat_find(m, at)], at);
	}
}

#endif /* TESTS_UNIT_SPACE_FLAT_H */
