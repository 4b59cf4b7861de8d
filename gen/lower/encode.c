/* SPDX-License-Identifier: MIT */
/*
 * encode.c - the inverse: what to store for wanted rights, types and marks
 *
 * Found by asking the decoder: the bits an attribute reads are tried in all
 * combinations, and what decodes back to the kind and passes its checks is a row.
 * So the encoder cannot disagree with the decoder.
 */

#include "gen/lower/invert.h"

unsigned bits_in(uint64_t x)
{
	unsigned n = 0;

	for (; x; x &= x - 1)
		n++;
	return n;
}

/* The n-th combination of the bits of a mask. */
uint64_t spread(uint64_t mask, uint64_t n)
{
	uint64_t out = 0;

	for (; mask; mask &= mask - 1, n >>= 1)
		if (n & 1)
			out |= mask & (0 - mask);
	return out;
}

/* --- is this entry of this kind, and sound? -------------------------------------- */

static int match(const struct lower *lo, unsigned level, const uint64_t e[2], uint64_t config0)
{
	const struct ptg_level *l = &lo->out->levels[level];
	const struct ptg_row *r = (const struct ptg_row *)lo->rows.data + l->row_first;

	for (unsigned i = 0; i < l->row_count; i++, r++)
		if (((e[0] ^ r->value) & r->mask) == 0 && ((e[1] ^ r->value_hi) & r->mask_hi) == 0 &&
		    (((uint32_t)config0 ^ r->feature_value) & r->feature_mask) == 0)
			return r->kind;
	return -1;
}

static uint64_t configured_zero(struct lower *lo, unsigned word, uint64_t config0)
{
	static const uint64_t none[2] = { 0, 0 };
	const struct ptg_cfg_bits *c = lo->cfg.data;
	uint64_t mask = 0;

	for (size_t i = 0; i < lo->cfg.count; i++) {
		uint64_t hi, low;

		if (c[i].word != word || (c[i].if_ != PTG_NONE && !lower_eval(lo, c[i].if_, config0, none, NULL)))
			continue;
		low = c[i].lo == PTG_NONE ? c[i].src_lo : lower_eval(lo, c[i].lo, config0, none, NULL);
		hi = c[i].hi == PTG_NONE ? c[i].src_lo + c[i].width - 1u : lower_eval(lo, c[i].hi, config0, none, NULL);
		for (uint64_t b = low; b <= hi && b < 64 && hi < 64; b++)
			mask |= UINT64_C(1) << b;
	}
	return mask;
}

/* log2 of the size that the lowest mark in the entry gives; without a mark, that of the plain page. */
static uint8_t napot_size(const struct ptg_kind *k, const uint64_t e[2])
{
	for (unsigned n = 0; n < k->napot_width; n++)
		if ((e[0] >> (k->napot_src + n) & 1) == (k->napot == 1))
			return (uint8_t)(k->napot_dst + n + 1u);
	return k->page_lg2;
}

bool invert_sound(const struct inverse *v, const uint64_t e[2], uint64_t config0)
{
	const struct ptg_check *c = (const struct ptg_check *)v->lo->checks.data + v->k->check_first;
	const struct ptg_kind *k = v->k;

	if (match(v->lo, k->level, e, config0) != v->index)
		return false;
	v->lo->eval_size = k->napot ? napot_size(k, e) : k->page_lg2;
	if ((e[0] & k->zero) || (e[1] & k->zero_hi) || (~e[0] & k->one) || (~e[1] & k->one_hi))
		return false;
	for (unsigned w = 0; w < 3; w++)
		if (e[0] & k->zero_cfg[w] && e[0] & k->zero_cfg[w] & configured_zero(v->lo, w + 1, config0))
			return false;
	for (unsigned i = 0; i < k->check_count; i++) {
		uint64_t bits[2] = { 0, 0 };
		uint32_t features = 0, ops = 0;

		node_support(v->lo, c[i].node, bits, &features, &ops);
		if (ops & (1u << PTG_OP_INDEX | 1u << PTG_OP_INDEX_TOP | 1u << PTG_OP_VA))
			continue;
		if (!lower_eval(v->lo, c[i].node, config0, e, NULL))
			return false;
	}
	return true;
}

