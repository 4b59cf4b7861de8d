/* SPDX-License-Identifier: MIT */
/* hot_rights.c - attributes at the end of the hot path, and the rights they grant */

#include <string.h>

#include "gen/emit/hot_text.h"

static const char *bit_value(struct facts *f, const char *word, unsigned bit, bool inverted)
{
	return arena_printf(f->arena, bit ? "(%s%s >> %u & 1)" : "(%s%s & 1)", inverted ? "~" : "", word, bit);
}

static const char *own_value(struct text_of_hot *t, unsigned i)
{
	unsigned node = t->k->attr_first == PTG_NONE ? PTG_NONE : t->f->format->attr_node[t->k->attr_first + i];
	struct cexpr x = t->f->x;

	x.entry = t->raw;
	return node == PTG_NONE ? NULL : cexpr_operand(&x, node);
}

/* Every attribute that counts as an expression at the end of the path. */
void hot_attribute_values(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned i = 0; i < p->attr_count; i++) {
		const struct hot_attr *a = &t->h.attr[i];
		const char *own = own_value(t, i), *up;

		if (!(t->h.set >> i & 1))
			continue;
		switch (a->source) {
		case HOT_LOST:
			t->attr[i] = bit_value(f, "lost", a->bit, a->inverted);
			break;
		case HOT_PAGE:
			t->attr[i] = bit_value(f, "e", a->bit, a->inverted);
			break;
		case HOT_BOTH:
			up = bit_value(f, t->h.page_lost ? "tables" : "lost", a->bit, a->inverted);
			if (t->h.page_lost)
				fact(f, "1", "hot.tables");
			t->attr[i] = own ? arena_printf(f->arena, "(%s %s %s)", up, p->attrs[i].op == '&' ? "&" : "|", own) : up;
			break;
		default:
			if (p->attrs[i].op) { /* a variable since the top */
				list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
				t->attr[i] = own ? arena_printf(f->arena, "(%s %s %s)", f->attr_name[i],
								p->attrs[i].op == '&' ? "&" : "|", own) : f->attr_name[i];
			} else {
				t->attr[i] = own ? own : "0";
			}
			break;
		}
	}
	fact_list(f, list, "hot.variables");
}

/* `mask` bits of a word that stands `right` places higher (a turn of the word where they wrap around). */
static const char *turned(struct facts *f, const char *word, unsigned right, uint64_t mask, bool wraps)
{
	if (!right)
		return arena_printf(f->arena, "(%s & %s)", word, hot_number(f, mask));
	if (wraps)
		return arena_printf(f->arena, "((%s >> %u | %s << %u) & %s)", word, right, word, 64 - right, hot_number(f, mask));
	if (right < 58)
		return arena_printf(f->arena, "(%s >> %u & %s)", word, right, hot_number(f, mask));
	/* few places to the left, or all from the top */
	return arena_printf(f->arena, "(%s << %u & %s)", word, 64 - right, hot_number(f, mask));
}

struct bit_group {                   /* bits of one word that keep their distance to their places */
	const char *word;
	unsigned right, mask;        /* turned right by so much; places */
	bool up, down;
};

struct bit_groups {
	struct bit_group group[12];
	unsigned count, invert;      /* places whose bit is the complement */
};

static void group_bit(struct bit_groups *g, const char *word, unsigned bit, unsigned place, bool inverted)
{
	unsigned right = (bit - place) & 63, i = 0;

	while (i < g->count && (strcmp(g->group[i].word, word) != 0 || g->group[i].right != right))
		i++;
	if (i == g->count)
		g->group[g->count++] = (struct bit_group){ .word = word, .right = right };
	g->group[i].mask |= 1u << place;
	if (bit < place)
		g->group[i].up = true;
	else
		g->group[i].down = true;
	if (inverted)
		g->invert |= 1u << place;
}

static const char *group_text(struct facts *f, const struct bit_group *g)
{
	if (g->right >= 58 && !g->up) /* from the top of the word: a plain shift down */
		return arena_printf(f->arena, "(%s >> %u & %s)", g->word, g->right, hot_number(f, g->mask));
	return turned(f, g->word, g->right, g->mask, g->up && g->down);
}

static const char *joined(struct facts *f, const char *text, const char *one)
{
	return text ? arena_printf(f->arena, "%s | %s", text, one) : one;
}

static const char *groups_text(struct facts *f, const struct bit_groups *g)
{
	const char *text = NULL;

	for (unsigned i = 0; i < g->count; i++)
		text = joined(f, text, group_text(f, &g->group[i]));
	return text;
}

/* The page's own value of an attribute as a bit of e. */
static bool page_bit(struct text_of_hot *t, unsigned i, unsigned *bit, bool *inverted)
{
	unsigned node = t->k->attr_first == PTG_NONE ? PTG_NONE : t->f->format->attr_node[t->k->attr_first + i];
	bool negated;

	if (node == PTG_NONE || !cexpr_bit(&t->f->x, node, bit, &negated))
		return false;
	*inverted = ((t->page->flip >> *bit & 1) != 0) != negated;
	return true;
}

