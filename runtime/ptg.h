/* SPDX-License-Identifier: MIT */
/*
 * ptg.h - walk and change page tables described as data or as generated code
 *
 * Freestanding: needs <stdint.h>, <stdbool.h> and <stddef.h>, calls no libc,
 * allocates nothing, keeps no global state.  Valid C11 and C++11, independent
 * of -fshort-enums (structures hold fixed-width integers, functions return
 * int).  Terms: docs/glossary.md.
 *
 * Units: addresses and lengths in bytes; *_lg2 is a base-2 logarithm; ranges
 * are (va, len) here and [first, last] inside, so the last byte of a space is
 * reachable.  A level is its depth: 0 is the last table.
 */
#ifndef PTG_H
#define PTG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ptg_error { /* returned as int; append only */
	PTG_OK = 0,
	PTG_E_ARG = -1,          /* empty, overflowing, NULL, unknown flag */
	PTG_E_ALIGN = -2,        /* va, pa or len not a multiple of the smallest page */
	PTG_E_RANGE = -3,        /* outside the format's addresses, or across the canonical hole */
	PTG_E_HOLE = -4,         /* something in the range is not mapped */
	PTG_E_EXISTS = -5,       /* something in the range is mapped */
	PTG_E_NOMEM = -6,
	PTG_E_ATTR = -7,         /* the format cannot express it; ptg_attr_check() says what */
	PTG_E_SPLIT = -8,        /* the range cuts a large page or a group, and splitting was not allowed */
	PTG_E_CORRUPT = -9,      /* a reserved or impossible entry met while modifying */
	PTG_E_IO = -10,          /* the mapper failed */
	PTG_E_BUSY = -11,
	PTG_E_UNSUPPORTED = -12, /* an operation the mapper or the host lacks */
	PTG_E_FAULT = -13,       /* copy: an address does not translate */
	PTG_E_STOPPED = -14      /* a visitor asked to stop */
};

enum ptg_fault { /* the class; the description's own name is that of rules[t.rule] */
	PTG_F_NONE = 0,
	PTG_F_NONCANONICAL,
	PTG_F_CONFIG,            /* root or register no walk can start from */
	PTG_F_NOT_PRESENT,
	PTG_F_RESERVED,          /* reserved bits, misaligned large page, impossible encoding */
	PTG_F_ADDRESS_SIZE,
	PTG_F_LENGTH,            /* index beyond a table's limit */
	PTG_F_ACCESS_FLAG,
	PTG_F_DIRTY,
	PTG_F_PERMISSION,
	PTG_F_KEY,
	PTG_F_UNREADABLE         /* the mapper cannot reach a table */
};

/* A mask.  PTG_LOOK evaluates neither deny nor mark; READ|WRITE is an atomic. */
enum ptg_access { PTG_LOOK = 0, PTG_READ = 1, PTG_WRITE = 2, PTG_EXEC = 4, PTG_USER = 8 };

enum ptg_flag {
	PTG_MAP_REPLACE = 1,     /* default: refuse what exists */
	PTG_MAP_KEEP = 2,
	PTG_SPLIT_OK = 4,
	PTG_COLLAPSE_OK = 8,
	PTG_SKIP_HOLES = 16,     /* protect; unmap always may */
	PTG_NO_LARGE = 32,
	PTG_NO_CONTIG = 64,
	PTG_STREAM = 128,        /* new tables are out of cache: streaming stores */
	PTG_KEEP_TABLES = 256,
	PTG_TABLES_ONLY = 512,
	PTG_QUIET = 1024         /* the caller warrants that no hardware walks: plain stores */
};

enum ptg_right { /* ptg_attrs.rights and ptg_translation.rights */
	PTG_UR = 1, PTG_UW = 2, PTG_UX = 4, PTG_SR = 8, PTG_SW = 16, PTG_SX = 32,
	PTG_GLOBAL = 64, PTG_ACCESSED = 128, PTG_DIRTY = 256,
	PTG_HAS_MEMTYPE = 1 << 16, PTG_HAS_KEY = 1 << 17, PTG_HAS_SOFT = 1 << 18 /* in care only */
};

