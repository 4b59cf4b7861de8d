/* SPDX-License-Identifier: MIT */
/*
 * facts_change.c - what the fast ways of map, unmap and protect need
 *
 * They know one kind of entry: the plain page at the end of the hot path, in
 * a table that is there.  Everything else is left to the generic operations.
 */

#include <string.h>

#include "gen/emit/facts_walk.h"
#include "gen/emit/hot.h"

#define VARIANT_BITS 2u              /* features that decide which rights can be encoded */

static const char *number(struct facts *f, uint64_t v)
{
	return cexpr_number(f->arena, v);
}

static const char *operand(struct facts *f, const char *text)
{
	return strchr(text, ' ') ? arena_printf(f->arena, "(%s)", text) : text;
}

/* Is an entry of all zeros "nothing there", whatever the features are? */
static bool zero_is_empty(const struct ptg_format *p, unsigned level)
{
	const struct ptg_level *l = &p->levels[level];

	for (unsigned i = 0; i < l->row_count; i++) {
		const struct ptg_row *r = &p->rows[l->row_first + i];
		const struct ptg_kind *k = &p->kinds[r->kind];

		if (r->value || r->value_hi)
			continue;
		return !r->feature_mask && r->extra == PTG_NONE && k->role == PTG_ROLE_INVALID &&
		       p->rules[k->rule].fault_class != PTG_F_RESERVED;
	}
	return false;
}

/* Pages that take several entries at that level: then a run of pages may have to be written otherwise. */
static bool has_groups(const struct ptg_format *p, unsigned level)
{
	for (unsigned i = 0; i < p->kind_count; i++) {
		const struct ptg_kind *k = &p->kinds[i];

		if (k->role == PTG_ROLE_PAGE && k->level == level && (k->napot || k->repeat_lg2 || k->contig_lg2))
			return true;
	}
	return false;
}

static bool fits(const struct ptg_format *p, const struct hot *h, const struct ptg_kind *k)
{
	const struct ptg_level *l = &p->levels[k->level];

	return k->encodable && k->addr_simple && !k->addr_shr && !k->low_mask && !k->space && p->space_count <= 1 &&
	       (l->entry_lg2 == 2 || l->entry_lg2 == 3) && !l->stride_lg2 && k->page_lg2 == l->shift && l->width &&
	       k->level == 0 && h->count > 1 && zero_is_empty(p, k->level) &&
	       !(k->contig_lg2 && !k->contig_mask) && !h->level[h->count - 1].features;
}

/* --- rights to bits ------------------------------------------------------------------ */

struct codes {
	uint32_t features;           /* that rows ask for */
	unsigned bit[VARIANT_BITS], bits;
};

static bool find_codes(const struct ptg_format *p, const struct ptg_kind *k, struct codes *c)
{
	*c = (struct codes){ 0 };
	for (unsigned i = 0; i < k->rights_count; i++)
		c->features |= p->enc_rights[k->rights_first + i].feature_mask;
	for (unsigned i = 0; i < 32; i++)
		if (c->features >> i & 1) {
			if (c->bits == VARIANT_BITS)
				return false;
			c->bit[c->bits++] = i;
		}
	return k->rights_count && k->rights_count < 255;
}

static uint32_t features_of(const struct codes *c, unsigned variant)
{
	uint32_t on = 0;

	for (unsigned i = 0; i < c->bits; i++)
		if (variant >> i & 1)
			on |= 1u << c->bit[i];
	return on;
}

/* Row of the rights, counted from 1; 0: they cannot be had.  care: of the six. */
static unsigned row_of(const struct ptg_format *p, const struct ptg_kind *k, uint32_t on, unsigned rights, unsigned care)
{
	for (unsigned i = 0; i < k->rights_count; i++) {
		const struct ptg_enc_rights *r = &p->enc_rights[k->rights_first + i];

		if ((on & r->feature_mask) == r->feature_value && !((r->rights ^ rights) & care))
			return i + 1;
	}
	return 0;
}

