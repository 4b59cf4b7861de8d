m4_dnl walk.c.m4 - the whole walk: one block a level, entered at the root's level
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
g4_if(memtype.values, <|m4_dnl
/* Meaning of a value of the memory type attribute: enum ptg_memtype. */
static unsigned g4(lower)_memtype(uint64_t value)
{
	static const uint16_t type[g4(memtype.count)] = {
g4(memtype.values)m4_dnl
	};

	return PTG_LIKELY(value < g4(memtype.count)) ? type[value] : PTG_MT_RAW | (unsigned)(value & 0x7fff);
}

|>)m4_dnl
g4_if(memtype.cases, <|m4_dnl
/* Meaning of a value of the memory type attribute: enum ptg_memtype. */
static unsigned g4(lower)_memtype(uint64_t value)
{
	switch ((unsigned)value) {
g4(memtype.cases)m4_dnl
	default:
		return PTG_MT_RAW | (unsigned)(value & 0x7fff);
	}
}

|>)m4_dnl
/* --- the walk ---------------------------------------------------------------------- */

g4_each(<|G4_B|>, fetches, <|m4_dnl
/* One entry of G4_B bits, in the window or not: 0, or PTG_E_IO. */
static int g4(lower)_fetch<||>G4_B<||>(const struct ptg_space *s, uint64_t at, uint64_t *e<||>g4_if(fetch.G4_B.wide, <|, uint64_t *e_hi|>))
{
	return g4(fetch.G4_B.do);
}

|>)m4_dnl
/*
 * The whole walk for one address: every kind of entry, every check in the order of
 * the description, tables inside and outside of the window.  The blocks stand in
 * the order of the levels; a walk begins at the root's and only goes forward.
 */
static PTG_COLD enum ptg_fault g4(lower)_find(const struct ptg_space *s, uint64_t va, unsigned access,
	struct ptg_translation *t<||>g4_if(nest.second, <|, const struct ptg_space *second, struct ptg_translation *inner|>))
{
	const struct ptg_root *root = ptg_root_for_(s, va, g4(many_roots));
	uint64_t at = 0, index = 0, pa, e;
g4_if(walk.wide, <|m4_dnl
	uint64_t e_hi;
|>)m4_dnl
g4_if(walk.resume, <|m4_dnl
	uint64_t up_e = 0;
g4_if(walk.resume_wide, <|m4_dnl
	uint64_t up_e_hi = 0;
|>)m4_dnl
	unsigned resume = 0;
|>)m4_dnl
g4_if(walk.width, <|m4_dnl
	uint64_t width;
|>)m4_dnl
g4_if(walk.dynamic, <|m4_dnl
	unsigned shift = root->va_lg2 > root->index_lg2 ? (unsigned)root->va_lg2 - root->index_lg2 : 0;
|>)m4_dnl
g4_each(<|G4_A|>, walk.inherited, <|m4_dnl
	uint64_t g4(attr.G4_A.name) = g4(attr.G4_A.neutral); /* inherited */
|>)m4_dnl
g4_each(<|G4_A|>, walk.own, <|m4_dnl
	uint64_t g4(attr.G4_A.name) = 0;
|>)m4_dnl
	unsigned rights, wanted = ptg_wanted_of_(access);
g4_if(walk.size, <|m4_dnl
	unsigned size_lg2;
|>)m4_dnl
g4_if(walk.marked, <|m4_dnl
	unsigned marked = 0;
|>)m4_dnl
g4_if(walk.early, <|m4_dnl
	unsigned early = 0;
|>)m4_dnl
g4_if(walk.late, <|m4_dnl
	unsigned late = 0;
|>)m4_dnl
g4_if(walk.space, <|m4_dnl
	unsigned space;
|>)m4_dnl
g4_each(<|G4_D|>, free_denies, <|m4_dnl
	unsigned deny_<||>G4_D = 0;
|>)m4_dnl

g4_if(walk.resume, <|m4_dnl
	(void)up_e;
g4_if(walk.resume_wide, <|m4_dnl
	(void)up_e_hi;
|>)m4_dnl
|>)m4_dnl
	ptg_clear_(t);
	if (!(root->flags & PTG_ROOT_VALID) || root->level >= g4(level_count))
		return ptg_no_root_(t, s->format, root->config_rule);
	if (root->flags & PTG_ROOT_BYPASS) {
		t->pa = va;
		t->rights = 0x3f;
		return PTG_F_NONE;
	}
	if (!ptg_va_fits_(s, root, va, g4(va_check)))
		return ptg_stop_(t, PTG_F_NONCANONICAL, 1);
	switch (root->level) {
g4_each(<|G4_L|>, levels, <|m4_dnl
	case G4_L:
g4(level.G4_L.enter)m4_dnl
		break;
|>)m4_dnl
	}
	if (index < root->index_first || index > root->index_last)
		return ptg_stop_(t, s->format->rules[root->limit_rule].fault_class, root->limit_rule);
	switch (root->level) {
g4_each(<|G4_L|>, levels, <|m4_dnl
	case G4_L:
		goto level<||>G4_L;
|>)m4_dnl
	}
g4_each(<|G4_L|>, levels, <|
	/* g4(level.G4_L.text). */
level<||>G4_L:
	t->level = G4_L;
	t->entry_pa = at;
	rights = (unsigned)g4(level.G4_L.fetch);
	t->entry = e;
g4_if(level.G4_L.wide, <|m4_dnl
	t->entry_hi = e_hi;
|>, <|g4_if(walk.wide, <|m4_dnl
	t->entry_hi = e_hi = 0;
|>)|>)m4_dnl
	if (rights)
		return ptg_stop_(t, PTG_F_UNREADABLE, 0);
g4_each(<|G4_K|>, level.G4_L.kinds, <|m4_dnl
	/* g4(kind.G4_K.text) */
g4_if(kind.G4_K.if, <|m4_dnl
	g4(kind.G4_K.if)
|>)m4_dnl
g4(kind.G4_K.do)m4_dnl
g4_if(kind.G4_K.end, <|m4_dnl
	g4(kind.G4_K.end)
|>)m4_dnl
|>)m4_dnl
g4_if(level.G4_L.open, <|m4_dnl
	return ptg_stop_(t, PTG_F_RESERVED, 0);
|>)m4_dnl
|>)

