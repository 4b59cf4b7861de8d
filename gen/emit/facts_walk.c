/* SPDX-License-Identifier: MIT */
/*
 * facts_walk.c - the whole walk: levels, kinds, and what each kind of entry does
 *
 * The order is that of the generic walker: kind, checks, the way down or the
 * page.  Texts are statements of one function whose variables are e, e_hi, at,
 * the attributes by name, and *t.
 */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/rows.h"

static const char *const class_names[] = {
	"PTG_F_NONE", "PTG_F_NONCANONICAL", "PTG_F_CONFIG", "PTG_F_NOT_PRESENT", "PTG_F_RESERVED", "PTG_F_ADDRESS_SIZE",
	"PTG_F_LENGTH", "PTG_F_ACCESS_FLAG", "PTG_F_DIRTY", "PTG_F_PERMISSION", "PTG_F_KEY", "PTG_F_UNREADABLE",
};

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static bool dynamic(const struct facts *f)
{
	return f->format->flags & PTG_FORMAT_DYNAMIC;
}

const char *walk_stop(const struct facts *f, unsigned rule)
{
	unsigned class = f->format->rules[rule].fault_class;

	return arena_printf(f->arena, "return ptg_stop_(t, %s, %u);", class_names[class], rule);
}

/* --- which attributes count ---------------------------------------------------------- */

static void attributes_in(const struct ptg_format *f, unsigned node, uint32_t *set)
{
	for (unsigned i = 0; i < f->attr_count; i++)
		if (f->nodes[node].op == PTG_OP_ATTR && f->nodes[node].a == i)
			*set |= 1u << i;
	switch (f->nodes[node].op) {
	case PTG_OP_NOT: case PTG_OP_SLICE:
		attributes_in(f, f->nodes[node].a, set);
		break;
	case PTG_OP_CTX_AT: case PTG_OP_EXTERN:
		attributes_in(f, f->nodes[node].b, set);
		break;
	case PTG_OP_DSLICE:
		attributes_in(f, f->nodes[node].c, set);
		/* fall through */
	default:
		if (f->nodes[node].op >= PTG_OP_AND) {
			attributes_in(f, f->nodes[node].a, set);
			attributes_in(f, f->nodes[node].b, set);
		}
		break;
	}
}

/* Attributes that a deny line, the table of rights or the answer reads. */
uint32_t walk_attributes(const struct ptg_format *f)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < f->attr_count; i++)
		if (f->attrs[i].table_index != 0xff && f->rights_bits <= 6)
			set |= 1u << i;
	for (unsigned i = 0; i < f->deny_count; i++)
		attributes_in(f, f->denies[i].node, &set);
	if (f->global_attr != 0xff)
		set |= 1u << f->global_attr;
	if (f->memtype_attr != 0xff)
		set |= 1u << f->memtype_attr;
	if (f->key_attr != 0xff)
		set |= 1u << f->key_attr;
	return set;
}

static void attributes(struct facts *f)
{
	uint32_t set = walk_attributes(f->format);
	const char *list = NULL, *own = NULL;

	for (unsigned i = 0; i < f->format->attr_count; i++) {
		const char *item = arena_printf(f->arena, "%u", i);

		if (!(set >> i & 1))
			continue;
		fact(f, f->attr_name[i], "attr.%u.name", i);
		fact_number(f, f->format->attrs[i].op == '&' ? f->format->attrs[i].neutral : 0, "attr.%u.neutral", i);
		if (f->format->attrs[i].op)
			list = facts_join(f->arena, list, item);
		else
			own = facts_join(f->arena, own, item);
	}
	fact_list(f, list, "walk.inherited");
	fact_list(f, own, "walk.own");
}

/* --- checks --------------------------------------------------------------------------- */

/* Bits that a word of the configuration can have, over all kinds. */
static uint64_t config_extent(const struct ptg_format *f, unsigned word, bool high)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < f->kind_count; i++)
		all |= high ? f->kinds[i].zero_cfg_hi[word] : f->kinds[i].zero_cfg[word];
	return all;
}

