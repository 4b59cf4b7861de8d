/* SPDX-License-Identifier: MIT */
/*
 * attr.c - attributes, and the decisions that read them: deny and mark
 *
 * Deny lines that read only one-bit attributes, context bits and the access
 * are tabulated over those attributes when the space is set up.  A condition
 * on the entry alone inside a deny line is made a hidden attribute, so that
 * such lines can be tabulated too.
 */

#include <string.h>

#include "gen/lower/map.h"

#define TABLE_BITS 6u

/* --- hidden attributes ------------------------------------------------------- */

enum { DEP_FIELD = 1, DEP_FEATURE = 2, DEP_OTHER = 4 };

static bool is_field(const struct lower *lo, const char *name)
{
	if (model_find_attr(lo->f, name) || model_find_context(lo->f, name) >= 0 ||
	    model_find_feature(lo->f, name) >= 0 || model_find_param(lo->f, name) >= 0)
		return false;
	for (const struct model_layout *l = lo->f->layouts; l; l = l->next)
		if (model_layout_field(l, name))
			return true;
	return strcmp(name, "e") == 0;
}

static unsigned depends(const struct lower *lo, const struct ast_expr *e)
{
	unsigned d = 0;

	if (!e)
		return 0;
	if (e->op == EX_NAME) {
		if (is_field(lo, e->name))
			return DEP_FIELD;
		return model_find_feature(lo->f, e->name) >= 0 ? DEP_FEATURE : DEP_OTHER;
	}
	if (e->op == EX_DOT)
		return DEP_OTHER;
	d = depends(lo, e->a) | depends(lo, e->b) | depends(lo, e->c);
	for (const struct ast_expr *part = e->list; part; part = part->next)
		d |= depends(lo, part);
	return d;
}


static void hide(struct lower *lo, const struct ast_expr *e)
{
	struct hidden_attr **at = &lo->hidden;

	for (; *at; at = &(*at)->next)
		if ((*at)->expr == e)
			return;
	*at = arena_alloc(lo->arena, sizeof(**at));
	(*at)->expr = e;
}

static void find_hidden(struct lower *lo, const struct ast_expr *e)
{
	unsigned d = depends(lo, e);

	if ((d & DEP_FIELD) && !(d & DEP_OTHER)) {
		hide(lo, e);
	} else if (e->op == EX_AND || e->op == EX_OR || e->op == EX_NOT) {
		find_hidden(lo, e->a);
		if (e->b)
			find_hidden(lo, e->b);
	}
}

/* --- the list of attributes ------------------------------------------------------ */

static uint16_t leaf_node(struct lower *lo, const struct model_attr *a, struct scope *s, unsigned *width)
{
	if (a->ast->kind == ST_MAP)
		return map_node(lo, a->ast, a->map_value, s, width);
	return lower_expr(lo, s, a->ast->expr, width);
}

/* Bits of an attribute in the first kind of that role that carries it: of pages its own, of tables what they say; 0: none does. */
static unsigned width_in(struct lower *lo, const struct model_attr *a, enum ast_role role)
{
	for (const struct model_kind *m = lo->f->kinds; m; m = m->next)
		for (unsigned i = 0; i < lo->f->level_count; i++) {
			struct scope s = { .mode = SCOPE_DATA, .layout = m->layout, .level = (int)i,
					   .page = model_page_lg2(lo->f, (int)i), .off_when = PTG_NONE };
			bool missing = false;
			unsigned width = 1;

			if (m->role != role || !(m->at >> i & 1))
				continue;
			s.missing = &missing;
			if (role == ROLE_PAGE)
				leaf_node(lo, a, &s, &width);
			else
				lower_expr(lo, &s, a->ast->tables, &width);
			if (!missing)
				return width;
		}
	return 0;
}

static bool inherited(const struct ast_stmt *ast)
{
	return ast->kind == ST_ATTR && (ast->tables_op == '&' || ast->tables_op == '|');
}

