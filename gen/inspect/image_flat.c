/* SPDX-License-Identifier: MIT */
/*
 * image_flat.c - a dump in the flattened form, put in order
 *
 * makedumpfile -F and QEMU write a dump to a pipe as records: where, how much,
 * the bytes; later records may fill in what earlier ones left out.  libkdumpfile
 * wants the file itself, so it is put together in a temporary one that has no
 * name and is gone with the last descriptor.  What is never written is a hole.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gen/inspect/image.h"

#define SIGNATURE "makedumpfile"
#define HEADER 4096u                 /* the signature, type and version as big-endian 64-bit numbers, zeros */
#define RECORD 16u
#define LARGEST (UINT64_C(1) << 46)  /* a dump beyond 64 TiB is not one */

static bool write_all(int fd, const unsigned char *bytes, uint64_t size, uint64_t at)
{
	while (size) {
		ssize_t n = pwrite(fd, bytes, size > 1 << 24 ? 1 << 24 : (size_t)size, (off_t)at);

		if (n <= 0)
			return false;
		bytes += n;
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return true;
}

/* NULL: all records are in fd. */
static const char *put_records(const struct image_file *in, int fd)
{
	uint64_t at = HEADER;

	while (in->size - at >= RECORD) {
		uint64_t place = image_number(in->bytes + at, 8, true), size = image_number(in->bytes + at + 8, 8, true);

		at += RECORD;
		if (place == UINT64_MAX && size == UINT64_MAX)
			return NULL;
		if (place >= LARGEST || size >= LARGEST)
			return "a record of the flattened dump is nonsense";
		if (size > in->size - at)
			break;
		if (!write_all(fd, in->bytes + at, size, place))
			return strerror(errno);
		at += size;
	}
	return "the flattened dump ends early";
}

int image_flat(struct image *image, const char *path, const char **why)
{
	struct image_file in;
	const char *wrong = NULL;
	FILE *ordered;
	int fd = -1;

	if (!image_map_file(image, path, &in, why))
		return -1;
	if (in.size < HEADER + RECORD || image_number(in.bytes + 16, 8, true) != 1)
		wrong = "the flattened dump ends early, or is of an unknown kind";
	ordered = wrong ? NULL : tmpfile();
	if (ordered) {
		fd = dup(fileno(ordered));
		wrong = fd < 0 ? strerror(errno) : put_records(&in, fd);
		fclose(ordered);
	} else if (!wrong) {
		wrong = strerror(errno);
	}
	if (wrong) {
		*why = arena_printf(image->arena, "%s: %s", path, wrong);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

bool image_is_flat(int fd)
{
	char head[sizeof(SIGNATURE)] = "";

	return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) && memcmp(head, SIGNATURE, sizeof(head)) == 0;
}
