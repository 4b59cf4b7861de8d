/* SPDX-License-Identifier: MIT */
/*
 * model.h - a description with its names resolved
 *
 * One model_format per format of the files read, inheritance already applied:
 * what a derived format replaced is replaced in place, what it added stands
 * at the end (kinds of a base's `first`: before its `otherwise`).  Expressions
 * are still those of the AST; model_fold() computes the numeric ones for given
 * parameters, so that checks and lowering ask one place.
 *
 * All bit numbers here are LSB-0, whatever the file says; model_bit_text()
 * turns them back for messages.
 */
#ifndef DSL_MODEL_H
#define DSL_MODEL_H

#include "dsl/ast.h"
#include "dsl/diag.h"

#define MODEL_LEVELS 8
#define MODEL_FEATURES 24
#define MODEL_PARAMS 5
#define MODEL_CONSTS 24

struct model_space { const char *name; unsigned bits; struct span span; };   /* [0] is pa */

struct model_param {
	const char *name;
	int64_t value, min, max;     /* default, extremes of its set */
	const struct ast_set *set;
	struct span span;
	const struct ast_expr *reg;  /* REG.FIELD that gives it, or NULL */
	const struct ast_expr *limit; /* REG.FIELD that bounds it, or NULL */
	const struct ast_code *codes; /* what values of these fields stand for; NULL: themselves */
};

struct model_const {                 /* a number that is fixed while the description is read */
	const char *name;
	int64_t value, usual;        /* as set or as a register gives it; as written */
	const struct ast_stmt *ast;
};

/* `--set NAME=VALUE`, or with a dot in the name the value of a register: `pwcl.` */
struct model_setting {
	const char *name;
	uint64_t value;
};

struct model_feature {
	const char *name;
	bool off;                    /* default */
	const struct ast_expr *reg;  /* REG.FIELD, or NULL */
	struct span span;
};

struct model_context {
	const char *name;
	unsigned count, width, lo;   /* elements, bits of one, first bit in the space's 256 */
	uint64_t value;              /* default */
	const char *reg;             /* whole register, or NULL */
	struct span span;
	const struct ast_expr *source; /* EX_NAME of a register or EX_DOT of its field; NULL: the value */
};

struct model_field {
	const struct ast_field *ast;
	const char *name;            /* NULL: `-` */
	const char *layout;          /* where it was written */
	struct model_field *next;
	const struct ast_stmt *block; /* the same, as a statement */
};

struct model_layout {                /* fields, base's first */
	const char *name;
	struct model_field *fields;
	unsigned entry_bits;         /* frame of its bit numbers */
	const char *fault;           /* `fields NAME else FAULT`; NULL: reserved_bits */
	const struct ast_stmt *ast;
	struct model_layout *next;
	bool broken;                 /* its base was not found: it may lack fields */
};

struct model_level {
	const char *name;
	unsigned number;             /* in its name, else the depth */
	unsigned depth;              /* 0 = written last */
	int hi, lo;                  /* va bits; hi = lo - 1: empty; LSB-0 */
	const struct ast_expr *by;   /* `by EXPR[hi:lo]`; then hi, lo slice that */
	unsigned entry_bits, stride;
	int after;                   /* index of the level above in levels[], -1: first */
	const struct ast_stmt *ast;
};

struct model_kind {
	const struct ast_stmt *ast;
	const char *name;
	enum ast_role role;
	const struct model_layout *layout; /* NULL: uses e[..] only */
	uint32_t at;                 /* bit n: at levels[n] (index, first level = 0) */
	unsigned group;              /* of `first`, 0: unordered */
	bool off;                    /* constants leave it out: its own `if`, or those of all its levels */
	struct model_kind *next;     /* in the text's order after inheritance */
};

struct model_attr {                  /* `attr`, or one value of a `map` */
	const char *name;
	const struct ast_stmt *ast;  /* ST_ATTR or ST_MAP */
	unsigned map_value;          /* ST_MAP: which of its names */
	struct model_attr *next;
};

struct model_register {
	const char *name;
	const struct ast_stmt *ast;  /* ST_REGISTER or ST_ROOT */
	unsigned bits;               /* frame of its bit numbers */
	struct model_register *next;
};

struct model_stmts {                 /* statements that keep their order */
	const struct ast_stmt *ast;
	struct model_stmts *next;
};

struct model_format {
	const char *name, *title;
	const struct ast_format *ast;
	struct model_format *base;
	bool msb0, big, entry_given, table_added;
	bool concrete;               /* has levels: can be generated; a base without levels cannot */
	const struct ast_expr *va, *pa;  /* as written; may name a param */
	struct span va_span;
	bool va_signed;
	int64_t va_bits, pa_bits;    /* at the largest parameters */
	unsigned entry_bits;

