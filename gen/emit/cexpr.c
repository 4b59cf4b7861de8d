/* SPDX-License-Identifier: MIT */
/*
 * cexpr.c - nodes of the plan as C expressions
 *
 * A piece of text carries how tightly it binds; put() adds parentheses where
 * an operand binds too loosely, or where compilers ask for them.
 */

#include <string.h>

#include "gen/emit/cexpr.h"

enum bind {                          /* C's levels, loosest first */
	BIND_COND,
	BIND_LOR,
	BIND_LAND,
	BIND_OR,
	BIND_AND,
	BIND_COMPARE,
	BIND_SHIFT,
	BIND_ADD,
	BIND_MUL,
	BIND_UNARY
};

struct text {
	const char *s;
	enum bind bind;
};

struct cube {                        /* entry bits that must have a value */
	uint64_t mask[2], value[2];
};

static struct text value_of(const struct cexpr *x, unsigned node);
static struct text truth_of(const struct cexpr *x, unsigned node, bool want);

void cexpr_init(struct cexpr *x, struct arena *arena, const struct ptg_format *f, const char *lower, const char *upper)
{
	*x = (struct cexpr){ .arena = arena, .format = f, .lower = lower, .upper = upper, .entry = "e",
			     .entry_hi = "e_hi", .va = "va", .access = "access", .index = "index",
			     .index_lg2 = "index_lg2", .size = "size_lg2" };
}

static const struct ptg_node *at(const struct cexpr *x, unsigned node)
{
	return &x->format->nodes[node];
}

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

const char *cexpr_entry(const struct cexpr *x, uint64_t bits)
{
	return x->looked && !(bits & x->flipped) ? x->looked : x->entry;
}

/* A field that a feature may switch off, where its bits are 0 then: the bits say it all. */
static unsigned plain(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = at(x, node), *feature, *entry;

	if (!x->off_zero || (n->op != PTG_OP_AND && n->op != PTG_OP_MUL))
		return node;
	feature = at(x, n->a);
	entry = at(x, n->b);
	if (feature->op != PTG_OP_FEATURE || entry->op != PTG_OP_ENTRY || entry->lo + entry->width > 64)
		return node;
	return low_bits(entry->width) << entry->lo & ~x->off_zero[feature->a] ? node : n->b;
}

/* --- text ---------------------------------------------------------------------- */

static struct text primary(const char *s)
{
	return (struct text){ s, BIND_UNARY };
}

/* An operand of an operator of level `of`. */
static const char *put(const struct cexpr *x, struct text t, enum bind of)
{
	bool enough = t.bind >= of;

	if (of == BIND_SHIFT || of == BIND_AND || of == BIND_OR)
		enough = t.bind == of || t.bind == BIND_SHIFT || t.bind == BIND_UNARY;
	if (of == BIND_COMPARE || of == BIND_MUL)
		enough = t.bind > of;
	if (of == BIND_LAND)
		enough = t.bind == BIND_LAND || t.bind >= BIND_COMPARE;
	if (of == BIND_LOR)
		enough = t.bind == BIND_LOR || t.bind >= BIND_COMPARE;
	return enough ? t.s : arena_printf(x->arena, "(%s)", t.s);
}

static struct text binary(const struct cexpr *x, struct text a, const char *op, struct text b, enum bind bind)
{
	enum bind right = bind == BIND_SHIFT || bind == BIND_ADD ? BIND_UNARY : bind;

	return (struct text){ arena_printf(x->arena, "%s %s %s", put(x, a, bind), op, put(x, b, right)), bind };
}

const char *cexpr_number(struct arena *a, uint64_t value)
{
	if (value < 10)
		return arena_printf(a, "%u", (unsigned)value);
	if (value >> 32)
		return arena_printf(a, "0x%016llxull", (unsigned long long)value);
	return arena_printf(a, "0x%llx", (unsigned long long)value);
}

const char *cexpr_mask(const struct cexpr *x, uint64_t mask)
{
	const char *text = NULL;
	uint64_t left = mask;
	unsigned parts = 0;

	for (unsigned i = 0; i < x->name_count && left; i++) {
		if (!x->names[i].mask || (x->names[i].mask & ~left))
			continue;
		left &= ~x->names[i].mask;
		text = text ? arena_printf(x->arena, "%s | %s", text, x->names[i].name) : x->names[i].name;
		parts++;
	}
	if (left || !parts || parts > 3)
		return cexpr_number(x->arena, mask);
	return parts > 1 ? arena_printf(x->arena, "(%s)", text) : text;
}

/* `v & mask`; nothing to do when the value has no other bits. */
static struct text masked(const struct cexpr *x, struct text v, unsigned width, unsigned from)
{
	if (width + from >= 64)
		return v;
	return binary(x, v, "&", primary(cexpr_number(x->arena, low_bits(width))), BIND_AND);
}

static struct text shifted(const struct cexpr *x, const char *v, unsigned by)
{
	if (!by)
		return primary(v);
	return binary(x, primary(v), ">>", primary(arena_printf(x->arena, "%u", by)), BIND_SHIFT);
}

/* Bits [lo + width - 1 : lo] of words that are called word[0], word[1] ... */
static struct text field(const struct cexpr *x, const char *const *word, unsigned words, unsigned lo, unsigned width)
{
	unsigned i = lo / 64, from = lo % 64;
	struct text low, high;

