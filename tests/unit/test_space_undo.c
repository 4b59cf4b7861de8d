/* SPDX-License-Identifier: MIT */
/*
 * test_space_undo.c - stores that fail in the middle of a page held by several entries
 *
 * Every call of the memory fails, one alone and two one after the other (so that a second
 * try fails too), while groups are made, cut, changed and taken away.  Whatever the
 * call says: nobody sees half a group, what is outside the range is as it was, and
 * what hardware may have seen of either is in the flush object.
 */
#include "tests/unit/space.h"

#define K4  UINT64_C(0x1000)
#define K64 UINT64_C(0x10000)
#define VA  UINT64_C(0x400000)
#define PA  UINT64_C(0x800000)

enum { CUT_UNMAP, CUT_PROTECT, CUT_REPLACE, WHOLE_PROTECT, WHOLE_UNMAP, MAKE, FOLD, OPS };

/* 64 KiB as 16 entries: a size in each, 16 copies, a hint in each. */
static const char *const formats[] = { "sv48", "sv39", "armv7_short", "aarch64_4k", "armv7_lpae", "mtk_v7s" };
#define COUNT ((int)(sizeof(formats) / sizeof(formats[0])) * OPS)

struct caught { uint64_t pa[16], lg2[16]; unsigned rights[16]; uint8_t seen; };

static void look(struct rig *r, struct caught *c)
{
	struct ptg_translation t;
	unsigned i;

	for (i = 0; i < 16; i++) {
		bool there = ptg_translate(&r->s, VA + i * K4, PTG_LOOK, &t) == PTG_F_NONE;

		c->pa[i] = there ? t.pa : ~UINT64_C(0);
		c->lg2[i] = !there ? 0 : t.contig_lg2 > t.page_lg2 ? t.contig_lg2 : t.page_lg2;
		c->rights[i] = there ? t.rights & 0x3f : 0;
	}
}

static void start(struct rig *r, const char *name, unsigned op)
{
	struct caught c;

	rig_space(r, r->format);
	r->m.window_size = 0;
	r->s.page_sizes |= K64; /* a size that is off where a format has to be told of it */
	if (op == MAKE) /* the table is there */
		MUST(ptg_map(&r->s, VA - K4, PA - K4, K4, &rig_rw, 0, &r->f) == PTG_OK, "%s", name);
	else
		MUST(ptg_map(&r->s, VA, PA, K64, &rig_rw, op == FOLD ? PTG_NO_LARGE | PTG_NO_CONTIG : 0, &r->f) == PTG_OK, "%s", name);
	look(r, &c);
	MUST(c.lg2[7] == (op == MAKE ? 0 : op == FOLD ? 12 : 16), "%s: a group is 2^%u", name, (unsigned)c.lg2[7]);
	rig_fresh_flush(r);
}

static int act(struct rig *r, unsigned op, const struct ptg_attrs *ro)
{
	switch (op) {
	case CUT_UNMAP:
		return ptg_unmap(&r->s, VA + 4 * K4, 4 * K4, PTG_SPLIT_OK, &r->f);
	case CUT_PROTECT:
		return ptg_protect(&r->s, VA + 4 * K4, 4 * K4, ro, PTG_SPLIT_OK, &r->f);
	case CUT_REPLACE:
		return ptg_map(&r->s, VA + 4 * K4, 2 * PA, 4 * K4, &rig_rw, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f);
	case WHOLE_PROTECT:
		return ptg_protect(&r->s, VA, K64, ro, 0, &r->f);
	case WHOLE_UNMAP:
		return ptg_unmap(&r->s, VA, K64, PTG_KEEP_TABLES, &r->f);
	case MAKE:
		return ptg_map(&r->s, VA, PA, K64, &rig_rw, 0, &r->f);
	default:
		return ptg_collapse(&r->s, VA, K64, &r->f);
	}
}

static bool within(const struct ptg_flush *f, uint64_t va)
{
	uint32_t i;

	for (i = 0; i < f->count; i++)
		if (va >= f->range[i].va && va <= f->range[i].last)
			return true;
	return f->all;
}

static unsigned flushed;         /* pages that break-before-make has flushed */

static void on_flush(struct rig *r, const struct ptg_flush *f)
{
	unsigned i;

	(void)r;
	for (i = 0; i < 16; i++)
		flushed |= within(f, VA + i * K4) ? 1u << i : 0;
}

/* Either all sixteen are of one group, or each is a page of its own, or not there. */
static void no_half_groups(const char *name, unsigned op, unsigned at, const struct caught *c)
{
	unsigned i, groups = 0;

	for (i = 0; i < 16; i++)
		groups += c->lg2[i] > 12;
	MUST(groups == 0 || groups == 16, "%s: operation %u, call %u: %u entries of a group", name, op, at, groups);
	for (i = 0; groups && i < 16; i++)
		MUST(c->rights[i] == c->rights[0], "%s: operation %u, call %u: rights in a group differ", name, op, at);
}

