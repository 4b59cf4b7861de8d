/* SPDX-License-Identifier: MIT */
/* tree.c - a picture of the tables and of what leads where */
#include <stdio.h>
#include <string.h>

#include "gen/doc/doc.h"
#include "gen/doc/svg.h"
#include "gen/text.h"

#define BOX_W 118.0
#define BOX_H 66.0
#define STEP 150.0
#define TOP 40.0

/* Place of the table of a depth: the root stands left, the last table right. */
static double column(const struct ptg_format *f, unsigned depth)
{
	return 24 + STEP * (double)(f->level_count - depth);
}

static void arrow(FILE *out, double x0, double y0, double x1, double y1)
{
	double bend = (x1 - x0) / 2;

	if (x0 == x1)
		fprintf(out, "<path class=\"line\" d=\"M%.1f %.1fV%.1f\" marker-end=\"url(#tip)\"/>\n", x0, y0, y1 - 2);
	else
		fprintf(out, "<path class=\"line\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f\" marker-end=\"url(#tip)\"/>\n", x0,
			y0, x0 + bend, y0, x1 - bend, y1, x1 - 2, y1);
}

static void table_box(FILE *out, const struct ptg_format *f, unsigned depth)
{
	const struct ptg_level *l = &f->levels[depth];
	double x = column(f, depth);
	char text[64], size[24];

	svg_box(out, x, TOP, BOX_W, BOX_H, "cell table", NULL);
	svg_text(out, x + BOX_W / 2, TOP + 20, "middle", "head", l->name);
	if (f->flags & PTG_FORMAT_DYNAMIC)
		snprintf(text, sizeof(text), "width from above");
	else
		snprintf(text, sizeof(text), "%llu x %u bits", 1ull << l->width, 8u << l->entry_lg2);
	svg_text(out, x + BOX_W / 2, TOP + 38, "middle", "small", text);
	if (!(f->flags & PTG_FORMAT_DYNAMIC)) {
		snprintf(text, sizeof(text), "each spans %s", text_lg2(l->shift, size));
		svg_text(out, x + BOX_W / 2, TOP + 54, "middle", "small", text);
	}
}

/* Does a table kind of this depth lead to that one? */
static bool leads(const struct ptg_format *f, unsigned from, unsigned to)
{
	const struct ptg_level *l = &f->levels[from];

	for (unsigned i = 0; i < l->row_count; i++) {
		const struct ptg_kind *k = &f->kinds[f->rows[l->row_first + i].kind];

		if (k->role != PTG_ROLE_TABLE)
			continue;
		if (k->next_count == 0 && l->next == to)
			return true;
		for (unsigned n = 0; n < k->next_count; n++) {
			unsigned next = f->nexts[k->next_first + n].level;

			if (next == to || (next == PTG_NO_LEVEL && to < from))
				return true;
		}
	}
	return false;
}

/* Sizes of the pages at a depth, one box below the table. */
static void page_box(FILE *out, const struct ptg_format *f, unsigned depth)
{
	const struct ptg_level *l = &f->levels[depth];
	double x = column(f, depth), y = TOP + BOX_H + 46;
	char text[96] = "", size[24];
	uint64_t seen = 0;

	for (unsigned i = 0; i < l->row_count; i++) {
		const struct ptg_kind *k = &f->kinds[f->rows[l->row_first + i].kind];
		size_t used = strlen(text);

		if (k->role != PTG_ROLE_PAGE || (seen >> (k->page_lg2 & 63) & 1))
			continue;
		seen |= (uint64_t)1 << (k->page_lg2 & 63);
		snprintf(text + used, sizeof(text) - used, "%s%s", used ? ", " : "", text_lg2(k->page_lg2, size));
	}
	if (!*text)
		return;
	arrow(out, x + BOX_W / 2, TOP + BOX_H, x + BOX_W / 2, y);
	svg_box(out, x + 9, y, BOX_W - 18, 40, "cell page", NULL);
	svg_text(out, x + BOX_W / 2, y + 17, "middle", "", "page");
	svg_text(out, x + BOX_W / 2, y + 32, "middle", "small", text);
}

static void root_box(FILE *out, const struct ptg_format *f)
{
	double x = 24, y = TOP + 13;

	svg_box(out, x, y, BOX_W, 40, "cell root", NULL);
	svg_text(out, x + BOX_W / 2, y + 17, "middle", "head", f->root_count ? f->roots[0].name : "root");
	svg_text(out, x + BOX_W / 2, y + 32, "middle", "small",
		 f->root_count > 1 ? f->roots[1].name : "register");
	arrow(out, x + BOX_W, y + 20, column(f, f->top), TOP + BOX_H / 2);
}

void doc_svg_tree(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;
	double width = column(f, 0) + BOX_W + 24;
	char title[120];

	snprintf(title, sizeof(title), "%s: from the root to a page", f->name);
	svg_start(out, width, TOP + BOX_H + 110, title);
	fputs("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
	      "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#8a96a3\"/></marker></defs>\n", out);
	svg_text(out, 24, 20, "start", "head", title);
	root_box(out, f);
	for (unsigned from = f->level_count; from-- > 0;)
		for (unsigned to = 0; to < from; to++) {
			double lift = from - to > 1 ? -6.0 * (double)(from - to) : 0;

			if (leads(f, from, to))
				arrow(out, column(f, from) + BOX_W, TOP + BOX_H / 2 + lift, column(f, to), TOP + BOX_H / 2 + lift);
		}
	for (unsigned i = f->level_count; i-- > 0;) {
		table_box(out, f, i);
		page_box(out, f, i);
	}
	svg_end(out);
}
