/* SPDX-License-Identifier: MIT */
/*
 * facts.h - what the templates see of a plan
 *
 * A flat list of g4_fact(KEY, VALUE) and g4_list(KEY, ITEMS) lines.  Every
 * number is computed and every expression is spelled here; the templates lay
 * out.  `ptgen generate --emit=facts` prints them, and a template of one's own
 * may use them.
 */
#ifndef GEN_EMIT_FACTS_H
#define GEN_EMIT_FACTS_H

#include "gen/buffer.h"
#include "gen/emit/cexpr.h"
#include "gen/plan.h"

struct facts {
	struct buffer out;
	struct arena *arena;
	const struct plan *plan;
	const struct ptg_format *format;
	bool pair;                   /* plan is the first stage of two */
	const char *lower, *upper;   /* prefixes: sv48, SV48 */
	struct cexpr x;
	const char **attr_name;      /* [attr_count]: as C names */
	const char **kind_id;        /* [kind_count]: SV48_L1_POINTER */
	const struct mask_name **names; /* [kind_count]: fields of the kind's layout */
	unsigned *name_count;
	uint64_t shared;             /* parts of a page's block that all page kinds have alike */
	uint64_t known_zero;         /* bits of the entry in hand that were tested to be 0 */
	uint64_t off_zero[32];       /* x.off_zero of the kind in hand */
	const char *word[8];         /* values kept in the space, s->word[]; ORDER struct ptg_space */
	unsigned words;
	struct {                     /* what entries of the hot path must not have; by hot_tests(), for changes */
		const char *page, *table[8]; /* NULL: the test is that of another level ... */
		uint64_t without;    /* ... or of one less these bits */
	} test;
};

/* For cexpr.once: a place for a value that the update of a space computes; NULL: there is none left. */
const char *facts_keep(void *facts, const char *text);
/* Text that changes with the configuration alone: computed once, where there is a place for it. */
const char *facts_settled(struct facts *f, const char *text);

/* Expressions are about entries of that kind, which have passed its zero checks if `checked`. */
void facts_about(struct facts *f, unsigned kind, bool checked);
void facts_about_none(struct facts *f);

/* KEY is printf-like and comes last, so that calls read "this value is called that". */
void fact(struct facts *f, const char *value, const char *key, ...) __attribute__((format(printf, 3, 4)));
void fact_number(struct facts *f, unsigned long long value, const char *key, ...) __attribute__((format(printf, 3, 4)));
/* Items are words, joined by commas: "3,2,1,0". */
void fact_list(struct facts *f, const char *items, const char *key, ...) __attribute__((format(printf, 3, 4)));
/* A text of the description inside a C comment: one line, never the end of the comment. */
const char *facts_comment(struct arena *a, const char *text);
/* The description's words of a rule, else its name. */
const char *facts_rule_text(const struct facts *f, unsigned rule);
/* Append an item to a list of words. */
const char *facts_join(struct arena *a, const char *list, const char *item);
const char *facts_upper(struct arena *a, const char *text);
/* A word made a C identifier, safe from m4. */
const char *facts_name(struct arena *a, const char *text);

/* Everything about one plan, as text. prefix: of the names. */
const char *facts_of(struct arena *arena, const struct plan *p, const char *prefix);

/* The parts (facts_*.c). */
void facts_header(struct facts *f);
void facts_masks(struct facts *f);
void facts_update(struct facts *f);
void facts_walk(struct facts *f);
void facts_hot(struct facts *f);
void facts_change(struct facts *f);

/* picture.c: the boxes of an entry, lines that begin with " * "; layout of the model. */
const char *picture_of_layout(struct arena *a, const struct plan *p, const struct model_layout *l);

#endif /* GEN_EMIT_FACTS_H */