	if (i >= words)
		return primary("0");
	low = shifted(x, word[i], from);
	if (from + width <= 64 || i + 1 >= words)
		return masked(x, low, width, from);
	high = binary(x, primary(word[i + 1]), "<<", primary(arena_printf(x->arena, "%u", 64 - from)), BIND_SHIFT);
	return masked(x, binary(x, low, "|", high, BIND_OR), width, 0);
}

/* --- what is asked ------------------------------------------------------------------ */

static unsigned operands(const struct ptg_node *n, uint16_t of[3])
{
	switch (n->op) {
	case PTG_OP_CTX_AT: case PTG_OP_EXTERN:
		of[0] = n->b;
		return 1;
	case PTG_OP_NOT: case PTG_OP_SLICE:
		of[0] = n->a;
		return 1;
	case PTG_OP_DSLICE:
		of[2] = n->c;
		of[1] = n->b;
		of[0] = n->a;
		return 3;
	default:
		of[1] = n->b;
		of[0] = n->a;
		return n->op >= PTG_OP_AND ? 2 : 0;
	}
}

bool cexpr_uses(const struct ptg_format *f, unsigned node, unsigned op)
{
	const struct ptg_node *n = &f->nodes[node];
	uint16_t of[3];
	unsigned count = operands(n, of);

	if (n->op == op)
		return true;
	while (count)
		if (cexpr_uses(f, of[--count], op))
			return true;
	return false;
}

bool cexpr_settled(const struct ptg_format *f, unsigned node)
{
	static const uint8_t ops[] = { PTG_OP_ENTRY, PTG_OP_VA, PTG_OP_INDEX, PTG_OP_INDEX_TOP, PTG_OP_ACCESS, PTG_OP_ATTR,
				       PTG_OP_REG, PTG_OP_SIZE, PTG_OP_EXTERN };

	for (unsigned i = 0; i < sizeof(ops); i++)
		if (cexpr_uses(f, node, ops[i]))
			return false;
	return true;
}

uint64_t cexpr_va_bits(const struct ptg_format *f, unsigned node)
{
	const struct ptg_node *n = &f->nodes[node];
	uint16_t of[3];
	unsigned count = operands(n, of);
	uint64_t bits = n->op == PTG_OP_VA ? low_bits(n->width) << n->lo : 0;

	while (count)
		bits |= cexpr_va_bits(f, of[--count]);
	return bits;
}

bool cexpr_equal(const struct ptg_format *f, unsigned a, unsigned b)
{
	const struct ptg_node *n = &f->nodes[a], *m = &f->nodes[b];
	uint16_t left[3], right[3];
	unsigned count = operands(n, left);

	if (a == b)
		return true;
	if (n->op != m->op || n->lo != m->lo || n->width != m->width || n->imm != m->imm)
		return false;
	operands(m, right);
	for (unsigned i = 0; i < count; i++)
		if (!cexpr_equal(f, left[i], right[i]))
			return false;
	if (n->op == PTG_OP_ATTR || n->op == PTG_OP_FEATURE || n->op == PTG_OP_PARAM || n->op == PTG_OP_REG ||
	    n->op == PTG_OP_EXTERN)
		return n->a == m->a;
	return true;
}

bool cexpr_constant(const struct cexpr *x, unsigned node, uint64_t *value)
{
	const struct ptg_node *n = at(x, node);
	uint64_t a, b;

	switch (n->op) {
	case PTG_OP_CONST:
		*value = n->imm;
		return true;
	case PTG_OP_ACCESS:
		*value = (x->access_value & n->imm) != 0;
		return x->access_known;
	case PTG_OP_NOT:
		if (!cexpr_constant(x, n->a, &a))
			return false;
		*value = !a;
		return true;
	case PTG_OP_AND: case PTG_OP_OR:
		if (cexpr_constant(x, n->a, &a) && !a == (n->op == PTG_OP_AND)) {
			*value = n->op == PTG_OP_OR;
			return true;
		}
		if (cexpr_constant(x, n->b, &b) && !b == (n->op == PTG_OP_AND)) {
			*value = n->op == PTG_OP_OR;
			return true;
		}
		if (!cexpr_constant(x, n->a, &a) || !cexpr_constant(x, n->b, &b))
			return false;
		*value = n->op == PTG_OP_AND ? a && b : a || b;
		return true;
	default:
		return false;
	}
}

/* Values that are 0 or 1 by themselves. */
static bool is_truth(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = at(x, plain(x, node));

	switch (n->op) {
	case PTG_OP_ACCESS: case PTG_OP_FEATURE: case PTG_OP_NOT: case PTG_OP_AND: case PTG_OP_OR:
	case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE:
		return true;
	case PTG_OP_ENTRY: case PTG_OP_CTX: case PTG_OP_REG: case PTG_OP_VA:
		return n->width == 1;
	case PTG_OP_ATTR:
		return x->format->attrs[n->a].width == 1;
	case PTG_OP_CONST:
		return n->imm <= 1;
	default:
		return false;
	}
}

/* --- tests in place ------------------------------------------------------------------- */

static void cube_bits(struct cube *c, unsigned lo, unsigned width, uint64_t mask, uint64_t value)
{
	for (unsigned i = 0; i < width; i++) {
		unsigned bit = lo + i;

		if (!(mask >> i & 1) || bit > 127)
			continue;
		c->mask[bit / 64] |= UINT64_C(1) << bit % 64;
		c->value[bit / 64] |= (value >> i & 1) << bit % 64;
	}
}

