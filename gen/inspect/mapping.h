/* SPDX-License-Identifier: MIT */
/*
 * mapping.h - one mapping of a dump as a line or as a record
 */
#ifndef GEN_INSPECT_MAPPING_H
#define GEN_INSPECT_MAPPING_H

#include "gen/inspect/scan.h"
#include "gen/out.h"

/* Words of the last line, which mostly are the next one's too. */
struct mapping_words {
	bool set, sizes_differ;
	uint32_t rights;
	uint16_t memtype;
	uint8_t page_lg2, contig_lg2;
	uint64_t bytes;
	unsigned length_size, page_size;
	char length[24], page[128];
};

struct mapping_style {
	bool maps;           /* in the style of /proc/PID/maps */
	bool phys;           /* physical addresses */
	struct mapping_words last;
};

void mapping_title(struct out *o, const struct view *v, const struct mapping_style *s);
void mapping_print(struct out *o, const struct view *v, const struct mapping *m, struct mapping_style *s);

/* Keys va len pa page_size level ... rule alias, after `lead` (NULL: none) with its value. */
void mapping_record(struct out *o, const struct view *v, const struct mapping *m, const char *lead, const char *value);

/* Colour of what a mapping allows. */
enum out_ink mapping_ink(const struct mapping *m);

#endif /* GEN_INSPECT_MAPPING_H */
