/* SPDX-License-Identifier: MIT */
/*
 * test_space_hostile.c - changes that meet entries nobody should have written
 *
 * A space is made by the runtime, then bits of its tables are turned over: reserved bits, addresses where no
 * memory is, sizes that do not fit.  Every change ends; one that is refused has changed no byte of any table and
 * keeps none.  Every shipped format, every half and root now and then; PTG_HOSTILE_STEPS=N.
 */
#include "tests/unit/space_play.h"

#define TABLES 400

struct hostile {
	struct play p;
	uint64_t spot[PLAY_PARTS];
	struct ptg_attrs rw, ro;
	uint64_t table[TABLES], bytes[TABLES]; /* of the tree as it stands */
	unsigned tables;
	bool tree;               /* no table twice */
	bool counting;           /* calls */
	uint8_t *copy;
	unsigned calls;
};

/* Tables that the entries lead to may be anybody's: only those given out are taken back. */
static void free_table(void *priv, uint64_t pa, size_t bytes, unsigned level)
{
	struct rig *r = priv;
	uint64_t i = (pa - RIG_BASE) / RIG_UNIT;

	if (pa >= RIG_BASE && i >= r->first && i < RIG_UNITS && !(pa % RIG_UNIT) && r->used[i] == 1 && r->units[i] == bytes)
		rig_free(priv, pa, bytes, level);
}

static int read_bytes(void *priv, uint64_t pa, void *dst, size_t n)
{
	struct rig *r = priv;
	struct hostile *h = r->more;

	SAY(&h->p, !h->counting || ++h->calls < 3000000, "no end");
	return rig_read(priv, pa, dst, n);
}

/* --- the tree ------------------------------------------------------------------------------------ */

static bool is_root(const struct hostile *h, uint64_t pa)
{
	const struct ptg_root *root = h->p.r->s.root;
	unsigned i;

	for (i = 0; i < 4; i++)
		if ((root[i].flags & PTG_ROOT_VALID) && root[i].table == pa)
			return true;
	return false;
}

/* Memory that is nobody's is given out again: a table there is none. */
static void add_table(struct hostile *h, uint64_t pa, uint64_t bytes)
{
	uint64_t unit = (pa - RIG_BASE) / RIG_UNIT;
	unsigned i;

	h->tree = h->tree && (is_root(h, pa) || (pa >= RIG_BASE && unit < RIG_UNITS && h->p.r->used[unit] == 1));
	for (i = 0; i < h->tables; i++)
		if (pa < h->table[i] + h->bytes[i] && h->table[i] < pa + bytes)
			h->tree = false;
	if (h->tables < TABLES && rig_at(h->p.r, pa, bytes)) {
		h->table[h->tables] = pa;
		h->bytes[h->tables++] = bytes;
	}
	h->tree = h->tree && h->tables < TABLES;
}

static enum ptg_verdict note(void *arg, struct ptg_visit *v)
{
	struct hostile *h = arg;
	struct ptg_decoded d;
	uint64_t e[2] = { v->entry, v->entry_hi };

	if (v->is_table && !ptg_decode(&h->p.r->s, v->level, e, &d) && !d.fault && d.next_level < h->p.r->format->level_count) {
		const struct ptg_level *l = &h->p.r->format->levels[d.next_level];

		add_table(h, d.pa, UINT64_C(1) << (d.next_lg2 + l->entry_lg2 + l->stride_lg2));
	}
	return h->tree ? PTG_GO : PTG_STOP;
}

/* Which tables there are, of all parts; several below one entry are no plain tree for this test. */
static void survey(struct hostile *h)
{
	static const struct ptg_visitor v = { .entry = note };
	const struct ptg_space *s = &h->p.r->s;
	unsigned i;

	h->tables = 0;
	h->tree = true;
	for (i = 0; i < s->format->kind_count; i++)
		h->tree = h->tree && s->format->kinds[i].next_count <= 1;
	for (i = 0; i < 4; i++)
		if (s->root[i].flags & PTG_ROOT_VALID)
			add_table(h, s->root[i].table, rig_root_bytes(h->p.r, i));
	h->counting = false;
	for (i = 0; i < h->p.parts; i++)
		if (h->tree)
			(void)ptg_walk(s, h->p.part[i].base, h->p.part[i].top - h->p.part[i].base + 1 ? h->p.part[i].top - h->p.part[i].base + 1 : UINT64_MAX, &v, h);
}

