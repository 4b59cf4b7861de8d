/* SPDX-License-Identifier: MIT */
/*
 * walk_pair.c - visits of a two-stage pair: the second stage, from the first one's point of view
 *
 * The second stage is visited as any other space; before the user's callbacks see
 * an entry its addresses become those of the first stage.
 */
#include "ptg_core.h"

struct second {
	const struct ptg_visitor *v;
	void *arg;
	uint64_t va, ipa;        /* the same byte, for the user and for the second stage */
};

/* The callback gets a copy: the walk goes by its own addresses. */
static enum ptg_verdict tell(const struct second *p, enum ptg_verdict (*cb)(void *arg, struct ptg_visit *v),
			     const struct ptg_visit *v)
{
	struct ptg_visit u;

	if (!cb)
		return PTG_GO;
	u.va = p->va + (v->va - p->ipa);
	u.last = p->va + (v->last - p->ipa);
	u.entry = v->entry;
	u.entry_hi = v->entry_hi;
	u.entry_pa = v->entry_pa;
	u.level = v->level;
	u.page_lg2 = v->page_lg2;
	u.is_table = v->is_table;
	u.rule = v->rule;
	u.stage = 2;
	u.ipa = v->va;
	return cb(p->arg, &u);
}

static enum ptg_verdict second_entry(void *arg, struct ptg_visit *v)
{
	const struct second *p = arg;

	return tell(p, p->v->entry, v);
}

static enum ptg_verdict second_hole(void *arg, struct ptg_visit *v)
{
	const struct second *p = arg;

	return tell(p, p->v->hole, v);
}

static enum ptg_verdict second_post(void *arg, struct ptg_visit *v)
{
	const struct second *p = arg;

	return tell(p, p->v->post, v);
}

int ptg_walk_second_(const struct ptg_space *s, uint64_t va, uint64_t last, uint64_t ipa, const struct ptg_visitor *v, void *arg)
{
	static const struct ptg_visitor visitor = { second_entry, second_hole, second_post };
	struct second p = { v, arg, va, ipa };
	uint64_t end = ipa + (last - va);

	return ptg_walk_range_(s, ipa, end < ipa ? UINT64_MAX : end, &visitor, &p);
}

int ptg_walk_load_(const struct ptg_space *second, unsigned entry_lg2, struct ptg_visit *v, uint64_t e[2])
{
	struct ptg_translation t;
	int err;

	if (ptg_translate(second, v->ipa, PTG_LOOK, &t) == PTG_F_NONE) {
		v->entry_pa = t.pa;
		err = ptg_load_(second, t.pa, entry_lg2, e);
		if (!err) {
			v->entry = e[0];
			v->entry_hi = e[1];
		}
		return err;
	}
	v->stage = 2;
	v->entry = t.entry;
	v->entry_hi = t.entry_hi;
	v->entry_pa = t.entry_pa;
	v->level = t.level;
	v->rule = (uint8_t)t.rule;
	return PTG_E_FAULT;
}
