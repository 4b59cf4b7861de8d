/* SPDX-License-Identifier: MIT */
/* facts_walk.h - what facts_walk.c, facts_down.c and facts_hot.c share */
#ifndef GEN_EMIT_FACTS_WALK_H
#define GEN_EMIT_FACTS_WALK_H

#include "gen/emit/facts.h"

/* facts_walk.c */
uint32_t walk_attributes(const struct ptg_format *f); /* bit n: attribute n is looked at */
const char *walk_stop(const struct facts *f, unsigned rule);
const char *walk_zero_mask(const struct cexpr *x, const struct ptg_kind *k, bool high);
const char *walk_checks(struct facts *f, const struct ptg_kind *k);
const char *walk_address(struct facts *f, const struct ptg_kind *k, uint64_t drop);

bool walk_denies_atomics(const struct ptg_format *p, const struct ptg_deny *d);

/* facts_down.c: from a table entry to the table below */
void walk_number_resumes(struct facts *f);
const char *walk_index(struct facts *f, const struct ptg_kind *k);
void walk_down(struct facts *f, struct buffer *b, unsigned kind, unsigned first, bool resumed);
const char *walk_pass(struct facts *f, unsigned level);
/* From the root into a level. */
const char *walk_enter(struct facts *f, unsigned level);
/* Address of the entry of that level for va in the table whose address is `base`; index text. */
const char *walk_entry_at(struct facts *f, unsigned level, const char *base, const char *index, bool added);

#endif /* GEN_EMIT_FACTS_WALK_H */
