/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strings.h"
#include "suite.h"

static struct cmek_json *json;
static struct cmek_error err;
static struct cmek_arena arena;
static struct cmek_strbuf buffer;

static void clean_up(void)
{
    cmek_json_free(json);
    json = NULL;
    cmek_arena_done(&arena);
    cmek_strbuf_done(&buffer);
}

static enum cmek_status parse(const char *text)
{
    return cmek_json_parse(text, strlen(text), &json, &err);
}

static const struct {
    const char *text, *printed;
} valid[] = {
    {"null", "null"},
    {" \t\r\n{ } \n", "{}"},
    {"[]", "[]"},
    {"0", "0"},
    {"-1", "-1"},
    {"1.5", "1.5"},
    {"1e400", "1e400"},
    {"9223372036854775807", "9223372036854775807"},
    {"true", "true"},
    {"\"\"", "\"\""},
    {"\"\\u0041\\n\\/\"", "\"A\\n/\""},
    {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
    {"\"\\ud83d\"", "\"\xef\xbf\xbd\""},
    {"\"a\\u0000b\"", "\"a\\u0000b\""},
    {"\"it's N or I\"", "\"it's N or I\""},
    {"\"\\\"' .\"", "\"\\\"' .\""},
    {"\"\\\\\"", "\"\\\\\""},
    {"{\"b\":1,\"a\":[true,false,null,{}]}", "{\"b\":1,\"a\":[true,false,null,{}]}"},
    {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
    {"\"\xc3\xa9\"", "\"\xc3\xa9\""},
};

START_TEST(valid_documents_are_read)
{
    ck_assert_msg(parse(valid[_i].text) == CMEK_OK, "%s: %s", valid[_i].text, err.message);
    cmek_json_print(json, &buffer);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), valid[_i].printed);
}
END_TEST

static const char *const invalid[] = {
    "",
    " \n",
    "{",
    "[",
    "\"",
    "\"abc",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "[1",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{,}",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "{a:1}",
    "{'a':1}",
    "{1:2}",
    "'a'",
    "[]]",
    "{}{}",
    "{} x",
    "1 2",
    "1-1",
    "0x1",
    "01",
    "-01",
    "[-01]",
    "1.",
    "[1.]",
    "1.e5",
    ".5",
    "+1",
    "-",
    "--1",
    "1e",
    "1e+",
    "1e5e5",
    "1.2.3",
    "1e5.5",
    "1e--5",
    "[1-]",
    "[-]",
    "\xc3\xa9",
    "[1,\xc3\xa9]",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe2\x82\"",
    "NaN",
    "nan",
    "[NaN]",
    "Infinity",
    "-Infinity",
    "tru",
    "True",
    "nulL",
    "nullnull",
    "true1",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"a\x1f\"",
    "{\"a\nb\":1}",
    "/* */ 1",
    "// x\n1",
    "#",
    "\xef\xbb\xbf{}",
    "\"\xff\"",
    "\"\xc3\"",
    "\"\xed\xa0\x80\"",
    "\"\xc0\xaf\"",
    "\f1",
    "[1\v]",
    "[1]\v",
};

START_TEST(everything_else_is_refused)
{
    ck_assert_msg(parse(invalid[_i]) == CMEK_E_INVALID, "'%s' was taken", invalid[_i]);
    ck_assert_ptr_null(json);
    ck_assert_msg(cmek_str_starts(err.message, "not valid JSON: "), "%s", err.message);
}
END_TEST

START_TEST(a_nul_byte_ends_nothing)
{
    ck_assert_int_eq(cmek_json_parse("{}\0", 3, &json, &err), CMEK_E_INVALID);
    ck_assert_int_eq(cmek_json_parse("\0{}", 3, &json, &err), CMEK_E_INVALID);
    ck_assert_int_eq(cmek_json_parse("{\"a\0\":1}", 8, &json, &err), CMEK_E_INVALID);
    ck_assert_int_eq(cmek_json_parse("[1,\0 2]", 7, &json, &err), CMEK_E_INVALID);
}
END_TEST

