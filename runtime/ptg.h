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
	PTG_E_ATTR = -7,         /* the format cannot express it, ptg_attr_check() says what; or a table above takes it away */
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
/*
 * The mapper: how the runtime reaches memory.  An operation that is NULL is not
 * there; what needs it returns PTG_E_UNSUPPORTED.  Rules for those who write one:
 *
 *  1. `priv` comes first; an operation never calls back into the same space.
 *  2. Addresses are physical, sizes bytes.  Tables in hostile memory can ask for
 *     any address: what is not there is NULL or negative, never undefined.
 *  3. map_table gives the host's view of `bytes` from pa on, as long as unmap_table
 *     has not been called; at most one a level at a time.  NULL: unreadable there;
 *     read_bytes and write_bytes are then tried.
 *  4. read_bytes and write_bytes do all or nothing: 0, or negative.
 *  5. cas compares and swaps `bytes` (2, 4, 8) whose values are words as the host
 *     reads them from that memory: 1 swapped; 0 it differed, *expected is what is
 *     there; negative: failed.
 *  6. alloc_table: 0 and *pa aligned to `align`, or negative (PTG_E_NOMEM).  Contents
 *     zero if the mapper says PTG_ZEROED, else the runtime clears them.
 *  7. flush returns 0 when no walker can hold what f lists any more, negative if it
 *     cannot be had.
 *
 * The window is the fast path for tables: memory at host address `window` that is
 * physical [window_pa, window_pa + window_size), both multiples of 16.  NULL and
 * size 0: none.
 */
struct ptg_mapper_ops {
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

/* The caller's, zeroed once; calls append.  After its own flush: ptg_flush_done(). */
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
	uint8_t sel_reserved_;
	uint8_t rule;            /* of the root's deny line */
	uint8_t limit_rule;      /* fault of an index outside first..last */
	uint8_t config_rule;     /* fault of a root no walk can start from */
	uint8_t reserved_;
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
	uint8_t one;             /* pages of the last table come and go one by one (one.c); bit 1: are written so, bit 2: get other rights so, too */
	uint8_t one_group;       /* size of the smallest group of them that is a page itself */
	uint64_t one_pa;         /* the addresses that they can have */
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
	uint64_t word[8];        /* masks that follow from config and ctx; for generated code, which says what each is */
	uint64_t heard[2];       /* the bits of table entries that count, by half of the space; for generated code */
	uint8_t rights[64];      /* rights by attribute index, computed by ptg_space_update() */
	uint16_t lacking[1024];  /* rights, marks and global that are not there, by bits gathered on the way; for generated code, which says which */
	uint32_t need[16];       /* by access, what must not be lacking; the highest bit always is: the short way of generated code is closed */
	struct ptg_quick quick;
};

struct ptg_translation {
	uint64_t pa;             /* 0 on a fault */
	uint64_t entry, entry_hi, entry_pa; /* the deciding entry and where it was read, on a fault too */
	uint32_t rights;         /* effective: after inheritance, under the context */
	uint16_t memtype, rule;  /* enum ptg_memtype; index into format->rules, of the stage under two stages */
	uint8_t fault;           /* enum ptg_fault */
	uint8_t level;           /* depth of the entry; 0 when none was read */
	uint8_t page_lg2;        /* log2 of the page's bytes; 0: not translated (bypass) */
	uint8_t contig_lg2;      /* log2 of the bytes of its contiguous group, 0: in none */
	uint8_t key;
	uint8_t stage;           /* 0: one stage; of two, the one that decided: 1, 2 */
	uint8_t space;           /* output space: 0 pa, else its index in format->spaces */
	uint8_t reserved_;
};

