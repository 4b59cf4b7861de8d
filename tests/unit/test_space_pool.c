/* SPDX-License-Identifier: MIT */
/*
 * test_space_pool.c - the tables of one operation, many or few: all empty when they are new, none lost when it fails
 *
 * Tables that wait for their use are the runtime's to write in; PTG_TABLES_ONLY shows what is left there.
 */
#include "tests/unit/space_play.h"

#define MANY 700u                /* more than the addresses that a table of a page holds */
#define FEW 5u

struct pools {
	struct play p;
	uint64_t va, len;
	unsigned found;          /* tables, by a walk */
};

/* --- what is there ---------------------------------------------------------------------- */

static enum ptg_verdict entry(void *arg, struct ptg_visit *v)
{
	struct pools *t = arg;

	SAY(&t->p, v->is_table, "a page at %#llx: %#llx", (unsigned long long)v->va, (unsigned long long)v->entry);
	t->found++;
	return PTG_GO;
}

static enum ptg_verdict hole(void *arg, struct ptg_visit *v)
{
	struct pools *t = arg;
	const struct ptg_kind *k;
	uint64_t e[2] = { 0, 0 };

	if (v->rule < 2) /* no entry */
		return PTG_GO;
	k = ptg_kind_(&t->p.r->s, v->level, e);
	if (!k || k->role != PTG_ROLE_PASS)
		ptg_empty_(&t->p.r->s, v->level, e);
	SAY(&t->p, v->entry == e[0] && v->entry_hi == e[1], "not empty at %#llx: %#llx", (unsigned long long)v->va,
	    (unsigned long long)v->entry);
	return PTG_GO;
}

static void look(struct pools *t)
{
	static const struct ptg_visitor visitor = { .entry = entry, .hole = hole };
	struct rig *r = t->p.r;

	r->fails = 0;
	t->found = 0;
	SAY(&t->p, ptg_walk(&r->s, t->va, t->len, &visitor, t) == PTG_OK, "the walk");
	SAY(&t->p, r->tables == t->found, "%u tables, %u in the tree", r->tables, t->found);
}

/* --- the operation ------------------------------------------------------------------------ */

static int tables_only(struct pools *t)
{
	rig_fresh_flush(t->p.r);
	return ptg_map(&t->p.r->s, t->va, 0, t->len, &t->p.attr[0], PTG_TABLES_ONLY | PTG_NO_LARGE, &t->p.r->f);
}

static void give_back(struct pools *t)
{
	struct rig *r = t->p.r;

	SAY(&t->p, ptg_unmap(&r->s, t->va, t->len, 0, &r->f) == PTG_OK, "giving them back");
	rig_flush_f(r);
	SAY(&t->p, r->tables == 0, "%u tables leak", r->tables);
}

/* A range that needs so many last tables, as far as memory and addresses reach.  false: it needs one alone. */
static bool range(struct pools *t, unsigned tables)
{
	struct play *p = &t->p;
	const struct ptg_level *l = &p->r->format->levels[0];
	uint64_t bytes = UINT64_C(1) << (l->width + l->entry_lg2 + l->stride_lg2), room = RIG_UNITS / 4 * RIG_UNIT / bytes;
	struct ptg_need need;

	play_pages(p);
	t->va = p->part[0].base;
	for (tables = room < tables ? (unsigned)room : tables; tables > 1; tables /= 2) {
		t->len = (uint64_t)tables << (l->shift + l->width);
		if (t->len - 1 <= p->part[0].top - t->va &&
		    ptg_plan_map(&p->r->s, t->va, t->len, 0, PTG_NO_LARGE, &need) == PTG_OK && tables_only(t) == PTG_OK)
			break;
	}
	if (tables < 2)
		return false;
	look(t);
	give_back(t);
	return need.tables[0] > 1;
}

static void mapper(struct pools *t, bool zeroed, bool bytes)
{
	struct rig *r = t->p.r;

	play_space(&t->p, false);
	r->m.flags = zeroed ? PTG_ZEROED : 0;
	if (!bytes)
		return;
	r->m.window_size = 0;
	r->ops.map_table = NULL;
	r->ops.unmap_table = NULL;
}

/* --- the tests ---------------------------------------------------------------------------- */

START_TEST(all_empty)
{
	struct pools t;
	unsigned way;

	if (play_begin(&t.p, _i)) {
		for (way = 0; way < 4; way++) {
			snprintf(t.p.op, sizeof(t.p.op), "mapper %u", way);
			mapper(&t, way & 1, way & 2);
			if (!range(&t, MANY))
				continue;
			/* twice: the second time memory has been used */
			SAY(&t.p, tables_only(&t) == PTG_OK, "tables alone");
			look(&t);
			give_back(&t);
		}
	}
	play_end(&t.p);
}
END_TEST

/* The last table of many is not to be had: all the others go back. */
START_TEST(not_enough)
{
	struct pools t;
	struct rig *r;
	unsigned all;

	if (play_begin(&t.p, _i)) {
		r = t.p.r;
		snprintf(t.p.op, sizeof(t.p.op), "one too many");
		mapper(&t, true, false);
		if (range(&t, MANY)) {
			SAY(&t.p, tables_only(&t) == PTG_OK, "tables alone");
			all = r->tables;
			give_back(&t);
			r->most = all - 1;
			SAY(&t.p, tables_only(&t) == PTG_E_NOMEM, "no memory");
			SAY(&t.p, r->tables == 0, "%u tables leak", r->tables);
		}
	}
	play_end(&t.p);
}
END_TEST

/* Memory cannot be read or written once, early or late: what is not in the tree was given back. */
START_TEST(once_unreachable)
{
	struct pools t;
	struct rig *r;
	int err = PTG_E_IO;
	unsigned n;

	if (play_begin(&t.p, _i)) {
		r = t.p.r;
		mapper(&t, true, true);
		for (n = 1; range(&t, FEW) && err; n += 1 + n / 16) {
			snprintf(t.p.op, sizeof(t.p.op), "call %u fails", n);
			r->fails = RIG_MEMORY;
			r->fail_at = n;
			r->calls = 0;
			err = tables_only(&t);
			if (r->calls >= n)
				err = PTG_E_IO; /* there may be more */
			look(&t);
			give_back(&t);
		}
	}
	play_end(&t.p);
}
END_TEST

int main(void)
{
	const struct play_test tests[] = { { all_empty, 0 }, { not_enough, 0 }, { once_unreachable, 0 } };

	return play_main("space_pool", tests, 3);
}
