/* SPDX-License-Identifier: MIT */
/*
 * test_space_glimpse.c - what hardware may see at any moment while tables change
 *
 * Memory is reached entry by entry, and after each store, sync, flush, allocation and free some addresses are
 * translated by three walkers: one that snoops, one that sees what was synced alone, and one whose cache
 * holds some lines of either.  Each finds what was there before the call or what the call was to leave, in
 * break-before-make formats perhaps nothing, and where entries of 128 bits change what they lead to; never anything
 * else.  Afterwards all three agree.  Every shipped
 * format, both halves where one table serves them, every flag with every other.  PTG_GLIMPSE_STEPS=N, PTG_SEED=N,
 * PTG_FORMAT=name, PTG_TRACE=1.
 */
#include <glob.h>

#include "tests/unit/space.h"

#define PROBES 10
#define PIECES 4

struct answer { uint64_t pa; unsigned rights, lg2; bool there; };

struct glimpse {
	struct rig *r;
	uint8_t *seen;           /* memory as it was synced */
	struct ptg_space hw[2];  /* without snooping; some lines early */
	struct ptg_mapper m[2];
	struct ptg_mapper_ops ops[2];
	uint64_t lines;          /* which are early: a hash with this key */
	uint64_t probe[PROBES];
	struct answer old[PROBES], new[PROBES];
	bool on, bbm;
	unsigned gap_lg2, wide_lg2; /* below an entry of two words, smaller pages may be gone before what replaces them is there */
	uint64_t small, base, top, pa_top, spot[3];
	struct ptg_attrs attr[8];
	unsigned attrs, done, refused;
	uint64_t step, seed;
	const char *name;
	char op[200];
	bool trace;
};

#define SAY(g, cond, ...) do { \
	if (!(cond)) { \
		char say_[256]; \
		snprintf(say_, sizeof(say_), __VA_ARGS__); \
		ck_abort_msg("%s seed %llu step %llu, %s: %s", (g)->name, (unsigned long long)(g)->seed, \
			     (unsigned long long)(g)->step, (g)->op, say_); \
	} } while (0)

static uint64_t pick(struct glimpse *g, uint64_t n)
{
	return rig_random(g->r) % n;
}

/* --- the three walkers ------------------------------------------------------------------------- */

static int read_synced(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct glimpse *g = priv;

	if (!rig_at(g->r, pa, n))
		return -1;
	memcpy(dst, g->seen + (pa - RIG_BASE), n);
	return 0;
}

static int read_early(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct glimpse *g = priv;
	uint64_t line = (pa / 64 + g->lines) * UINT64_C(0x9e3779b97f4a7c15);

	if (!rig_at(g->r, pa, n))
		return -1;
	memcpy(dst, (line >> 40 & 1 ? g->r->mem : g->seen) + (pa - RIG_BASE), n);
	return 0;
}

static struct answer ask(const struct ptg_space *s, uint64_t va)
{
	struct ptg_translation t;
	bool there = ptg_translate(s, va, PTG_LOOK, &t) == PTG_F_NONE;

	return (struct answer){ there ? t.pa : 0, there ? t.rights & 0x3f : 0, t.page_lg2, there };
}

static bool same(struct answer a, struct answer b)
{
	return a.there == b.there && a.pa == b.pa && a.rights == b.rights;
}

static void look(struct glimpse *g, const char *when)
{
	static const char *const who[] = { "snooping", "synced", "early" };
	unsigned i, w;

	if (!g->on)
		return;
	g->on = false;
	g->lines++;
	for (i = 0; i < PROBES; i++)
		for (w = 0; w < 3; w++) {
			struct answer a = ask(w ? &g->hw[w - 1] : &g->r->s, g->probe[i]);

			SAY(g, same(a, g->old[i]) || same(a, g->new[i]) ||
				   (!a.there && g->old[i].there && (g->bbm || g->old[i].lg2 < g->gap_lg2)),
			    "%s, %s: %#llx is at %#llx (%d, rights %#x), was at %#llx (%d, %#x), will be at %#llx (%d, %#x)", when, who[w],
			    (unsigned long long)g->probe[i], (unsigned long long)a.pa, a.there, a.rights, (unsigned long long)g->old[i].pa,
			    g->old[i].there, g->old[i].rights, (unsigned long long)g->new[i].pa, g->new[i].there, g->new[i].rights);
		}
	g->on = true;
}

