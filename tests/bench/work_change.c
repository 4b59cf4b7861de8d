/* SPDX-License-Identifier: MIT */
/* work_change.c - W4 to W8: map, unmap, protect; against memset and plain loops over the same tables */

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define GIB (UINT64_C(1) << 30)
#define FIRST (UINT64_C(1) << 40)

struct job {
	const struct shape *shape;
	struct memory memory;
	struct ptg_space s;
	uint64_t root, bytes, used;  /* used: bytes of the arena to clear before a run */
	uint64_t *va;
	size_t n;
	unsigned flags;
	uint64_t sink;
};

static void must(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "bench: %s: error %d\n", what, error);
	exit(1);
}

/* --- state before a run, not timed ------------------------------------------------------- */

static void empty(void *arg)
{
	struct job *j = arg;

	memset(j->memory.base, 0, j->used);
	memory_reset(&j->memory);
	j->root = memory_frame(&j->memory);
	j->s.root[0].table = j->root;
}

static void mapped(void *arg)
{
	struct job *j = arg;

	empty(j);
	for (uint64_t at = 0; at < j->bytes; at += 4096)
		shape_map(j->shape, &j->memory, j->root, FIRST + at, GIB + at);
}

/* Leaf tables of a mapping by shape_map(): all frames but the first few. */
static uint64_t *leaf_words(struct job *j, size_t *n)
{
	*n = (size_t)(j->bytes / 4096);
	return (uint64_t *)(void *)(j->memory.base + 5 * 4096);
}

/* --- the machine's own speed ----------------------------------------------------------------- */

static double run_memset(void *arg)
{
	struct job *j = arg;
	size_t n;
	uint64_t *w = leaf_words(j, &n);

	memset(w, 0x5a, n * 8);
	__asm__ volatile("" ::: "memory");
	return (double)n;
}

/* The widest stores that code for any x86-64 or AArch64 has: what -O2 alone allows. */
static double run_stores(void *arg)
{
	typedef uint64_t two __attribute__((vector_size(16), may_alias));
	struct job *j = arg;
	size_t n;
	two *w = (two *)(void *)leaf_words(j, &n), e = { j->shape->page_bits, j->shape->page_bits + 4096 };

	for (size_t i = 0; i < n / 2; i += 4, e += 4 * 8192) {
		w[i] = e;
		w[i + 1] = e + 8192;
		w[i + 2] = e + 2 * 8192;
		w[i + 3] = e + 3 * 8192;
	}
	__asm__ volatile("" ::: "memory");
	return (double)n;
}

static double run_fill_tested(void *arg)
{
	struct job *j = arg;
	size_t n;
	uint64_t *w = leaf_words(j, &n), e = j->shape->page_bits;

	for (size_t i = 0; i < n; i++, e += 4096)
		if (!(w[i] & 1))
			w[i] = e;
	__asm__ volatile("" ::: "memory");
	return (double)n;
}

static double run_rmw(void *arg)
{
	struct job *j = arg;
	size_t n;
	uint64_t *w = leaf_words(j, &n);

	for (size_t i = 0; i < n; i++)
		if (w[i] & 1)
			w[i] = w[i] & ~UINT64_C(2);
	__asm__ volatile("" ::: "memory");
	return (double)n;
}

static double run_clear(void *arg)
{
	struct job *j = arg;
	size_t n;
	uint64_t *w = leaf_words(j, &n);

	for (size_t i = 0; i < n; i++)
		if (w[i] & 1)
			w[i] = 0;
	__asm__ volatile("" ::: "memory");
	return (double)n;
}

static double run_xchg(void *arg)
{
	struct job *j = arg;
	size_t n;
	uint64_t *w = leaf_words(j, &n);

	for (size_t i = 0; i < n; i++)
		if (__atomic_load_n(&w[i], __ATOMIC_RELAXED) & 1)
			j->sink += __atomic_exchange_n(&w[i], 0, __ATOMIC_ACQ_REL);
	return (double)n;
}