/* --- whose bit is it? ------------------------------------------------------------------ */

static uint64_t piece_bits(struct lower *lo, const struct ptg_kind *k)
{
	const struct ptg_piece *p = (const struct ptg_piece *)lo->pieces.data + k->piece_first;
	uint64_t mask = k->low_mask;

	for (unsigned i = 0; i < k->piece_count; i++) {
		uint64_t lowest, end = (uint64_t)p[i].src_lo + p[i].width - 1;

		if (p[i].hi != PTG_NONE)
			lower_extremes(lo, p[i].hi, &lowest, &end);
		for (uint64_t b = p[i].src_lo; b < 64 && b <= end; b++)
			mask |= UINT64_C(1) << b;
	}
	return mask;
}

uint16_t invert_attr_node(const struct inverse *v, unsigned attr)
{
	if (attr >= v->lo->attrs.count || v->k->attr_first == PTG_NONE)
		return PTG_NONE;
	return ((const uint16_t *)v->lo->attr_nodes.data)[v->k->attr_first + attr];
}

static uint64_t attr_bits(const struct inverse *v, unsigned attr, uint32_t *features)
{
	uint64_t bits[2] = { 0, 0 };
	uint32_t ops = 0;

	if (invert_attr_node(v, attr) != PTG_NONE)
		node_support(v->lo, invert_attr_node(v, attr), bits, features, &ops);
	return bits[0];
}

static void attrs_in(const struct lower *lo, uint16_t node, uint64_t *set)
{
	const struct ptg_node *n = node_at(lo, node);

	if (n->op == PTG_OP_ATTR)
		*set |= UINT64_C(1) << n->a;
	if (n->op >= PTG_OP_NOT && n->op < PTG_OP_COUNT_) {
		attrs_in(lo, n->a, set);
		if (n->op != PTG_OP_NOT && n->op != PTG_OP_SLICE)
			attrs_in(lo, n->b, set);
	}
}

static uint32_t find_owners(struct inverse *v)
{
	const struct ptg_deny *d = (const struct ptg_deny *)v->lo->denies.data + v->k->deny_first;
	const struct ptg_mark *m = (const struct ptg_mark *)v->lo->marks.data + v->k->mark_first;
	const struct ptg_format *out = v->lo->out;
	uint64_t bits[2] = { 0, 0 };
	uint32_t features = 0, other = 0, ops = 0;

	v->address = piece_bits(v->lo, v->k);
	for (unsigned i = 0; i < v->k->deny_count; i++)
		attrs_in(v->lo, d[i].node, &v->attrs_used);
	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++)
		if ((v->attrs_used >> a & 1) && a != out->key_attr && a != out->memtype_attr)
			v->rights |= attr_bits(v, a, &features);
	v->memory = attr_bits(v, out->memtype_attr, &other) & ~v->address;
	v->key = attr_bits(v, out->key_attr, &other) & ~v->rights;
	v->global = attr_bits(v, out->global_attr, &other);
	for (unsigned i = 0; i < v->k->mark_count; i++)
		v->marks |= m[i].mask;
	v->marks &= ~v->rights;
	if (v->k->contig_when != PTG_NONE)
		node_support(v->lo, v->k->contig_when, bits, &other, &ops);
	v->contig = bits[0];
	for (unsigned i = 0; i < v->k->deny_count; i++)
		node_support(v->lo, d[i].node, bits, &features, &ops);
	return features;
}

