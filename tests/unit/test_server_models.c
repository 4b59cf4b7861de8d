/* SPDX-License-Identifier: MIT */
/* test_server_models.c - s390x, LoongArch and POWER against models written from the manuals */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/model_server.h"
#include "tests/unit/trial.h"

/* --- s390x -------------------------------------------------------------------------------- */

static struct model_answer answer_s390(struct trial *t, uint64_t va, unsigned access)
{
	return model_s390(t->model, &t->memory, va, access);
}

static void draw_s390(struct trial *t)
{
	struct model_s390 *m = t->model;

	m->edat1 = trial_feature(t, "edat1");
	m->edat2 = trial_feature(t, "edat2") && m->edat1;
	ck_assert_int_eq(ptg_space_feature(&t->space, "edat2", m->edat2), PTG_OK);
	m->iep = trial_feature(t, "iep");
	m->asce = (draw(t) & ~(uint64_t)0xfff) | (draw(t) & 0x10c) | (once_in(t, 2) ? 3 : draw(t) & 3) |
		  (uint64_t)once_in(t, 20) << 5;
	if (once_in(t, 2)) /* few levels: all table types match sooner */
		m->asce &= ~(uint64_t)8;
	t->memory.set = 3;
	t->memory.rare = 0x30 | (draw(t) & 0xcc0);
	trial_regs(t, (struct trial_reg[]){ { "asce", m->asce } }, 1);
}

static uint64_t va_s390(struct trial *t)
{
	const struct model_s390 *m = t->model;

	return once_in(t, 16) ? draw(t) : draw(t) & model_low((unsigned)(31 + 11 * (m->asce >> 2 & 3)));
}

START_TEST(s390x)
{
	struct model_s390 m;
	struct trial t = { .model = &m, .answer = answer_s390, .draw = draw_s390, .va = va_s390 };

	trial_run(&t, "s390x");
}
END_TEST

/* --- LoongArch ------------------------------------------------------------------------------ */

static struct model_answer answer_loong(struct trial *t, uint64_t va, unsigned access)
{
	return model_loong(t->model, &t->memory, va, access);
}

static void draw_loong(struct trial *t)
{
	struct model_loong *m = t->model;
	unsigned least = m->page + (m->page - 3) * (m->levels - 1);

	m->pa_bits = (least > 32 ? least : 32) + (unsigned)draw(t) % 17;
	m->pa_bits = m->pa_bits > 48 ? 48 : m->pa_bits;
	ck_assert_int_eq(ptg_space_param(&t->space, "pa_bits", m->pa_bits), PTG_OK);
	m->dwpl0 = trial_ctx(t, "dwpl0");
	m->pgd[0] = draw(t);
	m->pgd[1] = draw(t);
	t->memory.set = 3;
	t->memory.rare = once_in(t, 4) ? 0 : 0x40;
	trial_regs(t, (struct trial_reg[]){ { "pgdl", m->pgd[0] }, { "pgdh", m->pgd[1] } }, 2);
}

static uint64_t va_loong(struct trial *t)
{
	const struct model_loong *m = t->model;
	uint64_t va = draw(t) & model_low(m->select);

	return once_in(t, 16) ? draw(t) : once_in(t, 2) ? va : va | ~model_low(m->select);
}

static void loong(const char *name, unsigned page, unsigned levels, unsigned select)
{
	struct model_loong m = { .page = page, .levels = levels, .select = select };
	struct trial t = { .model = &m, .answer = answer_loong, .draw = draw_loong, .va = va_loong };

	trial_run(&t, name);
}

START_TEST(loongarch)
{
	loong("loongarch64", 14, 3, 47);
	loong("loongarch64_4k", 12, 4, 47);
	loong("loongarch64_4k_39", 12, 3, 47);
	loong("loongarch64_64k", 16, 3, 54);
	loong("loongarch64_64k_42", 16, 2, 47);
}
END_TEST

/* --- POWER -------------------------------------------------------------------------------------- */

static struct model_answer answer_radix(struct trial *t, uint64_t va, unsigned access)
{
	bool sound;

	return model_radix(t->model, &t->memory, va, access, &sound);
}

static void draw_radix(struct trial *t)
{
	struct model_radix *m = t->model;
	uint64_t rts = once_in(t, 6) ? draw(t) & 31 : 21, bits = once_in(t, 6) ? draw(t) & 31 : 13;

	m->root = (draw(t) & 0x0fffffffffffff00u) | (rts >> 3) << 61 | (rts & 7) << 5 | bits;
	if (m->guest)
		m->root |= (uint64_t)!once_in(t, 8) << 63;
	if (!m->guest) {
		m->key_r = trial_ctx(t, "key0_r");
		m->key_w = trial_ctx(t, "key0_w");
		m->key_x = trial_ctx(t, "key0_x");
	}
	t->memory.set = (uint64_t)1 << 63 | 9;
	t->memory.rare = 0x16;
	trial_regs(t, (struct trial_reg[]){ { m->guest ? "patb" : "prtb", m->root } }, 1);
}

/* Only addresses whose tables have sizes that fit: what others report is the walker's choice. */
static uint64_t va_radix(struct trial *t)
{
	const struct model_radix *m = t->model;
	unsigned size = (unsigned)((m->root >> 61 & 3) << 3 | (m->root >> 5 & 7)) + 31;
	bool sound;

	for (unsigned tries = 0;; tries++) {
		uint64_t va = draw(t) & model_low(size);

		if (once_in(t, 8))
			va |= (draw(t) & 3) << 62;
		if (once_in(t, 16))
			va = draw(t);
		model_radix(m, &t->memory, va, 0, &sound);
		if (sound)
			return va;
		if (tries > 1000)
			return (uint64_t)1 << 61; /* above every tree */
	}
}

static void radix(const char *name, bool guest)
{
	struct model_radix m = { .guest = guest };
	struct trial t = { .model = &m, .answer = answer_radix, .draw = draw_radix, .va = va_radix };

	trial_run(&t, name);
}

START_TEST(power)
{
	radix("power9_radix", false);
	radix("power9_radix_guest", true);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("server models");
	TCase *c = tcase_create("random memory");
	SRunner *r;
	int failed;

	tcase_set_timeout(c, 120);
	tcase_add_test(c, s390x);
	tcase_add_test(c, loongarch);
	tcase_add_test(c, power);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
