/* SPDX-License-Identifier: MIT */
/*
 * test_entries.c - single entries, copies, visitors that change, and the ways to
 * reach memory, on the formats filled by hand
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hand_formats.h"

static uint8_t ram[1 << 20] __attribute__((aligned(4096)));

#include "tests/unit/byte_ram.h"
static unsigned swaps, flushes, syncs, maps, fail_swaps;

/* Words as the host reads them; a number of times somebody else is faster. */
static int swap_ram(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	uint64_t now = 0;
	uint8_t *p = ram + pa;

	(void)priv;
	swaps++;
	if (pa >= sizeof(ram))
		return -1;
	if (bytes == 8)
		now = *(uint64_t *)(void *)p;
	else if (bytes == 2)
		now = *(uint16_t *)(void *)p;
	if (fail_swaps && fail_swaps--) {
		*expected = now;
		return 0;
	}
	if (now != *expected) {
		*expected = now;
		return 0;
	}
	if (bytes == 8)
		*(uint64_t *)(void *)p = desired;
	else if (bytes == 2)
		*(uint16_t *)(void *)p = (uint16_t)desired;
	return 1;
}

static void *map_ram(void *priv, uint64_t pa, size_t bytes)
{
	(void)priv;
	if (pa >= sizeof(ram) || bytes > sizeof(ram) - pa)
		return NULL;
	maps++;
	return ram + pa;
}

static void unmap_ram(void *priv, uint64_t pa, void *p, size_t bytes)
{
	(void)priv, (void)pa, (void)bytes;
	ck_assert_ptr_nonnull(p);
	maps--;
}

static int flush(void *priv, struct ptg_flush *f)
{
	(void)priv, (void)f;
	flushes++;
	return 0;
}

static void sync_table(void *priv, uint64_t pa, size_t bytes)
{
	(void)priv, (void)pa, (void)bytes;
	syncs++;
}

static const struct ptg_mapper_ops byte_ops = { .read_bytes = read_ram, .write_bytes = write_ram, .cas = swap_ram,
						.flush = flush, .sync = sync_table };
static const struct ptg_mapper_ops map_ops = { .map_table = map_ram, .unmap_table = unmap_ram };
static const struct ptg_mapper window = { .window = ram, .window_size = sizeof(ram) };
static const struct ptg_mapper bytes = { .ops = &byte_ops };
static const struct ptg_mapper maps_only = { .ops = &map_ops };
static const struct ptg_mapper *const mappers[] = { &window, &bytes, &maps_only };

static void put64(uint64_t pa, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		ram[pa + i] = (uint8_t)(v >> 8 * i);
}

static uint64_t get64(uint64_t pa)
{
	uint64_t v = 0;

	for (unsigned i = 8; i-- > 0;)
		v = v << 8 | ram[pa + i];
	return v;
}

/* Sv48: va 0x40000000 + n pages to 0x40000 + n pages; the third is missing, the fourth supervisor's and read only. */
static void build(void)
{
	memset(ram, 0, sizeof(ram));
	put64(0x1000, 0x2000 >> 2 | 1);
	put64(0x2008, 0x3000 >> 2 | 1);
	put64(0x3000, 0x4000 >> 2 | 1);
	for (unsigned n = 0; n < 8; n++)
		put64(0x4000 + 8 * n, (0x40000u + 0x1000 * n) >> 2 | 0xdf);
	put64(0x4010, 0);
	put64(0x4018, 0x43000 >> 2 | 0x43);
	put64(0x4020, 0x44000 >> 2 | 0x17); /* not accessed, not dirty */
}

/* --- decode and encode ------------------------------------------------------------- */

