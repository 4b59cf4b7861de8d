/* SPDX-License-Identifier: MIT */
/*
 * tiny.c - range operations on a format of sixteen pages, by trying everything
 *
 * tiny [PART OF]: one of so many parts.  Two-bit indexes leave so few trees that no
 * solver is needed: every range, every operation, and every state of the tables where
 * the range begins and ends (each of their pages absent, read-only or writable; a large page;
 * nothing), four states of tables between and two of those beside them.  By both walkers,
 * live and quiet, and again with each allocation failing.
 *
 * What must hold is read from memory by the few lines of see(), which know the format
 * from its text (tests/unit/tiny.pt) and nothing of the runtime.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiny.h"

#define PAGES  16
#define BASE   0x1000u                   /* the window: 64 blocks of 16 bytes, each a table; the first is the root */
#define BLOCKS 64

enum { EMPTY, RO, RW };

static uint32_t memory[BLOCKS][4];
static bool taken[BLOCKS];
static unsigned live, asked, fail_at;    /* tables not given back; calls of alloc_table, and which of them fails */

/* --- the mapper ------------------------------------------------------------------------ */

static int alloc_table(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	unsigned i;

	(void)priv;
	if (bytes != 16 || align > 16 || level != 0 || ++asked == fail_at)
		return PTG_E_NOMEM;
	for (i = 1; i < BLOCKS && taken[i]; i++)
		;
	if (i == BLOCKS)
		return PTG_E_NOMEM;
	taken[i] = true;
	live++;
	memset(memory[i], 0xa5, 16);
	*pa = BASE + 16 * i;
	return 0;
}

static void free_table(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	(void)priv;
	if (pa < BASE + 16 || pa >= BASE + 16 * BLOCKS || bytes != 16 || level != 0 || !taken[(pa - BASE) / 16]) {
		printf("tiny: no table of %#llx was given\n", (unsigned long long)pa);
		exit(1);
	}
	taken[(pa - BASE) / 16] = false;
	live--;
	memset(memory[(pa - BASE) / 16], 0x5a, 16);
}

static const struct ptg_mapper_ops ops = { .alloc_table = alloc_table, .free_table = free_table };
static const struct ptg_mapper mapper = { &ops, NULL, memory, BASE, sizeof(memory), 0 };

/* --- what memory says -------------------------------------------------------------------- */

struct page { uint32_t pa; bool there, w, large; };

static void see(struct page p[PAGES], unsigned *tables)
{
	*tables = 0;
	for (unsigned i = 0; i < PAGES; i++) {
		uint32_t top = memory[0][i / 4], e;

		p[i] = (struct page){ 0 };
		if (!(top & 1))
			continue;
		if (top & 4) {
			p[i] = (struct page){ (top & ~15u) + 4 * (i % 4), true, top & 2, true };
			continue;
		}
		*tables += i % 4 == 0;
		e = memory[((top & ~15u) - BASE) / 16][i % 4];
		if (e & 1)
			p[i] = (struct page){ e & ~3u, true, e & 2, false };
	}
}

/* --- trees ----------------------------------------------------------------------------------- */

#define SHAPES 84                        /* of one entry of the root: 81 tables, a large page of each right, nothing */
enum { LARGE_RO = 81, LARGE_RW, NOTHING };

static void plant(unsigned slot, unsigned shape)
{
	uint32_t pa = 0x20000 + 16 * slot;
	unsigned i, digits = shape;

	memory[0][slot] = shape == NOTHING ? 0 : shape >= LARGE_RO ? pa | 5 | (shape == LARGE_RW ? 2 : 0) : (BASE + 16 * (slot + 1)) | 1;
	taken[slot + 1] = shape < LARGE_RO;
	live += shape < LARGE_RO;
	for (i = 0; i < 4; i++, digits /= 3)
		memory[slot + 1][i] = shape >= LARGE_RO || digits % 3 == EMPTY ? 0 : digits % 3 == RO ? (pa + 4 * i) | 1 :
				      (pa + 4 * i + (i == 2 ? 0x100 : 0)) | 3; /* four that are writable do not make one */
}