/* Can "value = want" of the node be said by entry bits?  Bits of `care` count. */
static bool cube_of(const struct cexpr *x, unsigned node, uint64_t care, uint64_t want, struct cube *c)
{
	const struct ptg_node *n = at(x, plain(x, node));

	switch (n->op) {
	case PTG_OP_ENTRY:
		if (want & care & ~low_bits(n->width))
			return false;
		cube_bits(c, n->lo, n->width, care, want);
		return true;
	case PTG_OP_CONST:
		return ((n->imm ^ want) & care) == 0;
	case PTG_OP_BITAND:
		if (at(x, n->b)->op != PTG_OP_CONST || (want & care & ~at(x, n->b)->imm))
			return false;
		return cube_of(x, n->a, care & at(x, n->b)->imm, want, c);
	case PTG_OP_CAT:
		return n->width < 64 && cube_of(x, n->a, care >> n->width, want >> n->width, c) &&
		       cube_of(x, n->b, care & low_bits(n->width), want & low_bits(n->width), c);
	default:
		return false;
	}
}

/* A condition that is a cube; of AND only when both sides are. */
static bool cube_truth(const struct cexpr *x, unsigned node, struct cube *c)
{
	const struct ptg_node *n = at(x, plain(x, node)), *not;
	struct cube a = { { 0, 0 }, { 0, 0 } }, b = a;

	switch (n->op) {
	case PTG_OP_ENTRY:
		return n->width == 1 && cube_of(x, node, 1, 1, c);
	case PTG_OP_NOT:
		not = at(x, plain(x, n->a));
		return not->op == PTG_OP_ENTRY && not->width == 1 && cube_of(x, n->a, 1, 0, c);
	case PTG_OP_EQ:
		return at(x, n->b)->op == PTG_OP_CONST && cube_of(x, n->a, ~UINT64_C(0), at(x, n->b)->imm, c);
	case PTG_OP_AND:
		if (!cube_truth(x, n->a, &a) || !cube_truth(x, n->b, &b))
			return false;
		for (unsigned i = 0; i < 2; i++) {
			if ((a.value[i] ^ b.value[i]) & a.mask[i] & b.mask[i])
				return false;
			c->mask[i] |= a.mask[i] | b.mask[i];
			c->value[i] |= a.value[i] | b.value[i];
		}
		return true;
	default:
		return false;
	}
}

static struct text match(const struct cexpr *x, const char *word, uint64_t mask, uint64_t value, bool want)
{
	bool single = (mask & (mask - 1)) == 0;
	struct text field;

	if (word == x->entry && x->looked) {
		word = x->looked;
		value ^= x->flipped & mask;
	}
	field = binary(x, primary(word), "&", primary(cexpr_mask(x, mask)), BIND_AND);
	if (!value || (single && value == mask)) {
		if (want == (value != 0))
			return field;
		return primary(arena_printf(x->arena, "!(%s)", field.s));
	}
	return binary(x, field, want ? "==" : "!=", primary(cexpr_mask(x, value)), BIND_COMPARE);
}

static struct text cube_text(const struct cexpr *x, const struct cube *c, bool want)
{
	struct text low, high;

	if (!c->mask[0] && !c->mask[1])
		return primary(want ? "1" : "0");
	if (!c->mask[1])
		return match(x, x->entry, c->mask[0], c->value[0], want);
	high = match(x, x->entry_hi, c->mask[1], c->value[1], want);
	if (!c->mask[0])
		return high;
	low = match(x, x->entry, c->mask[0], c->value[0], want);
	return want ? binary(x, low, "&&", high, BIND_LAND) : binary(x, low, "||", high, BIND_LOR);
}

const char *cexpr_match(const struct cexpr *x, const char *word, uint64_t mask, uint64_t value)
{
	return put(x, match(x, word, mask, value, true), BIND_LAND);
}

bool cexpr_cube(const struct cexpr *x, unsigned node, uint64_t mask[2], uint64_t value[2])
{
	struct cube c = { { 0, 0 }, { 0, 0 } };

	if (!cube_truth(x, node, &c))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		if ((value[i] ^ c.value[i]) & mask[i] & c.mask[i])
			return false;
		mask[i] |= c.mask[i];
		value[i] |= c.value[i];
	}
	return true;
}

/* --- truths ------------------------------------------------------------------------------ */

static bool single(uint64_t x)
{
	return x && !(x & (x - 1));
}

static struct text negated(const struct cexpr *x, struct text t, bool want)
{
	if (want)
		return t;
	return primary(arena_printf(x->arena, t.bind == BIND_UNARY ? "!%s" : "!(%s)", t.s));
}

static struct text bit_of(const struct cexpr *x, const char *word, unsigned bit, bool want)
{
	struct text t = binary(x, primary(word), "&", primary(cexpr_number(x->arena, UINT64_C(1) << bit)), BIND_AND);

	return negated(x, t, want);
}

static struct text feature(const struct cexpr *x, unsigned i, bool want)
{
	const char *name = arena_printf(x->arena, "%s_HAS_%s", x->upper, x->format->features[i].name);
	char *upper = arena_copy(x->arena, name, strlen(name));

