/* SPDX-License-Identifier: MIT */
/*
 * diff.c - generated = generic, on random memory, for every format
 *
 *   diff [-r ROUNDS] [-s SEED] [FORMAT...]
 *
 * A round fills a small memory with entries that are likely to lead somewhere
 * (and with plain noise), sets random features, contexts and roots, and asks both
 * walkers about random addresses.  Every member of every answer must agree.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/ptg.h"
#include "runtime/ptg_core.h"

#define POOL (512u << 10)
#define ASKED 1500u

#define X(name) extern const struct ptg_format name##_format; extern const struct ptg_walker name##_walker;
#include "formats.def"
#undef X

static const struct entry {
	const char *name;
	const struct ptg_format *format;
	const struct ptg_walker *walker;
} formats[] = {
#define X(name) { #name, &name##_format, &name##_walker },
#include "formats.def"
#undef X
};
#define FORMATS (sizeof(formats) / sizeof(*formats))

/* --- chance ------------------------------------------------------------------- */

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(unsigned n)
{
	return (unsigned)(any() >> 33) % n;
}

static bool chance(unsigned percent)
{
	return below(100) < percent;
}

/* --- memory -------------------------------------------------------------------- */

struct memory {
	unsigned char *bytes;
	uint64_t base;
};
static struct memory memory;

/* Only beyond the window. */
static int write_bytes(void *priv, uint64_t pa, const void *src, size_t n)
{
	struct memory *m = priv;

	if (pa - m->base >= POOL || POOL - (pa - m->base) < n)
		return -1;
	memcpy(m->bytes + (pa - m->base), src, n);
	return 0;
}

static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct memory *m = priv;

	if (pa - m->base >= POOL || POOL - (pa - m->base) < n)
		return -1;
	memcpy(dst, m->bytes + (pa - m->base), n);
	return 0;
}

static int cas(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	struct memory *m = priv;
	uint64_t now = 0;

	if (pa - m->base >= POOL || POOL - (pa - m->base) < bytes)
		return -1;
	memcpy(&now, m->bytes + (pa - m->base), bytes);
	if (now != *expected) {
		*expected = now;
		return 0;
	}
	memcpy(m->bytes + (pa - m->base), &desired, bytes);
	return 1;
}

static const struct ptg_mapper_ops ops = { .read_bytes = read_bytes, .write_bytes = write_bytes, .cas = cas };

static uint64_t some_table(unsigned lg2)
{
	return memory.base + (any() % POOL & ~((UINT64_C(1) << lg2) - 1));
}

/* --- likely entries ---------------------------------------------------------------- */

static void put_bits(uint64_t e[2], unsigned lo, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width && lo + i < 128; i++) {
		uint64_t bit = UINT64_C(1) << (lo + i) % 64;

		e[(lo + i) / 64] &= ~bit;
		if (i < 64 && (value >> i & 1))
			e[(lo + i) / 64] |= bit;
	}
}

static void put_pieces(const struct ptg_format *f, unsigned first, unsigned count, uint64_t pa, uint64_t e[2])
{
	for (unsigned i = 0; i < count; i++) {
		const struct ptg_piece *p = &f->pieces[first + i];

		if (p->width && p->dst_lo < 64)
			put_bits(e, p->src_lo, p->width, pa >> p->dst_lo);
	}
}

/* A row whose kind leads on or is a page, mostly. */
static const struct ptg_row *likely_row(const struct ptg_format *f)
{
	const struct ptg_row *r = NULL;

	for (unsigned i = 0; i < 12; i++) {
		r = &f->rows[below(f->row_count)];
		if (f->kinds[r->kind].role == (i & 1 ? PTG_ROLE_PAGE : PTG_ROLE_TABLE) || chance(4))
			break;
	}
	return r;
}

