/* SPDX-License-Identifier: MIT */
/*
 * generate_single.c - one header that holds a format and the runtime
 *
 * The runtime's files share one translation unit then, and that may be the
 * user's: each name that is private to a file is printed as ptg_FILE_NAME_, and
 * macros end with their file.  A file begins a definition in column 0 (house
 * style), which is all that this needs to know of C.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/buffer.h"
#include "gen/emit/generate.h"
#include "gen/load.h"
#include "gen/commands/options.h"

static const char *const public_headers[] = {"ptg.h", "ptg_plan.h", "ptg_mem.h", "ptg_gen.h", NULL};

static const char *read_text(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "r");
	struct buffer b;
	char part[4096];
	size_t n;

	if (!f)
		return NULL;
	buffer_init(&b, a);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buffer_add(&b, part, n);
	fclose(f);
	return buffer_text(&b);
}

/* --- the private names of a file ------------------------------------------------------ */

struct private {
	struct word_list statics, tags, macros;
	char stem[64];
};

static size_t word_at(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n;
}

static bool among(const struct word_list *l, const char *word, size_t n)
{
	for (unsigned i = 0; i < l->count; i++)
		if (strlen(l->word[i]) == n && strncmp(l->word[i], word, n) == 0)
			return true;
	return false;
}

