/* SPDX-License-Identifier: MIT */
/*
 * check_map.c - a map has one row for every code, and one code for every value
 *
 * Rows marked alias are read and never written, so they may repeat what another
 * row means.  An `x` of a code that no value copies is written as 0.
 */
#include <string.h>

#include "dsl/check.h"

#define CODES_MAX 4096u              /* of a map that is looked through code by code */

static const char *binary(struct arena *a, uint64_t code, unsigned width)
{
	char text[72] = "0b";

	for (unsigned i = 0; i < width; i++)
		text[2 + i] = code >> (width - 1 - i) & 1 ? '1' : '0';
	return arena_copy(a, text, 2 + width);
}

static unsigned count_values(const struct ast_map_row *r)
{
	unsigned n = 0;

	for (const struct ast_map_value *v = r->values; v; v = v->next)
		n++;
	return n;
}

static unsigned count_names(const struct ast_stmt *map)
{
	unsigned n = 0;

	for (const struct ast_names *x = map->names; x; x = x->next)
		n++;
	return n;
}

static bool has_code(const struct ast_map_row *r, uint64_t code)
{
	uint64_t mask = r->code->op == EX_PATTERN ? r->code->mask : ~UINT64_C(0);

	return ((r->code->value ^ code) & mask) == 0;
}

/* --- rows one by one --------------------------------------------------------- */

static void one_row(struct check *c, const struct ast_stmt *map, const struct ast_map_row *r, unsigned width)
{
	unsigned wanted = count_names(map), given = count_values(r);
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };

	model_default_config(c->f, &config);
	if (r->code->width && r->code->width != width)
		check_report(c, DIAG_PATTERN_WIDTH, r->code->span, "a %u-bit code in a map of %u bits", r->code->width, width);
	else if (width < 64 && r->code->value >> width)
		check_report(c, DIAG_IMPOSSIBLE_VALUE, r->code->span, "the map looks at %u bits, which can never be %llu", width,
			     (unsigned long long)r->code->value);
	if (!r->reserved && given != wanted)
		check_report(c, DIAG_MAP_VALUES, r->span, "the map has %u name%s, but this row %u value%s", wanted, wanted == 1 ? "" : "s", given,
			     given == 1 ? "" : "s");
	for (const struct ast_map_value *v = r->values; v; v = v->next) {
		int hi, lo;

		if (v->kind == MV_COPY && model_range(&w, &v->copy, width, &hi, &lo))
			check_range_fits(c, &v->copy, hi, lo, width, width, arena_printf(c->arena, "the %u-bit code", width), "");
	}
}

/* --- holes and duplicates -------------------------------------------------------- */

static void codes(struct check *c, const struct ast_stmt *map, unsigned width)
{
	const char *first = NULL;
	unsigned holes = 0;

	for (uint64_t code = 0; code >> width == 0; code++) {
		const struct ast_map_row *found = NULL;

		for (const struct ast_map_row *r = map->rows; r; r = r->next) {
			if (!has_code(r, code))
				continue;
			if (found && check_first(c, r, DIAG_MAP_DUPLICATE)) {
				check_report(c, DIAG_MAP_DUPLICATE, r->span, "the map has two rows for %s", binary(c->arena, code, width));
				diag_note(c->d, found->span, "the first is here");
			}
			found = found ? found : r;
		}
		if (found)
			continue;
		first = first ? first : binary(c->arena, code, width);
		holes++;
	}
	if (!holes)
		return;
	if (holes == 1)
		check_report(c, DIAG_MAP_HOLE, map->expr->span, "the map has no row for %s; add it, or '= reserved'", first);
	else
		check_report(c, DIAG_MAP_HOLE, map->expr->span, "the map has no row for %s and %u other codes; add them, or '= reserved'", first,
			     holes - 1);
	diag_help(c->d, "%s = reserved", first);
}

/* --- two codes, one meaning ------------------------------------------------------- */

struct value {
	enum { V_ANY, V_NUMBER, V_WORD } kind;
	uint64_t number;
	const char *word;
};

static struct value value_of(const struct check *c, const struct ast_map_value *v, uint64_t code, unsigned width)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	struct value x = { V_ANY, 0, NULL };
	int64_t number;
	int hi, lo;

	model_default_config(c->f, &config);
	if (v->kind == MV_COPY && model_range(&w, &v->copy, width, &hi, &lo) && hi >= lo && lo >= 0 && hi < 64) {
		x.kind = V_NUMBER;
		x.number = code >> lo & (hi - lo == 63 ? ~UINT64_C(0) : (UINT64_C(1) << (hi - lo + 1)) - 1);
	} else if (v->kind == MV_EXPR && model_fold(&w, v->expr, &number)) {
		x.kind = V_NUMBER;
		x.number = (uint64_t)number;
	} else if (v->kind == MV_EXPR && v->expr->op == EX_NAME) {
		x.kind = V_WORD;
		x.word = v->expr->name;
	}
	return x;
}

