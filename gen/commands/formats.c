/* SPDX-License-Identifier: MIT */
/* formats.c - list the known formats */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/commands/command.h"
#include "gen/load.h"
#include "gen/out.h"
#include "gen/text.h"

enum { FORMATS_JSON = 1, FORMATS_CSV, FORMATS_VERIFICATION, FORMATS_HELP };

static const struct option_spec specs[] = {
	{"json", 0, 0, 0, FORMATS_JSON, NULL, "one JSON object a line"},
	{"csv", 0, 0, 0, FORMATS_CSV, NULL, "comma-separated values, with a line of names"},
	{"verification", 0, 0, 0, FORMATS_VERIFICATION, NULL, "what stands behind each: tests, machines, proofs"},
	{"help", 'h', 0, 0, FORMATS_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"formats", specs};
static const struct option_group *const groups[] = {&own, NULL};

static const struct command command = {
	"formats", "[options] [NAME...]", "List the formats on the search path, or those named.",
	"The search path is PTGEN_PATH (directories between colons), formats/ in this directory\n"
	"and beside the program, and the installed formats.",
	groups, NULL,
};

/* "4K 2M 1G", smallest first. */
static const char *page_sizes(struct arena *a, const struct ptg_format *f)
{
	const char *text = "";
	char buffer[24];

	for (unsigned i = 0; i < 64; i++)
		if (f->page_sizes >> i & 1)
			text = arena_printf(a, "%s%s%s", text, *text ? " " : "", text_lg2(i, buffer));
	return text;
}

static const char *first_line(struct arena *a, const char *text)
{
	return text ? arena_copy(a, text, strcspn(text, "\n")) : "";
}

static const char *title_of(struct arena *a, const struct plan *p)
{
	if (p->model)
		return first_line(a, p->model->title);
	return first_line(a, p->format.title);
}

/* "4", "3..5" where the root says, "steps" where widths come from entries. */
static unsigned levels_of(const struct plan *p)
{
	return p->stage[0] ? p->stage[0]->format.level_count + p->stage[1]->format.level_count : p->format.level_count;
}

static void print_one(struct arena *a, struct out *o, const struct plan *p)
{
	const struct ptg_format *f = &p->format, *in = p->stage[0] ? &p->stage[0]->format : f;
	const struct ptg_format *last = p->stage[1] ? &p->stage[1]->format : f;

	if (o->form != OUT_TEXT) {
		out_begin(o);
		out_text(o, "name", f->name);
		out_number(o, "va_bits", in->va_bits);
		out_number(o, "pa_bits", last->pa_bits);
		out_number(o, "levels", levels_of(p));
		out_number(o, "entry_bits", 8u << in->levels[0].entry_lg2);
		out_text(o, "pages", page_sizes(a, in));
		out_text(o, "base", p->model && p->model->base ? p->model->base->name : NULL);
		out_text(o, "title", title_of(a, p));
		out_text(o, "file", p->path);
		out_end(o);
		return;
	}
	fprintf(o->file, "%-22s %3u %3u %6u %5u  %-22s %s\n", f->name, in->va_bits, last->pa_bits, levels_of(p),
		8u << in->levels[0].entry_lg2, page_sizes(a, in), title_of(a, p));
}

static int list(struct arena *a, struct out *o, const struct word_list *names)
{
	struct load_options quiet = {.quiet = true};
	unsigned count = 0;
	const char *const *files = search_files(a, &count);
	int worst = EXIT_DONE;
	bool shown = false;

	for (unsigned i = 0; i < (names->count ? names->count : count); i++) {
		struct load *l = arena_alloc(a, sizeof(*l));
		struct plan **plans;
		unsigned n;
		int code;

		if (names->count) {
			code = load_format(a, names->word[i], &quiet, &plans, &n);
		} else {
			code = load_file(l, a, files[i], NULL, &quiet);
			plans = l->plan;
			n = l->plan_count;
		}
		if (o->form == OUT_TEXT && n && !shown)
			fprintf(o->file, "%-22s %3s %3s %6s %5s  %-22s %s\n", "NAME", "VA", "PA", "LEVELS", "ENTRY", "PAGES", "TITLE");
		for (unsigned k = 0; k < n; k++, shown = true)
			print_one(a, o, plans[k]);
		worst = code > worst ? code : worst;
	}
	if (!names->count && !count)
		return command_fail(EXIT_SOURCE, "no formats found; set PTGEN_PATH");
	return worst;
}

/* --- verification: a table made from the tests, formats/verification.txt ------------------- */

static bool is_named(const struct word_list *names, const char *name)
{
	for (unsigned i = 0; i < names->count; i++)
		if (strcmp(names->word[i], name) == 0)
			return true;
	return names->count == 0;
}

static void print_verification(struct out *o, char *const word[5])
{
	if (o->form == OUT_TEXT) {
		fprintf(o->file, "%-22s %8s %9s %4s  %s\n", word[0], word[1], word[2], word[3], word[4]);
		return;
	}
	out_begin(o);
	out_text(o, "name", word[0]);
	out_number(o, "vectors", strtoul(word[1], NULL, 10));
	out_number(o, "snapshots", strtoul(word[2], NULL, 10));
	out_number(o, "mmu", strtoul(word[3], NULL, 10));
	out_text(o, "proofs", strcmp(word[4], "-") == 0 ? "" : word[4]);
	out_end(o);
}

/* The table lies with the descriptions it is about. */
static FILE *open_verification(struct arena *a)
{
	FILE *in = NULL;

	for (const char *const *d = search_path(a); *d && !in; d++)
		in = fopen(arena_printf(a, "%s/verification.txt", *d), "r");
	return in;
}

static int verification(struct arena *a, struct out *o, const struct word_list *names)
{
	static const char *const title[] = {"NAME", "VECTORS", "SNAPSHOTS", "MMU", "PROOFS"};
	FILE *in;
	char line[256], *word[5];

	for (unsigned i = 0; i < names->count; i++)
		if (!search_format(a, names->word[i]))
			return command_fail(EXIT_USAGE, "no format '%s' on the search path (ptgen formats lists them)", names->word[i]);
	in = open_verification(a);
	if (!in)
		return command_fail(EXIT_SOURCE, "no verification.txt beside the formats on the search path; set PTGEN_PATH");
	if (o->form == OUT_TEXT)
		fprintf(o->file, "%-22s %8s %9s %4s  %s\n", title[0], title[1], title[2], title[3], title[4]);
	while (fgets(line, sizeof(line), in)) {
		unsigned n = 0;

		for (char *w = strtok(line, " \n"); w && n < 5; w = strtok(NULL, " \n"))
			word[n++] = w;
		if (n == 5 && *word[0] != '#' && is_named(names, word[0]))
			print_verification(o, word);
	}
	fclose(in);
	return EXIT_DONE;
}

int cmd_formats(int argc, char **argv)
{
	struct arena *a = arena_new();
	enum out_form form = OUT_TEXT;
	struct word_list names = {0};
	struct options o;
	struct out out;
	bool verified = false;
	int id, code = EXIT_DONE;

	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, FORMATS_HELP, &id, &code)) {
		if (id == FORMATS_JSON)
			form = OUT_JSON;
		else if (id == FORMATS_CSV)
			form = OUT_CSV;
		else if (id == FORMATS_VERIFICATION)
			verified = true;
		else
			word_add(a, &names, o.value);
	}
	out_start(&out, stdout, form, OUT_COLOUR_AUTO);
	if (!code)
		code = verified ? verification(a, &out, &names) : list(a, &out, &names);
	if (!code && out_failed(&out))
		code = command_fail(EXIT_SOURCE, "the output cannot be written");
	arena_free(a);
	return code;
}
