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
    {"a failure of severity high is critical", &sample_typical, "\"severity\": \"critical\""},
    {"the path of a live resource is its name", &sample_typical,
     "\"path\": \"cmek/storage.googleapis.com/artifacts.shop-prod.appspot.com\""},
    {"an undecided finding says so", &sample_typical, "\"description\": \"Undecided: The"},
    {"a dry run says so", &sample_typical, "\"description\": \"(dry-run) The bucket"},
    {"a gap is an issue", &sample_typical, "\"check_name\": \"coverage-gap\""},
    {"gaps that are not listed are one more", &sample_typical, "3 more coverage gaps"},
};

START_TEST(the_report_says)
{
    char *text = render(&cmek_reporter_gitlab, parts[_i].sample);
    ck_assert_msg(strstr(text, parts[_i].want) != NULL, "%s: in\n%s", parts[_i].label, text);
    free(text);
}
END_TEST

START_TEST(a_clean_scan_is_an_empty_array)
{
    char *text = render(&cmek_reporter_gitlab, &sample_empty);
    ck_assert_str_eq(text, "[]\n");
    free(text);
}
END_TEST

START_TEST(what_is_waived_or_passes_is_no_issue)
{
    char *text = render(&cmek_reporter_gitlab, &sample_typical);
    ck_assert_uint_eq(occurrences(text, "\"check_name\""), 7); /* 3 fail, 1 unknown, 3 gaps */
    free(text);
}
END_TEST

START_TEST(a_planned_resource_is_shown_at_its_line)
{
    struct cmek_finding finding = sample_failure;
    finding.source_file = "infra/main.tf";
    finding.source_line = 12;
    struct sample sample = sample_empty;
    sample.findings = &finding;
    sample.count = 1;
    char *text = render(&cmek_reporter_gitlab, &sample);
    ck_assert_ptr_nonnull(strstr(text, "\"path\": \"infra/main.tf\""));
    ck_assert_ptr_nonnull(strstr(text, "\"begin\": 12"));
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("gitlab");
    tcase_add_loop_test(tests, the_report_says, 0, (int)(sizeof parts / sizeof *parts));
    tcase_add_test(tests, a_clean_scan_is_an_empty_array);
    tcase_add_test(tests, what_is_waived_or_passes_is_no_issue);
    tcase_add_test(tests, a_planned_resource_is_shown_at_its_line);
    return run_case("report/gitlab", tests);
}
