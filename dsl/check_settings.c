/* SPDX-License-Identifier: MIT */
/*
 * check_settings.c - examples: features, parameters and contexts that come from a register
 */
#include "dsl/check_trial.h"

#include <string.h>

struct given {
	struct trial *t;
	struct model_config *config;
	const uint64_t *reg;
	uint32_t mask;
};

int trial_register(const struct model_format *f, const char *name)
{
	int n = 0;

	for (const struct model_register *r = f->registers; r; r = r->next, n++)
		if (strcmp(r->name, name) == 0)
			return n < (int)TRIAL_REGISTERS ? n : -1;
	return -1;
}

/* Are all registers given that the expression reads? */
static bool is_given(const struct given *g, const struct ast_expr *e)
{
	int n = e && (e->op == EX_DOT || e->op == EX_NAME) ? trial_register(g->t->c->f, e->name) : -1;

	if (e && e->op == EX_CAT) {
		for (const struct ast_expr *x = e->list; x; x = x->next)
			if (!is_given(g, x))
				return false;
		return true;
	}
	if (e && (e->op == EX_INDEX || e->op == EX_SLICE))
		return is_given(g, e->a);
	return n >= 0 && g->mask >> n & 1;
}

/* The smaller of what the registers that are given say, inside the parameter's range. */
static void param_from(const struct given *g, const struct model_param *x, int64_t *value)
{
	const struct ast_expr *source[2] = { x->reg, x->limit };
	int64_t found = INT64_MAX;

	for (unsigned i = 0; i < 2; i++) {
		int64_t one;

		if (!is_given(g, source[i]))
			continue;
		one = (int64_t)check_eval(&g->t->env, source[i]).value;
		for (const struct ast_code *k = x->codes; k; k = k->next)
			if (((uint64_t)one & (k->code->op == EX_PATTERN ? k->code->mask : ~UINT64_C(0))) == k->code->value) {
				one = (int64_t)k->value->value;
				break;
			}
		found = one < found ? one : found;
	}
	if (found != INT64_MAX)
		*value = found < x->min ? x->min : found > x->max ? x->max : found;
}

static void context_from(const struct given *g, const struct model_context *x)
{
	struct check_env *env = &g->t->env;
	uint64_t value;

	if (!is_given(g, x->source))
		return;
	value = x->source->op != EX_NAME ? check_eval(env, x->source).value :
					   g->reg[trial_register(g->t->c->f, x->source->name)];
	for (unsigned b = 0; b < x->count * x->width && b < 64; b++) {
		uint64_t bit = UINT64_C(1) << (x->lo + b) % 64, *word = &env->ctx[(x->lo + b) / 64];

		*word = value >> b & 1 ? *word | bit : *word & ~bit;
	}
}

void trial_from_registers(struct trial *t, struct model_config *config, const uint64_t *reg, uint32_t given)
{
	const struct model_format *f = t->c->f;
	struct given g = { t, config, reg, given };

	for (unsigned i = 0; i < f->feature_count; i++)
		if (is_given(&g, f->features[i].reg))
			config->features = check_eval(&t->env, f->features[i].reg).value ? config->features | 1u << i :
											   config->features & ~(1u << i);
	for (unsigned i = 0; i < f->param_count; i++)
		param_from(&g, &f->params[i], &config->params[i]);
	for (unsigned i = 0; i < f->context_count; i++)
		context_from(&g, &f->contexts[i]);
}

static bool is_setting(const struct model_format *f, const char *name)
{
	return model_find_feature(f, name) >= 0 || model_find_param(f, name) >= 0 || model_find_context(f, name) >= 0;
}

bool trial_if_register(const struct trial *t, const struct ast_if *i)
{
	return i->value && !is_setting(t->c->f, i->feature.text) && trial_register(t->c->f, i->feature.text) >= 0;
}

void trial_if_registers(struct trial *t, struct model_config *config)
{
	uint64_t reg[TRIAL_REGISTERS] = { 0 };
	const uint64_t *before = t->env.regs;
	uint32_t given = 0;

	for (const struct ast_if *i = t->s->ifs; i; i = i->next) {
		if (!trial_if_register(t, i))
			continue;
		reg[trial_register(t->c->f, i->feature.text)] = i->value->value;
		given |= 1u << trial_register(t->c->f, i->feature.text);
	}
	if (!given)
		return;
	t->env.regs = reg;
	trial_from_registers(t, config, reg, given);
	t->env.regs = before;
}
