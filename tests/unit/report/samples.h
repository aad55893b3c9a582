/* SPDX-License-Identifier: Apache-2.0 */
/** @file samples.h  Scans made by hand, for the tests of reporters. */
#ifndef CMEK_TEST_REPORT_SAMPLES_H
#define CMEK_TEST_REPORT_SAMPLES_H

#include "cmekscan/reporter.h"

struct sample {
    const char *name;
    struct cmek_scan_summary summary;
    const struct cmek_finding *findings;
    size_t count;
};

/** A failure with every member set. */
extern const struct cmek_finding sample_failure;

/** Every status and severity, an incomplete scan; all there is to show. */
extern const struct sample sample_typical;
/** Names that try to leave their field: markup, escape sequences, CI commands, broken UTF-8. */
extern const struct sample sample_hostile;
/** A complete scan without a finding. */
extern const struct sample sample_empty;
/** Findings, gaps and a summary whose optional members are all NULL. */
extern const struct sample sample_bare;

/** A simulation: a failure that would be new, one that fails today, one that would be mended; a
 * hostile name of a policy file. */
extern const struct sample sample_simulated;

/** All of them, NULL-ended. */
extern const struct sample *const samples[];

#endif
