/* SPDX-License-Identifier: MIT */
/* lint.c - find what should worry you in an address space */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/lint.h"
#include "gen/inspect/progress.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

enum { LI_ONLY = 1, LI_IGNORE, LI_RANGE, LI_FIND_ALIAS, LI_HELP };

static const struct option_spec specs[] = {
	{"only", 0, 1, 0, LI_ONLY, "ID,..", "only these findings"},
	{"ignore", 0, 1, 0, LI_IGNORE, "ID,..", "not these: wx user-alias exec-alias table-user-writable\n"
						"table-writable outside-ram reserved unreadable group self-map"},
	{"range", 0, 1, 0, LI_RANGE, "A-B", "only addresses of it"},
	{"find_alias", 0, 0, 1, LI_FIND_ALIAS, NULL, ""},
	{"help", 'h', 0, 0, LI_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"lint", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"lint", "-f FORMAT --root ROOT [options] IMAGE", "Find what should worry you in an address space.",
	"wx                   writable and executable\n"
	"user-alias           a frame that the user and, elsewhere, the supervisor alone can reach\n"
	"exec-alias           a writable alias of an executable page\n"
	"table-user-writable  a table that the user may write\n"
	"table-writable       tables that the supervisor may write\n"
	"outside-ram          a page outside RAM (--ram, else what the image holds)\n"
	"reserved             an entry that hardware refuses\n"
	"unreadable           a table that is not in the image\n"
	"group                a contiguous group, or a page of several entries, that do not agree\n"
	"self-map             a table that serves two levels\n"
	"alias                a frame at two addresses: with --only alias (or -find_alias)\n"
	"\n"
	"Exit status 1 when something was found.",
	groups,
	"  ptgen lint -f x86_64 --root cr3=0x139e000 --ram 0-0xfffffff mem.elf\n"
	"  ptgen lint -f sv48 --root satp=0x9000200000083a79 --only wx,table-user-writable mem.elf",
};

struct lint_command {
	struct target t;
	const char *image;
	struct lint lint;
	struct progress progress;
	struct lint_finding *finding;
	size_t count, room;
};

static void record(struct out *o, const struct lint_finding *f)
{
	out_begin(o);
	out_text(o, "id", lint_name(f->id));
	out_hex(o, "va", f->va);
	out_number(o, "len", f->last - f->va + 1);
	if (f->has_pa)
		out_hex(o, "pa", f->pa);
	else
		out_null(o, "pa");
	if (f->has_other)
		out_hex(o, "other", f->other);
	else
		out_null(o, "other");
	out_number(o, "count", f->count);
	out_text(o, "text", f->text);
	out_text(o, "reason", lint_reason(f->id));
	out_end(o);
}

/* Records go out as they come; lines are kept, to stand together by their sort. */
static void take(void *arg, const struct lint_finding *f)
{
	struct lint_command *x = arg;

	if (x->t.out.form != OUT_TEXT) {
		record(&x->t.out, f);
		return;
	}
	if (x->count == x->room) {
		size_t room = x->room ? 2 * x->room : 64;

		x->finding = arena_grow(x->t.arena, x->finding, x->count, room, sizeof(*f));
		x->room = room;
	}
	x->finding[x->count++] = *f;
}

static void print(struct out *o, const struct lint_finding *f)
{
	fprintf(o->file, "  0x%016" PRIx64 "-0x%016" PRIx64, f->va, f->last);
	if (f->has_pa)
		fprintf(o->file, "  pa 0x%" PRIx64, f->pa);
	if (f->has_other && f->id != LINT_RESERVED)
		fprintf(o->file, "  %s 0x%" PRIx64, f->id == LINT_SELF_MAP ? "entry" : f->id == LINT_TABLE_USER ||
			f->id == LINT_TABLE_WRITABLE ? "maps" : "also at", f->other);
	if (f->count > 1)
		fprintf(o->file, "  x%" PRIu64, f->count);
	fprintf(o->file, "  %s\n", f->text);
}

static void print_all(const struct lint_command *x, struct out *o)
{
	for (unsigned id = 0; id < LINT_COUNT_; id++) {
		if (!x->lint.found[id])
			continue;
		fprintf(o->file, "%s%s%s: %s\n", out_ink(o, INK_BOLD), lint_name(id), out_ink(o, INK_PLAIN), lint_reason(id));
		for (size_t i = 0; i < x->count; i++)
			if (x->finding[i].id == id)
				print(o, &x->finding[i]);
	}
}

static bool is_ram(const void *arg, uint64_t pa, uint64_t last)
{
	return target_is_ram(arg, pa, last);
}

static void on_progress(void *arg, uint64_t va)
{
	struct lint_command *x = arg;

	progress_at(&x->progress, va, x->lint.scan.stats.tables);
}

static int run(struct lint_command *x)
{
	struct lint *l = &x->lint;
	uint64_t found = 0;
	int e, code = target_open(&x->t, x->image, 1);

	if (code)
		return code;
	l->arena = x->t.arena;
	l->view = &x->t.view[0];
	l->is_ram = is_ram;
	l->ram_arg = &x->t;
	l->ram_known = x->t.ram_count > 0;
	l->tell = take;
	l->progress = on_progress;
	l->arg = x;
	progress_start(&x->progress, x->t.progress, "walking");
	e = lint_space(l);
	progress_end(&x->progress);
	for (unsigned i = 0; i < LINT_COUNT_; i++)
		found += l->found[i];
	if (x->t.out.form == OUT_TEXT) {
		print_all(x, &x->t.out);
		fprintf(x->t.out.file, "%s%" PRIu64 " findings, %" PRIu64 " tables read%s\n", out_ink(&x->t.out, INK_DIM), found,
			l->scan.stats.tables + 1, out_ink(&x->t.out, INK_PLAIN));
	}
	if (e)
		return command_fail(EXIT_SOURCE, "the walk ended early: %s", text_error(e));
	return found ? EXIT_NO : EXIT_DONE;
}

/* Ids between commas as bits. */
static int read_ids(struct lint_command *x, const char *option, const char *words, uint32_t *bits)
{
	struct word_list list = {0};
	const char *names = "";

	for (unsigned i = 0; i < LINT_COUNT_; i++)
		names = arena_printf(x->t.arena, "%s%s%s", names, i ? " " : "", lint_name(i));

	*bits = 0;
	word_add_split(x->t.arena, &list, words);
	for (unsigned i = 0; i < list.count; i++) {
		unsigned id = 0;

		while (id < LINT_COUNT_ && strcmp(lint_name(id), list.word[i]) != 0)
			id++;
		if (id == LINT_COUNT_)
			return command_usage(&command, "%s: no finding '%s' (there are %s)", option, list.word[i],
					     names);
		*bits |= (uint32_t)1 << id;
	}
	return EXIT_DONE;
}

static int option(struct lint_command *x, const struct options *o, int id)
{
	uint32_t bits;
	int code;

	switch (id) {
	case LI_ONLY:
		return read_ids(x, o->given, o->value, &x->lint.want);
	case LI_IGNORE:
		code = read_ids(x, o->given, o->value, &bits);
		x->lint.want &= ~bits;
		return code;
	case LI_FIND_ALIAS: /* as gdb-pt-dump calls it */
		x->lint.want = (uint32_t)1 << LINT_ALIAS;
		return EXIT_DONE;
	case LI_RANGE:
		if (!text_range(o->value, &x->lint.first, &x->lint.last))
			return command_usage(&command, "--range: '%s' is no range (A-B, A..B or A+LENGTH)", o->value);
		return EXIT_DONE;
	case OPTION_WORD:
		if (x->image)
			return command_usage(&command, "one image only; '%s' is too much", o->value);
		x->image = o->value;
		return EXIT_DONE;
	default:
		return target_option(&x->t, o, id);
	}
}

int cmd_lint(int argc, char **argv)
{
	struct lint_command x;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&x, 0, sizeof(x));
	x.lint.last = ~(uint64_t)0;
	x.lint.want = ~((uint32_t)1 << LINT_ALIAS);
	target_init(&x.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, LI_HELP, &id, &code))
		code = option(&x, &o, id);
	if (!code)
		code = run(&x);
	return target_close(&x.t, code);
}
