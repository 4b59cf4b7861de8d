/* SPDX-License-Identifier: MIT */
/*
 * facts_hot.c - the hot path as text: what each level tests, how rights come together
 *
 * Words of the generated function: e, the entry with some bits inverted so that
 * a plain one has none of the tested bits; `lost`, what the entries on the way
 * take away; w, the window; at, where the entry is.
 */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot.h"

#define APART 800u                   /* characters of deny lines from which the page's part is a function of its own */

struct text_of_hot {
	struct facts *f;
	struct hot h;
	const struct hot_level *page;
	const struct ptg_kind *k;    /* of the page */
	const char *raw;             /* the page entry as it is stored */
	const char *attr[PTG_ATTRS]; /* values as expressions */
};

static const char *number(struct facts *f, uint64_t v)
{
	return cexpr_number(f->arena, v);
}

/* --- masks shared by levels ------------------------------------------------------------ */

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
	fact_number(f, last, "many.last");
	fact_number(f, owner[last - 1], "many.second_tests");
	fact_number(f, owner[last], "many.last_tests");
	for (unsigned i = 0; i < f->format->attr_count; i++)
		if (t->h.attr[i].source == HOT_VALUE && f->format->attrs[i].op)
			return; /* more than one word goes along */
	fact(f, "1", "many");
}

/* Levels with the same test share a variable; one that tests less uses part of it. */
static void tests(struct text_of_hot *t)
{
	struct facts *f = t->f;
	struct mask_of_level mask[PTG_LEVELS];
	const char *text[PTG_LEVELS], *list = NULL;
	unsigned owner[PTG_LEVELS];

	for (unsigned i = 0; i < t->h.count; i++) {
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
				text[i] = arena_printf(f->arena, "not_plain%u & ~(uint64_t)%s", j, number(f, without));
				owner[i] = j;
			}
		if (!text[i]) {
			owner[i] = i;
			text[i] = arena_printf(f->arena, "not_plain%u", i);
			fact(f, mask_expression(f, &mask[i]), "hot.%u.mask", i);
			list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
		}
		fact(f, text[i], "hot.%u.test", i);
		if (i + 1 == t->h.count)
			fact(f, mask_expression(f, &mask[i]), "change.test");
	}
	fact_list(f, list, "hot.tests");
	parts(t, owner);
}

/* --- levels ------------------------------------------------------------------------------- */

static const char *index_text(struct facts *f, unsigned level)
{
	const struct ptg_level *l = &f->format->levels[level];
	unsigned lg2 = (unsigned)l->entry_lg2 + l->stride_lg2;
	uint64_t mask = ((l->width >= 64 ? 0 : UINT64_C(1) << l->width) - 1) << lg2;

	if (!l->width)
		return "0";
	if (l->shift >= lg2)
		return arena_printf(f->arena, l->shift > lg2 ? "(va >> %u & %s)" : "(va >> %u & %s)", l->shift - lg2,
				    number(f, mask));
	return arena_printf(f->arena, "(va << %u & %s)", lg2 - l->shift, number(f, mask));
}

/* The entry as it is stored. */
static const char *raw_entry(struct facts *f, const struct hot_level *l)
{
	return l->flip ? arena_printf(f->arena, "(e ^ %s)", number(f, l->flip)) : "e";
}

static const char *either(struct facts *f, const char *a, const char *b)
{
	return a ? arena_printf(f->arena, "%s || %s", a, b) : b;
}

/* The address in an entry; where it is in pieces, of the entry as it is stored. */
static const char *address_text(struct facts *f, const struct hot_level *l, uint64_t drop)
{
	const struct ptg_kind *k = &f->format->kinds[l->kind];
	const struct cexpr saved = f->x;
	const char *text;

	if (!k->addr_simple)
		f->x.entry = raw_entry(f, l);
	f->known_zero = l->test & ~l->flip;
	text = walk_address(f, k, drop);
	f->known_zero = 0;
	f->x = saved;
	return k->addr_simple ? text : arena_printf(f->arena, "(%s)", text);
}

