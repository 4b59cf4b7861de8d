/* SPDX-License-Identifier: MIT */
/* kind.c - kinds of entries: one ptg_kind for each kind and level, and the rows that find them */

#include <string.h>

#include "gen/lower/lower.h"

/* --- rules of kinds ---------------------------------------------------------- */

static const char *kind_name(struct lower *lo, const char *word, const struct model_kind *m)
{
	return arena_printf(lo->arena, "%s:%s", word, m->name);
}

static const char *default_fault(const struct model_kind *m)
{
	return m->layout && m->layout->fault ? m->layout->fault : "reserved_bits";
}

static void clause_rule(struct lower *lo, const struct model_kind *m, const struct ast_clause *c, const char *word,
			const char *fault, int class)
{
	if (c->fault.text)
		fault = c->fault.text;
	lower_rule_for(lo, m, c, kind_name(lo, word, m), fault, model_fault_class(lo->f, fault, class));
}

static void rules_of_clauses(struct lower *lo, const struct model_kind *m)
{
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next) {
		switch (c->kind) {
		case CL_LOW_ZERO:
			clause_rule(lo, m, c, "low", "misaligned", PTG_F_RESERVED);
			break;
		case CL_NAPOT:
			clause_rule(lo, m, c, "size", "misaligned", PTG_F_RESERVED);
			break;
		case CL_REQUIRE:
			clause_rule(lo, m, c, "require", "reserved", PTG_F_RESERVED);
			break;
		case CL_LIMIT:
			clause_rule(lo, m, c, "limit", "length", PTG_F_LENGTH);
			break;
		case CL_BITS:
			clause_rule(lo, m, c, "bits", "reserved", PTG_F_RESERVED);
			break;
		case CL_SKIP_ZERO:
			clause_rule(lo, m, c, "skip", "skipped_bits", PTG_F_NONCANONICAL);
			break;
		default:
			break;
		}
	}
}

static void rules_of_maps(struct lower *lo, const struct model_kind *m)
{
	for (const struct model_stmts *s = lo->f->maps; s; s = s->next) {
		const struct ast_map_row *r = s->ast->rows;
		const char *fault = s->ast->fault.text;

		while (r && !r->reserved)
			r = r->next;
		if (!r)
			continue;
		if (!fault)
			fault = arena_printf(lo->arena, "reserved_%s", s->ast->names->name.text);
		lower_rule_for(lo, m, s->ast, kind_name(lo, "map", m), fault,
			       model_fault_class(lo->f, fault, PTG_F_RESERVED));
	}
}

static int class_of_kind(struct lower *lo, const struct model_kind *m)
{
	int class = strncmp(m->name, "reserved", 8) == 0 ? PTG_F_RESERVED : PTG_F_NOT_PRESENT;

	return model_fault_class(lo->f, m->name, class);
}

void lower_kind_rules(struct lower *lo)
{
	for (const struct model_kind *m = lo->f->kinds; m; m = m->next) {
		bool faults = m->role == ROLE_INVALID || m->role == ROLE_PASS;

		lower_rule_for(lo, m, m, kind_name(lo, "kind", m), faults ? m->name : NULL,
			       faults ? class_of_kind(lo, m) : PTG_F_NONE);
		if (faults)
			continue;
		lower_rule_for(lo, m, lower_zero_key, kind_name(lo, "zero", m), default_fault(m),
			       model_fault_class(lo->f, default_fault(m), PTG_F_RESERVED));
		rules_of_maps(lo, m);
		rules_of_clauses(lo, m);
	}
}

/* --- checks of an entry, in their order ----------------------------------------- */

static void add_check(struct lower *lo, struct ptg_kind *k, uint16_t node, uint16_t rule)
{
	struct ptg_check *c;
	uint64_t value;

	if (node_is_const(lo, node, &value) && value)
		return;
	c = vec_add(lo, &lo->checks, sizeof(*c));
	*c = (struct ptg_check){ .node = node, .rule = rule };
	k->check_count++;
}

