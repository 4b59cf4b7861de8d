/* SPDX-License-Identifier: MIT */
/*
 * link.c - entries that lead to tables, and trees of tables that nobody reaches
 */
#include "ptg_change.h"

/* --- the value ------------------------------------------------------------------- */

static void link_put(uint64_t e[2], unsigned lo, unsigned width, uint64_t v)
{
	unsigned i;

	for (i = 0; i < width; i++) {
		uint64_t bit = ptg_shl_(1, (lo + i) & 63);

		e[(lo + i) / 64] = (e[(lo + i) / 64] & ~bit) | (ptg_shr_(v, i) & 1 ? bit : 0);
	}
}

/* The field of the entry that an `unless` looks at. */
static const struct ptg_node *link_field(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];

	if (n->op == PTG_OP_ENTRY)
		return n;
	if (n->op < PTG_OP_NOT || n->op == PTG_OP_COUNT_)
		return NULL;
	n = link_field(f, f->nodes[node].a);
	if (!n && f->nodes[node].op != PTG_OP_NOT && f->nodes[node].op != PTG_OP_SLICE)
		n = link_field(f, f->nodes[node].b);
	return n;
}

static void link_pieces(const struct ptg_env *env, const struct ptg_next *n, uint64_t pa, uint64_t e[2])
{
	const struct ptg_piece *p = env->space->format->pieces + n->piece_first, *end = p + n->piece_count;

	for (; p < end; p++)
		if ((p->when == PTG_NONE || ptg_eval_(env, p->when)) && (p->if_ == PTG_NONE || ptg_eval_(env, p->if_)))
			link_put(e, p->src_lo, p->width, ptg_shr_(pa, p->dst_lo));
}

/* The other children of a new entry are not there. */
static void link_alone(struct ptg_op_ *op, const struct ptg_kind *k, unsigned alternative, uint64_t e[2])
{
	struct ptg_env env;
	unsigned i;
	uint64_t v, last;

	for (i = 0; i < k->next_count; i++) {
		const struct ptg_next *n = &op->fmt->nexts[k->next_first + i];
		const struct ptg_node *field = n->unless == PTG_NONE ? NULL : link_field(op->fmt, n->unless);

		last = field && field->width < 8 ? ptg_mask_(field->width) : 0;
		for (v = 0; i != alternative && field && v <= last; v++) {
			ptg_env_of_(op, &env, e, 0);
			link_put(env.e, field->lo, field->width, v);
			if (!ptg_eval_(&env, n->unless))
				continue;
			e[0] = env.e[0];
			e[1] = env.e[1];
			break;
		}
	}
}

/*
 * One of several children: the field that tells whether it is there takes the
 * lowest value under which the entry holds the address.
 */
static int link_child(struct ptg_op_ *op, const struct ptg_kind *k, const struct ptg_next *n, uint64_t pa, uint64_t e[2])
{
	const struct ptg_node *field = n->unless == PTG_NONE ? NULL : link_field(op->fmt, n->unless);
	uint64_t v, last = field && field->width < 8 ? ptg_mask_(field->width) : 0;
	struct ptg_env env;
	unsigned space;

	for (v = 0; v <= last; v++) {
		ptg_env_of_(op, &env, e, 0);
		if (field)
			link_put(env.e, field->lo, field->width, v);
		if (n->unless != PTG_NONE && ptg_eval_(&env, n->unless))
			continue;
		link_pieces(&env, n, pa, env.e);
		if (ptg_kind_(op->s, k->level, env.e) != k)
			continue;
		if (pa != ~(uint64_t)0 && ptg_pieces_(&env, n->piece_first, n->piece_count, &space) != pa)
			continue;
		e[0] = env.e[0];
		e[1] = env.e[1];
		return PTG_OK;
	}
	return PTG_E_UNSUPPORTED;
}

/* The table kind of the level, found once. */
static const struct ptg_kind *link_kind(struct ptg_op_ *op, unsigned level)
{
	unsigned bit = 1u << (level & 7);

	if (!(op->link_known & bit)) {
		op->table_kind[level & 7] = ptg_table_kind_(op->s, level);
		op->link_known = (uint8_t)(op->link_known | bit);
	}
	return op->table_kind[level & 7];
}

