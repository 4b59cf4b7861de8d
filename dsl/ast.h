/* SPDX-License-Identifier: MIT */
/*
 * ast.h - a description as it was written
 *
 * The parser builds these and nothing else; names are not resolved, numbers
 * not computed.  Lists are singly linked in source order.  All of it lives
 * in the run's arena, strings are interned there and end with a NUL.
 */
#ifndef DSL_AST_H
#define DSL_AST_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "dsl/source.h"

struct arena;

struct ast_name {                    /* text NULL: absent */
	const char *text;
	struct span span;
};

/* The same name?  Those of a description are interned; others (of an option, of the language) are not. */
static inline bool name_is(const char *a, const char *b)
{
	return a == b || (*a == *b && strcmp(a, b) == 0);
}

struct ast_names {                   /* a list of names */
	struct ast_name name;
	struct ast_names *next;
};

/* --- expressions ---------------------------------------------------------- */

/* ORDER AST_EXPR: names in ast_dump.c */
enum ast_expr_op {
	EX_NUM,      /* value; width: digits of a 0b number, else 0 */
	EX_PATTERN,  /* 0b1x0: value, mask (1 = bit counts), width */
	EX_NAME,     /* name: field, attribute, feature, context, param, built-in, level, enum value */
	EX_DOT,      /* name.member: REG.FIELD, LEVEL.SPACE */
	EX_INDEX,    /* a[b] */
	EX_SLICE,    /* a[b:c]: b is written first, c second, as in the text */
	EX_CAT,      /* {x, y, ...}: list; high part first */
	EX_ELSE,     /* (a else b): the field a where the layout has it, else b */
	EX_OR,       /* a | b */
	EX_AND,      /* a & b */
	EX_NOT,      /* !a */
	EX_EQ,       /* a = b, or a = b except c (c: mask of bits that do not count; NULL: none) */
	EX_NE,       /* a != b */
	EX_IN,       /* a in set */
	EX_ADD,
	EX_SUB,
	EX_MUL
};

struct ast_set {                     /* `a, b..c`; hi NULL: a single value */
	struct ast_expr *lo, *hi;
	struct ast_set *next;
};

struct ast_expr {
	enum ast_expr_op op;
	struct span span;
	uint64_t value, mask;
	uint64_t high;               /* EX_NUM: bits 64 and up; 0 but for the entry of an example */
	unsigned width;
	const char *name, *member;
	struct ast_expr *a, *b, *c;
	struct ast_expr *list;       /* EX_CAT: first element */
	struct ast_expr *next;       /* in the list of an EX_CAT or of map values */
	struct ast_set *set;         /* EX_IN */
	unsigned height;             /* 1: a leaf; at most 200, so that walking it may recurse */
};

/* [hi:lo] or [bit] as written: `second` NULL for a single bit. */
struct ast_slice {
	struct ast_expr *first, *second;
	struct span span;
};

/* --- fields ----------------------------------------------------------------- */

enum ast_duty {
	DUTY_NONE,     /* meaningful: something must read it */
	DUTY_ZERO,     /* hardware faults when it is set */
	DUTY_ONE,      /* hardware faults when it is clear */
	DUTY_RES0,     /* the encoder writes 0, the walker does not look */
	DUTY_RES1,
	DUTY_IGNORED,
	DUTY_SOFT,
	DUTY_OVERLAY   /* meaningful, and may share bits */
};

/* `pa[55:12]`, `table[..]`, `sys[57:12]`, `big.vid[36:8]`, `table.vid[..]`: level NULL unless two names. */
struct ast_dest {
	const char *level, *space;
	struct ast_slice at;
	struct span span;
};

struct ast_piece {                   /* one `[hi:lo]` of a field; high part first */
	struct ast_slice at;         /* first NULL: `zero -> DEST`, a constant 0 source */
	struct ast_dest *dest;       /* NULL: no arrow */
	struct ast_piece *next;
};

struct ast_field {
	struct ast_name name;        /* text NULL: `-`, or `zero -> DEST` */
	struct span span;
	struct ast_piece *pieces;
	enum ast_duty duty;
	struct ast_expr *if_;        /* feature condition; NULL: always */
	enum ast_duty else_duty;     /* with if_: duty when it is off (DUTY_ZERO unless written) */
	struct ast_expr *when;       /* bits of this entry; NULL: always */
	struct ast_field *next;
};

/* --- kinds -------------------------------------------------------------------- */

