/* SPDX-License-Identifier: MIT */
/* dump.c - show a whole address space */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gen/inspect/draw.h"
#include "gen/inspect/filter.h"
#include "gen/inspect/mapping.h"
#include "gen/inspect/merge.h"
#include "gen/inspect/progress.h"
#include "gen/inspect/search.h"
#include "gen/inspect/steps.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

#define OVERVIEW_LINES 20u

enum {
	D_FILTER = 1, D_RANGE, D_PHYS, D_NO_PHYS, D_MAPS, D_MERGE, D_MARKS, D_ALIASES, D_OVERVIEW, D_SVG, D_HTML, D_HELP,
	D_HAS, D_BEFORE, D_AFTER, D_STRING, D_BYTES, D_WORD8, D_WORD4, D_ALIGN
};

static const struct option_spec specs[] = {
	{"filter", 0, 1, 0, D_FILTER, "EXPR", "only these: 'w and not x and user', size=2M, memtype=uc, contig\n"
					      "words: r w x u s ur uw ux sr sw sx ro huge contig g a d\n"
					      "level=pd key=3 pa=A-B va=A-B len>=1M kind=leaf\n"
					      "soft soft=0x200 soft=0/0x600 (bits for software)"},
	{"range", 0, 1, 0, D_RANGE, "A-B", "only addresses of it: A-B, or where B is no part of it\n"
					 "A..B, A+LENGTH, A B"},
	{"has", 0, 1, 0, D_HAS, "VA", "only the mapping that holds it, and the walk to VA"},
	{"before", 0, 1, 0, D_BEFORE, "VA", "only what lies below it"},
	{"after", 0, 1, 0, D_AFTER, "VA", "only what lies at or above it"},
	{"maps", 0, 0, 0, D_MAPS, NULL, "in the style of /proc/PID/maps"},
	{"phys", 0, 0, 0, D_PHYS, NULL, "merge only what is contiguous in physical memory\n"
					"(default for --json and --csv)"},
	{"phys_verbose", 0, 0, 1, D_PHYS, NULL, ""},
	{"merge", 0, 1, 0, D_MERGE, "RULE", "rights | phys | none"},
	{"marks", 0, 0, 0, D_MARKS, NULL, "accessed and dirty keep mappings apart"},
	{"follow-aliases", 0, 0, 0, D_ALIASES, NULL, "walk a table again that was shown before"},
	{"force_traverse_all", 0, 0, 1, D_ALIASES, NULL, ""},
	{"ss", 0, 1, 0, D_STRING, "TEXT [COUNT]", "search this text in what is shown; COUNT hits at most"},
	{"sb", 0, 1, 0, D_BYTES, "HEX [COUNT]", "search these bytes; ?? is any byte"},
	{"s8", 0, 1, 0, D_WORD8, "N [COUNT]", "search this 64-bit number, in the machine's byte order"},
	{"s4", 0, 1, 0, D_WORD4, "N [COUNT]", "search this 32-bit number"},
	{"align", 0, 1, 0, D_ALIGN, "N [OFFSET]", "hits of a search at OFFSET of multiples of N only"},
	{"overview", 0, 0, 0, D_OVERVIEW, NULL, "the space at a glance, in a few lines"},
	{"svg", 0, 0, 0, D_SVG, NULL, "draw the space as one SVG"},
	{"html", 0, 0, 0, D_HTML, NULL, "draw it as a page to look around in"},
	{"help", 'h', 0, 0, D_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"dump", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"dump", "-f FORMAT --root ROOT [options] IMAGE", "Show a whole address space: all mappings, merged, holes left out.",
	"A table that was shown before appears as an alias; a table that the image does not hold as\n"
	"unreadable; entries that hardware refuses as faults.  Exit status 1 when nothing is mapped.",
	groups,
	"  ptgen dump -f x86_64 --root cr3=0x139e000 mem.elf\n"
	"  ptgen dump -f sv48 --root satp=0x9000200000083a79 --filter 'w and x' --maps mem.elf\n"
	"  ptgen dump -f aarch64 --root ttbr0=A,ttbr1=B,tcr=C --html -o space.html mem.elf",
};

struct dump {
	struct target t;
	const struct filter *filter; /* as given, then what of it counts for pages */
	const struct filter *merged; /* and for what is merged */
	uint64_t first, last;
	bool has;
	uint64_t has_va;
	enum merge_rule merge;
	bool merge_said, marks, follow;
	struct mapping_style style;
	enum { DRAW_NOTHING, DRAW_TEXT, DRAW_SVG, DRAW_HTML } draw;
	struct search search;
	struct drawing *drawing;     /* the picture that is made, or NULL */
	struct scan scan;
	struct merge merger;
	struct progress progress;
	uint64_t mapped, lines, pages_shown;
};

/* --- each mapping ----------------------------------------------------------------------- */

static bool show(void *arg, const struct mapping *m)
{
	struct dump *d = arg;

	if (d->has && (d->has_va < m->va || d->has_va > m->last))
		return true;
	if (d->merged && m->kind != MAPPING_UNREADABLE &&
	    (m->kind != MAPPING_PAGE || !filter_pass(d->merged, d->t.view[0].space.format, m)))
		return true;
	d->pages_shown += m->kind == MAPPING_PAGE;
	d->lines++;
	if (m->kind == MAPPING_PAGE)
		d->mapped += m->last - m->va + 1;
	if (d->drawing) {
		draw_add(d->drawing, m);
		return true;
	}
	if (d->search.length) {
		search_mapping(&d->search, &d->t.out, &d->t.view[0], m);
		return true;
	}
	if (d->t.out.form == OUT_TEXT)
		mapping_print(&d->t.out, &d->t.view[0], m, &d->style);
	else
		mapping_record(&d->t.out, &d->t.view[0], m, NULL, NULL);
	return true;
}

static bool on_mapping(void *arg, const struct mapping *m)
{
	struct dump *d = arg;

	if (d->filter && (m->kind == MAPPING_FAULT ||
			  (m->kind == MAPPING_PAGE && !filter_pass(d->filter, d->t.view[0].space.format, m))))
		return true;
	if (d->search.length && m->kind != MAPPING_PAGE)
		return true;
	d->scan.shown++;
	return merge_add(&d->merger, m);
}

static void on_progress(void *arg, uint64_t va)
{
	struct dump *d = arg;

	progress_at(&d->progress, va, d->scan.stats.tables);
}

/* --- the whole ------------------------------------------------------------------------------ */

static void summary(struct dump *d)
{
	const struct out *o = &d->t.out;
	char size[24];

	if (o->form != OUT_TEXT || d->style.maps || d->search.length)
		return;
	fprintf(o->file, "%s%s mapped in %" PRIu64 " ranges, %" PRIu64 " tables read", out_ink(o, INK_DIM),
		d->mapped ? text_length(d->mapped, size) : "nothing", d->lines, d->scan.stats.tables + 1);
	if (d->scan.stats.aliases)
		fprintf(o->file, ", %" PRIu64 " aliased", d->scan.stats.aliases);
	fprintf(o->file, "%s\n", out_ink(o, INK_PLAIN));
	if (d->has) { /* how the walk gets there */
		fputs("\n", o->file);
		steps_print(d->t.arena, &d->t.out, &d->t.view[0], d->has_va);
	}
}

/* The walk, merged and shown. */
static int walk(struct dump *d)
{
	int e;

	/* Who asks for a page's address wants pages that are no more than what follows in pa. */
	d->scan.scattered = d->merger.rule == MERGE_RIGHTS && !d->filter && !d->merged && !d->search.length;
	progress_start(&d->progress, d->t.progress, "walking");
	e = scan_space(&d->scan);
	merge_end(&d->merger);
	progress_end(&d->progress);
	return e;
}

static int draw(struct dump *d);

static int dump_space(struct dump *d)
{
	int e;

	if (!d->merge_said)
		d->merge = d->style.phys || d->t.out.form != OUT_TEXT || d->search.length ? MERGE_PHYSICAL : MERGE_RIGHTS;
	d->merger.rule = d->search.length && d->merge == MERGE_RIGHTS ? MERGE_PHYSICAL : d->merge; /* a search reads frames in a row */
	d->merger.marks = d->marks || d->t.out.form != OUT_TEXT;
	d->merger.sizes = d->t.out.form != OUT_TEXT || d->filter;
	d->merger.tell = show;
	d->merger.arg = d;
	d->scan.view = &d->t.view[0];
	d->scan.arena = d->t.arena;
	d->scan.first = d->first;
	d->scan.last = d->last;
	d->scan.follow_aliases = d->follow;
	d->scan.tell = on_mapping;
	d->scan.progress = on_progress;
	d->scan.arg = d;
	if (d->draw)
		return draw(d);
	d->style.phys = true;
	if (d->t.out.form == OUT_TEXT && !d->search.length)
		mapping_title(&d->t.out, &d->t.view[0], &d->style);
	e = walk(d);
	summary(d);
	if (e && e != PTG_E_STOPPED)
		return command_fail(EXIT_SOURCE, "the walk ended early: %s", text_error(e));
	if (d->search.length)
		return d->search.hits ? EXIT_DONE : EXIT_NO;
	return d->pages_shown ? EXIT_DONE : EXIT_NO;
}

/* The same walk, merged by rights, into a picture. */
static int draw(struct dump *d)
{
	struct drawing picture = {.arena = d->t.arena, .view = &d->t.view[0]};
	char size[24];
	int e;

	d->merger.rule = d->merge_said ? d->merge : MERGE_RIGHTS;
	d->merger.sizes = false;
	d->merger.marks = d->marks;
	d->drawing = &picture;
	e = walk(d);
	picture.title = arena_printf(d->t.arena, "%s  %s  %s mapped", d->t.view[0].plan->format.name, d->t.view[0].root->text
				     ? d->t.view[0].root->text : "", text_length(picture.mapped, size));
	if (d->draw == DRAW_TEXT)
		draw_text(&picture, &d->t.out, OVERVIEW_LINES);
	else if (d->draw == DRAW_SVG)
		draw_svg(&picture, d->t.out.file);
	else
		draw_html(&picture, d->t.out.file);
	if (e && e != PTG_E_STOPPED)
		return command_fail(EXIT_SOURCE, "the walk ended early: %s", text_error(e));
	return d->pages_shown ? EXIT_DONE : EXIT_NO;
}

/* --- options ----------------------------------------------------------------------------------- */

/* EXPR, and as gdb-pt-dump has it more words of the language after it. */
static int set_filter(struct dump *d, struct options *o)
{
	const char *text = o->value, *why = "";
	const struct filter *f;

	while (options_peek(o) && options_peek(o)[0] != '-' && filter_word(options_peek(o))) {
		text = arena_printf(d->t.arena, "%s %s", text, options_peek(o));
		options_take(o);
	}
	f = filter_parse(d->t.arena, d->filter ? arena_printf(d->t.arena, "(%s)", text) : text, &why);
	if (!f)
		return command_usage(&command, "%s", why);
	d->filter = d->filter ? filter_both(d->t.arena, d->filter, f) : f;
	return EXIT_DONE;
}

static void narrow(struct dump *d, uint64_t first, uint64_t last)
{
	d->first = first > d->first ? first : d->first;
	d->last = last < d->last ? last : d->last;
}

/* A-B in one word, with its last byte, or A and B in two, B where it ends. */
static int set_range(struct dump *d, struct options *o)
{
	uint64_t first, last, other;
	const char *next = options_peek(o);

	if (!text_range(o->value, &first, &last))
		return command_usage(&command, "--range: '%s' is no range (A-B, A..B or A+LENGTH)", o->value);
	if (first == last && next && text_number(next, &other)) {
		options_take(o);
		if (other <= first)
			return command_usage(&command, "--range: it ends before it begins");
		last = other - 1;
	}
	narrow(d, first, last);
	return EXIT_DONE;
}

static int set_address(struct dump *d, const struct options *o, int id)
{
	uint64_t va;

	if (!text_number(o->value, &va))
		return command_usage(&command, "%s: '%s' is no address", o->given, o->value);
	if (id == D_BEFORE && va == 0)
		return command_usage(&command, "%s 0 leaves nothing", o->given);
	if (id == D_BEFORE) {
		narrow(d, 0, va - 1);
	} else if (id == D_AFTER) {
		narrow(d, va, ~(uint64_t)0);
	} else {
		d->has = true;
		d->has_va = va;
	}
	return EXIT_DONE;
}

static int set_merge(struct dump *d, const char *word)
{
	d->merge_said = true;
	if (strcmp(word, "rights") == 0)
		d->merge = MERGE_RIGHTS;
	else if (strcmp(word, "phys") == 0)
		d->merge = MERGE_PHYSICAL;
	else if (strcmp(word, "none") == 0)
		d->merge = MERGE_NONE;
	else
		return command_usage(&command, "--merge: '%s' is none of rights, phys, none", word);
	return EXIT_DONE;
}

static int set_search(struct dump *d, struct options *o, int id)
{
	uint64_t *more = id == D_ALIGN ? &d->search.offset : &d->search.most;
	const char *why = "";
	bool ok;

	switch (id) {
	case D_STRING:
		ok = search_text(&d->search, o->value, &why);
		break;
	case D_BYTES:
		ok = search_hex(&d->search, o->value, &why);
		break;
	case D_ALIGN:
		ok = text_number(o->value, &d->search.align) && d->search.align;
		why = "is no alignment";
		break;
	default:
		ok = search_number(&d->search, o->value, id == D_WORD8 ? 8 : 4, &why);
	}
	if (ok && options_peek(o) && text_number(options_peek(o), more)) /* gdb-pt-dump's second word */
		options_take(o);
	return ok ? EXIT_DONE : command_usage(&command, "%s: '%s' %s", o->given, o->value, why);
}

/* Names in it are looked up in the format; what asks how long a mapping is waits until it is merged. */
static int settle_filter(struct dump *d)
{
	const struct filter *whole = d->filter;
	const char *why = NULL;

	if (!d->t.view[0].plan->stage[0])
		why = filter_unknown(d->t.arena, whole, d->t.view[0].space.format);
	if (why)
		return command_usage(&command, "%s", why);
	if (d->t.view[0].space.format->flags & PTG_FORMAT_BIG)
		search_turn(&d->search);
	d->filter = d->merged = NULL;
	filter_split(d->t.arena, whole, &d->filter, &d->merged);
	return EXIT_DONE;
}

static int option(struct dump *d, struct options *o, int id, const char **image)
{
	switch (id) {
	case D_FILTER:  return set_filter(d, o);
	case D_RANGE:   return set_range(d, o);
	case D_HAS:
	case D_BEFORE:
	case D_AFTER:   return set_address(d, o, id);
	case D_MERGE:   return set_merge(d, o->value);
	case D_STRING:
	case D_BYTES:
	case D_WORD8:
	case D_WORD4:
	case D_ALIGN:   return set_search(d, o, id);
	case D_PHYS:    d->style.phys = true; break;
	case D_MAPS:    d->style.maps = true; return target_claim(&d->t, o, id);
	case D_MARKS:   d->marks = true; break;
	case D_ALIASES: d->follow = true; break;
	case D_OVERVIEW: d->draw = DRAW_TEXT; return target_claim(&d->t, o, id);
	case D_SVG:     d->draw = DRAW_SVG; return target_claim(&d->t, o, id);
	case D_HTML:    d->draw = DRAW_HTML; return target_claim(&d->t, o, id);
	case OPTION_WORD:
		if (*image)
			return command_usage(&command, "one image only; '%s' is too much", o->value);
		*image = o->value;
		break;
	default:
		return target_option(&d->t, o, id);
	}
	return EXIT_DONE;
}

int cmd_dump(int argc, char **argv)
{
	struct dump d;
	struct options o;
	const char *image = NULL;
	int id, code = EXIT_DONE;

	memset(&d, 0, sizeof(d));
	d.last = ~(uint64_t)0;
	target_init(&d.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, D_HELP, &id, &code))
		code = option(&d, &o, id, &image);
	if (!code && d.search.length && (d.draw || d.style.maps))
		code = command_usage(&command, "%s: a search lists where something is; take one of them", d.t.form_said);
	if (!code)
		code = target_open(&d.t, image, 1);
	if (!code)
		code = settle_filter(&d);
	if (!code)
		code = dump_space(&d);
	return target_close(&d.t, code);
}
