/* SPDX-License-Identifier: MIT */
/*
 * test_filter.c - the words of the command line: numbers, ranges, options, filters
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gen/inspect/filter.h"
#include "gen/commands/options.h"
#include "gen/out.h"
#include "gen/text.h"

static struct arena *arena;
static const struct ptg_level level_names[] = {{.name = "pt", .shift = 12}, {.name = "pd", .shift = 21}};
static const struct ptg_rule rule_names[] = {{.name = "none"}, {.name = "kind:leaf"}};
static const struct ptg_format format = {
	.levels = level_names, .level_count = 2, .rules = rule_names, .rule_count = 2, .memtype_attr = 0xff,
	.page_sizes = 1u << 12 | 1u << 21,
};

static void start(void)
{
	arena = arena_new();
}

static void stop(void)
{
	arena_free(arena);
}

/* --- numbers ---------------------------------------------------------------------------- */

static const struct { const char *text; bool ok; uint64_t value; } numbers[] = {
	{"0", true, 0}, {"10", true, 10}, {"0x10", true, 16}, {"0b101", true, 5}, {"4K", true, 4096}, {"2M", true, 2u << 20},
	{"1G", true, 1u << 30}, {"0x1000_0000", true, 0x10000000}, {"1_000", true, 1000}, {"16KiB", true, 16384},
	{"0xffffffffffffffff", true, UINT64_MAX}, {"18446744073709551615", true, UINT64_MAX}, {"0xFf", true, 255},
	{"18446744073709551616", false, 0}, {"0x10000000000000000", false, 0}, {"16E", false, 0}, {"", false, 0}, {"0x", false, 0},
	{"x", false, 0}, {"1z", false, 0}, {"-1", false, 0}, {"1 ", false, 0}, {"0b2", false, 0}, {"_1", false, 0},
	{"99999999P", false, 0},
};

START_TEST(numbers_are_read)
{
	uint64_t v = 77;

	ck_assert_msg(text_number(numbers[_i].text, &v) == numbers[_i].ok, "%s", numbers[_i].text);
	if (numbers[_i].ok)
		ck_assert_uint_eq(v, numbers[_i].value);
}
END_TEST

START_TEST(wide_numbers_are_read)
{
	uint64_t v[2];

	ck_assert(text_wide("0x0123456789abcdef_fedcba9876543210", v));
	ck_assert_uint_eq(v[1], 0x0123456789abcdefu);
	ck_assert_uint_eq(v[0], 0xfedcba9876543210u);
	ck_assert(text_wide("18446744073709551616", v));
	ck_assert_uint_eq(v[1], 1);
	ck_assert_uint_eq(v[0], 0);
	ck_assert(text_wide("340282366920938463463374607431768211455", v));
	ck_assert_uint_eq(v[1], UINT64_MAX);
	ck_assert(!text_wide("340282366920938463463374607431768211456", v));
	ck_assert(!text_wide("0x1_0000000000000000_0000000000000000", v));
}
END_TEST

static const struct { const char *text; bool ok; uint64_t first, last; } ranges[] = {
	{"0x1000-0x1fff", true, 0x1000, 0x1fff}, {"0x1000..0x2000", true, 0x1000, 0x1fff}, {"4K+4K", true, 0x1000, 0x1fff},
	{"7", true, 7, 7}, {"0-0xffffffffffffffff", true, 0, UINT64_MAX}, {"0xffffffffffffffff+1", true, UINT64_MAX, UINT64_MAX},
	{"0xffffffffffffffff+2", false, 0, 0}, {"2-1", false, 0, 0}, {"1..1", false, 0, 0}, {"1+0", false, 0, 0}, {"1-", false, 0, 0},
	{"-1", false, 0, 0}, {"1.2", false, 0, 0},
};

START_TEST(ranges_are_read)
{
	uint64_t first, last;

	ck_assert_msg(text_range(ranges[_i].text, &first, &last) == ranges[_i].ok, "%s", ranges[_i].text);
	if (!ranges[_i].ok)
		return;
	ck_assert_uint_eq(first, ranges[_i].first);
	ck_assert_uint_eq(last, ranges[_i].last);
}
END_TEST

START_TEST(accesses_are_read)
{
	unsigned a;

	ck_assert(text_access("ur", &a) && a == (PTG_READ | PTG_USER));
	ck_assert(text_access("sw", &a) && a == PTG_WRITE);
	ck_assert(text_access("ux", &a) && a == (PTG_EXEC | PTG_USER));
	ck_assert(text_access("srw", &a) && a == (PTG_READ | PTG_WRITE));
	ck_assert(text_access("-", &a) && a == PTG_LOOK);
	ck_assert(!text_access("u", &a));
	ck_assert(!text_access("r", &a));
	ck_assert(!text_access("urr", &a));
	ck_assert(!text_access("", &a));
}
END_TEST

