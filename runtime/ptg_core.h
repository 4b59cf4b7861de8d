/* SPDX-License-Identifier: MIT */
/*
 * ptg_core.h - what the files of the runtime share
 *
 * Private: not installed for users of the library, whose header is ptg.h.
 * Names end with an underscore.  Two layers: the walker (mem.c eval.c decode.c
 * encode.c translate.c cursor.c root.c check.c) only reads tables, the
 * address-space logic (map.c unmap.c protect.c split.c flush.c ...) changes them
 * through what is declared here.
 */
#ifndef PTG_CORE_H
#define PTG_CORE_H

#include "ptg.h"

/* --- the lowest bits ---------------------------------------------------------- */

static inline uint64_t ptg_mask_(unsigned bits) /* the lowest `bits` bits, 0..64 */
{
	return ptg_low_(bits);
}

/* --- memory (mem.c) --------------------------------------------------------- */

/*
 * Entries are handled as two words in host order; a 16, 32 or 64-bit entry has
 * e[1] = 0.  Return: PTG_OK, or PTG_E_IO when the mapper cannot reach the entry.
 * `bytes` of a table are what the mapper is asked to map around it.
 */
int ptg_load_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2]);
int ptg_store_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, const uint64_t e[2]); /* release order */
/* 1: swapped; 0: the entry differed, e holds what is there; PTG_E_IO, PTG_E_UNSUPPORTED. */
int ptg_cas_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2], const uint64_t desired[2]);
/* The host's view of a whole table, NULL when it cannot be had by pointer (use load/store then). */
void *ptg_table_map_(const struct ptg_space *s, uint64_t pa, size_t bytes);
void ptg_table_unmap_(const struct ptg_space *s, uint64_t pa, void *p, size_t bytes);

/* --- expressions (eval.c) ---------------------------------------------------- */

struct ptg_env {                 /* what an expression may ask for; NULL and 0 where it may not */
	const struct ptg_space *space;
	const uint64_t *regs;    /* only while a root is set */
	const uint64_t *attr;    /* accumulated values, by attribute */
	uint64_t e[2], va, index;
	unsigned index_lg2, size_lg2, access;
};
uint64_t ptg_eval_(const struct ptg_env *env, unsigned node);
bool ptg_zero_bits_(const struct ptg_format *f, unsigned node, uint64_t *bits);
/* Nothing but a space, an entry (NULL: 0) and an address.  Member by member: compilers make calls of initialisers. */
static inline void ptg_env_init_(struct ptg_env *env, const struct ptg_space *s, const uint64_t *e, uint64_t va)
{
	env->space = s;
	env->regs = NULL;
	env->attr = NULL;
	env->e[0] = e ? e[0] : 0;
	env->e[1] = e ? e[1] : 0;
	env->va = va;
	env->index = 0;
	env->index_lg2 = 0;
	env->size_lg2 = 0;
	env->access = 0;
}

/*
 * The same for all six single accesses at once: bit n of the answer is the truth
 * for the access of right 1 << n (PTG_UR ... PTG_SX).
 */
unsigned ptg_eval_rights_(const struct ptg_env *env, unsigned node);

/* --- decoding (decode.c) ------------------------------------------------------- */

const struct ptg_kind *ptg_kind_(const struct ptg_space *s, unsigned level, const uint64_t e[2]);
/* The first check the entry fails: its rule, or 0.  Table and page kinds. */
unsigned ptg_check_(const struct ptg_env *env, const struct ptg_kind *k);
/* Address fields of an entry: pieces, or the simple form. */
uint64_t ptg_addr_(const struct ptg_env *env, const struct ptg_kind *k, unsigned *space);
uint64_t ptg_pieces_(const struct ptg_env *env, unsigned first, unsigned count, unsigned *space);

