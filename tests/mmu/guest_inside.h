/* SPDX-License-Identifier: MIT */
/* guest_inside.h - what the common part shares among its own files */
#ifndef MMU_GUEST_INSIDE_H
#define MMU_GUEST_INSIDE_H

#include "guest.h"

#define RECORDS 256u

/* Where the frames are seen: addresses at which frame 0 is, or would be, in one mapping. */
struct record {
	uint64_t va, offset, len;
};

struct run {
	uint64_t data, tables_first, next_table, tables_end; /* memory: the frames, then tables */
	uint64_t target;
	uint32_t asked, values, faults, known, failures, changes;
	struct ptg_space *space;
	struct record record[RECORDS];
	unsigned record_count;
};

extern struct run run;

void say_number(uint32_t n);
uint64_t guest_load_entry(uint64_t pa, unsigned lg2);
void guest_store_entry(uint64_t pa, unsigned lg2, uint64_t value);
/* Flush what is listed and no more: a change that lists too little is seen by the questions after it. */
int guest_flush_listed(void *priv, struct ptg_flush *f);
extern const struct ptg_mapper_ops guest_mapper_ops;
/* Words say where they are; the second half of each 4 KiB is instructions that return. */
void guest_fill_data(void);
unsigned guest_smallest(const struct ptg_space *s);
/* One question; and a change between questions about what it concerns. */
void guest_ask(void);
void guest_change_live(void);

#endif /* MMU_GUEST_INSIDE_H */