	for (char *c = upper; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return negated(x, binary(x, primary("s->config[0]"), "&", primary(upper), BIND_AND), want);
}

const char *cexpr_once(const struct cexpr *x, const char *text)
{
	return x->once ? x->once(x->once_arg, text) : NULL;
}

struct switched {                    /* terms of an AND (of an OR, all negated): one bit of the entry, the rest settled */
	struct text when;
	uint64_t bit;
};

static bool switched_terms(const struct cexpr *x, unsigned node, unsigned op, struct switched *w)
{
	const struct ptg_node *n = at(x, plain(x, node));
	struct cube c = { { 0, 0 }, { 0, 0 } };
	bool positive = op == PTG_OP_AND;
	struct text one;

	if (n->op == op)
		return switched_terms(x, n->a, op, w) && switched_terms(x, n->b, op, w);
	if (cexpr_settled(x->format, node)) {
		one = truth_of(x, node, positive);
		w->when = w->when.s ? binary(x, w->when, "&&", one, BIND_LAND) : one;
		return true;
	}
	if (w->bit || !cube_truth(x, node, &c) || c.mask[1] || !single(c.mask[0]) || (c.value[0] != 0) != positive)
		return false;
	w->bit = c.mask[0];
	return true;
}

/* `feature && (e & BIT)`: a mask that is BIT or 0 is computed once. */
static bool switched_bit(const struct cexpr *x, unsigned node, bool want, struct text *out)
{
	struct switched w = { { NULL, BIND_LAND }, 0 };
	unsigned op = at(x, node)->op;
	const char *word;

	if (!x->once || !switched_terms(x, node, op, &w) || !w.bit || !w.when.s)
		return false;
	word = cexpr_once(x, arena_printf(x->arena, "%s ? %s : 0", put(x, w.when, BIND_COMPARE), cexpr_mask(x, w.bit)));
	if (!word)
		return false;
	*out = negated(x, binary(x, primary(cexpr_entry(x, w.bit)), "&", primary(word), BIND_AND), (op == PTG_OP_AND) == want);
	return true;
}

static struct text junction(const struct cexpr *x, unsigned node, bool want)
{
	const struct ptg_node *n = at(x, node);
	bool and = (n->op == PTG_OP_AND) == want;
	struct text whole;
	uint64_t v;

	if (switched_bit(x, node, want, &whole))
		return whole;
	/* the side that is known to be neutral goes */
	if (cexpr_constant(x, n->a, &v) && !v == (n->op == PTG_OP_OR))
		return truth_of(x, n->b, want);
	if (cexpr_constant(x, n->b, &v) && !v == (n->op == PTG_OP_OR))
		return truth_of(x, n->a, want);
	return binary(x, truth_of(x, n->a, want), and ? "&&" : "||", truth_of(x, n->b, want),
		      and ? BIND_LAND : BIND_LOR);
}

static struct text equals(const struct cexpr *x, unsigned node, uint64_t k, bool want);

static struct text comparison(const struct cexpr *x, const struct ptg_node *n, bool want)
{
	const struct ptg_node *b = at(x, n->b);
	bool equal = (n->op == PTG_OP_EQ) == want;

	if (b->op == PTG_OP_CONST && is_truth(x, n->a))
		return b->imm > 1 ? primary(equal ? "0" : "1") : truth_of(x, n->a, equal == (b->imm == 1));
	if (b->op == PTG_OP_CONST)
		return equals(x, n->a, b->imm, equal);
	return binary(x, value_of(x, n->a), equal ? "==" : "!=", value_of(x, n->b), BIND_COMPARE);
}

/* Largest value a node can have, as far as its shape says. */
static uint64_t most(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = at(x, plain(x, node));

	switch (n->op) {
	case PTG_OP_CONST:
		return n->imm;
	case PTG_OP_ENTRY: case PTG_OP_CTX: case PTG_OP_REG: case PTG_OP_VA: case PTG_OP_CTX_AT: case PTG_OP_SLICE:
		return low_bits(n->width);
	case PTG_OP_ATTR:
		return low_bits(x->format->attrs[n->a].width);
	case PTG_OP_MUL:
		return is_truth(x, n->a) ? most(x, n->b) : ~UINT64_C(0);
	case PTG_OP_CAT:
		if (n->width > 16 || most(x, n->a) > 0xffff)
			return ~UINT64_C(0);
		return most(x, n->a) << n->width | low_bits(n->width);
	default:
		return is_truth(x, node) ? 1 : ~UINT64_C(0);
	}
}

/* value = k, where the value is perhaps a field that a feature switches off. */
static struct text equals(const struct cexpr *x, unsigned node, uint64_t k, bool want)
{
	const struct ptg_node *n = at(x, plain(x, node));
	struct cube c = { { 0, 0 }, { 0, 0 } };

	if (cube_of(x, node, ~UINT64_C(0), k, &c))
		return cube_text(x, &c, want);
	if (n->op == PTG_OP_MUL && k && is_truth(x, n->a) && cube_of(x, n->b, ~UINT64_C(0), k, &c))
		return binary(x, truth_of(x, n->a, want), want ? "&&" : "||", cube_text(x, &c, want),
			      want ? BIND_LAND : BIND_LOR);
	return binary(x, value_of(x, node), want ? "==" : "!=", primary(cexpr_number(x->arena, k)), BIND_COMPARE);
}

/* Bit v of a constant: is the value one of a set? */
static bool is_member(const struct cexpr *x, const struct ptg_node *n)
{
	return n->op == PTG_OP_DSLICE && n->b == n->c && at(x, n->a)->op == PTG_OP_CONST && most(x, n->b) < 64;
}

static struct text set_bit(const struct cexpr *x, const struct ptg_node *n)
{
	unsigned long long set = at(x, n->a)->imm;
	const char *code = value_of(x, n->b).s;