enum ptg_memtype {
	PTG_MT_DEFAULT = 0, PTG_MT_WB, PTG_MT_WT, PTG_MT_WC, PTG_MT_UC, PTG_MT_WP, PTG_MT_UC_MINUS,
	PTG_MT_NC, PTG_MT_DEVICE, PTG_MT_DEVICE_STRONG, PTG_MT_IO,
	PTG_MT_RAW = 0x8000      /* | the format's own index */
};

struct ptg_attrs {
	uint32_t rights;
	uint32_t care;           /* what is meant: map takes the format's default for the rest, protect leaves the rest */
	uint16_t memtype;
	uint8_t key;
	uint64_t soft;           /* in place, inside format->soft_mask */
};

struct ptg_space;
struct ptg_visitor;
struct ptg_flush;
struct ptg_mapper_ops {          /* priv first; never call back into the same space */
	void *(*map_table)(void *priv, uint64_t pa, size_t bytes);  /* NULL: unreadable; at most one per level at a time */
	void (*unmap_table)(void *priv, uint64_t pa, void *p, size_t bytes);
	int (*read_bytes)(void *priv, uint64_t pa, void *dst, size_t n);        /* 0 or negative, never partial */
	int (*write_bytes)(void *priv, uint64_t pa, const void *src, size_t n);
	int (*cas)(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired); /* live tables without a pointer */
	int (*alloc_table)(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa);  /* zeroed if PTG_ZEROED, else the runtime zeroes */
	void (*free_table)(void *priv, uint64_t pa, size_t bytes, unsigned level);
	int (*alloc_page)(void *priv, size_t bytes, uint64_t *pa);              /* one page of that size, contents untouched */
	void (*free_page)(void *priv, uint64_t pa, size_t bytes);
	void (*sync)(void *priv, uint64_t pa, size_t bytes);                    /* walkers that do not snoop: after the stores, before the parent's */
	int (*flush)(void *priv, struct ptg_flush *f);                          /* returns when no walker can hold what f lists */
};
struct ptg_mapper {
	const struct ptg_mapper_ops *ops;
	void *priv;
	void *window;            /* direct map of physical [window_pa, window_pa + window_size), or NULL */
	uint64_t window_pa, window_size;
	uint32_t flags;          /* PTG_ZEROED */
};
#define PTG_ZEROED 1u

/* The caller's, zeroed once; calls append.  See design.md section 4. */
#define PTG_FLUSH_RANGES 8
enum ptg_flush_reason {          /* a mask: ptg_range.reason, ptg_flush.reasons */
	PTG_FLUSH_NEW = 1,       /* only where the format caches invalid entries */
	PTG_FLUSH_UP = 2,        /* more rights: a stale entry faults, no more */
	PTG_FLUSH_DOWN = 4,      /* fewer rights, or unmapped, or a mark cleared */
	PTG_FLUSH_REPLACED = 8,  /* other address, size or memory type */
	PTG_FLUSH_TABLE = 16     /* a table is gone */
};
struct ptg_range { uint64_t va, last; uint8_t page_lg2, reason; }; /* page_lg2: the smallest page in it */
struct ptg_flush {
	uint32_t count;
	uint8_t reasons;
	uint8_t levels;          /* bit n: entries of tables of depth n changed */
	uint8_t all;             /* too many ranges: everything; count is 0 */
	uint8_t walk_cache;      /* entries that lead to tables changed */
	struct ptg_range range[PTG_FLUSH_RANGES];
	uint64_t *table;         /* freed tables, the caller's array */
	uint32_t table_cap, table_count;
	uint32_t left;           /* emptied tables that stay, for want of room here */
	uint32_t table_at[8];    /* how many of table[] are of depth n; deeper ones come first */
};

struct ptg_format;               /* the plan as data; documented, may be filled by hand (ptg_format_check) */
struct ptg_walker;               /* the operations of one format: F_walker, or ptg_generic_walker */
/*
 * Where a walk starts.  Filled by ptg_set_root(), F_set_root() or
 * ptg_space_init(); by hand for tables found elsewhere.
 */