/* --- the mapper --------------------------------------------------------------------------------- */

static int my_write(void *priv, uint64_t pa, const void *src, size_t n)
{
	struct rig *r = priv;
	int err = rig_write(priv, pa, src, n);

	look(r->more, "a store");
	return err;
}

static int my_cas(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	struct rig *r = priv;
	int done = rig_cas(priv, pa, bytes, expected, desired);
	struct glimpse *g = r->more;

	if (!g->on) /* hardware marks memory, not a cache */
		memcpy(g->seen + (pa - RIG_BASE), rig_at(r, pa, bytes), bytes);
	look(g, "a swap");
	return done;
}

static void my_sync(void *priv, uint64_t pa, size_t n)
{
	struct rig *r = priv;
	struct glimpse *g = r->more;

	rig_sync(priv, pa, n);
	memcpy(g->seen + (pa - RIG_BASE), rig_at(r, pa, n), n);
	look(g, "a sync");
}

static int my_alloc(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct rig *r = priv;
	int err = rig_alloc(priv, bytes, align, level, pa);

	look(r->more, "an allocation");
	return err;
}

static void on_flush(struct rig *r, const struct ptg_flush *f)
{
	(void)f;
	look(r->more, "a flush");
}

static void on_free(struct rig *r, uint64_t pa)
{
	(void)pa;
	look(r->more, "a free");
}

/* --- an operation ---------------------------------------------------------------------------------- */

struct want {
	uint64_t va, len, pa;
	struct ptg_sg sg[PIECES];
	unsigned pieces, flags, attr;
};

static uint64_t any_size(struct glimpse *g)
{
	uint64_t sizes = g->r->s.page_sizes | g->small;
	unsigned bit = (unsigned)pick(g, 64);

	if (pick(g, 3) == 0)
		return g->small;
	while (!(sizes >> (bit & 63) & 1))
		bit++;
	return UINT64_C(1) << (bit & 63);
}

static void random_want(struct glimpse *g, struct want *w)
{
	uint64_t unit = any_size(g), most = pick(g, 8) ? 40 : 300, same_as = pick(g, 4) ? unit : g->small, room;
	unsigned i;

	w->va = g->spot[pick(g, 3)] + (pick(g, 64) - 32) * (pick(g, 2) ? g->small : unit);
	if (pick(g, 2))
		w->va &= ~(unit - 1);
	w->va = (w->va & (g->top - g->base) & ~(g->small - 1)) | g->base;
	w->len = pick(g, 3) ? unit + g->small * pick(g, 3) : g->small * (1 + pick(g, 20));
	if (w->len / g->small > most && unit / g->small > most)
		w->len = unit; /* one page, if it is aligned */
	if (w->len / g->small > most && (w->va & (unit - 1)))
		w->len = most * g->small;
	room = g->top - w->va; /* the last byte of the space included */
	if (w->len - 1 > room)
		w->len = room + 1 ? room + 1 : g->small;
	w->pa = rig_random(g->r) & g->pa_top & ~(g->small - 1);
	w->pa = (w->pa & ~(same_as - 1)) | (w->va & (same_as - 1));
	if (w->pa > g->pa_top - w->len)
		w->pa = w->va & (same_as - 1) & g->pa_top;
	if (w->len / g->small > most && ((w->va ^ w->pa) & (unit - 1)))
		w->len = most * g->small;
	w->attr = (unsigned)pick(g, g->attrs);
	w->pieces = w->len / g->small > 3 && pick(g, 3) == 0 ? 2 + (unsigned)pick(g, PIECES - 1) : 1;
	for (i = 0, room = w->len; i < w->pieces; i++) {
		w->sg[i].len = i + 1 < w->pieces ? (room / g->small / 2) * g->small : room;
		w->sg[i].pa = i && pick(g, 2) ? w->sg[i - 1].pa + w->sg[i - 1].len : i ? w->pa + i * 17 * g->small : w->pa;
		if (w->sg[i].pa > g->pa_top - w->sg[i].len)
			w->sg[i].pa = 0;
		room -= w->sg[i].len;
	}
	for (i = 0; i < w->pieces; i++)
		if (!w->sg[i].len)
			w->pieces = 1, w->sg[0].len = w->len;
	w->flags = (pick(g, 3) ? PTG_SPLIT_OK : 0) | (pick(g, 4) ? 0 : PTG_KEEP_TABLES) | (pick(g, 6) ? 0 : PTG_NO_CONTIG);
}

