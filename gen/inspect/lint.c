/* SPDX-License-Identifier: MIT */
/* lint.c - what should worry you in an address space: what one mapping shows by itself */
#include "gen/inspect/lint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/answer.h"
#include "gen/inspect/merge.h"
#include "gen/inspect/seen.h"
#include "gen/text.h"

#define USER (PTG_UR | PTG_UW | PTG_UX)

static const struct { const char *name, *reason; } words[LINT_COUNT_] = { /* ORDER LINT */
	{"wx", "code can be written here and run"},
	{"user-alias", "the supervisor reaches the user's memory without the user's rights, or the other way round"},
	{"exec-alias", "code can be changed through the other address"},
	{"table-user-writable", "whoever writes it maps what he likes"},
	{"table-writable", "a stray write of the supervisor changes the address space"},
	{"outside-ram", "there is no memory; devices apart, such a page is a mistake or a lie"},
	{"reserved", "hardware faults with a reserved-bit error; software wrote what it should not"},
	{"unreadable", "what lies below is not known"},
	{"group", "hardware may use any entry of the group for all of it"},
	{"self-map", "tables appear as pages of the space they make"},
	{"alias", "what is written here appears there"},
};

const char *lint_name(enum lint_id id)
{
	return words[id].name;
}

const char *lint_reason(enum lint_id id)
{
	return words[id].reason;
}

void lint_say(struct lint *l, const struct lint_finding *f)
{
	if (!(l->want >> f->id & 1))
		return;
	l->found[f->id]++;
	l->tell(l->arg, f);
}

/* --- one mapping -------------------------------------------------------------------------- */

static const char *both_rights(struct arena *a, uint32_t rights)
{
	char user[4], super[4];

	return arena_printf(a, "user %s, supervisor %s", text_rights(rights, true, user), text_rights(rights, false, super));
}

static void look_wx(struct lint *l, const struct mapping *m)
{
	bool user = (m->rights & PTG_UW) && (m->rights & PTG_UX), super = (m->rights & PTG_SW) && (m->rights & PTG_SX);
	struct lint_finding f = {.id = LINT_WX, .va = m->va, .last = m->last, .pa = m->pa, .has_pa = !m->scattered,
				 .count = m->pages};

	if (!user && !super)
		return;
	f.text = arena_printf(l->arena, "writable and executable (%s)", both_rights(l->arena, m->rights));
	lint_say(l, &f);
}

static void look_fault(struct lint *l, const struct mapping *m)
{
	struct lint_finding f = {.va = m->va, .last = m->last, .count = 1, .other = m->entry, .has_other = true};
	const struct ptg_format *fmt = l->view->plan->stage[0] ? l->view->stage[m->stage == 2].format : l->view->space.format;
	const char *level = m->level < fmt->level_count ? fmt->levels[m->level].name : "?";

	if (m->kind == MAPPING_UNREADABLE) {
		f.id = LINT_UNREADABLE;
		f.has_other = false;
		f.text = arena_printf(l->arena, "a table of level %s is not in the image", level);
	} else {
		f.id = LINT_RESERVED;
		f.text = arena_printf(l->arena, "entry 0x%" PRIx64 " of level %s: %s", m->entry, level,
				      m->rule < fmt->rule_count ? fmt->rules[m->rule].name : text_fault_class(m->fault));
	}
	lint_say(l, &f);
}

/* --- groups: contiguous hints, and pages whose entries are repeated ------------------------- */

struct group { uint64_t first, last, pa; uint32_t rights; uint16_t memtype; unsigned lg2; bool open; uint64_t next; };

static unsigned group_lg2(const struct lint *l, const struct mapping *m)
{
	const struct ptg_format *f = l->view->space.format;

	if (m->contig_lg2)
		return m->contig_lg2;
	return m->level < f->level_count && !(f->flags & PTG_FORMAT_DYNAMIC) && m->page_lg2 > f->levels[m->level].shift
		       ? m->page_lg2 : 0;
}

static void bad_group(struct lint *l, const struct group *g, const char *how)
{
	char size[24];
	struct lint_finding f = {.id = LINT_GROUP, .va = g->first, .last = g->last, .count = 1, .pa = g->pa, .has_pa = true};

	f.text = arena_printf(l->arena, "a group of %s %s", text_lg2(g->lg2, size), how);
	lint_say(l, &f);
}

static void close_group(struct lint *l, struct group *g)
{
	if (g->open && g->next <= g->last && g->next > g->first)
		bad_group(l, g, arena_printf(l->arena, "ends at 0x%" PRIx64 " already", g->next));
	g->open = false;
}

/* Mappings come in order; each is one entry of a group here, since groups are never told as runs. */
static void look_group(struct lint *l, struct group *g, const struct mapping *m)
{
	unsigned lg2 = m->kind == MAPPING_PAGE ? group_lg2(l, m) : 0;
	uint64_t mask = lg2 && lg2 < 64 ? ((uint64_t)1 << lg2) - 1 : 0;

	if (g->open && (m->va > g->last || !lg2 || lg2 != g->lg2)) {
		close_group(l, g);
	}
	if (!lg2)
		return;
	if (!g->open) {
		*g = (struct group){.first = m->va & ~mask, .last = m->va | mask, .pa = m->pa & ~mask, .rights = m->rights & 0x3f,
				    .memtype = m->memtype, .lg2 = lg2, .open = true, .next = m->va & ~mask};
		if (m->va != g->first && m->va > l->first)
			bad_group(l, g, arena_printf(l->arena, "has no entry before 0x%" PRIx64, m->va));
	} else if (m->va != g->next) {
		bad_group(l, g, arena_printf(l->arena, "has a gap at 0x%" PRIx64, g->next));
	}
	if (m->pa != g->pa + (m->va - g->first))
		bad_group(l, g, arena_printf(l->arena, "has another address at 0x%" PRIx64, m->va));
	else if ((m->rights & 0x3f) != g->rights || m->memtype != g->memtype)
		bad_group(l, g, arena_printf(l->arena, "has other attributes at 0x%" PRIx64, m->va));
	g->next = m->last + 1;
	if (g->next > g->last || g->next == 0)
		g->open = false;
}

