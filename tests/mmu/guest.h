/* SPDX-License-Identifier: MIT */
/*
 * guest.h - a bare-metal guest that asks its own MMU
 *
 * The common part (guest.c) builds tables with the emitted code, spoils some
 * entries, and asks for each random address and access three answers: the
 * generated walker's, the generic walker's, the machine's.  An architecture
 * gives the functions below and says how its machine is asked.
 */
#ifndef MMU_GUEST_H
#define MMU_GUEST_H

#include "ptg.h"

/* --- given by the architecture (arch_*.c) ------------------------------------- */

struct answer {                      /* of the machine */
	unsigned fault;              /* 0: the access went through */
	uint64_t value;              /* loads: what was read */
};

void machine_write(char c);          /* one character to the console */
void machine_off(int failed) __attribute__((noreturn));
void machine_start(const struct ptg_space *s);       /* tables are there: use them */
/* Make one access at va; kinds as in enum ptg_access, PTG_USER included. */
struct answer machine_access(uint64_t va, unsigned access, uint64_t store);
void machine_flush(void);

/* The space with its root, features and contexts; the name for the report. */
const char *format_setup(struct ptg_space *s, const struct ptg_mapper *m, uint64_t root);
/* Contexts (SUM, WP ...) may change between questions: bits of `choice`. */
void format_context(struct ptg_space *s, uint64_t choice);
/* Does the machine differ here from the manual, known and written down? */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a);
/* An address to ask for, somewhere in the mapped areas or nowhere. */
uint64_t format_address(uint64_t random);
/* May an entry of a table be spoilt by xor with this mask?  0: not. */
uint64_t format_spoil(uint64_t random);
extern const uint64_t format_first;  /* areas are mapped from here on */
/* An instruction that comes back at once, for fetches; repeated over half of each page. */
extern const uint32_t machine_return;

/* --- memory of the guest (linker script) ----------------------------------------- */

extern unsigned char guest_pool[], guest_pool_end[];

void say(const char *text);
void say_hex(uint64_t value);
int guest_main(void);

#endif /* MMU_GUEST_H */
