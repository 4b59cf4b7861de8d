/* SPDX-License-Identifier: MIT */
/*
 * trial.h - a shipped description against a model written from the manual
 *
 * Random memory, random addresses, every access; features, parameters and
 * contexts drawn for each round.  What must agree: address, class of the fault,
 * level, size and the six rights.
 */
#ifndef UNIT_TRIAL_H
#define UNIT_TRIAL_H

#include <check.h>
#include <string.h>

#include "gen/load.h"
#include "tests/unit/model.h"

#define TRIAL_ROUNDS 60
#define TRIAL_ADDRESSES 400
#define TRIAL_NO_DEPTH 99u       /* of a model's fault: no entry was read, any level will do */

struct trial {
	struct arena *arena;
	const struct ptg_format *format;
	struct ptg_space space;
	struct ptg_mapper mapper;
	struct model_memory memory;
	uint64_t random;
	unsigned mapped;
	bool big;                    /* entries are big endian */
	void *model;
	struct model_answer (*answer)(struct trial *t, uint64_t va, unsigned access);
	void (*draw)(struct trial *t);           /* root, contexts, what entries are like */
	uint64_t (*va)(struct trial *t);
};

static inline uint64_t draw(struct trial *t)
{
	return t->random = model_mix(t->random);
}

static inline bool once_in(struct trial *t, unsigned n)
{
	return draw(t) % n == 0;
}

static int trial_read(void *priv, uint64_t pa, void *dst, size_t n)
{
	const struct trial *t = priv;
	size_t bytes = t->memory.bytes;

	for (size_t at = 0; at < n; at += bytes) { /* an entry, or the halves of a wide one */
		uint64_t e = model_entry(&t->memory, pa + at);

		if (n - at < bytes)
			return -1;
		for (size_t i = 0; i < bytes; i++)
			((uint8_t *)dst)[at + (t->big ? bytes - 1 - i : i)] = (uint8_t)(e >> 8 * i);
	}
	return 0;
}

static const struct ptg_mapper_ops trial_ops = { .read_bytes = trial_read };

static inline bool trial_ctx(struct trial *t, const char *name)
{
	bool on = draw(t) & 1;

	ck_assert_int_eq(ptg_space_ctx(&t->space, name, on), PTG_OK);
	return on;
}

static inline bool trial_feature(struct trial *t, const char *name)
{
	bool on = draw(t) & 1;

	ck_assert_int_eq(ptg_space_feature(&t->space, name, on), PTG_OK);
	return on;
}

/* Registers by name, all at once. */
struct trial_reg { const char *name; uint64_t value; };

static inline void trial_regs(struct trial *t, const struct trial_reg *r, unsigned count)
{
	uint64_t regs[32] = { 0 };
	uint32_t given = 0;

	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < t->format->reg_count && j < 32; j++)
			if (strcmp(t->format->regs[j].name, r[i].name) == 0) {
				regs[j] = r[i].value;
				given |= (uint32_t)1 << j;
			}
	ck_assert_int_eq(ptg_set_root(&t->space, regs, given), PTG_OK);
}

static inline void trial_compare(struct trial *t, uint64_t va, unsigned access)
{
	struct model_answer want = t->answer(t, va, access);
	struct ptg_translation got;

	ptg_translate(&t->space, va, access, &got);
	if (got.fault != want.fault || got.pa != want.pa ||
	    (want.fault != PTG_F_NONCANONICAL && want.depth != TRIAL_NO_DEPTH && got.level != want.depth) ||
	    (!want.fault && want.depth != TRIAL_NO_DEPTH &&
	     (got.page_lg2 != want.lg2 || (got.rights & 63) != want.rights)))
		ck_abort_msg("%s va %#llx access %u: fault %u pa %#llx level %u size %u rights %#x (rule %s), "
			     "model: fault %u pa %#llx level %u size %u rights %#x, entry %#llx",
			     t->format->name, (unsigned long long)va, access, got.fault, (unsigned long long)got.pa,
			     got.level, got.page_lg2, got.rights & 63, t->format->rules[got.rule].name, want.fault,
			     (unsigned long long)want.pa, want.depth, want.lg2, want.rights,
			     (unsigned long long)got.entry);
	t->mapped += want.fault == PTG_F_NONE;
}

static inline void trial_run(struct trial *t, const char *name)
{
	static const unsigned access[] = { 0, 1, 2, 4, 9, 10, 12, 3, 11 };
	static const struct load_options none;
	struct load load;

	t->arena = arena_new();
	ck_assert_int_eq(load_file(&load, t->arena, arena_printf(t->arena, "formats/%s.pt", name), name, &none), 0);
	t->format = &load.plan[0]->format;
	t->big = t->format->flags & PTG_FORMAT_BIG;
	t->random = model_mix((uint64_t)name[strlen(name) / 2] << 8 | (uint64_t)strlen(name));
	t->mapped = 0;
	t->mapper = (struct ptg_mapper){ .ops = &trial_ops, .priv = t };
	for (unsigned round = 0; round < TRIAL_ROUNDS; round++) {
		ck_assert_int_eq(ptg_space_setup(&t->space, t->format, &ptg_generic_walker, &t->mapper), PTG_OK);
		t->memory = (struct model_memory){ .seed = draw(t), .bytes = 1u << t->format->levels[0].entry_lg2 };
		t->draw(t);
		for (unsigned i = 0; i < TRIAL_ADDRESSES; i++) {
			uint64_t va = t->va(t);

			for (unsigned a = 0; a < sizeof(access) / sizeof(access[0]); a++)
				trial_compare(t, va, access[a]);
		}
	}
	ck_assert_msg(t->mapped > 100, "%s: only %u addresses translate", name, t->mapped);
	arena_free(t->arena);
}

#endif /* UNIT_TRIAL_H */
