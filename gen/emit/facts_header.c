/* SPDX-License-Identifier: MIT */
/* facts_header.c - names, configuration, contexts and registers: what F.h declares */

#include <stdio.h>
#include <string.h>

#include "gen/emit/facts.h"

/* Lines of the title as lines of a comment. */
static const char *title_lines(struct facts *f)
{
	const char *at = f->format->title ? f->format->title : "";
	struct buffer b;

	buffer_init(&b, f->arena);
	while (*at) {
		size_t n = strcspn(at, "\n");
		const char *line = facts_comment(f->arena, arena_copy(f->arena, at, n));

		if (b.length || *line)
			buffer_printf(&b, "%s *%s%s", b.length ? "\n" : "", *line ? " " : "", line);
		at += n + (at[n] == '\n');
	}
	return buffer_text(&b);
}

static const char *first_line(struct facts *f)
{
	const char *title = f->format->title ? f->format->title : f->format->name;

	return facts_comment(f->arena, arena_copy(f->arena, title, strcspn(title, "\n")));
}

/* --- features and parameters ------------------------------------------------------ */

/* A member of F_config: words that C or C++ keep for themselves get a line below. */
static const char *member_name(struct arena *a, const char *name)
{
	static const char *const taken[] = {
		"private", "public", "protected", "class", "this", "new", "delete", "virtual", "template", "typename", "friend",
		"namespace", "operator", "using", "try", "catch", "throw", "mutable", "explicit", "export", "not", "and", "or", "xor",
		"bool", "true", "false", "int", "long", "short", "char", "if", "else", "for", "do", "while", "case", "default",
		"register", "static", "const", "volatile", "void", "auto", "break", "continue", "switch", "return", "goto", "enum",
		"struct", "union", "sizeof", "signed", "unsigned", "inline", "restrict", "extern", "typedef", "float", "double",
	};

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(name, taken[i]) == 0)
			return arena_printf(a, "%s_", name);
	return name;
}

static void features(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL, *all = NULL;

	for (unsigned i = 0; i < p->feature_count; i++) {
		const char *plain = facts_name(f->arena, p->features[i].name), *name = member_name(f->arena, plain);

		fact(f, facts_upper(f->arena, plain), "feature.%s.upper", name);
		fact(f, cexpr_number(f->arena, UINT64_C(1) << i), "feature.%s.bit", name);
		fact(f, p->features[i].on ? "true" : "false", "feature.%s.on", name);
		all = facts_join(f->arena, all, name);
		if (f->plan->fixed_features >> i & 1)
			continue;
		list = facts_join(f->arena, list, name);
	}
	fact_list(f, all, "all_features");
	fact_list(f, list, "features");
	if (list)
		fact(f, "1", "config.members");
}

static void params(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned i = 0; i < p->param_count; i++) {
		const char *name = facts_name(f->arena, p->params[i].name);

		if (f->plan->fixed_params >> i & 1)
			continue;
		fact_number(f, p->params[i].value, "param.%s.value", name);
		fact_number(f, p->params[i].min, "param.%s.min", name);
		fact_number(f, p->params[i].max, "param.%s.max", name);
		fact_number(f, p->params[i].shift, "param.%s.shift", name);
		list = facts_join(f->arena, list, name);
		fact(f, "1", "config.members");
	}
	fact_list(f, list, "params");
}

/* Bits of config[0] that are constants of this code. */
static uint64_t fixed_config(const struct facts *f)
{
	const struct ptg_format *p = f->format;
	uint64_t mask = f->plan->fixed_features;

	for (unsigned i = 0; i < p->param_count; i++)
		if (f->plan->fixed_params >> i & 1)
			mask |= UINT64_C(0xff) << p->params[i].shift;
	return p->default_config0 & mask;
}

