/* SPDX-License-Identifier: MIT */
/*
 * mali_lpae.c - Arm Mali, as io-pgtable-arm.c and panfrost have it
 *
 * A leaf has type 1 at every level, a table type 3; TRANSTAB's low bits: 3 tables,
 * 2 identity, else nothing is mapped.
 */
#include "spec/plain.h"

void spec_assume(struct ptg_space *s)
{
	s->config[0] = 0;
}

struct spec spec_translate(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t table = spec_reg[0] & ones(39, 12), e;

	(void)s;
	if (!bit(spec_reg[0], 1))
		return stop(PTG_F_NOT_PRESENT);
	if (!bit(spec_reg[0], 0))
		return (struct spec){ .pa = va, .rights = everybody(1, 1, 1) };
	if (va >> 48)
		return stop(PTG_F_NONCANONICAL);
	for (unsigned level = 3;; level--) {
		unsigned lg2 = 12 + 9 * level;

		if (!entry_at(table + (va >> lg2 & 511) * 8, 8, &e))
			return stop(PTG_F_UNREADABLE);
		if (bits(e, 1, 0) == 1 && level < 3)
			return page(va, access, e, e & ones(39, 12), level, lg2,
				    everybody(bit(e, 6), bit(e, 7), bits(e, 54, 53) == 0));
		if (bits(e, 1, 0) != 3 || level == 0)
			return stop(PTG_F_NOT_PRESENT);
		table = e & ones(39, 12);
	}
}