static void likely_entry(const struct ptg_format *f, uint64_t e[2])
{
	const struct ptg_row *r = likely_row(f);
	const struct ptg_kind *k = &f->kinds[r->kind];
	uint64_t pa = some_table(chance(80) ? 12 : below(16));

	e[0] = chance(30) ? 0 : any();
	e[1] = chance(50) ? 0 : any();
	if (chance(20))
		e[0] = ~UINT64_C(0);
	if (k->addr_simple) {
		e[0] = (e[0] & ~k->addr_mask) | (pa << k->addr_shr >> k->addr_shl & k->addr_mask);
	} else {
		put_pieces(f, k->piece_first, k->piece_count, pa, e);
		for (unsigned i = 0; i < k->next_count; i++)
			put_pieces(f, f->nexts[k->next_first + i].piece_first, f->nexts[k->next_first + i].piece_count,
				   some_table(8), e);
	}
	if (chance(85)) {
		e[0] = (e[0] & ~k->zero) | k->one;
		e[1] = (e[1] & ~k->zero_hi) | k->one_hi;
		for (unsigned i = 0; i < 3; i++) {
			e[0] &= ~k->zero_cfg[i];
			e[1] &= ~k->zero_cfg_hi[i];
		}
	}
	if (chance(85) && k->role == PTG_ROLE_PAGE)
		e[0] &= ~k->low_mask;
	if (chance(70) && k->encodable) {
		e[0] = (e[0] & (k->addr_mask | k->rights_mask | k->soft)) | k->base;
		if (k->role == PTG_ROLE_TABLE)
			e[0] |= k->neutral;
	}
	if (chance(50)) {
		e[0] |= k->accessed_mask & k->accessed_value;
		e[0] |= k->dirty_mask & k->dirty_value;
	}
	e[0] = (e[0] & ~r->mask) | r->value;
	e[1] = (e[1] & ~r->mask_hi) | r->value_hi;
}

static void fill(const struct ptg_format *f)
{
	unsigned lg2 = f->levels[below(f->level_count)].entry_lg2, bytes = 1u << lg2;
	bool big = f->flags & PTG_FORMAT_BIG;

	for (size_t at = 0; at < POOL; at += bytes) {
		uint64_t e[2] = { any(), any() };

		if (chance(96) && f->row_count)
			likely_entry(f, e);
		for (unsigned i = 0; i < bytes; i++) {
			unsigned from = big ? bytes - 1 - i : i;

			memory.bytes[at + i] = (unsigned char)(e[from / 8] >> 8 * (from % 8));
		}
	}
}

/* --- spaces --------------------------------------------------------------------------- */

static void random_config(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	uint64_t config0 = f->default_config0;

	if (chance(70))
		for (unsigned i = 0; i < f->feature_count; i++)
			if (chance(30))
				config0 ^= UINT64_C(1) << i;
	for (unsigned i = 0; i < f->param_count; i++) {
		const struct ptg_param_def *p = &f->params[i];

		if (chance(40)) {
			config0 &= ~(UINT64_C(0xff) << p->shift);
			config0 |= (uint64_t)(p->min + below(p->max - p->min + 1u)) << p->shift;
		}
	}
	ptg_space_config(s, config0);
	for (unsigned i = 0; i < f->ctx_count; i++)
		if (chance(40))
			ptg_space_ctx(s, f->ctx[i].name, chance(50) ? below(4) : any());
}

/* A rule that is a fault. */
static uint8_t some_rule(const struct ptg_format *f)
{
	unsigned rule = below(f->rule_count);

	return (uint8_t)(f->rules[rule].fault_class ? rule : 1);
}

/* Only roots of such formats have a part of an index. */
static bool limited(const struct ptg_format *f)
{
	for (unsigned i = 0; i < f->root_count; i++)
		if (f->roots[i].limit_hi != PTG_NONE)
			return true;
	return false;
}

/* A root that is likely to be walked: in the pool, sometimes started lower or damaged. */
static void plain_root(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;

	for (unsigned i = 0; i < 4; i++) {
		struct ptg_root *r = &s->root[i];
		unsigned level = chance(70) ? f->top : below(f->level_count);
		const struct ptg_level *l = &f->levels[level];

		r->table = some_table(chance(90) ? 12 : 0);
		r->level = (uint8_t)level;
		r->index_lg2 = (uint8_t)(chance(80) ? l->width : below(14));
		r->va_lg2 = (uint8_t)(f->flags & PTG_FORMAT_DYNAMIC ? f->va_bits
				      : level == f->top && chance(80) ? f->va_bits : l->shift + r->index_lg2);
		r->flags = (uint8_t)(PTG_ROOT_VALID | (chance(10) ? below(64) << PTG_ROOT_DENY_SHIFT : 0) |
				     (chance(2) ? PTG_ROOT_BYPASS : 0));
		r->index_first = 0;
		r->index_last = (uint32_t)ptg_mask_(r->index_lg2);
		if (limited(f) && chance(10)) {
			r->index_first = below(8);
			r->index_last = below(512);
		}
		r->rule = some_rule(f);
		r->limit_rule = some_rule(f);
		r->config_rule = some_rule(f);
		r->va_ignore = chance(90) ? 0 : any() << 48;
		if (chance(3))
			r->level = (uint8_t)below(16);
		if (chance(3))
			r->flags = (uint8_t)any();
	}
}

