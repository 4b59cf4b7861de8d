/* SPDX-License-Identifier: MIT */
/*
 * test_format_walk.c - every format on memory that makes no sense (laws 1 and 9)
 *
 * Tables of entries that are half good, half broken, at random addresses, under
 * random features, parameters, contexts and roots.  Nothing is known of what comes
 * out, except that every way to ask gives the same answer: the digested walk
 * and the long one, lookup and translate, through a window and through bytes, a
 * cursor with and without its memory, and the visitor.
 */
#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "gen/load.h"
#include "runtime/ptg_core.h"
#include "tests/unit/model.h"

#define RAM (UINT64_C(1) << 18)

static uint8_t ram[RAM] __attribute__((aligned(65536)));
static glob_t files;

static int read_ram(void *priv, uint64_t pa, void *dst, size_t n)
{
	(void)priv;
	if (pa >= RAM || n > RAM - pa)
		return -1;
	memcpy(dst, ram + pa, n);
	return 0;
}

static const struct ptg_mapper_ops ops = { .read_bytes = read_ram };
static const struct ptg_mapper window = { .window = ram, .window_size = RAM };
static const struct ptg_mapper by_bytes = { .ops = &ops };

struct world {
	const struct ptg_format *f;
	struct ptg_space s, slow, bytes; /* slow: without its digest */
	uint64_t random;
};

static uint64_t draw(struct world *w)
{
	return w->random = model_mix(w->random);
}

/* --- memory -------------------------------------------------------------------- */

static void draw_entry(struct world *w, unsigned level, uint64_t e[2])
{
	struct ptg_attrs a = { .rights = (uint32_t)draw(w) & 0x1ff, .care = (uint32_t)draw(w) & 0x1ff };
	uint64_t how = draw(w), pa = draw(w);
	int err = PTG_E_ATTR;

	e[0] = e[1] = 0;
	if (how % 16 < 9)
		err = ptg_encode_table(&w->s, level, pa % RAM & ~(uint64_t)(how & 32 ? 0xfff : 0x3fff), e);
	for (unsigned tries = 0; err && tries < 4; tries++)
		err = ptg_encode(&w->s, level, pa & ~model_low(w->f->levels[level].shift) & model_low(tries ? 30 : w->f->pa_bits),
				 &a, e);
	if (err)
		e[0] = draw(w), e[1] = draw(w);
	for (how >>= 8; (how & 7) == 7; how >>= 3)
		e[how >> 16 & 1] ^= (uint64_t)1 << (how >> 20 & 63);
	if (how % 64 < 4)
		e[0] = e[1] = 0;
}

static void fill(struct world *w)
{
	uint64_t at = 0;

	while (at < RAM) {
		unsigned level = (unsigned)draw(w) % w->f->level_count, lg2 = w->f->levels[level].entry_lg2;
		uint64_t end = at + 4096;

		for (; at < end; at += (uint64_t)1 << lg2) {
			uint64_t e[2];

			draw_entry(w, level, e);
			ck_assert_int_eq(ptg_store_(&w->s, at, lg2, e), 0);
		}
	}
}

/* --- a space --------------------------------------------------------------------------- */

static void configure(struct world *w)
{
	const struct ptg_format *f = w->f;
	uint64_t config = 0;

	for (unsigned i = 0; i < f->feature_count; i++)
		config |= (uint64_t)(draw(w) & 1 ? f->features[i].on : draw(w) & 1) << i;
	for (unsigned i = 0; i < f->param_count; i++)
		config |= (f->params[i].min + draw(w) % (f->params[i].max - f->params[i].min + 1u)) << f->params[i].shift;
	ck_assert_int_eq(ptg_space_config(&w->s, config), 0);
	if (draw(w) & 1)
		for (unsigned i = 0; i < f->ctx_count; i++)
			ck_assert_int_eq(ptg_space_ctx(&w->s, f->ctx[i].name, draw(w)), 0);
}

static void choose_root(struct world *w)
{
	uint64_t regs[32];

	for (unsigned i = 0; i < 32; i++)
		regs[i] = draw(w) & (draw(w) & 1 ? draw(w) & 0x3ffff : draw(w));
	if (draw(w) & 1 || ptg_set_root(&w->s, regs, (uint32_t)draw(w) | (uint32_t)draw(w)))
		return;
	for (unsigned i = 0; i < 4; i++)
		if (draw(w) & 1)
			w->s.root[i].table = draw(w) % RAM & ~(uint64_t)0xfff;
}

static void copy_space(struct ptg_space *to, const struct ptg_space *s)
{
	memcpy(to, s, sizeof(*to));
}

