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

/* Rows of the rights' encodings, from 1; 0: none.  Index: what features allow, enum ptg_right. */
static const uint8_t g4(lower)_row[g4(change.variants)][64] = {
g4(change.rows)m4_dnl
};
g4_if(op.map, <|m4_dnl
static const uint8_t g4(lower)_any_row[g4(change.variants)] = { g4(change.any_row) }; /* where no right is asked for */
|>)m4_dnl

|>)m4_dnl
g4_if(op.map, <|m4_dnl
/* Everything of a page's entry but the address; false: it cannot be said so simply. */
PTG_INLINE bool g4(lower)_page_bits(const struct ptg_space *s, const struct ptg_attrs *a, uint64_t *bits)
{
	const struct ptg_enc_rights *rights = g4(lower)_format.enc_rights + g4(lower)_format.kinds[g4(change.kind)].rights_first;
	unsigned row, variant = (unsigned)(g4(change.variant));

	(void)s;
	if (a->care && a->care != 0x3f)
		return false;
	row = a->care ? g4(lower)_row[variant][a->rights & 0x3f] : g4(lower)_any_row[variant];
	if (!row)
		return false;
	rights += row - 1;
	*bits = g4(change.base) | rights->value;
g4_if(change.dirty_mask, <|m4_dnl
	*bits &= ~(uint64_t)g4(change.dirty_mask);
	*bits |= rights->rights & (PTG_UW | PTG_SW) ? g4(change.dirty) : g4(change.clean);
|>)m4_dnl
	return true;
}

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
/* Empty entries from `at` on, up to n. */
static bool g4(lower)_vacant(const struct ptg_space *s, uint64_t at, uint64_t n)
{
g4_if(change.words, <|m4_dnl
	const ptg_word64_ *w = PTG_WORDS(s, at);

	return w && ptg_words_like_(w, n, ~(uint64_t)0, 0, 0) == n;
|>, <|m4_dnl
	uint64_t some = 0, i;

	for (i = 0; i < n; i++)
		some |= PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at + (i << g4(change.entry_lg2)));
	return !some;
|>)m4_dnl
}

/* Pages side by side, where vacant() looked. */
static void g4(lower)_fill(const struct ptg_space *s, uint64_t at, uint64_t n, uint64_t e)
{
g4_if(change.words, <|m4_dnl
	ptg_words_fill_(PTG_WORDS(s, at), n, e, g4(change.step), false);
|>, <|m4_dnl
	uint64_t i;

	for (i = 0; i < n; i++)
		PTG_STORE<||>g4(change.bits)<||>g4(change.big)(s, at + (i << g4(change.entry_lg2)), g4_if(change.narrow, <|(uint32_t)|>)(e + i * g4(change.step)));
|>)m4_dnl
}

int g4(lower)_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
	unsigned flags, struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_NO_LARGE | PTG_NO_CONTIG | PTG_MAP_KEEP | PTG_MAP_REPLACE | PTG_KEEP_TABLES |
			       PTG_SPLIT_OK | PTG_STREAM;
	const uint64_t last = pa + len - 1, pages = len >> g4(change.page_lg2);
	uint64_t done = 0, n, at, bits, e;

	if (pages == 1)
		return g4(lower)_map_one(s, va, pa, len, a, flags, f);
	if (!f || ((flags | s->options) & ~plain) || !(s->page_sizes >> g4(change.page_lg2) & 1) ||
	    (s->mapper->ops && s->mapper->ops->sync) || !g4(lower)_page_bits(s, a, &bits))
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
	if (PTG_UNLIKELY((e | g4(change.last)) & (g4(change.zero))))
		goto other;

	/* first look, then store: all or nothing */
	do {
		at = g4(lower)_run(s, va + (done << g4(change.page_lg2)), pages - done, &n);
		if ((at & 1) || !g4(lower)_vacant(s, at, n))
			goto other;
		done += n;
	} while (done < pages);
	done = 0;
	do {
		at = n < pages ? g4(lower)_run(s, va + (done << g4(change.page_lg2)), pages - done, &n) : at;
		g4(lower)_fill(s, at, n, e + done * g4(change.step));
		done += n;
	} while (done < pages);
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
/* Entries that agree with the first in all that decides. */
static bool g4(lower)_alike(const struct ptg_space *s, uint64_t at, uint64_t n, uint64_t first, uint64_t mask)
{
g4_if(change.words, <|m4_dnl
	const ptg_word64_ *w = PTG_WORDS(s, at);

	return w && ptg_words_like_(w, n, mask, first & mask, 0) == n;
|>, <|m4_dnl
	uint64_t differ = 0, i;

	for (i = 0; i < n; i++)
		differ |= PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at + (i << g4(change.entry_lg2))) ^ first;
	return !(differ & mask);
|>)m4_dnl
}

