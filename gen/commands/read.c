/* SPDX-License-Identifier: MIT */
/* read.c - read bytes through the tables */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gen/inspect/answer.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

#define CHUNK 65536u
#define RECORD 1024u                 /* bytes of one JSON or CSV line */

enum { RD_RAW = 1, RD_HEX, RD_PA, RD_ACCESS, RD_READ_PHYS, RD_READ_VIRT, RD_HELP };

static const struct option_spec specs[] = {
	{"raw", 0, 0, 0, RD_RAW, NULL, "the bytes as they are (default when the output is no terminal)"},
	{"hex", 0, 0, 0, RD_HEX, NULL, "a hex dump (default on a terminal)"},
	{"pa", 0, 0, 0, RD_PA, NULL, "the address is physical: no tables are walked"},
	{"access", 0, 1, 0, RD_ACCESS, "ACCESS", "check the rights of it: ur sr ..."},
	{"read_phys", 0, 2, 1, RD_READ_PHYS, "A LENGTH", ""}, /* as gdb-pt-dump has them */
	{"read_virt", 0, 2, 1, RD_READ_VIRT, "A LENGTH", ""},
	{"help", 'h', 0, 0, RD_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"read", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"read", "-f FORMAT --root ROOT [options] IMAGE VA LENGTH", "Read bytes through the tables.",
	"What was read before a page that does not translate is written; then exit status is 1\n"
	"(3 when the image does not hold the page).",
	groups,
	"  ptgen read -f x86_64 --root cr3=0x139e000 mem.elf 0xffffffff81e00000 64",
};

struct read_command {
	struct target t;
	const char *image;
	struct word_list words;
	unsigned access;
	bool hex, raw, pa;
};

static void hex_line(FILE *out, uint64_t at, const unsigned char *p, size_t n)
{
	fprintf(out, "0x%016" PRIx64 " ", at);
	for (size_t i = 0; i < 16; i++) {
		if (i < n)
			fprintf(out, "%s%02x", i == 8 ? "  " : " ", p[i]);
		else
			fprintf(out, "%s  ", i == 8 ? "  " : " ");
	}
	fprintf(out, "  |");
	for (size_t i = 0; i < n; i++)
		putc(p[i] >= 32 && p[i] < 127 ? p[i] : '.', out);
	fprintf(out, "|\n");
}

static void put(struct read_command *x, uint64_t at, const unsigned char *p, size_t n)
{
	struct out *o = &x->t.out;
	char text[2 * RECORD + 1];

	if (o->form != OUT_TEXT) {
		for (size_t i = 0; i < n; i++)
			snprintf(text + 2 * i, 3, "%02x", p[i]);
		text[2 * n] = '\0';
		out_begin(o);
		out_hex(o, x->pa ? "pa" : "va", at);
		out_number(o, "len", n);
		out_text(o, "bytes", text);
		out_end(o);
	} else if (x->hex) {
		for (size_t i = 0; i < n; i += 16)
			hex_line(o->file, at + i, p + i, n - i < 16 ? n - i : 16);
	} else {
		fwrite(p, 1, n, o->file);
	}
}

/* Why the byte at va could not be read. */
static int stopped(struct read_command *x, uint64_t va)
{
	struct view *v = &x->t.view[0];
	struct ptg_translation t;
	struct answer a;
	char name[ANSWER_NAME];

	fflush(x->t.out.file);
	if (x->t.image->broken)
		return EXIT_SOURCE; /* target_close() says why */
	if (x->pa)
		return command_fail(EXIT_SOURCE, "the image does not hold physical address 0x%" PRIx64, va);
	memset(&t, 0, sizeof(t));
	ptg_translate(&v->space, va, x->access, &t);
	answer_of(&a, &t);
	if (a.fault == PTG_F_NONE)
		return command_fail(EXIT_SOURCE, "0x%" PRIx64 " is at physical address 0x%" PRIx64
				    ", which the image does not hold", va, t.pa);
	return command_fail(a.fault == PTG_F_UNREADABLE ? EXIT_SOURCE : EXIT_NO, "0x%" PRIx64 ": fault %s", va,
			    answer_fault(v, &a, name));
}

static int read_range(struct read_command *x, uint64_t at, uint64_t length)
{
	static unsigned char buffer[CHUNK];

	while (length) {
		size_t n = length < CHUNK ? (size_t)length : CHUNK, done = 0;

		if ((x->t.out.form != OUT_TEXT || x->t.image->live) && n > RECORD)
			n = RECORD; /* of a guest that goes away, all that came counts */
		if (!x->pa) {
			ptg_read(&x->t.view[0].space, at, buffer, n, x->access, &done);
		} else {
			done = (size_t)image_extent(x->t.image, at, n);
			if (image_read(x->t.image, at, buffer, done))
				done = 0;
		}
		if (done)
			put(x, at, buffer, done);
		if (done < n)
			return stopped(x, at + done);
		at += n;
		length -= n;
	}
	return EXIT_DONE;
}

static int run(struct read_command *x)
{
	uint64_t at, length;
	int code;

	if (x->words.count != 2)
		return command_usage(&command, "IMAGE VA LENGTH are needed");
	if (!text_number(x->words.word[0], &at))
		return command_usage(&command, "'%s' is no address", x->words.word[0]);
	if (!text_number(x->words.word[1], &length))
		return command_usage(&command, "'%s' is no length", x->words.word[1]);
	if (length && length - 1 > ~(uint64_t)0 - at)
		return command_usage(&command, "the range passes the end of all addresses");
	if (x->pa) {
		x->t.image = target_image(&x->t, x->image, &code);
		if (!code)
			code = target_output(&x->t);
	} else {
		code = target_open(&x->t, x->image, 1);
	}
	if (code)
		return code;
	if (!x->raw && !x->hex)
		x->hex = x->t.out.form == OUT_TEXT && isatty(fileno(x->t.out.file));
	return read_range(x, at, length);
}

static int option(struct read_command *x, const struct options *o, int id)
{
	switch (id) {
	case RD_RAW: x->raw = true; return target_claim(&x->t, o, id);
	case RD_HEX: x->hex = true; return target_claim(&x->t, o, id);
	case RD_PA:  x->pa = true; break;
	case RD_READ_PHYS:
	case RD_READ_VIRT:
		x->pa = id == RD_READ_PHYS;
		word_add(x->t.arena, &x->words, o->value);
		word_add(x->t.arena, &x->words, o->value2);
		break;
	case RD_ACCESS:
		if (!text_access(o->value, &x->access))
			return command_usage(&command, "--access: '%s' is not one of ur uw ux sr sw sx", o->value);
		break;
	case OPTION_WORD:
		if (!x->image)
			x->image = o->value;
		else
			word_add(x->t.arena, &x->words, o->value);
		break;
	default:
		return target_option(&x->t, o, id);
	}
	return EXIT_DONE;
}

int cmd_read(int argc, char **argv)
{
	struct read_command x;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&x, 0, sizeof(x));
	target_init(&x.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, RD_HELP, &id, &code))
		code = option(&x, &o, id);
	if (!code && !x.image)
		code = command_usage(&command, "IMAGE VA LENGTH are needed");
	if (!code)
		code = run(&x);
	return target_close(&x.t, code);
}
