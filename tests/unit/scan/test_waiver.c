/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/waiver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "rules/rule.h"
#include "suite.h"

#define NOON_OF_2026_11_22 1795348800
#define DAY                86400

static struct cmek_arena arena;
static struct cmek_error err;
static struct cmek_rule_set *rules; /* NULL: any rule may be */

static enum cmek_status load_at(const char *text, int64_t now, int max_days,
                                struct cmek_waivers *waivers)
{
    char path[] = "/tmp/cmek-waivers-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    enum cmek_status status = cmek_waivers_load(path, (struct cmek_time){.seconds = now}, max_days,
                                                rules, &arena, waivers, &err);
    unlink(path);
    return status;
}

static void clear(void)
{
    cmek_arena_done(&arena);
}

#define FILE_OF(waivers) "version: 1\nwaivers:\n" waivers
#define GOOD             "{id: w, rules: [r], resources: ['*'], reason: x, owner: o, expires: 2026-12-31}"

static const struct {
    const char *label, *text, *message;
} refused[] = {
    {"nothing", "", "nothing in it"},
    {"no mapping", "- a", "1:1"},
    {"no YAML", "version: 1\nwaivers: [", "3:1"},
    {"no version", "waivers: []", "expected 'version: 1'"},
    {"a later version", "version: 2\nwaivers: []", "expected 'version: 1'"},
    {"no waivers", "version: 1", "'waivers' must be a list"},
    {"waivers that are no list", "version: 1\nwaivers: {a: b}", "'waivers' must be a list"},
    {"an unknown key", "version: 1\nwaivers: []\nextra: 1", "3:1"},
};

START_TEST(a_file_that_is_none_is_refused)
{
    struct cmek_waivers waivers = {0};
    ck_assert_int_eq(load_at(refused[_i].text, NOON_OF_2026_11_22, 365, &waivers), CMEK_E_USAGE);
    ck_assert_msg(strstr(err.message, refused[_i].message) != NULL, "%s: %s", refused[_i].label,
                  err.message);
}
END_TEST

