/* SPDX-License-Identifier: Apache-2.0 */
#include "json/light.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "suite.h"
#include "json/json.h"
#include "json/strict.h"

static struct cmek_json_light *light;
static struct cmek_strbuf printed;

static void set_up(void)
{
    light = cmek_json_light_new();
}

static void clean_up(void)
{
    cmek_json_light_free(light);
    cmek_strbuf_done(&printed);
}

static const struct cmek_json *parse(const char *text)
{
    return cmek_json_light_parse(light, text, strlen(text));
}

static const char *print(const struct cmek_json *json)
{
    cmek_strbuf_clear(&printed);
    cmek_json_print(json, &printed);
    return cmek_strbuf_text(&printed);
}

static const struct {
    const char *label, *text, *printed;
} readable[] = {
    {"an empty object", "{}", "{}"},
    {"an empty array", "[]", "[]"},
    {"blanks around it", " \t\r\n{ } \n", "{}"},
    {"blanks inside", "{ \"a\" : [ 1 , 2 ] , \"b\" : { } }", "{\"a\":[1,2],\"b\":{}}"},
    {"nested", "[[],{\"a\":[{\"b\":{}}]}]", "[[],{\"a\":[{\"b\":{}}]}]"},
    {"the empty name", "{\"\":1}", "{\"\":1}"},
    {"a member twice: the last value in the first place", "{\"a\":1,\"b\":0,\"a\":2}",
     "{\"a\":2,\"b\":0}"},
    {"every kind of number", "[0,10,-1.5,1e3,1E+3,0.5e-10,-0.0]",
     "[0,10,-1.5,1e3,1E+3,0.5e-10,-0.0]"},
    {"the longest integer", "[-123456789012345678]", "[-123456789012345678]"},
    {"every kind of word", "[true,false,null]", "[true,false,null]"},
    {"every escape", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00eF\"]",
     "[\"\\\"\\\\/\\b\\f\\n\\r\\t\xC3\xAF\"]"},
    {"a NUL and lone surrogates", "[\"a\\u0000b\",\"\\ud83d\"]",
     "[\"a\\u0000b\",\"\xEF\xBF\xBD\"]"},
    {"UTF-8", "{\"\xC3\xA4\":\"\xE2\x82\xAC\xF0\x9F\x94\x91\"}",
     "{\"\xC3\xA4\":\"\xE2\x82\xAC\xF0\x9F\x94\x91\"}"},
    {"brackets in strings", "{\"}]{[\":\"},\"}", "{\"}]{[\":\"},\"}"},
};

START_TEST(reads_plain_documents)
{
    const struct cmek_json *json = parse(readable[_i].text);
    ck_assert_msg(json != NULL, "%s", readable[_i].label);
    ck_assert_msg(strcmp(print(json), readable[_i].printed) == 0, "%s: %s", readable[_i].label,
                  cmek_strbuf_text(&printed));
}
END_TEST

