/* SPDX-License-Identifier: MIT */
/*
 * quick.c - the digest of a format that the generic walker's hot path reads
 *
 * Made once, when features, parameters or contexts change.  A level is digested
 * as far as its table kind and its page kind come down to masks; expressions
 * over few bits of the entry are put to the proof with every value of these bits.
 * What cannot be digested is left to the walk in find.c, which decides
 * everything that is not a plain page reached through plain tables.
 */
#include "ptg_core.h"

#define SUPPORT 3 /* bits an expression may depend on */

/* --- what an expression depends on ------------------------------------------------ */

/* Bits of the entry's low word and of the address that it reads; false: it asks for more than these and the configuration. */
static bool support(const struct ptg_format *f, unsigned node, uint64_t *bits, uint64_t *va)
{
	const struct ptg_node *n = &f->nodes[node];

	switch (n->op) {
	case PTG_OP_ENTRY:
		if (n->lo + n->width > 64)
			return false;
		*bits |= ptg_shl_(ptg_mask_(n->width), n->lo);
		return true;
	case PTG_OP_VA:
		*va |= ptg_shl_(ptg_mask_(n->width), n->lo);
		return true;
	case PTG_OP_CONST:
	case PTG_OP_FEATURE:
	case PTG_OP_PARAM:
	case PTG_OP_CTX:
		return true;
	case PTG_OP_CTX_AT:
		return support(f, n->b, bits, va);
	case PTG_OP_NOT:
	case PTG_OP_SLICE:
		return support(f, n->a, bits, va);
	}
	if (n->op < PTG_OP_NOT || !support(f, n->a, bits, va) || !support(f, n->b, bits, va))
		return false;
	return n->op != PTG_OP_DSLICE || support(f, n->c, bits, va);
}

static bool single(uint64_t bits)
{
	return bits && !(bits & (bits - 1));
}

/* The n-th combination of the set bits of `bits`. */
static uint64_t spread(uint64_t bits, unsigned n)
{
	uint64_t out = 0;

	for (; bits; bits &= bits - 1, n >>= 1)
		if (n & 1)
			out |= bits & (0 - bits);
	return out;
}

