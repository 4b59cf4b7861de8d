/* SPDX-License-Identifier: MIT */
/*
 * entry.c - ptg_decode: what one entry says, by itself
 */
#include "ptg_core.h"

static void clear(struct ptg_decoded *d, unsigned level)
{
	d->pa = d->soft = 0;
	d->rights = 0;
	d->memtype = d->rule = 0;
	d->fault = d->role = d->page_lg2 = d->contig_lg2 = d->key = d->space = 0;
	d->next_level = PTG_NO_LEVEL;
	d->next_lg2 = 0;
	d->reserved_[0] = d->reserved_[1] = d->reserved_[2] = 0;
	d->level = (uint8_t)level;
}

static void say_rule(const struct ptg_format *f, unsigned rule, struct ptg_decoded *d)
{
	d->rule = (uint16_t)rule;
	d->fault = f->rules[rule].fault_class;
}

static void decode_page(struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
			struct ptg_decoded *d)
{
	const struct ptg_format *f = env->space->format;
	uint64_t attr[PTG_ATTRS];
	unsigned space, rule;

	env->size_lg2 = ptg_page_lg2_(env, k, t);
	d->page_lg2 = (uint8_t)env->size_lg2;
	d->pa = ptg_page_pa_(k, ptg_addr_(env, k, &space), env->size_lg2, 0);
	d->space = (uint8_t)space;
	d->contig_lg2 = (uint8_t)ptg_contig_lg2_(env, k);
	d->soft = env->e[0] & k->soft;
	ptg_attrs_neutral_(f, attr);
	ptg_attrs_(env, k, attr);
	d->rights = ptg_rights_(env, k, attr);
	if (f->memtype_attr != 0xff)
		d->memtype = (uint16_t)ptg_memtype_(f, attr[f->memtype_attr]);
	if (f->key_attr != 0xff)
		d->key = (uint8_t)attr[f->key_attr];
	rule = ptg_check_(env, k);
	d->rule = rule ? (uint16_t)rule : k->rule;
	if (rule)
		d->fault = f->rules[rule].fault_class;
}

/*
 * The first child.  Checks on the index of an address, which is not known here,
 * are made for the lowest that a limit allows: index 0 of limits that start there.
 */
static void decode_table(struct ptg_env *env, const struct ptg_kind *k, const struct ptg_table *t,
			 struct ptg_decoded *d)
{
	const struct ptg_format *f = env->space->format;
	struct ptg_table below;
	unsigned first = 0, why, rule, space;
	enum ptg_fault fault = ptg_descend_(env, k, t, &first, &below, &why);

	d->page_lg2 = k->page_lg2;
	d->rule = k->rule;
	if (fault) {
		d->pa = ptg_addr_(env, k, &space);
		d->rule = (uint16_t)why;
		d->fault = (uint8_t)fault;
	} else {
		d->pa = below.pa;
		d->next_level = below.level;
		d->next_lg2 = below.index_lg2;
		env->index_lg2 = below.index_lg2;
	}
	rule = ptg_check_(env, k);
	if (rule && f->rules[rule].fault_class != PTG_F_LENGTH)
		say_rule(f, rule, d);
}

int ptg_decode_(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d)
{
	const struct ptg_format *f = s->format;
	struct ptg_env env;
	struct ptg_table t;
	const struct ptg_kind *k = ptg_kind_(s, level, entry);

	ptg_env_init_(&env, s, entry, 0);
	t.pa = 0;
	t.level = (uint8_t)level;
	t.shift = f->levels[level].shift;
	t.index_lg2 = f->levels[level].width;
	t.added = 0;
	clear(d, level);
	if (!k) {
		d->role = PTG_ROLE_INVALID;
		d->fault = PTG_F_RESERVED;
		return PTG_OK;
	}
	d->role = k->role;
	if (k->role == PTG_ROLE_PAGE)
		decode_page(&env, k, &t, d);
	else if (k->role == PTG_ROLE_TABLE)
		decode_table(&env, k, &t, d);
	else
		say_rule(f, k->rule, d);
	return PTG_OK;
}
