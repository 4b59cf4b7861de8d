/* SPDX-License-Identifier: MIT */
/*
 * mem.c - one entry, wherever it is: window, map_table, read_bytes
 *
 * The only file that calls the mapper for the contents of tables.  Nothing here
 * trusts an address: what no operation reaches is PTG_E_IO.
 */
#include "ptg_core.h"
#include "ptg_mem.h"

static bool big(const struct ptg_space *s)
{
	return s->format->flags & PTG_FORMAT_BIG;
}

/* --- 64 bits ------------------------------------------------------------------- */

/*
 * A host that moves them in halves must know in which the valid bit is: the one that the
 * last table's first invalid kind looks at.
 */
#if !PTG_ATOMIC64
static int valid_high(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	unsigned i;

	for (i = 0; f->level_count && i < f->levels[0].row_count; i++) {
		const struct ptg_row *r = &f->rows[f->levels[0].row_first + i];

		if (f->kinds[r->kind].role == PTG_ROLE_INVALID)
			return (uint32_t)r->mask == 0 && r->mask >> 32;
	}
	return 0;
}
#endif

static uint64_t get64(const struct ptg_space *s, const void *p, bool be)
{
#if PTG_ATOMIC64
	(void)s;
	return be ? PTG_GET64BE(p) : PTG_GET64(p);
#else
	uint64_t v = ptg_get64_(p, valid_high(s) ^ (be != (bool)PTG_HOST_BIG));

	return be ? PTG_BE64_(v) : PTG_LE64_(v);
#endif
}

static void put64(const struct ptg_space *s, void *p, bool be, uint64_t v)
{
#if PTG_ATOMIC64
	(void)s;
	if (be)
		PTG_PUT64BE(p, v);
	else
		PTG_PUT64(p, v);
#else
	ptg_put64_(p, be ? PTG_BE64_(v) : PTG_LE64_(v), valid_high(s) ^ (be != (bool)PTG_HOST_BIG));
#endif
}

/* --- an entry at a pointer --------------------------------------------------- */

static void get(const struct ptg_space *s, const void *p, unsigned entry_lg2, uint64_t e[2])
{
	const unsigned char *b = p;
	bool be = big(s);

	e[1] = 0;
	switch (entry_lg2) {
	case 1:
		e[0] = be ? PTG_GET16BE(b) : PTG_GET16(b);
		break;
	case 2:
		e[0] = be ? PTG_GET32BE(b) : PTG_GET32(b);
		break;
	case 3:
		e[0] = get64(s, b, be);
		break;
	default:
		e[0] = get64(s, be ? b + 8 : b, be);
		e[1] = get64(s, be ? b : b + 8, be);
		break;
	}
}

/* The low word of a 128-bit entry says that it is valid: last, or first when it goes. */
static void put_pair(const struct ptg_space *s, unsigned char *b, bool be, const uint64_t e[2])
{
	unsigned char *low = be ? b + 8 : b, *high = be ? b : b + 8;
	unsigned i;

	for (i = 0; i < 2; i++) {
		bool now_low = (e[0] == 0) == (i == 0);
		unsigned char *p = now_low ? low : high;
		uint64_t v = now_low ? e[0] : e[1];

		put64(s, p, be, v);
	}
}

static void put(const struct ptg_space *s, void *p, unsigned entry_lg2, const uint64_t e[2])
{
	bool be = big(s);

	switch (entry_lg2) {
	case 1:
		if (be)
			PTG_PUT16BE(p, (uint16_t)e[0]);
		else
			PTG_PUT16(p, (uint16_t)e[0]);
		break;
	case 2:
		if (be)
			PTG_PUT32BE(p, (uint32_t)e[0]);
		else
			PTG_PUT32(p, (uint32_t)e[0]);
		break;
	case 3:
		put64(s, p, be, e[0]);
		break;
	default:
		put_pair(s, p, be, e);
		break;
	}
}

