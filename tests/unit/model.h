/* SPDX-License-Identifier: MIT */
/*
 * model.h - what the hand-written models of formats share
 *
 * A model is a walk written from the manual, without the description and
 * without the runtime.  Memory is a function of the address, so that every
 * address can be read and a walk is free to go anywhere.
 */
#ifndef UNIT_MODEL_H
#define UNIT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/ptg.h"

struct model_memory {
	uint64_t seed;
	uint64_t set, rare;          /* bits usually set, bits seldom set */
	unsigned bytes;              /* of an entry */
};

struct model_answer {
	uint64_t pa;
	enum ptg_fault fault;
	unsigned depth, lg2, rights;
};

static inline uint64_t model_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* An entry: random, with some bits usually set and others seldom. */
static inline uint64_t model_entry(const struct model_memory *m, uint64_t pa)
{
	uint64_t a = model_mix(pa ^ m->seed), b = model_mix(a), c = model_mix(b), d = model_mix(c);
	uint64_t e = a | (m->set & (b | c | d));

	e &= ~m->rare | (b & c & d & model_mix(d));
	return m->bytes == 4 ? e & 0xffffffffu : e;
}

static inline uint64_t model_bits(uint64_t e, unsigned hi, unsigned lo)
{
	return e >> lo & (hi - lo == 63 ? ~(uint64_t)0 : ((uint64_t)1 << (hi - lo + 1)) - 1);
}

static inline uint64_t model_low(unsigned bits)
{
	return bits >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1;
}

static inline bool model_on(const struct ptg_space *s, const char *feature)
{
	const struct ptg_format *f = s->format;

	for (unsigned i = 0; i < f->feature_count; i++) {
		const char *a = f->features[i].name, *b = feature;

		while (*a && *a == *b)
			a++, b++;
		if (*a == *b)
			return s->config[0] >> i & 1;
	}
	return false;
}

/* The six single accesses, in the order of enum ptg_right. */
static const unsigned model_access[6] = {
	PTG_READ | PTG_USER, PTG_WRITE | PTG_USER, PTG_EXEC | PTG_USER, PTG_READ, PTG_WRITE, PTG_EXEC,
};

static inline struct model_answer model_fault(enum ptg_fault fault, unsigned depth)
{
	return (struct model_answer){ .fault = fault, .depth = depth };
}

#endif /* UNIT_MODEL_H */