/* Everything that care does not name, apart from the rights. */
static uint64_t plain_base(const struct ptg_kind *k)
{
	uint64_t e = k->base;

	if (k->global_mask)
		e = (e & ~k->global_mask) | (~k->global_value & k->global_mask);
	if (k->accessed_mask)
		e = (e & ~k->accessed_mask) | k->accessed_value;
	return e & ~k->rights_mask;
}

/* A page's entry with the rights of that row, but for the address: dirty if it may be written. */
static uint64_t entry_of(const struct ptg_kind *k, const struct ptg_enc_rights *r)
{
	uint64_t e = plain_base(k) | r->value;

	if (!k->dirty_mask || (k->dirty_mask & k->rights_mask))
		return e;
	return (e & ~k->dirty_mask) | (r->rights & (PTG_UW | PTG_SW) ? k->dirty_value : ~k->dirty_value & k->dirty_mask);
}

#define NONE_ASKED 64u               /* index of the entry for which no right was asked */

/* Entries by the rights asked for, one table for each set of features that decides about them. */
static void rights_facts(struct facts *f, const struct ptg_kind *k, const struct codes *c)
{
	const struct ptg_format *p = f->format;
	const char *variant = NULL;
	struct buffer b;

	buffer_init(&b, f->arena);
	for (unsigned v = 0; v < 1u << c->bits; v++) {
		unsigned column = 0;

		for (unsigned rights = 0; rights <= NONE_ASKED; rights++) {
			unsigned row = row_of(p, k, features_of(c, v), rights, rights == NONE_ASKED ? 0 : 0x3f);

			if (row)
				buffer_word(&b, arena_printf(f->arena, "[%u] = %s,", v * (NONE_ASKED + 1) + rights,
							     number(f, entry_of(k, &p->enc_rights[k->rights_first + row - 1]))),
					    "\t", 99, &column);
		}
		buffer_puts(&b, column ? "\n" : "");
	}
	for (unsigned i = 0; i < c->bits; i++) {
		const char *one = arena_printf(f->arena, i ? "(s->config[0] >> %u & 1) << %u" : "(s->config[0] >> %u & 1)",
					       c->bit[i], i);

		variant = variant ? arena_printf(f->arena, "%s | %s", variant, one) : one;
	}
	fact(f, buffer_text(&b), "change.pages");
	if (variant)
		fact(f, facts_settled(f, arena_printf(f->arena, c->bits > 1 ? "%u * (%s)" : "%u * %s", NONE_ASKED + 1, variant)),
		     "change.variant");
	fact_number(f, (1u << c->bits) * (NONE_ASKED + 1), "change.variants");
}

/* --- the entry ------------------------------------------------------------------------- */

static const char *address_of(struct facts *f, const struct ptg_kind *k, const char *word)
{
	return k->addr_shl ? arena_printf(f->arena, "(%s >> %u & %s)", word, k->addr_shl, number(f, k->addr_mask))
			   : arena_printf(f->arena, "(%s & %s)", word, number(f, k->addr_mask));
}

static void entry_facts(struct facts *f, const struct ptg_kind *k)
{
	const char *contig, *zero;
	struct cexpr x = f->x;

	fact(f, number(f, k->rights_mask), "change.rights_mask");
	fact(f, address_of(f, k, "pa"), "change.address");
	fact(f, k->addr_shl ? arena_printf(f->arena, "pa >> %u", k->addr_shl) : "pa", "change.placed"); /* no other bit of it is set */
	fact(f, address_of(f, k, "last"), "change.last");
	fact(f, number(f, k->addr_mask << k->addr_shl), "change.pa_mask");
	fact(f, number(f, (UINT64_C(1) << k->page_lg2) >> k->addr_shl), "change.step");
	x.entry = "e";
	if (k->contig_lg2) {
		contig = cexpr_match(&x, "e", k->contig_mask, k->contig_value);
		fact(f, contig, "change.contig");
		fact(f, number(f, k->contig_mask), "change.contig_mask");
	}
	zero = walk_zero_mask(&f->x, k, false);
	if (zero && strcmp(zero, "0") != 0)
		fact(f, operand(f, facts_settled(f, zero)), "change.zero");
	fact(f, operand(f, facts_settled(f, f->test.page)), "change.test");
}

/* --- tables that take rights away ------------------------------------------------------ */

