/* SPDX-License-Identifier: MIT */
/* bits.c - masks of entry bits: counted, gone through, and named in messages */

#include "gen/lower/lower.h"

unsigned bits_in(uint64_t x)
{
	unsigned n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
}

/* The n-th combination of the bits of a mask. */
uint64_t spread(uint64_t mask, uint64_t n)
{
	uint64_t out = 0;

	for (; mask; mask &= mask - 1, n >>= 1)
		if (n & 1)
			out |= mask & (0 - mask);
	return out;
}

static bool is_set(const uint64_t bits[2], unsigned i)
{
	return i < 128 && (bits[i / 64] >> i % 64 & 1);
}

/* "[31:12] [0]", in the file's own numbering. */
const char *bits_text(const struct lower *lo, unsigned entry_bits, const uint64_t bits[2])
{
	const char *text = "";

	for (unsigned i = entry_bits; i-- > 0;) {
		unsigned first = i, hi, low;

		if (!is_set(bits, i))
			continue;
		while (i > 0 && is_set(bits, i - 1))
			i--;
		hi = lo->f->msb0 ? entry_bits - 1 - first : first;
		low = lo->f->msb0 ? entry_bits - 1 - i : i;
		text = arena_printf(lo->arena, hi == low ? "%s%s[%u]" : "%s%s[%u:%u]", text, text[0] ? " " : "", hi, low);
	}
	return text;
}
