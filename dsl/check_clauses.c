/* SPDX-License-Identifier: MIT */
/*
 * check_clauses.c - each clause of a kind stands where it means something, once
 */
#include <string.h>

#include "dsl/check.h"

#define BIT(k) (1u << (k))

static const struct {
	const char *text;
	bool table, page, fault; /* roles: `invalid` and `pass` are both faults */
	bool often;              /* may be written several times */
} clauses[] = {
	[CL_OF] = { "of", true, true, true, false },
	[CL_AT] = { "at", true, true, true, false },
	[CL_WHEN] = { "when", true, true, true, false },
	[CL_OTHERWISE] = { "otherwise", true, true, true, false },
	[CL_IF] = { "if", true, true, true, false },
	[CL_LOW_ZERO] = { "low zero", true, true, false, false },
	[CL_LOW_IGNORED] = { "low ignored", true, true, false, false },
	[CL_LOW_ADDED] = { "low added", false, true, false, false },
	[CL_NAPOT] = { "size napot", false, true, false, false },
	[CL_SIZE] = { "size", false, true, false, false },
	[CL_NEXT] = { "next", true, false, false, true },
	[CL_SKIP_ZERO] = { "skip zero", true, false, false, false },
	[CL_SKIP_IGNORED] = { "skip ignored", true, false, false, false },
	[CL_BITS] = { "bits", true, true, false, false },
	[CL_REPEAT] = { "repeat", false, true, false, false },
	[CL_CONTIG] = { "contig", false, true, false, false },
	[CL_LIMIT] = { "limit", true, true, false, false },
	[CL_REQUIRE] = { "require", true, true, false, true },
	[CL_ENCODE] = { "encode", true, true, true, true },
	[CL_TABLE_ADDED] = { "table added", true, false, false, false },
	[CL_NOWHERE] = { "nowhere", false, true, false, false },
	[CL_DUTY] = { "a list of duties", true, true, false, true },
};

static const char *const roles[] = {
	[ROLE_TABLE] = "a table", [ROLE_PAGE] = "a page", [ROLE_INVALID] = "an invalid entry", [ROLE_PASS] = "a pass",
};

/* Of these only one can hold. */
static const uint32_t alternatives[] = {
	BIT(CL_WHEN) | BIT(CL_OTHERWISE),
	BIT(CL_LOW_ZERO) | BIT(CL_LOW_IGNORED) | BIT(CL_LOW_ADDED),
	BIT(CL_NAPOT) | BIT(CL_SIZE),
	BIT(CL_SKIP_ZERO) | BIT(CL_SKIP_IGNORED),
};

static bool meant(enum ast_role role, enum ast_clause_kind kind)
{
	return role == ROLE_TABLE ? clauses[kind].table : role == ROLE_PAGE ? clauses[kind].page : clauses[kind].fault;
}

static void repeated(struct check *c, const struct model_kind *k, const struct ast_clause *cl)
{
	for (const struct ast_clause *x = k->ast->clauses; x != cl; x = x->next) {
		bool excluded = false;

		for (size_t i = 0; i < sizeof(alternatives) / sizeof(alternatives[0]); i++)
			excluded |= x->kind != cl->kind && alternatives[i] & BIT(x->kind) && alternatives[i] & BIT(cl->kind);
		if (!excluded && (x->kind != cl->kind || clauses[cl->kind].often))
			continue;
		if (excluded)
			check_report(c, DIAG_MISPLACED_CLAUSE, cl->span, "kind '%s' says '%s', but already '%s'", k->name, clauses[cl->kind].text,
				     clauses[x->kind].text);
		else
			check_report(c, DIAG_MISPLACED_CLAUSE, cl->span, "kind '%s' says '%s' twice", k->name, clauses[cl->kind].text);
		diag_note(c->d, x->span, "the first is here");
		return;
	}
}

static bool has_arrow(const struct model_field *f)
{
	for (const struct ast_piece *p = f ? f->ast->pieces : NULL; p; p = p->next)
		if (p->dest && p->at.first)
			return true;
	return false;
}

/* The mark of a size stands in the bits of an address. */
static void napot(struct check *c, const struct model_kind *k, const struct ast_clause *cl)
{
	const struct model_field *f = model_layout_field(k->layout, cl->name.text);

	if (!f || has_arrow(f))
		return;
	check_report(c, DIAG_MISPLACED_CLAUSE, cl->name.span, "'size napot' looks for its mark in an address, but '%s' has no arrow", f->name);
	diag_note(c->d, f->ast->span, "'%s' is here", f->name);
}

/* How many bits index a table is said by the entry only where the levels leave it open. */
static void index_bits(struct check *c, const struct model_kind *k, const struct ast_clause *cl)
{
	if (c->f->dynamic || !c->f->level_count)
		return;
	check_report(c, DIAG_MISPLACED_CLAUSE, cl->span, "kind '%s' says how many bits index the table below, but the levels say so already", k->name);
	diag_note(c->d, c->f->levels[0].ast->name.span, "levels of any width are 'levels N dynamic va[..]'");
}

/* `pass` turns to the table beside this one: there must be one. */
static void passes(struct check *c, const struct model_kind *k)
{
	for (unsigned i = 0; i < c->f->level_count; i++) {
		bool beside = false;

		for (unsigned j = 0; j < c->f->level_count; j++)
			beside |= j != i && c->f->levels[j].after == c->f->levels[i].after;
		if (!(k->at >> i & 1) || beside)
			continue;
		check_report(c, DIAG_MISPLACED_CLAUSE, k->ast->name.span, "'pass %s' says to look in the other table, but level %s has none beside it", k->name,
			     c->f->levels[i].name);
		diag_help(c->d, "say 'invalid %s'", k->name);
		return;
	}
}

void rule_clauses(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (const struct ast_clause *cl = k->ast->clauses; cl; cl = cl->next) {
			if (!meant(k->role, cl->kind))
				check_report(c, DIAG_MISPLACED_CLAUSE, cl->span, "'%s' says nothing for %s", clauses[cl->kind].text, roles[k->role]);
			else
				repeated(c, k, cl);
			if (cl->kind == CL_NAPOT)
				napot(c, k, cl);
			if (cl->kind == CL_BITS && k->role == ROLE_TABLE)
				index_bits(c, k, cl);
		}
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		if (k->role == ROLE_PASS)
			passes(c, k);
}
