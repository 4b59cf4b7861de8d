/* SPDX-License-Identifier: MIT */
/*
 * pair.c - a two-stage walk is the first stage's manual, every table read and
 * the final address taken through the second stage
 *
 * The second stage is any function of address and access (uninterpreted): what its tables
 * say is proved of its own format.  The first stage is spec/FIRST.c, whose names for memory
 * are guest_memory() and guest_readable() on the command line.  For all registers,
 * addresses, accesses, settings and memories.
 *
 * -DFORMAT=F, -DFORMAT_FILE="F.c"; -DFIRST=G: the first stage's format, whose G.c is linked;
 * -DTABLES=A: the access that the second stage sees when a table is read.  -DMUTANT: the
 * last address is a page off.
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_host(uint64_t pa);
_Bool __CPROVER_uninterpreted_reached(uint64_t pa);

#define PTG_IN_WINDOW(space, pa) __CPROVER_uninterpreted_reached(pa)
#define PTG_LOAD64(space, pa) __CPROVER_uninterpreted_host(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)__CPROVER_uninterpreted_host(pa))
#define PTG_LOAD64BE(space, pa) __CPROVER_uninterpreted_host(pa)
#define PTG_LOAD32BE(space, pa) ((uint32_t)__CPROVER_uninterpreted_host(pa))

#include "spec.h"
#include "ptg_core.h"

#include FORMAT_FILE
#include "elsewhere.h"

#define SIX 0x3fu

extern const struct ptg_format JOIN(FIRST, format);
extern const struct ptg_walker JOIN(FIRST, walker);

uint64_t spec_reg[SPEC_REGS];

/* --- the second stage ---------------------------------------------------------------------- */

uint64_t __CPROVER_uninterpreted_second_pa(uint64_t gpa, unsigned access);
uint64_t __CPROVER_uninterpreted_second_entry(uint64_t gpa, unsigned access);
unsigned __CPROVER_uninterpreted_second_info(uint64_t gpa, unsigned access);
unsigned __CPROVER_uninterpreted_second_rights(uint64_t gpa, unsigned access);

static struct ptg_space second; /* its settings are free */

static enum ptg_fault second_stage(uint64_t gpa, unsigned access, struct ptg_translation *t)
{
	unsigned info = __CPROVER_uninterpreted_second_info(gpa, access);

	*t = (struct ptg_translation){ 0 };
	t->fault = (uint8_t)(info & 15);
	t->page_lg2 = (uint8_t)(info >> 4 & 63);
	t->level = (uint8_t)(info >> 10 & 7);
	t->space = (uint8_t)(info >> 13 & 3);
	t->rule = (uint16_t)(info >> 16);
	t->entry = __CPROVER_uninterpreted_second_entry(gpa, access);
	if (!t->fault) {
		t->pa = __CPROVER_uninterpreted_second_pa(gpa, access);
		t->rights = __CPROVER_uninterpreted_second_rights(gpa, access);
	}
	return (enum ptg_fault)t->fault;
}

enum ptg_fault ptg_translate(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t)
{
	__CPROVER_assert(s == &second, "only the second stage is asked");
#ifdef MUTANT
	if (access & PTG_EXEC) /* not of a table */
		va ^= 0x1000;
#endif
	return second_stage(va, access, t);
}

/* --- memory, as the first stage sees it ------------------------------------------------------- */

static unsigned tables;                  /* the access under which tables are read */
static _Bool refused;                    /* the second stage forbade such a read */
static struct ptg_translation inner;     /* its answer */

_Bool guest_readable(uint64_t gpa)
{
	struct ptg_translation t;

	if (second_stage(gpa, tables, &t)) {
		if (!refused)
			inner = t;
		refused = 1;
		return 0;
	}
	return __CPROVER_uninterpreted_reached(t.pa);
}

uint64_t guest_memory(uint64_t gpa)
{
	struct ptg_translation t;

	second_stage(gpa, tables, &t);
	return __CPROVER_uninterpreted_host(t.pa);
}

/* --- what the runtime has elsewhere ------------------------------------------------------------ */

struct ptg_hit ptg_hit_of_(const struct ptg_translation *t)
{
	struct ptg_hit hit = { t->pa, t->fault };

	return hit;
}

/* --- the proof ------------------------------------------------------------------------------- */

int main(void)
{
	struct ptg_space first = { .format = &JOIN(FIRST, format), .walker = &JOIN(FIRST, walker) };
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker), .stage = { &first, &second } };
	uint64_t va = nondet_u64();
	unsigned access = nondet_unsigned() & 15;
	struct ptg_translation t, last;
	struct spec want;
	enum ptg_fault fault;

	for (unsigned i = 0; i < 4; i++)
		first.ctx[i] = nondet_u64();
	for (unsigned i = 0; i < SPEC_REGS; i++)
		spec_reg[i] = nondet_u64();
	first.config[0] = nondet_u64();
	second.config[0] = nondet_u64();
	spec_assume(&first);
	__CPROVER_assume(ptg_set_root(&first, spec_reg, walk_registers(first.format)) == PTG_OK);

	tables = access & 7 ? (TABLES) : PTG_LOOK;
	want = spec_translate(&first, va, access);
	fault = JOIN(FORMAT, translate)(&s, va, access, &t);
	__CPROVER_assert(t.fault == fault, "fault in the answer");
	if (refused) {
		__CPROVER_assert(fault == inner.fault && t.stage == 2, "the second stage forbids to read a table");
	} else if (want.fault) {
		__CPROVER_assert(fault == want.fault && t.stage == 1, "fault of the first stage");
	} else if (second_stage(want.pa, access, &last)) {
		__CPROVER_assert(fault == last.fault && t.stage == 2, "fault of the second stage");
		__CPROVER_assert(t.level == last.level && t.entry == last.entry, "its entry");
	} else {
		_Bool smaller = last.page_lg2 && (!want.page_lg2 || last.page_lg2 < want.page_lg2);

		__CPROVER_assert(!fault, "it translates");
		__CPROVER_assert(t.pa == last.pa && t.space == last.space, "pa");
		__CPROVER_assert(t.rights == (want.rights & (last.rights | ~SIX)), "rights that both leave");
		__CPROVER_assert(t.page_lg2 == (smaller ? last.page_lg2 : want.page_lg2), "the smaller page");
		__CPROVER_assert(t.contig_lg2 == (smaller ? 0 : want.contig_lg2), "and its group");
		__CPROVER_assert(t.level == want.level && t.entry == want.entry, "entry of the first stage");
	}
	__CPROVER_assert(!fault || t.pa == 0, "a fault has no address");
#ifdef REACH
	__CPROVER_assert(fault, "reach: some address translates");
#endif
}
