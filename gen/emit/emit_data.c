/* SPDX-License-Identifier: MIT */
/*
 * emit_data.c - the plan as C source
 *
 * One table of members a structure says how it is printed; ORDER of the tables
 * is that of ptg_plan.h.
 */

#include <string.h>

#include "gen/buffer.h"
#include "gen/emit/cexpr.h"
#include "gen/emit/emit_data.h"

enum style {
	NUMBER,      /* decimal */
	MASK,        /* hex */
	INDEX,       /* decimal, PTG_NONE by name */
	TEXT,        /* string */
	OP,          /* enum ptg_op */
	ROLE,        /* enum ptg_role */
	CLASS,       /* enum ptg_fault */
	LETTER,      /* '&' or '|' */
	SKIP         /* enum ptg_skip */
};

struct member {
	const char *name;
	size_t offset;
	unsigned size;
	enum style style;
};

#define AT(type, member, style) { #member, offsetof(struct type, member), sizeof(((struct type *)0)->member), style }

static const char *const op_names[] = {
	"CONST", "ENTRY", "VA", "INDEX", "INDEX_TOP", "ACCESS", "ATTR", "FEATURE", "PARAM", "CTX", "CTX_AT", "REG",
	"SIZE", "EXTERN", "NOT", "AND", "OR", "EQ", "NE", "LE", "ADD", "SUB", "MUL", "CAT", "SLICE", "DSLICE", "BITAND",
};
_Static_assert(sizeof(op_names) / sizeof(*op_names) == PTG_OP_COUNT_, "ORDER PTG_OP");

static const char *const fault_names[] = {
	"PTG_F_NONE", "PTG_F_NONCANONICAL", "PTG_F_CONFIG", "PTG_F_NOT_PRESENT", "PTG_F_RESERVED", "PTG_F_ADDRESS_SIZE",
	"PTG_F_LENGTH", "PTG_F_ACCESS_FLAG", "PTG_F_DIRTY", "PTG_F_PERMISSION", "PTG_F_KEY", "PTG_F_UNREADABLE",
};
static const char *const role_names[] = { "PTG_ROLE_INVALID", "PTG_ROLE_TABLE", "PTG_ROLE_PAGE", "PTG_ROLE_PASS" };
static const char *const skip_names[] = { "PTG_SKIP_NONE", "PTG_SKIP_ZERO", "PTG_SKIP_IGNORED" };