/* `0x80 | s->config[1]`: bits that must be zero; NULL: none. */
const char *walk_zero_mask(const struct cexpr *x, const struct ptg_kind *k, bool high)
{
	uint64_t fixed = high ? k->zero_hi : k->zero;
	const char *text = NULL;

	if (fixed)
		text = high ? cexpr_number(x->arena, fixed) : cexpr_mask(x, fixed);
	for (unsigned w = 0; w < 3; w++) {
		uint64_t mask = high ? k->zero_cfg_hi[w] : k->zero_cfg[w];
		const char *one = arena_printf(x->arena, "s->config[%u]", w + 1);

		if (!mask)
			continue;
		if (config_extent(x->format, w, false) & ~(mask | fixed) ||
		    config_extent(x->format, w, true) & ~(mask | fixed))
			one = arena_printf(x->arena, "(%s & %s)", one, cexpr_number(x->arena, mask));
		text = text ? arena_printf(x->arena, "%s | %s", text, one) : one;
	}
	return text;
}

static const char *anded(struct arena *a, const char *word, const char *mask)
{
	return arena_printf(a, strstr(mask, " | ") && *mask != '(' ? "(%s & (%s))" : strstr(mask, ") | ") ?
			    "(%s & (%s))" : "(%s & %s)", word, mask);
}

/* True when a zero bit is set or a one bit is clear. */
static const char *zero_condition(const struct cexpr *x, const struct ptg_kind *k)
{
	const char *low = walk_zero_mask(x, k, false), *high = walk_zero_mask(x, k, true), *text = NULL;
	const char *part[4] = { NULL, NULL, NULL, NULL };

	if (low)
		part[0] = anded(x->arena, x->entry, low);
	if (high)
		part[1] = anded(x->arena, x->entry_hi, high);
	if (k->one)
		part[2] = arena_printf(x->arena, "(~%s & %s)", x->entry, cexpr_mask(x, k->one));
	if (k->one_hi)
		part[3] = arena_printf(x->arena, "(~%s & %s)", x->entry_hi, cexpr_number(x->arena, k->one_hi));
	for (unsigned i = 0; i < 4; i++)
		if (part[i])
			text = text ? arena_printf(x->arena, "%s || %s", text, part[i]) : part[i];
	if (text && !strstr(text, " || ")) { /* alone: without the outer parentheses */
		char *bare = arena_copy(x->arena, text + 1, strlen(text) - 2);

		return bare;
	}
	return text;
}

static void add_check(struct facts *f, struct buffer *b, const char *condition, unsigned rule)
{
	buffer_printf(b, "\t\t/* %s */\n\t\tif (%s)\n\t\t\t%s\n", facts_rule_text(f, rule), condition, walk_stop(f, rule));
}

static const char *napot_value(struct facts *f, const struct ptg_kind *k)
{
	const char *v = cexpr_bits(&f->x, k->napot_src, k->napot_width);

	if (k->napot == 2)
		v = arena_printf(f->arena, "~(%s) & %s", v, cexpr_number(f->arena, low_bits(k->napot_width)));
	return v;
}

const char *walk_checks(struct facts *f, const struct ptg_kind *k)
{
	const char *zero = zero_condition(&f->x, k);
	struct buffer b;

	buffer_init(&b, f->arena);
	if (zero)
		add_check(f, &b, zero, k->zero_rule);
	for (unsigned i = 0; i < k->check_count; i++) {
		const struct ptg_check *c = &f->format->checks[k->check_first + i];

		add_check(f, &b, cexpr_untruth(&f->x, c->node), c->rule);
	}
	if (k->role == PTG_ROLE_PAGE && k->napot && k->napot_rule != PTG_NONE)
		add_check(f, &b, arena_printf(f->arena, "!(%s)", napot_value(f, k)), k->napot_rule);
	return buffer_text(&b);
}

/* --- addresses --------------------------------------------------------------------------- */

/* The mask of a piece whose ends move is known: the entry shifted to its place, and that. */
static const char *moved_piece(struct facts *f, const struct ptg_piece *p, const char *mask)
{
	int up = (int)p->dst_lo - (int)p->src_lo;
	uint64_t lowest = p->src_lo;
	const char *e;

	if (p->lo != PTG_NONE && !cexpr_constant(&f->x, p->lo, &lowest))
		lowest = 0;
	e = cexpr_entry(&f->x, ~UINT64_C(0) << (lowest & 63));
	if (!up)
		return arena_printf(f->arena, "(%s & %s)", e, mask);
	return arena_printf(f->arena, "(%s %s %d & %s)", e, up > 0 ? "<<" : ">>", up > 0 ? up : -up, mask);
}

