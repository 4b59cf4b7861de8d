/* SPDX-License-Identifier: MIT */
/*
 * lower.c - a checked description becomes the plan
 *
 * Every number that generated code, the generic walker, the documents and
 * the commands use is computed here and in lower_*.c, nowhere else.
 */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gen/lower/lower.h"

const char lower_zero_key[1], lower_skip_key[1], lower_napot_key[1], lower_low_key[1];

void *vec_add(struct lower *lo, struct vec *v, size_t size)
{
	v->size = size;
	if (v->count == v->room) {
		size_t room = v->room ? v->room * 2 : 16;

		v->data = arena_grow(lo->arena, v->data, v->count, room, size);
		v->room = room;
	}
	return (char *)v->data + v->count++ * size;
}

void lower_fail(struct lower *lo, const char *format, ...)
{
	char text[256];
	va_list ap;

	if (lo->why)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	lo->why = arena_copy(lo->arena, text, strlen(text));
}

int lower_depth(const struct lower *lo, int level_index)
{
	return level_index < 0 ? (int)PTG_NO_LEVEL : (int)lo->f->levels[level_index].depth;
}

/* --- rules ------------------------------------------------------------------ */

uint16_t lower_rule_for(struct lower *lo, const void *kind, const void *what, const char *name, const char *fault,
			int fault_class)
{
	struct ptg_rule *r = vec_add(lo, &lo->rules, sizeof(*r));
	struct rule_key *k = vec_add(lo, &lo->rule_keys, sizeof(*k));

	*r = (struct ptg_rule){ .name = name, .fault = fault, .fault_class = (uint8_t)fault_class };
	*k = (struct rule_key){ .kind = kind, .what = what, .rule = (uint16_t)(lo->rules.count - 1) };
	return k->rule;
}

uint16_t lower_rule_of(const struct lower *lo, const void *kind, const void *what)
{
	const struct rule_key *k = lo->rule_keys.data;

	for (size_t i = 0; i < lo->rule_keys.count; i++)
		if (k[i].kind == kind && k[i].what == what)
			return k[i].rule;
	return PTG_NONE;
}

/* `deny:permission#2`: the second line of that name. */
static void decision_rules(struct lower *lo, const struct model_stmts *list, const char *word, int fault_class)
{
	for (const struct model_stmts *s = list; s; s = s->next) {
		const struct ast_stmt *ast = s->ast;
		const char *fault = ast->fault.text;
		const char *name = ast->kind == ST_MARK ? NULL : fault;
		int class = fault_class;
		unsigned nth = 1;

		if (ast->kind == ST_MARK) {
			const struct ast_expr *e = ast->expr;

			while (e->a)
				e = e->a;
			name = e->name;
		}
		for (const struct model_stmts *b = list; b != s; b = b->next) {
			const struct ast_expr *e = b->ast->expr;

			while (ast->kind == ST_MARK && e->a)
				e = e->a;
			if (strcmp(ast->kind == ST_MARK ? e->name : b->ast->fault.text, name) == 0)
				nth++;
		}
		if (ast->kind == ST_MARK && ast->on->op == EX_NAME && strcmp(ast->on->name, "write") == 0)
			class = PTG_F_DIRTY;
		lower_rule_for(lo, NULL, ast, arena_printf(lo->arena, "%s:%s#%u", word, name, nth), fault,
			       fault ? model_fault_class(lo->f, fault, class) : PTG_F_NONE);
	}
}

/* --- settings ------------------------------------------------------------------ */

static const char *after_equals(const char *text, size_t *name_length)
{
	const char *eq = strchr(text, '=');

	*name_length = eq ? (size_t)(eq - text) : strlen(text);
	return eq ? eq + 1 : NULL;
}

/* "--set: sv48 has no parameter 'x' (it has pa_bits)" */
static void fail_name(struct lower *lo, const char *option, const char *what, const char *name, const char *there)
{
	if (*there)
		lower_fail(lo, "%s: %s has no %s '%s' (it has %s)", option, lo->f->name, what, name, there);
	else
		lower_fail(lo, "%s: %s has no %s '%s', nor any other", option, lo->f->name, what, name);
}

