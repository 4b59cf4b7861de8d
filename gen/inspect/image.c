/* SPDX-License-Identifier: MIT */
/* image.c - physical memory to look into: parts, reading, and which reader opens a source */
#include "gen/inspect/image.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen/text.h"

/* --- parts ------------------------------------------------------------------------- */

bool image_add(struct image *image, uint64_t pa, uint64_t size, const unsigned char *bytes)
{
	struct image_part *p;

	if (size == 0)
		return true;
	if (size - 1 > ~(uint64_t)0 - pa)
		return false;
	if (image->part_count == image->part_room) {
		size_t room = image->part_room ? 2 * image->part_room : 64;

		image->part = arena_grow(image->arena, image->part, image->part_count, room, sizeof(*p));
		image->part_room = room;
	}
	p = &image->part[image->part_count++];
	p->pa = pa;
	p->last = pa + (size - 1);
	p->bytes = bytes;
	return true;
}

static int by_address(const void *x, const void *y)
{
	const struct image_part *a = x, *b = y;

	if (a->pa == b->pa)
		return (uintptr_t)a->bytes < (uintptr_t)b->bytes ? -1 : a->bytes != b->bytes;
	return a->pa < b->pa ? -1 : 1;
}

/*
 * After sorting, a part that begins inside the one before loses its head; one
 * that lies wholly inside is dropped.  Neighbours in memory and file become one.
 */
void image_settle(struct image *image)
{
	size_t n = 0;

	if (image->part_count)
		qsort(image->part, image->part_count, sizeof(*image->part), by_address);
	for (size_t i = 0; i < image->part_count; i++) {
		struct image_part p = image->part[i], *q = n ? &image->part[n - 1] : NULL;

		if (q && p.pa <= q->last) {
			image->overlaps++;
			if (p.last <= q->last)
				continue;
			if (p.bytes)
				p.bytes += q->last + 1 - p.pa;
			p.pa = q->last + 1;
		}
		if (q && q->last + 1 == p.pa && q->bytes && p.bytes == q->bytes + (q->last - q->pa + 1))
			q->last = p.last;
		else
			image->part[n++] = p;
	}
	image->part_count = n;
}

const struct image_part *image_find(struct image *image, uint64_t pa)
{
	size_t low = 0, high = image->part_count;
	const struct image_part *p;

	if (image->hot < image->part_count) {
		p = &image->part[image->hot];
		if (pa >= p->pa && pa <= p->last)
			return p;
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		p = &image->part[mid];
		if (pa < p->pa) {
			high = mid;
		} else if (pa > p->last) {
			low = mid + 1;
		} else {
			image->hot = mid;
			return p;
		}
	}
	return NULL;
}

uint64_t image_extent(struct image *image, uint64_t pa, uint64_t n)
{
	uint64_t done = 0;

	while (done < n) {
		const struct image_part *p = image_find(image, pa + done);
		uint64_t here;

		if (!p)
			break;
		here = p->last - (pa + done);
		if (here >= n - done - 1)
			return n;
		done += here + 1;
		if (pa + done == 0)
			break;
	}
	return done;
}

uint64_t image_absent(const struct image *image, uint64_t pa, uint64_t n)
{
	size_t low = 0, high = image->part_count;

	while (low < high) {             /* the first part that ends at pa or behind it */
		size_t mid = low + (high - low) / 2;

		if (image->part[mid].last < pa)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == image->part_count)
		return n;
	if (image->part[low].pa <= pa)
		return 0;
	return image->part[low].pa - pa < n ? image->part[low].pa - pa : n;
}

uint64_t image_size(const struct image *image)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < image->part_count; i++)
		sum += image->part[i].last - image->part[i].pa + 1;
	return sum;
}

uint64_t image_zeros(const struct image *image, const struct image_part *p, uint64_t pa)
{
	const unsigned char *at = p->bytes ? p->bytes + (pa - p->pa) : NULL;
	size_t low = 0, high = image->gap_count;
	uint64_t here;

	if (!at)
		return 0;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (at >= image->gap[mid].end)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == image->gap_count || at < image->gap[low].first)
		return 0;
	here = (uint64_t)(image->gap[low].end - at);
	return here - 1 < p->last - pa ? here : p->last - pa + 1;
}

