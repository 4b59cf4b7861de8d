/* SPDX-License-Identifier: MIT */
/*
 * hand_formats.h - two formats filled by hand, as ptg_plan.h says one may
 *
 * hand_sv48: RISC-V Sv48 without Svnapot and Svpbmt, from the privileged manual.
 * hand_tiny: made up to be unlike the others: 16-bit big-endian entries, three
 * levels of four entries, 16-byte pages; the middle level has two children, of
 * which the second is asked where the first says `pass`; 64-byte pages in the
 * first child.
 *
 *   tiny entry   [15:14] role: 0 invalid, 1 table (last level: pass), 2 page, 3 reserved
 *                [13] writable (& over tables)   [12] accessed   [11:4] address [11:4]
 *                [1:0] of the middle table: 01 first child only, 10 second only, 00 both
 */
#ifndef UNIT_HAND_FORMATS_H
#define UNIT_HAND_FORMATS_H

#include "runtime/ptg.h"

#define N0(o) { .op = PTG_OP_##o }
#define NE(l, w) { .op = PTG_OP_ENTRY, .lo = (l), .width = (w) }
#define NI(o, i) { .op = PTG_OP_##o, .imm = (i) }
#define NA(o, x) { .op = PTG_OP_##o, .a = (x) }
#define NB(o, x, y) { .op = PTG_OP_##o, .a = (x), .b = (y) }
#define NC(l, w) { .op = PTG_OP_CTX, .lo = (l), .width = (w) }

/* --- Sv48 --------------------------------------------------------------------- */

enum { SV_ALWAYS = PTG_NONE, SV_RULE_ABSENT = 3, SV_RULE_WX, SV_RULE_POINTER, SV_RULE_DEEP, SV_RULE_LEAF,
       SV_RULE_ZERO, SV_RULE_LOW, SV_RULE_USER, SV_RULE_SUM, SV_RULE_READ, SV_RULE_WRITE, SV_RULE_FETCH,
       SV_RULE_A, SV_RULE_D };

static const struct ptg_node sv_nodes[] = {
	[0] = NE(1, 1), [1] = NE(2, 1), [2] = NE(3, 1), [3] = NE(4, 1), [4] = NE(5, 1),
	[5] = NI(ACCESS, PTG_USER), [6] = NA(ATTR, 3), [7] = NA(NOT, 6), [8] = NB(AND, 5, 7),
	[9] = NA(NOT, 5), [10] = NI(ACCESS, PTG_EXEC), [11] = NC(0, 1), [12] = NA(NOT, 11),
	[13] = NB(OR, 10, 12), [14] = NB(AND, 9, 6), [15] = NB(AND, 14, 13),
	[16] = NI(ACCESS, PTG_READ), [17] = NA(ATTR, 0), [18] = NC(1, 1), [19] = NA(ATTR, 2),
	[20] = NB(AND, 18, 19), [21] = NB(OR, 17, 20), [22] = NA(NOT, 21), [23] = NB(AND, 16, 22),
	[24] = NI(ACCESS, PTG_WRITE), [25] = NA(ATTR, 1), [26] = NA(NOT, 25), [27] = NB(AND, 24, 26),
	[28] = NA(NOT, 19), [29] = NB(AND, 10, 28), [30] = NA(FEATURE, 0), [31] = NI(ACCESS, 7),
	[32] = NI(CONST, 0), [33] = NE(10, 9), [34] = NB(EQ, 33, 32), [35] = NE(10, 18), [36] = NB(EQ, 35, 32),
	[37] = NE(10, 27), [38] = NB(EQ, 37, 32),
};
static const struct ptg_check sv_checks[] = { { 34, SV_RULE_LOW }, { 36, SV_RULE_LOW }, { 38, SV_RULE_LOW } };
static const struct ptg_gather sv_gathers[] = { { .bit = 5, .acc = 4 } };
static const uint16_t sv_attr_node[] = { PTG_NONE, PTG_NONE, PTG_NONE, PTG_NONE, 4, 0, 1, 2, 3, 4 };
static const struct ptg_mark sv_marks[] = {
	{ .mask = 1 << 6, .value = 1 << 6, .on = 31, .if_ = 30, .enabled = PTG_NONE, .rule = SV_RULE_A, .access = 7, .what = 1 },
	{ .mask = 1 << 7, .value = 1 << 7, .on = 24, .if_ = 30, .enabled = PTG_NONE, .rule = SV_RULE_D, .access = PTG_WRITE, .what = 2 },
};
#define SV_DENY(n, r) { .node = (n), .rule = (r), .tabled = 1, .guard = PTG_NONE }
static const struct ptg_deny sv_denies[] = {
	SV_DENY(8, SV_RULE_USER), SV_DENY(15, SV_RULE_SUM), SV_DENY(23, SV_RULE_READ),
	SV_DENY(27, SV_RULE_WRITE), SV_DENY(29, SV_RULE_FETCH),
};
#define SV_RIGHTS(r, v) { .rights = (r), .value = (v) }
static const struct ptg_enc_rights sv_enc[] = { /* fewest bits first; U pages are the user's alone while SUM is 0 */
	SV_RIGHTS(PTG_SR, 2), SV_RIGHTS(PTG_SX, 8), SV_RIGHTS(PTG_SR | PTG_SW, 6), SV_RIGHTS(PTG_SR | PTG_SX, 10),
	SV_RIGHTS(PTG_UR, 18), SV_RIGHTS(PTG_UX, 24), SV_RIGHTS(PTG_SR | PTG_SW | PTG_SX, 14),
	SV_RIGHTS(PTG_UR | PTG_UW, 22), SV_RIGHTS(PTG_UR | PTG_UX, 26), SV_RIGHTS(PTG_UR | PTG_UW | PTG_UX, 30),
};
#define SV_COMMON(l, r) .level = (l), .rule = (r), .zero_rule = SV_RULE_ZERO, .contig_when = PTG_NONE,       \
	.size = PTG_NONE, .bits = PTG_NONE, .napot_rule = PTG_NONE, .attr_first = PTG_NONE
