/* SPDX-License-Identifier: MIT */
/*
 * image_lime.c - LiME: headers of 32 bytes, each followed by its memory
 *
 *   0 "EMiL"   4 version (1)   8 first address   16 last address   24 zero
 */
#include <string.h>

#include "gen/inspect/image.h"

#define HEADER 32u

static bool fail(struct image *image, const char **why, const char *path, const char *text)
{
	*why = arena_printf(image->arena, "%s: %s", path, text);
	return false;
}

bool image_lime(struct image *image, const char *path, const struct image_options *o, const char **why)
{
	struct image_file file;
	uint64_t at = 0;

	image->kind = "LiME";
	if (!image_map_file(image, path, &file, why))
		return false;
	while (at < file.size) {
		const unsigned char *h = file.bytes + at;
		uint64_t first, last, rest, size;

		if (file.size - at < HEADER || memcmp(h, "EMiL", 4) != 0 || image_number(h + 4, 4, false) != 1) {
			if (!at || !o->truncated_ok)
				return fail(image, why, path, "a LiME header is missing or damaged");
			image->cut++;
			break;
		}
		first = image_number(h + 8, 8, false);
		last = image_number(h + 16, 8, false);
		if (last < first)
			return fail(image, why, path, "a LiME range ends before it begins");
		at += HEADER;
		rest = file.size - at;
		size = last - first;         /* one less than the bytes, so that it cannot overflow */
		if (size >= rest) {
			image->cut += size - rest + 1;
			size = rest;
		} else {
			size++;
		}
		if (!image_add(image, first, size, h + HEADER))
			return fail(image, why, path, "a range passes the end of physical memory");
		at += size;
	}
	if (image->cut && !o->truncated_ok)
		return fail(image, why, path, "the file is cut (--truncated reads the rest)");
	return true;
}
