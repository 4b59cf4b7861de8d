/* SPDX-License-Identifier: MIT */
/*
 * test_space_model.c - random operations on a space against a flat map of what should be there
 *
 * For every shipped format, by its generated walker and the generic one, in both halves of a table or in all that
 * several roots serve: map, unmap, protect, split, collapse and harvest with random ranges, flags, mappers and
 * failures.  PTG_MODEL_STEPS=N sets the steps a format.
 */
#include "tests/unit/space_caches.h"

/* --- random arguments ---------------------------------------------------------------------------------- */

struct want { uint64_t va, len, pa, base, top; unsigned flags, attr; }; /* base, top: of the part */

static uint64_t random_unit(struct flat *m)
{
	uint64_t sizes = m->p.r->s.page_sizes ? m->p.r->s.page_sizes : m->p.small, n = 0;
	unsigned i, k = (unsigned)pick(&m->p, 6);

	if (k < 3)
		return m->p.small;
	for (i = 0; i < 64; i++)
		n += sizes >> i & 1;
	n = pick(&m->p, n);
	for (i = 0; i < 64; i++)
		if ((sizes >> i & 1) && n-- == 0)
			return UINT64_C(1) << i;
	return m->p.small;
}

/* How many pages it takes: small ones up to where the next larger may begin, and so on, and down again at the end. */
static uint64_t pages(const struct flat *m, uint64_t va, uint64_t pa, uint64_t len)
{
	uint64_t allowed = m->p.r->s.page_sizes | m->p.small, sizes, n, run, count = 0;
	unsigned most = ptg_lowest_bit_((va ^ pa) | UINT64_C(1) << 63), lg2;

	for (; len; va += run, len -= run) {
		n = ptg_lowest_bit_(va | UINT64_C(1) << most);
		n = n < ptg_highest_bit_(len) ? n : ptg_highest_bit_(len);
		lg2 = ptg_highest_bit_((allowed & (ptg_mask_((unsigned)n) | UINT64_C(1) << n)) | m->p.small);
		sizes = allowed & ~ptg_mask_(lg2 + 1) & (ptg_mask_(most) | UINT64_C(1) << most);
		run = sizes ? (0 - va) & ptg_mask_(ptg_lowest_bit_(sizes)) : 0;
		run = (run && run < len ? run : len) >> lg2 << lg2;
		count += run >> lg2;
	}
	return count;
}

static void random_range(struct flat *m, struct want *w)
{
	uint64_t unit = random_unit(m), most = pick(&m->p, 16) ? 0x1000 : 0x10000;
	unsigned part = (unsigned)pick(&m->p, m->p.parts);

	w->base = m->p.part[part].base;
	w->top = m->p.part[part].top;
	w->va = m->spot[part][pick(&m->p, FLAT_SPOTS)] + (pick(&m->p, 40) - 20) * (pick(&m->p, 3) ? m->p.small : unit);
	if (pick(&m->p, 2))
		w->va &= ~(unit - 1);
	w->va = play_within(&m->p.part[part], w->va) & ~(m->p.small - 1);
	w->len = unit * (1 + pick(&m->p, 3)) + (pick(&m->p, 2) ? m->p.small * pick(&m->p, 4) : 0);
	if (pick(&m->p, 8) == 0 && w->len > 2 * m->p.small)
		w->len -= m->p.small;
	if (w->len > w->top - w->va)
		w->len = w->top - w->va + 1;
	w->pa = rig_random(m->p.r) & m->p.pa_mask & ~(m->p.small - 1);
	if (pick(&m->p, 5) || w->len > m->p.small << 11) /* aligned alike, so that large pages fit */
		w->pa = (w->pa & ~(unit - 1)) | (w->va & (unit - 1));
	w->pa &= m->p.pa_mask;
	while (w->pa + w->len - 1 < w->pa || ((w->pa + w->len - 1) & ~m->p.pa_mask & ~(m->p.small - 1)))
		w->pa = (w->pa >> 1) & ~(m->p.small - 1), w->len = w->len > m->p.small ? (w->len >> 1) & ~(m->p.small - 1) : m->p.small;
	if (w->len == 0)
		w->len = m->p.small;
	for (most += UINT64_C(8) << m->p.r->format->levels[0].width; pages(m, w->va, w->pa, w->len) > most;) /* no longer than a test can wait */
		w->len = (w->len >> 1) & ~(m->p.small - 1);
	w->attr = (unsigned)pick(&m->p, m->p.attrs);
	w->flags = 0;
	if (pick(&m->p, 4))
		w->flags |= PTG_SPLIT_OK;
	if (pick(&m->p, 6) == 0)
		w->flags |= PTG_QUIET;
	if (pick(&m->p, 6) == 0)
		w->flags |= PTG_KEEP_TABLES;
}

