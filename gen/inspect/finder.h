/* SPDX-License-Identifier: MIT */
/*
 * finder.h - root tables in an image, without a word from the machine
 *
 * A root is a table whose entries are all sound, whose tables are in the image
 * and sound themselves down to the last level, and which no other such tree
 * has inside.
 */
#ifndef GEN_INSPECT_FINDER_H
#define GEN_INSPECT_FINDER_H

#include "gen/inspect/seen.h"
#include "gen/inspect/view.h"

struct root_found {
	const struct plan *plan;
	uint64_t table;
	unsigned level, index_lg2;
	/* evidence */
	uint64_t tables;             /* reachable, each once */
	uint64_t pages;              /* page entries in them */
	uint64_t pages_in_ram;
	unsigned told, idle;         /* entries of the root that lead to tables, and bits set in them that say nothing */
	uint64_t hollow;             /* tables with no more entries that lead on than such that are other than 0 and do not */
	uint64_t empty;              /* tables of zeros only: kernels keep some ready */
	uint64_t alike;              /* pages with the rights and the memory type of the page before, or first in their table */
	uint64_t looks;              /* a bit, by hash, for each combination of rights and memory type */
	bool user, supervisor;       /* has pages that the user can reach, that only the supervisor can */
	unsigned entries, table_entries, reserved; /* of the root; reserved: that hardware refuses */
	int self;                    /* index of an entry that leads back to the root; -1: none */
	uint64_t hash[2];            /* of the entries of the lower and the upper half; 0: none */
	unsigned told_apart;         /* kinds of pages that the format tells apart in all its roots; the user's count most */
	unsigned sharers;            /* other roots with the same upper half */
	bool inside;                 /* a table of a larger tree */
	bool weak;                   /* maps next to nothing where others map memory */
	double score;
	const char *reg;             /* "satp=0x.." or "0x..": what --root takes */
};

struct finder {
	struct arena *arena;
	struct image *image;
	bool (*is_ram)(const void *arg, uint64_t pa, uint64_t last); /* what a page may point to */
	const void *ram_arg;
	void (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	struct root_found *found;
	size_t count, room;
	uint64_t looked_at;          /* places that might have been a root */
	struct scan_seen inside;     /* tables of trees; va: how many tables the largest such tree has */
	struct scan_seen inside_good; /* the same of good trees */
};

/*
 * Look for roots of one format; may be called for several.  tolerant: tables may hold some
 * entries that hardware refuses, as long as more are sound.  false with *why.
 */
bool finder_run(struct finder *f, struct plan *plan, bool tolerant, const char **why);
/*
 * Most tables that are not empty lead somewhere, neighbours among the pages are alike, and entries that lead to
 * tables have few bits that say nothing: other data may look like tables, but not like this.
 * On Arm a last table can be read as one a level higher: a page's bits say nothing there.
 */
bool finder_good(const struct root_found *r);
/* The same tables, as two formats read them. */
bool finder_same_tree(const struct root_found *a, const struct root_found *b);
/* After all: what is inside a larger tree, what is shared, what --root takes, the score; sorted, best first. */
void finder_rank(struct finder *f);

/* finder_text.c: which register bits start a walk at tables of one kind, found once. */
struct finder_start {
	const struct plan *plan;
	unsigned level, index_lg2;
	bool none;
	uint8_t other;               /* one more register; the root's own: none */
	uint64_t bits, other_value;  /* in the root's register, beside the address; of the other register */
};
/* What --root takes for this table: registers, else the address.  memo: zero at first. */
const char *finder_root_text(struct arena *a, const struct root_found *r, struct finder_start *memo);

#endif /* GEN_INSPECT_FINDER_H */
