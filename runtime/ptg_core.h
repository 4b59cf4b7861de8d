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

/* A table a walk is in. */
struct ptg_table {
	uint64_t pa;
	uint8_t level;
	uint8_t index_lg2, shift; /* of the index: where the format is not dynamic, the level's own but for the first table */
	uint8_t reserved_[5];
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
/* Own rights, memory type, key of a page entry given the accumulated attributes. */
void ptg_attrs_(const struct ptg_env *env, const struct ptg_kind *k, uint64_t *attr);
unsigned ptg_rights_(struct ptg_env *env, const struct ptg_kind *k, const uint64_t *attr);

/* --- encoding (encode.c) ---------------------------------------------------------- */

/* The page kind used for pages of 2^page_lg2 bytes (and groups of 2^contig_lg2 entries, 0 none); NULL: none. */
const struct ptg_kind *ptg_page_kind_(const struct ptg_space *s, unsigned page_lg2);
const struct ptg_kind *ptg_table_kind_(const struct ptg_space *s, unsigned level);
/* Everything but the address: hoisted out of loops.  PTG_E_ATTR when the format cannot express it; *why the first such bit. */
int ptg_template_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
void ptg_put_addr_(const struct ptg_space *s, const struct ptg_kind *k, uint64_t pa, uint64_t e[2]);
/* Replace what a->care names in a page entry, leave the rest. PTG_E_ATTR. */
int ptg_change_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why);
/* A value of the entry for which the level's kinds say invalid (all zero where that is one). */
void ptg_empty_(const struct ptg_space *s, unsigned level, uint64_t e[2]);

/* --- helpers without libc -------------------------------------------------------- */

unsigned ptg_lowest_bit_(uint64_t x);  /* x != 0 */
unsigned ptg_highest_bit_(uint64_t x); /* x != 0 */
static inline uint64_t ptg_mask_(unsigned bits) /* the lowest `bits` bits, 0..64 */
{
	return bits >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1;
}

#endif /* PTG_CORE_H */
