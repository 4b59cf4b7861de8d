/* SPDX-License-Identifier: MIT */
/* facts.c - the list of facts: how it is written, and who adds to it */

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gen/emit/facts.h"
#include "gen/emit/m4.h"

static void add(struct facts *f, const char *macro, const char *value, const char *key, va_list args)
{
	char text[200];

	vsnprintf(text, sizeof(text), key, args);
	buffer_printf(&f->out, "%s(<|%s|>, <|%s|>)m4_dnl\n", macro, text, value);
}

void fact(struct facts *f, const char *value, const char *key, ...)
{
	va_list args;

	va_start(args, key);
	add(f, "g4_fact", value, key, args);
	va_end(args);
}

void fact_number(struct facts *f, unsigned long long value, const char *key, ...)
{
	va_list args;

	va_start(args, key);
	add(f, "g4_fact", arena_printf(f->arena, "%llu", value), key, args);
	va_end(args);
}

void fact_list(struct facts *f, const char *items, const char *key, ...)
{
	va_list args;

	if (!items || !*items)
		return;
	va_start(args, key);
	add(f, "g4_list", items, key, args);
	va_end(args);
}

const char *facts_join(struct arena *a, const char *list, const char *item)
{
	return list && *list ? arena_printf(a, "%s,%s", list, item) : item;
}

const char *facts_upper(struct arena *a, const char *text)
{
	char *s = arena_copy(a, text, strlen(text));

	for (char *c = s; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return s;
}

const char *facts_name(struct arena *a, const char *text)
{
	char *s;

	if (*text == '.')
		text++;
	s = arena_copy(a, text, strlen(text));
	for (char *c = s; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return m4_safe(a, s);
}

const char *facts_comment(struct arena *a, const char *text)
{
	struct buffer b;
	bool space = true;

	buffer_init(&b, a);
	for (const char *c = text ? text : ""; *c; c++) {
		if (isspace((unsigned char)*c)) {
			if (!space)
				buffer_puts(&b, " ");
			space = true;
			continue;
		}
		space = false;
		if ((*c == '*' && c[1] == '/') || (*c == '/' && c[1] == '*'))
			buffer_printf(&b, "%c ", *c);
		else if (*c == '?' && c[1] == '?')
			buffer_puts(&b, "? "); /* no trigraphs */
		else
			buffer_add(&b, c, 1);
	}
	return m4_safe(a, buffer_text(&b));
}

const char *facts_rule_text(const struct facts *f, unsigned rule)
{
	const char *text = NULL;

	if (rule >= f->format->rule_count)
		return "";
	if (f->plan->names.rule_text)
		text = f->plan->names.rule_text[rule];
	return facts_comment(f->arena, text ? text : f->format->rules[rule].name);
}

/* Words that C keeps for itself, and names the templates use in the same places. */
static const char *free_name(struct arena *a, const char *name)
{
	static const char *const taken[] = {
		"s", "va", "pa", "e", "t", "r", "access", "rights", "rule", "index", "table", "level", "root", "deny",
		"int", "long", "short", "char", "if", "else", "for", "do", "while", "case", "default", "register",
		"static", "const", "volatile", "void", "auto", "break", "continue", "switch", "return", "goto", "enum",
		"struct", "union", "sizeof", "signed", "unsigned", "inline", "restrict", "extern", "typedef", "float",
		"double", "lost", "hit", "mapper", "at", "mem", "tables", "up_e", "late", "early", "space", "width", "shift", "marked",
	};

	name = facts_name(a, name);
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(name, taken[i]) == 0)
			return arena_printf(a, "%s_", name);
	if (*name >= '0' && *name <= '9')
		return arena_printf(a, "a%s", name);
	return name;
}

static void name_attributes(struct facts *f)
{
	const struct ptg_format *p = f->format;

	f->attr_name = arena_array(f->arena, p->attr_count + 1u, sizeof(*f->attr_name));
	for (unsigned i = 0; i < p->attr_count; i++) {
		const char *name = free_name(f->arena, p->attrs[i].name);

		for (unsigned j = 0; j < i; j++)
			if (strcmp(name, f->attr_name[j]) == 0)
				name = arena_printf(f->arena, "%s_%u", name, i);
		f->attr_name[i] = name;
	}
	f->x.attr = f->attr_name;
}

/* As what the second stage sees the reading of a first-stage table. */
static const char *table_access(struct arena *a, const struct ptg_format *f)
{
	if (!(f->flags & PTG_FORMAT_TABLES_WRITE))
		return "PTG_READ";
	if (!f->tables_mask)
		return "PTG_WRITE";
	if (f->tables_mask == f->tables_value && !(f->tables_mask & (f->tables_mask - 1)))
		return arena_printf(a, "(second->config[0] & 0x%x ? PTG_WRITE : PTG_READ)", f->tables_mask);
	return arena_printf(a, "((second->config[0] & 0x%x) == 0x%x ? PTG_WRITE : PTG_READ)", f->tables_mask, f->tables_value);
}

/* Of a pair: the first stage's walk under the pair's name, and who the stages are. */
static void pair_facts(struct facts *f, const struct plan *pair)
{
	const char *title = pair->format.title ? pair->format.title
					       : arena_printf(f->arena, "%s over %s", pair->stage[0]->format.name,
							      pair->stage[1]->format.name);

	fact(f, facts_comment(f->arena, pair->format.name), "name");
	fact(f, facts_comment(f->arena, arena_copy(f->arena, title, strcspn(title, "\n"))), "headline");
	fact(f, facts_name(f->arena, pair->stage[0]->format.name), "nest.first");
	fact(f, facts_name(f->arena, pair->stage[1]->format.name), "nest.second");
	fact(f, pair->stage[1]->format.flags & PTG_FORMAT_BIG ? "be" : "", "nest.big");
	fact(f, table_access(f->arena, &pair->format), "nest.tables");
}

/* --- values kept in the space ------------------------------------------------------- */

const char *facts_keep(void *facts, const char *text)
{
	struct facts *f = facts;
	unsigned i = 0;

	while (i < f->words && strcmp(f->word[i], text) != 0)
		i++;
	if (i == sizeof(f->word) / sizeof(f->word[0]))
		return NULL;
	if (i == f->words)
		f->word[f->words++] = text;
	return arena_printf(f->arena, "s->word[%u]", i);
}

const char *facts_settled(struct facts *f, const char *text)
{
	const char *word = strstr(text, "s->") ? facts_keep(f, text) : NULL;

	return word ? word : text;
}

static void words(struct facts *f)
{
	const char *list = NULL;

	for (unsigned i = 0; i < f->words; i++) {
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
		fact(f, f->word[i], "hot.word.%u", i);
	}
	fact_list(f, list, "hot.words");
}

const char *facts_of(struct arena *arena, const struct plan *p, const char *prefix)
{
	const struct plan *walked = p->stage[0] ? p->stage[0] : p;
	struct facts f = { .arena = arena, .plan = walked, .format = &walked->format, .pair = p->stage[0] != NULL,
			   .lower = facts_name(arena, prefix) };

	f.upper = facts_upper(arena, f.lower);
	buffer_init(&f.out, arena);
	cexpr_init(&f.x, arena, f.format, f.lower, f.upper);
	name_attributes(&f);
	facts_header(&f);
	facts_masks(&f);
	facts_update(&f);
	facts_walk(&f);
	if (f.pair)
		pair_facts(&f, p);
	else
		facts_hot(&f);
	facts_change(&f);
	words(&f);
	return buffer_text(&f.out);
}
