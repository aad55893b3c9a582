/* SPDX-License-Identifier: Apache-2.0 */
/* What an explanation makes of the walk: which rule decides, which are shadowed, what is missing.
 */
#include "rules/explain.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "rules/check.h"
#include "rules/rule.h"
#include "suite.h"

#define SERVICE CMEK_CONSTRAINT_SERVICE
#define KEYS    CMEK_CONSTRAINT_KEY_PROJECT

#define ALLOW(values)   "{\"values\": {\"allowedValues\": [" values "]}}"
#define DENY(values)    "{\"values\": {\"deniedValues\": [" values "]}}"
#define IF(rule, text)  "{\"condition\": {\"expression\": \"" text "\"}, " rule
#define SPEC(rules)     "\"spec\": {\"rules\": [" rules "]}"
#define INHERIT(rules)  "\"spec\": {\"inheritFromParent\": true, \"rules\": [" rules "]}"
#define DRY(rules)      "\"dryRunSpec\": {\"rules\": [" rules "]}"
#define STORAGE         "\"storage.googleapis.com\""
#define PUBSUB          "\"pubsub.googleapis.com\""
#define KEY_OF(project) "projects/" project "/locations/us/keyRings/r/cryptoKeys/c"

struct setting {
    const char *node, *specs;
};

/* A bucket in projects/4, below folders/2 and organizations/1; keys lie in keys-six (6), below
 * folders/3. What is wanted: the fates from the project up, with those of rules, and why. */
