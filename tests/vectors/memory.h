/* SPDX-License-Identifier: MIT */
/*
 * memory.h - the sparse memory that vectors write and walkers read
 *
 * Pages of 4 KiB come into being where a vector writes; all else cannot be
 * read, so that a walk that strays is seen.
 */
#ifndef VECTORS_MEMORY_H
#define VECTORS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/ptg.h"

#define MEMORY_PAGES 256u

struct memory {
	struct { uint64_t pa; uint8_t bytes[4096]; } page[MEMORY_PAGES];
	unsigned count;
};

void memory_clear(struct memory *m);
/* A number of `bytes` bytes, little or big endian.  false: no room, or that page was never written. */
bool memory_put(struct memory *m, uint64_t pa, unsigned bytes, bool big, uint64_t value);
bool memory_get(const struct memory *m, uint64_t pa, unsigned bytes, bool big, uint64_t *value);

extern const struct ptg_mapper_ops memory_ops; /* priv: struct memory */

#endif /* VECTORS_MEMORY_H */
