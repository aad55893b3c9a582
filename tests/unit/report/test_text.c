/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render.h"
#include "report/reporters.h"
#include "report/terminal.h"
#include "report/text.h"
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
    {"nothing to list", &sample_empty, "No findings to list.\n"},
    {"what was found, in a line", &sample_typical,
     "    Found      1 high, 1 medium, 1 info failing, 1 of them only by a dry run; 1\n"
     "               unknown; 1 waived; 1 pass; 5 not read\n"},
    {"that nothing was found", &sample_empty, "    Found      0 failing\n"},
    {"the worst in a line each", &sample_typical,
     "\n    Worst failures\n    high      aaaa01234567  cmek-required         "
     "storage.googleapis.com/artifacts.shop-prod.appspot.com\n    info      eeee01234567  gcr-"},
    {"new ones first, where only they count", &sample_simulated,
     "    Worst failures, new ones first\n"
     "    high      aaaa01234567  cmek-required         storage.googleapis.com/bucket-a  (new)\n"
     "    high      bbbb01234567  cmek-required         storage.googleapis.com/bucket-b  (unch"},
    {"how to learn why", &sample_typical,
     "\nWhy? cmekscan explain ID --from report.json\n"
     "     (once the scan wrote it: --report json=report.json)\n"},
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

static void assert_order(const char *text, const char *const *want, size_t count)
{
    const char *at = text;
    for (size_t i = 0; i < count; i++) {
        const char *next = strstr(at, want[i]);
        ck_assert_msg(next != NULL, "%s, in its place in\n%s", want[i], text);
        at = next + 1;
    }
}

START_TEST(places_with_the_worst_enforced_failures_come_first)
{
    struct cmek_finding findings[6];
    static const char *const projects[] = {"a", "b", "c", "d", "e", "a"};
    for (size_t i = 0; i < 6; i++) {
        findings[i] = sample_failure;
        findings[i].project_id = projects[i];
        findings[i].project_number = NULL;
    }
    findings[0].severity = CMEK_SEVERITY_LOW;
    findings[1].severity = CMEK_SEVERITY_CRITICAL;
    findings[1].enforcement = CMEK_DRY_RUN;
    findings[2].status = CMEK_STATUS_UNKNOWN;
    findings[4].severity = CMEK_SEVERITY_CRITICAL;
    static const char *const order[] = {
        "Worst failures", "critical  aaaa01234567", "\nProject e\n",
        "FAIL  critical", "\nProject a\n",          "FAIL  high",
        "FAIL  low",      "\nProject d\n",          "\nProject c\n",
        "UNKNOWN",        "\nProject b\n",          "FAIL  critical  cmek-required  (dry-run)",
    };
    struct sample sample = sample_empty;
    sample.findings = findings;
    sample.count = 6;
    char *text = render(&cmek_reporter_text, &sample);
    assert_order(text, order, sizeof order / sizeof *order);
    ck_assert_uint_eq(occurrences(text, "\nProject "), 5);
    free(text);
}
END_TEST

START_TEST(what_mends_is_said_once_under_a_heading)
{
    struct cmek_finding findings[] = {sample_failure, sample_failure, sample_failure};
    findings[1].remediation_command = "gcloud another";
    findings[2].project_id = "web";
    struct sample sample = {"twice", sample_empty.summary, findings, 3};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_uint_eq(occurrences(text, "Mend       Give the bucket a default key.\n"), 2);
    ck_assert_uint_eq(occurrences(text, "Mend       as above\n               $ gcloud another\n"),
                      1);
    ck_assert_uint_eq(occurrences(text, "$ gsutil rewrite"), 2);
    free(text);
}
END_TEST

START_TEST(of_very_many_findings_the_worst_are_shown_in_full)
{
    enum { COUNT = CMEK_TEXT_FINDINGS + 30 };
    struct cmek_finding *findings = calloc(COUNT, sizeof *findings);
    ck_assert_ptr_nonnull(findings);
    for (size_t i = 0; i < COUNT; i++) {
        findings[i] = sample_failure;
        findings[i].severity = i == COUNT - 1 ? CMEK_SEVERITY_CRITICAL : CMEK_SEVERITY_LOW;
    }
    struct sample sample = {"many", sample_empty.summary, findings, COUNT};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_uint_eq(occurrences(text, "\n  FAIL  "), CMEK_TEXT_FINDINGS);
    ck_assert_uint_eq(occurrences(text, "\n  FAIL  critical"), 1);
    ck_assert_uint_eq(occurrences(text, "\n    Worst 10 of 2030 failures\n    critical  "), 1);
    ck_assert_ptr_nonnull(strstr(text, "\n30 more findings, none worse than these, are not shown"));
    free(text);
    free(findings);
}
END_TEST

START_TEST(a_report_beside_is_named_where_it_explains)
{
    char *text = render_beside(&cmek_reporter_text, &sample_typical, "out/r.json");
    ck_assert_ptr_nonnull(strstr(text, "\nWhy? cmekscan explain ID --from out/r.json\n"));
    ck_assert_ptr_null(strstr(text, "once the scan wrote it"));
    free(text);
    text = render_beside(&cmek_reporter_text, &sample_simulated, "out/r.json"); /* no evidence */
    ck_assert_ptr_null(strstr(text, "Why?"));
    free(text);
}
END_TEST

