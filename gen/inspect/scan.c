/* SPDX-License-Identifier: MIT */
/*
 * scan.c - everything an address space maps, in order of addresses
 *
 * ptg_walk() leads over the tables, so that an aliased one can be passed over
 * whole; tables that hold pages only are scan_leaves.c's.  Two-stage pairs go by
 * the cursor alone.
 */
#include <string.h>

#include "gen/inspect/scan_context.h"
#include "runtime/ptg_quick.h"

#define FOLLOWED (1u << 22)          /* tables after which aliases are not followed, whatever was asked for */
#define NEST_RUNS (1u << 26)         /* of a two-stage pair, where aliases are not known */

const char *scan_kind(enum mapping_kind kind)
{
	static const char *const names[] = {"page", "fault", "unreadable", "alias"};

	return names[kind];
}

static bool tell(struct scan_context *c, const struct mapping *m)
{
	if (!c->stopped && !c->s->tell(c->s->arg, m))
		c->stopped = true;
	return !c->stopped;
}

/* --- what is no page ---------------------------------------------------------------- */

/* A hole: nothing to say when there is just nothing; else a fault or an unreadable table. */
static bool tell_hole(struct scan_context *c, uint64_t va, uint64_t last, uint64_t entry, unsigned level, unsigned rule)
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

bool scan_tell_run(struct scan_context *c, const struct ptg_run *r, uint64_t last, uint64_t pages, bool scattered)
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
	m.scattered = scattered;
	return tell(c, &m);
}

/* --- tables --------------------------------------------------------------------------------- */

/* What the tables down to the one that `e` leads to have said. */
static uint64_t inherit(struct scan_context *c, unsigned level, const struct ptg_kind *k, const uint64_t e[2], uint64_t va,
			unsigned next)
{
	const struct ptg_format *f = c->space->format;
	unsigned n = f->attr_count < SCAN_ATTRS ? f->attr_count : SCAN_ATTRS;
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
	c->said[next] = hash;
	return hash;
}

