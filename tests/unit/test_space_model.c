/* SPDX-License-Identifier: MIT */
/*
 * test_space_model.c - random operations on a space against a flat map of what should be there
 *
 * For every shipped format, by its generated walker and the generic one: map, unmap, protect, split, collapse and harvest
 * with random ranges, flags, mappers and failures.  A simulated TLB and walk
 * cache hold what they saw until a flush object, or a flush, takes it out; what
 * they still hold must be true.  PTG_MODEL_STEPS=N sets the steps a format, PTG_SEED=N
 * the seed, PTG_FORMAT=name one format alone, PTG_TRACE=1 prints each operation.
 */
#include <dlfcn.h>
#include <glob.h>

#include "tests/unit/space.h"

#define SPOTS 4
#define CACHE 48
#define PLACES 24                /* pages whose dirty mark must not get lost */

enum { HOLE, PAGE, HIDDEN };

struct seg { uint64_t first, last, pa; uint8_t what, attr; };
struct cached { uint64_t first, last, pa; uint32_t rights; bool used, absent; };
struct pointer { uint64_t first, last, table; bool used; };

struct flat {
	struct rig *r;
	struct seg *seg;
	size_t n, cap;
	struct ptg_attrs attr[8];
	unsigned attrs;
	uint64_t spot[SPOTS], small, pa_mask, va_last;
	unsigned small_lg2, mode;
	const struct ptg_walker *walker; /* the generated one; NULL: not linked in */
	bool trace;
	bool hides;              /* "no right" is "not present" */
	bool lost;               /* nothing is known of the space any more */
	unsigned slow;           /* one unmap in so many goes to the end of the space; a round is 25 times as long */
	struct cached tlb[CACHE];
	struct pointer walk[CACHE];
	uint64_t dirty[PLACES];
	bool dirty_used[PLACES];
	uint64_t step, seed;
	const char *name;
	char op[160];
	unsigned done, refused, failed;
};

#define SAY(m, cond, ...) do { \
	if (!(cond)) { \
		char say_[256]; \
		snprintf(say_, sizeof(say_), __VA_ARGS__); \
		ck_abort_msg("%s seed %llu step %llu, %s: %s", (m)->name, (unsigned long long)(m)->seed, \
			     (unsigned long long)(m)->step, (m)->op, say_); \
	} } while (0)

static uint64_t pick(struct flat *m, uint64_t n)
{
	return rig_random(m->r) % n;
}

/* --- the flat map --------------------------------------------------------------------- */

static size_t find(const struct flat *m, uint64_t va)
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