START_TEST(a_shard_says_so_in_its_title)
{
    struct sample sample = sample_typical;
    sample.summary.shard = (struct cmek_shard_summary){2, 3};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_eq(strstr(text, "CMEK compliance of organizations/1, shard 2 of 3\n"), text);
    free(text);
}
END_TEST

START_TEST(a_planned_resource_has_its_address_and_line)
{
    struct cmek_finding finding = sample_failure;
    finding.source_address = "module.a.google_storage_bucket.b[\"x\"]";
    finding.source_file = "modules/a/main.tf";
    finding.source_line = 3;
    struct sample sample = {"plan", sample_empty.summary, &finding, 1};
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_nonnull(
        strstr(text,
               "\n    Plan       module.a.google_storage_bucket.b[\"x\"], modules/a/main.tf:3\n"));
    ck_assert_ptr_nonnull(strstr(text, "cmek-required         module.a.google_storage_bucket.b["));
    finding.source_file = NULL;
    free(text);
    text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_nonnull(strstr(text, "    Plan       module.a.google_storage_bucket.b[\"x\"]\n"));
    free(text);
}
END_TEST

START_TEST(what_was_read_again_is_told)
{
    static const struct {
        struct cmek_confirmation made;
        const char *want;
    } rows[] = {
        {{.asked = 1, .changed = 1},
         "Confirmed  1 failing resource read again from its own API: 1 changed, 0\n"
         "               gone, 0 could not be read\n"},
        {{.asked = 12, .changed = 3, .gone = 2, .failed = 1},
         "Confirmed  12 failing resources read again from their own APIs: 3 changed, 2\n"
         "               gone, 1 could not be read (the inventory's word stands)\n"},
    };
    struct sample sample = sample_empty;
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_null(strstr(text, "Confirmed"));
    free(text);
    sample.summary.confirmation = rows[_i].made;
    text = render(&cmek_reporter_text, &sample);
    ck_assert_msg(strstr(text, rows[_i].want) != NULL, "in\n%s", text);
    free(text);
}
END_TEST

START_TEST(why_a_scope_was_read_directly_is_told)
{
    static const struct {
        const char *reason, *want, *advice;
    } rows[] = {
        {NULL, NULL, NULL},
        {"No access. (permission-denied)",
         "Read       folders/2 directly, not through Cloud Asset Inventory: ",
         "roles/cloudasset.viewer"},
        {"Cloud Asset API is off. (api-disabled)",
         "Read       folders/2 directly, not through Cloud Asset Inventory: ",
         "enable cloudasset.googleapis.com\n"},
        {"the inventory holds nothing of it (not-found)",
         "Read       folders/2 directly, not through Cloud Asset Inventory: ", NULL},
    };
    struct cmek_scope_source sources[] = {{"folders/1", "gcp-inventory", NULL},
                                          {"folders/2", "gcp-direct", rows[_i].reason}};
    struct sample sample = sample_empty;
    sample.summary.sources = sources;
    sample.summary.source_count = 2;
    char *text = render_styled(&cmek_reporter_text, &sample, false, 120);
    ck_assert_msg((strstr(text, "    Read ") != NULL) == (rows[_i].want != NULL), "in\n%s", text);
    ck_assert(!rows[_i].want || strstr(text, rows[_i].want));
    ck_assert_msg((strstr(text, "to have it") != NULL) == (rows[_i].advice != NULL), "in\n%s",
                  text);
    ck_assert(!rows[_i].advice || strstr(text, rows[_i].advice));
    free(text);
}
END_TEST

START_TEST(a_saved_report_says_what_it_does_not_hold)
{
    struct sample sample = sample_empty;
    sample.summary.not_held = 40;
    char *text = render(&cmek_reporter_text, &sample);
    ck_assert_ptr_nonnull(
        strstr(text, "No findings to list: the saved report does not hold the 40 asked for;"));
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
         .resource_display_name = "Shop",
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
    ck_assert_uint_eq(occurrences(text, "\nFolder 2 (Shop)\n"), 1);
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
    tcase_add_test(tests, places_with_the_worst_enforced_failures_come_first);
    tcase_add_test(tests, what_mends_is_said_once_under_a_heading);
    tcase_add_test(tests, of_very_many_findings_the_worst_are_shown_in_full);
    tcase_add_test(tests, a_report_beside_is_named_where_it_explains);
    tcase_add_test(tests, a_shard_says_so_in_its_title);
    tcase_add_test(tests, a_planned_resource_has_its_address_and_line);
    tcase_add_loop_test(tests, what_was_read_again_is_told, 0, 2);
    tcase_add_loop_test(tests, why_a_scope_was_read_directly_is_told, 0, 4);
    tcase_add_test(tests, a_saved_report_says_what_it_does_not_hold);
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
