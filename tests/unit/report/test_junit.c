/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "report/reporters.h"
#include "samples.h"

static const struct {
    const char *label;
    const struct sample *sample;
    const char *want;
} parts[] = {
    {"a suite counts its cases", &sample_typical,
     "<testsuite name=\"cmek-required\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" "
     "time=\"0\" timestamp=\"2026-11-22T04:00:00\" hostname=\"localhost\" id=\"0\" "
     "package=\"cmekscan\">"},
    {"an unknown finding is an error", &sample_typical,
     "classname=\"gcp.pubsub.Topic\" time=\"0\"><error type=\"key-project-allowed\""},
    {"a waived finding is skipped", &sample_typical, "<skipped message=\"The topic has no key.\">"},
    {"a pass is a bare case", &sample_typical,
     "<testcase name=\"//storage.googleapis.com/web\" classname=\"gcp.storage.Bucket\" "
     "time=\"0\"/>"},
    {"a failure of severity info passes", &sample_typical,
     "<testcase name=\"//storage.googleapis.com/artifacts.web.appspot.com\" "
     "classname=\"gcp.storage.Bucket\" time=\"0\"/>"},
    {"and is told in the output", &sample_typical, "<system-out>message: Redirected to"},
    {"a dry run has a case of its own, and passes", &sample_typical,
     "appspot.com (dry-run)\" classname=\"gcp.storage.Bucket\" time=\"0\"/>"},
    {"and is told in the output too", &sample_typical,
     "<system-out>message: The bucket has no default key, and the dry-run policy"},
    {"of a simulation, what is new fails", &sample_simulated,
     "bucket-a (simulated)\" classname=\"gcp.storage.Bucket\" time=\"0\"><failure "},
    {"and what fails today does not", &sample_simulated,
     "bucket-b (simulated)\" classname=\"gcp.storage.Bucket\" time=\"0\"/>"},
    {"gaps are errors", &sample_typical,
     "<testsuite name=\"coverage\" tests=\"3\" failures=\"0\" errors=\"3\""},
    {"a complete scan has one case that passes", &sample_empty,
     "<testsuite name=\"coverage\" tests=\"1\" failures=\"0\" errors=\"0\""},
    {"names that look the same are told apart", &sample_hostile, " [cccc01234567]\""},
    {"gaps that look the same are told apart", &sample_hostile, " #2\""},
    {"a time that is missing is the epoch", &sample_bare, "timestamp=\"1970-01-01T00:00:00\""},
};

START_TEST(the_report_says)
{
    char *text = render(&cmek_reporter_junit, parts[_i].sample);
    ck_assert_msg(strstr(text, parts[_i].want) != NULL, "%s: in\n%s", parts[_i].label, text);
    free(text);
}
END_TEST

START_TEST(a_finding_on_a_node_is_of_the_class_of_its_type)
{
    struct cmek_finding finding = {.rule_id = "policy-gap",
                                   .provider = "gcp",
                                   .resource_type = "cloudresourcemanager.googleapis.com/Folder",
                                   .resource_name =
                                       "//cloudresourcemanager.googleapis.com/folders/2"};
    struct sample sample = {"node", sample_empty.summary, &finding, 1};
    char *xml = render(&cmek_reporter_junit, &sample);
    ck_assert_ptr_nonnull(strstr(xml, "classname=\"gcp.cloudresourcemanager.Folder\""));
    finding.resource_type = NULL;
    free(xml);
    xml = render(&cmek_reporter_junit, &sample);
    ck_assert_ptr_nonnull(strstr(xml, "classname=\"gcp.unknown.unknown\""));
    free(xml);
}
END_TEST

START_TEST(where_only_new_failures_count_only_they_fail)
{
    struct cmek_finding findings[] = {sample_failure, sample_failure};
    struct cmek_baseline_summary baseline = {.fresh = 1, .unchanged = 1};
    struct sample sample = {"compared", sample_empty.summary, findings, 2};
    findings[0].baseline_state = "unchanged";
    findings[1].baseline_state = "new";
    sample.summary.baseline = &baseline;
    char *xml = render(&cmek_reporter_junit, &sample);
    ck_assert_uint_eq(occurrences(xml, "<failure "), 2);
    free(xml);
    baseline.fail_on_new = true;
    xml = render(&cmek_reporter_junit, &sample);
    ck_assert_uint_eq(occurrences(xml, "<failure "), 1);
    ck_assert_ptr_nonnull(strstr(strstr(xml, "<failure "), "against the baseline: new\n"));
    ck_assert_ptr_nonnull(strstr(strstr(xml, "<system-out>"), "against the baseline: unchanged\n"));
    free(xml);
}
END_TEST

START_TEST(no_markup_comes_from_data)
{
    char *text = render(&cmek_reporter_junit, &sample_hostile);
    ck_assert_uint_eq(occurrences(text, "<script"), 0);
    ck_assert_uint_eq(occurrences(text, "]]>"), 0);
    ck_assert_uint_eq(occurrences(text, "##"), 0);
    ck_assert_uint_eq(occurrences(text, "\n::"), 0);
    ck_assert_uint_eq(occurrences(text, "\x1b"), 0);
    ck_assert_uint_eq(occurrences(text, "<testcase "), sample_hostile.count + 2);
    free(text);
}
END_TEST

START_TEST(unknown_findings_that_are_not_listed_are_an_error)
{
    struct sample sample = sample_typical;
    sample.count = 1; /* as --status fail would */
    sample.summary.gap_count = 0;
    sample.summary.gaps_not_listed = 0;
    char *text = render(&cmek_reporter_junit, &sample);
    ck_assert_ptr_nonnull(strstr(text, "1 findings could not be decided and are not listed"));
    free(text);
}
END_TEST

START_TEST(an_incomplete_scan_is_never_green)
{
    struct sample sample = sample_empty;
    sample.summary.complete = false;
    char *text = render(&cmek_reporter_junit, &sample);
    ck_assert_uint_eq(occurrences(text, "errors=\"1\""), 1);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("junit");
    tcase_add_loop_test(tests, the_report_says, 0, (int)(sizeof parts / sizeof *parts));
    tcase_add_test(tests, a_finding_on_a_node_is_of_the_class_of_its_type);
    tcase_add_test(tests, where_only_new_failures_count_only_they_fail);
    tcase_add_test(tests, no_markup_comes_from_data);
    tcase_add_test(tests, unknown_findings_that_are_not_listed_are_an_error);
    tcase_add_test(tests, an_incomplete_scan_is_never_green);
    return run_case("report/junit", tests);
}
