/* SPDX-License-Identifier: MIT */
/*
 * one.c - map, unmap and protect of one page, or of a few side by side, straight, by the digest of the space
 *
 * The smallest pages in one last table that is there and that plain tables in the
 * window lead to: the calls most made.  The walk checks the address by itself, the
 * entries decide, and are stored.  Whatever is not so simple goes to the
 * operations on ranges, before anything was stored.
 */
#include "ptg_change.h"
#include "ptg_gen.h"
#include "ptg_quick.h"

#define SIX (PTG_UR | PTG_UW | PTG_UX | PTG_SR | PTG_SW | PTG_SX)

#define WRITES 2u /* quick.one: pages are written here by one_kind; else only taken away */

/* --- the digest ------------------------------------------------------------------ */

/* Whether zero is an entry with nothing in it, and pages are single entries that the digest knows. */
static bool one_by_one(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	const struct ptg_quick_level *l = &s->quick.level[0];
	const struct ptg_kind *k = &f->kinds[l->page_kind], *none;
	static const uint64_t zero[2];

	if ((!l->page_mask && l->page_value) || l->page_lg2 != f->levels[0].shift || k->repeat_lg2 ||
	    (k->contig_lg2 && !k->contig_mask))
		return false;
	none = ptg_kind_(s, 0, zero);
	return none && none->role == PTG_ROLE_INVALID && f->rules[none->rule].fault_class != PTG_F_RESERVED;
}

/* log2 of the sizes that pages of the kind have, as bits. */
static uint64_t one_sizes(const struct ptg_kind *k)
{
	return k->sizes ? k->sizes : ptg_shl_(1, k->page_lg2 & 63);
}

/* The only kind that writes such a page is the one that the digest knows. */
static bool one_writer(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	unsigned i, n = 0;

	for (i = 0; i < f->kind_count; i++) {
		const struct ptg_kind *k = &f->kinds[i];

		if (k->role != PTG_ROLE_PAGE || k->level || !k->encodable || k->nowhere || !ptg_kind_on_(s, k) ||
		    !(ptg_shr_(one_sizes(k), f->levels[0].shift) & 1))
			continue;
		if (i != s->quick.level[0].page_kind)
			return false;
		n++;
	}
	return n == 1;
}

/* What else an entry says of a page hangs on the bits of its rights. */
static bool one_hangs(const struct ptg_format *f, const struct ptg_kind *k, unsigned attr)
{
	unsigned node = attr == 0xff || k->attr_first == PTG_NONE ? PTG_NONE : f->attr_node[k->attr_first + attr];

	return node != PTG_NONE && (ptg_reads_(f, node) & k->rights_mask);
}

/* Nothing else does, so that a change of rights is one. */
static bool one_rights(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *k = &f->kinds[s->quick.level[0].page_kind];

	return k->rights_count && !one_hangs(f, k, f->memtype_attr) && !one_hangs(f, k, f->key_attr);
}

/* The size of the smallest group of entries that is one page of the last level; 63: there is none. */
static uint8_t one_group(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	unsigned i, lg2, least = 63;

	for (i = 0; i < f->kind_count; i++) {
		const struct ptg_kind *k = &f->kinds[i];

		if (k->role != PTG_ROLE_PAGE || k->level)
			continue;
		lg2 = k->contig_lg2 ? k->page_lg2 + (unsigned)k->contig_lg2 : 63;
		if (k->napot || k->repeat_lg2)
			lg2 = ptg_lowest_bit_(one_sizes(k));
		least = lg2 < least ? lg2 : least;
	}
	return (uint8_t)least;
}

void ptg_quick_one_(struct ptg_space *s)
{
	struct ptg_quick *q = &s->quick;
	const struct ptg_kind *k = &s->format->kinds[q->level[0].page_kind];
	uint64_t e[2];

	q->one = 0;
	if (!q->usable || !one_by_one(s))
		return;
	q->one = one_rights(s) ? 1 | PTG_ONE_RIGHTS_ : 1;
	if (!one_writer(s))
		return;
	e[0] = k->base;
	e[1] = k->base_hi;
	q->one_pa = ptg_pa_mask_(s, k, e);
	q->one_group = one_group(s);
	q->one |= WRITES;
}

/* --- the entry --------------------------------------------------------------------- */

/*
 * Where the entry for va is. false: not by plain tables inside the window.  *narrow: a root or a
 * table may take away what the entry says.
 */
static bool one_place(const struct ptg_space *s, uint64_t va, uint64_t *at, bool *narrow)
{
	const struct ptg_quick *q = &s->quick;
	const struct ptg_quick_level *l;
	const struct ptg_root *r;
	uint64_t above[8], table, index, e[2], low = ptg_mask_(q->entry_lg2);
	unsigned depth, n = 0, i;

	if (!ptg_quick_start_(s, va, &r, &index))
		return false;
	depth = r->level;
	table = r->table;
	e[1] = 0;
	*narrow = r->flags >> PTG_ROOT_DENY_SHIFT & 0x3f;
	for (;;) {
		l = &q->level[depth];
		*at = (table & ~low) | ptg_shl_(index, q->entry_lg2);
		if (PTG_UNLIKELY(!PTG_IN_WINDOW(s, *at)))
			return false;
		if (!depth)
			return true;
		above[n++ & 7] = table;
		e[0] = ptg_quick_load_(s, *at);
		if (!ptg_quick_leads_(l, e[0], &table))
			return false;
		*narrow |= ptg_speaks_(s->format, &s->format->kinds[l->table_kind], e);
		for (i = 0; i < n; i++)
			if (above[i] == table) /* it is below itself: nothing is changed through it */
				return false;
		depth = l->next;
		index = ptg_shr_(va, q->level[depth].shift) & ptg_mask_(q->level[depth].width);
	}
}

