/* SPDX-License-Identifier: MIT */
/* image_raw.c - a file whose first byte is the memory at one physical address */
#include "gen/inspect/image.h"

bool image_raw(struct image *image, const char *path, uint64_t pa, const char **why)
{
	struct image_file file;

	image->kind = "raw";
	if (!image_map_file(image, path, &file, why))
		return false;
	if (!image_add(image, pa, file.size, file.bytes)) {
		*why = arena_printf(image->arena, "%s: does not fit between 0x%llx and the end of memory", path,
				    (unsigned long long)pa);
		return false;
	}
	return true;
}