static enum ptg_verdict tell_alias(struct scan_context *c, const struct ptg_visit *v, const struct ptg_decoded *d,
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

static void tell_table(struct scan_context *c, const struct ptg_visit *v, uint64_t pa, unsigned level)
{
	struct scan_table t = {.pa = pa, .va = v->va, .last = v->last, .entry = v->entry, .entry_pa = v->entry_pa,
			       .level = level};

	c->s->stats.tables++;
	if (c->s->table)
		c->s->table(c->s->arg, &t);
	if (c->s->progress)
		c->s->progress(c->s->arg, v->va);
}

/* A table entry like one met before, by the digest of the space: where it leads, and what the tables say with it. */
static bool like_another(const struct scan_context *c, const struct ptg_visit *v, struct ptg_decoded *d, uint64_t *said)
{
	const struct ptg_quick_level *q = &c->space->quick.level[v->level];
	const struct scan_known_table *t = &c->table[v->level];

	if (!t->set || v->entry_hi || (v->entry & ~q->table_addr) != t->bits || t->before != c->said[v->level] ||
	    t->after != c->said[q->next] || !ptg_quick_holds_(c->space) || !ptg_quick_leads_(q, v->entry, &d->pa))
		return false;
	d->next_level = q->next;
	*said = t->after;
	return true;
}

static bool read_table(struct scan_context *c, const struct ptg_visit *v, struct ptg_decoded *d, uint64_t *said)
{
	const struct ptg_quick_level *q = &c->space->quick.level[v->level];
	const uint64_t e[2] = {v->entry, v->entry_hi};
	const struct ptg_kind *k = ptg_kind_(c->space, v->level, e);

	if (!k || ptg_decode(c->space, v->level, e, d) || d->next_level >= PTG_LEVELS || d->next_level >= v->level)
		return false;
	*said = inherit(c, v->level, k, e, v->va, d->next_level);
	c->table[v->level] = (struct scan_known_table){.set = true, .bits = v->entry & ~q->table_addr,
						       .before = c->said[v->level], .after = *said};
	return true;
}

/* A table of which the image has nothing: all its entries say the same, and there may be very many. */
static bool is_absent(const struct scan_context *c, const struct ptg_visit *v, const struct ptg_decoded *d)
{
	const struct ptg_level *l = &c->space->format->levels[d->next_level];
	uint64_t bytes = (ptg_mask_(d->next_lg2 ? d->next_lg2 : l->width) + 1) << (l->entry_lg2 + l->stride_lg2);

	return image_absent(c->s->view->image, d->pa, bytes) == bytes && scan_unreadable(c, d->next_level, v->va) &&
	       scan_unreadable(c, d->next_level, v->last);
}

static enum ptg_verdict on_post(void *arg, struct ptg_visit *v);
static bool scan_directory(struct scan_context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last);

static enum ptg_verdict on_table(struct scan_context *c, struct ptg_visit *v)
{
	struct seen_table *t;
	struct ptg_decoded d;
	uint64_t said;
	bool fresh;

	memset(&d, 0, sizeof(d));
	if (!like_another(c, v, &d, &said) && !read_table(c, v, &d, &said))
		return PTG_GO;
	t = seen_get(c->s->seen, d.pa, d.next_level, said, &fresh);
	if (!fresh && !t->cut && (!c->s->follow_aliases || c->s->stats.tables > FOLLOWED))
		return tell_alias(c, v, &d, t);
	/* What the range cuts off was not shown: such a table is no ground for an alias. */
	t->cut = v->last - v->va != ptg_mask_(c->space->format->levels[v->level].shift);
	t->va = v->va;
	tell_table(c, v, d.pa, d.next_level);
	c->before[d.next_level] = c->s->shown;
	if (is_absent(c, v, &d)) {
		tell_hole(c, v->va, v->last, 0, d.next_level, 0);
	} else if (!c->leaves_only[d.next_level]) {
		if (!scan_directory(c, d.pa, d.next_level, v->va, v->last))
			return PTG_GO;
		on_post(c, v);
		return c->stopped ? PTG_STOP : PTG_SKIP;
	} else {
		scan_leaves(c, d.pa, d.next_level, v->va, v->last);
	}
	t->showed = t->showed || c->s->shown != c->before[d.next_level];
	return c->stopped ? PTG_STOP : PTG_SKIP;
}

static enum ptg_verdict on_entry(void *arg, struct ptg_visit *v)
{
	struct scan_context *c = arg;
	struct ptg_cursor cursor;
	struct ptg_run r;

	if (v->is_table)
		return c->inside && v->level > c->level ? PTG_GO : on_table(c, v);
	c->s->stats.entries++;
	if (ptg_cursor_init(&cursor, c->space, v->va, v->last - v->va + 1))
		return PTG_GO;
	while (ptg_next(&cursor, &r) == 1)
		if (!scan_tell_run(c, &r, r.last, 1, false))
			return PTG_STOP;
	return PTG_GO;
}

static enum ptg_verdict on_hole(void *arg, struct ptg_visit *v)
{
	struct scan_context *c = arg;

	c->s->stats.entries++;
	return tell_hole(c, v->va, v->last, v->entry, v->level, v->rule) ? PTG_GO : PTG_STOP;
}

/* After a table's children: did it show anything? */
static enum ptg_verdict on_post(void *arg, struct ptg_visit *v)
{
	struct scan_context *c = arg;
	const uint64_t e[2] = {v->entry, v->entry_hi};
	const struct ptg_kind *k = ptg_kind_(c->space, v->level, e);
	struct ptg_decoded d;
	bool fresh;

	memset(&d, 0, sizeof(d));
	if (c->inside && v->level > c->level)
		return PTG_GO;
	if (!k || ptg_decode(c->space, v->level, e, &d) || d.next_level >= PTG_LEVELS || d.next_level >= v->level)
		return PTG_GO;
	if (c->s->shown != c->before[d.next_level])
		seen_get(c->s->seen, d.pa, d.next_level, inherit(c, v->level, k, e, v->va, d.next_level), &fresh)->showed = true;
	return PTG_GO;
}

static const struct ptg_visitor visitor = {.entry = on_entry, .hole = on_hole, .post = on_post};

/* --- directories -------------------------------------------------------------------------------- */

/* Entries that lead to no table, from va on to `last`: by the walker, which has to come by the tables above again. */
static void walk_inside(struct scan_context *c, unsigned level, uint64_t va, uint64_t last)
{
	c->inside = true;
	c->level = level;
	ptg_walk(c->space, va, last - va + 1, &visitor, c);
	c->inside = false;
}

/* The host's view of the table that an entry leads to, if it can be had for nothing. */
static const unsigned char *view_of(const struct scan_context *c, const struct ptg_quick_level *q, uint64_t e, uint64_t bytes)
{
	uint64_t table;

	if (!ptg_quick_leads_(q, e, &table) || !PTG_IN_WINDOW(c->space, table) || !PTG_IN_WINDOW(c->space, table + bytes - 1))
		return NULL;
	return PTG_AT(c->space, table);
}

/*
 * [va, last] of a table whose tables hold pages only; a large space has tens of thousands of those.  false: the digest
 * does not know it, nothing was done.
 */
static bool scan_directory(struct scan_context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last)
{
	const struct ptg_space *s = c->space;
	const struct ptg_quick_level *q = &s->quick.level[level], *below = &s->quick.level[q->next & 7];
	unsigned lg2 = s->quick.entry_lg2;
	uint64_t span = ptg_mask_(q->shift), end = table + ptg_shl_(ptg_mask_(q->width) + 1, lg2) - 1, from = va, pa, next;

	if (c->inside || !ptg_quick_holds_(s) || !q->table_mask || q->next >= level || !c->leaves_only[q->next] ||
	    last - va > ptg_mask_(q->shift + q->width) || !PTG_IN_WINDOW(s, table) || !PTG_IN_WINDOW(s, end))
		return false;
	for (; !c->stopped; va = next) {
		struct ptg_visit v = {.va = va, .level = (uint8_t)level, .is_table = 1};

		v.last = (va | span) < last ? va | span : last;
		next = v.last + 1;
		v.entry_pa = pa = table + ptg_shl_(ptg_shr_(va, q->shift) & ptg_mask_(q->width), lg2);
		v.entry = ptg_quick_load_(s, pa);
		if (ptg_quick_leads_(q, v.entry, &pa)) {
			if (from < va)
				walk_inside(c, level, from, va - 1);
			c->soon = v.last == last ? NULL : view_of(c, q, ptg_quick_load_(s, v.entry_pa + (1u << lg2)),
								  ptg_shl_(ptg_mask_(below->width) + 1, lg2));
			if (!c->stopped && on_table(c, &v) != PTG_GO)
				from = next;
			c->soon = NULL;
		}
		if (v.last == last)
			break;
	}
	if (!c->stopped && from <= last && from - 1 != last)
		walk_inside(c, level, from, last);
	return true;
}

/* --- ranges ------------------------------------------------------------------------------------ */

/* The length that reaches `last`; of all 2^64 addresses the runtime's word for it. */
static uint64_t length(uint64_t first, uint64_t last)
{
	return last - first == ~(uint64_t)0 ? last : last - first + 1;
}

static int scan_pair(struct scan_context *c, uint64_t first, uint64_t last)
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
		if (r.mapped ? !scan_tell_run(c, &r, r.last, 1, false) : (ptg_translate(&c->s->view->space, r.va, PTG_LOOK, &t), 0))
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

static void start(struct scan_context *c, struct scan *s)
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

static int scan_range(struct scan_context *c, uint64_t first, uint64_t last)
{
	int e;

	if (c->s->view->plan->stage[0])
		return scan_pair(c, first, last);
	e = ptg_walk(c->space, first, length(first, last), &visitor, c);
	return c->stopped ? PTG_E_STOPPED : e;
}

int scan_space(struct scan *s)
{
	struct scan_context *c = arena_alloc(s->arena, sizeof(*c));
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
