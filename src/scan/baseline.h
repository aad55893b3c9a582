/* SPDX-License-Identifier: Apache-2.0 */
/** @file baseline.h  An earlier report that a scan is held against, so that what is new stands out.
 */
#ifndef CMEK_SCAN_BASELINE_H
#define CMEK_SCAN_BASELINE_H

#include "scan/compare.h"
#include "scan/saved_report.h"

struct cmek_evaluation;
struct cmek_verdict;

/** All zero is empty. */
struct cmek_baseline {
    struct cmek_saved_report report;
    struct cmek_known_findings findings;
    struct cmek_arena scratch;
};

/** Reads the report. CMEK_E_USAGE: it is none, or none that can be compared. */
CMEK_NODISCARD enum cmek_status
cmek_baseline_load(const char *path, struct cmek_baseline *ret_baseline, struct cmek_error *err);
/** Sets the baseline state of a verdict, and notes that the scan still has it. */
void cmek_baseline_settle(struct cmek_baseline *baseline, const struct cmek_evaluation *evaluation,
                          struct cmek_verdict *verdict);
/** Counts what was resolved and what is undecided, once all verdicts of the scan were settled and
 * its summary says what it looked at. */
void cmek_baseline_count(const struct cmek_baseline *baseline,
                         const struct cmek_scan_summary *summary,
                         struct cmek_baseline_summary *counts);
/** Tells of a baseline that is of something else. */
void cmek_baseline_warn(const struct cmek_baseline *baseline,
                        const struct cmek_scan_summary *summary,
                        void (*warn)(void *payload, const char *text), void *payload);
void cmek_baseline_done(struct cmek_baseline *baseline);

#endif
