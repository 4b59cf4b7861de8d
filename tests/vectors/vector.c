/* SPDX-License-Identifier: MIT */
/*
 * vector.c - read a file of vectors line by line and do what it says
 *
 * A case begins with the format's defaults and an empty memory.  The spaces
 * are set up at the first line that needs them, so that `on`, `ctx`, `reg` ...
 * may stand in any order.
 */
#include "tests/vectors/vector.h"

#include <stdlib.h>
#include <string.h>

#include "tests/vectors/memory.h"

#define WORDS 32
#define LINE 512
#define COMMON 48
#define FAULT 64

struct setting { char what[8], name[40]; uint64_t value; };

struct run {
	struct suite *suite;
	const char *path;
	unsigned line;
	char title[160];
	struct subject *subject;
	char common[COMMON][LINE];   /* the lines between `format` and its first case: they begin each case */
	unsigned common_count;
	bool in_common;
	struct setting setting[32];  /* of the case, in the order given */
	unsigned setting_count;
	bool ready;                  /* the spaces stand */
	struct ptg_space space[3];   /* the format's, or the pair's and those of its stages */
	struct ptg_mapper mapper;
	struct memory memory;
};

static bool fail(struct run *r, const char *text, const char *detail)
{
	r->suite->failures++;
	printf("%s:%u: %s: %s: %s%s\n", r->path, r->line, r->suite->name, r->title, text, detail);
	return false;
}

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* 0x.., decimal, with a K, M, G, T, P behind it. */
static bool number(const char *text, uint64_t *value)
{
	char clean[64], *end;
	size_t n = 0;

	for (const char *p = text; *p && n < sizeof(clean) - 1; p++)
		if (*p != '_')
			clean[n++] = *p;
	clean[n] = '\0';
	*value = strtoull(clean, &end, 0);
	if (*end && strchr("KMGTP", *end) && end > clean) {
		*value <<= 10 * (unsigned)(strchr("KMGTP", *end) - "KMGTP" + 1);
		end++;
	}
	return n > 0 && *end == '\0';
}

/* --- setting up ------------------------------------------------------------------- */

/* `s1.name` and `s2.name` are those of a stage. */
static unsigned stage_of(const char **name)
{
	if ((*name)[0] == 's' && ((*name)[1] == '1' || (*name)[1] == '2') && (*name)[2] == '.') {
		*name += 3;
		return (unsigned)((*name)[-2] - '0');
	}
	return 0;
}

static int set_one(struct ptg_space *s, const struct setting *t, const char *name)
{
	if (is(t->what, "on") || is(t->what, "off"))
		return ptg_space_feature(s, name, is(t->what, "on"));
	if (is(t->what, "param"))
		return ptg_space_param(s, name, (unsigned)t->value);
	return ptg_space_ctx(s, name, t->value);
}

/* Registers first: what is said of features and contexts later overrides them. */
static bool set_registers(struct run *r, unsigned stage)
{
	const struct ptg_format *f = r->space[stage].format;
	uint64_t regs[32] = { 0 };
	uint32_t given = 0;

	for (unsigned i = 0; i < r->setting_count; i++) {
		const char *name = r->setting[i].name;
		unsigned n;

		if (!is(r->setting[i].what, "reg") || stage_of(&name) != stage)
			continue;
		for (n = 0; n < f->reg_count && !is(f->regs[n].name, name); n++)
			;
		if (n == f->reg_count)
			return fail(r, "no such register: ", name);
		regs[n] = r->setting[i].value;
		given |= (uint32_t)1 << n;
	}
	if (given && ptg_set_root(&r->space[stage], regs, given) != PTG_OK)
		return fail(r, "ptg_set_root refuses", "");
	return true;
}

static bool set_rest(struct run *r, unsigned stage)
{
	for (unsigned i = 0; i < r->setting_count; i++) {
		const char *name = r->setting[i].name;

		if (is(r->setting[i].what, "reg") || is(r->setting[i].what, "root") || stage_of(&name) != stage)
			continue;
		if (set_one(&r->space[stage], &r->setting[i], name) != PTG_OK)
			return fail(r, "refused: ", r->setting[i].name);
	}
	return true;
}

