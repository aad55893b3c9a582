/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "base/strbuf.h"
#include "render.h"
#include "report/gfm.h"

static const struct {
    const char *label;
    void (*append)(struct cmek_strbuf *buffer, const char *text);
    const char *text, *want;
} rows[] = {
    {"prose stays", cmek_gfm_append_text, "a bucket.", "a bucket."},
    {"markup is escaped", cmek_gfm_append_text, "*a* [b](c) <d> `e` |",
     "\\*a\\* \\[b\\]\\(c\\) \\<d\\> \\`e\\` \\|"},
    {"an entity is none", cmek_gfm_append_text, "&lt;", "\\&lt;"},
    {"nobody is mentioned", cmek_gfm_append_text, "a@b",
     "a@\xE2\x81\xA0"
     "b"},
    {"an address is no link", cmek_gfm_append_text, "https://x", "https\\://x"},
    {"a line end is shown", cmek_gfm_append_text, "a\nb", "a\\\\x0ab"},
    {"direction changes are shown", cmek_gfm_append_text, "\xE2\x80\xAE", "\\\\u202e"},
    {"a name is a code span", cmek_gfm_append_code, "a*b@c", "`a*b@c`"},
    {"a cell is not ended", cmek_gfm_append_code, "a|b", "`a\\|b`"},
    {"backticks get a longer fence", cmek_gfm_append_code, "a``b", "``` a``b ```"},
    {"a line end is shown in a name", cmek_gfm_append_code, "a\n| b", "`a\\x0a\\| b`"},
    {"nothing gives nothing", cmek_gfm_append_code, "", ""},
    {"NULL gives nothing", cmek_gfm_append_code, NULL, ""},
};

START_TEST(text_is_made_harmless)
{
    struct cmek_strbuf buffer = {0};
    rows[_i].append(&buffer, rows[_i].text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&buffer), rows[_i].want) == 0, "%s: got %s",
                  rows[_i].label, cmek_strbuf_text(&buffer));
    cmek_strbuf_done(&buffer);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("gfm");
    tcase_add_loop_test(tests, text_is_made_harmless, 0, (int)(sizeof rows / sizeof *rows));
    return run_case("report/gfm", tests);
}
