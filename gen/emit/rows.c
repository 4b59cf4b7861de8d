/* SPDX-License-Identifier: MIT */
/* rows.c - the rows of a level's table of kinds, as conditions */

#include <string.h>

#include "gen/emit/rows.h"

#define ROWS 1024u
#define TRIED_BITS 14u               /* of entries and features, tried one by one */

unsigned rows_kinds(const struct ptg_format *f, unsigned level, uint16_t *kinds, unsigned room)
{
	const struct ptg_level *l = &f->levels[level];
	unsigned n = 0;

	for (unsigned i = 0; i < l->row_count; i++) {
		uint16_t k = f->rows[l->row_first + i].kind;
		unsigned j = 0;

		while (j < n && kinds[j] != k)
			j++;
		if (j == n && n < room)
			kinds[n++] = k;
	}
	return n;
}

/* --- merging -------------------------------------------------------------------- */

static bool one_bit(uint64_t x)
{
	return x && !(x & (x - 1));
}

/* Two rows that differ in one known bit are one row that does not know it. */
static bool merge(struct ptg_row *a, const struct ptg_row *b)
{
	uint64_t low = a->value ^ b->value, high = a->value_hi ^ b->value_hi;
	uint32_t features = a->feature_value ^ b->feature_value;

	if (a->mask != b->mask || a->mask_hi != b->mask_hi || a->feature_mask != b->feature_mask || a->extra != b->extra)
		return false;
	if ((low != 0) + (high != 0) + (features != 0) != 1)
		return false;
	if (low ? !one_bit(low) : high ? !one_bit(high) : !one_bit(features))
		return false;
	a->mask &= ~low;
	a->value &= ~low;
	a->mask_hi &= ~high;
	a->value_hi &= ~high;
	a->feature_mask &= ~features;
	a->feature_value &= ~features;
	return true;
}

static unsigned merge_all(struct ptg_row *row, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i + 1; j < n; j++)
			if (merge(&row[i], &row[j])) {
				row[j] = row[--n];
				i = j = 0;
			}
	return n;
}

/* --- does anything come here that is not of this kind? ------------------------------ */

struct trial {
	unsigned bit[TRIED_BITS];    /* 0..127 entry, 128.. features */
	unsigned count;
};

static bool note_bits(struct trial *t, uint64_t mask, unsigned base)
{
	for (unsigned i = 0; i < 64; i++) {
		unsigned j = 0;

		if (!(mask >> i & 1))
			continue;
		while (j < t->count && t->bit[j] != base + i)
			j++;
		if (j < t->count)
			continue;
		if (t->count == TRIED_BITS)
			return false;
		t->bit[t->count++] = base + i;
	}
	return true;
}

static bool matches(const struct ptg_row *r, const uint64_t v[3])
{
	return (v[0] & r->mask) == r->value && (v[1] & r->mask_hi) == r->value_hi &&
	       ((uint32_t)v[2] & r->feature_mask) == r->feature_value;
}

/* Every value of the bits that rows ask for: the first row that matches is one of kinds seen so far, or this. */
static bool takes_the_rest(const struct ptg_format *f, const struct ptg_level *l, unsigned kind)
{
	const struct ptg_row *row = f->rows + l->row_first;
	struct trial t = { .count = 0 };
	unsigned end = 0;

	for (unsigned i = 0; i < l->row_count; i++)
		if (row[i].kind == kind)
			end = i + 1;
	for (unsigned i = 0; i < end; i++)
		if (row[i].extra != PTG_NONE || !note_bits(&t, row[i].mask, 0) || !note_bits(&t, row[i].mask_hi, 64) ||
		    !note_bits(&t, row[i].feature_mask, 128))
			return false;
	for (unsigned long n = 0; n < 1ul << t.count; n++) {
		uint64_t v[3] = { 0, 0, 0 };
		unsigned i = 0;

		for (unsigned b = 0; b < t.count; b++)
			if (n >> b & 1)
				v[t.bit[b] / 64] |= UINT64_C(1) << t.bit[b] % 64;
		while (i < end && !matches(&row[i], v))
			i++;
		if (i == end)
			return false;
	}
	return true;
}

/* --- text ------------------------------------------------------------------------------ */

static const char *features_text(const struct cexpr *x, uint32_t mask, uint32_t value)
{
	const struct ptg_format *f = x->format;
	const char *text = NULL;

	for (unsigned i = 0; i < f->feature_count; i++) {
		const char *one;
		char name[80];
		unsigned n = 0;

		if (!(mask >> i & 1))
			continue;
		for (const char *c = f->features[i].name; *c && n < sizeof(name) - 1; c++)
			name[n++] = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
		name[n] = '\0';
		one = arena_printf(x->arena, value >> i & 1 ? "(s->config[0] & %s_HAS_%s)" : "!(s->config[0] & %s_HAS_%s)",
				   x->upper, name);
		text = text ? arena_printf(x->arena, "%s && %s", text, one) : one;
	}
	return text;
}

static const char *and(const struct cexpr *x, const char *a, const char *b)
{
	return a ? arena_printf(x->arena, "%s && %s", a, b) : b;
}

static const char *row_text(const struct cexpr *x, const struct ptg_row *r)
{
	const char *text = NULL;

	if (r->mask)
		text = cexpr_match(x, x->entry, r->mask, r->value);
	if (r->mask_hi)
		text = and(x, text, cexpr_match(x, x->entry_hi, r->mask_hi, r->value_hi));
	if (r->feature_mask)
		text = and(x, text, features_text(x, r->feature_mask, r->feature_value));
	if (r->extra != PTG_NONE)
		text = and(x, text, cexpr_term(x, r->extra));
	return text;
}

const char *rows_condition(const struct cexpr *x, unsigned level, unsigned kind)
{
	const struct ptg_format *f = x->format;
	const struct ptg_level *l = &f->levels[level];
	struct ptg_row row[ROWS];
	const char *text = NULL;
	unsigned n = 0;

	if (takes_the_rest(f, l, kind))
		return NULL;
	for (unsigned i = 0; i < l->row_count && n < ROWS; i++)
		if (f->rows[l->row_first + i].kind == kind)
			row[n++] = f->rows[l->row_first + i];
	n = merge_all(row, n);
	for (unsigned i = 0; i < n; i++) {
		const char *one = row_text(x, &row[i]);

		if (!one)
			return NULL;
		if (n > 1 && strstr(one, " && "))
			one = arena_printf(x->arena, "(%s)", one);
		text = text ? arena_printf(x->arena, "%s ||\n\t    %s", text, one) : one;
	}
	return text;
}