struct speech {
	uint64_t mask, neutral;      /* bits of a table entry that rights below may hang on, and what they are in one made here */
};

/* Bits of the low word that the expression looks at. */
static uint64_t looked_at(const struct ptg_format *p, unsigned node)
{
	const struct ptg_node *n = &p->nodes[node];

	if (n->op == PTG_OP_ENTRY)
		return n->lo < 64 ? (n->width < 64 ? (UINT64_C(1) << n->width) - 1 : ~UINT64_C(0)) << n->lo : 0;
	if (n->op == PTG_OP_NOT || n->op == PTG_OP_SLICE)
		return looked_at(p, n->a);
	if (n->op >= PTG_OP_AND && n->op != PTG_OP_DSLICE)
		return looked_at(p, n->a) | looked_at(p, n->b);
	return n->op == PTG_OP_DSLICE || n->op == PTG_OP_ATTR || n->op == PTG_OP_EXTERN ? ~UINT64_C(0) : 0;
}

/* The six rights alone are asked for on the quick way: not "global", no memory type. */
static struct speech speech_of(const struct ptg_format *p, const struct ptg_kind *k)
{
	struct speech s = { 0 };

	for (unsigned i = 0; i < p->attr_count && k->attr_first != PTG_NONE; i++) {
		unsigned node = p->attr_node[k->attr_first + i];

		if (node != PTG_NONE && i != p->global_attr && i != p->memtype_attr)
			s.mask |= looked_at(p, node);
	}
	s.mask &= ~(k->addr_mask | k->accessed_mask);
	s.neutral = (k->base | k->neutral) & s.mask;
	return s;
}

/*
 * Text that is 0, where the mask of all counts, while the tables up to here take nothing away.  And on the way to a
 * page that is written: a table that does is asked for like bits that must be 0, in one test with them if it can be.
 */
static void speech_facts(struct facts *f, const struct hot *h)
{
	uint64_t mask = 0, odd = 0;
	bool alike = true;

	for (unsigned i = 0; i + 1 < h->count; i++) {
		struct speech s = speech_of(f->format, &f->format->kinds[h->level[i].kind]);

		alike = alike && (!i || s.mask == mask);
		mask |= s.mask;
		odd |= (s.neutral ^ h->level[i].flip) & s.mask;
	}
	alike = alike && !odd;
	for (unsigned i = 0; i + 1 < h->count && mask; i++) {
		struct speech s = speech_of(f->format, &f->format->kinds[h->level[i].kind]);
		uint64_t other = (s.neutral ^ h->level[i].flip) & s.mask;
		const char *text;

		facts_about(f, h->level[i].kind, true);
		if (!s.mask)
			continue;
		text = other ? arena_printf(f->arena, "(e ^ %s) & %s", cexpr_mask(&f->x, other), cexpr_mask(&f->x, s.mask))
			     : arena_printf(f->arena, "e & %s", cexpr_mask(&f->x, s.mask));
		fact(f, alike ? "e" : text, "change.%u.speech", i);
		if (!alike || (f->test.without & mask))
			fact(f, text, "change.%u.says", i);
	}
	for (unsigned i = 0; i + 1 < h->count; i++) {
		const char *test = f->test.table[i];

		if (test && alike && mask && !(f->test.without & mask))
			test = arena_printf(f->arena, "%s | %s", test, number(f, mask));
		if (test)
			fact(f, facts_settled(f, test), "change.%u.mask", i);
	}
	if (!mask)
		return;
	facts_about(f, h->level[0].kind, true);
	fact(f, alike ? arena_printf(f->arena, "said & %s", number(f, mask)) : "said", "change.speech");
}

/* --- marks ------------------------------------------------------------------------------ */

/* One mask for all tables on the way, of bits that are set when marked; 0: none are; ~0: not so simple. */
static uint64_t table_marks(const struct ptg_format *p, const struct hot *h)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i + 1 < h->count; i++) {
		const struct ptg_kind *k = &p->kinds[h->level[i].kind];
		uint64_t here = 0;

		for (unsigned m = 0; m < k->mark_count; m++) {
			const struct ptg_mark *mark = &p->marks[k->mark_first + m];

			if (mark->mask != mark->value)
				return ~UINT64_C(0);
			here |= mark->mask;
		}
		if (i && here != mask)
			return ~UINT64_C(0);
		mask = here;
	}
	return mask;
}