static void lower_map_checks(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	if (m->role != ROLE_PAGE)
		return;
	for (const struct model_stmts *map = lo->f->maps; map; map = map->next) {
		uint16_t rule = lower_rule_of(lo, m, map->ast);
		bool missing = false;
		uint16_t reserved;

		if (rule == PTG_NONE)
			continue;
		s->missing = &missing;
		reserved = lower_map_reserved(lo, map->ast, s);
		s->missing = NULL;
		if (!missing)
			add_check(lo, k, node_op(lo, PTG_OP_NOT, reserved, 0), rule);
	}
}

static uint16_t limit_node(struct lower *lo, struct scope *s, const struct ast_clause *c)
{
	unsigned width;

	return lower_in_set(lo, s, lower_index_slice(lo, s, &c->slice, &width), c->set);
}

/* `bits EXPR in SET`: the value, and what it must lie in. */
static void lower_next_bits(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s,
			    const struct ast_clause *c)
{
	const struct ast_expr *e = c->expr;

	k->bits = lower_expr(lo, s, e->op == EX_IN ? e->a : e, NULL);
	if (e->op == EX_IN)
		add_check(lo, k, lower_in_set(lo, s, k->bits, e->set), lower_rule_of(lo, m, c));
}

static void lower_checks(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	const struct ast_clause *c;

	lower_map_checks(lo, k, m, s);
	for (c = m->ast->clauses; c; c = c->next)
		if (c->kind == CL_REQUIRE)
			add_check(lo, k, lower_expr(lo, s, c->expr, NULL), lower_rule_of(lo, m, c));
	c = model_clause(m, CL_LOW_ZERO);
	if (c && k->low_mask)
		add_check(lo, k,
			  node_op(lo, PTG_OP_EQ,
				  node_op(lo, PTG_OP_BITAND, node_entry(lo, 0, 64), node_const(lo, k->low_mask)),
				  node_const(lo, 0)),
			  lower_rule_of(lo, m, c));
	for (c = m->ast->clauses; c; c = c->next)
		if (c->kind == CL_LIMIT)
			add_check(lo, k, limit_node(lo, s, c), lower_rule_of(lo, m, c));
	for (c = m->ast->clauses; c; c = c->next)
		if (c->kind == CL_BITS)
			lower_next_bits(lo, k, m, s, c);
}

/* --- where a table leads ------------------------------------------------------------- */

static void add_next(struct lower *lo, struct ptg_kind *k, unsigned level, uint16_t by, uint16_t unless)
{
	struct ptg_next *n = vec_add(lo, &lo->nexts, sizeof(*n));

	*n = (struct ptg_next){ .level = (uint8_t)level, .by = by, .unless = unless,
				.piece_first = k->piece_first, .piece_count = k->piece_count };
	k->next_count++;
}

static struct ptg_next *last_next(struct lower *lo)
{
	return (struct ptg_next *)lo->nexts.data + lo->nexts.count - 1;
}

/* A number given as a level is the number as written. */
static unsigned level_of_number(const struct lower *lo, uint64_t number)
{
	for (unsigned i = 0; i < lo->f->level_count; i++)
		if (lo->f->levels[i].number == number)
			return lo->f->levels[i].depth;
	return PTG_NO_LEVEL;
}

static void lower_nexts(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	k->next_first = (uint16_t)lo->nexts.count;
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next) {
		const struct model_level *named;
		uint16_t unless, by;
		uint64_t number;

		if (c->kind != CL_NEXT)
			continue;
		unless = c->unless ? lower_expr(lo, s, c->unless, NULL) : PTG_NONE;
		named = c->expr->op == EX_NAME ? model_find_level(lo->f, c->expr->name, NULL) : NULL;
		if (named) {
			add_next(lo, k, named->depth, PTG_NONE, unless);
			lower_child_pieces(lo, k, m, s, named->name, last_next(lo));
			continue;
		}
		by = lower_expr(lo, s, c->expr, NULL);
		if (node_is_const(lo, by, &number))
			add_next(lo, k, level_of_number(lo, number), PTG_NONE, unless);
		else
			add_next(lo, k, PTG_NO_LEVEL, by, unless);
	}
	if (k->next_count == 0)
		add_next(lo, k, (unsigned)lower_depth(lo, model_next_level(lo->f, s->level)), PTG_NONE, PTG_NONE);
	if (model_clause(m, CL_SKIP_ZERO)) {
		k->skip = PTG_SKIP_ZERO;
		k->skip_rule = lower_rule_of(lo, m, model_clause(m, CL_SKIP_ZERO));
	} else if (model_clause(m, CL_SKIP_IGNORED)) {
		k->skip = PTG_SKIP_IGNORED;
	}
}

