/* SPDX-License-Identifier: Apache-2.0 */
/** @file sarif_result.h  One finding, one coverage gap as SARIF objects. */
#ifndef CMEK_REPORT_SARIF_RESULT_H
#define CMEK_REPORT_SARIF_RESULT_H

#include <stddef.h>

struct cmek_coverage_gap;
struct cmek_finding;
struct cmek_json_writer;

#define CMEK_SARIF_NO_RULE ((size_t)-1)

/** Writes the result object of a failure. @p rule_index: its place among the tool's rules, or
 * CMEK_SARIF_NO_RULE. GitHub refuses a file with a single result without physicalLocation, so
 * there always is one, made from the resource's name. */
void cmek_sarif_write_result(struct cmek_json_writer *writer, const struct cmek_finding *finding,
                             size_t rule_index);

/** Writes the notification object of a finding that could not be decided. */
void cmek_sarif_write_undecided(struct cmek_json_writer *writer, const struct cmek_finding *finding,
                                size_t rule_index);

/** Writes the notification object of a coverage gap. */
void cmek_sarif_write_gap(struct cmek_json_writer *writer, const struct cmek_coverage_gap *gap);

/** Writes the notification object that says that more exists than the file lists. */
void cmek_sarif_write_not_listed(struct cmek_json_writer *writer, const char *message);

#endif
