/* SPDX-License-Identifier: MIT */
/* walk_after.c - what follows a page in the whole walk: rights, deny lines in order, memory types */

#include "gen/emit/facts_walk.h"

static const char *rights_index(struct facts *f)
{
	const char *text = NULL;

	for (unsigned t = 0; t < 6; t++)
		for (unsigned i = 0; i < f->format->attr_count; i++) {
			const char *one;

			if (f->format->attrs[i].table_index != t)
				continue;
			one = f->format->attrs[i].width == 1 ? f->attr_name[i]
							      : arena_printf(f->arena, "(%s & 1)", f->attr_name[i]);
			if (t)
				one = arena_printf(f->arena, "%s << %u", one, t);
			text = text ? arena_printf(f->arena, "%s | %s", text, one) : one;
		}
	return text ? text : "0";
}

/* All deny lines in the order of the text: what each denies. */
static void deny_lines(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL, *free = NULL;

	for (unsigned rule = 0; rule < p->rule_count; rule++)
		for (unsigned i = 0; i < p->deny_count; i++) {
			const struct ptg_deny *d = &p->denies[i];
			const char *item = arena_printf(f->arena, "%u", rule);
			bool of_page = false;

			for (unsigned k = 0; k < p->kind_count; k++)
				if (i >= p->kinds[k].deny_first && i < p->kinds[k].deny_first + p->kinds[k].deny_count)
					of_page = true;
			if (d->rule != rule || !of_page)
				continue;
			if (walk_denies_atomics(p, d))
				fact(f, "1", "walk.atomic");
			if (d->tabled && p->rights_bits <= 6) {
				fact(f, cexpr_rights(&f->x, d->node), "deny.%u.six", rule);
				if (walk_denies_atomics(p, d))
					fact(f, cexpr_truth(&f->x, d->node), "deny.%u.whole", rule);
			} else {
				if (walk_denies_atomics(p, d))
					fact(f, arena_printf(f->arena, "deny_%u & 0x40", rule), "deny.%u.whole", rule);
				fact(f, arena_printf(f->arena, "deny_%u", rule), "deny.%u.six", rule);
				free = facts_join(f->arena, free, item);
			}
			fact(f, facts_rule_text(f, rule), "deny.%u.text", rule);
			fact(f, walk_class(p, rule), "deny.%u.class", rule);
			list = facts_join(f->arena, list, item);
			break;
		}
	fact_list(f, list, "denies");
	fact_list(f, free, "free_denies");
}

static const char *memory_name(struct facts *f, unsigned memtype)
{
	static const char *const name[] = {
		"PTG_MT_DEFAULT", "PTG_MT_WB", "PTG_MT_WT", "PTG_MT_WC", "PTG_MT_UC", "PTG_MT_WP", "PTG_MT_UC_MINUS",
		"PTG_MT_NC", "PTG_MT_DEVICE", "PTG_MT_DEVICE_STRONG", "PTG_MT_IO",
	};

	if (memtype & PTG_MT_RAW)
		return arena_printf(f->arena, "PTG_MT_RAW | %u", memtype & ~(unsigned)PTG_MT_RAW);
	return memtype < sizeof(name) / sizeof(name[0]) ? name[memtype] : arena_printf(f->arena, "%u", memtype);
}

/* Few values: a table of all up to the largest that has a name. */
static bool memory_table(struct facts *f, const struct ptg_attr *a)
{
	const struct ptg_value_name *name[16] = { NULL };
	struct buffer b;
	unsigned n = 0;

	for (unsigned i = a->name_count; i-- > 0; ) {
		const struct ptg_value_name *v = &f->format->value_names[a->name_first + i];

		if (v->value > 15)
			return false;
		name[v->value] = v;
		n = v->value >= n ? (unsigned)v->value + 1 : n;
	}
	if (!n)
		return false;
	buffer_init(&b, f->arena);
	for (unsigned i = 0; i < n; i++)
		if (name[i])
			buffer_printf(&b, "\t\t%s, /* %s */\n", memory_name(f, name[i]->memtype),
				      facts_comment(f->arena, name[i]->name));
		else
			buffer_printf(&b, "\t\tPTG_MT_RAW | %u,\n", i);
	fact(f, buffer_text(&b), "memtype.values");
	fact_number(f, n, "memtype.count");
	return true;
}

