/* SPDX-License-Identifier: MIT */
/*
 * find.c - the walk itself: from an address to the entry that decides
 *
 * One loop, one load an entry; every turn of it goes to a lower depth, or from a
 * `pass` entry to the next alternative of the table above it.  Marks and deny
 * lines come after (translate.c).
 */
#include "ptg_core.h"
#include "ptg_mem.h"

/* A step that may be taken again: the table kind whose first child said `pass`. */
struct parent {
	const struct ptg_kind *kind;
	struct ptg_table table;
	uint64_t e[2];
	unsigned alternative;
};

/* Reading a first-stage table is an access of the second stage. */
static PTG_COLD int load_via(struct ptg_found *w, uint64_t *pa, unsigned entry_lg2, uint64_t e[2])
{
	e[0] = e[1] = 0;
	w->via_fault = w->via_mark ? ptg_access_mem(w->via, *pa, w->via_access, w->via_result)
				   : ptg_translate(w->via, *pa, w->via_access, w->via_result);
	if (w->via_fault)
		return PTG_E_FAULT;
	*pa = w->via_result->pa;
	return ptg_load_(w->via, *pa, entry_lg2, e);
}

static PTG_COLD void note(struct ptg_path *path, const struct ptg_found *w, uint64_t pa)
{
	unsigned i = path->count;

	if (i > PTG_LEVELS)
		return;
	path->pa[i] = pa;
	path->entry[i] = w->env.e[0];
	path->entry_hi[i] = w->env.e[1];
	path->kind[i] = w->kind;
	path->count++;
}

/* A table's mark that neither stands nor is set by hardware: the walk goes on, the fault comes at the end. */
static void check_table_marks(struct ptg_found *w, unsigned access)
{
	const struct ptg_format *f = w->env.space->format;
	const struct ptg_mark *m = f->marks + w->kind->mark_first, *end = m + w->kind->mark_count;

	for (; m < end; m++)
		if (!w->mark_rule[m->early & 1] && ptg_mark_faults_(&w->env, m, access))
			w->mark_rule[m->early & 1] = m->rule;
}

static void gather(struct ptg_found *w)
{
	const struct ptg_format *f = w->env.space->format;
	const struct ptg_kind *k = w->kind;
	const struct ptg_gather *g = f->gathers + k->gather_first, *end = g + k->gather_count;

	if (k->attr_first == PTG_NONE || k->gather_count) {
		for (; g < end; g++) {
			uint64_t word = g->bit < 64 ? w->env.e[0] : w->env.e[1];

			w->spoken |= (((uint32_t)ptg_shr_(word, g->bit & 63) ^ g->invert) & 1) << g->acc;
		}
		return;
	}
	if (!w->slow) {
		w->slow = true;
		ptg_attrs_neutral_(f, w->attr);
	}
	ptg_attrs_(&w->env, k, w->attr);
}

/* After `pass`: the next alternative of the table above.  false: there is none, the pass is the fault. */
static bool next_alternative(struct ptg_found *w, struct parent *p, struct ptg_table *below)
{
	struct ptg_env env;
	unsigned rule;

	if (!p->kind)
		return false;
	ptg_env_init_(&env, w->env.space, p->e, w->env.va);
	p->alternative++;
	return ptg_descend_(&env, p->kind, &p->table, &p->alternative, below, &rule) == PTG_F_NONE;
}

/* Does a check of the kind look at the index in the table below? */
static bool limits_index(const struct ptg_format *f, const struct ptg_kind *k)
{
	const struct ptg_check *c = f->checks + k->check_first, *end = c + k->check_count;

	for (; c < end; c++)
		if (f->rules[c->rule].fault_class == PTG_F_LENGTH)
			return true;
	return false;
}

/* How far the table below is the one: an entry's span, or less where bits are skipped or the index is limited. */
static uint8_t scope(const struct ptg_format *f, const struct ptg_kind *k, const struct ptg_table *t,
		     const struct ptg_table *below)
{
	unsigned end = (unsigned)below->shift + below->index_lg2;

	if (k->check_count && limits_index(f, k))
		return below->shift;
	return (uint8_t)(end < t->shift ? end : t->shift);
}

/* A table entry: checks, inheritance, the way down. */
PTG_INLINE enum ptg_fault through_table(struct ptg_found *w, unsigned access, struct parent *p,
					struct ptg_table *below)
{
	const struct ptg_kind *k = w->kind;
	enum ptg_fault fault;
	unsigned rule;

	p->kind = k;
	ptg_table_copy_(&p->table, &w->table);
	p->e[0] = w->env.e[0];
	p->e[1] = w->env.e[1];
	p->alternative = 0;
	fault = ptg_descend_(&w->env, k, &w->table, &p->alternative, below, &w->rule);
	if (!fault && k->check_count) { /* `limit` speaks of the index in the table below */
		w->env.index = ptg_index_(w->env.space, below, w->env.va);
		w->env.index_lg2 = below->index_lg2;
	}
	rule = ptg_check_(&w->env, k);
	if (PTG_UNLIKELY(rule)) {
		enum ptg_fault class = (enum ptg_fault)w->env.space->format->rules[rule].fault_class;

		w->rule = rule;
		if (class == PTG_F_LENGTH && !fault)
			w->hole_lg2 = below->shift;
		return class;
	}
	if (PTG_UNLIKELY(fault))
		return fault;
	if (access && k->mark_count)
		check_table_marks(w, access);
	gather(w);
	return PTG_F_NONE;
}

static enum ptg_fault at_page(struct ptg_found *w)
{
	unsigned rule;

	w->env.size_lg2 = ptg_page_lg2_(&w->env, w->kind, &w->table);
	rule = ptg_check_(&w->env, w->kind);
	w->rule = rule ? rule : w->kind->rule;
	return rule ? (enum ptg_fault)w->env.space->format->rules[rule].fault_class : PTG_F_NONE;
}

