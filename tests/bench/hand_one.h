/* SPDX-License-Identifier: MIT */
/*
 * hand_one.h - map, unmap and protect of one page by hand, with the contract of the calls
 *
 * Straight lines for one format and one size: arguments checked, tables checked and inside the window, refused
 * what exists, rights encoded, the flush recorded, the table kept for a neighbour's sake.  What they do not do (a
 * missing table, other flags) they refuse.  Included by hand_F.c after load() and the ONE_ macros:
 *
 *   ONE_ROOT(s, va)      the first table; 0: no address of four levels
 *   ONE_TABLE, ONE_IS    mask and value of a table's entry; ONE_BELOW(e) where it leads
 *   ONE_PAGE, ONE_IT_IS  the same of a page's
 *   ONE_RIGHTS           entries less the address, by enum ptg_right; ONE_DEFAULT where no right is asked for
 *   ONE_PUT(pa)          the address in an entry; ONE_PA the bits of an address
 *   ONE_CARE, ONE_GRANT  the bits of an entry that rights are; those of them that grant one when they are set
 *   ONE_NEW              whether entries that were empty are flushed
 */

/* Entries by rights; 0: they cannot be had. */
static uint64_t hand_bits(const struct ptg_attrs *a)
{
	static const uint64_t bits[64] = { ONE_RIGHTS };

	if (!a->care)
		return ONE_DEFAULT;
	return a->care == 0x3f ? bits[a->rights & 0x3f] : 0;
}

static inline uint64_t *hand_entry(const struct ptg_space *s, uint64_t va)
{
	uint64_t size = s->mapper->window_size, table = ONE_ROOT(s, va), e;

	if (!table || table >= size)
		return NULL;
	e = load(s, table + (va >> 36 & 0xff8));
	if ((e & ONE_TABLE(s)) != ONE_IS || ONE_BELOW(e) >= size)
		return NULL;
	e = load(s, ONE_BELOW(e) + (va >> 27 & 0xff8));
	if ((e & ONE_TABLE(s)) != ONE_IS || ONE_BELOW(e) >= size)
		return NULL;
	e = load(s, ONE_BELOW(e) + (va >> 18 & 0xff8));
	if ((e & ONE_TABLE(s)) != ONE_IS || ONE_BELOW(e) >= size)
		return NULL;
	return (uint64_t *)(void *)((char *)s->mapper->window + ONE_BELOW(e) + (va >> 9 & 0xff8));
}

static inline int hand_flush(struct ptg_flush *f, uint64_t va, unsigned reason)
{
	struct ptg_range *r = &f->range[f->count];

	if (f->count == PTG_FLUSH_RANGES || f->all)
		return PTG_E_UNSUPPORTED;
	f->count++;
	f->reasons = (uint8_t)(f->reasons | reason);
	f->levels |= 1;
	r->va = va;
	r->last = va + 0xfff;
	r->page_lg2 = 12;
	r->reason = (uint8_t)reason;
	return PTG_OK;
}

int HAND(map_one)(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		  struct ptg_flush *f);
int HAND(unmap_one)(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f);
int HAND(protect_one)(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		      struct ptg_flush *f);

int HAND(map_one)(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		  struct ptg_flush *f)
{
	uint64_t *e, bits;

	if (!s || !s->mapper || !a || !f || len != 4096 || flags)
		return PTG_E_ARG;
	if ((va | pa) & 0xfff)
		return PTG_E_ALIGN;
	if (pa & ~ONE_PA(s))
		return PTG_E_RANGE;
	e = hand_entry(s, va);
	if (!e)
		return PTG_E_UNSUPPORTED;
	if (__atomic_load_n(e, __ATOMIC_RELAXED))
		return PTG_E_EXISTS;
	bits = hand_bits(a);
	if (!bits)
		return PTG_E_ATTR;
	__atomic_store_n(e, bits | ONE_PUT(pa), __ATOMIC_RELEASE);
	return ONE_NEW ? hand_flush(f, va, PTG_FLUSH_NEW) : PTG_OK;
}

int HAND(unmap_one)(struct ptg_space *s, uint64_t va, uint64_t len, unsigned flags, struct ptg_flush *f)
{
	uint64_t *e;

	if (!s || !s->mapper || !f || len != 4096 || (flags & ~(unsigned)PTG_KEEP_TABLES))
		return PTG_E_ARG;
	if (va & 0xfff)
		return PTG_E_ALIGN;
	e = hand_entry(s, va);
	if (!e || (__atomic_load_n(e, __ATOMIC_RELAXED) & ONE_PAGE(s)) != ONE_IT_IS)
		return PTG_E_UNSUPPORTED;
	if (!(flags & PTG_KEEP_TABLES) && !((va >> 12 & 511) && e[-1]) && !((va >> 12 & 511) != 511 && e[1]))
		return PTG_E_UNSUPPORTED;
	__atomic_store_n(e, 0, __ATOMIC_RELEASE);
	return hand_flush(f, va, PTG_FLUSH_DOWN);
}

/* All six rights, live: marks that come meanwhile stay. */
int HAND(protect_one)(struct ptg_space *s, uint64_t va, uint64_t len, const struct ptg_attrs *a, unsigned flags,
		      struct ptg_flush *f)
{
	uint64_t *e, bits, old, new;
	unsigned reason;

	if (!s || !s->mapper || !a || !f || len != 4096 || flags || a->care != 0x3f)
		return PTG_E_ARG;
	if (va & 0xfff)
		return PTG_E_ALIGN;
	e = hand_entry(s, va);
	bits = hand_bits(a);
	if (!e)
		return PTG_E_UNSUPPORTED;
	if (!bits)
		return PTG_E_ATTR;
	old = __atomic_load_n(e, __ATOMIC_RELAXED);
	do {
		if ((old & ONE_PAGE(s)) != ONE_IT_IS)
			return PTG_E_UNSUPPORTED;
		new = (old & ~ONE_CARE) | (bits & ONE_CARE);
		if (new == old)
			return PTG_OK;
	} while (!__atomic_compare_exchange_n(e, &old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	bits = (new & ONE_GRANT) | (~new & ONE_CARE & ~ONE_GRANT);
	old = (old & ONE_GRANT) | (~old & ONE_CARE & ~ONE_GRANT);
	reason = (bits & ~old ? PTG_FLUSH_UP : 0u) | (old & ~bits ? PTG_FLUSH_DOWN : 0u);
	return hand_flush(f, va, reason);
}