static const char *piece_text(struct facts *f, const struct ptg_piece *p)
{
	const struct cexpr *x = &f->x;
	const char *value, *when = NULL, *hi, *lo, *word;

	if (p->hi == PTG_NONE && p->lo == PTG_NONE) {
		value = cexpr_moved(x, p->src_lo, p->width, p->dst_lo);
	} else {
		hi = p->hi != PTG_NONE ? cexpr_value(x, p->hi)
				       : arena_printf(f->arena, "%u", p->src_lo + p->width - 1u);
		lo = p->lo != PTG_NONE ? cexpr_value(x, p->lo) : arena_printf(f->arena, "%u", p->src_lo);
		value = arena_printf(f->arena, "ptg_piece_(%s, %s, %u, %u, %s, %s)", x->entry, x->entry_hi, p->src_lo,
				     p->dst_lo, hi, lo);
		word = cexpr_once(x, arena_printf(f->arena, "ptg_piece_(~(uint64_t)0, 0, %u, %u, %s, %s)", p->src_lo,
						  p->dst_lo, hi, lo));
		if (word)
			value = moved_piece(f, p, word);
	}
	if (p->if_ != PTG_NONE)
		when = cexpr_term(x, p->if_);
	if (p->when != PTG_NONE)
		when = when ? arena_printf(f->arena, "%s && %s", when, cexpr_term(x, p->when)) : cexpr_truth(x, p->when);
	return when ? arena_printf(f->arena, "((%s) ? %s : 0)", when, value) : value;
}

/* Does any arrow of the entry need its high word? */
static const char *pieces_text(struct facts *f, unsigned first, unsigned count)
{
	const char *text = NULL;

	for (unsigned i = 0; i < count; i++) {
		const struct ptg_piece *p = &f->format->pieces[first + i];
		const char *one;

		if (p->src_lo + p->width <= 64 && p->hi == PTG_NONE && p->lo == PTG_NONE &&
		    !(low_bits(p->width) << p->src_lo & ~f->known_zero))
			continue;
		one = piece_text(f, p);

		text = text ? arena_printf(f->arena, "%s |\n\t\t\t%s", text, one) : one;
	}
	return text ? text : "0";
}

/* (entry & mask) << shl >> shr, of bits `keep` of the result only. */
static const char *simple_address(struct facts *f, const struct ptg_kind *k, uint64_t drop)
{
	uint64_t mask = k->addr_mask, low = drop;

	for (unsigned i = 0; i < 64; i++) { /* bits whose destination is dropped */
		uint64_t to = (UINT64_C(1) << i) << k->addr_shl >> k->addr_shr;

		if ((mask >> i & 1) && !(to & ~low))
			mask &= ~(UINT64_C(1) << i);
	}
	if (!mask)
		return "0";
	if (k->addr_shl && k->addr_shr)
		return arena_printf(f->arena, "((%s & %s) << %u >> %u)", f->x.entry, cexpr_mask(&f->x, mask), k->addr_shl,
				    k->addr_shr);
	if (k->addr_shl || k->addr_shr)
		return arena_printf(f->arena, "(%s & %s) %s %u", f->x.entry, cexpr_mask(&f->x, mask),
				    k->addr_shl ? "<<" : ">>", (unsigned)(k->addr_shl | k->addr_shr));
	return arena_printf(f->arena, "(%s & %s)", f->x.entry, cexpr_mask(&f->x, mask));
}

/* Address of the entry (page or table) without the bits of `drop`. */
const char *walk_address(struct facts *f, const struct ptg_kind *k, uint64_t drop)
{
	unsigned low = 63;

	if (k->addr_simple)
		return simple_address(f, k, drop | k->low_mask);
	for (unsigned i = 0; i < k->piece_count; i++) {
		unsigned to = f->format->pieces[k->piece_first + i].dst_lo;

		low = to < low ? to : low;
	}
	if (!((drop | k->low_mask) >> low))
		return pieces_text(f, k->piece_first, k->piece_count);
	return arena_printf(f->arena, "((%s) & ~%s)", pieces_text(f, k->piece_first, k->piece_count),
			    arena_printf(f->arena, "0x%llxull", (unsigned long long)(drop | k->low_mask)));
}

