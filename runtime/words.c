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
#define WORDS_BLOCK 32

typedef uint64_t words_pair __attribute__((vector_size(16), aligned(8), may_alias));

/* Bits in which some of eight words differ from value; as two words. */
PTG_INLINE words_pair words_odd(const ptg_word64_ *w, uint64_t value)
{
	const words_pair *v = (const words_pair *)w;

	return ((v[0] ^ value) | (v[1] ^ value)) | ((v[2] ^ value) | (v[3] ^ value));
}

/* The same of a block. */
PTG_INLINE words_pair words_odd_block(const ptg_word64_ *w, uint64_t value)
{
	return (words_odd(w, value) | words_odd(w + 8, value)) | (words_odd(w + 16, value) | words_odd(w + 24, value));
}

PTG_INLINE bool words_any(words_pair v, uint64_t bits)
{
	return ((v[0] | v[1]) & bits) != 0;
}

/* In whole groups of eight: how many words. */
static uint64_t words_alike(const ptg_word64_ *w, uint64_t n, uint64_t bits, uint64_t value)
{
	uint64_t i = 0;

	while (n - i >= WORDS_BLOCK && !words_any(words_odd_block(w + i, value), bits))
		i += WORDS_BLOCK;
	while (n - i >= WORDS_WIDE && !words_any(words_odd(w + i, value), bits))
		i += WORDS_WIDE;
	return i;
}
#endif

uint64_t ptg_words_like_(const ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, uint64_t zero)
{
	uint64_t i = 0;

	fixed |= zero;
	value &= ~zero;
#ifdef WORDS_WIDE
	i = words_alike(w, n, fixed, value);
#endif
	while (i < n && !((ptg_word_get_(w + i) ^ value) & fixed))
		i++;
	return i;
}

#ifdef WORDS_WIDE
/* Of sixteen words that should be e, e + step ...: where they are not.  off: 0, step, 2 * step ... */
PTG_INLINE words_pair words_off(const ptg_word64_ *w, const words_pair *off, words_pair e)
{
	const words_pair *v = (const words_pair *)w;
	words_pair odd = ((v[0] - off[0]) ^ e) | ((v[1] - off[1]) ^ e) | ((v[2] - off[2]) ^ e) | ((v[3] - off[3]) ^ e);

	return odd | ((v[4] - off[4]) ^ e) | ((v[5] - off[5]) ^ e) | ((v[6] - off[6]) ^ e) | ((v[7] - off[7]) ^ e);
}

PTG_INLINE bool words_off_block(const ptg_word64_ *w, const words_pair *off, uint64_t first, uint64_t step)
{
	const words_pair e = { first, first };

	return words_any(words_off(w, off, e) | words_off(w + 16, off, e + 16 * step), ~(uint64_t)0);
}

/* In whole blocks, of which the last may lie over the one before: how many words. */
static uint64_t words_step(const ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step, const ptg_word64_ *soon)
{
	const words_pair o = { 0, step };
	const words_pair off[8] = { o, o + 2 * step, o + 4 * step, o + 6 * step, o + 8 * step, o + 10 * step, o + 12 * step,
				    o + 14 * step };
	uint64_t i = 0;
	unsigned k;

	for (; n - i >= WORDS_BLOCK; i += WORDS_BLOCK) {
		for (k = 0; k < WORDS_BLOCK; k += 8)
			__builtin_prefetch(soon + i + k);
		if (words_off_block(w + i, off, e + i * step, step))
			return i;
	}
	if (i && i < n && !words_off_block(w + n - WORDS_BLOCK, off, e + (n - WORDS_BLOCK) * step, step))
		i = n;
	return i;
}
#endif

/*
 * How many from the start on are e, e + step, e + 2 * step ...  Meanwhile as many at `soon` are fetched into the cache: the
 * processor's own foresight ends with a page.
 */
uint64_t ptg_words_step_(const ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step, const ptg_word64_ *soon)
{
	uint64_t i = 0;

	(void)soon;
#ifdef WORDS_WIDE
	if (n >= WORDS_BLOCK && ptg_word_get_(w) == e)
		i = words_step(w, n, e, step, soon);
	e += i * step;
#endif
	for (; i < n && ptg_word_get_(w + i) == e; i++)
		e += step;
	return i;
}

