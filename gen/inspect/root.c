/* SPDX-License-Identifier: MIT */
/*
 * root.c - --root: registers as the manuals spell them, and what they select
 *
 *   --root 0x139e000                  the root register's value, or a table's address
 *   --root satp=0x9000200000083a79
 *   --root ttbr0=..,ttbr1=..,tcr=..   _el1 and the like may follow a name
 *   --root s1.satp=..,s2.hgatp=..     the stages of a two-stage pair
 */
#include <stdio.h>
#include <string.h>

#include "gen/inspect/view.h"
#include "gen/load.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

/* Fields of registers that formats select by and do not declare. */
static const struct { const char *reg, *field; unsigned lo, width; } known_fields[] = {
	{"cr0", "PG", 31, 1}, {"cr4", "PSE", 4, 1}, {"cr4", "PAE", 5, 1}, {"cr4", "LA57", 12, 1},
	{"efer", "LME", 8, 1}, {"efer", "LMA", 10, 1}, {"efer", "NXE", 11, 1},
	{"satp", "MODE", 60, 4}, {"vsatp", "MODE", 60, 4}, {"hgatp", "MODE", 60, 4},
	{"tcr", "TG0", 14, 2}, {"tcr", "TG1", 30, 2}, {"tcr", "DS", 59, 1},
	{"vtcr", "TG0", 14, 2}, {"vtcr", "DS", 32, 1}, {"ttbcr", "EAE", 31, 1},
};

/* --- reading ------------------------------------------------------------------------ */

static const char *canonical(struct arena *a, const char *name, size_t length)
{
	char *copy = arena_copy(a, name, length), *cut;

	for (char *c = copy; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	cut = strstr(copy, "_el");
	if (cut && cut[3] && !cut[4])
		*cut = '\0';
	return copy;
}

static bool parse_one(struct arena *a, const char *word, struct root_spec *spec, const char **why)
{
	const char *equals = strchr(word, '=');
	struct root_reg *r = &spec->reg[spec->count];

	if (!equals) {
		*why = arena_printf(a, "--root: '%s' is neither a number nor REGISTER=VALUE", word);
		return false;
	}
	if (spec->count == ROOT_REGS) {
		*why = "--root: too many registers";
		return false;
	}
	if (!text_number(equals + 1, &r->value)) {
		*why = arena_printf(a, "--root: '%s' is no number", equals + 1);
		return false;
	}
	r->stage = 0;
	if (word[0] == 's' && (word[1] == '1' || word[1] == '2') && word[2] == '.') {
		r->stage = (unsigned)(word[1] - '0');
		word += 3;
	}
	r->name = canonical(a, word, (size_t)(equals - word));
	spec->count++;
	return true;
}

bool root_parse(struct arena *a, const char *text, struct root_spec *spec, const char **why)
{
	struct word_list words = {0};

	memset(spec, 0, sizeof(*spec));
	spec->text = text;
	if (text_number(text, &spec->number)) {
		spec->plain = true;
		return true;
	}
	word_add_split(a, &words, text);
	for (unsigned i = 0; i < words.count; i++)
		if (!parse_one(a, words.word[i], spec, why))
			return false;
	if (!spec->count)
		*why = "--root: says nothing";
	return spec->count > 0;
}

bool root_add(struct root_spec *spec, const char *name, uint64_t value)
{
	if (spec->plain || spec->count == ROOT_REGS)
		return false;
	spec->reg[spec->count].name = name;
	spec->reg[spec->count].value = value;
	spec->reg[spec->count++].stage = 0;
	return true;
}

/* --- which registers a format knows ---------------------------------------------------- */

static const struct root_reg *given(const struct root_spec *spec, const char *name, unsigned stage)
{
	for (unsigned i = 0; i < spec->count; i++)
		if (strcmp(spec->reg[i].name, name) == 0 && (!spec->reg[i].stage || spec->reg[i].stage == stage))
			return &spec->reg[i];
	return NULL;
}

static int reg_index(const struct ptg_format *f, const char *name)
{
	for (unsigned i = 0; i < f->reg_count; i++)
		if (strcmp(f->regs[i].name, name) == 0)
			return (int)i;
	return -1;
}

static bool is_context(const struct ptg_format *f, const char *name)
{
	for (unsigned i = 0; i < f->ctx_count; i++)
		if (strcmp(f->ctx[i].name, name) == 0)
			return true;
	return false;
}

static bool knows(const struct ptg_format *f, const char *name)
{
	if (is_context(f, name))
		return true;
	for (unsigned i = 0; i < f->select_count; i++)
		if (strcmp(f->selects[i].reg, name) == 0)
			return true;
	return reg_index(f, name) >= 0;
}

/* The values that belong to this format, by its register numbers. */
static uint32_t collect(const struct ptg_format *f, const struct root_spec *spec, unsigned stage, uint64_t *regs)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < f->reg_count; i++) {
		const struct root_reg *r = given(spec, f->regs[i].name, stage);

		regs[i] = r ? r->value : 0;
		if (r)
			mask |= (uint32_t)1 << i;
	}
	return mask;
}