/* --- pages ----------------------------------------------------------------------------------- */

static const char *page_size(struct facts *f, const struct ptg_kind *k)
{
	if (k->napot)
		return arena_printf(f->arena, "ptg_napot_lg2_(%s, %u, %u)", napot_value(f, k), k->napot_dst, k->page_lg2);
	if (k->size != PTG_NONE)
		return arena_printf(f->arena, "ptg_size_(%s)", cexpr_value(&f->x, k->size));
	if (dynamic(f))
		return "shift";
	return NULL;
}

static const char *page_address(struct facts *f, const struct ptg_kind *k, bool fixed)
{
	uint64_t in = low_bits(k->page_lg2);
	const char *from = arena_printf(f->arena, "va & %s", cexpr_number(f->arena, in));

	if (k->nowhere)
		return "0";
	if (fixed && k->low_added)
		return arena_printf(f->arena, "%s + (%s)", walk_address(f, k, 0), from);
	if (fixed && in)
		return arena_printf(f->arena, "%s | (%s)", walk_address(f, k, in), from);
	if (fixed)
		return walk_address(f, k, 0);
	if (k->low_added)
		return arena_printf(f->arena, "%s + (va & ptg_low_(size_lg2))", walk_address(f, k, 0));
	return arena_printf(f->arena, "(%s & ~ptg_low_(size_lg2)) | (va & ptg_low_(size_lg2))", walk_address(f, k, 0));
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

static void mark_faults(struct facts *f, struct buffer *b, const struct ptg_kind *k)
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
static const char *dedented(struct arena *a, const char *text)
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
		mark_faults(f, &b, k);
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

static void find_shared(struct facts *f)
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
		buffer_puts(&b, dedented(f->arena, page_part(f, &p->kinds[first], part)));
		facts_about_none(f);
	}
	if (b.length)
		fact(f, buffer_text(&b), "walk.shared");
}

static const char *page_text(struct facts *f, const struct ptg_kind *k)
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

/* --- tables ------------------------------------------------------------------------------------ */

static void gather(struct facts *f, struct buffer *b, const struct ptg_kind *k)
{
	const struct ptg_format *p = f->format;
	uint32_t set = walk_attributes(p);

	if (k->gather_count) {
		for (unsigned i = 0; i < k->gather_count; i++) {
			const struct ptg_gather *g = &p->gathers[k->gather_first + i];
			bool all = p->attrs[g->acc].op == '&';
			const char *word = g->bit < 64 ? f->x.entry : f->x.entry_hi;

			if (!(set >> g->acc & 1))
				continue;
			/* one that takes away when it differs from `invert` */
			buffer_printf(b, "\t\t%s %s %s%s >> %u%s;\n", f->attr_name[g->acc], all ? "&=" : "|=",
				      all == (g->invert != 0) ? "" : "~", word, g->bit % 64u, all ? "" : " & 1");
		}
		return;
	}
	if (k->attr_first == PTG_NONE)
		return;
	for (unsigned i = 0; i < p->attr_count; i++) {
		unsigned node = p->attr_node[k->attr_first + i];

		if (node != PTG_NONE && p->attrs[i].op && (set >> i & 1))
			buffer_printf(b, "\t\t%s %s %s;\n", f->attr_name[i], p->attrs[i].op == '&' ? "&=" : "|=",
				      cexpr_value(&f->x, node));
	}
}

static const char *table_text(struct facts *f, unsigned kind)
{
	const struct ptg_kind *k = &f->format->kinds[kind];
	struct buffer b;

	buffer_init(&b, f->arena);
	buffer_puts(&b, walk_index(f, k));
	buffer_puts(&b, walk_checks(f, k));
	mark_faults(f, &b, k);
	gather(f, &b, k);
	walk_down(f, &b, kind, 0, false);
	return buffer_text(&b);
}

/* --- kinds and levels ----------------------------------------------------------------------------- */

