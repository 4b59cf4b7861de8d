/* SPDX-License-Identifier: MIT */
/*
 * zero.c - bits that must be zero (or one) in entries of a kind
 *
 * What never changes goes into the kind's masks.  What depends on a feature or
 * a parameter goes into a word of the space's configuration that is computed
 * once; the kind keeps which of that word's bits concern it.  Three words are
 * there; what fits in none becomes an ordinary check.
 */

#include <string.h>

#include "gen/lower/lower.h"

static uint64_t range_mask(int hi, int lo)
{
	uint64_t m = 0;

	for (int i = lo < 0 ? 0 : lo; i <= hi && i < 64; i++)
		m |= UINT64_C(1) << i;
	return m;
}

/* Widest extent of a range over its parameters' extremes. */
static void widest(struct lower *lo, const struct scope *s, const struct ast_slice *at, int *hi, int *low)
{
	struct model_config c;
	struct model_where w = { .format = lo->f, .config = &c, .page = s->page, .level = s->level };
	int h, l;

	*hi = -1;
	*low = 127;
	model_default_config(lo->f, &c);
	for (unsigned extreme = 0; extreme < 2; extreme++) {
		for (unsigned i = 0; i < lo->f->param_count; i++)
			c.params[i] = extreme ? lo->f->params[i].max : lo->f->params[i].min;
		if (!model_range(&w, at, s->layout->entry_bits, &h, &l))
			continue;
		if (h > *hi)
			*hi = h;
		if (l < *low)
			*low = l;
	}
}

static bool same_cfg(const struct ptg_cfg_bits *a, const struct ptg_cfg_bits *b)
{
	return a->src_lo == b->src_lo && a->width == b->width && a->if_ == b->if_ && a->hi == b->hi && a->lo == b->lo;
}

/* Put a configured range into the first word where nothing else claims its bits.  0: none has room. */
static unsigned place_cfg(struct lower *lo, struct ptg_cfg_bits want, uint64_t extent)
{
	struct ptg_cfg_bits *all = lo->cfg.data;

	for (unsigned word = 1; word <= 3; word++) {
		bool clash = false;

		for (size_t i = 0; i < lo->cfg.count; i++) {
			if (all[i].word != word)
				continue;
			if (same_cfg(&all[i], &want))
				return word;
			if (lo->cfg_extent[i] & extent)
				clash = true;
		}
		if (!clash && lo->cfg.count < CFG_MAX) {
			lo->cfg_extent[lo->cfg.count] = extent;
			want.word = (uint8_t)word;
			*(struct ptg_cfg_bits *)vec_add(lo, &lo->cfg, sizeof(want)) = want;
			return word;
		}
	}
	return 0;
}

static void check_zero(struct lower *lo, struct ptg_kind *k, uint16_t zero, uint16_t unless)
{
	struct ptg_check *c;

	if (unless != PTG_NONE)
		zero = node_op(lo, PTG_OP_OR, unless, zero);
	c = vec_add(lo, &lo->checks, sizeof(*c));
	*c = (struct ptg_check){ .node = zero, .rule = k->zero_rule };
	k->check_count++;
}

/* A range that counts only under a condition, or whose ends move. */
static void configured_range(struct lower *lo, struct ptg_kind *k, struct scope *s, const struct ast_slice *at,
			     uint16_t cond)
{
	struct ptg_cfg_bits want = { .if_ = cond };
	int hi, low, max_hi, max_lo;
	unsigned word, half;
	uint64_t extent;

	lower_range(lo, s, at, s->layout->entry_bits, &hi, &low, &want.hi, &want.lo);
	widest(lo, s, at, &max_hi, &max_lo);
	if (want.hi == PTG_NONE) {
		max_hi = hi;
		max_lo = low;
	}
	if (max_hi < max_lo)
		return;
	half = (unsigned)max_lo / 64;
	extent = range_mask(max_hi - (int)half * 64, max_lo - (int)half * 64);
	want.src_lo = (uint8_t)(max_lo % 64);
	want.width = (uint8_t)(max_hi - max_lo + 1);
	word = (unsigned)max_hi / 64 == half ? place_cfg(lo, want, extent) : 0;
	if (word) {
		*(half ? &k->zero_cfg_hi[word - 1] : &k->zero_cfg[word - 1]) |= extent;
		return;
	}
	check_zero(lo, k,
		   node_op(lo, PTG_OP_EQ,
			   want.hi == PTG_NONE
				   ? node_entry(lo, (unsigned)low, want.width)
				   : node_add(lo, (struct ptg_node){ .op = PTG_OP_DSLICE, .a = node_entry(lo, 0, 64),
								     .b = want.hi, .c = want.lo }),
			   node_const(lo, 0)),
		   cond == PTG_NONE ? PTG_NONE : node_op(lo, PTG_OP_NOT, cond, 0));
}

