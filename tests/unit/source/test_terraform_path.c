/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_path.h"

#include <string.h>

#include "base/arena.h"
#include "suite.h"
#include "json/json.h"

static struct cmek_arena arena;

static struct cmek_json *parse(const char *text)
{
    struct cmek_json *json = NULL;
    ck_assert_msg(cmek_json_parse(text, strlen(text), &json, NULL) == CMEK_OK, "%s", text);
    return json;
}

#define TREE                                                                                       \
    "{\"a\": [{\"b\": \"first\"}, {\"b\": \"second\"}], \"o\": {\"x.y\": \"dotted\"}, \"t\": "     \
    "[\"1\", \"2\"]}"

static const struct {
    const char *path, *value; /* NULL: nothing */
} places[] = {
    {"a.b", "first"},
    {"a[0].b", "first"},
    {"a[1].b", "second"},
    {"a[2].b", NULL},
    {"a[*].b", "first"},
    {"a[x].b", "first"},
    {"a[99999999999999999999].b", NULL},
    {"o.\"x.y\"", "dotted"},
    {"o[\"x.y\"]", "dotted"},
    {"o.x.y", NULL},
    {"o[0].\"x.y\"", "dotted"},
    {"t", "1"},
    {"t[1]", "2"},
    {"a..b", NULL},
    {"a[", NULL},
    {"a[1", NULL},
    {"\"a", NULL},
    {".", NULL},
    {"]", NULL},
    {"", NULL},
};

START_TEST(places_of_a_tree)
{
    struct cmek_json *tree = parse(TREE);
    struct cmek_tf_place place = {.after = tree};
    cmek_tf_place_walk(&place, places[_i].path, &arena);
    const char *found = cmek_json_peek(place.after);
    ck_assert_msg(places[_i].value ? found && strcmp(found, places[_i].value) == 0 : !found,
                  "%s: %s", places[_i].path, found ? found : "nothing");
    ck_assert(!place.is_unknown && !place.is_sensitive);
    cmek_json_free(tree);
}
END_TEST

static const struct {
    const char *unknown, *path;
    bool is_unknown;
} marks[] = {
    {"true", "a[1].b", true},
    {"{\"a\": true}", "a[1].b", true},
    {"{\"a\": [{}, true]}", "a[1].b", true},
    {"{\"a\": [{}, true]}", "a[0].b", false},
    {"{\"a\": [{}, {\"b\": true}]}", "a[1].b", true},
    {"{\"a\": [{}, {\"b\": true}]}", "a.b", false},
    {"{\"a\": [{\"b\": false}]}", "a.b", false},
    {"{\"t\": [false, true]}", "t[1]", true},
};

START_TEST(marks_on_the_way_count)
{
    struct cmek_json *tree = parse(TREE), *unknown = parse(marks[_i].unknown);
    struct cmek_tf_place place = {.after = tree, .unknown = unknown, .sensitive = unknown};
    cmek_tf_place_walk(&place, marks[_i].path, &arena);
    ck_assert_msg(place.is_unknown == marks[_i].is_unknown, "%s", marks[_i].path);
    ck_assert_msg(place.is_sensitive == marks[_i].is_unknown, "%s", marks[_i].path);
    cmek_json_free(tree);
    cmek_json_free(unknown);
}
END_TEST

START_TEST(expressions_beyond_the_end_are_the_last)
{
    struct cmek_json *tree = parse(TREE);
    const char *second = cmek_json_peek(cmek_tf_expression(tree, "a[7].b", &arena));
    ck_assert_str_eq(second, "second");
    ck_assert_str_eq(cmek_json_peek(cmek_tf_expression(tree, "a.b", &arena)), "first");
    ck_assert_ptr_null(cmek_tf_expression(tree, "none[3].b", &arena));
    cmek_json_free(tree);
}
END_TEST

static const struct {
    const char *label, *expressions, *after, *path;
    bool is_left_out;
} left_out[] = {
    {"an attribute that is not there", "{}", "{}", "key", true},
    {"one that is", "{\"key\": {}}", "{}", "key", false},
    {"no configuration", "null", "{}", "key", false},
    {"a block that is not there: it may be dynamic", "{}", "{\"a\": [{}]}", "a.key", false},
    {"its only block lacks it", "{\"a\": [{}]}", "{\"a\": [{}]}", "a.key", true},
    {"its only block has it", "{\"a\": [{\"key\": {}}]}", "{\"a\": [{}]}", "a.key", false},
    {"the second lacks it", "{\"a\": [{\"key\": {}}, {}]}", "{\"a\": [{}, {}]}", "a[1].key", true},
    {"the first has it", "{\"a\": [{\"key\": {}}, {}]}", "{\"a\": [{}, {}]}", "a[0].key", false},
    {"more are made than are written", "{\"a\": [{}]}", "{\"a\": [{}, {}]}", "a[0].key", false},
    {"which one is not told", "{\"a\": [{}, {}]}", "{\"a\": [{}, {}]}", "a.key", false},
    {"how many is not known", "{\"a\": [{}]}", "{}", "a.key", false},
    {"a block without a list", "{\"a\": {}}", "{\"a\": [{}]}", "a.key", true},
    {"no path", "{}", "{}", "", false},
};

START_TEST(what_nobody_sets)
{
    struct cmek_json *expressions = parse(left_out[_i].expressions);
    struct cmek_json *after = parse(left_out[_i].after);
    ck_assert_msg(cmek_tf_is_left_out(expressions, after, left_out[_i].path, &arena) ==
                      left_out[_i].is_left_out,
                  "%s", left_out[_i].label);
    cmek_json_free(expressions);
    cmek_json_free(after);
}
END_TEST

static void tear_down(void)
{
    cmek_arena_done(&arena);
}

int main(void)
{
    Suite *suite = suite_create("source/terraform_path");
    TCase *tests = tcase_create("terraform_path");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_loop_test(tests, places_of_a_tree, 0, COUNT(places));
    tcase_add_loop_test(tests, marks_on_the_way_count, 0, COUNT(marks));
    tcase_add_test(tests, expressions_beyond_the_end_are_the_last);
    tcase_add_loop_test(tests, what_nobody_sets, 0, COUNT(left_out));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
