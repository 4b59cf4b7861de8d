/* SPDX-License-Identifier: MIT */
/*
 * check_start.c - examples of registers: where a walk of an address begins
 *
 *   example va 0x4000_1000, satp 0x8000_0000_0008_0000 = satp entry 0x8000_0008 level 2
 *
 * From the lines of the root as they stand, sharing nothing with the lowering.
 */
#include <string.h>

#include "dsl/check_trial.h"

#define REGISTERS TRIAL_REGISTERS

struct start {
	struct trial t;
	struct model_config config;
	uint64_t reg[REGISTERS];
	uint32_t given;
	bool has_va;
	const struct ast_stmt *root;
	struct model_where where;
	int level, va_bits, bits, shift; /* of the first table: level, index bits and their place in the address */
	uint64_t table, entry;
};

static uint64_t ones(int n)
{
	return n >= 64 ? ~UINT64_C(0) : n <= 0 ? 0 : (UINT64_C(1) << n) - 1;
}

static uint64_t bits_of(int hi, int lo)
{
	return lo >= 0 && lo < 64 ? ones(hi - lo + 1) << lo : 0;
}

/* --- what is given ------------------------------------------------------------------ */

static bool inputs(struct start *s)
{
	const struct model_format *f = s->t.c->f;

	for (const struct ast_item *i = s->t.s->items; i; i = i->next) {
		int n = trial_register(f, i->name.text);

		if (i->expr->high) {
			check_report(s->t.c, DIAG_OUTSIDE, i->expr->span, "'%s' has at most 64 bits", i->name.text);
			return false;
		}
		if (strcmp(i->name.text, "va") == 0) {
			s->t.env.va = i->expr->value;
			s->has_va = true;
		} else if (n >= 0) {
			s->reg[n] = i->expr->value;
			s->given |= 1u << n;
		} else {
			check_report(s->t.c, DIAG_UNKNOWN_NAME, i->name.span, "no register '%s'", i->name.text);
			return false;
		}
	}
	return true;
}

/* --- the root ----------------------------------------------------------------------- */

static bool choose(struct start *s)
{
	const struct model_format *f = s->t.c->f;
	int n;

	for (const struct model_stmts *r = f->roots; r; r = r->next) {
		n = trial_register(f, r->ast->name.text);
		if (n < 0 || (r->ast->cond && !tri_true(check_eval(&s->t.env, r->ast->cond))))
			continue;
		if (!(s->given >> n & 1) && !r->ast->cond)
			continue;
		s->root = r->ast;
		s->t.env.reg = model_find_register(f, r->ast->name.text);
		s->t.env.entry_bits = s->t.env.reg->bits;
		check_env_entry(&s->t.env, s->reg[n], 0);
		return true;
	}
	return false;
}

static void table_address(struct start *s)
{
	const struct model_format *f = s->t.c->f;

	for (const struct ast_field *x = s->root->fields; x; x = x->next) {
		if (!check_field_on(&s->t.env, x) || (x->when && !tri_true(check_eval(&s->t.env, x->when))))
			continue;
		for (const struct ast_piece *p = x->pieces; p; p = p->next) {
			int hi, lo, to_hi, to_lo;

			if (!p->dest || !p->at.first || model_find_space(f, p->dest->space) < 0 ||
			    !check_range(&s->t.env, &p->at, s->t.env.reg->bits, &hi, &lo) || !check_range(&s->t.env, &p->dest->at, 64, &to_hi, &to_lo))
				continue;
			if (lo >= 0 && lo < 64 && to_lo >= 0 && to_lo < 64)
				s->table |= (s->t.env.e[0] >> lo & ones(hi - lo + 1)) << to_lo;
		}
	}
}

