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
	uint64_t high;        /* of a 0x number beyond 64 bits: the rest, else 0 */
	unsigned width;       /* digits of a 0b number, else 0 */
	bool pattern;         /* an x was among them */
};

/* Return: NULL, or what is wrong with the text. */
const char *number_read(struct number *n, const char *text, size_t length);

#endif /* DSL_NUMBER_H */
