/* SPDX-License-Identifier: MIT */
/*
 * search.c - where descriptions and templates are found
 *
 * PTGEN_PATH comes first, so that a user's own file wins; then formats/ here,
 * beside the program's build tree, and the installed ones.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsl/ast.h"
#include "gen/load.h"

#ifndef PTGEN_DATADIR
#define PTGEN_DATADIR "/usr/local/share/ptgen"
#endif

/* The directory of the program, without a slash at its end. */
static const char *program_dir(struct arena *a)
{
	char path[4096], *slash;
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return ".";
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return ".";
	return arena_copy(a, path, (size_t)(slash - path));
}

/* Where `formats`, `templates` and `runtime` may lie: as told, build/ptgen, build/asan/ptgen, bin/ptgen, as configured. */
static const char *const *data_dirs(struct arena *a)
{
	const char *dir = program_dir(a), *told = getenv("PTGEN_DATA");
	const char **list = arena_array(a, 6, sizeof(*list));
	unsigned n = 0;

	if (told && *told)
		list[n++] = told;
	list[n++] = arena_printf(a, "%s/..", dir);
	list[n++] = arena_printf(a, "%s/../..", dir);
	list[n++] = arena_printf(a, "%s/../share/ptgen", dir);
	list[n] = PTGEN_DATADIR;
	return list;
}

const char *search_data(struct arena *a, const char *name)
{
	for (const char *const *d = data_dirs(a); *d; d++) {
		const char *path = arena_printf(a, "%s/%s", *d, name);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

const char *const *search_path(struct arena *a)
{
	struct word_list list = {0};
	const char *env = getenv("PTGEN_PATH");

	while (env && *env) {
		size_t n = strcspn(env, ":");

		if (n)
			word_add(a, &list, arena_copy(a, env, n));
		env += n + (env[n] == ':');
	}
	word_add(a, &list, "formats");
	for (const char *const *d = data_dirs(a); *d; d++)
		word_add(a, &list, arena_printf(a, "%s/formats", *d));
	word_add(a, &list, NULL);
	return list.word;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool has_base_name(const struct word_list *l, const char *name)
{
	for (unsigned i = 0; i < l->count; i++)
		if (strcmp(base_name(l->word[i]), name) == 0)
			return true;
	return false;
}

static void add_directory(struct arena *a, struct word_list *l, const char *dir)
{
	unsigned first = l->count;
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n > 3 && strcmp(e->d_name + n - 3, ".pt") == 0 && !has_base_name(l, e->d_name))
			word_add(a, l, arena_printf(a, "%s/%s", dir, e->d_name));
	}
	closedir(d);
	if (l->count > first)
		qsort(l->word + first, l->count - first, sizeof(*l->word), by_text);
}

const char *const *search_files(struct arena *a, unsigned *count)
{
	struct word_list l = {0};

	for (const char *const *d = search_path(a); *d; d++)
		add_directory(a, &l, *d);
	*count = l.count;
	return l.word;
}

/* What a file holds, without a word about its errors. */
static const struct ast *peek(struct arena *a, const char *path)
{
	struct sources *sources = arena_alloc(a, sizeof(*sources));
	struct diag *d;
	const char *why;
	uint32_t file;

	sources_init(sources, a);
	d = diag_new(sources, a);
	file = source_load(sources, path, &why);
	return file ? ast_parse(sources, d, file) : NULL;
}

static bool defines(const struct ast *ast, const char *name)
{
	for (const struct ast_format *f = ast->formats; f; f = f->next)
		if (f->span.file == ast->main_file && strcmp(f->name.text, name) == 0)
			return true;
	for (const struct ast_nest *n = ast->nests; n; n = n->next)
		if (n->name.span.file == ast->main_file && strcmp(n->name.text, name) == 0)
			return true;
	return false;
}

const char *search_format(struct arena *a, const char *name)
{
	unsigned count;
	const char *const *files;

	if (strchr(name, '/'))
		return NULL;
	for (const char *const *d = search_path(a); *d; d++) {
		const char *path = arena_printf(a, "%s/%s.pt", *d, name);

		if (access(path, R_OK) == 0)
			return path;
	}
	files = search_files(a, &count);
	for (unsigned i = 0; i < count; i++) {
		const struct ast *ast = peek(a, files[i]);

		if (ast && defines(ast, name))
			return files[i];
	}
	return NULL;
}

static const struct ast_format *find_format(const struct ast *ast, const char *name)
{
	for (const struct ast_format *f = ast->formats; f; f = f->next)
		if (f->name.text && strcmp(f->name.text, name) == 0)
			return f;
	return NULL;
}

/* A format of the file itself that has `base` among its ancestors (a chain longer than the file is a circle). */
static bool derives(const struct ast *ast, const char *base)
{
	for (const struct ast_format *f = ast->formats; f; f = f->next) {
		const struct ast_format *at = f;

		if (f->span.file != ast->main_file)
			continue;
		for (unsigned n = 0; at && at->base.text && n < 64; n++) {
			if (strcmp(at->base.text, base) == 0)
				return true;
			at = find_format(ast, at->base.text);
		}
	}
	return false;
}

const char *const *search_base(struct arena *a, const char *base, unsigned *count)
{
	struct word_list l = {0};
	unsigned total;
	const char *const *files = search_files(a, &total);

	for (unsigned i = 0; i < total; i++) {
		const struct ast *ast = peek(a, files[i]);

		if (ast && derives(ast, base))
			word_add(a, &l, files[i]);
	}
	*count = l.count;
	return l.word;
}
