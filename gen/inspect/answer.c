/* SPDX-License-Identifier: MIT */
/* answer.c - one translation or one mapping, in words and as a record */
#include "gen/inspect/answer.h"

#include <stdio.h>
#include <string.h>

#include "gen/text.h"

void answer_of(struct answer *a, const struct ptg_translation *t)
{
	memset(a, 0, sizeof(*a));
	a->pa = t->pa;
	a->entry = t->entry;
	a->entry_hi = t->entry_hi;
	a->entry_pa = t->entry_pa;
	a->rights = t->rights;
	a->memtype = t->memtype;
	a->rule = t->rule;
	a->fault = t->fault;
	a->level = t->level;
	a->page_lg2 = t->page_lg2;
	a->contig_lg2 = t->contig_lg2;
	a->key = t->key;
	a->stage = t->stage;
	a->space = t->space;
	/* No entry is read for an address out of range, a root without tables, or translation that is off. */
	a->has_entry = t->fault != PTG_F_NONCANONICAL && t->fault != PTG_F_CONFIG &&
		       (t->entry_pa || t->entry || t->entry_hi);
}

const struct ptg_format *answer_format(const struct view *v, const struct answer *a)
{
	if (!v->plan->stage[0])
		return v->space.format;
	return v->stage[a->stage == 2].format;
}

static const struct ptg_rule *rule_of(const struct view *v, const struct answer *a)
{
	const struct ptg_format *f = answer_format(v, a);

	return a->rule < f->rule_count ? &f->rules[a->rule] : NULL;
}

/* In a two-stage pair names carry their stage. */
static const char *staged(const struct view *v, const struct answer *a, const char *name, char *buffer)
{
	if (!name || !v->plan->stage[0])
		return name;
	snprintf(buffer, ANSWER_NAME, "s%u.%s", a->stage == 2 ? 2u : 1u, name);
	return buffer;
}

const char *answer_rule(const struct view *v, const struct answer *a, char buffer[ANSWER_NAME])
{
	const struct ptg_rule *r = a->rule ? rule_of(v, a) : NULL;

	return staged(v, a, r ? r->name : NULL, buffer);
}

const char *answer_fault(const struct view *v, const struct answer *a, char buffer[ANSWER_NAME])
{
	const struct ptg_rule *r = rule_of(v, a);
	const char *name = r && r->fault && a->fault != PTG_F_UNREADABLE ? r->fault : text_fault_class(a->fault);

	return a->fault == PTG_F_NONE ? NULL : staged(v, a, name, buffer);
}

static bool has_level(const struct answer *a)
{
	return a->has_entry || a->fault == PTG_F_UNREADABLE || a->fault == PTG_F_LENGTH;
}

/* The walk reached its page; what forbids it does not hide what is there. */
static bool denied(const struct answer *a)
{
	return a->fault == PTG_F_PERMISSION || a->fault == PTG_F_KEY || a->fault == PTG_F_ACCESS_FLAG ||
	       a->fault == PTG_F_DIRTY;
}

void answer_attributes(struct out *o, const struct view *v, const struct answer *a)
{
	const struct ptg_format *f = answer_format(v, a);
	bool ok = a->fault == PTG_F_NONE || denied(a);
	char buffer[16];

	if (ok)
		out_text(o, "user", text_rights(a->rights, true, buffer));
	else
		out_null(o, "user");
	if (ok)
		out_text(o, "supervisor", text_rights(a->rights, false, buffer));
	else
		out_null(o, "supervisor");
	out_text(o, "memtype", ok ? text_memtype(f, a->memtype, buffer) : NULL);
	if (ok && text_has_mark(f, 1))
		out_bool(o, "accessed", a->rights & PTG_ACCESSED);
	else
		out_null(o, "accessed");
	if (ok && text_has_mark(f, 2))
		out_bool(o, "dirty", a->rights & PTG_DIRTY);
	else
		out_null(o, "dirty");
	if (ok && f->global_attr != 0xff)
		out_bool(o, "global", a->rights & PTG_GLOBAL);
	else
		out_null(o, "global");
	if (ok && a->contig_lg2)
		out_number(o, "contig", (uint64_t)1 << a->contig_lg2);
	else
		out_null(o, "contig");
}

static void level_and_entry(struct out *o, const struct view *v, const struct answer *a)
{
	const struct ptg_format *f = answer_format(v, a);

	if (has_level(a) && a->level < f->level_count) {
		out_number(o, "level", a->level);
		out_text(o, "level_name", f->levels[a->level].name);
	} else {
		out_null(o, "level");
		out_null(o, "level_name");
	}
	if (a->has_entry)
		out_hex_wide(o, "entry", a->entry, a->entry_hi);
	else
		out_null(o, "entry");
}

void answer_record(struct out *o, const struct view *v, const struct answer *a)
{
	char buffer[ANSWER_NAME];

	level_and_entry(o, v, a);
	answer_attributes(o, v, a);
	out_text(o, "fault", answer_fault(v, a, buffer));
	out_text(o, "fault_class", a->fault ? text_fault_class(a->fault) : NULL);
	out_text(o, "rule", answer_rule(v, a, buffer));
}

void answer_record_alias(struct out *o, const struct view *v, const struct answer *a)
{
	level_and_entry(o, v, a);
	answer_attributes(o, v, a);
	out_null(o, "fault");
	out_null(o, "fault_class");
	out_null(o, "rule");
}

static void print_rights(struct out *o, const char *who, const char *rights)
{
	enum out_ink ink = strcmp(rights, "---") == 0 ? INK_DIM
			   : rights[1] == 'w' && rights[2] == 'x' ? INK_RED
			   : rights[2] == 'x' ? INK_GREEN
			   : rights[1] == 'w' ? INK_YELLOW
					      : INK_PLAIN;

	fprintf(o->file, "  %s%s%s%s", who, out_ink(o, ink), rights, out_ink(o, INK_PLAIN));
}

void answer_print(struct out *o, const struct view *v, const struct answer *a)
{
	const struct ptg_format *f = answer_format(v, a);
	char buffer[24];
	const char *memtype;

	fprintf(o->file, "  %4s", text_lg2(a->page_lg2, buffer));
	print_rights(o, "user ", text_rights(a->rights, true, buffer));
	print_rights(o, "supervisor ", text_rights(a->rights, false, buffer));
	memtype = text_memtype(f, a->memtype, buffer);
	if (memtype)
		fprintf(o->file, "  %s", memtype);
	if (a->rights & PTG_ACCESSED)
		fprintf(o->file, "  accessed");
	if (a->rights & PTG_DIRTY)
		fprintf(o->file, "  dirty");
	if (a->rights & PTG_GLOBAL)
		fprintf(o->file, "  global");
	if (a->contig_lg2)
		fprintf(o->file, "  in a group of %s", text_lg2(a->contig_lg2, buffer));
	if (a->space)
		fprintf(o->file, "  in %s", a->space < f->space_count ? f->spaces[a->space].name : "another space");
	if (a->key && f->key_attr != 0xff)
		fprintf(o->file, "  key %u", a->key);
}
