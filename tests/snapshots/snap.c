/* SPDX-License-Identifier: MIT */
/*
 * snap.c - the oracles' rows through the library: generated walker, generic walker
 *
 *   snap IMAGE GROUP...      GROUP.args GROUP.va GROUP.want as rows.awk writes them
 *
 * Every address goes through lookup, translate and lookup_many of both walkers;
 * all have to agree with each other in everything, and with the oracle.
 * Prints "ROWS DIFFERENCES".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/inspect/view.h"
#include "gen/commands/options.h"
#include "gen/text.h"

#define FORMATS(X) X(sv39) X(sv48) X(sv57) X(x86_64) X(x86_64_la57) X(x86_pae) X(aarch64_4k) X(armv7_short_tre) X(s390x)
#define X(f) extern const struct ptg_format f##_format; extern const struct ptg_walker f##_walker;
FORMATS(X)
#undef X

static const struct { const char *name; const struct ptg_format *format; const struct ptg_walker *walker; } formats[] = {
#define X(f) {#f, &f##_format, &f##_walker},
	FORMATS(X)
#undef X
};

/* A base and its registers: the format that --root selects. */
static const char *const bases[][4] = {
	{"riscv64", "sv39", "sv48", "sv57"}, {"ia32e", "x86_64", "x86_64_la57", NULL}, {"aarch64", "aarch64_4k", NULL, NULL},
};

static struct arena *arena;
static uint64_t rows, bad;

static void die(const char *text)
{
	fprintf(stderr, "snap: %s\n", text);
	exit(2);
}

/* --- one group's spaces -------------------------------------------------------------------- */

struct group {
	char format[40], root[200];
	unsigned access;
	struct word_list ctx, enable;
	struct ptg_space space[2];   /* generated, generic */
};

static void read_args(struct group *g, const char *path)
{
	static char line[1000];
	FILE *f = fopen(path, "r");
	char *word, *value;

	if (!f || !fgets(line, sizeof(line), f))
		die(path);
	fclose(f);
	for (word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
		value = strtok(NULL, " \n");
		if (!value)
			die(line);
		if (strcmp(word, "-f") == 0)
			snprintf(g->format, sizeof(g->format), "%s", value);
		else if (strcmp(word, "--root") == 0)
			snprintf(g->root, sizeof(g->root), "%s", value);
		else if (strcmp(word, "--ctx") == 0)
			word_add_split(arena, &g->ctx, arena_copy(arena, value, strlen(value)));
		else if (strcmp(word, "--enable") == 0)
			word_add_split(arena, &g->enable, arena_copy(arena, value, strlen(value)));
		else if (strcmp(word, "--access") != 0 || !text_access(value, &g->access))
			die(word);
	}
}

/* Of a base the format whose first table the registers reach. */
static const char *format_name(const struct group *g)
{
	uint64_t mode = strncmp(g->root, "satp=", 5) == 0 ? strtoull(g->root + 5, NULL, 0) >> 60 : 0;

	if (strcmp(g->format, "riscv64") == 0 && mode >= 8 && mode <= 10)
		return bases[0][mode - 7];
	if (strcmp(g->format, "ia32e") == 0)
		return strtoull(strstr(g->root, "cr4=") + 4, NULL, 0) & 0x1000 ? bases[1][2] : bases[1][1];
	return strcmp(g->format, "aarch64") == 0 ? bases[2][1] : g->format;
}

static void set_up(struct group *g, struct ptg_space *s, struct image *image, unsigned generic)
{
	const char *name = format_name(g), *why = "";
	struct root_spec root;
	size_t i = 0;

	while (i < sizeof(formats) / sizeof(formats[0]) && strcmp(formats[i].name, name) != 0)
		i++;
	if (i == sizeof(formats) / sizeof(formats[0]))
		die(name);
	if (ptg_space_setup(s, formats[i].format, generic ? &ptg_generic_walker : formats[i].walker, &image->mapper))
		die("set-up");
	for (unsigned k = 0; k < g->enable.count; k++)
		if (ptg_space_feature(s, g->enable.word[k], true))
			die(g->enable.word[k]);
	if (!root_parse(arena, g->root, &root, &why) || !root_apply(arena, s, &root, 0, &why))
		die(why);
	for (unsigned k = 0; k < g->enable.count; k++) /* a feature that a register gives is the register's no longer */
		ptg_space_feature(s, g->enable.word[k], true);
	for (unsigned k = 0; k < g->ctx.count; k++) {
		const char *equals = strchr(g->ctx.word[k], '=');

		if (ptg_space_ctx(s, arena_copy(arena, g->ctx.word[k], (size_t)(equals - g->ctx.word[k])),
				  strtoull(equals + 1, NULL, 0)))
			die(g->ctx.word[k]);
	}
}