enum ast_role { ROLE_TABLE, ROLE_PAGE, ROLE_INVALID, ROLE_PASS };

enum ast_clause_kind {
	CL_OF,           /* name */
	CL_AT,           /* levels */
	CL_WHEN,         /* expr */
	CL_OTHERWISE,
	CL_IF,           /* expr */
	CL_LOW_ZERO,     /* fault */
	CL_LOW_IGNORED,
	CL_LOW_ADDED,
	CL_NAPOT,        /* value 0 or 1, name = the field */
	CL_SIZE,         /* expr: log2 of the size */
	CL_NEXT,         /* expr: EX_NAME of a level or field, EX_NUM or an expression; unless */
	CL_SKIP_ZERO,
	CL_SKIP_IGNORED,
	CL_BITS,         /* expr (EX_IN where a set was written), fault */
	CL_REPEAT,       /* expr */
	CL_CONTIG,       /* expr: count; unless holds the `when` */
	CL_LIMIT,        /* slice of index; set; fault */
	CL_REQUIRE,      /* expr; fault.  `require size in ...` uses the name `size` */
	CL_ENCODE,       /* encodes */
	CL_TABLE_ADDED,
	CL_NOWHERE,
	CL_DUTY          /* duty, names: `zero A, D, U` in the body */
};

struct ast_levels {                  /* `4..1`, `pml5..pd`, `pd`: last NULL unless a range */
	struct ast_name first, last;
	struct ast_levels *next;
};

struct ast_encode {
	struct ast_name field;
	struct ast_expr *value;
	struct ast_encode *next;
};

struct ast_clause {
	enum ast_clause_kind kind;
	struct span span;
	struct ast_name name, fault;
	struct ast_expr *expr, *unless;
	struct ast_levels *levels;
	struct ast_slice slice;
	struct ast_set *set;
	struct ast_encode *encodes;
	struct ast_names *names;
	enum ast_duty duty;
	unsigned value;
	struct ast_clause *next;
};

/* --- statements ---------------------------------------------------------------- */

enum ast_stmt_kind {
	ST_VA,         /* expr, flag: signed */
	ST_VA_IGNORE,  /* slice, cond */
	ST_PA,         /* expr */
	ST_SPACE,      /* items: name, expr = bits */
	ST_ENTRY,      /* expr, flag: big */
	ST_BITS,       /* flag: msb0 */
	ST_TABLE_ADDED,
	ST_PARAM,      /* name, expr = default, set, from */
	ST_CONST,      /* name, expr = default, set (NULL: only computed), from */
	ST_FEATURE,    /* items: name, flag = off, source = EX_DOT or NULL */
	ST_CONTEXT,    /* items: name, count, width, expr = default or source (EX_NAME of a register), from = source beside a default */
	ST_LEVEL,      /* name, slice (of va, or of `by`), by, entry = bits, after, stride, cond = if */
	ST_LEVELS,     /* expr = count, slice */
	ST_FIELDS,     /* name, base, fields, fault */
	ST_REGISTER,   /* name, expr = bits or NULL, fields */
	ST_KIND,       /* role, name, clauses; group != 0: in that `first` */
	ST_ATTR,       /* name, expr, tables_op '&' '|' 'n' (none) or 0, tables, flag: decoded */
	ST_MAP,        /* expr, names, rows, fault */
	ST_DENY,       /* fault, cond */
	ST_MARK,       /* expr = field or field[i] or field[hi:lo], value (NULL: all ones), flag: in tables, on, cond = if, fault */
	ST_SELECT,     /* expr = EX_DOT, value; or set (`select REG.FIELD in SET`), value NULL */
	ST_ROOT,       /* name, expr = bits or NULL, cond = when, fields, body */
	ST_EXAMPLE,    /* expr = entry, after = level or absent, entry = the table entry above, ifs, flag: invalid, name = kind or
			  fault, base = class of the fault or absent, asserts; or expr NULL: items = va and registers, name = root */
	ST_FAULT,      /* name, after = class name */
	ST_FLUSH,      /* names */
	ST_EXTERN,     /* name, expr = bits */
	/* in the body of a root, beside ST_DENY and ST_VA_IGNORE */
	ST_TRIM,       /* expr */
	ST_ROOT_BITS,  /* expr, fault */
	ST_START,      /* expr, starts (NULL: the number is the level) */
	ST_BYPASS,     /* cond */
	ST_LIMIT,      /* slice of index, set, fault */
	ST_REQUIRE,    /* cond, fault: registers no walk can start from otherwise */
	/* in the body of a nest */
	ST_NEST_TABLES /* name = access as which the second stage sees reads of first-stage tables, cond = if */
};

