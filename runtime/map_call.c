/* SPDX-License-Identifier: MIT */
/*
 * map_call.c - the calls that map: their arguments, and how many tables they will need
 */
#include "ptg_change.h"

#define MAP_FLAGS (PTG_MAP_REPLACE | PTG_MAP_KEEP | PTG_SPLIT_OK | PTG_COLLAPSE_OK | PTG_NO_LARGE | PTG_NO_CONTIG | \
		   PTG_STREAM | PTG_KEEP_TABLES | PTG_TABLES_ONLY | PTG_QUIET)

static int map_args(const struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
		    unsigned flags)
{
	uint64_t last;

	if (!s || !s->format || !s->mapper || !a || (flags & ~(unsigned)MAP_FLAGS) || (a->care & ~PTG_CARE_))
		return PTG_E_ARG;
	if ((flags & PTG_MAP_REPLACE) && (flags & PTG_MAP_KEEP))
		return PTG_E_ARG;
	if (len && pa + (len - 1) < pa)
		return PTG_E_ARG;
	if (pa & ptg_mask_(ptg_smallest_lg2_(s)))
		return len && va + (len - 1) >= va ? PTG_E_ALIGN : PTG_E_ARG;
	return ptg_args_(s, va, len, &last);
}

/* One page straight, where it is a simple one, else by the generic code; more by the walker as a range. */
int ptg_map_any_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		 struct ptg_flush *f)
{
	int err;

	if (ptg_map_straight_(s, va, pa, len, a, flags, f))
		return PTG_OK;
	err = map_args(s, va, pa, len, a, flags);
	if (err)
		return err;
	if (s->walker && s->walker->map && !ptg_is_one_(s, len))
		return s->walker->map(s, va, pa, len, a, flags, f);
	return ptg_map_(s, va, pa, len, a, flags, f);
}

int ptg_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	    struct ptg_flush *f)
{
	if (PTG_LIKELY(s && s->walker && s->walker->map_one))
		return s->walker->map_one(s, va, pa, len, a, flags, f);
	return s ? ptg_map_any_(s, va, pa, len, a, flags, f) : PTG_E_ARG;
}

int ptg_map_sg(struct ptg_space *s, uint64_t va, const struct ptg_sg *sg, size_t n, const struct ptg_attrs *a,
	       unsigned flags, struct ptg_flush *f)
{
	struct ptg_pieces_ m = { sg, n, va, va, 0 };
	uint64_t len = 0, at;
	size_t i;
	int err;

	if (!sg || !n)
		return PTG_E_ARG;
	for (i = 0; i < n; i++) {
		at = va + len;
		err = at < va ? PTG_E_ARG : map_args(s, at, sg[i].pa, sg[i].len, a, flags);
		if (err)
			return err;
		len += sg[i].len;
	}
	err = map_args(s, va, 0, len, a, flags);
	return err ? err : ptg_map_pieces_(s, &m, len, a, flags, f);
}

int ptg_plan_map(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t pa, unsigned flags, struct ptg_need *need)
{
	static const struct ptg_attrs any = { 0, 0, 0, 0, 0 };
	struct ptg_flush f;
	struct ptg_sg sg = { pa, len };
	struct ptg_pieces_ m = { &sg, 1, va, va, pa };
	struct ptg_op_ op;
	unsigned i;
	int err;

	if (!need)
		return PTG_E_ARG;
	for (i = 0; i < 8; i++)
		((volatile uint32_t *)need->tables)[i] = 0;
	err = map_args(s, va, pa, len, &any, flags);
	if (err)
		return err;
	f.table = NULL;
	f.table_cap = f.table_count = f.left = 0;
	err = ptg_op_begin_(&op, s, flags, &f);
	if (err)
		return err;
	op.arg = &m;
	ptg_choices_(&op);
	err = ptg_map_pass_(&op);
	for (i = 0; i < 8 && !err; i++)
		((volatile uint32_t *)need->tables)[i] = op.pool[i].want;
	return err;
}
