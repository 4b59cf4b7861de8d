/* SPDX-License-Identifier: MIT */
/*
 * model_lookup.c - find things of the model by name, and say where bits are
 */
#include <string.h>

#include "dsl/model_impl.h"
#include "runtime/ptg.h"

struct model_format *model_find(const struct model *m, const char *name)
{
	for (struct model_format *f = m->formats; f; f = f->next)
		if (name_is(f->name, name))
			return f;
	return NULL;
}

const struct model_field *model_layout_field(const struct model_layout *l, const char *name)
{
	for (const struct model_field *f = l ? l->fields : NULL; f; f = f->next)
		if (f->name && name_is(f->name, name))
			return f;
	return NULL;
}

const struct ast_field *model_register_field(const struct model_register *r, const char *name)
{
	for (const struct ast_field *f = r ? r->ast->fields : NULL; f; f = f->next)
		if (f->name.text && name_is(f->name.text, name))
			return f;
	return NULL;
}

const struct model_register *model_find_register(const struct model_format *f, const char *name)
{
	for (const struct model_register *r = f->registers; r; r = r->next)
		if (name_is(r->name, name))
			return r;
	return NULL;
}

const struct model_level *model_find_level(const struct model_format *f, const char *name, int *index)
{
	for (unsigned i = 0; i < f->level_count; i++) {
		if (!name_is(f->levels[i].name, name))
			continue;
		if (index)
			*index = (int)i;
		return &f->levels[i];
	}
	return NULL;
}

int model_find_feature(const struct model_format *f, const char *name)
{
	for (unsigned i = 0; i < f->feature_count; i++)
		if (name_is(f->features[i].name, name))
			return (int)i;
	return -1;
}

int model_find_param(const struct model_format *f, const char *name)
{
	for (unsigned i = 0; i < f->param_count; i++)
		if (name_is(f->params[i].name, name))
			return (int)i;
	return -1;
}

int model_find_const(const struct model_format *f, const char *name)
{
	for (unsigned i = 0; i < f->const_count; i++)
		if (name_is(f->consts[i].name, name))
			return (int)i;
	return -1;
}

bool model_level_off(const struct model_format *f, const char *name, unsigned *before)
{
	for (unsigned i = 0; i < f->off_count; i++)
		if (name_is(f->off[i].name, name)) {
			*before = f->off[i].before;
			return true;
		}
	return false;
}

int model_find_context(const struct model_format *f, const char *name)
{
	for (unsigned i = 0; i < f->context_count; i++)
		if (name_is(f->contexts[i].name, name))
			return (int)i;
	return -1;
}

int model_find_space(const struct model_format *f, const char *name)
{
	if (name_is(name, "table"))
		return 0;
	for (unsigned i = 0; i < f->space_count; i++)
		if (name_is(f->spaces[i].name, name))
			return (int)i;
	return -1;
}

const struct model_attr *model_find_attr(const struct model_format *f, const char *name)
{
	for (const struct model_attr *a = f->attrs; a; a = a->next)
		if (name_is(a->name, name))
			return a;
	return NULL;
}

bool model_enum_value(const struct model_format *f, const char *name, uint64_t *value)
{
	int n = model_find_const(f, name);

	if (n >= 0) {
		*value = (uint64_t)f->consts[n].value;
		return true;
	}
	for (const struct ast_enum *e = f->file ? f->file->enums : NULL; e; e = e->next) {
		uint64_t next = 0;

		for (const struct ast_item *i = e->values; i; i = i->next) {
			if (i->expr)
				next = i->expr->value;
			if (name_is(i->name.text, name)) {
				*value = next;
				return true;
			}
			next++;
		}
	}
	return false;
}

const struct ast_clause *model_clause(const struct model_kind *k, enum ast_clause_kind kind)
{
	for (const struct ast_clause *c = k->ast->clauses; c; c = c->next)
		if (c->kind == kind)
			return c;
	return NULL;
}

int model_page_lg2(const struct model_format *f, int index)
{
	if (index < 0 || (unsigned)index >= f->level_count || f->dynamic)
		return -1;
	/* A level indexed by something else takes no address bits: each entry spans them all. */
	return f->levels[index].by ? (int)f->va_bits : f->levels[index].lo;
}

int model_next_level(const struct model_format *f, int index)
{
	for (unsigned i = 0; i < f->level_count; i++)
		if (f->levels[i].after == index)
			return (int)i;
	return -1;
}

static const char *const class_names[] = {
	[PTG_F_NONE] = "none", [PTG_F_NONCANONICAL] = "noncanonical", [PTG_F_CONFIG] = "config",
	[PTG_F_NOT_PRESENT] = "not_present", [PTG_F_RESERVED] = "reserved",
	[PTG_F_ADDRESS_SIZE] = "address_size", [PTG_F_LENGTH] = "length",
	[PTG_F_ACCESS_FLAG] = "access_flag", [PTG_F_DIRTY] = "dirty",
	[PTG_F_PERMISSION] = "permission", [PTG_F_KEY] = "key", [PTG_F_UNREADABLE] = "unreadable",
};

int model_class_of_name(const char *name)
{
	for (size_t i = 0; i < sizeof(class_names) / sizeof(class_names[0]); i++)
		if (name_is(class_names[i], name))
			return (int)i;
	return -1;
}

const char *const *model_class_names(size_t *count)
{
	*count = sizeof(class_names) / sizeof(class_names[0]);
	return class_names;
}

int model_fault_class(const struct model_format *f, const char *name, int otherwise)
{
	if (!name)
		return otherwise;
	for (const struct model_stmts *s = f->faults; s; s = s->next) {
		if (name_is(s->ast->name.text, name)) {
			int class = model_class_of_name(s->ast->after.text);

			return class < 0 ? otherwise : class;
		}
	}
	return strncmp(name, "reserved", 8) == 0 ? PTG_F_RESERVED : otherwise;
}

const char *model_bit_text(struct arena *a, const struct model_format *f, unsigned frame, int hi, int lo)
{
	int first = f->msb0 ? (int)frame - 1 - hi : hi, second = f->msb0 ? (int)frame - 1 - lo : lo;

	return hi == lo ? arena_printf(a, "[%d]", first) : arena_printf(a, "[%d:%d]", first, second);
}