static struct ptg_flush *flush_arg(struct flat *m)
{
	rig_fresh_flush(m->p.r);
	switch (pick(&m->p, 8)) {
	case 0:
		return NULL;
	case 1:
		m->p.r->f.table_cap = (uint32_t)pick(&m->p, 3);
		break;
	case 2:
		m->p.r->f.table = NULL;
		m->p.r->f.table_cap = 0;
		break;
	}
	return &m->p.r->f;
}

static void inject(struct flat *m)
{
	static const unsigned kinds[] = { RIG_ALLOC, RIG_ALLOC, RIG_FLUSH, RIG_MEMORY };

	m->p.r->calls = m->p.r->fail_at = m->p.r->fails = 0;
	if (pick(&m->p, 8))
		return;
	m->p.r->fails = kinds[pick(&m->p, 4)];
	m->p.r->fail_at = 1 + (unsigned)pick(&m->p, m->p.r->fails == RIG_MEMORY ? 60 : 8);
}

static void after(struct flat *m, const struct want *w, struct ptg_flush *f)
{
	m->p.r->fails = 0;
	if (f)
		rig_flush_f(m->p.r);
	SAY(&m->p, m->p.r->mapped == 0, "%u tables still mapped", m->p.r->mapped);
	check_caches(m);
	check_dirty(m);
	verify_others(m, w->va);
}

/* --- the operations ------------------------------------------------------------------------------------------ */

/* The mapper failed half way: the range is given up, what is outside must be as before. */
static void give_up(struct flat *m, const struct want *w)
{
	uint64_t va = w->va, last = va + (w->len - 1);
	int err;

	m->failed++;
	m->p.r->most = 0;
	rig_fresh_flush(m->p.r);
	forget_dirty(m, va, last);
	err = ptg_unmap(&m->p.r->s, va, w->len, PTG_SPLIT_OK, &m->p.r->f);
	m->lost = err == PTG_E_NOMEM; /* a split wants more tables than there is memory: the round ends */
	if (m->lost)
		return;
	SAY(&m->p, err == PTG_OK || err == PTG_E_SPLIT, "giving up: %d", err);
	rig_flush_f(m->p.r);
	if (err == PTG_OK)
		flat_set(m, va, last, HOLE, 0, 0);
	verify(m, va, last);
}

