/* SPDX-License-Identifier: MIT */
/*
 * sparc_srmmu.c - The SPARC Architecture Manual, version 8, appendix H
 *
 * Page table descriptors and entries: H.4 and figures; access permissions: the table of
 * ACC, user and supervisor.  The context table is aligned, so that joining is adding.
 */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
	s->ctx[0] &= below(16);
}

/* ACC: user, supervisor; bit 0 read, 1 write, 2 execute. */
static unsigned six(unsigned acc)
{
	static const uint8_t user[8] = { 1, 3, 5, 7, 4, 1, 0, 0 }, supervisor[8] = { 1, 3, 5, 7, 4, 3, 5, 7 };

	return user[acc] | supervisor[acc] << 3;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = bits(spec_reg[0], 31, 2) << 6, index = s->ctx[0], e;
	struct spec out;

	if (va >> 32)
		return stop(PTG_F_NONCANONICAL);
	__CPROVER_assume((table & index * 4) == 0);
	for (unsigned level = 3;; level--) {
		if (!entry_at(table + index * 4, 4, &e))
			return stop(PTG_F_UNREADABLE);
		if (bits(e, 1, 0) == 0)
			return stop(PTG_F_NOT_PRESENT);
		if (bits(e, 1, 0) == 3 || (level == 0 && bits(e, 1, 0) == 1))
			return stop(PTG_F_RESERVED);
		if (bits(e, 1, 0) == 2) {
			out = page(va, access, e, bits(e, 31, 8) << 12, level, level ? 12 + 6 * level : 12,
				   six((unsigned)bits(e, 4, 2)));
			if (level == 3 && !out.fault) { /* all of the 4 GiB */
				out.page_lg2 = 32;
				out.pa = (bits(e, 31, 8) << 12 & ~below(32)) | va;
			}
			if (!out.fault)
				out.rights |= bit(e, 5) << 7 | bit(e, 6) << 8;
			return out;
		}
		table = bits(e, 31, 2) << 6;
		if (level == 3) { /* a table of 256 entries, 1 KiB */
			table &= ~below(10);
			index = bits(va, 31, 24);
		} else { /* of 64, 256 bytes */
			table &= ~below(8);
			index = level == 2 ? bits(va, 23, 18) : bits(va, 17, 12);
		}
	}
}
