/* SPDX-License-Identifier: MIT */
/*
 * test_format_roundtrip.c - what a page entry decodes to encodes to an equal one
 *
 * Every format of the list, every level, random entries: a page entry without a
 * fault is decoded, its address and attributes are encoded again, and the result
 * decodes to the same.  Sizes that an entry names beside the level's own
 * (napot) and contiguous hints are map's affair and left out.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gen/load.h"
#include "tests/unit/model.h"

#define ENTRIES 20000

struct trip {
	const struct ptg_format *format;
	struct ptg_space space;
	struct ptg_mapper mapper;
	uint64_t random;
	unsigned pages;
};

static uint64_t draw(struct trip *t)
{
	return t->random = model_mix(t->random);
}

/* Reserved bits are many: few bits set, or bits that some other good entry had. */
static void draw_entry(struct trip *t, unsigned lg2, uint64_t e[2])
{
	for (unsigned i = 0; i < 2; i++) {
		uint64_t a = draw(t), b = draw(t);

		switch (draw(t) % 4) {
		case 0:
			e[i] = a;
			break;
		case 1:
			e[i] = a & b;
			break;
		case 2:
			e[i] = (a & b & draw(t) & ~(uint64_t)0xffff) | (b & 0xffff);
			break;
		default:
			e[i] = (a & (model_low(24) << (draw(t) % 40))) | (b & 0xfff);
			break;
		}
	}
	if (lg2 < 4)
		e[1] = 0;
	if (lg2 < 3)
		e[0] &= model_low(8u << lg2);
}

static bool same(const struct ptg_decoded *a, const struct ptg_decoded *b, uint32_t care)
{
	return a->pa == b->pa && a->fault == b->fault && a->role == b->role && a->level == b->level &&
	       a->page_lg2 == b->page_lg2 && a->space == b->space && ((a->rights ^ b->rights) & care & 0x1ff) == 0 &&
	       a->memtype == b->memtype && a->key == b->key && a->soft == b->soft;
}

static void one(struct trip *t, unsigned level, const uint64_t e[2])
{
	const struct ptg_format *f = t->format;
	struct ptg_decoded before, after;
	struct ptg_attrs a;
	uint64_t out[2] = { 0, 0 };
	int err;

	ck_assert_int_eq(ptg_decode(&t->space, level, e, &before), PTG_OK);
	if (before.fault || before.role != PTG_ROLE_PAGE || before.page_lg2 != f->levels[level].shift ||
	    before.contig_lg2)
		return;
	t->pages++;
	a = (struct ptg_attrs){ .rights = before.rights, .care = 0x3f | PTG_ACCESSED | PTG_DIRTY | PTG_HAS_SOFT,
				.memtype = before.memtype, .key = before.key, .soft = before.soft };
	if (f->global_attr != 0xff)
		a.care |= PTG_GLOBAL;
	if (f->memtype_attr != 0xff)
		a.care |= PTG_HAS_MEMTYPE;
	if (f->key_attr != 0xff)
		a.care |= PTG_HAS_KEY;
	err = ptg_encode(&t->space, level, before.pa, &a, out);
	if (!err)
		ck_assert_int_eq(ptg_decode(&t->space, level, out, &after), PTG_OK);
	if (err || !same(&before, &after, a.care))
		ck_abort_msg("%s level %u entry %#llx (rights %#x memtype %u key %u): encode %d gives %#llx", f->name, level,
			     (unsigned long long)e[0], before.rights, before.memtype, before.key, err,
			     (unsigned long long)out[0]);
}

static const char *const names[] = {
	"sv32", "sv39", "sv48", "sv57", "sv32x4", "sv39x4", "sv48x4", "sv57x4",
	"x86_32", "x86_pae", "x86_64", "x86_64_la57", "npt", "ept4", "ept5",
	"vtd_fs4", "vtd_fs5", "vtd_ss3", "vtd_ss4", "vtd_ss5", "amdv1",
	"aarch64_4k", "aarch64_16k", "aarch64_64k", "aarch64_4k_lpa2", "aarch64_16k_lpa2", "aarch64_64k_lpa",
	"aarch64_4k_s2", "aarch64_16k_s2", "aarch64_64k_s2", "aarch64_4k_lpa2_s2", "aarch64_16k_lpa2_s2",
	"aarch64_64k_lpa_s2", "armv7_short", "armv7_short_tre", "armv7_lpae",
	"loongarch64", "loongarch64_4k", "loongarch64_4k_39", "loongarch64_64k", "loongarch64_64k_42",
	"power9_radix", "power9_radix_guest", "s390x",
	"nvidia_v2", "nvidia_v3", "amdgpu_gfx9", "v3d", "mali_lpae",
	"dart1", "dart2", "rockchip_v1", "rockchip_v2", "sun50i", "exynos_v5", "tegra_smmu", "mtk_v7s",
	"nvidia_v1", "intel_gen8", "amdgpu_gfx12", "etnaviv_v2", "pvr_rogue", "omap_iommu",
	"s390_pci", "ioda3_tce", "nvidia_nv50", "intel_gen6", "intel_gen75", "intel_ggtt12", "armv5", "apple_uat",
	"m68030", "m68030_long", "m68040", "m68040_8k", "m88k", "alpha", "or1k", "esa390", "sparc_srmmu",
};

static void run(const char *name)
{
	static const struct ptg_mapper_ops nothing;
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;
	struct trip t = { .mapper = { .ops = &nothing }, .random = model_mix(strlen(name)) };

	ck_assert_int_eq(load_file(&load, arena, arena_printf(arena, "formats/%s.pt", name), name, &none), 0);
	t.format = &load.plan[0]->format;
	ck_assert_int_eq(ptg_space_setup(&t.space, t.format, &ptg_generic_walker, &t.mapper), PTG_OK);
	for (unsigned level = 0; level < t.format->level_count; level++)
		for (unsigned n = 0; n < ENTRIES; n++) {
			uint64_t e[2];

			draw_entry(&t, t.format->levels[level].entry_lg2, e);
			one(&t, level, e);
		}
	ck_assert_msg(t.pages > 0, "%s: no entry was a page", name);
	arena_free(arena);
}

START_TEST(round_trip)
{
	run(names[_i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("format round trip");
	TCase *c = tcase_create("decode, encode, decode");
	SRunner *r;
	int failed;

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, round_trip, 0, (int)(sizeof(names) / sizeof(names[0])));
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
