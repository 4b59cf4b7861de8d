/* SPDX-License-Identifier: MIT */
/*
 * test_space_errors.c - rights that no page can have, and which of several errors is told
 *
 * What a page can have is found by reading entries: each value of the bits that decide rights and memory types is
 * decoded.  A few formats are compared with their manuals.  What cannot be had is PTG_E_ATTR, whatever else there is
 * about memory; what is wrong about the addresses comes before it.  Every refusal leaves every byte as it was.
 * Every shipped format, by both walkers.
 */
#include "tests/unit/space_play.h"

#define SIX 0x3fu

struct errors {
	struct play p;
	uint64_t any, small;     /* bit n: rights n can be had by some page, by the smallest */
	uint8_t *copy;           /* of the first table, and of those behind it */
	uint64_t root_bytes, other_bytes;
	unsigned tables;
};

/* --- what entries can say ------------------------------------------------------------------------ */

/* The next value of the bits in mask. */
static uint64_t next_value(uint64_t v, uint64_t mask)
{
	return ((v | ~mask) + 1) & mask;
}

static uint64_t rights_of_kind(const struct ptg_space *s, const struct ptg_kind *k)
{
	uint64_t mask = k->rights_mask | k->mem_mask, high = k->rights_mask_hi, v = 0, h = 0, can = 0;
	struct ptg_decoded d;

	do {
		do {
			uint64_t e[2] = { (k->base & ~mask) | v, (k->base_hi & ~high) | h };

			if (ptg_decode(s, k->level, e, &d) == PTG_OK && !d.fault && d.role == PTG_ROLE_PAGE)
				can |= UINT64_C(1) << (d.rights & SIX);
			h = next_value(h, high);
		} while (h);
		v = next_value(v, mask);
	} while (v);
	return can;
}

static void find_rights(struct errors *t)
{
	const struct ptg_space *s = &t->p.r->s;
	const struct ptg_kind *k;
	struct ptg_attrs a = { .care = SIX };
	unsigned lg2;
	uint64_t can;

	for (t->any = lg2 = 0; lg2 < 64; lg2++) {
		k = s->page_sizes >> lg2 & 1 ? ptg_page_kind_(s, lg2) : NULL;
		if (!k || k->napot || k->repeat_lg2)
			continue;
		can = rights_of_kind(s, k);
		for (a.rights = 0; a.rights < 64; a.rights++) {
			snprintf(t->p.op, sizeof(t->p.op), "rights %#x of 2^%u", a.rights, lg2);
			SAY(&t->p, (ptg_attr_check(s, &a, lg2) == 0) == (can >> a.rights & 1), "ptg_attr_check: %d", ptg_attr_check(s, &a, lg2));
		}
		t->any |= can;
		if (lg2 == t->p.small_lg2)
			t->small = can;
	}
}

/* --- refusals --------------------------------------------------------------------------------------- */

/* A call that was refused: with that error, and not a byte is another. */
static void refused(struct errors *t, int err, int want)
{
	struct rig *r = t->p.r;

	SAY(&t->p, err == want, "%d, not %d", err, want);
	SAY(&t->p, !memcmp(t->copy, rig_at(r, r->s.root[0].table, 1), t->root_bytes), "the first table changed");
	SAY(&t->p, !memcmp(t->copy + t->root_bytes, r->mem + (size_t)r->first * RIG_UNIT, t->other_bytes), "a table changed");
	SAY(&t->p, r->tables == t->tables, "%u tables", r->tables);
	SAY(&t->p, !r->f.count && !r->f.all && !r->f.table_count && !r->mapped, "something was done");
	t->p.refused++;
}

