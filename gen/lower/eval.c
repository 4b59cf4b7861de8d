/* SPDX-License-Identifier: MIT */
/* eval.c - the lowering asks the runtime's own evaluator what a node is worth */

#include "gen/lower/lower.h"
#include "runtime/ptg_core.h"

/* A space whose contexts are the default ones: they are declared before the first expression is read. */
static struct ptg_space *new_space(struct lower *lo)
{
	struct ptg_space *space = arena_alloc(lo->arena, sizeof(*space));

	for (unsigned i = 0; i < lo->out->ctx_count; i++) {
		const struct ptg_ctx_def *c = &lo->out->ctx[i];
		unsigned bits = c->count * c->width, at = c->lo % 64u;
		uint64_t value = bits < 64 ? c->value & (((uint64_t)1 << bits) - 1) : c->value;

		space->ctx[c->lo / 64] |= value << at;
		if (at && value >> (64 - at))
			space->ctx[c->lo / 64 + 1] |= value >> (64 - at);
	}
	space->format = lo->out;
	return space;
}

/* The plan as far as it is, in a space that holds just what expressions read. */
static const struct ptg_space *prepare(struct lower *lo, uint64_t config0)
{
	if (!lo->eval_space)
		lo->eval_space = new_space(lo);
	lo->out->nodes = lo->nodes.data;
	lo->out->node_count = (uint16_t)lo->nodes.count;
	lo->out->attrs = lo->attrs.data;
	lo->out->attr_count = (uint8_t)lo->attrs.count;
	lo->eval_space->config[0] = config0;
	return lo->eval_space;
}

uint64_t lower_eval(struct lower *lo, uint16_t node, uint64_t config0, const uint64_t e[2], const uint64_t *attr)
{
	struct ptg_env env = { .space = prepare(lo, config0), .attr = attr, .e = { e[0], e[1] }, .size_lg2 = lo->eval_size };

	return ptg_eval_(&env, node);
}

unsigned lower_eval_rights(struct lower *lo, uint16_t node, uint64_t config0, const uint64_t e[2], const uint64_t *attr)
{
	struct ptg_env env = { .space = prepare(lo, config0), .attr = attr, .e = { e[0], e[1] }, .size_lg2 = lo->eval_size };

	return ptg_eval_rights_(&env, node);
}

uint64_t lower_eval_access(struct lower *lo, uint16_t node, unsigned access)
{
	struct ptg_env env = { .space = prepare(lo, lo->out->default_config0), .access = access };

	return ptg_eval_(&env, node);
}
