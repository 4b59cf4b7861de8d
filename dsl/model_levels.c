/* SPDX-License-Identifier: MIT */
/*
 * model_levels.c - the levels of a format, and what `at` means in it
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dsl/model_impl.h"

/* The number in a name: "pml4" is 4, "r1" is 1; "pd" and "m1" (level -1) have none. */
static bool number_in_name(const char *name, unsigned *number)
{
	const char *p = name;

	if (name[0] == 'm' && isdigit((unsigned char)name[1]))
		return false;
	while (*p && !isdigit((unsigned char)*p))
		p++;
	if (!*p)
		return false;
	for (*number = 0; isdigit((unsigned char)*p) && *number < 100; p++)
		*number = *number * 10 + (unsigned)(*p - '0');
	return true;
}

/* --- reading the statements ------------------------------------------------- */

static bool level_bits(struct model_build *b, const struct ast_stmt *s, unsigned frame, int *hi, int *lo)
{
	struct model_config c;
	struct model_where w = { b->f, &c, -1, -1 };

	for (unsigned i = 0; i < MODEL_PARAMS; i++)
		c.params[i] = 0;
	model_default_config(b->f, &c);
	for (unsigned i = 0; i < b->f->param_count; i++)
		c.params[i] = b->f->params[i].max;
	if (!model_range(&w, &s->slice, frame, hi, lo)) {
		const struct ast_expr *large = model_overflow(&w, s->slice.first);

		large = large ? large : model_overflow(&w, s->slice.second);
		if (large)
			model_error(b, DIAG_BAD_NUMBER, large->span, "%s", model_overflow_text(large));
		else
			model_error(b, DIAG_NOT_A_NUMBER, s->slice.span, "the bits of a level are not a number here");
		return false;
	}
	if (*hi < *lo - 1 || *lo < 0 || *hi > 63) {
		if (*hi < *lo - 1)
			model_error(b, DIAG_REVERSED_RANGE, s->slice.span, b->f->msb0 ?
				"this range is reversed: the format counts from bit 0 = most significant" :
				"this range is reversed: the format counts from bit 0 = least significant (see 'bits msb0')");
		else
			model_error(b, DIAG_BAD_NUMBER, s->slice.span, "these bits are outside of a 64-bit address");
		return false;
	}
	return true;
}

static unsigned level_entry(struct model_build *b, const struct ast_stmt *s)
{
	int64_t bits = s->entry ? model_number(b, s->entry, "the width of an entry", 64) : b->f->entry_bits;

	if (bits == 16 || bits == 32 || bits == 64 || bits == 128)
		return (unsigned)bits;
	model_error(b, DIAG_BAD_NUMBER, s->entry->span, "an entry has 16, 32, 64 or 128 bits, not %lld", (long long)bits);
	return b->f->entry_bits;
}

/* A new level of a derived format stands above the inherited ones that index lower bits. */
static unsigned level_place(const struct model_format *f, const struct ast_stmt *s, unsigned inherited, int hi)
{
	if (s->by || s->after.text)
		return f->level_count;
	for (unsigned i = 0; i < inherited; i++)
		if (!f->levels[i].by && f->levels[i].hi < hi)
			return i;
	return f->level_count;
}

/* `if` of a level: constants decide whether this format has it. */
static bool level_off(struct model_build *b, const struct ast_stmt *s)
{
	struct model_format *f = b->f;

	if (!s->cond || model_number(b, s->cond, "the condition of a level", 1))
		return false;
	if (f->off_count < MODEL_LEVELS) {
		f->off[f->off_count].name = s->name.text;
		f->off[f->off_count++].before = f->level_count;
	}
	return true;
}