/* --- contexts ------------------------------------------------------------------------ */

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static void contexts(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned i = 0; i < p->ctx_count; i++) {
		const struct ptg_ctx_def *c = &p->ctx[i];
		const char *name = facts_name(f->arena, c->name);
		unsigned width = (unsigned)c->width * c->count, word = c->lo / 64u, from = c->lo % 64u;
		uint64_t mask = low_bits(width > 64 ? 64 : width);

		fact(f, facts_comment(f->arena, c->count > 1
						 ? arena_printf(f->arena, "%s[%u], %u bit%s each", c->name, c->count,
								c->width, c->width == 1 ? "" : "s")
						 : arena_printf(f->arena, "%s, %u bit%s", c->name, c->width,
								c->width == 1 ? "" : "s")),
		     "ctx.%s.what", name);
		fact_number(f, word, "ctx.%s.word", name);
		fact_number(f, from, "ctx.%s.shift", name);
		fact(f, cexpr_number(f->arena, mask), "ctx.%s.mask", name);
		if (from == 0 && mask == ~UINT64_C(0))
			fact(f, "1", "ctx.%s.whole", name);
		if (from && from + width > 64) {
			fact_number(f, word + 1, "ctx.%s.next", name);
			fact_number(f, 64 - from, "ctx.%s.rest", name);
		}
		list = facts_join(f->arena, list, name);
	}
	fact_list(f, list, "contexts");
}

/* --- registers -------------------------------------------------------------------------- */

/* Value that `select REG.FIELD = N` demands. */
static bool selected(const struct facts *f, const char *reg, const char *field, uint64_t *value)
{
	for (unsigned i = 0; i < f->format->select_count; i++) {
		const struct ptg_select *s = &f->format->selects[i];

		if (strcmp(s->reg, reg) == 0 && strcmp(s->field, field) == 0) {
			*value = s->value;
			return true;
		}
	}
	return false;
}

struct maker {                       /* REG_make(): its parameters, and what they become */
	struct facts *f;
	struct buffer params, terms, comment;
	const struct model_register *reg;
	struct model_where where;
};

static void add_term(struct maker *m, const char *term)
{
	buffer_printf(&m->terms, "%s%s", m->terms.length ? " |\n\t       " : "", term);
}

/* One piece of a field: `width` bits at `lo`; `below` bits of the field are in later pieces. */
static void make_piece(struct maker *m, const char *name, uint64_t *fixed, int hi, int lo, int from)
{
	struct arena *a = m->f->arena;
	uint64_t mask = low_bits((unsigned)(hi - lo + 1)) << lo;

	if (fixed) {
		uint64_t v = (from < 64 ? *fixed >> from : 0) << lo & mask;

		if (v)
			add_term(m, cexpr_number(a, v));
		return;
	}
	if (lo > from)
		add_term(m, arena_printf(a, "(%s << %d & %s)", name, lo - from, cexpr_number(a, mask)));
	else if (lo < from)
		add_term(m, arena_printf(a, "(%s >> %d & %s)", name, from - lo, cexpr_number(a, mask)));
	else
		add_term(m, arena_printf(a, "(%s & %s)", name, cexpr_number(a, mask)));
}