static void cut(struct flat *m, uint64_t va) /* a segment begins at va */
{
	size_t i = find(m, va);
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

static void set(struct flat *m, uint64_t first, uint64_t last, unsigned what, uint64_t pa, unsigned attr)
{
	size_t i, j;

	cut(m, first);
	if (last != ~UINT64_C(0))
		cut(m, last + 1);
	i = find(m, first);
	j = find(m, last);
	m->seg[i] = (struct seg){ first, last, pa, (uint8_t)what, (uint8_t)attr };
	memmove(&m->seg[i + 1], &m->seg[j + 1], (m->n - j - 1) * sizeof(*m->seg));
	m->n -= j - i;
}

/* --- what is there ------------------------------------------------------------------------ */

static void same(struct flat *m, const struct seg *s, uint64_t va)
{
	struct ptg_translation t;
	enum ptg_fault f = ptg_translate(&m->r->s, va, PTG_LOOK, &t);

	if (s->what != PAGE) {
		SAY(m, f == PTG_F_NOT_PRESENT, "%#llx is fault %d, pa %#llx, not a hole", (unsigned long long)va, (int)f,
		    (unsigned long long)t.pa);
		return;
	}
	SAY(m, f == PTG_F_NONE, "%#llx is fault %d, not mapped", (unsigned long long)va, (int)f);
	SAY(m, t.pa == s->pa + (va - s->first), "%#llx is at %#llx, not %#llx", (unsigned long long)va,
	    (unsigned long long)t.pa, (unsigned long long)(s->pa + (va - s->first)));
	SAY(m, (t.rights & 0x3f) == m->attr[s->attr].rights, "%#llx has rights %#x, not %#x", (unsigned long long)va,
	    t.rights & 0x3f, m->attr[s->attr].rights);
}

static void verify(struct flat *m, uint64_t first, uint64_t last)
{
	size_t i = find(m, first), end = find(m, last);

	if (i)
		i--;
	for (; i <= end + 1 && i < m->n; i++) {
		const struct seg *s = &m->seg[i];
		uint64_t a = s->first, b = s->last, n;

		if (a > m->va_last)
			break;
		if (b > m->va_last)
			b = m->va_last;
		same(m, s, a);
		same(m, s, b);
		for (n = 0; n < 3; n++)
			same(m, s, a + (b - a == ~UINT64_C(0) ? rig_random(m->r) : pick(m, b - a + 1)));
	}
}

/* --- simulated caches -------------------------------------------------------------------------- */

static bool within(const struct ptg_flush *f, uint64_t first, uint64_t last)
{
	uint32_t i;

	if (f->all)
		return true;
	for (i = 0; i < f->count; i++)
		if (first <= f->range[i].last && last >= f->range[i].va)
			return true;
	return false;
}

static void on_flush(struct rig *r, const struct ptg_flush *f)
{
	struct flat *m = r->more;
	unsigned i;

	for (i = 0; i < CACHE; i++) {
		if (within(f, m->tlb[i].first, m->tlb[i].last))
			m->tlb[i].used = false;
		if (f->walk_cache && within(f, m->walk[i].first, m->walk[i].last))
			m->walk[i].used = false;
	}
}

static void on_free(struct rig *r, uint64_t pa)
{
	struct flat *m = r->more;
	unsigned i;

	for (i = 0; i < CACHE; i++)
		SAY(m, !m->walk[i].used || m->walk[i].table != pa, "table %#llx freed while a walk cache holds it",
		    (unsigned long long)pa);
}

static enum ptg_verdict note_table(void *arg, struct ptg_visit *v)
{
	struct flat *m = arg;
	struct pointer *w = &m->walk[pick(m, CACHE)];
	struct ptg_decoded d;
	uint64_t e[2] = { v->entry, v->entry_hi };

	if (!v->is_table || ptg_decode(&m->r->s, v->level, e, &d) || d.fault)
		return PTG_GO;
	*w = (struct pointer){ v->va, v->last, d.pa, true };
	return PTG_GO;
}

static void load_caches(struct flat *m, uint64_t va)
{
	static const struct ptg_visitor v = { .entry = note_table };
	struct cached *c = &m->tlb[pick(m, CACHE)];
	struct ptg_translation t;
	enum ptg_fault f = ptg_translate(&m->r->s, va, PTG_LOOK, &t);
	unsigned lg2 = t.contig_lg2 > t.page_lg2 ? t.contig_lg2 : t.page_lg2;

	(void)ptg_walk(&m->r->s, va & ~(m->small - 1), m->small, &v, m);
	if (f == PTG_F_NOT_PRESENT && (m->r->format->flags & PTG_FORMAT_CACHES_INVALID))
		*c = (struct cached){ va & ~(m->small - 1), va | (m->small - 1), 0, 0, true, true };
	if (f != PTG_F_NONE || lg2 > 63)
		return;
	*c = (struct cached){ va & ~ptg_mask_(lg2), va | ptg_mask_(lg2), t.pa - (va & ptg_mask_(lg2)),
			      t.rights & 0x3f, true, false };
}

static void check_caches(struct flat *m)
{
	struct ptg_translation t;
	unsigned i, j;

	for (i = 0; i < CACHE; i++) {
		const struct cached *c = &m->tlb[i];

		for (j = 0; c->used && j < 3; j++) {
			uint64_t at = j == 0 ? c->first : j == 1 ? c->last : c->first + pick(m, c->last - c->first + 1);
			enum ptg_fault f = ptg_translate(&m->r->s, at, PTG_LOOK, &t);

			SAY(m, (f == PTG_F_NONE) == !c->absent, "stale: %#llx was %s", (unsigned long long)at,
			    c->absent ? "absent" : "there");
			if (!c->absent)
				SAY(m, t.pa == c->pa + (at - c->first) && (t.rights & 0x3f) == c->rights,
				    "stale: %#llx was at %#llx", (unsigned long long)at,
				    (unsigned long long)(c->pa + (at - c->first)));
		}
	}
}

/* --- dirty marks ----------------------------------------------------------------------------------- */

static void write_to(struct flat *m, uint64_t va)
{
	struct ptg_translation t;
	unsigned i = (unsigned)pick(m, PLACES);

	if (ptg_access_mem(&m->r->s, va, PTG_WRITE, &t) != PTG_F_NONE &&
	    ptg_access_mem(&m->r->s, va, PTG_WRITE | PTG_USER, &t) != PTG_F_NONE)
		return;
	if (ptg_translate(&m->r->s, va, PTG_LOOK, &t) == PTG_F_NONE && (t.rights & PTG_DIRTY)) {
		m->dirty[i] = va;
		m->dirty_used[i] = true;
	}
}

static void forget_dirty(struct flat *m, uint64_t first, uint64_t last)
{
	unsigned i;

	for (i = 0; i < PLACES; i++)
		if (m->dirty[i] >= first && m->dirty[i] <= last)
			m->dirty_used[i] = false;
}

static void check_dirty(struct flat *m)
{
	struct ptg_translation t;
	unsigned i;

	for (i = 0; i < PLACES; i++)
		if (m->dirty_used[i]) {
			SAY(m, ptg_translate(&m->r->s, m->dirty[i], PTG_LOOK, &t) == PTG_F_NONE, "%#llx was written, and is gone",
			    (unsigned long long)m->dirty[i]);
			SAY(m, t.rights & PTG_DIRTY, "dirty mark of %#llx lost", (unsigned long long)m->dirty[i]);
		}
}

/* --- random arguments ---------------------------------------------------------------------------------- */

struct want { uint64_t va, len, pa; unsigned flags, attr; };

static uint64_t random_unit(struct flat *m)
{
	uint64_t sizes = m->r->s.page_sizes ? m->r->s.page_sizes : m->small, n = 0;
	unsigned i, k = (unsigned)pick(m, 6);

	if (k < 3)
		return m->small;
	for (i = 0; i < 64; i++)
		n += sizes >> i & 1;
	n = pick(m, n);
	for (i = 0; i < 64; i++)
		if ((sizes >> i & 1) && n-- == 0)
			return UINT64_C(1) << i;
	return m->small;
}

/* How many pages it takes: small ones up to where the next larger may begin, and so on, and down again at the end. */
static uint64_t pages(const struct flat *m, uint64_t va, uint64_t pa, uint64_t len)
{
	uint64_t allowed = m->r->s.page_sizes | m->small, sizes, n, run, count = 0;
	unsigned most = ptg_lowest_bit_((va ^ pa) | UINT64_C(1) << 63), lg2;

	for (; len; va += run, len -= run) {
		n = ptg_lowest_bit_(va | UINT64_C(1) << most);
		n = n < ptg_highest_bit_(len) ? n : ptg_highest_bit_(len);
		lg2 = ptg_highest_bit_((allowed & (ptg_mask_((unsigned)n) | UINT64_C(1) << n)) | m->small);
		sizes = allowed & ~ptg_mask_(lg2 + 1) & (ptg_mask_(most) | UINT64_C(1) << most);
		run = sizes ? (0 - va) & ptg_mask_(ptg_lowest_bit_(sizes)) : 0;
		run = (run && run < len ? run : len) >> lg2 << lg2;
		count += run >> lg2;
	}
	return count;
}

static void random_range(struct flat *m, struct want *w)
{
	uint64_t unit = random_unit(m), spot = m->spot[pick(m, SPOTS)], most = pick(m, 16) ? 0x1000 : 0x10000;

	w->va = spot + (pick(m, 40) - 20) * (pick(m, 3) ? m->small : unit);
	if (pick(m, 2))
		w->va &= ~(unit - 1);
	w->va &= m->va_last & ~(m->small - 1);
	w->len = unit * (1 + pick(m, 3)) + (pick(m, 2) ? m->small * pick(m, 4) : 0);
	if (pick(m, 8) == 0 && w->len > 2 * m->small)
		w->len -= m->small;
	if (w->len > m->va_last - w->va)
		w->len = m->va_last - w->va + 1;
	w->pa = rig_random(m->r) & m->pa_mask & ~(m->small - 1);
	if (pick(m, 5) || w->len > m->small << 11) /* aligned alike, so that large pages fit */
		w->pa = (w->pa & ~(unit - 1)) | (w->va & (unit - 1));
	w->pa &= m->pa_mask;
	while (w->pa + w->len - 1 < w->pa || ((w->pa + w->len - 1) & ~m->pa_mask & ~(m->small - 1)))
		w->pa = (w->pa >> 1) & ~(m->small - 1), w->len = w->len > m->small ? (w->len >> 1) & ~(m->small - 1) : m->small;
	if (w->len == 0)
		w->len = m->small;
	for (most += UINT64_C(8) << m->r->format->levels[0].width; pages(m, w->va, w->pa, w->len) > most;) /* no longer than a test can wait */
		w->len = (w->len >> 1) & ~(m->small - 1);
	w->attr = (unsigned)pick(m, m->attrs);
	w->flags = 0;
	if (pick(m, 4))
		w->flags |= PTG_SPLIT_OK;
	if (pick(m, 6) == 0)
		w->flags |= PTG_QUIET;
	if (pick(m, 6) == 0)
		w->flags |= PTG_KEEP_TABLES;
}

static struct ptg_flush *flush_arg(struct flat *m)
{
	rig_fresh_flush(m->r);
	switch (pick(m, 8)) {
	case 0:
		return NULL;
	case 1:
		m->r->f.table_cap = (uint32_t)pick(m, 3);
		break;
	case 2:
		m->r->f.table = NULL;
		m->r->f.table_cap = 0;
		break;
	}
	return &m->r->f;
}

static void inject(struct flat *m)
{
	static const unsigned kinds[] = { RIG_ALLOC, RIG_ALLOC, RIG_FLUSH, RIG_MEMORY };

	m->r->calls = m->r->fail_at = m->r->fails = 0;
	if (pick(m, 8))
		return;
	m->r->fails = kinds[pick(m, 4)];
	m->r->fail_at = 1 + (unsigned)pick(m, m->r->fails == RIG_MEMORY ? 60 : 8);
}

static void after(struct flat *m, struct ptg_flush *f)
{
	m->r->fails = 0;
	if (f)
		rig_flush_f(m->r);
	SAY(m, m->r->mapped == 0, "%u tables still mapped", m->r->mapped);
	check_caches(m);
	check_dirty(m);
}

/* --- the operations ------------------------------------------------------------------------------------------ */

static bool any(const struct flat *m, uint64_t first, uint64_t last, bool hole)
{
	size_t i;

	for (i = find(m, first); i < m->n && m->seg[i].first <= last; i++)
		if ((m->seg[i].what == HOLE) == hole)
			return true;
	return false;
}

/* The mapper failed half way: the range is given up, what is outside must be as before. */
static void give_up(struct flat *m, const struct want *w)
{
	uint64_t va = w->va, last = va + (w->len - 1);
	int err;

	m->failed++;
	m->r->most = 0;
	rig_fresh_flush(m->r);
	forget_dirty(m, va, last);
	err = ptg_unmap(&m->r->s, va, w->len, PTG_SPLIT_OK, &m->r->f);
	m->lost = err == PTG_E_NOMEM; /* a split wants more tables than there is memory: the round ends */
	if (m->lost)
		return;
	SAY(m, err == PTG_OK || err == PTG_E_SPLIT, "giving up: %d", err);
	rig_flush_f(m->r);
	if (err == PTG_OK)
		set(m, va, last, HOLE, 0, 0);
	verify(m, va, last);
}

static bool expected(struct flat *m, int err, const struct want *w)
{
	bool failing = m->r->fail_at && m->r->calls >= m->r->fail_at;

	if (err == PTG_E_NOMEM) {
		verify(m, w->va, w->va + (w->len - 1));
		return true;
	}
	if (failing && err != PTG_OK) {
		SAY(m, err == PTG_E_IO || err == PTG_E_UNSUPPORTED || err == PTG_E_EXISTS || err == PTG_E_HOLE ||
			    err == PTG_E_SPLIT || err == PTG_E_ATTR, "unexpected error %d", err);
		return false;
	}
	return true;
}

static void put_new(struct flat *m, const struct want *w, unsigned what, bool keep)
{
	uint64_t last = w->va + (w->len - 1), a, b;
	size_t i;

	if (!keep) {
		set(m, w->va, last, what, w->pa, w->attr);
		return;
	}
	for (a = w->va;; a = b + 1) {
		i = find(m, a);
		b = m->seg[i].last < last ? m->seg[i].last : last;
		if (m->seg[i].what == HOLE)
			set(m, a, b, what, w->pa + (a - w->va), w->attr);
		if (b == last)
			break;
	}
}

static void do_map(struct flat *m)
{
	struct want w;
	struct ptg_attrs none = { .rights = 0, .care = 0x3f };
	struct ptg_flush *f = flush_arg(m);
	unsigned what = PAGE, err_ok = 0;
	uint64_t last;
	int err;

	random_range(m, &w);
	switch (pick(m, 4)) {
	case 0:
		w.flags |= PTG_MAP_REPLACE;
		break;
	case 1:
		w.flags |= PTG_MAP_KEEP;
		break;
	}
	if (pick(m, 6) == 0 && w.len <= 64 * m->small)
		w.flags |= PTG_NO_LARGE;
	if (pick(m, 6) == 0)
		w.flags |= PTG_NO_CONTIG;
	if (pick(m, 6) == 0)
		w.flags |= PTG_COLLAPSE_OK;
	if (m->hides && pick(m, 12) == 0)
		what = HIDDEN;
	last = w.va + (w.len - 1);
	snprintf(m->op, sizeof(m->op), "map %#llx+%#llx to %#llx, rights %#x, flags %#x, f %d", (unsigned long long)w.va,
		 (unsigned long long)w.len, (unsigned long long)w.pa, what == PAGE ? m->attr[w.attr].rights : 0, w.flags, f != NULL);
	inject(m);
	err = ptg_map(&m->r->s, w.va, w.pa, w.len, what == PAGE ? &m->attr[w.attr] : &none, w.flags, f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, f);
		give_up(m, &w);
		return;
	}
	if (err == PTG_OK) {
		SAY(m, (w.flags & (PTG_MAP_REPLACE | PTG_MAP_KEEP)) || !any(m, w.va, last, false), "should have been refused");
		if (w.flags & PTG_MAP_REPLACE)
			forget_dirty(m, w.va, last);
		put_new(m, &w, what, w.flags & PTG_MAP_KEEP);
		m->done++;
	} else if (err == PTG_E_EXISTS) {
		SAY(m, !(w.flags & (PTG_MAP_REPLACE | PTG_MAP_KEEP)) && any(m, w.va, last, false), "refused with %d", err);
	} else {
		err_ok = err == PTG_E_NOMEM || (err == PTG_E_SPLIT && (w.flags & PTG_MAP_REPLACE)) ||
			 (err == PTG_E_ATTR && what == HIDDEN);
		SAY(m, err_ok, "refused with %d", err);
		m->refused++;
	}
	after(m, f);
	verify(m, w.va, last);
}

