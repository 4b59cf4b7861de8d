/* SPDX-License-Identifier: MIT */
/*
 * demo.c - generated against generic, in one line
 *
 * 64 MiB of 4 KiB pages are mapped by the generated x86_64, then looked up at
 * random places through both walkers.  The real measurements are tests/bench.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "x86_64.h"

#define MEMORY ((size_t)1 << 20)     /* for tables */
#define BYTES ((uint64_t)64 << 20)
#define LOOKUPS 1000000u

static _Alignas(4096) unsigned char memory[MEMORY];
static uint64_t used = 4096;

static int take_table(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv, (void)level;
	used = (used + align - 1) & ~(uint64_t)(align - 1);
	if (bytes > MEMORY - used)
		return PTG_E_NOMEM;
	*pa = used;
	used += bytes;
	return 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Nanoseconds a lookup; the best of five rounds. */
static double measure(const struct ptg_space *s, uint64_t *check)
{
	double best = 1e9;

	for (unsigned round = 0; round < 5; round++) {
		uint64_t x = 1, sum = 0;
		double start = seconds(), took;

		for (unsigned i = 0; i < LOOKUPS; i++) {
			x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			sum += ptg_lookup(s, (x >> 20) & (BYTES - 1), PTG_LOOK).pa;
		}
		took = (seconds() - start) / LOOKUPS * 1e9;
		best = took < best ? took : best;
		*check = sum;
	}
	return best;
}

int main(void)
{
	static const struct ptg_mapper_ops ops = {.alloc_table = take_table};
	static const struct ptg_mapper mapper = {.ops = &ops, .window = memory, .window_size = MEMORY, .flags = PTG_ZEROED};
	const struct ptg_attrs attrs = {.rights = PTG_SR | PTG_SW, .care = 0x3f};
	struct ptg_space generated, generic;
	struct ptg_flush flush = {.count = 0};
	uint64_t a = 0, b = 1;
	double x, y;

	if (ptg_space_init(&generated, &x86_64_format, &x86_64_walker, &mapper, 0) ||
	    ptg_space_init(&generic, &x86_64_format, &ptg_generic_walker, &mapper, 0) ||
	    ptg_map(&generated, 0, (uint64_t)1 << 32, BYTES, &attrs, PTG_NO_LARGE | PTG_QUIET, &flush)) {
		fprintf(stderr, "demo: cannot map\n");
		return 1;
	}
	x = measure(&generated, &a);
	y = measure(&generic, &b);
	if (a != b) {
		fprintf(stderr, "demo: the walkers disagree\n");
		return 1;
	}
	printf("x86_64, a random lookup: generated %.1f ns, generic %.1f ns, %.1f times faster\n", x, y, y / x);
	return 0;
}