static const struct member node_members[] = {
	AT(ptg_node, op, OP), AT(ptg_node, lo, NUMBER), AT(ptg_node, width, NUMBER), AT(ptg_node, a, NUMBER),
	AT(ptg_node, b, NUMBER), AT(ptg_node, c, NUMBER), AT(ptg_node, imm, MASK), { 0 },
};
static const struct member piece_members[] = {
	AT(ptg_piece, src_lo, NUMBER), AT(ptg_piece, width, NUMBER), AT(ptg_piece, dst_lo, NUMBER),
	AT(ptg_piece, space, NUMBER), AT(ptg_piece, when, INDEX), AT(ptg_piece, if_, INDEX), AT(ptg_piece, hi, INDEX),
	AT(ptg_piece, lo, INDEX), { 0 },
};
static const struct member cfg_members[] = {
	AT(ptg_cfg_bits, word, NUMBER), AT(ptg_cfg_bits, src_lo, NUMBER), AT(ptg_cfg_bits, width, NUMBER),
	AT(ptg_cfg_bits, if_, INDEX), AT(ptg_cfg_bits, hi, INDEX), AT(ptg_cfg_bits, lo, INDEX), { 0 },
};
static const struct member row_members[] = {
	AT(ptg_row, mask, MASK), AT(ptg_row, value, MASK), AT(ptg_row, mask_hi, MASK), AT(ptg_row, value_hi, MASK),
	AT(ptg_row, feature_mask, MASK), AT(ptg_row, feature_value, MASK), AT(ptg_row, kind, NUMBER),
	AT(ptg_row, extra, INDEX), { 0 },
};
static const struct member check_members[] = {
	AT(ptg_check, node, NUMBER), AT(ptg_check, rule, NUMBER), { 0 },
};
static const struct member next_members[] = {
	AT(ptg_next, level, NUMBER), AT(ptg_next, by, INDEX), AT(ptg_next, unless, INDEX),
	AT(ptg_next, piece_first, NUMBER), AT(ptg_next, piece_count, NUMBER), { 0 },
};
static const struct member gather_members[] = {
	AT(ptg_gather, bit, NUMBER), AT(ptg_gather, invert, NUMBER), AT(ptg_gather, acc, NUMBER), { 0 },
};
static const struct member mark_members[] = {
	AT(ptg_mark, mask, MASK), AT(ptg_mark, value, MASK), AT(ptg_mark, on, INDEX), AT(ptg_mark, if_, INDEX),
	AT(ptg_mark, rule, INDEX), AT(ptg_mark, access, NUMBER), AT(ptg_mark, what, NUMBER), AT(ptg_mark, early, NUMBER),
	AT(ptg_mark, enabled, INDEX), { 0 },
};
static const struct member deny_members[] = {
	AT(ptg_deny, node, NUMBER), AT(ptg_deny, rule, NUMBER), AT(ptg_deny, tabled, NUMBER), AT(ptg_deny, guard, INDEX),
	{ 0 },
};
static const struct member enc_rights_members[] = {
	AT(ptg_enc_rights, feature_mask, MASK), AT(ptg_enc_rights, feature_value, MASK), AT(ptg_enc_rights, rights, MASK),
	AT(ptg_enc_rights, value, MASK), AT(ptg_enc_rights, value_hi, MASK), { 0 },
};
static const struct member enc_mem_members[] = {
	AT(ptg_enc_mem, value, MASK), AT(ptg_enc_mem, value_hi, MASK), AT(ptg_enc_mem, feature_mask, MASK),
	AT(ptg_enc_mem, feature_value, MASK), AT(ptg_enc_mem, type, INDEX), AT(ptg_enc_mem, ctx_lo, NUMBER),
	AT(ptg_enc_mem, ctx_width, NUMBER), { 0 },
};
static const struct member kind_members[] = {
	AT(ptg_kind, name, TEXT), AT(ptg_kind, role, ROLE), AT(ptg_kind, level, NUMBER), AT(ptg_kind, rule, NUMBER),
	AT(ptg_kind, zero_rule, INDEX), AT(ptg_kind, zero, MASK), AT(ptg_kind, zero_hi, MASK), AT(ptg_kind, one, MASK),
	AT(ptg_kind, one_hi, MASK), AT(ptg_kind, zero_cfg, MASK), AT(ptg_kind, zero_cfg_hi, MASK),
	AT(ptg_kind, check_first, NUMBER), AT(ptg_kind, check_count, NUMBER), AT(ptg_kind, addr_mask, MASK),
	AT(ptg_kind, addr_simple, NUMBER), AT(ptg_kind, addr_shl, NUMBER), AT(ptg_kind, addr_shr, NUMBER),
	AT(ptg_kind, page_lg2, NUMBER), AT(ptg_kind, piece_first, NUMBER), AT(ptg_kind, piece_count, NUMBER),
	AT(ptg_kind, space, NUMBER), AT(ptg_kind, low_added, NUMBER), AT(ptg_kind, nowhere, NUMBER),
	AT(ptg_kind, table_added, NUMBER), AT(ptg_kind, low_mask, MASK), AT(ptg_kind, napot, NUMBER),
	AT(ptg_kind, napot_src, NUMBER), AT(ptg_kind, napot_width, NUMBER), AT(ptg_kind, napot_dst, NUMBER),
	AT(ptg_kind, repeat_lg2, NUMBER), AT(ptg_kind, contig_lg2, NUMBER), AT(ptg_kind, contig_when, INDEX),
	AT(ptg_kind, contig_mask, MASK), AT(ptg_kind, contig_value, MASK), AT(ptg_kind, contig_clear, MASK),
	AT(ptg_kind, size, INDEX), AT(ptg_kind, napot_rule, INDEX), AT(ptg_kind, sizes, MASK),
	AT(ptg_kind, next_first, NUMBER), AT(ptg_kind, next_count, NUMBER), AT(ptg_kind, bits, INDEX),
	AT(ptg_kind, skip, SKIP), AT(ptg_kind, skip_rule, INDEX), AT(ptg_kind, gather_first, NUMBER),
	AT(ptg_kind, gather_count, NUMBER), AT(ptg_kind, attr_first, INDEX), AT(ptg_kind, deny_first, NUMBER),
	AT(ptg_kind, deny_count, NUMBER), AT(ptg_kind, mark_first, NUMBER), AT(ptg_kind, mark_count, NUMBER),
	AT(ptg_kind, soft, MASK), AT(ptg_kind, base, MASK), AT(ptg_kind, base_hi, MASK), AT(ptg_kind, neutral, MASK),
	AT(ptg_kind, neutral_hi, MASK), AT(ptg_kind, rights_mask, MASK), AT(ptg_kind, rights_mask_hi, MASK),
	AT(ptg_kind, rights_first, NUMBER), AT(ptg_kind, rights_count, NUMBER), AT(ptg_kind, global_mask, MASK),
	AT(ptg_kind, global_value, MASK), AT(ptg_kind, accessed_mask, MASK), AT(ptg_kind, accessed_value, MASK),
	AT(ptg_kind, dirty_mask, MASK), AT(ptg_kind, dirty_value, MASK), AT(ptg_kind, mem_mask, MASK),
	AT(ptg_kind, mem_mask_hi, MASK), AT(ptg_kind, mem_first, NUMBER), AT(ptg_kind, mem_count, NUMBER),
	AT(ptg_kind, key_lo, NUMBER), AT(ptg_kind, key_width, NUMBER), AT(ptg_kind, encodable, NUMBER), { 0 },
};
static const struct member level_members[] = {
	AT(ptg_level, name, TEXT), AT(ptg_level, number, NUMBER), AT(ptg_level, shift, NUMBER),
	AT(ptg_level, width, NUMBER), AT(ptg_level, entry_lg2, NUMBER), AT(ptg_level, stride_lg2, NUMBER),
	AT(ptg_level, next, NUMBER), AT(ptg_level, after, NUMBER), AT(ptg_level, flags, NUMBER), AT(ptg_level, by, INDEX),
	AT(ptg_level, row_first, NUMBER), AT(ptg_level, row_count, NUMBER), { 0 },
};
static const struct member rule_members[] = {
	AT(ptg_rule, name, TEXT), AT(ptg_rule, fault, TEXT), AT(ptg_rule, fault_class, CLASS), { 0 },
};
static const struct member attr_members[] = {
	AT(ptg_attr, name, TEXT), AT(ptg_attr, op, LETTER), AT(ptg_attr, table_index, NUMBER),
	AT(ptg_attr, neutral, NUMBER), AT(ptg_attr, width, NUMBER), AT(ptg_attr, name_first, NUMBER),
	AT(ptg_attr, name_count, NUMBER), { 0 },
};
static const struct member value_members[] = {
	AT(ptg_value_name, name, TEXT), AT(ptg_value_name, value, NUMBER), AT(ptg_value_name, memtype, MASK), { 0 },
};
static const struct member feature_members[] = {
	AT(ptg_feature_def, name, TEXT), AT(ptg_feature_def, on, NUMBER), AT(ptg_feature_def, reg, INDEX), { 0 },
};
static const struct member param_members[] = {
	AT(ptg_param_def, name, TEXT), AT(ptg_param_def, value, NUMBER), AT(ptg_param_def, min, NUMBER),
	AT(ptg_param_def, max, NUMBER), AT(ptg_param_def, shift, NUMBER),
	AT(ptg_param_def, reg, INDEX), AT(ptg_param_def, limit, INDEX), { 0 },
};
static const struct member ctx_members[] = {
	AT(ptg_ctx_def, name, TEXT), AT(ptg_ctx_def, lo, NUMBER), AT(ptg_ctx_def, width, NUMBER),
	AT(ptg_ctx_def, count, NUMBER), AT(ptg_ctx_def, value, MASK), AT(ptg_ctx_def, reg, INDEX), { 0 },
};
static const struct member reg_members[] = {
	AT(ptg_reg_def, name, TEXT), AT(ptg_reg_def, bits, NUMBER), { 0 },
};
static const struct member root_members[] = {
	AT(ptg_root_def, name, TEXT), AT(ptg_root_def, reg, NUMBER), AT(ptg_root_def, sel_known, NUMBER),
	AT(ptg_root_def, sel_hi, INDEX), AT(ptg_root_def, sel_lo, INDEX), AT(ptg_root_def, sel_value, MASK),
	AT(ptg_root_def, sel_not, NUMBER), AT(ptg_root_def, sel_node, INDEX),
	AT(ptg_root_def, sel_span_lo, NUMBER), AT(ptg_root_def, sel_span_width, NUMBER), AT(ptg_root_def, skip, SKIP), AT(ptg_root_def, piece_first, NUMBER),
	AT(ptg_root_def, piece_count, NUMBER), AT(ptg_root_def, check_first, NUMBER),
	AT(ptg_root_def, check_count, NUMBER), AT(ptg_root_def, trim, INDEX), AT(ptg_root_def, bits, INDEX),
	AT(ptg_root_def, start, INDEX), AT(ptg_root_def, bypass, INDEX), AT(ptg_root_def, limit_lo, INDEX),
	AT(ptg_root_def, limit_hi, INDEX), AT(ptg_root_def, limit_width, NUMBER), AT(ptg_root_def, ignore_count, NUMBER),
	AT(ptg_root_def, limit_rule, INDEX), AT(ptg_root_def, ignore_first, NUMBER),
	AT(ptg_root_def, deny_first, NUMBER), AT(ptg_root_def, deny_count, NUMBER), AT(ptg_root_def, config_rule, INDEX),
	{ 0 },
};
static const struct member ignore_members[] = {
	AT(ptg_ignore, lo, NUMBER), AT(ptg_ignore, width, NUMBER), AT(ptg_ignore, if_, INDEX), { 0 },
};
static const struct member select_members[] = {
	AT(ptg_select, reg, TEXT), AT(ptg_select, field, TEXT), AT(ptg_select, node, INDEX),
	AT(ptg_select, ok, INDEX), AT(ptg_select, value, NUMBER), { 0 },
};
static const struct member space_members[] = {
	AT(ptg_space_def, name, TEXT), AT(ptg_space_def, bits, NUMBER), { 0 },
};
static const struct member format_members[] = {
	AT(ptg_format, name, TEXT), AT(ptg_format, title, TEXT), AT(ptg_format, flags, MASK),
	AT(ptg_format, va_bits, NUMBER), AT(ptg_format, pa_bits, NUMBER), AT(ptg_format, va_check, NUMBER),
	AT(ptg_format, level_count, NUMBER), AT(ptg_format, top, NUMBER), AT(ptg_format, root_count, NUMBER),
	AT(ptg_format, feature_count, NUMBER), AT(ptg_format, param_count, NUMBER), AT(ptg_format, ctx_count, NUMBER),
	AT(ptg_format, reg_count, NUMBER), AT(ptg_format, attr_count, NUMBER), AT(ptg_format, space_count, NUMBER),
	AT(ptg_format, global_attr, NUMBER), AT(ptg_format, memtype_attr, NUMBER), AT(ptg_format, key_attr, NUMBER),
	AT(ptg_format, va_node, INDEX), AT(ptg_format, pa_node, INDEX), AT(ptg_format, rights_bits, NUMBER),
	AT(ptg_format, node_count, NUMBER), AT(ptg_format, piece_count, NUMBER), AT(ptg_format, cfg_count, NUMBER),
	AT(ptg_format, row_count, NUMBER), AT(ptg_format, check_count, NUMBER), AT(ptg_format, next_count, NUMBER),
	AT(ptg_format, gather_count, NUMBER), AT(ptg_format, mark_count, NUMBER), AT(ptg_format, deny_count, NUMBER),
	AT(ptg_format, enc_rights_count, NUMBER), AT(ptg_format, enc_mem_count, NUMBER),
	AT(ptg_format, kind_count, NUMBER), AT(ptg_format, rule_count, NUMBER), AT(ptg_format, attr_node_count, NUMBER),
	AT(ptg_format, value_name_count, NUMBER), AT(ptg_format, ignore_count, NUMBER),
	AT(ptg_format, select_count, NUMBER), AT(ptg_format, extern_count, NUMBER),
	AT(ptg_format, rights_deny_first, NUMBER), AT(ptg_format, rights_deny_count, NUMBER),
	AT(ptg_format, soft_mask, MASK), AT(ptg_format, page_sizes, MASK), AT(ptg_format, default_config0, MASK),
	AT(ptg_format, tables_mask, MASK), AT(ptg_format, tables_value, MASK), { 0 },
};