/*
 * The fast answer: two words, in registers on 64-bit hosts.  pa is 0 on a
 * fault; info packs what most callers want:
 *
 *   [7:0] enum ptg_fault   [15:8] page_lg2   [19:16] level   [21:20] output space
 *   [23:22] stage   [31:24] contig_lg2   [47:32] rights (enum ptg_right, UR..DIRTY)
 *   [63:48] rule
 *
 * On a fault page_lg2, contig_lg2 and rights are 0; all as in ptg_translation.
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
	/* The whole calls, with no argument checked but s: one page has a path of its own, all else goes to map and unmap. */
	int (*map_one)(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);
	int (*unmap_one)(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
};
extern const struct ptg_walker ptg_generic_walker;

/* --- setting up --------------------------------------------------------------- */

/*
 * The plain case: the format's defaults, and one table at root_pa in which every
 * walk starts, at the format's first level, with all address bits.  Of a format of
 * two halves that is the lower one.
 *
 * s is the caller's and is overwritten.  format, walker (NULL: the generic one) and
 * mapper are kept by pointer and must outlive s.  Nothing is read or allocated: the
 * table at root_pa is there, zeroed or filled.
 * Return: 0; PTG_E_ARG (a NULL, a window that is no multiple of 16); PTG_E_ALIGN (root_pa).
 */
int ptg_space_init(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		   const struct ptg_mapper *mapper, uint64_t root_pa);

/*
 * In steps: defaults, no root (walks report PTG_F_CONFIG until there is one); then
 * the calls below in any order.  mapper NULL: a space that only decodes and encodes.
 * Return: as above, less PTG_E_ALIGN.
 */
int ptg_space_setup(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		    const struct ptg_mapper *mapper);

/*
 * Features and parameters at once (ORDER config[0] in ptg_plan.h), one feature, one
 * parameter, one context (an array whole, as the register holds it; what does not fit is
 * cut off).  page_sizes becomes what the features allow.  Not for a space that others
 * are walking.
 * Return: 0; PTG_E_ARG (a NULL, no such name, for config0 also a value out of range);
 * PTG_E_RANGE (param: value).  On an error s is as it was.
 */
int ptg_space_config(struct ptg_space *s, uint64_t config0);
int ptg_space_feature(struct ptg_space *s, const char *name, bool on);
int ptg_space_param(struct ptg_space *s, const char *name, unsigned value);
int ptg_space_ctx(struct ptg_space *s, const char *name, uint64_t value);

/* What follows from config[0] and ctx, computed anew, after either was changed by hand. */
void ptg_space_update(struct ptg_space *s);

/*
 * Decode root registers: regs[i] is the value of format->regs[i], all of them.
 * Features, parameters and contexts that the description takes from registers are set when
 * bit i of `given` is set for each register they read; a parameter that two give becomes the
 * smaller, inside its range.  Roots whose own register is not
 * given stay without a table, unless `given` names no root register: then all are taken.
 * A register that no walk can start from is no error: walks report its fault.
 * Return: 0; PTG_E_ARG: a NULL.
 */
int ptg_set_root(struct ptg_space *s, const uint64_t *regs, uint32_t given);

/*
 * A two-stage pair: walks of `first` through `second`, both set up already and kept by
 * pointer.  s is overwritten; it has no root, contexts or mapper of its own.  Reading
 * works on it (not ptg_walk); to change, use the space of the stage.  Tables of the first
 * stage are read through the second, or written where the pair says so; ptg_access_mem()
 * marks the entries of both.
 * Return: 0; PTG_E_ARG: a NULL, or formats that are not format->stage[].
 */
int ptg_space_pair(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		   const struct ptg_space *first, const struct ptg_space *second);

/* --- one entry ------------------------------------------------------------------ */

/*
 * What an entry at that depth says.  entry[1] is 0 but for 128-bit entries.  A faulty entry
 * is no error: d->fault and d->rule say so.  A limit on an index below is not checked.
 * Return: 0; PTG_E_ARG: a NULL, no such level.
 */
int ptg_decode(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d);