static void kind_facts(struct facts *f, unsigned level, unsigned kind)
{
	const struct ptg_kind *k = &f->format->kinds[kind];
	const char *condition, *text;

	facts_about(f, kind, false);
	condition = rows_condition(&f->x, level, kind);
	facts_about(f, kind, true);
	fact(f, facts_rule_text(f, k->rule), "kind.%u.text", kind);
	if (k->role == PTG_ROLE_TABLE)
		text = table_text(f, kind);
	else if (k->role == PTG_ROLE_PAGE)
		text = page_text(f, k);
	else
		text = arena_printf(f->arena, "%s\t\t%s\n", k->role == PTG_ROLE_PASS ? walk_pass(f, level) : "",
				    walk_stop(f, k->rule));
	if (!condition)
		text = dedented(f->arena, text);
	else
		fact(f, strchr(text, '\n') == strrchr(text, '\n')
				? arena_printf(f->arena, "if (%s)", condition)
				: arena_printf(f->arena, "if (%s) {", condition), "kind.%u.if", kind);
	if (condition && strchr(text, '\n') != strrchr(text, '\n'))
		fact(f, "}", "kind.%u.end", kind);
	fact(f, text, "kind.%u.do", kind);
	facts_about_none(f);
}

static const char *level_text(struct facts *f, unsigned level)
{
	const struct ptg_level *l = &f->format->levels[level];
	const char *index = dynamic(f) ? "index width from the entry above"
				       : arena_printf(f->arena, "va[%u:%u]", l->shift + l->width - 1u, l->shift);

	if (l->by != PTG_NONE)
		index = "indexed by a register or context";
	else if (!l->width && !dynamic(f))
		index = "one entry";
	return arena_printf(f->arena, "Level %u%s%s%s: %s, entries of %u bytes", level, l->name && *l->name ? " (" : "",
			    l->name ? facts_comment(f->arena, l->name) : "", l->name && *l->name ? ")" : "", index,
			    1u << l->entry_lg2);
}

static const char *fetch_text(struct facts *f, unsigned level)
{
	unsigned lg2 = f->format->levels[level].entry_lg2;
	const char *big = f->format->flags & PTG_FORMAT_BIG ? "be" : "";

	if (f->pair)
		return arena_printf(f->arena, "%s_fetch(second, at, wanted, %u, &e, &e_hi, inner, t)", f->lower, lg2);
	fact(f, arena_printf(f->arena, "ptg_fetch%u%s_(s, at, e%s)", 8u << lg2, big, lg2 == 4 ? ", e_hi" : ""), "fetch.%u.do",
	     8u << lg2);
	if (lg2 == 4)
		fact(f, "1", "fetch.128.wide");
	return arena_printf(f->arena, "%s_fetch%u(s, at, &e%s)", f->lower, 8u << lg2, lg2 == 4 ? ", &e_hi" : "");
}

static void fetch_list(struct facts *f)
{
	const char *list = NULL;
	uint32_t seen = 0;

	for (unsigned i = 0; i < f->format->level_count && !f->pair; i++) {
		unsigned lg2 = f->format->levels[i].entry_lg2;

		if (!(seen >> lg2 & 1))
			list = facts_join(f->arena, list, arena_printf(f->arena, "%u", 8u << lg2));
		seen |= 1u << lg2;
	}
	fact_list(f, list, "fetches");
}

static void level_facts(struct facts *f, unsigned level)
{
	uint16_t kinds[64];
	unsigned n = rows_kinds(f->format, level, kinds, 64);
	const char *list = NULL;
	bool rest = true;

	for (unsigned i = 0; i < n; i++) {
		kind_facts(f, level, kinds[i]);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", kinds[i]));
		if (!rows_condition(&f->x, level, kinds[i]))
			rest = false;
		if (!rest)
			break; /* what follows is never reached */
	}
	fact_list(f, list, "level.%u.kinds", level);
	fact(f, level_text(f, level), "level.%u.text", level);
	fact(f, fetch_text(f, level), "level.%u.fetch", level);
	if (f->format->levels[level].entry_lg2 == 4 || f->pair)
		fact(f, "1", "level.%u.wide", level);
	if (rest)
		fact(f, "1", "level.%u.open", level);
	fact(f, walk_enter(f, level), "level.%u.enter", level);
}

/* --- what follows a page ----------------------------------------------------------------------------- */

