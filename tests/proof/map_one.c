/* SPDX-License-Identifier: MIT */
/*
 * map_one.c - mapping (or with -DUNMAP unmapping) one page does that and nothing else
 *
 * Laws 3, 4 and 7 for the straight way of F_map and F_unmap (one smallest page, its
 * table there), for every root, memory, address and attributes under the default
 * settings.  What they leave to the generic code is not looked at here.
 *
 * Memory is a tree: no walk but those of the page itself reads its entry, which is
 * how a table on one path only is said about a memory without tables.
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);
_Bool __CPROVER_uninterpreted_readable(uint64_t pa);

/* Initial memory, and one store over it. */
static _Bool stored;
static uint64_t store_pa, store_value;
static unsigned stores;

/* The entry that will be stored, guessed before, and how often it is loaded. */
static uint64_t watched;
static unsigned loads;

static uint64_t load(uint64_t pa)
{
	loads += pa == watched;
#ifdef MUTANT
	return stored && store_pa == pa ? store_value ^ (pa & 8 ? 0x1000 : 0) : __CPROVER_uninterpreted_memory(pa);
#else
	return stored && store_pa == pa ? store_value : __CPROVER_uninterpreted_memory(pa);
#endif
}

static void store(uint64_t pa, uint64_t value)
{
	stores++;
	stored = 1;
	store_pa = pa;
	store_value = value;
}

#define PTG_IN_WINDOW(space, pa) __CPROVER_uninterpreted_readable(pa)
#define PTG_LOAD64(space, pa) load(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)load(pa))
#define PTG_STORE64(space, pa, v) store(pa, v)
#define PTG_STORE32(space, pa, v) store(pa, v)

#include "spec.h"
#include "ptg_core.h"

#include FORMAT_FILE

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define SIX 0x3fu

uint64_t nondet_u64(void);
unsigned nondet_unsigned(void);

/* --- what the runtime has elsewhere ---------------------------------------------------- */

const struct ptg_walker ptg_generic_walker;

void ptg_quick_build_(struct ptg_space *s)
{
	(void)s;
}

int ptg_cold_load_(const struct ptg_space *s, uint64_t pa, unsigned lg2, uint64_t e[2])
{
	(void)s;
	(void)pa;
	(void)lg2;
	(void)e;
	return PTG_E_IO;
}

/* The generic way: not here. */
int ptg_map_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	     struct ptg_flush *f)
{
	(void)s, (void)va, (void)pa, (void)len, (void)a, (void)flags, (void)f;
	__CPROVER_assume(0);
	return PTG_E_ARG;
}

int ptg_unmap_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	(void)s, (void)va, (void)len, (void)flags, (void)f;
	__CPROVER_assume(0);
	return PTG_E_ARG;
}

static uint64_t flush_first, flush_last;
static unsigned flushes;

void ptg_flush_range_(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level, unsigned reason)
{
	(void)f, (void)page_lg2, (void)level, (void)reason;
	flush_first = first;
	flush_last = last;
	flushes++;
}

/* --- the proof --------------------------------------------------------------------------- */

static void same(const struct ptg_translation *a, const struct ptg_translation *b)
{
	__CPROVER_assert(a->fault == b->fault && a->pa == b->pa && a->rights == b->rights && a->page_lg2 == b->page_lg2 &&
			 a->rule == b->rule && a->memtype == b->memtype, "another address: as before");
}

int main(void)
{
	static const struct ptg_mapper mapper;
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker), .mapper = &mapper };
	uint64_t va = nondet_u64(), pa = nondet_u64(), other = nondet_u64(), offset = nondet_u64();
	unsigned access = nondet_unsigned() & 15, lg2 = s.format->levels[0].shift, flags = nondet_unsigned();
	struct ptg_attrs a = { .rights = nondet_unsigned(), .care = nondet_unsigned() };
	struct ptg_translation first, before, after;
	struct ptg_flush f = { 0 };
	int err;

	for (unsigned i = 0; i < s.format->ctx_count; i++)
		ptg_put_ctx_(&s, &s.format->ctx[i], s.format->ctx[i].value);
	s.config[0] = s.format->default_config0;
	s.page_sizes = s.format->page_sizes;
	JOIN(FORMAT, update)(&s);
	/* the plain root; that registers lead to it is proved with the walks */
	s.root[0].level = s.format->top;
	s.root[0].index_lg2 = s.format->levels[s.format->top].width;
	s.root[0].va_lg2 = s.format->va_bits;
	s.root[0].flags = PTG_ROOT_VALID;
	s.root[0].index_last = (uint32_t)below(s.root[0].index_lg2);
	s.root[0].table = nondet_u64();
	__CPROVER_assume((s.root[0].table & 0xfff) == 0 && s.root[0].table >> 52 == 0);
	__CPROVER_assume(((va | pa) & below(lg2)) == 0 && offset <= below(lg2) && (va ^ other) > below(lg2));
	/* a tree: of the page's entry its own walk knows, and that once */
	watched = nondet_u64();
	JOIN(FORMAT, find)(&s, va, PTG_LOOK, &first); /* without the hot path, which would read it twice on a fault */
	__CPROVER_assume(loads == 1);
	loads = 0;
	JOIN(FORMAT, translate)(&s, other, access, &before);
	__CPROVER_assume(loads == 0);
	loads = 0;
#ifdef UNMAP
	(void)pa;
	err = JOIN(FORMAT, unmap)(&s, va, below(lg2) + 1, flags, &f);
	__CPROVER_assert(first.fault == PTG_F_NONE && first.page_lg2 == lg2, "it was such a page");
#else
	err = JOIN(FORMAT, map)(&s, va, pa, below(lg2) + 1, &a, flags, &f);
	__CPROVER_assert(first.fault == PTG_F_NOT_PRESENT, "nothing was there");
#endif
	__CPROVER_assert(err == PTG_OK, "done");
	__CPROVER_assert(stores == 1, "by one store");
	__CPROVER_assert(first.entry_pa == store_pa, "to the entry that decided");
	__CPROVER_assert(flushes == 1 && flush_first == va && flush_last == (va | below(lg2)), "and the flush says so");
	__CPROVER_assume(watched == store_pa);
	__CPROVER_assert(loads == 1, "its entry is read once");

	JOIN(FORMAT, translate)(&s, va | offset, PTG_LOOK, &after);
#ifdef UNMAP
	__CPROVER_assert(after.fault == PTG_F_NOT_PRESENT, "it is gone");
#else
	__CPROVER_assert(after.fault == PTG_F_NONE && after.pa == (pa | offset) && after.page_lg2 == lg2, "it is mapped");
	__CPROVER_assert(!((after.rights ^ a.rights) & a.care & SIX), "with these rights");
#endif
	JOIN(FORMAT, translate)(&s, other, access, &after);
	same(&before, &after);
#ifdef REACH
	__CPROVER_assert(0, "reach");
#endif
}