struct ptg_root {
	uint64_t table;          /* physical address of the first table */
	uint8_t level;           /* its depth; 0 is the last table */
	uint8_t index_lg2;       /* width of its index in bits */
	uint8_t va_lg2;          /* address bits that count; the rest is checked */
	uint8_t flags;           /* PTG_ROOT_* and, from bit 2 on, the six rights taken away */
	uint32_t index_first, index_last; /* entries of the first table that exist, inclusive; all of them where the format has no `limit` */
	uint8_t sel_lo, sel_width; /* root[0]: address bits that choose the root, width 0: always root[0] */
	uint8_t sel_first;       /* root[0], two roots: root[1] from this value of the bits on; more roots: the value is the root */
	uint8_t rule;            /* of the root's deny line */
	uint8_t limit_rule;      /* fault of an index outside first..last */
	uint8_t config_rule;     /* fault of a root no walk can start from */
	uint8_t reserved_[2];
	uint64_t va_ignore;      /* address bits out of the check (top byte ignored) */
};
#define PTG_ROOT_VALID 1u
#define PTG_ROOT_BYPASS 2u       /* addresses are not translated */
#define PTG_ROOT_DENY_SHIFT 2

/*
 * A digest of the format under the features, parameters and contexts of one space,
 * made by ptg_space_update() for the generic walker alone (quick.c): what the common
 * walk asks of each level without looking at the plan.  It counts only while
 * config0 and ctx are those of the space.
 */
#define PTG_QUICK_NOTS 4
#define PTG_QUICK_ATTRS 7
struct ptg_quick_level {
	uint64_t table_mask, table_value, table_zero, table_addr; /* a table entry, the bits that are 0, its address */
	uint64_t page_mask, page_value, page_zero, page_addr;     /* the same of a page */
	uint64_t not_mask[PTG_QUICK_NOTS], not_value[PTG_QUICK_NOTS]; /* and what a page entry is not */
	uint8_t shift, next, table_shl, table_shr, page_shl, page_shr, page_lg2, not_count;
	uint16_t page_kind, page_rule, table_kind;
	uint8_t width, attr_bit[PTG_QUICK_ATTRS], attr_how[PTG_QUICK_ATTRS]; /* how: 0 the bit, 1 its negation, 2 zero, 3 one */
};
struct ptg_quick {
	uint64_t config0, ctx[4];
	uint8_t usable, big, entry_lg2, attr_count; /* usable: bit 0: pages with what tables have said, bit 1: pages with their rights */
	uint8_t up_bit[PTG_QUICK_ATTRS], up_how[PTG_QUICK_ATTRS]; /* tables: forces the attribute when the bit (1: its negation) is set; 2: never */
	uint8_t attr_or[PTG_QUICK_ATTRS], attr_index[PTG_QUICK_ATTRS]; /* combined by |; bit of the index into rights, 0xff: global */
	uint8_t mark_count, mark_access[2];
	uint16_t mark_right[2];
	uint64_t mark_mask[2], mark_value[2];
	struct ptg_quick_level level[8];
};

struct ptg_space {               /* read-only once set up */
	const struct ptg_format *format;
	const struct ptg_walker *walker;
	const struct ptg_mapper *mapper;
	struct ptg_root root[4]; /* [1]: the second half, where the format has one; more are rare */
	uint64_t ctx[4];         /* context bits and arrays, laid out by the format */
	uint64_t config[4];      /* masks computed once from params and features */
	uint64_t page_sizes;     /* bit n: pages of 2^n bytes may be used */
	uint32_t options, reserved_;
	const struct ptg_space *stage[2]; /* a two-stage pair: the spaces it composes, else NULL */
	uint8_t rights[64];      /* rights by attribute index, computed by ptg_space_update() */
	struct ptg_quick quick;
};

struct ptg_translation {
	uint64_t pa;             /* 0 on a fault */
	uint64_t entry, entry_hi, entry_pa; /* the deciding entry and where it was read, on a fault too */
	uint32_t rights;         /* effective: after inheritance, under the context */
	uint16_t memtype, rule;
	uint8_t fault, level, page_lg2, contig_lg2, key, stage, space, reserved_;
};