static void make_field(struct maker *m, const struct ast_field *field)
{
	struct arena *a = m->f->arena;
	const char *name = facts_name(a, field->name.text);
	char *lower = arena_copy(a, name, strlen(name));
	int hi, lo, to_hi, to_lo, total = 0;
	uint64_t fixed, *known = NULL;
	const struct ast_piece *p;
	bool address = false;

	for (char *c = lower; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	for (p = field->pieces; p; p = p->next) {
		if (!p->at.first || !model_range(&m->where, &p->at, m->reg->bits, &hi, &lo) || hi < lo || lo < 0 || hi > 63)
			return;
		total += hi - lo + 1;
		address = address || p->dest;
	}
	if (selected(m->f, m->reg->name, field->name.text, &fixed))
		known = &fixed;
	if (address)
		lower = arena_printf(a, "%s_address", lower);
	else if (strchr("0123456789", *lower))
		lower = arena_printf(a, "f%s", lower);
	else
		lower = arena_printf(a, "%s_", lower);
	if (!address && lower[strlen(lower) - 1] == '_')
		lower[strlen(lower) - 1] = '\0';
	if (!known)
		buffer_printf(&m->params, "%suint64_t %s", m->params.length ? ", " : "", lower);
	for (p = field->pieces; p; p = p->next) {
		model_range(&m->where, &p->at, m->reg->bits, &hi, &lo);
		total -= hi - lo + 1;
		if (p->dest && model_range(&m->where, &p->dest->at, 64, &to_hi, &to_lo) && to_lo >= 0)
			make_piece(m, lower, known, hi, lo, to_lo);
		else
			make_piece(m, lower, known, hi, lo, total);
	}
}

static const struct ast_field *register_fields(const struct model_register *r)
{
	return r->ast ? r->ast->fields : NULL;
}

static void maker(struct facts *f, const struct model_register *r, const char *name)
{
	struct model_config config;
	struct maker m = { .f = f, .reg = r,
			   .where = { .format = f->plan->model, .config = &config, .page = -1, .level = -1 } };

	model_default_config(f->plan->model, &config);
	for (unsigned i = 0; i < f->plan->model->param_count; i++)
		config.params[i] = f->plan->model->params[i].max;
	buffer_init(&m.params, f->arena);
	buffer_init(&m.terms, f->arena);
	for (const struct ast_field *field = register_fields(r); field; field = field->next)
		if (field->name.text && (field->duty == DUTY_NONE || field->duty == DUTY_SOFT))
			make_field(&m, field);
	if (!m.terms.length)
		return;
	fact(f, m.params.length ? buffer_text(&m.params) : "void", "reg.%s.params", name);
	fact(f, buffer_text(&m.terms), "reg.%s.make", name);
}

/* Those up to the last root say where walks go; what comes after them gives settings alone. */
static const char *walk_registers(struct facts *f)
{
	const struct ptg_format *p = f->format;
	unsigned count = 0;

	for (unsigned i = 0; i < p->root_count; i++)
		count = p->roots[i].reg >= count ? p->roots[i].reg + 1u : count;
	return count == p->reg_count ? "~(uint32_t)0" : arena_printf(f->arena, "0x%x", (1u << count) - 1);
}

static void registers(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned i = 0; i < p->reg_count; i++) {
		const char *name = facts_name(f->arena, p->regs[i].name);
		const struct model_register *r =
			f->plan->model ? model_find_register(f->plan->model, p->regs[i].name) : NULL;

		list = facts_join(f->arena, list, name);
		fact_number(f, i, "reg.%s.number", name);
		fact(f, cexpr_number(f->arena, UINT64_C(1) << i), "reg.%s.bit", name);
		fact(f, facts_upper(f->arena, name), "reg.%s.upper", name);
		if (r)
			maker(f, r, name);
	}
	fact_list(f, list, "regs");
	fact(f, walk_registers(f), "regs.walk");
	if (list)
		fact_number(f, p->reg_count, "reg_count");
}

/* --- levels and rules ------------------------------------------------------------------------ */

static void geometry(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned i = p->level_count; i-- > 0;) {
		const struct ptg_level *l = &p->levels[i];

		fact(f, facts_comment(f->arena, l->name ? l->name : ""), "level.%u.name", i);
		fact_number(f, l->shift, "level.%u.shift", i);
		fact_number(f, l->width, "level.%u.width", i);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
	}
	fact_list(f, list, "levels");
}

/* Rules by name: SV48_RULE_KIND_LEAF; the second of a name gets its number. */
static void rules(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned i = 0; i < p->rule_count; i++) {
		const char *name = facts_upper(f->arena, facts_name(f->arena, p->rules[i].name));
		const char *text = facts_rule_text(f, i);

		for (unsigned j = 0; j < i; j++)
			if (strcmp(p->rules[j].name, p->rules[i].name) == 0) {
				name = arena_printf(f->arena, "%s_%u", name, i);
				break;
			}
		fact(f, name, "rule.%u.id", i);
		if (strcmp(text, p->rules[i].name) != 0)
			fact(f, text, "rule.%u.text", i);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
	}
	fact_list(f, list, "rules");
}

static void hooks(struct facts *f)
{
	const char *list = NULL;

	for (unsigned i = 0; i < f->format->extern_count; i++)
		list = facts_join(f->arena, list, f->format->externs[i]);
	fact_list(f, list, "externs");
}

void facts_header(struct facts *f)
{
	const struct ptg_format *p = f->format;

	fact(f, f->lower, "lower");
	fact(f, f->upper, "upper");
	fact(f, facts_comment(f->arena, p->name), "name");
	fact(f, first_line(f), "headline");
	fact(f, title_lines(f), "title");
	fact_number(f, p->va_bits, "va_bits");
	fact_number(f, p->pa_bits, "pa_bits");
	fact(f, cexpr_number(f->arena, fixed_config(f)), "config.fixed");
	features(f);
	params(f);
	contexts(f);
	if (f->plan->model || p->reg_count)
		registers(f);
	geometry(f);
	rules(f);
	hooks(f);
}