static void plant_all(const unsigned shape[4])
{
	memset(taken, 0, sizeof(taken));
	live = asked = 0;
	for (unsigned i = 0; i < 4; i++)
		plant(i, shape[i]);
}

/* --- operations -------------------------------------------------------------------------------- */

enum what { MAP, UNMAP, PROTECT, SPLIT, COLLAPSE };
static const struct op { enum what what; unsigned flags; uint32_t pa; bool w; const char *name; } op_list[] = {
	{ MAP, 0, 0x10000, true, "map" },
	{ MAP, 0, 0x10004, true, "map beside alignment" },
	{ MAP, PTG_NO_LARGE, 0x10000, false, "map small" },
	{ MAP, PTG_MAP_KEEP, 0x10000, true, "map, keep" },
	{ MAP, PTG_MAP_KEEP, 0x10004, false, "map beside alignment, keep" },
	{ MAP, PTG_MAP_REPLACE, 0x10000, true, "map, replace" },
	{ MAP, PTG_MAP_REPLACE | PTG_SPLIT_OK, 0x10000, false, "map, replace and split" },
	{ MAP, PTG_MAP_REPLACE | PTG_SPLIT_OK, 0x10004, true, "map beside alignment, replace and split" },
	{ MAP, PTG_MAP_REPLACE | PTG_SPLIT_OK, 0x20000, true, "map what is there" },
	{ UNMAP, 0, 0, false, "unmap" },
	{ UNMAP, PTG_SPLIT_OK, 0, false, "unmap, split" },
	{ UNMAP, PTG_SPLIT_OK | PTG_KEEP_TABLES, 0, false, "unmap, keep tables" },
	{ PROTECT, 0, 0, false, "protect" },
	{ PROTECT, PTG_SPLIT_OK, 0, false, "protect, split" },
	{ PROTECT, PTG_SPLIT_OK | PTG_SKIP_HOLES, 0, true, "protect, split and skip holes" },
	{ SPLIT, 0, 0, false, "split" },
	{ COLLAPSE, 0, 0, false, "collapse" },
};

static int act(struct ptg_space *s, const struct op *o, unsigned first, unsigned last, unsigned quiet, struct ptg_flush *f)
{
	struct ptg_attrs a = { .rights = 0x3f, .care = 0x3f };
	uint64_t va = 4 * first, len = 4 * (last - first + 1);

	if (!o->w)
		a.rights &= ~(uint32_t)(PTG_UW | PTG_SW);
	switch (o->what) {
	case MAP:
		return ptg_map(s, va, o->pa + va, len, &a, o->flags | quiet, f);
	case UNMAP:
		return ptg_unmap(s, va, len, o->flags | quiet, f);
	case PROTECT:
		return ptg_protect(s, va, len, &a, o->flags | quiet, f);
	case SPLIT:
		return ptg_split(s, va, len, 2, f);
	default:
		return ptg_collapse(s, va, len, f);
	}
}

/* Does the range take a part of the large page that i is in? */
static bool cuts(unsigned i, unsigned first, unsigned last)
{
	return (i & ~3u) < first || (i | 3u) > last;
}

/* The errors that may be returned, bit -e each; 0: it succeeds. */
static unsigned refusals(const struct op *o, const struct page p[PAGES], unsigned first, unsigned last)
{
	unsigned errors = 0;

	for (unsigned i = first; i <= last; i++) {
		if (o->what == MAP && !(o->flags & (PTG_MAP_REPLACE | PTG_MAP_KEEP)) && p[i].there)
			errors |= 1u << -PTG_E_EXISTS;
		if (o->what == PROTECT && !(o->flags & PTG_SKIP_HOLES) && !p[i].there)
			errors |= 1u << -PTG_E_HOLE;
		if ((o->what == UNMAP || (o->what == PROTECT && p[i].w != o->w) || (o->flags & PTG_MAP_REPLACE)) &&
		    !(o->flags & PTG_SPLIT_OK) && p[i].large && cuts(i, first, last))
			errors |= 1u << -PTG_E_SPLIT;
	}
	return errors;
}