/* A page by itself, in no group, of the kind that the digest knows. */
static bool one_page(const struct ptg_space *s, uint64_t e)
{
	const struct ptg_quick_level *l = &s->quick.level[0];
	const struct ptg_kind *k = &s->format->kinds[l->page_kind];

	return ptg_quick_is_page_(l, e) && !(k->contig_lg2 && (e & k->contig_mask) == k->contig_value);
}

static void one_store(const struct ptg_space *s, uint64_t at, uint64_t e)
{
	if (s->quick.entry_lg2 == 3) {
		if (s->quick.big)
			PTG_STORE64BE(s, at, e);
		else
			PTG_STORE64(s, at, e);
	} else {
		if (s->quick.big)
			PTG_STORE32BE(s, at, (uint32_t)e);
		else
			PTG_STORE32(s, at, (uint32_t)e);
	}
}

/* n entries as words of the host; NULL: they are none. */
static ptg_word64_ *one_words(const struct ptg_space *s, uint64_t at, uint64_t n)
{
	return n > 1 && s->quick.entry_lg2 == 3 && !s->quick.big && PTG_ATOMIC64 ? PTG_WORDS(s, at) : NULL;
}

/* The n entries agree with value in the fixed bits, and have none of the zero ones. */
static bool one_like(const struct ptg_space *s, uint64_t at, uint64_t n, uint64_t fixed, uint64_t value, uint64_t zero)
{
	const ptg_word64_ *w = one_words(s, at, n);
	uint64_t i, e;

	if (w)
		return ptg_words_like_(w, n, fixed, value, zero) == n;
	for (i = 0; i < n; i++) {
		e = ptg_quick_load_(s, at + ptg_shl_(i, s->quick.entry_lg2));
		if (((e ^ value) & fixed) | (e & zero))
			return false;
	}
	return true;
}

static void one_fill(const struct ptg_space *s, uint64_t at, uint64_t n, uint64_t e, uint64_t step)
{
	ptg_word64_ *w = one_words(s, at, n);
	uint64_t i;

	if (w)
		ptg_words_fill_(w, n, e, step, false);
	for (i = 0; !w && i < n; i++)
		one_store(s, at + ptg_shl_(i, s->quick.entry_lg2), e + i * step);
}

/* The table of those n entries stays: by order, or for a neighbour's sake. */
static bool one_stays(const struct ptg_space *s, uint64_t va, uint64_t at, uint64_t n, unsigned flags)
{
	const struct ptg_quick_level *l = &s->quick.level[0];
	uint64_t mask = ptg_mask_(l->width), index = ptg_shr_(va, l->shift) & mask, size = ptg_shl_(1, s->quick.entry_lg2);

	if (flags & PTG_KEEP_TABLES)
		return true;
	if (index && PTG_IN_WINDOW(s, at - size) && ptg_quick_load_(s, at - size))
		return true;
	at += ptg_shl_(n, s->quick.entry_lg2);
	return index + n <= mask && PTG_IN_WINDOW(s, at) && ptg_quick_load_(s, at);
}

/* --- the calls ---------------------------------------------------------------------- */

/* How many pages of one last table they are; 0: none, or there is something unusual about the call. */
static uint64_t one_call(const struct ptg_space *s, uint64_t where, uint64_t len, unsigned unusual, const struct ptg_flush *f)
{
	const struct ptg_quick_level *l = &s->quick.level[0];
	uint64_t page = ptg_shl_(1, l->page_lg2);

	if (!s->quick.one || unusual || !f || !len || ((where | len) & (page - 1)) || !(s->page_sizes & page) || !s->mapper ||
	    (s->mapper->ops && s->mapper->ops->sync))
		return 0;
	return ptg_shr_(len, l->page_lg2);
}

/* n entries from at on are in one table, all of them in the window. */
static bool one_table(const struct ptg_space *s, uint64_t va, uint64_t at, uint64_t n)
{
	const struct ptg_quick_level *l = &s->quick.level[0];
	uint64_t mask = ptg_mask_(l->width);

	return n - 1 <= mask - (ptg_shr_(va, l->shift) & mask) && PTG_IN_WINDOW(s, at + ptg_shl_(n - 1, s->quick.entry_lg2));
}

