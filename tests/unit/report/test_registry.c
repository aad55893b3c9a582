/* SPDX-License-Identifier: Apache-2.0 */
#include "report/registry.h"

#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "render.h"
#include "report/reporters.h"
#include "samples.h"

#define REPORTERS_AT_MOST 32

static const struct cmek_report_style style = {.columns = 80};
static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/cmekscan-report-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *entries = opendir(".");
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void remove_folder(void)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        unlink(entry->d_name);
    closedir(entries);
    rmdir(folder);
}

static enum cmek_status write_reports(const struct cmek_report_request *requests, size_t count,
                                      const struct sample *sample, struct cmek_error *err)
{
    struct cmek_report_set *set = NULL;
    enum cmek_status status =
        cmek_report_set_open(requests, count, &style, &sample->summary, &set, err);
    if (status != CMEK_OK)
        return status;
    for (size_t i = 0; i < sample->count; i++)
        cmek_report_set_finding(set, &sample->findings[i]);
    return cmek_report_set_close(set, err);
}

START_TEST(reporters_are_found_by_name)
{
    for (size_t i = 0; cmek_reporters[i]; i++) {
        ck_assert_ptr_eq(cmek_reporter_find(cmek_reporters[i]->name), cmek_reporters[i]);
        ck_assert_uint_eq(cmek_reporters[i]->abi, CMEK_REPORTER_ABI);
        ck_assert_ptr_nonnull(cmek_reporters[i]->description);
        ck_assert_ptr_nonnull(cmek_reporters[i]->media_type);
    }
    ck_assert_ptr_null(cmek_reporter_find("jso"));
    ck_assert_ptr_null(cmek_reporter_find(""));
}
END_TEST

START_TEST(one_scan_feeds_every_reporter)
{
    struct cmek_report_request requests[REPORTERS_AT_MOST];
    size_t count = 0;
    for (; cmek_reporters[count] && count < REPORTERS_AT_MOST; count++)
        requests[count] = (struct cmek_report_request){.reporter = cmek_reporters[count],
                                                       .path = cmek_reporters[count]->name};
    struct cmek_error err = {0};
    ck_assert_msg(write_reports(requests, count, &sample_typical, &err) == CMEK_OK, "%s",
                  err.message);
    ck_assert_uint_eq(count_files(), count);
    for (size_t i = 0; i < count; i++) {
        struct cmek_strbuf content = {0};
        char *want = render_beside(requests[i].reporter, &sample_typical, "json");
        ck_assert_int_eq(cmek_file_read(requests[i].path, 1 << 20, &content, &err), CMEK_OK);
        ck_assert_str_eq(cmek_strbuf_text(&content), want);
        cmek_strbuf_done(&content);
        free(want);
    }
}
END_TEST

static const struct {
    const char *label, *first, *second;
    enum cmek_status want;
} pairs[] = {
    {"standard output twice", "-", "-", CMEK_E_USAGE},
    {"standard output by another name", "-", "/dev/stdout", CMEK_E_USAGE},
    {"one file twice", "a", "a", CMEK_E_USAGE},
    {"one file written differently", "a", "./a", CMEK_E_USAGE},
    {"one file by its full path", "./a", NULL, CMEK_E_USAGE},
    {"two files", "a", "b", CMEK_OK},
    {"one folder is missing", "a", "no/such/folder/b", CMEK_E_IO},
    {"a folder as file", "a", ".", CMEK_E_IO},
};

START_TEST(two_reports_do_not_share_an_output)
{
    char full[96];
    snprintf(full, sizeof full, "%s/a", folder);
    const struct cmek_report_request requests[] = {
        {&cmek_reporter_json, pairs[_i].first, false},
        {&cmek_reporter_text, pairs[_i].second ? pairs[_i].second : full, false},
    };
    struct cmek_error err = {0};
    enum cmek_status status = write_reports(requests, 2, &sample_empty, &err);
    ck_assert_msg(status == pairs[_i].want, "%s: %d %s", pairs[_i].label, (int)status, err.message);
    ck_assert_uint_eq(count_files(), status == CMEK_OK ? 2 : 0);
}
END_TEST

