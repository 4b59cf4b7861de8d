/* SPDX-License-Identifier: MIT */
/*
 * test_format_models.c - shipped descriptions against models written from the manuals
 *
 * Random memory, random addresses, every access; features, parameters and
 * contexts drawn for each round.  What must agree: address, class of the fault,
 * level, size and the six rights.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gen/load.h"
#include "tests/unit/model_iommu.h"
#include "tests/unit/model_riscv.h"
#include "tests/unit/model_x86.h"

#define ROUNDS 60
#define ADDRESSES 400

struct trial {
	struct arena *arena;
	const struct ptg_format *format;
	struct ptg_space space;
	struct ptg_mapper mapper;
	struct model_memory memory;
	uint64_t random;
	unsigned mapped;
	union {
		struct model_riscv riscv;
		struct model_x86 x86;
		struct model_ept ept;
		struct model_vtd vtd;
		struct model_amd amd;
	} m;
	struct model_answer (*answer)(struct trial *t, uint64_t va, unsigned access);
	void (*draw)(struct trial *t);
};

static uint64_t draw(struct trial *t)
{
	return t->random = model_mix(t->random);
}

static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	const struct model_memory *m = priv;
	uint64_t e = model_entry(m, pa);

	if (n != m->bytes)
		return -1;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)dst)[i] = (uint8_t)(e >> 8 * i);
	return 0;
}

static const struct ptg_mapper_ops ops = { .read_bytes = read_bytes };

static void set_root(struct trial *t, uint64_t reg)
{
	uint64_t regs[8] = { 0 };
	unsigned i = t->format->roots[0].reg;

	regs[i] = reg;
	ck_assert_int_eq(ptg_set_root(&t->space, regs, (uint32_t)1 << i), PTG_OK);
}

static bool ctx(struct trial *t, const char *name)
{
	bool on = draw(t) & 1;

	ck_assert_int_eq(ptg_space_ctx(&t->space, name, on), PTG_OK);
	return on;
}

/* --- how each family is drawn --------------------------------------------------------- */

static void draw_riscv(struct trial *t)
{
	struct model_riscv *m = &t->m.riscv;
	uint64_t ppn = draw(t) & (m->rv32 ? 0x3fffffu : 0xfffffffffffu) & (m->gstage ? ~(uint64_t)3 : ~(uint64_t)0);

	m->root = ppn << 12;
	t->memory.set = 0xcf;
	t->memory.rare = m->rv32 ? 0 : (uint64_t)0x3ff << 54 | (draw(t) & 1 ? 0xffff << 10 : 0);
	if (draw(t) % 3)         /* many pointers */
		t->memory.set = 1, t->memory.rare |= 0xfe;
	set_root(t, ppn);
	if (!m->gstage)
		m->sum = ctx(t, "sum");
	m->mxr = ctx(t, "mxr");
}

static struct model_answer answer_riscv(struct trial *t, uint64_t va, unsigned access)
{
	return model_riscv(&t->space, &t->m.riscv, &t->memory, va, access);
}

static void draw_x86(struct trial *t)
{
	struct model_x86 *m = &t->m.x86;

	if (m->mode == X86_32)
		m->maxphyaddr = 32 + (unsigned)(draw(t) % 9);
	else
		m->maxphyaddr = 36 + (unsigned)(draw(t) % 17);
	ck_assert_int_eq(ptg_space_param(&t->space, "maxphyaddr", m->maxphyaddr), PTG_OK);
	t->memory.set = 7;
	t->memory.rare = (m->mode == X86_32 ? 0x3fe000u & draw(t) : 0) |
			 (m->mode == X86_32 ? 0 : ~model_low(m->maxphyaddr) & (m->mode == X86_PAE ? ~(uint64_t)0 : model_low(52))) |
			 (draw(t) & 1 ? 0x1fe080 : 0x80) | (draw(t) & 1 ? 0x1e6 & ~7u : 0);
	if (m->mode == X86_PAE)
		t->memory.rare |= 6 * (draw(t) & 1);
	m->root = draw(t) & (m->mode == X86_32 ? 0xfffff000u : m->mode == X86_PAE ? 0xffffffe0u : model_low(m->maxphyaddr) & ~(uint64_t)0xfff);
	set_root(t, m->root);
	if (m->mode == X86_NPT)
		return;
	if (m->mode == X86_FIRST_STAGE) {
		m->wp = ctx(t, "wpe");
		return;
	}
	m->wp = ctx(t, "wp");
	m->smep = ctx(t, "smep");
	m->smap = ctx(t, "smap");
	m->ac = ctx(t, "ac");
	if (m->mode != X86_LONG)
		return;
	m->pkru = draw(t) & draw(t) & 0xffffffffu;
	m->pkrs = draw(t) & draw(t) & 0xffffffffu;
	ck_assert_int_eq(ptg_space_ctx(&t->space, "pkru", m->pkru), PTG_OK);
	ck_assert_int_eq(ptg_space_ctx(&t->space, "pkrs", m->pkrs), PTG_OK);
}

