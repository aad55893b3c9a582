/* SPDX-License-Identifier: Apache-2.0 */
#include "report/terminal.h"

#include <check.h>

#include "base/strbuf.h"
#include "render.h"

static const struct {
    const char *label, *text, *want;
} lines[] = {
    {"nothing", "", ""},
    {"plain text", "//storage.googleapis.com/b", "//storage.googleapis.com/b"},
    {"an escape sequence", "\x1b[2J", "\\x1b[2J"},
    {"line ends and tabs", "a\r\n\tb", "a\\x0d\\x0a\\x09b"},
    {"delete", "\x7f", "\\x7f"},
    {"CSI as one character",
     "\xc2\x9b"
     "31m",
     "\\u009b31m"},
    {"right-to-left override",
     "\xe2\x80\xae"
     "gpj",
     "\\u202egpj"},
    {"zero width space",
     "a\xe2\x80\x8b"
     "b",
     "a\\u200bb"},
    {"line separator", "\xe2\x80\xa8", "\\u2028"},
    {"tag characters", "\xf3\xa0\x81\x81", "\\U000e0041"},
    {"bytes that are not UTF-8", "\xff\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"letters of any script stay", "\xc3\xa4\xe6\x97\xa5", "\xc3\xa4\xe6\x97\xa5"},
    {"a GitHub command", "::error::x", "\\x3a:error::x"},
    {"a GitHub command behind blanks", " \xc2\xa0::error::x", " \xc2\xa0\\x3a:error::x"},
    {"colons inside a name stay", "a::b", "a::b"},
    {"an Azure command anywhere", "a##vso[b]", "a#\\x23vso[b]"},
    {"an old Azure command", "##[error]", "#\\x23[error]"},
    {"one hash stays", "a#[b]", "a#[b]"},
};

START_TEST(a_line_obeys_nobody)
{
    struct cmek_strbuf out = {0};
    cmek_terminal_append(&out, lines[_i].text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&out), lines[_i].want) == 0, "%s: got '%s'",
                  lines[_i].label, cmek_strbuf_text(&out));
    cmek_strbuf_done(&out);
}
END_TEST

static const struct {
    const char *label, *text;
    size_t indent, columns;
    const char *want;
} proses[] = {
    {"nothing", "", 2, 10, ""},
    {"blanks alone", " \n\t ", 2, 10, ""},
    {"fits", "one two", 0, 10, "one two"},
    {"fits to the last column", "one two", 0, 7, "one two"},
    {"one column too many", "one two", 0, 6, "one\ntwo"},
    {"further lines are indented", "one two three", 2, 9, "one two\n  three"},
    {"a long word is not broken", "a abcdefghijkl b", 2, 8, "a\n  abcdefghijkl\n  b"},
    {"the first word may be too long", "abcdefghijkl", 2, 8, "abcdefghijkl"},
    {"line ends are blanks", "a\nb\r\n c", 0, 10, "a b c"},
    {"no line begins with a command", "one ::error::x", 0, 5, "one\n\\x3a:error::x"},
    {"wide characters take two columns", "\xe6\x97\xa5 \xe6\x9c\xac", 0, 4,
     "\xe6\x97\xa5\n\xe6\x9c\xac"},
    {"umlauts take one", "\xc3\xa4 \xc3\xb6", 0, 3, "\xc3\xa4 \xc3\xb6"},
};

START_TEST(prose_is_wrapped_between_words)
{
    struct cmek_strbuf out = {0};
    cmek_terminal_append_wrapped(&out, proses[_i].text, proses[_i].indent, proses[_i].columns);
    ck_assert_msg(strcmp(cmek_strbuf_text(&out), proses[_i].want) == 0, "%s: got '%s'",
                  proses[_i].label, cmek_strbuf_text(&out));
    cmek_strbuf_done(&out);
}
END_TEST

START_TEST(width_counts_columns)
{
    ck_assert_uint_eq(cmek_terminal_width("abc", 3), 3);
    ck_assert_uint_eq(cmek_terminal_width("\xe6\x97\xa5", 3), 2);
    ck_assert_uint_eq(cmek_terminal_width("e\xcc\x81", 3), 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("terminal");
    tcase_add_loop_test(tests, a_line_obeys_nobody, 0, (int)(sizeof lines / sizeof *lines));
    tcase_add_loop_test(tests, prose_is_wrapped_between_words, 0,
                        (int)(sizeof proses / sizeof *proses));
    tcase_add_test(tests, width_counts_columns);
    return run_case("report/terminal", tests);
}