/* Not every host swaps 16 bits: the 32 they are in, as long as only the other half moves. */
static int swap16(void *p, bool be, uint64_t e[2], uint64_t desired)
{
	unsigned char *word = (unsigned char *)p - ((uintptr_t)p & 2);
	unsigned shift = ((uintptr_t)p & 2) != 2 * PTG_HOST_BIG ? 16 : 0, tries = 0;
	uint16_t old = be ? PTG_BE16_((uint16_t)e[0]) : PTG_LE16_((uint16_t)e[0]);
	uint16_t new = be ? PTG_BE16_((uint16_t)desired) : PTG_LE16_((uint16_t)desired), now;
	uint32_t have;
	int done = 0;

	do {
		have = ptg_get32_(word);
		now = (uint16_t)(have >> shift);
		if (now != old)
			break;
		done = ptg_swap_if32_(word, &have, (have & ~((uint32_t)0xffff << shift)) | (uint32_t)new << shift);
	} while (!done && ++tries < 1000);
	if (!done)
		e[0] = be ? PTG_BE16_(now) : PTG_LE16_(now);
	return done;
}

static int swap32(void *p, bool be, uint64_t e[2], uint64_t desired)
{
	uint32_t old = (uint32_t)e[0];
	int done = be ? PTG_SWAP32BE(p, &old, (uint32_t)desired) : PTG_SWAP32(p, &old, (uint32_t)desired);

	e[0] = old;
	return done;
}

static int swap64(void *p, bool be, uint64_t *e, uint64_t desired)
{
#ifdef PTG_SWAP64
	return be ? PTG_SWAP64BE(p, e, desired) : PTG_SWAP64(p, e, desired);
#else
	(void)p, (void)be, (void)e, (void)desired;
	return PTG_E_UNSUPPORTED;
#endif
}

/*
 * 128 bits: the word that changes is swapped, so that a mark in the other one, or what
 * another mapper links there, stays.  Both at once are more than a host does: 2.
 */
static unsigned word_changed(const uint64_t e[2], const uint64_t desired[2])
{
	return desired[1] == e[1] ? 0 : desired[0] == e[0] ? 1 : 2;
}

static unsigned word_place(bool be, unsigned word)
{
	return be ? 8 - 8 * word : 8 * word;
}

/* Whether the word that stays is what it should be; e[] becomes what is there. */
static bool word_other(const uint64_t now[2], uint64_t e[2], unsigned word)
{
	if (now[!word] == e[!word])
		return true;
	e[0] = now[0];
	e[1] = now[1];
	return false;
}

static int swap(const struct ptg_space *s, void *p, unsigned entry_lg2, uint64_t e[2], const uint64_t desired[2])
{
	bool be = big(s);
	unsigned char *b = p;
	unsigned word;
	uint64_t now[2];

	switch (entry_lg2) {
	case 1:
		return swap16(p, be, e, desired[0]);
	case 2:
		return swap32(p, be, e, desired[0]);
	case 3:
		return swap64(p, be, e, desired[0]);
	}
	word = word_changed(e, desired);
	if (word > 1)
		return PTG_E_UNSUPPORTED;
	get(s, p, entry_lg2, now);
	if (!word_other(now, e, word))
		return 0;
	return swap64(b + word_place(be, word), be, &e[word], desired[word]);
}

/* --- an entry as bytes, for mappers without pointers ------------------------------ */

static void from_bytes(const uint8_t *b, unsigned n, bool be, uint64_t e[2])
{
	unsigned i;

	e[0] = e[1] = 0;
	for (i = 0; i < n; i++) {
		unsigned at = be ? n - 1 - i : i;

		e[at / 8] |= ptg_shl_(b[i], 8 * (at % 8));
	}
}

static void to_bytes(uint8_t *b, unsigned n, bool be, const uint64_t e[2])
{
	unsigned i;

	for (i = 0; i < n; i++) {
		unsigned at = be ? n - 1 - i : i;

		b[i] = (uint8_t)ptg_shr_(e[at / 8], 8 * (at % 8));
	}
}

/* --- by the mapper ------------------------------------------------------------------ */

static void *map(const struct ptg_space *s, uint64_t pa, size_t bytes)
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;

	return ops && ops->map_table ? ops->map_table(s->mapper->priv, pa, bytes) : NULL;
}

static void unmap(const struct ptg_space *s, uint64_t pa, void *p, size_t bytes)
{
	if (s->mapper->ops->unmap_table)
		s->mapper->ops->unmap_table(s->mapper->priv, pa, p, bytes);
}

