/* SPDX-License-Identifier: MIT */
/*
 * seek.c - the smallest entry of a kind, found without going through all values
 *
 * Bits are decided one by one, the highest first and 0 before 1; what is decided so far
 * is given up as soon as no choice of the rest can be an entry of the kind.  So
 * there is no limit on the bits that a condition mentions, only one on the steps.
 */

#include "gen/lower/invert.h"

#define STEPS_MAX 100000u

struct seek {
	struct inverse *v;
	uint64_t open[2];            /* bits to decide first: of them the result is the smallest */
	uint64_t tried[2];           /* then these, in any way */
	uint64_t zero, one;          /* of the low word, as the features say */
	struct known_inputs in;
	unsigned steps;
};

/* Can an entry with the bits that are decided be of the kind?  Rows as the walker goes through them. */
static bool can_match(const struct seek *s)
{
	const struct inverse *v = s->v;
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const struct ptg_row *r = (const struct ptg_row *)v->lo->rows.data + l->row_first;

	for (unsigned i = 0; i < l->row_count; i++, r++) {
		if (((s->in.value[0] ^ r->value) & r->mask & s->in.mask[0]) || ((s->in.value[1] ^ r->value_hi) & r->mask_hi & s->in.mask[1]) ||
		    ((s->in.fvalue ^ r->feature_value) & r->feature_mask))
			continue;
		if (r->kind == v->index)
			return true;
		if (!(r->mask & ~s->in.mask[0]) && !(r->mask_hi & ~s->in.mask[1]))
			return false;
	}
	return false;
}

static bool certainly(const struct seek *s, uint16_t node, uint64_t *value)
{
	struct known k = lower_known(s->v->lo, &s->in, node);

	*value = k.value;
	return !~k.mask;
}

/* A table entry must name the level (and width) below it. */
static bool can_lead_down(const struct seek *s)
{
	const struct inverse *v = s->v;
	const struct ptg_next *n = (const struct ptg_next *)v->lo->nexts.data + v->k->next_first;
	const struct ptg_format *out = v->lo->out;
	unsigned below = out->levels[v->k->level].next;
	uint64_t value;

	if (v->k->role != PTG_ROLE_TABLE)
		return true;
	if (n->by != PTG_NONE && (below == PTG_NO_LEVEL || (certainly(s, n->by, &value) && value != out->levels[below].number)))
		return false;
	return v->k->bits == PTG_NONE || !certainly(s, v->k->bits, &value) || value == 9;
}

static bool hopeless(const struct seek *s)
{
	const struct inverse *v = s->v;
	const struct ptg_check *c = (const struct ptg_check *)v->lo->checks.data + v->k->check_first;
	uint64_t value;

	if ((s->in.value[0] & s->zero) || (s->in.value[1] & v->k->zero_hi) || (s->in.mask[0] & ~s->in.value[0] & s->one) ||
	    (s->in.mask[1] & ~s->in.value[1] & v->k->one_hi) || !can_match(s) || !can_lead_down(s))
		return true;
	for (unsigned i = 0; i < v->k->check_count; i++)
		if (certainly(s, c[i].node, &value) && !value)
			return true;
	return false;
}

/* The highest bit that is not decided; false: all are. */
static bool highest(const struct seek *s, const uint64_t bits[2], unsigned *word, uint64_t *bit)
{
	for (unsigned w = 2; w-- > 0;) {
		uint64_t left = bits[w] & ~s->in.mask[w];

		if (!left)
			continue;
		while (left & (left - 1))
			left &= left - 1;
		*word = w;
		*bit = left;
		return true;
	}
	return false;
}

static void decide(struct seek *s, unsigned word, uint64_t bit, bool set)
{
	s->in.mask[word] |= bit;
	s->in.value[word] = set ? s->in.value[word] | bit : s->in.value[word] & ~bit;
}

static void leave_open(struct seek *s, unsigned word, uint64_t bit)
{
	s->in.mask[word] &= ~bit;
	s->in.value[word] &= ~bit;
}

static void begin(struct seek *s, struct inverse *v, const uint64_t unknown[2])
{
	*s = (struct seek){ .v = v, .zero = invert_zero(v), .one = v->k->one };
	s->in = (struct known_inputs){ .mask = { ~unknown[0], ~unknown[1] }, .value = { v->fixed_value, v->fixed_value_hi },
				       .fmask = ~UINT32_C(0), .fvalue = (uint32_t)v->config0 };
}

static bool descend(struct seek *s)
{
	unsigned word;
	uint64_t bit, e[2];

	if (++s->steps > STEPS_MAX || hopeless(s))
		return false;
	if (!highest(s, s->open, &word, &bit) && !highest(s, s->tried, &word, &bit)) {
		e[0] = s->in.value[0];
		e[1] = s->in.value[1];
		e[0] |= invert_some_mark(s->v, e);
		return invert_sound(s->v, e, s->v->config0) && can_lead_down(s);
	}
	for (unsigned set = 0; set < 2; set++) {
		decide(s, word, bit, set);
		if (descend(s))
			return true;
	}
	leave_open(s, word, bit);
	return false;
}

