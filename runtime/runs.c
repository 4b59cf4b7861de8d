/* SPDX-License-Identifier: MIT */
/*
 * runs.c - pages side by side in last tables that are there: for map and protect of generated code
 *
 * The caller's function finds the last table of each address, and this goes over its
 * entries, of 32 or 64 bits.  First all are looked at, then all are stored.
 */
#include "ptg_change.h"
#include "ptg_gen.h"

struct runs {
	const struct ptg_space *s;
	ptg_run_ *run;
	uint64_t va, left;           /* pages that are still to come */
	uint64_t at, n;              /* entries of the table in hand */
	uint64_t ahead;              /* the same of the first table, when it has been found already */
	unsigned page_lg2, entry_lg2;
	bool big;
};

static void runs_begin(struct runs *r, const struct ptg_runs_ *of)
{
	const struct ptg_level *l = &of->s->format->levels[0];

	r->s = of->s;
	r->run = of->run;
	r->va = of->va;
	r->left = of->pages;
	r->at = of->at;
	r->n = 0;
	r->ahead = of->n;
	r->page_lg2 = l->shift;
	r->entry_lg2 = l->entry_lg2;
	r->big = of->s->format->flags & PTG_FORMAT_BIG;
}

/* The entries of the next table; 0 at the end, or where there is none. */
static uint64_t runs_next(struct runs *r)
{
	r->va += ptg_shl_(r->n, r->page_lg2);
	r->left -= r->n;
	if (!r->left)
		return 0;
	r->n = r->ahead;
	r->ahead = 0;
	if (!r->n)
		r->at = r->run(r->s, r->va, r->left, &r->n);
	return r->at & 1 ? 0 : r->n;
}

/* As words of the host; NULL: they are none. */
static ptg_word64_ *runs_words(const struct runs *r)
{
	return r->entry_lg2 == 3 && !r->big ? PTG_WORDS(r->s, r->at) : NULL;
}

static uint64_t runs_load(const struct runs *r, uint64_t i)
{
	uint64_t at = r->at + ptg_shl_(i, r->entry_lg2);

	if (r->entry_lg2 == 3)
		return r->big ? PTG_LOAD64BE(r->s, at) : PTG_LOAD64(r->s, at);
	return r->big ? PTG_LOAD32BE(r->s, at) : PTG_LOAD32(r->s, at);
}

static void runs_store(const struct runs *r, uint64_t i, uint64_t e)
{
	uint64_t at = r->at + ptg_shl_(i, r->entry_lg2);

	if (r->entry_lg2 == 3) {
		if (r->big)
			PTG_STORE64BE(r->s, at, e);
		else
			PTG_STORE64(r->s, at, e);
	} else {
		if (r->big)
			PTG_STORE32BE(r->s, at, (uint32_t)e);
		else
			PTG_STORE32(r->s, at, (uint32_t)e);
	}
}

/* false: it was not *old, which is what is there now. */
static bool runs_swap(const struct runs *r, uint64_t i, uint64_t *old, uint64_t e)
{
	uint64_t at = r->at + ptg_shl_(i, r->entry_lg2);
	uint32_t narrow = (uint32_t)*old;
	bool done;

	if (r->entry_lg2 == 2) {
		done = r->big ? PTG_CAS32BE(r->s, at, &narrow, (uint32_t)e) : PTG_CAS32(r->s, at, &narrow, (uint32_t)e);
		*old = narrow;
		return done;
	}
#ifdef PTG_CAS64BE
	if (r->big)
		return PTG_CAS64BE(r->s, at, old, e);
#endif
#ifdef PTG_CAS64
	if (!r->big)
		return PTG_CAS64(r->s, at, old, e);
#endif
	return true; /* not to come here: callers ask for quiet where the host has none */
}

bool ptg_runs_like_(struct ptg_runs_ *runs, uint64_t mask, uint64_t value)
{
	struct runs r;
	uint64_t differ, i;

	runs_begin(&r, runs);
	if (r.left == 1 && r.ahead)
		return !((runs_load(&r, 0) ^ value) & mask);
	while (runs_next(&r)) {
		const ptg_word64_ *w = runs_words(&r);

		if (!runs->n) {
			runs->at = r.at;
			runs->n = r.n;
		}
		if (w && ptg_words_like_(w, r.n, mask, value, 0) != r.n)
			return false;
		differ = 0;
		for (i = 0; !w && i < r.n; i++)
			differ |= (runs_load(&r, i) ^ value) & mask;
		if (differ)
			return false;
	}
	return !r.left;
}

void ptg_runs_fill_(const struct ptg_runs_ *runs, uint64_t e, uint64_t step)
{
	struct runs r;
	uint64_t i;

	runs_begin(&r, runs);
	while (runs_next(&r)) {
		ptg_word64_ *w = runs_words(&r);

		if (w)
			ptg_words_fill_(w, r.n, e, step, false);
		for (i = 0; !w && i < r.n; i++)
			runs_store(&r, i, e + i * step);
		e += r.n * step;
	}
}

/* One entry, while it says in `decides` what it said when it was looked at. */
static void runs_change_live(const struct runs *r, uint64_t i, uint64_t mask, uint64_t bits, uint64_t decides)
{
	uint64_t e = runs_load(r, i), first = e;

	while (!((e ^ first) & decides) && !runs_swap(r, i, &e, (e & ~mask) | bits))
		;
}

static void words_change_live(ptg_word64_ *w, uint64_t n, uint64_t mask, uint64_t bits, uint64_t decides)
{
	uint64_t e, first, i;

	for (i = 0; i < n; i++) {
		e = first = ptg_word_get_(&w[i]);
		while (!((e ^ first) & decides) && !ptg_word_swap_(&w[i], &e, (e & ~mask) | bits))
			;
	}
}

void ptg_runs_change_(const struct ptg_runs_ *runs, uint64_t mask, uint64_t bits, uint64_t decides, bool quiet)
{
	struct runs r;
	uint64_t i;

	runs_begin(&r, runs);
	if (r.left == 1 && r.ahead && !quiet) {
		runs_change_live(&r, 0, mask, bits, decides);
		return;
	}
	while (runs_next(&r)) {
		ptg_word64_ *w = quiet || PTG_ATOMIC64 ? runs_words(&r) : NULL;

		if (w && quiet)
			ptg_words_change_(w, r.n, ~mask, bits);
		else if (w)
			words_change_live(w, r.n, mask, bits, decides);
		for (i = 0; !w && i < r.n; i++) {
			if (quiet)
				runs_store(&r, i, (runs_load(&r, i) & ~mask) | bits);
			else
				runs_change_live(&r, i, mask, bits, decides);
		}
	}
}
