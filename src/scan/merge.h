/* SPDX-License-Identifier: Apache-2.0 */
/** @file merge.h  One report out of those of the shards of a scan: `cmekscan merge`.
 *
 * Each shard has judged its own projects, and the policies of folders and organizations by what
 * they come to in these. So findings on folders and organizations may be in several reports, and
 * the worst of them holds: one project that fails is enough. All others are in one report each.
 * Counts are added up, but for the findings that were counted more than once.
 */
#ifndef CMEK_SCAN_MERGE_H
#define CMEK_SCAN_MERGE_H

#include "scan/saved_report.h"
#include "scan/scan.h"

/** Merges the reports @p paths and writes the reports of @p options as a scan would. A shard that
 * is missing is a coverage gap. CMEK_E_USAGE: a report cannot be read, is of no shard, of the same
 * one as another, or of another scan; nothing has been written then. */
CMEK_NODISCARD enum cmek_status cmek_merge(const struct cmek_scan_options *options,
                                           struct cmek_strings paths,
                                           struct cmek_scan_outcome *ret_outcome,
                                           struct cmek_error *err);

/* For merge_….c */

/** A report that is merged, and the finding that it has come to. */
struct cmek_merge_input {
    struct cmek_saved_report report;
    struct cmek_finding finding;
    bool has_finding;
};

/** All of them, by the index of their shards. */
struct cmek_merge_inputs {
    struct cmek_merge_input **items;
    size_t count;
    struct cmek_map rules; /* place + 1 in the rules of the first, by rule id */
};

/** Takes a finding of the merged report. @p copies: the same one in several reports, @p finding
 * being made of the worst of them. */
typedef void cmek_merge_taker(void *payload, const struct cmek_finding *finding,
                              const struct cmek_finding *const *copies, size_t copy_count);

/** Hands over all findings in the order of a scan's report. CMEK_E_USAGE: they are not in that
 * order, or one that only one shard can have is in several. */
CMEK_NODISCARD enum cmek_status cmek_merge_findings(struct cmek_merge_inputs *inputs,
                                                    cmek_merge_taker *take, void *payload,
                                                    struct cmek_error *err);

/** What becomes of the summaries; all that is not constant is here. */
struct cmek_merged_summary {
    struct cmek_scan_summary summary;
    struct cmek_tally *rules, *projects;
    struct cmek_map rule_places; /* from 1, in `rules`, by id; the caller's to free */
    uint64_t listed_fails[CMEK_SEVERITY_COUNT_];
    uint64_t gating[CMEK_SEVERITY_COUNT_];
};

/** Adds the summaries up; missing shards become gaps. Strings stay the reports' or are put in
 * @p arena. */
void cmek_merge_summaries(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                          struct cmek_merged_summary *ret_merged);
/** Takes back what was counted too often; a cmek_merge_taker of all findings. */
void cmek_merge_count(struct cmek_merged_summary *merged, const struct cmek_finding *finding,
                      const struct cmek_finding *const *copies, size_t copy_count);
/** Once all were counted: what decides the exit status, and whether the scan is complete. */
void cmek_merge_end_count(const struct cmek_merge_inputs *inputs,
                          struct cmek_merged_summary *merged);

#endif
