/* SPDX-License-Identifier: MIT */
/* view.c - the spaces that the generic walker works on, for one plan and one image */
#include "gen/inspect/view.h"

#include <string.h>

#include "gen/text.h"
#include "runtime/ptg_core.h"

const struct ptg_mapper view_no_memory = {.ops = NULL};

static bool start_one(struct arena *a, struct ptg_space *s, const struct ptg_format *f, struct image *image,
		      const char **why)
{
	int e = ptg_space_setup(s, f, &ptg_generic_walker, image ? &image->mapper : &view_no_memory);

	if (e == PTG_OK)
		return true;
	*why = arena_printf(a, "%s cannot be set up: %s", f->name, text_error(e));
	return false;
}

static bool start_pair(struct arena *a, struct view *v, const char **why)
{
	for (unsigned i = 0; i < 2; i++) {
		if (!start_one(a, &v->stage[i], &v->plan->stage[i]->format, v->image, why))
			return false;
		if (v->root && v->root->plain) {
			*why = arena_printf(a, "%s has two stages: write s1.REGISTER=VALUE,s2.REGISTER=VALUE",
					    v->plan->format.name);
			return false;
		}
		if (v->root && !root_apply(a, &v->stage[i], v->root, i + 1, why))
			return false;
	}
	if (ptg_space_pair(&v->space, &v->plan->format, &ptg_generic_walker, &v->stage[0], &v->stage[1])) {
		*why = arena_printf(a, "%s: its stages do not fit", v->plan->format.name);
		return false;
	}
	return true;
}

bool view_start(struct arena *a, struct view *v, const char **why)
{
	memset(&v->space, 0, sizeof(v->space));
	if (v->plan->stage[0])
		return start_pair(a, v, why);
	if (!start_one(a, &v->space, &v->plan->format, v->image, why))
		return false;
	return !v->root || root_apply(a, &v->space, v->root, 0, why);
}

/* --- contexts ----------------------------------------------------------------------- */

static const char *ctx_list(struct arena *a, const struct ptg_format *f)
{
	const char *text = "";

	for (unsigned i = 0; i < f->ctx_count; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", f->ctx[i].name);
	return text;
}

static bool ctx_one(struct arena *a, struct ptg_space *s, const char *name, uint64_t value, const char **why)
{
	const struct ptg_format *f = s->format;

	for (unsigned i = 0; i < f->ctx_count; i++) {
		unsigned bits = f->ctx[i].width * f->ctx[i].count;

		if (strcmp(f->ctx[i].name, name) == 0 && bits < 64 && value >> bits) {
			*why = arena_printf(a, "--ctx %s=%llu: %u bit%s wide in %s", name, (unsigned long long)value, bits,
					    bits == 1 ? "" : "s", f->name);
			return false;
		}
	}
	if (ptg_space_ctx(s, name, value) == PTG_OK)
		return true;
	*why = s->format->ctx_count
		       ? arena_printf(a, "--ctx %s: %s has %s", name, s->format->name, ctx_list(a, s->format))
		       : arena_printf(a, "--ctx %s: %s has no context bits", name, s->format->name);
	return false;
}

bool view_ctx(struct arena *a, struct view *v, const char *word, const char **why)
{
	const char *equals = strchr(word, '='), *name;
	uint64_t value = 1;

	if (equals && !text_number(equals + 1, &value)) {
		*why = arena_printf(a, "--ctx: '%s' is no number", equals + 1);
		return false;
	}
	name = equals ? arena_copy(a, word, (size_t)(equals - word)) : word;
	if (!v->plan->stage[0])
		return ctx_one(a, &v->space, name, value, why);
	if (strncmp(name, "s1.", 3) == 0)
		return ctx_one(a, &v->stage[0], name + 3, value, why);
	if (strncmp(name, "s2.", 3) == 0)
		return ctx_one(a, &v->stage[1], name + 3, value, why);
	*why = arena_printf(a, "--ctx %s: write s1.%s or s2.%s", name, name, name);
	return false;
}

/* --- leniency -------------------------------------------------------------------------- */

static bool ignore_one(struct arena *a, struct ptg_format *f, uint64_t mask, const char *level, const char **why)
{
	struct ptg_kind *kinds = arena_array(a, f->kind_count, sizeof(*kinds));
	bool any = false;

	memcpy(kinds, f->kinds, f->kind_count * sizeof(*kinds));
	for (unsigned i = 0; i < f->kind_count; i++) {
		struct ptg_kind *k = &kinds[i];

		if (level && strcmp(f->levels[k->level].name, level) != 0)
			continue;
		any = true;
		k->zero &= ~mask;
		k->one &= ~mask;
		for (unsigned c = 0; c < 3; c++)
			k->zero_cfg[c] &= ~mask;
		if (level)
			continue;
		k->zero_hi = k->one_hi = 0;
		for (unsigned c = 0; c < 3; c++)
			k->zero_cfg_hi[c] = 0;
	}
	f->kinds = kinds;
	if (!any)
		*why = arena_printf(a, "%s has no level '%s'", f->name, level);
	return any;
}

bool view_ignore(struct arena *a, struct plan *plan, uint64_t mask, const char *level, const char **why)
{
	if (!plan->stage[0])
		return ignore_one(a, &plan->format, mask, level, why);
	return ignore_one(a, &plan->stage[0]->format, mask, level, why) &&
	       ignore_one(a, &plan->stage[1]->format, mask, level, why);
}

/* --- the addresses there are ------------------------------------------------------------- */

unsigned view_ranges(const struct view *v, uint64_t first[2], uint64_t last[2])
{
	const struct ptg_space *s = v->plan->stage[0] ? &v->stage[0] : &v->space;
	const struct ptg_format *f = s->format;
	unsigned bits = f->va_bits;

	first[0] = 0;
	if (f->va_node != PTG_NONE) {
		struct ptg_env env;

		memset(&env, 0, sizeof(env));
		env.space = s;
		bits = (unsigned)ptg_eval_(&env, f->va_node);
	}
	if (bits >= 64) {
		last[0] = ~(uint64_t)0;
		return 1;
	}
	if (f->va_check == PTG_VA_ZERO) {
		last[0] = ptg_mask_(bits);
		return 1;
	}
	if (f->va_check == PTG_VA_SIGN)
		bits--;
	last[0] = ptg_mask_(bits);
	first[1] = ~ptg_mask_(bits);
	last[1] = ~(uint64_t)0;
	return 2;
}
