/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "suite.h"
#include "yaml/yaml.h"

struct waiver {
    const char *id, *reason;
    struct cmek_strings rules;
    const struct cmek_yaml *match;
};

static const struct cmek_yaml_field fields[] = {
    CMEK_YAML_FIELD(struct waiver, id, "id"),
    CMEK_YAML_FIELD(struct waiver, reason, "reason"),
    CMEK_YAML_FIELD(struct waiver, rules, "rules"),
    CMEK_YAML_FIELD(struct waiver, match, "match"),
    CMEK_YAML_END,
};

static struct cmek_arena arena;
static struct cmek_error err;
static struct waiver waiver;

static void clean_up(void)
{
    cmek_arena_done(&arena);
    waiver = (struct waiver){0};
}

static enum cmek_status decode(const char *text)
{
    const struct cmek_yaml *root = NULL;
    ck_assert_int_eq(cmek_yaml_parse("w.yaml", text, strlen(text), &arena, &root, &err), CMEK_OK);
    return cmek_yaml_decode(root, fields, &arena, &waiver, &err);
}

START_TEST(what_is_given_is_filled_and_the_rest_left_alone)
{
    waiver.reason = "as before";
    ck_assert_int_eq(decode("id: w1\nrules: [a, b]\nmatch: {any: [thing]}\n"), CMEK_OK);
    ck_assert_str_eq(waiver.id, "w1");
    ck_assert_str_eq(waiver.reason, "as before");
    ck_assert_uint_eq(waiver.rules.count, 2);
    ck_assert_str_eq(waiver.rules.items[1], "b");
    ck_assert_int_eq(waiver.match->kind, CMEK_YAML_MAPPING);
}
END_TEST

static const struct {
    const char *text, *message;
} wrong[] = {
    {"[a]", "w.yaml:1:1: this is a list, expected a mapping"},
    {"id: w1\nrule: x\n", "w.yaml:2:1: unknown key 'rule'; known keys: id, reason, rules, match"},
    {"id: [w1]\n", "w.yaml:1:1: id is a list, expected text"},
    {"id:\n", "w.yaml:1:1: id is empty"},
    {"id: ''\n", "w.yaml:1:1: id is empty"},
    {"rules: a\n", "w.yaml:1:1: rules is text, expected a list"},
    {"rules:\n  - a\n  - [b]\n", "w.yaml:3:5: an item of the list is a list, expected text"},
    {"rules:\n  - a\n  -\n", "w.yaml:3:4: an item of the list is empty"},
};

START_TEST(mistakes_are_named_with_their_place)
{
    ck_assert_msg(decode(wrong[_i].text) == CMEK_E_USAGE, "'%s' was taken", wrong[_i].text);
    ck_assert_str_eq(err.message, wrong[_i].message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("yaml/decode");
    TCase *tests = tcase_create("decode");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_test(tests, what_is_given_is_filled_and_the_rest_left_alone);
    tcase_add_loop_test(tests, mistakes_are_named_with_their_place, 0, COUNT(wrong));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