static void add_level(struct model_build *b, const struct ast_stmt *s, unsigned *inherited, bool new_here)
{
	struct model_format *f = b->f;
	struct model_level l = { .name = s->name.text, .by = s->by, .stride = 1, .ast = s, .after = -1, .lo = 0, .hi = -1 };
	unsigned place = f->level_count;

	if (level_off(b, s))
		return;
	if (model_find_level(f, l.name, NULL)) {
		model_error(b, DIAG_DUPLICATE_NAME, s->name.span, "level '%s' is declared twice", l.name);
		diag_note(b->d, model_find_level(f, l.name, NULL)->ast->name.span, "the first is here");
		return;
	}
	if (f->level_count == MODEL_LEVELS) {
		model_error(b, DIAG_TOO_MANY, s->name.span, "a format has at most %d levels", MODEL_LEVELS);
		return;
	}
	level_bits(b, s, 64, &l.hi, &l.lo);
	l.entry_bits = level_entry(b, s);
	if (s->stride)
		l.stride = (unsigned)model_number(b, s->stride, "a stride", 1);
	if (l.stride == 0 || (l.stride & (l.stride - 1)) || l.stride > 4096) {
		model_error(b, DIAG_BAD_NUMBER, s->stride->span, "a stride is a power of two");
		l.stride = 1;
	}
	if (new_here && *inherited) {
		place = level_place(f, s, *inherited, l.hi);
		if (place < *inherited)
			++*inherited;
	}
	memmove(&f->levels[place + 1], &f->levels[place], (f->level_count - place) * sizeof(l));
	f->levels[place] = l;
	f->level_count++;
	for (unsigned i = 0; i < f->off_count; i++)
		f->off[i].before += f->off[i].before > place;
}

/* `levels N dynamic`: N steps, each takes as many bits as the table above says. */
static void add_dynamic(struct model_build *b, const struct ast_stmt *s)
{
	struct model_format *f = b->f;
	int64_t count = model_number(b, s->expr, "the number of levels", 1);
	int hi, lo;

	if (count < 1 || count > MODEL_LEVELS) {
		model_error(b, DIAG_TOO_MANY, s->expr->span, "a format has 1 to %d levels", MODEL_LEVELS);
		return;
	}
	if (!level_bits(b, s, 64, &hi, &lo))
		return;
	f->dynamic = true;
	for (int i = 0; i < (int)count; i++)
		f->levels[i] = (struct model_level){
			.name = arena_printf(b->arena, "%d", (int)count - 1 - i), .hi = hi, .lo = lo,
			.entry_bits = f->entry_bits, .stride = 1, .after = i - 1, .ast = s };
	f->level_count = (unsigned)count;
}

static void link_level(struct model_build *b, unsigned i)
{
	struct model_format *f = b->f;
	struct model_level *l = &f->levels[i];
	const char *names[MODEL_LEVELS];
	int above;

	l->depth = f->level_count - 1 - i;
	if (!number_in_name(l->name, &l->number))
		l->number = l->depth;
	if (f->dynamic)
		return;
	l->after = (int)i - 1;
	if (!l->ast->after.text)
		return;
	if (model_find_level(f, l->ast->after.text, &above) && above < (int)i) {
		l->after = above;
		return;
	}
	for (unsigned n = 0; n < i; n++)
		names[n] = f->levels[n].name;
	model_unknown(b, l->ast->after.span, "earlier level", l->ast->after.text, names, i);
}

void model_levels(struct model_build *b)
{
	unsigned inherited = 0;

	for (const struct model_merged *m = b->f->merged; m; m = m->next) {
		if (m->ast->kind == ST_LEVELS)
			add_dynamic(b, m->ast);
		if (m->ast->kind != ST_LEVEL)
			continue;
		add_level(b, m->ast, &inherited, m->owner == b->f && !m->over);
		if (m->owner != b->f || m->over)
			inherited = b->f->level_count;
	}
	for (unsigned i = 0; i < b->f->level_count; i++)
		link_level(b, i);
	b->f->concrete = b->f->level_count != 0;
}

/* --- `at` ---------------------------------------------------------------------- */

static const struct model_format *family(const struct model_format *f)
{
	while (f->base)
		f = f->base;
	return f;
}

/* Levels on the path from index `from` down to `to`; 0: `to` is not below `from`. */
static uint32_t path_mask(const struct model_format *f, int from, int to)
{
	uint32_t mask = 0;

	for (int i = to; i >= 0; i = f->levels[i].after) {
		mask |= 1u << i;
		if (i == from)
			return mask;
	}
	return 0;
}

/* `pml5` against `pml4`, `4` against `2`: names that differ by their number. */
static bool differ_by_number(const char *a, const char *b, unsigned *number)
{
	size_t n = strcspn(a, "0123456789");

	if (strncmp(a, b, n) != 0 || !a[n] || !b[n] || strspn(a + n, "0123456789") != strlen(a + n) ||
	    strspn(b + n, "0123456789") != strlen(b + n))
		return false;
	*number = (unsigned)strtoul(a + n, NULL, 10);
	return true;
}

/* A base may speak of levels that only relatives in other files have: `at 4..1` where this format begins at 2. */
static bool numbered_relative(const struct model_build *b, const char *name)
{
	unsigned number;

	for (unsigned i = 0; i < b->f->level_count; i++)
		if (differ_by_number(name, b->f->levels[i].name, &number))
			return true;
	return false;
}