static void fix_duties(struct inverse *v, const struct model_kind *m)
{
	struct scope s = { .mode = SCOPE_RAW, .layout = m->layout, .level = -1, .page = v->k->page_lg2,
			   .off_when = PTG_NONE };

	for (const struct model_field *f = m->layout ? m->layout->fields : NULL; f; f = f->next)
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
			int hi, low;
			uint16_t a, b;

			if ((f->ast->duty != DUTY_ONE && f->ast->duty != DUTY_RES1) || !p->at.first)
				continue;
			lower_range(v->lo, &s, &p->at, m->layout->entry_bits, &hi, &low, &a, &b);
			for (int i = low; a == PTG_NONE && i <= hi && i < 64; i++)
				v->fixed_value |= UINT64_C(1) << i;
		}
	v->fixed = v->fixed_value;
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next)
		for (const struct ast_encode *e = c->kind == CL_ENCODE ? c->encodes : NULL; e; e = e->next) {
			struct ast_expr name = { .op = EX_NAME, .name = e->field.text };
			const struct ptg_node *bits;
			uint64_t value = 0, mask;

			node_is_const(v->lo, lower_expr(v->lo, &s, e->value, NULL), &value);
			bits = node_at(v->lo, lower_expr(v->lo, &s, &name, NULL));
			if (bits->op != PTG_OP_ENTRY || bits->lo + bits->width > 64)
				continue;
			mask = (bits->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits->width) - 1) << bits->lo;
			v->fixed |= mask;
			v->fixed_value = (v->fixed_value & ~mask) | (value << bits->lo & mask);
		}
}

/* --- constants of the kind --------------------------------------------------------------- */

/* The mark that says 2^(dst + n + 1) bytes. */
static uint64_t napot_mark(const struct ptg_kind *k, unsigned n)
{
	uint64_t v = k->napot == 1 ? UINT64_C(1) << n : (UINT64_C(1) << n) - 1;

	return v << k->napot_src;
}

uint64_t invert_some_mark(const struct inverse *v, uint64_t base)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];

	for (unsigned n = 0; v->k->napot && n < v->k->napot_width; n++) {
		uint64_t e[2] = { base | napot_mark(v->k, n), v->k->base_hi };

		if (v->k->napot_dst + n + 1u > l->shift && invert_sound(v, e, v->config0))
			return napot_mark(v->k, n);
	}
	return 0;
}

/* Bits that the kind's rows look at, and those before them, which take an entry first. */
static uint64_t row_bits(const struct inverse *v, uint64_t *high)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const struct ptg_row *r = (const struct ptg_row *)v->lo->rows.data + l->row_first;
	uint64_t mask = 0, mask_hi = 0, last = 0;

	*high = 0;
	for (unsigned i = 0; i < l->row_count; i++) {
		mask |= r[i].mask;
		mask_hi |= r[i].mask_hi;
		if (r[i].kind != v->index)
			continue;
		last = mask;
		*high = mask_hi;
	}
	return last;
}

/* A table entry must name the level (and width) below it. */
static bool leads_down(const struct inverse *v, const uint64_t e[2])
{
	const struct ptg_next *n = (const struct ptg_next *)v->lo->nexts.data + v->k->next_first;
	const struct ptg_format *out = v->lo->out;
	unsigned below = out->levels[v->k->level].next;

	if (v->k->role != PTG_ROLE_TABLE)
		return true;
	if (n->by != PTG_NONE &&
	    (below == PTG_NO_LEVEL || lower_eval(v->lo, n->by, v->config0, e, NULL) != out->levels[below].number))
		return false;
	return v->k->bits == PTG_NONE || lower_eval(v->lo, v->k->bits, v->config0, e, NULL) == 9;
}

static uint64_t support_of_next(const struct inverse *v)
{
	const struct ptg_next *n = (const struct ptg_next *)v->lo->nexts.data + v->k->next_first;
	uint64_t bits[2] = { 0, 0 };
	uint32_t features = 0, ops = 0;

	if (v->k->role != PTG_ROLE_TABLE)
		return 0;
	for (unsigned i = 0; i < v->k->next_count; i++) {
		if (n[i].by != PTG_NONE)
			node_support(v->lo, n[i].by, bits, &features, &ops);
		if (n[i].unless != PTG_NONE)
			node_support(v->lo, n[i].unless, bits, &features, &ops);
	}
	if (v->k->bits != PTG_NONE)
		node_support(v->lo, v->k->bits, bits, &features, &ops);
	return bits[0];
}

