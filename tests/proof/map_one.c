/* SPDX-License-Identifier: MIT */
/*
 * map_one.c - mapping (or with -DUNMAP unmapping) one page does that and nothing else
 *
 * Laws 3, 4 and 7 for the straight way of F_map and F_unmap (one smallest page whose
 * table is there), for all root registers, addresses, attributes, flags and every
 * memory in which the walks of two addresses are paths of a tree.  What they leave to the
 * generic code is not looked at here.  Three questions, each a proof of its own:
 *
 *   -DPART=1  one store, to the entry that decided, nothing read twice, the flush says so
 *   -DPART=2  the page translates as asked, or no more
 *   -DPART=3  any other address translates as before; with -DAPART: its walk does not read the entry that
 *             part 1 is about, so that it reads what it read before
 *
 * -DTABLES_SET=m, -DTABLES_CLEAR=m: bits of table entries with which they take no
 * right away (part 2).  With -DMUTANT the store goes to the wrong place: each part
 * must fail.
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);
_Bool __CPROVER_uninterpreted_readable(uint64_t pa);

static uint64_t load(uint64_t pa);
static void store(uint64_t pa, uint64_t value);

#define PTG_IN_WINDOW(space, pa) __CPROVER_uninterpreted_readable(pa)
#define PTG_LOAD64(space, pa) load(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)load(pa))
#define PTG_LOAD64BE(space, pa) load(pa)
#define PTG_LOAD32BE(space, pa) ((uint32_t)load(pa))
#define PTG_STORE64(space, pa, v) store(pa, v)
#define PTG_STORE32(space, pa, v) store(pa, v)
#define PTG_STORE64BE(space, pa, v) store(pa, v)
#define PTG_STORE32BE(space, pa, v) store(pa, v)

#include "spec.h"
#include "ptg_core.h"

#include FORMAT_FILE
#include "elsewhere.h"

#define SIX 0x3fu
#define LEVELS (JOIN(FORMAT, format).top + 1u) /* of the plain root's walk */

/* --- memory ------------------------------------------------------------------------------ */

/* Initial memory, and one store over it. */
static _Bool stored;
static uint64_t store_pa, store_value;
static unsigned stores;

/* What a walk reads, in its order; and how often one address, any, is loaded. */
#define MOST 8
static struct walk {
	uint64_t at[MOST];
	unsigned loads;
} *recorded;
static uint64_t watched;
static unsigned loads;

static uint64_t load(uint64_t pa)
{
	uint64_t e = stored && store_pa == pa ? store_value : __CPROVER_uninterpreted_memory(pa);

	if (recorded) {
		__CPROVER_assert(recorded->loads < MOST, "so many loads");
		recorded->at[recorded->loads++] = pa;
#ifdef TABLES_SET
		if (recorded->loads < LEVELS)
			__CPROVER_assume((e & (TABLES_SET)) == (TABLES_SET) && !(e & (TABLES_CLEAR)));
#endif
	}
	loads += pa == watched;
	return e;
}

static void store(uint64_t pa, uint64_t value)
{
	stores++;
	stored = 1;
#ifdef MUTANT
	store_pa = pa ^ 16;
#else
	store_pa = pa;
#endif
	store_value = value;
}

/* --- what the runtime has elsewhere ---------------------------------------------------- */

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

int ptg_map_any_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		 struct ptg_flush *f)
{
	return ptg_map_(s, va, pa, len, a, flags, f);
}

int ptg_unmap_any_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	return ptg_unmap_(s, va, len, flags, f);
}

/* Into a list that is not empty: ours is. */
int ptg_flush_more_(struct ptg_flush *f, uint64_t va, unsigned page_lg2, unsigned reason)
{
	(void)f, (void)va, (void)page_lg2, (void)reason;
	__CPROVER_assert(0, "the flush object was empty");
	return PTG_E_ARG;
}

/* Ranges and other rights: not here. */
bool ptg_runs_like_(struct ptg_runs_ *runs, uint64_t mask, uint64_t value)
{
	(void)runs, (void)mask, (void)value;
	__CPROVER_assume(0);
	return false;
}

void ptg_runs_fill_(const struct ptg_runs_ *runs, uint64_t e, uint64_t step)
{
	(void)runs, (void)e, (void)step;
	__CPROVER_assume(0);
}

/* --- a tree ------------------------------------------------------------------------------ */

static unsigned table_lg2(const struct ptg_root *r, unsigned i) /* bytes of the i-th table */
{
	const struct ptg_level *l = &JOIN(FORMAT, format).levels[r->level - i];

	return l->entry_lg2 + (i ? l->width : r->index_lg2);
}

/*
 * Tables are apart unless they are the same: of the same level, for the same
 * address bits above it.  Of the walks of two addresses (or of one, twice).
 */
static void assume_tree(const struct ptg_space *s, const struct walk *a, uint64_t va, const struct walk *b, uint64_t vb)
{
	const struct ptg_root *ra = ptg_choose_root_(s, va), *rb = ptg_choose_root_(s, vb);

	for (unsigned i = 0; i < LEVELS; i++)
		for (unsigned j = 0; j < LEVELS; j++) {
			unsigned la = table_lg2(ra, i), lb = table_lg2(rb, j);

			if (i >= a->loads || j >= b->loads)
				continue;
			if (i == j && ra == rb &&
			    (i == 0 || (va ^ vb) >> s->format->levels[ra->level - i + 1].shift == 0))
				continue;
			__CPROVER_assume((a->at[i] ^ b->at[j]) >> (la > lb ? la : lb) != 0);
		}
}

