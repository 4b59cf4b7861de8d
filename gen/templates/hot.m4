m4_dnl hot.m4 - the hot path, which lookup and translate share
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
m4_dnl g4_hot_variables(STRAIGHT) -- what g4_hot_walk(STRAIGHT) works with
m4_define(<|g4_hot_variables|>, <|m4_dnl
	const struct ptg_root *r = g4(hot.root);
g4_each(<|G4_T|>, hot.tests, <|m4_dnl
	const uint64_t not_plain<||>G4_T = g4(hot.G4_T.word);
|>)m4_dnl
	uint64_t at, e;
g4_if(hot.loose, <|m4_ifelse(<|$1|>, <||>, <|m4_dnl
	uint64_t index;
|>)|>)m4_dnl
g4_if(hot.lost, <|m4_dnl
	uint64_t lost = 0;
|>)m4_dnl
g4_each(<|G4_A|>, hot.variables, <|m4_dnl
	uint64_t g4(attr.G4_A.name) = g4(attr.G4_A.neutral);
|>)m4_dnl
	PTG_HOLD(mem, s);
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_end_variables -- what g4_hot_page and g4_hot_rights work with
m4_define(<|g4_hot_end_variables|>, <|m4_dnl
	unsigned g4_if(hot.lacks, <|lacks|>, <|rights|>);
g4_if(hot.tables, <|m4_dnl
	uint64_t tables;
|>)m4_dnl
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_state -- what the walk has gathered, as arguments; g4_hot_parameters -- as parameters
m4_define(<|g4_hot_state|>, <|g4_if(hot.lost, <|, lost|>)<||>g4_each(<|G4_A|>, hot.variables, <|, g4(attr.G4_A.name)|>)|>)m4_dnl
m4_define(<|g4_hot_parameters|>, <|g4_if(hot.lost, <|, uint64_t lost|>)<||>g4_each(<|G4_A|>, hot.variables, <|, uint64_t g4(attr.G4_A.name)|>)|>)m4_dnl
m4_dnl
m4_dnl g4_hot_page -- the page's own bits join what the tables say
m4_define(<|g4_hot_page|>, <|m4_dnl
g4_if(hot.offs, <|m4_dnl
	lost &= s->heard[g4_if(hot.off_half, <|g4(hot.off_half)|>, <|0|>)];
|>)m4_dnl
g4_if(hot.tables, <|m4_dnl
	tables = lost;
|>)m4_dnl
g4_if(hot.page_lost, <|m4_dnl
	lost |= e;
|>)m4_dnl
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_lookup(TAIL) -- the body of lookup: of walks that start as most do, where there is a choice
m4_define(<|g4_hot_lookup|>, <|g4_if(hot.usual, <|g4_hot_body(<|$1|>, <|straight|>)m4_dnl
other:
	$1return g4(lower)_lookup_any(s, va, access);
|>, <|g4_hot_body(<|$1|>)|>)|>)m4_dnl
m4_dnl
m4_dnl g4_hot_body(TAIL, STRAIGHT)
m4_define(<|g4_hot_body|>, <|m4_dnl
g4_hot_variables(<|$2|>)m4_dnl
g4_if(hot.apart, <||>, <|m4_dnl
g4_hot_end_variables()m4_dnl
	struct ptg_hit hit;
|>)m4_dnl

g4_hot_walk(<|$2|>)m4_dnl
g4_if(hot.apart, <|m4_dnl
	return g4(lower)_lookup_page(s, va, access, e<||>g4_hot_state());
|>, <|m4_dnl
g4_hot_page()m4_dnl
g4_hot_answer()m4_dnl
	return hit;
|>)m4_dnl
cold:
	$1return g4(lower)_lookup_cold(s, va, access);
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_translate(STRAIGHT) -- the body of translate
m4_define(<|g4_hot_translate|>, <|m4_dnl
g4_hot_variables(<|$1|>)m4_dnl
g4_hot_end_variables()
g4_hot_walk(<|$1|>)m4_dnl
g4_hot_page()m4_dnl
g4_hot_rights()m4_dnl
	t->pa = g4(hot.pa);
	t->entry = e<||>g4(hot.g4(hot.last).flip);
	t->entry_hi = 0;
	t->entry_pa = at;
	t->rights = g4_if(hot.lacks, <|lacks ^ PTG_LACKING|>, <|rights|>);
	t->memtype = g4_if(hot.memtype, <|(uint16_t)g4(lower)_memtype(g4(hot.memtype))|>, <|0|>);
	t->rule = g4(hot.rule);
	t->fault = PTG_F_NONE;
	t->level = g4(hot.page_level);
	t->page_lg2 = g4(hot.page_lg2);
	t->contig_lg2 = g4_if(hot.contig_when, <|g4(hot.contig_when) ? g4(hot.contig) : 0|>, <|0|>);
	t->key = g4_if(hot.key, <|(uint8_t)(g4(hot.key))|>, <|0|>);
	t->stage = 0;
	t->space = g4(hot.space);
	t->reserved_ = 0;
	return PTG_F_NONE;
cold:
	PTG_TAIL return g4(lower)_find(s, va, access, t);
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_answer -- from the page's entry to the two words
m4_define(<|g4_hot_answer|>, <|m4_dnl
g4_hot_rights()m4_dnl
	hit.pa = g4(hot.pa);
g4_if(hot.lacks, <|m4_dnl
	hit.info = (uint64_t)(lacks ^ (PTG_LACKING | g4(hot.info_high))) << 32 | g4(hot.info_low);
|>, <|m4_dnl
	hit.info = (uint64_t)(rights | g4(hot.info_high)) << 32 | g4(hot.info_low);
|>)m4_dnl
g4_if(hot.contig_bits, <|m4_dnl
	hit.info |= g4(hot.contig_bits);
|>, <|g4_if(hot.contig_when, <|m4_dnl
	if (g4(hot.contig_when))
		hit.info |= g4(hot.contig) << 24;
|>)|>)m4_dnl
g4_if(hot.space_expr, <|m4_dnl
	hit.info |= (uint64_t)g4(hot.space_expr) << 20;
|>)m4_dnl
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_enter(I, THEN, COLD) -- the walk begins at this level
m4_define(<|g4_hot_enter|>, <|m4_dnl
	case g4(hot.$1.level):
g4_if(hot.shifts, <||>, <|m4_dnl
		index = g4(hot.$1.index);
g4_if(hot.limited, <|m4_dnl
		if (PTG_UNLIKELY(index < r->index_first || index > r->index_last))
			goto m4_ifelse(<|$3|>, <||>, <|cold|>, <|$3|>);
|>)m4_dnl
		at = g4(hot.$1.enter);
|>)m4_dnl
		$2;
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_enter_any(COLD) -- the same for all levels, where they are alike
m4_define(<|g4_hot_enter_any|>, <|g4_if(hot.shifts, <|m4_dnl
	if (PTG_UNLIKELY(r->level >= g4(hot.level_count) || r->index_lg2 >= 64))
		goto m4_ifelse(<|$1|>, <||>, <|cold|>, <|$1|>);
	index = ptg_shr_(va, g4(lower)_shift[r->level]) & (ptg_shl_(1, r->index_lg2) - 1);
g4_if(hot.limited, <|m4_dnl
	if (PTG_UNLIKELY(index < r->index_first || index > r->index_last))
		goto m4_ifelse(<|$1|>, <||>, <|cold|>, <|$1|>);
|>)m4_dnl
	at = g4(hot.enter_any);
|>)|>)m4_dnl
m4_dnl
m4_dnl g4_hot_level(I, UNLABELLED) -- one table on the way, or the page
m4_define(<|g4_hot_level|>, <|m4_dnl
	/* g4(hot.$1.name), g4(hot.$1.bits): g4(hot.$1.kind) */
g4_if(hot.loose, <|m4_ifelse(<|$2|>, <||>, <|m4_dnl
hot<||>$1:
|>)|>)m4_dnl
	if (!PTG_HELD(mem, at))
		goto cold;
	e = g4(hot.$1.load)(mem, at)g4(hot.$1.flip);
g4_if(hot.$1.flips, <|m4_dnl
	PTG_ONE_COPY(e);
|>)m4_dnl
	if (PTG_UNLIKELY(g4_if(hot.$1.extra, <|(e & g4(hot.$1.test)) || g4(hot.$1.extra)|>, <|e & g4(hot.$1.test)|>)))
		goto cold;
g4_if(hot.$1.table, <|m4_dnl
g4_if(hot.$1.heard, <|m4_dnl
	lost |= g4(hot.$1.heard);
	PTG_ONE_COPY(lost);
|>)m4_dnl
g4_if(hot.$1.gather, <|m4_dnl
g4(hot.$1.gather)m4_dnl
|>)m4_dnl
	at = g4(hot.$1.next);
	PTG_HELD_NEXT(mem);
|>)m4_dnl

|>)m4_dnl
m4_dnl
m4_dnl g4_hot_unfit -- it is another root's address, or nobody's
m4_define(<|g4_hot_unfit|>, <|g4_if(hot.choice, <|g4(hot.choice) || |>)r->flags != PTG_ROOT_VALID || g4(hot.va_test)|>)m4_dnl
m4_dnl
m4_dnl g4_hot_unusual -- the walk does not start as most do
m4_define(<|g4_hot_unusual|>, <|ptg_shape_(r) != g4(hot.usual)g4_if(hot.choice, <| || g4(hot.choice)|>) || (g4(hot.usual_unfit))|>)m4_dnl
m4_dnl
m4_dnl g4_hot_walk(STRAIGHT) -- from the root to the plain page; `goto cold` for all else.  STRAIGHT: `goto other`
m4_dnl for a walk that does not start as most do.
m4_define(<|g4_hot_walk|>, <|m4_dnl
g4_if(hot.loose, <|m4_ifelse(<|$1|>, <||>, <|m4_dnl
g4_if(hot.usual, <|m4_dnl
	if (PTG_LIKELY(!(g4_hot_unusual()))) {
		at = g4(hot.usual_start);
		goto hot0;
	}
|>)m4_dnl
	if (PTG_UNLIKELY(g4_hot_unfit()))
		goto cold;
g4_hot_enter_any()m4_dnl
	switch (r->level) {
g4_each(<|G4_L|>, hot.levels, <|g4_hot_enter(G4_L, <|goto hot<||>G4_L|>)|>)m4_dnl
	default:
		goto cold;
	}

|>, <|m4_dnl
	if (PTG_UNLIKELY(g4_hot_unusual()))
		goto other;
	at = g4(hot.usual_start);

|>)|>, <|m4_dnl
	if (PTG_UNLIKELY(ptg_shape_(r) != g4(hot.shape)g4_if(hot.va_test, <| || (g4(hot.va_test))|>)))
		goto cold;
	at = g4(hot.start);

|>)m4_dnl
g4_each(<|G4_L|>, hot.levels, <|g4_hot_level(G4_L, <|$1|>)|>)m4_dnl
|>)m4_dnl
m4_dnl
m4_dnl g4_hot_rights -- what the page grants or lacks, and whether that is enough
m4_define(<|g4_hot_rights|>, <|m4_dnl
g4_if(hot.lacks, <|m4_dnl
	lacks = s->lacking[g4(hot.granted)];
	if (PTG_UNLIKELY(s->need[access & 15] & lacks))
		goto cold;
|>, <|m4_dnl
	rights = g4_if(hot.granted, <|s->lacking[g4(hot.granted)] ^ PTG_LACKING|>, <|g4_if(hot.rights_index, <|s->rights[g4(hot.rights_index)]|>, <|0x3f|>)g4_if(hot.more_rights, <| | g4(hot.more_rights)|>)|>);
g4_if(hot.untabled, <|m4_dnl
g4(hot.untabled)m4_dnl
|>)m4_dnl
	if (PTG_UNLIKELY(s->need[access & 15] & ~rights))
		goto cold;
|>)m4_dnl
|>)m4_dnl