START_TEST(numbers_are_written)
{
	char b[TEXT_DIGITS];

	ck_assert_str_eq(text_hex(0, 1, b), "0x0");
	ck_assert_str_eq(text_hex(0x1f, 1, b), "0x1f");
	ck_assert_str_eq(text_hex(0x1f, 8, b), "0x0000001f");
	ck_assert_str_eq(text_hex(0x123456789, 8, b), "0x123456789");
	ck_assert_str_eq(text_hex(UINT64_MAX, 16, b), "0xffffffffffffffff");
	ck_assert_str_eq(text_decimal(0, b), "0");
	ck_assert_str_eq(text_decimal(90, b), "90");
	ck_assert_str_eq(text_decimal(UINT64_MAX, b), "18446744073709551615");
}
END_TEST

/* One record with escapes, and a value longer than the record's buffer. */
START_TEST(records_are_written)
{
	static char big[9001], text[20000], want[20000];
	struct out o;
	FILE *f = fmemopen(text, sizeof(text), "w");

	memset(big, 'z', sizeof(big) - 1);
	ck_assert_ptr_nonnull(f);
	out_start(&o, f, OUT_JSON, OUT_COLOUR_NEVER);
	out_begin(&o);
	out_text(&o, "a", "x\"y\\z\n\x01" "\xc3\xa9");
	out_raw(&o, "b", big);
	out_text(&o, "c", big);
	out_hex_wide(&o, "d", 0x12, 0xab);
	out_hex(&o, "e", 0);
	out_number(&o, "f", 10);
	out_null(&o, "g");
	out_end(&o);
	fclose(f);
	snprintf(want, sizeof(want), "{\"a\":\"x\\\"y\\\\z\\n\\u0001\xc3\xa9\",\"b\":%s,\"c\":\"%s\",\"d\":\"0xab0000000000000012\","
		 "\"e\":\"0x0\",\"f\":10,\"g\":null}\n", big, big);
	ck_assert_str_eq(text, want);
}
END_TEST

START_TEST(lengths_are_said)
{
	char b[24];

	ck_assert_str_eq(text_length(4096, b), "4K");
	ck_assert_str_eq(text_length(1536u << 10, b), "1.5M");
	ck_assert_str_eq(text_length(100, b), "100B");
	ck_assert_str_eq(text_length(0, b), "16E");
	ck_assert_str_eq(text_size(0x3000, b), "12K");
	ck_assert_str_eq(text_size(4097, b), "4097");
	ck_assert_str_eq(text_lg2(30, b), "1G");
}
END_TEST

/* --- options -------------------------------------------------------------------------------- */

static const struct option_spec specs[] = {
	{"filter", 'f', 1, 0, 1, "EXPR", ""}, {"filler", 0, 0, 0, 2, NULL, ""}, {"range", 0, 2, 0, 3, "A B", ""},
	{"quiet", 'q', 0, 0, 4, NULL, ""}, {NULL, 0, 0, 0, 0, NULL, NULL},
};
static const struct option_group group = {"all", specs};
static const struct option_group *const groups[] = {&group, NULL};

/* Words between blanks; the ids and values they become, as "1=a 0=b ...", "?" where one is wrong. */
static const char *parse(const char *line)
{
	char copy[200];
	char *argv[32];
	int argc = 0, id;
	const char *text = "";
	struct options o;

	strcpy(copy, line);
	for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	options_start(&o, argc, argv, groups);
	while ((id = options_next(&o)) != OPTION_END) {
		if (id == OPTION_BAD)
			return arena_printf(arena, "%s?", text);
		text = arena_printf(arena, "%s%d%s%s%s%s ", text, id, o.value && id != 4 && id != 2 ? "=" : "",
				    o.value && id != 4 && id != 2 ? o.value : "", id == 3 ? "," : "", id == 3 ? o.value2 : "");
	}
	return text;
}

static const struct { const char *line, *result; } lines[] = {
	{"x --filter a b", "1=a 0=b "}, {"x --filter=a", "1=a "}, {"x -filter a", "1=a "}, {"x -f a", "1=a "}, {"x -fa", "1=a "},
	{"x --filt a", "1=a "}, {"x --fil a", "?"}, {"x --quiet -q", "4 4 "}, {"x -q=1", "?"}, {"x --quiet=1", "?"},
	{"x --range 1 2 3", "3=1,2 0=3 "}, {"x --range 1", "?"}, {"x --filter", "?"}, {"x --nope", "?"}, {"x -z", "?"},
	{"x - a", "0=- 0=a "}, {"x -- -f", "0=-f "}, {"x a -q b", "0=a 4 0=b "}, {"x", ""}, {"x -qf", "?"},
};

