/* SPDX-License-Identifier: MIT */
/*
 * digest.c - what the generic walker answers from its digest is what the generated one says
 *
 * runtime/quick.c digests the format once, when settings change; runtime/translate.c
 * answers from that, or goes the long way of find.c, which generic.c is about.  Here
 * quick.c runs in the model checker, and where ptg_lookup_() of translate.c has an answer of
 * its own it is F_lookup's.
 *
 * With features that are constants the digest is made of constants, so that its levels need
 * no cases.  What the digest does not ask for may be anything: that it asks for no parameter
 * is asserted.  Free are registers, parameters, contexts, address, access and memory.
 *
 * Of formats with one root that always starts at the top, which is asserted.
 *
 *   -DFORMAT=F -DFORMAT_FILE="F.c" -DFEATURES=n  bit i of n: the i-th feature (else the defaults)
 */
#include <stdint.h>

uint64_t __CPROVER_uninterpreted_memory(uint64_t pa);
_Bool __CPROVER_uninterpreted_readable(uint64_t pa);

#ifdef MUTANT
#define PROOF_MEMORY(pa) (__CPROVER_uninterpreted_memory(pa) ^ (wrong && (pa) & 8 ? UINT64_C(0x8000000000000021) : 0))
#else
#define PROOF_MEMORY(pa) __CPROVER_uninterpreted_memory(pa)
#endif

#define PTG_IN_WINDOW(space, pa) __CPROVER_uninterpreted_readable(pa)
#define PTG_LOAD64(space, pa) PROOF_MEMORY(pa)
#define PTG_LOAD32(space, pa) ((uint32_t)PROOF_MEMORY(pa))
#define PTG_LOAD64BE(space, pa) PTG_LOAD64(space, pa)
#define PTG_LOAD32BE(space, pa) PTG_LOAD32(space, pa)

static _Bool wrong; /* what is read now */

#include "spec.h"
#include "ptg_core.h"

#include FORMAT_FILE

/* Setting up makes a digest of settings that are not constants: not here, but in make_digest() below. */
void real_build(struct ptg_space *s);
#define ptg_quick_build_ real_build
#include "quick.c"
#undef ptg_quick_build_
#undef SUPPORT

/* The walk in find.c is another proof's. */
static enum ptg_fault long_way(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w)
{
	(void)s;
	(void)va;
	(void)access;
	(void)w;
	__CPROVER_assume(0);
	return PTG_F_NONE;
}
static struct ptg_hit long_lookup(const struct ptg_space *s, uint64_t va, unsigned access)
{
	long_way(s, va, access, NULL);
	return (struct ptg_hit){ 0, 0 };
}

/*
 * The kind of a page is one of a few, what is asked of it the same: once for each of them, a constant,
 * so that the checker need not follow every kind and every node.
 */
#define EACH_LEVEL(s, l) for (unsigned l = 0; l < (s)->format->level_count; l++)

static const struct ptg_kind *page_at(const struct ptg_space *s, unsigned level)
{
	return &s->format->kinds[s->quick.level[level].page_kind];
}

static unsigned case_contig(const struct ptg_env *env, const struct ptg_kind *k)
{
	EACH_LEVEL(env->space, l)
		if (k == page_at(env->space, l))
			return ptg_contig_lg2_(env, page_at(env->space, l));
	__CPROVER_assert(0, "a page of the digest");
	return 0;
}

#define ptg_contig_lg2_ case_contig
#define ptg_find_ long_way
#define ptg_slow_lookup_ long_lookup
#include <translate.c> /* of the runtime */
#undef ptg_contig_lg2_
#undef ptg_find_
#undef ptg_slow_lookup_

#include "elsewhere.h"

#ifndef FEATURES
#define FEATURES JOIN(FORMAT, format).default_config0
#endif

uint64_t spec_reg[SPEC_REGS];

/* --- what the runtime has elsewhere ------------------------------------------------ */

void ptg_quick_one_(struct ptg_space *s)
{
	(void)s;
}

/* --- settings ------------------------------------------------------------------------- */