	/* 64-bit distances are a call on some 32-bit hosts; most sets fit into 32 bits */
	if (most(x, n->b) < 32 && set >> 32 == 0)
		return masked(x, primary(arena_printf(x->arena, "(0x%llxu >> (unsigned)(%s))", set, code)), 1, 0);
	return masked(x, primary(arena_printf(x->arena, "ptg_shr_(0x%llxull, (unsigned)(%s))", set, code)), 1, 0);
}

static struct text member(const struct cexpr *x, const struct ptg_node *n, bool want)
{
	uint64_t set = at(x, n->a)->imm;
	unsigned k = 0;

	if (!single(set))
		return negated(x, set_bit(x, n), want);
	while (!(set >> k & 1))
		k++;
	return equals(x, n->b, k, want);
}

/* a <= b */
static struct text at_most(const struct cexpr *x, const struct ptg_node *n, bool want)
{
	if (at(x, n->a)->op == PTG_OP_CONST && at(x, n->a)->imm == 0)
		return primary(want ? "1" : "0");
	return binary(x, value_of(x, n->a), want ? "<=" : ">", value_of(x, n->b), BIND_COMPARE);
}

static struct text truth_of(const struct cexpr *x, unsigned node, bool want)
{
	const struct ptg_node *n = at(x, node = plain(x, node));
	struct cube c = { { 0, 0 }, { 0, 0 } };
	uint64_t v;

	if (cexpr_constant(x, node, &v))
		return primary(!v != want ? "1" : "0");
	if (cube_truth(x, node, &c))
		return cube_text(x, &c, want);
	switch (n->op) {
	case PTG_OP_NOT:
		return truth_of(x, n->a, !want);
	case PTG_OP_AND: case PTG_OP_OR:
		return junction(x, node, want);
	case PTG_OP_EQ: case PTG_OP_NE:
		return comparison(x, n, want);
	case PTG_OP_LE:
		return at_most(x, n, want);
	case PTG_OP_DSLICE:
		if (is_member(x, n))
			return member(x, n, want);
		break;
	case PTG_OP_FEATURE:
		return feature(x, n->a, want);
	case PTG_OP_ACCESS:
		return negated(x, binary(x, primary(x->access), "&",
					 primary(cexpr_number(x->arena, n->imm)), BIND_AND), want);
	case PTG_OP_CTX:
		if (n->width == 1)
			return bit_of(x, arena_printf(x->arena, "s->ctx[%u]", n->lo / 64u), n->lo % 64u, want);
		break;
	default:
		break;
	}
	return negated(x, value_of(x, node), want);
}

/* --- values --------------------------------------------------------------------------------- */

static struct text number_of_truth(const struct cexpr *x, struct text t)
{
	if (t.bind == BIND_UNARY && (!strcmp(t.s, "0") || !strcmp(t.s, "1")))
		return t;
	return primary(arena_printf(x->arena, "(uint64_t)(%s%s)", t.s, t.bind == BIND_AND ? " ? 1 : 0" : ""));
}

static struct text context(const struct cexpr *x, unsigned lo, unsigned width)
{
	static const char *const words[] = { "s->ctx[0]", "s->ctx[1]", "s->ctx[2]", "s->ctx[3]" };

	return field(x, words, 4, lo, width);
}

/* Element of a context array; inside one word a shift, else the runtime's function. */
static struct text context_element(const struct cexpr *x, const struct ptg_node *n)
{
	unsigned from = n->lo % 64u, bits = n->width * (unsigned)n->imm;
	struct text i = value_of(x, n->b), by;
	bool fits = n->imm && most(x, n->b) <= n->imm - 1;

	if (!n->imm)
		return context(x, n->lo, n->width);
	if (!fits)
		i = binary(x, i, "&", primary(cexpr_number(x->arena, (n->imm - 1) & 0xff)), BIND_AND);
	if (from + bits > 64)
		return primary(arena_printf(x->arena, "ptg_ctx_(s, %u + %u * (unsigned)(%s), %u)", n->lo, n->width, i.s,
					    n->width));
	by = n->width == 1 ? i : binary(x, primary(arena_printf(x->arena, "%u", n->width)), "*", i, BIND_MUL);
	if (from)
		by = binary(x, primary(arena_printf(x->arena, "%u", from)), "+", by, BIND_ADD);
	return masked(x, primary(arena_printf(x->arena, "ptg_shr_(s->ctx[%u], (unsigned)(%s))", n->lo / 64u, by.s)),
		      n->width, 0);
}

/* Entry bits that keep their distance when they are put together: `mask` of the result comes from `up` below. */
struct gathering {
	unsigned count;
	struct { int up; uint64_t mask; } part[8];
};

/* Is the node nothing but entry bits put together?  Those of the first word only. */
static bool gather(const struct cexpr *x, unsigned node, unsigned to, struct gathering *g)
{
	const struct ptg_node *n = at(x, plain(x, node));
	int up = (int)to - n->lo;
	unsigned i = 0;

	if (n->op == PTG_OP_CAT)
		return gather(x, n->b, to, g) && gather(x, n->a, to + n->width, g);
	if (n->op == PTG_OP_CONST)
		return n->imm == 0;
	if (n->op != PTG_OP_ENTRY || n->lo + n->width > 64 || to + n->width > 64)
		return false;
	while (i < g->count && g->part[i].up != up)
		i++;
	if (i == sizeof(g->part) / sizeof(g->part[0]))
		return false;
	if (i == g->count) {
		g->part[g->count].up = up;
		g->part[g->count++].mask = 0;
	}
	g->part[i].mask |= low_bits(n->width) << to;
	return true;
}

/* (e >> 3 & 3) | (e >> 5 & 4) */
static struct text gathered(const struct cexpr *x, const struct gathering *g)
{
	struct text all = primary("0"), one;

