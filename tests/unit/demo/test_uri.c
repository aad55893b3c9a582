/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/uri.h"

#include <string.h>

#include "demo/call.h"
#include "suite.h"

static const struct {
    const char *text;
    bool is_form;
    const char *want;
} texts[] = {
    {"plain", false, "plain"}, {"a%20b", false, "a b"}, {"a+b", false, "a+b"},
    {"a+b", true, "a b"},      {"%2F%2f", false, "//"}, {"%", false, "%"},
    {"%2", false, "%2"},       {"%zz", false, "%zz"},   {"100%25", false, "100%"},
    {"a%00b", false, "a"},     {"", false, ""},         {"%C3%A9", false, "\xC3\xA9"},
};

START_TEST(text_is_decoded)
{
    struct cmek_arena arena = {0};
    const char *got =
        cmek_demo_uri_decode(texts[_i].text, strlen(texts[_i].text), texts[_i].is_form, &arena);
    ck_assert_str_eq(got, texts[_i].want);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(a_uri_is_a_path_and_parameters)
{
    struct cmek_demo_call call = {0};
    cmek_demo_call_read_uri(&call, "/v1/a%2Fb?x=1&y=a%26b&empty=&flag&yes=true&x=2");
    ck_assert_str_eq(call.path, "/v1/a%2Fb");
    ck_assert_str_eq(call.query, "x=1&y=a%26b&empty=&flag&yes=true&x=2");
    ck_assert_uint_eq(call.param_count, 6);
    ck_assert_str_eq(cmek_demo_call_param(&call, "x"), "1");
    ck_assert_str_eq(cmek_demo_call_param(&call, "y"), "a&b");
    ck_assert_str_eq(cmek_demo_call_param(&call, "empty"), "");
    ck_assert_str_eq(cmek_demo_call_param(&call, "flag"), "");
    ck_assert_ptr_null(cmek_demo_call_param(&call, "none"));
    ck_assert(cmek_demo_call_flag(&call, "yes") && !cmek_demo_call_flag(&call, "flag"));
    cmek_arena_done(&call.arena);
}
END_TEST

START_TEST(a_uri_may_lack_either)
{
    static const char *const uris[] = {"", "/", "?", "/?", "/?&", "/?=", "/?=&="};
    for (int i = 0; i < COUNT(uris); i++) {
        struct cmek_demo_call call = {0};
        cmek_demo_call_read_uri(&call, uris[i]);
        ck_assert_ptr_null(cmek_demo_call_param(&call, "x"));
        cmek_arena_done(&call.arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/uri");
    TCase *tests = tcase_create("uri");
    tcase_add_loop_test(tests, text_is_decoded, 0, COUNT(texts));
    tcase_add_test(tests, a_uri_is_a_path_and_parameters);
    tcase_add_test(tests, a_uri_may_lack_either);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
