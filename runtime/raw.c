/* SPDX-License-Identifier: MIT */
/*
 * raw.c - one entry as a value: for payloads, and for whoever knows better
 */
#include "ptg_change.h"

struct raw {
	uint64_t entry[2], va;
};

/* The entry that decides about an address.  PTG_E_HOLE: nothing is mapped there; entry and level are set all the same. */
int ptg_get_entry(const struct ptg_space *s, uint64_t va, uint64_t entry[2], unsigned *level)
{
	struct ptg_found w;
	enum ptg_fault fault;
	uint64_t last;
	int err;

	if (!s || !s->format || !entry || !level)
		return PTG_E_ARG;
	err = ptg_args_(s, va & ~ptg_mask_(ptg_smallest_lg2_(s)), ptg_shl_(1, ptg_smallest_lg2_(s)), &last);
	if (err)
		return err;
	w.via = NULL;
	fault = ptg_find_(s, va, PTG_LOOK, &w);
	entry[0] = w.env.e[0];
	entry[1] = w.env.e[1];
	*level = w.table.level;
	switch (fault) {
	case PTG_F_NONE:
		return PTG_OK;
	case PTG_F_NOT_PRESENT:
		return PTG_E_HOLE;
	case PTG_F_UNREADABLE:
		return PTG_E_IO;
	case PTG_F_NONCANONICAL: case PTG_F_CONFIG: case PTG_F_LENGTH:
		return PTG_E_RANGE;
	default:
		return PTG_E_CORRUPT;
	}
}

/* A page of the same size, or something not present; nothing that would need a table. */
static int raw_fits(struct ptg_op_ *op, struct ptg_frame_ *fr, const uint64_t e[2])
{
	const struct ptg_kind *k = ptg_kind_(op->s, fr->t.level, e);
	struct ptg_env env;

	if (!k || k->role == PTG_ROLE_TABLE)
		return PTG_E_ARG;
	if (k->role != PTG_ROLE_PAGE)
		return op->fmt->rules[k->rule].fault_class == PTG_F_RESERVED ? PTG_E_ARG : PTG_OK;
	ptg_env_of_(op, &env, e, fr->va);
	env.size_lg2 = ptg_page_lg2_(&env, k, &fr->t);
	if (ptg_check_(&env, k))
		return PTG_E_ARG;
	return env.size_lg2 == fr->t.shift && !ptg_contig_lg2_(&env, k) ? PTG_OK : PTG_E_SPLIT;
}

/* Something not present takes no marks over. */
static int raw_trade(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, uint64_t old[2], const uint64_t new[2])
{
	int done;

	do {
		done = ptg_trade_(op, fr, index, old, new);
	} while (done == 0);
	return done < 0 ? done : PTG_OK;
}

static int raw_put(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t old[2],
		   const struct ptg_kind *k, unsigned reason)
{
	const struct raw *r = op->arg;
	uint64_t was[2] = { old[0], old[1] }, va = ptg_va_(fr, index);
	int err = raw_fits(op, fr, r->entry);

	if (err || ptg_same_(old, r->entry))
		return err;
	if (k && ptg_kind_(op->s, fr->t.level, r->entry)->role == PTG_ROLE_PAGE)
		err = ptg_change_entry_(op, fr, index, k, was, r->entry, true);
	else if (op->commit)
		err = raw_trade(op, fr, index, was, r->entry);
	if (!err)
		ptg_flush_add_(op, va, va | ptg_mask_(fr->t.shift), fr->t.shift, fr->t.level, reason);
	return err;
}

static int raw_page(struct ptg_op_ *op, struct ptg_frame_ *fr, const struct ptg_unit_ *u, bool covered)
{
	(void)covered;
	if (u->slots > 1)
		return PTG_E_SPLIT;
	return raw_put(op, fr, u->index, u->e, u->k, PTG_FLUSH_REPLACED | PTG_FLUSH_DOWN);
}

static int raw_soft(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t index, const uint64_t e[2], bool covered)
{
	(void)covered;
	return raw_put(op, fr, index, e, NULL, PTG_FLUSH_NEW);
}

/* Only in a last table: higher up nobody could say which size is meant. */
static int raw_hole(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t first, uint64_t last)
{
	(void)last;
	if (fr->t.level || !fr->there)
		return PTG_E_HOLE;
	return raw_put(op, fr, ptg_at_(op, fr, first), fr->empty, NULL, PTG_FLUSH_NEW);
}

static const struct ptg_act_ raw_act = { .page = raw_page, .soft = raw_soft, .hole = raw_hole };

static int raw_pass(struct ptg_op_ *op)
{
	const struct raw *at = op->arg;

	return ptg_op_roots_(op, at->va, at->va | ptg_mask_(op->smallest_lg2), ptg_tour_);
}

/*
 * Put a value in the entry that decides about an address: a page of the size that
 * is there, or something not present (a payload).  PTG_E_HOLE: no last table there;
 * PTG_E_ARG: a table, or reserved; PTG_E_SPLIT: a member of a group.
 */
int ptg_set_entry(struct ptg_space *s, uint64_t va, const uint64_t entry[2], struct ptg_flush *f)
{
	struct raw at;
	struct ptg_op_ op;
	uint64_t last;
	int err;

	if (!s || !s->format || !entry)
		return PTG_E_ARG;
	at.va = va & ~ptg_mask_(ptg_smallest_lg2_(s));
	at.entry[0] = entry[0];
	at.entry[1] = entry[1];
	err = ptg_args_(s, at.va, ptg_shl_(1, ptg_smallest_lg2_(s)), &last);
	if (!err)
		err = ptg_op_begin_(&op, s, 0, f);
	if (err)
		return err;
	op.act = &raw_act;
	op.arg = &at;
	return ptg_op_run_(&op, raw_pass);
}
