/* SPDX-License-Identifier: MIT */
/*
 * test_space_straight.c - small calls go straight, and leave what they would leave as ranges
 *
 * A mapper that wants to hear of stores sends every call the way of ranges; without it a few pages in one table go
 * straight.  Both leave the same entries, flush object and error.  What is to come out is known from the translations
 * before and after: the address and rights asked for, all else as it was, and as reason what came and what went.
 * Every shipped format, by both walkers; changes of rights under other contexts too.
 */
#include "tests/unit/space_play.h"

#define SIX 0x3fu
#define TRIES 400
#define PAGES 40u /* at most, of one call */

struct trial {
	struct play *p;
	uint64_t va, first[2], beside[2]; /* the page, its entry and its neighbour's */
	struct ptg_translation before;
	struct ptg_attrs asked;
	bool usual;                       /* contexts are the default ones */
};

struct outcome {
	int err;
	uint64_t e[2], beside[2];
	struct ptg_flush f;
	struct ptg_translation now;
};

static unsigned entry_lg2(const struct play *p)
{
	return p->r->format->levels[0].entry_lg2;
}

static void entry_at(struct trial *t, uint64_t va, uint64_t e[2])
{
	struct ptg_translation now;

	(void)ptg_translate(&t->p->r->s, va, PTG_LOOK, &now);
	e[0] = now.entry;
	e[1] = now.entry_hi;
}

/* --- a call ------------------------------------------------------------------------------- */

static void protect(struct trial *t, uint64_t len, bool straight, struct outcome *o)
{
	struct rig *r = t->p->r;

	SAY(t->p, ptg_store_(&r->s, t->before.entry_pa, entry_lg2(t->p), t->first) == PTG_OK, "store");
	rig_fresh_flush(r);
	r->ops.sync = straight ? NULL : rig_sync;
	o->err = ptg_protect(&r->s, t->va, len, &t->asked, 0, &r->f);
	r->ops.sync = rig_sync;
	o->f = r->f;
	(void)ptg_translate(&r->s, t->va, PTG_LOOK, &o->now);
	entry_at(t, t->va, o->e);
	entry_at(t, t->va + t->p->small, o->beside);
	rig_flush_f(r);
}

static void same_flush(struct trial *t, const struct ptg_flush *a, const struct ptg_flush *b)
{
	SAY(t->p, a->count == b->count && a->all == b->all && a->reasons == b->reasons && a->levels == b->levels,
	    "%u ranges for %#x, levels %#x; of a range %u for %#x, levels %#x", a->count, a->reasons, a->levels, b->count, b->reasons,
	    b->levels);
	if (a->count)
		SAY(t->p, a->range[0].va == b->range[0].va && a->range[0].last == b->range[0].last && a->range[0].page_lg2 == b->range[0].page_lg2 &&
			  a->range[0].reason == b->range[0].reason, "other ranges");
}

/* By what translations say. */
static void as_asked(struct trial *t, const struct outcome *o)
{
	const struct ptg_translation *was = &t->before, *now = &o->now;
	bool changed = o->e[0] != t->first[0] || o->e[1] != t->first[1];
	unsigned reason = now->fault ? PTG_FLUSH_DOWN : (now->rights & ~was->rights ? PTG_FLUSH_UP : 0) | (was->rights & ~now->rights ? PTG_FLUSH_DOWN : 0);

	SAY(t->p, o->beside[0] == t->beside[0] && o->beside[1] == t->beside[1], "the neighbour has changed");
	if (o->err || !changed) {
		SAY(t->p, !changed, "error %d, and changed", o->err);
		SAY(t->p, !o->f.count && !o->f.all, "a flush for nothing");
		return;
	}
	SAY(t->p, o->f.count == 1 && o->f.range[0].va == t->va && o->f.range[0].last == t->va + t->p->small - 1, "not this page is flushed");
	SAY(t->p, o->f.reasons == (reason ? reason : (unsigned)PTG_FLUSH_REPLACED), "flushed for %#x, not %#x", o->f.reasons, reason);
	if (now->fault) {
		SAY(t->p, t->asked.care == SIX && !t->asked.rights, "it is gone");
		return;
	}
	SAY(t->p, now->pa == was->pa && now->memtype == was->memtype && now->key == was->key && now->page_lg2 == was->page_lg2,
	    "more than rights has changed");
	SAY(t->p, !t->usual || !((now->rights ^ t->asked.rights) & t->asked.care), "rights %#x", now->rights);
}

/* --- a trial --------------------------------------------------------------------------------- */

