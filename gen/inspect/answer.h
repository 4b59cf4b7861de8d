/* SPDX-License-Identifier: MIT */
/*
 * answer.h - one translation or one mapping, in words and as a record
 */
#ifndef GEN_INSPECT_ANSWER_H
#define GEN_INSPECT_ANSWER_H

#include "gen/inspect/view.h"
#include "gen/out.h"

struct answer {                      /* what a translation and a run have in common */
	uint64_t pa, entry, entry_hi, entry_pa;
	uint32_t rights;
	unsigned memtype, rule, fault, level, page_lg2, contig_lg2, key, stage, space;
	bool has_entry;
};

void answer_of(struct answer *a, const struct ptg_translation *t);

/* The format whose rules and levels the answer speaks of: of a stage, or the space's own. */
const struct ptg_format *answer_format(const struct view *v, const struct answer *a);
#define ANSWER_NAME 96
const char *answer_rule(const struct view *v, const struct answer *a, char buffer[ANSWER_NAME]);
/* The description's name of the fault, NULL: none. */
const char *answer_fault(const struct view *v, const struct answer *a, char buffer[ANSWER_NAME]);

/* The keys level ... contig, then fault, fault_class, rule (the keys before are the caller's). */
void answer_record(struct out *o, const struct view *v, const struct answer *a);
/* The same keys where a table repeats another: its level, nulls for the rest. */
void answer_record_alias(struct out *o, const struct view *v, const struct answer *a);
/* user .. contig only, in the same words. */
void answer_attributes(struct out *o, const struct view *v, const struct answer *a);

/* "4K  u:r-x s:---  wb  A D G": what a person wants to see of it, without the pa. */
void answer_print(struct out *o, const struct view *v, const struct answer *a);

#endif /* GEN_INSPECT_ANSWER_H */
