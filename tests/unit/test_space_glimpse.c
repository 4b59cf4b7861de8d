/* SPDX-License-Identifier: MIT */
/*
 * test_space_glimpse.c - what hardware may see at any moment while tables change
 *
 * Memory is reached entry by entry, and after each store, sync, flush, allocation and free some addresses are
 * translated by three walkers: one that snoops, one that sees what was synced alone, and one whose cache
 * holds some lines of either.  Each finds what was there before the call or what the call was to leave, in
 * break-before-make formats perhaps nothing, and where entries of 128 bits change what they lead to; never anything
 * else.  Afterwards all three agree.  Every shipped format, every half and root now and then, every flag with every
 * other.  PTG_GLIMPSE_STEPS=N.
 */
#include "tests/unit/space_play.h"

#define PROBES 12
#define PIECES 4

struct answer { uint64_t pa; unsigned rights, lg2; bool there; };

struct glimpse {
	struct play p;
	uint8_t *seen;           /* memory as it was synced */
	struct ptg_space hw[2];  /* without snooping; some lines early */
	struct ptg_mapper m[2];
	struct ptg_mapper_ops ops[2];
	uint64_t lines;          /* which are early: a hash with this key */
	uint64_t probe[PROBES];
	struct answer old[PROBES], new[PROBES];
	bool on, bbm;
	unsigned gap_lg2, wide_lg2; /* below an entry of two words, smaller pages may be gone before what replaces them is there */
	uint64_t base, top, spot[3]; /* the part that is played in */
	uint64_t middle[PLAY_PARTS];
};

/* --- the three walkers ------------------------------------------------------------------------- */

static int read_synced(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct glimpse *g = priv;

	if (!rig_at(g->p.r, pa, n))
		return -1;
	memcpy(dst, g->seen + (pa - RIG_BASE), n);
	return 0;
}

