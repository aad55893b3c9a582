/* SPDX-License-Identifier: Apache-2.0 */
/* What the walk up the hierarchy writes down: one row per setting, the trail as a line of text. */
#include "policy/trail.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "model/explanation.h"
#include "suite.h"

#define SERVICE CMEK_CONSTRAINT_SERVICE
#define DENY    "{\"values\": {\"deniedValues\": [\"storage.googleapis.com\"]}}"
#define DENY_IF(condition)                                                                         \
    "{\"values\": {\"deniedValues\": [\"storage.googleapis.com\"]}, \"condition\": "               \
    "{\"expression\": \"" condition "\"}}"
#define SPEC(rules)    "\"spec\": {\"rules\": [" rules "]}"
#define INHERIT(rules) "\"spec\": {\"inheritFromParent\": true, \"rules\": [" rules "]}"
#define DRY(rules)     "\"dryRunSpec\": {\"inheritFromParent\": true, \"rules\": [" rules "]}"
#define PROD           "resource.matchTag('1/env', 'prod')"
#define DEV            "resource.matchTag('1/env', 'dev')"

struct setting {
    const char *node, *specs;
};

/* A trail: from the project up, each node with its fate and, in brackets, those of its rules; then
 * how far the walk came and how it ended. */
static const struct {
    const char *label;
    struct setting settings[3];
    enum cmek_policy_mode mode;
    const char *extra; /* one more asset, or NULL */
    const char *want;
} rows[] = {
    {"nothing is set",
     {{0}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 not-set, 1 not-set; 3 walked: top"},
    {"inherited",
     {{"organizations/1", SPEC(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 not-set, 1 contributes [contributes]; 3 walked: no-inheriting"},
    {"inherited past a policy that inherits",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", INHERIT(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 contributes [contributes], 1 contributes [contributes]; 3 walked: "
     "no-inheriting"},
    {"a top that inherits from nobody",
     {{"organizations/1", INHERIT(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 not-set, 1 contributes [contributes]; 3 walked: top"},
    {"overridden",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", SPEC(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 contributes [contributes], 1 overridden [overridden]; 2 walked: no-inheriting"},
    {"overridden at the project",
     {{"organizations/1", SPEC(DENY)}, {"projects/4", SPEC(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 contributes [contributes], 2 not-set, 1 overridden [overridden]; 1 walked: no-inheriting"},
    {"reset",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", "\"spec\": {\"reset\": true}"}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 reset, 1 overridden [overridden]; 2 walked: reset"},
    {"rules beside a reset",
     {{"folders/2",
       "\"spec\": {\"reset\": true, \"inheritFromParent\": true, \"rules\": [" DENY "]}"}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 reset [reset], 1 not-set; 2 walked: reset"},
    {"a root that says nothing",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", SPEC("")}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 empty, 1 overridden [overridden]; 2 walked: no-inheriting"},
    {"rules without parts",
     {{"folders/2", INHERIT("{}, {\"enforce\": true}")}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 empty [empty empty], 1 not-set; 3 walked: top"},
    {"a condition that holds",
     {{"folders/2", INHERIT(DENY_IF(PROD))}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 contributes [contributes if yes(1/env=prod@4)], 1 not-set; 3 walked: top"},
    {"a condition that does not hold",
     {{"folders/2", INHERIT(DENY_IF(DEV))}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 condition-false [condition-false if no(1/env=prod@4)], 1 not-set; 3 walked: "
     "top"},
    {"a false condition at a root",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", SPEC(DENY_IF(DEV))}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 condition-false [condition-false if no(1/env=prod@4)], 1 overridden "
     "[overridden]; 2 walked: no-inheriting"},
    {"a condition that cannot be read",
     {{"folders/2", INHERIT(DENY_IF("junk"))}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 undecided [undecided if unknown(): the condition cannot be read: expected "
     "'resource.matchTag(…)' or another tag function at character 1], 1 not-set; 3 walked: top"},
    {"a tag that is not known",
     {{"folders/2", INHERIT(DENY_IF("resource.hasTagKey('1/team')"))}},
     CMEK_POLICY_LIVE,
     "{\"name\": \"//cloudresourcemanager.googleapis.com/tagBindings/b\", \"asset_type\":"
     " \"cloudresourcemanager.googleapis.com/TagBinding\", \"resource\": {\"data\": {\"parent\":"
     " \"//cloudresourcemanager.googleapis.com/projects/4\", \"tagValue\": \"tagValues/9\"}}}",
     "4 not-set, 2 undecided [undecided if unknown(1/team?): a tag value bound above the resource "
     "is not known, so its key is not either], 1 not-set; 3 walked: top"},
    {"some rules in force, some not",
     {{"folders/2", INHERIT(DENY_IF(DEV) ", " DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 contributes [condition-false if no(1/env=prod@4) contributes], 1 not-set; 3 "
     "walked: top"},
    {"unreadable, and what lies above",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", "\"spec\": 7"}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 unreadable (policy-unreadable: its spec cannot be read: the document is an "
     "integer, expected an object), 1 hidden [hidden]; 3 walked: no-inheriting"},
    {"unreadable above what is certain",
     {{"folders/2", "\"spec\": 7"}, {"projects/4", INHERIT(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 contributes [contributes], 2 unreadable (policy-unreadable: its spec cannot be read: the "
     "document is an integer, expected an object), 1 not-set; 3 walked: top"},
    {"a listing that failed",
     {{"organizations/1", SPEC(DENY)}},
     CMEK_POLICY_LIVE,
     "{\"name\": \"//cmekscan.dev/g\", \"asset_type\": \"cmekscan.dev/CoverageGap\", \"resource\":"
     " {\"data\": {\"scope\": \"folders/2\", \"operation\": \"orgpolicy.policies.list\","
     " \"error\": \"permission-denied\"}}}",
     "4 not-set, 2 unreadable (permission-denied: the policies could not be read), 1 hidden "
     "[hidden]; 3 walked: no-inheriting"},
    {"a listing that failed where it does not matter",
     {{"projects/4", SPEC(DENY)}},
     CMEK_POLICY_LIVE,
     "{\"name\": \"//cmekscan.dev/g\", \"asset_type\": \"cmekscan.dev/CoverageGap\", \"resource\":"
     " {\"data\": {\"scope\": \"folders/2\", \"operation\": \"orgpolicy.policies.list\","
     " \"error\": \"permission-denied\"}}}",
     "4 contributes [contributes], 2 overridden (permission-denied: what is set here is not "
     "known, which does not matter), 1 not-set; 1 walked: no-inheriting"},
    {"dry run",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", DRY(DENY)}},
     CMEK_POLICY_DRY_RUN,
     NULL,
     "4 not-set, 2 contributes [contributes], 1 contributes live [contributes]; 3 walked: "
     "no-inheriting"},
    {"a dry run changes nothing live",
     {{"organizations/1", SPEC(DENY)}, {"folders/2", DRY(DENY)}},
     CMEK_POLICY_LIVE,
     NULL,
     "4 not-set, 2 not-set, 1 contributes [contributes]; 3 walked: no-inheriting"},
    {"a live root hides the dry run above it",
     {{"organizations/1", DRY(DENY)}, {"folders/2", SPEC(DENY)}},
     CMEK_POLICY_DRY_RUN,
     NULL,
     "4 not-set, 2 contributes live [contributes], 1 overridden [overridden]; 2 walked: "
     "no-inheriting"},
    {"policies of the old form",
     {{0}},
     CMEK_POLICY_LIVE,
     "{\"name\": \"//cloudresourcemanager.googleapis.com/folders/2\", \"asset_type\":"
     " \"cloudresourcemanager.googleapis.com/Folder\", \"org_policy\": [{\"constraint\":"
     " \"constraints/gcp.restrictNonCmekServices\", \"list_policy\": {\"denied_values\":"
     " [\"storage.googleapis.com\"], \"inherit_from_parent\": true}}]}",
     "4 not-set, 2 contributes [contributes], 1 not-set; 3 walked: top"},
};

static const char *const ends[] = {
    [CMEK_WALK_TOP] = "top",
    [CMEK_WALK_NO_INHERITING] = "no-inheriting",
    [CMEK_WALK_RESET] = "reset",
    [CMEK_WALK_BROKEN_OFF] = "broken-off",
    [CMEK_WALK_NO_POLICIES] = "no-policies",
};

static void append_condition(const struct cmek_explained_rule *rule, struct cmek_strbuf *text)
{
    static const char *const answers[] = {
        [CMEK_NO] = "no", [CMEK_YES] = "yes", [CMEK_UNKNOWN] = "unknown"};
    if (!rule->is_condition_asked)
        return;
    cmek_strbuf_printf(text, " if %s(", answers[rule->condition]);
    for (size_t i = 0; i < rule->test_count; i++) {
        const struct cmek_explained_test *test = &rule->tests[i];
        cmek_strbuf_puts(text, test->key);
        if (test->bound_at)
            cmek_strbuf_printf(text, "=%s@%s", test->bound_value,
                               cmek_short_name(test->bound_at->ref));
        else if (test->answer == CMEK_UNKNOWN)
            cmek_strbuf_putc(text, '?');
    }
    cmek_strbuf_putc(text, ')');
    if (rule->condition_unknown)
        cmek_strbuf_printf(text, ": %s", rule->condition_unknown);
}

static void append_trail(const struct cmek_trail *trail, struct cmek_strbuf *text)
{
    for (size_t i = 0; i < trail->count; i++) {
        const struct cmek_explained_node *step = &trail->nodes[i];
        cmek_strbuf_printf(text, "%s%s %s", i > 0 ? ", " : "", cmek_short_name(step->node->ref),
                           cmek_fate_name(step->fate));
        if (step->is_live_spec)
            cmek_strbuf_puts(text, " live");
        if (step->why)
            cmek_strbuf_printf(text, " (%s: %s)", step->reason, step->why);
        for (size_t k = 0; k < step->rule_count; k++) {
            cmek_strbuf_puts(text, k == 0 ? " [" : " ");
            cmek_strbuf_puts(text, cmek_fate_name(step->rules[k].fate));
            append_condition(&step->rules[k], text);
        }
        cmek_strbuf_puts(text, step->rule_count > 0 ? "]" : "");
    }
    cmek_strbuf_printf(text, "; %zu walked: %s", trail->walked, ends[trail->end]);
}

static void add_tags(struct cmek_inventory *inventory)
{
    fixture_add_line(inventory, "{\"name\": \"//cloudresourcemanager.googleapis.com/tagValues/2\","
                                " \"asset_type\": \"cloudresourcemanager.googleapis.com/TagValue\","
                                " \"resource\": {\"data\": {\"name\": \"tagValues/2\", \"parent\":"
                                " \"tagKeys/1\", \"shortName\": \"prod\", \"namespacedName\":"
                                " \"1/env/prod\"}}}");
    fixture_add_line(inventory,
                     "{\"name\": \"//cloudresourcemanager.googleapis.com/tagBindings/a\","
                     " \"asset_type\": \"cloudresourcemanager.googleapis.com/TagBinding\","
                     " \"resource\": {\"data\": {\"parent\":"
                     " \"//cloudresourcemanager.googleapis.com/projects/4\", \"tagValue\":"
                     " \"tagValues/2\"}}}");
}

static void trace(struct cmek_inventory *inventory, enum cmek_policy_mode mode,
                  struct cmek_strbuf *text)
{
    struct cmek_arena arena = {0};
    struct cmek_trail trail;
    cmek_inventory_finish(inventory);
    const struct cmek_chain *chain = cmek_inventory_project(inventory, "app-four")->chain;
    const struct cmek_effective *traced =
        cmek_effective_trace(inventory, chain, SERVICE, mode, &arena, &trail);
    const struct cmek_effective *built =
        cmek_effective_build(inventory, chain, SERVICE, mode, &arena);
    ck_assert_uint_eq(traced->rule_count, built->rule_count);
    for (size_t i = 0; i < built->rule_count; i++) {
        ck_assert_ptr_eq(traced->rules[i].rule, built->rules[i].rule);
        ck_assert_uint_eq(traced->rules[i].group, built->rules[i].group);
    }
    ck_assert(cmek_str_eq(traced->unreadable, built->unreadable));
    ck_assert(traced->has_dry_run == built->has_dry_run);
    append_trail(&trail, text);
    cmek_arena_done(&arena);
}

START_TEST(the_walk_is_written_down)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    struct cmek_strbuf text = {0};
    fixture_add_project(inventory, "app-four", "4",
                        "\"projects/4\", \"folders/2\", \"organizations/1\"");
    add_tags(inventory);
    for (size_t i = 0; i < 3 && rows[_i].settings[i].node; i++)
        fixture_add_policy(inventory, rows[_i].settings[i].node, SERVICE,
                           rows[_i].settings[i].specs);
    if (rows[_i].extra)
        fixture_add_line(inventory, rows[_i].extra);
    if (!rows[_i].settings[0].node && !rows[_i].extra)
        fixture_add_policy(inventory, "organizations/7", SERVICE, SPEC(DENY));
    trace(inventory, rows[_i].mode, &text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&text), rows[_i].want) == 0, "%s:\n got %s\nwant %s",
                  rows[_i].label, cmek_strbuf_text(&text), rows[_i].want);
    cmek_strbuf_done(&text);
    cmek_inventory_free(inventory);
}
END_TEST

static const struct {
    const char *label, *ancestors;
    bool has_policies;
    const char *want;
} tops[] = {
    {"a path that breaks off", "\"projects/4\", \"folders/2\", \"?\"", true,
     "4 not-set, 2 not-set; 2 walked: broken-off"},
    {"no policies at all", "\"projects/4\", \"organizations/1\"", false,
     "4 unreadable (policies-not-known: the input holds no organization policies), 1 unreadable "
     "(policies-not-known: the input holds no organization policies); 2 walked: no-policies"},
};

START_TEST(the_end_of_the_walk_is_told)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    struct cmek_strbuf text = {0};
    fixture_add_project(inventory, "app-four", "4", tops[_i].ancestors);
    if (tops[_i].has_policies)
        fixture_add_policy(inventory, "organizations/7", SERVICE, SPEC(DENY));
    trace(inventory, CMEK_POLICY_LIVE, &text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&text), tops[_i].want) == 0, "%s:\n got %s\nwant %s",
                  tops[_i].label, cmek_strbuf_text(&text), tops[_i].want);
    cmek_strbuf_done(&text);
    cmek_inventory_free(inventory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/trail");
    TCase *tests = tcase_create("trail");
    tcase_add_loop_test(tests, the_walk_is_written_down, 0, COUNT(rows));
    tcase_add_loop_test(tests, the_end_of_the_walk_is_told, 0, COUNT(tops));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