/*
 * The entry of a page at pa of the level's own size; of a table at table_pa, with
 * its rights as permissive as can be and its accessed mark set.  Attributes that a->care
 * does not name: not global, accessed, dirty if it may be written, key 0, soft 0, the memory
 * type of code 0, and the fewest bits that give the rights that are named.
 * Return: 0; PTG_E_ARG (a NULL, no such level or kind there, unknown bits in care);
 * PTG_E_ATTR (ptg_attr_check() says what); PTG_E_ALIGN (pa of a page); PTG_E_RANGE (the entry cannot hold pa).
 * On an error entry[] is untouched.
 */
int ptg_encode(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2]);
int ptg_encode_table(const struct ptg_space *s, unsigned level, uint64_t table_pa, uint64_t entry[2]);

/*
 * Can pages of 2^page_lg2 bytes have these attributes?  Return: 0 yes; the first bit of
 * enum ptg_right that cannot be had; PTG_E_ARG: a NULL, no page of that size, unknown bits in care.
 */
int ptg_attr_check(const struct ptg_space *s, const struct ptg_attrs *a, unsigned page_lg2);

/* --- reading ---------------------------------------------------------------------- */

/*
 * Any address, any tables: the answer is a page or a fault, after at most one load an
 * entry and one entry a level (one more where a level has a second child).  No locks: others
 * may change tables meanwhile.  s, and the arrays, are not NULL; nothing is checked here.
 *
 * access: a mask of enum ptg_access.  Every access it names must be allowed; PTG_LOOK
 * (0) asks for none.  Nothing is stored; a mark that hardware would set is no fault.
 *
 * Which fault is reported: the first of address, root, each entry from the top down (kind, zero
 * bits, checks in the text's order), then marks that come early, deny lines, other
 * marks.  The rule tells the line.  PTG_F_UNREADABLE (rule 0): the mapper has no memory at
 * entry_pa.
 *
 * lookup: two words.  lookup_many: hit[i] for va[i], all n of them; how many had no fault.
 * translate: everything; a page that exists but forbids the access is described all the same
 * (rights, page_lg2, memtype, key), with pa 0.
 */
struct ptg_hit ptg_lookup(const struct ptg_space *s, uint64_t va, unsigned access);
size_t ptg_lookup_many(const struct ptg_space *s, const uint64_t *va, size_t n, unsigned access, struct ptg_hit *hit);
enum ptg_fault ptg_translate(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);

/*
 * The same as hardware makes the access: accessed and dirty marks are set by compare-and-swap
 * on the way down, tables first; an entry that changed meanwhile sends the walk back to
 * the root, 64 times at most.  Marks that the description leaves to software are a fault.
 * PTG_F_UNREADABLE also when a mark cannot be stored (no compare-and-swap there); on any
 * fault the page's own entry is unchanged.
 */
enum ptg_fault ptg_access_mem(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t);

/*
 * Bytes of the address space.  Each page is looked up with `access`; nothing is marked.
 * *done (may be NULL) is how many bytes were copied, from the first on, on an error too.
 * Return: 0; PTG_E_ARG (a NULL, va + n overflows); PTG_E_FAULT (va + *done does not translate);
 * PTG_E_IO (no memory behind it); PTG_E_UNSUPPORTED (the mapper cannot write).
 */
int ptg_read(const struct ptg_space *s, uint64_t va, void *dst, size_t n, unsigned access, size_t *done);
int ptg_write(const struct ptg_space *s, uint64_t va, const void *src, size_t n, unsigned access, size_t *done);

/*
 * The cursor: every address of (va, len), one run a step: what one entry says, a page or a
 * hole as wide as the entry; holes and pages are never merged.  The first and the last run are cut to
 * the range.  A page that takes several entries comes once an entry, with the whole size in page_lg2.
 * len UINT64_MAX means to the last byte of all.  A cursor is the caller's, holds no resources, may be copied, and
 * stays good while its space does.  Entries may change between steps; but it remembers the tables above c->next, so
 * none of these may have been freed (law of all readers). After that: ptg_cursor_init(&c, s, c.next, rest).
 *
 * ptg_cursor_init: 0; PTG_E_ARG (a NULL, empty, overflowing).
 * ptg_next: 1 and *run; 0 at the end; PTG_E_ARG.
 */
