/* SPDX-License-Identifier: MIT */
/* addr.c - arrows to addresses, and how large a page is */

#include <string.h>

#include "gen/lower/lower.h"

static uint16_t condition(struct lower *lo, struct scope *s, const struct ast_expr *e)
{
	struct scope raw = *s;
	uint64_t value;
	uint16_t n;

	if (!e)
		return PTG_NONE;
	raw.mode = SCOPE_RAW;
	n = lower_expr(lo, &raw, e, NULL);
	return node_is_const(lo, n, &value) && value ? PTG_NONE : n;
}

/* Move the lower end of a static arrow up to destination bit `from`. */
static bool clip(struct ptg_piece *out, int hi, int low, int to_lo, int from)
{
	if (to_lo < from) {
		low += from - to_lo;
		to_lo = from;
	}
	if (hi < low || low < 0)
		return false;
	out->src_lo = (uint8_t)low;
	out->width = (uint8_t)(hi - low + 1);
	out->dst_lo = (uint8_t)to_lo;
	return true;
}

/*
 * An arrow with an end that moves: both ends are nodes, and source and
 * destination keep their distance, which is that of any two ends that stand still.
 */
static bool moving(struct lower *lo, struct ptg_piece *out, uint16_t to_hi, uint16_t to_lo, int from)
{
	uint64_t src, dst;
	int distance;

	if (node_is_const(lo, out->lo, &src) && node_is_const(lo, to_lo, &dst)) {
		if ((int)dst < from) {
			src += (uint64_t)from - dst;
			dst = (uint64_t)from;
			out->lo = node_const(lo, src);
		}
		out->src_lo = (uint8_t)src;
		out->dst_lo = (uint8_t)dst;
		return true;
	}
	if (node_is_const(lo, out->hi, &src) && node_is_const(lo, to_hi, &dst))
		distance = (int)dst - (int)src;
	else if (out->hi == to_hi && out->lo == to_lo)
		distance = 0;
	else
		return false;
	out->src_lo = (uint8_t)(distance < 0 ? -distance : 0);
	out->dst_lo = (uint8_t)(distance > 0 ? distance : 0);
	return true;
}

void lower_piece(struct lower *lo, struct scope *s, const struct ast_field *f, const struct ast_piece *p, unsigned frame,
		 int from)
{
	struct ptg_piece out = { .when = condition(lo, s, f->when), .if_ = PTG_NONE };
	int hi, low, to_hi, to_lo, space = model_find_space(lo->f, p->dest->space);
	uint16_t to_hi_node, to_lo_node;
	uint64_t value;

	lower_range(lo, s, &p->at, frame, &hi, &low, &out.hi, &out.lo);
	lower_range(lo, s, &p->dest->at, 64, &to_hi, &to_lo, &to_hi_node, &to_lo_node);
	if (f->if_) {
		out.if_ = lower_feature(lo, f->if_, false);
		if (node_is_const(lo, out.if_, &value)) {
			if (!value)
				return;
			out.if_ = PTG_NONE;
		}
	}
	out.space = (uint8_t)(space < 0 ? 0 : space);
	if (out.hi == PTG_NONE) {
		if (!clip(&out, hi, low, to_lo, from))
			return;
	} else {
		if (to_hi_node == PTG_NONE) {
			to_hi_node = node_const(lo, (uint64_t)to_hi);
			to_lo_node = node_const(lo, (uint64_t)to_lo);
		}
		if (!moving(lo, &out, to_hi_node, to_lo_node, from))
			lower_fail(lo, "source and destination of an arrow must move together");
	}
	*(struct ptg_piece *)vec_add(lo, &lo->pieces, sizeof(out)) = out;
}

void lower_extremes(struct lower *lo, uint16_t node, uint64_t *lowest, uint64_t *highest)
{
	*lowest = ~UINT64_C(0);
	*highest = 0;
	for (unsigned most = 0; most < 2; most++) {
		uint64_t config0 = 0, v;

		for (unsigned i = 0; i < lo->f->param_count; i++) {
			const struct ptg_param_def *d = &lo->out->params[i];

			config0 |= (uint64_t)(most ? d->max : d->min) << d->shift;
		}
		v = lower_eval(lo, node, config0, (const uint64_t[2]){ 0, 0 }, NULL);
		*lowest = v < *lowest ? v : *lowest;
		*highest = v > *highest ? v : *highest;
	}
}