START_TEST(a_reporter_of_another_interface_is_refused)
{
    struct cmek_reporter old = cmek_reporter_json;
    old.abi = CMEK_REPORTER_ABI + 1;
    struct cmek_reporter half = cmek_reporter_json;
    half.close = NULL;
    const struct cmek_report_request requests[] = {{&old, "a", false}, {&half, "b", false}};
    for (size_t i = 0; i < 2; i++) {
        struct cmek_error err = {0};
        ck_assert_int_eq(write_reports(&requests[i], 1, &sample_empty, &err), CMEK_E_USAGE);
        ck_assert_uint_gt(strlen(err.message), 0);
    }
    ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(abandoning_leaves_no_file)
{
    struct cmek_report_request requests[REPORTERS_AT_MOST];
    size_t count = 0;
    for (; cmek_reporters[count] && count < REPORTERS_AT_MOST; count++)
        requests[count] = (struct cmek_report_request){.reporter = cmek_reporters[count],
                                                       .path = cmek_reporters[count]->name};
    struct cmek_report_set *set = NULL;
    struct cmek_error err = {0};
    ck_assert_int_eq(cmek_report_set_open(requests, count, &style, &sample_typical.summary, &set,
                                          &err),
                     CMEK_OK);
    cmek_report_set_finding(set, &sample_failure);
    cmek_report_set_abandon(set);
    cmek_report_set_abandon(NULL);
    ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(a_full_device_is_told_and_the_others_are_written)
{
    const struct cmek_report_request requests[] = {{cmek_reporters[_i], "/dev/full", false},
                                                   {&cmek_reporter_json, "good", false}};
    struct cmek_error err = {0};
    ck_assert_int_eq(write_reports(requests, 2, &sample_typical, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "/dev/full"));
    ck_assert_ptr_nonnull(strstr(err.message, cmek_reporters[_i]->name));
    ck_assert_int_eq(access("good", R_OK), 0);
}
END_TEST

/* The limit stands for a disk that fills up half way. */
START_TEST(a_disk_that_fills_up_leaves_no_partial_file_and_the_old_one_alone)
{
    FILE *old = fopen("report", "w");
    ck_assert_ptr_nonnull(old);
    fputs("old", old);
    fclose(old);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {1000, 1000};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct cmek_report_request request = {cmek_reporters[_i], "report", false};
    struct cmek_error err = {0};
    ck_assert_int_eq(write_reports(&request, 1, &sample_typical, &err), CMEK_E_IO);
    ck_assert_uint_eq(count_files(), 1);
    struct cmek_strbuf content = {0};
    ck_assert_int_eq(cmek_file_read("report", 1 << 20, &content, &err), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&content), "old");
    cmek_strbuf_done(&content);
}
END_TEST

static enum cmek_status failing_finding(void *state, const struct cmek_finding *finding,
                                        struct cmek_error *err)
{
    (void)state, (void)finding;
    return cmek_fail(err, CMEK_E_INVALID, "no");
}

START_TEST(a_reporter_that_fails_is_given_up_and_the_others_go_on)
{
    struct cmek_reporter failing = cmek_reporter_jsonl;
    failing.name = "failing";
    failing.finding = failing_finding;
    const struct cmek_report_request requests[] = {{&failing, "bad", false},
                                                   {&cmek_reporter_json, "good", false}};
    struct cmek_error err = {0};
    ck_assert_int_eq(write_reports(requests, 2, &sample_typical, &err), CMEK_E_INVALID);
    ck_assert_str_eq(err.message, "report failing: no");
    ck_assert_uint_eq(count_files(), 1);
    ck_assert_int_eq(access("good", R_OK), 0);
}
END_TEST

START_TEST(a_reporter_may_leave_findings_out)
{
    struct cmek_reporter summary_only = cmek_reporter_jsonl;
    summary_only.finding = NULL;
    const struct cmek_report_request request = {&summary_only, "empty", false};
    struct cmek_error err = {0};
    ck_assert_int_eq(write_reports(&request, 1, &sample_typical, &err), CMEK_OK);
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("registry");
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, reporters_are_found_by_name);
    tcase_add_test(tests, one_scan_feeds_every_reporter);
    tcase_add_loop_test(tests, two_reports_do_not_share_an_output, 0,
                        (int)(sizeof pairs / sizeof *pairs));
    tcase_add_test(tests, a_reporter_of_another_interface_is_refused);
    tcase_add_test(tests, abandoning_leaves_no_file);
    tcase_add_loop_test(tests, a_full_device_is_told_and_the_others_are_written, 0, 5);
    tcase_add_loop_test(tests, a_disk_that_fills_up_leaves_no_partial_file_and_the_old_one_alone, 0,
                        5);
    tcase_add_test(tests, a_reporter_that_fails_is_given_up_and_the_others_go_on);
    tcase_add_test(tests, a_reporter_may_leave_findings_out);
    return run_case("report/registry", tests);
}
