/* SPDX-License-Identifier: MIT */
/* explain.c - split an address, or name every bit of an entry */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/commands/command.h"
#include "gen/entry/entry.h"
#include "gen/inspect/target.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

enum { EX_LEVEL = 1, EX_HELP };

static const struct option_spec specs[] = {
	{"level", 'l', 1, 0, EX_LEVEL, "LEVEL", "VALUE is an entry of this level (its name, number or depth);\n"
						"all: of every level"},
	{"help", 'h', 0, 0, EX_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"explain", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"explain", "-f FORMAT [options] VALUE...",
	"Split an address into its indexes, or with --level name every bit of an entry.",
	"Which rule fired stands with its condition.  --set, --enable, --disable and --ctx say which machine.",
	groups,
	"  ptgen explain -f sv48 0x3fd224db50\n"
	"  ptgen explain -f x86_64 --level pd 0x80000000400000e3",
};

struct explain {
	struct target t;
	const char *level;
	struct word_list values;
};

/* --- an address ------------------------------------------------------------------------ */

static const char *why_not(const struct ptg_space *s, uint64_t va)
{
	const struct ptg_root *root = NULL;
	struct ptg_table t;
	unsigned rule = 0;
	enum ptg_fault fault = ptg_start_(s, va, &root, &t, &rule);

	return fault == PTG_F_NONCANONICAL ? (rule && rule < s->format->rule_count && s->format->rules[rule].fault
						      ? s->format->rules[rule].fault
						      : text_fault_class(fault))
					   : NULL;
}

static uint64_t index_of(const struct ptg_level *l, uint64_t va)
{
	return l->width ? va >> l->shift & ptg_mask_(l->width) : 0;
}

static void address_text(struct explain *x, const struct view *v, uint64_t va)
{
	const struct ptg_format *f = v->space.format;
	struct out *o = &x->t.out;
	const char *bad = why_not(&v->space, va);
	char size[24];

	fprintf(o->file, "%s0x%016" PRIx64 "%s  %s, %u bits of address%s%s\n", out_ink(o, INK_BOLD), va,
		out_ink(o, INK_PLAIN), f->name, f->va_bits, bad ? ": " : "", bad ? bad : "");
	for (unsigned i = f->level_count; i-- > 0;) {
		const struct ptg_level *l = &f->levels[i];
		uint64_t index = index_of(l, va);

		if (l->by != PTG_NONE || (f->flags & PTG_FORMAT_DYNAMIC))
			continue;
		fprintf(o->file, "  %s%-8s%s va[%2u:%2u]  index %4" PRIu64 "  0x%03" PRIx64 "  entry at +0x%-6" PRIx64
				 " one spans %s\n",
			out_ink(o, INK_CYAN), l->name, out_ink(o, INK_PLAIN), l->shift + l->width - (l->width ? 1 : 0),
			l->shift, index, index, index << (l->entry_lg2 + l->stride_lg2), text_lg2(l->shift, size));
	}
	for (unsigned i = 0; i < 64; i++)
		if (f->page_sizes >> i & 1)
			fprintf(o->file, "  offset   in a page of %-4s 0x%" PRIx64 "\n", text_lg2(i, size), va & ptg_mask_(i));
}

static void address_record(struct explain *x, const struct view *v, uint64_t va)
{
	const struct ptg_format *f = v->space.format;
	struct out *o = &x->t.out;

	out_begin(o);
	out_text(o, "format", f->name);
	out_hex(o, "va", va);
	for (unsigned i = f->level_count; i-- > 0;) {
		const struct ptg_level *l = &f->levels[i];

		if (l->by == PTG_NONE && !(f->flags & PTG_FORMAT_DYNAMIC))
			out_number(o, arena_printf(x->t.arena, "index_%s", l->name), index_of(l, va));
	}
	for (unsigned i = 0; i < 64; i++) {
		if (!(f->page_sizes >> i & 1))
			continue;
		out_hex(o, "offset", va & ptg_mask_(i));
		break;
	}
	out_text(o, "fault", why_not(&v->space, va));
	out_end(o);
}

/* --- an entry --------------------------------------------------------------------------- */

static int one_entry(struct explain *x, const struct view *v, unsigned level, const uint64_t e[2])
{
	struct out *o = &x->t.out;
	unsigned bits = 8u << v->space.format->levels[level].entry_lg2;

	if ((bits < 128 && e[1]) || (bits < 64 && e[0] >> bits))
		return command_usage(&command, "an entry of level %s has %u bits", v->space.format->levels[level].name,
				     bits);
	if (o->form == OUT_TEXT)
		entry_explain(x->t.arena, o, v->plan, &v->space, level, e);
	else
		entry_record(x->t.arena, o, v->plan, &v->space, level, e);
	return EXIT_DONE;
}

static int entry(struct explain *x, const struct view *v, const uint64_t e[2])
{
	const struct ptg_format *f = v->space.format;
	int level, code = EXIT_DONE;

	if (strcmp(x->level, "all") == 0) {
		for (unsigned i = f->level_count; i-- > 0 && !code;) {
			code = one_entry(x, v, i, e);
			if (i && x->t.out.form == OUT_TEXT)
				fprintf(x->t.out.file, "\n");
		}
		return code;
	}
	level = entry_level(f, x->level);
	if (level < 0)
		return command_usage(&command, "%s has no level '%s' (it has %s)", f->name, x->level,
				     entry_levels(x->t.arena, f));
	return one_entry(x, v, (unsigned)level, e);
}

/* --- two stages --------------------------------------------------------------------------------- */

/* Tables on the longest way from the first to a page. */
static unsigned longest(const struct ptg_format *f)
{
	unsigned level = f->top, n = 1;

	while (f->levels[level].next < level) {
		level = f->levels[level].next;
		n++;
	}
	return n;
}

/* The first stage's indexes; its tables and the page are addresses of the second. */
static int pair(struct explain *x, const struct plan *p, uint64_t va)
{
	const struct ptg_format *first = &p->stage[0]->format, *second = &p->stage[1]->format;
	unsigned n = longest(first), m = longest(second);
	struct view v = {.plan = p->stage[0]};
	struct out *o = &x->t.out;
	const char *why = "";

	if (!view_start(x->t.arena, &v, &why) || ptg_space_init(&v.space, first, &ptg_generic_walker, &view_no_memory, 0))
		return command_usage(&command, "%s", why);
	if (o->form != OUT_TEXT) {
		address_record(x, &v, va);
		return EXIT_DONE;
	}
	address_text(x, &v, va);
	fprintf(o->file, "  the %u tables and the page pass through %s, %u tables each: at most (%u+1)*(%u+1)-1 = %u entries are read\n", n,
		second->name, m, n, m, (n + 1) * (m + 1) - 1);
	return EXIT_DONE;
}

/* --- the command ----------------------------------------------------------------------------- */

static int explain_all(struct explain *x)
{
	struct view v;
	int code = target_formats(&x->t);

	memset(&v, 0, sizeof(v));
	if (!code && x->t.plan_count != 1 && !x->t.roots.count)
		code = command_usage(&command, "'%s' stands for %u formats: name one", x->t.format, x->t.plan_count);
	if (!code && x->values.count == 0)
		code = command_usage(&command, "no value given");
	if (!code)
		code = target_output(&x->t);
	if (!code && x->t.roots.count) {
		code = target_view(&x->t, &v, x->t.roots.word[0], NULL);
	} else if (!code) {
		const char *why = "";

		v.plan = x->t.plans[0];
		if (!view_start(x->t.arena, &v, &why) ||
		    (!v.plan->stage[0] && ptg_space_init(&v.space, &v.plan->format, &ptg_generic_walker, &view_no_memory, 0)))
			code = command_usage(&command, "%s", why);
	}
	if (!code && v.plan->stage[0] && x->level)
		return command_usage(&command, "%s has two stages: explain one of %s, %s", v.plan->format.name,
				     v.plan->stage[0]->format.name, v.plan->stage[1]->format.name);
	for (unsigned i = 0; i < x->values.count && !code; i++) {
		uint64_t e[2];

		if (!text_wide(x->values.word[i], e))
			return command_usage(&command, "'%s' is no number", x->values.word[i]);
		if (i && x->t.out.form == OUT_TEXT)
			fprintf(x->t.out.file, "\n");
		if (v.plan->stage[0])
			code = pair(x, v.plan, e[0]);
		else if (x->level)
			code = entry(x, &v, e);
		else if (x->t.out.form == OUT_TEXT)
			address_text(x, &v, e[0]);
		else
			address_record(x, &v, e[0]);
	}
	return code;
}

int cmd_explain(int argc, char **argv)
{
	struct explain x;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&x, 0, sizeof(x));
	target_init(&x.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, EX_HELP, &id, &code)) {
		if (id == EX_LEVEL)
			x.level = o.value;
		else if (id == OPTION_WORD)
			word_add(x.t.arena, &x.values, o.value);
		else
			code = target_option(&x.t, &o, id);
	}
	if (!code)
		code = explain_all(&x);
	return target_close(&x.t, code);
}
