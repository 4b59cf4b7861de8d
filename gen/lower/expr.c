/* SPDX-License-Identifier: MIT */
/* expr.c - expressions of the description become nodes of the plan */

#include <string.h>

#include "gen/lower/lower.h"

/* --- slices ------------------------------------------------------------------ */

static unsigned frame_of_entry(const struct lower *lo, const struct scope *s)
{
	if (s->layout)
		return s->layout->entry_bits;
	if (s->level >= 0)
		return lo->f->levels[s->level].entry_bits;
	return lo->f->entry_bits;
}

/* Ends of a slice as nodes, LSB-0; the frame matters to files that count from the left. */
static void slice_ends(struct lower *lo, struct scope *s, const struct ast_slice *at, unsigned frame, uint16_t *hi,
		       uint16_t *low)
{
	uint16_t first = lower_expr(lo, s, at->first, NULL);
	uint16_t second = at->second ? lower_expr(lo, s, at->second, NULL) : first;

	if (lo->f->msb0) {
		*hi = node_op(lo, PTG_OP_SUB, node_const(lo, frame - 1), first);
		*low = node_op(lo, PTG_OP_SUB, node_const(lo, frame - 1), second);
	} else {
		*hi = first;
		*low = second;
	}
}

void lower_range(struct lower *lo, struct scope *s, const struct ast_slice *at, unsigned frame, int *hi, int *lo_bit,
		 uint16_t *hi_node, uint16_t *lo_node)
{
	uint64_t x, y;

	slice_ends(lo, s, at, frame, hi_node, lo_node);
	if (node_is_const(lo, *hi_node, &x) && node_is_const(lo, *lo_node, &y)) {
		*hi = (int)(int64_t)x;
		*lo_bit = (int)(int64_t)y;
		*hi_node = *lo_node = PTG_NONE;
		return;
	}
	*hi = *lo_bit = -1;
}

/* Bits of a value: constant ends make a slice, others a slice at run time. */
static uint16_t slice_value(struct lower *lo, struct scope *s, uint16_t value, unsigned value_width,
			    const struct ast_slice *at, unsigned frame, unsigned *width)
{
	int hi, low;
	uint16_t hi_node, lo_node;

	(void)value_width;
	lower_range(lo, s, at, frame, &hi, &low, &hi_node, &lo_node);
	if (hi_node != PTG_NONE) {
		*width = 0;
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_DSLICE, .a = value, .b = hi_node, .c = lo_node });
	}
	if (hi < low || low < 0 || hi > 127) {
		*width = 0;
		return node_const(lo, 0);
	}
	*width = (unsigned)(hi - low + 1);
	return node_slice(lo, value, (unsigned)low, *width);
}

/* --- fields -------------------------------------------------------------------- */

static uint16_t read_piece(struct lower *lo, struct scope *s, const struct ast_slice *at, unsigned frame, int reg,
			   unsigned *width)
{
	int hi, low;
	uint16_t hi_node, lo_node, whole;

	lower_range(lo, s, at, frame, &hi, &low, &hi_node, &lo_node);
	if (hi_node != PTG_NONE) {
		*width = 0;
		whole = reg < 0 ? node_entry(lo, 0, 64)
				: node_add(lo, (struct ptg_node){ .op = PTG_OP_REG, .a = (uint16_t)reg, .width = 64 });
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_DSLICE, .a = whole, .b = hi_node, .c = lo_node });
	}
	*width = hi < low ? 0 : (unsigned)(hi - low + 1);
	if (*width == 0 || low < 0 || hi > 127)
		return node_const(lo, 0);
	if (reg >= 0)
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_REG, .a = (uint16_t)reg, .lo = (uint8_t)low,
						       .width = (uint8_t)*width });
	return node_entry(lo, (unsigned)low, *width);
}