/* --- select --------------------------------------------------------------------------------- */

enum selected { SELECTS_NO, SELECTS_YES, SELECTS_UNKNOWN };

static enum selected selects_one(const struct ptg_format *f, const struct ptg_select *s, const struct root_spec *spec,
				 unsigned stage, uint64_t *value)
{
	const struct root_reg *r = given(spec, s->reg, stage);
	uint64_t regs[32] = {0};
	struct ptg_space space;
	struct ptg_env env;

	if (!r)
		return SELECTS_UNKNOWN;
	if (s->node != PTG_NONE) {
		memset(&env, 0, sizeof(env));
		if (ptg_space_setup(&space, f, &ptg_generic_walker, &view_no_memory))
			return SELECTS_UNKNOWN;
		collect(f, spec, stage, regs);
		env.space = &space;
		env.regs = regs;
		*value = ptg_eval_(&env, s->node);
		if (s->ok != PTG_NONE) /* `in SET` */
			return ptg_eval_(&env, s->ok) ? SELECTS_YES : SELECTS_NO;
		return *value == s->value ? SELECTS_YES : SELECTS_NO;
	}
	for (size_t i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]); i++) {
		if (strcmp(known_fields[i].reg, s->reg) || strcmp(known_fields[i].field, s->field))
			continue;
		*value = r->value >> known_fields[i].lo & (((uint64_t)1 << known_fields[i].width) - 1);
		return *value == s->value ? SELECTS_YES : SELECTS_NO;
	}
	return SELECTS_UNKNOWN;
}

/* All select lines of one format; *at is the first that says no (or, without one, is unknown). */
static enum selected selects(const struct ptg_format *f, const struct root_spec *spec, unsigned stage,
			     const struct ptg_select **at, uint64_t *value)
{
	enum selected all = SELECTS_YES;

	*at = NULL;
	for (unsigned i = 0; i < f->select_count; i++) {
		uint64_t v = 0;
		enum selected one = selects_one(f, &f->selects[i], spec, stage, &v);

		if (one == SELECTS_NO) {
			*at = &f->selects[i];
			*value = v;
			return one;
		}
		if (one == SELECTS_UNKNOWN && all == SELECTS_YES) {
			all = one;
			*at = &f->selects[i];
		}
	}
	return all;
}

/* The one format derived from `base` that the registers select, NULL: none, or several. */
static const char *selected_of(struct arena *a, const char *base, const struct root_spec *spec)
{
	static const struct load_options quiet = {.quiet = true};
	const char *found = NULL;
	struct plan **siblings;
	unsigned count, total;

	search_base(a, base, &total);
	if (total == 0 || load_format(a, base, &quiet, &siblings, &count))
		return NULL;
	for (unsigned i = 0; i < count; i++) {
		const struct ptg_select *at;
		uint64_t value;

		if (siblings[i]->stage[0] || selects(&siblings[i]->format, spec, 0, &at, &value) != SELECTS_YES)
			continue;
		if (found)
			return NULL;
		found = siblings[i]->format.name;
	}
	return found;
}

