/* SPDX-License-Identifier: MIT */
/*
 * map.c - maps from codes to values
 *
 * A map becomes a constant for each bit of the value, with one bit for each
 * code: value bit = constant >> code & 1.
 */

#include <string.h>

#include "gen/lower/lower.h"
#include "gen/lower/map.h"

static const struct { const char *name; uint16_t type; } standard_types[] = {
	{ "wb", PTG_MT_WB }, { "wt", PTG_MT_WT }, { "wc", PTG_MT_WC }, { "uc", PTG_MT_UC }, { "wp", PTG_MT_WP },
	{ "uc_minus", PTG_MT_UC_MINUS }, { "nc", PTG_MT_NC }, { "device", PTG_MT_DEVICE },
	{ "device_strong", PTG_MT_DEVICE_STRONG }, { "strongly_ordered", PTG_MT_DEVICE_STRONG }, { "io", PTG_MT_IO },
	{ "pma", PTG_MT_DEFAULT }, { "default", PTG_MT_DEFAULT }
};

uint16_t map_memtype(const char *name, uint64_t value)
{
	for (size_t i = 0; name && i < sizeof(standard_types) / sizeof(*standard_types); i++)
		if (strcmp(standard_types[i].name, name) == 0)
			return standard_types[i].type;
	return (uint16_t)(PTG_MT_RAW | (value & 0x7fff));
}

static const struct ast_map_value *column(const struct ast_map_row *r, unsigned col)
{
	const struct ast_map_value *v = r->values;

	while (v && col--)
		v = v->next;
	return v;
}

/* A name's number: from an enum, else its first appearance in the column. */
static uint64_t name_value(struct lower *lo, const struct ast_stmt *map, unsigned col, const char *name)
{
	uint64_t value, n = 0;

	if (model_enum_value(lo->f, name, &value))
		return value;
	for (const struct ast_map_row *r = map->rows; r; r = r->next) {
		const struct ast_map_value *v = column(r, col);

		if (!v || v->kind != MV_EXPR || v->expr->op != EX_NAME)
			continue;
		if (strcmp(v->expr->name, name) == 0)
			return n;
		for (const struct ast_map_row *b = map->rows; b != r; b = b->next) {
			const struct ast_map_value *w = column(b, col);

			if (w && w->kind == MV_EXPR && w->expr->op == EX_NAME &&
			    strcmp(w->expr->name, v->expr->name) == 0)
				goto seen;
		}
		n++;
seen:;
	}
	return n;
}

const struct ast_map_row *map_row(const struct ast_stmt *map, uint64_t code)
{
	for (const struct ast_map_row *r = map->rows; r; r = r->next) {
		uint64_t mask = r->code->op == EX_PATTERN ? r->code->mask : ~UINT64_C(0);

		if ((code & mask) == (r->code->value & mask))
			return r;
	}
	return NULL;
}

bool map_value(struct lower *lo, const struct ast_stmt *map, unsigned col, uint64_t code, unsigned code_width,
	       uint64_t *value)
{
	const struct ast_map_row *r = map_row(map, code);
	const struct ast_map_value *v = r && !r->reserved ? column(r, col) : NULL;
	struct scope s = { .mode = SCOPE_RAW, .level = -1, .page = -1, .off_when = PTG_NONE };
	int hi, low;
	uint16_t a, b;

	*value = 0;
	if (!v || v->kind == MV_NONE)
		return false;
	if (v->kind == MV_COPY) {
		lower_range(lo, &s, &v->copy, code_width, &hi, &low, &a, &b);
		if (a != PTG_NONE || low < 0 || hi < low)
			return false;
		*value = code >> low & ((UINT64_C(1) << (hi - low + 1)) - 1);
		return true;
	}
	if (v->expr->op == EX_NAME)
		*value = name_value(lo, map, col, v->expr->name);
	else
		*value = v->expr->value;
	return true;
}

unsigned map_value_width(struct lower *lo, const struct ast_stmt *map, unsigned col)
{
	unsigned width = 1;

	for (uint64_t code = 0; code < 64; code++) {
		uint64_t v;

		if (map_row(map, code) && map_value(lo, map, col, code, 6, &v))
			while (v >> width)
				width++;
	}
	return width;
}

