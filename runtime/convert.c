/* SPDX-License-Identifier: MIT */
/*
 * convert.c - the same page at another size: attributes carried from one kind's layout to another's
 *
 * Encodings are moved, not meanings: a code of the old kind becomes the code of
 * the new one that stands for the same, under whatever context.  Bits that no
 * attribute knows (ignored ones, a vendor's own) stay where they are, if both
 * layouts leave that place alone.
 */
#include "ptg_change.h"

/* Bits of the low word that the address can take. */
static uint64_t conv_addr(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2])
{
	uint64_t a[2] = { e[0], e[1] }, b[2] = { e[0], e[1] };

	ptg_put_addr_(s, k, 0, a);
	ptg_put_addr_(s, k, ~(uint64_t)0, b);
	return a[0] ^ b[0];
}

static uint64_t conv_key(const struct ptg_kind *k)
{
	return k->key_lo < 64 ? ptg_shl_(ptg_mask_(k->key_width), k->key_lo) : 0;
}

/* Bits of the low word with a meaning of their own, the same or not in another kind. */
static uint64_t conv_known(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2])
{
	const struct ptg_level *l = &s->format->levels[k->level];
	const struct ptg_row *r = s->format->rows + l->row_first, *end = r + l->row_count;
	uint64_t known = conv_addr(s, k, e) | k->base | k->zero | k->one | k->rights_mask | k->mem_mask;

	known |= k->global_mask | k->accessed_mask | k->dirty_mask | k->contig_mask | conv_key(k);
	known |= (k->zero_cfg[0] & s->config[1]) | (k->zero_cfg[1] & s->config[2]) | (k->zero_cfg[2] & s->config[3]);
	if (k->napot)
		known |= ptg_shl_(ptg_mask_(k->napot_width), k->napot_src & 63);
	for (; r < end; r++)
		if (&s->format->kinds[r->kind] == k)
			known |= r->mask;
	return known;
}

static bool conv_on(const struct ptg_space *s, uint32_t mask, uint32_t value)
{
	return ((uint32_t)s->config[0] & mask) == value;
}

static int conv_rights(const struct ptg_space *s, const struct ptg_kind *from, const uint64_t e[2],
		       const struct ptg_kind *to, uint64_t out[2])
{
	const struct ptg_enc_rights *a = s->format->enc_rights + from->rights_first, *b;
	unsigned i, j;

	if (from->rights_mask == to->rights_mask && from->rights_mask_hi == to->rights_mask_hi) {
		out[0] = (out[0] & ~to->rights_mask) | (e[0] & to->rights_mask);
		out[1] = (out[1] & ~to->rights_mask_hi) | (e[1] & to->rights_mask_hi);
		return PTG_OK;
	}
	for (i = 0; i < from->rights_count; i++, a++) {
		if (!conv_on(s, a->feature_mask, a->feature_value) || (e[0] & from->rights_mask) != a->value ||
		    (e[1] & from->rights_mask_hi) != a->value_hi)
			continue;
		b = s->format->enc_rights + to->rights_first;
		for (j = 0; j < to->rights_count; j++, b++)
			if (conv_on(s, b->feature_mask, b->feature_value) && b->rights == a->rights) {
				out[0] = (out[0] & ~to->rights_mask) | b->value;
				out[1] = (out[1] & ~to->rights_mask_hi) | b->value_hi;
				return PTG_OK;
			}
	}
	return PTG_E_SPLIT;
}

static int conv_mem(const struct ptg_space *s, const struct ptg_kind *from, const uint64_t e[2],
		    const struct ptg_kind *to, uint64_t out[2])
{
	const struct ptg_enc_mem *a = s->format->enc_mem + from->mem_first, *b;
	unsigned i, j;

	if (from->mem_mask == to->mem_mask && from->mem_mask_hi == to->mem_mask_hi) {
		out[0] = (out[0] & ~to->mem_mask) | (e[0] & to->mem_mask);
		out[1] = (out[1] & ~to->mem_mask_hi) | (e[1] & to->mem_mask_hi);
		return PTG_OK;
	}
	for (i = 0; i < from->mem_count; i++, a++) {
		if (!conv_on(s, a->feature_mask, a->feature_value) || (e[0] & from->mem_mask) != a->value ||
		    (e[1] & from->mem_mask_hi) != a->value_hi)
			continue;
		b = s->format->enc_mem + to->mem_first;
		for (j = 0; j < to->mem_count; j++, b++)
			if (conv_on(s, b->feature_mask, b->feature_value) && b->type == a->type &&
			    b->ctx_lo == a->ctx_lo && b->ctx_width == a->ctx_width) {
				out[0] = (out[0] & ~to->mem_mask) | b->value;
				out[1] = (out[1] & ~to->mem_mask_hi) | b->value_hi;
				return PTG_OK;
			}
	}
	return PTG_E_SPLIT;
}

static void conv_flag(uint64_t e, uint64_t from_mask, uint64_t from_value, uint64_t *out, uint64_t mask, uint64_t value)
{
	if (!from_mask || !mask)
		return;
	*out = (*out & ~mask) | ((e & from_mask) == from_value ? value : ~value & mask);
}

static void conv_flags(const struct ptg_kind *from, const uint64_t e[2], const struct ptg_kind *to, uint64_t out[2])
{
	conv_flag(e[0], from->global_mask, from->global_value, &out[0], to->global_mask, to->global_value);
	conv_flag(e[0], from->accessed_mask, from->accessed_value, &out[0], to->accessed_mask, to->accessed_value);
	/* Where dirty is a matter of rights, rights have carried it. */
	if (!(from->dirty_mask & from->rights_mask))
		conv_flag(e[0], from->dirty_mask, from->dirty_value, &out[0], to->dirty_mask, to->dirty_value);
	if (from->key_width && from->key_width == to->key_width && from->key_lo < 64 && to->key_lo < 64)
		out[0] = (out[0] & ~conv_key(to)) |
			 ptg_shl_(ptg_shr_(e[0], from->key_lo) & ptg_mask_(from->key_width), to->key_lo);
	out[0] = (out[0] & ~to->contig_mask) | (to->contig_clear & to->contig_mask);
}