static uint16_t read_pieces(struct lower *lo, struct scope *s, const struct ast_field *f, unsigned frame, int reg,
			    unsigned *width)
{
	uint16_t value = PTG_NONE;

	*width = 0;
	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		unsigned w;
		uint16_t part;

		if (!p->at.first)
			continue;
		part = read_piece(lo, s, &p->at, frame, reg, &w);
		value = value == PTG_NONE ? part : node_cat(lo, value, part, w);
		*width += w;
	}
	return value == PTG_NONE ? node_const(lo, 0) : value;
}

uint16_t lower_feature(struct lower *lo, const struct ast_expr *e, bool negated)
{
	struct scope s = { .mode = SCOPE_RAW, .level = -1, .page = -1, .off_when = PTG_NONE };
	uint16_t n;

	if (!e)
		return node_const(lo, !negated);
	n = lower_expr(lo, &s, e, NULL);
	return negated ? node_op(lo, PTG_OP_NOT, n, 0) : n;
}

uint16_t lower_field(struct lower *lo, struct scope *s, const struct ast_field *f, unsigned frame, unsigned *width)
{
	uint16_t value = read_pieces(lo, s, f, frame, -1, width), on;

	if (s->mode == SCOPE_RAW || !f->if_)
		return value;
	on = lower_feature(lo, f->if_, false);
	s->off_when = s->off_when == PTG_NONE ? node_op(lo, PTG_OP_NOT, on, 0)
					      : node_op(lo, PTG_OP_OR, s->off_when, node_op(lo, PTG_OP_NOT, on, 0));
	if (s->checked && f->else_duty == DUTY_ZERO)
		return value;
	return node_op(lo, *width == 1 ? PTG_OP_AND : PTG_OP_MUL, on, value);
}

/* --- names ------------------------------------------------------------------------ */

static int register_index(const struct lower *lo, const char *name)
{
	const struct ptg_reg_def *regs = lo->regs.data;

	for (size_t i = 0; i < lo->regs.count; i++)
		if (strcmp(regs[i].name, name) == 0)
			return (int)i;
	return -1;
}

static uint16_t read_register_field(struct lower *lo, struct scope *s, const char *reg, const char *field,
				    unsigned *width)
{
	const struct model_register *r = model_find_register(lo->f, reg);
	const struct ast_field *f = r ? model_register_field(r, field) : NULL;

	if (!f) {
		lower_fail(lo, "no field '%s' in register '%s'", field, reg);
		*width = 0;
		return node_const(lo, 0);
	}
	return read_pieces(lo, s, f, r->bits, register_index(lo, reg), width);
}

/* A field of the root register at hand, whether it has a name or not. */
uint16_t lower_register_pieces(struct lower *lo, struct scope *s, const struct ast_field *f, unsigned *width)
{
	return read_pieces(lo, s, f, s->root->bits, register_index(lo, s->root->name), width);
}

static uint16_t attr_node(struct lower *lo, const char *name, unsigned *width)
{
	const struct ptg_attr *all = lo->attrs.data;

	for (size_t i = 0; i < lo->attrs.count; i++)
		if (strcmp(all[i].name, name) == 0) {
			*width = all[i].width;
			return node_add(lo, (struct ptg_node){ .op = PTG_OP_ATTR, .a = (uint16_t)i });
		}
	return PTG_NONE;
}

static uint16_t access_node(struct lower *lo, unsigned mask)
{
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_ACCESS, .imm = mask });
}

static const struct { const char *name; unsigned mask; } access_names[] = {
	{ "read", PTG_READ }, { "write", PTG_WRITE }, { "fetch", PTG_EXEC },
	{ "any", PTG_READ | PTG_WRITE | PTG_EXEC }, { "in_user", PTG_USER }
};

