/* SPDX-License-Identifier: MIT */
/*
 * plan.h - the lowered form of one format, as the program holds it
 *
 * `format` is the plan proper (runtime/ptg_plan.h), ready for the generic walker.
 * Beside it stands what only people need: texts of the description for
 * comments, pictures and explanations.
 */
#ifndef GEN_PLAN_H
#define GEN_PLAN_H

#include "dsl/model.h"
#include "runtime/ptg.h"

struct plan_names {                  /* texts that belong to numbers of the plan */
	const char **rule_text;      /* [rule_count]: the condition as written, for comments; may be NULL */
	const struct model_kind **kind;      /* [kind_count] */
	const struct model_level **level;    /* [level_count], by depth */
};

struct plan {
	struct ptg_format format;    /* complete, all arrays in the arena */
	struct plan_names names;
	const struct model_format *model; /* NULL for a two-stage pair */
	const char *path;            /* of the description, as given */
	struct plan *stage[2];       /* a two-stage pair */
	uint32_t fixed_features;     /* --enable, --disable: made constants */
	uint32_t fixed_params;       /* --set: made constants */
};

struct plan_options {                /* --set P=V, --enable F, --disable F */
	const char *const *set, *const *enable, *const *disable;
	unsigned set_count, enable_count, disable_count;
};

/* NULL with *why (arena text) when an option names what the format lacks. The model must have passed its checks. */
struct plan *lower_format(struct arena *arena, const struct model_format *f, const struct plan_options *o, const char **why);
struct plan *lower_nest(struct arena *arena, const struct model_nest *n, const struct plan_options *o, const char **why);

/* A node of the plan printed as a C expression (gen/emit/cexpr.c), with these texts for its inputs. */

#endif /* GEN_PLAN_H */
