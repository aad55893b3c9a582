/* SPDX-License-Identifier: Apache-2.0 */
#include "json/skip.h"

#include <string.h>

#include "base/strbuf.h"
#include "suite.h"

static struct cmek_json_text text_of(const char *text)
{
    return (struct cmek_json_text){text, strlen(text)};
}

static void put(struct cmek_strbuf *buffer, struct cmek_json_text text)
{
    cmek_strbuf_putc(buffer, '<');
    cmek_strbuf_append(buffer, text.at, text.length);
    cmek_strbuf_putc(buffer, '>');
}

static const struct {
    const char *label, *text, *items;
    bool is_broken;
} arrays[] = {
    {"empty", " [ ] ", "", false},
    {"scalars", "[1, \"a,b\" ,null]", "<1><\"a,b\"><null>", false},
    {"nested", "[[1,[2]],{\"a\":[]}]", "<[1,[2]]><{\"a\":[]}>", false},
    {"an escaped quote", "[\"\\\"]\",2]", "<\"\\\"]\"><2>", false},
    {"cut off after an item", "[1", "<1>", true},
    {"cut off after a comma", "[1,", "<1>", true},
    {"cut off in a string", "[\"a", "", true},
    {"no comma", "[1 2]", "<1>", true},
    {"a comma at the end", "[1,]", "<1>", true},
    {"an object", "{\"a\":1}", "", true},
    {"a scalar", "1", "", true},
    {"nothing", "", "", true},
    {"nested too deep", "[[[[[[1]]]]]]", "", true},
};

START_TEST(walks_arrays)
{
    struct cmek_strbuf items = {0};
    struct cmek_json_walk walk = cmek_json_walk(text_of(arrays[_i].text), 4);
    struct cmek_json_text item;
    while (cmek_json_walk_item(&walk, &item))
        put(&items, item);
    ck_assert_msg(strcmp(cmek_strbuf_text(&items), arrays[_i].items) == 0, "%s: %s",
                  arrays[_i].label, cmek_strbuf_text(&items));
    ck_assert_msg(walk.is_broken == arrays[_i].is_broken, "%s", arrays[_i].label);
    ck_assert(!cmek_json_walk_item(&walk, &item));
    cmek_strbuf_done(&items);
}
END_TEST

static const struct {
    const char *label, *text, *members;
    bool is_broken;
} objects[] = {
    {"empty", "{}", "", false},
    {"members", "{ \"a\" : 1,\"b\":{\"a\":2}}", "<a><1><b><{\"a\":2}>", false},
    {"a name without a value", "{\"a\"}", "", true},
    {"a name that is no string", "{1:2}", "", true},
    {"cut off in a name", "{\"a", "", true},
    {"cut off after a value", "{\"a\":1", "<a><1>", true},
    {"an array", "[1]", "", true},
};

START_TEST(walks_objects)
{
    struct cmek_strbuf members = {0};
    struct cmek_json_walk walk = cmek_json_walk(text_of(objects[_i].text), 4);
    struct cmek_json_text name, value;
    while (cmek_json_walk_member(&walk, &name, &value)) {
        put(&members, name);
        put(&members, value);
    }
    ck_assert_msg(strcmp(cmek_strbuf_text(&members), objects[_i].members) == 0, "%s: %s",
                  objects[_i].label, cmek_strbuf_text(&members));
    ck_assert_msg(walk.is_broken == objects[_i].is_broken, "%s", objects[_i].label);
    cmek_strbuf_done(&members);
}
END_TEST

START_TEST(finds_a_member)
{
    struct cmek_json_text object = text_of("{\"a\":1,\"b\":[2],\"a\":3}");
    ck_assert(cmek_json_text_is(cmek_json_text_member(object, "b"), "[2]"));
    ck_assert(cmek_json_text_is(cmek_json_text_member(object, "a"), "3")); /* the later counts */
    ck_assert_uint_eq(cmek_json_text_member(object, "c").length, 0);
    ck_assert_uint_eq(cmek_json_text_member(text_of("[1]"), "a").length, 0);
    ck_assert_uint_eq(cmek_json_text_member(text_of(""), "a").length, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json/skip");
    TCase *tests = tcase_create("skip");
    tcase_add_loop_test(tests, walks_arrays, 0, COUNT(arrays));
    tcase_add_loop_test(tests, walks_objects, 0, COUNT(objects));
    tcase_add_test(tests, finds_a_member);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
