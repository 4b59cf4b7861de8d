/* SPDX-License-Identifier: MIT */
/*
 * cexpr.h - nodes of the plan as C expressions
 *
 * The text means what ptg_eval_() computes: 64-bit values, truths that are 0 or
 * 1.  Fields that are tested stay in place ((e & MASK) == VALUE); parentheses
 * stand where C or -Wall wants them and nowhere else.
 */
#ifndef GEN_EMIT_CEXPR_H
#define GEN_EMIT_CEXPR_H

#include <stdbool.h>

#include "dsl/arena.h"
#include "gen/plan.h"

struct mask_name {                   /* a field of an entry, in place */
	uint64_t mask;
	const char *name;
};

struct cexpr {                       /* how the inputs are spelled */
	struct arena *arena;
	const struct ptg_format *format;
	const char *upper;           /* SV48: prefix of constants */
	const char *lower;           /* sv48: prefix of hooks */
	const char *entry, *entry_hi;
	const char *looked;          /* the entry with the bits of `flipped` inverted; NULL: it is not at hand */
	uint64_t flipped;
	const char *va, *access, *index, *index_lg2, *size;
	const char *const *attr;     /* by attribute; NULL: `attr[N]` */
	const char *const *reg;      /* by register; NULL: `regs->NAME` */
	bool access_known;           /* `access_value` stands for the access */
	unsigned access_value;
	const uint16_t *computed;    /* by attribute: the node whose value attr[] is, or PTG_NONE; NULL: no such */
	const uint64_t *off_zero;    /* by feature: entry bits known to be 0 while it is off; NULL */
	const struct mask_name *names; /* of the entry's low word */
	unsigned name_count;
	const char *(*once)(void *arg, const char *text); /* a word that holds what no entry changes; NULL: none, or no room */
	void *once_arg;
};

void cexpr_init(struct cexpr *x, struct arena *arena, const struct ptg_format *f, const char *lower, const char *upper);

/* A value (uint64_t, or an int that is 0 or 1), a condition for `if`, and the negated condition. */
const char *cexpr_value(const struct cexpr *x, unsigned node);
const char *cexpr_truth(const struct cexpr *x, unsigned node);
const char *cexpr_untruth(const struct cexpr *x, unsigned node);
/* The same, in parentheses where it is to be an operand of & or <<, of &&. */
const char *cexpr_operand(const struct cexpr *x, unsigned node);
const char *cexpr_term(const struct cexpr *x, unsigned node);

/*
 * The six single accesses at once, as ptg_eval_rights_(): bits UR..SX for which
 * the node is true.  An unsigned expression.
 */
const char *cexpr_rights(const struct cexpr *x, unsigned node);

/* Does the node, or an operand of it, have this operation? */
bool cexpr_uses(const struct ptg_format *f, unsigned node, unsigned op);
/* The address bits that the node reads, in place. */
uint64_t cexpr_va_bits(const struct ptg_format *f, unsigned node);
/* Do both nodes say the same? */
bool cexpr_equal(const struct ptg_format *f, unsigned a, unsigned b);
/* A value that no entry, address or access changes: the name of the word it is kept in; NULL: it is not kept. */
const char *cexpr_once(const struct cexpr *x, const char *text);
/* Does it ask for features, parameters and contexts alone? */
bool cexpr_settled(const struct ptg_format *f, unsigned node);
/* The value when every input is known to be constant. */
bool cexpr_constant(const struct cexpr *x, unsigned node, uint64_t *value);

/* A condition that says no more than: these entry bits have these values.  Adds to mask and value; false: it is another. */
bool cexpr_cube(const struct cexpr *x, unsigned node, uint64_t mask[2], uint64_t value[2]);

/* The opposite: the condition holds unless the entry bits have these values. */
bool cexpr_forbids(const struct cexpr *x, unsigned node, uint64_t mask[2], uint64_t value[2]);

/* One bit of the entry under a condition that is kept in a word: in place, `e & WORD`; NULL: it is another form. */
const char *cexpr_switched(const struct cexpr *x, unsigned node, uint64_t *bit);

/* One bit of the entry's low word, or its negation? */
bool cexpr_bit(const struct cexpr *x, unsigned node, unsigned *bit, bool *negated);

/* 0x.. constant of the size a reader expects: ULL from 2^32 on. */
const char *cexpr_number(struct arena *a, uint64_t value);
/* A mask of entry bits: names of fields where whole fields make it up, else a number. */
const char *cexpr_mask(const struct cexpr *x, uint64_t mask);
/* The word that has these bits of the entry as they are stored. */
const char *cexpr_entry(const struct cexpr *x, uint64_t bits);
/* `(WORD & mask) == value`, and simpler forms, fit for an operand of && and ||. */
const char *cexpr_match(const struct cexpr *x, const char *word, uint64_t mask, uint64_t value);
/* Bits [lo + width - 1 : lo] of the entry as a value; the same at `to`, in place. */
const char *cexpr_bits(const struct cexpr *x, unsigned lo, unsigned width);
const char *cexpr_moved(const struct cexpr *x, unsigned lo, unsigned width, unsigned to);

#endif /* GEN_EMIT_CEXPR_H */
