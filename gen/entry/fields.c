/* SPDX-License-Identifier: MIT */
/* fields.c - the named bits of an entry, for people */
#include "gen/entry/fields.h"

#include <stdlib.h>
#include <string.h>

#include "dsl/arena.h"

#define PARAM_SHIFT 24 /* ORDER config[0] in ptg_plan.h */

void fields_config(const struct plan *plan, uint64_t config0, struct model_config *c)
{
	memset(c, 0, sizeof(*c));
	c->features = (uint32_t)(config0 & 0xffffff);
	for (unsigned i = 0; i < plan->model->param_count; i++)
		c->params[i] = (int64_t)(config0 >> (PARAM_SHIFT + 8 * i) & 0xff);
}

uint64_t field_value(const uint64_t entry[2], unsigned hi, unsigned lo)
{
	unsigned width = hi - lo + 1;
	uint64_t v = lo < 64 ? entry[0] >> lo : entry[1] >> (lo - 64);

	if (lo < 64 && hi >= 64)
		v |= lo ? entry[1] << (64 - lo) : 0;
	return width >= 64 ? v : v & (((uint64_t)1 << width) - 1);
}

bool field_put(uint64_t entry[2], unsigned hi, unsigned lo, uint64_t value)
{
	for (unsigned bit = lo; bit <= hi; bit++, value >>= 1) {
		uint64_t mask = (uint64_t)1 << (bit & 63), *word = &entry[bit >> 6];

		*word = value & 1 ? *word | mask : *word & ~mask;
		if (bit - lo == 63) {
			value = 0;
			break;
		}
	}
	return value == 0;
}

/* --- conditions over this entry -------------------------------------------------------- */

struct look {
	const struct model_where *where;
	const struct model_layout *layout;
	const uint64_t *entry;
	unsigned frame;
};

static bool value_of(const struct look *l, const struct ast_expr *e, uint64_t *value);

static bool field_number(const struct look *l, const char *name, uint64_t *value)
{
	const struct model_field *f = l->layout ? model_layout_field(l->layout, name) : NULL;

	*value = 0;
	if (!f)
		return model_enum_value(l->where->format, name, value);
	for (const struct ast_piece *p = f->ast->pieces; p; p = p->next) {
		int hi, lo;

		if (!model_range(l->where, &p->at, l->frame, &hi, &lo) || hi < lo)
			continue;
		*value = *value << (hi - lo + 1) | field_value(l->entry, (unsigned)hi, (unsigned)lo);
	}
	return true;
}

/* e[b] and e[b:c]. */
static bool entry_bits(const struct look *l, const struct ast_expr *e, uint64_t *value)
{
	struct ast_slice s = {.first = e->b, .second = e->op == EX_SLICE ? e->c : NULL, .span = e->span};
	int hi, lo;

	if (!e->a || e->a->op != EX_NAME || strcmp(e->a->name, "e") != 0)
		return false;
	if (!model_range(l->where, &s, l->frame, &hi, &lo) || hi < lo)
		return false;
	*value = field_value(l->entry, (unsigned)hi, (unsigned)lo);
	return true;
}

static bool in_set(const struct look *l, const struct ast_expr *e, uint64_t v, uint64_t *value)
{
	*value = 0;
	for (const struct ast_set *s = e->set; s; s = s->next) {
		uint64_t lo, hi;

		if (!value_of(l, s->lo, &lo))
			return false;
		hi = lo;
		if (s->hi && !value_of(l, s->hi, &hi))
			return false;
		*value |= v >= lo && v <= hi;
	}
	return true;
}

static bool two(const struct look *l, const struct ast_expr *e, uint64_t *value)
{
	uint64_t a, b, except = 0;

	if (!value_of(l, e->a, &a) || !value_of(l, e->b, &b))
		return false;
	if (e->c && !value_of(l, e->c, &except))
		return false;
	if (e->b->op == EX_PATTERN)
		except |= ~e->b->mask;
	switch (e->op) {
	case EX_EQ: *value = (a & ~except) == (b & ~except); break;
	case EX_NE: *value = (a & ~except) != (b & ~except); break;
	case EX_OR: *value = a | b; break;
	default:    *value = a & b; break;
	}
	return true;
}

/* The few forms that conditions of fields take; false: some other, which then counts as unknown. */
static bool value_of(const struct look *l, const struct ast_expr *e, uint64_t *value)
{
	uint64_t v;

	switch (e->op) {
	case EX_NUM:
	case EX_PATTERN:
		*value = e->value;
		return true;
	case EX_NAME:
		return field_number(l, e->name, value);
	case EX_INDEX:
	case EX_SLICE:
		return entry_bits(l, e, value);
	case EX_NOT:
		if (!value_of(l, e->a, &v))
			return false;
		*value = !v;
		return true;
	case EX_IN:
		return value_of(l, e->a, &v) && in_set(l, e, v, value);
	case EX_EQ:
	case EX_NE:
	case EX_AND:
	case EX_OR:
		return two(l, e, value);
	default:
		return false;
	}
}

/* --- the list ------------------------------------------------------------------------------ */

static int from_the_top(const void *x, const void *y)
{
	const struct field_bits *a = x, *b = y;

	return a->hi > b->hi ? -1 : a->hi < b->hi;
}

