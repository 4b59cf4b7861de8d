/* SPDX-License-Identifier: MIT */
/*
 * check.h - as much of Check as the walker's tests use, for hosts where the
 * library is not installed (run.sh); the first failure ends the program
 */
#ifndef HOSTS_CHECK_H
#define HOSTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void check_test(int i);
struct check_case { check_test *test; int first, last; };
typedef struct { struct check_case cases[32]; int count; } TCase;
typedef TCase Suite;
typedef TCase SRunner;

#define START_TEST(name) static void name(int _i) { (void)_i;
#define END_TEST }
#define check_fail(text) (printf("%s:%d: %s\n", __FILE__, __LINE__, text), exit(1))
#define ck_assert(x) do { if (!(x)) check_fail(#x); } while (0)
#define ck_assert_int_eq(a, b) ck_assert((a) == (b))
#define ck_assert_uint_eq(a, b) ck_assert((a) == (b))
#define ck_assert_uint_ge(a, b) ck_assert((a) >= (b))
#define ck_assert_uint_le(a, b) ck_assert((a) <= (b))
#define ck_assert_uint_lt(a, b) ck_assert((a) < (b))
#define ck_assert_ptr_nonnull(p) ck_assert((p) != NULL)
#define ck_assert_msg(x, ...) ck_assert(x)
#define ck_assert_mem_eq(a, b, n) ck_assert(memcmp(a, b, n) == 0)

enum { CK_ENV };
static TCase check_all;
static inline Suite *suite_create(const char *name) { printf("%s: ", name); return &check_all; }
static inline TCase *tcase_create(const char *name) { (void)name; return &check_all; }
static inline void tcase_add_loop_test(TCase *c, check_test *t, int first, int last)
{
	c->cases[c->count++] = (struct check_case){ t, first, last };
}
static inline void tcase_add_test(TCase *c, check_test *t) { tcase_add_loop_test(c, t, 0, 1); }
static inline void tcase_set_timeout(TCase *c, int seconds) { (void)c, (void)seconds; }
static inline void suite_add_tcase(Suite *s, TCase *c) { (void)s, (void)c; }
static inline SRunner *srunner_create(Suite *s) { return s; }
static inline void srunner_run_all(SRunner *r, int how)
{
	(void)how;
	for (int i = 0; i < r->count; i++)
		for (int n = r->cases[i].first; n < r->cases[i].last; n++)
			r->cases[i].test(n);
	printf("%d tests passed\n", r->count);
}
static inline int srunner_ntests_failed(SRunner *r) { (void)r; return 0; }
static inline void srunner_free(SRunner *r) { (void)r; }

#endif /* HOSTS_CHECK_H */
