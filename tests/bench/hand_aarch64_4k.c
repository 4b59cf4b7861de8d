/* SPDX-License-Identifier: MIT */
/*
 * hand_aarch64_4k.c - AArch64 look-ups, 4 KiB granule, 48 bits, as a kernel author writes them
 *
 * Independent of the generated code; the rule number of the answer is the only
 * thing taken from the plan.
 */
#include "aarch64_4k.h"

#include "bench.h"

#define HAND_RULE AARCH64_4K_RULE_KIND_PAGE

#define OA UINT64_C(0x0000fffffffff000)

static inline uint64_t load(const struct ptg_space *s, uint64_t pa)
{
	return *(const volatile uint64_t *)((const char *)s->mapper->window + pa);
}

static inline uint64_t hand_min(const struct ptg_space *s, uint64_t va)
{
	uint64_t e = load(s, s->root[va >> 55 & 1].table + (va >> 36 & 0xff8));

	if ((e & 3) != 3)
		return ~UINT64_C(0);
	e = load(s, (e & OA) + (va >> 27 & 0xff8));
	if (!(e & 1))
		return ~UINT64_C(0);
	if (!(e & 2))
		return (e & UINT64_C(0x0000ffffc0000000)) | (va & 0x3fffffff);
	e = load(s, (e & OA) + (va >> 18 & 0xff8));
	if (!(e & 1))
		return ~UINT64_C(0);
	if (!(e & 2))
		return (e & UINT64_C(0x0000ffffffe00000)) | (va & 0x1fffff);
	e = load(s, (e & OA) + (va >> 9 & 0xff8));
	if ((e & 3) != 3)
		return ~UINT64_C(0);
	return (e & OA) | (va & 0xfff);
}

static inline struct ptg_hit hand_full(const struct ptg_space *s, uint64_t va, unsigned access)
{
	unsigned half = va >> 55 & 1;
	const struct ptg_root *root = &s->root[half];
	uint64_t size = s->mapper->window_size, e, no = 0, top = half ? ~va : va, config0 = s->config[0];
	struct ptg_hit hit;
	unsigned index, rights, need;

	/* four levels, 48 bits */
	if (!(root->flags & PTG_ROOT_VALID) || (root->flags & PTG_ROOT_BYPASS) || root->level != 3 ||
	    (top & ~root->va_ignore) >> root->va_lg2)
		goto cold;
	e = load(s, root->table + (va >> 36 & 0xff8));
	if ((e & 3) != 3 || (e & s->config[1] & OA) || (e & OA) >= size)
		goto cold;
	no |= e;
	e = load(s, (e & OA) + (va >> 27 & 0xff8));
	if ((e & 3) != 3 || (e & s->config[1] & OA) || (e & OA) >= size)
		goto cold;
	no |= e;
	e = load(s, (e & OA) + (va >> 18 & 0xff8));
	if ((e & 3) != 3 || (e & s->config[1] & OA) || (e & OA) >= size)
		goto cold;
	no |= e;
	e = load(s, (e & OA) + (va >> 9 & 0xff8));
	if ((e & 3) != 3 || (e & s->config[1] & OA))
		goto cold;
	/* hierarchical bits count unless HPD of this half; contiguous entries are rare */
	if (config0 & (half ? AARCH64_4K_HAS_HPD1 : AARCH64_4K_HAS_HPD0))
		no = 0;
	if ((e & UINT64_C(1) << 52) || ((access & 7) && !(e & 0x400) && !(config0 & AARCH64_4K_HAS_HA)))
		goto cold;
	index = (unsigned)(~(e >> 53 | no >> 59) & 3) | (unsigned)((e >> 6 & ~(no >> 61)) & 1) << 2 |
		(unsigned)(~(e >> 7 | no >> 62) & 1) << 3;
	if ((config0 & AARCH64_4K_HAS_HD) && (e & UINT64_C(1) << 51))
		goto cold;
	rights = s->rights[index] & ~(unsigned)(root->flags >> PTG_ROOT_DENY_SHIFT);
	need = (access & 7) << (access & PTG_USER ? 0 : 3);
	if ((rights & need) != need)
		goto cold;
	rights |= (unsigned)(~e >> 11 & 1) << 6 | (unsigned)(e >> 10 & 1) << 7 | (unsigned)(~e >> 7 & 1) << 8;
	hit.pa = (e & OA) | (va & 0xfff);
	hit.info = UINT64_C(12) << 8 | (uint64_t)rights << 32 | (uint64_t)HAND_RULE << 48;
	return hit;
cold:
	return ptg_generic_walker.lookup(s, va, access);
}

#define HAND(name)  aarch64_4k_hand_##name
#define HAND_INLINE aarch64_4k_lookup_inline
#include "hand.h"

/* The half's own root, where it is of 48 bits. */
static inline uint64_t one_root(const struct ptg_space *s, uint64_t va)
{
	const struct ptg_root *r = &s->root[va >> 55 & 1];

	if (!(r->flags & PTG_ROOT_VALID) || (r->flags & PTG_ROOT_BYPASS) || r->level != 3 ||
	    ((va >> 55 & 1 ? ~va : va) & ~r->va_ignore) >> r->va_lg2)
		return 0;
	return r->table;
}

#define UXN (UINT64_C(1) << 54)
#define PXN (UINT64_C(1) << 53)
#define RO  0x80
#define EL0 0x40
#define ONE_ROOT(s, va) one_root(s, va)
#define ONE_TABLE(s)    (((s)->config[1] & OA) | 3)
#define ONE_IS          3
#define ONE_BELOW(e)    ((e) & OA)
#define ONE_PAGE(s)     (((s)->config[1] & OA) | 3 | UINT64_C(1) << 52)
#define ONE_IT_IS       3
#define ONE_PA(s)       (OA & ~(s)->config[1])
#define ONE_PUT(pa)     (pa)
#define ONE_NEW         0
#define ONE_CARE        (UXN | PXN | RO | EL0)
#define ONE_GRANT       ((uint64_t)EL0)
/* a page that is accessed and not global; what EL0 may write EL1 may not execute */
#define ONE_DEFAULT     UINT64_C(0xc03)
#define ONE_RIGHTS                                                                                   \
	[PTG_SR] = UXN | PXN | RO | 0xc03, [PTG_UR | PTG_SR] = UXN | PXN | RO | EL0 | 0xc03,         \
	[PTG_UX | PTG_SR] = PXN | RO | 0xc03, [PTG_UR | PTG_UX | PTG_SR] = PXN | RO | EL0 | 0xc03,   \
	[PTG_SR | PTG_SW] = UXN | PXN | 0xc03, [PTG_UX | PTG_SR | PTG_SW] = PXN | 0xc03,             \
	[PTG_UR | PTG_UW | PTG_SR | PTG_SW] = UXN | EL0 | 0xc03,                                     \
	[PTG_UR | PTG_UW | PTG_UX | PTG_SR | PTG_SW] = EL0 | 0xc03,                                  \
	[PTG_SR | PTG_SX] = UXN | RO | 0xc03, [PTG_UR | PTG_SR | PTG_SX] = UXN | RO | EL0 | 0xc03,   \
	[PTG_UX | PTG_SR | PTG_SX] = RO | 0xc03,                                                     \
	[PTG_UR | PTG_UX | PTG_SR | PTG_SX] = RO | EL0 | 0xc03, [PTG_SR | PTG_SW | PTG_SX] = UXN | 0xc03, \
	[PTG_UX | PTG_SR | PTG_SW | PTG_SX] = 0xc03
#include "hand_one.h"
