/* SPDX-License-Identifier: MIT */
/*
 * hand_x86_64.c - x86-64 four-level look-ups as a kernel author writes them
 *
 * Independent of the generated code; the rule numbers of the answer are the
 * only thing taken from the plan.
 */
#include "x86_64.h"

#include "bench.h"

#define HAND_RULE X86_64_RULE_KIND_PAGE4K

#define P    UINT64_C(0x1)
#define RW   UINT64_C(0x2)
#define US   UINT64_C(0x4)
#define PS   UINT64_C(0x80)
#define XD   UINT64_C(0x8000000000000000)
#define ADDR UINT64_C(0x000ffffffffff000)

static inline uint64_t load(const struct ptg_space *s, uint64_t pa)
{
	return *(const volatile uint64_t *)((const char *)s->mapper->window + pa);
}

/* Present and large bits only; the physical address only. */
static inline uint64_t hand_min(const struct ptg_space *s, uint64_t va)
{
	uint64_t e = load(s, s->root[0].table + (va >> 36 & 0xff8));

	if (!(e & P))
		return ~UINT64_C(0);
	e = load(s, (e & ADDR) + (va >> 27 & 0xff8));
	if (!(e & P))
		return ~UINT64_C(0);
	if (e & PS)
		return (e & UINT64_C(0x000fffffc0000000)) | (va & 0x3fffffff);
	e = load(s, (e & ADDR) + (va >> 18 & 0xff8));
	if (!(e & P))
		return ~UINT64_C(0);
	if (e & PS)
		return (e & UINT64_C(0x000fffffffe00000)) | (va & 0x1fffff);
	e = load(s, (e & ADDR) + (va >> 9 & 0xff8));
	if (!(e & P))
		return ~UINT64_C(0);
	return (e & ADDR) | (va & 0xfff);
}

/*
 * Everything the format demands on the way to a 4 KiB page: canonical address,
 * reserved bits, window, rights of the path, protection keys; large pages and
 * faults are somebody else's (the generic walker), out of line.
 */
static inline struct ptg_hit hand_full(const struct ptg_space *s, uint64_t va, unsigned access)
{
	const struct ptg_mapper *m = s->mapper;
	uint64_t size = m->window_size, reserved = s->config[1] & UINT64_C(0x800ffff000000000);
	uint64_t table = reserved | P | PS, e, keep;
	struct ptg_hit hit;
	unsigned rights, need;

	if (va + (UINT64_C(1) << 47) >= UINT64_C(1) << 48)
		goto cold;
	e = load(s, s->root[0].table + (va >> 36 & 0xff8));
	if ((e & table) != P || (e & ADDR) >= size)
		goto cold;
	keep = e ^ XD;
	e = load(s, (e & ADDR) + (va >> 27 & 0xff8));
	if ((e & table) != P || (e & ADDR) >= size)
		goto cold;
	keep &= e ^ XD;
	e = load(s, (e & ADDR) + (va >> 18 & 0xff8));
	if ((e & table) != P || (e & ADDR) >= size)
		goto cold;
	keep &= e ^ XD;
	e = load(s, (e & ADDR) + (va >> 9 & 0xff8));
	if ((e & (reserved | P)) != P)
		goto cold;
	keep &= e ^ XD;
	rights = s->rights[(keep >> 1 & 3) | (keep >> 63 << 2)];
	need = access & 7;
	need <<= access & PTG_USER ? 0 : 3;
	if ((rights & need) != need)
		goto cold;
	rights |= (unsigned)(e >> 8 & 1) << 6 | (unsigned)(e >> 5 & 1) << 7 | (unsigned)(e >> 6 & 1) << 8;
	hit.pa = (e & ADDR) | (va & 0xfff);
	hit.info = UINT64_C(12) << 8 | (uint64_t)rights << 32 | (uint64_t)HAND_RULE << 48;
	return hit;
cold:
	return ptg_generic_walker.lookup(s, va, access);
}

#define HAND(name)  x86_64_hand_##name
#define HAND_INLINE x86_64_lookup_inline
#include "hand.h"

#define ONE_ROOT(s, va) ((va) + (UINT64_C(1) << 47) < UINT64_C(1) << 48 ? (s)->root[0].table : 0)
#define ONE_TABLE(s)    (((s)->config[1] & UINT64_C(0x800ffff000000000)) | P | PS)
#define ONE_IS          P
#define ONE_BELOW(e)    ((e) & ADDR)
#define ONE_PAGE(s)     (((s)->config[1] & UINT64_C(0x800ffff000000000)) | P)
#define ONE_IT_IS       P
#define ONE_PA(s)       (ADDR & ~(s)->config[1])
#define ONE_PUT(pa)     (pa)
#define ONE_NEW         0
#define ONE_CARE        (XD | 6)
#define ONE_GRANT       UINT64_C(6)
/* accessed, and dirty where it may be written; XD is on */
#define ONE_DEFAULT     UINT64_C(0x21)
#define ONE_RIGHTS                                                                                   \
	[PTG_SR | PTG_SX] = 0x21, [PTG_SR | PTG_SW | PTG_SX] = 0x63,                                 \
	[PTG_UR | PTG_UX | PTG_SR | PTG_SX] = 0x25, [0x3f] = 0x67, [PTG_SR] = XD | 0x21,             \
	[PTG_SR | PTG_SW] = XD | 0x63, [PTG_UR | PTG_SR] = XD | 0x25,                                \
	[PTG_UR | PTG_UW | PTG_SR | PTG_SW] = XD | 0x67
#include "hand_one.h"