	for (unsigned i = 0; i < g->count; i++) {
		int up = g->part[i].up;

		one = primary(cexpr_entry(x, up > 0 ? g->part[i].mask >> up : g->part[i].mask << -up));
		if (up)
			one = binary(x, one, up > 0 ? "<<" : ">>", primary(arena_printf(x->arena, "%d", up > 0 ? up : -up)),
				     BIND_SHIFT);
		one = binary(x, one, "&", primary(cexpr_number(x->arena, g->part[i].mask)), BIND_AND);
		all = i ? binary(x, all, "|", one, BIND_OR) : one;
	}
	return all;
}

static struct text catenation(const struct cexpr *x, const struct ptg_node *n)
{
	struct text a = value_of(x, n->a), b = value_of(x, n->b);
	struct gathering g = { .count = 0 };

	if (gather(x, n->b, 0, &g) && n->width < 64 && gather(x, n->a, n->width, &g) && g.count)
		return gathered(x, &g);
	if (n->width >= 64)
		return b;
	if (at(x, n->a)->op == PTG_OP_CONST && at(x, n->a)->imm == 0)
		return b;
	a = binary(x, a, "<<", primary(arena_printf(x->arena, "%u", n->width)), BIND_SHIFT);
	return binary(x, a, "|", b, BIND_OR);
}

/* (truth) * value: the value or nothing. */
static struct text product(const struct cexpr *x, const struct ptg_node *n)
{
	const struct ptg_node *b = at(x, n->b);
	const char *when, *word;

	if (!is_truth(x, n->a))
		return binary(x, value_of(x, n->a), "*", value_of(x, n->b), BIND_MUL);
	if (x->once && cexpr_settled(x->format, n->a) && b->op == PTG_OP_ENTRY && b->lo + b->width <= 64) {
		when = put(x, truth_of(x, n->a, true), BIND_COMPARE);
		word = cexpr_once(x, arena_printf(x->arena, "%s ? %s : 0", when, cexpr_number(x->arena, low_bits(b->width))));
		if (word)
			return binary(x, shifted(x, cexpr_entry(x, low_bits(b->width) << b->lo), b->lo), "&",
				      primary(word), BIND_AND);
	}
	return (struct text){ arena_printf(x->arena, "%s ? %s : 0", put(x, truth_of(x, n->a, true), BIND_COMPARE),
					   put(x, value_of(x, n->b), BIND_LOR)), BIND_COND };
}

/* Entry bits by the names "e" and "e_hi". */
static struct text entry_bits(const struct cexpr *x, unsigned lo, unsigned width)
{
	const char *const words[] = { lo < 64 ? cexpr_entry(x, low_bits(width) << lo) : x->entry, x->entry_hi };

	return field(x, words, 2, lo, width);
}

static struct text word_bits(const struct cexpr *x, const char *word, unsigned lo, unsigned width)
{
	return field(x, &word, 1, lo, width);
}

static struct text sliced(const struct cexpr *x, const struct ptg_node *n)
{
	struct text a = value_of(x, n->a);

	if (n->lo > 63)
		return primary("0");
	if (n->lo)
		a = binary(x, a, ">>", primary(arena_printf(x->arena, "%u", n->lo)), BIND_SHIFT);
	return masked(x, a, n->width, n->lo);
}

static const char *register_text(const struct cexpr *x, unsigned i)
{
	return x->reg ? x->reg[i] : arena_printf(x->arena, "regs->%s", x->format->regs[i].name);
}

static const char *attr_text(const struct cexpr *x, unsigned i)
{
	return x->attr && x->attr[i] ? x->attr[i] : arena_printf(x->arena, "attr[%u]", i);
}

static struct text call(const struct cexpr *x, const char *name, const char *args)
{
	return primary(arena_printf(x->arena, "%s(%s)", name, args));
}

static struct text input_of(const struct cexpr *x, const struct ptg_node *n)
{
	switch (n->op) {
	case PTG_OP_ENTRY:
		return entry_bits(x, n->lo, n->width);
	case PTG_OP_VA:
		return word_bits(x, x->va, n->lo, n->width);
	case PTG_OP_INDEX:
		return word_bits(x, x->index, n->lo, n->width);
	case PTG_OP_INDEX_TOP:
		return call(x, "ptg_index_top_", arena_printf(x->arena, "%s, %s, %u, %u", x->index, x->index_lg2, n->lo,
							      n->width));
	case PTG_OP_ATTR:
		return primary(attr_text(x, n->a));
	case PTG_OP_PARAM:
		return masked(x, shifted(x, "s->config[0]", x->format->params[n->a].shift), 8, 0);
	case PTG_OP_CTX:
		return context(x, n->lo, n->width);
	case PTG_OP_CTX_AT:
		return context_element(x, n);
	case PTG_OP_REG:
		return word_bits(x, register_text(x, n->a), n->lo, n->width);
	case PTG_OP_SIZE:
		return primary(x->size);
	default:
		return call(x, arena_printf(x->arena, "%s_%s", x->lower, x->format->externs[n->a]),
			    arena_printf(x->arena, "s, %s", value_of(x, n->b).s));
	}
}

static struct text value_of(const struct cexpr *x, unsigned node)
{
	const struct ptg_node *n = at(x, node = plain(x, node));
	uint64_t v;