static int read_early(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct glimpse *g = priv;
	uint64_t line = (pa / 64 + g->lines) * UINT64_C(0x9e3779b97f4a7c15);

	if (!rig_at(g->p.r, pa, n))
		return -1;
	memcpy(dst, (line >> 40 & 1 ? g->p.r->mem : g->seen) + (pa - RIG_BASE), n);
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
			struct answer a = ask(w ? &g->hw[w - 1] : &g->p.r->s, g->probe[i]);

			SAY(&g->p, same(a, g->old[i]) || same(a, g->new[i]) ||
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

/* Where the next operation is: of several parts now one, now another. */
static void turn(struct glimpse *g)
{
	unsigned i = (unsigned)pick(&g->p, g->p.parts);

	g->base = g->p.part[i].base;
	g->top = g->p.part[i].top;
	g->spot[0] = g->base;
	g->spot[1] = g->top & ~(g->p.small - 1);
	g->spot[2] = g->middle[i];
}

static uint64_t within(const struct glimpse *g, uint64_t va)
{
	return play_within(&(struct play_part){ g->base, g->top }, va);
}

/* The same place of any part. */
static uint64_t elsewhere(struct glimpse *g, uint64_t va)
{
	const struct play_part *t = &g->p.part[pick(&g->p, g->p.parts)];

	return play_within(t, t->base + (va - g->base));
}

static uint64_t any_size(struct glimpse *g)
{
	uint64_t sizes = g->p.r->s.page_sizes | g->p.small;
	unsigned bit = (unsigned)pick(&g->p, 64);

	if (pick(&g->p, 3) == 0)
		return g->p.small;
	while (!(sizes >> (bit & 63) & 1))
		bit++;
	return UINT64_C(1) << (bit & 63);
}

static void random_want(struct glimpse *g, struct want *w)
{
	uint64_t unit = any_size(g), most = pick(&g->p, 8) ? 40 : 300, same_as = pick(&g->p, 4) ? unit : g->p.small, room;
	unsigned i;

	w->va = g->spot[pick(&g->p, 3)] + (pick(&g->p, 64) - 32) * (pick(&g->p, 2) ? g->p.small : unit);
	if (pick(&g->p, 2))
		w->va &= ~(unit - 1);
	w->va = within(g, w->va) & ~(g->p.small - 1);
	w->len = pick(&g->p, 3) ? unit + g->p.small * pick(&g->p, 3) : g->p.small * (1 + pick(&g->p, 20));
	if (w->len / g->p.small > most && unit / g->p.small > most)
		w->len = unit; /* one page, if it is aligned */
	if (w->len / g->p.small > most && (w->va & (unit - 1)))
		w->len = most * g->p.small;
	room = g->top - w->va; /* the last byte of the space included */
	if (w->len - 1 > room)
		w->len = room + 1 ? room + 1 : g->p.small;
	w->pa = rig_random(g->p.r) & g->p.pa_mask & ~(g->p.small - 1);
	w->pa = (w->pa & ~(same_as - 1)) | (w->va & (same_as - 1));
	if (w->pa > g->p.pa_mask - w->len)
		w->pa = w->va & (same_as - 1) & g->p.pa_mask;
	if (w->len / g->p.small > most && ((w->va ^ w->pa) & (unit - 1)))
		w->len = most * g->p.small;
	w->attr = (unsigned)pick(&g->p, g->p.attrs);
	w->pieces = w->len / g->p.small > 3 && pick(&g->p, 3) == 0 ? 2 + (unsigned)pick(&g->p, PIECES - 1) : 1;
	for (i = 0, room = w->len; i < w->pieces; i++) {
		w->sg[i].len = i + 1 < w->pieces ? (room / g->p.small / 2) * g->p.small : room;
		w->sg[i].pa = i && pick(&g->p, 2) ? w->sg[i - 1].pa + w->sg[i - 1].len : i ? w->pa + i * 17 * g->p.small : w->pa;
		if (w->sg[i].pa > g->p.pa_mask - w->sg[i].len)
			w->sg[i].pa = 0;
		room -= w->sg[i].len;
	}
	for (i = 0; i < w->pieces; i++)
		if (!w->sg[i].len)
			w->pieces = 1, w->sg[0].len = w->len;
	w->flags = (pick(&g->p, 3) ? PTG_SPLIT_OK : 0) | (pick(&g->p, 4) ? 0 : PTG_KEEP_TABLES) | (pick(&g->p, 6) ? 0 : PTG_NO_CONTIG);
}

static struct answer page(const struct glimpse *g, uint64_t pa, unsigned attr)
{
	return (struct answer){ pa, g->p.attr[attr].rights, 0, true };
}

/* Probes: in and around the range, at its ends, anywhere. */
static void before(struct glimpse *g, const struct want *w)
{
	uint64_t last = w->va + (w->len - 1);
	unsigned i;

	for (i = 0; i < PROBES; i++) {
		uint64_t at = i == 0 ? w->va : i == 1 ? last : i == 2 ? w->va - 1 : i == 3 ? last + 1 : w->va + pick(&g->p, w->len);

		if (i > 6)
			at = w->va + (pick(&g->p, 4096) - 2048) * (i == 7 ? g->p.small : any_size(g) / (1 + pick(&g->p, 9)));
		g->probe[i] = i < PROBES - 2 ? within(g, at) : elsewhere(g, at);
		g->new[i] = g->old[i] = ask(&g->p.r->s, g->probe[i]);
	}
	if (g->p.trace)
		printf("%llu: %s\n", (unsigned long long)g->p.step, g->p.op);
	g->on = true;
}

static void after(struct glimpse *g, const struct want *w, struct ptg_flush *f, int err, bool good)
{
	unsigned i, v;

	(void)w;
	SAY(&g->p, err == PTG_OK || good, "refused with %d", err);
	g->p.done += err == PTG_OK;
	g->p.refused += err != PTG_OK;
	if (f)
		rig_flush_f(g->p.r);
	g->on = false;
	g->gap_lg2 = 0;
	for (i = 0; i < PROBES; i++)
		for (v = 0; v < 3; v++) {
			struct answer a = ask(v ? &g->hw[v - 1] : &g->p.r->s, g->probe[i]);

			SAY(&g->p, same(a, err ? g->old[i] : g->new[i]), "afterwards (%d, walker %u) %#llx is at %#llx (%d, rights %#x), not %#llx (%d, %#x)",
			    err, v, (unsigned long long)g->probe[i], (unsigned long long)a.pa, a.there, a.rights, (unsigned long long)(err ? g->old : g->new)[i].pa,
			    (err ? g->old : g->new)[i].there, (err ? g->old : g->new)[i].rights);
		}
	SAY(&g->p, !g->p.r->mapped, "tables stay mapped");
}

static struct ptg_flush *flush_arg(struct glimpse *g)
{
	rig_fresh_flush(g->p.r);
	if (pick(&g->p, 6) == 0)
		g->p.r->f.table_cap = (uint32_t)pick(&g->p, 3);
	return pick(&g->p, 6) ? &g->p.r->f : NULL;
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
	w.flags |= ways[pick(&g->p, 4)] | (pick(&g->p, 6) ? 0 : PTG_COLLAPSE_OK) | (pick(&g->p, 8) ? 0 : PTG_STREAM);
	if (w.len / g->p.small < 300 && pick(&g->p, 4) == 0)
		w.flags |= PTG_NO_LARGE;
	snprintf(g->p.op, sizeof(g->p.op), "map %#llx+%#llx to %#llx in %u, rights %#x, flags %#x, f %d", (unsigned long long)w.va,
		 (unsigned long long)w.len, (unsigned long long)w.sg[0].pa, w.pieces, g->p.attr[w.attr].rights, w.flags, f != NULL);
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
	err = w.pieces > 1 || pick(&g->p, 4) == 0 ? ptg_map_sg(&g->p.r->s, w.va, w.sg, w.pieces, &g->p.attr[w.attr], w.flags, f)
					      : ptg_map(&g->p.r->s, w.va, w.pa, w.len, &g->p.attr[w.attr], w.flags, f);
	after(g, &w, f, err, err == PTG_E_NOMEM || (err == PTG_E_EXISTS && !(w.flags & 3)) || (err == PTG_E_SPLIT && (w.flags & PTG_MAP_REPLACE)));
}

static void do_unmap(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	unsigned i;
	int err;

	random_want(g, &w);
	if (pick(&g->p, 12) == 0)
		w.len = g->top - w.va + 1 ? g->top - w.va + 1 : w.len;
	w.flags &= PTG_SPLIT_OK | PTG_KEEP_TABLES;
	if (pick(&g->p, 10) == 0)
		w.flags |= PTG_TABLES_ONLY;
	snprintf(g->p.op, sizeof(g->p.op), "unmap %#llx+%#llx, flags %#x, f %d", (unsigned long long)w.va, (unsigned long long)w.len, w.flags,
		 f != NULL);
	before(g, &w);
	for (i = 0; i < PROBES; i++)
		if (inside(&w, g->probe[i]) && !(w.flags & PTG_TABLES_ONLY))
			g->new[i] = (struct answer){ 0, 0, 0, false };
	err = ptg_unmap(&g->p.r->s, w.va, w.len, w.flags, f);
	after(g, &w, f, err, err == PTG_E_NOMEM || err == PTG_E_SPLIT);
}

static void do_protect(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	unsigned i;
	int err;

	random_want(g, &w);
	w.flags = (w.flags & (PTG_SPLIT_OK | PTG_KEEP_TABLES)) | (pick(&g->p, 2) ? PTG_SKIP_HOLES : 0) | (pick(&g->p, 5) ? 0 : PTG_COLLAPSE_OK);
	snprintf(g->p.op, sizeof(g->p.op), "protect %#llx+%#llx, rights %#x, flags %#x, f %d", (unsigned long long)w.va, (unsigned long long)w.len,
		 g->p.attr[w.attr].rights, w.flags, f != NULL);
	before(g, &w);
	for (i = 0; i < PROBES; i++)
		if (inside(&w, g->probe[i]) && g->old[i].there)
			g->new[i].rights = g->p.attr[w.attr].rights;
	err = ptg_protect(&g->p.r->s, w.va, w.len, &g->p.attr[w.attr], w.flags, f);
	after(g, &w, f, err, err == PTG_E_NOMEM || err == PTG_E_SPLIT || (err == PTG_E_HOLE && !(w.flags & PTG_SKIP_HOLES)));
}

static void do_reshape(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	struct want w;
	bool fold = pick(&g->p, 3);
	unsigned lg2 = ptg_highest_bit_(any_size(g));
	int err;

	random_want(g, &w);
	if (!fold && w.len / g->p.small > 600)
		w.len = 600 * g->p.small;
	snprintf(g->p.op, sizeof(g->p.op), "%s %#llx+%#llx to 2^%u, f %d", fold ? "collapse" : "split", (unsigned long long)w.va,
		 (unsigned long long)w.len, lg2, f != NULL);
	before(g, &w);
	err = fold ? ptg_collapse(&g->p.r->s, w.va, w.len, f) : ptg_split(&g->p.r->s, w.va, w.len, lg2, f);
	after(g, &w, f, err, !fold && (err == PTG_E_NOMEM || err == PTG_E_SPLIT));
}

/* Marks of each smallest page before and after: the bitmap tells all of them, and clears those it may. */
static void do_harvest(struct glimpse *g)
{
	struct ptg_flush *f = flush_arg(g);
	unsigned what = pick(&g->p, 2) ? PTG_DIRTY : PTG_ACCESSED, lg2 = ptg_highest_bit_(g->p.small) + (unsigned)pick(&g->p, 4), i, n;
	bool clear = pick(&g->p, 2), was[128];
	uint8_t bitmap[32] = { 0 };
	struct ptg_translation t;
	struct want w;
	int err;

	random_want(g, &w);
	if (w.len > 100 * g->p.small)
		w.len = 100 * g->p.small;
	n = (unsigned)(w.len / g->p.small);
	for (i = 0; i < 6; i++)
		(void)ptg_access_mem(&g->p.r->s, w.va + pick(&g->p, w.len), pick(&g->p, 2) ? PTG_WRITE : PTG_READ, &t);
	snprintf(g->p.op, sizeof(g->p.op), "harvest %#llx+%#llx, what %#x, clear %d, by 2^%u, f %d", (unsigned long long)w.va, (unsigned long long)w.len,
		 what, clear, lg2, f != NULL);
	before(g, &w);
	for (i = 0; i < n; i++)
		was[i] = ptg_translate(&g->p.r->s, w.va + i * g->p.small, PTG_LOOK, &t) == PTG_F_NONE && (t.rights & what);
	err = ptg_harvest(&g->p.r->s, w.va, w.len, what, clear, lg2, bitmap, f);
	if (err == PTG_E_UNSUPPORTED || err == PTG_E_ATTR) {
		after(g, &w, f, err, true);
		return;
	}
	after(g, &w, f, err, false);
	for (i = 0; i < n; i++) {
		unsigned bit = (unsigned)(i * g->p.small >> lg2);

		if (was[i])
			SAY(&g->p, bitmap[bit / 8] >> (bit % 8) & 1, "page %u has the mark, and bit %u is clear", i, bit);
	}
	for (i = 0; i < 8 * sizeof(bitmap); i++) {
		unsigned from = (unsigned)((uint64_t)i << lg2 >> ptg_highest_bit_(g->p.small)), k;
		bool any = false;

		for (k = from; k < n && (uint64_t)k * g->p.small >> lg2 == i; k++)
			any = any || was[k];
		SAY(&g->p, any == (bitmap[i / 8] >> (i % 8) & 1), "bit %u is %d", i, !any);
	}
}

/* --- a format ------------------------------------------------------------------------------------------- */

static void round_of(struct glimpse *g, uint64_t steps)
{
	struct rig *r = g->p.r;
	unsigned i;

	play_space(&g->p, pick(&g->p, 2));
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
	if (pick(&g->p, 2))
		r->m.flags = PTG_ZEROED;
	if (pick(&g->p, 4) == 0)
		r->s.page_sizes &= rig_random(r) | g->p.small;
	r->most = 300;
	play_pages(&g->p);
	g->bbm = r->format->flags & PTG_FORMAT_BBM;
	for (g->wide_lg2 = i = 0; i < r->format->level_count; i++)
		if (r->format->levels[i].entry_lg2 > 3 && r->format->levels[i].shift > g->wide_lg2)
			g->wide_lg2 = r->format->levels[i].shift;
	memcpy(g->seen, r->mem, (size_t)RIG_UNITS * RIG_UNIT);
	for (i = 0; i < g->p.parts; i++)
		g->middle[i] = play_within(&g->p.part[i], rig_random(r));
	for (i = 0; i < 2; i++) {
		g->ops[i] = (struct ptg_mapper_ops){ .read_bytes = i ? read_early : read_synced };
		g->m[i] = (struct ptg_mapper){ .ops = &g->ops[i], .priv = g };
		g->hw[i] = r->s;
		g->hw[i].mapper = &g->m[i];
	}
	for (; steps; steps--, g->p.step++) {
		turn(g);
		switch (pick(&g->p, 8)) {
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
	play_over(&g->p);
}

START_TEST(old_or_new_at_every_store)
{
	uint64_t n = play_steps("PTG_GLIMPSE_STEPS", 120);
	struct glimpse g;

	memset(&g, 0, sizeof(g));
	if (play_begin(&g.p, _i)) {
		g.seen = malloc((size_t)RIG_UNITS * RIG_UNIT);
		while (g.p.step < n)
			round_of(&g, n - g.p.step < 200 ? n - g.p.step : 200);
		free(g.seen);
	}
	play_end(&g.p);
}
END_TEST

int main(void)
{
	const struct play_test test = { old_or_new_at_every_store, 0 };

	return play_main("space_glimpse", &test, 1);
}
