/* SPDX-License-Identifier: MIT */
/*
 * step.c - from the root to the first table, and from one table to the next
 *
 * Every step goes to a lower depth, whatever the tables say (law 9): a walk
 * takes at most level_count steps, and at most one more a second child.
 */
#include "ptg_core.h"

static enum ptg_fault class_of(const struct ptg_format *f, unsigned rule)
{
	return (enum ptg_fault)f->rules[rule].fault_class;
}

/* --- the start -------------------------------------------------------------------- */

enum ptg_fault ptg_start_(const struct ptg_space *s, uint64_t va, const struct ptg_root **root,
			  struct ptg_table *t, unsigned *rule)
{
	const struct ptg_format *f = s->format;
	const struct ptg_root *r = ptg_choose_root_(s, va);
	const struct ptg_level *l;
	uint64_t index;

	*root = r;
	*rule = 0;
	if (!(r->flags & PTG_ROOT_VALID) || r->level >= f->level_count) {
		*rule = r->config_rule;
		return *rule && class_of(f, *rule) ? class_of(f, *rule) : PTG_F_CONFIG;
	}
	if (r->flags & PTG_ROOT_BYPASS)
		return PTG_F_NONE;
	if (!ptg_address_fits_(s, r, va)) {
		*rule = 1;
		return PTG_F_NONCANONICAL;
	}
	l = &f->levels[r->level];
	t->pa = r->table;
	t->level = r->level;
	t->index_lg2 = r->index_lg2;
	t->shift = l->shift;
	if (f->flags & PTG_FORMAT_DYNAMIC)
		t->shift = (uint8_t)(r->va_lg2 > r->index_lg2 ? r->va_lg2 - r->index_lg2 : 0);
	t->added = l->flags & PTG_LEVEL_ADDED;
	index = ptg_index_(s, t, va);
	if (index < r->index_first || index > r->index_last) {
		*rule = r->limit_rule;
		return class_of(f, r->limit_rule);
	}
	return PTG_F_NONE;
}

uint64_t ptg_index_(const struct ptg_space *s, const struct ptg_table *t, uint64_t va)
{
	const struct ptg_level *l = &s->format->levels[t->level];

	if (l->by != PTG_NONE) {
		struct ptg_env env;

		ptg_env_init_(&env, s, NULL, va);
		return ptg_eval_(&env, l->by) & ptg_mask_(t->index_lg2);
	}
	return t->shift < 64 ? ptg_shr_(va, t->shift) & ptg_mask_(t->index_lg2) : 0;
}

/* Joined, not added: base and offset share no bit in a well-formed table, and are ORed in others. */
uint64_t ptg_entry_pa_(const struct ptg_space *s, const struct ptg_table *t, uint64_t index)
{
	const struct ptg_level *l = &s->format->levels[t->level];
	uint64_t base = t->pa & ~ptg_mask_(l->entry_lg2); /* entries are aligned, even in hostile tables */
	uint64_t offset = ptg_shl_(index, (unsigned)l->entry_lg2 + l->stride_lg2);

	return t->added ? base + offset : base | offset;
}

/* --- the next table ------------------------------------------------------------------ */

/* Depth of the level with that written number; PTG_NO_LEVEL: none. */
static unsigned depth_of(const struct ptg_format *f, uint64_t number)
{
	unsigned i;

	for (i = 0; i < f->level_count; i++)
		if (f->levels[i].number == number)
			return i;
	return PTG_NO_LEVEL;
}

/* The rule of what is wrong with a table entry that leads nowhere: its last check, for want of a better one. */
static enum ptg_fault nowhere(const struct ptg_format *f, const struct ptg_kind *k, unsigned *rule)
{
	*rule = k->check_count ? f->checks[k->check_first + k->check_count - 1].rule : k->rule;
	return class_of(f, *rule) ? class_of(f, *rule) : PTG_F_RESERVED;
}

/* Index width and shift of the table below; false: they do not fit under the one above. */
static bool place(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
		  struct ptg_table *b)
{
	const struct ptg_format *f = env->space->format;
	const struct ptg_level *l = &f->levels[b->level];
	uint64_t width = l->width;

	if (k->bits != PTG_NONE)
		width = ptg_eval_(env, k->bits);
	if (width > 32)
		return false;
	b->index_lg2 = (uint8_t)width;
	b->shift = l->shift;
	b->added = k->table_added || (l->flags & PTG_LEVEL_ADDED);
	if (f->flags & PTG_FORMAT_DYNAMIC) {
		if (width == 0 || width > t->shift)
			return false;
		b->shift = (uint8_t)(t->shift - width);
	}
	return true;
}

/* Address bits between the two tables' indexes, which a walk that skips levels passes over. */
static bool skipped_bits_set(const struct ptg_env *env, const struct ptg_table *t, const struct ptg_table *b)
{
	unsigned end = b->shift + b->index_lg2;

	return end < t->shift && ptg_shr_(env->va & ptg_mask_(t->shift), end);
}

enum ptg_fault ptg_descend_(const struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
			    unsigned *alternative, struct ptg_table *below, unsigned *rule)
{
	const struct ptg_format *f = env->space->format;
	const struct ptg_next *n = NULL;
	unsigned i = *alternative, level, space;

	for (; i < k->next_count; i++) {
		n = &f->nexts[k->next_first + i];
		if (n->unless == PTG_NONE || !ptg_eval_(env, n->unless))
			break;
	}
	*alternative = i;
	if (k->next_count ? i == k->next_count : i > 0) {
		*rule = k->rule;
		return PTG_F_NOT_PRESENT;
	}
	level = f->levels[t->level].next;
	if (n)
		level = n->level != PTG_NO_LEVEL || n->by == PTG_NONE ? n->level : depth_of(f, ptg_eval_(env, n->by));
	if (level >= t->level) /* PTG_NO_LEVEL too */
		return nowhere(f, k, rule);
	below->level = (uint8_t)level;
	if (!place(env, k, t, below))
		return nowhere(f, k, rule);
	if (k->skip == PTG_SKIP_ZERO && skipped_bits_set(env, t, below)) {
		*rule = k->skip_rule;
		return class_of(f, k->skip_rule);
	}
	if (n && n->piece_count)
		below->pa = ptg_pieces_(env, n->piece_first, n->piece_count, &space);
	else
		below->pa = ptg_addr_(env, k, &space);
	return PTG_F_NONE;
}