	if (cexpr_constant(x, node, &v))
		return primary(cexpr_number(x->arena, v));
	switch (n->op) {
	case PTG_OP_ACCESS: case PTG_OP_FEATURE: case PTG_OP_NOT: case PTG_OP_AND: case PTG_OP_OR:
	case PTG_OP_EQ: case PTG_OP_NE: case PTG_OP_LE:
		return number_of_truth(x, truth_of(x, node, true));
	case PTG_OP_ADD:
		return binary(x, value_of(x, n->a), "+", value_of(x, n->b), BIND_ADD);
	case PTG_OP_SUB:
		return binary(x, value_of(x, n->a), "-", value_of(x, n->b), BIND_ADD);
	case PTG_OP_MUL:
		return product(x, n);
	case PTG_OP_CAT:
		return catenation(x, n);
	case PTG_OP_SLICE:
		return sliced(x, n);
	case PTG_OP_DSLICE:
		if (is_member(x, n))
			return set_bit(x, n);
		return call(x, "ptg_slice_", arena_printf(x->arena, "%s, %s, %s", value_of(x, n->a).s,
							  value_of(x, n->b).s, value_of(x, n->c).s));
	case PTG_OP_BITAND:
		return binary(x, value_of(x, n->a), "&", value_of(x, n->b), BIND_AND);
	default:
		return input_of(x, n);
	}
}

/* NOT of a cube, of a set with one member among the values of a field, of a field that a feature brings. */
bool cexpr_forbids(const struct cexpr *x, unsigned node, uint64_t mask[2], uint64_t value[2])
{
	const struct ptg_node *n = at(x, node);
	struct cube c = { { 0, 0 }, { 0, 0 } };
	uint64_t set;
	unsigned k = 0;

	if (n->op != PTG_OP_NOT)
		return false;
	n = at(x, n->a);
	if (is_member(x, n) && single(set = at(x, n->a)->imm)) {
		while (!(set >> k & 1))
			k++;
		if (!cube_of(x, n->b, ~UINT64_C(0), k, &c))
			return false;
	} else if (!cube_truth(x, at(x, node)->a, &c)) {
		return false;
	}
	for (unsigned i = 0; i < 2; i++) {
		mask[i] = c.mask[i];
		value[i] = c.value[i];
	}
	return true;
}

bool cexpr_bit(const struct cexpr *x, unsigned node, unsigned *bit, bool *negated)
{
	const struct ptg_node *n = at(x, plain(x, node));

	*negated = n->op == PTG_OP_NOT;
	if (*negated)
		n = at(x, plain(x, n->a));
	*bit = n->lo;
	return n->op == PTG_OP_ENTRY && n->width == 1 && n->lo < 64;
}

const char *cexpr_bits(const struct cexpr *x, unsigned lo, unsigned width)
{
	return entry_bits(x, lo, width).s;
}

const char *cexpr_moved(const struct cexpr *x, unsigned lo, unsigned width, unsigned to)
{
	struct text t;
	uint64_t bits;

	if (lo + width > 64 && lo < 64) { /* across the words */
		t = entry_bits(x, lo, width);
		if (to)
			t = binary(x, t, "<<", primary(arena_printf(x->arena, "%u", to)), BIND_SHIFT);
		return put(x, t, BIND_OR);
	}
	bits = low_bits(width) << lo % 64;
	t = primary(lo < 64 ? cexpr_entry(x, bits) : x->entry_hi);
	if (width < 64)
		t = binary(x, t, "&", primary(lo < 64 ? cexpr_mask(x, bits) : cexpr_number(x->arena, bits)), BIND_AND);
	lo %= 64;
	if (to > lo)
		t = binary(x, t, "<<", primary(arena_printf(x->arena, "%u", to - lo)), BIND_SHIFT);
	else if (to < lo)
		t = binary(x, t, ">>", primary(arena_printf(x->arena, "%u", lo - to)), BIND_SHIFT);
	return put(x, t, BIND_OR);
}

/* --- the six accesses at once ------------------------------------------------------------------ */

#define SIX 0x3fu

static unsigned accesses_that(uint64_t mask)
{
	unsigned six = 0;

	if (mask & PTG_READ)
		six |= PTG_UR | PTG_SR;
	if (mask & PTG_WRITE)
		six |= PTG_UW | PTG_SW;
	if (mask & PTG_EXEC)
		six |= PTG_UX | PTG_SX;
	if (mask & PTG_USER)
		six |= PTG_UR | PTG_UW | PTG_UX;
	return six;
}

/* A node that only asks for the access: its six truths are a constant. */
static bool six_constant(const struct ptg_format *f, unsigned node, unsigned *six)
{
	const struct ptg_node *n = &f->nodes[node];
	unsigned a, b;

	switch (n->op) {
	case PTG_OP_CONST:
		*six = n->imm ? SIX : 0;
		return true;
	case PTG_OP_ACCESS:
		*six = accesses_that(n->imm);
		return true;
	case PTG_OP_NOT:
		if (!six_constant(f, n->a, &a))
			return false;
		*six = ~a & SIX;
		return true;
	case PTG_OP_AND: case PTG_OP_OR:
		if (!six_constant(f, n->a, &a) || !six_constant(f, n->b, &b))
			return false;
		*six = n->op == PTG_OP_AND ? a & b : a | b;
		return true;
	default:
		return false;
	}
}

static struct text six_of(const struct cexpr *x, unsigned node, unsigned among);

static struct text six_number(const struct cexpr *x, unsigned six)
{
	return primary(arena_printf(x->arena, "0x%02xu", six));
}

/* `among` when the condition holds. */
static struct text six_if(const struct cexpr *x, unsigned node, bool want, unsigned among)
{
	struct text t = truth_of(x, node, want);