static const struct {
    const char *label, *waiver;
    enum cmek_waiver_state state;
    const char *problem;
} states[] = {
    {"good", GOOD, CMEK_WAIVER_ACTIVE, NULL},
    {"no mapping", "text", CMEK_WAIVER_MALFORMED, "3:5"},
    {"an unknown key", "{id: w, rule: r}", CMEK_WAIVER_MALFORMED, "rule"},
    {"no id", "{rules: [r], resources: ['//a'], reason: x, owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "id is missing"},
    {"no rules", "{id: w, resources: ['//a'], reason: x, owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "rules is missing"},
    {"no reason", "{id: w, rules: [r], resources: ['//a'], owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "reason is missing"},
    {"a blank reason",
     "{id: w, rules: [r], resources: ['//a'], reason: '  ', owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "reason is missing"},
    {"no owner", "{id: w, rules: [r], resources: ['//a'], reason: x, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "owner is missing"},
    {"no end", "{id: w, rules: [r], resources: ['//a'], reason: x, owner: o}",
     CMEK_WAIVER_MALFORMED, "expires is missing"},
    {"an end that is no day",
     "{id: w, rules: [r], resources: ['//a'], reason: x, owner: o, expires: next year}",
     CMEK_WAIVER_MALFORMED, "expected a day"},
    {"a day that is none",
     "{id: w, rules: [r], resources: ['//a'], reason: x, owner: o, expires: 2027-02-29}",
     CMEK_WAIVER_MALFORMED, "expected a day"},
    {"an end with a time",
     "{id: w, rules: [r], resources: ['//a'], reason: x, owner: o, expires: "
     "'2026-12-31T00:00:00Z'}",
     CMEK_WAIVER_MALFORMED, "expected a day"},
    {"no place", "{id: w, rules: [r], reason: x, owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "neither resources nor projects nor labels"},
    {"no labels either",
     "{id: w, rules: [r], labels: {}, reason: x, owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "neither resources nor projects nor labels"},
    {"labels that are a list",
     "{id: w, rules: [r], labels: [a], reason: x, owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "labels must be a mapping"},
    {"rules that are text",
     "{id: w, rules: r, resources: ['//a'], reason: x, owner: o, expires: 2026-12-31}",
     CMEK_WAIVER_MALFORMED, "rules"},
    {"made tomorrow",
     "{id: w, rules: [r], projects: [p], reason: x, owner: o, created: 2026-11-23, expires: "
     "2026-12-31}",
     CMEK_WAIVER_MALFORMED, "in the future"},
    {"its last day", "{id: w, rules: [r], projects: [p], reason: x, owner: o, expires: 2026-11-22}",
     CMEK_WAIVER_ACTIVE, NULL},
    {"the day after",
     "{id: w, rules: [r], projects: [p], reason: x, owner: o, expires: 2026-11-21}",
     CMEK_WAIVER_EXPIRED, "expired on 2026-11-21"},
    {"as long as may be",
     "{id: w, rules: [r], projects: [p], reason: x, owner: o, expires: 2027-11-22}",
     CMEK_WAIVER_ACTIVE, NULL},
    {"a day too long",
     "{id: w, rules: [r], projects: [p], reason: x, owner: o, expires: 2027-11-23}",
     CMEK_WAIVER_TOO_LONG, "366 days"},
    {"too long from the day it was made",
     "{id: w, rules: [r], projects: [p], reason: x, owner: o, created: 2025-11-22, expires: "
     "2026-11-23}",
     CMEK_WAIVER_TOO_LONG, "366 days from 2025-11-22"},
};

START_TEST(a_waiver_is_relied_on_only_when_all_is_well)
{
    struct cmek_waivers waivers = {0};
    char text[512];
    snprintf(text, sizeof text, FILE_OF("  - %s\n"), states[_i].waiver);
    ck_assert_msg(load_at(text, NOON_OF_2026_11_22, 365, &waivers) == CMEK_OK, "%s: %s",
                  states[_i].label, err.message);
    ck_assert_uint_eq(waivers.count, 1);
    const struct cmek_waiver *waiver = &waivers.items[0];
    ck_assert_msg(waiver->state == states[_i].state, "%s: %s, %s", states[_i].label,
                  cmek_waiver_state_name(waiver->state), waiver->problem);
    if (states[_i].problem)
        ck_assert_msg(waiver->problem && strstr(waiver->problem, states[_i].problem), "%s: %s",
                      states[_i].label, waiver->problem);
    else
        ck_assert_ptr_null(waiver->problem);
}
END_TEST

static const struct {
    const char *label, *names, *problem; /* NULL: active */
} names[] = {
    {"a rule", "rules: [key-usable], projects: [p]", NULL},
    {"a pattern of rules", "rules: ['key-*'], projects: [p]", NULL},
    {"a mistyped rule", "rules: [key-usable, cmek-requird], projects: [p]",
     "there is no rule 'cmek-requird' (did you mean cmek-required?); `cmekscan rules`"},
    {"a pattern that matches no rule", "rules: ['kms-*'], projects: [p]",
     "there is no rule 'kms-*'"},
    {"an address of gsutil", "rules: ['*'], resources: ['gs://b']",
     "no resource is called 'gs://b': resources are written //storage.googleapis.com/BUCKET"},
    {"a name without its service", "rules: ['*'], resources: ['//x', my-bucket]",
     "no resource is called 'my-bucket'"},
    {"patterns of resources", "rules: ['*'], resources: ['*-logs', '?/x', '//storage*']", NULL},
};

START_TEST(what_no_finding_can_match_is_malformed)
{
    struct cmek_waivers waivers = {0};
    char text[512];
    snprintf(text, sizeof text,
             FILE_OF("  - {id: w, %s, reason: x, owner: o, expires: 2026-12-31}"), names[_i].names);
    rules = cmek_rules_built_in();
    ck_assert_int_eq(load_at(text, NOON_OF_2026_11_22, 365, &waivers), CMEK_OK);
    const char *problem = waivers.items[0].problem;
    ck_assert_msg((problem == NULL) == (names[_i].problem == NULL), "%s: %s", names[_i].label,
                  problem);
    if (problem)
        ck_assert_msg(strstr(problem, names[_i].problem) && strstr(problem, ":3:"), "%s: %s",
                      names[_i].label, problem);
    cmek_rules_free(rules);
    rules = NULL;
}
END_TEST

START_TEST(the_last_day_ends_at_midnight_utc)
{
    static const char text[] =
        FILE_OF("  - {id: w, rules: [r], projects: [p], reason: x, owner: o, expires: 2026-11-22}");
    int64_t midnight = NOON_OF_2026_11_22 + DAY / 2;
    struct cmek_waivers waivers = {0};
    ck_assert_int_eq(load_at(text, midnight - 1, 365, &waivers), CMEK_OK);
    ck_assert_int_eq(waivers.items[0].state, CMEK_WAIVER_ACTIVE);
    ck_assert_int_eq(load_at(text, midnight, 365, &waivers), CMEK_OK);
    ck_assert_int_eq(waivers.items[0].state, CMEK_WAIVER_EXPIRED);
}
END_TEST

START_TEST(a_second_waiver_of_one_id_waives_nothing)
{
    struct cmek_waivers waivers = {0};
    ck_assert_int_eq(load_at(FILE_OF("  - " GOOD "\n  - " GOOD), NOON_OF_2026_11_22, 365, &waivers),
                     CMEK_OK);
    ck_assert_int_eq(waivers.items[0].state, CMEK_WAIVER_ACTIVE);
    ck_assert_int_eq(waivers.items[1].state, CMEK_WAIVER_MALFORMED);
}
END_TEST

static const struct {
    const char *label, *conditions;
    bool want;
} matches[] = {
    {"its name", "rules: [cmek-required], resources: ['//storage.googleapis.com/b|1']", true},
    {"another name", "rules: [cmek-required], resources: ['//storage.googleapis.com/b']", false},
    {"a pattern", "rules: ['cmek-*'], resources: ['//storage.googleapis.com/*']", true},
    {"another rule", "rules: [key-usable], resources: ['*']", false},
    {"one of two rules", "rules: [key-usable, cmek-required], resources: ['*']", true},
    {"its project's id", "rules: ['*'], projects: [shop]", true},
    {"its project's number", "rules: ['*'], projects: ['123']", true},
    {"another project", "rules: ['*'], projects: [shop-2]", false},
    {"its name, but another project", "rules: ['*'], resources: ['*'], projects: [x]", false},
    {"its label", "rules: ['*'], labels: {data: public}", true},
    {"a label's pattern", "rules: ['*'], labels: {data: 'pub*', team: a}", true},
    {"another value", "rules: ['*'], labels: {data: secret}", false},
    {"a label that it lacks", "rules: ['*'], labels: {data: public, owner: '*'}", false},
    {"case counts", "rules: [CMEK-REQUIRED], resources: ['*']", false},
};

START_TEST(all_conditions_must_match)
{
    static const struct cmek_rule rule = {.id = "cmek-required"};
    static struct cmek_node project = {.ref = "projects/123", .id = "shop", .number = "123"};
    static const struct cmek_label labels[] = {{"team", "a"}, {"data", "public"}};
    static const struct cmek_resource_extras extras = {.labels = labels, .label_count = 2};
    static const struct cmek_resource resource = {.name = "//storage.googleapis.com/b|1",
                                                  .extras = &extras};
    struct cmek_verdict verdict = {.rule = &rule, .resource = &resource, .project = &project};
    struct cmek_waivers waivers = {0};
    char text[512];
    snprintf(text, sizeof text,
             FILE_OF("  - {id: w, %s, reason: x, owner: o, expires: 2026-12-31}"),
             matches[_i].conditions);
    ck_assert_int_eq(load_at(text, NOON_OF_2026_11_22, 365, &waivers), CMEK_OK);
    ck_assert_msg(waivers.items[0].state == CMEK_WAIVER_ACTIVE, "%s", waivers.items[0].problem);
    const struct cmek_waiver *waiver = cmek_waivers_find(&waivers, &verdict);
    ck_assert_msg((waiver != NULL) == matches[_i].want, "%s", matches[_i].label);
    ck_assert(waivers.items[0].used == matches[_i].want);
}
END_TEST

START_TEST(a_node_is_named_like_any_resource)
{
    static const struct cmek_rule rule = {.id = "gcr-topic-creatable"};
    static struct cmek_node project = {.ref = "projects/123", .id = "shop", .number = "123"};
    struct cmek_verdict verdict = {.rule = &rule, .node = &project, .project = &project};
    struct cmek_waivers waivers = {0};
    ck_assert_int_eq(load_at(FILE_OF("  - {id: w, rules: ['*'], resources: "
                                     "['//cloudresourcemanager.googleapis.com/projects/123'], "
                                     "reason: x, owner: o, expires: 2026-12-31}"),
                             NOON_OF_2026_11_22, 365, &waivers),
                     CMEK_OK);
    ck_assert_ptr_nonnull(cmek_waivers_find(&waivers, &verdict));
    static struct cmek_node folder = {.kind = CMEK_NODE_FOLDER, .ref = "folders/123"};
    verdict = (struct cmek_verdict){.rule = &rule, .node = &folder};
    ck_assert_ptr_null(cmek_waivers_find(&waivers, &verdict));
    folder.ref = "projects/123";
    ck_assert_ptr_nonnull(cmek_waivers_find(&waivers, &verdict));
}
END_TEST

START_TEST(what_cannot_be_relied_on_takes_nothing)
{
    static const struct cmek_rule rule = {.id = "r"};
    static const struct cmek_resource resource = {.name = "a"};
    struct cmek_verdict verdict = {.rule = &rule, .resource = &resource};
    struct cmek_waivers waivers = {0};
    ck_assert_int_eq(
        load_at(FILE_OF("  - {id: v, rules: [r], resources: ['*'], owner: o, expires: 2026-12-31}\n"
                        "  - {id: w, rules: [r], resources: ['*'], reason: x, owner: o, expires: "
                        "2026-01-01}\n"
                        "  - {id: x, rules: [r], resources: ['*'], reason: x, owner: o, expires: "
                        "2036-01-01}\n"),
                NOON_OF_2026_11_22, 365, &waivers),
        CMEK_OK);
    ck_assert_uint_eq(waivers.count, 3);
    ck_assert_ptr_null(cmek_waivers_find(&waivers, &verdict));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan/waiver");
    TCase *tests = tcase_create("waiver");
    tcase_add_checked_fixture(tests, NULL, clear);
    tcase_add_loop_test(tests, a_file_that_is_none_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(tests, a_waiver_is_relied_on_only_when_all_is_well, 0, COUNT(states));
    tcase_add_loop_test(tests, what_no_finding_can_match_is_malformed, 0, COUNT(names));
    tcase_add_test(tests, the_last_day_ends_at_midnight_utc);
    tcase_add_test(tests, a_second_waiver_of_one_id_waives_nothing);
    tcase_add_loop_test(tests, all_conditions_must_match, 0, COUNT(matches));
    tcase_add_test(tests, a_node_is_named_like_any_resource);
    tcase_add_test(tests, what_cannot_be_relied_on_takes_nothing);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