/*
 * The index into the table of rights: what the page says itself, less what the
 * tables take away, and with what they give.
 */
const char *hot_index_of_rights(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	struct bit_groups own = { .count = 0 }, taken = { .count = 0 }, given = { .count = 0 };
	const char *text = NULL, *rest = NULL, *tables = t->h.page_lost ? "tables" : "lost";

	for (unsigned i = 0; i < p->attr_count; i++) {
		const struct hot_attr *a = &t->h.attr[i];
		unsigned place = p->attrs[i].table_index, bit;
		bool inverted;

		if (place > 5)
			continue;
		if (a->source == HOT_LOST || a->source == HOT_PAGE) {
			group_bit(&own, a->source == HOT_LOST ? "lost" : "e", a->bit, place, a->inverted);
			continue;
		}
		if (a->source == HOT_BOTH && own_value(t, i)) {
			group_bit(p->attrs[i].op == '&' ? &taken : &given, tables, a->bit, place, false);
			if (page_bit(t, i, &bit, &inverted)) {
				group_bit(&own, "e", bit, place, inverted);
				continue;
			}
			rest = joined(f, rest, arena_printf(f->arena, place ? "%s << %u" : "%s", own_value(t, i), place));
			continue;
		}
		rest = joined(f, rest, arena_printf(f->arena, place ? "%s << %u" : "%s", t->attr[i], place));
	}
	text = groups_text(f, &own);
	if (own.invert)
		text = arena_printf(f->arena, strchr(text, '|') ? "((%s) ^ %u)" : "(%s ^ %u)", text, own.invert);
	if (rest)
		text = joined(f, text, rest);
	if (!text)
		text = "0";
	if (taken.count)
		text = arena_printf(f->arena, strchr(text, '|') ? "((%s) & ~(%s))" : "(%s & ~(%s))", text,
				    groups_text(f, &taken));
	if (given.count)
		text = joined(f, text, groups_text(f, &given));
	return text;
}

/* Bits of the page entry that are bits of the answer's rights: global, accessed, dirty. */
const char *hot_more_rights(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	struct { const char *word; int up; uint64_t mask; } group[8];
	unsigned groups = 0;
	const char *text = NULL, *one;
	struct cexpr x = f->x;

	x.entry = t->raw;
	for (unsigned i = 0; i <= t->k->mark_count; i++) {
		const struct ptg_mark *m = i < t->k->mark_count ? &p->marks[t->k->mark_first + i] : NULL;
		unsigned to = m ? (m->what == 1 ? 7 : m->what == 2 ? 8 : 0) : 6, bit = 0, g = 0;
		const char *word = "e";
		bool simple;

		if (m && !to)
			continue;
		if (m) {
			uint64_t now = (m->value ^ t->page->flip) & m->mask;

			simple = m->mask && !(m->mask & (m->mask - 1)) && now && m->enabled == PTG_NONE;
			while (simple && !(m->mask >> bit & 1))
				bit++;
		} else {
			const struct hot_attr *a = p->global_attr == 0xff ? NULL : &t->h.attr[p->global_attr];

			if (!a)
				continue;
			simple = !a->inverted && (a->source == HOT_LOST || a->source == HOT_PAGE);
			bit = a->bit;
			word = a->source == HOT_LOST ? "lost" : "e";
		}
		if (!simple) {
			one = m ? cexpr_match(&x, x.entry, m->mask, m->value) : t->attr[p->global_attr];
			if (m && m->enabled != PTG_NONE)
				one = arena_printf(f->arena, "%s && %s", cexpr_term(&x, m->enabled), one);
			one = arena_printf(f->arena, "(%s ? %uu : 0)", one, 1u << to);
			text = text ? arena_printf(f->arena, "%s | %s", text, one) : one;
			continue;
		}
		while (g < groups && (strcmp(group[g].word, word) != 0 || group[g].up != (int)to - (int)bit))
			g++;
		if (g == groups) {
			group[groups].word = word;
			group[groups].up = (int)to - (int)bit;
			group[groups++].mask = 0;
		}
		group[g].mask |= UINT64_C(1) << bit;
	}
	for (unsigned g = 0; g < groups; g++) {
		const char *mask = hot_number(f, group[g].mask);

		if (group[g].up >= 0)
			one = arena_printf(f->arena, group[g].up ? "(unsigned)(%s & %s) << %d" : "(unsigned)(%s & %s)",
					   group[g].word, mask, group[g].up);
		else
			one = arena_printf(f->arena, "(unsigned)((%s & %s) >> %d)", group[g].word, mask, -group[g].up);
		text = text ? arena_printf(f->arena, "%s | %s", text, one) : one;
	}
	return text;
}
