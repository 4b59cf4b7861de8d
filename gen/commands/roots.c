/* SPDX-License-Identifier: MIT */
/* roots.c - find root tables in an image */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/finder.h"
#include "gen/inspect/progress.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

enum { RT_ALL = 1, RT_MIN, RT_HELP };

static const struct option_spec specs[] = {
	{"all", 'a', 0, 0, RT_ALL, NULL, "also tables of a larger tree, and weak candidates"},
	{"min-tables", 0, 1, 0, RT_MIN, "N", "only trees of at least N tables below the root (default 1)"},
	{"help", 'h', 0, 0, RT_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"roots", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"roots", "[-f FORMAT[,FORMAT...]] [options] IMAGE", "Find candidate root tables, with the evidence for each.",
	"A candidate is a table whose entries are all sound, whose tables lie in the image and are sound\n"
	"down to the last level, and that no larger tree holds.  Best first.  Where one maps memory\n"
	"that the image has, weak ones are left out: they map next to none.  FORMAT may be a base\n"
	"(riscv64, ia32e, aarch64); `all`, or no -f, tries every known format.  Exit status 1 when\n"
	"there is none.",
	groups,
	"  ptgen roots mem.elf\n"
	"  ptgen roots -f ia32e mem.elf\n"
	"  ptgen roots -f sv39,sv48,sv57 --ram 0x80000000-0x8fffffff mem.raw",
};

struct roots {
	struct target t;
	const char *image;
	bool all;
	uint64_t min_tables;
	struct finder finder;
	struct progress progress;
	uint64_t shown;
	uint64_t at;                 /* which format looks */
};

static bool is_ram(const void *arg, uint64_t pa, uint64_t last)
{
	return target_is_ram(arg, pa, last);
}

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
	struct roots *r = arg;

	/* Each format looks at the whole image. */
	progress_part(&r->progress, r->at * (total >> 8) + (done >> 8), r->t.plan_count * (total >> 8));
}

/* A name and its base may both be given. */
static bool is_loaded(const struct target *t, const struct plan *p)
{
	for (unsigned i = 0; i < t->plan_count; i++)
		if (strcmp(t->plans[i]->format.name, p->format.name) == 0 && strcmp(t->plans[i]->path, p->path) == 0)
			return true;
	return false;
}

/* The formats of every word of -f. */
static int load_formats(struct roots *r)
{
	struct word_list names = {0};
	struct target *t = &r->t;
	bool all = !t->format || strcmp(t->format, "all") == 0;
	int code = EXIT_DONE;

	if (all) {
		unsigned count;
		const char *const *files = search_files(t->arena, &count);

		for (unsigned i = 0; i < count; i++)
			word_add(t->arena, &names, files[i]);
		if (!count)
			return command_fail(EXIT_SOURCE, "no formats found; set PTGEN_PATH");
	} else {
		word_add_split(t->arena, &names, t->format);
	}
	for (unsigned i = 0; i < names.count && !code; i++) {
		struct plan **plans;
		unsigned n;

		code = load_format(t->arena, names.word[i], &t->load, &plans, &n);
		if (all && code == EXIT_NO) {
			fprintf(stderr, "ptgen: warning: %s has errors and is left out\n", names.word[i]);
			code = EXIT_DONE;
		}
		t->plans = arena_grow(t->arena, t->plans, t->plan_count, t->plan_count + n, sizeof(*t->plans));
		for (unsigned k = 0; k < n; k++)
			if (!is_loaded(t, plans[k]))
				t->plans[t->plan_count++] = plans[k];
	}
	return code;
}

static const char *evidence(struct arena *a, const struct root_found *f)
{
	const char *text = arena_printf(a, "%" PRIu64 " tables, %" PRIu64 " pages", f->tables, f->pages);

	if (f->pages_in_ram * 100 > f->pages)
		text = arena_printf(a, "%s, %u%% in RAM", text, (unsigned)((double)f->pages_in_ram * 100 / (double)f->pages));
	if (f->self >= 0)
		text = arena_printf(a, "%s, maps itself at entry %d", text, f->self);
	if (f->sharers)
		text = arena_printf(a, "%s, upper half shared with %u", text, f->sharers);
	if (f->reserved)
		text = arena_printf(a, "%s, %u entries that hardware refuses", text, f->reserved);
	if (f->weak)
		text = arena_printf(a, "%s, weak", text);
	if (f->inside)
		text = arena_printf(a, "%s, inside a larger tree", text);
	return text;
}

static bool wanted(const struct roots *r, const struct root_found *f)
{
	return r->all || (!f->inside && !f->weak && f->tables >= r->min_tables);
}

