/* SPDX-License-Identifier: MIT */
/* filter.c - which mappings to show: one expression language for all commands */
#include "gen/inspect/filter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gen/text.h"

enum op { F_AND, F_OR, F_NOT, F_BITS, F_SUPERVISOR, F_RO, F_HUGE, F_CONTIG, F_MEMTYPE, F_COMPARE, F_RANGE, F_NAME, F_SOFT };
enum what { W_SIZE, W_LEN, W_LEVEL, W_KEY, W_PA, W_VA, W_KIND, W_SOFT };
enum compare { C_EQ, C_NE, C_LT, C_LE, C_GT, C_GE };

struct filter {
	enum op op;
	const struct filter *a, *b;
	uint32_t bits;               /* any of them */
	enum what what;
	enum compare compare;
	uint64_t value, last;        /* F_SOFT: the bits of `last` have this value */
	const char *name;
	bool asked;                  /* memtype=NAME, not the word alone, which any format may be asked for */
};

struct reader {
	struct arena *arena;
	const char *at;
	const char *why;
	const char *before;          /* the operator read last */
	unsigned depth;
};

/* --- words ---------------------------------------------------------------------------- */

static const struct { const char *name; enum op op; uint32_t bits; } words[] = {
	{"r", F_BITS, PTG_UR | PTG_SR}, {"w", F_BITS, PTG_UW | PTG_SW}, {"x", F_BITS, PTG_UX | PTG_SX},
	{"ur", F_BITS, PTG_UR}, {"uw", F_BITS, PTG_UW}, {"ux", F_BITS, PTG_UX},
	{"sr", F_BITS, PTG_SR}, {"sw", F_BITS, PTG_SW}, {"sx", F_BITS, PTG_SX},
	{"u", F_BITS, PTG_UR | PTG_UW | PTG_UX}, {"user", F_BITS, PTG_UR | PTG_UW | PTG_UX},
	{"s", F_SUPERVISOR, 0}, {"supervisor", F_SUPERVISOR, 0}, {"kernel", F_SUPERVISOR, 0}, {"ro", F_RO, 0},
	{"g", F_BITS, PTG_GLOBAL}, {"global", F_BITS, PTG_GLOBAL},
	{"a", F_BITS, PTG_ACCESSED}, {"accessed", F_BITS, PTG_ACCESSED},
	{"d", F_BITS, PTG_DIRTY}, {"dirty", F_BITS, PTG_DIRTY},
	{"huge", F_HUGE, 0}, {"contig", F_CONTIG, 0},
	{"soft", F_SOFT, 0},
};

static const char *const memtypes[] = {
	"wb", "wt", "wc", "uc", "wp", "uc_minus", "nc", "device", "device_strong", "io", "pma"
};

static const struct { const char *name; enum what what; } subjects[] = {
	{"size", W_SIZE}, {"len", W_LEN}, {"level", W_LEVEL}, {"key", W_KEY}, {"pa", W_PA}, {"va", W_VA}, {"kind", W_KIND}, {"soft", W_SOFT},
};

static struct filter *node(struct reader *r, enum op op)
{
	struct filter *f = arena_alloc(r->arena, sizeof(*f));

	f->op = op;
	return f;
}

static const struct filter *negate(struct reader *r, const struct filter *a)
{
	struct filter *f = node(r, F_NOT);

	f->a = a;
	return f;
}

static bool is_key(const char *word)
{
	return strcasecmp(word, "and") == 0 || strcasecmp(word, "or") == 0;
}

static const struct filter *fail(struct reader *r, const char *format, const char *word)
{
	if (!r->why)
		r->why = arena_printf(r->arena, format, word);
	return NULL;
}

static const struct filter *plain_word(struct reader *r, const char *word)
{
	struct filter *f;

	if (is_key(word))
		return fail(r, "--filter: something must stand before '%s'", word);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(word, words[i].name) != 0)
			continue;
		f = node(r, words[i].op);
		f->bits = words[i].bits;
		if (f->op == F_SOFT) {   /* any of them */
			f->compare = C_NE;
			f->last = ~(uint64_t)0;
		}
		return f;
	}
	for (size_t i = 0; i < sizeof(memtypes) / sizeof(memtypes[0]); i++) {
		if (strcasecmp(word, memtypes[i]) != 0)
			continue;
		f = node(r, F_MEMTYPE);
		f->name = memtypes[i];
		return f;
	}
	if (word[0] == '_' && word[1]) {
		const struct filter *a = plain_word(r, word + 1);

		return a ? negate(r, a) : NULL;
	}
	return fail(r, "--filter: '%s' is no word of it (r w x user supervisor size=2M memtype=uc contig ...)", word);
}

