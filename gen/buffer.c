/* SPDX-License-Identifier: MIT */
/* buffer.c - text that grows, in the arena */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gen/buffer.h"

void buffer_init(struct buffer *b, struct arena *arena)
{
	*b = (struct buffer){ .arena = arena };
}

static void reserve(struct buffer *b, size_t more)
{
	size_t room = b->room ? b->room : 256;

	if (b->length + more + 1 <= b->room)
		return;
	while (room < b->length + more + 1)
		room *= 2;
	b->text = arena_grow(b->arena, b->text, b->text ? b->length + 1 : 0, room, 1);
	b->room = room;
}

void buffer_add(struct buffer *b, const char *text, size_t length)
{
	reserve(b, length);
	memcpy(b->text + b->length, text, length);
	b->length += length;
	b->text[b->length] = '\0';
}

void buffer_puts(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length > 0) {
		reserve(b, (size_t)length);
		vsnprintf(b->text + b->length, (size_t)length + 1, format, again);
		b->length += (size_t)length;
	}
	va_end(again);
}

const char *buffer_text(const struct buffer *b)
{
	return b->text ? b->text : "";
}

void buffer_word(struct buffer *b, const char *word, const char *indent, unsigned columns, unsigned *column)
{
	unsigned length = (unsigned)strlen(word), first = 0;

	if (*column && *column + 1 + length <= columns) {
		buffer_printf(b, " %s", word);
		*column += 1 + length;
		return;
	}
	for (const char *c = indent; *c; c++)
		first += *c == '\t' ? 8 : 1;
	buffer_printf(b, "%s%s%s", *column ? "\n" : "", indent, word);
	*column = first + length;
}
