/* SPDX-License-Identifier: MIT */
/* entry.c - what one entry says: kind, bits by name, attributes, the rule that decided */
#include "gen/entry/entry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"
#include "gen/entry/fields.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

int entry_level(const struct ptg_format *f, const char *word)
{
	uint64_t number;

	for (unsigned i = 0; i < f->level_count; i++)
		if (strcmp(f->levels[i].name, word) == 0)
			return (int)i;
	if (!text_number(word, &number))
		return -1;
	for (unsigned i = 0; i < f->level_count; i++)
		if (f->levels[i].number == number)
			return (int)i;
	return number < f->level_count ? (int)number : -1;
}

const char *entry_levels(struct arena *a, const struct ptg_format *f)
{
	const char *text = "";

	for (unsigned i = f->level_count; i-- > 0;)
		text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", f->levels[i].name);
	return text;
}

const char *entry_value(struct arena *a, const struct ptg_format *f, unsigned attr, uint64_t value)
{
	const struct ptg_attr *at = &f->attrs[attr];

	for (unsigned i = 0; i < at->name_count; i++)
		if (f->value_names[at->name_first + i].value == value)
			return f->value_names[at->name_first + i].name;
	if (at->width <= 4)
		return arena_printf(a, "%" PRIu64, value);
	return arena_printf(a, "0x%" PRIx64, value);
}

/* The attributes of one entry alone, as the description calls them. */
static void attributes(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2], uint64_t *attr)
{
	struct ptg_env env;

	memset(&env, 0, sizeof(env));
	env.space = s;
	env.e[0] = e[0];
	env.e[1] = e[1];
	ptg_attrs_neutral_(s->format, attr);
	ptg_attrs_(&env, k, attr);
}

static const char *attribute_text(struct arena *a, const struct ptg_space *s, const struct ptg_kind *k,
				  const uint64_t e[2])
{
	const struct ptg_format *f = s->format;
	uint64_t attr[64];
	const char *text = "";

	attributes(s, k, e, attr);
	for (unsigned i = 0; i < f->attr_count; i++) {
		if (k->attr_first == PTG_NONE || f->attr_node[k->attr_first + i] == PTG_NONE)
			continue;
		text = arena_printf(a, "%s%s%s=%s", text, *text ? "  " : "", f->attrs[i].name,
				    entry_value(a, f, i, attr[i]));
	}
	return text;
}

static const char *duty_word(enum ast_duty d)
{
	switch (d) {
	case DUTY_ZERO:    return "must be 0";
	case DUTY_ONE:     return "must be 1";
	case DUTY_RES0:    return "reserved, 0";
	case DUTY_RES1:    return "reserved, 1";
	case DUTY_IGNORED: return "ignored";
	case DUTY_SOFT:    return "for software";
	default:           return "";
	}
}

static bool violates(const struct field_bits *f, uint64_t v)
{
	uint64_t all = f->hi - f->lo == 63 ? ~(uint64_t)0 : ((uint64_t)1 << (f->hi - f->lo + 1)) - 1;

	return (f->duty == DUTY_ZERO && v != 0) || (f->duty == DUTY_ONE && v != all);
}

static void print_fields(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s,
			 unsigned kind, const uint64_t e[2])
{
	struct field_bits f[FIELDS_MAX];
	unsigned n = fields_of_kind(plan, kind, s->config[0], e, f);
	unsigned frame = 8u << s->format->levels[s->format->kinds[kind].level].entry_lg2;

	for (unsigned i = 0; i < n; i++) {
		uint64_t v = field_value(e, f[i].hi, f[i].lo);
		bool quiet = !f[i].name && !v;
		const char *note = f[i].elsewhere ? "not here" : f[i].address ? "address" : duty_word(f[i].duty);
		enum out_ink ink = violates(&f[i], v) ? INK_RED : quiet || f[i].elsewhere ? INK_DIM
				   : f[i].address ? INK_CYAN
				   : v ? INK_BOLD
				       : INK_PLAIN;

		fprintf(o->file, "  %s%-10s %-9s %s0x%" PRIx64 "%s%s%s%s\n", out_ink(o, ink), f[i].name ? f[i].name : "-",
			fields_range(a, plan, frame, f[i].hi, f[i].lo), "", v, *note ? "   " : "", note,
			violates(&f[i], v) ? ": broken" : "", out_ink(o, INK_PLAIN));
	}
}

/* Words that two blanks part, on lines of at most 80 columns. */
static void print_attributes(FILE *out, const char *text)
{
	size_t column = (size_t)fprintf(out, "  attributes");

	while (*text) {
		const char *end = strstr(text, "  ");
		size_t n = end ? (size_t)(end - text) : strlen(text);

		if (column > 12 && column + 2 + n > 80)
			column = (size_t)fprintf(out, "\n%12s", "") - 1;
		column += (size_t)fprintf(out, "%s%.*s", column > 12 ? "  " : " ", (int)n, text);
		text += n + (end ? 2 : 0);
	}
	putc('\n', out);
}

static const char *role_text(struct arena *a, const struct ptg_space *s, const struct ptg_decoded *d)
{
	const struct ptg_format *f = s->format;
	char size[24];

	if (d->fault)
		return arena_printf(a, "fault %s (%s)", f->rules[d->rule].fault ? f->rules[d->rule].fault : "?",
				    text_fault_class(d->fault));
	switch (d->role) {
	case PTG_ROLE_TABLE:
		return arena_printf(a, "table at 0x%" PRIx64 "%s%s", d->pa,
				    d->next_level < f->level_count ? ", next level " : "",
				    d->next_level < f->level_count ? f->levels[d->next_level].name : "");
	case PTG_ROLE_PAGE:
		return arena_printf(a, "page of %s at 0x%" PRIx64, text_lg2(d->page_lg2, size), d->pa);
	case PTG_ROLE_PASS:
		return "passes to the next alternative";
	default:
		return "invalid";
	}
}