#ifdef WORDS_WIDE
/* In whole groups of eight: how many words.  Inline, so that the distance is a constant. */
PTG_INLINE uint64_t words_pages(const ptg_word64_ *w, uint64_t n, uint64_t varies, uint64_t fixed, unsigned shl,
				uint64_t *pa, const ptg_word64_ *soon)
{
	uint64_t i = 0;

	for (; n - i >= WORDS_WIDE; i += WORDS_WIDE) {
		const words_pair *v = (const words_pair *)(w + i);
		words_pair *to = (words_pair *)(void *)(pa + i);
		words_pair a = v[0] ^ fixed, b = v[1] ^ fixed, c = v[2] ^ fixed, d = v[3] ^ fixed;

		__builtin_prefetch(soon + i);
		if (words_any((a | b) | (c | d), ~varies))
			break;
		to[0] = a << shl;
		to[1] = b << shl;
		to[2] = c << shl;
		to[3] = d << shl;
	}
	return i;
}
#endif

/*
 * How many from the start on are `fixed` but for the bits that vary; those, shifted, go
 * to pa[], of which more may be written, up to pa[n - 1].  soon: as above.
 */
uint64_t ptg_words_pages_(const ptg_word64_ *w, uint64_t n, uint64_t varies, uint64_t fixed, unsigned shl, uint64_t *pa,
			  const ptg_word64_ *soon)
{
	uint64_t i = 0, e;

	(void)soon;
#ifdef WORDS_WIDE
	if (shl == 0)
		i = words_pages(w, n, varies, fixed, 0, pa, soon);
	else if (shl == 2)
		i = words_pages(w, n, varies, fixed, 2, pa, soon);
#endif
	for (; i < n; i++) {
		e = ptg_word_get_(w + i) ^ fixed;
		if (e & ~varies)
			break;
		pa[i] = ptg_shl_(e, shl);
	}
	return i;
}

/* --- marks ------------------------------------------------------------------------ */

#ifdef WORDS_WIDE
/* Which of eight words differ from value in bit 2^place: a byte, the first word its lowest bit. */
PTG_INLINE unsigned words_byte(const ptg_word64_ *w, uint64_t value, unsigned place)
{
	const words_pair *v = (const words_pair *)w;
	const uint64_t one = ptg_shl_(1, place);
	words_pair a = ((v[0] ^ value) & one) >> place, b = ((v[1] ^ value) & one) >> place;
	words_pair c = ((v[2] ^ value) & one) >> place, d = ((v[3] ^ value) & one) >> place;

	a |= (b << 2) | (c << 4) | (d << 6);
	return (unsigned)(a[0] | a[1] << 1);
}
#endif

/*
 * Words in groups of eight, as many as are `value` in the fixed bits, whatever their bit 2^place is; where that
 * differs from value's, the word's bit of the bitmap is set.  Return: how many words.
 */
uint64_t ptg_words_marks_(const ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, unsigned place, uint8_t *bitmap)
{
	uint64_t i = 0;

#ifdef WORDS_WIDE
	const uint64_t mark = ptg_shl_(1, place);

	for (; n - i >= WORDS_BLOCK; i += WORDS_BLOCK) {
		words_pair odd = words_odd_block(w + i, value);
		unsigned k;

		if (words_any(odd, fixed))
			break;
		for (k = 0; words_any(odd, mark) && k < WORDS_BLOCK / 8; k++)
			bitmap[i / 8 + k] = (uint8_t)(bitmap[i / 8 + k] | words_byte(w + i + 8 * k, value, place));
	}
	for (; n - i >= WORDS_WIDE && !words_any(words_odd(w + i, value), fixed); i += WORDS_WIDE)
		bitmap[i / 8] = (uint8_t)(bitmap[i / 8] | words_byte(w + i, value, place));
#else
	(void)w, (void)n, (void)fixed, (void)value, (void)place, (void)bitmap;
#endif
	return i;
}

/* --- past the cache -------------------------------------------------------------- */

static void words_stream_one(ptg_word64_ *w, uint64_t e)
{
#if defined(__SANITIZE_THREAD__)
	ptg_word_put_(w, e);
#elif defined(__clang__)
	__builtin_nontemporal_store(e, w);
#elif defined(__x86_64__) && defined(__SSE2__)
	__builtin_ia32_movnti64((long long *)w, (long long)e);
#else
	*w = e;
#endif
}

/* Streaming stores of 16 bytes, aligned: as many as go past the cache in a cycle. */
#if defined(WORDS_WIDE) && defined(__x86_64__)
typedef uint64_t words_line __attribute__((vector_size(16), may_alias));