struct ast_item {                    /* of space, feature, context, enum */
	struct ast_name name;
	struct ast_expr *expr, *count, *width, *from;
	bool flag;
	struct ast_item *next;
};

struct ast_map_value {               /* one value of a row */
	enum { MV_NONE, MV_EXPR, MV_COPY } kind; /* `-`; number or name; `[hi:lo]` of the code */
	struct ast_expr *expr;
	struct ast_slice copy;
	struct span span;
	struct ast_map_value *next;
};

struct ast_map_row {
	struct ast_expr *code;       /* EX_NUM or EX_PATTERN */
	bool reserved, alias;
	struct ast_map_value *values;
	struct span span;
	struct ast_map_row *next;
};

struct ast_start {                   /* `3 = r1;` */
	struct ast_expr *code;
	struct ast_name level;
	struct ast_start *next;
};

struct ast_code {                    /* `5 = 48;` */
	struct ast_expr *code, *value;
	struct ast_code *next;
};

struct ast_from {                    /* `from REG.F, REG.F { 0 = 32; ... }` */
	struct ast_expr *registers;  /* linked by next: one or two */
	struct ast_code *codes;      /* NULL: the field is the number */
	struct span span;
};

struct ast_if {                      /* `[if F, !G, CONTEXT NUM, va NUM]` of an example */
	struct ast_name feature;     /* or context, parameter, va */
	bool negated;
	struct ast_expr *value;      /* NULL: 1, or 0 when negated */
	struct ast_if *next;
};

struct ast_assert {                  /* `pa 0x..`, `w 1`, `memtype wb`, `big.vid 0x..` */
	struct ast_name name;        /* the part before a dot, or the whole */
	struct ast_name member;      /* the part after a dot */
	struct ast_expr *value;      /* EX_NUM or EX_NAME */
	struct ast_assert *next;
};

struct ast_stmt {
	enum ast_stmt_kind kind;
	struct span span;
	struct ast_name name, base, after, fault;
	struct ast_expr *expr, *cond, *value, *on, *by, *entry, *stride, *tables;
	char tables_op;
	bool flag;
	enum ast_role role;
	unsigned group;              /* of `first { }`, numbered from 1 in the format */
	struct ast_slice slice;
	struct ast_set *set;
	struct ast_item *items;
	struct ast_names *names;
	struct ast_field *fields;
	struct ast_clause *clauses;
	struct ast_map_row *rows;
	struct ast_start *starts;
	struct ast_from *from;
	struct ast_if *ifs;
	struct ast_assert *asserts;
	struct ast_stmt *body;
	struct ast_stmt *next;
};

/* --- files ---------------------------------------------------------------------- */

struct ast_format {
	struct ast_name name, base;  /* base.text NULL: none */
	const char *title;           /* the `##` lines before it or at the head of its file, joined by newlines; or NULL */
	struct span span;
	struct ast_stmt *stmts;
	struct ast_format *next;
};

struct ast_enum {
	struct ast_name name;
	struct ast_item *values;     /* expr NULL: one more than the one before, from 0 */
	struct ast_enum *next;
};

struct ast_nest {                    /* nest NAME = INNER over OUTER */
	struct ast_name name, first, second; /* first stage, second stage */
	const char *title;
	const struct ast_stmt *body; /* ST_NEST_TABLES, or NULL */
	struct ast_nest *next;
};

/* Everything that one run has read: the file asked for and its imports, each file once. */
struct ast {
	struct arena *arena;
	struct ast_format *formats;
	struct ast_enum *enums;
	struct ast_nest *nests;
	uint32_t main_file;          /* source number of the file asked for */
};

struct diag;

/*
 * Parse a file and what it imports.  Syntax errors, import cycles and files
 * that cannot be read are reported to d; the result holds what could be parsed.
 */
struct ast *ast_parse(struct sources *sources, struct diag *d, uint32_t file);

/* The same for one file: what it imports is not read. */
struct ast *ast_parse_alone(struct sources *sources, struct diag *d, uint32_t file);

/* The golden form of a parse (ast_dump.c). */
#include <stdio.h>
void ast_dump(const struct ast *ast, FILE *out);

#endif /* DSL_AST_H */