static struct answer page(const struct glimpse *g, uint64_t pa, unsigned attr)
{
	return (struct answer){ pa, g->attr[attr].rights, 0, true };
}

/* Probes: in and around the range, at its ends, anywhere. */
static void before(struct glimpse *g, const struct want *w)
{
	uint64_t last = w->va + (w->len - 1);
	unsigned i;

	for (i = 0; i < PROBES; i++) {
		uint64_t at = i == 0 ? w->va : i == 1 ? last : i == 2 ? w->va - 1 : i == 3 ? last + 1 : w->va + pick(g, w->len);

		if (i > 6)
			at = w->va + (pick(g, 4096) - 2048) * (i == 7 ? g->small : any_size(g) / (1 + pick(g, 9)));
		g->probe[i] = (at & (g->top - g->base)) | g->base;
		g->new[i] = g->old[i] = ask(&g->r->s, g->probe[i]);
	}
	if (g->trace)
		printf("%llu: %s\n", (unsigned long long)g->step, g->op);
	g->on = true;
}

static void after(struct glimpse *g, const struct want *w, struct ptg_flush *f, int err, bool good)
{
	unsigned i, v;

	(void)w;
	SAY(g, err == PTG_OK || good, "refused with %d", err);
	g->done += err == PTG_OK;
	g->refused += err != PTG_OK;
	if (f)
		rig_flush_f(g->r);
	g->on = false;
	g->gap_lg2 = 0;
	for (i = 0; i < PROBES; i++)
		for (v = 0; v < 3; v++) {
			struct answer a = ask(v ? &g->hw[v - 1] : &g->r->s, g->probe[i]);

			SAY(g, same(a, err ? g->old[i] : g->new[i]), "afterwards (%d, walker %u) %#llx is at %#llx (%d, rights %#x), not %#llx (%d, %#x)",
			    err, v, (unsigned long long)g->probe[i], (unsigned long long)a.pa, a.there, a.rights, (unsigned long long)(err ? g->old : g->new)[i].pa,
			    (err ? g->old : g->new)[i].there, (err ? g->old : g->new)[i].rights);
		}
	SAY(g, !g->r->mapped, "tables stay mapped");
}

static struct ptg_flush *flush_arg(struct glimpse *g)
{
	rig_fresh_flush(g->r);
	if (pick(g, 6) == 0)
		g->r->f.table_cap = (uint32_t)pick(g, 3);
	return pick(g, 6) ? &g->r->f : NULL;
}

static bool inside(const struct want *w, uint64_t va)
{
	return va - w->va < w->len;
}

static void do_map(struct glimpse *g)
{
	static const unsigned ways[] = { 0, PTG_MAP_REPLACE, PTG_MAP_REPLACE, PTG_MAP_KEEP };
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	unsigned i, k;
	int err;

	random_want(g, &w);
	w.flags |= ways[pick(g, 4)] | (pick(g, 6) ? 0 : PTG_COLLAPSE_OK) | (pick(g, 8) ? 0 : PTG_STREAM);
	if (w.len / g->small < 300 && pick(g, 4) == 0)
		w.flags |= PTG_NO_LARGE;
	snprintf(g->op, sizeof(g->op), "map %#llx+%#llx to %#llx in %u, rights %#x, flags %#x, f %d", (unsigned long long)w.va,
		 (unsigned long long)w.len, (unsigned long long)w.sg[0].pa, w.pieces, g->attr[w.attr].rights, w.flags, f != NULL);
	before(g, &w);
	g->on = false;
	for (i = 0; i < PROBES; i++) {
		uint64_t at = w.va;

		for (k = 0; inside(&w, g->probe[i]) && k < w.pieces; at += w.sg[k++].len)
			if (g->probe[i] - at < w.sg[k].len && (!(w.flags & PTG_MAP_KEEP) || !g->old[i].there))
				g->new[i] = page(g, w.sg[k].pa + (g->probe[i] - at), w.attr);
	}
	g->gap_lg2 = w.flags & PTG_MAP_REPLACE ? g->wide_lg2 : 0;
	g->on = true;
	err = w.pieces > 1 || pick(g, 4) == 0 ? ptg_map_sg(&g->r->s, w.va, w.sg, w.pieces, &g->attr[w.attr], w.flags, f)
					      : ptg_map(&g->r->s, w.va, w.pa, w.len, &g->attr[w.attr], w.flags, f);
	after(g, &w, f, err, err == PTG_E_NOMEM || (err == PTG_E_EXISTS && !(w.flags & 3)) || (err == PTG_E_SPLIT && (w.flags & PTG_MAP_REPLACE)));
}

