/* SPDX-License-Identifier: Apache-2.0 */
/** @file summary_read.h  The parts of a saved json report that are no findings, into a summary: the
 * inverse of summary_json.h.
 *
 * Keys that are not known are ignored; those that are missing count as null or 0, since an older
 * report of the same version lacks what was added later.
 */
#ifndef CMEK_REPORT_SUMMARY_READ_H
#define CMEK_REPORT_SUMMARY_READ_H

#include "base/arena.h"
#include "base/vec.h"
#include "cmekscan/reporter.h"

struct cmek_json;

/** What is being read, and what of it the summary only points at. */
struct cmek_saved_summary {
    struct cmek_scan_summary summary;
    struct cmek_simulation_summary simulation; /* if the report is of one */
    struct cmek_baseline_summary baseline;     /* if one was given */
    struct CMEK_VEC_OF(struct cmek_coverage_gap) gaps;
    uint64_t gap_total; /* as the report counts them */
    struct cmek_arena *arena;
};

/** Each takes one part, in any order. CMEK_E_INVALID: not such a part. */
CMEK_NODISCARD enum cmek_status cmek_summary_read_tool(struct cmek_saved_summary *saved,
                                                       const struct cmek_json *json,
                                                       struct cmek_error *err);
CMEK_NODISCARD enum cmek_status cmek_summary_read_scan(struct cmek_saved_summary *saved,
                                                       const struct cmek_json *json,
                                                       struct cmek_error *err);
CMEK_NODISCARD enum cmek_status cmek_summary_read_counts(struct cmek_saved_summary *saved,
                                                         const struct cmek_json *json,
                                                         struct cmek_error *err);
CMEK_NODISCARD enum cmek_status cmek_summary_read_rules(struct cmek_saved_summary *saved,
                                                        const struct cmek_json *json,
                                                        struct cmek_error *err);
CMEK_NODISCARD enum cmek_status cmek_summary_read_gap(struct cmek_saved_summary *saved,
                                                      const struct cmek_json *json,
                                                      struct cmek_error *err);
/** Joins the parts, once all were read. */
void cmek_summary_read_end(struct cmek_saved_summary *saved);
void cmek_summary_read_done(struct cmek_saved_summary *saved);

#endif