static void do_unmap(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = flush_arg(m);
	uint64_t last;
	int err;

	random_range(m, &w);
	if (pick(m, m->slow) == 0)
		w.len = m->va_last - w.va + 1 ? m->va_last - w.va + 1 : w.len;
	last = w.va + (w.len - 1);
	snprintf(m->op, sizeof(m->op), "unmap %#llx+%#llx, flags %#x, f %d", (unsigned long long)w.va, (unsigned long long)w.len,
		 w.flags, f != NULL);
	inject(m);
	err = ptg_unmap(&m->r->s, w.va, w.len, w.flags, f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, f);
		give_up(m, &w);
		return;
	}
	if (err == PTG_OK) {
		forget_dirty(m, w.va, last);
		set(m, w.va, last, HOLE, 0, 0);
		m->done++;
	} else {
		SAY(m, err == PTG_E_NOMEM || err == PTG_E_SPLIT, "refused with %d", err);
		m->refused++;
	}
	after(m, f);
	verify(m, w.va, last);
}

static void put_attr(struct flat *m, const struct want *w)
{
	uint64_t last = w->va + (w->len - 1), a, b;

	for (a = w->va;; a = b + 1) {
		size_t i = find(m, a);

		b = m->seg[i].last < last ? m->seg[i].last : last;
		if (m->seg[i].what != HOLE)
			set(m, a, b, PAGE, m->seg[i].pa + (a - m->seg[i].first), w->attr);
		if (b == last)
			break;
	}
}

