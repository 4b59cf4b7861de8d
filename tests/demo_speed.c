/* SPDX-License-Identifier: MIT */
/* demo_speed.c - a million look-ups of x86-64, generated and generic: one line */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "x86_64.h"

#define PAGES 16384u
#define N 1000000u

static double ns_each(const struct ptg_space *s, const uint64_t *va)
{
	struct timespec a, b;
	uint64_t sum = 0;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (unsigned i = 0; i < N; i++)
		sum += ptg_lookup(s, va[i], PTG_READ).pa;
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (!sum)
		exit(1);
	return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / N;
}

static uint64_t next_frame = 4096;

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)priv;
	(void)align;
	(void)level;
	*pa = next_frame;
	next_frame += bytes;
	return 0;
}

int main(void)
{
	static const struct ptg_mapper_ops ops = { .alloc_table = take };
	size_t size = 64u << 20;
	struct ptg_mapper m = { .ops = &ops, .window = calloc(1, size), .window_size = size, .flags = PTG_ZEROED };
	struct ptg_space fast, slow;
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };
	uint64_t *va = malloc(N * sizeof(*va)), root, state = 88172645463325252u;
	double generated, generic;

	take(NULL, 4096, 4096, 3, &root);
	if (!m.window || !va || ptg_space_init(&fast, &x86_64_format, &x86_64_walker, &m, root) ||
	    ptg_map(&fast, 0x400000000000, 0, PAGES * 4096u, &a, PTG_NO_LARGE, &f))
		return 1;
	slow = fast;
	slow.walker = &ptg_generic_walker;
	for (unsigned i = 0; i < N; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		va[i] = 0x400000000000 + state % (PAGES * 4096u);
	}
	ns_each(&fast, va);
	generated = ns_each(&fast, va);
	generic = ns_each(&slow, va);
	printf("   generated %.1f ns, generic %.1f ns an address: %.1f times\n", generated, generic, generic / generated);
	return 0;
}