/* --- one row ------------------------------------------------------------------------------------ */

static uint64_t prefixed(uint64_t pa, uint64_t prefix)
{
	if (pa < 8192)
		return pa + prefix;
	return pa >= prefix && pa < prefix + 8192 ? pa - prefix : pa;
}

static bool agrees(const struct ptg_translation *t, const char *want, const char *size, const char *flags)
{
	uint64_t pa = t->pa;

	if (strcmp(want, "fault") == 0)
		return t->fault != PTG_F_NONE;
	if (strcmp(want, "elsewhere") == 0)
		return t->fault == PTG_F_NONE || t->fault == PTG_F_UNREADABLE;
	if (t->fault)
		return false;
	if (strcmp(want, "mapped") == 0)
		return true;
	if (strncmp(flags, "prefix=", 7) == 0)
		pa = prefixed(pa, strtoull(flags + 7, NULL, 0));
	return pa == strtoull(want, NULL, 0) && (size[0] == '.' || strtoull(size, NULL, 0) == (uint64_t)1 << t->page_lg2);
}

static bool same_translation(const struct ptg_translation *a, const struct ptg_translation *b)
{
	return a->pa == b->pa && a->entry == b->entry && a->entry_hi == b->entry_hi && a->entry_pa == b->entry_pa &&
	       a->rights == b->rights && a->memtype == b->memtype && a->rule == b->rule && a->fault == b->fault &&
	       a->level == b->level && a->page_lg2 == b->page_lg2 && a->contig_lg2 == b->contig_lg2 && a->key == b->key &&
	       a->stage == b->stage && a->space == b->space;
}

static bool hit_fits(const struct ptg_hit *h, const struct ptg_translation *t)
{
	return PTG_HIT_FAULT(*h) == t->fault && h->pa == t->pa && PTG_HIT_RULE(*h) == t->rule &&
	       (t->fault || (PTG_HIT_LG2(*h) == t->page_lg2 && PTG_HIT_RIGHTS(*h) == (t->rights & 0xffff)));
}

static void row(struct group *g, uint64_t va, const char *want)
{
	char pa[40], size[24], user[8], super[8], flags[40];
	struct ptg_translation t[2];
	struct ptg_hit h[2], m[2];
	bool ok = sscanf(want, "%39s %23s %7s %7s %39s", pa, size, user, super, flags) == 5;

	for (unsigned i = 0; i < 2; i++) {
		ptg_translate(&g->space[i], va, g->access, &t[i]);
		h[i] = ptg_lookup(&g->space[i], va, g->access);
		ptg_lookup_many(&g->space[i], &va, 1, g->access, &m[i]);
		ok = ok && agrees(&t[i], pa, size, flags) && hit_fits(&h[i], &t[i]) && hit_fits(&m[i], &t[i]);
	}
	ok = ok && same_translation(&t[0], &t[1]);
	rows++;
	if (!ok && bad++ < 3)
		fprintf(stderr, "snap: %s %s va 0x%" PRIx64 ": wanted %s; generated 0x%" PRIx64 " fault %u rule %u, generic 0x%" PRIx64
				" fault %u rule %u\n", g->format, g->root, va, pa, t[0].pa, t[0].fault, t[0].rule, t[1].pa, t[1].fault,
			t[1].rule);
}

static void group(const char *name, struct image *image)
{
	struct group g;
	char va[40], want[200];
	FILE *fva, *fwant;

	memset(&g, 0, sizeof(g));
	read_args(&g, arena_printf(arena, "%s.args", name));
	for (unsigned i = 0; i < 2; i++)
		set_up(&g, &g.space[i], image, i);
	fva = fopen(arena_printf(arena, "%s.va", name), "r");
	fwant = fopen(arena_printf(arena, "%s.want", name), "r");
	if (!fva || !fwant)
		die(name);
	while (fgets(va, sizeof(va), fva) && fgets(want, sizeof(want), fwant))
		row(&g, strtoull(va, NULL, 0), want);
	fclose(fva);
	fclose(fwant);
}

int main(int argc, char **argv)
{
	static const struct image_options options = {.truncated_ok = false};
	const char *why = "";
	struct image *image;

	arena = arena_new();
	image = argc > 2 ? image_open(arena, argv[1], &options, &why) : NULL;
	if (!image)
		die(why);
	for (int i = 2; i < argc; i++)
		group(argv[i], image);
	printf("%" PRIu64 " %" PRIu64 "\n", rows, bad);
	arena_free(arena);
	return bad != 0;
}
