/* SPDX-License-Identifier: MIT */
/*
 * space_play.h - what the tests share that play with a space of every shipped format
 *
 * The format and its generated walker, attributes and addresses that its smallest pages can have, and the parts of
 * its address space: halves of one table, or what each of several roots serves.
 * PTG_FORMAT=name: that format alone; PTG_SEED=N; PTG_TRACE=1 prints each operation.
 */
#ifndef TESTS_UNIT_SPACE_PLAY_H
#define TESTS_UNIT_SPACE_PLAY_H

#include <dlfcn.h>
#include <glob.h>

#include "tests/unit/space.h"

#define PLAY_PARTS 4

struct play_part { uint64_t base, top; };

struct play {
	struct rig *r;
	const struct ptg_walker *walker; /* the generated one; NULL: not linked in */
	struct play_part part[PLAY_PARTS];
	unsigned parts;
	uint64_t small, pa_mask; /* the smallest page; addresses that it can have, as one block of bits */
	unsigned small_lg2;
	struct ptg_attrs attr[8];
	unsigned attrs;
	unsigned done, refused;
	uint64_t step, seed;
	bool trace;
	char name[64], op[200];
};

#define SAY(p, cond, ...) do { \
	if (!(cond)) { \
		char say_[320]; \
		snprintf(say_, sizeof(say_), __VA_ARGS__); \
		ck_abort_msg("%s seed %llu step %llu, %s: %s", (p)->name, (unsigned long long)(p)->seed, \
			     (unsigned long long)(p)->step, (p)->op, say_); \
	} } while (0)

static inline uint64_t pick(struct play *p, uint64_t n)
{
	return rig_random(p->r) % n;
}

/* --- a format ------------------------------------------------------------------------------ */

static glob_t play_formats;

/* Format number i; false: not this time.  play_end() in any case. */
static inline bool play_begin(struct play *p, int i)
{
	static const struct load_options none;
	const char *path = play_formats.gl_pathv[i], *file = strrchr(path, '/') + 1, *only = getenv("PTG_FORMAT");
	const char *seed = getenv("PTG_SEED");
	struct load load;

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(strlen(file) - 3), file);
	if (only && strcmp(only, p->name))
		return false;
	p->r = rig_new();
	ck_assert_int_eq(load_file(&load, p->r->arena, path, p->name, &none), 0);
	p->r->format = &load.plan[0]->format;
	p->walker = dlsym(NULL, arena_printf(p->r->arena, "%s_walker", p->name));
	p->seed = p->r->seed = seed ? strtoull(seed, NULL, 0) : 1;
	p->trace = getenv("PTG_TRACE") != NULL;
	return !p->r->format->stage[0];
}

static inline void play_end(struct play *p)
{
	if (!p->r)
		return;
	if (getenv("PTG_FORMAT") && p->step)
		printf("%s%s, seed %llu, %llu steps: %u done, %u refused\n", p->name, p->walker ? ", both walkers" : "",
		       (unsigned long long)p->seed, (unsigned long long)p->step, p->done, p->refused);
	p->r->mapped = 0;
	rig_end(p->r);
}

static inline uint64_t play_steps(const char *variable, uint64_t otherwise)
{
	const char *steps = getenv(variable);

	return steps ? strtoull(steps, NULL, 0) : otherwise;
}

struct play_test { const TTest *test; int times; }; /* 0: once a format */

/* The program. */
static inline int play_main(const char *name, const struct play_test *t, unsigned n)
{
	Suite *suite = suite_create(name);
	TCase *tc = tcase_create("formats");
	int failed;

	printf("seed %s\n", getenv("PTG_SEED") ? getenv("PTG_SEED") : "1");
	fflush(stdout);
	if (glob("formats/*.pt", 0, NULL, &play_formats) != 0)
		return 1;
	for (; n--; t++)
		tcase_add_loop_test(tc, t->test, 0, t->times ? t->times : (int)play_formats.gl_pathc);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	failed = suite_run(suite);
	globfree(&play_formats);
	return failed;
}

/* --- what its pages can have -------------------------------------------------------------------- */