static void do_protect(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = flush_arg(m);
	uint64_t last;
	int err;

	random_range(m, &w);
	if (pick(m, 2))
		w.flags |= PTG_SKIP_HOLES;
	if (pick(m, 6) == 0)
		w.flags |= PTG_COLLAPSE_OK;
	last = w.va + (w.len - 1);
	snprintf(m->op, sizeof(m->op), "protect %#llx+%#llx, rights %#x, flags %#x, f %d", (unsigned long long)w.va,
		 (unsigned long long)w.len, m->attr[w.attr].rights, w.flags, f != NULL);
	inject(m);
	err = ptg_protect(&m->r->s, w.va, w.len, &m->attr[w.attr], w.flags, f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, f);
		give_up(m, &w);
		return;
	}
	if (err == PTG_OK) {
		SAY(m, (w.flags & PTG_SKIP_HOLES) || !any(m, w.va, last, true), "holes skipped");
		if (m->r->format->kinds[0].dirty_mask || true) /* dirty may be a right (AArch64) */
			forget_dirty(m, w.va, last);
		put_attr(m, &w);
		m->done++;
	} else if (err == PTG_E_HOLE) {
		SAY(m, !(w.flags & PTG_SKIP_HOLES) && any(m, w.va, last, true), "no hole there");
	} else {
		SAY(m, err == PTG_E_NOMEM || err == PTG_E_SPLIT || err == PTG_E_ATTR, "refused with %d", err);
		m->refused++;
	}
	after(m, f);
	verify(m, w.va, last);
}

