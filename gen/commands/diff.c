/* SPDX-License-Identifier: MIT */
/* diff.c - compare two address spaces */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/answer.h"
#include "gen/inspect/filter.h"
#include "gen/inspect/mapping.h"
#include "gen/inspect/merge.h"
#include "gen/inspect/target.h"
#include "gen/text.h"

enum { DF_RANGE = 1, DF_MARKS, DF_RIGHTS, DF_FILTER, DF_HELP };

static const struct option_spec specs[] = {
	{"range", 0, 1, 0, DF_RANGE, "A-B", "only addresses of it: A-B, A..B or A+LENGTH"},
	{"filter", 0, 1, 0, DF_FILTER, "EXPR", "only these mappings (see ptgen dump --help)"},
	{"marks", 0, 0, 0, DF_MARKS, NULL, "accessed and dirty count as differences"},
	{"rights-only", 0, 0, 0, DF_RIGHTS, NULL, "other physical addresses and page sizes are none"},
	{"help", 'h', 0, 0, DF_HELP, NULL, "this text"},
	{NULL, 0, 0, 0, 0, NULL, NULL},
};

static const struct option_group own = {"diff", specs};
static const struct option_group *const groups[] = {
	&own, &target_option_group, &load_option_group, &target_output_group, NULL
};

static const struct command command = {
	"diff", "-f FORMAT --root ROOT --root ROOT [options] IMAGE [IMAGE]\n-f FORMAT --root ROOT [options] IMAGE IMAGE",
	"Compare two address spaces: - is in the first only, + in the second only, ~ in both and changed.",
	"The second root is looked up in the second image.  Exit status 1 when they differ.",
	groups,
	"  ptgen diff -f x86_64 --root cr3=0x139e000 --root cr3=0x2bf8000 mem.elf\n"
	"  ptgen diff -f sv48 --root satp=0x9000200000083a79 before.elf after.elf",
};

struct side {                        /* everything one space maps, in order */
	struct arena *arena;
	const struct filter *filter;
	const struct ptg_format *format;
	struct mapping *m;
	size_t count, room;
	struct scan scan;
	struct merge merge;
};

struct diff {
	struct target t;
	const char *image[2];
	const struct filter *filter;
	uint64_t first, last;
	bool marks, rights_only;
	struct side side[2];
	uint64_t found;
	struct mapping old, new;     /* the difference that may still grow */
	char sign;                   /* 0: none is waiting */
};

/* --- reading a space ------------------------------------------------------------------- */

static bool keep(void *arg, const struct mapping *m)
{
	struct side *s = arg;

	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 256;

		s->m = arena_grow(s->arena, s->m, s->count, room, sizeof(*s->m));
		s->room = room;
	}
	s->m[s->count++] = *m;
	return true;
}

static bool on_mapping(void *arg, const struct mapping *m)
{
	struct side *s = arg;

	if (s->filter && m->kind == MAPPING_PAGE && !filter_pass(s->filter, s->format, m))
		return true;
	s->scan.shown++;
	return merge_add(&s->merge, m);
}

static int read_side(struct diff *d, struct side *s, const struct view *v)
{
	int e;

	s->arena = d->t.arena;
	s->filter = d->filter;
	s->format = v->space.format;
	s->merge.rule = MERGE_PHYSICAL;
	s->merge.marks = s->merge.sizes = true;
	s->merge.tell = keep;
	s->merge.arg = s;
	s->scan.view = v;
	s->scan.arena = d->t.arena;
	s->scan.first = d->first;
	s->scan.last = d->last;
	s->scan.tell = on_mapping;
	s->scan.arg = s;
	e = scan_space(&s->scan);
	merge_end(&s->merge);
	return e && e != PTG_E_STOPPED ? command_fail(EXIT_SOURCE, "%s: the walk ended early: %s", v->image->name, text_error(e))
				       : EXIT_DONE;
}

/* --- telling differences ------------------------------------------------------------------- */

static uint32_t rights(const struct diff *d, const struct mapping *m)
{
	return d->marks ? m->rights : m->rights & ~(uint32_t)(PTG_ACCESSED | PTG_DIRTY);
}

