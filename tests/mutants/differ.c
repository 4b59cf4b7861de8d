/* SPDX-License-Identifier: MIT */
/*
 * differ.c - do two plans of one format mean the same?
 *
 * The same registers, features, contexts, memory, addresses and entries go through
 * both.  Entries come from a pool for each level: the description's examples and
 * what the encoder writes, with a few bits changed, and words with few or many bits.
 */
#include "tests/mutants/differ.h"

#include <string.h>

#include "runtime/ptg_core.h"

#define POOL 96u
#define ROUND 250u

struct pool { uint64_t e[POOL][2]; unsigned count; };

struct pair {
	const struct plan *plan[2];
	struct ptg_space space[2];
	struct ptg_mapper mapper[2];
	struct memory { struct pair *p; unsigned reads; } memory[2];
	struct pool table[PTG_LEVELS], page[PTG_LEVELS];
	uint64_t random, seed;
};

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t draw(uint64_t *random)
{
	*random += 1;
	return mix(*random);
}

/* --- entries --------------------------------------------------------------------- */

static void pool_add(struct pool *pool, const uint64_t e[2])
{
	if (pool->count == POOL)
		return;
	pool->e[pool->count][0] = e[0];
	pool->e[pool->count++][1] = e[1];
}

static void sort_in(struct pair *p, unsigned level, const uint64_t e[2])
{
	struct ptg_decoded d;

	if (ptg_decode(&p->space[0], level, e, &d) == PTG_OK)
		pool_add(d.role == PTG_ROLE_TABLE && d.fault == PTG_F_NONE ? &p->table[level] : &p->page[level], e);
}

static void fill_pools(struct pair *p)
{
	const struct ptg_format *f = &p->plan[0]->format;
	uint64_t e[2];

	for (const struct model_stmts *x = p->plan[0]->model->examples; x; x = x->next)
		for (unsigned l = 0; x->ast->expr && l < f->level_count; l++) {
			const char *at = x->ast->after.text;

			e[0] = x->ast->expr->value;
			e[1] = x->ast->expr->high;
			if (!at || strcmp(at, f->levels[l].name) == 0)
				sort_in(p, l, e);
		}
	for (unsigned l = 0; l < f->level_count; l++)
		for (unsigned i = 0; i < 16; i++) {
			struct ptg_attrs a = { .rights = (uint32_t)draw(&p->random) & 511, .care = 511 };
			uint64_t pa = draw(&p->random) & draw(&p->random);

			if (ptg_encode(&p->space[0], l, pa & ~UINT64_C(0) << (12 + i * 3 % 20), &a, e) == PTG_OK)
				sort_in(p, l, e);
			if (ptg_encode_table(&p->space[0], l, pa & ~UINT64_C(0xffff), e) == PTG_OK)
				sort_in(p, l, e);
		}
}

/* An entry for that level, decided by *random alone. */
static void draw_entry(struct pair *p, unsigned level, uint64_t *random, uint64_t e[2])
{
	uint64_t r = draw(random);
	const struct pool *pool = r % 4 < 3 && level ? &p->table[level] : &p->page[level];

	if (r >> 8 & 1)
		pool = pool == &p->page[level] ? &p->table[level] : &p->page[level];
	if (!pool->count || (r >> 16) % 16 == 0) {
		e[0] = draw(random) & draw(random);
		e[1] = draw(random) & draw(random);
		if (r >> 24 & 1)
			e[0] &= draw(random);
	} else {
		memcpy(e, pool->e[(r >> 32) % pool->count], 2 * sizeof(*e));
		for (r = draw(random); r & 1; r >>= 1)
			e[draw(random) % 16 == 0] ^= UINT64_C(1) << draw(random) % 64;
	}
	if (p->plan[0]->format.levels[level].entry_lg2 < 4)
		e[1] = 0;
	if (p->plan[0]->format.levels[level].entry_lg2 < 3)
		e[0] &= (UINT64_C(1) << (8u << p->plan[0]->format.levels[level].entry_lg2)) - 1;
}