/* Words of the language that stand for a value. */
static uint16_t read_builtin(struct lower *lo, const struct scope *s, const char *name, unsigned *width)
{
	*width = 0;
	for (size_t i = 0; i < sizeof(access_names) / sizeof(*access_names); i++)
		if (strcmp(name, access_names[i].name) == 0) {
			*width = 1;
			return access_node(lo, access_names[i].mask);
		}
	if (strcmp(name, "page") == 0 && s->page >= 0)
		return node_const(lo, (uint64_t)s->page);
	if (strcmp(name, "level") == 0 && s->level >= 0)
		return node_const(lo, lo->f->levels[s->level].number);
	if (strcmp(name, "size") == 0)
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_SIZE });
	if (strcmp(name, "va") == 0)
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_VA, .width = 64 });
	if (strcmp(name, "e") == 0)
		return node_entry(lo, 0, 64);
	return PTG_NONE;
}

static uint16_t read_setting(struct lower *lo, const char *name, unsigned *width)
{
	const struct model_format *f = lo->f;
	uint64_t value;
	int i = model_find_feature(f, name);

	*width = 0;
	if (i >= 0) {
		*width = 1;
		if (lo->fixed_mask >> i & 1)
			return node_const(lo, lo->fixed_value >> i & 1);
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_FEATURE, .a = (uint16_t)i });
	}
	i = model_find_param(f, name);
	if (i >= 0) {
		if (lo->fixed_param_mask >> i & 1)
			return node_const(lo, (uint64_t)lo->fixed_param[i]);
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_PARAM, .a = (uint16_t)i });
	}
	i = model_find_context(f, name);
	if (i >= 0) {
		const struct model_context *c = &f->contexts[i];

		*width = c->count * c->width;
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_CTX, .lo = (uint8_t)c->lo,
						       .width = (uint8_t)(*width > 64 ? 64 : *width) });
	}
	if (model_enum_value(f, name, &value))
		return node_const(lo, value);
	return PTG_NONE;
}

static uint16_t read_name(struct lower *lo, struct scope *s, const char *name, unsigned *width)
{
	const struct model_field *field;
	const struct model_attr *attr;
	uint16_t n;

	if (s->root && model_register_field(s->root, name))
		return read_register_field(lo, s, s->root->name, name, width);
	field = s->layout ? model_layout_field(s->layout, name) : NULL;
	if (field)
		return lower_field(lo, s, field->ast, s->layout->entry_bits, width);
	if (s->deny && (n = attr_node(lo, name, width)) != PTG_NONE)
		return n;
	if ((n = read_setting(lo, name, width)) != PTG_NONE)
		return n;
	if ((n = read_builtin(lo, s, name, width)) != PTG_NONE)
		return n;
	attr = model_find_attr(lo->f, name);
	if (attr && attr->ast->kind == ST_ATTR)
		return lower_expr(lo, s, attr->ast->expr, width);
	if (s->missing)
		*s->missing = true;
	else
		lower_fail(lo, "'%s' has no value here", name);
	*width = 1;
	return node_const(lo, 0);
}

/* --- a[i], a[hi:lo] ------------------------------------------------------------------ */

uint16_t lower_index_slice(struct lower *lo, struct scope *s, const struct ast_slice *at, unsigned *width)
{
	uint64_t first, second;
	uint16_t a = lower_expr(lo, s, at->first, NULL);
	uint16_t b = at->second ? lower_expr(lo, s, at->second, NULL) : a;

	*width = 0;
	if (!node_is_const(lo, a, &first) || !node_is_const(lo, b, &second)) {
		lower_fail(lo, "bits of 'index' must be constant");
		return node_const(lo, 0);
	}
	if (lo->f->msb0) {
		*width = (unsigned)(second - first + 1);
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_INDEX_TOP, .lo = (uint8_t)first, .width = (uint8_t)*width });
	}
	*width = (unsigned)(first - second + 1);
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_INDEX, .lo = (uint8_t)second, .width = (uint8_t)*width });
}

static uint16_t context_element(struct lower *lo, struct scope *s, const struct model_context *c,
				const struct ast_expr *index, unsigned *width)
{
	uint16_t i = lower_expr(lo, s, index, NULL);
	uint64_t at;

	*width = c->width;
	if (node_is_const(lo, i, &at))
		return node_add(lo, (struct ptg_node){ .op = PTG_OP_CTX, .width = (uint8_t)c->width,
						       .lo = (uint8_t)(c->lo + (at % c->count) * c->width) });
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_CTX_AT, .lo = (uint8_t)c->lo, .width = (uint8_t)c->width,
					       .b = i, .imm = c->count });
}