/* --- the proof --------------------------------------------------------------------------- */

#ifdef APART
/* The entry that part 1 says is changed is none that the walk of the other address reads. */
static void assert_apart(const struct ptg_translation *first, const struct walk *path, const struct walk *others)
{
	uint64_t changed = first->entry_pa;

#ifdef MUTANT
	changed ^= 16;
#endif
	__CPROVER_assume(path->loads && first->level == 0 && (first->fault == PTG_F_NONE || first->fault == PTG_F_NOT_PRESENT));
	__CPROVER_assert(path->at[path->loads - 1] == first->entry_pa, "the entry that decides is read last");
	for (unsigned i = 0; i < MOST; i++)
		__CPROVER_assert(i >= others->loads || others->at[i] != changed, "another address reads other entries");
}
#endif

/* Any root registers that give a walk of all levels. */
static struct ptg_space any_space(void)
{
	static const struct ptg_mapper mapper;
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker), .mapper = &mapper };
	uint64_t reg[SPEC_REGS];
	int err;

	for (unsigned i = 0; i < SPEC_REGS; i++)
		reg[i] = nondet_u64();
	s.config[0] = s.format->default_config0;
	err = ptg_set_root(&s, reg, walk_registers(s.format));
	__CPROVER_assume(err == PTG_OK && s.config[0] == s.format->default_config0);
	for (unsigned i = 0; i < s.format->ctx_count; i++)
		ptg_put_ctx_(&s, &s.format->ctx[i], s.format->ctx[i].value);
	s.config[0] = s.format->default_config0;
	s.page_sizes = nondet_u64();
	s.options = nondet_unsigned();
	JOIN(FORMAT, update)(&s);
	return s;
}

int main(void)
{
	struct ptg_space s = any_space();
	uint64_t va = nondet_u64(), pa = nondet_u64(), other = nondet_u64(), offset = nondet_u64();
	unsigned access = nondet_unsigned() & 15, lg2 = JOIN(FORMAT, format).levels[0].shift, flags = nondet_unsigned();
	struct ptg_attrs a = { .rights = nondet_unsigned(), .care = nondet_unsigned() };
	struct walk path = { .loads = 0 }, others = { .loads = 0 };
	struct ptg_translation first, before, after;
	struct ptg_flush f = { 0 };
	int err;

	__CPROVER_assume(((va | pa) & below(lg2)) == 0);
	recorded = &path;
	JOIN(FORMAT, find)(&s, va, PTG_LOOK, &first); /* not the hot path, which would read it twice on a fault */
	recorded = 0;
	assume_tree(&s, &path, va, &path, va);
#if PART == 3
	__CPROVER_assume((va ^ other) > below(lg2));
	recorded = &others;
	JOIN(FORMAT, find)(&s, other, PTG_LOOK, &before);
	recorded = 0;
	assume_tree(&s, &path, va, &others, other);
#ifdef APART
	assert_apart(&first, &path, &others);
	return 0;
#endif
	JOIN(FORMAT, translate)(&s, other, access, &before);
#endif
	watched = nondet_u64();
	loads = 0;
#ifdef UNMAP
	err = JOIN(FORMAT, unmap)(&s, va, below(lg2) + 1, flags, &f);
#else
	err = JOIN(FORMAT, map)(&s, va, pa, below(lg2) + 1, &a, flags, &f);
#endif
#if PART == 1
#ifdef UNMAP
	__CPROVER_assert(first.fault == PTG_F_NONE && first.page_lg2 == lg2, "it was such a page");
	__CPROVER_assert(f.count == 1 && f.range[0].reason == PTG_FLUSH_DOWN, "there is something to flush");
#else
	__CPROVER_assert(first.fault == PTG_F_NOT_PRESENT, "nothing was there");
	__CPROVER_assert(f.count == ((s.format->flags & PTG_FORMAT_CACHES_INVALID) != 0), "to flush, where faults are cached");
#endif
	__CPROVER_assert(err == PTG_OK, "done");
	__CPROVER_assert(stores == 1, "by one store");
	__CPROVER_assert(first.entry_pa == store_pa, "to the entry that decided");
	__CPROVER_assert(!f.count || (f.range[0].va == va && f.range[0].last == (va | below(lg2)) && f.range[0].page_lg2 == lg2 &&
				      f.reasons == f.range[0].reason && f.levels == 1), "and the flush says so");
	__CPROVER_assert(loads <= 1, "no entry is read twice");
	__CPROVER_assert(watched != store_pa || loads == 1, "its entry is read");
#elif PART == 2
	__CPROVER_assume(offset <= below(lg2));
	JOIN(FORMAT, translate)(&s, va | offset, PTG_LOOK, &after);
#ifdef UNMAP
	__CPROVER_assert(after.fault == PTG_F_NOT_PRESENT, "it is gone");
#else
	__CPROVER_assert(after.fault == PTG_F_NONE && after.pa == (pa | offset) && after.page_lg2 == lg2, "it is mapped");
	__CPROVER_assert(!((after.rights ^ a.rights) & a.care & SIX), "with these rights");
#endif
#else
	JOIN(FORMAT, translate)(&s, other, access, &after);
	__CPROVER_assert(before.fault == after.fault && before.pa == after.pa && before.rights == after.rights &&
			 before.page_lg2 == after.page_lg2 && before.rule == after.rule && before.memtype == after.memtype,
			 "another address: as before");
#endif
#ifdef REACH
	__CPROVER_assert(0, "reach");
#endif
}
