/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf16.h"

#include <string.h>

#include "base/strbuf.h"
#include "suite.h"

#define BYTES(text) text, sizeof(text) - 1
#define REPLACED    "\xEF\xBF\xBD"

static const struct {
    const char *label, *bytes;
    size_t length;
    const char *utf8;
} texts[] = {
    {"nothing but the mark", BYTES("\xFF\xFE"), ""},
    {"little-endian", BYTES("\xFF\xFEH\0i\0"), "Hi"},
    {"big-endian", BYTES("\xFE\xFF\0H\0i"), "Hi"},
    {"two bytes of UTF-8", BYTES("\xFF\xFE\xE9\0"), "\xC3\xA9"},
    {"three bytes of UTF-8", BYTES("\xFF\xFE\xAC\x20"), "\xE2\x82\xAC"},
    {"a pair of surrogates", BYTES("\xFF\xFE\x3D\xD8\x00\xDE"), "\xF0\x9F\x98\x80"},
    {"the last character of all", BYTES("\xFE\xFF\xDB\xFF\xDF\xFF"), "\xF4\x8F\xBF\xBF"},
    {"a low surrogate alone", BYTES("\xFE\xFF\xDC\x00\0a"), REPLACED "a"},
    {"a high surrogate at the end", BYTES("\xFE\xFF\0a\xD8\x00"), "a" REPLACED},
    {"a high surrogate before a letter", BYTES("\xFE\xFF\xD8\x00\0a"), REPLACED "a"},
    {"half a unit at the end", BYTES("\xFF\xFEH\0i"), "H" REPLACED},
};

START_TEST(becomes_utf8)
{
    struct cmek_strbuf buffer = {0};
    ck_assert(cmek_utf16_has_mark(texts[_i].bytes, texts[_i].length));
    cmek_utf16_to_utf8(texts[_i].bytes, texts[_i].length, &buffer);
    ck_assert_msg(strcmp(cmek_strbuf_text(&buffer), texts[_i].utf8) == 0, "%s: %s", texts[_i].label,
                  cmek_strbuf_text(&buffer));
    cmek_strbuf_done(&buffer);
}
END_TEST

static const struct {
    const char *label, *bytes;
    size_t length;
} others[] = {
    {"nothing", BYTES("")},
    {"half a mark", BYTES("\xFF")},
    {"UTF-8", BYTES("{}")},
    {"the mark of UTF-8", BYTES("\xEF\xBB\xBF{}")},
};

START_TEST(other_text_has_no_mark)
{
    ck_assert_msg(!cmek_utf16_has_mark(others[_i].bytes, others[_i].length), "%s",
                  others[_i].label);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/utf16");
    TCase *tests = tcase_create("utf16");
    tcase_add_loop_test(tests, becomes_utf8, 0, COUNT(texts));
    tcase_add_loop_test(tests, other_text_has_no_mark, 0, COUNT(others));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
