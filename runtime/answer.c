/* SPDX-License-Identifier: MIT */
/*
 * answer.c - what a walk found, as an answer
 *
 * Order of what may fault after it: the root's
 * deny lines, early marks, the page's deny lines in the text's order, other marks;
 * marks of tables from the top down, then those of the page.
 */
#include "ptg_core.h"
#include "ptg_mem.h"

#define ATOMIC (PTG_READ | PTG_WRITE)

static enum ptg_fault class_of(const struct ptg_found *w, unsigned rule)
{
	return (enum ptg_fault)w->env.space->format->rules[rule].fault_class;
}

/* --- deny and mark ------------------------------------------------------------------ */

/* The first mark that faults, of the early ones or of the others. */
static unsigned failing_mark(struct ptg_found *w, unsigned access, unsigned early)
{
	const struct ptg_format *f = w->env.space->format;
	const struct ptg_mark *m = f->marks + w->kind->mark_first, *end = m + w->kind->mark_count;

	if (w->mark_rule[early])
		return w->mark_rule[early];
	for (; m < end; m++)
		if (m->early == early && ptg_mark_faults_(&w->env, m, access))
			return m->rule;
	return 0;
}

static PTG_COLD unsigned denying_rule(struct ptg_found *w, unsigned access)
{
	return ptg_denier_(&w->env, w->kind, w->attr, access);
}

/* The rule that forbids the access, or 0; *rights: what the page grants. */
static unsigned forbidden(struct ptg_found *w, unsigned access, unsigned *rights)
{
	unsigned wanted = ptg_wanted_(access), rule;

	w->env.attr = w->attr;
	if (wanted) {
		rule = (unsigned)w->root->flags >> PTG_ROOT_DENY_SHIFT & wanted ? w->root->rule : failing_mark(w, access, 1);
		if (PTG_UNLIKELY(rule)) {
			*rights = 0;
			return rule;
		}
	}
	*rights = ptg_rights_(&w->env, w->kind, w->attr) & ~((unsigned)w->root->flags >> PTG_ROOT_DENY_SHIFT);
	if (!wanted)
		return 0;
	if (PTG_UNLIKELY((wanted & ~*rights) || (access & ATOMIC) == ATOMIC)) {
		rule = denying_rule(w, access);
		if (rule)
			return rule;
	}
	return failing_mark(w, access, 0);
}

/* --- the fast answer ------------------------------------------------------------------ */

static struct ptg_hit fault_hit(const struct ptg_found *w, enum ptg_fault fault)
{
	struct ptg_hit hit = { 0, (uint64_t)fault | (uint64_t)w->table.level << 16 | (uint64_t)w->rule << 48 };

	if (!w->seen)
		hit.info &= ~(uint64_t)0xf0000;
	return hit;
}

struct ptg_hit ptg_hit_of_(const struct ptg_translation *t)
{
	struct ptg_hit hit = { t->pa, (uint64_t)t->fault | (uint64_t)(t->level & 0xf) << 16 |
					      (uint64_t)(t->space & 3) << 20 | (uint64_t)(t->stage & 3) << 22 |
					      (uint64_t)t->rule << 48 };

	if (!t->fault)
		hit.info |= (uint64_t)t->page_lg2 << 8 | (uint64_t)t->contig_lg2 << 24 |
			    (uint64_t)(t->rights & 0xffff) << 32;
	return hit;
}

PTG_COLD struct ptg_hit ptg_slow_lookup_(const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct ptg_found w;
	enum ptg_fault fault;
	struct ptg_hit hit;
	unsigned rights, rule, space;

	if (PTG_UNLIKELY(s->stage[0] != NULL)) {
		struct ptg_translation t;

		ptg_nest_translate_(s, va, access, false, &t);
		return ptg_hit_of_(&t);
	}
	fault = ptg_find_(s, va, access, &w);
	if (PTG_UNLIKELY(fault))
		return fault_hit(&w, fault);
	if (PTG_UNLIKELY(!w.kind)) { /* bypass */
		hit.pa = va;
		hit.info = (uint64_t)0x3f << 32;
		return hit;
	}
	ptg_found_attrs_(&w);
	rule = forbidden(&w, access, &rights);
	if (PTG_UNLIKELY(rule)) {
		w.rule = rule;
		return fault_hit(&w, class_of(&w, rule));
	}
	hit.pa = ptg_page_pa_(w.kind, ptg_addr_(&w.env, w.kind, &space), w.env.size_lg2, va);
	hit.info = (uint64_t)w.env.size_lg2 << 8 | (uint64_t)w.table.level << 16 | (uint64_t)(space & 3) << 20 |
		   (uint64_t)ptg_contig_lg2_(&w.env, w.kind) << 24 | (uint64_t)rights << 32 | (uint64_t)w.rule << 48;
	return hit;
}

/* --- the full answer -------------------------------------------------------------------- */

static void clear(struct ptg_translation *t)
{
	t->pa = t->entry = t->entry_hi = t->entry_pa = 0;
	t->rights = 0;
	t->memtype = t->rule = 0;
	t->fault = t->level = t->page_lg2 = t->contig_lg2 = 0;
	t->key = t->stage = t->space = t->reserved_ = 0;
}

/* What stands in the page entry, whether the access is allowed or not. */
static void describe_page(struct ptg_found *w, struct ptg_translation *t)
{
	const struct ptg_format *f = w->env.space->format;

	t->page_lg2 = (uint8_t)w->env.size_lg2;
	t->contig_lg2 = (uint8_t)ptg_contig_lg2_(&w->env, w->kind);
	if (f->memtype_attr != 0xff)
		t->memtype = (uint16_t)ptg_memtype_(f, w->attr[f->memtype_attr]);
	if (f->key_attr != 0xff)
		t->key = (uint8_t)w->attr[f->key_attr];
}

enum ptg_fault ptg_answer_(struct ptg_found *w, enum ptg_fault fault, unsigned access, struct ptg_translation *t)
{
	unsigned rights, rule, space;

	clear(t);
	t->entry = w->env.e[0];
	t->entry_hi = w->env.e[1];
	t->entry_pa = w->entry_pa;
	t->level = w->seen ? w->table.level : 0;
	t->rule = (uint16_t)w->rule;
	if (!fault && !w->kind) { /* bypass */
		t->pa = w->env.va;
		t->rights = 0x3f;
		return PTG_F_NONE;
	}
	if (!fault) {
		ptg_found_attrs_(w);
		describe_page(w, t);
		rule = forbidden(w, access, &rights);
		t->rights = rights;
		if (rule) {
			t->rule = (uint16_t)rule;
			fault = class_of(w, rule);
		} else {
			t->pa = ptg_page_pa_(w->kind, ptg_addr_(&w->env, w->kind, &space), w->env.size_lg2,
					     w->env.va);
			t->space = (uint8_t)space;
		}
	}
	t->fault = (uint8_t)fault;
	return fault;
}
