/* SPDX-License-Identifier: MIT */
/*
 * emit_vectors.c - entries and walks with what the format makes of them, as text
 *
 * For hardware models and emulators.  The lines are those of tests/vectors, with
 * two more: `root ADDRESS` is where the first table lies, `entry LEVEL VALUE`
 * decodes one entry alone.  Entries: for each level the pattern of each kind and
 * what the encoder makes of each choice of rights, with every bit flipped once.
 * Walks: a page of each size, by the six accesses, then with each bit of its
 * entry flipped.  What is emitted depends on the plan alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gen/emit/generate.h"
#include "gen/emit/vectors.h"
#include "gen/text.h"
#include "runtime/ptg_core.h"

#define PAGE VECTORS_PAGE
#define PAGES VECTORS_PAGES
#define READS VECTORS_READS
#define FIRST VECTORS_TABLES

/* --- memory ------------------------------------------------------------------------- */

unsigned char *vectors_byte(struct vectors *v, uint64_t pa)
{
	uint64_t name = pa / PAGE + 1;

	for (unsigned i = 0; i < PAGES; i++) {
		if (!v->page_at[i])
			v->page_at[i] = name;
		if (v->page_at[i] == name)
			return &v->page[i][pa % PAGE];
	}
	return NULL;
}

static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct vectors *v = priv;
	unsigned char *p = pa % PAGE + n <= PAGE ? vectors_byte(v, pa) : NULL;

	if (!p)
		return -1;
	memcpy(dst, p, n);
	if (v->reads < READS) {
		v->read_bytes[v->reads] = (unsigned char)n;
		v->read[v->reads++] = pa;
	}
	return 0;
}

static int write_bytes(void *priv, uint64_t pa, const void *src, size_t n)
{
	const unsigned char *from = src;

	for (size_t i = 0; i < n; i++) {
		unsigned char *p = vectors_byte(priv, pa + i);

		if (!p)
			return -1;
		*p = from[i];
	}
	return 0;
}

static int take(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct vectors *v = priv;

	(void)level;
	*pa = (v->next + align - 1) & ~(uint64_t)(align - 1);
	v->next = *pa + bytes;
	return v->next > v->end ? -1 : 0;
}

void vectors_empty(struct vectors *v)
{
	memset(v->page_at, 0, sizeof(v->page_at));
	memset(v->page, 0, sizeof(v->page));
	v->reads = 0;
}

/* Where tables come from: behind a first one of 64K at most. */
void vectors_pool(struct vectors *v, uint64_t first)
{
	v->next = first + 0x10000;
	v->end = first + PAGES * PAGE;
}

static const struct ptg_mapper_ops ops = {.read_bytes = read_bytes, .write_bytes = write_bytes, .alloc_table = take};

/* --- words ---------------------------------------------------------------------------- */

static void put_rights(struct buffer *b, uint32_t rights)
{
	char user[4], supervisor[4];

	buffer_printf(b, " rights %s/%s", text_rights(rights, true, user), text_rights(rights, false, supervisor));
}

static const char *fault_name(const struct ptg_format *f, unsigned fault, unsigned rule)
{
	const char *name = rule < f->rule_count ? f->rules[rule].fault : NULL;

	return name && fault != PTG_F_UNREADABLE ? name : text_fault_class(fault);
}

static void put_rule(struct vectors *v, const struct ptg_format *f, unsigned rule)
{
	if (rule && rule < f->rule_count)
		buffer_printf(&v->out, " rule %s", f->rules[rule].name);
	buffer_puts(&v->out, "\n");
}

/* --- one entry alone ------------------------------------------------------------------- */

static void put_entry(struct vectors *v, unsigned level, const uint64_t e[2])
{
	struct ptg_decoded d;
	bool wide = v->f->levels[level].entry_lg2 == 4;

	if (ptg_decode(&v->s, level, e, &d) != PTG_OK)
		return;
	buffer_printf(&v->out, "entry %s 0x%" PRIx64, v->f->levels[level].name, e[0]);
	if (wide)
		buffer_printf(&v->out, ":0x%" PRIx64, e[1]);
	if (d.fault)
		buffer_printf(&v->out, " ! %s class %s", fault_name(v->f, d.fault, d.rule), text_fault_class(d.fault));
	else
		buffer_printf(&v->out, " = 0x%" PRIx64 " role %s", d.pa, d.role == PTG_ROLE_TABLE ? "table" : "page");
	if (!d.fault && d.role == PTG_ROLE_PAGE) {
		buffer_printf(&v->out, " size 0x%" PRIx64, (uint64_t)1 << (d.page_lg2 & 63));
		put_rights(&v->out, d.rights);
	}
	put_rule(v, v->f, d.rule);
}