START_TEST(options_are_read)
{
	ck_assert_str_eq(parse(lines[_i].line), lines[_i].result);
}
END_TEST

/* --- filters ---------------------------------------------------------------------------------- */

/* 4K of user rw-, dirty; 2M of supervisor r-x, global. */
static const struct mapping small = {
	.va = 0x1000, .last = 0x1fff, .pa = 0x5000, .rights = PTG_UR | PTG_UW | PTG_SR | PTG_SW | PTG_DIRTY | PTG_ACCESSED,
	.memtype = PTG_MT_WB, .rule = 1, .level = 0, .page_lg2 = 12, .key = 3, .pages = 1,
};
static const struct mapping large = {
	.va = 0xffff800000000000u, .last = 0xffff8000001fffffu, .pa = 0x200000, .rights = PTG_SR | PTG_SX | PTG_GLOBAL,
	.memtype = PTG_MT_UC, .level = 1, .page_lg2 = 21, .contig_lg2 = 25, .pages = 1,
};

static const struct { const char *text; bool small, large; } filters[] = {
	{"w", true, false}, {"x", false, true}, {"_x", true, false}, {"not x", true, false}, {"!x", true, false},
	{"w and user", true, false}, {"w user", true, false}, {"w,user", true, false}, {"w & x", false, false}, {"w|x", true, true},
	{"w or x", true, true}, {"u", true, false}, {"s", false, true}, {"supervisor", false, true}, {"ro", false, false},
	{"uw", true, false}, {"sx", false, true}, {"ux", false, false}, {"g", false, true}, {"dirty", true, false}, {"a", true, false},
	{"huge", false, true}, {"contig", false, true}, {"size=2M", false, true}, {"size<2M", true, false}, {"size>=4K", true, true},
	{"size!=4K", false, true}, {"memtype=uc", false, true}, {"type=WB", true, false}, {"uc", false, true}, {"_uc", true, false},
	{"memtype!=uc", true, false}, {"level=pd", false, true}, {"level=0", true, false}, {"key=3", true, false},
	{"kind=leaf", true, false}, {"len>4K", false, true}, {"pa=0x5800-0x6000", true, false}, {"pa=0x5800", true, false},
	{"pa=0x1ff000..0x200000", false, false}, {"va=0xffff800000100000+1", false, true}, {"va<0x2000", true, false},
	{"not (w or x)", false, false}, {"(w) and (not(x))", true, false}, {"w and not x and user", true, false},
	{"x or w and user", true, true}, {"(x or w) and user", true, false}, {"not not w", true, false}, {"W AND USER", true, false},
	{"w&&user||x", true, true},
};

START_TEST(filters_decide)
{
	const char *why = "";
	const struct filter *f = filter_parse(arena, filters[_i].text, &why);

	ck_assert_msg(f != NULL, "%s: %s", filters[_i].text, why);
	ck_assert_msg(filter_pass(f, &format, &small) == filters[_i].small, "%s, small", filters[_i].text);
	ck_assert_msg(filter_pass(f, &format, &large) == filters[_i].large, "%s, large", filters[_i].text);
}
END_TEST

static const char *const wrong[] = {
	"", "blue", "w and", "and w", "(w", "w)", "size=", "size=big", "pa=zebra", "colour=red", "w or", "not", "()", "size", "w x y",
	"=3", "w ==", "pa=2-1",
};

START_TEST(wrong_filters_are_refused)
{
	const char *why = NULL;

	ck_assert_msg(filter_parse(arena, wrong[_i], &why) == NULL, "'%s' was taken", wrong[_i]);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_nonnull(strstr(why, "filter"));
}
END_TEST

START_TEST(deep_filters_are_refused)
{
	char text[3000];
	const char *why;

	memset(text, '(', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_ptr_null(filter_parse(arena, text, &why));
	memset(text, '!', sizeof(text) - 1);
	ck_assert_ptr_null(filter_parse(arena, text, &why));
}
END_TEST

#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, start, stop);
	tcase_add_loop_test(t, numbers_are_read, 0, ROWS(numbers));
	tcase_add_test(t, wide_numbers_are_read);
	tcase_add_loop_test(t, ranges_are_read, 0, ROWS(ranges));
	tcase_add_test(t, accesses_are_read);
	tcase_add_test(t, numbers_are_written);
	tcase_add_test(t, records_are_written);
	tcase_add_test(t, lengths_are_said);
	tcase_add_loop_test(t, options_are_read, 0, ROWS(lines));
	tcase_add_loop_test(t, filters_decide, 0, ROWS(filters));
	tcase_add_loop_test(t, wrong_filters_are_refused, 0, ROWS(wrong));
	tcase_add_test(t, deep_filters_are_refused);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