static const char *changes(const struct diff *d, const struct mapping *a, const struct mapping *b)
{
	struct arena *mem = d->t.arena;
	const struct ptg_format *f = d->side[0].format;
	const char *text = "";
	char x[24], y[24];

	if (a->kind != b->kind)
		return arena_printf(mem, "%s -> %s", scan_kind(a->kind), scan_kind(b->kind));
	if ((a->rights ^ b->rights) & 7)
		text = arena_printf(mem, "%s user %s -> %s", text, text_rights(a->rights, true, x), text_rights(b->rights, true, y));
	if ((a->rights ^ b->rights) & 0x38)
		text = arena_printf(mem, "%s supervisor %s -> %s", text, text_rights(a->rights, false, x),
				    text_rights(b->rights, false, y));
	if (!d->rights_only && a->pa != b->pa)
		text = arena_printf(mem, "%s pa 0x%" PRIx64 " -> 0x%" PRIx64, text, a->pa, b->pa);
	if (!d->rights_only && a->page_lg2 != b->page_lg2)
		text = arena_printf(mem, "%s page %s -> %s", text, text_lg2(a->page_lg2, x), text_lg2(b->page_lg2, y));
	if (a->memtype != b->memtype)
		text = arena_printf(mem, "%s memtype %s -> %s", text, text_memtype(f, a->memtype, x), text_memtype(f, b->memtype, y));
	if ((a->rights ^ b->rights) & PTG_GLOBAL)
		text = arena_printf(mem, "%s %cglobal", text, b->rights & PTG_GLOBAL ? '+' : '-');
	if (d->marks && ((a->rights ^ b->rights) & PTG_ACCESSED))
		text = arena_printf(mem, "%s %caccessed", text, b->rights & PTG_ACCESSED ? '+' : '-');
	if (d->marks && ((a->rights ^ b->rights) & PTG_DIRTY))
		text = arena_printf(mem, "%s %cdirty", text, b->rights & PTG_DIRTY ? '+' : '-');
	return *text ? text + 1 : "";
}

static void tell(struct diff *d)
{
	struct mapping_style style = {.phys = true};
	struct out *o = &d->t.out;
	const struct mapping *m = d->sign == '-' ? &d->old : &d->new;
	const struct view *v = &d->t.view[d->sign == '-' ? 0 : d->t.view_count - 1];
	const char *what = d->sign == '~' ? changes(d, &d->old, &d->new) : NULL;
	char sign[2] = {d->sign, '\0'}, size[24];
	enum out_ink ink = d->sign == '-' ? INK_RED : d->sign == '+' ? INK_GREEN : INK_YELLOW;

	if (!d->sign)
		return;
	d->found++;
	if (o->form != OUT_TEXT) {
		mapping_record(o, v, m, "change", arena_printf(d->t.arena, "%s%s%s", sign, what ? " " : "", what ? what : ""));
	} else {
		fprintf(o->file, "%s%s%s ", out_ink(o, ink), sign, out_ink(o, INK_PLAIN));
		if (d->sign == '~')
			fprintf(o->file, "0x%016" PRIx64 " 0x%016" PRIx64 " %9s  %s\n", m->va, m->last,
				text_length(m->last - m->va + 1, size), what);
		else
			mapping_print(o, v, m, &style);
	}
	d->sign = 0;
}

static bool grows(const struct diff *d, char sign, const struct mapping *old, const struct mapping *new)
{
	const struct mapping *m = sign == '-' ? &d->old : &d->new, *n = sign == '-' ? old : new;

	if (d->sign != sign || m->last + 1 != n->va || m->kind != n->kind || m->rights != n->rights ||
	    m->memtype != n->memtype || m->page_lg2 != n->page_lg2)
		return false;
	if (m->kind == MAPPING_PAGE && m->pa + (m->last - m->va) + 1 != n->pa)
		return false;
	return sign != '~' || (d->old.rights == old->rights && d->old.kind == old->kind &&
			       d->old.page_lg2 == old->page_lg2 && d->old.pa - d->new.pa == old->pa - new->pa);
}

static void differ(struct diff *d, char sign, const struct mapping *old, const struct mapping *new)
{
	if (grows(d, sign, old, new)) {
		if (old)
			d->old.last = old->last;
		if (new)
			d->new.last = new->last;
		return;
	}
	tell(d);
	d->sign = sign;
	if (old)
		d->old = *old;
	if (new)
		d->new = *new;
}

/* --- two sorted lists side by side -------------------------------------------------------------- */

/* The part [va, last] of a mapping. */
static struct mapping part(const struct mapping *m, uint64_t va, uint64_t last)
{
	struct mapping p = *m;

