/* SPDX-License-Identifier: MIT */
/* hot_text.h - what the files that spell the hot path share */
#ifndef GEN_EMIT_HOT_TEXT_H
#define GEN_EMIT_HOT_TEXT_H

#include "gen/emit/hot.h"

/* Bits of `lost` and of `e` that a part of the answer is made of. */
struct hot_sources {
	uint64_t lost, e;
	bool other;                  /* and of more than that */
};

/* The same of rights that the page says and tables take away. */
struct hot_gather {
	uint64_t e, lost;
	uint64_t switched_bits;      /* of e, where features say so: */
	const char *switched;        /* a word that has those that count; NULL: there are none */
	struct {
		unsigned e, lost;    /* bits that say the same: either one takes the right away */
	} pair[6];
	unsigned pairs;
	bool other;                  /* and of more than that */
};

struct text_of_hot {
	struct facts *f;
	struct hot h;
	const struct hot_level *page;
	const struct ptg_kind *k;    /* of the page */
	const char *raw;             /* the page entry as it is stored */
	const char *attr[PTG_ATTRS]; /* values as expressions */
	struct hot_sources index, more; /* what the index of rights, and the marks and global, are made of */
	struct hot_gather gather;
	bool untabled;               /* lines outside of the table of rights */
	bool unheard;                /* features say which bits of tables count: s->heard[] */
};

const char *hot_number(const struct facts *f, uint64_t v);
unsigned hot_count(uint64_t bits); /* of those that are set */

/* hot_masks.c: not_plainN, and which parts of lookup_many use which. */
void hot_tests(struct text_of_hot *t);

/* hot_levels.c */
void hot_start(struct text_of_hot *t);
void hot_level(struct text_of_hot *t, unsigned i);
/* The entry as it is stored. */
const char *hot_raw_entry(const struct facts *f, const struct hot_level *l);
/* Expressions are about that entry. */
void hot_about_entry(struct cexpr *x, const struct facts *f, const struct hot_level *l);
/* The condition under which a table has no say; NULL: it always has. */
const char *hot_off(struct facts *f, const struct hot_say *s);
/* `a || b`; a may be NULL. */
const char *hot_either(struct facts *f, const char *a, const char *b);
/* The address in an entry; where it is in pieces, of the entry as it is stored. */
const char *hot_address(struct facts *f, const struct hot_level *l, uint64_t drop);

/* hot_rights.c */
/* Every attribute that counts as an expression at the end of the path. */
void hot_attribute_values(struct text_of_hot *t);
/*
 * The index into the table of rights: what the page says itself, less what the
 * tables take away, and with what they give.
 */
const char *hot_index_of_rights(struct text_of_hot *t);
/* Bits of the page entry that are bits of the answer's rights: global, accessed, dirty. */
const char *hot_more_rights(struct text_of_hot *t);
/* A word turned right by so many places, and of it `mask`; up, down: bits of it come to higher, to lower places. */
const char *hot_moved(struct facts *f, const char *word, unsigned right, uint64_t mask, bool up, bool down);

/* hot_granted.c: the answer's rights out of one table, where few bits decide them. */
void hot_granted(struct text_of_hot *t);

/* hot_gather.c: the same where tables take away what pages give.  false: it cannot be. */
bool hot_gather(struct text_of_hot *t);

/* hot_access.c */
/* What each access needs of a page: bits that it must not lack. */
void hot_needs(struct text_of_hot *t);
/* Lines outside of the table of rights: cold while their context is armed, else evaluated. */
void hot_untabled(struct text_of_hot *t);

#endif /* GEN_EMIT_HOT_TEXT_H */
