/* SPDX-License-Identifier: MIT */
/* measure.c - candidates in turn, medians, ratios of rounds, JSON */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

/* Of the processor, not of the wall: what others do on the machine meanwhile is not in it. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double once(const struct candidate *c)
{
	double start, count;

	if (c->before)
		c->before(c->arg);
	start = now();
	count = c->run(c->arg);
	return (now() - start) / count;
}

void measure(struct row *r, const char *id, const char *what, const char *shape, const struct candidate *c,
	     unsigned count, unsigned rounds)
{
	memset(r, 0, sizeof(*r));
	r->id = id;
	r->what = what;
	r->shape = shape;
	r->count = count < CANDIDATES_MAX ? count : CANDIDATES_MAX;
	r->rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
	for (unsigned i = 0; i < r->count; i++) {
		r->name[i] = c[i].name;
		once(&c[i]);
	}
	for (unsigned round = 0; round < r->rounds; round++)
		for (unsigned i = 0; i < r->count; i++)
			r->ns[i][round] = once(&c[i]);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(const double *v, unsigned n)
{
	double sorted[ROUNDS_MAX];

	memcpy(sorted, v, n * sizeof(*v));
	qsort(sorted, n, sizeof(*sorted), by_value);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static double extreme(const double *v, unsigned n, int largest)
{
	double e = v[0];

	for (unsigned i = 1; i < n; i++)
		if (largest ? v[i] > e : v[i] < e)
			e = v[i];
	return e;
}

double row_median(const struct row *r, unsigned candidate)
{
	return median(r->ns[candidate], r->rounds);
}

double row_ratio(const struct row *r, unsigned a, unsigned b)
{
	double ratio[ROUNDS_MAX];

	for (unsigned i = 0; i < r->rounds; i++)
		ratio[i] = r->ns[a][i] / r->ns[b][i];
	return median(ratio, r->rounds);
}

void row_print(const struct row *r)
{
	printf("%-4s %-10s %s\n", r->id, r->shape, r->what);
	for (unsigned i = 0; i < r->count; i++)
		printf("       %-28s %9.2f ns   %9.2f .. %-9.2f %6.2f x\n", r->name[i], row_median(r, i),
		       extreme(r->ns[i], r->rounds, 0), extreme(r->ns[i], r->rounds, 1), row_ratio(r, i, 0));
	fflush(stdout);
}

void rows_json(FILE *out, const struct row *r, unsigned count)
{
	fputs("[\n", out);
	for (unsigned n = 0; n < count; n++, r++)
		for (unsigned i = 0; i < r->count; i++)
			fprintf(out,
				"{\"id\":\"%s\",\"format\":\"%s\",\"work\":\"%s\",\"candidate\":\"%s\",\"median_ns\":%.3f,"
				"\"min_ns\":%.3f,\"max_ns\":%.3f,\"ratio\":%.3f,\"baseline\":\"%s\"}%s\n",
				r->id, r->shape, r->what, r->name[i], row_median(r, i), extreme(r->ns[i], r->rounds, 0),
				extreme(r->ns[i], r->rounds, 1), row_ratio(r, i, 0), r->name[0],
				n + 1 == count && i + 1 == r->count ? "" : ",");
	fputs("]\n", out);
}
