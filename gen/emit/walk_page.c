/* SPDX-License-Identifier: MIT */
/* walk_page.c - what an entry that is a page does: size, attributes, marks, deny lines, address */

#include <string.h>

#include "gen/emit/facts_walk.h"

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

/* --- pages ----------------------------------------------------------------------------------- */

static const char *page_size(struct facts *f, const struct ptg_kind *k)
{
	if (k->napot)
		return arena_printf(f->arena, "ptg_napot_lg2_(%s, %u, %u)", walk_napot(f, k), k->napot_dst, k->page_lg2);
	if (k->size != PTG_NONE)
		return arena_printf(f->arena, "ptg_size_(%s)", cexpr_value(&f->x, k->size));
	if (walk_dynamic(f))
		return "shift";
	return NULL;
}

/* The address of an entry as an operand of what binds tighter than `|`, which joins pieces and spaces. */
static const char *address_term(struct facts *f, const struct ptg_kind *k)
{
	const char *text = walk_address(f, k, 0);

	return strstr(text, " |") ? arena_printf(f->arena, "(%s)", text) : text;
}

static const char *page_address(struct facts *f, const struct ptg_kind *k, bool fixed)
{
	uint64_t in = low_bits(k->page_lg2);
	const char *from = arena_printf(f->arena, "va & %s", cexpr_number(f->arena, in));

	if (k->nowhere)
		return "0";
	if (fixed && k->low_added)
		return arena_printf(f->arena, "%s + (%s)", address_term(f, k), from);
	if (fixed && in)
		return arena_printf(f->arena, "%s | (%s)", walk_address(f, k, in), from);
	if (fixed)
		return walk_address(f, k, 0);
	if (k->low_added)
		return arena_printf(f->arena, "%s + (va & ptg_low_(size_lg2))", address_term(f, k));
	return arena_printf(f->arena, "(%s & ~ptg_low_(size_lg2)) | (va & ptg_low_(size_lg2))", address_term(f, k));
}

static const char *own_attribute(struct facts *f, const struct ptg_kind *k, unsigned i)
{
	unsigned node = k->attr_first == PTG_NONE ? PTG_NONE : f->format->attr_node[k->attr_first + i];
	unsigned op = f->format->attrs[i].op;

	if (!(walk_attributes(f->format) >> i & 1) || node == PTG_NONE)
		return "";
	return arena_printf(f->arena, "\t\t%s %s %s;\n", f->attr_name[i], op == '&' ? "&=" : op == '|' ? "|=" : "=",
			    cexpr_value(&f->x, node));
}

/* The condition under which a mark that stands as it should not makes the access fault; NULL: never. */
static const char *mark_fails(struct facts *f, const struct ptg_mark *m, bool table)
{
	const char *text;

	(void)table;
	if (m->rule == PTG_NONE || m->if_ == PTG_NONE || !m->access)
		return NULL;
	text = arena_printf(f->arena, "(access & %u) && ", m->access);
	if (m->enabled != PTG_NONE)
		text = arena_printf(f->arena, "%s%s && ", text, cexpr_term(&f->x, m->enabled));
	if (m->value == m->mask && !(m->mask & (m->mask - 1)))
		text = arena_printf(f->arena, "%s!(%s & %s)", text, f->x.entry, cexpr_mask(&f->x, m->mask));
	else
		text = arena_printf(f->arena, "%s(%s & %s) != %s", text, f->x.entry, cexpr_mask(&f->x, m->mask),
				    cexpr_mask(&f->x, m->value));
	return arena_printf(f->arena, "%s && !(%s)", text, cexpr_truth(&f->x, m->if_));
}

void walk_mark_faults(struct facts *f, struct buffer *b, const struct ptg_kind *k)
{
	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &f->format->marks[k->mark_first + i];
		const char *fails = mark_fails(f, m, false), *to = m->early ? "early" : "late";

		if (fails)
			buffer_printf(b, "\t\tif (!%s && %s)\n\t\t\t%s = %u;\n", to, fails, to, m->rule);
	}
}

