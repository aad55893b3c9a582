/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "report/reporters.h"
#include "report/terminal.h"
#include "samples.h"

static const struct cmek_finding compared_findings[] = {
    {.rule_id = "cmek-required", .severity = CMEK_SEVERITY_HIGH, .baseline_state = "new"},
    {.rule_id = "cmek-required", .severity = CMEK_SEVERITY_HIGH, .baseline_state = "unchanged"},
    {.rule_id = "cmek-required",
     .severity = CMEK_SEVERITY_HIGH,
     .enforcement = CMEK_DRY_RUN,
     .baseline_state = "new"},
};
static const struct sample sample_compared = {"compared", {.complete = true}, compared_findings, 3};

static const struct {
    const char *label;
    const struct sample *sample;
    const char *want;
} parts[] = {
    {"what was looked at", &sample_typical, "1 organization, 3 folders, 9 projects"},
    {"a checkpoint", &sample_typical,
     " with 77 answers from a checkpoint begun at 2026-11-22T03:30:00Z\n"},
    {"policies held against Google's reading", &sample_typical,
     "Policies   verified 12 policy classes against Google: 2 DIFFER, 1 undecided\n"
     "               by this scan, 2 not answered, 7 agree\n"},
    {"the project", &sample_typical, "\nProject shop-prod (123)\n"},
    {"status, severity and rule", &sample_typical, "\n  FAIL  high  cmek-required\n"},
    {"a dry run", &sample_typical, "\n  FAIL  medium  cmek-required  (dry-run)\n"},
    {"the role in words", &sample_typical, "Container Registry bucket, us\n"},
    {"the policy", &sample_typical, "Policy     constraints/gcp.restrictNonCmekServices set at"},
    {"why unknown", &sample_typical, "Reason     permission-denied\n"},
    {"the key", &sample_typical, "Key        projects/k/locations/us/keyRings/r/cryptoKeys/c\n"},
    {"the command on one line", &sample_typical,
     "$ gcloud storage buckets update gs://artifacts.shop-prod.appspot.com "
     "--default-encryption-key=KEY\n               $ gsutil rewrite"},
    {"dry runs apart, which the exit status does not count", &sample_typical,
     "\n3 failures to mend, 1 of which only a dry-run policy makes.\n"},
    {"that commands are to be read first", &sample_typical, "\nMost commands change your cloud"},
    {"the waiver", &sample_typical, "Waiver     W-1, expires 2027-01-31\n"},
    {"the totals", &sample_typical, "3 fail, 1 unknown, 1 pass, 1 waived\n"},
    {"the worst project first", &sample_typical,
     "    shop-prod                                      2  (1 high, 1 medium)\n    web "},
    {"gaps by name", &sample_typical,
     "- projects/locked: storage.buckets.list permission-denied\n"},
    {"how many more gaps", &sample_typical, "and 3 more; the json report lists them"},
    {"a clean scan", &sample_empty, "No failure: no policy governs anything"},
    {"nothing to list", &sample_empty, "No findings to list."},
    {"what is simulated", &sample_simulated,
     "Simulated  constraints/gcp.restrictNonCmekServices at folders/2, from"},
    {"a finding that would be new", &sample_simulated, "cmek-required  (simulated, new)\n"},
    {"one that would be mended", &sample_simulated, "  PASS  high  cmek-required  (simulated, re"},
    {"what each project would see", &sample_simulated,
     "    Changes by project                        breaks unknown   mends decided\n"
     "    shop-prod                                      1       0       1       0\n\nThis policy"},
    {"what it would change", &sample_simulated,
     "\nThis policy would newly break 1 resource in 1 project, and mend 1.\nWhat breaks goes on"},
    {"what is new since a baseline", &sample_compared, "\n  FAIL  high  cmek-required  (new)\n"},
    {"what is not", &sample_compared, "\n  FAIL  high  cmek-required  (unchanged)\n"},
    {"a dry run that is new", &sample_compared, "\n  FAIL  high  cmek-required  (dry-run, new)\n"},
    {"no members at all", &sample_bare, "\n  FAIL  low  (no rule)\n"},
};

START_TEST(the_report_says)
{
    char *text = render(&cmek_reporter_text, parts[_i].sample);
    ck_assert_msg(strstr(text, parts[_i].want) != NULL, "%s: in\n%s", parts[_i].label, text);
    free(text);
}
END_TEST

