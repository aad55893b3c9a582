/* SPDX-License-Identifier: Apache-2.0 */
/* Asset lines in, findings out: the cases are the files in cases/, one for each part of the
 * contract. A file is {"about", "common": [assets], "cases": [{"name", "assets", "expect"}]}: the
 * findings of cmek-required and key-project-allowed over both lists of assets must be those of
 * "expect" ({"rule", "resource": short name, "status", "enforcement"}), no more and no less, in
 * whatever order the assets come; "ordered": true: only in the order they are written in.
 *
 * The files posture-*.json are about policies: the rules policy-gap and policy-dry-run-only, whose
 * findings are {"rule", "node": "folders/2", "status", "why": cause or reason}, with "constraint":
 * "key-projects" where it is that one and "message" where its words matter; a case may select
 * "services" (with a blank between two; three by default, elsewhere all) and
 * "container_registry_only" as the command line does. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "rules/evaluate.h"
#include "rules/rule.h"
#include "suite.h"
#include "json/json.h"

static struct dirent **files;
static int file_count;

static int is_case_file(const struct dirent *entry)
{
    return cmek_str_ends(entry->d_name, ".json");
}

static struct cmek_json *read_cases(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", CASES_FOLDER, name);
    struct cmek_strbuf text = {0};
    struct cmek_error err = {0};
    ck_assert_msg(cmek_file_read(path, 1 << 20, &text, &err) == CMEK_OK, "%s", err.message);
    struct cmek_json *json = NULL;
    ck_assert_msg(cmek_json_parse(text.data, text.length, &json, &err) == CMEK_OK, "%s: %s", name,
                  err.message);
    cmek_strbuf_done(&text);
    return json;
}

static void add_assets(struct cmek_inventory *inventory, const struct cmek_json *assets,
                       bool backwards)
{
    size_t count = cmek_json_count(assets);
    for (size_t i = 0; i < count; i++)
        fixture_add_asset(inventory, cmek_json_item(assets, backwards ? count - 1 - i : i));
}

/* Findings as lines of text. */
struct findings {
    struct cmek_arena arena;
    struct cmek_evaluation *evaluation;
    bool about_policies;
    const char *lines[64], *messages[64];
    size_t count;
};

static void add_line(struct findings *findings, const char *line, const char *message)
{
    ck_assert_uint_lt(findings->count, sizeof findings->lines / sizeof *findings->lines);
    findings->lines[findings->count] = line;
    findings->messages[findings->count++] = message;
}

static void add_finding(struct findings *findings, const char *rule, const char *resource,
                        const char *status, const char *enforcement)
{
    add_line(findings,
             cmek_arena_printf(&findings->arena, "%s %s %s %s", rule, resource, status,
                               enforcement),
             NULL);
}

static void add_policy_finding(struct findings *findings, const char *rule, const char *node,
                               const char *status, const char *constraint, const char *why,
                               const char *message)
{
    add_line(findings,
             cmek_arena_printf(&findings->arena, "%s %s %s %s %s", rule, node, status, constraint,
                               why ? why : "-"),
             message);
}

static const char *member(const struct cmek_json *expected, const char *name)
{
    const char *text = cmek_json_peek(cmek_json_get(expected, name));
    ck_assert_msg(text != NULL, "an expected finding without \"%s\"", name);
    return text;
}

static void add_expected(struct findings *findings, const struct cmek_json *expect)
{
    ck_assert_msg(cmek_json_kind(expect) == CMEK_JSON_ARRAY, "a case without \"expect\"");
    for (size_t i = 0; i < cmek_json_count(expect); i++) {
        const struct cmek_json *one = cmek_json_item(expect, i);
        const char *constraint = cmek_json_peek(cmek_json_get(one, "constraint"));
        if (findings->about_policies)
            add_policy_finding(findings, member(one, "rule"), member(one, "node"),
                               member(one, "status"), constraint ? constraint : "services",
                               cmek_json_peek(cmek_json_get(one, "why")),
                               cmek_json_peek(cmek_json_get(one, "message")));
        else
            add_finding(findings, member(one, "rule"), member(one, "resource"),
                        member(one, "status"), member(one, "enforcement"));
    }
}

static bool take_policy_verdict(void *payload, const struct cmek_verdict *verdict)
{
    struct findings *findings = payload;
    if (!cmek_str_starts(verdict->rule->id, "policy-"))
        return true;
    bool is_dry_run = strcmp(verdict->rule->id, "policy-dry-run-only") == 0;
    ck_assert_int_eq((int)verdict->enforcement, (int)(is_dry_run ? CMEK_DRY_RUN : CMEK_ENFORCED));
    ck_assert_msg((verdict->status == CMEK_STATUS_UNKNOWN) == (verdict->reason != NULL),
                  "a reason goes with unknown, and only with it");
    struct cmek_finding finding;
    cmek_verdict_render(findings->evaluation, verdict, &findings->arena, &finding);
    add_policy_finding(findings, finding.rule_id, verdict->node->ref,
                       cmek_status_name(finding.status),
                       verdict->constraint == CMEK_CONSTRAINT_SERVICE ? "services" : "key-projects",
                       finding.reason ? finding.reason : verdict->cause, finding.message);
    return true;
}