	return (struct text){ arena_printf(x->arena, "%s ? 0x%02xu : 0", put(x, t, BIND_COMPARE), among), BIND_COND };
}

struct six_terms {                   /* what an AND is made of */
	unsigned among;
	struct text cond, mixed;     /* s NULL: none; mixed is of the accesses */
	uint16_t node[16];
	unsigned count;
};

static void six_collect(const struct cexpr *x, unsigned node, struct six_terms *t)
{
	const struct ptg_node *n = at(x, node);
	unsigned six;

	if (six_constant(x->format, node, &six)) {
		t->among &= six;
	} else if (!cexpr_uses(x->format, node, PTG_OP_ACCESS)) {
		struct text one = truth_of(x, node, true);

		t->cond = t->cond.s ? binary(x, t->cond, "&&", one, BIND_LAND) : one;
	} else if (n->op == PTG_OP_AND) {
		six_collect(x, n->a, t);
		six_collect(x, n->b, t);
	} else if (t->count < 16) {
		t->node[t->count++] = (uint16_t)node;
	}
}

/* Conditions first: `cond ? accesses : 0`. */
static struct text six_and(const struct cexpr *x, unsigned node, unsigned among)
{
	struct six_terms t = { .among = among };
	struct text all;

	six_collect(x, node, &t);
	all = six_number(x, t.among);
	for (unsigned i = 0; i < t.count; i++) {
		struct text one = six_of(x, t.node[i], t.among);

		all = i ? binary(x, all, "&", one, BIND_AND) : one;
	}
	if (!t.cond.s)
		return all;
	return (struct text){ arena_printf(x->arena, "%s ? %s : 0", put(x, t.cond, BIND_COMPARE), put(x, all, BIND_LOR)),
			      BIND_COND };
}

static struct text six_of(const struct cexpr *x, unsigned node, unsigned among)
{
	const struct ptg_node *n = at(x, node);
	unsigned six;

	if (six_constant(x->format, node, &six))
		return six_number(x, six & among);
	if (!cexpr_uses(x->format, node, PTG_OP_ACCESS))
		return six_if(x, node, true, among);
	switch (n->op) {
	case PTG_OP_AND:
		return six_and(x, node, among);
	case PTG_OP_OR:
		return binary(x, six_of(x, n->a, among), "|", six_of(x, n->b, among), BIND_OR);
	case PTG_OP_NOT:
		return binary(x, primary(arena_printf(x->arena, "~(%s)", six_of(x, n->a, SIX).s)), "&",
			      six_number(x, among), BIND_AND);
	default:
		break;
	}
	/* a comparison of something that asks for the access: one by one */
	struct cexpr each = *x;
	struct text all = { NULL, BIND_OR };

	each.access_known = true;
	for (unsigned i = 0; i < 6; i++) {
		struct text one;

		if (!(among >> i & 1))
			continue;
		each.access_value = (i < 3 ? PTG_USER : 0u) | 1u << i % 3;
		one = (struct text){ arena_printf(x->arena, "%s ? 0x%02xu : 0",
						  put(x, truth_of(&each, node, true), BIND_COMPARE), 1u << i), BIND_COND };
		all = all.s ? binary(x, all, "|", one, BIND_OR) : one;
	}
	return all.s ? all : primary("0u");
}

/* --- the entries of this file ----------------------------------------------------------------- */

const char *cexpr_value(const struct cexpr *x, unsigned node)
{
	return value_of(x, node).s;
}

const char *cexpr_operand(const struct cexpr *x, unsigned node)
{
	return put(x, value_of(x, node), BIND_UNARY);
}

const char *cexpr_truth(const struct cexpr *x, unsigned node)
{
	return truth_of(x, node, true).s;
}

const char *cexpr_untruth(const struct cexpr *x, unsigned node)
{
	return truth_of(x, node, false).s;
}

const char *cexpr_term(const struct cexpr *x, unsigned node)
{
	return put(x, truth_of(x, node, true), BIND_LAND);
}

const char *cexpr_rights(const struct cexpr *x, unsigned node)
{
	return six_of(x, node, SIX).s;
}