static bool expected(struct flat *m, int err, const struct want *w)
{
	bool failing = m->p.r->fail_at && m->p.r->calls >= m->p.r->fail_at;

	if (err == PTG_E_NOMEM) {
		m->p.r->fails = 0; /* else what has not failed yet would while the space is looked at */
		verify(m, w->va, w->va + (w->len - 1));
		return true;
	}
	if (failing && err != PTG_OK) {
		SAY(&m->p, err == PTG_E_IO || err == PTG_E_UNSUPPORTED || err == PTG_E_EXISTS || err == PTG_E_HOLE ||
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
		flat_set(m, w->va, last, what, w->pa, w->attr);
		return;
	}
	for (a = w->va;; a = b + 1) {
		i = flat_find(m, a);
		b = m->seg[i].last < last ? m->seg[i].last : last;
		if (m->seg[i].what == HOLE)
			flat_set(m, a, b, what, w->pa + (a - w->va), w->attr);
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
	switch (pick(&m->p, 4)) {
	case 0:
		w.flags |= PTG_MAP_REPLACE;
		break;
	case 1:
		w.flags |= PTG_MAP_KEEP;
		break;
	}
	if (pick(&m->p, 6) == 0 && w.len <= 64 * m->p.small)
		w.flags |= PTG_NO_LARGE;
	if (pick(&m->p, 6) == 0)
		w.flags |= PTG_NO_CONTIG;
	if (pick(&m->p, 6) == 0)
		w.flags |= PTG_COLLAPSE_OK;
	if (m->hides && pick(&m->p, 12) == 0)
		what = HIDDEN;
	last = w.va + (w.len - 1);
	snprintf(m->p.op, sizeof(m->p.op), "map %#llx+%#llx to %#llx, rights %#x, flags %#x, f %d", (unsigned long long)w.va,
		 (unsigned long long)w.len, (unsigned long long)w.pa, what == PAGE ? m->p.attr[w.attr].rights : 0, w.flags, f != NULL);
	inject(m);
	err = ptg_map(&m->p.r->s, w.va, w.pa, w.len, what == PAGE ? &m->p.attr[w.attr] : &none, w.flags, f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, &w, f);
		give_up(m, &w);
		return;
	}
	if (err == PTG_OK) {
		SAY(&m->p, (w.flags & (PTG_MAP_REPLACE | PTG_MAP_KEEP)) || !flat_any(m, w.va, last, false), "should have been refused");
		if (w.flags & PTG_MAP_REPLACE)
			forget_dirty(m, w.va, last);
		put_new(m, &w, what, w.flags & PTG_MAP_KEEP);
		m->p.done++;
	} else if (err == PTG_E_EXISTS) {
		SAY(&m->p, !(w.flags & (PTG_MAP_REPLACE | PTG_MAP_KEEP)) && flat_any(m, w.va, last, false), "refused with %d", err);
	} else {
		err_ok = err == PTG_E_NOMEM || (err == PTG_E_SPLIT && (w.flags & PTG_MAP_REPLACE)) ||
			 (err == PTG_E_ATTR && what == HIDDEN);
		SAY(&m->p, err_ok, "refused with %d", err);
		m->p.refused++;
	}
	after(m, &w, f);
	verify(m, w.va, last);
}

static void do_unmap(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = flush_arg(m);
	uint64_t last;
	int err;

	random_range(m, &w);
	if (pick(&m->p, m->slow) == 0)
		w.len = w.top - w.va + 1 ? w.top - w.va + 1 : w.len;
	last = w.va + (w.len - 1);
	snprintf(m->p.op, sizeof(m->p.op), "unmap %#llx+%#llx, flags %#x, f %d", (unsigned long long)w.va, (unsigned long long)w.len,
		 w.flags, f != NULL);
	inject(m);
	err = ptg_unmap(&m->p.r->s, w.va, w.len, w.flags, f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, &w, f);
		give_up(m, &w);
		return;
	}
	if (err == PTG_OK) {
		forget_dirty(m, w.va, last);
		flat_set(m, w.va, last, HOLE, 0, 0);
		m->p.done++;
	} else {
		SAY(&m->p, err == PTG_E_NOMEM || err == PTG_E_SPLIT, "refused with %d", err);
		m->p.refused++;
	}
	after(m, &w, f);
	verify(m, w.va, last);
}

