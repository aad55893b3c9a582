/* SPDX-License-Identifier: Apache-2.0 */
#include "model/field_path.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "suite.h"

static struct cmek_arena arena;
static struct cmek_error err;

static void clean_up(void)
{
    cmek_arena_done(&arena);
}

static const char *const wrong[] = {
    "",     ".",        "a.",     ".a",    "a..b",  "a b",       "a[",      "a[]b", "a[0]",   "[]",
    "[].a", "a.[]",     "\"a",    "a.\"b", "\"\"",  "a.\"\"",    "a\"b\"",  "a]",   "a.b ",   " a",
    "a\tb", "\"a\"\"b", "a[][]b", "a or",  " or a", "a or or b", "a  or b", "a[]]", "a.b[.c",
};

START_TEST(what_is_no_path_is_refused)
{
    struct cmek_field_paths paths = {0};
    ck_assert_msg(cmek_field_paths_parse(wrong[_i], &arena, &paths, &err) == CMEK_E_USAGE, "'%s'",
                  wrong[_i]);
    ck_assert_msg(strstr(err.message, "a path looks like"), "%s", err.message);
    ck_assert_ptr_null(paths.items);
}
END_TEST

START_TEST(long_and_deep_paths_are_refused)
{
    char text[CMEK_LIMIT_PATH_BYTES + 2];
    struct cmek_field_path path;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(cmek_field_path_parse(text, &arena, &path, &err), CMEK_E_USAGE);
    text[sizeof text - 2] = '\0';
    ck_assert_int_eq(cmek_field_path_parse(text, &arena, &path, &err), CMEK_OK);
    for (size_t i = 0; i < 2 * CMEK_LIMIT_PATH_STEPS; i++)
        text[i] = i % 2 == 0 ? 'a' : '.';
    text[2 * CMEK_LIMIT_PATH_STEPS - 1] = '\0';
    ck_assert_int_eq(cmek_field_path_parse(text, &arena, &path, &err), CMEK_OK);
    ck_assert_uint_eq(path.count, CMEK_LIMIT_PATH_STEPS);
    memcpy(text + 2 * CMEK_LIMIT_PATH_STEPS - 1, ".b", sizeof ".b");
    ck_assert_int_eq(cmek_field_path_parse(text, &arena, &path, &err), CMEK_E_USAGE);
}
END_TEST

START_TEST(many_alternatives_are_refused)
{
    struct cmek_field_paths paths;
    ck_assert_int_eq(cmek_field_paths_parse("a or b or c or d or e or f or g or h", &arena, &paths,
                                            &err),
                     CMEK_OK);
    ck_assert_uint_eq(paths.count, CMEK_LIMIT_PATH_ALTERNATIVES);
    ck_assert_int_eq(cmek_field_paths_parse("a or b or c or d or e or f or g or h or i", &arena,
                                            &paths, &err),
                     CMEK_E_USAGE);
}
END_TEST

static const struct {
    const char *text;
    const char *steps; /* one a line, with [] for a list */
} paths[] = {
    {"kmsKeyName", "kmsKeyName\n"},
    {"encryption.defaultKmsKeyName", "encryption\ndefaultKmsKeyName\n"},
    {"a[].b[].c", "a[]\nb[]\nc\n"},
    {"keys[]", "keys[]\n"},
    {"m.\"x.y/z-1\"", "m\nx.y/z-1\n"},
    {"\"a b\"[].\"or\"", "a b[]\nor\n"},
    {"or", "or\n"},
};

START_TEST(paths_become_steps)
{
    struct cmek_field_path path;
    ck_assert_msg(cmek_field_path_parse(paths[_i].text, &arena, &path, &err) == CMEK_OK, "%s",
                  err.message);
    ck_assert_str_eq(path.text, paths[_i].text);
    const char *steps = "";
    for (size_t i = 0; i < path.count; i++)
        steps = cmek_arena_printf(&arena, "%s%s%s\n", steps, path.steps[i].name,
                                  path.steps[i].is_list ? "[]" : "");
    ck_assert_str_eq(steps, paths[_i].steps);
}
END_TEST

START_TEST(alternatives_are_split)
{
    struct cmek_field_paths both;
    ck_assert_int_eq(cmek_field_paths_parse("a.b or c[].d", &arena, &both, &err), CMEK_OK);
    ck_assert_uint_eq(both.count, 2);
    ck_assert_str_eq(both.items[0].text, "a.b");
    ck_assert_str_eq(both.items[1].text, "c[].d");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/field_path");
    TCase *tests = tcase_create("field_path");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, what_is_no_path_is_refused, 0, COUNT(wrong));
    tcase_add_test(tests, long_and_deep_paths_are_refused);
    tcase_add_test(tests, many_alternatives_are_refused);
    tcase_add_loop_test(tests, paths_become_steps, 0, COUNT(paths));
    tcase_add_test(tests, alternatives_are_split);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
