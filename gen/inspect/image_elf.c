/* SPDX-License-Identifier: MIT */
/*
 * image_elf.c - ELF cores: one PT_LOAD a run of physical memory
 *
 * 32 and 64 bits, both byte orders.  p_paddr says where the memory was; bytes
 * that are in memory only (p_memsz beyond p_filesz) were not dumped and are
 * unreadable.  A count of 0xffff program headers stands in section header 0.
 */
#include <string.h>

#include "gen/inspect/image.h"

#define PT_LOAD 1u
#define PN_XNUM 0xffffu

struct elf {
	struct image_file file;
	bool big, wide;              /* byte order, 64 bits */
};

static uint64_t field(const struct elf *elf, uint64_t at, unsigned bytes)
{
	return image_number(elf->file.bytes + at, bytes, elf->big);
}

static bool inside(const struct elf *elf, uint64_t at, uint64_t bytes)
{
	return at <= elf->file.size && bytes <= elf->file.size - at;
}

struct segment { uint64_t offset, pa, file_size; };

static struct segment segment_at(const struct elf *elf, uint64_t at)
{
	struct segment s;

	if (elf->wide) {
		s.offset = field(elf, at + 8, 8);
		s.pa = field(elf, at + 24, 8);
		s.file_size = field(elf, at + 32, 8);
	} else {
		s.offset = field(elf, at + 4, 4);
		s.pa = field(elf, at + 12, 4);
		s.file_size = field(elf, at + 16, 4);
	}
	return s;
}

static bool fail(struct image *image, const char **why, const char *path, const char *text)
{
	*why = arena_printf(image->arena, "%s: %s", path, text);
	return false;
}

/* Where the program headers are; false: the headers cannot be right. */
static bool headers(const struct elf *elf, uint64_t *at, uint64_t *count, uint64_t *step)
{
	uint64_t sections;

	if (elf->wide) {
		*at = field(elf, 32, 8);
		sections = field(elf, 40, 8);
		*step = field(elf, 54, 2);
		*count = field(elf, 56, 2);
	} else {
		*at = field(elf, 28, 4);
		sections = field(elf, 32, 4);
		*step = field(elf, 42, 2);
		*count = field(elf, 44, 2);
	}
	if (*count == PN_XNUM) {
		uint64_t info = elf->wide ? 44 : 28;

		if (!inside(elf, sections, info + 4))
			return false;
		*count = field(elf, sections + info, 4);
	}
	if (*step < (elf->wide ? 56u : 32u))
		return false;
	return *count <= elf->file.size / *step && inside(elf, *at, *count * *step);
}

static bool add_segment(struct image *image, const struct elf *elf, const struct segment *s)
{
	uint64_t there = s->file_size;

	if (s->offset >= elf->file.size)
		there = 0;
	else if (there > elf->file.size - s->offset)
		there = elf->file.size - s->offset;
	image->cut += s->file_size - there;
	return image_add(image, s->pa, there, there ? elf->file.bytes + s->offset : NULL);
}

static bool add_all(struct image *image, const struct elf *elf, const char *path, const char **why)
{
	uint64_t at, count, step;

	if (!headers(elf, &at, &count, &step))
		return fail(image, why, path, "the table of program headers lies outside the file");
	for (uint64_t i = 0; i < count; i++) {
		uint64_t here = at + i * step;
		struct segment s;

		if (field(elf, here, 4) != PT_LOAD)
			continue;
		s = segment_at(elf, here);
		if (!add_segment(image, elf, &s))
			return fail(image, why, path, "a segment passes the end of physical memory");
	}
	return true;
}

bool image_elf(struct image *image, const char *path, const struct image_options *o, const char **why)
{
	struct elf elf;
	const unsigned char *b;

	image->kind = "ELF core";
	if (!image_map_file(image, path, &elf.file, why))
		return false;
	b = elf.file.bytes;
	if (elf.file.size < 52 || memcmp(b, "\177ELF", 4) != 0)
		return fail(image, why, path, "is no ELF file");
	if ((b[4] != 1 && b[4] != 2) || (b[5] != 1 && b[5] != 2))
		return fail(image, why, path, "has an ELF header of unknown class or byte order");
	elf.wide = b[4] == 2;
	elf.big = b[5] == 2;
	if (elf.wide && elf.file.size < 64)
		return fail(image, why, path, "the ELF header is cut");
	image->machine = (unsigned)field(&elf, 18, 2);
	if (!add_all(image, &elf, path, why))
		return false;
	if (image->cut && !o->truncated_ok)
		return fail(image, why, path,
			    arena_printf(image->arena,
					 "the file is cut: %llu bytes that its headers promise are missing "
					 "(--truncated reads the rest)",
					 (unsigned long long)image->cut));
	return true;
}