/* Neither end is here, nor in a relative that was read: the levels whose number lies between. */
static bool numbered_range(const struct model_build *b, const struct ast_levels *r, uint32_t *mask)
{
	unsigned first, last, own;
	bool any = differ_by_number(r->first.text, r->last.text, &first); /* a family's names, none of them here */

	for (unsigned i = 0; i < b->f->level_count; i++) {
		const char *name = b->f->levels[i].name;

		if (!differ_by_number(r->first.text, name, &first) || !differ_by_number(r->last.text, name, &last) ||
		    !differ_by_number(name, name, &own))
			continue;
		any = true;
		if (own >= (first < last ? first : last) && own <= (first < last ? last : first))
			*mask |= 1u << i;
	}
	return any;
}

static bool sibling_has(const struct model_build *b, const char *name)
{
	if (numbered_relative(b, name))
		return true;
	for (const struct model_format *g = b->m->formats; g; g = g->next)
		if (family(g) == family(b->f) && model_find_level(g, name, NULL))
			return true;
	return false;
}

/* Both ends are unknown here: what a sibling that has both runs through, as far as it exists here. */
static bool sibling_range(const struct model_build *b, const struct ast_levels *r, uint32_t *mask)
{
	for (const struct model_format *g = b->m->formats; g; g = g->next) {
		uint32_t path;
		int from, to;

		if (family(g) != family(b->f) || !model_find_level(g, r->first.text, &from) ||
		    !model_find_level(g, r->last.text, &to))
			continue;
		path = path_mask(g, from, to);
		for (unsigned i = 0; i < g->level_count; i++) {
			int here;

			if (path >> i & 1 && model_find_level(b->f, g->levels[i].name, &here))
				*mask |= 1u << here;
		}
		return true;
	}
	return false;
}

static void unknown_level(struct model_build *b, const struct ast_name *n)
{
	const char *names[MODEL_LEVELS];

	for (unsigned i = 0; i < b->f->level_count; i++)
		names[i] = b->f->levels[i].name;
	model_unknown(b, n->span, "level", n->text, names, b->f->level_count);
}

static uint32_t range_mask(struct model_build *b, const struct ast_levels *r)
{
	const struct model_format *f = b->f;
	int from = 0, to = (int)f->level_count - 1;
	bool have_from = model_find_level(f, r->first.text, &from) != NULL;
	bool have_to = model_find_level(f, r->last.text, &to) != NULL;
	uint32_t mask = 0;
	bool off = false;
	unsigned before;

	/* What `if` has taken away leaves the rest of the range as it is. */
	if (!have_from && model_level_off(f, r->first.text, &before)) {
		from = (int)before;
		have_from = off = true;
	}
	if (!have_to && model_level_off(f, r->last.text, &before)) {
		to = (int)before - 1;
		have_to = off = true;
	}
	if (!have_from && !have_to && (sibling_range(b, r, &mask) || numbered_range(b, r, &mask)))
		return mask;
	if (!have_from && !sibling_has(b, r->first.text))
		unknown_level(b, &r->first);
	else if (!have_to && !sibling_has(b, r->last.text))
		unknown_level(b, &r->last);
	if (off && (from > to || to < 0 || from >= (int)f->level_count))
		return 0;
	mask = path_mask(f, from, to);
	if (!mask && path_mask(f, to, from)) {
		model_error(b, DIAG_REVERSED_RANGE, span_join(r->first.span, r->last.span),
			    "'%s..%s' is reversed: level %s is above level %s", r->first.text, r->last.text,
			    f->levels[to].name, f->levels[from].name);
		diag_help(b->d, "%s..%s", r->last.text, r->first.text);
		return path_mask(f, to, from);
	}
	if (!mask)
		model_error(b, DIAG_REVERSED_RANGE, span_join(r->first.span, r->last.span),
			    "level %s is not on a path from level %s down", f->levels[to].name, f->levels[from].name);
	return mask;
}

uint32_t model_at(struct model_build *b, const struct ast_levels *list)
{
	uint32_t mask = 0;

	for (; list; list = list->next) {
		unsigned before;
		int i;

		if (list->last.text)
			mask |= range_mask(b, list);
		else if (model_find_level(b->f, list->first.text, &i))
			mask |= 1u << i;
		else if (!model_level_off(b->f, list->first.text, &before))
			unknown_level(b, &list->first);
	}
	return mask;
}