static const char *zero_fields(const struct start *s)
{
	for (const struct ast_field *x = s->root->fields; x; x = x->next) {
		bool on = check_field_on(&s->t.env, x);
		enum ast_duty duty = on ? x->duty : x->else_duty;

		if (duty != DUTY_ZERO || (x->when && !tri_true(check_eval(&s->t.env, x->when))))
			continue;
		for (const struct ast_piece *p = x->pieces; p; p = p->next) {
			int hi, lo;

			if (p->at.first && check_range(&s->t.env, &p->at, s->t.env.reg->bits, &hi, &lo) && hi >= lo && lo >= 0 && lo < 64 &&
			    (s->t.env.e[0] >> lo & ones(hi - lo + 1)))
				return "config";
		}
	}
	return NULL;
}

static bool start_level(struct start *s, const struct ast_stmt *line)
{
	const struct model_format *f = s->t.c->f;
	uint64_t code;

	if (line->expr->op == EX_NAME && model_find_level(f, line->expr->name, &s->level))
		return true;
	code = check_eval(&s->t.env, line->expr).value;
	for (const struct ast_start *x = line->starts; x; x = x->next)
		if (x->code->value == code)
			return model_find_level(f, x->level.text, &s->level);
	for (unsigned i = 0; !line->starts && i < f->level_count; i++)
		if (f->levels[i].number == code) {
			s->level = (int)i;
			return true;
		}
	return false;
}

/* The lines of the root, in their order.  Return: a fault, or NULL. */
static const char *lines(struct start *s)
{
	const struct check_env *env = &s->t.env;
	const char *fault = zero_fields(s);

	s->level = -1;
	for (const struct ast_stmt *b = s->root->body; b && !fault; b = b->next) {
		const char *otherwise = b->fault.text ? b->fault.text : "config";

		if (b->kind == ST_REQUIRE && !tri_true(check_eval(env, b->cond)))
			fault = otherwise;
		else if (b->kind == ST_TRIM)
			s->va_bits = (int)check_eval(env, b->expr).value;
		else if (b->kind == ST_START && !start_level(s, b))
			fault = "config";
		else if (b->kind == ST_ROOT_BITS && b->expr->op == EX_IN && !tri_true(check_eval(env, b->expr)))
			fault = otherwise;
		else if (b->kind == ST_ROOT_BITS)
			s->bits = (int)check_eval(env, b->expr->op == EX_IN ? b->expr->a : b->expr).value;
	}
	return fault;
}

/* --- the first table --------------------------------------------------------------------- */

static bool place(struct start *s, int largest)
{
	const struct model_format *f = s->t.c->f;
	const struct model_level *l;

	if (s->va_bits < 1 || s->va_bits > largest || largest > 64 || s->bits < 0 || s->bits > 32)
		return false;
	if (s->level < 0) {
		s->level = 0;
		while (!f->dynamic && !f->levels[s->level].by && f->levels[s->level].lo >= s->va_bits && model_next_level(f, s->level) >= 0)
			s->level = model_next_level(f, s->level);
	}
	l = &f->levels[s->level];
	if (f->dynamic) {
		s->shift = s->va_bits - s->bits;
		return s->bits > 0 && s->shift > 0;
	}
	s->shift = l->lo;
	if (!s->bits)
		s->bits = l->hi - l->lo + 1;
	if (l->by)
		return true;
	if (s->va_bits <= l->lo)
		return l->hi < l->lo;
	if (l->lo + s->bits > s->va_bits)
		s->bits = s->va_bits - l->lo;
	else
		s->va_bits = l->lo + s->bits;
	return true;
}

/* Address bits that nobody looks at. */
static uint64_t ignored(const struct start *s)
{
	const struct model_format *f = s->t.c->f;
	uint64_t bits = 0;

	for (const struct model_stmts *i = f->ignores; i; i = i->next) {
		int hi, lo;

		if ((!i->ast->cond || tri_true(check_eval(&s->t.env, i->ast->cond))) && check_range(&s->t.env, &i->ast->slice, 64, &hi, &lo))
			bits |= bits_of(hi, lo);
	}
	for (const struct ast_stmt *b = s->root->body; b; b = b->next) {
		int hi, lo;

		if (b->kind == ST_VA_IGNORE && (!b->cond || tri_true(check_eval(&s->t.env, b->cond))) &&
		    check_range(&s->t.env, &b->slice, 64, &hi, &lo))
			bits |= bits_of(hi, lo);
	}
	return bits;
}