static unsigned count_bits(uint64_t bits)
{
	unsigned n = 0;

	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

/*
 * The truth of an expression for each value of the at most SUPPORT entry bits it
 * reads, bit n of *truth for spread(*bits, n).  false: it is no truth, reads too
 * much, or an address makes a difference.
 */
static bool truth_table(const struct ptg_space *s, unsigned node, uint64_t *bits, unsigned *truth)
{
	struct ptg_env env;
	uint64_t va = 0, v;
	unsigned n, m;

	*bits = 0;
	*truth = 0;
	if (!support(s->format, node, bits, &va) || count_bits(*bits) > SUPPORT || count_bits(va) > SUPPORT)
		return false;
	ptg_env_init_(&env, s, NULL, 0);
	for (n = 0; n < 1u << count_bits(*bits); n++)
		for (m = 0; m < 1u << count_bits(va); m++) {
			env.e[0] = spread(*bits, n);
			env.va = spread(va, m);
			v = ptg_eval_(&env, node);
			if (v > 1 || (m && v != (*truth >> n & 1)))
				return false;
			*truth |= (unsigned)v << n;
		}
	return true;
}

/* --- a kind's conditions ----------------------------------------------------------------- */

/* Entries with (e & mask) == value, and none of the nots. */
struct cond {
	uint64_t mask, value, zero;
	uint64_t not_mask[PTG_QUICK_NOTS], not_value[PTG_QUICK_NOTS];
	unsigned not_count;
	bool never;
};

static void must(struct cond *c, uint64_t mask, uint64_t value)
{
	if ((c->mask & mask) & (c->value ^ value))
		c->never = true;
	c->mask |= mask;
	c->value |= value;
}

/* Not (e & mask) == value: one bit decides, or it is remembered. false: no room. */
static bool must_not(struct cond *c, uint64_t mask, uint64_t value)
{
	uint64_t rest;

	if ((c->mask & mask) & (c->value ^ value))
		return true; /* it cannot be */
	rest = mask & ~c->mask;
	if (!rest)
		c->never = true;
	else if (single(rest))
		must(c, rest, ~value & rest);
	else if (c->not_count == PTG_QUICK_NOTS)
		return false;
	else {
		c->not_mask[c->not_count] = mask;
		c->not_value[c->not_count++] = value;
	}
	return true;
}

static bool row_is_on(const struct ptg_space *s, const struct ptg_row *r)
{
	return ((uint32_t)s->config[0] & r->feature_mask) == r->feature_value;
}

/* Rows before the one of the kind do not match; first those that one bit decides. */
static bool match_row(const struct ptg_space *s, const struct ptg_level *l, unsigned at, struct cond *c)
{
	const struct ptg_row *rows = s->format->rows + l->row_first;
	unsigned i, turn;

	if (rows[at].extra != PTG_NONE)
		return false;
	must(c, rows[at].mask, rows[at].value);
	for (turn = 0; turn < 2; turn++)
		for (i = 0; i < at; i++) {
			if (!row_is_on(s, &rows[i]))
				continue;
			if (rows[i].extra != PTG_NONE)
				return false;
			if (turn == 0 && !single(rows[i].mask & ~c->mask))
				continue;
			if (!must_not(c, rows[i].mask, rows[i].value))
				return false;
		}
	return !c->never;
}

static bool match_check(const struct ptg_space *s, unsigned node, struct cond *c)
{
	uint64_t bits = 0;
	unsigned n, truth;

	if (ptg_zero_bits_(s->format, node, &bits)) {
		c->zero |= bits;
		return true;
	}
	if (!truth_table(s, node, &bits, &truth))
		return false;
	for (n = 0; n < 1u << count_bits(bits); n++)
		if (!(truth >> n & 1) && !must_not(c, bits, spread(bits, n)))
			return false;
	return true;
}

/* Everything between the entry and its being taken as this kind. */
static bool digest(const struct ptg_space *s, unsigned depth, unsigned at, const struct ptg_kind *k, struct cond *c)
{
	const struct ptg_format *f = s->format;
	unsigned i;

	c->mask = c->value = c->zero = 0;
	c->not_count = 0;
	c->never = false;
	if (!k->addr_simple || k->space || k->zero_hi || k->one_hi || k->zero_cfg_hi[0] || k->zero_cfg_hi[1] ||
	    k->zero_cfg_hi[2] || !match_row(s, &f->levels[depth], at, c))
		return false;
	must(c, k->one, k->one);
	c->zero = k->zero | (k->zero_cfg[0] & s->config[1]) | (k->zero_cfg[1] & s->config[2]) |
		  (k->zero_cfg[2] & s->config[3]);
	for (i = 0; i < k->check_count; i++)
		if (!match_check(s, f->checks[k->check_first + i].node, c))
			return false;
	return !c->never;
}

/* --- levels -------------------------------------------------------------------------------- */

static void no_table(struct ptg_quick_level *q)
{
	q->table_mask = 0;
	q->table_value = 1;
}

/* Attributes of tables that only expressions give. */
static bool inherits_slowly(const struct ptg_format *f, const struct ptg_kind *k)
{
	unsigned i;

	for (i = 0; k->attr_first != PTG_NONE && i < f->attr_count; i++)
		if (f->attrs[i].op && f->attr_node[k->attr_first + i] != PTG_NONE)
			return true;
	return false;
}

static void digest_table(struct ptg_space *s, unsigned depth, unsigned at, struct ptg_quick_level *q)
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *k = &f->kinds[f->rows[f->levels[depth].row_first + at].kind];
	const struct ptg_next *n = k->next_count ? &f->nexts[k->next_first] : NULL;
	unsigned next = n ? n->level : f->levels[depth].next;
	struct cond c;

	if (k->next_count > 1 || (n && n->unless != PTG_NONE) || next >= depth || k->bits != PTG_NONE ||
	    k->skip == PTG_SKIP_ZERO || k->table_added || (f->levels[next].flags & PTG_LEVEL_ADDED) ||
	    !digest(s, depth, at, k, &c) || c.not_count)
		return;
	q->table_mask = c.mask;
	q->table_value = c.value;
	q->table_zero = c.zero;
	q->table_addr = k->addr_mask & ~ptg_shr_(ptg_shl_(k->low_mask, k->addr_shr), k->addr_shl);
	q->table_shl = k->addr_shl;
	q->table_shr = k->addr_shr;
	q->next = (uint8_t)next;
	if (!k->gather_count && inherits_slowly(f, k))
		s->quick.usable &= 2u;
	q->table_kind = f->rows[f->levels[depth].row_first + at].kind;
}

static void digest_page(const struct ptg_space *s, unsigned depth, unsigned at, struct ptg_quick_level *q)
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *k = &f->kinds[f->rows[f->levels[depth].row_first + at].kind];
	struct cond c;
	unsigned i;

	if (k->napot || k->size != PTG_NONE || k->low_added || k->nowhere || !digest(s, depth, at, k, &c))
		return;
	q->page_mask = c.mask;
	q->page_value = c.value;
	q->page_zero = c.zero;
	q->page_addr = k->addr_mask;
	q->page_shl = k->addr_shl;
	q->page_shr = k->addr_shr;
	q->page_lg2 = k->page_lg2;
	q->page_rule = k->rule;
	q->page_kind = f->rows[f->levels[depth].row_first + at].kind;
	q->not_count = (uint8_t)c.not_count;
	for (i = 0; i < c.not_count; i++) {
		q->not_mask[i] = c.not_mask[i];
		q->not_value[i] = c.not_value[i];
	}
}

