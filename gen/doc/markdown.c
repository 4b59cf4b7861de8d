/* SPDX-License-Identifier: MIT */
/* markdown.c - a format as a page: pictures, bits, attributes, rights, faults, roots, examples */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dsl/arena.h"
#include "dsl/check.h"
#include "gen/doc/doc.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

/* A cell of a table: | would end it. */
static void cell(FILE *out, const char *text)
{
	for (; text && *text; text++) {
		if (*text == '|')
			putc('\\', out);
		putc(*text == '\n' ? ' ' : *text, out);
	}
}

static void title(FILE *out, const struct plan *plan)
{
	const char *text = plan->model && plan->model->title ? plan->model->title : plan->format.title;
	size_t n = text ? strcspn(text, "\n") : 0;

	fprintf(out, "# %s\n\n", plan->format.name);
	if (!n)
		return;
	fprintf(out, "%.*s\n\n", (int)n, text);
	if (text[n])
		fprintf(out, "Source: %s\n\n", text + n + 1);
}

/* A row of those that --set and registers may change. */
static void constants(FILE *out, const struct model_format *m)
{
	const char *before = "| constants | ";
	bool any = false;

	for (unsigned i = 0; m && i < m->const_count; i++) {
		const struct ast_stmt *s = m->consts[i].ast;

		if (!s->set || (!s->set->next && !s->set->hi && !s->from))
			continue;
		fprintf(out, "%s`%s` = %lld", before, m->consts[i].name, (long long)m->consts[i].value);
		if (s->from)
			fprintf(out, " (%s.%s)", s->from->registers->name, s->from->registers->member);
		before = " ";
		any = true;
	}
	fputs(any ? " |\n" : "", out);
}

static void facts(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;
	char size[24];
	bool first = true;

	fprintf(out, "| | |\n|---|---|\n");
	fprintf(out, "| addresses | %u bits, %s |\n", f->va_bits,
		f->va_check == PTG_VA_ZERO ? "those above are 0" : f->va_check == PTG_VA_SIGN ? "signed"
							    : "two halves");
	fprintf(out, "| physical | %u bits |\n", f->pa_bits);
	fprintf(out, "| entries | %u bits, %s endian |\n", 8u << f->levels[0].entry_lg2, f->flags & PTG_FORMAT_BIG ? "big" : "little");
	fprintf(out, "| pages |");
	for (unsigned i = 0; i < 64; i++)
		if (f->page_sizes >> i & 1)
			fprintf(out, " %s", text_lg2(i, size));
	fprintf(out, " |\n%s", f->feature_count ? "| features |" : "");
	for (unsigned i = 0; i < f->feature_count; i++)
		fprintf(out, " `%s`%s%s", f->features[i].name, f->features[i].on ? "" : " (off)", i + 1u < f->feature_count ? "" : " |\n");
	fprintf(out, "%s", f->param_count ? "| parameters |" : "");
	for (unsigned i = 0; i < f->param_count; i++)
		fprintf(out, " `%s` = %u (%u to %u)%s", f->params[i].name, f->params[i].value, f->params[i].min, f->params[i].max,
			i + 1u < f->param_count ? "" : " |\n");
	constants(out, plan->model);
	fprintf(out, "%s", f->ctx_count ? "| context |" : "");
	for (unsigned i = 0; i < f->ctx_count; i++)
		fprintf(out, " `%s`%s", f->ctx[i].name, i + 1u < f->ctx_count ? "" : " |\n");
	if (!(f->flags & (PTG_FORMAT_BBM | PTG_FORMAT_CACHES_INVALID | PTG_FORMAT_PER_LEVEL))) {
		fprintf(out, "\n");
		return;
	}
	fprintf(out, "| hardware |");
	if (f->flags & PTG_FORMAT_BBM)
		first = (fprintf(out, " a live entry goes through invalid"), false);
	if (f->flags & PTG_FORMAT_CACHES_INVALID)
		first = (fprintf(out, "%s new mappings need a flush", first ? "" : ";"), false);
	if (f->flags & PTG_FORMAT_PER_LEVEL)
		fprintf(out, "%s flushes name levels", first ? "" : ";");
	fprintf(out, " |\n\n");
}