static unsigned attr_width(struct lower *lo, const struct model_attr *a)
{
	unsigned own = width_in(lo, a, ROLE_PAGE);
	size_t nodes = lo->nodes.count;
	unsigned up = inherited(a->ast) ? width_in(lo, a, ROLE_TABLE) : 0;

	lo->nodes.count = nodes;         /* they are made when the tables are lowered */
	return own > up ? own : up ? up : 1;
}

static uint64_t all_bits(unsigned width)
{
	return width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;
}

static uint8_t meaning(const struct lower *lo, const char *const *names, unsigned count)
{
	const struct ptg_attr *all = lo->attrs.data;

	for (unsigned n = 0; n < count; n++)
		for (size_t i = 0; i < lo->attrs.count; i++)
			if (strcmp(all[i].name, names[n]) == 0)
				return (uint8_t)i;
	return 0xff;
}

static void list_attrs(struct lower *lo)
{
	static const char *const global[] = { "g", "global" }, *const memtype[] = { "memtype" },
			  *const key[] = { "key", "pkey", "domain" };
	unsigned n = 0;

	for (const struct model_attr *a = lo->f->attrs; a; a = a->next) {
		struct ptg_attr out = { .name = a->name, .table_index = 0xff, .width = (uint8_t)attr_width(lo, a) };

		if (inherited(a->ast))
			out.op = (uint8_t)a->ast->tables_op;
		out.neutral = out.op == '&' ? all_bits(out.width) : 0;
		if (a->ast->kind == ST_MAP)
			map_names(lo, a->ast, a->map_value, &out);
		else
			enum_names(lo, &out);
		*(struct ptg_attr *)vec_add(lo, &lo->attrs, sizeof(out)) = out;
	}
	for (const struct hidden_attr *h = lo->hidden; h; h = h->next) {
		struct ptg_attr out = { .table_index = 0xff, .width = 1 };

		out.name = h->expr->op == EX_NAME ? arena_printf(lo->arena, ".%s", h->expr->name)
						  : arena_printf(lo->arena, ".condition%u", n++);
		*(struct ptg_attr *)vec_add(lo, &lo->attrs, sizeof(out)) = out;
	}
	lo->out->global_attr = meaning(lo, global, 2);
	lo->out->memtype_attr = meaning(lo, memtype, 1);
	lo->out->key_attr = meaning(lo, key, 3);
}

/* --- which deny lines can be tabulated -------------------------------------------------- */

static void attrs_of(const struct lower *lo, uint16_t node, uint64_t *set)
{
	const struct ptg_node *n = node_at(lo, node);

	if (n->op == PTG_OP_ATTR) {
		*set |= UINT64_C(1) << n->a;
	} else if (n->op == PTG_OP_NOT) {
		attrs_of(lo, n->a, set);
	} else if (n->op == PTG_OP_AND || n->op == PTG_OP_OR || n->op == PTG_OP_EQ || n->op == PTG_OP_NE) {
		attrs_of(lo, n->a, set);
		attrs_of(lo, n->b, set);
	}
}

static bool table_worthy(const struct lower *lo, uint16_t node, uint64_t *attrs)
{
	static const uint32_t allowed = 1u << PTG_OP_CONST | 1u << PTG_OP_ACCESS | 1u << PTG_OP_ATTR |
					1u << PTG_OP_FEATURE | 1u << PTG_OP_CTX | 1u << PTG_OP_NOT | 1u << PTG_OP_AND |
					1u << PTG_OP_OR | 1u << PTG_OP_EQ | 1u << PTG_OP_NE;
	const struct ptg_attr *all = lo->attrs.data;
	uint64_t bits[2] = { 0, 0 };
	uint32_t features = 0, ops = 0;

	*attrs = 0;
	node_support(lo, node, bits, &features, &ops);
	if (ops & ~allowed)
		return false;
	attrs_of(lo, node, attrs);
	for (size_t i = 0; i < lo->attrs.count; i++)
		if ((*attrs >> i & 1) && all[i].width != 1)
			return false;
	return true;
}

static unsigned count_bits(uint64_t x)
{
	unsigned n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
}

