m4_dnl setup.c.m4 - configuration, root, what follows from the context
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
m4_dnl g4_gathered(INDENT) -- what pages lack whose rights are those of e, for each of what tables may take away
m4_define(<|g4_gathered|>, <|m4_dnl
$1	do {
$1		const uint64_t key = g4(hot.gathered.key);
$1		const unsigned more = g4(hot.more_rights);

$1		ptg_grant_(s, key, s->rights[g4(hot.gathered.index)] | more, marks, g4(hot.granted.count));
$1		lost = (lost - g4(hot.gathered.lost)) & g4(hot.gathered.lost);
$1	} while (lost);
|>)m4_dnl
m4_dnl
/* --- set-up --------------------------------------------------------------------- */

const struct g4(lower)_config g4(lower)_config_default = {
g4_each(<|G4_F|>, features, <|m4_dnl
	.G4_F = g4(feature.G4_F.on),
|>)m4_dnl
g4_each(<|G4_P|>, params, <|m4_dnl
	.G4_P = g4(param.G4_P.value),
|>)m4_dnl
g4_if(config.members, <||>, <|m4_dnl
	.none = false,
|>)m4_dnl
};

int g4(lower)_setup(struct ptg_space *s, const struct g4(lower)_config *config)
{
	const struct g4(lower)_config *c = config ? config : &g4(lower)_config_default;
	uint64_t config0 = g4(config.fixed);
	int err = s ? ptg_space_setup(s, &g4(lower)_format, &g4(lower)_walker, s->mapper) : PTG_E_ARG;

	if (err)
		return err;
g4_each(<|G4_F|>, features, <|m4_dnl
	if (c->G4_F)
		config0 |= g4(upper)_HAS_<||>g4(feature.G4_F.upper);
|>)m4_dnl
g4_each(<|G4_P|>, params, <|m4_dnl
	config0 |= (uint64_t)c->G4_P << g4(param.G4_P.shift);
|>)m4_dnl
g4_if(config.members, <||>, <|m4_dnl
	(void)c;
|>)m4_dnl
	return ptg_space_config(s, config0);
}
g4_if(regs, <|
int g4(lower)_set_root(struct ptg_space *s, const struct g4(lower)_regs *regs)
{
	uint64_t all[g4(reg_count)];

	if (!regs)
		return PTG_E_ARG;
g4_each(<|G4_R|>, regs, <|m4_dnl
	all[g4(reg.G4_R.number)] = regs->G4_R;
|>)m4_dnl
	return ptg_set_root(s, all, regs->given ? regs->given : g4(regs.walk));
}
|>)m4_dnl
g4_if(hot, <|
/*
 * By access (enum ptg_access): the rights that it needs, and the marks where no
 * hardware sets them.
 */
g4_if(hot.marks_by_hardware, <|m4_dnl
static const uint32_t g4(lower)_need[2][16] = {
	{ g4(hot.need) },
	{ g4(hot.need_by_hardware) },
};
|>, <|m4_dnl
static const uint32_t g4(lower)_need[16] = {
	g4(hot.need)
};
|>)|>)m4_dnl