/* The address bits that choose among the roots, 0: none do. */
static uint64_t choosing(const struct start *s, const struct ast_expr *e)
{
	struct ast_slice at = { .first = e ? e->b : NULL, .second = e && e->op == EX_SLICE ? e->c : NULL };
	int hi, lo;

	if (!e)
		return 0;
	if ((e->op == EX_INDEX || e->op == EX_SLICE) && e->a->op == EX_NAME && strcmp(e->a->name, "va") == 0)
		return check_range(&s->t.env, &at, 64, &hi, &lo) ? bits_of(hi, lo) : 0;
	return choosing(s, e->a) | choosing(s, e->b) | choosing(s, e->c);
}

/* Is it the root of the addresses in which the choosing bits are 0? */
static bool takes_zero(const struct start *s, uint64_t choose)
{
	struct check_env env = s->t.env;

	env.va &= ~choose;
	return !s->root->cond || tri_true(check_eval(&env, s->root->cond));
}

static bool canonical(const struct start *s)
{
	const struct model_format *f = s->t.c->f;
	uint64_t va = s->t.env.va, above = ~ones(s->va_bits) & ~ignored(s), choose = 0;
	bool sign = false;

	for (const struct model_stmts *r = f->roots; r; r = r->next)
		choose |= choosing(s, r->ast->cond);
	if (f->va_signed)
		sign = choose ? (va & choose) != 0 : va >> (s->va_bits - 1) & 1;
	else if (!takes_zero(s, choose))
		above &= ~choose; /* they are what the root says */
	return !((sign ? ~va : va) & above);
}

static const char *limits(struct start *s, uint64_t index)
{
	for (const struct ast_stmt *b = s->root->body; b; b = b->next) {
		struct tri first, second, lo, hi;
		int width;
		uint64_t part;

		if (b->kind != ST_LIMIT)
			continue;
		first = check_eval(&s->t.env, b->slice.first);
		second = b->slice.second ? check_eval(&s->t.env, b->slice.second) : first;
		part = first.value > second.value ? first.value - second.value : second.value - first.value;
		width = part < 63 ? (int)part + 1 : 64;
		part = s->bits > width ? index >> (s->bits - width) : index;
		lo = check_eval(&s->t.env, b->set->lo);
		hi = b->set->hi ? check_eval(&s->t.env, b->set->hi) : lo;
		if (part < lo.value || part > hi.value)
			return b->fault.text ? b->fault.text : "length";
	}
	return NULL;
}

/* Return: a fault, "bypass", or NULL with the first entry found. */
static const char *begin(struct start *s)
{
	const struct model_format *f = s->t.c->f;
	const struct model_level *l;
	const char *fault;
	int64_t va = f->va_bits;
	uint64_t index;

	for (const struct ast_stmt *b = s->root->body; b; b = b->next)
		if (b->kind == ST_BYPASS && tri_true(check_eval(&s->t.env, b->cond)))
			return "bypass";
	model_fold(&s->where, f->va, &va);
	s->va_bits = (int)va;
	if ((fault = lines(s)) != NULL)
		return fault;
	if (!place(s, (int)va))
		return "config";
	if (!canonical(s))
		return "noncanonical";
	l = &f->levels[s->level];
	index = l->by && l->lo >= 0 && l->lo < 64 ? check_eval(&s->t.env, l->by).value >> l->lo : s->shift < 64 ? s->t.env.va >> s->shift : 0;
	index &= ones(s->bits);
	if ((fault = limits(s, index)) != NULL)
		return fault;
	table_address(s);
	index *= l->entry_bits / 8 * (l->stride ? l->stride : 1);
	s->entry = f->table_added ? s->table + index : s->table | index;
	return NULL;
}