START_TEST(sv48_decode)
{
	struct ptg_space s;
	struct ptg_decoded d;
	uint64_t e[2] = { 0x20000c01, 0 };

	ck_assert_int_eq(ptg_space_setup(&s, &hand_sv48, NULL, NULL), 0);
	/* the manual's examples of the description: a pointer, a gigapage, a misaligned one */
	ck_assert_int_eq(ptg_decode(&s, 2, e, &d), 0);
	ck_assert_uint_eq(d.role, PTG_ROLE_TABLE);
	ck_assert_uint_eq(d.pa, 0x80003000);
	ck_assert_uint_eq(d.next_level, 1);
	ck_assert_uint_eq(d.next_lg2, 9);
	e[0] = 0x200000cf;
	ck_assert_int_eq(ptg_decode(&s, 2, e, &d), 0);
	ck_assert_uint_eq(d.role, PTG_ROLE_PAGE);
	ck_assert_uint_eq(d.pa, 0x80000000);
	ck_assert_uint_eq(d.page_lg2, 30);
	ck_assert_uint_eq(d.rights, PTG_SR | PTG_SW | PTG_SX | PTG_ACCESSED | PTG_DIRTY);
	e[0] = 0x200004cf;
	ck_assert_int_eq(ptg_decode(&s, 2, e, &d), 0);
	ck_assert_uint_eq(d.fault, PTG_F_RESERVED);
	ck_assert_uint_eq(d.rule, SV_RULE_LOW);
	e[0] = 0x20000c41; /* a pointer with A set */
	ck_assert_int_eq(ptg_decode(&s, 2, e, &d), 0);
	ck_assert_uint_eq(d.rule, SV_RULE_ZERO);
	e[0] = 0x20000c01; /* too deep */
	ck_assert_int_eq(ptg_decode(&s, 0, e, &d), 0);
	ck_assert_uint_eq(d.role, PTG_ROLE_INVALID);
	ck_assert_uint_eq(d.rule, SV_RULE_DEEP);
}
END_TEST

START_TEST(sv48_encode)
{
	struct ptg_space s;
	struct ptg_attrs a = { .rights = PTG_UR | PTG_UW, .care = 0x3f };
	uint64_t e[2] = { 7, 7 };

	ptg_space_setup(&s, &hand_sv48, NULL, NULL);
	ck_assert_int_eq(ptg_encode(&s, 0, 0x12345000, &a, e), 0);
	ck_assert_uint_eq(e[0], 0x12345000 >> 2 | 0xd7); /* accessed; dirty because writable */
	ck_assert_uint_eq(e[1], 0);
	a.rights = PTG_UR;
	ck_assert_int_eq(ptg_encode(&s, 1, 0x12200000, &a, e), 0);
	ck_assert_uint_eq(e[0], 0x12200000 >> 2 | 0x53);
	a.care |= PTG_ACCESSED | PTG_GLOBAL | PTG_HAS_SOFT;
	a.rights |= PTG_GLOBAL;
	a.soft = 0x100;
	ck_assert_int_eq(ptg_encode(&s, 0, 0x12345000, &a, e), 0);
	ck_assert_uint_eq(e[0], 0x12345000 >> 2 | 0x133);
	e[0] = 7;
	a.soft = 0x400;
	ck_assert_int_eq(ptg_encode(&s, 0, 0x12345000, &a, e), PTG_E_ATTR);
	ck_assert_int_eq(ptg_attr_check(&s, &a, 12), PTG_HAS_SOFT);
	a = (struct ptg_attrs){ .rights = PTG_UW, .care = 0x3f }; /* written but not read: nobody can */
	ck_assert_int_eq(ptg_encode(&s, 0, 0x12345000, &a, e), PTG_E_ATTR);
	ck_assert_int_eq(ptg_attr_check(&s, &a, 12), PTG_UW);
	ck_assert_int_eq(ptg_attr_check(&s, &a, 13), PTG_E_ARG);
	a = (struct ptg_attrs){ .rights = PTG_SR, .care = PTG_SR | PTG_HAS_KEY, .key = 1 };
	ck_assert_int_eq(ptg_attr_check(&s, &a, 12), PTG_HAS_KEY);
	a.care = PTG_SR;
	ck_assert_int_eq(ptg_encode(&s, 1, 0x12345000, &a, e), PTG_E_ALIGN);
	ck_assert_int_eq(ptg_encode(&s, 0, (uint64_t)1 << 56, &a, e), PTG_E_RANGE);
	a.care = 1 << 20;
	ck_assert_int_eq(ptg_encode(&s, 0, 0, &a, e), PTG_E_ARG);
	ck_assert_uint_eq(e[0], 7);
	ck_assert_int_eq(ptg_encode_table(&s, 1, 0x12345000, e), 0);
	ck_assert_uint_eq(e[0], 0x12345000 >> 2 | 1);
	ck_assert_int_eq(ptg_encode_table(&s, 0, 0x12345000, e), PTG_E_ARG);
	ck_assert_int_eq(ptg_encode_table(&s, 1, 0x12345100, e), PTG_E_RANGE);
}
END_TEST