g4_if(change.marks, <|m4_dnl
g4_if(change.narrow, <||>, <|m4_dnl
#ifdef PTG_CAS64<||>g4(change.big)
|>)m4_dnl
/* Entries that hardware may mark meanwhile. */
static void g4(lower)_change_live(const struct ptg_space *s, uint64_t at, uint64_t n, uint64_t mask, uint64_t bits)
{
	uint<||>g4(change.bits)_t e, first;

	for (; n; n--, at += g4(change.entry_bytes)) {
		e = first = PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at);
		do {
			if ((e ^ first) & mask)
				break; /* somebody else's change: it is not that page any more */
		} while (!PTG_CAS<||>g4(change.bits)<||>g4(change.big)(s, at, &e, g4_if(change.narrow, <|(uint32_t)|>)((e & ~(uint64_t)g4(change.rights_mask)) | bits)));
	}
}
g4_if(change.narrow, <||>, <|m4_dnl
#endif
|>)m4_dnl

|>)m4_dnl
/* Where no hardware marks. */
static void g4(lower)_change_quiet(const struct ptg_space *s, uint64_t at, uint64_t n, uint64_t bits)
{
g4_if(change.words, <|m4_dnl
	ptg_words_change_(PTG_WORDS(s, at), n, ~(uint64_t)g4(change.rights_mask), bits);
|>, <|m4_dnl
	uint64_t e, i;

	for (i = 0; i < n; i++) {
		e = PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at + (i << g4(change.entry_lg2)));
		PTG_STORE<||>g4(change.bits)<||>g4(change.big)(s, at + (i << g4(change.entry_lg2)), g4_if(change.narrow, <|(uint32_t)|>)((e & ~(uint64_t)g4(change.rights_mask)) | bits));
	}
|>)m4_dnl
}

int g4(lower)_protect(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
	struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_SKIP_HOLES | PTG_SPLIT_OK | PTG_KEEP_TABLES | PTG_NO_LARGE | PTG_NO_CONTIG;
	const uint64_t mask = g4(change.rights_mask) | (g4(change.test))g4_if(change.contig, <| | g4(change.contig_mask)|>);
	const struct ptg_kind *k = &g4(lower)_format.kinds[g4(change.kind)];
	uint64_t pages = len >> g4(change.page_lg2), done = 0, n, at, first, e, bits;
g4_if(change.marks, <|m4_dnl
	bool quiet = ((flags | s->options) & PTG_QUIET) != 0;
|>)m4_dnl

g4_if(change.marks, <|g4_if(change.narrow, <||>, <|m4_dnl
#ifndef PTG_CAS64<||>g4(change.big)
	if (!quiet)
		goto other;
#endif
|>)|>)m4_dnl
	at = g4(lower)_run(s, va, pages, &n);
	if (!f || ((flags | s->options) & ~plain) || (s->mapper->ops && s->mapper->ops->sync) || (at & 1))
		goto other;
	first = PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at);
	e = first<||>g4(hot.g4(hot.last).flip);
	if (PTG_UNLIKELY((e & (g4(change.test)))g4_if(hot.g4(hot.last).extra, <| || g4(hot.g4(hot.last).extra)|>)))
		goto other;
g4_if(change.contig, <|m4_dnl
	e = first;
	if (g4(change.contig))
		goto other;
|>)m4_dnl
	if (!ptg_other_rights_(&g4(lower)_format, k, g4(lower)_row[g4(change.variant)], a, first, &bits))
		goto other;

	/* first look, then store: all or nothing */
	do {
		at = done ? g4(lower)_run(s, va + (done << g4(change.page_lg2)), pages - done, &n) : at;
		if ((at & 1) || !g4(lower)_alike(s, at, n, first, mask))
			goto other;
		done += n;
	} while (done < pages);
	if ((first & g4(change.rights_mask)) == bits)
		return PTG_OK;
	ptg_flush_range_(f, va, va + len - 1, g4(change.page_lg2), 0,
		ptg_rights_reason_(s, 0, first, (first & ~(uint64_t)g4(change.rights_mask)) | bits));
	done = 0;
	do {
		at = n < pages ? g4(lower)_run(s, va + (done << g4(change.page_lg2)), pages - done, &n) : at;
g4_if(change.marks, <|m4_dnl
		if (quiet)
			g4(lower)_change_quiet(s, at, n, bits);
g4_if(change.narrow, <||>, <|m4_dnl
#ifdef PTG_CAS64<||>g4(change.big)
|>)m4_dnl
		else
			g4(lower)_change_live(s, at, n, mask, bits);
g4_if(change.narrow, <||>, <|m4_dnl
#endif
|>)m4_dnl
|>, <|m4_dnl
		g4(lower)_change_quiet(s, at, n, bits);
|>)m4_dnl
		done += n;
	} while (done < pages);
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