static void choose_tabled(struct lower *lo)
{
	struct ptg_attr *all = lo->attrs.data;
	uint64_t chosen = 0;
	unsigned n = 0, bit = 0;

	for (const struct model_stmts *d = lo->f->denies; d; d = d->next)
		n++;
	lo->tabled = arena_array(lo->arena, n + 1u, sizeof(*lo->tabled));
	lo->tabled_node = arena_array(lo->arena, n + 1u, sizeof(*lo->tabled_node));
	n = 0;
	for (const struct model_stmts *d = lo->f->denies; d; d = d->next, n++) {
		bool missing = false;
		struct scope s = { .mode = SCOPE_DATA, .level = -1, .page = -1, .deny = true, .missing = &missing,
				   .off_when = PTG_NONE };
		uint64_t attrs;

		lo->tabled_node[n] = lower_expr(lo, &s, d->ast->cond, NULL);
		if (missing || !table_worthy(lo, lo->tabled_node[n], &attrs) ||
		    count_bits(chosen | attrs) > TABLE_BITS)
			continue;
		chosen |= attrs;
		lo->tabled[n] = true;
	}
	for (size_t i = 0; i < lo->attrs.count; i++)
		if (chosen >> i & 1)
			all[i].table_index = (uint8_t)bit++;
	lo->out->rights_bits = (uint8_t)bit;
}

void lower_attrs(struct lower *lo)
{
	for (const struct model_stmts *d = lo->f->denies; d; d = d->next)
		find_hidden(lo, d->ast->cond);
	list_attrs(lo);
	choose_tabled(lo);
}

void lower_rights_table(struct lower *lo)
{
	unsigned n = 0;

	lo->out->rights_deny_first = (uint16_t)lo->denies.count;
	for (const struct model_stmts *d = lo->f->denies; d; d = d->next, n++) {
		struct ptg_deny *out;

		if (!lo->tabled[n])
			continue;
		out = vec_add(lo, &lo->denies, sizeof(*out));
		*out = (struct ptg_deny){ .node = lo->tabled_node[n], .rule = lower_rule_of(lo, NULL, d->ast),
					  .tabled = 1, .guard = PTG_NONE };
	}
	lo->out->rights_deny_count = (uint16_t)(lo->denies.count - lo->out->rights_deny_first);
}

/* --- attributes of one kind ---------------------------------------------------------------- */

/* One bit of the entry, or its negation. */
static bool simple_bit(const struct lower *lo, uint16_t node, uint8_t *bit, bool *negated)
{
	const struct ptg_node *n = node_at(lo, node);

	*negated = n->op == PTG_OP_NOT;
	if (*negated)
		n = node_at(lo, n->a);
	*bit = n->lo;
	return n->op == PTG_OP_ENTRY && n->width == 1;
}

/*
 * A field that a feature switches off makes a table neutral.  One bit that is
 * checked to be zero then is neutral by itself; several take a product, for and
 * and or are of truths.
 */
static uint16_t with_neutral(struct lower *lo, char op, uint16_t node, uint16_t off, unsigned width)
{
	uint8_t bit;
	bool negated;
	uint16_t on;

	if (off == PTG_NONE || (simple_bit(lo, node, &bit, &negated) && negated == (op == '&')))
		return node;
	if (op == '&' && width == 1)
		return node_op(lo, PTG_OP_OR, off, node);
	on = node_op(lo, PTG_OP_NOT, off, 0);
	if (width == 1)
		return node_op(lo, PTG_OP_AND, on, node);
	on = node_op(lo, PTG_OP_MUL, on, node);
	return op == '|' ? on : node_op(lo, PTG_OP_ADD, on, node_op(lo, PTG_OP_MUL, off, node_const(lo, all_bits(width))));
}

static uint16_t attr_at(struct lower *lo, const struct ast_stmt *ast, const struct model_attr *a,
			const struct ast_expr *hidden, bool table, struct scope *s)
{
	bool missing = false;
	uint16_t n;

	s->missing = &missing;
	s->off_when = PTG_NONE;
	s->checked = table;
	if (table && (hidden || !inherited(ast)))
		n = PTG_NONE;
	else if (hidden)
		n = lower_expr(lo, s, hidden, NULL);
	else if (table)
		n = lower_expr(lo, s, ast->tables, NULL);
	else
		n = leaf_node(lo, a, s, NULL);
	s->missing = NULL;
	s->checked = false;
	return missing ? PTG_NONE : n;
}

