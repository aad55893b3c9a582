/* SPDX-License-Identifier: Apache-2.0 */
/** @file evidence.h  What the listed findings rest on: a small inventory inside the large one.
 *
 * Judging the evidence alone gives the listed findings again, word for word, so that a report can
 * be explained without the organization it came from. It may give more of those on policies, which
 * are judged by all projects below them: where no such finding is listed, not all are evidence.
 * Each record is written once. Projects that are there only because something names them (the
 * projects of keys and of policy entries) or lies in them are marked as context.
 */
#ifndef CMEK_SCAN_EVIDENCE_H
#define CMEK_SCAN_EVIDENCE_H

#include "model/inventory.h"
#include "rules/evaluate.h"
#include "scan/summary.h"

struct cmek_evidence_options {
    const struct cmek_inventory *inventory;
    /* Runs once more to see what was listed; the keys that its remediations have proposed are part
     * of the evidence. */
    struct cmek_evaluation *evaluation;
    struct cmek_listing listing; /* which findings are listed */
};

void cmek_evidence_write(const struct cmek_evidence_options *options,
                         const struct cmek_record_sink *sink);

#endif
