/* SPDX-License-Identifier: MIT */
/* memory.c - the benchmark's physical memory: an arena behind the mapper's window */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static int bench_alloc(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	(void)bytes;
	(void)align;
	(void)level;
	*pa = memory_frame(priv);
	return *pa ? 0 : -1;
}

static void bench_free(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	(void)priv;
	(void)pa;
	(void)bytes;
	(void)level;
}

static int bench_flush(void *priv, struct ptg_flush *f)
{
	(void)priv;
	(void)f;
	return 0;
}

static const struct ptg_mapper_ops ops = { .alloc_table = bench_alloc, .free_table = bench_free,
					   .flush = bench_flush };

static uint32_t *shuffled(uint64_t count)
{
	uint32_t *order = malloc(count * sizeof(*order));
	uint64_t state = 88172645463325252u;

	if (!order)
		fail("no memory");
	for (uint64_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	for (uint64_t i = count - 1; i > 1; i--) {
		uint64_t j = 1 + bench_random(&state) % i;
		uint32_t t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
	return order;
}

void memory_open(struct memory *m, uint64_t bytes, int scattered)
{
	memset(m, 0, sizeof(*m));
	m->size = bytes;
	m->frame_count = bytes / 4096;
	m->base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->base == MAP_FAILED)
		fail("no memory");
	madvise(m->base, bytes, MADV_HUGEPAGE);
	if (scattered)
		m->order = shuffled(m->frame_count);
	m->mapper = (struct ptg_mapper){ .ops = &ops, .priv = m, .window = m->base, .window_size = bytes,
					 .flags = PTG_ZEROED };
	memory_reset(m);
}

void memory_reset(struct memory *m)
{
	m->taken = 1; /* frame 0 stays unused */
}

uint64_t memory_frame(struct memory *m)
{
	uint64_t n = m->taken;

	if (n >= m->frame_count)
		return 0;
	m->taken++;
	return (m->order ? m->order[n] : n) * 4096;
}

void memory_close(struct memory *m)
{
	munmap(m->base, m->size);
	free((void *)(uintptr_t)m->order);
}