	struct model_space spaces[4];
	unsigned space_count;
	struct model_param params[MODEL_PARAMS];
	unsigned param_count;
	struct model_const consts[MODEL_CONSTS];
	unsigned const_count;
	bool unusual;                /* some of them differ from what is written: examples say nothing */
	struct model_feature features[MODEL_FEATURES];
	unsigned feature_count;
	struct model_context contexts[32];
	unsigned context_count;
	struct model_level levels[MODEL_LEVELS]; /* as written, top first */
	unsigned level_count;
	struct { const char *name; unsigned before; } off[MODEL_LEVELS]; /* levels whose `if` is false: they would stand before levels[before] */
	unsigned off_count;
	bool dynamic;                /* `levels N dynamic` */
	struct model_layout *layouts;
	struct model_kind *kinds;
	struct model_attr *attrs;
	struct model_stmts *maps;    /* ST_MAP, each once */
	struct model_stmts *denies, *marks, *roots, *examples, *selects, *faults, *flushes, *externs, *ignores;
	struct model_register *registers; /* declared ones, and one for each root */
	const struct ast *file;      /* for enums */
	struct model_format *next;
	struct model_merged *merged; /* private to model*.c: the statements after inheritance */
	struct arena *arena;
	bool broken;                 /* an error was reported while it was resolved: no checks of its numbers */
};

struct model_nest {
	const char *name, *title;
	const struct model_format *first, *second;
	const struct ast_nest *ast;
	const struct ast_stmt *tables; /* `tables write`, or NULL: reads */
	struct model_nest *next;
};

struct model {
	struct arena *arena;
	const struct ast *ast;
	struct model_format *formats;
	struct model_nest *nests;
};

/* Resolve.  Unknown names, wrong widths of what is needed here, duplicates: reported to d; the result may then lack them. */
struct model *model_build(const struct ast *ast, struct diag *d);
/* The same, with constants set: to numbers, and by registers where they come from one. */
struct model *model_build_set(const struct ast *ast, const struct model_setting *settings, unsigned count, struct diag *d);
struct model_format *model_find(const struct model *m, const char *name);

/* --- numbers ------------------------------------------------------------------- */

struct model_config {                /* one choice of features and parameters */
	uint32_t features;           /* bit n: features[n] is on */
	int64_t params[MODEL_PARAMS];
};
void model_default_config(const struct model_format *f, struct model_config *c);

struct model_where {                 /* where an expression stands */
	const struct model_format *format;
	const struct model_config *config;
	int page;                    /* log2 of the page size here, -1: not known */
	int level;                   /* index in levels[], -1 */
};

/* A number made of literals, params, page, level and features only.  false: it is not. */
bool model_fold(const struct model_where *w, const struct ast_expr *e, int64_t *value);
/* The innermost sum, difference or product of numbers in `e` that is too large for one (then it is no number), and what to say of it. */
const struct ast_expr *model_overflow(const struct model_where *w, const struct ast_expr *e);
const char *model_overflow_text(const struct ast_expr *e);
/* Does the number depend on a parameter? */
bool model_uses_param(const struct model_format *f, const struct ast_expr *e);
/* A slice in a frame of `bits` bits, LSB-0; an empty range has hi = lo - 1.  false: not a number. */
bool model_range(const struct model_where *w, const struct ast_slice *s, unsigned bits, int *hi, int *lo);
/* Truth of a feature condition (features, !, &, |); e NULL is true. */
bool model_feature_true(const struct model_where *w, const struct ast_expr *e);

/* --- look-ups --------------------------------------------------------------------- */

const struct model_field *model_layout_field(const struct model_layout *l, const char *name);
const struct ast_field *model_register_field(const struct model_register *r, const char *name);
const struct model_register *model_find_register(const struct model_format *f, const char *name);
const struct model_level *model_find_level(const struct model_format *f, const char *name, int *index);
int model_find_feature(const struct model_format *f, const char *name);  /* -1 */
int model_find_param(const struct model_format *f, const char *name);    /* -1 */
int model_find_const(const struct model_format *f, const char *name);    /* -1 */
/* A level that `if` leaves out of this format. */
bool model_level_off(const struct model_format *f, const char *name, unsigned *before);
int model_find_context(const struct model_format *f, const char *name);  /* -1 */
int model_find_space(const struct model_format *f, const char *name);    /* -1; "pa" and "table" are 0 */
const struct model_attr *model_find_attr(const struct model_format *f, const char *name);
bool model_enum_value(const struct model_format *f, const char *name, uint64_t *value); /* in any enum, or a constant */
/* The clause of that kind, or NULL. */
const struct ast_clause *model_clause(const struct model_kind *k, enum ast_clause_kind kind);
/* log2 of what one entry of levels[index] spans (its page size). */
int model_page_lg2(const struct model_format *f, int index);
/* The level below levels[index] on its own path, -1: none. */
int model_next_level(const struct model_format *f, int index);
/* Class (enum ptg_fault) of a fault name: as declared, else `otherwise`. */
int model_fault_class(const struct model_format *f, const char *name, int otherwise);
/* The class with that name, -1: none; and all their names, for did-you-mean. */
int model_class_of_name(const char *name);
const char *const *model_class_names(size_t *count);
/* "[9:8]" or "[54:55]" in the file's own numbering. */
const char *model_bit_text(struct arena *a, const struct model_format *f, unsigned frame, int hi, int lo);

/* The named checks (check*.c).  Return: false when an error was reported. */
bool model_check(struct model *m, struct diag *d);

#endif /* DSL_MODEL_H */
