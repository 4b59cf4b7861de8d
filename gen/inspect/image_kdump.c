/* SPDX-License-Identifier: MIT */
/*
 * image_kdump.c - kdump and the other dumps that libkdumpfile reads
 *
 * Compiled with -DHAVE_KDUMPFILE when pkg-config finds the library; without
 * it such a file is refused with a word on why.
 */
#include "gen/inspect/image.h"

#ifdef HAVE_KDUMPFILE

#include <errno.h>
#include <fcntl.h>
#include <libkdumpfile/kdumpfile.h>
#include <string.h>
#include <unistd.h>

static int read_kdump(struct image *image, uint64_t pa, void *dst, size_t n)
{
	size_t done = n;

	return kdump_read(image->state, KDUMP_MACHPHYSADDR, pa, dst, &done) == KDUMP_OK && done == n ? 0 : -1;
}

static void close_kdump(struct image *image)
{
	kdump_free(image->state);
	image->state = NULL;
}

bool image_kdump(struct image *image, const char *path, const char **why)
{
	kdump_ctx_t *ctx = kdump_new();
	kdump_num_t pages = 0, shift = 12;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	image->kind = "kdump";
	if (!ctx || fd < 0) {
		*why = arena_printf(image->arena, "%s: %s", path, fd < 0 ? strerror(errno) : "out of memory");
		return false;
	}
	if (kdump_open_fd(ctx, fd) != KDUMP_OK) {
		*why = arena_printf(image->arena, "%s: %s", path, kdump_get_err(ctx));
		kdump_free(ctx);
		return false;
	}
	image->state = ctx;
	image->read = read_kdump;
	image->close = close_kdump;
	kdump_get_number_attr(ctx, "max_pfn", &pages);
	kdump_get_number_attr(ctx, "arch.page_shift", &shift);
	return image_add(image, 0, pages && shift < 64 ? (uint64_t)pages << shift : (uint64_t)1 << 52, NULL);
}

#else

bool image_kdump(struct image *image, const char *path, const char **why)
{
	image->kind = "kdump";
	*why = arena_printf(image->arena, "%s: is a kdump file; this ptgen was built without libkdumpfile", path);
	return false;
}

#endif