static void put_attr(struct flat *m, const struct want *w)
{
	uint64_t last = w->va + (w->len - 1), a, b;

	for (a = w->va;; a = b + 1) {
		size_t i = flat_find(m, a);

		b = m->seg[i].last < last ? m->seg[i].last : last;
		if (m->seg[i].what != HOLE)
			flat_set(m, a, b, PAGE, m->seg[i].pa + (a - m->seg[i].first), w->attr);
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
	if (pick(&m->p, 2))
		w.flags |= PTG_SKIP_HOLES;
	if (pick(&m->p, 6) == 0)
		w.flags |= PTG_COLLAPSE_OK;
	last = w.va + (w.len - 1);
	snprintf(m->p.op, sizeof(m->p.op), "protect %#llx+%#llx, rights %#x, flags %#x, f %d", (unsigned long long)w.va,
		 (unsigned long long)w.len, m->p.attr[w.attr].rights, w.flags, f != NULL);
	inject(m);
	err = ptg_protect(&m->p.r->s, w.va, w.len, &m->p.attr[w.attr], w.flags, f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, &w, f);
		give_up(m, &w);
		return;
	}
	if (err == PTG_OK) {
		SAY(&m->p, (w.flags & PTG_SKIP_HOLES) || !flat_any(m, w.va, last, true), "holes skipped");
		if (m->p.r->format->kinds[0].dirty_mask || true) /* dirty may be a right (AArch64) */
			forget_dirty(m, w.va, last);
		put_attr(m, &w);
		m->p.done++;
	} else if (err == PTG_E_HOLE) {
		SAY(&m->p, !(w.flags & PTG_SKIP_HOLES) && flat_any(m, w.va, last, true), "no hole there");
	} else {
		SAY(&m->p, err == PTG_E_NOMEM || err == PTG_E_SPLIT || err == PTG_E_ATTR, "refused with %d", err);
		m->p.refused++;
	}
	after(m, &w, f);
	verify(m, w.va, last);
}

static void do_reshape(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = flush_arg(m);
	uint64_t last, unit = random_unit(m);
	bool fold = pick(&m->p, 2);
	int err;

	random_range(m, &w);
	if (fold && pick(&m->p, 2) && (w.va & ~(unit - 1)) >= w.base) {
		w.va &= ~(unit - 1);
		w.len = unit;
	}
	if (w.len > w.top - w.va)
		w.len = w.top - w.va + 1;
	if (!fold && w.len > (m->p.small << 10))
		w.len = m->p.small << 10;
	last = w.va + (w.len - 1);
	if (unit < m->p.small)
		unit = m->p.small;
	snprintf(m->p.op, sizeof(m->p.op), "%s %#llx+%#llx to %#llx, f %d", fold ? "collapse" : "split", (unsigned long long)w.va,
		 (unsigned long long)w.len, (unsigned long long)unit, f != NULL);
	inject(m);
	err = fold ? ptg_collapse(&m->p.r->s, w.va, w.len, f) :
		     ptg_split(&m->p.r->s, w.va, w.len, ptg_highest_bit_(unit), f);
	if (!expected(m, err, &w)) {
		forget_dirty(m, w.va, w.va + (w.len - 1));
		after(m, &w, f);
		give_up(m, &w);
		return;
	}
	SAY(&m->p, err == PTG_OK || (!fold && (err == PTG_E_NOMEM || err == PTG_E_SPLIT)), "refused with %d", err);
	after(m, &w, f);
	verify(m, w.va, last);
}

static void do_touch(struct flat *m)
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		const struct seg *s = &m->seg[pick(&m->p, m->n)];
		uint64_t a = s->first, b = s->last, at;

		if (s->what == OUTSIDE)
			continue;
		at = a + (b - a == ~UINT64_C(0) ? 0 : pick(&m->p, b - a + 1));
		load_caches(m, at);
		if (pick(&m->p, 3) == 0)
			write_to(m, at);
	}
}

static void do_harvest(struct flat *m)
{
	struct want w;
	struct ptg_flush *f = &m->p.r->f;
	uint8_t bitmap[64] = { 0 };
	unsigned i, lg2;
	uint64_t bit;
	int err;

	random_range(m, &w);
	for (lg2 = m->p.small_lg2; w.len >> lg2 > 500; lg2++)
		;
	rig_fresh_flush(m->p.r);
	snprintf(m->p.op, sizeof(m->p.op), "harvest %#llx+%#llx", (unsigned long long)w.va, (unsigned long long)w.len);
	err = ptg_harvest(&m->p.r->s, w.va, w.len, PTG_DIRTY, false, lg2, bitmap, f);
	SAY(&m->p, err == PTG_OK, "refused with %d", err);
	for (i = 0; i < FLAT_PLACES; i++) {
		if (!m->dirty_used[i] || m->dirty[i] < w.va || m->dirty[i] > w.va + (w.len - 1))
			continue;
		bit = (m->dirty[i] - w.va) >> lg2;
		SAY(&m->p, bitmap[bit / 8] >> (bit % 8) & 1, "%#llx is dirty and not reported", (unsigned long long)m->dirty[i]);
	}
	after(m, &w, f);
}