START_TEST(answers_as_other_documents_do)
{
    struct cmek_arena arena = {0};
    const struct cmek_json *json =
        parse("{\"s\":\"text\",\"e\":\"\\u0061\",\"i\":-7,\"t\":true,\"f\":false,\"n\":null,"
              "\"o\":{\"x\":\"12\"},\"l\":[\"a\",null,3],\"s\":\"last\",\"d\":1.5}");
    int64_t number = 0;
    ck_assert_str_eq(cmek_json_string(cmek_json_get(json, "s"), &arena), "last");
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(json, "s")), "last");
    ck_assert_str_eq(cmek_json_string(cmek_json_get(json, "e"), &arena), "a");
    ck_assert(cmek_json_int64(cmek_json_get(json, "i"), &number) && number == -7);
    ck_assert(cmek_json_int64(cmek_json_get_path(json, "o.x"), &number) && number == 12);
    ck_assert(!cmek_json_int64(cmek_json_get(json, "d"), &number));
    ck_assert_int_eq(cmek_json_kind(cmek_json_get(json, "d")), CMEK_JSON_DOUBLE);
    ck_assert(cmek_json_is_true(cmek_json_get(json, "t")));
    ck_assert(!cmek_json_is_true(cmek_json_get(json, "f")));
    ck_assert_ptr_null(cmek_json_get(json, "n"));
    ck_assert(cmek_json_has(json, "n") && !cmek_json_has(json, "N"));
    ck_assert_uint_eq(cmek_json_count(json), 9);
    const struct cmek_json *list = cmek_json_get(json, "l");
    ck_assert_uint_eq(cmek_json_count(list), 3);
    ck_assert_str_eq(cmek_json_peek(cmek_json_item(list, 0)), "a");
    ck_assert_ptr_null(cmek_json_item(list, 1));
    ck_assert_ptr_null(cmek_json_item(list, 3));
    ck_assert_ptr_null(cmek_json_get(list, "a"));
    ck_assert_ptr_null(cmek_json_string(list, &arena));
    cmek_arena_done(&arena);
}
END_TEST

static const char *const doubtful[] = {
    "",
    " ",
    "1",
    "\"a\"",
    "null",
    "{",
    "}",
    "{}}",
    "{} x",
    "{},",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{\"b\":[1,]}",
    "{\"b\":[1 2]}",
    "{\"b\":[}",
    "{\"b\":{]}",
    "{\"b\":[1}",
    "{\"b\":01}",
    "{\"b\":1.}",
    "{\"b\":.5}",
    "{\"b\":+1}",
    "{\"b\":-}",
    "{\"b\":1e}",
    "{\"b\":1e+}",
    "{\"b\":0x1}",
    "{\"b\":NaN}",
    "{\"b\":Infinity}",
    "{\"b\":tru}",
    "{\"b\":nul",
    "{\"b\":True}",
    "{\"b\":\"}",
    "{\"b\":\"\\x\"}",
    "{\"b\":\"\\u12g4\"}",
    "{\"b\":\"\\u12\"}",
    "{\"b\":\"\\",
    "{\"b\":\"\\u12",
    "{\"b\":\"\t\"}",
    "{\"b\":\"\x7F\x01\"}",
    "{\"b\":\"\xFF\"}",
    "{\"b\":\"\xC0\xAF\"}",
    "{\"b\":\"\xED\xA0\x80\"}",
    "{\"b\":\"\xC3\"}",
    "{\"b\xC3\":1}",
    "{\"b\":1}\xC2\xA0",
    "[}",
    "{]",
    "[1",
    "[1,",
    /* well-formed, but not so plain */
    "{\"\\u0061\":1}",
    "[-0]",
    "[1234567890123456789]",
};

START_TEST(leaves_what_is_not_beyond_doubt_to_the_parser)
{
    ck_assert_msg(!parse(doubtful[_i]), "%s", doubtful[_i]);
    ck_assert_str_eq(print(parse("[1]")), "[1]");
}
END_TEST

START_TEST(reads_no_further_than_told)
{
    static const char text[] =
        "{\"b\":\"\\u00e4\xC3\xA4 text that is longer than eight\",\"a\":-1.5e+3}";
    for (size_t length = 0; length < sizeof text - 1; length++)
        ck_assert(!cmek_json_light_parse(light, text, length));
    ck_assert(cmek_json_light_parse(light, text, sizeof text - 1));
}
END_TEST

START_TEST(a_nul_is_a_byte_like_others)
{
    ck_assert(!cmek_json_light_parse(light, "{\"b\":\"\0\"}", sizeof "{\"b\":\"\0\"}" - 1));
    ck_assert(!cmek_json_light_parse(light, "{\"b\":\"\\\0\"}", sizeof "{\"b\":\"\\\0\"}" - 1));
    ck_assert(!cmek_json_light_parse(light, "{}\0", 3));
}
END_TEST

static bool takes(const char *open, const char *inner, const char *close, size_t count)
{
    struct cmek_strbuf text = {0};
    for (size_t i = 0; i < count; i++)
        cmek_strbuf_puts(&text, open);
    cmek_strbuf_puts(&text, inner);
    for (size_t i = 0; i < count; i++)
        cmek_strbuf_puts(&text, close);
    bool taken = parse(cmek_strbuf_text(&text)) != NULL;
    cmek_strbuf_done(&text);
    return taken;
}

START_TEST(what_is_not_small_is_left_to_the_parser)
{
    ck_assert(takes("[", "1", "]", 32));
    ck_assert(!takes("[", "1", "]", 33));
    ck_assert(!takes("[", "1", "]", 100000));
    ck_assert(!takes("{\"a\":", "1", "}", 33));
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, "[1");
    for (size_t nodes = 3; nodes < 1100; nodes++) { /* the array itself is one */
        cmek_strbuf_puts(&text, ",1]");
        bool taken = parse(cmek_strbuf_text(&text)) != NULL;
        ck_assert_msg(taken == (nodes <= 1024), "%zu values", nodes);
        text.length--;
    }
    cmek_strbuf_done(&text);
}
END_TEST