int image_read(struct image *image, uint64_t pa, void *dst, size_t n)
{
	unsigned char *to = dst;

	while (n) {
		const struct image_part *p = image_find(image, pa);
		size_t here;

		if (!p)
			return -1;
		here = p->last - pa >= n - 1 ? n : (size_t)(p->last - pa + 1);
		if (p->bytes)
			memcpy(to, p->bytes + (pa - p->pa), here);
		else if (!image->read || image->read(image, pa, to, here))
			return -1;
		to += here;
		n -= here;
		pa += here;
		if (n && pa == 0)
			return -1;
	}
	return 0;
}

/* --- the mapper ---------------------------------------------------------------------- */

/*
 * A pointer into the mapped file where the bytes lie together and as well
 * aligned as in memory; for all else the runtime falls back to read_bytes.
 */
static void *map_table(void *priv, uint64_t pa, size_t bytes)
{
	const struct image_part *p = image_find(priv, pa);
	union { const unsigned char *in; void *out; } at;

	if (!p || !p->bytes || bytes == 0 || p->last - pa < bytes - 1)
		return NULL;
	at.in = p->bytes + (pa - p->pa);
	return ((uintptr_t)at.in ^ pa) & 15 ? NULL : at.out;
}

static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	return image_read(priv, pa, dst, n);
}

static const struct ptg_mapper_ops image_ops = {.map_table = map_table, .read_bytes = read_bytes};

/* The largest mapped part is the window: the runtime reads it without a call. */
static void make_mapper(struct image *image)
{
	const struct image_part *best = NULL;
	union { const unsigned char *in; void *out; } at;

	image->mapper.ops = &image_ops;
	image->mapper.priv = image;
	for (size_t i = 0; i < image->part_count; i++) {
		const struct image_part *p = &image->part[i];

		if (p->bytes && !(((uintptr_t)p->bytes ^ p->pa) & 15) && p->last != ~(uint64_t)0 &&
		    (!best || p->last - p->pa > best->last - best->pa))
			best = p;
	}
	if (!best || best->pa & 15)
		return;
	at.in = best->bytes;
	image->mapper.window = at.out;
	image->mapper.window_pa = best->pa;
	image->mapper.window_size = (best->last - best->pa + 1) & ~(uint64_t)15;
}

/* --- opening ------------------------------------------------------------------------- */

/* A mapped file that shrinks raises SIGBUS: an error, not a crash. */
static void file_shrank(int signal_number)
{
	static const char text[] = "ptgen: the image was cut short while it was read\n";

	(void)signal_number;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(3);
	_exit(3);
}

/* A sparse file says where its holes are: to look for something in them is to read nothing for hours. */
static void note_gaps(struct image *image, int fd, const unsigned char *map)
{
#if defined(SEEK_DATA) && defined(SEEK_HOLE)
	struct stat st;
	off_t at = 0, end;

	if (fstat(fd, &st) || st.st_blocks >= st.st_size / 512)
		return;
	end = st.st_size;
	while (at < end) {
		off_t hole = lseek(fd, at, SEEK_HOLE), data = hole < 0 ? -1 : lseek(fd, hole, SEEK_DATA);

		if (hole < 0 || hole >= end)
			return;
		if (data < hole)
			data = end; /* no more data */
		if (image->gap_count == image->gap_room) {
			size_t room = image->gap_room ? 2 * image->gap_room : 64;

			image->gap = arena_grow(image->arena, image->gap, image->gap_count, room, sizeof(*image->gap));
			image->gap_room = room;
		}
		image->gap[image->gap_count].first = map + hole;
		image->gap[image->gap_count++].end = map + data;
		at = data;
	}
#else
	(void)image, (void)fd, (void)map;
#endif
}

int image_open_file(struct image *image, const char *path, uint64_t *size, const char **why)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *wrong = NULL;

	if (fd < 0 || fstat(fd, &st)) {
		wrong = strerror(errno);
	} else if (!S_ISREG(st.st_mode)) {
		wrong = S_ISDIR(st.st_mode) ? "is a directory" : "is no regular file";
	} else if (st.st_size <= 0) {
		wrong = "is empty";
	}
	if (!wrong) {
		*size = (uint64_t)st.st_size;
		return fd;
	}
	*why = arena_printf(image->arena, "%s: %s", path, wrong);
	if (fd >= 0)
		close(fd);
	return -1;
}

