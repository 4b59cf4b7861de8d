/* SPDX-License-Identifier: MIT */
/*
 * copy.c - bytes of an address space, in and out
 *
 * Every page is translated once; nothing is marked.  What is behind the pages is
 * reached like tables are: window, read_bytes and write_bytes, map_table.
 */
#include "ptg_core.h"
#include "ptg_mem.h"

#define UNKNOWN_LG2 12 /* addresses that are not translated come in pieces of this size */

/* Atomic loads keep compilers from making a call of the loop. */
static void copy(void *to, const void *from, size_t n)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	for (; n >= 8 && !(((uintptr_t)d | (uintptr_t)s) & 7); n -= 8, d += 8, s += 8)
		*(ptg_word64_ *)(void *)d = ptg_get64_(s, 0);
	for (; n; n--)
		*d++ = __atomic_load_n(s++, __ATOMIC_RELAXED);
}

static bool in_window(const struct ptg_space *s, uint64_t pa, size_t n)
{
	uint64_t off = pa - s->mapper->window_pa;

	return off < s->mapper->window_size && n <= s->mapper->window_size - off;
}

static int read_physical(const struct ptg_space *s, uint64_t pa, void *dst, size_t n)
{
	const struct ptg_mapper *m = s->mapper;
	void *p;

	if (in_window(s, pa, n)) {
		copy(dst, PTG_AT(s, pa), n);
		return PTG_OK;
	}
	if (m->ops && m->ops->read_bytes)
		return m->ops->read_bytes(m->priv, pa, dst, n) ? PTG_E_IO : PTG_OK;
	p = ptg_table_map_(s, pa, n);
	if (!p)
		return PTG_E_IO;
	copy(dst, p, n);
	ptg_table_unmap_(s, pa, p, n);
	return PTG_OK;
}

static int write_physical(const struct ptg_space *s, uint64_t pa, const void *src, size_t n)
{
	const struct ptg_mapper *m = s->mapper;
	void *p;

	if (in_window(s, pa, n)) {
		copy(PTG_AT(s, pa), src, n);
		return PTG_OK;
	}
	if (m->ops && m->ops->write_bytes)
		return m->ops->write_bytes(m->priv, pa, src, n) ? PTG_E_IO : PTG_OK;
	p = ptg_table_map_(s, pa, n);
	if (!p)
		return m->ops && m->ops->map_table ? PTG_E_IO : PTG_E_UNSUPPORTED;
	copy(p, src, n);
	ptg_table_unmap_(s, pa, p, n);
	return PTG_OK;
}

/* Where the byte at va is, and how many follow it there, at most n. */
static int place(const struct ptg_space *s, uint64_t va, size_t n, unsigned access, uint64_t *pa, size_t *here)
{
	struct ptg_hit hit = ptg_lookup(s, va, access);
	uint64_t left;
	unsigned lg2;

	if (PTG_HIT_FAULT(hit))
		return PTG_E_FAULT;
	lg2 = PTG_HIT_LG2(hit) ? PTG_HIT_LG2(hit) : UNKNOWN_LG2;
	left = ptg_mask_(lg2) - (va & ptg_mask_(lg2)); /* after this byte */
	*pa = hit.pa;
	*here = left < n - 1 ? (size_t)left + 1 : n;
	return PTG_OK;
}

static int check(const struct ptg_space *s, uint64_t va, const void *buffer, size_t n, size_t *done)
{
	if (done)
		*done = 0;
	if (!s || !s->format || (n && !buffer) || (n && va + (n - 1) < va))
		return PTG_E_ARG;
	return PTG_OK;
}

int ptg_read(const struct ptg_space *s, uint64_t va, void *dst, size_t n, unsigned access, size_t *done)
{
	unsigned char *to = dst;
	int err = check(s, va, dst, n, done);

	while (!err && n) {
		uint64_t pa;
		size_t here;

		err = place(s, va, n, access, &pa, &here);
		if (!err)
			err = read_physical(s->stage[1] ? s->stage[1] : s, pa, to, here);
		if (err)
			break;
		to += here;
		va += here;
		n -= here;
		if (done)
			*done += here;
	}
	return err;
}

int ptg_write(const struct ptg_space *s, uint64_t va, const void *src, size_t n, unsigned access, size_t *done)
{
	const unsigned char *from = src;
	int err = check(s, va, src, n, done);

	while (!err && n) {
		uint64_t pa;
		size_t here;

		err = place(s, va, n, access, &pa, &here);
		if (!err)
			err = write_physical(s->stage[1] ? s->stage[1] : s, pa, from, here);
		if (err)
			break;
		from += here;
		va += here;
		n -= here;
		if (done)
			*done += here;
	}
	return err;
}