static void compare(struct rig *r, const char *name, unsigned op, unsigned at, const struct caught *was, const struct caught *now)
{
	unsigned i;

	no_half_groups(name, op, at, now);
	for (i = 0; i < 16; i++) {
		if (op < WHOLE_PROTECT && i >= 4 && i < 8)
			continue; /* the range */
		if (op <= WHOLE_PROTECT || op == FOLD)
			MUST(now->pa[i] == was->pa[i], "%s: operation %u, call %u: page %u is at %#llx", name, op, at, i,
			     (unsigned long long)now->pa[i]);
		if (op < WHOLE_PROTECT || op == FOLD)
			MUST(now->rights[i] == was->rights[i], "%s: operation %u, call %u: rights of page %u", name, op, at, i);
		if (now->lg2[i] != was->lg2[i] || now->pa[i] != was->pa[i] || now->rights[i] != was->rights[i])
			MUST(within(&r->f, VA + i * K4) || (flushed >> i & 1) || op == MAKE, "%s: operation %u, call %u: page %u is not in the flush", name, op,
			     at, i);
	}
}

/* What was stored between, hardware may have seen: then the group is listed, put back or not. */
static unsigned stores;

static int counting_cas(void *priv, uint64_t pa, unsigned bytes, uint64_t *expected, uint64_t desired)
{
	int done = rig_cas(priv, pa, bytes, expected, desired);

	stores += done == 1;
	return done;
}

static int counting_write(void *priv, uint64_t pa, const void *src, size_t n)
{
	int err = rig_write(priv, pa, src, n);

	stores += err == 0;
	return err;
}

START_TEST(nobody_sees_half_a_group)
{
	const char *name = formats[_i / OPS];
	unsigned op = (unsigned)_i % OPS, at, pass, errors = 0;
	struct rig *r = rig_format(name);
	const struct ptg_attrs ro = { .rights = PTG_SR, .care = PTG_SR | PTG_SW };

	if ((op == CUT_PROTECT || op == WHOLE_PROTECT) && ptg_attr_check(&r->s, &ro, 12)) {
		rig_end(r); /* pages that can only be written as well */
		return;
	}
	for (pass = 0; pass < 4; pass++)
		for (at = 1; at < 2000; at++) {
			struct caught was, now;
			unsigned all;
			int err;

			start(r, name, op);
			if (pass & 2) /* no pointers: every entry by calls */
				r->ops.map_table = NULL, r->ops.unmap_table = NULL;
			r->ops.cas = counting_cas;
			r->ops.write_bytes = counting_write;
			r->on_flush = on_flush;
			stores = flushed = 0;
			look(r, &was);
			r->calls = 0;
			r->fails = RIG_MEMORY;
			r->fail_at = at;
			r->fail_for = pass & 1;
			err = act(r, op, &ro);
			all = r->calls;
			r->fails = 0;
			MUST(err == PTG_OK || err == PTG_E_IO || err == PTG_E_UNSUPPORTED, "%s: %d", name, err);
			errors += err != PTG_OK;
			look(r, &now);
			compare(r, name, op, at, &was, &now);
			if (err && stores && op < WHOLE_UNMAP)
				MUST(within(&r->f, VA) || (flushed & 1), "%s: operation %u, call %u: stored, and not listed", name,
				     op, at);
			if (all < at)
				break;
		}
	rig_end(r);
	ck_assert_uint_gt(errors, 0);
}
END_TEST

static void free_when_gone(void *priv, uint64_t pa, size_t bytes)
{
	struct rig *r = priv;
	unsigned i;

	for (i = 0; i < 48; i++)
		MUST(rig_pa(r, VA + i * K4) < pa || rig_pa(r, VA + i * K4) - pa >= bytes, "frame %#llx freed while mapped",
		     (unsigned long long)pa);
	rig_free_page(priv, pa, bytes);
}

