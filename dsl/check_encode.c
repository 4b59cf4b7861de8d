/* SPDX-License-Identifier: MIT */
/*
 * check_encode.c - the encoder has an entry to begin with
 *
 * It writes the smallest value of the bits that tell kinds apart; the address goes
 * where the arrows say, everything else is 0.  A kind for which no such value
 * exists, or whose value is not a good entry of the kind, must say `encode FIELD=N`.
 */
#include <string.h>

#include "dsl/check.h"

#define CONDS_MAX 128u
#define FILLINGS 3

/* Bits of the entry that carry an address. */
static void address_bits(const struct check_env *env, const struct model_kind *k, uint64_t bits[2])
{
	struct model_where w = check_where(env);

	for (const struct model_field *f = k->layout->fields; f; f = f->next)
		for (const struct ast_piece *p = check_field_on(env, f->ast) ? f->ast->pieces : NULL; p; p = p->next) {
			int hi, lo;

			if (!p->dest || !p->at.first || !model_range(&w, &p->at, k->layout->entry_bits, &hi, &lo))
				continue;
			for (int i = lo; i <= hi && i >= 0 && i < 128; i++)
				bits[i / 64] |= UINT64_C(1) << i % 64;
		}
}

/* No address, all of it, its highest bit: what an address can be good for differs from kind to kind. */
static void fill(const uint64_t bits[2], int how, uint64_t e[2])
{
	int top = 127;

	while (top >= 0 && !(bits[top / 64] >> top % 64 & 1))
		top--;
	for (int w = 0; w < 2 && how == 1; w++)
		e[w] |= bits[w];
	if (how == 2 && top >= 0)
		e[top / 64] |= UINT64_C(1) << top % 64;
}

struct start {
	struct check_env env;
	const struct model_kind *kind;
	uint64_t address[2], telling[2], one[2];
};

/* Is that value one of the kind, and is it good?  1: good, 0: not of the kind, -1: of the kind, with a fault. */
static int value(struct check *c, const struct start *s, const uint64_t e[2], const char **fault)
{
	struct check_decoded d;
	struct check_env env = s->env;

	check_env_entry(&env, e[0], e[1]);
	env.alone = true;
	check_decode(c, &env, &d);
	if (d.kind != s->kind)
		return 0;
	if (!d.fault || strcmp(d.fault, "misaligned") == 0)
		return 1;
	*fault = d.fault;
	return -1;
}

/*
 * The smallest choice of the bits that tell kinds apart for which some address makes
 * an entry of the kind: from the highest bit down, 0 where that is still possible.
 * Return: false when there is none (the features of this choice leave none) or the search gave up.
 */
static bool smallest(const struct start *s, const struct check_cond *conds, unsigned count, uint64_t e[2])
{
	struct check_env env = s->env, seen;

	for (int w = 0; w < 2; w++) {
		uint64_t open = s->telling[w] | s->address[w];

		env.known[w] |= ~open;
		env.e[w] = s->one[w] & ~open;
	}
	seen = env;
	if (!check_search(&seen, conds, count))
		return false;
	for (int i = 127; i >= 0; i--) {
		uint64_t bit = UINT64_C(1) << i % 64;

		if (!(s->telling[i / 64] & bit))
			continue;
		env.known[i / 64] |= bit;
		if (seen.e[i / 64] & bit) {
			struct check_env trial = env;

			if (check_search(&trial, conds, count))
				seen = trial;
			else
				env.e[i / 64] |= bit;
		}
	}
	e[0] = seen.e[0];
	e[1] = seen.e[1];
	return !seen.gave_up;
}

/* With its own address and those of fill(): 1: a good entry is among them, -1: none, for that fault. */
static int good(struct check *c, const struct start *s, const uint64_t e[2], const char **fault)
{
	int answer = value(c, s, e, fault);

	for (int how = 0; how < FILLINGS && answer <= 0; how++) {
		uint64_t filled[2] = { e[0] & ~s->address[0], e[1] & ~s->address[1] };
		int one;

		fill(s->address, how, filled);
		one = value(c, s, filled, fault);
		answer = one ? one : answer;
	}
	return answer;
}

static void one_kind(struct check *c, const struct model_kind *k, int level)
{
	struct model_config config;
	struct check_cond conds[CONDS_MAX];
	struct start s = { .kind = k };
	const char *fault = "";
	uint64_t zero[2], e[2];
	unsigned n;

	model_default_config(c->f, &config);
	if (!check_kind_here(c->f, k, level, &config) || !(check_reached(c, &config) >> level & 1))
		return;
	check_env_init(&s.env, c->f, &config, k->layout, level);
	check_env_contexts(&s.env);
	address_bits(&s.env, k, s.address);
	check_fixed_bits(&s.env, k, zero, s.one);
	n = check_kind_conds(c->f, k, level, &config, conds, CONDS_MAX);
	for (unsigned i = 0; i < n; i++) {
		s.env.layout = conds[i].layout;
		check_mentions(&s.env, conds[i].e, s.telling);
	}
	s.env.layout = k->layout;
	for (int w = 0; w < 2; w++)
		s.telling[w] &= ~s.address[w] & ~s.one[w];
	if (!smallest(&s, conds, n, e) || good(c, &s, e, &fault) > 0 || !check_first(c, k, DIAG_MISSING_ENCODE))
		return;
	check_report(c, DIAG_MISSING_ENCODE, k->ast->name.span, "the smallest '%s' at level %s is no good entry: %s", k->name,
		     c->f->levels[level].name, fault);
	diag_help(c->d, "say what is written with 'encode FIELD=N'");
}

/* Where no address decides the size and nothing of it is known here. */
static bool decided_here(const struct model_format *f, const struct model_kind *k)
{
	return k->layout && (k->role == ROLE_TABLE || k->role == ROLE_PAGE) && !model_clause(k, CL_ENCODE) && !model_clause(k, CL_NAPOT) &&
	       !(f->dynamic && k->role == ROLE_PAGE);
}

void rule_encodes(struct check *c)
{
	for (const struct model_kind *k = c->f->kinds; k; k = k->next)
		for (unsigned i = 0; i < c->f->level_count && decided_here(c->f, k); i++)
			if (k->at >> i & 1)
				one_kind(c, k, (int)i);
}
