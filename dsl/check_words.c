/* SPDX-License-Identifier: MIT */
/*
 * check_words.c - words out of a fixed list, and what is declared beside the entries
 *
 * Habits of `flush`, values of an `enum`, width and use of an `extern`.
 */
#include <string.h>

#include "dsl/check.h"

static void habits(struct check *c, const struct ast_stmt *s)
{
	static const char *const known[] = { "bbm", "caches_invalid", "per_level" };
	const size_t count = sizeof(known) / sizeof(known[0]);

	for (const struct ast_names *n = s->names; n; n = n->next) {
		const char *close = diag_did_you_mean(n->name.text, known, count);
		bool found = false;

		for (size_t i = 0; i < count; i++)
			found |= strcmp(n->name.text, known[i]) == 0;
		if (!found)
			check_report(c, DIAG_UNKNOWN_NAME, n->name.span, close ? "no habit of hardware '%s'; did you mean '%s'?" : "no habit of hardware '%s'",
				     n->name.text, close);
	}
}

static void values(struct check *c, const struct ast_enum *e)
{
	for (const struct ast_item *i = e->values; i; i = i->next)
		for (const struct ast_item *first = e->values; first != i; first = first->next) {
			if (strcmp(first->name.text, i->name.text))
				continue;
			check_report(c, DIAG_DUPLICATE_NAME, i->name.span, "'%s' is twice in enum '%s'", i->name.text, e->name.text);
			diag_note(c->d, first->name.span, "the first is here");
			break;
		}
}

static void hook(struct check *c, const struct ast_stmt *s)
{
	struct model_config config;
	struct model_where w = { c->f, &config, -1, -1 };
	int64_t bits;

	model_default_config(c->f, &config);
	if (model_fold(&w, s->expr, &bits) && (bits < 1 || bits > 64))
		check_report(c, DIAG_BAD_NUMBER, s->expr->span, "extern '%s' takes 1 to 64 bits, not %lld", s->name.text, (long long)bits);
}

void rule_words(struct check *c)
{
	for (const struct model_stmts *s = c->f->flushes; s; s = s->next)
		habits(c, s->ast);
	for (const struct model_stmts *s = c->f->externs; s; s = s->next)
		hook(c, s->ast);
	for (const struct ast_enum *e = c->f->file ? c->f->file->enums : NULL; e; e = e->next)
		values(c, e);
}
