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

const char *walk_class(const struct ptg_format *p, unsigned rule)
{
	return class_names[p->rules[rule].fault_class];
}

const char *walk_stop(const struct facts *f, unsigned rule)
{
	return arena_printf(f->arena, "return ptg_stop_(t, %s, %u);", walk_class(f->format, rule), rule);
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
	walk_mark_faults(f, &b, k);
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
		text = walk_page(f, k);
	else
		text = arena_printf(f->arena, "%s\t\t%s\n", k->role == PTG_ROLE_PASS ? walk_pass(f, level) : "",
				    walk_stop(f, k->rule));
	if (!condition)
		text = walk_dedented(f->arena, text);
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
	const char *index = walk_dynamic(f) ? "index width from the entry above"
				       : arena_printf(f->arena, "va[%u:%u]", l->shift + l->width - 1u, l->shift);

	if (l->by != PTG_NONE)
		index = "indexed by a register or context";
	else if (!l->width && !walk_dynamic(f))
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
	walk_find_shared(f);
	for (unsigned i = 0; i < p->level_count; i++)
		level_facts(f, i);
	if (walk_widths_late(p))
		fact(f, "1", "walk.width");
	fact(f, p->va_check == PTG_VA_SIGN ? "PTG_VA_SIGN" : p->va_check == PTG_VA_ROOT ? "PTG_VA_ROOT" : "PTG_VA_ZERO",
	     "va_check");
	fact(f, p->root_count > 2 ? "true" : "false", "many_roots");
	fact_number(f, p->level_count, "level_count");
	walk_after(f);
}