struct ptg_run {
	uint64_t va, last;       /* inclusive */
	uint64_t pa, entry;      /* pa of va, where mapped; the entry that decides (low word) */
	uint32_t rights;
	uint16_t memtype, rule;  /* rule of a hole: why; 0 unreadable, 1 outside the addresses */
	uint8_t mapped, level, page_lg2, contig_lg2;
};
struct ptg_cursor { const struct ptg_space *space; uint64_t next, last; uint64_t state[40]; };
int ptg_cursor_init(struct ptg_cursor *c, const struct ptg_space *s, uint64_t va, uint64_t len);
int ptg_next(struct ptg_cursor *c, struct ptg_run *run);

/*
 * The same, as many entries a call as go together; calls of the three may be mixed.  Pages go together when they
 * follow each other in va and agree in all but their address: rights (less those in `ignore`, such as
 * PTG_ACCESSED | PTG_DIRTY), memtype, rule, level, page_lg2, contig_lg2.  Of the ignored rights the run has those
 * that all pages have; entry is the first page's.  Holes go together when their rule is the same, whatever their
 * widths; level, page_lg2 and entry are those of the first.
 *
 * ptg_next_extent: and they follow each other in pa.  A space mapped to one piece of memory comes as one run.
 * 1 and *run; 0 at the end; PTG_E_ARG.
 * ptg_next_pages: pages wherever they lead, at most n of them: pa[i] is where va + i * ((last - va + 1) / count)
 * leads.  The count, at least 1, and *run; a hole is 1, pa[0] is 0; 0 at the end; PTG_E_ARG (also pa NULL, n 0).
 * What is in pa[] behind the count is undefined.
 *
 * 64-bit little-endian entries in the window are gone through at the speed of memory.
 */
int ptg_next_extent(struct ptg_cursor *c, struct ptg_run *run, unsigned ignore);
int ptg_next_pages(struct ptg_cursor *c, struct ptg_run *run, uint64_t *pa, size_t n, unsigned ignore);

/*
 * The visitor: `entry` for tables and pages, before what is below; `hole` for what translates
 * nothing, an entry that fails a check and an unreadable one among it; `post` for tables, after what is below.
 * A callback may be NULL.  A table that a `pass` entry stands for is visited without a call for
 * itself.  Verdicts: PTG_GO; PTG_SKIP: not below this table; PTG_STOP; PTG_CHANGE (ptg_walk_mut only).
 * Range as for the cursor.
 *
 * Of a two-stage pair: the tables and pages of the first stage as above, read through the second (no right
 * is asked for), and below each page the entries of the second stage that its addresses go through, from the root
 * of that stage on: its pages and holes are the leaves.  PTG_SKIP at a page of the first stage leaves these out.
 * An entry of the first stage that the second has no memory for is a hole of the second.
 *
 * ptg_walk: 0; PTG_E_STOPPED; PTG_E_ARG.
 */
enum ptg_verdict { PTG_GO = 0, PTG_SKIP = 1, PTG_STOP = 2, PTG_CHANGE = 3 };
struct ptg_visit {
	uint64_t va, last, entry, entry_hi, entry_pa; /* entry_pa is physical, under two stages too */
	uint8_t level, page_lg2, is_table, rule;
	uint8_t stage;           /* 0: one stage; of two, the one whose entry this is: 1, 2 */
	uint64_t ipa;            /* of two: stage 1: the entry's address, stage 2: that of va, between the stages */
};
struct ptg_visitor {
	enum ptg_verdict (*entry)(void *arg, struct ptg_visit *v);
	enum ptg_verdict (*hole)(void *arg, struct ptg_visit *v);
	enum ptg_verdict (*post)(void *arg, struct ptg_visit *v);
};
int ptg_walk(const struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg);

