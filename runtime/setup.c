/* SPDX-License-Identifier: MIT */
/*
 * setup.c - a space before it has a root: features, parameters, contexts
 */
#include "ptg_core.h"

static bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* --- what follows from features, parameters and contexts ------------------------------ */

/* One range of bits that must be 0, as this configuration has it. */
static uint64_t cfg_mask(const struct ptg_env *env, const struct ptg_cfg_bits *c)
{
	unsigned lo = c->src_lo, width = c->width;

	if (c->if_ != PTG_NONE && !ptg_eval_(env, c->if_))
		return 0;
	if (c->lo != PTG_NONE) {
		uint64_t v = ptg_eval_(env, c->lo);

		if (v >= c->src_lo + (unsigned)c->width)
			return 0; /* empty by one: [51:52] */
		if (v > c->src_lo)
			lo = (unsigned)v;
		width = c->src_lo + c->width - lo;
	}
	if (c->hi != PTG_NONE) {
		uint64_t end = ptg_eval_(env, c->hi) + 1;

		width = end > lo && end <= 64 ? (unsigned)end - lo : 0;
	}
	return lo < 64 ? ptg_shl_(ptg_mask_(width), lo) : 0;
}

static void set_masks(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	struct ptg_env env;
	unsigned i;

	ptg_env_init_(&env, s, NULL, 0);
	for (i = 1; i < 4; i++)
		s->config[i] = 0;
	for (i = 0; i < f->cfg_count; i++)
		s->config[f->cfg[i].word & 3] |= cfg_mask(&env, &f->cfg[i]);
}

static void set_rights(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	const struct ptg_deny *d = f->denies + f->rights_deny_first;
	uint64_t attr[PTG_ATTRS];
	struct ptg_env env;
	unsigned index, i;

	if (f->rights_bits > 6)
		return;
	ptg_env_init_(&env, s, NULL, 0);
	env.attr = attr;
	for (index = 0; index < 1u << f->rights_bits; index++) {
		unsigned denied = 0;

		for (i = 0; i < f->attr_count; i++)
			attr[i] = f->attrs[i].table_index < 6 ? index >> f->attrs[i].table_index & 1 : 0;
		for (i = 0; i < f->rights_deny_count; i++)
			denied |= ptg_eval_rights_(&env, d[i].node);
		s->rights[index] = (uint8_t)(~denied & 0x3f);
	}
}

void ptg_space_update(struct ptg_space *s)
{
	if (!s || !s->format)
		return;
	if (s->walker && s->walker->update && s->walker != &ptg_generic_walker) {
		s->walker->update(s);
		ptg_quick_build_(s);
		return;
	}
	ptg_update_(s);
}

void ptg_put_need_(struct ptg_space *s, const uint32_t need[16])
{
	unsigned i;

	for (i = 0; i < 16; i++)
		s->need[i] = need ? need[i] : ~(uint32_t)0;
}

/* Few contexts change all rights: what the entry of all marks shows to be so already is left alone. */
void ptg_grant_(struct ptg_space *s, uint64_t key, unsigned rights, const struct ptg_grant_ *marks, unsigned n)
{
	unsigned i;

	if (s->lacking[key | marks[n - 1].key] == ((rights | marks[n - 1].rights) ^ PTG_LACKING))
		return;
	for (i = 0; i < n; i++)
		s->lacking[key | marks[i].key] = (uint16_t)((rights | marks[i].rights) ^ PTG_LACKING);
}

void ptg_update_(struct ptg_space *s)
{
	ptg_put_need_(s, NULL);
	set_masks(s);
	set_rights(s);
	ptg_quick_build_(s);
}

/* --- sizes ------------------------------------------------------------------------------ */

/* Sizes of page kinds, of all or of those that the features allow. */
static uint64_t kind_sizes(const struct ptg_space *s, bool all)
{
	const struct ptg_format *f = s->format;
	uint32_t on = (uint32_t)s->config[0];
	uint64_t sizes = 0;
	unsigned i;

	for (i = 0; i < f->row_count; i++) {
		const struct ptg_row *r = &f->rows[i];
		const struct ptg_kind *k = &f->kinds[r->kind];

		if (k->role == PTG_ROLE_PAGE && (all || (on & r->feature_mask) == r->feature_value))
			sizes |= k->sizes;
	}
	return sizes;
}

static void set_sizes(struct ptg_space *s)
{
	s->page_sizes = s->format->page_sizes & ~(kind_sizes(s, true) & ~kind_sizes(s, false));
}

/* --- the steps ------------------------------------------------------------------------------ */

/* Of a space that only decodes and encodes: nothing can be read. */
static const struct ptg_mapper no_memory;

