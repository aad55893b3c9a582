/* SPDX-License-Identifier: Apache-2.0 */
#include "report/uri.h"

#include <check.h>

#include "base/strbuf.h"
#include "render.h"

static const struct {
    const char *label, *path, *want;
} cases[] = {
    {"nothing", "", ""},
    {"unreserved characters stay", "a-Z_0.~/b", "a-Z_0.~/b"},
    {"empty segments stay", "a//b/", "a//b/"},
    {"blanks and delimiters", "a b?c#d:e%f", "a%20b%3Fc%23d%3Ae%25f"},
    {"line ends", "a\nb\r", "a%0Ab%0D"},
    {"UTF-8", "\xc3\xa4", "%C3%A4"},
    {"no UTF-8",
     "\xff"
     "a",
     "%EF%BF%BDa"},
    {"a cut sequence", "\xe2\x82", "%EF%BF%BD%EF%BF%BD"},
    {"dot segments cannot climb", "../a/./..", "%2E%2E/a/%2E/%2E%2E"},
    {"other dots stay", "...a/.b/c.", "...a/.b/c."},
};

START_TEST(a_path_is_encoded)
{
    struct cmek_strbuf uri = {0};
    cmek_uri_append_path(&uri, cases[_i].path);
    ck_assert_msg(strcmp(cmek_strbuf_text(&uri), cases[_i].want) == 0, "%s: got '%s'",
                  cases[_i].label, cmek_strbuf_text(&uri));
    cmek_strbuf_done(&uri);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("uri");
    tcase_add_loop_test(tests, a_path_is_encoded, 0, (int)(sizeof cases / sizeof *cases));
    return run_case("report/uri", tests);
}