static void lower_gathers(struct lower *lo, struct ptg_kind *k)
{
	const uint16_t *node = (const uint16_t *)lo->attr_nodes.data + k->attr_first;
	const struct ptg_attr *all = lo->attrs.data;

	k->gather_first = (uint16_t)lo->gathers.count;
	for (size_t i = 0; i < lo->attrs.count; i++) {
		struct ptg_gather g = { .acc = (uint8_t)i };
		bool negated;

		if (node[i] == PTG_NONE)
			continue;
		if (all[i].width != 1 || !simple_bit(lo, node[i], &g.bit, &negated)) {
			lo->gathers.count = k->gather_first;
			return;
		}
		g.invert = negated != (all[i].op == '&');
		*(struct ptg_gather *)vec_add(lo, &lo->gathers, sizeof(g)) = g;
	}
	k->gather_count = (uint16_t)(lo->gathers.count - k->gather_first);
}

void lower_kind_attrs(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	bool table = m->role == ROLE_TABLE;
	uint16_t first = (uint16_t)lo->attr_nodes.count;
	unsigned n = 0;

	for (const struct model_attr *a = lo->f->attrs; a; a = a->next, n++) {
		uint16_t node = attr_at(lo, a->ast, a, NULL, table, s);

		if (table && node != PTG_NONE)
			node = with_neutral(lo, a->ast->tables_op, node, s->off_when,
					    ((const struct ptg_attr *)lo->attrs.data)[n].width);
		*(uint16_t *)vec_add(lo, &lo->attr_nodes, sizeof(node)) = node;
	}
	for (const struct hidden_attr *h = lo->hidden; h; h = h->next) {
		uint16_t node = attr_at(lo, NULL, NULL, h->expr, table, s);

		*(uint16_t *)vec_add(lo, &lo->attr_nodes, sizeof(node)) = node;
	}
	k->attr_first = first;
	if (table)
		lower_gathers(lo, k);
	if (!table)
		for (const struct model_field *f = m->layout ? m->layout->fields : NULL; f; f = f->next) {
			struct model_config c;
			struct model_where w = { .format = lo->f, .config = &c, .page = s->page, .level = s->level };
			enum ast_duty duty;
			int hi, low;

			model_default_config(lo->f, &c);
			duty = model_feature_true(&w, f->ast->if_) ? f->ast->duty : f->ast->else_duty;
			for (const struct ast_piece *p = f->ast->pieces; p && duty == DUTY_SOFT; p = p->next)
				if (p->at.first && model_range(&w, &p->at, m->layout->entry_bits, &hi, &low))
					for (int i = low; i <= hi && i < 64; i++)
						k->soft |= UINT64_C(1) << i;
		}
	lo->out->soft_mask |= k->soft;
}

/* --- decisions of one kind ---------------------------------------------------------------------- */

/* A context array whose being zero disarms the line: `... & pkru[2*PK]`. */
static uint16_t guard_of(struct lower *lo, uint16_t node)
{
	const struct ptg_node *n = node_at(lo, node);
	uint16_t g;
	unsigned bits;

	if (n->op == PTG_OP_AND) {
		g = guard_of(lo, n->a);
		return g != PTG_NONE ? g : guard_of(lo, n->b);
	}
	if (n->op != PTG_OP_CTX_AT)
		return PTG_NONE;
	bits = (unsigned)n->imm * n->width;
	if (bits > 64)
		return PTG_NONE;
	return node_op(lo, PTG_OP_NE,
		       node_add(lo, (struct ptg_node){ .op = PTG_OP_CTX, .lo = n->lo, .width = (uint8_t)bits }),
		       node_const(lo, 0));
}

