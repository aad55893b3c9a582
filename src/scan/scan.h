/* SPDX-License-Identifier: Apache-2.0 */
/** @file scan.h  One scan: read, join, judge, report. */
#ifndef CMEK_SCAN_SCAN_H
#define CMEK_SCAN_SCAN_H

#include <stdbool.h>

#include "report/registry.h"
#include "rules/rule.h"
#include "scan/feed.h"
#include "scan/waiver.h"

#define CMEK_FAIL_ON_NOTHING CMEK_SEVERITY_COUNT_

struct cmek_baseline;
struct cmek_file_policies;
struct cmek_simulation;

struct cmek_scan_options {
    struct cmek_feed_options feed;
    const struct cmek_rule_set *rules;
    const struct cmek_simulation *simulation; /* NULL: judge by what is in force */
    bool container_registry_only;
    const struct cmek_file_policies *plan_policies; /* to judge a plan by; may be NULL */
    bool plan_changes_only;     /* of a plan: judge what it makes or changes, no more */
    bool verify_policies;       /* ask Google what the policies come to; live only */
    unsigned statuses;          /* bit 1 << enum cmek_finding_status: which findings reports list */
    enum cmek_severity fail_on; /* or CMEK_FAIL_ON_NOTHING */
    bool allow_incomplete;
    bool no_evidence; /* reports that could hold what their findings rest on leave it out */
    struct cmek_waivers waivers;
    struct cmek_baseline *baseline; /* what was known before; NULL: nothing */
    bool fail_on_new;               /* only what is new decides the exit status */
    const struct cmek_report_request *reports;
    size_t report_count;
    struct cmek_report_style style;
};

/** Exit statuses of the program. */
enum cmek_exit {
    CMEK_EXIT_OK = 0,
    CMEK_EXIT_FINDINGS = 1,
    CMEK_EXIT_USAGE = 2,
    CMEK_EXIT_INCOMPLETE = 3,
    CMEK_EXIT_FAILED = 4,
};

/** How a scan ended: the exit status, and the sentence that gives its reason. */
struct cmek_scan_outcome {
    enum cmek_exit exit;
    char reason[1200];
};

/** Runs the scan and writes its reports. For a simulation the rules are those of
 * cmek_rule_is_simulated. */
struct cmek_scan_outcome cmek_scan(const struct cmek_scan_options *options);

/** Writes the records of a source as NDJSON to @p path ("-": standard output): `cmekscan collect`.
 */
struct cmek_scan_outcome cmek_collect(const struct cmek_feed_options *options, const char *path);

/* For scan.c and collect.c */

/** The outcome of something that could not be done. */
struct cmek_scan_outcome cmek_outcome_failed(const struct cmek_error *err);
/** The outcome of a scan that was reported. One that was interrupted before its end is incomplete,
 * whatever it found. */
struct cmek_scan_outcome cmek_outcome_of(const struct cmek_scan_options *options,
                                         const struct cmek_scan_summary *summary,
                                         const uint64_t gating[CMEK_SEVERITY_COUNT_],
                                         bool is_interrupted);

#endif
