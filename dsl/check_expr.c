/* SPDX-License-Identifier: MIT */
/*
 * check_expr.c - evaluate an expression when only some of its bits are known
 *
 * Every operator answers with the bits that are certain whatever the unknown
 * ones are (it may know less than could be known, never more).  With all bits
 * known it is an ordinary evaluator, and as such runs the examples.
 */
#include <string.h>

#include "dsl/check.h"

static uint64_t ones(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

struct tri tri_number(uint64_t value)
{
	return (struct tri){ value, ~UINT64_C(0) };
}

struct tri tri_unknown(unsigned width)
{
	return (struct tri){ 0, ~ones(width) };
}

bool tri_exact(struct tri t)
{
	return t.known == ~UINT64_C(0);
}

bool tri_true(struct tri t)
{
	return t.value != 0;
}

bool tri_false(struct tri t)
{
	return tri_exact(t) && t.value == 0;
}

static struct tri truth(bool value)
{
	return tri_number(value);
}

static const struct tri maybe = { 0, ~UINT64_C(1) };

void check_env_init(struct check_env *env, const struct model_format *f, const struct model_config *config,
		    const struct model_layout *layout, int level)
{
	memset(env, 0, sizeof(*env));
	env->f = f;
	env->config = config;
	env->layout = layout;
	env->level = level;
	env->raw = true;
	env->access = -1;
	env->size = tri_unknown(7);
	env->entry_bits = level >= 0 ? f->levels[level].entry_bits : f->entry_bits;
	if (env->entry_bits < 128)
		env->known[1] = ~UINT64_C(0);
	if (env->entry_bits < 64)
		env->known[0] = ~ones(env->entry_bits);
}

void check_env_entry(struct check_env *env, uint64_t low, uint64_t high)
{
	env->e[0] = low;
	env->e[1] = high;
	env->known[0] = env->known[1] = ~UINT64_C(0);
}

struct model_where check_where(const struct check_env *env)
{
	return (struct model_where){ env->f, env->config, model_page_lg2(env->f, env->level), env->level };
}

unsigned check_frame(const struct check_env *env)
{
	return env->reg ? env->reg->bits : env->layout ? env->layout->entry_bits : env->entry_bits;
}

/* Bits [hi:lo] of `words`, as far as they exist. */
static struct tri take(const uint64_t *words, const uint64_t *known, unsigned count, int hi, int lo)
{
	unsigned word = (unsigned)lo / 64, shift = (unsigned)lo % 64;
	uint64_t value, certain, width;

	if (lo < 0 || hi < lo || word >= count)
		return tri_number(0);
	value = (words[word] & known[word]) >> shift;
	certain = known[word] >> shift;
	if (shift) {            /* what is beyond the last word is 0 */
		bool more = word + 1 < count;

		value |= (more ? words[word + 1] & known[word + 1] : 0) << (64 - shift);
		certain |= (more ? known[word + 1] : ~UINT64_C(0)) << (64 - shift);
	}
	width = ones((unsigned)(hi - lo) + 1);
	return (struct tri){ value & width, certain | ~width };
}

static struct tri join(struct tri high, struct tri low, unsigned width)
{
	if (width >= 64)
		return low;
	return (struct tri){ high.value << width | low.value, high.known << width | (low.known & ones(width)) };
}

bool check_field_on(const struct check_env *env, const struct ast_field *f)
{
	struct model_where w = check_where(env);

	return model_feature_true(&w, f->if_);
}

struct tri check_field_bits(const struct check_env *env, const struct ast_field *f, unsigned frame)
{
	struct model_where w = check_where(env);
	struct tri t = tri_number(0);

	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		int hi, lo;

		if (!p->at.first)
			continue;
		if (!model_range(&w, &p->at, frame, &hi, &lo))
			return tri_unknown(64);
		if (hi >= lo)
			t = join(t, take(env->e, env->known, 2, hi, lo), (unsigned)(hi - lo + 1));
	}
	return t;
}

static const struct ast_field *field_named(const struct check_env *env, const char *name)
{
	const struct model_field *f;

	if (env->reg)
		return model_register_field(env->reg, name);
	f = model_layout_field(env->layout, name);
	return f ? f->ast : NULL;
}

/* --- attributes --------------------------------------------------------------------- */

const struct ast_map_row *check_map_row(const struct ast_stmt *map, uint64_t code)
{
	for (const struct ast_map_row *r = map->rows; r; r = r->next) {
		uint64_t mask = r->code->op == EX_PATTERN ? r->code->mask : ~UINT64_C(0);

		if (((r->code->value ^ code) & mask) == 0)
			return r;
	}
	return NULL;
}