/* Tables are looked at with these bits inverted as well, so that 1 stands for what is not marked; false: they decide something. */
static bool turn_marks(struct facts *f, const struct hot *h, uint64_t marks)
{
	for (unsigned i = 0; i + 1 < h->count; i++) {
		const struct hot_level *l = &h->level[i];

		if (((l->test | l->flip | speech_of(f->format, &f->format->kinds[l->kind]).mask) & marks) || l->extra_count ||
		    l->not_count)
			return false;
	}
	for (unsigned i = 0; i + 1 < h->count; i++) {
		facts_about(f, h->level[i].kind, true);
		fact(f, arena_printf(f->arena, h->level[i].flip ? " ^ %s ^ %s" : " ^ %s%s",
				     h->level[i].flip ? cexpr_mask(&f->x, h->level[i].flip) : "", cexpr_mask(&f->x, marks)),
		     "marked.%u.flip", i);
	}
	facts_about(f, h->level[h->count - 1].kind, true);
	return true;
}

/* When nothing is left to be marked, an access is a translation. */
static void mark_facts(struct facts *f, const struct hot *h, const struct ptg_kind *k)
{
	const struct ptg_format *p = f->format;
	uint64_t tables = table_marks(p, h);
	struct buffer b;

	if (tables == ~UINT64_C(0) || (!k->mark_count && !tables) || (tables && !turn_marks(f, h, tables)))
		return;
	buffer_init(&b, f->arena);
	for (unsigned i = 0; i < k->mark_count; i++) {
		const struct ptg_mark *m = &p->marks[k->mark_first + i];

		buffer_printf(&b, "\tif ((access & %u) && (e & %s) != %s)\n\t\treturn false;\n", m->access,
			      cexpr_mask(&f->x, m->mask), cexpr_mask(&f->x, m->value));
	}
	fact(f, "1", "marked");
	fact(f, buffer_text(&b), "marked.page");
	if (tables)
		fact(f, number(f, tables), "marked.tables");
}

void facts_change(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const struct ptg_level *l;
	const struct ptg_kind *k;
	struct codes codes;
	struct hot h;
	unsigned kind;

	if (f->pair || !hot_find(f, &h))
		return;
	facts_about_none(f);
	kind = h.level[h.count - 1].kind;
	k = &p->kinds[kind];
	l = &p->levels[k->level];
	if (!fits(p, &h, k) || !find_codes(p, k, &codes))
		return;
	facts_about(f, kind, true);
	fact(f, "1", "change");
	fact_number(f, kind, "change.kind");
	fact_number(f, k->page_lg2, "change.page_lg2");
	fact(f, number(f, UINT64_C(1) << k->page_lg2), "change.page");
	fact(f, number(f, (UINT64_C(1) << k->page_lg2) - 1), "change.in_page");
	fact_number(f, 1u << l->entry_lg2, "change.entry_bytes");
	if (l->entry_lg2 == 2)
		fact(f, "1", "change.narrow");
	fact_number(f, 8u << l->entry_lg2, "change.bits");
	fact_number(f, l->entry_lg2, "change.entry_lg2");
	fact_number(f, (1u << l->width) - 1, "change.index_mask");
	fact(f, p->flags & PTG_FORMAT_BIG ? "BE" : "", "change.big");
	if (!(p->flags & PTG_FORMAT_BIG) && l->entry_lg2 == 3)
		fact(f, "1", "change.words");
	if (p->flags & PTG_FORMAT_CACHES_INVALID)
		fact(f, "1", "change.flush_new");
	if (has_groups(p, k->level))
		fact(f, "1", "change.groups");
	if (k->accessed_mask | k->dirty_mask)
		fact(f, "1", "change.marks");
	if (!(k->dirty_mask & k->rights_mask) && !(k->mem_mask & k->rights_mask))
		fact(f, "1", "change.protect");
	rights_facts(f, k, &codes);
	entry_facts(f, k);
	mark_facts(f, &h, k);
	speech_facts(f, &h);
	facts_about_none(f);
}