static bool conv_reads(const struct ptg_space *s, const struct ptg_kind *to, const uint64_t e[2])
{
	struct ptg_env env;

	if (to->napot)
		return true; /* the mark comes with the address */
	env.space = s;
	env.regs = env.attr = NULL;
	env.va = env.index = 0;
	env.index_lg2 = env.access = 0;
	env.size_lg2 = to->page_lg2;
	env.e[0] = e[0];
	env.e[1] = e[1];
	ptg_put_addr_(s, to, 0, env.e);
	return ptg_kind_(s, to->level, env.e) == to &&
	       ((s->format->flags & PTG_FORMAT_DYNAMIC) || !ptg_check_(&env, to));
}

int ptg_convert_(const struct ptg_space *s, const struct ptg_kind *from, const uint64_t e[2], const struct ptg_kind *to,
		 uint64_t out[2])
{
	uint64_t plain, keep;
	int err;

	out[0] = to->base;
	out[1] = to->base_hi;
	err = conv_rights(s, from, e, to, out);
	if (!err)
		err = conv_mem(s, from, e, to, out);
	if (err)
		return err;
	conv_flags(from, e, to, out);
	plain = out[0];
	keep = ~(conv_known(s, from, e) | conv_known(s, to, out));
	if (s->format->levels[to->level].entry_lg2 < 3)
		keep &= ptg_mask_(8u << s->format->levels[to->level].entry_lg2);
	out[0] = (plain & ~keep) | (e[0] & keep);
	if (conv_reads(s, to, out))
		return PTG_OK;
	out[0] = plain;
	return conv_reads(s, to, out) ? PTG_OK : PTG_E_SPLIT;
}

/* --- present or not --------------------------------------------------------------------- */

/* The first row for e, when it says that nothing is there. */
static const struct ptg_row *conv_absent(const struct ptg_space *s, unsigned level, const uint64_t e[2])
{
	const struct ptg_level *l = &s->format->levels[level];
	const struct ptg_row *r = s->format->rows + l->row_first, *end = r + l->row_count;

	for (; r < end; r++) {
		if (((e[0] & r->mask) ^ r->value) | ((e[1] & r->mask_hi) ^ r->value_hi))
			continue;
		if (!conv_on(s, r->feature_mask, r->feature_value) || r->extra != PTG_NONE)
			continue;
		if (s->format->kinds[r->kind].role != PTG_ROLE_INVALID)
			return NULL;
		return s->format->rules[s->format->kinds[r->kind].rule].fault_class == PTG_F_NOT_PRESENT ? r : NULL;
	}
	return NULL;
}

/*
 * A page that keeps its address while not present: the bits that say "nothing
 * here" are put over it.  It is known again by its accessed mark (where the
 * kind has one), so payloads of other software leave that clear.
 */
int ptg_hide_(const struct ptg_space *s, unsigned level, const struct ptg_kind *k, uint64_t e[2])
{
	const struct ptg_level *l = &s->format->levels[level];
	const struct ptg_row *r = s->format->rows + l->row_first, *end = r + l->row_count;
	uint64_t addr = conv_addr(s, k, e) | k->accessed_mask, h[2];

	for (; r < end; r++) {
		const struct ptg_kind *none = &s->format->kinds[r->kind];

		if (none->role != PTG_ROLE_INVALID || (r->mask & addr) || r->mask_hi || !r->mask)
			continue;
		h[0] = (((e[0] & ~k->accessed_mask) | k->accessed_value) & ~r->mask) | r->value;
		h[1] = e[1];
		if (!(h[0] | h[1]) || !conv_absent(s, level, h))
			continue;
		e[0] = h[0];
		e[1] = h[1];
		return PTG_OK;
	}
	return PTG_E_ATTR;
}

static bool unhidden(const struct ptg_space *s, const struct ptg_table *t, const struct ptg_kind *k, uint64_t e[2])
{
	struct ptg_env env;

	env.space = s;
	env.regs = env.attr = NULL;
	env.va = env.index = 0;
	env.index_lg2 = env.access = 0;
	env.size_lg2 = t->shift;
	env.e[0] = e[0];
	env.e[1] = e[1];
	return ptg_kind_(s, t->level, e) == k && !ptg_check_(&env, k);
}

const struct ptg_kind *ptg_unhide_(const struct ptg_space *s, const struct ptg_table *t, uint64_t e[2])
{
	const struct ptg_row *r = conv_absent(s, t->level, e);
	const struct ptg_kind *k = ptg_single_(s, t);
	const struct ptg_enc_rights *w, *end;
	uint64_t v[2];

	if (!r || !k || (e[0] & k->accessed_mask) != k->accessed_value)
		return NULL;
	v[0] = e[0] = (e[0] & ~r->mask) | (k->base & r->mask);
	v[1] = e[1];
	if (unhidden(s, t, k, e))
		return k;
	/* Where a page without rights is not present: some rights, which are about to change. */
	w = s->format->enc_rights + k->rights_first;
	for (end = w + k->rights_count; w < end; w++) {
		e[0] = (v[0] & ~k->rights_mask) | w->value;
		if (conv_on(s, w->feature_mask, w->feature_value) && unhidden(s, t, k, e))
			return k;
	}
	return NULL;
}