/* A table a walk is in. */
struct ptg_table {
	uint64_t pa;
	uint8_t level;
	uint8_t index_lg2, shift; /* of the index: where the format is not dynamic, the level's own but for the first table */
	uint8_t added;           /* entry address is base + offset; else base | offset */
	uint8_t reserved_[4];
};
static inline void ptg_table_copy_(struct ptg_table *to, const struct ptg_table *t)
{
	to->pa = t->pa;
	to->level = t->level;
	to->index_lg2 = t->index_lg2;
	to->shift = t->shift;
	to->added = t->added;
}
/* The root for va, and whether its address check passes: as generated code has it, the format being data. */
static inline const struct ptg_root *ptg_choose_root_(const struct ptg_space *s, uint64_t va)
{
	return ptg_root_for_(s, va, s->format->root_count > 2);
}

static inline bool ptg_address_fits_(const struct ptg_space *s, const struct ptg_root *r, uint64_t va)
{
	return ptg_va_fits_(s, r, va, s->format->va_check);
}
/* Root and first table for va: PTG_OK, or the fault with *rule. Bypass: PTG_OK with root flags saying so. */
enum ptg_fault ptg_start_(const struct ptg_space *s, uint64_t va, const struct ptg_root **root,
			  struct ptg_table *t, unsigned *rule);
uint64_t ptg_index_(const struct ptg_space *s, const struct ptg_table *t, uint64_t va);
uint64_t ptg_entry_pa_(const struct ptg_space *s, const struct ptg_table *t, uint64_t index);
/*
 * Where a table entry leads for va.  `alternative` counts from 0; next[] entries whose `unless`
 * holds are passed over and counted.  Return: PTG_F_NONE with *below, or the fault with *rule;
 * *alternative is set to the one taken.
 */
enum ptg_fault ptg_descend_(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
			    unsigned *alternative, struct ptg_table *below, unsigned *rule);
/* Size of a page entry as it stands (log2), napot and `size` included. */
unsigned ptg_page_lg2_(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t);
/*
 * Attributes.  attr[PTG_ATTRS] starts with ptg_attrs_neutral_(); ptg_attrs_() takes an entry into it: of a
 * table kind what is inherited, of a page kind everything, after which attr[] holds the effective values.
 */
void ptg_attrs_neutral_(const struct ptg_format *f, uint64_t *attr);
void ptg_attrs_(const struct ptg_env *env, const struct ptg_kind *k, uint64_t *attr);
/*
 * Effective rights of a page entry whose attributes are final: the table of rights, the untabled deny
 * lines, and PTG_GLOBAL, PTG_ACCESSED, PTG_DIRTY.  env->attr is set to attr.  What the root denies is the caller's.
 */
unsigned ptg_rights_(struct ptg_env *env, const struct ptg_kind *k, const uint64_t *attr);
/* Would this mark fault: wanted by the access, not set in env->e, and not set by hardware? */
static inline bool ptg_mark_faults_(const struct ptg_env *env, const struct ptg_mark *m, unsigned access)
{
	if (m->rule == PTG_NONE || !(m->access & access) || (env->e[0] & m->mask) == m->value)
		return false;
	if (m->if_ == PTG_NONE || ptg_eval_(env, m->if_))
		return false;
	return m->enabled == PTG_NONE || ptg_eval_(env, m->enabled);
}
/* PTG_ACCESSED and PTG_DIRTY as the marks of an entry stand. */
unsigned ptg_marks_set_(const struct ptg_env *env, const struct ptg_kind *k);
/* The mask of rights (UR..SX) that an access needs, every single one of them. */
unsigned ptg_wanted_(unsigned access);
/*
 * The first deny line of the kind, in the text's order, that denies one of the single accesses of
 * `access`, or an atomic (READ and WRITE) as a whole: its rule, or 0.
 */
unsigned ptg_denier_(struct ptg_env *env, const struct ptg_kind *k, const uint64_t *attr, unsigned access);
/* Meaning of a value of the memory type attribute: enum ptg_memtype, or PTG_MT_RAW | value. */
unsigned ptg_memtype_(const struct ptg_format *f, uint64_t value);
/* log2 of the bytes of the contiguous group that a page entry says it is in, 0: none. */
unsigned ptg_contig_lg2_(const struct ptg_env *env, const struct ptg_kind *k);
/* Physical address of va in a page of 2^page_lg2 bytes whose entry has this address. */
uint64_t ptg_page_pa_(const struct ptg_kind *k, uint64_t addr, unsigned page_lg2, uint64_t va);

