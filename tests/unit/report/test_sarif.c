/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "report/reporters.h"
#include "samples.h"
#include "json/json.h"

static struct cmek_json *run_of(const char *text, struct cmek_json **ret_document)
{
    struct cmek_error err = {0};
    ck_assert_msg(cmek_json_parse(text, strlen(text), ret_document, &err) == CMEK_OK, "%s",
                  err.message);
    /* borrowed from the document, which the caller frees */
    return (struct cmek_json *)(uintptr_t)cmek_json_item(cmek_json_get(*ret_document, "runs"), 0);
}

static const struct cmek_json *results_of(const struct cmek_json *run)
{
    return cmek_json_get(run, "results");
}

static const char *uri_of(const struct cmek_json *result)
{
    const struct cmek_json *location = cmek_json_item(cmek_json_get(result, "locations"), 0);
    return cmek_json_peek(cmek_json_get_path(location, "physicalLocation.artifactLocation.uri"));
}

START_TEST(each_failure_is_a_result_with_a_relative_uri)
{
    static const size_t want[] = {3, 3, 0, 1, 2};
    char *text = render(&cmek_reporter_sarif, samples[_i]);
    struct cmek_json *document = NULL;
    const struct cmek_json *results = results_of(run_of(text, &document));
    ck_assert_uint_eq(cmek_json_count(results), want[_i]);
    for (size_t i = 0; i < cmek_json_count(results); i++) {
        const char *uri = uri_of(cmek_json_item(results, i));
        ck_assert_ptr_nonnull(uri);
        ck_assert(strncmp(uri, "cmek/", 5) == 0);
        ck_assert_msg(strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~/%") == strlen(uri),
                      "%s", uri);
    }
    cmek_json_free(document);
    free(text);
}
END_TEST

START_TEST(a_result_names_its_rule_fingerprints_and_level)
{
    char *text = render(&cmek_reporter_sarif, &sample_typical);
    struct cmek_json *document = NULL;
    const struct cmek_json *result = cmek_json_item(results_of(run_of(text, &document)), 0);
    int64_t index = -1;
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(result, "ruleId")), "cmek-required");
    ck_assert(cmek_json_int64(cmek_json_get(result, "ruleIndex"), &index) && index == 0);
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(result, "level")), "error");
    ck_assert_str_eq(uri_of(result), "cmek/storage.googleapis.com/artifacts.shop-prod.appspot.com");
    const struct cmek_json *prints = cmek_json_get(result, "partialFingerprints");
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(prints, "primaryLocationLineHash")),
                     "aaaa0123456789ab:1");
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(prints, "cmekscan/v1")),
                     sample_failure.finding_id);
    cmek_json_free(document);
    free(text);
}
END_TEST

START_TEST(all_rules_are_listed_even_without_a_result)
{
    char *text = render(&cmek_reporter_sarif, &sample_empty);
    struct cmek_json *document = NULL;
    const struct cmek_json *run = run_of(text, &document);
    const struct cmek_json *rules = cmek_json_get_path(run, "tool.driver.rules");
    ck_assert_uint_eq(cmek_json_count(rules), 4);
    const struct cmek_json *rule = cmek_json_item(rules, 0);
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(rule, "name")), "CmekRequired");
    ck_assert_str_eq(cmek_json_peek(
                         cmek_json_get(cmek_json_get(rule, "properties"), "security-severity")),
                     "8.0");
    ck_assert_str_eq(cmek_json_peek(cmek_json_get_path(run, "automationDetails.id")),
                     "cmekscan/organizations/1/");
    cmek_json_free(document);
    free(text);
}
END_TEST

