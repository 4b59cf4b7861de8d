/* SPDX-License-Identifier: MIT */
/*
 * scan_leaves.c - a table that holds pages only
 *
 * The cursor answers.  Entries that continue the one before (the same bits, the
 * next address) are counted from the table itself, and one with the bits of the
 * page met last, under tables that said the same, needs no cursor either: the
 * digest of the space (runtime/quick.c) tells that it is such a page.
 */
#include <endian.h>
#include <string.h>

#include "gen/inspect/scan_context.h"
#include "runtime/ptg_change.h"
#include "runtime/ptg_quick.h"

struct ahead {                       /* a table from some entry on, as the host sees it */
	const unsigned char *at;
	const unsigned char *soon;   /* of a table that comes next: to be fetched into the cache meanwhile */
	unsigned bytes, count;       /* of an entry; entries from `at` on */
	bool big;
};

static uint64_t get(const struct ahead *a, unsigned i)
{
	const unsigned char *p = a->at + (size_t)i * a->bytes;
	uint64_t v;

	if (a->bytes != 8)
		return image_number(p, a->bytes, a->big);
	memcpy(&v, p, sizeof(v));
	return a->big ? be64toh(v) : le64toh(v);
}

/* The entries of [va, last]; false: they cannot be looked at so. */
static bool look_ahead(const struct scan_context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last,
		       struct ahead *a)
{
	const struct ptg_format *f = c->space->format;
	const struct ptg_level *l = &f->levels[level];
	uint64_t index = va >> l->shift & ptg_mask_(l->width), count, rest = (last - va) >> l->shift, at;
	const struct ptg_mapper *m = c->space->mapper;

	if (l->entry_lg2 > 3 || l->stride_lg2 || l->by != PTG_NONE || (f->flags & PTG_FORMAT_DYNAMIC) || !m->ops)
		return false;
	count = ptg_mask_(l->width) - index;
	if (count > rest)
		count = rest;
	a->bytes = 1u << l->entry_lg2;
	a->count = (unsigned)count + 1;
	a->big = f->flags & PTG_FORMAT_BIG;
	at = table + (index << l->entry_lg2);
	if (PTG_IN_WINDOW(c->space, at) && PTG_IN_WINDOW(c->space, at + ((uint64_t)a->count << l->entry_lg2) - 1))
		a->at = PTG_AT(c->space, at);
	else
		a->at = m->ops->map_table ? m->ops->map_table(m->priv, at, (size_t)a->count << l->entry_lg2) : NULL;
	a->soon = c->soon ? c->soon + (index << l->entry_lg2) : a->at;
	return a->at != NULL;
}

/* --- entries that continue the one before ---------------------------------------------- */

static const ptg_word64_ *words(const struct ahead *a, unsigned from)
{
	if (a->bytes != 8 || a->big != (htobe64(1) == 1) || ((uintptr_t)a->at & 7))
		return NULL;
	return (const ptg_word64_ *)(const void *)a->at + from;
}

/* How many entries after the first continue it: e + step, 2 * step ... inside the address bits. */
static unsigned continued(const struct ahead *a, unsigned from, uint64_t e, uint64_t mask, uint64_t step)
{
	uint64_t room = step ? (mask - (e & mask)) / step : a->count;
	unsigned count = a->count - from, n = 1, most = room + 1 < count ? (unsigned)room + 1 : count;
	const ptg_word64_ *w = words(a, from);

	if (w)
		return (unsigned)ptg_words_step_(w + 1, most - 1, e + step, step, (const ptg_word64_ *)(const void *)a->soon + from + 1);
	while (n < most && get(a, from + n) == e + step * n)
		n++;
	return n - 1;
}