static void fix_feature(struct lower *lo, const char *name, bool on)
{
	int i = model_find_feature(lo->f, name);
	const char *there = "";

	if (i < 0) {
		for (unsigned k = 0; k < lo->f->feature_count; k++)
			there = arena_printf(lo->arena, "%s%s%s", there, k ? ", " : "", lo->f->features[k].name);
		fail_name(lo, on ? "--enable" : "--disable", "feature", name, there);
		return;
	}
	lo->fixed_mask |= 1u << i;
	lo->fixed_value = on ? lo->fixed_value | 1u << i : lo->fixed_value & ~(1u << i);
}

static void fix_param(struct lower *lo, const char *text)
{
	size_t n;
	const char *number = after_equals(text, &n);
	const char *name = arena_copy(lo->arena, text, n), *there = "";
	int i = model_find_param(lo->f, name);
	char *end;

	if (i < 0 && number && model_find_const(lo->f, name) >= 0)
		return; /* the model has it */
	if (i < 0) {
		for (unsigned k = 0; k < lo->f->param_count; k++)
			there = arena_printf(lo->arena, "%s%s%s", there, k ? ", " : "", lo->f->params[k].name);
		fail_name(lo, "--set", "parameter", name, there);
		return;
	}
	if (!number) {
		lower_fail(lo, "--set: write '%s=VALUE'", name);
		return;
	}
	lo->fixed_param[i] = strtoll(number, &end, 0);
	if (end == number || *end || lo->fixed_param[i] < lo->f->params[i].min ||
	    lo->fixed_param[i] > lo->f->params[i].max)
		lower_fail(lo, "--set: %s must be in %lld..%lld", name, (long long)lo->f->params[i].min,
			   (long long)lo->f->params[i].max);
	lo->fixed_param_mask |= 1u << i;
}

static void apply_options(struct lower *lo, const struct plan_options *o)
{
	if (!o)
		return;
	for (unsigned i = 0; i < o->set_count; i++)
		fix_param(lo, o->set[i]);
	for (unsigned i = 0; i < o->enable_count; i++)
		fix_feature(lo, o->enable[i], true);
	for (unsigned i = 0; i < o->disable_count; i++)
		fix_feature(lo, o->disable[i], false);
	lo->plan->fixed_features = lo->fixed_mask;
	lo->plan->fixed_params = lo->fixed_param_mask;
}

static uint16_t register_source(struct lower *lo, const struct ast_expr *e, const char *whole)
{
	struct scope s = { .mode = SCOPE_RAW, .level = -1, .page = -1, .off_when = PTG_NONE };
	const struct ptg_reg_def *regs = lo->regs.data;

	if (e)
		return lower_expr(lo, &s, e, NULL);
	for (size_t i = 0; whole && i < lo->regs.count; i++)
		if (strcmp(regs[i].name, whole) == 0)
			return node_add(lo, (struct ptg_node){ .op = PTG_OP_REG, .a = (uint16_t)i, .width = 64 });
	return PTG_NONE;
}

/* A field, a whole register, or without either the register of the context's name. */
static uint16_t context_source(struct lower *lo, const struct model_context *c)
{
	if (c->source && c->source->op != EX_NAME)
		return register_source(lo, c->source, NULL);
	return register_source(lo, NULL, c->reg ? c->reg : c->name);
}

/* What a register says of a parameter: the field, or the sum over its codes. */
static uint16_t param_source(struct lower *lo, const struct model_param *p, const struct ast_expr *e)
{
	struct scope s = { .mode = SCOPE_RAW, .level = -1, .page = -1, .off_when = PTG_NONE };
	uint16_t field, sum = node_const(lo, 0);
	uint64_t seen[4] = { 0 };
	unsigned width;

	if (!e)
		return PTG_NONE;
	field = lower_expr(lo, &s, e, &width);
	if (!p->codes)
		return field;
	for (const struct ast_code *k = p->codes; k; k = k->next) {
		uint64_t mask = k->code->op == EX_PATTERN ? k->code->mask : ~UINT64_C(0);

		for (uint64_t code = 0; code < 256 && code >> width == 0; code++) {
			uint16_t is;

			if ((code & mask) != k->code->value || seen[code / 64] >> code % 64 & 1)
				continue;
			seen[code / 64] |= UINT64_C(1) << code % 64;
			is = node_op(lo, PTG_OP_EQ, field, node_const(lo, code));
			sum = node_op(lo, PTG_OP_ADD, sum, node_op(lo, PTG_OP_MUL, is, node_const(lo, k->value->value)));
		}
	}
	return sum;
}