static bool same_value(struct value a, struct value b)
{
	return a.kind == b.kind && a.number == b.number && (a.kind != V_WORD || strcmp(a.word, b.word) == 0);
}

static bool same_meaning(const struct check *c, const struct ast_map_row *a, uint64_t code_a, const struct ast_map_row *b, uint64_t code_b,
			 unsigned width)
{
	const struct ast_map_value *x = a->values, *y = b->values;

	for (; x && y; x = x->next, y = y->next)
		if (!same_value(value_of(c, x, code_a, width), value_of(c, y, code_b, width)))
			return false;
	return !x && !y;
}

static const char *tuple(const struct check *c, const struct ast_map_row *r, uint64_t code, unsigned width)
{
	const char *text = "";

	for (const struct ast_map_value *v = r->values; v; v = v->next) {
		struct value x = value_of(c, v, code, width);
		const char *gap = text[0] ? ", " : "";

		if (v->kind == MV_EXPR && v->expr->op == EX_NAME)
			text = arena_printf(c->arena, "%s%s%s", text, gap, v->expr->name);
		else if (x.kind == V_NUMBER)
			text = arena_printf(c->arena, "%s%s%llu", text, gap, (unsigned long long)x.number);
		else
			text = arena_printf(c->arena, "%s%s-", text, gap);
	}
	return r->values && r->values->next ? arena_printf(c->arena, "(%s)", text) : text;
}

static bool written(const struct ast_map_row *r)
{
	return r && !r->reserved && !r->alias;
}

/* Bits of the code that come from features or contexts: two codes that differ there are never both at hand. */
static uint64_t settings(struct check *c, const struct ast_stmt *map, unsigned width)
{
	struct model_config config;
	struct check_env env;
	uint64_t mask = 0;
	unsigned at = width;

	model_default_config(c->f, &config);
	check_env_init(&env, c->f, &config, NULL, -1);
	for (const struct ast_expr *x = map->expr->op == EX_CAT ? map->expr->list : NULL; x; x = x->next) {
		int w = -1;

		for (const struct model_layout *l = c->f->layouts; l && w < 0; l = l->next) {
			env.layout = l;
			w = check_missing(&env, x) ? -1 : check_width(&env, x);
		}
		if (w < 0 || (unsigned)w > at)
			return 0;
		at -= (unsigned)w;
		if (check_no_fields(c->f, x))
			mask |= ((UINT64_C(1) << w) - 1) << at;
	}
	return mask;
}

static void meanings(struct check *c, const struct ast_stmt *map, unsigned width)
{
	uint64_t fixed = settings(c, map, width);

	for (uint64_t a = 0; a >> width == 0; a++) {
		const struct ast_map_row *ra = check_map_row(map, a);

		for (uint64_t b = a + 1; written(ra) && b >> width == 0; b++) {
			const struct ast_map_row *rb = check_map_row(map, b);

			if (ra == rb || !written(rb) || (a ^ b) & fixed || !same_meaning(c, ra, a, rb, b, width) || !check_first(c, rb, DIAG_AMBIGUOUS_ENCODING))
				continue;
			check_report(c, DIAG_AMBIGUOUS_ENCODING, rb->span,
				     "codes %s and %s decode to the same value %s: mark one 'alias' so that the encoder knows which to use",
				     binary(c->arena, a, width), binary(c->arena, b, width), tuple(c, ra, a, width));
			diag_note(c->d, ra->span, "%s is here", binary(c->arena, a, width));
		}
	}
}

/* The widest that the map's code is in any page or table kind. */
static int code_width(const struct check *c, const struct ast_stmt *map)
{
	struct model_config config;
	int width = -1;

	model_default_config(c->f, &config);
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (unsigned i = 0; i < c->f->level_count; i++) {
			struct check_env env;
			int here;

			if (k->role != ROLE_PAGE || !(k->at >> i & 1))
				continue;
			check_env_init(&env, c->f, &config, k->layout, (int)i);
			here = check_width(&env, map->expr);
			width = here > width ? here : width;
		}
	return width;
}

static bool still_used(const struct model_format *f, const struct ast_stmt *map)
{
	for (const struct model_attr *a = f->attrs; a; a = a->next)
		if (a->ast == map)
			return true;
	return false;
}

void rule_maps(struct check *c)
{
	for (const struct model_stmts *s = c->f->maps; s; s = s->next) {
		int width = code_width(c, s->ast);
		bool before = c->failed;

		if (width < 1 || !still_used(c->f, s->ast))
			continue;
		c->failed = false;
		for (const struct ast_map_row *r = s->ast->rows; r; r = r->next)
			one_row(c, s->ast, r, (unsigned)width);
		if (!c->failed && UINT64_C(1) << (width > 20 ? 20 : width) <= CODES_MAX) {
			codes(c, s->ast, (unsigned)width);
			if (width <= 10)
				meanings(c, s->ast, (unsigned)width);
		}
		c->failed |= before;
	}
}