/* --- the walk ---------------------------------------------------------------------------------- */

struct walk { struct lint *l; struct merge merge; struct group group; };

static bool keep(void *arg, const struct mapping *m)
{
	struct lint *l = arg;

	if (m->kind == MAPPING_FAULT || m->kind == MAPPING_UNREADABLE) {
		look_fault(l, m);
		return true;
	}
	if (m->kind == MAPPING_ALIAS)
		return true;
	look_wx(l, m);
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;

		l->m = arena_grow(l->arena, l->m, l->count, room, sizeof(*l->m));
		l->room = room;
	}
	l->m[l->count++] = *m;
	return true;
}

static bool on_mapping(void *arg, const struct mapping *m)
{
	struct walk *w = arg;

	w->l->scan.shown++;
	look_group(w->l, &w->group, m);
	return merge_add(&w->merge, m);
}

static void on_table(void *arg, const struct scan_table *t)
{
	struct walk *w = arg;
	struct lint *l = w->l;

	if (l->table_count == l->table_room) {
		size_t room = l->table_room ? 2 * l->table_room : 256;

		l->table = arena_grow(l->arena, l->table, l->table_count, room, sizeof(*l->table));
		l->table_room = room;
	}
	l->table[l->table_count++] = *t;
}

static void on_progress(void *arg, uint64_t va)
{
	struct walk *w = arg;

	if (w->l->progress)
		w->l->progress(w->l->arg, va);
}

/* --- after the walk ------------------------------------------------------------------------------- */

static void look_ram(struct lint *l)
{
	uint64_t outside = 0, all = 0;
	struct lint_finding f = {.id = LINT_OUTSIDE_RAM};

	for (size_t i = 0; i < l->count; i++) {
		all += l->m[i].pages;
		outside += l->is_ram(l->ram_arg, l->m[i].pa, l->m[i].pa + (l->m[i].last - l->m[i].va)) ? 0 : l->m[i].pages;
	}
	if (!l->ram_known && outside * 2 > all) {
		if (l->want >> LINT_OUTSIDE_RAM & 1)
			fprintf(stderr, "ptgen: warning: %" PRIu64 " of %" PRIu64 " mapped pages are not in the image: it is no "
					"picture of all RAM; say what RAM is with --ram\n", outside, all);
		return;
	}
	for (size_t i = 0; i < l->count; i++) {
		const struct mapping *m = &l->m[i];

		if (l->is_ram(l->ram_arg, m->pa, m->pa + (m->last - m->va)))
			continue;
		f.va = m->va;
		f.last = m->last;
		f.pa = m->pa;
		f.has_pa = true;
		f.count = m->pages;
		f.text = arena_printf(l->arena, "not RAM (%s)", both_rights(l->arena, m->rights));
		lint_say(l, &f);
	}
}

/* A table that was entered at two levels, or is the root. */
static void look_self(struct lint *l)
{
	struct scan_seen seen = {.arena = l->arena};
	const struct ptg_space *s = l->view->plan->stage[0] ? &l->view->stage[0] : &l->view->space;
	bool fresh;

	for (unsigned i = 0; i < 4; i++)
		if ((s->root[i].flags & PTG_ROOT_VALID) && !(s->root[i].flags & PTG_ROOT_BYPASS)) {
			struct seen_table *t = seen_get(&seen, s->root[i].table, 0, 0, &fresh);

			t->va = s->root[i].level + 1u;
		}
	for (size_t i = 0; i < l->table_count; i++) {
		const struct scan_table *t = &l->table[i];
		struct seen_table *known = seen_get(&seen, t->pa, 0, 0, &fresh);
		struct lint_finding f = {.id = LINT_SELF_MAP, .va = t->va, .last = t->last, .pa = t->pa, .has_pa = true, .count = 1,
					 .other = t->entry, .has_other = true};

		if (fresh) {
			known->va = t->level + 1u;
			continue;
		}
		if (known->va == t->level + 1u)
			continue;
		f.text = arena_printf(l->arena, "the table at 0x%" PRIx64 " serves level %s and level %s", t->pa,
				      s->format->levels[known->va - 1].name, s->format->levels[t->level].name);
		lint_say(l, &f);
	}
}

int lint_space(struct lint *l)
{
	struct walk *w = arena_alloc(l->arena, sizeof(*w));
	int e;

	w->l = l;
	w->merge.rule = MERGE_PHYSICAL;
	w->merge.tell = keep;
	w->merge.arg = l;
	l->scan.view = l->view;
	l->scan.arena = l->arena;
	l->scan.first = l->first;
	l->scan.last = l->last;
	l->scan.tell = on_mapping;
	l->scan.table = on_table;
	l->scan.progress = on_progress;
	l->scan.arg = w;
	e = scan_space(&l->scan);
	merge_end(&w->merge);
	close_group(l, &w->group);
	look_ram(l);
	lint_aliases(l);
	if (!l->view->plan->stage[0]) { /* the tables of a pair lie at two kinds of addresses */
		lint_tables(l);
		look_self(l);
	}
	return e == PTG_E_STOPPED ? PTG_OK : e;
}
