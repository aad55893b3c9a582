/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <string.h>

#include "suite.h"

static const struct {
    const char *label, *bytes;
    size_t length;
    uint32_t code;
    size_t used;
} cases[] = {
    {"NUL", "\0", 1, 0, 1},
    {"a letter", "a", 1, 'a', 1},
    {"the last of one byte", "\x7f", 1, 0x7f, 1},
    {"the first of two bytes", "\xc2\x80", 2, 0x80, 2},
    {"the last of two bytes", "\xdf\xbf", 2, 0x7ff, 2},
    {"the first of three bytes", "\xe0\xa0\x80", 3, 0x800, 3},
    {"before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff, 3},
    {"after the surrogates", "\xee\x80\x80", 3, 0xe000, 3},
    {"the last of three bytes", "\xef\xbf\xbf", 3, 0xffff, 3},
    {"the first of four bytes", "\xf0\x90\x80\x80", 4, 0x10000, 4},
    {"the very last", "\xf4\x8f\xbf\xbf", 4, 0x10ffff, 4},
    {"only the first of several is taken", "\xc3\xa9\xc3\xa9", 4, 0xe9, 2},
    {"a lone continuation byte", "\x80", 1, CMEK_UTF8_INVALID, 1},
    {"overlong NUL", "\xc0\x80", 2, CMEK_UTF8_INVALID, 1},
    {"overlong slash in two", "\xc1\xaf", 2, CMEK_UTF8_INVALID, 1},
    {"overlong slash in three", "\xe0\x80\xaf", 3, CMEK_UTF8_INVALID, 1},
    {"overlong in four", "\xf0\x8f\xbf\xbf", 4, CMEK_UTF8_INVALID, 1},
    {"the first surrogate", "\xed\xa0\x80", 3, CMEK_UTF8_INVALID, 1},
    {"the last surrogate", "\xed\xbf\xbf", 3, CMEK_UTF8_INVALID, 1},
    {"above U+10FFFF", "\xf4\x90\x80\x80", 4, CMEK_UTF8_INVALID, 1},
    {"F5", "\xf5\x80\x80\x80", 4, CMEK_UTF8_INVALID, 1},
    {"FE", "\xfe", 1, CMEK_UTF8_INVALID, 1},
    {"FF", "\xff", 1, CMEK_UTF8_INVALID, 1},
    {"cut after one of two", "\xc3", 1, CMEK_UTF8_INVALID, 1},
    {"cut after two of three", "\xe2\x82", 2, CMEK_UTF8_INVALID, 1},
    {"cut after three of four", "\xf0\x9f\x92", 3, CMEK_UTF8_INVALID, 1},
    {"two bytes and a letter",
     "\xc3"
     "a",
     2, CMEK_UTF8_INVALID, 1},
    {"three bytes, the last a letter",
     "\xe2\x82"
     "a",
     3, CMEK_UTF8_INVALID, 1},
};

START_TEST(characters_are_decoded_or_refused)
{
    uint32_t code = 12345;
    size_t used = cmek_utf8_decode(cases[_i].bytes, cases[_i].length, &code);
    ck_assert_msg(code == cases[_i].code, "%s: U+%04X", cases[_i].label, (unsigned)code);
    ck_assert_msg(used == cases[_i].used, "%s: %zu bytes", cases[_i].label, used);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/utf8");
    TCase *tests = tcase_create("utf8");
    tcase_add_loop_test(tests, characters_are_decoded_or_refused, 0, COUNT(cases));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
