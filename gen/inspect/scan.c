/* SPDX-License-Identifier: MIT */
/*
 * scan.c - everything an address space maps, in order of addresses
 *
 * ptg_walk() leads over the tables, so that an aliased one can be passed over
 * whole; within a table that holds pages only, the cursor answers, and entries
 * that continue the one before (the same bits, the next address) are counted
 * from the table itself.  Two-stage pairs go by the cursor alone.
 */
#include "gen/inspect/scan.h"

#include <endian.h>
#include <string.h>

#include "gen/inspect/seen.h"
#include "runtime/ptg_core.h"

#define ATTRS 64
#define FOLLOWED (1u << 22)          /* tables after which aliases are not followed, whatever was asked for */
#define NEST_RUNS (1u << 26)         /* of a two-stage pair, where aliases are not known */

struct context {
	struct scan *s;
	const struct ptg_space *space;
	uint64_t attr[PTG_LEVELS + 1][ATTRS]; /* said by the tables above, by depth of the table they lead to */
	uint64_t before[PTG_LEVELS + 1];      /* s->shown when the table was entered */
	bool leaves_only[PTG_LEVELS];
	bool stopped;
};

const char *scan_kind(enum mapping_kind kind)
{
	static const char *const names[] = {"page", "fault", "unreadable", "alias"};

	return names[kind];
}

static bool tell(struct context *c, const struct mapping *m)
{
	if (!c->stopped && !c->s->tell(c->s->arg, m))
		c->stopped = true;
	return !c->stopped;
}

/* --- what is no page ---------------------------------------------------------------- */

/* A hole: nothing to say when there is just nothing; else a fault or an unreadable table. */
static bool tell_hole(struct context *c, uint64_t va, uint64_t last, uint64_t entry, unsigned level, unsigned rule)
{
	const struct ptg_format *f = c->space->format;
	struct mapping m;

	memset(&m, 0, sizeof(m));
	m.kind = rule ? MAPPING_FAULT : MAPPING_UNREADABLE;
	m.fault = (uint8_t)(!rule ? PTG_F_UNREADABLE : rule < f->rule_count ? f->rules[rule].fault_class : PTG_F_NOT_PRESENT);
	if (m.fault == PTG_F_NOT_PRESENT || m.fault == PTG_F_NONCANONICAL || m.fault == PTG_F_LENGTH ||
	    m.fault == PTG_F_NONE)
		return true;
	m.va = va;
	m.last = last;
	m.entry = entry;
	m.level = (uint8_t)level;
	m.rule = (uint16_t)rule;
	m.page_lg2 = f->levels[level < f->level_count ? level : 0].shift;
	return tell(c, &m);
}

static bool tell_run(struct context *c, const struct ptg_run *r, uint64_t last, uint64_t pages)
{
	struct mapping m;

	if (!r->mapped)
		return tell_hole(c, r->va, last, r->entry, r->level, r->rule);
	memset(&m, 0, sizeof(m));
	m.kind = MAPPING_PAGE;
	m.va = r->va;
	m.last = last;
	m.pa = r->pa;
	m.entry = r->entry;
	m.rights = r->rights;
	m.memtype = r->memtype;
	m.rule = r->rule;
	m.level = r->level;
	m.page_lg2 = r->page_lg2;
	m.contig_lg2 = r->contig_lg2;
	m.pages = pages;
	return tell(c, &m);
}

/* --- entries that continue the one before ---------------------------------------------- */

struct ahead {                       /* the rest of a table, as the host sees it */
	const unsigned char *at;
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

/* What follows the entry of va in its table; false: it cannot be looked at so. */
static bool look_ahead(const struct context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last,
		       struct ahead *a)
{
	const struct ptg_format *f = c->space->format;
	const struct ptg_level *l = &f->levels[level];
	uint64_t index = va >> l->shift & ptg_mask_(l->width), count, rest = (last - va) >> l->shift;
	const struct ptg_mapper *m = c->space->mapper;