/* How many entries from there on say the same as a plain page e, wherever they lead. */
static unsigned alike(const struct ahead *a, unsigned from, uint64_t e, uint64_t varies)
{
	const ptg_word64_ *w = words(a, from);
	unsigned count = a->count - from, n = 0;

	for (const unsigned char *p = a->soon + (size_t)from * a->bytes, *end = a->soon + (size_t)a->count * a->bytes; p < end; p += 64)
		__builtin_prefetch(p);
	if (w)
		return (unsigned)ptg_words_like_(w, count, ~varies, e, 0);
	while (n < count && !((get(a, from + n) ^ e) & ~varies))
		n++;
	return n;
}

/* How the entries of neighbouring pages differ; 0: they are no neighbours' by their entries. */
static uint64_t step_of(const struct scan_context *c, const struct ptg_kind *k, const struct ptg_run *r)
{
	uint64_t step;

	if (!k || !k->addr_simple || k->napot || k->size != PTG_NONE || k->repeat_lg2 || k->low_mask || r->contig_lg2 ||
	    r->page_lg2 != c->space->format->levels[r->level].shift)
		return 0;
	step = (uint64_t)1 << r->page_lg2 >> k->addr_shl << k->addr_shr;
	return step & k->addr_mask ? step : 0;
}

/* --- pages like the last one --------------------------------------------------------------- */

static bool is_plain(const struct scan_context *c, unsigned level, uint64_t e)
{
	return ptg_quick_holds_(c->space) && (c->space->quick.usable & 2) &&
	       ptg_quick_is_page_(&c->space->quick.level[level], e);
}

/* The page at va by its entry alone, from what is known. */
static bool like_the_last(const struct scan_context *c, unsigned level, uint64_t va, uint64_t e, struct ptg_run *r)
{
	const struct ptg_quick_level *l = &c->space->quick.level[level];
	const struct scan_known_page *p = &c->page;

	if (!p->set || p->level != level || (e & ~l->page_addr) != p->bits || p->said != c->said[level] || !is_plain(c, level, e))
		return false;
	*r = p->run;
	r->va = va;
	r->last = va + ptg_mask_(r->page_lg2);
	r->pa = ptg_shr_(ptg_shl_(e & l->page_addr, l->page_shl), l->page_shr);
	r->entry = e;
	return true;
}

/* --- a table -------------------------------------------------------------------------------------- */

struct leaves {
	struct scan_context *c;
	unsigned level;
	uint64_t table;
	uint64_t va, last;           /* what is left of the table */
	struct ptg_cursor cursor;
	bool started;                /* the cursor stands somewhere */
	struct ahead ahead;
	bool seen;                   /* `ahead` is there */
	bool known;                  /* the last run is like the page met before */
	uint64_t first;              /* the address of its first entry */
};

/* The run at l->va; 0: none, or l->last is passed. */
static int next_run(struct leaves *l, struct ptg_run *r)
{
	unsigned shift = l->c->space->format->levels[l->level].shift;

	l->known = l->seen && !((l->va - l->first) & ptg_mask_(shift)) &&
		   like_the_last(l->c, l->level, l->va, get(&l->ahead, (unsigned)((l->va - l->first) >> shift)), r);
	if (l->known)
		return 1;
	/* A cursor goes on where it was; elsewhere it begins anew. */
	if ((!l->started || l->cursor.next != l->va) && ptg_cursor_init(&l->cursor, l->c->space, l->va, l->last - l->va + 1))
		return 0;
	l->started = true;
	return ptg_next(&l->cursor, r);
}

/* How entries go on after r's, into the page met last; step 0: not known. */
static void learn_step(struct leaves *l, const struct ptg_run *r)
{
	struct scan_context *c = l->c;
	const uint64_t e[2] = {r->entry, 0};
	const struct ptg_kind *k = ptg_kind_(c->space, r->level, e);
	struct scan_known_page *p = &c->page;

	*p = (struct scan_known_page){.step = step_of(c, k, r)};
	if (!p->step)
		return;
	p->mask = k->addr_mask;
	p->set = is_plain(c, r->level, r->entry);
	if (!p->set)
		return;
	p->level = r->level;
	p->bits = r->entry & ~c->space->quick.level[r->level].page_addr;
	p->said = c->said[r->level];
	p->varies = ptg_quick_varies_(&c->space->quick.level[r->level], r->entry, r->page_lg2);
	p->run = *r;
}

