/* SPDX-License-Identifier: MIT */
/* invert_rights.c - which bits give which rights: the deny lines, inverted by trial */

#include <stdlib.h>
#include <string.h>

#include "gen/lower/invert.h"

static unsigned rights_of(const struct inverse *v, const uint64_t e[2], uint64_t config0)
{
	const struct ptg_deny *d = (const struct ptg_deny *)v->lo->denies.data + v->k->deny_first;
	uint64_t attr[64] = { 0 };
	unsigned denied = 0;

	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++)
		if (invert_attr_node(v, a) != PTG_NONE)
			attr[a] = lower_eval(v->lo, invert_attr_node(v, a), config0, e, NULL);
	for (unsigned i = 0; i < v->k->deny_count; i++)
		denied |= lower_eval_rights(v->lo, d[i].node, config0, e, attr);
	return ~denied & 0x3f;
}

/* Access marks among the bits of the rights that would be left unset, where hardware looks at them. */
static unsigned unmarked(const struct inverse *v, uint64_t value, uint64_t config0)
{
	const struct ptg_mark *m = (const struct ptg_mark *)v->lo->marks.data + v->k->mark_first;
	uint64_t none[2] = { 0, 0 };
	unsigned n = 0;

	for (unsigned i = 0; i < v->k->mark_count; i++)
		n += m[i].what == 1 && (m[i].mask & v->rights) && (value & m[i].mask) != m[i].value &&
		     (m[i].enabled == PTG_NONE || lower_eval(v->lo, m[i].enabled, config0, none, NULL));
	return n;
}

/* Bits of the rights that are the dirty mark too: a page may be wanted with it set or not. */
static uint64_t shared_dirty(const struct inverse *v)
{
	const struct ptg_mark *m = (const struct ptg_mark *)v->lo->marks.data + v->k->mark_first;
	uint64_t bits = 0;

	for (unsigned i = 0; i < v->k->mark_count; i++)
		if (m[i].what == 2)
			bits |= m[i].mask & v->rights;
	return bits;
}

/* reserved_[0]: marks left unset, which are dearer than any bit. */
static int by_cost(const void *a, const void *b)
{
	const struct ptg_enc_rights *x = a, *y = b;
	unsigned nx = bits_in(x->value), ny = bits_in(y->value);

	if (x->reserved_[0] != y->reserved_[0])
		return x->reserved_[0] < y->reserved_[0] ? -1 : 1;
	if (nx != ny)
		return nx < ny ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static void rights_under(struct inverse *v, uint32_t fmask, uint32_t fvalue, struct ptg_enc_rights *rows, unsigned *count)
{
	uint64_t config0 = (v->config0 & ~(uint64_t)fmask) | fvalue;
	uint64_t apart = shared_dirty(v) | (v->memory & v->rights); /* bits that something else wants as they are */
	unsigned first = *count;

	for (uint64_t t = 0; t < UINT64_C(1) << bits_in(v->rights); t++) {
		uint64_t e[2] = { v->k->base | spread(v->rights, t), v->k->base_hi };
		struct ptg_enc_rights r = { .feature_mask = fmask, .feature_value = fvalue,
					    .value = spread(v->rights, t) };

		e[0] |= invert_some_mark(v, e);
		if (!invert_sound(v, e, config0))
			continue;
		r.rights = (uint8_t)rights_of(v, e, config0);
		r.reserved_[0] = (uint8_t)unmarked(v, r.value, config0);
		rows[(*count)++] = r;
	}
	qsort(rows + first, *count - first, sizeof(*rows), by_cost);
	for (unsigned i = first; i < *count; i++) {
		rows[i].reserved_[0] = 0;
		for (unsigned j = *count; j-- > i + 1;)
			if (rows[j].rights == rows[i].rights && !((rows[j].value ^ rows[i].value) & apart)) {
				memmove(rows + j, rows + j + 1, (*count - j - 1) * sizeof(*rows));
				(*count)--;
			}
	}
}

static bool same_rows(const struct ptg_enc_rights *a, unsigned na, const struct ptg_enc_rights *b, unsigned nb)
{
	if (na != nb)
		return false;
	for (unsigned i = 0; i < na; i++)
		if (a[i].rights != b[i].rights || a[i].value != b[i].value)
			return false;
	return true;
}

/* Features that make no difference are left out of the rows. */
static uint32_t features_that_matter(struct inverse *v, uint32_t features, struct ptg_enc_rights *space)
{
	uint32_t matter = 0;

	for (unsigned f = 0; f < 24; f++) {
		uint32_t bit = 1u << f, others = features & ~bit;

		if (!(features & bit))
			continue;
		for (uint64_t n = 0; n < UINT64_C(1) << bits_in(others); n++) {
			uint32_t with = (uint32_t)spread(others, n);
			unsigned off = 0, on = 0;
			struct ptg_enc_rights *second = space + (1u << bits_in(v->rights));

			rights_under(v, features, with, space, &off);
			rights_under(v, features, with | bit, second, &on);
			if (!same_rows(space, off, second, on)) {
				matter |= bit;
				break;
			}
		}
	}
	return matter;
}

void invert_rights(struct inverse *v, uint32_t features)
{
	unsigned room = 1u << bits_in(v->rights), count = 0;
	struct ptg_enc_rights *rows;

	if (invert_too_many(v, "rights", v->rights, features, TRIED_MAX, 6))
		return;
	rows = arena_array(v->lo->arena, (size_t)room * 2 + 1, sizeof(*rows));
	features = features_that_matter(v, features, rows);
	v->k->rights_mask = v->rights;
	v->k->rights_first = (uint16_t)v->lo->enc_rights.count;
	for (uint64_t n = 0; n < UINT64_C(1) << bits_in(features); n++) {
		count = 0;
		rights_under(v, features, (uint32_t)spread(features, n), rows, &count);
		for (unsigned i = 0; i < count; i++)
			*(struct ptg_enc_rights *)vec_add(v->lo, &v->lo->enc_rights, sizeof(*rows)) = rows[i];
	}
	v->k->rights_count = (uint16_t)(v->lo->enc_rights.count - v->k->rights_first);
}
