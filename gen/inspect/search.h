/* SPDX-License-Identifier: MIT */
/*
 * search.h - find bytes in what an address space maps
 */
#ifndef GEN_INSPECT_SEARCH_H
#define GEN_INSPECT_SEARCH_H

#include "gen/inspect/scan.h"
#include "gen/out.h"

#define SEARCH_MAX 256

struct search {
	unsigned char pattern[SEARCH_MAX];
	unsigned char any[SEARCH_MAX]; /* 1: this byte may be what it will */
	unsigned length;             /* 0: nothing is searched */
	bool number;                 /* its bytes stand in the order of the machine */
	uint64_t align, offset, most; /* hits at offset of multiples of align, so many at most; 0: all */
	uint64_t hits;
	/* the end of the mapping before, where a hit may begin that goes on here */
	unsigned char tail[SEARCH_MAX];
	unsigned tail_length;
	uint64_t tail_end;
};

/* false: *why completes "'WORD' ..." */
bool search_text(struct search *s, const char *word, const char **why);
bool search_hex(struct search *s, const char *word, const char **why);
bool search_number(struct search *s, const char *word, unsigned bytes, const char **why);

/* The machine is big endian. */
void search_turn(struct search *s);

/* Print every hit in a mapping that is contiguous in physical memory. */
void search_mapping(struct search *s, struct out *o, const struct view *v, const struct mapping *m);

#endif /* GEN_INSPECT_SEARCH_H */