static double run_cas(void *arg)
{
	struct job *j = arg;
	size_t n;
	uint64_t *w = leaf_words(j, &n);

	for (size_t i = 0; i < n; i++) {
		uint64_t e = __atomic_load_n(&w[i], __ATOMIC_RELAXED);

		if (e & 1)
			__atomic_compare_exchange_n(&w[i], &e, e & ~UINT64_C(2), 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	}
	return (double)n;
}

/* --- ours --------------------------------------------------------------------------------------- */

static double run_map(void *arg)
{
	struct job *j = arg;
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };

	must(ptg_map(&j->s, FIRST, GIB, j->bytes, &a, j->flags, &f), "map");
	return (double)(j->bytes >> 12);
}

/* Few entries: many times, each into tables that are empty and in the cache, so that not the first call's misses are measured. */
#define LARGE_TIMES 64

static double run_large(void *arg)
{
	struct job *j = arg;
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };

	for (unsigned i = 0; i < LARGE_TIMES; i++) {
		f.count = 0;
		j->s.root[0].table = memory_frame(&j->memory);
		must(ptg_map(&j->s, FIRST, GIB, j->bytes, &a, j->flags, &f), "map");
	}
	return LARGE_TIMES;
}

static double run_large_hand(void *arg)
{
	struct job *j = arg;

	for (unsigned i = 0; i < LARGE_TIMES; i++) {
		uint64_t root = memory_frame(&j->memory), table = memory_frame(&j->memory);
		uint64_t *w = (uint64_t *)(void *)(j->memory.base + table), *top = (uint64_t *)(void *)(j->memory.base + root);

		for (uint64_t n = 0; n < j->bytes / GIB; n++) {
			if (w[n])
				exit(1);
			w[n] = (GIB + n * GIB) >> j->shape->address_shr | j->shape->large_bits;
		}
		__atomic_store_n(&top[FIRST >> 39 & 511], table >> j->shape->address_shr | j->shape->table_bits, __ATOMIC_RELEASE);
	}
	return LARGE_TIMES;
}

static double run_unmap(void *arg)
{
	struct job *j = arg;
	static uint64_t table[65536];
	struct ptg_flush f = { .table = table, .table_cap = 65536 };

	must(ptg_unmap(&j->s, FIRST, j->bytes, j->flags, &f), "unmap");
	return (double)(j->bytes >> 12);
}

static double run_protect(void *arg)
{
	struct job *j = arg;
	struct ptg_attrs a = { .rights = PTG_SR, .care = PTG_SW | PTG_UW };
	struct ptg_flush f = { 0 };

	must(ptg_protect(&j->s, FIRST, j->bytes, &a, j->flags, &f), "protect");
	return (double)(j->bytes >> 12);
}

/* --- one page ---------------------------------------------------------------------------------------- */

static uint64_t *walk_by_hand(struct job *j, uint64_t va)
{
	uint64_t table = j->root;

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		uint64_t e = ((uint64_t *)(void *)(j->memory.base + table))[va >> shift & 511];

		if (!(e & 1))
			return NULL;
		table = j->shape->address_shr ? (e & UINT64_C(0x003ffffffffffc00)) << 2 : e & UINT64_C(0x0000fffffffff000);
	}
	return (uint64_t *)(void *)(j->memory.base + table) + (va >> 12 & 511);
}

static double run_single_hand(void *arg)
{
	struct job *j = arg;

	for (size_t i = 0; i < j->n; i++) {
		uint64_t *e = walk_by_hand(j, j->va[i]);

		if (!e || (*e & 1))
			exit(1);
		__atomic_store_n(e, j->va[i] >> j->shape->address_shr | j->shape->page_bits, __ATOMIC_RELEASE);
		e = walk_by_hand(j, j->va[i]);
		if (!e || !(*e & 1))
			exit(1);
		__atomic_store_n(e, 0, __ATOMIC_RELEASE);
		j->sink += (uintptr_t)e & 0xff8 ? e[-1] : e[1];
	}
	return (double)j->n;
}

static double run_single(void *arg)
{
	struct job *j = arg;
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };

	for (size_t i = 0; i < j->n; i++) {
		f.count = 0;
		must(ptg_map(&j->s, j->va[i], j->va[i] & 0xffffffff, 4096, &a, j->flags, &f), "map one");
		f.count = 0;
		must(ptg_unmap(&j->s, j->va[i], 4096, j->flags | PTG_KEEP_TABLES, &f), "unmap one");
	}
	return (double)j->n;
}

