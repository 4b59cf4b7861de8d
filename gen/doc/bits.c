/* SPDX-License-Identifier: MIT */
/* bits.c - pictures of bits, true to scale: an address, an entry, a register */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/doc/doc.h"
#include "gen/doc/svg.h"

#define LEFT 16.0
#define WIDTH 968.0
#define ROW 46.0
#define ROW_STEP 82.0

struct span_box {                    /* bits [hi:lo] of a frame */
	unsigned hi, lo;
	const char *name, *class, *hover;
	unsigned lane, lanes;        /* fields that share bits stand above each other */
};

/* --- one row of bits ------------------------------------------------------------------ */

/* The number at the end of a run, in the file's own numbering. */
static void bit_number(FILE *out, double x, double y, const char *anchor, bool msb0, unsigned frame, unsigned bit)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", msb0 ? frame - 1 - bit : bit);
	svg_text(out, x, y, anchor, "small", text);
}

/* The part of a box that lies in the row of bits [top:bottom]. */
static void draw_box(FILE *out, const struct span_box *b, unsigned top, unsigned bottom, double y, double per_bit,
		     bool msb0, unsigned frame)
{
	unsigned hi = b->hi < top ? b->hi : top, lo = b->lo > bottom ? b->lo : bottom;
	double x, w, y0 = y, height = ROW;
	char class[40];

	if (b->lo > top || b->hi < bottom)
		return;
	x = LEFT + (double)(top - hi) * per_bit;
	w = (double)(hi - lo + 1) * per_bit;
	snprintf(class, sizeof(class), "cell %s", b->class);
	if (b->lanes > 1) {
		height = ROW / b->lanes;
		y0 = y + height * b->lane;
	}
	svg_box(out, x, y0, w, height, class, b->hover);
	if (b->lane == 0 && hi == lo) {
		bit_number(out, x + w / 2, y - 5, "middle", msb0, frame, hi);
	} else if (b->lane == 0) {
		bit_number(out, x + 1, y - 5, "start", msb0, frame, hi);
		bit_number(out, x + w - 1, y - 5, "end", msb0, frame, lo);
	}
	if (!b->name)
		return;
	if (svg_width(b->name, 12) <= w - 4)
		svg_text(out, x + w / 2, y0 + height / 2 + 4, "middle", "", b->name);
	else if (svg_width(b->name, 12) <= height)
		svg_text_up(out, x + w / 2 + 4, y0 + height / 2, "", b->name);
	else if (svg_width(b->name, 10) <= w + 6)
		svg_text(out, x + w / 2, y0 + height / 2 + 4, "middle", "small", b->name);
	else
		svg_text_up(out, x + w / 2 + 3, y0 + height / 2, "small", b->name);
}

/* Fields that share bits, at most three deep. */
static void give_lanes(struct span_box *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned before = 0, all = 1;

		for (unsigned j = 0; j < n; j++) {
			if (j == i || b[j].lo > b[i].hi || b[j].hi < b[i].lo)
				continue;
			all++;
			before += j < i;
		}
		b[i].lanes = all > 3 ? 3 : all;
		b[i].lane = before > 2 ? 2 : before;
	}
}

static void legend(FILE *out, double y)
{
	static const struct { const char *class, *text; } keys[] = {
		{"addr", "address"}, {"attr", "attribute"}, {"soft", "software"}, {"zero", "must be 0"},
		{"one", "must be 1"}, {"free", "ignored"},
	};
	double x = LEFT;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char class[24];

		snprintf(class, sizeof(class), "cell %s", keys[i].class);
		svg_box(out, x, y, 12, 12, class, NULL);
		svg_text(out, x + 17, y + 10, "start", "small", keys[i].text);
		x += 34 + svg_width(keys[i].text, 10);
	}
}