/* Whatever is taken must read as the parser reads it: else a damaged line would go unseen. */
START_TEST(takes_nothing_that_the_parser_reads_otherwise)
{
    static const char seed_text[] =
        "{\"a\":[1.5e-3,{\"b\":null}],\"b\":\"\\u00e4\xC3\xA4\\n\",\"in\":{\"x\":true,\"z\":-1}}";
    static const char bytes[] = "\"\\{}[]:,0-+.eEtfnu \t\x01\x80\xC3\xED\xFF'aN";
    uint32_t random = 1;
    int taken = 0;
    for (int round = 0; round < 20000; round++) {
        char text[sizeof seed_text];
        memcpy(text, seed_text, sizeof text);
        for (int change = 0; change < 1 + round % 3; change++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % (sizeof text - 1)] = bytes[(random >> 24) % (sizeof bytes - 1)];
        }
        const struct cmek_json *json = cmek_json_light_parse(light, text, sizeof text - 1);
        if (!json)
            continue;
        taken++;
        struct cmek_json *whole = NULL;
        ck_assert_msg(cmek_json_parse(text, sizeof text - 1, &whole, NULL) == CMEK_OK, "%s", text);
        struct cmek_strbuf expected = {0};
        cmek_json_print(whole, &expected);
        ck_assert_str_eq(print(json), cmek_strbuf_text(&expected));
        cmek_strbuf_done(&expected);
        cmek_json_free(whole);
    }
    ck_assert_int_gt(taken, 100);
}
END_TEST

START_TEST(a_plain_run_ends_at_each_special_byte_wherever_it_stands)
{
    for (size_t at = 0; at < 20; at++)
        for (int byte = 0; byte < 256; byte++) {
            char text[20];
            memset(text, 'x', sizeof text);
            text[at] = (char)byte;
            bool is_plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
            ck_assert_uint_eq(cmek_json_plain_run(text, sizeof text), is_plain ? sizeof text : at);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json/light");
    TCase *tests = tcase_create("light");
    tcase_add_checked_fixture(tests, set_up, clean_up);
    tcase_add_loop_test(tests, reads_plain_documents, 0, COUNT(readable));
    tcase_add_test(tests, answers_as_other_documents_do);
    tcase_add_loop_test(tests, leaves_what_is_not_beyond_doubt_to_the_parser, 0, COUNT(doubtful));
    tcase_add_test(tests, reads_no_further_than_told);
    tcase_add_test(tests, a_nul_is_a_byte_like_others);
    tcase_add_test(tests, what_is_not_small_is_left_to_the_parser);
    tcase_add_test(tests, takes_nothing_that_the_parser_reads_otherwise);
    tcase_add_test(tests, a_plain_run_ends_at_each_special_byte_wherever_it_stands);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