static const struct {
    const char *label, *rule;
    enum cmek_constraint constraint;
    struct setting settings[3];
    const char *key; /* of the bucket, or NULL */
    const char *want;
    bool is_truncated;
} rows[] = {
    {.label = "a denial above decides",
     .rule = "cmek-required",
     .settings = {{"organizations/1", SPEC(DENY(STORAGE))}},
     .want = "fail: 4 not-set, 2 not-set, 1 decides [decides]; decided at 1"},
    {.label = "what denies something else is in force beside it",
     .rule = "cmek-required",
     .settings = {{"organizations/1", SPEC(DENY(STORAGE))}, {"folders/2", INHERIT(DENY(PUBSUB))}},
     .want = "fail: 4 not-set, 2 contributes [contributes], 1 decides [decides]; decided at 1"},
    {.label = "the nearest of two denials decides",
     .rule = "cmek-required",
     .settings = {{"organizations/1", SPEC(DENY(STORAGE))}, {"folders/2", INHERIT(DENY(STORAGE))}},
     .want = "fail: 4 not-set, 2 decides [decides], 1 shadowed [shadowed (folders/2 denies the "
             "same)]; decided at 2"},
    {.label = "a denial wins over an allowance below it",
     .rule = "cmek-required",
     .settings = {{"organizations/1", SPEC(DENY(STORAGE))}, {"folders/2", INHERIT(ALLOW(STORAGE))}},
     .want = "fail: 4 not-set, 2 shadowed [shadowed (a denial wins over it: that of "
             "organizations/1)], 1 decides [decides]; decided at 1"},
    {.label = "a denial that is overridden does not shadow",
     .rule = "cmek-required",
     .settings = {{"organizations/1", SPEC(DENY(STORAGE))}, {"projects/4", SPEC(DENY(STORAGE))}},
     .want = "fail: 4 decides [decides], 2 not-set, 1 overridden [overridden]; decided at 4"},
    {.label = "denyAll decides",
     .rule = "cmek-required",
     .settings = {{"folders/2", SPEC("{\"denyAll\": true}")}},
     .key = KEY_OF("keys-six"),
     .want = "pass: 4 not-set, 2 decides [decides], 1 not-set; decided at 2"},
    {.label = "an allow list that leaves the service out",
     .rule = "cmek-required",
     .settings = {{"folders/2", SPEC(ALLOW(PUBSUB))}},
     .want = "fail: 4 not-set, 2 decides [decides (no entry that is in force covers "
             "storage.googleapis.com)], 1 not-set; decided at 2"},
    {.label = "an undecided condition decides nothing",
     .rule = "cmek-required",
     .settings = {{"folders/2", INHERIT(IF("\"denyAll\": true}", "junk"))}},
     .want = "unknown: 4 not-set, 2 undecided [undecided], 1 not-set; needs: whether the condition "
             "junk holds, at folders/2: the condition cannot be read: expected "
             "'resource.matchTag(…)' or another tag function at character 1"},
    {.label = "an undecided condition beside a denial does not matter",
     .rule = "cmek-required",
     .settings = {{"folders/2", INHERIT(IF("\"denyAll\": true}", "junk") ", " DENY(STORAGE))}},
     .want = "fail: 4 not-set, 2 decides [undecided decides], 1 not-set; decided at 2"},
    {.label = "unreadable",
     .rule = "cmek-required",
     .settings = {{"organizations/1", SPEC(DENY(STORAGE))}, {"folders/2", "\"spec\": 7"}},
     .want = "unknown: 4 not-set, 2 unreadable, 1 hidden [hidden]; needs: what the policy of "
             "folders/2 says: its spec cannot be read: the document is an integer, expected an "
             "object"},
    {.label = "a denial for certain, a key that is not shown",
     .rule = "cmek-required",
     .settings = {{"folders/2", SPEC(DENY(STORAGE))}},
     .is_truncated = true,
     .want = "unknown: 4 not-set, 2 decides [decides], 1 not-set; decided at 2; needs: the input "
             "does not show whether it has a key"},
    {.label = "dry run",
     .rule = "cmek-required",
     .settings = {{"folders/2", DRY(DENY(STORAGE))}},
     .want = "fail: 4 not-set, 2 decides [decides], 1 not-set; decided at 2"},
    {.label = "a key project that is let in by its folder",
     .rule = "key-project-allowed",
     .constraint = KEYS,
     .settings = {{"folders/2", SPEC(ALLOW("\"projects/other\", \"under:folders/3\""))}},
     .key = KEY_OF("keys-six"),
     .want = "pass: 4 not-set, 2 decides [decides covered by under:folders/3], 1 not-set; decided "
             "at 2"},
    {.label = "a key project that is let in twice",
     .rule = "key-project-allowed",
     .constraint = KEYS,
     .settings = {{"organizations/1", SPEC(ALLOW("\"projects/6\""))},
                  {"folders/2", INHERIT(ALLOW("\"under:organizations/1\""))}},
     .key = KEY_OF("keys-six"),
     .want = "pass: 4 not-set, 2 decides [decides covered by under:organizations/1], 1 shadowed "
             "[shadowed (folders/2 allows the same) covered by projects/6]; decided at 2"},
    {.label = "a key project that no list lets in",
     .rule = "key-project-allowed",
     .constraint = KEYS,
     .settings = {{"organizations/1", SPEC(ALLOW("\"projects/7\""))},
                  {"folders/2", INHERIT(ALLOW("\"projects/8\""))}},
     .key = KEY_OF("keys-six"),
     .want = "fail: 4 not-set, 2 decides [decides (no entry that is in force covers project "
             "keys-six)], 1 contributes [contributes]; decided at 2"},
    {.label = "a denied key project that is also allowed",
     .rule = "key-project-allowed",
     .constraint = KEYS,
     .settings = {{"organizations/1", SPEC(DENY("\"projects/6\""))},
                  {"folders/2", INHERIT(ALLOW("\"projects/6\""))}},
     .key = KEY_OF("keys-six"),
     .want = "fail: 4 not-set, 2 shadowed [shadowed (a denial wins over it: that of "
             "organizations/1) covered by projects/6], 1 decides [decides covered by projects/6]; "
             "decided at 1"},
    {.label = "a key project that nobody knows",
     .rule = "key-project-allowed",
     .constraint = KEYS,
     .settings = {{"folders/2", SPEC(ALLOW("\"projects/7\", \"under:folders/3\""))}},
     .key = KEY_OF("keys-new"),
     .want = "unknown: 4 not-set, 2 undecided [undecided (whether it covers project keys-new "
             "cannot be told)], 1 not-set; needs: whether projects/7 covers project keys-new, at "
             "folders/2; whether under:folders/3 covers project keys-new, at folders/2"},
    {.label = "a Container Registry bucket without a key",
     .rule = "key-project-allowed",
     .constraint = KEYS,
     .settings = {{"folders/2", SPEC(ALLOW("\"projects/6\""))}},
     .want = "fail: 4 not-set, 2 decides [decides], 1 not-set; decided at 2"},
    {.label = "a key without policies",
     .rule = "key-usable",
     .settings = {{"folders/2", SPEC(DENY(STORAGE))}},
     .key = KEY_OF("keys-six"),
     .want = "unknown: 4 not-set, 2 not-set, 1 not-set; needs: the input does not describe its "
             "key"},
};

static void append_rule(const struct cmek_explained_rule *rule, struct cmek_strbuf *text)
{
    cmek_strbuf_puts(text, cmek_fate_name(rule->fate));
    if (rule->why)
        cmek_strbuf_printf(text, " (%s)", rule->why);
    for (size_t i = 0; i < rule->entry_count; i++)
        if (rule->entries[i].covers == CMEK_YES && strchr(rule->entries[i].entry, '/'))
            cmek_strbuf_printf(text, " covered by %s", rule->entries[i].entry);
}

