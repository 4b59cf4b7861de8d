/* SPDX-License-Identifier: MIT */
/*
 * i386_cas.h - a compare-and-swap for entries of 8 bytes
 *
 * clang has no 64-bit atomics for i386, and then the user gives one (ptg_mem.h).
 * Nobody else is here, so a plain one will do.
 */
#ifndef MMU_I386_CAS_H
#define MMU_I386_CAS_H
#ifndef __ASSEMBLER__

#include <stdint.h>

static inline int guest_swap64(volatile uint64_t *at, uint64_t *expected, uint64_t desired)
{
	uint64_t now = *at;

	if (now != *expected) {
		*expected = now;
		return 0;
	}
	*at = desired;
	return 1;
}

#define PTG_CAS64(space, pa, old, v) guest_swap64((volatile uint64_t *)(void *)PTG_AT(space, pa), old, v)

#endif
#endif /* MMU_I386_CAS_H */