const char *root_selects(struct arena *a, const struct plan *plan, const struct root_spec *spec)
{
	const char *found = NULL;

	for (const struct model_format *m = plan->model ? plan->model->base : NULL; m && !found; m = m->base)
		found = selected_of(a, m->name, spec);
	return found;
}

static const char *register_list(struct arena *a, const struct ptg_format *f)
{
	const char *text = "";

	for (unsigned i = 0; i < f->reg_count; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", f->regs[i].name);
	for (unsigned i = 0; i < f->select_count; i++)
		if (reg_index(f, f->selects[i].reg) < 0 && !strstr(text, f->selects[i].reg))
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", f->selects[i].reg);
	return text;
}

/* Does every register given belong to this format (or to one of its stages)? */
static bool knows_all(struct arena *a, const struct plan *plan, const struct root_spec *spec, const char **why)
{
	const struct ptg_format *f = &plan->format;

	for (unsigned i = 0; i < spec->count; i++) {
		const struct root_reg *r = &spec->reg[i];
		bool ok = false;

		if (plan->stage[0]) {
			for (unsigned k = 0; k < 2; k++)
				ok = ok || ((!r->stage || r->stage == k + 1) && knows(&plan->stage[k]->format, r->name));
		} else {
			ok = !r->stage && knows(f, r->name);
		}
		if (ok)
			continue;
		*why = plan->stage[0] ? arena_printf(a, "%s has no register '%s' (stage 1: %s; stage 2: %s)", f->name,
						     r->name, register_list(a, &plan->stage[0]->format),
						     register_list(a, &plan->stage[1]->format))
				      : arena_printf(a, "%s has no register '%s%s' (it reads %s)", f->name,
						     !r->stage ? "" : r->stage == 1 ? "s1." : "s2.", r->name,
						     register_list(a, f));
		return false;
	}
	return true;
}

static bool check_selected(struct arena *a, const struct plan *plan, const struct root_spec *spec, const char **why)
{
	const struct ptg_select *at;
	uint64_t value = 0;
	const char *other;

	if (!knows_all(a, plan, spec, why))
		return false;
	if (plan->stage[0] || spec->plain || selects(&plan->format, spec, 0, &at, &value) != SELECTS_NO)
		return true;
	other = root_selects(a, plan, spec);
	*why = arena_printf(a, "%s.%s in these registers selects %s, not %s", at->reg, at->field,
			    other ? other : "another format", plan->format.name);
	return false;
}

struct plan *root_choose(struct arena *a, struct plan *const *plans, unsigned count, const struct root_spec *spec,
			 const char **why)
{
	struct plan *found = NULL, *chosen = NULL;
	const char *names = "", *needs = NULL;
	unsigned hits = 0, named = 0;

	if (count == 1)
		return check_selected(a, plans[0], spec, why) ? plans[0] : NULL;
	for (unsigned i = 0; i < count; i++) {
		const struct ptg_select *at;
		const char *unknown;
		uint64_t value;
		enum selected s;

		if (spec->plain || plans[i]->stage[0] || !knows_all(a, plans[i], spec, &unknown))
			continue;
		s = selects(&plans[i]->format, spec, 0, &at, &value);
		if (s == SELECTS_NO)
			continue;
		if (s == SELECTS_UNKNOWN)
			needs = at->reg;
		found = plans[i];
		if (plans[i]->format.select_count && s == SELECTS_YES) {
			chosen = plans[i]; /* one that these registers name goes before those that take any */
			named++;
		}
		names = arena_printf(a, "%s%s%s", names, hits++ ? ", " : "", plans[i]->format.name);
	}
	if (hits == 1)
		return found;
	if (named == 1 && !needs)
		return chosen;
	if (hits == 0) {
		for (unsigned i = 0; i < count; i++)
			names = arena_printf(a, "%s%s%s", names, i ? ", " : "", plans[i]->format.name);
		*why = spec->plain ? arena_printf(a, "a number does not choose between %s: write REGISTER=VALUE", names)
				   : arena_printf(a, "these registers select none of %s", names);
		return NULL;
	}
	*why = needs ? arena_printf(a, "these registers leave %s open: give %s= too, or name the format", names, needs)
		     : arena_printf(a, "these registers leave %s open: name the format", names);
	return NULL;
}

/* --- loading the registers ---------------------------------------------------------------------- */

/* A number alone: the root register's value where that can start a walk, else the table's address. */
static bool apply_number(struct arena *a, struct ptg_space *s, uint64_t number, const char **why)
{
	const struct ptg_format *f = s->format;
	struct root_spec as_reg = {.count = 1};
	uint64_t regs[32] = {0}, value = 0;
	const struct ptg_select *at;
	unsigned reg = f->root_count ? f->roots[0].reg : 0;
	enum selected sel;

	if (f->root_count && reg < f->reg_count) {
		as_reg.reg[0].name = f->regs[reg].name;
		as_reg.reg[0].value = number;
		sel = selects(f, &as_reg, 0, &at, &value);
		regs[reg] = number;
		if (sel == SELECTS_NO && value != 0) {
			*why = arena_printf(a, "%s.%s in 0x%llx does not select %s", at->reg, at->field,
					    (unsigned long long)number, f->name);
			return false;
		}
		if (sel != SELECTS_NO && ptg_set_root(s, regs, (uint32_t)1 << reg) == PTG_OK &&
		    (s->root[0].flags & PTG_ROOT_VALID))
			return true;
	}
	if (ptg_space_init(s, f, s->walker, s->mapper, number) == PTG_OK)
		return true;
	*why = arena_printf(a, "%s cannot start at 0x%llx: write its registers (%s)", f->name,
			    (unsigned long long)number, register_list(a, f));
	return false;
}

/* A walk that cannot start because a register was left out is a wrong command line. */
static bool roots_usable(struct arena *a, const struct ptg_space *s, uint32_t mask, const char **why)
{
	const struct ptg_format *f = s->format;
	const char *missing = "";
	unsigned count = 0; /* registers behind the last root only give settings */

	for (unsigned i = 0; i < f->root_count && i < 4; i++) {
		if (s->root[i].flags & PTG_ROOT_VALID)
			return true;
		count = f->roots[i].reg >= count ? f->roots[i].reg + 1u : count;
	}
	for (unsigned i = 0; i < count && i < f->reg_count; i++)
		if (!(mask >> i & 1))
			missing = arena_printf(a, "%s%s%s=", missing, *missing ? " " : "", f->regs[i].name);
	if (!*missing)
		return true;
	*why = arena_printf(a, "no walk of %s can start with these registers; not given: %s", f->name, missing);
	return false;
}

bool root_apply(struct arena *a, struct ptg_space *s, const struct root_spec *spec, unsigned stage, const char **why)
{
	uint64_t regs[32] = {0};
	uint32_t mask;

	if (spec->plain)
		return apply_number(a, s, spec->number, why);
	for (unsigned i = 0; i < spec->count; i++) /* a context is a register that stands in no root */
		if (reg_index(s->format, spec->reg[i].name) < 0 && given(spec, spec->reg[i].name, stage) == &spec->reg[i])
			ptg_space_ctx(s, spec->reg[i].name, spec->reg[i].value);
	mask = collect(s->format, spec, stage, regs);
	if (ptg_set_root(s, regs, mask) != PTG_OK) {
		*why = arena_printf(a, "%s: these registers do not fit the format", s->format->name);
		return false;
	}
	return roots_usable(a, s, mask, why);
}
