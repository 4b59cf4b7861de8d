/* SPDX-License-Identifier: MIT */
/*
 * model_fold.c - expressions that are numbers before any entry is read
 *
 * Literals, parameters, `page`, `level`, features (0 or 1) and values of enums,
 * with all operators.  Everything else makes the fold fail, which is how callers
 * find out that a range or a width is decided at run time.
 */
#include <string.h>

#include "dsl/model_impl.h"

static bool fold_name(const struct model_where *w, const char *name, int64_t *value)
{
	const struct model_format *f = w->format;
	uint64_t enum_value;
	int n;

	if (name_is(name, "page")) {
		*value = w->page;
		return w->page >= 0;
	}
	if (name_is(name, "level")) {
		if (w->level < 0)
			return false;
		*value = f->levels[w->level].number;
		return true;
	}
	n = model_find_param(f, name);
	if (n >= 0) {
		*value = w->config->params[n];
		return true;
	}
	n = model_find_feature(f, name);
	if (n >= 0) {
		*value = w->config->features >> n & 1;
		return true;
	}
	if (!model_enum_value(f, name, &enum_value))
		return false;
	*value = (int64_t)enum_value;
	return true;
}

static bool fold_set(const struct model_where *w, const struct ast_set *set, int64_t what, int64_t *value)
{
	for (; set; set = set->next) {
		int64_t lo, hi;

		if (!model_fold(w, set->lo, &lo))
			return false;
		hi = lo;
		if (set->hi && !model_fold(w, set->hi, &hi))
			return false;
		if (lo <= what && what <= hi) {
			*value = 1;
			return true;
		}
	}
	*value = 0;
	return true;
}

/* & and |: one side may decide alone. */
static bool fold_logic(const struct model_where *w, const struct ast_expr *e, int64_t *value)
{
	int64_t a = 0, b = 0, decides = e->op == EX_OR;
	bool known_a = model_fold(w, e->a, &a), known_b = model_fold(w, e->b, &b);

	if ((known_a && (a != 0) == decides) || (known_b && (b != 0) == decides)) {
		*value = decides;
		return true;
	}
	*value = !decides;
	return known_a && known_b;
}

/*
 * Numbers are 64 bits, and those with the top bit set may mean either sign: what
 * is exact for signed or for unsigned ones is a number, anything else is none.
 */
static bool fold_arithmetic(enum ast_expr_op op, int64_t a, int64_t b, int64_t *value)
{
	uint64_t large;

	switch (op) {
	case EX_ADD:
		if (!__builtin_add_overflow(a, b, value))
			return true;
		if (a < 0 || __builtin_add_overflow((uint64_t)a, (uint64_t)b, &large))
			return false;
		break;
	case EX_SUB:
		return !__builtin_sub_overflow(a, b, value);
	default:
		if (!__builtin_mul_overflow(a, b, value))
			return true;
		if (a < 0 || b < 0 || __builtin_mul_overflow((uint64_t)a, (uint64_t)b, &large))
			return false;
		break;
	}
	*value = (int64_t)large;
	return true;
}

const struct ast_expr *model_overflow(const struct model_where *w, const struct ast_expr *e)
{
	const struct ast_expr *inner;
	int64_t a, b, value;

	if (!e || (e->op != EX_ADD && e->op != EX_SUB && e->op != EX_MUL))
		return NULL;
	inner = model_overflow(w, e->a);
	inner = inner ? inner : model_overflow(w, e->b);
	if (inner)
		return inner;
	return model_fold(w, e->a, &a) && model_fold(w, e->b, &b) && !fold_arithmetic(e->op, a, b, &value) ? e : NULL;
}

const char *model_overflow_text(const struct ast_expr *e)
{
	return e->op == EX_ADD ? "the sum does not fit into 64 bits" :
	       e->op == EX_SUB ? "the difference does not fit into 64 bits" : "the product does not fit into 64 bits";
}