/*
 * The fast answer: two words, in registers on 64-bit hosts.  pa is 0 on a
 * fault; info packs what most callers want:
 *
 *   [7:0] enum ptg_fault   [15:8] page_lg2   [19:16] level   [23:20] stage and
 *   output space   [31:24] contig_lg2   [47:32] rights (enum ptg_right, UR..DIRTY)
 *   [63:48] rule
 */
struct ptg_hit { uint64_t pa, info; };
#define PTG_HIT_FAULT(h)  ((unsigned)((h).info & 0xff))
#define PTG_HIT_LG2(h)    ((unsigned)((h).info >> 8 & 0xff))
#define PTG_HIT_LEVEL(h)  ((unsigned)((h).info >> 16 & 0xf))
#define PTG_HIT_RIGHTS(h) ((unsigned)((h).info >> 32 & 0xffff))
#define PTG_HIT_RULE(h)   ((unsigned)((h).info >> 48))

/*
 * What one entry says, alone: its own rights, not those of the path.
 */
struct ptg_decoded {
	uint64_t pa;             /* page: where it maps to; table: where the next table is */
	uint32_t rights;         /* page: what it would grant if every table above were neutral */
	uint16_t memtype, rule;  /* rule: the kind's, or that of the check it fails */
	uint8_t fault;           /* enum ptg_fault */
	uint8_t role;            /* enum ptg_role */
	uint8_t level, page_lg2, contig_lg2, key, space;
	uint8_t next_level, next_lg2; /* table: depth and index width of the table below */
	uint8_t reserved_[3];
	uint64_t soft;
};

/*
 * The operations of one format.  Signatures are those of ptg_*, arguments
 * already checked.  A NULL member is done by the generic code.
 */
struct ptg_walker {
	const char *name;
	void (*update)(struct ptg_space *s); /* config[1..3] and rights from config[0] and ctx */
	struct ptg_hit (*lookup)(const struct ptg_space *s, uint64_t va, unsigned access);
	size_t (*lookup_many)(const struct ptg_space *s, const uint64_t *va, size_t n, unsigned access, struct ptg_hit *hit);
	enum ptg_fault (*translate)(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);
	enum ptg_fault (*access_mem)(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);
	int (*walk)(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg);
	int (*map)(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);
	int (*unmap)(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
	int (*protect)(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);
	int (*harvest)(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear, unsigned page_lg2, uint8_t *bitmap, struct ptg_flush *f);
	int (*decode)(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d);
	int (*encode)(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2]);
};
extern const struct ptg_walker ptg_generic_walker;

/*
 * Set up in steps, for whoever does not have the plain case of ptg_space_init():
 * ptg_space_setup() takes the format's default features, parameters and
 * contexts and no root; then ptg_space_config(), ptg_space_ctx(), ptg_set_root() in any
 * order.  config0 is laid out as ptg_plan.h says.
 */
int ptg_space_setup(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		    const struct ptg_mapper *mapper);
int ptg_space_config(struct ptg_space *s, uint64_t config0);       /* features and parameters; PTG_E_ARG out of range */
int ptg_space_feature(struct ptg_space *s, const char *name, bool on);      /* PTG_E_ARG: no such name */
int ptg_space_param(struct ptg_space *s, const char *name, unsigned value); /* PTG_E_ARG, PTG_E_RANGE */
int ptg_space_ctx(struct ptg_space *s, const char *name, uint64_t value);   /* a whole context array at once */
void ptg_space_update(struct ptg_space *s); /* after ctx or config[0] was changed by hand */

/*
 * Decode the root registers: regs[i] belongs to format->regs[i].  Features and
 * contexts that the description takes from registers are set too when their
 * bit in `given` is set.  Return: 0; PTG_E_ARG. A register that no walk can start
 * from is not an error: walks then report PTG_F_CONFIG.
 */
int ptg_set_root(struct ptg_space *s, const uint64_t *regs, uint32_t given);

/*
 * A two-stage pair: walks of `first` through `second`; both set up already, kept by pointer, and unchanged.
 * s is filled (it has no root of its own).  PTG_E_ARG: a NULL, or spaces whose formats are not format->stage[].
 */
int ptg_space_pair(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		   const struct ptg_space *first, const struct ptg_space *second);

