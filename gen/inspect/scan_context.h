/* SPDX-License-Identifier: MIT */
/*
 * scan_context.h - what scan.c and scan_leaves.c know while they go through a space
 */
#ifndef GEN_INSPECT_SCAN_CONTEXT_H
#define GEN_INSPECT_SCAN_CONTEXT_H

#include "gen/inspect/scan.h"
#include "gen/inspect/seen.h"
#include "runtime/ptg_core.h"

#define SCAN_ATTRS 64

/* A table entry met before: another with the same bits but for the address says the same. */
struct scan_known_table {
	bool set;
	uint64_t bits;               /* outside of the address */
	uint64_t before, after;      /* what the tables above had said, and what they say with it: hashes */
};

/* The same of a page, with the run it made. */
struct scan_known_page {
	bool set;
	unsigned level;
	uint64_t bits, said;
	uint64_t mask, step;         /* of the entry: its address, and what the next page's has more */
	uint64_t varies;             /* how entries of such pages may differ and say the same; 0: not known */
	struct ptg_run run;
};

struct scan_context {
	struct scan *s;
	const struct ptg_space *space;
	uint64_t attr[PTG_LEVELS + 1][SCAN_ATTRS]; /* said by the tables above, by depth of the table they lead to */
	uint64_t said[PTG_LEVELS + 1];        /* their hashes */
	uint64_t before[PTG_LEVELS + 1];      /* s->shown when the table was entered */
	bool leaves_only[PTG_LEVELS];
	struct scan_known_table table[PTG_LEVELS];
	struct scan_known_page page;
	const unsigned char *soon;   /* the host's view of the table that comes next, or NULL */
	bool inside;                 /* tables above `level` are being walked through, not visited */
	unsigned level;
	bool stopped;
};

/* scan.c: `pages` of a run, to `last`; scattered: they do not follow each other in pa; false: stop. */
bool scan_tell_run(struct scan_context *c, const struct ptg_run *r, uint64_t last, uint64_t pages, bool scattered);

/* scan_leaves.c: does the walk to va end at an entry of this level that cannot be read? */
bool scan_unreadable(const struct scan_context *c, unsigned level, uint64_t va);

/* scan_leaves.c: [va, last] of a table that holds no tables; false: stop. */
bool scan_leaves(struct scan_context *c, uint64_t table, unsigned level, uint64_t va, uint64_t last);

#endif /* GEN_INSPECT_SCAN_CONTEXT_H */
