/* SPDX-License-Identifier: MIT */
/* hot_masks.c - the bits an entry on the hot path must not have: masks, shared by levels that test alike */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot_text.h"

struct mask_of_level {
	uint64_t fixed, config[3];   /* bits of the entry, bits of the configuration's words */
};

static uint64_t extent(const struct ptg_format *p, unsigned word)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < p->kind_count; i++)
		all |= p->kinds[i].zero_cfg[word];
	return all;
}

/* Bits of a table entry that mean nothing to the walk: testing them as well makes some tables cold, no more. */
static uint64_t meaningless(const struct text_of_hot *t, const struct hot_level *l)
{
	const struct ptg_format *p = t->f->format;
	const struct ptg_kind *k = &p->kinds[l->kind];
	uint64_t used = k->addr_mask | l->flip;

	if (k->role != PTG_ROLE_TABLE)
		return 0;
	for (unsigned i = 0; i < k->gather_count; i++)
		if (p->gathers[k->gather_first + i].bit < 64)
			used |= UINT64_C(1) << p->gathers[k->gather_first + i].bit;
	for (unsigned i = 0; i < p->attr_count; i++)
		if (t->h.attr[i].source == HOT_LOST || t->h.attr[i].source == HOT_BOTH)
			used |= UINT64_C(1) << t->h.attr[i].bit;
	return k->gather_count || k->attr_first == PTG_NONE ? ~used : 0;
}

static struct mask_of_level mask_of(const struct text_of_hot *t, const struct hot_level *l)
{
	const struct ptg_format *p = t->f->format;
	struct mask_of_level m = { .fixed = l->test };

	for (unsigned w = 0; w < 3; w++) {
		uint64_t whole = extent(p, w);

		m.config[w] = p->kinds[l->kind].zero_cfg[w];
		if (m.config[w] && !(whole & ~(m.config[w] | l->test | meaningless(t, l))))
			m.config[w] = whole;
	}
	return m;
}

static bool same_mask(const struct mask_of_level *a, const struct mask_of_level *b)
{
	return a->fixed == b->fixed && memcmp(a->config, b->config, sizeof(a->config)) == 0;
}

/* Is a = b without some bits? */
static bool part_of(const struct mask_of_level *a, const struct mask_of_level *b, uint64_t *without)
{
	uint64_t mine = a->fixed, other = b->fixed;

	for (unsigned w = 0; w < 3; w++) {
		mine |= a->config[w];
		other |= b->config[w];
		if (a->config[w] & ~b->config[w] & ~a->fixed)
			return false;
	}
	*without = other & ~mine;
	if (a->fixed & ~b->fixed)
		return false;
	for (unsigned w = 0; w < 3; w++) /* what is configured there and here must be the same bits */
		if ((b->config[w] & ~*without & ~a->fixed) != (a->config[w] & ~a->fixed))
			return false;
	return (b->fixed & ~*without) == a->fixed;
}

static const char *mask_expression(struct facts *f, const struct mask_of_level *m)
{
	struct ptg_kind k = { .zero = m->fixed };

	memcpy(k.zero_cfg, m->config, sizeof(k.zero_cfg));
	return walk_zero_mask(&f->x, &k, false);
}

static bool configured(const struct mask_of_level *m)
{
	return m->config[0] || m->config[1] || m->config[2];
}

/*
 * lookup_many goes in three parts: to the entry above the last table, to the
 * page's entry, and from there to the answer.  Which levels and tests are in which.
 */
static void parts(struct text_of_hot *t, const unsigned *owner)
{
	struct facts *f = t->f;
	unsigned last = t->h.count - 1;
	const char *front = NULL, *tests = NULL, *change = NULL;
	uint32_t seen = 0;

	for (unsigned i = 0; i < last; i++) {
		if (!(seen >> owner[i] & 1))
			change = facts_join(f->arena, change, arena_printf(f->arena, "%u", owner[i]));
		seen |= 1u << owner[i];
	}
	fact_list(f, change, "change.tests");
	seen = 0;

	if (!last)
		return;
	for (unsigned i = 0; i + 1 < last; i++) {
		front = facts_join(f->arena, front, arena_printf(f->arena, "%u", i));
		fact(f, "1", "hot.%u.front", i);
		if (!(seen >> owner[i] & 1))
			tests = facts_join(f->arena, tests, arena_printf(f->arena, "%u", owner[i]));
		seen |= 1u << owner[i];
	}
	fact_list(f, front, "many.front");
	fact_list(f, tests, "many.front_tests");
	fact(f, "1", "hot.%u.second", last - 1);
	fact_number(f, last - 1, "many.second");
	if (f->format->levels[t->h.level[last].level].width)
		fact(f, "1", "many.second_index");
	fact_number(f, last, "many.last");
	fact_number(f, owner[last - 1], "many.second_tests");
	fact_number(f, owner[last], "many.last_tests");
	for (unsigned i = 0; i < f->format->attr_count; i++)
		if (t->h.attr[i].source == HOT_VALUE && f->format->attrs[i].op)
			return; /* more than one word goes along */
	fact(f, "1", "many");
}

/* Levels with the same test share a variable; one that tests less uses part of it. */
void hot_tests(struct text_of_hot *t)
{
	struct facts *f = t->f;
	struct mask_of_level mask[PTG_LEVELS];
	const char *text[PTG_LEVELS], *list = NULL;
	unsigned owner[PTG_LEVELS];

	for (unsigned i = 0; i < t->h.count; i++) {
		const char *whole, *word;
		uint64_t without;

		mask[i] = mask_of(t, &t->h.level[i]);
		text[i] = NULL;
		for (unsigned j = 0; j < i && !text[i]; j++)
			if (same_mask(&mask[i], &mask[j])) {
				text[i] = text[j];
				owner[i] = owner[j];
			}
		for (unsigned j = 0; j < i && !text[i]; j++)
			if (owner[j] == j && part_of(&mask[i], &mask[j], &without) && without && without < (1u << 31)) {
				text[i] = arena_printf(f->arena, "not_plain%u & ~(uint64_t)%s", j, hot_number(f, without));
				owner[i] = j;
				f->test.without |= without;
			}
		if (!text[i]) {
			owner[i] = i;
			text[i] = arena_printf(f->arena, "not_plain%u", i);
			whole = mask_expression(f, &mask[i]);
			fact(f, whole, "hot.%u.mask", i);
			f->test.table[i] = whole;
			word = configured(&mask[i]) ? cexpr_once(&f->x, whole) : NULL;
			fact(f, word ? word : whole, "hot.%u.word", i);
			list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
		}
		fact(f, text[i], "hot.%u.test", i);
		if (i + 1 == t->h.count)
			f->test.page = mask_expression(f, &mask[i]);
	}
	fact_list(f, list, "hot.tests");
	parts(t, owner);
}