static void set_up(struct world *w, const struct ptg_format *f, uint64_t seed)
{
	w->f = f;
	w->random = seed;
	ck_assert_int_eq(ptg_space_init(&w->s, f, &ptg_generic_walker, &window, draw(w) % RAM & ~(uint64_t)0x3fff), 0);
	configure(w);
	fill(w);
	choose_root(w);
	copy_space(&w->slow, &w->s);
	w->slow.quick.usable = 0;
	copy_space(&w->bytes, &w->s);
	w->bytes.mapper = &by_bytes;
}

static uint64_t draw_va(struct world *w)
{
	const struct ptg_format *f = w->f;
	uint64_t va = draw(w), how = draw(w);

	if (how & 1)
		va &= draw(w);
	if (how & 14)
		va &= model_low(f->va_bits);
	if ((how & 48) && f->va_check != PTG_VA_ZERO && va >> (f->va_bits - 1) & 1)
		va |= ~model_low(f->va_bits);
	return va;
}

/* --- the same answer, however one asks ------------------------------------------------------ */

static void same_answer(const struct ptg_translation *a, const struct ptg_translation *b, const char *what)
{
	ck_assert_msg(a->fault == b->fault && a->rule == b->rule && a->pa == b->pa && a->entry == b->entry &&
		      a->entry_hi == b->entry_hi && a->entry_pa == b->entry_pa && a->level == b->level &&
		      a->page_lg2 == b->page_lg2 && a->contig_lg2 == b->contig_lg2 && a->rights == b->rights &&
		      a->memtype == b->memtype && a->key == b->key && a->space == b->space && a->stage == b->stage,
		      "%s: fault %u/%u rule %u/%u pa %#llx/%#llx entry %#llx/%#llx rights %#x/%#x level %u/%u", what,
		      a->fault, b->fault, a->rule, b->rule, (unsigned long long)a->pa, (unsigned long long)b->pa,
		      (unsigned long long)a->entry, (unsigned long long)b->entry, a->rights, b->rights, a->level, b->level);
}

static void same_hit(struct ptg_hit h, const struct ptg_translation *t, const char *what)
{
	struct ptg_hit want = ptg_hit_of_(t);

	ck_assert_msg(h.pa == want.pa && h.info == want.info, "%s: lookup %#llx %#llx, translate %#llx %#llx", what,
		      (unsigned long long)h.pa, (unsigned long long)h.info, (unsigned long long)want.pa,
		      (unsigned long long)want.info);
}

static void ask(struct world *w, uint64_t va, unsigned access)
{
	struct ptg_translation a, b, c;
	enum ptg_fault fault = ptg_translate(&w->s, va, access, &a);

	ck_assert_uint_eq(a.fault, fault);
	ck_assert(!fault == (a.fault == PTG_F_NONE));
	if (fault)
		ck_assert_uint_eq(a.pa, 0);
	if (fault && a.rule && w->f->rules[a.rule].fault_class) /* a table kind that leads nowhere has no class */
		ck_assert_msg(w->f->rules[a.rule].fault_class == a.fault, "%s: rule %s class %u",
			      w->f->name, w->f->rules[a.rule].name, a.fault);
	ptg_translate(&w->slow, va, access, &b);
	same_answer(&a, &b, w->f->name);
	ptg_translate(&w->bytes, va, access, &c);
	same_answer(&a, &c, w->f->name);
	same_hit(ptg_lookup(&w->s, va, access), &a, w->f->name);
	same_hit(ptg_lookup(&w->slow, va, access), &a, w->f->name);
	same_hit(ptg_lookup(&w->bytes, va, access), &a, w->f->name);
}

/* --- ranges ------------------------------------------------------------------------------------ */

static void check_end(struct world *w, const struct ptg_run *r, uint64_t va)
{
	struct ptg_translation t;

	ptg_translate(&w->slow, va, PTG_LOOK, &t);
	ck_assert_msg(r->mapped == !t.fault && r->rule == t.rule &&
		      (t.fault || (r->pa + (va - r->va) == t.pa && r->rights == t.rights && r->memtype == t.memtype &&
				   r->page_lg2 == t.page_lg2)),
		      "%s: run %#llx..%#llx at %#llx: mapped %u fault %u rule %u/%u pa %#llx/%#llx lg2 %u/%u", w->f->name,
		      (unsigned long long)r->va, (unsigned long long)r->last, (unsigned long long)va, r->mapped, t.fault,
		      r->rule, t.rule, (unsigned long long)(r->pa + (va - r->va)), (unsigned long long)t.pa, r->page_lg2,
		      t.page_lg2);
}

struct holes { const struct ptg_run *run; unsigned n, at; struct world *w; };

static enum ptg_verdict next_leaf(void *arg, struct ptg_visit *v)
{
	struct holes *h = arg;