static bool mapped(struct trial *t)
{
	struct play *p = t->p;
	struct rig *r = p->r;
	uint64_t pa = rig_random(r) & p->pa_mask & ~(2 * p->small - 1);
	struct ptg_translation x;

	t->va = play_within(&p->part[pick(p, p->parts)], rig_random(r)) & ~(2 * p->small - 1);
	rig_fresh_flush(r);
	if (ptg_map(&r->s, t->va, pa, 2 * p->small, &p->attr[pick(p, p->attrs)], PTG_NO_LARGE | PTG_NO_CONTIG, &r->f))
		return false;
	rig_flush_f(r);
	if (pick(p, 2))
		(void)ptg_access_mem(&r->s, t->va, pick(p, 2) ? PTG_WRITE : PTG_READ, &x);
	(void)ptg_translate(&r->s, t->va, PTG_LOOK, &t->before);
	SAY(p, !t->before.fault, "mapped, and not there");
	t->first[0] = t->before.entry;
	t->first[1] = t->before.entry_hi;
	entry_at(t, t->va + p->small, t->beside);
	return true;
}

static void contexts(struct trial *t)
{
	struct ptg_space *s = &t->p->r->s;
	unsigned i;

	for (i = 0; i < s->format->ctx_count; i++)
		ptg_put_ctx_(s, &s->format->ctx[i], rig_random(t->p->r));
	ptg_space_update(s);
}

static void one_trial(struct trial *t)
{
	struct outcome straight, range, both;
	struct play *p = t->p;
	struct rig *r = p->r;

	if (!mapped(t))
		return;
	t->asked = (struct ptg_attrs){ .rights = (uint32_t)pick(p, 64), .care = (uint32_t)(pick(p, 2) ? SIX : 1 + pick(p, 63)) };
	snprintf(p->op, sizeof(p->op), "%#llx: rights %#x, care %#x", (unsigned long long)t->va, t->asked.rights, t->asked.care);
	protect(t, p->small, true, &straight);
	as_asked(t, &straight);
	protect(t, p->small, false, &range);
	as_asked(t, &range);
	SAY(p, straight.err == range.err && straight.e[0] == range.e[0] && straight.e[1] == range.e[1], "error %d, %llx; in a range %d, %llx",
	    straight.err, (unsigned long long)straight.e[0], range.err, (unsigned long long)range.e[0]);
	same_flush(t, &straight.f, &range.f);
	protect(t, 2 * p->small, false, &both);
	SAY(p, straight.err == both.err && straight.e[0] == both.e[0] && straight.e[1] == both.e[1], "error %d; of two %d",
	    straight.err, both.err);
	p->done++;
	SAY(p, ptg_unmap(&r->s, t->va, 2 * p->small, PTG_SKIP_HOLES, &r->f) == PTG_OK, "unmap");
	rig_flush_f(r);
}

static void begin(struct play *p, const struct ptg_walker *walker)
{
	play_space(p, true);
	if (walker)
		p->r->s.walker = walker;
	ptg_space_update(&p->r->s);
	play_pages(p);
	p->done = 0;
}

static void other_rights(struct play *p, const struct ptg_walker *walker)
{
	struct trial t = { .p = p };
	uint64_t ctx[4];

	begin(p, walker);
	memcpy(ctx, p->r->s.ctx, sizeof(ctx));
	for (p->step = 0; p->step < TRIES; p->step++) {
		t.usual = p->step < TRIES / 2;
		if (!t.usual)
			contexts(&t);
		one_trial(&t);
	}
	memcpy(p->r->s.ctx, ctx, sizeof(ctx));
	ptg_space_update(&p->r->s);
	SAY(p, p->done > 0, "nothing was tried");
}

/* --- pages come and go ------------------------------------------------------------------------ */

struct scene {
	int err;
	struct ptg_translation page[PAGES + 2]; /* with those before and behind */
	struct ptg_flush f;
	unsigned tables;
};

static void look(struct play *p, uint64_t va, unsigned n, int err, struct scene *s)
{
	unsigned i;

	memset(s, 0, sizeof(*s));
	s->err = err;
	s->f = p->r->f;
	s->tables = p->r->tables;
	for (i = 0; i < n + 2; i++)
		(void)ptg_translate(&p->r->s, va + (i - UINT64_C(1)) * p->small, PTG_LOOK, &s->page[i]);
}

static void same_scene(struct trial *t, const struct scene *a, const struct scene *b, unsigned n)
{
	unsigned i;

	SAY(t->p, a->err == b->err, "error %d, in a range %d", a->err, b->err);
	SAY(t->p, a->tables == b->tables && a->f.table_count == b->f.table_count, "other tables");
	same_flush(t, &a->f, &b->f);
	for (i = 0; i < n + 2; i++) {
		const struct ptg_translation *x = &a->page[i], *y = &b->page[i];

		SAY(t->p, x->fault == y->fault && x->pa == y->pa && x->entry == y->entry && x->entry_hi == y->entry_hi && x->page_lg2 == y->page_lg2 &&
			  x->contig_lg2 == y->contig_lg2, "page %u of %u: %llx, in a range %llx", i, n, (unsigned long long)x->entry,
		    (unsigned long long)y->entry);
	}
}