/* Features of the case, any parameters in their ranges, any contexts. */
static void any_settings(struct ptg_space *s)
{
	s->config[0] = FEATURES & below(s->format->feature_count);
	for (unsigned i = 0; i < s->format->param_count; i++) {
		const struct ptg_param_def *p = &s->format->params[i];
		uint64_t value = nondet_u64();

		__CPROVER_assume(value >= p->min && value <= p->max);
		s->config[0] |= value << p->shift;
	}
	for (unsigned i = 0; i < 4; i++)
		s->ctx[i] = nondet_u64();
}

static _Bool asks_param(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];

	if (node == PTG_NONE)
		return 0;
	if (n->op == PTG_OP_PARAM)
		return 1;
	if (n->op == PTG_OP_CTX_AT || n->op == PTG_OP_EXTERN)
		return asks_param(f, n->b);
	if (n->op < PTG_OP_NOT)
		return 0;
	if (asks_param(f, n->a))
		return 1;
	if (n->op == PTG_OP_NOT || n->op == PTG_OP_SLICE)
		return 0;
	return asks_param(f, n->b) || (n->op == PTG_OP_DSLICE && asks_param(f, n->c));
}

/* Does anything of the kind that quick.c evaluates ask for a parameter? */
static _Bool kind_asks_param(const struct ptg_format *f, const struct ptg_kind *k)
{
	for (unsigned i = 0; i < k->check_count; i++)
		if (asks_param(f, f->checks[k->check_first + i].node))
			return 1;
	for (unsigned i = 0; k->attr_first != PTG_NONE && i < f->attr_count; i++)
		if ((f->attrs[i].op || f->attrs[i].table_index != 0xff) && asks_param(f, f->attr_node[k->attr_first + i]))
			return 1;
	for (unsigned i = 0; i < k->mark_count; i++)
		if (asks_param(f, f->marks[k->mark_first + i].enabled))
			return 1;
	for (unsigned i = 0; i < k->deny_count; i++)
		if (asks_param(f, f->denies[k->deny_first + i].guard))
			return 1;
	return 0;
}

/* The digest as it is made for the features of the case: of constants, but for what parameters forbid. */
static void make_digest(struct ptg_space *s)
{
	static struct ptg_space plain; /* not a copy: what is known to be constant stays so */

	for (unsigned i = 0; i < s->format->kind_count; i++)
		__CPROVER_assert(!kind_asks_param(s->format, &s->format->kinds[i]), "the digest asks for no parameter");
	plain.format = &JOIN(FORMAT, format);
	plain.config[0] = FEATURES & below(s->format->feature_count);
	for (unsigned i = 1; i < 4; i++)
		plain.config[i] = s->config[i];
	for (unsigned i = 0; i < 4; i++)
		plain.ctx[i] = s->ctx[i];
	real_build(&plain);
	s->quick = plain.quick;
	s->quick.config0 = s->config[0];
}

static _Bool leads_somewhere(const struct ptg_root *r)
{
	return r->flags & PTG_ROOT_VALID && !(r->flags & PTG_ROOT_BYPASS);
}

/* --- what is proved ----------------------------------------------------------------------- */

static void compare(const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct ptg_hit hit, want;

	wrong = 1;
	hit = ptg_lookup_(s, va, access);
	wrong = 0;
	want = JOIN(FORMAT, lookup)(s, va, access);
	__CPROVER_assert(hit.pa == want.pa, "pa");
	__CPROVER_assert(hit.info == want.info, "info");
#ifdef REACH
	__CPROVER_assert(0, "reach: some address is answered");
#endif
}

int main(void)
{
	struct ptg_space s = { .format = &JOIN(FORMAT, format), .walker = &JOIN(FORMAT, walker) };
	struct ptg_root *r = &s.root[0];
	int err;

	for (unsigned i = 0; i < SPEC_REGS; i++)
		spec_reg[i] = nondet_u64();
	any_settings(&s);
	err = ptg_set_root(&s, spec_reg, walk_registers(s.format));
	__CPROVER_assume(err == PTG_OK);
	__CPROVER_assert(s.format->root_count == 1, "one root");
	__CPROVER_assert(!leads_somewhere(r) || r->level == s.format->top, "walks start at the top");
	r->level = s.format->top; /* where it leads nowhere nobody asks */
	make_digest(&s);
	compare(&s, nondet_u64(), nondet_unsigned() & 15);
}
