/* SPDX-License-Identifier: MIT */
/*
 * test_format_features.c - what is mapped is what was asked for, whatever features are on
 *
 * Every format, every feature the other way than by default: one page is mapped into
 * an empty space with each of the 64 sets of rights.  Where that is not refused the
 * tables made for it, and the page, leave these rights.
 */
#include <dlfcn.h>
#include <glob.h>

#include "tests/unit/space.h"

#define SIX 0x3fu
#define FEATURES 32

/* A space of the format whose feature `flip` (none: FEATURES) is as it is not by default. */
static struct rig *begin(const char *name, unsigned flip, bool generated)
{
	struct rig *r = rig_format(name);

	if (generated) {
		r->ops.sync = NULL; /* with it the quick ways of generated code are not taken */
		r->s.walker = dlsym(NULL, arena_printf(r->arena, "%s_walker", name));
		ck_assert_ptr_nonnull(r->s.walker);
		ptg_space_update(&r->s);
	}
	if (flip < FEATURES)
		ck_assert_int_eq(ptg_space_config(&r->s, r->s.config[0] ^ (uint64_t)1 << flip), PTG_OK);
	return r;
}

static unsigned count_features(const char *name)
{
	struct rig *r = rig_format(name);
	unsigned n = r->format->feature_count;

	rig_end(r);
	return n;
}

/* Two pages side by side, the second in tables that are there: how many could be mapped, each with these rights. */
static unsigned try_rights(struct rig *r, const char *name, unsigned flip, unsigned rights)
{
	const struct ptg_attrs a = { .rights = rights, .care = SIX };
	uint64_t small = UINT64_C(1) << ptg_lowest_bit_(r->s.page_sizes), va = (2 * rights + 2) * small;

	for (unsigned i = 0; i < 2; i++, va += small) {
		struct ptg_translation t;
		int err = ptg_map(&r->s, va, RIG_FRAMES + i * small, small, &a, PTG_NO_LARGE | PTG_NO_CONTIG, &r->f);

		if (err) /* refused */
			return i;
		MUST(ptg_translate(&r->s, va, PTG_LOOK, &t) == PTG_F_NONE,
		     "%s, feature %u the other way, page %u: asked for %#x, got fault %u (%#llx)", name, flip, i, rights,
		     t.fault, (unsigned long long)t.entry);
		MUST((t.rights & SIX) == rights, "%s, feature %u the other way, page %u: asked for %#x, got %#x", name, flip, i,
		     rights, t.rights & SIX);
		rig_fresh_flush(r);
	}
	return 2;
}

static glob_t files; /* the descriptions */

static const char *format_name(const char *path)
{
	static char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(path) - strlen("formats/.pt")), path + strlen("formats/"));
	return name;
}

/* Pairs have no tables of their own. */
static bool is_pair(const char *name)
{
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;
	bool pair;

	ck_assert_int_eq(load_file(&load, arena, arena_printf(arena, "formats/%s.pt", name), name, &none), 0);
	pair = load.plan[0]->stage[0] != NULL;
	arena_free(arena);
	return pair;
}

START_TEST(rights_under_each_feature)
{
	const char *name = format_name(files.gl_pathv[_i / 2]);
	unsigned features;

	if (is_pair(name))
		return;
	features = count_features(name);
	for (unsigned n = 0; n <= features; n++) {
		unsigned flip = n < features ? n : FEATURES;
		struct rig *r = begin(name, flip, _i % 2);

		unsigned mapped = 0;

		for (unsigned rights = 1; rights < 64; rights++)
			mapped += try_rights(r, name, flip, rights);
		MUST(mapped, "%s, feature %u the other way: nothing can be mapped", name, flip);
		rig_end(r);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("features");
	TCase *c = tcase_create("map");
	SRunner *r;
	int failed;

	if (glob("formats/*.pt", 0, NULL, &files))
		return EXIT_FAILURE;
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, rights_under_each_feature, 0, 2 * (int)files.gl_pathc);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	globfree(&files);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
