/* SPDX-License-Identifier: MIT */
/*
 * scan.h - everything an address space maps, in order of addresses
 *
 * On top of the generic walker.  One mapping a leaf, in order, never merged;
 * what cannot be read and what is broken is told; holes are passed over.  A
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
	uint64_t pa;                 /* ALIAS, UNREADABLE: of the table */
	uint64_t entry, entry_pa;    /* of the first page */
	uint64_t alias;              /* ALIAS: the address where the table was seen first */
	uint32_t rights;
	uint16_t memtype, rule;
	uint8_t level, page_lg2, contig_lg2, key, fault, space;
	uint64_t pages;              /* merged ones */
};

struct scan_stats {
	uint64_t tables, entries, aliases, pages;
};

struct scan {
	const struct view *view;
	struct arena *arena;
	uint64_t first, last;        /* the range to look at */
	bool follow_aliases;         /* walk an aliased table again */
	/* Return: false stops. */
	bool (*tell)(void *arg, const struct mapping *m);
	/* A table is entered (may be NULL): where it is, its level, what it covers. */
	void (*table)(void *arg, uint64_t pa, unsigned level, uint64_t va, uint64_t last);
	void (*progress)(void *arg, uint64_t va);
	void *arg;
	struct scan_stats stats;
};

/* One range.  Return: PTG_OK, PTG_E_STOPPED, or an error. */
int scan_range(struct scan *s);
/* Every address of the format that lies in [s->first, s->last]. */
int scan_space(struct scan *s);

#endif /* GEN_INSPECT_SCAN_H */