/* Without an address, or if that alone would be something else (LoongArch), a table with one. */
static bool writable(const struct inverse *v, const uint64_t e[2])
{
	uint64_t full[2] = { e[0] | v->address, e[1] };

	if (invert_sound(v, e, v->config0) && leads_down(v, e))
		return true;
	return v->k->role == PTG_ROLE_TABLE && invert_sound(v, full, v->config0) && leads_down(v, full);
}

/* The smallest constant with which some choice of the tried bits is an entry of the kind. */
static bool find_base(struct inverse *v, uint64_t tried)
{
	uint64_t high, vars = row_bits(v, &high) | support_of_next(v);

	vars &= ~v->fixed & ~tried & ~v->memory & ~v->key & ~v->global & ~v->marks & ~v->contig;
	if (!v->k->napot)
		vars &= ~v->address;
	else
		vars &= ~(((UINT64_C(1) << v->k->napot_width) - 1) << v->k->napot_src);
	if (bits_in(vars) > TRIED_MAX || bits_in(tried) > TRIED_MAX)
		return false;
	for (uint64_t n = 0; n < UINT64_C(1) << bits_in(vars); n++) {
		uint64_t base = v->fixed_value | spread(vars, n);

		for (uint64_t t = 0; t < UINT64_C(1) << bits_in(tried); t++) {
			uint64_t e[2] = { base | spread(tried, t), v->k->base_hi };

			e[0] |= invert_some_mark(v, e[0]);
			if (writable(v, e)) {
				v->k->base = base;
				return true;
			}
		}
	}
	return false;
}

static void take_features(struct inverse *v)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const struct ptg_row *r = (const struct ptg_row *)v->lo->rows.data + l->row_first;
	const struct ptg_row *own = NULL;

	v->config0 = v->lo->out->default_config0;
	for (unsigned i = 0; i < l->row_count; i++) {
		if (r[i].kind != v->index)
			continue;
		if ((((uint32_t)v->config0 ^ r[i].feature_value) & r[i].feature_mask) == 0)
			return;
		own = own ? own : &r[i];
	}
	if (own)
		v->config0 = (v->config0 & ~(uint64_t)own->feature_mask) | own->feature_value;
}

/* --- single bits ----------------------------------------------------------------------------------- */

static void invert_global(struct inverse *v)
{
	uint64_t set[2] = { v->global, 0 }, clear[2] = { 0, 0 };
	uint16_t node = invert_attr_node(v, v->lo->out->global_attr);

	if (node == PTG_NONE || bits_in(v->global) != 1)
		return;
	if (lower_eval(v->lo, node, v->config0, set, NULL) == lower_eval(v->lo, node, v->config0, clear, NULL))
		return;
	v->k->global_mask = v->global;
	v->k->global_value = lower_eval(v->lo, node, v->config0, set, NULL) ? v->global : 0;
}

static void invert_key(struct inverse *v)
{
	uint16_t node = invert_attr_node(v, v->lo->out->key_attr);
	const struct ptg_node *n;

	if (node == PTG_NONE)
		return;
	n = node_at(v->lo, node);
	if (n->op == PTG_OP_MUL || n->op == PTG_OP_AND)
		n = node_at(v->lo, node_at(v->lo, n->a)->op == PTG_OP_ENTRY ? n->a : n->b);
	if (n->op != PTG_OP_ENTRY)
		return;
	v->k->key_lo = n->lo;
	v->k->key_width = n->width;
}

static void invert_marks(struct inverse *v)
{
	const struct ptg_mark *m = (const struct ptg_mark *)v->lo->marks.data + v->k->mark_first;

	for (unsigned i = 0; i < v->k->mark_count; i++) {
		if (m[i].what == 1 && (m[i].mask & v->rights))
			continue;       /* its row sets it */
		if (m[i].what == 1) {
			v->k->accessed_mask = m[i].mask;
			v->k->accessed_value = m[i].value;
		} else if (m[i].what == 2) {
			v->k->dirty_mask = m[i].mask;
			v->k->dirty_value = m[i].value;
		}
	}
}

