/* SPDX-License-Identifier: MIT */
/* encode.c - make an entry from a physical address and attributes */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/commands/command.h"
#include "gen/entry/encode.h"
#include "gen/entry/entry.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

enum { EN_PA = 1, EN_LEVEL, EN_TABLE, EN_HELP };

static const struct option_spec specs[] = {
	{"pa", 0, 1, 0, EN_PA, "PA", "the physical address of the page (or table)"},
	{"level", 'l', 1, 0, EN_LEVEL, "LEVEL", "the level of the entry: its name, number or depth"},
	{"table", 0, 0, 0, EN_TABLE, NULL, "an entry that leads to the table at PA"},
	{"help", 'h', 0, 0, EN_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"encode", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"encode", "-f FORMAT --pa PA --level LEVEL [NAME=VALUE...]",
	"Make an entry from a physical address and attributes.",
	"NAME is an attribute of the description (w=1 u=0), a right (user=rw- supervisor=r-x ur=1 sx=0),\n"
	"memtype=NAME, global=1, accessed=1, dirty=1, key=N, soft=BITS, or a FIELD of the entry by its name.\n"
	"Exit status 1 when the format cannot express it; the message says which of them.",
	groups,
	"  ptgen encode -f sv48 --pa 0x80000000 --level 2 r=1 w=1\n"
	"  ptgen encode -f x86_64 --pa 0x40000000 --level pd user=rw- memtype=uc",
};

struct encode_command {
	struct target t;
	const char *level, *pa;
	bool table;
	struct word_list pairs;
};

static int result(struct encode_command *x, const struct view *v, unsigned level, const uint64_t e[2])
{
	struct out *o = &x->t.out;

	if (o->form != OUT_TEXT) {
		entry_record(x->t.arena, o, v->plan, &v->space, level, e);
		return EXIT_DONE;
	}
	if (e[1])
		fprintf(o->file, "0x%" PRIx64 "%016" PRIx64 "\n\n", e[1], e[0]);
	else
		fprintf(o->file, "0x%" PRIx64 "\n\n", e[0]);
	entry_explain(x->t.arena, o, v->plan, &v->space, level, e);
	return EXIT_DONE;
}

static int encode_one(struct encode_command *x)
{
	struct view v;
	const char *why = "";
	uint64_t pa = 0, e[2] = {0, 0};
	int level;

	if (x->t.plan_count != 1)
		return command_usage(&command, "'%s' stands for %u formats: name one", x->t.format, x->t.plan_count);
	memset(&v, 0, sizeof(v));
	v.plan = x->t.plans[0];
	if (v.plan->stage[0])
		return command_usage(&command, "%s has two stages: encode for one of them", v.plan->format.name);
	if (!view_start(x->t.arena, &v, &why))
		return command_usage(&command, "%s", why);
	for (unsigned i = 0; i < x->t.ctx.count; i++)
		if (!view_ctx(x->t.arena, &v, x->t.ctx.word[i], &why))
			return command_usage(&command, "%s", why);
	if (!x->level || !x->pa)
		return command_usage(&command, "--pa PA and --level LEVEL are needed");
	if (!text_number(x->pa, &pa))
		return command_usage(&command, "--pa: '%s' is no number", x->pa);
	level = entry_level(v.space.format, x->level);
	if (level < 0)
		return command_usage(&command, "%s has no level '%s' (it has %s)", v.space.format->name, x->level,
				     entry_levels(x->t.arena, v.space.format));
	switch (encode_entry(x->t.arena, &v, (unsigned)level, pa, x->table, &x->pairs, e, &why)) {
	case ENCODE_DONE:
		return result(x, &v, (unsigned)level, e);
	case ENCODE_CANNOT:
		return command_fail(EXIT_NO, "%s", why);
	default:
		return command_usage(&command, "%s", why);
	}
}

int cmd_encode(int argc, char **argv)
{
	struct encode_command x;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&x, 0, sizeof(x));
	target_init(&x.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, EN_HELP, &id, &code)) {
		switch (id) {
		case EN_PA:
			x.pa = o.value;
			break;
		case EN_LEVEL:
			x.level = o.value;
			break;
		case EN_TABLE:
			x.table = true;
			break;
		case OPTION_WORD:
			word_add(x.t.arena, &x.pairs, o.value);
			break;
		default:
			code = target_option(&x.t, &o, id);
		}
	}
	if (!code)
		code = target_formats(&x.t);
	if (!code)
		code = target_output(&x.t);
	if (!code)
		code = encode_one(&x);
	return target_close(&x.t, code);
}
