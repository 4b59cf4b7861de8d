/* SPDX-License-Identifier: MIT */
/*
 * check_overflow.c - sums and products of numbers that 64 bits cannot hold
 *
 * They would be no numbers without a word: tried at both ends of every parameter,
 * and, since `page` and `level` may be in them, at every level.
 */
#include "dsl/check.h"

/* What overflows at this very operator, its operands being numbers. */
static bool here(const struct model_where *w, const struct ast_expr *e)
{
	return model_overflow(w, e) == e;
}

void check_overflow(struct check *c, const struct ast_expr *e)
{
	struct model_config config;

	model_default_config(c->f, &config);
	for (unsigned ends = 0; ends < 1u << c->f->param_count; ends++) {
		for (unsigned i = 0; i < c->f->param_count; i++)
			config.params[i] = ends >> i & 1 ? c->f->params[i].min : c->f->params[i].max;
		for (int level = -1; level < (int)c->f->level_count; level++) {
			struct model_where w = { c->f, &config, model_page_lg2(c->f, level), level };

			if (!here(&w, e))
				continue;
			if (check_first(c, e, DIAG_BAD_NUMBER))
				check_report(c, DIAG_BAD_NUMBER, e->span, "%s", model_overflow_text(e));
			return;
		}
	}
}
