/* SPDX-License-Identifier: MIT */
/*
 * nvidia.h - GMMU versions 2 and 3: directories, an entry of 16 bytes with two tables
 * for its 2 MiB, pages of 64 KiB looked at before those of 4 KiB
 *
 * Included with TOP (levels are counted from 0, the table of 4 KiB pages; 1: of
 * 64 KiB pages; 2: the double entries) and what an entry's parts are defined.
 * Which memory an address is in is not asked here, but for where its field ends.
 */
#include "spec/plain.h"

/* Low bits of a large page's address are taken as required to be 0. */
static struct spec page_at(uint64_t va, unsigned access, uint64_t e, unsigned level, unsigned lg2)
{
	uint64_t frame = PAGE_FRAME(e);

	if (frame & below(lg2))
		return stop(PTG_F_RESERVED);
	if ((access & PTG_USER) && (access & 7) && PRIVILEGED(e))
		return stop(PTG_F_PERMISSION);
	if ((access & 3) == 3 && !ATOMIC(e)) /* a read and a write at once */
		return stop(PTG_F_PERMISSION);
	return page(va, access, e, frame, level, lg2, everybody(1, !READ_ONLY(e), 1) & (PRIVILEGED(e) ? 0x38 : 0x3f));
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = ROOT_TABLE(spec_reg[0]), e, e1;
	unsigned level, lg2 = 21;

	if (bits(spec_reg[0], 1, 0) == 1) /* the directory cannot be a peer's */
		return stop(PTG_F_CONFIG);
	if (va >> VA_BITS)
		return stop(PTG_F_NONCANONICAL);
	for (level = TOP; level > 2; level--) {
		lg2 = 29 + 9 * (level - 3);
		if (!entry_at(table + (va >> lg2 & (level == TOP ? below(VA_BITS - lg2) : 511)) * 8, 8, &e))
			return stop(PTG_F_UNREADABLE);
		if (bit(e, 0) && HAS_PAGES(level))
			return page_at(va, access, e, level, lg2);
		if (bit(e, 0))
			return stop(PTG_F_RESERVED);
		if (!bits(e, 2, 1))
			return stop(PTG_F_NOT_PRESENT);
		table = TABLE_FRAME(e);
	}
	if (!__CPROVER_uninterpreted_readable(table + bits(va, 28, 21) * 16))
		return stop(PTG_F_UNREADABLE);
	e = __CPROVER_uninterpreted_memory(table + bits(va, 28, 21) * 16);
	e1 = __CPROVER_uninterpreted_memory(table + bits(va, 28, 21) * 16 + 8);
	if (bit(e, 0))
		return page_at(va, access, e, 2, 21);
	if (!bits(e, 2, 1) && !bits(e1, 2, 1))
		return stop(PTG_F_NOT_PRESENT);
	if (bits(e, 2, 1)) {
		uint64_t big;

		if (!entry_at(BIG_FRAME(e) + bits(va, 20, 16) * 8, 8, &big))
			return stop(PTG_F_UNREADABLE);
		if (bit(big, 0))
			return page_at(va, access, big, 1, 16);
		if (!USE_SMALL(big) || !bits(e1, 2, 1))
			return stop(PTG_F_NOT_PRESENT);
	}
	if (!entry_at(SMALL_FRAME(e1) + bits(va, 20, 12) * 8, 8, &e))
		return stop(PTG_F_UNREADABLE);
	if (!bit(e, 0))
		return stop(PTG_F_NOT_PRESENT);
	return page_at(va, access, e, 0, 12);
}