#define SV_FAULT(n, l, r) { .name = n, .role = PTG_ROLE_INVALID, SV_COMMON(l, r) }
#define SV_PPN .addr_mask = (uint64_t)0x3ffffffffffc00, .addr_simple = 1, .addr_shl = 2
#define SV_TABLE(l) { .name = "pointer", .role = PTG_ROLE_TABLE, .level = (l), .rule = SV_RULE_POINTER,      \
	.zero_rule = SV_RULE_ZERO, .zero = (uint64_t)0xffc00000000000d0, SV_PPN, .page_lg2 = 12 + 9 * (l),    \
	.contig_when = PTG_NONE, .size = PTG_NONE, .bits = PTG_NONE, .napot_rule = PTG_NONE,                  \
	.gather_first = 0, .gather_count = 1, .attr_first = 0, .encodable = 1, .base = 1 }
#define SV_LEAF(l) { .name = "leaf", .role = PTG_ROLE_PAGE, .level = (l), .rule = SV_RULE_LEAF,              \
	.zero_rule = SV_RULE_ZERO, .zero = (uint64_t)0xffc0000000000000, SV_PPN, .page_lg2 = 12 + 9 * (l),    \
	.sizes = (uint64_t)1 << (12 + 9 * (l)), .check_first = (l) ? (l)-1 : 0, .check_count = (l) ? 1 : 0,   \
	.contig_when = PTG_NONE, .size = PTG_NONE, .bits = PTG_NONE, .napot_rule = PTG_NONE,                  \
	.attr_first = 5, .deny_count = 5, .mark_count = 2, .soft = 0x300, .encodable = 1, .base = 1,          \
	.rights_mask = 30, .rights_count = 10, .global_mask = 32, .global_value = 32,                         \
	.accessed_mask = 64, .accessed_value = 64, .dirty_mask = 128, .dirty_value = 128 }
