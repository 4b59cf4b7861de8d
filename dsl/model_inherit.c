/* SPDX-License-Identifier: MIT */
/*
 * model_inherit.c - one list of statements out of a format and its bases
 *
 * A statement of the derived format replaces the base's of the same name where
 * that one stands; what is new comes at the end, kinds at the end of the base's
 * `first` and before its `otherwise`.  Lines that only add (deny, mark, select
 * of another field, feature ...) are appended.
 */
#include <string.h>

#include "dsl/model_impl.h"

static bool same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_attribute(const struct ast_stmt *s)
{
	return s->kind == ST_ATTR || s->kind == ST_MAP;
}

static bool gives_attribute(const struct ast_stmt *s, const char *name)
{
	if (s->kind == ST_ATTR)
		return same_text(s->name.text, name);
	for (const struct ast_names *n = s->names; n; n = n->next)
		if (same_text(n->name.text, name))
			return true;
	return false;
}

/* All that `old` gives, `new` gives too. */
static bool covers_attributes(const struct ast_stmt *new, const struct ast_stmt *old)
{
	if (old->kind == ST_ATTR)
		return gives_attribute(new, old->name.text);
	for (const struct ast_names *n = old->names; n; n = n->next)
		if (!gives_attribute(new, n->name.text))
			return false;
	return true;
}

/* Does `new`, written in a derived format, take the place of `old`? */
static bool replaces(const struct ast_stmt *new, const struct ast_stmt *old)
{
	if (is_attribute(new) && is_attribute(old))
		return covers_attributes(new, old);
	if ((new->kind == ST_LEVELS && old->kind == ST_LEVEL) ||
	    (new->kind == ST_LEVEL && old->kind == ST_LEVELS))
		return true;
	if (new->kind != old->kind)
		return false;
	switch (new->kind) {
	case ST_VA:
	case ST_PA:
	case ST_ENTRY:
	case ST_BITS:
	case ST_TABLE_ADDED:
	case ST_LEVELS:
		return true;
	case ST_PARAM:
	case ST_CONST:
	case ST_LEVEL:
	case ST_FIELDS:
	case ST_REGISTER:
	case ST_KIND:
	case ST_ROOT:
	case ST_FAULT:
	case ST_EXTERN:
		return same_text(new->name.text, old->name.text);
	case ST_SELECT:
		return new->expr && old->expr && same_text(new->expr->name, old->expr->name) &&
		       same_text(new->expr->member, old->expr->member);
	default:
		return false;
	}
}

static struct model_merged *new_entry(struct model_build *b, const struct ast_stmt *s, unsigned group)
{
	struct model_merged *e = arena_alloc(b->arena, sizeof(*e));

	e->ast = s;
	e->owner = b->f;
	e->group = group;
	return e;
}

/* The base's list, copied: each format changes its own. */
static struct model_merged *copy_base(struct model_build *b)
{
	const struct model_format *base = b->f->base;
	struct model_merged *first = NULL, **tail = &first;

	if (!base)
		return NULL;
	for (const struct model_merged *m = base->merged; m; m = m->next) {
		/* Examples of a format that can be built were tried there. */
		if (m->ast->kind == ST_EXAMPLE && base->concrete)
			continue;
		*tail = arena_alloc(b->arena, sizeof(**tail));
		**tail = *m;
		(*tail)->next = NULL;
		tail = &(*tail)->next;
	}
	return first;
}

/* The one group that holds all inherited kinds, or 0. */
static unsigned only_group(const struct model_merged *list, const struct model_format *f)
{
	unsigned group = 0;

	for (const struct model_merged *m = list; m; m = m->next) {
		if (m->ast->kind != ST_KIND || m->owner == f)
			continue;
		if (!m->group || (group && m->group != group))
			return 0;
		group = m->group;
	}
	return group;
}

static bool has_otherwise(const struct ast_stmt *kind)
{
	for (const struct ast_clause *c = kind->clauses; c; c = c->next)
		if (c->kind == CL_OTHERWISE)
			return true;
	return false;
}

/* Where a new kind goes: before the inherited `otherwise` of its group, else after the group's last, else at the end. */
static struct model_merged **kind_place(struct model_build *b, struct model_merged **list, unsigned group)
{
	struct model_merged **place = NULL, **p;

	for (p = list; *p; p = &(*p)->next) {
		const struct model_merged *m = *p;

		if (m->ast->kind != ST_KIND || !group || m->group != group)
			continue;
		if (m->owner != b->f && has_otherwise(m->ast))
			return p;
		place = &(*p)->next;
	}
	return place ? place : p;
}

static struct model_merged **find_replaced(struct model_build *b, struct model_merged **list, const struct ast_stmt *s)
{
	for (struct model_merged **p = list; *p; p = &(*p)->next)
		if ((*p)->owner != b->f && replaces(s, (*p)->ast))
			return p;
	return NULL;
}

/* The place behind the last statement of this format with the kind's name, NULL: none yet. */
static struct model_merged **after_same_kind(struct model_build *b, struct model_merged **list, const struct ast_stmt *s)
{
	struct model_merged **place = NULL;

	for (struct model_merged **p = list; *p; p = &(*p)->next)
		if ((*p)->owner == b->f && (*p)->over && (*p)->ast->kind == ST_KIND &&
		    same_text((*p)->ast->name.text, s->name.text))
			place = &(*p)->next;
	return place;
}

static void insert(struct model_merged **place, struct model_merged *e)
{
	e->next = *place;
	*place = e;
}

/* Put `s` where what it replaces stands, and drop the rest of that. */
static bool replace(struct model_build *b, struct model_merged **list, const struct ast_stmt *s)
{
	struct model_merged **p = find_replaced(b, list, s);

	if (!p)
		return false;
	(*p)->over = (*p)->ast;
	(*p)->ast = s;
	(*p)->owner = b->f;
	while ((p = find_replaced(b, list, s)) != NULL)
		*p = (*p)->next;
	return true;
}

static void add_kind(struct model_build *b, struct model_merged **list, const struct ast_stmt *s, unsigned outside)
{
	struct model_merged **place = after_same_kind(b, list, s);
	unsigned group = s->group ? s->group : outside;
	struct model_merged *e = new_entry(b, s, group);

	if (place) {            /* a second `invalid` of one name: together, where the base's stood */
		const struct model_merged *before = *list;

		while (&before->next != place)
			before = before->next;
		e->group = before->group;
		e->over = before->over;
		insert(place, e);
		return;
	}
	insert(kind_place(b, list, group), e);
}

void model_inherit(struct model_build *b)
{
	struct model_merged *list = copy_base(b), **tail;
	unsigned outside = only_group(list, b->f);

	for (const struct ast_stmt *s = b->f->ast->stmts; s; s = s->next) {
		if (replace(b, &list, s))
			continue;
		if (s->kind == ST_KIND) {
			add_kind(b, &list, s, outside);
			continue;
		}
		for (tail = &list; *tail; tail = &(*tail)->next)
			;
		insert(tail, new_entry(b, s, 0));
	}
	b->f->merged = list;
}