PTG_COLD int ptg_cold_load_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2])
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;
	unsigned n = 1u << entry_lg2;
	uint8_t b[16];
	void *p = map(s, pa, n);

	e[0] = e[1] = 0;
	if (p) {
		get(s, p, entry_lg2, e);
		unmap(s, pa, p, n);
		return PTG_OK;
	}
	if (!ops || !ops->read_bytes || ops->read_bytes(s->mapper->priv, pa, b, n))
		return PTG_E_IO;
	from_bytes(b, n, big(s), e);
	return PTG_OK;
}

PTG_COLD int ptg_cold_store_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, const uint64_t e[2])
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;
	unsigned n = 1u << entry_lg2;
	uint8_t b[16];
	void *p = map(s, pa, n);

	if (p) {
		put(s, p, entry_lg2, e);
		unmap(s, pa, p, n);
		return PTG_OK;
	}
	if (!ops || !ops->write_bytes)
		return ops && ops->map_table ? PTG_E_IO : PTG_E_UNSUPPORTED;
	to_bytes(b, n, big(s), e);
	return ops->write_bytes(s->mapper->priv, pa, b, n) ? PTG_E_IO : PTG_OK;
}

/* ops->cas speaks of words as the host reads them from that memory. */
static uint64_t raw(const struct ptg_space *s, unsigned entry_lg2, uint64_t v)
{
	if (big(s) == (bool)PTG_HOST_BIG)
		return v;
	switch (entry_lg2) {
	case 1:
		return ptg_swap16_((uint16_t)v);
	case 2:
		return ptg_swap32_((uint32_t)v);
	default:
		return ptg_swap64_(v);
	}
}

static int cas_by_op(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2],
		     const uint64_t desired[2])
{
	const struct ptg_mapper_ops *ops = s->mapper->ops;
	unsigned word = entry_lg2 > 3 ? word_changed(e, desired) : 0;
	uint64_t there[2], now;
	int done;

	if (!ops || !ops->cas || word > 1)
		return PTG_E_UNSUPPORTED;
	if (entry_lg2 > 3) {
		if (ptg_load_(s, pa, entry_lg2, there))
			return PTG_E_IO;
		if (!word_other(there, e, word))
			return 0;
		pa += word_place(big(s), word);
	}
	now = raw(s, entry_lg2, e[word]);
	done = ops->cas(s->mapper->priv, pa, entry_lg2 > 3 ? 8 : 1u << entry_lg2, &now,
			raw(s, entry_lg2, desired[word]));
	if (done < 0)
		return PTG_E_IO;
	e[word] = raw(s, entry_lg2, now);
	return done > 0;
}

PTG_COLD int ptg_cold_cas_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2],
			   const uint64_t desired[2])
{
	unsigned n = 1u << entry_lg2;
	void *p = map(s, pa, n);
	int done = PTG_E_UNSUPPORTED;

	if (p) {
		done = swap(s, p, entry_lg2, e, desired);
		unmap(s, pa, p, n);
	}
	return done == PTG_E_UNSUPPORTED ? cas_by_op(s, pa, entry_lg2, e, desired) : done;
}

/* --- inside the window, by the macros that a user may have replaced ----------------------- */

#if PTG_ATOMIC64 || defined(PTG_USER_LOADS)
#define WHOLE64 1
#else
#define WHOLE64 0 /* in halves, whose order the format decides */
#endif

static void load_inside(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2])
{
	bool be = big(s);

	e[1] = 0;
	if (entry_lg2 == 1)
		e[0] = be ? PTG_LOAD16BE(s, pa) : PTG_LOAD16(s, pa);
	else if (entry_lg2 == 2)
		e[0] = be ? PTG_LOAD32BE(s, pa) : PTG_LOAD32(s, pa);
	else if (!WHOLE64)
		get(s, PTG_AT(s, pa), entry_lg2, e);
	else if (entry_lg2 == 3)
		e[0] = be ? PTG_LOAD64BE(s, pa) : PTG_LOAD64(s, pa);
	else if (be)
		PTG_LOAD128BE(s, pa, e);
	else
		PTG_LOAD128(s, pa, e);
}

