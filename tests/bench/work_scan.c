/* SPDX-License-Identifier: MIT */
/* work_scan.c - W9 W10: all runs of a space, dirty bits of a space; against reading the table bytes */

#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define FIRST (UINT64_C(1) << 40)

struct job {
	const struct shape *shape;
	struct memory memory;
	struct ptg_space s;
	uint64_t bytes, sink;
	uint8_t *bitmap;
};

static double run_read(void *arg)
{
	struct job *j = arg;
	const uint64_t *w = (const uint64_t *)(const void *)(j->memory.base + 4096);
	uint64_t n = (j->memory.taken - 1) * 512, sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += w[i];
	j->sink += sum;
	return (double)(j->bytes / 4096);
}

static double run_cursor(void *arg)
{
	struct job *j = arg;
	struct ptg_cursor c;
	struct ptg_run run;

	if (ptg_cursor_init(&c, &j->s, FIRST, j->bytes))
		exit(1);
	while (ptg_next(&c, &run) == 1)
		j->sink += run.pa;
	return (double)(j->bytes / 4096);
}

static double run_harvest(void *arg)
{
	struct job *j = arg;
	struct ptg_flush f = { 0 };

	if (ptg_harvest(&j->s, FIRST, j->bytes, PTG_DIRTY, false, 12, j->bitmap, &f))
		exit(1);
	j->sink += j->bitmap[1];
	return (double)(j->bytes / 4096);
}

static void open_job(struct job *j, const struct shape *h, uint64_t bytes)
{
	*j = (struct job){ .shape = h, .bytes = bytes };
	memory_open(&j->memory, bytes / 512 + (UINT64_C(4) << 20), 0);
	shape_space(h, &j->s, &j->memory, h->walker);
	for (uint64_t at = 0; at < bytes; at += 4096)
		shape_map(h, &j->memory, j->s.root[0].table, FIRST + at, (at * 3 & 0xffffffff000));
	j->bitmap = calloc(bytes / 4096 / 8 + 8, 1);
	if (!j->bitmap)
		exit(1);
}

/* One page in a hundred stays dirty. */
static void clean(struct job *j)
{
	uint64_t *w = (uint64_t *)(void *)(j->memory.base + 4096), n = (j->memory.taken - 1) * 512;

	for (uint64_t i = 0; i < n; i++)
		if ((w[i] & j->shape->page_bits) == j->shape->page_bits && i % 100)
			w[i] &= ~j->shape->dirty;
}

static void row(struct bench *b, const char *id, const char *what, struct job *j, double (*ours)(void *), const char *name)
{
	const struct candidate c[] = { { "reading the table bytes", run_read, j, NULL }, { name, ours, j, NULL } };
	struct row *r = &b->rows[b->row_count++];

	measure(r, id, what, j->shape->name, c, 2, b->rounds);
	row_print(r);
}

void work_scan(struct bench *b)
{
	for (unsigned i = 0; i < shape_count; i++) {
		struct job j;

		open_job(&j, &shapes[i], (b->quick ? UINT64_C(8) : UINT64_C(64)) << 30);
		row(b, "W9", "all runs of a space, a page", &j, run_cursor, "cursor");
		memory_close(&j.memory);
		free(j.bitmap);
		if (!shapes[i].dirty)
			continue;
		open_job(&j, &shapes[i], UINT64_C(1) << 30);
		clean(&j);
		row(b, "W10", "harvest dirty over 1 GiB, 1 % dirty, a page", &j, run_harvest, "harvest");
		memory_close(&j.memory);
		free(j.bitmap);
	}
}