static void marks_set(struct facts *f, struct buffer *b, const struct ptg_kind *k)
{
	const char *text = NULL;

	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &f->format->marks[k->mark_first + i];
		const char *one;

		if (m->what != 1 && m->what != 2)
			continue;
		one = cexpr_match(&f->x, f->x.entry, m->mask, m->value);
		if (m->enabled != PTG_NONE)
			one = arena_printf(f->arena, "%s && %s", cexpr_term(&f->x, m->enabled), one);
		one = arena_printf(f->arena, "(%s ? %uu : 0)", one,
				   m->what == 1 ? (unsigned)PTG_ACCESSED : (unsigned)PTG_DIRTY);
		text = text ? arena_printf(f->arena, "%s | %s", text, one) : one;
	}
	if (text)
		buffer_printf(b, "\t\tmarked = %s;\n", text);
}

/* Accesses of one kind that a conjunction asks for at once, at most. */
static unsigned joint_accesses(const struct ptg_format *p, unsigned node, bool want)
{
	const struct ptg_node *n = &p->nodes[node];
	unsigned a, b;

	switch (n->op) {
	case PTG_OP_ACCESS:
		return want && (n->imm & (PTG_READ | PTG_WRITE | PTG_EXEC));
	case PTG_OP_NOT:
		return joint_accesses(p, n->a, !want);
	case PTG_OP_AND: case PTG_OP_OR:
		a = joint_accesses(p, n->a, want);
		b = joint_accesses(p, n->b, want);
		return (n->op == PTG_OP_AND) == want ? a + b : a > b ? a : b;
	default:
		return 0;
	}
}

/* `read & write & ...` holds for neither of the two: such a line denies atomics as a whole. */
bool walk_denies_atomics(const struct ptg_format *p, const struct ptg_deny *d)
{
	return joint_accesses(p, d->node, true) > 1;
}

/* Lines that are not in the table of rights: what they deny here. */
static void untabled_denies(struct facts *f, struct buffer *b, const struct ptg_kind *k)
{
	const uint16_t *saved = f->x.computed;
	uint16_t node[PTG_ATTRS];

	for (unsigned i = 0; i < f->format->attr_count; i++) {
		bool own = !f->format->attrs[i].op && k->attr_first != PTG_NONE && walk_attributes(f->format) >> i & 1;

		node[i] = own ? f->format->attr_node[k->attr_first + i] : (uint16_t)PTG_NONE;
	}
	f->x.computed = node;
	for (unsigned i = 0; i < k->deny_count; i++) {
		const struct ptg_deny *d = &f->format->denies[k->deny_first + i];
		const char *six;

		if (d->tabled && f->format->rights_bits <= 6)
			continue;
		six = cexpr_rights(&f->x, d->node);
		if (walk_denies_atomics(f->format, d))
			six = arena_printf(f->arena, "(%s) | (%s ? 0x40u : 0)", six, cexpr_term(&f->x, d->node));
		buffer_printf(b, "\t\t/* %s */\n", facts_rule_text(f, d->rule));
		if (d->guard != PTG_NONE)
			buffer_printf(b, "\t\tif (%s)\n\t", cexpr_truth(&f->x, d->guard));
		buffer_printf(b, "\t\tdeny_%u = %s;\n", d->rule, six);
	}
	f->x.computed = saved;
}

static void space_of(struct facts *f, struct buffer *b, const struct ptg_kind *k)
{
	if (f->format->space_count < 2)
		return;
	if (k->addr_simple || k->piece_count == 0) {
		buffer_printf(b, "\t\tspace = %u;\n", k->space);
		return;
	}
	buffer_printf(b, "\t\tspace = %u;\n", k->space);
	for (unsigned i = 0; i < k->piece_count; i++) {
		const struct ptg_piece *p = &f->format->pieces[k->piece_first + i];
		const char *when = NULL;

		if (p->if_ != PTG_NONE)
			when = cexpr_term(&f->x, p->if_);
		if (p->when != PTG_NONE)
			when = when ? arena_printf(f->arena, "%s && %s", when, cexpr_term(&f->x, p->when))
				    : cexpr_truth(&f->x, p->when);
		if (when)
			buffer_printf(b, "\t\tif (%s)\n\t", when);
		buffer_printf(b, "\t\tspace = %u;\n", p->space);
	}
}

