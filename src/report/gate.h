/* SPDX-License-Identifier: Apache-2.0 */
/** @file gate.h  Which findings a gate closes for, as far as a reporter needs to tell: those that
 * decide the exit status come first, and what was known before must not hide them. */
#ifndef CMEK_REPORT_GATE_H
#define CMEK_REPORT_GATE_H

#include <stdbool.h>

struct cmek_finding;
struct cmek_scan_summary;

/** Whether a baseline, or today's verdict for a simulated one, knows nothing of the finding. */
bool cmek_gate_is_new(const struct cmek_finding *finding);

/** Whether the finding decides the exit status, --fail-on aside: it fails, by more than a dry run,
 * and where only what is new counts (in a simulation, or with --fail-on-new) it is new. */
bool cmek_gate_holds(const struct cmek_scan_summary *summary, const struct cmek_finding *finding);

#endif