/* The last page kind wins: it is the plain one, which those before it are exceptions of. */
static bool digest_level(struct ptg_space *s, unsigned depth)
{
	const struct ptg_format *f = s->format;
	const struct ptg_level *l = &f->levels[depth];
	struct ptg_quick_level *q = &s->quick.level[depth];
	unsigned i;

	no_table(q);
	q->page_mask = 0;
	q->page_value = 1;
	q->shift = l->shift;
	q->width = l->width;
	q->not_count = 0;
	if (l->entry_lg2 != s->quick.entry_lg2 || l->stride_lg2 || l->by != PTG_NONE)
		return false;
	for (i = 0; i < l->row_count; i++) {
		const struct ptg_row *r = &f->rows[l->row_first + i];

		if (!row_is_on(s, r))
			continue;
		if (f->kinds[r->kind].role == PTG_ROLE_TABLE)
			digest_table(s, depth, i, q);
		else if (f->kinds[r->kind].role == PTG_ROLE_PAGE)
			digest_page(s, depth, i, q);
	}
	return true;
}

/* --- rights ------------------------------------------------------------------------------------- */

/* 0 the bit, 1 its negation, 2 zero, 3 one; false: none of these. */
static bool attr_shape(const struct ptg_space *s, unsigned node, uint8_t *bit, uint8_t *how)
{
	static const uint8_t is_bit[SUPPORT] = { 0xaa, 0xcc, 0xf0 };
	uint64_t bits, rest;
	unsigned truth, all, i;

	*bit = 0;
	*how = 2;
	if (node == PTG_NONE)
		return true;
	if (!truth_table(s, node, &bits, &truth))
		return false;
	all = (unsigned)ptg_mask_(1u << count_bits(bits));
	if (truth == 0 || truth == all) {
		*how = truth ? 3 : 2;
		return true;
	}
	for (i = 0, rest = bits; rest; i++, rest &= rest - 1) {
		*bit = (uint8_t)ptg_lowest_bit_(rest);
		*how = truth == (~is_bit[i] & all);
		if (truth == (is_bit[i] & all) || *how)
			return true;
	}
	return false;
}

/* What entries of one table kind force on attribute a. false: no single bit says it. */
static bool forced(const struct ptg_space *s, const struct ptg_kind *k, unsigned a, uint8_t *bit, uint8_t *how)
{
	const struct ptg_format *f = s->format;
	unsigned g, node, neutral = f->attrs[a].op == '&' ? 3 : 2;

	*bit = 0;
	*how = 2;
	for (g = 0; g < k->gather_count; g++)
		if (f->gathers[k->gather_first + g].acc == a) {
			*bit = f->gathers[k->gather_first + g].bit;
			*how = f->gathers[k->gather_first + g].invert;
			return *bit < 64;
		}
	node = k->gather_count || k->attr_first == PTG_NONE ? PTG_NONE : f->attr_node[k->attr_first + a];
	if (node == PTG_NONE)
		return true;
	if (!attr_shape(s, node, bit, how) || (*how > 1 && *how != neutral))
		return false;
	if (*how > 1)
		*how = 2;
	else if (neutral == 3)
		*how ^= 1; /* it is forced to 0 where it is 0 here */
	return true;
}

/* The same for every table kind, or false. */
static bool up_shape(const struct ptg_space *s, unsigned a, uint8_t *bit, uint8_t *how)
{
	const struct ptg_format *f = s->format;
	bool first = true;
	unsigned i;

	*bit = 0;
	*how = 2;
	if (!f->attrs[a].op)
		return true;
	for (i = 0; i < f->row_count; i++) {
		const struct ptg_kind *k = &f->kinds[f->rows[i].kind];
		uint8_t b, h;

		if (k->role != PTG_ROLE_TABLE || !row_is_on(s, &f->rows[i]))
			continue;
		if (!forced(s, k, a, &b, &h) || (!first && (b != *bit || h != *how)))
			return false;
		*bit = b;
		*how = h;
		first = false;
	}
	return true;
}

