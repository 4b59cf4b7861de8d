/* SPDX-License-Identifier: MIT */
/*
 * root.c - where walks start: root registers decoded, or the plain case
 *
 * Evaluated once; a walk only compares and indexes what stands in struct
 * ptg_root afterwards.
 */
#include "ptg_core.h"

static unsigned va_bits(const struct ptg_env *env)
{
	const struct ptg_format *f = env->space->format;

	if (f->va_node == PTG_NONE)
		return f->va_bits;
	return (unsigned)ptg_eval_(env, f->va_node) & 0x7f;
}

/* --- geometry of the first table --------------------------------------------------- */

/* The first level on the path from the top that has address bits below va_lg2; of widths that entries name, the top. */
static unsigned level_for(const struct ptg_format *f, unsigned va_lg2)
{
	unsigned d = f->top;

	while (!(f->flags & PTG_FORMAT_DYNAMIC) && f->levels[d].by == PTG_NONE && f->levels[d].shift >= va_lg2 && f->levels[d].next < d)
		d = f->levels[d].next;
	return d;
}

/*
 * Level and index width under va_lg2 counting address bits, which shrinks to what
 * the start level spans unless `skip` says that bits above do not matter.
 * index_lg2 0: the level's own.  false: no walk can start so.
 */
static bool place_root(const struct ptg_space *s, struct ptg_root *r, uint64_t level, uint64_t index_lg2,
		       unsigned va_lg2, enum ptg_skip skip)
{
	const struct ptg_format *f = s->format;
	const struct ptg_level *l;
	unsigned end;

	if (level >= f->level_count || index_lg2 > 32 || va_lg2 > 64)
		return false;
	l = &f->levels[level];
	r->level = (uint8_t)level;
	r->va_lg2 = (uint8_t)va_lg2;
	r->index_lg2 = (uint8_t)(index_lg2 ? index_lg2 : l->width);
	if (f->flags & PTG_FORMAT_DYNAMIC)
		return index_lg2 && va_lg2 > index_lg2;
	if (l->by != PTG_NONE)
		return true;
	if (va_lg2 <= l->shift)
		return l->width == 0;
	end = l->shift + r->index_lg2;
	if (end > va_lg2)
		r->index_lg2 = (uint8_t)(va_lg2 - l->shift);
	else if (skip != PTG_SKIP_IGNORED)
		r->va_lg2 = (uint8_t)end;
	return true;
}

static void whole_index(struct ptg_root *r)
{
	r->index_first = 0;
	r->index_last = (uint32_t)ptg_mask_(r->index_lg2);
}

/* --- one root statement ---------------------------------------------------------------- */

/* Bounds of the top limit_width bits of the index. */
static void limit_index(const struct ptg_env *env, const struct ptg_root_def *d, struct ptg_root *r)
{
	unsigned below;
	uint64_t lo, hi;

	whole_index(r);
	if (d->limit_hi == PTG_NONE)
		return;
	below = r->index_lg2 > d->limit_width ? (unsigned)(r->index_lg2 - d->limit_width) : 0;
	lo = d->limit_lo == PTG_NONE ? 0 : ptg_eval_(env, d->limit_lo);
	hi = ptg_eval_(env, d->limit_hi);
	if (hi < ptg_mask_(r->index_lg2 - below))
		r->index_last = (uint32_t)(ptg_shl_(hi, below) | ptg_mask_(below));
	r->index_first = lo > ptg_mask_(r->index_lg2 - below) ? r->index_last + 1 : (uint32_t)ptg_shl_(lo, below);
	r->limit_rule = (uint8_t)d->limit_rule;
}

static void ignore_bits(const struct ptg_env *env, const struct ptg_root_def *d, struct ptg_root *r)
{
	const struct ptg_ignore *i = env->space->format->ignores + d->ignore_first;
	const struct ptg_ignore *end = i + d->ignore_count;

	for (; i < end; i++)
		if (i->if_ == PTG_NONE || ptg_eval_(env, i->if_))
			r->va_ignore |= ptg_shl_(ptg_mask_(i->width), i->lo & 63);
}

static void deny_rights(const struct ptg_env *env, const struct ptg_root_def *d, struct ptg_root *r)
{
	const struct ptg_deny *n = env->space->format->denies + d->deny_first, *end = n + d->deny_count;
	unsigned denied = 0;

	for (; n < end; n++) {
		unsigned six = ptg_eval_rights_(env, n->node);

		if (six && !denied)
			r->rule = (uint8_t)n->rule;
		denied |= six;
	}
	r->flags = (uint8_t)(r->flags | denied << PTG_ROOT_DENY_SHIFT);
}

