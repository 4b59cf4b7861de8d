/* SPDX-License-Identifier: MIT */
/*
 * work_scan.c - W9 W10: all runs of a space, dirty bits of a space; against reading the table bytes
 *
 * W9 has two spaces: one that is mapped to one piece of memory, whose runs are merged, and one with every page elsewhere,
 * of which each page's address is wanted.
 */

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

static double run_extents(void *arg)
{
	struct job *j = arg;
	struct ptg_cursor c;
	struct ptg_run run;

	if (ptg_cursor_init(&c, &j->s, FIRST, j->bytes))
		exit(1);
	while (ptg_next_extent(&c, &run, 0) == 1)
		j->sink += run.pa;
	return (double)(j->bytes / 4096);
}

static double run_pages(void *arg)
{
	static uint64_t pa[2048];
	struct job *j = arg;
	struct ptg_cursor c;
	struct ptg_run run;
	int n;

	if (ptg_cursor_init(&c, &j->s, FIRST, j->bytes))
		exit(1);
	while ((n = ptg_next_pages(&c, &run, pa, sizeof(pa) / sizeof(*pa), 0)) > 0)
		j->sink += pa[n - 1];
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

/* Where the n-th page leads: to the next page, or anywhere. */
static uint64_t target(uint64_t n, int scattered)
{
	return (scattered ? n * UINT64_C(0x9e3779b97f4a7c15) >> 30 : n + 1) << 12 & UINT64_C(0x3ffffffff000);
}

static void open_job(struct job *j, const struct shape *h, uint64_t bytes, int scattered)
{
	*j = (struct job){ .shape = h, .bytes = bytes };
	memory_open(&j->memory, bytes / 512 + (UINT64_C(4) << 20), 0);
	shape_space(h, &j->s, &j->memory, h->walker);
	for (uint64_t at = 0; at < bytes; at += 4096)
		shape_map(h, &j->memory, j->s.root[0].table, FIRST + at, target(at / 4096, scattered));
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

/* The same pages by every way, or nothing is timed. */
static void compare(const struct job *j, int scattered)
{
	static uint64_t pa[1000];
	struct ptg_cursor c, e, g;
	struct ptg_run run, extent = { .last = 0 }, group;
	uint64_t at = 0;
	int n = 0;

	ptg_cursor_init(&c, &j->s, FIRST, j->bytes);
	ptg_cursor_init(&e, &j->s, FIRST, j->bytes);
	ptg_cursor_init(&g, &j->s, FIRST, j->bytes);
	for (uint64_t i = 0; i < j->bytes / 4096; i++, at++) {
		if (extent.last < FIRST + i * 4096 && ptg_next_extent(&e, &extent, 0) != 1)
			break;
		if ((int)at == n && (at = 0, n = ptg_next_pages(&g, &group, pa, 1000, 0)) < 1)
			break;
		if (ptg_next(&c, &run) != 1 || run.pa != target(i, scattered) || pa[at] != run.pa ||
		    extent.pa + (run.va - extent.va) != run.pa || extent.rights != run.rights || group.rights != run.rights)
			break;
	}
	if (ptg_next(&c, &run) || ptg_next_extent(&e, &extent, 0) || ptg_next_pages(&g, &group, pa, 1000, 0)) {
		fprintf(stderr, "bench: %s: runs are not those that were mapped\n", j->shape->name);
		exit(1);
	}
}

static void row(struct bench *b, const char *id, const char *what, struct job *j, const struct candidate *c, unsigned n)
{
	struct row *r = &b->rows[b->row_count++];

	measure(r, id, what, j->shape->name, c, n, b->rounds);
	row_print(r);
}

static void runs(struct bench *b, const struct shape *h, uint64_t bytes, int scattered)
{
	struct job j;
	const struct candidate c[] = {
		{ "reading the table bytes", run_read, &j, NULL },
		{ scattered ? "pages" : "extents", scattered ? run_pages : run_extents, &j, NULL },
		{ "cursor", run_cursor, &j, NULL },
	};

	open_job(&j, h, bytes, scattered);
	compare(&j, scattered);
	row(b, scattered ? "W9s" : "W9", scattered ? "all pages of a space, each elsewhere, a page" : "all runs of a space, a page",
	    &j, c, 3);
	memory_close(&j.memory);
	free(j.bitmap);
}

static void harvests(struct bench *b, const struct shape *h)
{
	struct job j;
	const struct candidate c[] = {
		{ "reading the table bytes", run_read, &j, NULL }, { "harvest", run_harvest, &j, NULL },
	};

	open_job(&j, h, UINT64_C(1) << 30, 0);
	clean(&j);
	row(b, "W10", "harvest dirty over 1 GiB, 1 % dirty, a page", &j, c, 2);
	memory_close(&j.memory);
	free(j.bitmap);
}

void work_scan(struct bench *b)
{
	uint64_t bytes = (b->quick ? UINT64_C(8) : UINT64_C(64)) << 30;

	for (unsigned i = 0; i < shape_count; i++) {
		runs(b, &shapes[i], bytes, 0);
		runs(b, &shapes[i], bytes, 1);
		if (shapes[i].dirty)
			harvests(b, &shapes[i]);
	}
}