/* Behind `__attribute__((...))`. */
static const char *skip_attribute(const char *at)
{
	unsigned depth = 0;

	for (at = strchr(at, '('); at && *at; at++) {
		depth += *at == '(';
		depth -= *at == ')';
		if (depth == 0)
			return at + 1;
	}
	return "";
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The name that a definition gives: the last word before one of ( [ = ; */
static void add_static(struct arena *a, struct private *p, const char *line)
{
	const char *name = NULL;
	size_t length = 0;

	while (*line && !strchr("([=;\n", *line)) {
		size_t n = word_at(line);

		if (starts(line, "__attribute__")) {
			line = skip_attribute(line);
			continue;
		}
		if (n) {
			name = line;
			length = n;
		}
		line += n ? n : 1;
	}
	if (name && !among(&p->statics, name, length))
		word_add(a, &p->statics, arena_copy(a, name, length));
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? end + 1 : text + strlen(text);
}

static void find_private(struct arena *a, struct private *p, const char *text)
{
	for (const char *line = text; *line; line = next_line(line)) {
		const char *word = strchr(line, ' ');
		size_t n = word ? word_at(word + 1) : 0;

		if (starts(line, "static ") || starts(line, "PTG_INLINE "))
			add_static(a, p, line);
		else if ((starts(line, "struct ") || starts(line, "enum ")) && n && starts(word + 1 + n, " {"))
			word_add(a, &p->tags, arena_copy(a, word + 1, n));
		else if (starts(line, "#define ") && n)
			word_add(a, &p->macros, arena_copy(a, word + 1, n));
	}
}

/* --- printing them anew ----------------------------------------------------------------- */

struct reader {
	const char *at;
	char before;             /* the last character that is no blank */
	bool tag;                /* the last word was struct or enum */
	bool in_struct;          /* of file scope: members keep their names */
};

/* What stands as it is: comments, texts.  Its length, 0: something else. */
static size_t verbatim(const char *c)
{
	const char *end = c + 1;

	if (starts(c, "/*")) {
		end = strstr(c + 2, "*/");
		return end ? (size_t)(end + 2 - c) : strlen(c);
	}
	if (*c != '"' && *c != '\'')
		return 0;
	while (*end && *end != *c)
		end += *end == '\\' && end[1] ? 2 : 1;
	return (size_t)(end + 1 - c);
}

static void put_word(struct buffer *b, const struct private *p, struct reader *r, size_t n)
{
	bool member = r->before == '.' || (r->before == '>' && r->at[-1] == '>');
	bool mine = r->tag ? among(&p->tags, r->at, n) : !member && !r->in_struct && among(&p->statics, r->at, n);

	if (mine)
		buffer_printf(b, "ptg_%s_%.*s_", p->stem, (int)n, r->at);
	else
		buffer_add(b, r->at, n);
	r->tag = (n == 6 && starts(r->at, "struct")) || (n == 4 && starts(r->at, "enum"));
	r->before = 'a';
}

static void put_renamed(struct buffer *b, const struct private *p, const char *text)
{
	struct reader r = {.at = text, .before = '\n'};

	while (*r.at) {
		bool line_start = r.at == text || r.at[-1] == '\n';
		size_t n;

		if (line_start && starts(r.at, "#include")) {
			r.at = next_line(r.at);
			continue;
		}
		if (line_start && (starts(r.at, "struct ") || starts(r.at, "enum ")) && strchr(r.at, '\n') > r.at)
			r.in_struct = strchr(r.at, '\n')[-1] == '{' || strstr(r.at, " {") < strchr(r.at, '(');
		else if (line_start && *r.at != '\t' && *r.at != ' ' && *r.at != '}')
			r.in_struct = false;
		n = verbatim(r.at);
		if (n) {
			buffer_add(b, r.at, n);
		} else if ((n = word_at(r.at)) > 0) {
			put_word(b, p, &r, n);
		} else {
			n = 1;
			buffer_add(b, r.at, n);
			if (*r.at != ' ' && *r.at != '\t')
				r.before = *r.at;
			if (*r.at == '}' && line_start)
				r.in_struct = false;
		}
		r.at += n;
	}
}

static void put_source(struct arena *a, struct buffer *b, const char *name, const char *text)
{
	struct private p = {.stem = ""};

	snprintf(p.stem, sizeof(p.stem), "%.*s", (int)word_at(name), name);
	find_private(a, &p, text);
	buffer_printf(b, "\n/* ---- %s */\n", name);
	put_renamed(b, &p, text);
	for (unsigned i = 0; i < p.macros.count; i++)
		buffer_printf(b, "#undef %s\n", p.macros.word[i]);
}

/* --- the parts of the header ---------------------------------------------------------------- */

/* A text without the lines that include what is already here. */
static void put_without_includes(struct buffer *b, const char *text)
{
	for (const char *line = text; *line; line = next_line(line))
		if (!starts(line, "#include \""))
			buffer_add(b, line, (size_t)(next_line(line) - line));
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool is_public(const char *name)
{
	for (unsigned i = 0; public_headers[i]; i++)
		if (strcmp(public_headers[i], name) == 0)
			return true;
	return false;
}

static struct word_list list_files(struct arena *a, const char *dir, const char *ending)
{
	struct word_list l = {0};
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n > 2 && strcmp(e->d_name + n - 2, ending) == 0 && !is_public(e->d_name))
			word_add(a, &l, arena_copy(a, e->d_name, n));
	}
	if (d)
		closedir(d);
	if (l.count)
		qsort(l.word, l.count, sizeof(*l.word), by_text);
	return l;
}

/* ptg.h includes the other public ones at its end: they are put there. */
static bool put_public(struct arena *a, struct buffer *b, const char *dir)
{
	for (unsigned i = 0; public_headers[i]; i++) {
		const char *text = read_text(a, arena_printf(a, "%s/%s", dir, public_headers[i]));

		if (!text)
			return false;
		put_without_includes(b, text);
		buffer_puts(b, "\n");
	}
	return true;
}

static bool put_runtime(struct arena *a, struct buffer *b, const char *dir)
{
	/* ptg_core.h comes first: the other private headers include it */
	struct word_list headers = list_files(a, dir, ".h"), sources = list_files(a, dir, ".c");
	const char *core = read_text(a, arena_printf(a, "%s/ptg_core.h", dir));

	if (!core || !sources.count)
		return false;
	put_without_includes(b, core);
	for (unsigned i = 0; i < headers.count; i++) {
		const char *text = read_text(a, arena_printf(a, "%s/%s", dir, headers.word[i]));

		if (text && strcmp(headers.word[i], "ptg_core.h") != 0)
			put_without_includes(b, text);
	}
	for (unsigned i = 0; i < sources.count; i++) {
		const char *text = read_text(a, arena_printf(a, "%s/%s", dir, sources.word[i]));

		if (text)
			put_source(a, b, sources.word[i], text);
	}
	return true;
}

static const char how_to[] =
	"/*\n"
	" * One file: the declarations of the runtime, those of %s, and the bodies of both.\n"
	" * In one C file of the program say\n"
	" *\n"
	" *     #define %s_IMPLEMENTATION\n"
	" *     #include \"%s.h\"\n"
	" *\n"
	" * and include it plainly everywhere else.  Two such headers share one runtime when\n"
	" * one file implements both; where another file has it, define PTG_RUNTIME_ELSEWHERE.\n"
	" * The bodies are C11; compilers that make calls to memset of loops need\n"
	" * -fno-tree-loop-distribute-patterns where there is no libc.\n"
	" */\n";

const char *generate_single(struct arena *a, const char *lower, const char *upper, const char *h, const char *c,
			    const char **why)
{
	const char *dir = search_data(a, "runtime/ptg.h");
	struct buffer b;

	if (!dir) {
		*why = "the runtime is not installed";
		return NULL;
	}
	dir = arena_copy(a, dir, strlen(dir) - strlen("/ptg.h"));
	buffer_init(&b, a);
	buffer_puts(&b, "/* SPDX-License-Identifier: MIT */\n");
	buffer_printf(&b, how_to, lower, upper, lower);
	if (!put_public(a, &b, dir)) {
		*why = arena_printf(a, "%s: the runtime cannot be read", dir);
		return NULL;
	}
	put_without_includes(&b, h);
	buffer_printf(&b, "\n#if defined(%s_IMPLEMENTATION) && !defined(%s_IMPLEMENTED)\n#define %s_IMPLEMENTED\n", upper, upper, upper);
	buffer_puts(&b, "#if !defined(PTG_RUNTIME_ELSEWHERE) && !defined(PTG_RUNTIME_IMPLEMENTED)\n#define PTG_RUNTIME_IMPLEMENTED\n");
	if (!put_runtime(a, &b, dir)) {
		*why = arena_printf(a, "%s: the runtime cannot be read", dir);
		return NULL;
	}
	buffer_puts(&b, "#endif /* the runtime */\n\n");
	put_without_includes(&b, c);
	buffer_printf(&b, "#endif /* %s_IMPLEMENTATION */\n", upper);
	return buffer_text(&b);
}
