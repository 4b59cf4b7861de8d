/* SPDX-License-Identifier: MIT */
/*
 * choice.c - the largest page or group that fits
 */
#include "ptg_change.h"

bool ptg_kind_on_(const struct ptg_space *s, const struct ptg_kind *k)
{
	const struct ptg_level *l = &s->format->levels[k->level];
	const struct ptg_row *r = s->format->rows + l->row_first, *end = r + l->row_count;

	for (; r < end; r++)
		if (&s->format->kinds[r->kind] == k && ((uint32_t)s->config[0] & r->feature_mask) == r->feature_value)
			return true;
	return false;
}

const struct ptg_kind *ptg_single_(const struct ptg_space *s, const struct ptg_table *t)
{
	const struct ptg_format *f = s->format;
	unsigned i;

	for (i = 0; i < f->kind_count; i++) {
		const struct ptg_kind *k = &f->kinds[i];

		if (k->role != PTG_ROLE_PAGE || k->level != t->level || !k->encodable || k->nowhere || k->napot ||
		    k->repeat_lg2)
			continue;
		if ((f->flags & PTG_FORMAT_DYNAMIC) || k->page_lg2 == t->shift)
			if (ptg_kind_on_(s, k))
				return k;
	}
	return NULL;
}

/* Bits of an entry of that kind that must be 0 under this configuration are made so. */
void ptg_zero_out_(const struct ptg_space *s, const struct ptg_kind *k, uint64_t e[2])
{
	const uint64_t *c = s->config + 1;

	e[0] &= ~(k->zero | (k->zero_cfg[0] & c[0]) | (k->zero_cfg[1] & c[1]) | (k->zero_cfg[2] & c[2]));
	e[1] &= ~(k->zero_hi | (k->zero_cfg_hi[0] & c[0]) | (k->zero_cfg_hi[1] & c[1]) | (k->zero_cfg_hi[2] & c[2]));
}

/* Of a mask of address bits those that there are under this configuration. */
uint64_t ptg_pa_there_(const struct ptg_env *env, uint64_t mask)
{
	const struct ptg_format *f = env->space->format;
	unsigned bits = f->pa_bits;

	if (f->pa_node != PTG_NONE)
		bits = (unsigned)ptg_eval_(env, f->pa_node) & 0x7f;
	return bits ? mask & ptg_mask_(bits) : mask;
}

/* Bits of the address that the kind holds, those that must be 0 taken out. */
uint64_t ptg_pa_mask_(const struct ptg_space *s, const struct ptg_kind *k, const uint64_t e[2])
{
	struct ptg_env env;
	unsigned space;
	uint64_t mask;

	env.space = s;
	env.regs = env.attr = NULL;
	env.va = env.index = 0;
	env.index_lg2 = env.size_lg2 = env.access = 0;
	env.e[0] = e[0];
	env.e[1] = e[1];
	ptg_put_addr_(s, k, ~(uint64_t)0, env.e);
	ptg_zero_out_(s, k, env.e);
	mask = ptg_addr_(&env, k, &space);
	return space == 0 ? ptg_pa_there_(&env, mask) : mask;
}

/* --- the list --------------------------------------------------------------------- */

static void choice_add(struct ptg_op_ *op, const struct ptg_kind *k, uint64_t sizes, unsigned group)
{
	struct ptg_choice_ *c = &op->choice[op->choice_count];

	if (!sizes || op->choice_count == PTG_CHOICES)
		return;
	op->choice_count++;
	c->k = k;
	c->sizes = sizes;
	c->level = k->level;
	c->group = (uint8_t)group;
	c->ready = c->refused = false;
}

static void choice_kind(struct ptg_op_ *op, const struct ptg_kind *k)
{
	uint64_t allowed = op->s->page_sizes ? op->s->page_sizes : op->fmt->page_sizes;
	uint64_t sizes = k->sizes ? k->sizes : ptg_shl_(1, k->page_lg2 & 63);
	unsigned shift = op->fmt->levels[k->level].shift;
	bool dynamic = op->fmt->flags & PTG_FORMAT_DYNAMIC;

	if (!dynamic && (op->flags & PTG_NO_LARGE) && shift > op->smallest_lg2)
		return;
	if (dynamic)
		sizes = op->flags & PTG_NO_LARGE ? ptg_shl_(1, op->smallest_lg2) : ~(uint64_t)0;
	sizes &= allowed;
	if (k->napot || k->repeat_lg2) {
		/* A group is no single page that the caller could have meant by PTG_NO_CONTIG. */
		if (!(op->flags & PTG_NO_CONTIG))
			choice_add(op, k, sizes, k->napot ? PTG_NAPOT_ : PTG_REPEAT_);
		return;
	}
	choice_add(op, k, sizes, PTG_SINGLE_);
	if (k->contig_lg2 && sizes && !dynamic && !(op->flags & PTG_NO_CONTIG) && !op->nonpresent)
		choice_add(op, k, ptg_shl_(1, k->page_lg2 + k->contig_lg2), PTG_HINT_);
}

void ptg_choices_(struct ptg_op_ *op)
{
	unsigned i;

	op->choice_count = 0;
	for (i = 0; i < op->fmt->kind_count; i++) {
		const struct ptg_kind *k = &op->fmt->kinds[i];

		if (k->role == PTG_ROLE_PAGE && k->encodable && !k->nowhere && ptg_kind_on_(op->s, k))
			if (!op->nonpresent || (!k->napot && !k->repeat_lg2))
				choice_kind(op, k);
	}
}

