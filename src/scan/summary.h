/* SPDX-License-Identifier: Apache-2.0 */
/** @file summary.h  Counting: what a scan saw and judged, before anything is listed. */
#ifndef CMEK_SCAN_SUMMARY_H
#define CMEK_SCAN_SUMMARY_H

#include "base/arena.h"
#include "cmekscan/reporter.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "rules/rule.h"

struct cmek_summary_options {
    const struct cmek_inventory *inventory;
    const struct cmek_rule_set *rules;
    struct cmek_evaluation *evaluation;
    unsigned statuses;        /* which findings will be listed */
    struct cmek_arena *arena; /* owns all of the summary */
};

/** Runs the evaluation and fills counts, nodes, resources, rules and gaps; tool and scan are the
 * caller's.
 * @p ret_gating: fails of enforced policies by severity, which decide the exit status; what only a
 * dry run would deny is reported, but is no violation. */
void cmek_summarise(const struct cmek_summary_options *options,
                    struct cmek_scan_summary *ret_summary,
                    uint64_t ret_gating[CMEK_SEVERITY_COUNT_]);

#endif