START_TEST(what_google_was_asked_is_told_also_when_all_is_well)
{
    static const struct {
        struct cmek_policy_verification verification;
        const char *want; /* NULL: nothing */
    } rows[] = {
        {{.was_made = false}, NULL},
        {{.was_made = true, .classes = 1, .agree = 1},
         "Policies   verified 1 policy class against Google: all agree\n"},
        {{.was_made = true, .classes = 2, .agree = 2},
         "verified 2 policy classes against Google: all"},
        {{.was_made = true}, "verified 0 policy classes against Google: there is no project\n"},
    };
    struct sample sample = sample_empty;
    sample.summary.verification = rows[_i].verification;
    char *text = render(&cmek_reporter_text, &sample);
    if (rows[_i].want)
        ck_assert_msg(strstr(text, rows[_i].want) != NULL, "row %d: in\n%s", _i, text);
    else
        ck_assert_ptr_null(strstr(text, "verified"));
    free(text);
}
END_TEST

START_TEST(gaps_are_told_at_the_top_and_at_the_bottom)
{
    char *text = render(&cmek_reporter_text, &sample_typical);
    ck_assert_uint_eq(occurrences(text, "!! This scan is INCOMPLETE: 5 things"), 2);
    ck_assert(strstr(text, "!!") < strstr(text, "\nProject "));
    free(text);
    text = render(&cmek_reporter_text, &sample_empty);
    ck_assert_uint_eq(occurrences(text, "INCOMPLETE"), 0);
    free(text);
}
END_TEST

START_TEST(an_incomplete_scan_without_failures_is_not_called_clean)
{
    struct sample sample = sample_empty;
    sample.summary.complete = false;
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_nonnull(strstr(text, "No failure in what could be read."));
    ck_assert_ptr_null(strstr(text, "complies"));
    free(text);
}
END_TEST

START_TEST(only_a_colour_terminal_gets_colour_codes)
{
    char *text = render(&cmek_reporter_text, samples[_i]);
    ck_assert_uint_eq(occurrences(text, "\x1b"), 0);
    free(text);
    text = render_styled(&cmek_reporter_text, samples[_i], true, 80);
    ck_assert_uint_gt(occurrences(text, "\x1b[0m"), 0);
    /* Each sequence is ours: a style, then its end. */
    ck_assert_uint_eq(occurrences(text, "\x1b["), 2 * occurrences(text, "\x1b[0m"));
    ck_assert_uint_eq(occurrences(text, "\x1b["), occurrences(text, "\x1b"));
    free(text);
}
END_TEST

START_TEST(no_line_is_a_command_to_a_ci_system)
{
    char *text = render_styled(&cmek_reporter_text, &sample_hostile, false, 60 + _i);
    ck_assert_uint_eq(occurrences(text, "##"), 0);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, "\n \xc2\xa0");
        ck_assert(strncmp(line, "::", 2) != 0);
    }
    for (const char *at = text; *at; at++)
        ck_assert(*at == '\n' || (unsigned char)*at >= 0x20);
    free(text);
}
END_TEST

START_TEST(prose_keeps_to_the_columns)
{
    static const size_t widths[] = {60, 61, 67, 80, 99, 120};
    const size_t columns = widths[_i];
    char *text = render_styled(&cmek_reporter_text, &sample_typical, false, (int)columns);
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        bool unbroken =
            strstr(line, "//") || strstr(line, "$ ") || strstr(line, "/") || strstr(line, "  - ");
        ck_assert_msg(unbroken || cmek_terminal_width(line, strlen(line)) <= columns, "%zu: %s",
                      columns, line);
    }
    free(text);
}
END_TEST

START_TEST(a_line_end_inside_quotes_makes_no_second_command)
{
    struct cmek_finding finding = {
        .remediation_command = "gcloud update 'a\nrm -rf b' \"c\\\"\nd\" e\\\nf\ngcloud next"};
    struct sample sample = {"quoted", sample_empty.summary, &finding, 1};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_uint_eq(occurrences(text, "$ "), 2);
    ck_assert_ptr_nonnull(strstr(text, "$ gcloud update 'a\\x0arm -rf b' \"c"));
    ck_assert_ptr_nonnull(strstr(text, "$ gcloud next\n"));
    free(text);
}
END_TEST

