/* SPDX-License-Identifier: MIT */
/* cexpr_text.c - pieces of C, put together with the parentheses they need */

#include "gen/emit/cexpr_text.h"

struct text text_primary(const char *s)
{
	return (struct text){ s, BIND_UNARY };
}

/* An operand of an operator of level `of`. */
const char *text_put(const struct cexpr *x, struct text t, enum bind of)
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

struct text text_binary(const struct cexpr *x, struct text a, const char *op, struct text b, enum bind bind)
{
	enum bind right = bind == BIND_SHIFT || bind == BIND_ADD ? BIND_UNARY : bind;

	return (struct text){ arena_printf(x->arena, "%s %s %s", text_put(x, a, bind), op, text_put(x, b, right)), bind };
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
struct text text_masked(const struct cexpr *x, struct text v, unsigned width, unsigned from)
{
	if (width + from >= 64)
		return v;
	return text_binary(x, v, "&", text_primary(cexpr_number(x->arena, low_bits(width))), BIND_AND);
}

struct text text_shifted(const struct cexpr *x, const char *v, unsigned by)
{
	if (!by)
		return text_primary(v);
	return text_binary(x, text_primary(v), ">>", text_primary(arena_printf(x->arena, "%u", by)), BIND_SHIFT);
}

/* Bits [lo + width - 1 : lo] of words that are called word[0], word[1] ... */
struct text text_field(const struct cexpr *x, const char *const *word, unsigned words, unsigned lo, unsigned width)
{
	unsigned i = lo / 64, from = lo % 64;
	struct text low, high;

	if (i >= words)
		return text_primary("0");
	low = text_shifted(x, word[i], from);
	if (from + width <= 64 || i + 1 >= words)
		return text_masked(x, low, width, from);
	high = text_binary(x, text_primary(word[i + 1]), "<<", text_primary(arena_printf(x->arena, "%u", 64 - from)), BIND_SHIFT);
	return text_masked(x, text_binary(x, low, "|", high, BIND_OR), width, 0);
}

struct text text_negated(const struct cexpr *x, struct text t, bool want)
{
	if (want)
		return t;
	return text_primary(arena_printf(x->arena, t.bind == BIND_UNARY ? "!%s" : "!(%s)", t.s));
}
