/* SPDX-License-Identifier: MIT */
/* rights.c - other rights for a page that is there: for the straight way of generated code */

#include "ptg_core.h"
#include "ptg_gen.h"

bool ptg_other_rights_(const struct ptg_format *f, const struct ptg_kind *k, const uint64_t page[64],
		       const struct ptg_attrs *a, uint64_t e, uint64_t *bits)
{
	const struct ptg_enc_rights *rights = f->enc_rights + k->rights_first;
	unsigned i, now = a->rights & 0x3f;

	if (!a->care || (a->care & ~(uint32_t)0x3f))
		return false;
	if (a->care != 0x3f) {
		for (i = 0; i < k->rights_count && rights[i].value != (e & k->rights_mask); i++)
			;
		if (i == k->rights_count)
			return false;
		now = (rights[i].rights & ~a->care) | (a->rights & a->care & 0x3f);
	}
	*bits = page[now & 0x3f] & k->rights_mask;
	return page[now & 0x3f] != 0;
}

unsigned ptg_rights_reason_(const struct ptg_space *s, unsigned level, uint64_t before, uint64_t after)
{
	const uint64_t was[2] = { before, 0 }, is[2] = { after, 0 };
	struct ptg_decoded old, now;
	unsigned reason = 0;

	ptg_decode_(s, level, was, &old);
	ptg_decode_(s, level, is, &now);
	if (now.rights & ~old.rights)
		reason |= PTG_FLUSH_UP;
	if (old.rights & ~now.rights)
		reason |= PTG_FLUSH_DOWN;
	return reason ? reason : (unsigned)PTG_FLUSH_REPLACED;
}
