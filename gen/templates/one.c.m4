m4_dnl one.c.m4 - map and unmap of one page, straight
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
m4_dnl g4_one_load(MACRO) -- PTG_HELD64 as it is called on the way to an entry that changes
m4_define(<|g4_one_load|>, <|m4_patsubst(<|$1|>, <|HELD|>, <|REACHED|>)|>)m4_dnl
m4_dnl
m4_dnl g4_one_straight -- the walk's start is one that is known, at least of most walks
m4_define(<|g4_one_straight|>, <|g4_if(hot.loose, <|g4_if(hot.usual, <|$1|>, <|$2|>)|>, <|$1|>)|>)m4_dnl
m4_dnl
m4_dnl g4_one_tests(MASK) -- what g4_one_walk compares entries with: fact hot.N.MASK or change.N.MASK
m4_define(<|g4_one_tests|>, <|m4_dnl
g4_each(<|G4_T|>, change.tests, <|m4_dnl
	const uint64_t not_plain<||>G4_T = g4($1.G4_T.$2);
|>)m4_dnl
|>)m4_dnl
m4_dnl
m4_dnl g4_one_walk(SAYS) -- straight to the last table; SAYS: and no table on the way says anything of rights.
m4_dnl `goto any` where the walk does not start as most do, `goto other` for all else.
m4_define(<|g4_one_walk|>, <|m4_dnl
g4_if(hot.loose, <|m4_dnl
	if (PTG_UNLIKELY(g4_hot_unusual()))
		goto any;
	at = g4(hot.usual_start);
|>, <|m4_dnl
	if (PTG_UNLIKELY(ptg_shape_(r) != g4(hot.shape)g4_if(hot.va_test, <| || (g4(hot.va_test))|>)))
		goto other;
	at = g4(hot.start);
|>)m4_dnl

g4_each(<|G4_L|>, hot.levels, <|g4_if(hot.G4_L.table, <|m4_dnl
	/* g4(hot.G4_L.name), g4(hot.G4_L.bits): g4(hot.G4_L.kind) */
	if (!PTG_REACHED(mem, at))
		goto other;
	e = g4_one_load(g4(hot.G4_L.load))(mem, at)g4(hot.G4_L.flip);
	PTG_ONE_COPY(e);
	if (PTG_UNLIKELY((e & g4(hot.G4_L.test))g4_if(hot.G4_L.extra, <| || g4(hot.G4_L.extra)|>)<||>m4_ifelse(<|$1|>, <||>, <||>, <|g4_if(change.G4_L.says, <| || (g4(change.G4_L.says))|>)|>)))
		goto other;
	at = g4(hot.G4_L.below);

|>)|>)m4_dnl
|>)m4_dnl
m4_dnl
m4_dnl g4_map_one(STRAIGHT) -- the body of map_one
m4_define(<|g4_map_one|>, <|m4_dnl
{
	const unsigned plain = PTG_QUIET | PTG_NO_LARGE | PTG_NO_CONTIG | PTG_MAP_REPLACE | PTG_KEEP_TABLES | PTG_SPLIT_OK |
			       PTG_STREAM;
m4_ifelse(<|$1|>, <||>, <||>, <|m4_dnl
	const struct ptg_root *r = g4(hot.root);
g4_one_tests(<|change|>, <|mask|>)m4_dnl
|>)m4_dnl
	uint64_t asked = 64, at, e;
	struct ptg_reach mem;

	if (PTG_UNLIKELY(len != g4(change.page)))
		return ptg_map_any_(s, va, pa, len, a, flags, f);
	if (PTG_UNLIKELY(!a || !s->mapper || (va & g4(change.in_page)) || ((flags | s->options) & ~plain) ||
			 !(s->page_sizes & g4(change.page)) || (s->mapper->ops && s->mapper->ops->sync) ||
			 (pa & ~(uint64_t)g4(change.pa_mask))))
		goto other;
	mem = ptg_reach_(s);
m4_ifelse(<|$1|>, <||>, <|m4_dnl
	at = g4_leaf();
	if (PTG_UNLIKELY(at & 1))
		goto other;
|>, <|m4_dnl
g4_one_walk(<|says|>)m4_dnl
|>)m4_dnl
	if (!PTG_REACHED(mem, at) || PTG_UNLIKELY(PTG_REACHED<||>g4(change.bits)<||>g4(change.big)(mem, at) || !f))
		goto other;
	if (a->care) {
		if (PTG_UNLIKELY(a->care != 0x3f))
			goto other;
		asked = a->rights & 0x3f;
	}
	e = g4(lower)_page[g4_if(change.variant, <|g4(change.variant) + |>)asked];
	if (PTG_UNLIKELY(!e))
		goto other;
	e |= g4(change.placed);
g4_if(change.zero, <|m4_dnl
	if (PTG_UNLIKELY(e & g4(change.zero)))
		goto other;
|>)m4_dnl
	PTG_REACHED_PUT<||>g4(change.bits)<||>g4(change.big)(mem, at, g4_if(change.narrow, <|(uint32_t)|>)e);
g4_if(change.flush_new, <|m4_dnl
	return ptg_flush_page_(f, va, g4(change.page_lg2), PTG_FLUSH_NEW);
|>, <|m4_dnl
	return PTG_OK;
|>)m4_dnl
m4_ifelse(<|$1|>, <||>, <||>, <|g4_if(hot.loose, <|m4_dnl
any:
	return g4(lower)_map_any(s, va, pa, g4(change.page), a, flags, f);
|>)|>)m4_dnl
other:
	return ptg_map_any_(s, va, pa, g4(change.page), a, flags, f);
}
|>)m4_dnl
m4_dnl
m4_dnl g4_unmap_one(STRAIGHT) -- the body of unmap_one
m4_define(<|g4_unmap_one|>, <|m4_dnl
{
	const unsigned plain = PTG_QUIET | PTG_KEEP_TABLES | PTG_SPLIT_OK | PTG_SKIP_HOLES | PTG_NO_LARGE | PTG_NO_CONTIG;
m4_ifelse(<|$1|>, <||>, <||>, <|m4_dnl
	const struct ptg_root *r = g4(hot.root);
g4_one_tests(<|hot|>, <|word|>)m4_dnl
|>)m4_dnl
	uint64_t index = va >> g4(change.page_lg2) & g4(change.index_mask), at, e;
	struct ptg_reach mem;

	if (PTG_UNLIKELY(len != g4(change.page)))
		return ptg_unmap_any_(s, va, len, flags, f);
	if (PTG_UNLIKELY(!f || !s->mapper || (va & g4(change.in_page)) || ((flags | s->options) & ~plain) ||
			 !(s->page_sizes & g4(change.page)) || (s->mapper->ops && s->mapper->ops->sync)))
		goto other;
	mem = ptg_reach_(s);
m4_ifelse(<|$1|>, <||>, <|m4_dnl
	at = g4_leaf();
g4_if(change.speech, <|m4_dnl
	at -= at > 1 && (at & 1); /* what is taken away needs no rights */
|>)m4_dnl
	if (PTG_UNLIKELY(at & 1))
		goto other;
|>, <|m4_dnl
g4_one_walk()m4_dnl
|>)m4_dnl
	if (!PTG_REACHED(mem, at))
		goto other;
	e = PTG_REACHED<||>g4(change.bits)<||>g4(change.big)(mem, at)g4(hot.g4(hot.last).flip);
	if (PTG_UNLIKELY((e & g4(change.test))g4_if(hot.g4(hot.last).extra, <| || g4(hot.g4(hot.last).extra)|>)g4_if(change.contig, <| || g4(change.contig)|>)))
		goto other;
	if (!(flags & PTG_KEEP_TABLES) && !(s->options & PTG_KEEP_TABLES) &&
	    !(index && PTG_BESIDE(mem, at - g4(change.entry_bytes)) && PTG_REACHED<||>g4(change.bits)<||>g4(change.big)(mem, at - g4(change.entry_bytes))) &&
	    !(index < g4(change.index_mask) && PTG_BESIDE(mem, at + g4(change.entry_bytes)) && PTG_REACHED<||>g4(change.bits)<||>g4(change.big)(mem, at + g4(change.entry_bytes))))
		goto other;
	PTG_REACHED_PUT<||>g4(change.bits)<||>g4(change.big)(mem, at, 0);
	return ptg_flush_page_(f, va, g4(change.page_lg2), PTG_FLUSH_DOWN);
m4_ifelse(<|$1|>, <||>, <||>, <|g4_if(hot.loose, <|m4_dnl
any:
	return g4(lower)_unmap_any(s, va, g4(change.page), flags, f);
|>)|>)m4_dnl
other:
	return ptg_unmap_any_(s, va, g4(change.page), flags, f);
}
|>)m4_dnl
m4_dnl
g4_if(op.map, <|
g4_if(hot.loose, <|g4_if(hot.usual, <|m4_dnl
/* map_one from wherever the root says that walks start. */
static PTG_APART int g4(lower)_map_any(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
	unsigned flags, struct ptg_flush *f)
g4_map_one()m4_dnl

|>)|>)m4_dnl
/* One page into a table that is there.  No argument is checked yet but s. */
static int g4(lower)_map_one(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
	unsigned flags, struct ptg_flush *f)
g4_one_straight(<|g4_map_one(<|straight|>)|>, <|g4_map_one()|>)m4_dnl
|>)m4_dnl
g4_if(op.unmap, <|
g4_if(hot.loose, <|g4_if(hot.usual, <|m4_dnl
/* unmap_one from wherever the root says that walks start. */
static PTG_APART int g4(lower)_unmap_any(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
g4_unmap_one()m4_dnl

|>)|>)m4_dnl
/* The same the other way; the table stays, by order or for a neighbour's sake. */
static int g4(lower)_unmap_one(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
g4_one_straight(<|g4_unmap_one(<|straight|>)|>, <|g4_unmap_one()|>)m4_dnl
|>)m4_dnl