/* `root ADDRESS`, of a pair `root s1 ADDRESS` and `root s2 ADDRESS`: the plain case, without registers. */
static int set_plain(struct run *r, const struct subject *s, unsigned stage)
{
	static const char *const name[] = { "", "s1", "s2" };

	for (unsigned i = 0; i < r->setting_count; i++)
		if (is(r->setting[i].what, "root") && is(r->setting[i].name, name[stage]))
			return ptg_space_init(&r->space[stage], s->format, s->walker, &r->mapper, r->setting[i].value);
	return ptg_space_setup(&r->space[stage], s->format, s->walker, &r->mapper);
}

static bool set_up(struct run *r)
{
	if (r->ready)
		return true;
	if (!r->subject)
		return false;
	r->mapper = (struct ptg_mapper){ .ops = &memory_ops, .priv = &r->memory };
	for (unsigned i = 0; i < 3; i++) {
		const struct subject *s = i ? r->subject->stage[i - 1] : r->subject;

		if (!s)
			continue;
		if (set_plain(r, s, i) != PTG_OK)
			return fail(r, "ptg_space_setup refuses", "");
		if (i)
			r->space[0].stage[i - 1] = &r->space[i];
		else if (r->subject->stage[0])
			continue;
		/* Features may change what the root means, registers may give features. */
		if (!set_rest(r, i) || !set_registers(r, i) || !set_rest(r, i))
			return false;
	}
	r->ready = true;
	return true;
}

static const struct ptg_format *leaf_format(const struct run *r)
{
	return r->subject->stage[0] ? r->subject->stage[0]->format : r->subject->format;
}

/* --- expectations -------------------------------------------------------------------- */

