/* SPDX-License-Identifier: MIT */
/*
 * steps.c - a walk shown level by level
 *
 * The entries come from ptg_walk() over the one address, so that what is shown
 * is what the walker did.
 */
#include "gen/inspect/steps.h"

#include <inttypes.h>
#include <string.h>

#include "gen/fields.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

#define STEPS 64 /* two stages of eight levels, each table address through the second */

struct step { struct ptg_visit visit; bool hole; };
struct steps { struct step step[STEPS]; unsigned count; };

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

static void collect(const struct view *v, uint64_t va, struct steps *s)
{
	static const struct ptg_visitor visitor = {.entry = on_entry, .hole = on_hole};
	const struct ptg_space *space = v->plan->stage[0] ? &v->stage[0] : &v->space;

	s->count = 0;
	ptg_walk(space, va, 1, &visitor, s);
}

static const struct plan *plan_of(const struct view *v)
{
	return v->plan->stage[0] ? v->plan->stage[0] : v->plan;
}

static const struct ptg_space *space_of(const struct view *v)
{
	return v->plan->stage[0] ? &v->stage[0] : &v->space;
}

/* Index within its table, from where the entry was read. */
static uint64_t index_of(const struct ptg_format *f, const struct ptg_visit *v, uint64_t va)
{
	const struct ptg_level *l = &f->levels[v->level];

	if (l->width && !(f->flags & PTG_FORMAT_DYNAMIC))
		return va >> l->shift & ptg_mask_(l->width);
	return 0;
}

static const char *words(struct arena *a, const struct view *v, const struct step *s, const char **flags)
{
	const struct ptg_format *f = space_of(v)->format;
	const uint64_t e[2] = {s->visit.entry, s->visit.entry_hi};
	const struct ptg_kind *k = ptg_kind_(space_of(v), s->visit.level, e);
	const char *rule = s->visit.rule < f->rule_count ? f->rules[s->visit.rule].name : "";
	struct ptg_decoded d;
	char size[24];

	*flags = "";
	if (k && plan_of(v)->model)
		*flags = fields_flags(a, plan_of(v), (unsigned)(k - f->kinds), space_of(v)->config[0], e);
	if (ptg_decode(space_of(v), s->visit.level, e, &d) || d.fault)
		return arena_printf(a, "%s", rule);
	if (d.role == PTG_ROLE_TABLE)
		return arena_printf(a, "%s, table at 0x%" PRIx64, k ? k->name : "table", d.pa);
	return arena_printf(a, "%s, %s page at 0x%" PRIx64, k ? k->name : "page", text_lg2(d.page_lg2, size), d.pa);
}

static const char *root_text(struct arena *a, const struct view *v, uint64_t va)
{
	const struct ptg_space *s = space_of(v);
	const struct ptg_root *root = NULL;
	struct ptg_table table;
	unsigned rule = 0;
	char size[24];

	if (ptg_start_(s, va, &root, &table, &rule) || !root)
		return arena_printf(a, "no walk: %s", rule < s->format->rule_count ? s->format->rules[rule].name : "");
	if (root->flags & PTG_ROOT_BYPASS)
		return "translation is off: pa is va";
	return arena_printf(a, "table at 0x%" PRIx64 ", %s of addresses", root->table, text_lg2(root->va_lg2, size));
}

void steps_print(struct arena *a, struct out *o, const struct view *v, uint64_t va)
{
	const struct ptg_format *f = space_of(v)->format;
	struct steps s;

	collect(v, va, &s);
	fprintf(o->file, "%s%s%s  %s  %s\n", out_ink(o, INK_BOLD), f->name, out_ink(o, INK_PLAIN),
		v->root && v->root->text ? v->root->text : "", root_text(a, v, va));
	for (unsigned i = 0; i < s.count; i++) {
		const struct ptg_visit *e = &s.step[i].visit;
		const char *flags, *text;
		unsigned digits = 2u << f->levels[e->level].entry_lg2;

		if (e->entry_pa == 0 && e->entry == 0 && s.step[i].hole)
			continue;
		text = words(a, v, &s.step[i], &flags);
		fprintf(o->file, "  %s%-6s%s[%4" PRIu64 "] at 0x%-10" PRIx64 "  %s0x%0*" PRIx64 "%s  %-38s %s%s%s\n",
			out_ink(o, INK_CYAN), f->levels[e->level].name, out_ink(o, INK_PLAIN), index_of(f, e, va),
			e->entry_pa, out_ink(o, INK_YELLOW), (int)digits, e->entry, out_ink(o, INK_PLAIN), text,
			out_ink(o, INK_DIM), flags, out_ink(o, INK_PLAIN));
	}
}

void steps_record(struct arena *a, struct out *o, const struct view *v, uint64_t va)
{
	const struct ptg_format *f = space_of(v)->format;
	const char *all = "";
	struct steps s;

	collect(v, va, &s);
	for (unsigned i = 0; i < s.count; i++) {
		const struct ptg_visit *e = &s.step[i].visit;
		const char *flags, *text = words(a, v, &s.step[i], &flags);

		if (o->form == OUT_JSON)
			all = arena_printf(a,
					   "%s%s{\"level\":%u,\"level_name\":\"%s\",\"index\":%" PRIu64
					   ",\"entry_pa\":\"0x%" PRIx64 "\",\"entry\":\"0x%" PRIx64
					   "\",\"what\":\"%s\",\"fields\":\"%s\"}",
					   all, *all ? "," : "", e->level, f->levels[e->level].name, index_of(f, e, va),
					   e->entry_pa, e->entry, text, flags);
		else
			all = arena_printf(a, "%s%s%s 0x%" PRIx64 " (%s)", all, *all ? "; " : "",
					   f->levels[e->level].name, e->entry, text);
	}
	if (o->form == OUT_JSON)
		out_raw(o, "steps", arena_printf(a, "[%s]", all));
	else
		out_text(o, "steps", all);
}
