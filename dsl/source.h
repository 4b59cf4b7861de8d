/* SPDX-License-Identifier: MIT */
/*
 * source.h - the text of the input files, and where in it something stands
 *
 * A place is a file number and two byte offsets.  Lines and columns are
 * computed only when a message is printed.
 */
#ifndef DSL_SOURCE_H
#define DSL_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* Bytes [start, end) of file `file`; file 0 is "nowhere". */
struct span {
	uint32_t file, start, end;
};

struct source_file {
	const char *path;    /* as it is shown in messages */
	const char *text;    /* NUL terminated; the NUL is not counted in size */
	size_t size;
	uint32_t *line;      /* offset of each line's first byte */
	uint32_t line_count;
};

/* All files of one run.  files[0] is unused, so that file 0 means nowhere. */
struct sources {
	struct arena *arena;
	struct source_file *files;
	uint32_t count, room;
};

#define SOURCE_MAX_BYTES (1u << 20) /* a larger description is refused; its tree takes up to 200 times as much */

void sources_init(struct sources *all, struct arena *arena);

/* Read a file from disk.  Return: its number, or 0 with *why set to a static or arena text. */
uint32_t source_load(struct sources *all, const char *path, const char **why);

/* Take a text that is in memory (copied).  Return: its number. */
uint32_t source_add(struct sources *all, const char *path, const char *text, size_t size);

/* 1-based line and byte column of an offset. */
void source_position(const struct source_file *f, uint32_t offset, uint32_t *line, uint32_t *column);

/* The smallest span that holds both. */
struct span span_join(struct span a, struct span b);

#endif /* DSL_SOURCE_H */
