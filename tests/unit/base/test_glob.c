/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

static const struct {
    const char *pattern, *text;
    bool want;
} rows[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "", false},
    {"*", "", true},
    {"**", "a/b", true},
    {"?", "", false},
    {"?", "a", true},
    {"a*", "a", true},
    {"a*b", "a/x/b", true},
    {"a*b", "a/x/bc", false},
    {"*a*a*", "a", false},
    {"*ab", "aab", true},
    {"*.appspot.com", "//storage.googleapis.com/us.artifacts.p.appspot.com", true},
    {"b[0]", "b[0]", true}, /* brackets are themselves */
    {"b[0]", "b0", false},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"\\?", "a", false},
    {"\\\\", "\\", true},
    {"a\\", "a\\", true}, /* nothing follows: itself */
    {"A", "a", false},
    {"\xC3?", "\xC3\xA4", true}, /* bytes, not characters */
};

START_TEST(patterns_match)
{
    ck_assert_msg(cmek_glob_match(rows[_i].pattern, rows[_i].text) == rows[_i].want,
                  "'%s' and '%s'", rows[_i].pattern, rows[_i].text);
}
END_TEST

START_TEST(a_hostile_pattern_ends)
{
    char text[4001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    char pattern[401];
    for (size_t i = 0; i + 1 < sizeof pattern; i += 2) {
        pattern[i] = '*';
        pattern[i + 1] = 'a';
    }
    pattern[399] = 'b';
    pattern[400] = '\0';
    ck_assert(!cmek_glob_match(pattern, text));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/glob");
    TCase *tests = tcase_create("glob");
    tcase_add_loop_test(tests, patterns_match, 0, COUNT(rows));
    tcase_add_test(tests, a_hostile_pattern_ends);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
