/* SPDX-License-Identifier: MIT */
/*
 * check.c - the table of named checks, and running them over the formats
 *
 * A check runs when all it builds on ran without an error, so that none has to
 * guard against what an earlier one refuses, and one cause gives one error.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dsl/check.h"

enum rule_number {
#define X(name) RULE_##name,
	CHECK_FUNCTIONS(X)
#undef X
	RULE_COUNT
};

#define NEEDS(name) (1u << RULE_##name)

/* In the order in which they run. */
static const struct {
	void (*run)(struct check *c);
	uint32_t needs;
} rules[RULE_COUNT] = {
	[RULE_names] = { rule_names, 0 },
	[RULE_words] = { rule_words, 0 },
	[RULE_clauses] = { rule_clauses, 0 },
	[RULE_shadowed] = { rule_shadowed, 0 },
	[RULE_widths] = { rule_widths, NEEDS(names) | NEEDS(layouts) },
	[RULE_layouts] = { rule_layouts, NEEDS(names) },
	[RULE_levels] = { rule_levels, 0 },
	[RULE_geometry] = { rule_geometry, NEEDS(names) | NEEDS(layouts) | NEEDS(widths) | NEEDS(levels) },
	[RULE_kinds] = { rule_kinds, NEEDS(names) | NEEDS(layouts) | NEEDS(widths) },
	[RULE_reached] = { rule_reached, NEEDS(geometry) | NEEDS(names) | NEEDS(layouts) | NEEDS(widths) | NEEDS(kinds) },
	[RULE_sources] = { rule_sources, NEEDS(names) | NEEDS(layouts) | NEEDS(levels) },
	[RULE_counts] = { rule_counts, NEEDS(names) | NEEDS(levels) },
	[RULE_maps] = { rule_maps, NEEDS(names) | NEEDS(layouts) | NEEDS(widths) },
	[RULE_attributes] = { rule_attributes, NEEDS(names) | NEEDS(layouts) },
	[RULE_inherited] = { rule_inherited, NEEDS(names) | NEEDS(layouts) },
	[RULE_missing] = { rule_missing, NEEDS(names) | NEEDS(layouts) },
	[RULE_reserved_used] = { rule_reserved_used, NEEDS(names) | NEEDS(layouts) | NEEDS(widths) | NEEDS(reached) },
	[RULE_roots] = { rule_roots, NEEDS(names) | NEEDS(levels) },
	[RULE_selects] = { rule_selects, NEEDS(names) },
	[RULE_conditions] = { rule_conditions, NEEDS(names) | NEEDS(layouts) | NEEDS(widths) | NEEDS(kinds) | NEEDS(missing) },
	[RULE_unused] = { rule_unused, NEEDS(names) },
	[RULE_cost] = { rule_cost, NEEDS(names) },
	[RULE_encodes] = { rule_encodes, NEEDS(clauses) | NEEDS(names) | NEEDS(layouts) | NEEDS(widths) | NEEDS(levels) | NEEDS(geometry) | NEEDS(kinds) | NEEDS(reached) |
					 NEEDS(reserved_used) | NEEDS(missing) },
	[RULE_examples] = { rule_examples, ~NEEDS(examples) & ~NEEDS(encodes) & ~NEEDS(cost) & ~NEEDS(unused) & ~NEEDS(conditions) & ((1u << RULE_COUNT) - 1) },
};

/* The text less what check_variant_text() has put at its end. */
static const char *without_choice(const struct check *c, const char *text)
{
	size_t n = strlen(text), when = c->when ? strlen(c->when) : 0;

	if (!when || when > n || strcmp(text + n - when, c->when))
		return text;
	return arena_printf(c->arena, "%.*s", (int)(n - when), text);
}

/* Was that said of this place already, with other features? */
static bool said(struct check *c, enum diag_id id, struct span at, const char *text)
{
	struct said *s;

	for (s = c->said; s; s = s->next)
		if (s->id == id && s->at.file == at.file && s->at.start == at.start && s->at.end == at.end && strcmp(s->text, text) == 0)
			return true;
	s = arena_alloc(c->arena, sizeof(*s));
	*s = (struct said){ id, at, arena_printf(c->arena, "%s", text), c->said };
	c->said = s;
	return false;
}

void check_report(struct check *c, enum diag_id id, struct span at, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (diag_id_severity(id) == SEVERITY_ERROR)
		c->failed = true;
	if (said(c, id, at, without_choice(c, text)))
		diag_drop(c->d);
	else
		diag_report(c->d, id, at, "%s", text);
}

bool check_first(struct check *c, const void *what, enum diag_id id)
{
	struct told *t;

	for (t = c->told; t; t = t->next)
		if (t->what == what && t->id == id)
			return false;
	t = arena_alloc(c->arena, sizeof(*t));
	*t = (struct told){ what, id, c->told };
	c->told = t;
	return true;
}

static void check_format(struct check *c)
{
	uint32_t failed = 0;

	if (c->f->broken) {             /* its numbers mean nothing, its names still do */
		rule_names(c);
		rule_shadowed(c);
		return;
	}
	for (unsigned i = 0; i < RULE_COUNT; i++) {
		c->failed = false;
		c->when = NULL;
		if (!(rules[i].needs & failed))
			rules[i].run(c);
		if (c->failed || rules[i].needs & failed)
			failed |= 1u << i;
	}
}

static void check_nest(struct check *c, const struct model_nest *n)
{
	if (n->first->pa_bits <= n->second->va_bits)
		return;
	check_report(c, DIAG_STAGE_WIDTH, n->ast->name.span, "the first stage '%s' gives addresses of %lld bits, the second '%s' takes %lld",
		     n->first->name, (long long)n->first->pa_bits, n->second->name, (long long)n->second->va_bits);
	diag_note(c->d, n->second->va_span, "the second stage's va is here");
}

static bool is_base(const struct model *m, const struct model_format *f)
{
	for (const struct model_format *g = m->formats; g; g = g->next)
		if (g->base == f)
			return true;
	return false;
}

bool model_check(struct model *m, struct diag *d)
{
	struct check c = { .arena = m->arena, .m = m, .d = d };
	unsigned before = diag_errors(d);

	for (struct model_format *f = m->formats; f; f = f->next) {
		if (!f->concrete) {     /* a base is looked at in what derives from it */
			if (f->va && !is_base(m, f) && !(f->ast->base.text && !f->base))
				check_report(&c, DIAG_NO_LEVELS, f->ast->name.span, "format '%s' has no levels: nothing can be made of it", f->name);
			continue;
		}
		c.f = f;
		c.told = NULL;
		c.said = NULL;
		diag_in_format(d, f->name);
		diag_format_text(d, f->ast->span);
		check_format(&c);
	}
	diag_in_format(d, NULL);
	for (const struct model_nest *n = m->nests; n; n = n->next)
		if (n->first->concrete && n->second->concrete)
			check_nest(&c, n);
	return diag_errors(d) == before;
}
