/* SPDX-License-Identifier: MIT */
/*
 * hot_gather.c - the answer's rights out of one table, where tables take away what pages give
 *
 * Bits of the page and bits of its tables lie far apart.  What tables take away
 * is moved in place first: over the page's bit that says the same, where there
 * is one, else beside the others.  Then one multiplication brings them all
 * together: each bit of the factor is a copy of the word moved up, and the
 * factor is such that no two bits of all copies meet, so that nothing is
 * carried, and that the highest bits of the product are the number wanted.
 */

#include "gen/emit/hot_text.h"

#define KEY_BITS 10u                 /* of s->lacking; ORDER struct ptg_space */
#define COPIES   3u

struct factor {
	unsigned up[COPIES], count;  /* distances of the copies */
	unsigned width;              /* of the number */
};

/* Does each bit reach the highest `width` places, and no two the same place? */
static bool brings_together(uint64_t bits, const struct factor *g)
{
	uint64_t high = ~UINT64_C(0) << (64 - g->width), taken = 0, there = 0;

	for (unsigned i = 0; i < g->count; i++) {
		uint64_t copy = bits << g->up[i];

		if (taken & copy)
			return false;
		taken |= copy;
		there |= (copy & high) >> g->up[i];
	}
	return there == bits;
}

static bool more_copies(uint64_t bits, struct factor *g, unsigned count)
{
	unsigned first = g->count ? g->up[g->count - 1] + 1 : 0;

	if (g->count == count)
		return brings_together(bits, g);
	for (unsigned up = first; up < 64; up++) {
		g->up[g->count++] = up;
		if (more_copies(bits, g, count))
			return true;
		g->count--;
	}
	return false;
}

static bool find_factor(uint64_t bits, struct factor *g)
{
	for (g->width = hot_count(bits); g->width && g->width <= KEY_BITS; g->width++)
		for (unsigned count = 1; count <= COPIES; count++) {
			g->count = 0;
			if (more_copies(bits, g, count))
				return true;
		}
	return false;
}

/* How many of the tables' bits, that far down, come over a page's bit that says the same; all others must come beside. */
static int merged_by(const struct text_of_hot *t, uint64_t e, unsigned down, uint64_t *merged)
{
	uint64_t lost = t->gather.lost;

	*merged = 0;
	if (lost & ~(~UINT64_C(0) << down))
		return -1; /* one would fall out */
	for (unsigned i = 0; i < t->gather.pairs; i++)
		if (t->gather.pair[i].lost == t->gather.pair[i].e + down)
			*merged |= UINT64_C(1) << t->gather.pair[i].lost;
	return (lost & ~*merged) >> down & e ? -1 : (int)hot_count(*merged);
}

static bool place_lost(const struct text_of_hot *t, uint64_t e, unsigned *down, uint64_t *merged)
{
	int best = -1;

	for (unsigned d = 0; d < 64; d++) {
		uint64_t m;
		int n = merged_by(t, e, d, &m);

		if (n <= best)
			continue;
		best = n;
		*down = d;
		*merged = m;
	}
	return best >= 0;
}

/* The page's bits as they count: those that features switch are in a word that follows from them. */
static const char *page_bits(struct text_of_hot *t, uint64_t fixed)
{
	struct facts *f = t->f;
	const char *mask = hot_number(f, fixed), *word;

	if (!t->gather.switched)
		return mask;
	mask = arena_printf(f->arena, "%s | %s", mask, t->gather.switched);
	word = cexpr_once(&f->x, mask);
	return word ? word : arena_printf(f->arena, "(%s)", mask);
}

/* The bits of tables that anything asks for. */
static uint64_t all_heard(const struct text_of_hot *t)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < t->f->format->attr_count; i++)
		if (t->h.attr[i].source == HOT_LOST || t->h.attr[i].source == HOT_BOTH)
			all |= UINT64_C(1) << t->h.attr[i].bit;
	return all;
}

bool hot_gather(struct text_of_hot *t)
{
	struct facts *f = t->f;
	struct hot_gather *g = &t->gather;
	uint64_t e = g->e | g->switched_bits | t->more.e, marks = t->more.e & ~(g->e | g->switched_bits), merged = 0, factor = 0;
	const char *mask, *taken = "lost";
	struct factor found;
	unsigned down = 0;

	if (g->other || t->h.page_lost || t->more.other || t->more.lost || !g->lost || f->format->rights_bits > 6 ||
	    !place_lost(t, e, &down, &merged) || !find_factor(e | g->lost >> down, &found))
		return false;
	for (unsigned i = 0; i < found.count; i++)
		factor |= UINT64_C(1) << found.up[i];
	mask = page_bits(t, e & ~g->switched_bits);
	if (all_heard(t) == g->lost)
		fact(f, hot_number(f, g->lost), "hot.heard_bits");
	if (all_heard(t) != g->lost || !t->unheard)
		taken = arena_printf(f->arena, "(lost & %s)", hot_number(f, g->lost));
	fact(f, arena_printf(f->arena, "((e & %s) | %s >> %u) * %s >> %u", mask, taken, down, hot_number(f, factor),
			     64 - found.width), "hot.granted");
	fact(f, "1", "hot.gathered");
	if (!t->untabled)
		fact(f, "1", "hot.lacks");
	fact(f, hot_number(f, marks), "hot.gathered.marks");
	fact(f, hot_number(f, e & ~marks), "hot.gathered.rights");
	fact(f, arena_printf(f->arena, "(e | lost >> %u) * %s >> %u", down, hot_number(f, factor), 64 - found.width), "hot.gathered.key");
	if (g->switched)
		fact(f, mask, "hot.gathered.mask");
	fact(f, hot_number(f, g->lost & ~merged), "hot.gathered.lost");
	fact(f, hot_index_of_rights(t), "hot.gathered.index");
	fact_number(f, 1u << hot_count(marks), "hot.granted.count");
	return true;
}