static void lower_denies(struct lower *lo, struct ptg_kind *k, struct scope *s)
{
	unsigned n = 0;

	k->deny_first = (uint16_t)lo->denies.count;
	s->deny = true;
	for (const struct model_stmts *d = lo->f->denies; d; d = d->next, n++) {
		uint16_t node = lo->tabled[n] ? lo->tabled_node[n] : lower_expr(lo, s, d->ast->cond, NULL);
		struct ptg_deny *out;
		uint64_t value;

		if (node_is_const(lo, node, &value) && !value)
			continue;
		out = vec_add(lo, &lo->denies, sizeof(*out));
		*out = (struct ptg_deny){ .node = node, .rule = lower_rule_of(lo, NULL, d->ast), .tabled = lo->tabled[n],
					  .guard = lo->tabled[n] ? (uint16_t)PTG_NONE : guard_of(lo, node) };
		k->deny_count++;
	}
	s->deny = false;
}

static const struct ast_field *marked_field(const struct model_kind *m, const struct ast_expr *e)
{
	const struct model_field *f;

	while (e->a)
		e = e->a;
	f = m->layout ? model_layout_field(m->layout, e->name) : NULL;
	return f ? f->ast : NULL;
}

/* A mark line above all deny lines faults before them: the text's order decides. */
static bool stands_before_denies(const struct lower *lo, const struct ast_stmt *mark)
{
	for (const struct model_stmts *d = lo->f->denies; d; d = d->next)
		if (d->ast->span.file != mark->span.file || d->ast->span.start < mark->span.start)
			return false;
	return true;
}

/* The first mark of its sort is the accessed (or dirty) one; VT-d has an extended-access flag beside it. */
static bool marked_already(const struct lower *lo, const struct ptg_kind *k, unsigned what)
{
	const struct ptg_mark *m = lo->marks.data;

	for (unsigned i = 0; i < k->mark_count; i++)
		if (m[k->mark_first + i].what == what)
			return true;
	return false;
}

static void lower_mark(struct lower *lo, struct ptg_kind *k, const struct ast_stmt *ast, const struct ast_field *f,
		       struct scope *s)
{
	struct scope raw = *s;
	struct ptg_mark out = { .rule = PTG_NONE, .if_ = PTG_NONE, .enabled = PTG_NONE };
	const struct ptg_node *bits;
	uint64_t value = ~UINT64_C(0), constant;

	raw.mode = SCOPE_RAW;
	bits = node_at(lo, lower_expr(lo, &raw, ast->expr, NULL));
	if (bits->op != PTG_OP_ENTRY || bits->lo + bits->width > 64) {
		lower_fail(lo, "a mark must be one run of bits in the low half of the entry");
		return;
	}
	out.mask = (bits->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits->width) - 1) << bits->lo;
	if (ast->value && node_is_const(lo, lower_expr(lo, &raw, ast->value, NULL), &constant))
		value = constant;
	bits = node_at(lo, lower_expr(lo, &raw, ast->expr, NULL));
	out.value = value << bits->lo & out.mask;
	out.on = lower_expr(lo, &raw, ast->on, NULL);
	if (ast->cond)
		out.if_ = lower_expr(lo, s, ast->cond, NULL);
	if (f->if_)
		out.enabled = lower_feature(lo, f->if_, false);
	if (ast->fault.text)
		out.rule = lower_rule_of(lo, NULL, ast);
	for (unsigned a = PTG_READ; a <= PTG_EXEC; a <<= 1)
		if (lower_eval_access(lo, out.on, a))
			out.access |= (uint8_t)a;
	out.early = stands_before_denies(lo, ast);
	out.what = out.access == (PTG_READ | PTG_WRITE | PTG_EXEC) ? 1 : out.access == PTG_WRITE ? 2 : 0;
	if (marked_already(lo, k, out.what))
		out.what = 0;
	*(struct ptg_mark *)vec_add(lo, &lo->marks, sizeof(out)) = out;
	k->mark_count++;
}

void lower_kind_decisions(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	bool table = m->role == ROLE_TABLE;

	if (!table)
		lower_denies(lo, k, s);
	k->mark_first = (uint16_t)lo->marks.count;
	for (const struct model_stmts *p = lo->f->marks; p; p = p->next) {
		const struct ast_field *f = marked_field(m, p->ast->expr);

		if (f && p->ast->flag == table)
			lower_mark(lo, k, p->ast, f, s);
	}
}
