/* SPDX-License-Identifier: MIT */
/*
 * encode.c - the inverse: what to store for wanted rights, types and marks
 *
 * Found by asking the decoder: the bits an attribute reads are tried in all
 * combinations, and what decodes back to the kind and passes its checks is a row.
 * So the encoder cannot disagree with the decoder.
 */

#include "gen/lower/invert.h"

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

uint64_t invert_zero(const struct inverse *v)
{
	uint64_t mask = v->k->zero;

	for (unsigned w = 0; w < 3; w++)
		if (v->k->zero_cfg[w])
			mask |= v->k->zero_cfg[w] & configured_zero(v->lo, w + 1, v->config0);
	return mask;
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

bool invert_too_many(const struct inverse *v, const char *what, uint64_t bits, uint32_t features, unsigned most_bits, unsigned most_features)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const uint64_t words[2] = { bits, 0 };

	if (bits_in(bits) > most_bits)
		lower_fail(v->lo, "kind '%s' at level %s: %s depend on %u bits, %s; %u can be turned round", v->k->name, l->name, what, bits_in(bits),
			   bits_text(v->lo, 8u << l->entry_lg2, words), most_bits);
	else if (bits_in(features) > most_features)
		lower_fail(v->lo, "kind '%s' at level %s: %s depend on %u features; %u can be turned round", v->k->name, l->name, what,
			   bits_in(features), most_features);
	return bits_in(bits) > most_bits || bits_in(features) > most_features;
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

/* Features that decide which row takes an entry with these or those bits of the rights. */
static uint32_t row_features(const struct inverse *v)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const struct ptg_row *r = (const struct ptg_row *)v->lo->rows.data + l->row_first;
	uint32_t features = 0, own = 0;

	for (unsigned i = 0; i < l->row_count; i++)
		if (r[i].kind == v->index)
			own |= r[i].feature_mask;
		else if (r[i].mask & v->rights)
			features |= r[i].feature_mask;
	return features & ~own;
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
	return features | row_features(v);
}

static void fix_bit(struct inverse *v, unsigned at, bool set)
{
	uint64_t bit = UINT64_C(1) << at % 64, *fixed = at < 64 ? &v->fixed : &v->fixed_hi;
	uint64_t *value = at < 64 ? &v->fixed_value : &v->fixed_value_hi;

	*fixed |= bit;
	*value = set ? *value | bit : *value & ~bit;
}

/* What `encode F=N` says of the bits of F, which may stand apart. */
static void fix_field(struct inverse *v, uint16_t node, uint64_t value)
{
	const struct ptg_node *n = node_at(v->lo, node);

	if (n->op == PTG_OP_CAT) {
		fix_field(v, n->b, value);
		fix_field(v, n->a, n->width < 64 ? value >> n->width : 0);
	}
	for (unsigned i = 0; n->op == PTG_OP_ENTRY && i < n->width && n->lo + i < 128; i++)
		fix_bit(v, n->lo + i, i < 64 && value >> i & 1);
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
			for (int i = low; a == PTG_NONE && i <= hi && i < 128; i++)
				*(i < 64 ? &v->fixed_value : &v->fixed_value_hi) |= UINT64_C(1) << i % 64;
		}
	v->fixed = v->fixed_value;
	v->fixed_hi = v->fixed_value_hi;
	for (const struct ast_clause *c = m->ast->clauses; c; c = c->next)
		for (const struct ast_encode *e = c->kind == CL_ENCODE ? c->encodes : NULL; e; e = e->next) {
			struct ast_expr name = { .op = EX_NAME, .name = e->field.text };
			uint64_t value = 0;

			node_is_const(v->lo, lower_expr(v->lo, &s, e->value, NULL), &value);
			fix_field(v, lower_expr(v->lo, &s, &name, NULL), value);
		}
}

/* --- constants of the kind --------------------------------------------------------------- */

/* The mark that says 2^(dst + n + 1) bytes. */
static uint64_t napot_mark(const struct ptg_kind *k, unsigned n)
{
	uint64_t v = k->napot == 1 ? UINT64_C(1) << n : (UINT64_C(1) << n) - 1;

	return v << k->napot_src;
}

uint64_t invert_some_mark(const struct inverse *v, const uint64_t base[2])
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];

	for (unsigned n = 0; v->k->napot && n < v->k->napot_width; n++) {
		uint64_t e[2] = { base[0] | napot_mark(v->k, n), base[1] };

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

/* The smallest constant with which some choice of the tried bits is an entry of the kind. */
static bool find_base(struct inverse *v, uint64_t tried)
{
	uint64_t marks = v->k->napot ? ((UINT64_C(1) << v->k->napot_width) - 1) << v->k->napot_src : 0;
	uint64_t open[2];

	open[0] = row_bits(v, &open[1]) | support_of_next(v);
	open[0] &= ~v->fixed & ~tried & ~v->memory & ~v->key & ~v->global & ~v->marks & ~v->contig;
	open[0] &= v->k->napot ? ~marks : ~v->address;
	open[1] &= ~v->fixed_hi;
	return seek_base(v, open, tried, marks);
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

	if (v->k->contig_when == PTG_NONE || bits_in(v->contig) == 0 || invert_too_many(v, "contiguous groups", v->contig, 0, 8, 0))
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

static void invert_table(struct inverse *v)
{
	const struct ptg_mark *m = (const struct ptg_mark *)v->lo->marks.data + v->k->mark_first;
	uint64_t inherited = 0;
	uint32_t features = 0;

	v->address = piece_bits(v->lo, v->k);
	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++)
		inherited |= attr_bits(v, a, &features);
	for (unsigned i = 0; i < v->k->mark_count; i++)
		v->marks |= m[i].mask;
	inherited &= ~v->fixed & ~v->address & ~v->marks;
	if (!find_base(v, inherited))
		return;
	v->k->encodable = seek_neutral(v, inherited, features);
	for (unsigned i = 0; i < v->k->mark_count; i++)
		v->k->neutral |= m[i].value;
}

/* What could never be written is said; but a page may be too large for some levels of any width. */
static void must_encode(const struct inverse *v)
{
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];

	if (v->k->encodable || (v->lo->f->dynamic && v->k->role == PTG_ROLE_PAGE))
		return;
	if (v->k->bits != PTG_NONE)
		lower_fail(v->lo, "kind '%s' at level %s: tables of 2^9 entries are built; say so with 'encode FIELD=9'", v->k->name, l->name);
	else
		lower_fail(v->lo, "kind '%s' at level %s: no entry of it can be written; say what is with 'encode FIELD=N'", v->k->name, l->name);
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
		must_encode(&v);
		if (k->role == PTG_ROLE_PAGE && k->encodable)
			lo->out->page_sizes |= k->sizes;
	}
}