static uint16_t table_bit(struct lower *lo, uint64_t table, uint16_t code, unsigned code_width)
{
	uint64_t full = code_width >= 6 ? ~UINT64_C(0) : (UINT64_C(1) << (1u << code_width)) - 1;

	if (table == 0 || table == full)
		return node_const(lo, table != 0);
	if (code_width == 1)
		return table == 2 ? code : node_op(lo, PTG_OP_NOT, code, 0);
	return node_add(lo, (struct ptg_node){ .op = PTG_OP_DSLICE, .a = node_const(lo, table), .b = code, .c = code });
}

uint16_t map_node(struct lower *lo, const struct ast_stmt *map, unsigned col, struct scope *s, unsigned *width)
{
	unsigned code_width = 0, w = map_value_width(lo, map, col);
	uint16_t code = lower_expr(lo, s, map->expr, &code_width), value = PTG_NONE;
	bool same = true;

	if (width)
		*width = w;
	if (s->missing && *s->missing)
		return node_const(lo, 0);
	if (code_width == 0 || code_width > 6) {
		lower_fail(lo, "a map's code must have 1 to 6 bits");
		return node_const(lo, 0);
	}
	for (uint64_t c = 0; c < UINT64_C(1) << code_width; c++) {
		uint64_t v;
		bool known = map_value(lo, map, col, c, code_width, &v);

		if (known && v != c)
			same = false;
	}
	if (same && w == code_width)
		return code;
	for (unsigned bit = w; bit-- > 0;) {
		uint64_t table = 0, v;

		for (uint64_t c = 0; c < UINT64_C(1) << code_width; c++)
			if (map_value(lo, map, col, c, code_width, &v))
				table |= (v >> bit & 1) << c;
		if (value == PTG_NONE)
			value = table_bit(lo, table, code, code_width);
		else
			value = node_add(lo, (struct ptg_node){ .op = PTG_OP_CAT, .a = value, .width = 1,
								.b = table_bit(lo, table, code, code_width) });
	}
	return value;
}

uint16_t lower_map_reserved(struct lower *lo, const struct ast_stmt *map, struct scope *s)
{
	unsigned code_width = 0;
	uint16_t code = lower_expr(lo, s, map->expr, &code_width);
	uint64_t table = 0;

	if (code_width == 0 || code_width > 6)
		return node_const(lo, 0);
	for (uint64_t c = 0; c < UINT64_C(1) << code_width; c++) {
		const struct ast_map_row *r = map_row(map, c);

		if (r && r->reserved)
			table |= UINT64_C(1) << c;
	}
	return table_bit(lo, table, code, code_width);
}

static bool have_name(const struct lower *lo, unsigned first, const char *name)
{
	const struct ptg_value_name *n = lo->value_names.data;

	for (size_t i = first; i < lo->value_names.count; i++)
		if (strcmp(n[i].name, name) == 0)
			return true;
	return false;
}

void map_names(struct lower *lo, const struct ast_stmt *map, unsigned col, struct ptg_attr *a)
{
	a->name_first = (uint16_t)lo->value_names.count;
	for (const struct ast_map_row *r = map->rows; r; r = r->next) {
		const struct ast_map_value *v = r->reserved ? NULL : column(r, col);
		struct ptg_value_name *n;
		uint64_t value;

		if (!v || v->kind != MV_EXPR || v->expr->op != EX_NAME || have_name(lo, a->name_first, v->expr->name))
			continue;
		value = name_value(lo, map, col, v->expr->name);
		n = vec_add(lo, &lo->value_names, sizeof(*n));
		*n = (struct ptg_value_name){ .name = v->expr->name, .value = value,
					      .memtype = map_memtype(v->expr->name, value) };
	}
	a->name_count = (uint16_t)(lo->value_names.count - a->name_first);
}

void enum_names(struct lower *lo, struct ptg_attr *a)
{
	a->name_first = (uint16_t)lo->value_names.count;
	for (const struct ast_enum *e = lo->f->file->enums; e; e = e->next) {
		if (strcmp(e->name.text, a->name) != 0)
			continue;
		for (const struct ast_item *i = e->values; i; i = i->next) {
			struct ptg_value_name *n = vec_add(lo, &lo->value_names, sizeof(*n));
			uint64_t value = 0;

			model_enum_value(lo->f, i->name.text, &value);
			*n = (struct ptg_value_name){ .name = i->name.text, .value = value,
						      .memtype = map_memtype(i->name.text, value) };
		}
		break;
	}
	a->name_count = (uint16_t)(lo->value_names.count - a->name_first);
}
