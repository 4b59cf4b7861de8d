/* SPDX-License-Identifier: MIT */
/*
 * attrs.c - attributes over a path, and the rights they leave
 *
 * The deny lines of a format are tabled over the attributes they read:
 * space->rights[], filled by ptg_space_update(), is indexed by the tabled
 * one-bit attributes.  Lines that read more than that are evaluated for each
 * entry; with rights_bits 0xff all of them are.
 */
#include "ptg_core.h"

void ptg_attrs_neutral_(const struct ptg_format *f, uint64_t *attr)
{
	unsigned i;

	for (i = 0; i < f->attr_count; i++)
		attr[i] = f->attrs[i].op == '&' ? f->attrs[i].neutral : 0;
}

static void gather(const struct ptg_format *f, const struct ptg_kind *k, const uint64_t e[2], uint64_t *attr)
{
	const struct ptg_gather *g = f->gathers + k->gather_first, *end = g + k->gather_count;

	for (; g < end; g++)
		if ((ptg_shr_(e[g->bit / 64], g->bit & 63) ^ g->invert) & 1)
			attr[g->acc] = f->attrs[g->acc].op != '&';
}

void ptg_attrs_(const struct ptg_env *env, const struct ptg_kind *k, uint64_t *attr)
{
	const struct ptg_format *f = env->space->format;
	bool table = k->role == PTG_ROLE_TABLE;
	unsigned i;

	if (table && k->gather_count) {
		gather(f, k, env->e, attr);
		return;
	}
	if (k->attr_first == PTG_NONE)
		return;
	for (i = 0; i < f->attr_count; i++) {
		unsigned node = f->attr_node[k->attr_first + i], op = f->attrs[i].op;

		if (node == PTG_NONE)
			continue;
		if (op == '&')
			attr[i] &= ptg_eval_(env, node);
		else if (op == '|')
			attr[i] |= ptg_eval_(env, node);
		else if (!table)
			attr[i] = ptg_eval_(env, node);
	}
}

/* --- rights ------------------------------------------------------------------------ */

unsigned ptg_wanted_(unsigned access)
{
	unsigned want = access & (PTG_READ | PTG_WRITE | PTG_EXEC); /* ORDER enum ptg_access, enum ptg_right */

	return access & PTG_USER ? want : want << 3;
}

/* A deny line whose guard is off in this context cannot fire. */
static unsigned denied(const struct ptg_env *env, const struct ptg_deny *d)
{
	if (d->guard != PTG_NONE && !ptg_eval_(env, d->guard))
		return 0;
	return ptg_eval_rights_(env, d->node);
}

static unsigned tabled_rights(const struct ptg_space *s, const uint64_t *attr)
{
	const struct ptg_format *f = s->format;
	unsigned i, index = 0;

	for (i = 0; i < f->attr_count; i++)
		if (f->attrs[i].table_index != 0xff)
			index |= (unsigned)(attr[i] & 1) << f->attrs[i].table_index;
	return s->rights[index & 63];
}

unsigned ptg_marks_set_(const struct ptg_env *env, const struct ptg_kind *k)
{
	const struct ptg_format *f = env->space->format;
	const struct ptg_mark *m = f->marks + k->mark_first, *end = m + k->mark_count;
	unsigned set = 0;

	for (; m < end; m++)
		if ((env->e[0] & m->mask) == m->value && (m->enabled == PTG_NONE || ptg_eval_(env, m->enabled)))
			set |= m->what == 1 ? PTG_ACCESSED : m->what == 2 ? PTG_DIRTY : 0;
	return set;
}

unsigned ptg_rights_(struct ptg_env *env, const struct ptg_kind *k, const uint64_t *attr)
{
	const struct ptg_format *f = env->space->format;
	const struct ptg_deny *d = f->denies + k->deny_first, *end = d + k->deny_count;
	bool tabled = f->rights_bits != 0xff;
	unsigned rights = tabled ? tabled_rights(env->space, attr) : 0x3f;

	env->attr = attr;
	for (; d < end; d++)
		if (!tabled || !d->tabled)
			rights &= ~denied(env, d);
	if (f->global_attr != 0xff && attr[f->global_attr])
		rights |= PTG_GLOBAL;
	return rights | ptg_marks_set_(env, k);
}

/* An atomic may be denied as such: `read & write & ...` holds for neither of its halves. */
static bool denied_whole(const struct ptg_env *env, const struct ptg_deny *d)
{
	if ((env->access & (PTG_READ | PTG_WRITE)) != (PTG_READ | PTG_WRITE))
		return false;
	if (d->guard != PTG_NONE && !ptg_eval_(env, d->guard))
		return false;
	return ptg_eval_(env, d->node) != 0;
}

unsigned ptg_denier_(struct ptg_env *env, const struct ptg_kind *k, const uint64_t *attr, unsigned access)
{
	const struct ptg_format *f = env->space->format;
	unsigned wanted = ptg_wanted_(access);
	const struct ptg_deny *d = f->denies + k->deny_first, *end = d + k->deny_count;

	env->attr = attr;
	env->access = access;
	for (; d < end; d++)
		if ((denied(env, d) & wanted) || denied_whole(env, d))
			return d->rule;
	return 0;
}

unsigned ptg_memtype_(const struct ptg_format *f, uint64_t value)
{
	const struct ptg_attr *a;
	const struct ptg_value_name *v, *end;

	if (f->memtype_attr == 0xff)
		return PTG_MT_DEFAULT;
	a = &f->attrs[f->memtype_attr];
	v = f->value_names + a->name_first;
	for (end = v + a->name_count; v < end; v++)
		if (v->value == value)
			return v->memtype;
	return PTG_MT_RAW | (unsigned)(value & 0x7fff);
}