static struct model_answer answer_x86(struct trial *t, uint64_t va, unsigned access)
{
	return model_x86(&t->space, &t->m.x86, &t->memory, va, access);
}

static void draw_width(struct trial *t, unsigned *maxphyaddr, uint64_t *root, uint64_t low)
{
	*maxphyaddr = 36 + (unsigned)(draw(t) % 17);
	ck_assert_int_eq(ptg_space_param(&t->space, "maxphyaddr", *maxphyaddr), PTG_OK);
	*root = draw(t) & model_low(*maxphyaddr) & ~(uint64_t)0xfff;
	set_root(t, *root | low);
}

static void draw_ept(struct trial *t)
{
	struct model_ept *m = &t->m.ept;

	draw_width(t, &m->maxphyaddr, &m->root, m->levels == 5 ? 0x26 : 0x1e);
	t->memory.set = 7;
	t->memory.rare = (~model_low(m->maxphyaddr) & model_low(52)) | (draw(t) % 3 ? 0xf8 : 0) | (draw(t) & 1 ? 0x3ffff000 : 0);
}

static struct model_answer answer_ept(struct trial *t, uint64_t va, unsigned access)
{
	return model_ept(&t->space, &t->m.ept, &t->memory, va, access);
}

static void draw_vtd(struct trial *t)
{
	struct model_vtd *m = &t->m.vtd;

	draw_width(t, &m->maxphyaddr, &m->root, 0);
	t->memory.set = 3;
	t->memory.rare = (~model_low(m->maxphyaddr) & model_low(52)) | (uint64_t)1 << 62 | 0x880 | (draw(t) & 1 ? 0x3ffff000 : 0);
}

static struct model_answer answer_vtd(struct trial *t, uint64_t va, unsigned access)
{
	return model_vtd(&t->space, &t->m.vtd, &t->memory, va, access);
}

static void draw_amd(struct trial *t)
{
	struct model_amd *m = &t->m.amd;

	m->mode = 1 + (unsigned)(draw(t) % 6);
	m->root = draw(t) & 0xffffffffff000u;
	t->memory.set = 1 | (uint64_t)3 << 61 | (draw(t) & 1 ? 0x3ffff000 & draw(t) : 0);
	t->memory.rare = (uint64_t)0x1ff << 52;
	set_root(t, m->root | (uint64_t)3 << 61 | m->mode << 9 | 3);
}

static struct model_answer answer_amd(struct trial *t, uint64_t va, unsigned access)
{
	return model_amd(&t->m.amd, &t->memory, va, access);
}

/* --- comparing ------------------------------------------------------------------------- */

static void compare(struct trial *t, uint64_t va, unsigned access)
{
	struct model_answer want = t->answer(t, va, access);
	struct ptg_translation got;

	ptg_translate(&t->space, va, access, &got);
	if (got.fault != want.fault || got.pa != want.pa ||
	    (want.fault != PTG_F_NONCANONICAL && got.level != want.depth) ||
	    (!want.fault && (got.page_lg2 != want.lg2 || (got.rights & 63) != want.rights)))
		ck_abort_msg("%s va %#llx access %u: fault %u pa %#llx level %u size %u rights %#x (rule %s), "
			     "model: fault %u pa %#llx level %u size %u rights %#x, entry %#llx",
			     t->format->name, (unsigned long long)va, access, got.fault, (unsigned long long)got.pa,
			     got.level, got.page_lg2, got.rights & 63, t->format->rules[got.rule].name, want.fault,
			     (unsigned long long)want.pa, want.depth, want.lg2, want.rights,
			     (unsigned long long)got.entry);
	t->mapped += want.fault == PTG_F_NONE;
}

/* Mostly good addresses; those of AMD skip levels, so that runs of zero bits are wanted. */
static uint64_t draw_va(struct trial *t)
{
	unsigned bits = t->format->va_bits;
	uint64_t va = draw(t) & model_low(bits);

	switch (draw(t) % 8) {
	case 0:
		return draw(t);
	case 1:
		return draw(t) >> (draw(t) & 63);
	case 2:
	case 3:
		va &= model_mix(va) | 0xfff;
		va &= ~(model_low(18) << (12 + 9 * (draw(t) % 5)));
		break;
	default:
		break;
	}
	if (t->format->va_check == PTG_VA_SIGN && va >> (bits - 1) & 1)
		va |= ~model_low(bits);
	return va;
}

