/* SPDX-License-Identifier: MIT */
/* load.c - from the name of a format to its plan */
#include "gen/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsl/ast.h"
#include "gen/commands/command.h"

enum { LOAD_SET = 900, LOAD_ENABLE, LOAD_DISABLE, LOAD_WARN };

static const struct option_spec load_specs[] = {
	{"set", 0, 1, 0, LOAD_SET, "P=V", "give a parameter or a constant a value"},
	{"enable", 0, 1, 0, LOAD_ENABLE, "F,..", "features that are there"},
	{"disable", 0, 1, 0, LOAD_DISABLE, "F,..", "features that are not"},
	{"warn", 'W', 1, 0, LOAD_WARN, "no-ID | error=ID", "a warning less, or one that is an error"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

const struct option_group load_option_group = {"format options", load_specs};

bool load_option(struct arena *a, struct load_options *o, int id, const char *value)
{
	switch (id) {
	case LOAD_SET:
		word_add_split(a, &o->set, value);
		return true;
	case LOAD_ENABLE:
		word_add_split(a, &o->enable, value);
		return true;
	case LOAD_DISABLE:
		word_add_split(a, &o->disable, value);
		return true;
	case LOAD_WARN:
		word_add_split(a, &o->warn, value);
		return true;
	default:
		return false;
	}
}

/* Print what was collected, with -W and --deny applied. Return: EXIT_DONE or EXIT_NO. */
static int settle(struct load *l, const struct load_options *o)
{
	bool errors = diag_errors(l->diag) > 0 || (o->deny_warnings && diag_warnings(l->diag) > 0);

	if (!o->quiet || errors)
		diag_flush(l->diag, stderr, isatty(STDERR_FILENO));
	return errors ? EXIT_NO : EXIT_DONE;
}

static int read_source(struct load *l, struct arena *a, const char *path, const struct load_options *o)
{
	const char *why = NULL;
	uint32_t file;

	memset(l, 0, sizeof(*l));
	l->arena = a;
	sources_init(&l->sources, a);
	l->diag = diag_new(&l->sources, a);
	for (unsigned i = 0; i < o->warn.count; i++)
		if (!diag_option(l->diag, o->warn.word[i]))
			return command_fail(EXIT_USAGE, "-W %s: there is no such diagnostic", o->warn.word[i]);
	file = source_load(&l->sources, path, &why);
	if (!file)
		return command_fail(EXIT_SOURCE, "%s: %s", path, why);
	l->ast = ast_parse(&l->sources, l->diag, file);
	return EXIT_DONE;
}

/* What constants of the description may be set to: --set, and registers (their names get a dot). */
static unsigned settings(struct arena *a, const struct load_options *o, struct model_setting **out)
{
	unsigned count = o->set.count + o->registers.count, n = 0;

	*out = arena_array(a, count + 1, sizeof(**out));
	for (unsigned i = 0; i < count; i++) {
		bool reg = i >= o->set.count;
		const char *word = reg ? o->registers.word[i - o->set.count] : o->set.word[i];
		const char *equals = strchr(word, '=');

		if (word[0] == 's' && (word[1] == '1' || word[1] == '2') && word[2] == '.')
			word += 3;
		if (!equals || equals < word)
			continue;
		(*out)[n].name = arena_printf(a, "%.*s%s", (int)(equals - word), word, reg ? "." : "");
		(*out)[n++].value = strtoull(equals + 1, NULL, 0);
	}
	return n;
}

int load_check(struct load *l, struct arena *a, const char *path, const struct load_options *o)
{
	int code = read_source(l, a, path, o);

	if (code)
		return code;
	if (diag_errors(l->diag) == 0) {
		struct model_setting *set;
		unsigned count = settings(a, o, &set);

		l->model = model_build_set(l->ast, set, count, l->diag);
	}
	if (l->model) /* also with unknown names: what does not depend on them is checked */
		model_check(l->model, l->diag);
	return settle(l, o);
}

static struct plan_options plan_options(const struct load_options *o)
{
	struct plan_options p = {
		.set = o->set.word, .enable = o->enable.word, .disable = o->disable.word,
		.set_count = o->set.count, .enable_count = o->enable.count, .disable_count = o->disable.count,
	};

	return p;
}

/* Take a plan, or say why there is none. */
static int keep(struct load *l, struct plan *plan, const char *name, const char *path, const char *why)
{
	if (!plan)
		return why && strncmp(why, "--", 2) == 0 /* an option, which names the format itself */
			       ? command_fail(EXIT_USAGE, "%s", why)
			       : command_fail(EXIT_USAGE, "%s: %s", name, why ? why : "cannot be lowered");
	plan->path = path;
	if (ptg_format_check(&plan->format, &why) != PTG_OK)
		return command_fail(EXIT_NO, "%s: the lowered form is not sound: %s", name, why);
	l->plan = arena_grow(l->arena, l->plan, l->plan_count, l->plan_count + 1, sizeof(*l->plan));
	l->plan[l->plan_count++] = plan;
	return EXIT_DONE;
}

static bool wanted(const struct load *l, uint32_t file, const char *has, const char *name)
{
	return name ? strcmp(has, name) == 0 : file == l->ast->main_file;
}

static int lower_all(struct load *l, const char *path, const char *name, const struct load_options *o)
{
	struct plan_options po = plan_options(o);
	const char *why = NULL;
	int code = EXIT_DONE;

	for (const struct model_format *f = l->model->formats; f && !code; f = f->next)
		if (f->concrete && wanted(l, f->ast->span.file, f->name, name)) {
			struct plan *plan = lower_format(l->arena, f, &po, &why);

			code = keep(l, plan, f->name, path, why);
		}
	for (const struct model_nest *n = l->model->nests; n && !code; n = n->next)
		if (wanted(l, n->ast->name.span.file, n->name, name)) {
			struct plan *plan = lower_nest(l->arena, n, &po, &why);

			code = keep(l, plan, n->name, path, why);
		}
	if (!code && name && l->plan_count == 0)
		code = command_fail(EXIT_USAGE, "%s has no format '%s'", path, name);
	return code;
}

int load_file(struct load *l, struct arena *a, const char *path, const char *name, const struct load_options *o)
{
	int code = load_check(l, a, path, o);

	return code ? code : lower_all(l, path, name, o);
}

/* PATH.pt:NAME cut in two; a plain path has name NULL. */
static const char *split_spec(struct arena *a, const char *spec, const char **name)
{
	const char *colon = strrchr(spec, ':');

	*name = NULL;
	if (!colon || strchr(colon, '/') || access(spec, F_OK) == 0)
		return spec;
	*name = colon + 1;
	return arena_copy(a, spec, (size_t)(colon - spec));
}

static bool is_path(const char *spec)
{
	size_t n = strlen(spec);

	return strchr(spec, '/') || strstr(spec, ".pt:") || (n > 3 && strcmp(spec + n - 3, ".pt") == 0);
}

/* Only the names that can stand after -f, for a suggestion. */
static int unknown_format(struct arena *a, const char *name)
{
	unsigned count;
	const char *const *files = search_files(a, &count);
	const char **names = arena_array(a, count + 1, sizeof(*names));
	const char *near;

	for (unsigned i = 0; i < count; i++) {
		const char *base = strrchr(files[i], '/') + 1;

		names[i] = arena_copy(a, base, strlen(base) - 3);
	}
	near = diag_did_you_mean(name, names, count);
	if (near)
		return command_fail(EXIT_USAGE, "no format '%s'; did you mean '%s'?", name, near);
	return command_fail(EXIT_USAGE, "no format '%s' on the search path (ptgen formats lists them)", name);
}

int load_format(struct arena *a, const char *format, const struct load_options *o, struct plan ***plans,
		unsigned *count)
{
	const char *name, *path = split_spec(a, format, &name);
	const char *const *files;
	struct load *l = arena_alloc(a, sizeof(*l));
	int code = EXIT_DONE;
	unsigned n;

	*plans = NULL;
	*count = 0;
	if (!is_path(format)) {
		path = search_format(a, format);
		name = format;
	}
	if (path) {
		code = load_file(l, a, path, name, o);
		*plans = l->plan;
		*count = l->plan_count;
		if (!code && !*count)
			code = command_fail(EXIT_USAGE, "%s describes no complete format", path);
		return code;
	}
	files = search_base(a, format, &n);
	if (n == 0)
		return unknown_format(a, format);
	/* One broken description of a family does not take the others away; its errors were printed. */
	for (unsigned i = 0; i < n; i++) {
		struct load *one = arena_alloc(a, sizeof(*one));
		int result = load_file(one, a, files[i], NULL, o);

		code = result > code ? result : code;
		*plans = arena_grow(a, *plans, *count, *count + one->plan_count, sizeof(**plans));
		for (unsigned k = 0; k < one->plan_count; k++)
			(*plans)[(*count)++] = one->plan[k];
	}
	return *count && code != EXIT_USAGE ? EXIT_DONE : code;
}
