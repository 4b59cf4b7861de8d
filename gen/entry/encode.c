/* SPDX-License-Identifier: MIT */
/*
 * encode.c - an entry from NAME=VALUE words
 *
 * Attributes of the description are turned into rights by the deny lines, rights
 * and the rest go through ptg_encode(); what ptg_attrs has no place for is put
 * into its bits.  In the end everything asked for is read back.
 */
#include "gen/entry/encode.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "gen/entry/entry.h"
#include "gen/entry/fields.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

struct ask {
	struct arena *arena;
	const struct view *v;
	unsigned level;
	struct ptg_attrs attrs;
	uint64_t value[64];          /* attributes of the description */
	uint64_t asked;              /* which of them */
	const char *fields[64];      /* FIELD=N words */
	unsigned field_count;
	const char *why;
};

static const struct { const char *name; uint32_t bit; } bits[] = {
	{"ur", PTG_UR}, {"uw", PTG_UW}, {"ux", PTG_UX}, {"sr", PTG_SR}, {"sw", PTG_SW}, {"sx", PTG_SX},
	{"global", PTG_GLOBAL}, {"accessed", PTG_ACCESSED}, {"dirty", PTG_DIRTY},
};

static bool say(struct ask *k, const char *format, const char *x, const char *y)
{
	k->why = arena_printf(k->arena, format, x, y);
	return false;
}

/* --- reading the words -------------------------------------------------------------- */

static bool read_memtype(struct ask *k, const char *word)
{
	const struct ptg_format *f = k->v->space.format;
	uint64_t number;

	k->attrs.care |= PTG_HAS_MEMTYPE;
	for (unsigned i = 0; f->memtype_attr < f->attr_count && i < f->attrs[f->memtype_attr].name_count; i++) {
		const struct ptg_value_name *n = &f->value_names[f->attrs[f->memtype_attr].name_first + i];

		if (strcasecmp(n->name, word) != 0)
			continue;
		k->attrs.memtype = n->memtype;
		return true;
	}
	for (unsigned m = 0; m <= PTG_MT_IO; m++)
		if (text_is_memtype(f, m, word)) {
			k->attrs.memtype = (uint16_t)m;
			return true;
		}
	if (!text_number(word, &number) || number > 0x7fff)
		return say(k, "%s has no memory type '%s'", f->name, word);
	k->attrs.memtype = (uint16_t)(PTG_MT_RAW | number);
	return true;
}

/* global, accessed, ...: the words of every format. */
static bool read_general(struct ask *k, const char *name, const char *word, uint64_t number, bool *known)
{
	unsigned six, shift = name[0] == 's' ? 3 : 0;

	*known = true;
	if (strcmp(name, "user") == 0 || strcmp(name, "supervisor") == 0) {
		if (!text_parse_rights(word, &six))
			return say(k, "'%s' is not like rw- (for %s)", word, name);
		k->attrs.care |= 7u << shift;
		k->attrs.rights = (k->attrs.rights & ~(7u << shift)) | six << shift;
		return true;
	}
	if (strcmp(name, "memtype") == 0)
		return read_memtype(k, word);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (strcmp(name, bits[i].name) != 0)
			continue;
		k->attrs.care |= bits[i].bit;
		k->attrs.rights = number ? k->attrs.rights | bits[i].bit : k->attrs.rights & ~bits[i].bit;
		return true;
	}
	if (strcmp(name, "key") == 0) {
		k->attrs.care |= PTG_HAS_KEY;
		k->attrs.key = (uint8_t)number;
		return number <= 0xff ? true : say(k, "key %s is too large%s", word, "");
	}
	if (strcmp(name, "soft") == 0) {
		k->attrs.care |= PTG_HAS_SOFT;
		k->attrs.soft = number;
		return true;
	}
	*known = false;
	return true;
}

/* A name of a value (memory types apart), or a number. */
static bool read_value(struct ask *k, unsigned attr, const char *word, uint64_t *value)
{
	const struct ptg_format *f = k->v->space.format;

	for (unsigned i = 0; i < f->attrs[attr].name_count; i++) {
		const struct ptg_value_name *n = &f->value_names[f->attrs[attr].name_first + i];

		if (strcasecmp(n->name, word) == 0) {
			*value = n->value;
			return true;
		}
	}
	return text_number(word, value) ? true : say(k, "%s: '%s' is no value of it", f->attrs[attr].name, word);
}