static bool digest_attr(struct ptg_space *s, unsigned a)
{
	const struct ptg_format *f = s->format;
	struct ptg_quick *q = &s->quick;
	unsigned n = q->attr_count, d;

	if (n == PTG_QUICK_ATTRS || !up_shape(s, a, &q->up_bit[n], &q->up_how[n]))
		return false;
	q->attr_or[n] = f->attrs[a].op == '|';
	q->attr_index[n] = a == f->global_attr ? 0xff : f->attrs[a].table_index;
	for (d = 0; d < f->level_count; d++) {
		struct ptg_quick_level *l = &q->level[d];
		const struct ptg_kind *k = &f->kinds[l->page_kind];
		unsigned node = k->attr_first == PTG_NONE ? PTG_NONE : f->attr_node[k->attr_first + a];

		if (!l->page_mask && l->page_value)
			continue; /* no page here */
		if (!attr_shape(s, node, &l->attr_bit[n], &l->attr_how[n]))
			return false;
		if (node == PTG_NONE && f->attrs[a].op == '&')
			l->attr_how[n] = 3;
	}
	q->attr_count++;
	return true;
}

/* Deny lines that are not tabled and could fire. */
static bool untabled_active(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	struct ptg_env env;
	unsigned i, j;

	ptg_env_init_(&env, s, NULL, 0);
	for (i = 0; i < f->kind_count; i++)
		for (j = 0; j < f->kinds[i].deny_count; j++) {
			const struct ptg_deny *d = &f->denies[f->kinds[i].deny_first + j];

			if (!d->tabled && (d->guard == PTG_NONE || ptg_eval_(&env, d->guard)))
				return true;
		}
	return false;
}

static bool same_marks(const struct ptg_format *f, const struct ptg_kind *a, const struct ptg_kind *b)
{
	unsigned i;

	if (a->mark_count != b->mark_count)
		return false;
	for (i = 0; i < a->mark_count; i++) {
		const struct ptg_mark *m = &f->marks[a->mark_first + i], *n = &f->marks[b->mark_first + i];

		if (m->mask != n->mask || m->value != n->value || m->access != n->access || m->what != n->what ||
		    m->enabled != n->enabled)
			return false;
	}
	return true;
}

static bool digest_marks(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *first = NULL;
	struct ptg_quick *q = &s->quick;
	struct ptg_env env;
	unsigned i;

	for (i = 0; i < f->level_count; i++) {
		const struct ptg_quick_level *l = &q->level[i];

		if (!l->page_mask && l->page_value)
			continue;
		if (first && !same_marks(f, first, &f->kinds[l->page_kind]))
			return false;
		first = &f->kinds[l->page_kind];
	}
	ptg_env_init_(&env, s, NULL, 0);
	for (i = 0; first && i < first->mark_count; i++) {
		const struct ptg_mark *m = &f->marks[first->mark_first + i];

		if (m->enabled != PTG_NONE && !ptg_eval_(&env, m->enabled))
			continue;
		if (q->mark_count == 2)
			return false;
		q->mark_mask[q->mark_count] = m->mask;
		q->mark_value[q->mark_count] = m->value;
		q->mark_access[q->mark_count] = m->access;
		q->mark_right[q->mark_count++] = m->what == 1 ? PTG_ACCESSED : m->what == 2 ? PTG_DIRTY : 0;
	}
	return true;
}

static bool digest_rights(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	unsigned i;

	if (f->rights_bits > 6 || untabled_active(s))
		return false;
	for (i = 0; i < f->attr_count; i++)
		if ((f->attrs[i].table_index != 0xff || i == f->global_attr) && !digest_attr(s, i))
			return false;
	return digest_marks(s);
}

/* --- the whole --------------------------------------------------------------------------------- */

/* Table marks that can fault need the path. */
static bool table_marks_fault(const struct ptg_format *f)
{
	unsigned i, j;

	for (i = 0; i < f->kind_count; i++)
		for (j = 0; f->kinds[i].role == PTG_ROLE_TABLE && j < f->kinds[i].mark_count; j++)
			if (f->marks[f->kinds[i].mark_first + j].rule != PTG_NONE)
				return true;
	return false;
}

void ptg_quick_build_(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	struct ptg_quick *q = &s->quick;
	unsigned i;

	q->usable = q->one = 0;
	q->attr_count = q->mark_count = 0;
	if (f->level_count == 0 || f->level_count > 8 || (f->flags & PTG_FORMAT_DYNAMIC) || table_marks_fault(f))
		return;
	q->entry_lg2 = f->levels[f->top].entry_lg2;
	q->big = f->flags & PTG_FORMAT_BIG;
	if (q->entry_lg2 < 2 || q->entry_lg2 > 3)
		return;
	q->usable = 1;
	for (i = 0; i < f->level_count; i++)
		if (!digest_level(s, i)) {
			q->usable = 0;
			return;
		}
	if (digest_rights(s))
		q->usable |= 2u;
	q->config0 = s->config[0];
	for (i = 0; i < 4; i++)
		q->ctx[i] = s->ctx[i];
	ptg_quick_one_(s);
}