START_TEST(errors_name_the_byte)
{
    ck_assert_int_eq(parse("{\"a\": [1, 2}"), CMEK_E_INVALID);
    ck_assert_str_eq(err.message, "not valid JSON: array value separator ',' expected at byte 11");
    ck_assert_int_eq(parse("{\"a\": [1, 2"), CMEK_E_INVALID);
    ck_assert_str_eq(err.message, "not valid JSON: it ends in the middle, after byte 11");
    ck_assert_int_eq(parse("{\"a\": '1'}"), CMEK_E_INVALID);
    ck_assert_str_eq(err.message, "not valid JSON: unexpected character at byte 6");
}
END_TEST

static void nested(struct cmek_strbuf *text, int depth)
{
    for (int i = 0; i < depth; i++)
        cmek_strbuf_puts(text, i % 2 ? "{\"a\":" : "[");
    for (int i = depth; i-- > 0;)
        cmek_strbuf_puts(text, i % 2 ? i == depth - 1 ? "1}" : "}" : "]");
}

START_TEST(depth_has_a_limit)
{
    nested(&buffer, CMEK_LIMIT_JSON_DEPTH - 1);
    ck_assert_msg(parse(cmek_strbuf_text(&buffer)) == CMEK_OK, "%s", err.message);
    struct cmek_strbuf again = {0};
    cmek_json_print(json, &again);
    ck_assert_str_eq(cmek_strbuf_text(&again), cmek_strbuf_text(&buffer));
    cmek_strbuf_done(&again);
    cmek_json_free(json);
    json = NULL;
    cmek_strbuf_clear(&buffer);
    nested(&buffer, CMEK_LIMIT_JSON_DEPTH + 1);
    ck_assert_int_eq(parse(cmek_strbuf_text(&buffer)), CMEK_E_INVALID);
    cmek_strbuf_clear(&buffer);
    nested(&buffer, 100000);
    ck_assert_int_eq(parse(cmek_strbuf_text(&buffer)), CMEK_E_INVALID);
}
END_TEST

static const char document[] =
    " {\"n\\u00e9\xc3\xa9\": [-12.5e3, 0.5, 1e+10, 2E-3, -0, 120, 0e1, true, null, "
    "\"\\ud83d\\ude00 \\\"q\\\" \\\\ it's \xf0\x9f\x98\x80\"], "
    "\"o\": {\"k\": 9007199254740993}} \r\n";

START_TEST(a_document_may_be_split_anywhere)
{
    ck_assert_msg(parse(document) == CMEK_OK, "%s", err.message);
    cmek_json_print(json, &buffer);
    struct cmek_json_parser *parser = cmek_json_parser_new();
    struct cmek_strbuf again = {0};
    for (size_t first = 0; first < sizeof document; first++) {
        for (size_t second = first; second < sizeof document; second++) {
            bool good =
                cmek_json_parser_feed(parser, document, first) &&
                cmek_json_parser_feed(parser, document + first, second - first) &&
                cmek_json_parser_feed(parser, document + second, sizeof document - 1 - second);
            struct cmek_json *pieces = NULL;
            if (!good || cmek_json_parser_finish(parser, &pieces, &err) != CMEK_OK)
                ck_abort_msg("split at %zu and %zu: %s", first, second, err.message);
            cmek_strbuf_clear(&again);
            cmek_json_print(pieces, &again);
            cmek_json_free(pieces);
            if (strcmp(cmek_strbuf_text(&again), cmek_strbuf_text(&buffer)) != 0)
                ck_abort_msg("split at %zu and %zu: %s", first, second, cmek_strbuf_text(&again));
        }
    }
    cmek_strbuf_done(&again);
    cmek_json_parser_free(parser);
}
END_TEST

