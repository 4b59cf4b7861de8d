/* SPDX-License-Identifier: MIT */
/* test_arm_models.c - the Arm descriptions against models written from the manuals */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/model_arm.h"
#include "tests/unit/trial.h"

/* --- AArch64 ---------------------------------------------------------------------------- */

static struct model_answer answer_a64(struct trial *t, uint64_t va, unsigned access)
{
	return model_a64(t->model, &t->memory, va, access);
}

static void draw_a64_entries(struct trial *t, const struct model_a64 *m)
{
	unsigned top = m->ds ? 50 : 48;

	t->memory.set = once_in(t, 3) ? 0x401 : 0x403;
	t->memory.rare = (uint64_t)0x1f << 59 & draw(t);
	if (m->pa_bits < top)
		t->memory.rare |= model_low(top) & ~model_low(m->pa_bits);
	if (m->ds && m->pa_bits < 52)
		t->memory.rare |= 0x300;
}

static void draw_pa_bits(struct trial *t, struct model_a64 *m)
{
	static const unsigned narrow[] = { 32, 36, 40, 42, 44, 48 }, wide[] = { 40, 42, 44, 48, 52 };

	m->pa_bits = m->lpa ? 52 : m->ds ? wide[draw(t) % 5] : narrow[draw(t) % 6];
}

/* TCR_EL1.IPS, VTCR_EL2.PS: the code of an output size. */
static uint64_t ips(const struct model_a64 *m)
{
	static const unsigned size[] = { 32, 36, 40, 42, 44, 48, 52 };
	unsigned code = 0;

	while (size[code] != m->pa_bits)
		code++;
	return code;
}

static uint64_t draw_tsz(struct trial *t, unsigned least)
{
	static const unsigned usual[] = { 16, 17, 25, 28, 34, 39 };

	return once_in(t, 3) ? least - 1 + draw(t) % 40 : once_in(t, 4) ? least : usual[draw(t) % 6];
}

static void draw_stage1(struct trial *t)
{
	struct model_a64 *m = t->model;
	unsigned least = m->ds || m->lpa ? 12 : 16;

	m->tcr = draw_tsz(t, least) | draw_tsz(t, least) << 16 | (uint64_t)m->ds << 59;
	m->tcr |= (draw(t) & draw(t) & 0x3f) << 37;             /* TBI, HA, HD, HPD */
	m->tcr |= (uint64_t)once_in(t, 12) << 7 | (uint64_t)once_in(t, 12) << 23;
	draw_pa_bits(t, m);
	m->tcr |= ips(m) << 32;
	for (unsigned i = 0; i < 2; i++)
		m->ttbr[i] = once_in(t, 8) ? draw(t) : draw(t) & (model_low(m->pa_bits < 48 ? m->pa_bits : 48) & ~(uint64_t)0x3c);
	trial_regs(t, (struct trial_reg[]){ { "tcr", m->tcr }, { "ttbr0", m->ttbr[0] }, { "ttbr1", m->ttbr[1] } }, 3);
	m->pan = trial_ctx(t, "pan");
	m->epan = trial_ctx(t, "epan");
	m->wxn = trial_ctx(t, "wxn");
	m->ttst = once_in(t, 3) && trial_feature(t, "ttst");
	trial_regs(t, (struct trial_reg[]){ { "tcr", m->tcr }, { "ttbr0", m->ttbr[0] }, { "ttbr1", m->ttbr[1] } }, 3);
	draw_a64_entries(t, m);
}

static void draw_stage2(struct trial *t)
{
	struct model_a64 *m = t->model;

	m->vtcr = draw_tsz(t, m->ds || m->lpa ? 13 : 17) | (draw(t) & 3) << 6 | (uint64_t)m->ds << 32;
	m->vtcr |= (draw(t) & 3) << 21;
	if (m->ds && m->granule == 12)
		m->vtcr |= (uint64_t)once_in(t, 3) << 33;
	draw_pa_bits(t, m);
	m->vtcr |= ips(m) << 16;
	m->ttbr[0] = once_in(t, 8) ? draw(t) : draw(t) & (model_low(m->pa_bits < 48 ? m->pa_bits : 48) & ~(uint64_t)0x3c);
	m->xnx = trial_feature(t, "xnx");
	trial_regs(t, (struct trial_reg[]){ { "vtcr", m->vtcr }, { "vttbr", m->ttbr[0] } }, 2);
	draw_a64_entries(t, m);
}

static uint64_t va_a64(struct trial *t)
{
	const struct model_a64 *m = t->model;
	bool upper = draw(t) & 1;
	unsigned size = 64 - (unsigned)((m->stage2 ? m->vtcr : upper ? m->tcr >> 16 : m->tcr) & 63);
	uint64_t va = draw(t) & model_low(size);

	if (once_in(t, 16))
		return draw(t);
	if (!m->stage2 && upper)
		va |= ~model_low(size);
	return once_in(t, 8) ? (va & model_low(56)) | draw(t) << 56 : va;
}