static struct tri map_value(const struct check_env *env, const struct ast_stmt *map, unsigned which)
{
	struct tri code = check_eval(env, map->expr);
	const struct ast_map_row *row = tri_exact(code) ? check_map_row(map, code.value) : NULL;
	const struct ast_map_value *v;
	struct model_where w = check_where(env);
	int64_t number;
	int hi, lo, width = check_width(env, map->expr);

	if (!row || row->reserved)
		return tri_unknown(64);
	for (v = row->values; v && which; v = v->next)
		which--;
	if (!v || v->kind == MV_NONE)
		return tri_unknown(64);
	if (v->kind == MV_EXPR)
		return model_fold(&w, v->expr, &number) ? tri_number((uint64_t)number) : tri_unknown(64);
	if (!model_range(&w, &v->copy, width < 0 ? 64 : (unsigned)width, &hi, &lo) || hi < lo)
		return tri_unknown(64);
	return tri_number(code.value >> lo & ones((unsigned)(hi - lo + 1)));
}

static unsigned attr_number(const struct model_format *f, const struct model_attr *a)
{
	unsigned n = 0;

	for (const struct model_attr *x = f->attrs; x && x != a; x = x->next)
		n++;
	return n;
}

/* What the tables above give, for one bit. */
static struct tri path_value(const struct check_env *env, const struct model_attr *a)
{
	unsigned n = attr_number(env->f, a);

	if (env->alone)
		return tri_number(a->ast->tables_op == '&');
	if (env->above && n < 32 && env->path_known >> n & 1)
		return tri_number(env->path >> n & 1);
	return maybe;
}

struct tri check_attr_value(const struct check_env *env, const struct model_attr *a)
{
	struct check_env inner = *env;
	struct tri own, path;

	if (env->depth > 8)
		return tri_unknown(64);
	inner.depth++;
	inner.raw = false;
	if (a->ast->kind == ST_MAP)
		return map_value(&inner, a->ast, a->map_value);
	own = check_eval(&inner, a->ast->expr);
	if (a->ast->tables_op != '&' && a->ast->tables_op != '|')
		return own;
	if (env->tables && attr_number(env->f, a) < 32) {
		uint64_t above = env->tables[attr_number(env->f, a)];

		return tri_exact(own) ? tri_number(a->ast->tables_op == '&' ? own.value & above : own.value | above) : own;
	}
	if (check_width(env, a->ast->expr) > 1) /* a number: only what the leaf says is followed */
		return env->alone ? own : tri_unknown(64);
	path = path_value(env, a);
	if (a->ast->tables_op == '&') {
		if (tri_false(own) || tri_false(path))
			return tri_number(0);
		return tri_exact(own) && tri_exact(path) ? tri_number(own.value & path.value) : maybe;
	}
	if (tri_true(own) || tri_true(path))
		return tri_number(1);
	return tri_exact(own) && tri_exact(path) ? tri_number(0) : maybe;
}

/* --- names -------------------------------------------------------------------------------- */

static bool access_name(const struct check_env *env, const char *name, struct tri *t)
{
	static const struct { const char *name; int bits; } known[] = {
		{ "read", CHECK_READ }, { "write", CHECK_WRITE }, { "fetch", CHECK_FETCH },
		{ "any", CHECK_READ | CHECK_WRITE | CHECK_FETCH }, { "in_user", CHECK_USER },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!name_is(known[i].name, name))
			continue;
		*t = env->access < 0 ? maybe : truth((env->access & known[i].bits) != 0);
		return true;
	}
	return false;
}

static struct tri context_bits(const struct check_env *env, unsigned lo, unsigned width)
{
	return take(env->ctx, env->ctx_known, TRI_CONTEXT_WORDS, (int)(lo + width) - 1, (int)lo);
}

static struct tri name_value(const struct check_env *env, const char *name)
{
	const struct ast_field *field = field_named(env, name);
	struct model_where w = check_where(env);
	struct ast_expr fold = { .op = EX_NAME, .name = name };
	const struct model_attr *a;
	struct tri t;
	int64_t number;
	int n;

	if (field)
		return env->raw || check_field_on(env, field) ? check_field_bits(env, field, check_frame(env)) : tri_number(0);
	if (name_is(name, "e"))
		return take(env->e, env->known, 2, (int)env->entry_bits - 1, 0);
	if (access_name(env, name, &t))
		return t;
	if (name_is(name, "size"))
		return env->size;
	a = model_find_attr(env->f, name);
	if (a && !env->reg)
		return check_attr_value(env, a);
	n = model_find_context(env->f, name);
	if (n >= 0)
		return context_bits(env, env->f->contexts[n].lo, env->f->contexts[n].count * env->f->contexts[n].width);
	if (model_fold(&w, &fold, &number))
		return tri_number((uint64_t)number);
	return tri_unknown(64);
}