/* --- one kind at one level --------------------------------------------------------------- */

static uint8_t role_of(enum ast_role role)
{
	switch (role) {
	case ROLE_TABLE: return PTG_ROLE_TABLE;
	case ROLE_PAGE:  return PTG_ROLE_PAGE;
	case ROLE_PASS:  return PTG_ROLE_PASS;
	default:         return PTG_ROLE_INVALID;
	}
}

static void lower_kind_at(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, int level)
{
	struct scope s = { .mode = SCOPE_DATA, .layout = m->layout, .level = level,
			   .page = model_page_lg2(lo->f, level), .off_when = PTG_NONE };

	*k = (struct ptg_kind){ .name = m->name, .role = role_of(m->role), .level = (uint8_t)lower_depth(lo, level),
				.rule = lower_rule_of(lo, m, m), .zero_rule = lower_rule_of(lo, m, lower_zero_key),
				.contig_when = PTG_NONE, .size = PTG_NONE, .napot_rule = PTG_NONE, .bits = PTG_NONE,
				.skip_rule = PTG_NONE, .attr_first = PTG_NONE };
	if (m->role == ROLE_INVALID || m->role == ROLE_PASS)
		return;
	k->check_first = (uint16_t)lo->checks.count;
	lower_zero(lo, k, m, &s);
	lower_address(lo, k, m, &s, level);
	lower_checks(lo, k, m, &s);
	if (m->role == ROLE_TABLE)
		lower_nexts(lo, k, m, &s);
	lower_kind_attrs(lo, k, m, &s);
	lower_kind_decisions(lo, k, m, &s);
}

/* The condition under which an entry is of this kind, apart from its place in the order. */
static uint16_t match_node(struct lower *lo, const struct model_kind *m, int level)
{
	struct scope s = { .mode = SCOPE_RAW, .layout = m->layout, .level = level,
			   .page = model_page_lg2(lo->f, level), .off_when = PTG_NONE };
	uint16_t n = node_const(lo, 1);

	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next)
		if (c->kind == CL_WHEN)
			n = node_op(lo, PTG_OP_AND, n, lower_expr(lo, &s, c->expr, NULL));
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next)
		if (c->kind == CL_IF)
			n = node_op(lo, PTG_OP_AND, lower_feature(lo, c->expr, false), n);
	return n;
}

static void lower_kind(struct lower *lo, const struct model_kind *m, int level)
{
	uint16_t index = (uint16_t)lo->kinds.count;
	uint16_t match = match_node(lo, m, level);
	struct ptg_kind k;
	uint64_t value;

	if (node_is_const(lo, match, &value) && !value)
		return;
	vec_add(lo, &lo->kinds, sizeof(k));
	*(const struct model_kind **)vec_add(lo, &lo->kind_models, sizeof(void *)) = m;
	lower_rows(lo, match, index, m, level);
	lower_kind_at(lo, &k, m, level);
	((struct ptg_kind *)lo->kinds.data)[index] = k;
}

/* `otherwise` outside of `first` comes after everything else. */
static bool comes_last(const struct model_kind *m)
{
	return m->group == 0 && model_clause(m, CL_OTHERWISE);
}

void lower_kinds(struct lower *lo)
{
	struct ptg_level *levels = arena_array(lo->arena, lo->f->level_count, sizeof(*levels));

	for (unsigned i = 0; i < lo->f->level_count; i++)
		levels[i] = lo->out->levels[i];
	for (unsigned i = 0; i < lo->f->level_count; i++) {
		struct ptg_level *l = &levels[lo->f->levels[i].depth];

		l->row_first = (uint16_t)lo->rows.count;
		for (unsigned last = 0; last < 2; last++)
			for (const struct model_kind *m = lo->f->kinds; m; m = m->next)
				if ((m->at >> i & 1) && comes_last(m) == (last == 1))
					lower_kind(lo, m, (int)i);
		l->row_count = (uint16_t)(lo->rows.count - l->row_first);
	}
	lo->out->levels = levels;
}
