/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "scan/scan.h"

struct cmek_scan_outcome cmek_outcome_failed(const struct cmek_error *err)
{
    struct cmek_scan_outcome outcome = {.exit = err->status == CMEK_E_USAGE ? CMEK_EXIT_USAGE
                                                                            : CMEK_EXIT_FAILED};
    snprintf(outcome.reason, sizeof outcome.reason, "%s", err->message);
    return outcome;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

struct cmek_scan_outcome cmek_outcome_of(const struct cmek_scan_options *options,
                                         const struct cmek_scan_summary *summary,
                                         const uint64_t gating[CMEK_SEVERITY_COUNT_],
                                         bool is_interrupted)
{
    struct cmek_scan_outcome outcome = {.exit = CMEK_EXIT_OK};
    bool is_compared = options->simulation || options->fail_on_new;
    const char *nothing = is_compared ? "no new failure" : "no finding that fails the scan";
    uint64_t failing = 0;
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        if (options->fail_on != CMEK_FAIL_ON_NOTHING && severity <= (int)options->fail_on)
            failing += gating[severity];
    uint64_t gaps = summary->gap_count + summary->gaps_not_listed;
    uint64_t unknown = summary->total.by_status[CMEK_STATUS_UNKNOWN];
    if (is_interrupted && !summary->complete) {
        outcome.exit = CMEK_EXIT_INCOMPLETE;
        snprintf(outcome.reason, sizeof outcome.reason,
                 "the scan was interrupted: %" PRIu64 " coverage gap%s, %" PRIu64
                 " unknown finding%s, %" PRIu64 " failing",
                 gaps, plural(gaps), unknown, plural(unknown), failing);
    } else if (failing > 0) {
        outcome.exit = CMEK_EXIT_FINDINGS;
        snprintf(outcome.reason, sizeof outcome.reason,
                 "%" PRIu64 " %s%s at or above severity %s%s", failing,
                 is_compared ? "new failure" : "finding", plural(failing),
                 cmek_severity_name(options->fail_on),
                 summary->complete ? "" : "; the scan is incomplete");
    } else if (!summary->complete && !options->allow_incomplete) {
        outcome.exit = CMEK_EXIT_INCOMPLETE;
        snprintf(outcome.reason, sizeof outcome.reason,
                 "the scan is incomplete: %" PRIu64 " coverage gap%s, %" PRIu64
                 " unknown finding%s",
                 gaps, plural(gaps), unknown, plural(unknown));
    } else if (!summary->complete) {
        snprintf(outcome.reason, sizeof outcome.reason,
                 "%s; %" PRIu64 " coverage gap%s and %" PRIu64
                 " unknown finding%s allowed by --allow-incomplete",
                 nothing, gaps, plural(gaps), unknown, plural(unknown));
    } else {
        snprintf(outcome.reason, sizeof outcome.reason, "%s; everything was read", nothing);
    }
    return outcome;
}