/*
 * The same, and PTG_CHANGE stores v->entry and v->entry_hi as the callback left them, then goes on below
 * what stands there now.  Stored by compare-and-swap (plainly with PTG_QUIET in s->options); an entry
 * that changed meanwhile is visited again.  In break-before-make formats a live entry goes through
 * invalid and ops->flush.  Tables that a change cuts off are the caller's.  f: as for ptg_map.
 *
 * Return: as ptg_walk; PTG_E_IO (a store or a flush failed); PTG_E_BUSY (64 times another value);
 * PTG_E_UNSUPPORTED (no compare-and-swap, no flush where one is needed, a two-stage pair).  What was changed before stays.
 */
int ptg_walk_mut(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_visitor *v, void *arg, struct ptg_flush *f);

/* --- changing ------------------------------------------------------------------------- */

/*
 * What all of these have in common.  (va, len) and pa in bytes, multiples of the smallest page; the
 * range inside one half.  A call does all or nothing (law 4), except for PTG_E_IO after its first
 * store: then a prefix is done and listed in f.
 *
 * f is the caller's, zeroed once; calls append what hardware may still hold.  The caller flushes, then
 * calls ptg_flush_done().  f NULL: the runtime calls ops->flush before it returns (PTG_E_ARG
 * without it, unless PTG_QUIET).  Formats that break before they make need ops->flush in any case.
 * Flags a call does not know are PTG_E_ARG.
 *
 * PTG_NO_LARGE and PTG_NO_CONTIG are known to all that take flags: they say what parts of a split page become.
 *
 * Errors of all: PTG_E_ARG (a NULL, empty, overflowing, flags, unknown bits in care), PTG_E_ALIGN, PTG_E_RANGE (outside
 * the addresses, across the hole between the halves, an address that entries cannot hold, be it that of a table from
 * alloc_table), PTG_E_NOMEM, PTG_E_CORRUPT (reserved or impossible entries in the way; a range that a table is below
 * itself in), PTG_E_IO, PTG_E_UNSUPPORTED (an operation the mapper or the host lacks, such as to change 128-bit entries
 * that hardware marks, live; a two-stage pair). Beyond these those of each call.
 *
 * Of several that apply one is told, by both walkers the same: first those of the addresses, PTG_E_ARG, PTG_E_ALIGN,
 * PTG_E_RANGE in this order (of a list piece by piece); then PTG_E_ARG of what else the call takes; when it makes new
 * pages, PTG_E_ATTR where none of any size can have the attributes; then, from va on, what is met first in the
 * tables; PTG_E_NOMEM last.
 */

/*
 * Map [va, va + len) to pa onwards, with the largest pages and groups that alignment, s->page_sizes and
 * flags allow.  a->care names what is meant; the rest is as for ptg_encode().
 * Flags: PTG_MAP_REPLACE or PTG_MAP_KEEP what exists, PTG_SPLIT_OK, PTG_COLLAPSE_OK, PTG_NO_LARGE, PTG_NO_CONTIG,
 * PTG_STREAM, PTG_KEEP_TABLES, PTG_TABLES_ONLY (make the tables, map nothing), PTG_QUIET.
 * PTG_E_EXISTS; PTG_E_ATTR; PTG_E_SPLIT (what exists would have to be cut).
 * A page takes the place of a page of its size, or of a table with what is below it, by one store an entry: at any
 * moment hardware finds the old translation or the new one.  Formats that break before they make, and entries of two
 * words, go through nothing mapped there.
 *
 * Tables made here grant everything.  Where a table (or root) of somebody else takes away what a->care names, or
 * adds to it, the page asked for cannot be had below it: PTG_E_ATTR before anything changes.  ptg_walk_mut() can
 * change that table.  ptg_protect() does the same; ptg_plan_map(), which knows no attributes, does not look.
 *
 * PTG_E_IO in the middle of a page or group held by several entries puts back what was written of it, and f lists
 * all of it.  Should the mapper fail at that as well, the entries may disagree: unmap the whole page.
 */