/* What page i should be. */
static struct page after(const struct op *o, const struct page *p, unsigned i)
{
	switch (o->what) {
	case MAP:
		if ((o->flags & PTG_MAP_KEEP) && p->there)
			return *p;
		return (struct page){ o->pa + 4 * i, true, o->w, false };
	case UNMAP:
		return (struct page){ 0 };
	case PROTECT:
		return (struct page){ p->pa, p->there, p->there && o->w, false };
	default:
		return *p;
	}
}

/* Is the entry of the root for page i, all of it in the range, one large page after o as it should be? */
static bool must_be_large(const struct op *o, const struct page p[PAGES], const struct page now[PAGES], unsigned i)
{
	const struct page *q = now + (i & ~3u), *was = p + (i & ~3u);
	bool one = q[0].there && q[0].pa % 16 == 0;

	for (unsigned k = 1; k < 4; k++)
		one = one && q[k].there && q[k].w == q[0].w && q[k].pa == q[0].pa + 4 * k;
	if (o->what == COLLAPSE)
		return one;
	if (o->what != MAP || (o->flags & PTG_NO_LARGE))
		return false;
	if (o->flags & PTG_MAP_KEEP)
		return one && !was[0].there && !was[1].there && !was[2].there && !was[3].there;
	return one;
}

/* --- the claims --------------------------------------------------------------------------------- */

static const char *wrong(const struct op *o, const struct page p[PAGES], unsigned first, unsigned last)
{
	struct page now[PAGES];
	unsigned tables, i;

	see(now, &tables);
	if (tables != live)
		return "a table leaks, or was freed while it is reachable";
	for (i = 0; i < PAGES; i++) {
		bool in = i >= first && i <= last;
		struct page want = in ? after(o, p + i, i) : p[i];

		if (now[i].there != want.there || now[i].pa != want.pa || now[i].w != want.w)
			return in ? "a page of the range" : "a page outside the range";
		if (!in)
			continue;
		if (!cuts(i, first, last) && must_be_large(o, p, now, i) && !now[i].large)
			return "no large page where there could be one";
		if (now[i].large && (o->what == SPLIT || (o->what == MAP && (o->flags & PTG_NO_LARGE) && cuts(i, first, last))))
			return "a large page that should be small";
	}
	for (i = 0; o->what == UNMAP && !(o->flags & PTG_KEEP_TABLES) && i < PAGES; i += 4) {
		bool was = p[i].there || p[i + 1].there || p[i + 2].there || p[i + 3].there;
		bool is = now[i].there || now[i + 1].there || now[i + 2].there || now[i + 3].there;

		if (was && !is && memory[0][i / 4])
			return "an emptied table stays";
	}
	return NULL;
}

/* Is the root, or a table that was planted, not what it was? */
static bool changed(const uint32_t before[5][4])
{
	bool yes = memcmp(before[0], memory[0], 16);

	for (unsigned slot = 0; slot < 4; slot++)
		if ((before[0][slot] & 5) == 1)
			yes = yes || memcmp(before[slot + 1], memory[slot + 1], 16);
	return yes;
}