	if (l->entry_lg2 > 3 || l->stride_lg2 || l->by != PTG_NONE || (f->flags & PTG_FORMAT_DYNAMIC) || !m->ops)
		return false;
	count = ptg_mask_(l->width) - index;
	if (count > rest)
		count = rest;
	a->bytes = 1u << l->entry_lg2;
	a->count = (unsigned)count + 1;
	a->big = f->flags & PTG_FORMAT_BIG;
	a->at = m->ops->map_table ? m->ops->map_table(m->priv, table + (index << l->entry_lg2),
						      (size_t)a->count << l->entry_lg2)
				  : NULL;
	return a->at != NULL;
}

/* The same for 64-bit entries in host order, which most are: dumps spend their time here. */
static unsigned continued_plain(const struct ahead *a, uint64_t e, uint64_t step, unsigned most)
{
	unsigned n = 1;

	for (uint64_t next = e + step; n < most; n++, next += step) {
		uint64_t v;

		memcpy(&v, a->at + (size_t)n * 8, sizeof(v));
		if (v != next)
			break;
	}
	return n - 1;
}

/* How many entries after the first continue it: e + step, 2 * step ... inside the address bits. */
static unsigned continued(const struct ahead *a, uint64_t e, uint64_t mask, uint64_t step)
{
	uint64_t room = step ? (mask - (e & mask)) / step : a->count;
	unsigned n = 1, most = room + 1 < a->count ? (unsigned)room + 1 : a->count;

	if (a->bytes == 8 && a->big == (htobe64(1) == 1))
		return continued_plain(a, e, step, most);
	while (n < most && get(a, n) == e + step * n)
		n++;
	return n - 1;
}

/* The same for a page of one entry with an address in one piece; 0: one by one. */
static unsigned more_pages(const struct context *c, const struct ahead *a, const struct ptg_run *r)
{
	uint64_t e[2] = {r->entry, 0};
	const struct ptg_kind *k = ptg_kind_(c->space, r->level, e);
	uint64_t step;

	if (!k || !k->addr_simple || k->napot || k->size != PTG_NONE || k->repeat_lg2 || k->low_mask || r->contig_lg2)
		return 0;
	if (get(a, 0) != r->entry || r->page_lg2 != c->space->format->levels[r->level].shift)
		return 0;
	step = (uint64_t)1 << r->page_lg2 >> k->addr_shl << k->addr_shr;
	return step & k->addr_mask ? continued(a, r->entry, k->addr_mask, step) : 0;
}

/* A table that holds no tables: [va, last] of it. */
static bool scan_leaves(struct context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last)
{
	unsigned shift = c->space->format->levels[level].shift;
	struct ptg_cursor cursor;
	struct ptg_run r;
	struct ahead a;

	if (ptg_cursor_init(&cursor, c->space, va, last - va + 1))
		return true;
	while (ptg_next(&cursor, &r) == 1) {
		uint64_t end = r.last, pages = 1;

		c->s->stats.entries++;
		if (r.level == level && r.last < last && (r.mapped || r.entry == 0) &&
		    look_ahead(c, table, level, r.va, last, &a)) {
			pages += r.mapped ? more_pages(c, &a, &r) : get(&a, 0) == 0 ? continued(&a, 0, 0, 0) : 0;
			end = (((r.va >> shift) + pages) << shift) - 1;
			end = end > last ? last : end;
		}
		if (!tell_run(c, &r, end > r.last ? end : r.last, pages))
			return false;
		if (end >= last)
			return true;
		if (end > r.last)
			cursor.next = end + 1;
	}
	return true;
}

/* --- tables --------------------------------------------------------------------------------- */

/* What the tables down to the one that `e` leads to have said. */
static uint64_t inherit(struct context *c, unsigned level, const struct ptg_kind *k, const uint64_t e[2], uint64_t va,
			unsigned next)
{
	const struct ptg_format *f = c->space->format;
	unsigned n = f->attr_count < ATTRS ? f->attr_count : ATTRS;
	struct ptg_env env;
	uint64_t hash = 0;

	memcpy(c->attr[next], c->attr[level], n * sizeof(uint64_t));
	memset(&env, 0, sizeof(env));
	env.space = c->space;
	env.e[0] = e[0];
	env.e[1] = e[1];
	env.va = va;
	ptg_attrs_(&env, k, c->attr[next]);
	for (unsigned i = 0; i < n; i++)
		if (f->attrs[i].op)
			hash = seen_mix(hash ^ c->attr[next][i]);
	return hash;
}

static enum ptg_verdict tell_alias(struct context *c, const struct ptg_visit *v, const struct ptg_decoded *d,
				   const struct seen_table *t)
{
	struct mapping m;

	c->s->stats.aliases++;
	if (!t->showed)
		return PTG_SKIP;
	memset(&m, 0, sizeof(m));
	m.kind = MAPPING_ALIAS;
	m.va = v->va;
	m.last = v->last;
	m.pa = d->pa;
	m.entry = v->entry;
	m.alias = t->va;
	m.level = d->next_level;
	m.page_lg2 = c->space->format->levels[d->next_level].shift;
	return tell(c, &m) ? PTG_SKIP : PTG_STOP;
}

static void tell_table(struct context *c, const struct ptg_visit *v, uint64_t pa, unsigned level)
{
	struct scan_table t = {.pa = pa, .va = v->va, .last = v->last, .entry = v->entry, .entry_pa = v->entry_pa,
			       .level = level};

	c->s->stats.tables++;
	if (c->s->table)
		c->s->table(c->s->arg, &t);
	if (c->s->progress)
		c->s->progress(c->s->arg, v->va);
}

static enum ptg_verdict on_table(struct context *c, struct ptg_visit *v)
{
	const uint64_t e[2] = {v->entry, v->entry_hi};
	const struct ptg_kind *k = ptg_kind_(c->space, v->level, e);
	struct seen_table *t;
	struct ptg_decoded d;
	uint64_t attrs;
	bool fresh;