/* One entry, by itself.  PTG_E_ARG: no such level.  encode writes a page entry for pa (or PTG_E_ATTR, PTG_E_ALIGN, PTG_E_RANGE). */
int ptg_decode(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d);
int ptg_encode(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2]);
int ptg_encode_table(const struct ptg_space *s, unsigned level, uint64_t table_pa, uint64_t entry[2]);

int ptg_space_init(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		   const struct ptg_mapper *mapper, uint64_t root_pa);

struct ptg_hit ptg_lookup(const struct ptg_space *s, uint64_t va, unsigned access);
size_t ptg_lookup_many(const struct ptg_space *s, const uint64_t *va, size_t n, unsigned access, struct ptg_hit *hit); /* how many had no fault */
enum ptg_fault ptg_translate(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t); /* everything */
enum ptg_fault ptg_access_mem(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t); /* as hardware: marks A and D */

int ptg_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);
struct ptg_sg { uint64_t pa, len; };
int ptg_map_sg(struct ptg_space *s, uint64_t va, const struct ptg_sg *sg, size_t n, const struct ptg_attrs *a, unsigned flags,
	       struct ptg_flush *f); /* the pieces one after the other from va on, all or nothing */
int ptg_alloc(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);
int ptg_unmap(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
int ptg_free(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f); /* frames too */
int ptg_protect(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);
int ptg_split(struct ptg_space *s, uint64_t va, uint64_t len, unsigned page_lg2, struct ptg_flush *f);
int ptg_collapse(struct ptg_space *s, uint64_t va, uint64_t len, struct ptg_flush *f);
int ptg_read(const struct ptg_space *s, uint64_t va, void *dst, size_t n, unsigned access, size_t *done);
int ptg_write(const struct ptg_space *s, uint64_t va, const void *src, size_t n, unsigned access, size_t *done);
int ptg_get_entry(const struct ptg_space *s, uint64_t va, uint64_t entry[2], unsigned *level);
int ptg_set_entry(struct ptg_space *s, uint64_t va, const uint64_t entry[2], struct ptg_flush *f);
int ptg_attr_check(const struct ptg_space *s, const struct ptg_attrs *a, unsigned page_lg2); /* 0, or the first bit of ptg_right that cannot be had */
void ptg_flush_done(struct ptg_space *s, struct ptg_flush *f);

struct ptg_need { uint32_t tables[8]; };
int ptg_plan_map(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t pa, unsigned flags, struct ptg_need *need);
int ptg_harvest(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what /* PTG_ACCESSED, PTG_DIRTY */, bool clear,
		unsigned page_lg2 /* of one bit */, uint8_t *bitmap, struct ptg_flush *f);

/* Walk with callbacks: entry (tables and leaves), hole, post (tables, after their children). */
enum ptg_verdict { PTG_GO = 0, PTG_SKIP = 1, PTG_STOP = 2, PTG_CHANGE = 3 /* ptg_walk_mut: store v->entry */ };
struct ptg_visit { uint64_t va, last, entry, entry_hi, entry_pa; uint8_t level, page_lg2, is_table, rule; };
struct ptg_visitor {
	enum ptg_verdict (*entry)(void *arg, struct ptg_visit *v);
	enum ptg_verdict (*hole)(void *arg, struct ptg_visit *v);
	enum ptg_verdict (*post)(void *arg, struct ptg_visit *v);
};
int ptg_walk(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg);
int ptg_walk_mut(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg, struct ptg_flush *f);

/* Cursor: one run a step, holes included, never merged; resumable. */
struct ptg_run { uint64_t va, last, pa, entry; uint32_t rights; uint16_t memtype, rule; uint8_t mapped, level, page_lg2, contig_lg2; };
struct ptg_cursor { const struct ptg_space *space; uint64_t next, last; uint64_t state[8]; };
int ptg_cursor_init(struct ptg_cursor *c, const struct ptg_space *s, uint64_t va, uint64_t len);
int ptg_next(struct ptg_cursor *c, struct ptg_run *run); /* 1: a run, 0: the end, negative: error */

#ifdef __cplusplus
}
#endif

#include "ptg_plan.h"
#include "ptg_mem.h"
#endif /* PTG_H */
