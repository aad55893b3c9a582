/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/tags.h"

#include <string.h>

#include "inventory_fixture.h"
#include "suite.h"

static struct cmek_inventory *inventory;

static void set_up(void)
{
    inventory = cmek_inventory_new();
    fixture_add_project(inventory, "app-one", "10",
                        "\"projects/10\", \"folders/2\", \"organizations/1\"");
    fixture_add_project(inventory, "lone-one", "50", NULL);
}

static void tear_down(void)
{
    cmek_inventory_free(inventory);
}

/* "env=prod", "env", or the same by ids, for a project. */
static enum cmek_tristate ask(const char *project, const char *key, const char *value)
{
    cmek_inventory_finish(inventory);
    struct cmek_tag_scope scope = {inventory, cmek_inventory_project(inventory, project)->chain};
    struct cmek_tag_test test = {cmek_str_starts(key, "tagKeys/"), key, value};
    const char *reason = NULL;
    enum cmek_tristate answer = cmek_tags_lookup(&scope, &test, &reason);
    ck_assert_msg((answer == CMEK_UNKNOWN) == (reason != NULL),
                  "a reason goes with undecided, and only with it");
    return answer;
}

static void add_environment(void)
{
    fixture_add_tag_key(inventory, "tagKeys/7", "organizations/1", "1/env");
    fixture_add_tag_value(inventory, "tagValues/71", "tagKeys/7", "prod", "1/env/prod");
    fixture_add_tag_value(inventory, "tagValues/72", "tagKeys/7", "dev", "1/env/dev");
}

static const struct {
    const char *label;
    const char *bindings[3][2]; /* node, value */
    const char *key, *value;
    enum cmek_tristate want;
} rows[] = {
    {"not bound", {{0}}, "1/env", "prod", CMEK_NO},
    {"not bound, any value", {{0}}, "1/env", NULL, CMEK_NO},
    {"a key without assets", {{"projects/10", "tagValues/71"}}, "1/team", NULL, CMEK_NO},
    {"a key without assets by id", {{"projects/10", "tagValues/71"}}, "tagKeys/8", NULL, CMEK_NO},
    {"at the project", {{"projects/10", "tagValues/71"}}, "1/env", "prod", CMEK_YES},
    {"at the project, any value", {{"projects/10", "tagValues/71"}}, "1/env", NULL, CMEK_YES},
    {"at the project by its id", {{"projects/app-one", "tagValues/71"}}, "1/env", "prod", CMEK_YES},
    {"by ids", {{"projects/10", "tagValues/71"}}, "tagKeys/7", "tagValues/71", CMEK_YES},
    {"by the key's id", {{"projects/10", "tagValues/71"}}, "tagKeys/7", NULL, CMEK_YES},
    {"another value", {{"projects/10", "tagValues/72"}}, "1/env", "prod", CMEK_NO},
    {"another value by id",
     {{"projects/10", "tagValues/72"}},
     "tagKeys/7",
     "tagValues/71",
     CMEK_NO},
    {"at the folder", {{"folders/2", "tagValues/71"}}, "1/env", "prod", CMEK_YES},
    {"at the organization", {{"organizations/1", "tagValues/71"}}, "1/env", "prod", CMEK_YES},
    {"elsewhere", {{"folders/3", "tagValues/71"}}, "1/env", "prod", CMEK_NO},
    {"the nearest wins",
     {{"folders/2", "tagValues/71"}, {"projects/10", "tagValues/72"}},
     "1/env",
     "prod",
     CMEK_NO},
    {"the nearest of three wins",
     {{"organizations/1", "tagValues/71"},
      {"folders/2", "tagValues/72"},
      {"projects/10", "tagValues/71"}},
     "1/env",
     "prod",
     CMEK_YES},
    {"the key in another case", {{"projects/10", "tagValues/71"}}, "1/Env", "prod", CMEK_NO},
    {"another organization's key", {{"projects/10", "tagValues/71"}}, "2/env", "prod", CMEK_NO},
    {"a key without its owner", {{"projects/10", "tagValues/71"}}, "env", "prod", CMEK_NO},
    {"a value that is not in the file",
     {{"projects/10", "tagValues/9"}},
     "1/env",
     NULL,
     CMEK_UNKNOWN},
    {"… which hides what is above it",
     {{"projects/10", "tagValues/9"}, {"folders/2", "tagValues/71"}},
     "1/env",
     "prod",
     CMEK_UNKNOWN},
    {"… but not what is nearer",
     {{"folders/2", "tagValues/9"}, {"projects/10", "tagValues/72"}},
     "1/env",
     "prod",
     CMEK_NO},
    {"… and is itself for certain",
     {{"projects/10", "tagValues/9"}},
     "tagKeys/5",
     "tagValues/9",
     CMEK_YES},
    {"… unless it is known to be of another key",
     {{"projects/10", "tagValues/71"}},
     "tagKeys/5",
     "tagValues/71",
     CMEK_NO},
    {"a namespaced name alone", {{"projects/10", "1/env/prod"}}, "1/env", "prod", CMEK_YES},
    {"a namespaced name alone, another value",
     {{"projects/10", "1/env/dev"}},
     "1/env",
     "prod",
     CMEK_NO},
    {"a namespaced name alone, another key",
     {{"projects/10", "1/environment/prod"}},
     "1/env",
     "prod",
     CMEK_NO},
    {"a namespaced name, asked by ids",
     {{"projects/10", "1/env/prod"}},
     "tagKeys/7",
     "tagValues/71",
     CMEK_YES},
    {"a namespaced name that is not in the file, known key",
     {{"projects/10", "1/env/test"}},
     "1/env",
     "test",
     CMEK_YES},
};