static inline void play_attrs(struct play *p)
{
	const struct ptg_kind *k = ptg_page_kind_(&p->r->s, p->small_lg2);
	unsigned start = (unsigned)pick(p, 64), i, why;
	uint64_t e[2];

	ck_assert_ptr_nonnull(k);
	for (p->attrs = i = 0; i < 64 && p->attrs < 8; i++) {
		struct ptg_attrs a = { .rights = (start + i) & 63, .care = 0x3f };

		if (a.rights && ptg_template_(&p->r->s, k, &a, e, &why) == PTG_OK)
			p->attr[p->attrs++] = a;
	}
	ck_assert_msg(p->attrs > 0, "%s: no rights can be had", p->name);
}

static inline void play_pa(struct play *p)
{
	const struct ptg_kind *k = ptg_page_kind_(&p->r->s, p->small_lg2);
	uint64_t e[2] = { 0, 0 };
	struct ptg_env env = { .space = &p->r->s };
	unsigned why, bit, space;

	p->pa_mask = p->small - 1;
	for (bit = p->small_lg2; bit < 64 && bit < p->r->format->pa_bits; bit++) {
		ck_assert_int_eq(ptg_template_(&p->r->s, k, &p->attr[0], e, &why), PTG_OK);
		ptg_put_addr_(&p->r->s, k, UINT64_C(1) << bit, e);
		env.e[0] = e[0];
		env.e[1] = e[1];
		if (ptg_addr_(&env, k, &space) != UINT64_C(1) << bit)
			break;
		p->pa_mask |= UINT64_C(1) << bit;
	}
}

/* An address of the part. */
static inline uint64_t play_within(const struct play_part *t, uint64_t va)
{
	uint64_t n = t->top - t->base + 1;

	return n ? t->base + (va - t->base) % n : va;
}

static inline unsigned play_part_of(const struct play *p, uint64_t va)
{
	unsigned i;

	for (i = 0; i < p->parts; i++)
		if (va >= p->part[i].base && va <= p->part[i].top)
			return i;
	ck_abort_msg("%s: %#llx is in no part", p->name, (unsigned long long)va);
	return 0;
}

/* --- its parts ---------------------------------------------------------------------------------- */

static inline void play_part(struct play *p, uint64_t base, uint64_t top)
{
	p->part[p->parts++] = (struct play_part){ base, top };
}

/* What one root serves: of sign-extended addresses the upper half, too. */
static inline void play_one_root(struct play *p)
{
	const struct ptg_root *root = &p->r->s.root[0];
	unsigned bits = root->va_lg2;

	p->parts = 0;
	if (p->r->format->va_check == PTG_VA_SIGN || root->sel_width)
		bits--;
	play_part(p, 0, ptg_mask_(bits));
	if (p->r->format->va_check == PTG_VA_SIGN && p->r->format->root_count < 2)
		play_part(p, ~ptg_mask_(bits), ~UINT64_C(0));
}

static inline uint64_t *play_reg(struct play *p, uint64_t *regs, uint32_t *given, const char *name)
{
	const struct ptg_format *f = p->r->format;
	unsigned i;

	for (i = 0; i < f->reg_count && strcmp(f->regs[i].name, name); i++)
		;
	ck_assert_msg(i < f->reg_count && i < 32, "%s: no register %s", p->name, name);
	*given |= (uint32_t)1 << i;
	return &regs[i];
}

/* AArch64: T0SZ, T1SZ; hardware marks, addresses as large as can be. */
static inline uint64_t play_tcr(struct play *p)
{
	unsigned t0 = 16 + (unsigned)pick(p, 24), t1 = 16 + (unsigned)pick(p, 24);
	bool wide = strstr(p->name, "lpa") != NULL;

	play_part(p, 0, ptg_mask_(64 - t0));
	play_part(p, ~ptg_mask_(64 - t1), ~UINT64_C(0));
	return t0 | (uint64_t)t1 << 16 | UINT64_C(3) << 39 | (wide ? UINT64_C(6) : UINT64_C(5)) << 32 |
	       (uint64_t)(wide && !strstr(p->name, "64k")) << 59 |
	       (strstr(p->name, "_4k") ? UINT64_C(2) << 30 : strstr(p->name, "_16k") ? UINT64_C(1) << 30 | 2 << 14 : UINT64_C(3) << 30 | 1 << 14);
}

/* ARMv7 with short descriptors: N. */
static inline uint64_t play_n(struct play *p)
{
	unsigned n = 1 + (unsigned)pick(p, 7);

	play_part(p, 0, ptg_mask_(32 - n));
	play_part(p, ptg_mask_(32 - n) + 1, ptg_mask_(32));
	return n;
}

