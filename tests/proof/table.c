/* SPDX-License-Identifier: MIT */
/*
 * table.c - a table's entry as the encoder writes it leads to that table and takes nothing away
 *
 * Law 2 for the tables of one level: -DFORMAT=F, -DFORMAT_FILE="F.c", -DLEVEL=n, and -DROW=r,
 * the row of the kind that is written.  Address, features, parameters and contexts are free.
 * With -DMUTANT one bit is flipped on the way.
 */
#include <stdint.h>

#include "ptg.h"
#include "ptg_core.h"

#include FORMAT_FILE

/* Kinds are told apart, and chosen, here: see the functions of these names below. */
const struct ptg_kind *real_kind(const struct ptg_space *s, unsigned level, const uint64_t e[2]);
const struct ptg_kind *real_table_kind(const struct ptg_space *s, unsigned level);
#define ptg_kind_ real_kind
#include "decode.c"
#undef ptg_kind_
#define ptg_table_kind_ real_table_kind
#include "encode.c"
#undef ptg_table_kind_

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

uint64_t nondet_u64(void);
unsigned nondet_unsigned(void);

/* What this needs nothing of. */
const struct ptg_walker ptg_generic_walker;
void ptg_quick_build_(struct ptg_space *s)
{
	(void)s;
}

static const struct ptg_kind *written(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;

	return &f->kinds[f->rows[f->levels[LEVEL].row_first + ROW].kind];
}

const struct ptg_kind *ptg_table_kind_(const struct ptg_space *s, unsigned level)
{
	__CPROVER_assume(real_table_kind(s, level) == written(s));
	return written(s);
}

/* The pointer given back is a constant, so that the model checker does not follow every kind the format has. */
const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	__CPROVER_assert(real_kind(s, level, e) == written(s), "the kind that was written");
	__CPROVER_assume(real_kind(s, level, e) == written(s));
	return written(s);
}

/* Any that the format allows. */
static void any_settings(struct ptg_space *s)
{
	int err = ptg_space_config(s, nondet_u64());

	__CPROVER_assume(err == PTG_OK);
	for (unsigned i = 0; i < 4; i++)
		s->ctx[i] = nondet_u64();
}

static void assert_neutral(const struct ptg_space *s, const uint64_t e[2])
{
	const struct ptg_format *f = s->format;
	uint64_t attr[PTG_ATTRS];
	struct ptg_env env;

	ptg_env_init_(&env, s, e, 0);
	ptg_attrs_neutral_(f, attr);
	ptg_attrs_(&env, written(s), attr);
	for (unsigned i = 0; i < f->attr_count; i++)
		__CPROVER_assert(attr[i] == (f->attrs[i].op == '&' ? f->attrs[i].neutral : 0), "takes nothing away");
}

int main(void)
{
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker) };
	uint64_t pa = nondet_u64(), e[2] = { 0, 0 };
	struct ptg_decoded d;
	int err;

	any_settings(&s);
	err = ptg_encode_table(&s, LEVEL, pa, e);
#ifdef REACH
	__CPROVER_assert(err != PTG_OK, "reach: something can be encoded");
#endif
	if (err)
		return 0;
#ifdef MUTANT
	e[0] ^= (uint64_t)1 << (nondet_unsigned() & 63);
#endif
	err = JOIN(FORMAT, decode)(&s, LEVEL, e, &d);
	__CPROVER_assert(err == PTG_OK, "it decodes");
	__CPROVER_assert(d.fault == PTG_F_NONE && d.role == PTG_ROLE_TABLE, "to a table");
	__CPROVER_assert(d.pa == (pa & ~written(&s)->low_mask), "at that address");
	assert_neutral(&s, e);
	return 0;
}
