/* SPDX-License-Identifier: MIT */
/* test_device_models.c - GPUs and IOMMUs of chips against models written from their drivers and documents */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/model_device.h"
#include "tests/unit/trial.h"

static uint64_t va_32(struct trial *t)
{
	return once_in(t, 16) ? draw(t) >> (draw(t) & 31) : draw(t) & 0xffffffffu;
}

static uint64_t va_all(struct trial *t)
{
	return once_in(t, 16) ? draw(t) : draw(t) & model_low(t->format->va_bits);
}

static void one_reg(struct trial *t, const char *name, uint64_t value)
{
	trial_regs(t, (struct trial_reg[]){ { name, value } }, 1);
}

/* --- Rockchip -------------------------------------------------------------------------------- */

static struct model_answer answer_rk1(struct trial *t, uint64_t va, unsigned access)
{
	return model_rockchip(t->model, &t->memory, va, access, false);
}

static struct model_answer answer_rk2(struct trial *t, uint64_t va, unsigned access)
{
	return model_rockchip(t->model, &t->memory, va, access, true);
}

static void draw_rk1(struct trial *t)
{
	struct model_soc *m = t->model;

	m->root = draw(t) & 0xfffff000u;
	t->memory.set = 1;
	one_reg(t, "dte_addr", m->root | (draw(t) & 0xfff));
}

static void draw_rk2(struct trial *t)
{
	struct model_soc *m = t->model;
	uint64_t reg = draw(t) & 0xffffffffu;

	m->root = (reg & 0xfffff000u) | model_bits(reg, 11, 8) << 32 | model_bits(reg, 7, 4) << 36;
	t->memory.set = 1;
	one_reg(t, "dte_addr", reg);
}

START_TEST(rockchip)
{
	struct model_soc m;
	struct trial t = { .model = &m, .answer = answer_rk1, .draw = draw_rk1, .va = va_32 };

	trial_run(&t, "rockchip_v1");
	t.answer = answer_rk2;
	t.draw = draw_rk2;
	trial_run(&t, "rockchip_v2");
}
END_TEST

/* --- sun50i, Exynos, Tegra, MediaTek, V3D ------------------------------------------------------- */

static struct model_answer answer_sun50i(struct trial *t, uint64_t va, unsigned access)
{
	return model_sun50i(t->model, &t->memory, va, access);
}

static void draw_sun50i(struct trial *t)
{
	struct model_soc *m = t->model;

	m->root = draw(t) & 0xffffc000u;
	m->auth = once_in(t, 2) ? 0x390 : (uint32_t)draw(t);
	ck_assert_int_eq(ptg_space_ctx(&t->space, "auth", m->auth), PTG_OK);
	t->memory.set = once_in(t, 2) ? 3 : 1;
	t->memory.rare = t->memory.set == 1 ? 2 : 0;
	one_reg(t, "ttb", m->root);
}

static struct model_answer answer_exynos(struct trial *t, uint64_t va, unsigned access)
{
	return model_exynos(t->model, &t->memory, va, access);
}

static void draw_exynos(struct trial *t)
{
	struct model_soc *m = t->model;

	m->root = (draw(t) & 0xfffffcu) << 12;
	t->memory.set = 1;
	t->memory.rare = once_in(t, 2) ? 2 : 0;
	one_reg(t, "pt_base", m->root >> 12);
}

static struct model_answer answer_tegra(struct trial *t, uint64_t va, unsigned access)
{
	return model_tegra(t->model, &t->memory, va, access);
}

static void draw_tegra(struct trial *t)
{
	struct model_soc *m = t->model;
	uint64_t reg = draw(t) & 0xffffffffu;

	m->width = 32 + (unsigned)(draw(t) % 3);
	ck_assert_int_eq(ptg_space_param(&t->space, "pa_bits", m->width), PTG_OK);
	m->root = (reg & model_low(m->width - 12)) << 12;
	m->root_r = reg >> 31;
	m->root_w = reg >> 30 & 1;
	t->memory.set = 0xf0000000u;
	one_reg(t, "ptb_data", reg);
}

static struct model_answer answer_mtk(struct trial *t, uint64_t va, unsigned access)
{
	return model_mtk(t->model, &t->memory, va, access);
}

static void draw_mtk(struct trial *t)
{
	struct model_soc *m = t->model;
	uint64_t reg = draw(t) & 0xffffc007u;

	m->width = 32 + (unsigned)(draw(t) % 3);
	ck_assert_int_eq(ptg_space_param(&t->space, "va_bits", m->width), PTG_OK);
	m->root = (reg & 0xffffc000u) | (reg & 7) << 32;
	t->memory.set = 1;
	t->memory.rare = once_in(t, 2) ? 2 : 0;
	one_reg(t, "ttbr", reg);
}

static uint64_t va_mtk(struct trial *t)
{
	const struct model_soc *m = t->model;

	return once_in(t, 16) ? draw(t) : draw(t) & model_low(m->width);
}

static struct model_answer answer_v3d(struct trial *t, uint64_t va, unsigned access)
{
	return model_v3d(t->model, &t->memory, va, access);
}

static void draw_v3d(struct trial *t)
{
	struct model_soc *m = t->model;

	m->root = (draw(t) & 0xffffffu) << 12;
	one_reg(t, "pt_pa_base", m->root >> 12);
}

