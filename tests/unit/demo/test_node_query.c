/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/node_query.h"

#include "demo/index.h"
#include "suite.h"

static const struct {
    const char *query;
    bool any_term, keeps;
} queries[] = {
    {"", true, true},
    {"  ", false, true},
    {"id:pay-core", true, true},
    {"projectId=PAY-CORE", true, true},
    {"id:pay", true, false},
    {"id:pay*", true, true},
    {"id:*", true, true},
    {"name:\"Core\"", true, true},
    {"displayName=Core", true, true},
    {"parent:folders/2", true, true},
    {"parent=folders/22", true, false},
    {"state:ACTIVE", true, true},
    {"lifecycleState=DELETE_REQUESTED", true, false},
    {"id:other state:ACTIVE", true, true},
    {"id:other state:ACTIVE", false, false},
    {"id:other AND state:ACTIVE", true, false},
    {"id:pay-core AND state:ACTIVE", true, true},
};

START_TEST(a_query_keeps_what_matches)
{
    struct cmek_arena arena = {0};
    struct cmek_demo_node node = {.name = "projects/1",
                                  .project_id = "pay-core",
                                  .display_name = "Core",
                                  .parent_name = "folders/2"};
    node.item = (struct cmek_demo_item){.name = node.name, .status = "ACTIVE", .node = &node};
    struct cmek_demo_query query;
    ck_assert(cmek_demo_query_parse(queries[_i].query, queries[_i].any_term, &arena, &query));
    ck_assert_msg(cmek_demo_query_keeps(&query, &node.item) == queries[_i].keeps, "%s",
                  queries[_i].query);
    cmek_arena_done(&arena);
}
END_TEST

static const char *const bad_queries[] = {"pay", "colour:red", "id:",
                                          ":x",  "=",          "id:a NOT state:x"};

START_TEST(what_is_no_query_is_refused)
{
    struct cmek_arena arena = {0};
    struct cmek_demo_query query;
    ck_assert_msg(!cmek_demo_query_parse(bad_queries[_i], true, &arena, &query), "%s",
                  bad_queries[_i]);
    cmek_arena_done(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/node_query");
    TCase *tests = tcase_create("node_query");
    tcase_add_loop_test(tests, a_query_keeps_what_matches, 0, COUNT(queries));
    tcase_add_loop_test(tests, what_is_no_query_is_refused, 0, COUNT(bad_queries));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
