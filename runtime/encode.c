/* SPDX-License-Identifier: MIT */
/*
 * encode.c - the entry that says what is wanted, or which part of it cannot be said
 *
 * Rights are found in the kind's rows, exact under the default context; memory
 * types in theirs, of which some ask the context (pat, mair).  Nothing is
 * dropped: what has no encoding is PTG_E_ATTR.
 *
 * Not asked for (care) in a new entry: not global, accessed, dirty when it may be
 * written, key 0, soft bits 0, the memory type whose code is 0.
 */
#include "ptg_core.h"

#define RIGHTS 0x3fu

/* --- which kind ------------------------------------------------------------------------ */

static bool row_is_on(const struct ptg_space *s, const struct ptg_row *r)
{
	return ((uint32_t)s->config[0] & r->feature_mask) == r->feature_value;
}

/* Place of the mark in the napot field for that size; false: not such a size. */
static bool napot_place(const struct ptg_kind *k, unsigned page_lg2, unsigned *place)
{
	*place = page_lg2 - k->napot_dst - 1u;
	return page_lg2 > k->napot_dst && *place < k->napot_width;
}

static void put_napot(const struct ptg_kind *k, unsigned place, uint64_t e[2])
{
	uint64_t mark = ptg_shl_(1, place), below = mark - 1;
	unsigned lo = k->napot_src;

	e[0] &= ~ptg_shl_(mark | below, lo);
	e[0] |= ptg_shl_(k->napot == 1 ? mark : below, lo);
}

/* May this kind hold a page of that size?  0: no; 1: a napot of several sizes; 2: its one size. */
static unsigned size_fits(const struct ptg_space *s, const struct ptg_kind *k, unsigned page_lg2)
{
	unsigned place;

	if (k->napot)
		return (ptg_shr_(k->sizes, page_lg2) & 1) && napot_place(k, page_lg2, &place);
	if (s->format->flags & PTG_FORMAT_DYNAMIC)
		return ptg_shr_(s->format->page_sizes, page_lg2) & 1 ? 2 : 0;
	return k->page_lg2 == page_lg2 ? 2 : 0;
}

const struct ptg_kind *ptg_page_kind_(const struct ptg_space *s, unsigned page_lg2)
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *best = NULL;
	unsigned i, fits;

	for (i = 0; i < f->row_count && page_lg2 < 64; i++) {
		const struct ptg_kind *k = &f->kinds[f->rows[i].kind];

		if (k->role != PTG_ROLE_PAGE || !k->encodable || !row_is_on(s, &f->rows[i]))
			continue;
		fits = size_fits(s, k, page_lg2);
		if (fits == 2)
			return k;
		if (fits && !best)
			best = k;
	}
	return best;
}

/* The kind of that role written at a level: the plainest, which is the first without napot or repeat. */
static const struct ptg_kind *kind_at(const struct ptg_space *s, unsigned level, unsigned role)
{
	const struct ptg_format *f = s->format;
	const struct ptg_level *l = &f->levels[level];
	const struct ptg_kind *other = NULL;
	unsigned i;

	for (i = 0; i < l->row_count; i++) {
		const struct ptg_row *r = &f->rows[l->row_first + i];
		const struct ptg_kind *k = &f->kinds[r->kind];

		if (k->role != role || !k->encodable || !row_is_on(s, r))
			continue;
		if (!k->napot && !k->repeat_lg2)
			return k;
		if (!other)
			other = k;
	}
	return other;
}

/* Whether a table below such an entry has pages of the smallest size that may be used here, or leads to some. */
static bool leads_to_smallest(const struct ptg_space *s, const struct ptg_kind *k)
{
	const struct ptg_format *f = s->format;
	uint64_t sizes = s->page_sizes ? s->page_sizes : f->page_sizes;
	unsigned below = f->levels[k->level].next;

	if (k->next_count == 1)
		below = f->nexts[k->next_first].level;
	return !sizes || k->next_count > 1 || below >= f->level_count || f->levels[below].shift <= ptg_lowest_bit_(sizes);
}

