/* SPDX-License-Identifier: MIT */
/*
 * hand_walks.h - the walks of the formats filled by hand, written out; ram64() and `ram` are the includer's
 */
#ifndef TESTS_UNIT_HAND_WALKS_H
#define TESTS_UNIT_HAND_WALKS_H

/* --- Sv48, the manual's algorithm (12.3.2) -------------------------------------- */

struct answer {
	uint64_t pa, entry, entry_pa;
	unsigned fault, rule, level, lg2, rights;
};

static unsigned sv_rights(uint64_t e, bool sum, bool mxr)
{
	bool r = e >> 1 & 1, w = e >> 2 & 1, x = e >> 3 & 1, u = e >> 4 & 1;
	unsigned rights = 0;

	if (u)
		rights |= (r || (mxr && x) ? PTG_UR : 0) | (w ? PTG_UW : 0) | (x ? PTG_UX : 0);
	if (!u || sum)
		rights |= (r || (mxr && x) ? PTG_SR : 0) | (w ? PTG_SW : 0);
	if (!u && x)
		rights |= PTG_SX;
	return rights;
}

static unsigned sv_denier(uint64_t e, bool sum, bool mxr, unsigned access)
{
	for (unsigned rule = SV_RULE_USER; rule <= SV_RULE_FETCH; rule++)
		for (unsigned one = 1; one <= 4; one <<= 1) {
			bool user = access & PTG_USER, u = e >> 4 & 1, hit = false;

			if (!(access & one))
				continue;
			if (rule == SV_RULE_USER)
				hit = user && !u;
			else if (rule == SV_RULE_SUM)
				hit = !user && u && (one == PTG_EXEC || !sum);
			else if (rule == SV_RULE_READ)
				hit = one == PTG_READ && !(e & 2) && !(mxr && (e & 8));
			else if (rule == SV_RULE_WRITE)
				hit = one == PTG_WRITE && !(e & 4);
			else
				hit = one == PTG_EXEC && !(e & 8);
			if (hit)
				return rule;
		}
	return 0;
}

static void sv_stop(struct answer *a, unsigned rule, unsigned fault)
{
	a->rule = rule;
	a->fault = fault;
}

static struct answer sv_walk(uint64_t root, uint64_t va, unsigned access, bool sum, bool mxr, bool adu)
{
	struct answer a = { .rule = 1, .fault = PTG_F_NONCANONICAL };
	uint64_t table = root;
	bool global = false;

	if ((uint64_t)((int64_t)(va << 16) >> 16) != va)
		return a;
	for (unsigned i = 4; i-- > 0;) {
		uint64_t pa = table + (va >> (12 + 9 * i) & 511) * 8, e, ppn;

		a.entry_pa = pa;
		a.level = i;
		if (pa > sizeof(ram) - 8)
			return sv_stop(&a, 0, PTG_F_UNREADABLE), a.entry = 0, a;
		e = a.entry = ram64(pa);
		ppn = e >> 10 & 0xfffffffffff;
		if (!(e & 1))
			return sv_stop(&a, SV_RULE_ABSENT, PTG_F_NOT_PRESENT), a;
		if ((e & 6) == 4)
			return sv_stop(&a, SV_RULE_WX, PTG_F_RESERVED), a;
		if (!(e & 14)) {
			if (i == 0)
				return sv_stop(&a, SV_RULE_DEEP, PTG_F_NOT_PRESENT), a;
			if (e & 0xd0 || e >> 54)
				return sv_stop(&a, SV_RULE_ZERO, PTG_F_RESERVED), a;
			global |= e >> 5 & 1;
			table = ppn << 12;
			continue;
		}
		if (e >> 54)
			return sv_stop(&a, SV_RULE_ZERO, PTG_F_RESERVED), a;
		if (ppn & (((uint64_t)1 << 9 * i) - 1))
			return sv_stop(&a, SV_RULE_LOW, PTG_F_RESERVED), a;
		a.lg2 = 12 + 9 * i;
		a.rights = sv_rights(e, sum, mxr) | (global || (e & 32) ? PTG_GLOBAL : 0) |
			   (e & 64 ? PTG_ACCESSED : 0) | (e & 128 ? PTG_DIRTY : 0);
		a.rule = access & 7 ? sv_denier(e, sum, mxr, access) : 0;
		if (a.rule)
			return sv_stop(&a, a.rule, PTG_F_PERMISSION), a;
		if ((access & 7) && !(e & 64) && !adu)
			return sv_stop(&a, SV_RULE_A, PTG_F_ACCESS_FLAG), a;
		if ((access & PTG_WRITE) && !(e & 128) && !adu)
			return sv_stop(&a, SV_RULE_D, PTG_F_DIRTY), a;
		a.pa = (ppn << 12) | (va & (((uint64_t)1 << a.lg2) - 1));
		a.rule = SV_RULE_LEAF;
		a.fault = 0;
		return a;
	}
	return a;
}