static const struct ptg_kind sv_kinds[] = {
	SV_FAULT("absent", 0, SV_RULE_ABSENT), SV_FAULT("wx", 0, SV_RULE_WX), SV_FAULT("deep", 0, SV_RULE_DEEP), SV_LEAF(0),
	SV_FAULT("absent", 1, SV_RULE_ABSENT), SV_FAULT("wx", 1, SV_RULE_WX), SV_TABLE(1), SV_LEAF(1),
	SV_FAULT("absent", 2, SV_RULE_ABSENT), SV_FAULT("wx", 2, SV_RULE_WX), SV_TABLE(2), SV_LEAF(2),
	SV_FAULT("absent", 3, SV_RULE_ABSENT), SV_FAULT("wx", 3, SV_RULE_WX), SV_TABLE(3), SV_LEAF(3),
};
#define SV_ROWS(l)                                                                                            \
	{ .mask = 1, .value = 0, .kind = 4 * (l), .extra = PTG_NONE },                                        \
	{ .mask = 6, .value = 4, .kind = 4 * (l) + 1, .extra = PTG_NONE },                                    \
	{ .mask = 15, .value = 1, .kind = 4 * (l) + 2, .extra = PTG_NONE },                                   \
	{ .mask = 1, .value = 1, .kind = 4 * (l) + 3, .extra = PTG_NONE }
static const struct ptg_row sv_rows[] = { SV_ROWS(0), SV_ROWS(1), SV_ROWS(2), SV_ROWS(3) };
#define SV_LEVEL(l) { .name = #l, .number = (l), .shift = 12 + 9 * (l), .width = 9, .entry_lg2 = 3,          \
	.next = (l) ? (l)-1u : PTG_NO_LEVEL, .after = (l) == 3 ? PTG_NO_LEVEL : (l) + 1u, .by = PTG_NONE,       \
	.row_first = 4 * (l), .row_count = 4 }
static const struct ptg_level sv_levels[] = { SV_LEVEL(0), SV_LEVEL(1), SV_LEVEL(2), SV_LEVEL(3) };
static const struct ptg_rule sv_rules[] = {
	{ "none", NULL, PTG_F_NONE }, { "address", "noncanonical", PTG_F_NONCANONICAL },
	{ "root:satp", "config", PTG_F_CONFIG }, { "kind:not_present", "not_present", PTG_F_NOT_PRESENT },
	{ "kind:reserved", "reserved", PTG_F_RESERVED }, { "kind:pointer", NULL, PTG_F_NONE },
	{ "kind:too_deep", "too_deep", PTG_F_NOT_PRESENT }, { "kind:leaf", NULL, PTG_F_NONE },
	{ "zero:pte", "reserved_bits", PTG_F_RESERVED }, { "low:leaf", "misaligned", PTG_F_RESERVED },
	{ "deny:permission", "permission", PTG_F_PERMISSION }, { "deny:permission#2", "permission", PTG_F_PERMISSION },
	{ "deny:permission#3", "permission", PTG_F_PERMISSION }, { "deny:permission#4", "permission", PTG_F_PERMISSION },
	{ "deny:permission#5", "permission", PTG_F_PERMISSION }, { "mark:not_accessed", "not_accessed", PTG_F_ACCESS_FLAG },
	{ "mark:not_dirty", "not_dirty", PTG_F_DIRTY },
};
#define SV_ATTR(n, i) { .name = n, .table_index = (i), .width = 1 }
static const struct ptg_attr sv_attrs[] = {
	SV_ATTR("r", 0), SV_ATTR("w", 1), SV_ATTR("x", 2), SV_ATTR("u", 3),
	{ .name = "g", .op = '|', .table_index = 0xff, .width = 1 },
};
static const struct ptg_feature_def sv_features[] = { { .name = "svadu", .on = 1, .reg = PTG_NONE } };
static const struct ptg_ctx_def sv_ctx[] = {
	{ .name = "sum", .lo = 0, .width = 1, .count = 1, .reg = PTG_NONE },
	{ .name = "mxr", .lo = 1, .width = 1, .count = 1, .reg = PTG_NONE },
};
static const struct ptg_format hand_sv48 = {
	.name = "hand_sv48", .title = "Sv48 by hand", .va_bits = 48, .pa_bits = 56, .va_check = PTG_VA_SIGN,
	.level_count = 4, .top = 3, .feature_count = 1, .ctx_count = 2, .attr_count = 5,
	.global_attr = 4, .memtype_attr = 0xff, .key_attr = 0xff, .va_node = PTG_NONE, .pa_node = PTG_NONE,
	.rights_bits = 4, .node_count = 39, .row_count = 16, .check_count = 3, .gather_count = 1, .mark_count = 2,
	.deny_count = 5, .enc_rights_count = 10, .kind_count = 16, .rule_count = 17, .attr_node_count = 10,
	.rights_deny_count = 5, .soft_mask = 0x300, .page_sizes = (uint64_t)0x8040201000, .default_config0 = 1,
	.levels = sv_levels, .kinds = sv_kinds, .rows = sv_rows, .rules = sv_rules, .nodes = sv_nodes,
	.checks = sv_checks, .gathers = sv_gathers, .marks = sv_marks, .denies = sv_denies, .attr_node = sv_attr_node,
	.enc_rights = sv_enc, .attrs = sv_attrs, .features = sv_features, .ctx = sv_ctx,
};