int ptg_link_value_(struct ptg_op_ *op, const struct ptg_frame_ *up, const uint64_t now[2], unsigned alternative,
		    uint64_t pa, uint64_t e[2])
{
	const struct ptg_kind *k = link_kind(op, up->t.level);

	if (!k || k->next_count > 1)
		k = ptg_kind_(op->s, up->t.level, now);
	if (!k || k->role != PTG_ROLE_TABLE || k->next_count <= 1) {
		k = link_kind(op, up->t.level);
		if (!k)
			return PTG_E_SPLIT;
		e[0] = k->base | k->neutral;
		e[1] = k->base_hi | k->neutral_hi;
		if (k->next_count > 1)
			link_alone(op, k, alternative, e);
	} else {
		e[0] = now[0];
		e[1] = now[1];
	}
	if (k->next_count > 1 && alternative < k->next_count)
		return link_child(op, k, &op->fmt->nexts[k->next_first + alternative], pa, e);
	if (alternative)
		return PTG_E_UNSUPPORTED;
	ptg_put_addr_(op->s, k, pa, e);
	return PTG_OK;
}

void ptg_unlink_value_(struct ptg_op_ *op, const struct ptg_frame_ *up, const uint64_t now[2], unsigned alternative,
		       uint64_t e[2])
{
	const struct ptg_kind *k = ptg_kind_(op->s, up->t.level, now);
	const struct ptg_next *n;
	const struct ptg_node *field;
	struct ptg_env env;
	uint64_t v, last;

	e[0] = up->empty[0];
	e[1] = up->empty[1];
	if (!k || k->role != PTG_ROLE_TABLE || k->next_count <= 1)
		return;
	n = &op->fmt->nexts[k->next_first + alternative];
	field = n->unless == PTG_NONE ? NULL : link_field(op->fmt, n->unless);
	last = field && field->width < 8 ? ptg_mask_(field->width) : 0;
	for (v = 0; field && v <= last; v++) {
		ptg_env_of_(op, &env, now, 0);
		link_pieces(&env, n, 0, env.e);
		link_put(env.e, field->lo, field->width, v);
		if (!ptg_eval_(&env, n->unless) || ptg_kind_(op->s, up->t.level, env.e) != k)
			continue;
		e[0] = env.e[0];
		e[1] = env.e[1];
		return;
	}
}

/* --- trees --------------------------------------------------------------------------- */

/* A table that is looked at by itself. */
static void tree_frame(struct ptg_op_ *op, const struct ptg_table *t, struct ptg_frame_ *fr)
{
	fr->up = NULL;
	fr->up_index = fr->va = 0;
	ptg_table_set_(&fr->t, t);
	fr->source = PTG_REAL_;
	fr->alternative = fr->children = 0;
	fr->lo = 0;
	fr->hi = ptg_mask_(t->index_lg2);
	ptg_attach_(op, fr);
}

/* The next child of an entry, from *alternative on; false: no more. */
static bool tree_child(struct ptg_op_ *op, const struct ptg_frame_ *fr, const struct ptg_kind *k, const uint64_t e[2],
		       unsigned *alternative, struct ptg_table *t)
{
	struct ptg_env env;
	unsigned rule;

	if (!k || k->role != PTG_ROLE_TABLE || (*alternative && *alternative >= k->next_count))
		return false;
	ptg_env_of_(op, &env, e, 0);
	return ptg_descend_(&env, k, &fr->t, alternative, t, &rule) == PTG_F_NONE;
}

void ptg_recycle_(struct ptg_op_ *op, const struct ptg_table *t)
{
	struct ptg_frame_ fr;
	struct ptg_table child;
	uint64_t i, e[2];
	unsigned n;

	tree_frame(op, t, &fr);
	for (i = 0; i <= fr.hi && t->level; i++) {
		const struct ptg_kind *k;

		if ((ptg_peek_(op, &fr, i, e) && ptg_peek_(op, &fr, i, e)) || ptg_same_(e, fr.empty))
			continue;
		k = ptg_kind_(op->s, t->level, e);
		for (n = 0; tree_child(op, &fr, k, e, &n, &child); n++)
			ptg_recycle_(op, &child);
	}
	ptg_detach_(op, &fr);
	op->dirty_pool = true;
	ptg_pool_give_(op, t->level, t->pa);
}