static void invert_contig(struct inverse *v)
{
	bool set = false, clear = false;

	if (v->k->contig_when == PTG_NONE || bits_in(v->contig) == 0 || bits_in(v->contig) > 8)
		return;
	v->k->contig_mask = v->contig;
	for (uint64_t n = 0; n < UINT64_C(1) << bits_in(v->contig); n++) {
		uint64_t e[2] = { spread(v->contig, n), 0 };
		bool on = lower_eval(v->lo, v->k->contig_when, v->config0, e, NULL) != 0;

		if (on && !set)
			v->k->contig_value = e[0];
		if (!on && !clear)
			v->k->contig_clear = e[0];
		set |= on;
		clear |= !on;
	}
}

static void napot_sizes(struct inverse *v)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const struct ptg_enc_rights *r = (const struct ptg_enc_rights *)v->lo->enc_rights.data + v->k->rights_first;

	for (unsigned n = 0; v->k->napot && n < v->k->napot_width; n++) {
		unsigned lg2 = v->k->napot_dst + n + 1u;
		uint64_t e[2] = { v->k->base | napot_mark(v->k, n) | (v->k->rights_count ? r->value : 0), v->k->base_hi };

		if (lg2 > l->shift && lg2 < 64 && lg2 < (unsigned)l->shift + l->width && invert_sound(v, e, v->config0))
			v->k->sizes |= UINT64_C(1) << lg2;
	}
}

/* --- the two roles ------------------------------------------------------------------------------------ */

static void invert_page(struct inverse *v)
{
	uint32_t features = find_owners(v);

	v->rights &= ~v->fixed & ~v->address;
	if (!find_base(v, v->rights))
		return;
	invert_rights(v, features);
	invert_memory(v);
	invert_global(v);
	invert_key(v);
	invert_marks(v);
	invert_contig(v);
	napot_sizes(v);
	v->k->encodable = v->k->rights_count > 0;
}

static bool neutral_with(const struct inverse *v, const uint64_t e[2])
{
	const struct ptg_attr *all = v->lo->attrs.data;

	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++) {
		uint16_t node = invert_attr_node(v, a);
		uint64_t full = all[a].width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << all[a].width) - 1;

		if (node != PTG_NONE && lower_eval(v->lo, node, v->config0, e, NULL) != (all[a].op == '&' ? full : 0))
			return false;
	}
	return true;
}

static void invert_table(struct inverse *v)
{
	const struct ptg_mark *m = (const struct ptg_mark *)v->lo->marks.data + v->k->mark_first;
	uint64_t inherited = 0;
	uint32_t features = 0;
	unsigned best = 65;

	v->address = piece_bits(v->lo, v->k);
	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++)
		inherited |= attr_bits(v, a, &features);
	for (unsigned i = 0; i < v->k->mark_count; i++)
		v->marks |= m[i].mask;
	inherited &= ~v->fixed & ~v->address & ~v->marks;
	if (!find_base(v, inherited) || bits_in(inherited) > TRIED_MAX)
		return;
	for (uint64_t t = 0; t < UINT64_C(1) << bits_in(inherited); t++) {
		uint64_t bits = spread(inherited, t), e[2] = { v->k->base | bits, v->k->base_hi };

		if (bits_in(bits) < best && neutral_with(v, e) && writable(v, e)) {
			best = bits_in(bits);
			v->k->neutral = bits;
			v->k->encodable = 1;
		}
	}
	for (unsigned i = 0; i < v->k->mark_count; i++)
		v->k->neutral |= m[i].value;
}

void lower_encoder(struct lower *lo)
{
	const struct model_kind *const *models = lo->kind_models.data;

	for (uint16_t i = 0; i < lo->kinds.count && !lo->why; i++) {
		struct ptg_kind *k = (struct ptg_kind *)lo->kinds.data + i;
		struct inverse v = { .lo = lo, .k = k, .index = i };

		if (k->role != PTG_ROLE_PAGE && k->role != PTG_ROLE_TABLE)
			continue;
		take_features(&v);
		fix_duties(&v, models[i]);
		if (k->role == PTG_ROLE_PAGE)
			invert_page(&v);
		else
			invert_table(&v);
		if (k->role == PTG_ROLE_PAGE && k->encodable)
			lo->out->page_sizes |= k->sizes;
	}
}