static int read_memory(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct memory *m = priv;
	const struct ptg_format *f = &m->p->plan[0]->format;
	unsigned level = m->reads < f->level_count ? f->level_count - 1 - m->reads : 0;
	uint64_t random = mix(pa & ~UINT64_C(15)) ^ m->p->seed, e[2];

	if (n > 16)
		return -1;
	draw_entry(m->p, level, &random, e);
	m->reads++;
	if (n < 16 && pa & 8)
		e[0] ^= UINT64_C(0x1000);
	for (size_t i = 0; i < n; i++) {
		size_t at = f->flags & PTG_FORMAT_BIG ? n - 1 - i : i;

		((uint8_t *)dst)[i] = (uint8_t)(e[at / 8] >> 8 * (at % 8));
	}
	return 0;
}

static const struct ptg_mapper_ops ops = { .read_bytes = read_memory };

/* --- the same names for both ------------------------------------------------------------ */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_shape(const struct ptg_format *a, const struct ptg_format *b)
{
	if (a->level_count != b->level_count || a->feature_count != b->feature_count || a->param_count != b->param_count ||
	    a->ctx_count != b->ctx_count || a->reg_count != b->reg_count || a->attr_count != b->attr_count || a->flags != b->flags)
		return false;
	for (unsigned i = 0; i < a->level_count; i++)
		if (!same_text(a->levels[i].name, b->levels[i].name))
			return false;
	for (unsigned i = 0; i < a->feature_count; i++)
		if (!same_text(a->features[i].name, b->features[i].name))
			return false;
	for (unsigned i = 0; i < a->param_count; i++)
		if (!same_text(a->params[i].name, b->params[i].name))
			return false;
	for (unsigned i = 0; i < a->ctx_count; i++)
		if (!same_text(a->ctx[i].name, b->ctx[i].name) || a->ctx[i].width != b->ctx[i].width || a->ctx[i].count != b->ctx[i].count)
			return false;
	for (unsigned i = 0; i < a->reg_count; i++)
		if (!same_text(a->regs[i].name, b->regs[i].name))
			return false;
	for (unsigned i = 0; i < a->attr_count; i++)
		if (!same_text(a->attrs[i].name, b->attrs[i].name))
			return false;
	return true;
}

/* --- settings ------------------------------------------------------------------------------ */

/* `param pa_bits = 48 in 32, 36, 40, 42, 44, 48`: the plan knows the extremes only. */
static bool in_set(const struct model_format *f, unsigned param, unsigned value)
{
	struct model_config config;
	struct model_where w = { f, &config, -1, -1 };
	int64_t lo, hi;

	model_default_config(f, &config);
	for (const struct ast_set *s = f->params[param].set; s; s = s->next)
		if (model_fold(&w, s->lo, &lo) && (!s->hi || model_fold(&w, s->hi, &hi)) && value >= lo && value <= (s->hi ? hi : lo))
			return true;
	return false;
}

static bool set_features(struct pair *p)
{
	const struct ptg_format *f = &p->plan[0]->format;
	bool same = true;

	for (unsigned i = 0; i < f->feature_count; i++) {
		bool on = draw(&p->random) & 1;

		if (draw(&p->random) & 1)
			same &= ptg_space_feature(&p->space[0], f->features[i].name, on) == ptg_space_feature(&p->space[1], f->features[i].name, on);
	}
	for (unsigned i = 0; i < f->param_count; i++) {
		unsigned value = f->params[i].min + (unsigned)(draw(&p->random) % (f->params[i].max - f->params[i].min + 1u));

		if (draw(&p->random) % 4 == 0 || !in_set(p->plan[0]->model, i, value))
			value = f->params[i].max;
		same &= ptg_space_param(&p->space[0], f->params[i].name, value) == ptg_space_param(&p->space[1], f->params[i].name, value);
	}
	for (unsigned i = 0; i < f->ctx_count; i++) {
		uint64_t value = draw(&p->random) & (draw(&p->random) | draw(&p->random));
		unsigned bits = f->ctx[i].width * f->ctx[i].count;

		if (bits < 64)
			value &= (UINT64_C(1) << bits) - 1;
		if (draw(&p->random) & 1)
			same &= ptg_space_ctx(&p->space[0], f->ctx[i].name, value) == ptg_space_ctx(&p->space[1], f->ctx[i].name, value);
	}
	return same;
}

