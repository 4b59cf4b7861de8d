/* SPDX-License-Identifier: MIT */
/*
 * test_space_hostile.c - changes that meet entries nobody should have written
 *
 * A space is made by the runtime, then bits of its tables are turned over: reserved bits, addresses where no
 * memory is, sizes that do not fit.  Every change ends; one that is refused has changed no byte of any table and
 * keeps none.  Every shipped format; PTG_HOSTILE_STEPS=N, PTG_SEED=N, PTG_FORMAT=name, PTG_TRACE=1.
 */
#include <glob.h>

#include "tests/unit/space.h"

#define TABLES 400

struct hostile {
	struct rig *r;
	uint64_t small, top, spot;
	struct ptg_attrs rw, ro;
	uint64_t table[TABLES], bytes[TABLES]; /* of the tree as it stands */
	unsigned tables;
	bool tree;               /* no table twice */
	bool counting;           /* calls */
	uint8_t *copy;
	unsigned calls, refused, done;
	const char *name;
	uint64_t step, seed;
	char op[160];
};

#define SAY(h, cond, ...) do { \
	if (!(cond)) { \
		char say_[160]; \
		snprintf(say_, sizeof(say_), __VA_ARGS__); \
		ck_abort_msg("%s seed %llu step %llu, %s: %s", (h)->name, (unsigned long long)(h)->seed, \
			     (unsigned long long)(h)->step, (h)->op, say_); \
	} } while (0)

static uint64_t pick(struct hostile *h, uint64_t n)
{
	return rig_random(h->r) % n;
}

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

	SAY(h, !h->counting || ++h->calls < 3000000, "no end");
	return rig_read(priv, pa, dst, n);
}

/* --- the tree ------------------------------------------------------------------------------------ */