g4_if(contexts, <||>, <|static |>)PTG_COLD void g4(lower)_update(struct ptg_space *s)
{
g4_if(hot.granted, <|m4_dnl
	struct ptg_grant_ marks[g4(hot.granted.count)];
	uint64_t g4_if(hot.gathered, <|e = 0, lost = 0|>, <|key = 0|>);
|>)m4_dnl
g4_if(rights.count, <|m4_dnl
	unsigned i;

|>, <|g4_if(hot.off_half, <|m4_dnl
	unsigned i;

|>)|>)m4_dnl
g4_if(config.words, <|m4_dnl
	/* bits that must be zero, as features and parameters stand */
g4_each(<|G4_W|>, config.words, <|m4_dnl
	s->config[G4_W] = 0;
g4(config.G4_W.lines)m4_dnl
|>)
|>)m4_dnl
g4_if(rights.count, <|m4_dnl
	/* what the deny lines leave, for every value of the attributes they read */
	for (i = 0; i < g4(rights.count); i++) {
g4_each(<|G4_A|>, rights.attrs, <|m4_dnl
		const unsigned g4(rights.G4_A.name) = g4(rights.G4_A.bit);
|>)m4_dnl
		unsigned denied = 0;

g4_each(<|G4_D|>, rights.denies, <|m4_dnl
		/* g4(rights.deny.G4_D.text) */
		denied |= g4(rights.deny.G4_D.six);
|>)m4_dnl
		s->rights[i] = (uint8_t)(0x3f & ~denied);
	}
|>, <|g4_if(hot, <||>, <|m4_dnl
	(void)s;
|>)|>)m4_dnl
g4_if(hot, <|
	/* for the straight way through the tables: masks, what its end asks for */
g4_each(<|G4_W|>, hot.words, <|m4_dnl
	s->word[G4_W] = g4(hot.word.G4_W);
|>)m4_dnl
g4_if(hot.granted, <|m4_dnl

	/* what a page lacks, by the bits of the entries that say so: marks and global by some, rights by the others */
g4_if(hot.gathered, <|m4_dnl
	for (i = 0; i < g4(hot.granted.count); i++) {
		marks[i].key = (uint16_t)(g4(hot.gathered.key));
		marks[i].rights = (uint16_t)(g4(hot.more_rights));
		e = (e - g4(hot.gathered.marks)) & g4(hot.gathered.marks);
	}
	do {
g4_if(hot.gathered.mask, <|m4_dnl
		if (!(e & ~g4(hot.gathered.mask))) { /* as features stand */
g4_gathered(<|		|>)m4_dnl
		}
|>, <|m4_dnl
g4_gathered(<|	|>)m4_dnl
|>)m4_dnl
		e = (e - g4(hot.gathered.rights)) & g4(hot.gathered.rights);
	} while (e);
|>, <|m4_dnl
	for (i = 0; i < g4(hot.granted.count); i++) {
g4_if(hot.granted.lost, <|g4_if(hot.granted.lost_marks, <|m4_dnl
		const uint64_t lost = g4(hot.granted.lost);
|>)|>)m4_dnl
g4_if(hot.granted.e, <|g4_if(hot.granted.e_marks, <|m4_dnl
		const uint64_t e = g4(hot.granted.e);
|>)|>)m4_dnl

		marks[i].key = (uint16_t)key;
		marks[i].rights = (uint16_t)(g4(hot.more_rights));
		key = (key - g4(hot.granted.marks)) & g4(hot.granted.marks);
	}
	do {
g4_if(hot.granted.lost, <|g4_if(hot.granted.lost_rights, <|m4_dnl
		const uint64_t lost = g4(hot.granted.lost);
|>)|>)m4_dnl
g4_if(hot.granted.e, <|g4_if(hot.granted.e_rights, <|m4_dnl
		const uint64_t e = g4(hot.granted.e);
|>)|>)m4_dnl

		ptg_grant_(s, key, s->rights[g4(hot.granted.index)], marks, g4(hot.granted.count));
		key = (key - g4(hot.granted.rights)) & g4(hot.granted.rights);
	} while (key);
|>)|>)m4_dnl
	ptg_put_need_(s, g4_if(hot.guard, <|(g4(hot.guard)) ? NULL : |>)g4(lower)_need<||>g4_if(hot.marks_by_hardware, <|[g4(hot.marks_by_hardware) ? 1 : 0]|>));
g4_if(hot.offs, <|
	/* bits of tables that count g4_if(hot.off_half, <|in each half of the space|>, <|as features stand|>) */
g4_if(hot.off_half, <|m4_dnl
	for (i = 0; i < 2; i++) {
		const uint64_t va = (uint64_t)i << g4(hot.off_bit);

		s->heard[i] = g4_if(hot.heard_bits, <|g4(hot.heard_bits)|>, <|~(uint64_t)0|>);
g4_each(<|G4_O|>, hot.offs, <|m4_dnl
		if (g4(hot.off.G4_O.when))
			s->heard[i] &= ~(uint64_t)g4(hot.off.G4_O.bits);
|>)m4_dnl
	}
|>, <|m4_dnl
	s->heard[0] = g4_if(hot.heard_bits, <|g4(hot.heard_bits)|>, <|~(uint64_t)0|>);
g4_each(<|G4_O|>, hot.offs, <|m4_dnl
	if (g4(hot.off.G4_O.when))
		s->heard[0] &= ~(uint64_t)g4(hot.off.G4_O.bits);
|>)m4_dnl
|>)|>)m4_dnl
|>)m4_dnl
}

