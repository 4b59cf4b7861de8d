/* SPDX-License-Identifier: MIT */
/*
 * test_user_crook.c - a format unlike those we ship (crook.pt), against a walk written by hand from its text
 *
 * Levels of 5, 12 and 3 bits, 64-bit big-endian entries counted from the left, valid when a bit is clear, rights by
 * code, and two attributes of two bits that tables add to (LOCK) or take from (MAY), by a feature.
 */
#include "tests/unit/space.h"

#define PAGE  UINT64_C(0x2000)
#define PAGES 4096u
#define BASE  UINT64_C(0xff00000)        /* the pages of the model: across an entry of the first table */

struct answer { enum ptg_fault fault; uint64_t pa; unsigned rights; };

static bool locks;

/* Bits [first:last] of a big-endian entry, 0 the highest. */
static uint64_t field(uint64_t e, unsigned first, unsigned last)
{
	return e << first >> (63 - last + first);
}

static bool entry(struct rig *r, uint64_t pa, uint64_t *e)
{
	const uint8_t *p = rig_at(r, pa, 8);
	unsigned i;

	for (i = 0, *e = 0; p && i < 8; i++)
		*e = *e << 8 | p[i];
	return p != NULL;
}

static struct answer page_of(uint64_t e, uint64_t pa, unsigned lock, unsigned may)
{
	static const unsigned granted[8] = { 1, 3, 5, 7, 1, 3, 4 }; /* read, write, fetch */
	unsigned prot = (unsigned)field(e, 2, 4), rights = granted[prot];

	may &= (unsigned)field(e, 5, 6);
	if (prot == 7)
		return (struct answer){ .fault = PTG_F_RESERVED };
	if ((lock & 1) || !(may & 1)) /* [1] is the bit on the right */
		rights &= ~2u;
	if ((lock & 2) || !(may & 2))
		rights &= ~4u;
	return (struct answer){ .pa = pa, .rights = rights << 3 | (prot >= 4 ? rights : 0) };
}

static struct answer by_hand(struct rig *r, uint64_t va)
{
	const struct answer unreadable = { .fault = PTG_F_UNREADABLE }, absent = { .fault = PTG_F_NOT_PRESENT },
			    reserved = { .fault = PTG_F_RESERVED };
	unsigned lock, may;
	uint64_t e;

	if (va >> 33)
		return (struct answer){ .fault = PTG_F_NONCANONICAL };
	if (!entry(r, r->s.root[0].table + 8 * (va >> 28), &e))
		return unreadable;
	if (field(e, 0, 0))
		return absent;
	if (field(e, 1, 19))
		return reserved;
	lock = locks ? (unsigned)field(e, 58, 59) : 0;
	may = locks ? (unsigned)field(e, 49, 50) : 3;
	if (!entry(r, (field(e, 20, 48) << 15) + 8 * (va >> 16 & 0xfff), &e))
		return unreadable;
	if (field(e, 0, 0))
		return absent;
	if (field(e, 1, 1))
		return field(e, 48, 63) ? reserved : page_of(e, field(e, 20, 47) << 16 | (va & 0xffff), lock, may);
	if (field(e, 2, 19))
		return reserved;
	if (!entry(r, (field(e, 20, 57) << 6) + 8 * (va >> 13 & 7), &e))
		return unreadable;
	if (field(e, 0, 0))
		return absent;
	return field(e, 1, 1) ? reserved : page_of(e, field(e, 20, 50) << 13 | (va & (PAGE - 1)), lock, may);
}

static struct rig *crook(bool on)
{
	static const struct load_options none;
	struct rig *r = rig_new();
	struct load load;

	ck_assert_int_eq(load_file(&load, r->arena, "tests/unit/crook.pt", "crook", &none), 0);
	rig_space(r, &load.plan[0]->format);
	ck_assert_int_eq(ptg_space_feature(&r->s, "locks", on), PTG_OK);
	locks = on;
	return r;
}

static void same(struct rig *r, uint64_t va)
{
	struct answer want = by_hand(r, va);
	struct ptg_hit h = ptg_lookup(&r->s, va, PTG_LOOK);

	MUST(PTG_HIT_FAULT(h) == want.fault && h.pa == want.pa && (PTG_HIT_RIGHTS(h) & 0x3f) == want.rights,
	     "%#llx: fault %u, pa %#llx, rights %#x; by hand %d, %#llx, %#x", (unsigned long long)va, PTG_HIT_FAULT(h),
	     (unsigned long long)h.pa, PTG_HIT_RIGHTS(h) & 0x3f, (int)want.fault, (unsigned long long)want.pa, want.rights);
}