static bool give_up(const struct seek *s, const char *what)
{
	const struct inverse *v = s->v;
	const struct ptg_level *l = &v->lo->out->levels[v->k->level];
	const uint64_t bits[2] = { s->open[0] | s->tried[0], s->open[1] | s->tried[1] };

	if (s->steps <= STEPS_MAX)
		return false;
	lower_fail(v->lo, "kind '%s' at level %s: no %s found among the values of bits %s; say what is written with 'encode FIELD=N'", v->k->name,
		   l->name, what, bits_text(v->lo, 8u << l->entry_lg2, bits));
	return true;
}

bool seek_base(struct inverse *v, const uint64_t open[2], uint64_t tried, uint64_t marks)
{
	uint64_t best[2] = { 0, 0 };
	bool found = false;

	/* Without an address, or if that alone would be something else (LoongArch), a table with one. */
	for (unsigned full = 0; full < (v->k->role == PTG_ROLE_TABLE && v->address ? 2u : 1u); full++) {
		uint64_t unknown[2] = { open[0] | tried | marks, open[1] }, base[2];
		struct seek s;

		begin(&s, v, unknown);
		s.open[0] = open[0];
		s.open[1] = open[1];
		s.tried[0] = tried;
		if (full)
			s.in.value[0] |= v->address;
		if (!descend(&s)) {
			if (give_up(&s, "entry"))
				return false;
			continue;
		}
		base[0] = (s.in.value[0] & open[0]) | v->fixed_value;
		base[1] = (s.in.value[1] & open[1]) | v->fixed_value_hi;
		if (found && (best[1] < base[1] || (best[1] == base[1] && best[0] <= base[0])))
			continue;
		found = true;
		best[0] = base[0];
		best[1] = base[1];
	}
	v->k->base = best[0];
	v->k->base_hi = best[1];
	return found;
}

/* --- the most permissive bits of a table ------------------------------------------------- */

struct neutral {
	struct seek s;
	unsigned fewest;
	bool found;
	uint64_t best;
};

static uint64_t neutral_value(const struct ptg_attr *a)
{
	return a->op != '&' ? 0 : a->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << a->width) - 1;
}

/* Is no attribute certain to take something from the pages below? */
static bool can_be_neutral(const struct seek *s)
{
	const struct inverse *v = s->v;
	const struct ptg_attr *all = v->lo->attrs.data;
	uint64_t value;

	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++) {
		uint16_t node = invert_attr_node(v, a);

		if (node != PTG_NONE && certainly(s, node, &value) && value != neutral_value(&all[a]))
			return false;
	}
	return true;
}

static bool is_neutral(const struct inverse *v, const uint64_t e[2])
{
	const struct ptg_attr *all = v->lo->attrs.data;

	for (unsigned a = 0; a < v->lo->attrs.count && a < 64; a++) {
		uint16_t node = invert_attr_node(v, a);

		if (node != PTG_NONE && lower_eval(v->lo, node, v->config0, e, NULL) != neutral_value(&all[a]))
			return false;
	}
	return true;
}

static bool sound_somewhere(const struct inverse *v, const uint64_t e[2])
{
	uint64_t full[2] = { e[0] | v->address, e[1] };

	return invert_sound(v, e, v->config0) || invert_sound(v, full, v->config0);
}

static void fewest_bits(struct neutral *n)
{
	struct seek *s = &n->s;
	uint64_t bit, e[2] = { s->in.value[0], s->in.value[1] };
	unsigned word, bits = bits_in(e[0] & s->tried[0]);

	if (++s->steps > STEPS_MAX || bits >= n->fewest || hopeless(s) || !can_be_neutral(s))
		return;
	if (!highest(s, s->tried, &word, &bit)) {
		if (!is_neutral(s->v, e) || !sound_somewhere(s->v, e))
			return;
		n->fewest = bits;
		n->best = s->in.value[0] & s->tried[0];
		n->found = true;
		return;
	}
	for (unsigned set = 0; set < 2; set++) {
		decide(s, word, bit, set);
		fewest_bits(n);
	}
	leave_open(s, word, bit);
}

/* Under the features of v->config0. */
static bool find_neutral(struct inverse *v, uint64_t inherited, struct neutral *n)
{
	uint64_t unknown[2] = { inherited | v->address, 0 };

	*n = (struct neutral){ .fewest = 65 };
	begin(&n->s, v, unknown);
	n->s.tried[0] = inherited;
	n->s.in.value[0] = v->k->base & ~v->address;
	n->s.in.value[1] = v->k->base_hi;
	fewest_bits(n);
	return n->found && n->s.steps <= STEPS_MAX;
}

static bool neutral_too(struct inverse *v, uint64_t bits)
{
	uint64_t e[2] = { (v->k->base & ~v->address) | bits, v->k->base_hi };

	return is_neutral(v, e) && sound_somewhere(v, e);
}

bool seek_neutral(struct inverse *v, uint64_t inherited, uint32_t features)
{
	uint64_t config0 = v->config0, both;
	struct neutral n;

	find_neutral(v, inherited, &n);
	if (give_up(&n.s, "entry that takes no right away"))
		return false;
	v->k->neutral = both = n.best;
	if (!n.found)
		return false;
	v->config0 = config0 | features;
	if (find_neutral(v, inherited, &n) && neutral_too(v, both | n.best)) {
		both |= n.best;
		v->config0 = config0;
		if (neutral_too(v, both))
			v->k->neutral = both;
	}
	v->config0 = config0;
	return true;
}