static void contiguous(struct facts *f, struct buffer *b, const struct ptg_kind *k)
{
	unsigned lg2 = (unsigned)k->page_lg2 + k->contig_lg2;
	uint64_t always;

	if (!k->contig_lg2)
		return;
	if (k->contig_when != PTG_NONE && !(cexpr_constant(&f->x, k->contig_when, &always) && always))
		buffer_printf(b, "\t\tif (%s)\n\t", cexpr_truth(&f->x, k->contig_when));
	buffer_printf(b, "\t\tt->contig_lg2 = %u;\n", lg2);
}

/* A block without its `if` stands one tab further left. */
const char *walk_dedented(struct arena *a, const char *text)
{
	struct buffer b;
	bool start = true;

	buffer_init(&b, a);
	for (const char *c = text; *c; c++) {
		if (!(start && *c == '\t'))
			buffer_add(&b, c, 1);
		start = *c == '\n';
	}
	return buffer_text(&b);
}

/* --- what all page kinds do alike is done once, behind the label `page` --- */

/* Parts of a page's block, by number: the attributes, then deny lines, marks as they stand, marks that fault. */
static const char *page_part(struct facts *f, const struct ptg_kind *k, unsigned part)
{
	unsigned attrs = f->format->attr_count;
	struct buffer b;

	if (part < attrs)
		return own_attribute(f, k, part);
	buffer_init(&b, f->arena);
	if (part == attrs)
		untabled_denies(f, &b, k);
	else if (part == attrs + 1)
		marks_set(f, &b, k);
	else
		walk_mark_faults(f, &b, k);
	return buffer_text(&b);
}

static unsigned page_parts(const struct facts *f)
{
	return f->format->attr_count + 3u;
}

/* The part without the names of masks, which differ from layout to layout. */
static const char *bare_part(struct facts *f, unsigned kind, unsigned part)
{
	const char *text;

	facts_about(f, kind, true);
	f->x.name_count = 0;
	text = page_part(f, &f->format->kinds[kind], part);
	facts_about_none(f);
	return text;
}

void walk_find_shared(struct facts *f)
{
	const struct ptg_format *p = f->format;
	unsigned first = PTG_NONE;
	struct buffer b;

	f->shared = 0;
	for (unsigned i = 0; i < p->kind_count; i++)
		if (p->kinds[i].role == PTG_ROLE_PAGE && first == PTG_NONE)
			first = i;
	if (first == PTG_NONE)
		return;
	buffer_init(&b, f->arena);
	for (unsigned part = 0; part < page_parts(f) && part < 64; part++) {
		const char *text = bare_part(f, first, part);
		bool same = *text != '\0';

		for (unsigned i = first + 1; i < p->kind_count && same; i++)
			if (p->kinds[i].role == PTG_ROLE_PAGE)
				same = strcmp(bare_part(f, i, part), text) == 0;
		if (!same)
			continue;
		f->shared |= UINT64_C(1) << part;
		facts_about(f, first, true);
		buffer_puts(&b, walk_dedented(f->arena, page_part(f, &p->kinds[first], part)));
		facts_about_none(f);
	}
	if (b.length)
		fact(f, buffer_text(&b), "walk.shared");
}

const char *walk_page(struct facts *f, const struct ptg_kind *k)
{
	const char *size = page_size(f, k);
	struct buffer b;

	buffer_init(&b, f->arena);
	f->x.size = size ? "size_lg2" : arena_printf(f->arena, "%u", k->page_lg2);
	if (size)
		buffer_printf(&b, "\t\tsize_lg2 = %s;\n", size);
	buffer_puts(&b, walk_checks(f, k));
	buffer_printf(&b, "\t\tt->rule = %u;\n", k->rule);
	if (size)
		buffer_puts(&b, "\t\tt->page_lg2 = (uint8_t)size_lg2;\n");
	else
		buffer_printf(&b, "\t\tt->page_lg2 = %u;\n", k->page_lg2);
	contiguous(f, &b, k);
	for (unsigned part = 0; part < page_parts(f); part++)
		if (!(f->shared >> part & 1))
			buffer_puts(&b, page_part(f, k, part));
	space_of(f, &b, k);
	buffer_printf(&b, "\t\tpa = %s;\n\t\tgoto page;\n", page_address(f, k, !size));
	return buffer_text(&b);
}