static void append_explanation(const struct cmek_explanation *explanation, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%s: ", cmek_status_name(explanation->finding.status));
    for (size_t i = 0; i < explanation->trail.count; i++) {
        const struct cmek_explained_node *step = &explanation->trail.nodes[i];
        cmek_strbuf_printf(text, "%s%s %s", i > 0 ? ", " : "", cmek_short_name(step->node->ref),
                           cmek_fate_name(step->fate));
        for (size_t k = 0; k < step->rule_count; k++) {
            cmek_strbuf_puts(text, k == 0 ? " [" : " ");
            append_rule(&step->rules[k], text);
        }
        cmek_strbuf_puts(text, step->rule_count > 0 ? "]" : "");
    }
    if (explanation->decided_at)
        cmek_strbuf_printf(text, "; decided at %s", cmek_short_name(explanation->decided_at->ref));
    for (size_t i = 0; i < explanation->need_count; i++)
        cmek_strbuf_printf(text, "%s%s", i == 0 ? "; needs: " : "; ", explanation->needs[i]);
}

struct search {
    const char *rule;
    struct cmek_verdict verdict;
    int count;
};

static bool find(void *payload, const struct cmek_verdict *verdict)
{
    struct search *search = payload;
    if (strcmp(verdict->rule->id, search->rule) == 0) {
        search->verdict = *verdict;
        search->count++;
    }
    return true;
}

static struct cmek_inventory *inventory_of(int row)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    fixture_add_project(inventory, "app-four", "4",
                        "\"projects/4\", \"folders/2\", \"organizations/1\"");
    fixture_add_project(inventory, "keys-six", "6",
                        "\"projects/6\", \"folders/3\", \"organizations/1\"");
    for (size_t i = 0; i < 3 && rows[row].settings[i].node; i++)
        fixture_add_policy(inventory, rows[row].settings[i].node, rows[row].constraint,
                           rows[row].settings[i].specs);
    fixture_addf(inventory,
                 "{\"name\": \"//storage.googleapis.com/artifacts.app-four.appspot.com\","
                 " \"asset_type\": \"storage.googleapis.com/Bucket\", \"ancestors\":"
                 " [\"projects/4\", \"folders/2\", \"organizations/1\"], %s"
                 " \"resource\": {\"data\": {\"encryption\": {%s%s%s}}}}",
                 rows[row].is_truncated
                     ? "\"asset_exceptions\": [{\"exception_type\": \"TRUNCATION\"}],"
                     : "",
                 rows[row].key ? "\"defaultKmsKeyName\": \"" : "",
                 rows[row].key ? rows[row].key : "", rows[row].key ? "\"" : "");
    cmek_inventory_finish(inventory);
    return inventory;
}

START_TEST(the_fates_are_told)
{
    struct cmek_inventory *inventory = inventory_of(_i);
    struct cmek_rule_set *rules = cmek_rules_built_in();
    struct cmek_evaluation_options options = {.inventory = inventory,
                                              .rules = rules,
                                              .catalogue = fixture_default_catalogue()};
    struct cmek_evaluation *evaluation = cmek_evaluation_new(&options);
    struct search search = {.rule = rows[_i].rule};
    cmek_evaluation_run(evaluation, find, &search);
    ck_assert_msg(search.count == 1, "%s: %d findings", rows[_i].label, search.count);
    struct cmek_arena arena = {0};
    struct cmek_explanation explanation;
    cmek_verdict_explain(evaluation, &search.verdict, &arena, &explanation);
    struct cmek_strbuf text = {0};
    append_explanation(&explanation, &text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&text), rows[_i].want) == 0, "%s:\n got %s\nwant %s",
                  rows[_i].label, cmek_strbuf_text(&text), rows[_i].want);
    ck_assert_str_eq(cmek_verdict_id(evaluation, &search.verdict, &arena),
                     explanation.finding.finding_id);
    cmek_strbuf_done(&text);
    cmek_arena_done(&arena);
    cmek_evaluation_free(evaluation);
    cmek_rules_free(rules);
    cmek_inventory_free(inventory);
}
END_TEST

START_TEST(every_check_is_documented)
{
    for (size_t i = 0; cmek_checks[i]; i++) {
        const struct cmek_rule_documentation *check =
            cmek_check_documentation(cmek_checks[i]->name);
        ck_assert_msg(check != NULL, "src/rules/check_docs.c says nothing about %s",
                      cmek_checks[i]->name);
        ck_assert_ptr_nonnull(check->governs);
        ck_assert_ptr_nonnull(check->fail);
        ck_assert_ptr_nonnull(check->unknown);
    }
    ck_assert_ptr_null(cmek_check_documentation("no-such-check"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules/explain");
    TCase *tests = tcase_create("explain");
    tcase_add_loop_test(tests, the_fates_are_told, 0, COUNT(rows));
    tcase_add_test(tests, every_check_is_documented);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