/* One line a tree; the other formats that read the same in it stand after the one that tells most. */
static void print_all(struct roots *r)
{
	const struct finder *f = &r->finder;
	struct out *o = &r->t.out;
	int name = 0, root = 0;

	for (size_t i = 0; i < f->count; i++) {
		const struct root_found *a = &f->found[i];

		if (wanted(r, a) && (int)strlen(a->plan->format.name) > name)
			name = (int)strlen(a->plan->format.name);
		if (wanted(r, a) && (int)strlen(a->reg) > root)
			root = (int)strlen(a->reg);
	}
	for (size_t i = 0, j; i < f->count; i = j) {
		const struct root_found *a = &f->found[i];

		for (j = i + 1; j < f->count && finder_same_tree(a, &f->found[j]);)
			j++;
		if (!wanted(r, a))
			continue;
		r->shown++;
		fprintf(o->file, "%-*s  %s%-*s%s  %s", name, a->plan->format.name, out_ink(o, a->inside ? INK_DIM : INK_BOLD), root,
			a->reg, out_ink(o, INK_PLAIN), evidence(r->t.arena, a));
		for (size_t k = i + 1; k < j; k++)
			fprintf(o->file, "%s%s", k == i + 1 ? "; or " : ", ", f->found[k].plan->format.name);
		fputs("\n", o->file);
	}
}

static void record(struct roots *r, const struct root_found *f)
{
	struct out *o = &r->t.out;
	const struct ptg_format *fmt = &f->plan->format;

	r->shown++;
	out_begin(o);
	out_text(o, "format", fmt->name);
	out_text(o, "root", f->reg);
	out_hex(o, "table", f->table);
	out_number(o, "level", f->level);
	out_text(o, "level_name", fmt->levels[f->level].name);
	out_number(o, "entries", f->entries);
	out_number(o, "tables", f->tables);
	out_number(o, "pages", f->pages);
	out_number(o, "pages_in_ram", f->pages_in_ram);
	if (f->self >= 0)
		out_number(o, "self_map", (uint64_t)f->self);
	else
		out_null(o, "self_map");
	out_number(o, "shared_with", f->sharers);
	out_number(o, "reserved", f->reserved);
	out_bool(o, "inside", f->inside);
	out_text(o, "evidence", evidence(r->t.arena, f));
	out_end(o);
}

static int run(struct roots *r)
{
	struct finder *f = &r->finder;
	const char *why = "";
	int code = load_formats(r);

	if (!code)
		r->t.image = target_image(&r->t, r->image, &code);
	if (code)
		return code;
	if (r->t.image->live && !r->t.ram_count)
		return command_usage(&command, "a running guest does not say where its memory is: give --ram A-B");
	if (r->t.image->live) {
		r->t.image->part_count = 0;
		for (unsigned i = 0; i < r->t.ram_count; i++)
			image_add(r->t.image, r->t.ram[i].first, r->t.ram[i].last - r->t.ram[i].first + 1, NULL);
		image_settle(r->t.image);
	}
	code = target_output(&r->t);
	f->arena = r->t.arena;
	f->image = r->t.image;
	f->is_ram = is_ram;
	f->ram_arg = &r->t;
	f->progress = on_progress;
	f->arg = r;
	progress_start(&r->progress, r->t.progress, "looking");
	/* Damaged tables are looked for only where there are no sound ones. */
	for (unsigned tolerant = 0; tolerant < 2 && !f->count && !code; tolerant++)
		for (r->at = 0; r->at < r->t.plan_count && !code; r->at++)
			if (!finder_run(f, r->t.plans[r->at], tolerant, &why))
				code = command_fail(EXIT_USAGE, "%s", why);
	progress_end(&r->progress);
	finder_rank(f);
	if (!code && r->t.out.form == OUT_TEXT)
		print_all(r);
	for (size_t i = 0; i < f->count && !code && r->t.out.form != OUT_TEXT; i++)
		if (wanted(r, &f->found[i]))
			record(r, &f->found[i]);
	return code ? code : r->shown ? EXIT_DONE : EXIT_NO;
}

int cmd_roots(int argc, char **argv)
{
	struct roots r;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&r, 0, sizeof(r));
	r.min_tables = 1;
	target_init(&r.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, RT_HELP, &id, &code)) {
		if (id == RT_ALL)
			r.all = true;
		else if (id == RT_MIN && !text_number(o.value, &r.min_tables))
			code = command_usage(&command, "--min-tables: '%s' is no number", o.value);
		else if (id == OPTION_WORD && !r.image)
			r.image = o.value;
		else if (id == OPTION_WORD)
			code = command_usage(&command, "one image only; '%s' is too much", o.value);
		else if (id != RT_MIN)
			code = target_option(&r.t, &o, id);
	}
	if (!code && !r.image)
		code = command_usage(&command, "no image given");
	if (!code)
		code = run(&r);
	return target_close(&r.t, code);
}