static void may_not(struct errors *t, const struct ptg_attrs *a)
{
	struct ptg_space *s = &t->p.r->s;
	struct ptg_flush *f = &t->p.r->f;
	uint64_t small = t->p.small, large = UINT64_C(1) << ptg_highest_bit_(s->page_sizes & ptg_mask_(31)), top = t->p.part[0].top;
	const struct ptg_sg sg[] = { { 0, small }, { 8 * small, small } };

	snprintf(t->p.op, sizeof(t->p.op), "map with rights %#x", a->rights);
	refused(t, ptg_map(s, 0, 0, small, a, 0, f), PTG_E_ATTR);
	refused(t, ptg_map(s, 0, 0, small, a, PTG_QUIET, f), PTG_E_ATTR);
	refused(t, ptg_map(s, 0, 0, large, a, 0, f), PTG_E_ATTR);
	refused(t, ptg_map(s, 0, 0, 3 * small, a, PTG_NO_LARGE | PTG_MAP_REPLACE | PTG_SPLIT_OK, f), PTG_E_ATTR);
	refused(t, ptg_map(s, 0, 0, 3 * small, a, PTG_MAP_KEEP, NULL), PTG_E_ATTR);
	refused(t, ptg_map(s, small, 0, small, a, PTG_NO_CONTIG, f), PTG_E_ATTR);
	refused(t, ptg_map_sg(s, 2 * small, sg, 2, a, 0, f), PTG_E_ATTR);
	refused(t, ptg_alloc(s, 2 * small, small, a, 0, f), PTG_E_ATTR);
	/* the arguments first */
	refused(t, ptg_map(s, 0, 0, 0, a, 0, f), PTG_E_ARG);
	refused(t, ptg_map(s, 1, 0, small, a, 0, f), PTG_E_ALIGN);
	refused(t, ptg_map(s, 0, 1, small, a, 0, f), PTG_E_ALIGN);
	refused(t, ptg_map(s, 0, 0, small + 1, a, 0, f), PTG_E_ALIGN);
	if (top != ~UINT64_C(0) && t->p.r->format->va_check == PTG_VA_ZERO) {
		refused(t, ptg_map(s, top + 1, 0, small, a, 0, f), PTG_E_RANGE);
		refused(t, ptg_map(s, top + 1 - small, 0, 2 * small, a, 0, f), PTG_E_RANGE);
	}
	if (t->p.pa_mask != ~UINT64_C(0)) /* but an address that entries cannot hold */
		refused(t, ptg_map(s, 0, ~UINT64_C(0) & ~t->p.pa_mask & ~(UINT64_C(1) << 63), small, a, 0, f), PTG_E_ATTR);
	if (t->p.step) { /* a page is there */
		snprintf(t->p.op, sizeof(t->p.op), "protect with rights %#x", a->rights);
		refused(t, ptg_protect(s, 0, small, a, 0, f), PTG_E_ATTR);
		refused(t, ptg_protect(s, 0, small, a, PTG_SKIP_HOLES | PTG_QUIET, f), PTG_E_ATTR);
		refused(t, ptg_protect(s, 0, 2 * small, a, PTG_SKIP_HOLES, f), PTG_E_ATTR);
		refused(t, ptg_protect(s, 1, small, a, 0, f), PTG_E_ALIGN);
	} else {
		refused(t, ptg_protect(s, 0, small, a, 0, f), PTG_E_HOLE);
	}
}

/* Larger pages can have these rights, the smallest cannot. */
static void only_large_may(struct errors *t, const struct ptg_attrs *a)
{
	struct ptg_space *s = &t->p.r->s;

	snprintf(t->p.op, sizeof(t->p.op), "a small page with rights %#x", a->rights);
	refused(t, ptg_map(s, 2 * t->p.small, 0, t->p.small, a, 0, &t->p.r->f), PTG_E_ATTR);
	refused(t, ptg_map(s, 2 * t->p.small, 0, 3 * t->p.small, a, PTG_QUIET | PTG_MAP_REPLACE, &t->p.r->f), PTG_E_ATTR);
}

static void all_that_cannot(struct errors *t)
{
	struct rig *r = t->p.r;
	struct ptg_attrs a = { .care = SIX };

	t->tables = r->tables;
	t->root_bytes = rig_root_bytes(r, 0);
	t->other_bytes = (uint64_t)(r->rover - r->first) * RIG_UNIT;
	memcpy(t->copy, rig_at(r, r->s.root[0].table, 1), t->root_bytes);
	memcpy(t->copy + t->root_bytes, r->mem + (size_t)r->first * RIG_UNIT, t->other_bytes);
	rig_fresh_flush(r);
	for (a.rights = 1; a.rights < 64; a.rights++) /* without any a leaf may be not present */
		if (!(t->any >> a.rights & 1))
			may_not(t, &a);
		else if (!(t->small >> a.rights & 1))
			only_large_may(t, &a);
}