static void zero_range(struct lower *lo, struct ptg_kind *k, struct scope *s, const struct ast_slice *at, uint16_t cond,
		       bool one)
{
	int hi, low;
	uint16_t hi_node, lo_node;
	uint64_t value;

	if (cond != PTG_NONE && node_is_const(lo, cond, &value)) {
		if (!value)
			return;
		cond = PTG_NONE;
	}
	lower_range(lo, s, at, s->layout->entry_bits, &hi, &low, &hi_node, &lo_node);
	if (cond == PTG_NONE && hi_node == PTG_NONE) {
		*(one ? &k->one : &k->zero) |= range_mask(hi, low);
		*(one ? &k->one_hi : &k->zero_hi) |= range_mask(hi - 64, low < 64 ? 0 : low - 64);
	} else if (!one) {
		configured_range(lo, k, s, at, cond);
	} else {
		uint16_t full = node_op(lo, PTG_OP_EQ, node_entry(lo, (unsigned)low, (unsigned)(hi - low + 1)),
					node_const(lo, range_mask(hi - low, 0)));

		check_zero(lo, k, full, cond == PTG_NONE ? PTG_NONE : node_op(lo, PTG_OP_NOT, cond, 0));
	}
}

/* A condition that features and parameters decide: known when the space is set up. */
static bool known_at_setup(const struct lower *lo, uint16_t node)
{
	static const uint32_t allowed = 1u << PTG_OP_CONST | 1u << PTG_OP_FEATURE | 1u << PTG_OP_PARAM |
					1u << PTG_OP_NOT | 1u << PTG_OP_AND | 1u << PTG_OP_OR | 1u << PTG_OP_EQ |
					1u << PTG_OP_NE | 1u << PTG_OP_LE | 1u << PTG_OP_ADD | 1u << PTG_OP_SUB;
	uint64_t bits[2] = { 0, 0 };
	uint32_t features = 0, ops = 0;

	node_support(lo, node, bits, &features, &ops);
	return !(ops & ~allowed);
}

/* `... zero when COND`: a duty that may depend on the entry itself. */
static void zero_when(struct lower *lo, struct ptg_kind *k, struct scope *s, const struct ast_field *f, bool one)
{
	struct scope raw = *s;
	uint16_t when, value;
	unsigned width;

	raw.mode = SCOPE_RAW;
	when = lower_expr(lo, &raw, f->when, NULL);
	if (!one && known_at_setup(lo, when)) {
		for (const struct ast_piece *p = f->pieces; p; p = p->next)
			if (p->at.first)
				zero_range(lo, k, s, &p->at, when, false);
		return;
	}
	value = lower_field(lo, &raw, f, s->layout->entry_bits, &width);
	check_zero(lo, k, node_op(lo, PTG_OP_EQ, value, node_const(lo, 0)), node_op(lo, PTG_OP_NOT, when, 0));
}

static void zero_field(struct lower *lo, struct ptg_kind *k, struct scope *s, const struct ast_field *f)
{
	static const enum ast_duty duties[] = { DUTY_ZERO, DUTY_ONE };

	for (unsigned i = 0; i < 2; i++) {
		bool on = f->duty == duties[i], off = f->if_ && f->else_duty == duties[i];
		uint16_t cond = PTG_NONE;

		if (!on && !off)
			continue;
		if (f->if_ && on != off)
			cond = lower_feature(lo, f->if_, off);
		if (f->when) {
			zero_when(lo, k, s, f, duties[i] == DUTY_ONE);
			continue;
		}
		for (const struct ast_piece *p = f->pieces; p; p = p->next)
			if (p->at.first)
				zero_range(lo, k, s, &p->at, cond, duties[i] == DUTY_ONE);
	}
}

static void zero_body(struct lower *lo, struct ptg_kind *k, struct scope *s, const struct ast_clause *c)
{
	if (c->kind != CL_DUTY || (c->duty != DUTY_ZERO && c->duty != DUTY_ONE))
		return;
	for (const struct ast_names *n = c->names; n; n = n->next) {
		const struct model_field *f = model_layout_field(s->layout, n->name.text);

		for (const struct ast_piece *p = f ? f->ast->pieces : NULL; p; p = p->next)
			if (p->at.first)
				zero_range(lo, k, s, &p->at, PTG_NONE, c->duty == DUTY_ONE);
	}
}

void lower_zero(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	if (!m->layout)
		return;
	for (const struct model_field *f = m->layout->fields; f; f = f->next)
		zero_field(lo, k, s, f->ast);
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next)
		zero_body(lo, k, s, c);
	/* a bit that is always zero needs no configured check */
	for (unsigned w = 0; w < 3; w++) {
		k->zero_cfg[w] &= ~k->zero;
		k->zero_cfg_hi[w] &= ~k->zero_hi;
	}
}
