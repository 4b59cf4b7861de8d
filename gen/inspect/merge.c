/* SPDX-License-Identifier: MIT */
/* merge.c - mappings that belong together, as one */
#include "gen/inspect/merge.h"

static uint32_t rights_that_count(const struct merge *g, const struct mapping *m)
{
	return g->marks ? m->rights : m->rights & ~(uint32_t)(PTG_ACCESSED | PTG_DIRTY);
}

/* Can b be joined to a? */
static bool fits(const struct merge *g, const struct mapping *a, const struct mapping *b)
{
	if (g->rule == MERGE_NONE || a->kind != b->kind || a->last + 1 != b->va || a->last == ~(uint64_t)0)
		return false;
	switch (a->kind) {
	case MAPPING_PAGE:
		if (rights_that_count(g, a) != rights_that_count(g, b) || a->memtype != b->memtype)
			return false;
		if (g->sizes && (a->page_lg2 != b->page_lg2 || a->contig_lg2 != b->contig_lg2))
			return false;
		return g->rule == MERGE_RIGHTS || a->pa + (a->last - a->va) + 1 == b->pa;
	case MAPPING_FAULT:
		return a->rule == b->rule && a->level == b->level && a->stage == b->stage;
	case MAPPING_UNREADABLE:
		return a->level == b->level && a->stage == b->stage;
	default:
		return a->pa == b->pa && a->level == b->level;
	}
}

static void join(struct mapping *a, const struct mapping *b)
{
	a->scattered = a->scattered || b->scattered ||
		       (a->kind == MAPPING_PAGE && a->pa + (a->last - a->va) + 1 != b->pa);
	a->last = b->last;
	a->pages += b->pages;
	a->rights &= b->rights | ~(uint32_t)(PTG_ACCESSED | PTG_DIRTY);
	a->sizes_differ = a->sizes_differ || b->sizes_differ || a->page_lg2 != b->page_lg2;
	if (b->page_lg2 < a->page_lg2) {
		a->page_lg2 = b->page_lg2;
		a->level = b->level;
	}
	if (a->contig_lg2 != b->contig_lg2)
		a->contig_lg2 = 0;
}

/* A run of several pages, page by page. */
static bool tell_each(struct merge *g, const struct mapping *m)
{
	struct mapping one = *m;
	uint64_t size = m->page_lg2 < 64 ? (uint64_t)1 << m->page_lg2 : 0;

	one.pages = 1;
	for (uint64_t i = 0; i < m->pages; i++) {
		one.va = m->va + i * size;
		one.pa = m->pa + i * size;
		one.last = i + 1 == m->pages ? m->last : one.va + size - 1;
		if (!g->tell(g->arg, &one))
			return false;
	}
	return true;
}

bool merge_add(struct merge *g, const struct mapping *m)
{
	bool more = true;

	if (g->rule == MERGE_NONE && m->kind == MAPPING_PAGE && m->pages > 1)
		return tell_each(g, m);
	if (g->pending && fits(g, &g->m, m)) {
		join(&g->m, m);
		return true;
	}
	if (g->pending)
		more = g->tell(g->arg, &g->m);
	g->m = *m;
	g->pending = true;
	return more;
}

bool merge_end(struct merge *g)
{
	bool more = !g->pending || g->tell(g->arg, &g->m);

	g->pending = false;
	return more;
}