static void put_flipped(struct vectors *v, unsigned level, const uint64_t e[2])
{
	unsigned bits = 8u << v->f->levels[level].entry_lg2;

	for (unsigned bit = 0; bit < bits; bit++) {
		uint64_t other[2] = {e[0], e[1]};

		other[bit / 64] ^= (uint64_t)1 << bit % 64;
		put_entry(v, level, other);
	}
}

/* An address with a pattern in it, that fits. */
uint64_t vectors_some_pa(unsigned bits, unsigned lg2)
{
	uint64_t pa;

	if (bits > 63)
		bits = 63;
	pa = UINT64_C(0x5a5a96c3a5a5c396) & ptg_mask_(bits) & ~ptg_mask_(lg2);
	return pa ? pa : lg2 < bits ? (uint64_t)1 << lg2 : 0;
}

static unsigned put_pages(struct vectors *v, unsigned level)
{
	uint64_t seen[64];
	unsigned count = 0;

	for (unsigned wanted = 0; wanted < 64; wanted++) {
		struct ptg_attrs a = {.rights = wanted | PTG_ACCESSED | PTG_DIRTY, .care = 63 | PTG_ACCESSED | PTG_DIRTY};
		unsigned i = 0;
		uint64_t e[2] = {0, 0};

		if (!text_has_mark(v->f, 1))
			a.care &= ~(uint32_t)PTG_ACCESSED;
		if (!text_has_mark(v->f, 2))
			a.care &= ~(uint32_t)PTG_DIRTY;
		if (ptg_encode(&v->s, level, vectors_some_pa(v->f->pa_bits, v->f->levels[level].shift), &a, e) != PTG_OK)
			continue;
		while (i < count && seen[i] != e[0])
			i++;
		if (i < count)
			continue;
		seen[count++] = e[0];
		put_entry(v, level, e);
		if (count == 1)
			put_flipped(v, level, e);
	}
	return count;
}

/* The pattern of each kind, with nothing else set; with all bits flipped where the encoder makes no entry. */
static void put_rows(struct vectors *v, unsigned level, bool flip)
{
	const struct ptg_level *l = &v->f->levels[level];

	for (unsigned i = l->row_first; i < l->row_first + (unsigned)l->row_count; i++) {
		const struct ptg_row *r = &v->f->rows[i];
		const struct ptg_kind *k = &v->f->kinds[r->kind];
		uint64_t e[2] = {r->value | k->one, r->value_hi | k->one_hi};

		put_entry(v, level, e);
		if (flip && k->role != PTG_ROLE_INVALID)
			put_flipped(v, level, e);
	}
}

static void put_entries(struct vectors *v)
{
	buffer_puts(&v->out, "\ncase entries\n");
	for (unsigned n = v->f->level_count; n-- > 0;) {
		uint64_t e[2] = {0, 0};

		put_entry(v, n, e);
		put_rows(v, n, put_pages(v, n) == 0);
		if (ptg_encode_table(&v->s, n, vectors_some_pa(v->f->pa_bits, 16), e) == PTG_OK) {
			put_entry(v, n, e);
			put_flipped(v, n, e);
		}
	}
}

/* --- walks --------------------------------------------------------------------------------- */

static bool read_before(const struct vectors *v, unsigned i)
{
	for (unsigned n = 0; n < i; n++)
		if (v->read[n] == v->read[i])
			return true;
	return false;
}

/* log2 of so many bytes. */
static unsigned lg2_of(unsigned bytes)
{
	return bytes == 16 ? 4 : bytes == 8 ? 3 : bytes == 4 ? 2 : 1;
}

void vectors_memory(struct vectors *v, const struct ptg_space *s, unsigned lg2)
{
	unsigned count = v->reads;

	for (unsigned i = 0; i < count; i++) {
		unsigned width = lg2 == VECTORS_AS_READ ? lg2_of(v->read_bytes[i]) : lg2;
		uint64_t e[2] = {0, 0};

		if (read_before(v, i) || ptg_load_(s, v->read[i], width, e) != 0)
			continue;
		if (lg2 == VECTORS_AS_READ)
			buffer_printf(&v->out, "mem%u 0x%" PRIx64 " 0x%" PRIx64, 8u << width, v->read[i], e[0]);
		else
			buffer_printf(&v->out, "mem 0x%" PRIx64 " 0x%" PRIx64, v->read[i], e[0]);
		if (width == 4)
			buffer_printf(&v->out, " 0x%" PRIx64, e[1]);
		buffer_puts(&v->out, "\n");
	}
	v->reads = 0;
}