static const char *rights_index(struct facts *f)
{
	const char *text = NULL;

	for (unsigned t = 0; t < 6; t++)
		for (unsigned i = 0; i < f->format->attr_count; i++) {
			const char *one;

			if (f->format->attrs[i].table_index != t)
				continue;
			one = f->format->attrs[i].width == 1 ? f->attr_name[i]
							      : arena_printf(f->arena, "(%s & 1)", f->attr_name[i]);
			if (t)
				one = arena_printf(f->arena, "%s << %u", one, t);
			text = text ? arena_printf(f->arena, "%s | %s", text, one) : one;
		}
	return text ? text : "0";
}

/* All deny lines in the order of the text: what each denies. */
static void deny_lines(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL, *free = NULL;

	for (unsigned rule = 0; rule < p->rule_count; rule++)
		for (unsigned i = 0; i < p->deny_count; i++) {
			const struct ptg_deny *d = &p->denies[i];
			const char *item = arena_printf(f->arena, "%u", rule);
			bool of_page = false;

			for (unsigned k = 0; k < p->kind_count; k++)
				if (i >= p->kinds[k].deny_first && i < p->kinds[k].deny_first + p->kinds[k].deny_count)
					of_page = true;
			if (d->rule != rule || !of_page)
				continue;
			if (walk_denies_atomics(p, d))
				fact(f, "1", "walk.atomic");
			if (d->tabled && p->rights_bits <= 6) {
				fact(f, cexpr_rights(&f->x, d->node), "deny.%u.six", rule);
				if (walk_denies_atomics(p, d))
					fact(f, cexpr_truth(&f->x, d->node), "deny.%u.whole", rule);
			} else {
				if (walk_denies_atomics(p, d))
					fact(f, arena_printf(f->arena, "deny_%u & 0x40", rule), "deny.%u.whole", rule);
				fact(f, arena_printf(f->arena, "deny_%u", rule), "deny.%u.six", rule);
				free = facts_join(f->arena, free, item);
			}
			fact(f, facts_rule_text(f, rule), "deny.%u.text", rule);
			fact(f, class_names[p->rules[rule].fault_class], "deny.%u.class", rule);
			list = facts_join(f->arena, list, item);
			break;
		}
	fact_list(f, list, "denies");
	fact_list(f, free, "free_denies");
}

static const char *memory_name(struct facts *f, unsigned memtype)
{
	static const char *const name[] = {
		"PTG_MT_DEFAULT", "PTG_MT_WB", "PTG_MT_WT", "PTG_MT_WC", "PTG_MT_UC", "PTG_MT_WP", "PTG_MT_UC_MINUS",
		"PTG_MT_NC", "PTG_MT_DEVICE", "PTG_MT_DEVICE_STRONG", "PTG_MT_IO",
	};

	if (memtype & PTG_MT_RAW)
		return arena_printf(f->arena, "PTG_MT_RAW | %u", memtype & ~(unsigned)PTG_MT_RAW);
	return memtype < sizeof(name) / sizeof(name[0]) ? name[memtype] : arena_printf(f->arena, "%u", memtype);
}

/* Few values: a table of all up to the largest that has a name. */
static bool memory_table(struct facts *f, const struct ptg_attr *a)
{
	const struct ptg_value_name *name[16] = { NULL };
	struct buffer b;
	unsigned n = 0;

	for (unsigned i = a->name_count; i-- > 0; ) {
		const struct ptg_value_name *v = &f->format->value_names[a->name_first + i];

		if (v->value > 15)
			return false;
		name[v->value] = v;
		n = v->value >= n ? (unsigned)v->value + 1 : n;
	}
	if (!n)
		return false;
	buffer_init(&b, f->arena);
	for (unsigned i = 0; i < n; i++)
		if (name[i])
			buffer_printf(&b, "\t\t%s, /* %s */\n", memory_name(f, name[i]->memtype),
				      facts_comment(f->arena, name[i]->name));
		else
			buffer_printf(&b, "\t\tPTG_MT_RAW | %u,\n", i);
	fact(f, buffer_text(&b), "memtype.values");
	fact_number(f, n, "memtype.count");
	return true;
}

