/* SPDX-License-Identifier: MIT */
/* work_lookup.c - W1 W2 W2m W3: translations, hot, cold, in batches, in order */

#include <stdlib.h>

#include "bench.h"

struct job {
	const struct shape *shape;
	struct memory memory;
	struct ptg_space gen, generic;
	uint64_t *va;
	size_t n;
	uint64_t sink;
	struct ptg_hit *hit;
	uint64_t first, bytes;       /* W3 */
};

/* --- candidates ------------------------------------------------------------------- */

static double run_min(void *arg)
{
	struct job *j = arg;

	j->sink += j->shape->sum_min(&j->gen, j->va, j->n);
	return (double)j->n;
}

static double run_full(void *arg)
{
	struct job *j = arg;

	j->sink += j->shape->sum_full(&j->gen, j->va, j->n);
	return (double)j->n;
}

static double run_inline(void *arg)
{
	struct job *j = arg;

	j->sink += j->shape->sum_inline(&j->gen, j->va, j->n);
	return (double)j->n;
}

static double run_called(void *arg)
{
	struct job *j = arg;
	struct ptg_hit (*lookup)(const struct ptg_space *, uint64_t, unsigned) = j->shape->walker->lookup;
	uint64_t sum = 0;

	for (size_t i = 0; i < j->n; i++)
		sum += lookup(&j->gen, j->va[i], PTG_READ).pa;
	j->sink += sum;
	return (double)j->n;
}

static double translate_with(struct job *j, const struct ptg_space *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < j->n; i++) {
		struct ptg_translation t;

		s->walker->translate(s, j->va[i], PTG_READ, &t);
		sum += t.pa + t.rights;
	}
	j->sink += sum;
	return (double)j->n;
}

static double run_translate(void *arg)
{
	return translate_with(arg, &((struct job *)arg)->gen);
}

static double run_generic(void *arg)
{
	struct job *j = arg;
	uint64_t sum = 0;

	for (size_t i = 0; i < j->n; i++)
		sum += ptg_lookup(&j->generic, j->va[i], PTG_READ).pa;
	j->sink += sum;
	return (double)j->n;
}

static double run_many(void *arg)
{
	struct job *j = arg;

	for (size_t at = 0; at < j->n; at += 4096) {
		size_t n = j->n - at < 4096 ? j->n - at : 4096;

		j->sink += ptg_lookup_many(&j->gen, j->va + at, n, PTG_READ, j->hit);
		j->sink += j->hit[0].pa;
	}
	return (double)j->n;
}

static double run_chain_min(void *arg)
{
	struct job *j = arg;

	j->sink += j->shape->chain_min(&j->gen, j->va, j->n);
	return (double)j->n;
}

static double run_chain_full(void *arg)
{
	struct job *j = arg;

	j->sink += j->shape->chain_full(&j->gen, j->va, j->n);
	return (double)j->n;
}

static double run_chain_called(void *arg)
{
	struct job *j = arg;
	struct ptg_hit (*lookup)(const struct ptg_space *, uint64_t, unsigned) = j->shape->walker->lookup;
	uint64_t pa = 0;

	for (size_t i = 0; i < j->n; i++)
		pa = lookup(&j->gen, j->va[i] | (pa & 1), PTG_READ).pa;
	j->sink += pa;
	return (double)j->n;
}

static double run_cursor(void *arg)
{
	struct job *j = arg;
	struct ptg_cursor c;
	struct ptg_run run;
	uint64_t pages = 0; /* no double: it would be kept in memory over each call */

	if (ptg_cursor_init(&c, &j->gen, j->first, j->bytes))
		exit(1);
	while (ptg_next(&c, &run) == 1) {
		j->sink += run.pa;
		pages++;
	}
	return (double)pages;
}

static double run_pages(void *arg)
{
	static uint64_t pa[2048];
	struct job *j = arg;
	struct ptg_cursor c;
	struct ptg_run run;
	double pages = 0;
	int n;

	if (ptg_cursor_init(&c, &j->gen, j->first, j->bytes))
		exit(1);
	while ((n = ptg_next_pages(&c, &run, pa, sizeof(pa) / sizeof(*pa), 0)) > 0) {
		for (int i = 0; i < n; i++)
			j->sink += pa[i];
		pages += n;
	}
	return pages;
}

/* --- tables ---------------------------------------------------------------------------- */

static void open_job(struct job *j, const struct shape *h, uint64_t arena, int scattered)
{
	*j = (struct job){ .shape = h };
	memory_open(&j->memory, arena, scattered);
	shape_space(h, &j->gen, &j->memory, h->walker);
	j->generic = j->gen;
	j->generic.walker = &ptg_generic_walker;
}

static void fill(struct job *j, uint64_t first, uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += 4096)
		shape_map(j->shape, &j->memory, j->gen.root[0].table, first + at, (at * 7 + 0x1000) % j->memory.size & ~UINT64_C(0xfff));
}

