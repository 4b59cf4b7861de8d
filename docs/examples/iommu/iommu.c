/* SPDX-License-Identifier: MIT */
/*
 * iommu.c - an IOMMU driver's page tables, as a program that can be run anywhere
 *
 * The format is Intel's second stage (vtd_ss4).  What a driver has to deal with
 * and a kernel's own tables do not:
 *
 *  - The walker does not snoop: it sees a table only after the driver has cleaned
 *    the cache lines.  Here the device has a memory of its own, full of rubbish,
 *    and `sync` copies to it.  The order is the runtime's affair: what a new entry
 *    leads to is synced before the entry.
 *  - dma_map() runs where nothing may be allocated.  ptg_plan_map() says before how
 *    many tables it will need, and a reserve holds them.
 *  - The device caches translations.  A table may be used again only after the
 *    flush that covers it: ptg_flush_done() is called then, not earlier.
 *
 * Build and run: make -C docs/examples/iommu run
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vtd_ss4.h"

#define TABLE 4096u
#define TABLES 64u
#define BASE UINT64_C(0x100000000) /* where the tables lie in physical memory */

#define CHECK(x) ((x) ? (void)0 : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x), exit(1)))

static _Alignas(4096) unsigned char cpu_side[TABLES * TABLE], device_side[TABLES * TABLE];

struct driver {
	struct ptg_space io;         /* the driver's view, through the cache */
	struct ptg_space device;     /* the walker's view */
	uint64_t reserve[TABLES];
	unsigned in_reserve, low_water; /* tables that a planned call may take */
	unsigned flushes, flushes_wanted, synced;
	uint64_t mapped_va, mapped_pa, mapped_len; /* for the check in sync() */
};

/* --- what the runtime asks for --------------------------------------------------------- */

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct driver *d = priv;

	(void)bytes, (void)align, (void)level;
	if (d->in_reserve == 0)
		return -1;                   /* never a sleeping allocation from here */
	*pa = d->reserve[--d->in_reserve];
	return 0;
}

static void give_back(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	struct driver *d = priv;

	(void)bytes, (void)level;
	CHECK(d->flushes >= d->flushes_wanted); /* the device has forgotten it */
	memset(cpu_side + (pa - BASE), 0, TABLE);
	memset(device_side + (pa - BASE), 0xff, TABLE);
	d->reserve[d->in_reserve++] = pa;
}

/* Whatever the device sees in the middle of a change is either the old or the new. */
static void device_looks(struct driver *d)
{
	for (uint64_t at = 0; at < d->mapped_len; at += 0x1000) {
		struct ptg_hit h = ptg_lookup(&d->device, d->mapped_va + at, PTG_LOOK);

		CHECK(PTG_HIT_FAULT(h) == PTG_F_NOT_PRESENT || h.pa == d->mapped_pa + at);
	}
}

static void sync(void *priv, uint64_t pa, size_t bytes)
{
	struct driver *d = priv;

	memcpy(device_side + (pa - BASE), cpu_side + (pa - BASE), bytes); /* clwb, dc cvac ... */
	d->synced++;
	device_looks(d);
}

static const struct ptg_mapper_ops ops = { .alloc_table = take, .free_table = give_back, .sync = sync };

/* --- the driver ------------------------------------------------------------------------- */

/* Where sleeping is allowed: enough tables for this mapping, whatever the tree has by then. */
static void dma_prepare(struct driver *d, uint64_t iova, uint64_t pa, uint64_t len)
{
	struct ptg_need need = { { 0 } };
	unsigned sum = 0;

	CHECK(ptg_plan_map(&d->io, iova, len, pa, 0, &need) == PTG_OK);
	for (unsigned i = 0; i < 8; i++)
		sum += need.tables[i];
	printf("map of %#llx bytes at %#llx: %u tables\n", (unsigned long long)len, (unsigned long long)iova, sum);
	CHECK(sum <= d->in_reserve);         /* a driver would allocate the difference here */
	d->low_water = d->in_reserve - sum;
}

static void dma_map(struct driver *d, uint64_t iova, uint64_t pa, uint64_t len, uint32_t rights)
{
	const struct ptg_attrs a = { .rights = rights, .care = PTG_UR | PTG_UW };
	uint64_t freed[8];
	struct ptg_flush f = { .table = freed, .table_cap = 8 };

	d->mapped_va = iova;
	d->mapped_pa = pa;
	d->mapped_len = len;
	CHECK(ptg_map(&d->io, iova, pa, len, &a, 0, &f) == PTG_OK);
	d->mapped_len = 0;
	CHECK(d->in_reserve >= d->low_water); /* no more than was planned */
	CHECK(!(f.reasons & (PTG_FLUSH_DOWN | PTG_FLUSH_REPLACED | PTG_FLUSH_TABLE)));
}

/* The queued invalidation of a real unit. */
static void invalidate(struct driver *d, const struct ptg_flush *f)
{
	if (f->all)
		printf("  invalidate everything\n");
	for (unsigned i = 0; i < f->count; i++)
		printf("  invalidate %#llx to %#llx%s\n", (unsigned long long)f->range[i].va, (unsigned long long)f->range[i].last,
		       f->walk_cache ? ", paging-structure caches too" : "");
	d->flushes++;
}