PTG_INLINE void words_stream_two(ptg_word64_ *w, words_pair v)
{
#ifdef __clang__
	__builtin_nontemporal_store((words_line)v, (words_line *)(void *)w);
#else
	typedef long long line __attribute__((vector_size(16), may_alias));

	__builtin_ia32_movntdq((line *)(void *)w, (line)v);
#endif
}
#endif

static void words_stream(ptg_word64_ *w, uint64_t n, uint64_t e, uint64_t step)
{
	uint64_t i = 0;

#if defined(WORDS_WIDE) && defined(__x86_64__)
	words_pair p;

	if (n && ((uintptr_t)w & 15)) {
		words_stream_one(w, e);
		e += step;
		i = 1;
	}
	p = (words_pair){ e, e + step };
	for (; n - i >= 2; i += 2, e += 2 * step, p += 2 * step)
		words_stream_two(w + i, p);
#endif
	for (; i < n; i++, e += step)
		words_stream_one(w + i, e);
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
		const uint64_t by = WORDS_WIDE * step;
		words_pair p0 = { e, e + step }, p1 = p0 + 2 * step, p2 = p0 + 4 * step, p3 = p0 + 6 * step;

		for (; n - i >= WORDS_WIDE; i += WORDS_WIDE) {
			words_pair *v = (words_pair *)(w + i);

			v[0] = p0;
			v[1] = p1;
			v[2] = p2;
			v[3] = p3;
			p0 += by;
			p1 += by;
			p2 += by;
			p3 += by;
		}
		e += i * step;
	}
#endif
	for (; i < n; i++, e += step)
		ptg_word_put_(w + i, e);
}

/* `units` times `slots` equal words; from one unit to the next they grow by step. */
void ptg_words_groups_(ptg_word64_ *w, uint64_t units, uint64_t slots, uint64_t e, uint64_t step, bool stream)
{
	uint64_t i;

#ifdef WORDS_WIDE
	if (!stream && slots % WORDS_WIDE == 0) {
		words_pair p = { e, e };

		for (; units; units--, p += step)
			for (i = 0; i < slots; i += WORDS_WIDE, w += WORDS_WIDE) {
				words_pair *v = (words_pair *)w;

				v[0] = p;
				v[1] = p;
				v[2] = p;
				v[3] = p;
			}
		return;
	}
#endif
	for (i = 0; i < units; i++)
		ptg_words_fill_(w + i * slots, slots, e + i * step, 0, stream);
}

/* --- changing ------------------------------------------------------------------------- */

/* w = (w & keep) | set, where nobody else writes. */
void ptg_words_change_(ptg_word64_ *w, uint64_t n, uint64_t keep, uint64_t set)
{
	uint64_t i = 0;

#ifdef WORDS_WIDE
	for (; n - i >= WORDS_WIDE; i += WORDS_WIDE) {
		words_pair *v = (words_pair *)(w + i);

		v[0] = (v[0] & keep) | set;
		v[1] = (v[1] & keep) | set;
		v[2] = (v[2] & keep) | set;
		v[3] = (v[3] & keep) | set;
	}
#endif
	for (; i < n; i++)
		ptg_word_put_(w + i, (ptg_word_get_(w + i) & keep) | set);
}

/*
 * Words that are `value` in the fixed bits, and have none of the zero ones, become `set` there; nobody else writes.
 * Up to the first that is another: how many.
 */
uint64_t ptg_words_turn_(ptg_word64_ *w, uint64_t n, uint64_t fixed, uint64_t value, uint64_t zero, uint64_t set)
{
	uint64_t i = 0, e;

	fixed |= zero;
#ifdef WORDS_WIDE
	for (; n - i >= WORDS_WIDE; i += WORDS_WIDE) {
		words_pair *v = (words_pair *)(w + i);
		words_pair a = v[0] ^ value, b = v[1] ^ value, c = v[2] ^ value, d = v[3] ^ value;

		if (words_any((a | b) | (c | d), fixed))
			break;
		v[0] = a | set;
		v[1] = b | set;
		v[2] = c | set;
		v[3] = d | set;
	}
#endif
	for (; i < n; i++) {
		e = ptg_word_get_(w + i) ^ value;
		if (e & fixed)
			break;
		ptg_word_put_(w + i, e | set);
	}
	return i;
}