static double run_single_contract(void *arg)
{
	struct job *j = arg;
	struct ptg_attrs a = { 0 };
	struct ptg_flush f = { 0 };

	for (size_t i = 0; i < j->n; i++) {
		f.count = 0;
		must(j->shape->map_one(&j->s, j->va[i], j->va[i] & 0xffffffff, 4096, &a, j->flags, &f), "map one by hand");
		f.count = 0;
		must(j->shape->unmap_one(&j->s, j->va[i], 4096, j->flags | PTG_KEEP_TABLES, &f), "unmap one by hand");
	}
	return (double)j->n;
}

static int same_flush(const struct ptg_flush *a, const struct ptg_flush *b)
{
	return a->count == b->count && a->reasons == b->reasons && a->levels == b->levels && !a->all && !b->all &&
	       (!a->count || (a->range[0].va == b->range[0].va && a->range[0].last == b->range[0].last &&
			      a->range[0].page_lg2 == b->range[0].page_lg2 && a->range[0].reason == b->range[0].reason));
}

/*
 * The routines by hand do what ours do, for all rights: entries, refusals, what is to be flushed.  No right at all is an
 * entry that is not present, and a page that can only be executed is unmapped by longer code: by hand that is refused.
 */
static void same_by_hand(struct job *j, uint64_t va)
{
	uint64_t *e = walk_by_hand(j, va), made;

	for (unsigned rights = 1; rights < 65; rights++) {
		struct ptg_attrs a = { .rights = rights & 0x3f, .care = rights < 64 ? 0x3f : 0 };
		struct ptg_flush hand = { 0 }, ours = { 0 };
		int err = j->shape->map_one(&j->s, va, va & 0xffffffff, 4096, &a, 0, &hand);

		made = *e;
		*e = 0;
		if (err != ptg_map(&j->s, va, va & 0xffffffff, 4096, &a, 0, &ours) || *e != made || !same_flush(&hand, &ours))
			must(PTG_E_CORRUPT, "map by hand is another");
		if (err)
			continue;
		if (j->shape->map_one(&j->s, va, 4096, 4096, &a, 0, &hand) != PTG_E_EXISTS)
			must(PTG_E_EXISTS, "map by hand does not look");
		hand = ours = (struct ptg_flush){ 0 };
		err = j->shape->unmap_one(&j->s, va, 4096, 0, &hand);
		if (err && !(a.rights & ~(unsigned)(PTG_UX | PTG_SX))) {
			*e = 0;
			continue;
		}
		must(err, "unmap by hand");
		if (*e)
			must(PTG_E_CORRUPT, "unmap by hand leaves it");
		*e = made;
		if (ptg_unmap(&j->s, va, 4096, 0, &ours) || *e || !same_flush(&hand, &ours))
			must(PTG_E_CORRUPT, "unmap by hand is another");
	}
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static void open_job(struct job *j, const struct shape *h, uint64_t arena, uint64_t bytes, const struct ptg_walker *w)
{
	*j = (struct job){ .shape = h, .bytes = bytes, .used = 5 * 4096 + bytes / 512 + 64 * 4096 };
	memory_open(&j->memory, arena, 0);
	shape_space(h, &j->s, &j->memory, w);
	j->root = j->s.root[0].table;
}

struct pair { struct job gen, generic; };

static void row(struct bench *b, const char *id, const char *what, struct pair *p, const char *base,
		double (*baseline)(void *), double (*second)(void *), const char *second_name, double (*ours)(void *),
		void (*before)(void *), unsigned flags)
{
	struct candidate c[4] = { { base, baseline, &p->gen, before } };
	unsigned n = 1;
	struct row *r = &b->rows[b->row_count++];

	p->gen.flags = p->generic.flags = flags;
	if (second)
		c[n++] = (struct candidate){ second_name, second, &p->gen, before };
	c[n++] = (struct candidate){ "generated", ours, &p->gen, before };
	c[n++] = (struct candidate){ "generic", ours, &p->generic, before };
	measure(r, id, what, p->gen.shape->name, c, n, b->rounds);
	row_print(r);
}

static void pages(struct bench *b, struct pair *p)
{
	unsigned quiet = PTG_QUIET | PTG_NO_LARGE;

	row(b, "W4", "map 1 GiB at 4 KiB from an empty root, a page", p, "memset of the leaf tables", run_memset,
	    run_fill_tested, "read, test, write", run_map, empty, PTG_NO_LARGE);
	row(b, "W4v", "the same, a page", p, "stores of 16 bytes", run_stores, NULL, NULL, run_map, empty, PTG_NO_LARGE);
	row(b, "W5q", "unmap 1 GiB of 4 KiB pages, quiet, a page", p, "load, test, store", run_clear, NULL, NULL,
	    run_unmap, mapped, quiet);
	row(b, "W5", "unmap 1 GiB of 4 KiB pages, live, a page", p, "load, test, exchange", run_xchg, NULL, NULL,
	    run_unmap, mapped, PTG_NO_LARGE);
	row(b, "W6q", "protect 1 GiB of 4 KiB pages, quiet, a page", p, "load, test, change, store", run_rmw, NULL, NULL,
	    run_protect, mapped, quiet);
	row(b, "W6", "protect 1 GiB of 4 KiB pages, live, a page", p, "load, test, compare-and-swap", run_cas, NULL, NULL,
	    run_protect, mapped, PTG_NO_LARGE);
}

static void single(struct bench *b, struct pair *p)
{
	uint64_t state = 2463534242u;
	size_t n = 1u << 16;
	uint64_t *va = malloc(n * sizeof(*va));
	struct row *r = &b->rows[b->row_count++];
	struct candidate c[] = { { "by hand, without any check", run_single_hand, &p->gen, NULL },
				 { "by hand, the same contract", run_single_contract, &p->gen, NULL },
				 { "generated", run_single, &p->gen, NULL }, { "generic", run_single, &p->generic, NULL } };

	if (!va)
		exit(1);
	for (size_t i = 0; i < n; i++)
		va[i] = FIRST + bench_random(&state) % GIB / 8192 * 8192;
	p->gen.va = p->generic.va = va;
	p->gen.n = p->generic.n = n;
	/* tables are there: every second page is mapped, the others come and go */
	for (unsigned side = 0; side < 2; side++) {
		struct job *j = side ? &p->generic : &p->gen;

		empty(j);
		for (uint64_t at = 4096; at < GIB; at += 8192)
			shape_map(j->shape, &j->memory, j->root, FIRST + at, at);
		j->flags = 0;
	}
	for (size_t i = 0; i < 64; i++)
		same_by_hand(&p->gen, va[i]);
	measure(r, "W7", "map and unmap one 4 KiB page at random places", p->gen.shape->name, c, 4, b->rounds);
	row_print(r);
	free(va);
}

static void wide(struct bench *b, const struct shape *h)
{
	struct pair p;

	open_job(&p.gen, h, UINT64_C(1) << 28, GIB * 64, h->walker);
	open_job(&p.generic, h, UINT64_C(1) << 28, GIB * 64, &ptg_generic_walker);
	if (!b->quick) {
		row(b, "W4c", "map 64 GiB at 4 KiB, tables out of cache, a page", &p, "memset of the leaf tables", run_memset,
		    run_stores, "stores of 16 bytes", run_map, empty, PTG_NO_LARGE);
		row(b, "W4n", "the same by PTG_STREAM, a page", &p, "memset of the leaf tables", run_memset, NULL, NULL, run_map, empty,
		    PTG_NO_LARGE | PTG_STREAM);
	}
	p.gen.used = p.generic.used = (2 * LARGE_TIMES + 8) * 4096;
	row(b, "W8", "map 64 GiB at the largest size, a call", &p, "by hand: one table, 64 entries", run_large_hand, NULL, NULL,
	    run_large, empty, 0);
	memory_close(&p.gen.memory);
	memory_close(&p.generic.memory);
}

void work_change(struct bench *b)
{
	for (unsigned i = 0; i < shape_count; i++) {
		struct pair p;

		open_job(&p.gen, &shapes[i], UINT64_C(16) << 20, GIB, shapes[i].walker);
		open_job(&p.generic, &shapes[i], UINT64_C(16) << 20, GIB, &ptg_generic_walker);
		pages(b, &p);
		single(b, &p);
		memory_close(&p.gen.memory);
		memory_close(&p.generic.memory);
		wide(b, &shapes[i]);
	}
}
