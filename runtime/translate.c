/* SPDX-License-Identifier: MIT */
/*
 * translate.c - one address: the two words, and the full answer
 *
 * First by the digest of the space (quick.c), with nothing but masks and shifts: a
 * page reached through plain tables inside the window, whose access is allowed
 * and whose marks stand.  Everything else, every fault among it, is decided by
 * the walk in find.c.
 */
#include "ptg_core.h"
#include "ptg_quick.h"

#define ATOMIC (PTG_READ | PTG_WRITE)

struct quick {                   /* a page found */
	const struct ptg_root *root;
	const struct ptg_quick_level *level;
	uint64_t e, pa, ones, zeros; /* ones, zeros: bits that are 1, or 0, in some table entry on the path */
	unsigned depth;
	uint32_t spoken;         /* when asked for */
};

/* false: the long way. */
PTG_INLINE bool find_quickly(const struct ptg_space *s, uint64_t va, bool gather, struct quick *w)
{
	const struct ptg_quick *q = &s->quick;
	const struct ptg_root *r;
	const struct ptg_quick_level *l;
	uint64_t table, index, low, e;
	unsigned depth, next;

	if (PTG_UNLIKELY(!ptg_quick_start_(s, va, &r, &index)))
		return false;
	table = r->table;
	depth = r->level;
	l = &q->level[depth];
	low = ptg_mask_(q->entry_lg2);
	w->ones = w->zeros = 0;
	w->spoken = 0;
	for (;;) {
		uint64_t pa = (table & ~low) | ptg_shl_(index, q->entry_lg2);

		if (PTG_UNLIKELY(!PTG_IN_WINDOW(s, pa)))
			return false;
		e = ptg_quick_load_(s, pa);
		if ((e & l->table_mask) != l->table_value) {
			w->pa = pa;
			break;
		}
		if (PTG_UNLIKELY(e & l->table_zero))
			return false;
		w->ones |= e;
		w->zeros |= ~e;
		if (gather)
			w->spoken |= ptg_quick_said_(s->format, &s->format->kinds[l->table_kind], e);
		table = ptg_shr_(ptg_shl_(e & l->table_addr, l->table_shl), l->table_shr);
		next = l->next;
		depth = next;
		l = &q->level[next];
		index = ptg_shr_(va, l->shift) & ptg_mask_(l->width);
	}
	if (PTG_UNLIKELY(!ptg_quick_is_page_(l, e)))
		return false;
	w->root = r;
	w->level = l;
	w->e = e;
	w->depth = depth;
	return true;
}

/* Rights by the table of rights; false: a mark is missing or the access is not allowed. */
PTG_INLINE bool rights_quickly(const struct ptg_space *s, const struct quick *w, unsigned access, unsigned *rights)
{
	const struct ptg_quick *q = &s->quick;
	const struct ptg_quick_level *l = w->level;
	unsigned i, index = 0, r = 0, wanted = ptg_wanted_(access), missing = 0;

	for (i = 0; i < q->attr_count; i++) {
		unsigned how = l->attr_how[i], up = q->up_how[i];
		unsigned v = how > 1 ? how - 2 : ((unsigned)ptg_shr_(w->e, l->attr_bit[i]) ^ how) & 1;

		if (up < 2) {
			unsigned spoken = (unsigned)ptg_shr_(up ? w->zeros : w->ones, q->up_bit[i]) & 1;

			v = q->attr_or[i] ? v | spoken : v & ~spoken;
		}
		if (q->attr_index[i] == 0xff)
			r |= v ? PTG_GLOBAL : 0;
		else
			index |= v << q->attr_index[i];
	}
	for (i = 0; i < q->mark_count; i++) {
		if ((w->e & q->mark_mask[i]) == q->mark_value[i])
			r |= q->mark_right[i];
		else
			missing |= q->mark_access[i];
	}
	r |= s->rights[index & 63] & ~((unsigned)w->root->flags >> PTG_ROOT_DENY_SHIFT);
	*rights = r;
	return !((wanted & ~r) || (wanted && (missing & access)) || (access & ATOMIC) == ATOMIC);
}

PTG_INLINE uint64_t page_address(const struct quick *w, uint64_t va)
{
	const struct ptg_quick_level *l = w->level;
	uint64_t in = ptg_mask_(l->page_lg2);

	return (ptg_shr_(ptg_shl_(w->e & l->page_addr, l->page_shl), l->page_shr) & ~in) | (va & in);
}

