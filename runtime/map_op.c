/* SPDX-License-Identifier: MIT */
/*
 * map_op.c - one call of map: the attributes, the pages that may have them, the two passes
 */
#include "ptg_change.h"

/* Without any right the leaves are not present, where the format cannot say "no right" otherwise. */
static int map_rights(struct ptg_op_ *op, const struct ptg_attrs *a, struct ptg_attrs *some)
{
	const uint32_t six = PTG_UR | PTG_UW | PTG_UX | PTG_SR | PTG_SW | PTG_SX;
	const struct ptg_kind *k = ptg_page_kind_(op->s, op->smallest_lg2);
	uint64_t e[2];
	unsigned why;

	op->a = a;
	if (!k || (a->rights & a->care & six) || (a->care & six) != six || !ptg_template_(op->s, k, a, e, &why))
		return PTG_OK;
	some->rights = a->rights;
	some->care = a->care & ~six;
	some->memtype = a->memtype;
	some->key = a->key;
	some->soft = a->soft;
	if (ptg_template_(op->s, k, some, e, &why))
		return PTG_OK; /* the refusal will name the reason */
	if (ptg_hide_(op->s, k->level, k, e))
		return PTG_E_ATTR;
	op->a = some;
	op->nonpresent = true;
	return PTG_OK;
}

int ptg_map_pieces_(const struct ptg_space *s, struct ptg_pieces_ *m, uint64_t len, const struct ptg_attrs *a,
		    unsigned flags, struct ptg_flush *f)
{
	struct ptg_attrs some;
	struct ptg_op_ op;
	int err = ptg_op_begin_(&op, s, flags, f);

	if (err)
		return err;
	op.arg = m;
	err = map_rights(&op, a, &some);
	if (err)
		return err;
	ptg_choices_(&op);
	if (ptg_refused_(&op, PTG_NO_LEVEL))
		return PTG_E_ATTR;
	err = ptg_op_run_(&op, ptg_map_pass_);
	if (!err && (op.flags & PTG_COLLAPSE_OK))
		(void)ptg_collapse_(s, m->va, m->va + (len - 1), true, flags, f);
	return err;
}

int ptg_map_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	     struct ptg_flush *f)
{
	struct ptg_sg sg = { pa, len };
	struct ptg_pieces_ m = { &sg, 1, va, va, pa };

	return ptg_map_pieces_(s, &m, len, a, flags, f);
}