/* --- walking to one entry (find.c) --------------------------------------------------- */

/* An entry on the way, for marking: what it was, where (as the tables say: under two stages not yet physical), and its kind. */
struct ptg_path {
	unsigned count;
	uint64_t pa[PTG_LEVELS + 1], entry[PTG_LEVELS + 1], entry_hi[PTG_LEVELS + 1];
	const struct ptg_kind *kind[PTG_LEVELS + 1];
};
/*
 * Where a walk for env.va ended: at a page (PTG_F_NONE) or at a fault.  The caller sets `via`:
 * NULL, or the second stage that table addresses go through.
 */
struct ptg_found {
	struct ptg_env env;      /* env.e: the deepest entry read; size_lg2: of the page */
	struct ptg_table table;  /* it is in */
	const struct ptg_root *root;
	const struct ptg_kind *kind;
	uint64_t entry_pa;       /* physical, under two stages too */
	uint32_t spoken;         /* gathered attributes: bit n: a table has spoken on attribute n */
	uint32_t seen;           /* some entry was read */
	uint8_t hole_lg2;        /* a fault of this one index of the table below, of 2^hole_lg2 bytes; 64: of the entry */
	uint8_t scope_lg2;       /* addresses that agree above this bit go through the same tables; 64: the first table */
	unsigned rule;
	uint64_t attr[PTG_ATTRS];/* valid when `slow`: accumulated by expressions */
	bool slow;
	unsigned mark_rule[2];   /* of the first mark of a table that would fault, or 0; [1]: of the early ones */
	const struct ptg_space *via;
	unsigned via_access;
	bool via_mark;           /* ... and hardware marks the entries of the second stage */
	enum ptg_fault via_fault;
	struct ptg_translation *via_result; /* of the second stage's last answer; set with via */
};
enum ptg_fault ptg_find_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w);
/* The same through w->via if it is set, every entry noted in the path if that is given. */
enum ptg_fault ptg_find_path_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w,
			      struct ptg_path *path);
/* The same from a table already known to be on the path of va, with what the tables above it have said. */
enum ptg_fault ptg_find_in_(const struct ptg_space *s, uint64_t va, const struct ptg_root *root,
			    const struct ptg_table *t, uint32_t spoken, struct ptg_found *w);
/* Attributes of the page found, all of them, into w->attr. */
void ptg_found_attrs_(struct ptg_found *w);
/* Fill in the answer for what was found; the fault is that of the walk, or of deny and mark lines under `access`. */
enum ptg_fault ptg_answer_(struct ptg_found *w, enum ptg_fault fault, unsigned access, struct ptg_translation *t);

/*
 * Last address of the run that va, which has no first table (`fault` of ptg_start_), is in (range.c):
 * everything up to there faults alike.
 */
uint64_t ptg_barren_end_(const struct ptg_space *s, uint64_t va, const struct ptg_root *root, enum ptg_fault fault);
/* [va, *last] of a (va, len); len UINT64_MAX: to the last byte. PTG_E_ARG: empty, overflowing, NULL. */
int ptg_visit_range_(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t *last);
/* Visits first..last (walk.c); and what a page of a first stage leads to: va up to last are ipa onwards in s (walk_pair.c). */
int ptg_walk_range_(const struct ptg_space *s, uint64_t first, uint64_t last, const struct ptg_visitor *v, void *arg);
int ptg_walk_second_(const struct ptg_space *s, uint64_t va, uint64_t last, uint64_t ipa, const struct ptg_visitor *v, void *arg);
/* The entry of a first-stage table at v->ipa, read through `second`; or v says why it cannot be had, PTG_E_FAULT. */
int ptg_walk_load_(const struct ptg_space *second, unsigned entry_lg2, struct ptg_visit *v, uint64_t e[2]);
/* Two-stage pairs (nest.c). */
enum ptg_fault ptg_nest_translate_(const struct ptg_space *s, uint64_t va, unsigned access, bool mark,
				   struct ptg_translation *t);