static void store64_inside(const struct ptg_space *s, uint64_t pa, uint64_t v)
{
	if (!WHOLE64)
		put64(s, PTG_AT(s, pa), big(s), v);
	else if (big(s))
		PTG_STORE64BE(s, pa, v);
	else
		PTG_STORE64(s, pa, v);
}

static void store_inside(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, const uint64_t e[2])
{
	bool be = big(s), low_last = e[0] != 0; /* as put_pair() */
	uint64_t low = be ? pa + 8 : pa, high = be ? pa : pa + 8;

	if (entry_lg2 == 1 && be)
		PTG_STORE16BE(s, pa, (uint16_t)e[0]);
	else if (entry_lg2 == 1)
		PTG_STORE16(s, pa, (uint16_t)e[0]);
	else if (entry_lg2 == 2 && be)
		PTG_STORE32BE(s, pa, (uint32_t)e[0]);
	else if (entry_lg2 == 2)
		PTG_STORE32(s, pa, (uint32_t)e[0]);
	else if (entry_lg2 == 3)
		store64_inside(s, pa, e[0]);
	else {
		store64_inside(s, low_last ? high : low, low_last ? e[1] : e[0]);
		store64_inside(s, low_last ? low : high, low_last ? e[0] : e[1]);
	}
}

/* Of 128 bits the word that changes, as in swap(). */
static int cas_inside(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2],
		      const uint64_t desired[2])
{
	bool be = big(s);
	unsigned word = 0;
	uint64_t now[2];
	uint32_t old;
	int done = PTG_E_UNSUPPORTED;

	if (entry_lg2 == 1)
		return swap16(PTG_AT(s, pa), be, e, desired[0]);
	if (entry_lg2 == 2) {
		old = (uint32_t)e[0];
		done = be ? PTG_CAS32BE(s, pa, &old, (uint32_t)desired[0]) : PTG_CAS32(s, pa, &old, (uint32_t)desired[0]);
		e[0] = old;
		return done;
	}
	if (entry_lg2 == 4) {
		word = word_changed(e, desired);
		if (word > 1)
			return PTG_E_UNSUPPORTED;
		load_inside(s, pa, entry_lg2, now);
		if (!word_other(now, e, word))
			return 0;
		pa += word_place(be, word);
	}
#ifdef PTG_CAS64
	if (!be)
		done = PTG_CAS64(s, pa, &e[word], desired[word]);
#endif
#ifdef PTG_CAS64BE
	if (be)
		done = PTG_CAS64BE(s, pa, &e[word], desired[word]);
#endif
	return done;
}

/* --- the one way in -------------------------------------------------------------------- */

int ptg_load_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2])
{
	if (!PTG_IN_WINDOW(s, pa))
		return ptg_cold_load_(s, pa, entry_lg2, e);
	load_inside(s, pa, entry_lg2, e);
	return PTG_OK;
}

int ptg_store_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, const uint64_t e[2])
{
	if (!PTG_IN_WINDOW(s, pa))
		return ptg_cold_store_(s, pa, entry_lg2, e);
	store_inside(s, pa, entry_lg2, e);
	return PTG_OK;
}

int ptg_cas_(const struct ptg_space *s, uint64_t pa, unsigned entry_lg2, uint64_t e[2], const uint64_t desired[2])
{
	int done;

	if (!PTG_IN_WINDOW(s, pa))
		return ptg_cold_cas_(s, pa, entry_lg2, e, desired);
	done = cas_inside(s, pa, entry_lg2, e, desired);
	return done == PTG_E_UNSUPPORTED ? cas_by_op(s, pa, entry_lg2, e, desired) : done;
}

void *ptg_table_map_(const struct ptg_space *s, uint64_t pa, size_t bytes)
{
	uint64_t off = pa - s->mapper->window_pa;

	if (off < s->mapper->window_size && bytes <= s->mapper->window_size - off)
		return PTG_AT(s, pa);
	return map(s, pa, bytes);
}

void ptg_table_unmap_(const struct ptg_space *s, uint64_t pa, void *p, size_t bytes)
{
	uint64_t off = pa - s->mapper->window_pa;

	if (off < s->mapper->window_size && bytes <= s->mapper->window_size - off)
		return;
	if (s->mapper->ops)
		unmap(s, pa, p, bytes);
}