static void do_unmap(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	unsigned i;
	int err;

	random_want(g, &w);
	if (pick(g, 12) == 0)
		w.len = g->top - w.va + 1 ? g->top - w.va + 1 : w.len;
	w.flags &= PTG_SPLIT_OK | PTG_KEEP_TABLES;
	if (pick(g, 10) == 0)
		w.flags |= PTG_TABLES_ONLY;
	snprintf(g->op, sizeof(g->op), "unmap %#llx+%#llx, flags %#x, f %d", (unsigned long long)w.va, (unsigned long long)w.len, w.flags,
		 f != NULL);
	before(g, &w);
	for (i = 0; i < PROBES; i++)
		if (inside(&w, g->probe[i]) && !(w.flags & PTG_TABLES_ONLY))
			g->new[i] = (struct answer){ 0, 0, 0, false };
	err = ptg_unmap(&g->r->s, w.va, w.len, w.flags, f);
	after(g, &w, f, err, err == PTG_E_NOMEM || err == PTG_E_SPLIT);
}

static void do_protect(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	unsigned i;
	int err;

	random_want(g, &w);
	w.flags = (w.flags & (PTG_SPLIT_OK | PTG_KEEP_TABLES)) | (pick(g, 2) ? PTG_SKIP_HOLES : 0) | (pick(g, 5) ? 0 : PTG_COLLAPSE_OK);
	snprintf(g->op, sizeof(g->op), "protect %#llx+%#llx, rights %#x, flags %#x, f %d", (unsigned long long)w.va, (unsigned long long)w.len,
		 g->attr[w.attr].rights, w.flags, f != NULL);
	before(g, &w);
	for (i = 0; i < PROBES; i++)
		if (inside(&w, g->probe[i]) && g->old[i].there)
			g->new[i].rights = g->attr[w.attr].rights;
	err = ptg_protect(&g->r->s, w.va, w.len, &g->attr[w.attr], w.flags, f);
	after(g, &w, f, err, err == PTG_E_NOMEM || err == PTG_E_SPLIT || (err == PTG_E_HOLE && !(w.flags & PTG_SKIP_HOLES)));
}

static void do_reshape(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	bool fold = pick(g, 3);
	unsigned lg2 = ptg_highest_bit_(any_size(g));
	int err;

	random_want(g, &w);
	if (!fold && w.len / g->small > 600)
		w.len = 600 * g->small;
	snprintf(g->op, sizeof(g->op), "%s %#llx+%#llx to 2^%u, f %d", fold ? "collapse" : "split", (unsigned long long)w.va,
		 (unsigned long long)w.len, lg2, f != NULL);
	before(g, &w);
	err = fold ? ptg_collapse(&g->r->s, w.va, w.len, f) : ptg_split(&g->r->s, w.va, w.len, lg2, f);
	after(g, &w, f, err, !fold && (err == PTG_E_NOMEM || err == PTG_E_SPLIT));
}

