/* SPDX-License-Identifier: MIT */
/* out.c - records for programs: JSON (one object a line) and CSV */
#include "gen/out.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/text.h"

#define BUFFER 65536u                /* of a file or pipe: large dumps are millions of lines */

void out_start(struct out *o, FILE *file, enum out_form form, enum out_colour_when when)
{
	bool terminal = isatty(fileno(file));

	memset(o, 0, sizeof(*o));
	o->file = file;
	o->form = form;
	o->colour = when == OUT_COLOUR_ALWAYS || (when == OUT_COLOUR_AUTO && form == OUT_TEXT && terminal && !getenv("NO_COLOR"));
	if (!terminal)
		setvbuf(file, NULL, _IOFBF, BUFFER);
}

/* --- the record being made ---------------------------------------------------------- */

/* JSON that is longer than the row goes out in parts; CSV is cut. */
static void row_add(struct out *o, const char *text, size_t n)
{
	if (n > sizeof(o->row) - o->row_length && o->form == OUT_JSON) {
		fwrite(o->row, 1, o->row_length, o->file);
		o->row_length = 0;
		if (n > sizeof(o->row)) {
			fwrite(text, 1, n, o->file);
			return;
		}
	}
	if (n > sizeof(o->row) - o->row_length)
		n = sizeof(o->row) - o->row_length;
	memcpy(o->row + o->row_length, text, n);
	o->row_length += (unsigned)n;
}

static void row_text(struct out *o, const char *text)
{
	row_add(o, text, strlen(text));
}

static void row_char(struct out *o, char c)
{
	if (o->row_length < sizeof(o->row))
		o->row[o->row_length++] = c;
	else
		row_add(o, &c, 1);
}

static void json_string(struct out *o, const char *s)
{
	char escape[8];

	row_char(o, '"');
	for (; *s; s++) {
		size_t plain = 0;
		unsigned char c;

		while ((unsigned char)s[plain] >= 0x20 && s[plain] != '"' && s[plain] != '\\')
			plain++;
		row_add(o, s, plain);
		s += plain;
		c = (unsigned char)*s;
		if (!c)
			break;
		if (c == '\n')
			snprintf(escape, sizeof(escape), "\\n");
		else
			snprintf(escape, sizeof(escape), c < 0x20 ? "\\u%04x" : "\\%c", c);
		row_text(o, escape);
	}
	row_char(o, '"');
}

/* Quoted where it holds a comma, a quote or a newline. */
static void csv_value(struct out *o, const char *s)
{
	bool quote = strpbrk(s, ",\"\n") != NULL;

	if (!quote) {
		row_text(o, s);
		return;
	}
	row_char(o, '"');
	for (; *s; s++) {
		if (*s == '"')
			row_char(o, '"');
		row_char(o, *s);
	}
	row_char(o, '"');
}

void out_begin(struct out *o)
{
	o->first = true;
	o->row_length = 0;
	o->title_length = 0;
	if (o->form == OUT_JSON)
		row_char(o, '{');
}

void out_end(struct out *o)
{
	if (o->form == OUT_TEXT)
		return;
	if (o->form == OUT_JSON)
		row_char(o, '}');
	if (o->form == OUT_CSV && !o->titled)
		fprintf(o->file, "%.*s\n", (int)o->title_length, o->title);
	o->titled = true;
	fwrite(o->row, 1, o->row_length, o->file);
	putc('\n', o->file);
}

static void out_key(struct out *o, const char *key)
{
	if (o->form == OUT_JSON) {
		row_text(o, o->first ? "\"" : ",\"");
		row_text(o, key);
		row_text(o, "\":");
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
	if (o->form == OUT_CSV)
		csv_value(o, text);
	if (o->form != OUT_JSON)
		return;
	if (!bare)
		row_char(o, '"');
	row_text(o, text);
	if (!bare)
		row_char(o, '"');
}

void out_text(struct out *o, const char *key, const char *value)
{
	if (!value) {
		out_null(o, key);
		return;
	}
	out_key(o, key);
	if (o->form == OUT_JSON)
		json_string(o, value);
	else if (o->form == OUT_CSV)
		csv_value(o, value);
}

void out_hex(struct out *o, const char *key, uint64_t value)
{
	out_hex_wide(o, key, value, 0);
}

void out_hex_wide(struct out *o, const char *key, uint64_t low, uint64_t high)
{
	char text[TEXT_DIGITS], rest[TEXT_DIGITS], whole[2 * TEXT_DIGITS];

	if (!high) {
		out_plain(o, key, text_hex(low, 1, text), false);
		return;
	}
	snprintf(whole, sizeof(whole), "%s%s", text_hex(high, 1, text), text_hex(low, 16, rest) + 2);
	out_plain(o, key, whole, false);
}

void out_number(struct out *o, const char *key, uint64_t value)
{
	char text[TEXT_DIGITS];

	out_plain(o, key, text_decimal(value, text), true);
}

void out_bool(struct out *o, const char *key, bool value)
{
	out_plain(o, key, value ? "true" : "false", true);
}

void out_null(struct out *o, const char *key)
{
	out_key(o, key);
	if (o->form == OUT_JSON)
		row_text(o, "null");
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
