/* SPDX-License-Identifier: MIT */
/* shapes.c - the formats that are measured, and their tables made by hand */

#include <stdlib.h>
#include <string.h>

#include "aarch64_4k.h"
#include "sv48.h"
#include "x86_64.h"

#include "bench.h"

#define HAND_OF(F) \
	uint64_t F##_hand_sum_min(const struct ptg_space *, const uint64_t *, size_t); \
	uint64_t F##_hand_sum_full(const struct ptg_space *, const uint64_t *, size_t); \
	uint64_t F##_hand_sum_inline(const struct ptg_space *, const uint64_t *, size_t); \
	uint64_t F##_hand_chain_min(const struct ptg_space *, const uint64_t *, size_t); \
	uint64_t F##_hand_chain_full(const struct ptg_space *, const uint64_t *, size_t); \
	struct ptg_hit F##_hand_full(const struct ptg_space *, uint64_t, unsigned); \
	int F##_hand_map_one(struct ptg_space *, uint64_t, uint64_t, uint64_t, const struct ptg_attrs *, unsigned, \
			     struct ptg_flush *); \
	int F##_hand_unmap_one(struct ptg_space *, uint64_t, uint64_t, unsigned, struct ptg_flush *); \
	int F##_hand_protect_one(struct ptg_space *, uint64_t, uint64_t, const struct ptg_attrs *, unsigned, struct ptg_flush *)
HAND_OF(x86_64);
HAND_OF(sv48);
HAND_OF(aarch64_4k);

#define HANDS(F) \
	.name = #F, .format = &F##_format, .walker = &F##_walker, .sum_min = F##_hand_sum_min, \
	.sum_full = F##_hand_sum_full, .sum_inline = F##_hand_sum_inline, .chain_min = F##_hand_chain_min, \
	.chain_full = F##_hand_chain_full, .full = F##_hand_full, \
	.map_one = F##_hand_map_one, .unmap_one = F##_hand_unmap_one, .protect_one = F##_hand_protect_one

const struct shape shapes[] = {
	{ HANDS(x86_64), .table_bits = 0x27, .page_bits = 0x63, .large_bits = 0xe3, .accessed = 0x20, .dirty = 0x40 },
	{ HANDS(sv48), .table_bits = 0x1, .page_bits = 0xc7, .large_bits = 0xc7, .accessed = 0x40, .dirty = 0x80,
	  .address_shr = 2 },
	{ HANDS(aarch64_4k), .table_bits = 0x3, .page_bits = 0x703, .large_bits = 0x701, .accessed = 0x400 },
};
const unsigned shape_count = sizeof(shapes) / sizeof(*shapes);

static void set_root(struct ptg_space *s, const char *name, uint64_t root)
{
	if (strcmp(name, "x86_64") == 0)
		x86_64_set_root(s, &(struct x86_64_regs){ .cr3 = root });
	else if (strcmp(name, "sv48") == 0)
		sv48_set_root(s, &(struct sv48_regs){ .satp = UINT64_C(9) << 60 | root >> 12 });
	else
		aarch64_4k_set_root(s, &(struct aarch64_4k_regs){ .ttbr0 = root, .ttbr1 = root,
								   .tcr = UINT64_C(5) << 32 | 16u << 16 | 2u << 30 | 16 });
}

void shape_space(const struct shape *h, struct ptg_space *s, struct memory *m, const struct ptg_walker *w)
{
	uint64_t root = memory_frame(m);

	memset(m->base + root, 0, 4096);
	memset(s, 0, sizeof(*s));
	if (ptg_space_setup(s, h->format, w, &m->mapper)) {
		fprintf(stderr, "bench: %s cannot be set up\n", h->name);
		exit(1);
	}
	set_root(s, h->name, root);
}

static uint64_t *entry_at(struct memory *m, uint64_t table, uint64_t va, unsigned shift)
{
	return (uint64_t *)(void *)(m->base + table) + (va >> shift & 511);
}

void shape_map(const struct shape *h, struct memory *m, uint64_t root, uint64_t va, uint64_t pa)
{
	uint64_t table = root;

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		uint64_t *e = entry_at(m, table, va, shift);

		if (!*e) {
			uint64_t below = memory_frame(m);

			if (!below) {
				fprintf(stderr, "bench: the arena is full\n");
				exit(1);
			}
			memset(m->base + below, 0, 4096);
			*e = below >> h->address_shr | h->table_bits;
		}
		table = h->address_shr ? (*e & UINT64_C(0x003ffffffffffc00)) << 2 : *e & UINT64_C(0x0000fffffffff000);
	}
	*entry_at(m, table, va, 12) = pa >> h->address_shr | h->page_bits;
}