/* Marks of each smallest page before and after: the bitmap tells all of them, and clears those it may. */
static void do_harvest(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	unsigned what = pick(g, 2) ? PTG_DIRTY : PTG_ACCESSED, lg2 = ptg_highest_bit_(g->small) + (unsigned)pick(g, 4), i, n;
	bool clear = pick(g, 2), was[128];
	uint8_t bitmap[32] = { 0 };
	struct ptg_translation t;
	struct want w;
	int err;

	random_want(g, &w);
	if (w.len > 100 * g->small)
		w.len = 100 * g->small;
	n = (unsigned)(w.len / g->small);
	for (i = 0; i < 6; i++)
		(void)ptg_access_mem(&g->r->s, w.va + pick(g, w.len), pick(g, 2) ? PTG_WRITE : PTG_READ, &t);
	snprintf(g->op, sizeof(g->op), "harvest %#llx+%#llx, what %#x, clear %d, by 2^%u, f %d", (unsigned long long)w.va, (unsigned long long)w.len,
		 what, clear, lg2, f != NULL);
	before(g, &w);
	for (i = 0; i < n; i++)
		was[i] = ptg_translate(&g->r->s, w.va + i * g->small, PTG_LOOK, &t) == PTG_F_NONE && (t.rights & what);
	err = ptg_harvest(&g->r->s, w.va, w.len, what, clear, lg2, bitmap, f);
	if (err == PTG_E_UNSUPPORTED || err == PTG_E_ATTR) {
		after(g, &w, f, err, true);
		return;
	}
	after(g, &w, f, err, false);
	for (i = 0; i < n; i++) {
		unsigned bit = (unsigned)(i * g->small >> lg2);

		if (was[i])
			SAY(g, bitmap[bit / 8] >> (bit % 8) & 1, "page %u has the mark, and bit %u is clear", i, bit);
	}
	for (i = 0; i < 8 * sizeof(bitmap); i++) {
		unsigned from = (unsigned)((uint64_t)i << lg2 >> ptg_highest_bit_(g->small)), k;
		bool any = false;

		for (k = from; k < n && (uint64_t)k * g->small >> lg2 == i; k++)
			any = any || was[k];
		SAY(g, any == (bitmap[i / 8] >> (i % 8) & 1), "bit %u is %d", i, !any);
	}
}

/* --- a format ------------------------------------------------------------------------------------------- */

static void find_attrs(struct glimpse *g)
{
	const struct ptg_kind *k = ptg_page_kind_(&g->r->s, ptg_highest_bit_(g->small));
	unsigned start = (unsigned)pick(g, 64), i, why;
	uint64_t e[2];

	for (g->attrs = i = 0; i < 64 && g->attrs < 8; i++) {
		struct ptg_attrs a = { .rights = (start + i) & 63, .care = 0x3f };

		if (a.rights && ptg_template_(&g->r->s, k, &a, e, &why) == PTG_OK)
			g->attr[g->attrs++] = a;
	}
}

/* Addresses that the smallest pages can hold, as one block of bits. */
static void find_pa(struct glimpse *g)
{
	const struct ptg_kind *k = ptg_page_kind_(&g->r->s, ptg_highest_bit_(g->small));
	uint64_t e[2] = { 0, 0 };
	struct ptg_env env = { .space = &g->r->s };
	unsigned why, bit, space;

	g->pa_top = g->small - 1;
	for (bit = ptg_highest_bit_(g->small); bit < 64 && bit < g->r->format->pa_bits; bit++) {
		ck_assert_int_eq(ptg_template_(&g->r->s, k, &g->attr[0], e, &why), PTG_OK);
		ptg_put_addr_(&g->r->s, k, UINT64_C(1) << bit, e);
		env.e[0] = e[0];
		env.e[1] = e[1];
		if (ptg_addr_(&env, k, &space) != UINT64_C(1) << bit)
			break;
		g->pa_top |= UINT64_C(1) << bit;
	}
}

