/* SPDX-License-Identifier: MIT */
/*
 * check.c - the table of named checks, and running them over the formats
 *
 * A check runs when all it builds on ran without an error, so that none has to
 * guard against what an earlier one refuses, and one cause gives one error.
 */
#include <stdarg.h>
#include <stdio.h>

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
	[RULE_shadowed] = { rule_shadowed, 0 },
	[RULE_layouts] = { rule_layouts, NEEDS(names) },
};

void check_report(struct check *c, enum diag_id id, struct span at, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	diag_report(c->d, id, at, "%s", text);
	if (diag_id_severity(id) == SEVERITY_ERROR)
		c->failed = true;
}

static void check_format(struct check *c)
{
	uint32_t failed = 0;

	for (unsigned i = 0; i < RULE_COUNT; i++) {
		c->failed = false;
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

bool model_check(struct model *m, struct diag *d)
{
	struct check c = { m->arena, m, d, NULL, false };
	unsigned before = diag_errors(d);

	for (struct model_format *f = m->formats; f; f = f->next) {
		if (!f->concrete || f->broken)  /* a base is looked at in what derives from it */
			continue;
		c.f = f;
		diag_in_format(d, f->name);
		check_format(&c);
	}
	diag_in_format(d, NULL);
	for (const struct model_nest *n = m->nests; n; n = n->next)
		if (n->first->concrete && n->second->concrete)
			check_nest(&c, n);
	return diag_errors(d) == before;
}
