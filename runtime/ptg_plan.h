/* SPDX-License-Identifier: MIT */
/*
 * ptg_plan.h - the plan: a page-table format as data
 *
 * `struct ptg_format` is what `ptgen` lowers a description to, what generated
 * files carry as `F_format`, and what the generic walker interprets.  It may
 * be filled by hand; ptg_format_check() refuses what makes no sense.  All of
 * it is constant data; arrays are counted, indexes are into the arrays of the
 * same format, and PTG_NONE in an index means "none".
 *
 * Bits are numbered from 0 = least significant, whatever the manual does; an
 * entry is two words, bit 64 and up in the second.  Levels are depths: 0 is
 * the last table.
 *
 * How a walk reads it
 * -------------------
 * 1. root[n] of the space gives table, level and index width; the address is
 *    checked (rule 1) and the root's index limits (rule `limit`).
 * 2. The entry at the level's index is read.  Its kind is the first row of
 *    levels[l].rows whose mask and value match the entry and whose features match.
 * 3. `table` and `page` kinds are checked: set `zero` bits, then checks[] in order
 *    (reserved rows of maps, require, low, limit, bits); each names its rule.
 * 4. A table: attributes accumulate, next[] is tried in order, go to 2.
 *    A page: address, attributes, rights; deny[] top to bottom; marks[].
 */
#ifndef PTG_PLAN_H
#define PTG_PLAN_H

