/* SPDX-License-Identifier: MIT */
/* mapping.c - one mapping of a dump as a line or as a record */
#include "gen/inspect/mapping.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/inspect/answer.h"
#include "gen/text.h"

static void answer_of_mapping(struct answer *a, const struct mapping *m)
{
	memset(a, 0, sizeof(*a));
	a->pa = m->pa;
	a->entry = m->entry;
	a->rights = m->rights;
	a->memtype = m->memtype;
	a->rule = m->rule;
	a->fault = m->fault;
	a->level = m->level;
	a->page_lg2 = m->page_lg2;
	a->contig_lg2 = m->contig_lg2;
	a->key = m->key;
	a->stage = m->stage;
	a->has_entry = m->kind == MAPPING_PAGE || m->kind == MAPPING_FAULT;
}

/* Digits of an address of this format. */
static int digits(const struct view *v)
{
	const struct ptg_format *f = v->plan->stage[0] ? v->stage[0].format : v->space.format;

	return f->va_bits > 32 || f->va_check != PTG_VA_ZERO ? 16 : 8;
}

enum out_ink mapping_ink(const struct mapping *m)
{
	bool w = m->rights & (PTG_UW | PTG_SW), x = m->rights & (PTG_UX | PTG_SX);

	if (m->kind == MAPPING_ALIAS)
		return INK_DIM;
	if (m->kind != MAPPING_PAGE)
		return INK_MAGENTA;
	/* Writable and executable in one privilege, or across both. */
	return w && x ? INK_RED : x ? INK_GREEN : w ? INK_YELLOW : INK_PLAIN;
}

void mapping_title(struct out *o, const struct view *v, const struct mapping_style *s)
{
	int n = digits(v) + 2;

	if (s->maps)
		return;
	fprintf(o->file, "%s%-*s %-*s %9s  %-4s %-4s %-5s %-8s %-4s%s%s\n", out_ink(o, INK_BOLD), n, "FROM", n, "TO",
		"LENGTH", "USER", "SUPV", "PAGES", "TYPE", "ADG", s->phys ? "  PHYSICAL" : "", out_ink(o, INK_PLAIN));
}

/* What there is to say of a page but its addresses, into w->page. */
static void page_words(const struct out *o, const struct view *v, const struct mapping *m, struct mapping_words *w)
{
	const struct ptg_format *f = v->plan->stage[0] ? v->stage[0].format : v->space.format;
	char user[4], super[4], size[24], type[24];
	const char *memtype;

	if (w->set && w->rights == m->rights && w->memtype == m->memtype && w->page_lg2 == m->page_lg2 &&
	    w->contig_lg2 == m->contig_lg2 && w->sizes_differ == m->sizes_differ)
		return;
	memtype = text_memtype(f, m->memtype, type);
	snprintf(w->page, sizeof(w->page), "%s%-4s %-4s%s %s%-4s %-8s %c%c%c ", out_ink(o, mapping_ink(m)),
		 text_rights(m->rights, true, user), text_rights(m->rights, false, super), out_ink(o, INK_PLAIN),
		 text_lg2(m->page_lg2, size), m->sizes_differ ? "+" : m->contig_lg2 ? "*" : " ", memtype ? memtype : "",
		 m->rights & PTG_ACCESSED ? 'A' : '-', m->rights & PTG_DIRTY ? 'D' : '-', m->rights & PTG_GLOBAL ? 'G' : '-');
	w->set = true;
	w->rights = m->rights;
	w->memtype = m->memtype;
	w->page_lg2 = m->page_lg2;
	w->contig_lg2 = m->contig_lg2;
	w->sizes_differ = m->sizes_differ;
	w->page_size = (unsigned)strlen(w->page);
}

static void print_other(struct out *o, const struct view *v, const struct mapping *m)
{
	const struct ptg_format *f = v->plan->stage[0] ? v->stage[0].format : v->space.format;
	char rule[ANSWER_NAME], fault[ANSWER_NAME];
	struct answer a;

	answer_of_mapping(&a, m);
	fputs(out_ink(o, mapping_ink(m)), o->file);
	switch (m->kind) {
	case MAPPING_ALIAS:
		fprintf(o->file, "alias of 0x%" PRIx64 ": the table at 0x%" PRIx64 " again", m->alias, m->pa);
		break;
	case MAPPING_UNREADABLE:
		fprintf(o->file, "unreadable: the image does not hold this table (level %s)",
			m->level < f->level_count ? f->levels[m->level].name : "?");
		break;
	default:
		fprintf(o->file, "fault %s: entry 0x%" PRIx64 ", level %s, %s", answer_fault(v, &a, fault), m->entry,
			m->level < f->level_count ? f->levels[m->level].name : "?", answer_rule(v, &a, rule));
	}
	fputs(out_ink(o, INK_PLAIN), o->file);
}

