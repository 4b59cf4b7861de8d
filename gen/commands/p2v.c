/* SPDX-License-Identifier: MIT */
/* p2v.c - find the addresses that map a physical address */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/answer.h"
#include "gen/inspect/progress.h"
#include "gen/inspect/scan.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

#define HITS_MAX 100000u             /* an aliased table can repeat a frame without end */

enum { P2V_HELP = 1 };

static const struct option_spec specs[] = {
	{"help", 'h', 0, 0, P2V_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"p2v", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"p2v", "-f FORMAT --root ROOT [--root ROOT...] [options] IMAGE PA...",
	"Find the addresses that map a physical address.",
	"Every space given by a --root is searched.  Exit status 1 when nothing maps it.",
	groups,
	"  ptgen p2v -f x86_64 --root cr3=0x139e000 mem.elf 0xcc59000",
};

struct hit { uint64_t va, pa; };

struct p2v {
	struct target t;
	const char *image;
	struct word_list words;
	uint64_t *pa;
	unsigned pa_count;
	struct scan scan;
	struct progress progress;
	struct hit *hit;             /* of the space being searched */
	size_t hit_count, hit_room, all;
	bool cut;
};

static void show(struct p2v *p, uint64_t va, uint64_t pa)
{
	struct view *v = (struct view *)(uintptr_t)p->scan.view;
	struct out *o = &p->t.out;
	struct ptg_translation t;
	struct answer a;

	memset(&t, 0, sizeof(t));
	ptg_translate(&v->space, va, PTG_LOOK, &t);
	answer_of(&a, &t);
	if (o->form == OUT_TEXT) {
		fprintf(o->file, "0x%" PRIx64 "  0x%016" PRIx64, pa, va);
		answer_print(o, v, &a);
		fprintf(o->file, "%s%s\n", p->t.view_count > 1 ? "  in " : "", p->t.view_count > 1 ? v->root->text : "");
		return;
	}
	out_begin(o);
	out_hex(o, "pa", pa);
	out_hex(o, "va", va);
	out_text(o, "root", v->root->text);
	out_number(o, "page_size", a.page_lg2 < 64 ? (uint64_t)1 << a.page_lg2 : 0);
	answer_record(o, v, &a);
	out_end(o);
}

static bool add(struct p2v *p, uint64_t va, uint64_t pa)
{
	if (p->hit_count == HITS_MAX) {
		p->cut = true;
		return false;
	}
	if (p->hit_count == p->hit_room) {
		size_t room = p->hit_room ? 2 * p->hit_room : 64;

		p->hit = arena_grow(p->t.arena, p->hit, p->hit_count, room, sizeof(*p->hit));
		p->hit_room = room;
	}
	p->hit[p->hit_count].va = va;
	p->hit[p->hit_count++].pa = pa;
	p->scan.shown++;
	show(p, va, pa);
	return true;
}

/* A table that was walked before: what was found there is found here again. */
static bool again(struct p2v *p, const struct mapping *m)
{
	size_t n = p->hit_count;

	for (size_t i = 0; i < n; i++) {
		uint64_t off = p->hit[i].va - m->alias;

		if (p->hit[i].va >= m->alias && off <= m->last - m->va && !add(p, m->va + off, p->hit[i].pa))
			return false;
	}
	return true;
}

static bool on_mapping(void *arg, const struct mapping *m)
{
	struct p2v *p = arg;

	if (m->kind == MAPPING_ALIAS)
		return again(p, m);
	for (unsigned i = 0; i < p->pa_count && m->kind == MAPPING_PAGE; i++)
		if (p->pa[i] >= m->pa && p->pa[i] - m->pa <= m->last - m->va &&
		    !add(p, m->va + (p->pa[i] - m->pa), p->pa[i]))
			return false;
	return true;
}

static void on_progress(void *arg, uint64_t va)
{
	struct p2v *p = arg;

	progress_at(&p->progress, va, p->scan.stats.tables);
}

static int search(struct p2v *p, struct view *v)
{
	int e;

	memset(&p->scan, 0, sizeof(p->scan));
	p->scan.view = v;
	p->scan.arena = p->t.arena;
	p->scan.last = ~(uint64_t)0;
	p->scan.tell = on_mapping;
	p->scan.progress = on_progress;
	p->scan.arg = p;
	p->hit_count = 0;
	progress_start(&p->progress, p->t.progress, "walking");
	e = scan_space(&p->scan);
	progress_end(&p->progress);
	p->all += p->hit_count;
	if (p->cut)
		fprintf(stderr, "ptgen: warning: more than %u addresses; the rest is not shown\n", HITS_MAX);
	return e && e != PTG_E_STOPPED ? command_fail(EXIT_SOURCE, "the walk ended early: %s", text_error(e)) : EXIT_DONE;
}

static int run(struct p2v *p)
{
	int code = target_open(&p->t, p->image, 1);

	if (code)
		return code;
	if (!p->words.count)
		return command_usage(&command, "no physical address given");
	p->pa = arena_array(p->t.arena, p->words.count, sizeof(*p->pa));
	for (unsigned i = 0; i < p->words.count; i++)
		if (!text_number(p->words.word[i], &p->pa[p->pa_count++]))
			return command_usage(&command, "'%s' is no address", p->words.word[i]);
	for (unsigned i = 0; i < p->t.view_count && !code; i++)
		code = search(p, &p->t.view[i]);
	return code ? code : p->all ? EXIT_DONE : EXIT_NO;
}

int cmd_p2v(int argc, char **argv)
{
	struct p2v p;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&p, 0, sizeof(p));
	target_init(&p.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, P2V_HELP, &id, &code)) {
		if (id == OPTION_WORD && !p.image)
			p.image = o.value;
		else if (id == OPTION_WORD)
			word_add(p.t.arena, &p.words, o.value);
		else
			code = target_option(&p.t, &o, id);
	}
	if (!code)
		code = run(&p);
	return target_close(&p.t, code);
}