static uint16_t lower_sliced(struct lower *lo, struct scope *s, const struct ast_expr *e, unsigned *width)
{
	const struct ast_expr *base = e->a;
	struct ast_slice at = { .first = e->b, .second = e->op == EX_SLICE ? e->c : NULL, .span = e->span };
	unsigned base_width = 0, frame;
	uint16_t value;
	int i;

	if (base->op == EX_NAME && strcmp(base->name, "index") == 0)
		return lower_index_slice(lo, s, &at, width);
	if (base->op == EX_NAME && e->op == EX_INDEX && (i = model_find_context(lo->f, base->name)) >= 0 &&
	    lo->f->contexts[i].count > 1)
		return context_element(lo, s, &lo->f->contexts[i], e->b, width);
	if (base->op == EX_NAME && strcmp(base->name, "e") == 0) {
		int hi, low;
		uint16_t hi_node, lo_node;

		frame = frame_of_entry(lo, s);
		lower_range(lo, s, &at, frame, &hi, &low, &hi_node, &lo_node);
		if (hi_node == PTG_NONE) {
			*width = hi < low ? 0 : (unsigned)(hi - low + 1);
			return *width ? node_entry(lo, (unsigned)low, *width) : node_const(lo, 0);
		}
		return slice_value(lo, s, node_entry(lo, 0, 64), 64, &at, frame, width);
	}
	value = lower_expr(lo, s, base, &base_width);
	frame = base->op == EX_NAME && strcmp(base->name, "va") == 0 ? 64 : base_width;
	return slice_value(lo, s, value, base_width, &at, frame ? frame : 64, width);
}

/* --- operators ------------------------------------------------------------------------- */

static uint16_t lower_equal(struct lower *lo, struct scope *s, const struct ast_expr *e)
{
	uint16_t a = lower_expr(lo, s, e->a, NULL), b, except;
	uint64_t mask;

	if (e->b->op == EX_PATTERN) {
		a = node_op(lo, PTG_OP_BITAND, a, node_const(lo, e->b->mask));
		b = node_const(lo, e->b->value & e->b->mask);
	} else {
		b = lower_expr(lo, s, e->b, NULL);
	}
	if (e->c) {
		except = lower_expr(lo, s, e->c, NULL);
		if (!node_is_const(lo, except, &mask))
			lower_fail(lo, "the mask after 'except' must be constant");
		else {
			a = node_op(lo, PTG_OP_BITAND, a, node_const(lo, ~mask));
			b = node_op(lo, PTG_OP_BITAND, b, node_const(lo, ~mask));
		}
	}
	return node_op(lo, e->op == EX_NE ? PTG_OP_NE : PTG_OP_EQ, a, b);
}

uint16_t lower_in_set(struct lower *lo, struct scope *s, uint16_t value, const struct ast_set *set)
{
	uint16_t any = node_const(lo, 0);

	for (; set; set = set->next) {
		uint16_t one, lowest, highest;

		if (!set->hi && set->lo->op == EX_PATTERN) {
			one = node_op(lo, PTG_OP_EQ, node_op(lo, PTG_OP_BITAND, value, node_const(lo, set->lo->mask)),
				      node_const(lo, set->lo->value & set->lo->mask));
		} else if (!set->hi) {
			one = node_op(lo, PTG_OP_EQ, value, lower_expr(lo, s, set->lo, NULL));
		} else {
			lowest = lower_expr(lo, s, set->lo, NULL);
			highest = lower_expr(lo, s, set->hi, NULL);
			one = node_op(lo, PTG_OP_AND, node_op(lo, PTG_OP_LE, lowest, value),
				      node_op(lo, PTG_OP_LE, value, highest));
		}
		any = node_op(lo, PTG_OP_OR, any, one);
	}
	return any;
}