static void do_reshape(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = flush_arg(m);
	uint64_t last, unit = random_unit(m);
	bool fold = pick(m, 2);
	int err;

	random_range(m, &w);
	if (fold && pick(m, 2)) {
		w.va &= ~(unit - 1);
		w.len = unit;
	}
	if (w.len > m->va_last - w.va)
		w.len = m->va_last - w.va + 1;
	if (!fold && w.len > (m->small << 10))
		w.len = m->small << 10;
	last = w.va + (w.len - 1);
	if (unit < m->small)
		unit = m->small;
	snprintf(m->op, sizeof(m->op), "%s %#llx+%#llx to %#llx, f %d", fold ? "collapse" : "split", (unsigned long long)w.va,
		 (unsigned long long)w.len, (unsigned long long)unit, f != NULL);
	inject(m);
	err = fold ? ptg_collapse(&m->r->s, w.va, w.len, f) :
		     ptg_split(&m->r->s, w.va, w.len, ptg_highest_bit_(unit), f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, f);
		give_up(m, &w);
		return;
	}
	SAY(m, err == PTG_OK || (!fold && (err == PTG_E_NOMEM || err == PTG_E_SPLIT)), "refused with %d", err);
	after(m, f);
	verify(m, w.va, last);
}

static void do_touch(struct flat *m)
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		const struct seg *s = &m->seg[pick(m, m->n)];
		uint64_t a = s->first, b = s->last < m->va_last ? s->last : m->va_last, at;

		if (a > m->va_last)
			continue;
		at = a + (b - a == ~UINT64_C(0) ? 0 : pick(m, b - a + 1));
		load_caches(m, at);
		if (pick(m, 3) == 0)
			write_to(m, at);
	}
}

