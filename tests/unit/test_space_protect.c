/* SPDX-License-Identifier: MIT */
/*
 * test_space_protect.c - one page has other rights, straight, as it would have them in a range
 *
 * A mapper that wants to hear of stores sends every call the way of ranges; without it one page goes straight.  Both
 * leave the same entry, flush object and error; so does the first page of two.  What is to come out is known from
 * the translations before and after: the rights asked for, all else as it was, and as reason what came and what went.
 * Every shipped format, by both walkers, under other contexts too.
 */
#include "tests/unit/space_play.h"

#define SIX 0x3fu
#define TRIES 400

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

static void by_one_walker(struct play *p, const struct ptg_walker *walker)
{
	uint64_t ctx[4];
	struct trial t = { .p = p };

	play_space(p, true);
	if (walker)
		p->r->s.walker = walker;
	ptg_space_update(&p->r->s);
	play_pages(p);
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

START_TEST(straight_as_in_a_range)
{
	struct play p;

	if (play_begin(&p, _i)) {
		by_one_walker(&p, NULL);
		if (p.walker)
			by_one_walker(&p, p.walker);
	}
	play_end(&p);
}
END_TEST

int main(void)
{
	const struct play_test tests[] = { { straight_as_in_a_range, 0 } };

	return play_main("space_protect", tests, 1);
}
