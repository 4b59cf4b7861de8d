/* SPDX-License-Identifier: MIT */
/* hot_access.c - what an access needs of a page on the hot path, and lines outside of the table of rights */

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot_text.h"

#define APART 800u                   /* characters of deny lines from which the page's part is a function of its own */

static unsigned wanted_of(unsigned access)
{
	return access & PTG_USER ? access & 7 : (access & 7) << 3;
}

/* What each access does not need, so that ORed with what there is it gives all ones; with hardware that marks, and without. */
void hot_needs(struct text_of_hot *t)
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
