/* SPDX-License-Identifier: MIT */
/*
 * generic.c - the generic walker gives what the specification says, or what the
 * generated walker says
 *
 * The interpreter of runtime/ (root.c, find.c, answer.c and what they need) on the
 * format as data, over free memory, registers and settings.  Without the digest of
 * quick.c, which answers only what this would answer.
 *
 * An interpreter on data that depends on data is far too much for a model checker
 * at once.  So the proof is cut into cases, in each of which root, level and kind are
 * constants; all cases together are all walks:
 *
 *   -DSLOT=n   root[n] translates the address
 *   -DSTART=d  from a table at depth d, if that root leads anywhere (default: the top)
 *   -DLEVEL=l  the walk ends at depth l, or at any entry before
 *   -DROW=r    with an entry of the r-th row of that level; the row after the last:
 *              with an entry of none; -1: with one of a row that is invalid, any
 *   -DVIA=m    and on the way down, at depth d, goes through the n-th row of its tables,
 *              n being the d-th hexadecimal digit of m
 *   -DPATH=m   goes through tables of the depths whose bits are set in m alone (where an
 *              entry leads to one of several depths)
 *   -DBYPASS   instead: the root translates nothing
 *   -DNO_START instead: no root leads to depth START
 *   -DNO_ROW   instead: no entry is of no row
 *
 * -DFORMAT=F, -DFORMAT_FILE="F.c"; -DSPEC: the other side is spec/F.c, else F_translate.
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);
_Bool __CPROVER_uninterpreted_readable(uint64_t pa);

#define PTG_IN_WINDOW(space, pa) __CPROVER_uninterpreted_readable(pa)
#define PTG_LOAD64(space, pa) __CPROVER_uninterpreted_memory(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)__CPROVER_uninterpreted_memory(pa))
#define PTG_LOAD64BE(space, pa) PTG_LOAD64(space, pa)
#define PTG_LOAD32BE(space, pa) PTG_LOAD32(space, pa)

#include "spec.h"
#include "ptg_core.h"

#include FORMAT_FILE

/* Told apart in ptg_kind_() below. */
const struct ptg_kind *real_kind(const struct ptg_space *s, unsigned level, const uint64_t e[2]);
#define ptg_kind_ real_kind
#include "decode.c"
#undef ptg_kind_

/* Chosen by case_root() below; where it starts: ptg_start_() there. */
static const struct ptg_root *case_root(const struct ptg_space *s, uint64_t va);
enum ptg_fault real_start(const struct ptg_space *s, uint64_t va, const struct ptg_root **root, struct ptg_table *t,
			  unsigned *rule);
#define ptg_choose_root_ case_root
#define ptg_start_ real_start
#ifdef PATH
enum ptg_fault real_descend(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
			    unsigned *alternative, struct ptg_table *below, unsigned *rule);
#define ptg_descend_ real_descend
#endif
#include "step.c"
#undef ptg_choose_root_
#undef ptg_start_
#undef ptg_descend_

#include "elsewhere.h"

#ifndef SLOT
#define SLOT 0
#endif
#ifndef START
#define START JOIN(FORMAT, format).top
#endif
#ifdef BYPASS
#undef START
#define START 0 /* no table is read: ptg_find_() leaves the level as it begins */
#endif
#ifndef LEVEL
#define LEVEL 0
#define ROW 0
#endif
#ifndef VIA
#define VIA 0
#endif

uint64_t spec_reg[SPEC_REGS];

/* --- what the runtime has elsewhere ------------------------------------------------ */

int ptg_load_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2])
{
	(void)s;
	e[0] = e[1] = 0;
	if (!__CPROVER_uninterpreted_readable(pa))
		return PTG_E_IO;
	e[0] = __CPROVER_uninterpreted_memory(pa);
#ifdef MUTANT
	e[0] ^= pa & 8 ? UINT64_C(0x8000000000000021) : 0;
#endif
	if (entry_lg2 < 3)
		e[0] &= 0xffffffff;
	if (entry_lg2 > 3)
		e[1] = __CPROVER_uninterpreted_memory(pa + 8);
	return PTG_OK;
}

/* --- the case ------------------------------------------------------------------------ */

static const struct ptg_root *case_root(const struct ptg_space *s, uint64_t va)
{
	__CPROVER_assume(ptg_choose_root_(s, va) == &s->root[SLOT]);
	return &s->root[SLOT];
}

enum ptg_fault ptg_start_(const struct ptg_space *s, uint64_t va, const struct ptg_root **root, struct ptg_table *t,
			  unsigned *rule)
{
	enum ptg_fault fault = real_start(s, va, root, t, rule);

	__CPROVER_assume(fault || t->level == START);
	t->level = START; /* where there is a fault nobody asks */
	return fault;
}

#ifdef PATH
/* The way down is one of the case's, so that what it leads to is a constant. */
enum ptg_fault ptg_descend_(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
			    unsigned *alternative, struct ptg_table *below, unsigned *rule)
{
	static unsigned depth = START; /* of the last table; after `pass`, not that of *t */
	const struct ptg_next *n = &env->space->format->nexts[k->next_first];
	_Bool end = depth == LEVEL;
	struct ptg_kind one = *k;
	unsigned i, next = 0;
	enum ptg_fault fault;

	while (depth > LEVEL && !(PATH >> --depth & 1))
		;
	for (i = *alternative; i < k->next_count && (end || n[i].level != depth); i++)
		__CPROVER_assume(n[i].unless != PTG_NONE && ptg_eval_(env, n[i].unless));
	if (i == k->next_count) {
		*alternative = i;
		fault = real_descend(env, k, t, alternative, below, rule);
		__CPROVER_assume(fault || below->level == depth);
		below->level = (uint8_t)depth; /* where there is a fault nobody asks */
		return fault;
	}
	one.next_first = (uint16_t)(k->next_first + i);
	one.next_count = 1;
	fault = real_descend(env, &one, t, &next, below, rule);
	__CPROVER_assume(next == 0 || i + 1 == k->next_count); /* a way after this one: another case */
	*alternative = i + next;
	below->level = (uint8_t)depth;
	return fault;
}
#endif

