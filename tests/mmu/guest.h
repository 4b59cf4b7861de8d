/* SPDX-License-Identifier: MIT */
/*
 * guest.h - a bare-metal guest that asks its own MMU
 *
 * The common part (guest.c) asks for each random address and access three
 * answers: the generated walker's, the generic walker's, the machine's.  An
 * architecture (arch_*.c) gives the functions of the first part; it builds
 * spaces with those of the second.
 *
 * FORMAT is the format asked (for a pair of stages, FIRST and SECOND are its
 * parts); VARIANT counts ways to set it up.  run.sh defines them.
 */
#ifndef MMU_GUEST_H
#define MMU_GUEST_H

#include "ptg.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

/* Where an object of the program is in physical memory; programs are linked below 2^48 or in a window above. */
#define PHYSICAL_OF(p) ((uint64_t)(uintptr_t)(p) & (((uint64_t)1 << 48) - 1))

/* --- given by the architecture ------------------------------------------------ */

struct answer {                      /* of the machine */
	unsigned fault;              /* 0: the access went through; else the architecture's own number */
	uint64_t value;              /* loads: what was read */
};

void machine_write(char c);          /* one character to the console */
void machine_off(int failed) __attribute__((noreturn));
void machine_flush(void);
/* Tables and contexts are there: use them. */
void machine_start(const struct ptg_space *s);
/* Make one access at va; kinds as in enum ptg_access, PTG_USER included. */
struct answer machine_access(uint64_t va, unsigned access, uint64_t store);
/* Loads and stores are this wide: 8 or 4 bytes, the low ones of a number. */
extern const unsigned machine_bytes;
/* The accesses that the machine can make; guest.c has a weak "all". */
extern unsigned machine_kinds;
/* An instruction that comes back at once, for fetches; fills half of each 4 KiB. */
extern const uint32_t machine_return;

/* A space with its root, features, mapped areas and spoilt entries (odd rounds). */
struct ptg_space *format_setup(const struct ptg_mapper *m, unsigned round);
/* Contexts (SUM, WP ...) may change between questions: bits of `choice`. */
void format_context(struct ptg_space *s, uint64_t choice);
/* An address to ask for, somewhere in the mapped areas or nowhere. */
uint64_t format_address(uint64_t random);
/* Rights that pages can have, of random ones.  guest.c has a weak "all". */
uint32_t format_rights(uint32_t rights);
/* May an entry of a table be spoilt by xor with this mask?  0: not. */
uint64_t format_spoil(uint64_t random);
/* Is what the machine itself needs still as it was?  Asked after each spoilt entry. */
int format_alive(const struct ptg_space *s);
/* The number that the machine should give for this fault; 0: any. */
unsigned format_fault(const struct ptg_space *s, unsigned access, const struct ptg_translation *t);
/* Does the machine differ here from the manual, known and written down (README.md)? */
int format_known(const struct ptg_space *s, uint64_t va, unsigned access, const struct ptg_translation *t,
		 const struct answer *a);

/*
 * Is the space changed while the machine uses it (even rounds)?  Then only what a
 * call's flush lists is flushed, page by page.  guest.c has a weak 0.
 */
extern int machine_live;
void machine_flush_page(uint64_t va);

/* Is the machine known to do what may hurt the guest here (README.md)?  Then it is not asked.  guest.c has a weak 0. */
int format_skip(unsigned access, const struct ptg_translation *t);

/* --- the common part -------------------------------------------------------------- */

#define GUEST_DATA_BYTES (4u << 20)  /* frames that tests map: each word holds its own address */

int guest_main(void);
uint64_t guest_random(void);
uint64_t guest_data(void);           /* where the frames are */
uint64_t guest_target(void);         /* where the access asked for would go if all rights were there; 0: nowhere */
/* A zeroed table. */
uint64_t guest_table(size_t bytes, size_t align);
/* Map random pages at first + (random below 2^bits); the frames are at `data` in what s translates to. */
void guest_fill(struct ptg_space *s, uint64_t first, unsigned bits, uint64_t data);
/* Map exactly this, with all rights but `without`; failure ends the run. */
void guest_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t bytes, uint32_t rights);
/* Spoil entries of the tables made since `since` (a guest_table() answer). */
void guest_spoil(const struct ptg_space *s, uint64_t since);
void guest_end(const char *why) __attribute__((noreturn));

void say(const char *text);
void say_hex(uint64_t value);

/* Memory from here to there is the guest's to use (linker script). */
extern unsigned char guest_pool[], guest_pool_end[];

#endif /* MMU_GUEST_H */