static void turn_bits(struct hostile *h)
{
	unsigned n = 1 + (unsigned)pick(&h->p, 3), t, k;
	uint64_t at;

	while (n--) {
		t = (unsigned)pick(&h->p, h->tables);
		/* where something is, if that is found soon */
		for (k = 0, at = 0; k < 200; k++) {
			at = h->table[t] + pick(&h->p, h->bytes[t] / 8) * 8;
			if (memcmp(rig_at(h->p.r, at, 8), "\0\0\0\0\0\0\0", 8))
				break;
		}
		*rig_at(h->p.r, at + pick(&h->p, 8), 1) ^= (uint8_t)(1u << pick(&h->p, 8));
	}
}

/* --- the changes -------------------------------------------------------------------------------------- */

static int change(struct hostile *h)
{
	static const char *const names[] = { "map", "map", "unmap", "protect", "split", "collapse", "harvest", "plan", "get", "set" };
	struct ptg_space *s = &h->p.r->s;
	unsigned n = (unsigned)pick(&h->p, h->p.parts);
	const struct play_part *t = &h->p.part[n];
	uint64_t va = play_within(t, h->spot[n] + (pick(&h->p, 96) - 48) * h->p.small), len = (1 + pick(&h->p, 70)) * h->p.small, e[2];
	uint64_t pa = (rig_random(h->p.r) & 0xffffff) & ~(h->p.small - 1);
	unsigned flags = (pick(&h->p, 4) ? PTG_SPLIT_OK : 0) | (pick(&h->p, 4) ? 0 : PTG_KEEP_TABLES) | (pick(&h->p, 4) ? 0 : PTG_QUIET), level;
	struct ptg_flush *f = &h->p.r->f;
	struct ptg_need need;
	uint8_t bits[16] = { 0 };
	unsigned what = (unsigned)pick(&h->p, 10);

	if (len - 1 > t->top - va)
		len = t->top - va + 1 ? t->top - va + 1 : h->p.small;
	snprintf(h->p.op, sizeof(h->p.op), "%s %#llx+%#llx flags %#x", names[what], (unsigned long long)va, (unsigned long long)len, flags);
	switch (what) {
	case 0: case 1:
		return ptg_map(s, va, pa, len, &h->rw, flags | (unsigned)pick(&h->p, 3), f);
	case 2:
		return ptg_unmap(s, va, len, flags, f);
	case 3:
		return ptg_protect(s, va, len, pick(&h->p, 2) ? &h->rw : &h->ro, flags | PTG_SKIP_HOLES, f);
	case 4:
		return ptg_split(s, va, len, ptg_lowest_bit_(h->p.small) + (unsigned)pick(&h->p, 10), f);
	case 5:
		return ptg_collapse(s, va, len, f);
	case 6:
		return ptg_harvest(s, va, len, PTG_DIRTY, true, ptg_lowest_bit_(h->p.small), bits, f);
	case 7:
		return ptg_plan_map(s, va, len, pa, flags | PTG_MAP_REPLACE, &need);
	case 8:
		return ptg_get_entry(s, va, e, &level);
	default:
		e[0] = rig_random(h->p.r) & 0xfffffffe;
		e[1] = 0;
		return ptg_set_entry(s, va, e, f);
	}
}

