/* SPDX-License-Identifier: MIT */
/*
 * draw.h - an address space as a picture
 *
 * The largest holes cut the space into panels, each true to scale; what the
 * user can reach stands in the upper half of a panel, what only the supervisor
 * can in the lower.  Colours say the rights.
 */
#ifndef GEN_INSPECT_DRAW_H
#define GEN_INSPECT_DRAW_H

#include <stdio.h>

#include "gen/inspect/scan.h"
#include "gen/out.h"

struct drawing {
	struct arena *arena;
	const struct view *view;
	const char *title;
	struct mapping *m;
	size_t count, room;
	uint64_t mapped;
};

struct panel { size_t first, last; }; /* mappings, inclusive */

void draw_add(struct drawing *d, const struct mapping *m);
/* At most `most` panels, in order of addresses. */
struct panel *draw_panels(const struct drawing *d, unsigned most, unsigned *count);
/* "wx", "rx", "rw", "ro", "no", "bad", "alias": also classes of the style sheet. */
const char *draw_class(const struct mapping *m);
/* Does the user reach it? */
bool draw_is_user(const struct mapping *m);
/* What hovering says. */
const char *draw_hover(const struct drawing *d, const struct mapping *m);

/* At most that many lines, each a cluster with a bar. */
void draw_text(const struct drawing *d, const struct out *o, unsigned lines);
void draw_svg(const struct drawing *d, FILE *out);
void draw_html(const struct drawing *d, FILE *out);

#endif /* GEN_INSPECT_DRAW_H */