static void levels(FILE *out, const struct plan *plan, const char *prefix)
{
	const struct ptg_format *f = &plan->format;
	char size[24], bytes[24];

	fprintf(out, "## The walk\n\n![how an address is split](%s-va.svg)\n\n![from the root to a page](%s-tree.svg)\n\n", prefix,
		prefix);
	if (f->flags & PTG_FORMAT_DYNAMIC) {
		fprintf(out, "The width of each table's index comes from the entry above it.\n\n");
		return;
	}
	fprintf(out, "| level | depth | address bits | entries | table | an entry spans |\n|---|---|---|---|---|---|\n");
	for (unsigned i = f->level_count; i-- > 0;) {
		const struct ptg_level *l = &f->levels[i];

		if (l->width)
			fprintf(out, "| `%s` | %u | [%u:%u] | %llu | %s | %s |\n", l->name, i, l->shift + l->width - 1u, l->shift,
				1ull << l->width, text_lg2((unsigned)l->width + l->entry_lg2 + l->stride_lg2, bytes), text_lg2(l->shift, size));
		else
			fprintf(out, "| `%s` | %u | none | 1 | %u bytes | %s |\n", l->name, i, 1u << l->entry_lg2,
				text_lg2(l->shift, size));
	}
	fprintf(out, "\n");
}

static const char *duty_text(const struct field_bits *f)
{
	switch (f->duty) {
	case DUTY_ZERO:    return "must be 0: hardware faults";
	case DUTY_ONE:     return "must be 1: hardware faults";
	case DUTY_RES0:    return "reserved, written 0";
	case DUTY_RES1:    return "reserved, written 1";
	case DUTY_IGNORED: return "ignored";
	case DUTY_SOFT:    return "for software";
	default:           return f->address ? "address" : "";
	}
}

/* What the field is for, and when it is there. */
static const char *field_note(struct arena *a, const struct field_bits *b)
{
	const char *text = duty_text(b);
	const struct ast_field *field = b->field ? b->field->ast : NULL;

	if (field && field->if_) {
		struct field_bits on = *b, off = *b;

		on.duty = field->duty;
		off.duty = field->else_duty;
		text = arena_printf(a, "%s%sif `%s`, else %s", duty_text(&on), *duty_text(&on) ? " " : "",
				    check_expr_text(a, field->if_), duty_text(&off));
	}
	if (field && field->when)
		text = arena_printf(a, "%s%swhen `%s`", text, *text ? ", " : "", check_expr_text(a, field->when));
	return text;
}

static void field_rows(struct arena *a, FILE *out, const struct plan *plan, const struct field_bits *b, unsigned n,
		       unsigned frame)
{
	fprintf(out, "| field | bits | |\n|---|---|---|\n");
	for (unsigned i = 0; i < n; i++) {
		fprintf(out, "| %s%s%s | %s | ", b[i].name ? "`" : "", b[i].name ? b[i].name : "", b[i].name ? "`" : "",
			fields_range(a, plan, frame, b[i].hi, b[i].lo));
		cell(out, field_note(a, &b[i]));
		fputs(" |\n", out);
	}
	fprintf(out, "\n");
}

/* Do two kinds of one description look the same, bit for bit? */
static bool same_picture(const struct plan *plan, unsigned x, unsigned y)
{
	const struct ptg_format *f = &plan->format;
	struct field_bits a[FIELDS_MAX], b[FIELDS_MAX];
	unsigned n;

	if (plan->names.kind[x] != plan->names.kind[y] || f->kinds[x].role != f->kinds[y].role)
		return false;
	n = fields_of_kind(plan, x, f->default_config0, NULL, a);
	if (n != fields_of_kind(plan, y, f->default_config0, NULL, b))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (a[i].hi != b[i].hi || a[i].lo != b[i].lo || a[i].field != b[i].field || a[i].duty != b[i].duty)
			return false;
	return true;
}

bool doc_kind_shown(const struct plan *plan, unsigned kind)
{
	const struct ptg_kind *k = &plan->format.kinds[kind];

	if (!plan->names.kind[kind] || !plan->names.kind[kind]->layout ||
	    (k->role != PTG_ROLE_TABLE && k->role != PTG_ROLE_PAGE))
		return false;
	for (unsigned i = 0; i < kind; i++)
		if (same_picture(plan, i, kind))
			return false;
	return true;
}

/* Name of a kind's picture: the level goes along where one kind has several. */
static const char *kind_file(struct arena *a, const struct plan *plan, unsigned kind)
{
	const struct ptg_format *f = &plan->format;

	for (unsigned i = 0; i < f->kind_count; i++)
		if (i != kind && plan->names.kind[i] == plan->names.kind[kind] && doc_kind_shown(plan, i))
			return arena_printf(a, "%s-%s", f->kinds[kind].name, f->levels[f->kinds[kind].level].name);
	return f->kinds[kind].name;
}

/* "4K", or all sizes a page kind can have. */
static const char *sizes(struct arena *a, const struct ptg_kind *k)
{
	const char *text = "";
	char size[24];

	for (unsigned i = 0; i < 64; i++)
		if (k->sizes >> i & 1)
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", text_lg2(i, size));
	return text;
}

