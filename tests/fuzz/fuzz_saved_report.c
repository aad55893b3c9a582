/* SPDX-License-Identifier: Apache-2.0 */
/* A saved json report. What is taken reads the same a second time, holds what it counts, and has no
 * list that is longer than allowed; held against itself, nothing is new, mended or undecided but
 * for what it leaves open; what is refused says why. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "fuzz.h"
#include "scan/compare.h"
#include "scan/saved_report.h"

static void check_summary(const struct cmek_scan_summary *summary)
{
    const size_t counts[] = {summary->scope_count,     summary->service_count,
                             summary->resource_count,  summary->rule_count,
                             summary->gap_count,       summary->by_rule.count,
                             summary->not_judged_count};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        FUZZ_CHECK(counts[i] <= CMEK_LIMIT_REPORT_LIST);
    FUZZ_CHECK(summary->shard.count <= CMEK_LIMIT_SHARDS);
    FUZZ_CHECK(summary->shard.index <= summary->shard.count);
    FUZZ_CHECK((summary->shard.index == 0) == (summary->shard.count == 0));
    for (size_t i = 0; i < summary->scope_count; i++)
        FUZZ_CHECK(summary->scopes[i]);
    for (size_t i = 0; i < summary->gap_count; i++)
        FUZZ_CHECK(summary->gaps[i].scope);
    for (size_t i = 0; i < summary->resource_count; i++)
        FUZZ_CHECK(summary->resources[i].type);
    for (size_t i = 0; i < summary->rule_count; i++)
        FUZZ_CHECK(summary->rules[i].id && summary->rules[i].severity < CMEK_SEVERITY_COUNT_);
}

/* The findings are those that were counted. */
static void check_findings(struct cmek_saved_report *report)
{
    struct cmek_finding finding;
    struct cmek_error err = {0};
    uint64_t listed[CMEK_STATUS_COUNT_] = {0};
    bool has = true;
    FUZZ_CHECK(cmek_saved_report_start(report, &err) == CMEK_OK);
    while (has) {
        FUZZ_CHECK(cmek_saved_report_next(report, &finding, &has, &err) == CMEK_OK);
        if (!has)
            break;
        FUZZ_CHECK(finding.finding_id && finding.rule_id && finding.status < CMEK_STATUS_COUNT_);
        listed[finding.status]++;
    }
    for (size_t i = 0; i < CMEK_STATUS_COUNT_; i++)
        FUZZ_CHECK(listed[i] == report->listed[i]);
}

/* A finding that is still there as it was has not changed; what fails is never mended by a scan
 * that cannot have looked. */
static void check_view(const struct cmek_scan_summary *summary, struct cmek_known_findings *known)
{
    struct cmek_view view;
    cmek_view_init(&view, summary, summary);
    FUZZ_CHECK(view.same_scopes && view.has_all_services);
    for (struct cmek_map_entry *e = cmek_map_first(&known->by_id); e; e = cmek_map_next(e)) {
        struct cmek_known_finding *finding = cmek_map_value(e);
        enum cmek_difference gone = cmek_view_difference(&view, finding);
        bool sees = !view.sees_nothing && !summary->plan_changes_only;
        FUZZ_CHECK(gone != CMEK_DIFFERENCE_NEW);
        FUZZ_CHECK(sees || gone != CMEK_DIFFERENCE_MENDED);
        finding->after = finding->status;
        enum cmek_difference kept = cmek_view_difference(&view, finding);
        FUZZ_CHECK(kept == (finding->status == CMEK_STATUS_PASS ? CMEK_DIFFERENCE_NONE
                                                                : CMEK_DIFFERENCE_UNCHANGED));
    }
    cmek_view_done(&view);
}

static uint64_t check(const char *path)
{
    struct cmek_saved_report report;
    struct cmek_known_findings known = {0};
    struct cmek_error err = {0};
    uint64_t listed = 0;
    if (cmek_saved_report_open(&report, path, cmek_known_findings_add, &known, &err) == CMEK_OK) {
        FUZZ_CHECK(cmek_map_count(&known.by_id) == report.listed_total);
        listed = report.listed_total + 1;
        check_summary(report.summary);
        check_findings(&report);
        check_view(report.summary, &known);
        cmek_saved_report_done(&report);
    } else {
        FUZZ_CHECK(err.status == CMEK_E_USAGE && err.message[0] != '\0');
    }
    cmek_known_findings_done(&known);
    return listed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("report", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    FUZZ_CHECK(check(path) == check(path));
    close(fd);
    return 0;
}
