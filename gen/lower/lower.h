/* SPDX-License-Identifier: MIT */
/*
 * lower.h - what the files of the lowering share
 *
 * lower.c goes through a checked description once, in the text's order, and
 * fills the plan; each lower_*.c turns one part of the language into numbers.
 * A part that cannot be lowered calls lower_fail(), which keeps the first
 * reason; the rest goes on with harmless values.
 */
#ifndef GEN_LOWER_LOWER_H
#define GEN_LOWER_LOWER_H

#include "dsl/arena.h"
#include "gen/plan.h"

#define CFG_MAX 96u

struct vec {                         /* a growing array in the arena */
	void *data;
	size_t count, room, size;
};

struct hidden_attr {                 /* an entry-only condition inside a deny line */
	const struct ast_expr *expr;
	struct hidden_attr *next;
};

struct lower {
	struct arena *arena;
	const struct model_format *f;
	struct plan *plan;
	struct ptg_format *out;      /* = &plan->format */
	const char *why;
	struct vec nodes, pieces, cfg, rows, checks, nexts, gathers, marks, denies, attr_nodes;
	struct vec enc_rights, enc_mem, kinds, rules, rule_texts, value_names, ignores, selects, attrs;
	struct vec externs, kind_models, roots, regs;
	struct hidden_attr *hidden;
	unsigned eval_size;          /* what `size` is worth in lower_eval() */
	struct ptg_space *eval_space; /* of lower_eval(): the contexts as they are by default */
	bool *tabled;                /* by deny line, in order */
	uint16_t *tabled_node;
	struct vec rule_keys;        /* what each rule belongs to */
	uint32_t fixed_mask, fixed_value; /* features that are constants */
	uint32_t fixed_param_mask;
	int64_t fixed_param[MODEL_PARAMS];
	uint64_t cfg_extent[CFG_MAX]; /* of each entry of cfg: the bits it can ever cover */
};

struct rule_key {                    /* rule of a clause (or map, deny, mark ...) of a kind (or NULL) */
	const void *kind, *what;
	uint16_t rule;
};

/* Where an expression stands, and how fields that are off read. */
enum scope_mode { SCOPE_RAW, SCOPE_DATA };

struct scope {
	enum scope_mode mode;
	const struct model_layout *layout;   /* fields, or NULL */
	const struct model_register *root;   /* root register whose fields are meant, or NULL */
	int level;                           /* index in the model's levels, -1 */
	int page;                            /* log2 of the page size, -1 */
	bool deny;                           /* hidden attributes are attributes here */
	bool *missing;                       /* set when a field is not in the layout; NULL: a failure */
	bool checked;                        /* bits that are zero while a feature is off were checked: read them as they are */
	uint16_t off_when;                   /* out: OR of "this field is off" over the fields read */
};

/* lower.c */
void lower_seal(struct lower *lo);
void *vec_add(struct lower *lo, struct vec *v, size_t size);
void lower_fail(struct lower *lo, const char *format, ...) __attribute__((format(printf, 2, 3)));

uint16_t lower_rule_for(struct lower *lo, const void *kind, const void *what, const char *name, const char *fault,
			int fault_class);
uint16_t lower_rule_of(const struct lower *lo, const void *kind, const void *what); /* PTG_NONE: none */
extern const char lower_zero_key[1], lower_skip_key[1], lower_napot_key[1], lower_low_key[1];
int lower_depth(const struct lower *lo, int level_index);

/* node.c */
uint16_t node_add(struct lower *lo, struct ptg_node n);
uint16_t node_const(struct lower *lo, uint64_t value);
uint16_t node_op(struct lower *lo, unsigned op, uint16_t a, uint16_t b);
uint16_t node_entry(struct lower *lo, unsigned at, unsigned width);
bool node_is_const(const struct lower *lo, uint16_t node, uint64_t *value);
const struct ptg_node *node_at(const struct lower *lo, uint16_t node);
uint16_t node_slice(struct lower *lo, uint16_t a, unsigned at, unsigned width);
uint16_t node_cat(struct lower *lo, uint16_t high, uint16_t low, unsigned low_width);
/* Entry bits and features a node depends on, and which operations it is made of. */
void node_support(const struct lower *lo, uint16_t node, uint64_t bits[2], uint32_t *features, uint32_t *ops);