static bool mapper_fits(const struct ptg_mapper *m)
{
	if (!m)
		return true;
	if (!m->window)
		return m->window_size == 0;
	return ((m->window_pa | m->window_size) & 15) == 0;
}

static void put_ctx(struct ptg_space *s, unsigned lo, unsigned width, uint64_t value)
{
	uint64_t mask = ptg_mask_(width);
	unsigned i = lo / 64, at = lo % 64;

	if (i > 3)
		return;
	value &= mask;
	s->ctx[i] = (s->ctx[i] & ~ptg_shl_(mask, at)) | ptg_shl_(value, at);
	if (at && i < 3)
		s->ctx[i + 1] = (s->ctx[i + 1] & ~ptg_shr_(mask, 64 - at)) | ptg_shr_(value, 64 - at);
}

void ptg_put_ctx_(struct ptg_space *s, const struct ptg_ctx_def *c, uint64_t value)
{
	unsigned width = (unsigned)c->width * c->count;

	put_ctx(s, c->lo, width < 64 ? width : 64, value);
}

static void clear_space(struct ptg_space *s)
{
	volatile unsigned char *p = (volatile unsigned char *)s; /* volatile: not to become a call */
	size_t i;

	for (i = 0; i < sizeof(*s); i++)
		p[i] = 0;
}

int ptg_space_setup(struct ptg_space *s, const struct ptg_format *format, const struct ptg_walker *walker,
		    const struct ptg_mapper *mapper)
{
	unsigned i;

	if (!s || !format || !mapper_fits(mapper))
		return PTG_E_ARG;
	clear_space(s);
	s->format = format;
	s->walker = walker ? walker : &ptg_generic_walker;
	s->mapper = mapper ? mapper : &no_memory;
	s->config[0] = format->default_config0;
	for (i = 0; i < format->ctx_count; i++)
		ptg_put_ctx_(s, &format->ctx[i], format->ctx[i].value);
	for (i = 0; i < 4; i++)
		s->root[i].config_rule = i < format->root_count ? (uint8_t)format->roots[i].config_rule : 0;
	set_sizes(s);
	ptg_space_update(s);
	return PTG_OK;
}

static bool param_fits(const struct ptg_param_def *p, uint64_t value)
{
	return value >= p->min && value <= p->max;
}

int ptg_space_config(struct ptg_space *s, uint64_t config0)
{
	const struct ptg_format *f;
	uint64_t known;
	unsigned i;

	if (!s || !s->format)
		return PTG_E_ARG;
	f = s->format;
	known = ptg_mask_(f->feature_count);
	for (i = 0; i < f->param_count; i++) {
		if (!param_fits(&f->params[i], ptg_shr_(config0, f->params[i].shift) & 0xff))
			return PTG_E_ARG;
		known |= ptg_shl_(0xff, f->params[i].shift);
	}
	if (config0 & ~known)
		return PTG_E_ARG;
	s->config[0] = config0;
	set_sizes(s);
	ptg_space_update(s);
	return PTG_OK;
}

int ptg_space_feature(struct ptg_space *s, const char *name, bool on)
{
	unsigned i;

	if (!s || !s->format || !name)
		return PTG_E_ARG;
	for (i = 0; i < s->format->feature_count; i++) {
		uint64_t bit = (uint32_t)1 << i;

		if (same_name(s->format->features[i].name, name))
			return ptg_space_config(s, on ? s->config[0] | bit : s->config[0] & ~bit);
	}
	return PTG_E_ARG;
}

int ptg_space_param(struct ptg_space *s, const char *name, unsigned value)
{
	unsigned i;

	if (!s || !s->format || !name)
		return PTG_E_ARG;
	for (i = 0; i < s->format->param_count; i++) {
		const struct ptg_param_def *p = &s->format->params[i];
		uint64_t mask = ptg_shl_(0xff, p->shift);

		if (!same_name(p->name, name))
			continue;
		if (!param_fits(p, value))
			return PTG_E_RANGE;
		return ptg_space_config(s, (s->config[0] & ~mask) | ptg_shl_(value, p->shift));
	}
	return PTG_E_ARG;
}

int ptg_space_ctx(struct ptg_space *s, const char *name, uint64_t value)
{
	unsigned i;

	if (!s || !s->format || !name)
		return PTG_E_ARG;
	for (i = 0; i < s->format->ctx_count; i++) {
		if (!same_name(s->format->ctx[i].name, name))
			continue;
		ptg_put_ctx_(s, &s->format->ctx[i], value);
		ptg_space_update(s);
		return PTG_OK;
	}
	return PTG_E_ARG;
}
