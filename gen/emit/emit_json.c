/* SPDX-License-Identifier: MIT */
/*
 * emit_json.c - a format as one JSON object
 *
 * Masks and values are strings in hexadecimal, of as many digits as the entry
 * has; depths and widths are numbers.  Documented in docs/facts.md.
 */
#include <inttypes.h>
#include <string.h>

#include "gen/buffer.h"
#include "gen/emit/generate.h"
#include "gen/text.h"

static void put_text(struct buffer *b, const char *text)
{
	if (!text) {
		buffer_puts(b, "null");
		return;
	}
	buffer_puts(b, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buffer_printf(b, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			buffer_printf(b, "\\u%04x", (unsigned)*text);
		else
			buffer_add(b, text, 1);
	}
	buffer_puts(b, "\"");
}

static void key(struct buffer *b, const char *name, const char *text)
{
	buffer_printf(b, "\"%s\": ", name);
	put_text(b, text);
}

static void mask(struct buffer *b, const char *name, uint64_t low, uint64_t high, unsigned bits)
{
	if (bits > 64)
		buffer_printf(b, "\"%s\": \"0x%016" PRIx64 "%016" PRIx64 "\"", name, high, low);
	else
		buffer_printf(b, "\"%s\": \"0x%0*" PRIx64 "\"", name, (int)(bits / 4), low);
}

/* Between the items of a list, and around them. */
static void item(struct buffer *b, unsigned i)
{
	buffer_puts(b, i ? ",\n    " : "\n    ");
}

static void put_levels(struct buffer *b, const struct ptg_format *f)
{
	buffer_puts(b, "  \"levels\": [");
	for (unsigned n = f->level_count; n-- > 0;) {
		const struct ptg_level *l = &f->levels[n];

		item(b, n + 1 < f->level_count);
		buffer_printf(b, "{\"depth\": %u, ", n);
		key(b, "name", l->name);
		buffer_printf(b, ", \"shift\": %u, \"width\": %u, \"entry_bits\": %u, \"stride\": %u, \"indexed_by_address\": %s}", l->shift, l->width,
			      8u << l->entry_lg2, 1u << l->stride_lg2, l->by == PTG_NONE ? "true" : "false");
	}
	buffer_puts(b, "\n  ],\n");
}

static void put_rows(struct buffer *b, const struct ptg_format *f, const struct ptg_level *l, unsigned kind, unsigned bits)
{
	bool first = true;

	buffer_puts(b, ", \"rows\": [");
	for (unsigned i = l->row_first; i < l->row_first + (unsigned)l->row_count; i++) {
		const struct ptg_row *r = &f->rows[i];

		if (r->kind != kind)
			continue;
		buffer_puts(b, first ? "{" : ", {");
		mask(b, "mask", r->mask, r->mask_hi, bits);
		buffer_puts(b, ", ");
		mask(b, "value", r->value, r->value_hi, bits);
		buffer_printf(b, ", \"feature_mask\": %" PRIu32 ", \"feature_value\": %" PRIu32 "}", r->feature_mask, r->feature_value);
		first = false;
	}
	buffer_puts(b, "]");
}

static void put_kinds(struct buffer *b, const struct ptg_format *f)
{
	static const char *const roles[] = {"invalid", "table", "page", "pass"};

	buffer_puts(b, "  \"kinds\": [");
	for (unsigned i = 0; i < f->kind_count; i++) {
		const struct ptg_kind *k = &f->kinds[i];
		const struct ptg_level *l = &f->levels[k->level];
		unsigned bits = 8u << l->entry_lg2;

		item(b, i);
		buffer_puts(b, "{");
		key(b, "name", k->name);
		buffer_printf(b, ", \"role\": \"%s\", \"depth\": %u, \"rule\": %u", roles[k->role & 3], k->level, k->rule);
		put_rows(b, f, l, i, bits);
		if (k->role == PTG_ROLE_TABLE || k->role == PTG_ROLE_PAGE) {
			buffer_puts(b, ", ");
			mask(b, "zero", k->zero, k->zero_hi, bits);
			buffer_puts(b, ", ");
			mask(b, "one", k->one, k->one_hi, bits);
		}
		if (k->role == PTG_ROLE_PAGE) {
			buffer_puts(b, ", ");
			mask(b, "sizes", k->sizes, 0, 64);
		}
		if (k->addr_simple) {
			buffer_puts(b, ", ");
			mask(b, "address_mask", k->addr_mask, 0, 64);
			buffer_printf(b, ", \"address_shift\": %d", (int)k->addr_shl - (int)k->addr_shr);
		}
		buffer_puts(b, "}");
	}
	buffer_puts(b, "\n  ],\n");
}

static void put_rules(struct buffer *b, const struct ptg_format *f)
{
	buffer_puts(b, "  \"rules\": [");
	for (unsigned i = 0; i < f->rule_count; i++) {
		item(b, i);
		buffer_puts(b, "{");
		key(b, "name", f->rules[i].name);
		buffer_puts(b, ", ");
		key(b, "fault", f->rules[i].fault);
		buffer_puts(b, ", ");
		key(b, "class", f->rules[i].fault_class ? text_fault_class(f->rules[i].fault_class) : NULL);
		buffer_puts(b, "}");
	}
	buffer_puts(b, "\n  ],\n");
}

static void put_settings(struct buffer *b, const struct ptg_format *f)
{
	buffer_puts(b, "  \"features\": [");
	for (unsigned i = 0; i < f->feature_count; i++) {
		buffer_puts(b, i ? ", {" : "{");
		key(b, "name", f->features[i].name);
		buffer_printf(b, ", \"on\": %s}", f->features[i].on ? "true" : "false");
	}
	buffer_puts(b, "],\n  \"params\": [");
	for (unsigned i = 0; i < f->param_count; i++) {
		buffer_puts(b, i ? ", {" : "{");
		key(b, "name", f->params[i].name);
		buffer_printf(b, ", \"value\": %u, \"min\": %u, \"max\": %u}", f->params[i].value, f->params[i].min, f->params[i].max);
	}
	buffer_puts(b, "],\n  \"contexts\": [");
	for (unsigned i = 0; i < f->ctx_count; i++) {
		buffer_puts(b, i ? ", {" : "{");
		key(b, "name", f->ctx[i].name);
		buffer_printf(b, ", \"bits\": %u, \"count\": %u, \"value\": \"0x%" PRIx64 "\"}", f->ctx[i].width, f->ctx[i].count, f->ctx[i].value);
	}
	buffer_puts(b, "],\n  \"registers\": [");
	for (unsigned i = 0; i < f->reg_count; i++) {
		buffer_puts(b, i ? ", {" : "{");
		key(b, "name", f->regs[i].name);
		buffer_printf(b, ", \"bits\": %u}", f->regs[i].bits);
	}
	buffer_puts(b, "],\n  \"attributes\": [");
	for (unsigned i = 0, n = 0; i < f->attr_count; i++) {
		if (f->attrs[i].name[0] == '.')
			continue;
		buffer_puts(b, n++ ? ", {" : "{");
		key(b, "name", f->attrs[i].name);
		buffer_printf(b, ", \"bits\": %u, \"tables\": %s}", f->attrs[i].width,
			      f->attrs[i].op == '&' ? "\"&\"" : f->attrs[i].op == '|' ? "\"|\"" : "null");
	}
	buffer_puts(b, "]\n");
}

const char *emit_json(struct arena *a, const struct plan *p)
{
	const struct ptg_format *f = &p->format;
	struct buffer b;

	buffer_init(&b, a);
	buffer_puts(&b, "{\n  ");
	key(&b, "name", f->name);
	buffer_puts(&b, ",\n  ");
	key(&b, "title", f->title);
	if (p->stage[0]) {
		buffer_puts(&b, ",\n  ");
		key(&b, "first_stage", p->stage[0]->format.name);
		buffer_puts(&b, ",\n  ");
		key(&b, "second_stage", p->stage[1]->format.name);
		buffer_puts(&b, "\n}\n");
		return buffer_text(&b);
	}
	buffer_printf(&b, ",\n  \"va_bits\": %u,\n  \"pa_bits\": %u,\n  \"byte_order\": \"%s\",\n  \"signed\": %s,\n", f->va_bits, f->pa_bits,
		      f->flags & PTG_FORMAT_BIG ? "big" : "little", f->va_check == PTG_VA_SIGN ? "true" : "false");
	buffer_puts(&b, "  ");
	mask(&b, "page_sizes", f->page_sizes, 0, 64);
	buffer_puts(&b, ",\n");
	put_levels(&b, f);
	put_kinds(&b, f);
	put_rules(&b, f);
	put_settings(&b, f);
	buffer_puts(&b, "}\n");
	return buffer_text(&b);
}
