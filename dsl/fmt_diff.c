/* SPDX-License-Identifier: MIT */
/*
 * fmt_diff.c - what a new layout changes, as a unified diff
 *
 * A layout keeps all lines but empty ones, in their order.  So the lines of
 * the two texts go together one by one, and no search is needed.
 */
#include "dsl/fmt_diff.h"

#include <stdbool.h>
#include <string.h>

#include "dsl/arena.h"

#define CONTEXT 3

struct pair {                /* a line of the old text, of the new one, or of both */
	const char *old, *new;
	size_t old_length, new_length;
	bool equal;
};

struct pairs {
	struct pair *pair;
	size_t count, room;
};

static bool is_blank(const char *line, size_t length)
{
	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	return !length;
}

static void add(struct arena *arena, struct pairs *p, const char **old, const char **new)
{
	struct pair *pair;

	if (p->count == p->room) {
		size_t room = p->room ? p->room * 2 : 128;

		p->pair = arena_grow(arena, p->pair, p->count, room, sizeof(*pair));
		p->room = room;
	}
	pair = &p->pair[p->count++];
	*pair = (struct pair){ NULL, NULL, 0, 0, false };
	if (old) {
		pair->old = *old;
		pair->old_length = strcspn(*old, "\n");
		*old += pair->old_length + ((*old)[pair->old_length] != '\0');
	}
	if (new) {
		pair->new = *new;
		pair->new_length = strcspn(*new, "\n");
		*new += pair->new_length + ((*new)[pair->new_length] != '\0');
	}
	pair->equal = old && new && pair->old_length == pair->new_length &&
		      !memcmp(pair->old, pair->new, pair->old_length);
}

static void match(struct arena *arena, struct pairs *p, const char *old, const char *new)
{
	while (*old || *new) {
		bool old_blank = *old && is_blank(old, strcspn(old, "\n"));
		bool new_blank = *new && is_blank(new, strcspn(new, "\n"));

		if (*old && (!*new || (old_blank && !new_blank)))
			add(arena, p, &old, NULL);
		else if (*new && (!*old || (new_blank && !old_blank)))
			add(arena, p, NULL, &new);
		else
			add(arena, p, &old, &new);
	}
}

static void print_lines(const struct pairs *p, size_t from, size_t to, char sign, FILE *out)
{
	for (; from < to; from++) {
		const struct pair *pair = &p->pair[from];

		if (sign != '+' && pair->old)
			fprintf(out, "%c%.*s\n", sign, (int)pair->old_length, pair->old);
		if (sign == '+' && pair->new)
			fprintf(out, "+%.*s\n", (int)pair->new_length, pair->new);
	}
}

/* Pairs [from, to), with the lines of context; `old` and `new` are the line numbers before them. */
static void print_hunk(const struct pairs *p, size_t from, size_t to, size_t old, size_t new, FILE *out)
{
	size_t i, end, olds = 0, news = 0;

	for (i = from; i < to; i++) {
		olds += p->pair[i].old != NULL;
		news += p->pair[i].new != NULL;
	}
	fprintf(out, "@@ -%zu,%zu +%zu,%zu @@\n", old + (olds != 0), olds, new + (news != 0), news);
	for (i = from; i < to; i = end) {
		for (end = i; end < to && p->pair[end].equal == p->pair[i].equal; end++)
			;
		print_lines(p, i, end, p->pair[i].equal ? ' ' : '-', out);
		if (!p->pair[i].equal)
			print_lines(p, i, end, '+', out);
	}
}

/* The end of the hunk that begins with the change at `i`: changes less than two contexts apart go together. */
static size_t hunk_end(const struct pairs *p, size_t i)
{
	size_t end = i + 1, quiet = 0;

	for (i = end; i < p->count && quiet <= 2 * CONTEXT; i++) {
		quiet = p->pair[i].equal ? quiet + 1 : 0;
		if (!quiet)
			end = i + 1;
	}
	return end + CONTEXT < p->count ? end + CONTEXT : p->count;
}

void fmt_diff(struct arena *arena, const char *path, const char *before, const char *after, FILE *out)
{
	struct pairs p = { NULL, 0, 0 };
	size_t i, from, end, done = 0, old = 0, new = 0;

	if (!strcmp(before, after))
		return;
	match(arena, &p, before, after);
	fprintf(out, "--- %s\n+++ %s\n", path, path);
	for (i = 0; i < p.count; i = end) {
		end = i + 1;
		if (p.pair[i].equal)
			continue;
		from = i < done + CONTEXT ? done : i - CONTEXT;
		end = hunk_end(&p, i);
		for (; done < from; done++) {
			old += p.pair[done].old != NULL;
			new += p.pair[done].new != NULL;
		}
		print_hunk(&p, from, end, old, new, out);
		for (; done < end; done++) {
			old += p.pair[done].old != NULL;
			new += p.pair[done].new != NULL;
		}
	}
}