/* Where an entry says which pages the table below it has, it is those of the smallest size. */
const struct ptg_kind *ptg_table_kind_(const struct ptg_space *s, unsigned level)
{
	const struct ptg_kind *plain = kind_at(s, level, PTG_ROLE_TABLE);
	const struct ptg_format *f = s->format;
	const struct ptg_level *l = &f->levels[level];
	unsigned i;

	for (i = 0; plain && !leads_to_smallest(s, plain) && i < l->row_count; i++) {
		const struct ptg_row *r = &f->rows[l->row_first + i];
		const struct ptg_kind *k = &f->kinds[r->kind];

		if (k->role == PTG_ROLE_TABLE && k->encodable && row_is_on(s, r) && leads_to_smallest(s, k))
			return k;
	}
	return plain;
}

/* --- attributes ------------------------------------------------------------------------- */

/*
 * The first row whose rights agree on the bits of care, and whose memory type is that of
 * the entry where a deny line asks for it; where the dirty mark is one of the rights'
 * bits (AP[2] of AArch64), one that has it as wanted goes before.
 */
static const struct ptg_enc_rights *rights_row(const struct ptg_space *s, const struct ptg_kind *k,
					       unsigned rights, unsigned care, uint64_t e)
{
	const struct ptg_enc_rights *r = s->format->enc_rights + k->rights_first, *end = r + k->rights_count;
	const struct ptg_enc_rights *first = NULL;
	uint64_t memory = k->mem_mask & k->rights_mask;
	unsigned differ = care & RIGHTS;
	bool shared = (care & PTG_DIRTY) && (k->dirty_mask & k->rights_mask);

	for (; r < end; r++) {
		if (((r->rights ^ rights) & differ) || ((uint32_t)s->config[0] & r->feature_mask) != r->feature_value ||
		    ((r->value ^ e) & memory))
			continue;
		if (!shared || ((r->value & k->dirty_mask) == k->dirty_value) == ((rights & PTG_DIRTY) != 0))
			return r;
		if (!first)
			first = r;
	}
	return first;
}

/* A first bit of `bits`, as *why. */
static int cannot(unsigned *why, uint32_t bits)
{
	*why = (unsigned)(bits & (0 - bits));
	return PTG_E_ATTR;
}

static int put_rights(const struct ptg_space *s, const struct ptg_kind *k, unsigned rights, unsigned care,
		      uint64_t e[2], unsigned *why)
{
	const struct ptg_enc_rights *r = rights_row(s, k, rights, care, e[0]);
	unsigned bit;

	if (r) {
		e[0] = (e[0] & ~k->rights_mask) | r->value;
		e[1] = (e[1] & ~k->rights_mask_hi) | r->value_hi;
		return PTG_OK;
	}
	if (!k->rights_count && !(~rights & care & RIGHTS))
		return PTG_OK; /* nothing denies anything */
	for (bit = 1; bit <= PTG_SX; bit <<= 1) /* the first that alone, with those before it, has no row */
		if ((care & bit) && !rights_row(s, k, rights, care & (2 * bit - 1), e[0]))
			break;
	return cannot(why, k->rights_count ? bit : ~rights & care & RIGHTS);
}

/* A mark or flag: value when on, its complement when off. */
static void put_flag(uint64_t *e, uint64_t mask, uint64_t value, bool on)
{
	*e = (*e & ~mask) | (on ? value : ~value & mask);
}

static bool mem_row_gives(const struct ptg_space *s, const struct ptg_enc_mem *m, unsigned memtype)
{
	uint64_t value;

	if (((uint32_t)s->config[0] & m->feature_mask) != m->feature_value)
		return false;
	if (!m->ctx_width)
		return m->type == memtype;
	value = ptg_shr_(s->ctx[m->ctx_lo / 64 & 3], m->ctx_lo % 64);
	if (m->ctx_lo % 64 + m->ctx_width > 64 && m->ctx_lo / 64 < 3)
		value |= ptg_shl_(s->ctx[m->ctx_lo / 64 + 1], 64u - m->ctx_lo % 64);
	value &= ptg_mask_(m->ctx_width);
	return ptg_memtype_(s->format, value) == memtype || (PTG_MT_RAW | value) == memtype;
}

