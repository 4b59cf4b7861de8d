/* SPDX-License-Identifier: MIT */
/*
 * span.c - many entries as one run
 *
 * Entry by entry the cursor answers.  Where entries are plain words of a table that it
 * knows, those that go on like the last one are compared, or taken apart, several
 * at a time (words.c).
 */
#include "ptg_change.h"
#include "ptg_cursor.h"
#include "ptg_gen.h"

struct span {
	struct ptg_cursor *c;
	struct ptg_run *run;
	uint64_t *pa;            /* NULL: pages have to follow each other in pa */
	uint64_t n, count;       /* room there, pieces so far */
	uint64_t piece;          /* bytes of one, less 1 */
	uint32_t ignore;
};

/* Does the run b, which comes after a, say what a says? */
static bool joins(const struct span *p, const struct ptg_run *b)
{
	const struct ptg_run *a = p->run;

	if (!a->mapped || !b->mapped)
		return a->mapped == b->mapped && a->rule == b->rule;
	if (((a->rights ^ b->rights) & ~p->ignore) || a->memtype != b->memtype || a->rule != b->rule ||
	    a->level != b->level || a->page_lg2 != b->page_lg2 || a->contig_lg2 != b->contig_lg2)
		return false;
	return p->pa ? b->last - b->va == p->piece : a->pa + (b->va - a->va) == b->pa;
}

/* Of the entries from w[0] on, those that continue the run: each in its turn the next address. */
static uint64_t continued(const struct span *p, const struct ptg_seat_ *at, const ptg_word64_ *w, uint64_t n,
			  const ptg_word64_ *soon)
{
	unsigned shl = at->form & 63, lg2 = at->form >> 16 & 63;
	uint64_t varies = at->now.varies, pa = p->run->pa + (p->c->next - p->run->va), e = ptg_shr_(pa, shl), step, block, room;

	if (shl > lg2)
		return 0;
	step = ptg_shl_(1, lg2 - shl);
	if (!(varies & step) || (e & ~varies) || ptg_shl_(e, shl) != pa)
		return 0;
	/* Up to where adding a step would carry into other bits. */
	block = ~varies & ~(step - 1);
	block = block ? (block & (0 - block)) - 1 : ~(uint64_t)0;
	room = ptg_shr_((block & varies) - (e & block), lg2 - shl) + 1;
	return ptg_words_step_(w, n < room ? n : room, at->now.fixed | e, step, soon);
}

/* Entries like the last one, as many as the table has in a row: how many were taken. */
static uint64_t more_here(struct span *p, const struct ptg_up_ *up)
{
	struct ptg_cursor *c = p->c;
	struct ptg_seat_ *at = ptg_seat_(c);
	unsigned shift = at->how >> 16 & 63;
	uint64_t n = c->next - at->from;
	const ptg_word64_ *w, *soon;

	if (n >= at->bytes || !(at->form & PTG_SEAT_PLAIN))
		return 0;
	soon = w = PTG_WORDS(c->space, at->at);
	if (!w)
		return 0;
	if (up->level && up->after && up->end == at->end)
		soon = PTG_WORDS(c->space, up->after | (at->at - at->table));
	n = ptg_shr_(at->bytes - n, shift);
	if (!p->run->mapped)
		n = ptg_words_like_(w, n, ~(uint64_t)0, at->now.fixed, 0);
	else if (!p->pa)
		n = continued(p, at, w, n, soon);
	else if (at->span - 1 != p->piece)
		n = 0;
	else
		n = ptg_words_pages_(w, n < p->n - p->count ? n : p->n - p->count, at->now.varies, at->now.fixed,
				     at->form & 63, p->pa + p->count, soon);
	at->at += 8 * n;
	c->next += ptg_shl_(n, shift);
	return n;
}

/* The next entry is like the last one and leads elsewhere: so much is known without a step there and back. */
static bool leads_elsewhere(const struct span *p)
{
	struct ptg_cursor *c = p->c;
	const struct ptg_seat_ *at = ptg_seat_(c);
	uint64_t e;

	if (p->pa || !p->run->mapped || c->next - at->from >= at->bytes || !(at->form & PTG_SEAT_PLAIN))
		return false;
	e = PTG_LOAD64(c->space, at->at) ^ at->now.fixed;
	return !(e & ~at->now.varies) && e * at->now.times != p->run->pa + (c->next - p->run->va);
}

/* One entry more, if it joins.  *up: see ptg_cursor_next_(). */
static bool one_more(struct span *p, struct ptg_up_ *up)
{
	struct ptg_run next;

	if (ptg_cursor_next_(p->c, &next, up) != 1)
		return false;
	if (!joins(p, &next)) {
		ptg_cursor_back_(p->c, &next);
		return false;
	}
	p->run->rights &= next.rights | ~p->ignore;
	p->run->last = next.last;
	if (p->pa && p->run->mapped)
		p->pa[p->count] = next.pa;
	return true;
}

static int span(struct span *p)
{
	struct ptg_up_ up;
	uint64_t n;
	int r = ptg_next(p->c, p->run);

	if (r != 1)
		return r;
	up.level = 0;
	p->piece = p->run->last - p->run->va;
	p->count = 1;
	if (p->pa)
		p->pa[0] = p->run->pa;
	while (!p->pa || !p->run->mapped || p->count < p->n) {
		if (leads_elsewhere(p))
			break;
		n = more_here(p, &up);
		if (n)
			p->run->last = p->c->next - 1;
		else if (one_more(p, &up))
			n = 1;
		else
			break;
		p->count += n;
	}
	return 1;
}

int ptg_next_extent(struct ptg_cursor *c, struct ptg_run *run, unsigned ignore)
{
	struct span p;

	p.c = c;
	p.run = run;
	p.pa = NULL;
	p.n = 0;
	p.ignore = ignore;
	return span(&p);
}

int ptg_next_pages(struct ptg_cursor *c, struct ptg_run *run, uint64_t *pa, size_t n, unsigned ignore)
{
	struct span p;
	int r;

	if (!pa || !n)
		return PTG_E_ARG;
	p.c = c;
	p.run = run;
	p.pa = pa;
	p.n = n < 0x7fffffff ? n : 0x7fffffff;
	p.ignore = ignore;
	r = span(&p);
	return r != 1 ? r : run->mapped ? (int)p.count : 1;
}