bool image_map_file(struct image *image, const char *path, struct image_file *file, const char **why)
{
	uint64_t size = 0;
	void *map;
	int fd = image_open_file(image, path, &size, why);

	if (fd < 0)
		return false;
	map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED) {
		*why = arena_printf(image->arena, "%s: %s", path, strerror(errno));
		close(fd);
		return false;
	}
	note_gaps(image, fd, map);
	close(fd);
	signal(SIGBUS, file_shrank);
	image->file_map = map;
	image->file_size = (size_t)size;
	file->bytes = map;
	file->size = size;
	return true;
}

static bool open_detected(struct image *image, const char *path, const struct image_options *o, const char **why)
{
	unsigned char head[8] = {0};
	uint64_t size;
	int fd = image_open_file(image, path, &size, why);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, head, sizeof(head));
	close(fd);
	if (n >= 4 && memcmp(head, "\177ELF", 4) == 0)
		return image_elf(image, path, o, why);
	if (n >= 4 && memcmp(head, "EMiL", 4) == 0)
		return image_lime(image, path, o, why);
	if (n == 8 && (memcmp(head, "KDUMP   ", 8) == 0 || memcmp(head, "DISKDUMP", 8) == 0 ||
		       memcmp(head, "makedump", 8) == 0))
		return image_kdump(image, path, why);
	return image_raw(image, path, 0, why);
}

/* --- the word ------------------------------------------------------------------------ */

static const char *after(const char *spec, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(spec, prefix, n) == 0 ? spec + n : NULL;
}

/* PATH[@PHYS]; an @ before a slash is part of a folder's name. */
static bool split_raw(struct arena *a, const char *spec, const char **path, uint64_t *pa, const char **why)
{
	const char *at = strrchr(spec, '@');

	*path = spec;
	*pa = 0;
	if (!at || strchr(at, '/'))
		return true;
	if (!text_number(at + 1, pa)) {
		*why = arena_printf(a, "raw:%s: '%s' is no address", spec, at + 1);
		return false;
	}
	*path = arena_copy(a, spec, (size_t)(at - spec));
	return true;
}

/* HOST:PORT with a port that can be. */
static bool is_address(const char *word)
{
	const char *colon = strrchr(word, ':');
	uint64_t port;

	return colon && strspn(colon + 1, "0123456789") == strlen(colon + 1) && text_number(colon + 1, &port) &&
	       port >= 1 && port <= 65535;
}

bool image_word(struct arena *a, const char *spec, const char **why)
{
	static const char *const files[] = {"raw:", "elf:", "lime:", "kdump:"};
	const char *rest = after(spec, "gdb://"), *path;
	uint64_t pa;

	if (rest && is_address(rest))
		return true;
	if (rest || (after(spec, "gdb:") && access(spec, F_OK))) {
		*why = arena_printf(a, "%s: write gdb://HOST:PORT", spec);
		return false;
	}
	path = spec;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if ((rest = after(spec, files[i])))
			path = rest;
	if ((rest = after(spec, "raw:")) && !split_raw(a, rest, &path, &pa, why))
		return false;
	if (*path)
		return true;
	*why = *spec ? arena_printf(a, "%s: names no file", spec) : "the image's name is empty";
	return false;
}

/* --- opening by the word -------------------------------------------------------------- */

static bool open_spec(struct image *image, const char *spec, const struct image_options *o, const char **why)
{
	const char *rest;
	uint64_t pa;

	if ((rest = after(spec, "raw:")))
		return split_raw(image->arena, rest, &rest, &pa, why) && image_raw(image, rest, pa, why);
	if ((rest = after(spec, "elf:")))
		return image_elf(image, rest, o, why);
	if ((rest = after(spec, "lime:")))
		return image_lime(image, rest, o, why);
	if ((rest = after(spec, "kdump:")))
		return image_kdump(image, rest, why);
	if ((rest = after(spec, "gdb://")))
		return image_gdb(image, rest, why);
	return open_detected(image, spec, o, why);
}

struct image *image_open(struct arena *a, const char *spec, const struct image_options *o, const char **why)
{
	struct image *image = arena_alloc(a, sizeof(*image));

	image->arena = a;
	image->name = spec;
	if (!open_spec(image, spec, o, why))
		return NULL;
	image_settle(image);
	if (image->part_count == 0) {
		*why = arena_printf(a, "%s: holds no memory", spec);
		return NULL;
	}
	make_mapper(image);
	return image;
}

void image_close(struct image *image)
{
	if (image && image->close)
		image->close(image);
	if (image && image->file_map)
		munmap(image->file_map, image->file_size);
}
