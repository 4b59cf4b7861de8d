/* SPDX-License-Identifier: MIT */
/*
 * seen.h - tables that a scan has met
 */
#ifndef GEN_INSPECT_SEEN_H
#define GEN_INSPECT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsl/arena.h"

struct seen_table {
	uint64_t pa, attrs;          /* attrs: what the tables above have said */
	uint64_t va;                 /* where it was met first */
	uint8_t level;
	bool used, showed;
	bool cut;                    /* only a part of it was in the range */
};

struct scan_seen {                   /* a hash table that grows */
	struct arena *arena;
	struct seen_table *slot;
	size_t size, count;
};

/* The table, added when new (*fresh).  The pointer is good until the next call. */
struct seen_table *seen_get(struct scan_seen *s, uint64_t pa, unsigned level, uint64_t attrs, bool *fresh);

/* NULL: it is not there. */
struct seen_table *seen_find(struct scan_seen *s, uint64_t pa, unsigned level, uint64_t attrs);

uint64_t seen_mix(uint64_t x);

#endif /* GEN_INSPECT_SEEN_H */
