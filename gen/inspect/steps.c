/* SPDX-License-Identifier: MIT */
/*
 * steps.c - a walk shown level by level
 *
 * The entries come from ptg_walk() over the one address, so that what is shown
 * is what the walker did.  Of a two-stage pair the first stage is walked through
 * the second, then the second for the address that comes out.
 */
#include "gen/inspect/steps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/entry/fields.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

#define STEPS (PTG_LEVELS + 2)

struct step {
	struct ptg_visit visit;
	bool hole;
	uint64_t index;
	const char *what, *flags;
};

struct steps {                       /* one stage */
	const struct plan *plan;
	struct ptg_space space;
	unsigned stage;              /* 0: the only one */
	uint64_t va, pa;             /* pa: of the page, when found */
	bool found;
	const char *start;
	struct step step[STEPS];
	unsigned count;
};

/* --- collecting --------------------------------------------------------------------------- */

static enum ptg_verdict add(struct steps *s, const struct ptg_visit *v, bool hole)
{
	if (s->count < STEPS) {
		s->step[s->count].visit = *v;
		s->step[s->count++].hole = hole;
	}
	return PTG_GO;
}

static enum ptg_verdict on_entry(void *arg, struct ptg_visit *v)
{
	return add(arg, v, false);
}

static enum ptg_verdict on_hole(void *arg, struct ptg_visit *v)
{
	return add(arg, v, true);
}

/* Memory of the first stage: what the second makes of its addresses. */
struct through { const struct ptg_space *second; };

static int read_through(void *priv, uint64_t pa, void *dst, size_t n)
{
	const struct through *t = priv;
	size_t done = 0;

	return ptg_read(t->second, pa, dst, n, PTG_LOOK, &done) == PTG_OK && done == n ? 0 : -1;
}

/* What an entry is, in words; *pa where it leads. */
static const char *words(struct arena *a, const struct steps *s, const struct step *st, uint64_t *pa)
{
	const struct ptg_format *f = s->space.format;
	const uint64_t e[2] = {st->visit.entry, st->visit.entry_hi};
	const struct ptg_kind *k = ptg_kind_(&s->space, st->visit.level, e);
	const char *rule = st->visit.rule < f->rule_count && st->visit.rule ? f->rules[st->visit.rule].name : "unreadable";
	struct ptg_decoded d;
	char size[24];

	memset(&d, 0, sizeof(d));
	if (st->hole || ptg_decode(&s->space, st->visit.level, e, &d) || d.fault)
		return rule;
	*pa = d.pa;
	if (d.role == PTG_ROLE_TABLE)
		return arena_printf(a, "%s, table at 0x%" PRIx64, k ? k->name : "table", d.pa);
	return arena_printf(a, "%s, %s page at 0x%" PRIx64, k ? k->name : "page", text_lg2(d.page_lg2, size), d.pa);
}

static const char *start_text(struct arena *a, const struct steps *s, uint64_t *table)
{
	const struct ptg_root *root = NULL;
	struct ptg_table t;
	unsigned rule = 0;
	char size[24];

	if (ptg_start_(&s->space, s->va, &root, &t, &rule) || !root)
		return arena_printf(a, "no walk: %s", rule < s->space.format->rule_count ? s->space.format->rules[rule].name : "");
	if (root->flags & PTG_ROOT_BYPASS)
		return "translation is off: pa is va";
	*table = t.pa;
	return arena_printf(a, "table at 0x%" PRIx64 ", %s of addresses", root->table, text_lg2(root->va_lg2, size));
}

/* Give each step its words and its place in its table. */
static void describe(struct arena *a, struct steps *s)
{
	const struct ptg_format *f = s->space.format;
	uint64_t table = 0, pa = 0;

	s->start = start_text(a, s, &table);
	for (unsigned i = 0; i < s->count; i++) {
		struct step *st = &s->step[i];
		const struct ptg_level *l = &f->levels[st->visit.level];
		const uint64_t e[2] = {st->visit.entry, st->visit.entry_hi};
		const struct ptg_kind *k = ptg_kind_(&s->space, st->visit.level, e);

		st->what = words(a, s, st, &pa);
		st->index = (st->visit.entry_pa - table) >> (l->entry_lg2 + l->stride_lg2);
		st->flags = k && s->plan->model ? fields_flags(a, s->plan, (unsigned)(k - f->kinds), s->space.config[0], e) : "";
		table = pa;
		s->found = !st->hole && !st->visit.is_table;
	}
	s->pa = pa;
}