/* --- tiny ------------------------------------------------------------------------ */

enum { TINY_RULE_NONE = 2, TINY_RULE_RESERVED, TINY_RULE_TABLE, TINY_RULE_PASS, TINY_RULE_PAGE, TINY_RULE_WRITE,
       TINY_RULE_BIG };

static const struct ptg_node tiny_nodes[] = {
	[0] = NE(13, 1), [1] = NA(ATTR, 0), [2] = NA(NOT, 1), [3] = NI(ACCESS, PTG_WRITE), [4] = NB(AND, 3, 2),
	[5] = NE(0, 2), [6] = NI(CONST, 2), [7] = NB(EQ, 5, 6), [8] = NI(CONST, 1), [9] = NB(EQ, 5, 8),
	[10] = NI(ACCESS, 7),
};
static const struct ptg_next tiny_nexts[] = {
	{ .level = 1, .by = PTG_NONE, .unless = 7 }, { .level = 0, .by = PTG_NONE, .unless = 9 },
};
static const struct ptg_gather tiny_gathers[] = { { .bit = 13, .invert = 1, .acc = 0 } };
static const uint16_t tiny_attr_node[] = { 0 };
static const struct ptg_mark tiny_marks[] = {
	{ .mask = 0x1000, .value = 0x1000, .on = 10, .enabled = PTG_NONE, .if_ = PTG_NONE, .rule = PTG_NONE, .access = 7, .what = 1 },
};
static const struct ptg_deny tiny_denies[] = {
	{ .node = 4, .rule = TINY_RULE_WRITE, .tabled = 1, .guard = PTG_NONE },
};
static const struct ptg_enc_rights tiny_enc[] = {
	{ .rights = PTG_UR | PTG_UX | PTG_SR | PTG_SX, .value = 0 }, { .rights = 0x3f, .value = 0x2000 },
};
#define TINY_COMMON .zero_rule = TINY_RULE_RESERVED, .contig_when = PTG_NONE, .size = PTG_NONE, .bits = PTG_NONE, \
	.napot_rule = PTG_NONE
#define TINY_FAULT(n, l, ro, r) { .name = n, .role = (ro), .level = (l), .rule = (r), TINY_COMMON, .attr_first = PTG_NONE }
#define TINY_TABLE(l, lg2) { .name = "table", .role = PTG_ROLE_TABLE, .level = (l), .rule = TINY_RULE_TABLE, TINY_COMMON, \
	.addr_mask = 0x0ff0, .addr_simple = 1, .page_lg2 = (lg2), .gather_count = 1, .attr_first = 0,                \
	.next_count = (l) == 2 ? 2 : 0, .encodable = 1, .base = 0x4000, .neutral = 0x2000 }
#define TINY_PAGE(l, lg2) { .name = "page", .role = PTG_ROLE_PAGE, .level = (l), .rule = TINY_RULE_PAGE, TINY_COMMON, \
	.addr_mask = 0x0ff0 & ~((1u << (lg2)) - 1), .addr_simple = 1, .page_lg2 = (lg2), .sizes = (uint64_t)1 << (lg2), \
	.attr_first = 0, .deny_count = 1, .mark_count = 1, .encodable = 1, .base = 0x8000,                           \
	.rights_mask = 0x2000, .rights_count = 2, .accessed_mask = 0x1000, .accessed_value = 0x1000 }