static const char *extra_text(struct text_of_hot *t, const struct hot_level *l)
{
	struct facts *f = t->f;
	const char *text = NULL;
	struct cexpr x = f->x;

	if (l->features)
		text = arena_printf(f->arena, "((uint32_t)s->config[0] & 0x%x) != 0x%x", l->feature_mask, l->feature_value);
	x.entry = raw_entry(f, l);
	for (unsigned i = 0; i < l->not_count; i++) {
		const struct ptg_row *r = &f->format->rows[l->not_row[i]];

		text = either(f, text, cexpr_match(&x, x.entry, r->mask, r->value));
	}
	if (l + 1 < &t->h.level[t->h.count]) { /* `limit` speaks of the index in the table below */
		const struct ptg_level *below = &f->format->levels[l[1].level];

		x.index = arena_printf(f->arena, "(va >> %u & %s)", below->shift,
				       number(f, (UINT64_C(1) << below->width) - 1));
		x.index_lg2 = arena_printf(f->arena, "%u", below->width);
	}
	for (unsigned i = 0; i < l->extra_count; i++) {
		const char *one = cexpr_untruth(&x, l->extra[i]);

		one = strstr(one, " && ") && text ? arena_printf(f->arena, "(%s)", one) : one;
		text = text ? arena_printf(f->arena, "%s || %s", text, one) : one;
	}
	return text;
}

/* Inherited attributes that are not bits of `lost`. */
static const char *gather_text(struct text_of_hot *t, const struct hot_level *l)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_kind *k = &p->kinds[l->kind];
	struct cexpr x = f->x;
	struct buffer b;

	buffer_init(&b, f->arena);
	x.entry = raw_entry(f, l);
	for (unsigned i = 0; i < p->attr_count; i++) {
		unsigned node = k->attr_first == PTG_NONE ? PTG_NONE : p->attr_node[k->attr_first + i];

		if (t->h.attr[i].source == HOT_VALUE && p->attrs[i].op && node != PTG_NONE)
			buffer_printf(&b, "\t%s %s %s;\n", f->attr_name[i], p->attrs[i].op == '&' ? "&=" : "|=",
				      cexpr_value(&x, node));
	}
	return buffer_text(&b);
}

/* The lowest address bit an entry can set. */
static unsigned lowest_bit(const struct ptg_format *p, const struct ptg_kind *k)
{
	uint64_t mask = k->addr_mask << k->addr_shl >> k->addr_shr;
	unsigned low = 64;

	for (unsigned i = 0; k->addr_simple && i < 64; i++)
		if (mask >> i & 1)
			return i;
	for (unsigned i = 0; i < k->piece_count; i++)
		if (p->pieces[k->piece_first + i].dst_lo < low)
			low = p->pieces[k->piece_first + i].dst_lo;
	return low;
}

static void level(struct text_of_hot *t, unsigned i)
{
	struct facts *f = t->f;
	const struct hot_level *l = &t->h.level[i], *below = l + 1;
	const struct ptg_level *v = &f->format->levels[l->level];
	const struct ptg_kind *k = &f->format->kinds[l->kind];
	const char *extra, *gather, *big = f->format->flags & PTG_FORMAT_BIG ? "BE" : "";

	facts_about(f, l->kind, true);
	fact_number(f, l->level, "hot.%u.level", i);
	fact(f, v->width ? arena_printf(f->arena, "va[%u:%u]", v->shift + v->width - 1u, v->shift) : "one entry",
	     "hot.%u.bits", i);
	fact(f, facts_comment(f->arena, v->name ? v->name : ""), "hot.%u.name", i);
	fact(f, facts_comment(f->arena, k->name), "hot.%u.kind", i);
	fact(f, arena_printf(f->arena, "PTG_HELD%u%s", 8u << v->entry_lg2, big), "hot.%u.load", i);
	if (l->flip)
		fact(f, arena_printf(f->arena, " ^ %s", cexpr_mask(&f->x, l->flip)), "hot.%u.flip", i);
	else
		fact(f, "", "hot.%u.flip", i);
	if (l->flip)
		fact(f, cexpr_mask(&f->x, l->flip), "hot.%u.flips", i);
	extra = extra_text(t, l);
	if (extra)
		fact(f, extra, "hot.%u.extra", i);
	gather = gather_text(t, l);
	if (*gather && i + 1 < t->h.count)
		fact(f, gather, "hot.%u.gather", i);
	if (i + 1 < t->h.count) {
		bool added = k->table_added || (f->format->levels[below->level].flags & PTG_LEVEL_ADDED);
		const char *index = index_text(f, below->level), *base = address_text(f, l, 0);

		if (lowest_bit(f->format, k) < f->format->levels[below->level].entry_lg2)
			base = arena_printf(f->arena, "(%s & ~(uint64_t)%u)", base,
					    (1u << f->format->levels[below->level].entry_lg2) - 1);
		fact(f, arena_printf(f->arena, "%s %s %s", base, added ? "+" : "|", index), "hot.%u.below", i);
		fact(f, "1", "hot.%u.table", i);
	}
	facts_about_none(f);
}