/* 00400000-00402000 r-x 4K user ... the end is not part of it, as in /proc. */
static void print_maps(struct out *o, const struct view *v, const struct mapping *m, const struct mapping_style *s)
{
	int n = digits(v);
	char user[4], super[4], size[24];
	bool is_user = m->rights & (PTG_UR | PTG_UW | PTG_UX);

	/* The end of all addresses has a digit more. */
	fprintf(o->file, m->last == ~(uint64_t)0 ? "%0*" PRIx64 "-1%0*" PRIx64 " " : "%0*" PRIx64 "-%0*" PRIx64 " ", n, m->va, n,
		m->last + 1);
	if (m->kind != MAPPING_PAGE) {
		print_other(o, v, m);
	} else {
		fprintf(o->file, "%s%s%c%s %5s%c", out_ink(o, mapping_ink(m)),
			is_user ? text_rights(m->rights, true, user) : text_rights(m->rights, false, super),
			is_user ? 'u' : 's', out_ink(o, INK_PLAIN), text_lg2(m->page_lg2, size), m->sizes_differ ? '+' : ' ');
		if (s->phys && m->scattered)
			fprintf(o->file, " scattered");
		else if (s->phys)
			fprintf(o->file, " %0*" PRIx64, n, m->pa);
	}
	fputs("\n", o->file);
}

static void length_words(uint64_t bytes, struct mapping_words *w)
{
	char length[24];

	if (w->length_size && w->bytes == bytes)
		return;
	w->length_size = (unsigned)snprintf(w->length, sizeof(w->length), " %9s  ", text_length(bytes, length));
	w->bytes = bytes;
}

static char *add(char *at, const char *text, size_t n)
{
	memcpy(at, text, n);
	return at + n;
}

static char *add_hex(char *at, uint64_t value, unsigned width)
{
	char text[TEXT_DIGITS];
	const char *start = text_hex(value, width, text);

	return add(at, start, (size_t)(text + TEXT_DIGITS - 1 - start));
}

void mapping_print(struct out *o, const struct view *v, const struct mapping *m, struct mapping_style *s)
{
	char line[2 * TEXT_DIGITS + sizeof(s->last.length) + sizeof(s->last.page) + 32], *at = line;
	unsigned n = (unsigned)digits(v);

	if (s->maps) {
		print_maps(o, v, m, s);
		return;
	}
	length_words(m->last - m->va + 1, &s->last);
	at = add_hex(at, m->va, n);
	at = add(at, " ", 1);
	at = add_hex(at, m->last, n);
	at = add(at, s->last.length, s->last.length_size);
	if (m->kind == MAPPING_PAGE) {
		page_words(o, v, m, &s->last);
		at = add(at, s->last.page, s->last.page_size);
		if (s->phys && !m->scattered)
			at = add_hex(add(at, "  ", 2), m->pa, 1);
	}
	fwrite(line, 1, (size_t)(at - line), o->file);
	if (m->kind != MAPPING_PAGE)
		print_other(o, v, m);
	else if (s->phys && m->scattered)
		fprintf(o->file, "  %sscattered%s", out_ink(o, INK_DIM), out_ink(o, INK_PLAIN));
	putc('\n', o->file);
}

void mapping_record(struct out *o, const struct view *v, const struct mapping *m, const char *lead, const char *value)
{
	struct answer a;

	answer_of_mapping(&a, m);
	out_begin(o);
	if (lead)
		out_text(o, lead, value);
	out_hex(o, "va", m->va);
	out_number(o, "len", m->last - m->va + 1);
	if (m->kind == MAPPING_PAGE && !m->scattered)
		out_hex(o, "pa", m->pa);
	else
		out_null(o, "pa");
	if (m->kind == MAPPING_PAGE)
		out_number(o, "page_size", m->page_lg2 < 64 ? (uint64_t)1 << m->page_lg2 : 0);
	else
		out_null(o, "page_size");
	if (m->kind == MAPPING_ALIAS) {
		a.fault = PTG_F_UNREADABLE; /* attributes of an alias are those of the mappings it repeats */
		answer_record_alias(o, v, &a);
		out_hex(o, "alias", m->alias);
		out_hex(o, "table", m->pa);
	} else {
		answer_record(o, v, &a);
		out_null(o, "alias");
		out_null(o, "table");
	}
	out_end(o);
}
