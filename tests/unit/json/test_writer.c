/* SPDX-License-Identifier: Apache-2.0 */
#include "json/writer.h"

#include <signal.h>
#include <string.h>

#include "base/strbuf.h"
#include "suite.h"
#include "json/json.h"

static struct cmek_strbuf buffer;
static struct cmek_json_writer writer;

static void begin_compact(void)
{
    cmek_json_writer_init(&writer, &buffer, 0);
}

static void clean_up(void)
{
    cmek_strbuf_done(&buffer);
}

static void write_sample(void)
{
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "text", "a");
    cmek_json_member_text(&writer, "nothing", NULL);
    cmek_json_member_int(&writer, "int", INT64_MIN);
    cmek_json_member_bool(&writer, "yes", true);
    cmek_json_key(&writer, "list");
    cmek_json_begin_array(&writer);
    cmek_json_int(&writer, 1);
    cmek_json_begin_object(&writer);
    cmek_json_end_object(&writer);
    cmek_json_begin_array(&writer);
    cmek_json_end_array(&writer);
    cmek_json_raw(&writer, "{\"raw\":1}");
    cmek_json_null(&writer);
    cmek_json_end_array(&writer);
    cmek_json_end_object(&writer);
}

START_TEST(compact_text_is_one_line)
{
    write_sample();
    ck_assert_str_eq(cmek_strbuf_text(&buffer),
                     "{\"text\":\"a\",\"nothing\":null,\"int\":-9223372036854775808,\"yes\":true,"
                     "\"list\":[1,{},[],{\"raw\":1},null]}");
}
END_TEST

START_TEST(indented_text_has_a_line_for_each_item)
{
    cmek_json_writer_init(&writer, &buffer, 2);
    write_sample();
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "{\n"
                                                "  \"text\": \"a\",\n"
                                                "  \"nothing\": null,\n"
                                                "  \"int\": -9223372036854775808,\n"
                                                "  \"yes\": true,\n"
                                                "  \"list\": [\n"
                                                "    1,\n"
                                                "    {},\n"
                                                "    [],\n"
                                                "    {\"raw\":1},\n"
                                                "    null\n"
                                                "  ]\n"
                                                "}");
}
END_TEST

static const struct {
    const char *label, *bytes;
    size_t length;
    const char *want;
} strings[] = {
    {"nothing", "", 0, "\"\""},
    {"quotes and backslashes", "a\"b\\c", 5, "\"a\\\"b\\\\c\""},
    {"slashes stay", "</script>", 9, "\"</script>\""},
    {"short escapes", "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
    {"other control characters", "\x01\x1b\x1f\x7f", 4, "\"\\u0001\\u001b\\u001f\\u007f\""},
    {"NUL", "a\0b", 3, "\"a\\u0000b\""},
    {"UTF-8 stays", "\xc3\xa9\xf0\x9f\x98\x80", 6, "\"\xc3\xa9\xf0\x9f\x98\x80\""},
    {"line ends of JavaScript", "\xe2\x80\xa8\xe2\x80\xa9", 6, "\"\\u2028\\u2029\""},
    {"a lone byte",
     "a\xff"
     "b",
     3,
     "\"a\xef\xbf\xbd"
     "b\""},
    {"an overlong slash", "\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"a surrogate", "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"cut in a character", "a\xe2\x82", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
};

START_TEST(strings_are_escaped_and_repaired)
{
    cmek_json_string_n(&writer, strings[_i].bytes, strings[_i].length);
    ck_assert_msg(strcmp(cmek_strbuf_text(&buffer), strings[_i].want) == 0, "%s: %s",
                  strings[_i].label, cmek_strbuf_text(&buffer));
}
END_TEST

START_TEST(any_bytes_give_a_document_that_parses)
{
    char bytes[512];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    for (size_t start = 0; start < 256; start++) {
        cmek_strbuf_clear(&buffer);
        begin_compact();
        cmek_json_begin_object(&writer);
        cmek_json_member_text(&writer, "a##b", "##vso[x]");
        cmek_json_key(&writer, "bytes");
        cmek_json_string_n(&writer, bytes + start, 256);
        cmek_json_end_object(&writer);
        struct cmek_json *json = NULL;
        struct cmek_error err;
        if (cmek_json_parse(buffer.data, buffer.length, &json, &err) != CMEK_OK)
            ck_abort_msg("%s: %s", err.message, buffer.data);
        ck_assert_str_eq(cmek_json_peek(cmek_json_get(json, "a##b")), "##vso[x]");
        cmek_json_free(json);
    }
}
END_TEST

START_TEST(a_special_byte_is_escaped_wherever_it_stands)
{
    for (size_t at = 0; at < 20; at++)
        for (int byte = 1; byte < 0x80; byte++) {
            char text[21];
            memset(text, '#', sizeof text);
            memset(text, 'x', at);
            text[at] = (char)byte;
            text[20] = '\0';
            struct cmek_json *json = NULL;
            cmek_strbuf_clear(&buffer);
            cmek_json_writer_init(&writer, &buffer, 0);
            cmek_json_begin_array(&writer);
            cmek_json_text(&writer, text);
            cmek_json_end_array(&writer);
            ck_assert_ptr_null(strstr(buffer.data, "##"));
            for (size_t i = 0; i < buffer.length; i++)
                ck_assert(buffer.data[i] >= ' ' && buffer.data[i] < 0x7f);
            ck_assert_int_eq(cmek_json_parse(buffer.data, buffer.length, &json, NULL), CMEK_OK);
            ck_assert_str_eq(cmek_json_peek(cmek_json_item(json, 0)), text);
            cmek_json_free(json);
        }
    cmek_strbuf_done(&buffer);
}
END_TEST

#ifndef NDEBUG
START_TEST(an_end_without_a_begin_aborts)
{
    cmek_json_end_object(&writer);
}
END_TEST

START_TEST(an_end_after_a_key_aborts)
{
    cmek_json_begin_object(&writer);
    cmek_json_key(&writer, "a");
    cmek_json_end_object(&writer);
}
END_TEST

START_TEST(endless_nesting_aborts)
{
    for (int i = 0; i < CMEK_JSON_WRITER_DEPTH + 1; i++)
        cmek_json_begin_array(&writer);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("json/writer");
    TCase *tests = tcase_create("writer");
    tcase_add_checked_fixture(tests, begin_compact, clean_up);
    tcase_add_test(tests, compact_text_is_one_line);
    tcase_add_test(tests, indented_text_has_a_line_for_each_item);
    tcase_add_loop_test(tests, strings_are_escaped_and_repaired, 0, COUNT(strings));
    tcase_add_test(tests, any_bytes_give_a_document_that_parses);
    tcase_add_test(tests, a_special_byte_is_escaped_wherever_it_stands);
#ifndef NDEBUG
    tcase_add_test_raise_signal(tests, an_end_without_a_begin_aborts, SIGABRT);
    tcase_add_test_raise_signal(tests, an_end_after_a_key_aborts, SIGABRT);
    tcase_add_test_raise_signal(tests, endless_nesting_aborts, SIGABRT);
#endif
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
