/* SPDX-License-Identifier: MIT */
/*
 * count.c - one operation N times, for callgrind to count: count FORMAT OPERATION N
 *
 * Random pages of 64 MiB, all mapped at 4 KiB.  The difference of two N leaves the
 * cost of one operation, the loop around it included (about 10 instructions).
 */

#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define FIRST (UINT64_C(1) << 40)
#define BYTES (UINT64_C(64) << 20)
#define RUN (UINT64_C(64) << 12)

static struct memory memory;

static uint64_t lookups(const struct ptg_space *s, uint64_t n)
{
	uint64_t sum = 0, state = 1;

	while (n--)
		sum += ptg_lookup(s, FIRST + bench_random(&state) % BYTES, PTG_READ).pa;
	return sum;
}

static uint64_t translations(const struct ptg_space *s, uint64_t n)
{
	struct ptg_translation t;
	uint64_t sum = 0, state = 1;

	while (n--) {
		(void)ptg_translate(s, FIRST + bench_random(&state) % BYTES, PTG_READ, &t);
		sum += t.pa;
	}
	return sum;
}

static uint64_t by_hand(const struct shape *h, const struct ptg_space *s, uint64_t n)
{
	uint64_t sum = 0, state = 1;

	while (n--)
		sum += h->full(s, FIRST + bench_random(&state) % BYTES, PTG_READ).pa;
	return sum;
}

static uint64_t steps(const struct ptg_space *s, uint64_t n)
{
	struct ptg_cursor c;
	struct ptg_run run;
	uint64_t sum = 0;

	if (ptg_cursor_init(&c, s, FIRST, BYTES))
		exit(1);
	while (n-- && ptg_next(&c, &run) == 1)
		sum += run.pa;
	return sum;
}

/* `len` bytes go and come at multiples of `step`; their table stays.  Inline, so that the compiler knows the calls and the numbers. */
PTG_INLINE uint64_t pairs(map_call *map, unmap_call *unmap, struct ptg_space *s, uint64_t len, uint64_t step, uint64_t n)
{
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };
	uint64_t state = 1;

	while (n--) {
		uint64_t va = FIRST + bench_random(&state) % BYTES / step * step;

		f.count = 0;
		if (unmap(s, va, len, PTG_KEEP_TABLES, &f))
			exit(1);
		f.count = 0;
		if (map(s, va, 1 << 20, len, &a, 0, &f))
			exit(1);
	}
	return state;
}

/* One page loses a right and has it again: two calls, by hand if h is given. */
static uint64_t protections(const struct shape *h, struct ptg_space *s, uint64_t n)
{
	protect_call *protect = h ? h->protect_one : ptg_protect;
	struct ptg_attrs less = { .rights = PTG_SR, .care = 0x3f }, more = { .rights = PTG_SR | PTG_SW, .care = 0x3f };
	struct ptg_flush f = { 0 };
	uint64_t state = 1;

	while (n--) {
		uint64_t va = FIRST + bench_random(&state) % BYTES / 4096 * 4096;

		f.count = 0;
		if (protect(s, va, 4096, &less, 0, &f))
			exit(1);
		f.count = 0;
		if (protect(s, va, 4096, &more, 0, &f))
			exit(1);
	}
	return state;
}

/* 64 pages are replaced by others: the cost of all 64. */
static uint64_t replacements(struct ptg_space *s, uint64_t n)
{
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };
	uint64_t state = 1;

	while (n--) {
		uint64_t va = FIRST + bench_random(&state) % BYTES / RUN * RUN;

		f.count = 0;
		if (ptg_map(s, va, (n & 1) << 20, RUN, &a, PTG_MAP_REPLACE, &f))
			exit(1);
	}
	return state;
}

int main(int argc, char **argv)
{
	const struct shape *h = NULL;
	uint64_t n, sum = 0;
	struct ptg_space s;
	const char *op;

	for (unsigned i = 0; argc == 4 && i < shape_count; i++)
		if (strcmp(shapes[i].name, argv[1]) == 0)
			h = &shapes[i];
	if (!h) {
		fprintf(stderr, "usage: count FORMAT lookup|translate|hand|cursor|pair|hand_pair|protect|hand_protect|run_pair|replace N, or generic_lookup ...\n");
		return 2;
	}
	op = argv[2];
	n = strtoull(argv[3], NULL, 0);
	memory_open(&memory, UINT64_C(4) << 20, 0);
	shape_space(h, &s, &memory, strncmp(op, "generic_", 8) ? h->walker : &ptg_generic_walker);
	for (uint64_t at = 0; at < BYTES; at += 4096)
		shape_map(h, &memory, s.root[0].table, FIRST + at, at);
	if (strstr(op, "lookup"))
		sum = lookups(&s, n);
	else if (strstr(op, "translate"))
		sum = translations(&s, n);
	else if (strcmp(op, "hand") == 0)
		sum = by_hand(h, &s, n);
	else if (strcmp(op, "cursor") == 0)
		sum = steps(&s, n);
	else if (strcmp(op, "hand_pair") == 0)
		sum = pairs(h->map_one, h->unmap_one, &s, 4096, 8192, n);
	else if (strstr(op, "run_pair"))
		sum = pairs(ptg_map, ptg_unmap, &s, RUN, RUN, n);
	else if (strstr(op, "replace"))
		sum = replacements(&s, n);
	else if (strstr(op, "pair"))
		sum = pairs(ptg_map, ptg_unmap, &s, 4096, 8192, n);
	else if (strcmp(op, "hand_protect") == 0)
		sum = protections(h, &s, n);
	else if (strstr(op, "protect"))
		sum = protections(NULL, &s, n);
	else
		return 2;
	printf("%llx\n", (unsigned long long)sum);
	return 0;
}
