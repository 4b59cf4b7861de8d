/* SPDX-License-Identifier: MIT */
/*
 * known.h - which tables of an image were found sound, and which not
 *
 * There may be as many as the image has pages, at each level: what is kept of a
 * sound table is what its tree is counted from, of another one a word.
 */
#ifndef GEN_INSPECT_KNOWN_H
#define GEN_INSPECT_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsl/arena.h"

#define KNOWN_ALIGN 32u              /* the smallest tables there are begin at multiples of it */

/* Pages of one table, or of several. */
struct pages {
	uint64_t count, in_ram, alike;
	uint64_t last;               /* rights and memory type of the one before; 0: none */
	uint64_t looks;              /* a bit, by hash, for each combination of them */
	bool user, supervisor;       /* some that the user can reach, some that only the supervisor can */
};

/* What is known of a sound table at a level. */
struct verdict {
	struct pages pages;
	bool used, hollow, empty;    /* hollow, empty: as in struct root_found */
	uint64_t pa;
	unsigned level;
};

struct known {
	struct arena *arena;
	struct verdict *slot;
	size_t size, count;
	uint64_t *unsound;           /* address and level in one; 0: none */
	size_t unsound_size, unsound_count;
};

void known_add(struct known *k, const struct verdict *v);
const struct verdict *known_sound(const struct known *k, uint64_t pa, unsigned level);

/*
 * Of what is not sound only that is kept.  A strict look needs it not at all: the
 * first such table ends the whole look from its root, and until there all were sound.
 */
void known_add_unsound(struct known *k, uint64_t pa, unsigned level);
bool known_unsound(const struct known *k, uint64_t pa, unsigned level);

#endif /* GEN_INSPECT_KNOWN_H */
