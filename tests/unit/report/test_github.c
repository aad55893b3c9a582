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
    {"a failure of severity high is an error", &sample_typical,
     "::error title=cmek-required (high)::The bucket has no default key"},
    {"what mends it follows on a line of its own", &sample_typical,
     "CMEK.%0AGive the bucket a default key.\n"},
    {"an undecided finding is a warning", &sample_typical,
     "::warning title=key-project-allowed (undecided)::"},
    {"a dry run is a notice whatever its severity", &sample_typical,
     "::notice title=cmek-required (dry-run)::"},
    {"a gap is a warning", &sample_typical, "::warning title=not read::projects/locked: "},
    {"gaps beyond those kept are counted", &sample_typical, "::notice title=cmekscan::3 more;"},
    {"the last line counts", &sample_typical,
     "\ncmekscan: 3 failed, 1 unknown, 1 waived, 1 passed; the scan is incomplete\n"},
};

START_TEST(the_report_says)
{
    char *text = render(&cmek_reporter_github, parts[_i].sample);
    ck_assert_msg(strstr(text, parts[_i].want) != NULL, "%s: in\n%s", parts[_i].label, text);
    free(text);
}
END_TEST

START_TEST(a_clean_scan_says_so_in_one_line)
{
    char *text = render(&cmek_reporter_github, &sample_empty);
    ck_assert_str_eq(text, "cmekscan: 0 failed, 0 unknown, 0 waived, 0 passed\n");
    free(text);
}
END_TEST

START_TEST(no_command_comes_from_data)
{
    char *text = render(&cmek_reporter_github, &sample_hostile);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        ck_assert_msg(strncmp(line, "::error title=cmek-required (high)::", 36) == 0 ||
                          strncmp(line, "::warning title=", 16) == 0 ||
                          strncmp(line, "cmekscan: ", 10) == 0,
                      "%s", line);
    ck_assert_uint_eq(occurrences(text, "##"), 0);
    ck_assert_uint_eq(occurrences(text, "\x1b"), 0);
    ck_assert_uint_eq(occurrences(text, "\r"), 0);
    free(text);
}
END_TEST

START_TEST(a_planned_resource_is_annotated_at_its_line)
{
    struct cmek_finding finding = sample_failure;
    finding.source_file = "infra/a,b:c%.tf";
    finding.source_line = 12;
    struct sample sample = sample_typical;
    sample.findings = &finding;
    sample.count = 1;
    char *text = render(&cmek_reporter_github, &sample);
    ck_assert_ptr_nonnull(strstr(
        text, "::error file=infra/a%2Cb%3Ac%25.tf,line=12,title=cmek-required (high)::The bucket"));
    free(text);
}
END_TEST

START_TEST(ten_of_a_kind_are_shown_the_worst_first)
{
    struct cmek_finding findings[30];
    for (size_t i = 0; i < 30; i++) {
        findings[i] = sample_failure;
        findings[i].severity = i < 15 ? CMEK_SEVERITY_HIGH : CMEK_SEVERITY_CRITICAL;
    }
    struct sample sample = sample_empty;
    sample.findings = findings;
    sample.count = 30;
    char *text = render(&cmek_reporter_github, &sample);
    ck_assert_uint_eq(occurrences(text, "::error "), 10);
    ck_assert_uint_eq(occurrences(text, "(critical)"), 10);
    ck_assert_ptr_nonnull(strstr(text, "::notice title=cmekscan::20 more;"));
    free(text);
}
END_TEST

/* Many old failures, and new ones late among them. */
static struct sample compared(struct cmek_finding findings[30],
                              const struct cmek_baseline_summary *baseline)
{
    for (size_t i = 0; i < 30; i++) {
        findings[i] = sample_failure;
        findings[i].severity = CMEK_SEVERITY_CRITICAL;
        findings[i].baseline_state = "unchanged";
    }
    findings[28].severity = CMEK_SEVERITY_HIGH;
    findings[29].severity = CMEK_SEVERITY_MEDIUM;
    findings[28].baseline_state = findings[29].baseline_state = "new";
    struct sample sample = sample_empty;
    sample.summary.baseline = baseline;
    sample.findings = findings;
    sample.count = 30;
    return sample;
}

START_TEST(old_failures_do_not_hide_new_ones)
{
    struct cmek_finding findings[30];
    const struct cmek_baseline_summary baseline = {.fresh = 2, .unchanged = 28};
    struct sample sample = compared(findings, &baseline);
    char *text = render(&cmek_reporter_github, &sample);
    ck_assert_ptr_eq(strstr(text, "::error title=NEW cmek-required (high)::"), text);
    ck_assert_uint_eq(occurrences(text, "::error "), 10);
    ck_assert_ptr_nonnull(strstr(text, "::warning title=NEW cmek-required (medium)::"));
    free(text);
}
END_TEST

START_TEST(where_only_new_failures_count_old_ones_are_notices)
{
    struct cmek_finding findings[30];
    const struct cmek_baseline_summary baseline = {.fresh = 2,
                                                   .unchanged = 28,
                                                   .fail_on_new = true};
    struct sample sample = compared(findings, &baseline);
    char *text = render(&cmek_reporter_github, &sample);
    ck_assert_uint_eq(occurrences(text, "::error "), 1);
    ck_assert_uint_eq(occurrences(text, "::warning "), 1);
    ck_assert_uint_eq(occurrences(text, "::notice title=cmek-required (critical)::"), 9);
    ck_assert_ptr_nonnull(strstr(text, "::notice title=cmekscan::19 more;"));
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("github");
    tcase_add_loop_test(tests, the_report_says, 0, (int)(sizeof parts / sizeof *parts));
    tcase_add_test(tests, a_clean_scan_says_so_in_one_line);
    tcase_add_test(tests, no_command_comes_from_data);
    tcase_add_test(tests, a_planned_resource_is_annotated_at_its_line);
    tcase_add_test(tests, ten_of_a_kind_are_shown_the_worst_first);
    tcase_add_test(tests, old_failures_do_not_hide_new_ones);
    tcase_add_test(tests, where_only_new_failures_count_old_ones_are_notices);
    return run_case("report/github", tests);
}
