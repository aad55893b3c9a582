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
    {"a bot finds its comment", &sample_typical,
     "<!-- cmekscan -->\n## CMEK compliance: 3 failed\n"},
    {"an incomplete scan says so", &sample_typical,
     "> **This scan is incomplete:** 5 coverage gaps, 1 unknown verdict. "},
    {"severities are counted", &sample_typical, "\n| 0 | 1 | 1 | 0 | 1 | 1 | 1 | 1 |\n"},
    {"a failure is a row", &sample_typical,
     "| high | `cmek-required` | `//storage.googleapis.com/artifacts.shop-prod.appspot.com` | The "
     "bucket"},
    {"a dry run is told apart", &sample_typical, "| dry run | `cmek-required` |"},
    {"gaps are listed", &sample_typical, "- `projects/locked` The caller lacks"},
    {"a clean scan says so", &sample_empty, "## CMEK compliance: nothing failed\n"},
};

START_TEST(the_report_says)
{
    char *text = render(&cmek_reporter_markdown, parts[_i].sample);
    ck_assert_msg(strstr(text, parts[_i].want) != NULL, "%s: in\n%s", parts[_i].label, text);
    free(text);
}
END_TEST

START_TEST(an_incomplete_scan_is_never_called_clean)
{
    struct sample sample = sample_empty;
    sample.summary.complete = false;
    char *text = render(&cmek_reporter_markdown, &sample);
    ck_assert_ptr_null(strstr(text, "nothing failed"));
    ck_assert_ptr_nonnull(strstr(text, "incomplete"));
    free(text);
}
END_TEST

START_TEST(no_markup_or_command_comes_from_data)
{
    char *text = render(&cmek_reporter_markdown, &sample_hostile);
    ck_assert_uint_eq(occurrences(text, "\n::"), 0);
    ck_assert_uint_eq(occurrences(text, "##vso"), 0);
    ck_assert_uint_eq(occurrences(text, "##["), 0);
    ck_assert_uint_eq(occurrences(text, "\x1b"), 0);
    for (const char *at = strstr(text, "<script"); at; at = strstr(at + 1, "<script"))
        ck_assert_msg(at[-1] == '\\' || strchr(at, '`') != NULL, "%s", at);
    free(text);
}
END_TEST

START_TEST(a_planned_resource_is_shown_by_its_line_and_address)
{
    struct cmek_finding finding = sample_failure;
    finding.source_file = "main.tf";
    finding.source_line = 3;
    finding.source_address = "google_storage_bucket.b[\"x|y\"]";
    struct sample sample = sample_empty;
    sample.findings = &finding;
    sample.count = 1;
    char *text = render(&cmek_reporter_markdown, &sample);
    ck_assert_ptr_nonnull(strstr(text, "| `main.tf:3`<br>`google_storage_bucket.b[\"x\\|y\"]` |"));
    free(text);
}
END_TEST

START_TEST(many_findings_fit_into_a_comment_the_worst_first)
{
    enum { COUNT = 3000 };
    struct cmek_finding *findings = calloc(COUNT, sizeof *findings);
    ck_assert_ptr_nonnull(findings);
    for (size_t i = 0; i < COUNT; i++) {
        findings[i] = sample_failure;
        findings[i].severity = i % 2 == 0 ? CMEK_SEVERITY_LOW : CMEK_SEVERITY_CRITICAL;
    }
    struct sample sample = sample_empty;
    sample.findings = findings;
    sample.count = COUNT;
    char *text = render(&cmek_reporter_markdown, &sample);
    ck_assert_uint_lt(strlen(text), 65536);
    ck_assert_uint_eq(occurrences(text, "| critical | `"), 200);
    ck_assert_ptr_nonnull(strstr(text, "more are not shown here"));
    free(text);
    free(findings);
}
END_TEST

START_TEST(new_failures_are_marked_and_come_first)
{
    struct cmek_finding findings[] = {sample_failure, sample_failure, sample_failure};
    findings[0].baseline_state = "unchanged";
    findings[0].severity = CMEK_SEVERITY_CRITICAL;
    findings[1].baseline_state = "new";
    findings[2].baseline_state = "new";
    findings[2].status = CMEK_STATUS_UNKNOWN;
    struct sample sample = sample_empty;
    sample.findings = findings;
    sample.count = 3;
    char *text = render(&cmek_reporter_markdown, &sample);
    const char *fresh = strstr(text, "| --- |\n| high, **new** | `cmek-required` |");
    const char *known = strstr(text, "\n| critical | `cmek-required` |");
    const char *unknown = strstr(text, "\n| unknown, **new** | `cmek-required` |");
    ck_assert_msg(fresh && known && unknown && fresh < known && known < unknown, "%s", text);
    free(text);
}
END_TEST

START_TEST(one_thing_that_was_not_read_is_one)
{
    struct sample sample = sample_typical;
    sample.summary.gap_count = 1;
    sample.summary.gaps_not_listed = 0;
    sample.summary.total.by_status[CMEK_STATUS_UNKNOWN] = 2;
    char *text = render(&cmek_reporter_markdown, &sample);
    ck_assert_ptr_nonnull(strstr(text, "1 coverage gap, 2 unknown verdicts."));
    free(text);
}
END_TEST

START_TEST(a_shard_says_so_in_its_title)
{
    struct sample sample = sample_typical;
    sample.summary.shard = (struct cmek_shard_summary){1, 3};
    char *text = render(&cmek_reporter_markdown, &sample);
    ck_assert_ptr_nonnull(strstr(text, "## CMEK compliance (shard 1 of 3): 3 failed\n"));
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("markdown");
    tcase_add_loop_test(tests, the_report_says, 0, (int)(sizeof parts / sizeof *parts));
    tcase_add_test(tests, an_incomplete_scan_is_never_called_clean);
    tcase_add_test(tests, no_markup_or_command_comes_from_data);
    tcase_add_test(tests, a_planned_resource_is_shown_by_its_line_and_address);
    tcase_add_test(tests, new_failures_are_marked_and_come_first);
    tcase_add_test(tests, one_thing_that_was_not_read_is_one);
    tcase_add_test(tests, a_shard_says_so_in_its_title);
    tcase_add_test(tests, many_findings_fit_into_a_comment_the_worst_first);
    return run_case("report/markdown", tests);
}