/* Memory that is nobody's is given out again: a table there is none. */
static void add_table(struct hostile *h, uint64_t pa, uint64_t bytes)
{
	uint64_t unit = (pa - RIG_BASE) / RIG_UNIT;
	unsigned i;

	h->tree = h->tree && (pa == h->r->s.root[0].table || (pa >= RIG_BASE && unit < RIG_UNITS && h->r->used[unit] == 1));
	for (i = 0; i < h->tables; i++)
		if (pa < h->table[i] + h->bytes[i] && h->table[i] < pa + bytes)
			h->tree = false;
	if (h->tables < TABLES && rig_at(h->r, pa, bytes)) {
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

	if (v->is_table && !ptg_decode(&h->r->s, v->level, e, &d) && !d.fault && d.next_level < h->r->format->level_count) {
		const struct ptg_level *l = &h->r->format->levels[d.next_level];

		add_table(h, d.pa, UINT64_C(1) << (d.next_lg2 + l->entry_lg2 + l->stride_lg2));
	}
	return h->tree ? PTG_GO : PTG_STOP;
}

/* Which tables there are; several below one entry are no plain tree for this test. */
static void survey(struct hostile *h)
{
	static const struct ptg_visitor v = { .entry = note };
	const struct ptg_root *root = &h->r->s.root[0];
	const struct ptg_level *l = &h->r->format->levels[root->level];
	unsigned i;

	h->tables = 0;
	h->tree = true;
	for (i = 0; i < h->r->format->kind_count; i++)
		h->tree = h->tree && h->r->format->kinds[i].next_count <= 1;
	add_table(h, root->table, UINT64_C(1) << (root->index_lg2 + l->entry_lg2 + l->stride_lg2));
	h->counting = false;
	if (h->tree)
		(void)ptg_walk(&h->r->s, 0, h->top + 1 ? h->top + 1 : UINT64_MAX, &v, h);
}

static void turn_bits(struct hostile *h)
{
	unsigned n = 1 + (unsigned)pick(h, 3), t, k;
	uint64_t at;

	while (n--) {
		t = (unsigned)pick(h, h->tables);
		/* where something is, if that is found soon */
		for (k = 0, at = 0; k < 200; k++) {
			at = h->table[t] + pick(h, h->bytes[t] / 8) * 8;
			if (memcmp(rig_at(h->r, at, 8), "\0\0\0\0\0\0\0", 8))
				break;
		}
		*rig_at(h->r, at + pick(h, 8), 1) ^= (uint8_t)(1u << pick(h, 8));
	}
}

/* --- the changes -------------------------------------------------------------------------------------- */

static int change(struct hostile *h)
{
	static const char *const names[] = { "map", "map", "unmap", "protect", "split", "collapse", "harvest", "plan", "get", "set" };
	struct ptg_space *s = &h->r->s;
	uint64_t va = (h->spot + (pick(h, 96) - 48) * h->small) & h->top & ~(h->small - 1), len = (1 + pick(h, 70)) * h->small, e[2];
	uint64_t pa = (rig_random(h->r) & 0xffffff) & ~(h->small - 1);
	unsigned flags = (pick(h, 4) ? PTG_SPLIT_OK : 0) | (pick(h, 4) ? 0 : PTG_KEEP_TABLES) | (pick(h, 4) ? 0 : PTG_QUIET), level;
	struct ptg_flush *f = &h->r->f;
	struct ptg_need need;
	uint8_t bits[16] = { 0 };
	unsigned what = (unsigned)pick(h, 10);

	if (len - 1 > h->top - va)
		len = h->top - va + 1 ? h->top - va + 1 : h->small;
	snprintf(h->op, sizeof(h->op), "%s %#llx+%#llx flags %#x", names[what], (unsigned long long)va, (unsigned long long)len, flags);
	switch (what) {
	case 0: case 1:
		return ptg_map(s, va, pa, len, &h->rw, flags | (unsigned)pick(h, 3), f);
	case 2:
		return ptg_unmap(s, va, len, flags, f);
	case 3:
		return ptg_protect(s, va, len, pick(h, 2) ? &h->rw : &h->ro, flags | PTG_SKIP_HOLES, f);
	case 4:
		return ptg_split(s, va, len, ptg_lowest_bit_(h->small) + (unsigned)pick(h, 10), f);
	case 5:
		return ptg_collapse(s, va, len, f);
	case 6:
		return ptg_harvest(s, va, len, PTG_DIRTY, true, ptg_lowest_bit_(h->small), bits, f);
	case 7:
		return ptg_plan_map(s, va, len, pa, flags | PTG_MAP_REPLACE, &need);
	case 8:
		return ptg_get_entry(s, va, e, &level);
	default:
		e[0] = rig_random(h->r) & 0xfffffffe;
		e[1] = 0;
		return ptg_set_entry(s, va, e, f);
	}
}

static void step(struct hostile *h)
{
	struct rig *r = h->r;
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
	SAY(h, err <= 0 && err >= PTG_E_STOPPED, "returned %d", err);
	SAY(h, r->mapped == 0, "tables stay mapped");
	h->done += err == PTG_OK;
	h->refused += err != PTG_OK;
	if (err && err != PTG_E_IO && h->tree) {
		SAY(h, r->tables == tables, "error %d keeps %d tables", err, (int)(r->tables - tables));
		for (i = 0, n = 0; i < h->tables; n += h->bytes[i++])
			SAY(h, !memcmp(h->copy + n, rig_at(r, h->table[i], h->bytes[i]), h->bytes[i]), "error %d changed table %u", err, i);
	}
	ptg_flush_done(&r->s, &r->f);
}

static struct ptg_attrs some_rights(struct hostile *h, unsigned want)
{
	struct ptg_attrs a = { .care = 0x3f };
	unsigned i;

	for (i = 0; i < 64; i++) { /* the nearest that can be had */
		a.rights = (want ^ i) & 0x3f;
		if (a.rights && !ptg_attr_check(&h->r->s, &a, ptg_lowest_bit_(h->small)))
			break;
	}
	return a;
}

static void round_of(struct hostile *h)
{
	struct rig *r = h->r;
	uint64_t sizes;
	unsigned i, bits;

	rig_space(r, r->format);
	r->most = 60;
	r->more = h;
	r->m.window_size = 0;
	r->ops.free_table = free_table;
	r->ops.read_bytes = read_bytes;
	if (pick(h, 2))
		r->ops.map_table = NULL, r->ops.unmap_table = NULL;
	h->small = r->s.page_sizes & (0 - r->s.page_sizes);
	bits = r->s.root[0].va_lg2;
	if (r->format->va_check == PTG_VA_SIGN || r->s.root[0].sel_width)
		bits--;
	h->top = ptg_mask_(bits);
	h->spot = rig_random(r) & h->top & ~(64 * h->small - 1);
	h->rw = some_rights(h, 0x1b);
	h->ro = some_rights(h, 0x09);
	snprintf(h->op, sizeof(h->op), "the start");
	for (i = 0; i < 8; i++) {
		sizes = i < 2 ? UINT64_C(1) << ptg_highest_bit_(r->s.page_sizes & ptg_mask_(31)) : h->small * (1 + pick(h, 20));
		(void)ptg_map(&r->s, (h->spot + (i < 2 ? i * sizes : (pick(h, 64) - 32) * h->small)) & h->top & ~(i < 2 ? sizes - 1 : h->small - 1), 0,
			      sizes, &h->rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f);
		rig_flush_f(r);
		rig_fresh_flush(r);
	}
	for (i = 0; i < 24; i++, h->step++) {
		if (i % 4 == 0) {
			survey(h);
			turn_bits(h);
		}
		if (getenv("PTG_TRACE"))
			printf("%llu after %s\n", (unsigned long long)h->step, h->op);
		step(h);
	}
}

static glob_t formats;

START_TEST(what_is_refused_changes_nothing)
{
	static const struct load_options none;
	const char *path = formats.gl_pathv[_i], *name = strrchr(path, '/') + 1, *only = getenv("PTG_FORMAT");
	const char *steps = getenv("PTG_HOSTILE_STEPS"), *seed = getenv("PTG_SEED");
	uint64_t n = steps ? strtoull(steps, NULL, 0) : 96;
	struct hostile h = { .name = "" };
	struct load load;
	char plain[64];

	snprintf(plain, sizeof(plain), "%.*s", (int)(strlen(name) - 3), name);
	if (only && strcmp(only, plain))
		return;
	h.name = plain;
	h.r = rig_new();
	h.copy = malloc((size_t)RIG_UNITS * RIG_UNIT);
	ck_assert_int_eq(load_file(&load, h.r->arena, path, plain, &none), 0);
	h.r->format = &load.plan[0]->format;
	h.seed = h.r->seed = seed ? strtoull(seed, NULL, 0) : 1;
	while (!h.r->format->stage[0] && h.step < n)
		round_of(&h);
	if (only)
		printf("%s, seed %llu, %llu steps: %u done, %u refused\n", plain, (unsigned long long)h.seed, (unsigned long long)h.step, h.done, h.refused);
	free(h.copy);
	h.r->mapped = 0;
	rig_end(h.r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_hostile");
	TCase *tc = tcase_create("hostile");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (glob("formats/*.pt", 0, NULL, &formats) != 0)
		return 1;
	tcase_add_loop_test(tc, what_is_refused_changes_nothing, 0, (int)formats.gl_pathc);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	globfree(&formats);
	return failed != 0;
}
