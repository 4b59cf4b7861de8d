/* SPDX-License-Identifier: MIT */
/*
 * run.c - run files of vectors through the generic and the generated walkers
 *
 *   run [--formats DIR] [--generated DIR] FILE...
 *
 * --formats (default: formats) holds the descriptions, which the generic walker
 * gets as plans.  --generated holds NAME.so, each the generated code of one
 * format; with it every file runs a second time.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "gen/load.h"
#include "tests/vectors/vector.h"

struct source {
	struct arena *arena;
	const char *formats, *generated;
};

static struct subject *new_subject(struct source *src, const struct ptg_format *format, const struct ptg_walker *walker)
{
	struct subject *s = arena_alloc(src->arena, sizeof(*s));

	s->format = format;
	s->walker = walker;
	return s;
}

/* A description read with constants of its own has no generated code beside it. */
static struct subject *find_generic(void *arg, char **word, unsigned n)
{
	struct source *src = arg;
	struct load_options o = { .quiet = true };
	const char *name = word[0];
	struct load load;
	struct subject *s;

	for (unsigned i = 1; i + 1 < n; i += 2)
		word_add_split(src->arena, strcmp(word[i], "set") == 0 ? &o.set : &o.registers, word[i + 1]);
	if (load_file(&load, src->arena, arena_printf(src->arena, "%s/%s.pt", src->formats, name), name, &o))
		return NULL;
	s = new_subject(src, &load.plan[0]->format, &ptg_generic_walker);
	for (unsigned i = 0; i < 2; i++)
		if (load.plan[0]->stage[i])
			s->stage[i] = new_subject(src, &load.plan[0]->stage[i]->format, &ptg_generic_walker);
	return s;
}

static const void *symbol(const struct source *src, const char *name, const char *what)
{
	void *lib = dlopen(arena_printf(src->arena, "%s/%s.so", src->generated, name), RTLD_NOW | RTLD_GLOBAL);
	const void *p = lib ? dlsym(lib, arena_printf(src->arena, "%s_%s", name, what)) : NULL;

	if (!p)
		fprintf(stderr, "%s\n", dlerror());
	return p;
}

static struct subject *find_generated(void *arg, char **word, unsigned n)
{
	struct source *src = arg;
	const char *name = word[0];
	const struct ptg_format *stage[2] = { NULL, NULL }, *format;
	const struct ptg_walker *walker;
	struct subject *s, *generic;

	if (n > 1)
		return arena_alloc(src->arena, sizeof(*s));
	generic = find_generic(arg, word, 1);

	/* The stages of a pair are files of their own. */
	for (unsigned i = 0; generic && i < 2; i++) {
		stage[i] = generic->format->stage[i];
		if (stage[i] && !symbol(src, stage[i]->name, "format"))
			return NULL;
	}
	format = symbol(src, name, "format");
	walker = format ? symbol(src, name, "walker") : NULL;
	if (!walker)
		return NULL;
	s = new_subject(src, format, walker);
	for (unsigned i = 0; i < 2; i++)
		if (stage[i])
			s->stage[i] = find_generated(arg, (char *[]){ arena_copy(src->arena, stage[i]->name, strlen(stage[i]->name)) }, 1);
	return s;
}

static int run_all(struct suite *suite, char **file, int count)
{
	int bad = 0;

	for (int i = 0; i < count; i++)
		bad |= vector_run(suite, file[i]);
	printf("%s: %u checks, %u failures\n", suite->name, suite->checks, suite->failures);
	return bad || suite->failures ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct source src = { .arena = arena_new(), .formats = "formats" };
	struct suite generic = { .name = "generic", .find = find_generic, .arg = &src };
	struct suite generated = { .name = "generated", .find = find_generated, .arg = &src };
	int first = 1, bad;

	for (; first + 1 < argc && argv[first][0] == '-'; first += 2) {
		if (strcmp(argv[first], "--formats") == 0)
			src.formats = argv[first + 1];
		else if (strcmp(argv[first], "--generated") == 0)
			src.generated = argv[first + 1];
	}
	if (first >= argc) {
		fprintf(stderr, "usage: %s [--formats DIR] [--generated DIR] FILE...\n", argv[0]);
		return 2;
	}
	bad = run_all(&generic, argv + first, argc - first);
	if (src.generated)
		bad |= run_all(&generated, argv + first, argc - first);
	return bad;
}