static const struct ptg_kind tiny_kinds[] = {
	TINY_FAULT("none", 0, PTG_ROLE_INVALID, TINY_RULE_NONE), TINY_FAULT("none", 0, PTG_ROLE_INVALID, TINY_RULE_RESERVED),
	TINY_PAGE(0, 4),
	TINY_FAULT("none", 1, PTG_ROLE_INVALID, TINY_RULE_NONE), TINY_FAULT("pass", 1, PTG_ROLE_PASS, TINY_RULE_PASS),
	TINY_PAGE(1, 6), TINY_FAULT("reserved", 1, PTG_ROLE_INVALID, TINY_RULE_RESERVED),
	TINY_FAULT("none", 2, PTG_ROLE_INVALID, TINY_RULE_NONE), TINY_TABLE(2, 8),
	TINY_FAULT("reserved", 2, PTG_ROLE_INVALID, TINY_RULE_RESERVED),
	TINY_FAULT("none", 3, PTG_ROLE_INVALID, TINY_RULE_NONE), TINY_TABLE(3, 10),
};
#define TINY_ROW(m, v, k) { .mask = (m), .value = (v), .kind = (k), .extra = PTG_NONE }
static const struct ptg_row tiny_rows[] = {
	TINY_ROW(0xc000, 0, 0), TINY_ROW(0xc000, 0x8000, 2), TINY_ROW(0, 0, 1),
	TINY_ROW(0xc000, 0, 3), TINY_ROW(0xc000, 0x4000, 4), TINY_ROW(0xc000, 0x8000, 5), TINY_ROW(0, 0, 6),
	TINY_ROW(0xc000, 0, 7), TINY_ROW(0xc000, 0x4000, 8), TINY_ROW(0, 0, 9),
	TINY_ROW(0xc000, 0x4000, 11), TINY_ROW(0, 0, 10),
};
static const struct ptg_level tiny_levels[] = {
	{ .name = "small", .number = 0, .shift = 4, .width = 4, .entry_lg2 = 1, .next = PTG_NO_LEVEL, .after = 2,
	  .by = PTG_NONE, .row_first = 0, .row_count = 3 },
	{ .name = "big", .number = 1, .shift = 6, .width = 2, .entry_lg2 = 1, .next = PTG_NO_LEVEL, .after = 2,
	  .by = PTG_NONE, .row_first = 3, .row_count = 4 },
	{ .name = "dual", .number = 2, .shift = 8, .width = 2, .entry_lg2 = 1, .next = 1, .after = 3,
	  .by = PTG_NONE, .row_first = 7, .row_count = 3 },
	{ .name = "top", .number = 3, .shift = 10, .width = 2, .entry_lg2 = 1, .next = 2, .after = PTG_NO_LEVEL,
	  .by = PTG_NONE, .row_first = 10, .row_count = 2 },
};
static const struct ptg_rule tiny_rules[] = {
	{ "none", NULL, PTG_F_NONE }, { "address", "noncanonical", PTG_F_NONCANONICAL },
	{ "kind:none", "none", PTG_F_NOT_PRESENT }, { "kind:reserved", "reserved", PTG_F_RESERVED },
	{ "kind:table", NULL, PTG_F_NONE }, { "kind:pass", "unmapped", PTG_F_NOT_PRESENT },
	{ "kind:page", NULL, PTG_F_NONE }, { "deny:read_only", "read_only", PTG_F_PERMISSION },
};
static const struct ptg_attr tiny_attrs[] = { { .name = "w", .op = '&', .table_index = 0, .neutral = 1, .width = 1 } };
static const struct ptg_format hand_tiny = {
	.name = "hand_tiny", .title = "made up", .flags = PTG_FORMAT_BIG, .va_bits = 12, .pa_bits = 12,
	.va_check = PTG_VA_ZERO, .level_count = 4, .top = 3, .attr_count = 1, .global_attr = 0xff,
	.memtype_attr = 0xff, .key_attr = 0xff, .va_node = PTG_NONE, .pa_node = PTG_NONE, .rights_bits = 1,
	.node_count = 11, .row_count = 12, .next_count = 2, .gather_count = 1, .mark_count = 1, .deny_count = 1,
	.enc_rights_count = 2, .kind_count = 12, .rule_count = 8, .attr_node_count = 1, .rights_deny_count = 1,
	.page_sizes = 0x50, .levels = tiny_levels, .kinds = tiny_kinds, .rows = tiny_rows, .rules = tiny_rules,
	.nodes = tiny_nodes, .nexts = tiny_nexts, .gathers = tiny_gathers, .marks = tiny_marks, .denies = tiny_denies,
	.attr_node = tiny_attr_node, .enc_rights = tiny_enc, .attrs = tiny_attrs,
};

#endif /* UNIT_HAND_FORMATS_H */