/* The first check of the register that fails: its rule, or 0. */
static unsigned failed_check(const struct ptg_env *env, const struct ptg_root_def *d)
{
	const struct ptg_check *c = env->space->format->checks + d->check_first, *end = c + d->check_count;

	for (; c < end; c++)
		if (!ptg_eval_(env, c->node))
			return c->rule;
	return 0;
}

/* A condition that is not plain: its value for each value of the bits it can read. */
static void select_by_node(struct ptg_env *env, const struct ptg_root_def *d, bool second, struct ptg_root *r)
{
	unsigned n, end = 1u << d->sel_span_width, first = end;
	uint64_t va = env->va;

	for (n = end; n-- > 0;) {
		env->va = ptg_shl_(n, d->sel_span_lo);
		if ((ptg_eval_(env, d->sel_node) != 0) == second)
			first = n; /* the second root is above the first */
		else
			break;
	}
	env->va = va;
	r->sel_lo = d->sel_span_lo;
	r->sel_width = first == end ? 0 : d->sel_span_width;
	r->sel_first = (uint8_t)first;
}

/* root[0].sel_*, from the statement of one root; `second` when it is the one for larger values. */
static void select_bits(struct ptg_env *env, const struct ptg_root_def *d, bool second, struct ptg_root *r)
{
	uint64_t hi, lo;

	if (!d->sel_known) {
		if (d->sel_node != PTG_NONE)
			select_by_node(env, d, second, r);
		return;
	}
	hi = ptg_eval_(env, d->sel_hi);
	lo = ptg_eval_(env, d->sel_lo);
	if (lo > 63 || hi > 63 || hi < lo)
		return; /* [31:32]: always the first root */
	r->sel_lo = (uint8_t)lo;
	r->sel_width = (uint8_t)(hi - lo + 1);
	if (second || !r->sel_first)
		r->sel_first = (uint8_t)(second && !d->sel_not ? d->sel_value : 1);
}

static void decode_root(struct ptg_env *env, const struct ptg_root_def *d, struct ptg_root *r)
{
	const struct ptg_format *f = env->space->format;
	unsigned va_lg2 = d->trim == PTG_NONE ? va_bits(env) : (unsigned)ptg_eval_(env, d->trim) & 0xff;
	uint64_t level, width = d->bits == PTG_NONE ? 0 : ptg_eval_(env, d->bits);
	unsigned rule, space;

	if (d->bypass != PTG_NONE && ptg_eval_(env, d->bypass)) {
		r->flags |= PTG_ROOT_VALID | PTG_ROOT_BYPASS;
		return;
	}
	rule = failed_check(env, d);
	if (rule) {
		r->config_rule = (uint8_t)rule;
		return;
	}
	level = d->start == PTG_NONE ? level_for(f, va_lg2) : ptg_eval_(env, d->start);
	if (va_lg2 > va_bits(env) || !place_root(env->space, r, level, width, va_lg2, (enum ptg_skip)d->skip))
		return;
	r->table = ptg_pieces_(env, d->piece_first, d->piece_count, &space);
	limit_index(env, d, r);
	ignore_bits(env, d, r);
	deny_rights(env, d, r);
	r->flags |= PTG_ROOT_VALID;
}

/* Which of root[] it fills: of two, the second is for the larger values of the selecting bits. */
static unsigned slot_of(struct ptg_env *env, const struct ptg_root_def *d)
{
	const struct ptg_format *f = env->space->format;
	unsigned slot;

	if (!d->sel_known) {
		if (d->sel_node == PTG_NONE)
			return 0;
		env->va = 0;
		slot = !ptg_eval_(env, d->sel_node);
		return slot;
	}
	if (f->root_count > 2)
		return (unsigned)d->sel_value & 3;
	return (d->sel_value != 0) != d->sel_not;
}

/* --- features and contexts that come from registers ------------------------------------------ */

/* The registers an expression reads. */
static uint32_t registers_of(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];

	if (n->op == PTG_OP_REG)
		return (uint32_t)1 << (n->a & 31);
	if (n->op == PTG_OP_CTX_AT || n->op == PTG_OP_EXTERN)
		return registers_of(f, n->b);
	if (n->op < PTG_OP_NOT)
		return 0;
	if (n->op == PTG_OP_NOT || n->op == PTG_OP_SLICE)
		return registers_of(f, n->a);
	return registers_of(f, n->a) | registers_of(f, n->b) |
	       (n->op == PTG_OP_DSLICE ? registers_of(f, n->c) : 0);
}

