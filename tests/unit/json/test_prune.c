/* SPDX-License-Identifier: Apache-2.0 */
#include "json/prune.h"

#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "suite.h"
#include "json/json.h"
#include "json/strict.h"

static const struct cmek_json_keep inner[] = {{"x", NULL}, {"y", NULL}, {NULL, NULL}};
static const struct cmek_json_keep keep[] = {{"a", NULL}, {"in", inner}, {NULL, NULL}};

static struct cmek_strbuf pruned;

static void clean_up(void)
{
    cmek_strbuf_done(&pruned);
}

static bool prune(const char *text, size_t length)
{
    cmek_strbuf_clear(&pruned);
    return cmek_json_prune(text, length, keep, &pruned);
}

static const struct {
    const char *label, *text, *pruned;
} kept[] = {
    {"an empty object", "{}", "{}"},
    {"blanks around it", " \t\r\n{ } \n", "{}"},
    {"nothing to keep", "{\"b\":1}", "{}"},
    {"the first goes", "{\"b\":1,\"a\":2}", "{\"a\":2}"},
    {"the last goes", "{\"a\":2 , \"b\":[1,{\"a\":3}]}", "{\"a\":2}"},
    {"all stay", "{\"a\" : [ 1, 2 ],\"in\":{\"x\":0}}", "{\"a\" : [ 1, 2 ],\"in\":{\"x\":0}}"},
    {"members of a member", "{\"in\": { \"z\":1, \"y\" : {\"z\":2} } }",
     "{\"in\": {\"y\" : {\"z\":2}}}"},
    {"a name kept above counts for nothing below", "{\"in\":{\"a\":1}}", "{\"in\":{}}"},
    {"members of what is no object", "{\"in\":[{\"z\":1}]}", "{\"in\":[{\"z\":1}]}"},
    {"a member twice", "{\"a\":1,\"b\":0,\"a\":2}", "{\"a\":1,\"a\":2}"},
    {"an escape in a name", "{\"\\u0061\":1,\"b\\n\":2}", "{\"\\u0061\":1,\"b\\n\":2}"},
    {"the empty name", "{\"\":1}", "{}"},
    {"every kind of number", "{\"b\":[0,-0,10,-1.5,1e3,1E+3,0.5e-10],\"a\":1}", "{\"a\":1}"},
    {"every kind of word", "{\"b\":[true,false,null],\"a\":null}", "{\"a\":null}"},
    {"every escape", "{\"b\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00eF\",\"a\":\"\\\\\"}",
     "{\"a\":\"\\\\\"}"},
    {"UTF-8", "{\"b\":\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x91\",\"a\":\"\xC3\xA4\"}",
     "{\"a\":\"\xC3\xA4\"}"},
    {"brackets in strings", "{\"b\":\"}]{[\",\"a\":\"},\"}", "{\"a\":\"},\"}"},
};

START_TEST(keeps_what_is_asked_for)
{
    ck_assert_msg(prune(kept[_i].text, strlen(kept[_i].text)), "%s", kept[_i].label);
    ck_assert_msg(strcmp(cmek_strbuf_text(&pruned), kept[_i].pruned) == 0, "%s: %s", kept[_i].label,
                  cmek_strbuf_text(&pruned));
}
END_TEST

static const char *const doubtful[] = {
    "",
    " ",
    "1",
    "[]",
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
};

START_TEST(leaves_what_is_not_beyond_doubt_to_the_parser)
{
    ck_assert_msg(!prune(doubtful[_i], strlen(doubtful[_i])), "%s", doubtful[_i]);
}
END_TEST

START_TEST(reads_no_further_than_told)
{
    static const char text[] =
        "{\"b\":\"\\u00e4\xC3\xA4 text that is longer than eight\",\"a\":-1.5e+3}";
    for (size_t length = 0; length < sizeof text - 1; length++)
        ck_assert(!prune(text, length));
    ck_assert(prune(text, sizeof text - 1));
}
END_TEST

START_TEST(a_nul_is_a_byte_like_others)
{
    ck_assert(!prune("{\"b\":\"\0\"}", sizeof "{\"b\":\"\0\"}" - 1));
    ck_assert(!prune("{\"b\":\"\\\0\"}", sizeof "{\"b\":\"\\\0\"}" - 1));
    ck_assert(!prune("{}\0", 3));
}
END_TEST

START_TEST(deep_nesting_is_left_to_the_parser)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, "{\"b\":");
    for (int i = 0; i < 100000; i++)
        cmek_strbuf_puts(&text, "[");
    ck_assert(!prune(cmek_strbuf_text(&text), text.length));
    cmek_strbuf_done(&text);
}
END_TEST

/* Whatever is pruned must be what the parser takes as well: else a damaged line would go unseen. */
START_TEST(takes_nothing_that_the_parser_refuses)
{
    static const char seed_text[] =
        "{\"a\":[1.5e-3,{\"b\":null}],\"b\":\"\\u00e4\xC3\xA4\\n\",\"in\":{\"x\":true,\"z\":-0}}";
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
        if (!prune(text, sizeof text - 1))
            continue;
        taken++;
        struct cmek_json *json = NULL;
        ck_assert_msg(cmek_json_parse(text, sizeof text - 1, &json, NULL) == CMEK_OK, "%s", text);
        cmek_json_free(json);
        ck_assert_msg(cmek_json_parse(pruned.data, pruned.length, &json, NULL) == CMEK_OK, "%s",
                      pruned.data);
        cmek_json_free(json);
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
    Suite *suite = suite_create("json/prune");
    TCase *tests = tcase_create("prune");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, keeps_what_is_asked_for, 0, COUNT(kept));
    tcase_add_loop_test(tests, leaves_what_is_not_beyond_doubt_to_the_parser, 0, COUNT(doubtful));
    tcase_add_test(tests, reads_no_further_than_told);
    tcase_add_test(tests, a_nul_is_a_byte_like_others);
    tcase_add_test(tests, deep_nesting_is_left_to_the_parser);
    tcase_add_test(tests, takes_nothing_that_the_parser_refuses);
    tcase_add_test(tests, a_plain_run_ends_at_each_special_byte_wherever_it_stands);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