	memset(&d, 0, sizeof(d));
	if (!k || ptg_decode(c->space, v->level, e, &d) || d.next_level >= PTG_LEVELS || d.next_level >= v->level)
		return PTG_GO;
	attrs = inherit(c, v->level, k, e, v->va, d.next_level);
	t = seen_get(c->s->seen, d.pa, d.next_level, attrs, &fresh);
	if (!fresh && !t->cut && (!c->s->follow_aliases || c->s->stats.tables > FOLLOWED))
		return tell_alias(c, v, &d, t);
	/* What the range cuts off was not shown: such a table is no ground for an alias. */
	t->cut = v->last - v->va != ptg_mask_(c->space->format->levels[v->level].shift);
	t->va = v->va;
	tell_table(c, v, d.pa, d.next_level);
	c->before[d.next_level] = c->s->shown;
	if (!c->leaves_only[d.next_level])
		return PTG_GO;
	if (!scan_leaves(c, d.pa, d.next_level, v->va, v->last))
		return PTG_STOP;
	t->showed = t->showed || c->s->shown != c->before[d.next_level];
	return PTG_SKIP;
}

static enum ptg_verdict on_entry(void *arg, struct ptg_visit *v)
{
	struct context *c = arg;
	struct ptg_cursor cursor;
	struct ptg_run r;

	if (v->is_table)
		return on_table(c, v);
	c->s->stats.entries++;
	if (ptg_cursor_init(&cursor, c->space, v->va, v->last - v->va + 1))
		return PTG_GO;
	while (ptg_next(&cursor, &r) == 1)
		if (!tell_run(c, &r, r.last, 1))
			return PTG_STOP;
	return PTG_GO;
}

static enum ptg_verdict on_hole(void *arg, struct ptg_visit *v)
{
	struct context *c = arg;

	c->s->stats.entries++;
	return tell_hole(c, v->va, v->last, v->entry, v->level, v->rule) ? PTG_GO : PTG_STOP;
}

/* After a table's children: did it show anything? */
static enum ptg_verdict on_post(void *arg, struct ptg_visit *v)
{
	struct context *c = arg;
	const uint64_t e[2] = {v->entry, v->entry_hi};
	const struct ptg_kind *k = ptg_kind_(c->space, v->level, e);
	struct ptg_decoded d;
	bool fresh;