/* --- one of them, prepared ------------------------------------------------------------ */

static bool choice_hint(struct ptg_op_ *op, struct ptg_choice_ *c)
{
	struct ptg_env env;

	c->e[0] = (c->e[0] & ~c->k->contig_mask) | c->k->contig_value;
	ptg_env_of_(op, &env, c->e, 0);
	return ptg_contig_lg2_(&env, c->k) != 0;
}

static void choice_step(struct ptg_op_ *op, struct ptg_choice_ *c)
{
	uint64_t a[2] = { c->e[0], c->e[1] }, b[2] = { c->e[0], c->e[1] };
	unsigned shift = op->fmt->levels[c->level].shift;

	c->step = 0;
	if (!c->k->addr_simple || c->k->napot || c->k->repeat_lg2 || (op->fmt->flags & PTG_FORMAT_DYNAMIC))
		return;
	ptg_put_addr_(op->s, c->k, 0, a);
	ptg_put_addr_(op->s, c->k, ptg_shl_(1, shift & 63), b);
	if (a[1] == b[1])
		c->step = b[0] - a[0];
}

/* false: these attributes cannot be had here. */
static bool choice_ready(struct ptg_op_ *op, struct ptg_choice_ *c)
{
	uint64_t hidden[2];
	unsigned why;

	if (c->ready)
		return true;
	c->e[0] = c->k->base;
	c->e[1] = c->k->base_hi;
	c->refused = op->a && ptg_template_(op->s, c->k, op->a, c->e, &why);
	if (c->refused)
		return false;
	if (c->group == PTG_HINT_ && !choice_hint(op, c))
		return false;
	hidden[0] = c->e[0];
	hidden[1] = c->e[1];
	if (op->nonpresent && ptg_hide_(op->s, c->level, c->k, hidden))
		return false;
	c->pa_mask = ptg_pa_mask_(op->s, c->k, c->e);
	choice_step(op, c);
	c->ready = true;
	return true;
}

/* Of the ways to write a page at that depth, or at any: the attributes stand in the way of some, and none is left. */
bool ptg_refused_(struct ptg_op_ *op, unsigned level)
{
	bool refused = false;
	unsigned i;

	for (i = 0; i < op->choice_count; i++) {
		struct ptg_choice_ *c = &op->choice[i];

		if (level != PTG_NO_LEVEL && c->level != level)
			continue;
		if (choice_ready(op, c))
			return false;
		refused = refused || c->refused;
	}
	return refused;
}

static uint64_t choice_sizes(const struct ptg_op_ *op, const struct ptg_choice_ *c, const struct ptg_frame_ *fr)
{
	if (op->fmt->flags & PTG_FORMAT_DYNAMIC)
		return c->sizes & ptg_shl_(1, fr->t.shift & 63);
	return c->sizes;
}

struct ptg_choice_ *ptg_pick_(struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t last, uint64_t pa,
			      unsigned max_lg2, unsigned *lg2)
{
	uint64_t rest = last - va, fits, best;
	unsigned i, span = fr->t.shift + fr->t.index_lg2;
	unsigned limit = (va | pa) ? ptg_lowest_bit_(va | pa) : 63;
	struct ptg_choice_ *found = NULL;

	if (rest != ~(uint64_t)0 && limit > ptg_highest_bit_(rest + 1))
		limit = ptg_highest_bit_(rest + 1);
	if (limit > span)
		limit = span;
	if (limit > max_lg2)
		limit = max_lg2;
	fits = ptg_mask_(limit + 1) & ~ptg_mask_(fr->t.shift);
	for (best = 0, i = 0; i < op->choice_count; i++) {
		struct ptg_choice_ *c = &op->choice[i];
		uint64_t n = c->level == fr->t.level ? choice_sizes(op, c, fr) & fits : 0;

		if (!n || ptg_highest_bit_(n) < best + (found != NULL))
			continue;
		if (!choice_ready(op, c)) {
			c->sizes = 0;
			continue;
		}
		if ((pa | (pa + rest)) & ~c->pa_mask & ~ptg_mask_(ptg_highest_bit_(n)))
			continue;
		best = ptg_highest_bit_(n);
		found = c;
	}
	*lg2 = (unsigned)best;
	return found;
}

/* The last address before a larger page than 2^lg2 could begin at this table. */
uint64_t ptg_larger_(const struct ptg_op_ *op, const struct ptg_frame_ *fr, uint64_t va, uint64_t pa, unsigned lg2)
{
	uint64_t sizes = 0, same = va ^ pa;
	unsigned i, n;

	for (i = 0; i < op->choice_count; i++)
		if (op->choice[i].level == fr->t.level)
			sizes |= choice_sizes(op, &op->choice[i], fr);
	sizes &= ~ptg_mask_(lg2 + 1);
	if (!sizes)
		return ~(uint64_t)0;
	n = ptg_lowest_bit_(sizes);
	return same & ptg_mask_(n) ? ~(uint64_t)0 : va | ptg_mask_(n);
}

void ptg_choice_entry_(struct ptg_op_ *op, const struct ptg_choice_ *c, uint64_t pa, unsigned lg2, uint64_t e[2])
{
	e[0] = c->e[0];
	e[1] = c->e[1];
	if (c->group == PTG_NAPOT_)
		ptg_put_page_(op->s, c->k, lg2, pa, e);
	else
		ptg_put_addr_(op->s, c->k, pa, e);
	if (op->nonpresent)
		(void)ptg_hide_(op->s, c->level, c->k, e);
}