int ptg_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);

/* The pieces one after the other from va on, all or nothing. */
struct ptg_sg { uint64_t pa, len; };
int ptg_map_sg(struct ptg_space *s, uint64_t va, const struct ptg_sg *sg, size_t n, const struct ptg_attrs *a, unsigned flags,
	       struct ptg_flush *f);

/* Pages from ops->alloc_page and their mappings. Needs free_page, and flush or PTG_QUIET, to undo. Flags: as ptg_map, of a new range. */
int ptg_alloc(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);

/*
 * Take the pages away; holes are passed over.  Tables that become empty go to f->table (f->left counts
 * those that stay linked for want of room there).  Flags: PTG_SPLIT_OK, PTG_SKIP_HOLES (always so), PTG_KEEP_TABLES,
 * PTG_TABLES_ONLY (empty tables only), PTG_QUIET.  PTG_E_SPLIT.
 */
int ptg_unmap(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
/* The same, and the frames go to ops->free_page behind a flush (ops->flush, or PTG_QUIET). */
int ptg_free(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);

/*
 * Other attributes, those that a->care names; the rest stays, marks that hardware sets meanwhile too.
 * Flags: PTG_SPLIT_OK, PTG_COLLAPSE_OK, PTG_SKIP_HOLES, PTG_KEEP_TABLES, PTG_QUIET.  PTG_E_HOLE; PTG_E_ATTR; PTG_E_SPLIT.
 */
int ptg_protect(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags, struct ptg_flush *f);

/* Pages larger than 2^page_lg2 become smaller, translations unchanged; holes are passed over. PTG_E_ARG: page_lg2. */
int ptg_split(struct ptg_space *s, uint64_t va, uint64_t len, unsigned page_lg2, struct ptg_flush *f);
/* Small pages that say the same become large ones or groups where they can; the rest is left. PTG_E_BUSY: changed meanwhile. */
int ptg_collapse(struct ptg_space *s, uint64_t va, uint64_t len, struct ptg_flush *f);

/*
 * The entry that decides about va.  Return: 0: a page; PTG_E_HOLE: nothing is mapped there, entry and level are
 * set all the same; PTG_E_RANGE; PTG_E_CORRUPT; PTG_E_IO.
 * And to replace it: by a page of the size that is there, or by something not present (a payload).
 * PTG_E_ARG: a table, or reserved; PTG_E_HOLE: no last table there; PTG_E_SPLIT: a member of a group.
 */
int ptg_get_entry(const struct ptg_space *s, uint64_t va, uint64_t entry[2], unsigned *level);
int ptg_set_entry(struct ptg_space *s, uint64_t va, const uint64_t entry[2], struct ptg_flush *f);

/* After the caller's flush: the tables in f go to ops->free_table, and f is as new (its array stays). */
void ptg_flush_done(struct ptg_space *s, struct ptg_flush *f);

/* How many tables of each depth ptg_map() would ask for now.  Errors as ptg_map; need is then all 0. */
struct ptg_need { uint32_t tables[8]; };
int ptg_plan_map(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t pa, unsigned flags, struct ptg_need *need);

/*
 * Which pages were used or written: what is PTG_ACCESSED or PTG_DIRTY; bit n of the bitmap is set (never cleared)
 * when a page in [va + (n << page_lg2), ...) has the mark; NULL: nobody wants to know.  clear: and the mark is cleared, atomically, but of a page
 * that the range covers in part.  On an error the bitmap may have part of the bits.
 */
int ptg_harvest(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear, unsigned page_lg2, uint8_t *bitmap,
		struct ptg_flush *f);

#ifdef __cplusplus
}
#endif

#include "ptg_plan.h"
#include "ptg_mem.h"
#endif /* PTG_H */