/* On a folder or an organization: in no project, but not in an unknown one. */
START_TEST(findings_on_nodes_have_headings_of_their_own)
{
    struct cmek_finding findings[] = {
        {.rule_id = "policy-gap",
         .resource_type = "cloudresourcemanager.googleapis.com/Folder",
         .resource_name = "//cloudresourcemanager.googleapis.com/folders/2"},
        {.rule_id = "policy-dry-run-only",
         .resource_type = "cloudresourcemanager.googleapis.com/Folder",
         .resource_name = "//cloudresourcemanager.googleapis.com/folders/2"},
        {.rule_id = "policy-gap",
         .resource_type = "cloudresourcemanager.googleapis.com/Organization",
         .resource_name = "//cloudresourcemanager.googleapis.com/organizations/2"},
        {.rule_id = "policy-gap",
         .resource_type = "cloudresourcemanager.googleapis.com/Project",
         .project_id = "shop",
         .resource_name = "//cloudresourcemanager.googleapis.com/projects/2"},
        {.rule_id = "cmek-required", .resource_name = "//storage.googleapis.com/b"},
    };
    struct cmek_tally tallies[] = {{.by_status = {3, 0, 0, 0}, .fails_by_severity = {0, 0, 3}},
                                   {.name = "shop", .by_status = {1, 0, 0, 0}}};
    struct sample sample = {"nodes", sample_empty.summary, findings,
                            sizeof findings / sizeof *findings};
    sample.summary.by_project = (struct cmek_tallies){tallies, sizeof tallies / sizeof *tallies};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_uint_eq(occurrences(text, "\nFolder 2\n"), 1);
    ck_assert_uint_eq(occurrences(text, "\nOrganization 2\n"), 1);
    ck_assert_uint_eq(occurrences(text, "\nProject shop\n"), 1);
    ck_assert_uint_eq(occurrences(text, "\nProject (unknown)\n"), 1);
    ck_assert_ptr_nonnull(strstr(text, "1 failing project\n"));
    free(text);
}
END_TEST

START_TEST(of_many_projects_the_ten_worst_are_shown)
{
    enum { PROJECTS = 30 };
    struct cmek_tally projects[PROJECTS] = {{0}};
    char names[PROJECTS][8];
    for (size_t i = 0; i < PROJECTS; i++) {
        size_t fails = i * 7 % PROJECTS; /* every number once, in no order */
        snprintf(names[i], sizeof names[i], "p%zu.", fails);
        projects[i].name = names[i];
        projects[i].by_status[CMEK_STATUS_FAIL] = fails;
        projects[i].fails_by_severity[CMEK_SEVERITY_LOW] = fails;
    }
    struct sample sample = sample_empty;
    sample.summary.by_project = (struct cmek_tallies){projects, PROJECTS};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_nonnull(strstr(text, "Worst 10 of 29 failing projects\n    p29. "));
    const char *last = text;
    for (size_t fails = PROJECTS - 1; fails >= PROJECTS - 10; fails--) {
        char name[16];
        snprintf(name, sizeof name, "    p%zu. ", fails);
        const char *at = strstr(text, name);
        ck_assert_msg(at > last, "%s", name);
        last = at;
    }
    ck_assert_ptr_null(strstr(text, "p19."));
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("text");
    tcase_add_loop_test(tests, the_report_says, 0, (int)(sizeof parts / sizeof *parts));
    tcase_add_loop_test(tests, what_google_was_asked_is_told_also_when_all_is_well, 0, 4);
    tcase_add_test(tests, gaps_are_told_at_the_top_and_at_the_bottom);
    tcase_add_test(tests, an_incomplete_scan_without_failures_is_not_called_clean);
    tcase_add_loop_test(tests, only_a_colour_terminal_gets_colour_codes, 0, 4);
    tcase_add_loop_test(tests, no_line_is_a_command_to_a_ci_system, 0, 8);
    tcase_add_loop_test(tests, prose_keeps_to_the_columns, 0, 6);
    tcase_add_test(tests, a_line_end_inside_quotes_makes_no_second_command);
    tcase_add_test(tests, findings_on_nodes_have_headings_of_their_own);
    tcase_add_test(tests, of_many_projects_the_ten_worst_are_shown);
    return run_case("report/text", tests);
}