static void by_one_walker(struct errors *t, const struct ptg_walker *walker)
{
	struct rig *r = t->p.r;

	play_space(&t->p, false);
	play_pages(&t->p);
	r->ops.sync = NULL; /* the short ways of generated code are open */
	if (walker) {
		r->s.walker = walker;
		ptg_space_update(&r->s);
	}
	find_rights(t);
	t->p.step = 0;
	all_that_cannot(t);
	snprintf(t->p.op, sizeof(t->p.op), "the first page");
	SAY(&t->p, !ptg_map(&r->s, 0, 0, t->p.small, &t->p.attr[0], 0, &r->f), "refused");
	t->p.done++;
	t->p.step = 1;
	all_that_cannot(t);
}

START_TEST(rights_that_cannot_be_had)
{
	struct errors t;

	if (play_begin(&t.p, _i)) {
		t.copy = malloc((size_t)RIG_UNITS * RIG_UNIT);
		by_one_walker(&t, NULL);
		if (t.p.walker)
			by_one_walker(&t, t.p.walker);
		free(t.copy);
	}
	play_end(&t.p);
}
END_TEST

/* --- the manuals ---------------------------------------------------------------------------------------- */

#define U(r) (((r) & 4 ? PTG_UR : 0) | ((r) & 2 ? PTG_UW : 0) | ((r) & 1 ? PTG_UX : 0))
#define S(r) (((r) & 4 ? PTG_SR : 0) | ((r) & 2 ? PTG_SW : 0) | ((r) & 1 ? PTG_SX : 0))

/* All that the smallest pages can have, under the default contexts; read, write, fetch are 4, 2, 1. */
static const struct said { const char *format; unsigned count, rights[12]; } manuals[] = {
	/* U is user or supervisor, never both (SUM=0); W without R is reserved */
	{ "sv39", 10, { U(4), U(6), U(1), U(5), U(7), S(4), S(6), S(1), S(5), S(7) } },
	/* RW, US, no XD: what is present can be read and fetched, by supervisors always */
	{ "x86_32", 4, { S(5), S(7), U(5) | S(5), U(7) | S(7) } },
	{ "x86_64", 8, { S(4), S(5), S(6), S(7), U(4) | S(4), U(5) | S(5), U(6) | S(6), U(7) | S(7) } },
	/* R, W, X without a notion of users; W without R is a misconfiguration, X alone may be */
	{ "ept4", 5, { U(4) | S(4), U(6) | S(6), U(1) | S(1), U(5) | S(5), U(7) | S(7) } },
	/* RW alone */
	{ "intel_gen8", 2, { U(5) | S(5), U(7) | S(7) } },
	{ "s390x", 4, { U(4) | S(4), U(6) | S(6), U(5) | S(5), U(7) | S(7) } },
};

START_TEST(what_the_manuals_say)
{
	const struct said *m = &manuals[_i];
	struct rig *r = rig_format(m->format);
	struct ptg_attrs a = { .care = SIX };
	uint64_t want = 0;
	unsigned i;

	for (i = 0; i < m->count; i++)
		want |= UINT64_C(1) << m->rights[i];
	for (a.rights = 1; a.rights < 64; a.rights++)
		ck_assert_msg((ptg_attr_check(&r->s, &a, ptg_lowest_bit_(r->s.page_sizes)) == 0) == (want >> a.rights & 1), "%s: rights %#x",
			      m->format, a.rights);
	rig_end(r);
}
END_TEST

int main(void)
{
	const struct play_test tests[] = {
		{ rights_that_cannot_be_had, 0 },
		{ what_the_manuals_say, sizeof(manuals) / sizeof(manuals[0]) },
	};

	return play_main("space_errors", tests, 2);
}
