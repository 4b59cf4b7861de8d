/* SPDX-License-Identifier: MIT */
/*
 * out.h - records for programs: JSON (one object a line) and CSV
 *
 * A command names its keys in the same order for every record; CSV takes its
 * first line from the first record.  Addresses and entries are strings in hex.
 */
#ifndef GEN_OUT_H
#define GEN_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum out_form { OUT_TEXT, OUT_JSON, OUT_CSV };

struct out {
	FILE *file;
	enum out_form form;
	bool colour;
	bool first;          /* no key of this record was written */
	bool titled;         /* CSV: the line of keys was written */
	char title[1024];    /* CSV: the keys */
	char row[4096];      /* the record, until it ends */
	unsigned title_length, row_length;
};

enum out_colour_when { OUT_COLOUR_AUTO, OUT_COLOUR_ALWAYS, OUT_COLOUR_NEVER };

void out_start(struct out *o, FILE *file, enum out_form form, enum out_colour_when when);

void out_begin(struct out *o);
void out_end(struct out *o);
void out_text(struct out *o, const char *key, const char *value); /* value NULL: null */
void out_hex(struct out *o, const char *key, uint64_t value);
void out_hex_wide(struct out *o, const char *key, uint64_t low, uint64_t high); /* high != 0: 128 bits */
void out_number(struct out *o, const char *key, uint64_t value);
void out_bool(struct out *o, const char *key, bool value);
void out_null(struct out *o, const char *key);
void out_raw(struct out *o, const char *key, const char *json); /* an array or object; JSON only */

/* Colours of text output: "" where there are none. */
enum out_ink { INK_PLAIN, INK_DIM, INK_BOLD, INK_RED, INK_GREEN, INK_YELLOW, INK_BLUE, INK_MAGENTA, INK_CYAN };
const char *out_ink(const struct out *o, enum out_ink ink);

/* Standard output could not be written (a full disk, a closed pipe): EXIT_SOURCE's reason. */
bool out_failed(const struct out *o);

#endif /* GEN_OUT_H */
