/* SPDX-License-Identifier: MIT */
/*
 * words.c - runs of 64-bit entries in a table: filled, and compared, several at a time
 *
 * Where the target has vectors, they are used, by the compiler's own notation; no
 * lane of them is ever torn.  Elsewhere, and under the thread sanitizer, every
 * word is accessed by itself.
 */
#include "ptg_change.h"

#if !defined(__SANITIZE_THREAD__) && (defined(__SSE2__) || defined(__ARM_NEON) || defined(__VSX__) || defined(__VX__))
#define WORDS_WIDE 8

typedef uint64_t words_wide __attribute__((vector_size(64), aligned(8), may_alias));

static void words_put(ptg_word64_ *w, const words_wide *v)
{
	*(words_wide *)w = *v;
}

/* Bits in which eight words are not what they should be, ORed together lane by lane. */
static uint64_t words_odd(const ptg_word64_ *w, uint64_t fixed, uint64_t value, uint64_t zero)
{
	words_wide v = *(const words_wide *)w;

	v = ((v ^ value) & fixed) | (v & zero);
	return v[0] | v[1] | v[2] | v[3] | v[4] | v[5] | v[6] | v[7];
}
#endif

uint64_t ptg_words_like_(const ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, uint64_t zero)
{
	uint64_t i = 0, e;

#ifdef WORDS_WIDE
	while (n - i >= WORDS_WIDE && !words_odd(w + i, fixed, value, zero))
		i += WORDS_WIDE;
#endif
	for (; i < n; i++) {
		e = ptg_word_get_(w + i);
		if (((e ^ value) & fixed) | (e & zero))
			break;
	}
	return i;
}

/* --- past the cache -------------------------------------------------------------- */

static void words_stream(ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step)
{
	uint64_t i;

	for (i = 0; i < n; i++, e += step)
#if defined(__SANITIZE_THREAD__)
		ptg_word_put_(w + i, e);
#elif defined(__clang__)
		__builtin_nontemporal_store(e, w + i);
#elif defined(__x86_64__) && defined(__SSE2__)
		__builtin_ia32_movnti64((long long *)(w + i), (long long)e);
#else
		w[i] = e;
#endif
}

void ptg_words_fence_(void)
{
#if defined(__x86_64__) && defined(__SSE2__)
	__builtin_ia32_sfence();
#else
	__atomic_thread_fence(__ATOMIC_RELEASE);
#endif
}

/* --- filling ------------------------------------------------------------------------ */

/* What orders the words of a new table for a reader who comes by its link is his data dependency on that. */
void ptg_words_fill_(ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step, bool stream)
{
	uint64_t i = 0;

	if (stream) {
		words_stream(w, n, e, step);
		return;
	}
#ifdef WORDS_WIDE
	if (n >= WORDS_WIDE) {
		words_wide v = { e, e + step, e + 2 * step, e + 3 * step, e + 4 * step, e + 5 * step, e + 6 * step, e + 7 * step };

		for (; n - i >= WORDS_WIDE; i += WORDS_WIDE, v += WORDS_WIDE * step)
			words_put(w + i, &v);
		e += i * step;
	}
#endif
	for (; i < n; i++, e += step)
		ptg_word_put_(w + i, e);
}

/* --- changing ------------------------------------------------------------------------- */

/* w = (w & keep) | set, where nobody else writes. */
void ptg_words_change_(ptg_word64_ *w, uint64_t n, uint64_t keep, uint64_t set)
{
	uint64_t i = 0;

#ifdef WORDS_WIDE
	for (; n - i >= WORDS_WIDE; i += WORDS_WIDE) {
		words_wide v = *(const words_wide *)(w + i);

		v = (v & keep) | set;
		words_put(w + i, &v);
	}
#endif
	for (; i < n; i++)
		ptg_word_put_(w + i, (ptg_word_get_(w + i) & keep) | set);
}