static void lower_settings(struct lower *lo)
{
	const struct model_format *f = lo->f;
	struct ptg_feature_def *features = arena_array(lo->arena, f->feature_count + 1u, sizeof(*features));
	struct ptg_param_def *params = arena_array(lo->arena, f->param_count + 1u, sizeof(*params));
	struct ptg_ctx_def *ctx = arena_array(lo->arena, f->context_count + 1u, sizeof(*ctx));
	uint64_t config0 = 0;

	for (unsigned i = 0; i < f->feature_count; i++) {
		bool on = lo->fixed_mask >> i & 1 ? lo->fixed_value >> i & 1 : !f->features[i].off;

		features[i] = (struct ptg_feature_def){ .name = f->features[i].name, .on = on,
							.reg = lo->fixed_mask >> i & 1
								? PTG_NONE
								: register_source(lo, f->features[i].reg, NULL) };
		config0 |= (uint64_t)on << i;
	}
	for (unsigned i = 0; i < f->param_count; i++) {
		bool fixed = lo->fixed_param_mask >> i & 1;
		int64_t value = fixed ? lo->fixed_param[i] : f->params[i].value;

		params[i] = (struct ptg_param_def){ .name = f->params[i].name, .value = (uint8_t)value,
						    .min = (uint8_t)(fixed ? value : f->params[i].min),
						    .max = (uint8_t)(fixed ? value : f->params[i].max),
						    .shift = (uint8_t)(24 + 8 * i),
						    .reg = fixed ? PTG_NONE : param_source(lo, &f->params[i], f->params[i].reg),
						    .limit = fixed ? PTG_NONE : param_source(lo, &f->params[i], f->params[i].limit) };
		config0 |= (uint64_t)value << params[i].shift;
	}
	for (unsigned i = 0; i < f->context_count; i++)
		ctx[i] = (struct ptg_ctx_def){ .name = f->contexts[i].name, .lo = (uint8_t)f->contexts[i].lo,
					       .width = (uint8_t)f->contexts[i].width,
					       .count = (uint16_t)f->contexts[i].count,
					       .value = f->contexts[i].value,
					       .reg = context_source(lo, &f->contexts[i]) };
	lo->out->features = features;
	lo->out->params = params;
	lo->out->ctx = ctx;
	lo->out->feature_count = (uint8_t)f->feature_count;
	lo->out->param_count = (uint8_t)f->param_count;
	lo->out->ctx_count = (uint8_t)f->context_count;
	lo->out->default_config0 = config0;
}

/* --- geometry --------------------------------------------------------------------- */

static unsigned log2_of(unsigned n)
{
	unsigned k = 0;

	while (n > 1u << k)
		k++;
	return k;
}

/*
 * Where entries say how wide the next table is, tables that are made here have
 * the usual size of 4 KiB, and the first one takes the rest.
 */
#define USUAL_WIDTH 9

static int usual_shift(const struct model_level *m)
{
	return m->lo + USUAL_WIDTH * (int)m->depth;
}