START_TEST(no_part_of_a_document_is_a_document)
{
    struct cmek_json_parser *parser = cmek_json_parser_new();
    size_t end = strlen(document) - 3; /* blanks after the last brace */
    for (size_t length = 0; length < end; length++) {
        cmek_json_parser_feed(parser, document, length);
        if (cmek_json_parser_finish(parser, &json, &err) != CMEK_E_INVALID)
            ck_abort_msg("the first %zu bytes were taken", length);
    }
    cmek_json_parser_free(parser);
}
END_TEST

START_TEST(bad_bytes_are_found_wherever_the_split_is)
{
    struct cmek_json_parser *parser = cmek_json_parser_new();
    for (int i = 0; i < COUNT(invalid); i++) {
        size_t length = strlen(invalid[i]);
        for (size_t split = 0; split <= length; split++) {
            cmek_json_parser_feed(parser, invalid[i], split);
            cmek_json_parser_feed(parser, invalid[i] + split, length - split);
            if (cmek_json_parser_finish(parser, &json, &err) != CMEK_E_INVALID)
                ck_abort_msg("'%s' split at %zu was taken", invalid[i], split);
        }
    }
    cmek_json_parser_free(parser);
}
END_TEST

START_TEST(a_parser_forgets_an_error_and_half_a_document_on_reset)
{
    struct cmek_json_parser *parser = cmek_json_parser_new();
    ck_assert(!cmek_json_parser_feed(parser, "}", 1));
    ck_assert(!cmek_json_parser_feed(parser, "{}", 2));
    cmek_json_parser_reset(parser);
    ck_assert(cmek_json_parser_feed(parser, "{\"a\": \"", 7));
    cmek_json_parser_reset(parser);
    ck_assert(cmek_json_parser_feed(parser, "{\"b\": 1}", 8));
    cmek_json_parser_reset(parser);
    ck_assert(cmek_json_parser_feed(parser, "[2]", 3));
    ck_assert_int_eq(cmek_json_parser_finish(parser, &json, &err), CMEK_OK);
    ck_assert_uint_eq(cmek_json_count(json), 1);
    cmek_json_parser_free(parser);
    cmek_json_parser_free(NULL);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    int64_t value;
} integers[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775807", true, -INT64_MAX},
    {"-9223372036854775808", false, 0},
    {"9223372036854775808", false, 0},
    {"18446744073709551615", false, 0},
    {"18446744073709551616", false, 0},
    {"-9223372036854775809", false, 0},
    {"123456789012345678901234567890", false, 0},
    {"\"9223372036854775807\"", true, INT64_MAX},
    {"\"-9223372036854775808\"", true, INT64_MIN},
    {"\"9223372036854775808\"", false, 0},
    {"\"-9223372036854775809\"", false, 0},
    {"\"12abc\"", false, 0},
    {"\"\"", false, 0},
    {"\"-\"", false, 0},
    {"\" 1\"", false, 0},
    {"\"+1\"", false, 0},
    {"\"1\\u0000\"", false, 0},
    {"\"1.0\"", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"true", false, 0},
    {"null", false, 0},
    {"[1]", false, 0},
};

START_TEST(integers_fit_or_are_refused)
{
    ck_assert_int_eq(parse(integers[_i].text), CMEK_OK);
    int64_t value = 77;
    ck_assert_msg(cmek_json_int64(json, &value) == integers[_i].good, "%s", integers[_i].text);
    ck_assert_msg(value == (integers[_i].good ? integers[_i].value : 77), "%s", integers[_i].text);
}
END_TEST

START_TEST(a_nul_in_a_string_becomes_a_replacement_character)
{
    ck_assert_int_eq(parse("{\"a\": \"artifacts\\u0000.p\", \"b\": \"\\u0000\"}"), CMEK_OK);
    ck_assert_str_eq(cmek_json_string(cmek_json_get(json, "a"), &arena), "artifacts\xef\xbf\xbd.p");
    ck_assert_str_eq(cmek_json_string(cmek_json_get(json, "b"), &arena), "\xef\xbf\xbd");
}
END_TEST