static void one_kind(struct arena *a, FILE *out, const struct plan *plan, unsigned i, const char *prefix)
{
	const struct ptg_format *f = &plan->format;
	const struct ptg_kind *k = &f->kinds[i];
	const char *text = plan->names.rule_text ? plan->names.rule_text[k->rule] : NULL, *where = "";
	struct field_bits b[FIELDS_MAX];

	for (unsigned j = f->kind_count; j-- > 0;) {
		const char *size = f->kinds[j].role == PTG_ROLE_PAGE ? sizes(a, &f->kinds[j]) : "";

		if (same_picture(plan, i, j))
			where = arena_printf(a, "%s%s`%s`%s%s%s", where, *where ? ", " : "", f->levels[f->kinds[j].level].name,
					     *size ? " (" : "", size, *size ? ")" : "");
	}
	fprintf(out, "### %s `%s`\n\nAt level %s%s%s%s\n\n", k->role == PTG_ROLE_TABLE ? "table" : "page", k->name, where,
		text ? ": `" : ".", text ? text : "", text ? "`" : "");
	fprintf(out, "![bits of %s](%s-%s.svg)\n\n", k->name, prefix, kind_file(a, plan, i));
	field_rows(a, out, plan, b, fields_of_kind(plan, i, f->default_config0, NULL, b),
		   8u << f->levels[k->level].entry_lg2);
}

static void kinds(struct arena *a, FILE *out, const struct plan *plan, const char *prefix)
{
	fprintf(out, "## Entries\n\n");
	for (unsigned i = plan->format.kind_count; i-- > 0;)
		if (doc_kind_shown(plan, i))
			one_kind(a, out, plan, i, prefix);
}

static void attributes(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;

	if (!f->attr_count)
		return;
	fprintf(out, "## Attributes\n\n| attribute | bits | over the tables |\n|---|---|---|\n");
	for (unsigned i = 0; i < f->attr_count; i++)
		fprintf(out, "| `%s` | %u | %s |\n", f->attrs[i].name, f->attrs[i].width,
			f->attrs[i].op == '&' ? "all of them (and)" : f->attrs[i].op == '|' ? "any of them (or)"
										      : "the page's own");
	fprintf(out, "\n");
}

static void rights(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;
	struct ptg_space s;
	char user[4], super[4];
	unsigned used = 0;

	if (f->rights_bits == 0 || f->rights_bits > 6 ||
	    ptg_space_setup(&s, f, &ptg_generic_walker, &(const struct ptg_mapper){.ops = NULL}))
		return;
	fprintf(out, "## Rights\n\nWhat the attributes leave, under the default context.\n\n|");
	for (unsigned i = 0; i < f->attr_count; i++)
		if (f->attrs[i].table_index != 0xff) {
			fprintf(out, " `%s` |", f->attrs[i].name);
			used |= 1u << f->attrs[i].table_index;
		}
	fprintf(out, " user | supervisor |\n|");
	for (unsigned i = 0; i < f->rights_bits; i++)
		if (used >> i & 1)
			fprintf(out, "---|");
	fprintf(out, "---|---|\n");
	for (unsigned index = 0; index < 1u << f->rights_bits; index++) {
		if (index & ~used)
			continue; /* no attribute is that bit */
		fprintf(out, "|");
		for (unsigned i = 0; i < f->attr_count; i++)
			if (f->attrs[i].table_index != 0xff)
				fprintf(out, " %u |", index >> f->attrs[i].table_index & 1);
		fprintf(out, " `%s` | `%s` |\n", text_rights(s.rights[index], true, user),
			text_rights(s.rights[index], false, super));
	}
	fprintf(out, "\n");
}

static void faults(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;

	fprintf(out, "## Rules and faults\n\nIn the order of their numbers; a walk that fails names the rule that did it.\n\n"
		     "| rule | name | fault | class | condition |\n|---|---|---|---|---|\n");
	for (unsigned i = 1; i < f->rule_count; i++) {
		const struct ptg_rule *r = &f->rules[i];

		fprintf(out, "| %u | `%s` | %s%s%s | %s | ", i, r->name, r->fault ? "`" : "", r->fault ? r->fault : "",
			r->fault ? "`" : "", r->fault ? text_fault_class(r->fault_class) : "");
		if (plan->names.rule_text && plan->names.rule_text[i]) {
			fputs("`", out);
			cell(out, plan->names.rule_text[i]);
			fputs("`", out);
		}
		fprintf(out, " |\n");
	}
	fprintf(out, "\n");
}

static void roots(struct arena *a, FILE *out, const struct plan *plan, const char *prefix)
{
	const struct ptg_format *f = &plan->format;
	struct field_bits b[FIELDS_MAX];

	if (!plan->model || !plan->model->registers)
		return;
	fprintf(out, "## Registers\n\n");
	for (unsigned i = 0; i < f->select_count; i++)
		fprintf(out, "The format is selected by `%s.%s` = %" PRIu64 ".\n\n", f->selects[i].reg, f->selects[i].field,
			f->selects[i].value);
	for (const struct model_register *r = plan->model->registers; r; r = r->next) {
		unsigned n = fields_of_register(plan, r, f->default_config0, b);

		if (!n)
			continue;
		fprintf(out, "### `%s`\n\n![bits of %s](%s-reg-%s.svg)\n\n", r->name, r->name, prefix, r->name);
		field_rows(a, out, plan, b, n, r->bits);
	}
}