/* The common walk from the digest (quick.c). */
void ptg_quick_build_(struct ptg_space *s);
void ptg_quick_one_(struct ptg_space *s); /* its last part (one.c) */
/* Everything, from the walk in find.c (answer.c). */
struct ptg_hit ptg_slow_lookup_(const struct ptg_space *s, uint64_t va, unsigned access);
struct ptg_hit ptg_hit_of_(const struct ptg_translation *t);
/*
 * Set the marks that `access` leaves on the path (access.c): 1 done, *leaf is the last entry as it now
 * stands; 0: an entry changed meanwhile, walk again; PTG_E_FAULT: via, the second stage forbids the store.
 */
int ptg_mark_path_(const struct ptg_found *w, const struct ptg_path *path, unsigned access, uint64_t leaf[2]);
void ptg_marked_(const struct ptg_found *w, const uint64_t leaf[2], struct ptg_translation *t);
/* What ptg_attrs.care may name. */
#define PTG_CARE_ (0x1ffu | PTG_HAS_MEMTYPE | PTG_HAS_KEY | PTG_HAS_SOFT)

#define PTG_RESTARTS_ 64             /* of a marking walk whose entries somebody else keeps changing */

/* --- encoding (encode.c) ---------------------------------------------------------- */

/* The page kind used for pages of 2^page_lg2 bytes (and groups of 2^contig_lg2 entries, 0 none); NULL: none. */
const struct ptg_kind *ptg_page_kind_(const struct ptg_space *s, unsigned page_lg2);
const struct ptg_kind *ptg_table_kind_(const struct ptg_space *s, unsigned level);
/* Everything but the address: hoisted out of loops.  PTG_E_ATTR when the format cannot express it; *why the first such bit. */
int ptg_template_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
void ptg_put_addr_(const struct ptg_space *s, const struct ptg_kind *k, uint64_t pa, uint64_t e[2]);
/* The same for a page of that size: kinds whose size is in the entry (napot) get their mark too. */
void ptg_put_page_(const struct ptg_space *s, const struct ptg_kind *k, unsigned page_lg2, uint64_t pa, uint64_t e[2]);
/* Replace what a->care names in a page entry, leave the rest. PTG_E_ATTR. */
int ptg_change_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
/* A value of the entry for which the level's kinds say invalid (all zero where that is one). */
void ptg_empty_(const struct ptg_space *s, unsigned level, uint64_t e[2]);

/* --- setting up (setup.c, root.c) -------------------------------------------------- */

void ptg_put_ctx_(struct ptg_space *s, const struct ptg_ctx_def *c, uint64_t value);

/* --- changing (map.c unmap.c protect.c harvest.c) ---------------------------------- */

/* What ptg_map() and the others do when the walker has no function of its own, and what that one falls back to. */
int ptg_map_(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	     struct ptg_flush *f);
int ptg_unmap_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
int ptg_protect_(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		 struct ptg_flush *f);
int ptg_harvest_(struct ptg_space *s, uint64_t va, uint64_t len, unsigned what, bool clear, unsigned page_lg2,
		 uint8_t *bitmap, struct ptg_flush *f);
/* One more range for the caller's flush object: merged, beyond eight `all`.  reason: enum ptg_flush_reason. */
void ptg_flush_range_(struct ptg_flush *f, uint64_t first, uint64_t last, unsigned page_lg2, unsigned level, unsigned reason);

/* --- helpers without libc -------------------------------------------------------- */

void ptg_zero_(void *at, size_t bytes);
unsigned ptg_lowest_bit_(uint64_t x);  /* x != 0 */
unsigned ptg_highest_bit_(uint64_t x); /* x != 0 */

#endif /* PTG_CORE_H */
