/* SPDX-License-Identifier: MIT */
/* invert_memory.c - which bits give which memory type, smallest code first */

#include <stdlib.h>

#include "gen/lower/invert.h"

static uint16_t named_type(const struct lower *lo, const struct ptg_attr *a, uint64_t value)
{
	const struct ptg_value_name *n = (const struct ptg_value_name *)lo->value_names.data + a->name_first;

	for (unsigned i = 0; i < a->name_count; i++)
		if (n[i].value == value)
			return n[i].memtype;
	return map_memtype(NULL, value);
}

static bool is_alias(const struct inverse *v, uint64_t bits, uint64_t config0)
{
	const struct model_attr *a = v->lo->f->attrs;
	const struct ptg_format *out = v->lo->out;
	uint64_t e[2] = { (v->k->base & ~v->memory) | bits, v->k->base_hi };
	const struct ast_map_row *row;
	struct scope s = { .mode = SCOPE_DATA, .level = -1, .page = v->k->page_lg2, .off_when = PTG_NONE };
	const struct model_kind *m = ((const struct model_kind *const *)v->lo->kind_models.data)[v->index];
	bool missing = false;
	uint16_t code;

	for (unsigned i = 0; a && i < out->memtype_attr; i++)
		a = a->next;
	if (!a || a->ast->kind != ST_MAP)
		return false;
	s.layout = m->layout;
	s.missing = &missing;
	code = lower_expr(v->lo, &s, a->ast->expr, NULL);
	row = missing ? NULL : map_row(a->ast, lower_eval(v->lo, code, config0, e, NULL));
	return row && row->alias;
}

struct mem_row {
	struct ptg_enc_mem m;
	uint64_t order;
};

static int by_order(const void *a, const void *b)
{
	const struct mem_row *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->m.value < y->m.value ? -1 : x->m.value > y->m.value;
}

static unsigned memory_rows(struct inverse *v, uint16_t node, uint32_t features, struct mem_row *rows)
{
	const struct ptg_attr *attr = (const struct ptg_attr *)v->lo->attrs.data + v->lo->out->memtype_attr;
	const struct ptg_node n = *node_at(v->lo, node);
	const struct ptg_enc_rights *r = (const struct ptg_enc_rights *)v->lo->enc_rights.data + v->k->rights_first;
	unsigned count = 0;

	for (uint64_t f = 0; f < UINT64_C(1) << bits_in(features); f++)
		for (uint64_t t = 0; t < UINT64_C(1) << bits_in(v->memory); t++) {
			uint64_t config0 = (v->config0 & ~(uint64_t)features) | spread(features, f);
			uint64_t bits = spread(v->memory, t);
			/* `encode F=N` of such a field says what stands there unless another type is asked for. */
			uint64_t base = (v->k->base & ~v->memory) | bits;
			uint64_t e[2] = { base | (v->k->rights_count ? r->value & ~v->memory : 0), v->k->base_hi };
			struct mem_row *out = &rows[count];

			e[0] |= invert_some_mark(v, e);
			if (!invert_sound(v, e, config0) || is_alias(v, bits, config0))
				continue;
			*out = (struct mem_row){ .m = { .value = bits, .feature_mask = features, .type = PTG_NONE,
							.feature_value = (uint32_t)spread(features, f) } };
			out->order = lower_eval(v->lo, n.op == PTG_OP_CTX_AT ? n.b : node, config0, e, NULL);
			if (n.op == PTG_OP_CTX_AT) {
				out->m.ctx_width = n.width;
				out->m.ctx_lo = (uint8_t)(n.lo + n.width * (out->order % n.imm));
			} else {
				out->m.type = named_type(v->lo, attr, out->order);
			}
			count++;
		}
	qsort(rows, count, sizeof(*rows), by_order);
	return count;
}

void invert_memory(struct inverse *v)
{
	uint16_t node = invert_attr_node(v, v->lo->out->memtype_attr);
	uint64_t bits[2] = { 0, 0 };
	uint32_t features = 0, ops = 0;
	struct mem_row *rows;
	unsigned count;

	if (v->lo->out->memtype_attr == 0xff || node == PTG_NONE)
		return;
	node_support(v->lo, node, bits, &features, &ops);
	if (invert_too_many(v, "memory types", v->memory, features, 8, 3))
		return;
	rows = arena_array(v->lo->arena, (size_t)1 << (bits_in(v->memory) + bits_in(features)), sizeof(*rows));
	count = memory_rows(v, node, features, rows);
	v->k->mem_mask = v->memory;
	v->k->mem_first = (uint16_t)v->lo->enc_mem.count;
	v->k->mem_count = (uint16_t)count;
	for (unsigned i = 0; i < count; i++)
		*(struct ptg_enc_mem *)vec_add(v->lo, &v->lo->enc_mem, sizeof(rows->m)) = rows[i].m;
}