static void lower_levels(struct lower *lo)
{
	const struct model_format *f = lo->f;
	struct ptg_level *levels = arena_array(lo->arena, f->level_count + 1u, sizeof(*levels));

	lo->plan->names.level = arena_array(lo->arena, f->level_count + 1u, sizeof(*lo->plan->names.level));
	for (unsigned i = 0; i < f->level_count; i++) {
		const struct model_level *m = &f->levels[i];
		struct scope s = { .mode = SCOPE_RAW, .level = (int)i, .page = -1, .off_when = PTG_NONE };
		struct ptg_level *l = &levels[m->depth];

		int low = f->dynamic ? usual_shift(m) : m->by ? model_page_lg2(f, (int)i) : m->lo;
		int width = f->dynamic && i > 0 ? USUAL_WIDTH : m->hi - (f->dynamic ? low : m->lo) + 1;

		lo->plan->names.level[m->depth] = m;
		*l = (struct ptg_level){ .name = m->name, .number = (uint8_t)m->number,
					 .shift = (uint8_t)low, .width = (uint8_t)width,
					 .entry_lg2 = (uint8_t)log2_of(m->entry_bits / 8),
					 .stride_lg2 = (uint8_t)log2_of(m->stride ? m->stride : 1),
					 .next = (uint8_t)lower_depth(lo, model_next_level(f, (int)i)),
					 .after = (uint8_t)lower_depth(lo, m->after), .by = PTG_NONE };
		if (f->table_added)
			l->flags |= PTG_LEVEL_ADDED;
		if (m->by) {
			uint16_t value = lower_expr(lo, &s, m->by, NULL);

			l->by = node_add(lo, (struct ptg_node){ .op = PTG_OP_SLICE, .a = value, .lo = (uint8_t)m->lo,
								.width = l->width });
		}
	}
	lo->out->levels = levels;
	lo->out->level_count = (uint8_t)f->level_count;
	lo->out->top = (uint8_t)f->levels[0].depth;
}

static uint16_t lower_width(struct lower *lo, const struct ast_expr *e)
{
	struct scope s = { .mode = SCOPE_RAW, .level = -1, .page = -1, .off_when = PTG_NONE };
	uint64_t value;
	uint16_t n;

	if (!e)
		return PTG_NONE;
	n = lower_expr(lo, &s, e, NULL);
	return node_is_const(lo, n, &value) ? PTG_NONE : n;
}

static bool flushes(const struct model_format *f, const char *word)
{
	for (const struct model_stmts *s = f->flushes; s; s = s->next)
		for (const struct ast_names *n = s->ast->names; n; n = n->next)
			if (strcmp(n->name.text, word) == 0)
				return true;
	return false;
}

static void lower_head(struct lower *lo)
{
	const struct model_format *f = lo->f;
	struct ptg_format *out = lo->out;
	struct ptg_space_def *spaces = arena_array(lo->arena, f->space_count + 1u, sizeof(*spaces));

	out->name = f->name;
	out->title = f->title ? f->title : f->name;
	out->va_bits = (uint8_t)f->va_bits;
	out->pa_bits = (uint8_t)f->pa_bits;
	for (unsigned i = 1; i < f->space_count && !f->pa_bits; i++) /* spaces only: the widest */
		out->pa_bits = out->pa_bits < f->spaces[i].bits ? (uint8_t)f->spaces[i].bits : out->pa_bits;
	out->va_node = lower_width(lo, f->va);
	out->pa_node = lower_width(lo, f->pa);
	out->va_check = f->va_signed ? PTG_VA_SIGN : PTG_VA_ZERO;
	out->flags = (f->big ? PTG_FORMAT_BIG : 0) | (f->dynamic ? PTG_FORMAT_DYNAMIC : 0) |
		     (f->msb0 ? PTG_FORMAT_MSB0 : 0) | (flushes(f, "bbm") ? PTG_FORMAT_BBM : 0) |
		     (flushes(f, "caches_invalid") ? PTG_FORMAT_CACHES_INVALID : 0) |
		     (flushes(f, "per_level") ? PTG_FORMAT_PER_LEVEL : 0);
	for (unsigned i = 0; i < f->space_count; i++)
		spaces[i] = (struct ptg_space_def){ .name = f->spaces[i].name, .bits = (uint8_t)f->spaces[i].bits };
	out->spaces = spaces;
	out->space_count = (uint8_t)f->space_count;
	for (const struct model_stmts *s = f->externs; s; s = s->next)
		*(const char **)vec_add(lo, &lo->externs, sizeof(char *)) = s->ast->name.text;
}

