/* SPDX-License-Identifier: MIT */
/* rights.c - other rights for a page that is there: for the straight way of generated code */

#include "ptg_core.h"
#include "ptg_gen.h"
#include "ptg_quick.h"

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

unsigned ptg_reason_of_(unsigned old, unsigned now)
{
	unsigned reason = (now & ~old ? PTG_FLUSH_UP : 0u) | (old & ~now ? PTG_FLUSH_DOWN : 0u);

	return reason ? reason : (unsigned)PTG_FLUSH_REPLACED;
}

/* Two page entries that the digest knows: what each attribute is in the first, and where the second differs. */
static unsigned reason_quickly(const struct ptg_space *s, const struct ptg_quick_level *l, uint64_t before, uint64_t after)
{
	const struct ptg_quick *q = &s->quick;
	unsigned i, index = 0, other = 0, old = 0, now = 0;

	for (i = 0; i < q->attr_count; i++) {
		unsigned how = l->attr_how[i], bit = l->attr_bit[i], at = q->attr_index[i];
		unsigned is = how > 1 ? how - 2 : ((unsigned)ptg_shr_(before, bit) ^ how) & 1;
		unsigned turns = how > 1 ? 0 : (unsigned)ptg_shr_(before ^ after, bit) & 1;

		if (at == 0xff) {
			old |= is ? PTG_GLOBAL : 0;
			now |= is ^ turns ? PTG_GLOBAL : 0;
		} else {
			index |= is << at;
			other |= turns << at;
		}
	}
	for (i = 0; i < q->mark_count; i++) {
		old |= (before & q->mark_mask[i]) == q->mark_value[i] ? q->mark_right[i] : 0u;
		now |= (after & q->mark_mask[i]) == q->mark_value[i] ? q->mark_right[i] : 0u;
	}
	return ptg_reason_of_(old | s->rights[index & 63], now | s->rights[(index ^ other) & 63]);
}

unsigned ptg_rights_reason_(const struct ptg_space *s, unsigned level, uint64_t before, uint64_t after)
{
	const struct ptg_quick_level *l = &s->quick.level[level & 7];
	const uint64_t was[2] = { before, 0 }, is[2] = { after, 0 };
	struct ptg_decoded old, now;

	if (ptg_quick_holds_(s) && (s->quick.usable & 2) && ptg_quick_is_page_(l, before) && ptg_quick_is_page_(l, after))
		return reason_quickly(s, l, before, after);
	ptg_decode_(s, level, was, &old);
	ptg_decode_(s, level, is, &now);
	return ptg_reason_of_(old.rights, now.rights);
}
