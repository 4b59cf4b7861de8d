/* SPDX-License-Identifier: MIT */
/* translate.c - walk the tables for some addresses */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/inspect/answer.h"
#include "gen/inspect/steps.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

enum { TR_ACCESS = 1, TR_STEPS, TR_WALK, TR_HELP };

static const struct option_spec specs[] = {
	{"access", 0, 1, 0, TR_ACCESS, "ACCESS", "check the rights of it: ur uw ux sr sw sx (urw: an atomic)\n"
						 "without it rights are shown, not checked"},
	{"steps", 0, 0, 0, TR_STEPS, NULL, "show each level of the walk"},
	{"walk", 0, 1, 0, TR_WALK, "VA", "the same for this address"},
	{"help", 'h', 0, 0, TR_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"translate", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"translate", "-f FORMAT --root ROOT [options] IMAGE VA...\n-f FORMAT --root ROOT [options] IMAGE -",
	"Walk the tables for some addresses; VA `-` reads them from standard input, one a line.",
	"IMAGE is a raw file (raw:PATH[@PHYS]), an ELF core, LiME, kdump, or a guest (gdb://HOST:PORT).\n"
	"Exit status 1 when an address faults.",
	groups,
	"  ptgen translate -f x86_64 --root cr3=0x139e000 mem.elf 0xffffffff8604e8cb\n"
	"  ptgen translate -f riscv64 --root satp=0x9000200000083a79 --access uw --ctx sum=1 mem.elf 0x1af8b\n"
	"  ptgen translate -f x86_64 --root 0x139e000 --json mem.elf - < addresses",
};

struct translate {
	struct target t;
	unsigned access;
	bool steps, any_fault;
	struct word_list va;
	const char *image;
};

static void print_fault(struct out *o, const struct view *v, const struct answer *a)
{
	const struct ptg_format *f = answer_format(v, a);
	char rule_buffer[ANSWER_NAME], fault_buffer[ANSWER_NAME];
	const char *rule = answer_rule(v, a, rule_buffer), *fault = answer_fault(v, a, fault_buffer);
	const char *class = text_fault_class(a->fault);

	fprintf(o->file, "  %sfault %s%s", out_ink(o, INK_RED), fault, out_ink(o, INK_PLAIN));
	if (strcmp(fault, class) != 0)
		fprintf(o->file, " (%s)", class);
	if (a->fault == PTG_F_UNREADABLE)
		fprintf(o->file, "  no memory at 0x%" PRIx64, a->entry_pa);
	else if (a->has_entry && a->level < f->level_count)
		fprintf(o->file, "  entry 0x%" PRIx64 " at 0x%" PRIx64 ", level %s", a->entry, a->entry_pa,
			f->levels[a->level].name);
	if (rule)
		fprintf(o->file, "  %s", rule);
}

static void answer(struct translate *x, uint64_t va)
{
	struct view *v = &x->t.view[0];
	struct out *o = &x->t.out;
	struct ptg_translation t;
	struct answer a;

	memset(&t, 0, sizeof(t));
	ptg_translate(&v->space, va, x->access, &t);
	answer_of(&a, &t);
	x->any_fault = x->any_fault || a.fault;
	if (o->form != OUT_TEXT) {
		out_begin(o);
		out_hex(o, "va", va);
		if (a.fault) {
			out_null(o, "pa");
			out_null(o, "page_size");
		} else {
			out_hex(o, "pa", a.pa);
			out_number(o, "page_size", a.page_lg2 < 64 ? (uint64_t)1 << a.page_lg2 : 0);
		}
		answer_record(o, v, &a);
		if (x->steps)
			steps_record(x->t.arena, o, v, va);
		out_end(o);
		return;
	}
	if (x->steps)
		steps_print(x->t.arena, o, v, va);
	fprintf(o->file, "0x%016" PRIx64, va);
	if (a.fault) {
		print_fault(o, v, &a);
	} else {
		fprintf(o->file, "  %s0x%" PRIx64 "%s", out_ink(o, INK_BOLD), a.pa, out_ink(o, INK_PLAIN));
		answer_print(o, v, &a);
	}
	fprintf(o->file, "\n%s", x->steps ? "\n" : "");
}

/* The first word of a line; empty lines and lines that begin with # are passed over. */
static int from_stdin(struct translate *x)
{
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;
	int code = EXIT_DONE;
	uint64_t va;

	while (!code && getline(&line, &room, stdin) >= 0) {
		char *word = line + strspn(line, " \t\r\n");

		number++;
		word[strcspn(word, " \t\r\n")] = '\0';
		if (!*word || *word == '#')
			continue;
		if (text_number(word, &va))
			answer(x, va);
		else
			code = command_usage(&command, "line %u: '%s' is no address", number, word);
	}
	free(line);
	return code;
}

static int run(struct translate *x)
{
	int code = target_open(&x->t, x->image, 1);

	if (code)
		return code;
	if (x->va.count == 0)
		return command_usage(&command, "no address given");
	for (unsigned i = 0; i < x->va.count && !code; i++) {
		uint64_t va;

		if (strcmp(x->va.word[i], "-") == 0)
			code = from_stdin(x);
		else if (text_number(x->va.word[i], &va))
			answer(x, va);
		else
			code = command_usage(&command, "'%s' is no address", x->va.word[i]);
	}
	return code ? code : x->any_fault ? EXIT_NO : EXIT_DONE;
}

static int option(struct translate *x, const struct options *o, int id)
{
	switch (id) {
	case TR_ACCESS:
		if (!text_access(o->value, &x->access))
			return command_usage(&command, "--access: '%s' is not one of ur uw ux sr sw sx", o->value);
		return EXIT_DONE;
	case TR_WALK:
		word_add(x->t.arena, &x->va, o->value);
		x->steps = true;
		return EXIT_DONE;
	case TR_STEPS:
		x->steps = true;
		return EXIT_DONE;
	case OPTION_WORD:
		if (!x->image)
			x->image = o->value;
		else
			word_add(x->t.arena, &x->va, o->value);
		return EXIT_DONE;
	default:
		return target_option(&x->t, o, id);
	}
}

int cmd_translate(int argc, char **argv)
{
	struct translate x;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&x, 0, sizeof(x));
	target_init(&x.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, TR_HELP, &id, &code))
		code = option(&x, &o, id);
	if (!code)
		code = run(&x);
	return target_close(&x.t, code);
}