/* --- slices and indexes ------------------------------------------------------------------------ */

static struct tri slice_of(const struct check_env *env, const struct ast_expr *e)
{
	const struct ast_slice s = { .first = e->b, .second = e->op == EX_SLICE ? e->c : NULL };
	struct model_where w = check_where(env);
	bool entry = e->a->op == EX_NAME && name_is(e->a->name, "e");
	int width = entry ? (int)env->entry_bits : check_width(env, e->a), hi, lo;
	struct tri t;

	if (e->a->op == EX_NAME && name_is(e->a->name, "va") &&
	    (model_range(&w, &s, 64, &hi, &lo) || (env->regs && check_range(env, &s, 64, &hi, &lo))))
		return hi >= lo ? take(&env->va, &env->va_known, 1, hi, lo) : tri_number(0);
	if (env->regs && !entry && check_range(env, &s, width < 0 ? 64 : (unsigned)width, &hi, &lo)) {
		t = check_eval(env, e->a);
		return hi >= lo ? take(&t.value, &t.known, 1, hi, lo) : tri_number(0);
	}
	if (e->a->op == EX_NAME && (name_is(e->a->name, "va") || name_is(e->a->name, "pa") || name_is(e->a->name, "index")))
		return model_range(&w, &s, 64, &hi, &lo) && hi >= lo ? tri_unknown((unsigned)(hi - lo + 1)) : tri_unknown(64);
	if (!model_range(&w, &s, width < 0 ? 64 : (unsigned)width, &hi, &lo) || hi < lo - 1 || lo < 0)
		return tri_unknown(64);
	if (hi < lo)            /* empty by one */
		return tri_number(0);
	if (entry)
		return take(env->e, env->known, 2, hi, lo);
	t = check_eval(env, e->a);
	t = take(&t.value, &t.known, 1, hi, lo);
	return t;
}

/* NAME[i] of a context with elements, else a single bit. */
static struct tri index_of(const struct check_env *env, const struct ast_expr *e)
{
	int n = e->a->op == EX_NAME && !field_named(env, e->a->name) ? model_find_context(env->f, e->a->name) : -1;
	const struct model_context *c;
	struct tri i;

	if (n < 0 || env->f->contexts[n].count == 1)
		return slice_of(env, e);
	c = &env->f->contexts[n];
	i = check_eval(env, e->b);
	if (!tri_exact(i))
		return tri_unknown(c->width);
	if (i.value >= c->count)
		return tri_number(0);
	return context_bits(env, c->lo + (unsigned)i.value * c->width, c->width);
}

/* --- fields that a layout lacks ----------------------------------------------------------------- */

static bool a_field(const struct check_env *env, const char *name)
{
	for (const struct model_layout *l = env->f->layouts; l; l = l->next)
		if (model_layout_field(l, name))
			return true;
	return false;
}

const struct ast_expr *check_missing(const struct check_env *env, const struct ast_expr *e)
{
	const struct ast_expr *m;

	if (!e)
		return NULL;
	if (e->op == EX_NAME)
		return !field_named(env, e->name) && a_field(env, e->name) ? e : NULL;
	if (e->op == EX_ELSE)
		return check_missing(env, e->a) ? check_missing(env, e->b) : NULL;
	for (const struct ast_expr *x = e->list; x; x = x->next)
		if ((m = check_missing(env, x)) != NULL)
			return m;
	for (const struct ast_set *s = e->set; s; s = s->next)
		if ((m = check_missing(env, s->lo)) != NULL || (m = check_missing(env, s->hi)) != NULL)
			return m;
	m = check_missing(env, e->a);
	m = m ? m : check_missing(env, e->b);
	return m ? m : check_missing(env, e->c);
}

/* --- operators --------------------------------------------------------------------------------- */

static struct tri equal(const struct check_env *env, const struct ast_expr *e)
{
	struct tri a = check_eval(env, e->a), b = check_eval(env, e->b);
	uint64_t counts = e->b->op == EX_PATTERN ? e->b->mask | ~ones(e->b->width) : ~UINT64_C(0);
	struct tri except = e->c ? check_eval(env, e->c) : tri_number(0);

	if (!tri_exact(except))
		return maybe;
	counts &= ~except.value;
	if ((a.value ^ b.value) & a.known & b.known & counts)
		return truth(false);
	return (~a.known | ~b.known) & counts ? maybe : truth(true);
}

static struct tri in_set(const struct check_env *env, const struct ast_expr *e)
{
	struct tri a = check_eval(env, e->a);
	uint64_t least = a.value, most = a.value | ~a.known;
	bool possible = false;

