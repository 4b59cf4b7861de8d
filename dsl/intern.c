/* SPDX-License-Identifier: MIT */
/*
 * intern.c - each name of a run is kept once
 */
#include "dsl/parser.h"

#include <string.h>

#include "dsl/arena.h"

#define BUCKETS 1024

struct interned {
	const char *text;
	size_t length;
	struct interned *chain;
};

struct names {
	struct arena *arena;
	struct interned *bucket[BUCKETS];
};

struct names *names_new(struct arena *arena)
{
	struct names *names = arena_alloc(arena, sizeof(*names));

	names->arena = arena;
	return names;
}

const char *names_intern(struct names *names, const char *text, size_t length)
{
	struct interned **end, *n;
	uint32_t h = 5381;
	size_t i;

	for (i = 0; i < length; i++)
		h = h * 33u ^ (unsigned char)text[i];
	for (end = &names->bucket[h % BUCKETS]; (n = *end); end = &n->chain)
		if (n->length == length && !memcmp(n->text, text, length))
			return n->text;
	n = arena_alloc(names->arena, sizeof(*n));
	n->text = arena_copy(names->arena, text, length);
	n->length = length;
	*end = n;
	return n->text;
}
