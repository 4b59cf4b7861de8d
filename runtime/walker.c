/* SPDX-License-Identifier: MIT */
/*
 * walker.c - the public reading calls: arguments checked, then the format's own
 * operation if it has one, else the generic one
 */
#include "ptg_core.h"
#include "ptg_mem.h"

const struct ptg_walker ptg_generic_walker = {
	.name = "generic",
	.update = ptg_update_,
	.lookup = ptg_lookup_,
	.translate = ptg_translate_,
	.access_mem = ptg_access_mem_,
	.walk = ptg_walk_,
	.decode = ptg_decode_,
	.encode = ptg_encode_,
	.map_one = ptg_map_any_,
	.unmap_one = ptg_unmap_any_,
};

struct ptg_hit ptg_lookup(const struct ptg_space *s, uint64_t va, unsigned access)
{
	return s->walker->lookup ? s->walker->lookup(s, va, access) : ptg_lookup_(s, va, access);
}

size_t ptg_lookup_many(const struct ptg_space *s, const uint64_t *va, size_t n, unsigned access, struct ptg_hit *hit)
{
	size_t i, good = 0;

	if (s->walker->lookup_many)
		return s->walker->lookup_many(s, va, n, access, hit);
	for (i = 0; i < n; i++) {
		struct ptg_hit h = ptg_lookup(s, va[i], access);

		hit[i].pa = h.pa;
		hit[i].info = h.info;
		good += !PTG_HIT_FAULT(h);
	}
	return good;
}

enum ptg_fault ptg_translate(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t)
{
	if (s->walker->translate)
		return s->walker->translate(s, va, access, t);
	return ptg_translate_(s, va, access, t);
}

enum ptg_fault ptg_access_mem(const struct ptg_space *s, uint64_t va, unsigned access, struct ptg_translation *t)
{
	if (s->walker->access_mem)
		return s->walker->access_mem(s, va, access, t);
	return ptg_access_mem_(s, va, access, t);
}

int ptg_decode(const struct ptg_space *s, unsigned level, const uint64_t entry[2], struct ptg_decoded *d)
{
	if (!s || !s->format || !entry || !d || level >= s->format->level_count)
		return PTG_E_ARG;
	return s->walker->decode ? s->walker->decode(s, level, entry, d) : ptg_decode_(s, level, entry, d);
}

int ptg_encode(const struct ptg_space *s, unsigned level, uint64_t pa, const struct ptg_attrs *a, uint64_t entry[2])
{
	if (!s || !s->format || !a || !entry || level >= s->format->level_count || (a->care & ~PTG_CARE_))
		return PTG_E_ARG;
	return s->walker->encode ? s->walker->encode(s, level, pa, a, entry) : ptg_encode_(s, level, pa, a, entry);
}
