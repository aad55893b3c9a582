/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/asset_query.h"

#include "demo/index.h"
#include "suite.h"

static struct cmek_demo_node node = {.name = "projects/123"};
static const struct cmek_demo_asset_item asset = {
    .name = "//serviceusage.googleapis.com/projects/123/services/pubsub.googleapis.com",
    .state = "ENABLED",
    .node = &node,
};

static const struct {
    const char *query;
    bool parses, keeps;
} cases[] = {
    {"", true, true},
    {"   ", true, true},
    {"name:pubsub", true, true},
    {"name:PubSub.googleapis.com", true, true},
    {"name:pub", true, false},
    {"name:sub", true, false},
    {"name:pub*", true, true},
    {"name:sub*", true, false},
    {"name:googleapis.com/projects", true, true},
    {"name:\"services/pubsub\"", true, true},
    {"name:(storage OR pubsub)", true, true},
    {"name:( storage OR  kms )", true, false},
    {"state:ENABLED name:pubsub", true, true},
    {"state:ENABLED AND name:storage", true, false},
    {"state=ENABLED", true, true},
    {"state=ENABLE", true, false},
    {"project=projects/123", true, true},
    {"pubsub", false, false},
    {"colour:red", false, false},
    {"name:", false, false},
    {"name:()", false, false},
    {"name:(a OR", false, false},
    {"name:(a OR )", false, false},
    {"name:(a AND b)", false, false},
    {"name:\"a", false, false},
    {"name:a AND ", false, false},
    {"AND name:a", false, false},
};

START_TEST(queries_keep_what_all_their_terms_match)
{
    struct cmek_arena arena = {0};
    struct cmek_demo_asset_query query = {0};
    bool parses = cmek_demo_asset_query_parse(cases[_i].query, &arena, &query);
    ck_assert_msg(parses == cases[_i].parses, "%s", cases[_i].query);
    if (parses)
        ck_assert_msg(cmek_demo_asset_query_keeps(&query, &asset) == cases[_i].keeps, "%s",
                      cases[_i].query);
    cmek_demo_asset_query_done(&query);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(what_an_asset_does_not_have_matches_nothing)
{
    struct cmek_arena arena = {0};
    struct cmek_demo_asset_query query;
    struct cmek_demo_asset_item stateless = asset;
    stateless.state = NULL;
    ck_assert(cmek_demo_asset_query_parse("state:ENABLED", &arena, &query));
    ck_assert(!cmek_demo_asset_query_keeps(&query, &stateless));
    cmek_demo_asset_query_done(&query);
    cmek_arena_done(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/asset_query");
    TCase *tests = tcase_create("asset_query");
    tcase_add_loop_test(tests, queries_keep_what_all_their_terms_match, 0, COUNT(cases));
    tcase_add_test(tests, what_an_asset_does_not_have_matches_nothing);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