/* Registers for both; those of a space that has none stay as ptg_space_init() leaves them. */
static bool set_root(struct pair *p)
{
	const struct ptg_format *f = &p->plan[0]->format;
	uint64_t regs[32] = { 0 };
	uint32_t given = draw(&p->random) & 1 ? ~UINT32_C(0) : 0;

	for (unsigned i = 0; i < f->reg_count && i < 32; i++) {
		regs[i] = draw(&p->random);
		if (draw(&p->random) & 1)
			regs[i] &= draw(&p->random) & UINT64_C(0x0fffffffffffffff);
		if (f->regs[i].bits < 64)
			regs[i] &= (UINT64_C(1) << f->regs[i].bits) - 1;
	}
	return ptg_set_root(&p->space[0], regs, given) == ptg_set_root(&p->space[1], regs, given);
}

static const char *setup(struct pair *p)
{
	bool registers = p->plan[0]->format.reg_count && draw(&p->random) % 3;
	int code[2];

	p->seed = draw(&p->random);
	for (unsigned i = 0; i < 2; i++) {
		p->memory[i] = (struct memory){ p, 0 };
		p->mapper[i] = (struct ptg_mapper){ .ops = &ops, .priv = &p->memory[i] };
		memset(&p->space[i], 0, sizeof(p->space[i]));
		code[i] = registers ? ptg_space_setup(&p->space[i], &p->plan[i]->format, &ptg_generic_walker, &p->mapper[i]) :
				      ptg_space_init(&p->space[i], &p->plan[i]->format, &ptg_generic_walker, &p->mapper[i], 0x10000);
	}
	if (code[0] != code[1])
		return "a space";
	if (draw(&p->random) % 3 && !set_features(p))
		return "a setting";
	return registers && !set_root(p) ? "a root" : NULL;
}

/* --- one input --------------------------------------------------------------------------------- */

static const char *fault_name(const struct pair *p, unsigned i, unsigned rule)
{
	return p->plan[i]->format.rules[rule].fault;
}

static bool same_attributes(const struct pair *p, unsigned level, const uint64_t e[2])
{
	uint64_t attr[2][PTG_ATTRS];

	for (unsigned i = 0; i < 2; i++) {
		const struct ptg_kind *k = ptg_kind_(&p->space[i], level, e);
		struct ptg_env env;

		ptg_env_init_(&env, &p->space[i], e, 0);
		ptg_attrs_neutral_(p->space[i].format, attr[i]);
		if (k)
			ptg_attrs_(&env, k, attr[i]);
	}
	return memcmp(attr[0], attr[1], p->plan[0]->format.attr_count * sizeof(attr[0][0])) == 0;
}

static const char *one_decode(struct pair *p)
{
	unsigned level = (unsigned)(draw(&p->random) % p->plan[0]->format.level_count);
	struct ptg_decoded d[2] = { { 0 } };
	uint64_t e[2];
	int code[2];

	draw_entry(p, level, &p->random, e);
	for (unsigned i = 0; i < 2; i++)
		code[i] = ptg_decode(&p->space[i], level, e, &d[i]);
	if (code[0] != code[1] || d[0].fault != d[1].fault)
		return "decode";
	if (code[0])
		return NULL;
	if (!same_text(fault_name(p, 0, d[0].rule), fault_name(p, 1, d[1].rule)) || d[0].role != d[1].role)
		return "decode";
	if (d[0].fault)
		return NULL;
	if (d[0].pa != d[1].pa || d[0].rights != d[1].rights || d[0].memtype != d[1].memtype || d[0].page_lg2 != d[1].page_lg2 ||
	    d[0].contig_lg2 != d[1].contig_lg2 || d[0].key != d[1].key || d[0].space != d[1].space || d[0].soft != d[1].soft ||
	    d[0].next_level != d[1].next_level || d[0].next_lg2 != d[1].next_lg2)
		return "decode";
	return same_attributes(p, level, e) ? NULL : "decode";
}

