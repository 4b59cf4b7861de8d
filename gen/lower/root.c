/* SPDX-License-Identifier: MIT */
/* root.c - registers, and how a root is found from them */

#include <string.h>

#include "gen/lower/lower.h"

void lower_registers(struct lower *lo)
{
	for (const struct model_register *r = lo->f->registers; r; r = r->next) {
		struct ptg_reg_def *d = vec_add(lo, &lo->regs, sizeof(*d));

		*d = (struct ptg_reg_def){ .name = r->name, .bits = (uint8_t)(r->bits > 64 ? 64 : r->bits) };
	}
}

static const struct ast_expr *va_slice(const struct ast_expr *e)
{
	if ((e->op == EX_INDEX || e->op == EX_SLICE) && e->a->op == EX_NAME && strcmp(e->a->name, "va") == 0)
		return e;
	return NULL;
}

/* `when va[55]=1`, `when va[31:32-ttbcr.N]!=0`: address bits against a constant. */
static bool plain_select(struct lower *lo, struct scope *s, const struct ast_expr *when, struct ptg_root_def *out)
{
	const struct ast_expr *slice = when->op == EX_EQ || when->op == EX_NE ? va_slice(when->a) : NULL;
	struct ast_slice at;
	int hi, low;

	if (!slice || !node_is_const(lo, lower_expr(lo, s, when->b, NULL), &out->sel_value))
		return false;
	at = (struct ast_slice){ .first = slice->b, .second = slice->op == EX_SLICE ? slice->c : NULL };
	lower_range(lo, s, &at, 64, &hi, &low, &out->sel_hi, &out->sel_lo);
	if (out->sel_hi == PTG_NONE) {
		out->sel_hi = node_const(lo, (uint64_t)hi);
		out->sel_lo = node_const(lo, (uint64_t)low);
	}
	out->sel_not = when->op == EX_NE;
	return true;
}

/* Address bits a condition can read, whatever the registers hold. */
static void va_span(struct lower *lo, struct scope *s, const struct ast_expr *e, uint64_t *mask)
{
	const struct ast_expr *slice = e ? va_slice(e) : NULL;

	if (!e)
		return;
	if (slice) {
		struct ast_slice at = { .first = slice->b, .second = slice->op == EX_SLICE ? slice->c : NULL };
		int hi, low;
		uint16_t a, b;
		uint64_t end;

		lower_range(lo, s, &at, 64, &hi, &low, &a, &b);
		if (a != PTG_NONE) {
			hi = node_is_const(lo, a, &end) ? (int)end : 63;
			low = node_is_const(lo, b, &end) ? (int)end : hi - 6;
		}
		for (int i = low < 0 ? 0 : low; i <= hi && i < 64; i++)
			*mask |= UINT64_C(1) << i;
		return;
	}
	va_span(lo, s, e->a, mask);
	va_span(lo, s, e->b, mask);
	va_span(lo, s, e->c, mask);
}

static void lower_select(struct lower *lo, struct scope *s, const struct ast_expr *when, struct ptg_root_def *out)
{
	uint64_t mask = 0;

	out->sel_hi = out->sel_lo = out->sel_node = PTG_NONE;
	if (!when)
		return;
	out->sel_known = plain_select(lo, s, when, out);
	if (out->sel_known)
		return;
	out->sel_node = lower_expr(lo, s, when, NULL);
	va_span(lo, s, when, &mask);
	for (; mask && !(mask & 1); mask >>= 1)
		out->sel_span_lo++;
	for (; mask; mask >>= 1)
		out->sel_span_width++;
	if (out->sel_span_width > 8)
		lower_fail(lo, "root '%s': its condition reads more than 8 address bits", out->name);
}

static void root_check(struct lower *lo, struct ptg_root_def *out, uint16_t node, uint16_t rule)
{
	struct ptg_check *c;
	uint64_t value;

	if (node_is_const(lo, node, &value) && value)
		return;
	c = vec_add(lo, &lo->checks, sizeof(*c));
	*c = (struct ptg_check){ .node = node, .rule = rule };
	out->check_count++;
}

