/* SPDX-License-Identifier: MIT */
/* nest.c - a two-stage pair: two formats, and options that name their stage */

#include "gen/lower/lower.h"

/* Of `s1.nxe`, `s2.maxphyaddr=40`: those of one stage, without the prefix. */
static const char *const *stage_words(struct arena *arena, const char *const *words, unsigned count, char stage,
				      unsigned *out_count)
{
	const char **out = arena_array(arena, count + 1u, sizeof(*out));

	*out_count = 0;
	for (unsigned i = 0; i < count; i++)
		if (words[i][0] == 's' && words[i][1] == stage && words[i][2] == '.')
			out[(*out_count)++] = words[i] + 3;
	return out;
}

static const char *unstaged_word(const char *const *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (words[i][0] != 's' || (words[i][1] != '1' && words[i][1] != '2') || words[i][2] != '.')
			return words[i];
	return NULL;
}

static struct plan *lower_stage(struct arena *arena, const struct model_format *f, const struct plan_options *o,
				char stage, const char **why)
{
	struct plan_options own = { 0 };

	if (!f) {
		*why = "a stage of this pair is not known";
		return NULL;
	}
	if (o) {
		own.set = stage_words(arena, o->set, o->set_count, stage, &own.set_count);
		own.enable = stage_words(arena, o->enable, o->enable_count, stage, &own.enable_count);
		own.disable = stage_words(arena, o->disable, o->disable_count, stage, &own.disable_count);
	}
	return lower_format(arena, f, &own, why);
}

/* `tables write if a & !b`: the conjunction as bits of the second stage's features. */
static void features_of(const struct model_format *f, const struct ast_expr *e, struct ptg_format *out)
{
	bool negated = e && e->op == EX_NOT;
	int n;

	if (!e)
		return;
	if (e->op == EX_AND) {
		features_of(f, e->a, out);
		features_of(f, e->b, out);
		return;
	}
	n = model_find_feature(f, negated ? e->a->name : e->name);
	out->tables_mask |= 1u << n;
	out->tables_value |= negated ? 0 : 1u << n;
}

/* A two-stage pair carries no arrays of its own: its walkers are those of its stages. */
struct plan *lower_nest(struct arena *arena, const struct model_nest *n, const struct plan_options *o, const char **why)
{
	struct plan *p = arena_alloc(arena, sizeof(*p));
	const struct model_format *stage[2] = { n->first, n->second };
	const char *word = o ? unstaged_word(o->set, o->set_count) : NULL;

	if (o && !word)
		word = unstaged_word(o->enable, o->enable_count);
	if (o && !word)
		word = unstaged_word(o->disable, o->disable_count);
	if (word) {
		*why = arena_printf(arena, "'%s': say which stage of '%s' is meant, s1.%s or s2.%s", word, n->name, word, word);
		return NULL;
	}
	for (unsigned i = 0; i < 2; i++) {
		p->stage[i] = lower_stage(arena, stage[i], o, i ? '2' : '1', why);
		if (!p->stage[i])
			return NULL;
		p->format.stage[i] = &p->stage[i]->format;
	}
	p->format.name = n->name;
	p->format.title = n->title ? n->title : n->name;
	p->format.va_bits = p->format.stage[0]->va_bits;
	p->format.va_check = p->format.stage[0]->va_check;
	p->format.pa_bits = p->format.stage[1]->pa_bits;
	p->format.va_node = p->format.pa_node = PTG_NONE;
	p->format.global_attr = p->format.memtype_attr = p->format.key_attr = 0xff;
	p->format.rights_bits = 0xff;
	if (n->tables) {
		p->format.flags |= PTG_FORMAT_TABLES_WRITE;
		features_of(n->second, n->tables->cond, &p->format);
	}
	return p;
}