/* One operation on one tree, with the allocation `fail` refused (0: none): what is wrong, or NULL. */
static const char *try(struct ptg_space *s, const unsigned shape[4], const struct op *o, unsigned first, unsigned last,
		       unsigned quiet, unsigned fail)
{
	static uint32_t before[5][4];
	struct page p[PAGES];
	uint64_t table[8];
	struct ptg_flush f = { .table = table, .table_cap = 8 };
	struct ptg_need need;
	unsigned tables, errors;
	int planned, err;

	plant_all(shape);
	see(p, &tables);
	memcpy(before, memory, sizeof(before));
	errors = refusals(o, p, first, last);
	planned = o->what == MAP ? ptg_plan_map(s, 4 * first, 4 * (last - first + 1), o->pa + 4 * first, o->flags, &need) : 0;
	fail_at = fail;
	err = act(s, o, first, last, quiet, &f);
	if (fail && err != PTG_E_NOMEM)
		return "no memory, and no such error";
	if (fail || errors) {
		if (!fail && (err >= 0 || !(errors >> -err & 1)))
			return "not the error that it should be";
		if (o->what == MAP && !fail && planned != err)
			return "the plan says something else";
		return changed(before) || live != tables || f.count || f.all || f.table_count ? "refused, and something changed" : NULL;
	}
	if (err)
		return "refused";
	if (o->what == MAP && (planned || need.tables[0] != asked))
		return "the plan counts other tables";
	ptg_flush_done(s, &f);
	return wrong(o, p, first, last);
}

static unsigned long tries;

static void all_ops(struct ptg_space s[2], const unsigned shape[4], unsigned first, unsigned last)
{
	for (unsigned n = 0; n < 4 * sizeof(op_list) / sizeof(*op_list); n++) {
		const struct op *o = &op_list[n / 4];
		struct ptg_space *by = &s[n & 1];
		unsigned quiet = n & 2 ? PTG_QUIET : 0, asks, fail;
		const char *why;

		if (quiet && (o->what == SPLIT || o->what == COLLAPSE))
			continue;
		asked = 0;
		why = try(by, shape, o, first, last, quiet, 0);
		for (asks = asked, fail = 1; !why && fail <= asks; fail++)
			why = try(by, shape, o, first, last, quiet, fail);
		tries += 1 + asks;
		if (!why)
			continue;
		printf("tiny: %s, pages %u to %u, %s, %s, tree %u %u %u %u, allocation %u fails: %s\n", o->name, first, last,
		       n & 1 ? "generic" : "generated", quiet ? "quiet" : "live", shape[0], shape[1], shape[2], shape[3],
		       fail - 1, why);
		exit(1);
	}
}

/* Every tree for one range: all shapes of the tables at its ends. */
static void all_trees(struct ptg_space s[2], unsigned first, unsigned last, unsigned part, unsigned of)
{
	static const unsigned between[4] = { NOTHING, LARGE_RO, 1 * 2 + 3 * 1 + 9 * 0 + 27 * 2, 80 };
	static const unsigned beside[2] = { NOTHING, 1 * 0 + 3 * 2 + 9 * 1 + 27 * 0 };
	unsigned a = first / 4, b = last / 4, others = 1, slot, n, left, shape[4];

	for (slot = 0; slot < 4; slot++)
		others *= slot == a || slot == b ? 1 : slot > a && slot < b ? 4 : 2;
	for (n = part; n < SHAPES * (a == b ? 1 : SHAPES) * others; n += of) {
		shape[a] = n % SHAPES;
		left = n / SHAPES;
		if (a != b) {
			shape[b] = left % SHAPES;
			left /= SHAPES;
		}
		for (slot = 0; slot < 4; slot++) {
			if (slot == a || slot == b)
				continue;
			shape[slot] = slot > a && slot < b ? between[left % 4] : beside[left % 2];
			left /= slot > a && slot < b ? 4 : 2;
		}
		all_ops(s, shape, first, last);
	}
}

int main(int argc, char **argv)
{
	unsigned part = argc > 2 ? (unsigned)atoi(argv[1]) : 0, of = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
	struct ptg_space s[2];

	if (!of || ptg_space_init(&s[0], &tiny_format, &tiny_walker, &mapper, BASE) ||
	    ptg_space_init(&s[1], &tiny_format, NULL, &mapper, BASE)) {
		printf("tiny: no space\n");
		return 1;
	}
	for (unsigned first = 0; first < PAGES; first++)
		for (unsigned last = first; last < PAGES; last++)
			all_trees(s, first, last, part % of, of);
	printf("tiny: %lu operations as they should be\n", tries);
	return 0;
}