/* bits.c */
unsigned bits_in(uint64_t x);
uint64_t spread(uint64_t mask, uint64_t n);
const char *bits_text(const struct lower *lo, unsigned entry_bits, const uint64_t bits[2]);

/* expr.c */
uint16_t lower_expr(struct lower *lo, struct scope *s, const struct ast_expr *e, unsigned *width);
uint16_t lower_in_set(struct lower *lo, struct scope *s, uint16_t value, const struct ast_set *set);
uint16_t lower_field(struct lower *lo, struct scope *s, const struct ast_field *f, unsigned frame, unsigned *width);
void lower_range(struct lower *lo, struct scope *s, const struct ast_slice *at, unsigned frame, int *hi, int *lo_bit,
		 uint16_t *hi_node, uint16_t *lo_node);
uint16_t lower_index_slice(struct lower *lo, struct scope *s, const struct ast_slice *at, unsigned *width);
uint16_t lower_register_pieces(struct lower *lo, struct scope *s, const struct ast_field *f, unsigned *width);
uint16_t lower_feature(struct lower *lo, const struct ast_expr *e, bool negated);

/* known.c */
struct known {                       /* bits of a value that are certain */
	uint64_t mask, value;
};

struct known_inputs {                /* bits of an entry, and features, that are known */
	uint64_t mask[2], value[2];
	uint32_t fmask, fvalue;
};

struct known lower_known(const struct lower *lo, const struct known_inputs *in, uint16_t node);
struct known known_truth(struct known a);    /* is it other than 0? */

/* cond.c: the rows of one kind at one level */
void lower_rows(struct lower *lo, uint16_t node, uint16_t kind, const struct model_kind *m, int level);

/* kind.c */
void lower_kind_rules(struct lower *lo);
void lower_kinds(struct lower *lo);

/* zero.c: must-be-zero masks of a kind */
void lower_zero(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s);

/* addr.c: arrows, sizes */
void lower_address(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s, int level);

/* One arrow, as a piece of the plan; `from` = lowest destination bit that counts. */
/* Smallest and largest value of a node over the extremes of all parameters. */
void lower_extremes(struct lower *lo, uint16_t node, uint64_t *lowest, uint64_t *highest);
void lower_piece(struct lower *lo, struct scope *s, const struct ast_field *f, const struct ast_piece *p, unsigned frame,
		 int from);
/* Pieces of the table that one alternative of a kind leads to (`-> big.vid[36:8]`). */
void lower_child_pieces(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s,
			const char *level, struct ptg_next *n);

/* eval.c: a node's value for an entry, attributes and config[0] under the default context, by the runtime's evaluator */
uint64_t lower_eval(struct lower *lo, uint16_t node, uint64_t config0, const uint64_t e[2], const uint64_t *attr);
unsigned lower_eval_rights(struct lower *lo, uint16_t node, uint64_t config0, const uint64_t e[2], const uint64_t *attr);
uint64_t lower_eval_access(struct lower *lo, uint16_t node, unsigned access);

/* attr.c: attributes, deny lines, marks */
void lower_attrs(struct lower *lo);
void lower_kind_attrs(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s);
void lower_kind_decisions(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s);
void lower_rule_texts(struct lower *lo);   /* rule_text.c; at the end */
void lower_rights_table(struct lower *lo);
void lower_place_rights(struct lower *lo); /* place.c; after the kinds */
uint16_t lower_map_reserved(struct lower *lo, const struct ast_stmt *map, struct scope *s);

/* encode.c: the inverse; after everything else */
void lower_encoder(struct lower *lo);

/* root.c */
void lower_registers(struct lower *lo);
void lower_roots(struct lower *lo);

#endif /* GEN_LOWER_LOWER_H */