static enum ast_duty duty_of(const struct model_where *w, const struct ast_field *f)
{
	return !f->if_ || model_feature_true(w, f->if_) ? f->duty : f->else_duty;
}

/* Append the pieces of one field. */
static unsigned add_field(const struct look *l, const struct model_field *m, const struct ast_field *f,
			  struct field_bits *out, unsigned n)
{
	unsigned parts = 0, part = 0;
	uint64_t v = 1;
	bool elsewhere = l->entry && f->when && value_of(l, f->when, &v) && !v;

	for (const struct ast_piece *p = f->pieces; p; p = p->next)
		parts += p->at.first != NULL;
	for (const struct ast_piece *p = f->pieces; p; p = p->next) {
		int hi, lo;

		if (!p->at.first || n >= FIELDS_MAX)
			continue;
		if (!model_range(l->where, &p->at, l->frame, &hi, &lo) || hi < lo || hi > 127)
			continue;
		out[n].name = f->name.text && strcmp(f->name.text, "-") != 0 ? f->name.text : NULL;
		out[n].hi = (unsigned)hi;
		out[n].lo = (unsigned)lo;
		out[n].part = part++;
		out[n].parts = parts;
		out[n].duty = duty_of(l->where, f);
		out[n].off = f->if_ && !model_feature_true(l->where, f->if_);
		out[n].address = p->dest != NULL && !out[n].off;
		out[n].elsewhere = elsewhere;
		out[n++].field = m;
	}
	return n;
}

/* Are bits [hi:lo] all in the mask? */
static bool all_in(uint64_t low, uint64_t high, unsigned hi, unsigned lo)
{
	const uint64_t mask[2] = {~low, ~high};

	return field_value(mask, hi, lo) == 0;
}

static int level_index(const struct model_format *m, unsigned depth)
{
	for (unsigned i = 0; i < m->level_count; i++)
		if (m->levels[i].depth == depth)
			return (int)i;
	return -1;
}

unsigned fields_of_kind(const struct plan *plan, unsigned kind, uint64_t config0, const uint64_t entry[2],
			struct field_bits out[FIELDS_MAX])
{
	const struct model_format *m = plan->model;
	const struct model_kind *mk = kind < plan->format.kind_count ? plan->names.kind[kind] : NULL;
	const struct ptg_kind *k = &plan->format.kinds[kind];
	struct model_config config;
	struct model_where where = {.format = m, .config = &config, .page = -1};
	struct look look = {.where = &where, .entry = entry};
	unsigned n = 0;

	if (!m || !mk)
		return 0;
	fields_config(plan, config0, &config);
	where.level = level_index(m, k->level);
	where.page = plan->format.levels[k->level].shift;
	look.layout = mk->layout;
	if (!look.layout && m->layouts && !m->layouts->next)
		look.layout = m->layouts;
	look.frame = 8u << plan->format.levels[k->level].entry_lg2;
	for (const struct model_field *f = look.layout ? look.layout->fields : NULL; f; f = f->next)
		n = add_field(&look, f, f->ast, out, n);
	for (unsigned i = 0; i < n; i++) /* `zero` in the kind's own body */
		if (out[i].duty == DUTY_NONE && all_in(k->zero, k->zero_hi, out[i].hi, out[i].lo))
			out[i].duty = DUTY_ZERO;
	qsort(out, n, sizeof(*out), from_the_top);
	return n;
}

unsigned fields_of_register(const struct plan *plan, const struct model_register *reg, uint64_t config0,
			    struct field_bits out[FIELDS_MAX])
{
	struct model_config config;
	struct model_where where = {.format = plan->model, .config = &config, .page = -1, .level = -1};
	struct look look = {.where = &where, .frame = reg->bits};
	unsigned n = 0;

	fields_config(plan, config0, &config);
	for (const struct ast_field *f = reg->ast->fields; f; f = f->next)
		n = add_field(&look, NULL, f, out, n);
	qsort(out, n, sizeof(*out), from_the_top);
	return n;
}

const char *fields_flags(struct arena *a, const struct plan *plan, unsigned kind, uint64_t config0,
			 const uint64_t entry[2])
{
	struct field_bits f[FIELDS_MAX];
	unsigned n = fields_of_kind(plan, kind, config0, entry, f);
	const char *text = "";

	for (unsigned i = 0; i < n; i++) {
		uint64_t v = field_value(entry, f[i].hi, f[i].lo);

		if (!v || f[i].address || f[i].elsewhere)
			continue;
		if (!f[i].name || f[i].off)
			text = f[i].duty == DUTY_ZERO
				       ? arena_printf(a, "%s%sreserved%s", text, *text ? " " : "",
						      fields_range(a, plan, 8u << plan->format.levels[0].entry_lg2,
								   f[i].hi, f[i].lo))
				       : text;
		else if (f[i].hi == f[i].lo && f[i].parts == 1)
			text = arena_printf(a, "%s%s%s", text, *text ? " " : "", f[i].name);
		else
			text = arena_printf(a, "%s%s%s=%llu", text, *text ? " " : "", f[i].name, (unsigned long long)v);
	}
	return text;
}

const char *fields_range(struct arena *a, const struct plan *plan, unsigned frame, unsigned hi, unsigned lo)
{
	return model_bit_text(a, plan->model, frame, (int)hi, (int)lo);
}