static bool put_memtype(const struct ptg_space *s, const struct ptg_kind *k, unsigned memtype, uint64_t e[2])
{
	const struct ptg_enc_mem *m = s->format->enc_mem + k->mem_first, *end = m + k->mem_count;

	for (; m < end; m++)
		if (mem_row_gives(s, m, memtype)) {
			e[0] = (e[0] & ~k->mem_mask) | m->value;
			e[1] = (e[1] & ~k->mem_mask_hi) | m->value_hi;
			return true;
		}
	return memtype == PTG_MT_DEFAULT;
}

static void put_field(uint64_t e[2], unsigned lo, unsigned width, uint64_t v)
{
	uint64_t mask = ptg_mask_(width);

	v &= mask;
	if (lo >= 64) {
		e[1] = (e[1] & ~ptg_shl_(mask, lo - 64)) | ptg_shl_(v, lo - 64);
		return;
	}
	e[0] = (e[0] & ~ptg_shl_(mask, lo)) | ptg_shl_(v, lo);
	if (lo && lo + width > 64)
		e[1] = (e[1] & ~ptg_shr_(mask, 64 - lo)) | ptg_shr_(v, 64 - lo);
}

static unsigned marks_of(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2])
{
	struct ptg_env env;

	ptg_env_init_(&env, s, e, 0);
	return ptg_marks_set_(&env, k);
}

/* Global and the marks that care names; `dirty` and rights may share a bit (AP[2] of AArch64): then they must agree. */
static int put_flags(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, unsigned care,
		     uint64_t e[2], unsigned *why)
{
	uint64_t before = e[0] & k->rights_mask;
	unsigned missing = a->rights & ~marks_of(s, k, e); /* the rights' row may have set some */

	if ((care & PTG_GLOBAL) && !k->global_mask && (a->rights & PTG_GLOBAL))
		return cannot(why, PTG_GLOBAL);
	if ((care & PTG_ACCESSED) && !k->accessed_mask && (missing & PTG_ACCESSED))
		return cannot(why, PTG_ACCESSED);
	if ((care & PTG_DIRTY) && !k->dirty_mask && (missing & PTG_DIRTY))
		return cannot(why, PTG_DIRTY);
	if (care & PTG_GLOBAL)
		put_flag(e, k->global_mask, k->global_value, a->rights & PTG_GLOBAL);
	if (care & PTG_ACCESSED)
		put_flag(e, k->accessed_mask, k->accessed_value, a->rights & PTG_ACCESSED);
	if (care & PTG_DIRTY)
		put_flag(e, k->dirty_mask, k->dirty_value, a->rights & PTG_DIRTY);
	return (e[0] & k->rights_mask) == before ? PTG_OK : cannot(why, PTG_DIRTY);
}

static int put_others(const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2], unsigned *why)
{
	if (a->care & PTG_HAS_KEY) {
		if (a->key & ~ptg_mask_(k->key_width))
			return cannot(why, PTG_HAS_KEY);
		if (k->key_width)
			put_field(e, k->key_lo, k->key_width, a->key);
	}
	if (a->care & PTG_HAS_SOFT) {
		if (a->soft & ~k->soft)
			return cannot(why, PTG_HAS_SOFT);
		e[0] = (e[0] & ~k->soft) | a->soft;
	}
	return PTG_OK;
}

int ptg_template_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2],
		  unsigned *why)
{
	unsigned care = a->care;
	struct ptg_attrs all;
	int err;

	all.rights = a->rights & a->care;
	*why = 0;
	e[0] = k->base;
	e[1] = k->base_hi;
	if ((care & PTG_HAS_MEMTYPE) && !put_memtype(s, k, a->memtype, e)) /* before the rights, which may depend on it */
		return cannot(why, PTG_HAS_MEMTYPE);
	err = put_rights(s, k, a->rights, care, e, why);
	if (err)
		return err;
	if (k->global_mask)
		care |= PTG_GLOBAL;
	if (k->accessed_mask && !(care & PTG_ACCESSED)) {
		care |= PTG_ACCESSED;
		all.rights |= PTG_ACCESSED;
	}
	if (k->dirty_mask && !(k->dirty_mask & k->rights_mask) && !(care & PTG_DIRTY)) {
		const struct ptg_enc_rights *r = rights_row(s, k, a->rights, a->care, e[0]);

		care |= PTG_DIRTY;
		all.rights |= !r || (r->rights & (PTG_UW | PTG_SW)) ? PTG_DIRTY : 0;
	}
	err = put_flags(s, k, &all, care, e, why);
	return err ? err : put_others(k, a, e, why);
}