static void do_harvest(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = &m->r->f;
	uint8_t bitmap[64] = { 0 };
	unsigned i, lg2;
	uint64_t bit;
	int err;

	random_range(m, &w);
	for (lg2 = m->small_lg2; w.len >> lg2 > 500; lg2++)
		;
	rig_fresh_flush(m->r);
	snprintf(m->op, sizeof(m->op), "harvest %#llx+%#llx", (unsigned long long)w.va, (unsigned long long)w.len);
	err = ptg_harvest(&m->r->s, w.va, w.len, PTG_DIRTY, false, lg2, bitmap, f);
	SAY(m, err == PTG_OK, "refused with %d", err);
	for (i = 0; i < PLACES; i++) {
		if (!m->dirty_used[i] || m->dirty[i] < w.va || m->dirty[i] > w.va + (w.len - 1))
			continue;
		bit = (m->dirty[i] - w.va) >> lg2;
		SAY(m, bitmap[bit / 8] >> (bit % 8) & 1, "%#llx is dirty and not reported", (unsigned long long)m->dirty[i]);
	}
	after(m, f);
}

/* --- a format ---------------------------------------------------------------------------------------------------- */

static void find_attrs(struct flat *m)
{
	const struct ptg_kind *k = ptg_page_kind_(&m->r->s, m->small_lg2);
	unsigned rights, start = (unsigned)pick(m, 64), i, why;
	const struct ptg_attrs none = { .rights = 0, .care = 0x3f };
	uint64_t e[2];

	ck_assert_ptr_nonnull(k);
	m->attrs = 0;
	for (i = 0; i < 64 && m->attrs < 8; i++) {
		struct ptg_attrs a = { .rights = (start + i) & 63, .care = 0x3f };

		rights = a.rights;
		if (rights && ptg_template_(&m->r->s, k, &a, e, &why) == PTG_OK)
			m->attr[m->attrs++] = a;
	}
	m->hides = ptg_template_(&m->r->s, k, &none, e, &why) == PTG_E_ATTR;
	ck_assert_msg(m->attrs > 0, "%s: no rights can be had", m->name);
}

