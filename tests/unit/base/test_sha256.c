/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"

#include <string.h>

#include "suite.h"

/* Wanted values: printf 'a\0bc\0' | sha256sum, and so on. */
static const struct {
    const char *label;
    const char *parts[3];
    size_t count;
    const char *want;
} cases[] = {
    {"nothing", {NULL}, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"one empty part", {""}, 1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"a NULL part", {NULL}, 1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"a and bc",
     {"a", "bc"},
     2,
     "aa795aa4bbb6117911ef062e271bcb05ccfd58ea439da7d46a44e3a3fcefa790"},
};

START_TEST(digests_are_those_of_sha256sum)
{
    char hex[CMEK_SHA256_HEX_SIZE];
    cmek_sha256_hex(cases[_i].parts, cases[_i].count, hex);
    ck_assert_msg(strcmp(hex, cases[_i].want) == 0, "%s: %s", cases[_i].label, hex);
}
END_TEST

START_TEST(where_parts_end_counts)
{
    char first[CMEK_SHA256_HEX_SIZE], second[CMEK_SHA256_HEX_SIZE], third[CMEK_SHA256_HEX_SIZE];
    cmek_sha256_hex((const char *const[]){"a", "bc"}, 2, first);
    cmek_sha256_hex((const char *const[]){"ab", "c"}, 2, second);
    cmek_sha256_hex((const char *const[]){"a", "bc", NULL}, 3, third);
    ck_assert_str_ne(first, second);
    ck_assert_str_ne(first, third);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/sha256");
    TCase *tests = tcase_create("sha256");
    tcase_add_loop_test(tests, digests_are_those_of_sha256sum, 0, COUNT(cases));
    tcase_add_test(tests, where_parts_end_counts);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