static _Bool leads_on(const struct ptg_kind *k)
{
	return k->role == PTG_ROLE_TABLE || k->role == PTG_ROLE_PASS;
}

/* What is alike in all invalid kinds, and the rule of the one that it is. */
static struct ptg_kind invalid = { .role = PTG_ROLE_INVALID };

/* NULL: none */
static const struct ptg_kind *case_kind(const struct ptg_format *f, unsigned level)
{
	const struct ptg_level *l = &f->levels[level];
	unsigned i, tables = VIA >> 4 * level & 15;

	if (level == LEVEL && ROW < 0)
		return &invalid;
	if (level == LEVEL)
		return ROW < l->row_count ? &f->kinds[f->rows[l->row_first + ROW].kind] : NULL;
	for (i = 0; i < l->row_count; i++)
		if (leads_on(&f->kinds[f->rows[l->row_first + i].kind]) && tables-- == 0)
			return &f->kinds[f->rows[l->row_first + i].kind];
	__CPROVER_assume(0);
	return NULL;
}

static _Bool case_is_page(const struct ptg_format *f)
{
	return case_kind(f, LEVEL) && case_kind(f, LEVEL)->role == PTG_ROLE_PAGE;
}

const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	const struct ptg_kind *k, *real;

	__CPROVER_assume(level >= LEVEL); /* deeper: another case */
	k = case_kind(s->format, level);
	real = real_kind(s, level, e);
	if (k == &invalid) {
		__CPROVER_assume(real && real->role == PTG_ROLE_INVALID);
		invalid.rule = real->rule;
	} else
		__CPROVER_assume(real == k);
	return k;
}

static _Bool leads_somewhere(const struct ptg_root *r)
{
	return r->flags & PTG_ROOT_VALID && !(r->flags & PTG_ROOT_BYPASS);
}

/* The root of the case, its level a constant. */
static void assume_case(struct ptg_space *s)
{
	struct ptg_root *r = &s->root[SLOT];

#ifdef BYPASS
	__CPROVER_assume(r->flags & PTG_ROOT_BYPASS);
#else
	__CPROVER_assume(!(r->flags & PTG_ROOT_BYPASS));
#endif
	__CPROVER_assume(!leads_somewhere(r) || r->level == START);
	r->level = START; /* where none leads anywhere nobody asks */
}

int main(void)
{
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker) };
	uint64_t va = nondet_u64();
	unsigned access = nondet_unsigned() & 15;
	struct ptg_translation t;
	struct ptg_found w;
	enum ptg_fault fault;
	int err;

	for (unsigned i = 0; i < 4; i++)
		s.ctx[i] = nondet_u64();
	for (unsigned i = 0; i < SPEC_REGS; i++)
		spec_reg[i] = nondet_u64();
#ifdef SPEC
	s.config[0] = nondet_u64();
	spec_assume(&s);
#else
	s.config[0] = s.format->default_config0;
#endif
#ifdef NO_ROW
	uint64_t e[2] = { nondet_u64(), nondet_u64() };

	for (unsigned i = 0; i < s.format->level_count; i++)
		__CPROVER_assert(real_kind(&s, i, e), "every entry is of some row");
	return 0;
#endif
	err = ptg_set_root(&s, spec_reg, walk_registers(s.format));
	__CPROVER_assume(err == PTG_OK);
#ifdef NO_START
	__CPROVER_assert(!leads_somewhere(&s.root[SLOT]) || s.root[SLOT].level != START, "no walk starts there");
	return 0;
#endif
	assume_case(&s);
	fault = ptg_find_(&s, va, access, &w);
	t.fault = (uint8_t)fault;
	t.pa = 0;
	t.rule = (uint16_t)w.rule;
#ifdef BYPASS
	w.kind = NULL;
	if (!fault)
		fault = ptg_answer_(&w, PTG_F_NONE, access, &t);
#else
	if (case_is_page(s.format)) {
		w.kind = case_kind(s.format, LEVEL);
		if (!fault)
			fault = ptg_answer_(&w, PTG_F_NONE, access, &t);
	} else
		__CPROVER_assert(fault, "no page: a fault");
#endif
#ifdef SPEC
	struct spec want = spec_translate(&s, va, access);
#else
	struct ptg_translation want;

	JOIN(FORMAT, translate)(&s, va, access, &want);
	__CPROVER_assert(t.rule == want.rule, "rule");
#endif
	__CPROVER_assert(fault == want.fault, "fault");
	__CPROVER_assert(t.pa == want.pa, "pa");
	if (!fault) {
		__CPROVER_assert(t.page_lg2 == want.page_lg2, "page size");
		__CPROVER_assert(t.level == want.level, "level");
		__CPROVER_assert(t.rights == want.rights, "rights");
		__CPROVER_assert(t.entry == want.entry, "entry");
		__CPROVER_assert(t.contig_lg2 == want.contig_lg2, "group");
#ifndef SPEC
		__CPROVER_assert(t.memtype == want.memtype, "memory type");
		__CPROVER_assert(t.key == want.key, "key");
		__CPROVER_assert(t.space == want.space, "output space");
#endif
	}
#ifdef REACH
	__CPROVER_assert(want.fault != PTG_F_NONE, "reach: some address translates");
#endif
}
