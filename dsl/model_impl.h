/* SPDX-License-Identifier: MIT */
/*
 * model_impl.h - what the files that build the model share
 *
 * Private to dsl/model*.c.  A format is resolved in steps, each in its own
 * file: inheritance makes one list of statements of it (model_inherit.c), then
 * declarations, levels, layouts, kinds and attributes are read from that list.
 */
#ifndef DSL_MODEL_IMPL_H
#define DSL_MODEL_IMPL_H

#include "dsl/arena.h"
#include "dsl/model.h"

/* A statement of a format after inheritance. */
struct model_merged {
	const struct ast_stmt *ast;
	const struct model_format *owner; /* the format it was written in */
	const struct ast_stmt *over;      /* what it replaced, or NULL */
	unsigned group;                   /* kinds: of `first`, 0: unordered */
	struct model_merged *next;
};

struct model_build {
	struct arena *arena;
	struct diag *d;
	struct model *m;
	struct model_format *f;           /* the format that is being resolved */
	const struct model_setting *settings;
	unsigned setting_count;
	bool told_many;                   /* that the format has too many of something: once is enough */
};

/* The base's statements, replaced in place and continued by the format's own. */
void model_inherit(struct model_build *b);

void model_consts(struct model_build *b);       /* after parameters and registers */
void model_declarations(struct model_build *b); /* va, pa, entry, spaces, params, features, contexts, registers */
void model_levels(struct model_build *b);
void model_layouts(struct model_build *b);
void model_kinds(struct model_build *b);
void model_attrs(struct model_build *b);        /* attributes, maps and the statements that keep their order */

/* The bit set of levels that an `at` names. */
uint32_t model_at(struct model_build *b, const struct ast_levels *list);

/* An error about the format: reported, and the format is marked so that checks of its numbers leave it out. */
void model_error(struct model_build *b, enum diag_id id, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* "no WHAT 'word' in format 'f'", with the closest of `names`. */
void model_unknown(struct model_build *b, struct span at, const char *what, const char *word,
		   const char *const *names, size_t count);

/* A number of the format at its default configuration; reports what is not one.  Return: the value, or `otherwise`. */
int64_t model_number(struct model_build *b, const struct ast_expr *e, const char *what, int64_t otherwise);

/* The largest value over the extremes of the parameters. */
bool model_largest(const struct model_format *f, const struct ast_expr *e, int64_t *value);

#endif /* DSL_MODEL_IMPL_H */
