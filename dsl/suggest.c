/* SPDX-License-Identifier: MIT */
/*
 * suggest.c - "did you mean": the closest of a list of names
 */
#include "dsl/diag.h"

#include <string.h>

#define WORD_MOST 48 /* nothing longer is guessed */

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters to insert, drop, change or swap with their neighbour; case does not count. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned row[3][WORD_MOST + 1];
	unsigned *before = row[0], *above = row[1], *here = row[2], *free_row;
	size_t i, j;

	for (j = 0; j <= m; j++)
		above[j] = (unsigned)j;
	for (i = 1; i <= n; i++) {
		here[0] = (unsigned)i;
		for (j = 1; j <= m; j++) {
			unsigned differ = lower(a[i - 1]) != lower(b[j - 1]);

			here[j] = least(least(here[j - 1], above[j]) + 1, above[j - 1] + differ);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				here[j] = least(here[j], before[j - 2] + 1);
		}
		free_row = before;
		before = above;
		above = here;
		here = free_row;
	}
	return above[m];
}

const char *diag_did_you_mean(const char *word, const char *const *names, size_t count)
{
	size_t n = strlen(word), m, i;
	unsigned best, d;
	const char *found = NULL;

	if (!n || n > WORD_MOST)
		return NULL;
	best = (unsigned)(n < 3 ? 1 : n / 3) + 1;
	for (i = 0; i < count; i++) {
		m = names[i] ? strlen(names[i]) : 0;
		if (!m || m > WORD_MOST || !strcmp(names[i], word))
			continue;
		d = distance(word, n, names[i], m);
		/* A word of which every letter changed is another word. */
		if (d < best && d < n && d < m + (m > n)) {
			best = d;
			found = names[i];
		}
	}
	return found;
}