/* --- the start ------------------------------------------------------------------------------- */

static bool fixed_root(const struct ptg_format *p)
{
	if (p->root_count > 1 || p->va_node != PTG_NONE || p->va_check == PTG_VA_ROOT)
		return false;
	for (unsigned i = 0; i < p->root_count; i++) {
		const struct ptg_root_def *r = &p->roots[i];

		if (r->trim != PTG_NONE || r->bits != PTG_NONE || r->start != PTG_NONE || r->limit_hi != PTG_NONE)
			return false;
	}
	return true;
}

/* The address does not fit; NULL: every address does. */
static const char *address_test(struct facts *f)
{
	unsigned bits = f->format->va_bits;

	if (bits >= 64)
		return NULL;
	if (f->format->va_check == PTG_VA_SIGN)
		return arena_printf(f->arena, "(va + %s) >> %u", number(f, UINT64_C(1) << (bits - 1)), bits);
	return arena_printf(f->arena, "va >> %u", bits);
}

static bool limited(const struct ptg_format *p)
{
	for (unsigned i = 0; i < p->root_count; i++)
		if (p->roots[i].limit_hi != PTG_NONE)
			return true;
	return false;
}

/* Where a walk may begin at several levels that are alike, one text does for all. */
static void loose_start(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_level *top = &p->levels[p->top];
	const char *shifts = NULL;

	if (limited(p))
		fact(f, "1", "hot.limited");
	for (unsigned i = 0; i < p->level_count; i++) {
		const struct ptg_level *l = &p->levels[i];

		shifts = facts_join(f->arena, shifts, arena_printf(f->arena, "%u", l->shift));
		if (l->entry_lg2 != top->entry_lg2 || l->stride_lg2 != top->stride_lg2 || l->flags != top->flags ||
		    l->by != PTG_NONE || l->shift > 63)
			return;
	}
	fact(f, shifts, "hot.shifts");
	fact_number(f, p->level_count, "hot.level_count");
	fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) %s (index << %u)", (1u << top->entry_lg2) - 1,
			     top->flags & PTG_LEVEL_ADDED ? "+" : "|", top->entry_lg2 + top->stride_lg2), "hot.enter_any");
}

static void start(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_level *top = &p->levels[p->top];
	unsigned align = (1u << top->entry_lg2) - 1;
	const char *list = NULL, *test = address_test(f);

	for (unsigned i = 0; i < t->h.count; i++) {
		unsigned n = t->h.level[i].level;
		const struct ptg_level *l = &p->levels[n];
		unsigned lg2 = (unsigned)l->entry_lg2 + l->stride_lg2;

		fact(f, arena_printf(f->arena, "va >> %u & ptg_low_(r->index_lg2)", l->shift), "hot.%u.index", i);
		fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) %s (index << %u)", (1u << l->entry_lg2) - 1,
				     l->flags & PTG_LEVEL_ADDED ? "+" : "|", lg2), "hot.%u.enter", i);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
	}
	fact_list(f, list, "hot.levels");
	loose_start(t);
	if (!fixed_root(p) || (top->flags & PTG_LEVEL_ADDED)) {
		fact(f, "1", "hot.loose");
		return;
	}
	fact(f, arena_printf(f->arena, "PTG_SHAPE_(%u, %u, %u, PTG_ROOT_VALID)", p->top, top->width, p->va_bits),
	     "hot.shape");
	if (test)
		fact(f, test, "hot.va_test");
	fact(f, arena_printf(f->arena, "(r->table & ~(uint64_t)%u) | %s", align, index_text(f, p->top)), "hot.start");
}

/* --- attributes and rights ------------------------------------------------------------------------ */

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
static void attribute_values(struct text_of_hot *t)
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
		return arena_printf(f->arena, "(%s & %s)", word, number(f, mask));
	if (wraps)
		return arena_printf(f->arena, "((%s >> %u | %s << %u) & %s)", word, right, word, 64 - right, number(f, mask));
	if (right < 58)
		return arena_printf(f->arena, "(%s >> %u & %s)", word, right, number(f, mask));
	/* few places to the left, or all from the top */
	return arena_printf(f->arena, "(%s << %u & %s)", word, 64 - right, number(f, mask));
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
		return arena_printf(f->arena, "(%s >> %u & %s)", g->word, g->right, number(f, g->mask));
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
static const char *index_of_rights(struct text_of_hot *t)
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
static const char *more_rights(struct text_of_hot *t)
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
		const char *mask = number(f, group[g].mask);

		if (group[g].up >= 0)
			one = arena_printf(f->arena, group[g].up ? "(unsigned)(%s & %s) << %d" : "(unsigned)(%s & %s)",
					   group[g].word, mask, group[g].up);
		else
			one = arena_printf(f->arena, "(unsigned)((%s & %s) >> %d)", group[g].word, mask, -group[g].up);
		text = text ? arena_printf(f->arena, "%s | %s", text, one) : one;
	}
	return text;
}

