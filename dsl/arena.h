/* SPDX-License-Identifier: MIT */
/*
 * arena.h - memory of one run
 *
 * Everything in dsl/ and gen/ lives in one arena and is released with it;
 * nothing else there calls free.  Running out of memory ends the program
 * with a message and exit status 3.
 */
#ifndef DSL_ARENA_H
#define DSL_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t bytes);

/* Like arena_alloc, for count elements; ends the program when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t bytes);

/* A larger array with the old elements in front; the old one stays valid. */
void *arena_grow(struct arena *a, const void *old, size_t old_count, size_t new_count, size_t bytes);

char *arena_copy(struct arena *a, const char *text, size_t length); /* adds a NUL */
char *arena_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* DSL_ARENA_H */
