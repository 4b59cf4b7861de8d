m4_dnl hot.h.m4 - lookup for use inside a loop
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
g4_if(op.lookup, <|
/* --- lookup, inline --------------------------------------------------------------------------- */

struct ptg_hit g4(lower)_lookup_cold(const struct ptg_space *s, uint64_t va, unsigned access);
g4_if(hot, <|
/* Rights, and marks that no hardware sets, that each access needs; index: enum ptg_access. */
g4_if(hot.need_marks, <|m4_dnl
static const uint16_t g4(lower)_need[2][16] = {
	{ g4(hot.need) },
	{ g4(hot.need_without_marks) },
};
|>, <|m4_dnl
static const uint16_t g4(lower)_need[16] = {
	g4(hot.need)
};
|>)m4_dnl

/*
 * Straight through the plain tables to a plain page in the window.  Whatever
 * else it meets (a large page, a fault, a table elsewhere) it leaves to
 * g4(lower)_lookup_cold().
g4_each(<|G4_L|>, hot.levels, <|g4_if(hot.G4_L.flips, <|m4_dnl
 * g4(hot.G4_L.kind) entries (g4(hot.G4_L.name)) are looked at with g4(hot.G4_L.flips) inverted: then
 * a plain one has no bit of not_plain<||>g4(hot.G4_L.test).
|>)|>)m4_dnl
 */
static inline struct ptg_hit g4(lower)_lookup_inline(const struct ptg_space *s, uint64_t va, unsigned access)
{
g4_hot_variables()m4_dnl
	struct ptg_hit hit;

g4_hot_walk()m4_dnl
g4_hot_rights()m4_dnl
	hit.pa = g4(hot.pa);
	hit.info = g4(hot.info) | (uint64_t)rights << 32;
g4_if(hot.contig_when, <|m4_dnl
	if (g4(hot.contig_when))
		hit.info |= g4(hot.contig) << 24;
|>)m4_dnl
	return hit;
cold:
	return g4(lower)_lookup_cold(s, va, access);
}
|>, <|
static inline struct ptg_hit g4(lower)_lookup_inline(const struct ptg_space *s, uint64_t va, unsigned access)
{
	return g4(lower)_lookup_cold(s, va, access);
}
|>)|>)m4_dnl
