/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "report/reporters.h"
#include "samples.h"
#include "json/json.h"

static struct cmek_json *parse(const char *text)
{
    struct cmek_error err = {0};
    struct cmek_json *json = NULL;
    ck_assert_msg(cmek_json_parse(text, strlen(text), &json, &err) == CMEK_OK, "%s", err.message);
    return json;
}

static int64_t number(const struct cmek_json *json, const char *path)
{
    int64_t value = -1;
    ck_assert_msg(cmek_json_int64(cmek_json_get_path(json, path), &value), "%s is no integer",
                  path);
    return value;
}

START_TEST(every_sample_is_a_document_with_all_its_findings_and_gaps)
{
    const struct sample *sample = samples[_i];
    char *text = render(&cmek_reporter_json, sample);
    struct cmek_json *json = parse(text);
    ck_assert_uint_eq(cmek_json_count(json), 8);
    ck_assert_uint_eq(cmek_json_count(cmek_json_get(json, "findings")), sample->count);
    ck_assert_uint_eq(cmek_json_count(cmek_json_get(json, "coverage")), sample->summary.gap_count);
    ck_assert_uint_eq(cmek_json_count(cmek_json_get(json, "rules")), sample->summary.rule_count);
    ck_assert(text[strlen(text) - 1] == '\n');
    cmek_json_free(json);
    free(text);
}
END_TEST

START_TEST(the_summary_counts)
{
    static const struct {
        const char *path;
        int64_t want;
    } counts[] = {
        {"summary.nodes.folders", 3},
        {"summary.by_status.fail", 3},
        {"summary.by_status.waived", 1},
        {"summary.by_severity.high", 1},
        {"summary.by_severity.low", 0},
        {"summary.by_rule.cmek-required.fail", 2},
        {"summary.by_project.web.pass", 1},
        {"summary.coverage_gaps", 5},
        {"scan.resumed.answers", 77},
        {"scan.policy_verification.classes", 12},
        {"scan.policy_verification.agree", 7},
        {"scan.policy_verification.differ", 2},
        {"scan.policy_verification.undecided", 1},
        {"scan.policy_verification.not_answered", 2},
    };
    char *text = render(&cmek_reporter_json, &sample_typical);
    struct cmek_json *json = parse(text);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        ck_assert_msg(number(json, counts[i].path) == counts[i].want, "%s is %lld", counts[i].path,
                      (long long)number(json, counts[i].path));
    ck_assert(!cmek_json_is_true(cmek_json_get_path(json, "scan.complete")));
    ck_assert_ptr_nonnull(strstr(text, "\"storage.buckets.list\": 12"));
    cmek_json_free(json);
    free(text);
}
END_TEST

START_TEST(a_simulation_says_what_it_judged_by_and_what_would_change)
{
    static const struct {
        const char *path;
        int64_t want;
    } counts[] = {
        {"summary.changes.resources_newly_failing", 1},
        {"summary.changes.resources_no_longer_failing", 1},
        {"summary.changes.newly_failing", 1},
        {"summary.changes.newly_unknown", 0},
        {"summary.changes.no_longer_failing", 1},
        {"summary.changes.by_project.shop-prod.newly_failing", 1},
        {"summary.changes.by_project.quiet.no_longer_unknown", 0},
    };
    char *text = render(&cmek_reporter_json, &sample_simulated);
    struct cmek_json *json = parse(text);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        ck_assert_msg(number(json, counts[i].path) == counts[i].want, "%s is %lld", counts[i].path,
                      (long long)number(json, counts[i].path));
    const struct cmek_json *policy =
        cmek_json_item(cmek_json_get_path(json, "scan.simulated_policies"), 0);
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(policy, "node")), "folders/2");
    cmek_json_free(json);
    free(text);
}
END_TEST

START_TEST(an_empty_scan_has_empty_lists)
{
    char *text = render(&cmek_reporter_json, &sample_empty);
    ck_assert_ptr_nonnull(strstr(text, "\"findings\": [],\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"coverage\": [],\n  \"evidence\": null\n}\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"complete\": true"));
    ck_assert_ptr_nonnull(strstr(text, "\"policy_verification\": null"));
    ck_assert_ptr_nonnull(strstr(text, "\"resumed\": null"));
    free(text);
}
END_TEST

START_TEST(evidence_comes_last_an_asset_a_line)
{
    char *text = render(&cmek_reporter_json, &sample_typical);
    ck_assert_ptr_nonnull(strstr(text, "  \"evidence\": [\n"
                                       "    {\"name\":\"//x/a\",\"asset_type\":\"x/A\"},\n"
                                       "    {\"name\":\"//x/b\",\"asset_type\":\"x/B\"}\n"
                                       "  ]\n}\n"));
    free(text);
}
END_TEST

START_TEST(a_finding_is_the_line_that_jsonl_writes)
{
    char *document = render(&cmek_reporter_json, &sample_typical);
    char *lines = render(&cmek_reporter_jsonl, &sample_typical);
    size_t count = 0;
    for (char *save = NULL, *line = strtok_r(lines, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), count++)
        ck_assert_ptr_nonnull(strstr(document, line));
    ck_assert_uint_eq(count, sample_typical.count);
    free(lines);
    free(document);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json");
    tcase_add_loop_test(tests, every_sample_is_a_document_with_all_its_findings_and_gaps, 0, 5);
    tcase_add_test(tests, the_summary_counts);
    tcase_add_test(tests, a_simulation_says_what_it_judged_by_and_what_would_change);
    tcase_add_test(tests, an_empty_scan_has_empty_lists);
    tcase_add_test(tests, evidence_comes_last_an_asset_a_line);
    tcase_add_test(tests, a_finding_is_the_line_that_jsonl_writes);
    return run_case("report/json", tests);
}
