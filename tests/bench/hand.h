/* SPDX-License-Identifier: MIT */
/*
 * hand.h - the loops around hand-written look-ups
 *
 * Included by hand_F.c after it has defined HAND(name), hand_min() and
 * hand_full(); HAND_INLINE is the generated inline look-up.
 */
#include "bench.h"

uint64_t HAND(sum_min)(const struct ptg_space *s, const uint64_t *va, size_t n);
uint64_t HAND(sum_full)(const struct ptg_space *s, const uint64_t *va, size_t n);
uint64_t HAND(sum_inline)(const struct ptg_space *s, const uint64_t *va, size_t n);
uint64_t HAND(chain_min)(const struct ptg_space *s, const uint64_t *va, size_t n);
uint64_t HAND(chain_full)(const struct ptg_space *s, const uint64_t *va, size_t n);
struct ptg_hit HAND(full)(const struct ptg_space *s, uint64_t va, unsigned access);

uint64_t HAND(sum_min)(const struct ptg_space *s, const uint64_t *va, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += hand_min(s, va[i]);
	return sum;
}

uint64_t HAND(sum_full)(const struct ptg_space *s, const uint64_t *va, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += hand_full(s, va[i], PTG_READ).pa;
	return sum;
}

uint64_t HAND(sum_inline)(const struct ptg_space *s, const uint64_t *va, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += HAND_INLINE(s, va[i], PTG_READ).pa;
	return sum;
}

/*
 * Each address depends on the answer before it, by a bit that is always 0.  A compiler that looks through the walk finds
 * that out, or that the bit is of no index: it is told nothing of the sum.
 */
#define HAND_HIDE(x) __asm__ volatile("" : "+r"(x))
uint64_t HAND(chain_min)(const struct ptg_space *s, const uint64_t *va, size_t n)
{
	uint64_t pa = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t next = va[i] | (pa & 1);

		HAND_HIDE(next);
		pa = hand_min(s, next);
	}
	return pa;
}

uint64_t HAND(chain_full)(const struct ptg_space *s, const uint64_t *va, size_t n)
{
	uint64_t pa = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t next = va[i] | (pa & 1);

		HAND_HIDE(next);
		pa = hand_full(s, next, PTG_READ).pa;
	}
	return pa;
}

struct ptg_hit HAND(full)(const struct ptg_space *s, uint64_t va, unsigned access)
{
	return hand_full(s, va, access);
}