static void dma_unmap(struct driver *d, uint64_t iova, uint64_t len)
{
	uint64_t freed[TABLES];
	struct ptg_flush f = { .table = freed, .table_cap = TABLES };
	unsigned had = d->in_reserve;

	d->flushes_wanted = d->flushes + 1;  /* from here on give_back() insists on a flush */
	CHECK(ptg_unmap(&d->io, iova, len, 0, &f) == PTG_OK);
	CHECK(d->in_reserve == had);         /* nothing is given back yet */
	CHECK(f.reasons & PTG_FLUSH_DOWN);
	invalidate(d, &f);
	ptg_flush_done(&d->io, &f);          /* now: free_table for each */
	printf("  %u tables back\n", d->in_reserve - had);
}

static void start(struct driver *d, struct ptg_mapper *mapper, struct ptg_mapper *walker)
{
	struct vtd_ss4_regs regs = { .context_hi = vtd_ss4_context_hi_make(), .ssptptr = vtd_ss4_ssptptr_make(BASE) };

	memset(device_side, 0xff, sizeof(device_side)); /* what the device would read from memory nobody cleaned */
	memset(device_side, 0, TABLE);                  /* the root: cleaned when the domain was made */
	for (unsigned i = TABLES; i > 1; i--)
		d->reserve[d->in_reserve++] = BASE + (i - 1) * TABLE;
	*mapper = (struct ptg_mapper){ .ops = &ops, .priv = d, .window = cpu_side, .window_pa = BASE, .window_size = sizeof(cpu_side), .flags = PTG_ZEROED };
	*walker = *mapper;
	walker->window = device_side;
	d->io.mapper = mapper;
	d->device.mapper = walker;
	CHECK(vtd_ss4_setup(&d->io, NULL) == PTG_OK && vtd_ss4_set_root(&d->io, &regs) == PTG_OK);
	CHECK(vtd_ss4_setup(&d->device, NULL) == PTG_OK && vtd_ss4_set_root(&d->device, &regs) == PTG_OK);
}

/* Device and driver agree on every page of it. */
static void check_mapped(struct driver *d, uint64_t iova, uint64_t pa, uint64_t len)
{
	for (uint64_t at = 0; at < len; at += 0x1000) {
		CHECK(ptg_lookup(&d->device, iova + at, PTG_READ | PTG_USER).pa == pa + at);
		CHECK(ptg_lookup(&d->io, iova + at, PTG_READ | PTG_USER).pa == pa + at);
	}
}

int main(void)
{
	static struct driver d;
	static struct ptg_mapper mapper, walker;

	start(&d, &mapper, &walker);

	/* Three pages, and 4 MiB whose middle is one large page. */
	dma_prepare(&d, 0x7fff000, 0x12345000, 0x3000);
	dma_map(&d, 0x7fff000, 0x12345000, 0x3000, PTG_UR | PTG_UW);
	check_mapped(&d, 0x7fff000, 0x12345000, 0x3000);
	dma_prepare(&d, 0x40100000, 0x80100000, 0x400000);
	dma_map(&d, 0x40100000, 0x80100000, 0x400000, PTG_UR);
	check_mapped(&d, 0x40100000, 0x80100000, 0x400000);
	CHECK(PTG_HIT_LG2(ptg_lookup(&d.device, 0x40200000, PTG_READ | PTG_USER)) == 21);
	CHECK(PTG_HIT_FAULT(ptg_lookup(&d.device, 0x40200000, PTG_WRITE | PTG_USER)) == PTG_F_PERMISSION);

	/* All or nothing: the reserve is too small, and nothing has changed. */
	unsigned had = d.in_reserve;
	const struct ptg_attrs rw = { .rights = PTG_UR | PTG_UW, .care = PTG_UR | PTG_UW };
	struct ptg_flush f = { .count = 0 };

	d.in_reserve = 1;
	CHECK(ptg_map(&d.io, UINT64_C(0x500000000000), 0x1000, 0x1000, &rw, 0, &f) == PTG_E_NOMEM);
	CHECK(d.in_reserve == 1);
	d.in_reserve = had;
	CHECK(PTG_HIT_FAULT(ptg_lookup(&d.device, UINT64_C(0x500000000000), PTG_LOOK)) == PTG_F_NOT_PRESENT);

	dma_unmap(&d, 0x7fff000, 0x3000);
	CHECK(PTG_HIT_FAULT(ptg_lookup(&d.device, 0x8000000, PTG_LOOK)) == PTG_F_NOT_PRESENT);
	check_mapped(&d, 0x40100000, 0x80100000, 0x400000);
	dma_unmap(&d, 0x40100000, 0x400000);
	CHECK(d.in_reserve == TABLES - 1);   /* all but the root is back */
	printf("%u tables, %u cache cleanings, %u flushes: ok\n", TABLES - 1 - d.in_reserve, d.synced, d.flushes);
	return 0;
}
