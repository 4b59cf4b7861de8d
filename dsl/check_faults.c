/* SPDX-License-Identifier: MIT */
/*
 * check_faults.c - names of faults
 *
 * A fault is declared by the line that can raise it.  `fault NAME is CLASS` and
 * `example ... = invalid NAME` only refer to one, so there a slip is an error.
 */
#include <string.h>

#include "dsl/check.h"

#define FAULTS_MAX 256u

struct faults {
	const char *names[FAULTS_MAX];
	size_t count;
};

static void add(struct faults *all, const char *name)
{
	if (!name)
		return;
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->names[i], name) == 0)
			return;
	if (all->count < FAULTS_MAX)
		all->names[all->count++] = name;
}

static void add_kinds(struct faults *all, const struct model_format *f)
{
	for (const struct model_kind *k = f->kinds; k; k = k->next) {
		if (k->role == ROLE_INVALID || k->role == ROLE_PASS)
			add(all, k->name);
		for (const struct ast_clause *c = k->ast->clauses; c; c = c->next) {
			add(all, c->fault.text);
			if (c->kind == CL_NAPOT)
				add(all, "misaligned");
			if (c->kind == CL_REQUIRE && !c->fault.text)
				add(all, "reserved_bits");
		}
	}
}

static void collect(struct faults *all, struct arena *a, const struct model_format *f)
{
	size_t n;
	const char *const *classes = model_class_names(&n);

	for (size_t i = 1; i < n; i++)          /* rules that the text gives no name: address, config ... */
		add(all, classes[i]);
	add(all, "address");
	add(all, "reserved_bits");
	add_kinds(all, f);
	for (const struct model_layout *l = f->layouts; l; l = l->next)
		add(all, l->fault);
	for (const struct model_stmts *s = f->denies; s; s = s->next)
		add(all, s->ast->fault.text);
	for (const struct model_stmts *s = f->marks; s; s = s->next)
		add(all, s->ast->fault.text);
	for (const struct model_stmts *s = f->maps; s; s = s->next) {
		add(all, s->ast->fault.text);
		if (s->ast->names)
			add(all, arena_printf(a, "reserved_%s", s->ast->names->name.text));
	}
	for (const struct model_stmts *r = f->roots; r; r = r->next)
		for (const struct ast_stmt *s = r->ast->body; s; s = s->next)
			add(all, s->fault.text);
}

static bool has(const struct faults *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->names[i], name) == 0)
			return true;
	return false;
}

static void refer(struct check *c, const struct faults *all, const struct ast_name *n)
{
	const char *close;

	if (!n->text || has(all, n->text))
		return;
	close = diag_did_you_mean(n->text, all->names, all->count);
	check_report(c, DIAG_UNKNOWN_NAME, n->span, close ? "no fault '%s'; did you mean '%s'?" : "no fault '%s': no line can raise it",
		     n->text, close);
}

static void class_name(struct check *c, const struct ast_name *n)
{
	size_t count;
	const char *const *names = model_class_names(&count);
	const char *close;

	if (!n->text || model_class_of_name(n->text) >= 0)
		return;
	close = diag_did_you_mean(n->text, names, count);
	check_report(c, DIAG_UNKNOWN_NAME, n->span, close ? "no class of faults '%s'; did you mean '%s'?" : "no class of faults '%s'",
		     n->text, close);
	if (!close)
		diag_help(c->d, "one of noncanonical, config, not_present, reserved, address_size, length, access_flag, dirty, permission, key, unreadable");
}

void check_fault_names(struct check *c)
{
	struct faults all = { .count = 0 };

	collect(&all, c->arena, c->f);
	for (const struct model_stmts *s = c->f->faults; s; s = s->next) {
		refer(c, &all, &s->ast->name);
		class_name(c, &s->ast->after);
	}
	for (const struct model_stmts *s = c->f->examples; s; s = s->next)
		if (s->ast->flag)
			refer(c, &all, &s->ast->name);
}