static int call(struct trial *t, bool map, bool straight, uint64_t pa, uint64_t len, unsigned flags)
{
	struct rig *r = t->p->r;
	int err;

	rig_fresh_flush(r);
	r->ops.sync = straight ? NULL : rig_sync;
	err = map ? ptg_map(&r->s, t->va, pa, len, &t->asked, flags, &r->f) : ptg_unmap(&r->s, t->va, len, flags, &r->f);
	r->ops.sync = rig_sync;
	return err;
}

/* n pages as translations say: from pa on, with those rights; or none. */
static void there(struct trial *t, const struct scene *s, uint64_t pa, unsigned n, bool mapped)
{
	unsigned i;

	for (i = 1; i <= n; i++) {
		SAY(t->p, (s->page[i].fault == 0) == mapped, "page %u: fault %u", i, s->page[i].fault);
		SAY(t->p, !mapped || (s->page[i].pa == pa + (i - UINT64_C(1)) * t->p->small && !((s->page[i].rights ^ t->asked.rights) & SIX)), "page %u", i);
	}
}

/* The table is there for a neighbour's sake, or for none; the run is mapped over nothing or over others, and goes again. */
static void few_pages(struct trial *t)
{
	static const unsigned flags[] = { 0, PTG_MAP_REPLACE, PTG_NO_CONTIG | PTG_NO_LARGE, PTG_MAP_REPLACE | PTG_SPLIT_OK };
	unsigned n = 1 + (unsigned)pick(t->p, PAGES), how = flags[pick(t->p, 4)], keep = pick(t->p, 2) ? PTG_KEEP_TABLES : 0;
	uint64_t len = n * t->p->small, pa = rig_random(t->p->r) & t->p->pa_mask & ~UINT64_C(0x7fffff) & ~(t->p->small - 1), beside;
	struct scene straight, range;
	struct play *p = t->p;

	t->va = (play_within(&p->part[pick(p, p->parts)], rig_random(p->r)) & ~UINT64_C(0xfffff)) + pick(p, 64) * p->small;
	pa += pick(p, 2) ? (t->va & 0xfffff & ~(p->small - 1)) : pick(p, 64) * p->small;
	t->asked = p->attr[pick(p, p->attrs)];
	snprintf(p->op, sizeof(p->op), "%u pages at %#llx to %#llx, flags %#x", n, (unsigned long long)t->va, (unsigned long long)pa, how);
	beside = t->va + (pick(p, 2) ? len : UINT64_C(0) - p->small);
	(void)ptg_map(&p->r->s, beside, pa & ~UINT64_C(0xffff), p->small, &t->asked, PTG_NO_CONTIG, NULL);
	(void)call(t, false, false, 0, len, PTG_KEEP_TABLES | PTG_SKIP_HOLES | PTG_SPLIT_OK);
	look(p, t->va, n, call(t, true, true, pa, len, how), &straight);
	if (!straight.err)
		there(t, &straight, pa, n, true);
	(void)call(t, false, false, 0, len, PTG_KEEP_TABLES | PTG_SKIP_HOLES);
	look(p, t->va, n, call(t, true, false, pa, len, how), &range);
	if (p->r->s.format->flags & PTG_FORMAT_CACHES_INVALID)
		straight.f.levels = range.f.levels; /* tables that the first of them made */
	straight.f.walk_cache = range.f.walk_cache;
	same_scene(t, &straight, &range, n);
	if (range.err)
		return;
	look(p, t->va, n, call(t, false, true, 0, len, keep), &straight);
	there(t, &straight, 0, n, false);
	rig_flush_f(p->r);
	(void)call(t, true, false, pa, len, how);
	look(p, t->va, n, call(t, false, false, 0, len, keep), &range);
	rig_flush_f(p->r);
	same_scene(t, &straight, &range, n);
	p->done++;
}

static void come_and_go(struct play *p, const struct ptg_walker *walker)
{
	struct trial t = { .p = p };

	begin(p, walker);
	for (p->step = 0; p->step < TRIES; p->step++) {
		few_pages(&t);
		if (p->step % 20 == 19)
			play_over(p);
	}
	SAY(p, p->done > 0, "nothing was tried");
}

static void by_both(int i, void (*test)(struct play *p, const struct ptg_walker *walker))
{
	struct play p;

	if (play_begin(&p, i)) {
		test(&p, NULL);
		if (p.walker)
			test(&p, p.walker);
	}
	play_end(&p);
}

START_TEST(rights_straight_as_in_a_range)
{
	by_both(_i, other_rights);
}
END_TEST

START_TEST(pages_straight_as_in_a_range)
{
	by_both(_i, come_and_go);
}
END_TEST

int main(void)
{
	const struct play_test tests[] = { { rights_straight_as_in_a_range, 0 }, { pages_straight_as_in_a_range, 0 } };

	return play_main("space_straight", tests, 2);
}
