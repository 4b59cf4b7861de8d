/* SPDX-License-Identifier: MIT */
/*
 * ptg_cursor.h - what a cursor remembers, and what its files share
 *
 * Private: for cursor.c, cursor_same.c and span.c.  A cursor is the caller's, of plain
 * words; this is how they are laid out.
 */
#ifndef PTG_CURSOR_H
#define PTG_CURSOR_H

#include "ptg_core.h"
#include "ptg_quick.h"

#define PTG_SEAT_VALID ((uint64_t)1 << 63) /* how: there is a table */
#define PTG_SEAT_SLOW ((uint64_t)1 << 62)  /* how: what tables say is more than a word: from the root each time, but for the same again */
#define PTG_SEAT_PLAIN ((uint64_t)1 << 63) /* form: little-endian words, an entry a page, addresses by a product */
#define PTG_SEAT_ENDED 1u                  /* flags: the last byte was the last of all */
#define PTG_SEAT_HAVE 2u                   /* flags: `now` is of the table that the others are of */
#define PTG_SEAT_OTHERS 4u

/*
 * Entries of one table that say the same but for their address: pages with
 * (e & ~varies) == fixed, or one value of an entry that means a hole (varies 0).
 */
struct ptg_variant_ {
	uint64_t fixed;
	uint64_t varies;         /* bits of the address, those that are 0 left out */
	uint64_t times;          /* PLAIN: what they are multiplied with; 0: a hole */
	uint64_t rights;         /* the run's rights, memtype, rule, as they stand there */
	uint64_t shape;          /* its mapped, level, page_lg2, contig_lg2 */
};

/*
 * Pages of one table mostly come in a few variants, accessed and written or not.
 * From `from` on, `bytes` far, the entries are in the same table, inside the window
 * and the range; the next one is compared with `now`, and nothing else is looked at.
 */
struct __attribute__((may_alias)) ptg_seat_ {
	uint64_t table, end;     /* the table it was in last, and the last va it is good for */
	uint64_t how;            /* level, index width, shift, added, root (8 bits each); VALID, SLOW */
	uint64_t said;           /* by the tables above */
	uint64_t flags;
	uint64_t from, bytes;
	uint64_t at;             /* where the entry for `next` is */
	uint64_t span;           /* of an entry, in bytes of addresses */
	uint64_t form;           /* page_shl, page_shr, page_lg2, log2 of an entry's bytes (8 bits each); PLAIN */
	struct ptg_variant_ now;
	uint64_t other_table, other_end, other_count; /* the others are good in this table */
	struct ptg_variant_ other[PTG_SEAT_OTHERS];
};
_Static_assert(sizeof(struct ptg_seat_) <= sizeof(((struct ptg_cursor *)0)->state), "a cursor has too few words");

static inline struct ptg_seat_ *ptg_seat_(struct ptg_cursor *c)
{
	return (struct ptg_seat_ *)(void *)c->state;
}

/* cursor.c: the run at c->next by a walk; c->next is behind it then. */
void ptg_cursor_read_(struct ptg_cursor *c, struct ptg_run *run);

/* What led to the table that a cursor is in, for the length of one call; level 0: not known. */
struct ptg_up_ {
	uint64_t pa, bits, end;  /* the entry and what it is without the address; the seat's end in that table */
	uint64_t after;          /* the table that comes after it, 0: not known; before the end of the seat only */
	unsigned level;
};
/* cursor_same.c: ptg_next(), arguments checked.  up may be NULL: then each new table is looked up from the root. */
int ptg_cursor_next_(struct ptg_cursor *c, struct ptg_run *run, struct ptg_up_ *up);
/* `run` was the last one that *c gave: c goes back before it. */
void ptg_cursor_back_(struct ptg_cursor *c, const struct ptg_run *run);

#endif /* PTG_CURSOR_H */
