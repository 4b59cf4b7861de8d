/* SPDX-License-Identifier: MIT */
/*
 * args.c - what every operation on a range asks of its arguments
 */
#include "ptg_change.h"

/* The smallest pages that may be used here; a two-stage pair has none, and no levels. */
unsigned ptg_smallest_lg2_(const struct ptg_space *s)
{
	uint64_t sizes = s->page_sizes ? s->page_sizes : s->format->page_sizes;

	if (sizes)
		return ptg_lowest_bit_(sizes);
	return s->format->level_count ? s->format->levels[0].shift : 0;
}

static int args_start(const struct ptg_space *s, uint64_t va, const struct ptg_root **root)
{
	struct ptg_table t;
	unsigned rule;

	switch (ptg_start_(s, va, root, &t, &rule)) {
	case PTG_F_NONE:
		return (*root)->flags & PTG_ROOT_BYPASS ? PTG_E_UNSUPPORTED : PTG_OK;
	case PTG_F_CONFIG:
		return PTG_E_ARG;
	case PTG_F_UNREADABLE:
		return PTG_E_IO;
	default:
		return PTG_E_RANGE;
	}
}

/* Both ends are good; whether everything between them is. */
static bool args_whole(const struct ptg_space *s, const struct ptg_root *r, uint64_t first, uint64_t last)
{
	uint64_t differ = first ^ last;
	unsigned sign;

	if (differ & r->va_ignore)
		return false;
	if (s->format->va_check == PTG_VA_ROOT)
		sign = s->root[0].sel_lo;
	else if (s->format->va_check == PTG_VA_SIGN && r->va_lg2 && r->va_lg2 < 64)
		sign = r->va_lg2 - 1u;
	else
		return true;
	return !(ptg_shr_(differ, sign & 63) & 1);
}

/*
 * Nearly every call: both ends below one entry of the first table, which a plain
 * root leads to.  false: it takes more to tell.
 */
static bool args_plain(const struct ptg_space *s, uint64_t first, uint64_t last)
{
	const struct ptg_format *f = s->format;
	const struct ptg_root *r = ptg_choose_root_(s, first);
	const struct ptg_level *l = &f->levels[r->level < f->level_count ? r->level : 0];
	uint64_t index = ptg_shr_(first, l->shift & 63) & ptg_mask_(r->index_lg2);

	return (r->flags & (PTG_ROOT_VALID | PTG_ROOT_BYPASS)) == PTG_ROOT_VALID && r->level < f->level_count &&
	       !(f->flags & PTG_FORMAT_DYNAMIC) && l->by == PTG_NONE && l->shift < 64 &&
	       !ptg_shr_(first ^ last, l->shift) && r->va_lg2 > l->shift &&
	       ((!s->root[0].sel_width && f->va_check != PTG_VA_ROOT) || s->root[0].sel_lo >= l->shift) &&
	       !((first ^ last) & r->va_ignore) && index >= r->index_first && index <= r->index_last &&
	       ptg_address_fits_(s, r, first);
}

int ptg_args_(const struct ptg_space *s, uint64_t va, uint64_t len, uint64_t *last)
{
	const struct ptg_root *r, *end;
	uint64_t sizes;
	int err;

	if (!s || !s->format || !s->mapper || !len || va + (len - 1) < va)
		return PTG_E_ARG;
	if (s->stage[0] || s->format->stage[0])
		return PTG_E_UNSUPPORTED;
	sizes = s->page_sizes ? s->page_sizes : s->format->page_sizes;
	if ((va | len) & (sizes ? (sizes & (0 - sizes)) - 1 : ptg_mask_(s->format->levels[0].shift)))
		return PTG_E_ALIGN;
	*last = va + (len - 1);
	if (args_plain(s, va, *last))
		return PTG_OK;
	err = args_start(s, va, &r);
	if (!err)
		err = args_start(s, *last, &end);
	if (err)
		return err;
	return args_whole(s, r, va, *last) ? PTG_OK : PTG_E_RANGE;
}
