/* SPDX-License-Identifier: MIT */
/*
 * bench.h - what the benchmark's files share
 *
 * One process measures everything: the same tables, the same addresses, the
 * candidates of a row in turn, so that a ratio holds when the machine drifts.
 * Results are compared before anything is timed.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ptg.h"

/* --- physical memory (memory.c) ------------------------------------------------ */

struct memory {
	unsigned char *base;         /* window at physical 0 */
	uint64_t size, next;
	const uint32_t *order;       /* frames in scattered order; NULL: one after the other */
	uint64_t frame_count, taken;
	struct ptg_mapper mapper;
};

void memory_open(struct memory *m, uint64_t bytes, int scattered);
void memory_reset(struct memory *m);     /* all frames free; contents stay */
uint64_t memory_frame(struct memory *m); /* 4 KiB, contents as they are */
void memory_close(struct memory *m);

/* --- formats under test (shapes.c) ----------------------------------------------- */

/* ptg_map(), ptg_unmap(), ptg_protect(), and what has their contract */
typedef int map_call(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		     struct ptg_flush *f);
typedef int unmap_call(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
typedef int protect_call(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
			 struct ptg_flush *f);

/* All have four levels of 512 entries of 8 bytes; what differs is in here. */
struct shape {
	const char *name;
	const struct ptg_format *format;
	const struct ptg_walker *walker;         /* the generated one */
	uint64_t table_bits, page_bits, large_bits; /* besides the address */
	uint64_t accessed, dirty;                /* masks; 0: none of the kind */
	unsigned address_shr;                    /* entry = pa >> shr */
	/* by hand: smallest (pa only, ~0 when not mapped), and with the result the format demands */
	uint64_t (*sum_min)(const struct ptg_space *s, const uint64_t *va, size_t n);
	uint64_t (*sum_full)(const struct ptg_space *s, const uint64_t *va, size_t n);
	uint64_t (*sum_inline)(const struct ptg_space *s, const uint64_t *va, size_t n); /* generated, in the loop */
	uint64_t (*chain_min)(const struct ptg_space *s, const uint64_t *va, size_t n);
	uint64_t (*chain_full)(const struct ptg_space *s, const uint64_t *va, size_t n);
	struct ptg_hit (*full)(const struct ptg_space *s, uint64_t va, unsigned access);
	/* one page */
	map_call *map_one;
	unmap_call *unmap_one;
	protect_call *protect_one;
};
extern const struct shape shapes[];
extern const unsigned shape_count;

void shape_space(const struct shape *h, struct ptg_space *s, struct memory *m, const struct ptg_walker *w);
/* Write one 4 KiB page, with the tables it needs (by hand, not by the code under test). */
void shape_map(const struct shape *h, struct memory *m, uint64_t root, uint64_t va, uint64_t pa);

/* --- measuring (measure.c) ---------------------------------------------------------- */

struct candidate {
	const char *name;
	double (*run)(void *arg);    /* does the work once; return: how many operations */
	void *arg;
	void (*before)(void *arg);   /* not timed, before each run; may be NULL */
};

#define ROUNDS_MAX 31
#define CANDIDATES_MAX 12

struct row {
	const char *id, *what, *shape;
	unsigned count, rounds;
	const char *name[CANDIDATES_MAX];
	double ns[CANDIDATES_MAX][ROUNDS_MAX];
};

/* Candidates in turn, `rounds` times; candidate 0 is the baseline of the ratios printed. */
void measure(struct row *r, const char *id, const char *what, const char *shape, const struct candidate *c,
	     unsigned count, unsigned rounds);
double row_median(const struct row *r, unsigned candidate);
double row_ratio(const struct row *r, unsigned a, unsigned b); /* median of the rounds' ratios */
void row_print(const struct row *r);
void rows_json(FILE *out, const struct row *r, unsigned count);

/* --- work ------------------------------------------------------------------------------ */

struct bench {
	int quick;                   /* a minute for everything */
	unsigned rounds;
	struct row rows[128];
	unsigned row_count;
};
void work_lookup(struct bench *b);   /* W1 W2 W2m W3 */
void work_change(struct bench *b);   /* W4 W5 W6 W7 W8 */
void work_scan(struct bench *b);     /* W9 W10 */

/* xorshift, the same numbers each time */
static inline uint64_t bench_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif /* BENCH_H */
