/* SPDX-License-Identifier: MIT */
/*
 * grant.c - what the tables above a page leave of what its entry says
 *
 * Tables made here are neutral.  Those of somebody else may take rights away, or
 * add attributes; then a page below them is not what its own entry says.
 */
#include "ptg_change.h"

#define GRANT_RIGHTS (PTG_UR | PTG_UW | PTG_UX | PTG_SR | PTG_SW | PTG_SX | PTG_GLOBAL)

bool ptg_speaks_(const struct ptg_format *f, const struct ptg_kind *k, const uint64_t e[2])
{
	unsigned i;

	if (k->attr_first == PTG_NONE)
		return false;
	for (i = 0; !k->addr_simple && i < f->attr_count; i++)
		if (f->attr_node[k->attr_first + i] != PTG_NONE)
			return true;
	if (!k->addr_simple)
		return false;
	return ((e[0] ^ (k->base | k->neutral)) & ~(k->addr_mask | k->accessed_mask)) || e[1] != (k->base_hi | k->neutral_hi);
}

struct grant {
	unsigned rights;
	uint64_t memory, key;
};

/* Of the tables from fr upwards; fr NULL: of none. */
static int grant_attrs(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t *attr)
{
	const struct ptg_kind *k;
	struct ptg_env env;
	uint64_t e[2];
	int err;

	ptg_attrs_neutral_(op->fmt, attr);
	for (; fr && fr->up; fr = fr->up) {
		if (fr->source != PTG_REAL_)
			continue;
		err = ptg_peek_(op, fr->up, fr->up_index, e);
		if (err)
			return err;
		k = ptg_kind_(op->s, fr->up->t.level, e);
		if (!k || k->role != PTG_ROLE_TABLE)
			continue;
		ptg_env_of_(op, &env, e, fr->va);
		ptg_attrs_(&env, k, attr);
	}
	return PTG_OK;
}

static unsigned grant_root(const struct ptg_op_ *op, const struct ptg_frame_ *fr)
{
	return fr ? ptg_choose_root_(op->s, fr->va)->flags >> PTG_ROOT_DENY_SHIFT & 0x3f : 0;
}

static int grant_of(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, const struct ptg_kind *k,
		    const uint64_t e[2], struct grant *g)
{
	uint64_t attr[PTG_ATTRS];
	struct ptg_env env;
	int err = grant_attrs(op, fr, attr);

	if (err)
		return err;
	ptg_env_of_(op, &env, e, va);
	ptg_attrs_(&env, k, attr);
	g->rights = ptg_rights_(&env, k, attr) & GRANT_RIGHTS & ~grant_root(op, fr);
	g->memory = op->fmt->memtype_attr == 0xff ? 0 : attr[op->fmt->memtype_attr];
	g->key = op->fmt->key_attr == 0xff ? 0 : attr[op->fmt->key_attr];
	return PTG_OK;
}

int ptg_grants_(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_kind *k, const uint64_t e[2])
{
	uint32_t care = op->a ? op->a->care : 0;
	struct grant own, here;
	int err;

	if (!fr->narrow || !care)
		return PTG_OK;
	err = grant_of(op, NULL, fr->va, k, e, &own);
	if (!err)
		err = grant_of(op, fr, fr->va, k, e, &here);
	if (err)
		return err;
	if (((own.rights ^ here.rights) & care & GRANT_RIGHTS) ||
	    ((care & PTG_HAS_MEMTYPE) && own.memory != here.memory) || ((care & PTG_HAS_KEY) && own.key != here.key))
		return PTG_E_ATTR;
	return PTG_OK;
}

int ptg_grants_alike_(struct ptg_op_ *op, const struct ptg_frame_ *child, const struct ptg_kind *k, const uint64_t e[2])
{
	struct grant above, below;
	int err;

	if (!child->narrow)
		return 1;
	err = grant_of(op, child->up, child->va, k, e, &above);
	if (!err)
		err = grant_of(op, child, child->va, k, e, &below);
	if (err)
		return err;
	return above.rights == below.rights && above.memory == below.memory && above.key == below.key;
}
