/* SPDX-License-Identifier: MIT */
/*
 * diag.c - collect messages; which of them count, which are the same
 *
 * Printing is in diag_print.c.
 */
#include "dsl/diag.h"

#include <stdarg.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/diag_store.h"

static const struct {
	const char *id, *doc;
	enum diag_severity severity;
} known[] = {
#define X(name, id, severity, doc) { id, doc, severity },
#include "dsl/diag.def"
#undef X
};

const char *diag_id_text(enum diag_id id)
{
	return known[id].id;
}

const char *diag_id_doc(enum diag_id id)
{
	return known[id].doc;
}

enum diag_severity diag_id_severity(enum diag_id id)
{
	return known[id].severity;
}

struct diag *diag_new(struct sources *sources, struct arena *arena)
{
	struct diag *d = arena_alloc(arena, sizeof(*d));
	unsigned i;

	d->arena = arena;
	d->sources = sources;
	for (i = 0; i < DIAG_COUNT_; i++)
		d->severity[i] = known[i].severity;
	return d;
}

static char *format_text(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = arena_array(arena, (size_t)(n < 0 ? 0 : n) + 1, 1);
	if (n > 0)
		vsnprintf(text, (size_t)n + 1, format, args);
	return text;
}

uint32_t diag_line_of(const struct diag *d, struct span at)
{
	uint32_t line = 0, column;

	if (at.file)
		source_position(&d->sources->files[at.file], at.start, &line, &column);
	return line;
}

static unsigned hash(enum diag_id id, uint32_t file, uint32_t line, const char *text)
{
	unsigned h = (unsigned)id * 31u + file * 131u + line * 8191u;

	for (; *text; text++)
		h = h * 33u ^ (unsigned char)*text;
	return h % DIAG_BUCKETS;
}

/* A report that was made before, of which this would be a copy. */
static struct report *same(const struct diag *d, enum diag_id id, uint32_t file, uint32_t line,
			   const char *text)
{
	struct report *r;

	for (r = d->bucket[hash(id, file, line, text)]; r; r = r->chain)
		if (r->id == id && r->at.file == file && r->line == line && !strcmp(r->text, text))
			return r;
	return NULL;
}

static void add_format(struct diag *d, struct report *r, const char *name)
{
	struct report_format **end, *f;

	if (!name)
		return;
	for (end = &r->formats; *end; end = &(*end)->next)
		if (!strcmp((*end)->name, name))
			return;
	f = arena_alloc(d->arena, sizeof(*f));
	f->name = name;
	f->text = d->format_text;
	*end = f;
}

void diag_report(struct diag *d, enum diag_id id, struct span at, const char *format, ...)
{
	uint32_t line = diag_line_of(d, at);
	struct report *r;
	va_list args;
	char *text;
	unsigned h;

	d->current = NULL;
	if (d->severity[id] == SEVERITY_OFF)
		return;
	va_start(args, format);
	text = format_text(d->arena, format, args);
	va_end(args);
	r = same(d, id, at.file, line, text);
	if (r) {
		add_format(d, r, d->format);
		return;
	}
	r = arena_alloc(d->arena, sizeof(*r));
	r->id = id;
	r->severity = d->severity[id];
	r->at = at;
	r->line = line;
	r->text = text;
	r->order = d->made++;
	add_format(d, r, d->format);
	h = hash(id, at.file, line, text);
	r->chain = d->bucket[h];
	d->bucket[h] = r;
	r->next = d->waiting;
	d->waiting = r;
	d->waiting_count++;
	if (r->severity == SEVERITY_ERROR)
		d->errors++;
	else
		d->warnings++;
	d->current = r;
}

void diag_note(struct diag *d, struct span at, const char *format, ...)
{
	struct report_note **end, *n;
	va_list args;

	if (!d->current)
		return;
	n = arena_alloc(d->arena, sizeof(*n));
	n->at = at;
	va_start(args, format);
	n->text = format_text(d->arena, format, args);
	va_end(args);
	for (end = &d->current->notes; *end; end = &(*end)->next)
		;
	*end = n;
}

void diag_help(struct diag *d, const char *format, ...)
{
	va_list args;

	if (!d->current || d->current->help)
		return;
	va_start(args, format);
	d->current->help = format_text(d->arena, format, args);
	va_end(args);
}

void diag_drop(struct diag *d)
{
	d->current = NULL;
}

void diag_in_format(struct diag *d, const char *name)
{
	d->format = name;
	d->format_text = (struct span){ 0, 0, 0 };
}

void diag_format_text(struct diag *d, struct span text)
{
	d->format_text = text;
}

static int find_id(const char *id)
{
	int i;

	for (i = 0; i < DIAG_COUNT_; i++)
		if (!strcmp(known[i].id, id))
			return i;
	return -1;
}

/* An id that is an error by nature stays one: later stages rely on what it refused. */
bool diag_option(struct diag *d, const char *word)
{
	enum diag_severity wanted = SEVERITY_WARNING;
	const char *id = word;
	int i;

	if (!strcmp(word, "error")) {
		for (i = 0; i < DIAG_COUNT_; i++)
			if (d->severity[i] == SEVERITY_WARNING)
				d->severity[i] = SEVERITY_ERROR;
		return true;
	}
	if (find_id(word) >= 0) {
		wanted = SEVERITY_WARNING; /* an id that itself begins with "no-" */
	} else if (!strncmp(word, "no-", 3)) {
		wanted = SEVERITY_OFF;
		id = word + 3;
	} else if (!strncmp(word, "error=", 6)) {
		wanted = SEVERITY_ERROR;
		id = word + 6;
	}
	i = find_id(id);
	if (i < 0)
		return false;
	if (known[i].severity != SEVERITY_ERROR)
		d->severity[i] = wanted;
	return true;
}

unsigned diag_errors(const struct diag *d)
{
	return d->errors;
}

unsigned diag_warnings(const struct diag *d)
{
	return d->warnings;
}
