m4_dnl hot.h.m4 - lookup for use inside a loop
m4_dnl SPDX-License-Identifier: MIT
m4_dnl
g4_if(op.lookup, <|
/* --- lookup, inline --------------------------------------------------------------------------- */

struct ptg_hit g4(lower)_lookup_cold(const struct ptg_space *s, uint64_t va, unsigned access);
g4_if(hot.apart, <|m4_dnl
struct ptg_hit g4(lower)_lookup_page(const struct ptg_space *s, uint64_t va, unsigned access, uint64_t e<||>g4_hot_parameters());
|>)m4_dnl
g4_if(hot, <|g4_if(hot.usual, <|m4_dnl
struct ptg_hit g4(lower)_lookup_any(const struct ptg_space *s, uint64_t va, unsigned access);
|>)m4_dnl
g4_if(hot.loose, <|g4_if(hot.shifts, <|m4_dnl
static const uint8_t g4(lower)_shift[] = { g4(hot.shifts) }; /* of the index, by level */
|>)|>)m4_dnl

/*
 * g4(lower)_lookup() for use inside a loop.
 *
 * Straight through the plain tables to a plain page in the window.  Whatever
 * else it meets (a large page, a fault, a table elsewhere) it leaves to
 * g4(lower)_lookup_cold()g4_if(hot.usual, <|, walks that do not start at the top to g4(lower)_lookup_any()|>).
g4_each(<|G4_L|>, hot.levels, <|g4_if(hot.G4_L.flips, <|m4_dnl
 * g4(hot.G4_L.kind) entries (g4(hot.G4_L.name)) are looked at with g4(hot.G4_L.flips) inverted: then
 * a plain one has no bit of g4(hot.G4_L.test).
|>)|>)m4_dnl
 */
PTG_INLINE struct ptg_hit g4(lower)_lookup_inline(const struct ptg_space *s, uint64_t va, unsigned access)
{
g4_hot_lookup()m4_dnl
}
|>, <|
PTG_INLINE struct ptg_hit g4(lower)_lookup_inline(const struct ptg_space *s, uint64_t va, unsigned access)
{
	return g4(lower)_lookup_cold(s, va, access);
}
|>)|>)m4_dnl
