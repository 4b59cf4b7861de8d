/* SPDX-License-Identifier: MIT */
/*
 * facts_down.c - from the root to the first table, and from one table to the next
 *
 * A step always leads to a lower depth, so that the generated code is a line of
 * blocks with jumps forward.  What the description gives as alternatives is
 * tried in its order; where a child may say `pass`, `resume` remembers which
 * alternative comes next, and up_e is the entry that offers it.
 */

#include <string.h>

#include "gen/emit/facts_walk.h"

static bool dynamic(const struct facts *f)
{
	return f->format->flags & PTG_FORMAT_DYNAMIC;
}

static bool has_pass(const struct ptg_format *p)
{
	for (unsigned i = 0; i < p->kind_count; i++)
		if (p->kinds[i].role == PTG_ROLE_PASS)
			return true;
	return false;
}

/* Number of "alternative n of kind comes next": 1 and up. */
static unsigned resume_number(const struct facts *f, unsigned kind, unsigned alternative)
{
	unsigned number = 1;

	for (unsigned i = 0; i < kind; i++)
		number += f->format->kinds[i].next_count;
	return number + alternative;
}

void walk_number_resumes(struct facts *f)
{
	bool wide = false;

	if (!has_pass(f->format))
		return;
	for (unsigned i = 0; i < f->format->level_count; i++)
		wide = wide || f->format->levels[i].entry_lg2 == 4;
	fact(f, wide ? "2" : "1", "walk.resume");
	if (wide)
		fact(f, "1", "walk.resume_wide");
}

/* --- index and entry ------------------------------------------------------------- */

/* Index in a table of that level whose width is the level's own. */
static const char *own_index(struct facts *f, unsigned level)
{
	const struct ptg_level *l = &f->format->levels[level];
	uint64_t mask = l->width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << l->width) - 1;

	if (l->by != PTG_NONE)
		return arena_printf(f->arena, "(%s) & %s", cexpr_value(&f->x, l->by), cexpr_number(f->arena, mask));
	if (!l->width)
		return "0";
	if (!l->shift)
		return arena_printf(f->arena, "va & %s", cexpr_number(f->arena, mask));
	return arena_printf(f->arena, "va >> %u & %s", l->shift, cexpr_number(f->arena, mask));
}

const char *walk_entry_at(struct facts *f, unsigned level, const char *base, const char *index, bool added)
{
	const struct ptg_level *l = &f->format->levels[level];
	unsigned shift = (unsigned)l->entry_lg2 + l->stride_lg2;

	if (strcmp(index, "0") == 0)
		return base;
	index = strchr(index, ' ') ? arena_printf(f->arena, "(%s) << %u", index, shift)
				   : arena_printf(f->arena, "%s << %u", index, shift);
	return added ? arena_printf(f->arena, "%s + (%s)", base, index) : arena_printf(f->arena, "%s | %s", base, index);
}

/* Can the address name a place inside an entry? */
static bool loose(const struct ptg_format *p, const struct ptg_kind *k, const struct ptg_next *n, unsigned lg2)
{
	unsigned first = n && n->piece_count ? n->piece_first : k->piece_first;
	unsigned count = n && n->piece_count ? n->piece_count : k->piece_count;

	if (k->addr_simple && !(n && n->piece_count))
		return (k->addr_mask << k->addr_shl >> k->addr_shr & ((1u << lg2) - 1)) != 0;
	for (unsigned i = 0; i < count; i++)
		if (p->pieces[first + i].dst_lo < lg2)
			return true;
	return false;
}