static void random_root(struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	uint64_t regs[32];
	unsigned i;

	for (i = 0; i < 32; i++)
		regs[i] = chance(30) ? any() : (any() & UINT64_C(0xff0000000000ffff)) | some_table(12);
	ptg_set_root(s, regs, ~(uint32_t)0);
	if (chance(60))
		for (i = 0; i < 4; i++) /* decoded, but in the pool */
			s->root[i].table = some_table(12);
	if (chance(40) || !f->root_count)
		plain_root(s);
}

static uint64_t random_address(const struct ptg_space *s)
{
	const struct ptg_format *f = s->format;
	uint64_t va = any();
	unsigned bits = s->root[0].va_lg2 && chance(50) ? s->root[0].va_lg2 : f->va_bits;

	if (chance(8) || bits >= 64)
		return va;
	va &= (UINT64_C(1) << bits) - 1;
	if (f->va_check == PTG_VA_SIGN && bits && (va >> (bits - 1) & 1))
		va |= ~((UINT64_C(1) << bits) - 1);
	if (f->va_check == PTG_VA_ROOT && chance(50))
		va |= ~((UINT64_C(1) << bits) - 1);
	return va;
}

/* --- comparing ---------------------------------------------------------------------------- */

static void show(const char *who, const struct ptg_space *s, const struct ptg_translation *t)
{
	const struct ptg_format *f = s->stage[0] ? s->stage[t->stage == 2]->format : s->format;

	printf("  %-9s fault %u rule %u (%s) level %u pa 0x%" PRIx64 " entry 0x%" PRIx64 ":%" PRIx64 " at 0x%" PRIx64
	       " rights 0x%x lg2 %u contig %u mt 0x%x key %u stage %u space %u\n",
	       who, t->fault, t->rule, t->rule < f->rule_count ? f->rules[t->rule].name : "?", t->level, t->pa, t->entry_hi,
	       t->entry, t->entry_pa, t->rights, t->page_lg2, t->contig_lg2, t->memtype, t->key, t->stage, t->space);
}

static bool same(const struct ptg_translation *a, const struct ptg_translation *b)
{
	return a->pa == b->pa && a->entry == b->entry && a->entry_hi == b->entry_hi && a->entry_pa == b->entry_pa &&
	       a->rights == b->rights && a->memtype == b->memtype && a->rule == b->rule && a->fault == b->fault &&
	       a->level == b->level && a->page_lg2 == b->page_lg2 && a->contig_lg2 == b->contig_lg2 && a->key == b->key &&
	       a->stage == b->stage && a->space == b->space;
}

static unsigned long pages, asked;

static bool ask(const struct entry *e, const struct ptg_space *s, uint64_t va, unsigned access)
{
	struct ptg_translation generic, generated;
	struct ptg_hit hit, slow;

	memset(&generated, 0x55, sizeof(generated));
	ptg_translate_(s, va, access, &generic);
	e->walker->translate(s, va, access, &generated);
	asked++;
	pages += !generic.fault;
	if (!same(&generic, &generated)) {
		printf("%s: translate va 0x%" PRIx64 " access %u differs\n", e->name, va, access);
		show("generic", s, &generic);
		show("generated", s, &generated);
		return false;
	}
	slow = ptg_lookup_(s, va, access);
	hit = e->walker->lookup(s, va, access);
	if (hit.pa != slow.pa || hit.info != slow.info) {
		printf("%s: lookup va 0x%" PRIx64 " access %u: generic 0x%" PRIx64 " %016" PRIx64 ", generated 0x%" PRIx64
		       " %016" PRIx64 "\n", e->name, va, access, slow.pa, slow.info, hit.pa, hit.info);
		return false;
	}
	return true;
}

static bool same_update(const struct entry *e, struct ptg_space *s)
{
	struct ptg_space other = *s;

	ptg_update_(&other);
	if (memcmp(other.config, s->config, sizeof(s->config)) == 0 && memcmp(other.rights, s->rights, sizeof(s->rights)) == 0)
		return true;
	printf("%s: update differs: config0 0x%" PRIx64 "\n", e->name, s->config[0]);
	return false;
}

static bool many(const struct entry *e, const struct ptg_space *s, unsigned access)
{
	uint64_t va[200];
	struct ptg_hit hit[200];
	size_t n = below(200), i, good = 0;

	for (i = 0; i < n; i++)
		va[i] = i && chance(30) ? va[i - 1] + 4096 : random_address(s->stage[0] ? s->stage[0] : s);
	i = ptg_lookup_many(s, va, n, access, hit);
	for (size_t j = 0; j < n; j++) {
		struct ptg_hit one = ptg_lookup_(s, va[j], access);

		good += !PTG_HIT_FAULT(one);
		if (one.pa != hit[j].pa || one.info != hit[j].info) {
			printf("%s: lookup_many differs at 0x%" PRIx64 "\n", e->name, va[j]);
			return false;
		}
	}
	return i == good;
}

