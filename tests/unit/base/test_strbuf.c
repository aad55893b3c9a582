/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

START_TEST(an_empty_buffer_is_an_empty_text)
{
    struct cmek_strbuf buffer = {0};
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "");
    char *text = cmek_strbuf_detach(&buffer);
    ck_assert_str_eq(text, "");
    free(text);
    cmek_strbuf_append(&buffer, NULL, 0);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "");
    cmek_strbuf_done(&buffer);
}
END_TEST

START_TEST(appends_add_up)
{
    struct cmek_strbuf buffer = {0};
    cmek_strbuf_puts(&buffer, "gs://");
    cmek_strbuf_append(&buffer, "bucketful", 6);
    cmek_strbuf_putc(&buffer, '/');
    cmek_strbuf_printf(&buffer, "%s-%d", "object", 42);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "gs://bucket/object-42");
    ck_assert_uint_eq(buffer.length, strlen("gs://bucket/object-42"));
    cmek_strbuf_clear(&buffer);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "");
    cmek_strbuf_puts(&buffer, "again");
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "again");
    cmek_strbuf_done(&buffer);
}
END_TEST

START_TEST(it_grows_over_many_sizes)
{
    struct cmek_strbuf buffer = {0};
    for (int i = 0; i < 5000; i++)
        cmek_strbuf_printf(&buffer, "%04d,", i);
    ck_assert_uint_eq(buffer.length, 25000);
    ck_assert_int_eq(strncmp(buffer.data + 24995, "4999,", 6), 0);
    cmek_strbuf_done(&buffer);
}
END_TEST

START_TEST(room_is_the_callers_to_fill)
{
    struct cmek_strbuf buffer = {.limit = 8};
    memcpy(cmek_strbuf_extend(&buffer, 3), "abc", 3);
    memcpy(cmek_strbuf_extend(&buffer, 5), "defgh", 5);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "abcdefgh");
    ck_assert_ptr_null(cmek_strbuf_extend(&buffer, 1));
    ck_assert(buffer.overflow);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "abcdefgh");
    cmek_strbuf_done(&buffer);
}
END_TEST

START_TEST(a_printf_longer_than_the_room_is_whole)
{
    char text[2000];
    memset(text, 'z', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct cmek_strbuf buffer = {0};
    cmek_strbuf_printf(&buffer, "%s", text);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), text);
    cmek_strbuf_done(&buffer);
}
END_TEST

static const struct {
    const char *label;
    size_t limit, first, second;
    bool overflow;
} ceilings[] = {
    {"below", 10, 4, 5, false},         {"exactly at it", 10, 4, 6, false},
    {"one more", 10, 4, 7, true},       {"the first is too much", 10, 11, 0, true},
    {"no ceiling", 0, 500, 500, false}, {"a size that would wrap", 10, 4, SIZE_MAX - 2, true},
};

START_TEST(a_ceiling_is_never_passed)
{
    char text[1000];
    memset(text, 'x', sizeof text);
    struct cmek_strbuf buffer = {.limit = ceilings[_i].limit};
    cmek_strbuf_append(&buffer, text, ceilings[_i].first);
    cmek_strbuf_append(&buffer, text, ceilings[_i].second);
    ck_assert_msg(buffer.overflow == ceilings[_i].overflow, "%s", ceilings[_i].label);
    if (ceilings[_i].overflow) {
        ck_assert_msg(buffer.length <= ceilings[_i].limit, "%s", ceilings[_i].label);
        size_t before = buffer.length;
        cmek_strbuf_puts(&buffer, "");
        cmek_strbuf_putc(&buffer, 'y');
        cmek_strbuf_printf(&buffer, "y");
        ck_assert_msg(buffer.length == before, "%s: took more after the overflow",
                      ceilings[_i].label);
    }
    cmek_strbuf_clear(&buffer);
    ck_assert_msg(!buffer.overflow && buffer.limit == ceilings[_i].limit, "%s", ceilings[_i].label);
    cmek_strbuf_done(&buffer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/strbuf");
    TCase *tests = tcase_create("strbuf");
    tcase_add_test(tests, an_empty_buffer_is_an_empty_text);
    tcase_add_test(tests, appends_add_up);
    tcase_add_test(tests, it_grows_over_many_sizes);
    tcase_add_test(tests, room_is_the_callers_to_fill);
    tcase_add_test(tests, a_printf_longer_than_the_room_is_whole);
    tcase_add_loop_test(tests, a_ceiling_is_never_passed, 0, COUNT(ceilings));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