/* --- bytes ------------------------------------------------------------------------------- */

START_TEST(copies)
{
	struct ptg_space s;
	uint8_t buf[0x3000], want[0x3000];
	size_t done = 99;

	build();
	for (unsigned i = 0; i < 0x8000; i++)
		ram[0x40000 + i] = (uint8_t)(i * 7 + i / 256);
	ptg_space_init(&s, &hand_sv48, NULL, mappers[_i], 0x1000);
	ck_assert_int_eq(ptg_read(&s, 0x40000ff3, buf, 0x100d, PTG_READ | PTG_USER, &done), 0);
	ck_assert_uint_eq(done, 0x100d);
	ck_assert_mem_eq(buf, ram + 0x40ff3, 0x100d);
	/* the third page is not there */
	memset(buf, 0xaa, sizeof(buf));
	ck_assert_int_eq(ptg_read(&s, 0x40001800, buf, 0x2000, PTG_LOOK, &done), PTG_E_FAULT);
	ck_assert_uint_eq(done, 0x800);
	ck_assert_mem_eq(buf, ram + 0x41800, 0x800);
	ck_assert_uint_eq(buf[0x800], 0xaa);
	/* the fourth is the supervisor's */
	ck_assert_int_eq(ptg_read(&s, 0x40003000, buf, 1, PTG_READ | PTG_USER, &done), PTG_E_FAULT);
	ck_assert_int_eq(ptg_read(&s, 0x40003000, buf, 1, PTG_READ, NULL), 0);
	ck_assert_int_eq(ptg_write(&s, 0x40003000, buf, 1, PTG_WRITE, NULL), PTG_E_FAULT);
	memset(want, 0x5a, sizeof(want));
	ck_assert_int_eq(ptg_write(&s, 0x40000801, want, 0x1001, PTG_WRITE | PTG_USER, &done), 0);
	ck_assert_mem_eq(ram + 0x40801, want, 0x1001);
	ck_assert_uint_eq(ram[0x40800], (uint8_t)(0x800 * 7 + 8));
	ck_assert_uint_eq(ram[0x41802], (uint8_t)(0x1802 * 7 + 0x18));
	ck_assert_int_eq(ptg_read(&s, 0, NULL, 0, 0, &done), 0);
	ck_assert_int_eq(ptg_read(&s, 0, NULL, 1, 0, &done), PTG_E_ARG);
	ck_assert_int_eq(ptg_read(&s, UINT64_MAX, buf, 2, 0, &done), PTG_E_ARG);
	/* a page that lies outside memory */
	put64(0x4000, (uint64_t)0x10000000 >> 2 | 0xdf);
	ck_assert_int_eq(ptg_read(&s, 0x40000000, buf, 8, PTG_LOOK, &done), PTG_E_IO);
	ck_assert_uint_eq(done, 0);
	ck_assert_uint_eq(maps, 0);
}
END_TEST

/* --- marks through the mapper's cas ------------------------------------------------------------ */