#ifdef __cplusplus
extern "C" {
#endif

#define PTG_NONE 0xffffu
#define PTG_LEVELS 8             /* at most, in one format */
#define PTG_ATTRS 32             /* likewise */
#define PTG_NO_LEVEL 0xffu

/*
 * Expressions: nodes in one array, operands are node numbers lower than the
 * node's own.  Values are 64 bits wide; truth is 0 or 1.  A node that cannot be
 * evaluated where it stands is refused by ptg_format_check().
 * ORDER PTG_OP: append only; generated data, the generic walker and the C
 * printer share it.
 */
enum ptg_op {
	PTG_OP_CONST,    /* imm */
	PTG_OP_ENTRY,    /* entry bits [lo + width - 1 : lo]; lo is 0..127, width 1..64, inside one word or across */
	PTG_OP_VA,       /* address bits [lo + width - 1 : lo] */
	PTG_OP_INDEX,    /* index of the table entered next (or root table): bits [lo + width - 1 : lo] */
	PTG_OP_INDEX_TOP,/* the same, lo counted down from the top: the `width` bits that follow the first `lo` */
	PTG_OP_ACCESS,   /* (access & imm) != 0; imm of enum ptg_access */
	PTG_OP_ATTR,     /* value of attribute a, accumulated over the path */
	PTG_OP_FEATURE,  /* 1 when feature a is on */
	PTG_OP_PARAM,    /* value of parameter a */
	PTG_OP_CTX,      /* context bits [lo + width - 1 : lo] of the 256 in ctx[4] */
	PTG_OP_CTX_AT,   /* element b of a context array: `width` bits at lo + width * value(b) (value masked to `imm` elements - 1) */
	PTG_OP_REG,      /* register a, bits [lo + width - 1 : lo]; only while a root is set */
	PTG_OP_SIZE,     /* log2 of the page's size (`size` in require) */
	PTG_OP_EXTERN,   /* hook a of the value b */
	PTG_OP_NOT,      /* !a */
	PTG_OP_AND,      /* a & b, of truths */
	PTG_OP_OR,
	PTG_OP_EQ,
	PTG_OP_NE,
	PTG_OP_LE,       /* a <= b, unsigned */
	PTG_OP_ADD,      /* modulo 2^64 */
	PTG_OP_SUB,
	PTG_OP_MUL,
	PTG_OP_CAT,      /* a << width | b: b has `width` bits */
	PTG_OP_SLICE,    /* value a, bits [lo + width - 1 : lo] */
	PTG_OP_DSLICE,   /* value a, bits [value b : value c]; empty (b + 1 = c) is 0 */
	PTG_OP_BITAND,   /* a & b, of numbers (`= except`) */
	PTG_OP_COUNT_
};

struct ptg_node {
	uint8_t op, lo, width, reserved_;
	uint16_t a, b, c, reserved2_;
	uint64_t imm;
};

/* Bits of an entry (or register) that go to an address: dst[lo..] = src[lo..], `width` of them. */
struct ptg_piece {
	uint8_t src_lo, width, dst_lo, space; /* space: 0 pa, else an output space */
	uint16_t when;           /* node over the entry: only if true; PTG_NONE: always */
	uint16_t if_;            /* node over features: only if true */
	uint16_t hi, lo;         /* nodes: the source range [hi:lo] at run time; PTG_NONE: static.  dst_lo then goes with src_lo */
};

/* A range of bits that must be 0, decided when the space is set up. */
struct ptg_cfg_bits {
	uint8_t word;            /* config word it is part of (1..3) */
	uint8_t src_lo, width;   /* static range, numbered in 64 bits */
	uint8_t reserved_;
	uint16_t if_;            /* node over features: these bits count when true; PTG_NONE: always */
	uint16_t hi, lo;         /* nodes over parameters: range at run time; PTG_NONE: static */
	uint16_t reserved2_;
};

/* Row of a level's table of kinds: matches when every masked bit agrees. */
struct ptg_row {
	uint64_t mask, value, mask_hi, value_hi;
	uint32_t feature_mask, feature_value;
	uint16_t kind;           /* index in kinds[] */
	uint16_t extra;          /* node that must be true as well (extern); PTG_NONE: none */
};

struct ptg_check {               /* the entry passes when the node is true */
	uint16_t node, rule;
};

enum ptg_role { PTG_ROLE_INVALID, PTG_ROLE_TABLE, PTG_ROLE_PAGE, PTG_ROLE_PASS };

enum ptg_skip { PTG_SKIP_NONE, PTG_SKIP_ZERO, PTG_SKIP_IGNORED };

struct ptg_next {                /* one alternative of a table kind, in the order tried */
	uint8_t level;           /* depth; PTG_NO_LEVEL: value of by, a written level number, decides (levels[].number) */
	uint8_t reserved_;
	uint16_t by;             /* node */
	uint16_t unless;         /* node: not this way when true; PTG_NONE: never refused */
	uint16_t piece_first, piece_count; /* where this alternative's table is (pieces[]) */
};

/*
 * An inherited one-bit attribute in a table entry, quickly: acc |= (entry >> bit ^ invert) & 1 at `acc`.
 * A set accumulator bit means "a table has spoken": it forces an '&' attribute to 0 and an '|' attribute to 1.
 * Gathers cover all inherited attributes of the kind, or gather_count is 0 and attr_node[] is evaluated.
 */
struct ptg_gather {
	uint8_t bit;             /* of the entry, 0..127 */
	uint8_t invert;
	uint8_t acc;             /* accumulator bit = attribute index */
	uint8_t reserved_;
};

/* A bit (or bits) hardware sets: entry = (entry & ~mask) | value when an access for which `on` is true uses it. */
struct ptg_mark {
	uint64_t mask, value;    /* always in the low word */
	uint16_t on;             /* node over access */
	uint16_t if_;            /* node: hardware does it; PTG_NONE: always */
	uint16_t rule;           /* fault when !if_ and the bits differ; PTG_NONE: nothing happens then */
	uint16_t enabled;        /* node over features: the field exists; PTG_NONE: always.  Off: the line has no effect */
	uint8_t access;          /* accesses (mask of READ WRITE EXEC, in any privilege) for which `on` is true */
	uint8_t what;            /* 1: the accessed mark, 2: the dirty mark */
	uint8_t early;           /* its fault comes before the deny lines (Arm), not after them */
};

struct ptg_deny {                /* of one page kind, top to bottom */
	uint16_t node, rule;
	uint8_t tabled;          /* 1: counted in the table of rights; 0: evaluated for each entry */
	uint8_t reserved_;
	uint16_t guard;          /* node over the context alone: while false the line cannot fire; PTG_NONE: unknown */
};

/* What to store for wanted rights: the first row that matches is the one with the fewest bits set. */
struct ptg_enc_rights {
	uint32_t feature_mask, feature_value;
	uint8_t rights;          /* PTG_UR..PTG_SX under the default context */
	uint8_t reserved_[7];
	uint64_t value, value_hi;/* inside kind->rights_mask(_hi) */
};

struct ptg_enc_mem {             /* memory type or any other attribute with codes, in the order tried */
	uint64_t value, value_hi;/* bits to store, inside the mask of the attribute */
	uint32_t feature_mask, feature_value;
	uint16_t type;           /* enum ptg_memtype it gives, or PTG_NONE: ctx decides */
	uint8_t ctx_lo, ctx_width;  /* it gives ctx bits [ctx_lo + ctx_width - 1 : ctx_lo]; ctx_width 0: `type` */
};

/* One kind at one level, fully resolved. */
struct ptg_kind {
	const char *name;
	uint8_t role, level;
	uint16_t rule;           /* invalid, pass: its fault; page: the success rule; table: named in --steps */
	uint16_t zero_rule;      /* of set zero bits and clear `one` bits */

	/* checks */
	uint64_t zero, zero_hi;  /* must be 0 */
	uint64_t one, one_hi;    /* must be 1 */
	uint64_t zero_cfg[3], zero_cfg_hi[3]; /* & config[1..3] & entry must be 0 */
	uint16_t check_first, check_count;

	/* address: (entry & addr_mask) << addr_shl >> addr_shr when addr_simple, else pieces */
	uint64_t addr_mask;
	uint8_t addr_simple, addr_shl, addr_shr;
	uint8_t page_lg2;        /* page: its size; table: what the table below the entry spans */
	uint16_t piece_first, piece_count;
	uint8_t space;           /* output space of a simple address */
	uint8_t low_added;       /* page: pa is address + offset, carrying */
	uint8_t nowhere;         /* page: valid, without an address */
	uint8_t table_added;     /* table: base + index, not joined */
	uint64_t low_mask;       /* `low ignored`, napot: address bits not taken from the entry */

	/* size */
	uint8_t napot;           /* 0 no; 1: lowest 1 marks; 2: lowest 0 marks */
	uint8_t napot_src, napot_width; /* the field, in the entry */
	uint8_t napot_dst;       /* pa bit that its lowest bit feeds */
	uint8_t repeat_lg2;      /* entries that hold the same value: page_lg2 is the grown size */
	uint8_t contig_lg2;      /* hint: entries in a group; 0 none */
	uint16_t contig_when;    /* node over the entry */
	uint64_t contig_mask, contig_value, contig_clear; /* encoder: bits that set the hint, and to clear it */
	uint16_t size;           /* `size EXPR`: node for log2 of the size; PTG_NONE */
	uint16_t napot_rule;     /* fault when no mark is found */
	uint64_t sizes;          /* page: bit n: this kind can be a page of 2^n bytes; napot kinds have several */

	/* table */
	uint16_t next_first, next_count;
	uint16_t bits;           /* node: index width of the next table; PTG_NONE: the level's own */
	uint8_t skip;            /* enum ptg_skip */
	uint8_t bits_reserved_;
	uint16_t skip_rule;
	uint16_t gather_first, gather_count; /* inherited one-bit attributes, quick form */
	uint16_t attr_first;     /* attr_node[attr_first + i]: attribute i here; PTG_NONE: neutral, or none */

	/* page */
	uint16_t deny_first, deny_count;
	uint16_t mark_first, mark_count; /* pages and tables */
	uint64_t soft;           /* bits software may use, in place (low word) */

	/* encoder */
	uint64_t base, base_hi;  /* constants of this kind */
	uint64_t neutral, neutral_hi; /* table: most permissive inherited bits, with accessed marks set */
	uint64_t rights_mask, rights_mask_hi;
	uint16_t rights_first, rights_count;   /* enc_rights[] */
	uint64_t global_mask, global_value;    /* mask 0: no such bit */
	uint64_t accessed_mask, accessed_value, dirty_mask, dirty_value;
	uint64_t mem_mask, mem_mask_hi;
	uint16_t mem_first, mem_count;         /* enc_mem[] */
	uint8_t key_lo, key_width;             /* field of the key attribute; width 0: none */
	uint8_t encodable;                     /* 1: the encoder may write this kind */
	uint8_t encode_reserved_;
};

struct ptg_level {
	const char *name;        /* the manual's */
	uint8_t number;          /* as written in the description */
	uint8_t shift;           /* va bit of the index's lowest bit; also log2 of what one entry spans */
	uint8_t width;           /* index bits; 0: one entry */
	uint8_t entry_lg2;       /* log2 of the entry's bytes: 1 to 4 */
	uint8_t stride_lg2;      /* only every 2^n-th entry is used */
	uint8_t next;            /* depth of the table below, where a kind does not say; PTG_NO_LEVEL: none */
	uint8_t after;           /* depth of the table above; PTG_NO_LEVEL: first */
	uint8_t flags;           /* PTG_LEVEL_* */
	uint16_t by;             /* node over ctx that gives the index (`level by`); PTG_NONE: the address */
	uint16_t row_first, row_count;
};
#define PTG_LEVEL_ADDED 1u       /* entry address is base + index, not joined */

struct ptg_rule {
	const char *name;        /* `kind:leaf`, `deny:permission#2` */
	const char *fault;       /* the description's name of the fault; NULL where it is none */
	uint8_t fault_class;     /* enum ptg_fault */
};

struct ptg_attr {
	const char *name;
	uint8_t op;              /* '&', '|': combined over the path; 0: the leaf's own */
	uint8_t table_index;     /* bit of the index into space->rights; 0xff: not part of it */
	uint8_t width;           /* bits */
	uint64_t neutral;        /* where no table has a say: all its bits for '&' */
	uint16_t name_first, name_count; /* value_names[]: names of values (maps, enums) */
};

struct ptg_value_name {
	const char *name;
	uint64_t value;
	uint16_t memtype;        /* enum ptg_memtype the name stands for; PTG_MT_RAW | value otherwise */
};

struct ptg_feature_def {
	const char *name;
	uint8_t on;              /* default */
	uint8_t reserved_;
	uint16_t reg;            /* node over registers that gives it; PTG_NONE */
};

struct ptg_param_def {
	const char *name;
	uint8_t value, min, max; /* default and range */
	uint8_t shift;           /* where in config[0]: 8 bits at 32 + ...; ORDER config[0] below */
	uint16_t reg, limit;     /* nodes over registers: the smaller of those that are given, inside the range; PTG_NONE */
};

struct ptg_ctx_def {
	const char *name;
	uint8_t lo;              /* first bit in ctx[4] */
	uint8_t width;           /* of one element */
	uint16_t count;          /* elements; 1 for a scalar */
	uint64_t value;          /* default, all elements as the register holds them */
	uint16_t reg;            /* node over registers; PTG_NONE */
};

struct ptg_reg_def {
	const char *name;
	uint8_t bits;
};

struct ptg_root_def {
	const char *name;
	uint8_t reg;             /* its register */
	uint8_t sel_known;       /* 1: chosen by address bits [sel_hi:sel_lo] */
	uint16_t sel_hi, sel_lo; /* nodes over registers */
	uint64_t sel_value;      /* the root is taken when the bits equal it ... */
	uint8_t sel_not;         /* ... or, with 1, when they differ */
	uint16_t sel_node;       /* any other condition: node over VA and REG; sel_known is 0 then; PTG_NONE: none */
	uint8_t sel_span_lo, sel_span_width; /* sel_node: the address bits it can read, at most 8 */
	uint8_t skip;            /* enum ptg_skip for levels above the start */
	uint16_t piece_first, piece_count; /* table address, from the register */
	uint16_t check_first, check_count; /* zero bits, `bits`, ranges, require: the first that fails makes every walk from here fault with its rule */
	uint16_t trim;           /* node: bits of the address that count; PTG_NONE: va */
	uint16_t bits;           /* node: index width of the first table; PTG_NONE */
	uint16_t start;          /* node: depth of the first table (start rows already applied); PTG_NONE: by trim, or the top */
	uint16_t bypass;         /* node: addresses are not translated; PTG_NONE */
	uint16_t limit_lo, limit_hi; /* nodes: bounds of the limited part of the index; PTG_NONE: none */
	uint8_t limit_width;     /* the limited part: this many top bits of the index */
	uint8_t ignore_count;    /* va ignore ranges of this root: ignores[ignore_first..] */
	uint16_t limit_rule, ignore_first;
	uint16_t deny_first, deny_count;   /* denies[]: rights the root takes away */
	uint16_t config_rule;    /* a root that no walk can start from */
};

struct ptg_ignore {              /* address bits out of the check */
	uint8_t lo, width;
	uint16_t if_;            /* node over registers and features */
};

struct ptg_select {              /* register field that must have a value for this format */
	const char *reg, *field;
	uint16_t node;           /* the field's value; PTG_NONE: register not declared */
	uint16_t ok;             /* node: true when the register selects this format; PTG_NONE: compare with value */
	uint64_t value;          /* the value, or the first of the set */
};

struct ptg_space_def { const char *name; uint8_t bits; };

/* How an address is checked. */
enum ptg_va_check {
	PTG_VA_ZERO,             /* bits above are 0 */
	PTG_VA_SIGN,             /* bits above equal the top bit */
	PTG_VA_ROOT              /* bits from the root's selecting bit down to the top equal that bit */
};

#define PTG_FORMAT_BIG 1u            /* entries are big endian */
#define PTG_FORMAT_BBM 2u            /* a live entry goes through invalid */
#define PTG_FORMAT_CACHES_INVALID 4u /* new mappings need a flush */
#define PTG_FORMAT_PER_LEVEL 8u
#define PTG_FORMAT_DYNAMIC 16u       /* index widths come from entries; levels[] are steps */
#define PTG_FORMAT_MSB0 32u          /* the manual counts from the left: for printing only */
#define PTG_FORMAT_TABLES_WRITE 64u  /* a pair: the second stage sees reads of first-stage tables as writes (tables_mask) */

/*
 * config[0]: bit n = feature n (n < 24), then parameters, eight bits each from
 * bit 24 on (five of them).  config[1..3]: zero masks (cfg_bits), numbered in 64 bits.
 */
struct ptg_format {
	const char *name, *title;
	uint32_t flags;
	uint8_t va_bits, pa_bits, va_check, level_count;
	uint8_t top;             /* depth of the first table */
	uint8_t root_count, feature_count, param_count;
	uint8_t ctx_count, reg_count, attr_count, space_count;
	uint8_t global_attr, memtype_attr, key_attr; /* attributes of these meanings; 0xff none */
	uint16_t va_node, pa_node; /* nodes over parameters: va and pa bits when they are not fixed; PTG_NONE */
	uint8_t rights_bits;     /* width of the index into space->rights (at most 6); 0xff: too wide, deny lines are evaluated */
	uint16_t node_count, piece_count, cfg_count, row_count, check_count, next_count, gather_count;
	uint16_t mark_count, deny_count, enc_rights_count, enc_mem_count, kind_count, rule_count;
	uint16_t attr_node_count, value_name_count, ignore_count, select_count;
	uint16_t extern_count;
	uint16_t rights_deny_first, rights_deny_count; /* the tabled deny lines, in denies[]: nodes over ATTR, CTX, ACCESS, FEATURE */
	uint64_t soft_mask;      /* union over page kinds */
	uint64_t page_sizes;     /* bit n: pages of 2^n bytes exist, napot and repeated ones too (hinted groups are not pages) */
	uint64_t default_config0;

	const struct ptg_level *levels;      /* [depth] */
	const struct ptg_kind *kinds;
	const struct ptg_row *rows;
	const struct ptg_rule *rules;        /* [0] is "none", [1] "address" */
	const struct ptg_node *nodes;
	const struct ptg_piece *pieces;
	const struct ptg_cfg_bits *cfg;
	const struct ptg_check *checks;
	const struct ptg_next *nexts;
	const struct ptg_gather *gathers;
	const struct ptg_mark *marks;
	const struct ptg_deny *denies;
	const uint16_t *attr_node;
	const struct ptg_enc_rights *enc_rights;
	const struct ptg_enc_mem *enc_mem;
	const struct ptg_attr *attrs;
	const struct ptg_value_name *value_names;
	const struct ptg_feature_def *features;
	const struct ptg_param_def *params;
	const struct ptg_ctx_def *ctx;
	const struct ptg_reg_def *regs;
	const struct ptg_root_def *roots;
	const struct ptg_ignore *ignores;
	const struct ptg_select *selects;
	const struct ptg_space_def *spaces;  /* [0] is pa */
	const char *const *externs;
	uint64_t (*const *extern_fn)(const struct ptg_space *, uint64_t); /* [extern_count], or NULL */
	const struct ptg_format *stage[2];   /* a two-stage pair: first, second; else NULL */
	uint32_t tables_mask, tables_value;  /* PTG_FORMAT_TABLES_WRITE: where these features of the second stage are so */
};

/* 0, or PTG_E_ARG with *why set to a static text that says what is wrong. */
int ptg_format_check(const struct ptg_format *f, const char **why);

#ifdef __cplusplus
}
#endif
#endif /* PTG_PLAN_H */
