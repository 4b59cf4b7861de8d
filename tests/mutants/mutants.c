/* SPDX-License-Identifier: MIT */
/*
 * mutants.c - how many slips in a description do the checks and its examples catch?
 *
 *   mutants [-v] [-n COUNT] DIRECTORY [FORMAT...]
 *
 * DIRECTORY holds copies of formats/ that may be written to.  Every line of a description and of
 * what it imports is changed in one small way at a time, except examples, comments and the
 * lines that name and join files.  COUNT mutants a format are drawn by a fixed seed among those that change
 * its meaning.  Caught: `ptgen check --deny warnings` refuses it.  Missed: accepted, and translate,
 * decode or encode of the two plans differ on a structured random input.  -v lists the missed.
 */
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/load.h"
#include "tests/mutants/differ.h"

#define COUNT 40u                /* that change the meaning, of each format */
#define REQUIRED 95u             /* percent */

struct mutant { const char *file, *text; unsigned line; };

struct list {
	struct arena *arena;
	struct mutant *all;
	unsigned count, room;
};

struct tally { unsigned drawn, caught, same, missed; };

static bool verbose;

/* --- files ----------------------------------------------------------------------- */

struct text { const char *file; char **line; unsigned count; };

static struct text read_text(struct arena *a, const char *file)
{
	struct text t = { .file = file };
	FILE *in = fopen(file, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!in) {
		perror(file);
		exit(2);
	}
	while ((n = getline(&line, &room, in)) >= 0) {
		t.line = arena_grow(a, t.line, t.count, t.count + 1, sizeof(*t.line));
		while (n && line[n - 1] == '\n')
			n--;
		t.line[t.count++] = arena_copy(a, line, (size_t)n);
	}
	free(line);
	fclose(in);
	return t;
}

/* The text with one line replaced (NULL: none). */
static void write_text(const struct text *t, const struct mutant *m)
{
	FILE *out = fopen(t->file, "w");

	if (!out) {
		perror(t->file);
		exit(2);
	}
	for (unsigned i = 0; i < t->count; i++)
		fprintf(out, "%s\n", m && m->line == i ? m->text : t->line[i]);
	fclose(out);
}

/* --- mutants of one line ----------------------------------------------------------- */

struct place { const struct text *t; unsigned line; const char *code; };

static void add(struct list *l, const struct place *p, const char *text)
{
	if (strcmp(text, p->code) == 0)
		return;
	if (l->count == l->room) {
		l->all = arena_grow(l->arena, l->all, l->count, l->room ? 2 * l->room : 256, sizeof(*l->all));
		l->room = l->room ? 2 * l->room : 256;
	}
	l->all[l->count++] = (struct mutant){ p->t->file, text, p->line };
}

