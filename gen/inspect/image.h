/* SPDX-License-Identifier: MIT */
/*
 * image.h - physical memory to look into: a file, a core, a running guest
 *
 * Whatever the source, the rest of the program sees sorted, disjoint parts of
 * physical memory and a struct ptg_mapper.  Files are mapped, not read, so that
 * they may be larger than memory.  An image is hostile input: each reader
 * checks every offset and size, and what is not there is unreadable.
 */
#ifndef GEN_INSPECT_IMAGE_H
#define GEN_INSPECT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsl/arena.h"
#include "runtime/ptg.h"

struct image_part {              /* physical [pa, last] */
	uint64_t pa, last;
	const unsigned char *bytes;  /* NULL: not mapped, image->read fetches it */
};

struct image_gap {               /* where the file has a hole: zeros that nobody has to read */
	const unsigned char *first, *end;
};

struct image {
	struct arena *arena;
	const char *name;            /* as given */
	const char *kind;            /* "raw", "ELF core", ... */
	struct image_part *part;
	size_t part_count, part_room, hot; /* hot: the part used last */
	/* Where bytes == NULL: 0, or negative when the source cannot tell (never partial). */
	int (*read)(struct image *image, uint64_t pa, void *dst, size_t n);
	void (*close)(struct image *image);
	void *state;                 /* of the reader */
	void *file_map;              /* the file, where one is mapped */
	size_t file_size;
	struct image_gap *gap;       /* in order */
	size_t gap_count, gap_room;
	const char *broken;          /* the source went away while it was read: why */
	uint64_t cut;                /* bytes that the headers promise and the file lacks */
	size_t overlaps;             /* parts that had to be cut because another holds the same memory */
	unsigned machine;            /* ELF e_machine, 0: not told */
	bool live;                   /* a running guest: parts are not known beforehand */
	struct ptg_mapper mapper;
};

struct image_options {
	bool truncated_ok;           /* read what a cut file still has */
};

/* Is it written as an image can be?  false with *why (arena text): the word is wrong, whatever the disk holds. */
bool image_word(struct arena *a, const char *spec, const char **why);

/*
 * Open `spec`: raw:PATH[@PHYS], elf:PATH, lime:PATH, kdump:PATH, gdb://HOST:PORT,
 * or a path whose first bytes tell.  NULL with *why (arena text).
 */
struct image *image_open(struct arena *a, const char *spec, const struct image_options *o, const char **why);
void image_close(struct image *image);

/* Bytes of physical memory: 0, or -1 when any of them cannot be read. */
int image_read(struct image *image, uint64_t pa, void *dst, size_t n);
/* The part that holds pa, NULL: none. */
const struct image_part *image_find(struct image *image, uint64_t pa);
/* How many bytes from pa on, at most n, are there. */
uint64_t image_extent(struct image *image, uint64_t pa, uint64_t n);
/* How many bytes from pa on, at most n, no part holds: known without a look. */
uint64_t image_absent(const struct image *image, uint64_t pa, uint64_t n);
/* Sum of all parts. */
uint64_t image_size(const struct image *image);
/* How many bytes from pa on, a place in this part, are known to be zero without a look at them. */
uint64_t image_zeros(const struct image *image, const struct image_part *p, uint64_t pa);

/* --- for the readers ------------------------------------------------------------ */

struct image_file {              /* a file, mapped whole and read-only */
	const unsigned char *bytes;
	uint64_t size;
};
/* Its descriptor, -1 with *why: what is no regular file is not waited for. */
int image_open_file(struct image *image, const char *path, uint64_t *size, const char **why);
/* false with *why. */
bool image_map_file(struct image *image, const char *path, struct image_file *file, const char **why);
/* Note [pa, pa + size); order does not matter.  Empty ones are dropped; false: the end would pass 2^64. */
bool image_add(struct image *image, uint64_t pa, uint64_t size, const unsigned char *bytes);
/* Sort and cut what overlaps: the part that begins first keeps the memory. */
void image_settle(struct image *image);

bool image_raw(struct image *image, const char *path, uint64_t pa, const char **why);
bool image_elf(struct image *image, const char *path, const struct image_options *o, const char **why);
bool image_lime(struct image *image, const char *path, const struct image_options *o, const char **why);
bool image_kdump(struct image *image, const char *path, const char **why);
bool image_gdb(struct image *image, const char *address, const char **why);

/* image_flat.c: a flattened dump; the descriptor of a temporary file with the dump in order, or -1 with *why. */
bool image_is_flat(int fd);
int image_flat(struct image *image, const char *path, const char **why);

/* Little and big endian numbers at any address. */
static inline uint64_t image_number(const unsigned char *p, unsigned bytes, bool big)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)p[big ? bytes - 1 - i : i] << 8 * i;
	return v;
}

#endif /* GEN_INSPECT_IMAGE_H */