START_TEST(members_and_items_are_found)
{
    ck_assert_int_eq(parse("{\"a\": {\"b\": {\"c\": 1}}, \"n\": null, \"l\": [1, null, \"x\"]}"),
                     CMEK_OK);
    ck_assert_int_eq(cmek_json_kind(cmek_json_get_path(json, "a.b.c")), CMEK_JSON_INTEGER);
    ck_assert_ptr_null(cmek_json_get_path(json, "a.x.c"));
    ck_assert_ptr_null(cmek_json_get_path(json, "a.b.c.d"));
    ck_assert_ptr_null(cmek_json_get_path(json, ""));
    ck_assert_ptr_null(cmek_json_get(json, "n"));
    ck_assert(cmek_json_has(json, "n"));
    ck_assert(!cmek_json_has(json, "m"));
    ck_assert_uint_eq(cmek_json_count(json), 3);
    const struct cmek_json *list = cmek_json_get(json, "l");
    ck_assert_uint_eq(cmek_json_count(list), 3);
    ck_assert_ptr_null(cmek_json_item(list, 1));
    ck_assert_str_eq(cmek_json_peek(cmek_json_item(list, 2)), "x");
    ck_assert_ptr_null(cmek_json_item(list, 3));
    ck_assert_ptr_null(cmek_json_item(json, 0));
    ck_assert_ptr_null(cmek_json_get(list, "a"));
}
END_TEST

START_TEST(every_accessor_takes_null)
{
    int64_t value;
    ck_assert_int_eq(cmek_json_kind(NULL), CMEK_JSON_NULL);
    ck_assert_ptr_null(cmek_json_get(NULL, "a"));
    ck_assert_ptr_null(cmek_json_get_path(NULL, "a.b"));
    ck_assert(!cmek_json_has(NULL, "a"));
    ck_assert_uint_eq(cmek_json_count(NULL), 0);
    ck_assert_ptr_null(cmek_json_item(NULL, 0));
    ck_assert_ptr_null(cmek_json_string(NULL, &arena));
    ck_assert_ptr_null(cmek_json_peek(NULL));
    ck_assert(!cmek_json_is_true(NULL));
    ck_assert(!cmek_json_int64(NULL, &value));
    cmek_json_print(NULL, &buffer);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "null");
    cmek_json_free(NULL);
}
END_TEST

static bool collect(void *payload, const char *name, const struct cmek_json *value)
{
    cmek_strbuf_printf(payload, "%s=%s,", name, cmek_json_kind_name(cmek_json_kind(value)));
    return strcmp(name, "stop") != 0;
}

START_TEST(each_visits_in_order_until_told_to_stop)
{
    ck_assert_int_eq(parse("{\"z\": 1, \"a\": null, \"stop\": \"\", \"never\": 2}"), CMEK_OK);
    cmek_json_each(json, collect, &buffer);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "z=an integer,a=null,stop=a string,");
    cmek_json_each(cmek_json_get(json, "z"), collect, &buffer);
    cmek_json_each(NULL, collect, &buffer);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), "z=an integer,a=null,stop=a string,");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json/json");
    TCase *tests = tcase_create("json");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, valid_documents_are_read, 0, COUNT(valid));
    tcase_add_loop_test(tests, everything_else_is_refused, 0, COUNT(invalid));
    tcase_add_test(tests, a_nul_byte_ends_nothing);
    tcase_add_test(tests, errors_name_the_byte);
    tcase_add_test(tests, depth_has_a_limit);
    tcase_add_test(tests, a_document_may_be_split_anywhere);
    tcase_add_test(tests, no_part_of_a_document_is_a_document);
    tcase_add_test(tests, bad_bytes_are_found_wherever_the_split_is);
    tcase_add_test(tests, a_parser_forgets_an_error_and_half_a_document_on_reset);
    tcase_add_loop_test(tests, integers_fit_or_are_refused, 0, COUNT(integers));
    tcase_add_test(tests, a_nul_in_a_string_becomes_a_replacement_character);
    tcase_add_test(tests, members_and_items_are_found);
    tcase_add_test(tests, every_accessor_takes_null);
    tcase_add_test(tests, each_visits_in_order_until_told_to_stop);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