	if (v->is_table)
		return PTG_GO;
	ck_assert_uint_lt(h->at, h->n);
	ck_assert_msg(v->va == h->run[h->at].va && v->rule == h->run[h->at].rule &&
		      (v->entry == h->run[h->at].entry || h->w->f->rules[v->rule].fault_class == PTG_F_LENGTH),
		      "%s: visit %#llx rule %u entry %#llx, run %#llx rule %u entry %#llx", h->w->f->name,
		      (unsigned long long)v->va, v->rule, (unsigned long long)v->entry,
		      (unsigned long long)h->run[h->at].va, h->run[h->at].rule, (unsigned long long)h->run[h->at].entry);
	h->at++;
	return h->at == h->n ? PTG_STOP : PTG_GO;
}

static void tour(struct world *w, uint64_t va)
{
	static struct ptg_run runs[400];
	struct ptg_cursor c, slow;
	struct ptg_run other;
	unsigned n = 0;
	struct holes h;
	struct ptg_visitor v = { next_leaf, next_leaf, NULL };
	int got, err;

	ck_assert_int_eq(ptg_cursor_init(&c, &w->s, va, UINT64_MAX), 0);
	ck_assert_int_eq(ptg_cursor_init(&slow, &w->slow, va, UINT64_MAX), 0);
	while (n < 400 && (got = ptg_next(&c, &runs[n])) == 1) {
		ck_assert_uint_eq(runs[n].va, n ? runs[n - 1].last + 1 : va);
		check_end(w, &runs[n], runs[n].va);
		check_end(w, &runs[n], runs[n].last);
		ck_assert_int_eq(ptg_next(&slow, &other), 1);
		ck_assert_uint_eq(other.last, runs[n].last);
		n++;
	}
	if (n < 400)
		ck_assert_uint_eq(runs[n - 1].last, UINT64_MAX);
	if (w->s.root[0].flags & PTG_ROOT_BYPASS || w->s.root[1].flags & PTG_ROOT_BYPASS)
		return;
	h = (struct holes){ runs, n, 0, w };
	err = ptg_walk(&w->slow, va, UINT64_MAX, &v, &h);
	ck_assert_int_eq(err, PTG_E_STOPPED);
	ck_assert_uint_eq(h.at, n);
}

static void one_format(const struct ptg_format *f, uint64_t seed)
{
	static struct world w;

	set_up(&w, f, seed);
	for (unsigned n = 0; n < 1000; n++)
		ask(&w, draw_va(&w), (unsigned)draw(&w) & 15);
	for (unsigned n = 0; n < 6; n++)
		tour(&w, draw_va(&w) & ~(uint64_t)0xff);
	tour(&w, UINT64_MAX - 5);
	tour(&w, 0);
}

/* Both stages in the same memory: tables of one are anything to the other. */
static void one_pair(const struct plan *p, uint64_t seed)
{
	static struct world first, second;
	struct ptg_space s;
	struct ptg_cursor c;
	struct ptg_run r;

	set_up(&second, &p->stage[1]->format, seed);
	set_up(&first, &p->stage[0]->format, seed * 3);
	ck_assert_int_eq(ptg_space_pair(&s, &p->format, NULL, &first.s, &second.s), 0);
	for (unsigned n = 0; n < 1000; n++) {
		struct ptg_translation t;
		uint64_t va = draw_va(&first);
		unsigned access = (unsigned)draw(&first) & 15;
		enum ptg_fault fault = ptg_translate(&s, va, access, &t);

		same_hit(ptg_lookup(&s, va, access), &t, p->format.name);
		if (fault)
			continue;
		ck_assert_uint_eq(t.stage, 1);
	}
	ck_assert_int_eq(ptg_cursor_init(&c, &s, 0, UINT64_MAX), 0);
	for (unsigned n = 0; n < 300 && ptg_next(&c, &r) == 1; n++) {
		struct ptg_translation t;

		ptg_translate(&s, r.last, PTG_LOOK, &t);
		ck_assert_int_eq(r.mapped, !t.fault);
		if (r.mapped)
			ck_assert_uint_eq(t.pa, r.pa + (r.last - r.va));
	}
}

START_TEST(format)
{
	static const struct load_options none;
	struct arena *arena = arena_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, arena, files.gl_pathv[_i], NULL, &none), 0);
	for (unsigned i = 0; i < load.plan_count; i++)
		for (uint64_t seed = 1; seed <= 3; seed++) {
			if (load.plan[i]->stage[0])
				one_pair(load.plan[i], seed);
			else
				one_format(&load.plan[i]->format, seed);
		}
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("format walk");
	TCase *c = tcase_create("on any memory");
	SRunner *r;
	int failed;

	if (glob("formats/*.pt", 0, NULL, &files))
		return EXIT_FAILURE;
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, format, 0, (int)files.gl_pathc);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