static void round_of(struct glimpse *g, uint64_t steps)
{
	struct rig *r = g->r;
	unsigned bits, i;

	r->most = 0;
	rig_space(r, r->format);
	r->m.window_size = 0;
	r->ops.map_table = NULL;
	r->ops.unmap_table = NULL;
	r->ops.write_bytes = my_write;
	r->ops.cas = my_cas;
	r->ops.sync = my_sync;
	r->ops.alloc_table = my_alloc;
	r->on_flush = on_flush;
	r->on_free = on_free;
	r->more = g;
	if (pick(g, 2))
		r->m.flags = PTG_ZEROED;
	g->small = r->s.page_sizes & (0 - r->s.page_sizes);
	if (pick(g, 4) == 0)
		r->s.page_sizes &= rig_random(r) | g->small;
	r->most = 300;
	bits = r->s.root[0].va_lg2;
	g->base = 0;
	if (r->format->va_check == PTG_VA_SIGN || r->s.root[0].sel_width)
		bits--;
	g->top = ptg_mask_(bits);
	if (r->format->va_check == PTG_VA_SIGN && pick(g, 2)) {
		g->base = ~g->top;
		g->top = ~UINT64_C(0);
	}
	find_attrs(g);
	ck_assert_uint_gt(g->attrs, 0);
	find_pa(g);
	g->bbm = r->format->flags & PTG_FORMAT_BBM;
	for (g->wide_lg2 = i = 0; i < r->format->level_count; i++)
		if (r->format->levels[i].entry_lg2 > 3 && r->format->levels[i].shift > g->wide_lg2)
			g->wide_lg2 = r->format->levels[i].shift;
	g->spot[0] = g->base;
	g->spot[1] = g->top & ~(g->small - 1);
	g->spot[2] = g->base | (rig_random(r) & (g->top - g->base));
	memcpy(g->seen, r->mem, (size_t)RIG_UNITS * RIG_UNIT);
	for (i = 0; i < 2; i++) {
		g->ops[i] = (struct ptg_mapper_ops){ .read_bytes = i ? read_early : read_synced };
		g->m[i] = (struct ptg_mapper){ .ops = &g->ops[i], .priv = g };
		g->hw[i] = r->s;
		g->hw[i].mapper = &g->m[i];
	}
	for (; steps; steps--, g->step++) {
		switch (pick(g, 8)) {
		case 0: case 1: case 2:
			do_map(g);
			break;
		case 3:
			do_unmap(g);
			break;
		case 4:
			do_protect(g);
			break;
		case 5: case 6:
			do_reshape(g);
			break;
		default:
			do_harvest(g);
			break;
		}
	}
	rig_fresh_flush(r);
	r->f.table = malloc(4096 * sizeof(*r->f.table));
	r->f.table_cap = 4096;
	snprintf(g->op, sizeof(g->op), "the end");
	for (i = 0; i < 2; i++)
		SAY(g, ptg_unmap(&r->s, i ? g->base + (g->top - g->base) / 2 + 1 : g->base, (g->top - g->base) / 2 + 1, PTG_SPLIT_OK, &r->f) == PTG_OK,
		    "unmapping all");
	free(r->f.table);
	rig_flush_f(r);
	SAY(g, r->tables == 0, "%u tables leak", r->tables);
}

static glob_t formats;

START_TEST(old_or_new_at_every_store)
{
	static const struct load_options none;
	const char *path = formats.gl_pathv[_i], *name = strrchr(path, '/') + 1, *only = getenv("PTG_FORMAT");
	const char *steps = getenv("PTG_GLIMPSE_STEPS"), *seed = getenv("PTG_SEED");
	uint64_t n = steps ? strtoull(steps, NULL, 0) : 80;
	struct glimpse g = { .name = "" };
	struct load load;
	char plain[64];

	snprintf(plain, sizeof(plain), "%.*s", (int)(strlen(name) - 3), name);
	if (only && strcmp(only, plain))
		return;
	g.name = plain;
	g.r = rig_new();
	g.seen = malloc((size_t)RIG_UNITS * RIG_UNIT);
	ck_assert_int_eq(load_file(&load, g.r->arena, path, plain, &none), 0);
	g.r->format = &load.plan[0]->format;
	g.seed = g.r->seed = seed ? strtoull(seed, NULL, 0) : 1;
	g.trace = getenv("PTG_TRACE") != NULL;
	while (!g.r->format->stage[0] && g.step < n)
		round_of(&g, n - g.step < 200 ? n - g.step : 200);
	if (only)
		printf("%s, seed %llu, %llu steps: %u done, %u refused\n", plain, (unsigned long long)g.seed, (unsigned long long)g.step, g.done, g.refused);
	free(g.seen);
	rig_end(g.r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_glimpse");
	TCase *tc = tcase_create("glimpse");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (glob("formats/*.pt", 0, NULL, &formats) != 0)
		return 1;
	tcase_add_loop_test(tc, old_or_new_at_every_store, 0, (int)formats.gl_pathc);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	globfree(&formats);
	return failed != 0;
}