struct emit {
	struct buffer out;
	const char *prefix;
};

/* A text as a C string; the description's may hold anything. */
static const char *quoted(struct arena *a, const char *text)
{
	struct buffer b;

	buffer_init(&b, a);
	buffer_puts(&b, "\"");
	for (const char *c = text; *c; c++) {
		unsigned char u = (unsigned char)*c;

		if (u == '"' || u == '\\')
			buffer_printf(&b, "\\%c", u);
		else if (u == '\n')
			buffer_puts(&b, "\\n");
		else if (u < 32 || u == '?')
			buffer_printf(&b, "\\%03o", u);
		else
			buffer_printf(&b, "%c", u);
	}
	buffer_puts(&b, "\"");
	return buffer_text(&b);
}

static uint64_t read_number(const void *at, unsigned size)
{
	uint8_t b;
	uint16_t h;
	uint32_t w;
	uint64_t d;

	switch (size) {
	case 1:
		memcpy(&b, at, 1);
		return b;
	case 2:
		memcpy(&h, at, 2);
		return h;
	case 4:
		memcpy(&w, at, 4);
		return w;
	default:
		memcpy(&d, at, 8);
		return d;
	}
}

static const char *named(struct arena *a, const char *const *names, size_t count, uint64_t v)
{
	return v < count ? names[v] : arena_printf(a, "%llu", (unsigned long long)v);
}