static uint16_t lower_cat(struct lower *lo, struct scope *s, const struct ast_expr *e, unsigned *width)
{
	uint16_t value = PTG_NONE;

	*width = 0;
	for (const struct ast_expr *part = e->list; part; part = part->next) {
		unsigned w = 0;
		uint16_t n = lower_expr(lo, s, part, &w);

		value = value == PTG_NONE ? n : node_cat(lo, value, n, w);
		*width += w;
	}
	return value == PTG_NONE ? node_const(lo, 0) : value;
}

/* (FIELD else EXPR): decided by the layout, not by the entry. */
static uint16_t lower_else(struct lower *lo, struct scope *s, const struct ast_expr *e, unsigned *width)
{
	bool missing = false, *outer = s->missing;
	uint16_t n;

	s->missing = &missing;
	n = lower_expr(lo, s, e->a, width);
	s->missing = outer;
	return missing ? lower_expr(lo, s, e->b, width) : n;
}

static uint16_t hidden_node(struct lower *lo, const struct ast_expr *e)
{
	uint16_t i = 0;

	for (const struct model_attr *a = lo->f->attrs; a; a = a->next)
		i++;
	for (const struct hidden_attr *h = lo->hidden; h; h = h->next, i++)
		if (h->expr == e)
			return node_add(lo, (struct ptg_node){ .op = PTG_OP_ATTR, .a = i });
	return PTG_NONE;
}

static int extern_index(const struct lower *lo, const char *name)
{
	const char *const *all = lo->externs.data;

	for (size_t i = 0; i < lo->externs.count; i++)
		if (strcmp(all[i], name) == 0)
			return (int)i;
	return -1;
}

static uint16_t lower_operator(struct lower *lo, struct scope *s, const struct ast_expr *e)
{
	static const uint8_t ops[] = { [EX_OR] = PTG_OP_OR, [EX_AND] = PTG_OP_AND, [EX_ADD] = PTG_OP_ADD,
				       [EX_SUB] = PTG_OP_SUB, [EX_MUL] = PTG_OP_MUL };
	uint16_t a = lower_expr(lo, s, e->a, NULL);

	return node_op(lo, ops[e->op], a, lower_expr(lo, s, e->b, NULL));
}

uint16_t lower_expr(struct lower *lo, struct scope *s, const struct ast_expr *e, unsigned *width)
{
	unsigned w = 0;
	uint16_t n = s->deny ? hidden_node(lo, e) : PTG_NONE;
	int hook;

	if (!width)
		width = &w;
	*width = 1;
	if (n != PTG_NONE)
		return n;
	switch (e->op) {
	case EX_NUM: case EX_PATTERN:
		*width = e->width;
		return node_const(lo, e->value);
	case EX_NAME:
		return read_name(lo, s, e->name, width);
	case EX_DOT:
		return read_register_field(lo, s, e->name, e->member, width);
	case EX_INDEX: case EX_SLICE:
		if (e->a->op == EX_NAME && (hook = extern_index(lo, e->a->name)) >= 0)
			return node_add(lo, (struct ptg_node){ .op = PTG_OP_EXTERN, .a = (uint16_t)hook,
							       .b = lower_expr(lo, s, e->b, NULL) });
		return lower_sliced(lo, s, e, width);
	case EX_CAT:
		return lower_cat(lo, s, e, width);
	case EX_ELSE:
		return lower_else(lo, s, e, width);
	case EX_NOT:
		return node_op(lo, PTG_OP_NOT, lower_expr(lo, s, e->a, NULL), 0);
	case EX_EQ: case EX_NE:
		return lower_equal(lo, s, e);
	case EX_IN:
		return lower_in_set(lo, s, lower_expr(lo, s, e->a, NULL), e->set);
	case EX_ADD: case EX_SUB: case EX_MUL:
		*width = 0;
		/* fall through */
	case EX_OR: case EX_AND:
		return lower_operator(lo, s, e);
	}
	return node_const(lo, 0);
}
