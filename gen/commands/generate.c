/* SPDX-License-Identifier: MIT */
/*
 * generate.c - write the C of a format
 *
 * Every text of every file is made before the first is written, so that an
 * error leaves nothing behind.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen/commands/command.h"
#include "gen/doc/doc.h"
#include "gen/emit/generate.h"
#include "gen/load.h"

enum { GEN_OUT = 1, GEN_PREFIX, GEN_EMIT, GEN_OPS, GEN_SINGLE, GEN_TEMPLATES, GEN_TEMPLATE, GEN_HELP };

static const struct option_spec specs[] = {
	{"output", 'o', 1, 0, GEN_OUT, "DIR", "where to write (default: here)"},
	{"prefix", 0, 1, 0, GEN_PREFIX, "P", "begin names with P instead of the format's name"},
	{"emit", 0, 1, 0, GEN_EMIT, "WHAT,..", "h, c, facts, json, vectors, md, svg, proof (a harness for\nCBMC); facts, json and vectors go to standard output\nwithout -o (default: h,c)"},
	{"ops", 0, 1, 0, GEN_OPS, "OP,..", "only these of lookup (always), lookup_many, translate,\naccess_mem, walk, map, unmap, protect, harvest, codec"},
	{"single-file", 0, 0, 0, GEN_SINGLE, NULL, "one header that holds the runtime too"},
	{"template-dir", 0, 1, 0, GEN_TEMPLATES, "DIR", "templates to use instead of the installed ones"},
	{"template", 0, 1, 0, GEN_TEMPLATE, "FILE", "a template of your own: x.EXT.m4 makes NAME.EXT;\nalone when there is no --emit (repeat it)"},
	{"help", 'h', 0, 0, GEN_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"generate", specs};
static const struct option_group *const groups[] = {&own, &load_option_group, NULL};

static const struct command command = {
	"generate", "[options] FILE...", "Write NAME.h and NAME.c for every format of the files.",
	"FILE is a path, or the name of a known format (ptgen formats).\n"
	"What is written depends on the descriptions and the options alone: no date, no\n"
	"path, no version.  On an error nothing is written.",
	groups,
	"  ptgen generate -o out formats/sv48.pt\n"
	"  ptgen generate --set maxphyaddr=46 --disable pdpe1gb formats/x86_64.pt\n"
	"  ptgen generate --emit=facts formats/sv39.pt",
};

struct request {
	struct generate_options how;
	struct load_options load;
	struct word_list files;
	const char *dir;
	bool dir_given, emit_given;
	struct word_list templates;
};

static int take_emit(struct request *r, const char *value)
{
	const char *wrong = generate_parts(value, &r->how.parts);

	return wrong ? command_usage(&command, "--emit: '%s' is none of h, c, facts, json, vectors, md, svg, proof", wrong) : EXIT_DONE;
}

static int take_template(struct arena *a, struct request *r, const char *path)
{
	if (!generate_template_ending(a, path))
		return command_usage(&command, "--template: '%s' does not end in .EXT.m4", path);
	if (access(path, R_OK) != 0)
		return command_fail(EXIT_SOURCE, "%s: %s", path, strerror(errno));
	word_add(a, &r->templates, path);
	return EXIT_DONE;
}

static int take_ops(struct request *r, const char *value)
{
	const char *wrong = generate_ops(value, &r->how.ops);

	return wrong ? command_usage(&command, "--ops: there is no operation '%s' (lookup, lookup_many, translate, access_mem, "
				     "walk, map, unmap, protect, harvest, codec)", wrong) : EXIT_DONE;
}

static int option(struct arena *a, struct request *r, const struct options *o, int id)
{
	if (load_option(a, &r->load, id, o->value))
		return EXIT_DONE;
	switch (id) {
	case OPTION_WORD:
		word_add(a, &r->files, o->value);
		return EXIT_DONE;
	case GEN_OUT:
		r->dir = o->value;
		r->dir_given = true;
		return EXIT_DONE;
	case GEN_PREFIX:
		r->how.prefix = o->value;
		if (!generate_name_fits(o->value))
			return command_usage(&command, "--prefix: '%s' cannot begin a C name", o->value);
		return EXIT_DONE;
	case GEN_TEMPLATE:
		return take_template(a, r, o->value);
	case GEN_EMIT:
		r->emit_given = true;
		return take_emit(r, o->value);
	case GEN_OPS:
		return take_ops(r, o->value);
	case GEN_SINGLE:
		r->how.single_file = true;
		return EXIT_DONE;
	default:
		r->how.template_dir = o->value;
		return EXIT_DONE;
	}
}

/* A word that is neither a file nor a path may be the name of a known format. */
static int load_word(struct load *l, struct arena *a, const struct request *r, const char *word)
{
	const char *path = word, *name = NULL;

	if (access(word, F_OK) != 0 && !strchr(word, '/') && search_format(a, word)) {
		path = search_format(a, word);
		name = word;
	}
	return load_file(l, a, path, name, &r->load);
}