/* --- what an access needs ------------------------------------------------------------------------- */

static unsigned wanted_of(unsigned access)
{
	return access & PTG_USER ? access & 7 : (access & 7) << 3;
}

/* What each access does not need, so that ORed with what there is it gives all ones; with hardware that marks, and without. */
static void needs(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	unsigned if_ = PTG_NONE, marks = 0;
	bool same = true;

	for (unsigned i = 0; i < t->k->mark_count; i++) {
		const struct ptg_mark *m = &p->marks[t->k->mark_first + i];

		if (m->rule == PTG_NONE || m->if_ == PTG_NONE)
			continue;
		if (if_ != PTG_NONE && !cexpr_equal(p, if_, m->if_))
			same = false;
		if_ = m->if_;
		marks++;
		if (m->what != 1 && m->what != 2)
			same = false; /* not a bit of the rights */
	}
	for (unsigned by = 0; by < 2; by++) {
		struct buffer b;

		buffer_init(&b, f->arena);
		for (unsigned access = 0; access < 16; access++) {
			unsigned need = wanted_of(access);

			for (unsigned i = 0; i < t->k->deny_count && (access & 3) == 3; i++)
				if (walk_denies_atomics(p, &p->denies[t->k->deny_first + i]))
					need |= 0x8000; /* never had: cold */

			for (unsigned i = 0; i < t->k->mark_count && !by; i++) {
				const struct ptg_mark *m = &p->marks[t->k->mark_first + i];

				if (m->rule != PTG_NONE && m->if_ != PTG_NONE && (m->access & access) && (access & 7))
					need |= m->what == 1 ? (unsigned)PTG_ACCESSED : m->what == 2 ? (unsigned)PTG_DIRTY
												   : 0x8000u;
			}
			buffer_printf(&b, "%s0x%04x", access ? (access == 8 ? ",\n\t  " : ", ") : "", ~need & 0xffff);
		}
		fact(f, buffer_text(&b), by ? "hot.need_without_marks" : "hot.need");
	}
	if (marks)
		fact(f, "1", "hot.need_marks");
	if (marks && same)
		fact(f, cexpr_truth(&f->x, if_), "hot.marks_by_hardware");
}

/* Context bits whose being 0 disarms a line. */
static bool armed_by(const struct ptg_format *p, unsigned node, uint64_t bits[4])
{
	const struct ptg_node *n = &p->nodes[node], *a = &p->nodes[n->a], *b = &p->nodes[n->b];

	if (n->op != PTG_OP_NE || a->op != PTG_OP_CTX || b->op != PTG_OP_CONST || b->imm || a->lo % 64u + a->width > 64)
		return false;
	bits[a->lo / 64u] |= (a->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << a->width) - 1) << a->lo % 64u;
	return true;
}

static const char *guards_text(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const char *text = NULL;
	uint64_t bits[4] = { 0, 0, 0, 0 };

	for (unsigned i = 0; i < t->k->deny_count; i++) {
		const struct ptg_deny *d = &f->format->denies[t->k->deny_first + i];

		if ((d->tabled && f->format->rights_bits <= 6) || d->guard == PTG_NONE || armed_by(f->format, d->guard, bits))
			continue;
		text = either(f, text, cexpr_truth(&f->x, d->guard));
	}
	for (unsigned w = 0; w < 4; w++)
		if (bits[w])
			text = either(f, text, ~bits[w] ? arena_printf(f->arena, "(s->ctx[%u] & %s)", w, number(f, bits[w]))
							: arena_printf(f->arena, "s->ctx[%u]", w));
	return text;
}

/* Lines outside of the table of rights: cold while their context is armed, else evaluated. */
static void untabled(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const char *guards = guards_text(t);
	struct buffer b;
	struct cexpr x = f->x;

	buffer_init(&b, f->arena);
	x.entry = t->raw;
	x.attr = t->attr;
	for (unsigned i = 0; i < t->k->deny_count; i++) {
		const struct ptg_deny *d = &f->format->denies[t->k->deny_first + i];

		if ((d->tabled && f->format->rights_bits <= 6) || d->guard != PTG_NONE)
			continue;
		buffer_printf(&b, "\t/* %s */\n\trights &= ~(%s);\n", facts_rule_text(f, d->rule), cexpr_rights(&x, d->node));
	}
	if (guards)
		fact(f, guards, "hot.guard");
	if (b.length)
		fact(f, buffer_text(&b), "hot.untabled");
	if (b.length > APART)
		fact(f, "1", "hot.apart");
}

