/* SPDX-License-Identifier: MIT */
/*
 * codec.c - whatever the encoder writes decodes to what was asked
 *
 * Law 2 for one level of one format: -DFORMAT=F, -DFORMAT_FILE="F.c", -DLEVEL=n.
 * Address, attributes and what is meant of them (care) are free; features and
 * parameters are the format's defaults, or -DCONFIG=config0; contexts the defaults,
 * for which rights are encoded.  With -DMUTANT one bit is flipped on the way.
 */
#include <stdint.h>

#include "ptg.h"
#include "ptg_core.h"

#include FORMAT_FILE

/* Kinds are told apart here, see ptg_kind_() below. */
const struct ptg_kind *real_kind(const struct ptg_space *s, unsigned level, const uint64_t e[2]);
#define ptg_kind_ real_kind
#include "decode.c"
#undef ptg_kind_

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define SIX 0x3fu

uint64_t nondet_u64(void);
unsigned nondet_unsigned(void);

/* What this needs nothing of. */
const struct ptg_walker ptg_generic_walker;
void ptg_quick_build_(struct ptg_space *s)
{
	(void)s;
}

/* The kind the encoder writes: the first page of the level, a plain one if there is one. */
static const struct ptg_kind *written(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	const struct ptg_level *l = &f->levels[LEVEL];
	const struct ptg_kind *other = 0;

	for (unsigned i = 0; i < l->row_count; i++) {
		const struct ptg_row *r = &f->rows[l->row_first + i];
		const struct ptg_kind *k = &f->kinds[r->kind];

		if (k->role != PTG_ROLE_PAGE || !k->encodable || ((uint32_t)s->config[0] & r->feature_mask) != r->feature_value)
			continue;
		if (!k->napot && !k->repeat_lg2)
			return k;
		if (!other)
			other = k;
	}
	return other;
}

/*
 * What decode.c finds must be that kind.  The pointer given back is a constant, so
 * that the model checker does not follow every kind the format has.
 */
const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	const struct ptg_kind *k = written(s);

	__CPROVER_assert(real_kind(s, level, e) == k, "the kind that was written");
	__CPROVER_assume(real_kind(s, level, e) == k);
	return k;
}

int main(void)
{
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker) };
	struct ptg_attrs a = { .rights = nondet_unsigned(), .care = nondet_unsigned() };
	uint64_t pa = nondet_u64(), e[2] = { 0, 0 };
	struct ptg_decoded d;
	int err;

	/* default contexts: rights are encoded for these */
	for (unsigned i = 0; i < s.format->ctx_count; i++)
		ptg_put_ctx_(&s, &s.format->ctx[i], s.format->ctx[i].value);
#ifdef CONFIG
	s.config[0] = CONFIG;
#else
	s.config[0] = s.format->default_config0;
#endif
	JOIN(FORMAT, update)(&s);
	a.soft = nondet_u64();
	a.key = (uint8_t)nondet_unsigned();
	a.care &= SIX | PTG_GLOBAL | PTG_ACCESSED | PTG_DIRTY | PTG_HAS_KEY | PTG_HAS_SOFT;
	err = JOIN(FORMAT, encode)(&s, LEVEL, pa, &a, e);
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
	__CPROVER_assert(d.fault == PTG_F_NONE && d.role == PTG_ROLE_PAGE, "to a page");
	__CPROVER_assert(d.pa == pa, "of that address");
	__CPROVER_assert(!((d.rights ^ a.rights) & a.care & (SIX | PTG_GLOBAL | PTG_ACCESSED | PTG_DIRTY)),
			 "with these rights");
	__CPROVER_assert(!(a.care & PTG_HAS_SOFT) || (d.soft & a.soft) == a.soft, "with these soft bits");
	return 0;
}
