/* SPDX-License-Identifier: MIT */
/*
 * image_kdump.c - kdump and the other dumps that libkdumpfile reads
 *
 * Compiled with -DHAVE_KDUMPFILE when pkg-config finds the library; without
 * it such a file is refused with a word on why.
 */
#include "gen/inspect/image.h"

#ifdef HAVE_KDUMPFILE

#include <libkdumpfile/kdumpfile.h>
#include <string.h>
#include <unistd.h>

struct dump {
	kdump_ctx_t *ctx;
	int fd;
};

static int read_kdump(struct image *image, uint64_t pa, void *dst, size_t n)
{
	const struct dump *dump = image->state;
	size_t done = n;

	return kdump_read(dump->ctx, KDUMP_MACHPHYSADDR, pa, dst, &done) == KDUMP_OK && done == n ? 0 : -1;
}

static void close_kdump(struct image *image)
{
	struct dump *dump = image->state;

	kdump_free(dump->ctx);
	close(dump->fd);
	image->state = NULL;
}

static int open_file(struct image *image, const char *path, const char **why)
{
	uint64_t size;
	int fd = image_open_file(image, path, &size, why);

	if (fd >= 0 && image_is_flat(fd)) {
		close(fd);
		fd = image_flat(image, path, why);
	}
	return fd;
}

bool image_kdump(struct image *image, const char *path, const char **why)
{
	struct dump dump = { .fd = open_file(image, path, why) };
	kdump_num_t pages = 0, shift = 12;

	image->kind = "kdump";
	if (dump.fd < 0)
		return false;
	dump.ctx = kdump_new();
	if (!dump.ctx || kdump_open_fd(dump.ctx, dump.fd) != KDUMP_OK) {
		*why = arena_printf(image->arena, "%s: %s", path, dump.ctx ? kdump_get_err(dump.ctx) : "out of memory");
		if (dump.ctx)
			kdump_free(dump.ctx);
		close(dump.fd);
		return false;
	}
	kdump_get_number_attr(dump.ctx, "max_pfn", &pages);
	kdump_get_number_attr(dump.ctx, "arch.page_shift", &shift);
	image->state = memcpy(arena_alloc(image->arena, sizeof(dump)), &dump, sizeof(dump));
	image->read = read_kdump;
	image->close = close_kdump;
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