bool filter_word(const char *word)
{
	struct arena *a = arena_new();
	const char *why;
	bool ok = filter_parse(a, word, &why) != NULL;

	arena_free(a);
	return ok;
}

/* --- SUBJECT = VALUE ------------------------------------------------------------------- */

static bool take_compare(struct reader *r, enum compare *c)
{
	static const struct { const char *text; enum compare c; } table[] = {
		{"<=", C_LE}, {">=", C_GE}, {"!=", C_NE}, {"==", C_EQ}, {"=", C_EQ}, {"<", C_LT}, {">", C_GT},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = strlen(table[i].text);

		if (strncmp(r->at, table[i].text, n) == 0) {
			r->at += n;
			*c = table[i].c;
			return true;
		}
	}
	return false;
}

static const char *take_word(struct reader *r)
{
	size_t n = strcspn(r->at, " \t()=<>!&|,");
	const char *word = arena_copy(r->arena, r->at, n);

	r->at += n;
	return word;
}

/* VALUE[/MASK]: software bits in place; without a mask all of them. */
static const struct filter *soft_bits(struct reader *r, struct filter *f, const char *word)
{
	const char *slash = strchr(word, '/');

	f->op = F_SOFT;
	f->last = ~(uint64_t)0;
	if (f->compare != C_EQ && f->compare != C_NE)
		return fail(r, "--filter: soft bits are compared by = and != (soft=%s)", word);
	if (!text_number(slash ? arena_copy(r->arena, word, (size_t)(slash - word)) : word, &f->value) ||
	    (slash && !text_number(slash + 1, &f->last)))
		return fail(r, "--filter: soft=%s: write VALUE or VALUE/MASK", word);
	if (f->value & ~f->last)
		return fail(r, "--filter: soft=%s: the value has bits that the mask leaves out", word);
	return f;
}

static const struct filter *comparison(struct reader *r, const char *subject)
{
	struct filter *f = node(r, F_COMPARE);
	const char *value;

	take_compare(r, &f->compare);
	value = take_word(r);
	if (strcasecmp(subject, "memtype") == 0 || strcasecmp(subject, "type") == 0) {
		f->op = F_MEMTYPE;
		f->asked = true;
		f->name = value;
		return f->compare == C_NE ? negate(r, f) : f;
	}
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		if (strcasecmp(subject, subjects[i].name) != 0)
			continue;
		f->what = subjects[i].what;
		f->name = value;
		if (f->what == W_SOFT)
			return soft_bits(r, f, value);
		if ((f->what == W_PA || f->what == W_VA) && f->compare == C_EQ) {
			f->op = F_RANGE;
			return text_range(value, &f->value, &f->last) ? f
				       : fail(r, "--filter: '%s' is no range (A-B, A..B, A+LENGTH)", value);
		}
		if (f->what == W_KIND || (f->what == W_LEVEL && !text_number(value, &f->value))) {
			f->op = F_NAME;
			return f->compare == C_NE ? negate(r, f) : f;
		}
		return text_number(value, &f->value) ? f : fail(r, "--filter: '%s' is no number", value);
	}
	return fail(r, "--filter: '%s' cannot be compared (size len level key pa va kind memtype soft can)", subject);
}

/* --- the grammar ---------------------------------------------------------------------------- */

static const struct filter *either(struct reader *r);

static void blanks(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == ',')
		r->at++;
}

/* A keyword (`and`) or its sign (`&`, `&&`). */
static bool take_key(struct reader *r, const char *key, char sign)
{
	size_t n = strlen(key);

	blanks(r);
	r->before = *r->at && strchr("&|!", *r->at) ? arena_copy(r->arena, r->at, 1) : r->before;
	if (strncasecmp(r->at, key, n) == 0 && strchr(" \t(!", r->at[n])) {
		r->before = key;
		r->at += n;
		return true;
	}
	if (*r->at != sign || (sign == '!' && r->at[1] == '='))
		return false;
	r->at += r->at[1] == sign && sign != '!' ? 2 : 1;
	return true;
}