START_TEST(any_memory_reads_as_by_hand)
{
	struct rig *r = crook(_i);
	unsigned found[16] = { 0 };

	for (unsigned round = 0; round < 40; round++) {
		for (uint64_t at = 0; at < 1u << 18; at += 8) {
			uint64_t e = rig_random(r), to = RIG_BASE + rig_random(r) % (1u << 18);

			e = (e & UINT64_C(0x780000000000007f)) | (to & (round & 1 ? ~UINT64_C(0x7fff) : ~UINT64_C(63)));
			e |= (rig_random(r) & 3) << 57; /* MAY of a page, and what is zero in a table */
			if (rig_random(r) % 3)
				e &= ~UINT64_C(0xfffff00000000000) | (rig_random(r) & UINT64_C(0x7e00000000000000) & -(rig_random(r) & 1));
			e |= (rig_random(r) & 3) << 13; /* MAY of a table */
			for (unsigned i = 0; i < 8; i++)
				r->mem[at + i] = (uint8_t)(e >> (56 - 8 * i));
		}
		for (unsigned i = 0; i < 4000; i++) {
			uint64_t va = rig_random(r) >> (i % 50 ? 31 : 29);

			same(r, va);
			found[by_hand(r, va).fault]++;
		}
	}
	MUST(found[PTG_F_NONE] > 500 && found[PTG_F_NOT_PRESENT] + found[PTG_F_RESERVED] > 500, "%u pages", found[0]);
	rig_end(r);
}
END_TEST

/* --- changes ----------------------------------------------------------------------------------------- */

struct told { uint64_t pa; unsigned rights; };

static void check_pages(struct rig *r, const struct told *model)
{
	for (unsigned i = 0; i < PAGES; i++) {
		struct answer a = by_hand(r, BASE + i * PAGE);

		MUST((a.fault == PTG_F_NONE) == (model[i].rights != 0), "page %u: fault %d", i, (int)a.fault);
		MUST(a.fault || (a.pa == model[i].pa && a.rights == model[i].rights), "page %u: %#llx, %#x", i,
		     (unsigned long long)a.pa, a.rights);
		same(r, BASE + i * PAGE + 5);
	}
}

START_TEST(changes_are_what_they_say)
{
	static const unsigned granted[] = { 8, 24, 40, 56, 9, 27, 36 };
	struct rig *r = crook(_i);
	struct told *model = calloc(PAGES, sizeof(*model));

	ck_assert_ptr_nonnull(model);
	for (unsigned step = 0; step < 400; step++) {
		unsigned first = (unsigned)(rig_random(r) % PAGES), n = 1 + (unsigned)(rig_random(r) % (step % 3 ? 9 : 900));
		struct ptg_attrs a = { .rights = granted[rig_random(r) % 7], .care = 0x3f };
		uint64_t va, pa = rig_random(r) % (UINT64_C(1) << 43) / PAGE * PAGE;

		n = first + n > PAGES ? PAGES - first : n;
		va = BASE + first * PAGE;
		if (step % 2)
			pa = (pa & ~UINT64_C(0xffff)) | (va & 0xffff);
		switch (rig_random(r) % 4) {
		case 0: case 1:
			ck_assert_int_eq(ptg_map(&r->s, va, pa, n * PAGE, &a, PTG_MAP_REPLACE | PTG_SPLIT_OK, &r->f), PTG_OK);
			for (unsigned i = 0; i < n; i++)
				model[first + i] = (struct told){ pa + i * PAGE, a.rights };
			break;
		case 2:
			ck_assert_int_eq(ptg_unmap(&r->s, va, n * PAGE, PTG_SPLIT_OK, &r->f), PTG_OK);
			memset(model + first, 0, n * sizeof(*model));
			break;
		default:
			ck_assert_int_eq(ptg_protect(&r->s, va, n * PAGE, &a, PTG_SPLIT_OK | PTG_SKIP_HOLES, &r->f), PTG_OK);
			for (unsigned i = first; i < first + n; i++)
				model[i].rights = model[i].rights ? a.rights : 0;
		}
		rig_flush_f(r);
		if (step % 10 == 0) {
			ck_assert_int_eq(ptg_collapse(&r->s, BASE, PAGES * PAGE, &r->f), PTG_OK);
			rig_flush_f(r);
		}
		check_pages(r, model);
	}
	ck_assert_int_eq(ptg_unmap(&r->s, BASE, PAGES * PAGE, 0, &r->f), PTG_OK);
	rig_flush_f(r);
	ck_assert_uint_eq(r->tables, 0);
	free(model);
	rig_end(r);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("user_crook");
	TCase *tc = tcase_create("crook");

	tcase_add_loop_test(tc, any_memory_reads_as_by_hand, 0, 2);
	tcase_add_loop_test(tc, changes_are_what_they_say, 0, 2);
	tcase_set_timeout(tc, 0);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