static const char *table_address(struct facts *f, const struct ptg_kind *k, const struct ptg_next *n, unsigned lg2)
{
	const char *text;
	struct ptg_kind alone = *k;

	if (n && n->piece_count) {
		alone.addr_simple = k->addr_simple && n->piece_first == k->piece_first && n->piece_count == k->piece_count;
		alone.piece_first = n->piece_first;
		alone.piece_count = n->piece_count;
		if (!alone.addr_simple)
			alone.low_mask = 0;
	}
	text = walk_address(f, &alone, 0);
	if (strchr(text, '|') && *text != '(')
		text = arena_printf(f->arena, "(%s)", text);
	else if (strchr(text, '\n') || strchr(text, '?'))
		text = arena_printf(f->arena, "(%s)", text);
	if (loose(f->format, k, n, lg2))
		text = arena_printf(f->arena, "(%s & ~(uint64_t)%u)", text, (1u << lg2) - 1);
	return text;
}

/* --- the next table ------------------------------------------------------------------ */

struct step {
	struct facts *f;
	struct buffer *b;
	unsigned kind, alternative;
	const struct ptg_kind *k;
	const struct ptg_next *next; /* NULL: the level's own */
	const char *tabs;
	bool resumed;                /* after `pass`: what goes wrong is the pass's own fault */
};

static unsigned nowhere_rule(const struct step *s)
{
	const struct ptg_kind *k = s->k;

	return k->check_count ? s->f->format->checks[k->check_first + k->check_count - 1u].rule : k->rule;
}

static void refuse(struct step *s, const char *condition, const char *stop)
{
	if (s->resumed) /* fall to the end: the fault is that of the entry that passed */
		buffer_printf(s->b, "%sif (%s)\n%s\tbreak;\n", s->tabs, condition, s->tabs);
	else
		buffer_printf(s->b, "%sif (%s)\n%s\t%s\n", s->tabs, condition, s->tabs, stop);
}

static const char *nowhere(const struct step *s)
{
	unsigned rule = nowhere_rule(s);

	if (s->f->format->rules[rule].fault_class)
		return walk_stop(s->f, rule);
	return arena_printf(s->f->arena, "return ptg_stop_(t, PTG_F_RESERVED, %u);", rule);
}

static bool skip_test(const struct step *s, unsigned to, unsigned end)
{
	return s->k->skip == PTG_SKIP_ZERO && !dynamic(s->f) && end < s->f->format->levels[s->k->level].shift &&
	       to < s->k->level;
}

static void note_resume(struct step *s)
{
	if (!has_pass(s->f->format))
		return;
	if (s->alternative + 1u < s->k->next_count) {
		buffer_printf(s->b, "%sresume = %u;\n", s->tabs, resume_number(s->f, s->kind, s->alternative + 1u));
		if (!s->resumed)
			buffer_printf(s->b, "%sup_e = e;\n", s->tabs);
		if (!s->resumed && s->f->format->levels[s->k->level].entry_lg2 == 4)
			buffer_printf(s->b, "%sup_e_hi = e_hi;\n", s->tabs);
	} else {
		buffer_printf(s->b, "%sresume = 0;\n", s->tabs);
	}
}

/* Tables whose index width is known only now. */
static void dynamic_step(struct step *s, unsigned to, bool added)
{
	struct facts *f = s->f;
	const struct ptg_level *l = &f->format->levels[to];
	const char *width = s->k->bits != PTG_NONE ? cexpr_value(&f->x, s->k->bits)
						    : arena_printf(f->arena, "%u", l->width);
	const char *base = table_address(f, s->k, s->next, l->entry_lg2);

	buffer_printf(s->b, "%swidth = %s;\n", s->tabs, width);
	if (dynamic(f)) {
		refuse(s, "width == 0 || width > 32 || width > shift", nowhere(s));
		buffer_printf(s->b, "%sshift -= (unsigned)width;\n", s->tabs);
		buffer_printf(s->b, "%sat = %s;\n", s->tabs,
			      walk_entry_at(f, to, base, "ptg_shr_(va, shift) & ptg_low_((unsigned)width)", added));
		return;
	}
	refuse(s, "width > 32", nowhere(s));
	if (s->k->skip == PTG_SKIP_ZERO)
		refuse(s, arena_printf(f->arena, "%u + width < %u && (va & %s) >> (%u + width)", l->shift,
				       f->format->levels[s->k->level].shift,
				       cexpr_number(f->arena, (UINT64_C(1) << f->format->levels[s->k->level].shift) - 1),
				       l->shift), walk_stop(f, s->k->skip_rule));
	buffer_printf(s->b, "%sat = %s;\n", s->tabs,
		      walk_entry_at(f, to, base,
				    l->by != PTG_NONE
					    ? arena_printf(f->arena, "(%s) & ptg_low_((unsigned)width)", cexpr_value(&f->x, l->by))
					    : arena_printf(f->arena, "va >> %u & ptg_low_((unsigned)width)", l->shift), added));
}

