/* SPDX-License-Identifier: MIT */
/* draw.c - an address space as a picture: panels, colours, and the SVG */
#include "gen/inspect/draw.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gen/doc/svg.h"
#include "gen/text.h"

#define PANELS 28u
#define LEFT 20.0
#define WIDTH 960.0
#define BAR 28.0
#define STEP 58.0
#define SMALLEST 0.8                 /* a mapping is at least that wide */

void draw_add(struct drawing *d, const struct mapping *m)
{
	if (d->count == d->room) {
		size_t room = d->room ? 2 * d->room : 256;

		d->m = arena_grow(d->arena, d->m, d->count, room, sizeof(*d->m));
		d->room = room;
	}
	d->m[d->count++] = *m;
	if (m->kind == MAPPING_PAGE)
		d->mapped += m->last - m->va + 1;
}

bool draw_is_user(const struct mapping *m)
{
	return m->rights & (PTG_UR | PTG_UW | PTG_UX);
}

const char *draw_class(const struct mapping *m)
{
	bool w = m->rights & (PTG_UW | PTG_SW), x = m->rights & (PTG_UX | PTG_SX);

	if (m->kind == MAPPING_ALIAS)
		return "alias";
	if (m->kind != MAPPING_PAGE)
		return "bad";
	if (w && x)
		return "wx";
	if (x)
		return "rx";
	if (w)
		return "rw";
	return m->rights & (PTG_UR | PTG_SR) ? "ro" : "no";
}

const char *draw_hover(const struct drawing *d, const struct mapping *m)
{
	const struct ptg_format *f = d->view->plan->stage[0] ? d->view->stage[0].format : d->view->space.format;
	const char *range = arena_printf(d->arena, "0x%" PRIx64 " - 0x%" PRIx64, m->va, m->last);
	char size[24], page[24], user[4], super[4], type[24];
	const char *memtype = text_memtype(f, m->memtype, type);

	switch (m->kind) {
	case MAPPING_ALIAS:
		return arena_printf(d->arena, "%s: the same table as at 0x%" PRIx64, range, m->alias);
	case MAPPING_UNREADABLE:
		return arena_printf(d->arena, "%s: a table the image does not hold", range);
	case MAPPING_FAULT:
		return arena_printf(d->arena, "%s: entry 0x%" PRIx64 " faults (%s)", range, m->entry, text_fault_class(m->fault));
	default:
		break;
	}
	return arena_printf(d->arena, "%s, %s, user %s, supervisor %s, pages of %s%s%s%s, %s", range,
			    text_length(m->last - m->va + 1, size), text_rights(m->rights, true, user),
			    text_rights(m->rights, false, super), text_lg2(m->page_lg2, page), m->sizes_differ ? " and more" : "",
			    memtype ? ", " : "", memtype ? memtype : "",
			    m->scattered ? "scattered" : arena_printf(d->arena, "pa 0x%" PRIx64, m->pa));
}

/* --- panels --------------------------------------------------------------------------- */

static int larger(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a > b ? -1 : a < b;
}

static uint64_t hole_after(const struct drawing *d, size_t i)
{
	return d->m[i + 1].va - d->m[i].last - 1;
}

/* The size a hole must have to cut: the most - 1 largest do. */
static uint64_t cutting_size(const struct drawing *d, unsigned most)
{
	uint64_t *hole = arena_array(d->arena, d->count, sizeof(*hole));

	for (size_t i = 0; i + 1 < d->count; i++)
		hole[i] = hole_after(d, i);
	qsort(hole, d->count - 1, sizeof(*hole), larger);
	return d->count - 1 >= most ? hole[most - 2] : 1;
}

struct panel *draw_panels(const struct drawing *d, unsigned most, unsigned *count)
{
	struct panel *p = arena_array(d->arena, most + 1, sizeof(*p));
	uint64_t cut;

	*count = 0;
	if (d->count == 0)
		return p;
	cut = cutting_size(d, most);
	for (size_t i = 0; i < d->count; i++) {
		p[*count].last = i;
		if (i + 1 < d->count && hole_after(d, i) >= cut && hole_after(d, i) && *count + 1 < most) {
			(*count)++;
			p[*count].first = i + 1;
		}
	}
	(*count)++;
	return p;
}

/* --- SVG ---------------------------------------------------------------------------------- */

static void svg_panel(const struct drawing *d, FILE *out, const struct panel *p, double y)
{
	uint64_t first = d->m[p->first].va, last = d->m[p->last].last;
	double scale = WIDTH / ((double)(last - first) + 1);
	char text[120], size[24];

	snprintf(text, sizeof(text), "0x%016" PRIx64 " - 0x%016" PRIx64, first, last);
	svg_text(out, LEFT, y - 6, "start", "", text);
	snprintf(text, sizeof(text), "%s", text_length(last - first + 1, size));
	svg_text(out, LEFT + WIDTH, y - 6, "end", "small", text);
	svg_box(out, LEFT, y, WIDTH, BAR, "free", NULL);
	for (size_t i = p->first; i <= p->last; i++) {
		const struct mapping *m = &d->m[i];
		double x = (double)(m->va - first) * scale, w = ((double)(m->last - m->va) + 1) * scale;
		bool both = m->kind != MAPPING_PAGE;

		svg_box(out, LEFT + x, both || draw_is_user(m) ? y : y + BAR / 2, w < SMALLEST ? SMALLEST : w,
			both ? BAR : BAR / 2, draw_class(m), draw_hover(d, m));
	}
	fprintf(out, "<path class=\"line\" d=\"M%.1f %.1fh%.1f\"/>\n", LEFT, y + BAR / 2, WIDTH);
}

static void svg_legend(FILE *out, double y)
{
	static const struct { const char *class, *text; } keys[] = {
		{"rx", "executable"}, {"rw", "writable"}, {"ro", "read only"}, {"wx", "writable and executable"},
		{"bad", "fault or unreadable"}, {"alias", "alias"},
	};
	double x = LEFT;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		svg_box(out, x, y, 12, 12, keys[i].class, NULL);
		svg_text(out, x + 17, y + 10, "start", "small", keys[i].text);
		x += 36 + svg_width(keys[i].text, 10);
	}
	svg_text(out, LEFT + WIDTH, y + 10, "end", "small", "above: the user's; below: the supervisor's alone");
}

void draw_svg(const struct drawing *d, FILE *out)
{
	unsigned count;
	struct panel *p = draw_panels(d, PANELS, &count);
	double y = 86;

	svg_start(out, WIDTH + 2 * LEFT, 86 + STEP * count, d->title);
	svg_text(out, LEFT, 24, "start", "head", d->title);
	svg_legend(out, 38);
	for (unsigned i = 0; i < count; i++, y += STEP)
		svg_panel(d, out, &p[i], y);
	svg_end(out);
}
