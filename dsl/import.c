/* SPDX-License-Identifier: MIT */
/*
 * import.c - parse a file and, each once, the files that it imports
 *
 * What an imported file says comes before what the importing file says.  A
 * file is known by its real path, a text in memory by its name.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsl/arena.h"
#include "dsl/ast_make.h"
#include "dsl/parser.h"

#include "dsl/parse.h"

#define IMPORT_DEPTH_MAX 64

struct visited {
	const char *path, *real;
	bool open;           /* its imports are being read */
	struct visited *above, *next;
};

struct reading {
	struct parse_run run;
	bool alone;
	struct ast *ast;
	struct visited *all;
	struct ast_format **formats; /* where the next ones are appended */
	struct ast_enum **enums;
	struct ast_nest **nests;
};

/* "dir/of/importer.pt" and "x.pti" give "dir/of/x.pti". */
static const char *resolve(struct arena *arena, const char *importer, const char *path)
{
	const char *slash = strrchr(importer, '/');

	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (!slash || path[0] == '/')
		return path;
	return arena_printf(arena, "%.*s/%s", (int)(slash - importer), importer, path);
}

static const char *real_path(struct arena *arena, const char *path)
{
	char buffer[PATH_MAX];

	return realpath(path, buffer) ? arena_copy(arena, buffer, strlen(buffer)) : path;
}

static uint32_t find_source(const struct sources *sources, const char *path)
{
	uint32_t i;

	for (i = 1; i < sources->count; i++)
		if (!strcmp(sources->files[i].path, path))
			return i;
	return 0;
}

static uint32_t open_import(struct reading *r, const char *path, struct span at)
{
	uint32_t file = find_source(r->run.sources, path);
	const char *why = "it is not a file";
	struct stat st;

	if (file)
		return file;
	/* A pipe that somebody named in a description could keep us waiting for ever. */
	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		file = source_load(r->run.sources, path, &why);
	if (!file)
		diag_report(r->run.diag, DIAG_FILE, at, "cannot read '%s': %s", path, why);
	return file;
}

static struct visited *find_visited(struct reading *r, const char *real)
{
	struct visited *v;

	for (v = r->all; v; v = v->next)
		if (!strcmp(v->real, real))
			return v;
	return NULL;
}

/* `from` imports `to`, which is open: print a -> b -> a. */
static void report_cycle(struct reading *r, const struct visited *from, const struct visited *to,
			 struct span at)
{
	const char *loop = to->path;
	const struct visited *v;

	for (v = from; v != to; v = v->above)
		loop = arena_printf(r->run.arena, "%s -> %s", v->path, loop);
	diag_report(r->run.diag, DIAG_IMPORT_CYCLE, at, "files import each other: %s -> %s", to->path, loop);
}

static void append(struct reading *r, struct parser *p)
{
	struct ast_format *f;
	struct ast_nest *n;

	*r->formats = ast_reverse_format(p->formats);
	for (; (f = *r->formats); r->formats = &f->next)
		if (!f->title)
			f->title = p->file_title;
	*r->enums = ast_reverse_enum(p->enums);
	while (*r->enums)
		r->enums = &(*r->enums)->next;
	*r->nests = ast_reverse_nest(p->nests);
	for (; (n = *r->nests); r->nests = &n->next)
		if (!n->title)
			n->title = p->file_title;
}

static void read_file(struct reading *r, uint32_t file, struct visited *above, unsigned depth);

static void read_import(struct reading *r, const struct ast_import *import, struct visited *here,
			unsigned depth)
{
	const char *path = resolve(r->run.arena, here->path, import->path);
	struct visited *seen = find_visited(r, real_path(r->run.arena, path));
	uint32_t file;

	if (seen && seen->open)
		report_cycle(r, here, seen, import->span);
	if (seen)
		return;
	if (depth == IMPORT_DEPTH_MAX) {
		diag_report(r->run.diag, DIAG_FILE, import->span, "imports go more than %d files deep",
			    IMPORT_DEPTH_MAX);
		return;
	}
	file = open_import(r, path, import->span);
	if (file)
		read_file(r, file, here, depth + 1);
}

static void read_file(struct reading *r, uint32_t file, struct visited *above, unsigned depth)
{
	struct arena *arena = r->run.arena;
	struct parser *p = arena_alloc(arena, sizeof(*p));
	struct visited *here = arena_alloc(arena, sizeof(*here));
	struct ast_import *import;

	here->path = r->run.sources->files[file].path;
	here->real = real_path(arena, here->path);
	here->open = true;
	here->above = above;
	here->next = r->all;
	r->all = here;
	p->run = &r->run;
	p->arena = arena;
	p->file = file;
	feed_start(p);
	dsl_parse(p);
	for (import = r->alone ? NULL : ast_reverse_import(p->imports); import; import = import->next)
		read_import(r, import, here, depth);
	here->open = false;
	append(r, p);
}

static struct ast *parse(struct sources *sources, struct diag *d, uint32_t file, bool alone)
{
	struct arena *arena = sources->arena;
	struct reading r = { .run = { arena, sources, d, names_new(arena), 0 }, .alone = alone };

	r.ast = arena_alloc(arena, sizeof(*r.ast));
	r.ast->arena = arena;
	r.ast->main_file = file;
	r.formats = &r.ast->formats;
	r.enums = &r.ast->enums;
	r.nests = &r.ast->nests;
	read_file(&r, file, NULL, 1);
	return r.ast;
}

struct ast *ast_parse(struct sources *sources, struct diag *d, uint32_t file)
{
	return parse(sources, d, file, false);
}

struct ast *ast_parse_alone(struct sources *sources, struct diag *d, uint32_t file)
{
	return parse(sources, d, file, true);
}