/* How many entries make r one with those that go on like it; *scattered: not all of them by the next address. */
static uint64_t extend(struct leaves *l, const struct ptg_run *r, bool *scattered)
{
	const struct scan_known_page *p = &l->c->page;
	unsigned from = (unsigned)((r->va - l->first) >> l->c->space->format->levels[l->level].shift), n = 1, more;

	if (!l->seen || r->level != l->level || r->last >= l->last || !(r->mapped || r->entry == 0) || get(&l->ahead, from) != r->entry)
		return 1;
	if (!r->mapped)
		return 1 + (uint64_t)continued(&l->ahead, from, 0, 0, 0);
	if (!l->known)
		learn_step(l, r);
	if (!p->step)
		return 1;
	n += continued(&l->ahead, from, r->entry, p->mask, p->step);
	if (!l->c->s->scattered || !p->varies || from + n >= l->ahead.count)
		return n;
	more = alike(&l->ahead, from + n, r->entry, p->varies);
	*scattered = more;
	return n + (uint64_t)more;
}

bool scan_unreadable(const struct scan_context *c, unsigned level, uint64_t va)
{
	struct ptg_translation t;

	return ptg_translate(c->space, va, PTG_LOOK, &t) && t.fault == PTG_F_UNREADABLE && t.level == level;
}

/*
 * How many entries from r's on the image does not hold, r's included: a pointer into nowhere is
 * one look-up in the list of its parts, not one for each entry of a table that may be a megabyte.
 * A limit may end the table before (its entries are one piece): then its end is searched.
 */
static uint64_t lacking(const struct leaves *l, const struct ptg_run *r)
{
	const struct ptg_format *f = l->c->space->format;
	const struct ptg_level *v = &f->levels[l->level];
	uint64_t index = r->va >> v->shift & ptg_mask_(v->width), count, rest = (l->last - r->va) >> v->shift, first = 1;

	if (r->mapped || r->rule || r->level != l->level || v->stride_lg2 || v->by != PTG_NONE || (f->flags & PTG_FORMAT_DYNAMIC))
		return 1;
	count = image_absent(l->c->s->view->image, l->table + (index << v->entry_lg2),
			     (ptg_mask_(v->width) - index + 1) << v->entry_lg2) >> v->entry_lg2;
	count = count > rest ? rest + 1 : count;
	if (count < 2 || scan_unreadable(l->c, l->level, r->va + ((count - 1) << v->shift)))
		return count ? count : 1;
	while (count - first > 1) {      /* entry first - 1 is unreadable, entry count - 1 is not */
		uint64_t mid = first + (count - first) / 2;

		if (scan_unreadable(l->c, l->level, r->va + ((mid - 1) << v->shift)))
			first = mid;
		else
			count = mid;
	}
	return first;
}

bool scan_leaves(struct scan_context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last)
{
	unsigned shift = c->space->format->levels[level].shift;
	struct leaves l; /* not initialised as a whole: a cursor is large, and mostly none is needed */
	struct ptg_run r;

	l.c = c;
	l.level = level;
	l.table = table;
	l.va = va;
	l.last = last;
	l.first = va & ~ptg_mask_(shift);
	l.started = l.known = false;
	l.seen = look_ahead(c, table, level, va, last, &l.ahead);
	while (next_run(&l, &r) == 1) {
		bool scattered = false;
		uint64_t pages = extend(&l, &r, &scattered), end = r.last;

		c->s->stats.entries++;
		if (pages == 1)
			pages = lacking(&l, &r);
		if (pages > 1)
			end = (((r.va >> shift) + pages) << shift) - 1;
		end = end > last ? last : end;
		if (!scan_tell_run(c, &r, end, pages, scattered))
			return false;
		if (end >= last)
			return true;
		l.va = end + 1;
	}
	return true;
}