static void check_field(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_field *f)
{
	bool zero = f->duty == DUTY_ZERO, off_zero = f->if_ && f->else_duty == DUTY_ZERO;

	if (!zero && !off_zero)
		return;
	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		struct ast_field one = { .pieces = &(struct ast_piece){ .at = p->at } };
		uint16_t clear;
		unsigned width;

		if (!p->at.first)
			continue;
		clear = node_op(lo, PTG_OP_EQ, lower_register_pieces(lo, s, &one, &width), node_const(lo, 0));
		if (f->if_ && zero != off_zero)
			clear = node_op(lo, PTG_OP_OR, lower_feature(lo, f->if_, zero), clear);
		if (f->when)
			clear = node_op(lo, PTG_OP_OR, node_op(lo, PTG_OP_NOT, lower_expr(lo, s, f->when, NULL), 0),
					clear);
		root_check(lo, out, clear, out->config_rule);
	}
}

static void lower_ignore(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast)
{
	struct ptg_ignore *i;
	int hi, low;
	uint16_t a, b;

	lower_range(lo, s, &ast->slice, 64, &hi, &low, &a, &b);
	if (a == PTG_NONE && hi < low)
		return;
	if (a != PTG_NONE) {
		lower_fail(lo, "'va ignore' needs constant bits");
		return;
	}
	i = vec_add(lo, &lo->ignores, sizeof(*i));
	*i = (struct ptg_ignore){ .lo = (uint8_t)low, .width = (uint8_t)(hi - low + 1),
				  .if_ = ast->cond ? lower_expr(lo, s, ast->cond, NULL) : (uint16_t)PTG_NONE };
	out->ignore_count++;
}

static uint16_t rule_of_clause(struct lower *lo, const struct ptg_root_def *out, const struct ast_stmt *ast,
			       const char *word, const char *fault, int class)
{
	if (ast->fault.text)
		fault = ast->fault.text;
	return lower_rule_for(lo, NULL, ast, arena_printf(lo->arena, "%s:%s", word, out->name), fault,
			      model_fault_class(lo->f, fault, class));
}

/* --- where the walk starts ------------------------------------------------------ */

static uint16_t start_term(struct lower *lo, uint16_t code, uint64_t value, unsigned depth, uint16_t *sum,
			   uint16_t *any)
{
	uint16_t is = node_op(lo, PTG_OP_EQ, code, node_const(lo, value));

	*any = node_op(lo, PTG_OP_OR, *any, is);
	*sum = node_op(lo, PTG_OP_ADD, *sum, node_op(lo, PTG_OP_MUL, is, node_const(lo, depth)));
	return is;
}

static void lower_start(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast)
{
	uint16_t code = lower_expr(lo, s, ast->expr, NULL);
	uint16_t sum = node_const(lo, 0), any = node_const(lo, 0);
	const struct model_level *named;

	named = ast->expr->op == EX_NAME ? model_find_level(lo->f, ast->expr->name, NULL) : NULL;
	if (named) {
		out->start = node_const(lo, named->depth);
		return;
	}
	if (ast->starts)
		for (const struct ast_start *row = ast->starts; row; row = row->next) {
			const struct model_level *l = model_find_level(lo->f, row->level.text, NULL);
			uint64_t value = 0;

			node_is_const(lo, lower_expr(lo, s, row->code, NULL), &value);
			if (l)
				start_term(lo, code, value, l->depth, &sum, &any);
		}
	else
		for (unsigned i = 0; i < lo->f->level_count; i++)
			start_term(lo, code, lo->f->levels[i].number, lo->f->levels[i].depth, &sum, &any);
	out->start = sum;
	root_check(lo, out, any, out->config_rule);
}

/* --- limits, rights ----------------------------------------------------------------- */

static void lower_limit(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast)
{
	unsigned width = 0;

	lower_index_slice(lo, s, &ast->slice, &width);
	out->limit_width = (uint8_t)width;
	out->limit_lo = lower_expr(lo, s, ast->set->lo, NULL);
	out->limit_hi = ast->set->hi ? lower_expr(lo, s, ast->set->hi, NULL) : out->limit_lo;
	out->limit_rule = rule_of_clause(lo, out, ast, "limit", "length", PTG_F_LENGTH);
}

static void lower_bits(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast)
{
	const struct ast_expr *e = ast->expr;
	uint16_t rule = rule_of_clause(lo, out, ast, "bits", "config", PTG_F_CONFIG);

	out->bits = lower_expr(lo, s, e->op == EX_IN ? e->a : e, NULL);
	if (e->op == EX_IN)
		root_check(lo, out, lower_in_set(lo, s, out->bits, e->set), rule);
}