#define NAMED(a, names, v) named(a, names, sizeof(names) / sizeof(*(names)), v)

static const char *number_text(struct arena *a, enum style style, uint64_t v)
{
	switch (style) {
	case MASK:
		return cexpr_number(a, v);
	case INDEX:
		return v == PTG_NONE ? "PTG_NONE" : arena_printf(a, "%llu", (unsigned long long)v);
	case OP:
		return arena_printf(a, "PTG_OP_%s", NAMED(a, op_names, v));
	case ROLE:
		return NAMED(a, role_names, v);
	case CLASS:
		return NAMED(a, fault_names, v);
	case SKIP:
		return NAMED(a, skip_names, v);
	case LETTER:
		return arena_printf(a, "'%c'", (char)v);
	default:
		return v > 0x7fffffff ? cexpr_number(a, v) : arena_printf(a, "%llu", (unsigned long long)v);
	}
}

/* NULL: the member is 0 and goes without saying. */
static const char *member_text(struct arena *a, const struct member *m, const char *object)
{
	const char *at = object + m->offset;
	uint64_t v[3];

	if (m->style == TEXT) {
		const char *text;

		memcpy(&text, at, sizeof(text));
		return text ? quoted(a, text) : NULL;
	}
	if (m->size == 24) { /* three words */
		memcpy(v, at, sizeof(v));
		if (!v[0] && !v[1] && !v[2])
			return NULL;
		return arena_printf(a, "{ %s, %s, %s }", cexpr_number(a, v[0]), cexpr_number(a, v[1]),
				    cexpr_number(a, v[2]));
	}
	v[0] = read_number(at, m->size);
	if (!v[0] && m->style != OP && m->style != ROLE && m->style != CLASS)
		return NULL;
	return number_text(a, m->style, v[0]);
}

