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
/* The mask of rights (UR..SX) that an access needs, every single one of them. */
unsigned ptg_wanted_(unsigned access);
/* The first deny line of the kind, in the text's order, that denies one of `wanted`: its rule, or 0. */
unsigned ptg_denier_(struct ptg_env *env, const struct ptg_kind *k, const uint64_t *attr, unsigned wanted);
/* Meaning of a value of the memory type attribute: enum ptg_memtype, or PTG_MT_RAW | value. */
unsigned ptg_memtype_(const struct ptg_format *f, uint64_t value);
/* log2 of the bytes of the contiguous group that a page entry says it is in, 0: none. */
unsigned ptg_contig_lg2_(const struct ptg_env *env, const struct ptg_kind *k);
/* Physical address of va in a page of 2^page_lg2 bytes whose entry has this address. */
uint64_t ptg_page_pa_(const struct ptg_kind *k, uint64_t addr, unsigned page_lg2, uint64_t va);

/* --- encoding (encode.c) ---------------------------------------------------------- */

/* The page kind used for pages of 2^page_lg2 bytes (and groups of 2^contig_lg2 entries, 0 none); NULL: none. */
const struct ptg_kind *ptg_page_kind_(const struct ptg_space *s, unsigned page_lg2);
const struct ptg_kind *ptg_table_kind_(const struct ptg_space *s, unsigned level);
/* Everything but the address: hoisted out of loops.  PTG_E_ATTR when the format cannot express it; *why the first such bit. */
int ptg_template_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
void ptg_put_addr_(const struct ptg_space *s, const struct ptg_kind *k, uint64_t pa, uint64_t e[2]);
/* The same for a page of that size: kinds whose size is in the entry (napot) get their mark too. */
void ptg_put_page_(const struct ptg_space *s, const struct ptg_kind *k, unsigned page_lg2, uint64_t pa, uint64_t e[2]);
/* ptg_decode, ptg_encode less the checks of arguments and the dispatch. */
int ptg_decode_(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d);
int ptg_encode_(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2]);
/* Replace what a->care names in a page entry, leave the rest. PTG_E_ATTR. */
int ptg_change_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
/* A value of the entry for which the level's kinds say invalid (all zero where that is one). */
void ptg_empty_(const struct ptg_space *s, unsigned level, uint64_t e[2]);

/* --- setting up (setup.c, root.c) -------------------------------------------------- */

void ptg_update_(struct ptg_space *s); /* ptg_space_update() as the generic walker does it */
void ptg_put_ctx_(struct ptg_space *s, const struct ptg_ctx_def *c, uint64_t value);

/* --- helpers without libc -------------------------------------------------------- */

unsigned ptg_lowest_bit_(uint64_t x);  /* x != 0 */
unsigned ptg_highest_bit_(uint64_t x); /* x != 0 */
static inline uint64_t ptg_mask_(unsigned bits) /* the lowest `bits` bits, 0..64 */
{
	return bits >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1;
}

#endif /* PTG_CORE_H */
