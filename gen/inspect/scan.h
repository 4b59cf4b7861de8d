/* SPDX-License-Identifier: MIT */
/*
 * scan.h - everything an address space maps, in order of addresses
 *
 * On top of the generic walker.  Runs of pages are told in order; pages that
 * follow each other in both addresses with the same attributes may come as one.
 * What cannot be read and what is broken is told; holes are passed over.  A
 * table that was walked before with the same rights above it is told as an
 * alias and not walked again, so that the work is bounded by the tables there
 * are, whatever they contain.
 */
#ifndef GEN_INSPECT_SCAN_H
#define GEN_INSPECT_SCAN_H

#include "gen/inspect/view.h"

enum mapping_kind {
	MAPPING_PAGE,        /* mapped */
	MAPPING_FAULT,       /* an entry that hardware refuses: reserved bits and the like */
	MAPPING_UNREADABLE,  /* a table that the image does not hold */
	MAPPING_ALIAS        /* the same table as at `alias`, which was told already */
};

struct mapping {
	enum mapping_kind kind;
	uint64_t va, last;
	uint64_t pa;                 /* ALIAS: of the table */
	uint64_t entry;              /* of the first page */
	uint64_t alias;              /* ALIAS: the address where the table was seen first */
	uint64_t pages;
	uint32_t rights;
	uint16_t memtype, rule;
	uint8_t level, page_lg2, contig_lg2, key, fault, stage;
	bool sizes_differ;           /* merged from pages of several sizes: page_lg2 is the smallest */
	bool scattered;              /* merged, and the pages do not follow each other in pa: that is the first one's */
};

struct scan_stats {
	uint64_t tables, entries, aliases;
};

struct scan_table {                  /* a table that is entered */
	uint64_t pa, va, last;       /* where it is, what it covers */
	uint64_t entry, entry_pa;    /* what led to it */
	unsigned level;              /* its depth */
};

struct scan {
	const struct view *view;
	struct arena *arena;
	uint64_t first, last;        /* the range to look at */
	bool follow_aliases;         /* walk an aliased table again */
	bool scattered;              /* pages with the same attributes may come as one wherever they lead */
	/* Return: false stops. */
	bool (*tell)(void *arg, const struct mapping *m);
	void (*table)(void *arg, const struct scan_table *t); /* may be NULL */
	void (*progress)(void *arg, uint64_t va);             /* may be NULL */
	void *arg;
	uint64_t shown;              /* the caller may count here: an alias of a table that showed nothing is not told */
	struct scan_stats stats;
	struct scan_seen *seen;      /* scan.c's */
};

/* Every address of the format that lies in [first, last].  Return: PTG_OK, PTG_E_STOPPED, or an error. */
int scan_space(struct scan *s);

/* "alias", "unreadable", "fault", "page" */
const char *scan_kind(enum mapping_kind kind);

#endif /* GEN_INSPECT_SCAN_H */
