/* SPDX-License-Identifier: MIT */
/* hot_access.c - what an access needs of a page on the hot path, and lines outside of the table of rights */

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot_text.h"

#define APART 800u                   /* characters of deny lines from which the page's part is a function of its own */

static unsigned wanted_of(unsigned access)
{
	return access & PTG_USER ? access & 7 : (access & 7) << 3;
}

/* What no access may have here: more than the table of rights tells. */
#define NEVER 0x8000u

/* A mark that faults while hardware does not set it. */
static bool asks(const struct ptg_mark *m)
{
	return m->rule != PTG_NONE && m->if_ != PTG_NONE;
}

/* Does one condition say of all marks whether hardware sets them, and are they bits of the rights?  PTG_NONE: no. */
static unsigned marks_by_hardware(const struct text_of_hot *t, bool *marks)
{
	const struct ptg_format *p = t->f->format;
	unsigned if_ = PTG_NONE;
	bool same = true;

	*marks = false;
	for (unsigned i = 0; i < t->k->mark_count; i++) {
		const struct ptg_mark *m = &p->marks[t->k->mark_first + i];

		if (!asks(m))
			continue;
		if ((if_ != PTG_NONE && !cexpr_equal(p, if_, m->if_)) || (m->what != 1 && m->what != 2))
			same = false;
		if_ = m->if_;
		*marks = true;
	}
	return same ? if_ : (unsigned)PTG_NONE;
}

static unsigned need_of(const struct text_of_hot *t, unsigned access, bool marks)
{
	const struct ptg_format *p = t->f->format;
	unsigned need = wanted_of(access);

	for (unsigned i = 0; i < t->k->deny_count && (access & 3) == 3; i++)
		if (walk_denies_atomics(p, &p->denies[t->k->deny_first + i]))
			need |= NEVER;
	for (unsigned i = 0; i < t->k->mark_count && marks; i++) {
		const struct ptg_mark *m = &p->marks[t->k->mark_first + i];

		if (asks(m) && (m->access & access) && (access & 7))
			need |= m->what == 1 ? (unsigned)PTG_ACCESSED : m->what == 2 ? (unsigned)PTG_DIRTY : NEVER;
	}
	return need;
}

/* What each access needs of a page. */
static const char *needs_of(const struct text_of_hot *t, bool marks)
{
	struct buffer b;

	buffer_init(&b, t->f->arena);
	for (unsigned access = 0; access < 16; access++)
		buffer_printf(&b, "%s0x%04x", access ? (access == 8 ? ",\n\t  " : ", ") : "",
			      need_of(t, access, marks));
	return buffer_text(&b);
}

void hot_needs(struct text_of_hot *t)
{
	struct facts *f = t->f;
	bool marks;
	unsigned by = marks_by_hardware(t, &marks);
	uint64_t always;

	if (by != PTG_NONE && cexpr_constant(&f->x, by, &always)) {
		marks = !always;
		by = PTG_NONE;
	}
	fact(f, needs_of(t, marks), "hot.need");
	if (by != PTG_NONE) {
		fact(f, needs_of(t, false), "hot.need_by_hardware");
		fact(f, cexpr_truth(&f->x, by), "hot.marks_by_hardware");
	}
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
		text = hot_either(f, text, cexpr_truth(&f->x, d->guard));
	}
	for (unsigned w = 0; w < 4; w++)
		if (bits[w])
			text = hot_either(f, text, ~bits[w] ? arena_printf(f->arena, "(s->ctx[%u] & %s)", w, hot_number(f, bits[w]))
							: arena_printf(f->arena, "s->ctx[%u]", w));
	return text;
}

/* Lines outside of the table of rights: cold while their context is armed, else evaluated. */
void hot_untabled(struct text_of_hot *t)
{
	struct facts *f = t->f;
	const char *guards = guards_text(t);
	struct buffer b;
	struct cexpr x = f->x;

	buffer_init(&b, f->arena);
	hot_about_entry(&x, t->f, t->page);
	x.attr = t->attr;
	for (unsigned i = 0; i < t->k->deny_count; i++) {
		const struct ptg_deny *d = &f->format->denies[t->k->deny_first + i];

		if ((d->tabled && f->format->rights_bits <= 6) || d->guard != PTG_NONE)
			continue;
		buffer_printf(&b, "\t/* %s */\n\trights &= ~(%s);\n", facts_rule_text(f, d->rule), cexpr_rights(&x, d->node));
	}
	if (guards)
		fact(f, guards, "hot.guard");
	t->untabled = b.length > 0;
	if (t->untabled)
		fact(f, buffer_text(&b), "hot.untabled");
	if (b.length > APART)
		fact(f, "1", "hot.apart");
}
