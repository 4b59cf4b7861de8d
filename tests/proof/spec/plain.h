/* SPDX-License-Identifier: MIT */
/*
 * plain.h - for formats whose rights stand in the page's entry alone, and that
 * know no marks: reading an entry, answering with a page
 */
#include "spec.h"

/* 0: unreadable. */
static inline int entry_at(uint64_t at, unsigned bytes, uint64_t *e)
{
	if (!__CPROVER_uninterpreted_readable(at))
		return 0;
	*e = __CPROVER_uninterpreted_memory(at);
	if (bytes == 4)
		*e &= 0xffffffff;
	return 1;
}

/* Rights of readable, writable, executable for everybody. */
static inline unsigned everybody(unsigned r, unsigned w, unsigned x)
{
	return (r | w << 1 | x << 2) * 9;
}

static inline struct spec page(uint64_t va, unsigned access, uint64_t e, uint64_t frame, unsigned level, unsigned lg2,
			       unsigned six)
{
	unsigned wanted = (access & 7) << (access & PTG_USER ? 0 : 3);
	struct spec out = { 0 };

	if (wanted & ~six)
		return stop(PTG_F_PERMISSION);
	out.pa = (frame & ~below(lg2)) | (va & below(lg2));
	out.level = level;
	out.page_lg2 = lg2;
	out.rights = six;
	out.entry = e;
	return out;
}