static void a64(const char *name, unsigned granule, bool wide, bool stage2)
{
	struct model_a64 m = { .granule = granule, .ds = wide && granule != 16, .lpa = wide && granule == 16,
			       .stage2 = stage2 };
	struct trial t = { .model = &m, .answer = answer_a64, .draw = stage2 ? draw_stage2 : draw_stage1, .va = va_a64 };

	trial_run(&t, name);
}

START_TEST(stage1)
{
	a64("aarch64_4k", 12, false, false);
	a64("aarch64_16k", 14, false, false);
	a64("aarch64_64k", 16, false, false);
	a64("aarch64_4k_lpa2", 12, true, false);
	a64("aarch64_16k_lpa2", 14, true, false);
	a64("aarch64_64k_lpa", 16, true, false);
}
END_TEST

START_TEST(stage2)
{
	a64("aarch64_4k_s2", 12, false, true);
	a64("aarch64_16k_s2", 14, false, true);
	a64("aarch64_64k_s2", 16, false, true);
	a64("aarch64_4k_lpa2_s2", 12, true, true);
	a64("aarch64_16k_lpa2_s2", 14, true, true);
	a64("aarch64_64k_lpa_s2", 16, true, true);
}
END_TEST

/* --- ARMv7 -------------------------------------------------------------------------------- */

static struct model_answer answer_v7s(struct trial *t, uint64_t va, unsigned access)
{
	return model_v7s(t->model, &t->memory, va, access);
}

static void draw_v7s(struct trial *t)
{
	struct model_v7s *m = t->model;

	m->ttbcr = (uint32_t)(once_in(t, 2) ? 0 : draw(t) & 7) | (uint32_t)once_in(t, 16) << 4 |
		   (uint32_t)once_in(t, 16) << 5;
	m->ttbr[0] = (uint32_t)draw(t);
	m->ttbr[1] = (uint32_t)draw(t);
	m->dacr = once_in(t, 2) ? 0x55555555 : (uint32_t)draw(t);
	ck_assert_int_eq(ptg_space_ctx(&t->space, "dacr", m->dacr), PTG_OK);
	m->wxn = trial_ctx(t, "wxn");
	m->uwxn = trial_ctx(t, "uwxn");
	m->pan = trial_ctx(t, "pan");
	m->pxn = trial_feature(t, "pxn");
	m->afe = trial_feature(t, "afe");
	m->ha = trial_feature(t, "ha");
	t->memory.set = once_in(t, 2) ? 1 : 2;
	trial_regs(t, (struct trial_reg[]){ { "ttbcr", m->ttbcr }, { "ttbr0", m->ttbr[0] }, { "ttbr1", m->ttbr[1] } }, 3);
}

static uint64_t va_32(struct trial *t)
{
	uint64_t va = draw(t) & 0xffffffffu;

	switch (draw(t) % 8) {
	case 0:
		return va >> (draw(t) & 31);
	case 1:
	case 2:
		return va >> draw(t) % 8;
	case 3:
		return va | (0xffffffffu << draw(t) % 8 & 0xff) << 24;
	default:
		return va;
	}
}

START_TEST(short_descriptors)
{
	struct model_v7s m;
	struct trial t = { .model = &m, .answer = answer_v7s, .draw = draw_v7s, .va = va_32 };

	trial_run(&t, "armv7_short");
	trial_run(&t, "armv7_short_tre");
}
END_TEST

static struct model_answer answer_v7l(struct trial *t, uint64_t va, unsigned access)
{
	return model_v7l(t->model, &t->memory, va, access);
}

static void draw_v7l(struct trial *t)
{
	struct model_v7l *m = t->model;

	m->ttbcr = 0x80000000u | (once_in(t, 2) ? 0 : draw(t) & 7) | (once_in(t, 2) ? 0 : draw(t) & 7) << 16;
	m->ttbcr |= (uint64_t)once_in(t, 16) << 7 | (uint64_t)once_in(t, 16) << 23;
	m->ttbr[0] = draw(t);
	m->ttbr[1] = draw(t);
	m->wxn = trial_ctx(t, "wxn");
	m->uwxn = trial_ctx(t, "uwxn");
	m->pan = trial_ctx(t, "pan");
	m->v8 = trial_feature(t, "v8");
	t->memory.set = once_in(t, 3) ? 0x401 : 0x403;
	t->memory.rare = (uint64_t)0xff << 40;
	trial_regs(t, (struct trial_reg[]){ { "ttbcr", m->ttbcr }, { "ttbr0", m->ttbr[0] }, { "ttbr1", m->ttbr[1] } }, 3);
}

START_TEST(long_descriptors)
{
	struct model_v7l m;
	struct trial t = { .model = &m, .answer = answer_v7l, .draw = draw_v7l, .va = va_32 };

	trial_run(&t, "armv7_lpae");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("Arm models");
	TCase *c = tcase_create("random memory");
	SRunner *r;
	int failed;

	tcase_set_timeout(c, 120);
	tcase_add_test(c, stage1);
	tcase_add_test(c, stage2);
	tcase_add_test(c, short_descriptors);
	tcase_add_test(c, long_descriptors);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
