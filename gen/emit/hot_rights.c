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

	hot_about_entry(&x, t->f, t->page);
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

const char *hot_moved(struct facts *f, const char *word, unsigned right, uint64_t mask, bool up, bool down)
{
	if (!right)
		return arena_printf(f->arena, "(%s & %s)", word, hot_number(f, mask));
	if (up && down) /* a turn of the word: bits wrap around */
		return arena_printf(f->arena, "((%s >> %u | %s << %u) & %s)", word, right, word, 64 - right, hot_number(f, mask));
	return up ? arena_printf(f->arena, "(%s << %u & %s)", word, 64 - right, hot_number(f, mask))
		  : arena_printf(f->arena, "(%s >> %u & %s)", word, right, hot_number(f, mask));
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

static const char *joined(struct facts *f, const char *text, const char *one)
{
	return text ? arena_printf(f->arena, "%s | %s", text, one) : one;
}

static const char *groups_text(struct facts *f, const struct bit_groups *g)
{
	const char *text = NULL;

	for (unsigned i = 0; i < g->count; i++)
		text = joined(f, text, hot_moved(f, g->group[i].word, g->group[i].right, g->group[i].mask, g->group[i].up,
					   g->group[i].down));
	return text;
}

static void add_source(struct hot_sources *s, bool lost, unsigned bit)
{
	*(lost ? &s->lost : &s->e) |= UINT64_C(1) << bit;
}

/* A node as a bit of e. */
static bool page_bit(struct text_of_hot *t, unsigned node, unsigned *bit, bool *inverted)
{
	bool negated;

	if (node == PTG_NONE || !cexpr_bit(&t->f->x, node, bit, &negated))
		return false;
	*inverted = ((t->page->flip >> *bit & 1) != 0) != negated;
	return true;
}

/* A bit of the page, or of the tables, that takes a right away. */
static void gather_bit(struct hot_gather *g, unsigned bit, const struct hot_attr *tables)
{
	g->e |= UINT64_C(1) << bit;
	if (!tables || g->pairs == sizeof(g->pair) / sizeof(g->pair[0]))
		return;
	g->pair[g->pairs].e = bit;
	g->pair[g->pairs++].lost = tables->bit;
}

/* `e & word` */
static void gather_switched(struct hot_gather *g, const char *text, uint64_t mask)
{
	if (g->switched || strncmp(text, "e & ", 4) != 0)
		g->other = true;
	g->switched = text + 4;
	g->switched_bits = mask;
}

/* The page's own value of an attribute: a bit of e, or that and another one that features switch, already at its place. */
static bool own_bits(struct text_of_hot *t, unsigned i, struct bit_groups *own, const char **rest)
{
	const struct hot_attr *tables = t->h.attr[i].source == HOT_BOTH ? &t->h.attr[i] : NULL;
	const struct ptg_format *p = t->f->format;
	unsigned node = t->k->attr_first == PTG_NONE ? PTG_NONE : p->attr_node[t->k->attr_first + i];
	unsigned place = p->attrs[i].table_index, bit, other = 0;
	const struct ptg_node *n;
	struct cexpr x = t->f->x;
	const char *text;
	uint64_t mask;
	bool inverted;

	if (page_bit(t, node, &bit, &inverted)) {
		group_bit(own, "e", bit, place, inverted);
		gather_bit(&t->gather, bit, inverted == (p->attrs[i].op == '&') ? tables : NULL);
		return true;
	}
	n = node == PTG_NONE ? NULL : &p->nodes[node];
	hot_about_entry(&x, t->f, t->page);
	if (!n || n->op != PTG_OP_OR || !page_bit(t, n->a, &bit, &inverted) || inverted)
		return false;
	text = cexpr_switched(&x, n->b, &mask);
	while (text && !(mask >> other & 1))
		other++;
	if (!text || other <= place)
		return false;
	group_bit(own, "e", bit, place, false);
	gather_bit(&t->gather, bit, NULL);
	gather_switched(&t->gather, text, mask);
	*rest = joined(t->f, *rest, arena_printf(t->f->arena, "(%s) >> %u", text, other - place));
	return true;
}

/* What tables take away; a mask is needed only where their word has other bits at these places. */
static const char *taken_text(struct facts *f, const struct bit_groups *g)
{
	const struct bit_group *one = &g->group[0];

	if (g->count == 1 && one->mask == (1u << f->format->rights_bits) - 1 && one->down && !one->up)
		return arena_printf(f->arena, "%s >> %u", one->word, one->right);
	return groups_text(f, g);
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

	t->gather = (struct hot_gather){ .e = 0 };
	for (unsigned i = 0; i < p->attr_count; i++) {
		const struct hot_attr *a = &t->h.attr[i];
		unsigned place = p->attrs[i].table_index;

		if (place > 5)
			continue;
		if (a->source == HOT_LOST || a->source == HOT_PAGE) {
			add_source(&t->index, a->source == HOT_LOST, a->bit);
			*(a->source == HOT_LOST ? &t->gather.lost : &t->gather.e) |= UINT64_C(1) << a->bit;
			group_bit(&own, a->source == HOT_LOST ? "lost" : "e", a->bit, place, a->inverted);
			continue;
		}
		t->index.other = true;
		if (a->source == HOT_BOTH && own_value(t, i)) {
			group_bit(p->attrs[i].op == '&' ? &taken : &given, tables, a->bit, place, false);
			t->gather.lost |= UINT64_C(1) << a->bit;
			if (own_bits(t, i, &own, &rest))
				continue;
			t->gather.other = true;
			rest = joined(f, rest, arena_printf(f->arena, place ? "%s << %u" : "%s", own_value(t, i), place));
			continue;
		}
		if (a->source == HOT_VALUE && !p->attrs[i].op && own_bits(t, i, &own, &rest))
			continue;
		t->gather.other = true;
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
				    taken_text(f, &taken));
	if (given.count)
		text = joined(f, text, groups_text(f, &given));
	return text;
}

/* --- global, accessed, dirty ---------------------------------------------------------------------- */

/* One bit of a word, that is one bit of the answer's rights. */
struct answer_bit {
	const char *word;            /* NULL: it is not so simple */
	const char *when;            /* features that it depends on; NULL: none */
	unsigned from, to;
};

/* Those that move by the same distance, under the same features. */
struct answer_group {
	const char *word, *when;
	int up;
	uint64_t mask;
};

static struct answer_bit mark_bit(struct text_of_hot *t, const struct ptg_mark *m)
{
	struct answer_bit b = { .to = m->what == 1 ? 7 : 8 };
	uint64_t now = (m->value ^ t->page->flip) & m->mask;

	if (!m->mask || (m->mask & (m->mask - 1)) || !now ||
	    (m->enabled != PTG_NONE && !cexpr_settled(t->f->format, m->enabled)))
		return b;
	while (!(m->mask >> b.from & 1))
		b.from++;
	b.word = "e";
	b.when = m->enabled == PTG_NONE ? NULL : cexpr_truth(&t->f->x, m->enabled);
	return b;
}

static struct answer_bit global_bit(struct text_of_hot *t)
{
	const struct hot_attr *a = &t->h.attr[t->f->format->global_attr];
	struct answer_bit b = { .from = a->bit, .to = 6 };

	if (!a->inverted && (a->source == HOT_LOST || a->source == HOT_PAGE))
		b.word = a->source == HOT_LOST ? "lost" : "e";
	return b;
}

static unsigned into_group(struct answer_group *group, unsigned count, const struct answer_bit *b)
{
	int up = (int)b->to - (int)b->from;
	unsigned g = 0;

	while (g < count && (strcmp(group[g].word, b->word) != 0 || group[g].up != up ||
			     (group[g].when != b->when &&
			      (!group[g].when || !b->when || strcmp(group[g].when, b->when) != 0))))
		g++;
	if (g == count)
		group[count++] = (struct answer_group){ b->word, b->when, up, 0 };
	group[g].mask |= UINT64_C(1) << b->from;
	return count;
}

static const char *answer_group_text(struct facts *f, const struct answer_group *g)
{
	const char *mask = hot_number(f, g->mask), *when = g->when, *word = NULL, *text;

	if (when)
		word = cexpr_once(&f->x, arena_printf(f->arena, strchr(when, ' ') ? "(%s) ? %s : 0" : "%s ? %s : 0", when, mask));
	if (word) {
		mask = word;
		when = NULL;
	}
	if (g->up >= 0)
		text = arena_printf(f->arena, g->up ? "(unsigned)(%s & %s) << %d" : "(unsigned)(%s & %s)", g->word, mask, g->up);
	else
		text = arena_printf(f->arena, "(unsigned)((%s & %s) >> %d)", g->word, mask, -g->up);
	return when ? arena_printf(f->arena, "((%s) ? %s : 0)", when, text) : text;
}

/* The same of a mark that is no simple bit, and of a global attribute that is none. */
static const char *mark_text(struct text_of_hot *t, const struct ptg_mark *m)
{
	struct facts *f = t->f;
	struct cexpr x = f->x;
	const char *one;

	hot_about_entry(&x, t->f, t->page);
	one = cexpr_match(&x, x.entry, m->mask, m->value);
	if (m->enabled != PTG_NONE)
		one = arena_printf(f->arena, "%s && %s", cexpr_term(&x, m->enabled), one);
	return arena_printf(f->arena, "(%s ? %uu : 0)", one, m->what == 1 ? 0x80 : 0x100);
}

const char *hot_more_rights(struct text_of_hot *t)
{
	struct facts *f = t->f;
	struct answer_group group[8];
	struct answer_bit b;
	unsigned groups = 0;
	const char *text = NULL;

	for (unsigned i = 0; i < t->k->mark_count; i++) {
		const struct ptg_mark *m = &f->format->marks[t->k->mark_first + i];

		if (m->what != 1 && m->what != 2)
			continue;
		b = mark_bit(t, m);
		if (b.word && groups < 7) {
			add_source(&t->more, false, b.from);
			groups = into_group(group, groups, &b);
		} else {
			t->more.other = true;
			text = joined(f, text, mark_text(t, m));
		}
	}
	if (f->format->global_attr != 0xff) {
		b = global_bit(t);
		if (b.word) {
			add_source(&t->more, strcmp(b.word, "lost") == 0, b.from);
			groups = into_group(group, groups, &b);
		} else {
			t->more.other = true;
			text = joined(f, text, arena_printf(f->arena, "(%s ? 64u : 0)", t->attr[f->format->global_attr]));
		}
	}
	for (unsigned g = 0; g < groups; g++)
		text = joined(f, text, answer_group_text(f, &group[g]));
	return text;
}