static void addresses(struct job *j, size_t n, uint64_t first, uint64_t bytes, int in_order)
{
	uint64_t state = 1442695040888963407u;

	j->va = malloc(n * sizeof(*j->va));
	j->hit = malloc(4096 * sizeof(*j->hit));
	j->n = n;
	if (!j->va || !j->hit)
		exit(1);
	for (size_t i = 0; i < n; i++)
		j->va[i] = first + (in_order ? i * 4096 % bytes : (bench_random(&state) % bytes) & ~UINT64_C(7));
}

static void close_job(struct job *j)
{
	memory_close(&j->memory);
	free(j->va);
	free(j->hit);
}

/* By hand, generated and generic say the same of every address, or nothing is timed. */
static void compare(const struct job *j)
{
	for (size_t i = 0; i < j->n; i += 97) {
		struct ptg_hit a = j->shape->full(&j->gen, j->va[i], PTG_READ), b = ptg_lookup(&j->gen, j->va[i], PTG_READ);
		struct ptg_hit c = ptg_lookup(&j->generic, j->va[i], PTG_READ);

		if (a.pa != b.pa || a.info != b.info || b.pa != c.pa || b.info != c.info || !a.pa) {
			fprintf(stderr, "bench: %s: answers differ at 0x%llx: by hand 0x%llx %llx, generated 0x%llx %llx, generic 0x%llx %llx\n",
				j->shape->name, (unsigned long long)j->va[i], (unsigned long long)a.pa,
				(unsigned long long)a.info, (unsigned long long)b.pa, (unsigned long long)b.info,
				(unsigned long long)c.pa, (unsigned long long)c.info);
			exit(1);
		}
	}
}

/* --- rows ---------------------------------------------------------------------------------- */

static void row(struct bench *b, const char *id, const char *what, const struct job *j, const struct candidate *c,
		unsigned n)
{
	struct row *r = &b->rows[b->row_count++];

	measure(r, id, what, j->shape->name, c, n, b->rounds);
	row_print(r);
}

static void points(struct bench *b, struct job *j, const char *id, const char *what, int many)
{
	const struct candidate c[] = {
		{ "hand-min", run_min, j, NULL }, { "hand-full", run_full, j, NULL },
		{ "lookup, inline", run_inline, j, NULL }, { "lookup, called", run_called, j, NULL },
		{ "translate", run_translate, j, NULL }, { "generic lookup", run_generic, j, NULL },
		{ "lookup_many", run_many, j, NULL },
	};

	compare(j);
	row(b, id, what, j, c, many ? 7 : 6);
}

static void chained(struct bench *b, struct job *j, const char *id, const char *what)
{
	const struct candidate c[] = {
		{ "hand-min", run_chain_min, j, NULL }, { "hand-full", run_chain_full, j, NULL },
		{ "lookup, called", run_chain_called, j, NULL },
	};

	row(b, id, what, j, c, 3);
}

static void sequence(struct bench *b, struct job *j)
{
	const struct candidate c[] = {
		{ "hand-min, one by one", run_min, j, NULL }, { "lookup, one by one", run_called, j, NULL },
		{ "cursor", run_cursor, j, NULL }, { "cursor, many a call", run_pages, j, NULL },
	};

	compare(j);
	row(b, "W3", "every page of 1 GiB in order", j, c, 4);
}

void work_lookup(struct bench *b)
{
	uint64_t cold = (b->quick ? UINT64_C(8) : UINT64_C(64)) << 30;

	for (unsigned i = 0; i < shape_count; i++) {
		struct job j;

		open_job(&j, &shapes[i], UINT64_C(64) << 20, 0);
		fill(&j, UINT64_C(1) << 40, UINT64_C(64) << 20);
		addresses(&j, 1u << 20, UINT64_C(1) << 40, UINT64_C(64) << 20, 0);
		points(b, &j, "W1", "hot: 64 MiB of 4 KiB pages, random addresses", 1);
		chained(b, &j, "W1c", "hot, each address depends on the answer before");
		close_job(&j);

		open_job(&j, &shapes[i], UINT64_C(1) << 30, 0);
		fill(&j, UINT64_C(1) << 40, UINT64_C(1) << 30);
		addresses(&j, 1u << 18, UINT64_C(1) << 40, UINT64_C(1) << 30, 1);
		j.first = UINT64_C(1) << 40;
		j.bytes = UINT64_C(1) << 30;
		sequence(b, &j);
		close_job(&j);

		open_job(&j, &shapes[i], UINT64_C(1) << 30, 1);
		fill(&j, UINT64_C(1) << 40, cold);
		addresses(&j, b->quick ? 1u << 20 : 1u << 22, UINT64_C(1) << 40, cold, 0);
		points(b, &j, "W2", "cold: 4 KiB pages, tables scattered in 1 GiB, random addresses", 1);
		close_job(&j);
	}
}