static void lower_root_deny(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast)
{
	struct ptg_deny *d = vec_add(lo, &lo->denies, sizeof(*d));

	*d = (struct ptg_deny){ .node = lower_expr(lo, s, ast->cond, NULL), .guard = PTG_NONE,
				.rule = rule_of_clause(lo, out, ast, "deny", "permission", PTG_F_PERMISSION) };
	out->deny_count++;
}

static void lower_item(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast)
{
	switch (ast->kind) {
	case ST_TRIM:
		out->trim = lower_expr(lo, s, ast->expr, NULL);
		break;
	case ST_ROOT_BITS:
		lower_bits(lo, s, out, ast);
		break;
	case ST_START:
		lower_start(lo, s, out, ast);
		break;
	case ST_BYPASS:
		out->bypass = lower_expr(lo, s, ast->cond, NULL);
		break;
	case ST_LIMIT:
		lower_limit(lo, s, out, ast);
		break;
	case ST_REQUIRE:
		root_check(lo, out, lower_expr(lo, s, ast->cond, NULL),
			   rule_of_clause(lo, out, ast, "require", "config", PTG_F_CONFIG));
		break;
	case ST_DENY:
		lower_root_deny(lo, s, out, ast);
		break;
	default:
		break;
	}
}

static void root_pieces(struct lower *lo, struct scope *s, struct ptg_root_def *out, const struct ast_stmt *ast,
			unsigned frame)
{
	out->piece_first = (uint16_t)lo->pieces.count;
	for (const struct ast_field *f = ast->fields; f; f = f->next)
		for (const struct ast_piece *p = f->pieces; p; p = p->next)
			if (p->dest && p->at.first)
				lower_piece(lo, s, f, p, frame, 0);
	out->piece_count = (uint16_t)(lo->pieces.count - out->piece_first);
}

static void lower_root(struct lower *lo, const struct ast_stmt *ast)
{
	const struct model_register *r = model_find_register(lo->f, ast->name.text);
	struct scope s = { .mode = SCOPE_DATA, .root = r, .level = -1, .page = -1, .off_when = PTG_NONE };
	struct ptg_root_def out = { .name = ast->name.text, .trim = PTG_NONE, .bits = PTG_NONE, .start = PTG_NONE,
				    .bypass = PTG_NONE, .limit_lo = PTG_NONE, .limit_hi = PTG_NONE };
	const struct ptg_reg_def *regs = lo->regs.data;

	for (size_t i = 0; i < lo->regs.count; i++)
		if (strcmp(regs[i].name, out.name) == 0)
			out.reg = (uint8_t)i;
	if (!r) {
		lower_fail(lo, "root '%s' has no register", out.name);
		return;
	}
	out.config_rule = lower_rule_for(lo, NULL, ast, arena_printf(lo->arena, "root:%s", out.name), "config",
					 PTG_F_CONFIG);
	lower_select(lo, &s, ast->cond, &out);
	root_pieces(lo, &s, &out, ast, r->bits);
	out.check_first = (uint16_t)lo->checks.count;
	for (const struct ast_field *f = ast->fields; f; f = f->next)
		check_field(lo, &s, &out, f);
	out.deny_first = (uint16_t)lo->denies.count;
	for (const struct ast_stmt *item = ast->body; item; item = item->next)
		lower_item(lo, &s, &out, item);
	out.ignore_first = (uint16_t)lo->ignores.count;
	for (const struct model_stmts *i = lo->f->ignores; i; i = i->next)
		lower_ignore(lo, &s, &out, i->ast);
	for (const struct ast_stmt *item = ast->body; item; item = item->next)
		if (item->kind == ST_VA_IGNORE)
			lower_ignore(lo, &s, &out, item);
	*(struct ptg_root_def *)vec_add(lo, &lo->roots, sizeof(out)) = out;
	if ((out.sel_known || out.sel_node != PTG_NONE) && lo->out->va_check == PTG_VA_SIGN)
		lo->out->va_check = PTG_VA_ROOT;
}

void lower_roots(struct lower *lo)
{
	for (const struct model_stmts *r = lo->f->roots; r; r = r->next)
		lower_root(lo, r->ast);
}