static void memory_types(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const struct ptg_attr *a;
	struct buffer b;

	if (p->memtype_attr == 0xff)
		return;
	a = &p->attrs[p->memtype_attr];
	fact(f, f->attr_name[p->memtype_attr], "memtype.attr");
	if (memory_table(f, a))
		return;
	buffer_init(&b, f->arena);
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct ptg_value_name *v = &p->value_names[a->name_first + i];
		bool before = false;

		for (unsigned j = 0; j < i; j++)
			before = before || p->value_names[a->name_first + j].value == v->value;
		if (!before)
			buffer_printf(&b, "\tcase %llu: /* %s */\n\t\treturn %s;\n", (unsigned long long)v->value,
				      facts_comment(f->arena, v->name), memory_name(f, v->memtype));
	}
	fact(f, buffer_text(&b), "memtype.cases");
}

static bool any_kind(const struct ptg_format *p, bool (*is)(const struct ptg_format *, const struct ptg_kind *))
{
	for (unsigned i = 0; i < p->kind_count; i++)
		if (is(p, &p->kinds[i]))
			return true;
	return false;
}

static bool sized(const struct ptg_format *p, const struct ptg_kind *k)
{
	return k->role == PTG_ROLE_PAGE && (k->napot || k->size != PTG_NONE || (p->flags & PTG_FORMAT_DYNAMIC));
}

static bool width_known_late(const struct ptg_format *p, const struct ptg_kind *k)
{
	return k->role == PTG_ROLE_TABLE && (k->bits != PTG_NONE || (p->flags & PTG_FORMAT_DYNAMIC));
}

static bool marks_fault(const struct ptg_format *p, const struct ptg_kind *k, bool early)
{
	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &p->marks[k->mark_first + i];

		if (m->rule != PTG_NONE && m->if_ != PTG_NONE && m->access && (m->early != 0) == early)
			return true;
	}
	return false;
}

static bool early_marks(const struct ptg_format *p, const struct ptg_kind *k)
{
	return marks_fault(p, k, true);
}

static bool late_marks(const struct ptg_format *p, const struct ptg_kind *k)
{
	return marks_fault(p, k, false);
}

static bool reports_marks(const struct ptg_format *p, const struct ptg_kind *k)
{
	for (unsigned i = 0; i < k->mark_count; i++)
		if (k->role == PTG_ROLE_PAGE && (p->marks[k->mark_first + i].what == 1 || p->marks[k->mark_first + i].what == 2))
			return true;
	return false;
}

static void tail(struct facts *f)
{
	const struct ptg_format *p = f->format;

	if (p->rights_bits <= 6)
		fact(f, rights_index(f), "walk.rights_index");
	deny_lines(f);
	memory_types(f);
	if (p->key_attr != 0xff)
		fact(f, f->attr_name[p->key_attr], "walk.key");
	if (p->global_attr != 0xff)
		fact(f, f->attr_name[p->global_attr], "walk.global");
	if (any_kind(p, sized))
		fact(f, "1", "walk.size");
	if (any_kind(p, early_marks))
		fact(f, "1", "walk.early");
	if (any_kind(p, late_marks))
		fact(f, "1", "walk.late");
	if (any_kind(p, reports_marks))
		fact(f, "1", "walk.marked");
	if (p->space_count > 1)
		fact(f, "1", "walk.space");
	if (p->flags & PTG_FORMAT_DYNAMIC)
		fact(f, "1", "walk.dynamic");
}

void facts_walk(struct facts *f)
{
	const struct ptg_format *p = f->format;
	bool wide = false;

	for (unsigned i = 0; i < p->level_count; i++)
		wide = wide || p->levels[i].entry_lg2 == 4;
	if (wide || f->pair)
		fact(f, "1", "walk.wide");
	f->x.entry_hi = wide ? "e_hi" : "0";
	attributes(f);
	walk_number_resumes(f);
	fetch_list(f);
	find_shared(f);
	for (unsigned i = 0; i < p->level_count; i++)
		level_facts(f, i);
	if (any_kind(p, width_known_late))
		fact(f, "1", "walk.width");
	fact(f, p->va_check == PTG_VA_SIGN ? "PTG_VA_SIGN" : p->va_check == PTG_VA_ROOT ? "PTG_VA_ROOT" : "PTG_VA_ZERO",
	     "va_check");
	fact(f, p->root_count > 2 ? "true" : "false", "many_roots");
	fact_number(f, p->level_count, "level_count");
	tail(f);
}