static bool access_of(const char *word, unsigned *access)
{
	static const struct { const char *word; unsigned access; } all[] = {
		{"look", PTG_LOOK}, {"ur", PTG_READ | PTG_USER}, {"uw", PTG_WRITE | PTG_USER},
		{"ux", PTG_EXEC | PTG_USER}, {"sr", PTG_READ}, {"sw", PTG_WRITE}, {"sx", PTG_EXEC},
		{"urw", PTG_READ | PTG_WRITE | PTG_USER}, {"srw", PTG_READ | PTG_WRITE},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (is(word, all[i].word)) {
			*access = all[i].access;
			return true;
		}
	return false;
}

static const char *const class_name[] = {
	"none", "noncanonical", "config", "not_present", "reserved", "address_size", "length",
	"access_flag", "dirty", "permission", "key", "unreadable",
};

static bool same(struct run *r, const char *what, uint64_t got, uint64_t want)
{
	char text[80];

	if (got == want)
		return true;
	snprintf(text, sizeof(text), " is 0x%llx, not 0x%llx", (unsigned long long)got, (unsigned long long)want);
	return fail(r, what, text);
}

static bool same_text(struct run *r, const char *what, const char *got, const char *want)
{
	char text[120];

	if (is(got, want))
		return true;
	snprintf(text, sizeof(text), " is %s, not %s", got, want);
	return fail(r, what, text);
}

static const char *rights_text(uint32_t rights, char text[8])
{
	static const char letters[] = "rwx";

	for (unsigned i = 0; i < 6; i++)
		text[i + i / 3] = rights >> i & 1 ? letters[i % 3] : '-';
	text[3] = '/';
	text[7] = '\0';
	return text;
}

static const struct ptg_format *deciding(const struct run *r, const struct ptg_translation *t)
{
	const struct ptg_format *f = r->subject->format;

	return f->stage[0] ? f->stage[t->stage == 2] : f;
}

static const char *memtype_text(const struct run *r, const struct ptg_translation *t)
{
	const struct ptg_format *f = leaf_format(r);
	const struct ptg_attr *a = f->memtype_attr < f->attr_count ? &f->attrs[f->memtype_attr] : NULL;

	for (unsigned i = 0; a && i < a->name_count; i++)
		if (f->value_names[a->name_first + i].memtype == t->memtype)
			return f->value_names[a->name_first + i].name;
	return "unnamed";
}

static bool check_word(struct run *r, const struct ptg_translation *t, const char *what, const char *word)
{
	const struct ptg_format *f = deciding(r, t);
	char text[8];
	uint64_t v = 0;

	if (is(what, "class"))
		return same_text(r, what, class_name[t->fault < 12 ? t->fault : 0], word);
	if (is(what, "level"))
		return same_text(r, what, t->level < f->level_count ? f->levels[t->level].name : "none", word);
	if (is(what, "rights"))
		return same_text(r, what, rights_text(t->rights, text), word);
	if (is(what, "memtype"))
		return same_text(r, what, memtype_text(r, t), word);
	if (is(what, "rule"))
		return same_text(r, what, t->rule < f->rule_count ? f->rules[t->rule].name : "none", word);
	if (!number(word, &v))
		return fail(r, "not a number: ", word);
	if (is(what, "size"))
		return same(r, what, (uint64_t)1 << (t->page_lg2 & 63), v);
	if (is(what, "contig"))
		return same(r, what, t->contig_lg2 ? (uint64_t)1 << (t->contig_lg2 & 63) : 0, v);
	if (is(what, "key"))
		return same(r, what, t->key, v);
	if (is(what, "global"))
		return same(r, what, (t->rights & PTG_GLOBAL) != 0, v);
	if (is(what, "accessed"))
		return same(r, what, (t->rights & PTG_ACCESSED) != 0, v);
	if (is(what, "dirty"))
		return same(r, what, (t->rights & PTG_DIRTY) != 0, v);
	if (is(what, "entry"))
		return same(r, what, t->entry, v);
	if (is(what, "entry_pa"))
		return same(r, what, t->entry_pa, v);
	if (is(what, "stage"))
		return same(r, what, t->stage, v);
	if (is(what, "space"))
		return same(r, what, t->space, v);
	return fail(r, "no such expectation: ", what);
}

/* The fast answer says the same as the full one. */
static bool check_hit(struct run *r, uint64_t va, unsigned access, const struct ptg_translation *t)
{
	struct ptg_hit h = ptg_lookup(&r->space[0], va, access);

	return same(r, "pa of lookup", h.pa, t->pa) &&
	       same(r, "fault of lookup", PTG_HIT_FAULT(h), t->fault) &&
	       same(r, "rule of lookup", PTG_HIT_RULE(h), t->rule) &&
	       (t->fault || (same(r, "size of lookup", PTG_HIT_LG2(h), t->page_lg2) &&
			     same(r, "level of lookup", PTG_HIT_LEVEL(h), t->level) &&
			     same(r, "rights of lookup", PTG_HIT_RIGHTS(h) & 0x3f, t->rights & 0x3f)));
}

/* With the stage before it in a pair. */
static const char *fault_name(const struct run *r, const struct ptg_translation *t, char text[FAULT])
{
	const struct ptg_format *f = deciding(r, t);
	const char *name = t->rule < f->rule_count ? f->rules[t->rule].fault : NULL;

	if (!t->fault)
		return "none";
	if (t->fault == PTG_F_UNREADABLE)
		name = "unreadable";
	if (!name)
		name = class_name[t->fault < 12 ? t->fault : 0];
	if (!r->subject->format->stage[0])
		return name;
	snprintf(text, FAULT, "s%u.%s", t->stage, name);
	return text;
}

/* ACCESS VA = PA WHAT WORD...  or  ACCESS VA ! FAULT WHAT WORD... */
static bool expect(struct run *r, bool marking, unsigned access, char **word, unsigned n)
{
	struct ptg_translation t;
	char text[FAULT];
	uint64_t va, pa = 0;

	if (n < 3 || n % 2 == 0 || !number(word[0], &va) || (!is(word[1], "=") && !is(word[1], "!")))
		return fail(r, "a line is ACCESS VA = PA ..., or ACCESS VA ! FAULT ...", "");
	if (!set_up(r))
		return false;
	r->suite->checks++;
	memset(&t, 0x5a, sizeof(t));
	if (marking)
		ptg_access_mem(&r->space[0], va, access, &t);
	else
		ptg_translate(&r->space[0], va, access, &t);
	if (!marking && !check_hit(r, va, access, &t))
		return false;
	if (is(word[1], "!")) {
		if (!same_text(r, "fault", fault_name(r, &t, text), word[2]) || !same(r, "pa", t.pa, 0))
			return false;
	} else if (!number(word[2], &pa)) {
		return fail(r, "not a number: ", word[2]);
	} else if (!same_text(r, "fault", fault_name(r, &t, text), "none") || !same(r, "pa", t.pa, pa)) {
		return false;
	}
	for (unsigned i = 3; i + 1 < n; i += 2)
		if (!check_word(r, &t, word[i], word[i + 1]))
			return false;
	return true;
}

/* now ADDR VALUE: what memory holds. */
static bool expect_memory(struct run *r, char **word, unsigned n)
{
	const struct ptg_format *f = leaf_format(r);
	uint64_t pa, want, got;

	if (n != 2 || !number(word[0], &pa) || !number(word[1], &want))
		return fail(r, "a line is now ADDRESS VALUE", "");
	r->suite->checks++;
	if (!memory_get(&r->memory, pa, 1u << f->levels[0].entry_lg2, f->flags & PTG_FORMAT_BIG, &got))
		return fail(r, "nothing was written there: ", word[0]);
	return same(r, word[0], got, want);
}

/* The width a line asks for, in bytes: memN has N bits, plain mem those of the format's last table; 0: no such word. */
static unsigned width_of(const char *line, unsigned usual)
{
	static const struct { const char *line; unsigned bytes; } widths[] = {{"mem16", 2}, {"mem32", 4}, {"mem64", 8}, {"mem128", 16}};

	if (is(line, "mem"))
		return usual;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (is(line, widths[i].line))
			return widths[i].bytes;
	return 0;
}

/* mem ADDR VALUE [HIGH]: 16 bytes with a second word. */
static bool write_memory(struct run *r, unsigned bytes, char **word, unsigned n)
{
	const struct ptg_format *f = leaf_format(r);
	bool big = f->flags & PTG_FORMAT_BIG;
	uint64_t pa, value, high;

	if (n < 2 || n > 3 || !number(word[0], &pa) || !number(word[1], &value) || (n == 3 && !number(word[2], &high)))
		return fail(r, "a line is mem ADDRESS VALUE [HIGH]", "");
	if (n == 3)
		return memory_put(&r->memory, big ? pa + 8 : pa, 8, big, value) &&
		       memory_put(&r->memory, big ? pa : pa + 8, 8, big, high);
	if (bytes < 8 && value >> 8 * bytes)
		return fail(r, "so many bits cannot hold ", word[1]);
	if (bytes == 16) { /* without the upper half it is 0 */
		if (!memory_put(&r->memory, big ? pa : pa + 8, 8, big, 0))
			return fail(r, "too many pages", "");
		pa = big ? pa + 8 : pa;
		bytes = 8;
	}
	if (!memory_put(&r->memory, pa, bytes, big, value))
		return fail(r, "too many pages", "");
	return true;
}

static bool check_decoded(struct run *r, const struct ptg_format *f, const struct ptg_decoded *d, const char *what, const char *word)
{
	char text[8];
	uint64_t v = 0;

	if (is(what, "class"))
		return same_text(r, what, class_name[d->fault < 12 ? d->fault : 0], word);
	if (is(what, "rights"))
		return same_text(r, what, rights_text(d->rights, text), word);
	if (is(what, "rule"))
		return same_text(r, what, d->rule < f->rule_count ? f->rules[d->rule].name : "none", word);
	if (is(what, "role"))
		return same_text(r, what, d->role == PTG_ROLE_TABLE ? "table" : d->role == PTG_ROLE_PAGE ? "page" : "none", word);
	if (is(what, "size") && number(word, &v))
		return same(r, what, (uint64_t)1 << (d->page_lg2 & 63), v);
	return fail(r, "no such expectation: ", what);
}

/* entry LEVEL VALUE[:HIGH] = PA WHAT WORD...  or  ! FAULT: what one entry says, alone. */
static bool expect_entry(struct run *r, char **word, unsigned n)
{
	const struct ptg_format *f = leaf_format(r);
	struct ptg_decoded d;
	uint64_t e[2] = { 0, 0 }, pa = 0;
	char *high = n > 1 ? strchr(word[1], ':') : NULL;
	const char *name;
	unsigned level = 0;

	if (high)
		*high++ = '\0';
	while (n && level < f->level_count && !is(f->levels[level].name, word[0]))
		level++;
	if (n < 4 || n % 2 || level == f->level_count || !number(word[1], &e[0]) || (high && !number(high, &e[1])))
		return fail(r, "a line is entry LEVEL VALUE[:HIGH] = PA ..., or ! FAULT ...", "");
	if (!set_up(r))
		return false;
	r->suite->checks++;
	memset(&d, 0x5a, sizeof(d));
	if (ptg_decode(&r->space[0], level, e, &d) != PTG_OK)
		return fail(r, "ptg_decode refuses", "");
	name = !d.fault ? "none" : d.rule < f->rule_count && f->rules[d.rule].fault ? f->rules[d.rule].fault : class_name[d.fault < 12 ? d.fault : 0];
	if (!same_text(r, "fault", name, is(word[2], "!") ? word[3] : "none"))
		return false;
	if (!is(word[2], "!") && (!number(word[3], &pa) || !same(r, "pa", d.pa, pa)))
		return false;
	for (unsigned i = 4; i + 1 < n; i += 2)
		if (!check_decoded(r, f, &d, word[i], word[i + 1]))
			return false;
	return true;
}

/* --- lines ----------------------------------------------------------------------------- */

static bool remember(struct run *r, const char *what, char **word, unsigned n)
{
	struct setting *t = &r->setting[r->setting_count];
	bool bare = is(what, "on") || is(what, "off"), root = is(what, "root");

	if (r->setting_count == 32 || (n != (bare || root ? 1u : 2u) && !(root && n == 2)))
		return fail(r, "not understood: ", what);
	snprintf(t->what, sizeof(t->what), "%s", what);
	snprintf(t->name, sizeof(t->name), "%s", root && n == 1 ? "" : word[0]);
	t->value = 0;
	if (!bare && !number(word[n - 1], &t->value))
		return fail(r, "not a number: ", word[n - 1]);
	r->setting_count++;
	r->ready = false;
	return true;
}

static bool do_line(struct run *r, char **word, unsigned n)
{
	unsigned access, bytes;

	if (is(word[0], "format")) {
		r->subject = n > 1 ? r->suite->find(r->suite->arg, word + 1, n - 1) : NULL;
		return r->subject ? true : fail(r, "no such format: ", n > 1 ? word[1] : "");
	}
	if (!r->subject)
		return false;
	if (!r->subject->format)
		return true;
	if (is(word[0], "on") || is(word[0], "off") || is(word[0], "param") || is(word[0], "ctx") || is(word[0], "reg") ||
	    is(word[0], "root"))
		return remember(r, word[0], word + 1, n - 1);
	bytes = width_of(word[0], 1u << leaf_format(r)->levels[0].entry_lg2);
	if (bytes)
		return write_memory(r, bytes, word + 1, n - 1);
	if (is(word[0], "entry"))
		return expect_entry(r, word + 1, n - 1);
	if (is(word[0], "now"))
		return expect_memory(r, word + 1, n - 1);
	if (is(word[0], "mark") && n > 1 && access_of(word[1], &access))
		return expect(r, true, access, word + 2, n - 2);
	if (access_of(word[0], &access))
		return expect(r, false, access, word + 1, n - 1);
	return fail(r, "not understood: ", word[0]);
}

static unsigned split(char *text, char **word)
{
	unsigned n = 0;

	for (char *p = strtok(text, " \t"); p && n < WORDS; p = strtok(NULL, " \t")) {
		if (*p == '#')
			break;
		word[n++] = p;
	}
	return n;
}

static bool do_text(struct run *r, const char *text)
{
	char copy[LINE], *word[WORDS];
	unsigned n;

	snprintf(copy, sizeof(copy), "%s", text);
	n = split(copy, word);
	return n == 0 || do_line(r, word, n);
}

static void begin_case(struct run *r, const char *title)
{
	snprintf(r->title, sizeof(r->title), "%s", title);
	r->setting_count = 0;
	r->ready = false;
	r->in_common = false;
	memory_clear(&r->memory);
	for (unsigned i = 0; i < r->common_count && r->subject; i++)
		do_text(r, r->common[i]);
}

static void take_line(struct run *r, const char *text)
{
	if (strncmp(text, "case ", 5) == 0) {
		begin_case(r, text + 5);
		return;
	}
	if (strncmp(text, "format ", 7) == 0) {
		r->common_count = 0;
		begin_case(r, text);
		r->in_common = true;
		do_text(r, text);
		return;
	}
	if (!r->in_common)
		do_text(r, text);
	else if (r->common_count < COMMON)
		snprintf(r->common[r->common_count++], LINE, "%s", text);
	else
		fail(r, "too many lines before the first case", "");
}

int vector_run(struct suite *suite, const char *path)
{
	static struct run run;
	char text[LINE];
	FILE *in = fopen(path, "r");

	if (!in) {
		perror(path);
		return -1;
	}
	memset(&run, 0, sizeof(run));
	run.suite = suite;
	run.path = path;
	while (fgets(text, sizeof(text), in)) {
		run.line++;
		text[strcspn(text, "\n")] = '\0';
		take_line(&run, text);
	}
	fclose(in);
	return 0;
}
