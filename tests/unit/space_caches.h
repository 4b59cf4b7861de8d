/* SPDX-License-Identifier: MIT */
/*
 * space_caches.h - a simulated TLB and walk cache beside a flat map, and marks that must not get lost
 *
 * They hold what they saw until a flush object, or a flush, takes it out; what they still hold must be true.
 */
#ifndef TESTS_UNIT_SPACE_CACHES_H
#define TESTS_UNIT_SPACE_CACHES_H

#include "tests/unit/space_flat.h"

/* --- simulated caches -------------------------------------------------------------------------- */

static inline bool within(const struct ptg_flush *f, uint64_t first, uint64_t last)
{
	uint32_t i;

	if (f->all)
		return true;
	for (i = 0; i < f->count; i++)
		if (first <= f->range[i].last && last >= f->range[i].va)
			return true;
	return false;
}

static inline void on_flush(struct rig *r, const struct ptg_flush *f)
{
	struct flat *m = r->more;
	unsigned i;

	for (i = 0; i < FLAT_CACHE; i++) {
		if (within(f, m->tlb[i].first, m->tlb[i].last))
			m->tlb[i].used = false;
		if (f->walk_cache && within(f, m->walk[i].first, m->walk[i].last))
			m->walk[i].used = false;
	}
}

static inline void on_free(struct rig *r, uint64_t pa)
{
	struct flat *m = r->more;
	unsigned i;

	for (i = 0; i < FLAT_CACHE; i++)
		SAY(&m->p, !m->walk[i].used || m->walk[i].table != pa, "table %#llx freed while a walk cache holds it",
		    (unsigned long long)pa);
}

static inline enum ptg_verdict note_table(void *arg, struct ptg_visit *v)
{
	struct flat *m = arg;
	struct pointer *w = &m->walk[pick(&m->p, FLAT_CACHE)];
	struct ptg_decoded d;
	uint64_t e[2] = { v->entry, v->entry_hi };

	if (!v->is_table || ptg_decode(&m->p.r->s, v->level, e, &d) || d.fault)
		return PTG_GO;
	*w = (struct pointer){ v->va, v->last, d.pa, true };
	return PTG_GO;
}

static inline void load_caches(struct flat *m, uint64_t va)
{
	static const struct ptg_visitor v = { .entry = note_table };
	struct cached *c = &m->tlb[pick(&m->p, FLAT_CACHE)];
	struct ptg_translation t;
	enum ptg_fault f = ptg_translate(&m->p.r->s, va, PTG_LOOK, &t);
	unsigned lg2 = t.contig_lg2 > t.page_lg2 ? t.contig_lg2 : t.page_lg2;

	(void)ptg_walk(&m->p.r->s, va & ~(m->p.small - 1), m->p.small, &v, m);
	if (f == PTG_F_NOT_PRESENT && (m->p.r->format->flags & PTG_FORMAT_CACHES_INVALID))
		*c = (struct cached){ va & ~(m->p.small - 1), va | (m->p.small - 1), 0, 0, true, true };
	if (f != PTG_F_NONE || lg2 > 63)
		return;
	*c = (struct cached){ va & ~ptg_mask_(lg2), va | ptg_mask_(lg2), t.pa - (va & ptg_mask_(lg2)),
			      t.rights & 0x3f, true, false };
}

static inline void check_caches(struct flat *m)
{
	struct ptg_translation t;
	unsigned i, j;

	for (i = 0; i < FLAT_CACHE; i++) {
		const struct cached *c = &m->tlb[i];

		for (j = 0; c->used && j < 3; j++) {
			uint64_t at = j == 0 ? c->first : j == 1 ? c->last : c->first + pick(&m->p, c->last - c->first + 1);
			enum ptg_fault f = ptg_translate(&m->p.r->s, at, PTG_LOOK, &t);

			SAY(&m->p, (f == PTG_F_NONE) == !c->absent, "stale: %#llx was %s", (unsigned long long)at,
			    c->absent ? "absent" : "there");
			if (!c->absent)
				SAY(&m->p, t.pa == c->pa + (at - c->first) && (t.rights & 0x3f) == c->rights,
				    "stale: %#llx was at %#llx", (unsigned long long)at,
				    (unsigned long long)(c->pa + (at - c->first)));
		}
	}
}

/* --- dirty marks ----------------------------------------------------------------------------------- */

static inline void write_to(struct flat *m, uint64_t va)
{
	struct ptg_translation t;
	unsigned i = (unsigned)pick(&m->p, FLAT_PLACES);

	if (ptg_access_mem(&m->p.r->s, va, PTG_WRITE, &t) != PTG_F_NONE &&
	    ptg_access_mem(&m->p.r->s, va, PTG_WRITE | PTG_USER, &t) != PTG_F_NONE)
		return;
	if (ptg_translate(&m->p.r->s, va, PTG_LOOK, &t) == PTG_F_NONE && (t.rights & PTG_DIRTY)) {
		m->dirty[i] = va;
		m->dirty_used[i] = true;
	}
}

static inline void forget_dirty(struct flat *m, uint64_t first, uint64_t last)
{
	unsigned i;

	for (i = 0; i < FLAT_PLACES; i++)
		if (m->dirty[i] >= first && m->dirty[i] <= last)
			m->dirty_used[i] = false;
}

static inline void check_dirty(struct flat *m)
{
	struct ptg_translation t;
	unsigned i;

	for (i = 0; i < FLAT_PLACES; i++)
		if (m->dirty_used[i]) {
			SAY(&m->p, ptg_translate(&m->p.r->s, m->dirty[i], PTG_LOOK, &t) == PTG_F_NONE, "%#llx was written, and is gone",
			    (unsigned long long)m->dirty[i]);
			SAY(&m->p, t.rights & PTG_DIRTY, "dirty mark of %#llx lost", (unsigned long long)m->dirty[i]);
		}
}

static inline void caches_begin(struct flat *m)
{
	memset(m->tlb, 0, sizeof(m->tlb));
	memset(m->walk, 0, sizeof(m->walk));
	memset(m->dirty_used, 0, sizeof(m->dirty_used));
}

#endif /* TESTS_UNIT_SPACE_CACHES_H */