static bool read_pair(struct ask *k, const char *pair)
{
	const struct ptg_format *f = k->v->space.format;
	const char *equals = strchr(pair, '='), *name;
	uint64_t number = 0;
	bool known;

	if (!equals || !equals[1])
		return say(k, "'%s' is not NAME=VALUE%s", pair, "");
	name = arena_copy(k->arena, pair, (size_t)(equals - pair));
	text_number(equals + 1, &number);
	for (unsigned i = 0; i < f->attr_count && i < 64; i++) {
		if (strcmp(f->attrs[i].name, name) != 0 || i == f->memtype_attr)
			continue;
		k->asked |= (uint64_t)1 << i;
		return read_value(k, i, equals + 1, &k->value[i]);
	}
	if (name[0] >= 'A' && name[0] <= 'Z' && k->field_count < 64) {
		k->fields[k->field_count++] = pair;
		return true;
	}
	if (!read_general(k, name, equals + 1, number, &known))
		return false;
	return known ? true : say(k, "%s has no attribute '%s'", f->name, name);
}

/* --- from attributes to rights ----------------------------------------------------------- */

static void own_attributes(const struct ptg_space *s, const struct ptg_kind *kind, const uint64_t e[2], uint64_t *attr)
{
	struct ptg_env env;

	memset(&env, 0, sizeof(env));
	env.space = s;
	env.e[0] = e[0];
	env.e[1] = e[1];
	ptg_attrs_neutral_(s->format, attr);
	ptg_attrs_(&env, kind, attr);
}

/* The six rights that the asked attributes leave, the others standing as in `like`. */
static void rights_of_attributes(struct ask *k, const struct ptg_kind *kind, const uint64_t like[2])
{
	const struct ptg_space *s = &k->v->space;
	const struct ptg_format *f = s->format;
	uint64_t attr[64];
	struct ptg_env env;

	if (!k->asked)
		return;
	own_attributes(s, kind, like, attr);
	for (unsigned i = 0; i < f->attr_count; i++)
		if (k->asked >> i & 1)
			attr[i] = k->value[i];
	memset(&env, 0, sizeof(env));
	env.space = s;
	env.e[0] = like[0];
	env.e[1] = like[1];
	k->attrs.rights |= ptg_rights_(&env, kind, attr) & 0x3f & ~k->attrs.care;
	k->attrs.care |= 0x3f;
	if (f->global_attr < 64 && (k->asked >> f->global_attr & 1)) {
		k->attrs.care |= PTG_GLOBAL;
		k->attrs.rights |= k->value[f->global_attr] ? PTG_GLOBAL : 0;
	}
	if (f->key_attr < 64 && (k->asked >> f->key_attr & 1)) {
		k->attrs.care |= PTG_HAS_KEY;
		k->attrs.key = (uint8_t)k->value[f->key_attr];
	}
}

/* Put a value where a node reads it from: FIELD, or its negation. */
static void put_node(const struct ptg_format *f, unsigned node, uint64_t value, uint64_t e[2])
{
	const struct ptg_node *n = &f->nodes[node];

	if (n->op == PTG_OP_NOT)
		put_node(f, n->a, !value, e);
	else if (n->op == PTG_OP_ENTRY)
		field_put(e, n->lo + n->width - 1u, n->lo, value);
}

/* Read back what was asked for; put what is missing; false: it cannot be had. */
static bool settle(struct ask *k, uint64_t e[2])
{
	const struct ptg_space *s = &k->v->space;
	const struct ptg_format *f = s->format;

	for (unsigned try = 0; try < 2; try++) {
		const struct ptg_kind *kind = ptg_kind_(s, k->level, e);
		uint64_t attr[64];
		unsigned wrong = 64;

		if (!kind || (kind->role != PTG_ROLE_PAGE && kind->role != PTG_ROLE_TABLE))
			return say(k, "%s: what was asked for is no valid entry%s", f->name, "");
		own_attributes(s, kind, e, attr);
		for (unsigned i = 0; i < f->attr_count && wrong == 64; i++)
			if ((k->asked >> i & 1) && attr[i] != k->value[i])
				wrong = i;
		if (wrong == 64)
			return true;
		if (try)
			return say(k, "%s cannot express %s",  f->name,
				   arena_printf(k->arena, "%s=%s at level %s", f->attrs[wrong].name,
						entry_value(k->arena, f, wrong, k->value[wrong]),
						f->levels[k->level].name));
		for (unsigned i = 0; i < f->attr_count; i++)
			if ((k->asked >> i & 1) && kind->attr_first != PTG_NONE &&
			    f->attr_node[kind->attr_first + i] != PTG_NONE && attr[i] != k->value[i])
				put_node(f, f->attr_node[kind->attr_first + i], k->value[i], e);
	}
	return true;
}