/* Addresses that the smallest pages can hold, as one block of bits. */
static void find_pa(struct flat *m)
{
	const struct ptg_kind *k = ptg_page_kind_(&m->r->s, m->small_lg2);
	uint64_t e[2] = { 0, 0 };
	struct ptg_env env = { .space = &m->r->s };
	unsigned why, bit, space;

	m->pa_mask = m->small - 1;
	for (bit = m->small_lg2; bit < 64 && bit < m->r->format->pa_bits; bit++) {
		ck_assert_int_eq(ptg_template_(&m->r->s, k, &m->attr[0], e, &why), PTG_OK);
		ptg_put_addr_(&m->r->s, k, UINT64_C(1) << bit, e);
		env.e[0] = e[0];
		env.e[1] = e[1];
		if (ptg_addr_(&env, k, &space) != UINT64_C(1) << bit)
			break;
		m->pa_mask |= UINT64_C(1) << bit;
	}
}

static void round_of(struct flat *m, uint64_t steps)
{
	struct rig *r = m->r;
	unsigned i, bits;
	int err;

	r->most = 0;
	m->mode = (unsigned)pick(m, 3);
	rig_space(r, r->format);
	if (m->walker && pick(m, 2)) {
		r->s.walker = m->walker;
		ptg_space_update(&r->s);
	}
	if (pick(m, 2))
		r->m.flags = PTG_ZEROED;
	if (m->mode)
		r->m.window_size = 0;
	if (m->mode == 2)
		r->ops.map_table = NULL, r->ops.unmap_table = NULL;
	if (pick(m, 2)) /* generated code takes its quick ways only where walkers snoop */
		r->ops.sync = NULL;
	r->on_flush = on_flush;
	r->on_free = on_free;
	r->more = m;
	memset(m->tlb, 0, sizeof(m->tlb));
	memset(m->walk, 0, sizeof(m->walk));
	memset(m->dirty_used, 0, sizeof(m->dirty_used));
	m->small_lg2 = ptg_lowest_bit_(r->s.page_sizes);
	m->small = UINT64_C(1) << m->small_lg2;
	if (pick(m, 8) == 0) { /* some sizes are not allowed; splits may need whole trees */
		r->s.page_sizes &= rig_random(r) | m->small;
		r->most = 600;
	}
	bits = r->s.root[0].va_lg2;
	if (r->format->va_check == PTG_VA_SIGN || r->s.root[0].sel_width)
		bits--;
	m->va_last = ptg_mask_(bits);
	m->slow = r->s.root[0].index_lg2 > 13 ? 200 : 10; /* first tables that take long to look through */
	steps = steps < 25 * m->slow ? steps : 25 * m->slow;
	find_attrs(m);
	find_pa(m);
	for (i = 0; i < SPOTS; i++)
		m->spot[i] = (rig_random(r) & m->va_last & ~ptg_mask_(m->small_lg2 + (unsigned)pick(m, 20)));
	m->spot[0] = 0;
	m->spot[1] = m->va_last & ~(m->small - 1);
	m->n = 1;
	m->seg[0] = (struct seg){ 0, ~UINT64_C(0), 0, HOLE, 0 };
	m->lost = false;
	for (; steps && !m->lost; steps--, m->step++) {
		if (m->trace)
			printf("%llu: %s\n", (unsigned long long)m->step, m->op);
		do_touch(m);
		switch (pick(m, 8)) {
		case 0: case 1: case 2:
			do_map(m);
			break;
		case 3: case 4:
			do_unmap(m);
			break;
		case 5:
			do_protect(m);
			break;
		case 6:
			do_reshape(m);
			break;
		default:
			do_harvest(m);
			break;
		}
	}
	if (m->lost)
		return;
	verify(m, 0, m->va_last);
	rig_fresh_flush(r);
	snprintf(m->op, sizeof(m->op), "the end");
	err = m->va_last == ~UINT64_C(0) ? ptg_unmap(&r->s, 0, UINT64_C(1) << 63, PTG_SPLIT_OK, &r->f) :
					   ptg_unmap(&r->s, 0, m->va_last + 1, PTG_SPLIT_OK, &r->f);
	SAY(m, err == PTG_OK, "unmapping all: %d", err);
	if (m->va_last == ~UINT64_C(0))
		err = ptg_unmap(&r->s, UINT64_C(1) << 63, UINT64_C(1) << 63, PTG_SPLIT_OK, &r->f);
	SAY(m, err == PTG_OK, "unmapping all: %d", err);
	memset(m->walk, 0, sizeof(m->walk));
	rig_flush_f(r);
	SAY(m, r->tables == 0, "%u tables leak", r->tables);
}

