/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strings.h"

#include <string.h>

#include "suite.h"

START_TEST(equality_knows_null)
{
    ck_assert(cmek_str_eq(NULL, NULL));
    ck_assert(!cmek_str_eq(NULL, ""));
    ck_assert(!cmek_str_eq("", NULL));
    ck_assert(cmek_str_eq("", ""));
    ck_assert(cmek_str_eq("a", "a"));
    ck_assert(!cmek_str_eq("a", "A"));
    ck_assert(!cmek_str_eq("a", "ab"));
}
END_TEST

static const struct {
    const char *text, *prefix, *rest;
} prefixes[] = {
    {"projects/1", "projects/", "1"},
    {"projects/", "projects/", ""},
    {"projects", "projects/", NULL},
    {"", "projects/", NULL},
    {"x", "", "x"},
    {NULL, "projects/", NULL},
    {"Projects/1", "projects/", NULL},
};

START_TEST(what_follows_a_prefix)
{
    const char *rest = cmek_str_after(prefixes[_i].text, prefixes[_i].prefix);
    ck_assert_msg(cmek_str_eq(rest, prefixes[_i].rest), "%s", prefixes[_i].text);
    ck_assert(cmek_str_starts(prefixes[_i].text, prefixes[_i].prefix) == (rest != NULL));
}
END_TEST

START_TEST(suffixes)
{
    ck_assert(cmek_str_ends("export.ndjson.gz", ".gz"));
    ck_assert(cmek_str_ends(".gz", ".gz"));
    ck_assert(!cmek_str_ends("gz", ".gz"));
    ck_assert(!cmek_str_ends("", ".gz"));
    ck_assert(!cmek_str_ends("a.gz.txt", ".gz"));
    ck_assert(!cmek_str_ends(NULL, ".gz"));
    ck_assert(cmek_str_ends("a", ""));
}
END_TEST

START_TEST(numbers_are_digits_only)
{
    static const char *const good[] = {"0", "7", "123456789012", "00"};
    static const char *const bad[] = {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "1a", "\xd9\xa1"};
    for (int i = 0; i < COUNT(good); i++)
        ck_assert_msg(cmek_str_is_number(good[i]), "%s", good[i]);
    for (int i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!cmek_str_is_number(bad[i]), "%s", bad[i]);
    ck_assert(!cmek_str_is_number(NULL));
}
END_TEST

START_TEST(order_puts_null_first)
{
    ck_assert_int_eq(cmek_str_compare(NULL, NULL), 0);
    ck_assert_int_lt(cmek_str_compare(NULL, ""), 0);
    ck_assert_int_gt(cmek_str_compare("", NULL), 0);
    ck_assert_int_lt(cmek_str_compare("a", "b"), 0);
    ck_assert_int_gt(cmek_str_compare("b", "a"), 0);
    ck_assert_int_eq(cmek_str_compare("a", "a"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/strings");
    TCase *tests = tcase_create("strings");
    tcase_add_test(tests, equality_knows_null);
    tcase_add_loop_test(tests, what_follows_a_prefix, 0, COUNT(prefixes));
    tcase_add_test(tests, suffixes);
    tcase_add_test(tests, numbers_are_digits_only);
    tcase_add_test(tests, order_puts_null_first);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
