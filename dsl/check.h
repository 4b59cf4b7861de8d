/* SPDX-License-Identifier: MIT */
/*
 * check.h - what the files of the named checks share
 *
 * Private to dsl/check*.c.  A check is one function and one line in the table
 * of check.c, with the checks it builds on; it looks at one format at a time.
 * Conditions are evaluated here by an evaluator of their own, over bits that may
 * be unknown: nothing of it is shared with the lowering, so that the examples
 * of a description test that too.
 */
#ifndef DSL_CHECK_H
#define DSL_CHECK_H

#include "dsl/arena.h"
#include "dsl/model.h"

struct check {
	struct arena *arena;
	struct model *m;
	struct diag *d;
	const struct model_format *f;
	bool failed;                 /* the check that runs has reported an error */
	struct told { const void *what; enum diag_id id; struct told *next; } *told;
	const char *when;            /* of the features that are looked at: check_variant_text() */
	struct said { enum diag_id id; struct span at; const char *text; struct said *next; } *said;
};

/* True the first time it is asked in a format: what was told of one level is not told of the next. */
bool check_first(struct check *c, const void *what, enum diag_id id);
/* check_overflow.c: say so when this sum, difference or product of numbers is too large to be one. */
void check_overflow(struct check *c, const struct ast_expr *e);

/*
 * An error or a warning of the check that runs; notes and help follow by diag_note, diag_help.
 * What was said of the same place and differs only in the choice of features is not said again.
 */