/* Rights of the entry as its row says; false: its code is none that the encoder writes. */
static bool rights_of(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2], unsigned *rights)
{
	const struct ptg_enc_rights *r = s->format->enc_rights + k->rights_first, *end = r + k->rights_count;

	for (; r < end; r++)
		if ((e[0] & k->rights_mask) == r->value && (e[1] & k->rights_mask_hi) == r->value_hi &&
		    ((uint32_t)s->config[0] & r->feature_mask) == r->feature_value) {
			*rights = r->rights;
			return true;
		}
	return false;
}

int ptg_change_(const struct ptg_space *s, const struct ptg_kind *k, const struct ptg_attrs *a, uint64_t e[2],
		unsigned *why)
{
	unsigned care = a->care & RIGHTS, rights = a->rights, now;
	uint64_t n[2] = { e[0], e[1] };
	int err = PTG_OK;

	*why = 0;
	if ((a->care & PTG_HAS_MEMTYPE) && !put_memtype(s, k, a->memtype, n))
		return cannot(why, PTG_HAS_MEMTYPE);
	if (care) {
		if (care != RIGHTS && rights_of(s, k, e, &now)) {
			rights = (now & ~care) | (rights & care);
			care = RIGHTS;
		}
		rights &= ~(unsigned)PTG_DIRTY;
		if (k->dirty_mask & k->rights_mask)
			rights |= (a->care & PTG_DIRTY ? a->rights : marks_of(s, k, e)) & PTG_DIRTY;
		care |= PTG_DIRTY; /* of two rows */
		err = put_rights(s, k, rights, care, n, why);
	}
	if (!err && (a->care & ~(uint32_t)RIGHTS)) {
		err = put_flags(s, k, a, a->care, n, why);
		if (!err)
			err = put_others(k, a, n, why);
	}
	if (err)
		return err;
	e[0] = n[0];
	e[1] = n[1];
	return PTG_OK;
}

int ptg_attr_check(const struct ptg_space *s, const struct ptg_attrs *a, unsigned page_lg2)
{
	const struct ptg_kind *k;
	uint64_t e[2];
	unsigned why;

	if (!s || !s->format || !a || (a->care & ~PTG_CARE_))
		return PTG_E_ARG;
	k = ptg_page_kind_(s, page_lg2);
	if (!k)
		return PTG_E_ARG;
	return ptg_template_(s, k, a, e, &why) ? (int)why : 0;
}

/* --- address ---------------------------------------------------------------------------------- */

static void put_pieces(const struct ptg_space *s, unsigned first, unsigned count, uint64_t pa, uint64_t e[2])
{
	const struct ptg_piece *p = s->format->pieces + first;
	struct ptg_env env;

	ptg_env_init_(&env, s, NULL, 0);
	for (; count; count--, p++) {
		unsigned lo = p->src_lo, end = lo + p->width, at = p->dst_lo;

		env.e[0] = e[0];
		env.e[1] = e[1];
		if (p->if_ != PTG_NONE && !ptg_eval_(&env, p->if_))
			continue;
		if (p->when != PTG_NONE && !ptg_eval_(&env, p->when))
			continue;
		if (p->lo != PTG_NONE) {
			lo = (unsigned)ptg_eval_(&env, p->lo) & 0x7f;
			at = p->dst_lo + lo - p->src_lo;
		}
		if (p->hi != PTG_NONE)
			end = ((unsigned)ptg_eval_(&env, p->hi) & 0x7f) + 1;
		if (end > lo && at < 64)
			put_field(e, lo, end - lo, ptg_shr_(pa, at));
	}
}