/* ARMv7 with long descriptors: T0SZ, T1SZ, of which one may be 0. */
static inline uint64_t play_ttbcr(struct play *p)
{
	unsigned t0 = (unsigned)pick(p, 8), t1 = (unsigned)pick(p, 8);
	uint64_t end = UINT64_C(1) << 32, upper;

	if (!t0 && !t1)
		t0 = 1;
	upper = t1 ? end - (end >> t1) : end >> t0;
	play_part(p, 0, t0 ? (end >> t0) - 1 : upper - 1);
	play_part(p, upper, end - 1);
	return t0 | t1 << 16 | UINT64_C(1) << 31;
}

/* Both, or all four, first tables, and what each serves by the manual; one after the other in the rig's memory. */
static inline void play_all_roots(struct play *p)
{
	static const char *const arm[] = { "ttbr0", "ttbr1", "ttbr2", "ttbr3" }, *const loongarch[] = { "pgdl", "pgdh" };
	bool is_loongarch = !strncmp(p->name, "loongarch64", 11), uat = !strcmp(p->name, "apple_uat");
	unsigned i, bits, n = p->r->format->root_count;
	uint64_t regs[32] = { 0 };
	uint32_t given = 0;

	p->parts = 0;
	if (!strncmp(p->name, "aarch64_", 8)) {
		*play_reg(p, regs, &given, "tcr") = play_tcr(p);
	} else if (!strncmp(p->name, "armv7_short", 11)) {
		*play_reg(p, regs, &given, "ttbcr") = play_n(p);
	} else if (!strcmp(p->name, "armv7_lpae")) {
		*play_reg(p, regs, &given, "ttbcr") = play_ttbcr(p);
	} else if (!strncmp(p->name, "dart", 4)) {
		for (i = 0; i < 4; i++)
			play_part(p, (uint64_t)i << 36, (uint64_t)i << 36 | ptg_mask_(36));
	} else {
		ck_assert_msg(is_loongarch || uat, "%s has %u roots: what do they serve?", p->name, n);
		bits = uat ? 39 : p->r->s.root[0].va_lg2 - 1u;
		play_part(p, 0, ptg_mask_(bits));
		play_part(p, ~ptg_mask_(bits), ~UINT64_C(0));
	}
	for (i = 0; i < n; i++)
		*play_reg(p, regs, &given, is_loongarch ? loongarch[i] : arm[i]) = (RIG_BASE + ((uint64_t)i << 20)) | uat;
	ck_assert_int_eq(ptg_set_root(&p->r->s, regs, given), PTG_OK);
	for (i = 0; i < n; i++)
		rig_empty_root(p->r, i, 1 << 20);
}

/*
 * A fresh space: the first root, or all there are.  The mapper may be changed afterwards, page_sizes,
 * then play_pages().
 */
static inline void play_space(struct play *p, bool all_roots)
{
	p->r->most = 0;
	rig_space(p->r, p->r->format);
	if (all_roots && p->r->format->root_count > 1)
		play_all_roots(p);
	else
		play_one_root(p);
	p->small_lg2 = ptg_lowest_bit_(p->r->s.page_sizes);
	p->small = UINT64_C(1) << p->small_lg2;
}

static inline void play_pages(struct play *p)
{
	play_attrs(p);
	play_pa(p);
}

/* Everything is unmapped, and all memory given back. */
static inline void play_over(struct play *p)
{
	struct rig *r = p->r;
	uint64_t half;
	unsigned i;

	rig_fresh_flush(r);
	r->f.table = malloc(4096 * sizeof(*r->f.table));
	r->f.table_cap = 4096;
	snprintf(p->op, sizeof(p->op), "the end");
	for (i = 0; i < 2 * p->parts; i++) { /* in two: the last part may be all there is */
		half = (p->part[i / 2].top - p->part[i / 2].base) / 2 + 1;
		SAY(p, ptg_unmap(&r->s, p->part[i / 2].base + (i % 2 ? half : 0), half, PTG_SPLIT_OK, &r->f) == PTG_OK, "unmapping all");
	}
	rig_flush_f(r);
	free(r->f.table);
	r->f.table = NULL;
	SAY(p, r->tables == 0, "%u tables leak", r->tables);
}

#endif /* TESTS_UNIT_SPACE_PLAY_H */