static void draw_features(struct trial *t)
{
	static const char *const keep[] = { "lenient_pdpte", "ad", "ha", "hd", "eafe" };

	for (unsigned i = 0; i < t->format->feature_count; i++) {
		bool kept = false;

		for (unsigned j = 0; j < sizeof(keep) / sizeof(keep[0]); j++)
			kept |= strcmp(keep[j], t->format->features[i].name) == 0;
		if (!kept && draw(t) % 3 == 0)
			ck_assert_int_eq(ptg_space_feature(&t->space, t->format->features[i].name, draw(t) & 1), PTG_OK);
	}
}

static void run(struct trial *t, const char *name)
{
	static const unsigned access[] = { 0, 1, 2, 4, 9, 10, 12, 3, 11 };
	static const struct load_options none;
	struct load load;

	t->arena = arena_new();
	ck_assert_int_eq(load_file(&load, t->arena, arena_printf(t->arena, "formats/%s.pt", name), name, &none), 0);
	t->format = &load.plan[0]->format;
	t->random = model_mix((uint64_t)name[0] << 8 | (uint64_t)strlen(name));
	t->mapper = (struct ptg_mapper){ .ops = &ops, .priv = &t->memory };
	for (unsigned round = 0; round < ROUNDS; round++) {
		ck_assert_int_eq(ptg_space_setup(&t->space, t->format, &ptg_generic_walker, &t->mapper), PTG_OK);
		draw_features(t);
		t->memory = (struct model_memory){ .seed = draw(t), .bytes = 1u << t->format->levels[0].entry_lg2 };
		t->draw(t);
		for (unsigned i = 0; i < ADDRESSES; i++) {
			uint64_t va = draw_va(t);

			for (unsigned a = 0; a < sizeof(access) / sizeof(access[0]); a++)
				compare(t, va, access[a]);
		}
	}
	ck_assert_msg(t->mapped > 100, "%s: only %u addresses translate", name, t->mapped);
	arena_free(t->arena);
}

/* --- the formats ------------------------------------------------------------------------ */

static void riscv(const char *name, unsigned levels, unsigned va_bits, bool rv32, bool gstage)
{
	struct trial t = { .answer = answer_riscv, .draw = draw_riscv };

	t.m.riscv = (struct model_riscv){ .levels = levels, .va_bits = va_bits, .rv32 = rv32, .gstage = gstage };
	run(&t, name);
}

START_TEST(risc_v)
{
	riscv("sv32", 2, 32, true, false);
	riscv("sv39", 3, 39, false, false);
	riscv("sv48", 4, 48, false, false);
	riscv("sv57", 5, 57, false, false);
}
END_TEST

START_TEST(risc_v_gstage)
{
	riscv("sv32x4", 2, 34, true, true);
	riscv("sv39x4", 3, 41, false, true);
	riscv("sv48x4", 4, 50, false, true);
	riscv("sv57x4", 5, 59, false, true);
}
END_TEST

static void x86(const char *name, enum model_x86_mode mode, unsigned levels)
{
	struct trial t = { .answer = answer_x86, .draw = draw_x86 };

	t.m.x86 = (struct model_x86){ .mode = mode, .levels = levels };
	run(&t, name);
}

START_TEST(x86_paging)
{
	x86("x86_32", X86_32, 2);
	x86("x86_pae", X86_PAE, 3);
	x86("x86_64", X86_LONG, 4);
	x86("x86_64_la57", X86_LONG, 5);
}
END_TEST

START_TEST(x86_relatives)
{
	x86("npt", X86_NPT, 4);
	x86("vtd_fs4", X86_FIRST_STAGE, 4);
	x86("vtd_fs5", X86_FIRST_STAGE, 5);
}
END_TEST

START_TEST(ept)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct trial t = { .answer = answer_ept, .draw = draw_ept };

		t.m.ept.levels = levels;
		run(&t, levels == 4 ? "ept4" : "ept5");
	}
}
END_TEST

START_TEST(vtd_second_stage)
{
	static const char *const name[] = { "vtd_ss3", "vtd_ss4", "vtd_ss5" };

	for (unsigned i = 0; i < 3; i++) {
		struct trial t = { .answer = answer_vtd, .draw = draw_vtd };

		t.m.vtd.levels = 3 + i;
		run(&t, name[i]);
	}
}
END_TEST

START_TEST(amd_iommu)
{
	struct trial t = { .answer = answer_amd, .draw = draw_amd };

	run(&t, "amdv1");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("format models");
	TCase *c = tcase_create("random memory");
	SRunner *r;
	int failed;

	tcase_set_timeout(c, 120);
	tcase_add_test(c, risc_v);
	tcase_add_test(c, risc_v_gstage);
	tcase_add_test(c, x86_paging);
	tcase_add_test(c, x86_relatives);
	tcase_add_test(c, ept);
	tcase_add_test(c, vtd_second_stage);
	tcase_add_test(c, amd_iommu);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