void entry_explain(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s, unsigned level,
		   const uint64_t e[2])
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *k = ptg_kind_(s, level, e);
	struct ptg_decoded d;
	char buffer[24];
	const char *memtype, *text;

	memset(&d, 0, sizeof(d));
	ptg_decode(s, level, e, &d);
	fprintf(o->file, "%s0x%0*" PRIx64 "%s  %s, level %s\n", out_ink(o, INK_BOLD), (int)(2u << f->levels[level].entry_lg2),
		e[0], out_ink(o, INK_PLAIN), f->name, f->levels[level].name);
	fprintf(o->file, "  kind       %s%s%s: %s\n", out_ink(o, d.fault ? INK_RED : INK_GREEN), k ? k->name : "none",
		out_ink(o, INK_PLAIN), role_text(a, s, &d));
	if (d.rule < f->rule_count && d.rule) {
		text = plan->names.rule_text ? plan->names.rule_text[d.rule] : NULL;
		fprintf(o->file, "  rule       %s%s%s\n", f->rules[d.rule].name, text ? "  " : "", text ? text : "");
	}
	if (k && !d.fault && (d.role == PTG_ROLE_PAGE || d.role == PTG_ROLE_TABLE)) {
		text = attribute_text(a, s, k, e);
		if (*text)
			print_attributes(o->file, text);
	}
	if (!d.fault && d.role == PTG_ROLE_PAGE) {
		fprintf(o->file, "  rights     user %s", text_rights(d.rights, true, buffer));
		fprintf(o->file, "  supervisor %s%s%s%s\n", text_rights(d.rights, false, buffer),
			d.rights & PTG_ACCESSED ? "  accessed" : "", d.rights & PTG_DIRTY ? "  dirty" : "",
			d.rights & PTG_GLOBAL ? "  global" : "");
		memtype = text_memtype(f, d.memtype, buffer);
		if (memtype)
			fprintf(o->file, "  memory     %s\n", memtype);
	}
	if (k && plan->model) {
		fprintf(o->file, "\n");
		entry_draw(a, o, plan, s, (unsigned)(k - f->kinds), e, 80);
		fprintf(o->file, "\n");
		print_fields(a, o, plan, s, (unsigned)(k - f->kinds), e);
	}
}

static void record_fields(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s,
			  unsigned kind, const uint64_t e[2])
{
	struct field_bits f[FIELDS_MAX];
	unsigned n = fields_of_kind(plan, kind, s->config[0], e, f);
	const char *all = "";

	for (unsigned i = 0; i < n; i++) {
		uint64_t v = field_value(e, f[i].hi, f[i].lo);

		if (f[i].name && !f[i].elsewhere)
			all = arena_printf(a, o->form == OUT_JSON ? "%s%s\"%s%s\":\"0x%" PRIx64 "\"" : "%s%s%s%s=0x%" PRIx64, all,
					   *all ? (o->form == OUT_JSON ? "," : " ") : "", f[i].name,
					   f[i].parts > 1 ? fields_range(a, plan, 64, f[i].hi, f[i].lo) : "", v);
	}
	if (o->form == OUT_JSON)
		out_raw(o, "fields", arena_printf(a, "{%s}", all));
	else
		out_text(o, "fields", all);
}

void entry_record(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s, unsigned level,
		  const uint64_t e[2])
{
	static const char *const roles[] = {"invalid", "table", "page", "pass"};
	const struct ptg_format *f = s->format;
	const struct ptg_kind *k = ptg_kind_(s, level, e);
	struct ptg_decoded d;
	bool page;
	char buffer[24];

	memset(&d, 0, sizeof(d));
	ptg_decode(s, level, e, &d);
	page = !d.fault && d.role == PTG_ROLE_PAGE;
	out_begin(o);
	out_text(o, "format", f->name);
	out_hex_wide(o, "entry", e[0], e[1]);
	out_number(o, "level", level);
	out_text(o, "level_name", f->levels[level].name);
	out_text(o, "kind", k ? k->name : NULL);
	out_text(o, "role", roles[d.role & 3]);
	if (!d.fault && (d.role == PTG_ROLE_PAGE || d.role == PTG_ROLE_TABLE))
		out_hex(o, "pa", d.pa);
	else
		out_null(o, "pa");
	if (page)
		out_number(o, "page_size", d.page_lg2 < 64 ? (uint64_t)1 << d.page_lg2 : 0);
	else
		out_null(o, "page_size");
	out_text(o, "user", page ? text_rights(d.rights, true, buffer) : NULL);
	out_text(o, "supervisor", page ? text_rights(d.rights, false, buffer) : NULL);
	out_text(o, "memtype", page ? text_memtype(f, d.memtype, buffer) : NULL);
	out_text(o, "attributes", k && !d.fault ? attribute_text(a, s, k, e) : NULL);
	out_text(o, "fault", d.fault && d.rule < f->rule_count ? f->rules[d.rule].fault : NULL);
	out_text(o, "fault_class", d.fault ? text_fault_class(d.fault) : NULL);
	out_text(o, "rule", d.rule && d.rule < f->rule_count ? f->rules[d.rule].name : NULL);
	out_text(o, "condition", d.rule && plan->names.rule_text ? plan->names.rule_text[d.rule] : NULL);
	if (k && plan->model)
		record_fields(a, o, plan, s, (unsigned)(k - f->kinds), e);
	else
		out_null(o, "fields");
	out_end(o);
}