/* --- a format ---------------------------------------------------------------------------------------------------- */

static bool hides(const struct flat *m)
{
	const struct ptg_kind *k = ptg_page_kind_(&m->p.r->s, m->p.small_lg2);
	const struct ptg_attrs none = { .rights = 0, .care = 0x3f };
	unsigned why;
	uint64_t e[2];

	return ptg_template_(&m->p.r->s, k, &none, e, &why) == PTG_E_ATTR;
}

/* Both ends of each part, and some places between them. */
static void find_spots(struct flat *m)
{
	unsigned n, i;

	for (n = 0; n < m->p.parts; n++) {
		for (i = 2; i < FLAT_SPOTS; i++)
			m->spot[n][i] = play_within(&m->p.part[n], rig_random(m->p.r)) & ~ptg_mask_(m->p.small_lg2 + (unsigned)pick(&m->p, 20));
		m->spot[n][0] = m->p.part[n].base;
		m->spot[n][1] = m->p.part[n].top & ~(m->p.small - 1);
	}
}

/* One walker or the other, a mapper of one kind or another, sizes that are allowed. */
static void begin(struct flat *m)
{
	struct rig *r = m->p.r;
	unsigned mode = (unsigned)pick(&m->p, 3);

	play_space(&m->p, pick(&m->p, 2));
	if (m->p.walker && pick(&m->p, 2)) {
		r->s.walker = m->p.walker;
		ptg_space_update(&r->s);
	}
	if (pick(&m->p, 2))
		r->m.flags = PTG_ZEROED;
	if (mode)
		r->m.window_size = 0;
	if (mode == 2)
		r->ops.map_table = NULL, r->ops.unmap_table = NULL;
	if (pick(&m->p, 2)) /* generated code takes its quick ways only where walkers snoop */
		r->ops.sync = NULL;
	r->on_flush = on_flush;
	r->on_free = on_free;
	r->more = m;
	caches_begin(m);
	if (pick(&m->p, 8) == 0) { /* some sizes are not allowed; splits may need whole trees */
		r->s.page_sizes &= rig_random(r) | m->p.small;
		r->most = 600;
	}
	play_pages(&m->p);
	m->hides = hides(m);
	m->slow = r->s.root[0].index_lg2 > 13 ? 200 : 10; /* first tables that take long to look through */
	find_spots(m);
	flat_begin(m);
	m->lost = false;
}

static void round_of(struct flat *m, uint64_t steps)
{
	begin(m);
	steps = steps < 25 * m->slow ? steps : 25 * m->slow;
	for (; steps && !m->lost; steps--, m->p.step++) {
		if (m->p.trace)
			printf("%llu: %s\n", (unsigned long long)m->p.step, m->p.op);
		do_touch(m);
		switch (pick(&m->p, 8)) {
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
	verify(m, 0, ~UINT64_C(0));
	caches_begin(m);
	play_over(&m->p);
}

START_TEST(random_operations)
{
	uint64_t n = play_steps("PTG_MODEL_STEPS", 10000);
	struct flat m;

	memset(&m, 0, sizeof(m));
	if (play_begin(&m.p, _i))
		while (m.p.step < n)
			round_of(&m, n - m.p.step);
	free(m.seg);
	play_end(&m.p);
}
END_TEST

int main(void)
{
	const struct play_test test = { random_operations, 0 };

	return play_main("space_model", &test, 1);
}