static bool fold_two(const struct model_where *w, const struct ast_expr *e, int64_t *value)
{
	int64_t a, b, except = 0;

	if (!model_fold(w, e->a, &a) || !model_fold(w, e->b, &b))
		return false;
	if (e->c && !model_fold(w, e->c, &except))
		return false;
	if (e->b->op == EX_PATTERN)     /* only the bits that are written count */
		except |= ~(int64_t)e->b->mask;
	switch (e->op) {
	case EX_EQ:
		*value = ((a ^ b) & ~except) == 0;
		return true;
	case EX_NE:
		*value = ((a ^ b) & ~except) != 0;
		return true;
	default:
		return fold_arithmetic(e->op, a, b, value);
	}
}

bool model_fold(const struct model_where *w, const struct ast_expr *e, int64_t *value)
{
	if (!e)
		return false;
	switch (e->op) {
	case EX_NUM:
	case EX_PATTERN:
		*value = (int64_t)e->value;
		return true;
	case EX_NAME:
		return fold_name(w, e->name, value);
	case EX_NOT:
		if (!model_fold(w, e->a, value))
			return false;
		*value = !*value;
		return true;
	case EX_AND:
	case EX_OR:
		return fold_logic(w, e, value);
	case EX_IN: {
		int64_t what;

		return model_fold(w, e->a, &what) && fold_set(w, e->set, what, value);
	}
	case EX_EQ:
	case EX_NE:
	case EX_ADD:
	case EX_SUB:
	case EX_MUL:
		return fold_two(w, e, value);
	default:
		return false;
	}
}

bool model_uses_param(const struct model_format *f, const struct ast_expr *e)
{
	if (!e)
		return false;
	if (e->op == EX_NAME && model_find_param(f, e->name) >= 0)
		return true;
	for (const struct ast_expr *x = e->list; x; x = x->next)
		if (model_uses_param(f, x))
			return true;
	for (const struct ast_set *s = e->set; s; s = s->next)
		if (model_uses_param(f, s->lo) || model_uses_param(f, s->hi))
			return true;
	return model_uses_param(f, e->a) || model_uses_param(f, e->b) || model_uses_param(f, e->c);
}

bool model_range(const struct model_where *w, const struct ast_slice *s, unsigned bits, int *hi, int *lo)
{
	int64_t first, second;

	if (!model_fold(w, s->first, &first))
		return false;
	second = first;
	if (s->second && !model_fold(w, s->second, &second))
		return false;
	/* Nonsense stays recognisable as nonsense, and inside an int. */
	first = first < -1000 ? -1000 : first > 1000 ? 1000 : first;
	second = second < -1000 ? -1000 : second > 1000 ? 1000 : second;
	*hi = w->format->msb0 ? (int)bits - 1 - (int)first : (int)first;
	*lo = w->format->msb0 ? (int)bits - 1 - (int)second : (int)second;
	return true;
}

bool model_feature_true(const struct model_where *w, const struct ast_expr *e)
{
	int64_t value;

	if (!e)
		return true;
	return !model_fold(w, e, &value) || value != 0;
}

void model_default_config(const struct model_format *f, struct model_config *c)
{
	c->features = 0;
	for (unsigned i = 0; i < f->feature_count; i++)
		if (!f->features[i].off)
			c->features |= 1u << i;
	for (unsigned i = 0; i < MODEL_PARAMS; i++)
		c->params[i] = i < f->param_count ? f->params[i].value : 0;
}

bool model_largest(const struct model_format *f, const struct ast_expr *e, int64_t *value)
{
	struct model_config c;
	struct model_where w = { f, &c, -1, -1 };
	bool any = false;

	model_default_config(f, &c);
	for (unsigned bits = 0; bits < 1u << f->param_count; bits++) {
		int64_t v;

		for (unsigned i = 0; i < f->param_count; i++)
			c.params[i] = bits >> i & 1 ? f->params[i].max : f->params[i].min;
		if (!model_fold(&w, e, &v))
			return false;
		if (!any || v > *value)
			*value = v;
		any = true;
	}
	return any;
}