static void fixed_step(struct step *s, unsigned to, bool added)
{
	struct facts *f = s->f;
	const struct ptg_level *l = &f->format->levels[to];
	unsigned end = (unsigned)l->shift + l->width, above = f->format->levels[s->k->level].shift;

	if (skip_test(s, to, end)) {
		uint64_t mask = (above >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << above) - 1) & ~((UINT64_C(1) << end) - 1);

		refuse(s, arena_printf(f->arena, "va & %s", cexpr_number(f->arena, mask)), walk_stop(f, s->k->skip_rule));
	}
	buffer_printf(s->b, "%sat = %s;\n", s->tabs,
		      walk_entry_at(f, to, table_address(f, s->k, s->next, l->entry_lg2), own_index(f, to), added));
}

static void step_to(struct step *s, unsigned to)
{
	bool added = s->k->table_added || (s->f->format->levels[to].flags & PTG_LEVEL_ADDED);

	if (dynamic(s->f) || s->k->bits != PTG_NONE)
		dynamic_step(s, to, added);
	else
		fixed_step(s, to, added);
	note_resume(s);
	buffer_printf(s->b, "%sgoto level%u;\n", s->tabs, to);
}

/* The entry says which level comes next, by its written number. */
static void step_by_number(struct step *s)
{
	struct facts *f = s->f;
	const struct ptg_format *p = f->format;
	const char *tabs = s->tabs;

	buffer_printf(s->b, "%sswitch ((unsigned)(%s)) {\n", tabs, cexpr_value(&f->x, s->next->by));
	for (unsigned i = 0; i < s->k->level; i++) {
		bool before = false;

		for (unsigned j = 0; j < i; j++)
			before = before || p->levels[j].number == p->levels[i].number;
		if (before)
			continue;
		buffer_printf(s->b, "%scase %u: /* %s */\n", tabs, p->levels[i].number,
			      facts_comment(f->arena, p->levels[i].name ? p->levels[i].name : ""));
		s->tabs = arena_printf(f->arena, "%s\t", tabs);
		step_to(s, i);
	}
	s->tabs = tabs;
	buffer_printf(s->b, "%sdefault:\n%s\t%s\n%s}\n", tabs, tabs, s->resumed ? "break;" : nowhere(s), tabs);
}

static void take(struct step *s)
{
	unsigned to = s->next ? s->next->level : s->f->format->levels[s->k->level].next;

	if (s->next && to == PTG_NO_LEVEL && s->next->by != PTG_NONE) {
		step_by_number(s);
		if (s->resumed)
			buffer_printf(s->b, "%sbreak;\n", s->tabs);
		return;
	}
	if (to >= s->k->level) {
		buffer_printf(s->b, "%s%s\n", s->tabs, s->resumed ? "break;" : nowhere(s));
		return;
	}
	step_to(s, to);
}

