/* SPDX-License-Identifier: MIT */
/*
 * entry_draw.c - the bits of an entry as boxes
 *
 *    63  62 61  60 59  58   54  53            10  9 8   7   6   5
 *   +---+------+------+-------+----------------+-----+---+---+---+
 *   | N | PBMT | RSW2 |   -   |      PPN       | RSW | D | A | G |
 *   | 0 |  00  |  00  |   0   |  0x000083a91   | 00  | 1 | 1 | 0 |
 *   +---+------+------+-------+----------------+-----+---+---+---+
 *
 * A row that would grow too wide goes on below.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dsl/arena.h"
#include "gen/entry/entry.h"
#include "gen/entry/fields.h"

struct box {
	const struct field_bits *bits;
	const char *range, *name, *value;
	unsigned width;
};

static unsigned longer(unsigned n, const char *text)
{
	unsigned length = (unsigned)strlen(text);

	return length > n ? length : n;
}

/* Binary up to four bits, hex above. */
static const char *value_text(struct arena *a, const struct field_bits *f, const uint64_t e[2])
{
	unsigned width = f->hi - f->lo + 1;
	uint64_t v = field_value(e, f->hi, f->lo);
	char digits[5];

	if (width > 4)
		return v ? arena_printf(a, "0x%" PRIx64, v) : "0";
	for (unsigned i = 0; i < width; i++)
		digits[i] = v >> (width - 1 - i) & 1 ? '1' : '0';
	return arena_copy(a, digits, width);
}

static unsigned left_of(const char *text, unsigned width)
{
	unsigned n = (unsigned)strlen(text);

	return n < width ? (width - n) / 2 : 0;
}

static void centre(FILE *out, const char *text, unsigned width)
{
	unsigned n = (unsigned)strlen(text), left = left_of(text, width);

	fprintf(out, " %*s%s%*s ", (int)left, "", text, (int)(width - n - left), "");
}

static void rule_line(FILE *out, const struct box *b, unsigned count)
{
	fprintf(out, "  +");
	for (unsigned i = 0; i < count; i++) {
		for (unsigned n = 0; n < b[i].width + 2; n++)
			putc('-', out);
		putc('+', out);
	}
	putc('\n', out);
}

static void draw_row(struct out *o, const struct box *b, unsigned count)
{
	FILE *out = o->file;

	fprintf(out, "  %s", out_ink(o, INK_DIM));
	for (unsigned i = 0; i < count; i++) {
		if (i + 1 < count) {
			putc(' ', out);
			centre(out, b[i].range, b[i].width);
		} else { /* nothing after the last */
			fprintf(out, "  %*s%s", (int)left_of(b[i].range, b[i].width), "", b[i].range);
		}
	}
	fprintf(out, "%s\n", out_ink(o, INK_PLAIN));
	rule_line(out, b, count);
	fprintf(out, "  |");
	for (unsigned i = 0; i < count; i++) {
		centre(out, b[i].name, b[i].width);
		putc('|', out);
	}
	fprintf(out, "\n  |");
	for (unsigned i = 0; i < count; i++) {
		bool set = strcmp(b[i].value, "0") != 0 && strspn(b[i].value, "0") != strlen(b[i].value);

		fputs(out_ink(o, set ? INK_BOLD : INK_DIM), out);
		centre(out, b[i].value, b[i].width);
		fprintf(out, "%s|", out_ink(o, INK_PLAIN));
	}
	putc('\n', out);
	rule_line(out, b, count);
}

void entry_draw(struct arena *a, struct out *o, const struct plan *plan, const struct ptg_space *s, unsigned kind,
		const uint64_t e[2], unsigned columns)
{
	struct field_bits f[FIELDS_MAX];
	struct box b[FIELDS_MAX];
	unsigned n = fields_of_kind(plan, kind, s->config[0], e, f), count = 0, first = 0, wide = 3;
	unsigned frame = 8u << s->format->levels[s->format->kinds[kind].level].entry_lg2;

	for (unsigned i = 0; i < n; i++) {
		const char *range;

		if (f[i].elsewhere)
			continue;
		range = fields_range(a, plan, frame, f[i].hi, f[i].lo);
		b[count].bits = &f[i];
		b[count].range = arena_copy(a, range + 1, strlen(range) - 2);
		b[count].name = f[i].name && !f[i].off ? f[i].name : "-";
		b[count].value = value_text(a, &f[i], e);
		b[count].width = longer(longer(longer(1, b[count].range), b[count].name), b[count].value);
		count++;
	}
	for (unsigned i = 0; i < count; i++) {
		if (i > first && wide + b[i].width + 3 > columns) {
			draw_row(o, b + first, i - first);
			first = i;
			wide = 3;
		}
		wide += b[i].width + 3;
	}
	if (count > first)
		draw_row(o, b + first, count - first);
}
