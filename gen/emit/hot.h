/* SPDX-License-Identifier: MIT */
/*
 * hot.h - the straight way through the tables
 *
 * The hot path of lookup covers one kind at each level: the plain tables down
 * to the smallest plain page.  Here it is found, and with it the masks that
 * tell an entry of that kind from all others: an entry e is plain when
 * (e ^ flip) & (zero | config words) is 0.  The test may refuse more than it
 * must: what it refuses the whole walk looks at.
 */
#ifndef GEN_EMIT_HOT_H
#define GEN_EMIT_HOT_H

#include "gen/emit/facts.h"

struct hot_level {
	unsigned level, kind;
	uint64_t flip;               /* bits looked at inverted: a plain entry has none of `test` then */
	uint64_t test;               /* bits that must be 0 after that, beside the config words */
	uint16_t extra[16];          /* nodes that must be true as well */
	unsigned extra_count;
	uint16_t not_row[4];         /* rows of the table of kinds that must not match */
	unsigned not_count;
	bool features;               /* a feature decides as well: */
	uint32_t feature_mask, feature_value;
};

/* How an attribute is had from the words of the hot path. */
enum hot_source {
	HOT_NONE,                    /* not looked at */
	HOT_LOST,                    /* bit of `lost`, tables and page: set when something takes it away (or gives it, '|') */
	HOT_PAGE,                    /* bit of the page entry alone */
	HOT_BOTH,                    /* bit of `lost` by the tables, an expression by the page */
	HOT_VALUE                    /* a variable, by expressions */
};

struct hot_off {
	uint16_t node;
	bool want;                   /* it holds when the node is that */
};

struct hot_say {                     /* the say of a table in an attribute, in its bit of `lost` */
	bool speaks;
	struct hot_off off[4];       /* conditions: when one holds it has none */
	unsigned off_count;
};

struct hot_attr {
	enum hot_source source;
	unsigned bit;                /* in place */
	bool inverted;               /* value is the bit's complement */
	bool alike;                  /* conditions are the same in all tables that speak */
	struct hot_say say[PTG_LEVELS];
};

struct hot {
	struct hot_level level[PTG_LEVELS];
	unsigned count;              /* first the top, last the page */
	struct hot_attr attr[PTG_ATTRS];
	uint32_t set;                /* attributes that count */
	bool any_lost, page_lost;    /* `lost` is needed; the page goes into it */
	uint64_t off_va;             /* the address bit that conditions of attributes read, if any, in place */
};

/* false: the format has no such path (128-bit entries, widths out of entries ...). */
bool hot_find(struct facts *f, struct hot *h);

/* Does it ask for more than features, parameters, contexts and the address? */
bool hot_asks_entry(const struct ptg_format *p, unsigned node);
/* How each attribute is had; the polarity of entries settles with it. */
void hot_place_attributes(struct facts *f, struct hot *h);
/* A value of a table that leaves the attribute as it is. */
bool hot_neutral(const struct ptg_format *p, unsigned attr, unsigned node);

#endif /* GEN_EMIT_HOT_H */