static void memory_types(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const struct ptg_attr *a;
	struct buffer b;

	if (p->memtype_attr == 0xff)
		return;
	a = &p->attrs[p->memtype_attr];
	fact(f, f->attr_name[p->memtype_attr], "memtype.attr");
	if (memory_table(f, a))
		return;
	buffer_init(&b, f->arena);
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct ptg_value_name *v = &p->value_names[a->name_first + i];
		bool before = false;

		for (unsigned j = 0; j < i; j++)
			before = before || p->value_names[a->name_first + j].value == v->value;
		if (!before)
			buffer_printf(&b, "\tcase %llu: /* %s */\n\t\treturn %s;\n", (unsigned long long)v->value,
				      facts_comment(f->arena, v->name), memory_name(f, v->memtype));
	}
	fact(f, buffer_text(&b), "memtype.cases");
}

static bool any_kind(const struct ptg_format *p, bool (*is)(const struct ptg_format *, const struct ptg_kind *))
{
	for (unsigned i = 0; i < p->kind_count; i++)
		if (is(p, &p->kinds[i]))
			return true;
	return false;
}

static bool sized(const struct ptg_format *p, const struct ptg_kind *k)
{
	return k->role == PTG_ROLE_PAGE && (k->napot || k->size != PTG_NONE || (p->flags & PTG_FORMAT_DYNAMIC));
}

static bool width_known_late(const struct ptg_format *p, const struct ptg_kind *k)
{
	return k->role == PTG_ROLE_TABLE && (k->bits != PTG_NONE || (p->flags & PTG_FORMAT_DYNAMIC));
}

static bool marks_fault(const struct ptg_format *p, const struct ptg_kind *k, bool early)
{
	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &p->marks[k->mark_first + i];

		if (m->rule != PTG_NONE && m->if_ != PTG_NONE && m->access && (m->early != 0) == early)
			return true;
	}
	return false;
}

static bool early_marks(const struct ptg_format *p, const struct ptg_kind *k)
{
	return marks_fault(p, k, true);
}

static bool late_marks(const struct ptg_format *p, const struct ptg_kind *k)
{
	return marks_fault(p, k, false);
}

static bool reports_marks(const struct ptg_format *p, const struct ptg_kind *k)
{
	for (unsigned i = 0; i < k->mark_count; i++)
		if (k->role == PTG_ROLE_PAGE && (p->marks[k->mark_first + i].what == 1 || p->marks[k->mark_first + i].what == 2))
			return true;
	return false;
}

bool walk_widths_late(const struct ptg_format *p)
{
	return any_kind(p, width_known_late);
}

void walk_after(struct facts *f)
{
	const struct ptg_format *p = f->format;

	if (p->rights_bits <= 6)
		fact(f, rights_index(f), "walk.rights_index");
	deny_lines(f);
	memory_types(f);
	if (p->key_attr != 0xff)
		fact(f, f->attr_name[p->key_attr], "walk.key");
	if (p->global_attr != 0xff)
		fact(f, f->attr_name[p->global_attr], "walk.global");
	if (any_kind(p, sized))
		fact(f, "1", "walk.size");
	if (any_kind(p, early_marks))
		fact(f, "1", "walk.early");
	if (any_kind(p, late_marks))
		fact(f, "1", "walk.late");
	if (any_kind(p, reports_marks))
		fact(f, "1", "walk.marked");
	if (p->space_count > 1)
		fact(f, "1", "walk.space");
	if (p->flags & PTG_FORMAT_DYNAMIC)
		fact(f, "1", "walk.dynamic");
}
