/* SPDX-License-Identifier: MIT */
/* known.c - which tables of an image were found sound, and which not */
#include "gen/inspect/known.h"

#include "gen/inspect/seen.h"

/* --- sound ---------------------------------------------------------------------------- */

static struct verdict *place(struct verdict *slot, size_t size, uint64_t pa, unsigned level)
{
	size_t i = (size_t)seen_mix(pa + level) & (size - 1);

	while (slot[i].used && (slot[i].pa != pa || slot[i].level != level))
		i = (i + 1) & (size - 1);
	return &slot[i];
}

void known_add(struct known *k, const struct verdict *v)
{
	if (4 * (k->count + 1) >= 3 * k->size) {
		size_t size = k->size ? 2 * k->size : 4096;
		struct verdict *slot = arena_array(k->arena, size, sizeof(*slot));

		for (size_t i = 0; i < k->size; i++)
			if (k->slot[i].used)
				*place(slot, size, k->slot[i].pa, k->slot[i].level) = k->slot[i];
		k->slot = slot;
		k->size = size;
	}
	*place(k->slot, k->size, v->pa, v->level) = *v;
	k->count++;
}

const struct verdict *known_sound(const struct known *k, uint64_t pa, unsigned level)
{
	const struct verdict *v = k->size ? place(k->slot, k->size, pa, level) : NULL;

	return v && v->used ? v : NULL;
}

/* --- unsound ---------------------------------------------------------------------------- */

/* Both in one word, where they fit; what does not is looked at anew each time.  0: neither. */
static uint64_t key_of(uint64_t pa, unsigned level)
{
	return pa % KNOWN_ALIGN || level >= KNOWN_ALIGN ? 0 : pa | level;
}

static uint64_t *key_place(uint64_t *slot, size_t size, uint64_t key)
{
	size_t i = (size_t)seen_mix(key) & (size - 1);

	while (slot[i] && slot[i] != key)
		i = (i + 1) & (size - 1);
	return &slot[i];
}

void known_add_unsound(struct known *k, uint64_t pa, unsigned level)
{
	uint64_t key = key_of(pa, level);

	if (!key)
		return;
	if (4 * (k->unsound_count + 1) >= 3 * k->unsound_size) {
		size_t size = k->unsound_size ? 2 * k->unsound_size : 4096;
		uint64_t *slot = arena_array(k->arena, size, sizeof(*slot));

		for (size_t i = 0; i < k->unsound_size; i++)
			if (k->unsound[i])
				*key_place(slot, size, k->unsound[i]) = k->unsound[i];
		k->unsound = slot;
		k->unsound_size = size;
	}
	*key_place(k->unsound, k->unsound_size, key) = key;
	k->unsound_count++;
}

bool known_unsound(const struct known *k, uint64_t pa, unsigned level)
{
	uint64_t key = key_of(pa, level);

	return key && k->unsound_size && *key_place(k->unsound, k->unsound_size, key);
}