/* Rows of 64 bits, from the top. */
static void draw(FILE *out, const char *title, struct span_box *b, unsigned count, unsigned frame, bool msb0,
		 bool with_legend)
{
	unsigned row = frame > 64 ? 64 : frame, rows = (frame + row - 1) / row;
	double y = 44, height = y + ROW_STEP * rows - (with_legend ? 10 : 26);

	give_lanes(b, count);
	svg_start(out, WIDTH + 2 * LEFT, height, title);
	svg_text(out, LEFT, 18, "start", "head", title);
	for (unsigned r = 0; r < rows; r++) {
		unsigned top = frame - 1 - r * row, bottom = top + 1 >= row ? top + 1 - row : 0;

		for (unsigned i = 0; i < count; i++)
			draw_box(out, &b[i], top, bottom, y + ROW_STEP * r, WIDTH / row, msb0, frame);
	}
	if (with_legend)
		legend(out, height - 22);
	svg_end(out);
}

/* --- what is drawn ---------------------------------------------------------------------- */

static const char *class_of(const struct field_bits *f)
{
	if (f->duty == DUTY_ZERO || f->duty == DUTY_RES0)
		return "zero";
	if (f->duty == DUTY_ONE || f->duty == DUTY_RES1)
		return "one";
	if (f->duty == DUTY_SOFT)
		return "soft";
	if (f->duty == DUTY_IGNORED)
		return "free";
	return f->address ? "addr" : "attr";
}

static unsigned to_boxes(const struct field_bits *f, unsigned n, struct span_box *b)
{
	for (unsigned i = 0; i < n; i++) {
		b[i].hi = f[i].hi;
		b[i].lo = f[i].lo;
		b[i].name = f[i].name && !f[i].off ? f[i].name : f[i].duty == DUTY_ZERO || f[i].duty == DUTY_RES0 ? "0" : NULL;
		b[i].class = class_of(&f[i]);
		b[i].hover = NULL;
	}
	return n;
}

void doc_svg_kind(FILE *out, const struct plan *plan, unsigned kind)
{
	const struct ptg_format *f = &plan->format;
	const struct ptg_kind *k = &f->kinds[kind];
	struct field_bits bits[FIELDS_MAX];
	struct span_box b[FIELDS_MAX];
	unsigned n = to_boxes(bits, fields_of_kind(plan, kind, f->default_config0, NULL, bits), b);
	char title[160];

	snprintf(title, sizeof(title), "%s: %s, %s", f->name, k->name, k->role == PTG_ROLE_PAGE ? "a page" : "leads to a table");
	draw(out, title, b, n, 8u << f->levels[k->level].entry_lg2, f->flags & PTG_FORMAT_MSB0, true);
}

void doc_svg_register(FILE *out, const struct plan *plan, const struct model_register *reg)
{
	struct field_bits bits[FIELDS_MAX];
	struct span_box b[FIELDS_MAX];
	unsigned n = to_boxes(bits, fields_of_register(plan, reg, plan->format.default_config0, bits), b);
	char title[160];

	snprintf(title, sizeof(title), "%s: register %s", plan->format.name, reg->name);
	draw(out, title, b, n, reg->bits, plan->format.flags & PTG_FORMAT_MSB0, true);
}

void doc_svg_va(FILE *out, const struct plan *plan)
{
	const struct ptg_format *f = &plan->format;
	struct span_box b[PTG_LEVELS + 2];
	char title[160];
	unsigned n = 0, frame = f->va_bits > 32 ? 64 : 32, top = f->va_bits, low = frame;

	if (top < frame) {
		b[n++] = (struct span_box){frame - 1, top, f->va_check == PTG_VA_ZERO ? "0" : "sign", "free", NULL, 0, 1};
	}
	for (unsigned i = f->level_count; i-- > 0;) {
		const struct ptg_level *l = &f->levels[i];

		if (!l->width || l->by != PTG_NONE || (f->flags & PTG_FORMAT_DYNAMIC))
			continue;
		b[n++] = (struct span_box){l->shift + l->width - 1u, l->shift, l->name, "index", NULL, 0, 1};
		low = l->shift < low ? l->shift : low;
	}
	if (low < frame && low)
		b[n++] = (struct span_box){low - 1, 0, "offset", "offset", NULL, 0, 1};
	snprintf(title, sizeof(title), "%s: how an address is split", f->name);
	draw(out, title, b, n, frame, false, false);
}
