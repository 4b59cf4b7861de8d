/* SPDX-License-Identifier: MIT */
/* facts_walk.h - what the files of the walk and of the hot path share */
#ifndef GEN_EMIT_FACTS_WALK_H
#define GEN_EMIT_FACTS_WALK_H

#include "gen/emit/facts.h"

/* facts_walk.c */
uint32_t walk_attributes(const struct ptg_format *f); /* bit n: attribute n is looked at */
const char *walk_class(const struct ptg_format *p, unsigned rule); /* of its fault, as a C name */
const char *walk_stop(const struct facts *f, unsigned rule);

static inline bool walk_dynamic(const struct facts *f)
{
	return f->format->flags & PTG_FORMAT_DYNAMIC;
}

/* walk_entry.c */
const char *walk_zero_mask(const struct cexpr *x, const struct ptg_kind *k, bool high);
const char *walk_checks(struct facts *f, const struct ptg_kind *k);
const char *walk_napot(struct facts *f, const struct ptg_kind *k);
/* Address of the entry (page or table) without the bits of `drop`. */
const char *walk_address(struct facts *f, const struct ptg_kind *k, uint64_t drop);

/* walk_page.c */
void walk_find_shared(struct facts *f);
const char *walk_page(struct facts *f, const struct ptg_kind *k);
void walk_mark_faults(struct facts *f, struct buffer *b, const struct ptg_kind *k);
/* A block without its `if` stands one tab further left. */
const char *walk_dedented(struct arena *a, const char *text);
/* `read & write & ...` holds for neither of the two: such a line denies atomics as a whole. */
bool walk_denies_atomics(const struct ptg_format *p, const struct ptg_deny *d);

/* walk_after.c */
void walk_after(struct facts *f);
bool walk_widths_late(const struct ptg_format *p);

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