	memset(&d, 0, sizeof(d));
	if (!k || ptg_decode(c->space, v->level, e, &d) || d.next_level >= PTG_LEVELS || d.next_level >= v->level)
		return PTG_GO;
	if (c->s->shown != c->before[d.next_level])
		seen_get(c->s->seen, d.pa, d.next_level, inherit(c, v->level, k, e, v->va, d.next_level), &fresh)->showed = true;
	return PTG_GO;
}

/* --- ranges ------------------------------------------------------------------------------------ */

/* The length that reaches `last`; of all 2^64 addresses the runtime's word for it. */
static uint64_t length(uint64_t first, uint64_t last)
{
	return last - first == ~(uint64_t)0 ? last : last - first + 1;
}

static int scan_pair(struct context *c, uint64_t first, uint64_t last)
{
	struct ptg_cursor cursor;
	struct ptg_run r;
	uint64_t runs = 0;

	if (ptg_cursor_init(&cursor, &c->s->view->space, first, length(first, last)))
		return PTG_E_ARG;
	while (ptg_next(&cursor, &r) == 1 && runs++ < NEST_RUNS) {
		struct ptg_translation t;

		if (c->s->progress && (runs & 0xfff) == 0)
			c->s->progress(c->s->arg, r.va);
		if (r.mapped ? !tell_run(c, &r, r.last, 1) : (ptg_translate(&c->s->view->space, r.va, PTG_LOOK, &t), 0))
			return PTG_E_STOPPED;
		if (!r.mapped && t.fault != PTG_F_NOT_PRESENT && t.fault != PTG_F_NONCANONICAL && t.fault != PTG_F_LENGTH) {
			struct mapping m = {.kind = t.fault == PTG_F_UNREADABLE ? MAPPING_UNREADABLE : MAPPING_FAULT,
					    .va = r.va, .last = r.last, .entry = t.entry, .rule = t.rule, .level = t.level,
					    .fault = t.fault, .stage = t.stage};

			if (!tell(c, &m))
				return PTG_E_STOPPED;
		}
	}
	return runs >= NEST_RUNS ? PTG_E_BUSY : PTG_OK;
}

static void start(struct context *c, struct scan *s)
{
	const struct ptg_format *f;

	memset(c, 0, sizeof(*c));
	c->s = s;
	c->space = s->view->plan->stage[0] ? &s->view->stage[0] : &s->view->space;
	f = c->space->format;
	for (unsigned i = 0; i <= PTG_LEVELS; i++)
		ptg_attrs_neutral_(f, c->attr[i]);
	for (unsigned i = 0; i < f->level_count; i++) {
		const struct ptg_level *l = &f->levels[i];

		c->leaves_only[i] = true;
		for (unsigned r = 0; r < l->row_count; r++) {
			unsigned role = f->kinds[f->rows[l->row_first + r].kind].role;

			if (role == PTG_ROLE_TABLE || role == PTG_ROLE_PASS)
				c->leaves_only[i] = false;
		}
	}
}

static int scan_range(struct context *c, uint64_t first, uint64_t last)
{
	static const struct ptg_visitor visitor = {.entry = on_entry, .hole = on_hole, .post = on_post};
	int e;

	if (c->s->view->plan->stage[0])
		return scan_pair(c, first, last);
	e = ptg_walk(c->space, first, length(first, last), &visitor, c);
	return c->stopped ? PTG_E_STOPPED : e;
}

int scan_space(struct scan *s)
{
	struct context *c = arena_alloc(s->arena, sizeof(*c));
	uint64_t first[2], last[2];
	unsigned n = view_ranges(s->view, first, last);
	int e = PTG_OK;

	start(c, s);
	if (!s->seen) {
		s->seen = arena_alloc(s->arena, sizeof(*s->seen));
		s->seen->arena = s->arena;
	}
	for (unsigned i = 0; i < n && e == PTG_OK; i++) {
		uint64_t from = first[i] > s->first ? first[i] : s->first;
		uint64_t to = last[i] < s->last ? last[i] : s->last;

		if (from <= to)
			e = scan_range(c, from, to);
	}
	return e;
}
