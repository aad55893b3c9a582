/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_array.h"

#include <string.h>

#include "base/limits.h"
#include "suite.h"

/* Writes what happens as "NUMBER:TEXT;" and "NUMBER!". */
static enum cmek_status take_line(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    struct cmek_strbuf *events = payload;
    if (length == 6 && memcmp(text, "{stop}", 6) == 0)
        return cmek_fail(err, CMEK_E_INVALID, "enough");
    if (length < 100)
        cmek_strbuf_printf(events, "%zu:%.*s;", origin->number, (int)length, text);
    else
        cmek_strbuf_printf(events, "%zu:(%zu);", origin->number, length);
    return CMEK_OK;
}

static void take_damage(void *payload, const struct cmek_line_origin *origin, const char *message)
{
    ck_assert_uint_gt(strlen(message), 0);
    cmek_strbuf_printf(payload, "%zu!", origin->number);
}

static const struct {
    const char *label, *text, *want;
} arrays[] = {
    {"empty array", "[]", ""},
    {"blanks around", " \n[ \n ] \n", ""},
    {"one element", "[{\"a\":1}]", "1:{\"a\":1};"},
    {"two on a line", "[{\"a\":1},{\"b\":2}]", "1:{\"a\":1};1:{\"b\":2};"},
    {"pretty-printed", "[\n  {\n    \"a\": 1\n  },\n  {\"b\": 2}\n]\n",
     "2:{\n    \"a\": 1\n  };5:{\"b\": 2};"},
    {"nested", "[{\"a\":[{\"b\":[]}]}]", "1:{\"a\":[{\"b\":[]}]};"},
    {"brackets in strings", "[{\"a\":\"]}[{\"}]", "1:{\"a\":\"]}[{\"};"},
    {"escaped quote", "[{\"a\":\"\\\"}\"}]", "1:{\"a\":\"\\\"}\"};"},
    {"escaped backslash", "[{\"a\":\"\\\\\"}]", "1:{\"a\":\"\\\\\"};"},
    {"byte-order mark", "\xEF\xBB\xBF[{}]", "1:{};"},
    {"ends inside an element", "[{\"a\":1},{\"b\":", "1:{\"a\":1};1!"},
    {"ends inside a string", "[{\"a\":\"x", "1!"},
    {"ends between elements", "[{\"a\":1},\n", "1:{\"a\":1};2!"},
    {"number between", "[{\"a\":1},\n2,{\"b\":2}]", "1:{\"a\":1};2!"},
    {"array of arrays", "[[{}]]", "1!"},
    {"something after it", "[{}] {}", "1:{};1!"},
    {"second array", "[{}][{}]", "1:{};1!"},
};

static void feed_all(const char *text, size_t first, struct cmek_strbuf *events)
{
    struct cmek_line_handler handler = {take_line, take_damage, events, NULL};
    struct cmek_asset_array array;
    struct cmek_error err;
    size_t length = strlen(text);
    cmek_asset_array_init(&array, &handler, "file");
    ck_assert_int_eq(cmek_asset_array_feed(&array, text, first, &err), CMEK_OK);
    ck_assert_int_eq(cmek_asset_array_feed(&array, text + first, length - first, &err), CMEK_OK);
    cmek_asset_array_done(&array);
}

START_TEST(array_is_split_wherever_the_bytes_are_cut)
{
    size_t length = strlen(arrays[_i].text);
    for (size_t first = 0; first <= length; first++) {
        struct cmek_strbuf events = {0};
        feed_all(arrays[_i].text, first, &events);
        ck_assert_msg(strcmp(cmek_strbuf_text(&events), arrays[_i].want) == 0, "%s, cut at %zu: %s",
                      arrays[_i].label, first, cmek_strbuf_text(&events));
        cmek_strbuf_done(&events);
    }
}
END_TEST

static const struct {
    const char *text;
    bool want;
} beginnings[] = {
    {"[", true},   {" \r\n\t[{", true},  {"\xEF\xBB\xBF [", true}, {"", false},
    {"{}", false}, {"\xEF\xBB[", false}, {"null", false},          {"   ", false},
};

START_TEST(array_is_told_by_its_first_byte)
{
    ck_assert_int_eq(cmek_asset_array_begins(beginnings[_i].text, strlen(beginnings[_i].text)),
                     beginnings[_i].want);
}
END_TEST

START_TEST(handler_may_stop)
{
    struct cmek_strbuf events = {0};
    struct cmek_line_handler handler = {take_line, take_damage, &events, NULL};
    struct cmek_asset_array array;
    struct cmek_error err;
    cmek_asset_array_init(&array, &handler, "file");
    ck_assert_int_eq(cmek_asset_array_feed(&array, "[{},{stop},{}", 13, &err), CMEK_E_INVALID);
    ck_assert_str_eq(cmek_strbuf_text(&events), "1:{};");
    cmek_asset_array_done(&array);
    cmek_strbuf_done(&events);
}
END_TEST

START_TEST(element_beyond_the_ceiling_is_skipped)
{
    struct cmek_strbuf events = {0}, long_element = {0};
    struct cmek_line_handler handler = {take_line, take_damage, &events, NULL};
    struct cmek_asset_array array;
    struct cmek_error err;
    cmek_strbuf_puts(&long_element, "{\"a\":\"");
    while (long_element.length <= CMEK_LIMIT_LINE_BYTES)
        cmek_strbuf_puts(&long_element,
                         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    cmek_strbuf_puts(&long_element, "\"}");
    cmek_asset_array_init(&array, &handler, "file");
    ck_assert_int_eq(cmek_asset_array_feed(&array, "[", 1, &err), CMEK_OK);
    ck_assert_int_eq(cmek_asset_array_feed(&array, cmek_strbuf_text(&long_element),
                                           long_element.length, &err),
                     CMEK_OK);
    ck_assert_int_eq(cmek_asset_array_feed(&array, ",\n{}]", 5, &err), CMEK_OK);
    cmek_asset_array_done(&array);
    ck_assert_str_eq(cmek_strbuf_text(&events), "1!2:{};");
    cmek_strbuf_done(&events);
    cmek_strbuf_done(&long_element);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset_array");
    TCase *cases = tcase_create("asset_array");
    tcase_add_loop_test(cases, array_is_split_wherever_the_bytes_are_cut, 0, COUNT(arrays));
    tcase_add_loop_test(cases, array_is_told_by_its_first_byte, 0, COUNT(beginnings));
    tcase_add_test(cases, handler_may_stop);
    tcase_add_test(cases, element_beyond_the_ceiling_is_skipped);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
