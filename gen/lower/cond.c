/* SPDX-License-Identifier: MIT */
/*
 * cond.c - a condition on an entry becomes rows of masks and values
 *
 * The bits and features a condition mentions are tried one after the other,
 * the rest unknown; as soon as the outcome is certain, what is known so far is
 * a row.  Rows of one kind never overlap.
 */

#include "gen/lower/lower.h"

#define ROWS_MAX 1024u               /* of one kind at one level */
#define ROWS_FEW 64u                 /* more: perhaps another order of the bits takes fewer */
#define STEPS_MAX 200000u

struct search {
	struct lower *lo;
	uint16_t node, kind;
	uint64_t bits[2];            /* variables */
	uint32_t features;
	struct known_inputs in;      /* chosen so far */
	unsigned rows, most, steps;
	bool downwards;              /* one comparison after the other, the highest bit first, as ranges of numbers are decided */
};

static void emit_row(struct search *s, uint16_t extra)
{
	struct ptg_row *row = vec_add(s->lo, &s->lo->rows, sizeof(*row));

	*row = (struct ptg_row){ .mask = s->in.mask[0], .value = s->in.value[0], .mask_hi = s->in.mask[1],
				 .value_hi = s->in.value[1], .feature_mask = s->in.fmask, .feature_value = s->in.fvalue,
				 .kind = s->kind, .extra = extra };
	s->rows++;
}

static void try(struct search *s);

static void try_feature(struct search *s, uint32_t bit)
{
	s->in.fmask |= bit;
	for (uint32_t v = 0; v < 2; v++) {
		s->in.fvalue = (s->in.fvalue & ~bit) | (v ? bit : 0);
		try(s);
	}
	s->in.fmask &= ~bit;
	s->in.fvalue &= ~bit;
}

static void try_bit(struct search *s, unsigned word, uint64_t bit)
{
	s->in.mask[word] |= bit;
	for (unsigned v = 0; v < 2; v++) {
		s->in.value[word] = (s->in.value[word] & ~bit) | (v ? bit : 0);
		try(s);
	}
	s->in.mask[word] &= ~bit;
	s->in.value[word] &= ~bit;
}

/* The first comparison that still decides something. */
static uint16_t undecided(const struct search *s, uint16_t node)
{
	const struct ptg_node *n = node_at(s->lo, node);

	if (n->op == PTG_OP_NOT)
		return undecided(s, n->a);
	if (n->op != PTG_OP_AND && n->op != PTG_OP_OR)
		return node;
	return undecided(s, ~known_truth(lower_known(s->lo, &s->in, n->a)).mask ? n->a : n->b);
}

static bool next_bit(const struct search *s, unsigned *word, uint64_t *bit)
{
	uint64_t bits[2] = { 0, 0 };
	uint32_t features = 0, ops = 0;

	if (s->downwards)
		node_support(s->lo, undecided(s, s->node), bits, &features, &ops);
	for (unsigned i = 0; i < 2; i++) {
		unsigned w = s->downwards ? 1 - i : i;
		uint64_t left = (s->downwards ? bits : s->bits)[w] & ~s->in.mask[w];

		while (s->downwards && left & (left - 1))
			left &= left - 1;
		*word = w;
		*bit = left & (0 - left);
		if (left)
			return true;
	}
	return false;
}

static bool given_up(const struct search *s)
{
	return s->rows > s->most || s->steps > STEPS_MAX;
}

static void try(struct search *s)
{
	struct known k = known_truth(lower_known(s->lo, &s->in, s->node));
	uint32_t features = s->features & ~s->in.fmask;
	unsigned word;
	uint64_t bit;

	s->steps++;
	if (given_up(s))
		return;
	if (!~k.mask) {
		if (k.value)
			emit_row(s, PTG_NONE);
	} else if (next_bit(s, &word, &bit)) {
		try_bit(s, word, bit);
	} else if (features) {
		try_feature(s, features & (0 - features));
	} else {
		emit_row(s, s->node);
	}
}

/* The lowest bit first, unless that takes many rows. */
void lower_rows(struct lower *lo, uint16_t node, uint16_t kind, const struct model_kind *m, int level)
{
	struct search s = { .lo = lo, .node = node, .kind = kind, .most = ROWS_FEW };
	size_t before = lo->rows.count;
	uint32_t ops = 0;

	node_support(lo, node, s.bits, &s.features, &ops);
	try(&s);
	for (unsigned other = 0; other < 2 && given_up(&s); other++) {
		lo->rows.count = before;
		s.downwards = other == 0;
		s.most = ROWS_MAX;
		s.rows = s.steps = 0;
		try(&s);
	}
	if (given_up(&s))
		lower_fail(lo, "the condition of kind '%s' at level %s takes more than %u rows of masks and values (bits %s)", m->name,
			   lo->f->levels[level].name, ROWS_MAX, bits_text(lo, lo->f->levels[level].entry_bits, s.bits));
}
