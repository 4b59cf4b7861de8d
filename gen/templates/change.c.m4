m4_dnl change.c.m4 - map, unmap and protect: plain pages in tables that are there
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
m4_dnl What --ops leaves of the operations needs these helpers.
g4_if(op.map, <|g4_fact(<|change.leaf|>, 1)g4_fact(<|change.encodes|>, 1)g4_fact(<|change.runs|>, 1)|>)m4_dnl
g4_if(op.unmap, <|g4_fact(<|change.leaf|>, 1)|>)m4_dnl
g4_if(op.protect, <|g4_if(change.protect, <|g4_fact(<|change.leaf|>, 1)g4_fact(<|change.encodes|>, 1)g4_fact(<|change.runs|>, 1)|>)|>)m4_dnl
m4_dnl
m4_dnl g4_leaf -- where the entry of va is, or an odd address
m4_define(<|g4_leaf|>, <|g4(lower)_leaf(s, va)<||>g4_if(marked.tables, <| & ~(uint64_t)2|>)|>)m4_dnl
g4_if(change, <|
g4_if(change.leaf, <|m4_dnl
/* --- changes: plain pages in tables that are there; the generic operations do all else ------------ */

/*
 * Where the entry of a page is: to the last table by the hot path.  An odd address
 * when there is something else on the way (1)<||>g4_if(change.speech, <|, or a table that may take rights away|>).g4_if(marked.tables, <|
 * With bit 1 where hardware has not marked all tables.|>)
 */
static uint64_t g4(lower)_leaf(const struct ptg_space *s, uint64_t va)
{
	const struct ptg_root *r = g4_if(hot.loose, <|ptg_root_for_(s, va, g4(many_roots))|>, <|&s->root[0]|>);
g4_each(<|G4_T|>, change.tests, <|m4_dnl
	const uint64_t not_plain<||>G4_T = g4(hot.G4_T.mask);
|>)m4_dnl
	uint64_t at, e<||>g4_if(change.speech, <|, said = 0|>)<||>g4_if(marked.tables, <|, unmarked = 0|>);
g4_if(hot.loose, <|m4_dnl
	uint64_t index;
|>)m4_dnl
	PTG_HOLD(mem, s);

g4_if(hot.loose, <|m4_dnl
	if (PTG_UNLIKELY(r->flags != PTG_ROOT_VALID || !ptg_va_fits_(s, r, va, g4(va_check))))
		goto other;
g4_hot_enter_any(<|other|>)m4_dnl
	switch (r->level) {
g4_each(<|G4_L|>, hot.levels, <|g4_if(hot.G4_L.table, <|g4_hot_enter(G4_L, <|goto hot<||>G4_L|>, <|other|>)|>)|>)m4_dnl
	default:
		goto other;
	}

|>, <|m4_dnl
	if (PTG_UNLIKELY(ptg_shape_(r) != g4(hot.shape)g4_if(hot.va_test, <| || (g4(hot.va_test))|>)))
		goto other;
	at = g4(hot.start);

|>)m4_dnl
g4_each(<|G4_L|>, hot.levels, <|g4_if(hot.G4_L.table, <|m4_dnl
	/* g4(hot.G4_L.name), g4(hot.G4_L.bits): g4(hot.G4_L.kind) */
g4_if(hot.loose, <|m4_dnl
hot<||>G4_L:
|>)m4_dnl
	if (!PTG_HELD(mem, at))
		goto other;
	e = g4(hot.G4_L.load)(mem, at)g4_if(marked.tables, <|g4(marked.G4_L.flip)|>, <|g4(hot.G4_L.flip)|>);
	if (PTG_UNLIKELY((e & g4(hot.G4_L.test))g4_if(hot.G4_L.extra, <| || g4(hot.G4_L.extra)|>)))
		goto other;
g4_if(change.G4_L.speech, <|m4_dnl
	said |= g4(change.G4_L.speech);
|>)m4_dnl
g4_if(marked.tables, <|m4_dnl
	unmarked |= e;
|>)m4_dnl
	at = g4(hot.G4_L.below);

|>)|>)m4_dnl
	return at<||>g4_if(change.speech, <| | ((g4(change.speech)) != 0)|>)<||>g4_if(marked.tables, <| | (unmarked & g4(marked.tables) ? 2 : 0)|>);
other:
	return 1; /* no entry stands at an odd address */
}
|>)m4_dnl
g4_if(change.encodes, <|m4_dnl
g4_if(marked, <|g4_if(op.access_mem, <|
/* Nothing on the way to the page is left for hardware to mark. */
static bool g4(lower)_marked(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t at = g4(lower)_leaf(s, va), e;

	if (at == 1g4_if(marked.tables, <| || (at & 2)|>))
		return false;
g4_if(change.speech, <|m4_dnl
	at &= ~(uint64_t)1;
|>)m4_dnl
	if (!PTG_IN_WINDOW(s, at))
		return false;
	e = PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at);
g4(marked.page)m4_dnl
	return true;
}

enum ptg_fault g4(lower)_access_mem(const struct ptg_space *s, uint64_t va, unsigned access,
	struct ptg_translation *t)
{
	if (g4(lower)_marked(s, va, access))
		return g4_if(op.translate, <|g4(lower)_translate|>, <|g4(lower)_find|>)(s, va, access, t);
	return ptg_access_mem_(s, va, access, t);
}
|>)|>)m4_dnl

/* A page's entry but for the address, by the rights asked for, or at 64 for none<||>g4_if(change.variant, <|; of each set of features 65|>).  0: it cannot be had. */
static const uint64_t g4(lower)_page[g4(change.variants)] = {
g4(change.pages)m4_dnl
};

|>)m4_dnl
m4_include(<|one.c.m4|>)m4_dnl
g4_if(change.runs, <|
/*
 * The pages of the range that the first last table has: their entries, *n of them.  An odd address where there is
 * no such table, or not all of it in the window.
 */
static PTG_APART uint64_t g4(lower)_run(const struct ptg_space *s, uint64_t va, uint64_t pages, uint64_t *n)
{
	uint64_t left = g4(change.index_mask) + 1 - (va >> g4(change.page_lg2) & g4(change.index_mask)), at = g4_leaf();

	*n = pages < left ? pages : left;
	return PTG_IN_WINDOW(s, at) && PTG_IN_WINDOW(s, at + ((*n - 1) << g4(change.entry_lg2))) ? at : 1;
}
|>)m4_dnl
g4_if(op.map, <|
int g4(lower)_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
	unsigned flags, struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_NO_LARGE | PTG_NO_CONTIG | PTG_MAP_KEEP | PTG_MAP_REPLACE | PTG_KEEP_TABLES |
			       PTG_SPLIT_OK | PTG_STREAM;
	const uint64_t last = pa + len - 1, pages = len >> g4(change.page_lg2);
	struct ptg_runs_ runs = { s, g4(lower)_run, va, pages, 0, 0 };
	uint64_t bits, e;

	if (pages == 1)
		return g4(lower)_map_one(s, va, pa, len, a, flags, f);
	if (!f || ((flags | s->options) & ~plain) || !(s->page_sizes >> g4(change.page_lg2) & 1) ||
	    (s->mapper->ops && s->mapper->ops->sync) || (a->care && a->care != 0x3f))
		goto other;
	bits = g4(lower)_page[g4_if(change.variant, <|g4(change.variant) + (a->care ? a->rights & 0x3f : 64)|>, <|a->care ? a->rights & 0x3f : 64|>)];
	if (!bits)
		goto other;
g4_if(change.groups, <|m4_dnl
	if (pages > 1 && !(flags & PTG_NO_CONTIG && flags & PTG_NO_LARGE))
		goto other;
|>, <|m4_dnl
	if (pages > g4(change.index_mask) && !(flags & PTG_NO_LARGE))
		goto other;
|>)m4_dnl
	if (last < pa || ((pa | last) & ~(g4(change.pa_mask) | g4(change.in_page))))
		goto other;
	e = bits | g4(change.address);
g4_if(change.zero, <|m4_dnl
	if (PTG_UNLIKELY((e | g4(change.last)) & g4(change.zero)))
		goto other;
|>)m4_dnl

	/* first look, then store: all or nothing */
	if (!ptg_runs_like_(&runs, ~(uint64_t)0, 0))
		goto other;
	ptg_runs_fill_(&runs, e, g4(change.step));
g4_if(change.flush_new, <|m4_dnl
	ptg_flush_range_(f, va, va + len - 1, g4(change.page_lg2), 0, PTG_FLUSH_NEW);
|>)m4_dnl
	return PTG_OK;
other:
	return ptg_map_(s, va, pa, len, a, flags, f);
}
|>)m4_dnl
g4_if(op.unmap, <|
int g4(lower)_unmap(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	if (len == g4(change.page))
		return g4(lower)_unmap_one(s, va, len, flags, f);
	return ptg_unmap_(s, va, len, flags, f);
}
|>)m4_dnl
g4_if(op.protect, <|g4_if(change.protect, <|
int g4(lower)_protect(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_SKIP_HOLES | PTG_SPLIT_OK | PTG_KEEP_TABLES | PTG_NO_LARGE | PTG_NO_CONTIG;
	const uint64_t mask = g4(change.rights_mask) | g4(change.test)g4_if(change.contig, <| | g4(change.contig_mask)|>);
	const struct ptg_kind *k = &g4(lower)_format.kinds[g4(change.kind)];
	struct ptg_runs_ runs = { s, g4(lower)_run, va, len >> g4(change.page_lg2), 0, 0 };
	uint64_t first, e, bits;
	bool quiet = g4_if(change.marks, <|((flags | s->options) & PTG_QUIET) != 0|>, <|true|>);

g4_if(change.marks, <|g4_if(change.narrow, <||>, <|m4_dnl
#ifndef PTG_CAS64<||>g4(change.big)
	if (!quiet)
		goto other;
#endif
|>)|>)m4_dnl
	runs.at = g4(lower)_run(s, va, runs.pages, &runs.n);
	if (!f || ((flags | s->options) & ~plain) || (s->mapper->ops && s->mapper->ops->sync) || (runs.at & 1))
		goto other;
	first = PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, runs.at);
	e = first<||>g4(hot.g4(hot.last).flip);
	if (PTG_UNLIKELY((e & g4(change.test))g4_if(hot.g4(hot.last).extra, <| || g4(hot.g4(hot.last).extra)|>)))
		goto other;
g4_if(change.contig, <|m4_dnl
	e = first;
	if (g4(change.contig))
		goto other;
|>)m4_dnl
	if (!ptg_other_rights_(&g4(lower)_format, k, g4(lower)_page<||>g4_if(change.variant, <| + g4(change.variant)|>), a, first, &bits))
		goto other;

	/* first look, then store: all or nothing */
	if (!ptg_runs_like_(&runs, mask, first))
		goto other;
	if ((first & g4(change.rights_mask)) == bits)
		return PTG_OK;
	ptg_flush_range_(f, va, va + len - 1, g4(change.page_lg2), 0,
		ptg_rights_reason_(s, 0, first, (first & ~(uint64_t)g4(change.rights_mask)) | bits));
	ptg_runs_change_(&runs, g4(change.rights_mask), bits, mask, quiet);
	return PTG_OK;
other:
	return ptg_protect_(s, va, len, a, flags, f);
}
|>)|>)m4_dnl
|>, <|m4_dnl
g4_if(op.map, <|
int g4(lower)_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
	unsigned flags, struct ptg_flush *f)
{
	return ptg_map_(s, va, pa, len, a, flags, f);
}
|>)m4_dnl
g4_if(op.unmap, <|
int g4(lower)_unmap(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	return ptg_unmap_(s, va, len, flags, f);
}
|>)m4_dnl
|>)m4_dnl
g4_if(op.protect, <|g4_if(change.protect, <||>, <|
int g4(lower)_protect(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	struct ptg_flush *f)
{
	return ptg_protect_(s, va, len, a, flags, f);
}
|>)|>)m4_dnl
