/* SPDX-License-Identifier: MIT */
/*
 * test_image.c - images: what they hold, and what hostile ones are told
 *
 * Every file is made here, byte by byte.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/inspect/image.h"

static struct arena *arena;
static char path[64];
static unsigned char file[65536];
static size_t file_size;

static void start(void)
{
	int fd;

	arena = arena_new();
	strcpy(path, "/tmp/ptgen-test-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	memset(file, 0, sizeof(file));
	file_size = 0;
}

static void stop(void)
{
	unlink(path);
	arena_free(arena);
}

static void put(size_t at, unsigned bytes, bool big, uint64_t v)
{
	for (unsigned i = 0; i < bytes; i++)
		file[at + (big ? bytes - 1 - i : i)] = (unsigned char)(v >> 8 * i);
	if (at + bytes > file_size)
		file_size = at + bytes;
}

static void write_file(void)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(file, 1, file_size, f), file_size);
	ck_assert_int_eq(fclose(f), 0);
}

static struct image *open_it(const char *prefix, const char *suffix, bool truncated_ok, const char **why)
{
	struct image_options o = {.truncated_ok = truncated_ok};

	write_file();
	*why = "";
	return image_open(arena, arena_printf(arena, "%s%s%s", prefix, path, suffix), &o, why);
}

/* --- raw --------------------------------------------------------------------------------- */