/* --- tiny: two children, pass, big endian, 16 bits --------------------------------- */

static unsigned tiny_entry(unsigned pa)
{
	return (unsigned)ram[pa] << 8 | ram[pa + 1];
}

static struct answer tiny_walk(unsigned root, unsigned va, unsigned access)
{
	struct answer a = { .rule = 1, .fault = PTG_F_NONCANONICAL };
	unsigned e, dual, at;
	bool w = true;

	if (va >> 12)
		return a;
	at = root | (va >> 10) * 2;
	e = tiny_entry(at);
	a = (struct answer){ .entry = e, .entry_pa = at, .level = 3, .rule = TINY_RULE_NONE, .fault = PTG_F_NOT_PRESENT };
	if (e >> 14 != 1)
		return a;
	w &= e >> 13 & 1;
	at = (e & 0xff0) | (va >> 8 & 3) * 2;
	dual = tiny_entry(at);
	a = (struct answer){ .entry = dual, .entry_pa = at, .level = 2 };
	if (dual >> 14 == 0)
		return sv_stop(&a, TINY_RULE_NONE, PTG_F_NOT_PRESENT), a;
	if (dual >> 14 != 1)
		return sv_stop(&a, TINY_RULE_RESERVED, PTG_F_RESERVED), a;
	w &= dual >> 13 & 1;
	if ((dual & 3) != 2) {
		at = (dual & 0xff0) | (va >> 6 & 3) * 2;
		e = tiny_entry(at);
		a = (struct answer){ .entry = e, .entry_pa = at, .level = 1, .lg2 = 6 };
		if (e >> 14 == 0)
			return a.lg2 = 0, sv_stop(&a, TINY_RULE_NONE, PTG_F_NOT_PRESENT), a;
		if (e >> 14 == 3)
			return a.lg2 = 0, sv_stop(&a, TINY_RULE_RESERVED, PTG_F_RESERVED), a;
		if (e >> 14 == 1 && (dual & 3) == 1)
			return a.lg2 = 0, sv_stop(&a, TINY_RULE_PASS, PTG_F_NOT_PRESENT), a;
	}
	if ((dual & 3) == 2 || e >> 14 == 1) {
		at = (dual & 0xff0) | (va >> 4 & 15) * 2;
		e = tiny_entry(at);
		a = (struct answer){ .entry = e, .entry_pa = at, .level = 0, .lg2 = 4 };
		if (e >> 14 == 0)
			return a.lg2 = 0, sv_stop(&a, TINY_RULE_NONE, PTG_F_NOT_PRESENT), a;
		if (e >> 14 != 2)
			return a.lg2 = 0, sv_stop(&a, TINY_RULE_RESERVED, PTG_F_RESERVED), a;
	}
	w &= e >> 13 & 1;
	a.rights = (w ? 0x3f : 0x3f & ~(PTG_UW | PTG_SW)) | (e >> 12 & 1 ? PTG_ACCESSED : 0);
	if ((access & PTG_WRITE) && !w)
		return sv_stop(&a, TINY_RULE_WRITE, PTG_F_PERMISSION), a;
	a.rule = TINY_RULE_PAGE;
	a.pa = (e & 0xff0 & ~((1u << a.lg2) - 1)) | (va & ((1u << a.lg2) - 1));
	return a;
}

#endif /* TESTS_UNIT_HAND_WALKS_H */