START_TEST(marks_by_operation)
{
	struct ptg_space s;
	struct ptg_translation t;

	build();
	ptg_space_init(&s, &hand_sv48, NULL, &bytes, 0x1000);
	swaps = 0;
	ck_assert_uint_eq(ptg_access_mem(&s, 0x40004000, PTG_READ | PTG_USER, &t), PTG_F_NONE);
	ck_assert_uint_eq(get64(0x4020), 0x44000 >> 2 | 0x57);
	ck_assert_uint_eq(swaps, 1);
	fail_swaps = 3; /* three restarts */
	ck_assert_uint_eq(ptg_access_mem(&s, 0x40004000, PTG_WRITE | PTG_USER, &t), PTG_F_NONE);
	ck_assert_uint_eq(get64(0x4020), 0x44000 >> 2 | 0xd7);
	ck_assert_uint_eq(t.entry, get64(0x4020));
	ck_assert_uint_eq(swaps, 5);
	put64(0x4020, 0x44000 >> 2 | 0x17);
	fail_swaps = 1000; /* an entry that never rests: the walk ends all the same */
	ck_assert_uint_eq(ptg_access_mem(&s, 0x40004000, PTG_WRITE | PTG_USER, &t), PTG_F_UNREADABLE);
	ck_assert_uint_eq(t.pa, 0);
	ck_assert_uint_lt(swaps, 100);
	fail_swaps = 0;
	ck_assert_int_eq(ptg_space_feature(&s, "svadu", false), 0);
	ck_assert_uint_eq(ptg_access_mem(&s, 0x40004000, PTG_READ | PTG_USER, &t), PTG_F_ACCESS_FLAG);
	ck_assert_uint_eq(get64(0x4020), 0x44000 >> 2 | 0x17);
}
END_TEST

/* 16 bits are swapped by the 32 around them: the neighbour stays. */
START_TEST(marks_of_narrow_entries)
{
	struct ptg_space s;
	struct ptg_translation t;

	memset(ram, 0x11, 0x1000);
	ram[0x100] = 0x62, ram[0x101] = 0x00; /* top: writable, table at 0x200 */
	ram[0x200] = 0x63, ram[0x201] = 0x01; /* dual: first child only, at 0x300 */
	ram[0x300] = 0xa4, ram[0x301] = 0x00; /* big page at 0x400 */
	ram[0x302] = 0xa5, ram[0x303] = 0x00;
	ptg_space_init(&s, &hand_tiny, NULL, mappers[_i], 0x100);
	ck_assert_uint_eq(ptg_access_mem(&s, 0x45, PTG_READ, &t), PTG_F_NONE);
	ck_assert_uint_eq(t.pa, 0x505);
	ck_assert_uint_eq(t.entry, 0xb500);
	ck_assert_uint_eq(ram[0x302], 0xb5);
	ck_assert_uint_eq(ram[0x300], 0xa4);
	ck_assert_uint_eq(ptg_access_mem(&s, 0x05, PTG_WRITE, &t), PTG_F_NONE);
	ck_assert_uint_eq(ram[0x300], 0xb4);
	ck_assert_uint_eq(ram[0x302], 0xb5);
	ck_assert_uint_eq(ram[0x304], 0x11);
}
END_TEST

/* --- visitors that change ------------------------------------------------------------------------- */

static enum ptg_verdict read_only(void *arg, struct ptg_visit *v)
{
	unsigned *n = arg;

	if (v->is_table)
		return PTG_GO;
	++*n;
	v->entry &= ~(uint64_t)4;
	return PTG_CHANGE;
}

static enum ptg_verdict fill_hole(void *arg, struct ptg_visit *v)
{
	(void)arg;
	if (v->level)
		return PTG_GO;
	v->entry = 0x5000 >> 2 | 0xdf;
	return PTG_CHANGE;
}