void check_report(struct check *c, enum diag_id id, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* --- values of which some bits are unknown (check_expr.c) ------------------------ */

struct tri {
	uint64_t value, known;       /* bits of value count where known is 1, and are 0 elsewhere */
};

#define TRI_CONTEXT_WORDS 4

/* Where an expression stands, and what is known about its inputs. */
struct check_env {
	const struct model_format *f;
	const struct model_config *config;
	const struct model_layout *layout;   /* its fields may be named; NULL: none */
	const struct model_register *reg;    /* or the fields of a root */
	int level;                           /* index in levels[], -1 */
	bool raw;                            /* fields that are off read their bits, else 0 */
	unsigned entry_bits;
	uint64_t e[2], known[2];             /* the entry, or the root in e[0] */
	uint64_t ctx[TRI_CONTEXT_WORDS], ctx_known[TRI_CONTEXT_WORDS];
	uint64_t va, va_known;
	int access;                          /* CHECK_READ ... with CHECK_USER; -1: unknown */
	bool alone;                          /* attributes: no tables above (else their part is unknown) */
	bool above;                          /* attributes: the tables give `path` (bit n: attribute n) instead */
	uint64_t path, path_known;
	const uint64_t *tables;              /* or the tables' value of each attribute, numbers too */
	struct tri size;                     /* log2 of the page, for `size` in require */
	const struct ast_expr *dot;          /* REG.FIELD that has dot_value; NULL: registers are unknown */
	uint64_t dot_value;
	const uint64_t *regs;                /* or all registers, in the order of f->registers */
	unsigned depth;                      /* of attributes in attributes */
	bool gave_up;                        /* out: a search ended without an answer */
};

enum { CHECK_READ = 1, CHECK_WRITE = 2, CHECK_FETCH = 4, CHECK_USER = 8 };

void check_env_init(struct check_env *env, const struct model_format *f, const struct model_config *config,
		    const struct model_layout *layout, int level);
void check_env_entry(struct check_env *env, uint64_t low, uint64_t high); /* all bits known */

struct tri tri_number(uint64_t value);
struct tri tri_unknown(unsigned width);
bool tri_true(struct tri t);         /* certainly not 0 */
bool tri_false(struct tri t);        /* certainly 0 */
bool tri_exact(struct tri t);

/* The first name in it that is a field elsewhere but not in these fields, `else` parts considered; NULL: none. */
const struct ast_expr *check_missing(const struct check_env *env, const struct ast_expr *e);
struct tri check_eval(const struct check_env *env, const struct ast_expr *e);
/* The value of a field's bits, duty and conditions aside. */
struct tri check_field_bits(const struct check_env *env, const struct ast_field *f, unsigned frame);
struct tri check_attr_value(const struct check_env *env, const struct model_attr *a);
/* Is the field there under this configuration (its `if`)? */
bool check_field_on(const struct check_env *env, const struct ast_field *f);
/* As model_range(), with fields of roots and registers as far as they are known. */
bool check_range(const struct check_env *env, const struct ast_slice *s, unsigned frame, int *hi, int *lo);
struct model_where check_where(const struct check_env *env);
unsigned check_frame(const struct check_env *env); /* of the bit numbers of `layout` */

/* Bits of an expression's value, -1: a plain number (check_width.c). */
int check_width(const struct check_env *env, const struct ast_expr *e);
int check_field_width(const struct check_env *env, const struct ast_field *f, unsigned frame);
/* The row that a map has for a code, or NULL. */
const struct ast_map_row *check_map_row(const struct ast_stmt *map, uint64_t code);

/* --- searching entries (check_search.c) -------------------------------------------- */

struct check_cond {                  /* e NULL: true */
	const struct ast_expr *e;
	const struct model_layout *layout;
	bool want;
	bool data;                   /* fields that are off read 0, as in `deny`; else raw */
};

/*
 * Is there an entry for which every condition is as wanted?  env->e, env->known
 * are the start and, when there is one, the witness: unknown bits are free.
 * False with env->gave_up: not found within the allowed number of steps.
 */
bool check_search(struct check_env *env, const struct check_cond *conds, unsigned count);

/* Bits of the entry that an expression can read. */
void check_mentions(const struct check_env *env, const struct ast_expr *e, uint64_t bits[2]);

/* "V=1 T=0" for the fields of the layout that have known bits, and "0x1". */
const char *check_entry_text(const struct check *c, const struct check_env *env, const struct model_layout *layout);
const char *check_set_text(const struct check *c, const struct check_env *env, const struct model_layout *layout); /* only those not 0 */
const char *check_hex(struct arena *a, const uint64_t e[2]);

/* --- choices of features and parameters (check_variant.c) ------------------------------ */

struct check_variant {
	struct model_config config;
	bool largest;                /* every parameter has its largest value */
	/* private */
	const struct model_format *f;
	uint32_t features, params, next, count;
};

/* Features and parameters that an expression names. */
struct check_uses { uint32_t features, params; };
void check_uses_expr(const struct model_format *f, const struct ast_expr *e, struct check_uses *u);
void check_uses_layout(const struct model_format *f, const struct model_layout *l, struct check_uses *u);
void check_uses_kind(const struct model_format *f, const struct model_kind *k, struct check_uses *u);
void check_uses_level(const struct model_format *f, int level, struct check_uses *u); /* which kinds are there, and of what */

void check_variants(struct check_variant *v, const struct model_format *f, const struct check_uses *u);
bool check_variant_next(struct check_variant *v);
/* "with svnapot off" ..., or "" where the features are the defaults. */
const char *check_variant_text(struct check *c, const struct check_variant *v);

/* --- kinds ------------------------------------------------------------------------------- */

/* Does the kind exist at that level under that configuration? */
bool check_kind_here(const struct model_format *f, const struct model_kind *k, int level, const struct model_config *config);
const struct ast_expr *check_kind_when(const struct model_kind *k);
bool check_otherwise(const struct model_kind *k);
/* Levels that a walk can come to under that configuration: bit n is levels[n]. */
uint32_t check_reached(const struct check *c, const struct model_config *config);
/* Conditions under which an entry is of that kind at that level.  Return: how many. */
unsigned check_kind_conds(const struct model_format *f, const struct model_kind *k, int level,
			  const struct model_config *config, struct check_cond *conds, unsigned room);
/* Can an entry with the bits that are known be of that kind? */
bool check_possible(const struct check_env *env, const struct model_kind *k);
/* The kind of an entry that is known; NULL: none. */
const struct model_kind *check_kind_of(const struct check_env *env);

/* The level that a `next` names; false: its number is decided by the entry. */
bool check_next_level(const struct model_format *f, const struct ast_expr *e, const struct model_layout *l, int *level);
/* log2 of the table at a level. */
int check_table_lg2(const struct model_format *f, int level);
unsigned check_log2(uint64_t value);

/* Which duty a field has under this configuration; DUTY_NONE: meaningful. */
enum ast_duty check_duty(const struct check_env *env, const struct model_kind *k, const struct ast_field *f);
const char *check_duty_text(enum ast_duty duty);
/* Bits of an entry of kind k that must be 0, and that must be 1. */
void check_fixed_bits(const struct check_env *env, const struct model_kind *k, uint64_t zero[2], uint64_t one[2]);

/* An expression in the language's notation (check_text.c). */
const char *check_expr_text(struct arena *a, const struct ast_expr *e);
/* Does an attribute's value reach a `deny`? */
bool check_attr_denied(const struct model_format *f, const struct model_attr *a, const struct ast_stmt **deny);
/* Does the value not depend on the entry at all? */
bool check_no_fields(const struct model_format *f, const struct ast_expr *e);
/* Is the name used anywhere in the expression? */
bool check_names_in(const struct ast_expr *e, const char *name);

/* --- layouts (check_layout.c) ------------------------------------------------------------------ */

/* Call `each` once for every way in which the expressions come out; env then has the bits that decide it. */
void check_split(struct check *c, struct check_env *env, const struct ast_expr *const *exprs, unsigned count,
		 void (*each)(struct check *c, const struct check_env *env, void *arg), void *arg);
/* The `when`s of the fields that are there.  Return: how many. */
unsigned check_field_conditions(const struct check_env *env, const struct model_layout *l, const struct ast_expr **exprs, unsigned room);
/* Report what is wrong with a range inside `bits` bits.  Return: false when it is empty or cannot be used. */
bool check_range_fits(struct check *c, const struct ast_slice *s, int hi, int lo, unsigned frame, unsigned bits, const char *what,
		      const char *when);

/* Fault names in examples and `fault` lines (check_faults.c). */
void check_fault_names(struct check *c);


/* --- one entry, decoded on the description itself (check_decode.c) ------------------------------ */

struct check_decoded {
	const struct model_kind *kind; /* NULL: none matches */
	const char *fault;           /* NULL: the entry is good */
	uint64_t pa[4];              /* by space */
	bool has_pa[4];
	unsigned space;
	int size;                    /* log2, -1: not known */
	unsigned contig;             /* entries */
};

/* Contexts as a new space has them. */
void check_env_contexts(struct check_env *env);
/* What the deny lines leave of a page: bits 0 to 5 are user read, write, fetch, then supervisor. */
unsigned check_rights(const struct check_env *env);
/* Address bits that the fields give, by space; only arrows to that level, NULL: all. */
void check_arrows(const struct check_env *env, struct check_decoded *d, const char *level);
/* All bits of env's entry and contexts are known.  Only arena and f of c are used. */
void check_decode(struct check *c, struct check_env *env, struct check_decoded *d);

/* --- the checks ----------------------------------------------------------------------------- */

#define CHECK_FUNCTIONS(X) \
	X(names) X(words) X(clauses) X(shadowed) X(layouts) X(widths) X(levels) X(geometry) X(kinds) X(reached) X(sources) X(counts) \
	X(maps) X(attributes) X(missing) X(inherited) X(reserved_used) X(roots) X(selects) X(conditions) \
	X(unused) X(cost) X(encodes) X(examples)

#define X(name) void rule_##name(struct check *c);
CHECK_FUNCTIONS(X)
#undef X

#endif /* DSL_CHECK_H */