static const struct filter *atom(struct reader *r)
{
	const struct filter *f;
	const char *word;

	if (++r->depth > 200)
		return fail(r, "--filter: %s", "nested too deeply");
	if (take_key(r, "not", '!')) {
		f = atom(r);
		r->depth--;
		return f ? negate(r, f) : NULL;
	}
	if (*r->at == '(') {
		r->at++;
		r->before = "(";
		f = either(r);
		blanks(r);
		if (f && *r->at != ')')
			return fail(r, "--filter: ')' is missing before '%s'", r->at);
		r->at += f != NULL;
		r->depth--;
		return f;
	}
	word = take_word(r);
	if (!*word)
		return *r->at ? fail(r, "--filter: cannot read '%s'", r->at)
			      : fail(r, r->before ? "--filter: something must follow '%s'" : "--filter: it says nothing", r->before);
	r->depth--;
	return strchr("=<>!", *r->at) && *r->at ? comparison(r, word) : plain_word(r, word);
}

static const struct filter *both(struct reader *r)
{
	const struct filter *left = atom(r);

	while (left) {
		struct filter *f;
		bool said = take_key(r, "and", '&');

		blanks(r);
		if (!said && (!*r->at || *r->at == ')' || *r->at == '|' ||
			      (strncasecmp(r->at, "or", 2) == 0 && strchr(" \t(!", r->at[2]))))
			break;
		f = node(r, F_AND);
		f->a = left;
		f->b = atom(r);
		left = f->b ? f : NULL;
	}
	return left;
}

static const struct filter *either(struct reader *r)
{
	const struct filter *left = both(r);

	while (left && take_key(r, "or", '|')) {
		struct filter *f = node(r, F_OR);

		f->a = left;
		f->b = both(r);
		left = f->b ? f : NULL;
	}
	return left;
}

const struct filter *filter_parse(struct arena *a, const char *text, const char **why)
{
	struct reader r = {.arena = a, .at = text};
	const struct filter *f = either(&r);

	blanks(&r);
	if (f && *r.at)
		f = fail(&r, "--filter: cannot read '%s'", r.at);
	*why = r.why;
	return f;
}

const struct filter *filter_both(struct arena *a, const struct filter *x, const struct filter *y)
{
	struct reader r = {.arena = a};
	struct filter *f = node(&r, F_AND);

	f->a = x;
	f->b = y;
	return f;
}

/* --- what only the format knows ------------------------------------------------------------ */

static const char *level_names(struct arena *a, const struct ptg_format *f)
{
	const char *text = "";

	for (unsigned i = f->level_count; i-- > 0;)
		text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", f->levels[i].name);
	return text;
}

static const char *kind_names(struct arena *a, const struct ptg_format *f)
{
	const char *text = "";

	for (unsigned i = 0; i < f->kind_count; i++)
		if (f->kinds[i].role == PTG_ROLE_PAGE)
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", f->kinds[i].name);
	return text;
}

static const char *memtype_names(struct arena *a, const struct ptg_format *f)
{
	const struct ptg_attr *attr = f->memtype_attr < f->attr_count ? &f->attrs[f->memtype_attr] : NULL;
	const char *text = "";

	for (unsigned i = 0; attr && i < attr->name_count; i++)
		text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", f->value_names[attr->name_first + i].name);
	return text;
}

static bool has_memtype(const struct ptg_format *f, const char *name)
{
	const struct ptg_attr *attr = f->memtype_attr < f->attr_count ? &f->attrs[f->memtype_attr] : NULL;

	for (size_t i = 0; i < sizeof(memtypes) / sizeof(memtypes[0]); i++)
		if (strcasecmp(memtypes[i], name) == 0)
			return true;
	for (unsigned i = 0; attr && i < attr->name_count; i++)
		if (strcasecmp(f->value_names[attr->name_first + i].name, name) == 0)
			return true;
	return strncasecmp(name, "raw:", 4) == 0;
}

static bool has_kind(const struct ptg_format *f, const char *name)
{
	for (unsigned i = 0; i < f->kind_count; i++)
		if (strcasecmp(f->kinds[i].name, name) == 0)
			return true;
	return false;
}

static bool has_level(const struct ptg_format *f, const char *name)
{
	for (unsigned i = 0; i < f->level_count; i++)
		if (strcasecmp(f->levels[i].name, name) == 0)
			return true;
	return false;
}