static const char *one_translate(struct pair *p)
{
	unsigned access = (unsigned)draw(&p->random) & 15, bits = p->plan[0]->format.va_bits;
	uint64_t va = draw(&p->random);
	struct ptg_translation t[2] = { { 0 } };

	if (access & PTG_EXEC)
		access &= PTG_EXEC | PTG_USER;
	switch (draw(&p->random) % 4) {
	case 0:
		break;
	case 1:
		va = bits < 64 ? (uint64_t)((int64_t)(va << (64 - bits)) >> (64 - bits)) : va;
		break;
	case 2:
		va = bits < 64 ? va & ((UINT64_C(1) << bits) - 1) : va;
		break;
	default:
		va >>= draw(&p->random) % 64;
		break;
	}
	for (unsigned i = 0; i < 2; i++) {
		p->memory[i].reads = 0;
		ptg_translate(&p->space[i], va, access, &t[i]);
	}
	if (t[0].pa != t[1].pa || t[0].entry != t[1].entry || t[0].entry_hi != t[1].entry_hi || t[0].entry_pa != t[1].entry_pa ||
	    t[0].fault != t[1].fault || t[0].level != t[1].level || !same_text(fault_name(p, 0, t[0].rule), fault_name(p, 1, t[1].rule)))
		return "translate";
	if (!t[0].fault && (t[0].rights != t[1].rights || t[0].memtype != t[1].memtype || t[0].page_lg2 != t[1].page_lg2 ||
			    t[0].contig_lg2 != t[1].contig_lg2 || t[0].key != t[1].key || t[0].space != t[1].space))
		return "translate";
	return NULL;
}

static const char *one_encode(struct pair *p)
{
	unsigned level = (unsigned)(draw(&p->random) % p->plan[0]->format.level_count), low = (unsigned)(draw(&p->random) % 31);
	struct ptg_attrs a = { .rights = (uint32_t)draw(&p->random) & 511, .care = (uint32_t)(draw(&p->random) & 511) };
	uint64_t pa = draw(&p->random) << low, e[2][2] = { { 0 } };
	int code[2];
	bool table;

	pa &= p->plan[0]->format.pa_bits < 64 ? (UINT64_C(2) << p->plan[0]->format.pa_bits) - 1 : ~UINT64_C(0);
	if (draw(&p->random) % 4 == 0) {
		a.care |= PTG_HAS_MEMTYPE;
		a.memtype = (uint16_t)(draw(&p->random) & 1 ? draw(&p->random) % 11 : PTG_MT_RAW | draw(&p->random) % 16);
	}
	if (draw(&p->random) % 4 == 0) {
		a.care |= PTG_HAS_KEY;
		a.key = (uint8_t)(draw(&p->random) % 16);
	}
	if (draw(&p->random) % 4 == 0) {
		a.care |= PTG_HAS_SOFT;
		a.soft = draw(&p->random) & p->plan[0]->format.soft_mask;
	}
	table = draw(&p->random) % 4 == 0;
	for (unsigned i = 0; i < 2; i++)
		code[i] = table ? ptg_encode_table(&p->space[i], level, pa, e[i]) : ptg_encode(&p->space[i], level, pa, &a, e[i]);
	return code[0] != code[1] || (!code[0] && memcmp(e[0], e[1], sizeof(e[0]))) ? "encode" : NULL;
}

const char *differ(const struct plan *a, const struct plan *b)
{
	static struct pair p;
	const char *what = NULL;

	if (!same_shape(&a->format, &b->format))
		return "shape";
	memset(&p, 0, sizeof(p));
	p.plan[0] = a;
	p.plan[1] = b;
	p.random = 1;
	what = setup(&p);
	if (what)
		return what;
	fill_pools(&p);
	for (unsigned i = 0; i < DIFFER_INPUTS && !what; i++) {
		if (i % ROUND == 0)
			what = setup(&p);
		if (!what)
			what = i % 5 < 2 ? one_decode(&p) : i % 5 < 4 ? one_translate(&p) : one_encode(&p);
	}
	return what;
}
