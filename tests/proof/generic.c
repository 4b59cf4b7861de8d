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
 * at once.  So the proof is cut into cases: -DLEVEL=l -DROW=r speaks of the walks
 * that end at depth l with an entry of the r-th row of its kinds, or before that
 * at any entry on the way down; all cases together are all walks.  In each the
 * kind is a constant.  -DSTART=d: the walk starts at depth d (default: the top).
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

#ifndef START
#define START JOIN(FORMAT, format).top
#endif
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

uint64_t spec_reg[SPEC_REGS];

uint64_t nondet_u64(void);
unsigned nondet_unsigned(void);

const struct ptg_walker ptg_generic_walker;

/* --- what the runtime has elsewhere ------------------------------------------------ */

void ptg_quick_build_(struct ptg_space *s)
{
	(void)s;
}

void ptg_zero_(void *at, size_t bytes)
{
	__CPROVER_assert(bytes == sizeof(struct ptg_root), "a root is cleared");
	*(struct ptg_root *)at = (struct ptg_root){ 0 };
}

int ptg_cold_load_(const struct ptg_space *s, uint64_t pa, unsigned lg2, uint64_t e[2])
{
	(void)s;
	(void)pa;
	(void)lg2;
	(void)e;
	return PTG_E_IO;
}

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

static const struct ptg_kind *case_kind(const struct ptg_format *f, unsigned level)
{
	const struct ptg_level *l = &f->levels[level];
	unsigned i;

	if (level == LEVEL)
		return &f->kinds[f->rows[l->row_first + ROW].kind];
	for (i = 0; i < l->row_count; i++)
		if (f->kinds[f->rows[l->row_first + i].kind].role == PTG_ROLE_TABLE)
			break;
	return &f->kinds[f->rows[l->row_first + i].kind];
}

const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	const struct ptg_kind *k;

	__CPROVER_assume(level >= LEVEL); /* deeper: another case */
	k = case_kind(s->format, level);
	__CPROVER_assume(real_kind(s, level, e) == k);
	return k;
}

/* ptg_find_(), with the first depth as a constant. */
static enum ptg_fault walk_from_start(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w)
{
	const struct ptg_root *root;
	struct ptg_table first;
	unsigned rule = 0;
	enum ptg_fault fault = ptg_start_(s, va, &root, &first, &rule);

	if (fault) {
		w->rule = rule;
		return fault;
	}
	__CPROVER_assume(!(root->flags & PTG_ROOT_BYPASS)); /* such a root translates nothing */
	__CPROVER_assume(first.level == START);
	first.level = START;
	fault = ptg_find_in_(s, va, root, &first, 0, w);
	w->env.access = access;
	return fault;
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
	err = ptg_set_root(&s, spec_reg, walk_registers(s.format));
	__CPROVER_assume(err == PTG_OK);
	for (unsigned i = 0; i < s.format->root_count; i++) { /* as a constant: -DSTART, or the top */
		__CPROVER_assume(s.root[i].level == START);
		s.root[i].level = START;
	}
	fault = walk_from_start(&s, va, access, &w);
	t.fault = (uint8_t)fault;
	t.pa = 0;
	t.rule = (uint16_t)w.rule;
	if (!fault && case_kind(s.format, LEVEL)->role == PTG_ROLE_PAGE) {
		w.kind = case_kind(s.format, LEVEL);
		fault = ptg_answer_(&w, fault, access, &t);
	}
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