	/* A page: rights by the attributes, then what forbids the access. */
page:
g4_if(walk.shared, <|m4_dnl
g4(walk.shared)m4_dnl
|>)m4_dnl
g4_if(memtype.attr, <|m4_dnl
	t->memtype = (uint16_t)g4(lower)_memtype(g4(memtype.attr));
|>)m4_dnl
g4_if(walk.key, <|m4_dnl
	t->key = (uint8_t)g4(walk.key);
|>)m4_dnl
	if (wanted & (unsigned)root->flags >> PTG_ROOT_DENY_SHIFT)
		return ptg_stop_(t, s->format->rules[root->rule].fault_class, root->rule);
g4_if(walk.early, <|m4_dnl
	if (wanted && early)
		return ptg_stop_(t, s->format->rules[early].fault_class, early);
|>)m4_dnl
g4_if(walk.rights_index, <|m4_dnl
	rights = s->rights[g4(walk.rights_index)];
|>, <|m4_dnl
	rights = 0x3f;
|>)m4_dnl
g4_each(<|G4_D|>, free_denies, <|m4_dnl
	rights &= ~deny_<||>G4_D;
|>)m4_dnl
	rights &= ~((unsigned)root->flags >> PTG_ROOT_DENY_SHIFT);
g4_if(walk.marked, <|m4_dnl
	rights |= marked;
|>)m4_dnl
g4_if(walk.global, <|m4_dnl
	if (g4(walk.global))
		rights |= PTG_GLOBAL;
|>)m4_dnl
	t->rights = rights;
	if ((wanted & ~rights)g4_if(walk.atomic, <| || (access & (PTG_READ | PTG_WRITE)) == (PTG_READ | PTG_WRITE)|>)) {
g4_each(<|G4_D|>, denies, <|m4_dnl
		/* g4(deny.G4_D.text) */
		if ((wanted & (g4(deny.G4_D.six)))g4_if(deny.G4_D.whole, <| || ((access & 3) == 3 && (g4(deny.G4_D.whole)))|>))
			return ptg_stop_(t, g4(deny.G4_D.class), G4_D);
|>)m4_dnl
	}
g4_if(walk.late, <|m4_dnl
	if (wanted && late)
		return ptg_stop_(t, s->format->rules[late].fault_class, late);
|>)m4_dnl
g4_if(walk.space, <|m4_dnl
	t->space = (uint8_t)space;
|>)m4_dnl
	t->pa = pa;
	return PTG_F_NONE;
}
