/* SPDX-License-Identifier: MIT */
/*
 * merge.h - mappings that belong together, as one
 */
#ifndef GEN_INSPECT_MERGE_H
#define GEN_INSPECT_MERGE_H

#include "gen/inspect/scan.h"

enum merge_rule {
	MERGE_NONE,          /* every page by itself */
	MERGE_RIGHTS,        /* neighbours in va with the same rights and memory type */
	MERGE_PHYSICAL       /* and neighbours in pa */
};

struct merge {
	enum merge_rule rule;
	bool marks;          /* accessed and dirty have to agree too */
	bool sizes;          /* page sizes have to agree too */
	bool (*tell)(void *arg, const struct mapping *m);
	void *arg;
	bool pending;
	struct mapping m;
};

/* The next mapping in order; what cannot be joined is told.  Return: false, the reader wants no more. */
bool merge_add(struct merge *g, const struct mapping *m);
/* The last one. */
bool merge_end(struct merge *g);

#endif /* GEN_INSPECT_MERGE_H */