/* Members in lines of at most 100 columns; *column says where the line stands. */
static void members(struct emit *e, const struct member *m, const void *object, const char *indent, unsigned *column)
{
	bool any = false;

	for (; m->name; m++) {
		const char *text = member_text(e->out.arena, m, object);

		if (!text)
			continue;
		buffer_word(&e->out, arena_printf(e->out.arena, ".%s = %s,", m->name, text), indent, 99, column);
		any = true;
	}
	if (!any)
		buffer_word(&e->out, "0", indent, 99, column);
}

/* One array: NAME is the member of struct ptg_format and the type's tag follows ptg_. */
static void array(struct emit *e, const char *name, const char *tag, const void *data, size_t count, size_t size,
		  const struct member *m)
{
	if (!count)
		return;
	buffer_printf(&e->out, "static const struct ptg_%s %s_%s[] = {\n", tag, e->prefix, name);
	for (size_t i = 0; i < count; i++) {
		const char *object = (const char *)data + i * size;
		unsigned column = 0;

		buffer_word(&e->out, arena_printf(e->out.arena, "/* %zu */ {", i), "\t", 99, &column);
		members(e, m, object, "\t\t", &column);
		if (e->out.text[e->out.length - 1] == ',')
			e->out.text[--e->out.length] = '\0';
		buffer_puts(&e->out, " },\n");
	}
	buffer_puts(&e->out, "};\n\n");
}