static PTG_COLD unsigned contig_of(const struct ptg_space *s, const struct ptg_kind *k, uint64_t e)
{
	struct ptg_env env;
	const uint64_t both[2] = { e, 0 };

	ptg_env_init_(&env, s, both, 0);
	return ptg_contig_lg2_(&env, k);
}

struct ptg_hit ptg_lookup_(const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct quick w;
	struct ptg_hit hit;
	unsigned rights;
	const struct ptg_kind *k;

	if (PTG_UNLIKELY(!(s->quick.usable & 2) || !find_quickly(s, va, false, &w) ||
			 !rights_quickly(s, &w, access, &rights)))
		return ptg_slow_lookup_(s, va, access);
	hit.pa = page_address(&w, va);
	hit.info = (uint64_t)w.level->page_lg2 << 8 | (uint64_t)w.depth << 16 | (uint64_t)rights << 32 |
		   (uint64_t)w.level->page_rule << 48;
	k = &s->format->kinds[w.level->page_kind];
	if (PTG_UNLIKELY(k->contig_lg2))
		hit.info |= (uint64_t)contig_of(s, k, w.e) << 24;
	return hit;
}

/* --- the full answer ------------------------------------------------------------------- */

/* An attribute of the page alone. */
static uint64_t own_attr(const struct ptg_env *env, const struct ptg_kind *k, unsigned a)
{
	const struct ptg_format *f = env->space->format;

	if (k->attr_first == PTG_NONE || f->attr_node[k->attr_first + a] == PTG_NONE)
		return 0;
	return ptg_eval_(env, f->attr_node[k->attr_first + a]);
}

static bool is_own(const struct ptg_format *f, unsigned a)
{
	return a == 0xff || !f->attrs[a].op;
}

static void describe(const struct ptg_space *s, const struct quick *w, uint64_t va, unsigned rights,
		     struct ptg_translation *t)
{
	const struct ptg_format *f = s->format;
	const struct ptg_kind *k = &f->kinds[w->level->page_kind];
	const uint64_t e[2] = { w->e, 0 };
	struct ptg_env env;

	ptg_env_init_(&env, s, e, va);
	t->pa = page_address(w, va);
	t->entry = w->e;
	t->entry_hi = 0;
	t->entry_pa = w->pa;
	t->rights = rights;
	t->memtype = f->memtype_attr == 0xff ? (uint16_t)PTG_MT_DEFAULT
					     : (uint16_t)ptg_memtype_(f, own_attr(&env, k, f->memtype_attr));
	t->key = f->key_attr == 0xff ? 0 : (uint8_t)own_attr(&env, k, f->key_attr);
	t->rule = w->level->page_rule;
	t->fault = PTG_F_NONE;
	t->level = (uint8_t)w->depth;
	t->page_lg2 = w->level->page_lg2;
	t->contig_lg2 = (uint8_t)ptg_contig_lg2_(&env, k);
	t->stage = t->space = t->reserved_ = 0;
}

/* A page found quickly, its rights the long way. */
static enum ptg_fault answer_found(const struct ptg_space *s, uint64_t va, unsigned access, const struct quick *q,
				   struct ptg_translation *t)
{
	struct ptg_found w;
	const uint64_t e[2] = { q->e, 0 };

	ptg_env_init_(&w.env, s, e, va);
	w.env.size_lg2 = q->level->page_lg2;
	w.env.access = access;
	w.table.level = (uint8_t)q->depth;
	w.root = q->root;
	w.kind = &s->format->kinds[q->level->page_kind];
	w.entry_pa = q->pa;
	w.spoken = q->spoken;
	w.seen = 1;
	w.slow = false;
	w.rule = q->level->page_rule;
	w.mark_rule[0] = w.mark_rule[1] = 0;
	return ptg_answer_(&w, PTG_F_NONE, access, t);
}

enum ptg_fault ptg_translate_(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t)
{
	const struct ptg_format *f = s->format;
	struct ptg_found w;
	struct quick q;
	enum ptg_fault fault;
	unsigned rights;

	if (s->stage[0])
		return ptg_nest_translate_(s, va, access, false, t);
	if (PTG_LIKELY((s->quick.usable & 2) && is_own(f, f->memtype_attr) && is_own(f, f->key_attr) &&
		       find_quickly(s, va, false, &q) && rights_quickly(s, &q, access, &rights))) {
		describe(s, &q, va, rights, t);
		return PTG_F_NONE;
	}
	if ((s->quick.usable & 1) && find_quickly(s, va, true, &q))
		return answer_found(s, va, access, &q, t);
	fault = ptg_find_(s, va, access, &w);
	return ptg_answer_(&w, fault, access, t);
}
