m4_dnl many.c.m4 - lookup of many addresses
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
g4_if(op.lookup_many, <|
g4_if(many, <|m4_dnl
/* --- many addresses: three parts of the hot path, each a while after the other ------------------ */

#define g4(upper)_AHEAD 32 /* addresses between the parts: what is asked for arrives meanwhile */
#define g4(upper)_NOWHERE(s) ((s)->mapper->window_pa - 16) /* no entry is there: the address is left to lookup_cold */

/* To the entry above the last table. */
PTG_INLINE uint64_t g4(lower)_many_front(const struct ptg_space *s, uint64_t va, uint64_t *taken)
{
	const struct ptg_root *r = g4(hot.root);
g4_each(<|G4_T|>, many.front_tests, <|m4_dnl
	const uint64_t not_plain<||>G4_T = g4(hot.G4_T.word);
|>)m4_dnl
	uint64_t at;
g4_if(many.front, <|m4_dnl
	uint64_t e;
|>)m4_dnl
g4_if(hot.loose, <|m4_dnl
	uint64_t index;
|>)m4_dnl
g4_if(hot.lost, <|m4_dnl
	uint64_t lost = 0;
|>)m4_dnl
g4_if(many.front, <|m4_dnl
	PTG_HOLD(mem, s);
|>)m4_dnl

g4_if(hot.loose, <|m4_dnl
	if (PTG_UNLIKELY(g4_hot_unfit()))
		goto cold;
g4_hot_enter_any()m4_dnl
	switch (r->level) {
g4_each(<|G4_L|>, hot.levels, <|g4_if(hot.G4_L.front, <|g4_hot_enter(G4_L, <|goto hot<||>G4_L|>)|>, <|g4_if(hot.G4_L.second, <|g4_hot_enter(G4_L, <|break|>)|>)|>)|>)m4_dnl
	default:
		goto cold;
	}
g4_if(many.front, <|m4_dnl
	if (r->level == g4(hot.g4(many.second).level))
		goto ready;
|>)m4_dnl

|>, <|m4_dnl
	if (PTG_UNLIKELY(ptg_shape_(r) != g4(hot.shape)g4_if(hot.va_test, <| || (g4(hot.va_test))|>)))
		goto cold;
	at = g4(hot.start);

|>)m4_dnl
g4_each(<|G4_L|>, many.front, <|g4_hot_level(G4_L)|>)m4_dnl
g4_if(hot.loose, <|g4_if(many.front, <|m4_dnl
ready:
|>)|>)m4_dnl
g4_if(hot.lost, <|m4_dnl
	*taken = lost;
|>, <|m4_dnl
	*taken = 0;
|>)m4_dnl
	PTG_PREFETCH(s, at);
	return at;
cold:
	*taken = 0;
	return g4(upper)_NOWHERE(s);
}

/* Through that entry to the page's. */
PTG_INLINE uint64_t g4(lower)_many_second(const struct ptg_space *s, uint64_t va, uint64_t at, uint64_t *taken)
{
	const uint64_t not_plain<||>g4(many.second_tests) = g4(hot.g4(many.second_tests).word);
	uint64_t e;
g4_if(hot.lost, <|m4_dnl
	uint64_t lost = *taken;
|>)m4_dnl
	PTG_HOLD(mem, s);
g4_if(many.second_index, <||>, <|m4_dnl

	(void)va; /* the table has one entry */
|>)m4_dnl

g4_hot_level(g4(many.second), <|unlabelled|>)m4_dnl
g4_if(hot.lost, <|m4_dnl
	*taken = lost;
|>, <|m4_dnl
	(void)taken;
|>)m4_dnl
	PTG_PREFETCH(s, at);
	return at;
cold:
	return g4(upper)_NOWHERE(s);
}

/* The page. */
PTG_INLINE struct ptg_hit g4(lower)_many_last(const struct ptg_space *s, uint64_t va, uint64_t at, uint64_t taken,
	unsigned access)
{
	const uint64_t not_plain<||>g4(many.last_tests) = g4(hot.g4(many.last_tests).word);
	uint64_t e;
g4_if(hot.lost, <|m4_dnl
	uint64_t lost = taken;
|>)m4_dnl
g4_hot_end_variables()m4_dnl
	struct ptg_hit hit;
	PTG_HOLD(mem, s);

g4_if(hot.lost, <||>, <|m4_dnl
	(void)taken;
|>)m4_dnl
g4_hot_level(g4(many.last), <|unlabelled|>)m4_dnl
g4_hot_page()m4_dnl
g4_hot_answer()m4_dnl
	return hit;
cold:
	return g4(lower)_lookup_cold(s, va, access);
}

size_t g4(lower)_lookup_many(const struct ptg_space *s, const uint64_t *va, size_t n, unsigned access,
	struct ptg_hit *hit)
{
	uint64_t at[2 * g4(upper)_AHEAD], taken[2 * g4(upper)_AHEAD];
	const size_t ring = 2 * g4(upper)_AHEAD - 1;
	size_t i, j, good = 0;

	for (i = 0; i < n + 2 * g4(upper)_AHEAD; i++) {
		j = i - 2 * g4(upper)_AHEAD;
		if (i >= 2 * g4(upper)_AHEAD) {
			hit[j] = g4(lower)_many_last(s, va[j], at[j & ring], taken[j & ring], access);
			good += !PTG_HIT_FAULT(hit[j]);
		}
		j = i - g4(upper)_AHEAD;
		if (i >= g4(upper)_AHEAD && j < n)
			at[j & ring] = g4(lower)_many_second(s, va[j], at[j & ring], &taken[j & ring]);
		if (i < n)
			at[i & ring] = g4(lower)_many_front(s, va[i], &taken[i & ring]);
	}
	return good;
}
|>, <|m4_dnl
size_t g4(lower)_lookup_many(const struct ptg_space *s, const uint64_t *va, size_t n, unsigned access,
	struct ptg_hit *hit)
{
	size_t i, good = 0;

	for (i = 0; i < n; i++) {
		hit[i] = g4(lower)_lookup_inline(s, va[i], access);
		good += !PTG_HIT_FAULT(hit[i]);
	}
	return good;
}
|>)|>)m4_dnl
