/* SPDX-License-Identifier: MIT */
/* search.c - find bytes in what an address space maps; streamed, across page ends too */
#include "gen/inspect/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/text.h"

#define CHUNK 65536u

static bool take(struct search *s, const void *bytes, size_t n, const char **why)
{
	if (n == 0 || n > SEARCH_MAX) {
		*why = n ? "is too long" : "is empty";
		return false;
	}
	memcpy(s->pattern, bytes, n);
	s->length = (unsigned)n;
	return true;
}

bool search_text(struct search *s, const char *word, const char **why)
{
	return take(s, word, strlen(word), why);
}

bool search_hex(struct search *s, const char *word, const char **why)
{
	unsigned char bytes[SEARCH_MAX];
	size_t n = 0;
	unsigned value;
	int used;

	if (strncmp(word, "0x", 2) == 0)
		word += 2;
	memset(s->any, 0, sizeof(s->any));
	for (; *word; word += used) {
		if (n < SEARCH_MAX && strncmp(word, "??", 2) == 0) {
			used = 2;
			s->any[n] = 1;
			bytes[n++] = 0;
			continue;
		}
		if (n == SEARCH_MAX || strspn(word, "0123456789abcdefABCDEF") < 2 || sscanf(word, "%2x%n", &value, &used) != 1) {
			*why = "is not pairs of hex digits or question marks";
			return false;
		}
		bytes[n++] = (unsigned char)value;
	}
	if (n && s->any[0]) {
		*why = "begins with a byte that may be anything";
		return false;
	}
	return take(s, bytes, n, why);
}

bool search_number(struct search *s, const char *word, unsigned bytes, const char **why)
{
	unsigned char b[8];
	uint64_t n;

	if (!text_number(word, &n) || (bytes == 4 && n >> 32)) {
		*why = "is no number of that width";
		return false;
	}
	for (unsigned i = 0; i < bytes; i++)
		b[i] = (unsigned char)(n >> 8 * i);
	s->number = true;
	return take(s, b, bytes, why);
}

void search_turn(struct search *s)
{
	for (unsigned i = 0; s->number && i < s->length / 2; i++) {
		unsigned char b = s->pattern[i];

		s->pattern[i] = s->pattern[s->length - 1 - i];
		s->pattern[s->length - 1 - i] = b;
	}
}

static void hit(struct search *s, struct out *o, uint64_t va, uint64_t pa, bool has_pa)
{
	if ((s->align && (va - s->offset) % s->align) || (s->most && s->hits >= s->most))
		return;
	s->hits++;
	if (o->form == OUT_TEXT) {
		fprintf(o->file, "0x%016" PRIx64, va);
		if (has_pa)
			fprintf(o->file, "  0x%" PRIx64, pa);
		fprintf(o->file, "\n");
		return;
	}
	out_begin(o);
	out_hex(o, "va", va);
	if (has_pa)
		out_hex(o, "pa", pa);
	else
		out_null(o, "pa");
	out_end(o);
}

static bool same(const struct search *s, const unsigned char *p)
{
	for (unsigned i = 0; i < s->length; i++)
		if (p[i] != s->pattern[i] && !s->any[i])
			return false;
	return true;
}

/* buffer[0..n) holds the memory that begins at va; `before` of it belongs to the chunk before. */
static void look(struct search *s, struct out *o, const unsigned char *buffer, size_t n, size_t before, uint64_t va,
		 uint64_t pa)
{
	for (size_t i = 0; i + s->length <= n; i++) {
		const unsigned char *p = memchr(buffer + i, s->pattern[0], n - s->length + 1 - i);

		if (!p)
			return;
		i = (size_t)(p - buffer);
		if (same(s, p))
			hit(s, o, va - before + i, pa - before + i, i >= before);
	}
}

void search_mapping(struct search *s, struct out *o, const struct view *v, const struct mapping *m)
{
	static unsigned char buffer[SEARCH_MAX + CHUNK];
	uint64_t va = m->va, pa = m->pa;
	size_t keep = s->tail_length && s->tail_end == m->va ? s->tail_length : 0;

	memcpy(buffer, s->tail, keep);
	while (va <= m->last) {
		size_t n = m->last - va >= CHUNK ? CHUNK : (size_t)(m->last - va + 1);
		uint64_t there = image_extent(v->image, pa, n);
		size_t have;

		if (there < n && there)
			n = (size_t)there;
		if (image_read(v->image, pa, buffer + keep, n)) {
			/* The rest of a page that is not there: go on with the next. */
			uint64_t skip = 4096 - (pa & 4095);

			if (m->last - va < skip)
				break;
			va += skip;
			pa += skip;
			keep = 0;
			continue;
		}
		have = keep + n;
		look(s, o, buffer, have, keep, va, pa);
		keep = have < s->length - 1u ? have : s->length - 1u;
		memmove(buffer, buffer + have - keep, keep);
		if (m->last - va < n)
			break;
		va += n;
		pa += n;
		if (va > m->last)
			break;
	}
	s->tail_length = (unsigned)keep;
	memcpy(s->tail, buffer, keep);
	s->tail_end = m->last + 1;
}