static void lower_selects(struct lower *lo)
{
	for (const struct model_stmts *s = lo->f->selects; s; s = s->next) {
		struct scope scope = { .mode = SCOPE_RAW, .level = -1, .page = -1, .off_when = PTG_NONE };
		const struct ast_expr *e = s->ast->expr;
		const struct model_register *r = model_find_register(lo->f, e->name);
		struct ptg_select *sel = vec_add(lo, &lo->selects, sizeof(*sel));
		uint64_t value = 0;

		node_is_const(lo, lower_expr(lo, &scope, s->ast->value ? s->ast->value : s->ast->set->lo, NULL), &value);
		*sel = (struct ptg_select){ .reg = e->name, .field = e->member, .value = value, .node = PTG_NONE,
					    .ok = PTG_NONE };
		if (r && model_register_field(r, e->member))
			sel->node = lower_expr(lo, &scope, e, NULL);
		if (sel->node != PTG_NONE && s->ast->set)
			sel->ok = lower_in_set(lo, &scope, sel->node, s->ast->set);
	}
}

/* --- the whole ------------------------------------------------------------------------ */

#define SEAL(array, number, vector, type) \
	(out->array = (const type *)lo->vector.data, out->number = (uint16_t)lo->vector.count)

void lower_seal(struct lower *lo)
{
	struct ptg_format *out = lo->out;

	SEAL(nodes, node_count, nodes, struct ptg_node);
	SEAL(pieces, piece_count, pieces, struct ptg_piece);
	SEAL(cfg, cfg_count, cfg, struct ptg_cfg_bits);
	SEAL(rows, row_count, rows, struct ptg_row);
	SEAL(checks, check_count, checks, struct ptg_check);
	SEAL(nexts, next_count, nexts, struct ptg_next);
	SEAL(gathers, gather_count, gathers, struct ptg_gather);
	SEAL(marks, mark_count, marks, struct ptg_mark);
	SEAL(denies, deny_count, denies, struct ptg_deny);
	SEAL(attr_node, attr_node_count, attr_nodes, uint16_t);
	SEAL(enc_rights, enc_rights_count, enc_rights, struct ptg_enc_rights);
	SEAL(enc_mem, enc_mem_count, enc_mem, struct ptg_enc_mem);
	SEAL(kinds, kind_count, kinds, struct ptg_kind);
	SEAL(rules, rule_count, rules, struct ptg_rule);
	SEAL(value_names, value_name_count, value_names, struct ptg_value_name);
	SEAL(ignores, ignore_count, ignores, struct ptg_ignore);
	SEAL(selects, select_count, selects, struct ptg_select);
	out->attrs = lo->attrs.data;
	out->attr_count = (uint8_t)lo->attrs.count;
	out->roots = lo->roots.data;
	out->root_count = (uint8_t)lo->roots.count;
	out->regs = lo->regs.data;
	out->reg_count = (uint8_t)lo->regs.count;
	out->externs = lo->externs.data;
	out->extern_count = (uint16_t)lo->externs.count;
	lo->plan->names.kind = lo->kind_models.data;
}

struct plan *lower_format(struct arena *arena, const struct model_format *f, const struct plan_options *o,
			  const char **why)
{
	struct lower *lo = arena_alloc(arena, sizeof(*lo));

	lo->arena = arena;
	lo->f = f;
	lo->plan = arena_alloc(arena, sizeof(*lo->plan));
	lo->out = &lo->plan->format;
	lo->plan->model = f;
	if (!f->concrete) {
		*why = arena_printf(arena, "'%s' is a base without levels, not a format", f->name);
		return NULL;
	}
	apply_options(lo, o);
	lower_head(lo);
	lower_registers(lo);
	lower_settings(lo);
	lower_levels(lo);
	lower_rule_for(lo, NULL, NULL, "none", NULL, PTG_F_NONE);
	lower_rule_for(lo, NULL, NULL, "address", "noncanonical", PTG_F_NONCANONICAL);
	lower_roots(lo);
	lower_selects(lo);
	lower_kind_rules(lo);
	decision_rules(lo, f->denies, "deny", PTG_F_PERMISSION);
	decision_rules(lo, f->marks, "mark", PTG_F_ACCESS_FLAG);
	lower_attrs(lo);
	lower_kinds(lo);
	lower_place_rights(lo);
	lower_rights_table(lo);
	lower_seal(lo);
	if (!lo->why)
		lower_encoder(lo);
	lower_seal(lo);
	if (lo->why) {
		*why = lo->why;
		return NULL;
	}
	lower_rule_texts(lo);
	return lo->plan;
}