/* `length` bytes at `at` replaced. */
static void put(struct list *l, const struct place *p, size_t at, size_t length, const char *with)
{
	add(l, p, arena_printf(l->arena, "%.*s%s%s", (int)at, p->code, with, p->code + at + length));
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void numbers(struct list *l, const struct place *p)
{
	const char *s = p->code;
	size_t i = 0, n;

	for (; s[i]; i += n) {
		for (n = 0; is_word(s[i + n]); n++)
			;
		if (!n) {
			n = 1;
			continue;
		}
		if (!isdigit((unsigned char)s[i]) || (i && s[i - 1] == '"'))
			continue;
		if (s[i] == '0' && s[i + 1] == 'b') {
			for (size_t k = 2; k < n; k++)
				if (s[i + k] == '0' || s[i + k] == '1')
					put(l, p, i + k, 1, s[i + k] == '0' ? "1" : "0");
		} else if (s[i] == '0' && s[i + 1] == 'x') {
			put(l, p, i + n - 1, 1, s[i + n - 1] == '1' ? "0" : "1");
		} else if (strspn(s + i, "0123456789") == n && n < 9) {
			put(l, p, i, n, arena_printf(l->arena, "%d", atoi(s + i) + 1));
			if (atoi(s + i))
				put(l, p, i, n, arena_printf(l->arena, "%d", atoi(s + i) - 1));
		}
	}
}

/* [9:8] one up, one down. */
static void ranges(struct list *l, const struct place *p)
{
	for (const char *s = p->code; (s = strchr(s, '[')) != NULL; s++) {
		int hi, lo, used = 0;

		if (sscanf(s, "[%d:%d]%n", &hi, &lo, &used) != 2 || !used)
			continue;
		put(l, p, (size_t)(s - p->code), (size_t)used, arena_printf(l->arena, "[%d:%d]", hi + 1, lo + 1));
		if (hi && lo)
			put(l, p, (size_t)(s - p->code), (size_t)used, arena_printf(l->arena, "[%d:%d]", hi - 1, lo - 1));
	}
}

static void words(struct list *l, const struct place *p)
{
	static const char *const swap[][2] = {
		{ "!", "" }, { "!=", "=" }, { "&", "|" }, { "|", "&" }, { "zero", "ignored" }, { "ignored", "zero" }, { "soft", "" },
		{ "if", "if !" }, { "when", "when !" }, { "read", "write" }, { "write", "read" }, { "fetch", "read" }, { "any", "write" },
		{ "in_user", "!in_user" }, { "page", "table" }, { "table", "page" }, { "signed", "unsigned" }, { "unsigned", "signed" },
		{ "little", "big" }, { "big", "little" }, { "off", "" }, { "alias", "" }, { "tables", "tables none #" },
		{ "low zero else misaligned", "low ignored" }, { "low ignored", "low zero else misaligned" },
	};

	for (size_t k = 0; k < sizeof(swap) / sizeof(swap[0]); k++) {
		size_t n = strlen(swap[k][0]);

		for (const char *s = p->code; (s = strstr(s, swap[k][0])) != NULL; s += n) {
			if (is_word(swap[k][0][0]) && ((s > p->code && is_word(s[-1])) || is_word(s[n])))
				continue;
			if (strcmp(swap[k][0], "!") == 0 && s[1] == '=')
				continue;
			put(l, p, (size_t)(s - p->code), n, swap[k][1]);
		}
	}
}

static bool whole(const char *code)
{
	size_t n = strlen(code);

	while (n && isspace((unsigned char)code[n - 1]))
		n--;
	return n && code[n - 1] != '{' && !strchr(code, '}');
}

static void line(struct list *l, const struct text *t, unsigned i)
{
	size_t blank = strspn(t->line[i], " \t");
	static const char *const not[] = { "example ", "import ", "format ", "nest " };
	struct place p = { t, i, NULL };
	char *code = arena_copy(l->arena, t->line[i], strcspn(t->line[i], "#"));

	if (strlen(code) == blank || code[blank] == '}')
		return;
	for (size_t k = 0; k < sizeof(not) / sizeof(not[0]); k++)
		if (strncmp(code + blank, not[k], strlen(not[k])) == 0)
			return;
	p.code = code;
	numbers(l, &p);
	ranges(l, &p);
	words(l, &p);
	if (!whole(code))
		return;
	add(l, &p, "");
	if (i + 1 < t->count && whole(t->line[i + 1]) && strncmp(t->line[i + 1] + strspn(t->line[i + 1], " \t"), "example ", 8))
		add(l, &p, arena_printf(l->arena, "%.*s", (int)strcspn(t->line[i + 1], "#"), t->line[i + 1])); /* the next line twice: this one lost */
}

/* --- one format ---------------------------------------------------------------------- */

static uint64_t next(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* FILE and what it imports. */
static unsigned files_of(struct arena *a, const char *file, struct text *out, unsigned n, unsigned room)
{
	struct text t = read_text(a, file);

	for (unsigned i = 0; i < n; i++)
		if (strcmp(out[i].file, file) == 0)
			return n;
	if (n == room)
		return n;
	out[n++] = t;
	for (unsigned i = 0; i < t.count; i++) {
		char name[256];

		if (sscanf(t.line[i], "import \"%255[^\"]\"", name) == 1)
			n = files_of(a, arena_copy(a, name, strlen(name)), out, n, room);
	}
	return n;
}

static struct plan *load(struct arena *a, const char *file)
{
	struct load_options options = { .quiet = true, .deny_warnings = true };
	struct load *l = arena_alloc(a, sizeof(*l));

	return load_file(l, a, file, NULL, &options) == 0 && l->plan_count ? l->plan[0] : NULL;
}

/* A plan that differs from itself would make every mutant count as one that changes the meaning. */
static void demand_itself(struct arena *a, const char *file, const struct plan *original)
{
	const char *what = original->model ? differ(original, load(a, file)) : NULL;

	if (!what)
		return;
	printf("mutants: %s differs from itself: %s\n", file, what);
	exit(1);
}

static void one_mutant(struct tally *t, const char *file, const struct plan *original, const struct text *text, const struct mutant *m)
{
	struct arena *a = arena_new();
	const struct plan *plan;
	const char *what = NULL;

	write_text(text, m);
	plan = load(a, file);
	write_text(text, NULL);
	t->drawn++;
	if (!plan)
		t->caught++;
	else if ((what = differ(original, plan)) == NULL)
		t->same++;
	else
		t->missed++;
	if (what && verbose)
		printf("%s: %s:%u: %s: %s\n", file, text->file, m->line + 1, what, m->text + strspn(m->text, " \t"));
	fflush(stdout);
	arena_free(a);
}

static struct tally one_format(const char *file, unsigned count)
{
	struct arena *a = arena_new();
	const struct plan *original = load(a, file);
	struct list l = { .arena = a };
	struct text text[8];
	struct tally t = { 0 };
	uint64_t random = 88172645463325252u;
	unsigned files;

	if (!original) {
		printf("mutants: %s does not pass unchanged\n", file);
		exit(1);
	}
	demand_itself(a, file, original);
	files = original->model ? files_of(a, file, text, 0, 8) : 0; /* a nest says nothing of its own */
	for (unsigned f = 0; f < files; f++)
		for (unsigned i = 0; i < text[f].count; i++)
			line(&l, &text[f], i);
	for (const char *c = file; *c; c++)
		random = (random ^ (unsigned char)*c) * UINT64_C(1099511628211);
	while (l.count && t.caught + t.missed < count) {
		unsigned n = (unsigned)(next(&random) % l.count);
		struct mutant m = l.all[n];

		l.all[n] = l.all[--l.count];
		for (unsigned f = 0; f < files; f++)
			if (text[f].file == m.file)
				one_mutant(&t, file, original, &text[f], &m);
	}
	arena_free(a);
	return t;
}

static unsigned percent(const struct tally *t)
{
	return t->caught + t->missed ? t->caught * 100 / (t->caught + t->missed) : 100;
}

int main(int argc, char **argv)
{
	struct tally all = { 0 };
	unsigned count = COUNT;
	glob_t found;
	int c;

	while ((c = getopt(argc, argv, "vn:")) != -1) {
		verbose |= c == 'v';
		count = c == 'n' ? (unsigned)atoi(optarg) : count;
	}
	if (optind == argc || chdir(argv[optind++]) || !freopen("/dev/null", "w", stderr))
		return 2;
	glob("*.pt", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		bool wanted = optind == argc;
		struct tally t;

		for (int k = optind; k < argc; k++)
			wanted |= strncmp(found.gl_pathv[i], argv[k], strlen(argv[k])) == 0 && strcmp(found.gl_pathv[i] + strlen(argv[k]), ".pt") == 0;
		if (!wanted)
			continue;
		t = one_format(found.gl_pathv[i], count);
		if (verbose || percent(&t) < 90)
			printf("mutants: %s: %u drawn, %u mean the same, %u of %u caught\n", found.gl_pathv[i], t.drawn, t.same, t.caught,
			       t.caught + t.missed);
		all.drawn += t.drawn;
		all.caught += t.caught;
		all.same += t.same;
		all.missed += t.missed;
	}
	globfree(&found);
	printf("mutants: %u drawn, %u mean the same; of the other %u the checks and examples catch %u, %.1f %%\n", all.drawn, all.same,
	       all.caught + all.missed, all.caught, 100.0 * all.caught / (all.caught + all.missed ? all.caught + all.missed : 1));
	return all.caught * 100 < (all.caught + all.missed) * REQUIRED;
}