/* Every bit that a moving arrow leaves out is checked to be zero: then the arrow need not move. */
static void settle_moving(struct lower *lo, const struct ptg_kind *k)
{
	struct ptg_piece *pieces = lo->pieces.data;
	uint64_t checked = k->zero | k->zero_cfg[0] | k->zero_cfg[1] | k->zero_cfg[2];

	for (size_t i = k->piece_first; i < lo->pieces.count; i++) {
		struct ptg_piece *p = &pieces[i];
		uint64_t lowest, highest, gap = 0, low;

		if (p->hi == PTG_NONE || !node_is_const(lo, p->lo, &low))
			continue;
		lower_extremes(lo, p->hi, &lowest, &highest);
		for (uint64_t b = lowest + 1; b <= highest && b < 64; b++)
			gap |= UINT64_C(1) << b;
		if ((gap & ~checked) || highest > 63 || highest < low) /* the last: always empty */
			continue;
		p->width = (uint8_t)(highest - p->src_lo + 1);
		p->hi = p->lo = PTG_NONE;
	}
}

/* All pieces static, unconditional, one distance, one space: a mask and a shift. */
static void make_simple(struct lower *lo, struct ptg_kind *k)
{
	const struct ptg_piece *p = (const struct ptg_piece *)lo->pieces.data + k->piece_first;
	int distance = 0;
	uint64_t mask = 0;

	if (k->piece_count == 0)
		return;
	for (unsigned i = 0; i < k->piece_count; i++) {
		int d = (int)p[i].dst_lo - (int)p[i].src_lo;

		if (p[i].when != PTG_NONE || p[i].if_ != PTG_NONE || p[i].hi != PTG_NONE ||
		    p[i].src_lo + p[i].width > 64 || (i && d != distance) || p[i].space != p[0].space)
			return;
		distance = d;
		mask |= (p[i].width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << p[i].width) - 1) << p[i].src_lo;
	}
	k->addr_simple = 1;
	k->addr_mask = mask;
	k->addr_shl = (uint8_t)(distance > 0 ? distance : 0);
	k->addr_shr = (uint8_t)(distance < 0 ? -distance : 0);
	k->space = p[0].space;
}

/* Entry bits that feed address bits below the page. */
static uint64_t low_bits_of(struct lower *lo, struct scope *s, const struct model_layout *l, int below)
{
	uint64_t mask = 0;

	for (const struct model_field *f = l->fields; f; f = f->next)
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
			int hi, low, to_hi, to_lo;
			uint16_t a, b, c, d;
			uint64_t value;

			if (!p->dest || !p->at.first)
				continue;
			lower_range(lo, s, &p->at, l->entry_bits, &hi, &low, &a, &b);
			lower_range(lo, s, &p->dest->at, 64, &to_hi, &to_lo, &c, &d);
			if (a != PTG_NONE && node_is_const(lo, b, &value)) {
				low = (int)value;
				hi = 63;
			}
			if (c != PTG_NONE && node_is_const(lo, d, &value))
				to_lo = (int)value;
			if (low < 0 || to_lo < 0)
				continue;
			for (int i = low; i <= hi && i < 64 && to_lo + (i - low) < below; i++)
				mask |= UINT64_C(1) << i;
		}
	return mask;
}

static void lower_napot(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s,
			const struct ast_clause *c)
{
	const struct model_field *f = model_layout_field(m->layout, c->name.text);
	int hi, low, to_hi, to_lo;
	uint16_t hi_node, lo_node;
	const struct ast_piece *lowest = NULL;

	for (const struct ast_piece *p = f ? f->ast->pieces : NULL; p; p = p->next)
		if (p->dest)
			lowest = p;
	if (!lowest) {
		lower_fail(lo, "'size napot' needs a field with an arrow");
		return;
	}
	lower_range(lo, s, &lowest->at, m->layout->entry_bits, &hi, &low, &hi_node, &lo_node);
	lower_range(lo, s, &lowest->dest->at, 64, &to_hi, &to_lo, &hi_node, &lo_node);
	k->napot = c->value ? 1 : 2;
	k->napot_src = (uint8_t)low;
	k->napot_width = (uint8_t)(hi - low + 1);
	k->napot_dst = (uint8_t)to_lo;
	k->napot_rule = lower_rule_of(lo, m, c);
}

