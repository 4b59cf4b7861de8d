/* SPDX-License-Identifier: MIT */
/*
 * buffer.h - text that grows, in the arena
 */
#ifndef GEN_BUFFER_H
#define GEN_BUFFER_H

#include <stddef.h>

#include "dsl/arena.h"

struct buffer {
	struct arena *arena;
	char *text;                  /* ends with a NUL; NULL while empty */
	size_t length, room;
};

void buffer_init(struct buffer *b, struct arena *arena);
void buffer_add(struct buffer *b, const char *text, size_t length);
void buffer_puts(struct buffer *b, const char *text);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buffer_text(const struct buffer *b); /* "" while empty */

/*
 * Words that stand in lines of at most `columns`: `word` after a space, or after a
 * line break and `indent`.  *column counts tabs as eight.
 */
void buffer_word(struct buffer *b, const char *word, const char *indent, unsigned columns, unsigned *column);

#endif /* GEN_BUFFER_H */
