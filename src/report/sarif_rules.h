/* SPDX-License-Identifier: Apache-2.0 */
/** @file sarif_rules.h  What SARIF says of rules, and how our severities read there. */
#ifndef CMEK_REPORT_SARIF_RULES_H
#define CMEK_REPORT_SARIF_RULES_H

#include "cmekscan/finding.h"

struct cmek_json_writer;
struct cmek_scan_summary;

/** "error", "warning" or "note". */
const char *cmek_sarif_level(enum cmek_severity severity);

/** Writes the member "tool" with every rule, also those without a result: GitHub closes an alert
 * only if its rule is listed. */
void cmek_sarif_write_tool(struct cmek_json_writer *writer,
                           const struct cmek_scan_summary *summary);

#endif