void ptg_put_addr_(const struct ptg_space *s, const struct ptg_kind *k, uint64_t pa, uint64_t e[2])
{
	pa &= ~k->low_mask;
	if (k->nowhere)
		return;
	if (k->addr_simple)
		e[0] = (e[0] & ~k->addr_mask) | (ptg_shr_(ptg_shl_(pa, k->addr_shr), k->addr_shl) & k->addr_mask);
	else
		put_pieces(s, k->piece_first, k->piece_count, pa, e);
}

void ptg_put_page_(const struct ptg_space *s, const struct ptg_kind *k, unsigned page_lg2, uint64_t pa, uint64_t e[2])
{
	unsigned place;

	ptg_put_addr_(s, k, pa, e);
	if (k->napot && napot_place(k, page_lg2, &place)) {
		put_field(e, k->napot_src, k->napot_width, ptg_shr_(pa, k->napot_dst));
		put_napot(k, place, e);
	}
}

/* Nothing there, as opposed to something that must not be there. */
static bool absent(const struct ptg_space *s, const struct ptg_kind *k)
{
	return k && k->role == PTG_ROLE_INVALID && s->format->rules[k->rule].fault_class != PTG_F_RESERVED;
}

void ptg_empty_(const struct ptg_space *s, unsigned level, uint64_t e[2])
{
	const struct ptg_format *f = s->format;
	const struct ptg_level *l = &f->levels[level];
	unsigned i;

	e[0] = e[1] = 0;
	for (i = 0; i < l->row_count && !absent(s, ptg_kind_(s, level, e)); i++) {
		const struct ptg_row *r = &f->rows[l->row_first + i];

		if (f->kinds[r->kind].role != PTG_ROLE_INVALID)
			continue;
		e[0] = r->value;
		e[1] = r->value_hi;
	}
}

/* --- public -------------------------------------------------------------------------------------- */

/* Does the entry, read back, lead to that address? */
static bool reads_back(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2], uint64_t pa)
{
	struct ptg_env env;
	unsigned space;

	ptg_env_init_(&env, s, e, 0);
	return k->nowhere || ptg_addr_(&env, k, &space) == (pa & ~k->low_mask);
}

static int put_checked(const struct ptg_space *s, const struct ptg_kind *k, uint64_t pa, uint64_t e[2])
{
	struct ptg_env env;
	unsigned bits = s->format->pa_bits;

	ptg_env_init_(&env, s, NULL, 0);
	if (s->format->pa_node != PTG_NONE)
		bits = (unsigned)ptg_eval_(&env, s->format->pa_node) & 0x7f;
	if (pa & ~ptg_mask_(bits) && s->format->space_count < 2)
		return PTG_E_RANGE;
	ptg_put_page_(s, k, k->page_lg2, pa, e);
	return reads_back(s, k, e, pa) ? PTG_OK : PTG_E_RANGE;
}

int ptg_encode_(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2])
{
	const struct ptg_kind *k = kind_at(s, level, PTG_ROLE_PAGE);
	uint64_t e[2];
	unsigned why;
	int err;

	if (!k)
		return PTG_E_ARG;
	if (pa & ptg_mask_(k->page_lg2) && !k->low_added)
		return PTG_E_ALIGN;
	err = ptg_template_(s, k, a, e, &why);
	if (!err)
		err = put_checked(s, k, pa, e);
	if (err)
		return err;
	entry[0] = e[0];
	entry[1] = e[1];
	return PTG_OK;
}

int ptg_encode_table(const struct ptg_space *s, unsigned level, uint64_t table_pa, uint64_t entry[2])
{
	const struct ptg_kind *k;
	uint64_t e[2];
	int err;

	if (!s || !s->format || !entry || level >= s->format->level_count)
		return PTG_E_ARG;
	k = ptg_table_kind_(s, level);
	if (!k)
		return PTG_E_ARG;
	e[0] = k->base | k->neutral;
	e[1] = k->base_hi | k->neutral_hi;
	err = put_checked(s, k, table_pa, e);
	if (err)
		return err;
	entry[0] = e[0];
	entry[1] = e[1];
	return PTG_OK;
}