	for (const struct ast_set *s = e->set; s; s = s->next) {
		struct tri lo = check_eval(env, s->lo), hi = s->hi ? check_eval(env, s->hi) : lo;

		if (!tri_exact(lo) || !tri_exact(hi))
			return maybe;
		if ((int64_t)hi.value < 0 || hi.value < lo.value)       /* `1..level-1` where that is empty */
			continue;
		if (lo.value <= least && most <= hi.value)
			return truth(true);
		if (lo.value == hi.value ? !((a.value ^ lo.value) & a.known) : least <= hi.value && lo.value <= most)
			possible = true;
	}
	return possible ? maybe : truth(false);
}

static struct tri logic(const struct check_env *env, const struct ast_expr *e)
{
	struct tri a = check_eval(env, e->a), b;

	/* One side may decide alone; nothing has effects. */
	if (e->op == EX_AND ? tri_false(a) : tri_true(a))
		return truth(e->op == EX_OR);
	b = check_eval(env, e->b);
	if (e->op == EX_AND) {
		if (tri_false(b))
			return truth(false);
		return tri_true(a) && tri_true(b) ? truth(true) : maybe;
	}
	if (tri_true(b))
		return truth(true);
	return tri_false(a) && tri_false(b) ? truth(false) : maybe;
}

static struct tri arithmetic(const struct check_env *env, const struct ast_expr *e)
{
	struct tri a = check_eval(env, e->a), b = check_eval(env, e->b);

	if (!tri_exact(a) || !tri_exact(b))
		return tri_unknown(64);
	switch (e->op) {
	case EX_ADD: return tri_number(a.value + b.value);
	case EX_SUB: return tri_number(a.value - b.value);
	default: return tri_number(a.value * b.value);
	}
}

static struct tri concatenation(const struct check_env *env, const struct ast_expr *e)
{
	struct tri t = tri_number(0);

	for (const struct ast_expr *x = e->list; x; x = x->next) {
		int width = check_width(env, x);

		if (width < 0)
			return tri_unknown(64);
		t = join(t, check_eval(env, x), (unsigned)width);
	}
	return t;
}

bool check_range(const struct check_env *env, const struct ast_slice *s, unsigned frame, int *hi, int *lo)
{
	struct tri first = check_eval(env, s->first), second = s->second ? check_eval(env, s->second) : first;
	int64_t a = (int64_t)first.value, b = (int64_t)second.value;

	if (!tri_exact(first) || !tri_exact(second))
		return false;
	a = a < -1000 ? -1000 : a > 1000 ? 1000 : a;
	b = b < -1000 ? -1000 : b > 1000 ? 1000 : b;
	*hi = env->f->msb0 ? (int)frame - 1 - (int)a : (int)a;
	*lo = env->f->msb0 ? (int)frame - 1 - (int)b : (int)b;
	return true;
}

static struct tri register_field(const struct check_env *env, const struct ast_expr *e)
{
	struct check_env inner = *env;
	const struct ast_field *field;
	unsigned n = 0;

	for (const struct model_register *r = env->f->registers; r; r = r->next, n++) {
		if (!name_is(r->name, e->name))
			continue;
		field = model_register_field(r, e->member);
		inner.reg = r;
		check_env_entry(&inner, env->regs[n], 0);
		return field ? check_field_bits(&inner, field, r->bits) : tri_number(0);
	}
	return tri_number(0);
}

struct tri check_eval(const struct check_env *env, const struct ast_expr *e)
{
	struct tri a;

	if (!e)
		return truth(true);
	switch (e->op) {
	case EX_NUM:
	case EX_PATTERN:
		return tri_number(e->value);
	case EX_NAME:
		return name_value(env, e->name);
	case EX_DOT:
		if (env->regs)
			return register_field(env, e);
		return env->dot && name_is(env->dot->name, e->name) && name_is(env->dot->member, e->member) ?
		       tri_number(env->dot_value) : tri_unknown(64);
	case EX_INDEX:
		return index_of(env, e);
	case EX_SLICE:
		return slice_of(env, e);
	case EX_CAT:
		return concatenation(env, e);
	case EX_ELSE:
		return check_eval(env, check_missing(env, e->a) ? e->b : e->a);
	case EX_AND:
	case EX_OR:
		return logic(env, e);
	case EX_NOT:
		a = check_eval(env, e->a);
		return tri_true(a) ? truth(false) : tri_false(a) ? truth(true) : maybe;
	case EX_EQ:
		return equal(env, e);
	case EX_NE:
		a = equal(env, e);
		return tri_exact(a) ? truth(!a.value) : maybe;
	case EX_IN:
		return in_set(env, e);
	default:
		return arithmetic(env, e);
	}
}