/* The folder of -o and what leads there, when it does not exist yet. */
static int make_dirs(struct arena *a, const char *dir)
{
	for (const char *end = strchr(dir + 1, '/');; end = strchr(end + 1, '/')) {
		const char *part = end ? arena_copy(a, dir, (size_t)(end - dir)) : dir;

		if (mkdir(part, 0777) && errno != EEXIST)
			return command_fail(EXIT_SOURCE, "%s: %s", part, strerror(errno));
		if (!end)
			return EXIT_DONE;
	}
}

/* The texts of one description.  Several formats need several prefixes. */
static int make_file(struct arena *a, const struct request *r, const char *path, struct generate_result *out)
{
	struct load *l = arena_alloc(a, sizeof(*l));
	int code = load_word(l, a, r, path);
	const char *why = NULL;

	if (code)
		return code;
	if (l->plan_count == 0)
		return command_fail(EXIT_USAGE, "%s describes no complete format", path);
	if (r->how.prefix && l->plan_count + r->files.count > 2)
		return command_usage(&command, "--prefix names one format; here are more");
	for (unsigned i = 0; i < l->plan_count; i++) {
		if (!generate_plan(a, l->plan[i], &r->how, out, &why))
			return command_fail(EXIT_SOURCE, "%s: %s", path, why);
		/* the page and its pictures go together */
		if (!(r->how.parts & (GENERATE_MD | GENERATE_SVG)))
			continue;
		code = r->dir_given ? make_dirs(a, r->dir) : EXIT_DONE;
		if (code || !doc_write(a, l->plan[i], r->dir))
			return EXIT_SOURCE;
	}
	return EXIT_DONE;
}

static int write_file(struct arena *a, const char *dir, const struct generate_file *file)
{
	const char *path = arena_printf(a, "%s/%s", dir, file->name);
	const char *part = arena_printf(a, "%s.part", path);
	FILE *out = fopen(part, "w");
	bool written;

	if (!out)
		return command_fail(EXIT_SOURCE, "%s: %s", path, strerror(errno));
	written = fputs(file->text, out) >= 0;
	written = fclose(out) == 0 && written;
	if (!written || rename(part, path) != 0) {
		remove(part);
		return command_fail(EXIT_SOURCE, "%s: %s", path, strerror(errno));
	}
	return EXIT_DONE;
}

static int write_all(struct arena *a, const struct request *r, const struct generate_result *out)
{
	int code = r->dir_given && out->count ? make_dirs(a, r->dir) : EXIT_DONE;

	for (unsigned i = 0; i < out->count && !code; i++) {
		const struct generate_file *f = &out->file[i];

		if (f->to_stdout && !r->dir_given)
			fputs(f->text, stdout);
		else
			code = write_file(a, r->dir, f);
	}
	return code;
}

static int run(struct arena *a, const struct request *r)
{
	struct generate_result out = {0};
	int code = EXIT_DONE;

	if (r->files.count == 0)
		return command_usage(&command, "no file given");
	for (unsigned i = 0; i < r->files.count && !code; i++)
		code = make_file(a, r, r->files.word[i], &out);
	return code ? code : write_all(a, r, &out);
}

int cmd_generate(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct request r = {.dir = ".", .how = {.parts = GENERATE_H | GENERATE_C, .ops = GENERATE_ALL_OPS}};
	struct options o;
	int id, code = EXIT_DONE;

	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, GEN_HELP, &id, &code))
		code = option(a, &r, &o, id);
	if (r.templates.count && !r.emit_given)
		r.how.parts = 0;
	r.how.templates = r.templates.word;
	r.how.template_count = r.templates.count;
	if (!code && r.how.single_file && (r.how.parts & (GENERATE_H | GENERATE_C)) != (GENERATE_H | GENERATE_C))
		code = command_usage(&command, "--single-file needs both h and c");
	if (!code)
		code = run(a, &r);
	arena_free(a);
	return code;
}