/* Examples as the description has them, with what the plan says of them now. */
static void examples(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;
	struct ptg_space s;
	bool any = false;
	char buffer[24];

	if (!plan->model || ptg_space_setup(&s, f, &ptg_generic_walker, &(const struct ptg_mapper){.ops = NULL}))
		return;
	for (const struct model_stmts *e = plan->model->examples; e; e = e->next) {
		uint64_t entry[2] = {e->ast->expr ? e->ast->expr->value : 0, e->ast->expr ? e->ast->expr->high : 0};
		struct ptg_decoded d;
		int level = -1;

		for (unsigned i = 0; i < f->level_count && e->ast->after.text; i++)
			if (strcmp(f->levels[i].name, e->ast->after.text) == 0)
				level = (int)i;
		memset(&d, 0, sizeof(d));
		if (level < 0 || e->ast->ifs || ptg_decode(&s, (unsigned)level, entry, &d))
			continue;
		if (!any)
			fprintf(out, "## Examples\n\n| entry | level | |\n|---|---|---|\n");
		any = true;
		fprintf(out, "| `0x%" PRIx64 "` | `%s` | ", entry[0], f->levels[level].name);
		if (d.fault || d.role == PTG_ROLE_INVALID)
			fprintf(out, "fault `%s`", f->rules[d.rule].fault ? f->rules[d.rule].fault : f->rules[d.rule].name);
		else if (d.role == PTG_ROLE_TABLE)
			fprintf(out, "table at `0x%" PRIx64 "`", d.pa);
		else
			fprintf(out, "page of %s at `0x%" PRIx64 "`", text_lg2(d.page_lg2, buffer), d.pa);
		fprintf(out, " |\n");
	}
	if (any)
		fprintf(out, "\n");
}

void doc_markdown(struct arena *a, FILE *out, const struct plan *plan, const char *prefix)
{
	title(out, plan);
	if (plan->stage[0]) {
		fprintf(out, "Two stages: every table and every page of [%s](%s.md) lies at an address that\n[%s](%s.md) translates. "
			     "The page is the smaller of the two, the rights are those that both give.\n",
			plan->stage[0]->format.name, plan->stage[0]->format.name, plan->stage[1]->format.name,
			plan->stage[1]->format.name);
		return;
	}
	facts(out, plan);
	levels(out, plan, prefix);
	kinds(a, out, plan, prefix);
	attributes(out, plan);
	rights(out, plan);
	roots(a, out, plan, prefix);
	faults(out, plan);
	examples(out, plan);
}

/* --- files -------------------------------------------------------------------------------- */

static FILE *open_file(struct arena *a, const char *dir, const char *name)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	if (!f)
		perror(path);
	return f;
}

static bool close_file(FILE *f)
{
	bool bad = ferror(f);

	return fclose(f) == 0 && !bad;
}

static bool write_pictures(struct arena *a, const struct plan *plan, const char *dir)
{
	const char *name = plan->format.name;
	FILE *f = open_file(a, dir, arena_printf(a, "%s-va.svg", name));
	bool ok = f != NULL;

	if (ok) {
		doc_svg_va(f, plan);
		ok = close_file(f) && (f = open_file(a, dir, arena_printf(a, "%s-tree.svg", name))) != NULL;
	}
	if (ok) {
		doc_svg_tree(f, plan);
		ok = close_file(f);
	}
	for (unsigned i = 0; i < plan->format.kind_count && ok; i++) {
		if (!doc_kind_shown(plan, i))
			continue;
		f = open_file(a, dir, arena_printf(a, "%s-%s.svg", name, kind_file(a, plan, i)));
		ok = f != NULL;
		if (ok) {
			doc_svg_kind(f, plan, i);
			ok = close_file(f);
		}
	}
	for (const struct model_register *r = plan->model->registers; r && ok; r = r->next) {
		f = open_file(a, dir, arena_printf(a, "%s-reg-%s.svg", name, r->name));
		ok = f != NULL;
		if (ok) {
			doc_svg_register(f, plan, r);
			ok = close_file(f);
		}
	}
	return ok;
}

bool doc_write(struct arena *a, const struct plan *plan, const char *dir)
{
	FILE *f = open_file(a, dir, arena_printf(a, "%s.md", plan->format.name));

	if (!f)
		return false;
	doc_markdown(a, f, plan, plan->format.name);
	if (!close_file(f))
		return false;
	return plan->stage[0] || write_pictures(a, plan, dir);
}
