/* SPDX-License-Identifier: MIT */
/*
 * hand_sv48.c - RISC-V Sv48 look-ups as a kernel author writes them
 *
 * Independent of the generated code; the rule number of the answer is the only
 * thing taken from the plan.
 */
#include "sv48.h"

#include "bench.h"

#define HAND_RULE SV48_RULE_KIND_LEAF

#define V    UINT64_C(0x1)
#define RWX  UINT64_C(0xe)
#define ADUV UINT64_C(0xd1)          /* A, D, U and V of a pointer */
#define PPN  UINT64_C(0x003ffffffffffc00)
#define HIGH UINT64_C(0xffc0000000000000)

static inline uint64_t load(const struct ptg_space *s, uint64_t pa)
{
	return *(const volatile uint64_t *)((const char *)s->mapper->window + pa);
}

static inline uint64_t hand_min(const struct ptg_space *s, uint64_t va)
{
	uint64_t e = load(s, s->root[0].table + (va >> 36 & 0xff8));

	if (!(e & V))
		return ~UINT64_C(0);
	if (e & RWX)
		return ((e & PPN) << 2) | (va & 0x7fffffffff);
	e = load(s, ((e & PPN) << 2) + (va >> 27 & 0xff8));
	if (!(e & V))
		return ~UINT64_C(0);
	if (e & RWX)
		return ((e & PPN) << 2) | (va & 0x3fffffff);
	e = load(s, ((e & PPN) << 2) + (va >> 18 & 0xff8));
	if (!(e & V))
		return ~UINT64_C(0);
	if (e & RWX)
		return ((e & PPN) << 2) | (va & 0x1fffff);
	e = load(s, ((e & PPN) << 2) + (va >> 9 & 0xff8));
	if (!(e & V))
		return ~UINT64_C(0);
	return ((e & PPN) << 2) | (va & 0xfff);
}

static inline struct ptg_hit hand_full(const struct ptg_space *s, uint64_t va, unsigned access)
{
	uint64_t size = s->mapper->window_size, pointer = V | RWX | ADUV | HIGH, e, off, global;
	uint64_t reserved = (s->config[1] & HIGH) | UINT64_C(0x07c0000000000000) | UINT64_C(1) << 63;
	struct ptg_hit hit;
	unsigned rights, need;

	if (va + (UINT64_C(1) << 47) >= UINT64_C(1) << 48)
		goto cold;
	e = load(s, s->root[0].table + (va >> 36 & 0xff8));
	off = (e & PPN) << 2;
	if ((e & pointer) != V || off >= size)
		goto cold;
	global = e;
	e = load(s, off + (va >> 27 & 0xff8));
	off = (e & PPN) << 2;
	if ((e & pointer) != V || off >= size)
		goto cold;
	global |= e;
	e = load(s, off + (va >> 18 & 0xff8));
	off = (e & PPN) << 2;
	if ((e & pointer) != V || off >= size)
		goto cold;
	global |= e;
	e = load(s, off + (va >> 9 & 0xff8));
	/* a leaf is V, and R or X, and not W without R */
	if ((e & (reserved | V)) != V || !(e & UINT64_C(0xa)) || (e & UINT64_C(0x6)) == UINT64_C(0x4) ||
	    (e & UINT64_C(0x6000000000000000)) == UINT64_C(0x6000000000000000))
		goto cold;
	global |= e;
	rights = s->rights[e >> 1 & 0xf];
	need = access & 7;
	need <<= access & PTG_USER ? 0 : 3;
	if ((rights & need) != need)
		goto cold;
	rights |= (unsigned)(global >> 5 & 1) << 6 | (unsigned)(e >> 6 & 3) << 7;
	hit.pa = (e & PPN) << 2 | (va & 0xfff);
	hit.info = UINT64_C(12) << 8 | (uint64_t)rights << 32 | (uint64_t)HAND_RULE << 48;
	return hit;
cold:
	return ptg_generic_walker.lookup(s, va, access);
}

#define HAND(name)  sv48_hand_##name
#define HAND_INLINE sv48_lookup_inline
#include "hand.h"

#define ONE_ROOT(s, va) ((va) + (UINT64_C(1) << 47) < UINT64_C(1) << 48 ? (s)->root[0].table : 0)
#define ONE_TABLE(s)    (V | RWX | ADUV | HIGH)
#define ONE_IS          V
#define ONE_BELOW(e)    (((e) & PPN) << 2)
#define ONE_PAGE(s)     (((s)->config[1] & HIGH) | UINT64_C(0x87c0000000000000) | V | 2)
#define ONE_IT_IS       (V | 2)
#define ONE_PA(s)       (PPN << 2)
#define ONE_PUT(pa)     ((pa) >> 2)
#define ONE_NEW         1
#define ONE_CARE        UINT64_C(0x1e)
#define ONE_GRANT       UINT64_C(0x1e)
/* V, R 2, W 4, X 8, U 0x10, A 0x40, D 0x80 where it may be written */
#define ONE_DEFAULT     UINT64_C(0x43)
#define ONE_RIGHTS                                                                                   \
	[PTG_SR] = 0x43, [PTG_SR | PTG_SW] = 0xc7, [PTG_SX] = 0x49, [PTG_SR | PTG_SX] = 0x4b,        \
	[PTG_SR | PTG_SW | PTG_SX] = 0xcf, [PTG_UR] = 0x53, [PTG_UR | PTG_UW] = 0xd7,                \
	[PTG_UX] = 0x59, [PTG_UR | PTG_UX] = 0x5b, [PTG_UR | PTG_UW | PTG_UX] = 0xdf
#include "hand_one.h"
