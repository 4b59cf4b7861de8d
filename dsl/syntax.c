/* SPDX-License-Identifier: MIT */
/*
 * syntax.c - say what is wrong with the text
 *
 * What is missing is reported at the end of what stands before it, not at the
 * innocent word that comes next.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/parser.h"
#include "dsl/words.h"

#include "dsl/parse.h"

#define LISTED_MOST 5 /* a longer list of what could stand there helps nobody */

void syntax_report(struct parser *p, struct span at, const char *format, ...)
{
	va_list args;
	char text[256];

	if (p->run->errors == PARSE_ERRORS_MAX) {
		diag_report(p->run->diag, DIAG_SYNTAX, at, "too many errors; the rest of the text is not looked at");
		p->run->errors++;
	}
	if (p->run->errors > PARSE_ERRORS_MAX) {
		p->stop = true;
		return;
	}
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	diag_report(p->run->diag, DIAG_SYNTAX, at, "%s", text);
	p->run->errors++;
}

/* --- what could stand there ------------------------------------------------------ */

struct wanted {
	const char *text[LISTED_MOST];
	int count;
	bool many; /* more than fit */
};

static void want(struct wanted *w, const char *text)
{
	int i;

	for (i = 0; i < w->count; i++)
		if (!strcmp(w->text[i], text))
			return;
	if (w->count == LISTED_MOST)
		w->many = true;
	else
		w->text[w->count++] = text;
}

static bool has(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static bool is_word(const char *name)
{
	return *name >= 'a' && *name <= 'z';
}

/* Inside an expression it could go on in many ways, which nobody has forgotten. */
static bool goes_on(const char *name)
{
	static const char *const more[] = { "+", "-", "*", "&", "|", "=", "!=", "in", "[", ".", "except" };

	return has(more, (int)(sizeof(more) / sizeof(more[0])), name);
}

/* `name`, `value`, `clause`: where one may stand, what else it could begin with is not listed. */
static bool covered(const char *name, bool names, bool values, bool clauses, bool goes)
{
	if ((names || clauses) && is_word(name))
		return true;
	if (values && (strchr("!({", *name) || (*name == '<' && strcmp(name, "<the end of the line>"))))
		return true;
	return goes && goes_on(name);
}

/* What could stand there, as the user would say it. */
static void collect(struct wanted *w, const char *const *names, int count)
{
	bool name = has(names, count, "<a name>");
	bool value = name && has(names, count, "<a number>") && has(names, count, "(");
	bool clause = !name && has(names, count, "otherwise");
	bool line = has(names, count, "<the end of the line>");
	bool goes = has(names, count, "*");
	int i;

	if (value)
		want(w, "<a value>");
	if (clause)
		want(w, "<a clause>");
	for (i = 0; i < count; i++)
		if (!covered(names[i], name, value, clause, goes) && !(line && !strcmp(names[i], "}")))
			want(w, !strcmp(names[i], "{ ") ? "{" : !strcmp(names[i], "} ") ? "}" : names[i]);
	if (!w->count && goes && has(names, count, "in"))
		want(w, "in");
}

static char *list_wanted(struct arena *arena, const struct wanted *w)
{
	char *list = arena_copy(arena, "", 0);
	int i;

	for (i = 0; i < w->count; i++) {
		const char *text = w->text[i];
		bool plain = *text == '<';
		int length = (int)strlen(text) - (plain ? 2 : 0);

		list = arena_printf(arena, "%s%s%s%.*s%s", list,
				    !i ? "" : i + 1 < w->count ? ", " : " or ", plain ? "" : "'",
				    length, plain ? text + 1 : text, plain ? "" : "'");
	}
	return list;
}

/* --- what stands there -------------------------------------------------------------- */

static char *found_text(const struct parser *p, struct span at)
{
	const struct source_file *f = &p->run->sources->files[p->file];
	uint32_t length = at.end - at.start;

	return arena_copy(p->arena, f->text + at.start, length > 40 ? 40 : length);
}

static void suggest_word(struct parser *p, const char *found, const char *const *names, int count)
{
	const char *words[256], *meant;
	size_t n = 0;
	int i;

	for (i = 0; i < count && n < 256; i++)
		if (is_word(names[i]))
			words[n++] = names[i];
	meant = diag_did_you_mean(found, words, n);
	if (meant)
		diag_help(p->run->diag, "did you mean '%s'?", meant);
}

/* The text ends, or the line does, before the statement is complete. */
static void report_missing(struct parser *p, struct span at, const struct wanted *w)
{
	if (!w->count || w->many)
		syntax_report(p, at, "something is missing after this");
	else
		syntax_report(p, at, "expected %s after this", list_wanted(p->arena, w));
}

static void report_end_of_file(struct parser *p)
{
	unsigned d = p->depth;

	syntax_report(p, p->before_span, "a '}' is missing at the end of the file");
	while (d && p->open[d - 1].bracket != '{')
		d--;
	if (d)
		diag_note(p->run->diag, p->open[d - 1].span, "for the '{' here");
}

static void report_found(struct parser *p, int token, struct span at, const struct wanted *w,
			 const char *const *names, int count)
{
	const char *found = found_text(p, at);

	if (!p->depth && word_begins_statement(token))
		syntax_report(p, at, "'%s' stands outside of a format", found);
	else if (has(names, count, "attr") && !has(names, count, "<a name>"))
		syntax_report(p, at, "no statement begins with '%s'", found);
	else if (!w->count || w->many)
		syntax_report(p, at, "'%s' cannot stand here", found);
	else
		syntax_report(p, at, "expected %s before '%s'", list_wanted(p->arena, w), found);
	if (token == TOK_NAME)
		suggest_word(p, found, names, count);
	else if (is_word(found) && has(names, count, "<a name>"))
		diag_help(p->run->diag, "'%s' is a word of the language, not a name", found);
}

/* Is there a line end between the last two words? */
static bool is_on_next_line(const struct parser *p, struct span at)
{
	const char *text = p->run->sources->files[p->file].text;
	uint32_t from = p->before_span.end;

	return from && from < at.start && memchr(text + from, '\n', at.start - from);
}

void syntax_unexpected(struct parser *p, int token, struct span at, const char *const *expected,
		       int count)
{
	struct wanted w = { { NULL }, 0, false };

	if (p->stop)
		return;
	collect(&w, expected, count);
	if (token == TOK_BAD)
		syntax_report(p, at, "%s", p->bad);
	else if (token == TOK_YYEOF && p->depth)
		report_end_of_file(p);
	else if (token == TOK_NL || token == TOK_YYEOF)
		report_missing(p, p->last_span, &w);
	else if (token == TOK_RBRACE || token == TOK_RCAT || (p->before != TOK_NL && is_on_next_line(p, at)))
		report_missing(p, p->before_span, &w);
	else
		report_found(p, token, at, &w, expected, count);
	feed_recover(p, token);
}