static bool from_given(const struct ptg_format *f, unsigned node, uint32_t given)
{
	uint32_t read;

	if (node == PTG_NONE)
		return false;
	read = registers_of(f, node);
	return read && !(read & ~given);
}

/* The smaller of what the registers that are given say, inside the parameter's range. */
static void take_param(struct ptg_env *env, const struct ptg_param_def *p, uint32_t given, uint64_t *config)
{
	const struct ptg_format *f = env->space->format;
	uint64_t value = ~(uint64_t)0, one;

	if (from_given(f, p->reg, given))
		value = ptg_eval_(env, p->reg);
	if (from_given(f, p->limit, given)) {
		one = ptg_eval_(env, p->limit);
		value = one < value ? one : value;
	}
	if (value == ~(uint64_t)0)
		return;
	value = value < p->min ? p->min : value > p->max ? p->max : value;
	*config = (*config & ~ptg_shl_(0xff, p->shift)) | ptg_shl_(value, p->shift);
}

static int take_registers(struct ptg_env *env, struct ptg_space *s, uint32_t given)
{
	const struct ptg_format *f = s->format;
	uint64_t config = s->config[0];
	unsigned i;

	for (i = 0; i < f->feature_count; i++)
		if (from_given(f, f->features[i].reg, given)) {
			config &= ~(uint64_t)((uint32_t)1 << i);
			config |= (uint32_t)(ptg_eval_(env, f->features[i].reg) != 0) << i;
		}
	for (i = 0; i < f->param_count; i++)
		take_param(env, &f->params[i], given, &config);
	for (i = 0; i < f->ctx_count; i++)
		if (from_given(f, f->ctx[i].reg, given))
			ptg_put_ctx_(s, &f->ctx[i], ptg_eval_(env, f->ctx[i].reg));
	return ptg_space_config(s, config);
}

/* --- public ---------------------------------------------------------------------------------- */

static void clear_root(struct ptg_root *r, unsigned config_rule)
{
	ptg_zero_(r, sizeof(*r));
	r->config_rule = (uint8_t)config_rule;
}

int ptg_set_root(struct ptg_space *s, const uint64_t *regs, uint32_t given)
{
	const struct ptg_format *f;
	struct ptg_env env;
	uint32_t roots = 0;
	unsigned i;

	if (!s || !s->format || !regs)
		return PTG_E_ARG;
	f = s->format;
	ptg_env_init_(&env, s, NULL, 0);
	env.regs = regs;
	if (take_registers(&env, s, given) != PTG_OK)
		return PTG_E_ARG;
	for (i = 0; i < f->root_count; i++)
		roots |= (uint32_t)1 << (f->roots[i].reg & 31);
	for (i = 0; i < 4; i++)
		clear_root(&s->root[i], i < f->root_count ? f->roots[i].config_rule : 0);
	for (i = 0; i < f->root_count; i++) {
		const struct ptg_root_def *d = &f->roots[i];
		unsigned slot = slot_of(&env, d);
		struct ptg_root *r = &s->root[slot];

		r->config_rule = (uint8_t)d->config_rule;
		env.e[0] = regs[d->reg];
		select_bits(&env, d, slot != 0, &s->root[0]);
		if (!(given & roots) || (given >> (d->reg & 31) & 1))
			decode_root(&env, d, r);
	}
	return PTG_OK;
}

int ptg_space_init(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		   const struct ptg_mapper *mapper, uint64_t root_pa)
{
	int err = mapper ? ptg_space_setup(s, format, walker, mapper) : PTG_E_ARG;
	struct ptg_env env;
	struct ptg_root *r;
	uint64_t width = 0;
	unsigned bits;

	if (err)
		return err;
	ptg_env_init_(&env, s, NULL, 0);
	r = &s->root[0];
	bits = va_bits(&env);
	if (format->flags & PTG_FORMAT_DYNAMIC)
		width = format->levels[format->top].width;
	if (!place_root(s, r, level_for(format, bits), width, bits, PTG_SKIP_NONE))
		return PTG_E_ARG;
	if (root_pa & ptg_mask_(format->levels[r->level].entry_lg2))
		return PTG_E_ALIGN;
	r->table = root_pa;
	whole_index(r);
	r->flags = PTG_ROOT_VALID;
	if (format->root_count == 2)
		select_bits(&env, &format->roots[1], true, r);
	return PTG_OK;
}
