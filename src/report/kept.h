/* SPDX-License-Identifier: Apache-2.0 */
/** @file kept.h  Findings that a report holds back until it has seen all, to show the worst first.
 *
 * Of all that are offered, the first of the best ranks are kept, so memory does not grow with the
 * findings, and what is kept depends on nothing but them and their order.
 */
#ifndef CMEK_REPORT_KEPT_H
#define CMEK_REPORT_KEPT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "cmekscan/finding.h"

struct cmek_scan_summary;

/** Shown in this order: failures by severity, those that decide the exit status before others. */
enum cmek_kept_rank {
    CMEK_KEPT_GATES,
    CMEK_KEPT_FAILS = CMEK_KEPT_GATES + CMEK_SEVERITY_COUNT_,
    CMEK_KEPT_UNKNOWN = CMEK_KEPT_FAILS + CMEK_SEVERITY_COUNT_,
    CMEK_KEPT_DRY_RUN, /* fails, but only by a dry run */
    CMEK_KEPT_REST,
    CMEK_KEPT_RANKS,
};

struct cmek_kept_finding {
    unsigned rank;
    uint64_t order;              /* of those offered */
    struct cmek_finding finding; /* without ancestors, references and controls */
    struct cmek_arena arena;     /* of its texts */
};

struct cmek_kept {
    size_t limit, count;
    struct CMEK_VEC_OF(struct cmek_kept_finding *) ranks[CMEK_KEPT_RANKS];
    uint64_t offered[CMEK_KEPT_RANKS];
};

void cmek_kept_init(struct cmek_kept *kept, size_t limit);
/** Keeps a copy of @p finding, counts it at least. */
void cmek_kept_offer(struct cmek_kept *kept, const struct cmek_scan_summary *summary,
                     const struct cmek_finding *finding);
/** How many were offered. */
uint64_t cmek_kept_total(const struct cmek_kept *kept);
void cmek_kept_done(struct cmek_kept *kept);

#endif
