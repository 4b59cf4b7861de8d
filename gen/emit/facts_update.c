/* SPDX-License-Identifier: MIT */
/* facts_update.c - what is computed once from features, parameters and contexts */

#include "gen/emit/facts.h"

static uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

/* The bits of one range as this configuration has it. */
static const char *range_text(struct facts *f, const struct ptg_cfg_bits *c)
{
	const char *mask = cexpr_number(f->arena, low_bits(c->width) << c->src_lo);
	const char *hi, *lo, *range;

	if (c->hi == PTG_NONE && c->lo == PTG_NONE)
		return mask;
	hi = c->hi != PTG_NONE ? cexpr_value(&f->x, c->hi) : arena_printf(f->arena, "%u", c->src_lo + c->width - 1u);
	lo = c->lo != PTG_NONE ? cexpr_value(&f->x, c->lo) : arena_printf(f->arena, "%u", c->src_lo);
	range = arena_printf(f->arena, "ptg_range_(%s, %s)", hi, lo);
	if (c->lo == PTG_NONE)
		return range;
	return c->hi != PTG_NONE ? range : arena_printf(f->arena, "(%s & %s)", range, mask);
}

static void config_words(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL;

	for (unsigned word = 1; word < 4; word++) {
		struct buffer b;

		buffer_init(&b, f->arena);
		for (unsigned i = 0; i < p->cfg_count; i++) {
			const struct ptg_cfg_bits *c = &p->cfg[i];

			if (c->word != word)
				continue;
			if (c->if_ != PTG_NONE)
				buffer_printf(&b, "\tif (%s)\n\t", cexpr_truth(&f->x, c->if_));
			buffer_printf(&b, "\ts->config[%u] |= %s;\n", word, range_text(f, c));
		}
		if (!b.length)
			continue;
		fact(f, buffer_text(&b), "config.%u.lines", word);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", word));
	}
	fact_list(f, list, "config.words");
}

/* Attributes as bits of the index, and what each line takes away. */
static void rights(struct facts *f)
{
	const struct ptg_format *p = f->format;
	const char *list = NULL, *bits = NULL;
	struct cexpr x = f->x;
	const char **name;

	if (p->rights_bits > 6)
		return;
	fact_number(f, 1u << p->rights_bits, "rights.count");
	name = arena_array(f->arena, p->attr_count + 1u, sizeof(*name));
	for (unsigned i = 0; i < p->attr_count; i++) {
		const struct ptg_attr *a = &p->attrs[i];

		name[i] = f->attr_name[i];
		if (a->table_index >= 6)
			continue;
		fact(f, a->table_index ? arena_printf(f->arena, "i >> %u & 1", a->table_index) : "i & 1", "rights.%u.bit", i);
		fact(f, f->attr_name[i], "rights.%u.name", i);
		bits = facts_join(f->arena, bits, arena_printf(f->arena, "%u", i));
	}
	fact_list(f, bits, "rights.attrs");
	x.attr = name;
	for (unsigned i = 0; i < p->rights_deny_count; i++) {
		const struct ptg_deny *d = &p->denies[p->rights_deny_first + i];

		fact(f, facts_rule_text(f, d->rule), "rights.deny.%u.text", i);
		fact(f, cexpr_rights(&x, d->node), "rights.deny.%u.six", i);
		list = facts_join(f->arena, list, arena_printf(f->arena, "%u", i));
	}
	fact_list(f, list, "rights.denies");
}

void facts_update(struct facts *f)
{
	config_words(f);
	rights(f);
}
