/* SPDX-License-Identifier: MIT */
/*
 * emit_vectors_pair.c - vectors of a two-stage pair
 *
 * `root s1 ADDRESS` and `root s2 ADDRESS` are where the first tables lie.  The
 * first stage's tables stand at the same addresses in both; each size of page of
 * the first is laid over each size of the second.  Then, of the smallest pages,
 * each bit of the two last entries is flipped, and the first stage's tables are
 * taken away from the second.
 */
#include <inttypes.h>
#include <stdio.h>

#include "gen/emit/vectors.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

#define SECOND UINT64_C(0x200000) /* tables of the second stage */

/* What stands for one pair of sizes. */
struct pair {
	struct ptg_space stage[2];
	unsigned lg2[2];             /* of the pages */
	uint64_t va, guest;          /* what is asked for, and where the first stage leads */
	uint64_t tables;             /* end of the first stage's tables */
};

static unsigned smallest(const struct ptg_format *f)
{
	unsigned lg2 = 0;

	while (lg2 < 63 && !(f->page_sizes >> lg2 & 1))
		lg2++;
	return lg2;
}

static unsigned entry_lg2(const struct vectors *v)
{
	return v->f->stage[0]->levels[0].entry_lg2;
}

/* The second stage knows the first one's tables, and one page. */
static bool build_second(struct vectors *v, struct pair *p)
{
	const struct ptg_format *f = v->f->stage[1];
	uint64_t unit = (uint64_t)1 << smallest(f), end = (p->tables + unit - 1) & ~(unit - 1);
	uint64_t page = p->guest & ~ptg_mask_(p->lg2[1]), pa;

	return vectors_start(v, &p->stage[1], f, SECOND) &&
	       vectors_map(&p->stage[1], VECTORS_TABLES, VECTORS_TABLES, end - VECTORS_TABLES) &&
	       vectors_map_page(&p->stage[1], page, f->pa_bits, p->lg2[1], &pa) &&
	       PTG_HIT_LG2(ptg_lookup(&p->stage[1], page, PTG_LOOK)) == p->lg2[1];
}

static bool build(struct vectors *v, struct pair *p)
{
	const struct ptg_format *first = v->f->stage[0], *second = v->f->stage[1];
	unsigned bits = first->pa_bits < second->va_bits ? first->pa_bits : second->va_bits - 1u;
	uint64_t va, pa;
	uint64_t offset = UINT64_C(0x5abc) & ptg_mask_(p->lg2[0]);

	if (p->lg2[0] >= first->va_bits || p->lg2[0] >= bits || p->lg2[1] >= bits)
		return false;
	vectors_empty(v);
	if (!vectors_start(v, &p->stage[0], first, VECTORS_TABLES))
		return false;
	va = vectors_va(&p->stage[0], p->lg2[0]);
	if (!vectors_map_page(&p->stage[0], va, bits, p->lg2[0], &pa) ||
	    PTG_HIT_LG2(ptg_lookup(&p->stage[0], va, PTG_LOOK)) != p->lg2[0])
		return false;
	p->tables = v->next;
	p->va = va + offset;
	p->guest = pa + offset;
	return build_second(v, p) && ptg_space_pair(&v->s, v->f, &ptg_generic_walker, &p->stage[0], &p->stage[1]) == PTG_OK &&
	       !PTG_HIT_FAULT(ptg_lookup(&v->s, p->va, PTG_LOOK));
}

static void put_case(struct vectors *v, const struct pair *p, const char *what)
{
	char size[2][24];

	text_lg2(p->lg2[0], size[0]);
	text_lg2(p->lg2[1], size[1]);
	buffer_printf(&v->out, "\ncase a page of %s over a page of %s%s\nroot s1 0x%" PRIx64 "\nroot s2 0x%" PRIx64 "\n", size[0], size[1],
		      what, VECTORS_TABLES, SECOND);
	v->reads = 0;
	ptg_lookup(&v->s, p->va, PTG_LOOK);
	vectors_memory(v, &p->stage[0], entry_lg2(v));
}

/* The entry that decides in one stage, with each of its bits flipped. */
static void put_broken(struct vectors *v, const struct pair *p, unsigned stage, uint64_t address)
{
	const struct ptg_format *f = v->f->stage[stage];
	unsigned bytes = 1u << entry_lg2(v);
	struct ptg_translation t;

	if (ptg_translate(&p->stage[stage], address, PTG_LOOK, &t) != PTG_F_NONE)
		return;
	for (unsigned bit = 0; bit < bytes * 8; bit++) {
		unsigned at = f->flags & PTG_FORMAT_BIG ? bytes - 1 - bit / 8 : bit / 8;
		unsigned char *byte = vectors_byte(v, t.entry_pa + at);
		char what[64];

		if (!byte)
			return;
		snprintf(what, sizeof(what), ", bit %u of the entry of stage %u flipped", bit, stage + 1);
		*byte ^= (unsigned char)(1u << bit % 8);
		put_case(v, p, what);
		vectors_accesses(v, p->va);
		*byte ^= (unsigned char)(1u << bit % 8);
	}
}

/* The second stage has lost the first one's tables. */
static void put_hidden(struct vectors *v, const struct pair *p)
{
	struct ptg_translation t;

	if (ptg_translate(&p->stage[1], VECTORS_TABLES, PTG_LOOK, &t) != PTG_F_NONE)
		return;
	for (unsigned i = 0; i < 1u << entry_lg2(v); i++) {
		unsigned char *byte = vectors_byte(v, t.entry_pa + i);

		if (byte)
			*byte = 0;
	}
	put_case(v, p, ", the first table out of the second stage");
	vectors_accesses(v, p->va);
}

void vectors_pair(struct vectors *v)
{
	const struct ptg_format *const *f = v->f->stage;
	unsigned small[2] = {smallest(f[0]), smallest(f[1])};
	struct pair p;

	if (f[0]->levels[0].entry_lg2 != f[1]->levels[0].entry_lg2)
		return;
	for (unsigned a = small[0]; a < 63; a++)
		for (unsigned b = small[1]; b < 63; b++) {
			p.lg2[0] = a;
			p.lg2[1] = b;
			if (!(f[0]->page_sizes >> a & 1) || !(f[1]->page_sizes >> b & 1) || !build(v, &p))
				continue;
			put_case(v, &p, "");
			vectors_accesses(v, p.va);
			if (a != small[0] || b != small[1])
				continue;
			put_broken(v, &p, 0, p.va);
			put_broken(v, &p, 1, p.guest);
			put_hidden(v, &p);
		}
}
