/* SPDX-License-Identifier: MIT */
/*
 * diag_print.c - the collected messages as text: place, line, caret
 *
 * The quoted line keeps its tabs and the caret row repeats them, so that the
 * caret stands right at any tab width.  Bytes that could upset a terminal are
 * shown as '?', and of a very long line only the part around the caret.
 */
#include "dsl/diag.h"

#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/diag_store.h"

#define SHOWN_BEFORE 100 /* bytes of a line before the caret */
#define SHOWN_MOST 160

struct style {
	const char *error, *warning, *note, *caret, *bold, *off;
};

static const struct style plain = { "", "", "", "", "", "" };
static const struct style coloured = {
	"\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1;32m", "\033[1m", "\033[0m",
};

static void print_byte(FILE *out, char c)
{
	putc(c == '\t' || (c >= 0x20 && c < 0x7f) ? c : '?', out);
}

static void print_place(const struct diag *d, struct span at, FILE *out)
{
	const struct source_file *f = &d->sources->files[at.file];
	uint32_t line, column;

	if (!at.file) {
		fputs("ptgen: ", out);
		return;
	}
	source_position(f, at.start, &line, &column);
	fprintf(out, "%s:%u:%u: ", f->path, line, column);
}

/* The line that `at` begins in, and under it a caret and as many tildes as the span has left there. */
static void print_quote(const struct diag *d, struct span at, const struct style *s, FILE *out)
{
	const struct source_file *f = &d->sources->files[at.file];
	uint32_t line, column, start, end, i, shown;

	if (!at.file)
		return;
	source_position(f, at.start, &line, &column);
	start = f->line[line - 1];
	end = line < f->line_count ? f->line[line] - 1 : (uint32_t)f->size;
	while (end > start && f->text[end - 1] == '\r')
		end--;
	shown = column > SHOWN_BEFORE ? at.start - SHOWN_BEFORE : start;
	if (end - shown > SHOWN_MOST)
		end = shown + SHOWN_MOST;
	fprintf(out, "%5u | ", line);
	for (i = shown; i < end; i++)
		print_byte(out, f->text[i]);
	fputs("\n      | ", out);
	for (i = shown; i < at.start; i++)
		putc(i < end && f->text[i] == '\t' ? '\t' : ' ', out);
	fprintf(out, "%s^", s->caret);
	for (i = at.start + 1; i < at.end && i < end; i++)
		putc('~', out);
	fprintf(out, "%s\n", s->off);
}

static bool inside(struct span a, struct span b)
{
	return a.file == b.file && b.start <= a.start && a.end <= b.end;
}

static void print_formats(const struct report *r, FILE *out)
{
	const struct report_format *f = r->formats;

	/* One format alone is the one that the quoted line shows, unless that stands in its base. */
	if (!f || (!f->next && (!f->text.file || !r->at.file || inside(r->at, f->text))))
		return;
	fputs(" (in ", out);
	for (; f; f = f->next)
		fprintf(out, "%s%s", f->name, f->next ? ", " : ")");
}

static void print_report(const struct diag *d, const struct report *r, const struct style *s,
			 FILE *out)
{
	const struct report_note *n;
	bool error = r->severity == SEVERITY_ERROR;

	fputs(s->bold, out);
	print_place(d, r->at, out);
	fprintf(out, "%s%s:%s %s", error ? s->error : s->warning, error ? "error" : "warning",
		s->off, r->text);
	print_formats(r, out);
	fprintf(out, " [%s]\n", diag_id_text(r->id));
	print_quote(d, r->at, s, out);
	for (n = r->notes; n; n = n->next) {
		fputs(s->bold, out);
		print_place(d, n->at, out);
		fprintf(out, "%snote:%s %s\n", s->note, s->off, n->text);
		print_quote(d, n->at, s, out);
	}
	if (r->help)
		fprintf(out, "      = help: %s\n", r->help);
}

static int compare(const void *left, const void *right)
{
	const struct report *a = *(const struct report *const *)left;
	const struct report *b = *(const struct report *const *)right;

	if (a->at.file != b->at.file)
		return a->at.file < b->at.file ? -1 : 1;
	if (a->at.start != b->at.start)
		return a->at.start < b->at.start ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void diag_flush(struct diag *d, FILE *out, bool colour)
{
	struct report **all = arena_array(d->arena, d->waiting_count, sizeof(struct report *));
	struct report *r;
	unsigned n = 0, i;

	for (r = d->waiting; r; r = r->next)
		all[n++] = r;
	if (n)
		qsort(all, n, sizeof(struct report *), compare);
	for (i = 0; i < n; i++)
		print_report(d, all[i], colour ? &coloured : &plain, out);
	d->waiting = d->current = NULL;
	d->waiting_count = 0;
}