	p.pa += va - m->va;
	if (m->kind == MAPPING_ALIAS)
		p.pa = m->pa;
	p.va = va;
	p.last = last;
	return p;
}

static bool same(const struct diff *d, const struct mapping *a, const struct mapping *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == MAPPING_ALIAS)
		return a->alias == b->alias;
	if (a->kind != MAPPING_PAGE)
		return a->fault == b->fault;
	if (rights(d, a) != rights(d, b) || a->memtype != b->memtype)
		return false;
	return d->rights_only || (a->pa == b->pa && a->page_lg2 == b->page_lg2);
}

static void sweep(struct diff *d)
{
	const struct side *x = &d->side[0], *y = &d->side[1];
	size_t i = 0, j = 0;
	uint64_t at = 0;

	while (i < x->count || j < y->count) {
		const struct mapping *a = i < x->count ? &x->m[i] : NULL, *b = j < y->count ? &y->m[j] : NULL;
		uint64_t av = a ? (a->va > at ? a->va : at) : 0, bv = b ? (b->va > at ? b->va : at) : 0, last;
		struct mapping p, q;

		if (a && (!b || av < bv)) {
			last = b && b->va <= a->last ? b->va - 1 : a->last;
			p = part(a, av, last);
			differ(d, '-', &p, NULL);
		} else if (b && (!a || bv < av)) {
			last = a && a->va <= b->last ? a->va - 1 : b->last;
			p = part(b, bv, last);
			differ(d, '+', NULL, &p);
		} else {
			last = a->last < b->last ? a->last : b->last;
			p = part(a, av, last);
			q = part(b, av, last);
			if (!same(d, &p, &q))
				differ(d, '~', &p, &q);
		}
		i += a && a->last <= last;
		j += b && b->last <= last;
		if (last == ~(uint64_t)0)
			break;
		at = last + 1;
	}
	tell(d);
}

/* --- the command ---------------------------------------------------------------------------------- */

static int run(struct diff *d)
{
	int code = target_open(&d->t, d->image[0], 1);
	struct image *second = d->t.image;
	const char *why = NULL;

	if (code)
		return code;
	if (d->t.view_count > 2 || (d->t.view_count == 1 && !d->image[1]))
		return command_usage(&command, "two --root, or two images, are needed");
	if (d->image[1])
		second = target_image(&d->t, d->image[1], &code);
	if (!code && d->image[1])
		code = target_view(&d->t, &d->t.view[1], d->t.roots.count > 1 ? d->t.roots.word[1]
						: d->t.roots.count ? d->t.roots.word[0] : NULL, second);
	d->t.view_count = 2;
	if (!code && !d->t.view[0].plan->stage[0])
		why = filter_unknown(d->t.arena, d->filter, d->t.view[0].space.format);
	if (why)
		code = command_usage(&command, "%s", why);
	for (unsigned i = 0; i < 2 && !code; i++)
		code = read_side(d, &d->side[i], &d->t.view[i]);
	if (!code)
		sweep(d);
	if (second != d->t.image)
		image_close(second);
	return code ? code : d->found ? EXIT_NO : EXIT_DONE;
}

static int option(struct diff *d, const struct options *o, int id)
{
	const char *why = "";

	switch (id) {
	case DF_RANGE:
		if (!text_range(o->value, &d->first, &d->last))
			return command_usage(&command, "--range: '%s' is no range", o->value);
		break;
	case DF_FILTER:
		d->filter = filter_parse(d->t.arena, o->value, &why);
		return d->filter ? EXIT_DONE : command_usage(&command, "%s", why);
	case DF_MARKS:  d->marks = true; break;
	case DF_RIGHTS: d->rights_only = true; break;
	case OPTION_WORD:
		if (d->image[1])
			return command_usage(&command, "two images at most; '%s' is too much", o->value);
		d->image[d->image[0] != NULL] = o->value;
		break;
	default:
		return target_option(&d->t, o, id);
	}
	return EXIT_DONE;
}

int cmd_diff(int argc, char **argv)
{
	struct diff d;
	struct options o;
	int id, code = EXIT_DONE;

	memset(&d, 0, sizeof(d));
	d.last = ~(uint64_t)0;
	target_init(&d.t, &command);
	options_start(&o, argc, argv, groups);
	while (command_next(&command, &o, DF_HELP, &id, &code))
		code = option(&d, &o, id);
	if (!code)
		code = run(&d);
	return target_close(&d.t, code);
}