/* --- the example ----------------------------------------------------------------------------- */

/* What the deny lines of the root leave: bits 0 to 2 are read, write, fetch. */
static unsigned root_rights(const struct start *s, int user)
{
	static const int access[3] = { CHECK_READ, CHECK_WRITE, CHECK_FETCH };
	struct check_env env = s->t.env;
	unsigned rights = 0;

	for (unsigned i = 0; i < 3; i++) {
		bool denied = false;

		env.access = access[i] | user;
		for (const struct ast_stmt *b = s->root->body; b; b = b->next)
			denied |= b->kind == ST_DENY && tri_true(check_eval(&env, b->cond));
		rights |= (unsigned)!denied << i;
	}
	return rights;
}

static void assert_entry(struct start *s, const struct ast_assert *a)
{
	if (a->value->value != s->entry)
		trial_wrong_number(&s->t, a, s->entry);
}

static void assert_level(struct start *s, const struct ast_assert *a)
{
	const struct model_level *l = &s->t.c->f->levels[s->level];
	const struct model_level *wanted = a->value->op == EX_NAME ? model_find_level(s->t.c->f, a->value->name, NULL) : NULL;

	if (a->value->op == EX_NUM ? a->value->value != l->number : wanted != l)
		trial_fail(&s->t, a->name.span, arena_printf(s->t.c->arena, "the first table is of level '%s'", l->name));
}

static void one_assert(struct start *s, const struct ast_assert *a)
{
	if (strcmp(a->name.text, "user") == 0 || strcmp(a->name.text, "supervisor") == 0)
		trial_rights(&s->t, a, root_rights(s, a->name.text[0] == 'u' ? CHECK_USER : 0));
	else if (strcmp(a->name.text, "entry") == 0 && a->value->op == EX_NUM)
		assert_entry(s, a);
	else if (strcmp(a->name.text, "level") == 0)
		assert_level(s, a);
	else
		check_report(s->t.c, DIAG_UNKNOWN_NAME, a->name.span,
			     "where a walk begins has an 'entry', a 'level', and what 'user' and 'supervisor' may, no '%s'", a->name.text);
}

void trial_start(struct check *c, const struct ast_stmt *ast)
{
	struct start s = { .t = { .c = c, .s = ast } };
	const char *name = ast->name.text, *got;

	model_default_config(c->f, &s.config);
	check_env_init(&s.t.env, c->f, &s.config, NULL, -1);
	check_env_contexts(&s.t.env);
	s.t.env.va_known = ~UINT64_C(0);
	s.t.env.regs = s.reg;
	s.where = (struct model_where){ c->f, &s.config, -1, -1 };
	if (!inputs(&s))
		return;
	trial_from_registers(&s.t, &s.config, s.reg, s.given);
	if (!trial_settings(&s.t, &s.config))
		return;
	if (!s.has_va || !choose(&s)) {
		check_report(c, DIAG_EXAMPLE, ast->span, s.has_va ? "no root has a register here that takes the address" :
			     "an example of registers needs the address too: 'example va NUM, ...'");
		return;
	}
	got = begin(&s);
	if (got && ast->flag && strcmp(got, name) == 0) {
		trial_class(&s.t, strcmp(got, "noncanonical") ? "config" : got);
	} else if (got && strcmp(got, name)) {
		trial_fail(&s.t, ast->name.span, arena_printf(c->arena, strcmp(got, "bypass") ? "the fault is %s, not %s" : "it is a %s, not %s", got, name));
	} else if (!got && ast->flag) {
		trial_fail(&s.t, ast->name.span, arena_printf(c->arena, "the walk begins in root '%s'", s.root->name.text));
	} else if (!got && strcmp(name, s.root->name.text)) {
		trial_fail(&s.t, ast->name.span, arena_printf(c->arena, "the root is '%s', not '%s'", s.root->name.text, name));
	} else if (!got) {
		for (const struct ast_assert *a = ast->asserts; a; a = a->next)
			one_assert(&s, a);
	}
}
