/* SPDX-License-Identifier: MIT */
/*
 * source.c - the text of the input files, and where in it something stands
 */
#include "dsl/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dsl/arena.h"

void sources_init(struct sources *all, struct arena *arena)
{
	all->arena = arena;
	all->room = 8;
	all->files = arena_array(arena, all->room, sizeof(*all->files));
	all->count = 1; /* number 0 means nowhere */
}

static void build_lines(struct arena *arena, struct source_file *f)
{
	uint32_t n = 1, i;

	for (i = 0; i < f->size; i++)
		n += f->text[i] == '\n';
	f->line = arena_array(arena, n, sizeof(*f->line));
	f->line_count = n;
	for (i = 0, n = 1; i < f->size; i++)
		if (f->text[i] == '\n')
			f->line[n++] = i + 1;
}

/* `text` is already in the arena and ends with a NUL. */
static uint32_t add(struct sources *all, const char *path, const char *text, size_t size)
{
	struct source_file *f;

	if (all->count == all->room) {
		all->files = arena_grow(all->arena, all->files, all->count, all->room * 2u,
					sizeof(*all->files));
		all->room *= 2;
	}
	f = &all->files[all->count];
	f->path = arena_copy(all->arena, path, strlen(path));
	f->text = text;
	f->size = size;
	build_lines(all->arena, f);
	return all->count++;
}

uint32_t source_add(struct sources *all, const char *path, const char *text, size_t size)
{
	if (size > SOURCE_MAX_BYTES)
		size = SOURCE_MAX_BYTES;
	return add(all, path, arena_copy(all->arena, text, size), size);
}

/* Read to the end, at most `most` bytes.  Return: the size, or -1. */
static long slurp(struct arena *arena, FILE *in, char **text, size_t most)
{
	size_t room = 64u << 10, used = 0, n;
	char *buffer = arena_array(arena, room + 1, 1);

	while ((n = fread(buffer + used, 1, room - used, in)) > 0) {
		used += n;
		if (used > most)
			break;
		if (used == room) {
			buffer = arena_grow(arena, buffer, used, room * 2 + 1, 1);
			room *= 2;
		}
	}
	if (ferror(in))
		return -1;
	buffer[used < room ? used : room] = '\0';
	*text = buffer;
	return (long)used;
}

uint32_t source_load(struct sources *all, const char *path, const char **why)
{
	struct stat st;
	char *text = NULL;
	FILE *in = NULL;
	long size = -1;

	errno = 0;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		*why = S_ISDIR(st.st_mode) ? "it is a directory" : "it is not a file";
		return 0;
	}
	in = fopen(path, "rb");
	if (in)
		size = slurp(all->arena, in, &text, SOURCE_MAX_BYTES);
	if (size < 0) {
		const char *text_of = strerror(errno);

		*why = arena_copy(all->arena, text_of, strlen(text_of));
	}
	if (in)
		fclose(in);
	if (size < 0)
		return 0;
	if ((size_t)size > SOURCE_MAX_BYTES) {
		*why = "it is larger than 1 MiB";
		return 0;
	}
	return add(all, path, text, (size_t)size);
}

void source_position(const struct source_file *f, uint32_t offset, uint32_t *line, uint32_t *column)
{
	uint32_t low = 0, high = f->line_count, middle;

	/* line[low] <= offset < line[high] */
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (f->line[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*line = low + 1;
	*column = offset - f->line[low] + 1;
}

struct span span_join(struct span a, struct span b)
{
	if (!a.file)
		return b;
	if (!b.file || b.file != a.file)
		return a;
	if (b.start < a.start)
		a.start = b.start;
	if (b.end > a.end)
		a.end = b.end;
	return a;
}
