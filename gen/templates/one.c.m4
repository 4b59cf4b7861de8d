m4_dnl one.c.m4 - map and unmap of one page, straight
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
g4_if(op.map, <|
/* One page into a table that is there.  Arguments are not checked yet, but for s->mapper and a. */
static int g4(lower)_map_one(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a,
	unsigned flags, struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_NO_LARGE | PTG_NO_CONTIG | PTG_MAP_REPLACE | PTG_KEEP_TABLES | PTG_SPLIT_OK |
			       PTG_STREAM;
	uint64_t at, bits, e;

	if (len != g4(change.page) || ((va | pa) & g4(change.in_page)) || ((flags | s->options) & ~plain) ||
	    !(s->page_sizes & g4(change.page)) || (s->mapper->ops && s->mapper->ops->sync) || !f)
		goto other;
	if ((pa & ~(uint64_t)g4(change.pa_mask)) || !g4(lower)_page_bits(s, a, &bits))
		goto other;
	e = bits | g4(change.address);
	if (PTG_UNLIKELY(e & (g4(change.zero))))
		goto other;
	at = g4_leaf();
	if ((at & 1) || !PTG_IN_WINDOW(s, at) || PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at))
		goto other;
	PTG_STORE<||>g4(change.bits)<||>g4(change.big)(s, at, g4_if(change.narrow, <|(uint32_t)|>)e);
g4_if(change.flush_new, <|m4_dnl
	ptg_flush_range_(f, va, va + len - 1, g4(change.page_lg2), 0, PTG_FLUSH_NEW);
|>)m4_dnl
	return PTG_OK;
other:
	return ptg_map_any_(s, va, pa, len, a, flags, f);
}
|>)m4_dnl
g4_if(op.unmap, <|
/* The same the other way; the table stays, by order or for a neighbour's sake. */
static int g4(lower)_unmap_one(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	const unsigned plain = PTG_QUIET | PTG_KEEP_TABLES | PTG_SPLIT_OK | PTG_SKIP_HOLES | PTG_NO_LARGE | PTG_NO_CONTIG;
	uint64_t index = va >> g4(change.page_lg2) & g4(change.index_mask), at, e;

	if (len != g4(change.page) || (va & g4(change.in_page)) || ((flags | s->options) & ~plain) ||
	    !(s->page_sizes & g4(change.page)) || (s->mapper->ops && s->mapper->ops->sync) || !f)
		goto other;
	at = g4_leaf();
g4_if(change.speech, <|m4_dnl
	at -= at > 1 && (at & 1); /* what is taken away needs no rights */
|>)m4_dnl
	if ((at & 1) || !PTG_IN_WINDOW(s, at))
		goto other;
	e = PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at)g4(hot.g4(hot.last).flip);
	if (PTG_UNLIKELY((e & (g4(change.test)))g4_if(hot.g4(hot.last).extra, <| || g4(hot.g4(hot.last).extra)|>)g4_if(change.contig, <| || g4(change.contig)|>)))
		goto other;
	if (!((flags | s->options) & PTG_KEEP_TABLES) &&
	    !(index && PTG_IN_WINDOW(s, at - g4(change.entry_bytes)) && PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at - g4(change.entry_bytes))) &&
	    !(index < g4(change.index_mask) && PTG_IN_WINDOW(s, at + g4(change.entry_bytes)) && PTG_LOAD<||>g4(change.bits)<||>g4(change.big)(s, at + g4(change.entry_bytes))))
		goto other;
	PTG_STORE<||>g4(change.bits)<||>g4(change.big)(s, at, 0);
	ptg_flush_range_(f, va, va + len - 1, g4(change.page_lg2), 0, PTG_FLUSH_DOWN);
	return PTG_OK;
other:
	return ptg_unmap_any_(s, va, len, flags, f);
}
|>)m4_dnl