START_TEST(gaps_and_unknown_findings_are_notifications)
{
    /* Two gaps, how many more there are, one unknown finding. */
    char *text = render(&cmek_reporter_sarif, &sample_typical);
    struct cmek_json *document = NULL;
    const struct cmek_json *run = run_of(text, &document);
    const struct cmek_json *invocation = cmek_json_item(cmek_json_get(run, "invocations"), 0);
    const struct cmek_json *notes = cmek_json_get(invocation, "toolExecutionNotifications");
    ck_assert_uint_eq(cmek_json_count(notes), 4);
    ck_assert_ptr_nonnull(strstr(text, "Not read: projects/locked: storage.buckets.list"));
    ck_assert_ptr_nonnull(strstr(text, "3 more coverage gaps"));
    ck_assert_ptr_nonnull(strstr(text, "(permission-denied)"));
    ck_assert(!cmek_json_is_true(cmek_json_get_path(invocation, "properties.complete")));
    cmek_json_free(document);
    free(text);
}
END_TEST

START_TEST(brackets_of_names_make_no_links)
{
    char *text = render(&cmek_reporter_sarif, &sample_hostile);
    ck_assert_ptr_nonnull(strstr(text, "\\\\[x\\\\](https://evil.example)"));
    ck_assert_uint_eq(occurrences(text, "##"), 0);
    free(text);
}
END_TEST

/* 30,000 findings: the 25,000 worst remain, worst first, and the rest is told. */
START_TEST(beyond_the_limit_the_worst_remain)
{
    enum { MANY = 30000, CRITICAL_EVERY = 10 };
    struct cmek_finding *findings = calloc(MANY, sizeof *findings);
    ck_assert_ptr_nonnull(findings);
    for (size_t i = 0; i < MANY; i++)
        findings[i] = (struct cmek_finding){.rule_id = "cmek-required",
                                            .resource_name = "//x/y",
                                            .message = "m",
                                            .severity = i % CRITICAL_EVERY == CRITICAL_EVERY - 1
                                                            ? CMEK_SEVERITY_CRITICAL
                                                            : CMEK_SEVERITY_LOW};
    struct sample sample = {"many", sample_empty.summary, findings, MANY};
    char *text = render(&cmek_reporter_sarif, &sample);
    struct cmek_json *document = NULL;
    const struct cmek_json *results = results_of(run_of(text, &document));
    ck_assert_uint_eq(cmek_json_count(results), 25000);
    for (size_t i = 0; i < cmek_json_count(results); i++)
        ck_assert_str_eq(cmek_json_peek(cmek_json_get(cmek_json_item(results, i), "level")),
                         i < MANY / CRITICAL_EVERY ? "error" : "note");
    ck_assert_ptr_nonnull(strstr(text, "5000 more failures"));
    cmek_json_free(document);
    free(text);
    free(findings);
}
END_TEST

START_TEST(a_simulation_says_what_is_new_and_is_a_category_of_its_own)
{
    char *text = render(&cmek_reporter_sarif, &sample_simulated);
    struct cmek_json *document = NULL;
    const struct cmek_json *run = run_of(text, &document), *results = results_of(run);
    static const char *const want[] = {"new", "unchanged"};
    for (size_t i = 0; i < 2; i++)
        ck_assert_str_eq(cmek_json_peek(cmek_json_get(cmek_json_item(results, i), "baselineState")),
                         want[i]);
    ck_assert_str_eq(cmek_json_peek(cmek_json_get_path(run, "automationDetails.id")),
                     "cmekscan/simulated/organizations/1/");
    cmek_json_free(document);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sarif");
    tcase_set_timeout(tests, 60); /* under sanitizers, parsing 25,000 results takes its time */
    tcase_add_loop_test(tests, each_failure_is_a_result_with_a_relative_uri, 0, 5);
    tcase_add_test(tests, a_simulation_says_what_is_new_and_is_a_category_of_its_own);
    tcase_add_test(tests, a_result_names_its_rule_fingerprints_and_level);
    tcase_add_test(tests, all_rules_are_listed_even_without_a_result);
    tcase_add_test(tests, gaps_and_unknown_findings_are_notifications);
    tcase_add_test(tests, brackets_of_names_make_no_links);
    tcase_add_test(tests, beyond_the_limit_the_worst_remain);
    return run_case("report/sarif", tests);
}