static void indexes(struct emit *e, const char *name, const uint16_t *data, size_t count)
{
	unsigned column = 0;

	if (!count)
		return;
	buffer_printf(&e->out, "static const uint16_t %s_%s[] = {\n", e->prefix, name);
	for (size_t i = 0; i < count; i++)
		buffer_word(&e->out, arena_printf(e->out.arena, "%s,", number_text(e->out.arena, INDEX, data[i])), "\t",
			    99, &column);
	buffer_puts(&e->out, "\n};\n\n");
}

#define ARRAY(e, f, name, tag, member_count, m) \
	array(e, #name, #tag, (f)->name, (f)->member_count, sizeof(*(f)->name), m)

static void arrays(struct emit *e, const struct ptg_format *f)
{
	ARRAY(e, f, levels, level, level_count, level_members);
	ARRAY(e, f, kinds, kind, kind_count, kind_members);
	ARRAY(e, f, rows, row, row_count, row_members);
	ARRAY(e, f, rules, rule, rule_count, rule_members);
	ARRAY(e, f, nodes, node, node_count, node_members);
	ARRAY(e, f, pieces, piece, piece_count, piece_members);
	ARRAY(e, f, cfg, cfg_bits, cfg_count, cfg_members);
	ARRAY(e, f, checks, check, check_count, check_members);
	ARRAY(e, f, nexts, next, next_count, next_members);
	ARRAY(e, f, gathers, gather, gather_count, gather_members);
	ARRAY(e, f, marks, mark, mark_count, mark_members);
	ARRAY(e, f, denies, deny, deny_count, deny_members);
	indexes(e, "attr_node", f->attr_node, f->attr_node_count);
	ARRAY(e, f, enc_rights, enc_rights, enc_rights_count, enc_rights_members);
	ARRAY(e, f, enc_mem, enc_mem, enc_mem_count, enc_mem_members);
	ARRAY(e, f, attrs, attr, attr_count, attr_members);
	ARRAY(e, f, value_names, value_name, value_name_count, value_members);
	ARRAY(e, f, features, feature_def, feature_count, feature_members);
	ARRAY(e, f, params, param_def, param_count, param_members);
	ARRAY(e, f, ctx, ctx_def, ctx_count, ctx_members);
	ARRAY(e, f, regs, reg_def, reg_count, reg_members);
	ARRAY(e, f, roots, root_def, root_count, root_members);
	ARRAY(e, f, ignores, ignore, ignore_count, ignore_members);
	ARRAY(e, f, selects, select, select_count, select_members);
	ARRAY(e, f, spaces, space_def, space_count, space_members);
}

static void externs(struct emit *e, const struct ptg_format *f)
{
	if (!f->extern_count)
		return;
	buffer_printf(&e->out, "static const char *const %s_externs[] = {", e->prefix);
	for (unsigned i = 0; i < f->extern_count; i++)
		buffer_printf(&e->out, "%s \"%s\"", i ? "," : "", f->externs[i]);
	buffer_printf(&e->out, " };\n\nstatic uint64_t (*const %s_extern_fn[])(const struct ptg_space *, uint64_t) = {",
		      e->prefix);
	for (unsigned i = 0; i < f->extern_count; i++)
		buffer_printf(&e->out, "%s %s_%s", i ? "," : "", e->prefix, f->externs[i]);
	buffer_puts(&e->out, " };\n\n");
}

static void pointers(struct emit *e, const struct ptg_format *f, const char *const stage[2])
{
	const struct { const char *name; unsigned count; } all[] = {
		{ "levels", f->level_count }, { "kinds", f->kind_count }, { "rows", f->row_count },
		{ "rules", f->rule_count }, { "nodes", f->node_count }, { "pieces", f->piece_count },
		{ "cfg", f->cfg_count }, { "checks", f->check_count }, { "nexts", f->next_count },
		{ "gathers", f->gather_count }, { "marks", f->mark_count }, { "denies", f->deny_count },
		{ "attr_node", f->attr_node_count }, { "enc_rights", f->enc_rights_count },
		{ "enc_mem", f->enc_mem_count }, { "attrs", f->attr_count }, { "value_names", f->value_name_count },
		{ "features", f->feature_count }, { "params", f->param_count }, { "ctx", f->ctx_count },
		{ "regs", f->reg_count }, { "roots", f->root_count }, { "ignores", f->ignore_count },
		{ "selects", f->select_count }, { "spaces", f->space_count }, { "externs", f->extern_count },
		{ "extern_fn", f->extern_count },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].count)
			buffer_printf(&e->out, "\n\t.%s = %s_%s,", all[i].name, e->prefix, all[i].name);
	if (stage)
		buffer_printf(&e->out, "\n\t.stage = { &%s_format, &%s_format },", stage[0], stage[1]);
}

const char *emit_data(struct arena *arena, const struct plan *p, const char *prefix, const char *const stage[2])
{
	const struct ptg_format *f = &p->format;
	struct emit e = { .prefix = prefix };
	unsigned column = 0;

	buffer_init(&e.out, arena);
	arrays(&e, f);
	externs(&e, f);
	buffer_printf(&e.out, "const struct ptg_format %s_format = {\n", prefix);
	members(&e, format_members, f, "\t", &column);
	pointers(&e, f, stage);
	buffer_puts(&e.out, "\n};\n");
	return buffer_text(&e.out);
}