static void step(struct hostile *h)
{
	struct rig *r = h->p.r;
	unsigned tables = r->tables, i;
	uint64_t n = 0;
	int err;

	survey(h);
	for (i = 0; i < h->tables && n + h->bytes[i] <= (uint64_t)RIG_UNITS * RIG_UNIT; n += h->bytes[i++])
		memcpy(h->copy + n, rig_at(r, h->table[i], h->bytes[i]), h->bytes[i]);
	rig_fresh_flush(r);
	h->calls = 0;
	h->counting = true;
	err = change(h);
	h->counting = false;
	SAY(&h->p, err <= 0 && err >= PTG_E_STOPPED, "returned %d", err);
	SAY(&h->p, r->mapped == 0, "tables stay mapped");
	h->p.done += err == PTG_OK;
	h->p.refused += err != PTG_OK;
	if (err && err != PTG_E_IO && h->tree) {
		SAY(&h->p, r->tables == tables, "error %d keeps %d tables", err, (int)(r->tables - tables));
		for (i = 0, n = 0; i < h->tables; n += h->bytes[i++])
			SAY(&h->p, !memcmp(h->copy + n, rig_at(r, h->table[i], h->bytes[i]), h->bytes[i]), "error %d changed table %u", err, i);
	}
	ptg_flush_done(&r->s, &r->f);
}

static struct ptg_attrs some_rights(struct hostile *h, unsigned want)
{
	struct ptg_attrs a = { .care = 0x3f };
	unsigned i;

	for (i = 0; i < 64; i++) { /* the nearest that can be had */
		a.rights = (want ^ i) & 0x3f;
		if (a.rights && !ptg_attr_check(&h->p.r->s, &a, ptg_lowest_bit_(h->p.small)))
			break;
	}
	return a;
}

/* Some pages in a part, large ones and small ones. */
static void furnish(struct hostile *h, unsigned part)
{
	const struct play_part *t = &h->p.part[part];
	struct rig *r = h->p.r;
	uint64_t size = UINT64_C(1) << ptg_highest_bit_(r->s.page_sizes & ptg_mask_(31)), va;
	unsigned i;

	h->spot[part] = play_within(t, rig_random(r)) & ~(64 * h->p.small - 1);
	for (i = 0; i < 8; i++) {
		va = h->spot[part] + (i < 2 ? i * size : (pick(&h->p, 64) - 32) * h->p.small);
		(void)ptg_map(&r->s, play_within(t, va) & ~(i < 2 ? size - 1 : h->p.small - 1), 0,
			      i < 2 ? size : h->p.small * (1 + pick(&h->p, 20)), &h->rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f);
		rig_flush_f(r);
		rig_fresh_flush(r);
	}
}

static void round_of(struct hostile *h)
{
	struct rig *r = h->p.r;
	unsigned i;

	play_space(&h->p, pick(&h->p, 2));
	r->most = 60;
	r->more = h;
	r->m.window_size = 0;
	r->ops.free_table = free_table;
	r->ops.read_bytes = read_bytes;
	if (pick(&h->p, 2))
		r->ops.map_table = NULL, r->ops.unmap_table = NULL;
	h->rw = some_rights(h, 0x1b);
	h->ro = some_rights(h, 0x09);
	snprintf(h->p.op, sizeof(h->p.op), "the start");
	for (i = 0; i < h->p.parts; i++)
		furnish(h, i);
	for (i = 0; i < 24; i++, h->p.step++) {
		if (i % 4 == 0) {
			survey(h);
			turn_bits(h);
		}
		if (h->p.trace)
			printf("%llu after %s\n", (unsigned long long)h->p.step, h->p.op);
		step(h);
	}
}

START_TEST(what_is_refused_changes_nothing)
{
	uint64_t n = play_steps("PTG_HOSTILE_STEPS", 96);
	struct hostile h;

	memset(&h, 0, sizeof(h));
	if (play_begin(&h.p, _i)) {
		h.copy = malloc((size_t)RIG_UNITS * RIG_UNIT);
		while (h.p.step < n)
			round_of(&h);
		free(h.copy);
	}
	play_end(&h.p);
}
END_TEST

int main(void)
{
	const struct play_test test = { what_is_refused_changes_nothing, 0 };

	return play_main("space_hostile", &test, 1);
}
