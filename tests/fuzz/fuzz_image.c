/* SPDX-License-Identifier: MIT */
/*
 * fuzz_image.c - any bytes as an image: ELF, LiME, raw; then walked and searched for roots
 *
 * The first byte chooses the reader and the format, the rest is the file.  No
 * input may crash, read outside of the file or walk without end; the cursor,
 * the scan and translate must agree on what is mapped.  Run by tests/fuzz/run.sh.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gen/inspect/finder.h"
#include "gen/inspect/scan.h"
#include "gen/load.h"

#define FORMATS 6
#define TOLD_MOST 20000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct plan *plans[FORMATS];

static void demand(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_image: %s\n", what);
	abort();
}

/* Once: the formats, kept for the whole run. */
static void load_formats(void)
{
	static const char *const names[FORMATS] = {"x86_64", "sv39", "armv7_short", "s390x", "amdv1", "power9_radix"};
	static struct load_options quiet = {.quiet = true};
	static struct arena *arena;

	if (arena)
		return;
	arena = arena_new();
	for (unsigned i = 0; i < FORMATS; i++) {
		struct plan **p;
		unsigned n;

		demand(load_format(arena, names[i], &quiet, &p, &n) == 0 && n == 1, names[i]);
		plans[i] = p[0];
	}
}

struct told { const struct view *view; unsigned count; };

static bool on_mapping(void *arg, const struct mapping *m)
{
	struct told *t = arg;
	struct ptg_translation r;

	demand(m->va <= m->last, "a mapping ends before it begins");
	memset(&r, 0, sizeof(r));
	if (m->kind == MAPPING_PAGE) {
		ptg_translate(&t->view->space, m->last, PTG_LOOK, &r);
		demand(r.fault == PTG_F_NONE && r.pa == m->pa + (m->last - m->va), "the scan maps what translate does not");
		demand((r.rights & 0x3f) == (m->rights & 0x3f), "the scan tells other rights than translate");
	}
	return ++t->count < TOLD_MOST;
}

static void walk(struct arena *a, struct image *image, const struct plan *plan, uint64_t table)
{
	struct root_spec root = {.text = "fuzz", .plain = true, .number = table};
	struct view v = {.plan = plan, .image = image, .root = &root};
	struct told told = {.view = &v};
	struct scan scan = {.view = &v, .arena = a, .last = UINT64_MAX, .tell = on_mapping, .arg = &told};
	const char *why = "";

	if (!view_start(a, &v, &why))
		return;
	scan_space(&scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const readers[] = {"elf", "lime", "raw", ""};
	static const struct image_options options = {.truncated_ok = true};
	struct finder finder = {.arena = NULL};
	struct image *image;
	struct arena *a;
	const char *why = "";
	char spec[64];
	int fd;

	load_formats();
	if (size < 2)
		return 0;
	fd = memfd_create("image", 0);
	demand(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1), "no memory file");
	snprintf(spec, sizeof(spec), "%s%s/proc/self/fd/%d", readers[data[0] & 3], readers[data[0] & 3][0] ? ":" : "", fd);
	a = arena_new();
	image = image_open(a, spec, &options, &why);
	if (image) {
		struct plan *plan = plans[(data[0] >> 2) % FORMATS];

		walk(a, image, plan, image->part[0].pa & ~(uint64_t)0xfff);
		finder.arena = a;
		finder.image = image;
		demand(finder_run(&finder, plan, data[0] & 0x80, &why), "the finder");
		finder_rank(&finder);
		for (size_t i = 0; i < image->part_count; i++)
			demand(i == 0 || image->part[i - 1].last < image->part[i].pa, "parts overlap");
		image_close(image);
	}
	arena_free(a);
	close(fd);
	return 0;
}