START_TEST(a_tag_is_bound_as_the_nearest_binding_says)
{
    add_environment();
    for (size_t i = 0; i < 3; i++)
        if (rows[_i].bindings[i][0])
            fixture_bind(inventory, rows[_i].bindings[i][0], rows[_i].bindings[i][1]);
    enum cmek_tristate got = ask("10", rows[_i].key, rows[_i].value);
    ck_assert_msg(got == rows[_i].want, "%s: %u", rows[_i].label, got);
}
END_TEST

START_TEST(without_any_tag_asset_tags_are_not_known)
{
    ck_assert_int_eq(ask("10", "1/env", NULL), CMEK_UNKNOWN);
}
END_TEST

START_TEST(any_tag_asset_makes_them_known)
{
    fixture_add_tag_value(inventory, "tagValues/81", "tagKeys/8", "red", NULL);
    ck_assert_int_eq(ask("10", "1/env", NULL), CMEK_NO);
}
END_TEST

START_TEST(what_is_not_bound_on_half_a_chain_is_undecided)
{
    add_environment();
    fixture_bind(inventory, "projects/50", "tagValues/71");
    ck_assert_int_eq(ask("50", "1/env", "prod"), CMEK_YES);
    ck_assert_int_eq(ask("50", "1/env", "dev"), CMEK_NO);
    ck_assert_int_eq(ask("50", "1/team", NULL), CMEK_UNKNOWN);
}
END_TEST

static const struct {
    const char *asked;
    enum cmek_tristate want;
} owners[] = {
    {"10/env", CMEK_YES}, {"app-one/env", CMEK_YES},        {"50/env", CMEK_NO},
    {"1/env", CMEK_NO},   {"lone-one/env", CMEK_NO},        {"999/env", CMEK_NO},
    {"10/en", CMEK_NO},   {"app-one/environment", CMEK_NO},
};

START_TEST(project_scoped_keys_go_by_id_or_number)
{
    bool by_id = _i % 2;
    fixture_add_tag_key(inventory, "tagKeys/9", "projects/10", by_id ? "app-one/env" : "10/env");
    fixture_add_tag_value(inventory, "tagValues/91", "tagKeys/9", "prod",
                          by_id ? "app-one/env/prod" : "10/env/prod");
    fixture_bind(inventory, "projects/10", "tagValues/91");
    ck_assert_msg(ask("10", owners[_i / 2].asked, "prod") == owners[_i / 2].want, "%s",
                  owners[_i / 2].asked);
}
END_TEST

START_TEST(an_owner_that_cannot_be_mapped_is_undecided)
{
    fixture_add_tag_key(inventory, "tagKeys/9", "projects/999", "999/env");
    fixture_add_tag_value(inventory, "tagValues/91", "tagKeys/9", "prod", "999/env/prod");
    fixture_bind(inventory, "projects/10", "tagValues/91");
    ck_assert_int_eq(ask("10", "who-one/env", "prod"), CMEK_UNKNOWN);
    ck_assert_int_eq(ask("10", "app-one/env", "prod"), CMEK_NO);
}
END_TEST

START_TEST(tags_that_could_not_be_read_are_undecided)
{
    add_environment();
    fixture_bind(inventory, "folders/2", "tagValues/71");
    const struct cmek_gap_data gap = {
        .scope = "projects/10",
        .operation = "cloudresourcemanager.effectiveTags.list",
        .error = "permission-denied",
    };
    cmek_inventory_add_gap(inventory, &gap);
    ck_assert_int_eq(ask("10", "1/env", "prod"), CMEK_UNKNOWN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/tags");
    TCase *tests = tcase_create("tags");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_tag_is_bound_as_the_nearest_binding_says, 0, COUNT(rows));
    tcase_add_test(tests, without_any_tag_asset_tags_are_not_known);
    tcase_add_test(tests, any_tag_asset_makes_them_known);
    tcase_add_test(tests, what_is_not_bound_on_half_a_chain_is_undecided);
    tcase_add_loop_test(tests, project_scoped_keys_go_by_id_or_number, 0, 2 * COUNT(owners));
    tcase_add_test(tests, an_owner_that_cannot_be_mapped_is_undecided);
    tcase_add_test(tests, tags_that_could_not_be_read_are_undecided);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