START_TEST(two_levels)
{
	struct model_soc m = { .root = 0 };
	struct trial t = { .model = &m, .answer = answer_sun50i, .draw = draw_sun50i, .va = va_32 };

	trial_run(&t, "sun50i");
	t.answer = answer_exynos;
	t.draw = draw_exynos;
	trial_run(&t, "exynos_v5");
	t.answer = answer_tegra;
	t.draw = draw_tegra;
	trial_run(&t, "tegra_smmu");
	t.answer = answer_v3d;
	t.draw = draw_v3d;
	trial_run(&t, "v3d");
	t.answer = answer_mtk;
	t.draw = draw_mtk;
	t.va = va_mtk;
	trial_run(&t, "mtk_v7s");
}
END_TEST

/* --- DART, Mali, AMD GPUs -------------------------------------------------------------------------- */

static struct model_answer answer_dart(struct trial *t, uint64_t va, unsigned access)
{
	return model_dart(t->model, &t->memory, va, access);
}

static void draw_dart(struct trial *t)
{
	struct model_dart *m = t->model;

	for (unsigned i = 0; i < 4; i++)
		m->root[i] = draw(t) & (m->second ? 0x3ffffffc000u : 0xfffffc000u);
	t->memory.set = 1;
	trial_regs(t, (struct trial_reg[]){ { "ttbr0", m->root[0] }, { "ttbr1", m->root[1] }, { "ttbr2", m->root[2] },
					    { "ttbr3", m->root[3] } }, 4);
}

START_TEST(apple)
{
	struct model_dart m = { .second = false };
	struct trial t = { .model = &m, .answer = answer_dart, .draw = draw_dart, .va = va_all };

	trial_run(&t, "dart1");
	m.second = true;
	trial_run(&t, "dart2");
}
END_TEST

static struct model_answer answer_mali(struct trial *t, uint64_t va, unsigned access)
{
	return model_mali(t->model, &t->memory, va, access);
}

static void draw_mali(struct trial *t)
{
	struct model_mali *m = t->model;

	m->transtab = (draw(t) & 0xfffffff01cu) | (once_in(t, 8) ? draw(t) & 3 : 3);
	t->memory.set = 3;
	one_reg(t, "transtab", m->transtab);
}

START_TEST(mali)
{
	struct model_mali m;
	struct trial t = { .model = &m, .answer = answer_mali, .draw = draw_mali, .va = va_all };

	trial_run(&t, "mali_lpae");
}
END_TEST

static struct model_answer answer_gfx9(struct trial *t, uint64_t va, unsigned access)
{
	return model_gfx9(t->model, &t->memory, va, access);
}

static void draw_gfx9(struct trial *t)
{
	struct model_gfx9 *m = t->model;

	m->depth = (unsigned)draw(t) & 3;
	m->base = (draw(t) & 0xfffffffff002u) | !once_in(t, 8);
	t->memory.set = 1;
	t->memory.rare = (uint64_t)1 << 54;
	trial_regs(t, (struct trial_reg[]){ { "pd_base", m->base }, { "cntl", 1 | m->depth << 1 } }, 2);
}

static uint64_t va_gfx9(struct trial *t)
{
	const struct model_gfx9 *m = t->model;
	uint64_t va = draw(t) & model_low(21 + 9 * m->depth);

	if (once_in(t, 16))
		return draw(t);
	return va >> (20 + 9 * m->depth) ? va | ~model_low(21 + 9 * m->depth) : va;
}

START_TEST(amd)
{
	struct model_gfx9 m;
	struct trial t = { .model = &m, .answer = answer_gfx9, .draw = draw_gfx9, .va = va_gfx9 };

	trial_run(&t, "amdgpu_gfx9");
}
END_TEST

/* --- NVIDIA --------------------------------------------------------------------------------------------- */

static struct model_answer answer_nvidia(struct trial *t, uint64_t va, unsigned access)
{
	return model_nvidia(t->model, &t->memory, va, access);
}

static void draw_nvidia(struct trial *t)
{
	struct model_nvidia *m = t->model;

	m->large = trial_feature(t, m->third ? "pte256g" : "pte512m");
	m->pdb = draw(t) & (m->third ? 0xffffffffff003u : 0x3fffffffffff003u);
	t->memory.rare = once_in(t, 2) ? 1 : 0;
	if (once_in(t, 2)) /* aligned large pages */
		t->memory.rare |= m->third ? 0x1ffff000 : 0x1ffff00;
	if (once_in(t, 2))
		t->memory.rare |= 0xf8;
	one_reg(t, "pdb", m->pdb);
}

START_TEST(nvidia)
{
	struct model_nvidia m = { .third = false };
	struct trial t = { .model = &m, .answer = answer_nvidia, .draw = draw_nvidia, .va = va_all };

	trial_run(&t, "nvidia_v2");
	m.third = true;
	trial_run(&t, "nvidia_v3");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("device models");
	TCase *c = tcase_create("random memory");
	SRunner *r;
	int failed;

	tcase_set_timeout(c, 120);
	tcase_add_test(c, rockchip);
	tcase_add_test(c, two_levels);
	tcase_add_test(c, apple);
	tcase_add_test(c, mali);
	tcase_add_test(c, amd);
	tcase_add_test(c, nvidia);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