static unsigned log2_of(uint64_t n)
{
	unsigned k = 0;

	while (k < 63 && n > UINT64_C(1) << k)
		k++;
	return k;
}

static uint64_t number(struct lower *lo, struct scope *s, const struct ast_expr *e)
{
	uint64_t value = 1;

	if (!node_is_const(lo, lower_expr(lo, s, e, NULL), &value))
		lower_fail(lo, "a count must be a constant");
	return value;
}

static void lower_page_size(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s)
{
	const struct ast_clause *c;

	k->page_lg2 = lo->out->levels[k->level].shift;
	if ((c = model_clause(m, CL_REPEAT))) {
		k->repeat_lg2 = (uint8_t)log2_of(number(lo, s, c->expr));
		k->page_lg2 = (uint8_t)(k->page_lg2 + k->repeat_lg2);
	}
	if ((c = model_clause(m, CL_CONTIG))) {
		k->contig_lg2 = (uint8_t)log2_of(number(lo, s, c->expr));
		k->contig_when = c->unless ? lower_expr(lo, s, c->unless, NULL) : node_const(lo, 1);
	}
	if ((c = model_clause(m, CL_SIZE)))
		k->size = lower_expr(lo, s, c->expr, NULL);
	if ((c = model_clause(m, CL_NAPOT)))
		lower_napot(lo, k, m, s, c);
	if (!k->napot && k->size == PTG_NONE && k->page_lg2 < 64)
		k->sizes = UINT64_C(1) << k->page_lg2;
}

/* Arrows to one child of a level with two: `-> big.vid[36:8]`. */
static bool belongs(const struct ast_dest *d, const char *level)
{
	if (!level)
		return !d->level || strcmp(d->level, "table") == 0;
	return d->level && strcmp(d->level, level) == 0;
}

static void pieces_of(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s, int from,
		      const char *level)
{
	k->piece_first = (uint16_t)lo->pieces.count;
	for (const struct model_field *f = m->layout->fields; f; f = f->next)
		for (const struct ast_piece *p = f->ast->pieces; p; p = p->next)
			if (p->dest && p->at.first && belongs(p->dest, level))
				lower_piece(lo, s, f->ast, p, m->layout->entry_bits, from);
	settle_moving(lo, k);
	k->piece_count = (uint16_t)(lo->pieces.count - k->piece_first);
}

void lower_child_pieces(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s,
			const char *level, struct ptg_next *n)
{
	struct ptg_kind child = *k;

	pieces_of(lo, &child, m, s, 0, level);
	if (child.piece_count == 0)
		return;
	n->piece_first = child.piece_first;
	n->piece_count = child.piece_count;
}

void lower_address(struct lower *lo, struct ptg_kind *k, const struct model_kind *m, struct scope *s, int level)
{
	bool page = m->role == ROLE_PAGE;
	int from = 0;

	(void)level;
	if (page)
		lower_page_size(lo, k, m, s);
	else
		k->page_lg2 = lo->out->levels[k->level].shift;
	k->low_added = page && model_clause(m, CL_LOW_ADDED);
	k->nowhere = page && model_clause(m, CL_NOWHERE);
	k->table_added = !page && (lo->f->table_added || model_clause(m, CL_TABLE_ADDED));
	if (!m->layout || k->nowhere)
		return;
	if (page && !k->low_added && !k->napot && k->size == PTG_NONE && !lo->f->dynamic)
		from = k->page_lg2;
	if (page && from)
		k->low_mask = low_bits_of(lo, s, m->layout, from);
	pieces_of(lo, k, m, s, from, NULL);
	make_simple(lo, k);
}
