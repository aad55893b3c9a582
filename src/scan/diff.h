/* SPDX-License-Identifier: Apache-2.0 */
/** @file diff.h  Two saved reports held against each other: `cmekscan diff`. */
#ifndef CMEK_SCAN_DIFF_H
#define CMEK_SCAN_DIFF_H

#include "scan/scan.h"

struct cmek_comparison;

struct cmek_diff_options {
    const char *before, *after; /* paths; one of them may be "-" */
    enum cmek_severity fail_on; /* or CMEK_FAIL_ON_NOTHING */
    bool allow_incomplete;
};

/** Hands the comparison to @p print and gives the outcome: new failures that no dry run makes, at
 * or above `fail_on`; else whether the newer report is complete. CMEK_E_USAGE: a report cannot be
 * read or compared. */
CMEK_NODISCARD enum cmek_status
cmek_diff(const struct cmek_diff_options *options,
          void (*print)(void *payload, const struct cmek_comparison *comparison), void *payload,
          struct cmek_scan_outcome *ret_outcome, struct cmek_error *err);

#endif
