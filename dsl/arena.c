/* SPDX-License-Identifier: MIT */
/*
 * arena.c - memory of one run: blocks that are released together
 */
#include "dsl/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (64u << 10)

struct block {
	struct block *older;
	size_t used, room;
	max_align_t data[];
};

struct arena {
	struct block *newest;
};

static void out_of_memory(void)
{
	fputs("ptgen: out of memory\n", stderr);
	exit(3);
}

static struct block *block_new(struct block *older, size_t room)
{
	struct block *b;

	if (room > SIZE_MAX - sizeof(*b))
		out_of_memory();
	b = calloc(1, sizeof(*b) + room);
	if (!b)
		out_of_memory();
	b->older = older;
	b->room = room;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		out_of_memory();
	a->newest = block_new(NULL, BLOCK_BYTES);
	return a;
}

void arena_free(struct arena *a)
{
	struct block *b, *older;

	if (!a)
		return;
	for (b = a->newest; b; b = older) {
		older = b->older;
		free(b);
	}
	free(a);
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	const size_t unit = sizeof(max_align_t);
	struct block *b = a->newest;
	void *p;

	if (bytes > SIZE_MAX / 2)
		out_of_memory();
	bytes = (bytes + unit - 1) / unit * unit;
	if (bytes > BLOCK_BYTES / 4) {
		/* A large piece gets its own block behind the newest, which stays open for small ones. */
		b->older = block_new(b->older, bytes);
		b->older->used = bytes;
		return b->older->data;
	}
	if (b->room - b->used < bytes)
		b = a->newest = block_new(b, BLOCK_BYTES);
	p = (char *)b->data + b->used;
	b->used += bytes;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t bytes)
{
	if (bytes && count > SIZE_MAX / bytes)
		out_of_memory();
	return arena_alloc(a, count * bytes);
}

void *arena_grow(struct arena *a, const void *old, size_t old_count, size_t new_count, size_t bytes)
{
	void *p = arena_array(a, new_count, bytes);

	if (old_count)
		memcpy(p, old, (old_count < new_count ? old_count : new_count) * bytes);
	return p;
}

char *arena_copy(struct arena *a, const char *text, size_t length)
{
	char *p = arena_array(a, length + 1, 1);

	if (length)
		memcpy(p, text, length);
	return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *p;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	p = arena_array(a, (size_t)(n < 0 ? 0 : n) + 1, 1);
	if (n > 0)
		vsnprintf(p, (size_t)n + 1, format, again);
	va_end(again);
	return p;
}
