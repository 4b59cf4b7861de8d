/* SPDX-License-Identifier: MIT */
/*
 * split.c - large pages and groups become small pages, with the same translation
 */
#include "ptg_change.h"

struct split {
	uint64_t first, last;
	unsigned page_lg2;
};

static int split_page(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered)
{
	const struct split *p = op->arg;

	(void)covered;
	if (u->lg2 > p->page_lg2)
		return PTG_CUT_;
	/* Nothing else changes here, but the pages of a table being made are wanted. */
	return fr->source == PTG_SPLIT_ ? ptg_need_(op, fr) : PTG_OK;
}

static const struct ptg_act_ split_act = { .page = split_page };

static int split_pass(struct ptg_op_ *op)
{
	const struct split *p = op->arg;

	return ptg_tour_pass_(op, p->first, p->last);
}

int ptg_split(struct ptg_space *s, uint64_t va, uint64_t len, unsigned page_lg2, struct ptg_flush *f)
{
	struct split p = { va, 0, page_lg2 };
	struct ptg_op_ op;
	int err = ptg_args_(s, va, len, &p.last);

	if (err)
		return err;
	if (page_lg2 < ptg_smallest_lg2_(s) || page_lg2 > 63)
		return PTG_E_ARG;
	err = ptg_op_begin_(&op, s, 0, f);
	if (err)
		return err;
	op.act = &split_act;
	op.arg = &p;
	return ptg_op_run_(&op, split_pass);
}
