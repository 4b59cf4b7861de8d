/* SPDX-License-Identifier: MIT */
/*
 * draw_text.c - an address space at a glance, in a terminal
 *
 * One line a cluster of mappings, cut at the largest holes; its bar is true to
 * scale, a letter says what most of that place allows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/draw.h"
#include "gen/text.h"

#define CELLS 40

struct cluster {
	uint64_t first, last, mapped;
	uint32_t rights;
	uint64_t sizes;              /* bit n: pages of 2^n */
	uint64_t bytes[CELLS][7];    /* ORDER classes */
	bool odd;                    /* holds what is no page */
};

static const struct { const char *class; char letter; enum out_ink ink; } classes[7] = {
	{"ro", 'r', INK_BLUE}, {"rw", 'w', INK_YELLOW}, {"rx", 'x', INK_GREEN}, {"wx", '#', INK_RED}, {"no", '-', INK_DIM},
	{"bad", '!', INK_MAGENTA}, {"alias", '=', INK_DIM},
};

static unsigned class_index(const struct mapping *m)
{
	const char *class = draw_class(m);
	unsigned i = 0;

	while (i < 6 && strcmp(classes[i].class, class) != 0)
		i++;
	return i;
}

/* Give each cell the bytes of the mapping that lie in it; a mapping smaller than a cell still shows. */
static void spread(struct cluster *c, const struct mapping *m)
{
	double span = (double)(c->last - c->first) + 1;
	unsigned class = class_index(m);
	unsigned from = (unsigned)((double)(m->va - c->first) / span * CELLS);
	unsigned to = (unsigned)((double)(m->last - c->first) / span * CELLS);

	for (unsigned i = from; i <= to && i < CELLS; i++)
		c->bytes[i][class] += (m->last - m->va) / (to - from + 1) + 1;
}

static void gather(const struct drawing *d, const struct panel *p, struct cluster *c)
{
	memset(c, 0, sizeof(*c));
	c->first = d->m[p->first].va;
	c->last = d->m[p->last].last;
	for (size_t i = p->first; i <= p->last; i++) {
		const struct mapping *m = &d->m[i];

		spread(c, m);
		if (m->kind != MAPPING_PAGE) {
			c->odd = true;
			continue;
		}
		c->mapped += m->last - m->va + 1;
		c->rights |= m->rights;
		c->sizes |= (uint64_t)1 << (m->page_lg2 & 63);
	}
}

static void print_bar(const struct cluster *c, const struct out *o)
{
	const char *ink = "";

	putc('|', o->file);
	for (unsigned i = 0; i < CELLS; i++) {
		unsigned best = 7;

		for (unsigned k = 0; k < 7; k++)
			if (c->bytes[i][k] && (best == 7 || c->bytes[i][k] > c->bytes[i][best]))
				best = k;
		if (best < 7 && out_ink(o, classes[best].ink) != ink) {
			ink = out_ink(o, classes[best].ink);
			fputs(ink, o->file);
		}
		putc(best < 7 ? classes[best].letter : ' ', o->file);
	}
	fprintf(o->file, "%s|", out_ink(o, INK_PLAIN));
}

static void print_cluster(const struct cluster *c, const struct out *o)
{
	char length[24], mapped[24], user[4], super[4], size[24];

	fprintf(o->file, "0x%016" PRIx64 " %6s %6s  %s  %s  ", c->first, text_length(c->last - c->first + 1, length),
		c->mapped ? text_length(c->mapped, mapped) : "-", text_rights(c->rights, true, user),
		text_rights(c->rights, false, super));
	print_bar(c, o);
	for (unsigned i = 0; i < 64; i++)
		if (c->sizes >> i & 1)
			fprintf(o->file, " %s", text_lg2(i, size));
	fputs("\n", o->file);
}

void draw_text(const struct drawing *d, const struct out *o, unsigned lines)
{
	unsigned count;
	struct panel *p = draw_panels(d, lines, &count);

	fprintf(o->file, "%s%s%s\n\n", out_ink(o, INK_BOLD), d->title, out_ink(o, INK_PLAIN));
	fprintf(o->file, "%sFROM                 LENGTH MAPPED  USER SUPV  %-*s PAGES%s\n", out_ink(o, INK_BOLD), CELLS + 2, "",
		out_ink(o, INK_PLAIN));
	for (unsigned i = 0; i < count; i++) {
		struct cluster c;

		gather(d, &p[i], &c);
		print_cluster(&c, o);
	}
	fprintf(o->file, "\nr read only  w writable  x executable  # writable and executable  - no access  = alias  ! fault\n");
}