/* An access that marks: the same answer, and the same marks in memory. */
static bool access_marks(const struct entry *e, const struct ptg_space *s, uint64_t va, unsigned access)
{
	static unsigned char before[POOL], after[POOL];
	struct ptg_translation generic, generated;
	bool ok;

	memcpy(before, memory.bytes, POOL);
	ptg_access_mem_(s, va, access, &generic);
	memcpy(after, memory.bytes, POOL);
	memcpy(memory.bytes, before, POOL);
	memset(&generated, 0x55, sizeof(generated));
	e->walker->access_mem(s, va, access, &generated);
	ok = same(&generic, &generated) && memcmp(after, memory.bytes, POOL) == 0;
	if (!ok) {
		printf("%s: access_mem va 0x%" PRIx64 " access %u differs\n", e->name, va, access);
		show("generic", s, &generic);
		show("generated", s, &generated);
	}
	return ok;
}

static void set_up(const struct entry *e, struct ptg_space *s, const struct ptg_mapper *m)
{
	if (ptg_space_setup(s, e->format, e->walker, m) != PTG_OK) {
		printf("%s: cannot be set up\n", e->name);
		exit(1);
	}
	random_config(s);
	random_root(s);
}

static const struct entry *entry_of(const struct ptg_format *f)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].format == f)
			return &formats[i];
	return NULL;
}

static bool round_of(const struct entry *e)
{
	struct ptg_mapper m = { .ops = &ops, .priv = &memory };
	struct ptg_space s, stage[2];
	const struct ptg_format *first = e->format->stage[0] ? e->format->stage[0] : e->format;

	memory.base = chance(50) ? 0 : (any() & UINT64_C(0x3ffff000));
	if (chance(80)) {
		m.window = memory.bytes;
		m.window_pa = memory.base;
		m.window_size = chance(30) ? POOL : POOL / 4 * 3;
	}
	fill(first);
	if (e->format->stage[0]) {
		for (unsigned i = 0; i < 2; i++)
			set_up(entry_of(e->format->stage[i]), &stage[i], &m);
		if (chance(50)) /* second stage: the address itself, so that the first gets somewhere */
			for (unsigned i = 0; i < 4; i++)
				stage[1].root[i].flags = PTG_ROOT_VALID | PTG_ROOT_BYPASS;
		if (ptg_space_pair(&s, e->format, e->walker, &stage[0], &stage[1]) != PTG_OK)
			return false;
	} else {
		set_up(e, &s, &m);
		if (!same_update(e, &s))
			return false;
	}
	for (unsigned i = 0; i < ASKED; i++)
		if (!ask(e, &s, random_address(e->format->stage[0] ? &stage[0] : &s), below(16)))
			return false;
	for (unsigned i = 0; i < 25; i++)
		if (!access_marks(e, &s, random_address(e->format->stage[0] ? &stage[0] : &s), below(16)))
			return false;
	return many(e, &s, below(16));
}

static bool wanted(int argc, char **argv, int from, const char *name)
{
	if (from >= argc)
		return true;
	for (int i = from; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	unsigned rounds = 40, bad = 0;
	uint64_t seed = 1;
	int i = 1;

	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (argv[i][1] == 'r')
			rounds = (unsigned)strtoul(argv[i + 1], NULL, 0);
		else
			seed = strtoull(argv[i + 1], NULL, 0);
	}
	memory.bytes = aligned_alloc(1 << 16, POOL);
	for (size_t n = 0; n < FORMATS; n++) {
		if (!wanted(argc, argv, i, formats[n].name))
			continue;
		pages = asked = 0;
		state = seed * UINT64_C(0x9e3779b97f4a7c15) + n;
		for (unsigned r = 0; r < rounds; r++)
			if (!round_of(&formats[n])) {
				printf("%s: round %u\n", formats[n].name, r);
				bad++;
				break;
			}
		printf("diff: %-24s %8lu addresses, %5.1f %% pages\n", formats[n].name, asked,
		       asked ? 100.0 * (double)pages / (double)asked : 0.0);
	}
	free(memory.bytes);
	printf("diff: %s\n", bad ? "generated and generic differ" : "ok");
	return bad != 0;
}