static void walk(struct arena *a, struct steps *s)
{
	static const struct ptg_visitor visitor = {.entry = on_entry, .hole = on_hole};

	ptg_walk(&s->space, s->va, 1, &visitor, s);
	describe(a, s);
}

/* One stage or two.  Return: how many. */
static unsigned collect(struct arena *a, const struct view *v, uint64_t va, struct steps s[2])
{
	static const struct ptg_mapper_ops ops = {.read_bytes = read_through};
	struct through through = {.second = &v->stage[1]};
	const struct ptg_mapper mapper = {.ops = &ops, .priv = &through};
	struct ptg_translation t;
	bool pair = v->plan->stage[0] != NULL;

	memset(s, 0, 2 * sizeof(*s));
	s[0].plan = pair ? v->plan->stage[0] : v->plan;
	s[0].space = pair ? v->stage[0] : v->space;
	s[0].va = va;
	s[0].stage = pair;
	if (pair)
		s[0].space.mapper = &mapper;
	walk(a, &s[0]);
	if (!pair || !s[0].found)
		return 1;
	/* The guest's address: the first stage alone, its tables read through the second. */
	if (ptg_translate(&s[0].space, va, PTG_LOOK, &t))
		return 1;
	s[1].plan = v->plan->stage[1];
	s[1].space = v->stage[1];
	s[1].va = t.pa;
	s[1].stage = 2;
	walk(a, &s[1]);
	return 2;
}

/* --- telling ------------------------------------------------------------------------------------ */

static void print_stage(struct out *o, const struct view *v, const struct steps *s)
{
	const struct ptg_format *f = s->space.format;

	fprintf(o->file, "%s%s%s  %s  ", out_ink(o, INK_BOLD), f->name, out_ink(o, INK_PLAIN),
		v->root && v->root->text ? v->root->text : "");
	if (s->stage == 2)
		fprintf(o->file, "guest address 0x%" PRIx64 "  ", s->va);
	fprintf(o->file, "%s\n", s->start);
	for (unsigned i = 0; i < s->count; i++) {
		const struct step *st = &s->step[i];
		const struct ptg_visit *e = &st->visit;

		fprintf(o->file, "  %s%-6s%s[%4" PRIu64 "] at 0x%-10" PRIx64 "  %s0x%0*" PRIx64 "%s  %-38s %s%s%s\n",
			out_ink(o, INK_CYAN), f->levels[e->level].name, out_ink(o, INK_PLAIN), st->index, e->entry_pa,
			out_ink(o, INK_YELLOW), (int)(2u << f->levels[e->level].entry_lg2), e->entry, out_ink(o, INK_PLAIN),
			st->what, out_ink(o, INK_DIM), st->flags, out_ink(o, INK_PLAIN));
	}
}

void steps_print(struct arena *a, struct out *o, const struct view *v, uint64_t va)
{
	struct steps *s = arena_array(a, 2, sizeof(*s));
	unsigned n = collect(a, v, va, s);

	for (unsigned i = 0; i < n; i++)
		print_stage(o, v, &s[i]);
}

static const char *step_record(struct arena *a, const struct steps *s, const struct step *st, bool json)
{
	const struct ptg_visit *e = &st->visit;
	const char *level = s->space.format->levels[e->level].name;

	if (!json)
		return arena_printf(a, "%s 0x%" PRIx64 " (%s)", level, e->entry, st->what);
	return arena_printf(a,
			    "{%s\"level\":%u,\"level_name\":\"%s\",\"index\":%" PRIu64 ",\"entry_pa\":\"0x%" PRIx64
			    "\",\"entry\":\"0x%" PRIx64 "\",\"what\":\"%s\",\"fields\":\"%s\"}",
			    !s->stage ? "" : s->stage == 1 ? "\"stage\":1," : "\"stage\":2,", e->level, level, st->index,
			    e->entry_pa, e->entry, st->what, st->flags);
}

void steps_record(struct arena *a, struct out *o, const struct view *v, uint64_t va)
{
	struct steps *s = arena_array(a, 2, sizeof(*s));
	unsigned n = collect(a, v, va, s);
	bool json = o->form == OUT_JSON;
	const char *all = "";

	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < s[i].count; k++)
			all = arena_printf(a, "%s%s%s", all, *all ? (json ? "," : "; ") : "",
					   step_record(a, &s[i], &s[i].step[k], json));
	if (json)
		out_raw(o, "steps", arena_printf(a, "[%s]", all));
	else
		out_text(o, "steps", all);
}
