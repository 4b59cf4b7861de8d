/* SPDX-License-Identifier: MIT */
/*
 * mapping.h - one mapping of a dump as a line or as a record
 */
#ifndef GEN_INSPECT_MAPPING_H
#define GEN_INSPECT_MAPPING_H

#include "gen/inspect/scan.h"
#include "gen/out.h"

struct mapping_style {
	bool maps;           /* in the style of /proc/PID/maps */
	bool phys;           /* physical addresses */
};

void mapping_title(struct out *o, const struct view *v, const struct mapping_style *s);
void mapping_print(struct out *o, const struct view *v, const struct mapping *m, const struct mapping_style *s);

/* Keys va len pa page_size level ... rule alias, after `lead` (NULL: none) with its value. */
void mapping_record(struct out *o, const struct view *v, const struct mapping *m, const char *lead, const char *value);

/* Colour of what a mapping allows. */
enum out_ink mapping_ink(const struct mapping *m);

#endif /* GEN_INSPECT_MAPPING_H */