static bool take_verdict(void *payload, const struct cmek_verdict *verdict)
{
    const char *rule = verdict->rule->id;
    if (strcmp(rule, "cmek-required") != 0 && strcmp(rule, "key-project-allowed") != 0)
        return true;
    ck_assert_msg((verdict->status == CMEK_STATUS_UNKNOWN) == (verdict->reason != NULL),
                  "a reason goes with unknown, and only with it");
    add_finding(payload, rule, cmek_short_name(verdict->resource->name),
                cmek_status_name(verdict->status), cmek_enforcement_name(verdict->enforcement));
    return true;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_in_order(struct findings *findings, struct cmek_strbuf *ret_text)
{
    if (findings->count > 0)
        qsort(findings->lines, findings->count, sizeof *findings->lines, compare_lines);
    for (size_t i = 0; i < findings->count; i++)
        cmek_strbuf_printf(ret_text, "\n    %s", findings->lines[i]);
}

static void evaluate(const struct cmek_inventory *inventory, const struct cmek_json *test,
                     struct findings *findings)
{
    struct cmek_rule_set *rules = cmek_rules_built_in();
    const char *services = cmek_json_peek(cmek_json_get(test, "services"));
    const char *default_services =
        findings->about_policies ? "storage pubsub artifactregistry" : "all";
    fixture_select(services ? services : default_services);
    struct cmek_evaluation_options options = {
        .inventory = inventory,
        .rules = rules,
        .catalogue = fixture_catalogue(),
        .container_registry_only =
            cmek_json_is_true(cmek_json_get(test, "container_registry_only")),
    };
    struct cmek_evaluation *evaluation = cmek_evaluation_new(&options);
    findings->evaluation = evaluation;
    cmek_evaluation_run(evaluation, findings->about_policies ? take_policy_verdict : take_verdict,
                        findings);
    cmek_evaluation_free(evaluation);
    cmek_rules_free(rules);
    fixture_select("all");
}

static bool has_message(const struct findings *findings, const char *message)
{
    for (size_t i = 0; i < findings->count; i++)
        if (cmek_str_eq(findings->messages[i], message))
            return true;
    return false;
}

static void compare_messages(const char *name, const struct findings *want,
                             const struct findings *got, struct cmek_strbuf *complaints)
{
    for (size_t i = 0; i < want->count; i++) {
        if (!want->messages[i] || has_message(got, want->messages[i]))
            continue;
        cmek_strbuf_printf(complaints, "\n%s\n  want: %s\n  got:", name, want->messages[i]);
        for (size_t k = 0; k < got->count; k++)
            cmek_strbuf_printf(complaints, "\n    %s", got->messages[k]);
    }
}

/* Appends what is wrong with one case. */
static void run_case(const struct cmek_json *common, const struct cmek_json *test, bool backwards,
                     bool about_policies, struct cmek_strbuf *complaints)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    const struct cmek_json *assets = cmek_json_get(test, "assets");
    add_assets(inventory, backwards ? assets : common, backwards);
    add_assets(inventory, backwards ? common : assets, backwards);
    cmek_inventory_finish(inventory);
    struct findings want = {.about_policies = about_policies}, got = want;
    add_expected(&want, cmek_json_get(test, "expect"));
    evaluate(inventory, test, &got);
    compare_messages(member(test, "name"), &want, &got, complaints);
    struct cmek_strbuf want_text = {0}, got_text = {0};
    put_in_order(&want, &want_text);
    put_in_order(&got, &got_text);
    if (strcmp(cmek_strbuf_text(&want_text), cmek_strbuf_text(&got_text)) != 0)
        cmek_strbuf_printf(complaints, "\n%s%s\n  want:%s\n  got:%s", member(test, "name"),
                           backwards ? " (backwards)" : "", cmek_strbuf_text(&want_text),
                           cmek_strbuf_text(&got_text));
    cmek_strbuf_done(&want_text);
    cmek_strbuf_done(&got_text);
    cmek_arena_done(&want.arena);
    cmek_arena_done(&got.arena);
    cmek_inventory_free(inventory);
}

START_TEST(cases_give_the_findings_they_expect)
{
    struct cmek_json *json = read_cases(files[_i]->d_name);
    const struct cmek_json *cases = cmek_json_get(json, "cases");
    ck_assert_uint_gt(cmek_json_count(cases), 0);
    bool about_policies = cmek_str_starts(files[_i]->d_name, "posture-");
    struct cmek_strbuf complaints = {0};
    for (size_t i = 0; i < cmek_json_count(cases); i++) {
        const struct cmek_json *common = cmek_json_get(json, "common");
        const struct cmek_json *test = cmek_json_item(cases, i);
        run_case(common, test, false, about_policies, &complaints);
        if (!cmek_json_is_true(cmek_json_get(test, "ordered")))
            run_case(common, test, true, about_policies, &complaints);
    }
    ck_assert_msg(complaints.length == 0, "%s:%s", files[_i]->d_name,
                  cmek_strbuf_text(&complaints));
    cmek_strbuf_done(&complaints);
    cmek_json_free(json);
}
END_TEST

START_TEST(there_is_a_file_for_each_line_of_the_contract)
{
    ck_assert_int_ge(file_count, 23 + 3);
}
END_TEST

int main(void)
{
    file_count = scandir(CASES_FOLDER, &files, is_case_file, alphasort);
    Suite *suite = suite_create("policy/verdicts");
    TCase *tests = tcase_create("verdicts");
    tcase_add_test(tests, there_is_a_file_for_each_line_of_the_contract);
    tcase_add_loop_test(tests, cases_give_the_findings_they_expect, 0, file_count);
    suite_add_tcase(suite, tests);
    int status = run_suite(suite);
    for (int i = 0; i < file_count; i++)
        free(files[i]);
    free(files);
    return status;
}