static const struct { const char *word; unsigned access; } accesses[] = {
	{"look", PTG_LOOK}, {"ur", PTG_READ | PTG_USER}, {"uw", PTG_WRITE | PTG_USER}, {"ux", PTG_EXEC | PTG_USER},
	{"sr", PTG_READ}, {"sw", PTG_WRITE}, {"sx", PTG_EXEC},
};

/* Of a pair, the stage that decided. */
static const struct ptg_format *deciding(const struct vectors *v, const struct ptg_translation *t)
{
	return v->f->stage[0] ? v->f->stage[t->stage == 2] : v->f;
}

static void put_access(struct vectors *v, unsigned n, uint64_t va)
{
	const struct ptg_format *f;
	struct ptg_translation t;
	char stage[8] = "";

	ptg_translate(&v->s, va, accesses[n].access, &t);
	f = deciding(v, &t);
	if (v->f->stage[0])
		snprintf(stage, sizeof(stage), "s%u.", t.stage);
	buffer_printf(&v->out, "%s 0x%" PRIx64, accesses[n].word, va);
	if (t.fault) {
		buffer_printf(&v->out, " ! %s%s class %s", stage, fault_name(f, t.fault, t.rule), text_fault_class(t.fault));
	} else {
		buffer_printf(&v->out, " = 0x%" PRIx64 " size 0x%" PRIx64, t.pa, (uint64_t)1 << (t.page_lg2 & 63));
		put_rights(&v->out, t.rights);
	}
	put_rule(v, f, t.rule);
}

void vectors_look(struct vectors *v, uint64_t va)
{
	put_access(v, 0, va);
}

void vectors_accesses(struct vectors *v, uint64_t va)
{
	for (unsigned i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++)
		put_access(v, i, va);
}

/* The same page with each bit of its entry flipped; entries of 128 bits by halves. */
static void put_broken(struct vectors *v, uint64_t va, unsigned lg2, const char *size)
{
	struct ptg_translation t;
	unsigned bytes;

	if (ptg_translate(&v->s, va, PTG_LOOK, &t) != PTG_F_NONE)
		return;
	bytes = 1u << v->f->levels[t.level].entry_lg2;
	for (unsigned bit = 0; bit < bytes * 8; bit++) {
		unsigned at = v->f->flags & PTG_FORMAT_BIG ? bytes - 1 - bit / 8 : bit / 8;
		unsigned char *p = vectors_byte(v, t.entry_pa + at);

		if (!p)
			return;
		*p ^= (unsigned char)(1u << bit % 8);
		buffer_printf(&v->out, "\ncase a page of %s, bit %u of its entry flipped\nroot 0x%" PRIx64 "\n", size, bit, FIRST);
		v->reads = 0;
		ptg_lookup(&v->s, va, PTG_LOOK);
		vectors_memory(v, &v->s, lg2);
		vectors_look(v, va);
		*p ^= (unsigned char)(1u << bit % 8);
	}
}

/* The most that can be had of such pages. */
bool vectors_map(struct ptg_space *s, uint64_t va, uint64_t pa, uint64_t bytes)
{
	static const unsigned wishes[] = {63, 63 & ~PTG_UX, PTG_UR | PTG_UW | PTG_SR | PTG_SW, 56, 7, PTG_UR | PTG_UW, PTG_SR | PTG_SW, 9};
	uint64_t freed[8];

	const size_t count = sizeof(wishes) / sizeof(wishes[0]);

	/* First with the marks set; a feature that is off may leave no place for them. */
	for (size_t i = 0; i < 2 * count; i++) {
		struct ptg_flush flush = {.table = freed, .table_cap = 8};
		struct ptg_attrs a = {.rights = wishes[i % count] | PTG_ACCESSED | PTG_DIRTY, .care = 63};

		if (i < count)
			a.care |= (text_has_mark(s->format, 1) ? PTG_ACCESSED : 0u) | (text_has_mark(s->format, 2) ? PTG_DIRTY : 0u);
		if (ptg_map(s, va, pa, bytes, &a, PTG_QUIET, &flush) == PTG_OK)
			return true;
	}
	return false;
}

