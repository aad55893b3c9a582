/* SPDX-License-Identifier: Apache-2.0 */
/** @file summary_json.h  The parts of the JSON report that are not findings. */
#ifndef CMEK_REPORT_SUMMARY_JSON_H
#define CMEK_REPORT_SUMMARY_JSON_H

/** Stands for what has no name among the counts by project. */
#define CMEK_NO_NAME "(none)"

struct cmek_json_writer;
struct cmek_report_sink;
struct cmek_scan_summary;

/** Writes the members from "schema_version" to "rules" into an object that was begun. What grows
 * with the organization goes on to @p sink, with all that is in the writer's buffer by then. */
void cmek_summary_write_json(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                             const struct cmek_scan_summary *summary);
/** Writes the member "coverage", likewise. */
void cmek_coverage_write_json(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                              const struct cmek_scan_summary *summary);

#endif
