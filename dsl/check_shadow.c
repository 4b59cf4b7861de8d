/* SPDX-License-Identifier: MIT */
/*
 * check_shadow.c - no name stands for two things
 */
#include <string.h>

#include "dsl/check.h"

static bool one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static void shadow(struct check *c, const char *name, struct span at, const char *what)
{
	static const char *const built_in[] = { "va", "pa", "e", "page", "level", "index", "read", "write", "fetch", "any",
						"in_user", "size", NULL };

	if (one_of(name, built_in))
		check_report(c, DIAG_SHADOWED_NAME, at, "%s '%s' has the name of something built in", what, name);
}

static void clash(struct check *c, const char *name, struct span at, const char *what)
{
	const struct model_format *f = c->f;
	int feature = model_find_feature(f, name), param = model_find_param(f, name), context = model_find_context(f, name);
	int fixed = model_find_const(f, name);
	struct span first;

	if (feature >= 0 && strcmp(what, "feature"))
		first = f->features[feature].span;
	else if (param >= 0 && strcmp(what, "parameter"))
		first = f->params[param].span;
	else if (context >= 0 && strcmp(what, "context"))
		first = f->contexts[context].span;
	else if (fixed >= 0)
		first = f->consts[fixed].ast->name.span;
	else
		return;
	check_report(c, DIAG_DUPLICATE_NAME, at, "%s '%s' has the name of a %s", what, name,
		     feature >= 0 && strcmp(what, "feature") ? "feature" : param >= 0 && strcmp(what, "parameter") ? "parameter" :
		     context >= 0 && strcmp(what, "context") ? "context" : "constant");
	diag_note(c->d, first, "that is here");
}

void rule_shadowed(struct check *c)
{
	const struct model_format *f = c->f;

	for (unsigned i = 0; i < f->const_count; i++)
		shadow(c, f->consts[i].name, f->consts[i].ast->name.span, "constant");
	for (unsigned i = 0; i < f->feature_count; i++) {
		shadow(c, f->features[i].name, f->features[i].span, "feature");
		if (model_find_const(f, f->features[i].name) >= 0)
			clash(c, f->features[i].name, f->features[i].span, "feature");
	}
	for (unsigned i = 0; i < f->param_count; i++) {
		shadow(c, f->params[i].name, f->params[i].span, "parameter");
		clash(c, f->params[i].name, f->params[i].span, "parameter");
	}
	for (unsigned i = 0; i < f->context_count; i++) {
		shadow(c, f->contexts[i].name, f->contexts[i].span, "context");
		if (model_find_param(f, f->contexts[i].name) < 0)
			clash(c, f->contexts[i].name, f->contexts[i].span, "context");
	}
	for (const struct model_attr *a = f->attrs; a; a = a->next) {
		struct span at = a->ast->kind == ST_ATTR ? a->ast->name.span : a->ast->names->name.span;

		shadow(c, a->name, at, "attribute");
		clash(c, a->name, at, "attribute");
	}
}
