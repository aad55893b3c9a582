/* SPDX-License-Identifier: Apache-2.0 */
/** @file summary.h  Counting: what a scan saw and judged, before anything is listed. */
#ifndef CMEK_SCAN_SUMMARY_H
#define CMEK_SCAN_SUMMARY_H

#include "base/arena.h"
#include "cmekscan/reporter.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "rules/rule.h"

/** Which findings reports list. */
struct cmek_listing {
    unsigned statuses; /* bit 1 << enum cmek_finding_status */
    bool only_changes;
    bool all_of_nodes; /* whatever the status: those on folders and organizations */
};

/** Whether a verdict is listed: by its status, or, if it no longer has today's, by that. */
bool cmek_listing_holds(struct cmek_listing listing, const struct cmek_verdict *verdict);

struct cmek_summary_options {
    const struct cmek_inventory *inventory;
    const struct cmek_catalogue *catalogue;
    const struct cmek_rule_set *rules;
    struct cmek_evaluation *evaluation;
    struct cmek_listing listing;
    struct cmek_simulation_summary *simulation; /* counts to fill in; NULL: no simulation */
    struct cmek_baseline_summary *baseline;     /* new and unchanged to count; NULL: no baseline */
    bool only_new;                              /* gates only what is new */
    struct cmek_arena *arena;                   /* owns all of the summary */
};

/** Runs the evaluation and fills counts, nodes, resources, rules and gaps; tool and scan are the
 * caller's.
 * @p ret_gating: by severity the fails that decide the exit status: those of enforced policies, or
 * those that a simulation or a baseline finds new; what only a dry run would deny is reported, but
 * is no violation. */
void cmek_summarise(const struct cmek_summary_options *options,
                    struct cmek_scan_summary *ret_summary,
                    uint64_t ret_gating[CMEK_SEVERITY_COUNT_]);

#endif
