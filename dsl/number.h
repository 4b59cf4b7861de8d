/* SPDX-License-Identifier: MIT */
/*
 * number.h - numbers and bit patterns as they are written
 */
#ifndef DSL_NUMBER_H
#define DSL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number {
	uint64_t value, mask; /* mask: the bits that count */
	unsigned width;       /* digits of a 0b number, else 0 */
	bool pattern;         /* an x was among them */
};

/* Return: NULL, or what is wrong with the text. */
const char *number_read(struct number *n, const char *text, size_t length);

#endif /* DSL_NUMBER_H */