int ptg_barren_(struct ptg_op_ *op, struct ptg_frame_ *fr, bool any, uint64_t *tables)
{
	struct ptg_seen_ seen;
	struct ptg_frame_ child;
	uint64_t i;
	unsigned n;
	int r;

	for (i = fr->lo; i <= fr->hi && fr->there; i++) {
		r = ptg_peek_(op, fr, i, seen.e);
		if (r)
			return r;
		if (ptg_same_(seen.e, fr->empty))
			continue;
		r = ptg_see_(op, fr, i, ptg_va_(fr, i), &seen);
		if (r)
			return r;
		if (seen.what == PTG_IS_BAD_)
			return PTG_E_CORRUPT;
		if (seen.what != PTG_IS_TABLE_ && !any)
			return 0;
		if (seen.what != PTG_IS_TABLE_)
			continue;
		for (n = 0; n == 0 || n < seen.k->next_count; n++) {
			r = ptg_open_(op, fr, i, ptg_va_(fr, i), &seen, n, &child);
			if (r)
				return r;
			if (child.source != PTG_REAL_)
				continue;
			n = child.alternative;
			++*tables;
			r = ptg_barren_(op, &child, any, tables);
			ptg_detach_(op, &child);
			if (r != 1)
				return r;
		}
	}
	return 1;
}

int ptg_discard_(struct ptg_op_ *op, struct ptg_frame_ *fr, bool flushed)
{
	struct ptg_table child;
	struct ptg_frame_ below;
	uint64_t i, e[2];
	unsigned n;
	int err = PTG_OK;

	for (i = fr->lo; i <= fr->hi && fr->t.level && !err; i++) {
		const struct ptg_kind *k;

		err = ptg_peek_(op, fr, i, e);
		if (err || ptg_same_(e, fr->empty))
			continue;
		k = ptg_kind_(op->s, fr->t.level, e);
		for (n = 0; !err && tree_child(op, fr, k, e, &n, &child); n++) {
			tree_frame(op, &child, &below);
			err = ptg_discard_(op, &below, flushed);
		}
	}
	ptg_detach_(op, fr);
	if (err)
		return err;
	return ptg_flush_table_(op, fr->t.pa, ptg_bytes_(fr), fr->t.level, flushed);
}

static void remark_page(struct ptg_op_ *op, struct ptg_frame_ *fr, uint64_t i, const struct ptg_kind *to,
			uint64_t v[2], const struct ptg_kind *k, const uint64_t e[2])
{
	uint64_t was = v[0];

	if (k->accessed_mask && (e[0] & k->accessed_mask) == k->accessed_value)
		v[0] = (v[0] & ~to->accessed_mask) | to->accessed_value;
	if (k->dirty_mask && (e[0] & k->dirty_mask) == k->dirty_value)
		v[0] = (v[0] & ~to->dirty_mask) | to->dirty_value;
	if (v[0] != was)
		(void)ptg_poke_(op, fr, i, v);
}

void ptg_remark_(struct ptg_op_ *op, const struct ptg_table *t, const struct ptg_kind *k, const uint64_t e[2])
{
	struct ptg_frame_ fr;
	struct ptg_table child;
	uint64_t i, v[2];
	unsigned n;

	tree_frame(op, t, &fr);
	fr.fresh = true;
	for (i = 0; i <= fr.hi; i++) {
		const struct ptg_kind *to;

		if (ptg_peek_(op, &fr, i, v) || ptg_same_(v, fr.empty))
			continue;
		to = ptg_kind_(op->s, t->level, v);
		if (to && to->role == PTG_ROLE_PAGE)
			remark_page(op, &fr, i, to, v, k, e);
		for (n = 0; tree_child(op, &fr, to, v, &n, &child); n++)
			ptg_remark_(op, &child, k, e);
	}
	ptg_detach_(op, &fr);
}
