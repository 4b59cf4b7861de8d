/* SPDX-License-Identifier: MIT */
/*
 * hot_granted.c - the answer's rights out of one table
 *
 * Rights, marks and the global bit of a plain page follow from a few bits of
 * `lost` and `e`.  Where these can be brought together into a small number, the
 * update of a space tabulates the answer (s->lacking), and the hot path gathers
 * the number instead of the answer.  The table is rights by some bits of the
 * number, marks by the others: an update goes over those whose rights changed.
 */

#include "gen/emit/hot_text.h"

#define KEY_BITS 9u                  /* of the index; s->lacking has room for ten */
#define KEYS_MOST 128u               /* entries that an update fills */

struct place {
	unsigned right;              /* the word is turned right by so much */
	uint64_t bits, mask;         /* where they are in the word, and in the key */
	bool up, down;               /* some come to higher, to lower places */
};

unsigned hot_count(uint64_t v)
{
	unsigned n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

static struct place turned_by(uint64_t bits, unsigned right)
{
	struct place p = { .right = right, .bits = bits };

	for (unsigned b = 0; b < 64; b++) {
		unsigned to = (b - right) & 63;

		if (!(bits >> b & 1))
			continue;
		p.mask |= UINT64_C(1) << to;
		p.up = p.up || to > b;
		p.down = p.down || to < b;
	}
	return p;
}

/* Moving costs an operation; then the smaller table is better. */
static unsigned cost_of(const struct place *p)
{
	unsigned width = 0;

	while (p->mask >> width)
		width++;
	return (p->mask && p->right ? 64 : 0) + width;
}

/* Places for the bits of both words, side by side with those that are taken. */
static bool find_places(const struct hot_sources *s, uint64_t taken, struct place *lost, struct place *e)
{
	struct place a[64], b[64];
	unsigned best = ~0u;

	for (unsigned i = 0; i < 64; i++) {
		a[i] = turned_by(s->lost, i);
		b[i] = turned_by(s->e, i);
	}
	for (unsigned i = 0; i < 64 * 64; i++) {
		const struct place *l = &a[i / 64], *p = &b[i % 64];

		if ((l->mask & p->mask) || ((l->mask | p->mask) & taken) || (l->mask | p->mask) >> KEY_BITS ||
		    cost_of(l) + cost_of(p) >= best)
			continue;
		best = cost_of(l) + cost_of(p);
		*lost = *l;
		*e = *p;
	}
	return best != ~0u;
}

/* A word's part of the key, and the other way round. */
static const char *into_key(struct facts *f, const char *word, const struct place *p)
{
	return hot_moved(f, word, p->right, p->mask, p->up, p->down);
}

static const char *out_of_key(struct facts *f, const struct place *p)
{
	return hot_moved(f, "key", (64 - p->right) & 63, p->bits, p->down, p->up);
}

static const char *either(struct facts *f, const char *a, const char *b)
{
	return a ? arena_printf(f->arena, "%s | %s", a, b) : b;
}

void hot_granted(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const bool whole = !t->index.other; /* the index of rights is such bits, too */
	struct hot_sources s = t->more;
	struct place lost, e;
	const char *index = NULL, *key;
	uint64_t low = whole ? 0 : (UINT64_C(1) << f->format->rights_bits) - 1, all, marks;

	if (!whole && hot_gather(t))
		return;
	if (whole) {
		if ((s.lost & t->index.lost) | (s.e & t->index.e))
			return; /* a bit that says both */
		s.lost |= t->index.lost;
		s.e |= t->index.e;
	}
	if (whole && !(t->index.lost | t->index.e) && hot_count(s.lost) + hot_count(s.e) < 2)
		return; /* one bit to move */
	if (f->format->rights_bits > 6 || t->more.other || !(t->more.lost | t->more.e) ||
	    1u << (hot_count(s.lost) + hot_count(s.e) + hot_count(low)) > KEYS_MOST ||
	    !find_places(&s, low, &lost, &e))
		return;
	index = hot_index_of_rights(t);
	key = whole ? NULL : index;
	if (lost.mask)
		key = either(f, key, into_key(f, "lost", &lost));
	if (e.mask)
		key = either(f, key, into_key(f, "e", &e));
	fact(f, key, "hot.granted");
	if (!t->untabled)
		fact(f, "1", "hot.lacks");
	all = low | lost.mask | e.mask;
	marks = turned_by(t->more.lost, lost.right).mask | turned_by(t->more.e, e.right).mask;
	fact(f, hot_number(f, all & ~marks), "hot.granted.rights");
	fact(f, hot_number(f, marks), "hot.granted.marks");
	fact_number(f, 1u << hot_count(marks), "hot.granted.count");
	fact(f, whole ? index : arena_printf(f->arena, "key & %s", hot_number(f, low)), "hot.granted.index");
	if (lost.mask)
		fact(f, out_of_key(f, &lost), "hot.granted.lost");
	if (e.mask)
		fact(f, out_of_key(f, &e), "hot.granted.e");
	if (t->more.lost)
		fact(f, "1", "hot.granted.lost_marks");
	if (t->more.e)
		fact(f, "1", "hot.granted.e_marks");
	if (whole && t->index.lost)
		fact(f, "1", "hot.granted.lost_rights");
	if (whole && t->index.e)
		fact(f, "1", "hot.granted.e_rights");
}