static void begin(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w)
{
	ptg_env_init_(&w->env, s, NULL, va);
	w->env.access = access;
	w->spoken = w->seen = 0;
	w->slow = false;
	w->mark_rule[0] = w->mark_rule[1] = 0;
	w->kind = NULL;
	w->entry_pa = 0;
	w->table.level = 0;
	w->scope_lg2 = 64;
	w->hole_lg2 = 64;
}

/* From the table in w, which is on the path for w->env.va. */
PTG_INLINE enum ptg_fault descend(struct ptg_found *w, unsigned access, bool through, struct ptg_path *path)
{
	const struct ptg_space *s = w->env.space;
	const struct ptg_format *f = s->format;
	uint64_t va = w->env.va, e[2];
	struct parent parent;
	enum ptg_fault fault;

	parent.kind = NULL;
	for (;;) {
		const struct ptg_level *l = &f->levels[w->table.level];
		uint64_t index = ptg_index_(s, &w->table, va);
		uint64_t pa = ptg_entry_pa_(s, &w->table, index), written = pa;
		int err = through && w->via ? load_via(w, &pa, l->entry_lg2, e) : ptg_load_(s, pa, l->entry_lg2, e);

		w->entry_pa = pa;
		w->seen = 1;
		w->env.e[0] = e[0];
		w->env.e[1] = e[1];
		w->rule = 0;
		if (PTG_UNLIKELY(err))
			return PTG_F_UNREADABLE;
		w->kind = ptg_kind_(s, w->table.level, e);
		if (PTG_UNLIKELY(!w->kind))
			return PTG_F_RESERVED;
		if (path)
			note(path, w, written);
		if (w->kind->role == PTG_ROLE_TABLE) {
			struct ptg_table below;

			fault = through_table(w, access, &parent, &below);
			if (PTG_UNLIKELY(fault))
				return fault;
			w->scope_lg2 = scope(f, w->kind, &w->table, &below);
			ptg_table_copy_(&w->table, &below);
			continue;
		}
		if (w->kind->role == PTG_ROLE_PAGE)
			return at_page(w);
		if (w->kind->role == PTG_ROLE_PASS) {
			uint8_t shift = w->table.shift;

			if (next_alternative(w, &parent, &w->table)) {
				w->scope_lg2 = shift;
				if (path)
					path->count--;
				continue;
			}
		}
		w->rule = w->kind->rule;
		return (enum ptg_fault)f->rules[w->rule].fault_class;
	}
}

enum ptg_fault ptg_find_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w)
{
	enum ptg_fault fault;

	begin(s, va, access, w);
	fault = ptg_start_(s, va, &w->root, &w->table, &w->rule);
	if (PTG_UNLIKELY(fault || (w->root->flags & PTG_ROOT_BYPASS)))
		return fault;
	return descend(w, access, false, NULL);
}

enum ptg_fault ptg_find_path_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_found *w,
			      struct ptg_path *path)
{
	enum ptg_fault fault;

	begin(s, va, access, w);
	path->count = 0;
	fault = ptg_start_(s, va, &w->root, &w->table, &w->rule);
	if (fault || (w->root->flags & PTG_ROOT_BYPASS))
		return fault;
	return descend(w, access, true, path);
}

enum ptg_fault ptg_find_in_(const struct ptg_space *s, uint64_t va, const struct ptg_root *root,
			    const struct ptg_table *t, uint32_t spoken, struct ptg_found *w)
{
	begin(s, va, PTG_LOOK, w);
	w->root = root;
	ptg_table_copy_(&w->table, t);
	w->spoken = spoken;
	return descend(w, PTG_LOOK, false, NULL);
}

/* --- attributes of what was found --------------------------------------------------------- */

/* The shapes most attributes have, without the evaluator. */
PTG_INLINE uint64_t simple_value(const struct ptg_env *env, unsigned node)
{
	const struct ptg_node *nodes = env->space->format->nodes, *n = &nodes[node];

	if (n->op == PTG_OP_CONST)
		return n->imm;
	if (n->op == PTG_OP_ENTRY && n->lo + n->width <= 64)
		return ptg_shr_(env->e[0], n->lo) & ptg_mask_(n->width);
	if (n->op == PTG_OP_NOT && nodes[n->a].op == PTG_OP_ENTRY && nodes[n->a].width == 1 && nodes[n->a].lo < 64)
		return ~ptg_shr_(env->e[0], nodes[n->a].lo) & 1;
	return ptg_eval_(env, node);
}

/* Bit n of `skip`: attribute n is not asked for. */
PTG_INLINE void found_attrs(struct ptg_found *w, uint32_t skip)
{
	const struct ptg_format *f = w->env.space->format;
	const struct ptg_kind *k = w->kind;
	const uint16_t *nodes = f->attr_node + k->attr_first;
	unsigned i;

	for (i = 0; i < f->attr_count; i++) {
		unsigned op = f->attrs[i].op;
		uint64_t spoken = w->spoken >> i & 1, up = 0, own;

		if (op == '&')
			up = (w->slow ? w->attr[i] : f->attrs[i].neutral) & (spoken - 1);
		else if (op == '|')
			up = (w->slow ? w->attr[i] : 0) | spoken;
		if (k->attr_first == PTG_NONE || nodes[i] == PTG_NONE || (skip >> i & 1)) {
			w->attr[i] = up;
			continue;
		}
		own = simple_value(&w->env, nodes[i]);
		w->attr[i] = op == '&' ? up & own : op == '|' ? up | own : own;
	}
	w->env.attr = w->attr;
}

void ptg_found_attrs_(struct ptg_found *w)
{
	found_attrs(w, 0);
}