/* Several pages of which none may be, or be in, a larger one, and whose entries differ by a sum. */
static bool one_small(const struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len)
{
	const struct ptg_quick_level *l = &s->quick.level[0];
	uint64_t in = ptg_mask_((unsigned)(l->shift + l->width)), group = ptg_mask_(s->quick.one_group), first = (va + group) & ~group;

	return len <= in && pa + (len - 1) >= pa && !(in & ~ptg_mask_(l->page_lg2) & ~s->quick.one_pa) &&
	       !((pa + (len - 1)) & ~ptg_mask_(l->page_lg2) & ~s->quick.one_pa) &&
	       (((va ^ pa) & group) || first < va || first - va >= len || len - (first - va) <= group);
}

bool ptg_map_straight_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
		       unsigned flags, struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_NO_LARGE | PTG_NO_CONTIG | PTG_MAP_REPLACE | PTG_KEEP_TABLES | PTG_SPLIT_OK |
			       PTG_STREAM;
	const struct ptg_quick_level *l = &s->quick.level[0];
	const struct ptg_kind *k;
	uint64_t at, e[2], next[2], n = one_call(s, va | pa, len, (flags | s->options) & ~plain, f);
	unsigned why;
	bool narrow;

	if (!n || !(s->quick.one & WRITES) || !a || (n > 1 && !one_small(s, va, pa, len)) || !one_place(s, va, &at, &narrow) ||
	    (narrow && a->care) || !one_table(s, va, at, n))
		return false;
	k = &s->format->kinds[l->page_kind];
	if ((pa & ~s->quick.one_pa) || !one_like(s, at, n, ~(uint64_t)0, 0, 0) || ptg_template_(s, k, a, e, &why))
		return false;
	next[0] = e[0];
	next[1] = 0;
	ptg_put_addr_(s, k, pa, e);
	if (n > 1)
		ptg_put_addr_(s, k, pa + ptg_shl_(1, l->page_lg2), next);
	one_fill(s, at, n, e[0], next[0] - e[0]);
	if (s->format->flags & PTG_FORMAT_CACHES_INVALID)
		ptg_flush_range_(f, va, va + (len - 1), l->page_lg2, 0, PTG_FLUSH_NEW);
	return true;
}

/* Pages by themselves, of the kind that the digest knows, like the first one where it decides. */
static bool one_pages(const struct ptg_space *s, uint64_t at, uint64_t n)
{
	const struct ptg_quick_level *l = &s->quick.level[0];
	const struct ptg_kind *k = &s->format->kinds[l->page_kind];
	uint64_t e = ptg_quick_load_(s, at), fixed = l->page_mask | l->page_zero;
	unsigned i;

	if (!one_page(s, e))
		return false;
	for (i = 0; i < l->not_count; i++)
		fixed |= l->not_mask[i];
	if (k->contig_lg2)
		fixed |= k->contig_mask;
	return n == 1 || one_like(s, at, n, fixed, e & fixed, 0);
}

bool ptg_unmap_straight_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_KEEP_TABLES | PTG_SPLIT_OK | PTG_SKIP_HOLES | PTG_NO_LARGE | PTG_NO_CONTIG;
	uint64_t at, n = one_call(s, va, len, (flags | s->options) & ~plain, f);
	bool narrow;

	if (!n || !one_place(s, va, &at, &narrow) || !one_table(s, va, at, n) || !one_pages(s, at, n) ||
	    !one_stays(s, va, at, n, flags | s->options))
		return false;
	one_fill(s, at, n, 0, 0);
	ptg_flush_range_(f, va, va + (len - 1), s->quick.level[0].page_lg2, 0, PTG_FLUSH_DOWN);
	return true;
}

/* Marks that hardware sets meanwhile stay; where anything else changes, the operation on ranges looks again. */
bool ptg_protect_straight_(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
			   struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_KEEP_TABLES | PTG_SPLIT_OK | PTG_SKIP_HOLES | PTG_NO_LARGE | PTG_NO_CONTIG;
	const struct ptg_kind *k = &s->format->kinds[s->quick.level[0].page_kind];
	const bool quiet = (flags | s->options) & PTG_QUIET;
	uint64_t at, old[2], new[2], was;
	unsigned why;
	bool narrow;
	int done;

	if (one_call(s, va, len, (flags | s->options) & ~plain, f) != 1 || !(s->quick.one & PTG_ONE_RIGHTS_) || !a || !a->care ||
	    (a->care & ~(uint32_t)SIX) || !one_place(s, va, &at, &narrow) || narrow)
		return false;
	old[0] = ptg_quick_load_(s, at);
	old[1] = 0;
	do {
		was = new[0] = old[0];
		new[1] = 0;
		if (!one_page(s, was) || ptg_change_(s, k, a, new, &why) || !one_page(s, new[0]))
			return false;
		if (new[0] == was)
			return true;
		done = 1;
		if (quiet)
			one_store(s, at, new[0]);
		else
			done = ptg_cas_(s, at, s->quick.entry_lg2, old, new);
		if (done < 0 || ((old[0] ^ was) & ~(k->accessed_mask | k->dirty_mask)))
			return false;
	} while (!done);
	ptg_flush_range_(f, va, va + (len - 1), s->quick.level[0].page_lg2, 0, ptg_rights_reason_(s, 0, was, new[0]));
	return true;
}
