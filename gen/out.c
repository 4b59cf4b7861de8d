/* SPDX-License-Identifier: MIT */
/* out.c - records for programs: JSON (one object a line) and CSV */
#include "gen/out.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void out_start(struct out *o, FILE *file, enum out_form form, enum out_colour_when when)
{
	memset(o, 0, sizeof(*o));
	o->file = file;
	o->form = form;
	o->colour = when == OUT_COLOUR_ALWAYS ||
		    (when == OUT_COLOUR_AUTO && form == OUT_TEXT && isatty(fileno(file)) && !getenv("NO_COLOR"));
}

static void json_string(FILE *f, const char *s)
{
	putc('"', f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", f);
		else if (c < 0x20)
			fprintf(f, "\\u%04x", c);
		else
			putc(c, f);
	}
	putc('"', f);
}

static void row_char(struct out *o, char c)
{
	if (o->row_length + 1 < sizeof(o->row))
		o->row[o->row_length++] = c;
}

/* Quoted where it holds a comma, a quote or a newline. */
static void csv_value(struct out *o, const char *s)
{
	bool quote = strpbrk(s, ",\"\n") != NULL;

	if (quote)
		row_char(o, '"');
	for (; *s; s++) {
		if (*s == '"')
			row_char(o, '"');
		row_char(o, *s);
	}
	if (quote)
		row_char(o, '"');
}

void out_begin(struct out *o)
{
	o->first = true;
	o->row_length = 0;
	o->title_length = 0;
	if (o->form == OUT_JSON)
		putc('{', o->file);
}

void out_end(struct out *o)
{
	if (o->form == OUT_JSON)
		fputs("}\n", o->file);
	if (o->form != OUT_CSV)
		return;
	if (!o->titled)
		fprintf(o->file, "%.*s\n", (int)o->title_length, o->title);
	o->titled = true;
	fprintf(o->file, "%.*s\n", (int)o->row_length, o->row);
}

static void out_key(struct out *o, const char *key)
{
	if (o->form == OUT_JSON) {
		fprintf(o->file, "%s\"%s\":", o->first ? "" : ",", key);
	} else if (o->form == OUT_CSV) {
		if (!o->first)
			row_char(o, ',');
		if (!o->titled)
			o->title_length += (unsigned)snprintf(o->title + o->title_length,
							      sizeof(o->title) - o->title_length, "%s%s",
							      o->first ? "" : ",", key);
	}
	o->first = false;
}

/* A value that needs no escape; `bare`: without quotes in JSON. */
static void out_plain(struct out *o, const char *key, const char *text, bool bare)
{
	out_key(o, key);
	if (o->form == OUT_JSON)
		fprintf(o->file, bare ? "%s" : "\"%s\"", text);
	else if (o->form == OUT_CSV)
		csv_value(o, text);
}

void out_text(struct out *o, const char *key, const char *value)
{
	if (!value) {
		out_null(o, key);
		return;
	}
	out_key(o, key);
	if (o->form == OUT_JSON)
		json_string(o->file, value);
	else if (o->form == OUT_CSV)
		csv_value(o, value);
}

void out_hex(struct out *o, const char *key, uint64_t value)
{
	out_hex_wide(o, key, value, 0);
}

void out_hex_wide(struct out *o, const char *key, uint64_t low, uint64_t high)
{
	char text[40];

	if (high)
		snprintf(text, sizeof(text), "0x%" PRIx64 "%016" PRIx64, high, low);
	else
		snprintf(text, sizeof(text), "0x%" PRIx64, low);
	out_plain(o, key, text, false);
}

void out_number(struct out *o, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	out_plain(o, key, text, true);
}

void out_bool(struct out *o, const char *key, bool value)
{
	out_plain(o, key, value ? "true" : "false", true);
}

void out_null(struct out *o, const char *key)
{
	out_key(o, key);
	if (o->form == OUT_JSON)
		fputs("null", o->file);
}

void out_raw(struct out *o, const char *key, const char *json)
{
	out_plain(o, key, json, true);
}

const char *out_ink(const struct out *o, enum out_ink ink)
{
	static const char *const codes[] = {
		"\033[0m", "\033[2m", "\033[1m", "\033[31m", "\033[32m", "\033[33m", "\033[34m", "\033[35m", "\033[36m"
	};

	return o->colour ? codes[ink] : "";
}

bool out_failed(const struct out *o)
{
	return fflush(o->file) != 0 || ferror(o->file);
}
