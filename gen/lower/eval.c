/* SPDX-License-Identifier: MIT */
/* eval.c - the lowering asks the runtime's own evaluator what a node is worth */

#include <string.h>

#include "gen/lower/lower.h"
#include "runtime/ptg_core.h"

/* A plan and a space that hold just what expressions read. */
static void prepare(struct lower *lo, struct ptg_format *plan, struct ptg_space *space, uint64_t config0)
{
	*plan = *lo->out;
	plan->nodes = lo->nodes.data;
	plan->node_count = (uint16_t)lo->nodes.count;
	plan->attrs = lo->attrs.data;
	plan->attr_count = (uint8_t)lo->attrs.count;
	space->format = plan; /* and no more of it than is read: it is large, and this is done often */
	space->config[0] = config0;
	space->config[1] = space->config[2] = space->config[3] = 0;
	memset(space->ctx, 0, sizeof(space->ctx));
	for (unsigned i = 0; i < plan->ctx_count; i++) {
		const struct ptg_ctx_def *c = &plan->ctx[i];
		unsigned bits = c->count * c->width, at = c->lo % 64u;
		uint64_t value = bits < 64 ? c->value & (((uint64_t)1 << bits) - 1) : c->value;

		space->ctx[c->lo / 64] |= value << at;
		if (at && value >> (64 - at))
			space->ctx[c->lo / 64 + 1] |= value >> (64 - at);
	}
}

uint64_t lower_eval(struct lower *lo, uint16_t node, uint64_t config0, const uint64_t e[2], const uint64_t *attr)
{
	struct ptg_format plan;
	struct ptg_space space;
	struct ptg_env env = { .space = &space, .attr = attr, .e = { e[0], e[1] }, .size_lg2 = lo->eval_size };

	prepare(lo, &plan, &space, config0);
	return ptg_eval_(&env, node);
}

unsigned lower_eval_rights(struct lower *lo, uint16_t node, uint64_t config0, const uint64_t e[2], const uint64_t *attr)
{
	struct ptg_format plan;
	struct ptg_space space;
	struct ptg_env env = { .space = &space, .attr = attr, .e = { e[0], e[1] }, .size_lg2 = lo->eval_size };

	prepare(lo, &plan, &space, config0);
	return ptg_eval_rights_(&env, node);
}

uint64_t lower_eval_access(struct lower *lo, uint16_t node, unsigned access)
{
	struct ptg_format plan;
	struct ptg_space space;
	struct ptg_env env = { .space = &space, .access = access };

	prepare(lo, &plan, &space, lo->out->default_config0);
	return ptg_eval_(&env, node);
}