/* Alternatives from `first` on, each under its condition. */
void walk_down(struct facts *f, struct buffer *b, unsigned kind, unsigned first, bool resumed)
{
	const struct ptg_kind *k = &f->format->kinds[kind];
	struct step s = { .f = f, .b = b, .kind = kind, .k = k, .tabs = resumed ? "\t\t\t" : "\t\t", .resumed = resumed };
	const char *outer = s.tabs;

	if (k->next_count == 0) {
		take(&s);
		return;
	}
	for (unsigned i = first; i < k->next_count; i++) {
		uint64_t never;

		s.next = &f->format->nexts[k->next_first + i];
		s.alternative = i;
		if (s.next->unless == PTG_NONE || (cexpr_constant(&f->x, s.next->unless, &never) && !never)) {
			take(&s);
			return;
		}
		buffer_printf(b, "%sif (%s) {\n", outer, cexpr_untruth(&f->x, s.next->unless));
		s.tabs = arena_printf(f->arena, "%s\t", outer);
		take(&s);
		s.tabs = outer;
		buffer_printf(b, "%s}\n", outer);
	}
	if (resumed)
		buffer_printf(b, "%sbreak;\n", outer);
	else
		buffer_printf(b, "%sreturn ptg_stop_(t, PTG_F_NOT_PRESENT, %u);\n", outer, k->rule);
}

/* Where a child says `pass`: the next alternative of the entry above, if there is one. */
const char *walk_pass(struct facts *f, unsigned level)
{
	const struct ptg_format *p = f->format;
	struct buffer b;

	buffer_init(&b, f->arena);
	for (unsigned i = 0; i < p->kind_count; i++) {
		const struct ptg_kind *k = &p->kinds[i];

		if (k->role != PTG_ROLE_TABLE || k->level <= level)
			continue;
		for (unsigned n = 1; n < k->next_count; n++) {
			const struct cexpr saved = f->x;

			buffer_printf(&b, "\t\tcase %u: /* %s, alternative %u */\n", resume_number(f, i, n),
				      facts_comment(f->arena, k->name), n + 1);
			f->x.entry = "up_e";
			f->x.entry_hi = "up_e_hi";
			facts_about(f, i, true);
			walk_down(f, &b, i, n, true);
			f->x = saved;
		}
	}
	if (!b.length)
		return "";
	return arena_printf(f->arena, "\t\tswitch (resume) {\n%s\t\tdefault:\n\t\t\tbreak;\n\t\t}\n", buffer_text(&b));
}

/* --- checks on the index below ------------------------------------------------------------ */

/* `limit` speaks of the index in the table below: it must be known before the checks. */
const char *walk_index(struct facts *f, const struct ptg_kind *k)
{
	const struct ptg_format *p = f->format;
	unsigned to = k->next_count ? p->nexts[k->next_first].level : p->levels[k->level].next;
	bool asked = false;

	for (unsigned i = 0; i < k->check_count; i++)
		asked = asked || cexpr_uses(p, p->checks[k->check_first + i].node, PTG_OP_INDEX) ||
			cexpr_uses(p, p->checks[k->check_first + i].node, PTG_OP_INDEX_TOP);
	f->x.index = "0";
	f->x.index_lg2 = "0";
	if (!asked || to >= p->level_count)
		return "";
	f->x.index = "index";
	f->x.index_lg2 = arena_printf(f->arena, "%u", p->levels[to].width);
	return arena_printf(f->arena, "\t\tindex = %s;\n", own_index(f, to));
}

/* --- the root --------------------------------------------------------------------------------- */

const char *walk_enter(struct facts *f, unsigned level)
{
	const struct ptg_level *l = &f->format->levels[level];
	const char *base = arena_printf(f->arena, "(root->table & ~(uint64_t)%u)", (1u << l->entry_lg2) - 1);
	const char *index = arena_printf(f->arena, "va >> %u & ptg_low_(root->index_lg2)", l->shift);

	if (l->by != PTG_NONE)
		index = arena_printf(f->arena, "(%s) & ptg_low_(root->index_lg2)", cexpr_value(&f->x, l->by));
	else if (dynamic(f))
		index = "shift < 64 ? ptg_shr_(va, shift) & ptg_low_(root->index_lg2) : 0";
	return arena_printf(f->arena, "\t\tindex = %s;\n\t\tat = %s;\n", index,
			    walk_entry_at(f, level, base, "index", l->flags & PTG_LEVEL_ADDED));
}