/* --- the answer -------------------------------------------------------------------------------------- */

/* The output space, where the pieces of the address do not all go to one; NULL: the kind's. */
static const char *space_text(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_kind *k = t->k;
	const char *text = arena_printf(f->arena, "%u", k->space);
	bool other = false;
	struct cexpr x = f->x;

	x.entry = t->raw;
	for (unsigned i = 0; i < k->piece_count && !k->addr_simple; i++) {
		const struct ptg_piece *p = &f->format->pieces[k->piece_first + i];
		const char *when = p->if_ != PTG_NONE ? cexpr_term(&x, p->if_) : NULL;

		if (p->when != PTG_NONE)
			when = when ? arena_printf(f->arena, "%s && %s", when, cexpr_term(&x, p->when)) : cexpr_term(&x, p->when);
		other = other || p->space != k->space;
		text = when ? arena_printf(f->arena, "(%s ? %u : %s)", when, p->space, text)
			    : arena_printf(f->arena, "%u", p->space);
	}
	return other ? text : NULL;
}

static void answer(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const struct ptg_format *p = f->format;
	const struct ptg_kind *k = t->k;
	uint64_t in = (UINT64_C(1) << k->page_lg2) - 1, always;
	const char *more, *when, *space;
	struct cexpr x = f->x;

	x.entry = t->raw;
	fact(f, in ? arena_printf(f->arena, "%s | (va & %s)", address_text(f, t->page, in), number(f, in))
		   : address_text(f, t->page, 0), "hot.pa");
	if (p->rights_bits <= 6)
		fact(f, index_of_rights(t), "hot.rights_index");
	more = more_rights(t);
	if (more)
		fact(f, more, "hot.more_rights");
	fact(f, number(f, (uint64_t)k->rule << 16), "hot.info_high");
	space = space_text(t);
	fact(f, number(f, (uint64_t)k->page_lg2 << 8 | (uint64_t)k->level << 16 |
			  (space ? 0 : (uint64_t)(k->space & 3) << 20)), "hot.info_low");
	if (space)
		fact(f, space, "hot.space_expr");
	if (k->contig_lg2) {
		bool fixed = k->contig_when == PTG_NONE || (cexpr_constant(&x, k->contig_when, &always) && always);

		when = fixed ? "1" : cexpr_truth(&x, k->contig_when);
		fact(f, when, "hot.contig_when");
		fact_number(f, (unsigned)k->page_lg2 + k->contig_lg2, "hot.contig");
	}
	fact_number(f, k->rule, "hot.rule");
	fact_number(f, k->page_lg2, "hot.page_lg2");
	fact_number(f, k->level, "hot.page_level");
	fact(f, space ? space : arena_printf(f->arena, "%u", k->space), "hot.space");
	if (p->memtype_attr != 0xff)
		fact(f, t->attr[p->memtype_attr], "hot.memtype");
	if (p->key_attr != 0xff)
		fact(f, t->attr[p->key_attr], "hot.key");
}

void facts_hot(struct facts *f)
{
	struct text_of_hot t = { .f = f };
	const char *off = NULL;

	if (!hot_find(f, &t.h))
		return;
	facts_about_none(f);
	t.page = &t.h.level[t.h.count - 1];
	t.k = &f->format->kinds[t.page->kind];
	t.raw = t.page->flip ? arena_printf(f->arena, "(e ^ %s)", number(f, t.page->flip)) : "e";
	fact(f, "1", "hot");
	fact_number(f, t.h.count - 1, "hot.last");
	if (t.h.any_lost)
		fact(f, "1", "hot.lost");
	if (t.h.page_lost)
		fact(f, "1", "hot.page_lost");
	for (unsigned i = 0; i < t.h.off_count; i++)
		off = either(f, off, arena_printf(f->arena, "(%s)", t.h.off[i].want ? cexpr_truth(&f->x, t.h.off[i].node)
										 : cexpr_untruth(&f->x, t.h.off[i].node)));
	if (off)
		fact(f, off, "hot.off");
	start(&t);
	tests(&t);
	for (unsigned i = 0; i < t.h.count; i++)
		level(&t, i);
	facts_about(f, t.page->kind, true);
	attribute_values(&t);
	needs(&t);
	untabled(&t);
	answer(&t);
	facts_about_none(f);
}