bool vectors_map_page(struct ptg_space *s, uint64_t va, unsigned bits, unsigned lg2, uint64_t *pa)
{
	for (unsigned fewer = 0; fewer < 32 && (!fewer || bits > lg2 + fewer); fewer++) {
		*pa = vectors_some_pa(bits - fewer, lg2);
		if (vectors_map(s, va, *pa, (uint64_t)1 << lg2))
			return true;
	}
	return false;
}

/* A table of nothing is not all zeros in every format. */
static bool clear_first(const struct ptg_space *s)
{
	const struct ptg_root *r = &s->root[0];
	const struct ptg_level *l = &s->format->levels[r->level];
	uint64_t e[2];

	ptg_empty_(s, r->level, e);
	for (uint64_t i = 0; (e[0] | e[1]) && i >> r->index_lg2 == 0; i++)
		if (ptg_store_(s, r->table + (i << (l->entry_lg2 + l->stride_lg2)), l->entry_lg2, e))
			return false;
	return true;
}

bool vectors_start(struct vectors *v, struct ptg_space *s, const struct ptg_format *f, uint64_t first)
{
	vectors_pool(v, first);
	return ptg_space_init(s, f, &ptg_generic_walker, &v->mapper, first) == PTG_OK && clear_first(s);
}

/* An address with a pattern in it, at the beginning of a page. */
uint64_t vectors_va(const struct ptg_space *s, unsigned page_lg2)
{
	const struct ptg_root *r = &s->root[0];
	unsigned bits = s->format->va_bits > 63 ? 63 : s->format->va_bits;
	unsigned reach = r->va_lg2 - r->index_lg2 + ptg_highest_bit_(r->index_last + UINT64_C(1));

	if (bits > reach)
		bits = reach;
	return UINT64_C(0x1b6d1b6d1b6d1b6d) & ptg_mask_(bits - 1u) & ~ptg_mask_(page_lg2);
}

static bool one_width(const struct ptg_format *f)
{
	for (unsigned i = 1; i < f->level_count; i++)
		if (f->levels[i].entry_lg2 != f->levels[0].entry_lg2)
			return false;
	return true;
}

static void put_walks(struct vectors *v, unsigned page_lg2)
{
	unsigned lg2 = one_width(v->f) ? v->f->levels[0].entry_lg2 : VECTORS_AS_READ, bits = v->f->va_bits > 63 ? 63 : v->f->va_bits;
	uint64_t va, at, pa;
	char size[24];

	if (page_lg2 >= bits)
		return;
	vectors_empty(v);
	if (!vectors_start(v, &v->s, v->f, FIRST))
		return;
	va = vectors_va(&v->s, page_lg2);
	at = va + (0xabc & ptg_mask_(page_lg2));
	if (!vectors_map_page(&v->s, va, v->f->pa_bits, page_lg2, &pa) ||
	    PTG_HIT_LG2(ptg_lookup(&v->s, at, PTG_LOOK)) != page_lg2)
		return;
	text_lg2(page_lg2, size);
	buffer_printf(&v->out, "\ncase a page of %s\nroot 0x%" PRIx64 "\n", size, FIRST);
	v->reads = 0;
	ptg_lookup(&v->s, at, PTG_LOOK);
	vectors_memory(v, &v->s, lg2);
	vectors_accesses(v, at);
	put_broken(v, at, lg2, size);
}

const char *emit_vectors(struct arena *a, const struct plan *p)
{
	struct vectors *v = arena_alloc(a, sizeof(*v));

	memset(v, 0, sizeof(*v));
	buffer_init(&v->out, a);
	v->f = &p->format;
	v->mapper = (struct ptg_mapper){.ops = &ops, .priv = v};
	buffer_printf(&v->out, "# Vectors of %s, made by ptgen.  Features, parameters and contexts have their defaults.\n", p->format.name);
	buffer_puts(&v->out, "# root: address of the first table.  mem: an entry in memory.  = where it leads, ! the fault.\n");
	buffer_printf(&v->out, "format %s\n", p->format.name);
	if (p->stage[0]) {
		vectors_pair(v);
		return buffer_text(&v->out);
	}
	if (ptg_space_setup(&v->s, v->f, &ptg_generic_walker, &v->mapper) != PTG_OK)
		return buffer_text(&v->out);
	put_entries(v);
	for (unsigned lg2 = 0; lg2 < 63; lg2++)
		if (v->f->page_sizes >> lg2 & 1)
			put_walks(v, lg2);
	return buffer_text(&v->out);
}
