/* SPDX-License-Identifier: MIT */
/*
 * picture.c - the boxes of an entry, in characters
 *
 * Fields from the top bit down; a row that grows too wide is continued below.
 */

#include <stdio.h>
#include <string.h>

#include "gen/emit/facts.h"

#define COLUMNS 92u
#define BOXES 200u

struct box {
	const char *name;
	int hi, lo;
	unsigned width;              /* in characters */
};

static const char *nameless(enum ast_duty duty)
{
	switch (duty) {
	case DUTY_ZERO:
		return "0";
	case DUTY_ONE:
		return "1";
	default:
		return "-";
	}
}

static unsigned digits(int n)
{
	return n > 99 ? 3 : n > 9 ? 2 : 1;
}

static int shown(bool msb0, unsigned frame, int bit)
{
	return msb0 ? (int)frame - 1 - bit : bit;
}

static unsigned collect(const struct plan *p, const struct model_layout *l, struct box *box)
{
	struct model_config config;
	struct model_where w = { .format = p->model, .config = &config, .page = -1, .level = -1 };
	unsigned n = 0;

	model_default_config(p->model, &config);
	for (const struct model_field *f = l->fields; f; f = f->next)
		for (const struct ast_piece *piece = f->ast->pieces; piece; piece = piece->next) {
			int hi, lo;

			if (!piece->at.first || n == BOXES || !model_range(&w, &piece->at, l->entry_bits, &hi, &lo) ||
			    hi < lo)
				continue;
			box[n++] = (struct box){ f->name ? f->name : nameless(f->ast->duty), hi, lo, 0 };
		}
	return n;
}

static void sort(struct box *box, unsigned n)
{
	for (unsigned i = 1; i < n; i++)
		for (unsigned j = i; j > 0 && box[j].hi > box[j - 1].hi; j--) {
			struct box t = box[j];

			box[j] = box[j - 1];
			box[j - 1] = t;
		}
}

/* Fields that share bits (`overlay`, `when`) are drawn once; bits without a fixed place are a gap. */
static unsigned settle(struct box *box, unsigned n, int top)
{
	struct box out[BOXES];
	unsigned count = 0;
	int next = top;

	for (unsigned i = 0; i < n && count + 2 < BOXES; i++) {
		if (box[i].hi > next)
			continue;
		if (box[i].hi < next)
			out[count++] = (struct box){ "...", next, box[i].hi + 1, 0 };
		out[count++] = box[i];
		next = box[i].lo - 1;
	}
	if (next >= 0)
		out[count++] = (struct box){ "...", next, 0, 0 };
	memcpy(box, out, count * sizeof(*out));
	return count;
}

static void row(struct buffer *b, const struct box *box, unsigned n, bool msb0, unsigned frame)
{
	buffer_puts(b, " * ");
	for (unsigned i = 0; i < n; i++) {
		char text[24];
		int first = shown(msb0, frame, box[i].hi), last = shown(msb0, frame, box[i].lo);

		if (box[i].hi == box[i].lo)
			snprintf(text, sizeof(text), "%d", first);
		else
			snprintf(text, sizeof(text), "%d%*d", first,
				 (int)(box[i].width - digits(first)), last);
		buffer_printf(b, " %*s", (int)box[i].width, text);
	}
	buffer_puts(b, "\n *  +");
	for (unsigned i = 0; i < n; i++)
		buffer_printf(b, "%.*s+", (int)box[i].width,
			      "------------------------------------------------------------");
	buffer_puts(b, "\n *  |");
	for (unsigned i = 0; i < n; i++) {
		unsigned length = (unsigned)strlen(box[i].name), left = (box[i].width - length) / 2;

		buffer_printf(b, "%*s%s%*s|", (int)left, "", box[i].name, (int)(box[i].width - length - left), "");
	}
	buffer_puts(b, "\n *  +");
	for (unsigned i = 0; i < n; i++)
		buffer_printf(b, "%.*s+", (int)box[i].width,
			      "------------------------------------------------------------");
	buffer_puts(b, "\n");
}

const char *picture_of_layout(struct arena *a, const struct plan *p, const struct model_layout *l)
{
	bool msb0 = p->model->msb0;
	struct box box[BOXES];
	unsigned n = collect(p, l, box), first = 0, columns = 1;
	struct buffer b;

	buffer_init(&b, a);
	sort(box, n);
	n = settle(box, n, (int)l->entry_bits - 1);
	for (unsigned i = 0; i < n; i++) {
		unsigned need = digits(shown(msb0, l->entry_bits, box[i].hi));
		unsigned length = (unsigned)strlen(box[i].name);

		if (box[i].hi != box[i].lo)
			need += 1 + digits(shown(msb0, l->entry_bits, box[i].lo));
		if (length > 50)
			box[i].name = "...", length = 3;
		box[i].width = need > length ? need : length;
	}
	for (unsigned i = 0; i < n; i++) {
		if (columns + box[i].width + 1 > COLUMNS && i > first) {
			row(&b, box + first, i - first, msb0, l->entry_bits);
			first = i;
			columns = 1;
		}
		columns += box[i].width + 1;
	}
	if (n > first)
		row(&b, box + first, n - first, msb0, l->entry_bits);
	if (b.length)
		b.text[--b.length] = '\0'; /* the last line break */
	return buffer_text(&b);
}