START_TEST(raw_begins_where_told)
{
	const char *why;
	struct image *im;
	unsigned char b[4];

	put(0, 4, false, 0x44332211);
	put(4092, 4, false, 0x88776655);
	im = open_it("raw:", "@0x80000000", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_uint_eq(image_size(im), 4096);
	ck_assert_int_eq(image_read(im, 0x80000ffc, b, 4), 0);
	ck_assert_mem_eq(b, "\x55\x66\x77\x88", 4);
	ck_assert_int_eq(image_read(im, 0x80000ffd, b, 4), -1);
	ck_assert_int_eq(image_read(im, 0x7fffffff, b, 1), -1);
	ck_assert_int_eq(image_read(im, 0, b, 1), -1);
	ck_assert_uint_eq(image_extent(im, 0x80000ff0, 100), 16);
	ck_assert_uint_eq(image_extent(im, 0x80001000, 100), 0);
}
END_TEST

START_TEST(raw_at_the_end_of_memory)
{
	const char *why;
	struct image *im;
	unsigned char b;

	put(4095, 1, false, 0x5a);
	im = open_it("raw:", "@0xfffffffffffff000", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_int_eq(image_read(im, UINT64_MAX, &b, 1), 0);
	ck_assert_uint_eq(b, 0x5a);
	ck_assert_int_eq(image_read(im, UINT64_MAX, &b, 2), -1);
	ck_assert_uint_eq(image_extent(im, UINT64_MAX, 10), 1);
	ck_assert_ptr_null(open_it("raw:", "@0xfffffffffffff001", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "does not fit"));
}
END_TEST

START_TEST(files_that_are_none)
{
	const char *why;
	struct image_options o = {.truncated_ok = false};

	ck_assert_ptr_null(image_open(arena, "/nonexistent/x", &o, &why));
	ck_assert_ptr_nonnull(strstr(why, "No such file"));
	ck_assert_ptr_null(image_open(arena, "raw:/tmp", &o, &why));
	ck_assert_ptr_nonnull(strstr(why, "directory"));
	ck_assert_ptr_null(open_it("", "", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "empty"));
	put(0, 1, false, 1);
	ck_assert_ptr_null(open_it("raw:", "@zebra", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "no address"));
	ck_assert_ptr_null(open_it("elf:", "", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "no ELF file"));
}
END_TEST

/* --- ELF --------------------------------------------------------------------------------- */

struct load { uint64_t offset, pa, file_size, mem_size; };

static void elf64(bool big, const struct load *l, unsigned count)
{
	memcpy(file, "\177ELF", 4);
	file[4] = 2;
	file[5] = big ? 2 : 1;
	put(18, 2, big, 62);
	put(32, 8, big, 64);
	put(54, 2, big, 56);
	put(56, 2, big, count);
	for (unsigned i = 0; i < count; i++) {
		size_t p = 64 + 56 * i;

		put(p, 4, big, 1);
		put(p + 8, 8, big, l[i].offset);
		put(p + 24, 8, big, l[i].pa);
		put(p + 32, 8, big, l[i].file_size);
		put(p + 40, 8, big, l[i].mem_size);
	}
	if (file_size < 64)
		file_size = 64;
}

static void elf32(bool big, const struct load *l, unsigned count)
{
	memcpy(file, "\177ELF", 4);
	file[4] = 1;
	file[5] = big ? 2 : 1;
	put(28, 4, big, 52);
	put(42, 2, big, 32);
	put(44, 2, big, count);
	for (unsigned i = 0; i < count; i++) {
		size_t p = 52 + 32 * i;

		put(p, 4, big, 1);
		put(p + 4, 4, big, l[i].offset);
		put(p + 12, 4, big, l[i].pa);
		put(p + 16, 4, big, l[i].file_size);
		put(p + 20, 4, big, l[i].mem_size);
	}
}

static void two_parts(bool wide, bool big)
{
	static const struct load l[] = {{0x1000, 0x20000000, 0x1000, 0x1000}, {0x2000, 0x1000, 0x800, 0x2000}};
	const char *why;
	struct image *im;
	unsigned char b[2];

	if (wide)
		elf64(big, l, 2);
	else
		elf32(big, l, 2);
	put(0x1ffe, 2, false, 0xbbaa);
	put(0x27fe, 2, false, 0xddcc);
	im = open_it("", "", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_str_eq(im->kind, "ELF core");
	ck_assert_uint_eq(im->part_count, 2);
	ck_assert_uint_eq(im->part[0].pa, 0x1000);
	ck_assert_int_eq(image_read(im, 0x20000ffe, b, 2), 0);
	ck_assert_mem_eq(b, "\xaa\xbb", 2);
	ck_assert_int_eq(image_read(im, 0x17fe, b, 2), 0);
	ck_assert_mem_eq(b, "\xcc\xdd", 2);
	/* What p_memsz promises beyond p_filesz was not dumped. */
	ck_assert_int_eq(image_read(im, 0x1800, b, 1), -1);
}

START_TEST(elf_of_both_widths_and_orders)
{
	two_parts(_i & 1, _i & 2);
}
END_TEST

START_TEST(elf_parts_that_touch_are_one)
{
	static const struct load l[] = {{0x2000, 0x5000, 0x1000, 0x1000}, {0x1000, 0x4000, 0x1000, 0x1000}};
	const char *why;
	struct image *im;

	elf64(false, l, 2);
	put(0x2fff, 1, false, 1);
	im = open_it("", "", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_uint_eq(im->part_count, 1);
	ck_assert_uint_eq(im->part[0].pa, 0x4000);
	ck_assert_uint_eq(im->part[0].last, 0x5fff);
}
END_TEST

START_TEST(elf_overlap_is_cut)
{
	static const struct load l[] = {
		{0x1000, 0x4000, 0x1000, 0x1000}, {0x2000, 0x4800, 0x1000, 0x1000}, {0x3000, 0x4100, 0x100, 0x100}
	};
	const char *why;
	struct image *im;
	unsigned char b;

	elf64(false, l, 3);
	memset(file + 0x1000, 1, 0x1000);
	memset(file + 0x2000, 2, 0x1000);
	memset(file + 0x3000, 3, 0x100);
	file_size = 0x3100;
	im = open_it("", "", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_uint_eq(im->overlaps, 2);
	ck_assert_int_eq(image_read(im, 0x4100, &b, 1), 0);
	ck_assert_uint_eq(b, 1);
	ck_assert_int_eq(image_read(im, 0x4fff, &b, 1), 0);
	ck_assert_uint_eq(b, 1);
	ck_assert_int_eq(image_read(im, 0x5000, &b, 1), 0);
	ck_assert_uint_eq(b, 2);
	ck_assert_int_eq(image_read(im, 0x5800, &b, 1), -1);
}
END_TEST

START_TEST(elf_cut_short)
{
	static const struct load l[] = {{0x1000, 0x4000, 0x2000, 0x2000}, {0x7000, 0x9000, 0x1000, 0x1000}};
	const char *why;
	struct image *im;
	unsigned char b;

	elf64(false, l, 2);
	put(0x1fff, 1, false, 7);
	ck_assert_ptr_null(open_it("", "", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "8192 bytes that its headers promise are missing"));
	im = open_it("", "", true, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_int_eq(image_read(im, 0x4fff, &b, 1), 0);
	ck_assert_uint_eq(b, 7);
	ck_assert_int_eq(image_read(im, 0x5000, &b, 1), -1);
	ck_assert_int_eq(image_read(im, 0x9000, &b, 1), -1);
}
END_TEST

/* A header field of 64-bit ELF, a value, and what is said of it. */
static const struct { size_t at; unsigned bytes; uint64_t value; const char *why; } lies[] = {
	{32, 8, 0x100000, "program headers"},          /* e_phoff beyond the file */
	{32, 8, 0xffffffffffffffc8u, "program headers"}, /* and where its end wraps */
	{54, 2, 0, "program headers"},                 /* e_phentsize */
	{54, 2, 8, "program headers"},
	{56, 2, 0xfffe, "program headers"},            /* e_phnum */
	{56, 2, 0xffff, "holds no memory"},            /* the count stands in section header 0: here none */
	{56, 2, 0, "holds no memory"},
	{4, 1, 9, "class"},
	{5, 1, 9, "byte order"},
	{64 + 24, 8, 0xfffffffffffff800u, "end of physical memory"}, /* p_paddr + p_filesz wraps */
	{64 + 8, 8, 0xffffffffffffff00u, "missing"},   /* p_offset */
	{64 + 32, 8, 0xffffffffffffffffu, "missing"},  /* p_filesz */
};

START_TEST(elf_that_lies)
{
	static const struct load l[] = {{0x1000, 0x4000, 0x1000, 0x1000}};
	const char *why;

	elf64(false, l, 1);
	put(0x1fff, 1, false, 1);
	put(lies[_i].at, lies[_i].bytes, false, lies[_i].value);
	ck_assert_ptr_null(open_it("", "", false, &why));
	ck_assert_msg(strstr(why, lies[_i].why) != NULL, "said: %s", why);
}
END_TEST

START_TEST(elf_of_any_length)
{
	static const struct load l[] = {{0x1000, 0x4000, 0x40, 0x40}};
	const char *why;

	elf64(false, l, 1);
	for (size_t n = 1; n < 200; n++) {
		file_size = n;
		ck_assert_ptr_null(open_it("elf:", "", false, &why));
	}
}
END_TEST

/* --- LiME ---------------------------------------------------------------------------------- */

static size_t lime(size_t at, uint64_t first, uint64_t last)
{
	memcpy(file + at, "EMiL", 4);
	put(at + 4, 4, false, 1);
	put(at + 8, 8, false, first);
	put(at + 16, 8, false, last);
	put(at + 24, 8, false, 0);
	return at + 32;
}

START_TEST(lime_ranges)
{
	const char *why;
	struct image *im;
	unsigned char b;
	size_t at = lime(0, 0x1000, 0x1fff);

	put(at + 0xfff, 1, false, 9);
	at = lime(at + 0x1000, 0x100000000u, 0x1000007ffu);
	put(at + 0x7ff, 1, false, 8);
	im = open_it("", "", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_str_eq(im->kind, "LiME");
	ck_assert_int_eq(image_read(im, 0x1fff, &b, 1), 0);
	ck_assert_uint_eq(b, 9);
	ck_assert_int_eq(image_read(im, 0x1000007ffu, &b, 1), 0);
	ck_assert_uint_eq(b, 8);
	ck_assert_int_eq(image_read(im, 0x100000800u, &b, 1), -1);
}
END_TEST

START_TEST(lime_that_lies)
{
	const char *why;
	size_t at = lime(0, 0x2000, 0x1fff);

	put(at + 0xfff, 1, false, 9);
	ck_assert_ptr_null(open_it("", "", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "ends before it begins"));
	lime(0, 0, UINT64_MAX);
	ck_assert_ptr_null(open_it("", "", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "cut"));
	ck_assert_ptr_nonnull(open_it("", "", true, &why));
	lime(0, 0x1000, 0x17ff);             /* then 0x800 bytes that are no header */
	ck_assert_ptr_null(open_it("", "", false, &why));
	ck_assert_ptr_nonnull(strstr(why, "header"));
	put(4, 4, false, 2);
	ck_assert_ptr_null(open_it("", "", false, &why));
	file_size = 20;
	ck_assert_ptr_null(open_it("", "", false, &why));
}
END_TEST

/* --- many parts, the mapper ------------------------------------------------------------------ */

START_TEST(mapper_reads_across_parts)
{
	static const struct load l[] = {{0x3000, 0x5000, 0x1000, 0x1000}, {0x1001, 0x4000, 0x1000, 0x1000}};
	const char *why;
	struct image *im;
	unsigned char b[8];

	elf64(false, l, 2);
	for (unsigned i = 0; i < 4; i++) {
		put(0x2001 - 4 + i, 1, false, i);
		put(0x3000 + i, 1, false, 4 + i);
	}
	put(0x3fff, 1, false, 0);
	im = open_it("", "", false, &why);
	ck_assert_msg(im != NULL, "%s", why);
	ck_assert_int_eq(im->mapper.ops->read_bytes(im->mapper.priv, 0x4ffc, b, 8), 0);
	ck_assert_mem_eq(b, "\0\1\2\3\4\5\6\7", 8);
	/* No pointer to what is not aligned as in memory, nor to what lies in two places. */
	ck_assert_ptr_null(im->mapper.ops->map_table(im->mapper.priv, 0x4000, 8));
	ck_assert_ptr_null(im->mapper.ops->map_table(im->mapper.priv, 0x4ff8, 16));
	ck_assert_ptr_nonnull(im->mapper.ops->map_table(im->mapper.priv, 0x5000, 0x1000));
	ck_assert_ptr_null(im->mapper.ops->map_table(im->mapper.priv, 0x5ff8, 16));
	ck_assert_ptr_null(im->mapper.ops->map_table(im->mapper.priv, 0x5000, SIZE_MAX));
}
END_TEST

START_TEST(guests_that_are_not_there)
{
	struct image_options o = {.truncated_ok = false};
	const char *why = "";

	ck_assert_ptr_null(image_open(arena, "gdb://nonsense", &o, &why));
	ck_assert_ptr_nonnull(strstr(why, "HOST:PORT"));
	ck_assert_ptr_null(image_open(arena, "gdb://127.0.0.1:1", &o, &why));
	ck_assert_ptr_nonnull(strstr(why, "refused"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, start, stop);
	tcase_add_test(t, raw_begins_where_told);
	tcase_add_test(t, raw_at_the_end_of_memory);
	tcase_add_test(t, files_that_are_none);
	tcase_add_loop_test(t, elf_of_both_widths_and_orders, 0, 4);
	tcase_add_test(t, elf_parts_that_touch_are_one);
	tcase_add_test(t, elf_overlap_is_cut);
	tcase_add_test(t, elf_cut_short);
	tcase_add_loop_test(t, elf_that_lies, 0, (int)(sizeof(lies) / sizeof(lies[0])));
	tcase_add_test(t, elf_of_any_length);
	tcase_add_test(t, lime_ranges);
	tcase_add_test(t, lime_that_lies);
	tcase_add_test(t, mapper_reads_across_parts);
	tcase_add_test(t, guests_that_are_not_there);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