const char *filter_unknown(struct arena *a, const struct filter *f, const struct ptg_format *format)
{
	const char *what = NULL, *there = "";

	if (!f)
		return NULL;
	if (f->a) {
		const char *why = filter_unknown(a, f->a, format);

		return why ? why : filter_unknown(a, f->b, format);
	}
	if (f->op == F_NAME && f->what == W_KIND && !has_kind(format, f->name)) {
		what = "kind";
		there = kind_names(a, format);
	} else if (f->op == F_NAME && f->what == W_LEVEL && !has_level(format, f->name)) {
		what = "level";
		there = level_names(a, format);
	} else if (f->op == F_MEMTYPE && f->asked && !has_memtype(format, f->name)) {
		what = "memory type";
		there = memtype_names(a, format);
	}
	if (f->op == F_SOFT && !format->soft_mask)
		return arena_printf(a, "--filter: %s has no bits for software", format->name);
	if (f->op == F_SOFT && f->name && f->value & ~format->soft_mask)
		return arena_printf(a, "--filter: soft=%s: %s has the bits 0x%llx for software", f->name, format->name,
				    (unsigned long long)format->soft_mask);
	if (!what)
		return NULL;
	return arena_printf(a, "--filter: %s has no %s '%s'%s%s%s", format->name, what, f->name, *there ? " (it has " : "", there,
			    *there ? ")" : "");
}

/* --- before and after merging ---------------------------------------------------------------- */

static bool asks_length(const struct filter *f)
{
	return f && (f->a ? asks_length(f->a) || asks_length(f->b) : f->op == F_COMPARE && f->what == W_LEN);
}

void filter_split(struct arena *a, const struct filter *f, const struct filter **before, const struct filter **after)
{
	if (!f)
		return;
	if (f->op == F_AND) {
		filter_split(a, f->a, before, after);
		filter_split(a, f->b, before, after);
	} else if (asks_length(f)) {
		*after = *after ? filter_both(a, *after, f) : f;
	} else {
		*before = *before ? filter_both(a, *before, f) : f;
	}
}

/* --- the answer -------------------------------------------------------------------------------- */

static bool compare(enum compare c, uint64_t a, uint64_t b)
{
	switch (c) {
	case C_EQ: return a == b;
	case C_NE: return a != b;
	case C_LT: return a < b;
	case C_LE: return a <= b;
	case C_GT: return a > b;
	default:   return a >= b;
	}
}

static uint64_t subject(enum what w, const struct mapping *m)
{
	switch (w) {
	case W_SIZE:  return m->page_lg2 < 64 ? (uint64_t)1 << m->page_lg2 : 0;
	case W_LEN:   return m->last - m->va + 1;
	case W_LEVEL: return m->level;
	case W_KEY:   return m->key;
	case W_PA:    return m->pa;
	default:      return m->va;
	}
}

static bool named(const struct filter *f, const struct ptg_format *format, const struct mapping *m)
{
	const char *rule = m->rule < format->rule_count ? format->rules[m->rule].name : "";

	if (f->what == W_LEVEL)
		return m->level < format->level_count && strcasecmp(format->levels[m->level].name, f->name) == 0;
	return strncmp(rule, "kind:", 5) == 0 && strcasecmp(rule + 5, f->name) == 0;
}

/* The bits that the entry's kind leaves to software, in place. */
static uint64_t soft_of(const struct ptg_format *format, const struct mapping *m)
{
	for (unsigned i = 0; i < format->kind_count; i++)
		if (m->kind == MAPPING_PAGE && format->kinds[i].level == m->level && format->kinds[i].rule == m->rule)
			return m->entry & format->kinds[i].soft;
	return 0;
}

static bool smallest_page(const struct ptg_format *format, unsigned page_lg2)
{
	return (format->page_sizes & (((uint64_t)1 << (page_lg2 & 63)) - 1)) == 0;
}

bool filter_pass(const struct filter *f, const struct ptg_format *format, const struct mapping *m)
{
	uint64_t first;

	if (!f)
		return true;
	switch (f->op) {
	case F_AND:        return filter_pass(f->a, format, m) && filter_pass(f->b, format, m);
	case F_OR:         return filter_pass(f->a, format, m) || filter_pass(f->b, format, m);
	case F_NOT:        return !filter_pass(f->a, format, m);
	case F_BITS:       return (m->rights & f->bits) != 0;
	case F_SUPERVISOR: return !(m->rights & (PTG_UR | PTG_UW | PTG_UX));
	case F_RO:         return !(m->rights & (PTG_UW | PTG_UX | PTG_SW | PTG_SX));
	case F_HUGE:       return !smallest_page(format, m->page_lg2);
	case F_CONTIG:     return m->contig_lg2 != 0;
	case F_MEMTYPE:    return text_is_memtype(format, m->memtype, f->name);
	case F_COMPARE:    return compare(f->compare, subject(f->what, m), f->value);
	case F_NAME:       return named(f, format, m);
	case F_SOFT:       return compare(f->compare, soft_of(format, m) & f->last, f->value);
	case F_RANGE:
		first = f->what == W_PA ? m->pa : m->va;
		return first <= f->last && first + (m->last - m->va) >= f->value;
	}
	return false;
}
