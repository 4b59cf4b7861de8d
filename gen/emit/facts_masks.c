/* SPDX-License-Identifier: MIT */
/* facts_masks.c - pictures of the entries, and the fields as masks in place */

#include <string.h>

#include "gen/emit/facts.h"
#include "gen/emit/m4.h"

#define FIELDS 96u

struct where_to {
	struct model_config config;
	struct model_where where;
};

static void open_where(struct where_to *w, const struct facts *f)
{
	const struct model_format *m = f->plan->model;

	w->where = (struct model_where){ .format = m, .config = &w->config, .page = -1, .level = -1 };
	model_default_config(m, &w->config);
	for (unsigned i = 0; i < m->param_count; i++)
		w->config.params[i] = m->params[i].max;
}

/* Bits of a field; false: they move with the page size, or there are none. */
static bool field_mask(const struct where_to *w, const struct model_layout *l, const struct model_field *field,
		       uint64_t mask[2])
{
	mask[0] = mask[1] = 0;
	for (const struct ast_piece *p = field->ast->pieces; p; p = p->next) {
		int hi, lo;

		if (!p->at.first)
			continue;
		if (!model_range(&w->where, &p->at, l->entry_bits, &hi, &lo))
			return false;
		for (int i = lo; i <= hi && i >= 0 && i < 128; i++)
			mask[i / 64] |= UINT64_C(1) << i % 64;
	}
	return (mask[0] | mask[1]) != 0;
}

static const char *field_range(const struct facts *f, const struct where_to *w, const struct model_layout *l,
			       const struct model_field *field)
{
	const char *text = "";

	for (const struct ast_piece *p = field->ast->pieces; p; p = p->next) {
		int hi, lo;

		if (p->at.first && model_range(&w->where, &p->at, l->entry_bits, &hi, &lo) && hi >= lo)
			text = arena_printf(f->arena, "%s%s%s", text, *text ? " " : "",
					    model_bit_text(f->arena, f->plan->model, l->entry_bits, hi, lo));
	}
	return text;
}

static const char *mask_text(struct arena *a, uint64_t mask, unsigned bits)
{
	if (bits <= 32)
		return arena_printf(a, "0x%0*llx", (int)(bits / 4), (unsigned long long)mask);
	return arena_printf(a, "0x%016llxull", (unsigned long long)mask);
}

static const char *macro_name(const struct facts *f, const struct model_layout *l, const struct model_field *field)
{
	return facts_upper(f->arena, arena_printf(f->arena, "%s_%s_%s", f->upper, facts_name(f->arena, l->name),
						  facts_name(f->arena, field->name)));
}

/* Is an earlier field of the layout called the same? (a field may be written twice, under conditions) */
static bool named_before(const struct model_layout *l, const struct model_field *field)
{
	for (const struct model_field *g = l->fields; g != field; g = g->next)
		if (g->name && strcmp(g->name, field->name) == 0)
			return true;
	return false;
}

static void layout(struct facts *f, const struct where_to *w, const struct model_layout *l)
{
	const char *name = facts_name(f->arena, l->name), *list = NULL;
	unsigned bits = l->entry_bits > 64 ? 64 : l->entry_bits, n = 0;

	fact(f, m4_safe(f->arena, picture_of_layout(f->arena, f->plan, l)), "layout.%s.picture", name);
	for (const struct model_field *field = l->fields; field; field = field->next) {
		uint64_t mask[2];

		if (!field->name || named_before(l, field) || !field_mask(w, l, field, mask))
			continue;
		if (mask[0]) {
			fact(f, macro_name(f, l, field), "layout.%s.%u.macro", name, n);
			fact(f, mask_text(f->arena, mask[0], bits), "layout.%s.%u.mask", name, n);
		} else {
			fact(f, arena_printf(f->arena, "%s_HI", macro_name(f, l, field)), "layout.%s.%u.macro", name, n);
			fact(f, mask_text(f->arena, mask[1], bits), "layout.%s.%u.mask", name, n);
		}
		fact(f, field_range(f, w, l, field), "layout.%s.%u.range", name, n);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", n));
		n++;
	}
	fact_list(f, list, "layout.%s.fields", name);
}

/* Names of the masks of one layout, for expressions. */
static struct mask_name *names_of(const struct facts *f, const struct where_to *w, const struct model_layout *l,
				  unsigned *count)
{
	struct mask_name *names = arena_array(f->arena, FIELDS, sizeof(*names));
	uint64_t mask[2];

	*count = 0;
	for (const struct model_field *field = l->fields; field && *count < FIELDS; field = field->next)
		if (field->name && !named_before(l, field) && field_mask(w, l, field, mask) && !mask[1])
			names[(*count)++] = (struct mask_name){ mask[0], macro_name(f, l, field) };
	return names;
}

void facts_masks(struct facts *f)
{
	unsigned kinds = f->format->kind_count;
	const char *list = NULL;
	struct where_to w;

	f->names = arena_array(f->arena, kinds + 1u, sizeof(*f->names));
	f->name_count = arena_array(f->arena, kinds + 1u, sizeof(*f->name_count));
	if (!f->plan->model)
		return;
	open_where(&w, f);
	for (const struct model_layout *l = f->plan->model->layouts; l; l = l->next) {
		unsigned count;
		const struct mask_name *names = names_of(f, &w, l, &count);
		bool used = false;

		for (unsigned i = 0; i < kinds; i++)
			if (f->plan->names.kind && f->plan->names.kind[i]->layout == l) {
				f->names[i] = names;
				f->name_count[i] = count;
				used = true;
			}
		if (!used)
			continue; /* only a base of others */
		layout(f, &w, l);
		list = facts_join(f->arena, list, facts_name(f->arena, l->name));
	}
	fact_list(f, list, "layouts");
}

void facts_about(struct facts *f, unsigned kind, bool checked)
{
	const struct ptg_format *p = f->format;
	const struct ptg_kind *k = &p->kinds[kind];

	f->x.names = f->names[kind];
	f->x.name_count = f->name_count[kind];
	f->x.off_zero = NULL;
	if (!checked)
		return;
	memset(f->off_zero, 0, sizeof(f->off_zero));
	for (unsigned i = 0; i < p->cfg_count; i++) {
		const struct ptg_cfg_bits *c = &p->cfg[i];
		const struct ptg_node *n = c->if_ == PTG_NONE ? NULL : &p->nodes[c->if_];
		uint64_t bits = (c->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << c->width) - 1) << c->src_lo;

		if (n && n->op == PTG_OP_NOT && p->nodes[n->a].op == PTG_OP_FEATURE && c->hi == PTG_NONE &&
		    c->lo == PTG_NONE && c->word >= 1 && c->word <= 3)
			f->off_zero[p->nodes[n->a].a] |= bits & k->zero_cfg[c->word - 1];
	}
	for (unsigned i = 0; i < 32; i++)
		f->off_zero[i] |= k->zero;
	f->x.off_zero = f->off_zero;
}

void facts_about_none(struct facts *f)
{
	f->x.names = NULL;
	f->x.name_count = 0;
	f->x.off_zero = NULL;
}
