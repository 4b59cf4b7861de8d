/* SPDX-License-Identifier: MIT */
/*
 * number.c - 12, 0x1f, 0b10x1, 4K; `_` between digits anywhere
 */
#include "dsl/number.h"

static const char *read_bits(struct number *n, const char *digit, const char *end)
{
	for (; digit < end; digit++) {
		if (*digit == '_')
			continue;
		if (n->width == 64)
			return "a bit pattern has at most 64 digits";
		if (*digit != '0' && *digit != '1' && *digit != 'x')
			return "after 0b come 0, 1 and x only";
		n->value = n->value << 1 | (*digit == '1');
		n->mask = n->mask << 1 | (*digit != 'x');
		n->pattern |= *digit == 'x';
		n->width++;
	}
	return n->width ? NULL : "digits are missing after 0b";
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static const char *read_digits(struct number *n, const char *digit, const char *end, unsigned base)
{
	bool any = false;
	int v;

	for (; digit < end; digit++) {
		if (*digit == '_')
			continue;
		v = digit_value(*digit);
		if (v < 0 || (unsigned)v >= base)
			return base == 16 ? "after 0x come 0-9 and a-f only"
					  : "this is neither a number nor a name";
		if (base == 16) {
			if (n->high >> 60)
				return "the number does not fit into 128 bits";
			n->high = n->high << 4 | n->value >> 60;
			n->value = n->value << 4 | (unsigned)v;
		} else if (n->value > (UINT64_MAX - (unsigned)v) / base) {
			return "the number does not fit into 64 bits";
		} else {
			n->value = n->value * base + (unsigned)v;
		}
		any = true;
	}
	return any ? NULL : "digits are missing after 0x";
}

static unsigned suffix_shift(char c)
{
	switch (c) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	case 'T':
		return 40;
	default:
		return 0;
	}
}

const char *number_read(struct number *n, const char *text, size_t length)
{
	const char *end = text + length, *wrong;
	unsigned shift;

	*n = (struct number){ 0 };
	if (length > 1 && text[0] == '0' && text[1] == 'b')
		return read_bits(n, text + 2, end);
	if (length > 1 && text[0] == '0' && text[1] == 'x') {
		wrong = read_digits(n, text + 2, end, 16);
	} else {
		shift = length > 1 ? suffix_shift(end[-1]) : 0;
		wrong = read_digits(n, text, shift ? end - 1 : end, 10);
		if (!wrong && n->value > UINT64_MAX >> shift)
			return "the number does not fit into 64 bits";
		n->value <<= shift;
	}
	n->mask = UINT64_MAX;
	return wrong;
}