START_TEST(changing_visitor)
{
	struct ptg_space s;
	struct ptg_flush f = { .count = 0 };
	struct ptg_visitor v = { read_only, fill_hole, NULL };
	unsigned n = 0;

	build();
	ptg_space_init(&s, &hand_sv48, NULL, &bytes, 0x1000);
	syncs = flushes = 0;
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40001000, 0x3000, &v, &n, &f), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(get64(0x4000), 0x40000 >> 2 | 0xdf); /* before the range */
	ck_assert_uint_eq(get64(0x4008), 0x41000 >> 2 | 0xdb);
	ck_assert_uint_eq(get64(0x4010), 0x5000 >> 2 | 0xdf);
	ck_assert_uint_eq(get64(0x4018), 0x43000 >> 2 | 0x43); /* was read only: not stored */
	ck_assert_uint_eq(f.count, 1);                          /* a hole needs no flush here */
	ck_assert_uint_eq(f.range[0].va, 0x40001000);
	ck_assert_uint_eq(f.range[0].last, 0x40001fff);
	ck_assert_uint_eq(syncs, 2);
	ck_assert_uint_eq(flushes, 0);
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40005000, 0x1000, &v, &n, NULL), 0);
	ck_assert_uint_eq(flushes, 1);
	fail_swaps = 1000;
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40006000, 0x1000, &v, &n, &f), PTG_E_BUSY);
	fail_swaps = 0;
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40006000, 0, &v, &n, &f), PTG_E_ARG);
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40006000, 0x1000, NULL, &n, &f), PTG_E_ARG);
	/* plain stores, nobody to flush: fine with an object, refused without */
	ptg_space_init(&s, &hand_sv48, NULL, &window, 0x1000);
	s.options = PTG_QUIET;
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40006000, 0x1000, &v, &n, &f), 0);
	ck_assert_uint_eq(get64(0x4030), 0x46000 >> 2 | 0xdb);
	ck_assert_int_eq(ptg_walk_mut(&s, 0x40006000, 0x1000, &v, &n, NULL), PTG_E_ARG);
}
END_TEST

/* --- plans that make no sense ------------------------------------------------------------------------- */

START_TEST(sound)
{
	const char *why;

	ck_assert_int_eq(ptg_format_check(&hand_sv48, &why), 0);
	ck_assert_msg(ptg_format_check(&hand_tiny, &why) == 0, "%s", why);
}
END_TEST

START_TEST(unsound)
{
	static const struct ptg_node loop[] = { NB(AND, 0, 0) };
	static const struct ptg_level up[] = { { .name = "0", .shift = 12, .width = 9, .entry_lg2 = 3, .next = 0,
						 .by = PTG_NONE } };
	struct ptg_format f = hand_sv48;
	const char *why = NULL;

	switch (_i) {
	case 0: f.nodes = loop, f.node_count = 1; break;
	case 1: f.levels = up, f.level_count = 1, f.top = 0; break;
	case 2: f.kind_count = 3; break;
	case 3: f.rule_count = 5; break;
	case 4: f.top = 4; break;
	case 5: f.checks = NULL; break;
	case 6: f.rights_bits = 7; break;
	case 7: f.va_bits = 65; break;
	case 8: f.row_count = 15; break;
	case 9: f.node_count = 20; break;
	case 10: f.attr_count = 33; break;
	case 11: f.stage[0] = &hand_tiny; break;
	case 12: f.global_attr = 9; break;
	case 13: f.deny_count = 4; break;
	}
	ck_assert_int_eq(ptg_format_check(&f, &why), PTG_E_ARG);
	ck_assert_ptr_nonnull(why);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("entries");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_test(t, sv48_decode);
	tcase_add_test(t, sv48_encode);
	tcase_add_loop_test(t, copies, 0, 3);
	tcase_add_test(t, marks_by_operation);
	tcase_add_loop_test(t, marks_of_narrow_entries, 0, 3);
	tcase_add_test(t, changing_visitor);
	tcase_add_test(t, sound);
	tcase_add_loop_test(t, unsound, 0, 14);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