static glob_t formats;

START_TEST(random_operations)
{
	static const struct load_options none;
	const char *path = formats.gl_pathv[_i], *name = strrchr(path, '/') + 1, *only = getenv("PTG_FORMAT");
	const char *steps = getenv("PTG_MODEL_STEPS"), *seed = getenv("PTG_SEED");
	uint64_t n = steps ? strtoull(steps, NULL, 0) : 10000;
	struct flat m = { .name = "" };
	struct load load;
	char plain[64];

	snprintf(plain, sizeof(plain), "%.*s", (int)(strlen(name) - 3), name);
	if (only && strcmp(only, plain))
		return;
	m.name = plain;
	m.r = rig_new();
	ck_assert_int_eq(load_file(&load, m.r->arena, path, plain, &none), 0);
	m.r->format = &load.plan[0]->format;
	if (m.r->format->stage[0]) {
		rig_end(m.r);
		return;
	}
	m.walker = dlsym(NULL, arena_printf(m.r->arena, "%s_walker", plain));
	m.seed = seed ? strtoull(seed, NULL, 0) : 1;
	m.r->seed = m.seed;
	m.trace = getenv("PTG_TRACE") != NULL;
	m.cap = 64;
	m.seg = malloc(m.cap * sizeof(*m.seg));
	while (m.step < n)
		round_of(&m, n - m.step);
	if (only)
		printf("%s%s, seed %llu, %llu steps: %u done, %u refused, %u failed\n", plain, m.walker ? ", both walkers" : "",
		       (unsigned long long)m.seed, (unsigned long long)m.step, m.done, m.refused, m.failed);
	free(m.seg);
	rig_end(m.r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_model");
	TCase *tc = tcase_create("model");
	SRunner *runner = srunner_create(suite);
	int failed;

	printf("seed %s\n", getenv("PTG_SEED") ? getenv("PTG_SEED") : "1");
	fflush(stdout);
	if (glob("formats/*.pt", 0, NULL, &formats) != 0)
		return 1;
	tcase_add_loop_test(tc, random_operations, 0, (int)formats.gl_pathc);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	globfree(&formats);
	return failed != 0;
}