/* Frames are given back 32 at a time: the 32nd is a group of 16 entries, all of which have to be gone. */
START_TEST(a_frame_is_free_when_no_entry_has_it)
{
	struct rig *r = rig_format("sv48");

	ck_assert_int_eq(ptg_alloc(&r->s, VA, 3 * K64, &rig_rw, PTG_NO_LARGE, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_collapse(&r->s, VA + 2 * K64, K64, &r->f), PTG_OK);
	ck_assert_uint_eq(rig_lg2(r, VA + 2 * K64), 16);
	r->ops.free_page = free_when_gone;
	ck_assert_int_eq(ptg_free(&r->s, VA + K4, 3 * K64 - K4, 0, &r->f), PTG_OK);
	ck_assert_int_eq(ptg_free(&r->s, VA, K4, 0, &r->f), PTG_OK);
	ck_assert_uint_eq(r->pages, 0);
	rig_end(r);
}
END_TEST

/* --- memory that was in use before -------------------------------------------------------- */

static uint64_t last_table;      /* in use; the memory of new tables is full of entries that lead to it */

static int alloc_used(void *priv, size_t bytes, size_t align, unsigned level, uint64_t *pa)
{
	struct rig *r = priv;
	const uint64_t e[2] = { !strcmp(r->format->name, "sv48") ? last_table >> 2 | 1 : last_table | 0x67, 0 };
	int err = rig_alloc(priv, bytes, align, level, pa);
	size_t i;

	for (i = 0; !err && i < bytes; i += 8)
		memcpy(rig_at(r, *pa + i, 8), e, 8);
	return err;
}

/* A table that is filled from end to end need not be cleared before; when that fails, what it held says nothing. */
START_TEST(a_full_table_that_fails_is_not_taken_apart)
{
	const uint64_t m2 = UINT64_C(0x200000), g1 = UINT64_C(0x40000000);
	struct rig *r = rig_format(_i ? "x86_64" : "sv48");
	struct ptg_translation t;
	unsigned at, tables;
	bool failed = true;

	for (at = 1; failed; at++) {
		rig_space(r, r->format);
		r->m.window_size = 0;
		r->s.page_sizes = K4 | m2;
		ck_assert_int_eq(ptg_map(&r->s, 0, PA, K4, &rig_rw, 0, &r->f), PTG_OK);
		ck_assert_int_eq(ptg_translate(&r->s, 0, PTG_LOOK, &t), PTG_F_NONE);
		last_table = t.entry_pa & ~(K4 - 1);
		tables = r->tables;
		r->ops.alloc_table = alloc_used;
		r->ops.map_table = NULL;
		r->ops.unmap_table = NULL;
		r->fails = RIG_MEMORY;
		r->fail_at = at;
		r->fail_for = 1; /* a second try too */
		(void)ptg_map(&r->s, g1, 0, 2 * g1, &rig_rw, 0, &r->f);
		failed = r->calls >= at;
		r->fails = 0;
		ck_assert_int_eq(ptg_unmap(&r->s, g1, 2 * g1, 0, &r->f), PTG_OK);
		rig_flush_f(r);
		MUST(r->tables == tables, "call %u: %u tables, not %u", at, r->tables, tables);
		MUST(rig_pa(r, 0) == PA, "call %u: what was there is gone", at);
	}
	ck_assert_uint_gt(at, 1000);
	rig_end(r);
}
END_TEST

static uint64_t written, synced; /* ends of both, in last_table */

static int note_write(void *priv, uint64_t pa, const void *src, size_t n)
{
	int err = rig_write(priv, pa, src, n);

	written = !err && pa + n > written ? pa + n : written;
	return err;
}

static void note_sync(void *priv, uint64_t pa, size_t n)
{
	(void)priv;
	if (pa - last_table < K4 && pa + n > synced)
		synced = pa + n;
}

/* A store failed, for want of memory there: what comes after it is not to be synced. */
START_TEST(what_was_not_stored_is_not_synced)
{
	struct rig *r = rig_format("sv48");
	struct ptg_translation t;
	unsigned at;
	int err = PTG_E_IO;

	for (at = 1; err || at < 60; at++) {
		rig_space(r, r->format);
		ck_assert_int_eq(ptg_map(&r->s, VA, PA, K4, &rig_rw, 0, &r->f), PTG_OK);
		r->m.window_size = 0;
		r->ops.map_table = NULL;
		r->ops.unmap_table = NULL;
		r->ops.write_bytes = note_write;
		r->ops.sync = note_sync;
		ck_assert_int_eq(ptg_translate(&r->s, VA, PTG_LOOK, &t), PTG_F_NONE);
		last_table = t.entry_pa & ~(K4 - 1);
		written = synced = 0;
		r->fails = RIG_MEMORY;
		r->fail_at = at;
		r->fail_for = 100;
		err = ptg_map(&r->s, VA + K4, 4 * PA + K4, 8 * K4, &rig_rw, PTG_NO_CONTIG, &r->f);
		MUST(synced <= written, "call %u: %#llx bytes too many", at, (unsigned long long)(synced - written));
		r->fails = 0;
		(void)ptg_unmap(&r->s, VA, 9 * K4, 0, &r->f);
		rig_flush_f(r);
	}
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("space_undo");
	TCase *tc = tcase_create("undo");

	tcase_add_loop_test(tc, nobody_sees_half_a_group, 0, COUNT);
	tcase_add_test(tc, a_frame_is_free_when_no_entry_has_it);
	tcase_add_test(tc, what_was_not_stored_is_not_synced);
	tcase_add_loop_test(tc, a_full_table_that_fails_is_not_taken_apart, 0, 2);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