static bool put_fields(struct ask *k, uint64_t e[2])
{
	const struct ptg_space *s = &k->v->space;

	for (unsigned i = 0; i < k->field_count; i++) {
		const struct ptg_kind *kind = ptg_kind_(s, k->level, e);
		struct field_bits f[FIELDS_MAX];
		unsigned n = kind ? fields_of_kind(k->v->plan, (unsigned)(kind - s->format->kinds), s->config[0], e, f) : 0;
		const char *equals = strchr(k->fields[i], '=');
		size_t length = (size_t)(equals - k->fields[i]);
		uint64_t value;
		bool found = false, fits = true;

		if (!text_number(equals + 1, &value))
			return say(k, "'%s' is no number%s", equals + 1, "");
		for (unsigned j = n; j-- > 0;) {
			unsigned width = f[j].hi - f[j].lo + 1;

			if (!f[j].name || strncmp(f[j].name, k->fields[i], length) != 0 || f[j].name[length])
				continue;
			fits = field_put(e, f[j].hi, f[j].lo, f[j].part ? value & ptg_mask_(width) : value);
			value = width < 64 ? value >> width : 0;
			found = true;
		}
		if (!found)
			return say(k, "no field of this entry is called '%s'%s",
				   arena_copy(k->arena, k->fields[i], length), "");
		if (!fits)
			return say(k, "%s does not fit its bits%s", k->fields[i], "");
	}
	return true;
}

/* --- together ------------------------------------------------------------------------------ */

static const char *first_right(unsigned mask)
{
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (mask & bits[i].bit)
			return bits[i].name;
	return mask & PTG_HAS_MEMTYPE ? "memtype" : mask & PTG_HAS_KEY ? "key" : mask & PTG_HAS_SOFT ? "soft" : "these rights together";
}

static enum encode_result refused(struct ask *k, int error, uint64_t pa, const char **why)
{
	const struct ptg_space *s = &k->v->space;
	const char *name = s->format->name, *level = s->format->levels[k->level].name;
	unsigned lg2 = s->format->levels[k->level].shift;
	char buffer[4], other[4];
	int bit;

	if (error != PTG_E_ATTR) {
		*why = arena_printf(k->arena, "%s: 0x%" PRIx64 " at level %s: %s", name, pa, level, text_error(error));
		return ENCODE_CANNOT;
	}
	bit = ptg_attr_check(s, &k->attrs, lg2);
	if (bit > 0 && (bit & 0x3f))
		*why = arena_printf(k->arena, "%s cannot express user %s, supervisor %s at level %s (%s)", name,
				    text_rights(k->attrs.rights, true, buffer), text_rights(k->attrs.rights, false, other),
				    level, first_right((unsigned)bit));
	else
		*why = arena_printf(k->arena, "%s cannot express %s at level %s", name,
				    first_right(bit > 0 ? (unsigned)bit : 0), level);
	return ENCODE_CANNOT;
}

static enum encode_result finish(struct ask *k, uint64_t e[2], const char **why)
{
	if (put_fields(k, e) && settle(k, e))
		return ENCODE_DONE;
	*why = k->why;
	return ENCODE_CANNOT;
}

enum encode_result encode_entry(struct arena *a, const struct view *v, unsigned level, uint64_t pa, bool table,
				const struct word_list *pairs, uint64_t e[2], const char **why)
{
	struct ask *k = arena_alloc(a, sizeof(*k));
	struct ptg_attrs none;
	const struct ptg_kind *kind;
	int error;

	k->arena = a;
	k->v = v;
	k->level = level;
	for (unsigned i = 0; i < pairs->count; i++)
		if (!read_pair(k, pairs->word[i])) {
			*why = k->why;
			return ENCODE_WORD;
		}
	if (table) {
		error = ptg_encode_table(&v->space, level, pa, e);
		return error ? refused(k, error, pa, why) : finish(k, e, why);
	}
	memset(&none, 0, sizeof(none));
	error = ptg_encode(&v->space, level, pa, &none, e);
	kind = error ? NULL : ptg_kind_(&v->space, level, e);
	if (!kind)
		return refused(k, error ? error : PTG_E_UNSUPPORTED, pa, why);
	rights_of_attributes(k, kind, e);
	error = ptg_encode(&v->space, level, pa, &k->attrs, e);
	return error ? refused(k, error, pa, why) : finish(k, e, why);
}
